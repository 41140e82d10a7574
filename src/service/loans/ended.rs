//! Applications and loans that are over: what the centre has decided stays its to read.

use chrono::NaiveDate;

use super::undo::mended_from;
use crate::{
    app::App,
    domain::{
        access::{Ground, Reader},
        audit::Action,
        id::{CaseId, CaseNumber},
        loan::LoanState,
        retention::due_after_years,
    },
    service::{ServiceError, audit, loans::register::centre, view::SignedIn},
    store::{Ended, Tx},
};

/// A file that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedFile {
    /// The child's number.
    pub number: CaseNumber,
    /// The child's name; `None`: the centre does not read it.
    pub name: Option<String>,
    /// Where it stands.
    pub state: LoanState,
    /// Since when.
    pub on: NaiveDate,
    /// Its page can be read.
    pub readable: bool,
    /// Its last step can be taken back still.
    pub mended: bool,
}

/// The files that are over: those that the centre still reads, and by their number
/// alone those that it has stopped lately.
pub async fn ended(app: &App, who: &SignedIn) -> Result<Vec<EndedFile>, ServiceError> {
    let at = app.moment();
    let mut all = Vec::new();
    if matches!(who.reader, Reader::Centre(_)) {
        let mut tx = app.store.read().await?;
        let lately = mended_from(app);
        let file = |ended: Ended, readable: bool| EndedFile {
            number: ended.number,
            name: ended.name.filter(|_| readable),
            state: ended.state,
            on: ended.on,
            readable,
            mended: ended.on >= lately,
        };
        let read = tx
            .files_ended(&who.reader, at, NaiveDate::default())
            .await?;
        all.extend(read.into_iter().map(|ended| file(ended, true)));
        for ended in tx.files_ended(&Reader::Operator, at, lately).await? {
            if !all.iter().any(|known| known.number == ended.number) {
                all.push(file(ended, false));
            }
        }
        all.sort_by(|a, b| b.on.cmp(&a.on).then_with(|| a.number.cmp(&b.number)));
    }
    let event = audit::event(app, who, Action::ListedEndedLoans);
    audit::note(app, who, event).await?;
    Ok(all)
}

/// Lets the centre read what it has decided, from a day on and until it is erased.
/// `on`: the day on which it ended.
pub(in crate::service) async fn keep_file(
    app: &App,
    tx: &mut Tx,
    case: CaseId,
    on: NaiveDate,
) -> Result<(), ServiceError> {
    let today = app.clock.today();
    let years = app.config.retention.loan_file_years;
    let last = due_after_years(on, years).and_then(|due| due.pred_opt());
    // Days are compared as texts: none beyond four digits of a year.
    let far = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(today);
    let last = last.unwrap_or(far).min(far);
    if last >= today {
        tx.grant_between(case, &centre(), Ground::Decided, (today, last))
            .await?;
    }
    Ok(())
}

/// The centre reads it no longer on this ground: it goes on, or a death has stopped it.
pub(super) async fn forget_file(app: &App, tx: &mut Tx, case: CaseId) -> Result<(), ServiceError> {
    let today = app.clock.today();
    tx.end_grant(case, &centre(), Ground::Decided, today)
        .await?;
    Ok(())
}
