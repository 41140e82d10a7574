//! The form in which a municipality enters what no list holds.

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    domain::{
        site::SiteEntry,
        site_entry::{EntryField, EntryText, WrongField},
    },
    service::view::SitePage,
};

/// What a municipality enters, as the form sends it: text, so that a wrong
/// number comes back to who wrote it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct EntryForm {
    pub level: String,
    pub socket: String,
    pub confirmed_by: String,
    pub valid_until: String,
    pub direct: String,
    pub lowest: String,
    pub highest: String,
    pub companions: String,
    pub places: String,
    pub closed_from: String,
    pub closed_until: String,
    pub reception: String,
    pub conditions: String,
    pub sockets: String,
    pub generator: String,
    pub generator_hours: String,
    pub phone_day: String,
    pub phone_night: String,
    pub contact: String,
    pub registered: String,
    pub agreement: String,
    pub agreed_on: String,
    pub mail: String,
    pub asked_on: String,
    pub asked_of: String,
    pub revision: i64,
    pub key: Uuid,
}

impl EntryForm {
    pub(super) fn of(page: &SitePage, key: Uuid) -> Self {
        let text = EntryText::of(&page.site.entry);
        let get = |field| text.get(field).to_owned();
        Self {
            level: get(EntryField::Level),
            socket: get(EntryField::Socket),
            confirmed_by: get(EntryField::ConfirmedBy),
            valid_until: get(EntryField::ValidUntil),
            direct: get(EntryField::Direct),
            lowest: get(EntryField::Lowest),
            highest: get(EntryField::Highest),
            companions: get(EntryField::Companions),
            places: get(EntryField::Places),
            closed_from: get(EntryField::ClosedFrom),
            closed_until: get(EntryField::ClosedUntil),
            reception: get(EntryField::Reception),
            conditions: get(EntryField::Conditions),
            sockets: get(EntryField::Sockets),
            generator: get(EntryField::Generator),
            generator_hours: get(EntryField::GeneratorHours),
            phone_day: get(EntryField::PhoneDay),
            phone_night: get(EntryField::PhoneNight),
            contact: get(EntryField::Contact),
            registered: get(EntryField::Registered),
            agreement: get(EntryField::Agreement),
            agreed_on: get(EntryField::AgreedOn),
            mail: get(EntryField::Mail),
            asked_on: get(EntryField::AskedOn),
            asked_of: get(EntryField::AskedOf),
            revision: page.revision,
            key,
        }
    }

    /// What it says; an empty field is unknown.
    pub(super) fn entry(&self) -> Result<SiteEntry, WrongField> {
        let mut text = EntryText::default();
        for field in EntryField::ALL {
            text.set(*field, self.typed(*field));
        }
        text.entry()
    }

    fn typed(&self, field: EntryField) -> &str {
        match field {
            EntryField::Level => &self.level,
            EntryField::Socket => &self.socket,
            EntryField::ConfirmedBy => &self.confirmed_by,
            EntryField::ValidUntil => &self.valid_until,
            EntryField::Direct => &self.direct,
            EntryField::Lowest => &self.lowest,
            EntryField::Highest => &self.highest,
            EntryField::Companions => &self.companions,
            EntryField::Places => &self.places,
            EntryField::ClosedFrom => &self.closed_from,
            EntryField::ClosedUntil => &self.closed_until,
            EntryField::Reception => &self.reception,
            EntryField::Conditions => &self.conditions,
            EntryField::Sockets => &self.sockets,
            EntryField::Generator => &self.generator,
            EntryField::GeneratorHours => &self.generator_hours,
            EntryField::PhoneDay => &self.phone_day,
            EntryField::PhoneNight => &self.phone_night,
            EntryField::Contact => &self.contact,
            EntryField::Registered => &self.registered,
            EntryField::Agreement => &self.agreement,
            EntryField::AgreedOn => &self.agreed_on,
            EntryField::Mail => &self.mail,
            EntryField::AskedOn => &self.asked_on,
            EntryField::AskedOf => &self.asked_of,
        }
    }
}
