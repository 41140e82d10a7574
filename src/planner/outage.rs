//! A power cut: which homes lie in it, how long each lasts, by when its family leaves
//! or telephones, and in which order they are called. Pure.
//!
//! What nobody can place counts as inside and says why; hours that nobody knows come
//! first.

use std::cmp::Ordering;

use chrono::{DateTime, TimeDelta, Utc};
use geo::{BoundingRect, Coord, Intersects, LineString, MultiPolygon, Polygon};

use super::{
    facts::municipality_of,
    tonight::{State, covers},
};
use crate::{
    domain::{
        address::{names_place, place_key},
        id::CaseNumber,
        municipality::{Municipality, MunicipalityCode},
        night::{NightAnswer, NightFacts, PowerNow},
        outage::{Cut, OutageArea},
        position::{Position, PositionAccuracy},
        power::{Answer, Carried},
        text::Text,
    },
    spatial::{
        boundaries::Boundaries,
        position::{coord, metres_between},
        zones::metres_to,
    },
};

/// Where a home is, as far as the reader may know.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spot<'a> {
    /// Its municipality.
    pub town: Option<MunicipalityCode>,
    /// Its address in words.
    pub address: Option<&'a str>,
    /// Its position, and how exactly that is known.
    pub position: Option<(Position, PositionAccuracy)>,
    /// Its address is protected: nothing may tell whether it lies in a part of a town.
    pub hidden: bool,
}

/// Why nobody can say whether a home lies in an area. It counts as inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Its address is protected.
    Protected,
    /// Nobody knows its municipality.
    NoTown,
    /// Its address is not on record in words.
    NoAddress,
    /// Nobody knows its position.
    NoPosition,
    /// Its position is known to so many metres only, and the edge is nearer.
    NearEdge,
}

impl Doubt {
    /// The reason for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Protected => Text::fixed(
                "住所が保護されているため、区域の中かは示しません。停電しているかを聞いてください",
                "the address is protected: whether it lies inside is not shown; ask whether the power is off",
            ),
            Self::NoTown => Text::fixed(
                "市町村が分からないので、区域の中として数えています",
                "nobody knows the municipality: counted as inside",
            ),
            Self::NoAddress => Text::fixed(
                "住所が登録されていないので、区域の中として数えています",
                "no address on record: counted as inside",
            ),
            Self::NoPosition => Text::fixed(
                "地図での位置が分からないので、区域の中として数えています",
                "nobody knows its position: counted as inside",
            ),
            Self::NearEdge => Text::fixed(
                "位置がおおよそで、区域の境に近いので、中として数えています",
                "its position is approximate and near the edge: counted as inside",
            ),
        }
    }
}

/// How a home stands to an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// In it.
    Inside,
    /// Nobody can say: it counts as inside.
    Perhaps(Doubt),
    /// Outside.
    Outside,
}

impl Within {
    /// The one of two that says more for being inside.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Inside, _) | (_, Self::Inside) => Self::Inside,
            (Self::Perhaps(doubt), _) | (_, Self::Perhaps(doubt)) => Self::Perhaps(doubt),
            (Self::Outside, Self::Outside) => Self::Outside,
        }
    }

    /// Whether the home counts as inside.
    pub fn counts(self) -> bool {
        self != Self::Outside
    }

    /// Why nobody can say.
    pub const fn doubt(self) -> Option<Doubt> {
        match self {
            Self::Perhaps(doubt) => Some(doubt),
            Self::Inside | Self::Outside => None,
        }
    }
}

/// An area, made ready to be asked about many homes.
#[derive(Debug)]
pub struct Ground<'b> {
    of: Option<MunicipalityCode>,
    towns: Vec<MunicipalityCode>,
    places: Vec<(Option<MunicipalityCode>, String)>,
    drawn: MultiPolygon<f64>,
    boundaries: &'b Boundaries,
}

impl<'b> Ground<'b> {
    /// Of an area, limited to the homes of a municipality where one is given.
    pub fn new(
        area: &OutageArea,
        of: Option<MunicipalityCode>,
        boundaries: &'b Boundaries,
    ) -> Self {
        Self {
            of,
            towns: area.towns.clone(),
            places: area.places.iter().map(|place| place_of(place)).collect(),
            drawn: polygons(&area.drawn),
            boundaries,
        }
    }

    /// Of each place that it names, in order, whether a home surely lies in it.
    pub fn places_around(&self, spot: &Spot<'_>) -> impl Iterator<Item = bool> {
        self.places
            .iter()
            .map(|place| in_place(place, spot) == Within::Inside)
    }

