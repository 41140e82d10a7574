use std::{cell::RefCell, io::Write};

use super::*;
use crate::domain::hazard::{
    DurationRank, InundationRank as R, LandslidePhenomenon as P, LandslideZone as Z,
};

struct Outcome {
    file: HazardFile,
    accepted: Vec<(u64, HazardRecord, Vec<RowNote>)>,
    rejected: Vec<RowNote>,
}

fn try_read(path: &Path, options: &HazardOptions) -> Result<Outcome, ReadError> {
    let rows = RefCell::new(Vec::new());
    let file = read(&Source::open(path)?, options, &|_| {}, &mut |row| {
        rows.borrow_mut().push(row);
        Ok(())
    })?;
    let (mut accepted, mut rejected) = (Vec::new(), Vec::new());
    for row in rows.into_inner() {
        match row {
            Row::Accepted {
                row,
                record,
                warnings,
            } => accepted.push((row, record, warnings)),
            Row::Rejected { notes, .. } => rejected.extend(notes),
        }
    }
    assert_eq!(file.read, (accepted.len() + rejected.len()) as u64);
    assert_eq!(file.accepted, accepted.len() as u64);
    Ok(Outcome {
        file,
        accepted,
        rejected,
    })
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/hazards")
        .join(name)
}

fn of(kind: LayerKind) -> HazardOptions {
    HazardOptions {
        kind: Some(kind),
        ..HazardOptions::default()
    }
}

fn refusal(name: &str, options: &HazardOptions) -> (String, String) {
    match try_read(&fixture(name), options) {
        Err(ReadError::File(error)) => (error.code, error.message_ja),
        Err(other) => panic!("{other:?}"),
        Ok(outcome) => panic!("not refused: {:?}", outcome.file),
    }
}

fn classes(outcome: &Outcome) -> Vec<ZoneClass> {
    outcome.accepted.iter().map(|(_, r, _)| r.class).collect()
}

#[test]
fn flood_depth_is_read_row_by_row_and_a_code_outside_the_table_is_never_zero() {
    let path = fixture("A31a-25_43_10_20_depth.geojson");
    let outcome = try_read(&path, &HazardOptions::default()).unwrap();
    assert_eq!(outcome.file.format, "ksj-a31a-geojson");
    assert_eq!(outcome.file.kind, LayerKind::Flood);
    assert_eq!(outcome.file.read, 13);
    assert_eq!(
        classes(&outcome),
        [R::R1, R::R3, R::R6, R::R4, R::R2].map(ZoneClass::Depth)
    );
    assert_eq!(outcome.accepted[0].1.name.as_deref(), Some("【デモ】灯川"));
    let rejected: Vec<_> = outcome
        .rejected
        .iter()
        .map(|note| (note.row, note.field.as_deref().unwrap()))
        .collect();
    assert_eq!(
        rejected,
        [
            (4, "A31a_205"),
            (5, "A31a_205"),
            (6, "A31a_205"),
            (7, "A31a_205"),
            (8, "geometry"),
            (10, "geometry"),
            (11, "geometry"),
            (13, "geometry"),
        ]
    );
    let reason = |place: usize| outcome.rejected[place].reason.as_str();
    assert!(reason(0).contains("「7」"), "{}", reason(0));
    assert!(reason(4).contains("交差"), "{}", reason(4));
    assert!(reason(5).contains("逆"), "{}", reason(5));
    assert!(reason(6).contains("日本の外"), "{}", reason(6));
    let warned: Vec<u64> = outcome
        .accepted
        .iter()
        .filter(|(_, _, warnings)| !warnings.is_empty())
        .map(|(row, ..)| *row)
        .collect();
    assert_eq!(warned, [9, 12], "the repaired and the unclosed");
}

#[test]
fn how_long_the_water_stays_is_a_layer_of_its_own() {
    let path = fixture("A31a-25_43_10_duration.geojson");
    let outcome = try_read(&path, &HazardOptions::default()).unwrap();
    assert_eq!(outcome.file.kind, LayerKind::FloodDuration);
    assert_eq!(outcome.file.series, "A31a_43_10");
    assert_eq!(
        classes(&outcome),
        DurationRank::ALL.map(ZoneClass::Duration)
    );
    assert_eq!(outcome.rejected.len(), 1);
}

#[test]
fn the_planned_scale_is_refused_with_advice() {
    let (code, message) = refusal("A31a-25_43_10_planned.geojson", &HazardOptions::default());
    assert_eq!(code, "planned_scale");
    assert!(message.contains("想定最大規模"));
}

#[test]
fn collapse_zones_are_told_apart_by_folder_or_kind_never_by_the_number() {
    for (folder, kind) in [
        (
            "41_家屋倒壊等氾濫想定区域_氾濫流",
            LayerKind::FloodCollapseFlow,
        ),
        (
            "42_家屋倒壊等氾濫想定区域_河岸侵食",
            LayerKind::FloodCollapseBank,
        ),
    ] {
        let name = format!("{folder}/A31a-25_43_10.geojson");
        let outcome = try_read(&fixture(&name), &HazardOptions::default()).unwrap();
        assert_eq!(outcome.file.kind, kind);
        assert_eq!(classes(&outcome), [ZoneClass::Collapse]);
        let (code, _) = refusal(&name, &of(LayerKind::Flood));
        assert_eq!(code, "kind_conflict");
    }
    let bare = "A31a-25_43_10_collapse.geojson";
    assert_eq!(refusal(bare, &HazardOptions::default()).0, "kind_unknown");
    let flow = of(LayerKind::FloodCollapseFlow);
    let outcome = try_read(&fixture(bare), &flow).unwrap();
    assert_eq!(outcome.file.kind, LayerKind::FloodCollapseFlow);
    let (code, _) = refusal(
        "41_家屋倒壊等氾濫想定区域_氾濫流/A31a-25_43_10.geojson",
        &of(LayerKind::FloodCollapseBank),
    );
    assert_eq!(code, "kind_conflict");
}

