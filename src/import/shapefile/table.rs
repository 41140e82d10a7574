//! The attributes of a shapefile (dBASE III and its kin).

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8};
use serde_json::{Map, Number, Value};
use shapefile::dbase::{
    self, ErrorKind, FieldIterator, FieldType, FieldValue, ReadableRecord, ReaderBuilder,
    encoding::EncodingRs,
};

use super::parts::{Parts, cut, unreadable};
use crate::{
    domain::text::{Text, key_form},
    import::{
        geojson::Properties,
        mojibake::looks_like_mojibake,
        source::{ReadError, mojibake},
    },
    text,
};

/// The attributes of one shape after another.
pub(super) struct Table {
    reader: dbase::Reader<Undated<BufReader<File>>>,
    /// The names of the columns.
    pub(super) fields: Vec<String>,
    /// A cell of each column: a text in a column of texts, else nothing.
    pub(super) samples: Vec<Value>,
    /// How many records there are, deleted ones included.
    pub(super) count: u64,
    /// Records marked as deleted, from 0.
    pub(super) deleted: BTreeSet<u64>,
    /// The name of the encoding.
    pub(super) encoding: &'static str,
}

impl Table {
    /// Opens the table and reads it once, to see that it is whole and in which
    /// encoding it is.
    ///
    /// # Errors
    ///
    /// `truncated`, `bad_shapefile`, `encoding` or `mojibake`.
    pub(super) fn open(parts: &Parts) -> Result<Self, ReadError> {
        let path = &parts.dbf;
        let survey = Survey::of(path)?;
        let encoding = match &parts.cpg {
            Some(cpg) => of_label(cpg)?,
            // The driver's mark of code page 932, and FoxPro's.
            None if matches!(survey.language, 0x13 | 0x7b) => SHIFT_JIS,
            None if survey.is_utf8 => UTF_8,
            None => SHIFT_JIS,
        };
        let source = Undated::new(BufReader::new(File::open(path)?))?;
        let reader = ReaderBuilder::new()
            .with_encoding(EncodingRs::from(encoding))
            .build(source)
            .map_err(|_| unreadable(path))?;
        let fields: Vec<String> = reader
            .fields()
            .iter()
            .map(|field| field.name().trim().to_owned())
            .collect();
        let samples = reader
            .fields()
            .iter()
            .map(|field| match field.field_type() {
                FieldType::Character => Value::String("…".to_owned()),
                _ => Value::Null,
            })
            .collect();
        let names = fields.concat();
        if names.contains(char::REPLACEMENT_CHARACTER) {
            return Err(ReadError::refused("encoding", &NOT_IN_THAT_ENCODING));
        }
        if looks_like_mojibake(&names) {
            return Err(mojibake());
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = fields.iter().find(|name| !seen.insert(key_form(name))) {
            return Err(ReadError::refused(
                "double_column",
                &text!(
                    "属性「{twice}」が2つあり、どちらの値か決められません。公表元に確かめて、片方を消した一組を指定してください。",
                    "The column `{twice}` stands twice, and nobody can tell which value counts. Please ask the publisher, and name a set with one of them."
                ),
            ));
        }
        Ok(Self {
            reader,
            fields,
            samples,
            count: survey.count,
            deleted: survey.deleted,
            encoding: if encoding == SHIFT_JIS {
                "CP932"
            } else {
                encoding.name()
            },
        })
    }

    /// Reads the records that are not deleted, one after another.
    pub(super) fn records(
        &mut self,
    ) -> impl Iterator<Item = Result<Vec<Value>, dbase::Error>> + use<'_> {
        self.reader
            .iter_records_as::<Cells>()
            .map(|record| record.map(|cells| cells.0))
    }
}

/// The properties of a record, by the names of its columns.
pub(super) fn properties(fields: &[String], cells: Vec<Value>) -> Properties {
    let map: Map<String, Value> = fields.iter().cloned().zip(cells).collect();
    Properties::from(map)
}

