//! The families' sheet: this project's own form, as CSV or XLSX, so that a
//! municipality can start from its spreadsheet. One row is one case.

mod build;
mod cells;
pub mod columns;
mod destination;
mod known;
#[cfg(test)]
mod known_tests;
#[cfg(test)]
mod page_tests;
mod papers;
#[cfg(test)]
mod sheet_tests;
mod template;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, path::Path};

use chrono::NaiveDate;

use super::{
    report::{Row, RowNote},
    source::{ReadError, Source},
    table::{self, TableKind},
};
use crate::{
    domain::{
        child::Stuck, id::CaseNumber, municipality::MunicipalityCode, plan::PlanDocument,
        residence::NewHome, text::Text,
    },
    text,
};

pub(super) use build::municipality_of;
use cells::{Cells, Layout};
pub(super) use cells::{FORMULA_ERRORS, NONE, UNKNOWN};
use known::Image;
pub use known::Known;
pub use template::{template_csv, template_xlsx};

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
    /// Child, home and plan; of a case without a plan only the first two and
    /// the battery hours count.
    pub document: PlanDocument,
    /// Another municipality's home, which the sheet names: what is stored stays
    /// until staff confirm the move.
    pub moves_to: Option<NewHome>,
    /// The revision of the stored case whose content stands in for the columns
    /// that the sheet lacks; `None`: there was none.
    pub base_revision: Option<i64>,
}

/// Looks up what is stored of a case.
pub type Stored<'a> = &'a dyn Fn(&CaseNumber) -> std::io::Result<Option<Known>>;

/// What a whole sheet was.
#[derive(Debug, Clone)]
pub struct FamilyFile {
    /// `tomoshibi-families-csv` or `tomoshibi-families-xlsx`.
    pub format: &'static str,
    /// `UTF-8`, `CP932` or `XLSX`.
    pub encoding: &'static str,
    /// Records in the sheet, refused and empty ones too.
    pub read: u64,
    /// Remarks on the sheet as a whole (row 0).
    pub warnings: Vec<RowNote>,
}

/// Reads a sheet of families and hands every row to `each`, accepted or not.
/// `today` tells a consent of tomorrow for the slip of the pen that it is; what
/// is `stored` stands in for columns that the sheet lacks.
///
/// # Errors
///
/// Those of the table reader, and [`ReadError::File`] with the code
/// `unknown_format` where the column of the case number is missing, or
/// `double_column` where a column stands there twice.
pub fn read(
    path: &Path,
    today: NaiveDate,
    stored: Stored<'_>,
    progress: &dyn Fn(u64),
    each: &mut dyn FnMut(Row<FamilyRecord>) -> std::io::Result<()>,
) -> Result<FamilyFile, ReadError> {
    let source = Source::open(path)?;
    let mut warnings = Vec::new();
    let layout = std::cell::OnceCell::new();
    let mut seen: BTreeMap<CaseNumber, u64> = BTreeMap::new();
    let mut read = 0;
    let kind = table::read(
        &source,
        progress,
        &mut |header| {
            let found = layout_of(header.names())?;
            warnings = unknown_columns(header.names());
            let _ = layout.set(found);
            Ok(())
        },
        &mut |record| {
            let layout = layout.get().expect("the header comes before any record");
            read += 1;
            each(of_record(record, layout, today, stored, &mut seen)?)?;
            Ok(())
        },
    )?;
    let (format, encoding) = match kind {
        TableKind::Csv(encoding, remarks) => {
            warnings.extend(remarks);
            ("tomoshibi-families-csv", encoding.name())
        }
        TableKind::Xlsx(remarks) => {
            warnings.extend(remarks);
            ("tomoshibi-families-xlsx", "XLSX")
        }
    };
    Ok(FamilyFile {
        format,
        encoding,
        read,
        warnings,
    })
}

fn layout_of(headers: &[String]) -> Result<Layout, ReadError> {
    let layout = Layout::new(headers).map_err(|(first, second)| {
        ReadError::refused(
            "double_column",
            &text!(
                "同じ列が2つあります（「{first}」と「{second}」）。どちらかを消してください。",
                "one column stands there twice (`{first}` and `{second}`): remove one of them"
            ),
        )
    })?;
    if layout.has("case") {
        return Ok(layout);
    }
    Err(ReadError::refused(
        "unknown_format",
        &Text::fixed(
            "「整理番号」の列がありません。1行目を見出しにしてください。`tomoshibi template 家族.xlsx` で様式を作り、それに写すこともできます。",
            "there is no column 整理番号 (case). The first row must be the header; `tomoshibi template families.xlsx` makes an empty sheet to copy the data into",
        ),
    ))
}

