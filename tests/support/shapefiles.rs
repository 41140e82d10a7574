//! Small invented shapefiles. The library's own writer puts names of columns
//! down in UTF-8, so the table is written byte by byte.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use shapefile::{Point, Polygon, PolygonRing, ShapeWriter};

/// A column: name, type (`C`, `N`), width, decimals.
pub type Column = (&'static str, char, u8, u8);

/// Degrees of JGD2011, as ESRI writes it.
pub const JGD2011: &str = r#"GEOGCS["GCS_JGD_2011",DATUM["D_JGD_2011",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;

/// A plane-rectangular zone of JGD2011 by its number and origin.
pub fn zone(number: u8, lat: f64, lon: f64) -> String {
    format!(
        r#"PROJCS["JGD_2011_Japan_Zone_{number}",{JGD2011},PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{lon:.13}],PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",{lat:.1}],UNIT["Meter",1.0]]"#
    )
}

/// The four corners of a box, clockwise, closed.
pub fn square(west: f64, south: f64, side: f64) -> Vec<(f64, f64)> {
    let (east, north) = (west + side, south + side);
    vec![
        (west, south),
        (west, north),
        (east, north),
        (east, south),
        (west, south),
    ]
}

/// How a table is encoded.
#[derive(Clone, Copy)]
pub enum Words {
    Cp932,
    Utf8,
}

impl Words {
    fn bytes(self, text: &str) -> Vec<u8> {
        match self {
            Self::Cp932 => encoding_rs::SHIFT_JIS.encode(text).0.into_owned(),
            Self::Utf8 => text.as_bytes().to_vec(),
        }
    }
}

/// Writes `.shp`, `.shx`, `.dbf` and, where it is given, `.prj`; the path of
/// the `.shp`. Every shape is a list of rings.
pub fn write(
    folder: &Path,
    stem: &str,
    prj: Option<&str>,
    shapes: &[Vec<Vec<(f64, f64)>>],
    columns: &[Column],
    rows: &[&[&str]],
) -> PathBuf {
    let shp = folder.join(format!("{stem}.shp"));
    write_shapes(&shp, shapes);
    fs::write(
        shp.with_extension("dbf"),
        table(columns, rows, Words::Cp932),
    )
    .expect("a table");
    if let Some(prj) = prj {
        fs::write(shp.with_extension("prj"), prj).expect("a prj");
    }
    shp
}

/// Writes the `.shp` and the `.shx`.
pub fn write_shapes(shp: &Path, shapes: &[Vec<Vec<(f64, f64)>>]) {
    let file = |path: &Path| File::create(path).expect("a file");
    let mut out = ShapeWriter::with_shx(file(shp), file(&shp.with_extension("shx")));
    for rings in shapes {
        let rings = rings.iter().enumerate().map(|(place, ring)| {
            let points = ring.iter().map(|(x, y)| Point::new(*x, *y)).collect();
            if place == 0 {
                PolygonRing::Outer(points)
            } else {
                PolygonRing::Inner(points)
            }
        });
        let polygon = Polygon::with_rings(rings.collect());
        out.write_shape(&polygon).expect("a shape");
    }
    out.finalize().expect("the headers");
}

/// The bytes of a `.dbf` without a mark of its language.
pub fn table(columns: &[Column], rows: &[&[&str]], words: Words) -> Vec<u8> {
    let header = u16::try_from(32 + 32 * columns.len() + 1).expect("few columns");
    let length: u16 = 1 + columns.iter().map(|c| u16::from(c.2)).sum::<u16>();
    // 230 is no day of any month: as published files have it.
    let mut out = vec![0x03, 122, 6, 230];
    out.extend(u32::try_from(rows.len()).expect("few rows").to_le_bytes());
    out.extend(header.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.resize(32, 0);
    for (name, kind, width, decimals) in columns {
        let mut field = words.bytes(name);
        assert!(field.len() <= 10, "{name} is too long for a column");
        field.resize(11, 0);
        field.push(*kind as u8);
        field.extend([0; 4]);
        field.extend([*width, *decimals]);
        field.resize(32, 0);
        out.extend(field);
    }
    out.push(0x0d);
    for row in rows {
        out.push(b' ');
        for ((_, kind, width, _), cell) in columns.iter().zip(*row) {
            let mut bytes = words.bytes(cell);
            let room = usize::from(*width)
                .checked_sub(bytes.len())
                .expect("it fits");
            if *kind == 'N' {
                out.extend(vec![b' '; room]);
                out.append(&mut bytes);
            } else {
                out.append(&mut bytes);
                out.extend(vec![b' '; room]);
            }
        }
    }
    out.push(0x1a);
    out
}
