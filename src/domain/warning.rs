//! Evacuation levels (警戒レベル) and the names of warnings, which mean a level
//! from one day to another.
//!
//! The names changed on 2026-05-29 (`data/warning_names.csv`): a plan written
//! before may wait for a warning that will never be issued again.

use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{hazard::Hazard, text::key_form};

/// An evacuation level, 1 to 5 (避難情報に関するガイドライン, Cabinet Office 2021).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "u8", into = "u8")]
#[schemars(with = "u8", extend("minimum" = 1, "maximum" = 5))]
pub struct EvacuationLevel(u8);

/// A number that is no level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not an evacuation level: they run from 1 to 5")]
pub struct NoSuchLevel(pub u8);

impl EvacuationLevel {
    /// Level 3, 高齢者等避難: families with a child on a ventilator leave.
    pub const ELDERLY_EVACUATE: Self = Self(3);
    /// Level 4, 避難指示: they must have arrived.
    pub const EVACUATION_ORDER: Self = Self(4);
    /// Level 5, 緊急安全確保: nobody travels.
    pub const EMERGENCY_SAFETY: Self = Self(5);

    /// The number.
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for EvacuationLevel {
    type Error = NoSuchLevel;
    fn try_from(number: u8) -> Result<Self, NoSuchLevel> {
        if (1..=5).contains(&number) {
            Ok(Self(number))
        } else {
            Err(NoSuchLevel(number))
        }
    }
}

impl From<EvacuationLevel> for u8 {
    fn from(level: EvacuationLevel) -> Self {
        level.0
    }
}

/// A row of the dated table of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarningName {
    /// As it is written, in NFKC.
    pub name: String,
    /// The hazard it is about; `None`: any (the mayor's evacuation
    /// information).
    pub hazard: Option<Hazard>,
    /// The level it means; `None`: it has none.
    pub level: Option<EvacuationLevel>,
    /// First day in force.
    pub from: Option<NaiveDate>,
    /// Last day in force.
    pub until: Option<NaiveDate>,
    /// The name to use instead, once it is no longer in force.
    pub now: Option<String>,
}

static TABLE: LazyLock<Vec<WarningName>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Row {
        name: String,
        hazard: Option<Hazard>,
        level: Option<u8>,
        from: Option<NaiveDate>,
        until: Option<NaiveDate>,
        now: Option<String>,
    }
    csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(include_bytes!("../../data/warning_names.csv").as_slice())
        .deserialize()
        .map(|row| {
            let row: Row = row.expect("the table of names is well formed");
            WarningName {
                name: row.name,
                hazard: row.hazard,
                level: row
                    .level
                    .map(|level| level.try_into().expect("the table holds levels")),
                from: row.from,
                until: row.until,
                now: row.now,
            }
        })
        .collect()
});

/// What a name means on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameOnDay {
    /// It is in force and means this level.
    InForce(EvacuationLevel),
    /// It is in force, and no level belongs to it.
    NoLevel,
    /// It was in force once (or will be): nobody issues it on that day.
    NotInForce {
        /// The level it meant (or will mean); `None`: it had none.
        meant: Option<EvacuationLevel>,
        /// The name to use instead; `None`: the table names none.
        now: Option<String>,
    },
    /// No table knows it.
    Unknown,
}

/// What `name` means for `hazard` on `day`. Widths and spaces do not matter,
/// nor does a level written in front (`警戒レベル3 高齢者等避難`).
pub fn name_on(name: &str, hazard: Hazard, day: NaiveDate) -> NameOnDay {
    let wanted = name_form(name);
    let mut last = None;
    for row in rows_of(&wanted, hazard) {
        if row.from.is_none_or(|from| from <= day) && row.until.is_none_or(|until| day <= until) {
            return row.level.map_or(NameOnDay::NoLevel, NameOnDay::InForce);
        }
        last = Some(row);
    }
    last.map_or(NameOnDay::Unknown, |row| NameOnDay::NotInForce {
        meant: row.level,
        now: row.now.clone(),
    })
}

/// The days on which a name begins or ceases to mean what it meant the day
/// before, for a hazard.
pub fn changes_of(name: &str, hazard: Hazard) -> Vec<NaiveDate> {
    let wanted = name_form(name);
    rows_of(&wanted, hazard)
        .flat_map(|row| {
            let ended = row
                .until
                .and_then(|until| until.checked_add_days(Days::new(1)));
            [row.from, ended]
        })
        .flatten()
        .collect()
}

/// Every row of the table of names.
pub fn names() -> &'static [WarningName] {
    &TABLE
}

fn rows_of(wanted: &str, hazard: Hazard) -> impl Iterator<Item = &'static WarningName> {
    TABLE
        .iter()
        .filter(move |row| row.name == wanted && row.hazard.is_none_or(|h| h == hazard))
}

