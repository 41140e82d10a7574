use RuleCode::{Dst04, Dst08, Dst09, Dst10, Dst13};

use super::*;
use crate::{
    domain::{
        id::SiteId,
        plan::PlanDocument,
        site::{Site, SiteKind},
    },
    planner::testing::*,
};

fn to_a_welfare_shelter(direct: Option<bool>) -> PlanDocument {
    a_plan_with(|plan| {
        plan.destinations[0].kind = DestinationKind::WelfareShelter;
        plan.destinations[0].site = None;
        plan.destinations[0].direct_allowed = direct;
    })
}

#[test]
fn a_first_destination_that_takes_nobody_directly_stops_approval() {
    let checked = checking(&to_a_welfare_shelter(Some(false)), a_world());
    assert_eq!(checked.fails(Dst04).severity, Severity::Blocker);
    let closed_door = a_site_with(|site| site.entry.direct_allowed = Some(false));
    checking(&a_plan(), a_world().listing([closed_door])).fails(Dst04);
}

#[test]
fn a_welfare_shelter_that_takes_directly_holds_and_one_nobody_asked_is_unknown() {
    checking(&to_a_welfare_shelter(Some(true)), a_world()).holds(Dst04);
    checking(&to_a_welfare_shelter(None), a_world()).is_unknown(Dst04);
}

#[test]
fn the_second_destination_may_be_reached_by_transfer() {
    let mut plan = to_a_welfare_shelter(Some(false));
    plan.destinations.swap(0, 1);
    checking(&plan, a_world()).is_silent(Dst04);
}

fn world_with(change: impl FnOnce(&mut Site)) -> WorldBuilder {
    a_world().listing([a_site_with(change)])
}

#[test]
fn a_site_that_is_withdrawn_closed_or_absent_is_a_gap() {
    let withdrawn = world_with(|site| site.withdrawn = true);
    let closed = world_with(|site| site.entry.closed_from = Some(day("2026-11-01")));
    let other = world_with(|site| site.published.published_id = Some("E0".to_owned()));
    for world in [withdrawn, closed, other] {
        let checked = checking(&a_plan(), world);
        let finding = checked.fails(Dst08);
        assert_eq!(
            (finding.severity, finding.owner),
            (Severity::Gap, Owner::Municipality)
        );
        assert!(finding.message.ja.contains("差し替えるまで有効"));
        assert!(checked.look.approvable());
    }
}

#[test]
fn a_site_in_its_list_holds_and_the_day_of_its_closing_is_known() {
    checking(&a_plan(), a_world()).holds(Dst08);
    let world = world_with(|site| site.entry.closed_from = Some(day("2026-12-01")));
    let checked = checking(&a_plan(), world);
    checked.holds(Dst08);
    assert_eq!(checked.look.changes_on, Some(day("2026-12-01")));
}

#[test]
fn where_another_entry_of_the_building_is_closed_nobody_knows_whether_this_one_is_open() {
    let shelter = |closed_from: &str| {
        let mut shelter = a_site_with(|site| {
            site.published.kind = SiteKind::Shelter;
            site.published.published_id = Some("H1".to_owned());
            site.entry.closed_from = Some(day(closed_from));
        });
        shelter.id = SiteId(uuid::Uuid::from_u128(77));
        shelter
    };
    let with = |closed_from| a_world().listing([a_site_with(|_| {}), shelter(closed_from)]);
    let checked = checking(&a_plan(), with("2026-11-01"));
    let finding = checked.is_unknown(Dst08);
    assert!(
        finding.message.ja.contains("閉鎖中"),
        "{}",
        finding.message.ja
    );
    // Known beforehand, as its own closing is.
    let later = checking(&a_plan(), with("2026-12-01"));
    later.holds(Dst08);
    assert_eq!(later.look.changes_on, Some(day("2026-12-01")));
}

