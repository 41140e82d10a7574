//! Overrides: a named person of the municipality says, with a reason and until a day,
//! that a finding does not stop the plan (`RULES.md`, "Severity and outcome").

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::domain::{
    finding::{Finding, Outcome, RuleCode},
    hazard::Hazard,
};

/// No override lasts longer, in months: it ends with the yearly look at the plan.
pub const LONGEST_MONTHS: u32 = 12;

/// An override, as the planner is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Of which rule.
    pub rule: RuleCode,
    /// About which hazard.
    pub hazard: Option<Hazard>,
    /// About which destination.
    pub site: Option<String>,
    /// Who said so.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
}

/// What a finding says of its override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// Who said so.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The last day.
    pub until: NaiveDate,
}

impl Override {
    /// Whether it is in force for a finding on a day. What is unknown is never overridden:
    /// unknowns are accepted together.
    pub fn covers(&self, finding: &Finding, today: NaiveDate) -> bool {
        finding.outcome == Outcome::Fails
            && self.rule.may_be_overridden()
            && self.from <= today
            && today <= self.until
            && (self.rule, self.hazard, self.site.as_deref())
                == (finding.rule, finding.hazard, finding.site.as_deref())
    }

    /// What the finding says of it.
    pub fn told(&self) -> Overridden {
        Overridden {
            by: self.by.clone(),
            reason: self.reason.clone(),
            until: self.until,
        }
    }
}

/// The last day on which an override that is made on a day may end.
pub fn latest_end(made: NaiveDate) -> NaiveDate {
    made.checked_add_months(Months::new(LONGEST_MONTHS))
        .unwrap_or(NaiveDate::MAX)
}

impl RuleCode {
    /// Whether a named person may override it: not the law's items about the child
    /// (LEG-01 to LEG-06), and no consent: neither those of the child's representative
    /// (LEG-09, LEG-10) nor a supporter's to be named (SUP-03; 災害対策基本法
    /// 第49条の15第2項 asks for both).
    pub const fn may_be_overridden(self) -> bool {
        !matches!(
            self,
            Self::Leg00
                | Self::Leg01
                | Self::Leg02
                | Self::Leg03
                | Self::Leg04
                | Self::Leg05
                | Self::Leg06
                | Self::Leg09
                | Self::Leg10
                | Self::Sup03
        )
    }
}
