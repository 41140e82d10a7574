//! One feature: its properties, read leniently, and its geometry, read
//! strictly.

use std::{borrow::Cow, fmt};

use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde::{
    Deserialize,
    de::{Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor},
};
use serde_json::{Map, Value, value::RawValue};

use crate::{
    domain::{
        data_set::hull,
        position::{BadPosition, Position},
        text::{Text, key_form},
    },
    import::report::RowNote,
    text,
};

#[derive(Deserialize)]
struct RawFeature<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    geometry: Option<&'a RawValue>,
    #[serde(default)]
    properties: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct RawGeometry<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    coordinates: Option<&'a RawValue>,
}

/// A feature whose properties were read and whose geometry was not yet.
#[derive(Debug)]
pub struct Feature<'a> {
    row: u64,
    geometry: Option<&'a RawValue>,
    /// What it says beside its place.
    pub properties: Properties,
}

/// The area of a feature, as published.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Its polygons.
    pub geometry: MultiPolygon<f64>,
    /// Whether every ring ended where it began; the others were closed.
    pub closed: bool,
}

impl<'a> Feature<'a> {
    /// Reads one element of the list.
    ///
    /// # Errors
    ///
    /// A note for the row: not a feature, or nested too deep.
    pub fn parse(row: u64, raw: &'a RawValue) -> Result<Self, RowNote> {
        let feature: RawFeature<'a> = serde_json::from_str(raw.get()).map_err(|error| {
            if error.to_string().starts_with("recursion limit") {
                RowNote::new(row, None, TOO_DEEP)
            } else {
                RowNote::new(row, None, UNREADABLE)
            }
        })?;
        if feature.kind.as_deref() != Some("Feature") {
            return Err(RowNote::new(row, Some("type"), NOT_A_FEATURE));
        }
        Ok(Self {
            row,
            geometry: feature.geometry.filter(|raw| raw.get() != "null"),
            properties: Properties(feature.properties.unwrap_or_default()),
        })
    }

    /// Its number, from 1.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// Its place as a point in Japan.
    ///
    /// # Errors
    ///
    /// A note for the row: no point, latitude and longitude swapped, or outside
    /// Japan.
    pub fn position(&self) -> Result<Position, RowNote> {
        let geometry = self.raw_geometry()?;
        if geometry.kind != "Point" {
            return Err(self.wrong_kind(&geometry.kind, "Point"));
        }
        let XY(x, y) = self.coordinates(&geometry)?;
        Position::new(y, x).map_err(|bad| self.bad_position(bad))
    }

    /// Its place as an area in Japan, a polygon or several.
    ///
    /// # Errors
    ///
    /// A note for the row: no area, latitude and longitude swapped, or outside
    /// Japan. Whether its rings are valid is for `spatial::rings` to say.
    pub fn area(&self) -> Result<Area, RowNote> {
        let polygons = self.polygons()?;
        let mut closed = true;
        let mut ring = |points: Vec<XY>| -> Result<LineString<f64>, RowNote> {
            for XY(x, y) in &points {
                Position::new(*y, *x).map_err(|bad| self.bad_position(bad))?;
            }
            closed &= points.first() == points.last();
            Ok(points.into_iter().map(|XY(x, y)| Coord { x, y }).collect())
        };
        let mut members = Vec::with_capacity(polygons.len());
        for rings in polygons {
            let mut rings = rings.into_iter();
            let exterior = rings
                .next()
                .map_or_else(|| Ok(LineString::empty()), &mut ring)?;
            let interiors = rings.map(&mut ring).collect::<Result<_, _>>()?;
            members.push(Polygon::new(exterior, interiors));
        }
        Ok(Area {
            geometry: MultiPolygon::new(members),
            closed,
        })
    }

    /// The box around its place, for an area that is not taken: west, south,
    /// east, north. Swapped coordinates are read in their right order. `None`:
    /// nobody can say where it is.
    pub fn extent(&self) -> Option<[f64; 4]> {
        let polygons = self.polygons().ok()?;
        // What is left of a ring that was cut short says nothing of its place.
        if polygons.iter().flatten().any(|ring| ring.len() < 4) {
            return None;
        }
        polygons
            .into_iter()
            .flatten()
            .flatten()
            .map(|XY(x, y)| match Position::new(y, x) {
                Ok(_) => Some([x, y, x, y]),
                Err(BadPosition::Swapped { .. }) => Some([y, x, y, x]),
                Err(BadPosition::OutsideJapan { .. }) => None,
            })
            .reduce(|a, b| a.zip(b).map(|(a, b)| hull(a, b)))?
    }

    fn polygons(&self) -> Result<Vec<Vec<Vec<XY>>>, RowNote> {
        let geometry = self.raw_geometry()?;
        match geometry.kind.as_ref() {
            "Polygon" => Ok(vec![self.coordinates(&geometry)?]),
            "MultiPolygon" => self.coordinates(&geometry),
            other => Err(self.wrong_kind(other, "Polygon, MultiPolygon")),
        }
    }

    fn raw_geometry(&self) -> Result<RawGeometry<'a>, RowNote> {
        let raw = self
            .geometry
            .ok_or_else(|| RowNote::new(self.row, Some("geometry"), NO_GEOMETRY))?;
        serde_json::from_str(raw.get()).map_err(|_| self.unreadable())
    }

    fn coordinates<T: Deserialize<'a>>(&self, geometry: &RawGeometry<'a>) -> Result<T, RowNote> {
        let raw = geometry
            .coordinates
            .ok_or_else(|| RowNote::new(self.row, Some("coordinates"), NO_GEOMETRY))?;
        serde_json::from_str(raw.get()).map_err(|_| self.unreadable())
    }

    fn unreadable(&self) -> RowNote {
        RowNote::new(self.row, Some("geometry"), BAD_COORDINATES)
    }

    fn wrong_kind(&self, found: &str, wanted: &str) -> RowNote {
        RowNote::new(
            self.row,
            Some("geometry"),
            text!(
                "図形の種類が {found} です（必要なもの：{wanted}）。",
                "The geometry is a {found} (needed: {wanted})."
            ),
        )
    }

    fn bad_position(&self, bad: BadPosition) -> RowNote {
        let text = match bad {
            BadPosition::Swapped { lat, lon } => text!(
                "緯度と経度が逆になっています（{lon}, {lat}）。GeoJSONは経度・緯度の順です。",
                "Latitude and longitude are swapped ({lon}, {lat}): GeoJSON writes the longitude first."
            ),
            BadPosition::OutsideJapan { lat, lon } => text!(
                "位置が日本の外です（経度 {lon}、緯度 {lat}）。",
                "The place is outside Japan (longitude {lon}, latitude {lat})."
            ),
        };
        RowNote::new(self.row, Some("geometry"), text)
    }
}

