//! LEG: the items, consents and records that the law asks for
//! (災害対策基本法 第49条の10, 第49条の14, 第49条の15).
//!
//! An item that stands on the paper but could not be read (`unread`) is
//! unknown, not missing. Blank text is missing.

mod consent;

use chrono::NaiveDate;

use super::{About, Check, Says, There, about, given};
use crate::{
    domain::{
        child::PlanStep,
        finding::{Finding, Owner, RuleCode, Severity},
        plan::document::{ChildItems, DestinationKind, Item, Supporter},
        text::Text,
    },
    planner::context::{CaseFacts, PlanState},
};

/// The rules that a child without a plan gets too: LEG-00 and LEG-11.
pub(crate) fn check_without_plan(case: &CaseFacts<'_>, today: NaiveDate, to: &mut Vec<Finding>) {
    to.push(has_a_plan(case, today));
    to.push(on_the_roster(case.child));
}

/// LEG-01 to LEG-10.
pub(crate) fn check(check: &Check<'_>, to: &mut Vec<Finding>) {
    for item in ITEMS {
        to.push(item_is_given(check, item));
    }
    to.push(someone_helps(check));
    to.push(a_route_leads_somewhere(check));
    to.push(consent::consent_to_make(check));
    to.push(consent::explanation_before_consent(check));
    consent::may_be_provided(check, to);
}

/// LEG-00: the child has a plan. Where it has none, the step at which that is
/// stuck says who moves next.
fn has_a_plan(case: &CaseFacts<'_>, today: NaiveDate) -> Finding {
    let about = about(RuleCode::Leg00, Severity::Gap);
    let stuck = match case.plan {
        PlanState::Made(_) => {
            return about.holds(Text::fixed(
                "個別避難計画があります。",
                "There is an individual evacuation plan.",
            ));
        }
        PlanState::Unknown => {
            return about.unknown(
                Owner::Municipality,
                &Text::fixed("個別避難計画があるかどうか", "whether there is a plan"),
                Text::fixed(
                    "市町村の担当課で計画の有無を調べ、なければ手続きがどこで止まっているかを記録する。",
                    "Look up at the municipality whether there is a plan; if not, record at which step it is stuck.",
                ),
            );
        }
        PlanState::None(stuck) => stuck,
    };
    let step = stuck.map(|stuck| stuck.step);
    let (owner, next) = match step {
        None | Some(PlanStep::NotStarted) => (
            Owner::Municipality,
            Text::fixed(
                "市町村の担当者がご家族に電話し、計画を作る日を決める。",
                "The municipality telephones the family and agrees on a day to make the plan.",
            ),
        ),
        Some(PlanStep::BeforeApplication) => (
            Owner::Family,
            Text::fixed(
                "市町村の窓口に計画の作成を申し込む。書き方はコーディネーターが手伝う。",
                "Apply to the municipality for the plan; the coordinator helps with the form.",
            ),
        ),
        Some(PlanStep::Applied) => (
            Owner::Municipality,
            Text::fixed(
                "申請を受けた市町村が担当者を決め、ご家族に訪問日を連絡する。",
                "The municipality names somebody for the application and tells the family the day of the visit.",
            ),
        ),
        Some(PlanStep::Drafting) => (
            Owner::Coordinator,
            Text::fixed(
                "残っている項目をご家族と確かめ、計画案を仕上げて市町村に渡す。",
                "Settle the open items with the family, finish the draft and hand it to the municipality.",
            ),
        ),
        Some(PlanStep::WaitingForFamily) => (
            Owner::Family,
            Text::fixed(
                "計画案を読み、直したいところか「これでよい」を市町村に伝える。",
                "Read the draft and tell the municipality what to change, or that it is right.",
            ),
        ),
        Some(PlanStep::Declined) => (
            Owner::Coordinator,
            Text::fixed(
                "心配な点をご家族に聞き、停電のときの連絡先だけでも一緒に決めておく。",
                "Ask the family what worries it, and settle at least whom to call in a power cut.",
            ),
        ),
    };
    let place = step.map_or(
        Text::fixed("止まっている段階は未記録", "the step is not on record"),
        PlanStep::name,
    );
    let since = stuck.and_then(|stuck| stuck.since);
    let wait = match since {
        Some(day) => {
            let days = (today - day).num_days();
            Text::new(
                format!("、{day}から{days}日"),
                format!(", for {days} days since {day}"),
            )
        }
        None => Text::fixed("", ""),
    };
    about.with_some("step", step).with_some("since", since).fails(
        owner,
        Says {
            staff: say!(
                "個別避難計画がありません（{}{}）。",
                "There is no individual evacuation plan ({}{}).";
                place, wait
            ),
            family: Text::fixed(
                "避難の計画はまだこれからです。停電や大雨のときにどうするかを、一緒に決めましょう。",
                "There is no evacuation plan yet. Let us settle together what to do in a power cut or heavy rain.",
            ),
            next,
        },
    )
}

