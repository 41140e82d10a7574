//! PWR-01, PWR-02, PWR-15 and PWR-17: how long it lasts, and by when one leaves.

use super::{joined, missing, says, the_record, unknown_hours};
use crate::{
    domain::{
        finding::{Finding, Owner, RuleCode, Severity},
        plan::document::{DestinationKind, Item},
        power::{Reach, SourceKind},
        text::Text,
    },
    planner::{
        power::outage,
        rules::{About, Check, There, about, destination},
    },
    text,
};

/// What every verdict on hours compared.
fn with_hours(check: &Check<'_>, verdict: About) -> About {
    let budget = check.budget;
    let low = budget.is_unconfirmed();
    verdict
        .with_some("battery_hours", reach(budget.batteries))
        .with_some(
            "hours_at_least",
            (!budget.batteries.known && !budget.batteries.is_unknown()).then_some(true),
        )
        .with_some("draw_watts", budget.draw.watts().map(f64::round))
        .with_some("low_confidence", low.then_some(true))
}

fn reach(reach: Reach) -> Option<f64> {
    (!reach.is_unknown()).then(|| reach.tenths())
}

/// `（機種の一覧の未確認の値を使っています）` where a number of low confidence was
/// used.
fn caveat(check: &Check<'_>) -> Text {
    if !check.budget.is_unconfirmed() {
        return Text::fixed("", "");
    }
    Text::fixed(
        "（機種の一覧の未確認の値を使っています）",
        " (a figure of the catalogue that nobody has confirmed is used)",
    )
}

/// PWR-01: the batteries outlast preparation, travel and two hours more.
pub(super) fn batteries_outlast_the_way(check: &Check<'_>) -> Finding {
    let batteries = check.budget.batteries;
    let there = check.way_out();
    let travel = there.and_then(|there| there.facts.travel);
    let preparation = check.preparation_minutes();
    let reserve = check.given.parameters.reserve_hours;
    let minutes = preparation + travel.map_or(0.0, |travel| travel.minutes);
    let needed = minutes / 60.0 + reserve;
    let verdict = with_hours(check, about(RuleCode::Pwr01, Severity::Gap))
        .with_some("destination", there.map(|there| there.destination.label()))
        .with("preparation_minutes", preparation)
        .with_some(
            "travel_minutes",
            travel.map(|travel| travel.minutes.round()),
        )
        .with_some("drilled_on", travel.and_then(|travel| travel.drilled_on))
        .with("hours_needed", (needed * 10.0).ceil() / 10.0);
    match batteries.lasts(needed) {
        None => unknown_hours(check, verdict),
        Some(false) => {
            let (has, caveat) = (batteries.text(), caveat(check));
            verdict.fails(
                Owner::Coordinator,
                says(
                    say!(
                        "バッテリーは{}{}で、準備・移動と2時間の余裕（{needed:.1}時間）に足りません。",
                        "The batteries last {}{}, less than preparation, travel and two hours ({needed:.1} h).";
                        has, caveat
                    ),
                    Text::fixed(
                        "停電したとき、電源のある所に着くまでバッテリーが足りないおそれがあります。停電したらすぐに電話し、バッテリーを増やす方法を一緒に考えましょう。",
                        "In a power cut the batteries may end before you reach a place with power. Telephone at once when the power fails, and let us find a way to add batteries.",
                    ),
                    Text::fixed(
                        "専用バッテリーの追加を機器会社・病院に相談し、届くまでの間に借りられるものと、すぐに受け入れてくれる近い場所を電話で決める。",
                        "Ask the maker and the hospital for another battery; until it comes, settle by telephone what can be lent and which near place takes the child at once.",
                    ),
                ),
            )
        }
        Some(true) if travel.is_none() => where_and_how_long(verdict, there),
        Some(true) => verdict.holds(Text::fixed(
            "バッテリーは、準備と移動に2時間の余裕を足した時間より長くもちます。",
            "The batteries outlast preparation, travel and two hours more.",
        )),
    }
}

/// Where to, or how long the way takes, is not known.
fn where_and_how_long(verdict: About, there: Option<There<'_>>) -> Finding {
    if there.is_none() {
        return verdict.unknown(
            Owner::Coordinator,
            &Text::fixed("停電のときの行き先", "where to go when the power fails"),
            Text::fixed(
                "停電のときに電源を使える場所（病院、親戚宅など）をご家族と決め、計画に書く。",
                "Settle with the family on a place with power for a power cut (a hospital, relatives) and write it down.",
            ),
        );
    }
    verdict.unknown(
        Owner::Family,
        &Text::fixed(
            "避難先まで何で、何分かかるか",
            "how one travels there, and for how long",
        ),
        Text::fixed(
            "移動の手段と、家を出てから着くまでの分数を計画に書く。",
            "Write down how you travel, and the minutes from door to door.",
        ),
    )
}

