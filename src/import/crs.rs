//! Coordinate systems of published maps: degrees of JGD2000, JGD2011 and
//! WGS 84, and the nineteen zones of the plane-rectangular system
//! (平面直角座標系; 平成十四年国土交通省告示第九号), which are turned into degrees.
//! The old Tokyo datum (日本測地系) lies some 400 m off and is refused by name.

use proj4rs::{proj::Proj, transform::transform};

use super::source::ReadError;
use crate::{domain::text::Text, text};

mod wkt;

/// A coordinate system that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crs {
    /// Longitude and latitude in degrees. JGD2000, JGD2011 and WGS 84 lie
    /// within a metre or two of each other, less than the accuracy of any home
    /// here.
    Degrees,
    /// A zone of the plane-rectangular system, 1–19, in metres east and north
    /// of its origin. JGD2000 and JGD2011 define it alike.
    Plane(u8),
}

/// The origins of the zones I–XIX: degrees north, degrees east and minutes
/// (告示第九号, 2002, 別表).
const ORIGINS: [(f64, f64, f64); 19] = [
    (33.0, 129.0, 30.0),
    (33.0, 131.0, 0.0),
    (36.0, 132.0, 10.0),
    (33.0, 133.0, 30.0),
    (36.0, 134.0, 20.0),
    (36.0, 136.0, 0.0),
    (36.0, 137.0, 10.0),
    (36.0, 138.0, 30.0),
    (36.0, 139.0, 50.0),
    (40.0, 140.0, 50.0),
    (44.0, 140.0, 15.0),
    (44.0, 142.0, 15.0),
    (44.0, 144.0, 15.0),
    (26.0, 142.0, 0.0),
    (26.0, 127.0, 30.0),
    (26.0, 124.0, 0.0),
    (26.0, 131.0, 0.0),
    (20.0, 136.0, 0.0),
    (26.0, 154.0, 0.0),
];

/// Scale on the central meridian (告示第九号, 2002).
const SCALE: f64 = 0.9999;

/// The origin of a zone in degrees: latitude, longitude.
fn origin(zone: u8) -> (f64, f64) {
    let (lat, degrees, minutes) = ORIGINS[usize::from(zone - 1)];
    (lat, degrees + minutes / 60.0)
}

impl Crs {
    /// The system of an EPSG code: 4326, 4612, 6668 and their forms with
    /// heights; 2443–2461 and 6669–6687.
    ///
    /// # Errors
    ///
    /// [`Unusable`].
    pub fn of_epsg(code: u32) -> Result<Self, Unusable> {
        let zone = |first: u32| Self::Plane(u8::try_from(code - first + 1).unwrap_or_default());
        match code {
            4326 | 4612 | 6668 | 6697 | 4979 => Ok(Self::Degrees),
            2443..=2461 => Ok(zone(2443)),
            6669..=6687 => Ok(zone(6669)),
            // Tokyo, in degrees and in zones.
            4301 | 30161..=30179 => Err(Unusable::TokyoDatum(format!("EPSG:{code}"))),
            _ => Err(Unusable::Unknown(format!("EPSG:{code}"))),
        }
    }

    /// The system that a `.prj` describes.
    ///
    /// # Errors
    ///
    /// [`Unusable`].
    pub fn of_wkt(text: &str) -> Result<Self, Unusable> {
        wkt::read(text)
    }

    /// What turns its coordinates into degrees.
    pub fn to_degrees(self) -> ToDegrees {
        let plane = match self {
            Self::Degrees => None,
            Self::Plane(zone) => {
                let (lat, lon) = origin(zone);
                let definition = format!(
                    "+proj=tmerc +lat_0={lat} +lon_0={lon} +k={SCALE} +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs"
                );
                let plane = Proj::from_proj_string(&definition)
                    .expect("the definition of a zone is well formed");
                let degrees = Proj::from_proj_string("+proj=longlat +ellps=GRS80 +no_defs")
                    .expect("the definition of degrees is well formed");
                Some((plane, degrees))
            }
        };
        ToDegrees { plane }
    }

