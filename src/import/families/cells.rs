//! The cells of one row, by the key of their column, and what is wrong with
//! them. A cell that cannot be read is never dropped in silence.

use std::{cell::RefCell, str::FromStr};

use chrono::NaiveDate;
use serde::de::{DeserializeOwned, IntoDeserializer, value};

use super::{
    columns::{self, columns},
    known::Image,
};
use crate::{
    domain::{
        calendar::era,
        position::{BadPosition, Position},
        text::{Text, key_form},
    },
    import::{
        report::RowNote,
        table::{Record, UNCALCULATED},
    },
    text,
};

/// Words that say no more than an empty cell.
pub(in crate::import) const UNKNOWN: [&str; 9] = [
    "不明",
    "未定",
    "未確認",
    "未記入",
    "わからない",
    "-",
    "―",
    "?",
    "unknown",
];

/// Words that stand where a text would, and say that there is none.
pub(in crate::import) const NONE: [&str; 6] = ["なし", "無し", "無", "ナシ", "特になし", "none"];

/// What a spreadsheet shows where a formula failed.
pub(in crate::import) const FORMULA_ERRORS: [&str; 8] = [
    UNCALCULATED,
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#NAME?",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
];

const YES: [&str; 13] = [
    "はい",
    "あり",
    "有",
    "有り",
    "可",
    "する",
    "同意",
    "同意あり",
    "○",
    "〇",
    "1",
    "yes",
    "true",
];
const NO: [&str; 13] = [
    "いいえ",
    "なし",
    "無",
    "無し",
    "不可",
    "しない",
    "拒否",
    "同意なし",
    "不同意",
    "×",
    "0",
    "no",
    "false",
];

/// Where a file has the columns that are known.
pub(super) struct Layout {
    /// By the place in [`columns`]: the place in the file, and the header as
    /// the file writes it.
    found: Vec<Option<(usize, String)>>,
}

impl Layout {
    /// Of the headers of a file; a column that stands there twice is an error
    /// that names both headers.
    pub(super) fn new(headers: &[String]) -> Result<Self, (String, String)> {
        let mut found: Vec<Option<(usize, String)>> = vec![None; columns().len()];
        for (place, header) in headers.iter().enumerate() {
            let Some(column) = columns::place_of(header) else {
                continue;
            };
            if let Some((_, first)) = &found[column] {
                return Err((first.clone(), header.clone()));
            }
            found[column] = Some((place, header.clone()));
        }
        Ok(Self { found })
    }

    /// Whether the file has a column.
    pub(super) fn has(&self, key: &str) -> bool {
        self.place(key).is_some()
    }

    pub(super) fn place(&self, key: &str) -> Option<usize> {
        self.found[column_of(key)].as_ref().map(|(place, _)| *place)
    }

    fn header(&self, key: &str) -> &str {
        let column = column_of(key);
        self.found[column]
            .as_ref()
            .map_or(columns()[column].header.as_str(), |(_, header)| header)
    }
}

fn column_of(key: &str) -> usize {
    columns::place_of(key).expect("every key that is asked for is in the table")
}

/// The cells of one row.
pub(super) struct Cells<'a> {
    record: &'a Record<'a>,
    layout: &'a Layout,
    today: NaiveDate,
    /// What stands in for columns that the sheet lacks.
    image: Option<&'a Image>,
    faults: RefCell<Vec<RowNote>>,
    warnings: RefCell<Vec<RowNote>>,
}

impl<'a> Cells<'a> {
    /// The cells of a record.
    pub(super) fn new(
        record: &'a Record<'a>,
        layout: &'a Layout,
        today: NaiveDate,
        image: Option<&'a Image>,
    ) -> Self {
        Self {
            record,
            layout,
            today,
            image,
            faults: RefCell::default(),
            warnings: RefCell::default(),
        }
    }

    /// What stands in the row's way, and what does not, once every cell was
    /// asked for.
    pub(super) fn into_notes(self) -> (Vec<RowNote>, Vec<RowNote>) {
        (self.faults.into_inner(), self.warnings.into_inner())
    }

    /// Notes what stands in the row's way.
    pub(super) fn fault(&self, key: &str, text: Text) {
        self.faults.borrow_mut().push(self.note(key, text));
    }

