//! Findings as machines read them (`check --json`, `check-file --json`).

use chrono::NaiveDate;
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    domain::{
        finding::{Finding, Outcome},
        id::CaseNumber,
    },
    planner::Look,
};

/// The answer to a check.
#[derive(Debug, Serialize)]
pub struct CheckAnswer {
    /// The day of the check.
    pub on: NaiveDate,
    /// The plans, by case.
    pub plans: Vec<PlanAnswer>,
}

/// The answer on one plan.
#[derive(Debug, Serialize)]
pub struct PlanAnswer {
    /// The case.
    pub case: CaseNumber,
    /// No failing blocker on approval.
    pub approvable: bool,
    /// No failing blocker at all.
    pub shareable: bool,
    /// The findings, in order.
    pub findings: Vec<FindingAnswer>,
}

impl PlanAnswer {
    /// The answer on a plan; what holds only where all is asked for.
    pub fn of(case: &CaseNumber, look: &Look, all: bool) -> Self {
        Self {
            case: case.clone(),
            approvable: look.approvable(),
            shareable: look.shareable(),
            findings: look
                .findings
                .iter()
                .filter(|f| all || f.outcome != Outcome::Holds)
                .cloned()
                .map(FindingAnswer)
                .collect(),
        }
    }
}

/// A finding; absent keys are left out.
#[derive(Debug)]
pub struct FindingAnswer(pub Finding);

impl Serialize for FindingAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let f = &self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rule", &f.rule)?;
        map.serialize_entry("severity", &f.severity)?;
        if let Some(blocks) = &f.blocks {
            map.serialize_entry("blocks", blocks)?;
        }
        map.serialize_entry("outcome", &f.outcome)?;
        if let Some(hazard) = &f.hazard {
            map.serialize_entry("hazard", hazard)?;
        }
        if let Some(site) = &f.site {
            map.serialize_entry("site", site)?;
        }
        if let Some(over) = &f.overridden {
            // Whose name and reason it is stands on the pages.
            map.serialize_entry("overridden_until", &over.until)?;
        }
        map.serialize_entry("evidence", &f.evidence)?;
        map.serialize_entry("owner", &f.owner)?;
        map.serialize_entry("next_step_ja", &f.next_step.ja)?;
        map.serialize_entry("next_step_en", &f.next_step.en)?;
        map.serialize_entry("message_ja", &f.message.ja)?;
        map.serialize_entry("message_en", &f.message.en)?;
        map.end()
    }
}
