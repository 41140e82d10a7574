//! The cells of a row of a ledger, and what is wrong with them. A cell that
//! cannot be read is never dropped in silence.

use std::cell::RefCell;

use chrono::NaiveDate;

use super::{columns::Headings, fields::Field};
use crate::{
    domain::{
        calendar::{era, parse_date},
        text::{Text, key_form},
    },
    import::{
        families::{FORMULA_ERRORS, NONE, UNKNOWN},
        report::RowNote,
    },
    text,
};

/// Words that stand in a column of days where there has been no such day.
const NOT_YET: [&str; 14] = [
    "未",
    "未返却",
    "未申請",
    "未決定",
    "未実施",
    "未点検",
    "未定",
    "貸与中",
    "貸出中",
    "使用中",
    "継続",
    "継続中",
    "予定",
    "該当なし",
];

/// Marks that stand for what is written in the row above.
const DITTO: [&str; 4] = ["〃", "\"", "同上", "々"];

/// The cells of one row.
pub(super) struct Cells<'a> {
    row: u64,
    cells: &'a [String],
    headings: &'a Headings,
    faults: RefCell<Vec<RowNote>>,
    warnings: RefCell<Vec<RowNote>>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(row: u64, cells: &'a [String], headings: &'a Headings) -> Self {
        Self {
            row,
            cells,
            headings,
            faults: RefCell::default(),
            warnings: RefCell::default(),
        }
    }

    /// What stands in the row's way, and what does not, once every cell was asked
    /// for.
    pub(super) fn into_notes(self) -> (Vec<RowNote>, Vec<RowNote>) {
        (self.faults.into_inner(), self.warnings.into_inner())
    }

    pub(super) fn fault(&self, field: Field, text: Text) {
        self.faults.borrow_mut().push(self.note(field, text));
    }

    pub(super) fn warn(&self, field: Field, text: Text) {
        self.warnings.borrow_mut().push(self.note(field, text));
    }

    fn note(&self, field: Field, text: Text) -> RowNote {
        RowNote::new(self.row, Some(self.headings.heading(field)), text)
    }

    /// A cell that says something.
    fn said(&self, field: Field) -> Option<&'a str> {
        let cell = self.cells.get(self.headings.place(field)?)?.trim();
        if FORMULA_ERRORS.contains(&cell) {
            self.fault(
                field,
                text!(
                    "「{cell}」は表計算の数式の値がないか、エラーです。表計算ソフトで開いて保存し直すか、値を書いてください。",
                    "`{cell}`: a formula without a value, or with an error. Open and save it in a spreadsheet program, or write the value itself"
                ),
            );
            return None;
        }
        let form = key_form(cell);
        if DITTO.contains(&form.as_str()) {
            self.fault(
                field,
                text!(
                    "「{cell}」は上の行と同じという印です。値そのものを書いてください。",
                    "`{cell}` points to the row above: write the value itself"
                ),
            );
            return None;
        }
        (!form.is_empty() && !UNKNOWN.contains(&form.as_str())).then_some(cell)
    }

    /// The text of a cell on one line; what says that there is none is none.
    pub(super) fn text(&self, field: Field) -> Option<String> {
        let cell = self.said(field)?;
        let words: Vec<&str> = cell.split_whitespace().collect();
        (!NONE.contains(&key_form(cell).as_str())).then(|| words.join(" "))
    }

    /// A number or code, in NFKC without spaces.
    pub(super) fn code(&self, field: Field) -> Option<String> {
        self.text(field).map(|text| key_form(&text))
    }

    /// A cell read by `read`, which says why it cannot.
    pub(super) fn value<T>(
        &self,
        field: Field,
        read: impl FnOnce(&str) -> Result<T, Text>,
    ) -> Option<T> {
        read(self.said(field)?)
            .map_err(|text| self.fault(field, text))
            .ok()
    }

    /// A day, as people write it or as a spreadsheet counts it.
    pub(super) fn day(&self, field: Field) -> Option<NaiveDate> {
        let cell = self.said(field)?;
        let form = key_form(cell);
        if NOT_YET.contains(&form.as_str()) || NONE.contains(&form.as_str()) {
            return None;
        }
        read_day(cell)
            .map_err(|bad| self.fault(field, bad.text()))
            .ok()
    }

    /// A day that has come.
    pub(super) fn past_day(&self, field: Field, today: NaiveDate) -> Option<NaiveDate> {
        let day = self.day(field)?;
        if day > today {
            self.fault(
                field,
                text!(
                    "{day} はまだ来ていない日です。年月日を確かめてください。",
                    "{day} has not come yet: please check the date"
                ),
            );
            return None;
        }
        Some(day)
    }
}

/// Reads a day of a ledger: every spelling of [`parse_date`], `20251031`, five
/// digits as the serial number of a spreadsheet (1927 to 2173), and the time
/// 0:00 that databases write behind a day.
fn read_day(cell: &str) -> Result<NaiveDate, era::BadDate> {
    let form = key_form(cell);
    let (whole, fraction) = form.split_once('.').unwrap_or((&form, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(whole) && digits(fraction) && whole.len() == 5 {
        let serial = whole.parse().expect("five digits are a number");
        return era::from_excel_serial(serial);
    }
    if digits(&form) && form.len() == 8 {
        let (year, rest) = form.split_at(4);
        let (month, day) = rest.split_at(2);
        return parse_date(&format!("{year}-{month}-{day}")).map_err(|bad| match bad {
            era::BadDate::NoSuchDay(_) => era::BadDate::NoSuchDay(cell.to_owned()),
            other => other,
        });
    }
    let trimmed = cell.trim();
    let day = [" 0:00:00", " 00:00:00", " 0:00", " 00:00", "T00:00:00"]
        .into_iter()
        .find_map(|midnight| trimmed.strip_suffix(midnight));
    parse_date(day.unwrap_or(trimmed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_people_programs_and_spreadsheets_write_it() {
        for form in [
            "令和7年10月31日",
            "Ｒ７．１０．３１",
            "令7.10.31",
            "2025/10/31",
            "2025/10/31 0:00:00",
            "2025-10-31T00:00:00",
            "20251031",
            "45961",
            "４５９６１",
            "45961.5",
        ] {
            assert_eq!(read_day(form).unwrap().to_string(), "2025-10-31", "{form}");
        }
        for bad in ["20250230", "7.10.31", "10/31", "4596", "459611", "R7.10"] {
            assert!(read_day(bad).is_err(), "{bad}");
        }
    }
}
