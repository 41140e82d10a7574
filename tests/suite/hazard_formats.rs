//! Hazard layers in every form in which they are published, read row by row.

use std::{cell::RefCell, fs, path::Path};

use tomoshibi::{
    domain::{
        data_set::Unread,
        hazard::{DurationRank, InundationRank as R, LayerKind, ZoneClass},
    },
    import::{
        hazards::{self, DepthCodes, HazardFile, HazardOptions, HazardRecord},
        report::{FileError, Row, RowNote},
        source::{ReadError, Source},
    },
};

use crate::shapefiles::{self, Column, JGD2011, square};

pub(crate) struct Outcome {
    pub(crate) file: HazardFile,
    pub(crate) taken: Vec<HazardRecord>,
    pub(crate) rejected: Vec<RowNote>,
}

impl Outcome {
    pub(crate) fn ranks(&self) -> Vec<R> {
        let rank = |record: &HazardRecord| match record.class {
            ZoneClass::Depth(rank) => rank,
            other => panic!("{other:?}"),
        };
        self.taken.iter().map(rank).collect()
    }

    /// The number, the field and what is said of each refused row.
    pub(crate) fn refused(&self) -> Vec<(u64, &str, &str)> {
        self.rejected
            .iter()
            .map(|n| (n.row, n.field.as_deref().unwrap_or(""), n.reason.as_str()))
            .collect()
    }
}

