//! From the record to the form.

use serde_json::Value;

use super::{FED, Field, Kind, MOST_ROWS, Section, Wrongs, named};
use crate::{
    domain::{plan::fill::look, text::Lang},
    web::{loans::fields::Fields, words::power as said},
};

/// A field on the page.
#[derive(Debug)]
pub(in crate::web) struct FieldView {
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
pub(in crate::web) struct SectionView {
    /// Its place, as names of fields begin.
    pub at: String,
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

/// A record as the fields of its form have it.
pub(in crate::web) fn fields_of(sections: &[Section], record: &Value) -> Fields {
    let mut pairs = Vec::new();
    for section in sections {
        if !section.is_list {
            for field in section.fields {
                shown(&mut pairs, &named(section, None, field), record, field);
            }
            continue;
        }
        let Some(rows) = look(record, section.at).and_then(Value::as_array) else {
            continue;
        };
        if rows.is_empty() {
            let place = section.at.replace('.', "/");
            pairs.push((format!("/{place}/none"), "1".to_owned()));
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
    let Some(value) = look(from, field.at) else {
        return;
    };
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
    if let (Kind::Several(_), Value::Array(ticked)) = (field.kind, value) {
        let codes = ticked.iter().filter_map(Value::as_str);
        pairs.extend(codes.map(|code| (name.to_owned(), code.to_owned())));
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

/// The form as it is shown.
pub(in crate::web) fn sections(
    all: &[Section],
    form: &Fields,
    wrongs: &Wrongs,
    lang: Lang,
) -> Vec<SectionView> {
    all.iter()
        .map(|section| {
            let at = section.at.replace('.', "/");
            let row = |number: Option<usize>| -> Vec<FieldView> {
                let fields = section.fields.iter();
                fields
                    .map(|field| view(form, wrongs, (named(section, number, field), field), lang))
                    .collect()
            };
            let filled = if section.is_list {
                let used = |number: &usize| {
                    let begins = format!("/{at}/{number}/");
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
                title: section.title.get(lang).to_owned(),
                help: section.help.as_ref().map(|help| help.get(lang).to_owned()),
                is_list: section.is_list,
                none: form.ticked(&format!("/{at}/none")),
                rows,
                filled,
                wrong: wrongs.get(&format!("/{at}")).cloned(),
                at,
            }
        })
        .collect()
}

fn view(form: &Fields, wrongs: &Wrongs, (name, field): (String, &Field), lang: Lang) -> FieldView {
    let value = form.get(&name).to_owned();
    let (how, unit) = match field.kind {
        Kind::Line => ("text", ""),
        Kind::Note => ("note", ""),
        Kind::Telephone => ("tel", ""),
        Kind::Number(unit) => ("number", unit),
        Kind::Whole(unit) => ("whole", unit),
        Kind::Storey => ("storey", ""),
        Kind::Day => ("date", ""),
        Kind::YesNo => ("yesno", ""),
        Kind::Choice(_) | Kind::NumberOf(_) => ("choice", ""),
        Kind::Several(_) => ("several", ""),
        Kind::Names => ("names", ""),
        Kind::Feeds => ("feeds", ""),
        Kind::Hidden => ("hidden", ""),
    };
    let options = match field.kind {
        Kind::Choice(of) | Kind::NumberOf(of) | Kind::Several(of) => of
            .all()
            .into_iter()
            .map(|(code, word)| {
                let chosen = form.has(&name, &code);
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
