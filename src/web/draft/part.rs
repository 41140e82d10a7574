//! What one page of writing holds: a step, or the whole of a plan that is on paper already.

use super::fields;
use crate::{
    domain::{plan::course::Step, text::Text},
    web::{by_field::Section, words::draft as w},
};

/// What one page of writing holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A step.
    Step(Step),
    /// What a plan on paper says, from top to bottom.
    Paper,
}

/// The steps into which a plan on paper is written.
static OF_PAPER: [Step; 6] = [
    Step::Home,
    Step::Where,
    Step::TooLate,
    Step::Who,
    Step::Consents,
    Step::Check,
];

impl Part {
    /// The one of a word.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        match code {
            "paper" => Some(Self::Paper),
            code => Step::from_code(code).map(Self::Step),
        }
    }

    /// The word in its address.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Step(step) => step.code(),
            Self::Paper => "paper",
        }
    }

    /// What people call it.
    pub(super) fn name(self) -> Text {
        match self {
            Self::Step(step) => step.name(),
            Self::Paper => w::PAPER_TITLE,
        }
    }

    /// Its fields.
    pub(super) fn sections(self) -> &'static [Section] {
        match self {
            Self::Step(step) => fields::sections(step),
            Self::Paper => &fields::ON_PAPER,
        }
    }

    /// The answers without which what stands beside them says nothing.
    pub(super) fn decides(self) -> &'static [&'static str] {
        match self {
            Self::Step(step) => fields::decides(step),
            Self::Paper => &["consents.make.given", "kind"],
        }
    }

    /// The steps that it writes.
    pub(super) fn steps(self) -> &'static [Step] {
        match self {
            Self::Step(step) => {
                let at = Step::ALL.iter().position(|one| *one == step).unwrap_or(0);
                &Step::ALL[at..=at]
            }
            Self::Paper => &OF_PAPER,
        }
    }

    /// The step whose findings stand beside it: beside a whole plan all of them.
    pub(super) const fn judged_as(self) -> Step {
        match self {
            Self::Step(step) => step,
            Self::Paper => Step::Check,
        }
    }

    /// Its number among the steps, from 1.
    pub(super) fn place(self) -> Option<usize> {
        let Self::Step(step) = self else {
            return None;
        };
        Some(Step::ALL.iter().position(|one| *one == step)? + 1)
    }

    /// The steps before it and after it.
    pub(super) fn neighbours(self) -> (Option<Step>, Option<Step>) {
        match self {
            Self::Step(step) => step.neighbours(),
            Self::Paper => (None, None),
        }
    }
}
