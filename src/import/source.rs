//! Opens a file and says what it is, from its content and never from its name.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{
    mojibake::looks_like_mojibake,
    report::FileError,
    shapefile::{MAGIC, Parts, is_prj, is_table},
};
use crate::domain::text::Text;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no file of that name, or it is a folder: the call is wrong.
    #[error("no such file: {}", .0.display())]
    Missing(PathBuf),
    /// The file is wrong as a whole; nothing of it counts.
    #[error("{}: {}", .0.code, .0.message_en)]
    File(FileError),
    /// The machine failed half way.
    #[error(transparent)]
    Machine(#[from] io::Error),
}

impl ReadError {
    /// The file is refused under a stable code.
    pub fn refused(code: &str, text: &Text) -> Self {
        Self::File(FileError::new(code, text))
    }
}

/// What a file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// JSON; what it says is for its reader to find out.
    Json,
    /// A spreadsheet.
    Xlsx,
    /// Text that is nothing else: comma-separated values.
    Csv,
    /// A shapefile, of which one part was named.
    Shapefile,
}

/// A file that may be read, and read again.
#[derive(Debug, Clone)]
pub struct Source {
    path: PathBuf,
    shape: Shape,
    bytes: u64,
    parts: Option<Parts>,
}

/// How much of a file is looked at to say what it is.
const HEAD_BYTES: u64 = 64 * 1024;

impl Source {
    /// Opens a file and finds out what it is.
    ///
    /// # Errors
    ///
    /// [`ReadError::File`] with the code `empty`, `zero_bytes`, `html`, `zip`,
    /// `pdf`, `utf16`, `mojibake`, `not_utf8` (JSON only), `missing_part`
    /// (shapefiles) or `unknown_format`.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, ReadError> {
        let path = path.into();
        let file = open_file(&path)?;
        let bytes = file.metadata()?.len();
        let mut head = Vec::new();
        (&file).take(HEAD_BYTES).read_to_end(&mut head)?;
        let whole = head.len() as u64 == bytes;
        let shape = shape_of(&head, whole, || rest_is_zero(&file))?;
        if shape != Shape::Shapefile {
            return Ok(Self {
                path,
                shape,
                bytes,
                parts: None,
            });
        }
        let parts = Parts::beside(&path)?;
        Ok(Self {
            path: parts.shp.clone(),
            shape,
            bytes: std::fs::metadata(&parts.shp)?.len(),
            parts: Some(parts),
        })
    }

    /// The parts, where it is a shapefile.
    pub fn shapefile(&self) -> Option<&Parts> {
        self.parts.as_ref()
    }

    /// Every file of which it is made, in a fixed order: one, or the parts of
    /// a shapefile.
    pub fn files(&self) -> Vec<PathBuf> {
        match &self.parts {
            Some(parts) => parts.paths(),
            None => vec![self.path.clone()],
        }
    }

    /// Where it is, as named in the call; of a shapefile its `.shp`.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it is made of.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Its length, for a progress bar.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its name without folder and ending.
    pub fn stem(&self) -> String {
        self.path
            .file_stem()
            .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
    }

    /// Its content from the first byte on, a byte order mark included.
    pub fn reader(&self) -> Result<File, ReadError> {
        open_file(&self.path)
    }
}

pub(super) fn open_file(path: &Path) -> Result<File, ReadError> {
    if path.is_dir() {
        return Err(ReadError::Missing(path.to_owned()));
    }
    File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            ReadError::Missing(path.to_owned())
        }
        _ => ReadError::Machine(error),
    })
}

fn rest_is_zero(mut file: &File) -> io::Result<bool> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(true),
            n if buffer[..n].iter().any(|b| *b != 0) => return Ok(false),
            _ => {}
        }
    }
}