    /// Whether the sheet has a column.
    pub(super) fn in_sheet(&self, key: &str) -> bool {
        self.layout.has(key)
    }

    /// Notes what does not stand in its way.
    pub(super) fn warn(&self, key: &str, text: Text) {
        self.warnings.borrow_mut().push(self.note(key, text));
    }

    fn note(&self, key: &str, text: Text) -> RowNote {
        RowNote::new(self.record.row, Some(self.layout.header(key)), text)
    }

    /// A cell that says something: neither empty nor one of [`UNKNOWN`].
    pub(super) fn said(&self, key: &str) -> Option<&str> {
        let cell = match self.layout.place(key) {
            Some(place) => self.record.cell(place)?,
            None => self.image?.cell(key)?,
        };
        if FORMULA_ERRORS.contains(&cell) {
            self.fault(
                key,
                text!(
                    "「{cell}」は表計算の数式の値がないか、エラーです。表計算ソフトで開いて保存し直すか、値を書いてください。",
                    "`{cell}`: a formula without a value, or with an error. Open and save it in a spreadsheet program, or write the value itself"
                ),
            );
            return None;
        }
        (!UNKNOWN.contains(&key_form(cell).as_str())).then_some(cell)
    }

    /// The text of a cell; what says that there is none is none.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        let cell = self.said(key)?;
        (!NONE.contains(&key_form(cell).as_str())).then(|| cell.to_owned())
    }

    /// A cell read by `read`, which says why it cannot.
    pub(super) fn value<T>(
        &self,
        key: &str,
        read: impl FnOnce(&str) -> Result<T, Text>,
    ) -> Option<T> {
        match read(self.said(key)?) {
            Ok(value) => Some(value),
            Err(text) => {
                self.fault(key, text);
                None
            }
        }
    }

    /// A cell as one of some words, or as the word of the JSON documents.
    pub(super) fn choice<T: Copy + DeserializeOwned>(
        &self,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        self.value(key, |cell| word(cell, words))
    }

    /// Yes, no, or not said.
    pub(super) fn yes_no(&self, key: &str) -> Option<bool> {
        self.value(key, |cell| {
            let wanted = key_form(cell).to_lowercase();
            let is = |words: &[&str]| words.iter().any(|word| key_form(word) == wanted);
            match (is(&YES), is(&NO)) {
                (true, _) => Ok(true),
                (_, true) => Ok(false),
                _ => Err(text!(
                    "「{cell}」は読めません。はい・いいえ（あり・なし、可・不可でも可）か空欄にしてください。",
                    "`{cell}` is neither はい (yes) nor いいえ (no): write one of them, or leave the cell empty"
                )),
            }
        })
    }

    /// A date.
    pub(super) fn date(&self, key: &str) -> Option<NaiveDate> {
        self.value(key, |cell| era::parse_date(cell).map_err(|bad| bad.text()))
    }

    /// A day that has come: of a birth, a consent, an agreement.
    pub(super) fn past_date(&self, key: &str) -> Option<NaiveDate> {
        self.value(key, |cell| {
            let day = era::parse_date(cell).map_err(|bad| bad.text())?;
            self.not_to_come(day)
        })
    }

    /// A day that has come, as it is.
    pub(super) fn not_to_come(&self, day: NaiveDate) -> Result<NaiveDate, Text> {
        if day <= self.today {
            return Ok(day);
        }
        Err(text!(
            "{day} はまだ来ていない日です。年月日を確かめてください。",
            "{day} has not come yet: please check the date"
        ))
    }

    /// A number within bounds, with or without a unit behind it.
    pub(super) fn number<T>(&self, key: &str, units: &[&str], least: T, most: T) -> Option<T>
    where
        T: FromStr + PartialOrd + std::fmt::Display + Copy,
    {
        self.value(key, |cell| {
            let form = key_form(cell);
            let bare = units.iter().find_map(|unit| form.strip_suffix(unit));
            bare.unwrap_or(&form)
                .parse()
                .ok()
                .filter(|number| (&least..=&most).contains(&number))
                .ok_or_else(|| {
                    text!(
                        "「{cell}」は読めません。{least}から{most}までの数を書いてください。",
                        "`{cell}` is no number from {least} to {most}"
                    )
                })
        })
    }
}