/// An item of 第49条の10第2項: its rule, whether it could not be read, and
/// whether it is there.
type LegalItem = (RuleCode, Item, fn(&ChildItems) -> bool);

/// LEG-01 to LEG-06.
const ITEMS: [LegalItem; 6] = [
    (RuleCode::Leg01, Item::Name, |child| {
        given(child.name.as_deref()).is_some()
    }),
    (RuleCode::Leg02, Item::Born, |child| child.born.is_some()),
    // Not answered is an answer.
    (RuleCode::Leg03, Item::Sex, |child| child.sex.is_some()),
    (RuleCode::Leg04, Item::Address, |child| {
        given(child.address.as_deref()).is_some()
    }),
    (RuleCode::Leg05, Item::Contact, |child| {
        child
            .contacts
            .iter()
            .any(|contact| given(Some(&contact.value)).is_some())
    }),
    (RuleCode::Leg06, Item::Reason, |child| {
        given(child.reason.as_deref()).is_some()
    }),
];

/// LEG-01 to LEG-06: the six items about the child are there.
fn item_is_given(check: &Check<'_>, (rule, item, is_given): LegalItem) -> Finding {
    let about = about(rule, Severity::Blocker);
    if is_given(check.case.child) {
        return about.holds(Text::fixed("書かれています。", "It is written down."));
    }
    let (title, source) = (rule.title(), rule.source());
    if check.plan.is_unread(item) {
        return about.unread(&title);
    }
    about.with("statute", source).fails(
        Owner::Coordinator,
        Says {
            staff: say!(
                "「{}」が書かれていません。法律が求める項目です（{source}）。",
                "The plan lacks the {}, which the law requires ({source}).";
                title
            ),
            family: say!(
                "「{}」がまだ書かれていません。教えていただければ書き足します。",
                "The {} is not written down yet. Tell us and we will add it.";
                title
            ),
            next: say!(
                "ご家族に電話し、「{}」を聞いて計画に書く（{source}）。",
                "Telephone the family, ask for the {} and write it into the plan ({source}).";
                title
            ),
        },
    )
}