fn shape_of(
    head: &[u8],
    whole: bool,
    rest_is_zero: impl FnOnce() -> io::Result<bool>,
) -> Result<Shape, ReadError> {
    let body = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if body.iter().all(u8::is_ascii_whitespace) && whole {
        return Err(ReadError::refused("empty", &EMPTY));
    }
    if head.iter().all(|b| *b == 0) && rest_is_zero()? {
        return Err(ReadError::refused("zero_bytes", &ZERO_BYTES));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        let holds = |needle: &[u8]| head.windows(needle.len()).any(|w| w == needle);
        return if holds(b"[Content_Types].xml") || holds(b"xl/") {
            Ok(Shape::Xlsx)
        } else {
            Err(ReadError::refused("zip", &ZIP))
        };
    }
    if head.starts_with(b"%PDF-") {
        return Err(ReadError::refused("pdf", &PDF));
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Err(ReadError::refused("utf16", &UTF_16));
    }
    if head.starts_with(&MAGIC) || is_table(head) || is_prj(head) {
        return Ok(Shape::Shapefile);
    }
    if head.contains(&0) {
        return Err(ReadError::refused("unknown_format", &BINARY));
    }
    let body = body.trim_ascii_start();
    if body.first() == Some(&b'<') {
        let start = String::from_utf8_lossy(&body[..body.len().min(1024)]).to_ascii_lowercase();
        return Err(
            if start.contains("<html") || start.contains("<!doctype html") {
                ReadError::refused("html", &HTML)
            } else {
                ReadError::refused("unknown_format", &XML)
            },
        );
    }
    let text = match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        // The last character may be cut by the end of the head, or of a file
        // that was cut off, which is for its reader to say.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    if text.is_some_and(looks_like_mojibake) {
        return Err(mojibake());
    }
    if matches!(body.first(), Some(b'{' | b'[')) {
        if text.is_none() {
            return Err(ReadError::refused("not_utf8", &NOT_UTF8));
        }
        return Ok(Shape::Json);
    }
    Ok(Shape::Csv)
}

/// The refusal of a file whose Japanese was lost on the way.
pub fn mojibake() -> ReadError {
    ReadError::refused("mojibake", &MOJIBAKE)
}

const EMPTY: Text = Text::fixed(
    "ファイルが空です。もう一度ダウンロードしてください。",
    "The file is empty. Please download it again.",
);
const ZERO_BYTES: Text = Text::fixed(
    "中身がすべて0のバイトで、読める内容がありません。保存やコピーの途中で壊れたと思われます。もう一度ダウンロードしてください。",
    "The file holds nothing but zero bytes. It was probably damaged while being saved or copied. Please download it again.",
);
const ZIP: Text = Text::fixed(
    "ZIPファイルです。展開（解凍）して、中のファイルを指定してください。",
    "This is a ZIP file. Please unpack it and name the file inside.",
);
const PDF: Text = Text::fixed(
    "PDFファイルです。表や地図のデータ（CSV、GeoJSON、シェープファイル）を指定してください。",
    "This is a PDF file. Please name the data itself (CSV, GeoJSON or a shapefile).",
);
const UTF_16: Text = Text::fixed(
    "文字コードがUTF-16（Excelの「Unicodeテキスト」など）です。「CSV UTF-8（コンマ区切り）」で保存し直してください。",
    "The file is in UTF-16 (Excel's \"Unicode Text\" or the like). Please save it as \"CSV UTF-8\".",
);
const BINARY: Text = Text::fixed(
    "読める形式ではありません。GeoJSONかシェープファイル、UTF-8またはShift_JISのCSVを指定してください。",
    "The format is unknown. Please name a GeoJSON, a shapefile, or a CSV in UTF-8 or Shift_JIS.",
);
const XML: Text = Text::fixed(
    "XML（GMLなど）のファイルです。同じデータのGeoJSON版を指定してください。",
    "This is an XML file (GML or the like). Please name the GeoJSON version of the same data.",
);
const HTML: Text = Text::fixed(
    "Webページ（HTML）が保存されています。ページではなく、データのファイルをダウンロードしてください。",
    "This is a saved web page (HTML). Please download the data file, not the page around it.",
);
const NOT_UTF8: Text = Text::fixed(
    "JSONですが、文字コードがUTF-8ではありません。UTF-8で保存し直してください。",
    "This is JSON, but not in UTF-8. Please save it as UTF-8.",
);
const MOJIBAKE: Text = Text::fixed(
    "文字化けしています。日本語のファイルを欧文の文字コード（Latin-1）として開き、そのまま保存したものと思われます。配布元から元のファイルをもう一度ダウンロードし、開かずにそのまま指定してください。",
    "The Japanese text is garbled (mojibake): the file was opened as Western text (Latin-1) and saved again. Please download the original once more and name it as it is, without opening it.",
);

