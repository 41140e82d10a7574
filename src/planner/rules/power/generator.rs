//! PWR-03, PWR-04, PWR-08 and PWR-14: the generator, and whatever gives a wave.

use super::{Stand, Worse, joined, says, sizing};
use crate::{
    domain::{
        finding::{Finding, Owner, RuleCode, Severity},
        power::{
            Equipment,
            equipment::{HomeGenerator, Output, OwnerLeave, WrittenConsent},
        },
        text::Text,
    },
    planner::rules::{Check, about, given},
    text,
};

/// Every one of them, where there is what it judges.
pub(super) fn check(check: &Check<'_>, equipment: &Equipment, to: &mut Vec<Finding>) {
    let generators = equipment.generators.as_deref().unwrap_or_default();
    if !generators.is_empty() {
        to.push(feeds_no_ventilator(check, generators));
    }
    to.extend(wave(check, equipment));
    if !generators.is_empty() {
        to.push(sizing::is_large_enough(check, equipment, generators));
        to.push(was_run(check, generators));
        to.push(can_run_outdoors(generators));
    }
}

/// The name of a generator for people.
pub(super) fn name(generator: &HomeGenerator) -> Text {
    given(generator.model.as_deref()).map_or(Text::fixed("発電機", "generator"), |model| {
        Text::new(model.to_owned(), model.to_owned())
    })
}

fn is_given(consent: Option<&WrittenConsent>, check: &Check<'_>) -> bool {
    consent.is_some_and(|consent| consent.given && consent.on.is_none_or(|on| on <= check.today))
}

/// PWR-03: a generator charges batteries. It feeds the ventilator itself only in
/// an emergency, with the written consent of maker and physician.
fn feeds_no_ventilator(check: &Check<'_>, generators: &[HomeGenerator]) -> Finding {
    let stands = generators.iter().map(|generator| {
        let both = is_given(generator.maker_consent.as_ref(), check)
            && is_given(generator.physician_consent.as_ref(), check);
        match generator.feeds_ventilator() {
            None => (Stand::Unknown, generator),
            Some(false) => (Stand::Fine, generator),
            Some(true) if both => (Stand::Bad(Worse::Warning), generator),
            Some(true) => (Stand::Bad(Worse::Blocker), generator),
        }
    });
    let worst = stands.max_by_key(|(stand, _)| *stand);
    let verdict = about(RuleCode::Pwr03, Severity::Blocker);
    match worst {
        Some((Stand::Bad(worse), generator)) => {
            let verdict = verdict
                .severity(worse.severity())
                .with("generator", name(generator))
                .with("maker_consent", is_given(generator.maker_consent.as_ref(), check))
                .with(
                    "physician_consent",
                    is_given(generator.physician_consent.as_ref(), check),
                );
            let only_emergency = worse == Worse::Warning;
            verdict.fails(Owner::Coordinator, directly(only_emergency))
        }
        Some((Stand::Unknown, _)) => verdict.unknown(
            Owner::Family,
            &Text::fixed("発電機に何をつなぐか", "what hangs on the generator"),
            Text::fixed(
                "発電機につなぐもの（充電器、加温加湿器、吸引器など）を記録する。人工呼吸器は直接つながない。",
                "Record what hangs on the generator (chargers, humidifier, suction). The ventilator does not hang on it directly.",
            ),
        ),
        _ => verdict.holds(Text::fixed(
            "発電機はバッテリーの充電などに使い、人工呼吸器を直接つなぎません。",
            "The generator charges batteries; the ventilator does not hang on it.",
        )),
    }
}

