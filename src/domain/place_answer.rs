//! What a place answers to the yearly question: whether what is on record of it still holds.

use super::site_entry::EntryField;

coded! {
    /// The answer, one tap each.
    PlaceAnswer {
        /// All of it still holds.
        Same = "same", "変わりません（このとおりです）", "Nothing has changed";
        /// Something has changed; what is in words.
        Changed = "changed", "変わりました", "Something has changed";
        /// It takes no child on a ventilator any more.
        No = "no", "呼吸器のお子さんを受け入れられなくなりました", "We take no child on a ventilator any more";
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