/// The cells of a record; one that cannot be read stands there as unreadable
/// and does not cost the others.
struct Cells(Vec<Value>);

/// What stands for a cell that is against its own column (`2.x5` in a column
/// of numbers).
const UNREADABLE: &str = "（読めない値）";

impl ReadableRecord for Cells {
    fn read_using<Source: Read + Seek, Memo: Read + Seek>(
        fields: &mut FieldIterator<'_, Source, Memo>,
    ) -> Result<Self, dbase::FieldError> {
        let mut cells = Vec::new();
        loop {
            match fields.read_next_field() {
                Ok(field) => cells.push(value(field.value)),
                Err(error) if matches!(error.kind(), ErrorKind::EndOfRecord) => {
                    return Ok(Self(cells));
                }
                Err(error) if matches!(error.kind(), ErrorKind::IoError(_)) => return Err(error),
                Err(_) => cells.push(Value::String(UNREADABLE.to_owned())),
            }
        }
    }
}

fn value(field: FieldValue) -> Value {
    match field {
        FieldValue::Character(text) => text.map_or(Value::Null, Value::String),
        FieldValue::Memo(text) => Value::String(text),
        FieldValue::Numeric(number) => number.map_or(Value::Null, self::number),
        // By way of its text, so that 0.3 stays 0.3.
        FieldValue::Float(number) => number
            .and_then(|number| number.to_string().parse().ok())
            .map_or(Value::Null, self::number),
        FieldValue::Currency(number) | FieldValue::Double(number) => self::number(number),
        FieldValue::Integer(number) => Value::from(number),
        FieldValue::Logical(truth) => truth.map_or(Value::Null, Value::Bool),
        // No depth, class, name or municipality is a date.
        FieldValue::Date(_) | FieldValue::DateTime(_) => Value::Null,
    }
}

/// Whole numbers without a point: `43203`, not `43203.0`.
fn number(number: f64) -> Value {
    /// Below this every whole number is one of 64 bits, to the bit.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// What a first reading of a table finds.
struct Survey {
    count: u64,
    deleted: BTreeSet<u64>,
    language: u8,
    is_utf8: bool,
}

impl Survey {
    fn of(path: &Path) -> Result<Self, ReadError> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut file = BufReader::with_capacity(256 * 1024, file);
        let mut head = [0; 32];
        read_or_cut(&mut file, &mut head, path)?;
        let count = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        let header = u64::from(u16::from_le_bytes([head[8], head[9]]));
        let length = u64::from(u16::from_le_bytes([head[10], head[11]]));
        if header < 33 || length < 2 {
            return Err(unreadable(path));
        }
        let mut rest = vec![0; usize::try_from(header - 32).unwrap_or_default()];
        read_or_cut(&mut file, &mut rest, path)?;
        let columns: Vec<Column> = rest
            .chunks_exact(32)
            .take_while(|field| field[0] != 0x0d)
            .map(Column::of)
            .collect();
        let sum: u64 = columns.iter().map(|column| column.length as u64).sum();
        if sum + 1 != length {
            return Err(unreadable(path));
        }
        let held = (bytes - header) / length;
        if held < count {
            return Err(cut(path));
        }
        if held > count {
            return Err(ReadError::refused("parts_differ", &MORE_THAN_SAID));
        }
        let mut sniff = Sniff::default();
        for column in &columns {
            sniff.feed(&column.name);
        }
        let mut deleted = BTreeSet::new();
        let mut record = vec![0; usize::try_from(length).unwrap_or_default()];
        for number in 0..count {
            read_or_cut(&mut file, &mut record, path)?;
            if record[0] == b'*' {
                deleted.insert(number);
            }
            let mut at = 1;
            for column in &columns {
                if column.is_text {
                    sniff.feed(&record[at..at + column.length]);
                }
                at += column.length;
            }
        }
        Ok(Self {
            count,
            deleted,
            language: head[29],
            is_utf8: sniff.is_utf8(),
        })
    }
}

