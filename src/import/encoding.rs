//! Which encoding a list is in: UTF-8, or the Shift_JIS of Windows (CP932).

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::source::ReadError;
use crate::text;

/// An encoding that lists are published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListEncoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// Shift_JIS as Windows writes it.
    Cp932,
}

impl ListEncoding {
    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Cp932 => "CP932",
        }
    }

    fn encoding(self) -> &'static Encoding {
        match self {
            Self::Utf8 => UTF_8,
            Self::Cp932 => SHIFT_JIS,
        }
    }
}

/// Reads a file through once and says which encoding all of it is in.
///
/// # Errors
///
/// [`ReadError::File`] with the code `utf16` or `encoding`.
pub fn decide(path: &Path) -> Result<ListEncoding, ReadError> {
    let mut head = [0; 2];
    let n = File::open(path)?.read(&mut head)?;
    if n == 2 && (head == [0xff, 0xfe] || head == [0xfe, 0xff]) {
        return Err(ReadError::refused(
            "utf16",
            &text!(
                "文字コードが UTF-16 です。表計算ソフトで「CSV UTF-8」として保存し直してください。",
                "the file is UTF-16: save it again as “CSV UTF-8”."
            ),
        ));
    }
    let mut wrong_at = 0;
    for encoding in [ListEncoding::Utf8, ListEncoding::Cp932] {
        match first_error(path, encoding)? {
            None => return Ok(encoding),
            Some(at) => wrong_at = at,
        }
    }
    Err(ReadError::refused(
        "encoding",
        &text!(
            "文字コードが UTF-8 でも Shift_JIS (CP932) でもありません（先頭から{wrong_at}バイト付近）。元のファイルを取り直すか、CSV UTF-8 で保存し直してください。",
            "neither UTF-8 nor Shift_JIS (CP932), near byte {wrong_at}: fetch the file again, or save it as “CSV UTF-8”."
        ),
    ))
}

/// About where a file stops being in an encoding; `None`: all of it is.
fn first_error(path: &Path, encoding: ListEncoding) -> io::Result<Option<u64>> {
    let mut file = BufReader::new(File::open(path)?);
    let mut decoder = encoding.encoding().new_decoder_with_bom_removal();
    let mut bytes = vec![0; 64 * 1024];
    let mut words = vec![0; 256 * 1024];
    let mut done = 0;
    loop {
        let n = file.read(&mut bytes)?;
        let (_, _, _, wrong) = decoder.decode_to_utf8(&bytes[..n], &mut words, n == 0);
        if wrong {
            return Ok(Some(done));
        }
        if n == 0 {
            return Ok(None);
        }
        done += n as u64;
    }
}

/// Reads a file as UTF-8 without its byte order mark.
///
/// # Errors
///
/// When the file cannot be opened.
pub fn reader(path: &Path, encoding: ListEncoding) -> io::Result<impl Read> {
    Ok(DecodeReaderBytesBuilder::new()
        .encoding(Some(encoding.encoding()))
        .utf8_passthru(false)
        .strip_bom(true)
        .build(File::open(path)?))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn read(bytes: &[u8]) -> (ListEncoding, String) {
        let file = file(bytes);
        let encoding = decide(file.path()).unwrap();
        let mut text = String::new();
        reader(file.path(), encoding)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        (encoding, text)
    }

    #[test]
    fn a_list_reads_alike_in_every_encoding() {
        let text = "施設・場所名,【デモ】ひかり小学校\r\n";
        let (cp932, ..) = SHIFT_JIS.encode(text);
        let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
        assert_eq!(read(text.as_bytes()), (ListEncoding::Utf8, text.to_owned()));
        assert_eq!(read(&marked), (ListEncoding::Utf8, text.to_owned()));
        assert_eq!(read(&cp932), (ListEncoding::Cp932, text.to_owned()));
    }

    #[test]
    fn what_is_neither_is_refused() {
        let refused = |bytes: &[u8]| match decide(file(bytes).path()) {
            Err(ReadError::File(error)) => error.code,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(b"\xff\xfea\0b\0"), "utf16");
        assert_eq!(refused(b"abc\xff\xff\xff"), "encoding");
    }
}