    /// Whether it names places, so that addresses are asked for.
    pub const fn asks_addresses(&self) -> bool {
        !self.places.is_empty()
    }

    /// How a home stands to it.
    pub fn holds(&self, spot: &Spot<'_>) -> Within {
        match self.judge(spot) {
            // Nothing else is told of it.
            Within::Perhaps(_) if spot.hidden => Within::Perhaps(Doubt::Protected),
            within => within,
        }
    }

    fn judge(&self, spot: &Spot<'_>) -> Within {
        if self
            .of
            .zip(spot.town)
            .is_some_and(|(of, town)| !of.same_as(town))
        {
            return Within::Outside;
        }
        let named = self.towns.iter().any(|town| covers(*town, spot.town));
        let by_town = match (named, spot.town) {
            (true, Some(_)) => return Within::Inside,
            (true, None) => Within::Perhaps(Doubt::NoTown),
            (false, _) => Within::Outside,
        };
        let by_place = self.places.iter().fold(Within::Outside, |known, place| {
            known.or(in_place(place, spot))
        });
        by_place.or(self.in_drawn(spot)).or(by_town)
    }

    fn in_drawn(&self, spot: &Spot<'_>) -> Within {
        if self.drawn.0.is_empty() {
            return Within::Outside;
        }
        let Some((position, accuracy)) = spot.position.filter(|_| !spot.hidden) else {
            let away = spot.town.is_some_and(|town| self.is_far_from(town));
            return if away {
                Within::Outside
            } else {
                Within::Perhaps(Doubt::NoPosition)
            };
        };
        if self.drawn.intersects(&coord(position)) {
            return Within::Inside;
        }
        if metres_to(&self.drawn, position) <= accuracy.metres() {
            return Within::Perhaps(Doubt::NearEdge);
        }
        Within::Outside
    }

    /// Whether what is drawn surely touches nothing of a municipality.
    fn is_far_from(&self, town: MunicipalityCode) -> bool {
        let Some([west, south, east, north]) = self.boundaries.around(town) else {
            return false;
        };
        self.drawn.bounding_rect().is_some_and(|drawn| {
            drawn.max().x < west
                || drawn.min().x > east
                || drawn.max().y < south
                || drawn.min().y > north
        })
    }
}

/// The municipality that the name of a place begins with, and its key without that.
fn place_of(place: &str) -> (Option<MunicipalityCode>, String) {
    let town = municipality_of(place);
    let names = town.and_then(|town| town.row()).map(Municipality::names);
    let plain = crate::domain::text::address_form(place);
    let rest = names.into_iter().flatten().find_map(|name| {
        let rest = plain.strip_prefix(name)?;
        Some(rest.to_owned())
    });
    (town, place_key(&rest.unwrap_or(plain)))
}

/// Whether the name of a place says next to nothing: one letter, or figures and dashes
/// alone.
pub fn is_vague(place: &str) -> bool {
    let (town, key) = place_of(place);
    let bare = key
        .chars()
        .all(|c| c.is_ascii_digit() || !c.is_alphanumeric());
    if key.is_empty() {
        return town.is_none();
    }
    bare || key.chars().count() < 2
}

fn in_place((town, key): &(Option<MunicipalityCode>, String), spot: &Spot<'_>) -> Within {
    if town.is_some_and(|town| !covers(town, spot.town)) {
        return Within::Outside;
    }
    if key.is_empty() {
        // A whole municipality, named in the list.
        return match (town, spot.town) {
            (Some(_), Some(_)) => Within::Inside,
            (Some(_), None) => Within::Perhaps(Doubt::NoTown),
            (None, _) => Within::Outside,
        };
    }
    if spot.hidden {
        return Within::Perhaps(Doubt::Protected);
    }
    match spot.address {
        None => Within::Perhaps(Doubt::NoAddress),
        Some(address) if names_place(address, key) => Within::Inside,
        Some(_) => Within::Outside,
    }
}

/// What is drawn, as shapes.
pub fn polygons(drawn: &[Vec<Vec<[f64; 2]>>]) -> MultiPolygon<f64> {
    let ring = |points: &Vec<[f64; 2]>| -> LineString<f64> {
        points.iter().map(|[x, y]| Coord { x: *x, y: *y }).collect()
    };
    let polygons = drawn.iter().filter_map(|rings| {
        let mut rings = rings.iter().map(ring);
        Some(Polygon::new(rings.next()?, rings.collect()))
    });
    MultiPolygon(polygons.collect())
}

