//! By when somebody leaves who must have arrived before level 5, and before dark.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    super::{
        CaseFacts, Look, PlanState, Travel,
        rules::{Check, There},
    },
    WhatIf, home,
    home::Verdict,
};
use crate::{
    domain::{finding::RuleCode, plan::document::DestinationKind},
    spatial::daylight,
};

/// By when one leaves.
#[derive(Debug, Clone, PartialEq)]
pub enum Leave {
    /// Nothing with levels threatens the home, as far as maps show.
    NotHit,
    /// By these times.
    By {
        /// Where to.
        to: String,
        /// When they begin to get ready, at the latest.
        prepare: DateTime<Utc>,
        /// When they are on the way, at the latest.
        leave: DateTime<Utc>,
        /// When they must have arrived.
        arrive: DateTime<Utc>,
        /// They arrive before it gets dark; `false`: it is dark, or too late for that.
        by_daylight: bool,
        /// It is past the time to begin, and there is still time to arrive.
        at_once: bool,
    },
    /// Whoever begins now does not arrive in time.
    TooLate {
        /// Where they would have gone.
        to: String,
    },
    /// The plan stays at home, whatever comes.
    Stays,
    /// Nobody knows, and why.
    Unknown(WhyNot),
}

/// Why nobody knows by when one leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNot {
    /// There is no plan, or none for this home.
    NoPlan,
    /// The plan names no place.
    NoPlace,
    /// Nobody knows how long the way takes.
    NoTravel,
}

impl Leave {
    /// How bad it is, 0 first, and within that the earlier time first.
    pub(super) fn rank(&self, home: &[(RuleCode, Verdict)]) -> (u8, i64) {
        // The line of the plan is no part of what holds at home.
        let worst = home
            .iter()
            .filter(|(rule, _)| *rule != RuleCode::Lvl05)
            .map(|(_, verdict)| *verdict)
            .max();
        match self {
            Self::TooLate { .. } => (0, 0),
            Self::Unknown(WhyNot::NoPlan) => (1, 0),
            Self::Unknown(_) => (1, 1),
            Self::By { at_once: true, .. } => (2, 0),
            Self::Stays if worst == Some(Verdict::Fails) => (3, 0),
            Self::By { prepare, .. } => (4, prepare.timestamp()),
            Self::Stays if worst == Some(Verdict::Holds) => (6, 0),
            Self::Stays => (5, 0),
            Self::NotHit => (8, 0),
        }
    }
}

/// By when a child leaves. Of several places, for several hazards, the one that asks for
/// the earliest start counts.
pub(super) fn leave(
    case: &CaseFacts<'_>,
    look: &Look,
    what_if: &WhatIf<'_>,
    at: DateTime<Utc>,
) -> Leave {
    let hazards = home::with_levels(&look.exposures);
    if hazards.is_empty() {
        return Leave::NotHit;
    }
    let PlanState::Made(plan) = case.plan else {
        return Leave::Unknown(WhyNot::NoPlan);
    };
    // Places that were chosen for the former home lead nowhere from this one.
    if case.left_home_on.is_some() {
        return Leave::Unknown(WhyNot::NoPlan);
    }
    let given = super::super::given(case, what_if.world, what_if.today);
    let check = Check {
        case,
        plan,
        world: what_if.world,
        today: what_if.today,
        exposures: &look.exposures,
        places: &look.destinations,
        given: &given,
        budget: &look.power,
    };
    let firsts: Vec<Option<There<'_>>> = hazards
        .iter()
        .map(|(hazard, _)| check.first_for(*hazard))
        .collect();
    let away = firsts
        .iter()
        .flatten()
        .filter(|there| there.destination.kind != DestinationKind::StayUpstairs);
    let away: Vec<&There<'_>> = away.collect();
    if away.is_empty() {
        let nowhere = firsts.iter().any(Option::is_none);
        return if nowhere {
            Leave::Unknown(WhyNot::NoPlace)
        } else {
            Leave::Stays
        };
    }
    let preparation = check.preparation_minutes();
    let times = away.into_iter().map(|there| {
        let to = there.facts.site.as_ref();
        let to = to.map_or_else(
            || there.destination.label(),
            |site| site.published.name.clone(),
        );
        let Some(travel) = there.facts.travel else {
            return Leave::Unknown(WhyNot::NoTravel);
        };
        let light = case.home.position.or(there.facts.position);
        let light = light.map(|place| daylight::light(place, what_if.now, at));
        by(
            to,
            (what_if.now, at),
            (preparation, travel),
            light.as_deref(),
        )
    });
    let earliest = |leave: &Leave| match leave {
        Leave::By { prepare, .. } => (1, prepare.timestamp()),
        Leave::TooLate { .. } => (0, 0),
        Leave::Unknown(_) | Leave::NotHit | Leave::Stays => (0, 1),
    };
    times
        .min_by_key(earliest)
        .unwrap_or(Leave::Unknown(WhyNot::NoPlace))
}

/// One must have arrived before level 5; where it can still be, in daylight.
fn by(
    to: String,
    (now, at): (DateTime<Utc>, DateTime<Utc>),
    (preparation, travel): (f64, Travel),
    light: Option<&[[DateTime<Utc>; 2]]>,
) -> Leave {
    let day_minutes = up(travel.minutes);
    let preparation = up(preparation);
    let is_light = |when: DateTime<Utc>| {
        light.is_some_and(|days| days.iter().any(|[rise, set]| *rise <= when && when <= *set))
    };
    // The last hour of daylight before level 5 first.
    let sunsets = light.unwrap_or_default().iter().rev();
    let sunsets = sunsets.map(|[_, set]| *set).filter(|set| *set < at);
    let in_daylight = std::iter::once(at)
        .chain(sunsets)
        .find(|arrive| is_light(*arrive) && is_light(*arrive - day_minutes))
        .filter(|arrive| *arrive - day_minutes - preparation >= now);
    if let Some(arrive) = in_daylight {
        let leave = arrive - day_minutes;
        return Leave::By {
            to,
            prepare: leave - preparation,
            leave,
            arrive,
            by_daylight: true,
            at_once: false,
        };
    }
    // Without a place nobody knows whether it is dark: the longer way counts.
    let night = travel.minutes_by_night.map_or(day_minutes, up);
    let leave = at - night;
    if now + preparation + night > at {
        return Leave::TooLate { to };
    }
    Leave::By {
        to,
        prepare: leave - preparation,
        leave,
        arrive: at,
        by_daylight: false,
        // Before dark nobody can be there any more: every minute counts.
        at_once: light.is_some(),
    }
}

/// Whole minutes, rounded up; no more than a day.
fn up(minutes: f64) -> TimeDelta {
    let whole = minutes.ceil().clamp(0.0, 1440.0);
    TimeDelta::minutes(if whole.is_nan() { 1440 } else { whole as i64 })
}
