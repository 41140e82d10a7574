//! A centre's ledger of loans: one transaction, in which every row is written,
//! found as it is, refused, or kept for a person who knows whose it is.

mod differs;
mod follow;
mod loan;
mod look;
pub(in crate::service) mod who;
mod write;

use std::{path::Path, sync::Arc};

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
    service::{
        ServiceError, check,
        imports::RowsOf,
        once::{Came, DONE, Once},
    },
    store::Tx,
};

use write::Book;

/// Who imports a ledger: on the page, or at the command line.
#[derive(Clone)]
pub struct Importer {
    /// Who.
    pub actor: Actor,
    /// The account, where there is one.
    pub user: Option<UserId>,
    /// The form that acts once, where it is one.
    pub(in crate::service) form: Option<Arc<Once>>,
}

impl Importer {
    /// Whoever works at the command line.
    pub const OPERATOR: Self = Self {
        actor: Actor::Operator,
        user: None,
        form: None,
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
        return Ok(write_all(app, &mut tx, judged, (by, true)).await?);
    }
    let done = in_tx!(app.store, |tx| once(app, tx, judged, &by).await)?;
    let Some(done) = done else {
        return Err(Stop::refused("sent_twice", &SENT_TWICE));
    };
    check::refresh(app, &Reader::Operator).await?;
    Ok(done)
}

const SENT_TWICE: Text = Text::fixed(
    "同じ画面からもう送られています。何も変更していません。台帳を選び直し、内容を確かめてから取り込んでください。",
    "This form was sent before. Nothing was changed: choose the ledger again, look it over and import it.",
);

/// Writes all of it, where its form comes for the first time; `None`: it came before.
async fn once(
    app: &App,
    tx: &mut Tx,
    judged: (&[LedgerRow], &FileReport),
    by: &Importer,
) -> Result<Option<(FileReport, RowsOf)>, ServiceError> {
    if let Some(form) = &by.form {
        if !matches!(form.came(tx).await?, Came::First) {
            return Ok(None);
        }
        form.keep(app, tx, DONE).await?;
    }
    Ok(Some(write_all(app, tx, judged, (by.clone(), false)).await?))
}

async fn write_all(
    app: &App,
    tx: &mut Tx,
    (rows, report): (&[LedgerRow], &FileReport),
    (by, dry_run): (Importer, bool),
) -> Result<(FileReport, RowsOf), ServiceError> {
    let mut report = report.clone();
    let mut rows_of = RowsOf::default();
    let at: Moment = app.moment();
    let known = tx.known_children(&Reader::Operator, at).await?;
    let mut book = Book::new((app, at), by, known, dry_run);
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
            Became::Differs(notes) => report.differs(row.row, notes),
            Became::Asked(note) => {
                report.undecided.push(row.row);
                report.refuse(note);
            }
        }
    }
    report.undecided.sort_unstable();
    report.differing.sort_unstable();
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
    /// It adds nothing, and says something otherwise than the record: what.
    Differs(Vec<RowNote>),
    /// It cannot be written, and why.
    Refused(RowNote),
    /// A person says whose it is.
    Asked(RowNote),
}