/// How long a home lasts in a power cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Left {
    /// Of the whole time that is expected.
    pub answer: Answer,
    /// When it ends; `None`: it lasts as long as is expected, or nobody knows.
    pub runs_out_at: Option<DateTime<Utc>>,
    /// By when the family leaves or telephones (PWR-15); `None`: nobody knows.
    pub leave_by: Option<DateTime<Utc>>,
    /// Hours left now; a lower bound where they are not known.
    pub now: f64,
    /// The family has told the hours.
    pub told: bool,
    /// The family has said that there is power where the child is, and when.
    pub powered_at: Option<DateTime<Utc>>,
}

impl Left {
    /// Whether the hours are over, as far as they are known for sure.
    pub fn is_over(&self) -> bool {
        self.answer.known && !self.answer.at_least && !self.answer.lasts && self.now <= 0.0
    }
}

/// How long a home lasts. Batteries are full when the cut begins, unless a family has
/// told otherwise.
pub fn left(
    facts: &NightFacts,
    answer: Option<&NightAnswer>,
    cut: Cut,
    now: DateTime<Utc>,
) -> Left {
    let told = answer.and_then(|answer| told_at(answer, cut.since));
    let carried = told.map_or_else(|| facts.power.clone(), Carried::told);
    let said = carried.answer(f64::from(cut.hours));
    let after = |hours: f64| cut.since + minutes(hours * 60.0);
    // Oxygen that ends before them ends the time.
    let batteries = if facts.oxygen_first && told.is_none() {
        facts.hours.unwrap_or(0.0).min(carried.battery_hours())
    } else {
        carried.battery_hours()
    };
    // A lower bound makes them leave earlier; of nothing known nothing is said.
    let known = carried.batteries_known || carried.battery_hours() > 0.0;
    let leave_by = known
        .then_some(batteries)
        .zip(facts.before_end)
        .map(|(hours, before)| after((hours - before / 60.0).max(0.0)));
    let gone = (now - cut.since).num_seconds().max(0) as f64 / 3600.0;
    let powered = |answer: &&NightAnswer| answer.power == Some(PowerNow::On);
    Left {
        runs_out_at: (said.known && !said.lasts).then(|| after(said.hours_left)),
        leave_by,
        now: (carried.total_hours() - gone).max(0.0),
        told: told.is_some(),
        powered_at: answer.filter(powered).map(|answer| answer.at),
        answer: said,
    }
}

/// Hours from the beginning of a cut on, as a family told them at a call.
fn told_at(answer: &NightAnswer, since: DateTime<Utc>) -> Option<f64> {
    let hours = answer.hours_left?;
    let later = (answer.at - since).num_seconds() as f64 / 3600.0;
    // Said before the cut while there was power: the batteries were not used since.
    let kept = later < 0.0 && answer.power == Some(PowerNow::On);
    Some(if kept {
        hours
    } else {
        (hours + later).max(0.0)
    })
}

/// Whole minutes, rounded down.
fn minutes(minutes: f64) -> TimeDelta {
    const MOST: f64 = 366.0 * 24.0 * 60.0;
    TimeDelta::minutes((minutes + 1e-6).floor().clamp(0.0, MOST) as i64)
}

/// The order of calls: who needs help; then who is at home, or may be, first those whose
/// hours are surely over, then unknown hours, then soonest, those that have power after
/// them; then who has left, has arrived, or is cared for elsewhere.
pub fn order(a: (State, &Left, &CaseNumber), b: (State, &Left, &CaseNumber)) -> Ordering {
    let rank = |(state, left, _): (State, &Left, &CaseNumber)| match state {
        State::NeedsHelp => 0,
        State::ToCall | State::CallAgain | State::AtHome if left.powered_at.is_none() => {
            if left.is_over() { 1 } else { 2 }
        }
        State::ToCall | State::CallAgain | State::AtHome => 3,
        State::Left => 4,
        State::Arrived => 5,
        State::Away | State::Outside => 6,
    };
    let ranks = rank(a).cmp(&rank(b));
    ranks
        .then_with(|| a.1.answer.order(&b.1.answer))
        .then_with(|| a.2.as_str().cmp(b.2.as_str()))
}

/// The nearest of some places, and how far it is in a straight line, in metres.
pub fn nearest<'p, P>(
    from: Position,
    places: impl Iterator<Item = (Position, &'p P)>,
) -> Option<(f64, &'p P)> {
    places
        .map(|(at, place)| (metres_between(from, at), place))
        .min_by(|a, b| a.0.total_cmp(&b.0))
}

#[cfg(test)]
#[path = "outage_tests.rs"]
mod tests;
