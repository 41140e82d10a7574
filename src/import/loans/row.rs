//! One row of a ledger, cell by cell.

use super::{LedgerRow, Reading, cells::Cells, columns::Headings, fields::Field};
use crate::{
    domain::{
        municipality::{self, MunicipalityCode},
        text::{Text, key_form},
    },
    import::{families::municipality_of, report::RowNote},
    text,
};

/// Words of a check that found nothing wrong.
const GOOD: [&str; 14] = [
    "良",
    "良好",
    "異常なし",
    "異常無し",
    "問題なし",
    "問題無し",
    "適",
    "適合",
    "合格",
    "可",
    "正常",
    "ok",
    "○",
    "〇",
];
/// Words of a check that failed.
const BAD: [&str; 14] = [
    "不良",
    "異常あり",
    "異常有り",
    "問題あり",
    "不適",
    "不適合",
    "不合格",
    "不可",
    "否",
    "故障",
    "要修理",
    "要交換",
    "ng",
    "×",
];

/// The row, what stands in its way, and what does not.
pub(super) fn read(
    row: u64,
    cells: &[String],
    headings: &Headings,
    how: Reading<'_>,
) -> (LedgerRow, Vec<RowNote>, Vec<RowNote>) {
    let cells = Cells::new(row, cells, headings);
    let past = |field| cells.past_day(field, how.today);
    let (check_passed, check_words) = check(&cells);
    let built = LedgerRow {
        row,
        number: cells.code(Field::Number),
        name: cells.text(Field::Name),
        kana: cells.text(Field::Kana),
        born: past(Field::Born),
        municipality: cells.value(Field::Municipality, |given| town(given, how.prefecture)),
        model: cells.text(Field::Model),
        serial: cells.code(Field::Serial),
        lent_on: past(Field::LentOn),
        return_due: cells.day(Field::ReturnDue),
        returned_on: past(Field::ReturnedOn),
        return_reason: cells.text(Field::ReturnReason),
        use_applied_on: past(Field::UseAppliedOn),
        use_decided_on: past(Field::UseDecidedOn),
        loan_applied_on: past(Field::LoanAppliedOn),
        loan_decided_on: past(Field::LoanDecidedOn),
        checked_on: past(Field::CheckedOn),
        check_passed,
        check_words,
        plan_applied_on: past(Field::PlanAppliedOn),
        note: cells.text(Field::Note),
    };
    if built.name.is_none() && built.number.is_none() {
        cells.fault(
            Field::Name,
            Text::fixed(
                "氏名も管理番号もないので、だれの行か分かりません。",
                "neither a name nor a number: nobody knows whose row this is",
            ),
        );
    }
    let (faults, warnings) = cells.into_notes();
    (built, faults, warnings)
}

/// A municipality; of those with one name the one of the ledger's prefecture.
fn town(given: &str, prefecture: Option<&str>) -> Result<MunicipalityCode, Text> {
    let form = key_form(given);
    let ours = prefecture.and_then(|prefecture| {
        let mut found = municipality::all()
            .filter(|town| town.prefecture == prefecture && town.names().contains(&form.as_str()));
        let only = found.next().filter(|_| found.next().is_none())?;
        MunicipalityCode::parse(only.code).ok()
    });
    ours.map_or_else(|| municipality_of(given), Ok)
}

/// What the last check found, and in which words.
fn check(cells: &Cells<'_>) -> (Option<bool>, Option<String>) {
    let Some(words) = cells.text(Field::CheckResult) else {
        return (None, None);
    };
    let form = key_form(&words).to_lowercase();
    let is = |list: &[&str]| list.iter().any(|word| key_form(word) == form);
    let passed = match (is(&GOOD), is(&BAD)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => {
            cells.warn(
                Field::CheckResult,
                text!(
                    "「{words}」は、良否が決められないので、言葉のまま残します。取り込んだあとで、合格か不合格かを入力してください。",
                    "`{words}` says neither good nor bad: it is kept as words. Enter after the import whether the check was passed"
                ),
            );
            None
        }
    };
    (passed, Some(words))
}
