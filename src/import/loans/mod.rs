//! A ledger of loans as a centre keeps it today: a spreadsheet, with its own
//! titles, merged headings and spellings of dates. One row is one loan, or one
//! application for one.

mod cells;
mod checks;
mod columns;
mod fields;
mod row;
#[cfg(test)]
mod tests;

use std::path::Path;

use chrono::NaiveDate;

use super::{
    report::{FileReport, Row, RowNote},
    source::{ReadError, Shape, Source},
    table::{self, TableKind},
};
use crate::{
    domain::{municipality::MunicipalityCode, text::Text},
    text,
};

use checks::Ledger;
use columns::Headings;

/// A row of a ledger. What the ledger does not say is `None`, and is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LedgerRow {
    /// Its number from 1; headings are not counted.
    pub row: u64,
    /// The number under which the ledger keeps it (管理番号), in NFKC: a case
    /// number where the ledger has ours, else the ledger's own.
    pub number: Option<String>,
    /// The child's name; there is a name or a number.
    pub name: Option<String>,
    /// How the name is read.
    pub kana: Option<String>,
    /// The child's birthday.
    pub born: Option<NaiveDate>,
    /// Where the child lives.
    pub municipality: Option<MunicipalityCode>,
    /// The generator's model, as the ledger writes it.
    pub model: Option<String>,
    /// The generator's serial number, in NFKC without spaces.
    pub serial: Option<String>,
    /// The day of the hand-over; `None`: not handed over, or not yet. Never
    /// after today.
    pub lent_on: Option<NaiveDate>,
    /// By when it is to come back.
    pub return_due: Option<NaiveDate>,
    /// The day on which it came back; `None`: the loan runs. Never before the
    /// hand-over, never after today.
    pub returned_on: Option<NaiveDate>,
    /// Why it came back, as the ledger writes it.
    pub return_reason: Option<String>,
    /// First stage: applied for use.
    pub use_applied_on: Option<NaiveDate>,
    /// First stage: decided.
    pub use_decided_on: Option<NaiveDate>,
    /// Second stage: applied for the loan.
    pub loan_applied_on: Option<NaiveDate>,
    /// Second stage: decided.
    pub loan_decided_on: Option<NaiveDate>,
    /// The last check.
    pub checked_on: Option<NaiveDate>,
    /// What the last check found; `None`: not said, or in words that say neither.
    pub check_passed: Option<bool>,
    /// The same in the ledger's words.
    pub check_words: Option<String>,
    /// When the family applied for the plan.
    pub plan_applied_on: Option<NaiveDate>,
    /// Remarks.
    pub note: Option<String>,
}

impl LedgerRow {
    /// Whether the generator is with the family.
    pub const fn runs(&self) -> bool {
        self.lent_on.is_some() && self.returned_on.is_none()
    }
}

/// As of when, and for whom, a ledger is read.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// No day that has been may lie after it.
    pub today: NaiveDate,
    /// The prefecture whose centre keeps the ledger (`熊本県`): of municipalities
    /// with one name its own is meant.
    pub prefecture: Option<&'a str>,
}