#[test]
fn two_and_four_are_red_and_one_is_a_slope() {
    let outcome = try_read(
        &fixture("A33-25_43Polygon.geojson"),
        &HazardOptions::default(),
    )
    .unwrap();
    assert_eq!(outcome.file.format, "ksj-a33-geojson");
    assert_eq!(outcome.file.series, "A33_43");
    assert_eq!(
        classes(&outcome),
        [
            ZoneClass::Landslide(Z::Warning, P::SlopeFailure),
            ZoneClass::Landslide(Z::SpecialWarning, P::DebrisFlow),
            ZoneClass::Landslide(Z::Warning, P::SlowSlide),
            ZoneClass::Landslide(Z::SpecialWarning, P::SlopeFailure),
        ]
    );
    let rows: Vec<u64> = outcome.rejected.iter().map(|note| note.row).collect();
    assert_eq!(rows, [5, 6, 7]);
}

#[test]
fn a_depth_in_metres_is_ranked_lower_bound_inclusive_and_never_zero() {
    let options = HazardOptions {
        kind: Some(LayerKind::StormSurge),
        depth_field: Some("depth".to_owned()),
        ..HazardOptions::default()
    };
    let outcome = try_read(&fixture("metres.geojson"), &options).unwrap();
    assert_eq!(outcome.file.format, "hazard-geojson");
    assert_eq!(outcome.file.series, "metres");
    assert_eq!(
        classes(&outcome),
        [R::R1, R::R2, R::R2, R::R3, R::R4, R::R5, R::R6, R::R2].map(ZoneClass::Depth)
    );
    assert_eq!(
        outcome.accepted[0].1.municipality.unwrap().as_str(),
        "43202"
    );
    let rows: Vec<u64> = outcome.rejected.iter().map(|note| note.row).collect();
    assert_eq!(rows, [8, 9, 10, 12]);
}

#[test]
fn a_file_that_does_not_say_what_it_is_is_refused_with_the_list_of_kinds() {
    let (code, message) = refusal("metres.geojson", &HazardOptions::default());
    assert_eq!(code, "kind_unknown");
    for kind in LayerKind::ALL {
        assert!(message.contains(kind.code()), "{message}");
    }
    assert_eq!(
        refusal("metres.geojson", &of(LayerKind::Tsunami)).0,
        "kind_unknown"
    );
    assert_eq!(
        refusal("metres.geojson", &of(LayerKind::Landslide)).0,
        "kind_unknown"
    );
    assert_eq!(
        refusal("A33-25_43Polygon.geojson", &of(LayerKind::Flood)).0,
        "kind_conflict"
    );
}

#[test]
fn a_file_of_which_nothing_can_be_taken_is_refused_as_a_whole() {
    let options = HazardOptions {
        kind: Some(LayerKind::Flood),
        depth_field: Some("no_such_property".to_owned()),
        ..HazardOptions::default()
    };
    assert_eq!(refusal("metres.geojson", &options).0, "all_rejected");
}

#[test]
fn a_csv_is_no_hazard_layer() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"a,b\r\n1,2\r\n").unwrap();
    let error = try_read(file.path(), &of(LayerKind::Flood)).err().unwrap();
    assert!(matches!(error, ReadError::File(e) if e.code == "unknown_format"));
}

#[test]
fn a_caller_that_fails_is_a_failure_of_the_machine() {
    let source = Source::open(fixture("A33-25_43Polygon.geojson")).unwrap();
    let error = read(&source, &HazardOptions::default(), &|_| {}, &mut |_| {
        Err(io::Error::other("disk"))
    })
    .unwrap_err();
    assert!(matches!(error, ReadError::Machine(_)));
}

/// The coast of Kumamoto as published: `TOMOSHIBI_PUBLISHED=… cargo test --lib
/// published -- --ignored`.
#[test]
#[ignore = "needs the published files"]
fn the_published_coast_is_read_whole_by_its_metres_and_by_its_ranks() {
    let folder = std::env::var_os("TOMOSHIBI_PUBLISHED").unwrap();
    let path = PathBuf::from(folder).join("hazard/BP001_00020m.shp");
    let by = |field: &str| HazardOptions {
        kind: Some(LayerKind::StormSurge),
        depth_field: Some(field.to_owned()),
        ..HazardOptions::default()
    };
    let metres = try_read(&path, &by("浸水深")).unwrap();
    let ranks = try_read(&path, &by("浸水深ランク")).unwrap();
    assert_eq!(metres.accepted.len(), 4_001);
    assert_eq!(metres.accepted, ranks.accepted);
    let count = |rank| {
        let class = ZoneClass::Depth(rank);
        metres
            .accepted
            .iter()
            .filter(|(_, r, _)| r.class == class)
            .count()
    };
    assert_eq!([R::R1, R::R2, R::R3].map(count), [1_211, 2_765, 25]);
}
