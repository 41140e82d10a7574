//! Shapefiles (ESRI Shapefile Technical Description, 1998) of polygons, read
//! shape by shape: a file of any size costs the memory of one shape and of the
//! index.

mod parts;
mod table;

use std::{fs::File, io, io::BufReader, path::Path};

use geo::{Coord, LineString, MultiPolygon};
use shapefile::{Shape, ShapeReader, ShapeType, record::PolygonRing, record::traits::HasXY};

pub use self::parts::Parts;
use self::table::Table;
use super::{
    crs::{Crs, ToDegrees},
    geojson::{Area, Properties},
    report::RowNote,
    source::ReadError,
};
use crate::{
    domain::{
        data_set::hull,
        position::{BadPosition, Position},
        text::Text,
    },
    spatial::assemble::polygons_of,
    text,
};

/// How a `.shp` and a `.shx` begin.
pub const MAGIC: [u8; 4] = [0, 0, 0x27, 0x0a];

/// Whether bytes are the head of a dBASE table: its version, and the mark that
/// ends the list of its columns.
pub fn is_table(head: &[u8]) -> bool {
    let version = head.first().is_some_and(|version| {
        matches!(
            version,
            0x02 | 0x03 | 0x30 | 0x31 | 0x43 | 0x83 | 0x8b | 0xf5 | 0xfb
        )
    });
    let header = head.get(8..10).map_or(0, |bytes| {
        usize::from(u16::from_le_bytes([bytes[0], bytes[1]]))
    });
    version
        && header >= 33
        && head
            .get(32..header)
            .is_some_and(|fields| fields.chunks(32).any(|field| field[0] == 0x0d))
}

/// Whether a text is that of a `.prj`.
pub fn is_prj(head: &[u8]) -> bool {
    ["GEOGCS[", "PROJCS[", "GEOGCRS[", "PROJCRS[", "COMPD_CS["]
        .iter()
        .any(|start| head.trim_ascii_start().starts_with(start.as_bytes()))
}

/// A shapefile whose parts belong together.
pub struct Shapefile {
    parts: Parts,
    shapes: ShapeReader<BufReader<File>>,
    table: Table,
    shp_bytes: u64,
}

/// One shape with its attributes.
pub struct Record {
    row: u64,
    /// What it says beside its place.
    pub properties: Properties,
    deleted: bool,
    shape: Result<Vec<LineString<f64>>, RowNote>,
}

impl Shapefile {
    /// Opens a shapefile and checks its parts against each other.
    ///
    /// # Errors
    ///
    /// [`ReadError::File`] with the code `truncated`, `bad_shapefile`,
    /// `parts_differ`, `wrong_shape`, `encoding` or `mojibake`.
    pub fn open(parts: Parts) -> Result<Self, ReadError> {
        let index = parts::index(&parts)?;
        let table = Table::open(&parts)?;
        if table.count != index.count {
            let (shapes, records) = (index.count, table.count);
            return Err(parts::differ(
                &parts.dbf,
                &text!(
                    "図形 {shapes} 件、属性 {records} 件",
                    "{shapes} shapes, {records} records"
                ),
            ));
        }
        let shp = BufReader::with_capacity(256 * 1024, File::open(&parts.shp)?);
        let shx = BufReader::new(File::open(&parts.shx)?);
        let shapes = ShapeReader::with_shx(shp, shx).map_err(|error| machine(error, &parts.shp))?;
        let kind = shapes.header().shape_type;
        if !matches!(
            kind,
            ShapeType::Polygon | ShapeType::PolygonM | ShapeType::PolygonZ | ShapeType::NullShape
        ) {
            return Err(ReadError::refused(
                "wrong_shape",
                &text!(
                    "図形の種類が {kind} です。区域は面（Polygon）のデータを指定してください。",
                    "The shapes are of the kind {kind}; zones are read from polygons."
                ),
            ));
        }
        Ok(Self {
            parts,
            shapes,
            table,
            shp_bytes: index.shp_bytes,
        })
    }

    /// Its columns, as the properties of a shape without values; of a column
    /// of texts, with some text.
    pub fn columns(&self) -> Properties {
        table::properties(&self.table.fields, self.table.samples.clone())
    }

