//! Boxes around zones, and which lines come near one.

use rstar::{AABB, RTree, primitives::Rectangle};

use super::zones::box_around;
use crate::domain::position::Position;

/// Boxes in degrees, found by place.
#[derive(Debug)]
pub struct Boxes(RTree<Rectangle<[f64; 2]>>);

impl Boxes {
    /// Indexes boxes: west, south, east, north.
    pub fn new(boxes: &[[f64; 4]]) -> Self {
        let boxes = boxes.iter().map(|[west, south, east, north]| {
            Rectangle::from_corners([*west, *south], [*east, *north])
        });
        Self(RTree::bulk_load(boxes.collect()))
    }

    /// Whether a line through positions, or a place within so many metres of it,
    /// may touch what is in one of them: each stretch of the line by its own box.
    pub fn come_near(&self, line: &[Position], metres: f64) -> bool {
        let stretches = line.windows(2).chain((line.len() == 1).then_some(line));
        stretches
            .filter_map(|stretch| box_around(stretch, metres))
            .any(|[west, south, east, north]| {
                let around = AABB::from_corners([west, south], [east, north]);
                self.0
                    .locate_in_envelope_intersecting(&around)
                    .next()
                    .is_some()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_near_by_its_stretches_and_a_place_by_its_reach() {
        let boxes = Boxes::new(&[[130.70, 32.20, 130.71, 32.21]]);
        let at = |lat, lon| Position::new(lat, lon).unwrap();
        assert!(boxes.come_near(&[at(32.205, 130.705)], 0.0));
        assert!(!boxes.come_near(&[at(32.215, 130.705)], 100.0));
        assert!(boxes.come_near(&[at(32.215, 130.705)], 1_000.0));
        // Across, with both ends outside.
        assert!(boxes.come_near(&[at(32.205, 130.69), at(32.205, 130.72)], 0.0));
        // Around it: the box of the whole way holds it, no stretch does.
        let around = [at(32.22, 130.69), at(32.22, 130.72), at(32.19, 130.72)];
        assert!(!boxes.come_near(&around, 0.0));
        assert!(!boxes.come_near(&[], 10.0));
    }
}
