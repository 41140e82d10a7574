//! The days on which something of a loan is due, derived from its clocks and kept.

use chrono::NaiveDate;

use super::{
    super::{
        ServiceError,
        reminders::{self, LoanDays},
    },
    catalogue::of_store,
};
use crate::{
    app::App,
    domain::{
        access::Reader,
        calendar::Deadline,
        generator::Fuel,
        id::{CaseId, CaseNumber, LoanId},
        loan::{AnnualCheck, Clocks, DueDay, LoanStep},
    },
    in_tx,
    seal::sha256_hex,
    store::{LoanFile, StoredCheck, StoredLoan, TakenStep, Tx},
};

/// So many loans are counted in one unit of work.
const AT_ONCE: i64 = 200;

/// The clocks of a file whose loan runs: the one function that every page, paper
/// and kept day comes from.
pub fn clocks(app: &App, file: &LoanFile) -> Option<Clocks> {
    let loan = file.loan.as_ref().filter(|loan| loan.ended_on.is_none())?;
    let clocks = Clocks::of(
        loan.started_on,
        file.checked_on,
        file.plan_applied_on.is_some(),
        loan.set_end(),
        &app.office,
    );
    // A day of return was agreed with the family: letter, mail and desk say that day.
    let agreed = loan.return_on;
    let end = agreed.map_or(clocks.end, |day| Deadline::agreed(loan.started_on, day));
    Some(Clocks { end, ..clocks })
}

/// The office days by which duties are counted, as a word: with another list of
/// holidays it is another.
fn office_word(app: &App) -> String {
    sha256_hex(format!("{:?}", app.office).as_bytes())
}

/// What is due in a file, as its clocks say now; its due days for reminders are kept
/// at the same time.
async fn dues(tx: &mut Tx, app: &App, file: &LoanFile) -> Result<Vec<DueDay>, ServiceError> {
    let Some((clocks, loan)) = clocks(app, file).zip(file.loan.as_ref()) else {
        if let Some(over) = &file.loan {
            tx.drop_family_check(over.id, app.clock.now()).await?;
        }
        reminders::sync(tx, app, file, LoanDays::default()).await?;
        return Ok(Vec::new());
    };
    let agreed = tx.check_day(loan.id).await?.map(|(day, _)| day);
    let mut due = clocks.dues(agreed, loan.return_on.is_some());
    let mut failed_on = None;
    let checks = tx.checks(loan.id).await?;
    if let Some(last) = checks.first() {
        let steps = tx.loan_steps(file.id).await?;
        let failed = failed(loan, &last.check, &steps);
        failed_on = failed.map(|failed| failed.due_on);
        due.extend(failed);
    }
    let days = LoanDays {
        clocks: Some(clocks),
        agreed,
        failed: failed_on,
        fuelled: fuelled(tx, (loan, file.case), &checks).await?,
    };
    reminders::sync(tx, app, file, days).await?;
    Ok(due)
}

/// When the fuel of a loan was bought, as its checks and its family say last; `None`:
/// nobody has said, or the model is known to burn gas, which lasts longer than a loan
/// (seven years: `DOMAIN.md` C7).
async fn fuelled(
    tx: &mut Tx,
    (loan, case): (&StoredLoan, CaseId),
    checks: &[StoredCheck],
) -> Result<Option<NaiveDate>, ServiceError> {
    let told = tx.last_fuel(case).await?;
    let seen = checks.iter().filter_map(|stored| stored.check.fuel_on);
    let Some(bought) = seen.chain(told).max() else {
        return Ok(None);
    };
    let unit = match loan.unit {
        Some(unit) => tx.unit(unit).await?,
        None => None,
    };
    let (catalogue, _) = of_store(tx).await?;
    let model = unit
        .as_ref()
        .and_then(|unit| catalogue.of_name(&unit.unit.model));
    let gas = model.is_some_and(|model| model.fuel == Fuel::Canisters);
    Ok((!gas).then_some(bought))
}

/// What the last check of a loan that runs asks for, if it failed: it stays until
/// the unit is exchanged or a return is set.
pub(super) fn failed(loan: &StoredLoan, last: &AnnualCheck, steps: &[TakenStep]) -> Option<DueDay> {
    let mended = loan.return_on.is_some()
        || steps
            .iter()
            .any(|taken| taken.step == LoanStep::Exchange && taken.on >= last.held_on);
    DueDay::of_failed(last.held_on, last.outcome()).filter(|_| !mended)
}

/// Keeps what is due in the loan of a child, after something in it has changed:
/// in the commit of that change.
pub async fn keep(tx: &mut Tx, app: &App, number: &CaseNumber) -> Result<(), ServiceError> {
    let file = tx
        .loan_file(&Reader::Operator, app.moment(), number)
        .await?;
    let Some(file) = file else {
        return Ok(());
    };
    let Some(loan) = &file.loan else {
        return Ok(());
    };
    // The unit that is lent is a source in the child's record of power.
    tx.judge_anew(file.case).await?;
    let due = dues(tx, app, &file).await?;
    tx.keep_duties((loan.id, file.case), &due, &office_word(app))
        .await?;
    Ok(())
}

/// Forgets what was due in a loan that is marked as never begun.
pub(super) async fn forget(
    tx: &mut Tx,
    app: &App,
    loan: (LoanId, CaseId),
) -> Result<(), ServiceError> {
    tx.judge_anew(loan.1).await?;
    tx.drop_family_check(loan.0, app.clock.now()).await?;
    reminders::forget(tx, app, loan).await?;
    Ok(tx.keep_duties(loan, &[], &office_word(app)).await?)
}

/// Counts what is due in loans for which nobody has yet (as those of an import).
pub async fn count_new(app: &App) -> Result<u64, ServiceError> {
    count(app, None).await
}

/// The same, and in those for which it was done by other office days: a list of
/// holidays was corrected.
pub async fn count_again(app: &App) -> Result<u64, ServiceError> {
    count(app, Some(office_word(app))).await
}

async fn count(app: &App, by: Option<String>) -> Result<u64, ServiceError> {
    let mut counted = 0;
    loop {
        let at = app.moment();
        let waiting = {
            let mut tx = app.store.read().await?;
            tx.loans_to_count(&Reader::Operator, at, (by.as_deref(), AT_ONCE))
                .await?
        };
        if waiting.is_empty() {
            return Ok(counted);
        }
        in_tx!(app.store, |tx| {
            for number in &waiting {
                keep(tx, app, number).await?;
            }
            Ok::<_, ServiceError>(())
        })?;
        counted += waiting.len() as u64;
    }
}