fn read_or_cut(file: &mut impl Read, buffer: &mut [u8], path: &Path) -> Result<(), ReadError> {
    file.read_exact(buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => cut(path),
        _ => ReadError::Machine(error),
    })
}

struct Column {
    name: Vec<u8>,
    is_text: bool,
    length: usize,
}

impl Column {
    fn of(field: &[u8]) -> Self {
        let name = field[..11].split(|byte| *byte == 0).next();
        Self {
            name: name.unwrap_or_default().to_vec(),
            is_text: field[11] == b'C',
            length: usize::from(field[16]),
        }
    }
}

/// Whether names and values are UTF-8: all of them can be, and Japanese stands
/// in them that is no accident.
#[derive(Default)]
struct Sniff {
    against: bool,
    japanese: usize,
}

impl Sniff {
    fn feed(&mut self, bytes: &[u8]) {
        let bytes = bytes.trim_ascii_end();
        if bytes.is_ascii() {
            return;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => self.note(text),
            // A width in bytes may cut the last character.
            Err(error) if error.error_len().is_none() => {
                self.note(std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default());
            }
            Err(_) => self.against = true,
        }
    }

    fn note(&mut self, text: &str) {
        self.japanese += text.chars().filter(|c| c.len_utf8() >= 3).count();
    }

    fn is_utf8(&self) -> bool {
        /// As in `encoding.rs`: so many in a row are no gibberish of CP932.
        const JAPANESE: usize = 3;
        !self.against && self.japanese >= JAPANESE
    }
}

/// The encoding that a `.cpg` names.
fn of_label(cpg: &Path) -> Result<&'static Encoding, ReadError> {
    let mut bytes = Vec::new();
    File::open(cpg)?.take(64).read_to_end(&mut bytes)?;
    let label = String::from_utf8_lossy(&bytes);
    let label = label.trim_start_matches('\u{feff}').trim();
    let plain: String = label
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    match plain.as_str() {
        "932" | "cp932" | "ansi932" | "oem932" | "ms932" | "sjis" | "shiftjis" | "windows31j" => {
            Ok(SHIFT_JIS)
        }
        "utf8" | "65001" | "cp65001" => Ok(UTF_8),
        _ => Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            ReadError::refused(
                "encoding",
                &text!(
                    ".cpg の文字コード「{label}」が分かりません。UTF-8 か 932（Shift_JIS）と書いてください。",
                    "The encoding `{label}` in the .cpg is not known. Please write UTF-8 or 932 (Shift_JIS)."
                ),
            )
        }),
    }
}

/// A table whose date of change is covered: files of the wild have days there
/// that no month has, and the reader of the library takes that for damage.
struct Undated<R> {
    inner: R,
    at: u64,
}

/// 1 January 1995 in the three bytes behind the first.
const SOME_DAY: [u8; 3] = [95, 1, 1];

impl<R: Read + Seek> Undated<R> {
    fn new(mut inner: R) -> io::Result<Self> {
        let at = inner.stream_position()?;
        Ok(Self { inner, at })
    }
}

impl<R: Read> Read for Undated<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        for (place, byte) in (self.at..).zip(buffer[..read].iter_mut()).take(4) {
            if (1..4).contains(&place) {
                *byte = SOME_DAY[place as usize - 1];
            }
        }
        self.at += read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Undated<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.inner.seek(to)?;
        Ok(self.at)
    }
}

const NOT_IN_THAT_ENCODING: Text = Text::fixed(
    "列の名前を読めません。.cpg の文字コードが .dbf の中身と違うようです。公表元のファイルをそのまま指定してください。",
    "The names of the columns cannot be read: the .cpg seems to name another encoding than that of the .dbf. Please name the files as they were published.",
);
const MORE_THAN_SAID: Text = Text::fixed(
    ".dbf に、見出しに書かれた数より多い行があります。書き出しが壊れています。取り直してください。",
    "The .dbf holds more records than its header says: it is damaged. Please fetch it again.",
);
