//! Files as people bring them, through the built program.

use std::{fs, path::PathBuf};

use serde_json::Value;
use tomoshibi::{
    domain::{
        access::{Moment, Reader},
        id::CaseNumber,
    },
    store::Store,
};

use crate::support::{
    engines::{Database, sqlite},
    process::run,
};

crate::on_every_engine!(
    good_rows_come_in_and_the_others_are_listed,
    a_second_time_nothing_changes,
    a_complete_list_withdraws_only_what_it_speaks_for,
    a_layer_is_replaced_whole_or_not_at_all,
    a_zone_that_is_refused_leaves_its_place_unknown,
    a_sheet_without_a_column_keeps_what_is_stored,
    an_older_list_or_another_river_does_not_replace_in_silence,
    a_home_outside_its_municipality_is_remarked_on_and_dry_by_no_map,
);

const HEADER: &str = "NO,共通ID,都道府県名及び市町村名,施設・場所名,住所,洪水,崖崩れ、土石流及び地滑り,高潮,地震,津波,大規模な火事,内水氾濫,火山現象,指定避難所との住所同一,緯度,経度,備考\n";

fn row(n: u32, town: (&str, &str), lat: f64) -> String {
    let (code, name) = town;
    format!(
        "{n},E{code}0000{n:03}201,{name},【デモ】施設{n},{name}【デモ】町{n},1,,,1,,,,,,{lat},130.76,\n"
    )
}

const HITOYOSHI: (&str, &str) = ("43203", "熊本県人吉市");
const YATSUSHIRO: (&str, &str) = ("43202", "熊本県八代市");

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path: PathBuf = self.0.path().join(name);
        fs::write(&path, content).expect("a file is written");
        path.display().to_string()
    }
}

