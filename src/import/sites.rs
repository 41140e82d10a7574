//! Lists of sites: the Geospatial Information Authority's (指定緊急避難場所,
//! 指定避難所) as CSV and as GeoJSON, and the municipalities' standard open data.

mod gsi;
mod municipal;
mod once;
#[cfg(test)]
mod published_tests;
#[cfg(test)]
mod tests;

use std::path::Path;

use super::{
    geojson,
    report::{Row, RowNote},
    source::{ReadError, Shape, Source},
    table,
};
use crate::{
    domain::{
        data_set::DataSetKind,
        hazard::Hazard,
        municipality::{MunicipalityCode, is_prefecture},
        position::{BadPosition, Position},
        site::{Designations, PublishedSite, SiteKind},
        text::{Text, key_form},
    },
    text,
};

/// Which optional columns a list has: a missing one keeps the stored value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Columns {
    /// 備考, その他市町村長が必要と認める事項.
    pub note: bool,
    /// 受入対象者.
    pub accepted_persons: bool,
}

impl Columns {
    /// Puts stored values where the list has no column.
    pub fn keep_missing(self, new: &mut PublishedSite, old: &PublishedSite) {
        if !self.note {
            new.note.clone_from(&old.note);
        }
        if !self.accepted_persons {
            new.accepted_persons.clone_from(&old.accepted_persons);
        }
    }
}

/// One site of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRecord {
    /// What identifies it over every import.
    pub key: String,
    /// What the list says.
    pub published: PublishedSite,
    /// Which columns the list has.
    pub columns: Columns,
}

/// What a whole list was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFile {
    /// `gsi-emergency-csv`, …
    pub format: &'static str,
    /// `UTF-8` or `CP932`.
    pub encoding: &'static str,
    /// Emergency sites or shelters.
    pub kind: DataSetKind,
    /// Who publishes it: `gsi`, or a municipality's or prefecture's code.
    pub publisher: String,
    /// Its name for people.
    pub name: String,
    /// Remarks on the file as a whole (row 0).
    pub warnings: Vec<RowNote>,
}

/// Hands over each record.
pub type Each<'a> = &'a mut dyn FnMut(Row<SiteRecord>) -> std::io::Result<()>;

/// Reads a list of sites and hands every record to `each`, accepted or not.
///
/// # Errors
///
/// Those of the table and GeoJSON readers, and [`ReadError::File`] with the
/// code `unknown_format` for anything that is no list of sites, `empty` for a
/// list without a record.
pub fn read(path: &Path, progress: &dyn Fn(u64), each: Each<'_>) -> Result<SiteFile, ReadError> {
    let source = Source::open(path)?;
    let mut once = once::Once::default();
    let mut rows = 0_u64;
    let mut each = |row: Row<SiteRecord>| {
        rows += 1;
        each(once.pass(row))
    };
    let file = match source.shape() {
        Shape::Json => gsi::read_geojson(&source, progress, &mut each),
        Shape::Csv | Shape::Xlsx => read_table(&source, progress, &mut each),
        Shape::Shapefile => Err(ReadError::refused("unknown_format", &NO_LIST)),
    }?;
    if rows == 0 {
        return Err(ReadError::refused("empty", &NO_RECORD));
    }
    Ok(file)
}

const NO_LIST: Text = Text::fixed(
    "シェープファイルです。施設の一覧はCSVかGeoJSONで指定してください。",
    "This is a shapefile. Please name a list of sites as CSV or GeoJSON.",
);
const NO_RECORD: Text = Text::fixed(
    "一覧に施設が一件もありません。もう一度ダウンロードしてください。",
    "The list holds not one site. Please download it again.",
);

/// How the columns of a table are read.
enum Form {
    Gsi(gsi::Form),
    Municipal(municipal::Form),
}

