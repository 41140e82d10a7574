//! Labels for generators: a sheet of A4 with 24 of 70 × 37 mm, as stationers
//! sell it. A telephone that reads the code opens the generator's page.

use serde::Serialize;
use uuid::Uuid;

use super::{Office, Unit};
use crate::print::{
    pdf::{Paper, PdfError, Template, set},
    qr,
};

/// Labels on one sheet: 3 beside each other, 8 below each other.
pub const PER_SHEET: u8 = 24;

/// A place on the sheet, from 1 at the top left, row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelPlace(u8);

impl LabelPlace {
    /// The first place of a fresh sheet.
    pub const FIRST: Self = Self(1);

    /// The place of a number from 1 to 24.
    pub const fn new(place: u8) -> Option<Self> {
        if 1 <= place && place <= PER_SHEET {
            Some(Self(place))
        } else {
            None
        }
    }
}

/// One label.
#[derive(Debug, Clone)]
pub struct Label {
    /// The generator's identifier, which stands in the address of its page.
    pub id: Uuid,
    /// What it is.
    pub unit: Unit,
}

/// Labels to be printed.
#[derive(Debug, Clone)]
pub struct LabelSheet {
    /// Where the program answers: `https://tomoshibi.example.jp`.
    pub base: String,
    /// Whose generators they are, and the telephone for whoever finds one.
    pub centre: Office,
    /// The first free place of the sheet that is in the printer.
    pub start: LabelPlace,
    /// The labels, in the order of the sheet.
    pub labels: Vec<Label>,
}

#[derive(Serialize)]
struct Data<'d> {
    centre: &'d Office,
    /// Places that are used up.
    skip: u8,
    labels: Vec<LabelData<'d>>,
}

#[derive(Serialize)]
struct LabelData<'d> {
    unit: &'d Unit,
    qr: String,
}

/// The address of a generator's page.
pub fn address(base: &str, id: Uuid) -> String {
    format!("{}/units/{id}", base.trim_end_matches('/'))
}

/// Sets the sheet.
///
/// # Errors
/// As [`set`].
pub fn labels(sheet: &LabelSheet) -> Result<Paper, PdfError> {
    let labels = sheet.labels.iter().map(|label| LabelData {
        unit: &label.unit,
        qr: qr::picture(&address(&sheet.base, label.id)),
    });
    let data = Data {
        centre: &sheet.centre,
        skip: sheet.start.0 - 1,
        labels: labels.collect(),
    };
    set(Template::Labels, &data)
}
