//! What the night needs of a child's plan and home, taken out of its verdict.

use chrono::NaiveDate;

use crate::{
    domain::{
        night::{NightFacts, NightPlace, triggers_on},
        plan::document::DestinationKind,
    },
    service::check::CheckedCase,
    store::CaseForCheck,
};

/// Hours that the child's batteries last; `None`: nobody knows. The one place that says
/// so for the night: as the plan states them, else as they are on record.
pub fn hours_of(case: &CaseForCheck) -> Option<f64> {
    let planned = case.document.as_ref().and_then(|plan| plan.battery_hours);
    planned.or(case.battery_hours)
}

/// What the night needs.
pub(in crate::service) fn facts_of(checked: &CheckedCase, today: NaiveDate) -> NightFacts {
    let (case, look) = (&checked.case, &checked.look);
    let exposed = look.exposures.iter();
    let mut facts = NightFacts {
        has_plan: case.has_plan,
        exposed: exposed
            .filter(|(hazard, _)| hazard.has_levels())
            .filter_map(|(hazard, exposure)| Some((*hazard, exposure.hits()?)))
            .collect(),
        hours: hours_of(case),
        ..NightFacts::default()
    };
    let Some(plan) = &case.document else {
        return facts;
    };
    facts.has_plan = Some(true);
    facts.triggers = triggers_on(&plan.triggers, today);
    facts.vehicle = plan.vehicle.clone().filter(|text| !text.trim().is_empty());
    // Places that were chosen for the former home lead nowhere from this one.
    if case.left_home_on.is_none() {
        let places = plan.destinations.iter().zip(&look.destinations);
        facts.places = places
            .map(|(place, known)| NightPlace {
                site: known.site.as_ref().map(|site| site.id),
                name: known
                    .site
                    .as_ref()
                    .map_or_else(|| place.label(), |site| site.published.name.clone()),
                hazards: place.hazards.clone(),
                stays: place.kind == DestinationKind::StayUpstairs,
                power_until: known.power(place).map(|power| power.valid_until),
            })
            .collect();
    }
    facts
}
