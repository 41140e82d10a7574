//! Forms that are tables of fields: a field is named by its place in the record that it
//! writes (`/internal_batteries/0/nominal_hours`), as refusals name it.

mod read;
mod view;
mod words_of;

use std::collections::BTreeMap;

use read::named;
pub(in crate::web) use read::{Typed, read};
pub(in crate::web) use view::{SectionView, fields_of, sections};
pub(in crate::web) use words_of::Words;

use crate::domain::{power::equipment::FedKind, text::Text};

/// What is typed or chosen in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Kind {
    /// A line.
    Line,
    /// Several lines.
    Note,
    /// A telephone number.
    Telephone,
    /// A number, with its unit.
    Number(&'static str),
    /// A whole number, with its unit.
    Whole(&'static str),
    /// A storey: 1 is the ground floor, those below it are negative.
    Storey,
    /// A day.
    Day,
    /// Yes, no, or nobody has said.
    YesNo,
    /// One of some words, or nobody has said.
    Choice(Words),
    /// One of some words that are kept as numbers.
    NumberOf(Words),
    /// Any of some words.
    Several(Words),
    /// Names, one a line.
    Names,
    /// What hangs on a generator: for each thing a box, and its volt-amperes.
    Feeds,
    /// What the page carries without showing it.
    Hidden,
}

/// What may hang on a generator.
pub(in crate::web) const FED: &[FedKind] = FedKind::ALL;

/// A field.
#[derive(Debug)]
pub(in crate::web) struct Field {
    /// Its place in its row.
    pub at: &'static str,
    /// How it is called.
    pub label: Text,
    /// What is typed.
    pub kind: Kind,
}

/// A part of the form.
#[derive(Debug)]
pub(in crate::web) struct Section {
    /// Its place in the record; empty: fields of the record itself.
    pub at: &'static str,
    /// How it is called.
    pub title: Text,
    /// What is to be known before one types.
    pub help: Option<Text>,
    /// Whether it is a list of any number of rows.
    pub is_list: bool,
    /// Its fields.
    pub fields: &'static [Field],
}

macro_rules! field {
    ($at:literal, $ja:literal, $en:literal, $kind:expr $(,)?) => {
        $crate::web::by_field::Field {
            at: $at,
            label: $crate::domain::text::Text::fixed($ja, $en),
            kind: $kind,
        }
    };
}

pub(in crate::web) use field;

/// So many rows of a list are read; more than people write.
pub(in crate::web) const MOST_ROWS: usize = 21;

/// What is wrong, by the name of the field.
pub(in crate::web) type Wrongs = BTreeMap<String, String>;
