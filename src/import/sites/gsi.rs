//! The lists of the Geospatial Information Authority (国土地理院
//! 指定緊急避難場所・指定避難所データ), as CSV and as GeoJSON.

use super::{
    Columns, Each, Faults, Hazard, MunicipalityCode, PublishedSite, ReadError, Row, RowNote,
    SiteFile, SiteKind, SiteRecord, Source, Text, designations, empty_record, geojson, key,
    position, text, unknown, words,
};
use crate::{
    domain::data_set::DataSetKind,
    import::{geojson::Properties, table::Record},
};

const ID: &str = "共通ID";
const NAME: &str = "施設・場所名";
const ADDRESS: &str = "住所";
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
                note: has(NOTE),
                accepted_persons: has(ACCEPTED),
            },
        })
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
        let at = position(get("緯度"), get("経度"), &mut faults);
        self.finish(record.row, &get, at, faults)
    }

    fn finish<'v>(
        self,
        row: u64,
        get: &dyn Fn(&str) -> Option<&'v str>,
        at: Option<crate::domain::position::Position>,
        mut faults: Faults,
    ) -> Row<SiteRecord> {
        let id = words(get(ID));
        let name = words(get(NAME)).unwrap_or_default();
        let address = words(get(ADDRESS)).unwrap_or_default();
        if name.is_empty() {
            faults.add(NAME, Text::fixed("名称が空欄です。", "there is no name."));
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
            warnings: Vec::new(),
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
    get("市町村コード")
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
    let mut first_keys = String::new();
    let mut early = Vec::new();
    geojson::read_features(source.reader()?, progress, &mut |row, raw| {
        let feature = match geojson::Feature::parse(row, raw) {
            Ok(feature) => feature,
            Err(note) => return each(refused(row, note)),
        };
        let known = match form {
            Some(form) => form,
            None => match Form::of(&|name| feature.properties.has(name)) {
                Some(found) => {
                    form = Some(found);
                    found
                }
                None => {
                    if first_keys.is_empty() {
                        first_keys = feature.properties.keys().collect::<Vec<_>>().join("、");
                    }
                    early.push(row);
                    return each(refused(
                        row,
                        RowNote::new(
                            row,
                            None,
                            Text::fixed(
                                "避難所・避難場所の項目がありません。",
                                "has none of the properties of a site.",
                            ),
                        ),
                    ));
                }
            },
        };
        each(of_feature(known, row, &feature))
    })?;
    match form {
        Some(form) => Ok(form.file(true, "UTF-8")),
        None => Err(unknown(&first_keys)),
    }
}

fn refused(row: u64, note: RowNote) -> Row<SiteRecord> {
    Row::Rejected {
        row,
        notes: vec![note],
        key: None,
    }
}

fn of_feature(form: Form, row: u64, feature: &geojson::Feature<'_>) -> Row<SiteRecord> {
    let values = Values::of(&feature.properties);
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

/// The properties as text, numbers too.
struct Values(Vec<(String, String)>);

impl Values {
    fn of(properties: &Properties) -> Self {
        Self(
            properties
                .keys()
                .filter_map(|key| Some((key.to_owned(), properties.text(key)?)))
                .collect(),
        )
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|v| !v.is_empty())
    }
}
