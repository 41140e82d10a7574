//! Hazard layers as GeoJSON and as shapefiles: 国土数値情報 A31a and A31
//! (洪水浸水想定区域), A33 (土砂災害警戒区域), A40 (津波浸水想定), A49 (高潮浸水
//! 想定区域), A51 (雨水出水浸水想定区域), and any other with a depth.

mod classes;
mod depth;
mod series;
mod tables;

use std::{
    borrow::Cow,
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};

use geo::{BoundingRect, MultiPolygon};
use serde_json::value::RawValue;

use self::classes::{Container, Content, Layer};
pub use self::{series::year_of, tables::DepthCodes};
use super::{
    crs::Crs,
    geojson::{Area, Feature, Properties, read_features},
    report::{Row, RowNote},
    shapefile::{Parts, Shapefile},
    source::{ReadError, Shape, Source},
};
use crate::{
    domain::{
        data_set::{Unread, hull},
        hazard::{LayerKind, ZoneClass},
        municipality::MunicipalityCode,
        text::Text,
    },
    spatial::rings,
    text,
};

/// What the call says about a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HazardOptions {
    /// `--kind`: needed where the content does not say which layer it is.
    pub kind: Option<LayerKind>,
    /// `--depth-field`: the property that holds the depth.
    pub depth_field: Option<String>,
    /// `--depth-codes`: what the codes in it mean.
    pub depth_codes: Option<DepthCodes>,
    /// `--crs`: the coordinate system of a shapefile without a `.prj`.
    pub crs: Option<Crs>,
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
    /// `ksj-a31a-geojson`, `ksj-a40-shapefile`, `hazard-geojson`, …
    pub format: &'static str,
    /// UTF-8, which alone JSON has; of a shapefile that of its attributes.
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
    /// Where those lie that were not, or may be worse than they show.
    pub unread: Unread,
    /// Whether a place outside its zones may be called outside at all.
    pub says_outside: bool,
    /// The prefectures that its features name, by their two digits.
    pub prefectures: BTreeSet<String>,
    /// Remarks on the whole file.
    pub remarks: Vec<Text>,
}

/// Reads a hazard layer and hands every feature to `each`, accepted or not.
/// `progress` hears how many bytes were read.
///
/// A file may be refused after rows were handed out (its coordinate system may
/// stand behind its features): nothing may be kept of it before this returns.
///
/// # Errors
///
/// Those of [`read_features`] and of [`Shapefile`], and [`ReadError::File`] with
/// the code `planned_scale` (A31a for the planned scale), `kind_unknown`,
/// `kind_conflict`, `unknown_layout`, `codes_unknown`, `all_rejected` or
/// `unknown_format` (neither); [`ReadError::Machine`] when `each` fails.
pub fn read(
    source: &Source,
    options: &HazardOptions,
    progress: &dyn Fn(u64),
    each: &mut dyn FnMut(Row<HazardRecord>) -> io::Result<()>,
) -> Result<HazardFile, ReadError> {
    let path = options.path.as_deref().unwrap_or(source.path());
    let reader = Reader {
        path,
        options: Cow::Borrowed(options),
        found: None,
        layer: None,
        refused: None,
        read: 0,
        accepted: 0,
        unread: Unread::Nothing,
        extent: None,
        prefectures: BTreeSet::new(),
        each,
    };
    match (source.shape(), source.shapefile()) {
        (Shape::Json, _) => read_geojson(source, reader, progress),
        (Shape::Shapefile, Some(parts)) => read_shapefile(parts, reader, progress),
        _ => Err(ReadError::refused("unknown_format", &NO_MAP)),
    }
}

fn read_geojson(
    source: &Source,
    mut reader: Reader<'_>,
    progress: &dyn Fn(u64),
) -> Result<HazardFile, ReadError> {
    let outcome = read_features(source.reader()?, progress, &mut |row, raw| {
        reader.feature(row, raw)
    });
    // A refusal of ours stops the reading by way of an error of `each`.
    if let Some(refused) = reader.refused {
        return Err(refused);
    }
    let collection = outcome?;
    let layer = match (reader.layer, reader.options.kind) {
        (Some(layer), _) => layer,
        (None, Some(kind)) if collection.read == 0 => Layer {
            content: Content::Other,
            kind,
        },
        _ => return Err(classes::kind_unknown()),
    };
    let mut file = reader.file(layer, Container::GeoJson)?;
    file.name = collection.name;
    Ok(file)
}

