use std::collections::BTreeSet;

use geo::{LineString, polygon};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    domain::{
        hazard::{DurationRank, InundationRank, LandslidePhenomenon, LandslideZone},
        id::DataSetId,
    },
    spatial::position::metres_between,
};

fn code(text: &str) -> MunicipalityCode {
    MunicipalityCode::parse(text).unwrap()
}

fn data_set(kind: LayerKind, covers: Option<&[&str]>) -> Arc<DataSet> {
    Arc::new(DataSet {
        id: DataSetId(Uuid::nil()),
        kind: DataSetKind::Hazard(kind),
        series: "demo".to_owned(),
        name: "【デモ】想定図".to_owned(),
        publisher: None,
        dated: None,
        covers: covers.map(|codes| codes.iter().map(|c| code(c)).collect::<BTreeSet<_>>()),
        unread: Unread::Nothing,
    })
}

fn zone_of(class: ZoneClass, geometry: impl Into<MultiPolygon<f64>>) -> Zone {
    let kind = match class {
        ZoneClass::Depth(_) => LayerKind::Flood,
        ZoneClass::Duration(_) => LayerKind::FloodDuration,
        ZoneClass::Collapse => LayerKind::FloodCollapseBank,
        ZoneClass::Landslide(..) => LayerKind::Landslide,
    };
    Zone {
        kind,
        class,
        name: None,
        data_set: data_set(kind, None),
        geometry: geometry.into(),
    }
}

fn depth(rank: InundationRank, geometry: impl Into<MultiPolygon<f64>>) -> Zone {
    zone_of(ZoneClass::Depth(rank), geometry)
}

/// A grid whose points are exact in binary: 1/1024 of a degree.
fn grid(x: f64, y: f64) -> Coord<f64> {
    Coord {
        x: 130.0 + x / 1024.0,
        y: 32.0 + y / 1024.0,
    }
}

fn on_grid(x: f64, y: f64) -> Position {
    let at = grid(x, y);
    Position::new(at.y, at.x).unwrap()
}

fn square(west: f64, south: f64, side: f64) -> Polygon<f64> {
    let (east, north) = (west + side, south + side);
    polygon![
        grid(west, south),
        grid(east, south),
        grid(east, north),
        grid(west, north)
    ]
}

/// A square of 8 with a square hole of 4 in its middle.
fn square_with_hole() -> Polygon<f64> {
    Polygon::new(
        square(0.0, 0.0, 8.0).exterior().clone(),
        vec![square(2.0, 2.0, 4.0).exterior().clone()],
    )
}

fn is_inside(layers: &Layers, at: Position) -> bool {
    matches!(
        layers.at(LayerKind::Flood, at, 0.0, None),
        Exposure::Inside { .. }
    )
}

#[test]
fn edges_vertices_and_edges_of_holes_are_inside_and_the_hole_is_not() {
    let layers = Layers::build(vec![], vec![depth(InundationRank::R3, square_with_hole())]);
    for (what, x, y, inside) in [
        ("in the body", 1.0, 1.0, true),
        ("on an edge", 0.0, 3.0, true),
        ("on the top edge", 5.0, 8.0, true),
        ("on a vertex", 8.0, 8.0, true),
        ("on the hole's edge", 2.0, 4.0, true),
        ("on the hole's other edge", 4.0, 6.0, true),
        ("on the hole's vertex", 6.0, 2.0, true),
        ("in the hole", 4.0, 4.0, false),
        ("a hair inside the hole", 2.0 + 1e-9, 4.0, false),
        ("a hair outside", -1e-9, 3.0, false),
        ("level with an edge, outside", 9.0, 8.0, false),
        ("far away", 900.0, 900.0, false),
    ] {
        assert_eq!(is_inside(&layers, on_grid(x, y)), inside, "{what}");
    }
}

#[test]
fn an_edge_that_two_polygons_of_one_zone_share_is_inside() {
    let pair = MultiPolygon::new(vec![square(0.0, 0.0, 4.0), square(4.0, 0.0, 4.0)]);
    let layers = Layers::build(vec![], vec![depth(InundationRank::R2, pair)]);
    assert!(is_inside(&layers, on_grid(4.0, 2.0)));
    assert!(is_inside(&layers, on_grid(4.0, 4.0)));
}

