//! Hazard zones in memory, and what a point or a line is exposed to.

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use geo::{BoundingRect, Coord, Intersects, Line, LineString, MultiPolygon, Polygon, Rect};
use rstar::{
    AABB, RTree, RTreeObject, SelectionFunction,
    primitives::{GeomWithData, Rectangle},
};

use super::position::{LocalPlane, coord, metres_between_coords};
use crate::domain::{
    data_set::{DataSet, DataSetKind, Unread, hull},
    hazard::{LayerKind, ZoneClass},
    id::DataSetId,
    municipality::MunicipalityCode,
    position::Position,
};

/// One polygon (or several) of a published layer.
#[derive(Debug, Clone)]
pub struct Zone {
    /// Which layer.
    pub kind: LayerKind,
    /// What it says about the ground inside.
    pub class: ZoneClass,
    /// The river's or the zone's name, where the file has one.
    pub name: Option<String>,
    /// The data set it comes from.
    pub data_set: Arc<DataSet>,
    /// Its area in degrees, as published.
    pub geometry: MultiPolygon<f64>,
}

impl Zone {
    /// Whether a position lies inside or on an edge, that of a hole included.
    pub fn contains(&self, at: Position) -> bool {
        self.geometry.intersects(&coord(at))
    }
}

/// What a point is exposed to in one layer.
#[derive(Debug, Clone)]
pub enum Exposure<'a> {
    /// It lies in a zone, or on the edge of one.
    Inside {
        /// The worst class among them; among equals the first of its file.
        worst: &'a Zone,
        /// All of them, worst first.
        all: Vec<&'a Zone>,
        /// Why the true place may lie in a worse one.
        doubt: Option<Doubt<'a>>,
    },
    /// It lies in none, but one is so near that the true place may lie in it.
    Near {
        /// The nearest zone; at equal distance the worst.
        nearest: &'a Zone,
        /// From the point to the zone's edge, on the ellipsoid.
        metres: f64,
    },
    /// It lies in none and near none, and these data sets speak for its
    /// municipality.
    Outside {
        /// Never empty.
        data_sets: Vec<&'a DataSet>,
    },
    /// It lies in none that was taken, but a data set holds an area there that
    /// could not be read: unknown, never dry.
    Unread,
    /// No data set of this layer speaks for its municipality: unknown, never
    /// dry.
    NotCovered,
}

/// Why the ground at a place may be worse than the zone shows in which its
/// point lies.
#[derive(Debug, Clone, Copy)]
pub enum Doubt<'a> {
    /// A worse zone is so near that the true place may lie in it.
    Near {
        /// The nearest of the worse zones.
        nearest: &'a Zone,
        /// From the point to the zone's edge, on the ellipsoid.
        metres: f64,
    },
    /// A data set holds an area there that could not be read.
    Unread,
}

/// One member polygon of a zone under its box.
type Part = GeomWithData<Rectangle<[f64; 2]>, Place>;

/// Which zone, and which of its polygons.
#[derive(Debug, Clone, Copy)]
struct Place {
    zone: u32,
    polygon: u32,
}

/// Boxes that a line touches. The box around a long line that runs aslant would
/// hold nearly every zone.
struct AlongLine(Line<f64>);

impl AlongLine {
    fn touches(&self, envelope: &AABB<[f64; 2]>) -> bool {
        let corner = |[x, y]: [f64; 2]| Coord { x, y };
        Rect::new(corner(envelope.lower()), corner(envelope.upper())).intersects(&self.0)
    }
}

impl SelectionFunction<Part> for AlongLine {
    fn should_unpack_parent(&self, envelope: &AABB<[f64; 2]>) -> bool {
        self.touches(envelope)
    }

    fn should_unpack_leaf(&self, leaf: &Part) -> bool {
        self.touches(&leaf.envelope())
    }
}

/// Every zone of every current data set, found by its place.
///
/// Built once after an import; asked without locks. One tree of boxes a layer,
/// one box a polygon, so that a zone of many islands is not one huge box.
#[derive(Debug, Default)]
pub struct Layers {
    data_sets: Vec<Arc<DataSet>>,
    /// The box around the zones of each data set; `None`: it has none.
    extents: Vec<Option<[f64; 4]>>,
    zones: Vec<Zone>,
    trees: [RTree<Part>; LayerKind::ALL.len()],
}

