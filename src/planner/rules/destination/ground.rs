//! DST-03: the destination itself lies outside the danger.

use std::{collections::BTreeMap, slice};

use super::super::{Check, Says, There, about, vertical::is_red, writing::About};
use crate::{
    domain::{
        finding::{Finding, Owner, RuleCode, Severity},
        hazard::{Hazard, InundationRank, ZoneClass},
        text::Text,
    },
    planner::{
        exposure::{Collapse, HazardExposure, WhyUnknown, ZoneHit},
        facts::Listing,
    },
};

/// How a place stands to a hazard, as DST-03 judges it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Footing {
    /// Outside the zones of maps that cover it.
    Outside,
    /// In water, with a storey above it that may be used.
    Above,
    /// In a zone, and no storey of it will do.
    Inside,
    /// Nobody knows: no map covers it, or nobody has entered its storeys.
    Unknown,
}

impl Footing {
    /// The one of two that says less for using the place.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Inside, _) | (_, Self::Inside) => Self::Inside,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Above, _) | (_, Self::Above) => Self::Above,
            (Self::Outside, Self::Outside) => Self::Outside,
        }
    }
}

/// How a place stands to a hazard: in a house collapse zone or a red landslide zone it
/// serves none but a power cut, in another landslide zone not for landslides, and in
/// water only on a storey above it. Whether it lies in the first two must be known for
/// each hazard that has levels: heavy rain brings them together.
pub(crate) fn footing(
    exposures: &BTreeMap<Hazard, HazardExposure>,
    hazard: Hazard,
    highest: Option<i16>,
) -> Footing {
    if hazard == Hazard::PowerCut {
        return Footing::Outside;
    }
    let if_it_rains = if hazard.has_levels() {
        Footing::Unknown
    } else {
        Footing::Outside
    };
    let collapse = match exposures.get(&Hazard::Flood).map(HazardExposure::collapse) {
        Some(Collapse::Inside) => Footing::Inside,
        Some(Collapse::Outside) => Footing::Outside,
        Some(Collapse::Unknown(_)) | None => if_it_rains,
    };
    let landslide = match exposures.get(&Hazard::Landslide) {
        None | Some(HazardExposure::Unknown { .. }) => if_it_rains,
        Some(HazardExposure::OutsideZones { .. }) => Footing::Outside,
        Some(exposure @ HazardExposure::Hit { .. }) => {
            let red = exposure.zone().is_some_and(|zone| is_red(zone.class));
            if red || hazard == Hazard::Landslide {
                Footing::Inside
            } else {
                Footing::Outside
            }
        }
    };
    let water = match exposures.get(&hazard).filter(|_| hazard.is_flood_like()) {
        None | Some(HazardExposure::OutsideZones { .. }) => Footing::Outside,
        Some(HazardExposure::Unknown { .. }) => Footing::Unknown,
        Some(exposure @ HazardExposure::Hit { .. }) => match exposure.zone().map(|z| z.class) {
            Some(ZoneClass::Depth(rank)) => match above_water(rank, highest) {
                Reach::Never | Reach::TooLow { .. } => Footing::Inside,
                Reach::Perhaps(_) => Footing::Unknown,
                Reach::Enough(_) if exposure.doubt().is_some() => Footing::Unknown,
                Reach::Enough(_) => Footing::Above,
            },
            _ => Footing::Outside,
        },
    };
    collapse.and(landslide).and(water)
}

/// Whether the storeys of a place reach above the water.
enum Reach {
    /// No storey of any building does.
    Never,
    /// None that may be used does.
    TooLow {
        /// The lowest that is safe.
        safe: i16,
        /// The highest that may be used.
        highest: i16,
    },
    /// Nobody has said which may be used.
    Perhaps(i16),
    /// They do.
    Enough(i16),
}

fn above_water(rank: InundationRank, highest: Option<i16>) -> Reach {
    match (rank.min_safe_floor(), highest) {
        (None, _) => Reach::Never,
        (Some(safe), Some(highest)) if highest < safe => Reach::TooLow { safe, highest },
        (Some(safe), Some(_)) => Reach::Enough(safe),
        (Some(safe), None) => Reach::Perhaps(safe),
    }
}

