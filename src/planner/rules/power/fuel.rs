//! PWR-06 and PWR-07: how much fuel is kept, and how old it is.

use chrono::NaiveDate;

use super::{Stand, Worse, says};
use crate::{
    domain::{
        finding::{Finding, Owner, RuleCode, Severity},
        generator::Fuel,
        power::{Equipment, battery::months_after},
        text::Text,
    },
    planner::rules::{Check, about},
    text,
};

/// Both, where there is fuel or something that burns it.
pub(super) fn check(check: &Check<'_>, equipment: &Equipment, to: &mut Vec<Finding>) {
    to.extend(little_enough(check, equipment));
    to.extend(young_enough(check, equipment));
}

/// Whether a generator that burns gasoline is on record.
fn burns_gasoline(check: &Check<'_>, equipment: &Equipment) -> bool {
    let generators = equipment.generators.iter().flatten();
    generators
        .filter_map(|generator| check.given.row_of(generator))
        .any(|row| row.fuel == Fuel::Gasoline)
}

/// PWR-06: less gasoline than the fire ordinances' limit, and better no more than
/// half of it.
fn little_enough(check: &Check<'_>, equipment: &Equipment) -> Option<Finding> {
    let parameters = check.given.parameters;
    let (limit, advice) = (
        parameters.gasoline_limit_litres,
        parameters.gasoline_advice_litres,
    );
    let verdict = about(RuleCode::Pwr06, Severity::Gap).with("limit_litres", limit);
    let unknown = |verdict: super::About| {
        verdict.unknown(
            Owner::Family,
            &Text::fixed("保管しているガソリンの量", "how much gasoline is kept"),
            Text::fixed(
                "携行缶と発電機のタンクに入っているガソリンの量（L）と、買った日を記録する。",
                "Record the litres in the cans and in the tank of the generator, and when they were bought.",
            ),
        )
    };
    let Some(litres) = equipment.gasoline_litres() else {
        return burns_gasoline(check, equipment).then(|| unknown(verdict));
    };
    if litres.known && litres.litres <= 0.0 {
        return None;
    }
    let verdict = verdict.with("litres", litres.litres);
    let kept = litres.litres;
    let over = match (litres.reach(limit), litres.reach(advice.next_up())) {
        (Some(true), _) => Severity::Gap,
        (_, Some(true)) => Severity::Warning,
        (_, None) => return Some(unknown(verdict)),
        (_, Some(false)) => {
            return Some(verdict.holds(text!(
                "ガソリンの保管は{advice:.0}L以下です。",
                "No more than {advice:.0} L of gasoline is kept."
            )));
        }
    };
    let staff = if over == Severity::Gap {
        text!(
            "ガソリンを{kept:.0}L保管しています。{limit:.0}L以上は、火災予防条例の少量危険物の基準と届出の対象です（市町村の条例による）。",
            "{kept:.0} L of gasoline are kept. From {limit:.0} L on the fire ordinance's rules for small quantities apply (as the municipality's ordinance says)."
        )
    } else {
        text!(
            "ガソリンを{kept:.0}L保管しています（{advice:.0}L以下が目安）。",
            "{kept:.0} L of gasoline are kept ({advice:.0} L at most is aimed at)."
        )
    };
    Some(verdict.severity(over).fails(
        Owner::Family,
        says(
            staff,
            text!(
                "家に置くガソリンが多すぎます。火事のときに危険なので、{advice:.0}L以下に減らしましょう。",
                "There is too much gasoline at home, which is dangerous in a fire. Let us bring it down to {advice:.0} L."
            ),
            text!(
                "{advice:.0}Lを超える分を、ガソリンスタンドか消防署に相談して減らし、記録を直す。金属の携行缶に入れ、火の気と日光から離す。",
                "Ask the filling station or the fire station how to get rid of what is above {advice:.0} L, and correct the record. Keep it in metal cans, away from fire and sun."
            ),
        ),
    ))
}

