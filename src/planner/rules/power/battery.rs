//! PWR-09: the ventilator's batteries are checked by people whose work it is.

use super::{Stand, Worse, says};
use crate::{
    domain::{
        finding::{Finding, Owner, RuleCode, Severity},
        power::{Equipment, battery::months_after, equipment::DedicatedBattery},
        text::Text,
    },
    planner::rules::{Check, about},
};

/// PWR-09: each of the ventilator's batteries was checked by the hospital's
/// engineer or the maker within twelve months, or is newer than that. One that is
/// older than two years and was never checked is a gap. Nobody asks a family to
/// run it down.
pub(super) fn is_checked(check: &Check<'_>, equipment: &Equipment) -> Option<Finding> {
    let verdict = about(RuleCode::Pwr09, Severity::Warning);
    let lists = [&equipment.internal_batteries, &equipment.external_batteries];
    if lists.iter().all(|list| list.is_none()) {
        return Some(verdict.unknown(
            Owner::Coordinator,
            &Text::fixed(
                "呼吸器のバッテリーの一覧と、点検した日",
                "the list of the ventilator's batteries, and when they were checked",
            ),
            ask(),
        ));
    }
    let batteries = || lists.iter().copied().flatten().flatten();
    let worst = batteries().map(|one| stand(check, one)).max()?;
    let oldest = batteries().filter_map(|battery| battery.checked_on).min();
    let verdict = verdict
        .with("batteries", batteries().count())
        .with_some("checked_on", oldest);
    Some(match worst {
        Stand::Bad(worse) => verdict
            .severity(worse.severity())
            .fails(Owner::Coordinator, not_checked(worse)),
        Stand::Unknown => verdict.unknown(
            Owner::Coordinator,
            &Text::fixed(
                "バッテリーを病院の臨床工学技士か機器会社が最後に点検した日",
                "when the hospital's engineer or the maker last checked the batteries",
            ),
            ask(),
        ),
        Stand::Fine => verdict.holds(Text::fixed(
            "呼吸器のバッテリーは12か月以内に点検されているか、新しいものです。",
            "The ventilator's batteries were checked within twelve months, or are new.",
        )),
    })
}

fn stand(check: &Check<'_>, battery: &DedicatedBattery) -> Stand {
    let (today, parameters) = (check.today, check.given.parameters);
    if battery.is_checked(today, parameters) {
        return Stand::Fine;
    }
    let made = battery.made_on.filter(|on| *on <= today);
    let older = |months: u32| {
        let until = made.and_then(|on| months_after(on, months));
        until.map(|until| until < today)
    };
    if older(parameters.check_months) == Some(false) {
        return Stand::Fine;
    }
    let is_old = older(parameters.battery_life_years * 12) == Some(true);
    let was_checked = battery.check_counts_until(parameters).is_some()
        && battery.checked_on.is_some_and(|on| on <= today);
    let never = battery.never_checked == Some(true);
    if was_checked || (never && !is_old) {
        Stand::Bad(Worse::Warning)
    } else if never {
        Stand::Bad(Worse::Gap)
    } else {
        Stand::Unknown
    }
}

fn ask() -> Text {
    Text::fixed(
        "機器会社か病院の臨床工学技士に電話し、次の受診や訪問のときの点検を頼む（お子さんにつないだまま使い切らない）。",
        "Telephone the maker or the hospital's engineer for a check at the next visit (never run a battery down on the child).",
    )
}

fn not_checked(worse: Worse) -> super::Says {
    let staff = if worse == Worse::Gap {
        Text::fixed(
            "2年より古く、一度も点検されていないバッテリーがあります。公称の時間はもたないと考えてください。",
            "A battery is older than two years and was never checked: do not count on its nominal hours.",
        )
    } else {
        Text::fixed(
            "12か月以内に病院の臨床工学技士か機器会社が点検していないバッテリーがあります。時間は75%で数えています。",
            "A battery was not checked by the hospital's engineer or the maker within twelve months: 75 % of its hours are counted.",
        )
    };
    says(
        staff,
        Text::fixed(
            "呼吸器のバッテリーは古くなると短くなります。機器会社か病院に点検を頼みましょう。お子さんにつないだまま使い切って確かめることは、しないでください。",
            "The ventilator's batteries get shorter with age. Let us ask the maker or the hospital to check them. Please never try it out by running one down on your child.",
        ),
        ask(),
    )
}

#[cfg(test)]
#[path = "battery_tests.rs"]
mod tests;
