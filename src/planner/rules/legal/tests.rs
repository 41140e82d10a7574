use RuleCode::{
    Leg00, Leg01, Leg02, Leg03, Leg04, Leg05, Leg06, Leg07, Leg08, Leg09, Leg10, Leg11,
};

use super::*;
use crate::{
    domain::{
        child::{Sex, Stuck},
        consent::OrdinanceMode,
        finding::Blocks,
        plan::document::{ConsentRecord, Contact},
    },
    planner::testing::*,
};

fn stuck_at(step: PlanStep) -> PlanState<'static> {
    PlanState::None(Some(Stuck {
        step,
        since: Some(day("2026-10-01")),
    }))
}

#[test]
fn a_child_without_a_plan_is_a_gap_that_says_where_it_is_stuck_and_who_moves() {
    for (step, owner) in [
        (PlanStep::NotStarted, Owner::Municipality),
        (PlanStep::BeforeApplication, Owner::Family),
        (PlanStep::Applied, Owner::Municipality),
        (PlanStep::Drafting, Owner::Coordinator),
        (PlanStep::WaitingForFamily, Owner::Family),
        (PlanStep::Declined, Owner::Coordinator),
    ] {
        let checked = checking_without_plan(stuck_at(step), &a_plan().child);
        let finding = checked.fails(Leg00);
        assert_eq!((finding.severity, finding.owner), (Severity::Gap, owner));
        assert_eq!(finding.evidence.0["step"], step.code());
        assert_eq!(finding.evidence.0["since"], "2026-10-01");
        assert!(finding.message.ja.contains("50日"), "{:?}", finding.message);
    }
}

#[test]
fn a_child_without_a_plan_hears_of_nothing_but_the_plan_and_the_roster() {
    for state in [PlanState::None(None), PlanState::Unknown] {
        let checked = checking_without_plan(state, &ChildItems::default());
        let rules: Vec<_> = checked.look.findings.iter().map(|f| f.rule).collect();
        assert_eq!(rules, [Leg00, Leg11]);
        assert!(!checked.look.approvable());
        assert!(!checked.look.shareable());
    }
}

#[test]
fn nobody_having_said_whether_there_is_a_plan_is_unknown() {
    checking_without_plan(PlanState::Unknown, &ChildItems::default()).is_unknown(Leg00);
}

#[test]
fn a_child_with_a_plan_has_one() {
    checking(&a_plan(), a_world()).holds(Leg00);
}

type Removal = (RuleCode, Item, fn(&mut ChildItems));

const LEGAL_ITEMS: [Removal; 6] = [
    (Leg01, Item::Name, |child| child.name = None),
    (Leg02, Item::Born, |child| child.born = None),
    (Leg03, Item::Sex, |child| child.sex = None),
    (Leg04, Item::Address, |child| child.address = None),
    (Leg05, Item::Contact, |child| child.contacts.clear()),
    (Leg06, Item::Reason, |child| child.reason = None),
];

#[test]
fn each_item_of_the_law_that_is_missing_stops_approval_and_names_its_statute() {
    for (rule, _, remove) in LEGAL_ITEMS {
        let checked = checking(&a_plan_with(|plan| remove(&mut plan.child)), a_world());
        let finding = checked.fails(rule);
        assert_eq!(finding.blocks, Some(Blocks::Approval));
        assert_eq!(finding.evidence.0["statute"], rule.source());
        assert!(!checked.look.approvable());
    }
}

#[test]
fn each_item_of_the_law_that_is_written_down_holds() {
    for (rule, ..) in LEGAL_ITEMS {
        checking(&a_plan(), a_world()).holds(rule);
    }
}

#[test]
fn an_item_that_stands_on_paper_but_could_not_be_read_is_unknown() {
    for (rule, item, remove) in LEGAL_ITEMS {
        let plan = a_plan_with(|plan| {
            remove(&mut plan.child);
            plan.unread = vec![item];
        });
        let checked = checking(&plan, a_world());
        checked.is_unknown(rule);
        assert!(checked.look.approvable());
    }
}