fn read_shapefile(
    parts: &Parts,
    mut reader: Reader<'_>,
    progress: &dyn Fn(u64),
) -> Result<HazardFile, ReadError> {
    let shapefile = Shapefile::open(parts.clone())?;
    reader.find_depth(&shapefile.columns());
    classes::has_the_field(&shapefile.columns(), &reader.options)?;
    let layer = classes::layer_of(&shapefile.columns(), reader.path, &reader.options)?
        .ok_or_else(classes::kind_unknown)?;
    let by_format = layer.content.is_in_degrees().then_some(Crs::Degrees);
    let crs = shapefile.crs(reader.options.crs, by_format)?;
    let by_format_alone = !shapefile.has_prj() && reader.options.crs.is_none();
    let encoding = shapefile.encoding();
    let to_degrees = crs.to_degrees();
    shapefile.each(progress, &mut |shape| {
        reader.note_prefecture(&shape.properties, layer.content);
        let record = match shape.not_in_force() {
            Some(note) => Err(note),
            None => record(
                shape.row(),
                &shape.properties,
                layer,
                &reader.options,
                || shape.area(&to_degrees),
            ),
        };
        if record.is_err() && reader.unread != Unread::Somewhere {
            reader.unread.add(shape.extent(&to_degrees));
        }
        reader.hand_out(shape.row(), record)
    })?;
    let mut file = reader.file(layer, Container::Shapefile)?;
    file.encoding = encoding;
    if by_format_alone {
        file.remarks.push(DEGREES_BY_FORMAT);
    }
    Ok(file)
}

struct Reader<'a> {
    path: &'a Path,
    options: Cow<'a, HazardOptions>,
    /// The column of depths that was found by its name.
    found: Option<String>,
    layer: Option<Layer>,
    refused: Option<ReadError>,
    read: u64,
    accepted: u64,
    unread: Unread,
    /// The box around what was accepted.
    extent: Option<[f64; 4]>,
    /// The prefectures that features name.
    prefectures: BTreeSet<String>,
    each: &'a mut dyn FnMut(Row<HazardRecord>) -> io::Result<()>,
}

