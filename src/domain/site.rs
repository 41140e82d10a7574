//! Evacuation sites: what is published about them, and what the municipality
//! has entered.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    hazard::Hazard, id::SiteId, municipality::MunicipalityCode, position::Position, text::Text,
};

/// What a place is under the law. One building is often two sites: an
/// emergency site and a shelter stay two records.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SiteKind {
    /// 指定緊急避難場所 (災害対策基本法 第49条の4): to escape from imminent danger,
    /// designated per hazard.
    EmergencySite,
    /// 指定避難所 (第49条の7): to stay for days, not judged per hazard.
    Shelter,
    /// 指定福祉避難所・協定福祉避難所.
    WelfareShelter,
    /// 病院.
    Hospital,
}

impl SiteKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::EmergencySite,
        Self::Shelter,
        Self::WelfareShelter,
        Self::Hospital,
    ];

    /// The word in JSON and in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EmergencySite => "emergency_site",
            Self::Shelter => "shelter",
            Self::WelfareShelter => "welfare_shelter",
            Self::Hospital => "hospital",
        }
    }

    /// The kind of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::EmergencySite => {
                Text::fixed("指定緊急避難場所", "designated emergency evacuation site")
            }
            Self::Shelter => Text::fixed("指定避難所", "designated shelter"),
            Self::WelfareShelter => Text::fixed("福祉避難所", "welfare shelter"),
            Self::Hospital => Text::fixed("病院", "hospital"),
        }
    }
}

/// A set of the eight hazards for which a site may be designated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Designations(u8);

impl Designations {
    /// None.
    pub const NONE: Self = Self(0);

    const fn bit(hazard: Hazard) -> u8 {
        match hazard {
            Hazard::PowerCut => 0,
            other => 1 << other as u8,
        }
    }

    /// With one more hazard; a power cut is never designated.
    #[must_use]
    pub const fn with(self, hazard: Hazard) -> Self {
        Self(self.0 | Self::bit(hazard))
    }

    /// Whether a hazard is in the set.
    pub const fn contains(self, hazard: Hazard) -> bool {
        self.0 & Self::bit(hazard) != 0
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The hazards of the set, in the published order.
    pub fn iter(self) -> impl Iterator<Item = Hazard> {
        Hazard::DESIGNATED
            .into_iter()
            .filter(move |h| self.contains(*h))
    }

    /// The set as a number, for the database: bit 0 is flood.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set of a number.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }
}

impl FromIterator<Hazard> for Designations {
    fn from_iter<I: IntoIterator<Item = Hazard>>(hazards: I) -> Self {
        hazards.into_iter().fold(Self::NONE, Self::with)
    }
}

impl Serialize for Designations {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Designations {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<Hazard>::deserialize(deserializer).map(Self::from_iter)
    }
}

/// A site as a published list describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublishedSite {
    /// What it is.
    pub kind: SiteKind,
    /// 共通ID, or `publisher's code:id` of a municipal list; `None` where the
    /// list has neither.
    pub published_id: Option<String>,
    /// Whose it is, where the list says so.
    pub municipality: Option<MunicipalityCode>,
    /// 施設・場所名, trimmed.
    pub name: String,
    /// 住所, trimmed.
    pub address: String,
    /// For which hazards it is designated; `None` for a list that does not
    /// judge by hazard (shelters).
    pub designations: Option<Designations>,
    /// The accepted persons of a shelter (受入対象者); `None`: nothing stated.
    pub accepted_persons: Option<String>,
    /// 備考 (and その他市町村長が必要と認める事項); `None`: nothing stated.
    pub note: Option<String>,
    /// Where it is.
    pub position: Position,
}

/// Power at a site, confirmed by somebody: which socket, by whom, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmedPower {
    /// Which socket, fed by what in a power cut.
    pub socket: String,
    /// Who confirmed it.
    pub confirmed_by: String,
    /// The last day on which the confirmation counts.
    pub valid_until: NaiveDate,
}

/// What no published file holds: entered by the municipality, unknown until
/// then.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SiteEntry {
    /// The evacuation level (1 to 5) at which it opens.
    pub opens_at_level: Option<u8>,
    /// Its confirmed power.
    pub power: Option<ConfirmedPower>,
    /// Whether it takes a child directly (直接避難), not only by transfer.
    pub direct_allowed: Option<bool>,
    /// The lowest storey that may be used (1 = ground floor, -1 = first
    /// basement).
    pub lowest_floor: Option<i16>,
    /// The highest storey that may be used.
    pub highest_floor: Option<i16>,
    /// How many companions it takes with a child.
    pub companions_max: Option<u16>,
    /// For how many ventilator users it has outlets or places.
    pub ventilator_places: Option<u16>,
    /// First day on which it is closed (repairs, …).
    pub closed_from: Option<NaiveDate>,
    /// Last day on which it is closed; with `closed_from` only: until further
    /// notice.
    pub closed_until: Option<NaiveDate>,
}

impl SiteEntry {
    /// Whether it is closed on a day, as far as the municipality has entered.
    pub fn is_closed_on(&self, day: NaiveDate) -> bool {
        self.closed_from.is_some_and(|from| from <= day)
            && self.closed_until.is_none_or(|until| day <= until)
    }
}

/// A site with everything that is known about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// What the list in force says.
    pub published: PublishedSite,
    /// Name and date of the list in force, for findings.
    pub source: String,
    /// A complete newer list no longer has it, or its municipality has ended it.
    pub withdrawn: bool,
    /// Its municipality has added it: no published list has it, and none
    /// withdraws it.
    #[serde(default)]
    pub own: bool,
    /// What the municipality has entered.
    pub entry: SiteEntry,
}

impl Site {
    /// The name under which findings, plans and pages speak of it: its
    /// published id, else its own.
    pub fn reference(&self) -> String {
        self.published
            .published_id
            .clone()
            .unwrap_or_else(|| self.id.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn designations_survive_the_trip_through_a_number() {
        let set = Designations::from_iter([Hazard::Flood, Hazard::Volcano, Hazard::PowerCut]);
        assert_eq!(Designations::from_bits(set.bits()), set);
        assert_eq!(
            set.iter().collect::<Vec<_>>(),
            [Hazard::Flood, Hazard::Volcano]
        );
    }

    #[test]
    fn a_site_closed_until_further_notice_stays_closed() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        let entry = SiteEntry {
            closed_from: Some(day(10)),
            ..SiteEntry::default()
        };
        assert!(!entry.is_closed_on(day(9)));
        assert!(entry.is_closed_on(day(30)));
    }
}
