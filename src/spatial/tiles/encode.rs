//! A tile as bytes.

use std::collections::{BTreeMap, BTreeSet};

use mvt::{GeomEncoder, GeomType, Tile};

use super::{EXTENT, Feature, Kind, PIXEL};

/// A tile of one layer.
pub(super) fn tile(name: &str, features: &BTreeMap<Kind, Feature>) -> Vec<u8> {
    let mut tile = Tile::new(EXTENT.cast_unsigned());
    let mut layer = tile.create_layer(name);
    for (kind, feature) in features {
        let mut rings = Rings::new();
        for area in &feature.areas {
            for ring in area {
                rings.add(ring);
            }
        }
        for strip in strips(&feature.specks) {
            rings.add(&strip);
        }
        let geometry = rings.encoder.encode().expect(WHOLE_NUMBERS);
        let mut encoded = layer.into_feature(geometry);
        encoded.add_tag_string("class", &kind.class);
        if let Some(name) = &kind.name {
            encoded.add_tag_string("name", name);
        }
        layer = encoded.into_layer();
    }
    tile.add_layer(layer).expect("a tile takes its first layer");
    tile.to_bytes().expect("a tile of a few features has bytes")
}

const WHOLE_NUMBERS: &str = "whole numbers in range are points of a tile";

struct Rings {
    encoder: GeomEncoder<i32>,
    last: Option<(i32, i32)>,
}

impl Rings {
    fn new() -> Self {
        Self {
            encoder: GeomEncoder::new(GeomType::Polygon),
            last: None,
        }
    }

    /// Adds a ring that is not closed.
    fn add(&mut self, ring: &[(i32, i32)]) {
        if self.last.is_some() {
            self.encoder.complete_geom().expect(WHOLE_NUMBERS);
        }
        // The encoder joins a ring to the one before where they meet, as lines
        // do: this one begins at another corner then.
        let turn = usize::from(self.last == ring.first().copied());
        for (x, y) in ring[turn..].iter().chain(&ring[..turn]) {
            self.encoder.add_point(*x, *y).expect(WHOLE_NUMBERS);
            self.last = Some((*x, *y));
        }
    }
}

/// Pixels of one row that touch become one strip: (row, column) in, rings out.
fn strips(specks: &BTreeSet<(i32, i32)>) -> Vec<Vec<(i32, i32)>> {
    let mut strips: Vec<(i32, i32, i32)> = Vec::new();
    for &(row, column) in specks {
        match strips.last_mut() {
            Some((y, _, end)) if *y == row && *end == column => *end += 1,
            _ => strips.push((row, column, column + 1)),
        }
    }
    strips
        .into_iter()
        .map(|(row, from, to)| {
            let (top, bottom) = (row * PIXEL, (row + 1) * PIXEL);
            let (west, east) = (from * PIXEL, to * PIXEL);
            vec![(west, top), (east, top), (east, bottom), (west, bottom)]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specks_that_touch_in_a_row_are_one_strip() {
        let specks = [(0, 0), (0, 1), (0, 3), (1, 0)].into_iter().collect();
        let strips = strips(&specks);
        assert_eq!(strips.len(), 3);
        assert_eq!(
            strips[0],
            [(0, 0), (2 * PIXEL, 0), (2 * PIXEL, PIXEL), (0, PIXEL)]
        );
    }
}
