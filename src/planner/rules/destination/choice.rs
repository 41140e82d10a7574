//! DST-01 and DST-11: a choice, and a second one.

use super::{
    super::{Check, Says, about, may_stay},
    followed_by, suggestion,
};
use crate::domain::{
    finding::{Finding, Owner, RuleCode, Severity},
    plan::document::Item,
    text::Text,
};

/// DST-01: for every hazard that hits the home there is a destination, or a
/// stay. Where it is unknown whether the hazard hits, a destination settles it.
pub(super) fn somewhere_to_go(check: &Check<'_>, to: &mut Vec<Finding>) {
    for (hazard, _) in check.hazards() {
        let about = about(RuleCode::Dst01, Severity::Gap).hazard(hazard);
        if check.first_for(hazard).is_some() {
            to.push(about.holds(Text::fixed(
                "避難先が決まっています。",
                "There is a destination.",
            )));
            continue;
        }
        if check.plan.is_unread(Item::Destinations) {
            let title = Text::fixed("避難先", "destination");
            to.push(about.unread(&title));
            continue;
        }
        let (home, name) = (check.home(hazard), hazard.name());
        let next = say!(
            "ご家族と相談し、{}のときの避難先を1つ決めて計画に書く。",
            "With the family, settle a destination for {} and write it into the plan.";
            name
        );
        to.push(about.home(home).fails_if_hit(
            home,
            Owner::Coordinator,
            Says {
                staff: if may_stay(hazard) {
                    say!(
                        "{}のときの避難先がありません（とどまる場合もそう書きます）。",
                        "The plan has no destination for {}, not even staying.";
                        name
                    )
                } else {
                    say!(
                        "{}のときの避難先がありません。",
                        "The plan has no destination for {}.";
                        name
                    )
                },
                family: say!(
                    "{}のとき、どこで過ごすかがまだ決まっていません。",
                    "Where to be in case of {} is not settled yet.";
                    name
                ),
                next: followed_by(next, suggestion(check, hazard)),
            },
        ));
    }
}

/// DST-11: there is a second choice for every hazard that hits the home. No
/// choice at all is DST-01's.
pub(super) fn second_choice(check: &Check<'_>, to: &mut Vec<Finding>) {
    for (hazard, _) in check.hazards() {
        let mut choices = check.chosen_for(hazard);
        let Some(only) = choices.next() else {
            continue;
        };
        let about = about(RuleCode::Dst11, Severity::Warning).hazard(hazard);
        if choices.next().is_some() {
            to.push(about.holds(Text::fixed(
                "第二の避難先があります。",
                "There is a second choice.",
            )));
            continue;
        }
        if check.plan.is_unread(Item::Destinations) {
            let title = Text::fixed("避難先", "destination");
            to.push(about.unread(&title));
            continue;
        }
        let (home, name) = (check.home(hazard), hazard.name());
        let about = about.at(only).with("choices", 1).home(home);
        to.push(about.fails_if_hit(
            home,
            Owner::Coordinator,
            Says {
                staff: say!(
                    "{}のときの避難先が1つしかありません。",
                    "There is one destination only for {}.";
                    name
                ),
                family: say!(
                    "{}のとき、最初の場所が使えなかった場合の行き先がまだ決まっていません。",
                    "Where to go in case of {} if the first place cannot be used is not settled yet.";
                    name
                ),
                next: say!(
                    "ご家族と相談し、{}のときの2つ目の避難先（親戚宅、病院、別の施設など）を計画に書く。",
                    "With the family, write a second destination for {} into the plan: relatives, a hospital, another site.";
                    name
                ),
            },
        ));
    }
}

#[cfg(test)]
#[path = "choice_tests.rs"]
mod tests;
