use RuleCode::{Pwr03, Pwr04, Pwr05, Pwr08, Pwr14};
use serde_json::{Value, json};

use super::*;
use crate::planner::testing::*;

fn with(field: &str, value: Option<Value>) -> Looked {
    let path = format!("/generators/0/{field}");
    checking(&a_plan_powered(&[(path.as_str(), value)]), a_world())
}

#[test]
fn a_generator_never_feeds_the_ventilator_without_both_consents() {
    let direct = |maker: Option<Value>, physician: Option<Value>| {
        let mut changes = vec![(
            "/generators/0/feeds",
            Some(json!([{"what": "ventilator"}, {"what": "charger"}])),
        )];
        for (path, consent) in [
            ("/generators/0/maker_consent", maker),
            ("/generators/0/physician_consent", physician),
        ] {
            if consent.is_some() {
                changes.push((path, consent));
            }
        }
        checking(&a_plan_powered(&changes), a_world())
    };
    let yes = || Some(json!({"given": true, "on": "2026-10-01"}));
    for (maker, physician) in [
        (None, None),
        (yes(), None),
        (None, yes()),
        (yes(), Some(json!({"given": false}))),
        (yes(), Some(json!({"given": true, "on": "2026-11-21"}))),
    ] {
        let checked = direct(maker, physician);
        let finding = checked.fails(Pwr03);
        assert_eq!(finding.severity, Severity::Blocker);
        assert!(finding.blocks_approval());
    }
    let both = direct(yes(), yes());
    assert_eq!(both.fails(Pwr03).severity, Severity::Warning);
    assert!(both.fails(Pwr03).message.ja.contains("緊急時のみ"));
    checking(&a_plan(), a_world()).holds(Pwr03);
    with("feeds", None).is_unknown(Pwr03);
}

#[test]
fn only_a_sine_wave_of_100_volts_feeds_medical_devices() {
    checking(&a_plan(), a_world()).holds(Pwr04);
    let blocked = |field: &str, value: Value| {
        let checked = with(field, Some(value));
        assert_eq!(checked.fails(Pwr04).severity, Severity::Blocker, "{field}");
    };
    blocked("sine_wave", json!(false));
    blocked("volts", json!(200));
    let portable = |battery: Value| {
        let plan = a_plan_powered(&[("/portable_batteries", Some(json!([battery])))]);
        checking(&plan, a_world())
    };
    assert_eq!(
        portable(json!({"output": "modified"}))
            .fails(Pwr04)
            .severity,
        Severity::Blocker
    );
    portable(json!({"nominal_wh": 500.0})).is_unknown(Pwr04);
    portable(json!({"output": "dc"})).holds(Pwr04);
    let car = |car: Value| checking(&a_plan_powered(&[("/cars", Some(json!([car])))]), a_world());
    car(json!({"sine_wave": false})).fails(Pwr04);
    car(json!({})).is_unknown(Pwr04);
}

#[test]
fn the_frequency_is_the_regions() {
    let other = with("frequency_hz", Some(json!(50)));
    assert_eq!(other.fails(Pwr04).severity, Severity::Warning);
    with("frequency_hz", None).is_unknown(Pwr04);
    // The catalogue does not know whether this one gives a sine wave.
    with("model", Some(json!("900 W class"))).is_unknown(Pwr04);
}

