//! From the form to the record.

use serde_json::{Map, Value, json};

use super::{FED, Field, Kind, MOST_ROWS, Section, Wrongs};
use crate::{
    domain::{
        calendar::parse_date,
        plan::fill::put,
        text::{Lang, Text, is_hidden_mark, key_form},
    },
    web::{loans::fields::Fields, words, words::power as said},
};

/// No line is longer, and no note, in characters.
const MOST_LINE: usize = 200;
const MOST_NOTE: usize = 1_000;

/// What was typed.
#[derive(Debug, Default)]
pub(in crate::web) struct Typed {
    /// Single fields by their place; `None`: nothing.
    pub items: Vec<(&'static str, Option<Value>)>,
    /// Lists.
    pub lists: Vec<TypedList>,
}

/// A list that was typed.
#[derive(Debug)]
pub(in crate::web) struct TypedList {
    /// Its place.
    pub at: &'static str,
    /// "There is none" is ticked.
    pub none: bool,
    /// Its rows that are not empty, each with its number in the form.
    pub rows: Vec<(usize, Map<String, Value>)>,
}

/// The name of a field in the form: its place in the record.
pub(in crate::web) fn named(section: &Section, row: Option<usize>, field: &Field) -> String {
    let at = field.at.replace('.', "/");
    match (section.at, row) {
        ("", _) => format!("/{at}"),
        (list, Some(row)) => format!("/{}/{row}/{at}", list.replace('.', "/")),
        (list, None) => format!("/{}/{at}", list.replace('.', "/")),
    }
}

fn number(text: &str, unit: &str) -> Option<f64> {
    let form = key_form(text);
    let bare = form.strip_suffix(&key_form(unit)).unwrap_or(&form);
    let figures = bare
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !figures {
        return None;
    }
    bare.parse().ok()
}

/// A storey as people write it: 「2階」, `B1`, 「地下1階」.
fn storey(text: &str) -> Option<i16> {
    let form = key_form(text).to_uppercase();
    let bare = form.strip_suffix('階').or_else(|| form.strip_suffix('F'));
    let bare = bare.unwrap_or(&form);
    let below = bare
        .strip_prefix("地下")
        .or_else(|| bare.strip_prefix('B'))
        .or_else(|| bare.strip_prefix('-'));
    let floor: i16 = below.unwrap_or(bare).parse().ok()?;
    let floor = if below.is_some() { -floor } else { floor };
    (floor != 0 && (-5..=60).contains(&floor)).then_some(floor)
}

/// What was typed in one field; `Ok(None)`: nothing.
fn read_one(form: &Fields, name: &str, kind: Kind) -> Result<Option<Value>, Text> {
    let text = form.get(name);
    match kind {
        Kind::Feeds => return read_feeds(form, name),
        Kind::Several(of) => {
            let known = of.all().into_iter();
            let ticked = known.filter(|(code, _)| form.has(name, code));
            let ticked: Vec<String> = ticked.map(|(code, _)| code).collect();
            return Ok((!ticked.is_empty()).then(|| json!(ticked)));
        }
        _ => {}
    }
    if text.is_empty() {
        return Ok(None);
    }
    if text.contains(is_hidden_mark) {
        return Err(words::HIDDEN_MARK);
    }
    let most = match kind {
        Kind::Names => usize::MAX,
        Kind::Note => MOST_NOTE,
        _ => MOST_LINE,
    };
    if text.chars().count() > most {
        return Err(if kind == Kind::Note {
            said::NOTE_TOO_LONG
        } else {
            said::TOO_LONG
        });
    }
    let of_words = |of: super::Words| {
        let known = of.all().iter().any(|(code, _)| code == text);
        known.then_some(text).ok_or(said::NO_CHOICE)
    };
    Ok(Some(match kind {
        Kind::Line | Kind::Note | Kind::Telephone | Kind::Hidden => json!(text),
        Kind::Number(unit) => json!(number(text, unit).ok_or(said::NO_NUMBER)?),
        Kind::Whole(unit) => {
            let read = number(text, unit).ok_or(said::NO_NUMBER)?;
            if read.fract() != 0.0 || read > 100_000.0 {
                return Err(said::NO_WHOLE);
            }
            json!(read as u32)
        }
        Kind::Storey => json!(storey(text).ok_or(said::NO_STOREY)?),
        Kind::Day => json!(parse_date(text).map_err(|bad| bad.text())?),
        Kind::YesNo => json!(text == "yes"),
        Kind::Choice(of) => json!(of_words(of)?),
        Kind::NumberOf(of) => {
            let number: u32 = of_words(of)?.parse().map_err(|_| said::NO_CHOICE)?;
            json!(number)
        }
        Kind::Names => {
            let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
            let names: Vec<&str> = names.collect();
            let long = names.iter().any(|name| name.chars().count() > MOST_LINE);
            if long || names.len() > 2 * MOST_ROWS {
                return Err(said::TOO_LONG);
            }
            json!(names)
        }
        Kind::Several(_) | Kind::Feeds => return Ok(None),
    }))
}

/// What hangs on a generator: each thing that is ticked, or of which a figure stands.
fn read_feeds(form: &Fields, name: &str) -> Result<Option<Value>, Text> {
    let mut all = Vec::new();
    for what in FED {
        let text = form.get(&format!("{name}/{}/rated_va", what.code()));
        let va = if text.is_empty() {
            None
        } else {
            Some(number(text, "VA").ok_or(said::NO_NUMBER)?)
        };
        if va.is_some() || form.ticked(&format!("{name}/{}", what.code())) {
            let mut fed = Map::new();
            fed.insert("what".to_owned(), json!(what.code()));
            if let Some(va) = va {
                fed.insert("rated_va".to_owned(), json!(va));
            }
            all.push(Value::Object(fed));
        }
    }
    if all.is_empty() && !form.ticked(&format!("{name}/none")) {
        return Ok(None);
    }
    Ok(Some(Value::Array(all)))
}

/// The deciding fields (`decides`) of a row that were left open beside others of the same
/// part: they are asked for, never assumed.
fn left_open(section: &Section, row: &Map<String, Value>, decides: &[&str]) -> Vec<&'static Field> {
    let there = |at: &str| {
        let mut value = row.get(at.split('.').next().unwrap_or(at));
        for part in at.split('.').skip(1) {
            value = value.and_then(|value| value.get(part));
        }
        value.is_some()
    };
    let part_of = |at: &'static str| at.rsplit_once('.').map_or("", |(part, _)| part);
    let decides = section
        .fields
        .iter()
        .filter(|field| decides.contains(&field.at));
    decides
        .filter(|field| {
            let part = part_of(field.at);
            let beside = section
                .fields
                .iter()
                .filter(|other| part_of(other.at) == part || part.is_empty());
            !there(field.at) && beside.into_iter().any(|other| there(other.at))
        })
        .collect()
}

