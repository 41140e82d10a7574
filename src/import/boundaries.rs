//! Boundaries of municipalities: 国土数値情報 N03 (行政区域) as GeoJSON.

use std::collections::{BTreeMap, btree_map::Entry};

use geo::MultiPolygon;

use super::{
    geojson::{Feature, read_features},
    report::{Row, RowNote},
    source::{ReadError, Shape, Source},
};
use crate::{
    domain::{municipality::MunicipalityCode, text::Text},
    spatial::rings,
    text,
};

/// The area of one municipality, or of one ward of a designated city.
#[derive(Debug, Clone, PartialEq)]
pub struct Boundary {
    /// Which.
    pub municipality: MunicipalityCode,
    /// Its name as the file writes it, prefecture, county and all.
    pub name: String,
    /// All its features as one area, islands included.
    pub geometry: MultiPolygon<f64>,
    /// How many features it had.
    pub features: u64,
}

/// What a whole file was. One prefecture fits into memory with ease, and only
/// the whole file knows all parts of a municipality.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundaryFile {
    /// `ksj-n03-geojson`.
    pub format: &'static str,
    /// Always UTF-8: JSON has no other.
    pub encoding: &'static str,
    /// Who published it.
    pub publisher: &'static str,
    /// By code.
    pub boundaries: Vec<Boundary>,
}

/// Reads the boundaries of municipalities and tells `each` of every feature,
/// accepted or not. `progress` hears how many bytes were read.
///
/// # Errors
///
/// Those of [`read_features`], and [`ReadError::File`] with the code
/// `unknown_format` (no feature has `N03_007`) or `all_rejected`.
pub fn read(
    source: &Source,
    progress: &dyn Fn(u64),
    each: &mut dyn FnMut(Row<()>),
) -> Result<BoundaryFile, ReadError> {
    if source.shape() != Shape::Json {
        return Err(ReadError::refused("unknown_format", &NOT_N03));
    }
    let mut merged: BTreeMap<MunicipalityCode, Boundary> = BTreeMap::new();
    let mut is_n03 = false;
    read_features(source.reader()?, progress, &mut |row, raw| {
        let part = Feature::parse(row, raw).and_then(|feature| {
            is_n03 |= feature.properties.has("N03_007");
            part(&feature)
        });
        each(match part {
            Ok((part, warnings)) => {
                match merged.entry(part.municipality) {
                    Entry::Vacant(place) => {
                        place.insert(part);
                    }
                    Entry::Occupied(mut whole) => {
                        let whole = whole.get_mut();
                        whole.geometry.0.extend(part.geometry);
                        whole.features += 1;
                    }
                }
                Row::Accepted {
                    row,
                    record: (),
                    warnings,
                }
            }
            Err(note) => Row::Rejected {
                row,
                notes: vec![note],
                key: None,
            },
        });
        Ok(())
    })?;
    if !is_n03 {
        return Err(ReadError::refused("unknown_format", &NOT_N03));
    }
    if merged.is_empty() {
        return Err(ReadError::refused("all_rejected", &ALL_REJECTED));
    }
    Ok(BoundaryFile {
        format: "ksj-n03-geojson",
        encoding: "UTF-8",
        publisher: "国土交通省 国土数値情報",
        boundaries: merged.into_values().collect(),
    })
}

fn part(feature: &Feature<'_>) -> Result<(Boundary, Vec<RowNote>), RowNote> {
    let row = feature.row();
    let properties = &feature.properties;
    let code = properties
        .text("N03_007")
        .ok_or_else(|| RowNote::new(row, Some("N03_007"), NO_CODE))?;
    let municipality = MunicipalityCode::parse(&code).map_err(|_| {
        let text = text!(
            "市区町村コード「{code}」が正しくありません。",
            "`{code}` is no code of a municipality."
        );
        RowNote::new(row, Some("N03_007"), text)
    })?;
    let name = ["N03_001", "N03_003", "N03_004"]
        .into_iter()
        .filter_map(|key| properties.text(key))
        .collect();
    let area = feature.area()?;
    let mut warnings = Vec::new();
    if !area.closed {
        warnings.push(RowNote::new(row, Some("geometry"), CLOSED));
    }
    let checked = rings::check(area.geometry)
        .map_err(|error| RowNote::new(row, Some("geometry"), error.text()))?;
    if let Some(remark) = checked.remark() {
        warnings.push(RowNote::new(row, Some("geometry"), remark));
    }
    let part = Boundary {
        municipality,
        name,
        geometry: checked.into_geometry(),
        features: 1,
    };
    Ok((part, warnings))
}

const NOT_N03: Text = Text::fixed(
    "行政区域（国土数値情報 N03）のGeoJSONではありません。N03_007（市区町村コード）の属性が必要です。",
    "This is no GeoJSON of municipal boundaries (KSJ N03): the property N03_007 is needed.",
);
const NO_CODE: Text = Text::fixed(
    "市区町村コードがありません（所属未定地など）。",
    "It has no code of a municipality (land that belongs to none yet).",
);
const CLOSED: Text = Text::fixed(
    "輪が閉じていなかったので、始点につなぎました。",
    "A ring was not closed; it was joined to its start.",
);
const ALL_REJECTED: Text = Text::fixed(
    "取り込める区域が一つもありません。",
    "Not a single area could be taken.",
);

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::import::report::FileReport;

    fn fixture(name: &str) -> Result<(BoundaryFile, FileReport), ReadError> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/boundaries");
        let mut report = FileReport::default();
        let file = read(&Source::open(folder.join(name))?, &|_| {}, &mut |row| {
            let _ = report.take(row);
        })?;
        Ok((file, report))
    }

    #[test]
    fn the_parts_of_a_municipality_are_one_and_land_of_nobody_is_named() {
        let (file, report) = fixture("n03.geojson").unwrap();
        assert_eq!(file.format, "ksj-n03-geojson");
        assert_eq!(report.read, 5);
        let found: Vec<_> = file
            .boundaries
            .iter()
            .map(|b| {
                (
                    b.municipality.as_str(),
                    b.name.as_str(),
                    b.features,
                    b.geometry.0.len(),
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("43101", "【デモ】灯県灯市中央区", 1, 1),
                ("43443", "【デモ】灯県灯郡灯町", 2, 2),
            ]
        );
        let rejected: Vec<_> = report
            .rejected
            .iter()
            .map(|note| (note.row, note.field.as_deref().unwrap()))
            .collect();
        assert_eq!(rejected, [(3, "N03_007"), (5, "N03_007")]);
        assert!(report.rejected[0].reason.contains("所属未定地"));
    }

    #[test]
    fn another_geojson_is_refused_as_a_whole() {
        let error = fixture("not_n03.geojson").unwrap_err();
        assert!(matches!(error, ReadError::File(e) if e.code == "unknown_format"));
    }
}