#[test]
fn what_hangs_on_it_and_the_largest_start_fit_into_80_percent() {
    // EU18i: 1,800 VA × 0.8 = 1,440. Charger 300 W / 0.8 = 375 VA; suction 90 VA and
    // 2 × 90 more at its start: 645 VA.
    let checked = checking(&a_plan(), a_world());
    checked.holds(Pwr05);
    let held = checked.look.holding().find(|f| f.rule == Pwr05).unwrap();
    assert_eq!(held.evidence.0["load_va"], 465.0);
    assert_eq!(held.evidence.0["start_va"], 180.0);
    assert_eq!(held.evidence.0["limit_va"], 1440.0);
    // A list that does not name the chargers does not take them off.
    let unnamed = with("feeds", Some(json!([{"what": "suction"}])));
    let held = unnamed.look.holding().find(|f| f.rule == Pwr05).unwrap();
    assert_eq!(held.evidence.0["load_va"], 465.0);
    // Concentrator 200 VA + 400 at its start, humidifier of the catalogue 220 W / 0.8
    // = 275 VA, charger 375 VA: 1,250 VA fit into 1,440, and not into 80 % of 1,500.
    let feeds = json!([{"what": "charger"}, {"what": "concentrator"}, {"what": "humidifier"}]);
    with("feeds", Some(feeds.clone())).holds(Pwr05);
    let smaller = a_plan_powered(&[
        ("/generators/0/feeds", Some(feeds)),
        ("/generators/0/rated_va", Some(json!(1500.0))),
    ]);
    let checked = checking(&smaller, a_world());
    assert_eq!(checked.fails(Pwr05).severity, Severity::Gap);
    assert_eq!(checked.fails(Pwr05).evidence.0["rated_va"], 1500.0);
}

#[test]
fn unknown_plates_are_unknown_unless_the_rest_is_too_much() {
    with("feeds", None).is_unknown(Pwr05);
    with("model", Some(json!("【デモ】X"))).is_unknown(Pwr05);
    with("feeds", Some(json!([{"what": "other"}]))).is_unknown(Pwr05);
    let much = json!([{"what": "other"}, {"what": "charger", "rated_va": 1500.0}]);
    with("feeds", Some(much)).fails(Pwr05);
}

#[test]
fn it_is_run_every_month() {
    let run = |on: &str| with("last_run_on", Some(json!(on)));
    run("2026-10-20").holds(Pwr08);
    assert_eq!(run("2026-10-19").fails(Pwr08).severity, Severity::Advice);
    assert_eq!(run("2026-09-19").fails(Pwr08).severity, Severity::Advice);
    assert_eq!(run("2026-09-18").fails(Pwr08).severity, Severity::Warning);
    with("last_run_on", None).is_unknown(Pwr08);
    run("2026-11-21").is_unknown(Pwr08);
    // The days on which that changes.
    assert_eq!(run("2026-10-20").look.changes_on, Some(day("2026-11-21")));
    assert_eq!(run("2026-09-19").look.changes_on, Some(day("2026-11-21")));
}

#[test]
fn it_has_a_place_outdoors_a_cord_an_alarm_and_leave() {
    checking(&a_plan(), a_world()).holds(Pwr14);
    for (field, value, key) in [
        ("place", json!({"available": false}), "outdoor_place"),
        (
            "place",
            json!({"available": true, "away_from_openings": false}),
            "outdoor_place",
        ),
        ("cord_metres", json!(0.0), "cord"),
        ("cord_metres", json!(7.9), "cord"),
        ("co_alarm", json!(false), "co_alarm"),
        ("owner_leave", json!("not_given"), "owner_leave"),
    ] {
        let checked = with(field, Some(value));
        let finding = checked.fails(Pwr14);
        assert_eq!(finding.severity, Severity::Warning);
        assert_eq!(finding.evidence.0["lacking"], json!([key]), "{field}");
        assert!(finding.message_family.ja.contains("必ず屋外で"));
    }
    for field in ["place", "cord_metres", "co_alarm", "owner_leave"] {
        with(field, None).is_unknown(Pwr14);
    }
    // What is lacking is told before what is unknown.
    let both = a_plan_powered(&[
        ("/generators/0/co_alarm", Some(json!(false))),
        ("/generators/0/place", None),
    ]);
    checking(&both, a_world()).fails(Pwr14);
}

#[test]
fn without_a_generator_nothing_is_said_of_one() {
    let none = a_plan_powered(&[("/generators", Some(json!([])))]);
    let checked = checking(&none, a_world());
    for rule in [Pwr03, Pwr05, Pwr08, Pwr14] {
        checked.is_silent(rule);
    }
}
