//! Importing published files: judged whole first, then written, with a report
//! row by row.

mod boundaries;
mod families;
mod hazards;
pub(super) mod loans;
mod sites;
mod towns;

use std::{
    collections::BTreeSet,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use loans::Importer;

use super::{
    ServiceError,
    imports::RowsOf,
    once::{Came, Once},
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{
        audit::Actor,
        data_set::DataSetKind,
        hazard::LayerKind,
        id::{DataSetId, ImportRunId},
        municipality::MunicipalityCode,
        text::Text,
    },
    import::{
        crs::Crs,
        hazards::DepthCodes,
        report::{FileError, FileReport, RowNote},
        source::{ReadError, Source},
    },
    in_tx,
    seal::{hex, sha256_hex},
    store::NewImportRun,
    text,
};

/// What a file holds, as the call says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Emergency sites or shelters.
    Sites,
    /// A hazard layer.
    Hazards,
    /// Boundaries of municipalities.
    Boundaries,
    /// Families, homes and plans.
    Families,
    /// Towns or blocks with their centres.
    Towns,
    /// A centre's ledger of loans.
    Loans,
}

impl What {
    /// The word on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::Hazards => "hazards",
            Self::Boundaries => "boundaries",
            Self::Families => "families",
            Self::Towns => "towns",
            Self::Loans => "loans",
        }
    }
}

/// What the call says about a file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Read and compare, write nothing.
    pub dry_run: bool,
    /// The list is complete: what it no longer has is withdrawn.
    pub complete: bool,
    /// Do it although it looks wrong.
    pub force: bool,
    /// Name of the data set.
    pub name: Option<String>,
    /// Where it was taken from.
    pub source: Option<String>,
    /// Its date.
    pub dated: Option<NaiveDate>,
    /// The municipalities it speaks for.
    pub covers: Option<BTreeSet<MunicipalityCode>>,
    /// Which hazard layer it is.
    pub kind: Option<LayerKind>,
    /// The property that holds the depth.
    pub depth_field: Option<String>,
    /// What the codes in it mean.
    pub depth_codes: Option<DepthCodes>,
    /// The coordinate system of a shapefile without a `.prj`.
    pub crs: Option<Crs>,
}

/// Hears how many bytes of the file have been read.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

/// How the import of a file ended.
#[derive(Debug)]
pub enum Imported {
    /// It was read; rows may have been refused, or the file as a whole.
    Report(Box<FileReport>),
    /// There is no such file.
    Missing(PathBuf),
}

/// Why an import stopped before its end.
enum Stop {
    /// The file is refused whole; the report says why, and which records were
    /// wrong.
    Refused(Box<FileReport>),
    /// There is no such file.
    Missing(PathBuf),
    /// The machine or the store failed.
    Failed(ServiceError),
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Missing(path) => Self::Missing(path),
            ReadError::File(error) => Self::whole(FileReport::default(), error),
            ReadError::Machine(error) => Self::Failed(error.into()),
        }
    }
}

impl<E: Into<ServiceError>> From<E> for Stop {
    fn from(error: E) -> Self {
        match error.into() {
            ServiceError::Refused(report) => Self::Refused(report),
            other => Self::Failed(other),
        }
    }
}

impl Stop {
    fn refused(code: &str, text: &Text) -> Self {
        Self::whole(FileReport::default(), FileError::new(code, text))
    }

    fn whole(read: FileReport, error: FileError) -> Self {
        Self::Refused(Box::new(read.refused_whole(error)))
    }

    /// Why the reading of a file stopped, with what was found until then.
    fn reading(read: FileReport, error: ReadError) -> Self {
        match error {
            ReadError::File(error) => Self::whole(read, error),
            other => other.into(),
        }
    }
}

/// A report, and the data set that was written.
struct Done {
    report: FileReport,
    set: Option<DataSetId>,
}

/// Imports one file and puts the try on record, whatever became of it.
pub async fn file(
    app: &App,
    what: What,
    path: &Path,
    options: &Options,
    by: &str,
    progress: Progress,
) -> Result<Imported, ServiceError> {
    file_by(app, what, path, options, (by, Importer::OPERATOR), progress).await
}

/// Imports a ledger of loans that somebody sends on a page. `form`: the key of the form
/// that confirms it, and what it holds; `None`: it is tried and nothing is kept.
/// Answers with nothing where that form came before.
pub async fn ledger_of(
    app: &App,
    who: &SignedIn,
    path: &Path,
    form: Option<(Uuid, &[u8])>,
) -> Result<Option<Imported>, ServiceError> {
    let options = Options {
        dry_run: form.is_none(),
        ..Options::default()
    };
    let form = form.map(|(key, content)| {
        let request = serde_json::json!({ "ledger": sha256_hex(content) });
        Once::new(who.user, key, &request)
    });
    let importer = Importer {
        actor: Actor::User(who.user),
        user: Some(who.user),
        form: form.map(Arc::new),
    };
    if let Some(form) = &importer.form {
        let mut tx = app.store.begin().await?;
        if let Came::Again(_) = form.came(&mut tx).await? {
            return Ok(None);
        }
    }
    let by = (who.name.as_str(), importer);
    let done = file_by(app, What::Loans, path, &options, by, Arc::new(|_| ())).await?;
    Ok(Some(done))
}

