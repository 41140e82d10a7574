//! Power, as the planner asks for it: what it is reckoned from, by when one
//! leaves, and when a verdict on it can change.

use chrono::{Datelike, Days, NaiveDate};

use super::{CaseFacts, PlanState, World, rules::Check};
use crate::domain::{
    plan::document::Device,
    power::{Equipment, Given, Trigger, battery::months_after},
};

/// The devices and sources of a case: those on record, else those of its plan; and the
/// devices that its plan names.
fn recorded<'a>(case: &CaseFacts<'a>) -> (Option<&'a Equipment>, &'a [Device]) {
    let any = |equipment: &&'a Equipment| !equipment.is_empty();
    let on_record = case.equipment.filter(any);
    match case.plan {
        PlanState::Made(plan) => (
            on_record.or_else(|| plan.power.as_deref().filter(any)),
            plan.devices.as_slice(),
        ),
        PlanState::None(_) | PlanState::Unknown => (on_record, &[]),
    }
}

/// What the power of a case is reckoned from: the record, else what the plan
/// says.
pub fn given<'a>(case: &CaseFacts<'a>, world: &'a World, today: NaiveDate) -> Given<'a> {
    let (equipment, plan_devices) = recorded(case);
    let stated_hours = match case.plan {
        PlanState::Made(plan) => plan.battery_hours,
        PlanState::None(_) | PlanState::Unknown => case.battery_hours,
    };
    Given {
        equipment,
        stated_hours,
        plan_devices,
        devices: &world.devices,
        generators: &world.generators,
        parameters: &world.parameters.power,
        today,
    }
}

/// The models that are on record of a case, of its devices and batteries and of its
/// generators: all of which its hours can take a figure from the catalogues.
pub(super) fn models(case: &CaseFacts<'_>) -> (Vec<String>, Vec<String>) {
    let (equipment, plan_devices) = recorded(case);
    let of_plan = plan_devices.iter().map(|device| &device.model);
    let Some(equipment) = equipment else {
        return (of_plan.flatten().cloned().collect(), Vec::new());
    };
    let devices = equipment.devices.iter().flatten();
    let dedicated = [&equipment.internal_batteries, &equipment.external_batteries];
    let batteries = dedicated.into_iter().flatten().flatten();
    let generators = equipment.generators.iter().flatten();
    let names = of_plan
        .chain(devices.map(|device| &device.model))
        .chain(batteries.map(|battery| &battery.model));
    (
        names.flatten().cloned().collect(),
        generators.filter_map(|one| one.model.clone()).collect(),
    )
}

/// By when one leaves or telephones after the power has failed; `None`: nothing
/// is known of the hours, or of the way.
pub(crate) fn outage(check: &Check<'_>) -> Option<Trigger> {
    if check.budget.batteries.is_unknown() {
        return None;
    }
    let (reach, by_oxygen) = check.budget.until_leaving();
    let travel = check.way_out()?.facts.travel?;
    let trigger = Trigger::new(
        reach.hours,
        check.preparation_minutes(),
        travel.minutes,
        check.given.parameters,
    );
    Some(Trigger {
        by_oxygen,
        ..trigger
    })
}

/// The first day after the day of the check on which what is on record of
/// devices and sources could mean something else: a check of a battery, fuel, a
/// canister or a test run becomes too old, a date that is to come comes.
pub(crate) fn changes_on(given: &Given<'_>) -> Option<NaiveDate> {
    let days = given.equipment.map(|equipment| days(equipment, given));
    days.into_iter()
        .flatten()
        .filter(|day| *day > given.today)
        .min()
}

fn days(equipment: &Equipment, given: &Given<'_>) -> Vec<NaiveDate> {
    let parameters = given.parameters;
    let after = |last: Option<NaiveDate>| last?.checked_add_days(Days::new(1));
    let months = |from: Option<NaiveDate>, months: u32| after(months_after(from?, months));
    let mut days: Vec<Option<NaiveDate>> = Vec::new();
    let dedicated = [&equipment.internal_batteries, &equipment.external_batteries];
    for battery in dedicated.into_iter().flatten().flatten() {
        days.extend([
            battery.checked_on,
            after(battery.check_counts_until(parameters)),
            battery.made_on,
            months(battery.made_on, parameters.check_months),
            months(battery.made_on, parameters.battery_life_years * 12),
        ]);
    }
    for can in equipment.gasoline.iter().flatten() {
        days.extend([
            can.bought_on,
            months(can.bought_on, parameters.gasoline_advice_months),
            months(can.bought_on, parameters.gasoline_months),
        ]);
    }
    for cans in equipment.canisters.iter().flatten() {
        days.push(months(cans.dated, parameters.canister_years * 12));
    }
    for generator in equipment.generators.iter().flatten() {
        let run = generator.last_run_on.filter(|on| on.year() < 9000);
        let late = |limit: u32| run?.checked_add_days(Days::new(u64::from(limit) + 1));
        days.extend([
            run,
            late(parameters.run_advice_days),
            late(parameters.run_days),
        ]);
        let consents = [&generator.maker_consent, &generator.physician_consent];
        days.extend(consents.map(|consent| consent.as_ref().and_then(|given| given.on)));
    }
    days.into_iter().flatten().collect()
}