/// PWR-02: a night and a day on batteries, three days on everything, or a bed
/// that a hospital has agreed to.
pub(super) fn lasts_three_days(check: &Check<'_>) -> Finding {
    let (parameters, budget) = (check.given.parameters, check.budget);
    let bed = destination::has_agreed_bed(check);
    let verdict = with_hours(check, about(RuleCode::Pwr02, Severity::Gap))
        .with_some("total_hours", reach(budget.total))
        .with("agreed_bed", bed);
    for (hours, severity) in [
        (parameters.night_hours, Severity::Gap),
        (parameters.day_hours, Severity::Warning),
    ] {
        let verdict = verdict
            .clone()
            .severity(severity)
            .with("hours_needed", hours);
        match budget.batteries.lasts(hours) {
            Some(true) => {}
            None => return unknown_hours(check, verdict),
            Some(false) => return verdict.fails(Owner::Coordinator, too_short(check, hours)),
        }
    }
    if bed {
        return verdict.holds(Text::fixed(
            "バッテリーは1日以上もち、長い停電のときに受け入れてくれる病院などが決まっています。",
            "The batteries last a day, and a place has agreed to take the child in a long power cut.",
        ));
    }
    let hours = parameters.home_hours;
    let verdict = verdict
        .severity(Severity::Advice)
        .with("hours_needed", hours);
    match budget.total.lasts(hours) {
        Some(true) => verdict.holds(Text::fixed(
            "合わせて3日分の電源があります。",
            "There is power for three days in all.",
        )),
        None => verdict.unknown(
            Owner::Coordinator,
            &match check.given.equipment {
                None => the_record(),
                Some(_) => joined(&missing(check, |_| true)),
            },
            Text::fixed(
                "車・発電機・燃料を含めて、電源の記録を埋める。受け入れてくれる病院を決めてもよい。",
                "Fill in the record of sources: car, generator, fuel. Or settle on a hospital that takes the child in.",
            ),
        ),
        Some(false) => {
            let total = budget.total.text();
            let days = if (hours - 72.0).abs() < f64::EPSILON {
                Text::fixed("（3日）", " (three days)")
            } else {
                Text::fixed("", "")
            };
            verdict.fails(
                Owner::Coordinator,
                says(
                    say!(
                        "すべての電源を合わせて{}で、目安の{hours:.0}時間{}に届かず、受入れを約束した病院もありません。",
                        "All sources last {}, less than the {hours:.0} h{} aimed at, and no hospital has agreed to take the child.";
                        total, days
                    ),
                    Text::fixed(
                        "長い停電では、家の電源だけでは3日もちません。受け入れてくれる病院を決めておくと安心です。",
                        "In a long power cut the power at home does not last three days. It helps to settle on a hospital that takes you in.",
                    ),
                    Text::fixed(
                        "主治医と、長い停電のときに入れる病院・短期入所を決める。または、充電できる電源や燃料を足す。",
                        "Settle with the physician on a hospital or short stay for a long power cut; or add batteries, a way to charge them, or fuel.",
                    ),
                ),
            )
        }
    }
}

fn too_short(check: &Check<'_>, hours: f64) -> super::Says {
    let (has, caveat) = (check.budget.batteries.text(), caveat(check));
    let night = hours < check.given.parameters.day_hours;
    let family = if night {
        Text::fixed(
            "停電したとき、バッテリーだけでは一晩もちません。停電したら様子を見ずに、早めに電話してください。バッテリーを増やす方法を一緒に考えましょう。",
            "The batteries alone do not last a night. When the power fails do not wait: telephone early. Let us find a way to add batteries.",
        )
    } else {
        Text::fixed(
            "停電したとき、バッテリーだけでは1日もちません。バッテリーを増やす方法を一緒に考えましょう。",
            "The batteries alone do not last a day. Let us find a way to add batteries.",
        )
    };
    says(
        say!(
            "バッテリーだけで{}{}です（目安は{hours:.0}時間）。",
            "Batteries alone last {}{} ({hours:.0} h are aimed at).";
            has, caveat
        ),
        family,
        Text::fixed(
            "専用外部バッテリーかポータブル電源（正弦波）の追加を、機器会社・市町村の給付の担当と相談する。届くまでの仮の対応（借りる、早く移る先）を決めて計画に書く。",
            "Ask the maker and the municipality's benefits office for an external battery or a portable one (sine wave). Until it comes, settle on an interim measure (borrow one, a place to move to early) and write it down.",
        ),
    )
}

