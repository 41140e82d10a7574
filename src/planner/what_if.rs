//! What if (もしも): what a closed site, level 5 at an hour, or a longer power cut would
//! change for a child. Pure; nothing is kept and nobody is told.
//!
//! The world, or what is known of the child, is changed as supposed and judged by the same
//! rules as always; then the two verdicts are compared. What is unknown stays unknown in
//! both: no supposition makes anything safe.

mod compare;
mod home;
mod hours;
mod leave;
mod places;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use chrono::{DateTime, NaiveDate, Utc};

pub use compare::{Change, How};
pub use home::Verdict;
pub use hours::{Need, NeedFor};
pub use leave::{Leave, WhyNot};
pub use places::{Lost, Next};

use super::{CaseFacts, Ground, Look, PlanState, World, judge};
use crate::domain::{
    finding::{Finding, Outcome, RuleCode, Severity},
    hazard::Hazard,
    id::SiteId,
    power::Reach,
};

/// What is supposed.
#[derive(Debug, Clone, PartialEq)]
pub enum Supposition {
    /// These sites close today.
    SitesClose(BTreeSet<SiteId>),
    /// Level 5 is issued at an instant: from then on nobody travels.
    LevelFive(DateTime<Utc>),
    /// The water stands and the grid is out for so many hours longer than plans reckon
    /// with.
    Longer(f64),
}

/// A supposition in a world, for any number of children.
#[derive(Debug)]
pub struct WhatIf<'w> {
    world: &'w World,
    changed: World,
    what: Supposition,
    now: DateTime<Utc>,
    today: NaiveDate,
}

/// What a supposition does to one child.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// The findings that count here, before and after.
    pub counts: [Counts; 2],
    /// What is new, worse or gone, the worst first.
    pub changes: Vec<Change>,
    /// How many findings fail or are unknown in both, unchanged.
    pub same: usize,
    /// What changes in practice.
    pub practice: Practice,
    /// How long the batteries alone last.
    pub batteries: Reach,
    /// Whether there is a plan.
    pub has_plan: bool,
}

/// How many findings fail, by severity, and how many things are unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Failing ones.
    pub failing: BTreeMap<Severity, usize>,
    /// Unknown ones.
    pub unknown: usize,
}

impl Counts {
    fn of<'a>(findings: impl Iterator<Item = &'a Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            match finding.outcome {
                Outcome::Fails => *counts.failing.entry(finding.severity).or_default() += 1,
                Outcome::Unknown => counts.unknown += 1,
                Outcome::Holds => {}
            }
        }
        counts
    }

    /// Adds those of another child.
    pub fn add(&mut self, other: &Self) {
        for (severity, count) in &other.failing {
            *self.failing.entry(*severity).or_default() += count;
        }
        self.unknown += other.unknown;
    }
}

/// What changes in practice.
#[derive(Debug, Clone, PartialEq)]
pub enum Practice {
    /// Places of the plan that are lost.
    Places(Vec<Lost>),
    /// By when one leaves, and what holds for those who stay.
    Night {
        /// The hazards with levels that hit the home (`true`) or may hit it.
        hazards: Vec<(Hazard, bool)>,
        /// By when.
        leave: Leave,
        /// What is known of staying at home all the same.
        home: Vec<(RuleCode, Verdict)>,
    },
    /// How long the power is needed, and how long it lasts.
    Hours(Vec<Need>),
    /// Nothing is told: the address is protected.
    Protected,
}

/// What a child is compared by: smaller comes first.
pub type Order = (u8, i64, Reverse<u8>, u64);

impl Effect {
    /// The effect without anything that tells where the home is: of what closes and of the
    /// night nothing is left, of a longer power cut what the power is needed for.
    #[must_use]
    pub fn without_place(self) -> Self {
        let practice = match self.practice {
            Practice::Hours(mut needs) => {
                needs.retain(|need| need.until == NeedFor::Grid);
                Practice::Hours(needs)
            }
            _ => Practice::Protected,
        };
        Self {
            counts: [Counts::default(), Counts::default()],
            changes: Vec::new(),
            same: 0,
            practice,
            ..self
        }
    }

    /// Whether the supposition touches the child at all.
    pub fn touches(&self) -> bool {
        !self.changes.is_empty()
            || match &self.practice {
                Practice::Places(lost) => !lost.is_empty(),
                Practice::Night { hazards, .. } => !hazards.is_empty(),
                Practice::Hours(needs) => needs.iter().any(Need::runs_out),
                // That it is not touched would tell where it lives.
                Practice::Protected => true,
            }
    }

