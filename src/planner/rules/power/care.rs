//! PWR-10 to PWR-13 and PWR-16: what keeps a child breathing without power, and
//! whom to call.

use super::{joined, says};
use crate::{
    domain::{
        finding::{Finding, Owner, RuleCode, Severity},
        plan::document::DeviceKind,
        power::{Equipment, Missing},
        text::Text,
    },
    planner::rules::{Check, about, given},
    text,
};

/// Every one of them, where there is what it judges.
pub(super) fn check(check: &Check<'_>, equipment: &Equipment, to: &mut Vec<Finding>) {
    to.push(resuscitator(equipment));
    to.extend(hme(equipment));
    to.extend(suction(equipment));
    to.extend(oxygen(check, equipment));
    to.push(whom_to_call(equipment));
}

/// PWR-10: a manual resuscitator within reach, and two people who can use it.
fn resuscitator(equipment: &Equipment) -> Finding {
    let verdict = about(RuleCode::Pwr10, Severity::Gap);
    let bag = equipment.resuscitator.as_ref();
    let within_reach = bag.and_then(|bag| bag.within_reach);
    let people = bag.and_then(crate::domain::power::equipment::Resuscitator::people);
    let verdict = verdict
        .with_some("within_reach", within_reach)
        .with_some("people", people);
    match (within_reach, people) {
        (Some(false), _) => verdict.fails(Owner::Coordinator, no_bag()),
        (_, Some(0)) => verdict.fails(Owner::Coordinator, nobody_can()),
        (None, _) => verdict.unknown(
            Owner::Family,
            &Text::fixed(
                "蘇生バッグがお子さんの手の届く所にあるか",
                "whether a manual resuscitator is within reach of the child",
            ),
            Text::fixed(
                "蘇生バッグの置き場所と、使える人の名前を確かめて記録する。",
                "Confirm where the manual resuscitator is kept and who can use it, and record both.",
            ),
        ),
        (Some(true), None) => verdict.severity(Severity::Warning).unknown(
            Owner::Family,
            &Text::fixed("蘇生バッグを使える人", "who can use the manual resuscitator"),
            Text::fixed(
                "蘇生バッグを使える人の名前を確かめて記録する（2人以上）。",
                "Confirm and record who can use the manual resuscitator (two people or more).",
            ),
        ),
        (Some(true), Some(1)) => verdict
            .severity(Severity::Warning)
            .fails(Owner::Coordinator, one_person()),
        (Some(true), Some(_)) => verdict.holds(Text::fixed(
            "蘇生バッグが手の届く所にあり、使える人が2人以上います。",
            "A manual resuscitator is within reach, and two people or more can use it.",
        )),
    }
}

fn no_bag() -> super::Says {
    says(
        Text::fixed(
            "蘇生バッグがお子さんの手の届く所にありません。呼吸器が止まったときに息を続ける手段がありません。",
            "No manual resuscitator is within reach: nothing keeps the child breathing when the ventilator stops.",
        ),
        Text::fixed(
            "呼吸器が止まったときのための蘇生バッグが、手の届く所にありません。すぐに主治医か訪問看護に相談しましょう。",
            "There is no manual resuscitator within reach for when the ventilator stops. Let us ask the physician or the visiting nurses at once.",
        ),
        Text::fixed(
            "主治医・訪問看護に電話し、蘇生バッグを用意してベッドと移動用の荷物の両方に置き、使い方を練習する。",
            "Telephone the physician and the visiting nurses: get a manual resuscitator, keep it at the bed and in the bag for leaving, and practise.",
        ),
    )
}

fn nobody_can() -> super::Says {
    says(
        Text::fixed(
            "蘇生バッグを使える人がいません。",
            "Nobody can use the manual resuscitator.",
        ),
        Text::fixed(
            "蘇生バッグを使える人がまだいません。訪問看護の方と一緒に練習しましょう。",
            "Nobody can use the manual resuscitator yet. Let us practise with the visiting nurses.",
        ),
        Text::fixed(
            "訪問看護に電話し、ご家族ともう1人が蘇生バッグの練習をする日を決める。",
            "Telephone the visiting nurses and settle on a day on which the family and one more person practise.",
        ),
    )
}

fn one_person() -> super::Says {
    says(
        Text::fixed(
            "蘇生バッグを使える人が1人だけです。その人が倒れたり出かけたりしているときに、代わりがいません。",
            "Only one person can use the manual resuscitator: nobody stands in when that person is out or hurt.",
        ),
        Text::fixed(
            "蘇生バッグを使える人が1人だけです。もう1人はどなたになれそうか、一緒に考えましょう。",
            "Only one person can use the manual resuscitator. Let us think together who could be the second.",
        ),
        Text::fixed(
            "ご家族と2人目（祖父母、近所の人、ヘルパーなど）を決め、訪問看護と練習の日を決める。",
            "With the family, choose the second (a grandparent, a neighbour, a helper) and settle on a day to practise with the visiting nurses.",
        ),
    )
}

