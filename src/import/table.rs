//! Tables: CSV in either encoding, or the first sheet of an XLSX, as records
//! with named cells.

mod lines;
mod xlsx;

pub(super) use xlsx::UNCALCULATED;

use std::{
    collections::HashMap,
    io::{BufReader, Read},
};

use self::lines::{Line, Lines};
use super::{
    encoding::{self, ListEncoding},
    mojibake::looks_like_mojibake,
    report::RowNote,
    source::{self, ReadError, Shape, Source},
};
use crate::{
    domain::text::{Text, key_form, without_hidden_marks},
    text,
};

/// The header of a table: where each column is.
#[derive(Debug, Clone)]
pub struct Header {
    names: Vec<String>,
    places: HashMap<String, usize>,
}

/// The form in which names of columns are compared.
pub(super) fn column_form(name: &str) -> String {
    key_form(name.trim_start_matches('\u{feff}'))
}

impl Header {
    fn new(mut names: Vec<String>) -> Self {
        clean(&mut names);
        // Spreadsheets write columns without a name where a cell was touched.
        while names.last().is_some_and(|name| name.trim().is_empty()) {
            names.pop();
        }
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
        let place = self.places.get(name);
        place
            .or_else(|| self.places.get(&column_form(name)))
            .copied()
    }

    /// Whether there is a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }
}

/// Takes marks out that nobody sees; answers whether there were any.
fn clean(cells: &mut [String]) -> bool {
    let mut cleaned = false;
    for cell in cells {
        if let Some(clean) = without_hidden_marks(cell) {
            *cell = clean;
            cleaned = true;
        }
    }
    cleaned
}

/// The remark on a record out of which such marks were taken.
fn cleaned(row: u64) -> RowNote {
    let text = Text::fixed(
        "目に見えない制御文字（文字の向きを変える記号や幅のない空白）が入っていたので、取り除いて読みました。",
        "marks that nobody sees (they turn the direction of writing, or are spaces without width) were taken out",
    );
    RowNote::new(row, None, text)
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

    /// Every cell as it stands there, untrimmed, empty ones too.
    pub fn cells(&self) -> &[String] {
        &self.cells
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableKind {
    /// CSV, and remarks on its records.
    Csv(ListEncoding, Vec<RowNote>),
    /// A spreadsheet: its first sheet, and remarks on it (row 0) and its records.
    Xlsx(Vec<RowNote>),
}

/// Reads a table and hands every record to `each`, empty ones too; `begin`
/// sees the header first and may refuse the file.
///
/// # Errors
///
/// [`ReadError::File`] with the code `encoding`, `mojibake`, `truncated`,
/// `record_too_long`, `empty`, `bad_xlsx`, `unknown_format` (JSON), or what
/// `begin` and `each` refuse.
pub fn read(
    source: &Source,
    progress: &dyn Fn(u64),
    begin: &mut dyn FnMut(&Header) -> Result<(), ReadError>,
    each: &mut dyn FnMut(&Record<'_>) -> Result<(), ReadError>,
) -> Result<TableKind, ReadError> {
    match source.shape() {
        Shape::Csv => read_csv(source, progress, begin, each),
        Shape::Xlsx => xlsx::read(source, begin, each).map(TableKind::Xlsx),
        Shape::Json => Err(ReadError::refused(
            "unknown_format",
            &text!(
                "表（CSV・XLSX）ではなく JSON です。",
                "this is JSON, not a table (CSV, XLSX)."
            ),
        )),
        Shape::Shapefile => Err(ReadError::refused(
            "unknown_format",
            &text!(
                "表（CSV・XLSX）ではなくシェープファイルです。",
                "this is a shapefile, not a table (CSV, XLSX)."
            ),
        )),
    }
}

/// Tells how many bytes of the file have been read.
struct Counted<'a, R> {
    inner: R,
    read: u64,
    progress: &'a dyn Fn(u64),
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.read += n as u64;
        (self.progress)(self.read);
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
    let counted = Counted {
        inner: source.reader()?,
        read: 0,
        progress,
    };
    let mut lines = Lines::new(BufReader::new(encoding.decode(counted)));
    let header = loop {
        match lines.next()? {
            Some(line) if line.is_blank() => {}
            Some(line) => break Header::new(cells_of(line)?),
            None => return Err(ReadError::refused("empty", &NOTHING)),
        }
    };
    begin(&header)?;
    let mut row = 0;
    let mut remarks = Vec::new();
    // Blank lines are records, but not those that only end the file.
    let mut blank = 0;
    while let Some(line) = lines.next()? {
        if line.is_blank() && header.names.len() > 1 {
            blank += 1;
            continue;
        }
        let ended = line.ended;
        let mut cells = cells_of(line)?;
        for _ in 0..std::mem::take(&mut blank) {
            row += 1;
            each(&Record {
                row,
                header: &header,
                cells: Vec::new(),
            })?;
        }
        row += 1;
        if clean(&mut cells) {
            remarks.push(cleaned(row));
        }
        let record = Record {
            row,
            header: &header,
            cells,
        };
        if !ended
            && let Some((expected, found)) = record.cells_off()
            && found < expected
        {
            return Err(cut_off(row, expected, found));
        }
        each(&record)?;
    }
    Ok(TableKind::Csv(encoding, remarks))
}

fn cells_of(line: Line) -> Result<Vec<String>, ReadError> {
    let cells = line.cells.into_iter();
    let cells: Vec<String> = cells.map(|cell| cell.replace("\r\n", "\n")).collect();
    if cells.iter().any(|cell| looks_like_mojibake(cell)) {
        return Err(source::mojibake());
    }
    Ok(cells)
}

/// The last record lacks cells and a line break: the file was cut off, and its
/// last number may have lost digits.
fn cut_off(row: u64, expected: usize, found: usize) -> ReadError {
    ReadError::refused(
        "truncated",
        &text!(
            "最後の{row}件目が途中で終わっています（{expected}列のうち{found}列）。ファイルが切れています。もう一度ダウンロードしてください。",
            "the last record ({row}) ends half way ({found} of {expected} cells): the file was cut off. Please download it again."
        ),
    )
}

const NOTHING: Text = Text::fixed("中身がありません。", "there is nothing in the file.");

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
    fn marks_that_nobody_sees_are_taken_out_and_remarked_on() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let text = "名\u{200b}称,備考\nあ,一\nい\u{202e}う,葛\u{e0100}\n";
        file.write_all(text.as_bytes()).unwrap();
        let source = Source::open(file.path()).unwrap();
        let (mut names, mut found) = (Vec::new(), Vec::new());
        let kind = read(
            &source,
            &|_| (),
            &mut |header| {
                names = header.names().to_vec();
                Ok(())
            },
            &mut |record| {
                found.push(record.cells.join("|"));
                Ok(())
            },
        );
        let Ok(TableKind::Csv(_, remarks)) = kind else {
            panic!("{kind:?}");
        };
        assert_eq!(names, ["名称", "備考"]);
        assert_eq!(found, ["あ|一", "いう|葛\u{e0100}"]);
        let rows: Vec<u64> = remarks.iter().map(|note| note.row).collect();
        assert_eq!(rows, [2]);
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