    /// The name of the encoding of its attributes.
    pub fn encoding(&self) -> &'static str {
        self.table.encoding
    }

    /// The coordinate system: what the `.prj` says; without one what the call
    /// says, or `by_format`. The box of the file must be able to be of it.
    ///
    /// # Errors
    ///
    /// `unknown_crs`, `old_datum`, `prj_lies` or `no_prj`.
    pub fn crs(&self, given: Option<Crs>, by_format: Option<Crs>) -> Result<Crs, ReadError> {
        let said = match &self.parts.prj {
            Some(prj) => Some(Crs::of_wkt(&read_prj(prj)?)?),
            None => None,
        };
        let crs = match (said, given) {
            (Some(said), Some(given)) if said != given => {
                let (said, given) = (said.name(), given.name());
                return Err(ReadError::refused(
                    "prj_lies",
                    &Text::new(
                        format!(
                            ".prj は「{}」ですが、--crs は「{}」です。どちらが正しいか確かめてください。",
                            said.ja, given.ja
                        ),
                        format!(
                            "The .prj says {}, but --crs says {}. Please find out which is right.",
                            said.en, given.en
                        ),
                    ),
                ));
            }
            (Some(crs), _) | (None, Some(crs)) => crs,
            (None, None) => by_format.ok_or_else(|| ReadError::refused("no_prj", &NO_PRJ))?,
        };
        if self.table.count > 0 && !crs.can_be(self.extent()) {
            return Err(lie(crs, self.extent(), self.has_prj()));
        }
        Ok(crs)
    }

    /// Whether it has a `.prj`.
    pub fn has_prj(&self) -> bool {
        self.parts.prj.is_some()
    }

    fn extent(&self) -> [f64; 4] {
        let bbox = self.shapes.header().bbox;
        [bbox.min.x, bbox.min.y, bbox.max.x, bbox.max.y]
    }

    /// Hands out every shape with its attributes, in order. `progress` hears
    /// about how many bytes of the `.shp` were read.
    ///
    /// # Errors
    ///
    /// `truncated`; [`ReadError::Machine`] when reading fails, or `each` does.
    pub fn each(
        mut self,
        progress: &dyn Fn(u64),
        each: &mut dyn FnMut(Record) -> io::Result<()>,
    ) -> Result<u64, ReadError> {
        let Table { count, .. } = self.table;
        let deleted = std::mem::take(&mut self.table.deleted);
        let fields = self.table.fields.clone();
        let mut shapes = self.shapes.iter_shapes();
        let mut records = self.table.records();
        for number in 0..count {
            let row = number + 1;
            let shape = match shapes.next() {
                None => return Err(parts::cut(&self.parts.shp)),
                Some(Err(shapefile::Error::IoError(error))) => {
                    return Err(match error.kind() {
                        io::ErrorKind::UnexpectedEof => parts::cut(&self.parts.shp),
                        _ => ReadError::Machine(error),
                    });
                }
                Some(Err(_)) => Err(RowNote::new(row, Some("geometry"), BAD_SHAPE)),
                Some(Ok(shape)) => rings(row, shape),
            };
            let deleted = deleted.contains(&number);
            // The library steps over the cells of a deleted record.
            let cells = if deleted { None } else { records.next() };
            let cells = match cells {
                None if deleted => Vec::new(),
                Some(Ok(cells)) => cells,
                _ => return Err(parts::cut(&self.parts.dbf)),
            };
            each(Record {
                row,
                properties: table::properties(&fields, cells),
                deleted,
                shape,
            })?;
            progress(self.shp_bytes * row / count);
        }
        Ok(count)
    }
}

impl Record {
    /// Its number, from 1.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// Why it does not count, whatever it says: it is marked as deleted, and
    /// its shape is still there.
    pub fn not_in_force(&self) -> Option<RowNote> {
        self.deleted.then(|| RowNote::new(self.row, None, DELETED))
    }

    /// Its place as an area in Japan.
    ///
    /// # Errors
    ///
    /// A note for the row: no area, rings that cannot be told from holes, or
    /// outside Japan.
    pub fn area(&self, to_degrees: &ToDegrees) -> Result<Area, RowNote> {
        let mut rings = self.shape.clone()?;
        let closed = rings.iter().all(LineString::is_closed);
        for ring in &mut rings {
            for point in &mut ring.0 {
                let (lon, lat) = to_degrees.of(point.x, point.y);
                Position::new(lat, lon).map_err(|bad| self.bad_position(bad, *point))?;
                *point = Coord { x: lon, y: lat };
            }
            ring.close();
        }
        let geometry: MultiPolygon<f64> =
            polygons_of(rings).map_err(|_| RowNote::new(self.row, Some("geometry"), UNDIRECTED))?;
        Ok(Area { geometry, closed })
    }

