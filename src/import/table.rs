//! Tables: CSV in either encoding, or the first sheet of an XLSX, as records
//! with named cells.

use std::{collections::HashMap, io::Read};

use calamine::{Data, Reader as _, Xlsx};

use super::{
    encoding::{self, ListEncoding},
    mojibake::looks_like_mojibake,
    source::{self, ReadError, Shape, Source},
};
use crate::{domain::text::nfkc, text};

/// The header of a table: where each column is.
#[derive(Debug, Clone)]
pub struct Header {
    names: Vec<String>,
    places: HashMap<String, usize>,
}

/// The form in which names of columns are compared.
fn column_form(name: &str) -> String {
    nfkc(name.trim_start_matches('\u{feff}'))
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect()
}

impl Header {
    fn new(names: Vec<String>) -> Self {
        let places = names
            .iter()
            .enumerate()
            .rev()
            .map(|(place, name)| (column_form(name), place))
            .collect();
        Self { names, places }
    }

    /// The names as written.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Where a column is.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.places.get(&column_form(name)).copied()
    }

    /// Whether there is a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }
}

/// One record of a table.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// Its number from 1; the header is not counted.
    pub row: u64,
    header: &'a Header,
    cells: Vec<String>,
}

impl Record<'_> {
    /// A cell, trimmed (U+3000 too), newlines as LF; `None` where it is empty
    /// or the column is not there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.cell(self.header.place(name)?)
    }

    /// A cell by its place.
    pub fn cell(&self, place: usize) -> Option<&str> {
        self.cells
            .get(place)
            .map(|c| c.trim())
            .filter(|c| !c.is_empty())
    }

    /// Whether every cell is empty.
    pub fn is_empty(&self) -> bool {
        self.cells.iter().all(|c| c.trim().is_empty())
    }

    /// How many cells the header has and how many this record, where they
    /// differ by more than empty cells at the end.
    pub fn cells_off(&self) -> Option<(usize, usize)> {
        let (expected, found) = (self.header.names.len(), self.cells.len());
        let extra = self
            .cells
            .iter()
            .skip(expected)
            .any(|c| !c.trim().is_empty());
        (found < expected || extra).then_some((expected, found))
    }
}

/// What a table was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// CSV.
    Csv(ListEncoding),
    /// A spreadsheet.
    Xlsx,
}

/// Reads a table and hands every record to `each`, empty ones too; `begin`
/// sees the header first and may refuse the file.
///
/// # Errors
///
/// [`ReadError::File`] with the code `utf16`, `encoding`, `mojibake`,
/// `truncated`, `unknown_format` (no CSV or XLSX), or what `begin` refuses.
pub fn read(
    source: &Source,
    progress: &dyn Fn(u64),
    begin: &mut dyn FnMut(&Header) -> Result<(), ReadError>,
    each: &mut dyn FnMut(&Record<'_>) -> Result<(), ReadError>,
) -> Result<TableKind, ReadError> {
    match source.shape() {
        Shape::Csv => read_csv(source, progress, begin, each),
        Shape::Xlsx => read_xlsx(source, begin, each),
        Shape::Json => Err(ReadError::refused(
            "unknown_format",
            &text!(
                "表（CSV・XLSX）ではなく JSON です。",
                "this is JSON, not a table (CSV, XLSX)."
            ),
        )),
    }
}

/// A reader that says how far it is, and whether it stands inside quotes at
/// the end.
struct Watched<R> {
    inner: R,
    quotes: u64,
    last: u8,
    lines: std::rc::Rc<std::cell::Cell<(u64, u8)>>,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.quotes += buffer[..n].iter().filter(|b| **b == b'"').count() as u64;
        if let Some(last) = buffer[..n].last() {
            self.last = *last;
        }
        self.lines.set((self.quotes, self.last));
        Ok(n)
    }
}

