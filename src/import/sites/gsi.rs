//! The lists of the Geospatial Information Authority (国土地理院
//! 指定緊急避難場所・指定避難所データ), as CSV and as GeoJSON.

use std::collections::HashMap;

use super::{
    Columns, Each, Faults, Hazard, MunicipalityCode, NO_RECORD, PublishedSite, ReadError, Row,
    RowNote, SHIFTED, SiteFile, SiteKind, SiteRecord, Source, Text, designations, empty_record,
    geojson, key, key_form, no_code, position, text, unknown, words, words_in_place,
};
use crate::{
    domain::data_set::DataSetKind,
    import::{
        geojson::Properties,
        table::{Record, column_form},
    },
};

const ID: &str = "共通ID";
const CODE: &str = "市町村コード";
const NAME: &str = "施設・場所名";
const ADDRESS: &str = "住所";
const LAT: &str = "緯度";
const LON: &str = "経度";
const NOTE: &str = "備考";
const OTHER: &str = "その他市町村長が必要と認める事項";
const ACCEPTED: &str = "受入対象者";

/// The flags of emergency sites, in the published order.
const FLAGS: &[(Hazard, &str)] = &[
    (Hazard::Flood, "洪水"),
    (Hazard::Landslide, "崖崩れ、土石流及び地滑り"),
    (Hazard::StormSurge, "高潮"),
    (Hazard::Earthquake, "地震"),
    (Hazard::Tsunami, "津波"),
    (Hazard::Fire, "大規模な火事"),
    (Hazard::InlandFlood, "内水氾濫"),
    (Hazard::Volcano, "火山現象"),
];

/// The columns without which no list of emergency sites is read.
pub(super) fn needed() -> Vec<&'static str> {
    let flags = FLAGS.iter().map(|(_, column)| *column);
    [NAME, ADDRESS, LAT, LON].into_iter().chain(flags).collect()
}

/// Which list it is, and which of its columns are there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    kind: SiteKind,
    columns: Columns,
}

impl Form {
    /// The form of a list with these columns.
    pub(super) fn of(has: &dyn Fn(&str) -> bool) -> Option<Self> {
        if !(has(NAME) && has(ADDRESS)) {
            return None;
        }
        let kind = if FLAGS.iter().all(|(_, column)| has(column)) {
            SiteKind::EmergencySite
        } else if has("指定緊急避難場所との住所同一") || has(ACCEPTED) {
            SiteKind::Shelter
        } else {
            return None;
        };
        Some(Self {
            kind,
            columns: Columns {
                note: has(NOTE) || has(OTHER),
                accepted_persons: has(ACCEPTED),
            },
        })
    }

    /// Whether a feature is of this list: one file that mixes emergency sites
    /// and shelters must not turn the one into the other.
    fn takes(self, has: &dyn Fn(&str) -> bool) -> bool {
        let judged_by_hazard = FLAGS.iter().any(|(_, column)| has(column));
        has(NAME) && judged_by_hazard == (self.kind == SiteKind::EmergencySite)
    }

    /// What the file is, once it has been read.
    pub(super) fn file(self, json: bool, encoding: &'static str) -> SiteFile {
        let (format, kind, name) = match (self.kind, json) {
            (SiteKind::EmergencySite, true) => (
                "gsi-emergency-geojson",
                DataSetKind::EmergencySites,
                "国土地理院 指定緊急避難場所",
            ),
            (SiteKind::EmergencySite, false) => (
                "gsi-emergency-csv",
                DataSetKind::EmergencySites,
                "国土地理院 指定緊急避難場所",
            ),
            (_, true) => (
                "gsi-evacuation-geojson",
                DataSetKind::Shelters,
                "国土地理院 指定避難所",
            ),
            (_, false) => (
                "gsi-evacuation-csv",
                DataSetKind::Shelters,
                "国土地理院 指定避難所",
            ),
        };
        SiteFile {
            format,
            encoding,
            kind,
            publisher: "gsi".to_owned(),
            name: name.to_owned(),
            warnings: Vec::new(),
        }
    }

    /// A record of the CSV.
    pub(super) fn of_record(self, record: &Record<'_>) -> Row<SiteRecord> {
        if record.is_empty() {
            return empty_record(record.row);
        }
        let mut faults = Faults::new(record.row);
        if let Some((expected, found)) = record.cells_off() {
            faults.notes.push(RowNote::new(
                record.row,
                None,
                text!(
                    "列が{found}個あります（見出しは{expected}個）。カンマの過不足で列がずれています。",
                    "{found} cells where the header has {expected}: a comma too many or too few shifts the columns."
                ),
            ));
        }
        let get = |name: &str| record.get(name);
        let at = position(get(LAT), get(LON), &mut faults);
        self.finish(record.row, &get, at, faults)
    }

