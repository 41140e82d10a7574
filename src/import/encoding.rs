//! Which of the two encodings of published Japanese text a file is in: decided
//! from all of its bytes, never guessed from its name.

use std::{
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use encoding_rs::{DecoderResult, SHIFT_JIS};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::source::ReadError;
use crate::{domain::text::Text, text};

/// An encoding in which lists are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListEncoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// CP932 (Windows-31J), which people call Shift_JIS.
    Cp932,
}

impl ListEncoding {
    /// The name in a report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Cp932 => "CP932",
        }
    }

    /// The same bytes as UTF-8, without a byte order mark.
    pub fn decode<R: Read>(self, bytes: R) -> impl Read {
        let encoding = match self {
            Self::Utf8 => None,
            Self::Cp932 => Some(SHIFT_JIS),
        };
        DecodeReaderBytesBuilder::new()
            .encoding(encoding)
            .utf8_passthru(self == Self::Utf8)
            .strip_bom(true)
            .build(bytes)
    }
}

/// Reads a file once and says which encoding all of it is in. What
/// [`super::source::Source`] refuses (UTF-16 among it) does not get here.
///
/// # Errors
///
/// [`ReadError::Missing`]; [`ReadError::File`] with the code `truncated`
/// (the last character is cut) or `encoding` (neither, or UTF-8 with damage).
pub fn decide(path: &Path) -> Result<ListEncoding, ReadError> {
    decide_bytes(super::source::open_file(path)?)
}

fn decide_bytes(bytes: impl Read) -> Result<ListEncoding, ReadError> {
    let mut reader = BufReader::with_capacity(64 * 1024, bytes);
    let (mut utf8, mut cp932) = (Utf8Check::default(), Cp932Check::new());
    loop {
        let chunk = match reader.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        let last = chunk.is_empty();
        if !utf8.failed {
            utf8.feed(chunk);
        }
        if !cp932.failed {
            cp932.feed(chunk, last);
        }
        if last || (utf8.failed && cp932.failed) {
            break;
        }
        let n = chunk.len();
        reader.consume(n);
    }
    match (utf8.failed, utf8.pending.is_empty()) {
        (false, true) => Ok(ListEncoding::Utf8),
        // Whole characters of several bytes, then a part of one.
        (false, false) if utf8.wide => Err(ReadError::refused("truncated", &CUT)),
        // Most UTF-8 is CP932 too, as gibberish: what began as Japanese in
        // UTF-8 is not read as anything else.
        (true, _) if utf8.japanese >= JAPANESE => Err(utf8.damaged()),
        _ if !cp932.failed => Ok(ListEncoding::Cp932),
        _ if cp932.failed_at_end => Err(ReadError::refused("truncated", &CUT)),
        _ => Err(ReadError::refused("encoding", &NEITHER)),
    }
}

/// Whether the bytes so far are UTF-8.
#[derive(Default)]
struct Utf8Check {
    /// The beginning of a character that the chunk cut.
    pending: Vec<u8>,
    /// A character of several bytes was seen.
    wide: bool,
    /// How many characters of three bytes and more came first, up to
    /// [`JAPANESE`].
    japanese: usize,
    /// How many bytes, and how many ends of lines, were good.
    good: (u64, u64),
    failed: bool,
}

/// So many characters of three bytes in a row of faultless UTF-8 are no
/// accident: in CP932 their bytes would be rare kanji, one after another.
const JAPANESE: usize = 3;

impl Utf8Check {
    fn feed(&mut self, mut chunk: &[u8]) {
        while !self.pending.is_empty() && !chunk.is_empty() {
            self.pending.push(chunk[0]);
            chunk = &chunk[1..];
            match std::str::from_utf8(&self.pending) {
                Ok(_) => {
                    let whole = std::mem::take(&mut self.pending);
                    self.note_good(&whole);
                }
                Err(error) if error.error_len().is_none() => {}
                Err(_) => self.failed = true,
            }
            if self.failed {
                return;
            }
        }
        match std::str::from_utf8(chunk) {
            Ok(_) => self.note_good(chunk),
            Err(error) => {
                let (valid, rest) = chunk.split_at(error.valid_up_to());
                self.note_good(valid);
                self.failed = error.error_len().is_some();
                self.pending = rest.to_vec();
            }
        }
    }

    fn note_good(&mut self, utf8: &[u8]) {
        self.wide |= !utf8.is_ascii();
        if self.japanese < JAPANESE {
            // The first byte of a character of three or four bytes.
            let firsts = utf8.iter().filter(|byte| **byte >= 0xe0);
            self.japanese += firsts.take(JAPANESE).count();
        }
        self.good.0 += utf8.len() as u64;
        self.good.1 += utf8.split(|byte| *byte == b'\n').skip(1).count() as u64;
    }

    fn damaged(&self) -> ReadError {
        let (byte, line) = (self.good.0 + 1, self.good.1 + 1);
        ReadError::refused(
            "encoding",
            &text!(
                "UTF-8のファイルですが、{line}行目（先頭から{byte}バイト目）が壊れています。もう一度ダウンロードするか、UTF-8で保存し直してください。",
                "The file is in UTF-8, but line {line} (byte {byte}) is damaged. Please download it again, or save it as UTF-8."
            ),
        )
    }
}

