//! The papers of the loan: each a pure function of its own data, which the
//! caller fills. What is unknown is `None`, and stands as a line to write on;
//! nothing is invented to fill it.

pub mod application;
pub mod calls;
pub mod hand_over;
pub mod labels;
pub mod letter;
pub mod plan;
pub mod power_cut;
pub mod receipt;
#[cfg(all(test, feature = "pdf"))]
mod tests;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Serialize, Serializer};

use crate::domain::calendar::era::format_ja;

/// An office that a paper names: the centre, or a municipality's window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Office {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: Option<String>,
    /// Its telephone.
    pub telephone: Option<String>,
}

/// A person whom a paper names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The name.
    pub name: String,
    /// Its reading.
    pub kana: Option<String>,
}

/// A generator (正弦波インバーター発電機), as papers name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unit {
    /// Maker and model.
    pub model: String,
    /// The serial number.
    pub serial: String,
}

/// `令和8年11月20日`.
#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a field over by reference"
)]
fn in_era<S: Serializer>(day: &Option<NaiveDate>, to: S) -> Result<S::Ok, S::Error> {
    day.map(format_ja).serialize(to)
}

/// `令和8年11月20日（金）`: for days on which somebody has to act.
#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a field over by reference"
)]
fn with_weekday<S: Serializer>(day: &Option<NaiveDate>, to: S) -> Result<S::Ok, S::Error> {
    day.map(on_weekday).serialize(to)
}

/// `令和8年11月20日（金）`.
pub fn on_weekday(day: NaiveDate) -> String {
    let weekday = match day.weekday() {
        Weekday::Mon => '月',
        Weekday::Tue => '火',
        Weekday::Wed => '水',
        Weekday::Thu => '木',
        Weekday::Fri => '金',
        Weekday::Sat => '土',
        Weekday::Sun => '日',
    };
    format!("{}（{weekday}）", format_ja(day))
}

/// Hours in tenths, rounded down: a battery lasts at least as long as the
/// paper says.
#[expect(clippy::ref_option, reason = "serde hands a field over by reference")]
fn hours<S: Serializer>(hours: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
    hours
        .map(|hours| {
            let tenths = (hours * 10.0 + 1e-6).floor() / 10.0;
            format!("{tenths}")
        })
        .serialize(to)
}
