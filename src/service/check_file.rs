//! Checking one plan document with no database.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;

use super::ServiceError;
use crate::{
    domain::{
        data_set::{DataSet, DataSetKind},
        id::{CaseNumber, DataSetId, SiteId},
        municipality::MunicipalityCode,
        parameters::Parameters,
        plan::{PlanDocument, document::SCHEMA_VERSION},
        site::{Site, SiteEntry},
        text::Text,
    },
    import::{
        hazards::{self, HazardOptions},
        report::{FileError, FileReport, Row},
        sites,
        source::{ReadError, Shape, Source},
    },
    planner::{self, CaseFacts, Look, PlanState, World},
    spatial::{
        sites::SiteDirectory,
        zones::{Layers, Zone},
    },
    text,
};

/// How the check of a document ended.
#[derive(Debug)]
pub enum CheckFile {
    /// The verdict, and of how many records each file was refused that was read
    /// for it: what they would have said is unknown.
    Checked(CaseNumber, Box<Look>, Vec<(PathBuf, u64)>),
    /// There is no such file.
    Missing(PathBuf),
    /// A file is refused: the document, a list or a layer.
    Refused(PathBuf, FileError),
}

/// The JSON schema of a plan document (`docs/plan.schema.json`).
pub fn schema() -> String {
    let schema = schemars::schema_for!(PlanDocument);
    serde_json::to_string_pretty(&schema).expect("a schema becomes JSON")
}

/// Checks a document against lists of sites and hazard layers. Kinds of
/// hazards without a layer, and everything about sites without a list, are
/// unknown.
pub fn check(
    plan: &Path,
    site_files: &[PathBuf],
    hazard_files: &[PathBuf],
    on: NaiveDate,
) -> Result<CheckFile, ServiceError> {
    let document = match read_document(plan) {
        Ok(document) => document,
        Err(error) => return stopped(plan, error),
    };
    let mut directory = Vec::new();
    let mut refused: Vec<(PathBuf, u64)> = Vec::new();
    for file in site_files {
        match read_sites(file, &mut directory) {
            Ok(0) => {}
            Ok(rows) => refused.push((file.clone(), rows)),
            Err(error) => return stopped(file, error),
        }
    }
    let has_holes = !refused.is_empty();
    let (mut sets, mut zones) = (Vec::new(), Vec::new());
    for file in hazard_files {
        match read_layer(file, &mut sets, &mut zones) {
            Ok(0) => {}
            Ok(rows) => refused.push((file.clone(), rows)),
            Err(error) => return stopped(file, error),
        }
    }
    let sites = (!site_files.is_empty()).then(|| {
        let directory = SiteDirectory::new(directory, None);
        if has_holes {
            directory.with_holes()
        } else {
            directory
        }
    });
    let world = World {
        layers: Arc::new(Layers::build(sets, zones)),
        boundaries: Arc::default(),
        sites,
        parameters: Parameters::default(),
        ..World::default()
    };
    let facts = CaseFacts {
        case: &document.case,
        plan: PlanState::Made(&document),
        child: &document.child,
        home: &document.home,
        left_home_on: None,
        ordinance: document.consents.ordinance.unwrap_or_default(),
        // A document has no history.
        review: None,
        drills: &[],
        equipment: None,
        battery_hours: None,
        overrides: &[],
    };
    let look = planner::look(&facts, &world, on);
    let number = document.case.clone();
    Ok(CheckFile::Checked(number, Box::new(look), refused))
}

fn stopped(path: &Path, error: ReadError) -> Result<CheckFile, ServiceError> {
    match error {
        ReadError::Missing(path) => Ok(CheckFile::Missing(path)),
        ReadError::File(error) => Ok(CheckFile::Refused(path.to_owned(), error)),
        ReadError::Machine(error) => Err(error.into()),
    }
}

fn read_document(path: &Path) -> Result<PlanDocument, ReadError> {
    if Source::open(path)?.shape() != Shape::Json {
        return Err(ReadError::refused("bad_document", &NOT_JSON));
    }
    let bytes = std::fs::read(path)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let document: PlanDocument = serde_json::from_slice(bytes).map_err(|error| {
        let (line, column, detail) = (error.line(), error.column(), error.to_string());
        let detail = detail.split(" at line ").next().unwrap_or_default();
        ReadError::refused(
            "bad_document",
            &text!(
                "計画の文書として読めません。{line}行{column}文字目を、docs/plan.schema.json の形に直してください（{detail}）。",
                "not a plan document: see docs/plan.schema.json for line {line}, character {column} ({detail})."
            ),
        )
    })?;
    within_bounds(&document)?;
    if document.schema_version != SCHEMA_VERSION {
        let found = document.schema_version;
        return Err(ReadError::refused(
            "schema_version",
            &text!(
                "schema_version が {found} です。この版が読めるのは {SCHEMA_VERSION} です。",
                "schema_version is {found}; this program reads {SCHEMA_VERSION}."
            ),
        ));
    }
    Ok(document)
}

