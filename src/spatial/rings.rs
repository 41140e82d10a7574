//! Rings of polygons: whether they are valid, and how little may be repaired.

use std::collections::HashSet;

use geo::{
    Area, BooleanOps, BoundingRect, Coord, HasDimensions, Line, LineString, MultiPolygon, Polygon,
    bool_ops::{FillRule, OpType},
    coordinate_position::{CoordPos, coord_pos_relative_to_ring},
    line_intersection::{LineIntersection, line_intersection},
    orient::{Direction, Orient},
};
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};

use crate::{domain::text::Text, text};

/// A repair may change the published area by less than this share: 0.1 %.
pub const MAX_REPAIRED_SHARE: f64 = 0.001;

/// Below this share two areas are one number: a ring that only touches itself
/// in points has the area that its points say.
const SAME_AREA_SHARE: f64 = 1e-6;

/// What is wrong with the rings of a polygon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    /// A ring has fewer than three different points.
    TooFewPoints,
    /// A ring goes somewhere and comes back the same way.
    Spike,
    /// A ring crosses itself or another ring of its polygon.
    Crossing,
    /// Two stretches run on top of each other.
    Overlap,
    /// A hole lies outside its polygon.
    HoleOutside,
    /// A hole lies in another hole.
    HoleInHole,
}

impl Defect {
    /// The defect for people.
    pub const fn name(self) -> Text {
        match self {
            Self::TooFewPoints => Text::fixed("輪の点が足りない", "a ring with too few points"),
            Self::Spike => Text::fixed("とげ状に折り返している", "a spike"),
            Self::Crossing => Text::fixed("輪が交差している", "rings that cross"),
            Self::Overlap => Text::fixed("辺が重なっている", "edges on top of each other"),
            Self::HoleOutside => {
                Text::fixed("穴が外側にはみ出している", "a hole outside its polygon")
            }
            Self::HoleInHole => Text::fixed("穴の中に穴がある", "a hole within a hole"),
        }
    }
}

/// A geometry that may be used.
#[derive(Debug, Clone, PartialEq)]
pub enum Checked {
    /// It is valid, and the same to the bit.
    Unchanged(MultiPolygon<f64>),
    /// It was not valid; what it encloses differs by less than
    /// [`MAX_REPAIRED_SHARE`] from what was published.
    Repaired {
        /// The repaired geometry; polygons without a defect are the same to the
        /// bit.
        geometry: MultiPolygon<f64>,
        /// What was wrong first.
        defect: Defect,
        /// The change of the area as a share of the published one.
        share: f64,
    },
}

impl Checked {
    /// The geometry.
    pub fn into_geometry(self) -> MultiPolygon<f64> {
        match self {
            Self::Unchanged(geometry) | Self::Repaired { geometry, .. } => geometry,
        }
    }

    /// The remark on a repair, where there was one.
    pub fn remark(&self) -> Option<Text> {
        let Self::Repaired { defect, share, .. } = self else {
            return None;
        };
        let Text { ja, en } = defect.name();
        let percent = share * 100.0;
        Some(text!(
            "図形を直して取り込みました（{ja}。面積の変化 {percent:.4}％）。",
            "The shape was repaired ({en}; its area changed by {percent:.4} %)."
        ))
    }
}

/// Why a geometry is refused.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum RingError {
    /// A coordinate is no finite number.
    #[error("a coordinate is no finite number")]
    NotFinite,
    /// It encloses nothing: empty, flat, or two halves that cancel each other out.
    #[error("it encloses no area")]
    NoArea,
    /// The smallest repair would change too much.
    #[error("{}: a repair would change the area by {:.3} %", .defect.name().en, .share * 100.0)]
    TooMuch {
        /// What is wrong.
        defect: Defect,
        /// By which share of the published area a repair would change it.
        share: f64,
    },
}

