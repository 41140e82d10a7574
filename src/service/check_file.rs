//! Checking one plan document with no database.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::NaiveDate;
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
    },
    import::{
        hazards::{self, HazardOptions},
        report::{FileError, Row},
        sites,
        source::{ReadError, Source},
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
    /// The verdict.
    Checked(CaseNumber, Look),
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
    for file in site_files {
        if let Err(error) = read_sites(file, &mut directory) {
            return stopped(file, error);
        }
    }
    let (mut sets, mut zones) = (Vec::new(), Vec::new());
    for file in hazard_files {
        if let Err(error) = read_layer(file, &mut sets, &mut zones) {
            return stopped(file, error);
        }
    }
    let world = World {
        layers: Arc::new(Layers::build(sets, zones)),
        boundaries: Arc::default(),
        sites: (!site_files.is_empty()).then(|| SiteDirectory::new(directory, None)),
        parameters: Parameters::default(),
    };
    let facts = CaseFacts {
        case: &document.case,
        plan: PlanState::Made(&document),
        child: &document.child,
        home: &document.home,
        ordinance: document.consents.ordinance.unwrap_or_default(),
    };
    let look = planner::look(&facts, &world, on);
    Ok(CheckFile::Checked(document.case.clone(), look))
}

fn stopped(path: &Path, error: ReadError) -> Result<CheckFile, ServiceError> {
    match error {
        ReadError::Missing(path) => Ok(CheckFile::Missing(path)),
        ReadError::File(error) => Ok(CheckFile::Refused(path.to_owned(), error)),
        ReadError::Machine(error) => Err(error.into()),
    }
}

fn read_document(path: &Path) -> Result<PlanDocument, ReadError> {
    if !path.is_file() {
        return Err(ReadError::Missing(path.to_owned()));
    }
    let bytes = std::fs::read(path)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let document: PlanDocument = serde_json::from_slice(bytes).map_err(|error| {
        ReadError::refused(
            "bad_document",
            &text!(
                "計画の文書として読めません（{error}）。docs/plan.schema.json の形に直してください。",
                "not a plan document ({error}). See docs/plan.schema.json."
            ),
        )
    })?;
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

fn read_sites(path: &Path, directory: &mut Vec<Site>) -> Result<(), ReadError> {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut known: BTreeSet<String> = BTreeSet::new();
    sites::read(path, &|_| (), &mut |row| {
        if let Row::Accepted { record, .. } = row
            && known.insert(record.key)
        {
            let number = directory.len() as u128 + 1;
            directory.push(Site {
                id: SiteId(Uuid::from_u128(number)),
                published: record.published,
                source: name.clone(),
                withdrawn: false,
                entry: SiteEntry::default(),
            });
        }
        Ok(())
    })?;
    Ok(())
}

fn read_layer(
    path: &Path,
    sets: &mut Vec<Arc<DataSet>>,
    zones: &mut Vec<Zone>,
) -> Result<(), ReadError> {
    let source = Source::open(path)?;
    let options = HazardOptions::default();
    let mut records = Vec::new();
    let file = hazards::read(&source, &options, &|_| (), &mut |row| {
        if let Row::Accepted { record, .. } = row {
            records.push(record);
        }
        Ok(())
    })?;
    // Only attributes of the file state what it covers; where they do not, a
    // place outside its zones is unknown, never dry.
    let covers: BTreeSet<MunicipalityCode> = records
        .iter()
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
    Ok(())
}
