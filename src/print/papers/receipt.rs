//! The receipt with the conditions of the loan (借受書・貸与条件).

use chrono::NaiveDate;
use serde::Serialize;

use super::{Office, Person, Unit, in_era, with_weekday};
use crate::print::pdf::{Paper, PdfError, Template, set};

/// One thing of the kit, as it was at the hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KitItem {
    /// What it is.
    pub name: String,
    /// How many.
    pub count: u32,
    /// It was there, and handed over.
    pub handed: bool,
    /// What was noted: a scratch, a part that follows.
    pub note: Option<String>,
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Receipt {
    /// The number of the paper.
    pub number: Option<String>,
    /// The programme (熊本県生命(いのち)の応援事業).
    pub programme: String,
    /// To whom the receipt is addressed: the centre.
    pub centre: Office,
    /// The child.
    pub child: Person,
    /// The guardian, who signs.
    pub guardian: Person,
    /// The address; `None` where it must not stand on a paper.
    pub address: Option<String>,
    /// The generator.
    pub unit: Unit,
    /// Frequency to which its switch was set, in hertz.
    pub hertz: Option<u8>,
    /// What came with it.
    pub kit: Vec<KitItem>,
    /// The day of the hand-over.
    #[serde(serialize_with = "in_era")]
    pub handed_on: Option<NaiveDate>,
    /// Until when it is lent at most.
    #[serde(serialize_with = "in_era")]
    pub lent_until: Option<NaiveDate>,
    /// That is a day beyond the full time: the loan was extended.
    pub extended: bool,
    /// The safe last day to apply for the individual evacuation plan
    /// (`safe_by`).
    #[serde(serialize_with = "with_weekday")]
    pub apply_by: Option<NaiveDate>,
    /// The day on which the family has applied.
    #[serde(serialize_with = "in_era")]
    pub applied_on: Option<NaiveDate>,
    /// The municipality's window for that application.
    pub window: Option<Office>,
    /// The conditions, a paragraph each: the letter of the kind
    /// `receipt`, with its placeholders filled.
    pub conditions: Vec<String>,
}

/// Sets the receipt.
///
/// # Errors
/// As [`set`].
pub fn receipt(receipt: &Receipt) -> Result<Paper, PdfError> {
    set(Template::Receipt, receipt)
}
