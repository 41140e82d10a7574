//! Evacuation levels (警戒レベル) and the names of warnings, which mean a level
//! from one day to another.
//!
//! The names changed on 2026-05-29 (`data/warning_names.csv`): a plan written
//! before may wait for a warning that will never be issued again.

use std::sync::LazyLock;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{hazard::Hazard, text::nfkc};

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
    /// The level it means.
    pub level: EvacuationLevel,
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
        level: u8,
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
                level: row.level.try_into().expect("the table holds levels"),
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
    /// It was in force once (or will be): nobody issues it on that day.
    NotInForce {
        /// The level it meant.
        meant: EvacuationLevel,
        /// The name to use instead.
        now: Option<String>,
    },
    /// No table knows it.
    Unknown,
}

/// What `name` means for `hazard` on `day`. Widths and spaces do not matter,
/// nor does a level written in front (`警戒レベル3 高齢者等避難`).
pub fn name_on(name: &str, hazard: Hazard, day: NaiveDate) -> NameOnDay {
    let wanted = name_form(name);
    let rows: Vec<&WarningName> = TABLE
        .iter()
        .filter(|row| row.name == wanted && row.hazard.is_none_or(|h| h == hazard))
        .collect();
    let in_force = rows.iter().find(|row| {
        row.from.is_none_or(|from| from <= day) && row.until.is_none_or(|until| day <= until)
    });
    match (in_force, rows.last()) {
        (Some(row), _) => NameOnDay::InForce(row.level),
        (None, Some(row)) => NameOnDay::NotInForce {
            meant: row.level,
            now: row.now.clone(),
        },
        (None, None) => NameOnDay::Unknown,
    }
}

fn name_form(name: &str) -> String {
    let text: String = nfkc(name).chars().filter(|c| !c.is_whitespace()).collect();
    let rest = text
        .strip_prefix("警戒レベル")
        .or_else(|| text.strip_prefix("レベル"));
    match rest {
        Some(rest) => rest
            .trim_start_matches(|c: char| c.is_ascii_digit() || c == ':' || c == '・')
            .to_owned(),
        None => text,
    }
}
