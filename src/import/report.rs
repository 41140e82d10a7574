//! What an import says about a file, row by row.

use serde::{Deserialize, Serialize};

use crate::domain::text::Text;

/// A remark on one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowNote {
    /// Number of the record from 1: a header is not counted; blank records and
    /// embedded newlines do not shift it; a feature's place in a GeoJSON.
    pub row: u64,
    /// The column or property, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong and what to do, in Japanese.
    pub reason: String,
    /// The same in English.
    pub reason_en: String,
}

impl RowNote {
    /// A remark on a record.
    pub fn new(row: u64, field: Option<&str>, text: Text) -> Self {
        Self {
            row,
            field: field.map(str::to_owned),
            reason: text.ja.into_owned(),
            reason_en: text.en.into_owned(),
        }
    }
}

/// Why a file is refused as a whole: nothing of it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileError {
    /// A stable word: `mojibake`, `empty`, `html`, …
    pub code: String,
    /// What is wrong and what to do, in Japanese.
    pub message_ja: String,
    /// The same in English.
    pub message_en: String,
}

impl FileError {
    /// A refusal.
    pub fn new(code: &str, text: &Text) -> Self {
        Self {
            code: code.to_owned(),
            message_ja: text.ja.clone().into_owned(),
            message_en: text.en.clone().into_owned(),
        }
    }
}

/// What a reader makes of one record.
#[derive(Debug, Clone, PartialEq)]
pub enum Row<T> {
    /// It was understood.
    Accepted {
        /// Its number, from 1.
        row: u64,
        /// What it says.
        record: T,
        /// Remarks that do not stand in its way.
        warnings: Vec<RowNote>,
    },
    /// It was not; the rest of the file is read on.
    Rejected {
        /// Its number, from 1.
        row: u64,
        /// Why; never empty.
        notes: Vec<RowNote>,
        /// What identifies the record, where that could be read: a complete
        /// list that holds a row nobody understands still has its site.
        key: Option<String>,
    },
}

/// The report on one file; what `import --json` prints, one object a line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileReport {
    /// The file, as named in the call.
    pub file: String,
    /// The format that was found: `gsi-emergency-geojson`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The encoding that was found: `UTF-8`, `CP932`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Records in the file.
    pub read: u64,
    /// Records taken: added + changed + unchanged.
    pub accepted: u64,
    /// New ones.
    pub added: u64,
    /// Known ones that differ.
    pub changed: u64,
    /// Known ones that do not.
    pub unchanged: u64,
    /// Known ones that a complete list no longer has.
    pub withdrawn: u64,
    /// Records refused.
    pub rejected: Vec<RowNote>,
    /// Records taken with a remark.
    pub warnings: Vec<RowNote>,
    /// The file was refused whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<FileError>,
}
