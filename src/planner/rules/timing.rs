//! LVL: when to leave (避難情報に関するガイドライン, Cabinet Office 2021).
//!
//! People who need time, and those who help them, leave at level 3
//! (高齢者等避難); at level 4 they have arrived; at level 5 nobody travels. A
//! trigger that has a name is judged by the level that the name has on the day
//! of the check.

use super::{
    Check, Says, about, given,
    vertical::{Stay, hours_to_stay, stay_is_rightful},
};
use crate::domain::{
    finding::{Finding, Owner, RuleCode, Severity},
    hazard::Hazard,
    plan::document::{DestinationKind, Item, StartTrigger, TooLate},
    text::Text,
    warning::{EvacuationLevel, NameOnDay, name_on},
};

/// LVL-01 to LVL-06.
pub(crate) fn check(check: &Check<'_>, to: &mut Vec<Finding>) {
    let with_levels = || check.hazards().filter(|(hazard, _)| hazard.has_levels());
    for (hazard, _) in with_levels() {
        to.extend(start_is_early_enough(check, hazard));
    }
    for (hazard, _) in with_levels() {
        to.push(has_a_start(check, hazard));
    }
    for trigger in &check.plan.triggers {
        to.extend(name_is_in_force(check, trigger));
    }
    stays_at_level_five(check, to);
    to.push(too_late_line(check));
    to.push(early_for_a_typhoon(check));
}

/// What a trigger means on the day of the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Level(EvacuationLevel),
    /// Its name cannot be judged.
    Unknown,
    /// It has neither name nor level.
    Empty,
}

/// The level of the name on the day; where no table knows the name, or it has
/// no level, the level that the plan writes beside it. A name that is not in
/// force that day starts nothing: unknown, unless it meant level 4 or later, or
/// the plan itself writes so beside it. That is too late, and nobody will even
/// issue it.
fn meaning(check: &Check<'_>, trigger: &StartTrigger) -> Meaning {
    let written = trigger.level.map_or(Meaning::Unknown, Meaning::Level);
    match given(trigger.name.as_deref()) {
        None => trigger.level.map_or(Meaning::Empty, Meaning::Level),
        Some(name) => match name_on(name, trigger.hazard, check.today) {
            NameOnDay::InForce(level) => Meaning::Level(level),
            NameOnDay::NoLevel | NameOnDay::Unknown => written,
            NameOnDay::NotInForce { meant, .. } => trigger
                .level
                .max(meant)
                .filter(|level| *level >= EvacuationLevel::EVACUATION_ORDER)
                .map_or(Meaning::Unknown, Meaning::Level),
        },
    }
}