/// PWR-15: by when one leaves or telephones after the power has failed.
pub(super) fn outage_trigger(check: &Check<'_>) -> Finding {
    let there = check.way_out();
    let travel = there.and_then(|there| there.facts.travel);
    let verdict = with_hours(check, about(RuleCode::Pwr15, Severity::Gap))
        .with_some("destination", there.map(|there| there.destination.label()))
        .with("preparation_minutes", check.preparation_minutes())
        .with_some(
            "travel_minutes",
            travel.map(|travel| travel.minutes.round()),
        )
        .with_some("travel_basis", travel.map(|travel| travel.basis))
        .with_some("drilled_on", travel.and_then(|travel| travel.drilled_on));
    if there.is_none() {
        if check.plan.is_unread(Item::Destinations) {
            let title = Text::fixed("避難先", "destinations");
            return verdict.unread(&title);
        }
        return verdict.fails(Owner::Coordinator, nowhere_to_go(check));
    }
    if check.budget.batteries.is_unknown() {
        return unknown_hours(check, verdict);
    }
    let Some(trigger) = outage(check) else {
        return where_and_how_long(verdict, there);
    };
    let minutes = trigger.allowance().num_minutes();
    let verdict = verdict.with("allowance_minutes", minutes);
    let low = if check.budget.batteries.known {
        Text::fixed("", "")
    } else {
        Text::fixed(
            "（分かっている電源だけで）",
            " (by the sources that are known)",
        )
    };
    if trigger.at_once() {
        return verdict.holds(say!(
            "停電したら、すぐに出発するか電話します{}。",
            "When the power fails, leave or telephone at once{}.";
            low
        ));
    }
    let (hours, rest) = (minutes / 60, minutes % 60);
    let by = text!("{hours}時間{rest:02}分", "{hours} h {rest:02} min");
    verdict.holds(say!(
        "停電してから{}以内に出発するか電話します{}。",
        "Leave or telephone within {} of the power failing{}.";
        by, low
    ))
}

fn nowhere_to_go(check: &Check<'_>) -> super::Says {
    let stays = check
        .destinations()
        .any(|there| there.destination.kind == DestinationKind::StayUpstairs);
    let staff = if stays {
        Text::fixed(
            "停電のときは自宅にとどまる計画で、電源がなくなる前に行く先がなく、出発の目安を計算できません。",
            "The plan stays at home in a power cut: there is no place to go to before the power ends, so that no trigger can be reckoned.",
        )
    } else {
        Text::fixed(
            "停電のときの行き先がなく、出発の目安を計算できません。",
            "There is no place to go to in a power cut, so that no trigger can be reckoned.",
        )
    };
    says(
        staff,
        Text::fixed(
            "停電したとき、いつまでに、どこへ行くかがまだ決まっていません。",
            "By when to leave in a power cut, and where to, is not settled yet.",
        ),
        Text::fixed(
            "ご家族と、停電のときに電源を使える場所を一つ決め、移動の分数とあわせて計画に書く。",
            "With the family, settle on one place with power for a power cut, and write it down with the minutes of travel.",
        ),
    )
}

/// PWR-17: the power for a storm counts on a generator in the hours in which none
/// can run. Judged where a generator carries hours.
pub(super) fn storm(check: &Check<'_>) -> Option<Finding> {
    let sources = &check.budget.sources;
    let runs =
        |source: &&crate::domain::power::budget::Source| source.kind == SourceKind::Generator;
    if !sources.iter().filter(runs).any(|source| source.hours > 0.0) {
        return None;
    }
    let limit = check.given.parameters.storm_hours;
    let before: f64 = sources
        .iter()
        .filter(|source| !runs(source))
        .map(|source| source.hours)
        .sum();
    let verdict = with_hours(check, about(RuleCode::Pwr17, Severity::Warning))
        .with("storm_hours", Reach::known(before).tenths())
        .with("hours_needed", limit);
    Some(if before >= limit {
        verdict.holds(Text::fixed(
            "発電機を動かせない嵐の間も、ほかの電源でもちます。",
            "The other sources last through a storm in which no generator can run.",
        ))
    } else if check.budget.storm.known {
        let has = Reach::known(before).text();
        verdict.fails(
            Owner::Coordinator,
            says(
                say!(
                    "雨と風の中では発電機を動かせません。それまでの電源は{}で、嵐の{limit:.0}時間に足りません。",
                    "No generator runs in wind and rain. What comes before it lasts {}, less than the {limit:.0} h of a storm.";
                    has
                ),
                Text::fixed(
                    "台風のあいだは発電機を使えません（必ず屋外で、雨のかからない所で使うものです）。台風の前に、電源のある所へ移る日時を決めましょう。",
                    "In a typhoon the generator cannot be used: it runs outdoors only, out of the rain. Let us settle on when to move to a place with power before the typhoon.",
                ),
                Text::fixed(
                    "ご家族と、台風の前日に電源のある所へ移ることを計画に書く。またはバッテリーを足す。",
                    "With the family, write down that one moves to a place with power the day before a typhoon; or add batteries.",
                ),
            ),
        )
    } else {
        let what = missing(check, |_| true);
        verdict.unknown(Owner::Coordinator, &joined(&what), super::ask_for_hours())
    })
}

#[cfg(test)]
#[path = "hours_tests.rs"]
mod tests;