/// Runs an import and reads the one line that it answers.
fn import(db: &Database, args: &[&str]) -> (i32, Value) {
    let all: Vec<&str> = ["import"]
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

fn counts(report: &Value) -> [u64; 6] {
    [
        "read",
        "accepted",
        "added",
        "changed",
        "unchanged",
        "withdrawn",
    ]
    .map(|key| report[key].as_u64().expect("a count"))
}

async fn good_rows_come_in_and_the_others_are_listed(db: Database) {
    let folder = Folder::new();
    let bad = row(3, HITOYOSHI, 32.2).replace("32.2,", "北緯32度,");
    let file = folder.file(
        "a.csv",
        format!(
            "{HEADER}{}{}{bad}",
            row(1, HITOYOSHI, 32.21),
            row(2, HITOYOSHI, 32.22)
        ),
    );
    let (exit, report) = import(&db, &["sites", &file]);
    assert_eq!(exit, 1);
    assert_eq!(counts(&report), [3, 2, 2, 0, 0, 0]);
    assert_eq!(report["rejected"][0]["row"], 3);
    assert_eq!(report["rejected"][0]["field"], "緯度");
}

async fn a_second_time_nothing_changes(db: Database) {
    let folder = Folder::new();
    let text = format!(
        "{HEADER}{}{}",
        row(1, HITOYOSHI, 32.21),
        row(2, YATSUSHIRO, 32.5)
    );
    let utf8 = folder.file("a.csv", &text);
    let (cp932, ..) = encoding_rs::SHIFT_JIS.encode(&text);
    let cp932 = folder.file("b.csv", &cp932);
    assert_eq!(
        counts(&import(&db, &["sites", &utf8, "--dry-run"]).1),
        [2, 2, 2, 0, 0, 0]
    );
    assert_eq!(
        counts(&import(&db, &["sites", &utf8]).1),
        [2, 2, 2, 0, 0, 0]
    );
    assert_eq!(
        counts(&import(&db, &["sites", &cp932]).1),
        [2, 2, 0, 0, 2, 0]
    );
    let moved = folder.file("c.csv", text.replace("32.21", "32.22"));
    assert_eq!(
        counts(&import(&db, &["sites", &moved]).1),
        [2, 2, 0, 1, 1, 0]
    );
}

async fn a_complete_list_withdraws_only_what_it_speaks_for(db: Database) {
    let folder = Folder::new();
    let many: String = (1..=10).map(|n| row(n, HITOYOSHI, 32.21)).collect();
    let all = folder.file(
        "a.csv",
        format!("{HEADER}{many}{}", row(20, YATSUSHIRO, 32.5)),
    );
    assert_eq!(
        counts(&import(&db, &["sites", &all]).1),
        [11, 11, 11, 0, 0, 0]
    );
    let nine: String = (1..=9).map(|n| row(n, HITOYOSHI, 32.21)).collect();
    let fewer = folder.file("b.csv", format!("{HEADER}{nine}"));
    assert_eq!(
        counts(&import(&db, &["sites", &fewer, "--complete"]).1),
        [9, 9, 0, 0, 9, 1]
    );
    let half = folder.file("c.csv", format!("{HEADER}{}", row(1, HITOYOSHI, 32.21)));
    let (exit, refused) = import(&db, &["sites", &half, "--complete"]);
    assert_eq!(
        (exit, &refused["error"]["code"]),
        (1, &Value::from("too_many_withdrawn"))
    );
    assert_eq!(
        counts(&import(&db, &["sites", &fewer]).1)[4],
        9,
        "the refusal changed nothing"
    );
}

fn layer(ranks: &[u8]) -> String {
    let features: Vec<String> = (0..)
        .zip(ranks)
        .map(|(n, rank)| {
            let (west, east) = (130.70 + 0.01 * f64::from(n), 130.705 + 0.01 * f64::from(n));
            format!(
                r#"{{"type":"Feature","properties":{{"A31a_202":"【デモ】川","A31a_205":{rank}}},"geometry":{{"type":"Polygon","coordinates":[[[{west},32.2],[{east},32.2],[{east},32.21],[{west},32.21],[{west},32.2]]]}}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    )
}

async fn a_layer_is_replaced_whole_or_not_at_all(db: Database) {
    let folder = Folder::new();
    let name = "A31a-25_43_10.geojson";
    let file = folder.file(name, layer(&[2, 3]));
    let args = [
        "hazards",
        &file,
        "--covers",
        "43203",
        "--dated",
        "2026-05-01",
    ];
    assert_eq!(counts(&import(&db, &args).1), [2, 2, 2, 0, 0, 0]);
    assert_eq!(counts(&import(&db, &args).1), [2, 2, 0, 0, 2, 0]);
    // A code that is not in the table is refused, never zero.
    folder.file(name, layer(&[2, 9]));
    let (exit, report) = import(&db, &args);
    assert_eq!(exit, 1);
    assert_eq!(counts(&report), [2, 1, 0, 0, 1, 1]);
    // Cut off in the middle: nothing changes.
    let cut = layer(&[2, 3, 4]);
    folder.file(name, &cut[..cut.len() / 2]);
    let (exit, report) = import(&db, &args);
    assert_eq!(
        (exit, &report["error"]["code"]),
        (1, &Value::from("truncated"))
    );
    // An older one needs --force.
    folder.file(name, layer(&[4]));
    let older = [
        "hazards",
        &file,
        "--covers",
        "43203",
        "--dated",
        "2020-01-01",
    ];
    let (_, report) = import(&db, &older);
    assert_eq!(report["error"]["code"], "older");
}

async fn a_zone_that_is_refused_leaves_its_place_unknown(db: Database) {
    let folder = Folder::new();
    // Two homes: one where the second zone lies, one where no zone lies.
    let families = folder.file(
        "f.csv",
        "整理番号,市町村,氏名,緯度,経度,位置の精度,計画,避難先1_種別,避難先1_名称,避難先1_緯度,避難先1_経度,避難先1_住所\n\
         K-0001,熊本県人吉市,【デモ】一,32.205,130.712,建物,あり,親戚,【デモ】祖母宅,32.30,130.80,熊本県人吉市\n\
         K-0002,熊本県人吉市,【デモ】二,32.205,130.752,建物,あり,親戚,【デモ】祖母宅,32.30,130.80,熊本県人吉市\n",
    );
    let (exit, report) = import(&db, &["families", &families]);
    assert_eq!((exit, counts(&report)[1]), (0, 2), "{report}");
    let depth = folder.file("A31a-25_43_10.geojson", layer(&[2, 9]));
    let flow = folder.file("flow.geojson", layer(&[2]).replace("A31a_2", "A31a_4"));
    for (file, kind) in [
        (&depth, "flood"),
        (&flow, "flood_collapse_flow"),
        (&flow, "flood_collapse_bank"),
    ] {
        let rest = ["--covers", "43203", "--kind", kind];
        let args: Vec<&str> = ["hazards", file].iter().chain(&rest).copied().collect();
        let (_, report) = import(&db, &args);
        let refused = u64::from(kind == "flood");
        assert_eq!(counts(&report)[1], 1, "{report}");
        assert_eq!(counts(&report)[0], 1 + refused, "{report}");
        assert_eq!(
            report["warnings"].as_array().map(Vec::len),
            Some(refused as usize),
            "{report}"
        );
    }
    // LVL-02 asks for a trigger where a flood hits the home.
    let answer = checked(&db);
    assert_eq!(outcome(&answer, 0, "LVL-02", "flood"), Some("unknown"));
    assert_eq!(outcome(&answer, 1, "LVL-02", "flood"), None);
    let texts: Vec<&str> = findings(&answer, 0)
        .iter()
        .filter(|f| f["hazard"] == "flood")
        .filter_map(|f| f["message_ja"].as_str())
        .collect();
    assert!(
        texts.iter().any(|text| text.contains("取り込めなかった")),
        "{texts:?}"
    );
    // The corrected file settles it.
    folder.file("A31a-25_43_10.geojson", layer(&[2, 3]));
    import(&db, &["hazards", &depth, "--covers", "43203"]);
    let answer = checked(&db);
    assert_eq!(outcome(&answer, 0, "LVL-02", "flood"), Some("fails"));
    // And a file of which nothing could be taken says why, row by row.
    folder.file("A31a-25_43_10.geojson", layer(&[8, 9]));
    let (exit, report) = import(&db, &["hazards", &depth, "--covers", "43203"]);
    assert_eq!((exit, counts(&report)[..2].to_vec()), (1, vec![2, 0]));
    assert_eq!(report["error"]["code"], "all_rejected");
    assert_eq!(report["rejected"][1]["row"], 2);
}

async fn a_sheet_without_a_column_keeps_what_is_stored(db: Database) {
    let folder = Folder::new();
    let example = folder.file("example.csv", "");
    let made = run(&db.url, &["template", &example]);
    assert!(made.status.success());
    // What may be filled in by now is not lost to a second call.
    let again = run(&db.url, &["template", &example]);
    assert_eq!(again.status.code(), Some(2));
    let (exit, report) = import(&db, &["families", &example]);
    assert_eq!((exit, counts(&report)[2]), (0, 1), "{report}");
    let before = stored(&db).await;
    assert_eq!(before.0["battery_hours"], 8.5);
    assert!(
        before.0["destinations"]
            .as_array()
            .is_some_and(|d| d.len() == 2)
    );
    // One column and nothing else.
    let short = folder.file(
        "short.csv",
        "整理番号,市町村,バッテリー時間\nDEMO-1,熊本県人吉市,2\n",
    );
    let (exit, report) = import(&db, &["families", &short]);
    assert_eq!((exit, counts(&report)[3]), (0, 1), "{report}");
    let after = stored(&db).await;
    let mut expected = before.clone();
    expected.0["battery_hours"] = 2.0.into();
    assert_eq!(after, expected);
    // An empty cell of a column that is there says "unknown".
    let empty = folder.file(
        "empty.csv",
        "整理番号,市町村,バッテリー時間,連絡先2\nDEMO-1,熊本県人吉市,,\n",
    );
    import(&db, &["families", &empty]);
    let (document, child) = stored(&db).await;
    assert_eq!(document.get("battery_hours"), None);
    let values: Vec<&str> = child["contacts"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|c| c["value"].as_str())
        .collect();
    assert_eq!(
        values.len(),
        2,
        "the mother's and the coordinator's: {values:?}"
    );
    // Another address: the position is not that of the new one.
    let moved = folder.file(
        "moved.csv",
        "整理番号,市町村,住所\nDEMO-1,熊本県人吉市,【デモ】人吉市灯町9\n",
    );
    import(&db, &["families", &moved]);
    let (document, _) = stored(&db).await;
    assert_eq!(document["home"]["municipality"], "43203");
    assert_eq!(document["home"].get("position"), None);
}

async fn an_older_list_or_another_river_does_not_replace_in_silence(db: Database) {
    let folder = Folder::new();
    let list = folder.file("a.csv", format!("{HEADER}{}", row(1, HITOYOSHI, 32.21)));
    let on = |day| import(&db, &["sites", &list, "--dated", day]);
    assert_eq!(on("2026-11-01").0, 0);
    folder.file("a.csv", format!("{HEADER}{}", row(1, HITOYOSHI, 32.23)));
    assert_eq!(on("2020-01-01").1["error"]["code"], "older");
    assert_eq!(counts(&on("2026-11-02").1), [1, 1, 0, 1, 0, 0]);

    let map = folder.file("flood.geojson", layer(&[3]));
    let args = ["hazards", &map, "--covers", "43203"];
    assert_eq!(import(&db, &args).0, 0);
    folder.file(
        "flood.geojson",
        layer(&[4]).replace("【デモ】川", "【デモ】別の川"),
    );
    assert_eq!(import(&db, &args).1["error"]["code"], "other_river");
    let forced = ["hazards", &map, "--covers", "43203", "--force"];
    assert_eq!(counts(&import(&db, &forced).1), [1, 1, 1, 0, 0, 1]);
    // The next sheet of a map shares a river and lacks another.
    let two = layer(&[3, 4]).replacen("【デモ】川", "【デモ】別の川", 1);
    folder.file("flood.geojson", &two);
    assert_eq!(import(&db, &args).0, 0);
    folder.file("flood.geojson", layer(&[3]));
    assert_eq!(import(&db, &args).1["error"]["code"], "other_river");
    // A filter gone wrong leaves no zone, and would make all of it dry.
    folder.file(
        "flood.geojson",
        r#"{"type":"FeatureCollection","features":[]}"#,
    );
    let args = ["hazards", &map, "--covers", "43203", "--kind", "flood"];
    assert_eq!(import(&db, &args).1["error"]["code"], "empty");
    // Without a date nobody knows whether a list is newer.
    folder.file("a.csv", format!("{HEADER}{}", row(1, HITOYOSHI, 32.25)));
    let (_, report) = import(&db, &["sites", &list]);
    assert_eq!(counts(&report), [1, 1, 0, 1, 0, 0]);
    assert_eq!(report["warnings"][0]["row"], 0);
    assert_eq!(on("2020-01-01").1["error"]["code"], "older", "still known");
}

async fn a_home_outside_its_municipality_is_remarked_on_and_dry_by_no_map(db: Database) {
    let folder = Folder::new();
    let boundary = folder.file(
        "N03-26_43.geojson",
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"N03_001":"熊本県","N03_004":"人吉市","N03_007":"43203"},
            "geometry":{"type":"Polygon","coordinates":[[[130.6,32.1],[130.9,32.1],[130.9,32.3],[130.6,32.3],[130.6,32.1]]]}}]}"#,
    );
    assert_eq!(import(&db, &["boundaries", &boundary]).0, 0);
    for (kind, name) in [
        ("flood", "A31a-25_43_10.geojson"),
        ("flood_collapse_flow", "flow.geojson"),
        ("flood_collapse_bank", "bank.geojson"),
    ] {
        let key = if kind == "flood" { "A31a_2" } else { "A31a_4" };
        let file = folder.file(name, layer(&[2]).replace("A31a_2", key));
        let args = ["hazards", &file, "--covers", "43203", "--kind", kind];
        assert_eq!(import(&db, &args).0, 0);
    }
    // A digit mistyped, and the other end of the country.
    let families = folder.file(
        "f.csv",
        "整理番号,市町村,氏名,緯度,経度,位置の精度,計画\n\
         K-0001,熊本県人吉市,【デモ】一,32.205,130.752,現地測位,あり\n\
         K-0002,熊本県人吉市,【デモ】二,32.805,130.752,現地測位,あり\n\
         K-0003,熊本県人吉市,【デモ】三,35.68,139.76,現地測位,あり\n",
    );
    let (_, report) = import(&db, &["families", &families]);
    let rows: Vec<u64> = report["warnings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|note| note["row"].as_u64())
        .collect();
    assert_eq!(rows, [2, 3], "{report}");
    let answer = checked(&db);
    assert_eq!(outcome(&answer, 0, "LVL-02", "flood"), None, "outside");
    assert_eq!(outcome(&answer, 1, "LVL-02", "flood"), Some("unknown"));
    assert_eq!(outcome(&answer, 2, "LVL-02", "flood"), Some("unknown"));
}

/// The plan in force and the child's items of the only case.
async fn stored(db: &Database) -> (Value, Value) {
    let store = Store::open(&db.url).await.expect("the database opens");
    let mut tx = store.read().await.expect("it is read");
    let number = CaseNumber::parse("DEMO-1").expect("a number");
    let at = Moment {
        now: "2026-11-21T03:00:00Z".parse().expect("an instant"),
        today: "2026-11-21".parse().expect("a day"),
    };
    let case = tx
        .case(&Reader::Operator, at, &number)
        .await
        .expect("it is read")
        .expect("the case is there");
    let document = case.document.expect("it has a plan");
    (
        serde_json::to_value(document).expect("JSON"),
        serde_json::to_value(case.child).expect("JSON"),
    )
}

fn checked(db: &Database) -> Value {
    let output = run(&db.url, &["check", "--all", "--json"]);
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn findings(answer: &Value, plan: usize) -> &Vec<Value> {
    answer["plans"][plan]["findings"]
        .as_array()
        .expect("a list")
}

fn outcome<'a>(answer: &'a Value, plan: usize, rule: &str, hazard: &str) -> Option<&'a str> {
    findings(answer, plan)
        .iter()
        .find(|f| f["rule"] == rule && f["hazard"] == hazard)
        .and_then(|f| f["outcome"].as_str())
}

