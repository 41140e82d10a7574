//! What must hold of every budget.

use proptest::prelude::*;

use super::*;

/// A home with everything, of which figures vary.
fn home(figures: &[f64; 12], second: bool) -> Value {
    let [
        vent,
        humid,
        internal,
        external,
        wh,
        litres,
        inverter,
        charger,
        gasoline,
        canisters,
        an_hour,
        other,
    ] = figures;
    let mut generators = vec![json!({"model": "EU18i", "charger_watts": charger})];
    if second {
        generators.push(json!({"model": "EU9iGB", "charger_watts": charger / 3.0}));
    }
    json!({
        "devices": [
            {"kind": "ventilator", "measured_watts": vent},
            {"kind": "humidifier", "measured_watts": humid},
            {"kind": "suction"}
        ],
        "internal_batteries": [{"nominal_hours": internal}],
        "external_batteries": [{"nominal_hours": external}, {"nominal_hours": other}],
        "portable_batteries": [{"nominal_wh": wh, "output": "dc"}],
        "cars": [{"litres": litres, "litres_an_hour": an_hour, "inverter_watts": inverter, "sine_wave": true}],
        "generators": generators,
        "gasoline": [{"litres": gasoline}],
        "canisters": [{"count": canisters.round() as u32}]
    })
}

/// Ranges of [`home`]'s figures, and whether more of each is more power.
const RANGES: [(f64, f64, bool); 12] = [
    (5.0, 60.0, false),
    (5.0, 120.0, false),
    (0.5, 12.0, true),
    (0.5, 12.0, true),
    (50.0, 3000.0, true),
    (0.0, 60.0, true),
    (50.0, 1500.0, true),
    (20.0, 600.0, true),
    (0.0, 60.0, true),
    (0.0, 40.0, true),
    (0.5, 2.0, false),
    (0.5, 12.0, true),
];

fn figures() -> impl Strategy<Value = [f64; 12]> {
    RANGES.map(|(least, most, _)| least..most)
}

/// Takes something out of a JSON document; `None`: there is no such place.
fn take(value: &mut Value, path: &str) -> Option<Value> {
    let (parent, key) = path.rsplit_once('/')?;
    match value.pointer_mut(parent)? {
        Value::Object(map) => map.remove(key),
        Value::Array(list) => {
            let at = key.parse::<usize>().ok().filter(|at| *at < list.len())?;
            Some(list.remove(at))
        }
        _ => None,
    }
}

