//! Geolonia's 住所データ: one JSON a municipality, a list of towns that names neither
//! the municipality nor the prefecture.

use std::io::{BufReader, Read};

use serde::Deserialize;

use super::{TownFile, TownRecord, position, refused};
use crate::{
    domain::{address::TownKey, data_set::DataSetKind, municipality::MunicipalityCode, text::Text},
    import::{
        report::Row,
        source::{ReadError, Source},
    },
    text,
};

#[derive(Deserialize)]
struct Town {
    town: String,
    #[serde(default)]
    koaza: Option<String>,
    lat: Option<f64>,
    lng: Option<f64>,
}

pub(super) fn read(
    source: &Source,
    municipality: Option<MunicipalityCode>,
    progress: &dyn Fn(u64),
    each: &mut dyn FnMut(Row<TownRecord>),
) -> Result<TownFile, ReadError> {
    let mut text = String::new();
    BufReader::new(source.reader()?)
        .read_to_string(&mut text)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidData => ReadError::refused("not_utf8", &NOT_UTF8),
            _ => error.into(),
        })?;
    progress(text.len() as u64);
    let text = text.trim_start_matches('\u{feff}');
    let tree: serde_json::Value = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        ReadError::refused(
            "not_json",
            &text!(
                "JSONとして読めません（{line}行{column}字目）。ファイルが切れているかもしれません。もう一度ダウンロードしてください。",
                "this is no whole JSON (line {line}, column {column}); it may have been cut off. Please download it again."
            ),
        )
    })?;
    let serde_json::Value::Array(rows) = tree else {
        return Err(ReadError::refused("unknown_format", &NOT_A_LIST));
    };
    let is_list = |row: &serde_json::Value| row.get("town").is_some() && row.get("lat").is_some();
    if !rows.iter().any(is_list) {
        return Err(ReadError::refused("unknown_format", &NOT_A_LIST));
    }
    let Some(municipality) = municipality else {
        return Err(ReadError::refused("no_municipality", &NO_MUNICIPALITY));
    };
    for (number, row) in (1..).zip(rows) {
        each(record(number, row, municipality));
    }
    Ok(TownFile {
        format: "geolonia-towns-json",
        encoding: "UTF-8",
        publisher: "Geolonia",
        name: "Geolonia 住所データ",
        kind: DataSetKind::Towns,
    })
}

fn record(number: u64, row: serde_json::Value, municipality: MunicipalityCode) -> Row<TownRecord> {
    let Ok(town) = serde_json::from_value::<Town>(row) else {
        return refused(number, "town", UNREAD);
    };
    let (name, koaza) = (town.town.trim(), town.koaza.as_deref().unwrap_or("").trim());
    if TownKey::of(name).as_str().is_empty() {
        return refused(number, "town", NO_NAME);
    }
    let (Some(lat), Some(lon)) = (town.lat, town.lng) else {
        return refused(number, "lat", NO_POSITION);
    };
    match position(lat, lon) {
        Err(text) => refused(number, "lat", text),
        Ok(position) => Row::Accepted {
            row: number,
            record: TownRecord {
                municipality,
                name: format!("{name}{koaza}"),
                town: TownKey::of(name),
                koaza: TownKey::of(koaza),
                block: String::new(),
                position,
                represents: true,
                repeats: false,
            },
            warnings: Vec::new(),
        },
    }
}

const NOT_UTF8: Text = Text::fixed(
    "JSONですが、文字コードがUTF-8ではありません。UTF-8で保存し直してください。",
    "This is JSON, but not in UTF-8. Please save it as UTF-8.",
);
const NOT_A_LIST: Text = Text::fixed(
    "町の一覧（Geolonia 住所データ）のJSONではありません。town・lat・lng の入った一覧が必要です。",
    "This is no list of towns (Geolonia): a list of records with town, lat and lng is needed.",
);
const NO_MUNICIPALITY: Text = Text::fixed(
    "どの市町村の一覧か分かりません（この形式は中身に市町村名がありません）。ファイル名を「人吉市.json」のような配布時の名前に戻すか、--covers 43203 のように市町村コードを1つ付けてください。",
    "Nothing says of which municipality this list is (the format does not). Give the file its published name (人吉市.json), or name the municipality by its code: --covers 43203.",
);
pub(super) const NO_NAME: Text =
    Text::fixed("町の名前がありません。", "there is no name of a town.");
pub(super) const NO_POSITION: Text = Text::fixed(
    "緯度・経度がありません。",
    "there is no latitude or longitude.",
);
const UNREAD: Text = Text::fixed(
    "town（文字）・lat・lng（数）の形になっていません。",
    "it is not of the form town (text), lat and lng (numbers).",
);