    fn finish<'v>(
        self,
        row: u64,
        get: &dyn Fn(&str) -> Option<&'v str>,
        at: Option<crate::domain::position::Position>,
        mut faults: Faults,
    ) -> Row<SiteRecord> {
        let id = words(get(ID)).map(|id| key_form(&id).to_ascii_uppercase());
        let name = words(get(NAME)).unwrap_or_default();
        let address = words(get(ADDRESS)).unwrap_or_default();
        if id
            .as_deref()
            .is_some_and(|id| !id.chars().all(|c| c.is_ascii_alphanumeric()))
        {
            faults.add(ID, SHIFTED);
        }
        words_in_place((NAME, &name), (ADDRESS, &address), &mut faults);
        let mut warnings = Vec::new();
        if let Some(code) = get(CODE)
            && MunicipalityCode::parse(code).is_err()
        {
            warnings.push(RowNote::new(row, Some(CODE), no_code(code)));
        }
        let municipality = municipality(get, id.as_deref(), &address);
        let designated = (self.kind == SiteKind::EmergencySite)
            .then(|| designations(get, FLAGS, &[], &mut faults));
        let key = key(self.kind, id.as_deref(), municipality, &name, &address);
        let Some(position) = at.filter(|_| faults.notes.is_empty()) else {
            return Row::Rejected {
                row,
                notes: faults.notes,
                key: (id.is_some() || !name.is_empty()).then_some(key),
            };
        };
        let note = [words(get(OTHER)), words(get(NOTE))]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n");
        Row::Accepted {
            row,
            record: SiteRecord {
                key,
                published: PublishedSite {
                    kind: self.kind,
                    published_id: id,
                    municipality,
                    name,
                    address,
                    designations: designated,
                    accepted_persons: words(get(ACCEPTED)),
                    note: Some(note).filter(|n| !n.is_empty()),
                    position,
                },
                columns: self.columns,
            },
            warnings,
        }
    }
}

/// Whose site it is: the column of the municipality, the digits of the common
/// id (`E` and five digits), else what the address begins with.
fn municipality<'v>(
    get: &dyn Fn(&str) -> Option<&'v str>,
    id: Option<&str>,
    address: &str,
) -> Option<MunicipalityCode> {
    get(CODE)
        .and_then(|code| MunicipalityCode::parse(code).ok())
        .or_else(|| get("都道府県名及び市町村名").and_then(MunicipalityCode::of_name))
        .or_else(|| {
            let digits = id?.strip_prefix('E')?.get(..5)?;
            MunicipalityCode::parse(digits).ok()
        })
        .or_else(|| MunicipalityCode::of_address(address))
}

/// Reads the GeoJSON form.
pub(super) fn read_geojson(
    source: &Source,
    progress: &dyn Fn(u64),
    each: Each<'_>,
) -> Result<SiteFile, ReadError> {
    let mut form: Option<Form> = None;
    let mut found = None;
    // Features without the properties of a site, until one has them: a file
    // with none is refused whole.
    let mut strangers = Vec::new();
    let file = geojson::read_features(source.reader()?, progress, &mut |row, raw| {
        let feature = match geojson::Feature::parse(row, raw) {
            Ok(feature) => feature,
            Err(note) => return each(refused(row, note)),
        };
        let values = Values::of(&feature.properties);
        if form.is_none() {
            form = Form::of(&|name| values.has(name));
            if form.is_some() {
                for row in strangers.drain(..) {
                    each(refused(row, RowNote::new(row, None, NO_SITE)))?;
                }
            }
        }
        let Some(form) = form else {
            strangers.push(row);
            found.get_or_insert(feature.properties);
            return Ok(());
        };
        if !form.takes(&|name| values.has(name)) {
            return each(refused(row, RowNote::new(row, None, NO_SITE)));
        }
        each(of_feature(form, row, &feature, &values))
    })?;
    match form {
        Some(form) => Ok(form.file(true, "UTF-8")),
        None if file.read == 0 => Err(ReadError::refused("empty", &NO_RECORD)),
        None => {
            let found = found.unwrap_or_default();
            let names: Vec<&str> = found.keys().collect();
            let placed = |name: &str| [LAT, LON].contains(&name) || found.has(name);
            Err(unknown(&names, &placed))
        }
    }
}

const NO_SITE: Text = Text::fixed(
    "この一覧の施設の項目がありません（別の種類の一覧が混ざっていないか確かめてください）。",
    "has none of the properties of a site of this list: are two kinds of list mixed?",
);

fn refused(row: u64, note: RowNote) -> Row<SiteRecord> {
    Row::Rejected {
        row,
        notes: vec![note],
        key: None,
    }
}

fn of_feature(
    form: Form,
    row: u64,
    feature: &geojson::Feature<'_>,
    values: &Values,
) -> Row<SiteRecord> {
    let mut faults = Faults::new(row);
    let at = match feature.position() {
        Ok(position) => Some(position),
        Err(note) => {
            faults.notes.push(note);
            None
        }
    };
    form.finish(row, &|name| values.get(name), at, faults)
}

/// The properties as text, numbers too, under names compared as those of
/// columns are.
struct Values(HashMap<String, Option<String>>);

impl Values {
    fn of(properties: &Properties) -> Self {
        let texts = properties
            .keys()
            .map(|key| (column_form(key), properties.written(key)));
        Self(texts.collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(&column_form(name))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(&column_form(name))?.as_deref()
    }
}