    /// Its name for people.
    pub fn name(self) -> Text {
        match self {
            Self::Degrees => Text::fixed("緯度・経度（度）", "degrees of latitude and longitude"),
            Self::Plane(zone) => {
                text!("平面直角座標系 第{zone}系", "plane-rectangular zone {zone}")
            }
        }
    }

    /// Whether a box of coordinates (west, south, east, north) can be of this
    /// system at all: degrees lie within 180 and 90, and a zone reaches some
    /// hundred kilometres, not a fraction of a metre around 130 east, 33 north.
    pub fn can_be(self, [west, south, east, north]: [f64; 4]) -> bool {
        let within = |x: f64, y: f64| (122.0..=154.0).contains(&x) && (20.0..=46.0).contains(&y);
        match self {
            Self::Degrees => {
                [west, east].iter().all(|x| x.abs() <= 180.0)
                    && [south, north].iter().all(|y| y.abs() <= 180.0)
            }
            Self::Plane(_) => {
                let degrees = within(west, south) && within(east, north);
                let swapped = within(south, west) && within(north, east);
                let far = [west, south, east, north].iter().any(|c| c.abs() > FAR);
                !(degrees || swapped || far)
            }
        }
    }
}

/// No place of Japan is further than this from the origin of its zone, in
/// metres: zone XIV reaches furthest (Iwo Jima to its origin, some 130 km; the
/// prefecture of Hokkaido, all in one zone, some 500).
const FAR: f64 = 1_000_000.0;

/// Turns coordinates into degrees.
#[derive(Debug)]
pub struct ToDegrees {
    plane: Option<(Proj, Proj)>,
}

impl ToDegrees {
    /// Longitude and latitude of a pair of coordinates; not finite where there
    /// is no such place.
    pub fn of(&self, x: f64, y: f64) -> (f64, f64) {
        let Some((plane, degrees)) = &self.plane else {
            return (x, y);
        };
        let mut point = (x, y, 0.0);
        match transform(plane, degrees, &mut point) {
            Ok(()) => (point.0.to_degrees(), point.1.to_degrees()),
            Err(_) => (f64::NAN, f64::NAN),
        }
    }
}

/// Why coordinates cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// The old Tokyo datum.
    #[error("Tokyo datum: {0}")]
    TokyoDatum(String),
    /// A system that is not known here, by its name.
    #[error("unknown: {0}")]
    Unknown(String),
    /// It contradicts itself.
    #[error("contradicts itself: {0}")]
    Contradiction(String),
    /// It is no description of a coordinate system.
    #[error("not readable")]
    Unreadable,
}