#[test]
fn a_site_that_takes_no_child_on_a_ventilator_is_a_gap_wherever_it_stands() {
    use crate::domain::site::Reception;
    let says = |reception| world_with(|site| site.entry.reception = reception);
    let finding = checking(&a_plan(), says(Some(Reception::No)))
        .fails(Dst08)
        .clone();
    assert_eq!(finding.severity, Severity::Gap);
    assert_eq!(finding.evidence.0["reception"], "no");
    assert!(
        finding.message.ja.contains("受け入れられない"),
        "{}",
        finding.message.ja
    );
    // Not only as the first destination.
    let mut plan = a_plan();
    plan.destinations.reverse();
    checking(&plan, says(Some(Reception::No))).fails(Dst08);
    // Its conditions are part of what is known; what nobody has asked says nothing.
    let on_conditions = world_with(|site| {
        site.entry.reception = Some(Reception::OnConditions);
        site.entry.conditions = Some("【デモ】吸引器は持参".to_owned());
    });
    let evidence = |world| {
        let checked = checking(&a_plan(), world);
        checked.holds(Dst08);
        let mut all = checked.look.findings.iter();
        let found = all.find(|finding| finding.rule == Dst08);
        found.expect("DST-08").evidence.0.clone()
    };
    let held = evidence(on_conditions);
    assert_eq!(held["conditions"], "【デモ】吸引器は持参");
    assert!(evidence(says(None)).get("reception").is_none());
}

#[test]
fn without_lists_or_a_reference_nobody_knows_whether_it_is_open() {
    checking(&a_plan(), a_world().without_lists()).is_unknown(Dst08);
    let plan = a_plan_with(|plan| plan.destinations[0].site = None);
    checking(&plan, a_world()).is_unknown(Dst08);
}

#[test]
fn more_users_than_places_is_for_staff_only_and_no_family_hears_of_others() {
    let checked = checking(&a_plan(), a_world().with_users(Some(3)));
    let finding = checked.fails(Dst09);
    assert!(finding.staff_only);
    assert_eq!(finding.evidence.0["planned"], 3);
    assert_eq!(finding.evidence.0["places"], 2);
    assert!(!finding.message_family.ja.contains('人'));
}

#[test]
fn as_many_users_as_places_hold() {
    checking(&a_plan(), a_world().with_users(Some(2))).holds(Dst09);
}

#[test]
fn uncounted_users_or_places_are_unknown() {
    checking(&a_plan(), a_world().with_users(None)).is_unknown(Dst09);
    let world = world_with(|site| site.entry.ventilator_places = None);
    checking(&a_plan(), world).is_unknown(Dst09);
    checking(&a_plan(), a_world().without_lists()).is_unknown(Dst09);
}

#[test]
fn more_companions_than_the_site_takes_is_a_warning() {
    let plan = |companions| a_plan_with(|plan| plan.destinations[0].companions = companions);
    let checked = checking(&plan(Some(5)), a_world());
    assert_eq!(checked.fails(Dst10).evidence.0["companions_max"], 4);
    checking(&plan(Some(4)), a_world()).holds(Dst10);
    checking(&plan(None), a_world()).is_unknown(Dst10);
    let world = world_with(|site| site.entry.companions_max = None);
    checking(&plan(Some(4)), world).is_unknown(Dst10);
}

fn agreeing(change: impl FnOnce(&mut Agreement)) -> PlanDocument {
    a_plan_with(|plan| change(plan.destinations[1].agreement.as_mut().unwrap()))
}

#[test]
fn a_hospital_without_a_complete_agreement_is_a_gap_that_names_what_lacks() {
    let plan = agreeing(|agreement| {
        agreement.ward = None;
        agreement.subject_to_free_bed = None;
    });
    let checked = checking(&plan, a_world());
    let finding = checked.fails(Dst13);
    assert_eq!(finding.severity, Severity::Gap);
    assert_eq!(
        finding.evidence.0["lacking"],
        serde_json::json!(["ward", "subject_to_free_bed"])
    );
    let none = a_plan_with(|plan| plan.destinations[1].agreement = None);
    checking(&none, a_world()).fails(Dst13);
}

#[test]
fn an_agreement_counts_for_twelve_months() {
    let plan = agreeing(|agreement| agreement.dated = Some(day("2025-11-20")));
    let checked = checking(&plan, a_world());
    checked.holds(Dst13);
    assert_eq!(checked.look.changes_on, Some(day("2026-11-21")));
    checking_on(&plan, a_world(), day("2026-11-21")).fails(Dst13);
}

#[test]
fn an_agreement_never_tried_is_advice() {
    let checked = checking(&agreeing(|agreement| agreement.tried_on = None), a_world());
    assert_eq!(checked.fails(Dst13).severity, Severity::Advice);
}

#[test]
fn an_agreement_that_could_not_be_read_is_unknown() {
    let plan = a_plan_with(|plan| {
        plan.destinations[1].agreement = None;
        plan.unread = vec![Item::Agreement];
    });
    checking(&plan, a_world()).is_unknown(Dst13);
}
