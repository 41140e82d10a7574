//! In how much detail a shape is drawn at which zoom: every corner knows from
//! which zoom on it can be seen, so that a tile need not look for it.

use geo::{BoundingRect, Coord, LineString, MultiPolygon};

use super::{EXTENT, MARGIN, MAX_ZOOM, PIXEL, TileId};
use crate::domain::data_set::hull;

/// A corner that moves a line by less than this part of a pixel is left out.
const DETAIL_PIXELS: f64 = 0.5;

/// How many tiles of a zoom an overview takes at most: as many as a screen.
const OVERVIEW_TILES: usize = 12;

/// Pixels of the side of a tile, as browsers draw it.
const TILE_PIXELS: f64 = (EXTENT / PIXEL) as f64;

/// A place on the square of the web map (EPSG:3857 scaled to 0…1, row 0 in the
/// north), of degrees.
pub(super) fn on_square(at: Coord<f64>) -> Coord<f64> {
    let sine = at.y.to_radians().sin().clamp(-0.999_9, 0.999_9);
    Coord {
        x: (at.x + 180.0) / 360.0,
        y: 0.5 - ((1.0 + sine) / (1.0 - sine)).ln() / (4.0 * std::f64::consts::PI),
    }
}

/// The shapes of a layer, prepared for drawing.
#[derive(Debug, Default)]
pub struct Sketch {
    parts: Vec<Part>,
}

/// One polygon of a shape.
#[derive(Debug)]
struct Part {
    shape: u32,
    polygon: u32,
    /// West, north, east, south on the square.
    bounds: [f64; 4],
    /// From which zoom on each corner is drawn, ring after ring, the closing
    /// corners left out.
    zooms: Box<[u8]>,
}

/// What of a shape is drawn in a tile, in units of the tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// An outer ring and its holes, not closed.
    Area(Vec<Vec<(i32, i32)>>),
    /// Too small to have a shape at this zoom: the pixel that it lies in.
    Speck(i32, i32),
}

impl Sketch {
    /// Prepares shapes, each under its number.
    ///
    /// # Panics
    ///
    /// With more than four thousand million polygons in a shape.
    pub fn of<'a>(shapes: impl IntoIterator<Item = (u32, &'a MultiPolygon<f64>)>) -> Self {
        let mut parts = Vec::new();
        for (shape, geometry) in shapes {
            for (polygon, area) in geometry.iter().enumerate() {
                let Some(rect) = area.bounding_rect() else {
                    continue;
                };
                let (min, max) = (on_square(rect.min()), on_square(rect.max()));
                let mut zooms = Vec::new();
                for ring in rings(area) {
                    zooms_of(ring, &mut zooms);
                }
                parts.push(Part {
                    shape,
                    polygon: u32::try_from(polygon).expect("polygons are counted in 32 bits"),
                    bounds: [min.x, max.y, max.x, min.y],
                    zooms: zooms.into_boxed_slice(),
                });
            }
        }
        Self { parts }
    }

    /// What is drawn in a tile, of which shape. Nothing that reaches into the
    /// tile is left out, however small it is.
    pub fn cut<'a>(
        &self,
        tile: TileId,
        shape: impl Fn(u32) -> &'a MultiPolygon<f64>,
    ) -> Vec<(u32, Figure)> {
        let frame = Frame::of(tile);
        let [west, north, east, south] = frame.reach();
        let mut figures = Vec::new();
        for part in &self.parts {
            let b = &part.bounds;
            if b[0] > east || b[2] < west || b[1] > south || b[3] < north {
                continue;
            }
            let area = &shape(part.shape).0[part.polygon as usize];
            figures.extend(frame.figure(part, area).map(|figure| (part.shape, figure)));
        }
        figures
    }

    /// The tiles that show it as a whole: those of each zoom that takes no more
    /// than [`OVERVIEW_TILES`].
    pub fn overview(&self) -> impl Iterator<Item = TileId> {
        let around = self.parts.iter().map(|part| part.bounds).reduce(hull);
        around.into_iter().flat_map(|around| {
            (0..=MAX_ZOOM)
                .map(move |zoom| {
                    let line = |at: f64| (at * f64::from(1_u32 << zoom)) as u32;
                    let [west, north, east, south] = around.map(line);
                    (zoom, west..=east, north..=south)
                })
                .take_while(|(_, columns, rows)| {
                    columns.clone().count() * rows.clone().count() <= OVERVIEW_TILES
                })
                .flat_map(|(zoom, columns, rows)| {
                    columns.flat_map(move |column| {
                        let tile = move |row| TileId::new(zoom, column, row);
                        rows.clone().filter_map(tile)
                    })
                })
        })
    }

    /// How many corners it knows.
    pub fn corners(&self) -> usize {
        self.parts.iter().map(|part| part.zooms.len()).sum()
    }
}

/// The rings of a polygon, the outer one first.
fn rings(area: &geo::Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(area.exterior()).chain(area.interiors())
}

/// The corners of a ring without the one that closes it.
fn open(ring: &LineString<f64>) -> &[Coord<f64>] {
    match ring.0.as_slice() {
        [first, between @ .., last] if first == last => &ring.0[..=between.len()],
        corners => corners,
    }
}