#[cfg(test)]
mod tests {
    use std::io::Write;

    use encoding_rs::SHIFT_JIS;

    use super::*;

    fn open(bytes: &[u8]) -> Result<Source, ReadError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        Source::open(file.path())
    }

    fn refusal(bytes: &[u8]) -> String {
        match open(bytes) {
            Err(ReadError::File(error)) => error.code,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn what_is_no_data_is_told_what_it_is() {
        assert_eq!(refusal(b""), "empty");
        assert_eq!(refusal(b"\xef\xbb\xbf \r\n"), "empty");
        assert_eq!(refusal(&[0; 10]), "zero_bytes");
        assert_eq!(refusal(&vec![0; 200_000]), "zero_bytes");
        assert_eq!(refusal(b"PK\x03\x04....A31a.geojson"), "zip");
        assert_eq!(refusal(b"%PDF-1.7"), "pdf");
        assert_eq!(refusal(b"\n<!DOCTYPE html><html>"), "html");
        assert_eq!(
            refusal(b"<?xml version=\"1.0\"?><HTML lang=\"ja\">"),
            "html"
        );
        assert_eq!(
            refusal(b"<?xml version=\"1.0\"?><ksj:Dataset>"),
            "unknown_format"
        );
        assert_eq!(refusal(b"\x00\x00\x27\x0a\x00\x00 shape"), "missing_part");
        assert_eq!(
            refusal(b"\x03\x00\x27\x0b\x00\x00 binary"),
            "unknown_format"
        );
        assert_eq!(refusal(b"\xff\xfeN\x00O\x00"), "utf16");
        assert_eq!(refusal(b"\xfe\xff\x00N\x00O"), "utf16");
        let mut half_zero = vec![0; 100_000];
        half_zero.push(b'{');
        assert_eq!(refusal(&half_zero), "unknown_format");
    }

    #[test]
    fn garbled_japanese_is_refused_as_csv_and_as_json() {
        let cp932 = SHIFT_JIS.encode("NO,施設・場所名\r\n1,人吉城跡\r\n").0;
        let garbled: String = cp932.iter().map(|b| char::from(*b)).collect();
        assert_eq!(refusal(garbled.as_bytes()), "mojibake");
        let json = format!("{{\"type\":\"FeatureCollection\",\"name\":\"{garbled}\"}}");
        assert_eq!(refusal(json.as_bytes()), "mojibake");
    }

    #[test]
    fn json_in_shift_jis_is_refused() {
        let json = SHIFT_JIS.encode("{\"name\":\"人吉\"}").0;
        assert_eq!(refusal(&json), "not_utf8");
    }

    #[test]
    fn data_is_recognised_whatever_its_name() {
        let shape = |bytes: &[u8]| open(bytes).unwrap().shape();
        assert_eq!(shape(b"{\"type\":1}"), Shape::Json);
        assert_eq!(shape(b"\xef\xbb\xbf\n [1]"), Shape::Json);
        assert_eq!(shape(b"PK\x03\x04....[Content_Types].xml"), Shape::Xlsx);
        assert_eq!(shape("NO,共通ID\r\n".as_bytes()), Shape::Csv);
        assert_eq!(shape(&SHIFT_JIS.encode("NO,共通ID\r\n").0), Shape::Csv);
    }

    #[test]
    fn a_character_cut_by_the_end_of_the_head_is_no_wrong_encoding() {
        for shift in 0..3 {
            let mut text = "{\"name\":\"".to_owned() + &" ".repeat(shift);
            text += &"熊".repeat(40_000);
            text += "\"}";
            assert_eq!(open(text.as_bytes()).unwrap().shape(), Shape::Json);
        }
    }

    #[test]
    fn json_that_was_cut_within_a_character_is_still_json() {
        let json = "{\"name\":\"人吉".as_bytes();
        assert_eq!(open(&json[..json.len() - 1]).unwrap().shape(), Shape::Json);
    }

    #[test]
    fn a_path_that_leads_nowhere_is_a_wrong_call() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("absent.csv")] {
            assert!(matches!(Source::open(path), Err(ReadError::Missing(_))));
        }
    }
}
