//! What a place answers to the yearly question: whether what is on record of it still holds.

use super::{site_entry::EntryField, text::Text};

/// The answer, one tap each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceAnswer {
    /// All of it still holds.
    Same,
    /// Something has changed; what is in words.
    Changed,
    /// It takes no child on a ventilator any more.
    No,
}

impl PlaceAnswer {
    /// Every answer, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Same, Self::Changed, Self::No];

    /// The word in a form and in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::No => "no",
        }
    }

    /// The answer of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// What its button says.
    pub const fn name(self) -> Text {
        match self {
            Self::Same => Text::fixed("変わりません（このとおりです）", "Nothing has changed"),
            Self::Changed => Text::fixed("変わりました", "Something has changed"),
            Self::No => Text::fixed(
                "呼吸器のお子さんを受け入れられなくなりました",
                "We take no child on a ventilator any more",
            ),
        }
    }
}

/// What a place is asked about, in the order of its page: what it knows of itself, and
/// nothing that the municipality decides.
pub const ASKED: [EntryField; 16] = [
    EntryField::Reception,
    EntryField::Conditions,
    EntryField::Direct,
    EntryField::Places,
    EntryField::Registered,
    EntryField::Companions,
    EntryField::Sockets,
    EntryField::Generator,
    EntryField::GeneratorHours,
    EntryField::Lowest,
    EntryField::Highest,
    EntryField::PhoneDay,
    EntryField::PhoneNight,
    EntryField::Contact,
    EntryField::Agreement,
    EntryField::AgreedOn,
];
