//! Emergency access (災害対策基本法 第49条の15第3項): in a disaster, when it is
//! particularly necessary to protect life, the mayor may give what evacuation
//! support needs to those who carry it out, without consent.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    access::{Reader, Subject},
    hazard::Hazard,
    id::{EmergencyId, UserId},
    municipality::MunicipalityCode,
    text::Text,
};

/// From so long before its end on, an emergency access asks whether it is to
/// be extended.
pub const ASKS_BEFORE: TimeDelta = TimeDelta::minutes(60);

/// The longest that a name of an event may be, in characters.
pub const NAME_LIMIT: usize = 60;

/// The longest that a reason may be, in characters.
pub const REASON_LIMIT: usize = 500;

/// What kind of event it is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// 台風
    Typhoon,
    /// 大雨
    HeavyRain,
    /// 地震
    Earthquake,
    /// 津波
    Tsunami,
    /// 停電
    PowerCut,
    /// その他
    Other,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Typhoon,
        Self::HeavyRain,
        Self::Earthquake,
        Self::Tsunami,
        Self::PowerCut,
        Self::Other,
    ];

    /// The word in forms and in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Typhoon => "typhoon",
            Self::HeavyRain => "heavy_rain",
            Self::Earthquake => "earthquake",
            Self::Tsunami => "tsunami",
            Self::PowerCut => "power_cut",
            Self::Other => "other",
        }
    }

    /// The kind of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Typhoon => Text::fixed("台風", "typhoon"),
            Self::HeavyRain => Text::fixed("大雨", "heavy rain"),
            Self::Earthquake => Text::fixed("地震", "earthquake"),
            Self::Tsunami => Text::fixed("津波", "tsunami"),
            Self::PowerCut => Text::fixed("停電", "power cut"),
            Self::Other => Text::fixed("その他", "other"),
        }
    }
}

/// Whose plans it opens, among the children of the municipality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Every child.
    Whole,
    /// Those whose home a hazard hits; where nobody knows whether it does, the
    /// child is among them.
    HitBy(Hazard),
    /// Those who live in these wards.
    Wards(BTreeSet<MunicipalityCode>),
}

impl Area {
    /// Whether it covers a home. `hits` answers whether a hazard hits it;
    /// `None`: nobody knows.
    pub fn covers(
        &self,
        home: Option<MunicipalityCode>,
        hits: impl FnOnce(Hazard) -> Option<bool>,
    ) -> bool {
        match self {
            Self::Whole => true,
            // Unknown is no "no": the child may be the one that drowns.
            Self::HitBy(hazard) => hits(*hazard) != Some(false),
            Self::Wards(wards) => home.is_some_and(|ward| wards.contains(&ward)),
        }
    }
}

/// To whom it opens them. Night duty of the municipality itself needs none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WidensTo {
    /// Staff of the support centre.
    Centre,
    /// Every coordinator with an account in use.
    Coordinators,
    /// Staff of another municipality, which takes people in.
    Neighbour(MunicipalityCode),
}

impl WidensTo {
    /// The name for people.
    pub fn name(self) -> Text {
        match self {
            Self::Centre => Text::fixed("支援センター", "support centre"),
            Self::Coordinators => {
                Text::fixed("県内のコーディネーター", "coordinators in the prefecture")
            }
            Self::Neighbour(code) => {
                let name = code.name().to_owned();
                Text::new(name.clone(), name)
            }
        }
    }

    /// As whom `case_access` knows them; `coordinators` are the accounts of
    /// coordinators.
    pub fn subjects(self, coordinators: &[UserId]) -> Vec<Subject> {
        match self {
            Self::Centre => vec![Subject {
                kind: "centre",
                id: "centre".to_owned(),
            }],
            Self::Coordinators => coordinators
                .iter()
                .map(|user| Reader::Coordinator(*user).subject())
                .collect(),
            Self::Neighbour(code) => vec![Subject {
                kind: "municipality",
                id: code.responsible().to_string(),
            }],
        }
    }

    /// Whether a reader is among them.
    fn includes(self, reader: &Reader) -> bool {
        match self {
            Self::Centre => matches!(reader, Reader::Centre(_)),
            Self::Coordinators => matches!(reader, Reader::Coordinator(_)),
            Self::Neighbour(code) => reader
                .municipality()
                .is_some_and(|own| own.responsible() == code.responsible()),
        }
    }
}

