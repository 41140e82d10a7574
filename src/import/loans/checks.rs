//! What cannot be true of a row of a ledger, or of two of them.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{LedgerRow, columns::Headings, fields::Field};
use crate::{
    domain::text::{Text, key_form, serial_form as serial_key},
    import::report::RowNote,
    text,
};

/// One day of a row that may not lie before another, and why.
struct Order {
    earlier: (Field, Option<NaiveDate>),
    later: (Field, Option<NaiveDate>),
}

impl Order {
    fn broken(&self, row: u64, headings: &Headings) -> Option<RowNote> {
        let (first, second) = (self.earlier.1?, self.later.1?);
        if first <= second {
            return None;
        }
        let (one, other) = (
            headings.heading(self.earlier.0),
            headings.heading(self.later.0),
        );
        let text = text!(
            "{other}（{second}）が{one}（{first}）より前です。どちらかの年月日を確かめてください。",
            "{other} ({second}) is before {one} ({first}): please check both dates"
        );
        Some(RowNote::new(row, Some(other), text))
    }
}

/// Why a row contradicts itself; empty: it does not.
pub(super) fn against_itself(row: &LedgerRow, headings: &Headings) -> Vec<RowNote> {
    let lent = (Field::LentOn, row.lent_on);
    let order = |earlier, later| Order { earlier, later };
    let mut notes: Vec<RowNote> = [
        order(lent, (Field::ReturnedOn, row.returned_on)),
        order(lent, (Field::ReturnDue, row.return_due)),
        order((Field::Born, row.born), lent),
        order(
            (Field::UseAppliedOn, row.use_applied_on),
            (Field::UseDecidedOn, row.use_decided_on),
        ),
        order(
            (Field::LoanAppliedOn, row.loan_applied_on),
            (Field::LoanDecidedOn, row.loan_decided_on),
        ),
    ]
    .iter()
    .filter_map(|order| order.broken(row.row, headings))
    .collect();
    if row.returned_on.is_some() && row.lent_on.is_none() {
        notes.push(RowNote::new(
            row.row,
            Some(headings.heading(Field::LentOn)),
            Text::fixed(
                "返却日がありますが、貸与日がありません。貸与日を書いてください。",
                "there is a day of return, but none of the hand-over: write it",
            ),
        ));
    }
    notes
}

/// What is odd about a row and does not stand in its way.
pub(super) fn remarks(row: &LedgerRow, headings: &Headings) -> Vec<RowNote> {
    let mut notes = Vec::new();
    let mut note =
        |field, text| notes.push(RowNote::new(row.row, Some(headings.heading(field)), text));
    if row.lent_on.is_some() && row.serial.is_none() {
        note(
            Field::Serial,
            Text::fixed(
                "製造番号がないので、どの発電機か分かりません。取り込んだあとで機体を選んでください。",
                "without a serial number nobody knows which generator it is: choose it after the import",
            ),
        );
    }
    if let (Some(checked), Some(lent)) = (row.checked_on, row.lent_on)
        && checked < lent
    {
        note(
            Field::CheckedOn,
            text!(
                "点検日（{checked}）が貸与日（{lent}）より前です。貸与中の点検としては数えません。",
                "the check ({checked}) was before the hand-over ({lent}) and does not count as one of this loan"
            ),
        );
    }
    let found = row.check_passed.is_some() || row.check_words.is_some();
    if row.checked_on.is_none() && found {
        note(
            Field::CheckedOn,
            if row.check_passed == Some(false) {
                Text::fixed(
                    "点検結果が不良ですが、点検日がありません。点検としては取り込みません。いつの点検か確かめ、貸与の画面で不合格の確認を記録して、交換を決めてください。",
                    "the check failed, but its day is missing: it is not taken over. Find out when it was, record the failed check on the page of the loan, and decide on the exchange",
                )
            } else {
                Text::fixed(
                    "点検結果がありますが、点検日がありません。点検としては取り込みません。日を確かめて書いてください。",
                    "there is the result of a check, but not its day: it is not taken over. Write the day",
                )
            },
        );
    }
    if row.returned_on.is_none() && row.return_reason.is_some() {
        note(
            Field::ReturnReason,
            Text::fixed(
                "返却日がないので、貸与中とします。返却されていれば返却日を書いてください。",
                "without a day of return the loan runs: write it if the generator came back",
            ),
        );
    }
    if let (Some(decided), Some(applied)) = (row.use_decided_on, row.loan_applied_on)
        && applied < decided
    {
        note(
            Field::LoanAppliedOn,
            text!(
                "貸与申請（{applied}）が利用決定（{decided}）より前です。順序を確かめてください。",
                "the loan was applied for ({applied}) before the use was decided ({decided}): please check"
            ),
        );
    }
    notes
}

/// The rows that were accepted so far.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    rows: Vec<LedgerRow>,
    /// By serial number, in the form in which two are compared.
    by_serial: BTreeMap<String, Vec<usize>>,
    /// By the child, as far as the ledger says who it is.
    by_child: BTreeMap<String, Vec<usize>>,
}

impl Ledger {
    /// Takes a row in.
    pub(super) fn add(&mut self, row: LedgerRow) {
        let place = self.rows.len();
        if let Some(serial) = serial_form(&row) {
            self.by_serial.entry(serial).or_default().push(place);
        }
        self.by_child
            .entry(child_form(&row))
            .or_default()
            .push(place);
        self.rows.push(row);
    }

