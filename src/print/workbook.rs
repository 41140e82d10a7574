//! A list as XLSX. Every text is written as text: no spreadsheet runs what a
//! person wrote as a formula.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// One sheet of several.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// The titles of its columns.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// Several sheets of text.
pub fn book(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    for sheet in sheets {
        let head = sheet.head.iter().map(String::as_str);
        let rows = sheet.rows.iter().map(|row| row.iter().map(String::as_str));
        fill(&mut book, &sheet.name, head, rows)?;
    }
    book.save_to_buffer()
}

/// A sheet with a head and rows of text.
pub fn xlsx<const N: usize>(
    name: &str,
    head: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    fill(
        &mut book,
        name,
        head.into_iter(),
        rows.map(IntoIterator::into_iter),
    )?;
    book.save_to_buffer()
}

fn fill<'t, C: AsRef<str>>(
    book: &mut Workbook,
    name: &str,
    head: impl Iterator<Item = &'t str>,
    rows: impl Iterator<Item = impl Iterator<Item = C>>,
) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet().set_name(name)?;
    let bold = Format::new().set_bold().set_text_wrap();
    // Text, so that no program makes something else of what is written.
    let as_text = Format::new().set_num_format("@");
    for (place, title) in (0_u16..).zip(head) {
        sheet.set_column_format(place, &as_text)?;
        let width = (title.chars().count() * 2 + 2).clamp(12, 32);
        sheet.set_column_width(place, u32::try_from(width).unwrap_or(32))?;
        sheet.write_string_with_format(0, place, title, &bold)?;
    }
    for (line, row) in (1_u32..).zip(rows) {
        for (place, cell) in (0_u16..).zip(row) {
            if !cell.as_ref().is_empty() {
                sheet.write_string_with_format(line, place, cell.as_ref(), &as_text)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}