/// Reads a form; what is wrong with it, by field. `decides`: the places of fields without
/// which what stands beside them says nothing.
pub(in crate::web) fn read(
    all: &[Section],
    decides: &[&str],
    form: &Fields,
    lang: Lang,
) -> Result<Typed, Wrongs> {
    let (mut typed, mut wrongs) = (Typed::default(), Wrongs::new());
    let mut open = Vec::new();
    let mut one = |name: &str, field: &Field| match read_one(form, name, field.kind) {
        Ok(value) => value,
        Err(why) => {
            wrongs.insert(name.to_owned(), why.get(lang).to_owned());
            None
        }
    };
    let mut both = Vec::new();
    for section in all {
        if !section.is_list {
            let mut whole = Map::new();
            for field in section.fields {
                let value = one(&named(section, None, field), field);
                if let Some(value) = &value {
                    put(&mut whole, field.at, Some(value.clone()));
                }
                typed.items.push((field.at, value));
            }
            let left = left_open(section, &whole, decides);
            open.extend(left.iter().map(|field| named(section, None, field)));
            continue;
        }
        let mut rows = Vec::new();
        for number in 0..MOST_ROWS {
            let mut row = Map::new();
            for field in section.fields {
                if let Some(value) = one(&named(section, Some(number), field), field) {
                    put(&mut row, field.at, Some(value));
                }
            }
            let shown = section.fields.iter().filter(|f| f.kind != Kind::Hidden);
            let parts = |at: &'static str| at.split('.').next().unwrap_or(at);
            if shown.clone().any(|field| row.contains_key(parts(field.at))) {
                let left = left_open(section, &row, decides);
                open.extend(left.iter().map(|field| named(section, Some(number), field)));
                rows.push((number, row));
            }
        }
        let place = format!("/{}", section.at.replace('.', "/"));
        let none = form.ticked(&format!("{place}/none"));
        if none && !rows.is_empty() {
            both.push((place, said::NONE_AND_SOME.get(lang).to_owned()));
        }
        typed.lists.push(TypedList {
            at: section.at,
            none,
            rows,
        });
    }
    wrongs.extend(both);
    for name in open {
        wrongs
            .entry(name)
            .or_insert_with(|| said::SAY_WHETHER.get(lang).to_owned());
    }
    if wrongs.is_empty() {
        Ok(typed)
    } else {
        Err(wrongs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storey_is_read_as_people_write_it() {
        for (text, floor) in [
            ("2", Some(2)),
            ("２階", Some(2)),
            ("10F", Some(10)),
            ("B1", Some(-1)),
            ("地下1階", Some(-1)),
            ("-2", Some(-2)),
            ("0", None),
            ("二階", None),
            ("99", None),
        ] {
            assert_eq!(storey(text), floor, "{text}");
        }
    }
}