#[test]
fn the_deepest_of_overlapping_zones_counts() {
    let layers = Layers::build(
        vec![],
        vec![
            depth(InundationRank::R2, square(0.0, 0.0, 8.0)),
            depth(InundationRank::R4, square(1.0, 1.0, 8.0)),
            depth(InundationRank::R1, square(2.0, 2.0, 8.0)),
        ],
    );
    let Exposure::Inside { worst, all, .. } =
        layers.at(LayerKind::Flood, on_grid(3.0, 3.0), 30.0, None)
    else {
        panic!("three zones hold the point");
    };
    assert_eq!(worst.class, ZoneClass::Depth(InundationRank::R4));
    assert_eq!(
        all.iter().map(|z| z.class).collect::<Vec<_>>(),
        [InundationRank::R4, InundationRank::R2, InundationRank::R1].map(ZoneClass::Depth)
    );
}

#[test]
fn a_red_zone_counts_before_a_yellow_one_of_any_kind() {
    let class = ZoneClass::Landslide;
    let layers = Layers::build(
        vec![],
        vec![
            zone_of(
                class(
                    LandslideZone::SpecialWarning,
                    LandslidePhenomenon::SlopeFailure,
                ),
                square(0.0, 0.0, 4.0),
            ),
            zone_of(
                class(LandslideZone::Warning, LandslidePhenomenon::SlowSlide),
                square(0.0, 0.0, 4.0),
            ),
        ],
    );
    assert!(matches!(
        layers.at(LayerKind::Landslide, on_grid(1.0, 1.0), 0.0, None),
        Exposure::Inside { worst, .. } if matches!(
            worst.class, ZoneClass::Landslide(LandslideZone::SpecialWarning, _))
    ));
}

#[test]
fn layers_do_not_answer_for_each_other() {
    let layers = Layers::build(
        vec![data_set(LayerKind::Flood, Some(&["43100"]))],
        vec![zone_of(
            ZoneClass::Duration(DurationRank::D4),
            square(0.0, 0.0, 4.0),
        )],
    );
    let at = on_grid(1.0, 1.0);
    assert!(matches!(
        layers.at(LayerKind::FloodDuration, at, 0.0, None),
        Exposure::Inside { worst, .. } if worst.class == ZoneClass::Duration(DurationRank::D4)
    ));
    assert!(matches!(
        layers.at(LayerKind::Flood, at, 0.0, Some(code("43100"))),
        Exposure::Outside { .. }
    ));
    assert!(matches!(
        layers.at(LayerKind::Tsunami, at, 0.0, Some(code("43100"))),
        Exposure::NotCovered
    ));
}

#[test]
fn a_zone_within_the_accuracy_of_the_position_is_near_and_its_distance_is_geodesic() {
    let layers = Layers::build(
        vec![data_set(LayerKind::Flood, Some(&["43100"]))],
        vec![depth(InundationRank::R3, square(0.0, 0.0, 8.0))],
    );
    let home = on_grid(8.25, 4.0);
    // The nearest place lies due east, give or take the meridians' convergence.
    let to_edge = metres_between(home, on_grid(8.0, 4.0));
    let Exposure::Near { nearest, metres } =
        layers.at(LayerKind::Flood, home, 30.0, Some(code("43100")))
    else {
        panic!("{to_edge} m away");
    };
    assert_eq!(nearest.class, ZoneClass::Depth(InundationRank::R3));
    assert!((metres - to_edge).abs() < 0.001, "{metres} {to_edge}");
    assert!(matches!(
        layers.at(LayerKind::Flood, home, to_edge - 0.01, Some(code("43100"))),
        Exposure::Outside { .. }
    ));
}

#[test]
fn a_point_in_a_hole_is_near_the_holes_edge() {
    let layers = Layers::build(vec![], vec![depth(InundationRank::R3, square_with_hole())]);
    assert!(matches!(
        layers.at(LayerKind::Flood, on_grid(2.1, 4.0), 30.0, None),
        Exposure::Near { metres, .. } if metres < 10.0
    ));
}

#[test]
fn an_accuracy_that_is_no_number_makes_nothing_near() {
    let layers = Layers::build(
        vec![],
        vec![depth(InundationRank::R3, square(0.0, 0.0, 8.0))],
    );
    for within in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            layers.at(LayerKind::Flood, on_grid(8.01, 4.0), within, None),
            Exposure::NotCovered
        ));
    }
}

