//! The course of a plan from the first draft to those who hold it: a state machine. No
//! state is reached but by a step of [`Stage::after`].

use serde::{Deserialize, Serialize};

use crate::domain::finding::{Owner, RuleCode};

coded! {
    /// Where a draft stands.
    #[derive(PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Stage {
        /// It is being written.
        Draft = "draft", "作成中", "being written";
        /// The family has agreed to what it says.
        Agreed = "agreed", "ご家族が同意", "agreed by the family";
        /// The municipality looks at it.
        Submitted = "submitted", "市町村が確認中", "with the municipality";
        /// The municipality has named what is to be mended.
        Returned = "returned", "差し戻し", "returned";
        /// It is in force.
        Approved = "approved", "承認", "approved";
        /// It is in force, and what it lacks has an owner, a day and an interim measure.
        ApprovedWithGaps = "approved_with_gaps", "承認（不足あり）", "approved with gaps";
        /// It is in the hands of those who come.
        Shared = "shared", "共有済み", "shared";
        /// It was given up.
        Discarded = "discarded", "取りやめ", "given up";
    }
}

coded! {
    /// What is done with a draft.
    #[derive(PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Act {
        /// It is begun.
        Begin = "begin", "書き始めた", "begun";
        /// Something is written into it.
        Save = "save", "同意のあとで書き直した", "written on after the family had agreed";
        /// The family agrees to it.
        Agree = "agree", "ご家族が同意した", "agreed by the family";
        /// It goes to the municipality.
        Submit = "submit", "市町村に出した", "handed to the municipality";
        /// Whoever handed it in takes it back before it was decided on.
        TakeBack = "take_back", "取り下げた", "taken back";
        /// The municipality returns it, with what is to be mended.
        Return = "return", "差し戻した", "returned";
        /// The municipality approves it.
        Approve = "approve", "承認した", "approved";
        /// The municipality approves it with what it lacks.
        ApproveWithGaps = "approve_with_gaps", "承認した（不足あり）", "approved with gaps";
        /// It is given to those who come.
        Share = "share", "渡した", "given out";
        /// It is given up.
        Discard = "discard", "取りやめた", "given up";
    }
}

coded! {
    /// The steps in which a plan is written, as families and coordinators work.
    #[derive(PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    Step {
        /// The child and the home.
        Home = "home", "お子さんと自宅", "The child and the home";
        /// What threatens this home.
        Threats = "threats", "この家を脅かすもの", "What threatens this home";
        /// Where to, and when.
        Where = "where", "いつ、どこへ", "Where to, and when";
        /// Too late to leave.
        TooLate = "too-late", "逃げ遅れたとき", "Too late to leave";
        /// Who comes.
        Who = "who", "だれが来るか", "Who comes";
        /// Power.
        Power = "power", "電源", "Power";
        /// What to take.
        Take = "take", "持っていくもの", "What to take";
        /// Consents.
        Consents = "consents", "同意", "Consents";
        /// The check.
        Check = "check", "確かめる", "Check";
    }
}

impl Stage {
    /// Where a draft stands after something was done with it; `None`: that cannot be
    /// done now.
    pub const fn after(self, act: Act) -> Option<Self> {
        Some(match (self, act) {
            // What the family agreed to is not what it says any more.
            (Self::Draft | Self::Agreed, Act::Save) => Self::Draft,
            (Self::Returned, Act::Save) | (Self::Submitted, Act::Return) => Self::Returned,
            (Self::Draft | Self::Returned, Act::Agree) | (Self::Submitted, Act::TakeBack) => {
                Self::Agreed
            }
            (Self::Agreed, Act::Submit) => Self::Submitted,
            (Self::Submitted, Act::Approve) => Self::Approved,
            (Self::Submitted, Act::ApproveWithGaps) => Self::ApprovedWithGaps,
            (Self::Approved | Self::ApprovedWithGaps | Self::Shared, Act::Share) => Self::Shared,
            (Self::Draft | Self::Agreed | Self::Returned, Act::Discard) => Self::Discarded,
            _ => return None,
        })
    }

    /// Whether it may be done now.
    pub const fn allows(self, act: Act) -> bool {
        self.after(act).is_some()
    }

    /// Whether it is still a draft: neither in force nor given up.
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Draft | Self::Agreed | Self::Submitted | Self::Returned
        )
    }

    /// Whose turn it is; `None`: nobody's.
    pub const fn holder(self) -> Option<Owner> {
        match self {
            Self::Draft | Self::Agreed | Self::Returned => Some(Owner::Coordinator),
            Self::Submitted | Self::Approved | Self::ApprovedWithGaps => Some(Owner::Municipality),
            Self::Shared | Self::Discarded => None,
        }
    }
}

