//! Vector tiles (Mapbox Vector Tile Specification 2.1) cut from the layers that
//! exposure is asked of: what the map shows is what the verdict was taken from,
//! in no more detail than can be seen. Verdicts are never taken from a tile.

mod clip;
mod encode;
mod sketch;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use geo::{Area, BoundingRect, InteriorPoint, MultiPolygon};
use quick_cache::{Weighter, sync::Cache};

pub use self::sketch::{Figure, Sketch};
use super::{boundaries::Boundaries, zones::Layers};
use crate::domain::{
    data_set::hull,
    hazard::{LandslideZone, LayerKind, ZoneClass},
    municipality::MunicipalityCode,
};

/// Units along the side of a tile.
pub const EXTENT: i32 = 4096;

/// Units around a tile in which shapes go on, so that no edge shows between two.
const MARGIN: i32 = 64;

/// Units of a pixel: a browser draws a tile 512 pixels wide.
const PIXEL: i32 = EXTENT / 512;

/// The last zoom of tiles, in full detail: a unit is half a metre in Japan.
/// Browsers enlarge it beyond.
pub const MAX_ZOOM: u8 = 14;

/// From this zoom on a zone says its name: the river's, or its own.
const NAMED_ZOOM: u8 = 11;

/// How much memory the tiles may take that were cut before, in bytes.
const KEPT_BYTES: u64 = 32 * 1024 * 1024;

/// A square of the web map: row 0 in the north, column 0 at 180° W.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileId {
    zoom: u8,
    column: u32,
    row: u32,
}

impl TileId {
    /// A tile that there is; `None`: none of that zoom, or beyond [`MAX_ZOOM`].
    pub fn new(zoom: u8, column: u32, row: u32) -> Option<Self> {
        let there = zoom <= MAX_ZOOM && column >> zoom == 0 && row >> zoom == 0;
        there.then_some(Self { zoom, column, row })
    }

    /// Its zoom, from 0.
    pub const fn zoom(self) -> u8 {
        self.zoom
    }

    /// Its column, from the west.
    pub const fn column(self) -> u32 {
        self.column
    }

    /// Its row, from the north.
    pub const fn row(self) -> u32 {
        self.row
    }
}

/// What tiles are cut of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sheet {
    /// The zones of a hazard layer.
    Hazard(LayerKind),
    /// The boundaries of municipalities.
    Boundaries,
}

impl Sheet {
    /// Every sheet.
    pub fn all() -> impl Iterator<Item = Self> {
        LayerKind::ALL
            .into_iter()
            .map(Self::Hazard)
            .chain([Self::Boundaries])
    }

    /// Its word in an address; also the name of the layer in its tiles.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hazard(kind) => kind.code(),
            Self::Boundaries => "boundaries",
        }
    }

    /// The sheet of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::all().find(|sheet| sheet.code() == code)
    }

    const fn number(self) -> usize {
        match self {
            Self::Hazard(kind) => kind as usize,
            Self::Boundaries => LayerKind::ALL.len(),
        }
    }
}

/// The word by which a style colours a zone: `depth-3`, `landslide-red`, ….
pub fn class_word(kind: LayerKind, class: ZoneClass) -> String {
    match class {
        ZoneClass::Depth(rank) => format!("depth-{}", u8::from(rank)),
        ZoneClass::Duration(rank) => format!("duration-{}", u8::from(rank)),
        ZoneClass::Landslide(LandslideZone::Warning, _) => "landslide-yellow".to_owned(),
        ZoneClass::Landslide(LandslideZone::SpecialWarning, _) => "landslide-red".to_owned(),
        ZoneClass::Collapse => kind.code().replace('_', "-"),
    }
}

/// The tiles of layers and boundaries: cut when they are asked for, kept while
/// there is room.
pub struct Tiles {
    layers: Arc<Layers>,
    boundaries: Arc<Boundaries>,
    sketches: [OnceLock<Sketch>; LayerKind::ALL.len() + 1],
    kept: Cache<(Sheet, TileId), Arc<[u8]>, Bytes>,
    towns: OnceLock<Vec<Town>>,
}

/// A municipality on the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Town {
    /// Which.
    pub code: MunicipalityCode,
    /// Where its name stands, inside its largest part: longitude and latitude.
    pub label: [f64; 2],
    /// The box around it: west, south, east, north.
    pub bounds: [f64; 4],
}

/// Weighs a tile by its size.
#[derive(Clone)]
struct Bytes;

impl Weighter<(Sheet, TileId), Arc<[u8]>> for Bytes {
    fn weight(&self, _: &(Sheet, TileId), tile: &Arc<[u8]>) -> u64 {
        // The key and the places of the cache are no more than this.
        tile.len() as u64 + 128
    }
}

impl std::fmt::Debug for Tiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tiles").finish_non_exhaustive()
    }
}

