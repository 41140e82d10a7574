//! Distances on the ellipsoid, and the small plane around a point in which the
//! nearest place of an outline is looked for.

use geo::{Coord, Distance, Geodesic, Point};

use crate::domain::position::Position;

/// The straight line between two positions, in metres on the ellipsoid (WGS
/// 84; GRS 80, that of JGD2011, differs by less than a millimetre over Japan).
///
/// This is never the length of a way: whoever shows it says so.
pub fn metres_between(a: Position, b: Position) -> f64 {
    metres_between_coords(coord(a), coord(b))
}

/// The length of a line drawn through positions, in metres on the ellipsoid;
/// zero for fewer than two.
pub fn line_metres(line: &[Position]) -> f64 {
    line.windows(2)
        .map(|pair| metres_between(pair[0], pair[1]))
        .fold(0.0, |sum, piece| sum + piece)
}

/// A position as geometry has it: x is the longitude.
pub(crate) fn coord(at: Position) -> Coord<f64> {
    Coord {
        x: at.lon(),
        y: at.lat(),
    }
}

pub(crate) fn metres_between_coords(a: Coord<f64>, b: Coord<f64>) -> f64 {
    Geodesic.distance(Point(a), Point(b))
}

/// Semi-major axis of WGS 84, in metres (NIMA TR8350.2, 2000).
const EQUATOR_METRES: f64 = 6_378_137.0;
/// First eccentricity of WGS 84, squared.
const ECCENTRICITY_SQUARED: f64 = 0.006_694_379_990_141_33;

/// A position on the ellipsoid in metres from the centre of the earth. Straight
/// distances there order places as those along the ground do.
pub(crate) fn on_ellipsoid(at: Position) -> [f64; 3] {
    let (sin_lat, cos_lat) = at.lat().to_radians().sin_cos();
    let (sin_lon, cos_lon) = at.lon().to_radians().sin_cos();
    let prime_vertical = EQUATOR_METRES / (1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat).sqrt();
    [
        prime_vertical * cos_lat * cos_lon,
        prime_vertical * cos_lat * sin_lon,
        prime_vertical * (1.0 - ECCENTRICITY_SQUARED) * sin_lat,
    ]
}

/// The plane that touches the ellipsoid at a point: good to a thousandth
/// within some ten kilometres, so good enough to tell *which* place is nearest;
/// how far that place is, the geodesic says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocalPlane {
    origin: Coord<f64>,
    metres_per_degree: Coord<f64>,
}

impl LocalPlane {
    pub(crate) fn around(origin: Coord<f64>) -> Self {
        let (sin, cos) = origin.y.to_radians().sin_cos();
        let flattened = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
        let prime_vertical = EQUATOR_METRES / flattened.sqrt();
        let meridional = prime_vertical * (1.0 - ECCENTRICITY_SQUARED) / flattened;
        Self {
            origin,
            metres_per_degree: Coord {
                x: (prime_vertical * cos).to_radians(),
                y: meridional.to_radians(),
            },
        }
    }

    /// Half the width and height, in degrees, of a box that surely holds every
    /// point within `metres` of the origin.
    pub(crate) fn reach(self, metres: f64) -> Coord<f64> {
        // A hundredth more than the plane says, and a centimetre, so that its
        // error never hides a point; the exact distance is measured afterwards.
        let generous = metres * 1.01 + 0.01;
        Coord {
            x: generous / self.metres_per_degree.x,
            y: generous / self.metres_per_degree.y,
        }
    }