fn directly(only_emergency: bool) -> super::Says {
    if only_emergency {
        return says(
            Text::fixed(
                "人工呼吸器を発電機に直接つなぐ計画です。メーカーと主治医の書面の了承があるので、緊急時のみ認められます。",
                "The ventilator hangs on the generator directly. Maker and physician have agreed in writing: in an emergency only (緊急時のみ).",
            ),
            Text::fixed(
                "発電機に呼吸器を直接つなぐのは緊急時のみです。ふだんはバッテリーを充電して使いましょう。発電機は必ず屋外で使います。",
                "The ventilator hangs on the generator in an emergency only (緊急時のみ). Otherwise charge the batteries. The generator runs outdoors only.",
            ),
            Text::fixed(
                "ご家族と、まずバッテリーを充電する手順と、直接つないでよいのはどんなときかを計画に書く（緊急時のみ）。",
                "With the family, write down how the batteries are charged first, and when it may be fed directly (緊急時のみ, in an emergency only).",
            ),
        );
    }
    says(
        Text::fixed(
            "人工呼吸器を発電機に直接つなぐ計画ですが、メーカーと主治医の両方の書面の了承がありません。",
            "The ventilator hangs on the generator directly, without the written consent of both maker and physician.",
        ),
        Text::fixed(
            "発電機に呼吸器を直接つなぐと、故障して止まるおそれがあります。発電機ではバッテリーを充電し、呼吸器はバッテリーで動かしましょう。発電機は必ず屋外で使います。",
            "Fed by a generator directly, the ventilator may fail. Let the generator charge batteries, and run the ventilator from those. The generator runs outdoors only.",
        ),
        Text::fixed(
            "ご家族に電話し、発電機ではバッテリーを充電するように直す。直接つなぐ必要があれば、機器会社と主治医に書面で確かめ、日付とともに記録する。",
            "Telephone the family: the generator charges the batteries. If it must be direct, ask the maker and the physician in writing and record both with their dates.",
        ),
    )
}

/// PWR-04: only a sine wave of 100 V, at the region's frequency. Judged where
/// something gives alternating current.
fn wave(check: &Check<'_>, equipment: &Equipment) -> Option<Finding> {
    let hertz = check.given.parameters.region_hertz;
    let mut stands: Vec<(Stand, Text)> = Vec::new();
    for battery in equipment.portable_batteries.iter().flatten() {
        let label = given(battery.model.as_deref()).map_or(
            Text::fixed("ポータブル電源", "portable battery"),
            |model| Text::new(model.to_owned(), model.to_owned()),
        );
        let stand = match battery.is_fit() {
            Some(false) => Stand::Bad(Worse::Blocker),
            None => Stand::Unknown,
            Some(true) if battery.output == Some(Output::Dc) => continue,
            // One without a switch gives what it gives: only another setting is told.
            Some(true) if battery.frequency_hz.is_some_and(|set| set != hertz) => {
                Stand::Bad(Worse::Warning)
            }
            Some(true) => Stand::Fine,
        };
        stands.push((stand, label));
    }
    for car in equipment.cars.iter().flatten() {
        let stand = match car.sine_wave {
            Some(true) => Stand::Fine,
            Some(false) => Stand::Bad(Worse::Blocker),
            None => Stand::Unknown,
        };
        stands.push((stand, Text::fixed("車のインバーター", "the car's inverter")));
    }
    for generator in equipment.generators.iter().flatten() {
        let fit = generator.is_fit(check.given.row_of(generator));
        let stand = match (fit, generator.frequency_hz) {
            (Some(false), _) => Stand::Bad(Worse::Blocker),
            (Some(true), Some(set)) if set == hertz => Stand::Fine,
            (Some(true), Some(_)) => Stand::Bad(Worse::Warning),
            (None, _) | (Some(true), None) => Stand::Unknown,
        };
        stands.push((stand, name(generator)));
    }
    let worst = stands.iter().map(|(stand, _)| *stand).max()?;
    let which: Vec<Text> = stands
        .into_iter()
        .filter(|(stand, _)| *stand == worst)
        .map(|(_, label)| label)
        .collect();
    let which = joined(&which);
    let verdict = about(RuleCode::Pwr04, Severity::Blocker).with("region_hertz", hertz);
    Some(match worst {
        Stand::Bad(worse) => verdict
            .severity(worse.severity())
            .with("sources", &which)
            .fails(Owner::Coordinator, unfit(worse, &which, hertz)),
        Stand::Unknown => verdict.unknown(
            Owner::Family,
            &say!(
                "正弦波か、周波数の設定（{}）",
                "whether it is a sine wave, and the frequency that is set ({})";
                which
            ),
            text!(
                "銘板か取扱説明書で「正弦波」「100V」を確かめ、周波数の切替えを{hertz}Hzに合わせて記録する。",
                "Look at the plate or the manual for a sine wave and 100 V, set the switch to {hertz} Hz, and record it."
            ),
        ),
        Stand::Fine => verdict.holds(Text::fixed(
            "電源は正弦波の100Vで、周波数も合っています。",
            "The sources give a sine wave of 100 V at the region's frequency.",
        )),
    })
}