/// What may be unknown of [`home`].
const UNKNOWNS: [&str; 18] = [
    "/internal_batteries/0/nominal_hours",
    "/external_batteries/1/nominal_hours",
    "/internal_batteries",
    "/external_batteries",
    "/portable_batteries",
    "/portable_batteries/0/nominal_wh",
    "/portable_batteries/0/output",
    "/cars",
    "/cars/0/litres",
    "/cars/0/inverter_watts",
    "/cars/0/sine_wave",
    "/generators",
    "/generators/0/model",
    "/generators/0/charger_watts",
    "/gasoline",
    "/gasoline/0/litres",
    "/canisters",
    "/devices",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn more_of_any_source_never_shortens_and_more_load_never_lengthens(
        from in figures(), which in 0_usize..12, to in 0.0..1.0_f64, second in any::<bool>(),
    ) {
        let (least, most, helps) = RANGES[which];
        let mut other = from;
        other[which] = least + (most - least) * to;
        let (low, high) = if from[which] <= other[which] { (from, other) } else { (other, from) };
        let (low, high) = (of(home(&low, second)), of(home(&high, second)));
        let (poor, rich) = if helps { (low, high) } else { (high, low) };
        for (poor, rich) in [(poor.total, rich.total), (poor.batteries, rich.batteries), (poor.storm, rich.storm)] {
            prop_assert!(rich.hours >= poor.hours - 1e-9, "{which}: {} < {}", rich.hours, poor.hours);
            prop_assert!(poor.known && rich.known);
        }
    }

    #[test]
    fn one_more_source_or_one_device_less_never_shortens(
        figures in figures(), more in 0_usize..6, device in 1_usize..3,
    ) {
        let before = of(home(&figures, false)).total;
        let mut richer = home(&figures, false);
        let add = [
            ("internal_batteries", json!({"nominal_hours": 1.0})),
            ("portable_batteries", json!({"nominal_wh": 100.0, "output": "sine"})),
            ("cars", json!({"litres": 5.0, "litres_an_hour": 1.0, "inverter_watts": 100.0, "sine_wave": true})),
            ("generators", json!({"model": "EU9iGB", "charger_watts": 60.0})),
            ("generators", json!({"model": "EF1600iS", "charger_watts": 500.0})),
            ("gasoline", json!({"litres": 3.0})),
        ];
        let (list, one) = add[more].clone();
        richer[list].as_array_mut().unwrap().push(one);
        prop_assert!(of(richer).total.hours >= before.hours - 1e-9, "{}", list);
        let mut lighter = home(&figures, false);
        lighter["devices"].as_array_mut().unwrap().remove(device);
        prop_assert!(of(lighter).total.hours >= before.hours - 1e-9);
    }

    #[test]
    fn an_unknown_makes_a_stated_lower_bound_and_never_a_guess(
        figures in figures(),
        gone in proptest::sample::subsequence(UNKNOWNS.to_vec(), 1..=UNKNOWNS.len()),
    ) {
        let whole = of(home(&figures, true));
        let mut left = home(&figures, true);
        let taken = gone.iter().filter(|path| take(&mut left, path).is_some()).count();
        prop_assume!(taken > 0);
        let less = of(left);
        // The catalogue's hours may stand in for a battery's own: there is no model here.
        prop_assert!(less.total.hours <= whole.total.hours + 1e-9, "{gone:?}");
        prop_assert!(!less.total.known, "{gone:?}");
        prop_assert!(!less.missing.is_empty());
        prop_assert!(less.batteries.hours <= whole.batteries.hours + 1e-9);
        prop_assert!(less.storm.hours <= whole.storm.hours + 1e-9);
        let answer = less.answer(72.0);
        prop_assert!(answer.lasts || answer.at_least || !answer.known);
    }

    #[test]
    fn segments_follow_each_other_without_a_hole_and_end_with_the_hours(
        figures in figures(), horizon in 1.0..200.0_f64,
    ) {
        let budget = of(home(&figures, true));
        let segments = budget.segments(horizon);
        let mut at = 0.0;
        for segment in &segments {
            prop_assert!((segment.from - at).abs() < 1e-9 && segment.until > segment.from);
            at = segment.until;
        }
        prop_assert!((at - budget.total.hours.min(horizon)).abs() < 1e-9);
    }

    #[test]
    fn figures_of_any_kind_never_break_the_arithmetic(
        path in proptest::sample::select(UNKNOWNS.to_vec()), value in any::<f64>(), figures in figures(),
    ) {
        let mut document = home(&figures, true);
        if let Some(field) = document.pointer_mut(path)
            && field.is_number()
        {
            *field = json!(value);
        }
        if let Ok(equipment) = serde_json::from_value::<Equipment>(document) {
            let budget = reckon_with(Some(&equipment), Some(value));
            for reach in [budget.total, budget.batteries, budget.storm] {
                prop_assert!(reach.hours >= 0.0 && !reach.hours.is_nan());
            }
            let _ = equipment.refusals(day("2026-11-20"));
            let trigger = Trigger::new(value, 90.0, value, &PowerParameters::default());
            prop_assert!(trigger.allowance() >= chrono::TimeDelta::zero());
            prop_assert_eq!(trigger.table(3).len(), 8);
        }
    }
}

/// A ventilator of 5 W and one of 36 W beside a humidifier of 116 W, and a charger of 20 W
/// that keeps up with neither: the hungrier one once lasted longer (7.66 h against 7.60),
/// since the hours of its own batteries were counted as more energy.
#[test]
fn a_hungrier_ventilator_never_lasts_longer_beside_a_weak_charger() {
    let light = [
        5.0, 115.72, 0.5, 0.5, 50.0, 0.0, 50.0, 20.0, 10.38, 0.0, 0.5, 8.71,
    ];
    let mut hungry = light;
    hungry[0] = 36.0;
    let hours = |figures| of(home(figures, false)).total.hours;
    assert!(hours(&light) >= hours(&hungry));
}
