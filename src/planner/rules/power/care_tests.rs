use RuleCode::{Pwr10, Pwr11, Pwr12, Pwr13, Pwr16};
use serde_json::{Value, json};

use super::*;
use crate::planner::testing::*;

fn with(changes: &[(&str, Option<Value>)]) -> Looked {
    checking(&a_plan_powered(changes), a_world())
}

#[test]
fn a_manual_resuscitator_is_within_reach_and_two_can_use_it() {
    let bag = |bag: Value| with(&[("/resuscitator", Some(bag))]);
    with(&[]).holds(Pwr10);
    for none in [
        json!({"within_reach": false, "users": ["【デモ】母", "【デモ】父"]}),
        json!({"within_reach": true, "users": []}),
    ] {
        let checked = bag(none);
        assert_eq!(checked.fails(Pwr10).severity, Severity::Gap);
        assert!(checked.fails(Pwr10).interim().unwrap().ja.contains("119"));
    }
    let one = bag(json!({"within_reach": true, "users": ["【デモ】母"]}));
    assert_eq!(one.fails(Pwr10).severity, Severity::Warning);
    // It asks who could be the second.
    assert!(one.fails(Pwr10).message_family.ja.contains("もう1人"));
    bag(json!({"within_reach": true, "user_count": 2})).holds(Pwr10);
    bag(json!({"within_reach": true})).is_unknown(Pwr10);
    bag(json!({"users": ["【デモ】母", "【デモ】父"]})).is_unknown(Pwr10);
    with(&[("/resuscitator", None)]).is_unknown(Pwr10);
}

#[test]
fn without_the_physicians_agreement_nothing_is_said_of_a_hme() {
    let hme = |hme: Value| with(&[("/hme", Some(hme))]);
    let none = hme(json!({"physician": {"given": true}, "at_home": 0}));
    assert_eq!(none.fails(Pwr11).severity, Severity::Warning);
    hme(json!({"physician": {"given": true}, "at_home": 1})).holds(Pwr11);
    hme(json!({"physician": {"given": true}})).is_unknown(Pwr11);
    let silent = [
        hme(json!({"physician": {"given": false}, "at_home": 0})),
        hme(json!({"at_home": 0})),
        with(&[("/hme", None)]),
        checking(&a_plan_stating(Some(2.0)), a_world()),
    ];
    for looked in &silent {
        looked.is_silent(Pwr11);
        for finding in &looked.look.findings {
            let read = [
                &finding.message,
                &finding.message_family,
                &finding.next_step,
            ];
            assert!(
                !read.iter().any(|text| text.ja.contains("人工鼻")),
                "{}",
                finding.rule
            );
        }
        assert!(!looked.look.power.savings.iter().any(|saving| {
            saving.measure != crate::domain::power::measures::Measure::ManualSuction
        }));
    }
    let dry = json!([{"kind": "ventilator"}]);
    with(&[("/devices", Some(dry))]).is_silent(Pwr11);
}

#[test]
fn suction_works_without_power() {
    with(&[]).holds(Pwr12);
    let none = with(&[("/manual_suction", Some(json!(false)))]);
    assert_eq!(none.fails(Pwr12).severity, Severity::Warning);
    with(&[("/manual_suction", None)]).is_unknown(Pwr12);
    let no_suction = json!([{"kind": "ventilator"}]);
    with(&[("/devices", Some(no_suction))]).is_silent(Pwr12);
    // The list of devices is asked for once.
    let unlisted = with(&[("/devices", None)]);
    unlisted.is_unknown(Pwr12);
    unlisted.is_silent(Pwr11);
    unlisted.is_silent(Pwr13);
}

#[test]
fn oxygen_lasts_for_the_way_and_until_it_is_confirmed() {
    // The site is 20 minutes away: 2 h 20 min and 12 h are 14 h 20 min, at 0.5 L/min
    // 14.333 × 30 / 0.8 = 537.5 L.
    let litres = |litres: f64| with(&[("/cylinders", Some(json!([{"gas_litres": litres}])))]);
    litres(538.0).holds(Pwr13);
    let short = litres(537.0);
    assert_eq!(short.fails(Pwr13).severity, Severity::Gap);
    assert_eq!(short.fails(Pwr13).evidence.0["hours_needed"], 14.4);
    // Where it is confirmed, 2 h 20 min are 87.5 L.
    let confirmed = |litres: f64| {
        let mut plan = a_plan_powered(&[("/cylinders", Some(json!([{"gas_litres": litres}])))]);
        plan.destinations[0].oxygen = Some(true);
        checking(&plan, a_world())
    };
    confirmed(88.0).holds(Pwr13);
    confirmed(87.0).fails(Pwr13);
    with(&[("/cylinders", Some(json!([])))]).fails(Pwr13);
}

#[test]
fn oxygen_of_an_unknown_flow_or_amount_is_unknown() {
    with(&[("/cylinders", None)]).is_unknown(Pwr13);
    with(&[("/cylinders", Some(json!([{"count": 3}])))]).is_unknown(Pwr13);
    with(&[("/devices/3/oxygen_l_min", None)]).is_unknown(Pwr13);
    let mut far = a_plan();
    far.destinations.truncate(1);
    far.destinations[0].drill_minutes = None;
    far.destinations[0].travel_by = None;
    far.vehicle = None;
    checking(&far, a_world()).is_unknown(Pwr13);
    let none = json!([{"kind": "ventilator"}]);
    with(&[("/devices", Some(none))]).is_silent(Pwr13);
}

#[test]
fn the_operator_knows_of_the_child_and_the_maker_answers() {
    with(&[]).holds(Pwr16);
    let unregistered = with(&[("/registered_with_operator", Some(json!(false)))]);
    assert_eq!(unregistered.fails(Pwr16).severity, Severity::Warning);
    let no_number = with(&[("/maker", Some(json!({"name": "【デモ】機器会社"})))]);
    assert_eq!(
        no_number.fails(Pwr16).evidence.0["lacking"],
        json!(["emergency_number"])
    );
    with(&[("/registered_with_operator", None)]).is_unknown(Pwr16);
    with(&[("/maker", None)]).is_unknown(Pwr16);
}
