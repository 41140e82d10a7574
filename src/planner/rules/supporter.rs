//! SUP: those who help (避難支援等実施者): how many hands there are, whether the same
//! hazard keeps all of them away, and whether they have agreed to be named.

use serde_json::json;

use super::{Check, Says, about, given};
use crate::{
    domain::{
        child::Home,
        finding::{Finding, Owner, RuleCode, Severity},
        hazard::Hazard,
        plan::document::{Item, Supporter, SupporterKind},
        text::{Text, key_form},
    },
    planner::{
        exposure::{HazardExposure, Place, WhyUnknown},
        facts::municipality_of,
    },
};

/// So many people are needed to carry a child with its devices, or to push a buggy over
/// a step (`RULES.md`, SUP-01; this project's number).
const HANDS: u32 = 2;

/// SUP-01 to SUP-03.
pub(crate) fn check(check: &Check<'_>, findings: &mut Vec<Finding>) {
    findings.push(enough_hands(check));
    findings.extend(
        check
            .hazards()
            .filter_map(|(hazard, _)| somebody_can_come(check, hazard)),
    );
    let named = (1_usize..).zip(&check.plan.supporters);
    findings.extend(
        named
            .filter(|(_, one)| !one.withdrawn && given(one.name.as_deref()).is_some())
            .map(|(number, one)| may_be_named(number, one)),
    );
}

/// Those who still help.
fn helping<'a>(check: &Check<'a>) -> impl Iterator<Item = &'a Supporter> + use<'a> {
    check.plan.supporters.iter().filter(|one| !one.withdrawn)
}

/// SUP-01: not one parent alone, and two people who can carry or push.
fn enough_hands(check: &Check<'_>) -> Finding {
    let count = |parent| {
        let all = helping(check).filter(|one| one.is_parent() == parent);
        u32::try_from(all.count()).unwrap_or(u32::MAX)
    };
    let (parents, others, open) = (count(Some(true)), count(Some(false)), count(None));
    let about = about(RuleCode::Sup01, Severity::Gap)
        .with("parents", parents)
        .with("others", others);
    let next = Text::fixed(
        "ご家族と相談し、保護者のほかに手伝う人（近所、自治会、事業所、親戚）を決め、抱える・押す人を2人以上、計画に書く。",
        "Settle with the family who helps besides the parents (a neighbour, the neighbourhood association, a service, relatives), and name at least two who can carry or push.",
    );
    if others == 0 && parents + open < 2 {
        if check.plan.is_unread(Item::Supporters) {
            return about.unread(&RuleCode::Sup01.title());
        }
        if open > 0 {
            let missing = Text::fixed(
                "手伝う人がお子さんの親かどうか",
                "whether the one who helps is a parent of the child",
            );
            return about.unknown(Owner::Coordinator, &missing, next);
        }
        return about.fails(Owner::Coordinator, one_parent_alone(parents, next));
    }
    hands(check, about.severity(Severity::Warning), next)
}

fn one_parent_alone(parents: u32, next: Text) -> Says {
    let nobody = parents == 0;
    Says {
        staff: if nobody {
            Text::fixed("手伝う人がいません。", "Nobody helps.")
        } else {
            Text::fixed(
                "手伝う人が保護者1人だけです。その人がけがをしたり、そばにいないとき、だれも動かせません。",
                "One parent is the only one who helps: if they are hurt, or away, nobody can move the child.",
            )
        },
        family: if nobody {
            Text::fixed(
                "避難を手伝う人が、まだ決まっていません。",
                "Who helps with the evacuation is not settled yet.",
            )
        } else {
            Text::fixed(
                "手伝う人が、まだ保護者おひとりだけです。もう一人、一緒に決めましょう。",
                "So far you are the only one who helps. Let us find a second person together.",
            )
        },
        next,
    }
}

/// The second part: enough people who can carry or push.
fn hands(check: &Check<'_>, about: super::About, next: Text) -> Finding {
    let (mut sure, mut possible) = (0_u32, 0_u32);
    for one in helping(check) {
        let body = one.kind == Some(SupporterKind::Body);
        let (least, most) = match (body, one.people) {
            (false, _) => (1, 1),
            (true, Some(people)) => (u32::from(people), u32::from(people)),
            (true, None) => (1, HANDS),
        };
        match one.can_carry {
            Some(true) => (sure, possible) = (sure + least, possible + most),
            Some(false) => {}
            None => possible += most,
        }
    }
    let about = about.with("can_carry", sure).with("needed", HANDS);
    if sure >= HANDS {
        return about.holds(Text::fixed(
            "抱える・押す人が2人以上います。",
            "At least two people can carry or push.",
        ));
    }
    if possible >= HANDS {
        let missing = Text::fixed(
            "手伝う人のうち、抱える・押すことができる人の数",
            "how many of those who help can carry or push",
        );
        return about.unknown(Owner::Coordinator, &missing, next);
    }
    about.fails(
        Owner::Coordinator,
        Says {
            staff: crate::text!(
                "抱える・押すことができる人が{possible}人です（2人以上が要ります）。",
                "{possible} can carry or push; two are needed."
            ),
            family: Text::fixed(
                "お子さんを抱える・バギーを押す人が、もう一人いると安心です。",
                "One more person who can carry your child, or push the buggy, would help.",
            ),
            next,
        },
    )
}

