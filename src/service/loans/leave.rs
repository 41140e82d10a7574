//! What follows when a loan is over: who may still read, where the unit is, and
//! what a death stops.

use chrono::NaiveDate;

use super::take::after;
use crate::{
    app::App,
    domain::{
        access::Ground,
        id::{CaseId, LoanId, UnitId, UserId},
        loan::{LoanState, UnitEventKind, UnitState},
    },
    service::{ServiceError, reminders},
    store::{TakenStep, Tx, UnitEvent},
};

/// Ends what the centre may read because of a loan, unless another one runs.
/// `from`: the first day on which it may not.
pub(super) async fn grants(tx: &mut Tx, case: CaseId, from: NaiveDate) -> Result<(), ServiceError> {
    if tx.has_loan(case).await? {
        return Ok(());
    }
    for ground in [Ground::Loan, Ground::Provision] {
        tx.end_grants(case, "centre", ground, None, from).await?;
    }
    Ok(())
}

/// Moves a unit that is out with a loan that is over: it is to be fetched.
async fn to_fetch(
    app: &App,
    tx: &mut Tx,
    (unit, loan, on): (UnitId, LoanId, NaiveDate),
    by: Option<UserId>,
) -> Result<(), ServiceError> {
    let to = UnitState::ToFetchQuietly;
    let moved = tx.move_unit(unit, UnitState::Lent, to).await?
        || tx.move_unit(unit, UnitState::EmergencyLent, to).await?;
    if !moved {
        return Ok(());
    }
    let event = UnitEvent {
        kind: UnitEventKind::ToFetch,
        loan: Some(loan),
        on,
        kit: None,
        note: None,
        by: None,
    };
    let hand = (by, app.clock.now());
    tx.add_unit_event(app.ids.next(), unit, &event, hand)
        .await?;
    Ok(())
}

/// Stops everything of a child who has died: its file, the centre's loans, what the centre
/// was told of them. `step`: as it is written into the file. Its units are to be fetched, quietly; nothing is due.
pub(in crate::service) async fn stop(
    app: &App,
    tx: &mut Tx,
    (case, step): (CaseId, &TakenStep),
    by: Option<UserId>,
) -> Result<(), ServiceError> {
    let (hand, on) = ((by, app.clock.now()), step.on);
    if let Some((file, revision, _)) = tx.open_file_of(case).await? {
        let file = (file, revision);
        let stopped = (step, LoanState::Stopped);
        if !tx.take_loan_step(file, stopped, hand).await? {
            return Err(ServiceError::Corrupt("loan_file"));
        }
    }
    // A loan from a family's sheet, of which the centre has no file and no unit, is
    // its municipality's to end: until then it keeps the case from being erased.
    let lent = tx.running_loans(case).await?.into_iter();
    for loan in lent.filter(|loan| loan.has_file || loan.unit.is_some()) {
        tx.close_loan(loan.id, on, LoanState::Stopped.code())
            .await?;
        if let Some(unit) = loan.unit {
            to_fetch(app, tx, (unit, loan.id, on), by).await?;
        }
    }
    super::ended::forget_file(app, tx, case).await?;
    tx.see_loan_words(case, hand).await?;
    reminders::stop(tx, app, case).await?;
    grants(tx, case, after(app.clock.today())).await
}
