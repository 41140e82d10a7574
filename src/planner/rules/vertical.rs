//! VRT: staying upstairs at home (屋内安全確保): the place, the room, power until
//! the water has gone, the way up, and what is kept upstairs.

use std::collections::BTreeMap;

use super::{Check, Says, There, about, power::unknown_hours, writing::About};
use crate::{
    domain::{
        finding::{Finding, Owner, RuleCode, Severity},
        hazard::{Hazard, InundationRank, LandslideZone, LayerKind, ZoneClass},
        plan::document::DestinationKind,
        power::{budget::reckon_staying, equipment::HomeGenerator},
        text::Text,
    },
    planner::exposure::{Collapse, HazardExposure, Place, ZoneHit},
    spatial::zones::Exposure,
    text,
};

/// VRT-01 to VRT-06, where the plan chooses the stay for a flood-like
/// hazard that hits the home or may hit it.
pub(crate) fn check(check: &Check<'_>, to: &mut Vec<Finding>) {
    let chosen: Vec<(Hazard, There<'_>)> = check
        .hazards()
        .filter(|(hazard, _)| hazard.may_stay_upstairs())
        .filter_map(|(hazard, _)| {
            let stay = |there: &There<'_>| there.destination.kind == DestinationKind::StayUpstairs;
            Some((hazard, check.chosen_for(hazard).find(stay)?))
        })
        .collect();
    let Some((_, stay)) = chosen.first() else {
        return;
    };
    to.push(no_collapse(check, *stay));
    for (hazard, stay) in &chosen {
        to.extend(room_above_the_water(check, *stay, *hazard));
    }
    for (hazard, stay) in &chosen {
        to.push(power_until_the_water_has_gone(check, *stay, *hazard));
    }
    to.push(no_landslide(check, *stay));
    to.push(upstairs::way_up(check, *stay));
    for (hazard, stay) in &chosen {
        to.push(upstairs::supplies(check, *stay, *hazard));
    }
}

mod upstairs;

/// VRT-01: the current or the bank takes the house itself.
fn no_collapse(check: &Check<'_>, stay: There<'_>) -> Finding {
    let home = check.home(Hazard::Flood);
    let about = about(RuleCode::Vrt01, Severity::Blocker)
        .hazard(Hazard::Flood)
        .at(stay)
        .citing(home.data_sets());
    match home.collapse() {
        Collapse::Outside => about.holds(Text::fixed(
            "自宅は家屋が倒壊する区域の外です（安全という意味ではありません）。",
            "The home lies outside the house collapse zones (this does not mean safe).",
        )),
        Collapse::Inside => about.fails(
            Owner::Coordinator,
            leave(&Text::fixed(
                "家屋倒壊等氾濫想定区域（川の流れや岸の崩れで家が失われるおそれ）",
                "house collapse zone (the current or the bank may take the house)",
            )),
        ),
        Collapse::Unknown(why) => about.unknown_exposure(home.why_unknown().unwrap_or(why)),
    }
}

/// VRT-04: whatever the flood rank, nobody stays in a landslide zone.
fn no_landslide(check: &Check<'_>, stay: There<'_>) -> Finding {
    let home = check.home(Hazard::Landslide);
    let about = about(RuleCode::Vrt04, Severity::Blocker)
        .hazard(Hazard::Landslide)
        .at(stay)
        .citing(home.data_sets());
    match home {
        HazardExposure::Unknown { why, .. } => about.unknown_exposure(*why),
        HazardExposure::OutsideZones { .. } => about.holds(Text::fixed(
            "自宅は土砂災害の区域の外です（安全という意味ではありません）。",
            "The home lies outside the landslide zones (this does not mean safe).",
        )),
        HazardExposure::Hit { zone, .. } => {
            let name = zone.as_ref().map_or_else(
                || Text::fixed("土砂災害の区域", "landslide zone"),
                |zone| zone.class.name(),
            );
            about
                .with_some("zone", zone.as_ref().map(|zone| zone.class))
                .fails(Owner::Coordinator, leave(&name))
        }
    }
}

fn leave(zone: &Text) -> Says {
    Says {
        staff: say!(
            "自宅が{}の中にあるので、上の階にとどまることはできません。",
            "The home lies here, so that nobody may stay upstairs: {}.";
            zone
        ),
        family: Text::fixed(
            "自宅の上の階にとどまるのは危険だと分かりました。家を離れる行き先を一緒に決めましょう。",
            "Staying upstairs at home turns out to be dangerous. Let us settle on a place away from home together.",
        ),
        next: Text::fixed(
            "ご家族に電話し、区域の外の避難先（区域外の親戚宅、病院、指定緊急避難場所）に変える。",
            "Telephone the family and change to a destination outside the zones: relatives, a hospital, an emergency site.",
        ),
    }
}

/// VRT-02: the child's room is at or above the minimum safe floor of the depth.
fn room_above_the_water(check: &Check<'_>, stay: There<'_>, hazard: Hazard) -> Option<Finding> {
    let home = check.home(hazard);
    let about = about(RuleCode::Vrt02, Severity::Blocker)
        .hazard(hazard)
        .at(stay)
        .citing(home.data_sets());
    let zone = match home {
        HazardExposure::Unknown { why, .. } => return Some(about.unknown_exposure(*why)),
        HazardExposure::OutsideZones { .. } => return None,
        HazardExposure::Hit { zone, .. } => zone.as_ref()?,
    };
    // Where no depth is published, only that houses collapse, VRT-01 says it.
    let ZoneClass::Depth(rank) = zone.class else {
        return None;
    };
    let about = about.with("zone", zone.class);
    let label = zone.label();
    let Some(safe) = rank.min_safe_floor() else {
        return Some(about.fails(Owner::Coordinator, leave(&label)));
    };
    let about = about
        .with("minimum_safe_floor", safe)
        .with_some("room_floor", check.case.home.room_floor);
    let Some(room) = check.case.home.room() else {
        return Some(about.unknown(
            Owner::Coordinator,
            &Text::fixed("お子さんの部屋の階", "the storey of the child's room"),
            Text::fixed(
                "ふだんいる部屋が何階かをご家族に聞いて登録する。",
                "Ask the family on which floor the child's room is, and record it.",
            ),
        ));
    };
    Some(match home.doubt() {
        _ if room < safe => too_low(about, rank, room, safe, &label),
        Some(why) => about.unknown_exposure(why),
        None => about.holds(Text::fixed(
            "お子さんの部屋は、想定される水の深さより上の階です（安全という意味ではありません）。",
            "The child's room is above the depth that is expected (this does not mean safe).",
        )),
    })
}

fn too_low(about: About, rank: InundationRank, room: i16, safe: i16, label: &Text) -> Finding {
    let severity = if rank == InundationRank::R1 && room == 1 {
        Severity::Warning
    } else {
        Severity::Blocker
    };
    about.severity(severity).fails(
        Owner::Coordinator,
        Says {
            staff: say!(
                "自宅は{}の中で、お子さんの部屋（{room}階）が安全な階（{safe}階以上）に届きません。",
                "The home lies in a {} and the child's room (floor {room}) is below the safe one ({safe}).";
                label
            ),
            family: Text::fixed(
                "大雨のとき、お子さんの部屋まで水が来るおそれがあることが分かりました。どこで過ごすかを一緒に決め直しましょう。",
                "The water may reach the child's room. Let us settle together on where to be in heavy rain.",
            ),
            next: text!(
                "ご家族に電話し、{safe}階以上の部屋で過ごせるかを聞く。過ごせなければ、家を離れる避難先に変える。",
                "Telephone the family: can the child be on floor {safe} or above? If not, change to a destination away from home."
            ),
        },
    )
}

/// How long one would have to stay: until the water has gone and the grid is
/// back.
pub(crate) enum Stay {
    /// So many hours, by a zone of the map of durations.
    Hours(f64, ZoneHit),
    /// Longer than the map says.
    Endless(ZoneHit),
    /// No map says.
    Unknown,
}

/// The upper bound of the published duration at the home, and 24 hours.
pub(crate) fn hours_to_stay(check: &Check<'_>, hazard: Hazard) -> Stay {
    let home = check.case.home;
    let place = Place::of_home(home, check.world);
    let (Hazard::Flood, Some(at)) = (hazard, home.position) else {
        return Stay::Unknown;
    };
    let (layer, within, town) = (
        LayerKind::FloodDuration,
        place.within_metres,
        place.municipality,
    );
    let Exposure::Inside {
        worst, doubt: None, ..
    } = check.world.layers.at(layer, at, within, town)
    else {
        return Stay::Unknown;
    };
    let zone = ZoneHit::of(worst);
    let ZoneClass::Duration(rank) = zone.class else {
        return Stay::Unknown;
    };
    match rank.upper_hours() {
        Some(upper) => Stay::Hours(
            f64::from(upper) + check.world.parameters.hours_after_water,
            zone,
        ),
        None => Stay::Endless(zone),
    }
}

fn unknown_duration(about: About) -> Finding {
    about.unknown(
        Owner::Municipality,
        &Text::fixed(
            "自宅のまわりで水が引くまでの時間（浸水継続時間）",
            "how long the water stays around the home",
        ),
        Text::fixed(
            "浸水継続時間の地図を取り込むか、市町村の防災担当に聞く。分かるまでは、家を離れる行き先を先にする。",
            "Import the map of durations, or ask the municipality's disaster staff; until then put a place away from home first.",
        ),
    )
}

/// VRT-03: the batteries last until the water has gone and the grid is back:
/// the upper bound of the published duration and 24 hours. A duration without
/// an upper bound cannot be outlasted. Batteries only: a generator counts
/// where an outdoor place above the water and away from openings is on record,
/// with its fuel, and never in the first hours of a storm; a car never.
fn power_until_the_water_has_gone(check: &Check<'_>, stay: There<'_>, hazard: Hazard) -> Finding {
    let batteries = check.budget.batteries;
    let reach = reckon_staying(check.given, &HomeGenerator::has_a_dry_place);
    let by_generator = reach.hours > batteries.hours;
    let about = about(RuleCode::Vrt03, Severity::Gap)
        .hazard(hazard)
        .at(stay)
        .with_some(
            "battery_hours",
            (!batteries.is_unknown()).then(|| batteries.tenths()),
        )
        .with_some("hours_with_generator", by_generator.then(|| reach.tenths()));
    let (needed, zone) = match hours_to_stay(check, hazard) {
        Stay::Unknown => return unknown_duration(about),
        Stay::Endless(zone) => {
            return about
                .with("zone", zone.class)
                .citing(std::slice::from_ref(&zone.data_set))
                .fails(
                    Owner::Coordinator,
                    cannot_last(&Text::fixed(
                        "水が4週間以上引かないおそれがあります",
                        "the water may stay for four weeks or more",
                    )),
                );
        }
        Stay::Hours(needed, zone) => (needed, zone),
    };
    let about = about
        .with("zone", zone.class)
        .citing(std::slice::from_ref(&zone.data_set))
        .with("hours_needed", needed);
    match reach.lasts(needed) {
        None => unknown_hours(check, about),
        Some(true) if by_generator => about.holds(Text::fixed(
            "電源（水の上にある屋外の場所で動かす発電機を含む）は、水が引いて電気が戻るまでの見込みより長くもちます。",
            "The sources (with a generator in an outdoor place above the water) last longer than the water and the power cut are expected to.",
        )),
        Some(true) => about.holds(Text::fixed(
            "バッテリーは、水が引いて電気が戻るまでの見込みより長くもちます。",
            "The batteries last longer than the water and the power cut are expected to.",
        )),
        Some(false) => {
            let lasts = reach.tenths();
            let why = if by_generator {
                text!(
                    "水が引いて電気が戻るまで{needed:.0}時間の見込みに、発電機を含めて{lasts:.1}時間です",
                    "with the generator they last {lasts:.1} h of the {needed:.0} h until the water has gone and the power is back"
                )
            } else {
                text!(
                    "水が引いて電気が戻るまで{needed:.0}時間の見込みに、バッテリーは{lasts:.1}時間です",
                    "the batteries last {lasts:.1} h of the {needed:.0} h until the water has gone and the power is back"
                )
            };
            about.fails(Owner::Coordinator, cannot_last(&why))
        }
    }
}

fn cannot_last(why: &Text) -> Says {
    Says {
        staff: say!(
            "上の階にとどまるには電源が足りません（{}）。",
            "There is not enough power to stay upstairs: {}.";
            why
        ),
        family: Text::fixed(
            "自宅の上の階にとどまると、水が引く前に電気が足りなくなるおそれがあります。家を離れる行き先を一緒に決めましょう。",
            "Upstairs at home the power may run out before the water has gone. Let us settle on a place away from home together.",
        ),
        next: Text::fixed(
            "ご家族に電話し、電源のある避難先に変えるか、バッテリーを足せるかを相談して計画に書く。",
            "Telephone the family: change to a destination with power, or add batteries, and write it down.",
        ),
    }
}

/// Whether staying upstairs is rightful for a hazard, as far as the place and
/// the room say: a flood-like hazard, no house collapse zone, no landslide
/// zone, and the child's room at or above the minimum safe floor of the depth
/// (避難情報に関するガイドライン, Cabinet Office 2021, the first two of its three
/// conditions). `None`: something that decides is unknown.
///
/// The third condition, power until the water has gone, is a gap of its own
/// (VRT-03).
pub(crate) fn stay_is_rightful(check: &Check<'_>, hazard: Hazard) -> Option<bool> {
    home_is_high_enough(check.exposures, check.case.home.room(), hazard)
}

/// The same of a home that has no plan.
pub(crate) fn home_is_high_enough(
    exposures: &BTreeMap<Hazard, HazardExposure>,
    room_floor: Option<i16>,
    hazard: Hazard,
) -> Option<bool> {
    if !hazard.may_stay_upstairs() {
        return Some(false);
    }
    let answers = [
        room_is_high_enough(&exposures[&hazard], room_floor),
        match exposures[&Hazard::Flood].collapse() {
            Collapse::Inside => Some(false),
            Collapse::Outside => Some(true),
            Collapse::Unknown(_) => None,
        },
        exposures[&Hazard::Landslide].hits().map(|hit| !hit),
    ];
    if answers.contains(&Some(false)) {
        Some(false)
    } else if answers.contains(&None) {
        None
    } else {
        Some(true)
    }
}

fn room_is_high_enough(home: &HazardExposure, room_floor: Option<i16>) -> Option<bool> {
    match home {
        HazardExposure::Unknown { .. } => None,
        HazardExposure::OutsideZones { .. } => Some(true),
        exposure @ HazardExposure::Hit { .. } => match exposure.zone().map(|zone| zone.class) {
            Some(ZoneClass::Depth(rank)) => match rank.min_safe_floor() {
                Some(safe) => room_floor
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

#[cfg(test)]
#[path = "vertical_tests.rs"]
mod tests;
