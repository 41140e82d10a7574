//! A centre's ledger of loans: one transaction, in which every row is written,
//! found as it is, refused, or kept for a person who knows whose it is.

mod loan;
mod look;
pub(in crate::service) mod who;
mod write;

use std::path::Path;

use super::{Done, Options, Progress, Stop, blocking};
use crate::{
    app::App,
    domain::{
        access::{Moment, Reader},
        audit::Actor,
        id::UserId,
        municipality::prefecture_of,
        text::Text,
    },
    import::{
        loans::{self, LedgerRow, Reading},
        report::{FileError, FileReport, RowNote},
    },
    in_tx,
    service::{ServiceError, check, imports::RowsOf},
    store::Tx,
};

use write::Book;

/// Who imports a ledger: on the page, or at the command line.
#[derive(Debug, Clone, Copy)]
pub struct Importer {
    /// Who.
    pub actor: Actor,
    /// The account, where there is one.
    pub user: Option<UserId>,
}

impl Importer {
    /// Whoever works at the command line.
    pub const OPERATOR: Self = Self {
        actor: Actor::Operator,
        user: None,
    };
}

/// Imports a ledger.
pub(super) async fn import(
    app: &App,
    path: &Path,
    options: &Options,
    by: Importer,
    progress: Progress,
) -> (Result<Done, Stop>, RowsOf) {
    match judged(app, path, progress).await {
        Ok((rows, report)) => match written(app, (&rows, &report), options, by).await {
            Ok((report, rows_of)) => (Ok(Done { report, set: None }), rows_of),
            Err(stop) => (Err(stop), RowsOf::default()),
        },
        Err(stop) => (Err(stop), RowsOf::default()),
    }
}

/// Reads the file whole.
async fn judged(
    app: &App,
    path: &Path,
    progress: Progress,
) -> Result<(Vec<LedgerRow>, FileReport), Stop> {
    let prefectures = {
        let mut tx = app.store.read().await?;
        tx.prefectures().await?
    };
    let prefecture = match prefectures.as_slice() {
        [only] => prefecture_of(only),
        _ => None,
    };
    let (path, today) = (path.to_owned(), app.clock.today());
    blocking(move || {
        let (rows, report) = loans::read(&path, Reading { today, prefecture })?;
        progress(std::fs::metadata(&path).map_or(0, |file| file.len()));
        if report.accepted == 0 && report.read > 0 {
            let error = FileError::new("all_rejected", &ALL_REJECTED);
            return Err(Stop::whole(report, error));
        }
        Ok((rows, report))
    })
    .await
}

const ALL_REJECTED: Text = Text::fixed(
    "読める行が一つもありません。下の理由を見て、台帳を直してから取り込み直してください。何も変更していません。",
    "Not one row could be read: see the reasons below, mend the ledger and import it again. Nothing was changed.",
);

async fn written(
    app: &App,
    judged: (&[LedgerRow], &FileReport),
    options: &Options,
    by: Importer,
) -> Result<(FileReport, RowsOf), Stop> {
    if options.dry_run {
        // Written and given up: the report is the one that a real run gives.
        let mut tx = app.store.begin().await?;
        return Ok(write_all(app, &mut tx, judged, by).await?);
    }
    let done = in_tx!(app.store, |tx| write_all(app, tx, judged, by).await)?;
    check::refresh(app, &Reader::Operator).await?;
    Ok(done)
}

async fn write_all(
    app: &App,
    tx: &mut Tx,
    (rows, report): (&[LedgerRow], &FileReport),
    by: Importer,
) -> Result<(FileReport, RowsOf), ServiceError> {
    let mut report = report.clone();
    let mut rows_of = RowsOf::default();
    let at: Moment = app.moment();
    let known = tx.known_children(&Reader::Operator, at).await?;
    let mut book = Book::new(app, at, by, known);
    // A unit that is with a family is taken from stock before a loan that is over
    // looks at it.
    let mut order: Vec<&LedgerRow> = rows.iter().collect();
    order.sort_by_key(|row| !row.runs());
    for row in order {
        let (became, case) = book.take(tx, row, &mut report).await?;
        rows_of.add(row.row, row.municipality, case);
        match became {
            Became::Added => report.added += 1,
            Became::Changed => report.changed += 1,
            Became::Unchanged => report.unchanged += 1,
            Became::Refused(note) => report.refuse(note),
            Became::Asked(note) => {
                report.undecided.push(row.row);
                report.refuse(note);
            }
        }
    }
    report.undecided.sort_unstable();
    if report.added + report.changed > 0 {
        tx.turn_world().await?;
    }
    Ok((report, rows_of))
}

/// What became of a row.
enum Became {
    /// It is new.
    Added,
    /// Something was added to what is on record.
    Changed,
    /// All of it was on record.
    Unchanged,
    /// It cannot be written, and why.
    Refused(RowNote),
    /// A person says whose it is.
    Asked(RowNote),
}