/// Appends from which zoom on each corner of a ring is drawn: how far it moves
/// the line, after Douglas and Peucker, but never more than the corners that
/// stand for it before.
fn zooms_of(ring: &LineString<f64>, zooms: &mut Vec<u8>) {
    let corners: Vec<Coord<f64>> = open(ring).iter().map(|at| on_square(*at)).collect();
    let start = zooms.len();
    zooms.resize(start + corners.len(), MAX_ZOOM);
    let zooms = &mut zooms[start..];
    let Some(first) = corners.first() else {
        return;
    };
    let away = |at: &Coord<f64>| (at.x - first.x).powi(2) + (at.y - first.y).powi(2);
    let (farthest, _) = corners
        .iter()
        .enumerate()
        .max_by(|(_, a), (_, b)| away(a).total_cmp(&away(b)))
        .expect("there is a first corner");
    zooms[0] = 0;
    zooms[farthest] = 0;
    let corner = |number: usize| corners[number % corners.len()];
    let mut open = vec![
        (0, farthest, f64::INFINITY),
        (farthest, corners.len(), f64::INFINITY),
    ];
    while let Some((from, to, bound)) = open.pop() {
        let mut worst = (from, 0.0);
        for number in from + 1..to {
            let off = squared_distance(corner(number), corner(from), corner(to));
            if off >= worst.1 {
                worst = (number, off);
            }
        }
        let (number, off) = worst;
        if number == from {
            continue;
        }
        let off = off.min(bound);
        zooms[number] = zoom_of(off.sqrt());
        open.push((from, number, off));
        open.push((number, to, off));
    }
}

/// The first zoom at which a distance on the square can be seen.
fn zoom_of(distance: f64) -> u8 {
    let whole_tiles = DETAIL_PIXELS / TILE_PIXELS / distance;
    // A distance of zero is seen at the last zoom, which leaves nothing out.
    whole_tiles.log2().ceil().clamp(0.0, f64::from(MAX_ZOOM)) as u8
}

/// From a point to a piece of line, squared.
fn squared_distance(at: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 {
        (((at.x - a.x) * dx + (at.y - a.y) * dy) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (x, y) = (a.x + along * dx - at.x, a.y + along * dy - at.y);
    x * x + y * y
}

/// A tile's frame on the square.
struct Frame {
    tile: TileId,
    scale: f64,
}

impl Frame {
    fn of(tile: TileId) -> Self {
        Self {
            tile,
            scale: f64::from(EXTENT) * f64::from(1_u32 << tile.zoom()),
        }
    }

    /// The tile and its margin on the square: west, north, east, south.
    fn reach(&self) -> [f64; 4] {
        let (x, y) = (f64::from(self.tile.column()), f64::from(self.tile.row()));
        let (extent, margin) = (f64::from(EXTENT), f64::from(MARGIN));
        [
            (x * extent - margin) / self.scale,
            (y * extent - margin) / self.scale,
            ((x + 1.0) * extent + margin) / self.scale,
            ((y + 1.0) * extent + margin) / self.scale,
        ]
    }

    /// A place on the square in units of the tile.
    fn units(&self, at: Coord<f64>) -> Coord<f64> {
        let extent = f64::from(EXTENT);
        Coord {
            x: at.x * self.scale - f64::from(self.tile.column()) * extent,
            y: at.y * self.scale - f64::from(self.tile.row()) * extent,
        }
    }

    fn figure(&self, part: &Part, area: &geo::Polygon<f64>) -> Option<Figure> {
        let [west, north, east, south] = part.bounds;
        let low = self.units(Coord { x: west, y: north });
        let high = self.units(Coord { x: east, y: south });
        let pixel = f64::from(PIXEL);
        if high.x - low.x >= pixel || high.y - low.y >= pixel {
            let crosses = low.x < f64::from(-MARGIN)
                || low.y < f64::from(-MARGIN)
                || high.x > f64::from(EXTENT + MARGIN)
                || high.y > f64::from(EXTENT + MARGIN);
            let drawn = self.rings(part, area, crosses);
            if !drawn.is_empty() {
                return Some(Figure::Area(drawn));
            }
            // Its box reaches into the tile; the shape itself need not.
            if crosses {
                return None;
            }
        }
        let (x, y) = (f64::midpoint(low.x, high.x), f64::midpoint(low.y, high.y));
        let cell = |units: f64| (units / pixel).floor() as i32;
        Some(Figure::Speck(cell(x), cell(y)))
    }

    /// The rings of an area as they are drawn; empty where nothing is left of
    /// the outer one.
    fn rings(&self, part: &Part, area: &geo::Polygon<f64>, crosses: bool) -> Vec<Vec<(i32, i32)>> {
        let mut drawn = Vec::new();
        let mut zooms = &part.zooms[..];
        for (number, ring) in rings(area).enumerate() {
            let corners = open(ring);
            let (own, rest) = zooms.split_at(corners.len());
            zooms = rest;
            let mut line: Vec<Coord<f64>> = corners
                .iter()
                .zip(own)
                .filter(|(_, zoom)| **zoom <= self.tile.zoom())
                .map(|(at, _)| self.units(on_square(*at)))
                .collect();
            if crosses {
                line = super::clip::to_square(line, f64::from(-MARGIN), f64::from(EXTENT + MARGIN));
            }
            let mut whole: Vec<(i32, i32)> = line
                .iter()
                .map(|at| (at.x.round() as i32, at.y.round() as i32))
                .collect();
            whole.dedup();
            while whole.len() > 1 && whole.first() == whole.last() {
                whole.pop();
            }
            let turn = twice_area(&whole);
            if whole.len() < 3 || turn == 0 {
                if number == 0 {
                    return Vec::new();
                }
                continue;
            }
            // Outer rings turn one way, holes the other (Mapbox Vector Tile
            // Specification 2.1, 4.3.4.4: positive area outside).
            if (turn > 0) != (number == 0) {
                whole.reverse();
            }
            drawn.push(whole);
        }
        drawn
    }
}

/// Twice the area of a ring by the surveyor's formula, with its sign.
pub(super) fn twice_area(ring: &[(i32, i32)]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .map(|((ax, ay), (bx, by))| {
            i64::from(*ax) * i64::from(*by) - i64::from(*bx) * i64::from(*ay)
        })
        .sum()
}