impl Layers {
    /// Indexes zones. `data_sets` are the current ones; those without a single
    /// zone belong here too, since they say where it is dry.
    ///
    /// # Panics
    ///
    /// With more than four thousand million zones or polygons in a zone.
    pub fn build(data_sets: Vec<Arc<DataSet>>, zones: Vec<Zone>) -> Self {
        let trees = LayerKind::ALL.map(|kind| {
            let parts = zones
                .iter()
                .enumerate()
                .filter(|(_, zone)| zone.kind == kind)
                .flat_map(|(number, zone)| {
                    let zone_number = u32::try_from(number).expect("zones are counted in 32 bits");
                    zone.geometry
                        .iter()
                        .enumerate()
                        .filter_map(move |(member, polygon)| {
                            let rect = polygon.bounding_rect()?;
                            let polygon =
                                u32::try_from(member).expect("polygons are counted in 32 bits");
                            Some(GeomWithData::new(
                                Rectangle::from_corners(
                                    [rect.min().x, rect.min().y],
                                    [rect.max().x, rect.max().y],
                                ),
                                Place {
                                    zone: zone_number,
                                    polygon,
                                },
                            ))
                        })
                })
                .collect();
            RTree::bulk_load(parts)
        });
        let places: HashMap<DataSetId, usize> = data_sets
            .iter()
            .enumerate()
            .map(|(place, set)| (set.id, place))
            .collect();
        let mut extents = vec![None; data_sets.len()];
        for zone in &zones {
            let place = places.get(&zone.data_set.id);
            if let Some((place, rect)) = place.zip(zone.geometry.bounding_rect()) {
                let area = [rect.min().x, rect.min().y, rect.max().x, rect.max().y];
                let known: &mut Option<[f64; 4]> = &mut extents[*place];
                *known = Some(known.map_or(area, |known| hull(known, area)));
            }
        }
        Self {
            data_sets,
            extents,
            zones,
            trees,
        }
    }

    /// The data sets that can say anything of lines drawn through positions, or
    /// within so many metres of them, or that speak for one of the
    /// municipalities: all whose box, or the box of what was not read, comes
    /// near. What is left out cannot change what is said there.
    pub fn sets_that_matter(
        &self,
        lines: &[(Vec<Position>, f64)],
        municipalities: &[MunicipalityCode],
    ) -> impl Iterator<Item = &DataSet> {
        let boxes: Vec<[f64; 4]> = lines
            .iter()
            .filter_map(|(line, metres)| box_around(line, *metres))
            .collect();
        self.data_sets
            .iter()
            .map(AsRef::as_ref)
            .zip(&self.extents)
            .filter(move |(set, extent)| {
                municipalities.iter().any(|code| set.covers(*code))
                    || set.unread == Unread::Somewhere
                    || boxes.iter().any(|around| {
                        let zones = extent.map(|area| Unread::Boxes(vec![area]));
                        set.unread.meets(*around) || zones.is_some_and(|zones| zones.meets(*around))
                    })
            })
            .map(|(set, _)| set)
    }

    /// The current data sets.
    pub fn data_sets(&self) -> &[Arc<DataSet>] {
        &self.data_sets
    }

