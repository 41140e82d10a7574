//! Comma-separated values (RFC 4180) as they are really written: with LF, CRLF
//! or CR, with quotes in the middle of a cell, with blank lines.
//!
//! The `csv` crate passes over blank lines, which would shift the numbers of
//! records, and takes the end of the file for the end of an open quote, which
//! hides that a file was cut off; hence this reader of our own.

use std::io::{self, BufRead};

use crate::{domain::text::Text, import::source::ReadError};

/// The longest record that is read, in bytes. The longest published one has
/// some two thousand; a quote that is never closed would swallow the file.
pub const MAX_RECORD_BYTES: usize = 1024 * 1024;

/// One record as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its cells, untrimmed.
    pub cells: Vec<String>,
    /// Whether a line break ends it; else the file does.
    pub ended: bool,
}

impl Line {
    /// Whether nothing stands there, not even a comma.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self.cells.as_slice(), [only] if only.trim().is_empty())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a cell, where a quote opens it.
    Start,
    /// In a cell without quotes, or behind its closing quote.
    Plain,
    Quoted,
    /// Behind a quote within quotes: the second half of a pair, or the end.
    QuoteSeen,
}

/// Reads records from UTF-8.
#[derive(Debug)]
pub(super) struct Lines<R> {
    bytes: R,
    /// The last record ended in CR: the LF that may follow belongs to it.
    after_cr: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(bytes: R) -> Self {
        Self {
            bytes,
            after_cr: false,
        }
    }

    /// The next record; `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// [`ReadError::File`] with the code `truncated` (the file ends within
    /// quotes) or `record_too_long`.
    pub(super) fn next(&mut self) -> Result<Option<Line>, ReadError> {
        let mut cells = Vec::new();
        let mut cell = Vec::new();
        let mut state = State::Start;
        let mut length = 0;
        loop {
            let chunk = match self.bytes.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            if chunk.is_empty() {
                if state == State::Quoted {
                    return Err(ReadError::refused("truncated", &OPEN_QUOTE));
                }
                let nothing = cells.is_empty() && cell.is_empty() && state == State::Start;
                return if nothing {
                    Ok(None)
                } else {
                    finish(cells, cell, false).map(Some)
                };
            }
            let mut used = 0;
            let mut done = false;
            for &byte in chunk {
                used += 1;
                if std::mem::take(&mut self.after_cr) && byte == b'\n' {
                    continue;
                }
                state = match (state, byte) {
                    (State::Start, b'"') => State::Quoted,
                    (State::Quoted, b'"') => State::QuoteSeen,
                    (State::Quoted, _) | (State::QuoteSeen, b'"') => {
                        cell.push(byte);
                        State::Quoted
                    }
                    (_, b',') => {
                        cells.push(text(std::mem::take(&mut cell))?);
                        State::Start
                    }
                    (_, b'\n' | b'\r') => {
                        self.after_cr = byte == b'\r';
                        done = true;
                        break;
                    }
                    (_, other) => {
                        cell.push(other);
                        State::Plain
                    }
                };
            }
            self.bytes.consume(used);
            if done {
                return finish(cells, cell, true).map(Some);
            }
            length += used;
            if length > MAX_RECORD_BYTES {
                return Err(ReadError::refused("record_too_long", &TOO_LONG));
            }
        }
    }
}

fn finish(mut cells: Vec<String>, last: Vec<u8>, ended: bool) -> Result<Line, ReadError> {
    cells.push(text(last)?);
    Ok(Line { cells, ended })
}

fn text(bytes: Vec<u8>) -> Result<String, ReadError> {
    String::from_utf8(bytes)
        .map_err(|error| ReadError::Machine(io::Error::new(io::ErrorKind::InvalidData, error)))
}

const OPEN_QUOTE: Text = Text::fixed(
    "引用符（\"）が閉じないままファイルが終わっています。途中で切れているか、引用符が一つ抜けています。もう一度ダウンロードしてください。",
    "The file ends within quotes: it was cut off, or a quote is missing. Please download it again.",
);
const TOO_LONG: Text = Text::fixed(
    "一行が1 MiBを超えています。引用符（\"）が閉じていないか、CSVではありません。",
    "One record is longer than 1 MiB: a quote is never closed, or this is no CSV.",
);

#[cfg(test)]
mod tests;