impl From<Unusable> for ReadError {
    fn from(unusable: Unusable) -> Self {
        let (code, text) = match unusable {
            Unusable::TokyoDatum(name) => (
                "old_datum",
                text!(
                    "日本測地系（旧測地系、{name}）のデータです。今の測地系と約400mずれるため使えません。JGD2011（世界測地系）のデータを公表元から取り直すか、変換してから指定してください。",
                    "The data is on the old Tokyo datum ({name}), some 400 m off. Please fetch it on JGD2011 from the publisher, or convert it first."
                ),
            ),
            Unusable::Unknown(name) => (
                "unknown_crs",
                text!(
                    "座標系「{name}」には対応していません。緯度・経度（JGD2011、EPSG:6668 など）か、平面直角座標系の第1〜19系（EPSG:6669〜6687、2443〜2461）のデータを指定してください。",
                    "The coordinate system `{name}` is not supported. Please name data in degrees (JGD2011, EPSG:6668, or the like) or in a plane-rectangular zone of Japan (EPSG:6669–6687, 2443–2461)."
                ),
            ),
            Unusable::Contradiction(what) => (
                "prj_lies",
                text!(
                    ".prj の内容が食い違っています（{what}）。どちらが正しいか決められません。公表元に確かめ、正しい .prj のデータを指定してください。",
                    "The .prj contradicts itself ({what}); which half is right cannot be told. Please ask the publisher for a correct one."
                ),
            ),
            Unusable::Unreadable => (
                "unknown_crs",
                Text::fixed(
                    ".prj を座標系の説明（WKT）として読めません。公表元から取り直してください。",
                    "The .prj cannot be read as a description of a coordinate system (WKT). Please fetch it again.",
                ),
            ),
        };
        Self::refused(code, &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(zone: u8, x_north: f64, y_east: f64, lat: f64, lon: f64) {
        let (got_lon, got_lat) = Crs::Plane(zone).to_degrees().of(y_east, x_north);
        // 1e-8 degrees are a millimetre.
        let off = (got_lat - lat).abs().max((got_lon - lon).abs());
        assert!(off < 2e-8, "zone {zone}: {got_lat} {got_lon}, {off:e} off");
    }

    #[test]
    fn published_points_of_several_zones_come_out_to_the_millimetre() {
        let dms = |d: f64, m: f64, s: f64| d + m / 60.0 + s / 3600.0;
        // Tsukuba, zone IX (the example beside the Geospatial Information
        // Authority's formulas, Kawase 2011).
        near(
            9,
            11_543.688_3,
            22_916.243_6,
            dms(36.0, 6.0, 13.589_25),
            dms(140.0, 5.0, 16.278_15),
        );
        // Okinawa, zone XV, and Tokyo, zone IX: as the Authority's own
        // calculator answered (read on two public pages).
        near(
            15,
            11_810.197,
            19_134.409,
            dms(26.0, 6.0, 23.345_13),
            dms(127.0, 41.0, 28.718_93),
        );
        near(
            9,
            -33_369.335_2,
            -6_837.339_1,
            35.699_202_942_274_22,
            139.757_779_115_995_2,
        );
    }

    #[test]
    fn every_zone_has_its_origin_where_the_notice_puts_it() {
        for zone in 1..=19 {
            let (lat, lon) = origin(zone);
            near(zone, 0.0, 0.0, lat, lon);
        }
        assert_eq!(origin(2), (33.0, 131.0), "Kumamoto");
        assert_eq!(origin(19), (26.0, 154.0));
    }

    #[test]
    fn codes_of_both_datums_are_the_same_zones() {
        assert_eq!(Crs::of_epsg(2443), Ok(Crs::Plane(1)));
        assert_eq!(Crs::of_epsg(2461), Ok(Crs::Plane(19)));
        assert_eq!(Crs::of_epsg(6669), Ok(Crs::Plane(1)));
        assert_eq!(Crs::of_epsg(6670), Ok(Crs::Plane(2)));
        assert_eq!(Crs::of_epsg(6687), Ok(Crs::Plane(19)));
        assert_eq!(Crs::of_epsg(6668), Ok(Crs::Degrees));
        assert!(matches!(Crs::of_epsg(4301), Err(Unusable::TokyoDatum(_))));
        assert!(matches!(Crs::of_epsg(30162), Err(Unusable::TokyoDatum(_))));
        assert!(matches!(Crs::of_epsg(32652), Err(Unusable::Unknown(_))));
    }

    #[test]
    fn coordinates_that_cannot_be_of_their_system_are_told() {
        let degrees = [130.5, 32.6, 130.6, 32.8];
        let metres = [-46_000.0, -38_000.0, -36_000.0, -19_000.0];
        assert!(Crs::Degrees.can_be(degrees));
        assert!(!Crs::Degrees.can_be(metres));
        assert!(Crs::Plane(2).can_be(metres));
        assert!(!Crs::Plane(2).can_be(degrees));
        assert!(!Crs::Plane(2).can_be([3.6e6, 4.0e5, 3.7e6, 4.1e5]));
    }
}
