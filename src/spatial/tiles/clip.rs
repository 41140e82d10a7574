//! Cuts a ring at the edges of a tile (Sutherland and Hodgman, 1974). Where a
//! ring leaves the tile more than once, the pieces stay joined along its edge,
//! in the margin, where nobody sees it.

use geo::Coord;

#[derive(Clone, Copy)]
enum Axis {
    Across,
    Down,
}

/// The part of a ring (not closed) inside the square from `low` to `high`.
pub(super) fn to_square(ring: Vec<Coord<f64>>, low: f64, high: f64) -> Vec<Coord<f64>> {
    let edges = [
        (Axis::Across, low, true),
        (Axis::Across, high, false),
        (Axis::Down, low, true),
        (Axis::Down, high, false),
    ];
    edges.into_iter().fold(ring, |ring, (axis, bound, above)| {
        let axis = |at: Coord<f64>| match axis {
            Axis::Across => at.x,
            Axis::Down => at.y,
        };
        let inside = |at: Coord<f64>| {
            if above {
                axis(at) >= bound
            } else {
                axis(at) <= bound
            }
        };
        if ring.iter().all(|at| inside(*at)) {
            return ring;
        }
        let mut kept = Vec::with_capacity(ring.len());
        let Some(mut before) = ring.last().copied() else {
            return kept;
        };
        for at in ring {
            if inside(at) != inside(before) {
                let share = (bound - axis(before)) / (axis(at) - axis(before));
                kept.push(Coord {
                    x: before.x + share * (at.x - before.x),
                    y: before.y + share * (at.y - before.y),
                });
            }
            if inside(at) {
                kept.push(at);
            }
            before = at;
        }
        kept
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(corners: &[(f64, f64)]) -> Vec<Coord<f64>> {
        corners
            .iter()
            .map(|(x, y)| Coord { x: *x, y: *y })
            .collect()
    }

    #[test]
    fn a_ring_inside_stays_as_it_is_and_one_outside_is_gone() {
        let inside = ring(&[(1.0, 1.0), (5.0, 1.0), (5.0, 5.0)]);
        assert_eq!(to_square(inside.clone(), 0.0, 10.0), inside);
        let outside = ring(&[(11.0, 1.0), (15.0, 1.0), (15.0, 5.0)]);
        assert!(to_square(outside, 0.0, 10.0).is_empty());
        assert!(to_square(Vec::new(), 0.0, 10.0).is_empty());
    }

    #[test]
    fn a_ring_around_the_square_becomes_the_square() {
        let around = ring(&[(-5.0, -5.0), (15.0, -5.0), (15.0, 15.0), (-5.0, 15.0)]);
        let mut cut = to_square(around, 0.0, 10.0);
        cut.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        assert_eq!(
            cut,
            ring(&[(0.0, 0.0), (0.0, 10.0), (10.0, 0.0), (10.0, 10.0)])
        );
    }

    #[test]
    fn a_ring_across_an_edge_ends_at_the_edge() {
        let across = ring(&[(5.0, 2.0), (15.0, 2.0), (15.0, 8.0), (5.0, 8.0)]);
        let cut = to_square(across, 0.0, 10.0);
        assert_eq!(cut.len(), 4);
        assert!(cut.iter().all(|at| at.x <= 10.0));
        assert!(cut.contains(&Coord { x: 10.0, y: 2.0 }));
    }
}