/// DST-03. A house collapse zone and a red landslide zone are looked for at
/// every destination that is chosen for anything but a power cut; depth and
/// yellow landslide zones for the hazards that hit the home and for which it
/// is chosen. The place's storeys are what the municipality has entered, else
/// what the plan says.
///
/// Without the site's list (or where the list lacks it) only the position of
/// the plan is known: what is wrong there fails, what is right is not a pass.
pub(super) fn on_safe_ground(check: &Check<'_>, there: There<'_>, to: &mut Vec<Finding>) {
    let hazards = there.destination.hazards.as_deref();
    if hazards.is_some_and(|list| list.iter().all(|hazard| *hazard == Hazard::PowerCut)) {
        return;
    }
    if there.facts.position.is_none() {
        let about = about(RuleCode::Dst03, Severity::Blocker).at(there);
        to.push(position_unknown(about, there));
        return;
    }
    to.push(no_collapse(there));
    to.push(no_landslide(check, there));
    for (hazard, _) in check.hazards() {
        if hazard != Hazard::Landslide && there.destination.is_for(hazard) {
            to.extend(above_the_water(check, there, hazard));
        }
    }
}

fn position_unknown(about: About, there: There<'_>) -> Finding {
    super::not_in_a_list(&about, there)
        .unwrap_or_else(|| about.unknown_exposure(WhyUnknown::NoPosition))
}

/// A pass, unless the position is the plan's word only for a place that a list
/// should know.
fn passes(about: About, there: There<'_>, sentence: Text) -> Finding {
    match there.facts.listing {
        Listing::NoList | Listing::Absent => position_unknown(about, there),
        Listing::Found | Listing::NotListed | Listing::NoReference => about.holds(sentence),
    }
}

fn shown_by(about: About, zone: &ZoneHit) -> About {
    about
        .with("zone", zone.class)
        .with_some("zone_name", zone.name.as_ref())
        .citing(slice::from_ref(&zone.data_set))
}

fn no_collapse(there: There<'_>) -> Finding {
    let exposure = &there.facts.exposures[&Hazard::Flood];
    let about = about(RuleCode::Dst03, Severity::Blocker)
        .hazard(Hazard::Flood)
        .at(there);
    match exposure.collapse() {
        Collapse::Outside => passes(
            about.citing(exposure.data_sets()),
            there,
            Text::fixed(
                "家屋が倒壊する区域の外です（安全という意味ではありません）。",
                "Outside the house collapse zones (this does not mean safe).",
            ),
        ),
        Collapse::Inside => about
            .with("zone", ZoneClass::Collapse)
            .citing(exposure.data_sets())
            .fails(
                Owner::Coordinator,
                somewhere_else(&Text::fixed(
                    "家屋倒壊等氾濫想定区域（川の流れや岸の崩れで家が失われるおそれ）",
                    "house collapse zone (the current or the bank may take the house)",
                )),
            ),
        // Where the depth is unknown too, that is what is told.
        Collapse::Unknown(why) => about.unknown_exposure(exposure.why_unknown().unwrap_or(why)),
    }
}

fn no_landslide(check: &Check<'_>, there: There<'_>) -> Finding {
    let exposure = &there.facts.exposures[&Hazard::Landslide];
    let about = about(RuleCode::Dst03, Severity::Blocker)
        .hazard(Hazard::Landslide)
        .at(there);
    let zone = match exposure {
        HazardExposure::Unknown { why, .. } => return about.unknown_exposure(*why),
        HazardExposure::OutsideZones { .. } => None,
        HazardExposure::Hit { zone, .. } => zone.as_ref(),
    };
    let Some(zone) = zone else {
        return passes(
            about.citing(exposure.data_sets()),
            there,
            Text::fixed(
                "土砂災害の区域の外です（安全という意味ではありません）。",
                "Outside the landslide zones (this does not mean safe).",
            ),
        );
    };
    let about = shown_by(about, zone);
    if is_red(zone.class) {
        return about.fails(Owner::Coordinator, somewhere_else(&zone.class.name()));
    }
    let home = check.home(Hazard::Landslide);
    if home.hits() == Some(false) || !there.destination.is_for(Hazard::Landslide) {
        return passes(
            about,
            there,
            Text::fixed(
                "土砂災害特別警戒区域の外です。土砂災害の避難先にはしていません。",
                "Outside the special landslide zones; it is not chosen for landslides.",
            ),
        );
    }
    let zone = zone.class.name();
    about.severity(Severity::Warning).fails_if_hit(
        home,
        Owner::Coordinator,
        Says {
            staff: say!(
                "{}の中です。建物の強さ、斜面と反対側の2階以上の部屋、電源の引込みを確かめます。",
                "It lies in a {}. Confirm the building, a room upstairs away from the slope, and where its power enters.";
                zone
            ),
            family: Text::fixed(
                "土砂災害に注意する区域の中にあります。安全な部屋があるかを確かめましょう。",
                "It lies in an area of landslides. Let us find out whether it has a safe room.",
            ),
            next: Text::fixed(
                "電話して、斜面と反対側の2階以上の部屋を使えるか、電源がどこから来るかを聞いて計画に書く。使えなければ別の場所にする。",
                "Telephone the place: may a room upstairs away from the slope be used, and where does its power enter? Write it down, or choose another place.",
            ),
        },
    )
}