impl Reader<'_> {
    /// Takes the column of depths by its usual name, where the call names none.
    fn find_depth(&mut self, properties: &Properties) {
        if let Some(column) = classes::usual_field(properties, &self.options) {
            self.options.to_mut().depth_field = Some(column.clone());
            self.found = Some(column);
        }
    }

    fn feature(&mut self, row: u64, raw: &RawValue) -> io::Result<()> {
        let read = match Feature::parse(row, raw) {
            Ok(feature) => {
                if self.layer.is_none() {
                    self.find_depth(&feature.properties);
                    match classes::layer_of(&feature.properties, self.path, &self.options) {
                        Ok(layer) => self.layer = layer,
                        Err(refused) => {
                            self.refused = Some(refused);
                            return Err(io::Error::other("refused"));
                        }
                    }
                }
                if let Some(layer) = self.layer {
                    self.note_prefecture(&feature.properties, layer.content);
                }
                let record = match self.layer {
                    Some(layer) => record(row, &feature.properties, layer, &self.options, || {
                        feature.area()
                    }),
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
        self.hand_out(row, read)
    }

    /// Keeps which prefecture a feature names.
    fn note_prefecture(&mut self, properties: &Properties, content: Content) {
        if let Some(code) = classes::prefecture_of(properties, content) {
            self.prefectures.insert(code);
        }
    }

    fn hand_out(
        &mut self,
        row: u64,
        read: Result<(HazardRecord, Vec<RowNote>), RowNote>,
    ) -> io::Result<()> {
        self.read += 1;
        (self.each)(match read {
            Ok((record, warnings)) => {
                self.accepted += 1;
                if let Some(rect) = record.geometry.bounding_rect() {
                    let area = [rect.min().x, rect.min().y, rect.max().x, rect.max().y];
                    self.extent = Some(self.extent.map_or(area, |known| hull(known, area)));
                }
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

    /// What the whole file was, once all of it was handed out.
    fn file(self, layer: Layer, container: Container) -> Result<HazardFile, ReadError> {
        if self.read > 0 && self.accepted == 0 {
            return Err(ReadError::refused("all_rejected", &ALL_REJECTED));
        }
        let planned = layer.content == Content::A31;
        let mut unread = self.unread;
        let mut remarks = Vec::new();
        if planned {
            // The largest assumed flood is deeper and wider than it shows.
            if let (Some(extent), true) = (self.extent, unread != Unread::Somewhere) {
                unread.add(Some(extent));
            }
            remarks.push(PLANNED_OF_OLD);
        }
        if matches!(layer.content, Content::Text(table) if table.kind == LayerKind::InlandFlood) {
            remarks.push(DRAINS_ALONE);
        }
        if let Some(column) = &self.found {
            remarks.push(text!(
                "水深は「{column}」の列から読みました。別の列なら --depth-field で指定してください。",
                "the depth was read from the column `{column}`; if it is another one, name it with --depth-field"
            ));
        }
        Ok(HazardFile {
            format: layer.content.format(container),
            encoding: "UTF-8",
            kind: layer.kind,
            series: series::of_path(self.path),
            name: None,
            publisher: layer.content.publisher(),
            read: self.read,
            accepted: self.accepted,
            unread,
            says_outside: !planned,
            prefectures: self.prefectures,
            remarks,
        })
    }
}

fn record(
    row: u64,
    properties: &Properties,
    layer: Layer,
    options: &HazardOptions,
    area: impl FnOnce() -> Result<Area, RowNote>,
) -> Result<(HazardRecord, Vec<RowNote>), RowNote> {
    let class = classes::class_of(properties, layer, options)
        .map_err(|(field, text)| RowNote::new(row, Some(&field), text))?;
    let area = area()?;
    let mut warnings = Vec::new();
    if !area.closed {
        warnings.push(RowNote::new(row, Some("geometry"), CLOSED));
    }
    let checked = rings::check(area.geometry)
        .map_err(|error| RowNote::new(row, Some("geometry"), error.text()))?;
    if let Some(remark) = checked.remark() {
        warnings.push(RowNote::new(row, Some("geometry"), remark));
    }
    let municipality = match layer.content {
        // Whose drains were looked at; see `tables::TEXT_LAYERS`.
        Content::Text(_) => None,
        _ => ["municipality", "全国地方公共団体コード", "市区町村コード"]
            .into_iter()
            .filter_map(|key| properties.text(key))
            .find_map(|text| MunicipalityCode::parse(&text).ok()),
    };
    let record = HazardRecord {
        class,
        name: name_of(properties, layer.content),
        municipality,
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
        Content::A31 => &[],
        Content::Text(table) => table.name.as_slice(),
        Content::Other => &["name", "名称", "河川名"],
    };
    keys.iter().find_map(|key| properties.text(key))
}

const NO_MAP: Text = Text::fixed(
    "ハザードのデータはGeoJSONかシェープファイル（.shp・.shx・.dbf・.prj）で指定してください。",
    "Please name hazard data as GeoJSON or as a shapefile (.shp, .shx, .dbf, .prj).",
);
const DEGREES_BY_FORMAT: Text = Text::fixed(
    ".prj がないので、国土数値情報の仕様のとおり緯度・経度（JGD2000 または JGD2011）として読みました。",
    "There is no .prj: it was read as degrees (JGD2000 or JGD2011), as the specification of the KSJ says.",
);
const PLANNED_OF_OLD: Text = Text::fixed(
    "計画規模の古い浸水想定（A31、平成24年）です。最大の洪水はこれより深く広いので、この地図では、どこも「区域の外」と判定せず（--covers も使いません）、区域の中の深さも「もっと深いかもしれない」とします。想定最大規模（A31a）があれば、そちらを取り込んでください。",
    "This is an old map of the planned scale (A31, 2012). The largest flood is deeper and wider: by this map no place is called outside (--covers is not used), and within its zones the water may be deeper. Import the largest assumed scale (A31a) where there is one.",
);
const DRAINS_ALONE: Text = Text::fixed(
    "内水の地図は、下水道の区域など調べた所だけを示します。市区町村コード（A51_004）は対象の範囲とはみなしません。市町村の全域を調べた地図だと確かめた場合だけ、--covers を付けてください。",
    "A map of inland floods shows only what was looked at, such as the area of the sewers. Its municipality (A51_004) is not taken for coverage: add --covers only if the publisher confirms that all of the municipality was looked at.",
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
