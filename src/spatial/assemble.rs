//! Makes polygons of loose rings, as a shapefile has them: an outline runs
//! clockwise, a hole counter-clockwise (ESRI Shapefile Technical Description,
//! 1998, "Polygon").

use geo::{
    Area, BoundingRect, Coord, LineString, MultiPolygon, Polygon,
    coordinate_position::{CoordPos, coord_pos_relative_to_ring},
};
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};

/// Why rings make no polygons: a ring that runs like a hole lies in no outline,
/// though the shape has several rings, so that which of them are holes is
/// anybody's guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("which rings are holes cannot be told")]
pub struct Undirected;

/// Puts every hole into the smallest outline around it. A single ring is an
/// outline whichever way it runs, and so are several that all run like holes
/// and lie apart from each other.
///
/// # Errors
///
/// [`Undirected`].
pub fn polygons_of(rings: Vec<LineString<f64>>) -> Result<MultiPolygon<f64>, Undirected> {
    let is_outline = |ring: &LineString<f64>| signed_area(ring) <= 0.0;
    let (mut outlines, holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(is_outline);
    let reversed = outlines.is_empty();
    let holes = if reversed {
        outlines = holes;
        Vec::new()
    } else {
        holes
    };
    let tree = boxes(&outlines);
    if reversed {
        // All the other way round: several outlines, unless one lies in another.
        let nested = outlines
            .iter()
            .enumerate()
            .any(|(number, ring)| around(ring, &outlines, &tree, Some(number)).is_some());
        if nested {
            return Err(Undirected);
        }
    }
    let mut inside: Vec<Vec<LineString<f64>>> = vec![Vec::new(); outlines.len()];
    for hole in holes {
        let outline = around(&hole, &outlines, &tree, None).ok_or(Undirected)?;
        inside[outline].push(hole);
    }
    Ok(outlines
        .into_iter()
        .zip(inside)
        .map(|(outline, holes)| Polygon::new(outline, holes))
        .collect())
}

/// Twice the area would do: only the sign counts. Positive: counter-clockwise.
fn signed_area(ring: &LineString<f64>) -> f64 {
    Polygon::new(ring.clone(), Vec::new()).signed_area()
}

type Boxes = RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>;

fn boxes(rings: &[LineString<f64>]) -> Boxes {
    let boxes = rings.iter().enumerate().filter_map(|(number, ring)| {
        let rect = ring.bounding_rect()?;
        let corners = Rectangle::from_corners(rect.min().into(), rect.max().into());
        Some(GeomWithData::new(corners, number))
    });
    RTree::bulk_load(boxes.collect())
}

/// The smallest outline in which a ring lies.
fn around(
    ring: &LineString<f64>,
    outlines: &[LineString<f64>],
    tree: &Boxes,
    but: Option<usize>,
) -> Option<usize> {
    let first = ring.0.first()?;
    tree.locate_in_envelope_intersecting(&AABB::from_point([first.x, first.y]))
        .map(|found| found.data)
        .filter(|number| Some(*number) != but && lies_in(ring, &outlines[*number]))
        .min_by(|a, b| {
            let area = |number: &usize| signed_area(&outlines[*number]).abs();
            area(a).total_cmp(&area(b))
        })
}

/// Whether a ring lies in another: its first point that is not on the other's
/// edge tells, for rings of one shape do not cross.
fn lies_in(ring: &LineString<f64>, outline: &LineString<f64>) -> bool {
    let middles = ring.lines().map(|line| (line.start + line.end) / 2.0);
    ring.0
        .iter()
        .copied()
        .chain(middles)
        .map(|at: Coord<f64>| coord_pos_relative_to_ring(at, outline))
        .find(|side| *side != CoordPos::OnBoundary)
        == Some(CoordPos::Inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square from its lower left corner, clockwise.
    fn square(x: f64, y: f64, side: f64) -> LineString<f64> {
        LineString::from(vec![
            (x, y),
            (x, y + side),
            (x + side, y + side),
            (x + side, y),
            (x, y),
        ])
    }

    fn turned(mut ring: LineString<f64>) -> LineString<f64> {
        ring.0.reverse();
        ring
    }

    fn shape(rings: Vec<LineString<f64>>) -> Vec<usize> {
        let polygons = polygons_of(rings).unwrap();
        polygons.iter().map(|p| p.interiors().len()).collect()
    }

    #[test]
    fn a_hole_goes_into_the_smallest_outline_around_it() {
        let rings = vec![
            square(0.0, 0.0, 10.0),
            turned(square(6.0, 6.0, 1.0)),
            square(20.0, 0.0, 5.0),
            turned(square(1.0, 1.0, 4.0)),
            // An island in the lake, with a pond.
            square(2.0, 2.0, 2.0),
            turned(square(2.5, 2.5, 0.5)),
        ];
        assert_eq!(shape(rings), [2, 0, 1]);
    }

    #[test]
    fn a_hole_that_touches_its_outline_is_still_its_hole() {
        let rings = vec![square(0.0, 0.0, 10.0), turned(square(0.0, 3.0, 2.0))];
        assert_eq!(shape(rings), [1]);
    }

    #[test]
    fn rings_that_run_the_wrong_way_are_outlines_where_that_is_certain() {
        assert_eq!(shape(vec![turned(square(0.0, 0.0, 1.0))]), [0]);
        let apart = vec![turned(square(0.0, 0.0, 1.0)), turned(square(5.0, 5.0, 1.0))];
        assert_eq!(shape(apart), [0, 0]);
    }

    #[test]
    fn where_nobody_can_tell_the_holes_the_shape_is_refused() {
        let nested = vec![turned(square(0.0, 0.0, 9.0)), turned(square(1.0, 1.0, 1.0))];
        assert_eq!(polygons_of(nested), Err(Undirected));
        let upside_down = vec![turned(square(0.0, 0.0, 9.0)), square(1.0, 1.0, 1.0)];
        assert_eq!(polygons_of(upside_down), Err(Undirected));
    }
}
