//! One row's cells, and what is wrong with them.

use std::str::FromStr;

use chrono::NaiveDate;

use crate::{
    domain::{
        calendar::era,
        position::{BadPosition, Position},
        text::{Text, key_form},
    },
    import::{report::RowNote, table::Record},
    text,
};

/// Reads cells by name and gathers faults; a faulty cell is never dropped in
/// silence.
pub(super) struct Cells<'r, 'h> {
    record: &'r Record<'h>,
    faults: std::cell::RefCell<Vec<RowNote>>,
    names: &'r dyn Fn(&str) -> String,
}

impl<'r, 'h> Cells<'r, 'h> {
    /// The cells of a record; `names` gives a column's other name.
    pub(super) fn new(record: &'r Record<'h>, names: &'r dyn Fn(&str) -> String) -> Self {
        Self {
            record,
            faults: std::cell::RefCell::new(Vec::new()),
            names,
        }
    }

    /// What is wrong, once every cell was asked for.
    pub(super) fn into_faults(self) -> Vec<RowNote> {
        self.faults.into_inner()
    }

    /// Notes a fault.
    pub(super) fn fault(&self, column: &str, text: Text) {
        let note = RowNote::new(self.record.row, Some(column), text);
        self.faults.borrow_mut().push(note);
    }

    /// The text of a cell.
    pub(super) fn text(&self, column: &str) -> Option<String> {
        self.record
            .get(column)
            .or_else(|| self.record.get(&(self.names)(column)))
            .map(str::to_owned)
    }

    /// A cell as one of some words.
    pub(super) fn choice<T: Copy>(&self, column: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(column)?;
        let wanted = key_form(&text);
        let found = words.iter().find(|(word, _)| key_form(word) == wanted);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let known = known.join("・");
            self.fault(
                column,
                text!(
                    "「{text}」は読めません。{known} のどれかにしてください。",
                    "“{text}” is not one of {known}."
                ),
            );
        }
        found.map(|(_, value)| *value)
    }

    /// Yes, no, or not said.
    pub(super) fn yes_no(&self, column: &str) -> Option<bool> {
        self.choice(
            column,
            &[
                ("はい", true),
                ("いいえ", false),
                ("あり", true),
                ("なし", false),
                ("有", true),
                ("無", false),
                ("○", true),
                ("×", false),
                ("yes", true),
                ("no", false),
            ],
        )
    }

    /// A cell as a number.
    pub(super) fn number<T: FromStr + PartialOrd + Copy + std::fmt::Display>(
        &self,
        column: &str,
        least: T,
        most: T,
    ) -> Option<T> {
        let text = self.text(column)?;
        let number: Option<T> = key_form(&text)
            .parse()
            .ok()
            .filter(|n| *n >= least && *n <= most);
        if number.is_none() {
            self.fault(
                column,
                text!(
                    "「{text}」は{least}から{most}までの数ではありません。",
                    "“{text}” is no number from {least} to {most}."
                ),
            );
        }
        number
    }

    /// A cell as a date.
    pub(super) fn date(&self, column: &str) -> Option<NaiveDate> {
        match era::parse_date(&self.text(column)?) {
            Ok(date) => Some(date),
            Err(bad) => {
                self.fault(column, bad.text());
                None
            }
        }
    }

    /// Two cells as a position; half a position is a fault.
    pub(super) fn position(&self, lat: &str, lon: &str) -> Option<Position> {
        let given = (self.text(lat).is_some(), self.text(lon).is_some());
        if given.0 != given.1 {
            let missing = if given.0 { lon } else { lat };
            self.fault(
                missing,
                Text::fixed(
                    "緯度と経度は両方書くか、両方空欄にしてください。",
                    "give both latitude and longitude, or neither.",
                ),
            );
            return None;
        }
        let a = self.number(lat, -180.0, 180.0);
        let b = self.number(lon, -180.0, 180.0);
        match Position::new(a?, b?) {
            Ok(position) => Some(position),
            Err(BadPosition::Swapped { lat: a, lon: b }) => {
                self.fault(
                    lat,
                    text!(
                        "緯度と経度が入れ替わっています（{a}, {b}）。",
                        "latitude and longitude are swapped ({a}, {b})."
                    ),
                );
                None
            }
            Err(BadPosition::OutsideJapan { lat: a, lon: b }) => {
                self.fault(
                    lat,
                    text!(
                        "日本の外の位置です（{a}, {b}）。",
                        "a place outside Japan ({a}, {b})."
                    ),
                );
                None
            }
        }
    }
}
