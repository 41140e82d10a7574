//! The empty sheets, with one invented row as an example.

use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

use super::columns::columns;

/// The empty sheet as CSV (UTF-8 with a byte order mark, by which spreadsheet
/// programs know it), with one invented row.
pub fn template_csv() -> Vec<u8> {
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(&mut bytes);
    let headers = columns().iter().map(|column| column.header.as_str());
    let examples = columns().iter().map(|column| column.example);
    csv.write_record(headers)
        .and_then(|()| csv.write_record(examples))
        .expect("memory takes every record");
    drop(csv);
    bytes
}

/// The empty sheet as XLSX: `様式` to fill in, with one invented row, and `説明`
/// that explains every column.
pub fn template_xlsx() -> Vec<u8> {
    let examples: Vec<&str> = columns().iter().map(|column| column.example).collect();
    workbook(&[examples]).expect("a small sheet fits into the format")
}

/// The sheet with some rows of text in it.
pub(super) fn workbook(rows: &[Vec<&str>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let head = Format::new().set_bold().set_background_color(0x00FF_F2CC);
    // Text, so that a number keeps the zeros in front of it.
    let as_text = Format::new().set_num_format("@");
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);

    let form = book.add_worksheet().set_name("様式")?;
    for (place, column) in (0_u16..).zip(columns()) {
        form.set_column_format(place, &as_text)?;
        let width = column.header.chars().count() * 2 + 2;
        form.set_column_width(place, width.max(12) as f64)?;
        form.write_with_format(0, place, &column.header, &head)?;
        form.insert_note(
            0,
            place,
            &rust_xlsxwriter::Note::new(column.about.ja.as_ref()).set_author("Tomoshibi"),
        )?;
    }
    for (line, row) in (1_u32..).zip(rows) {
        for (place, cell) in (0_u16..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            form.write_string_with_format(line, place, *cell, &as_text)?;
        }
    }
    form.set_freeze_panes(1, 1)?;

    let guide = book.add_worksheet().set_name("説明")?;
    let heads = ["列", "英語名", "書くこと", "What to write", "例"];
    for ((place, name), width) in (0_u16..).zip(heads).zip([24, 28, 60, 60, 32]) {
        guide.write_with_format(0, place, name, &head)?;
        guide.set_column_width(place, width)?;
    }
    for (line, column) in (1_u32..).zip(columns()) {
        let about = [&column.about.ja, &column.about.en].map(AsRef::as_ref);
        let cells = [
            column.header.as_str(),
            &column.key,
            about[0],
            about[1],
            column.example,
        ];
        for (place, cell) in (0_u16..).zip(cells) {
            guide.write_string_with_format(line, place, cell, &wrapped)?;
        }
    }
    guide.set_freeze_panes(1, 1)?;
    book.save_to_buffer()
}
