//! What to do in a power cut (停電のとき): one page for the wall beside the bed.

use chrono::NaiveDate;
use serde::Serialize;

use super::{hours, in_era};
use crate::print::pdf::{Paper, PdfError, Template, set};

/// A battery, and how long it lasts for this child.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Battery {
    /// What it is called at home.
    pub name: String,
    /// Hours that were measured or confirmed; `None`: nobody knows, a line to
    /// fill in.
    #[serde(serialize_with = "hours")]
    pub hours: Option<f64>,
}

/// Somebody to telephone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Telephone {
    /// Whom.
    pub who: String,
    /// The number; `None`: a line to fill in.
    pub number: Option<String>,
}

/// The page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PowerCut {
    /// The child's name; `None` where it should not hang on a wall.
    pub child: Option<String>,
    /// The number of the case.
    pub number: Option<String>,
    /// The day on which what stands here was confirmed.
    #[serde(serialize_with = "in_era")]
    pub confirmed_on: Option<NaiveDate>,
    /// The ventilator.
    pub ventilator: Option<String>,
    /// The batteries in the order in which they are used.
    pub batteries: Vec<Battery>,
    /// How many hours into a power cut to leave or to telephone at the latest
    /// (rule PWR-15).
    #[serde(serialize_with = "hours")]
    pub act_after: Option<f64>,
    /// The hours leave no time to wait: one leaves or telephones at once.
    pub at_once: bool,
    /// Where to go then.
    pub destination: Option<String>,
    /// The generator, where there is one.
    pub generator: Option<String>,
    /// The frequency of the region, in hertz: 60 in Kumamoto.
    pub hertz: Option<u8>,
    /// The place outdoors that was looked at.
    pub outdoor_place: Option<String>,
    /// Volt-amperes of what hangs on it, with the largest start; `None`: a line to fill
    /// in (rule PWR-05).
    pub load_va: Option<u32>,
    /// How many of its volt-amperes may hang on it at once; `None`: unknown.
    pub limit_va: Option<u32>,
    /// How many hours one filling runs at this load.
    #[serde(serialize_with = "hours")]
    pub hours_a_filling: Option<f64>,
    /// Whom to telephone, besides 119.
    pub telephones: Vec<Telephone>,
}

/// Sets the page.
///
/// # Errors
/// As [`set`].
pub fn power_cut(page: &PowerCut) -> Result<Paper, PdfError> {
    set(Template::PowerCut, page)
}
