//! Boundaries of municipalities: whether a place lies in its own.

use geo::{BoundingRect, Coord, Intersects, MultiPolygon, Rect};

use super::zones::metres_to;
use crate::domain::{municipality::MunicipalityCode, position::Position};

/// Beyond this distance from its own municipality a site is remarked on, in
/// metres: published boundaries are simplified.
const TOLERANCE_METRES: f64 = 200.0;

/// The boundaries that have been imported.
#[derive(Debug, Default)]
pub struct Boundaries(Vec<(MunicipalityCode, MultiPolygon<f64>)>);

/// A place outside its own municipality.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outside {
    /// How far from its boundary, in metres.
    pub metres: f64,
    /// In which one it lies instead.
    pub inside: MunicipalityCode,
}

impl Boundaries {
    /// Boundaries by code.
    pub fn new(known: Vec<(MunicipalityCode, MultiPolygon<f64>)>) -> Self {
        Self(known)
    }

    /// Whether a place lies in another municipality, more than 200 m from its
    /// own. A place outside every boundary (on the sea, on new land) is not
    /// remarked on, nor one whose own boundary is not known.
    pub fn outside(&self, own: MunicipalityCode, at: Position) -> Option<Outside> {
        let point = geo::Point::new(at.lon(), at.lat());
        let mut mine = self
            .0
            .iter()
            .filter(|(code, _)| code.same_as(own))
            .peekable();
        mine.peek()?;
        let (inside, _) = self.0.iter().find(|(_, shape)| shape.intersects(&point))?;
        if inside.same_as(own) {
            return None;
        }
        let metres = mine
            .map(|(_, shape)| metres_to(shape, at))
            .fold(f64::INFINITY, f64::min);
        (metres > TOLERANCE_METRES).then_some(Outside {
            metres,
            inside: *inside,
        })
    }
}

impl Boundaries {
    /// Every boundary that is known.
    pub fn all(&self) -> impl Iterator<Item = (MunicipalityCode, &MultiPolygon<f64>)> {
        self.0.iter().map(|(code, shape)| (*code, shape))
    }

    /// Those that may reach into a box (west, south, east, north): their own
    /// boxes do.
    pub fn in_box(
        &self,
        [west, south, east, north]: [f64; 4],
    ) -> impl Iterator<Item = (MunicipalityCode, &MultiPolygon<f64>)> {
        let wanted = Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north });
        self.0
            .iter()
            .filter(move |(_, shape)| {
                shape
                    .bounding_rect()
                    .is_some_and(|own| own.intersects(&wanted))
            })
            .map(|(code, shape)| (*code, shape))
    }

    /// The box around a municipality (west, south, east, north); `None`: nobody
    /// knows its boundary.
    pub fn around(&self, own: MunicipalityCode) -> Option<[f64; 4]> {
        self.0
            .iter()
            .filter(|(code, _)| code.same_as(own))
            .filter_map(|(_, shape)| shape.bounding_rect())
            .map(|rect| [rect.min().x, rect.min().y, rect.max().x, rect.max().y])
            .reduce(crate::domain::data_set::hull)
    }

    /// How far a place lies outside its own municipality, in metres, where that
    /// is more than 200 m and more than the place may be off; `None`: it lies in
    /// it or near it, or nobody knows its boundary. Position and municipality
    /// contradict each other there: one of them is wrong.
    pub fn metres_off(
        &self,
        own: MunicipalityCode,
        at: Position,
        within_metres: f64,
    ) -> Option<f64> {
        let point = geo::Point::new(at.lon(), at.lat());
        let mut metres = f64::INFINITY;
        for (_, shape) in self.0.iter().filter(|(code, _)| code.same_as(own)) {
            if shape.intersects(&point) {
                return None;
            }
            metres = metres.min(metres_to(shape, at));
        }
        let limit = TOLERANCE_METRES.max(within_metres);
        (metres.is_finite() && metres > limit).then_some(metres)
    }
}

#[cfg(test)]
mod tests {
    use geo::polygon;

    use super::*;

    fn code(text: &str) -> MunicipalityCode {
        MunicipalityCode::parse(text).unwrap()
    }

    /// Two towns side by side, one degree wide, meeting at 131° E.
    fn two_towns() -> Boundaries {
        let town = |west: f64| {
            MultiPolygon(vec![polygon![
                (x: west, y: 32.0), (x: west + 1.0, y: 32.0),
                (x: west + 1.0, y: 33.0), (x: west, y: 33.0),
            ]])
        };
        Boundaries::new(vec![
            (code("43101"), town(130.0)),
            (code("43443"), town(131.0)),
        ])
    }

    #[test]
    fn a_box_finds_the_towns_that_it_touches() {
        let towns = two_towns();
        let found = |west, east| -> Vec<MunicipalityCode> {
            let codes = towns.in_box([west, 32.4, east, 32.5]);
            codes.map(|(code, _)| code).collect()
        };
        assert_eq!(found(130.4, 130.5), [code("43101")]);
        assert_eq!(found(130.9, 131.1), [code("43101"), code("43443")]);
        assert!(found(129.0, 129.9).is_empty());
    }

    #[test]
    fn a_place_far_inside_the_neighbour_is_remarked_on() {
        let at = Position::new(32.5, 131.1).unwrap();
        let outside = two_towns().outside(code("43100"), at).unwrap();
        assert_eq!(outside.inside, code("43443"));
        assert!(
            (9_000.0..9_800.0).contains(&outside.metres),
            "{}",
            outside.metres
        );
    }

    #[test]
    fn a_position_that_contradicts_its_municipality_is_told_wherever_it_is() {
        let towns = two_towns();
        let off = |own, lat, lon, within| {
            towns.metres_off(code(own), Position::new(lat, lon).unwrap(), within)
        };
        for (lat, lon) in [(32.5, 131.1), (35.68, 139.76), (31.0, 130.5)] {
            assert!(off("43100", lat, lon, 10.0).is_some_and(|m| m > 9_000.0));
        }
        assert_eq!(off("43100", 32.5, 130.5, 10.0), None, "inside");
        assert_eq!(off("43100", 32.5, 131.001, 10.0), None, "at the border");
        assert_eq!(off("43100", 32.5, 131.005, 1_000.0), None, "it is inexact");
        assert!(off("43100", 32.5, 131.005, 10.0).is_some());
        assert_eq!(off("43215", 35.68, 139.76, 10.0), None, "no boundary");
    }

    #[test]
    fn a_place_at_the_border_on_the_sea_or_without_a_boundary_is_not() {
        let towns = two_towns();
        let near = Position::new(32.5, 131.001).unwrap();
        assert_eq!(towns.outside(code("43100"), near), None);
        let sea = Position::new(31.0, 130.5).unwrap();
        assert_eq!(towns.outside(code("43443"), sea), None);
        let inland = Position::new(32.5, 130.5).unwrap();
        assert_eq!(towns.outside(code("43215"), inland), None);
    }
}