const NO_ZONE: Text = Text::fixed(
    "区域が一つもありません。書き出しや絞り込みの間違いがないか確かめてください。",
    "There is not one zone in it: has an export or a filter gone wrong?",
);
const NOT_JSON: Text = Text::fixed(
    "計画の文書はJSONで指定してください（docs/plan.schema.json の形）。",
    "Please name a plan document in JSON (docs/plan.schema.json).",
);

/// Refuses numbers that the schema does not allow, with their place.
fn within_bounds(document: &PlanDocument) -> Result<(), ReadError> {
    let schema =
        serde_json::to_value(schemars::schema_for!(PlanDocument)).expect("a schema becomes JSON");
    let value = serde_json::to_value(document).expect("a document becomes JSON");
    let mut wrong = Vec::new();
    bounds(&schema, &schema, &value, "", &mut wrong);
    // Of days another check judges: `--on` moves them.
    let power = document.power.iter();
    let refused = power.flat_map(|power| power.refusals(NaiveDate::MAX));
    for refusal in refused.filter(|refusal| !refusal.wrong.is_remark()) {
        let place = format!("/power{}", refusal.field);
        if !wrong.iter().any(|known| known.starts_with(&place)) {
            let found = value.pointer(&place).map(|found| format!(" = {found}"));
            wrong.push(format!("{place}{}", found.unwrap_or_default()));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let places = wrong.join("、");
    Err(ReadError::refused(
        "out_of_range",
        &text!(
            "許される範囲の外の数があります：{places}。",
            "numbers out of their range: {places}."
        ),
    ))
}

/// Walks a value beside its schema; `wrong` takes `/path = number`.
fn bounds(root: &Value, schema: &Value, value: &Value, path: &str, wrong: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let place = name.trim_start_matches('#');
        if let Some(schema) = root.pointer(place) {
            bounds(root, schema, value, path, wrong);
        }
    }
    for choice in schema["anyOf"].as_array().into_iter().flatten() {
        if choice["type"] != "null" {
            bounds(root, choice, value, path, wrong);
        }
    }
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                bounds(
                    root,
                    &schema["properties"][key],
                    value,
                    &format!("{path}/{key}"),
                    wrong,
                );
            }
        }
        Value::Array(list) => {
            for (place, value) in list.iter().enumerate() {
                bounds(
                    root,
                    &schema["items"],
                    value,
                    &format!("{path}/{place}"),
                    wrong,
                );
            }
        }
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or(f64::NAN);
            let least = schema["minimum"].as_f64();
            let most = schema["maximum"].as_f64();
            if least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most) {
                wrong.push(format!("{path} = {number}"));
            }
        }
        _ => {}
    }
}

/// Reads a list; how many rows were refused.
fn read_sites(path: &Path, directory: &mut Vec<Site>) -> Result<u64, ReadError> {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut report = FileReport::default();
    sites::read(path, &|_| (), &mut |row| {
        if let Ok((_, record)) = report.take(row)
            && known.insert(record.key)
        {
            let number = directory.len() as u128 + 1;
            directory.push(Site {
                id: SiteId(Uuid::from_u128(number)),
                published: record.published,
                source: name.clone(),
                withdrawn: false,
                own: false,
                entry: SiteEntry::default(),
            });
        }
        Ok(())
    })?;
    Ok(report.refused())
}

/// Reads a layer; how many features were refused.
fn read_layer(
    path: &Path,
    sets: &mut Vec<Arc<DataSet>>,
    zones: &mut Vec<Zone>,
) -> Result<u64, ReadError> {
    let source = Source::open(path)?;
    let options = HazardOptions::default();
    let mut records = Vec::new();
    let file = hazards::read(&source, &options, &|_| (), &mut |row| {
        if let Row::Accepted { record, .. } = row {
            records.push(record);
        }
        Ok(())
    })?;
    if file.read == 0 {
        return Err(ReadError::refused("empty", &NO_ZONE));
    }
    // Only attributes of the file state what it covers; where they do not, a
    // place outside its zones is unknown, never dry.
    let covers: BTreeSet<MunicipalityCode> = records
        .iter()
        .filter(|_| file.says_outside)
        .filter_map(|record| record.municipality)
        .collect();
    let set = Arc::new(DataSet {
        id: DataSetId(Uuid::from_u128(sets.len() as u128 + 1)),
        kind: DataSetKind::Hazard(file.kind),
        series: file.series,
        name: source.stem(),
        publisher: file.publisher.map(str::to_owned),
        dated: None,
        covers: (!covers.is_empty()).then_some(covers),
        unread: file.unread,
    });
    zones.extend(records.into_iter().map(|record| Zone {
        kind: file.kind,
        class: record.class,
        name: record.name,
        data_set: Arc::clone(&set),
        geometry: record.geometry,
    }));
    sets.push(set);
    Ok(file.read - file.accepted)
}
