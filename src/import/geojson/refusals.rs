//! Why a file is no FeatureCollection that can be used.

use serde_json::error::Category;

use crate::{domain::text::Text, import::source::ReadError, text};

/// Refusals of a whole file.
#[derive(Debug)]
pub(super) enum Refusal {
    Truncated,
    NotJson(String),
    TooDeep,
    NotUtf8,
    Trailing,
    TwoLists,
    NotAnObject,
    FeatureTooLarge,
    UnknownCrs(String),
    NotFeatureCollection(Option<String>),
    Unavailable {
        place: Option<String>,
        message: Option<String>,
    },
}

impl From<Refusal> for ReadError {
    fn from(refusal: Refusal) -> Self {
        let (code, text) = match refusal {
            Refusal::Truncated => (
                "truncated",
                Text::fixed(
                    "ファイルが途中で切れています。ダウンロードが最後まで終わっていないようです。もう一度ダウンロードしてください。",
                    "The file is cut off: the download was probably not finished. Please download it again.",
                ),
            ),
            Refusal::NotJson(what) => (
                "not_json",
                text!(
                    "JSONとして読めません（{what}）。もう一度ダウンロードしてください。",
                    "This cannot be read as JSON ({what}). Please download it again.",
                ),
            ),
            Refusal::TooDeep => (
                "too_deep",
                Text::fixed(
                    "括弧が深く重なりすぎていて、地図のデータとして読めません。",
                    "Its brackets are nested too deep for map data.",
                ),
            ),
            Refusal::NotUtf8 => (
                "not_utf8",
                Text::fixed(
                    "文字コードがUTF-8ではない部分があります。UTF-8で保存し直してください。",
                    "Parts of the file are not in UTF-8. Please save it as UTF-8.",
                ),
            ),
            Refusal::Trailing => (
                "trailing",
                Text::fixed(
                    "データの終わりの後に余分な内容があります。二つのファイルがつながっていないか確かめてください。",
                    "Something follows after the end of the data. Perhaps two files were joined.",
                ),
            ),
            Refusal::TwoLists => (
                "not_feature_collection",
                Text::fixed(
                    "地物の一覧（features）が二つあります。どちらが正しいか決められません。",
                    "The file has two lists of features; which one counts cannot be told.",
                ),
            ),
            Refusal::NotAnObject => (
                "not_feature_collection",
                Text::fixed(
                    "GeoJSONではなく、JSONの配列です。FeatureCollection形式のファイルを指定してください。",
                    "This is a JSON array, not GeoJSON. Please name a FeatureCollection.",
                ),
            ),
            Refusal::FeatureTooLarge => (
                "feature_too_large",
                Text::fixed(
                    "一つの地物が64 MiBを超えています。分割されたデータを使ってください。",
                    "A single feature is larger than 64 MiB. Please use data that is split.",
                ),
            ),
            Refusal::UnknownCrs(crs) => (
                "unknown_crs",
                text!(
                    "座標系「{crs}」には対応していません。緯度・経度（JGD2011、EPSG:6668 など）のデータを指定してください。",
                    "The coordinate system `{crs}` is not supported. Please name data in degrees (JGD2011, EPSG:6668, or the like).",
                ),
            ),
            Refusal::NotFeatureCollection(kind) => {
                ("not_feature_collection", not_a_collection(kind))
            }
            Refusal::Unavailable { place, message } => ("unavailable", unavailable(place, message)),
        };
        Self::refused(code, &text)
    }
}

fn not_a_collection(kind: Option<String>) -> Text {
    match kind.as_deref() {
        Some("FeatureCollection") => Text::fixed(
            "FeatureCollectionですが、地物の一覧（features）がありません。",
            "This is a FeatureCollection without its list of features.",
        ),
        Some("Topology") => Text::fixed(
            "TopoJSONです。同じデータのGeoJSON（FeatureCollection）を指定してください。",
            "This is TopoJSON. Please name the GeoJSON (FeatureCollection) of the same data.",
        ),
        Some(kind) => text!(
            "種類が「{kind}」のJSONです。FeatureCollection形式のファイルを指定してください。",
            "This is JSON of the type `{kind}`. Please name a FeatureCollection.",
        ),
        None => Text::fixed(
            "JSONですが、GeoJSONではありません。FeatureCollection形式のファイルを指定してください。",
            "This is JSON, but not GeoJSON. Please name a FeatureCollection.",
        ),
    }
}

fn unavailable(place: Option<String>, message: Option<String>) -> Text {
    let quoted = message.unwrap_or_default();
    let (quoted_ja, quoted_en) = if quoted.is_empty() {
        (String::new(), String::new())
    } else {
        (
            format!("（ファイルの説明：「{quoted}」）"),
            format!(" (The file says: \"{quoted}\")"),
        )
    };
    let (ja, en) = place.map_or(
        ("この自治体".to_owned(), "this municipality".to_owned()),
        |place| (place.clone(), place),
    );
    text!(
        "{ja}は、この一覧のデータを公表していません。避難場所がないという意味ではありません。自治体に直接確かめてください。{quoted_ja}",
        "{en} publishes nothing in this list. That does not mean that it has no sites: please ask the municipality itself.{quoted_en}",
    )
}

/// What an error of the JSON reader means for the file.
pub(super) fn of_json(error: serde_json::Error) -> ReadError {
    match error.classify() {
        Category::Io => {
            let error = std::io::Error::from(error);
            if error.kind() == std::io::ErrorKind::InvalidData {
                Refusal::NotUtf8.into()
            } else {
                ReadError::Machine(error)
            }
        }
        Category::Eof => Refusal::Truncated.into(),
        Category::Syntax | Category::Data => {
            let what = error.to_string();
            if what.starts_with("recursion limit") {
                Refusal::TooDeep.into()
            } else if what.starts_with("invalid unicode") {
                Refusal::NotUtf8.into()
            } else {
                Refusal::NotJson(what).into()
            }
        }
    }
}

/// Degrees of WGS 84, JGD2000 or JGD2011 (the last two also with heights):
/// within a metre of each other, less than the accuracy of any home here. The
/// old Tokyo datum (EPSG:4301) is 400 m off and refused.
const KNOWN_CRS: [&str; 5] = ["4326", "4612", "6668", "6697", "4979"];

/// Accepts the `crs` member of GeoJSON before RFC 7946 when it names degrees.
pub(super) fn judge_crs(raw: &str) -> Result<(), ReadError> {
    let name = serde_json::from_str::<serde_json::Value>(raw)
        .ok()
        .and_then(|value| {
            let name = value
                .pointer("/properties/name")
                .or(Some(&value))?
                .as_str()?;
            Some(name.trim().to_owned())
        });
    let Some(name) = name else {
        let shown: String = raw.chars().take(80).collect();
        return Err(Refusal::UnknownCrs(shown).into());
    };
    let upper = name.to_ascii_uppercase();
    let last = upper.rsplit(':').next().unwrap_or_default();
    let known = if upper.contains("EPSG") {
        KNOWN_CRS.contains(&last)
    } else {
        matches!(last, "CRS84" | "CRS84H")
    };
    if known {
        Ok(())
    } else {
        Err(Refusal::UnknownCrs(name).into())
    }
}