/// LEG-07: somebody who helps, with name, address and contact. A parent or a
/// body counts.
fn someone_helps(check: &Check<'_>) -> Finding {
    let about = about(RuleCode::Leg07, Severity::Blocker);
    let supporters = &check.plan.supporters;
    let left = supporters.iter().filter(|one| one.withdrawn).count();
    let complete = supporters.iter().any(|one| lacks(one).is_empty());
    if left > 0 && complete {
        return somebody_left(about, left);
    }
    if complete {
        return about.holds(Text::fixed(
            "手伝う人の氏名・住所・連絡先がそろっています。",
            "Somebody who helps is named with address and contact.",
        ));
    }
    let title = RuleCode::Leg07.title();
    if check.plan.is_unread(Item::Supporters) {
        return about.unread(&title);
    }
    let lacking: Vec<_> = supporters.iter().map(lacks).collect();
    about
        .with("supporters", supporters.len())
        .with("lacking", lacking)
        .fails(
            Owner::Coordinator,
            Says {
                staff: Text::fixed(
                    "氏名・住所・連絡先のそろった避難支援等実施者がいません（保護者や団体でもよい）。",
                    "No supporter is named with name, address and contact (a parent or a body counts).",
                ),
                family: Text::fixed(
                    "避難を手伝う人がまだ決まっていません。ご家族ご自身でも、近所の方や事業所でもかまいません。",
                    "Who helps with the evacuation is not settled yet. It may be yourself, a neighbour or a service.",
                ),
                next: Text::fixed(
                    "ご家族に電話し、手伝う人を1人以上決め、氏名・住所・電話番号を計画に書く（第49条の14第3項第1号）。",
                    "Telephone the family, settle at least one helper, and write name, address and telephone number into the plan.",
                ),
            },
        )
}

/// Somebody who helps has asked to be taken out: the law's item is still there,
/// but one pair of hands is missing.
fn somebody_left(about: About, left: usize) -> Finding {
    about
        .severity(Severity::Gap)
        .with("supporters_left", left)
        .fails(
            Owner::Coordinator,
            Says {
                staff: Text::new(
                    format!("計画から外れた避難支援等実施者がいます（{left}人）。その人がする予定だった手伝いが空いています。"),
                    format!("Supporters have asked to be taken out of the plan ({left}): what they were to do is a place to fill."),
                ),
                family: Text::fixed(
                    "手伝ってくださる予定だった方が、計画から外れました。代わりの方がまだ決まっていません。",
                    "Somebody who was going to help is no longer in the plan. Who helps instead is not settled yet.",
                ),
                next: Text::fixed(
                    "ご家族に電話し、代わりに手伝う人を決め、氏名・住所・電話番号を計画に書く。",
                    "Telephone the family, settle who helps instead, and write name, address and telephone number into the plan.",
                ),
            },
        )
}

/// What a supporter lacks of name, address and contact.
fn lacks(one: &Supporter) -> Vec<&'static str> {
    [
        ("name", &one.name),
        ("address", &one.address),
        ("contact", &one.contact),
    ]
    .into_iter()
    .filter(|(_, value)| given(value.as_deref()).is_none())
    .map(|(key, _)| key)
    .collect()
}

/// LEG-08: the first destination is somewhere, and a way leads there. One line
/// of text is a route, and so is a drawn line. Staying at home needs none: it is
/// the first place away from home that is looked at, where there is one.
fn a_route_leads_somewhere(check: &Check<'_>) -> Finding {
    let about = about(RuleCode::Leg08, Severity::Blocker);
    // What stands on the paper, even if it was chosen for a former home.
    let stays = |there: &There<'_>| there.destination.kind == DestinationKind::StayUpstairs;
    let first = check.on_paper().find(|there| !stays(there));
    if first.is_none() && check.on_paper().next().is_some() {
        return about.holds(Text::fixed(
            "自宅にとどまる計画なので、経路は要りません。",
            "The plan stays at home: there is no way to go.",
        ));
    }
    let somewhere = first.is_some_and(|there| {
        let to = there.destination;
        let written = [&to.name, &to.site, &to.address];
        written
            .into_iter()
            .any(|text| given(text.as_deref()).is_some())
            || to.position.is_some()
    });
    let route = first.is_some_and(|there| {
        given(there.destination.route.as_deref()).is_some()
            || there
                .destination
                .route_line
                .as_ref()
                .is_some_and(|line| line.len() > 1)
    });
    let (lacking, item) = match (somewhere, route) {
        (true, true) => {
            return about.holds(Text::fixed(
                "避難先とそこまでの道が書かれています。",
                "A destination and the way there are written down.",
            ));
        }
        (false, _) => (Text::fixed("避難先", "destination"), Item::Destinations),
        (true, false) => (Text::fixed("避難経路", "route"), Item::Route),
    };
    if check.plan.is_unread(item) {
        return about.unread(&lacking);
    }
    let about = match first {
        Some(there) if somewhere => about.at(there),
        _ => about,
    };
    about
        .with("destination", somewhere)
        .with("route", route)
        .fails(Owner::Coordinator, place_or_route_lacking(somewhere))
}