/// One opening of emergency access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emergency {
    /// Its id.
    pub id: EmergencyId,
    /// Whose children.
    pub municipality: MunicipalityCode,
    /// For what kind of event.
    pub kind: EventKind,
    /// The event's name (令和8年台風第14号); never a person's.
    pub name: String,
    /// Which children.
    pub area: Area,
    /// To whom.
    pub widens_to: BTreeSet<WidensTo>,
    /// Why; staff write it.
    pub reason: String,
    /// Who opened it.
    pub opened_by: UserId,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// From this instant on it opens nothing.
    pub ends_at: DateTime<Utc>,
    /// When somebody decided to let it end; `None`: nobody has.
    pub let_end_at: Option<DateTime<Utc>>,
    /// When it was closed before its end; `None`: it was not.
    pub closed_at: Option<DateTime<Utc>>,
}

impl Emergency {
    /// Whether it opens anything at an instant.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.opened_at <= now && self.closes_at() > now
    }

    /// From when on it opens nothing, as far as has been decided.
    pub fn closes_at(&self) -> DateTime<Utc> {
        self.closed_at
            .map_or(self.ends_at, |closed| closed.min(self.ends_at))
    }

    /// Whether it asks now to be extended or let end.
    pub fn asks(&self, now: DateTime<Utc>) -> bool {
        self.is_open(now) && self.let_end_at.is_none() && now >= self.ends_at - ASKS_BEFORE
    }

    /// Whether it lets a reader read what was not theirs.
    pub fn widens_for(&self, reader: &Reader) -> bool {
        self.widens_to.iter().any(|group| group.includes(reader))
    }

    /// Whether the reader works for the municipality that opened it.
    pub fn is_of(&self, reader: &Reader) -> bool {
        reader
            .municipality()
            .is_some_and(|own| own.responsible() == self.municipality)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn code(text: &str) -> MunicipalityCode {
        MunicipalityCode::parse(text).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-09-14T{text}Z").parse().unwrap()
    }

    fn an_emergency() -> Emergency {
        Emergency {
            id: EmergencyId(Uuid::nil()),
            municipality: code("43203"),
            kind: EventKind::Typhoon,
            name: "令和8年台風第14号".to_owned(),
            area: Area::Whole,
            widens_to: [WidensTo::Centre, WidensTo::Neighbour(code("43202"))].into(),
            reason: "【デモ】".to_owned(),
            opened_by: UserId(Uuid::nil()),
            opened_at: at("00:00:00"),
            ends_at: at("12:00:00"),
            let_end_at: None,
            closed_at: None,
        }
    }

    #[test]
    fn it_is_open_from_its_opening_until_just_before_its_end() {
        let emergency = an_emergency();
        assert!(emergency.is_open(at("00:00:00")) && emergency.is_open(at("11:59:59")));
        assert!(!emergency.is_open(at("12:00:00")));
        let closed = Emergency {
            closed_at: Some(at("03:00:00")),
            ..emergency
        };
        assert!(closed.is_open(at("02:59:59")) && !closed.is_open(at("03:00:00")));
    }

    #[test]
    fn it_asks_in_its_last_hour_until_somebody_has_decided() {
        let emergency = an_emergency();
        assert!(!emergency.asks(at("10:59:59")));
        assert!(emergency.asks(at("11:00:00")) && !emergency.asks(at("12:00:00")));
        let decided = Emergency {
            let_end_at: Some(at("11:10:00")),
            ..emergency
        };
        assert!(!decided.asks(at("11:30:00")));
    }

    #[test]
    fn it_widens_for_those_it_names_and_for_nobody_else() {
        let user = UserId(Uuid::nil());
        let emergency = an_emergency();
        assert!(emergency.widens_for(&Reader::Centre(user)));
        assert!(emergency.widens_for(&Reader::NightDuty(user, code("43202"))));
        assert!(!emergency.widens_for(&Reader::Coordinator(user)));
        assert!(!emergency.widens_for(&Reader::Municipality(user, code("43203"))));
        assert!(emergency.is_of(&Reader::Municipality(user, code("43203"))));
        assert!(!emergency.is_of(&Reader::Centre(user)));
    }

    #[test]
    fn a_home_of_which_nobody_knows_whether_it_is_hit_is_in_the_area() {
        let area = Area::HitBy(Hazard::Flood);
        assert!(area.covers(None, |_| None) && area.covers(None, |_| Some(true)));
        assert!(!area.covers(None, |_| Some(false)));
        let wards = Area::Wards([code("43101")].into());
        assert!(wards.covers(Some(code("43101")), |_| None));
        assert!(!wards.covers(Some(code("43102")), |_| None));
        assert!(!wards.covers(None, |_| None));
    }
}
