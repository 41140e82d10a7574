//! What the night needs of a child's plan and home, taken out of its verdict.

use chrono::NaiveDate;

use crate::{
    domain::{
        finding::{Outcome, RuleCode},
        night::{NightFacts, NightPlace, NightWay, triggers_on},
        plan::document::{Destination, DestinationKind},
    },
    planner::{Look, diagnosis},
    service::check::{self, CheckedCase},
};

/// What the night needs.
pub(in crate::service) fn facts_of(checked: &CheckedCase, today: NaiveDate) -> NightFacts {
    let (case, look) = (&checked.case, &checked.look);
    let exposed = look.exposures.iter();
    let (reach, oxygen_first) = look.power.until_leaving();
    let mut facts = NightFacts {
        has_plan: case.has_plan,
        exposed: exposed
            .filter(|(hazard, _)| hazard.has_levels())
            .filter_map(|(hazard, exposure)| Some((*hazard, exposure.hits()?)))
            .collect(),
        standing: diagnosis::standing(
            look,
            case.document
                .as_ref()
                .filter(|_| case.left_home_on.is_none()),
            case.home.room(),
        ),
        // Oxygen that nobody has counted is unknown, and never none.
        hours: check::battery_hours(look)
            .filter(|_| !reach.is_unknown())
            .map(|_| reach.hours),
        oxygen_first,
        power: look.power.carried(),
        before_end: look.outage.map(|trigger| trigger.before_end_minutes()),
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
                way: Some(way(look, place)),
            })
            .collect();
    }
    facts
}

/// What DST-12 says of the way to a place.
fn way(look: &Look, place: &Destination) -> NightWay {
    let reference = place.site.as_deref().filter(|text| !text.trim().is_empty());
    let name = reference.map_or_else(|| place.label(), str::to_owned);
    let mut way = NightWay::default();
    let about = look.findings.iter().filter(|found| {
        found.rule == RuleCode::Dst12 && found.site.as_deref() == Some(name.as_str())
    });
    for found in about {
        match found.outcome {
            Outcome::Fails => way.through.extend(found.hazard),
            // A map that shows nothing of a zone that may be there.
            Outcome::Unknown => way.unknown = true,
            Outcome::Holds => {}
        }
    }
    way
}
