//! Hazard layers of every form through the built program and the store.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    shapefiles::{self, Column, JGD2011, Words, square},
    support::{engines::Database, process::run},
};

crate::on_every_engine!(
    a_shapefile_is_imported_once_and_a_changed_part_is_a_change,
    the_other_form_of_a_layer_takes_its_place,
    an_old_map_puts_nobody_outside,
    two_maps_of_one_series_are_never_both_in_force,
    a_map_that_lies_elsewhere_makes_no_home_dry,
    an_earlier_year_of_a_map_takes_no_later_ones_place,
);

fn import(db: &Database, args: &[&str]) -> (i32, Value) {
    let all: Vec<&str> = ["import", "hazards"]
        .iter()
        .chain(args)
        .copied()
        .chain(["--json"])
        .collect();
    let output = run(&db.url, &all);
    let line = String::from_utf8(output.stdout).expect("JSON is text");
    let value = serde_json::from_str(line.trim())
        .unwrap_or_else(|_| panic!("{line} {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().expect("it ended by itself"), value)
}

fn counts(report: &Value) -> [u64; 5] {
    ["read", "accepted", "added", "unchanged", "withdrawn"]
        .map(|key| report[key].as_u64().expect("a count"))
}

const COLUMNS: [Column; 1] = [("A49_003", 'C', 20, 0)];

fn two_zones(folder: &Path, second: &str) -> String {
    let shapes = [
        vec![square(130.75, 32.20, 0.01)],
        vec![square(130.77, 32.20, 0.01)],
    ];
    let shp = shapefiles::write(
        folder,
        "A49-20_43",
        Some(JGD2011),
        &shapes,
        &COLUMNS,
        &[&["0.3m未満"], &[second]],
    );
    shp.display().to_string()
}

async fn a_shapefile_is_imported_once_and_a_changed_part_is_a_change(db: Database) {
    let folder = tempfile::tempdir().expect("a folder");
    let shp = two_zones(folder.path(), "3m以上5m未満");
    let args = [shp.as_str(), "--covers", "43203"];
    let (exit, report) = import(&db, &[&args[..], &["--dry-run"]].concat());
    assert_eq!((exit, counts(&report)), (0, [2, 2, 2, 0, 0]));
    let (exit, report) = import(&db, &args);
    assert_eq!(report["format"], "ksj-a49-shapefile");
    assert_eq!(report["encoding"], "CP932");
    assert_eq!(
        (exit, counts(&report)),
        (0, [2, 2, 2, 0, 0]),
        "not a dry run"
    );
    assert_eq!(counts(&import(&db, &args).1), [2, 2, 0, 2, 0]);
    // Only the table changed.
    let table = shapefiles::table(&COLUMNS, &[&["0.3m未満"], &["20m以上"]], Words::Cp932);
    fs::write(Path::new(&shp).with_extension("dbf"), table).expect("a table");
    assert_eq!(counts(&import(&db, &args).1), [2, 2, 1, 1, 1]);
    // A word that no table knows refuses its row and names it.
    two_zones(folder.path(), "ふかい");
    let (exit, report) = import(&db, &args);
    assert_eq!((exit, counts(&report)), (1, [2, 1, 0, 1, 1]));
    assert_eq!(report["rejected"][0]["row"], 2);
    assert_eq!(report["rejected"][0]["field"], "A49_003");
    // Missing parts are named; the stored zones stay.
    fs::remove_file(Path::new(&shp).with_extension("shx")).expect("it is there");
    let (exit, report) = import(&db, &args);
    assert_eq!(
        (exit, &report["error"]["code"]),
        (1, &"missing_part".into())
    );
    fs::remove_file(&shp).expect("it is there");
    let (exit, report) = import(&db, &args);
    assert_eq!((exit, &report["error"]["code"]), (2, &"missing".into()));
    assert!(
        report["error"]["message_ja"]
            .as_str()
            .is_some_and(|m| m.contains(".shp"))
    );
}

async fn the_other_form_of_a_layer_takes_its_place(db: Database) {
    let folder = tempfile::tempdir().expect("a folder");
    let shp = two_zones(folder.path(), "3m以上5m未満");
    assert_eq!(import(&db, &[&shp, "--covers", "43203"]).0, 0);
    let zone = |west: f64, depth: &str| {
        let ring: Vec<[f64; 2]> = square(west, 32.20, 0.01)
            .into_iter()
            .map(|(x, y)| [x, y])
            .collect();
        format!(
            r#"{{"type":"Feature","properties":{{"A49_003":"{depth}"}},"geometry":{{"type":"Polygon","coordinates":[{ring:?}]}}}}"#
        )
    };
    let geojson = folder.path().join("A49-24_43.geojson");
    let features = [zone(130.75, "0.3m未満"), zone(130.77, "3m以上5m未満")].join(",");
    let text = format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
    fs::write(&geojson, text).expect("a file");
    let geojson = geojson.display().to_string();
    let (_, report) = import(&db, &[&geojson, "--covers", "43203"]);
    assert_eq!(report["format"], "ksj-a49-geojson");
    assert_eq!(
        counts(&report),
        [2, 2, 0, 2, 0],
        "one series, the same zones"
    );
}

/// The outcome of a rule for a hazard of the only case.
fn outcome(db: &Database, rule: &str, hazard: &str) -> Option<String> {
    let output = run(&db.url, &["check", "--all", "--json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    answer["plans"][0]["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .find(|f| f["rule"] == rule && f["hazard"] == hazard)
        .and_then(|f| f["outcome"].as_str())
        .map(str::to_owned)
}

async fn an_old_map_puts_nobody_outside(db: Database) {
    let folder = tempfile::tempdir().expect("a folder");
    let families = folder.path().join("f.csv");
    fs::write(
        &families,
        "整理番号,市町村,氏名,緯度,経度,位置の精度,計画\nK-0001,熊本県人吉市,【デモ】一,32.30,130.80,現地測位,あり\n",
    )
    .expect("a sheet");
    let families = families.display().to_string();
    let output = run(&db.url, &["import", "families", &families]);
    assert!(output.status.success());
    let old = shapefiles::write(
        folder.path(),
        "A31-12_43",
        Some(JGD2011),
        &[vec![square(130.75, 32.20, 0.01)]],
        &[("A31_001", 'N', 4, 0)],
        &[&["12"]],
    );
    let old = old.display().to_string();
    let (exit, report) = import(&db, &[&old, "--covers", "43203"]);
    assert_eq!((exit, counts(&report)), (0, [1, 1, 1, 0, 0]), "{report}");
    assert_eq!(report["format"], "ksj-a31-shapefile");
    assert!(
        report["warnings"][0]["reason"]
            .as_str()
            .is_some_and(|r| r.contains("計画規模"))
    );
    // The collapse layers cover the town; the old depth map does not.
    for name in ["flow", "bank"] {
        let file = shapefiles::write(
            folder.path(),
            name,
            Some(JGD2011),
            &[vec![square(130.75, 32.20, 0.01)]],
            &[("NAME", 'C', 8, 0)],
            &[&["demo"]],
        );
        let file = file.display().to_string();
        let kind = format!("flood_collapse_{name}");
        let args = [file.as_str(), "--covers", "43203", "--kind", &kind];
        assert_eq!(import(&db, &args).0, 0);
    }
    assert_eq!(outcome(&db, "LVL-02", "flood").as_deref(), Some("unknown"));
    // The largest assumed flood does.
    let new = shapefiles::write(
        folder.path(),
        "A31a-25_43_10",
        Some(JGD2011),
        &[vec![square(130.75, 32.20, 0.01)]],
        &[("A31a_205", 'N', 4, 0)],
        &[&["3"]],
    );
    let new = new.display().to_string();
    assert_eq!(import(&db, &[&new, "--covers", "43203"]).0, 0);
    assert_eq!(outcome(&db, "LVL-02", "flood"), None, "outside");
}

/// Imports of one layer at the same time, each by a process of its own: one
/// wins, the others are told, and one map is in force.
async fn two_maps_of_one_series_are_never_both_in_force(db: Database) {
    let folder = tempfile::tempdir().expect("a folder");
    let first = two_zones(folder.path(), "0.3m未満");
    assert_eq!(import(&db, &[&first, "--covers", "43203"]).0, 0);
    let files: Vec<String> = (0..4)
        .map(|number| {
            let own = folder.path().join(format!("{number}"));
            fs::create_dir(&own).expect("a folder");
            two_zones(&own, &format!("{}m以上20m未満", 10 + number))
        })
        .collect();
    let reports: Vec<(i32, Value)> = std::thread::scope(|scope| {
        let runs: Vec<_> = files
            .iter()
            .map(|file| scope.spawn(|| import(&db, &[file.as_str(), "--covers", "43203"])))
            .collect();
        runs.into_iter()
            .map(|run| run.join().expect("it ends"))
            .collect()
    });
    assert!(reports.iter().any(|(exit, _)| *exit == 0));
    for (exit, report) in &reports {
        let code = report["error"]["code"].as_str();
        assert!(*exit == 0 || code == Some("overtaken"), "{report}");
    }
    let store = tomoshibi::store::Store::open(&db.url)
        .await
        .expect("it opens");
    let mut tx = store.read().await.expect("it is read");
    let current = tx.current_data_sets().await.expect("it is read");
    assert_eq!(current.len(), 1, "{current:?}");
    assert_eq!(current[0].records, 2);
}

/// A map in the wrong coordinates, or of another prefecture, would call every home
/// of the municipalities that it is said to cover "outside".
async fn a_map_that_lies_elsewhere_makes_no_home_dry(db: Database) {
    let folder = tempfile::tempdir().expect("a folder");
    let boundaries = r#"{"type": "FeatureCollection", "features": [{"type": "Feature",
        "properties": {"N03_001": "【デモ】灯県", "N03_003": "人吉市", "N03_007": "43203"},
        "geometry": {"type": "Polygon", "coordinates": [[[130.7, 32.1], [130.9, 32.1],
        [130.9, 32.3], [130.7, 32.3], [130.7, 32.1]]]}}]}"#;
    let n03 = folder.path().join("N03.geojson");
    fs::write(&n03, boundaries).expect("it is written");
    let done = run(
        &db.url,
        &["import", "boundaries", &n03.display().to_string(), "--json"],
    );
    assert!(done.status.success(), "{done:?}");
    let elsewhere = |name: &str, west: f64, columns: &[Column], words: &[&str]| {
        let shape = [vec![square(west, 32.20, 0.01)]];
        let shp = shapefiles::write(
            folder.path(),
            name,
            Some(JGD2011),
            &shape,
            columns,
            &[words],
        );
        shp.display().to_string()
    };
    let far = elsewhere("far", 129.25, &COLUMNS, &["3m以上5m未満"]);
    let (exit, report) = import(&db, &[&far, "--covers", "43203"]);
    assert_eq!(
        (exit, report["error"]["code"].as_str()),
        (1, Some("elsewhere")),
        "{report}"
    );
    assert_eq!(import(&db, &[&far, "--covers", "43203", "--force"]).0, 0);
    // Without a word on coverage it covers nobody, and does no harm.
    let other = elsewhere("other", 129.25, &COLUMNS, &["3m以上5m未満"]);
    assert_eq!(import(&db, &[&other]).0, 0);
    let columns: [Column; 2] = [("A49_002", 'C', 2, 0), COLUMNS[0]];
    let tokyo = elsewhere("tokyo", 130.75, &columns, &["13", "3m以上5m未満"]);
    let (exit, report) = import(&db, &[&tokyo, "--covers", "43203"]);
    assert_eq!(
        (exit, report["error"]["code"].as_str()),
        (1, Some("elsewhere")),
        "{report}"
    );
    let here = elsewhere("here", 130.75, &columns, &["43", "3m以上5m未満"]);
    assert_eq!(import(&db, &[&here, "--covers", "43203"]).0, 0);
}

/// The year stands in the name of a file of the KSJ, and a date after today is a slip.
async fn an_earlier_year_of_a_map_takes_no_later_ones_place(db: Database) {
    let folder = tempfile::tempdir().expect("a folder");
    let of_year = |year: &str, depth: &str| {
        let shp = shapefiles::write(
            folder.path(),
            &format!("A49-{year}_43"),
            Some(JGD2011),
            &[vec![square(130.75, 32.20, 0.01)]],
            &COLUMNS,
            &[&[depth]],
        );
        shp.display().to_string()
    };
    let code = |report: &Value| report["error"]["code"].as_str().map(str::to_owned);
    let later = of_year("25", "20m以上");
    assert_eq!(import(&db, &[&later, "--covers", "43203"]).0, 0);
    let earlier = of_year("16", "0.3m未満");
    let (exit, report) = import(&db, &[&earlier, "--covers", "43203"]);
    assert_eq!(
        (exit, code(&report).as_deref()),
        (1, Some("older")),
        "{report}"
    );
    assert_eq!(
        import(&db, &[&earlier, "--covers", "43203", "--force"]).0,
        0
    );
    assert_eq!(import(&db, &[&later, "--covers", "43203"]).0, 0);
    let dated = [later.as_str(), "--covers", "43203", "--dated", "2099-01-01"];
    let (exit, report) = import(&db, &dated);
    assert_eq!(
        (exit, code(&report).as_deref()),
        (1, Some("dated_after_today")),
        "{report}"
    );
    let meant = [&dated[..], &["--force"]].concat();
    assert_eq!(import(&db, &meant).0, 0);
}
