//! The application to a municipality for an individual evacuation plan
//! (個別避難計画作成申請書; 災害対策基本法 第49条の14), filled in at the bedside as far
//! as is known.

use chrono::NaiveDate;
use serde::Serialize;

use super::{Office, Person, in_era};
use crate::print::pdf::{Paper, PdfError, Template, set};

/// An application.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Application {
    /// To whom: the head of the municipality (`人吉市長`).
    pub addressee: Option<String>,
    /// The window that takes it.
    pub window: Option<Office>,
    /// The day of the application.
    #[serde(serialize_with = "in_era")]
    pub day: Option<NaiveDate>,
    /// The child.
    pub child: Person,
    /// Born on.
    #[serde(serialize_with = "in_era")]
    pub born: Option<NaiveDate>,
    /// Where the child lives, or will.
    pub address: Option<String>,
    /// The guardian, who applies.
    pub guardian: Option<Person>,
    /// What the guardian is to the child.
    pub relation: Option<String>,
    /// The guardian's telephone.
    pub telephone: Option<String>,
    /// Why a plan is needed (避難支援等を必要とする事由).
    pub reason: Option<String>,
    /// The day of the hand-over of the generator.
    #[serde(serialize_with = "in_era")]
    pub lent_on: Option<NaiveDate>,
    /// The safe last day to apply (`safe_by`).
    #[serde(serialize_with = "in_era")]
    pub apply_by: Option<NaiveDate>,
    /// The programme that lends a generator; `None` for a child without a
    /// loan.
    pub programme: Option<String>,
    /// The centre, for questions of the municipality.
    pub centre: Office,
}

/// Sets the application.
///
/// # Errors
/// As [`set`].
pub fn application(application: &Application) -> Result<Paper, PdfError> {
    set(Template::Application, application)
}
