//! What a row says otherwise than the record: named, so that a person looks at it.
//! Nothing here is decided, and nothing of it is written.

use chrono::{NaiveDate, TimeDelta};

use crate::{
    domain::{
        loan::CheckOutcome,
        text::{Text, key_form, serial_form},
    },
    import::{loans::LedgerRow, report::RowNote},
    service::ServiceError,
    store::{LedgerLoan, StoredUnit, Tx},
    text,
};

/// Whether the row names another unit than the record of its loan, and which.
///
/// `units`: those that the loan has had.
pub(super) fn unit(row: &LedgerRow, loan: &LedgerLoan, units: &[StoredUnit]) -> Option<RowNote> {
    let theirs = row.serial.as_ref()?;
    if units.iter().any(|unit| is(unit, theirs)) {
        return None;
    }
    let now = units.iter().find(|unit| Some(unit.id) == loan.unit);
    let text = match now.or(units.last()) {
        Some(unit) => {
            let ours = &unit.unit.serial;
            text!(
                "製造番号が食い違います（登録：{ours}、台帳：{theirs}）。この行からは何も取り込んでいません。現物の番号を確かめて、台帳を直すか、登録の番号を発電機のページで直すか、交換していたら貸与のページで交換を記録してください。",
                "the serial number differs (record {ours}, ledger {theirs}): nothing of this row was taken. Look at the unit itself, then mend the ledger, correct the number on the unit's page, or record the exchange on the page of the loan"
            )
        }
        // One that runs is given its unit.
        None if loan.ended_on.is_none() && row.runs() => return None,
        None => text!(
            "登録では、この貸与に使った発電機が分かりません（台帳：製造番号{theirs}）。返却済みの貸与には、あとから発電機を付けません。台帳を控えとして残してください。",
            "the record does not know the unit of this loan (ledger: {theirs}), and a loan that is over is not given one: keep the ledger for it"
        ),
    };
    Some(RowNote::new(row.row, None, text))
}

/// Whether a unit has a serial number, however that is written.
fn is(unit: &StoredUnit, serial: &str) -> bool {
    serial_form(&unit.unit.serial) == serial_form(serial)
}

/// What else the row says otherwise than the record of its loan: the model, the day
/// of return that was set, what a check found.
pub(super) async fn others(
    tx: &mut Tx,
    row: &LedgerRow,
    (loan, units): (&LedgerLoan, &[StoredUnit]),
    end: Option<NaiveDate>,
) -> Result<Vec<RowNote>, ServiceError> {
    let mut notes = Vec::new();
    let named = |unit: &&StoredUnit| match &row.serial {
        Some(serial) => is(unit, serial),
        None => Some(unit.id) == loan.unit,
    };
    if let (Some(unit), Some(theirs)) = (units.iter().find(named), &row.model)
        && key_form(&unit.unit.model) != key_form(theirs)
    {
        let (serial, ours) = (&unit.unit.serial, &unit.unit.model);
        notes.push(text!(
            "製造番号 {serial} の機種が食い違います（登録：{ours}、台帳：{theirs}）。登録のままにしました。現物を確かめて、台帳か、発電機のページを直してください。",
            "the model of {serial} differs (record {ours}, ledger {theirs}): the record stays. Look at the unit, then mend the ledger or the unit's page"
        ));
    }
    if loan.ended_on.is_none() && row.returned_on.is_none() {
        notes.extend(return_day(tx, row, loan, end).await?);
    }
    if let (Some(held), Some(passed)) = (row.checked_on, row.check_passed) {
        let known = tx.checks(loan.id).await?;
        let same_day = known.iter().find(|one| one.check.held_on == held);
        let ours = same_day.map(|one| one.check.outcome());
        let agrees = |ours: &CheckOutcome| match ours {
            CheckOutcome::Passed => passed,
            CheckOutcome::Exchange | CheckOutcome::Return => !passed,
            CheckOutcome::Open => false,
        };
        if let Some(ours) = ours.filter(|ours| !agrees(ours)) {
            let (ja, en) = (ours.name().ja, ours.name().en);
            let (word_ja, word_en) = if passed {
                ("合格", "passed")
            } else {
                ("不合格", "failed")
            };
            notes.push(text!(
                "{held}の点検の結果が食い違います（登録：{ja}、台帳：{word_ja}）。登録のままにしました。どちらが正しいか確かめてください。",
                "the check of {held} differs (record: {en}, ledger: {word_en}): the record stays. Find out which is right"
            ));
        }
    }
    let notes = notes.into_iter();
    Ok(notes
        .map(|text| RowNote::new(row.row, None, text))
        .collect())
}

/// The day of return, where it is another than on record.
async fn return_day(
    tx: &mut Tx,
    row: &LedgerRow,
    loan: &LedgerLoan,
    end: Option<NaiveDate>,
) -> Result<Option<Text>, ServiceError> {
    let (Some(theirs), Some(end)) = (row.return_due, end) else {
        return Ok(None);
    };
    let extended = tx.extensions(loan.id).await?;
    let end = extended.first().map_or(end, |one| one.until);
    // Some write the last day, others the day before.
    let full = |day: NaiveDate| (end - TimeDelta::days(1)..=end).contains(&day);
    let same = match loan.return_on {
        Some(ours) => ours == theirs,
        None => full(theirs),
    };
    if same {
        return Ok(None);
    }
    let ours = loan.return_on.unwrap_or(end);
    Ok(Some(text!(
        "返却予定日が食い違います（登録：{ours}、台帳：{theirs}）。登録のままにしました。正しい日を確かめて、台帳か、貸与のページの返却日を直してください。",
        "the day of return differs (record {ours}, ledger {theirs}): the record stays. Find out the right day, then mend the ledger or the page of the loan"
    )))
}