fn triggers_for<'a>(
    check: &Check<'a>,
    hazard: Hazard,
) -> impl Iterator<Item = (&'a StartTrigger, Meaning)> + use<'a> {
    let check = *check;
    check
        .plan
        .triggers
        .iter()
        .filter(move |trigger| trigger.hazard == hazard)
        .map(move |trigger| (trigger, meaning(&check, trigger)))
        .filter(|(_, meaning)| *meaning != Meaning::Empty)
}

fn which_information() -> Text {
    Text::fixed(
        "きっかけの言葉が、どの警戒レベルの情報か",
        "which level the words of the trigger mean",
    )
}

fn name_the_information(hazard: Hazard) -> Text {
    say!(
        "ご家族と相談し、{}で出発するきっかけを、今使われている名称（例：高齢者等避難）で書き直す。",
        "With the family, rewrite the trigger for leaving ({}) in a name that is in use now, such as 高齢者等避難.";
        hazard.name()
    )
}

/// LVL-01: one leaves at level 3 or before. With several triggers the first to
/// come starts the plan. Not judged for a rightful stay upstairs.
fn start_is_early_enough(check: &Check<'_>, hazard: Hazard) -> Option<Finding> {
    let stays = check
        .first_for(hazard)
        .filter(|there| there.destination.kind == DestinationKind::StayUpstairs)
        .map(|_| stay_is_rightful(check, hazard));
    if stays == Some(Some(true)) {
        return None;
    }
    let about = about(RuleCode::Lvl01, Severity::Blocker).hazard(hazard);
    let mut earliest: Option<(EvacuationLevel, &StartTrigger)> = None;
    let mut unknown = false;
    for (trigger, meaning) in triggers_for(check, hazard) {
        match meaning {
            Meaning::Level(level) => {
                if earliest.is_none_or(|(first, _)| level < first) {
                    earliest = Some((level, trigger));
                }
            }
            Meaning::Unknown => unknown = true,
            Meaning::Empty => {}
        }
    }
    let about = about
        .with_some("level", earliest.map(|(level, _)| level))
        .with_some(
            "name",
            earliest.and_then(|(_, trigger)| trigger.name.as_deref()),
        );
    match earliest {
        Some((level, _)) if level <= EvacuationLevel::ELDERLY_EVACUATE => {
            return Some(about.holds(Text::fixed(
                "警戒レベル3までに出発します。",
                "One leaves at level 3 or before.",
            )));
        }
        _ if unknown => {
            return Some(about.unknown(
                Owner::Coordinator,
                &which_information(),
                name_the_information(hazard),
            ));
        }
        None => return None,
        Some(_) => {}
    }
    let (level, trigger) = earliest?;
    if stays == Some(None) {
        return Some(about.unknown(
            Owner::Coordinator,
            &Text::fixed(
                "自宅の上の階にとどまってよい条件（部屋の階、浸水の深さ、危険な区域の有無）",
                "whether one may stay upstairs (storey of the room, depth of water, danger zones)",
            ),
            Text::fixed(
                "普段いる部屋の階と自宅の位置を確かめて登録する。",
                "Confirm the storey of the room and the position of the home, and record them.",
            ),
        ));
    }
    let number = level.number();
    let words = match given(trigger.name.as_deref()) {
        Some(name) => Text::new(
            format!("「{name}」（警戒レベル{number}）"),
            format!("\"{name}\" (level {number})"),
        ),
        None => Text::new(format!("警戒レベル{number}"), format!("level {number}")),
    };
    let about = about.home(check.home(hazard));
    Some(about.with("latest_level", 3).fails(
        Owner::Coordinator,
        Says {
            staff: say!(
                "{}で出発するきっかけが{}です。レベル3（高齢者等避難）までに出発します。",
                "For {} the plan leaves at {}. It must leave at level 3 (高齢者等避難) or before.";
                hazard.name(), words
            ),
            family: say!(
                "{}のときは、もっと早く、警戒レベル3（高齢者等避難）で出発するように決め直しましょう。機器の移動には時間がかかります。",
                "For a {}, let us settle on leaving earlier, at level 3 (高齢者等避難). Moving the devices takes time.";
                hazard.name()
            ),
            next: say!(
                "ご家族に電話し、{}で出発するきっかけを「警戒レベル3 高齢者等避難」に書き直す。",
                "Telephone the family and change the trigger for {} to level 3 (高齢者等避難).";
                hazard.name()
            ),
        },
    ))
}

/// LVL-02: there is a start trigger.
fn has_a_start(check: &Check<'_>, hazard: Hazard) -> Finding {
    let about = about(RuleCode::Lvl02, Severity::Gap).hazard(hazard);
    if triggers_for(check, hazard).next().is_some() {
        return about.holds(Text::fixed(
            "出発のきっかけが決まっています。",
            "When to leave is settled.",
        ));
    }
    if check.plan.is_unread(Item::Triggers) {
        let title = Text::fixed("出発のきっかけ", "start trigger");
        return about.unread(&title);
    }
    let home = check.home(hazard);
    about.home(home).fails_if_hit(
        home,
        Owner::Coordinator,
        Says {
            staff: say!(
                "{}のとき、いつ出発するかが書かれていません。",
                "The plan does not say when to leave for a {}.";
                hazard.name()
            ),
            family: say!(
                "{}のとき、いつ家を出るかがまだ決まっていません。",
                "When to leave home for a {} is not settled yet.";
                hazard.name()
            ),
            next: say!(
                "ご家族と相談し、{}のきっかけを「警戒レベル3 高齢者等避難」と計画に書く。",
                "With the family, write the trigger for {} into the plan: level 3 (高齢者等避難).";
                hazard.name()
            ),
        },
    )
}

/// LVL-03: the trigger uses a name in force on the day of the check. Other
/// hazards than those with levels have names of their own, which are not
/// judged unless the table says that they ended.
fn name_is_in_force(check: &Check<'_>, trigger: &StartTrigger) -> Option<Finding> {
    let name = given(trigger.name.as_deref())?;
    let hazard = trigger.hazard;
    let about = about(RuleCode::Lvl03, Severity::Warning)
        .hazard(hazard)
        .with("name", name)
        .with("table", "data/warning_names.csv");
    match name_on(name, hazard, check.today) {
        NameOnDay::InForce(_) | NameOnDay::NoLevel => Some(about.holds(Text::fixed(
            "今使われている名称です。",
            "The name is in use.",
        ))),
        NameOnDay::Unknown if !hazard.has_levels() => None,
        NameOnDay::Unknown => Some(about.unknown(
            Owner::Coordinator,
            &say!(
                "「{name}」が、{}について今使われている情報の名称か",
                "whether \"{name}\" is a name in use for {}";
                hazard.name()
            ),
            name_the_information(hazard),
        )),
        NameOnDay::NotInForce { now, .. } => {
            let instead = now.as_deref().unwrap_or("高齢者等避難");
            let next = Text::new(
                format!(
                    "計画の「{name}」を、ご家族と確かめたうえで今の名称に書き直す（これに代わる名称は「{instead}」。出発は警戒レベル3までに）。"
                ),
                format!(
                    "With the family, replace \"{name}\" in the plan by a name in use (its successor is {instead}; leave at level 3 or before)."
                ),
            );
            Some(about.with("in_force", instead).fails(
                Owner::Coordinator,
                Says {
                    staff: Text::new(
                        format!("「{name}」は今は使われていません。今の名称は「{instead}」です。"),
                        format!("\"{name}\" is no longer issued. The name in force is {instead}."),
                    ),
                    family: Text::new(
                        format!(
                            "「{name}」という知らせは、今は出ません。出発のきっかけを、警戒レベル3までの知らせ（高齢者等避難など）に一緒に決め直しましょう。"
                        ),
                        format!(
                            "\"{name}\" is not issued any more. Let us settle together on leaving at level 3 or before (高齢者等避難)."
                        ),
                    ),
                    next,
                },
            ))
        }
    }
}

/// LVL-04: nobody travels at level 5: no trigger at level 5 with a destination
/// away from home, and nothing that leaves home when it is too late.
fn stays_at_level_five(check: &Check<'_>, to: &mut Vec<Finding>) {
    let new = || about(RuleCode::Lvl04, Severity::Blocker);
    for hazard in Hazard::ALL.into_iter().filter(|hazard| hazard.has_levels()) {
        let meanings = || triggers_for(check, hazard).map(|(_, meaning)| meaning);
        if meanings().next().is_none() {
            continue;
        }
        let travels = check.away().any(|there| there.destination.is_for(hazard));
        let about = new().hazard(hazard);
        let at_five = Meaning::Level(EvacuationLevel::EMERGENCY_SAFETY);
        if !travels {
            to.push(about.holds(never_at_five()));
        } else if meanings().any(|meaning| meaning == at_five) {
            to.push(
                about
                    .with("level", 5)
                    .fails(Owner::Coordinator, travels_at_five(&hazard.name())),
            );
        } else if meanings().any(|meaning| meaning == Meaning::Unknown) {
            to.push(about.unknown(
                Owner::Coordinator,
                &which_information(),
                name_the_information(hazard),
            ));
        } else {
            to.push(about.holds(never_at_five()));
        }
    }
    let leaves = check
        .plan
        .too_late
        .as_ref()
        .and_then(|line| line.leaves_home);
    let about = new().with_some("leaves_home", leaves);
    to.push(if leaves == Some(true) {
        about.fails(
            Owner::Coordinator,
            travels_at_five(&Text::fixed("逃げ遅れたとき", "being too late")),
        )
    } else if check.plan.is_unread(Item::TooLate) {
        let title = RuleCode::Lvl05.title();
        about.unread(&title)
    } else {
        about.holds(never_at_five())
    });
}

fn never_at_five() -> Text {
    Text::fixed(
        "警戒レベル5で移動する計画ではありません。",
        "The plan does not travel at level 5.",
    )
}

fn travels_at_five(case: &Text) -> Says {
    Says {
        staff: say!(
            "警戒レベル5で移動する計画です（{}）。レベル5では移動せず、家の中で最も安全な場所に移ります。",
            "The plan travels at level 5 ({}). At level 5 nobody travels; one moves to the safest place in the home.";
            case
        ),
        family: Text::fixed(
            "警戒レベル5になってからの移動は、とても危険です。早く出る日時と、間に合わないときの部屋を決め直しましょう。",
            "Moving once level 5 is reached is very dangerous. Let us settle on leaving early, and on a room for when it is too late.",
        ),
        next: Text::fixed(
            "ご家族に電話し、出発を警戒レベル3に直し、間に合わないときは移動せず、決めた部屋で119番に連絡すると書く。",
            "Telephone the family: leave at level 3; when it is too late, do not travel but call 119 from the room that was settled.",
        ),
    }
}

/// LVL-05: a line for when it is too late to leave: which room, what to take
/// there, whom to call. It never counts as the choice to stay. With how long the
/// batteries last there, and how long the water may stay.
fn too_late_line(check: &Check<'_>) -> Finding {
    let batteries = check.budget.batteries;
    let water = match hours_to_stay(check, Hazard::Flood) {
        Stay::Hours(hours, _) => Some(hours),
        Stay::Endless(_) | Stay::Unknown => None,
    };
    let about = about(RuleCode::Lvl05, Severity::Gap)
        .with_some(
            "battery_hours",
            (!batteries.is_unknown()).then(|| batteries.tenths()),
        )
        .with_some("water_and_grid_hours", water);
    let none = TooLate::default();
    let line = check.plan.too_late.as_ref().unwrap_or(&none);
    let lacking: Vec<(&str, Text)> = [
        (&line.room, "room", Text::fixed("どの部屋か", "which room")),
        (
            &line.take,
            "take",
            Text::fixed("何を持って行くか", "what to take there"),
        ),
        (
            &line.call,
            "call",
            Text::fixed("どこに連絡するか", "whom to call"),
        ),
    ]
    .into_iter()
    .filter(|(value, ..)| given(value.as_deref()).is_none())
    .map(|(_, key, name)| (key, name))
    .collect();
    if lacking.is_empty() {
        let settled = Text::fixed(
            "逃げ遅れたときの部屋・持ち物・連絡先が決まっています。",
            "Room, things to take and whom to call are settled for when it is too late.",
        );
        return about.holds(if batteries.is_unknown() {
            settled
        } else {
            say!(
                "{}そこでバッテリーは{}もちます。",
                "{} The batteries last {} there.";
                settled, batteries.text()
            )
        });
    }
    if check.plan.is_unread(Item::TooLate) {
        let title = RuleCode::Lvl05.title();
        return about.unread(&title);
    }
    let list = |pick: fn(&Text) -> &str, between: &str| {
        let names: Vec<&str> = lacking.iter().map(|(_, name)| pick(name)).collect();
        names.join(between)
    };
    let names = Text::new(list(|t| &t.ja, "、"), list(|t| &t.en, ", "));
    let keys: Vec<&str> = lacking.iter().map(|(key, _)| *key).collect();
    about.with("lacking", keys).fails(
        Owner::Coordinator,
        Says {
            staff: say!(
                "逃げ遅れたときの行動に、書かれていないことがあります（{}）。",
                "The line for when it is too late to leave lacks: {}.";
                names
            ),
            family: say!(
                "もし家を出る時間がなくなったとき、{}がまだ決まっていません。",
                "For when there is no time left to leave, it is not settled yet: {}.";
                names
            ),
            next: Text::fixed(
                "ご家族と、上の階などの部屋、そこに持って行く予備の電源と蘇生バッグ、119番への連絡を1行で書く。",
                "With the family, write one line: which room upstairs, the spare power and resuscitation bag to take there, and calling 119.",
            ),
        },
    )
}

/// LVL-06: something starts the plan before a typhoon: the day before, before
/// dark, before the wind.
///
/// In a storm no generator runs: the hours of a storm are told beside it.
fn early_for_a_typhoon(check: &Check<'_>) -> Finding {
    let storm = check.budget.storm;
    let about = about(RuleCode::Lvl06, Severity::Warning)
        .with_some("storm_hours", (!storm.is_unknown()).then(|| storm.tenths()));
    let hours = if storm.is_unknown() {
        Text::fixed("", "")
    } else if storm.hours < check.budget.total.hours {
        say!(
            "嵐のあいだ発電機は動かせず、電源は{}です。",
            " No generator runs in a storm: the power lasts {}.";
            storm.text()
        )
    } else {
        say!(
            "停電したときの電源は{}です。",
            " When the power fails it lasts {}.";
            storm.text()
        )
    };
    let written = given(check.plan.early_trigger.as_deref());
    if written.is_some_and(|words| !["なし", "無し", "無", "none"].contains(&words)) {
        return about.holds(Text::fixed(
            "台風の前に動き出すきっかけが決まっています。",
            "What starts the plan before a typhoon is settled.",
        ));
    }
    if check.plan.is_unread(Item::EarlyTrigger) {
        let title = RuleCode::Lvl06.title();
        return about.unread(&title);
    }
    about.fails(
        Owner::Coordinator,
        Says {
            staff: say!(
                "台風のとき、前日・明るいうち・風が強まる前に動き出すきっかけがありません。{}",
                "Nothing starts the plan before a typhoon: the day before, before dark, before the wind.{}";
                hours
            ),
            family: Text::fixed(
                "台風が近づくとき、前の日の明るいうちに動き出す目安がまだ決まっていません。",
                "What tells you to move the day before a typhoon, while it is light, is not settled yet.",
            ),
            next: Text::fixed(
                "ご家族と、「台風の前日の昼までに避難先に電話し、暗くなる前に出る」のような目安を1つ書く。",
                "With the family, write one such line: call the destination by noon of the day before the typhoon, leave before dark.",
            ),
        },
    )
}

#[cfg(test)]
#[path = "timing_tests.rs"]
mod tests;
