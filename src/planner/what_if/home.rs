//! What is known of staying at home, for whoever cannot leave any more.

use std::collections::BTreeMap;

use super::super::{CaseFacts, HazardExposure, PlanState};
use crate::domain::{
    finding::{Finding, Outcome, RuleCode},
    hazard::Hazard,
    plan::{
        PlanDocument,
        document::{Destination, DestinationKind},
    },
};

/// What several findings on one rule say together: the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Every one holds. On maps that does not mean safe.
    Holds,
    /// Something is unknown, or nothing was judged.
    Unknown,
    /// One fails.
    Fails,
}

/// What decides on staying: the line for when it is too late; the current, the water,
/// the slope; power until the water has gone.
const ASKED: [RuleCode; 5] = [
    RuleCode::Lvl05,
    RuleCode::Vrt01,
    RuleCode::Vrt02,
    RuleCode::Vrt04,
    RuleCode::Vrt03,
];

/// The plan of somebody who stays at home whatever comes: their own, without the places
/// away from home; an empty one where there is none.
pub(super) fn staying(case: &CaseFacts<'_>) -> PlanDocument {
    let mut plan = match case.plan {
        PlanState::Made(plan) => plan.clone(),
        PlanState::None(_) | PlanState::Unknown => empty(case),
    };
    let stays = |place: &&Destination| place.kind == DestinationKind::StayUpstairs;
    let own = plan.destinations.iter().find(stays).cloned();
    let stay = Destination {
        hazards: None,
        ..own.unwrap_or_else(upstairs)
    };
    plan.destinations = vec![stay];
    plan
}

fn empty(case: &CaseFacts<'_>) -> PlanDocument {
    let mut plan = PlanDocument::begun(case.case);
    plan.battery_hours = case.battery_hours;
    plan
}

fn upstairs() -> Destination {
    let nothing = serde_json::json!({ "kind": "stay_upstairs" });
    serde_json::from_value(nothing).expect("a destination may say nothing but its kind")
}

/// The hazards with levels that hit the home, or may hit it.
pub(super) fn with_levels(exposures: &BTreeMap<Hazard, HazardExposure>) -> Vec<(Hazard, bool)> {
    let may_hit = exposures
        .iter()
        .filter(|(hazard, _)| hazard.has_levels())
        .filter_map(|(hazard, exposure)| match exposure.hits() {
            Some(true) => Some((*hazard, true)),
            Some(false) => None,
            None => Some((*hazard, false)),
        });
    may_hit.collect()
}

/// Whether a rule is about staying at home.
pub(super) fn counts_at_home(rule: RuleCode) -> bool {
    rule.code().starts_with("VRT-") || rule == RuleCode::Lvl05
}

/// What the rules on staying say, the worst of each. Where no water may come there is
/// nothing to say of it; a slope is told of also where it alone threatens the home.
pub(super) fn verdicts(
    findings: &[Finding],
    hazards: &[(Hazard, bool)],
) -> Vec<(RuleCode, Verdict)> {
    let slope = hazards.iter().find(|(of, _)| *of == Hazard::Landslide);
    let verdict = |rule: RuleCode| {
        if let (RuleCode::Vrt04, Some((_, sure))) = (rule, slope) {
            let found = if *sure {
                Verdict::Fails
            } else {
                Verdict::Unknown
            };
            return Some((rule, found));
        }
        let of = findings.iter().filter(|found| found.rule == rule);
        let worst = of.map(|found| match found.outcome {
            Outcome::Holds => Verdict::Holds,
            Outcome::Unknown => Verdict::Unknown,
            Outcome::Fails => Verdict::Fails,
        });
        Some((rule, worst.max()?))
    };
    ASKED.into_iter().filter_map(verdict).collect()
}
