//! 位置参照情報 of the ministry (国土交通省): 大字・町丁目レベル and 街区レベル, as CSV in
//! CP932. Geolonia's `latest.csv` has the columns of the former.

use super::{
    TownFile, TownRecord,
    geolonia::{NO_NAME, NO_POSITION},
    position, refused,
};
use crate::{
    domain::{
        address::{TownKey, block_key},
        data_set::DataSetKind,
        municipality::MunicipalityCode,
        text::{Text, nfkc},
    },
    import::{
        report::{Row, RowNote},
        source::{ReadError, Source},
        table::{self, Header, Record, TableKind},
    },
    text,
};

/// The names of the columns, of which each list has one.
const TOWN: [&str; 3] = ["大字町丁目名", "大字・丁目名", "大字・町丁目名"];
const KOAZA: [&str; 1] = ["小字・通称名"];
const BLOCK: &str = "街区符号・地番";
const CODE: &str = "市区町村コード";
const PREFECTURE: &str = "都道府県名";
const NAME: &str = "市区町村名";
/// A row that was deleted (3) stands in some editions by mistake.
const HISTORY: [&str; 2] = ["更新前履歴フラグ", "更新後履歴フラグ"];
const REPRESENTS: &str = "代表フラグ";

pub(super) fn read(
    source: &Source,
    progress: &dyn Fn(u64),
    each: &mut dyn FnMut(Row<TownRecord>),
) -> Result<TownFile, ReadError> {
    let mut blocks = false;
    let kind = table::read(
        source,
        progress,
        &mut |header| {
            blocks = header.has(BLOCK);
            begin(header)
        },
        &mut |record| {
            each(of_record(record));
            Ok(())
        },
    )?;
    let encoding = match kind {
        TableKind::Csv(encoding, _) => encoding.name(),
        TableKind::Xlsx(_) => "XLSX",
    };
    let (format, name, kind) = if blocks {
        (
            "isj-blocks-csv",
            "街区レベル位置参照情報",
            DataSetKind::Blocks,
        )
    } else {
        (
            "isj-towns-csv",
            "大字・町丁目レベル位置参照情報",
            DataSetKind::Towns,
        )
    };
    Ok(TownFile {
        format,
        encoding,
        publisher: "国土交通省",
        name,
        kind,
    })
}

fn begin(header: &Header) -> Result<(), ReadError> {
    let has = |names: &[&str]| names.iter().any(|name| header.has(name));
    let placed = header.has("緯度") && header.has("経度");
    let named = header.has(CODE) || (header.has(PREFECTURE) && header.has(NAME));
    if has(&TOWN) && placed && named {
        return Ok(());
    }
    Err(ReadError::refused("unknown_format", &NOT_A_LIST))
}

fn first<'a>(record: &'a Record<'_>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| record.get(name))
}

fn of_record(record: &Record<'_>) -> Row<TownRecord> {
    let row = record.row;
    if record.is_empty() {
        let text = Text::fixed("空の行です。", "an empty record");
        return Row::Rejected {
            row,
            notes: vec![RowNote::new(row, None, text)],
            key: None,
        };
    }
    if let Some((expected, found)) = record.cells_off() {
        let text = text!(
            "列が{found}個あります（見出しは{expected}個）。",
            "{found} cells where the header has {expected}"
        );
        return refused(row, "", text);
    }
    if HISTORY.iter().any(|flag| record.get(flag) == Some("3")) {
        return refused(row, HISTORY[1], DELETED);
    }
    let municipality = match municipality(record) {
        Ok(code) => code,
        Err((field, text)) => return refused(row, field, text),
    };
    let Some(town) = first(record, &TOWN) else {
        return refused(row, TOWN[0], NO_NAME);
    };
    let koaza = first(record, &KOAZA).unwrap_or("");
    let block = match record.get(BLOCK) {
        None => String::new(),
        Some(written) => match block_key(written) {
            Some(block) => block,
            None => return refused(row, BLOCK, NO_NUMBER),
        },
    };
    let number = |name| record.get(name).and_then(|n| nfkc(n).parse::<f64>().ok());
    let (Some(lat), Some(lon)) = (number("緯度"), number("経度")) else {
        return refused(row, "緯度", NO_POSITION);
    };
    match position(lat, lon) {
        Err(text) => refused(row, "緯度", text),
        Ok(position) => Row::Accepted {
            row,
            record: TownRecord {
                municipality,
                name: format!("{town}{koaza}"),
                town: TownKey::of(town),
                koaza: TownKey::of(koaza),
                block,
                position,
                represents: record.get(REPRESENTS) != Some("0"),
                repeats: false,
            },
            warnings: Vec::new(),
        },
    }
}

fn municipality(record: &Record<'_>) -> Result<MunicipalityCode, (&'static str, Text)> {
    if let Some(code) = record.get(CODE) {
        return MunicipalityCode::parse(code).map_err(|_| {
            let text = text!(
                "市区町村コード「{code}」が正しくありません。",
                "`{code}` is no code of a municipality."
            );
            (CODE, text)
        });
    }
    let (prefecture, name) = (
        record.get(PREFECTURE).unwrap_or(""),
        record.get(NAME).unwrap_or(""),
    );
    MunicipalityCode::of_name(&format!("{prefecture}{name}")).ok_or_else(|| {
        let text = text!(
            "市区町村「{prefecture}{name}」が分かりません。",
            "no municipality is called `{prefecture}{name}`."
        );
        (NAME, text)
    })
}

pub(super) const NOT_A_LIST: Text = Text::fixed(
    "町の一覧ではありません。大字町丁目名（または 大字・丁目名）、緯度、経度と、市区町村コード（または都道府県名・市区町村名）の列が必要です。位置参照情報のCSVか、Geoloniaの住所データを指定してください。",
    "This is no list of towns: the columns 大字町丁目名 (or 大字・丁目名), 緯度, 経度 and 市区町村コード (or 都道府県名 and 市区町村名) are needed. Name a CSV of 位置参照情報, or a list of Geolonia.",
);
const DELETED: Text = Text::fixed(
    "削除された街区です（履歴フラグ3）。使いません。",
    "the block was deleted (history flag 3) and is not used.",
);
const NO_NUMBER: Text = Text::fixed(
    "街区符号・地番に数字がありません。",
    "the block or lot has no number.",
);
