use RuleCode::Dst05;

use super::*;
use crate::{domain::plan::PlanDocument, planner::testing::*};

/// To the hospital alone, without its power, with so many battery hours.
/// Preparation 60 min, travel 30 min, queue 30 min and 12 h are 14 h.
fn with_batteries(hours: Option<f64>) -> PlanDocument {
    a_plan_with(|plan| {
        plan.destinations.remove(0);
        plan.destinations[0].power = None;
        plan.power = None;
        plan.battery_hours = hours;
    })
}

#[test]
fn batteries_that_end_before_power_is_certain_are_a_gap() {
    let checked = checking(&with_batteries(Some(13.9)), a_world());
    let finding = checked.fails(Dst05);
    assert_eq!(
        (finding.severity, finding.owner),
        (Severity::Gap, Owner::Site)
    );
    assert_eq!(finding.evidence.0["hours_needed"], 14.0);
    assert_eq!(finding.evidence.0["travel_basis"], "family");
}

#[test]
fn batteries_that_last_make_it_a_warning() {
    let checked = checking(&with_batteries(Some(14.0)), a_world());
    assert_eq!(checked.fails(Dst05).severity, Severity::Warning);
}

#[test]
fn confirmed_power_holds_until_its_last_day() {
    checking_on(&a_plan(), a_world(), day("2027-03-31")).holds(Dst05);
    checking_on(&a_plan(), a_world(), day("2027-04-01")).fails(Dst05);
}

#[test]
fn a_confirmation_without_a_socket_or_a_name_is_none() {
    let plan = a_plan_with(|plan| {
        plan.destinations[1].power.as_mut().unwrap().socket = " ".to_owned();
    });
    checking(&plan, a_world()).fails(Dst05);
}

#[test]
fn what_the_municipality_entered_counts_before_the_plan() {
    let expired = a_site_with(|site| {
        site.entry.power.as_mut().unwrap().valid_until = day("2026-11-19");
    });
    let plan = a_plan_with(|plan| plan.destinations[0].power = plan.destinations[1].power.clone());
    checking(&plan, a_world().listing([expired])).fails(Dst05);
}

#[test]
fn unknown_battery_hours_are_unknown_and_never_zero() {
    let checked = checking(&with_batteries(None), a_world());
    assert_eq!(checked.is_unknown(Dst05).severity, Severity::Gap);
    checking(&with_batteries(Some(f64::NAN)), a_world()).is_unknown(Dst05);
}

#[test]
fn unknown_travel_is_unknown_unless_the_batteries_end_before_it_counts() {
    let aimless = |hours| {
        let mut plan = with_batteries(Some(hours));
        plan.destinations[0].family_minutes = None;
        plan.destinations[0].position = None;
        plan
    };
    checking(&aimless(20.0), a_world()).is_unknown(Dst05);
    checking(&aimless(13.4), a_world()).fails(Dst05);
}