fn unfit(worse: Worse, which: &Text, hertz: u8) -> super::Says {
    if worse == Worse::Blocker {
        return says(
            say!(
                "正弦波の100Vでない電源があります（{}）。医療機器とその充電器につなげません。",
                "A source gives no sine wave of 100 V ({}): neither medical devices nor their chargers may hang on it.";
                which
            ),
            say!(
                "{}は、医療機器につなぐと故障するおそれがあります。つながないでください。代わりの電源を一緒に考えましょう。",
                "{}: a medical device may fail on it. Please do not use it. Let us find another source.";
                which
            ),
            Text::fixed(
                "その電源を計画から外し、正弦波・100Vのものに替えられるかを機器会社・市町村の給付の担当と相談する。",
                "Take that source out of the plan, and ask the maker and the municipality's benefits office for one of a sine wave and 100 V.",
            ),
        );
    }
    says(
        say!(
            "周波数が地域の{hertz}Hzに合っていません（{}）。",
            "The frequency is not set to the region's {hertz} Hz ({}).";
            which
        ),
        say!(
            "{}の周波数の切替えを、{hertz}Hzに合わせましょう。",
            "{}: let us set its switch to {hertz} Hz.";
            which
        ),
        text!(
            "ご家族に電話し、周波数の切替えを{hertz}Hzに合わせて記録を直す。",
            "Telephone the family: set the switch to {hertz} Hz, and correct the record."
        ),
    )
}

/// PWR-08: it was run with a load within a month.
fn was_run(check: &Check<'_>, generators: &[HomeGenerator]) -> Finding {
    let parameters = check.given.parameters;
    let verdict = about(RuleCode::Pwr08, Severity::Warning);
    let days = |generator: &HomeGenerator| {
        let on = generator.last_run_on.filter(|on| *on <= check.today)?;
        Some((check.today - on).num_days())
    };
    let longest = generators.iter().filter_map(days).max();
    let verdict = verdict.with_some("days", longest);
    let late = |limit: u32| longest.is_some_and(|days| days > i64::from(limit));
    let unknown = generators.iter().any(|one| days(one).is_none());
    if late(parameters.run_days) {
        return verdict.fails(Owner::Family, run_it(longest.unwrap_or_default()));
    }
    if unknown {
        return verdict.unknown(
            Owner::Family,
            &Text::fixed("発電機を最後に試運転した日", "when the generator was last run"),
            Text::fixed(
                "発電機を屋外で10分ほど、照明などをつないで動かし、日付を記録する（必ず屋外で）。",
                "Run the generator outdoors for about ten minutes with a lamp or the like, and record the day (outdoors only).",
            ),
        );
    }
    if late(parameters.run_advice_days) {
        return verdict
            .severity(Severity::Advice)
            .fails(Owner::Family, run_it(longest.unwrap_or_default()));
    }
    verdict.holds(Text::fixed(
        "発電機は1か月以内に試運転されています。",
        "The generator was run within a month.",
    ))
}

fn run_it(days: i64) -> super::Says {
    says(
        text!(
            "発電機の最後の試運転から{days}日たっています（毎月が目安）。",
            "The generator was last run {days} days ago (monthly is aimed at)."
        ),
        Text::fixed(
            "発電機をしばらく動かしていません。天気のよい日に、必ず屋外で10分ほど動かしてみましょう。",
            "The generator has not been run for a while. On a fine day run it for about ten minutes, outdoors only.",
        ),
        Text::fixed(
            "発電機を必ず屋外で10分ほど、照明などをつないで動かし、日付を記録する。",
            "Run the generator for about ten minutes with a lamp or the like, outdoors only, and record the day.",
        ),
    )
}

