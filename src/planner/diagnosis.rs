//! Diagnosis of a district (地域診断): for each hazard and evacuation level, which
//! places there serve, which of them are powered and take a ventilator directly, how
//! many children need them, and where there is none. Pure.
//!
//! A place is judged by the functions of the rules on destinations (DST-02, DST-03,
//! DST-05, DST-08), a home by the verdict that is kept of it. What nobody knows is
//! counted apart: it is never a place that serves, and never a home that is dry.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    Look, World,
    exposure::{HazardExposure, Place},
    facts::{DestinationFacts, Listing, municipality_of},
    rules::{
        destination::{Footing, closed_at_address, footing, is_confirmed, serves},
        given, may_stay,
        vertical::home_is_high_enough,
    },
};
use crate::domain::{
    diagnosis::{HazardStanding, PlannedWay},
    finding::{Outcome, RuleCode},
    hazard::Hazard,
    id::SiteId,
    municipality::MunicipalityCode,
    plan::{
        PlanDocument,
        document::{Destination, DestinationKind},
    },
    site::{Site, SiteKind},
    text::Text,
    warning::EvacuationLevel,
};

/// In which order a diagnosis goes through the hazards: those that come with levels
/// first, as a disaster officer meets them.
pub const HAZARDS: [Hazard; 9] = [
    Hazard::Flood,
    Hazard::Landslide,
    Hazard::StormSurge,
    Hazard::InlandFlood,
    Hazard::Tsunami,
    Hazard::Earthquake,
    Hazard::Fire,
    Hazard::Volcano,
    Hazard::PowerCut,
];

/// How a child stands to each hazard, by the verdict on it. `plan`: none where there is
/// none, or where it was made for a home that was left.
pub fn standing(
    look: &Look,
    plan: Option<&PlanDocument>,
    room_floor: Option<i16>,
) -> BTreeMap<Hazard, HazardStanding> {
    let of = |(hazard, exposure): (&Hazard, &HazardExposure)| {
        let upstairs = home_is_high_enough(&look.exposures, room_floor, *hazard);
        let chosen = plan.into_iter().flat_map(|plan| {
            let places = plan.destinations.iter().zip(&look.destinations);
            places.filter(|(place, _)| place.is_for(*hazard))
        });
        let ways = chosen.filter_map(|(place, facts)| {
            if place.kind == DestinationKind::StayUpstairs {
                return may_stay(*hazard).then(|| match (hazard.may_stay_upstairs(), upstairs) {
                    (false, _) | (true, Some(true)) => PlannedWay::Usable,
                    (true, Some(false)) => PlannedWay::Unusable,
                    (true, None) => PlannedWay::Unknown,
                });
            }
            Some(way(look, place, facts, *hazard))
        });
        let standing = HazardStanding {
            hits: exposure.hits(),
            way: ways.max().unwrap_or(PlannedWay::Nowhere),
            upstairs,
        };
        (*hazard, standing)
    };
    look.exposures.iter().map(of).collect()
}

/// Whether a place of a plan may be used for a hazard: the worst that is said of it.
fn way(look: &Look, place: &Destination, facts: &DestinationFacts, hazard: Hazard) -> PlannedWay {
    let label = given(place.site.as_deref()).map(str::to_owned);
    let label = label
        .or_else(|| Some(facts.site.as_ref()?.published.name.clone()))
        .unwrap_or_else(|| place.label());
    let said = look.findings.iter().filter(|found| {
        found.site.as_deref() == Some(label.as_str())
            && match found.rule {
                RuleCode::Dst02 => found.hazard == Some(hazard),
                RuleCode::Dst08 => true,
                _ => false,
            }
    });
    let said = said.map(|found| match found.outcome {
        Outcome::Fails => PlannedWay::Unusable,
        Outcome::Unknown => PlannedWay::Unknown,
        Outcome::Holds => PlannedWay::Usable,
    });
    let listed = !matches!(facts.listing, Listing::NoList | Listing::Absent);
    let placed = hazard == Hazard::PowerCut || (listed && facts.position.is_some());
    let ground = match footing(&facts.exposures, hazard, facts.highest_floor(place)) {
        Footing::Inside => PlannedWay::Unusable,
        Footing::Outside | Footing::Above if placed => PlannedWay::Usable,
        _ => PlannedWay::Unknown,
    };
    let welfare = place.kind == DestinationKind::WelfareShelter;
    let takes = match facts.direct_allowed(place) {
        Some(false) if welfare || facts.site.is_some() => PlannedWay::Unusable,
        None if welfare => PlannedWay::Unknown,
        _ => PlannedWay::Usable,
    };
    said.chain([ground, takes]).min().unwrap_or(ground)
}