    /// The place on a segment that is nearest to the origin, and the square of
    /// its distance in the plane.
    pub(crate) fn nearest_on(self, start: Coord<f64>, end: Coord<f64>) -> (Coord<f64>, f64) {
        let flat = |c: Coord<f64>| Coord {
            x: (c.x - self.origin.x) * self.metres_per_degree.x,
            y: (c.y - self.origin.y) * self.metres_per_degree.y,
        };
        let (a, b) = (flat(start), flat(end));
        let along = b - a;
        let length_squared = along.x * along.x + along.y * along.y;
        let share = if length_squared > 0.0 {
            (-(a.x * along.x + a.y * along.y) / length_squared).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let near = a + along * share;
        (
            start + (end - start) * share,
            near.x * near.x + near.y * near.y,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).unwrap()
    }

    #[test]
    fn tokyo_to_tsukuba_is_as_far_as_the_survey_says() {
        // 国土地理院 測量計算サイト publishes this pair as its example: the
        // origin of the Japanese datum in Tokyo and a point in Tsukuba.
        let (tokyo, tsukuba) = (
            at(35.655_028_47, 139.744_750_44),
            at(36.103_774_77, 140.087_855_02),
        );
        assert!((metres_between(tokyo, tsukuba) - 58_643.804).abs() < 0.001);
    }

    #[test]
    fn a_degree_is_longer_to_the_north_than_to_the_east() {
        let here = at(32.8, 130.7);
        let north = metres_between(here, at(32.81, 130.7));
        let east = metres_between(here, at(32.8, 130.71));
        assert!((north - 1_109.0).abs() < 1.0, "{north}");
        assert!((east - 936.5).abs() < 1.0, "{east}");
    }

    #[test]
    fn a_line_is_the_sum_of_its_pieces() {
        let (a, b, c) = (at(32.0, 130.0), at(32.1, 130.1), at(32.1, 130.3));
        let pieces = metres_between(a, b) + metres_between(b, c);
        assert!((line_metres(&[a, b, c]) - pieces).abs() < 1e-9);
        assert_eq!(line_metres(&[a]).to_bits(), 0.0_f64.to_bits());
        assert_eq!(line_metres(&[]).to_bits(), 0.0_f64.to_bits());
    }
}

#[cfg(test)]
mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_way_back_is_as_long(
            lat in 20.1_f64..45.9, lon in 122.1_f64..153.9,
            to_lat in 20.1_f64..45.9, to_lon in 122.1_f64..153.9,
        ) {
            let (a, b) = (Position::new(lat, lon).unwrap(), Position::new(to_lat, to_lon).unwrap());
            prop_assert!((metres_between(a, b) - metres_between(b, a)).abs() < 1e-6);
        }

        #[test]
        fn straight_through_the_earth_is_hardly_shorter_than_along_it(
            lat in 21.0_f64..45.0, lon in 123.0_f64..153.0,
            north in -0.5_f64..0.5, east in -0.5_f64..0.5,
        ) {
            let ends = [(lat, lon), (lat + north, lon + east)];
            let [a, b] = ends.map(|(lat, lon)| Position::new(lat, lon).unwrap());
            let (from, to) = (on_ellipsoid(a), on_ellipsoid(b));
            let squared: f64 = from.iter().zip(to).map(|(a, b)| (a - b).powi(2)).sum();
            let along = metres_between(a, b);
            // 弧 − 弦 is d³ / 24 R²: 1 m in 10 km would be a wrong formula.
            let shorter = along - squared.sqrt();
            prop_assert!(shorter > -1e-6 && shorter < along.powi(3) / (23.0 * 6.3e6 * 6.3e6) + 1e-6);
        }

        #[test]
        fn the_plane_agrees_with_the_ellipsoid_nearby(
            lat in 21.0_f64..45.0, lon in 123.0_f64..153.0,
            north in -0.01_f64..0.01, east in -0.01_f64..0.01,
        ) {
            let origin = Coord { x: lon, y: lat };
            let there = Coord { x: lon + east, y: lat + north };
            let (_, squared) = LocalPlane::around(origin).nearest_on(there, there);
            let exact = metres_between_coords(origin, there);
            prop_assert!((squared.sqrt() - exact).abs() <= exact * 1e-3 + 1e-6);
        }
    }
}
