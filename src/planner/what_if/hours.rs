//! Who runs out when the water stands and the grid is out for longer.

use super::{
    super::{
        CaseFacts, Look, PlanState, World,
        rules::{
            Check,
            vertical::{Stay, hours_to_stay},
        },
    },
    WhatIf, home,
};
use crate::domain::{
    hazard::Hazard,
    plan::document::DestinationKind,
    power::{Reach, budget::reckon_staying, equipment::HomeGenerator},
};

/// What the hours are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NeedFor {
    /// Until the grid is back.
    Grid,
    /// At home, until the water has gone and the grid is back.
    Water,
}

/// How long power is needed, and how long it lasts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Need {
    /// Until when.
    pub until: NeedFor,
    /// Hours, as plans reckon; `None`: no map says how long the water stays.
    pub usual: Option<f64>,
    /// Hours, as supposed; without an end where the water stays for longer than the map
    /// says.
    pub supposed: Option<f64>,
    /// How long the power lasts.
    pub reach: Reach,
}

impl Need {
    /// Whether it lasts as usual; `None`: nobody knows.
    pub fn lasts_usually(&self) -> Option<bool> {
        self.reach.lasts(self.usual?)
    }

    /// Whether it lasts as supposed; `None`: nobody knows.
    pub fn lasts(&self) -> Option<bool> {
        self.reach.lasts(self.supposed?)
    }

    /// Whether nobody can say that it lasts.
    pub fn runs_out(&self) -> bool {
        self.lasts() != Some(true)
    }

    /// Hours that are missing, in tenths, rounded up: exactly so many where the reach is
    /// known, else at most. `None`: none, or nobody can say how many.
    pub fn short(&self) -> Option<f64> {
        let short = self.supposed? - self.reach.hours;
        (short > 0.0 && short.is_finite()).then(|| (short * 10.0 - 1e-6).ceil() / 10.0)
    }

    /// How bad it is, 0 first: nothing known at all; what runs out, the most hours short
    /// first; what may.
    pub(super) fn rank(&self) -> (u8, i64) {
        let endless = self.supposed.is_some_and(f64::is_infinite);
        let short = match self.short() {
            _ if endless => i64::MIN,
            short => short.map_or(0, |short| -((short * 10.0) as i64)),
        };
        match self.lasts() {
            _ if self.reach.is_unknown() => (0, short),
            Some(false) => (1, short),
            None => (2, short),
            Some(true) => (9, 0),
        }
    }
}

/// How long power is needed.
pub(super) fn needs(
    case: &CaseFacts<'_>,
    (before, after): (&Look, &Look),
    what_if: &WhatIf<'_>,
) -> Vec<Need> {
    let hours = |world: &World| Some(world.parameters.power.home_hours);
    let mut needs = vec![Need {
        until: NeedFor::Grid,
        usual: hours(what_if.world),
        supposed: hours(&what_if.changed),
        reach: after.power.total,
    }];
    let flood = before.exposures.get(&Hazard::Flood);
    let may_flood = flood.is_some_and(|exposure| exposure.hits() != Some(false));
    if !may_flood {
        return needs;
    }
    let stays = home::staying(case);
    let own = match case.plan {
        PlanState::Made(plan) if case.left_home_on.is_none() => plan.destinations.as_slice(),
        _ => &[],
    };
    // Whoever leaves before the water needs no power in it.
    let first = own.iter().find(|place| place.is_for(Hazard::Flood));
    if first.is_some_and(|place| place.kind != DestinationKind::StayUpstairs) {
        return needs;
    }
    let stay = |world: &World| {
        let given = super::super::given(case, world, what_if.today);
        let check = Check {
            case,
            plan: &stays,
            world,
            today: what_if.today,
            exposures: &before.exposures,
            places: &[],
            given: &given,
            budget: &before.power,
        };
        let reach = reckon_staying(&given, &HomeGenerator::has_a_dry_place);
        match hours_to_stay(&check, Hazard::Flood) {
            Stay::Hours(hours, _) => (Some(hours), reach),
            // Nothing outlasts water that stays for four weeks or more.
            Stay::Endless(_) => (Some(f64::INFINITY), reach),
            Stay::Unknown => (None, reach),
        }
    };
    let (usual, _) = stay(what_if.world);
    let (supposed, reach) = stay(&what_if.changed);
    needs.push(Need {
        until: NeedFor::Water,
        usual,
        supposed,
        reach,
    });
    needs
}