    /// Every zone, in the order in which it was given.
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }

    /// What the zones of a layer say, in their order, with repetitions.
    pub fn classes(&self, kind: LayerKind) -> impl Iterator<Item = ZoneClass> {
        self.zones
            .iter()
            .filter(move |zone| zone.kind == kind)
            .map(|zone| zone.class)
    }

    /// The current data sets of a layer that speak for a municipality.
    pub fn covering(
        &self,
        kind: LayerKind,
        municipality: MunicipalityCode,
    ) -> impl Iterator<Item = &DataSet> {
        self.data_sets
            .iter()
            .map(AsRef::as_ref)
            .filter(move |set| set.kind == DataSetKind::Hazard(kind) && set.covers(municipality))
    }

    /// Whether a layer speaks for a municipality.
    pub fn covers(&self, kind: LayerKind, municipality: MunicipalityCode) -> bool {
        self.covering(kind, municipality).next().is_some()
    }

    /// Whether some data set of a layer holds an area that could not be read and
    /// may reach to a line drawn through positions, or within so many metres of
    /// them. An area of which not even the place is known may lie anywhere that
    /// its data set speaks for.
    pub fn unread(
        &self,
        kind: LayerKind,
        line: &[Position],
        within_metres: f64,
        municipality: Option<MunicipalityCode>,
    ) -> bool {
        let Some(around) = box_around(line, within_metres) else {
            return false;
        };
        self.data_sets
            .iter()
            .filter(|set| set.kind == DataSetKind::Hazard(kind))
            .any(|set| match (&set.unread, municipality) {
                (Unread::Somewhere, Some(code)) => set.covers.is_none() || set.covers(code),
                (unread, _) => unread.meets(around),
            })
    }

    /// What a point is exposed to in a layer. `within_metres` is how far the
    /// true place may be from the point; zero asks for the point alone.
    /// Without a municipality nothing says that a place is dry.
    pub fn at(
        &self,
        kind: LayerKind,
        at: Position,
        within_metres: f64,
        municipality: Option<MunicipalityCode>,
    ) -> Exposure<'_> {
        let around = Around::new(at, within_metres);
        let parts = self.parts(kind, around.envelope());
        let (inside, beside): (Vec<_>, Vec<_>) =
            parts.partition(|(_, polygon)| polygon.intersects(&around.point));
        let inside = self.in_order(inside.into_iter());
        let nearest = |worse_than| self.nearest(&around, &beside, worse_than);
        if let Some(&worst) = inside.first() {
            let doubt = match nearest(Some(worst.class)) {
                Some((nearest, metres)) => Some(Doubt::Near { nearest, metres }),
                None => self
                    .unread(kind, &[at], within_metres, municipality)
                    .then_some(Doubt::Unread),
            };
            return Exposure::Inside {
                worst,
                all: inside,
                doubt,
            };
        }
        if let Some((nearest, metres)) = nearest(None) {
            return Exposure::Near { nearest, metres };
        }
        if self.unread(kind, &[at], within_metres, municipality) {
            return Exposure::Unread;
        }
        let data_sets: Vec<&DataSet> = municipality
            .into_iter()
            .flat_map(|code| self.covering(kind, code))
            .collect();
        if data_sets.is_empty() {
            Exposure::NotCovered
        } else {
            Exposure::Outside { data_sets }
        }
    }

    /// The zones of a layer, of the classes that count, that a line drawn through
    /// positions touches, worst first. A single position is a line too.
    pub fn crossed_by(
        &self,
        kind: LayerKind,
        line: &[Position],
        counts: impl Fn(ZoneClass) -> bool,
    ) -> Vec<&Zone> {
        let counts = &counts;
        let last = line.last().copied().map(coord);
        let pieces = line
            .windows(2)
            .map(|pair| Line::new(coord(pair[0]), coord(pair[1])))
            .chain(
                last.filter(|_| line.len() == 1)
                    .map(|point| Line::new(point, point)),
            );
        self.in_order(pieces.flat_map(|piece| {
            self.trees[kind as usize]
                .locate_with_selection_function(AlongLine(piece))
                .map(|part| (part.data.zone, self.polygon(part.data)))
                .filter(move |(zone, polygon)| {
                    counts(self.zones[*zone as usize].class) && touches(polygon, piece)
                })
        }))
    }

    /// The zones of a layer whose box meets a box in degrees, worst first; for
    /// maps.
    pub fn in_box(
        &self,
        kind: LayerKind,
        west: f64,
        south: f64,
        east: f64,
        north: f64,
    ) -> Vec<&Zone> {
        let around = AABB::from_corners([west, south], [east, north]);
        self.in_order(self.parts(kind, around))
    }

    fn parts(
        &self,
        kind: LayerKind,
        around: AABB<[f64; 2]>,
    ) -> impl Iterator<Item = (u32, &Polygon<f64>)> {
        self.trees[kind as usize]
            .locate_in_envelope_intersecting(&around)
            .map(|part| (part.data.zone, self.polygon(part.data)))
    }

    fn polygon(&self, place: Place) -> &Polygon<f64> {
        &self.zones[place.zone as usize].geometry.0[place.polygon as usize]
    }

    /// Each zone once, the worst first, among equals in their given order.
    fn in_order<'a>(
        &'a self,
        parts: impl Iterator<Item = (u32, &'a Polygon<f64>)>,
    ) -> Vec<&'a Zone> {
        let mut numbers: Vec<u32> = parts.map(|(zone, _)| zone).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut zones: Vec<&Zone> = numbers
            .into_iter()
            .map(|number| &self.zones[number as usize])
            .collect();
        zones.sort_by_key(|zone| Reverse(zone.class));
        zones
    }

    /// The nearest zone within reach among some parts that do not hold the
    /// point; with a class, of those that are worse.
    fn nearest(
        &self,
        around: &Around,
        parts: &[(u32, &Polygon<f64>)],
        worse_than: Option<ZoneClass>,
    ) -> Option<(&Zone, f64)> {
        if around.within_metres == 0.0 {
            return None;
        }
        let class = |number: &u32| self.zones[*number as usize].class;
        parts
            .iter()
            .filter(|(zone, _)| worse_than.is_none_or(|worst| class(zone) > worst))
            .filter_map(|(zone, polygon)| {
                let nearest = nearest_on_boundary(around.plane, polygon)?;
                let metres = metres_between_coords(around.point, nearest);
                (metres <= around.within_metres).then_some((zone, metres))
            })
            .min_by(|(a_zone, a), (b_zone, b)| {
                a.total_cmp(b)
                    .then_with(|| class(b_zone).cmp(&class(a_zone)))
                    .then_with(|| a_zone.cmp(b_zone))
            })
            .map(|(zone, metres)| (&self.zones[*zone as usize], metres))
    }
}

