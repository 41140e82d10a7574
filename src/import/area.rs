//! The area of a power cut, from a GeoJSON file: a FeatureCollection, one Feature, or one
//! polygon.

use std::{fs, io::ErrorKind, path::Path};

use geo::{LineString, MultiPolygon};
use serde_json::value::RawValue;

use super::{
    geojson::{Feature, read_features},
    report::RowNote,
    source::ReadError,
};
use crate::{domain::text::Text, spatial::drawn::sound};

const NOTHING: Text = Text::fixed(
    "ファイルに区域がありません。停電の区域を囲んだGeoJSONを選んでください。",
    "The file holds no area: choose a GeoJSON of the area without power.",
);

/// The rings of an area as longitude and latitude: polygons, each an exterior and holes.
pub type Rings = Vec<Vec<Vec<[f64; 2]>>>;

/// Reads an area. It is taken whole or not at all.
///
/// # Errors
///
/// [`ReadError::Missing`]; [`ReadError::File`] with the codes of
/// [`read_features`], and `bad_area` where a feature is no polygon in Japan, or crosses
/// itself; [`ReadError::Machine`].
pub fn read_area(path: &Path) -> Result<Rings, ReadError> {
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::IsADirectory => ReadError::Missing(path.to_owned()),
        _ => ReadError::Machine(error),
    })?;
    let bytes = as_collection(bytes);
    let mut areas = MultiPolygon(Vec::new());
    let mut bad: Option<RowNote> = None;
    read_features(bytes.as_slice(), &|_| (), &mut |row, raw| {
        match Feature::parse(row, raw).and_then(|feature| feature.area()) {
            Ok(area) => areas.0.extend(area.geometry),
            Err(note) => {
                bad.get_or_insert(note);
            }
        }
        Ok(())
    })?;
    if let Some(note) = bad {
        let row = note.row;
        let why = Text::new(
            format!("{row}番目の図形：{}", note.reason),
            format!("feature {row}: {}", note.reason_en),
        );
        return Err(ReadError::refused("bad_area", &why));
    }
    if areas.0.is_empty() {
        return Err(ReadError::refused("bad_area", &NOTHING));
    }
    sound(&areas, usize::MAX).map_err(|why| ReadError::refused("bad_area", &why))?;
    let ring = |line: &LineString<f64>| line.0.iter().map(|c| [c.x, c.y]).collect();
    let polygon = |one: &geo::Polygon<f64>| {
        std::iter::once(one.exterior())
            .chain(one.interiors())
            .map(ring)
            .collect()
    };
    Ok(areas.0.iter().map(polygon).collect())
}

/// One feature, or one geometry, as a collection of it.
fn as_collection(bytes: Vec<u8>) -> Vec<u8> {
    #[derive(serde::Deserialize)]
    struct Kind<'a> {
        #[serde(rename = "type")]
        kind: &'a str,
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let raw = serde_json::from_slice::<&RawValue>(text);
    let Some(raw) = raw.ok() else {
        return bytes;
    };
    let kind = serde_json::from_str::<Kind<'_>>(raw.get());
    let feature = match kind.map_or("", |kind| kind.kind) {
        "Feature" => raw.get().to_owned(),
        "Polygon" | "MultiPolygon" => {
            format!(
                r#"{{"type":"Feature","properties":{{}},"geometry":{}}}"#,
                raw.get()
            )
        }
        _ => return bytes,
    };
    format!(r#"{{"type":"FeatureCollection","features":[{feature}]}}"#).into_bytes()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(text: &str) -> Result<Rings, String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read_area(file.path()).map_err(|error| match error {
            ReadError::File(error) => format!("{}: {}", error.code, error.message_ja),
            other => other.to_string(),
        })
    }

    const SQUARE: &str = r#"{"type":"Polygon","coordinates":[[[130.7,32.2],[130.8,32.2],[130.8,32.3],[130.7,32.3],[130.7,32.2]]]}"#;

    #[test]
    fn an_area_is_a_collection_a_feature_or_a_polygon() {
        let feature = format!(r#"{{"type":"Feature","properties":null,"geometry":{SQUARE}}}"#);
        let collection =
            format!(r#"{{"type":"FeatureCollection","features":[{feature},{feature}]}}"#);
        let one = read(SQUARE).unwrap();
        assert_eq!(one.len(), 1);
        assert!((one[0][0][1][0] - 130.8).abs() < 1e-9);
        assert_eq!(read(&feature).unwrap(), one);
        assert_eq!(read(&format!("\u{feff}{feature}")).unwrap(), one);
        assert_eq!(read(&collection).unwrap().len(), 2);
    }

    #[test]
    fn what_is_no_area_is_refused_whole_and_says_why() {
        let crossed = SQUARE.replace("[130.8,32.3],[130.7,32.3]", "[130.7,32.3],[130.8,32.31]");
        for (file, code, word) in [
            (crossed.as_str(), "bad_area", "囲み直して"),
            (
                r#"{"type":"Point","coordinates":[130.7,32.2]}"#,
                "not_feature_collection",
                "",
            ),
            (
                r#"{"type":"FeatureCollection","features":[]}"#,
                "bad_area",
                "区域がありません",
            ),
            (&SQUARE[..60], "truncated", ""),
        ] {
            let why = read(file).unwrap_err();
            assert!(why.starts_with(code) && why.contains(word), "{why}");
        }
        let feature = r#"{"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[130.7,32.2]}}"#;
        let mixed = format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":null,"geometry":{SQUARE}}},{feature}]}}"#
        );
        let why = read(&mixed).unwrap_err();
        assert!(why.contains("2番目の図形"), "{why}");
        let gone = read_area(Path::new("/nowhere/area.geojson"));
        assert!(matches!(gone, Err(ReadError::Missing(_))), "{gone:?}");
    }
}
