use geo::{Coord, Intersects, LineString, MultiPolygon, Polygon, polygon};
use proptest::prelude::*;
use prost::Message;

use super::{sketch::on_square, *};
use crate::{
    domain::{
        data_set::{DataSet, DataSetKind, Unread},
        hazard::InundationRank,
        id::DataSetId,
    },
    spatial::zones::Zone,
};

#[derive(Clone, PartialEq, Message)]
struct ReadTile {
    #[prost(message, repeated, tag = "3")]
    layers: Vec<ReadLayer>,
}

#[derive(Clone, PartialEq, Message)]
struct ReadLayer {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    features: Vec<ReadFeature>,
    #[prost(string, repeated, tag = "3")]
    keys: Vec<String>,
    #[prost(message, repeated, tag = "4")]
    values: Vec<ReadValue>,
    #[prost(uint32, tag = "15")]
    version: u32,
}

#[derive(Clone, PartialEq, Message)]
struct ReadFeature {
    #[prost(uint32, repeated, tag = "2")]
    tags: Vec<u32>,
    #[prost(uint32, repeated, tag = "4")]
    geometry: Vec<u32>,
}

#[derive(Clone, PartialEq, Message)]
struct ReadValue {
    #[prost(string, tag = "1")]
    text: String,
}

impl ReadLayer {
    fn tag(&self, feature: &ReadFeature, key: &str) -> Option<&str> {
        feature.tags.chunks(2).find_map(|pair| {
            (self.keys[pair[0] as usize] == key)
                .then(|| self.values[pair[1] as usize].text.as_str())
        })
    }
}

/// The rings of a feature, read as the specification says (4.3); every ring is
/// a MoveTo, a LineTo of at least two, and a ClosePath.
fn read_rings(geometry: &[u32]) -> Vec<Vec<(i32, i32)>> {
    let mut rings = Vec::new();
    let mut at = (0_i32, 0_i32);
    let mut rest = geometry;
    let mut take = |rest: &mut &[u32], command: u32| {
        let (head, tail) = rest.split_first().expect("a command");
        assert_eq!(head & 7, command, "of {geometry:?}");
        let count = (head >> 3) as usize;
        let numbers = if command == 7 { 0 } else { count * 2 };
        let (own, tail) = tail.split_at(numbers);
        *rest = tail;
        let unzigzag = |n: u32| (n >> 1).cast_signed() ^ -((n & 1).cast_signed());
        let points: Vec<(i32, i32)> = own
            .chunks(2)
            .map(|pair| {
                at = (at.0 + unzigzag(pair[0]), at.1 + unzigzag(pair[1]));
                at
            })
            .collect();
        points
    };
    while !rest.is_empty() {
        let mut ring = take(&mut rest, 1);
        assert_eq!(ring.len(), 1);
        let more = take(&mut rest, 2);
        assert!(more.len() >= 2, "a ring of fewer than three corners");
        ring.extend(more);
        take(&mut rest, 7);
        rings.push(ring);
    }
    rings
}

fn read(tile: &[u8]) -> ReadLayer {
    let tile = ReadTile::decode(tile).unwrap();
    assert_eq!(tile.layers.len(), 1);
    assert_eq!(tile.layers[0].version, 2);
    tile.layers.into_iter().next().unwrap()
}

/// Whether a place of a tile lies in a feature, by the rule of even and odd.
fn lies_in(rings: &[Vec<(i32, i32)>], x: f64, y: f64) -> bool {
    rings
        .iter()
        .flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)))
        .filter(|(a, b)| {
            let (ax, ay, bx, by) = (
                f64::from(a.0),
                f64::from(a.1),
                f64::from(b.0),
                f64::from(b.1),
            );
            (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
        })
        .count()
        % 2
        == 1
}

fn tiles(zones: Vec<(ZoneClass, &str, MultiPolygon<f64>)>) -> Tiles {
    let data_set = Arc::new(DataSet {
        id: DataSetId(uuid::Uuid::nil()),
        kind: DataSetKind::Hazard(LayerKind::Flood),
        series: "demo".to_owned(),
        name: "【デモ】".to_owned(),
        publisher: None,
        dated: None,
        covers: None,
        unread: Unread::Nothing,
    });
    let zones = zones
        .into_iter()
        .map(|(class, name, geometry)| Zone {
            kind: LayerKind::Flood,
            class,
            name: Some(name.to_owned()),
            data_set: Arc::clone(&data_set),
            geometry,
        })
        .collect();
    let layers = Layers::build(vec![Arc::clone(&data_set)], zones);
    Tiles::new(Arc::new(layers), Arc::default())
}

/// The tile of a zoom in which a place lies, and where in it.
fn tile_of(zoom: u8, lon: f64, lat: f64) -> (TileId, f64, f64) {
    let at = on_square(Coord { x: lon, y: lat });
    let count = f64::from(1_u32 << zoom);
    let (x, y) = (at.x * count, at.y * count);
    let tile = TileId::new(zoom, x.floor() as u32, y.floor() as u32).unwrap();
    let unit = |part: f64| part.fract() * f64::from(EXTENT);
    (tile, unit(x), unit(y))
}