/// PWR-07: gasoline within six months of the purchase, canisters within seven
/// years of the date on them.
fn young_enough(check: &Check<'_>, equipment: &Equipment) -> Option<Finding> {
    let parameters = check.given.parameters;
    let today = check.today;
    let over = |from: NaiveDate, months: u32| {
        months_after(from, months).is_some_and(|until| until < today)
    };
    let known = |day: Option<NaiveDate>| day.filter(|day| *day <= today);
    let gasoline = equipment.gasoline.iter().flatten();
    let gasoline = gasoline
        .filter(|can| can.litres.is_none_or(|litres| litres > 0.0))
        .map(|can| match known(can.bought_on) {
            None => Stand::Unknown,
            Some(on) if over(on, parameters.gasoline_months) => Stand::Bad(Worse::Warning),
            Some(on) if over(on, parameters.gasoline_advice_months) => Stand::Bad(Worse::Advice),
            Some(_) => Stand::Fine,
        });
    let canisters = equipment.canisters.iter().flatten();
    let canisters =
        canisters
            .filter(|cans| cans.count != Some(0))
            .map(|cans| match known(cans.dated) {
                None => Stand::Unknown,
                Some(on) if over(on, parameters.canister_years * 12) => Stand::Bad(Worse::Warning),
                Some(_) => Stand::Fine,
            });
    let stands: Vec<Stand> = gasoline.chain(canisters).collect();
    let worst = *stands.iter().max()?;
    let oldest = equipment
        .gasoline
        .iter()
        .flatten()
        .filter_map(|can| can.bought_on)
        .min();
    let dated = equipment
        .canisters
        .iter()
        .flatten()
        .filter_map(|cans| cans.dated)
        .min();
    let verdict = about(RuleCode::Pwr07, Severity::Warning)
        .with_some("gasoline_bought_on", oldest)
        .with_some("canisters_dated", dated);
    let past = worst == Stand::Bad(Worse::Warning);
    // What nobody dated may be past its time: it comes before an advice.
    if !past && stands.contains(&Stand::Unknown) {
        return Some(verdict.unknown(
            Owner::Family,
            &Text::fixed(
                "燃料の日付（ガソリンは買った日、カセットボンベは缶の底の日付）",
                "the dates of the fuel (when gasoline was bought; the date on the bottom of a canister)",
            ),
            Text::fixed(
                "ガソリンを買った日と、カセットボンベの缶の底の日付を見て記録する。",
                "Look for the day on which the gasoline was bought and the dates on the bottom of the canisters, and record them.",
            ),
        ));
    }
    Some(match worst {
        Stand::Bad(worse) => verdict
            .severity(worse.severity())
            .fails(Owner::Family, renew(worse)),
        _ => verdict.holds(Text::fixed(
            "燃料は使える期間の中にあります。",
            "The fuel is within its time.",
        )),
    })
}

fn renew(worse: Worse) -> super::Says {
    let staff = if worse == Worse::Advice {
        Text::fixed(
            "ガソリンを買ってから3か月を過ぎました（6か月までに入れ替えます）。",
            "The gasoline is more than three months old (it is replaced within six).",
        )
    } else {
        Text::fixed(
            "燃料が使える期間（ガソリン6か月、カセットボンベは缶の日付から7年）を過ぎています。",
            "The fuel is past its time: gasoline six months, canisters seven years from the date on them.",
        )
    };
    says(
        staff,
        Text::fixed(
            "発電機の燃料が古くなっています。古いと動かないことがあるので、新しいものに替えましょう。",
            "The generator's fuel is getting old, and it may not start on it. Let us replace it.",
        ),
        Text::fixed(
            "古いガソリンは車で使うかスタンドに相談し、新しく買った日を記録する。古いカセットボンベは使い切って買い替える。",
            "Use the old gasoline in a car or ask the filling station, and record when the new was bought. Use up old canisters and buy new ones.",
        ),
    )
}

#[cfg(test)]
#[path = "fuel_tests.rs"]
mod tests;