/// Reads a ledger (XLSX, or CSV in UTF-8 or Shift_JIS); writes nothing.
///
/// What it promises:
/// - Every record below the headings is either in the list, in the order of the
///   file, or rejected in the report with its number, its column and a reason in
///   both languages: `report.read` = list + distinct rejected rows. An empty
///   record is read and rejected.
/// - No row contradicts itself: days that have been are not after `today`, the
///   return is not before the loan, no decision is before its application.
/// - No two rows of the list contradict each other: a serial number stands in one
///   running loan at most, and no unit is lent twice over one day (it may be handed
///   on on the day of its return). Of two such rows the first in the file is in the
///   list, the other is rejected and names the first.
/// - Nothing is guessed: what cannot be read rejects its row; words on a check that
///   say neither good nor bad are kept as words, with a warning. Which stored child
///   a row is, is for the caller to find out, or to ask.
/// - `accepted` is counted; `added`, `changed`, `unchanged` are the writer's.
///
/// # Errors
///
/// Those of the table reader, and [`ReadError::File`] with the code
/// `unknown_format` where no headings of a ledger are found in the first rows, or
/// `double_column` where two columns have one meaning.
pub fn read(path: &Path, how: Reading<'_>) -> Result<(Vec<LedgerRow>, FileReport), ReadError> {
    let source = Source::open(path)?;
    let mut lines: Vec<Vec<String>> = Vec::new();
    let header = std::cell::RefCell::new(Vec::new());
    let kind = table::read(
        &source,
        &|_| (),
        &mut |first| {
            *header.borrow_mut() = first.names().to_vec();
            Ok(())
        },
        &mut |record| {
            lines.push(record.cells().to_vec());
            Ok(())
        },
    )?;
    // The table reader takes the first line for the headings; here they may stand
    // further down.
    lines.insert(0, header.into_inner());
    let headings = Headings::find(&lines)?;
    let (format, encoding, remarks) = match kind {
        TableKind::Csv(encoding, remarks) => ("loan-ledger-csv", encoding.name(), remarks),
        TableKind::Xlsx(remarks) => ("loan-ledger-xlsx", "XLSX", remarks),
    };
    let mut report = FileReport {
        file: path.display().to_string(),
        format: Some(format.to_owned()),
        encoding: Some(encoding.to_owned()),
        ..FileReport::default()
    };
    report.warn(headings.remarks());
    // Its first line is 1 here, and its first record there.
    report.warn(remarks.into_iter().map(|note| RowNote {
        row: if note.row == 0 { 0 } else { note.row + 1 },
        ..note
    }));
    let mut ledger = Ledger::default();
    let records = lines.iter().skip(headings.first_record());
    // As the spreadsheet counts them: its first line is 1.
    let first = headings.first_record() as u64 + 1;
    for (row, cells) in (first..).zip(records) {
        let read = of_record(row, cells, &headings, source.shape(), how, &mut ledger);
        // What it was is in the report; a ledger's row has no key to withdraw by.
        let _ = report.take(read);
    }
    Ok((ledger.into_rows(), report))
}

fn of_record(
    row: u64,
    cells: &[String],
    headings: &Headings,
    shape: Shape,
    how: Reading<'_>,
    ledger: &mut Ledger,
) -> Row<()> {
    let refused = |notes| Row::Rejected {
        row,
        notes,
        key: None,
    };
    let whole = |text| refused(vec![RowNote::new(row, None, text)]);
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return whole(Text::fixed("空の行です。", "an empty record"));
    }
    if headings.are_repeated_in(cells) {
        return whole(Text::fixed(
            "見出しがもう一度書かれている行です。貸与の行としては読みません。",
            "the headings once more: this row is no loan",
        ));
    }
    let (expected, found) = (headings.width(), cells.len());
    let beyond = cells
        .iter()
        .skip(expected)
        .any(|cell| !cell.trim().is_empty());
    // A spreadsheet's cells stay in their columns; those of a CSV shift.
    if shape == Shape::Csv && (found < expected || beyond) {
        return whole(text!(
            "列が{found}個あります（見出しは{expected}個）。カンマの過不足で列がずれています。",
            "{found} cells where the headings have {expected}: a comma too many or too few shifts the columns"
        ));
    }
    let (built, mut notes, mut warnings) = row::read(row, cells, headings, how);
    if beyond {
        warnings.push(RowNote::new(
            row,
            None,
            Text::fixed(
                "見出しのない列に値があります。読んでいません。",
                "there is a value in a column without a heading: it was not read",
            ),
        ));
    }
    if notes.is_empty() {
        notes = checks::against_itself(&built, headings);
    }
    if notes.is_empty() {
        notes = ledger.against_others(&built, headings);
    }
    if !notes.is_empty() {
        return refused(notes);
    }
    warnings.extend(checks::remarks(&built, headings));
    warnings.extend(ledger.remarks(&built, headings));
    ledger.add(built);
    Row::Accepted {
        row,
        record: (),
        warnings,
    }
}
