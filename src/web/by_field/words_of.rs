//! Words that are chosen from.

use crate::domain::{
    child::Sex,
    consent::{ConsentForm, Recipient},
    hazard::Hazard,
    plan::document::{Consideration, DestinationKind, DeviceKind, Item, SupporterKind, TravelBy},
    power::equipment::{CheckedBy, Output, OwnerLeave},
    text::Text,
};

/// Words that are chosen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Words {
    Devices,
    Checkers,
    Outputs,
    Leaves,
    Sexes,
    Considerations,
    Destinations,
    Hazards,
    /// Hazards with levels: when to leave.
    LevelHazards,
    Ways,
    Levels,
    Supporters,
    Recipients,
    ConsentForms,
    Items,
}

/// Kinds of devices, in the order in which people choose.
const DEVICES: [DeviceKind; 6] = [
    DeviceKind::Ventilator,
    DeviceKind::Humidifier,
    DeviceKind::Suction,
    DeviceKind::Concentrator,
    DeviceKind::Monitor,
    DeviceKind::Other,
];

const SEXES: [Sex; 4] = [Sex::Female, Sex::Male, Sex::Other, Sex::NotAnswered];

const DESTINATIONS: [DestinationKind; 9] = [
    DestinationKind::EmergencySite,
    DestinationKind::Shelter,
    DestinationKind::WelfareShelter,
    DestinationKind::Hospital,
    DestinationKind::ShortStay,
    DestinationKind::Relative,
    DestinationKind::Hotel,
    DestinationKind::StayUpstairs,
    DestinationKind::Other,
];

/// The items of a paper that may stand there unread.
const ITEMS: [(Item, Text); 17] = [
    (Item::Name, Text::fixed("氏名", "name")),
    (Item::Born, Text::fixed("生年月日", "date of birth")),
    (Item::Sex, Text::fixed("性別", "sex")),
    (Item::Address, Text::fixed("住所", "address")),
    (Item::Contact, Text::fixed("連絡先", "contact")),
    (
        Item::Reason,
        Text::fixed("支援を必要とする事由", "reason for support"),
    ),
    (
        Item::Supporters,
        Text::fixed("避難支援等実施者", "supporters"),
    ),
    (Item::Destinations, Text::fixed("避難先", "destinations")),
    (Item::Route, Text::fixed("避難経路", "route")),
    (
        Item::ConsentToMake,
        Text::fixed("作成の同意", "consent to make the plan"),
    ),
    (Item::Explanation, Text::fixed("提供の説明", "explanation")),
    (
        Item::ConsentToProvide,
        Text::fixed("提供の同意", "consent to provide"),
    ),
    (
        Item::Triggers,
        Text::fixed("出発のきっかけ", "start triggers"),
    ),
    (
        Item::TooLate,
        Text::fixed("逃げ遅れたとき", "too late to leave"),
    ),
    (
        Item::EarlyTrigger,
        Text::fixed("台風の早めのきっかけ", "early trigger for a typhoon"),
    ),
    (Item::Vehicle, Text::fixed("移動手段", "vehicle")),
    (
        Item::Agreement,
        Text::fixed("受入れの合意", "agreement of the receiving place"),
    ),
];

/// The word of a value in JSON.
fn code(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value).expect("a word becomes JSON") {
        serde_json::Value::String(word) => word,
        other => other.to_string(),
    }
}

impl Words {
    /// Each with its code.
    pub(in crate::web) fn all(self) -> Vec<(String, Text)> {
        fn of<T: serde::Serialize + Copy>(
            all: &[T],
            name: impl Fn(T) -> Text,
        ) -> Vec<(String, Text)> {
            all.iter().map(|one| (code(*one), name(*one))).collect()
        }
        match self {
            Self::Devices => of(&DEVICES, DeviceKind::name),
            Self::Checkers => CheckedBy::ALL
                .iter()
                .map(|one| (one.code().to_owned(), one.name()))
                .collect(),
            Self::Outputs => Output::ALL
                .iter()
                .map(|one| (one.code().to_owned(), one.name()))
                .collect(),
            Self::Leaves => OwnerLeave::ALL
                .iter()
                .map(|one| (one.code().to_owned(), one.name()))
                .collect(),
            Self::Sexes => of(&SEXES, Sex::name),
            Self::Considerations => of(Consideration::ALL, Consideration::name),
            Self::Destinations => of(&DESTINATIONS, DestinationKind::name),
            Self::Hazards => of(&Hazard::ALL, Hazard::name),
            Self::LevelHazards => {
                let mut levels = Hazard::ALL.to_vec();
                levels.retain(|hazard| hazard.has_levels());
                of(&levels, Hazard::name)
            }
            Self::Ways => of(&[TravelBy::Car, TravelBy::Foot], |way| match way {
                TravelBy::Car => Text::fixed("車", "by car"),
                TravelBy::Foot => Text::fixed("徒歩（バギー）", "on foot, with a buggy"),
            }),
            Self::Levels => (1_u8..=5)
                .map(|level| {
                    let name = crate::text!("警戒レベル{level}", "level {level}");
                    (level.to_string(), name)
                })
                .collect(),
            Self::Supporters => of(
                &[SupporterKind::Person, SupporterKind::Body],
                SupporterKind::name,
            ),
            Self::Recipients => of(&Recipient::ALL, Recipient::name),
            Self::ConsentForms => of(ConsentForm::ALL, ConsentForm::name),
            Self::Items => ITEMS
                .iter()
                .map(|(item, name)| (code(item), name.clone()))
                .collect(),
        }
    }
}