pub(crate) fn read(path: &Path, options: &HazardOptions) -> Result<Outcome, FileError> {
    let rows = RefCell::new((Vec::new(), Vec::new()));
    let file = Source::open(path).and_then(|source| {
        hazards::read(&source, options, &|_| {}, &mut |row| {
            let mut rows = rows.borrow_mut();
            match row {
                Row::Accepted { record, .. } => rows.0.push(record),
                Row::Rejected { notes, .. } => rows.1.extend(notes),
            }
            Ok(())
        })
    });
    let (taken, rejected) = rows.into_inner();
    match file {
        Ok(file) => Ok(Outcome {
            file,
            taken,
            rejected,
        }),
        Err(ReadError::File(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

pub(crate) fn good(path: &Path, options: &HazardOptions) -> Outcome {
    read(path, options).unwrap_or_else(|error| panic!("{error:?}"))
}

pub(crate) fn refusal(path: &Path, options: &HazardOptions) -> String {
    match read(path, options) {
        Err(error) => format!("{}: {}", error.code, error.message_ja),
        Ok(outcome) => panic!("not refused: {:?}", outcome.file),
    }
}

pub(crate) fn depth_in(field: &str) -> HazardOptions {
    HazardOptions {
        kind: Some(LayerKind::StormSurge),
        depth_field: Some(field.to_owned()),
        ..HazardOptions::default()
    }
}

/// A FeatureCollection of small squares beside each other.
fn geojson(properties: &[&str]) -> String {
    let features: Vec<String> = properties
        .iter()
        .enumerate()
        .map(|(place, properties)| {
            let west = 130.5 + place as f64 * 0.01;
            let ring: Vec<[f64; 2]> = square(west, 32.6, 0.005)
                .into_iter()
                .map(|(x, y)| [x, y])
                .collect();
            format!(
                r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":[{ring:?}]}}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    )
}

/// As many squares beside each other, as shapes.
pub(crate) fn squares(count: usize) -> Vec<Vec<Vec<(f64, f64)>>> {
    (0..count)
        .map(|place| vec![square(130.5 + place as f64 * 0.01, 32.6, 0.005)])
        .collect()
}

pub(crate) fn none() -> HazardOptions {
    HazardOptions::default()
}

#[test]
fn tsunami_surge_and_inland_flood_are_known_by_their_attributes() {
    let folder = tempfile::tempdir().unwrap();
    for (id, kind, depth, rest) in [
        ("A40", LayerKind::Tsunami, "A40_003", ""),
        ("A49", LayerKind::StormSurge, "A49_003", ""),
        (
            "A51",
            LayerKind::InlandFlood,
            "A51_005",
            r#","A51_003":"【デモ】灯市","A51_004":"43203""#,
        ),
    ] {
        let path = folder.path().join(format!("{id}-24_43.geojson"));
        let bands = [
            "0.3m未満",
            "0.5m以上1m未満",
            "1.0～2.0m",
            "3m以上～5m未満",
            "２０ｍ以上",
            "浸水あり",
            "浸水なし",
            "",
        ];
        let features: Vec<String> = bands
            .iter()
            .map(|band| {
                format!(r#""{id}_001":"【デモ】県","{id}_002":"43","{depth}":"{band}"{rest}"#)
            })
            .collect();
        let features: Vec<&str> = features.iter().map(String::as_str).collect();
        fs::write(&path, geojson(&features)).unwrap();
        let outcome = good(&path, &none());
        let lower = id.to_lowercase();
        assert_eq!(outcome.file.format, format!("ksj-{lower}-geojson"));
        assert_eq!(outcome.file.kind, kind);
        assert_eq!(outcome.file.series, format!("{id}_43"));
        assert!(outcome.file.publisher.is_some());
        assert_eq!(outcome.ranks(), [R::R1, R::R2, R::R2, R::R3, R::R6]);
        let refused = outcome.refused();
        assert_eq!(refused.iter().map(|r| r.0).collect::<Vec<_>>(), [6, 7, 8]);
        assert!(refused.iter().all(|r| r.1 == depth));
        assert!(refused[0].2.contains("「浸水あり」"), "{}", refused[0].2);
        assert!(refused[1].2.contains("「浸水なし」"), "{}", refused[1].2);
        assert!(matches!(&outcome.file.unread, Unread::Boxes(b) if b.len() == 3));
        // A prefecture is no list of municipalities, and the municipality of
        // A51 is whose drains were looked at.
        assert!(outcome.taken.iter().all(|r| r.municipality.is_none()));
        let other = HazardOptions {
            kind: Some(LayerKind::Flood),
            ..none()
        };
        assert!(refusal(&path, &other).starts_with("kind_conflict"));
    }
}

#[test]
fn a_number_without_a_unit_is_no_band_of_the_ministry() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("A40-16_43.geojson");
    let rows = [
        r#""A40_003":"2""#,
        r#""A40_003":3"#,
        r#""A40_003":"2m未満""#,
    ];
    fs::write(&path, geojson(&rows)).unwrap();
    let outcome = good(&path, &none());
    assert_eq!(outcome.ranks(), [R::R2]);
    assert!(outcome.refused()[0].2.contains("単位"));
    assert_eq!(outcome.refused()[1].0, 2);
}

#[test]
fn attributes_that_the_table_does_not_know_are_named_and_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("A51-30_43203.geojson");
    let row = r#""A51_001":"【デモ】県","A51_007":"0.5m以上3m未満""#;
    fs::write(&path, geojson(&[row])).unwrap();
    let said = refusal(&path, &none());
    assert!(said.starts_with("unknown_layout"), "{said}");
    assert!(said.contains("A51_007"), "{said}");
    let told = HazardOptions {
        depth_field: Some("A51_007".to_owned()),
        ..none()
    };
    let outcome = good(&path, &told);
    assert_eq!(outcome.file.format, "ksj-a51-geojson");
    assert_eq!(outcome.ranks(), [R::R2]);
}

#[test]
fn words_metres_and_codes_are_told_apart_in_a_property_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("surge.geojson");
    let rows = [
        r#""浸水深":"0.5m以上3m未満""#,
        r#""浸水深":3"#,
        r#""浸水深":"４．２""#,
        r#""浸水深":0"#,
        r#""浸水深":"深い""#,
    ];
    fs::write(&path, geojson(&rows)).unwrap();
    // Half-width kana name the same property.
    let outcome = good(&path, &depth_in("浸水深"));
    assert_eq!(outcome.ranks(), [R::R2, R::R3, R::R3]);
    let refused = outcome.refused();
    assert!(refused[0].2.contains("浸水の深さではありません"));
    assert!(refused[1].2.contains("「深い」"));
    let said = refusal(&path, &depth_in("流速"));
    assert!(said.starts_with("all_rejected"), "{said}");
    let no_field = HazardOptions {
        kind: Some(LayerKind::StormSurge),
        ..none()
    };
    // The usual name is found, and the report says so.
    let found = good(&path, &no_field);
    assert_eq!(found.ranks(), outcome.ranks());
    let remark = &found.file.remarks[0];
    assert!(remark.ja.contains("「浸水深」の列から"), "{remark:?}");
    fs::write(&path, geojson(&[r#""想定の深さ":3"#])).unwrap();
    let said = refusal(&path, &no_field);
    assert!(
        said.starts_with("kind_unknown") && said.contains("想定の深さ"),
        "{said}"
    );
}

const MESH: [Column; 4] = [
    ("MESH", 'N', 13, 0),
    ("浸水深", 'N', 10, 3),
    ("浸水深ﾗﾝｸ", 'N', 2, 0),
    ("流速", 'N', 10, 3),
];

#[test]
fn ranks_count_where_the_metres_beside_them_bear_them_out() {
    let folder = tempfile::tempdir().unwrap();
    let rows: [&[&str]; 6] = [
        &["4830748032220", "0.468", "1", "0.006"],
        &["4830748032221", "0.500", "2", "0.1"],
        &["4830748032222", "3.035", "3", "0.1"],
        // The rank of another table, no depth, and no such rank.
        &["4830748032223", "0.300", "2", "0.1"],
        &["4830748032224", "", "1", "0.1"],
        &["4830748032225", "9.900", "7", "0.1"],
    ];
    let shp = shapefiles::write(
        folder.path(),
        "mesh",
        Some(JGD2011),
        &squares(6),
        &MESH,
        &rows,
    );
    for field in ["浸水深ﾗﾝｸ", "浸水深ランク", "浸水深 ランク"] {
        let outcome = good(&shp, &depth_in(field));
        assert_eq!(outcome.file.format, "hazard-shapefile");
        assert_eq!(outcome.file.encoding, "CP932");
        assert_eq!(outcome.ranks(), [R::R1, R::R2, R::R3], "{field}");
        let refused = outcome.refused();
        assert_eq!(refused.iter().map(|r| r.0).collect::<Vec<_>>(), [4, 5, 6]);
        assert!(refused[0].2.contains("食い違って"), "{}", refused[0].2);
        assert!(refused[2].2.contains("「7」"), "{}", refused[2].2);
    }
    // The column of metres says it by itself.
    let outcome = good(&shp, &depth_in("浸水深"));
    assert_eq!(outcome.ranks(), [R::R1, R::R2, R::R3, R::R1, R::R4]);
    assert!(refusal(&shp, &depth_in("流速")).starts_with("not_a_depth"));
    // Any part of the set names it.
    for part in ["shx", "dbf", "prj"] {
        let outcome = good(&shp.with_extension(part), &depth_in("浸水深"));
        assert_eq!(outcome.taken.len(), 5, "{part}");
    }
}

#[test]
fn ranks_alone_mean_nothing_until_a_table_is_stated() {
    let folder = tempfile::tempdir().unwrap();
    let columns: [Column; 1] = [("浸水ﾗﾝｸ", 'N', 2, 0)];
    let rows: [&[&str]; 3] = [&["4"], &["11"], &["25"]];
    let shp = shapefiles::write(
        folder.path(),
        "ranks",
        Some(JGD2011),
        &squares(3),
        &columns,
        &rows,
    );
    let said = refusal(&shp, &depth_in("浸水ランク"));
    assert!(said.starts_with("codes_unknown"), "{said}");
    assert!(said.contains("--depth-codes"), "{said}");
    let by = |codes| HazardOptions {
        depth_codes: Some(codes),
        ..depth_in("浸水ランク")
    };
    let six = good(&shp, &by(DepthCodes::A31a));
    assert_eq!(six.ranks(), [R::R4]);
    assert_eq!(six.refused().len(), 2);
    let old = good(&shp, &by(DepthCodes::A31));
    assert_eq!(old.ranks(), [R::R1, R::R3]);
    assert!(old.refused()[0].2.contains("「4」"));
}

#[test]
fn the_old_codes_are_read_by_their_table_and_never_say_outside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("A31-12_43.geojson");
    let codes = [11, 12, 13, 14, 15, 21, 22, 23, 24, 25, 26, 27, 16, 1];
    let rows: Vec<String> = codes.iter().map(|c| format!(r#""A31_001":{c}"#)).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    fs::write(&path, geojson(&rows)).unwrap();
    let outcome = good(&path, &none());
    assert_eq!(outcome.file.format, "ksj-a31-geojson");
    assert_eq!(outcome.file.kind, LayerKind::Flood);
    assert_eq!(
        outcome.ranks(),
        [
            R::R1,
            R::R2,
            R::R2,
            R::R3,
            R::R4,
            R::R1,
            R::R2,
            R::R2,
            R::R2,
            R::R3,
            R::R3,
            R::R4
        ]
    );
    let rows: Vec<u64> = outcome.refused().iter().map(|r| r.0).collect();
    assert_eq!(rows, [13, 14]);
    assert!(!outcome.file.says_outside);
    assert!(outcome.file.remarks[0].ja.contains("計画規模"));
    // Within its zones the water may be deeper.
    let in_a_zone = [130.501, 32.601, 130.502, 32.602];
    assert!(outcome.file.unread.meets(in_a_zone));
}

#[test]
fn a_shapefile_says_what_the_geojson_of_the_same_layer_says() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&str, &[Column], &[&str], &str); 5] = [
        (
            "A31a-25_43_10",
            &[("A31a_202", 'C', 20, 0), ("A31a_205", 'N', 4, 0)],
            &["【デモ】灯川", "3"],
            r#""A31a_202":"【デモ】灯川","A31a_205":3"#,
        ),
        (
            "A33-25_43",
            &[
                ("A33_001", 'N', 4, 0),
                ("A33_002", 'N', 4, 0),
                ("A33_005", 'C', 20, 0),
            ],
            &["2", "4", "【デモ】灯沢"],
            r#""A33_001":2,"A33_002":4,"A33_005":"【デモ】灯沢""#,
        ),
        (
            "A40-16_43",
            &[("A40_001", 'C', 12, 0), ("A40_003", 'C', 40, 0)],
            &["熊本県", "１ｍ以上２ｍ未満"],
            r#""A40_001":"熊本県","A40_003":"１ｍ以上２ｍ未満""#,
        ),
        (
            "A49-20_43",
            &[("A49_003", 'C', 40, 0)],
            &["3m以上5m未満"],
            r#""A49_003":"3m以上5m未満""#,
        ),
        (
            "A51-25_43203",
            &[("A51_003", 'C', 20, 0), ("A51_005", 'C', 40, 0)],
            &["【デモ】灯市", "0.3m未満"],
            r#""A51_003":"【デモ】灯市","A51_005":"0.3m未満""#,
        ),
    ];
    for (stem, columns, row, properties) in cases {
        let path = folder.path().join(format!("{stem}.geojson"));
        fs::write(&path, geojson(&[properties])).unwrap();
        let shp = shapefiles::write(
            folder.path(),
            stem,
            Some(JGD2011),
            &squares(1),
            columns,
            &[row],
        );
        let (a, b) = (good(&path, &none()), good(&shp, &none()));
        assert_eq!(a.taken, b.taken, "{stem}");
        assert_eq!(b.file.format, a.file.format.replace("geojson", "shapefile"));
        assert_eq!((b.file.kind, &b.file.series), (a.file.kind, &a.file.series));
    }
}

#[test]
fn how_long_the_water_stays_comes_as_a_shapefile_too() {
    let folder = tempfile::tempdir().unwrap();
    let columns: [Column; 1] = [("A31a_305", 'N', 4, 0)];
    let shp = shapefiles::write(
        folder.path(),
        "A31a-25_43_10",
        Some(JGD2011),
        &squares(2),
        &columns,
        &[&["3"], &["9"]],
    );
    let outcome = good(&shp, &none());
    assert_eq!(
        outcome.taken[0].class,
        ZoneClass::Duration(DurationRank::D3)
    );
    assert_eq!(outcome.refused()[0].0, 2);
}

#[test]
fn what_may_be_a_rank_is_never_taken_for_metres() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("surge.geojson");
    let by_kind = HazardOptions {
        kind: Some(LayerKind::StormSurge),
        ..none()
    };
    for column in ["浸水深区分", "浸水深階級"] {
        fs::write(&path, geojson(&[&format!(r#""{column}":6"#)])).unwrap();
        let said = refusal(&path, &depth_in(column));
        assert!(said.starts_with("codes_unknown"), "{said}");
    }
    fs::write(&path, geojson(&[r#""浸水深区分":6"#])).unwrap();
    assert!(refusal(&path, &by_kind).starts_with("codes_unknown"));
    // A band in words says itself what it means.
    fs::write(&path, geojson(&[r#""浸水深区分":"20m以上""#])).unwrap();
    assert_eq!(good(&path, &by_kind).ranks(), [R::R6]);
    // Of two depths nobody has said which is meant.
    fs::write(&path, geojson(&[r#""浸水深":0.3,"最大浸水深":12.0"#])).unwrap();
    assert!(refusal(&path, &by_kind).starts_with("kind_unknown"));
}
