//! The depth of water in a property: a band in words, metres, or a code.

use super::{
    HazardOptions,
    classes::{MISSING, code, not_in_table},
    tables::{DepthCodes, holds_codes, metres_beside},
};
use crate::{
    domain::{
        depth_text::{DepthBand, NotADepth},
        hazard::InundationRank,
        text::{Text, key_form},
    },
    import::{geojson::Properties, source::ReadError},
    text,
};

/// The property at fault, and why.
type Fault = (String, Text);

/// A depth that can only be a band in words: a bare number could be metres or
/// the number of a rank.
pub(super) fn band(properties: &Properties, key: &str) -> Result<InundationRank, Fault> {
    let Some(written) = properties.written(key) else {
        return Err((key.to_owned(), MISSING));
    };
    if matches!(properties.number(key), Ok(Some(metres)) if metres != 0.0) {
        let text = text!(
            "水深「{written}」の単位が分かりません（mかランクか）。0とはみなしません。",
            "The depth `{written}` has no unit: metres, or the number of a rank? It is not taken as 0."
        );
        return Err((key.to_owned(), text));
    }
    DepthBand::parse(&written)
        .map(DepthBand::rank)
        .map_err(|error| (key.to_owned(), error.reason(&written)))
}

/// The depth in the property that the call names: a number is metres, unless
/// the name says that it is a code; a text is a band.
pub(super) fn stated(
    properties: &Properties,
    field: &str,
    options: &HazardOptions,
) -> Result<InundationRank, Fault> {
    let Some(key) = properties.key_like(field) else {
        return Err((field.to_owned(), MISSING));
    };
    match properties.number(key) {
        Ok(None) => Err((key.to_owned(), MISSING)),
        Ok(Some(_)) if options.depth_codes.is_some() || holds_codes(key) => {
            coded(properties, key, options.depth_codes)
        }
        Ok(Some(metres)) => of_metres(key, metres),
        Err(written) => DepthBand::parse(&written)
            .map(DepthBand::rank)
            .map_err(|error| (key.to_owned(), error.reason(&written))),
    }
}

/// No water that any map assumes is deeper, in metres (this project's bound): what
/// stands there is another number, of a mesh or for "no data".
const DEEPEST_METRES: f64 = 100.0;

fn of_metres(key: &str, metres: f64) -> Result<InundationRank, Fault> {
    let rank = InundationRank::of_metres(metres).filter(|_| metres <= DEEPEST_METRES);
    rank.ok_or_else(|| {
        let why = if metres == 0.0 {
            NotADepth::Nothing
        } else {
            NotADepth::Unreadable
        };
        (key.to_owned(), why.reason(&metres.to_string()))
    })
}

/// A code by the table that the call states; without one by the six ranks, but
/// only where the metres stand beside it and bear it out, row by row.
fn coded(
    properties: &Properties,
    key: &str,
    stated: Option<DepthCodes>,
) -> Result<InundationRank, Fault> {
    let number = code(properties, key)?;
    let table = stated.unwrap_or(DepthCodes::A31a);
    let rank = table
        .rank(number)
        .ok_or_else(|| (key.to_owned(), not_in_table(number)))?;
    let Some(metres_key) = column_of_metres(properties, key) else {
        // Where no table is stated there is one: `known_codes` saw to that.
        return match stated {
            Some(_) => Ok(rank),
            None => Err((key.to_owned(), NO_TABLE)),
        };
    };
    match properties.number(metres_key) {
        Ok(Some(metres)) if InundationRank::of_metres(metres) == Some(rank) => Ok(rank),
        // An old code may be finer than the ranks; its rank must still agree.
        Ok(Some(metres)) => {
            let metres_key = metres_key.to_owned();
            Err((
                key.to_owned(),
                text!(
                    "コード {number} と、{metres_key} の {metres} m が食い違っています。",
                    "The code {number} and the {metres} m in {metres_key} contradict each other."
                ),
            ))
        }
        Ok(None) | Err(_) if stated.is_some() => Ok(rank),
        Ok(None) | Err(_) => Err((metres_key.to_owned(), MISSING)),
    }
}

fn column_of_metres<'a>(properties: &'a Properties, key: &str) -> Option<&'a str> {
    metres_beside(key)
        .iter()
        .find_map(|name| properties.key_like(name))
}

/// What stands in the same tables beside the depth, and is none.
const NO_DEPTHS: [&str; 5] = ["流速", "標高", "地盤高", "到達時間", "継続時間"];

/// Refuses a column that is no depth, and one of codes of which no table says what they mean.
pub(super) fn known_codes(
    properties: &Properties,
    options: &HazardOptions,
) -> Result<(), ReadError> {
    let field = options.depth_field.as_deref().unwrap_or_default();
    let Some(key) = properties.key_like(field) else {
        return Ok(());
    };
    if NO_DEPTHS.iter().any(|what| key_form(key).contains(what)) {
        return Err(ReadError::refused(
            "not_a_depth",
            &text!(
                "「{key}」は水深の列ではないようです。水深の属性を --depth-field で指定してください。",
                "`{key}` does not seem to hold the depth of water. Please name the property that does with --depth-field."
            ),
        ));
    }
    // Words say themselves what they mean.
    let is_text = properties.number(key).is_err();
    if is_text
        || options.depth_codes.is_some()
        || !holds_codes(key)
        || column_of_metres(properties, key).is_some()
    {
        return Ok(());
    }
    Err(ReadError::refused(
        "codes_unknown",
        &text!(
            "「{key}」は深さ（m）ではなく番号の列です。番号の意味を公表元に確かめ、国土数値情報と同じ6段階（1＝0.5m未満、2＝3m未満、3＝5m未満、4＝10m未満、5＝20m未満、6＝20m以上）なら --depth-codes a31a を、旧A31の番号（11〜15、21〜27）なら --depth-codes a31 を付けてください。深さ（m）の列があれば、そちらを --depth-field で指定してください。",
            "`{key}` holds numbers of ranks, not metres. Please ask the publisher what they mean. If they are the six ranks of the KSJ (1 under 0.5 m, 2 under 3, 3 under 5, 4 under 10, 5 under 20, 6 from 20 m on), add --depth-codes a31a; if they are those of the old A31 (11–15, 21–27), --depth-codes a31. If there is a column of metres, name that one with --depth-field."
        ),
    ))
}

const NO_TABLE: Text = Text::fixed(
    "番号の意味を示す表がありません（--depth-codes）。",
    "No table says what the number means (--depth-codes).",
);
