//! The Cabinet Office's list of holidays (内閣府 `syukujitsu.csv`, in Shift_JIS):
//! a day and its name in each row, from 1955 to the next year.

use std::{cell::OnceCell, collections::BTreeMap, path::Path};

use chrono::NaiveDate;

use super::{
    report::RowNote,
    source::{ReadError, Source},
    table::{self, Header, Record},
};
use crate::{
    domain::{calendar::parse_date, text::Text},
    text,
};

/// How the column of days is headed, now and before 2018.
const DAY: [&str; 2] = ["国民の祝日・休日月日", "国民の祝日月日"];
/// How the column of names is headed.
const NAME: [&str; 2] = ["国民の祝日・休日名称", "国民の祝日名称"];

/// Why a list of holidays is refused. It is refused whole: a list that lacks
/// the rows that could not be read would turn holidays into working days.
#[derive(Debug, thiserror::Error)]
pub enum BadHolidays {
    /// The file.
    #[error(transparent)]
    File(#[from] ReadError),
    /// Rows of it; never empty.
    #[error("{} rows of the list of holidays cannot be read", .0.len())]
    Rows(Vec<RowNote>),
}

/// Reads the list, in Shift_JIS or UTF-8: every holiday with its name, by day.
///
/// # Errors
///
/// [`BadHolidays::Rows`] with every row that has no readable day or no name, or
/// whose day stands in the list already; [`BadHolidays::File`] as the table
/// reader has it, or with the code `unknown_format` (columns are missing) or
/// `empty` (no row).
pub fn read(path: &Path) -> Result<BTreeMap<NaiveDate, String>, BadHolidays> {
    let source = Source::open(path)?;
    let places = OnceCell::new();
    let mut days: BTreeMap<NaiveDate, (u64, String)> = BTreeMap::new();
    let mut bad = Vec::new();
    table::read(
        &source,
        &|_| (),
        &mut |header| {
            let found = place(header, DAY).zip(place(header, NAME));
            let _ = places.set(found.ok_or_else(no_such_list)?);
            Ok(())
        },
        &mut |record| {
            if record.is_empty() {
                return Ok(());
            }
            let places = *places.get().expect("the header comes first");
            match of_record(record, places, &days) {
                Ok((day, name)) => {
                    days.insert(day, (record.row, name));
                }
                Err(note) => bad.push(note),
            }
            Ok(())
        },
    )?;
    if !bad.is_empty() {
        return Err(BadHolidays::Rows(bad));
    }
    if days.is_empty() {
        return Err(ReadError::refused("empty", &NO_ROW).into());
    }
    Ok(days
        .into_iter()
        .map(|(day, (_, name))| (day, name))
        .collect())
}

fn place(header: &Header, names: [&str; 2]) -> Option<usize> {
    names.into_iter().find_map(|name| header.place(name))
}

fn of_record(
    record: &Record<'_>,
    (day_at, name_at): (usize, usize),
    days: &BTreeMap<NaiveDate, (u64, String)>,
) -> Result<(NaiveDate, String), RowNote> {
    let note = |field, text| RowNote::new(record.row, Some(field), text);
    let Some(written) = record.cell(day_at) else {
        let text = Text::fixed("日付がありません。", "the day is missing");
        return Err(note(DAY[0], text));
    };
    let day = parse_date(written).map_err(|bad| note(DAY[0], bad.text()))?;
    let Some(name) = record.cell(name_at) else {
        let text = Text::fixed("名称がありません。", "the name is missing");
        return Err(note(NAME[0], text));
    };
    if let Some((first, _)) = days.get(&day) {
        let text = text!(
            "{day} は{first}件目にもあります。どちらかを消してください。",
            "{day} stands in row {first} already: remove one of them"
        );
        return Err(note(DAY[0], text));
    }
    Ok((day, name.to_owned()))
}

fn no_such_list() -> ReadError {
    let (day, name) = (DAY[0], NAME[0]);
    ReadError::refused(
        "unknown_format",
        &text!(
            "「{day}」と「{name}」の列がありません。内閣府の「国民の祝日について」にある syukujitsu.csv を、そのまま指定してください。",
            "there are no columns {day} and {name}: name the Cabinet Office's syukujitsu.csv as it is"
        ),
    )
}

const NO_ROW: Text = Text::fixed(
    "祝日が1件もありません。もう一度ダウンロードしてください。",
    "there is not one holiday in it. Please download it again",
);

#[cfg(test)]
mod tests {
    use std::io::Write;

    use encoding_rs::SHIFT_JIS;

    use super::*;

    const HEADER: &str = "国民の祝日・休日月日,国民の祝日・休日名称\r\n";

    fn read_bytes(bytes: &[u8]) -> Result<BTreeMap<NaiveDate, String>, BadHolidays> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        read(file.path())
    }

    fn read_text(rows: &str) -> Result<BTreeMap<NaiveDate, String>, BadHolidays> {
        read_bytes(&SHIFT_JIS.encode(&format!("{HEADER}{rows}")).0)
    }

    fn refusal(bytes: &[u8]) -> String {
        match read_bytes(bytes) {
            Err(BadHolidays::File(ReadError::File(error))) => error.code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_list_is_read_as_it_is_published_and_in_utf_8() {
        let rows = "2026/1/1,元日\r\n2026/5/6,休日\r\n";
        let found = read_text(rows).unwrap();
        let day = "2026-05-06".parse().unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[&day], "休日");
        let utf8 = "\u{feff}国民の祝日月日,国民の祝日名称\n2026-01-01,元日\n\n2026-05-06,休日\n";
        assert_eq!(read_bytes(utf8.as_bytes()).unwrap(), found);
    }

    #[test]
    fn a_broken_row_refuses_the_list_and_every_such_row_is_named() {
        let rows =
            "2026/1/1,元日\r\n2026/2/30,【デモ】\r\n2026/2/11,\r\n,休日\r\n2026/1/1,元日\r\n";
        let Err(BadHolidays::Rows(notes)) = read_text(rows) else {
            panic!("it was read");
        };
        let rows: Vec<u64> = notes.iter().map(|note| note.row).collect();
        assert_eq!(rows, [2, 3, 4, 5]);
        assert!(notes[0].reason.contains("2026/2/30"), "{}", notes[0].reason);
        assert!(notes[3].reason.contains("1件目"), "{}", notes[3].reason);
    }

    #[test]
    fn another_file_and_an_empty_list_are_refused_as_what_they_are() {
        assert_eq!(
            refusal(&SHIFT_JIS.encode("名称,住所\r\nあ,い\r\n").0),
            "unknown_format"
        );
        assert_eq!(refusal(&SHIFT_JIS.encode(HEADER).0), "empty");
        assert_eq!(refusal(b""), "empty");
        assert_eq!(refusal(b"<!DOCTYPE html><html>"), "html");
    }
}