impl Step {
    /// The step in which a finding is answered.
    pub fn of(rule: RuleCode) -> Self {
        match rule.code().split('-').next().unwrap_or_default() {
            "SUP" => Self::Who,
            "PWR" => Self::Power,
            "DST" | "LVL" | "VRT" if rule != RuleCode::Lvl05 => Self::Where,
            "LVL" => Self::TooLate,
            "REV" => Self::Check,
            _ => match rule {
                RuleCode::Leg07 => Self::Who,
                RuleCode::Leg08 => Self::Where,
                RuleCode::Leg09 | RuleCode::Leg10 => Self::Consents,
                _ => Self::Home,
            },
        }
    }

    /// The step before it, and the one after it.
    pub fn neighbours(self) -> (Option<Self>, Option<Self>) {
        let place = Self::ALL.iter().position(|step| *step == self);
        let at = |place: Option<usize>| place.and_then(|place| Self::ALL.get(place).copied());
        (
            at(place.and_then(|place| place.checked_sub(1))),
            at(place.map(|place| place + 1)),
        )
    }
}

/// Something that is to be mended before a plan can be approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defect {
    /// In which step it is mended.
    pub step: Step,
    /// What is to be mended.
    pub words: String,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        prop::collection::vec(prop::sample::select(Act::ALL), 0..40)
    }

    proptest! {
        /// Whatever is asked for in whatever order: a plan in force was agreed to by the
        /// family and looked at by the municipality, and nothing was written in between.
        #[test]
        fn no_state_is_reached_around_the_steps(asked in acts()) {
            let mut stage = Stage::Draft;
            // What was done since something was last written.
            let (mut agreed, mut submitted, mut given_up) = (false, false, false);
            for act in asked {
                let Some(after) = stage.after(act) else {
                    prop_assert!(!stage.allows(act));
                    continue;
                };
                match act {
                    Act::Save => (agreed, submitted) = (false, false),
                    Act::Agree => agreed = true,
                    Act::Submit => {
                        prop_assert!(agreed);
                        submitted = true;
                    }
                    Act::TakeBack | Act::Return => submitted = false,
                    Act::Approve | Act::ApproveWithGaps => {
                        prop_assert!(agreed && submitted);
                    }
                    Act::Share => prop_assert!(agreed && submitted),
                    Act::Discard => given_up = true,
                    Act::Begin => prop_assert!(false, "a draft is begun once"),
                }
                // What was returned waits to be mended and agreed to again.
                if act == Act::Return {
                    agreed = false;
                }
                stage = after;
                prop_assert_eq!(given_up, stage == Stage::Discarded);
            }
            if matches!(stage, Stage::Approved | Stage::ApprovedWithGaps | Stage::Shared) {
                prop_assert!(!stage.is_open() && agreed && submitted);
                prop_assert!(stage.after(Act::Save).is_none(), "a version is never written on");
            }
            if stage == Stage::Discarded {
                prop_assert!(Act::ALL.iter().all(|act| !stage.allows(*act)));
            }
        }
    }

    #[test]
    fn what_is_returned_is_agreed_to_again_and_nobody_waits_for_nobody() {
        let mut stage = Stage::Draft;
        for (act, after) in [
            (Act::Save, Stage::Draft),
            (Act::Agree, Stage::Agreed),
            (Act::Submit, Stage::Submitted),
            (Act::Return, Stage::Returned),
            (Act::Save, Stage::Returned),
            (Act::Agree, Stage::Agreed),
            (Act::Save, Stage::Draft),
            (Act::Agree, Stage::Agreed),
            (Act::Submit, Stage::Submitted),
            (Act::TakeBack, Stage::Agreed),
            (Act::Submit, Stage::Submitted),
            (Act::ApproveWithGaps, Stage::ApprovedWithGaps),
            (Act::Share, Stage::Shared),
            (Act::Share, Stage::Shared),
        ] {
            stage = stage.after(act).expect("the usual way");
            assert_eq!(stage, after, "{act:?}");
        }
        for stage in Stage::ALL {
            assert_eq!(
                stage.holder().is_none(),
                matches!(stage, Stage::Shared | Stage::Discarded)
            );
        }
        // The municipality decides on nothing that was not handed in.
        for stage in [Stage::Draft, Stage::Agreed, Stage::Returned] {
            for act in [Act::Approve, Act::ApproveWithGaps, Act::Return, Act::Share] {
                assert!(!stage.allows(act), "{stage:?} {act:?}");
            }
        }
    }
}