fn read_table(
    source: &Source,
    progress: &dyn Fn(u64),
    each: Each<'_>,
) -> Result<SiteFile, ReadError> {
    // Both closures below need the form: one finds it, the other uses it.
    let form = std::cell::RefCell::new(None);
    let kind = table::read(
        source,
        progress,
        &mut |header| {
            let placed = header.has("緯度") && header.has("経度");
            let gsi = gsi::Form::of(&|name| header.has(name)).filter(|_| placed);
            let found = if let Some(gsi) = gsi {
                Form::Gsi(gsi)
            } else if let Some(municipal) = municipal::Form::of(header) {
                Form::Municipal(municipal)
            } else {
                let names: Vec<&str> = header.names().iter().map(String::as_str).collect();
                return Err(unknown(&names, &|name| header.has(name)));
            };
            *form.borrow_mut() = Some(found);
            Ok(())
        },
        &mut |record| {
            let mut form = form.borrow_mut();
            let row = match form.as_mut().expect("the header comes first") {
                Form::Gsi(form) => form.of_record(record),
                Form::Municipal(form) => form.of_record(record),
            };
            each(row)?;
            Ok(())
        },
    )?;
    let (encoding, remarks) = match kind {
        table::TableKind::Csv(encoding, remarks) => (encoding.name(), remarks),
        table::TableKind::Xlsx(remarks) => ("XLSX", remarks),
    };
    let mut file = match form.into_inner().expect("a table has a header") {
        Form::Gsi(form) => form.file(false, encoding),
        Form::Municipal(form) => form.file(encoding),
    };
    file.warnings.extend(remarks);
    Ok(file)
}

/// The refusal of a file without the columns of a list. One that has most of
/// them hears which are missing.
fn unknown(names: &[&str], has: &dyn Fn(&str) -> bool) -> ReadError {
    let found: String = names.join("、").chars().take(80).collect();
    let known = [gsi::needed(), municipal::needed()];
    let (missing, of) = known
        .into_iter()
        .map(|needed| {
            let of = needed.len();
            let missing = needed.into_iter().filter(|name| !has(name));
            (missing.collect::<Vec<_>>(), of)
        })
        .min_by_key(|(missing, _)| missing.len())
        .expect("two forms are known");
    if !missing.is_empty() && missing.len() * 2 < of {
        let missing = missing.join("、");
        return ReadError::refused(
            "unknown_format",
            &text!(
                "避難場所の一覧のようですが、次の列がありません：{missing}。列の名前を変えずに、配布元のファイルをそのまま指定してください。",
                "this looks like a list of sites, but these columns are missing: {missing}. Give the published file as it is, with its own names of columns."
            ),
        );
    }
    ReadError::refused(
        "unknown_format",
        &text!(
            "避難所・避難場所の一覧として読める列がありません（見つかった列：{found}）。国土地理院の指定緊急避難場所・指定避難所、または自治体標準オープンデータの CSV を指定してください。",
            "no columns of a list of sites (found: {found}). Give a list of the Geospatial Information Authority, or the municipalities' standard open data."
        ),
    )
}

/// Gathers what is wrong with one record.
struct Faults {
    row: u64,
    notes: Vec<RowNote>,
}

impl Faults {
    fn new(row: u64) -> Self {
        Self {
            row,
            notes: Vec::new(),
        }
    }

    fn add(&mut self, field: &str, text: Text) {
        self.notes.push(RowNote::new(self.row, Some(field), text));
    }
}

/// A flag: `1` or nothing. `None`: something else.
fn flag(value: Option<&str>, also_empty: &[&str]) -> Option<bool> {
    match value.map(key_form).as_deref() {
        None | Some("") => Some(false),
        Some("1") => Some(true),
        Some(other) if also_empty.contains(&other) => Some(false),
        Some(_) => None,
    }
}

