use RuleCode::{Pwr01, Pwr02, Pwr10, Pwr15, Pwr17};
use serde_json::json;

use super::*;
use crate::{domain::plan::PlanDocument, planner::testing::*};

/// Batteries of so many hours, checked lately, and nothing else.
fn lasting(hours: f64) -> PlanDocument {
    a_plan_powered(&[
        (
            "/internal_batteries",
            Some(json!([{"checked_hours": hours, "checked_on": "2026-09-10"}])),
        ),
        ("/external_batteries", Some(json!([]))),
        ("/portable_batteries", Some(json!([]))),
        ("/generators", Some(json!([]))),
    ])
}

/// The same without the hospital that has agreed to take the child, and with a
/// site alone to go to.
fn without_a_bed(mut plan: PlanDocument) -> PlanDocument {
    plan.destinations.remove(1);
    plan
}

#[test]
fn batteries_outlast_preparation_travel_and_two_hours() {
    // 60 min of preparation, 20 min of travel by the drill and 2 h: 3 h 20 min.
    let of = |hours| checking(&lasting(hours), a_world());
    let short = of(3.3);
    let finding = short.fails(Pwr01);
    assert_eq!(finding.severity, Severity::Gap);
    assert_eq!(finding.evidence.0["hours_needed"], 3.4);
    assert_eq!(finding.evidence.0["battery_hours"], 3.3);
    assert!(finding.interim().is_some());
    of(3.34).holds(Pwr01);
    checking(&a_plan_stating(None), a_world()).is_unknown(Pwr01);
    // What the plan states together counts where nothing is on record.
    checking(&a_plan_stating(Some(3.0)), a_world()).fails(Pwr01);
    checking(&a_plan_stating(Some(4.0)), a_world()).holds(Pwr01);
}

#[test]
fn a_lower_bound_holds_where_it_is_enough_and_never_fails() {
    let begun = |hours: f64| {
        let list = json!([{"checked_hours": hours, "checked_on": "2026-09-10"}]);
        let plan = a_plan_powered(&[
            ("/internal_batteries", Some(list)),
            ("/external_batteries", None),
        ]);
        checking(&plan, a_world())
    };
    // The portable battery alone carries more than three hours: 800 Wh / (359.9 W × 1.2).
    begun(4.0).holds(Pwr01);
    begun(0.5).is_unknown(Pwr01);
    let unknown = begun(0.5);
    let said = &unknown.is_unknown(Pwr01).message;
    assert!(said.ja.contains("専用外部バッテリーの有無"), "{}", said.ja);
    begun(0.5).is_unknown(Pwr02);
}

#[test]
fn an_unknown_way_is_unknown_unless_the_batteries_end_before_it_counts() {
    let aimless = |hours| {
        let mut plan = lasting(hours);
        plan.destinations.truncate(1);
        plan.destinations[0].drill_minutes = None;
        plan.destinations[0].travel_by = None;
        plan.vehicle = None;
        checking(&plan, a_world())
    };
    aimless(10.0).is_unknown(Pwr01);
    aimless(2.9).fails(Pwr01);
    aimless(10.0).is_unknown(Pwr15);
    let mut nowhere = lasting(10.0);
    nowhere.destinations.clear();
    checking(&nowhere, a_world()).is_unknown(Pwr01);
}

#[test]
fn a_night_a_day_and_three_days() {
    let of = |hours| checking(&without_a_bed(lasting(hours)), a_world());
    let night = of(7.9);
    assert_eq!(night.fails(Pwr02).severity, Severity::Gap);
    // An interim measure is asked for.
    assert!(night.fails(Pwr02).interim().is_some());
    assert!(night.fails(Pwr02).next_step.ja.contains("仮の対応"));
    assert_eq!(of(8.0).fails(Pwr02).severity, Severity::Warning);
    assert_eq!(of(23.9).fails(Pwr02).severity, Severity::Warning);
    assert_eq!(of(24.0).fails(Pwr02).severity, Severity::Advice);
    of(72.0).holds(Pwr02);
    // A hospital that has agreed to take the child stands in for three days.
    checking(&lasting(24.0), a_world()).holds(Pwr02);
    let mut old = lasting(24.0);
    old.destinations[1].agreement.as_mut().unwrap().dated = Some(day("2025-11-19"));
    assert_eq!(
        checking(&old, a_world()).fails(Pwr02).severity,
        Severity::Advice
    );
    checking(&a_plan_stating(None), a_world()).is_unknown(Pwr02);
}

#[test]
fn three_days_are_unknown_where_a_car_or_a_generator_may_be_there() {
    let plan = without_a_bed(a_plan_stating(Some(30.0)));
    let checked = checking(&plan, a_world());
    let unknown = checked.is_unknown(Pwr02);
    assert_eq!(unknown.severity, Severity::Advice);
    // In the same words as what is asked for anyway, so that it stands once.
    let asked = checked.is_unknown(Pwr10);
    assert_eq!(unknown.evidence.0["missing"], asked.evidence.0["missing"]);
}

