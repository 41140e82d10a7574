//! A letter in the form of official papers.

use chrono::NaiveDate;
use serde::Serialize;

use super::in_era;
use crate::print::pdf::{Paper, PdfError, Template, set};

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// Its number (`支援セ第12号`).
    pub number: Option<String>,
    /// Its day.
    #[serde(serialize_with = "in_era")]
    pub day: Option<NaiveDate>,
    /// To whom, a line each, with 様 or 御中.
    pub recipient: Vec<String>,
    /// Who sends it, a line each.
    pub sender: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The body, a paragraph each. A line that reads 記 stands in the middle,
    /// one that reads 以上 at the right; lines that begin with a number or
    /// ・ are items.
    pub paragraphs: Vec<String>,
    /// The block at the end: whom to ask, and where.
    pub signature: Vec<String>,
    /// It says something about a child: 取扱注意 stands on every page.
    pub confidential: bool,
}

#[derive(Serialize)]
struct Data<'d> {
    letters: &'d [Letter],
}

/// Sets the letter.
///
/// # Errors
/// As [`set`].
pub fn letter(letter: &Letter) -> Result<Paper, PdfError> {
    letters(std::slice::from_ref(letter))
}

/// Sets several letters as one paper, each on pages of its own.
///
/// # Errors
/// As [`set`].
pub fn letters(letters: &[Letter]) -> Result<Paper, PdfError> {
    set(Template::Letter, &Data { letters })
}
