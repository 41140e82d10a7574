//! Tonight (今夜): which level is in force where, what is known of each child for the
//! night, and what was answered at each call.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    diagnosis::HazardStanding,
    hazard::Hazard,
    id::{SiteId, UserId},
    municipality::MunicipalityCode,
    plan::document::StartTrigger,
    power::Carried,
    residence::Called,
    warning::{EvacuationLevel, NameOnDay, name_on},
};

/// What was said at a call counts for a night that begins up to so much later: calls
/// are made before the level is entered (the figure is ours).
pub const BEFORE: TimeDelta = TimeDelta::hours(6);

/// Somebody who said to be calling is shown as calling for so long (the figure is ours).
pub const CALLING: TimeDelta = TimeDelta::minutes(10);

/// The longest that the words of an answer may be, in characters.
pub const WORDS_LIMIT: usize = 200;

/// The longest that batteries are said to last, in hours.
pub const MOST_HOURS: f64 = 1_000.0;

coded! {
    /// What came of a call tonight.
    NightKind {
        /// Somebody is on the telephone; nothing is known yet.
        Calling = "calling", "電話しています", "is calling";
        /// Nobody answered.
        NoAnswer = "no_answer", "出ない", "no answer";
        /// Somebody answered: they have not left.
        AtHome = "at_home", "家にいる", "at home";
        /// They have left.
        Left = "left", "家を出た", "has left";
        /// They have arrived.
        Arrived = "arrived", "着いた", "has arrived";
        /// They need help.
        NeedHelp = "need_help", "助けが要る", "needs help";
    }
}

coded! {
    /// Where the child is.
    Whereabouts {
        /// At home.
        Home = "home", "自宅", "at home";
        /// On the way.
        OnTheWay = "on_the_way", "移動中", "on the way";
        /// At an evacuation site.
        Site = "site", "避難先", "at an evacuation site";
        /// In hospital.
        Hospital = "hospital", "病院", "in hospital";
        /// In a short stay.
        ShortStay = "short_stay", "短期入所", "in a short stay";
        /// At school, or at a day service.
        School = "school", "学校・通所先", "at school or a day service";
        /// With relatives or friends, or in a hotel.
        Relatives = "relatives", "親戚・知人・宿", "with relatives, friends or in a hotel";
        /// Elsewhere.
        Elsewhere = "elsewhere", "そのほか", "elsewhere";
    }
}

impl Whereabouts {
    /// Whether staff of the place care for the child, so that the place is called.
    pub const fn is_cared_for(self) -> bool {
        matches!(self, Self::Hospital | Self::ShortStay | Self::School)
    }
}

coded! {
    /// Whether there is power where the child is.
    PowerNow {
        /// There is.
        On = "on", "電気が来ている", "power is on";
        /// There is none.
        Off = "off", "停電している", "power is off";
    }
}

coded! {
    /// What a family needs.
    Need {
        /// 電源
        Power = "power", "電源・バッテリー", "power, batteries";
        /// A vehicle.
        Vehicle = "vehicle", "車", "a vehicle";
        /// Hands.
        Hands = "hands", "運ぶ人手", "hands to carry";
        /// Oxygen.
        Oxygen = "oxygen", "酸素", "oxygen";
        /// Medicine and supplies.
        Supplies = "supplies", "薬・物品", "medicine, supplies";
        /// An ambulance.
        Ambulance = "ambulance", "救急（119）", "an ambulance (119)";
    }
}

/// What was answered at a call; never changed, struck out where it was a mistake.
#[derive(Debug, Clone, PartialEq)]
pub struct NightAnswer {
    /// Its id.
    pub id: Uuid,
    /// What came of it.
    pub kind: NightKind,
    /// Who was reached; `None`: nobody, or nobody has said.
    pub whom: Option<Called>,
    /// Where the child is.
    pub place: Option<Whereabouts>,
    /// Whether there is power there.
    pub power: Option<PowerNow>,
    /// Hours left, as they were told.
    pub hours_left: Option<f64>,
    /// What they need.
    pub needs: Vec<Need>,
    /// What was said besides.
    pub words: Option<String>,
    /// When to call next.
    pub next_call_at: Option<DateTime<Utc>>,
    /// When it was written down.
    pub at: DateTime<Utc>,
    /// Whose account wrote it, and its name.
    pub by: (UserId, String),
    /// When it was struck out; `None`: it stands.
    pub struck_at: Option<DateTime<Utc>>,
}

/// A level, a warning without one, or a power cut, in force in a municipality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NightLevel {
    /// Its id.
    pub id: Uuid,
    /// The municipality, or a ward of it.
    pub municipality: MunicipalityCode,
    /// Of which hazard; `None`: of every one that has levels, or of none at all.
    pub hazard: Option<Hazard>,
    /// The level; `None`: it has none.
    pub level: Option<EvacuationLevel>,
    /// As it is called.
    pub name: String,
    /// A part of the municipality that it is about alone, as the agency calls it.
    pub part: Option<String>,
    /// Since when it holds.
    pub since: DateTime<Utc>,
    /// When the night began here: since then what is answered counts.
    pub night_since: DateTime<Utc>,
    /// Who entered it; `None`: it came from a telegram of this office.
    pub by: Result<String, String>,
    /// When it was entered.
    pub entered_at: DateTime<Utc>,
}

