//! LEG: the items, consents and records that the law asks for
//! (災害対策基本法 第49条の10, 第49条の14, 第49条の15).
//!
//! An item that stands on the paper but could not be read (`unread`) is
//! unknown, not missing. Blank text is missing.

use chrono::NaiveDate;

use super::{Check, Says, about, given};
use crate::{
    domain::{
        child::PlanStep,
        consent::OrdinanceMode,
        finding::{Finding, Owner, RuleCode, Severity},
        plan::document::{ChildItems, DestinationKind, Item, Provision, Supporter},
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
    to.push(consent_to_make(check));
    to.push(explanation_before_consent(check));
    may_be_provided(check, to);
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
        let missing = say!("{}（紙にはあるが読めない）", "{} (on the paper, but unread)"; title);
        return about.unknown(Owner::Municipality, &missing, read_the_paper(&title));
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

/// The next step for what stands on a paper but could not be read.
pub(super) fn read_the_paper(title: &Text) -> Text {
    say!(
        "元の計画書の「{}」を読み直し、読めなければご家族に電話して聞く。",
        "Read the original paper again ({}); if it cannot be read, telephone the family.";
        title
    )
}

/// LEG-07: somebody who helps, with name, address and contact. A parent or a
/// body counts.
fn someone_helps(check: &Check<'_>) -> Finding {
    let about = about(RuleCode::Leg07, Severity::Blocker);
    let supporters = &check.plan.supporters;
    if supporters.iter().any(|one| lacks(one).is_empty()) {
        return about.holds(Text::fixed(
            "手伝う人の氏名・住所・連絡先がそろっています。",
            "Somebody who helps is named with address and contact.",
        ));
    }
    let title = RuleCode::Leg07.title();
    if check.plan.is_unread(Item::Supporters) {
        let missing = say!("{}（紙にはあるが読めない）", "{} (on the paper, but unread)"; title);
        return about.unknown(Owner::Municipality, &missing, read_the_paper(&title));
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
/// of text is a route, and so is a drawn line.
fn a_route_leads_somewhere(check: &Check<'_>) -> Finding {
    let about = about(RuleCode::Leg08, Severity::Blocker);
    let first = check.destinations().next();
    let somewhere = first.is_some_and(|there| {
        let to = there.destination;
        to.kind == DestinationKind::StayUpstairs
            || [&to.name, &to.site, &to.address]
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
        let missing = say!("{}（紙にはあるが読めない）", "{} (on the paper, but unread)"; lacking);
        return about.unknown(Owner::Municipality, &missing, read_the_paper(&lacking));
    }
    let about = match first {
        Some(there) if somewhere => about.at(there),
        _ => about,
    };
    about
        .with("destination", somewhere)
        .with("route", route)
        .fails(
            Owner::Coordinator,
            Says {
                staff: say!(
                    "第一の避難先について「{}」が書かれていません。避難先と経路の両方が必要です。",
                    "The first destination lacks its {}; the law requires both a place and a route.";
                    lacking
                ),
                family: say!(
                    "最初に行く場所の「{}」がまだ決まっていません。",
                    "For the first place to go to, the {} is not settled yet.";
                    lacking
                ),
                next: say!(
                    "ご家族と地図を見ながら「{}」を1行で書く（例：県道を通って正門から入る）（第49条の14第3項第2号）。",
                    "Look at the map with the family and write the {} in one line (\"along the main road, in by the front gate\").";
                    lacking
                ),
            },
        )
}

/// LEG-09, the blocker: consent to make the plan is on record.
fn consent_to_make(check: &Check<'_>) -> Finding {
    let about = about(RuleCode::Leg09, Severity::Blocker);
    let refused = match &check.plan.consents.make {
        Some(consent) if consent.given => {
            return about.with_some("consent_on", consent.on).holds(Text::fixed(
                "計画を作ることへの同意があります。",
                "Consent to make the plan is on record.",
            ));
        }
        Some(_) => true,
        None => false,
    };
    if !refused && check.plan.is_unread(Item::ConsentToMake) {
        let title = Text::fixed("作成の同意", "consent to make the plan");
        let missing = say!("{}（紙にはあるが読めない）", "{} (on the paper, but unread)"; title);
        return about.unknown(Owner::Municipality, &missing, read_the_paper(&title));
    }
    let staff = if refused {
        Text::fixed(
            "計画を作ることに同意がありません（断られています）。同意なしに計画は作れません。",
            "Consent to make the plan was refused; without it there may be no plan.",
        )
    } else {
        Text::fixed(
            "計画を作ることへの同意が記録されていません。",
            "No consent to make the plan is on record.",
        )
    };
    about.with("refused", refused).fails(
        Owner::Municipality,
        Says {
            staff,
            family: Text::fixed(
                "この計画を作ってよいかどうか、お返事をまだ記録できていません。",
                "Your answer on whether this plan may be made is not on record yet.",
            ),
            next: Text::fixed(
                "ご家族に計画の渡し先を説明し、作成に同意するかを聞いて、日付と氏名を記録する（第49条の14第1項）。",
                "Explain to the family who will be given the plan, ask whether it agrees, and record date and name.",
            ),
        },
    )
}

/// LEG-09, the gap: before the consent it was explained how the plan will be
/// given to others (第49条の14第2項).
fn explanation_before_consent(check: &Check<'_>) -> Finding {
    let consents = &check.plan.consents;
    let consent = consents.make.as_ref().filter(|consent| consent.given);
    let explained = consents.explained.as_ref();
    let consent_on = consent.and_then(|consent| consent.on);
    let about = about(RuleCode::Leg09, Severity::Gap)
        .with_some("explained_on", explained.map(|explained| explained.on))
        .with_some("consent_on", consent_on);
    let late = match (explained, consent, consent_on) {
        (Some(explained), Some(_), Some(on)) if explained.on <= on => {
            return about.holds(Text::fixed(
                "同意の前に、計画の渡し先の説明がありました。",
                "How the plan is given to others was explained before the consent.",
            ));
        }
        (Some(_), None, _) => {
            return about.holds(Text::fixed(
                "計画の渡し先の説明がありました。",
                "How the plan is given to others was explained.",
            ));
        }
        (Some(_), Some(_), None) => {
            return about.unknown(
                Owner::Municipality,
                &Text::fixed("同意した日", "the date of the consent"),
                Text::fixed(
                    "同意書で日付を確かめ、計画に書く。",
                    "Look up the date on the consent form and write it into the plan.",
                ),
            );
        }
        (Some(_), Some(_), Some(_)) => true,
        (None, ..) => false,
    };
    if !late && check.plan.is_unread(Item::Explanation) {
        let title = Text::fixed("説明の記録", "record of the explanation");
        let missing = say!("{}（紙にはあるが読めない）", "{} (on the paper, but unread)"; title);
        return about.unknown(Owner::Municipality, &missing, read_the_paper(&title));
    }
    let staff = if late {
        Text::fixed(
            "計画の渡し先の説明が、同意より後になっています。",
            "How the plan is given to others was explained only after the consent.",
        )
    } else {
        Text::fixed(
            "計画の渡し先の説明が、記録にありません。",
            "There is no record that it was explained how the plan is given to others.",
        )
    };
    about.fails(
        Owner::Municipality,
        Says {
            staff,
            family: Text::fixed(
                "計画を誰に渡すのかの説明が、まだ済んでいません。市町村からご説明します。",
                "Who will be given the plan has not been explained yet. The municipality will do so.",
            ),
            next: Text::fixed(
                "ご家族に計画の渡し先を説明し、日付・説明した人・説明資料を記録してから、同意を確かめ直す（第49条の14第2項）。",
                "Explain to the family who will be given the plan, record date, person and leaflet, then ask for the consent again.",
            ),
        },
    )
}

/// What stands against giving a plan to a body in peacetime.
enum Ground {
    Covered,
    Refused,
    NotAnswered,
    SupporterRefused,
    SupporterNotAsked,
}

/// LEG-10: each body that is to be given the plan in peacetime is covered by
/// consent or by the municipality's ordinance (第49条の15第2項). Consent is
/// needed *unless* an ordinance provides otherwise; without an ordinance it is
/// that of the child's representative and of every supporter.
fn may_be_provided(check: &Check<'_>, to: &mut Vec<Finding>) {
    let provide = &check.plan.consents.provide;
    let mode = check.case.ordinance;
    let new = || {
        about(RuleCode::Leg10, Severity::Blocker)
            .sharing_only()
            .with("ordinance", mode)
    };
    if check.plan.is_unread(Item::ConsentToProvide) {
        let title = Text::fixed("提供の同意", "consent to give the plan to others");
        let missing = say!("{}（紙にはあるが読めない）", "{} (on the paper, but unread)"; title);
        to.push(new().unknown(Owner::Municipality, &missing, read_the_paper(&title)));
    } else if provide.is_empty() {
        to.push(new().with("recipients", 0).holds(Text::fixed(
            "平時に計画を渡す予定の相手はありません。",
            "The plan is to be given to nobody in peacetime.",
        )));
    }
    for provision in provide {
        let who = recipient(provision);
        let about = new().with("recipient", provision.recipient);
        to.push(match ground(provision, mode, &check.plan.supporters) {
            Ground::Covered => about.holds(Text::fixed(
                "平時に渡してよいことが確かめられています。",
                "It may be given to them in peacetime.",
            )),
            Ground::SupporterNotAsked => about.unknown(
                Owner::Coordinator,
                &say!(
                    "手伝う人が、{}に計画を渡すことに同意しているか",
                    "whether everyone who helps agrees that the plan is given to the {}";
                    who
                ),
                Text::fixed(
                    "手伝う人全員に電話し、計画に名前を載せて渡してよいかを聞いて記録する。",
                    "Telephone everyone who helps, ask whether they may be named and the plan passed on, and record it.",
                ),
            ),
            Ground::SupporterRefused => about.fails(
                Owner::Coordinator,
                Says {
                    staff: say!(
                        "{}に渡すことに、同意していない避難支援等実施者がいます。",
                        "A supporter does not agree that the plan is given to the {}.";
                        who
                    ),
                    family: say!(
                        "{}に計画を渡してよいか、手伝う人との相談がまだ済んでいません。",
                        "Whether the plan may be given to the {} is not settled yet with everyone who helps.";
                        who
                    ),
                    next: Text::fixed(
                        "その人と話し、同意を得るか、別の人に手伝いを頼んで計画を直す。それまでは渡さない。",
                        "Talk with that person: get the agreement, or find another helper and change the plan. Do not pass it on until then.",
                    ),
                },
            ),
            ground @ (Ground::Refused | Ground::NotAnswered) => {
                not_covered(about, &who, matches!(ground, Ground::Refused))
            }
        });
    }
}

fn not_covered(about: super::writing::About, who: &Text, refused: bool) -> Finding {
    let (staff, family, next) = if refused {
        (
            say!(
                "{}に渡すことを、ご家族が断っています。",
                "The family has refused that the plan is given to the {}.";
                who
            ),
            say!(
                "{}には計画を渡しません。考えが変わったらお知らせください。",
                "The plan is not given to the {}. Tell us if you change your mind.";
                who
            ),
            say!(
                "{}を渡し先から外すか、ご家族ともう一度話して答えを記録する。",
                "Take the {} off the list of recipients, or talk with the family again and record the answer.";
                who
            ),
        )
    } else {
        (
            say!(
                "{}に渡すことへの同意がありません。",
                "There is no consent to give the plan to the {}.";
                who
            ),
            say!(
                "{}に計画を渡してよいか、まだ伺っていません。",
                "We have not asked you yet whether the plan may be given to the {}.";
                who
            ),
            say!(
                "ご家族に電話し、{}に平時から渡してよいかを聞いて、答えと日付を記録する（第49条の15第2項）。",
                "Telephone the family, ask whether the {} may be given the plan in peacetime, and record answer and date.";
                who
            ),
        )
    };
    about.with("refused", refused).fails(
        Owner::Municipality,
        Says {
            staff,
            family,
            next,
        },
    )
}

fn ground(provision: &Provision, mode: OrdinanceMode, supporters: &[Supporter]) -> Ground {
    let answer = provision.consent.as_ref().map(|consent| consent.given);
    match (mode, answer) {
        (OrdinanceMode::OrdinanceNoConsent, _)
        | (OrdinanceMode::OrdinanceOptOut, Some(true) | None) => Ground::Covered,
        (OrdinanceMode::OrdinanceOptOut | OrdinanceMode::ConsentOptIn, Some(false)) => {
            Ground::Refused
        }
        (OrdinanceMode::ConsentOptIn, None) => Ground::NotAnswered,
        (OrdinanceMode::ConsentOptIn, Some(true)) => {
            if supporters.iter().any(|one| one.agreed == Some(false)) {
                Ground::SupporterRefused
            } else if supporters.iter().any(|one| one.agreed.is_none()) {
                Ground::SupporterNotAsked
            } else {
                Ground::Covered
            }
        }
    }
}

fn recipient(provision: &Provision) -> Text {
    let kind = provision.recipient.name();
    match given(provision.name.as_deref()) {
        Some(name) => say!("{}（{name}）", "{} ({name})"; kind),
        None => kind,
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
#[path = "legal_tests.rs"]
mod tests;