impl RingError {
    /// The reason for people.
    pub fn text(self) -> Text {
        match self {
            Self::NotFinite => Text::fixed(
                "座標に数値でないものがあります。",
                "A coordinate is no finite number.",
            ),
            Self::NoArea => Text::fixed(
                "図形に面積がありません（空か、つぶれているか、輪が8の字に交差しています）。",
                "The shape encloses no area (it is empty, flat, or a figure of eight).",
            ),
            Self::TooMuch { defect, share } => {
                let Text { ja, en } = defect.name();
                let percent = share * 100.0;
                text!(
                    "図形が正しくありません（{ja}）。直すと面積が{percent:.3}％変わるため、取り込みません（許容は0.1％未満）。",
                    "The shape is not valid ({en}). A repair would change its area by {percent:.3} %, so it is refused (allowed: less than 0.1 %)."
                )
            }
        }
    }
}

/// Checks the rings of every polygon, and repairs those of which the repaired
/// area differs by less than [`MAX_REPAIRED_SHARE`] from the published one.
///
/// Published is what the rings say in the plainest reading: the area of each
/// exterior (shoelace formula) less its holes. Accepted as they are: repeated
/// points, rings in either direction, rings that touch in points, and polygons
/// of one zone that overlap: each still says clearly which ground is inside.
/// A repaired ring keeps everything around which it winds, so that no danger
/// is lost by the fill rule.
///
/// # Errors
///
/// [`RingError`] with the reason.
pub fn check(geometry: MultiPolygon<f64>) -> Result<Checked, RingError> {
    let is_finite =
        |ring: &LineString<f64>| ring.0.iter().all(|c| c.x.is_finite() && c.y.is_finite());
    if !geometry.iter().all(|polygon| rings(polygon).all(is_finite)) {
        return Err(RingError::NotFinite);
    }
    let published: f64 = geometry.iter().map(published_area).sum();
    if published.is_nan() || published <= 0.0 {
        return Err(RingError::NoArea);
    }
    let mut first = None;
    let mut change = 0.0;
    let mut repairs = Vec::new();
    for (index, polygon) in geometry.iter().enumerate() {
        let Some(finding) = examine(polygon) else {
            continue;
        };
        let repaired = repair(polygon);
        let difference = (repaired.unsigned_area() - published_area(polygon)).abs();
        match finding {
            Finding::Touch if difference <= published_area(polygon) * SAME_AREA_SHARE => {}
            Finding::Touch => {
                first.get_or_insert(Defect::Crossing);
                change += difference;
                repairs.push((index, repaired));
            }
            Finding::Defect(defect) => {
                first.get_or_insert(defect);
                change += difference;
                repairs.push((index, repaired));
            }
        }
    }
    let Some(defect) = first else {
        return Ok(Checked::Unchanged(geometry));
    };
    let share = change / published;
    if share.is_nan() || share >= MAX_REPAIRED_SHARE {
        return Err(RingError::TooMuch { defect, share });
    }
    let mut repairs = repairs.into_iter().peekable();
    let mut polygons = Vec::with_capacity(geometry.0.len());
    for (index, polygon) in geometry.into_iter().enumerate() {
        match repairs.next_if(|(broken, _)| *broken == index) {
            Some((_, repaired)) => polygons.extend(repaired),
            None => polygons.push(polygon),
        }
    }
    Ok(Checked::Repaired {
        geometry: MultiPolygon::new(polygons),
        defect,
        share,
    })
}

fn rings(polygon: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors())
}

fn ring_area(ring: &LineString<f64>) -> f64 {
    Polygon::new(ring.clone(), vec![]).unsigned_area()
}

fn published_area(polygon: &Polygon<f64>) -> f64 {
    let holes: f64 = polygon.interiors().iter().map(ring_area).sum();
    ring_area(polygon.exterior()) - holes
}

/// Everything around which the exterior winds, less everything around which a
/// hole winds.
fn repair(polygon: &Polygon<f64>) -> MultiPolygon<f64> {
    // All in one direction, so that where two overlap they add up.
    let filled = |rings: &[LineString<f64>]| {
        let alone = rings
            .iter()
            .map(|ring| Polygon::new(ring.clone(), vec![]).orient(Direction::Default));
        MultiPolygon::from_iter(alone).boolean_op_with_fill_rule(
            &MultiPolygon::empty(),
            OpType::Union,
            FillRule::NonZero,
        )
    };
    let body = filled(std::slice::from_ref(polygon.exterior()));
    let holes = filled(polygon.interiors());
    if holes.is_empty() {
        body
    } else {
        body.difference(&holes)
    }
}

