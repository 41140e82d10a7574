//! The first sheet of a spreadsheet (XLSX).

use std::{
    io::{self, BufReader, Read},
    path::Path,
};

use calamine::{Data, Reader as _, Xlsx};

use super::{Header, Record, clean, cleaned};
use crate::{
    domain::text::Text,
    import::{
        report::RowNote,
        source::{ReadError, Source},
    },
    text,
};

/// A spreadsheet may unpack to so many bytes: ten thousand families with every
/// column filled have some fifty million.
const UNPACKED_BYTES: u64 = 100 * 1024 * 1024;

/// More rows than this between the first and the last are a stray cell.
const MOST_ROWS: u32 = 200_000;

/// Reads the first sheet; what there is to remark on the workbook.
pub(super) fn read(
    source: &Source,
    begin: &mut dyn FnMut(&Header) -> Result<(), ReadError>,
    each: &mut dyn FnMut(&Record<'_>) -> Result<(), ReadError>,
) -> Result<Vec<RowNote>, ReadError> {
    bearable(source)?;
    let mut book =
        Xlsx::new(BufReader::new(source.reader()?)).map_err(|_| broken(source.path()))?;
    let names = book.sheet_names();
    let name = names.first().ok_or_else(|| broken(source.path()))?;
    let mut cells = cells(&mut book, name).map_err(|_| broken(source.path()))?;
    cells.extend(uncalculated(&mut book, name, &cells).map_err(|_| broken(source.path()))?);
    cells.sort_by_key(|cell| (cell.row, cell.column));
    let (Some(first), Some(last)) = (
        cells.iter().map(|cell| cell.row).min(),
        cells.iter().map(|cell| cell.row).max(),
    ) else {
        begin(&Header::new(Vec::new()))?;
        return Ok(Vec::new());
    };
    if last - first > MOST_ROWS {
        let (row, most) = (last + 1, MOST_ROWS);
        return Err(ReadError::refused(
            "too_many_rows",
            &text!(
                "{row}行目に値があります（読めるのは{most}行まで）。表の下に離れて入っている値を消してください。",
                "there is a value in row {row} (up to {most} rows are read): remove what stands far below the table"
            ),
        ));
    }
    let left = cells.iter().map(|cell| cell.column).min().unwrap_or(0);
    let mut cells = cells.into_iter().peekable();
    let mut row_of = |number: u32| {
        let mut row: Vec<String> = Vec::new();
        while let Some(cell) = cells.next_if(|cell| cell.row == number) {
            let place = (cell.column - left) as usize;
            row.resize(place.max(row.len()), String::new());
            row.truncate(place);
            row.push(cell.text);
        }
        row
    };
    let header = Header::new(row_of(first));
    begin(&header)?;
    let mut remarks = Vec::new();
    for (row, number) in (1..).zip(first + 1..=last) {
        let mut cells = row_of(number);
        if clean(&mut cells) {
            remarks.push(cleaned(row));
        }
        cells.resize(cells.len().max(header.names().len()), String::new());
        each(&Record {
            row,
            header: &header,
            cells,
        })?;
    }
    remarks.splice(0..0, other_sheets(&mut book, &names));
    Ok(remarks)
}

/// A remark on sheets that hold something and were not read. The guide of our
/// own empty sheet is none.
fn other_sheets<R: Read + io::Seek>(book: &mut Xlsx<R>, names: &[String]) -> Vec<RowNote> {
    let others: Vec<&str> = names
        .iter()
        .skip(1)
        .filter(|name| name.as_str() != "説明")
        .filter(|name| cells(book, name).is_ok_and(|cells| !cells.is_empty()))
        .map(String::as_str)
        .collect();
    let (Some(first), false) = (names.first(), others.is_empty()) else {
        return Vec::new();
    };
    let others = others.join("、");
    let text = text!(
        "シート「{first}」だけを読みました。ほかのシート（{others}）は読んでいません。新しいほうが先頭にあるか確かめてください。",
        "only the sheet `{first}` was read, not the others ({others}): is the newest in front?"
    );
    vec![RowNote::new(0, None, text)]
}

/// Formulas whose value the file does not hold (as some programs save them):
/// their cells are not empty, but nobody knows what they say.
fn uncalculated<R: Read + io::Seek>(
    book: &mut Xlsx<R>,
    sheet: &str,
    known: &[Cell],
) -> Result<Vec<Cell>, calamine::XlsxError> {
    let mut reader = book.worksheet_cells_reader(sheet)?;
    let mut found = Vec::new();
    while let Some(cell) = reader.next_formula()? {
        let (row, column) = cell.get_position();
        let has_value = known
            .binary_search_by_key(&(row, column), |cell| (cell.row, cell.column))
            .is_ok();
        if !cell.get_value().is_empty() && !has_value {
            found.push(Cell {
                row,
                column,
                text: UNCALCULATED.to_owned(),
            });
        }
    }
    Ok(found)
}

/// What stands for the value of such a formula.
pub(in crate::import) const UNCALCULATED: &str = "#CALC!";

struct Cell {
    row: u32,
    column: u32,
    text: String,
}

/// The cells that say something, in the order of the sheet.
fn cells<R: Read + io::Seek>(
    book: &mut Xlsx<R>,
    sheet: &str,
) -> Result<Vec<Cell>, calamine::XlsxError> {
    let mut reader = book.worksheet_cells_reader(sheet)?;
    let mut cells = Vec::new();
    while let Some(cell) = reader.next_cell()? {
        let (row, column) = cell.get_position();
        let text = cell_text(&Data::from(cell.get_value().clone()));
        if !text.trim().is_empty() {
            cells.push(Cell { row, column, text });
        }
    }
    cells.sort_by_key(|cell| (cell.row, cell.column));
    Ok(cells)
}

/// Refuses a file that unpacks to more than the memory should take. What it
/// says of its own size is not believed.
fn bearable(source: &Source) -> Result<(), ReadError> {
    let file = BufReader::new(source.reader()?);
    let mut archive = zip::ZipArchive::new(file).map_err(|_| broken(source.path()))?;
    let mut left = UNPACKED_BYTES;
    for place in 0..archive.len() {
        let member = archive.by_index(place).map_err(|_| broken(source.path()))?;
        let unpacked = io::copy(&mut member.take(left + 1), &mut io::sink())
            .map_err(|_| broken(source.path()))?;
        left = left.checked_sub(unpacked).ok_or_else(|| {
            let most = UNPACKED_BYTES / (1024 * 1024);
            ReadError::refused(
                "too_large",
                &text!(
                    "開くと{most}MBを超える表計算ファイルです。必要な行だけを新しいファイルに写すか、CSVで保存してください。",
                    "the spreadsheet unpacks to more than {most} MB: copy the rows into a new file, or save it as CSV"
                ),
            )
        })?;
    }
    Ok(())
}

fn broken(path: &Path) -> ReadError {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ReadError::refused(
        "bad_xlsx",
        &Text::new(
            format!(
                "「{name}」は表計算ファイルとして開けません（壊れているか、パスワードがかかっています）。Excel などで開いて保存し直してください。"
            ),
            format!(
                "`{name}` cannot be opened as a spreadsheet (damaged, or with a password): open it in a spreadsheet program and save it again."
            ),
        ),
    )
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
    use super::*;

    fn book(write: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> tempfile::NamedTempFile {
        let mut book = rust_xlsxwriter::Workbook::new();
        write(book.add_worksheet());
        let file = tempfile::NamedTempFile::with_suffix(".xlsx").unwrap();
        book.save(file.path()).unwrap();
        file
    }

    fn rows(file: &Path) -> Result<Vec<(u64, Vec<String>)>, ReadError> {
        let mut found = Vec::new();
        read(&Source::open(file)?, &mut |_| Ok(()), &mut |record| {
            found.push((record.row, record.cells.clone()));
            Ok(())
        })?;
        Ok(found)
    }

    fn code(file: &Path) -> String {
        match rows(file) {
            Err(ReadError::File(error)) => error.code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rows_keep_their_numbers_and_their_columns() {
        let file = book(|sheet| {
            for (row, column, text) in [
                (0, 0, "整理番号"),
                (0, 1, "氏名"),
                (0, 2, "住所"),
                (1, 0, "D-1"),
                (1, 2, "【デモ】町1"),
                (3, 1, "【デモ】灯"),
            ] {
                sheet.write(row, column, text).unwrap();
            }
        });
        let found = rows(file.path()).unwrap();
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        assert_eq!(
            found,
            [
                (1, row(["D-1", "", "【デモ】町1"])),
                (2, row(["", "", ""])),
                (3, row(["", "【デモ】灯", ""])),
            ]
        );
    }

    /// Takes the values of formulas out, as programs leave them that do not
    /// calculate.
    fn without_values(path: &Path) {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
        let mut members = Vec::new();
        for place in 0..archive.len() {
            let mut member = archive.by_index(place).unwrap();
            let mut text = String::new();
            member.read_to_string(&mut text).unwrap();
            members.push((
                member.name().unwrap().into_owned(),
                text.replace("</f><v>0</v>", "</f>"),
            ));
        }
        let mut archive = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
        for (name, text) in members {
            let options = zip::write::SimpleFileOptions::default();
            archive.start_file(name, options).unwrap();
            io::Write::write_all(&mut archive, text.as_bytes()).unwrap();
        }
        archive.finish().unwrap();
    }

    #[test]
    fn a_formula_without_a_value_is_no_empty_cell_and_other_sheets_are_named() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name("旧").unwrap();
        sheet.write(0, 0, "バッテリー時間").unwrap();
        sheet.write_formula(1, 0, "=4+4.5").unwrap();
        let other = book.add_worksheet();
        other.set_name("新").unwrap();
        other.write(0, 0, "x").unwrap();
        let file = tempfile::NamedTempFile::with_suffix(".xlsx").unwrap();
        book.save(file.path()).unwrap();
        without_values(file.path());
        let mut found = Vec::new();
        let source = Source::open(file.path()).unwrap();
        let remarks = read(&source, &mut |_| Ok(()), &mut |record| {
            found.push(record.cells.clone());
            Ok(())
        })
        .unwrap();
        assert_eq!(found, [[UNCALCULATED.to_owned()]]);
        assert_eq!(remarks.len(), 1);
        assert!(remarks[0].reason.contains("「旧」") && remarks[0].reason.contains("新"));
    }

    #[test]
    fn a_stray_cell_and_a_bomb_are_refused() {
        let stray = book(|sheet| {
            sheet.write(0, 0, "整理番号").unwrap();
            sheet.write(1_048_575, 3, "x").unwrap();
        });
        assert_eq!(code(stray.path()), "too_many_rows");
        let mut file = tempfile::NamedTempFile::with_suffix(".xlsx").unwrap();
        let mut archive = zip::ZipWriter::new(&mut file);
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file("[Content_Types].xml", options).unwrap();
        let zeros = vec![b' '; 1024 * 1024];
        for _ in 0..=UNPACKED_BYTES / zeros.len() as u64 {
            io::Write::write_all(&mut archive, &zeros).unwrap();
        }
        archive.finish().unwrap();
        assert!(file.as_file().metadata().unwrap().len() < 2 * 1024 * 1024);
        assert_eq!(code(file.path()), "too_large");
    }
}
