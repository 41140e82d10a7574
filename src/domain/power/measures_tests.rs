use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::{
    device, generator,
    parameters::Parameters,
    power::{Budget, Equipment, reckon},
};

fn of(equipment: Value) -> Budget {
    let equipment: Equipment = serde_json::from_value(equipment).unwrap();
    reckon(&Given {
        equipment: Some(&equipment),
        stated_hours: None,
        plan_devices: &[],
        devices: &device::Catalogue::default(),
        generators: &generator::Catalogue::default(),
        parameters: &Parameters::default().power,
        today: "2026-11-20".parse().unwrap(),
    })
}

/// A ventilator of 18 W and a concentrator of 120 W on a portable battery of 1,000 Wh;
/// 300 L of oxygen at 2 L/min, and the physician has agreed. With something changed.
fn a_child(changes: &[(&str, Value)]) -> Value {
    let mut child = json!({
        "devices": [
            {"kind": "ventilator", "measured_watts": 18.0},
            {"kind": "concentrator", "measured_watts": 120.0, "oxygen_l_min": 2.0}
        ],
        "internal_batteries": [], "external_batteries": [], "cars": [], "generators": [],
        "portable_batteries": [{"nominal_wh": 1000.0, "output": "sine"}],
        "cylinders": [{"gas_litres": 300.0}],
        "oxygen_by_cylinder": {"given": true}
    });
    for (field, value) in changes {
        child[*field] = value.clone();
    }
    child
}

fn gain(budget: &Budget, measure: Measure) -> Option<f64> {
    let mut savings = budget.savings.iter();
    let saving = savings.find(|saving| saving.measure == measure)?;
    assert!((saving.total.hours - saving.gain - budget.total.hours).abs() < 1e-9);
    Some(saving.gain)
}

fn close(found: Option<f64>, expected: f64) {
    let found = found.expect("a measure");
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

#[test]
fn the_concentrator_is_off_for_as_long_as_the_cylinders_last() {
    // 300 L × 0.8 / (2 L/min × 60) = 2.0 h. The battery gives 1,000 Wh × 0.8 = 800 Wh:
    // with both devices (18 + 120) W × 1.2 = 165.6 W, 4.831 h. In the first 2.0 h the
    // ventilator alone takes 18 × 1.2 × 2 = 43.2 Wh; the 756.8 Wh that are left last
    // 756.8 / 165.6 = 4.570 h. Together 6.570 h: 1.739 h more.
    let budget = of(a_child(&[]));
    assert!((budget.total.hours - 800.0 / 165.6).abs() < 1e-9);
    close(
        gain(&budget, Measure::Cylinders),
        2.0 + 756.8 / 165.6 - 800.0 / 165.6,
    );
    assert_eq!(budget.savings.len(), 1);
}

#[test]
fn hours_of_the_ventilators_own_batteries_are_taken_from_the_cylinders_too() {
    // For 1.5 h the ventilator's battery carries it, and the oxygen comes from the
    // cylinders: 0.5 h of the 2.0 are left for the portable battery, which gains
    // 0.5 × 120 / 138 = 0.435 h. After 2 h or more nothing is left to gain.
    let with = |hours: f64| {
        let battery = json!([{"nominal_hours": hours, "checked_hours": hours,
            "checked_on": "2026-10-01", "checked_by": "maker"}]);
        of(a_child(&[("internal_batteries", battery)]))
    };
    close(gain(&with(1.5), Measure::Cylinders), 0.5 * 120.0 / 138.0);
    assert_eq!(gain(&with(2.0), Measure::Cylinders), None);
}

#[test]
fn it_is_no_measure_without_the_agreement_or_with_anything_unknown() {
    let no_flow = json!([
        {"kind": "ventilator", "measured_watts": 18.0},
        {"kind": "concentrator", "measured_watts": 120.0}
    ]);
    let none = json!([{"kind": "ventilator", "measured_watts": 18.0}]);
    for change in [
        ("oxygen_by_cylinder", Value::Null),
        ("oxygen_by_cylinder", json!({"given": false})),
        ("cylinders", Value::Null),
        ("cylinders", json!([])),
        ("cylinders", json!([{"gas_litres": 300.0}, {}])),
        ("devices", no_flow),
        ("devices", none),
    ] {
        let child = a_child(std::slice::from_ref(&change));
        let child = match child {
            Value::Object(map) => Value::Object(
                map.into_iter()
                    .filter(|(_, value)| !value.is_null())
                    .collect(),
            ),
            other => other,
        };
        let budget = of(child);
        assert_eq!(gain(&budget, Measure::Cylinders), None, "{change:?}");
        assert_eq!(gain(&budget, Measure::Everything), None, "{change:?}");
    }
}

#[test]
fn with_other_measures_it_gains_more_than_each() {
    let devices = json!([
        {"kind": "ventilator", "measured_watts": 18.0},
        {"kind": "suction", "measured_watts": 40.0, "hours_a_day": 3.0},
        {"kind": "concentrator", "measured_watts": 120.0, "oxygen_l_min": 2.0}
    ]);
    let budget = of(a_child(&[
        ("devices", devices),
        ("manual_suction", json!(true)),
    ]));
    let gain = |measure| gain(&budget, measure).expect("a measure");
    assert!(gain(Measure::Everything) > gain(Measure::Cylinders));
    assert!(gain(Measure::Everything) > gain(Measure::ManualSuction));
    // 2.0 h at 18 W, then (18 + 120) W: 6.570 h.
    close(
        Some(gain(Measure::Everything)),
        2.0 + 756.8 / 165.6 - budget.total.hours,
    );
}

proptest! {
    #[test]
    fn no_measure_ever_shortens_and_none_outlasts_the_concentrator_being_off_for_good(
        watts in 5.0..300.0_f64,
        flow in 0.1..8.0_f64,
        litres in 0.0..4000.0_f64,
        hours in 0.0..12.0_f64,
        portable in 0.0..3000.0_f64,
        gasoline in 0.0..40.0_f64,
        output in prop::option::of(20.0..400.0_f64),
        agreed: bool,
    ) {
        let child = |litres: f64| a_child(&[
            ("devices", json!([
                {"kind": "ventilator", "measured_watts": 18.0},
                {"kind": "concentrator", "measured_watts": watts, "oxygen_l_min": flow}
            ])),
            ("internal_batteries", json!([{"nominal_hours": hours}])),
            ("portable_batteries", json!([
                {"nominal_wh": portable, "output": "sine"},
                {"nominal_wh": portable, "output": "sine", "output_watts": output}
            ])),
            ("generators", json!([{"model": "EU18i", "charger_watts": 300.0}])),
            ("gasoline", json!([{"litres": gasoline}])),
            ("cylinders", json!([{"gas_litres": litres}])),
            ("oxygen_by_cylinder", json!({"given": agreed})),
        ]);
        let budget = of(child(litres));
        let found = gain(&budget, Measure::Cylinders);
        prop_assert!(agreed || found.is_none());
        for saving in &budget.savings {
            prop_assert!(saving.gain > 0.0 && saving.total.hours >= budget.total.hours);
            prop_assert_eq!(saving.total.known, budget.total.known);
        }
        // No more is gained than the cylinders last; more oxygen never gains less.
        let last = budget.oxygen.expect("a concentrator").reach.hours;
        prop_assert!(found.unwrap_or(0.0) <= last + 1e-9);
        let more = gain(&of(child(litres + 300.0)), Measure::Cylinders);
        prop_assert!(more.unwrap_or(0.0) >= found.unwrap_or(0.0) - 1e-9);
    }
}
