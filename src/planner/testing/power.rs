//! Devices and sources for tests. Everything is invented (【デモ】).

use serde_json::Value;

use super::a_plan_with;
use crate::domain::{plan::PlanDocument, power::Equipment};

/// Devices and sources of which nothing is wrong and nothing unknown.
pub(crate) fn an_equipment() -> Equipment {
    serde_json::from_value(serde_json::json!({
        "devices": [
            {"kind": "ventilator", "model": "Trilogy Evo", "measured_watts": 18.0, "rated_va": 210.0},
            {"kind": "humidifier", "model": "MR850"},
            {"kind": "suction", "measured_watts": 40.0, "rated_va": 90.0},
            {"kind": "concentrator", "measured_watts": 120.0, "rated_va": 200.0, "oxygen_l_min": 0.5}
        ],
        "internal_batteries": [{"nominal_hours": 7.5, "checked_hours": 7.0,
            "checked_on": "2026-09-10", "checked_by": "hospital_engineer", "made_on": "2025-06-01"}],
        "external_batteries": [{"nominal_hours": 18.0, "checked_hours": 18.0,
            "checked_on": "2026-09-10", "checked_by": "maker"}],
        "portable_batteries": [{"model": "【デモ】蓄電池", "nominal_wh": 1000.0, "output": "sine", "frequency_hz": 60}],
        "cars": [],
        "generators": [{
            "loaned": true, "model": "EU18i", "frequency_hz": 60, "charger_watts": 300.0,
            "feeds": [{"what": "charger"}, {"what": "suction"}],
            "place": {"available": true, "what": "【デモ】ベランダ", "above_water": true,
                "away_from_openings": true, "metres_to_room": 8.0},
            "cord_metres": 10.0, "co_alarm": true, "owner_leave": "not_needed",
            "last_run_on": "2026-11-15"
        }],
        "gasoline": [{"litres": 10.0, "bought_on": "2026-10-05"}],
        "canisters": [],
        "cylinders": [{"litres": 3.4, "mpa": 14.7, "count": 2}],
        "resuscitator": {"within_reach": true, "users": ["【デモ】母", "【デモ】父"]},
        "hme": {"physician": {"given": true, "on": "2026-09-01"}, "at_home": 10},
        "manual_suction": true,
        "registered_with_operator": true,
        "maker": {"name": "【デモ】機器会社", "emergency_number": "000-0000-0003"}
    }))
    .expect("it is an equipment")
}

/// A plan with the devices and sources of [`an_equipment`], of which something is
/// changed: `(where, Some(what))`, or taken away.
pub(crate) fn a_plan_powered(changes: &[(&str, Option<Value>)]) -> PlanDocument {
    a_plan_with(|plan| {
        let mut json = serde_json::to_value(plan.power.take()).expect("it becomes JSON");
        for (path, to) in changes {
            let (parent, key) = path.rsplit_once('/').expect("a pointer has a slash");
            let parent = json.pointer_mut(parent).expect("there is such a place");
            match (parent, to) {
                (Value::Object(map), Some(to)) => {
                    map.insert((*key).to_owned(), to.clone());
                }
                (Value::Object(map), None) => {
                    map.remove(key).expect("there is such a key");
                }
                _ => panic!("{path} is no field"),
            }
        }
        plan.power = Some(serde_json::from_value(json).expect("it is an equipment"));
    })
}

/// A plan of which nothing but the hours together is known of its power.
pub(crate) fn a_plan_stating(hours: Option<f64>) -> PlanDocument {
    a_plan_with(|plan| {
        plan.power = None;
        plan.battery_hours = hours;
    })
}

/// Devices and sources of which as much is wrong as can be, beside hours that the
/// plan states.
pub(crate) fn a_bad_equipment() -> Equipment {
    serde_json::from_value(serde_json::json!({
        "devices": [
            {"kind": "ventilator", "model": "Vivo 45 LS"}, {"kind": "humidifier"},
            {"kind": "suction"}, {"kind": "concentrator", "oxygen_l_min": 2.0}
        ],
        "cars": [{"sine_wave": false}],
        "generators": [{
            "model": "EU16i", "frequency_hz": 50, "charger_watts": 300.0,
            "feeds": [{"what": "ventilator", "rated_va": 900.0}, {"what": "charger", "rated_va": 900.0}],
            "place": {"available": true}, "cord_metres": 0.0, "co_alarm": false,
            "owner_leave": "not_given", "last_run_on": "2009-01-01"
        }],
        "gasoline": [{"litres": 60.0, "bought_on": "2009-01-01"}],
        "cylinders": [],
        "resuscitator": {"within_reach": false},
        "hme": {"physician": {"given": true}, "at_home": 0},
        "manual_suction": false,
        "registered_with_operator": false,
        "maker": {}
    }))
    .unwrap()
}

/// A plan whose batteries are old, and unknown in part.
pub(crate) fn plans_with_odd_batteries() -> [PlanDocument; 3] {
    let with = |equipment: Value| {
        a_plan_with(|plan| {
            plan.power = Some(serde_json::from_value(equipment).unwrap());
            plan.destinations[1].oxygen = Some(true);
        })
    };
    let old =
        serde_json::json!([{"nominal_hours": 3.0, "never_checked": true, "made_on": "2020-01-01"}]);
    [
        with(serde_json::json!({
            "internal_batteries": old, "external_batteries": [], "portable_batteries": [],
            "devices": [{"kind": "ventilator", "measured_watts": 18.0}],
            "generators": [{"model": "EU18i", "sine_wave": true, "charger_watts": 300.0}],
            "gasoline": [{"litres": 5.0}], "cars": []
        })),
        with(serde_json::json!({
            "internal_batteries": old, "external_batteries": [{}],
            "devices": [{"kind": "ventilator"}, {"kind": "other"}],
            "generators": [{"model": "EU18i", "charger_watts": 300.0}], "gasoline": [{"litres": 5.0}]
        })),
        with(serde_json::json!({
            "internal_batteries": old, "portable_batteries": [],
            "devices": [{"kind": "ventilator", "measured_watts": 18.0},
                {"kind": "concentrator"}, {"kind": "humidifier"}],
            "hme": {"physician": {"given": true}},
            "generators": [{"model": "EU18i", "charger_watts": 300.0}], "gasoline": [{"litres": 5.0}]
        })),
    ]
}
