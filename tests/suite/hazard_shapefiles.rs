//! Shapefiles: their parts, their coordinates, their encodings.

use std::{fs, path::Path};

use geo::{Contains, Point};
use tomoshibi::{
    domain::hazard::InundationRank as R,
    import::{crs::Crs, hazards::HazardOptions},
};

use crate::{
    hazard_formats::{depth_in, good, none, read, refusal, squares},
    shapefiles::{self, Column, JGD2011, Words, square},
};

#[test]
fn holes_and_islands_stay_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut hole = square(130.502, 32.602, 0.001);
    hole.reverse();
    let shapes = vec![vec![square(130.5, 32.6, 0.005), hole]];
    let columns: [Column; 1] = [("A49_003", 'C', 20, 0)];
    let shp = shapefiles::write(
        folder.path(),
        "A49-20_43",
        Some(JGD2011),
        &shapes,
        &columns,
        &[&["20m以上"]],
    );
    let outcome = good(&shp, &none());
    let zone = &outcome.taken[0].geometry;
    assert_eq!(zone.0[0].interiors().len(), 1);
    assert!(!zone.contains(&Point::new(130.5025, 32.6025)), "the hole");
    assert!(zone.contains(&Point::new(130.501, 32.601)));
}

#[test]
fn plane_rectangular_coordinates_come_out_where_the_survey_puts_them() {
    let folder = tempfile::tempdir().unwrap();
    // A point of zone XV in Okinawa as the Geospatial Information Authority's
    // calculator answers: X 11810.197, Y 19134.409.
    let (lat, lon) = (26.106_484_758, 127.691_310_814);
    let shapes = vec![vec![square(19_134.409 - 1.0, 11_810.197 - 1.0, 2.0)]];
    let columns: [Column; 1] = [("A40_003", 'C', 20, 0)];
    let prj = shapefiles::zone(15, 26.0, 127.5);
    let shp = shapefiles::write(
        folder.path(),
        "A40-16_47",
        Some(&prj),
        &shapes,
        &columns,
        &[&["2m以上5m未満"]],
    );
    let outcome = good(&shp, &none());
    assert!(outcome.taken[0].geometry.contains(&Point::new(lon, lat)));
    let metre = 1.0 / 111_000.0;
    assert!(
        !outcome.taken[0]
            .geometry
            .contains(&Point::new(lon, lat + 2.0 * metre))
    );
    // The wrong zone is another sea.
    let prj = shapefiles::zone(9, 36.0, 139.0 + 50.0 / 60.0);
    fs::write(shp.with_extension("prj"), prj).unwrap();
    let elsewhere = good(&shp, &none());
    assert!(!elsewhere.taken[0].geometry.contains(&Point::new(lon, lat)));
}