/// A listed place, judged for every hazard.
#[derive(Debug, Clone, PartialEq)]
pub struct DistrictSite {
    /// The place.
    pub site: Site,
    /// Its building: entries of one building are one place to go to.
    pub building: SiteId,
    /// It is open today as far as lists and entries say; `None`: another entry of the
    /// building is closed, so that nobody knows.
    pub open: Option<bool>,
    /// Its power is confirmed, and the confirmation still counts.
    pub powered: bool,
    by_hazard: BTreeMap<Hazard, (Option<bool>, Footing)>,
}

/// How a place stands to a hazard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteStanding {
    /// It is not designated for it: it is no place to go to.
    NotFor,
    /// It is closed today.
    Closed,
    /// It lies in a zone of it, or in one in which no house is safe.
    InZone,
    /// Something that decides is unknown.
    Unknown,
    /// It may be used: outside the zones of the map, which does not mean safe.
    Outside,
    /// It may be used above the water.
    AboveWater,
}

impl SiteStanding {
    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::NotFor => Text::fixed("指定なし", "not designated"),
            Self::Closed => Text::fixed("閉鎖中", "closed"),
            Self::InZone => Text::fixed("区域の中", "in a zone"),
            Self::Unknown => Text::fixed("不明", "unknown"),
            Self::Outside => Text::fixed("区域の外", "outside the zones"),
            Self::AboveWater => Text::fixed("浸水より上の階", "floors above the water"),
        }
    }
}

impl DistrictSite {
    /// Judges a place as the rules on destinations do; `None`: it is withdrawn, or the
    /// list of sites was not read.
    pub fn of(site: &Site, world: &World, today: NaiveDate) -> Option<Self> {
        let all = world.sites.as_ref()?;
        if site.withdrawn {
            return None;
        }
        let place = Place::new(Some(site.published.position), 0.0, town_of(site), world);
        let exposures: BTreeMap<Hazard, HazardExposure> = HAZARDS
            .into_iter()
            .filter(|hazard| !hazard.layers().is_empty())
            .map(|hazard| (hazard, place.exposure(hazard, &world.layers)))
            .collect();
        let highest = site.entry.highest_floor;
        let judged = |hazard| {
            let ground = footing(&exposures, hazard, highest);
            (hazard, (serves(site, hazard, all), ground))
        };
        let open = if site.entry.is_closed_on(today) || site.entry.refuses() {
            Some(false)
        } else {
            closed_at_address(all, site, today)
                .is_none()
                .then_some(true)
        };
        Some(Self {
            open,
            powered: is_confirmed(site.entry.power.as_ref(), today),
            by_hazard: HAZARDS.into_iter().map(judged).collect(),
            building: all.building_of(site),
            site: site.clone(),
        })
    }

    /// How it stands to a hazard.
    pub fn standing(&self, hazard: Hazard) -> SiteStanding {
        let (serves, ground) = self.by_hazard[&hazard];
        match (serves, self.open, ground) {
            (Some(false), ..) => SiteStanding::NotFor,
            (_, Some(false), _) => SiteStanding::Closed,
            (_, _, Footing::Inside) => SiteStanding::InZone,
            (None, ..) | (_, None, _) | (_, _, Footing::Unknown) => SiteStanding::Unknown,
            (_, _, Footing::Outside) => SiteStanding::Outside,
            (_, _, Footing::Above) => SiteStanding::AboveWater,
        }
    }

    /// Whether it is designated for a hazard, or need not be; `None`: nobody says.
    pub fn serves(&self, hazard: Hazard) -> Option<bool> {
        self.by_hazard[&hazard].0
    }

