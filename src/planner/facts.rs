//! What is known of each destination of a plan: the listed site, how far, how
//! long, and what the place and the way are exposed to.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock},
};

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    context::World,
    exposure::{HazardExposure, Place, ZoneHit},
};
use crate::{
    domain::{
        child::Home,
        hazard::{Hazard, LayerKind, ZoneClass},
        municipality::{self, MunicipalityCode},
        parameters::Parameters,
        plan::{
            PlanDocument,
            document::{Destination, DestinationKind, TravelBy},
            drill::{self, HeldDrill},
        },
        position::Position,
        site::{ConfirmedPower, Site, SiteKind},
        text::{Text, key_form},
    },
    spatial::{position::metres_between, sites::SiteDirectory},
};

/// Where minutes of travel come from, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TravelBasis {
    /// Measured in a drill.
    Drill,
    /// As the family reckons.
    Family,
    /// The straight line × 1.5 at the speeds of `RULES.md`: no route.
    StraightLine,
}

impl TravelBasis {
    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Drill => Text::fixed("訓練で測った時間", "measured in a drill"),
            Self::Family => Text::fixed("ご家族の見積り", "the family's own figure"),
            Self::StraightLine => Text::fixed(
                "直線距離からの目安（道のりではありません）",
                "reckoned from the straight line, not a route",
            ),
        }
    }
}

/// How long the way takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Travel {
    /// Minutes by day.
    pub minutes: f64,
    /// Where they come from.
    pub basis: TravelBasis,
    /// The day of the drill in which they were measured, where it is on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drilled_on: Option<NaiveDate>,
    /// Minutes by night, where they are reckoned from a speed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes_by_night: Option<f64>,
}

impl Travel {
    /// Where the minutes come from, for people: of a drill with its day.
    pub fn told(&self) -> Text {
        match self.drilled_on {
            None => self.basis.name(),
            Some(on) => Text::new(
                format!("{on}の訓練で測った時間"),
                format!("measured in the drill on {on}"),
            ),
        }
    }
}

/// Zones of one layer that the way to a destination touches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrossedZone {
    /// The worst of them.
    #[serde(flatten)]
    pub zone: ZoneHit,
    /// How many of this layer.
    pub count: usize,
}

/// What maps show on the way to a destination.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Way {
    /// It was judged on a line drawn in the plan, not on the straight line.
    pub is_drawn: bool,
    /// What it touches, the worst zone of each layer.
    pub crossed: Vec<CrossedZone>,
    /// Layers that hold an area near it that could not be read.
    pub unread: Vec<LayerKind>,
    /// How far one of its ends lies outside its own municipality, in metres.
    pub metres_off: Option<f64>,
}

/// How a destination stands to the lists of sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// No place of this kind is listed (relatives, hotels, staying upstairs).
    NotListed,
    /// The plan names no listed site for it.
    NoReference,
    /// No list of such sites was read.
    NoList,
    /// It is in no list that was read.
    Absent,
    /// It is in a list.
    Found,
}

/// What is known of one destination.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DestinationFacts {
    /// How it stands to the lists of sites.
    pub listing: Listing,
    /// The listed site, where one is meant and known.
    #[serde(serialize_with = "shared")]
    pub site: Option<Arc<Site>>,
    /// Where it is: the listed site's own position before the document's.
    pub position: Option<Position>,
    /// In which municipality: the list's, else by its address.
    pub municipality: Option<MunicipalityCode>,
    /// Straight line from the home in metres on the ellipsoid: never a route.
    pub straight_line_metres: Option<f64>,
    /// How long the way takes; `None`: unknown.
    pub travel: Option<Travel>,
    /// What the place itself is exposed to, for each hazard that a map shows.
    /// Empty for staying at home, which has the home's.
    pub exposures: BTreeMap<Hazard, HazardExposure>,
    /// What the way touches; `None`: no line is known, or none was looked at.
    pub way: Option<Way>,
}