/// SUP-02: somebody who helps lives outside the zone of the hazard that hits the home.
/// Hazards that hit every home keep nobody in particular away.
fn somebody_can_come(check: &Check<'_>, hazard: Hazard) -> Option<Finding> {
    if hazard.hits_every_home() || helping(check).next().is_none() {
        return None;
    }
    let home = check.home(hazard);
    // Of a hazard that no map is read for nobody can say where it reaches.
    if home.why_unknown() == Some(WhyUnknown::NoLayerRead) {
        return None;
    }
    let about = about(RuleCode::Sup02, Severity::Warning).hazard(hazard);
    let next = Text::fixed(
        "手伝う人の住所を確かめて計画に書き、全員が同じ危険な区域に住むときは、区域の外に住む人を1人加える。",
        "Write down where those who help live; where all of them live in the same zone, find one more outside it.",
    );
    let (mut inside, mut open) = (0_usize, 0_usize);
    for one in helping(check) {
        match lives_in(check, one, hazard) {
            Some(true) => inside += 1,
            Some(false) => {
                return Some(about.holds(Text::fixed(
                    "区域の外に住む人が手伝います。",
                    "Somebody who helps lives outside the zone.",
                )));
            }
            None => open += 1,
        }
    }
    let about = about
        .with("inside", inside)
        .with("not_known", open)
        .citing(home.data_sets());
    if let HazardExposure::Unknown { why, .. } = home {
        return Some(about.unknown_exposure(*why));
    }
    if open > 0 {
        let missing = Text::fixed("手伝う人の住まいの場所", "where those who help live");
        return Some(about.unknown(Owner::Coordinator, &missing, next));
    }
    Some(about.fails(
        Owner::Coordinator,
        Says {
            staff: Text::fixed(
                "手伝う人が全員、同じ災害の危険な区域に住んでいます。その人たちも避難していて、来られないおそれがあります。",
                "Everybody who helps lives in a zone of the same hazard: they may have to leave themselves.",
            ),
            family: Text::fixed(
                "手伝う方も同じ区域にお住まいです。離れた所に住む方にも、お願いできるか考えてみましょう。",
                "Those who help live in the same zone. Let us think of somebody further away, too.",
            ),
            next,
        },
    ))
}

/// Whether a hazard hits where a supporter lives; `None`: unknown. A body has no home:
/// its people come from where they are.
fn lives_in(check: &Check<'_>, one: &Supporter, hazard: Hazard) -> Option<bool> {
    let address = given(one.address.as_deref());
    let same = |theirs: &str| {
        let ours = given(check.case.child.address.as_deref());
        ours.is_some_and(|ours| key_form(ours) == key_form(theirs))
    };
    if one.lives_with_child == Some(true) || address.is_some_and(same) {
        return check.home(hazard).hits();
    }
    let home = Home {
        municipality: address.and_then(municipality_of),
        position: one.position,
        accuracy: one.accuracy,
        ..Home::default()
    };
    Place::of_home(&home, check.world)
        .exposure(hazard, &check.world.layers)
        .hits()
}

/// SUP-03: a supporter has agreed to be named to those who are given the plan.
fn may_be_named(number: usize, one: &Supporter) -> Finding {
    let about = about(RuleCode::Sup03, Severity::Blocker)
        .sharing_only()
        .with("supporter", json!(number));
    let next = crate::text!(
        "支援者{number}に電話し、氏名・住所・連絡先を計画とともに渡してよいかを聞いて、答えを計画に書く（第49条の15第2項）。",
        "Telephone supporter {number}, ask whether name, address and number may be given out with the plan, and write down the answer."
    );
    match one.agreed {
        Some(true) => about.holds(Text::fixed(
            "名前を渡してよいと答えています。",
            "They have agreed to be named.",
        )),
        None => about.unknown(
            Owner::Coordinator,
            &crate::text!(
                "支援者{number}が、名前を渡してよいと答えたか",
                "whether supporter {number} has agreed to be named"
            ),
            next,
        ),
        Some(false) => about.fails(
            Owner::Coordinator,
            Says {
                staff: crate::text!(
                    "支援者{number}は、名前を渡すことに同意していません。この人には計画を渡せず、この人の名前を載せたまま平時に渡せません。",
                    "Supporter {number} has not agreed to be named: the plan is not given to them, nor in peacetime with their name in it."
                ),
                family: Text::fixed(
                    "手伝う方のお一人が、お名前を渡すことにまだ同意されていません。",
                    "One of those who help has not agreed to be named yet.",
                ),
                next,
            },
        ),
    }
}

#[cfg(test)]
#[path = "supporter_tests.rs"]
mod tests;
