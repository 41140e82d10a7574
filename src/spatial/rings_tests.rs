use geo::wkt;
use proptest::prelude::*;

use super::*;

fn unchanged(geometry: MultiPolygon<f64>) {
    let checked = check(geometry.clone());
    assert_eq!(checked, Ok(Checked::Unchanged(geometry)));
}

fn repaired(geometry: MultiPolygon<f64>) -> (Defect, f64, MultiPolygon<f64>) {
    match check(geometry) {
        Ok(Checked::Repaired {
            geometry,
            defect,
            share,
        }) => (defect, share, geometry),
        other => panic!("not repaired: {other:?}"),
    }
}

fn refused(geometry: MultiPolygon<f64>) -> (Defect, f64) {
    match check(geometry) {
        Err(RingError::TooMuch { defect, share }) => (defect, share),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn what_is_clear_is_returned_to_the_bit() {
    // A hole; either direction; repeated points; a hole that touches in a point.
    unchanged(wkt!(MULTIPOLYGON(((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(2. 2.,2. 4.,4. 4.,2. 2.)))));
    unchanged(wkt!(MULTIPOLYGON(((0. 0.,0. 9.,9. 9.,9. 0.,0. 0.)))));
    unchanged(wkt!(MULTIPOLYGON(((0. 0.,0. 0.,9. 0.,9. 0.,9. 9.,9. 9.,0. 0.,0. 0.)))));
    unchanged(wkt!(MULTIPOLYGON(((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(0. 4.,3. 2.,3. 6.,0. 4.)))));
    // A ring that touches itself in a point, as outlines of mesh cells do.
    unchanged(wkt!(MULTIPOLYGON(((0. 0.,1. 0.,1. 1.,2. 1.,2. 2.,1. 2.,1. 1.,0. 1.,0. 0.)))));
    // Points in the middle of an edge; polygons that overlap.
    unchanged(wkt!(MULTIPOLYGON(((0. 0.,3. 0.,6. 0.,9. 0.,9. 9.,0. 0.)))));
    unchanged(wkt!(MULTIPOLYGON(((0. 0.,9. 0.,9. 9.,0. 0.)),((1. 0.,9. 0.,9. 9.,1. 0.)))));
}

#[test]
fn a_tiny_loop_is_repaired_and_a_large_one_refused() {
    let small = wkt!(MULTIPOLYGON(((0. 0.,100. 0.,100. 100.,0. 100.,0. 50.,-0.2 49.9,-0.2 50.1,0. 49.8,0. 0.))));
    let (defect, share, geometry) = repaired(small);
    assert_eq!(defect, Defect::Crossing);
    assert!(share < MAX_REPAIRED_SHARE, "{share}");
    assert!(matches!(check(geometry), Ok(Checked::Unchanged(_))));
    let (defect, share) = refused(wkt!(MULTIPOLYGON(((0. 0.,10. 10.,10. 0.,0. 8.,0. 0.)))));
    assert_eq!(defect, Defect::Crossing);
    assert!(share > 1.0, "{share}");
}

#[test]
fn rings_that_cross_in_a_point_of_both_are_no_mere_touch() {
    // A bow tie whose crossing is one of its points: 4 to the left, 1 to the right.
    let (defect, share) =
        refused(wkt!(MULTIPOLYGON(((0. 0.,2. 2.,3. 3.,3. 1.,2. 2.,0. 4.,0. 0.)))));
    assert_eq!(defect, Defect::Crossing);
    assert!(share > 0.1);
}

#[test]
fn a_spike_is_cut_off() {
    let (defect, share, geometry) =
        repaired(wkt!(MULTIPOLYGON(((0. 0.,9. 0.,9. 9.,20. 9.,9. 9.,0. 9.,0. 0.)))));
    assert_eq!(defect, Defect::Spike);
    assert!(share < 1e-6);
    assert!((geometry.unsigned_area() - 81.0).abs() < 1e-4);
    assert!(geometry.bounding_rect().unwrap().max().x < 9.001);
}

#[test]
fn a_tiny_hole_outside_is_dropped_and_a_large_one_refused() {
    let (defect, _, geometry) = repaired(wkt!(MULTIPOLYGON(
        ((0. 0.,100. 0.,100. 100.,0. 100.,0. 0.),(200. 0.,201. 0.,201. 1.,200. 0.)))));
    assert_eq!(defect, Defect::HoleOutside);
    assert!((geometry.unsigned_area() - 10_000.0).abs() < 1e-3);
    let (defect, _) = refused(wkt!(MULTIPOLYGON(
        ((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(20. 0.,22. 0.,22. 2.,20. 0.)))));
    assert_eq!(defect, Defect::HoleOutside);
}

#[test]
fn a_hole_that_crosses_or_lies_in_another_is_found() {
    let (defect, _) = refused(wkt!(MULTIPOLYGON(
        ((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(5. 5.,12. 5.,12. 8.,5. 5.)))));
    assert_eq!(defect, Defect::Crossing);
    let (defect, _) = refused(wkt!(MULTIPOLYGON(
        ((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(1. 1.,8. 1.,8. 8.,1. 8.,1. 1.),(2. 2.,4. 2.,4. 4.,2. 2.)))));
    assert_eq!(defect, Defect::HoleInHole);
}

#[test]
fn a_polygon_that_covers_its_own_ground_twice_is_refused() {
    let twice = wkt!(MULTIPOLYGON(((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.,8. 0.5,8. 8.,0.5 8.,0. 0.))));
    assert!(matches!(check(twice), Err(RingError::TooMuch { .. })));
}

#[test]
fn a_ring_of_two_points_goes_when_the_rest_remains() {
    let (defect, share, geometry) = repaired(wkt!(MULTIPOLYGON(
        ((0. 0.,9. 0.,9. 9.,0. 0.)),((20. 0.,21. 0.,20. 0.,20. 0.)))));
    assert_eq!(defect, Defect::TooFewPoints);
    assert!(share < 1e-9);
    assert_eq!(geometry.0.len(), 1);
}

#[test]
fn what_encloses_nothing_or_is_no_number_is_refused() {
    assert_eq!(check(MultiPolygon::empty()), Err(RingError::NoArea));
    assert_eq!(
        check(wkt!(MULTIPOLYGON(((0. 0.,1. 0.,2. 0.,0. 0.))))),
        Err(RingError::NoArea)
    );
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut ring: LineString<f64> = wkt!(LINESTRING(0. 0.,1. 0.,1. 1.,0. 0.));
        ring.0[1].y = bad;
        let geometry = MultiPolygon::new(vec![Polygon::new(ring, vec![])]);
        assert_eq!(check(geometry), Err(RingError::NotFinite));
    }
}

#[test]
fn a_ring_of_a_hundred_thousand_points_is_checked_at_once() {
    let ring: LineString<f64> = (0..100_000)
        .map(|i| {
            let angle = f64::from(i) * std::f64::consts::TAU / 100_000.0;
            let radius = if i % 2 == 0 { 0.1 } else { 0.099_999 };
            (130.0 + radius * angle.cos(), 32.0 + radius * angle.sin())
        })
        .collect();
    unchanged(MultiPolygon::new(vec![Polygon::new(ring, vec![])]));
}

#[test]
fn a_refusal_is_said_in_both_languages() {
    let text = check(wkt!(MULTIPOLYGON(((0. 0.,10. 10.,10. 0.,0. 8.,0. 0.)))))
        .unwrap_err()
        .text();
    assert!(text.ja.contains("輪が交差している"), "{}", text.ja);
    assert!(text.en.contains("rings that cross"), "{}", text.en);
}

proptest! {
    #[test]
    fn whatever_comes_the_answer_holds_its_promise(
        points in prop::collection::vec((0_i32..12, 0_i32..12), 0..12),
        hole in prop::collection::vec((0_i32..12, 0_i32..12), 0..6),
    ) {
        let ring = |points: &[(i32, i32)]| -> LineString<f64> {
            points.iter().map(|(x, y)| (130.0 + f64::from(*x) / 64.0, 32.0 + f64::from(*y) / 64.0)).collect()
        };
        let holes = if hole.is_empty() { vec![] } else { vec![ring(&hole)] };
        let geometry = MultiPolygon::new(vec![Polygon::new(ring(&points), holes)]);
        let published: f64 = geometry.iter().map(published_area).sum();
        match check(geometry.clone()) {
            Ok(Checked::Unchanged(same)) => prop_assert_eq!(same, geometry),
            Ok(Checked::Repaired { geometry, share, .. }) => {
                prop_assert!(share < MAX_REPAIRED_SHARE);
                let off = (geometry.unsigned_area() - published).abs();
                prop_assert!(off <= published * MAX_REPAIRED_SHARE * 1.001);
            }
            Err(RingError::NoArea) => prop_assert!(published <= 0.0),
            Err(RingError::TooMuch { share, .. }) => prop_assert!(share >= MAX_REPAIRED_SHARE),
            Err(RingError::NotFinite) => prop_assert!(false),
        }
    }
}
