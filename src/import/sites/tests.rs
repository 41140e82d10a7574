//! Lists as they are published, and as they go wrong.

use std::{cell::RefCell, io::Write, path::PathBuf};

use encoding_rs::SHIFT_JIS;

use super::*;

struct Outcome {
    file: SiteFile,
    accepted: Vec<(u64, SiteRecord, Vec<RowNote>)>,
    rejected: Vec<(u64, Vec<RowNote>, Option<String>)>,
}

impl Outcome {
    fn published(&self) -> Vec<(&str, &PublishedSite)> {
        let sites = self.accepted.iter();
        sites
            .map(|(_, record, _)| (record.key.as_str(), &record.published))
            .collect()
    }

    /// The only rejected row: its number, column and reason.
    fn refused(&self) -> (u64, &str, &str) {
        let [(row, notes, _)] = self.rejected.as_slice() else {
            panic!("{:?}", self.rejected)
        };
        let field = notes[0].field.as_deref().unwrap_or_default();
        (*row, field, &notes[0].reason)
    }
}

fn try_read(path: &Path) -> Result<Outcome, ReadError> {
    let rows = RefCell::new((Vec::new(), Vec::new()));
    let file = read(path, &|_| (), &mut |row| {
        let mut rows = rows.borrow_mut();
        match row {
            Row::Accepted {
                row,
                record,
                warnings,
            } => rows.0.push((row, record, warnings)),
            Row::Rejected { row, notes, key } => rows.1.push((row, notes, key)),
        }
        Ok(())
    })?;
    let (accepted, rejected) = rows.into_inner();
    Ok(Outcome {
        file,
        accepted,
        rejected,
    })
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/sites")
        .join(name)
}

fn text_of(name: &str) -> String {
    std::fs::read_to_string(fixture(name)).unwrap()
}

fn try_bytes(bytes: &[u8]) -> Result<Outcome, ReadError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    try_read(file.path())
}

fn bytes(bytes: impl AsRef<[u8]>) -> Outcome {
    try_bytes(bytes.as_ref()).unwrap()
}

fn refusal(bytes: impl AsRef<[u8]>) -> (String, String) {
    match try_bytes(bytes.as_ref()) {
        Err(ReadError::File(error)) => (error.code, error.message_ja),
        Err(other) => panic!("{other}"),
        Ok(outcome) => panic!("not refused: {:?}", outcome.file),
    }
}

fn cp932(text: &str) -> Vec<u8> {
    let (bytes, _, failed) = SHIFT_JIS.encode(text);
    assert!(!failed);
    bytes.into_owned()
}

/// The emergency list with one piece of its text replaced.
fn emergency(from: &str, to: &str) -> String {
    let text = text_of("demo_emergency.csv");
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

mod good;
mod wrong;
