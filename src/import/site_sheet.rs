//! The sheet of sites as a municipality sends it back: what it has filled in,
//! row by row. What is not in the sheet is kept; an emptied cell is unknown.

use std::{cell::OnceCell, path::Path};

use uuid::Uuid;

use super::{
    families::columns::edits,
    source::{ReadError, Shape, Source},
    table::{self, Header, Record, UNCALCULATED},
};
use crate::domain::{
    id::SiteId,
    site::PublishedSite,
    site_entry::{EntryField, EntryPatch},
    site_sheet::{ADDRESS, FIXED, ID, NAME, REVISION},
    text::{Text, key_form},
};

/// One row of the sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetRow {
    /// Its number from 1; the header is not counted.
    pub row: u64,
    /// The site that it names; `None`: no id that we could have written.
    pub site: Option<SiteId>,
    /// What it calls the site.
    pub name: String,
    /// The address that it gives; `None`: the sheet has no such column.
    pub address: Option<String>,
    /// The revision that it was made of.
    pub revision: Option<i64>,
    /// What it says, of the columns that it has.
    pub patch: EntryPatch,
    /// Why it cannot be taken.
    pub refused: Option<Text>,
}

impl SheetRow {
    /// Whether it calls the site otherwise than the record does.
    pub fn differs_in_name(&self, published: &PublishedSite) -> bool {
        let same = |said: &str, known: &str| said.is_empty() || key_form(said) == key_form(known);
        !same(&self.name, &published.name)
            || self
                .address
                .as_deref()
                .is_some_and(|address| !same(address, &published.address))
    }
}

const OTHER_SHEET: Text = Text::fixed(
    "避難先の表ではありません（「避難先ID」と「版」の列がありません）。避難先一覧の「表を出す」で出した表に記入してください。",
    "this is not the sheet of sites (it lacks the columns 避難先ID and 版): fill in the one that the list of sites gives out",
);
const NOTHING_TO_FILL: Text = Text::fixed(
    "記入する列（黄色の列）が一つもありません。避難先一覧の「表を出す」で出した表に記入してください。",
    "none of the columns to fill in (the yellow ones) is there: use the sheet that the list of sites gives out",
);
const TWO_COLUMNS: Text = Text::fixed(
    "同じ名前の列が二つあります。どちらかを消してください。",
    "two columns have one name: take one of them out",
);
const FORMULA: Text = Text::fixed(
    "数式の値が保存されていません。値に直して（値の貼り付け）保存し直してください。",
    "a formula without its value: paste it as a value and save again",
);

const NOT_A_TABLE: Text = Text::fixed(
    "表計算のファイルではありません。避難先一覧の「表を出す」で出したファイルに記入し、XLSX（またはCSV）の形式で保存して送ってください。",
    "this is no spreadsheet: fill in the file that the list of sites gives out, save it as XLSX (or CSV), and send that",
);

/// What a sheet says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// Its rows.
    pub rows: Vec<SheetRow>,
    /// Headings that nobody reads, and what to do about each.
    pub unread: Vec<(String, Text)>,
}

/// Codes of [`Source::open`] for files that are no table.
const NO_TABLES: [&str; 5] = ["pdf", "html", "zip", "unknown_format", "missing_part"];

/// A file that is a table.
fn a_table(path: &Path) -> Result<Source, ReadError> {
    let refused = || ReadError::refused("unknown_format", &NOT_A_TABLE);
    match Source::open(path) {
        Ok(source) if matches!(source.shape(), Shape::Xlsx | Shape::Csv) => Ok(source),
        Ok(_) => Err(refused()),
        Err(ReadError::File(error)) if NO_TABLES.contains(&error.code.as_str()) => Err(refused()),
        Err(other) => Err(other),
    }
}

/// The headings that nobody reads, each with the known one that is nearest.
fn unread(header: &Header) -> Vec<(String, Text)> {
    let known = || {
        let fields = EntryField::ALL.iter().map(|field| field.name().ja);
        fields.chain(FIXED.map(Into::into))
    };
    let unknown = header
        .names()
        .iter()
        .filter(|name| !name.trim().is_empty())
        .filter(|name| !known().any(|known| key_form(&known) == key_form(name)));
    unknown
        .map(|name| {
            let near = nearest_of(name, known());
            let (ja, en) = near.map_or_else(Default::default, |near| {
                (
                    format!("「{near}」のことなら、見出しを直してもう一度送ってください。"),
                    format!(". If {near} is meant, correct the heading and send it again"),
                )
            });
            let why = crate::text!(
                "この列は読んでいません（この表にない見出しです）。{ja}",
                "this column was not read: the sheet has no such heading{en}"
            );
            (name.clone(), why)
        })
        .collect()
}

/// The name that is nearest to what was written; `None` where none is near. What
/// is written in kana may stand for what is written in kanji, so that half of it
/// may differ.
fn nearest_of<'a>(
    written: &str,
    known: impl Iterator<Item = std::borrow::Cow<'a, str>>,
) -> Option<String> {
    let letters = |text: &str| key_form(text).chars().collect::<Vec<char>>();
    let wanted = letters(written);
    let distances = known.map(|name| (edits(&wanted, &letters(&name)), name.into_owned()));
    let (distance, name) = distances.min()?;
    // 直接ひなん and 直接避難 differ by three of five letters.
    (distance * 3 <= wanted.len() * 2).then_some(name)
}

