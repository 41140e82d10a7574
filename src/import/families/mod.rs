//! The families' sheet: this project's own form, as CSV or XLSX, so that a
//! municipality can start from its spreadsheet. One row is one case.

mod build;
mod cells;
pub mod columns;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use chrono::NaiveDate;

use super::{
    report::{Row, RowNote},
    source::{ReadError, Source},
    table::{self, TableKind},
};
use crate::{
    domain::{
        child::Stuck,
        id::CaseNumber,
        municipality::MunicipalityCode,
        plan::PlanDocument,
        text::{Text, key_form},
    },
    text,
};

/// One case of the sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct FamilyRecord {
    /// Its number.
    pub case: CaseNumber,
    /// Where the home stands.
    pub municipality: MunicipalityCode,
    /// Whether there is a plan; `None`: nobody has said.
    pub has_plan: Option<bool>,
    /// Where it is stuck, when there is none.
    pub stuck: Option<Stuck>,
    /// When the loan of a generator began.
    pub loan_started_on: Option<NaiveDate>,
    /// The plan's date.
    pub plan_dated: Option<NaiveDate>,
    /// Child, home and plan; of a case without a plan only the first two
    /// count.
    pub document: PlanDocument,
}

/// What a whole sheet was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyFile {
    /// `tomoshibi-families-csv` or `tomoshibi-families-xlsx`.
    pub format: &'static str,
    /// `UTF-8`, `CP932` or `XLSX`.
    pub encoding: &'static str,
    /// Remarks on the sheet as a whole (row 0).
    pub warnings: Vec<RowNote>,
}

/// Reads a sheet of families and hands every row to `each`, accepted or not.
///
/// # Errors
///
/// Those of the table reader, and [`ReadError::File`] with the code
/// `unknown_format` where the column of the case number is missing.
pub fn read(
    path: &Path,
    progress: &dyn Fn(u64),
    each: &mut dyn FnMut(Row<FamilyRecord>) -> std::io::Result<()>,
) -> Result<FamilyFile, ReadError> {
    let source = Source::open(path)?;
    let names: HashMap<String, String> = columns::sheet()
        .into_iter()
        .map(|column| (column.ja, column.en))
        .collect();
    let other_name = |ja: &str| names.get(ja).cloned().unwrap_or_default();
    let mut warnings = Vec::new();
    let mut seen: BTreeMap<CaseNumber, u64> = BTreeMap::new();
    let kind = table::read(
        &source,
        progress,
        &mut |header| {
            if !header.has("整理番号") && !header.has("case") {
                return Err(ReadError::refused(
                    "unknown_format",
                    &Text::fixed(
                        "「整理番号」の列がありません。`tomoshibi template 家族.xlsx` で様式を作り、それに写してください。",
                        "there is no column 整理番号 (case). Make an empty sheet with `tomoshibi template families.xlsx` and copy the data into it.",
                    ),
                ));
            }
            warnings = unknown_columns(header.names());
            Ok(())
        },
        &mut |record| {
            each(of_record(record, &other_name, &mut seen))?;
            Ok(())
        },
    )?;
    let (format, encoding) = match kind {
        TableKind::Csv(encoding) => ("tomoshibi-families-csv", encoding.name()),
        TableKind::Xlsx => ("tomoshibi-families-xlsx", "XLSX"),
    };
    Ok(FamilyFile {
        format,
        encoding,
        warnings,
    })
}

fn of_record(
    record: &table::Record<'_>,
    other_name: &dyn Fn(&str) -> String,
    seen: &mut BTreeMap<CaseNumber, u64>,
) -> Row<FamilyRecord> {
    let row = record.row;
    let refused = |notes| Row::Rejected {
        row,
        notes,
        key: None,
    };
    if record.is_empty() {
        let text = Text::fixed("空の行です。", "an empty record.");
        return refused(vec![RowNote::new(row, None, text)]);
    }
    if let Some((expected, found)) = record.cells_off() {
        return refused(vec![RowNote::new(
            row,
            None,
            text!(
                "列が{found}個あります（見出しは{expected}個）。カンマの過不足で列がずれています。",
                "{found} cells where the header has {expected}: a comma too many or too few shifts the columns."
            ),
        )]);
    }
    let cells = cells::Cells::new(record, other_name);
    let built = build::record(&cells);
    let faults = cells.into_faults();
    let Some(built) = built.filter(|_| faults.is_empty()) else {
        return refused(faults);
    };
    if let Some(first) = seen.get(&built.case) {
        return refused(vec![RowNote::new(
            row,
            Some("整理番号"),
            text!(
                "{first}件目と同じ整理番号です。1件を1行にまとめてください。",
                "the same case as row {first}: one case is one row."
            ),
        )]);
    }
    seen.insert(built.case.clone(), row);
    Row::Accepted {
        row,
        record: built,
        warnings: Vec::new(),
    }
}

/// One remark for each column that nobody reads, with the nearest known one.
fn unknown_columns(names: &[String]) -> Vec<RowNote> {
    let known: Vec<String> = columns::sheet()
        .into_iter()
        .flat_map(|column| [column.ja, column.en])
        .collect();
    names
        .iter()
        .filter(|name| !name.trim().is_empty())
        .filter(|name| !known.iter().any(|k| key_form(k) == key_form(name)))
        .map(|name| {
            let nearest = known.iter().max_by_key(|k| {
                k.chars().filter(|c| name.contains(*c)).count() * 10 / k.chars().count().max(1)
            });
            let nearest = nearest.map_or("", String::as_str);
            RowNote::new(
                0,
                Some(name),
                text!(
                    "この列は読みません。近い名前は「{nearest}」です。",
                    "this column is not read. The nearest known one is “{nearest}”."
                ),
            )
        })
        .collect()
}

/// The empty sheet as CSV (UTF-8 with a byte order mark, so that spreadsheet
/// programs read it), with one invented example.
pub fn template_csv() -> Vec<u8> {
    let sheet = columns::sheet();
    let mut out = vec![0xef, 0xbb, 0xbf];
    let mut csv = csv::Writer::from_writer(&mut out);
    for line in [
        sheet.iter().map(|c| c.ja.as_str()).collect::<Vec<_>>(),
        sheet.iter().map(|c| c.example.as_str()).collect(),
    ] {
        csv.write_record(line).expect("memory takes any record");
    }
    drop(csv);
    out
}

/// The empty sheet as XLSX, with a second sheet that explains each column.
pub fn template_xlsx() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let bold = rust_xlsxwriter::Format::new().set_bold();
    let columns = columns::sheet();
    let mut fill = || -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
        let form = book.add_worksheet().set_name("様式")?;
        for (place, column) in (0_u16..).zip(&columns) {
            form.write_with_format(0, place, &column.ja, &bold)?;
            form.write(1, place, &column.example)?;
        }
        form.set_freeze_panes(1, 1)?;
        let help = book.add_worksheet().set_name("説明")?;
        for (place, head) in (0_u16..).zip(["列", "英語名", "書くこと", "What to write"]) {
            help.write_with_format(0, place, head, &bold)?;
        }
        for (row, column) in (1_u32..).zip(&columns) {
            for (place, text) in
                (0_u16..).zip([&column.ja, &column.en, &column.help_ja, &column.help_en])
            {
                help.write(row, place, text)?;
            }
        }
        book.save_to_buffer()
    };
    fill().expect("a small sheet fits into the format")
}
