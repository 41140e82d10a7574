//! What a row adds to the record, and whether its unit can be lent to it.

use chrono::{NaiveDate, TimeDelta};

use super::loan::{Step, overlap, rank};
use crate::{
    domain::{
        loan::{LoanStep, UnitState},
        text::{Text, key_form},
    },
    import::{
        loans::LedgerRow,
        report::{FileReport, RowNote},
    },
    service::ServiceError,
    store::{LedgerLoan, NewUnit, StoredUnit, Tx},
    text,
};

/// What a unit is called whose ledger does not say its model.
const NO_MODEL: &str = "機種不明";

/// The word of a day of return that a ledger has set.
const FROM_LEDGER: &str = "ledger";

/// The unit of a row.
pub(super) enum RowUnit {
    /// The ledger does not say, or it is not needed.
    None,
    /// It is on record.
    Known(Box<StoredUnit>),
    /// It is to be put on record.
    New(NewUnit),
}

/// Something that the row may be refused for.
pub(super) type Outcome<T> = Result<Result<T, Text>, ServiceError>;

/// The steps that are not on record, beyond the last one that is; and what contradicts
/// the record, or cannot be put before it any more.
pub(super) fn missing(
    row: &LedgerRow,
    steps: &[Step],
    on_record: &[(LoanStep, NaiveDate)],
) -> (Vec<Step>, Vec<RowNote>) {
    let furthest = on_record.iter().map(|(step, _)| rank(*step)).max();
    let (mut missing, mut notes) = (Vec::new(), Vec::new());
    for (step, to, on) in steps {
        let same = on_record.iter().filter(|(known, _)| known == step);
        let days: Vec<NaiveDate> = same.map(|(_, day)| *day).collect();
        if days.contains(on) {
            continue;
        }
        let (ja, en) = (step.name().ja, step.name().en);
        if let Some(day) = days.first() {
            notes.push(RowNote::new(
                row.row,
                None,
                text!(
                    "「{ja}」は、登録では{day}、台帳では{on}です。登録のままにしました。どちらが正しいか確かめて、台帳か登録を直してください。",
                    "\"{en}\" was on {day} by the record and on {on} by the ledger: the record stays. Find out which is right, and correct the ledger or the record"
                ),
            ));
        } else if furthest.is_some_and(|furthest| rank(*step) <= furthest) {
            notes.push(RowNote::new(
                row.row,
                None,
                text!(
                    "「{ja}」（{on}）は登録にありませんが、手続きがその先へ進んでいるので追加していません。",
                    "\"{en}\" ({on}) is not on record, where the file has gone beyond it: it was not added"
                ),
            ));
        } else {
            missing.push((*step, *to, *on));
        }
    }
    (missing, notes)
}

/// The unit of a row whose loan is to begin, if it can be lent to it.
pub(super) async fn unit_of(
    tx: &mut Tx,
    row: &LedgerRow,
    report: &mut FileReport,
) -> Outcome<RowUnit> {
    let (Some(serial), Some(lent)) = (&row.serial, row.lent_on) else {
        return Ok(Ok(RowUnit::None));
    };
    let Some(unit) = tx.unit_of_serial(serial).await? else {
        if row.model.is_none() {
            report.warn([RowNote::new(row.row, None, MODEL_UNKNOWN)]);
        }
        if !row.runs() {
            report.warn([RowNote::new(row.row, None, LOOK_AT_IT)]);
        }
        return Ok(Ok(RowUnit::New(NewUnit {
            model: row.model.clone().unwrap_or_else(|| NO_MODEL.to_owned()),
            serial: serial.clone(),
            place: None,
            position: None,
            bought_on: None,
            note: None,
        })));
    };
    let known = &unit.unit.serial;
    if key_form(known).to_uppercase() != key_form(serial).to_uppercase() {
        return Ok(Err(text!(
            "製造番号 {serial} は、登録済みの {known} と記号だけが違います。同じ発電機なら、台帳の番号を登録に合わせてください。",
            "the serial number {serial} differs from {known} on record by its marks alone: if it is the same unit, write the number as it is on record"
        )));
    }
    let loans = tx.loans_of_unit(unit.id).await?;
    let period = (lent, row.returned_on);
    let clash = |loan: &&LedgerLoan| overlap(period, (loan.started_on, loan.ended_on));
    if let Some(other) = loans.iter().find(clash) {
        let from = other.started_on;
        return Ok(Err(match other.ended_on {
            None => text!(
                "製造番号 {serial} は、登録では{from}から別のお子さんに貸与中です。1台を同時に2人には貸せません。番号の写し違いか、返却の記録漏れがないか確かめてください。",
                "the unit {serial} is lent to another child since {from} by the record: one unit cannot be with two families. Is a number mistyped, or a return not on record?"
            ),
            Some(until) => text!(
                "製造番号 {serial} は、登録では{from}から{until}まで別の貸与に使われていて、期間が重なります。日付か番号を確かめてください。",
                "the unit {serial} was lent from {from} to {until} by the record, which overlaps: check the dates or the number"
            ),
        }));
    }
    if row.runs() && unit.state != UnitState::Ready {
        let (ja, en) = (unit.state.name().ja, unit.state.name().en);
        return Ok(Err(text!(
            "製造番号 {serial} は、登録では「{ja}」です。貸与中なら、発電機のページで「在庫」にしてから、もう一度取り込んでください。",
            "the unit {serial} stands at \"{en}\" on record: if it is lent, set it to \"in stock\" on its page and import again"
        )));
    }
    if row
        .model
        .as_ref()
        .is_some_and(|model| key_form(model) != key_form(&unit.unit.model))
    {
        let (ours, theirs) = (&unit.unit.model, row.model.as_deref().unwrap_or_default());
        report.warn([RowNote::new(
            row.row,
            None,
            text!(
                "製造番号 {serial} の機種は、登録では「{ours}」、台帳では「{theirs}」です。登録のままにしました。",
                "the model of {serial} is {ours} on record and {theirs} in the ledger: the record stays"
            ),
        )]);
    }
    Ok(Ok(RowUnit::Known(Box::new(unit))))
}

/// The day of return that the ledger sets, where that is before the five years are
/// over; of a later one it says so.
pub(super) fn set_return(
    row: &LedgerRow,
    end: Option<NaiveDate>,
    report: &mut FileReport,
) -> Option<(NaiveDate, String)> {
    if row.returned_on.is_some() {
        return None;
    }
    let (due, end) = (row.return_due?, end?);
    // Some write the last day, others the day before.
    if (end - TimeDelta::days(1)..=end).contains(&due) {
        return None;
    }
    if due > end {
        report.warn([RowNote::new(
            row.row,
            None,
            text!(
                "返却予定日（{due}）が、貸与から5年の日（{end}）より後です。5年の日を期限とします。",
                "the day of return ({due}) is after five years ({end}): the five years count"
            ),
        )]);
        return None;
    }
    Some((due, FROM_LEDGER.to_owned()))
}

const MODEL_UNKNOWN: Text = Text::fixed(
    "機種が書かれていないので「機種不明」で登録しました。発電機のページで確かめてください。",
    "the model is not known: the unit is called 機種不明 (model unknown). Look at it and correct it on its page",
);
const LOOK_AT_IT: Text = Text::fixed(
    "返却された発電機を「点検・修理中」で登録しました。貸せる状態か確かめて、発電機のページで「在庫」にしてください。",
    "the unit that came back is on record as \"in repair\": look at it, and set it to \"in stock\" on its page once it can be lent",
);
