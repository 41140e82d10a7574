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
    /// Why records were refused.
    pub rejected: Vec<RowNote>,
    /// Remarks on records that were taken, or (row 0) on the whole file.
    pub warnings: Vec<RowNote>,
    /// Reasons beyond the first [`FileReport::LISTED`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rejected_unlisted: u64,
    /// Remarks beyond the first [`FileReport::LISTED`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub warnings_unlisted: u64,
    /// Of the rejected records those (by number) that wait for a person to say
    /// which child they are about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<u64>,
    /// Of the rejected records those (by number) that contradict what is on record
    /// and add nothing to it: a person looks at both.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differing: Vec<u64>,
    /// The file was refused whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<FileError>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl FileReport {
    /// Remarks that are listed one by one; of a file with a million wrong
    /// records the others are only counted.
    pub const LISTED: usize = 100_000;

    /// Counts a record and keeps what is remarked on it. What was accepted
    /// comes back with its number; else what identifies it, where that could be
    /// read.
    pub fn take<T>(&mut self, row: Row<T>) -> Result<(u64, T), Option<String>> {
        self.read += 1;
        match row {
            Row::Accepted {
                row,
                record,
                warnings,
            } => {
                self.accepted += 1;
                self.warn(warnings);
                Ok((row, record))
            }
            Row::Rejected { notes, key, .. } => {
                self.rejected_unlisted += keep(&mut self.rejected, notes);
                Err(key)
            }
        }
    }

    /// Adds remarks on what was taken.
    pub fn warn(&mut self, notes: impl IntoIterator<Item = RowNote>) {
        self.warnings_unlisted += keep(&mut self.warnings, notes);
    }

    /// Takes back a record that was accepted: it cannot be written.
    pub fn refuse(&mut self, note: RowNote) {
        self.accepted = self.accepted.saturating_sub(1);
        self.rejected_unlisted += keep(&mut self.rejected, [note]);
    }

    /// Takes back a record that was accepted: it contradicts what is on record.
    pub fn differs(&mut self, row: u64, notes: Vec<RowNote>) {
        self.accepted = self.accepted.saturating_sub(1);
        self.differing.push(row);
        self.rejected_unlisted += keep(&mut self.rejected, notes);
    }

    /// Records refused.
    pub const fn refused(&self) -> u64 {
        self.read - self.accepted
    }

    /// The report on a file that is refused whole. Why its records were refused
    /// stays, if none was accepted: that is what has to be mended.
    #[must_use]
    pub fn refused_whole(self, error: FileError) -> Self {
        let rows = if self.accepted == 0 {
            self
        } else {
            Self::default()
        };
        Self {
            error: Some(error),
            ..rows
        }
    }
}

/// Keeps notes while there is room; how many were not kept.
fn keep(notes: &mut Vec<RowNote>, more: impl IntoIterator<Item = RowNote>) -> u64 {
    let mut unlisted = 0;
    for note in more {
        if notes.len() < FileReport::LISTED {
            notes.push(note);
        } else {
            unlisted += 1;
        }
    }
    unlisted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(row: u64) -> Row<()> {
        let reason = Text::fixed("【デモ】読めません。", "[demo] cannot be read.");
        Row::Rejected {
            row,
            notes: vec![RowNote::new(row, None, reason)],
            key: None,
        }
    }

    fn accepted(row: u64) -> Row<()> {
        Row::Accepted {
            row,
            record: (),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn every_record_is_counted_and_the_first_reasons_are_listed() {
        let mut report = FileReport::default();
        let rows = FileReport::LISTED as u64 + 3;
        for row in 1..=rows {
            assert_eq!(report.take(refused(row)), Err(None));
        }
        assert_eq!(report.take(accepted(rows + 1)), Ok((rows + 1, ())));
        assert_eq!((report.read, report.refused()), (rows + 1, rows));
        assert_eq!(report.rejected.len(), FileReport::LISTED);
        assert_eq!(report.rejected_unlisted, 3);
        let text = serde_json::to_string(&FileReport::default()).unwrap();
        assert!(!text.contains("unlisted"), "{text}");
    }

    #[test]
    fn a_file_refused_whole_keeps_the_reasons_of_its_records() {
        let error = || FileError::new("all_rejected", &Text::fixed("無", "none"));
        let mut report = FileReport::default();
        report.take(refused(1)).unwrap_err();
        let whole = report.clone().refused_whole(error());
        assert_eq!((whole.read, whole.rejected.len()), (1, 1));
        report.take(accepted(2)).unwrap();
        let whole = report.refused_whole(error());
        assert_eq!(
            (whole.read, whole.accepted, whole.rejected.len()),
            (0, 0, 0)
        );
        assert!(whole.error.is_some());
    }
}