#[test]
fn blank_text_is_missing_and_sex_not_answered_is_given() {
    let plan = a_plan_with(|plan| {
        plan.child.name = Some("　 ".to_owned());
        plan.child.address = Some(String::new());
        plan.child.contacts = vec![Contact {
            who: Some("母".to_owned()),
            value: " ".to_owned(),
        }];
        plan.child.sex = Some(Sex::NotAnswered);
    });
    let checked = checking(&plan, a_world());
    checked.fails(Leg01);
    checked.fails(Leg04);
    checked.fails(Leg05);
    checked.holds(Leg03);
}

#[test]
fn a_supporter_without_a_telephone_number_is_no_supporter() {
    let plan = a_plan_with(|plan| plan.supporters[0].contact = Some(" ".to_owned()));
    let checked = checking(&plan, a_world());
    let finding = checked.fails(Leg07);
    assert_eq!(
        finding.evidence.0["lacking"],
        serde_json::json!([["contact"]])
    );
}

#[test]
fn one_supporter_with_name_address_and_contact_is_enough() {
    let plan = a_plan_with(|plan| {
        let mut nameless = plan.supporters[0].clone();
        nameless.name = None;
        plan.supporters.insert(0, nameless);
    });
    checking(&plan, a_world()).holds(Leg07);
}

#[test]
fn a_supporter_who_left_is_a_place_to_fill_beside_others_and_alone() {
    let mut plan = a_plan_with(|plan| plan.supporters.push(Supporter::left()));
    let finding = checking(&plan, a_world()).fails(Leg07).clone();
    assert_eq!(finding.severity, Severity::Gap);
    plan.supporters.remove(0);
    let finding = checking(&plan, a_world()).fails(Leg07).clone();
    assert_eq!(finding.severity, Severity::Blocker);
}

#[test]
fn supporters_that_could_not_be_read_are_unknown() {
    let plan = a_plan_with(|plan| {
        plan.supporters.clear();
        plan.unread = vec![Item::Supporters];
    });
    checking(&plan, a_world()).is_unknown(Leg07);
}

#[test]
fn a_plan_needs_a_place_and_a_route() {
    let no_route = a_plan_with(|plan| plan.destinations[0].route = None);
    checking(&no_route, a_world()).fails(Leg08);
    let no_place = a_plan_with(|plan| {
        plan.destinations[0].site = None;
        plan.destinations[0].name = None;
    });
    checking(&no_place, a_world()).fails(Leg08);
    let nothing = a_plan_with(|plan| plan.destinations.clear());
    checking(&nothing, a_world()).fails(Leg08);
}

#[test]
fn one_line_of_text_or_a_drawn_line_is_a_route() {
    checking(&a_plan(), a_world()).holds(Leg08);
    let drawn = a_plan_with(|plan| {
        plan.destinations[0].route = None;
        plan.destinations[0].route_line = Some(vec![at_home(), at_site()]);
    });
    checking(&drawn, a_world()).holds(Leg08);
}

#[test]
fn a_route_that_could_not_be_read_is_unknown() {
    let plan = a_plan_with(|plan| {
        plan.destinations[0].route = None;
        plan.unread = vec![Item::Route];
    });
    checking(&plan, a_world()).is_unknown(Leg08);
}

#[test]
fn without_consent_there_is_no_plan_to_approve() {
    let never_asked = a_plan_with(|plan| plan.consents.make = None);
    let refused = a_plan_with(|plan| {
        plan.consents.make.as_mut().unwrap().given = false;
        plan.unread = vec![Item::ConsentToMake];
    });
    for plan in [never_asked, refused] {
        let checked = checking(&plan, a_world());
        let finding = checked.fails(Leg09);
        assert_eq!(finding.blocks, Some(Blocks::Approval));
    }
}