fn of_record(
    record: &table::Record<'_>,
    layout: &Layout,
    today: NaiveDate,
    stored: Stored<'_>,
    seen: &mut BTreeMap<CaseNumber, u64>,
) -> std::io::Result<Row<FamilyRecord>> {
    let row = record.row;
    let whose = layout
        .place("municipality")
        .and_then(|place| record.cell(place))
        .and_then(|cell| build::municipality_of(cell).ok());
    let refused = |notes| Row::Rejected {
        row,
        notes,
        // Whose row it is: who may read why it was refused depends on that.
        key: Some(format!(
            "{} {}",
            whose.map(|code| code.to_string()).unwrap_or_default(),
            layout
                .place("case")
                .and_then(|place| record.cell(place))
                .unwrap_or_default()
        )),
    };
    if record.is_empty() {
        let text = Text::fixed("空の行です。", "an empty record");
        return Ok(refused(vec![RowNote::new(row, None, text)]));
    }
    if let Some((expected, found)) = record.cells_off() {
        return Ok(refused(vec![RowNote::new(
            row,
            None,
            text!(
                "列が{found}個あります（見出しは{expected}個）。カンマの過不足で列がずれています。",
                "{found} cells where the header has {expected}: a comma too many or too few shifts the columns"
            ),
        )]));
    }
    let number = layout
        .place("case")
        .and_then(|place| record.cell(place))
        .and_then(|given| CaseNumber::parse(given).ok());
    let known = match &number {
        Some(number) => stored(number)?,
        None => None,
    };
    let image = known.as_ref().map(Image::of);
    let cells = Cells::new(record, layout, today, image.as_ref());
    let mut built = build::record(&cells);
    if let Some((built, known)) = built.as_mut().zip(known.as_ref()) {
        known::carry_over(built, known, &cells);
    }
    if let Some(built) = &built {
        what_is_not_kept(built, &cells);
    }
    if let Some(built) = &built
        && let Some(first) = seen.get(&built.case)
    {
        cells.fault(
            "case",
            text!(
                "{first}件目と同じ整理番号です。1人を1行にまとめてください。",
                "the same case as row {first}: one case is one row"
            ),
        );
    }
    let (faults, warnings) = cells.into_notes();
    Ok(match built {
        Some(record) if faults.is_empty() => {
            seen.insert(record.case.clone(), row);
            Row::Accepted {
                row,
                record,
                warnings,
            }
        }
        _ => refused(faults),
    })
}

/// Says where a plan's content stands beside the word that there is no plan.
fn what_is_not_kept(record: &FamilyRecord, cells: &Cells<'_>) {
    let plan = &record.document;
    let written = !plan.destinations.is_empty()
        || !plan.triggers.is_empty()
        || !plan.supporters.is_empty()
        || plan.too_late.is_some();
    if written && record.has_plan != Some(true) {
        cells.warn(
            "has_plan",
            Text::fixed(
                "計画が「あり」ではないので、避難先・きっかけ・支援者などは保存しません（お子さん・自宅・バッテリー時間は保存します）。",
                "there is no plan (計画 is not あり), so destinations, triggers and supporters are not kept; child, home and battery hours are",
            ),
        );
    }
}

/// One remark for each column that nobody reads, with the nearest known one.
fn unknown_columns(headers: &[String]) -> Vec<RowNote> {
    let unknown = headers
        .iter()
        .filter(|name| !name.trim().is_empty() && columns::place_of(name).is_none());
    unknown
        .map(|name| {
            let near = columns::nearest(name);
            let (ja, en) = near.map_or_else(Default::default, |column| {
                let (header, key) = (&column.header, &column.key);
                (
                    format!("「{header}」のことなら、見出しを直してください。"),
                    format!(". Is it {header} ({key})?"),
                )
            });
            let text = text!("この列は読みません。{ja}", "this column is not read{en}");
            RowNote::new(0, Some(name), text)
        })
        .collect()
}