/// Whether the bytes so far are CP932.
struct Cp932Check {
    decoder: encoding_rs::Decoder,
    text: String,
    failed: bool,
    /// The only fault is a character that the end of the file cut.
    failed_at_end: bool,
}

impl Cp932Check {
    fn new() -> Self {
        Self {
            decoder: SHIFT_JIS.new_decoder_without_bom_handling(),
            text: String::with_capacity(64 * 1024),
            failed: false,
            failed_at_end: false,
        }
    }

    fn feed(&mut self, mut chunk: &[u8], last: bool) {
        loop {
            self.text.clear();
            let (result, read) =
                self.decoder
                    .decode_to_string_without_replacement(chunk, &mut self.text, last);
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => chunk = &chunk[read..],
                DecoderResult::Malformed(..) => {
                    self.failed = true;
                    self.failed_at_end = last;
                    return;
                }
            }
        }
    }
}

const CUT: Text = Text::fixed(
    "ファイルが文字の途中で切れています。ダウンロードが最後まで終わっていないようです。もう一度ダウンロードしてください。",
    "The file is cut off within a character: the download was probably not finished. Please download it again.",
);
const NEITHER: Text = Text::fixed(
    "文字コードがUTF-8でもShift_JIS（CP932）でもないか、ファイルの一部が壊れています。もう一度ダウンロードするか、UTF-8で保存し直してください。",
    "The file is neither in UTF-8 nor in Shift_JIS (CP932), or a part of it is damaged. Please download it again, or save it as UTF-8.",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> Result<&'static str, String> {
        match decide_bytes(bytes) {
            Ok(encoding) => Ok(encoding.name()),
            Err(ReadError::File(error)) => Err(error.code),
            Err(other) => panic!("{other}"),
        }
    }

    fn cp932(text: &str) -> Vec<u8> {
        let (bytes, _, failed) = SHIFT_JIS.encode(text);
        assert!(!failed);
        bytes.into_owned()
    }

    #[test]
    fn utf_8_is_utf_8_with_and_without_a_mark() {
        assert_eq!(code(b"plain"), Ok("UTF-8"));
        assert_eq!(code("施設・場所名𠮷髙﨑ｶﾅ".as_bytes()), Ok("UTF-8"));
        assert_eq!(code("\u{feff}施設".as_bytes()), Ok("UTF-8"));
    }

    #[test]
    fn shift_jis_with_the_letters_of_windows_is_cp932() {
        assert_eq!(code(&cp932("施設・場所名①髙﨑～ｶﾅ\r\n")), Ok("CP932"));
    }

    #[test]
    fn a_character_on_the_edge_of_a_chunk_does_not_matter() {
        for shift in 0..4 {
            let text = " ".repeat(shift) + &"熊本".repeat(60_000);
            assert_eq!(code(text.as_bytes()), Ok("UTF-8"));
            assert_eq!(code(&cp932(&text)), Ok("CP932"));
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        assert_eq!(code(b"NO,\xff\xff\xa0,1"), Err("encoding".to_owned()));
        let mut half = "施設".repeat(50_000).into_bytes();
        half.extend([0xff, 0xfd, 0x80]);
        assert_eq!(code(&half), Err("encoding".to_owned()));
    }

    #[test]
    fn damaged_utf_8_is_not_read_as_gibberish() {
        let mut damaged = "施設,場所\n住所,名称\n".as_bytes().to_vec();
        damaged.remove(21);
        let (_, had_errors) = SHIFT_JIS.decode_without_bom_handling(&damaged);
        assert!(!had_errors, "all of it is valid CP932");
        match decide_bytes(damaged.as_slice()) {
            Err(ReadError::File(error)) => {
                assert_eq!(error.code, "encoding");
                assert!(error.message_en.contains("line 2 (byte 22)"), "{error:?}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn half_width_kana_do_not_pass_for_utf_8() {
        // ﾃｽ in CP932 is one character of UTF-8.
        assert_eq!(code(&cp932("ﾃｽﾃｽﾃｽﾃｽ,熊本県\n")), Ok("CP932"));
    }

    #[test]
    fn a_file_cut_within_a_character_is_truncated() {
        let utf8 = "熊本県人吉市".as_bytes();
        assert_eq!(code(&utf8[..utf8.len() - 1]), Err("truncated".to_owned()));
        let sjis = cp932("熊本県人吉市");
        assert_eq!(code(&sjis[..sjis.len() - 1]), Err("truncated".to_owned()));
    }

    #[test]
    fn decoding_leaves_no_mark_and_no_replacement() {
        let read = |encoding: ListEncoding, bytes: &[u8]| {
            let mut text = String::new();
            encoding.decode(bytes).read_to_string(&mut text).unwrap();
            text
        };
        assert_eq!(
            read(ListEncoding::Utf8, b"\xef\xbb\xbfNO,\xe5\x90\x8d"),
            "NO,名"
        );
        assert_eq!(read(ListEncoding::Cp932, &cp932("髙﨑～")), "髙﨑～");
    }
}
