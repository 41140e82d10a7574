//! The three papers with which a hand-over ends, as one.

use serde::Serialize;

use super::{application::Application, power_cut::PowerCut, receipt::Receipt};
use crate::print::pdf::{Paper, PdfError, Template, set};

/// The three papers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HandOverPapers {
    /// The receipt with the conditions.
    pub receipt: Receipt,
    /// The application for the plan.
    pub application: Application,
    /// What to do in a power cut.
    pub power_cut: PowerCut,
}

/// Sets the three, one behind the other.
///
/// # Errors
/// As [`set`].
pub fn hand_over(papers: &HandOverPapers) -> Result<Paper, PdfError> {
    set(Template::HandOver, papers)
}