#[test]
fn where_nothing_is_on_record_one_unknown_asks_for_it() {
    let checked = checking(&a_plan_stating(Some(24.0)), a_world());
    let asked: Vec<_> = checked.look.unknown().map(|f| f.rule).collect();
    assert_eq!(asked, [Pwr10]);
    let nothing = checking(&a_plan_stating(None), a_world());
    let words: std::collections::BTreeSet<_> = nothing
        .look
        .unknown()
        .map(|f| f.evidence.0["missing"]["ja"].to_string())
        .collect();
    assert_eq!(words.len(), 2, "{words:?}");
}

#[test]
fn the_outage_trigger_is_a_time() {
    // 9.5 h − 60 min − 20 min − 60 min = 430 min = 7 h 10 min.
    let checked = checking(&lasting(9.5), a_world());
    checked.holds(Pwr15);
    let held = checked.look.holding().find(|f| f.rule == Pwr15).unwrap();
    assert_eq!(held.evidence.0["allowance_minutes"], 430);
    assert!(
        held.message_family.ja.contains("7時間10分"),
        "{}",
        held.message_family.ja
    );
    let trigger = checked.look.outage.unwrap();
    assert_eq!(trigger.allowance().num_minutes(), 430);
    // 2 h 20 min are preparation, travel and the hour that is kept back.
    let at_once = checking(&lasting(2.3), a_world());
    at_once.holds(Pwr15);
    let held = at_once.look.holding().find(|f| f.rule == Pwr15).unwrap();
    assert!(held.message_family.ja.contains("すぐに"));
    assert_eq!(held.evidence.0["allowance_minutes"], 0);
}

#[test]
fn without_a_place_to_go_to_there_is_no_trigger() {
    let mut nowhere_to_go = lasting(9.5);
    nowhere_to_go.destinations.clear();
    let checked = checking(&nowhere_to_go, a_world());
    assert_eq!(checked.fails(Pwr15).severity, Severity::Gap);
    assert_eq!(checked.look.outage, None);
    let mut stays = lasting(9.5);
    stays.destinations = vec![nowhere(DestinationKind::StayUpstairs)];
    checking(&stays, a_world()).fails(Pwr15);
    let mut unread = lasting(9.5);
    unread.destinations.clear();
    unread.unread = vec![Item::Destinations];
    checking(&unread, a_world()).is_unknown(Pwr15);
    checking(&a_plan_stating(None), a_world()).is_unknown(Pwr15);
}

#[test]
fn a_generator_does_not_carry_the_first_hours_of_a_storm() {
    let of = |hours: f64| {
        let list = json!([{"checked_hours": hours, "checked_on": "2026-09-10"}]);
        let plan = a_plan_powered(&[
            ("/internal_batteries", Some(list)),
            ("/external_batteries", Some(json!([]))),
            ("/portable_batteries", Some(json!([]))),
            // Chargers that keep up with everything that draws.
            ("/generators/0/charger_watts", Some(json!(900.0))),
        ]);
        checking(&plan, a_world())
    };
    let checked = of(11.9);
    assert_eq!(checked.fails(Pwr17).severity, Severity::Warning);
    assert!(
        checked
            .fails(Pwr17)
            .message_family
            .ja
            .contains("必ず屋外で")
    );
    of(12.0).holds(Pwr17);
    // Without a generator that carries anything there is nothing to say.
    checking(&lasting(3.0), a_world()).is_silent(Pwr17);
    let unknown = a_plan_powered(&[
        (
            "/internal_batteries",
            Some(json!([{"checked_hours": 3.0, "checked_on": "2026-09-10"}])),
        ),
        ("/external_batteries", None),
        ("/portable_batteries", Some(json!([]))),
        ("/generators/0/charger_watts", Some(json!(900.0))),
    ]);
    checking(&unknown, a_world()).is_unknown(Pwr17);
}

#[test]
fn a_figure_that_nobody_confirmed_is_told_with_the_hours() {
    let vivo = json!([{"kind": "ventilator", "model": "Vivo 45 LS"}]);
    let plan = a_plan_powered(&[
        ("/devices", Some(vivo)),
        ("/internal_batteries", Some(json!([{}]))),
        ("/external_batteries", Some(json!([]))),
        ("/portable_batteries", Some(json!([]))),
        ("/generators", Some(json!([]))),
    ]);
    // 3 h × 0.75 = 2.25 h.
    let checked = checking(&plan, a_world());
    let finding = checked.fails(Pwr01);
    assert_eq!(finding.evidence.0["low_confidence"], true);
    assert!(
        finding.message.ja.contains("未確認"),
        "{}",
        finding.message.ja
    );
    assert_eq!(finding.evidence.0["battery_hours"], 2.2);
}