    /// Whether it is open by a level; `None`: nobody has said. A hospital always is.
    fn opens_by(&self, level: Option<EvacuationLevel>) -> Option<bool> {
        let Some(level) = level else {
            return Some(true);
        };
        if self.site.published.kind == SiteKind::Hospital {
            return Some(true);
        }
        self.site
            .entry
            .opens_at_level
            .map(|opens| opens <= level.number())
    }

    /// Whether it may be used for a hazard by a level; `None`: something that decides is
    /// unknown.
    fn usable(&self, hazard: Hazard, by: Option<EvacuationLevel>) -> Option<bool> {
        match (self.standing(hazard), self.opens_by(by)) {
            (SiteStanding::NotFor | SiteStanding::Closed | SiteStanding::InZone, _)
            | (_, Some(false)) => Some(false),
            (SiteStanding::Unknown, _) | (_, None) => None,
            (SiteStanding::Outside | SiteStanding::AboveWater, Some(true)) => Some(true),
        }
    }
}

/// In which municipality a place lies: as its list says, else by its address.
pub fn town_of(site: &Site) -> Option<MunicipalityCode> {
    let published = &site.published;
    let listed = published.municipality;
    listed.or_else(|| municipality_of(&published.address))
}

/// How many homes a hazard hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Homes {
    /// It hits them.
    pub hit: usize,
    /// They lie outside the zones of maps that cover them. Not "safe".
    pub outside: usize,
    /// Nobody knows: no map, no position, or an address that is protected.
    pub unknown: usize,
}

/// The children whom a hazard hits or may hit, by where their plan leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ways {
    /// The plan names no place for it, or there is no plan.
    pub nowhere: usize,
    /// No place that it names may be used.
    pub unusable: usize,
    /// Nobody knows whether one may.
    pub unknown: usize,
    /// One may.
    pub usable: usize,
}

impl Ways {
    /// Children without a usable destination.
    pub const fn without(&self) -> usize {
        self.nowhere + self.unusable
    }
}

/// The places that are there by a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Places {
    /// Designated for the hazard, or of a kind that is not designated by hazard; closed
    /// ones among them.
    pub listed: usize,
    /// Of which nobody says for what they are designated.
    pub unstated: usize,
    /// Of both those that are closed today.
    pub closed: usize,
    /// Of both those that are open and lie in a zone.
    pub in_zone: usize,
    /// Of both those that open only at a later level.
    pub too_late: usize,
    /// That may be used: open by this level, outside the zone or with storeys above it.
    pub usable: usize,
    /// Of which nobody knows whether they may.
    pub unsure: usize,
    /// Usable ones whose power is confirmed.
    pub powered: usize,
    /// Powered ones that take a child directly.
    pub direct: usize,
    /// Places that nothing rules out and that are not among those that take one directly:
    /// somebody has to ask.
    pub to_ask: usize,
    /// For how many ventilator users the direct ones have places, as far as that is
    /// entered.
    pub room: usize,
    /// Direct ones of which nobody has entered for how many they have.
    pub room_unknown: usize,
}

/// What is told of children who are too late to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Upstairs {
    /// The home and the child's room are above the water, and nothing takes the house.
    pub may: usize,
    /// They are not: they must have left before.
    pub may_not: usize,
    /// Nobody knows.
    pub unknown: usize,
}

/// A hazard with levels, or one without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Columns {
    /// 警戒レベル3, 4 and 5.
    Levels {
        /// Level 3: children leave.
        leave: Places,
        /// Level 4: they must be there.
        there: Places,
        /// Level 5: too late. `None`: the reader sees no children.
        too_late: Option<Upstairs>,
        /// Children whom it hits or may hit and whose plan leaves at level 4 or later, or
        /// says no level.
        late: Option<usize>,
    },
    /// No level is issued for it.
    One(Places),
}

/// One hazard of a diagnosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HazardRow {
    /// Which.
    pub hazard: Hazard,
    /// How many homes it hits; `None`: the reader sees no children.
    pub homes: Option<Homes>,
    /// Where the plans of those whom it hits or may hit lead.
    pub ways: Option<Ways>,
    /// The places by level.
    pub columns: Columns,
}