    /// The rows, in the order of the file.
    pub(super) fn into_rows(self) -> Vec<LedgerRow> {
        self.rows
    }

    fn of_serial(&self, row: &LedgerRow) -> impl Iterator<Item = &LedgerRow> {
        let places = serial_form(row).and_then(|serial| self.by_serial.get(&serial));
        places.into_iter().flatten().map(|place| &self.rows[*place])
    }

    fn of_child(&self, row: &LedgerRow) -> impl Iterator<Item = &LedgerRow> {
        let places = self.by_child.get(&child_form(row));
        places.into_iter().flatten().map(|place| &self.rows[*place])
    }

    /// Why a row cannot stand beside those before it; empty: it can.
    pub(super) fn against_others(&self, row: &LedgerRow, headings: &Headings) -> Vec<RowNote> {
        let same = |other: &&LedgerRow| {
            LedgerRow {
                row: row.row,
                ..(*other).clone()
            } == *row
        };
        if let Some(first) = self.of_child(row).find(same) {
            let first = first.row;
            let text = text!(
                "{first}行目と同じ行です。片方を消してください。",
                "the same as row {first}: remove one of them"
            );
            return vec![RowNote::new(row.row, None, text)];
        }
        let other_unit = |other: &&LedgerRow| {
            let serials = (serial_form(row), serial_form(other));
            // Without a birthday a name may be that of two children.
            (row.born.is_some() || row.number == other.number)
                && row.lent_on.is_some()
                && row.lent_on == other.lent_on
                && matches!(serials, (Some(one), Some(other)) if one != other)
        };
        if let Some(other) = self.of_child(row).find(other_unit) {
            let (first, lent) = (other.row, day(row.lent_on));
            let ours = other.serial.as_deref().unwrap_or_default();
            let theirs = row.serial.as_deref().unwrap_or_default();
            let text = text!(
                "{first}行目に、同じお子さんへ同じ日（{lent}）に貸与した行があり、製造番号が食い違います（{first}行目：{ours}、この行：{theirs}）。この行は取り込みません。どちらの発電機を渡したか確かめて、片方を消すか、貸与日を直してください。",
                "row {first} says that this child was lent a unit on the same day ({lent}), and the serial numbers differ (row {first}: {ours}, this row: {theirs}). This row is not taken: find out which unit was handed over, and remove one of them or correct its day"
            );
            let column = headings.heading(Field::Serial);
            return vec![RowNote::new(row.row, Some(column), text)];
        }
        let serial = row.serial.as_deref().unwrap_or_default();
        let twice = self.of_serial(row).find(|other| overlap(row, other));
        let text = match twice {
            None => return Vec::new(),
            Some(other) if other.runs() && row.runs() => {
                let first = other.row;
                text!(
                    "製造番号 {serial} は{first}行目でも貸与中です。1台を同時に2人には貸せません。番号の写し違いか、返却日の書き忘れがないか確かめてください。",
                    "the serial number {serial} is lent in row {first} too: one unit cannot be with two families. Is a number mistyped, or a day of return missing?"
                )
            }
            Some(other) => {
                let (first, from) = (other.row, day(other.lent_on));
                let until = day(other.returned_on);
                text!(
                    "製造番号 {serial} は{first}行目で {from} から {until} まで貸与されていて、期間が重なります。日付か番号を確かめてください。",
                    "the serial number {serial} was lent from {from} to {until} in row {first}, which overlaps: check the dates or the number"
                )
            }
        };
        vec![RowNote::new(
            row.row,
            Some(headings.heading(Field::Serial)),
            text,
        )]
    }

    /// What is odd about a row beside those before it.
    pub(super) fn remarks(&self, row: &LedgerRow, headings: &Headings) -> Vec<RowNote> {
        let other = self.of_child(row).find(|other| row.runs() && other.runs());
        let note = other.map(|other| {
            let first = other.row;
            let text = text!(
                "{first}行目と同じお子さんに、2台目を貸与中です。確かめてください。",
                "a second unit for the child of row {first}: please check"
            );
            RowNote::new(row.row, Some(headings.heading(Field::Name)), text)
        });
        note.into_iter().collect()
    }
}

/// Whether a unit is with two families on one day. On the day of its return it
/// may be handed on.
fn overlap(one: &LedgerRow, other: &LedgerRow) -> bool {
    let (Some(first), Some(second)) = (one.lent_on, other.lent_on) else {
        return false;
    };
    let before_end = |day: NaiveDate, row: &LedgerRow| row.returned_on.is_none_or(|end| day < end);
    // Two loans that begin on one day are two, even if one ends on it.
    first == second || (before_end(first, other) && before_end(second, one))
}

fn day(day: Option<NaiveDate>) -> String {
    day.map_or_else(|| "…".to_owned(), |day| day.to_string())
}

/// A serial number without the dashes that one writes and another leaves out.
fn serial_form(row: &LedgerRow) -> Option<String> {
    let form = serial_key(row.serial.as_ref()?);
    Some(form).filter(|form| !form.is_empty())
}

/// Who the child of a row is, as far as the ledger says: name and birthday, else
/// the number.
fn child_form(row: &LedgerRow) -> String {
    match (&row.name, &row.number) {
        (Some(name), _) => format!("{} {}", key_form(name), day(row.born)),
        (None, Some(number)) => format!("# {number}"),
        (None, None) => String::new(),
    }
}
