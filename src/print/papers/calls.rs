//! The telephone sheet (電話の紙): whom to call in which order, on paper, for the hour in
//! which there is neither power nor network.

use serde::Serialize;

use crate::print::pdf::{Paper, PdfError, Template, set};

/// One child.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// The number of the case.
    pub number: String,
    /// The name.
    pub name: Option<String>,
    /// Its reading.
    pub kana: Option<String>,
    /// The municipality of the home, as far as the reader may know.
    pub home: Option<String>,
    /// How the child stands, and what makes it listed.
    pub why: String,
    /// When its power ends, or how long its batteries last.
    pub ends: String,
    /// By when the family leaves or telephones; `None`: no power cut.
    pub leave_by: Option<String>,
    /// The sources in the order of use.
    pub sources: Option<String>,
    /// What the hours rest on.
    pub notes: Vec<String>,
    /// Whom to call, and the number.
    pub telephones: Vec<(String, String)>,
    /// Where the plan goes.
    pub destination: String,
    /// Whether it is open and has power, as far as anybody has said.
    pub destination_now: String,
    /// What maps show on the way.
    pub way: String,
    /// The vehicle.
    pub vehicle: Option<String>,
    /// The nearest places with confirmed power.
    pub near: Vec<String>,
    /// The last that was answered.
    pub last: Option<String>,
    /// What the next call asks.
    pub ask: String,
    /// It has left, has arrived, or is cared for elsewhere.
    pub apart: bool,
}

/// The sheet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calls {
    /// What is in force, or the power cut.
    pub about: Vec<String>,
    /// When it was made: what was said later is not on it.
    pub made_at: String,
    /// Who made it.
    pub by: String,
    /// It is about one power cut.
    pub in_cut: bool,
    /// The children, in the order of the calls.
    pub lines: Vec<Line>,
}

/// Sets the sheet.
///
/// # Errors
/// As [`set`].
pub fn calls(sheet: &Calls) -> Result<Paper, PdfError> {
    set(Template::Calls, sheet)
}
