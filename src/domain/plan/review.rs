//! When a plan was last confirmed with the family, and what was known then
//! (`RULES.md`, REV; `DOMAIN.md` A6).

use std::collections::BTreeMap;

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::domain::{
    finding::{Evidence, Finding, Outcome, RuleCode},
    hazard::Hazard,
};

/// What a plan rests on besides what rules find: each by a hash, so that a
/// change is seen and nothing of it is told.
pub type Inputs = BTreeMap<InputKind, String>;

coded! {
    /// Something that a plan rests on.
    #[derive(PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    InputKind {
        /// The home: where, which storey, the address.
        Home = "home", "自宅", "the home";
        /// Devices, batteries, preparation, vehicle.
        Power = "power", "機器・電池・車", "devices, batteries, vehicle";
        /// Who helps.
        Supporters = "supporters", "支援者", "supporters";
        /// Where the plan goes, and how.
        Destinations = "destinations", "避難先と経路", "destinations and ways";
    }
}

/// A verdict as it was when the plan was confirmed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Was {
    /// Which rule.
    pub rule: RuleCode,
    /// About which hazard.
    pub hazard: Option<Hazard>,
    /// About which destination.
    pub site: Option<String>,
    /// The verdict.
    pub outcome: Outcome,
    /// What was compared.
    pub evidence: Evidence,
}

/// Everything that was known when the plan was confirmed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Every verdict, those on freshness aside.
    pub findings: Vec<Was>,
    /// What the plan rested on.
    pub inputs: Inputs,
}

impl Baseline {
    /// What a check has just found.
    pub fn of(findings: &[Finding], inputs: Inputs) -> Self {
        let findings = findings
            .iter()
            .filter(|finding| !finding.rule.is_about_freshness())
            .map(|finding| Was {
                rule: finding.rule,
                hazard: finding.hazard,
                site: finding.site.clone(),
                outcome: finding.outcome,
                evidence: finding.evidence.clone(),
            })
            .collect();
        Self { findings, inputs }
    }
}

/// A plan confirmed by the municipality with the family.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmation {
    /// On which day.
    pub on: NaiveDate,
    /// What was known then; `None`: nobody kept it.
    pub baseline: Option<Baseline>,
}

/// How fresh a plan is, as far as that is on record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Review {
    /// The plan's own date.
    pub plan_dated: Option<NaiveDate>,
    /// The last confirmation.
    pub confirmed: Option<Confirmation>,
    /// The last drill.
    pub drilled_on: Option<NaiveDate>,
    /// What the plan rests on now.
    pub inputs: Inputs,
}

/// Months after which a plan is confirmed anew, and a drill held again: the
/// yearly update that municipalities practise (港区, plans of ventilator users,
/// 「原則年1回更新」; `DOMAIN.md` A6). The law gives no cycle.
pub const REVIEW_MONTHS: u32 = 12;

/// The last day on which what was done on a day still counts.
pub fn counts_until(done: NaiveDate) -> Option<NaiveDate> {
    done.checked_add_months(Months::new(REVIEW_MONTHS))
}

/// The day at the end of which somebody is eighteen: the one before the
/// birthday (年齢計算ニ関スル法律).
pub fn of_age_on(born: NaiveDate) -> Option<NaiveDate> {
    born.checked_add_months(Months::new(18 * 12))?
        .checked_sub_days(Days::new(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eighteen_begins_on_the_day_before_the_birthday() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(of_age_on(day("2008-11-22")), Some(day("2026-11-21")));
        assert_eq!(of_age_on(day("2008-02-29")), Some(day("2026-02-27")));
        assert_eq!(counts_until(day("2025-11-21")), Some(day("2026-11-21")));
        assert_eq!(counts_until(day("2024-02-29")), Some(day("2025-02-28")));
    }
}