#[test]
fn coordinates_of_unknown_or_wrong_kind_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let columns: [Column; 1] = [("depth", 'N', 8, 2)];
    let rows: [&[&str]; 1] = [&["1.5"]];
    let with = |stem: &str, prj: Option<&str>, shapes: &[Vec<Vec<(f64, f64)>>]| {
        shapefiles::write(folder.path(), stem, prj, shapes, &columns, &rows)
    };
    let degrees = squares(1);
    let metres = vec![vec![square(-30_000.0, -40_000.0, 20.0)]];
    let options = depth_in("depth");

    let tokyo = JGD2011
        .replace("JGD_2011", "Tokyo")
        .replace("GRS_1980\",6378137.0", "Bessel_1841\",6377397.155");
    let old = with("old", Some(&tokyo), &degrees);
    assert!(refusal(&old, &options).starts_with("old_datum"));
    assert!(refusal(&old, &options).contains("GCS_Tokyo"));

    let utm = shapefiles::zone(2, 0.0, 129.0)
        .replace("JGD_2011_Japan_Zone_2", "JGD_2011_UTM_Zone_52N")
        .replace("0.9999", "0.9996");
    let far = with("utm", Some(&utm), &metres);
    assert!(refusal(&far, &options).starts_with("unknown_crs"));
    assert!(refusal(&far, &options).contains("JGD_2011_UTM_Zone_52N"));

    // What lies: degrees that are metres, metres that are degrees, a zone whose
    // name is not that of its numbers.
    let zone2 = shapefiles::zone(2, 33.0, 131.0);
    assert!(refusal(&with("l1", Some(JGD2011), &metres), &options).starts_with("prj_lies"));
    assert!(refusal(&with("l2", Some(&zone2), &degrees), &options).starts_with("prj_lies"));
    let renamed = zone2.replace("Zone_2", "Zone_3");
    assert!(refusal(&with("l3", Some(&renamed), &metres), &options).starts_with("prj_lies"));
    assert_eq!(
        good(&with("ok", Some(&zone2), &metres), &options)
            .taken
            .len(),
        1
    );

    // No word at all: only where the format or the call says it.
    let bare = with("bare", None, &degrees);
    assert!(refusal(&bare, &options).starts_with("no_prj"));
    let told = |crs| HazardOptions {
        crs: Some(crs),
        ..depth_in("depth")
    };
    assert_eq!(good(&bare, &told(Crs::Degrees)).taken.len(), 1);
    assert!(refusal(&bare, &told(Crs::Plane(2))).starts_with("prj_lies"));
    let said = with("said", Some(JGD2011), &degrees);
    assert!(refusal(&said, &told(Crs::Plane(2))).starts_with("prj_lies"));
    let ksj = shapefiles::write(
        folder.path(),
        "A49-20_43",
        None,
        &degrees,
        &[("A49_003", 'C', 20, 0)],
        &[&["0.3m未満"]],
    );
    let outcome = good(&ksj, &none());
    assert!(outcome.file.remarks[0].ja.contains(".prj"));
}

#[test]
fn the_encoding_is_that_of_the_bytes_or_of_the_cpg() {
    let folder = tempfile::tempdir().unwrap();
    let columns: [Column; 2] = [("浸水深", 'C', 30, 0), ("名称", 'C', 30, 0)];
    let row: &[&str] = &["0.5m以上3m未満", "【デモ】灯海岸"];
    let shp = shapefiles::write(
        folder.path(),
        "words",
        Some(JGD2011),
        &squares(1),
        &columns,
        &[row],
    );
    let name = |shp: &Path| {
        let outcome = good(shp, &depth_in("浸水深"));
        (
            outcome.taken[0].name.clone().unwrap(),
            outcome.file.encoding,
        )
    };
    assert_eq!(name(&shp), ("【デモ】灯海岸".to_owned(), "CP932"));
    for label in ["932", "Shift_JIS", "ANSI 932"] {
        fs::write(shp.with_extension("cpg"), label).unwrap();
        assert_eq!(name(&shp).1, "CP932");
    }
    fs::write(shp.with_extension("cpg"), "UTF-8").unwrap();
    assert!(refusal(&shp, &depth_in("浸水深")).starts_with("encoding"));
    fs::write(shp.with_extension("cpg"), "KLINGON").unwrap();
    assert!(refusal(&shp, &depth_in("浸水深")).contains("KLINGON"));
    let utf8 = shapefiles::table(&columns, &[row], Words::Utf8);
    fs::write(shp.with_extension("dbf"), utf8).unwrap();
    fs::remove_file(shp.with_extension("cpg")).unwrap();
    assert_eq!(name(&shp), ("【デモ】灯海岸".to_owned(), "UTF-8"));
    fs::write(shp.with_extension("cpg"), "utf8\n").unwrap();
    assert_eq!(name(&shp), ("【デモ】灯海岸".to_owned(), "UTF-8"));
}