    /// Its place in a list, the worst first. Among equals who has the fewest hours by
    /// batteries; unknown hours are no reason to wait.
    pub fn order(&self) -> Order {
        let (rank, within) = match &self.practice {
            Practice::Places(lost) => (lost.iter().map(Lost::rank).min().unwrap_or(9), 0),
            Practice::Night { leave, home, .. } => leave.rank(home),
            Practice::Hours(needs) => {
                let ranks = needs.iter().map(Need::rank);
                ranks.min().unwrap_or((9, 0))
            }
            Practice::Protected => (1, i64::MAX),
        };
        let worst = self.changes.iter().map(Change::badness).max().unwrap_or(0);
        let hours = if self.batteries.is_unknown() {
            0
        } else {
            (self.batteries.hours * 10.0) as u64 + 1
        };
        (rank, within, Reverse(worst), hours)
    }
}

impl<'w> WhatIf<'w> {
    /// A supposition in a world, at an instant of a day.
    pub fn new(
        world: &'w World,
        what: Supposition,
        (now, today): (DateTime<Utc>, NaiveDate),
    ) -> Self {
        let mut changed = world.clone();
        match &what {
            Supposition::SitesClose(sites) => {
                let closing = |all: crate::spatial::sites::SiteDirectory| {
                    all.closing(sites.iter().copied(), today)
                };
                changed.sites = changed.sites.map(closing);
            }
            Supposition::LevelFive(_) => {}
            Supposition::Longer(hours) => {
                let parameters = &mut changed.parameters;
                parameters.hours_after_water += hours;
                parameters.hours_after_arrival += hours;
                parameters.power.home_hours += hours;
            }
        }
        Self {
            world,
            changed,
            what,
            now,
            today,
        }
    }

    /// What is supposed.
    pub fn what(&self) -> &Supposition {
        &self.what
    }

    /// What it does to a child. The look before is that of [`super::look`].
    pub fn effect(&self, case: &CaseFacts<'_>) -> Effect {
        let ground = Ground::of(case, self.world);
        match &self.what {
            Supposition::SitesClose(sites) => {
                let mut after = ground.clone();
                for facts in &mut after.destinations {
                    let id = facts.site.as_ref().map(|site| site.id);
                    let closed = id.and_then(|id| self.changed.sites.as_ref()?.get(id));
                    if let Some(site) = closed {
                        facts.site = Some(site.clone());
                    }
                }
                let before = judge(case, self.world, self.today, ground);
                let after = judge(case, &self.changed, self.today, after);
                let lost = places::lost(case, (&before, &after), self, sites);
                effect(&before, &after, whatever_counts, Practice::Places(lost))
            }
            Supposition::LevelFive(at) => {
                let stays = home::staying(case);
                let staying = CaseFacts {
                    plan: PlanState::Made(&stays),
                    left_home_on: None,
                    ..*case
                };
                let before = judge(case, self.world, self.today, ground);
                let after = super::look(&staying, self.world, self.today);
                let hazards = home::with_levels(&before.exposures);
                let leave = leave::leave(case, &before, self, *at);
                let home = if hazards.is_empty() {
                    Vec::new()
                } else {
                    home::verdicts(&after.findings, &hazards)
                };
                let practice = Practice::Night {
                    hazards,
                    leave,
                    home,
                };
                effect(&before, &after, home::counts_at_home, practice)
            }
            Supposition::Longer(_) => {
                let before = judge(case, self.world, self.today, ground.clone());
                let after = judge(case, &self.changed, self.today, ground);
                let needs = hours::needs(case, (&before, &after), self);
                effect(&before, &after, whatever_counts, Practice::Hours(needs))
            }
        }
    }
}

/// Whether a rule is about the way out, the places, the time or the power.
fn whatever_counts(rule: RuleCode) -> bool {
    rule.is_about_evacuating() || rule.is_about_power()
}

fn effect(before: &Look, after: &Look, counts: fn(RuleCode) -> bool, practice: Practice) -> Effect {
    let of = |look: &Look| -> Vec<Finding> {
        let among = look.findings.iter().filter(|found| counts(found.rule));
        among.cloned().collect()
    };
    let (earlier, later) = (of(before), of(after));
    let (changes, same) = compare::compare(&earlier, &later);
    Effect {
        counts: [Counts::of(earlier.iter()), Counts::of(later.iter())],
        changes,
        same,
        practice,
        batteries: before.power.batteries,
        has_plan: before.has_plan,
    }
}

#[cfg(test)]
#[path = "what_if_tests.rs"]
mod tests;
