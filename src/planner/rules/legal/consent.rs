//! LEG-09 and LEG-10: consent to make the plan, the explanation before it, and
//! consent to give the plan to others in peacetime.

use super::super::{Check, Says, about, given, writing::About};
use crate::domain::{
    finding::{Finding, Owner, RuleCode, Severity},
    plan::{
        document::{Item, Provision},
        provision::Basis,
    },
    text::Text,
};

/// LEG-09, the blocker: consent to make the plan is on record.
pub(super) fn consent_to_make(check: &Check<'_>) -> Finding {
    let about = about(RuleCode::Leg09, Severity::Blocker);
    let refused = match &check.plan.consents.make {
        Some(consent) if consent.given && consent.is_after(check.today) => {
            return about.with_some("consent_on", consent.on).unknown(
                Owner::Municipality,
                &Text::fixed(
                    "作成に同意した日（まだ来ていない日付になっています）",
                    "the date of the consent (it has not come yet)",
                ),
                LOOK_UP_THE_DATE,
            );
        }
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
        return about.unread(&title);
    }
    let (staff, family) = if refused {
        (
            Text::fixed(
                "計画を作ることに同意がありません（断られています）。同意なしに計画は作れません。",
                "Consent to make the plan was refused; without it there may be no plan.",
            ),
            Text::fixed(
                "計画を作らないというお返事をいただいています。お考えが変わったときは、いつでもお知らせください。",
                "You have told us that no plan is to be made. Should you change your mind, let us know at any time.",
            ),
        )
    } else {
        (
            Text::fixed(
                "計画を作ることへの同意が記録されていません。",
                "No consent to make the plan is on record.",
            ),
            Text::fixed(
                "この計画を作ってよいかどうか、お返事をまだ記録できていません。",
                "Your answer on whether this plan may be made is not on record yet.",
            ),
        )
    };
    about.with("refused", refused).fails(
        Owner::Municipality,
        Says {
            staff,
            family,
            next: Text::fixed(
                "ご家族に計画の渡し先を説明し、作成に同意するかを聞いて、日付と氏名を記録する（第49条の14第1項）。",
                "Explain to the family who will be given the plan, ask whether it agrees, and record date and name.",
            ),
        },
    )
}

/// LEG-09, the gap: before the consent it was explained how the plan will be
/// given to others (第49条の14第2項).
pub(super) fn explanation_before_consent(check: &Check<'_>) -> Finding {
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
                LOOK_UP_THE_DATE,
            );
        }
        (Some(_), Some(_), Some(_)) => true,
        (None, ..) => false,
    };
    if !late && check.plan.is_unread(Item::Explanation) {
        let title = Text::fixed("説明の記録", "record of the explanation");
        return about.unread(&title);
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

/// LEG-10: each body that is to be given the plan in peacetime is covered by
/// consent or by the municipality's ordinance (第49条の15第2項). Consent is
/// needed *unless* an ordinance provides otherwise; without an ordinance it is
/// that of the child's representative and of every supporter.
pub(super) fn may_be_provided(check: &Check<'_>, to: &mut Vec<Finding>) {
    let provide = &check.plan.consents.provide;
    let mode = check.case.ordinance;
    let new = || {
        about(RuleCode::Leg10, Severity::Blocker)
            .sharing_only()
            .with("ordinance", mode)
    };
    if check.plan.is_unread(Item::ConsentToProvide) {
        let title = Text::fixed("提供の同意", "consent to give the plan to others");
        to.push(new().unread(&title));
    } else if provide.is_empty() {
        to.push(new().with("recipients", 0).holds(Text::fixed(
            "平時に計画を渡す予定の相手はありません。",
            "The plan is to be given to nobody in peacetime.",
        )));
    }
    for provision in provide {
        let who = recipient(provision);
        let about = new().with("recipient", provision.recipient);
        to.push(match check.plan.basis_for(provision, mode, check.today) {
            Basis::Covered => about.holds(Text::fixed(
                "平時に渡してよいことが確かめられています。",
                "It may be given to them in peacetime.",
            )),
            Basis::SupporterNotAsked => about.unknown(
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
            Basis::SupporterRefused => about.fails(
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
            Basis::NotYet => about.unknown(
                Owner::Municipality,
                &say!(
                    "{}に渡す同意の日付（まだ来ていない日付になっています）",
                    "the date of the consent to give the plan to the {} (it has not come yet)";
                    who
                ),
                LOOK_UP_THE_DATE,
            ),
            basis @ (Basis::Refused | Basis::NotAnswered) => {
                not_covered(about, &who, basis == Basis::Refused)
            }
        });
    }
}

fn not_covered(about: About, who: &Text, refused: bool) -> Finding {
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

const LOOK_UP_THE_DATE: Text = Text::fixed(
    "同意書で日付を確かめ、計画に書く。",
    "Look up the date on the consent form and write it into the plan.",
);

fn recipient(provision: &Provision) -> Text {
    let kind = provision.recipient.name();
    match given(provision.name.as_deref()) {
        Some(name) => say!("{}（{name}）", "{} ({name})"; kind),
        None => kind,
    }
}