fn name_form(name: &str) -> String {
    let text = key_form(name);
    let rest = text
        .strip_prefix("警戒レベル")
        .or_else(|| text.strip_prefix("レベル"));
    match rest {
        Some(rest) => rest
            .trim_start_matches(|c: char| {
                c.is_ascii_digit() || matches!(c, ':' | '・' | '相' | '当')
            })
            .to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn level(number: u8) -> NameOnDay {
        NameOnDay::InForce(number.try_into().unwrap())
    }

    fn gone(meant: u8, now: &str) -> NameOnDay {
        NameOnDay::NotInForce {
            meant: Some(meant.try_into().unwrap()),
            now: Some(now.to_owned()),
        }
    }

    #[test]
    fn the_storm_surge_warning_moved_from_level_four_to_three() {
        let on = |day_text| name_on("高潮警報", Hazard::StormSurge, day(day_text));
        assert_eq!(on("2026-05-28"), level(4));
        assert_eq!(on("2026-05-29"), level(3));
        assert_eq!(
            changes_of("高潮警報", Hazard::StormSurge),
            [day("2026-05-29"), day("2026-05-29")]
        );
    }

    #[test]
    fn the_landslide_information_ended_with_the_old_system() {
        let on = |name, day_text| name_on(name, Hazard::Landslide, day(day_text));
        assert_eq!(on("土砂災害警戒情報", "2026-05-28"), level(4));
        assert_eq!(
            on("土砂災害警戒情報", "2026-05-29"),
            gone(4, "土砂災害危険警報")
        );
        assert_eq!(on("レベル４土砂災害危険警報", "2026-05-29"), level(4));
        assert!(matches!(
            on("土砂災害危険警報", "2026-05-28"),
            NameOnDay::NotInForce { .. }
        ));
        assert_eq!(
            on("大雨警報（土砂災害）", "2026-05-29"),
            gone(3, "土砂災害警報")
        );
    }

    #[test]
    fn every_name_of_the_new_system_has_its_level_from_its_first_day() {
        for (hazard, names) in [
            (
                Hazard::InlandFlood,
                ["大雨注意報", "大雨警報", "大雨危険警報", "大雨特別警報"],
            ),
            (
                Hazard::Landslide,
                [
                    "土砂災害注意報",
                    "土砂災害警報",
                    "土砂災害危険警報",
                    "土砂災害特別警報",
                ],
            ),
            (
                Hazard::StormSurge,
                ["高潮注意報", "高潮警報", "高潮危険警報", "高潮特別警報"],
            ),
            (
                Hazard::Flood,
                ["氾濫注意報", "氾濫警報", "氾濫危険警報", "氾濫特別警報"],
            ),
        ] {
            for (name, number) in names.into_iter().zip(2..) {
                assert_eq!(
                    name_on(name, hazard, day("2026-05-29")),
                    level(number),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn the_old_names_for_rivers_say_what_replaced_them() {
        for (name, meant, now) in [
            ("洪水警報", 3, "氾濫警報または大雨警報"),
            ("氾濫警戒情報", 3, "氾濫警報"),
            ("氾濫危険情報", 4, "氾濫危険警報"),
            ("氾濫発生情報", 5, "氾濫特別警報"),
        ] {
            assert_eq!(
                name_on(name, Hazard::Flood, day("2026-05-28")),
                level(meant),
                "{name}"
            );
            assert_eq!(
                name_on(name, Hazard::Flood, day("2026-05-29")),
                gone(meant, now),
                "{name}"
            );
        }
    }

    #[test]
    fn the_mayors_words_changed_on_the_twentieth_of_may_2021() {
        let on = |name, day_text| name_on(name, Hazard::Flood, day(day_text));
        assert_eq!(on("避難勧告", "2021-05-19"), level(4));
        assert_eq!(on("避難勧告", "2021-05-20"), gone(4, "避難指示"));
        assert_eq!(on("避難準備・高齢者等避難開始", "2021-05-19"), level(3));
        assert_eq!(
            on("避難準備・高齢者等避難開始", "2021-05-20"),
            gone(3, "高齢者等避難")
        );
        assert_eq!(on("避難指示（緊急）", "2021-05-20"), gone(4, "避難指示"));
        assert_eq!(on("警戒レベル3 高齢者等避難", "2021-05-20"), level(3));
        assert!(matches!(
            on("高齢者等避難", "2021-05-19"),
            NameOnDay::NotInForce { .. }
        ));
    }

    #[test]
    fn a_name_without_a_level_is_told_from_an_unknown_one() {
        let on = |name| name_on(name, Hazard::Flood, day("2026-11-20"));
        assert_eq!(on("記録的短時間大雨情報"), NameOnDay::NoLevel);
        assert_eq!(on("大雨大警報"), NameOnDay::Unknown);
        // A warning about water says nothing about slopes.
        assert_eq!(
            name_on("氾濫警報", Hazard::Landslide, day("2026-11-20")),
            NameOnDay::Unknown
        );
    }

    #[test]
    fn a_name_that_ended_leads_to_one_in_force() {
        let after = day("2026-05-29");
        for row in names().iter().filter(|row| row.until.is_some()) {
            let now = row
                .now
                .as_deref()
                .expect("a name that ended has a successor");
            let hazard = row.hazard.unwrap_or(Hazard::Flood);
            for now in now.split("または") {
                assert!(
                    matches!(name_on(now, hazard, after), NameOnDay::InForce(_)),
                    "{} → {now}",
                    row.name
                );
            }
        }
    }
}
