//! Staying upstairs at home (屋内安全確保).

use crate::{
    domain::hazard::{Hazard, LandslideZone, ZoneClass},
    planner::exposure::{Collapse, HazardExposure},
};

use super::Check;

/// Whether staying upstairs is rightful for a hazard, as far as the place and
/// the room say: a flood-like hazard, no house collapse zone, no landslide
/// zone, and the child's room at or above the minimum safe floor of the depth
/// (避難情報に関するガイドライン, Cabinet Office 2021, the first two of its three
/// conditions). `None`: something that decides is unknown.
///
/// The third condition, power until the water has gone, belongs to the VRT
/// family.
pub(crate) fn stay_is_rightful(check: &Check<'_>, hazard: Hazard) -> Option<bool> {
    if !hazard.is_flood_like() {
        return Some(false);
    }
    let answers = [
        room_is_high_enough(check, hazard),
        match check.home(Hazard::Flood).collapse() {
            Collapse::Inside => Some(false),
            Collapse::Outside => Some(true),
            Collapse::Unknown(_) => None,
        },
        check.home(Hazard::Landslide).hits().map(|hit| !hit),
    ];
    if answers.contains(&Some(false)) {
        Some(false)
    } else if answers.contains(&None) {
        None
    } else {
        Some(true)
    }
}

fn room_is_high_enough(check: &Check<'_>, hazard: Hazard) -> Option<bool> {
    match check.home(hazard) {
        HazardExposure::Unknown { .. } => None,
        HazardExposure::OutsideZones { .. } => Some(true),
        exposure @ HazardExposure::Hit { .. } => match exposure.zone().map(|zone| zone.class) {
            Some(ZoneClass::Depth(rank)) => match rank.min_safe_floor() {
                Some(safe) => check
                    .case
                    .home
                    .room_floor
                    .map(|room| room >= safe)
                    .filter(|high| !high || exposure.doubt().is_none()),
                None => Some(false),
            },
            // No depth is published there, only that houses collapse.
            _ => Some(false),
        },
    }
}

/// Whether a class of zone is a red landslide zone.
pub(crate) const fn is_red(class: ZoneClass) -> bool {
    matches!(
        class,
        ZoneClass::Landslide(LandslideZone::SpecialWarning, _)
    )
}
