use RuleCode::{Dst01, Dst11};

use super::*;
use crate::{
    domain::{
        hazard::{Hazard, LandslideZone, LayerKind},
        plan::{PlanDocument, document::DestinationKind},
    },
    planner::testing::*,
};

fn going_only_for(hazards: &[Hazard]) -> PlanDocument {
    a_plan_with(|plan| {
        plan.destinations.truncate(1);
        plan.destinations[0].hazards = Some(hazards.to_vec());
    })
}

#[test]
fn a_hazard_that_hits_the_home_needs_a_destination() {
    let plan = going_only_for(&[Hazard::Earthquake]);
    let checked = checking(&plan, a_world().flooding_the_home()).about(Hazard::Flood);
    let finding = checked.fails(Dst01);
    assert_eq!(finding.severity, Severity::Gap);
    assert_eq!(
        finding.evidence.0["data_set"]["name"],
        "【デモ】洪水浸水想定区域（想定最大規模）"
    );
    assert_eq!(finding.evidence.0["data_set"]["dated"], "2026-03-31");
    // Near, designated and dry: a next step to act on.
    assert!(
        finding.next_step.ja.contains("【デモ】小学校"),
        "{:?}",
        finding.next_step
    );
}

#[test]
fn earthquake_and_power_cut_hit_every_home() {
    let plan = going_only_for(&[Hazard::Flood]);
    for hazard in [Hazard::Earthquake, Hazard::PowerCut] {
        checking(&plan, a_world()).about(hazard).fails(Dst01);
    }
}

#[test]
fn a_destination_for_all_hazards_is_one_for_each() {
    checking(&a_plan(), a_world().flooding_the_home()).holds(Dst01);
}

#[test]
fn a_home_outside_the_zones_needs_none() {
    let plan = going_only_for(&[Hazard::Earthquake]);
    checking(&plan, a_world())
        .about(Hazard::Flood)
        .is_silent(Dst01);
}

#[test]
fn without_a_map_it_is_unknown_unless_there_is_a_destination() {
    let world = || a_world().without_a_map_of(LayerKind::StormSurge);
    let surge = Hazard::StormSurge;
    let none = going_only_for(&[Hazard::Earthquake]);
    checking(&none, world()).about(surge).is_unknown(Dst01);
    checking(&a_plan(), world()).about(surge).holds(Dst01);
    checking(&none, a_world())
        .about(Hazard::Volcano)
        .is_unknown(Dst01);
}

#[test]
fn destinations_that_could_not_be_read_are_unknown() {
    let plan = a_plan_with(|plan| {
        plan.destinations.clear();
        plan.unread = vec![Item::Destinations];
    });
    checking(&plan, a_world()).is_unknown(Dst01);
}

#[test]
fn staying_is_a_choice_but_for_a_landslide() {
    let plan = a_plan_with(|plan| {
        plan.destinations = vec![nowhere(DestinationKind::StayUpstairs)];
    });
    let slope = || {
        a_world()
            .flooding_the_home()
            .with_a_slope(LandslideZone::Warning, at_home())
    };
    let on = |hazard| checking(&plan, slope()).about(hazard);
    on(Hazard::Flood).holds(Dst01);
    on(Hazard::PowerCut).holds(Dst01);
    on(Hazard::Earthquake).holds(Dst01);
    on(Hazard::Landslide).fails(Dst01);
}

#[test]
fn one_destination_only_is_no_second_choice() {
    let plan = a_plan_with(|plan| plan.destinations.truncate(1));
    let checked = checking(&plan, a_world()).about(Hazard::Earthquake);
    assert_eq!(checked.fails(Dst11).severity, Severity::Warning);
    checking(&a_plan(), a_world()).holds(Dst11);
}

#[test]
fn a_second_choice_for_a_hazard_nobody_knows_is_unknown() {
    let plan = a_plan_with(|plan| plan.destinations.truncate(1));
    checking(&plan, a_world())
        .about(Hazard::Volcano)
        .is_unknown(Dst11);
}

#[test]
fn no_choice_at_all_is_said_once() {
    let plan = a_plan_with(|plan| plan.destinations.clear());
    checking(&plan, a_world()).is_silent(Dst11);
}
