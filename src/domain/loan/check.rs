//! The yearly check of a loan (年に1回程度): how the unit is used, in which
//! condition it is, and whether the conditions of the loan still hold.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::text::Text;

/// What was found of one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartVerdict {
    /// In order.
    Fine,
    /// Not in order.
    Fails,
    /// Nobody could say.
    Unknown,
}

coded! {
    /// How a check was made.
    CheckWay {
        /// At the family's home.
        Visit = "visit", "訪問", "visit";
        /// By telephone.
        Telephone = "telephone", "電話", "telephone";
        /// By what the family wrote down on its page.
        Page = "page", "ご家族のページ", "the family's page";
    }
}

impl CheckWay {
    /// How a check can be held on a day that is agreed with the family: somebody
    /// meets it.
    pub const ON_A_DAY: &[Self] = &[Self::Visit, Self::Telephone];
}

/// A check. Numbers that nobody gave stay unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnualCheck {
    /// On which day.
    pub held_on: NaiveDate,
    /// How: the word of a [`CheckWay`].
    pub way: String,
    /// How it is used.
    pub usage: PartVerdict,
    /// What was said of the use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage_note: Option<String>,
    /// Its condition.
    pub condition: PartVerdict,
    /// Hours on its counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_run: Option<f64>,
    /// The load that was measured, in watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_watts: Option<f64>,
    /// Whether the oil is right; `None`: not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oil_fine: Option<bool>,
    /// When the fuel was bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fuel_on: Option<NaiveDate>,
    /// Where it stands outdoors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outdoor_place: Option<String>,
    /// Whether the conditions of the loan still hold.
    pub eligible: PartVerdict,
    /// What was said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What follows from a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckOutcome {
    /// All three parts are in order.
    Passed,
    /// The unit is not in order: exchange it.
    Exchange,
    /// The conditions hold no more: agree on a return.
    Return,
    /// A part is open: ask again.
    Open,
}

impl AnnualCheck {
    /// Whether anything was looked at: a part was judged, or something was seen or
    /// measured. A note alone says that nobody was met.
    pub fn found_something(&self) -> bool {
        let parts = [self.usage, self.condition, self.eligible];
        parts.iter().any(|part| *part != PartVerdict::Unknown)
            || self.hours_run.is_some()
            || self.load_watts.is_some()
            || self.oil_fine.is_some()
            || self.fuel_on.is_some()
            || self.outdoor_place.is_some()
    }

    /// What follows: a loan that ends comes before a unit that is exchanged, and
    /// both before what is still open.
    pub fn outcome(&self) -> CheckOutcome {
        let unit = [self.usage, self.condition];
        if self.eligible == PartVerdict::Fails {
            CheckOutcome::Return
        } else if unit.contains(&PartVerdict::Fails) {
            CheckOutcome::Exchange
        } else if unit.contains(&PartVerdict::Unknown) || self.eligible == PartVerdict::Unknown {
            CheckOutcome::Open
        } else {
            CheckOutcome::Passed
        }
    }
}

impl CheckOutcome {
    /// The word in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Exchange => "exchange",
            Self::Return => "return",
            Self::Open => "open",
        }
    }

    /// The outcome of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Passed, Self::Exchange, Self::Return, Self::Open]
            .into_iter()
            .find(|one| one.code() == code)
    }

    /// What it says and what is next, for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Passed => Text::fixed("合格", "passed"),
            Self::Exchange => Text::fixed("不合格：本体を交換する", "failed: exchange the unit"),
            Self::Return => Text::fixed(
                "不合格：ご家族と返却日を決める",
                "failed: agree with the family on a day of return",
            ),
            Self::Open => Text::fixed(
                "確認できていない点がある：もう一度たずねる",
                "something is open: ask again",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(usage: PartVerdict, condition: PartVerdict, eligible: PartVerdict) -> CheckOutcome {
        parts(usage, condition, eligible).outcome()
    }

    fn parts(usage: PartVerdict, condition: PartVerdict, eligible: PartVerdict) -> AnnualCheck {
        AnnualCheck {
            held_on: "2026-11-21".parse().unwrap(),
            way: CheckWay::Visit.code().to_owned(),
            usage,
            usage_note: None,
            condition,
            hours_run: None,
            load_watts: None,
            oil_fine: None,
            fuel_on: None,
            outdoor_place: None,
            eligible,
            note: None,
        }
    }

    #[test]
    fn a_check_in_which_nothing_was_looked_at_has_found_nothing() {
        use PartVerdict::{Fails, Fine, Unknown};
        let nothing = parts(Unknown, Unknown, Unknown);
        assert!(!nothing.found_something());
        let only_a_note = AnnualCheck {
            usage_note: Some("留守".to_owned()),
            note: Some("留守".to_owned()),
            ..nothing.clone()
        };
        assert!(!only_a_note.found_something(), "nobody was met");
        assert!(parts(Unknown, Unknown, Fails).found_something());
        assert!(parts(Fine, Unknown, Unknown).found_something());
        let oil = AnnualCheck {
            oil_fine: Some(false),
            ..nothing
        };
        assert!(oil.found_something());
    }

    #[test]
    fn a_check_passes_only_when_all_three_parts_are_known_and_in_order() {
        use PartVerdict::{Fails, Fine, Unknown};
        for usage in [Fine, Fails, Unknown] {
            for condition in [Fine, Fails, Unknown] {
                for eligible in [Fine, Fails, Unknown] {
                    let parts = [usage, condition, eligible];
                    let passed = check(usage, condition, eligible) == CheckOutcome::Passed;
                    assert_eq!(passed, parts == [Fine; 3], "{parts:?}");
                }
            }
        }
    }

    #[test]
    fn a_unit_that_fails_is_exchanged_and_a_loan_whose_conditions_fail_ends() {
        use PartVerdict::{Fails, Fine, Unknown};
        assert_eq!(check(Fine, Fails, Fine), CheckOutcome::Exchange);
        assert_eq!(check(Fails, Fine, Unknown), CheckOutcome::Exchange);
        assert_eq!(check(Fine, Fails, Fails), CheckOutcome::Return);
        assert_eq!(check(Unknown, Fine, Fine), CheckOutcome::Open);
    }
}
