//! A document with devices and sources of power, through the built program.

use serde_json::{Value, json};

use crate::support::process::run;

/// Checks a document and answers with what the program says, and its exit code.
fn checked(document: &Value) -> (Value, Option<i32>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plan.json");
    std::fs::write(&path, document.to_string()).expect("it is written");
    let path = path.to_string_lossy();
    let args = ["check-file", &path, "--on", "2026-11-20", "--all", "--json"];
    let output = run("sqlite:/nowhere/x.db", &args);
    let answer = serde_json::from_slice(&output.stdout).expect("JSON");
    (answer, output.status.code())
}

fn a_document(power: &Value) -> Value {
    json!({
        "schema_version": 1, "case": "K-0001", "preparation_minutes": 75,
        "destinations": [{"kind": "hospital", "name": "【デモ】病院", "route": "国道", "family_minutes": 30}],
        "power": power
    })
}

fn finding<'a>(answer: &'a Value, rule: &str) -> &'a Value {
    let findings = answer["plans"][0]["findings"].as_array().expect("a list");
    let found = findings.iter().find(|finding| finding["rule"] == rule);
    found.unwrap_or_else(|| panic!("no {rule}: {answer}"))
}

#[test]
fn hours_come_from_the_record_and_say_by_when_one_leaves() {
    // 3 h at 75 % are 2.25 h; less 75 min, 30 min and an hour: at once.
    let (answer, _) = checked(&a_document(&json!({
        "internal_batteries": [{"nominal_hours": 3.0, "checked_hours": 3.0, "charge_percent": 75.0,
            "checked_on": "2026-10-01", "checked_by": "maker"}],
        "external_batteries": [], "portable_batteries": []
    })));
    let trigger = finding(&answer, "PWR-15");
    assert_eq!(
        (
            &trigger["outcome"],
            &trigger["evidence"]["allowance_minutes"]
        ),
        (&json!("holds"), &json!(0))
    );
    let short = finding(&answer, "PWR-01");
    assert_eq!(
        (&short["severity"], &short["outcome"]),
        (&json!("gap"), &json!("fails"))
    );
    assert_eq!(short["evidence"]["battery_hours"], 2.2);
    // What nobody recorded is asked for rule by rule.
    assert_eq!(finding(&answer, "PWR-10")["outcome"], "unknown");
}

#[test]
fn a_generator_that_feeds_the_ventilator_makes_a_plan_not_approvable() {
    let (answer, code) = checked(&a_document(&json!({
        "generators": [{"model": "EU18i", "feeds": [{"what": "ventilator"}]}]
    })));
    let direct = finding(&answer, "PWR-03");
    assert_eq!(
        (&direct["severity"], &direct["blocks"]),
        (&json!("blocker"), &json!("approval"))
    );
    assert_eq!(answer["plans"][0]["approvable"], false);
    assert_eq!(code, Some(1));
}

#[test]
fn figures_that_cannot_be_are_refused_with_their_place() {
    for (power, place) in [
        (
            json!({"devices": [{"kind": "ventilator", "measured_watts": 0.0}]}),
            "/power/devices/0/measured_watts = 0.0",
        ),
        (
            json!({"portable_batteries": [{"nominal_wh": -5.0}]}),
            "/power/portable_batteries/0/nominal_wh = -5",
        ),
        (
            json!({"devices": [{"kind": "concentrator", "rated_va": 100.0, "rated_watts": 160.0}]}),
            "/power/devices/0/rated_va = 100.0",
        ),
        (
            json!({"internal_batteries": [{"checked_hours": 3.0, "never_checked": true}]}),
            "/power/internal_batteries/0/never_checked = true",
        ),
    ] {
        let (answer, code) = checked(&a_document(&power));
        assert_eq!(answer["error"]["code"], "out_of_range", "{answer}");
        let said = answer["error"]["message_ja"].as_str().expect("words");
        assert!(said.contains(place), "{said}");
        assert_eq!(code, Some(1));
    }
    // A remark refuses nothing.
    let odd = json!({"canisters": [{"count": 3, "dated": "2024-01-01"}]});
    let (answer, _) = checked(&a_document(&odd));
    assert_eq!(finding(&answer, "PWR-07")["outcome"], "holds");
}