#[test]
fn outside_all_zones_is_dry_only_where_a_data_set_speaks_for_the_municipality() {
    let layers = Layers::build(
        vec![
            data_set(LayerKind::Flood, Some(&["43100", "43202"])),
            data_set(LayerKind::Flood, None),
            data_set(LayerKind::Landslide, Some(&["43203"])),
        ],
        vec![],
    );
    let ask = |municipality| layers.at(LayerKind::Flood, on_grid(0.0, 0.0), 30.0, municipality);
    assert!(matches!(
        ask(Some(code("43202"))), Exposure::Outside { data_sets } if data_sets.len() == 1));
    assert!(matches!(ask(Some(code("43101"))), Exposure::Outside { .. }));
    assert!(matches!(ask(Some(code("43203"))), Exposure::NotCovered));
    assert!(matches!(ask(None), Exposure::NotCovered));
    assert!(layers.covers(LayerKind::Landslide, code("43203")));
    assert!(!layers.covers(LayerKind::Landslide, code("43202")));
}

#[test]
fn where_a_published_area_could_not_be_read_nothing_is_dry() {
    let set = |covers: Option<&[&str]>, unread| {
        let set = DataSet::clone(&data_set(LayerKind::Flood, covers));
        Arc::new(DataSet { unread, ..set })
    };
    let at = on_grid(0.0, 0.0);
    let [x, y] = [at.lon(), at.lat()];
    let ask = |set, within| {
        let known = data_set(LayerKind::Flood, Some(&["43202"]));
        let layers = Layers::build(vec![known, set], vec![]);
        matches!(
            layers.at(LayerKind::Flood, at, within, Some(code("43202"))),
            Exposure::Unread
        )
    };
    let near = Unread::Boxes(vec![[x + 0.001, y, x + 0.002, y + 0.001]]);
    assert!(!ask(set(None, near.clone()), 30.0), "94 m east");
    assert!(ask(set(None, near.clone()), 100.0));
    assert!(ask(set(Some(&["43203"]), near), 100.0), "whosever it is");
    assert!(ask(set(None, Unread::Somewhere), 0.0));
    assert!(ask(set(Some(&["43202"]), Unread::Somewhere), 0.0));
    assert!(!ask(set(Some(&["43203"]), Unread::Somewhere), 0.0));
    let zone = depth(InundationRank::R1, square(-1.0, -1.0, 1.0));
    let wet = Layers::build(vec![set(None, Unread::Somewhere)], vec![zone]);
    assert!(matches!(
        wet.at(LayerKind::Flood, at, 0.0, Some(code("43202"))),
        Exposure::Inside { .. }
    ));
}