    /// The box around its place, for a shape that is not taken; `None`: nobody
    /// can say where it is.
    pub fn extent(&self, to_degrees: &ToDegrees) -> Option<[f64; 4]> {
        let rings = self.shape.as_ref().ok()?;
        rings
            .iter()
            .flat_map(|ring| &ring.0)
            .map(|point| {
                let (lon, lat) = to_degrees.of(point.x, point.y);
                match Position::new(lat, lon) {
                    Ok(_) => Some([lon, lat, lon, lat]),
                    Err(BadPosition::Swapped { .. }) => Some([lat, lon, lat, lon]),
                    Err(BadPosition::OutsideJapan { .. }) => None,
                }
            })
            .reduce(|a, b| a.zip(b).map(|(a, b)| hull(a, b)))?
    }

    fn bad_position(&self, bad: BadPosition, at: Coord<f64>) -> RowNote {
        let (x, y) = (at.x, at.y);
        let text = match bad {
            BadPosition::Swapped { .. } => text!(
                "緯度と経度が逆になっています（{x}, {y}）。",
                "Latitude and longitude are swapped ({x}, {y})."
            ),
            BadPosition::OutsideJapan { .. } => text!(
                "位置が日本の外です（X {x}、Y {y}）。座標系（.prj）を確かめてください。",
                "The place is outside Japan (x {x}, y {y}): please check the coordinate system (.prj)."
            ),
        };
        RowNote::new(self.row, Some("geometry"), text)
    }
}

fn rings(row: u64, shape: Shape) -> Result<Vec<LineString<f64>>, RowNote> {
    fn lines<P: HasXY>(rings: Vec<PolygonRing<P>>) -> Vec<LineString<f64>> {
        rings
            .into_iter()
            .map(|ring| {
                let points = ring.into_inner().into_iter();
                points.map(|p| Coord { x: p.x(), y: p.y() }).collect()
            })
            .collect()
    }
    match shape {
        Shape::Polygon(polygon) => Ok(lines(polygon.into_inner())),
        Shape::PolygonM(polygon) => Ok(lines(polygon.into_inner())),
        Shape::PolygonZ(polygon) => Ok(lines(polygon.into_inner())),
        _ => Err(RowNote::new(row, Some("geometry"), NO_SHAPE)),
    }
}

/// The text of a `.prj`, which is short.
fn read_prj(path: &Path) -> Result<String, ReadError> {
    use std::io::Read;
    let mut bytes = Vec::new();
    File::open(path)?.take(64 * 1024).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn machine(error: shapefile::Error, path: &Path) -> ReadError {
    match error {
        shapefile::Error::IoError(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            ReadError::Machine(error)
        }
        _ => parts::unreadable(path),
    }
}

fn lie(crs: Crs, [west, south, east, north]: [f64; 4], has_prj: bool) -> ReadError {
    let name = crs.name();
    let (ja, en) = if has_prj {
        (
            ".prj が別のデータのものです。公表元の一組を取り直してください。",
            "the .prj belongs to other data. Please fetch the whole set again.",
        )
    } else {
        (
            ".prj がありません。公表元の .prj を同じフォルダーに置くか、座標系を確かめて --crs EPSG:6670（平面直角座標系 第2系）などと指定してください。",
            "and there is no .prj. Put the publisher's beside it, or ask for the coordinate system and say --crs EPSG:6670 (plane-rectangular zone 2) or the like.",
        )
    };
    ReadError::refused(
        "prj_lies",
        &Text::new(
            format!(
                "座標系は「{}」のはずですが、座標（X {west}〜{east}、Y {south}〜{north}）はそうではありません。{ja}",
                name.ja
            ),
            format!(
                "The coordinate system should be {}, but the coordinates (x {west}–{east}, y {south}–{north}) are not: {en}",
                name.en
            ),
        ),
    )
}

const NO_PRJ: Text = Text::fixed(
    ".prj がないので、座標系が分かりません（日本測地系なら約400mずれます）。公表元の .prj を同じフォルダーに置くか、公表元に確かめて --crs EPSG:6668（緯度・経度）、--crs EPSG:6670（平面直角座標系 第2系）などと指定してください。",
    "Without a .prj the coordinate system is not known (the old Tokyo datum is some 400 m off). Put the publisher's .prj beside it, or ask the publisher and say --crs EPSG:6668 (degrees), --crs EPSG:6670 (plane-rectangular zone 2) or the like.",
);
const BAD_SHAPE: Text = Text::fixed("図形を読めません。", "The shape cannot be read.");
const NO_SHAPE: Text = Text::fixed(
    "面（Polygon）の図形がありません。",
    "It has no shape that is a polygon.",
);
const DELETED: Text = Text::fixed(
    "削除の印がある行です。図形が残っているので、区域がないとはみなしません。",
    "The record is marked as deleted, but its shape is still there; it is not taken for no zone.",
);
const UNDIRECTED: Text = Text::fixed(
    "どの輪が穴か分かりません（輪の向きが規格と違います）。",
    "Which rings are holes cannot be told (their directions are against the standard).",
);