/// A point, and how far the true place may be from it.
struct Around {
    point: Coord<f64>,
    plane: LocalPlane,
    /// Zero where it is no distance.
    within_metres: f64,
}

impl Around {
    fn new(at: Position, within_metres: f64) -> Self {
        let point = coord(at);
        Self {
            point,
            plane: LocalPlane::around(point),
            within_metres: if within_metres.is_finite() {
                within_metres.max(0.0)
            } else {
                0.0
            },
        }
    }

    fn envelope(&self) -> AABB<[f64; 2]> {
        let Coord { x, y } = self.point;
        if self.within_metres > 0.0 {
            let reach = self.plane.reach(self.within_metres);
            AABB::from_corners([x - reach.x, y - reach.y], [x + reach.x, y + reach.y])
        } else {
            AABB::from_point([x, y])
        }
    }
}

/// How far a point is from the boundary of a shape, in metres on the
/// ellipsoid; infinite for an empty shape.
pub fn metres_to(shape: &MultiPolygon<f64>, at: Position) -> f64 {
    let point = coord(at);
    let plane = LocalPlane::around(point);
    shape
        .iter()
        .filter_map(|polygon| nearest_on_boundary(plane, polygon))
        .map(|nearest| metres_between_coords(point, nearest))
        .fold(f64::INFINITY, f64::min)
}

/// The box that surely holds all that lies within so many metres of positions:
/// west, south, east, north.
pub(super) fn box_around(positions: &[Position], metres: f64) -> Option<[f64; 4]> {
    positions
        .iter()
        .map(|at| {
            let at = coord(*at);
            let reach = LocalPlane::around(at).reach(metres.max(0.0));
            [
                at.x - reach.x,
                at.y - reach.y,
                at.x + reach.x,
                at.y + reach.y,
            ]
        })
        .reduce(hull)
}

/// Whether a line touches a polygon; a line of no length is a point.
fn touches(polygon: &Polygon<f64>, line: Line<f64>) -> bool {
    if line.start == line.end {
        polygon.intersects(&line.start)
    } else {
        polygon.intersects(&line)
    }
}

/// The place on any ring of a polygon that is nearest to the plane's origin.
fn nearest_on_boundary(plane: LocalPlane, polygon: &Polygon<f64>) -> Option<Coord<f64>> {
    std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .flat_map(LineString::lines)
        .map(|line| plane.nearest_on(line.start, line.end))
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(place, _)| place)
}

#[cfg(test)]
#[path = "zones_tests.rs"]
mod tests;