impl HazardRow {
    /// The places when children leave.
    pub const fn places(&self) -> &Places {
        match &self.columns {
            Columns::Levels { leave, .. } => leave,
            Columns::One(places) => places,
        }
    }

    /// How many children more there are than places that take them directly with power:
    /// those whom it hits, and besides those whom it may hit. At most so many where
    /// somebody has not entered how many a place takes.
    pub fn shortage(&self) -> Option<(usize, usize)> {
        let homes = self.homes?;
        let room = self.places().room;
        let surely = homes.hit.saturating_sub(room);
        let perhaps = (homes.hit + homes.unknown).saturating_sub(room);
        Some((surely, perhaps))
    }

    /// A child may need a place: it hits one, or nobody knows. Where the reader sees no
    /// children, every hazard may.
    pub fn concerns(&self) -> bool {
        self.homes.is_none_or(|homes| homes.hit + homes.unknown > 0)
    }

    /// The sentence that is read first, where there is no place with power that takes a
    /// child directly; `None`: there is one.
    pub fn alarm(&self) -> Option<Text> {
        let places = self.places();
        if places.direct > 0 {
            return None;
        }
        let name = self.hazard.name();
        let asks = places.to_ask;
        Some(match (places.usable + places.unsure, asks) {
            (0, _) => say!(
                "{}のとき、使える避難先が1か所もありません。",
                "For {} there is no place at all that may be used.";
                name
            ),
            (_, 0) => say!(
                "{}のとき、電源があって直接入れる避難先が1か所もありません。",
                "For {} there is no place with power that takes a child directly.";
                name
            ),
            (_, asks) => say!(
                "{}のとき、電源があって直接入れると確かめられた避難先が1か所もありません（確かめる所 {asks}）。",
                "For {} no place is known to have power and to take a child directly ({asks} to be asked).";
                name
            ),
        })
    }
}

/// A child as a diagnosis counts it.
#[derive(Debug, Clone, Copy)]
pub struct DistrictChild<'a> {
    /// How it stands to each hazard; what is not here is unknown.
    pub standing: &'a BTreeMap<Hazard, HazardStanding>,
    /// The level at which its plan leaves, by hazard.
    pub triggers: &'a BTreeMap<Hazard, EvacuationLevel>,
}

impl DistrictChild<'_> {
    fn to(&self, hazard: Hazard) -> HazardStanding {
        let kept = self.standing.get(&hazard).copied();
        let mut standing = kept.unwrap_or(HazardStanding::UNKNOWN);
        if hazard.hits_every_home() {
            standing.hits = Some(true);
        }
        standing
    }

    fn leaves_late(&self, hazard: Hazard) -> bool {
        let latest = EvacuationLevel::ELDERLY_EVACUATE;
        self.triggers
            .get(&hazard)
            .is_none_or(|level| *level > latest)
    }
}

