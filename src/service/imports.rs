//! What was imported: every try with its rows, the data sets that are in force, and
//! the municipalities for which no map speaks.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::{ServiceError, audit, view::SignedIn};
use crate::{
    app::App,
    domain::{
        access::Role,
        audit::Action,
        coverage::{self, Coverage},
        data_set::DataSet,
        hazard::{Hazard, LayerKind},
        id::{CaseId, CaseNumber, DataSetId, ImportRunId},
        municipality::{self, MunicipalityCode},
    },
    import::report::{FileError, FileReport, RowNote},
    print::sheet,
    store::{DataSetFacts, ImportRun, Tx},
};

/// So many tries stand on a page.
const TRIES: i64 = 50;

/// So many rows of a try stand on its page; its table has them all.
pub const ROWS_SHOWN: usize = 200;

/// Whose rows a sheet of families holds, as far as a report remarks on them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RowsOf {
    /// The municipalities of all its rows.
    pub towns: BTreeSet<MunicipalityCode>,
    /// Of a row: its municipality and its case, where they could be read.
    pub rows: BTreeMap<u64, (Option<MunicipalityCode>, Option<CaseNumber>)>,
}

impl RowsOf {
    /// Adds a row.
    pub fn add(&mut self, row: u64, town: Option<MunicipalityCode>, case: Option<CaseNumber>) {
        self.towns.extend(town.map(MunicipalityCode::responsible));
        self.rows.insert(row, (town, case));
    }

    /// Adds a row that was refused, by what could be read of it: the municipality
    /// and, after a space, the case.
    pub fn add_key(&mut self, row: u64, key: Option<&str>) {
        let (town, case) = key.and_then(|key| key.split_once(' ')).unwrap_or_default();
        self.add(
            row,
            MunicipalityCode::parse(town).ok(),
            CaseNumber::parse(case).ok(),
        );
    }

    /// Leaves the rows on which a report remarks.
    pub fn of_notes(&mut self, report: &FileReport) {
        let noted: BTreeSet<u64> = report
            .rejected
            .iter()
            .chain(&report.warnings)
            .map(|note| note.row)
            .collect();
        self.rows.retain(|row, _| noted.contains(row));
    }
}

/// How many rows became what.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Records in the file.
    pub read: u64,
    /// Records taken.
    pub accepted: u64,
    /// New ones.
    pub added: u64,
    /// Known ones that differ.
    pub changed: u64,
    /// Known ones that do not.
    pub unchanged: u64,
    /// Known ones that a complete list no longer has.
    pub withdrawn: u64,
    warnings: Vec<IgnoredAny>,
    warnings_unlisted: u64,
    format: Option<String>,
    error: Option<FileError>,
}

/// A try at an import.
#[derive(Debug, Clone)]
pub struct Try {
    /// Its id.
    pub id: ImportRunId,
    /// What the file held: `sites`, `families`, …
    pub what: String,
    /// Its file; `None`: it was erased, or is not for the reader.
    pub file: Option<String>,
    /// Its format.
    pub format: Option<String>,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Who imported; `None`: nobody has said.
    pub by: Option<String>,
    /// Nothing was written.
    pub dry_run: bool,
    /// Its rows were erased.
    pub erased: bool,
    /// The file was refused whole.
    pub error: Option<FileError>,
    /// What became of its rows.
    pub counts: Counts,
    /// Records refused.
    pub rejected: u64,
    /// Remarks.
    pub warnings: u64,
    /// What it made.
    pub set: Option<DataSetId>,
}

/// A try with its rows.
#[derive(Debug, Clone)]
pub struct TryPage {
    /// The try.
    pub one: Try,
    /// Why rows were refused, of those that the reader may read.
    pub rejected: Vec<RowNote>,
    /// Remarks on rows, of those that the reader may read.
    pub warnings: Vec<RowNote>,
    /// How many notes are about rows of others.
    pub hidden: usize,
    /// The data set it made.
    pub set: Option<DataSetFacts>,
}

/// A municipality and what speaks for it.
#[derive(Debug, Clone)]
pub struct TownCoverage {
    /// Which.
    pub code: MunicipalityCode,
    /// Each layer.
    pub layers: Vec<(LayerKind, Coverage)>,
    /// A flood, which needs three of them.
    pub flood: Coverage,
}

/// Everything that was imported.
#[derive(Debug, Clone)]
pub struct ImportsPage {
    /// Tries, the latest first.
    pub tries: Vec<Try>,
    /// From where the next page goes on, where there is one.
    pub more: Option<ImportRunId>,
    /// Data sets, by what they hold; those in force first.
    pub sets: Vec<DataSetFacts>,
    /// The municipalities of the prefecture, by code.
    pub coverage: Vec<TownCoverage>,
}

