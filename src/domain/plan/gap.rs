//! What a plan that is approved with gaps lacks: each gap with who closes it, by when,
//! and what helps until then (仮の対応).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::finding::{Finding, Outcome, Owner, RuleCode, Severity};

/// Which gap: a rule, and the place that it is about, for whichever hazards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GapKey {
    /// The rule.
    pub rule: RuleCode,
    /// The destination.
    pub site: Option<String>,
}

impl GapKey {
    /// The gap of a finding; `None`: it is none.
    pub fn of(finding: &Finding) -> Option<Self> {
        let is_gap = finding.severity == Severity::Gap
            && finding.outcome == Outcome::Fails
            && finding.overridden.is_none();
        is_gap.then(|| Self {
            rule: finding.rule,
            site: finding.site.clone(),
        })
    }

    /// The word of a form: `DST-05`, or `DST-05|E43…`.
    pub fn code(&self) -> String {
        match &self.site {
            Some(site) => format!("{}|{site}", self.rule),
            None => self.rule.to_string(),
        }
    }
}

/// What is settled about a gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapSettled {
    /// Which.
    pub gap: GapKey,
    /// Which part closes it.
    pub owner: Owner,
    /// Who there.
    pub who: Option<String>,
    /// By which day.
    pub until: NaiveDate,
    /// What helps until then.
    pub interim: String,
}

/// The gaps of a check, each once, in the order of its findings.
pub fn gaps(findings: &[Finding]) -> Vec<(GapKey, &Finding)> {
    let mut gaps: Vec<(GapKey, &Finding)> = Vec::new();
    for finding in findings {
        if let Some(key) = GapKey::of(finding)
            && !gaps.iter().any(|(known, _)| *known == key)
        {
            gaps.push((key, finding));
        }
    }
    gaps
}