/// The table. `children`: `None` where the reader may see none of them, which is not
/// the same as none.
pub fn diagnose(children: Option<&[DistrictChild<'_>]>, sites: &[DistrictSite]) -> Vec<HazardRow> {
    HAZARDS
        .into_iter()
        .map(|hazard| row(hazard, children, sites))
        .collect()
}

fn row(
    hazard: Hazard,
    children: Option<&[DistrictChild<'_>]>,
    sites: &[DistrictSite],
) -> HazardRow {
    let counted = children.map(|children| count(hazard, children));
    let columns = if hazard.has_levels() {
        Columns::Levels {
            leave: places(hazard, Some(EvacuationLevel::ELDERLY_EVACUATE), sites),
            there: places(hazard, Some(EvacuationLevel::EVACUATION_ORDER), sites),
            too_late: counted.as_ref().map(|counted| counted.upstairs),
            late: counted.as_ref().map(|counted| counted.late),
        }
    } else {
        Columns::One(places(hazard, None, sites))
    };
    HazardRow {
        hazard,
        homes: counted.as_ref().map(|counted| counted.homes),
        ways: counted.as_ref().map(|counted| counted.ways),
        columns,
    }
}

#[derive(Default)]
struct Counted {
    homes: Homes,
    ways: Ways,
    upstairs: Upstairs,
    late: usize,
}

fn count(hazard: Hazard, children: &[DistrictChild<'_>]) -> Counted {
    let mut counted = Counted::default();
    for child in children {
        let standing = child.to(hazard);
        let homes = &mut counted.homes;
        match standing.hits {
            Some(true) => homes.hit += 1,
            Some(false) => {
                homes.outside += 1;
                continue;
            }
            None => homes.unknown += 1,
        }
        let ways = &mut counted.ways;
        *match standing.way {
            PlannedWay::Nowhere => &mut ways.nowhere,
            PlannedWay::Unusable => &mut ways.unusable,
            PlannedWay::Unknown => &mut ways.unknown,
            PlannedWay::Usable => &mut ways.usable,
        } += 1;
        let upstairs = &mut counted.upstairs;
        *match standing.upstairs {
            Some(true) => &mut upstairs.may,
            Some(false) => &mut upstairs.may_not,
            None => &mut upstairs.unknown,
        } += 1;
        counted.late += usize::from(child.leaves_late(hazard));
    }
    counted
}

/// One place of those that are counted: what it says for a hazard by a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// It may be used: no, nobody knows, yes.
    usable: u8,
    /// It may, and its power is confirmed.
    powered: bool,
    /// It takes a child directly: no, nobody says, yes.
    direct: u8,
    /// For how many ventilator users it has places; `None` (nobody has entered it) is
    /// less than any number.
    room: Option<u16>,
}

/// No, nobody knows, yes.
const fn rank(answer: Option<bool>) -> u8 {
    match answer {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    }
}

impl Rank {
    fn of(place: &DistrictSite, hazard: Hazard, by: Option<EvacuationLevel>) -> Self {
        let usable = place.usable(hazard, by);
        let entry = &place.site.entry;
        Self {
            usable: rank(usable),
            powered: usable == Some(true) && place.powered,
            direct: rank(entry.direct_allowed),
            room: entry.ventilator_places,
        }
    }
}

/// The places for a hazard by a level. Of the entries of one building the best one
/// counts, and no other: it has its rooms and outlets once.
fn places(hazard: Hazard, by: Option<EvacuationLevel>, sites: &[DistrictSite]) -> Places {
    let mut buildings: BTreeMap<SiteId, (Rank, &DistrictSite)> = BTreeMap::new();
    for place in sites {
        if place.serves(hazard) == Some(false) {
            continue;
        }
        let of_it = Rank::of(place, hazard, by);
        let best = buildings.entry(place.building).or_insert((of_it, place));
        if of_it > best.0 {
            *best = (of_it, place);
        }
    }
    let mut places = Places::default();
    for (_, place) in buildings.values() {
        places.add(place, hazard, by);
    }
    places
}

impl Places {
    fn add(&mut self, place: &DistrictSite, hazard: Hazard, by: Option<EvacuationLevel>) {
        *match place.serves(hazard) {
            Some(_) => &mut self.listed,
            None => &mut self.unstated,
        } += 1;
        let usable = place.usable(hazard, by);
        match usable {
            Some(true) => self.usable += 1,
            None => self.unsure += 1,
            Some(false) => {
                *match place.standing(hazard) {
                    SiteStanding::Closed => &mut self.closed,
                    SiteStanding::InZone => &mut self.in_zone,
                    _ => &mut self.too_late,
                } += 1;
                return;
            }
        }
        let entry = &place.site.entry;
        let surely = usable == Some(true) && place.powered;
        self.powered += usize::from(surely);
        if surely && entry.direct_allowed == Some(true) {
            self.direct += 1;
            match entry.ventilator_places {
                Some(room) => self.room += usize::from(room),
                None => self.room_unknown += 1,
            }
        } else if entry.direct_allowed != Some(false) {
            self.to_ask += 1;
        }
    }
}

#[cfg(test)]
#[path = "diagnosis_tests.rs"]
mod tests;
