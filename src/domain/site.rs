//! Evacuation sites: what is published about them, and what the municipality
//! has entered.

use chrono::{Months, NaiveDate};
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
    /// 短期入所 (障害者総合支援法 第5条第8項), with nursing.
    ShortStay,
}

impl SiteKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::EmergencySite,
        Self::Shelter,
        Self::WelfareShelter,
        Self::Hospital,
        Self::ShortStay,
    ];

    /// The word in JSON and in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EmergencySite => "emergency_site",
            Self::Shelter => "shelter",
            Self::WelfareShelter => "welfare_shelter",
            Self::Hospital => "hospital",
            Self::ShortStay => "short_stay",
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
            Self::ShortStay => Text::fixed("短期入所", "short stay"),
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

/// Whether a place takes a child on a ventilator; where nobody has asked it,
/// nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reception {
    /// It does.
    Yes,
    /// It does on conditions, which are written beside it.
    OnConditions,
    /// It does not.
    No,
}

impl Reception {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::Yes, Self::OnConditions, Self::No];

    /// The word in forms, addresses and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::OnConditions => "on_conditions",
            Self::No => "no",
        }
    }

    /// The answer of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.code() == code)
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Yes => Text::fixed("受け入れる", "takes the child"),
            Self::OnConditions => {
                Text::fixed("条件付きで受け入れる", "takes the child on conditions")
            }
            Self::No => Text::fixed("受け入れられない", "does not take the child"),
        }
    }
}

/// How old the last confirmation of a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// Nobody has asked it, or the day that is written has not come yet.
    Never,
    /// It was confirmed on this day, and that counts.
    Counts(NaiveDate),
    /// It was confirmed on this day, more than twelve months ago.
    Over(NaiveDate),
}

/// For so many months the confirmation of a place counts, as an agreement does
/// (DST-13).
const CONFIRMED_MONTHS: Months = Months::new(12);

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
    /// Whether it takes a child on a ventilator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reception: Option<Reception>,
    /// On which conditions; given exactly where it takes one on conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions: Option<String>,
    /// How many sockets are fed in a power cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency_sockets: Option<u16>,
    /// Whether it has a generator of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator: Option<bool>,
    /// For how many hours that runs on the fuel which is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator_hours: Option<u16>,
    /// Where it is reached by day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone_day: Option<String>,
    /// Where it is reached by night and on holidays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone_night: Option<String>,
    /// How many children have been registered there beforehand (事前登録), as the place
    /// says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<u16>,
    /// The agreement of the municipality with the place (協定): on what, and its terms. That
    /// a child has a bed there stands in its plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<String>,
    /// The day of that agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed_on: Option<NaiveDate>,
    /// Where the place is asked once a year by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Whom one asks for there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The day on which the place last confirmed what stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_on: Option<NaiveDate>,
    /// Who there has confirmed it, and by which way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_of: Option<String>,
}

impl SiteEntry {
    /// Whether it is closed on a day, as far as the municipality has entered.
    pub fn is_closed_on(&self, day: NaiveDate) -> bool {
        self.closed_from.is_some_and(|from| from <= day)
            && self.closed_until.is_none_or(|until| day <= until)
    }

    /// Whether it has said that it does not take a child on a ventilator.
    pub fn refuses(&self) -> bool {
        self.reception == Some(Reception::No)
    }

    /// How old its last confirmation is on a day.
    pub fn confirmation(&self, day: NaiveDate) -> Confirmation {
        let Some(asked) = self.asked_on.filter(|asked| *asked <= day) else {
            return Confirmation::Never;
        };
        let until = asked.checked_add_months(CONFIRMED_MONTHS);
        if until.is_some_and(|until| day <= until) {
            Confirmation::Counts(asked)
        } else {
            Confirmation::Over(asked)
        }
    }

    /// What it says about taking a child, with its conditions.
    pub fn reception_in_words(&self) -> Text {
        let Some(answer) = self.reception else {
            return Text::fixed("不明（まだ確認していません）", "unknown (nobody has asked)");
        };
        let name = answer.name();
        match &self.conditions {
            Some(conditions) => Text::new(
                format!("{}：{conditions}", name.ja),
                format!("{}: {conditions}", name.en),
            ),
            None => name,
        }
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
    fn a_confirmation_counts_for_twelve_months_and_one_of_tomorrow_not_yet() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let asked = |on: &str| SiteEntry {
            asked_on: Some(day(on)),
            ..SiteEntry::default()
        };
        let today = day("2026-11-21");
        assert_eq!(
            SiteEntry::default().confirmation(today),
            Confirmation::Never
        );
        assert_eq!(asked("2026-11-22").confirmation(today), Confirmation::Never);
        let edge = day("2025-11-21");
        assert_eq!(
            asked("2025-11-21").confirmation(today),
            Confirmation::Counts(edge)
        );
        let over = day("2025-11-20");
        assert_eq!(
            asked("2025-11-20").confirmation(today),
            Confirmation::Over(over)
        );
    }

    #[test]
    fn an_entry_of_before_says_nothing_about_reception() {
        let old = r#"{"opens_at_level":3,"power":null,"direct_allowed":true,"lowest_floor":null,
            "highest_floor":null,"companions_max":null,"ventilator_places":null,
            "closed_from":null,"closed_until":null}"#;
        let entry: SiteEntry = serde_json::from_str(old).unwrap();
        assert!(entry.reception.is_none() && !entry.refuses());
        assert!(entry.reception_in_words().ja.starts_with("不明"));
        // What nobody has entered is not written, so that records of before stay the same.
        assert!(!serde_json::to_string(&entry).unwrap().contains("reception"));
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