#[expect(clippy::ref_option, reason = "serde hands over the field as it is")]
fn shared<S: serde::Serializer>(site: &Option<Arc<Site>>, to: S) -> Result<S::Ok, S::Error> {
    site.as_deref().serialize(to)
}

impl DestinationFacts {
    /// Its confirmed power: what the municipality has entered before what the
    /// plan says.
    pub fn power<'a>(&'a self, destination: &'a Destination) -> Option<&'a ConfirmedPower> {
        self.site
            .as_ref()
            .and_then(|site| site.entry.power.as_ref())
            .or(destination.power.as_ref())
    }

    /// The highest storey that may be used there; the municipality's entry
    /// first.
    pub fn highest_floor(&self, destination: &Destination) -> Option<i16> {
        self.site
            .as_ref()
            .and_then(|site| site.entry.highest_floor)
            .or(destination.highest_floor)
    }

    /// Whether it takes a child directly; the municipality's entry first.
    pub fn direct_allowed(&self, destination: &Destination) -> Option<bool> {
        self.site
            .as_ref()
            .and_then(|site| site.entry.direct_allowed)
            .or(destination.direct_allowed)
    }
}

/// The hazards whose zones lie on a way (DST-12), for a home and a
/// destination: flood and landslide as soon as any weather hazard (one with
/// evacuation levels) may hit the home and the destination is chosen for it;
/// storm surge and inland flood where they may hit it themselves.
pub(crate) fn hazards_on_the_way<'a>(
    destination: &'a Destination,
    home: &'a BTreeMap<Hazard, HazardExposure>,
) -> impl Iterator<Item = (Hazard, bool)> + 'a {
    let may_hit = move |hazard: Hazard| {
        home.get(&hazard)
            .and_then(|exposure| match exposure.hits() {
                Some(false) => None,
                hits => Some(hits == Some(true)),
            })
            .filter(|_| destination.is_for(hazard))
    };
    let weather = Hazard::ALL.into_iter().filter(|h| h.has_levels());
    let any = weather.clone().filter_map(may_hit).reduce(|a, b| a || b);
    weather.filter_map(move |hazard| match hazard {
        Hazard::Flood | Hazard::Landslide => any.map(|sure| (hazard, sure)),
        other => may_hit(other).map(|sure| (other, sure)),
    })
}

/// Gathers what is known of a plan's destinations.
pub(crate) fn gather(
    (plan, drills): (&PlanDocument, &[HeldDrill]),
    home: &Home,
    home_exposures: &BTreeMap<Hazard, HazardExposure>,
    world: &World,
) -> Vec<DestinationFacts> {
    plan.destinations
        .iter()
        .map(|destination| {
            if destination.kind == DestinationKind::StayUpstairs {
                at_home(home)
            } else {
                away(destination, (plan, drills), home, home_exposures, world)
            }
        })
        .collect()
}

fn at_home(home: &Home) -> DestinationFacts {
    DestinationFacts {
        listing: Listing::NotListed,
        site: None,
        position: home.position,
        municipality: home.municipality,
        straight_line_metres: None,
        travel: None,
        exposures: BTreeMap::new(),
        way: None,
    }
}

fn away(
    destination: &Destination,
    (plan, drills): (&PlanDocument, &[HeldDrill]),
    home: &Home,
    home_exposures: &BTreeMap<Hazard, HazardExposure>,
    world: &World,
) -> DestinationFacts {
    let named = (destination.kind, destination.site.as_deref());
    let (listing, site) = look_up(named, world.sites.as_ref());
    let position = site
        .as_ref()
        .map(|site| site.published.position)
        .or(destination.position);
    let municipality = match &site {
        Some(site) => site
            .published
            .municipality
            .or_else(|| municipality_of(&site.published.address)),
        None => destination.address.as_deref().and_then(municipality_of),
    };
    let straight_line_metres = home
        .position
        .zip(position)
        .map(|(home, there)| metres_between(home, there));
    let place = Place::new(position, 0.0, municipality, world);
    let exposures = Hazard::ALL
        .into_iter()
        .filter(|hazard| !hazard.layers().is_empty())
        .map(|hazard| (hazard, place.exposure(hazard, &world.layers)))
        .collect();
    let way = look_at_way(destination, home, &place, home_exposures, world);
    DestinationFacts {
        listing,
        site,
        position,
        municipality,
        straight_line_metres,
        travel: travel(
            destination,
            (plan, drills),
            straight_line_metres,
            &world.parameters,
        ),
        exposures,
        way,
    }
}

