//! The report on the programme as XLSX: texts as texts, counts as numbers, so that
//! they can be added up.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// A line of the report's table: what stands in front, and the counts; `None`: left
/// out for publication.
pub type Line = (Vec<String>, Vec<Option<u32>>);

/// The sheet: a line that says what it is, the head, the lines. `left_out` stands in
/// the place of a number that is left out.
pub fn workbook(
    name: &str,
    title: &str,
    head: &[String],
    lines: &[Line],
    left_out: &str,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name(name)?;
    let bold = Format::new().set_bold().set_text_wrap();
    let right = Format::new().set_align(rust_xlsxwriter::FormatAlign::Right);
    sheet.write_string(0, 0, title)?;
    for (place, cell) in (0_u16..).zip(head) {
        sheet.set_column_width(place, 14)?;
        sheet.write_string_with_format(1, place, cell, &bold)?;
    }
    for (row, (texts, counts)) in (2_u32..).zip(lines) {
        for (place, cell) in (0_u16..).zip(texts) {
            sheet.write_string(row, place, cell)?;
        }
        let first = u16::try_from(texts.len()).unwrap_or(u16::MAX);
        for (place, count) in (first..).zip(counts) {
            match count {
                Some(count) => sheet.write_number(row, place, *count)?,
                None => sheet.write_string_with_format(row, place, left_out, &right)?,
            };
        }
    }
    sheet.set_freeze_panes(2, 3)?;
    book.save_to_buffer()
}
