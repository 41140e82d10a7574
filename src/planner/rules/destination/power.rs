//! DST-05: power on arrival.

use chrono::NaiveDate;

use super::{
    super::{Check, Says, There, about, given, power::unknown_hours},
    tenths,
};
use crate::domain::{
    finding::{Finding, Owner, RuleCode, Severity},
    site::ConfirmedPower,
    text::Text,
};

/// Whether the power of a place is confirmed on a day: which socket, by whom, until a
/// day that has not passed.
pub(crate) fn is_confirmed(power: Option<&ConfirmedPower>, today: NaiveDate) -> bool {
    power.is_some_and(|power| {
        given(Some(&power.socket)).is_some()
            && given(Some(&power.confirmed_by)).is_some()
            && power.valid_until >= today
    })
}

/// DST-05: the destination's power is confirmed (which socket, by whom, until
/// a day that has not passed; what the municipality has entered counts before
/// the plan), or else the batteries last for preparation, travel, queue and 12
/// more hours: then it is a warning, else a gap. With hours or travel unknown
/// it is unknown, unless the batteries end before travel is even counted. Hours
/// of which something is unknown are a lower bound.
pub(super) fn power_on_arrival(check: &Check<'_>, there: There<'_>) -> Finding {
    let about = about(RuleCode::Dst05, Severity::Gap).at(there);
    let power = there.facts.power(there.destination);
    let about = about
        .with_some("socket", power.map(|power| &power.socket))
        .with_some("confirmed_by", power.map(|power| &power.confirmed_by))
        .with_some("valid_until", power.map(|power| power.valid_until));
    if is_confirmed(power, check.today) {
        return about.holds(Text::fixed(
            "避難先で使えるコンセントが確かめられています。",
            "A socket at the destination is confirmed.",
        ));
    }
    let parameters = &check.world.parameters;
    let preparation = check.preparation_minutes();
    let travel = there.facts.travel;
    let minutes = preparation + parameters.queue_minutes + travel.map_or(0.0, |t| t.minutes);
    let needed = minutes / 60.0 + parameters.hours_after_arrival;
    let batteries = check.budget.batteries;
    let battery = batteries.hours;
    let about = about
        .with_some(
            "battery_hours",
            (!batteries.is_unknown()).then_some(battery),
        )
        .with("preparation_minutes", preparation)
        .with_some("travel_minutes", travel.map(|t| tenths(t.minutes)))
        .with_some("travel_basis", travel.map(|t| t.basis))
        .with_some("drilled_on", travel.and_then(|t| t.drilled_on))
        .with("queue_minutes", parameters.queue_minutes)
        .with("hours_after_arrival", parameters.hours_after_arrival)
        .with("hours_needed", shown(battery, needed).1);
    let Some(enough) = batteries.lasts(needed) else {
        return unknown_hours(check, about);
    };
    if travel.is_none() && enough {
        return about.unknown(
            Owner::Family,
            &Text::fixed(
                "避難先まで何で、何分かかるか",
                "how one travels there, and for how long",
            ),
            Text::fixed(
                "移動の手段と、家を出てから着くまでの分数を計画に書く。",
                "Write down how you travel, and the minutes from door to door.",
            ),
        );
    }
    let severity = if enough {
        Severity::Warning
    } else {
        Severity::Gap
    };
    about
        .severity(severity)
        .fails(Owner::Site, not_confirmed(battery, needed, enough))
}

/// Hours in tenths that say what the verdict says: what lasts is rounded down,
/// and what is needed up where it is not enough.
fn shown(battery: f64, needed: f64) -> (f64, f64) {
    let down = |hours: f64| (hours * 10.0).floor() / 10.0;
    let up = |hours: f64| (hours * 10.0).ceil() / 10.0;
    let needed = if battery >= needed {
        down(needed)
    } else {
        up(needed)
    };
    (down(battery), needed)
}

fn not_confirmed(battery: f64, needed: f64, enough: bool) -> Says {
    let (battery, needed) = shown(battery, needed);
    let staff = if enough {
        Text::new(
            format!(
                "電源が確認されていません。バッテリーは{battery:.1}時間で、必要な{needed:.1}時間は足りています。"
            ),
            format!(
                "Its power is not confirmed. The batteries last {battery:.1} h; {needed:.1} h are needed."
            ),
        )
    } else {
        Text::new(
            format!(
                "電源が確認されておらず、バッテリー{battery:.1}時間では必要な{needed:.1}時間に足りません。"
            ),
            format!(
                "Its power is not confirmed, and the batteries last {battery:.1} h of the {needed:.1} h needed."
            ),
        )
    };
    let family = if enough {
        Text::fixed(
            "どのコンセントを使えるかが、まだ決まっていません。",
            "Which socket you may use there is not settled yet.",
        )
    } else {
        Text::fixed(
            "どのコンセントを使えるかがまだ決まっておらず、バッテリーだけでは時間が足りません。先に電源を確かめましょう。",
            "Which socket you may use there is not settled yet, and the batteries alone do not last. Let us confirm the power first.",
        )
    };
    Says {
        staff,
        family,
        next: Text::fixed(
            "電話して、停電のときも使えるコンセントの場所、確認した人の名前、いつまで有効かを計画に書く。",
            "Telephone the place: which socket works in a power cut, who confirmed it, until when.",
        ),
    }
}

#[cfg(test)]
#[path = "power_tests.rs"]
mod tests;
