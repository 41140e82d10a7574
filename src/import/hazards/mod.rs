//! Hazard layers as GeoJSON: 国土数値情報 A31a (洪水浸水想定区域) and A33
//! (土砂災害警戒区域), and any other with a depth in metres.

mod classes;
mod series;

use std::{
    io,
    path::{Path, PathBuf},
};

use geo::MultiPolygon;
use serde_json::value::RawValue;

use self::classes::{Content, Layer};
use super::{
    geojson::{Feature, Properties, read_features},
    report::{Row, RowNote},
    source::{ReadError, Shape, Source},
};
use crate::{
    domain::{
        data_set::Unread,
        hazard::{LayerKind, ZoneClass},
        municipality::MunicipalityCode,
        text::Text,
    },
    spatial::rings,
};

/// What the call says about a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HazardOptions {
    /// `--kind`: needed where the content does not say which layer it is.
    pub kind: Option<LayerKind>,
    /// `--depth-field`: the property that holds the depth.
    pub depth_field: Option<String>,
    /// The path in whose folders the kind of a collapse zone is looked for;
    /// `None`: that of the file.
    pub path: Option<PathBuf>,
}

/// One zone of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct HazardRecord {
    /// What it says about the ground inside.
    pub class: ZoneClass,
    /// The river or the zone.
    pub name: Option<String>,
    /// Whose it is, where the file says so.
    pub municipality: Option<MunicipalityCode>,
    /// Its area in degrees; valid.
    pub geometry: MultiPolygon<f64>,
}

/// What a whole file was.
#[derive(Debug, Clone, PartialEq)]
pub struct HazardFile {
    /// `ksj-a31a-geojson`, `ksj-a33-geojson` or `hazard-geojson`.
    pub format: &'static str,
    /// Always UTF-8: JSON has no other.
    pub encoding: &'static str,
    /// Which layer it is.
    pub kind: LayerKind,
    /// What a later file of the same series replaces: KSJ id, area and river
    /// without the year, else the file's stem.
    pub series: String,
    /// The name that the file gives itself.
    pub name: Option<String>,
    /// Who published it, where the format says so.
    pub publisher: Option<&'static str>,
    /// Features read.
    pub read: u64,
    /// Features accepted.
    pub accepted: u64,
    /// Where those lie that were not.
    pub unread: Unread,
}

/// Reads a hazard layer and hands every feature to `each`, accepted or not.
/// `progress` hears how many bytes were read.
///
/// A file may be refused after rows were handed out (its coordinate system may
/// stand behind its features): nothing may be kept of it before this returns.
///
/// # Errors
///
/// Those of [`read_features`], and [`ReadError::File`] with the code
/// `planned_scale` (A31a for the planned scale), `kind_unknown`,
/// `kind_conflict`, `all_rejected` or `unknown_format` (no JSON);
/// [`ReadError::Machine`] when `each` fails.
pub fn read(
    source: &Source,
    options: &HazardOptions,
    progress: &dyn Fn(u64),
    each: &mut dyn FnMut(Row<HazardRecord>) -> io::Result<()>,
) -> Result<HazardFile, ReadError> {
    if source.shape() != Shape::Json {
        return Err(ReadError::refused("unknown_format", &NOT_GEOJSON));
    }
    let path = options.path.as_deref().unwrap_or(source.path());
    let mut reader = Reader {
        path,
        options,
        layer: None,
        refused: None,
        accepted: 0,
        unread: Unread::Nothing,
        each,
    };
    let outcome = read_features(source.reader()?, progress, &mut |row, raw| {
        reader.feature(row, raw)
    });
    // A refusal of ours stops the reading by way of an error of `each`.
    if let Some(refused) = reader.refused {
        return Err(refused);
    }
    let collection = outcome?;
    let layer = match (reader.layer, options.kind) {
        (Some(layer), _) => layer,
        (None, Some(kind)) if collection.read == 0 => Layer {
            content: Content::Other,
            kind,
        },
        _ => return Err(classes::kind_unknown()),
    };
    if collection.read > 0 && reader.accepted == 0 {
        return Err(ReadError::refused("all_rejected", &ALL_REJECTED));
    }
    Ok(HazardFile {
        format: layer.content.format(),
        encoding: "UTF-8",
        kind: layer.kind,
        series: series::of_path(path),
        name: collection.name,
        publisher: layer.content.publisher(),
        read: collection.read,
        accepted: reader.accepted,
        unread: reader.unread,
    })
}

