//! The worked examples of the catalogue, reckoned by hand.

mod properties;

use serde_json::{Value, json};

use super::{budget::reckon_staying, fuel::oxygen_hours, generator::need, measures::Measure, *};
use crate::domain::{device, generator as generators, parameters::Parameters};

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

/// Reckons with a document, on 2026-11-20.
fn of(document: Value) -> Budget {
    with_stated(document, None)
}

fn with_stated(document: Value, stated_hours: Option<f64>) -> Budget {
    let equipment: Equipment = serde_json::from_value(document).unwrap();
    reckon_with(Some(&equipment), stated_hours)
}

fn reckon_with(equipment: Option<&Equipment>, stated_hours: Option<f64>) -> Budget {
    reckon(&Given {
        equipment,
        stated_hours,
        plan_devices: &[],
        devices: &device::Catalogue::default(),
        generators: &generators::Catalogue::default(),
        parameters: &Parameters::default().power,
        today: day("2026-11-20"),
    })
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

/// A child with a ventilator of 18 W, and with everything else that is given; of
/// whatever is not given there is none.
fn a_child(more: &Value) -> Value {
    let mut document = json!({
        "devices": [{"kind": "ventilator", "measured_watts": 18.0}],
        "internal_batteries": [], "external_batteries": [], "portable_batteries": [],
        "cars": [], "generators": []
    });
    document
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    document
}

fn humidified() -> Value {
    json!([
        {"kind": "ventilator", "measured_watts": 18.0},
        {"kind": "humidifier", "model": "MR850"}
    ])
}

fn portable(wh: f64) -> Value {
    json!([{"nominal_wh": wh, "output": "sine"}])
}

fn generator(litres: f64) -> Value {
    json!({
        "generators": [{"model": "EU18i", "charger_watts": 300.0}],
        "gasoline": [{"litres": litres}]
    })
}

fn together(parts: [Value; 2]) -> Value {
    let [mut first, second] = parts;
    first
        .as_object_mut()
        .unwrap()
        .extend(second.as_object().unwrap().clone());
    first
}

#[test]
fn a_ventilator_of_18_watts_needs_1296_watt_hours_for_72_hours() {
    // 18 W × 72 h = 1,296 Wh; / 0.8 = 1,620 Wh of portable battery, before the
    // margin. With the margin of 1.2 the same battery lasts 72 / 1.2 = 60 h.
    close(18.0 * 72.0, 1296.0);
    let budget = of(a_child(&json!({"portable_batteries": portable(1620.0)})));
    close(budget.draw.loads[0].mean_watts() * 72.0, 1296.0);
    close(budget.total.hours, 60.0);
    assert!(budget.total.known && budget.batteries.known);
    // For 72 h with the margin: 1,620 × 1.2 = 1,944 Wh.
    let budget = of(a_child(&json!({"portable_batteries": portable(1944.0)})));
    close(budget.total.hours, 72.0);
}

#[test]
fn with_a_humidifier_of_113_watts_it_needs_9432() {
    // (18 + 113) W × 72 h = 9,432 Wh; / 0.8 = 11,790 Wh.
    let child = a_child(&json!({
        "devices": humidified(), "portable_batteries": portable(11_790.0)
    }));
    let budget = of(child);
    let watts: f64 = budget.draw.loads.iter().map(draw::Load::mean_watts).sum();
    close(watts * 72.0, 9432.0);
    close(budget.total.hours, 60.0);
    assert_eq!(budget.draw.loads[1].origin.code(), "catalogue_high");
}

#[test]
fn charging_in_cycles_takes_3_and_21_litres_for_72_hours() {
    let catalogue = generators::Catalogue::default();
    let eu18i = catalogue.of_name("EU18i").unwrap();
    let parameters = PowerParameters::default();
    // 18 W × 1.2 × 72 h = 1,555.2 Wh; / (300 W × 0.8) = 6.48 h of running; 300 W
    // are 375 VA of 1,800, below a quarter: 0.444 L/h. 6.48 × 0.444 = 2.88 L.
    let alone = need(eu18i, 300.0, 18.0 * 1.2, 72.0, &parameters).unwrap();
    close(18.0 * 1.2 * 72.0, 1555.2);
    close(alone.running_hours, 6.48);
    close(alone.fuel, 6.48 * 0.444);
    close(alone.fuel.ceil(), 3.0);
    // 131 W × 1.2 × 72 h = 11,318.4 Wh; / 240 W = 47.16 h; × 0.444 = 20.94 L.
    let humid = need(eu18i, 300.0, 131.0 * 1.2, 72.0, &parameters).unwrap();
    close(humid.running_hours, 47.16);
    close(humid.fuel.ceil(), 21.0);
    // A charger that is more than the generator gives: nobody knows.
    assert_eq!(need(eu18i, 1600.0, 21.6, 72.0, &parameters), None);
}

#[test]
fn a_battery_of_8_hours_that_had_3_thirteen_months_ago_lasts_2_25() {
    // min(8, 3) × 0.75 = 2.25 h.
    let old = json!([{"nominal_hours": 8.0, "checked_hours": 3.0,
        "checked_on": "2025-10-20", "checked_by": "hospital_engineer"}]);
    let budget = of(a_child(&json!({"internal_batteries": old})));
    close(budget.batteries.hours, 2.25);
    // Checked within twelve months it lasts what was found.
    let fresh = json!([{"nominal_hours": 8.0, "checked_hours": 3.0,
        "checked_on": "2025-11-20", "checked_by": "hospital_engineer"}]);
    close(
        of(a_child(&json!({"internal_batteries": fresh})))
            .batteries
            .hours,
        3.0,
    );
    // Never checked: 8 × 0.75 = 6 h. What a family saw is no check: 3 × 0.75.
    let never = json!([{"nominal_hours": 8.0}]);
    close(
        of(a_child(&json!({"internal_batteries": never})))
            .batteries
            .hours,
        6.0,
    );
    let seen = json!([{"nominal_hours": 8.0, "checked_hours": 3.0,
        "checked_on": "2026-11-01", "checked_by": "family"}]);
    close(
        of(a_child(&json!({"internal_batteries": seen})))
            .batteries
            .hours,
        2.25,
    );
}

#[test]
fn oxygen_of_300_litres_lasts_two_hours_at_two_litres_a_minute() {
    // 300 L × 0.8 / (2 × 60 L/h) = 2.0 h.
    close(oxygen_hours(300.0, 2.0, &PowerParameters::default()), 2.0);
    let child = |cylinders: Value| {
        of(a_child(&json!({
            "devices": [{"kind": "ventilator"}, {"kind": "concentrator", "oxygen_l_min": 2.0}],
            "cylinders": cylinders
        })))
        .oxygen
        .unwrap()
    };
    close(child(json!([{"gas_litres": 300.0}])).reach.hours, 2.0);
    // 2 L × 15 MPa × 10 = 300 L of gas, twice.
    let two = child(json!([{"litres": 2.0, "mpa": 15.0, "count": 2}]));
    close(two.reach.hours, 4.0);
    assert!(two.reach.known);
    let one_unknown = child(json!([{"gas_litres": 300.0}, {"count": 1}]));
    assert_eq!(one_unknown.reach, Reach::at_least(2.0));
    assert_eq!(one_unknown.missing, Some(Missing::Cylinders));
    assert_eq!(child(json!([])).reach, Reach::known(0.0));
}

#[test]
fn a_battery_at_three_quarters_means_at_once() {
    // 3 h × 75 % = 2.25 h = 135 min; 135 − 75 − 30 − 60 = −30: at once.
    let low = json!([{"nominal_hours": 3.0, "checked_hours": 3.0, "charge_percent": 75.0,
        "checked_on": "2026-10-01", "checked_by": "maker"}]);
    let budget = of(a_child(&json!({"internal_batteries": low})));
    close(budget.batteries.hours, 2.25);
    let trigger = Trigger::new(
        budget.batteries.hours,
        75.0,
        30.0,
        &PowerParameters::default(),
    );
    assert!(trigger.at_once());
    let cut = "2026-09-01T22:00:00+09:00".parse::<chrono::DateTime<chrono::FixedOffset>>();
    let cut = cut.unwrap();
    assert_eq!(trigger.leave_or_call_by(cut), cut);
    assert_eq!(trigger.ends(cut).to_rfc3339(), "2026-09-02T00:15:00+09:00");
}

#[test]
fn the_paper_table_says_by_when_one_leaves_and_when_the_battery_ends() {
    // 9.5 h = 570 min; − 90 − 30 − 60 = 390 min = 6 h 30 min.
    let trigger = Trigger::new(9.5, 90.0, 30.0, &PowerParameters::default());
    let time = |text: &str| text.parse::<chrono::NaiveTime>().unwrap();
    let rows = trigger.table(3);
    assert_eq!(rows.len(), 8);
    assert_eq!(rows[0].leave_by, (time("06:30:00"), 0));
    assert_eq!(rows[0].ends, (time("09:30:00"), 0));
    assert_eq!(rows[7].cut, time("21:00:00"));
    assert_eq!(rows[7].leave_by, (time("03:30:00"), 1));
    assert_eq!(rows[7].ends, (time("06:30:00"), 1));
}

#[test]
fn each_source_carries_its_hours_in_turn() {
    // Internal 3 h, external 6.5 h, both checked; portable 540 Wh × 0.8 = 432 Wh /
    // 21.6 W = 20 h; car 10 L / 1 L/h = 10 h; generator: 2 L / 0.444 L/h = 4.5045 h
    // of running × 240 W / 21.6 W = 50.05 h.
    let checked = |hours: f64| json!([{"checked_hours": hours, "checked_on": "2026-10-01"}]);
    let child = a_child(&together([
        json!({
            "internal_batteries": checked(3.0), "external_batteries": checked(6.5),
            "portable_batteries": portable(540.0),
            "cars": [{"litres": 10.0, "litres_an_hour": 1.0, "inverter_watts": 300.0, "sine_wave": true}]
        }),
        generator(2.0),
    ]));
    let budget = of(child);
    let at: Vec<_> = budget
        .segments(72.0)
        .iter()
        .map(|s| (s.source.kind, s.from, s.until))
        .collect();
    let kinds: Vec<_> = at.iter().map(|(kind, ..)| kind.code()).collect();
    assert_eq!(
        kinds,
        ["internal", "external", "portable", "car", "generator"]
    );
    for ((_, from, until), expected) in at.iter().zip([
        (0.0, 3.0),
        (3.0, 9.5),
        (9.5, 29.5),
        (29.5, 39.5),
        (39.5, 72.0),
    ]) {
        close(*from, expected.0);
        close(*until, expected.1);
    }
    close(budget.total.hours, 39.5 + 2.0 / 0.444 * 240.0 / 21.6);
    close(budget.batteries.hours, 29.5);
    let answer = budget.answer(72.0);
    assert!(answer.known && answer.lasts && !answer.at_least);
    close(answer.hours_left, 72.0);
    assert_eq!(answer.sources[1], (SourceKind::External, 6.5));
    let later = budget.answer(100.0);
    assert_eq!((later.lasts, later.hours_left), (false, 89.5));
}

#[test]
fn no_more_gasoline_counts_than_a_home_may_keep() {
    let hours = |litres: f64| {
        let batteries = json!({"internal_batteries": [{"nominal_hours": 8.0}]});
        of(a_child(&together([batteries, generator(litres)])))
            .total
            .hours
    };
    assert!(hours(30.0) < hours(40.0));
    close(hours(40.0), hours(400.0));
}

#[test]
fn canisters_count_in_pairs() {
    let hours = |count: u32| {
        let child = a_child(&json!({
            "internal_batteries": [{"nominal_hours": 8.0}],
            "generators": [{"model": "EU9iGB", "charger_watts": 180.0}],
            "canisters": [{"count": count}]
        }));
        of(child).total.hours
    };
    // 180 W are 225 VA of 900, a quarter: 0.909 canisters an hour. Two last 2.2002 h
    // of running × 144 W / 21.6 W = 14.668 h.
    close(hours(1), 6.0);
    close(hours(2), 6.0 + 2.0 / 0.909 * 144.0 / 21.6);
    close(hours(3), hours(2));
}

#[test]
fn a_charger_that_cannot_keep_up_ends_with_the_batteries() {
    // Draw 131 × 1.2 = 157.2 W; a charger of 100 W gives 80 W. A portable battery of
    // 786 Wh lasts 628.8 / 157.2 = 4 h. While the generator runs 77.2 W are missing:
    // 628.8 / 77.2 = 8.145 h in all, however much fuel there is.
    let child = |litres: f64| {
        of(a_child(&together([
            json!({"devices": humidified(), "portable_batteries": portable(786.0)}),
            json!({
                "generators": [{"model": "EU18i", "charger_watts": 100.0}],
                "gasoline": [{"litres": litres}]
            }),
        ])))
    };
    close(child(39.0).total.hours, 628.8 / 77.2);
    close(child(20.0).total.hours, 628.8 / 77.2);
    // With nothing to charge a generator carries nothing.
    let bare = of(a_child(&generator(10.0)));
    assert_eq!(bare.total, Reach::known(0.0));
}

#[test]
fn a_generator_comes_too_late_in_a_storm() {
    let child = |hours: f64| {
        let battery =
            json!({"internal_batteries": [{"checked_hours": hours, "checked_on": "2026-10-01"}]});
        of(a_child(&together([battery, generator(5.0)])))
    };
    assert_eq!(child(11.9).storm, Reach::known(11.9));
    assert!(child(11.9).total.hours > 72.0);
    assert_eq!(child(12.0).storm, child(12.0).total);
}

#[test]
fn whoever_stays_counts_on_a_generator_with_a_dry_place_only() {
    let given = |place: Value| {
        let mut document = a_child(&json!({
            "internal_batteries": [{"checked_hours": 12.0, "checked_on": "2026-10-01"}],
            "generators": [{"model": "EU18i", "charger_watts": 300.0}],
            "gasoline": [{"litres": 5.0}]
        }));
        document["generators"][0]["place"] = place;
        let equipment: Equipment = serde_json::from_value(document).unwrap();
        reckon_staying(
            &Given {
                equipment: Some(&equipment),
                stated_hours: None,
                plan_devices: &[],
                devices: &device::Catalogue::default(),
                generators: &generators::Catalogue::default(),
                parameters: &PowerParameters::default(),
                today: day("2026-11-20"),
            },
            &equipment::HomeGenerator::has_a_dry_place,
        )
    };
    let dry = json!({"available": true, "above_water": true, "away_from_openings": true});
    assert!(given(dry).hours > 72.0);
    let low = json!({"available": true, "above_water": false, "away_from_openings": true});
    assert_eq!(given(low), Reach::known(12.0));
    assert_eq!(given(json!({"available": true})), Reach::known(12.0));
}

#[test]
fn what_the_plan_states_counts_until_a_battery_is_on_record() {
    let none = reckon_with(None, Some(9.57));
    assert_eq!(none.batteries, Reach::known(9.57));
    let answer = none.answer(72.0);
    assert_eq!(
        (answer.known, answer.hours_left, answer.at_least),
        (true, 9.5, true)
    );
    assert_eq!(answer.sources, [(SourceKind::Stated, 9.5)]);
    // A generator on record changes nothing of that.
    let beside = with_stated(generator(5.0), Some(9.57));
    assert_eq!(beside.batteries, Reach::known(9.57));
    // A battery on record counts instead, and the rest is unknown.
    let begun = json!({"internal_batteries": [{"nominal_hours": 4.0}]});
    let begun = with_stated(begun, Some(9.57));
    assert_eq!(begun.batteries, Reach::at_least(3.0));
    assert!(
        begun
            .missing
            .contains(&Missing::Batteries(SourceKind::External))
    );
    // Figures that cannot be are unknown.
    for odd in [f64::NAN, f64::INFINITY, -1.0] {
        assert_eq!(reckon_with(None, Some(odd)).batteries, Reach::UNKNOWN);
    }
}

#[test]
fn nothing_on_record_is_unknown_and_comes_first() {
    let nothing = reckon_with(None, None);
    let answer = nothing.answer(72.0);
    assert_eq!(
        (answer.known, answer.hours_left, answer.lasts),
        (false, 0.0, false)
    );
    assert!(nothing.missing.contains(&Missing::AnyHours));
    assert!(nothing.total.is_unknown());
    let mut answers = [
        reckon_with(None, Some(9.0)).answer(72.0),
        reckon_with(None, Some(3.0)).answer(72.0),
        answer,
    ];
    answers.sort_by(Answer::order);
    let hours: Vec<_> = answers.iter().map(|a| (a.known, a.hours_left)).collect();
    assert_eq!(hours, [(false, 0.0), (true, 3.0), (true, 9.0)]);
}

#[test]
fn what_is_unfit_carries_nothing_and_what_nobody_looked_at_is_unknown() {
    let with = |output: Value| {
        let mut battery = json!({"nominal_wh": 540.0});
        battery
            .as_object_mut()
            .unwrap()
            .extend(output.as_object().unwrap().clone());
        of(a_child(&json!({"portable_batteries": [battery]})))
    };
    close(with(json!({"output": "dc"})).total.hours, 20.0);
    assert_eq!(with(json!({"output": "modified"})).total, Reach::known(0.0));
    assert_eq!(
        with(json!({"output": "sine", "volts": 200})).total,
        Reach::known(0.0)
    );
    assert_eq!(
        with(json!({"output": "sine", "output_watts": 20.0})).total,
        Reach::known(0.0)
    );
    let unseen = with(json!({}));
    assert_eq!(unseen.total, Reach::UNKNOWN);
    assert_eq!(unseen.missing, [Missing::Output]);
}

#[test]
fn an_unknown_draw_leaves_the_ventilators_own_batteries() {
    let child = json!({
        "devices": [{"kind": "ventilator"}, {"kind": "other"}],
        "internal_batteries": [{"nominal_hours": 4.0}], "external_batteries": [],
        "portable_batteries": portable(500.0), "cars": [], "generators": []
    });
    let budget = of(child);
    assert_eq!(budget.total, Reach::at_least(3.0));
    let watts = Missing::Watts(crate::domain::plan::document::DeviceKind::Other);
    assert_eq!(budget.missing, [watts]);
    // Nobody has said which devices there are: the ventilator's is not all.
    let unlisted = json!({"portable_batteries": portable(500.0), "internal_batteries": []});
    assert_eq!(of(unlisted).batteries, Reach::UNKNOWN);
}

#[test]
fn a_measure_is_named_only_where_it_is_allowed_and_gains() {
    let devices = json!([
        {"kind": "ventilator", "measured_watts": 18.0},
        {"kind": "humidifier", "model": "MR850"},
        {"kind": "suction", "measured_watts": 40.0, "hours_a_day": 3.0}
    ]);
    let child = |more: Value| {
        let base = json!({"devices": devices, "portable_batteries": portable(1000.0)});
        of(a_child(&together([base, more])))
    };
    assert_eq!(child(json!({})).savings, []);
    let no_physician = json!({"hme": {"at_home": 5}});
    assert_eq!(child(no_physician).savings, []);
    let refused = json!({"hme": {"at_home": 5, "physician": {"given": false}}});
    assert_eq!(child(refused).savings, []);
    let none_at_home = json!({"hme": {"at_home": 0, "physician": {"given": true}}});
    assert_eq!(child(none_at_home).savings, []);
    let all = child(json!({
        "hme": {"at_home": 5, "physician": {"given": true}}, "manual_suction": true
    }));
    let measures: Vec<_> = all.savings.iter().map(|saving| saving.measure).collect();
    assert_eq!(
        measures,
        [
            Measure::Hme,
            Measure::ManualSuction,
            Measure::HmeAndManualSuction
        ]
    );
    // 800 Wh / (136 W × 1.2) = 4.902 h; without the humidifier 800 / (23 × 1.2).
    close(all.total.hours, 800.0 / (136.0 * 1.2));
    close(all.savings[0].total.hours, 800.0 / (23.0 * 1.2));
    close(
        all.savings[0].gain,
        800.0 / (23.0 * 1.2) - 800.0 / (136.0 * 1.2),
    );
}

#[test]
fn low_confidence_goes_along_with_the_number() {
    let vivo = json!({
        "devices": [{"kind": "ventilator", "model": "Vivo 45 LS"}],
        "internal_batteries": [{}], "external_batteries": [{}], "portable_batteries": []
    });
    let budget = of(vivo);
    // (3 + 6.5) × 0.75 = 7.125 h.
    close(budget.batteries.hours, 7.125);
    assert_eq!(budget.low_figures().count(), 2);
    assert!(
        budget
            .low_figures()
            .all(|f| f.origin.name().ja.contains("未確認"))
    );
    let own = with_stated(
        json!({"internal_batteries": [{"nominal_hours": 3.0}]}),
        None,
    );
    assert_eq!(own.low_figures().count(), 0);
    assert!(budget.is_unconfirmed() && !own.is_unconfirmed());
    // Nothing is said of hours of which nothing is known.
    assert_eq!(Reach::UNKNOWN.text().ja, "分かりません");
}

#[test]
fn the_ventilators_own_batteries_are_no_store_for_everything_else() {
    // Draw 131 × 1.2 = 157.2 W, of which the ventilator 21.6 W. A charger of 150 W gives
    // 120 W: 37.2 W are missing while the generator runs. The ventilator's own 8 h are
    // known by hours of the ventilator and carry nothing else: they make up for nothing,
    // and the generator adds nothing to them. 500 Wh × 0.8 / 157.2 W = 2.545 h of a
    // portable battery do: 2.545 h × 120 / 37.2 = 8.208 h.
    let own = json!([{"nominal_hours": 8.0, "checked_hours": 8.0,
        "checked_on": "2026-10-01", "checked_by": "maker"}]);
    let budget = of(a_child(&together([
        json!({"devices": humidified(), "internal_batteries": own}),
        json!({
            "generators": [{"model": "EU18i", "charger_watts": 150.0}],
            "gasoline": [{"litres": 39.0}]
        }),
    ])));
    close(budget.batteries.hours, 8.0);
    close(budget.total.hours, 8.0);
    let budget = of(a_child(&together([
        json!({"devices": humidified(), "internal_batteries": own,
            "portable_batteries": portable(500.0)}),
        json!({
            "generators": [{"model": "EU18i", "charger_watts": 150.0}],
            "gasoline": [{"litres": 39.0}]
        }),
    ])));
    let store = 400.0 / 157.2;
    close(budget.total.hours, 8.0 + store + store * 120.0 / 37.2);
}

#[test]
fn what_runs_by_night_alone_counts_in_full() {
    // 500 Wh × 0.8 / ((18 + 113) × 1.2) = 2.54 h, whenever the power fails.
    let of_nights = json!([
        {"kind": "ventilator", "measured_watts": 18.0, "hours_a_day": 8.0},
        {"kind": "humidifier", "measured_watts": 113.0, "hours_a_day": 8.0}
    ]);
    let budget = of(a_child(&json!({
        "devices": of_nights, "portable_batteries": portable(500.0)
    })));
    close(budget.total.hours, 400.0 / 157.2);
    // Suction runs now and then: 30 W for 3 of 24 h are 3.75 W.
    let with_suction = json!([
        {"kind": "ventilator", "measured_watts": 18.0},
        {"kind": "suction", "measured_watts": 30.0, "hours_a_day": 3.0}
    ]);
    let budget = of(a_child(&json!({
        "devices": with_suction, "portable_batteries": portable(500.0)
    })));
    close(budget.total.hours, 400.0 / (21.75 * 1.2));
}

#[test]
fn oxygen_that_ends_first_ends_the_time_until_one_leaves() {
    let own = json!([{"nominal_hours": 8.0, "checked_hours": 8.0,
        "checked_on": "2026-10-01", "checked_by": "maker"}]);
    let child = |cylinders: Value, wh: f64| {
        let portable = if wh > 0.0 { portable(wh) } else { json!([]) };
        let mut document = a_child(&json!({
            "devices": [
                {"kind": "ventilator", "measured_watts": 18.0},
                {"kind": "concentrator", "measured_watts": 120.0, "oxygen_l_min": 2.0}
            ],
            "internal_batteries": own, "portable_batteries": portable
        }));
        if !cylinders.is_null() {
            document["cylinders"] = cylinders;
        }
        of(document).until_leaving()
    };
    // 300 L at 2 L/min with the reserve last 2.0 h, the battery inside 8.
    assert_eq!(
        child(json!([{"gas_litres": 300.0}]), 0.0),
        (Reach::known(2.0), true)
    );
    // None at all, or nobody has counted them: nothing is expected.
    assert_eq!(child(json!([]), 0.0), (Reach::known(0.0), true));
    assert_eq!(child(Value::Null, 0.0), (Reach::at_least(0.0), true));
    // A portable battery of 828 Wh carries 165.6 W for 4 h, the concentrator with it.
    let (reach, by_oxygen) = child(json!([{"gas_litres": 300.0}]), 828.0);
    close(reach.hours, 6.0);
    assert!(by_oxygen);
    // Enough oxygen: the batteries decide.
    let (reach, by_oxygen) = child(json!([{"gas_litres": 3000.0}]), 0.0);
    assert_eq!((reach, by_oxygen), (Reach::known(8.0), false));
    // Without a concentrator nothing is asked of cylinders.
    let plain = of(a_child(&json!({"internal_batteries": own})));
    assert_eq!(plain.until_leaving(), (Reach::known(8.0), false));
}