#[test]
fn parts_that_are_missing_cut_or_of_another_set_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let columns: [Column; 1] = [("A49_003", 'C', 20, 0)];
    let rows: [&[&str]; 2] = [&["0.3m未満"], &["1m以上3m未満"]];
    let make = || {
        let folder = folder.path();
        shapefiles::write(folder, "a", Some(JGD2011), &squares(2), &columns, &rows)
    };
    for (gone, named) in [
        ("shx", "shp"),
        ("dbf", "shp"),
        ("shp", "dbf"),
        ("shp", "shx"),
    ] {
        let shp = make();
        fs::remove_file(shp.with_extension(gone)).unwrap();
        let said = refusal(&shp.with_extension(named), &none());
        assert!(said.starts_with("missing_part"), "{said}");
        assert!(said.contains(&format!("「a.{gone}」")), "{said}");
    }
    let shp = make();
    let shorter = shapefiles::table(&columns, &rows[..1], Words::Cp932);
    fs::write(shp.with_extension("dbf"), shorter).unwrap();
    let said = refusal(&shp, &none());
    assert!(said.starts_with("parts_differ"), "{said}");
    assert!(said.contains("図形 2 件、属性 1 件"), "{said}");

    for part in ["shp", "shx", "dbf"] {
        let path = make().with_extension(part);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 10]).unwrap();
        let said = refusal(&shp, &none());
        assert!(said.starts_with("truncated"), "{said}");
        assert!(said.contains(&format!("「a.{part}」")), "{said}");
    }
    // The index of a file with one shape more.
    make();
    let other = shapefiles::write(
        folder.path(),
        "b",
        None,
        &squares(3),
        &columns,
        &[rows[0], rows[0], rows[0]],
    );
    fs::copy(other.with_extension("shx"), shp.with_extension("shx")).unwrap();
    assert!(refusal(&shp, &none()).starts_with("parts_differ"));
    // Endings in capitals are the same files.
    let shp = make();
    fs::rename(shp.with_extension("dbf"), shp.with_extension("DBF")).unwrap();
    assert_eq!(good(&shp, &none()).taken.len(), 2);
}

#[test]
fn a_deleted_record_is_not_taken_for_no_zone() {
    let folder = tempfile::tempdir().unwrap();
    let columns: [Column; 1] = [("A49_003", 'C', 20, 0)];
    let rows: [&[&str]; 3] = [&["0.3m未満"], &["1m以上3m未満"], &["5m以上10m未満"]];
    let folder = folder.path();
    let shp = shapefiles::write(
        folder,
        "A49-20_43",
        Some(JGD2011),
        &squares(3),
        &columns,
        &rows,
    );
    let dbf = shp.with_extension("dbf");
    let mut bytes = fs::read(&dbf).unwrap();
    let second = 32 + 32 + 1 + 21;
    assert_eq!(bytes[second], b' ');
    bytes[second] = b'*';
    fs::write(&dbf, bytes).unwrap();
    let outcome = good(&shp, &none());
    // What follows keeps its own attributes.
    assert_eq!(outcome.ranks(), [R::R1, R::R4]);
    assert_eq!(outcome.refused()[0].0, 2);
    assert!(outcome.refused()[0].2.contains("削除"));
}

#[test]
fn damaged_shapes_are_refused_and_nothing_panics() {
    let folder = tempfile::tempdir().unwrap();
    let columns: [Column; 1] = [("A49_003", 'C', 20, 0)];
    let rows: [&[&str]; 2] = [&["0.3m未満"], &["1m以上3m未満"]];
    let folder = folder.path();
    let shp = shapefiles::write(
        folder,
        "A49-20_43",
        Some(JGD2011),
        &squares(2),
        &columns,
        &rows,
    );
    let whole: Vec<(&str, Vec<u8>)> = ["shp", "shx", "dbf"]
        .map(|part| (part, fs::read(shp.with_extension(part)).unwrap()))
        .to_vec();
    let mut refused = 0;
    for (part, bytes) in &whole {
        for at in 0..bytes.len().min(400) {
            for value in [0, 0x7f, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] = value;
                fs::write(shp.with_extension(part), damaged).unwrap();
                match read(&shp, &none()) {
                    Ok(outcome) => assert_eq!(outcome.file.read, 2),
                    Err(_) => refused += 1,
                }
            }
        }
        fs::write(shp.with_extension(part), bytes).unwrap();
    }
    assert!(refused > 50, "{refused}");
    assert_eq!(good(&shp, &none()).taken.len(), 2);
}