/// PWR-14: a place outdoors, a cord that reaches, a carbon monoxide alarm, and the
/// leave of the building's owner.
fn can_run_outdoors(generators: &[HomeGenerator]) -> Finding {
    let mut lacking: Vec<(&'static str, Text)> = Vec::new();
    let mut unknown: Vec<Text> = Vec::new();
    for generator in generators {
        for (key, name, stand) in needs(generator) {
            match stand {
                Stand::Bad(_) if !lacking.iter().any(|(known, _)| *known == key) => {
                    lacking.push((key, name));
                }
                Stand::Unknown if !unknown.contains(&name) => unknown.push(name),
                _ => {}
            }
        }
    }
    let verdict = about(RuleCode::Pwr14, Severity::Warning);
    if lacking.is_empty() && unknown.is_empty() {
        return verdict.holds(Text::fixed(
            "発電機を動かす屋外の場所、届くコード、一酸化炭素警報器、家主の承諾がそろっています。",
            "There is a place outdoors for the generator, a cord that reaches, a carbon monoxide alarm, and the owner's leave.",
        ));
    }
    if lacking.is_empty() {
        return verdict.unknown(
            Owner::Family,
            &say!("発電機を動かす用意（{}）", "what the generator needs: {}"; joined(&unknown)),
            Text::fixed(
                "発電機を動かす屋外の場所（窓や換気口から離れた所）、コードの長さ、一酸化炭素警報器、家主の承諾を確かめて記録する。",
                "Confirm and record the place outdoors (away from windows and vents), the length of the cord, the carbon monoxide alarm and the owner's leave.",
            ),
        );
    }
    let keys: Vec<&str> = lacking.iter().map(|(key, _)| *key).collect();
    let names: Vec<Text> = lacking.into_iter().map(|(_, name)| name).collect();
    let names = joined(&names);
    verdict.with("lacking", keys).fails(
        Owner::Family,
        says(
            say!(
                "発電機を動かす用意に足りないものがあります（{}）。",
                "What the generator needs is not all there: {}.";
                names
            ),
            say!(
                "発電機は必ず屋外で使います。まだそろっていないものがあります：{}。",
                "The generator runs outdoors only. Not there yet: {}.";
                names
            ),
            say!(
                "{}をそろえる。屋内・玄関・車庫では一酸化炭素で命に関わるので、必ず屋外で、窓や換気口から離して使う。",
                "See to: {}. Indoors, in a porch or a garage the carbon monoxide kills: run it outdoors only, away from windows and vents.";
                names
            ),
        ),
    )
}

/// What a generator needs to run, and how each stands.
fn needs(generator: &HomeGenerator) -> [(&'static str, Text, Stand); 4] {
    let bad = Stand::Bad(Worse::Warning);
    let yes = |answer: Option<bool>| match answer {
        Some(true) => Stand::Fine,
        Some(false) => bad,
        None => Stand::Unknown,
    };
    let place = generator.place.as_ref();
    let reaches = generator.cord_metres.map(|cord| {
        let far = place.and_then(|place| place.metres_to_room).unwrap_or(0.0);
        cord > 0.0 && cord >= far
    });
    let outdoors = place.map(|place| place.available && place.away_from_openings != Some(false));
    [
        (
            "outdoor_place",
            Text::fixed(
                "窓や換気口から離れた屋外の場所",
                "a place outdoors, away from openings",
            ),
            yes(outdoors),
        ),
        (
            "cord",
            Text::fixed("部屋まで届く延長コード", "a cord that reaches the room"),
            yes(reaches),
        ),
        (
            "co_alarm",
            Text::fixed("一酸化炭素警報器", "a carbon monoxide alarm"),
            yes(generator.co_alarm),
        ),
        (
            "owner_leave",
            Text::fixed("建物の持ち主の承諾", "the leave of the building's owner"),
            yes(generator
                .owner_leave
                .map(|leave| leave != OwnerLeave::NotGiven)),
        ),
    ]
}

#[cfg(test)]
#[path = "generator_tests.rs"]
mod tests;