fn somewhere_else(zone: &Text) -> Says {
    Says {
        staff: say!(
            "{}の中なので、避難先にできません。",
            "It cannot be a destination, since it lies here: {}.";
            zone
        ),
        family: Text::fixed(
            "危険な区域の中にあることが分かりました。別の行き先を一緒に決めましょう。",
            "It turns out to lie in a dangerous area. Let us settle on another one together.",
        ),
        next: Text::fixed(
            "ご家族に電話し、区域の外の避難先（区域外の親戚宅、病院、指定緊急避難場所）に変える。",
            "Telephone the family and change to a destination outside the zones: relatives, a hospital, an emergency site.",
        ),
    }
}

fn above_the_water(check: &Check<'_>, there: There<'_>, hazard: Hazard) -> Option<Finding> {
    let exposure = there.facts.exposures.get(&hazard)?;
    let home = check.home(hazard);
    let about = about(RuleCode::Dst03, Severity::Warning)
        .hazard(hazard)
        .at(there);
    match exposure {
        // Said once, by the rule on collapse zones.
        HazardExposure::Unknown {
            collapse: Collapse::Unknown(_),
            ..
        } if hazard == Hazard::Flood => None,
        HazardExposure::Unknown { why, .. } => Some(about.unknown_exposure(*why)),
        HazardExposure::OutsideZones { data_sets } => Some(passes(
            about.citing(data_sets),
            there,
            Text::fixed(
                "地図の区域の外です（安全という意味ではありません）。",
                "Outside the zones of the map (this does not mean safe).",
            ),
        )),
        HazardExposure::Hit { zone, .. } => {
            let zone = zone.as_ref()?;
            let ZoneClass::Depth(rank) = zone.class else {
                return None;
            };
            let about = shown_by(about, zone);
            let highest = there.facts.highest_floor(there.destination);
            let (severity, says) = storeys(zone, rank, highest);
            Some(
                about
                    .severity(severity)
                    .with_some("minimum_safe_floor", rank.min_safe_floor())
                    .with_some("highest_usable_floor", highest)
                    .fails_if_hit(home, Owner::Coordinator, says),
            )
        }
    }
}

/// In water: which storey would do, and whether the place has it.
fn storeys(zone: &ZoneHit, rank: InundationRank, highest: Option<i16>) -> (Severity, Says) {
    let label = zone.label();
    match above_water(rank, highest) {
        Reach::Never => (Severity::Blocker, somewhere_else(&label)),
        Reach::TooLow { safe, highest } => (
            Severity::Blocker,
            Says {
                staff: say!(
                    "{}の中で、使える階（{highest}階まで）が安全な階（{safe}階以上）に届きません。",
                    "It lies in a {} and its usable floors (up to {highest}) are below the safe one ({safe}).";
                    label
                ),
                family: Text::fixed(
                    "水が来たときに安全な高さの部屋がないことが分かりました。別の行き先を一緒に決めましょう。",
                    "It turns out to have no room above the water. Let us settle on another place together.",
                ),
                next: say!(
                    "ご家族に電話し、{safe}階以上を使える場所か、{}の外の場所に変える。",
                    "Telephone the family and change to a place where floor {safe} or above may be used, or outside the {}.";
                    label
                ),
            },
        ),
        Reach::Perhaps(safe) | Reach::Enough(safe) => (
            Severity::Warning,
            Says {
                staff: say!(
                    "{}の中です。{safe}階以上の部屋と、電源が何階から来るかを確かめます。",
                    "It lies in a {}. Confirm a room on floor {safe} or above, and on which floor its power enters.";
                    label
                ),
                family: Text::new(
                    format!(
                        "まわりが水につかることがあります。{safe}階以上の部屋を使えるかを確かめましょう。"
                    ),
                    format!(
                        "It may stand in water. Let us find out whether a room on floor {safe} or above may be used."
                    ),
                ),
                next: Text::new(
                    format!(
                        "電話して、{safe}階以上の部屋を使えるか、受電設備が何階にあるかを聞いて計画に書く。"
                    ),
                    format!(
                        "Telephone the place: may a room on floor {safe} or above be used, and on which floor does its power enter? Write it down."
                    ),
                ),
            },
        ),
    }
}

#[cfg(test)]
#[path = "ground_tests.rs"]
mod tests;