/// What the look at a polygon found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finding {
    Defect(Defect),
    /// Rings meet in points; whether they also cross there, the area says.
    Touch,
}

/// One edge under its box: the ring, its number in the ring, the edge.
type Edge = GeomWithData<Rectangle<[f64; 2]>, (usize, usize, Line<f64>)>;

fn examine(polygon: &Polygon<f64>) -> Option<Finding> {
    let mut edges: Vec<Edge> = Vec::new();
    let mut counts = Vec::new();
    for (number, ring) in rings(polygon).enumerate() {
        let mut lines = ring.lines().filter(|line| line.start != line.end);
        let before = edges.len();
        edges.extend(lines.by_ref().enumerate().map(|(place, line)| {
            let (a, b) = (line.start, line.end);
            GeomWithData::new(
                Rectangle::from_corners([a.x, a.y], [b.x, b.y]),
                (number, place, line),
            )
        }));
        let count = edges.len() - before;
        if count < 3 {
            return Some(Finding::Defect(Defect::TooFewPoints));
        }
        counts.push(count);
    }
    let tree = RTree::bulk_load(edges);
    let mut touching = HashSet::new();
    for edge in &tree {
        let (ring, place, line) = edge.data;
        let (a, b) = (line.start, line.end);
        let around = AABB::from_corners([a.x.min(b.x), a.y.min(b.y)], [a.x.max(b.x), a.y.max(b.y)]);
        for other in tree.locate_in_envelope_intersecting(&around) {
            let (other_ring, other_place, other_line) = other.data;
            if (other_ring, other_place) <= (ring, place) {
                continue;
            }
            let distance = other_place.abs_diff(place);
            let neighbours = ring == other_ring && (distance == 1 || distance + 1 == counts[ring]);
            match line_intersection(line, other_line) {
                Some(LineIntersection::Collinear { intersection })
                    if intersection.start != intersection.end =>
                {
                    let defect = if neighbours {
                        Defect::Spike
                    } else {
                        Defect::Overlap
                    };
                    return Some(Finding::Defect(defect));
                }
                Some(LineIntersection::SinglePoint {
                    is_proper: true, ..
                }) => {
                    return Some(Finding::Defect(Defect::Crossing));
                }
                Some(_) if !neighbours => {
                    touching.insert(ring);
                    touching.insert(other_ring);
                }
                _ => {}
            }
        }
    }
    misplaced_hole(polygon)
        .map(Finding::Defect)
        .or_else(|| (!touching.is_empty()).then_some(Finding::Touch))
}

/// Rings that cross nowhere lie wholly on one side of each other, so that one
/// point that is on no edge tells.
fn misplaced_hole(polygon: &Polygon<f64>) -> Option<Defect> {
    let holes = polygon.interiors();
    for hole in holes {
        if side_of(hole, polygon.exterior()) == CoordPos::Outside {
            return Some(Defect::HoleOutside);
        }
    }
    if holes.len() < 2 {
        return None;
    }
    let boxes = holes
        .iter()
        .enumerate()
        .filter_map(|(number, hole)| {
            let rect = hole.bounding_rect()?;
            Some(GeomWithData::new(
                Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]),
                number,
            ))
        })
        .collect();
    let tree = RTree::bulk_load(boxes);
    for (number, hole) in holes.iter().enumerate() {
        let first = hole.0.first()?;
        let nested = tree
            .locate_in_envelope_intersecting(&AABB::from_point([first.x, first.y]))
            .any(|other| {
                other.data != number && side_of(hole, &holes[other.data]) == CoordPos::Inside
            });
        if nested {
            return Some(Defect::HoleInHole);
        }
    }
    None
}

/// On which side of a ring another one lies that does not cross it. When all
/// its points are on the ring, the middle of its edges are asked.
fn side_of(ring: &LineString<f64>, other: &LineString<f64>) -> CoordPos {
    let middles = ring.lines().map(|line| (line.start + line.end) / 2.0);
    ring.0
        .iter()
        .copied()
        .chain(middles)
        .map(|at: Coord<f64>| coord_pos_relative_to_ring(at, other))
        .find(|side| *side != CoordPos::OnBoundary)
        .unwrap_or(CoordPos::OnBoundary)
}

#[cfg(test)]
#[path = "rings_tests.rs"]
mod tests;