fn read_csv(
    source: &Source,
    progress: &dyn Fn(u64),
    begin: &mut dyn FnMut(&Header) -> Result<(), ReadError>,
    each: &mut dyn FnMut(&Record<'_>) -> Result<(), ReadError>,
) -> Result<TableKind, ReadError> {
    let encoding = encoding::decide(source.path())?;
    let state = std::rc::Rc::new(std::cell::Cell::new((0, b'\n')));
    let watched = Watched {
        inner: encoding::reader(source.path(), encoding)?,
        quotes: 0,
        last: b'\n',
        lines: std::rc::Rc::clone(&state),
    };
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(watched);
    let mut header: Option<Header> = None;
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    loop {
        let before = csv.position().line();
        let more = csv
            .read_record(&mut record)
            .map_err(|error| match error.into_kind() {
                csv::ErrorKind::Io(error) => ReadError::Machine(error),
                other => ReadError::Machine(std::io::Error::other(format!("{other:?}"))),
            })?;
        if !more {
            break;
        }
        let inside: u64 = record.iter().map(|c| c.matches('\n').count() as u64).sum();
        let cells: Vec<String> = record.iter().map(|c| c.replace("\r\n", "\n")).collect();
        if cells.iter().any(|c| looks_like_mojibake(c)) {
            return Err(source::mojibake());
        }
        let Some(known) = &header else {
            let found = Header::new(cells);
            begin(&found)?;
            header = Some(found);
            continue;
        };
        // Blank lines are records too: the csv crate passes over them, so that
        // only the count of lines tells how many there were.
        let blank = (csv.position().line() - before).saturating_sub(1 + inside);
        for _ in 0..blank {
            row += 1;
            each(&Record {
                row,
                header: known,
                cells: Vec::new(),
            })?;
        }
        row += 1;
        progress(csv.position().byte());
        each(&Record {
            row,
            header: known,
            cells,
        })?;
    }
    if state.get().0 % 2 == 1 {
        return Err(ReadError::refused(
            "truncated",
            &text!(
                "引用符（\"）が閉じないままファイルが終わっています。途中で切れたファイルです。取り直してください。",
                "the file ends inside a quoted cell: it was cut off. Fetch it again."
            ),
        ));
    }
    if header.is_none() {
        return Err(ReadError::refused(
            "empty",
            &text!("中身がありません。", "there is nothing in the file."),
        ));
    }
    Ok(TableKind::Csv(encoding))
}

fn read_xlsx(
    source: &Source,
    begin: &mut dyn FnMut(&Header) -> Result<(), ReadError>,
    each: &mut dyn FnMut(&Record<'_>) -> Result<(), ReadError>,
) -> Result<TableKind, ReadError> {
    let broken = |reason: String| {
        ReadError::refused(
            "bad_xlsx",
            &text!(
                "表計算ファイルとして開けません（{reason}）。Excel などで開いて保存し直してください。",
                "cannot be opened as a spreadsheet ({reason}): open it in a spreadsheet program and save it again."
            ),
        )
    };
    let file = std::io::BufReader::new(source.reader()?);
    let mut book = Xlsx::new(file).map_err(|e| broken(e.to_string()))?;
    let sheet = book
        .worksheet_range_at(0)
        .ok_or_else(|| broken("no sheet".to_owned()))?
        .map_err(|e| broken(e.to_string()))?;
    let mut rows = sheet.rows();
    let words = |row: &[Data]| row.iter().map(cell_text).collect::<Vec<_>>();
    let header = Header::new(rows.next().map(words).unwrap_or_default());
    begin(&header)?;
    for (row, cells) in (1..).zip(rows) {
        each(&Record {
            row,
            header: &header,
            cells: words(cells),
        })?;
    }
    Ok(TableKind::Xlsx)
}

/// A cell as a person reads it: dates as ISO, whole numbers without `.0`.
fn cell_text(cell: &Data) -> String {
    match cell {
        Data::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTimeIso(text) => text.chars().take(10).collect(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        Data::Empty => String::new(),
        other => other.to_string().replace("\r\n", "\n"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn rows(text: &str) -> Result<Vec<(u64, Vec<String>)>, ReadError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let source = Source::open(file.path())?;
        let mut found = Vec::new();
        read(&source, &|_| (), &mut |_| Ok(()), &mut |record| {
            found.push((record.row, record.cells.clone()));
            Ok(())
        })?;
        Ok(found)
    }

    #[test]
    fn neither_blank_lines_nor_newlines_in_cells_shift_a_number() {
        let found = rows("名称,備考\nあ,\"一\n二\"\n\nい,三\n,\nう,四\n").unwrap();
        let numbers: Vec<(u64, &str)> = found
            .iter()
            .map(|(row, cells)| (*row, cells.first().map_or("", String::as_str)))
            .collect();
        assert_eq!(numbers, [(1, "あ"), (2, ""), (3, "い"), (4, ""), (5, "う")]);
    }

    #[test]
    fn a_file_cut_off_inside_quotes_is_noticed() {
        match rows("名称,備考\nあ,\"一\nい,二\n") {
            Err(ReadError::File(error)) => assert_eq!(error.code, "truncated"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_header_is_found_in_any_width() {
        let header = Header::new(vec![
            "\u{feff}ＮＯ".to_owned(),
            "崖崩れ、土石流及び地滑り ".to_owned(),
        ]);
        assert_eq!(header.place("NO"), Some(0));
        assert_eq!(header.place("崖崩れ、土石流及び地滑り"), Some(1));
    }
}
