//! PWR-05: what may hang on a generator.

use super::{generator::name, joined, says};
use crate::{
    domain::{
        finding::{Finding, Outcome, Owner, RuleCode, Severity},
        generator::GeneratorModel,
        power::{
            Equipment, Given,
            equipment::{Fed, FedKind, HomeGenerator},
            figure::positive,
        },
        text::Text,
    },
    planner::rules::{Check, about},
};

/// Rated volt-amperes of what hangs on a generator, as far as they are known.
struct Hanging {
    sum: f64,
    start: f64,
    unknown: Vec<Text>,
}

impl Hanging {
    fn on(given: &Given<'_>, equipment: &Equipment, generator: &HomeGenerator) -> Option<Self> {
        let parameters = given.parameters;
        let mut hanging = Self {
            sum: 0.0,
            start: 0.0,
            unknown: Vec::new(),
        };
        let feeds = generator.feeds.as_ref()?;
        // Chargers of known watts hang on it, whether the list names them or not.
        if !feeds.iter().any(|fed| fed.what == FedKind::Charger) {
            let watts = positive(generator.charger_watts);
            hanging.sum += watts.map_or(0.0, |watts| watts / parameters.power_factor);
        }
        for fed in feeds {
            let Some(va) = rated_va(given, equipment, generator, fed) else {
                hanging.unknown.push(fed.what.name());
                continue;
            };
            hanging.sum += va;
            if matches!(fed.what, FedKind::Suction | FedKind::Concentrator) {
                let extra = va * (parameters.motor_start_factor - 1.0).max(0.0);
                hanging.start = hanging.start.max(extra);
            }
        }
        Some(hanging)
    }
}

/// What one thing takes: its own volt-amperes, else its watts / 0.8; else those of
/// the device on record; else of the catalogue.
fn rated_va(
    given: &Given<'_>,
    equipment: &Equipment,
    generator: &HomeGenerator,
    fed: &Fed,
) -> Option<f64> {
    let factor = given.parameters.power_factor;
    let of = |va: Option<f64>, watts: Option<f64>| {
        positive(va).or_else(|| positive(watts).map(|watts| watts / factor))
    };
    let own = of(fed.rated_va, fed.rated_watts);
    let Some(kind) = fed.what.device() else {
        return own.or_else(|| of(None, generator.charger_watts));
    };
    let recorded = || {
        let devices = equipment.devices_of(kind)?;
        devices
            .filter_map(|device| {
                of(device.rated_va, device.rated_watts).or_else(|| {
                    let row = given.devices.of_name(device.model.as_deref()?)?;
                    of(row.rated_va, row.rated_watts)
                })
            })
            .max_by(f64::total_cmp)
    };
    own.or_else(recorded)
}

/// PWR-05: rated volt-amperes of what hangs on it, and the largest extra at a
/// start, are no more than 80 % of what it is rated for.
pub(super) fn is_large_enough(
    check: &Check<'_>,
    equipment: &Equipment,
    generators: &[HomeGenerator],
) -> Finding {
    let mut found: Option<Finding> = None;
    let order = |finding: &Finding| match finding.outcome {
        Outcome::Fails => 2,
        Outcome::Unknown => 1,
        Outcome::Holds => 0,
    };
    for generator in generators {
        let row = check.given.row_of(generator);
        let next = fits(check.given, equipment, generator, row);
        if found.as_ref().is_none_or(|old| order(&next) > order(old)) {
            found = Some(next);
        }
    }
    found.expect("there is a generator")
}

fn fits(
    given: &Given<'_>,
    equipment: &Equipment,
    generator: &HomeGenerator,
    row: Option<&GeneratorModel>,
) -> Finding {
    let share = given.parameters.generator_share;
    let rated = generator.rated(row);
    let hanging = Hanging::on(given, equipment, generator);
    let label = name(generator);
    let verdict = about(RuleCode::Pwr05, Severity::Gap)
        .with("generator", &label)
        .with_some("rated_va", rated)
        .with_some("load_va", hanging.as_ref().map(|h| h.sum.ceil()))
        .with_some("start_va", hanging.as_ref().map(|h| h.start.ceil()))
        .with_some("limit_va", rated.map(|rated| (rated * share).floor()));
    let (Some(rated), Some(hanging)) = (rated, hanging) else {
        let what = if rated.is_none() {
            Text::fixed("発電機の定格（VA）", "what the generator is rated for (VA)")
        } else {
            Text::fixed("発電機に何をつなぐか", "what hangs on the generator")
        };
        return verdict.unknown(Owner::Family, &what, look_at_the_plates());
    };
    let (needs, limit) = (hanging.sum + hanging.start, rated * share);
    if needs > limit {
        return verdict.fails(
            Owner::Coordinator,
            says(
                say!(
                    "{}につなぐものが起動のときを含めて{needs:.0}VAで、定格の8割（{limit:.0}VA）を超えます。",
                    "{}: what hangs on it takes {needs:.0} VA with the start, more than 80 % of its rating ({limit:.0} VA).";
                    label
                ),
                Text::fixed(
                    "発電機に一度につなぐものが多すぎて、止まるおそれがあります。つなぐものを一緒に減らしましょう。発電機は必ず屋外で使います。",
                    "Too much hangs on the generator at once, and it may stop. Let us take something off. It runs outdoors only.",
                ),
                Text::fixed(
                    "ご家族と、同時につなぐものを減らす（順番に充電する）か、加温加湿器など大きいものを外し、記録を直す。",
                    "With the family, hang fewer things on it at once (charge in turn), take off the large ones such as the humidifier, and correct the record.",
                ),
            ),
        );
    }
    if !hanging.unknown.is_empty() {
        let names = joined(&hanging.unknown);
        let what = say!("銘板のVA（{}）", "the VA on the plate of: {}"; names);
        return verdict.unknown(Owner::Family, &what, look_at_the_plates());
    }
    verdict.holds(Text::fixed(
        "発電機につなぐものは、定格の8割に収まっています。",
        "What hangs on the generator is within 80 % of its rating.",
    ))
}