fn place_or_route_lacking(somewhere: bool) -> Says {
    if somewhere {
        Says {
            staff: Text::fixed(
                "第一の避難先までの経路が書かれていません。避難先と経路の両方が必要です。",
                "There is no route to the first destination; the law requires both a place and a route.",
            ),
            family: Text::fixed(
                "どの道を通って行くかが、まだ決まっていません。",
                "Which way to go there is not settled yet.",
            ),
            next: Text::fixed(
                "ご家族と地図を見て、通る道を1行で書く（例：県道を通って正門から入る）（第49条の14第3項第2号）。",
                "Look at the map with the family and write the way in one line (\"along the main road, in by the front gate\").",
            ),
        }
    } else {
        Says {
            staff: Text::fixed(
                "第一の避難先が書かれていません。避難先と経路の両方が必要です。",
                "The plan names no first destination; the law requires both a place and a route.",
            ),
            family: Text::fixed(
                "最初にどこへ行くかが、まだ決まっていません。",
                "Where to go first is not settled yet.",
            ),
            next: Text::fixed(
                "ご家族と相談し、最初に行く場所の名前と住所、そこまでの道を計画に書く（第49条の14第3項第2号）。",
                "With the family, write name and address of the first place, and the way there, into the plan.",
            ),
        }
    }
}

/// LEG-11: the child is on the municipality's roster, or a wish to be on it is
/// recorded. The usual reason why a child without a handbook is refused.
fn on_the_roster(child: &ChildItems) -> Finding {
    let about = about(RuleCode::Leg11, Severity::Gap)
        .with_some("on_roster", child.on_roster)
        .with_some("wish_recorded", child.roster_wish);
    let next = Text::fixed(
        "市町村の窓口で避難行動要支援者名簿に載っているかを確かめ、載っていなければ希望を伝えて記録する（手帳がなくても希望できる）。",
        "Ask the municipality whether the child is on its roster; if not, state the wish to be on it and have it recorded (no handbook is needed for that).",
    );
    match (child.on_roster, child.roster_wish) {
        (Some(true), _) | (_, Some(true)) => about.holds(Text::fixed(
            "市町村の名簿に載っているか、希望が記録されています。",
            "The child is on the municipality's roster, or a wish to be on it is recorded.",
        )),
        (Some(false), Some(false)) => about.fails(
            Owner::Coordinator,
            Says {
                staff: Text::fixed(
                    "避難行動要支援者名簿に載っておらず、掲載の希望も記録されていません。",
                    "The child is not on the municipality's roster, and no wish to be on it is recorded.",
                ),
                family: Text::fixed(
                    "市町村の名簿にまだ載っていません。載ると、災害のときに市町村から声がかかります。",
                    "Your child is not on the municipality's roster yet. Once it is, the municipality looks after you in a disaster.",
                ),
                next,
            },
        ),
        (None, _) => about.unknown(
            Owner::Municipality,
            &Text::fixed(
                "避難行動要支援者名簿に載っているか",
                "whether the child is on the municipality's roster",
            ),
            next,
        ),
        (Some(false), None) => about.unknown(
            Owner::Coordinator,
            &Text::fixed(
                "名簿に載る希望が記録されているか",
                "whether a wish to be on the roster is recorded",
            ),
            next,
        ),
    }
}

#[cfg(test)]
mod tests;