/// No car is faster from door to door, along the straight line, in metres a second:
/// 60 km/h, the legal limit on roads without a sign (道路交通法施行令 第11条).
const FASTEST_BY_CAR: f64 = 60.0 / 3.6;

/// No child is carried or pushed faster, in metres a second: twice the walking pace of
/// general plans (`DOMAIN.md` D4). This project's own bound.
const FASTEST_ON_FOOT: f64 = 2.0;

/// Whether nobody can have got from a home to a destination in so many minutes, even along
/// the straight line. Where home or destination are unknown: no.
pub fn is_too_fast(
    minutes: u32,
    by: Option<TravelBy>,
    (home, to): (&Home, &Destination),
    sites: Option<&SiteDirectory>,
) -> bool {
    let (_, site) = look_up((to.kind, to.site.as_deref()), sites);
    let there = site.map(|site| site.published.position).or(to.position);
    let fastest = match by {
        Some(TravelBy::Foot) => FASTEST_ON_FOOT,
        Some(TravelBy::Car) | None => FASTEST_BY_CAR,
    };
    home.position.zip(there).is_some_and(|(home, there)| {
        metres_between(home, there) > fastest * f64::from(minutes) * 60.0
    })
}

/// How the destination of a kind under a reference stands to the lists.
pub(crate) fn look_up(
    (kind, reference): (DestinationKind, Option<&str>),
    sites: Option<&SiteDirectory>,
) -> (Listing, Option<Arc<Site>>) {
    let own_kind = kind.site_kind();
    let reference = reference.filter(|r| !r.trim().is_empty());
    let (kind, reference) = match (own_kind, reference) {
        // Few short stays are on a list of anybody.
        (None | Some(SiteKind::ShortStay), None) => return (Listing::NotListed, None),
        (Some(_), None) => return (Listing::NoReference, None),
        (kind, Some(reference)) => (kind, reference),
    };
    let Some(sites) = sites else {
        let listed = kind.filter(|kind| *kind != SiteKind::ShortStay);
        let listing = listed.map_or(Listing::NotListed, |_| Listing::NoList);
        return (listing, None);
    };
    // The published list of shelters holds the designated welfare shelters.
    let kinds: &[SiteKind] = match kind {
        Some(SiteKind::WelfareShelter) => &[SiteKind::WelfareShelter, SiteKind::Shelter],
        Some(SiteKind::EmergencySite) => &[SiteKind::EmergencySite],
        Some(SiteKind::Shelter) => &[SiteKind::Shelter],
        Some(SiteKind::Hospital) => &[SiteKind::Hospital],
        Some(SiteKind::ShortStay) => &[SiteKind::ShortStay],
        None => &[],
    };
    // A reference that a list knows means that place, whatever the plan calls
    // it.
    let known = kinds
        .iter()
        .chain(&SiteKind::ALL)
        .find_map(|kind| sites.find(*kind, reference));
    match known {
        Some(site) => (Listing::Found, Some(Arc::clone(site))),
        None if matches!(kind, None | Some(SiteKind::ShortStay)) => (Listing::NotListed, None),
        None if kinds.iter().any(|kind| sites.has_kind(*kind)) => (Listing::Absent, None),
        None => (Listing::NoList, None),
    }
}