const RANK: ZoneClass = ZoneClass::Depth(InundationRank::R3);
const FLOOD: Sheet = Sheet::Hazard(LayerKind::Flood);

#[test]
fn a_tile_is_where_the_web_map_says() {
    // Tokyo Station at zoom 14, as every web map numbers it.
    let (tile, ..) = tile_of(14, 139.767_125, 35.681_236);
    assert_eq!((tile.column(), tile.row()), (14552, 6451));
    assert_eq!(TileId::new(14, 1 << 14, 0), None);
    assert_eq!(TileId::new(15, 0, 0), None);
    assert!(TileId::new(0, 0, 0).is_some());
}

#[test]
fn a_zone_with_a_hole_keeps_it() {
    let zone = polygon!(
        exterior: [(x: 130.70, y: 32.20), (x: 130.72, y: 32.20), (x: 130.72, y: 32.22), (x: 130.70, y: 32.22)],
        interiors: [[(x: 130.709, y: 32.209), (x: 130.711, y: 32.209), (x: 130.711, y: 32.211), (x: 130.709, y: 32.211)]],
    );
    let tiles = tiles(vec![(RANK, "【デモ】灯川", MultiPolygon(vec![zone]))]);
    let (tile, x, y) = tile_of(12, 130.71, 32.21);
    let layer = read(&tiles.tile(FLOOD, tile));
    assert_eq!(layer.name, "flood");
    let [feature] = layer.features.as_slice() else {
        panic!("{layer:?}");
    };
    assert_eq!(layer.tag(feature, "class"), Some("depth-3"));
    assert_eq!(layer.tag(feature, "name"), Some("【デモ】灯川"));
    let rings = read_rings(&feature.geometry);
    assert_eq!(rings.len(), 2);
    assert!(sketch::twice_area(&rings[0]) > 0 && sketch::twice_area(&rings[1]) < 0);
    assert!(!lies_in(&rings, x, y), "the hole");
    let (_, x, y) = tile_of(12, 130.705, 32.205);
    assert!(lies_in(&rings, x, y), "the zone");
}

/// A zone of some ten metres.
fn small(west: f64, south: f64) -> Polygon<f64> {
    let (east, north) = (west + 0.000_1, south + 0.000_1);
    polygon![(x: west, y: south), (x: east, y: south), (x: east, y: north), (x: west, y: north)]
}

#[test]
fn a_zone_too_small_to_be_drawn_still_colours_its_pixel() {
    let tiles = tiles(vec![
        (RANK, "a", MultiPolygon(vec![small(130.70, 32.2)])),
        (RANK, "b", MultiPolygon(vec![small(130.75, 32.2)])),
    ]);
    for zoom in 5..=MAX_ZOOM {
        for lon in [130.700_05, 130.750_05] {
            let (tile, x, y) = tile_of(zoom, lon, 32.200_05);
            let layer = read(&tiles.tile(FLOOD, tile));
            let seen = layer
                .features
                .iter()
                .any(|feature| lies_in(&read_rings(&feature.geometry), x, y));
            assert!(seen, "{lon} at zoom {zoom}");
        }
    }
}

#[test]
fn the_deeper_of_two_zones_is_drawn_on_top() {
    let square = polygon![
        (x: 130.70, y: 32.20), (x: 130.72, y: 32.20), (x: 130.72, y: 32.22), (x: 130.70, y: 32.22),
    ];
    let deep = ZoneClass::Depth(InundationRank::R5);
    let tiles = tiles(vec![
        (deep, "a", MultiPolygon(vec![square.clone()])),
        (RANK, "a", MultiPolygon(vec![square])),
    ]);
    let (tile, ..) = tile_of(10, 130.71, 32.21);
    let layer = read(&tiles.tile(FLOOD, tile));
    let classes: Vec<_> = layer
        .features
        .iter()
        .map(|feature| layer.tag(feature, "class").unwrap())
        .collect();
    assert_eq!(classes, ["depth-3", "depth-5"]);
}

#[test]
fn an_overview_is_every_tile_of_the_few_that_hold_the_whole_layer() {
    let corners = [(130.5, 32.3), (131.4, 33.1)];
    let tiles = tiles(
        corners
            .map(|(lon, lat)| (RANK, "", MultiPolygon(vec![small(lon, lat)])))
            .into(),
    );
    let overview: Vec<TileId> = tiles.sketch(FLOOD).overview().collect();
    let last = overview.iter().map(|tile| tile.zoom()).max().unwrap();
    for zoom in 0..=last {
        for (lon, lat) in corners {
            assert!(overview.contains(&tile_of(zoom, lon, lat).0), "{zoom}");
        }
        let of_zoom = overview.iter().filter(|tile| tile.zoom() == zoom).count();
        assert!((1..=12).contains(&of_zoom), "{zoom}: {of_zoom}");
    }
    // 0.9 by 0.8 degrees: three by three tiles of 0.35 degrees or more.
    assert!((8..=10).contains(&last), "{last}");
    assert_eq!(
        Tiles::new(Arc::default(), Arc::default())
            .sketch(FLOOD)
            .overview()
            .count(),
        0
    );
}