/// PWR-11: where the physician has agreed to 人工鼻 for this child, some are at
/// home. Without that agreement it is not even named.
fn hme(equipment: &Equipment) -> Option<Finding> {
    let hme = equipment.hme.as_ref()?;
    let humidified = equipment.has(DeviceKind::Humidifier)?;
    if !humidified || hme.agreed() != Some(true) {
        return None;
    }
    let verdict = about(RuleCode::Pwr11, Severity::Warning).with_some("at_home", hme.at_home);
    Some(match hme.at_home {
        None => verdict.unknown(
            Owner::Family,
            &Text::fixed("家にある人工鼻の数", "how many heat and moisture exchangers are at home"),
            Text::fixed(
                "家にある人工鼻の数を数えて記録する。",
                "Count the heat and moisture exchangers at home and record them.",
            ),
        ),
        Some(0) => verdict.fails(
            Owner::Family,
            says(
                Text::fixed(
                    "主治医が人工鼻を認めていますが、家に1つもありません。停電のときに加温加湿器の電気を減らせません。",
                    "The physician has agreed to heat and moisture exchangers, but none is at home: the humidifier's power cannot be saved.",
                ),
                Text::fixed(
                    "主治医が認めた人工鼻が、家にまだありません。停電のときに電気を長くもたせられるので、用意しておきましょう。",
                    "The heat and moisture exchangers that your physician has agreed to are not at home yet. They make the power last longer: let us get some.",
                ),
                Text::fixed(
                    "主治医か訪問看護に、停電用の人工鼻を出してもらい、数を記録する。",
                    "Ask the physician or the visiting nurses for heat and moisture exchangers for a power cut, and record how many.",
                ),
            ),
        ),
        Some(_) => verdict.holds(Text::fixed(
            "主治医が認めた人工鼻が家にあります。",
            "The heat and moisture exchangers that the physician has agreed to are at home.",
        )),
    })
}

/// PWR-12: suction also without power.
fn suction(equipment: &Equipment) -> Option<Finding> {
    let verdict = about(RuleCode::Pwr12, Severity::Warning);
    let Some(has) = equipment.has(DeviceKind::Suction) else {
        // What the list of devices would say of humidifier and oxygen is asked for here, once.
        return Some(verdict.unknown(
            Owner::Coordinator,
            &Missing::Devices.name(),
            Text::fixed(
                "使っている機器（呼吸器、加温加湿器、吸引器、酸素濃縮器、モニター）をすべて聞いて記録する。",
                "Ask for every device (ventilator, humidifier, suction, concentrator, monitor) and record them.",
            ),
        ));
    };
    if !has {
        return None;
    }
    let verdict = verdict.with_some("manual_suction", equipment.manual_suction);
    Some(match equipment.manual_suction {
        Some(true) => verdict.holds(Text::fixed(
            "電気のいらない吸引器があります。",
            "There is a suction that needs no power.",
        )),
        None => verdict.unknown(
            Owner::Family,
            &Text::fixed(
                "手動・足踏みの吸引器があるか",
                "whether there is a manual or foot-driven suction",
            ),
            Text::fixed(
                "手動・足踏みの吸引器が家にあるかを確かめて記録する。",
                "Look whether a manual or foot-driven suction is at home, and record it.",
            ),
        ),
        Some(false) => verdict.fails(
            Owner::Family,
            says(
                Text::fixed(
                    "吸引器が電動だけで、手動・足踏みの吸引器がありません。",
                    "The suction needs power, and there is no manual or foot-driven one.",
                ),
                Text::fixed(
                    "停電や故障のときに使える、手動や足踏みの吸引器がまだありません。",
                    "There is no manual or foot-driven suction yet for a power cut.",
                ),
                Text::fixed(
                    "市町村の日常生活用具の給付か、訪問看護に相談して、手動・足踏みの吸引器を用意する。",
                    "Ask the municipality's benefits office or the visiting nurses for a manual or foot-driven suction.",
                ),
            ),
        ),
    })
}