impl Tiles {
    /// The tiles of a world; nothing is drawn yet.
    pub fn new(layers: Arc<Layers>, boundaries: Arc<Boundaries>) -> Self {
        let usual = 8 * 1024;
        Self {
            layers,
            boundaries,
            sketches: std::array::from_fn(|_| OnceLock::new()),
            kept: Cache::with_weighter((KEPT_BYTES / usual) as usize, KEPT_BYTES, Bytes),
            towns: OnceLock::new(),
        }
    }

    /// Makes ready what tiles are cut from, and cuts those that show a layer as a
    /// whole: the first that is asked for is not slower than the others.
    pub fn prepare(&self) {
        self.towns();
        for sheet in Sheet::all() {
            for tile in self.sketch(sheet).overview() {
                self.tile(sheet, tile);
            }
        }
    }

    /// The municipalities that have a boundary.
    pub fn towns(&self) -> &[Town] {
        self.towns.get_or_init(|| {
            let town = |(code, shape): (MunicipalityCode, &MultiPolygon<f64>)| {
                let rect = shape.bounding_rect()?;
                let size = |part: &&geo::Polygon<f64>| part.unsigned_area();
                let largest = shape.iter().max_by(|a, b| size(a).total_cmp(&size(b)))?;
                let label = largest.interior_point()?;
                Some(Town {
                    code,
                    label: [label.x(), label.y()],
                    bounds: [rect.min().x, rect.min().y, rect.max().x, rect.max().y],
                })
            };
            self.boundaries.all().filter_map(town).collect()
        })
    }

    /// The box around every municipality that has a boundary.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        self.towns().iter().map(|town| town.bounds).reduce(hull)
    }

    /// A tile, encoded. One that shows nothing is a layer without features.
    pub fn tile(&self, sheet: Sheet, tile: TileId) -> Arc<[u8]> {
        let Ok(cut) = self.kept.get_or_insert_with(&(sheet, tile), || {
            Ok::<_, std::convert::Infallible>(self.cut(sheet, tile))
        });
        cut
    }

    /// The same, cut anew.
    pub fn cut(&self, sheet: Sheet, tile: TileId) -> Arc<[u8]> {
        let figures = self.figures(sheet, tile);
        encode::tile(sheet.code(), &gather(figures)).into()
    }

    /// What is drawn in a tile: class, name, and what of it is seen.
    fn figures(&self, sheet: Sheet, tile: TileId) -> Vec<(Kind, Figure)> {
        let sketch = self.sketch(sheet);
        match sheet {
            Sheet::Hazard(layer) => {
                let zones = self.layers.zones();
                let kind = |number: u32| {
                    let zone = &zones[number as usize];
                    Kind {
                        worst: Some(zone.class),
                        class: class_word(layer, zone.class),
                        name: zone.name.clone().filter(|_| tile.zoom >= NAMED_ZOOM),
                    }
                };
                sketch
                    .cut(tile, |number| &zones[number as usize].geometry)
                    .into_iter()
                    .map(|(number, figure)| (kind(number), figure))
                    .collect()
            }
            Sheet::Boundaries => {
                let known: Vec<(_, &MultiPolygon<f64>)> = self.boundaries.all().collect();
                sketch
                    .cut(tile, |number| known[number as usize].1)
                    .into_iter()
                    .map(|(number, figure)| {
                        let name = known[number as usize].0.name().to_owned();
                        let kind = Kind {
                            worst: None,
                            class: "boundary".to_owned(),
                            name: Some(name),
                        };
                        (kind, figure)
                    })
                    .collect()
            }
        }
    }

    fn sketch(&self, sheet: Sheet) -> &Sketch {
        self.sketches[sheet.number()].get_or_init(|| match sheet {
            Sheet::Hazard(kind) => {
                let zones = self.layers.zones().iter().zip(0_u32..);
                Sketch::of(
                    zones
                        .filter(|(zone, _)| zone.kind == kind)
                        .map(|(zone, number)| (number, &zone.geometry)),
                )
            }
            Sheet::Boundaries => {
                Sketch::of((0_u32..).zip(self.boundaries.all().map(|(_, shape)| shape)))
            }
        })
    }
}

/// What is told of a shape: the least bad first, so that the worst is drawn on
/// top.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    worst: Option<ZoneClass>,
    class: String,
    name: Option<String>,
}

/// One feature of a tile: everything of one kind.
#[derive(Debug, Default)]
struct Feature {
    areas: Vec<Vec<Vec<(i32, i32)>>>,
    specks: BTreeSet<(i32, i32)>,
}

/// Figures by kind, the worst last.
fn gather(figures: Vec<(Kind, Figure)>) -> BTreeMap<Kind, Feature> {
    let mut features: BTreeMap<Kind, Feature> = BTreeMap::new();
    for (kind, figure) in figures {
        let feature = features.entry(kind).or_default();
        match figure {
            Figure::Area(rings) => feature.areas.push(rings),
            // Rows of specks become one strip each.
            Figure::Speck(x, y) => {
                feature.specks.insert((y, x));
            }
        }
    }
    features
}

#[cfg(test)]
mod tests;