/// Reads a sheet (XLSX, or CSV).
///
/// # Errors
///
/// [`ReadError::File`] as of [`table::read`] and [`Source::open`]; with the code
/// `unknown_format` where it is another sheet, `double_column` where one column
/// stands in it twice.
pub fn read(path: &Path) -> Result<Sheet, ReadError> {
    let source = a_table(path)?;
    let mut sheet = Sheet::default();
    let columns = OnceCell::new();
    table::read(
        &source,
        &|_| (),
        &mut |header| {
            let found = columns_of(header)?;
            sheet.unread = unread(header);
            columns.set(found).expect("a table has one header");
            Ok(())
        },
        &mut |record| {
            if !record.is_empty() {
                let columns = columns.get().expect("the header comes first");
                sheet.rows.push(row(record, columns));
            }
            Ok(())
        },
    )?;
    Ok(sheet)
}

fn columns_of(header: &Header) -> Result<Vec<EntryField>, ReadError> {
    if !header.has(ID) || !header.has(REVISION) {
        return Err(ReadError::refused("unknown_format", &OTHER_SHEET));
    }
    let columns: Vec<EntryField> = EntryField::ALL
        .iter()
        .copied()
        .filter(|field| header.has(&field.name().ja))
        .collect();
    if columns.is_empty() {
        return Err(ReadError::refused("unknown_format", &NOTHING_TO_FILL));
    }
    let named = |name: &str| {
        let form = key_form(name);
        let same = header.names().iter().filter(|n| key_form(n) == form);
        same.count()
    };
    let twice = columns.iter().any(|field| named(&field.name().ja) > 1);
    if twice || named(ID) > 1 || named(REVISION) > 1 {
        return Err(ReadError::refused("double_column", &TWO_COLUMNS));
    }
    Ok(columns)
}

fn row(record: &Record<'_>, columns: &[EntryField]) -> SheetRow {
    let cell = |name: &str| record.get(name).unwrap_or_default().to_owned();
    let patch: Vec<(EntryField, String)> = columns
        .iter()
        .map(|field| (*field, cell(&field.name().ja)))
        .collect();
    let refused = patch
        .iter()
        .any(|(_, value)| value == UNCALCULATED)
        .then_some(FORMULA);
    SheetRow {
        row: record.row,
        site: Uuid::parse_str(&cell(ID)).ok().map(SiteId),
        name: cell(NAME),
        address: record.get(ADDRESS).map(str::to_owned),
        revision: key_form(&cell(REVISION)).parse().ok(),
        patch: EntryPatch(patch),
        refused,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn rows(text: &str) -> Result<Vec<SheetRow>, ReadError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read(file.path()).map(|sheet| sheet.rows)
    }

    #[test]
    fn a_heading_that_nobody_reads_is_named_with_the_nearest_known_one() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let text = "避難先ID,版,名称,開設する警戒レベル,直接ひなん,天気\nx,1,あ,3,はい,晴\n";
        file.write_all(text.as_bytes()).unwrap();
        let unread = read(file.path()).unwrap().unread;
        let names: Vec<&str> = unread.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["直接ひなん", "天気"]);
        assert!(
            unread[0].1.ja.contains("「直接避難」"),
            "{}",
            unread[0].1.ja
        );
        assert!(!unread[1].1.ja.contains("のことなら"), "{}", unread[1].1.ja);
    }

    #[test]
    fn what_is_no_table_is_asked_for_as_a_spreadsheet() {
        for bytes in [&b"%PDF-1.7 x"[..], b"{\"a\":1}", b"<!doctype html><p>"] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(bytes).unwrap();
            match read(file.path()) {
                Err(ReadError::File(error)) => assert!(error.message_ja.contains("XLSX")),
                other => panic!("{other:?}"),
            }
        }
    }

    fn code(text: &str) -> String {
        match rows(text) {
            Err(ReadError::File(error)) => error.code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_row_says_what_its_columns_say_and_an_empty_cell_is_said_too() {
        let id = Uuid::from_u128(7);
        let text = format!(
            "避難先ID,版,名称,開設する警戒レベル,直接避難\n{id},2,【デモ】小学校,３,\n,,,,\nx,1,,,はい\n"
        );
        let found = rows(&text).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].site, Some(SiteId(id)));
        assert_eq!((found[0].row, found[0].revision), (1, Some(2)));
        let fields: Vec<_> = found[0]
            .patch
            .0
            .iter()
            .map(|(f, v)| (f.code(), &**v))
            .collect();
        assert_eq!(fields, [("level", "３"), ("direct", "")]);
        assert_eq!((found[1].row, found[1].site), (3, None));
    }

    #[test]
    fn another_sheet_and_a_column_that_stands_twice_are_refused() {
        assert_eq!(code("名称,住所\nあ,い\n"), "unknown_format");
        assert_eq!(code("避難先ID,版,名称\nx,1,あ\n"), "unknown_format");
        let twice = "避難先ID,版,直接避難,直接避難\nx,1,はい,いいえ\n";
        assert_eq!(code(twice), "double_column");
    }

    #[test]
    fn a_formula_without_its_value_refuses_its_row() {
        let text = format!("避難先ID,版,直接避難\nx,1,{UNCALCULATED}\n");
        assert_eq!(rows(&text).unwrap()[0].refused, Some(FORMULA));
    }
}