#[test]
fn a_worse_zone_near_an_inexact_place_or_an_unread_area_leaves_a_doubt() {
    let zones = || {
        vec![
            depth(InundationRank::R3, square(0.0, 0.0, 4.0)),
            depth(InundationRank::R2, square(4.0, 0.0, 4.0)),
            depth(InundationRank::R5, square(8.0, 0.0, 4.0)),
        ]
    };
    let doubt = |unread, within| {
        let set = DataSet::clone(&data_set(LayerKind::Flood, None));
        let layers = Layers::build(vec![Arc::new(DataSet { unread, ..set })], zones());
        match layers.at(LayerKind::Flood, on_grid(3.5, 2.0), within, None) {
            Exposure::Inside { worst, doubt, .. } => {
                assert_eq!(worst.class, ZoneClass::Depth(InundationRank::R3));
                match doubt {
                    Some(Doubt::Near { nearest, metres }) => {
                        assert_eq!(nearest.class, ZoneClass::Depth(InundationRank::R5));
                        assert!(metres > 0.0 && metres <= within);
                        "near"
                    }
                    Some(Doubt::Unread) => "unread",
                    None => "none",
                }
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(doubt(Unread::Nothing, 0.0), "none");
    assert_eq!(doubt(Unread::Nothing, 1_000.0), "near");
    assert_eq!(doubt(Unread::Somewhere, 0.0), "unread");
}

#[test]
fn nothing_known_is_never_dry() {
    let layers = Layers::default();
    assert!(matches!(
        layers.at(
            LayerKind::Flood,
            on_grid(0.0, 0.0),
            1_000.0,
            Some(code("43100"))
        ),
        Exposure::NotCovered
    ));
    assert!(
        layers
            .crossed_by(
                LayerKind::Flood,
                &[on_grid(0.0, 0.0), on_grid(1.0, 1.0)],
                |_| true
            )
            .is_empty()
    );
}

#[test]
fn a_line_touches_what_it_crosses_ends_in_or_brushes() {
    let layers = Layers::build(
        vec![],
        vec![
            depth(InundationRank::R2, square_with_hole()),
            depth(InundationRank::R4, square(20.0, 0.0, 4.0)),
        ],
    );
    let crossed = |points: &[(f64, f64)]| {
        let line: Vec<_> = points.iter().map(|(x, y)| on_grid(*x, *y)).collect();
        layers
            .crossed_by(LayerKind::Flood, &line, |_| true)
            .into_iter()
            .map(|zone| zone.class)
            .collect::<Vec<_>>()
    };
    let [two, four] = [InundationRank::R2, InundationRank::R4].map(ZoneClass::Depth);
    assert_eq!(crossed(&[(-1.0, 1.0), (30.0, 1.0)]), [four, two]);
    assert_eq!(crossed(&[(-1.0, 8.0), (9.0, 8.0)]), [two], "along an edge");
    assert_eq!(crossed(&[(7.0, 9.0), (9.0, 7.0)]), [two], "at a corner");
    assert_eq!(crossed(&[(1.0, 1.0), (1.5, 1.0)]), [two], "wholly inside");
    assert!(crossed(&[(3.0, 3.0), (5.0, 5.0)]).is_empty(), "in the hole");
    assert!(crossed(&[(9.0, 0.0), (15.0, 9.0)]).is_empty(), "between");
    assert_eq!(crossed(&[(1.0, 1.0)]), [two], "a point");
    assert_eq!(crossed(&[(1.0, 1.0), (1.0, 1.0)]), [two], "no length");
    assert!(crossed(&[]).is_empty());
}

#[test]
fn a_map_gets_every_zone_of_its_box_once_worst_first() {
    let pair = MultiPolygon::new(vec![square(0.0, 0.0, 2.0), square(4.0, 0.0, 2.0)]);
    let layers = Layers::build(
        vec![],
        vec![
            depth(InundationRank::R1, pair),
            depth(InundationRank::R5, square(1.0, 1.0, 2.0)),
            depth(InundationRank::R3, square(500.0, 0.0, 2.0)),
        ],
    );
    let (low, high) = (grid(0.0, 0.0), grid(10.0, 10.0));
    let found = layers.in_box(LayerKind::Flood, low.x, low.y, high.x, high.y);
    assert_eq!(
        found.iter().map(|z| z.class).collect::<Vec<_>>(),
        [InundationRank::R5, InundationRank::R1].map(ZoneClass::Depth)
    );
}

/// What integers say about a point and a ring: exact, and written without geo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    In,
    On,
    Out,
}

fn side(ring: &[(i64, i64)], (x, y): (i64, i64)) -> Side {
    let mut winding = 0;
    for (index, &(ax, ay)) in ring.iter().enumerate() {
        let (bx, by) = ring[(index + 1) % ring.len()];
        let turn = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
        let between = ax.min(bx) <= x && x <= ax.max(bx) && ay.min(by) <= y && y <= ay.max(by);
        if turn == 0 && between {
            return Side::On;
        }
        if ay <= y && by > y && turn > 0 {
            winding += 1;
        } else if ay > y && by <= y && turn < 0 {
            winding -= 1;
        }
    }
    if winding == 0 { Side::Out } else { Side::In }
}

type Ring = Vec<(i64, i64)>;

fn ring(low: i64, high: i64) -> impl Strategy<Value = Ring> {
    prop::collection::vec((low..high, low..high), 3..9)
}

fn line_string(ring: &Ring) -> LineString<f64> {
    ring.iter()
        .map(|(x, y)| grid(*x as f64, *y as f64))
        .collect()
}

#[derive(Debug, Clone)]
struct Drawn {
    rank: InundationRank,
    outer: Ring,
    hole: Option<Ring>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    (
        1_u8..=6,
        ring(0, 24),
        prop::option::weighted(0.3, ring(6, 18)),
    )
        .prop_map(|(rank, outer, hole)| Drawn {
            rank: InundationRank::try_from(rank).unwrap(),
            outer,
            hole,
        })
}

impl Drawn {
    fn holds(&self, at: (i64, i64)) -> bool {
        match side(&self.outer, at) {
            Side::Out => false,
            Side::On => true,
            Side::In => self
                .hole
                .as_ref()
                .is_none_or(|hole| side(hole, at) != Side::In),
        }
    }

    /// A hole that leaves its polygon never gets past `rings::check`.
    fn is_one(&self) -> bool {
        let mut corners = self.hole.iter().flatten();
        corners.all(|corner| side(&self.outer, *corner) != Side::Out)
    }

    fn zone(&self) -> Zone {
        let holes = self.hole.iter().map(line_string).collect();
        depth(self.rank, Polygon::new(line_string(&self.outer), holes))
    }
}

proptest! {
    #[test]
    fn the_index_says_what_exact_arithmetic_says(
        shapes in prop::collection::vec(drawn(), 0..7),
        points in prop::collection::vec((0_i64..24, 0_i64..24), 1..30),
    ) {
        let layers = Layers::build(vec![], shapes.iter().map(Drawn::zone).collect());
        let vertices = shapes.iter().flat_map(|s| s.outer.iter().chain(s.hole.iter().flatten()));
        for &at in points.iter().chain(vertices) {
            let worst = shapes.iter().filter(|s| s.holds(at)).map(|s| s.rank).max();
            let found = match layers.at(LayerKind::Flood, on_grid(at.0 as f64, at.1 as f64), 0.0, None) {
                Exposure::Inside { worst, all, .. } => {
                    prop_assert_eq!(all.len(), shapes.iter().filter(|s| s.holds(at)).count());
                    Some(worst.class)
                }
                _ => None,
            };
            prop_assert_eq!(found, worst.map(ZoneClass::Depth));
        }
    }

    #[test]
    fn what_is_near_is_what_a_walk_along_every_edge_finds(
        shapes in prop::collection::vec(drawn(), 1..5),
        at in (0_i64..24, 0_i64..24),
        within in 5.0_f64..1_500.0,
    ) {
        let zones: Vec<Zone> = shapes.iter().map(Drawn::zone).collect();
        let home = on_grid(at.0 as f64, at.1 as f64);
        prop_assume!(!shapes.iter().any(|s| s.holds(at)));
        prop_assume!(shapes.iter().all(Drawn::is_one));
        let mut walked = f64::INFINITY;
        for zone in &zones {
            for polygon in &zone.geometry {
                for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                    for edge in ring.lines() {
                        for step in 0..=400 {
                            let place = edge.start + edge.delta() * (f64::from(step) / 400.0);
                            walked = walked.min(
                                metres_between(home, Position::new(place.y, place.x).unwrap()));
                        }
                    }
                }
            }
        }
        let layers = Layers::build(vec![], zones);
        match layers.at(LayerKind::Flood, home, within, None) {
            // A step is at most 8.2 m long, so the walk is never more than half of it too far
            // off, and much less unless the edge is within a step.
            Exposure::Near { metres, .. } => {
                prop_assert!(metres <= walked + 0.05 && walked - metres <= 4.2, "{} {}", metres, walked);
            }
            _ => prop_assert!(walked >= within - 0.05, "{} {}", walked, within),
        }
    }

    #[test]
    fn a_line_is_in_every_zone_that_holds_one_of_its_points(
        shapes in prop::collection::vec(drawn(), 1..5),
        line in prop::collection::vec((0_i64..24, 0_i64..24), 1..5),
    ) {
        let layers = Layers::build(vec![], shapes.iter().map(Drawn::zone).collect());
        let drawn: Vec<_> = line.iter().map(|(x, y)| on_grid(*x as f64, *y as f64)).collect();
        let crossed = layers.crossed_by(LayerKind::Flood, &drawn, |_| true).len();
        let holding = shapes.iter().filter(|s| line.iter().any(|at| s.holds(*at))).count();
        prop_assert!(crossed >= holding);
    }

    #[test]
    fn the_index_of_a_line_leaves_out_no_zone_that_it_touches(
        shapes in prop::collection::vec(drawn().prop_filter("a polygon", Drawn::is_one), 1..40),
        line in prop::collection::vec((0_i64..24, 0_i64..24), 1..5),
    ) {
        let zones: Vec<Zone> = shapes.iter().map(Drawn::zone).collect();
        let drawn: Vec<_> = line.iter().map(|(x, y)| on_grid(*x as f64, *y as f64)).collect();
        let touched = |zone: &&Zone| match drawn.as_slice() {
            [at] => zone.geometry.intersects(&coord(*at)),
            _ => drawn
                .windows(2)
                .any(|pair| zone.geometry.intersects(&Line::new(coord(pair[0]), coord(pair[1])))),
        };
        let every = zones.iter().filter(touched).count();
        let layers = Layers::build(vec![], zones);
        prop_assert_eq!(layers.crossed_by(LayerKind::Flood, &drawn, |_| true).len(), every);
    }
}