async fn file_by(
    app: &App,
    what: What,
    path: &Path,
    options: &Options,
    (by, importer): (&str, Importer),
    progress: Progress,
) -> Result<Imported, ServiceError> {
    let started = app.clock.now();
    let mut rows_of = None;
    // A slip of a digit would keep every real file out for years.
    let to_come = options.dated.is_some_and(|day| day > app.clock.today()) && !options.force;
    let outcome = match what {
        _ if to_come => Err(Stop::refused("dated_after_today", &AFTER_TODAY)),
        What::Sites => sites::import(app, path, options, by, progress).await,
        What::Hazards => hazards::import(app, path, options, by, progress).await,
        What::Boundaries => boundaries::import(app, path, options, by, progress).await,
        What::Families => {
            let (outcome, rows) = families::import(app, path, options, by, progress).await;
            rows_of = Some(rows);
            outcome
        }
        What::Towns => towns::import(app, path, options, by, progress).await,
        What::Loans => {
            let (outcome, rows) = loans::import(app, path, options, importer, progress).await;
            rows_of = Some(rows);
            outcome
        }
    };
    let (mut report, set) = match outcome {
        Ok(done) => (done.report, done.set),
        Err(Stop::Refused(report)) => (*report, None),
        Err(Stop::Missing(path)) => return Ok(Imported::Missing(path)),
        Err(Stop::Failed(error)) => return Err(error),
    };
    report.file = path.display().to_string();
    report.rejected.sort_by_key(|note| note.row);
    report.warnings.sort_by_key(|note| note.row);
    if let Some(rows) = &mut rows_of {
        rows.of_notes(&report);
    }
    let dry_run = options.dry_run;
    let parts = (set, &report, rows_of.as_ref());
    record(app, what, path, (started, dry_run, by), parts).await?;
    Ok(Imported::Report(Box::new(report)))
}

const AFTER_TODAY: Text = Text::fixed(
    "日付（--dated）が今日より後です。公表された日付を確かめて、取り込み直してください。本当に先の日付で公表されているなら --force を付けます。",
    "the date (--dated) is after today: check the date of publication and import it again; where it really is published with that date, add --force",
);

/// Whether boundaries have been imported: without them nobody can tell that a
/// position lies outside its municipality.
pub async fn knows_boundaries(app: &App) -> Result<bool, ServiceError> {
    let mut tx = app.store.read().await?;
    let sets = tx.current_data_sets().await?;
    Ok(sets
        .iter()
        .any(|row| row.set.kind == DataSetKind::Boundaries))
}

/// Puts a try on record. The file's name only: its folder is nobody's business.
async fn record(
    app: &App,
    what: What,
    path: &Path,
    (started, dry_run, by): (DateTime<Utc>, bool, &str),
    (set, report, rows_of): (Option<DataSetId>, &FileReport, Option<&RowsOf>),
) -> Result<(), ServiceError> {
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut kept = report.clone();
    kept.file.clone_from(&name);
    let text = serde_json::to_string(&kept).expect("a report becomes JSON");
    let rows = rows_of.map(|rows| serde_json::to_string(rows).expect("rows become JSON"));
    let new = NewImportRun {
        id: ImportRunId(app.ids.next()),
        what: what.code(),
        file: &name,
        started,
        finished: app.clock.now(),
        dry_run,
        set,
        by,
        report: &text,
        rows_of: rows.as_deref(),
    };
    in_tx!(app.store, |tx| tx.add_import_run(&new).await)?;
    Ok(())
}

/// SHA-256 of a file, in hexadecimal.
fn sha256_of(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            n => hash.update(&buffer[..n]),
        }
    }
}

/// SHA-256 of a file; of a shapefile over its parts, so that a changed `.dbf`
/// or `.prj` is a change.
fn sha256_of_all(source: &Source) -> std::io::Result<String> {
    let files = source.files();
    if let [only] = files.as_slice() {
        return sha256_of(only);
    }
    let mut hash = Sha256::new();
    for file in files {
        let ending = file.extension().unwrap_or_default().to_ascii_lowercase();
        hash.update(ending.as_encoded_bytes());
        hash.update(sha256_of(&file)?);
    }
    Ok(hex(&hash.finalize()))
}

/// Runs work that blocks (reading and parsing a file) beside the async one.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Stop> + Send + 'static,
) -> Result<T, Stop> {
    tokio::task::spawn_blocking(work)
        .await
        .expect("a reader of files does not panic")
}

/// A remark on a file without a date that takes the place of one with a date.
fn undated(latest: Option<NaiveDate>, dated: Option<NaiveDate>) -> Option<RowNote> {
    let known = latest.filter(|_| dated.is_none())?;
    let text = text!(
        "これまでのデータは {known} 付けです。日付（--dated）なしで取り込んだので、新しいかどうかを確かめていません。",
        "the data so far is dated {known}; without --dated nobody has checked whether this file is newer"
    );
    Some(RowNote::new(0, None, text))
}

/// A file older than the newest that was ever in force is not taken by
/// accident.
fn not_older(latest: Option<NaiveDate>, dated: Option<NaiveDate>, force: bool) -> Result<(), Stop> {
    match (latest, dated) {
        (Some(known), Some(new)) if new < known && !force => Err(Stop::refused(
            "older",
            &text!(
                "この系列には {known} 付けの新しいデータが登録済みです。古いほう（{new}）に戻す場合だけ --force を付けてください。",
                "a newer data set of this series, dated {known}, is in force. Add --force only if you really want to go back to {new}."
            ),
        )),
        _ => Ok(()),
    }
}