#[test]
fn a_tile_without_a_zone_is_an_empty_layer() {
    let tiles = tiles(Vec::new());
    let (tile, ..) = tile_of(10, 130.71, 32.21);
    assert!(read(&tiles.tile(FLOOD, tile)).features.is_empty());
}

#[test]
fn a_coast_of_many_corners_has_few_from_afar_and_all_from_near() {
    let coast: Vec<Coord<f64>> = (0..20_000)
        .map(|n| {
            let turn = f64::from(n) / 20_000.0 * std::f64::consts::TAU;
            let away = 0.05 + 0.000_05 * f64::from(n % 7);
            Coord {
                x: 130.7 + away * turn.cos(),
                y: 32.2 + away * turn.sin(),
            }
        })
        .collect();
    let island = Polygon::new(LineString(coast), Vec::new());
    let tiles = tiles(vec![(RANK, "a", MultiPolygon(vec![island]))]);
    let corners = |zoom| {
        let (tile, ..) = tile_of(zoom, 130.7, 32.2);
        let count = 1_u32 << zoom;
        let mut sum = 0;
        for column in tile.column().saturating_sub(12)..=(tile.column() + 12).min(count - 1) {
            for row in tile.row().saturating_sub(12)..=(tile.row() + 12).min(count - 1) {
                let layer = read(&tiles.cut(FLOOD, TileId::new(zoom, column, row).unwrap()));
                for feature in &layer.features {
                    sum += read_rings(&feature.geometry)
                        .iter()
                        .map(Vec::len)
                        .sum::<usize>();
                }
            }
        }
        sum
    };
    let (far, near) = (corners(7), corners(14));
    assert!(far < 60, "{far}");
    assert!(near > 15_000, "{near}");
}

prop_compose! {
    /// A star around a place near Hitoyoshi: valid, seldom convex.
    fn star()(
        lon in 130.6_f64..130.9,
        lat in 32.1_f64..32.3,
        rays in prop::collection::vec(0.000_02_f64..0.05, 3..40),
    ) -> (Coord<f64>, Polygon<f64>) {
        let corners = rays.iter().zip(0_u32..).map(|(ray, number)| {
            let turn = f64::from(number) / rays.len() as f64 * std::f64::consts::TAU;
            Coord { x: lon + ray * turn.cos(), y: lat + ray * turn.sin() }
        }).collect();
        (Coord { x: lon, y: lat }, Polygon::new(LineString(corners), Vec::new()))
    }
}

proptest! {
    #[test]
    fn at_the_last_zoom_a_tile_says_what_exposure_says(
        (middle, zone) in star(),
        east in -0.06_f64..0.06,
        north in -0.06_f64..0.06,
    ) {
        let at = Coord { x: middle.x + east, y: middle.y + north };
        let (tile, x, y) = tile_of(MAX_ZOOM, at.x, at.y);
        // Nearer to an edge than two units nobody can tell.
        let near = |d: f64| d * 2.0 / f64::from(EXTENT) / f64::from(1_u32 << MAX_ZOOM) * 360.0;
        let around = geo::Rect::new(
            Coord { x: at.x - near(1.0), y: at.y - near(1.0) },
            Coord { x: at.x + near(1.0), y: at.y + near(1.0) },
        );
        prop_assume!(!zone.exterior().intersects(&around));
        let inside = zone.intersects(&at);
        let tiles = tiles(vec![(RANK, "a", MultiPolygon(vec![zone]))]);
        let layer = read(&tiles.cut(FLOOD, tile));
        let drawn = layer.features.iter().any(|f| lies_in(&read_rings(&f.geometry), x, y));
        prop_assert_eq!(drawn, inside);
    }

    #[test]
    fn no_zone_is_left_out_at_any_zoom((middle, zone) in star(), zoom in 4_u8..=MAX_ZOOM) {
        let (tile, ..) = tile_of(zoom, middle.x, middle.y);
        let tiles = tiles(vec![(RANK, "a", MultiPolygon(vec![zone]))]);
        let layer = read(&tiles.cut(FLOOD, tile));
        prop_assert_eq!(layer.features.len(), 1);
        prop_assert!(!read_rings(&layer.features[0].geometry).is_empty());
    }
}

#[test]
fn a_ring_that_begins_where_the_one_before_ended_is_a_ring_of_its_own() {
    let kind = Kind {
        worst: Some(RANK),
        class: "depth-3".to_owned(),
        name: None,
    };
    // The strip of the second row begins at the last corner of the first.
    let specks = [(0, 0), (1, 0)].into_iter().collect();
    let areas = Vec::new();
    let features = [(kind, Feature { areas, specks })].into_iter().collect();
    let layer = read(&encode::tile("flood", &features));
    let rings = read_rings(&layer.features[0].geometry);
    assert_eq!(rings.len(), 2);
    assert!(rings.iter().all(|ring| ring.len() == 4));
}
