use RuleCode::Pwr09;
use serde_json::{Value, json};

use super::*;
use crate::planner::testing::*;

fn with(battery: &Value) -> Looked {
    let plan = a_plan_powered(&[
        ("/internal_batteries", Some(json!([battery]))),
        ("/external_batteries", Some(json!([]))),
    ]);
    checking(&plan, a_world())
}

#[test]
fn a_check_by_engineer_or_maker_counts_for_twelve_months() {
    let checked = |on: &str, by: &str| {
        with(&json!({"checked_hours": 5.0, "checked_on": on, "checked_by": by}))
    };
    for by in ["hospital_engineer", "maker"] {
        checked("2025-11-20", by).holds(Pwr09);
        let old = checked("2025-11-19", by);
        assert_eq!(old.fails(Pwr09).severity, Severity::Warning);
    }
    // What a family saw is no check, and whether there was one is unknown.
    checked("2026-11-01", "family").is_unknown(Pwr09);
    checked("2026-11-21", "maker").is_unknown(Pwr09);
    assert_eq!(
        checked("2025-11-20", "maker").look.changes_on,
        Some(day("2026-11-21"))
    );
}

#[test]
fn a_new_battery_needs_no_check_and_an_old_one_that_had_none_is_a_gap() {
    let never =
        |made: &str| with(&json!({"nominal_hours": 5.0, "never_checked": true, "made_on": made}));
    never("2025-11-20").holds(Pwr09);
    assert_eq!(never("2025-11-19").fails(Pwr09).severity, Severity::Warning);
    assert_eq!(never("2024-11-20").fails(Pwr09).severity, Severity::Warning);
    assert_eq!(never("2024-11-19").fails(Pwr09).severity, Severity::Gap);
    let undated = with(&json!({"never_checked": true}));
    assert_eq!(undated.fails(Pwr09).severity, Severity::Warning);
    // Nobody has said whether it was ever checked.
    with(&json!({"nominal_hours": 5.0})).is_unknown(Pwr09);
    with(&json!({"nominal_hours": 5.0, "made_on": "2020-01-01"})).is_unknown(Pwr09);
}

#[test]
fn the_worst_battery_counts_and_none_says_nothing() {
    let plan = a_plan_powered(&[(
        "/external_batteries",
        Some(json!([{"never_checked": true, "made_on": "2020-01-01"}])),
    )]);
    assert_eq!(
        checking(&plan, a_world()).fails(Pwr09).severity,
        Severity::Gap
    );
    let none = a_plan_powered(&[
        ("/internal_batteries", Some(json!([]))),
        ("/external_batteries", Some(json!([]))),
    ]);
    checking(&none, a_world()).is_silent(Pwr09);
    let unlisted = a_plan_powered(&[("/internal_batteries", None), ("/external_batteries", None)]);
    checking(&unlisted, a_world()).is_unknown(Pwr09);
    checking(&a_plan(), a_world()).holds(Pwr09);
}

#[test]
fn nobody_is_ever_asked_to_run_a_battery_down() {
    let all = [
        with(&json!({"never_checked": true})),
        with(&json!({"never_checked": true, "made_on": "2020-01-01"})),
        with(&json!({"checked_on": "2020-01-01"})),
        with(&json!({})),
        checking(&a_plan_stating(None), a_world()),
    ];
    for looked in &all {
        for finding in &looked.look.findings {
            for text in [
                &finding.message_family,
                &finding.next_step,
                &finding.message,
            ] {
                for word in [
                    "使い切っ",
                    "使い切る",
                    "run a battery down",
                    "running it down",
                ] {
                    let Some(at) = text.ja.find(word).or_else(|| text.en.find(word)) else {
                        continue;
                    };
                    // Canisters may be used up; of batteries it is only forbidden.
                    let forbids = ["しないで", "使い切らない", "never", "ボンベ"];
                    assert!(
                        forbids
                            .iter()
                            .any(|w| text.ja.contains(w) || text.en.contains(w)),
                        "{} at {at}: {}",
                        finding.rule,
                        text.ja
                    );
                }
            }
        }
    }
    let asked = &all[0].fails(Pwr09).next_step;
    assert!(asked.ja.contains("お子さんにつないだまま使い切らない"));
}