impl NightLevel {
    /// Whether the mayor has said so, as staff have entered it.
    pub const fn is_mayors(&self) -> bool {
        self.by.is_ok()
    }
}

/// What is known of a site tonight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SiteNow {
    /// Whether it is open; `None`: nobody has said.
    pub open: Option<bool>,
    /// Whether there is power; `None`: nobody has said.
    pub powered: Option<bool>,
}

/// What the night needs of a child's plan and home, kept with its verdict.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct NightFacts {
    /// Whether there is a plan; `None`: nobody has said.
    pub has_plan: Option<bool>,
    /// The level at which the plan leaves, by hazard; what says none is not here.
    #[serde(default)]
    pub triggers: BTreeMap<Hazard, EvacuationLevel>,
    /// Whether the hazard hits the home; what nobody knows is not here.
    #[serde(default)]
    pub exposed: BTreeMap<Hazard, bool>,
    /// How the child stands to each hazard, for a diagnosis of its district; what is not
    /// here is unknown.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub standing: BTreeMap<Hazard, HazardStanding>,
    /// Where the plan goes, in the order of choice.
    #[serde(default)]
    pub places: Vec<NightPlace>,
    /// The vehicle that the plan names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicle: Option<String>,
    /// Hours that the batteries last, or the oxygen where that ends first; `None`: nobody
    /// knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
    /// Hours by source.
    #[serde(default)]
    pub power: Carried,
    /// So many minutes before its batteries end a family leaves or telephones (PWR-15):
    /// preparation, travel and what is kept back; `None`: nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_end: Option<f64>,
    /// They rest on a figure that nobody has confirmed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed: bool,
    /// It is the oxygen that ends first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub oxygen_first: bool,
}

/// A place that a plan goes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NightPlace {
    /// The listed site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// Its name.
    pub name: String,
    /// For which hazards; `None`: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hazards: Option<Vec<Hazard>>,
    /// It is the home itself, upstairs.
    #[serde(default)]
    pub stays: bool,
    /// Until when its power is confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_until: Option<NaiveDate>,
    /// What maps show on the way there (DST-12); `None`: nobody may know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<NightWay>,
}

/// What maps show on a way.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NightWay {
    /// Hazards whose zones it crosses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<Hazard>,
    /// Of a hazard that hits the home, or may, no map says where its zones are.
    #[serde(default)]
    pub unknown: bool,
}

impl NightPlace {
    /// Whether it is chosen for a hazard.
    pub fn is_for(&self, hazard: Hazard) -> bool {
        let list = self.hazards.as_ref();
        list.is_none_or(|list| list.contains(&hazard))
    }
}

/// The earliest level at which triggers of a plan let it leave, by hazard. A name is read
/// by what it means on the day; where it means nothing then, the level beside it counts.
pub fn triggers_on(triggers: &[StartTrigger], day: NaiveDate) -> BTreeMap<Hazard, EvacuationLevel> {
    let mut found = BTreeMap::new();
    for trigger in triggers {
        let named = trigger
            .name
            .as_deref()
            .filter(|name| !name.trim().is_empty());
        let level = match named.map(|name| name_on(name, trigger.hazard, day)) {
            Some(NameOnDay::InForce(level)) => Some(level),
            Some(NameOnDay::NotInForce { meant, .. }) => trigger.level.or(meant),
            Some(NameOnDay::NoLevel | NameOnDay::Unknown) | None => trigger.level,
        };
        if let Some(level) = level {
            let known = found.entry(trigger.hazard).or_insert(level);
            *known = level.min(*known);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trigger(level: Option<u8>, name: Option<&str>) -> StartTrigger {
        StartTrigger {
            hazard: Hazard::StormSurge,
            level: level.map(|level| level.try_into().unwrap()),
            name: name.map(str::to_owned),
            lead_minutes: None,
        }
    }

    #[test]
    fn the_earliest_trigger_counts_and_names_mean_what_they_mean_that_day() {
        let on = |triggers: &[StartTrigger], day: &str| {
            let found = triggers_on(triggers, day.parse().unwrap());
            found.get(&Hazard::StormSurge).map(|level| level.number())
        };
        let surge = [trigger(None, Some("高潮警報"))];
        assert_eq!(on(&surge, "2026-05-28"), Some(4));
        assert_eq!(on(&surge, "2026-05-29"), Some(3));
        let two = [
            trigger(Some(4), None),
            trigger(Some(2), Some("消防団の合図")),
        ];
        assert_eq!(on(&two, "2026-05-29"), Some(2));
        assert_eq!(on(&[trigger(None, Some(" "))], "2026-05-29"), None);
        assert_eq!(on(&[], "2026-05-29"), None);
    }

    #[test]
    fn every_word_leads_back_to_what_it_stands_for() {
        for one in NightKind::ALL {
            assert_eq!(NightKind::from_code(one.code()), Some(*one));
        }
        for one in Whereabouts::ALL {
            assert_eq!(Whereabouts::from_code(one.code()), Some(*one));
        }
        for one in Need::ALL {
            assert_eq!(Need::from_code(one.code()), Some(*one));
        }
        for one in PowerNow::ALL {
            assert_eq!(PowerNow::from_code(one.code()), Some(*one));
        }
    }
}
