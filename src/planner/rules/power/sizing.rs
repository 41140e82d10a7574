//! PWR-05: what may hang on a generator.

use super::{generator::name, joined, says};
use crate::{
    domain::{
        finding::{Finding, Outcome, Owner, RuleCode, Severity},
        generator::GeneratorModel,
        power::{
            Equipment,
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
    fn on(check: &Check<'_>, equipment: &Equipment, generator: &HomeGenerator) -> Option<Self> {
        let parameters = check.given.parameters;
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
            let Some(va) = rated_va(check, equipment, generator, fed) else {
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
    check: &Check<'_>,
    equipment: &Equipment,
    generator: &HomeGenerator,
    fed: &Fed,
) -> Option<f64> {
    let factor = check.given.parameters.power_factor;
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
                    let row = check.given.devices.of_name(device.model.as_deref()?)?;
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
        let next = fits(check, equipment, generator, row);
        if found.as_ref().is_none_or(|old| order(&next) > order(old)) {
            found = Some(next);
        }
    }
    found.expect("there is a generator")
}

fn fits(
    check: &Check<'_>,
    equipment: &Equipment,
    generator: &HomeGenerator,
    row: Option<&GeneratorModel>,
) -> Finding {
    let share = check.given.parameters.generator_share;
    let rated = generator.rated(row);
    let hanging = Hanging::on(check, equipment, generator);
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

fn look_at_the_plates() -> Text {
    Text::fixed(
        "発電機と、つなぐものの銘板を見て、VA（なければW）を記録する。W の数字を VA の欄に書かない。",
        "Look at the plates of the generator and of what hangs on it, and record the VA, or else the W; never W as VA.",
    )
}
