//! From the form to the record, and back.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::fields::{FED, Field, Kind, SECTIONS, Section};
use crate::{
    domain::{
        calendar::parse_date,
        power::Equipment,
        text::{Lang, Text, is_hidden_mark, key_form},
    },
    web::{loans::fields::Fields, words, words::power as said},
};

/// So many rows of a list are read; more than people write.
const MOST_ROWS: usize = 21;

/// No line is longer, in characters.
const MOST_LINE: usize = 200;

/// What is wrong, by the name of the field.
pub(super) type Wrongs = BTreeMap<String, String>;

/// The name of a field in the form: its place in the record.
fn named(section: &Section, row: Option<usize>, field: &Field) -> String {
    let at = field.at.replace('.', "/");
    match (section.at, row) {
        ("", _) => format!("/{at}"),
        (list, Some(row)) => format!("/{list}/{row}/{at}"),
        (list, None) => format!("/{list}/{at}"),
    }
}

/// Puts a value at its place.
fn put(into: &mut Map<String, Value>, at: &str, value: Value) {
    match at.split_once('.') {
        None => {
            into.insert(at.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = into
                .entry(first.to_owned())
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
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

/// What was typed in one field; `Ok(None)`: nothing.
fn read_one(form: &Fields, name: &str, kind: Kind) -> Result<Option<Value>, Text> {
    let text = form.get(name);
    if kind == Kind::Feeds {
        return read_feeds(form, name);
    }
    if text.is_empty() {
        return Ok(None);
    }
    if text.contains(is_hidden_mark) {
        return Err(words::HIDDEN_MARK);
    }
    if kind != Kind::Names && text.chars().count() > MOST_LINE {
        return Err(said::TOO_LONG);
    }
    Ok(Some(match kind {
        Kind::Line | Kind::Telephone => json!(text),
        Kind::Number(unit) => json!(number(text, unit).ok_or(said::NO_NUMBER)?),
        Kind::Whole(unit) => {
            let read = number(text, unit).ok_or(said::NO_NUMBER)?;
            if read.fract() != 0.0 || read > 100_000.0 {
                return Err(said::NO_WHOLE);
            }
            json!(read as u32)
        }
        Kind::Day => json!(parse_date(text).map_err(|bad| bad.text())?),
        Kind::YesNo => json!(text == "yes"),
        Kind::Choice(of) => {
            let known = of.all().iter().any(|(code, _)| code == text);
            if !known {
                return Err(said::NO_CHOICE);
            }
            json!(text)
        }
        Kind::Names => {
            let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
            let names: Vec<&str> = names.collect();
            let long = names.iter().any(|name| name.chars().count() > MOST_LINE);
            if long || names.len() > MOST_ROWS {
                return Err(said::TOO_LONG);
            }
            json!(names)
        }
        Kind::Feeds => return read_feeds(form, name),
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

/// The answers without which what stands beside them says nothing: they are asked for,
/// never assumed.
const DECIDES: [&str; 6] = [
    "kind",
    "maker_consent.given",
    "physician_consent.given",
    "place.available",
    "hme.physician.given",
    "oxygen_by_cylinder.given",
];

/// The deciding fields of a row that were left open beside others of the same part.
fn left_open(section: &Section, row: &Map<String, Value>) -> Vec<&'static Field> {
    let there = |at: &str| {
        let mut value = row.get(at.split('.').next().unwrap_or(at));
        for part in at.split('.').skip(1) {
            value = value.and_then(|value| value.get(part));
        }
        value.is_some()
    };
    let decides = section
        .fields
        .iter()
        .filter(|field| DECIDES.contains(&field.at));
    decides
        .filter(|field| {
            let part = field.at.rsplit_once('.').map_or("", |(part, _)| part);
            let beside = section.fields.iter().filter(|other| {
                other.at.rsplit_once('.').map_or("", |(of, _)| of) == part || part.is_empty()
            });
            !there(field.at) && beside.into_iter().any(|other| there(other.at))
        })
        .collect()
}

/// Reads the record; what is wrong with it, by field.
pub(super) fn read(form: &Fields, lang: Lang) -> Result<Equipment, Wrongs> {
    let (mut record, mut wrongs) = (Map::new(), Wrongs::new());
    let (mut open, mut both) = (Vec::new(), Vec::new());
    let mut one = |into: &mut Map<String, Value>, name: &str, field: &Field| match read_one(
        form, name, field.kind,
    ) {
        Ok(Some(value)) => put(into, field.at, value),
        Ok(None) => {}
        Err(why) => {
            wrongs.insert(name.to_owned(), why.get(lang).to_owned());
        }
    };
    for section in SECTIONS {
        if !section.is_list {
            for field in section.fields {
                one(&mut record, &named(section, None, field), field);
            }
            open.extend(
                left_open(section, &record)
                    .iter()
                    .map(|field| named(section, None, field)),
            );
            continue;
        }
        let mut rows = Vec::new();
        for number in 0..MOST_ROWS {
            let mut row = Map::new();
            for field in section.fields {
                one(&mut row, &named(section, Some(number), field), field);
            }
            if !row.is_empty() {
                let left = left_open(section, &row);
                open.extend(left.iter().map(|field| named(section, Some(number), field)));
                rows.push(Value::Object(row));
            }
        }
        let none = form.ticked(&format!("/{}/none", section.at));
        if none && !rows.is_empty() {
            let at = format!("/{}", section.at);
            both.push((at, said::NONE_AND_SOME.get(lang).to_owned()));
        }
        if !rows.is_empty() || none {
            record.insert(section.at.to_owned(), Value::Array(rows));
        }
    }
    wrongs.extend(both);
    for name in open {
        wrongs
            .entry(name)
            .or_insert_with(|| said::SAY_WHETHER.get(lang).to_owned());
    }
    if !wrongs.is_empty() {
        return Err(wrongs);
    }
    serde_json::from_value(Value::Object(record)).map_err(|_| {
        let why = said::NO_RECORD.get(lang).to_owned();
        Wrongs::from([(String::new(), why)])
    })
}

/// The record as the fields of the form have it.
pub(super) fn fields_of(record: &Equipment) -> Fields {
    let value = serde_json::to_value(record).expect("a record becomes JSON");
    let mut pairs = Vec::new();
    for section in SECTIONS {
        if !section.is_list {
            for field in section.fields {
                shown(&mut pairs, &named(section, None, field), &value, field);
            }
            continue;
        }
        let Some(rows) = value.get(section.at).and_then(Value::as_array) else {
            continue;
        };
        if rows.is_empty() {
            pairs.push((format!("/{}/none", section.at), "1".to_owned()));
        }
        for (number, row) in rows.iter().enumerate() {
            for field in section.fields {
                shown(&mut pairs, &named(section, Some(number), field), row, field);
            }
        }
    }
    Fields(pairs)
}

fn shown(pairs: &mut Vec<(String, String)>, name: &str, from: &Value, field: &Field) {
    let mut value = Some(from);
    for part in field.at.split('.') {
        value = value.and_then(|value| value.get(part));
    }
    let Some(value) = value else { return };
    if field.kind == Kind::Feeds {
        let all = value.as_array().map_or(&[][..], Vec::as_slice);
        if all.is_empty() {
            pairs.push((format!("{name}/none"), "1".to_owned()));
        }
        for fed in all {
            let what = fed["what"].as_str().unwrap_or_default();
            pairs.push((format!("{name}/{what}"), "1".to_owned()));
            if let Some(va) = fed["rated_va"].as_f64() {
                pairs.push((format!("{name}/{what}/rated_va"), va.to_string()));
            }
        }
        return;
    }
    let text = match value {
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string().trim_end_matches(".0").to_owned(),
        Value::Array(lines) => {
            let lines = lines.iter().filter_map(Value::as_str);
            lines.collect::<Vec<_>>().join("\n")
        }
        Value::Null | Value::Object(_) => return,
    };
    pairs.push((name.to_owned(), text));
}

/// A field on the page.
#[derive(Debug)]
pub(super) struct FieldView {
    pub name: String,
    pub label: String,
    /// How it is typed.
    pub how: &'static str,
    pub unit: &'static str,
    pub value: String,
    /// Words to choose from: code, name, whether it is chosen.
    pub options: Vec<(String, String, bool)>,
    /// What hangs on it: code, name, whether, volt-amperes.
    pub feeds: Vec<(String, String, bool, String)>,
    pub wrong: Option<String>,
}

/// A section on the page.
#[derive(Debug)]
pub(super) struct SectionView {
    pub at: &'static str,
    pub title: String,
    pub help: Option<String>,
    pub is_list: bool,
    /// "There is none" is ticked.
    pub none: bool,
    /// The rows that are filled in, and an empty one last.
    pub rows: Vec<Vec<FieldView>>,
    pub filled: usize,
    pub wrong: Option<String>,
}

/// What the loan knows of the unit that is lent is not typed: its fields are taken out of
/// the first row of the generators, and that it is lent is sent without being asked.
pub(super) fn lock_lent(sections: &mut [SectionView]) {
    let generators = sections.iter_mut().find(|one| one.at == "generators");
    let Some(row) = generators.and_then(|one| one.rows.first_mut()) else {
        return;
    };
    row.retain(|field| {
        let of_loan = ["/model", "/rated_va", "/sine_wave"];
        !of_loan.iter().any(|end| field.name.ends_with(end))
    });
    for field in row.iter_mut().filter(|one| one.name.ends_with("/loaned")) {
        field.how = "hidden";
        "yes".clone_into(&mut field.value);
    }
}

/// The form as it is shown.
pub(super) fn sections(form: &Fields, wrongs: &Wrongs, lang: Lang) -> Vec<SectionView> {
    SECTIONS
        .iter()
        .map(|section| {
            let row = |number: Option<usize>| -> Vec<FieldView> {
                let fields = section.fields.iter();
                fields
                    .map(|field| view(form, wrongs, (named(section, number, field), field), lang))
                    .collect()
            };
            let filled = if section.is_list {
                let used = |number: &usize| {
                    let begins = format!("/{}/{number}/", section.at);
                    let mut pairs = form.0.iter();
                    pairs.any(|(name, value)| name.starts_with(&begins) && !value.trim().is_empty())
                };
                (0..MOST_ROWS).filter(used).max().map_or(0, |last| last + 1)
            } else {
                0
            };
            let rows = if section.is_list {
                (0..=filled.min(MOST_ROWS - 2))
                    .map(|number| row(Some(number)))
                    .collect()
            } else {
                vec![row(None)]
            };
            SectionView {
                at: section.at,
                title: section.title.get(lang).to_owned(),
                help: section.help.as_ref().map(|help| help.get(lang).to_owned()),
                is_list: section.is_list,
                none: form.ticked(&format!("/{}/none", section.at)),
                rows,
                filled,
                wrong: wrongs.get(&format!("/{}", section.at)).cloned(),
            }
        })
        .collect()
}

fn view(form: &Fields, wrongs: &Wrongs, (name, field): (String, &Field), lang: Lang) -> FieldView {
    let value = form.get(&name).to_owned();
    let (how, unit) = match field.kind {
        Kind::Line => ("text", ""),
        Kind::Telephone => ("tel", ""),
        Kind::Number(unit) => ("number", unit),
        Kind::Whole(unit) => ("whole", unit),
        Kind::Day => ("date", ""),
        Kind::YesNo => ("yesno", ""),
        Kind::Choice(_) => ("choice", ""),
        Kind::Names => ("names", ""),
        Kind::Feeds => ("feeds", ""),
    };
    let options = match field.kind {
        Kind::Choice(of) => of
            .all()
            .into_iter()
            .map(|(code, word)| {
                let chosen = code == value;
                (code, word.get(lang).to_owned(), chosen)
            })
            .collect(),
        Kind::YesNo => [("yes", said::YES), ("no", said::NO)]
            .into_iter()
            .map(|(code, word)| (code.to_owned(), word.get(lang).to_owned(), code == value))
            .collect(),
        _ => Vec::new(),
    };
    let feeds = if field.kind == Kind::Feeds {
        let nothing = (
            "none".to_owned(),
            said::FED_NOTHING.get(lang).to_owned(),
            form.ticked(&format!("{name}/none")),
            String::new(),
        );
        let each = FED.iter().map(|what| {
            let code = what.code();
            (
                code.to_owned(),
                what.name().get(lang).to_owned(),
                form.ticked(&format!("{name}/{code}")),
                form.get(&format!("{name}/{code}/rated_va")).to_owned(),
            )
        });
        each.chain([nothing]).collect()
    } else {
        Vec::new()
    };
    // A refusal may be of something inside it.
    let inside = format!("{name}/");
    let wrong = wrongs.get(&name).or_else(|| {
        let mut inner = wrongs.iter();
        inner
            .find(|(at, _)| at.starts_with(&inside))
            .map(|(_, why)| why)
    });
    FieldView {
        label: field.label.get(lang).to_owned(),
        how,
        unit,
        options,
        feeds,
        wrong: wrong.cloned(),
        value,
        name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Fields {
        Fields(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn a_record_comes_back_from_its_form_as_it_was() {
        let record: Equipment = serde_json::from_value(json!({
            "devices": [{"kind": "ventilator", "model": "【デモ】V1", "measured_watts": 18.5, "rated_va": 210.0}],
            "internal_batteries": [{"nominal_hours": 8.0, "checked_hours": 3.0, "checked_on": "2025-10-20", "checked_by": "hospital_engineer"}],
            "external_batteries": [],
            "generators": [{"loaned": true, "model": "EU18i", "charger_watts": 300.0,
                "feeds": [{"what": "charger", "rated_va": 375.0}, {"what": "humidifier"}],
                "place": {"available": true, "what": "【デモ】軒下", "above_water": false}, "frequency_hz": 60}],
            "canisters": [{"count": 4, "dated": "2022-05-01"}],
            "resuscitator": {"within_reach": true, "users": ["母", "父"]},
            "hme": {"physician": {"given": false}, "at_home": 0},
            "oxygen_by_cylinder": {"given": true, "on": "2026-09-01", "by": "【デモ】医師"},
            "manual_suction": true,
            "maker": {"emergency_number": "0120-000-000"}
        }))
        .unwrap();
        assert_eq!(read(&fields_of(&record), Lang::Ja), Ok(record));
    }

    #[test]
    fn nothing_typed_is_unknown_and_none_is_said() {
        assert_eq!(read(&form(&[]), Lang::Ja), Ok(Equipment::default()));
        let none = read(&form(&[("/cars/none", "1")]), Lang::Ja).unwrap();
        assert_eq!(none.cars, Some(Vec::new()));
        assert_eq!(none.generators, None);
    }

    #[test]
    fn figures_are_read_in_any_width_with_their_unit_and_nothing_else() {
        let read = |value| {
            let name = "/internal_batteries/0/nominal_hours";
            super::read(&form(&[(name, value)]), Lang::En)
                .map(|record| record.internal_batteries.unwrap()[0].nominal_hours)
        };
        assert_eq!(read("８．５時間"), Ok(Some(8.5)));
        assert_eq!(read(" 8 "), Ok(Some(8.0)));
        for wrong in ["-1", "8〜9", "NaN", "1e3", "八"] {
            let why = read(wrong).unwrap_err();
            assert_eq!(
                why.keys().collect::<Vec<_>>(),
                ["/internal_batteries/0/nominal_hours"],
                "{wrong}"
            );
        }
        let why = super::read(&form(&[("/canisters/0/count", "2.5")]), Lang::En).unwrap_err();
        assert!(why.contains_key("/canisters/0/count"));
    }

    #[test]
    fn what_decides_is_asked_for_and_never_assumed() {
        for (typed, asked) in [
            ("/hme/physician/by", "/hme/physician/given"),
            ("/oxygen_by_cylinder/on", "/oxygen_by_cylinder/given"),
            (
                "/generators/0/maker_consent/on",
                "/generators/0/maker_consent/given",
            ),
            ("/generators/0/place/what", "/generators/0/place/available"),
            ("/devices/0/model", "/devices/0/kind"),
        ] {
            let why = read(&form(&[(typed, "2026-01-10")]), Lang::Ja).unwrap_err();
            assert_eq!(why.keys().collect::<Vec<_>>(), [asked], "{typed}");
        }
    }

    #[test]
    fn a_row_between_two_may_be_taken_out() {
        let two = form(&[
            ("/gasoline/0/litres", "5"),
            ("/gasoline/1/litres", ""),
            ("/gasoline/2/litres", "10"),
        ]);
        let kept = read(&two, Lang::Ja).unwrap().gasoline.unwrap();
        let litres: Vec<_> = kept.iter().map(|can| can.litres).collect();
        assert_eq!(litres, [Some(5.0), Some(10.0)]);
    }
}