#[test]
fn an_explanation_that_is_missing_or_came_too_late_is_a_gap() {
    let missing = a_plan_with(|plan| plan.consents.explained = None);
    let late = a_plan_with(|plan| {
        plan.consents.explained.as_mut().unwrap().on = day("2026-06-03");
    });
    for plan in [missing, late] {
        let checked = checking(&plan, a_world());
        let finding = checked.fails(Leg09);
        assert_eq!((finding.severity, finding.blocks), (Severity::Gap, None));
        assert!(checked.look.approvable());
    }
}

#[test]
fn an_explanation_on_the_day_of_the_consent_came_before_it() {
    let plan = a_plan_with(|plan| {
        plan.consents.explained.as_mut().unwrap().on = day("2026-06-02");
    });
    checking(&plan, a_world()).holds(Leg09);
}

#[test]
fn an_unread_consent_and_an_undated_one_are_unknown() {
    let unread = a_plan_with(|plan| {
        plan.consents.make = None;
        plan.unread = vec![Item::ConsentToMake];
    });
    checking(&unread, a_world()).is_unknown(Leg09);
    let undated = a_plan_with(|plan| plan.consents.make.as_mut().unwrap().on = None);
    checking(&undated, a_world()).is_unknown(Leg09);
}

fn answered(given: bool) -> ConsentRecord {
    ConsentRecord {
        given,
        on: Some(day("2026-06-02")),
        by: None,
        form: None,
    }
}

#[test]
fn without_an_ordinance_a_refusal_or_no_answer_stops_sharing_but_not_approval() {
    for consent in [None, Some(answered(false))] {
        let plan = a_plan_with(|plan| plan.consents.provide[0].consent = consent);
        let checked = checking(&plan, a_world());
        let finding = checked.fails(Leg10);
        assert_eq!(finding.blocks, Some(Blocks::Sharing));
        assert_eq!(finding.evidence.0["ordinance"], "consent_opt_in");
        assert!(checked.look.approvable());
        assert!(!checked.look.shareable());
    }
}

#[test]
fn without_an_ordinance_every_supporter_must_agree_too() {
    let asked = |agreed| a_plan_with(|plan| plan.supporters[0].agreed = agreed);
    checking(&asked(Some(false)), a_world()).fails(Leg10);
    checking(&asked(None), a_world()).is_unknown(Leg10);
    checking(&asked(Some(true)), a_world()).holds(Leg10);
}

#[test]
fn an_ordinance_replaces_consent_and_one_with_opt_out_respects_a_refusal() {
    use OrdinanceMode::{OrdinanceNoConsent, OrdinanceOptOut};
    let plan = |consent| a_plan_with(|plan| plan.consents.provide[0].consent = consent);
    let under = |plan, mode| checking_under(&plan, a_world(), today(), mode);
    under(plan(None), OrdinanceNoConsent).holds(Leg10);
    under(plan(Some(answered(false))), OrdinanceNoConsent).holds(Leg10);
    under(plan(None), OrdinanceOptOut).holds(Leg10);
    under(plan(Some(answered(false))), OrdinanceOptOut).fails(Leg10);
}

#[test]
fn a_plan_that_is_given_to_nobody_needs_no_consent_to_give_it() {
    let plan = a_plan_with(|plan| plan.consents.provide.clear());
    checking(&plan, a_world()).holds(Leg10);
}

#[test]
fn neither_on_the_roster_nor_wishing_to_be_is_a_gap() {
    let roster = |on, wish| {
        a_plan_with(|plan| {
            plan.child.on_roster = on;
            plan.child.roster_wish = wish;
        })
    };
    let checked = checking(&roster(Some(false), Some(false)), a_world());
    assert_eq!(checked.fails(Leg11).severity, Severity::Gap);
    checking(&roster(Some(false), Some(true)), a_world()).holds(Leg11);
    checking(&roster(Some(true), None), a_world()).holds(Leg11);
    checking(&roster(None, Some(false)), a_world()).is_unknown(Leg11);
    checking(&roster(Some(false), None), a_world()).is_unknown(Leg11);
}
