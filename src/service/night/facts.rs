//! What the night needs of a child's plan and home, taken out of its verdict.

use chrono::NaiveDate;

use crate::{
    domain::{
        night::{NightFacts, NightPlace, triggers_on},
        plan::document::DestinationKind,
    },
    service::check::{self, CheckedCase},
};

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
        hours: check::battery_hours(look),
        unconfirmed: look.power.is_unconfirmed(),
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