#[test]
fn files_that_are_wrong_as_a_whole_are_told_what_they_are() {
    let db = sqlite();
    let folder = Folder::new();
    let deep = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{}]}}",
        "[".repeat(1000)
    );
    // CP932 read as Latin-1 and saved as UTF-8.
    let (cp932, ..) = encoding_rs::SHIFT_JIS.encode(HEADER);
    let garbled: String = cp932.iter().map(|b| char::from(*b)).collect();
    for (name, content, codes) in [
        ("empty.csv", Vec::new(), &["empty"][..]),
        ("zero.csv", vec![0; 4096], &["zero_bytes"]),
        (
            "page.csv",
            b"<!DOCTYPE html><html><body>404</body></html>".to_vec(),
            &["html"],
        ),
        (
            "stub.json",
            r#"{"type":"unavailable","name":"【デモ】町","message":"公開していません"}"#.into(),
            &["unavailable"],
        ),
        ("other.csv", b"a,b\n1,2\n".to_vec(), &["unknown_format"]),
        (
            "deep.geojson",
            deep.into_bytes(),
            &["truncated", "not_json", "too_deep"],
        ),
        ("garbled.csv", garbled.into_bytes(), &["mojibake"]),
        (
            "open.csv",
            format!("{HEADER}1,\"E43203").into_bytes(),
            &["truncated"],
        ),
    ] {
        let file = folder.file(name, content);
        let (exit, report) = import(&db, &["sites", &file]);
        let code = report["error"]["code"].as_str().unwrap_or("none");
        assert!(codes.contains(&code), "{name}: {code}");
        assert_eq!(exit, 1, "{name}");
        assert_eq!(report["accepted"], 0);
    }
    let missing = run(
        &db.url,
        &["import", "sites", "/nowhere/at/all.csv", "--json"],
    );
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn check_file_answers_without_a_database() {
    let folder = Folder::new();
    let plan = folder.file(
        "plan.json",
        r#"{"schema_version":1,"case":"K-0001","home":{"municipality":"43203","position":{"lat":32.205,"lon":130.702},"accuracy":"building"},
            "destinations":[{"kind":"emergency_site","site":"E432030000001201","route":"x"}]}"#,
    );
    let sites = folder.file(
        "s.csv",
        format!(
            "{HEADER}{}",
            row(1, HITOYOSHI, 32.3).replace(",1,,,1,", ",,,,1,")
        ),
    );
    let zones = folder.file("A31a-25_43_10.geojson", layer(&[3]));
    let output = run(
        "sqlite:/nowhere/x.db",
        &[
            "check-file",
            &plan,
            "--sites",
            &sites,
            "--hazards",
            &zones,
            "--on",
            "2026-11-20",
            "--json",
        ],
    );
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["on"], "2026-11-20");
    let plan_answer = &answer["plans"][0];
    assert_eq!(plan_answer["approvable"], false);
    let finding = plan_answer["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|f| f["rule"] == "DST-02" && f["hazard"] == "flood")
        .expect("a site that is not designated for floods");
    assert_eq!(finding["outcome"], "fails");
    assert_eq!(finding["blocks"], "approval");
    assert_eq!(finding["site"], "E432030000001201");
    assert!(
        finding["next_step_ja"]
            .as_str()
            .is_some_and(|s| !s.is_empty())
    );

    // A row that could not be read leaves its site unknown, and says so.
    let holes = folder.file(
        "holes.csv",
        format!(
            "{HEADER}{}{}",
            row(2, HITOYOSHI, 32.3),
            row(1, HITOYOSHI, 32.3).replace("32.3,", "北緯,")
        ),
    );
    let args = ["check-file", &plan, "--sites", &holes, "--json"];
    let output = run("sqlite:/nowhere/x.db", &args);
    assert!(String::from_utf8_lossy(&output.stderr).contains("1件は読み取れなかった"));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let of_list = |f: &&Value| f["rule"] == "DST-08";
    let dst08 = findings(&answer, 0).iter().find(of_list);
    assert_eq!(dst08.expect("a finding")["outcome"], "unknown");

    let below = folder.file(
        "below.json",
        r#"{"schema_version":1,"case":"K-1","battery_hours":-1,"preparation_minutes":99999}"#,
    );
    let output = run("sqlite:/nowhere/x.db", &["check-file", &below, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["error"]["code"], "out_of_range");
    let said = answer["error"]["message_ja"].as_str().expect("words");
    assert!(
        said.contains("/battery_hours = -1") && said.contains("/preparation_minutes = 99999"),
        "{said}"
    );

    let wrong = folder.file(
        "wrong.json",
        r#"{"schema_version":1,"case":"K-1","batteryhours":3}"#,
    );
    let output = run("sqlite:/nowhere/x.db", &["check-file", &wrong, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("batteryhours"));
}