/// PWR-13: oxygen for the way and two hours, and for twelve more where the
/// destination's is not confirmed.
fn oxygen(check: &Check<'_>, equipment: &Equipment) -> Option<Finding> {
    if equipment.has(DeviceKind::Concentrator) != Some(true) {
        return None;
    }
    let oxygen = check.budget.oxygen?;
    let there = check.way_out();
    let confirmed = there.is_some_and(|there| there.destination.oxygen == Some(true));
    let travel = there.and_then(|there| there.facts.travel);
    let parameters = &check.world.parameters;
    let beyond = if confirmed {
        0.0
    } else {
        parameters.hours_after_arrival
    };
    let hours = travel.map_or(0.0, |travel| travel.minutes) / 60.0;
    let needed = hours + parameters.power.reserve_hours + beyond;
    let known = !oxygen.reach.is_unknown();
    let verdict = about(RuleCode::Pwr13, Severity::Gap)
        .with_some("oxygen_hours", known.then(|| oxygen.reach.tenths()))
        .with_some("oxygen_l_min", oxygen.litres_a_minute)
        .with_some(
            "travel_minutes",
            travel.map(|travel| travel.minutes.round()),
        )
        .with_some("drilled_on", travel.and_then(|travel| travel.drilled_on))
        .with("oxygen_confirmed", confirmed)
        .with("hours_needed", (needed * 10.0).ceil() / 10.0);
    Some(match oxygen.reach.lasts(needed) {
        None => {
            let what = oxygen.missing.unwrap_or(Missing::Cylinders).name();
            verdict.unknown(
                Owner::Family,
                &what,
                Text::fixed(
                    "酸素の流量（L/分）と、ボンベの大きさ・圧力・本数を見て記録する。分からなければ酸素の業者に聞く。",
                    "Record the flow of oxygen and the size, pressure and number of the cylinders; ask the oxygen supplier where you are not sure.",
                ),
            )
        }
        Some(false) => {
            let has = oxygen.reach.text();
            verdict.fails(
                Owner::Coordinator,
                says(
                    say!(
                        "酸素ボンベは{}で、移動と余裕に必要な{needed:.1}時間に足りません。",
                        "The cylinders last {}, less than the {needed:.1} h needed for the way and beyond.";
                        has
                    ),
                    Text::fixed(
                        "停電のとき、酸素ボンベが足りないおそれがあります。酸素の業者に、ボンベを増やせるか聞いてみましょう。火の気から2m以上離して置きます。",
                        "In a power cut the oxygen cylinders may not last. Let us ask the supplier for more. Keep them two metres from any flame.",
                    ),
                    Text::fixed(
                        "酸素の業者にボンベの追加と停電のときの配達を頼み、避難先で酸素を使えるかを確かめて計画に書く。",
                        "Ask the oxygen supplier for more cylinders and for deliveries in a power cut; confirm the oxygen at the destination and write it down.",
                    ),
                ),
            )
        }
        Some(true) if travel.is_none() => verdict.unknown(
            Owner::Family,
            &Text::fixed(
                "避難先まで何で、何分かかるか",
                "how one travels there, and for how long",
            ),
            Text::fixed(
                "移動の手段と、家を出てから着くまでの分数を計画に書く。",
                "Write down how you travel, and the minutes from door to door.",
            ),
        ),
        Some(true) => verdict.holds(text!(
            "酸素ボンベは、移動と余裕に必要な{needed:.1}時間より長くもちます。",
            "The cylinders outlast the {needed:.1} h needed for the way and beyond."
        )),
    })
}

/// PWR-16: the network operator knows of the child, and the maker answers by
/// night.
fn whom_to_call(equipment: &Equipment) -> Finding {
    let registered = equipment.registered_with_operator;
    let number = equipment
        .maker
        .as_ref()
        .map(|maker| given(maker.emergency_number.as_deref()).is_some());
    let parts = [
        (
            registered,
            "registration",
            Text::fixed(
                "送配電会社への登録",
                "registration with the network operator",
            ),
        ),
        (
            number,
            "emergency_number",
            Text::fixed("機器会社の緊急の電話番号", "the maker's emergency number"),
        ),
    ];
    let of = |wanted: Option<bool>| {
        let parts = parts.iter().filter(move |(answer, ..)| *answer == wanted);
        parts
            .map(|(_, key, name)| (*key, name.clone()))
            .collect::<Vec<_>>()
    };
    let verdict = about(RuleCode::Pwr16, Severity::Warning);
    let next = Text::fixed(
        "送配電会社（九州電力送配電など）に在宅で人工呼吸器を使っていることを登録し、機器会社の夜間の電話番号を記録する。",
        "Register with the network operator (Kyushu Electric Power Transmission and Distribution, for one) and record the maker's number for the night.",
    );
    let names = |parts: Vec<(&str, Text)>| {
        let names: Vec<Text> = parts.into_iter().map(|(_, name)| name).collect();
        joined(&names)
    };
    let (lacking, unknown) = (of(Some(false)), of(None));
    if !lacking.is_empty() {
        let keys: Vec<&str> = lacking.iter().map(|(key, _)| *key).collect();
        let names = names(lacking);
        return verdict.with("lacking", keys).fails(
            Owner::Coordinator,
            says(
                say!("停電のときの連絡の備えが足りません（{}）。", "Not ready for calls in a power cut: {}."; names),
                say!(
                    "停電のときに助けになる連絡の備えが、まだできていません：{}。",
                    "Something that helps in a power cut is not done yet: {}.";
                    names
                ),
                next,
            ),
        );
    }
    if !unknown.is_empty() {
        return verdict.unknown(Owner::Coordinator, &names(unknown), next);
    }
    verdict.holds(Text::fixed(
        "送配電会社に登録し、機器会社の緊急の電話番号が分かっています。",
        "The child is registered with the network operator, and the maker's emergency number is known.",
    ))
}

#[cfg(test)]
#[path = "care_tests.rs"]
mod tests;