/// How long the way takes: the latest drill on record, else the minutes of a drill
/// that the plan states, else the family's own figure, else the straight line × 1.5 at the speed of the vehicle, or on foot where the plan
/// says so. Without a word on how one travels: unknown.
fn travel(
    destination: &Destination,
    (plan, drills): (&PlanDocument, &[HeldDrill]),
    straight_line_metres: Option<f64>,
    parameters: &Parameters,
) -> Option<Travel> {
    let told = |minutes: u32, basis| Travel {
        minutes: f64::from(minutes),
        basis,
        drilled_on: None,
        minutes_by_night: None,
    };
    if let Some((minutes, on)) = drill::measured(drills, destination) {
        return Some(Travel {
            drilled_on: Some(on),
            ..told(minutes, TravelBasis::Drill)
        });
    }
    if let Some(minutes) = destination.drill_minutes {
        return Some(told(minutes, TravelBasis::Drill));
    }
    if let Some(minutes) = destination.family_minutes {
        return Some(told(minutes, TravelBasis::Family));
    }
    let metres_per_second = match (destination.travel_by, has_vehicle(plan)) {
        (Some(TravelBy::Foot), _) => parameters.foot_metres_per_second,
        (Some(TravelBy::Car), _) | (None, true) => parameters.car_metres_per_second,
        (None, false) => return None,
    };
    let minutes = straight_line_metres? * parameters.detour_factor / metres_per_second / 60.0;
    Some(Travel {
        minutes,
        basis: TravelBasis::StraightLine,
        drilled_on: None,
        minutes_by_night: Some(minutes / parameters.night_factor),
    })
}

/// Whether the plan names a vehicle.
pub(crate) fn has_vehicle(plan: &PlanDocument) -> bool {
    plan.vehicle
        .as_deref()
        .is_some_and(|v| !v.trim().is_empty())
}

fn look_at_way(
    destination: &Destination,
    home: &Home,
    to: &Place,
    home_exposures: &BTreeMap<Hazard, HazardExposure>,
    world: &World,
) -> Option<Way> {
    let layers: Vec<LayerKind> = hazards_on_the_way(destination, home_exposures)
        .flat_map(|(hazard, _)| hazard.layers())
        .copied()
        .collect();
    if layers.is_empty() {
        return None;
    }
    // A drawn line is taken from the home and to the place: what lies between
    // its ends and them is part of the way.
    let drawn = destination.route_line.as_deref().unwrap_or_default();
    let is_drawn = drawn.len() > 1;
    if !is_drawn {
        home.position.zip(to.position)?;
    }
    let line: Vec<Position> = home
        .position
        .into_iter()
        .chain(drawn.iter().copied().filter(|_| is_drawn))
        .chain(to.position)
        .collect();
    let line = line.as_slice();
    let crossed = layers
        .iter()
        .filter_map(|layer| {
            let stops = |class| stops_a_car(class, &world.parameters);
            let zones = world.layers.crossed_by(*layer, line, stops);
            zones.first().map(|worst| CrossedZone {
                zone: ZoneHit::of(worst),
                count: zones.len(),
            })
        })
        .collect();
    let unread = layers
        .into_iter()
        .filter(|layer| {
            [home.municipality, to.municipality]
                .into_iter()
                .any(|code| world.layers.unread(*layer, line, 0.0, code))
        })
        .collect();
    Some(Way {
        is_drawn,
        crossed,
        unread,
        metres_off: Place::of_home(home, world).metres_off.or(to.metres_off),
    })
}

/// Whether a zone on the way counts: water that may stand as deep as stops a
/// car (0.3 m, and the upper bound of the lowest rank is 0.5 m), ground that
/// collapses, any landslide zone.
fn stops_a_car(class: ZoneClass, parameters: &Parameters) -> bool {
    match class {
        ZoneClass::Depth(rank) => rank
            .upper_metres()
            .is_none_or(|metres| metres >= parameters.car_water_metres),
        ZoneClass::Collapse | ZoneClass::Landslide(..) => true,
        ZoneClass::Duration(_) => false,
    }
}

