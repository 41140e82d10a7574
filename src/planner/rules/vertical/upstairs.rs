//! VRT-05 and VRT-06: getting up, and what is kept there.

use super::{Stay, hours_to_stay, unknown_duration};
use crate::{
    domain::{
        finding::{Finding, Owner, RuleCode, Severity},
        hazard::Hazard,
        power::figure::sane,
        text::Text,
    },
    planner::rules::{Check, Says, There, about, power::joined},
    text,
};

/// VRT-05: child, devices and batteries get up without a lift, which stops in a
/// power cut.
pub(super) fn way_up(check: &Check<'_>, stay: There<'_>) -> Finding {
    let verdict = about(RuleCode::Vrt05, Severity::Warning).at(stay);
    let upstairs = check.plan.upstairs.as_ref();
    match upstairs.and_then(|upstairs| upstairs.without_lift) {
        Some(true) => verdict.holds(Text::fixed(
            "エレベーターなしで上の階に上がれます。",
            "One gets upstairs without a lift.",
        )),
        None => verdict.unknown(
            Owner::Family,
            &Text::fixed(
                "エレベーターなしで、お子さんと機器を上の階に上げられるか",
                "whether the child and its devices get upstairs without a lift",
            ),
            Text::fixed(
                "停電でエレベーターが止まったとき、だれがお子さんと機器を上げるかを決めて計画に書く。",
                "Settle who carries the child and the devices up when the lift stops, and write it down.",
            ),
        ),
        Some(false) => verdict.fails(
            Owner::Coordinator,
            Says {
                staff: Text::fixed(
                    "停電でエレベーターが止まると、上の階に上がる手段がありません。",
                    "When the lift stops in a power cut there is no way up.",
                ),
                family: Text::fixed(
                    "停電でエレベーターが止まると、上の階に上がれません。早めに上がるか、だれに手伝ってもらうかを一緒に決めましょう。",
                    "When the lift stops in a power cut you cannot get upstairs. Let us settle on going up early, or on who helps.",
                ),
                next: Text::fixed(
                    "ご家族と、停電の前に上がるきっかけと、階段で運ぶ人（2人以上）を決めて計画に書く。なければ家を離れる行き先に変える。",
                    "With the family, write down when one goes up before the power fails, and who carries by the stairs (two or more); else change to a place away from home.",
                ),
            },
        ),
    }
}

/// VRT-06: food, water and medicine upstairs until the water has gone and the
/// grid is back.
pub(super) fn supplies(check: &Check<'_>, stay: There<'_>, hazard: Hazard) -> Finding {
    let verdict = about(RuleCode::Vrt06, Severity::Gap)
        .hazard(hazard)
        .at(stay);
    let upstairs = check.plan.upstairs.clone().unwrap_or_default();
    let kept = [
        (
            sane(upstairs.food_hours),
            "food_hours",
            Text::fixed("食事・栄養剤", "food"),
        ),
        (
            sane(upstairs.water_hours),
            "water_hours",
            Text::fixed("水", "water"),
        ),
        (
            sane(upstairs.medicine_hours),
            "medicine_hours",
            Text::fixed("薬", "medicine"),
        ),
    ];
    let verdict = kept
        .iter()
        .fold(verdict, |verdict, (hours, key, _)| match *key {
            "food_hours" => verdict.with_some("food_hours", *hours),
            "water_hours" => verdict.with_some("water_hours", *hours),
            _ => verdict.with_some("medicine_hours", *hours),
        });
    let needed = match hours_to_stay(check, hazard) {
        Stay::Hours(needed, _) => needed,
        Stay::Endless(_) => f64::INFINITY,
        Stay::Unknown => return unknown_duration(verdict),
    };
    let verdict = verdict.with_some("hours_needed", needed.is_finite().then_some(needed));
    let names = |wanted: &dyn Fn(Option<f64>) -> bool| {
        let parts = kept.iter().filter(|(hours, ..)| wanted(*hours));
        parts.map(|(.., name)| name.clone()).collect::<Vec<_>>()
    };
    let short = names(&|hours| hours.is_some_and(|hours| hours < needed));
    if !short.is_empty() {
        let short = joined(&short);
        let until = if needed.is_finite() {
            text!("{needed:.0}時間", "{needed:.0} h")
        } else {
            Text::fixed("4週間以上", "four weeks or more")
        };
        return verdict.fails(
            Owner::Coordinator,
            Says {
                staff: say!(
                    "上の階に置く{}が、水が引いて電気が戻るまでの見込み（{}）に足りません。",
                    "What is kept upstairs does not last until the water has gone ({} for {}).";
                    short, until
                ),
                family: say!(
                    "上の階に置く{}が、水が引くまで足りないおそれがあります。一緒に見直しましょう。",
                    "What is kept upstairs may not last until the water has gone: {}. Let us look at it together.";
                    short
                ),
                next: Text::fixed(
                    "ご家族と、上の階に置く食事・水・薬を足すか、家を離れる行き先に変える。薬は主治医に予備を相談する。",
                    "With the family, keep more food, water and medicine upstairs, or change to a place away from home; ask the physician for spare medicine.",
                ),
            },
        );
    }
    let unknown = names(&|hours| hours.is_none());
    if !unknown.is_empty() {
        let what = joined(&unknown);
        return verdict.unknown(
            Owner::Family,
            &say!("上の階に置く備え（{}）が何時間分あるか", "for how many hours there is upstairs: {}"; what),
            Text::fixed(
                "上の階に食事・水・薬を何日分置くかをご家族に聞いて計画に書く。",
                "Ask the family for how many days food, water and medicine are kept upstairs, and write it down.",
            ),
        );
    }
    verdict.holds(Text::fixed(
        "食事・水・薬は、水が引いて電気が戻るまでの見込みより長くもちます。",
        "Food, water and medicine last longer than the water and the power cut are expected to.",
    ))
}