/// The flags of a record; every wrong one is a fault.
fn designations<'v>(
    get: &dyn Fn(&str) -> Option<&'v str>,
    columns: &[(Hazard, &'static str)],
    also_empty: &[&str],
    faults: &mut Faults,
) -> Designations {
    let mut set = Designations::NONE;
    for (hazard, column) in columns {
        let value = get(column);
        match flag(value, also_empty) {
            Some(true) => set = set.with(*hazard),
            Some(false) => {}
            None => {
                let value = value.unwrap_or_default();
                faults.add(
                    column,
                    text!(
                        "「{value}」は 1 か空欄ではありません。列がずれていないか確かめてください。",
                        "“{value}” is neither 1 nor empty: have the columns shifted?"
                    ),
                );
            }
        }
    }
    set
}

const SHIFTED: Text = Text::fixed(
    "別の列の値が入っています。列がずれていないか確かめてください。",
    "holds the value of another column: have the columns shifted?",
);

/// Whether a name and an address stand where they should: no name is a number,
/// a published id or the name of a municipality, and no address is a number.
fn words_in_place(
    (name_column, name): (&str, &str),
    (address_column, address): (&str, &str),
    faults: &mut Faults,
) {
    let is_number = |text: &str| key_form(text).parse::<f64>().is_ok();
    let is_id = |text: &str| {
        let text = key_form(text);
        text.len() >= 10
            && text.chars().all(|c| c.is_ascii_alphanumeric())
            && text
                .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                .chars()
                .all(|c| c.is_ascii_digit())
            && text.ends_with(|c: char| c.is_ascii_digit())
    };
    if name.is_empty() {
        faults.add(
            name_column,
            Text::fixed("名称が空欄です。", "there is no name."),
        );
    } else if is_number(name)
        || is_id(name)
        || (name.ends_with(['都', '道', '府', '県']) && is_prefecture(name))
        || (name.ends_with(['市', '区', '町', '村']) && MunicipalityCode::of_name(name).is_some())
    {
        faults.add(name_column, SHIFTED);
    }
    if is_number(address) {
        faults.add(address_column, SHIFTED);
    }
}

/// The position of a record in two columns.
fn position(lat: Option<&str>, lon: Option<&str>, faults: &mut Faults) -> Option<Position> {
    let mut number = |field: &str, value: Option<&str>| -> Option<f64> {
        let Some(text) = value else {
            faults.add(field, Text::fixed("空欄です。", "is empty."));
            return None;
        };
        let number = key_form(text).parse().ok().filter(|n: &f64| n.is_finite());
        if number.is_none() {
            faults.add(
                field,
                text!(
                    "「{text}」は度を表す数ではありません（例 32.801575）。",
                    "“{text}” is no number of degrees (like 32.801575)."
                ),
            );
        }
        number
    };
    let (lat, lon) = (number("緯度", lat), number("経度", lon));
    match Position::new(lat?, lon?) {
        Ok(position) => Some(position),
        Err(BadPosition::Swapped { lat, lon }) => {
            faults.add(
                "緯度",
                text!(
                    "緯度と経度が入れ替わっています（{lat}, {lon}）。",
                    "latitude and longitude are swapped ({lat}, {lon})."
                ),
            );
            None
        }
        Err(BadPosition::OutsideJapan { lat, lon }) => {
            faults.add(
                "緯度",
                text!(
                    "日本の外の位置です（{lat}, {lon}）。",
                    "a place outside Japan ({lat}, {lon})."
                ),
            );
            None
        }
    }
}

/// What identifies a site: its published id, else its municipality, name and
/// address.
fn key(
    kind: SiteKind,
    published_id: Option<&str>,
    municipality: Option<MunicipalityCode>,
    name: &str,
    address: &str,
) -> String {
    match published_id {
        Some(id) => format!("{}|{id}", kind.code()),
        None => format!(
            "{}|{}|{}|{}",
            kind.code(),
            municipality.map(|m| m.to_string()).unwrap_or_default(),
            key_form(name),
            key_form(address)
        ),
    }
}

/// Text with CRLF as LF, and without characters that no page shows (controls,
/// marks that turn the direction of writing); `None` for nothing.
fn words(value: Option<&str>) -> Option<String> {
    let shown = |c: &char| {
        *c == '\n'
            || !(c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    };
    value
        .map(|v| {
            v.replace("\r\n", "\n")
                .chars()
                .filter(shown)
                .collect::<String>()
        })
        .map(|v| v.trim().to_owned())
        .filter(|v| !v.is_empty())
}

/// The remark on a code of a municipality that is none.
fn no_code(text: &str) -> Text {
    text!(
        "「{text}」は市町村のコードとして正しくありません（数字の数か検査数字が違います）。使いませんでした。",
        "“{text}” is no code of a municipality (number of digits, or check digit). It was not used."
    )
}

/// The note for an empty record.
fn empty_record<T>(row: u64) -> Row<T> {
    Row::Rejected {
        row,
        notes: vec![RowNote::new(
            row,
            None,
            Text::fixed(
                "名称も位置もない行です。",
                "an empty record: neither name nor position.",
            ),
        )],
        key: None,
    }
}
