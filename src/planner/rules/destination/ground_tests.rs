use RuleCode::Dst03;

use super::*;
use crate::{
    domain::{
        hazard::{LandslideZone, LayerKind},
        plan::document::DestinationKind,
    },
    planner::testing::*,
};

#[test]
fn a_destination_in_a_collapse_zone_stops_approval_whatever_it_is_chosen_for() {
    let plan = a_plan_with(|plan| {
        plan.destinations[0].hazards = Some(vec![Hazard::Earthquake]);
    });
    let checked = checking(&plan, a_world().with_collapse(at_site()));
    let finding = checked.fails(Dst03);
    assert_eq!(
        (finding.severity, finding.hazard),
        (Severity::Blocker, Some(Hazard::Flood))
    );
    assert_eq!(finding.evidence.0["data_set"]["publisher"], "【デモ】県");
}

#[test]
fn a_destination_in_a_red_landslide_zone_stops_approval() {
    let red = a_world().with_a_slope(LandslideZone::SpecialWarning, at_hospital());
    let checked = checking(&a_plan(), red);
    let finding = checked.fails(Dst03);
    assert_eq!(
        (finding.severity, finding.hazard, finding.site.as_deref()),
        (Severity::Blocker, Some(Hazard::Landslide), Some(HOSPITAL))
    );
}

#[test]
fn a_destination_for_power_cuts_only_is_not_judged_by_its_ground() {
    let plan = a_plan_with(|plan| {
        for destination in &mut plan.destinations {
            destination.hazards = Some(vec![Hazard::PowerCut]);
        }
    });
    checking(&plan, a_world().with_collapse(at_site())).is_silent(Dst03);
}

#[test]
fn a_yellow_landslide_zone_is_a_warning_where_landslides_hit_the_home() {
    use LandslideZone::Warning;
    let yellow = |home: bool| {
        let world = a_world().with_a_slope(Warning, at_site());
        if home {
            world.with_a_slope(Warning, at_home())
        } else {
            world
        }
    };
    let checked = checking(&a_plan(), yellow(true));
    assert_eq!(checked.fails(Dst03).severity, Severity::Warning);
    checking(&a_plan(), yellow(false)).holds(Dst03);
    let unknown = yellow(false);
    let vague = a_plan_with(|plan| plan.home.position = None);
    checking(&vague, unknown)
        .about(Hazard::Landslide)
        .is_unknown(Dst03);
}

#[test]
fn usable_floors_below_the_safe_one_stop_approval() {
    let world = |highest| {
        a_world()
            .flooding_the_home()
            .with_water(InundationRank::R3, at_site())
            .listing([a_site_with(|site| site.entry.highest_floor = highest)])
    };
    // The municipality's word counts before the plan's.
    let plan = a_plan_with(|plan| plan.destinations[0].highest_floor = Some(5));
    let low = checking(&plan, world(Some(2)));
    let finding = low.fails(Dst03);
    assert_eq!(finding.severity, Severity::Blocker);
    assert_eq!(finding.evidence.0["minimum_safe_floor"], 3);
    assert_eq!(finding.evidence.0["highest_usable_floor"], 2);
    for highest in [Some(3), None] {
        let checked = checking(&plan, world(highest));
        assert_eq!(checked.fails(Dst03).severity, Severity::Warning);
    }
}

#[test]
fn ten_metres_of_water_leave_no_floor() {
    let world = a_world()
        .flooding_the_home()
        .with_water(InundationRank::R5, at_site());
    assert_eq!(
        checking(&a_plan(), world).fails(Dst03).severity,
        Severity::Blocker
    );
}

#[test]
fn water_at_the_destination_matters_only_where_it_hits_the_home() {
    let dry = || a_world().with_water(InundationRank::R3, at_site());
    checking(&a_plan(), dry()).holds(Dst03);
    let unknown = a_plan_with(|plan| plan.home.accuracy = None);
    let near = dry().with_water(InundationRank::R2, near_home());
    checking(&unknown, near)
        .about(Hazard::Flood)
        .is_unknown(Dst03);
}

/// About 450 m from home: within the accuracy of a town's centre.
fn near_home() -> crate::domain::position::Position {
    crate::domain::position::Position::new(32.2060, 130.7500).unwrap()
}

#[test]
fn a_destination_outside_all_zones_holds() {
    checking(&a_plan(), a_world().flooding_the_home()).holds(Dst03);
}

#[test]
fn without_a_position_or_a_map_the_ground_is_unknown() {
    let nowhere = a_plan_with(|plan| plan.destinations[1].position = None);
    let checked = checking(&nowhere, a_world());
    assert_eq!(checked.is_unknown(Dst03).site.as_deref(), Some(HOSPITAL));
    for layer in [
        LayerKind::Flood,
        LayerKind::FloodCollapseFlow,
        LayerKind::FloodCollapseBank,
        LayerKind::Landslide,
    ] {
        let world = a_world().flooding_the_home().without_a_map_of(layer);
        checking(&a_plan(), world).is_unknown(Dst03);
    }
    let no_address = a_plan_with(|plan| plan.destinations[1].address = None);
    checking(&no_address, a_world()).is_unknown(Dst03);
}

#[test]
fn without_its_list_a_site_never_passes_by_the_plans_word() {
    let plan = a_plan_with(|plan| {
        plan.destinations.truncate(1);
        plan.destinations[0].position = Some(at_site());
        plan.destinations[0].address = Some("熊本県人吉市【デモ】町5-5".to_owned());
    });
    checking(&plan, a_world().without_lists()).is_unknown(Dst03);
    let collapsing = a_world().without_lists().with_collapse(at_site());
    checking(&plan, collapsing).fails(Dst03);
}

#[test]
fn staying_upstairs_is_no_place_to_judge() {
    let plan = a_plan_with(|plan| {
        plan.destinations = vec![crate::planner::testing::nowhere(
            DestinationKind::StayUpstairs,
        )];
    });
    checking(&plan, a_world().with_collapse(at_home())).is_silent(Dst03);
}
