use RuleCode::{Pwr06, Pwr07};
use serde_json::{Value, json};

use super::*;
use crate::planner::testing::*;

fn with(list: &str, rows: Option<Value>) -> Looked {
    let path = format!("/{list}");
    checking(&a_plan_powered(&[(path.as_str(), rows)]), a_world())
}

#[test]
fn a_home_keeps_less_than_the_limit_of_the_fire_ordinance() {
    let litres = |cans: Value| {
        let cans: Vec<Value> = cans
            .as_array()
            .unwrap()
            .iter()
            .map(|litres| json!({"litres": litres, "bought_on": "2026-10-05"}))
            .collect();
        with("gasoline", Some(json!(cans)))
    };
    litres(json!([20.0])).holds(Pwr06);
    assert_eq!(
        litres(json!([20.1])).fails(Pwr06).severity,
        Severity::Warning
    );
    assert_eq!(
        litres(json!([20.0, 19.9])).fails(Pwr06).severity,
        Severity::Warning
    );
    assert_eq!(
        litres(json!([20.0, 20.0])).fails(Pwr06).severity,
        Severity::Gap
    );
    litres(json!([0.0])).is_silent(Pwr06);
    with("gasoline", Some(json!([]))).is_silent(Pwr06);
}

#[test]
fn litres_that_nobody_measured_are_unknown_unless_the_rest_is_too_much() {
    let mixed = |litres: f64| {
        let dated = "2026-10-05";
        let cans = json!([{"bought_on": dated}, {"litres": litres, "bought_on": dated}]);
        with("gasoline", Some(cans))
    };
    mixed(10.0).is_unknown(Pwr06);
    assert_eq!(mixed(25.0).fails(Pwr06).severity, Severity::Warning);
    assert_eq!(mixed(40.0).fails(Pwr06).severity, Severity::Gap);
    // A generator that burns gasoline asks for it, none does not.
    with("gasoline", None).is_unknown(Pwr06);
    let gas = a_plan_powered(&[
        ("/gasoline", None),
        ("/generators/0/model", Some(json!("EU9iGB"))),
    ]);
    checking(&gas, a_world()).is_silent(Pwr06);
}

#[test]
fn gasoline_lasts_six_months_and_canisters_seven_years() {
    let bought = |on: &str| with("gasoline", Some(json!([{"litres": 5.0, "bought_on": on}])));
    bought("2026-08-20").holds(Pwr07);
    assert_eq!(bought("2026-08-19").fails(Pwr07).severity, Severity::Advice);
    assert_eq!(bought("2026-05-20").fails(Pwr07).severity, Severity::Advice);
    assert_eq!(
        bought("2026-05-19").fails(Pwr07).severity,
        Severity::Warning
    );
    let canned = |on: &str| with("canisters", Some(json!([{"count": 6, "dated": on}])));
    canned("2019-11-20").holds(Pwr07);
    assert_eq!(
        canned("2019-11-19").fails(Pwr07).severity,
        Severity::Warning
    );
    // The days on which that changes.
    assert_eq!(
        bought("2026-08-20").look.changes_on,
        Some(day("2026-11-21"))
    );
    assert_eq!(
        bought("2026-05-20").look.changes_on,
        Some(day("2026-11-21"))
    );
    assert_eq!(
        canned("2019-11-20").look.changes_on,
        Some(day("2026-11-21"))
    );
}

#[test]
fn fuel_of_an_unknown_day_is_unknown_unless_other_fuel_is_past_its_time() {
    let cans = |rows: Value| with("gasoline", Some(rows));
    cans(json!([{"litres": 5.0}])).is_unknown(Pwr07);
    cans(json!([{"litres": 5.0, "bought_on": "2026-11-21"}])).is_unknown(Pwr07);
    cans(json!([{"litres": 5.0}, {"litres": 5.0, "bought_on": "2026-08-01"}])).is_unknown(Pwr07);
    let past = cans(json!([{"litres": 5.0}, {"litres": 5.0, "bought_on": "2026-01-01"}]));
    assert_eq!(past.fails(Pwr07).severity, Severity::Warning);
    cans(json!([{"litres": 0.0}])).is_silent(Pwr07);
}