struct Reader<'a> {
    path: &'a Path,
    options: &'a HazardOptions,
    layer: Option<Layer>,
    refused: Option<ReadError>,
    accepted: u64,
    unread: Unread,
    each: &'a mut dyn FnMut(Row<HazardRecord>) -> io::Result<()>,
}

impl Reader<'_> {
    fn feature(&mut self, row: u64, raw: &RawValue) -> io::Result<()> {
        let read = match Feature::parse(row, raw) {
            Ok(feature) => {
                if self.layer.is_none() {
                    match classes::layer_of(&feature.properties, self.path, self.options) {
                        Ok(layer) => self.layer = layer,
                        Err(refused) => {
                            self.refused = Some(refused);
                            return Err(io::Error::other("refused"));
                        }
                    }
                }
                let record = match self.layer {
                    Some(layer) => record(&feature, layer, self.options),
                    None => Err(RowNote::new(row, None, NO_KNOWN_PROPERTY)),
                };
                if record.is_err() && self.unread != Unread::Somewhere {
                    self.unread.add(feature.extent());
                }
                record
            }
            Err(note) => {
                self.unread.add(None);
                Err(note)
            }
        };
        (self.each)(match read {
            Ok((record, warnings)) => {
                self.accepted += 1;
                Row::Accepted {
                    row,
                    record,
                    warnings,
                }
            }
            Err(note) => Row::Rejected {
                row,
                notes: vec![note],
                key: None,
            },
        })
    }
}

fn record(
    feature: &Feature<'_>,
    layer: Layer,
    options: &HazardOptions,
) -> Result<(HazardRecord, Vec<RowNote>), RowNote> {
    let row = feature.row();
    let class = classes::class_of(&feature.properties, layer, options)
        .map_err(|(field, text)| RowNote::new(row, Some(&field), text))?;
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
    let properties = &feature.properties;
    let record = HazardRecord {
        class,
        name: name_of(properties, layer.content),
        municipality: ["municipality", "全国地方公共団体コード", "市区町村コード"]
            .into_iter()
            .filter_map(|key| properties.text(key))
            .find_map(|text| MunicipalityCode::parse(&text).ok()),
        geometry: checked.into_geometry(),
    };
    Ok((record, warnings))
}

fn name_of(properties: &Properties, content: Content) -> Option<String> {
    let keys: &[&str] = match content {
        Content::A31a(2) => &["A31a_202"],
        Content::A31a(3) => &["A31a_302"],
        Content::A31a(4) => &["A31a_402"],
        Content::A31a(_) => &["A31a_502"],
        Content::A33 => &["A33_005"],
        Content::Other => &["name", "名称", "河川名"],
    };
    keys.iter().find_map(|key| properties.text(key))
}

const NOT_GEOJSON: Text = Text::fixed(
    "ハザードのデータはGeoJSONで指定してください。",
    "Please name hazard data as GeoJSON.",
);
const ALL_REJECTED: Text = Text::fixed(
    "取り込める地物が一つもありません。ファイルの種類（--kind、--depth-field）を確かめてください。",
    "Not a single feature could be taken. Please check the kind of the file (--kind, --depth-field).",
);
const NO_KNOWN_PROPERTY: Text = Text::fixed(
    "種類の分かる属性がありません。",
    "It has no property that says what it is.",
);
const CLOSED: Text = Text::fixed(
    "輪が閉じていなかったので、始点につなぎました。",
    "A ring was not closed; it was joined to its start.",
);

#[cfg(test)]
mod tests;
