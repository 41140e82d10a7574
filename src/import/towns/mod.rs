//! Lists of towns and blocks with their centres, by which the position of an
//! address is found: the lists of Geolonia (one JSON a municipality) and the
//! ministry's 位置参照情報 (CSV; 大字・町丁目レベル, 街区レベル).

mod geolonia;
mod reference;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, hash_map::Entry};

use super::{
    report::{Row, RowNote},
    source::{ReadError, Shape, Source},
};
use crate::{
    domain::{
        address::TownKey,
        data_set::DataSetKind,
        municipality::MunicipalityCode,
        position::{BadPosition, Position},
        text::Text,
    },
    text,
};

/// A town, a koaza of it, or a block of either, with its centre.
#[derive(Debug, Clone, PartialEq)]
pub struct TownRecord {
    /// Municipality or ward.
    pub municipality: MunicipalityCode,
    /// As the list writes it: town and koaza.
    pub name: String,
    /// The key of the town.
    pub town: TownKey,
    /// The key of the koaza (小字); empty: none.
    pub koaza: TownKey,
    /// The number of the block or lot; empty: the town itself.
    pub block: String,
    /// Its centre.
    pub position: Position,
    /// It is the point that stands for its block, where that has several.
    pub represents: bool,
    /// It says the same as a row before it.
    pub repeats: bool,
}

/// What a whole file was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownFile {
    /// `geolonia-towns-json`, `isj-towns-csv` or `isj-blocks-csv`.
    pub format: &'static str,
    /// `UTF-8`, `CP932` or `XLSX`.
    pub encoding: &'static str,
    /// Who published it.
    pub publisher: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Towns or blocks.
    pub kind: DataSetKind,
}

/// Reads a list of towns or blocks and hands every row to `each`. `municipality`
/// is that of a list that does not say of which one it is; where it is asked for
/// and `None`, the file is refused.
///
/// # Errors
///
/// Those of the table reader, and [`ReadError::File`] with the code `not_json`,
/// `unknown_format` or `no_municipality`.
pub fn read(
    source: &Source,
    municipality: Option<MunicipalityCode>,
    progress: &dyn Fn(u64),
    each: &mut dyn FnMut(Row<TownRecord>),
) -> Result<TownFile, ReadError> {
    let mut seen = Seen::default();
    let mut each = |row| each(seen.check(row));
    match source.shape() {
        Shape::Json => geolonia::read(source, municipality, progress, &mut each),
        Shape::Csv | Shape::Xlsx => reference::read(source, progress, &mut each),
        Shape::Shapefile => Err(ReadError::refused("unknown_format", &reference::NOT_A_LIST)),
    }
}

/// Rows by what they name: the same place twice is one, and one name with two
/// places is two towns, of which an address cannot tell which is meant.
#[derive(Default)]
struct Seen(HashMap<(MunicipalityCode, TownKey, TownKey), (u64, Position)>);

impl Seen {
    fn check(&mut self, row: Row<TownRecord>) -> Row<TownRecord> {
        let Row::Accepted {
            row: number,
            mut record,
            mut warnings,
        } = row
        else {
            return row;
        };
        // A block may have several points: that is no contradiction.
        if !record.block.is_empty() {
            return Row::Accepted {
                row: number,
                record,
                warnings,
            };
        }
        let key = (
            record.municipality,
            record.town.clone(),
            record.koaza.clone(),
        );
        match self.0.entry(key) {
            Entry::Vacant(place) => {
                place.insert((number, record.position));
            }
            Entry::Occupied(first) => {
                let (first, at) = *first.get();
                let name = &record.name;
                record.repeats = at == record.position;
                let text = if record.repeats {
                    text!("{first}件目と同じ内容です。", "the same as row {first}.")
                } else {
                    text!(
                        "「{name}」は{first}件目にもあり、位置が違います。この名前の住所には位置を付けず、候補として示します。",
                        "{name} stands in row {first} too, at another place: an address of this name gets no position, and both as candidates."
                    )
                };
                warnings.push(RowNote::new(number, None, text));
            }
        }
        Row::Accepted {
            row: number,
            record,
            warnings,
        }
    }
}

fn refused(row: u64, field: &str, text: Text) -> Row<TownRecord> {
    Row::Rejected {
        row,
        notes: vec![RowNote::new(row, Some(field), text)],
        key: None,
    }
}

/// A position, or why two numbers are none.
fn position(lat: f64, lon: f64) -> Result<Position, Text> {
    Position::new(lat, lon).map_err(|bad| match bad {
        BadPosition::Swapped { .. } => Text::fixed(
            "緯度と経度が逆になっています。",
            "latitude and longitude are swapped.",
        ),
        BadPosition::OutsideJapan { lat, lon } => text!(
            "緯度{lat}・経度{lon}は日本の外です。",
            "{lat}, {lon} lies outside Japan."
        ),
    })
}
