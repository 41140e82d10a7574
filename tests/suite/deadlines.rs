//! `tomoshibi deadline` and the holidays it counts with, through the built
//! program.

use std::{fs, process::Output};

use serde_json::{Value, json};

use crate::support::{engines::sqlite, process::tomoshibi};

/// Runs the program with a configuration; it needs no database.
fn run_with(config: &str, args: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("t.toml");
    fs::write(&file, config).expect("a file is written");
    let db = sqlite();
    tomoshibi(&db.url)
        .args(["--config", &file.display().to_string()])
        .args(args)
        .output()
        .expect("the program starts")
}

fn deadline(args: &[&str]) -> Value {
    let output = run_with("", &[&["deadline"], args, &["--json"]].concat());
    let line = String::from_utf8(output.stdout).expect("JSON is text");
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    serde_json::from_str(&line).expect("JSON")
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_deadline_has_its_legal_end_and_the_open_days_around_it() {
    let answer = |event, legal, safe, next| json!({"event": event, "legal_end": legal, "safe_by": safe, "next_open": next});
    for (args, expected) in [
        (
            &["2026-02-28", "--months", "6"][..],
            answer("2026-02-28", "2026-08-31", "2026-08-31", "2026-08-31"),
        ),
        (
            &["令和8年11月2日", "--months", "6"],
            answer("2026-11-02", "2027-05-02", "2027-04-30", "2027-05-06"),
        ),
        (
            &["Ｒ６．２．２９", "--years", "5"],
            answer("2024-02-29", "2029-02-28", "2029-02-28", "2029-02-28"),
        ),
        (
            &["2025-12-01", "--months", "6", "--from-midnight"],
            answer("2025-12-01", "2026-05-31", "2026-05-29", "2026-06-01"),
        ),
    ] {
        assert_eq!(deadline(args), expected, "{args:?}");
    }
}

#[test]
fn the_answer_in_words_says_why_the_last_day_is_closed() {
    let call = ["deadline", "2026-11-02", "--months", "6"];
    let output = run_with("", &call);
    let told = words(&output.stdout);
    assert!(told.contains("令和9年5月2日（日）\t閉庁：日曜日"), "{told}");
    let output = run_with("", &[&["--lang", "en"][..], &call].concat());
    let told = words(&output.stdout);
    assert!(told.contains("2027-05-02\tSun\tclosed: a Sunday"), "{told}");
}

#[test]
fn a_wrong_call_is_told_in_both_languages() {
    for (args, ja, en) in [
        (&["2026-02-28", "--months", "0"][..], "1から", "from 1 to"),
        (&["2026-02-28", "--years", "-1"], "1から", "from 1 to"),
        (&["2026-02-28", "--months", "半年"], "1から", "from 1 to"),
        (
            &["2026-02-30", "--months", "6"],
            "暦にありません",
            "no such day",
        ),
        (
            &["令和7年2月30日", "--months", "6"],
            "暦にありません",
            "no such day",
        ),
        (
            &["令和元年4月30日", "--months", "6"],
            "平成31年4月30日",
            "not in the era",
        ),
        (
            &["2025年8月1日(月)", "--years", "1"],
            "曜日",
            "day of the week",
        ),
        (&["2026-02-28"], "引数", "--months"),
        (
            &["2026-02-28", "--months", "6", "--years", "1"],
            "引数",
            "cannot be used with",
        ),
    ] {
        let output = run_with("", &[&["deadline"], args].concat());
        let told = words(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        assert!(told.contains(ja) && told.contains(en), "{args:?}: {told}");
    }
}

/// A configuration that names a list of holidays in Shift_JIS.
fn with_list(rows: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("syukujitsu.csv");
    let text = format!("国民の祝日・休日月日,国民の祝日・休日名称\r\n{rows}");
    fs::write(&file, &encoding_rs::SHIFT_JIS.encode(&text).0).expect("a file is written");
    let config = format!(
        "[calendar]\nholidays_file = {:?}\n",
        file.display().to_string()
    );
    (folder, config)
}

#[test]
fn a_published_list_corrects_the_computed_holidays() {
    let (_folder, config) = with_list("2028/6/1,【デモ】臨時の休日\r\n");
    let call = ["deadline", "2027-12-01", "--months", "6", "--json"];
    let output = run_with(&config, &call);
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["legal_end"], "2028-06-01");
    assert_eq!(answer["safe_by"], "2028-05-31");
    assert_eq!(answer["next_open"], "2028-06-02");
    let output = run_with(&config, &["config", "check"]);
    assert_eq!(output.status.code(), Some(0));
    let told = words(&output.stderr);
    // One row is no year: that is said, and the computed holidays stay.
    assert!(told.contains("2028年は") && told.contains("両方"), "{told}");
}

#[test]
fn a_broken_list_is_refused_with_its_row_whatever_starts() {
    let (_folder, config) = with_list("2027/1/1,元日\r\n2027/2/30,【デモ】建国\r\n");
    for call in [
        &["config", "check"][..],
        &["serve", "--listen", "127.0.0.1:0"],
        &["demo", "--port", "0"],
        &["deadline", "2026-02-28", "--months", "6"],
    ] {
        let output = run_with(&config, call);
        let told = words(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{call:?}: {told}");
        assert!(
            told.contains("2件目") && told.contains("2027/2/30"),
            "{told}"
        );
        assert!(output.stdout.is_empty(), "{call:?}");
    }
    let absent = "[calendar]\nholidays_file = \"/nowhere/syukujitsu.csv\"\n";
    let output = run_with(absent, &["--lang", "en", "config", "check"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output.stderr).contains("no such file"));
}