const TOO_DEEP: Text = Text::fixed(
    "括弧が深く重なりすぎています。",
    "Its brackets are nested too deep.",
);
const UNREADABLE: Text = Text::fixed(
    "地物として読めません。type、geometry、properties のある形にしてください。",
    "This cannot be read as a feature: it needs type, geometry and properties.",
);
const BAD_COORDINATES: Text = Text::fixed(
    "座標を読めません。[経度, 緯度] の数の並びにしてください（引用符は付けません）。",
    "The coordinates cannot be read: write numbers, [longitude, latitude], without quotes.",
);
const NOT_A_FEATURE: Text = Text::fixed("地物（Feature）ではありません。", "This is no feature.");
const NO_GEOMETRY: Text = Text::fixed("位置（図形）がありません。", "It has no geometry.");

/// Longitude and latitude as they stand in the file; heights are skipped.
#[derive(Debug, Clone, Copy, PartialEq)]
struct XY(f64, f64);

impl<'de> Deserialize<'de> for XY {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = XY;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a longitude and a latitude")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<XY, A::Error> {
                let mut next = |place| {
                    numbers
                        .next_element::<f64>()?
                        .ok_or_else(|| A::Error::invalid_length(place, &self))
                };
                let pair = XY(next(0)?, next(1)?);
                while numbers.next_element::<IgnoredAny>()?.is_some() {}
                Ok(pair)
            }
        }
        json.deserialize_seq(Pair)
    }
}

/// The properties of a feature. Published files write one thing in many ways:
/// `1`, `"1"`, `1.0`; nothing is `null`, `""` or a missing key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Properties(Map<String, Value>);

impl From<Map<String, Value>> for Properties {
    fn from(map: Map<String, Value>) -> Self {
        Self(map)
    }
}

impl Properties {
    /// The key that is written like this, else the only one that is the same
    /// after NFKC and without spaces: `浸水深ランク` is `浸水深ﾗﾝｸ`.
    pub fn key_like(&self, name: &str) -> Option<&str> {
        if let Some((key, _)) = self.0.get_key_value(name) {
            return Some(key);
        }
        let form = key_form(name);
        let mut like = self.0.keys().filter(|key| key_form(key) == form);
        like.next()
            .filter(|_| like.next().is_none())
            .map(String::as_str)
    }

    /// Whether the key stands there, whatever its value.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The keys, in alphabetical order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The value as trimmed text; numbers as they are written. `None`: nothing
    /// there, or a list or an object.
    pub fn text(&self, key: &str) -> Option<String> {
        match self.0.get(key)? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// The value as [`Self::text`], and a list or an object as it is written,
    /// so that it is not taken for nothing.
    pub fn written(&self, key: &str) -> Option<String> {
        match self.0.get(key)? {
            nested @ (Value::Array(_) | Value::Object(_)) => Some(nested.to_string()),
            _ => self.text(key),
        }
    }

    /// The value as a number. `Ok(None)`: nothing there; `Err`: something that
    /// is no number, as written.
    pub fn number(&self, key: &str) -> Result<Option<f64>, String> {
        if let Some(value @ (Value::Array(_) | Value::Object(_))) = self.0.get(key) {
            return Err(value.to_string());
        }
        let Some(text) = self.text(key) else {
            return Ok(None);
        };
        match crate::domain::text::nfkc(&text).parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(text),
        }
    }

    /// The value as a code of a table, a whole number from 0 to 255.
    /// `Ok(None)`: nothing there; `Err`: anything else, as written.
    pub fn code(&self, key: &str) -> Result<Option<u8>, String> {
        let Some(number) = self.number(key)? else {
            return Ok(None);
        };
        if number.fract() == 0.0 && (0.0..=255.0).contains(&number) {
            Ok(Some(number as u8))
        } else {
            Err(self.text(key).unwrap_or_default())
        }
    }
}