impl Cells<'_> {
    /// Minutes: `90`, `90分`, `1時間30分`.
    pub(super) fn minutes(&self, key: &str, most: u32) -> Option<u32> {
        self.value(key, |cell| {
            let form = key_form(cell);
            let (hours, rest) = form.split_once("時間").unwrap_or(("0", &form));
            let rest = rest.strip_suffix('分').unwrap_or(rest);
            let rest = if rest.is_empty() && form.contains("時間") {
                "0"
            } else {
                rest
            };
            hours
                .parse::<u32>()
                .ok()
                .zip(rest.parse::<u32>().ok())
                .and_then(|(hours, rest)| hours.checked_mul(60)?.checked_add(rest))
                .filter(|minutes| *minutes <= most)
                .ok_or_else(|| {
                    text!(
                        "「{cell}」は読めません。0から{most}までの分を書いてください。",
                        "`{cell}` is no number of minutes from 0 to {most}"
                    )
                })
        })
    }

    /// A storey: `2`, `2階`, `B1`, `地下1階`; 1 is the ground floor, 0 is none.
    pub(super) fn storey(&self, key: &str) -> Option<i16> {
        self.value(key, |cell| {
            let form = key_form(cell).to_uppercase();
            let bare = form.strip_suffix(['階', 'F']).unwrap_or(&form);
            let below = bare.strip_prefix("地下").or_else(|| bare.strip_prefix('B'));
            below
                .map_or_else(
                    || bare.parse().ok(),
                    |number| number.parse().ok().map(|n: i16| -n),
                )
                .filter(|storey| (-9..=99).contains(storey) && *storey != 0)
                .ok_or_else(|| {
                    text!(
                        "「{cell}」は階として読めません。1階は1、地下1階は-1と書いてください。",
                        "`{cell}` is no storey: the ground floor is 1, the first basement -1"
                    )
                })
        })
    }

    /// Two cells as a position; half a position is a fault.
    pub(super) fn position(&self, lat: &str, lon: &str) -> Option<Position> {
        let degrees = |key: &str, cell: &str| {
            let number = key_form(cell).parse::<f64>().ok();
            if number.is_none() {
                self.fault(
                    key,
                    text!(
                        "「{cell}」は数ではありません。32.2101 のように10進の度で書いてください。",
                        "`{cell}` is no number: write decimal degrees like 32.2101"
                    ),
                );
            }
            number
        };
        let (north, east) = match (self.said(lat), self.said(lon)) {
            (None, None) => return None,
            (Some(north), Some(east)) => (degrees(lat, north), degrees(lon, east)),
            (given, _) => {
                self.fault(
                    if given.is_some() { lon } else { lat },
                    Text::fixed(
                        "緯度と経度の片方しかありません。両方書くか、両方空欄にしてください。",
                        "only one of latitude and longitude is given: give both, or neither",
                    ),
                );
                return None;
            }
        };
        Position::new(north?, east?)
            .inspect_err(|bad| {
                self.fault(
                    lat,
                    match bad {
                        BadPosition::Swapped { lat, lon } => text!(
                            "緯度と経度が入れ替わっています（緯度{lat}、経度{lon}）。",
                            "latitude and longitude are swapped ({lat}, {lon})"
                        ),
                        BadPosition::OutsideJapan { lat, lon } => text!(
                            "日本の外の位置です（緯度{lat}、経度{lon}）。",
                            "a place outside Japan ({lat}, {lon})"
                        ),
                    },
                );
            })
            .ok()
    }
}

/// A word of a list, or of the JSON documents, as what it means.
pub(super) fn word<T: Copy + DeserializeOwned>(
    given: &str,
    words: &[(&str, T)],
) -> Result<T, Text> {
    let wanted = key_form(given);
    let json = || {
        let word: value::StrDeserializer<'_, value::Error> = wanted.as_str().into_deserializer();
        T::deserialize(word).ok()
    };
    words
        .iter()
        .find(|(word, _)| key_form(word) == wanted)
        .map(|(_, meaning)| *meaning)
        .or_else(json)
        .ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let (ja, en) = (known.join("・"), known.join(", "));
            text!(
                "「{given}」は読めません。{ja} のどれかにしてください。",
                "`{given}` is not known here: write one of {en}"
            )
        })
}