/// The municipality (or ward) that an address begins with, where it names
/// one beyond doubt: with its prefecture, or under a name that only one has.
pub(crate) fn municipality_of(address: &str) -> Option<MunicipalityCode> {
    /// By name; `None` where several have it.
    type Names = HashMap<String, Option<MunicipalityCode>>;
    static NAMES: LazyLock<(Names, usize)> = LazyLock::new(|| {
        let mut names = Names::new();
        for row in municipality::all() {
            let code = MunicipalityCode::parse(row.code).expect("the table holds codes");
            let short = row.name.split_once('郡').map(|(_, town)| town);
            let forms = [Some(row.name), short.filter(|town| !town.is_empty())];
            for name in forms.into_iter().flatten() {
                names.insert(format!("{}{name}", row.prefecture), Some(code));
                names
                    .entry(name.to_owned())
                    .and_modify(|known| *known = None)
                    .or_insert(Some(code));
            }
        }
        let longest = names.keys().map(|name| name.chars().count()).max();
        (names, longest.unwrap_or(0))
    });
    let (names, longest) = &*NAMES;
    let address = key_form(address);
    let ends: Vec<usize> = address
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take(*longest)
        .collect();
    ends.into_iter()
        .rev()
        .find_map(|end| names.get(&address[..end]))
        .copied()
        .flatten()
}

/// Whether maps of a layer speak for both ends of a way.
pub(crate) fn way_is_covered(
    layer: LayerKind,
    home: &Home,
    facts: &DestinationFacts,
    world: &World,
) -> bool {
    [home.municipality, facts.municipality]
        .into_iter()
        .all(|code| code.is_some_and(|code| world.layers.covers(layer, code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Option<String> {
        municipality_of(address).map(|code| code.to_string())
    }

    #[test]
    fn an_address_names_its_municipality_with_or_without_prefecture_and_county() {
        for (address, code) in [
            ("熊本県人吉市　下城本町１５７８－１", "43203"),
            ("人吉市下城本町1578-1", "43203"),
            ("熊本県上益城郡益城町宮園1", "43443"),
            ("熊本県益城町宮園1", "43443"),
            ("熊本市中央区手取本町1-1", "43101"),
        ] {
            assert_eq!(of(address).as_deref(), Some(code), "{address}");
        }
    }

    #[test]
    fn a_name_that_two_municipalities_have_needs_its_prefecture() {
        assert_eq!(of("府中市宮西町2-24"), None);
        assert_eq!(of("東京都府中市宮西町2-24").as_deref(), Some("13206"));
        assert_eq!(of("【デモ】町1-1"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn nobody_is_faster_than_the_straight_line_allows() {
        use crate::planner::testing::{a_plan, a_site, a_world, at_home, to_the_site};
        let world = a_world().listing([a_site()]).build();
        let sites = world.sites.as_ref();
        let mut home = a_plan().home;
        home.position = Some(at_home());
        let to = to_the_site();
        // 1,455 m: 1.5 minutes at 60 km/h, 12.1 at 2 m/s.
        let fast = |minutes, by| is_too_fast(minutes, by, (&home, &to), sites);
        assert!(fast(1, Some(TravelBy::Car)) && fast(1, None));
        assert!(!fast(2, Some(TravelBy::Car)) && !fast(2, None));
        assert!(fast(12, Some(TravelBy::Foot)) && !fast(13, Some(TravelBy::Foot)));
        // Nobody knows how far it is.
        assert!(!is_too_fast(1, None, (&home, &to), None));
        home.position = None;
        assert!(!is_too_fast(1, None, (&home, &to), sites));
    }

    #[test]
    fn only_water_that_may_stop_a_car_counts_on_the_way() {
        use crate::domain::hazard::{DurationRank, InundationRank};
        let mut parameters = Parameters::default();
        let shallow = ZoneClass::Depth(InundationRank::R1);
        assert!(stops_a_car(shallow, &parameters));
        assert!(!stops_a_car(
            ZoneClass::Duration(DurationRank::D7),
            &parameters
        ));
        parameters.car_water_metres = 1.0;
        assert!(!stops_a_car(shallow, &parameters));
        assert!(stops_a_car(
            ZoneClass::Depth(InundationRank::R6),
            &parameters
        ));
    }
}