/// Everything that was imported, from the latest try or from one on.
pub async fn page(
    app: &App,
    who: &SignedIn,
    before: Option<ImportRunId>,
) -> Result<ImportsPage, ServiceError> {
    let mut tx = app.store.read().await?;
    let mut runs = tx.import_runs(before, TRIES + 1).await?;
    let most = usize::try_from(TRIES).unwrap_or(usize::MAX);
    let is_more = runs.len() > most;
    runs.truncate(most);
    let more = runs.last().filter(|_| is_more).map(|run| run.id);
    let tries = runs
        .into_iter()
        .map(|run| Ok(of_run(who, run)?.0))
        .collect::<Result<_, ServiceError>>()?;
    let coverage = coverage_in(&mut tx).await?;
    Ok(ImportsPage {
        tries,
        more,
        sets: tx.data_set_facts().await?,
        coverage,
    })
}

async fn coverage_in(tx: &mut Tx) -> Result<Vec<TownCoverage>, ServiceError> {
    let sets: Vec<DataSet> = tx
        .current_data_sets()
        .await?
        .into_iter()
        .map(|row| row.set)
        .collect();
    let prefectures = tx.prefectures().await?;
    let towns = municipality::all()
        .filter(|m| m.parent.is_none() && prefectures.iter().any(|p| m.code.starts_with(p)));
    Ok(towns
        .filter_map(|m| MunicipalityCode::parse(m.code).ok())
        .map(|code| TownCoverage {
            code,
            layers: LayerKind::ALL
                .into_iter()
                .map(|layer| (layer, coverage::of_layer(code, layer, &sets)))
                .collect(),
            flood: coverage::of_hazard(code, Hazard::Flood, &sets),
        })
        .collect())
}

/// A try, and whose its rows are.
fn of_run(who: &SignedIn, run: ImportRun) -> Result<(Try, RowsOf), ServiceError> {
    let counts: Counts = serde_json::from_str(&run.report)
        .map_err(|_| ServiceError::Corrupt("import_run.report"))?;
    let rows_of: RowsOf = match &run.rows_of {
        Some(text) => {
            serde_json::from_str(text).map_err(|_| ServiceError::Corrupt("import_run.rows_of"))?
        }
        None => RowsOf::default(),
    };
    // A file may be called after a child, and its refusal may quote it.
    let shown = match run.what.as_str() {
        FAMILIES => is_theirs(who, &rows_of),
        LOANS => who.role() == Role::Centre,
        _ => true,
    };
    let one = Try {
        id: run.id,
        what: run.what,
        file: Some(run.file).filter(|file| shown && !file.is_empty()),
        format: counts.format.clone(),
        at: run.finished,
        by: run.by,
        dry_run: run.dry_run,
        erased: run.erased,
        error: counts.error.clone(),
        rejected: counts.read.saturating_sub(counts.accepted),
        warnings: counts.warnings.len() as u64 + counts.warnings_unlisted,
        counts,
        set: run.set,
    };
    Ok((one, rows_of))
}

/// The word of a sheet of families.
const FAMILIES: &str = "families";

/// The word of a ledger of loans, whose rows are for the centre alone.
const LOANS: &str = "loans";

/// Whether a sheet holds rows of the reader's own municipality.
fn is_theirs(who: &SignedIn, rows_of: &RowsOf) -> bool {
    let own = who.reader.municipality();
    own.is_some_and(|own| rows_of.towns.iter().any(|town| town.same_as(own)))
}

/// A try with its rows; `None`: there is none of this id. Rows of a sheet of families
/// are shown to whoever may read the child, and never where its address is
/// protected; which children they are about is noted first.
pub async fn one(
    app: &App,
    who: &SignedIn,
    id: ImportRunId,
) -> Result<Option<TryPage>, ServiceError> {
    let (page, seen) = {
        let mut tx = app.store.read().await?;
        let Some(run) = tx.import_run(id).await? else {
            return Ok(None);
        };
        let report = serde_json::from_str::<FileReport>(&run.report).unwrap_or_default();
        let (one, rows_of) = of_run(who, run)?;
        let set = match one.set {
            None => None,
            Some(id) => tx.data_set_facts().await?.into_iter().find(|s| s.id == id),
        };
        let mut page = TryPage {
            rejected: report.rejected,
            warnings: report.warnings,
            hidden: 0,
            set,
            one,
        };
        let seen = match page.one.what.as_str() {
            FAMILIES => keep_readable(app, &mut tx, who, &mut page, &rows_of).await?,
            LOANS => keep_for_centre(&mut tx, who, &mut page, &rows_of).await?,
            _ => BTreeSet::new(),
        };
        (page, seen)
    };
    if !seen.is_empty() {
        audit::saw(app, who, Action::ReadImport, seen).await?;
    }
    Ok(Some(page))
}