/// What would hang on a unit that is lent.
#[derive(Debug, Clone, PartialEq)]
pub struct OnUnit {
    /// PWR-05 on it.
    pub finding: Finding,
    /// What hangs on it takes so many volt-amperes with the largest start; `None`: that of
    /// something is unknown.
    pub load_va: Option<f64>,
    /// Of its rated volt-amperes so many may hang on it.
    pub limit_va: Option<f64>,
    /// What it is rated for.
    pub rated_va: Option<f64>,
    /// How many hours one filling lasts while it charges.
    pub hours_a_filling: Option<f64>,
}

/// What would hang on a unit of a model, by what is on record of the generator that is
/// lent: nothing is known of another one's.
pub fn on_unit(given: &Given<'_>, model: &str) -> OnUnit {
    let nothing = Equipment::default();
    let equipment = given.equipment.unwrap_or(&nothing);
    let all = equipment.generators.as_deref().unwrap_or_default();
    let lent = all.iter().find(|one| one.loaned == Some(true));
    let lent = lent.or_else(|| {
        all.first()
            .filter(|one| all.len() == 1 && one.loaned.is_none())
    });
    let generator = HomeGenerator {
        model: Some(model.to_owned()),
        rated_va: None,
        ..lent.cloned().unwrap_or_default()
    };
    let row = given.generators.of_name(model);
    let rated_va = generator.rated(row);
    let hanging = Hanging::on(given, equipment, &generator);
    let load_va = hanging
        .filter(|hanging| hanging.unknown.is_empty())
        .map(|hanging| hanging.sum + hanging.start);
    OnUnit {
        finding: fits(given, equipment, &generator, row),
        load_va,
        limit_va: rated_va.map(|rated| rated * given.parameters.generator_share),
        rated_va,
        hours_a_filling: generator.hours_a_filling(row, given.parameters),
    }
}

fn look_at_the_plates() -> Text {
    Text::fixed(
        "発電機と、つなぐものの銘板を見て、VA（なければW）を記録する。W の数字を VA の欄に書かない。",
        "Look at the plates of the generator and of what hangs on it, and record the VA, or else the W; never W as VA.",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::{device, generator, parameters::Parameters};

    fn on(document: Value, model: &str) -> OnUnit {
        let equipment: Equipment = serde_json::from_value(document).unwrap();
        let given = Given {
            equipment: Some(&equipment),
            stated_hours: None,
            plan_devices: &[],
            devices: &device::Catalogue::default(),
            generators: &generator::Catalogue::default(),
            parameters: &Parameters::default().power,
            today: "2026-11-20".parse().unwrap(),
        };
        on_unit(&given, model)
    }

    fn lent(feeds: &Value) -> Value {
        json!({"generators": [
            {"model": "EU9i", "rated_va": 900.0, "feeds": []},
            {"loaned": true, "model": "EU9i", "rated_va": 900.0, "charger_watts": 300.0, "feeds": feeds}
        ]})
    }

    #[test]
    fn what_hangs_on_a_unit_is_held_against_80_percent_of_its_own_rating() {
        // Chargers of 300 W are 300 / 0.8 = 375 VA; a suction of 90 VA starts with twice
        // that on top: 375 + 90 + 180 = 645 VA, of 1,800 × 0.8 = 1,440 VA. The charging
        // is 375 / 1,800 = 0.21 of rated load: 0.444 L an hour, 3.6 L last 8.1 h.
        let feeds = json!([{"what": "charger"}, {"what": "suction", "rated_va": 90.0}]);
        let found = on(lent(&feeds), "Honda EU18i");
        assert_eq!(found.finding.outcome, Outcome::Holds, "{found:?}");
        assert_eq!((found.load_va, found.limit_va), (Some(645.0), Some(1440.0)));
        let hours = found.hours_a_filling.expect("the catalogue knows");
        assert!((hours - 3.6 / 0.444).abs() < 1e-9, "{hours}");
        // The unit's rating counts, not that of the generator on record.
        let feeds = json!([{"what": "charger"}, {"what": "humidifier", "rated_va": 1100.0}]);
        let over = on(lent(&feeds), "EU18i");
        assert_eq!(over.finding.outcome, Outcome::Fails, "{over:?}");
        assert_eq!(over.load_va, Some(1475.0));
    }

    #[test]
    fn what_nobody_has_said_stays_unknown() {
        let unnamed = on(lent(&json!([{"what": "other"}])), "EU18i");
        assert_eq!(unnamed.finding.outcome, Outcome::Unknown, "{unnamed:?}");
        assert_eq!((unnamed.load_va, unnamed.limit_va), (None, Some(1440.0)));
        for nothing in [
            json!({}),
            json!({"generators": [{"loaned": false, "feeds": []}]}),
        ] {
            let found = on(nothing, "EU18i");
            assert_eq!(found.finding.outcome, Outcome::Unknown, "{found:?}");
            assert_eq!((found.load_va, found.hours_a_filling), (None, None));
        }
        let unlisted = on(lent(&json!([])), "【デモ】発電機");
        assert_eq!(unlisted.finding.outcome, Outcome::Unknown);
        assert_eq!((unlisted.limit_va, unlisted.hours_a_filling), (None, None));
    }
}