/// Leaves the notes on a ledger to the centre, which keeps it; answers which
/// children they are about.
async fn keep_for_centre(
    tx: &mut Tx,
    who: &SignedIn,
    page: &mut TryPage,
    rows_of: &RowsOf,
) -> Result<BTreeSet<CaseId>, ServiceError> {
    if who.role() != Role::Centre {
        page.hidden = page.rejected.len() + page.warnings.len();
        page.rejected.clear();
        page.warnings.clear();
        return Ok(BTreeSet::new());
    }
    let mut seen = BTreeSet::new();
    for (_, case) in rows_of.rows.values() {
        if let Some(number) = case {
            seen.extend(tx.case_of_number(number).await?);
        }
    }
    Ok(seen)
}

/// Leaves the notes that the reader may read; answers which children they are about.
async fn keep_readable(
    app: &App,
    tx: &mut Tx,
    who: &SignedIn,
    page: &mut TryPage,
    rows_of: &RowsOf,
) -> Result<BTreeSet<CaseId>, ServiceError> {
    let numbers: BTreeSet<&CaseNumber> = rows_of
        .rows
        .values()
        .filter_map(|(_, case)| case.as_ref())
        .collect();
    let numbers: Vec<CaseNumber> = numbers.into_iter().cloned().collect();
    let at = app.moment();
    let named = tx.named_cases(&who.reader, at, &numbers).await?;
    let named: BTreeMap<CaseNumber, (CaseId, bool)> = named
        .into_iter()
        .map(|case| (case.number, (case.id, case.open)))
        .collect();
    let own = who.reader.municipality();
    let mut seen = BTreeSet::new();
    let mut readable = |note: &RowNote| {
        let theirs = is_theirs(who, rows_of);
        let Some((town, case)) = rows_of.rows.get(&note.row) else {
            // On the file as a whole.
            return note.row == 0 && theirs;
        };
        match case.as_ref().and_then(|case| named.get(case)) {
            Some((id, true)) => {
                seen.insert(*id);
                true
            }
            Some((_, false)) => false,
            // Nobody is on record by that number: the row's own word counts.
            None => town.zip(own).is_some_and(|(town, own)| town.same_as(own)),
        }
    };
    let before = page.rejected.len() + page.warnings.len();
    page.rejected.retain(&mut readable);
    page.warnings.retain(&mut readable);
    page.hidden = before - page.rejected.len() - page.warnings.len();
    Ok(seen)
}

/// The rows of a try as a table for a spreadsheet.
pub fn rows_as_csv(page: &TryPage) -> Result<Vec<u8>, ServiceError> {
    let line = |kind: &str, kind_en: &str, note: &RowNote| {
        [
            format!("{kind} / {kind_en}"),
            note.row.to_string(),
            note.field.clone().unwrap_or_default(),
            note.reason.clone(),
            note.reason_en.clone(),
        ]
    };
    let rejected = page
        .rejected
        .iter()
        .map(|note| line("不採用", "rejected", note));
    let warnings = page
        .warnings
        .iter()
        .map(|note| line("注意", "warning", note));
    let head = [
        "種別 / kind",
        "件数の番号 / row",
        "列 / column",
        "理由",
        "reason",
    ];
    Ok(sheet::csv(head, rejected.chain(warnings))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_row_is_known_by_what_could_be_read_of_it() {
        let mut rows = RowsOf::default();
        rows.add_key(1, Some("43203 P-1"));
        rows.add_key(2, Some(" P-2"));
        rows.add_key(3, Some("43101 灯"));
        rows.add_key(4, None);
        let code = |text| MunicipalityCode::parse(text).ok();
        assert_eq!(
            rows.rows[&1],
            (code("43203"), CaseNumber::parse("P-1").ok())
        );
        assert_eq!(rows.rows[&2].0, None);
        assert_eq!(rows.rows[&3], (code("43101"), None));
        assert_eq!(rows.rows[&4], (None, None));
        assert!(
            rows.towns.contains(&code("43100").unwrap()),
            "the ward's city"
        );
        let json = serde_json::to_string(&rows).unwrap();
        assert_eq!(serde_json::from_str::<RowsOf>(&json).unwrap(), rows);
    }
}
