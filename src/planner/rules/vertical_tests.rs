use RuleCode::{Dst01, Leg08, Vrt01, Vrt02, Vrt03, Vrt04, Vrt05, Vrt06};

use InundationRank as R;

use super::*;
use crate::{
    domain::{
        hazard::{DurationRank, LayerKind},
        plan::PlanDocument,
    },
    planner::testing::*,
};

fn staying(room_floor: Option<i16>) -> PlanDocument {
    a_plan_with(|plan| {
        plan.home.room_floor = room_floor;
        plan.home.floors = None;
        plan.destinations = vec![nowhere(DestinationKind::StayUpstairs)];
    })
}

#[test]
fn a_stay_above_the_water_outside_all_other_zones_holds() {
    let checked = || checking(&staying(Some(2)), a_world().flooding_the_home());
    // A stay has no route.
    for rule in [Vrt01, Vrt02, Vrt04, Leg08] {
        checked().holds(rule);
    }
    for hazard in [Hazard::Flood, Hazard::Earthquake, Hazard::PowerCut] {
        checked().about(hazard).holds(Dst01);
    }
}

#[test]
fn nobody_stays_where_the_house_may_be_taken() {
    let world = a_world().flooding_the_home().with_collapse(at_home());
    let checked = checking(&staying(Some(9)), world);
    assert_eq!(checked.fails(Vrt01).severity, Severity::Blocker);
    let unmapped = a_world()
        .flooding_the_home()
        .without_a_map_of(LayerKind::FloodCollapseBank);
    checking(&staying(Some(9)), unmapped).is_unknown(Vrt01);
}

#[test]
fn nobody_stays_in_a_landslide_zone_whatever_the_depth() {
    for zone in [LandslideZone::Warning, LandslideZone::SpecialWarning] {
        let world = a_world().flooding_the_home().with_a_slope(zone, at_home());
        let checked = checking(&staying(Some(9)), world);
        assert_eq!(checked.fails(Vrt04).severity, Severity::Blocker);
    }
    let unmapped = a_world()
        .flooding_the_home()
        .without_a_map_of(LayerKind::Landslide);
    checking(&staying(Some(9)), unmapped).is_unknown(Vrt04);
}

#[test]
fn the_room_is_above_the_depth_of_its_rank() {
    let of = |rank, room| {
        let world = a_world().with_water(rank, at_home());
        checking(&staying(room), world)
    };
    assert_eq!(of(R::R1, Some(1)).fails(Vrt02).severity, Severity::Warning);
    for (rank, low) in [(R::R2, 1), (R::R3, 2), (R::R4, 3), (R::R5, 40), (R::R6, 40)] {
        assert_eq!(of(rank, Some(low)).fails(Vrt02).severity, Severity::Blocker);
    }
    for (rank, high) in [(R::R1, 2), (R::R2, 2), (R::R3, 3), (R::R4, 4)] {
        of(rank, Some(high)).holds(Vrt02);
    }
    of(R::R3, None).is_unknown(Vrt02);
    let basement = of(R::R1, Some(-1));
    assert_eq!(basement.fails(Vrt02).severity, Severity::Blocker);
}

#[test]
fn the_batteries_outlast_the_water_and_a_day() {
    let of = |rank, hours| {
        let world = a_world().flooding_the_home().with_a_zone(
            LayerKind::FloodDuration,
            ZoneClass::Duration(rank),
            at_home(),
        );
        let mut plan = staying(Some(2));
        plan.power = None;
        plan.battery_hours = hours;
        checking(&plan, world).about(Hazard::Flood)
    };
    // Up to 12 hours, and 24 more.
    assert_eq!(
        of(DurationRank::D1, Some(35.9)).fails(Vrt03).severity,
        Severity::Gap
    );
    of(DurationRank::D1, Some(36.0)).holds(Vrt03);
    of(DurationRank::D1, None).is_unknown(Vrt03);
    let longest = DurationRank::ALL
        .into_iter()
        .find(|rank| rank.upper_hours().is_none())
        .unwrap();
    of(longest, Some(1_000.0)).fails(Vrt03);
    let unmapped = checking(&staying(Some(2)), a_world().flooding_the_home());
    unmapped.about(Hazard::Flood).is_unknown(Vrt03);
}

/// At home in water that stays up to twelve hours: 36 h until the grid is back.
fn in_water_for_half_a_day() -> WorldBuilder {
    let duration = ZoneClass::Duration(DurationRank::D1);
    a_world()
        .flooding_the_home()
        .with_a_zone(LayerKind::FloodDuration, duration, at_home())
}

#[test]
fn a_generator_counts_only_in_a_dry_place_outdoors_with_its_fuel() {
    let of = |battery: f64, changes: &[(&str, Option<serde_json::Value>)]| {
        let list = serde_json::json!([{"checked_hours": battery, "checked_on": "2026-09-10"}]);
        let none = serde_json::json!([]);
        let mut all = vec![
            ("/internal_batteries", Some(list)),
            ("/external_batteries", Some(none.clone())),
            ("/portable_batteries", Some(none)),
            (
                "/devices",
                Some(serde_json::json!([{"kind": "ventilator", "measured_watts": 18.0}])),
            ),
        ];
        all.extend_from_slice(changes);
        let mut plan = a_plan_powered(&all);
        plan.destinations = vec![nowhere(DestinationKind::StayUpstairs)];
        checking(&plan, in_water_for_half_a_day()).about(Hazard::Flood)
    };
    let held = of(12.0, &[]);
    held.holds(Vrt03);
    for change in [
        ("/generators/0/place/above_water", Some(false.into())),
        ("/generators/0/place/above_water", None),
        ("/generators/0/place/away_from_openings", None),
        ("/generators/0/place", None),
        ("/generators", Some(serde_json::json!([]))),
        ("/gasoline", Some(serde_json::json!([]))),
    ] {
        of(12.0, std::slice::from_ref(&change)).fails(Vrt03);
    }
    // Nobody has said how much fuel there is.
    of(12.0, &[("/gasoline", None)]).is_unknown(Vrt03);
    // In the first hours of the storm no generator runs.
    of(11.0, &[]).fails(Vrt03);
    of(36.0, &[("/generators", None)]).holds(Vrt03);
}

#[test]
fn a_lift_that_stops_leaves_no_way_up() {
    let of = |without_lift| {
        let mut plan = staying(Some(2));
        plan.upstairs = Some(Box::new(crate::domain::plan::document::Upstairs {
            without_lift,
            ..Default::default()
        }));
        checking(&plan, a_world().flooding_the_home())
    };
    of(Some(true)).holds(Vrt05);
    assert_eq!(of(Some(false)).fails(Vrt05).severity, Severity::Warning);
    of(None).is_unknown(Vrt05);
    checking(&staying(Some(2)), a_world().flooding_the_home()).is_unknown(Vrt05);
}

#[test]
fn food_water_and_medicine_last_as_long_as_the_power_must() {
    let of = |food, water, medicine, world| {
        let mut plan = staying(Some(2));
        plan.upstairs = Some(Box::new(crate::domain::plan::document::Upstairs {
            food_hours: food,
            water_hours: water,
            medicine_hours: medicine,
            ..Default::default()
        }));
        checking(&plan, world).about(Hazard::Flood)
    };
    let here = in_water_for_half_a_day;
    of(Some(36.0), Some(40.0), Some(72.0), here()).holds(Vrt06);
    let short = of(Some(35.9), Some(40.0), None, here());
    assert_eq!(short.fails(Vrt06).severity, Severity::Gap);
    assert!(short.fails(Vrt06).message.ja.contains("食事"));
    of(Some(36.0), Some(40.0), None, here()).is_unknown(Vrt06);
    // No map says how long the water stays.
    let unmapped = a_world().flooding_the_home();
    of(Some(36.0), Some(40.0), Some(72.0), unmapped).is_unknown(Vrt06);
    let endless = ZoneClass::Duration(DurationRank::D7);
    let long =
        a_world()
            .flooding_the_home()
            .with_a_zone(LayerKind::FloodDuration, endless, at_home());
    of(Some(900.0), None, None, long).fails(Vrt06);
}

#[test]
fn nobody_stays_for_a_tsunami() {
    let world = a_world().with_a_zone(
        LayerKind::Tsunami,
        ZoneClass::Depth(InundationRank::R2),
        at_home(),
    );
    let checked = checking(&staying(Some(9)), world).about(Hazard::Tsunami);
    checked.fails(Dst01);
    checked.is_silent(Vrt02);
}

#[test]
fn a_plan_that_does_not_stay_for_a_flood_is_not_judged() {
    let world = || a_world().flooding_the_home().with_collapse(at_home());
    checking(&a_plan(), world()).is_silent(Vrt01);
    let mut stay = nowhere(DestinationKind::StayUpstairs);
    stay.hazards = Some(vec![Hazard::PowerCut]);
    let plan = a_plan_with(|plan| plan.destinations.push(stay));
    checking(&plan, world()).is_silent(Vrt01);
}

#[test]
fn a_room_above_the_roof_is_a_room_that_nobody_knows() {
    let mut plan = staying(Some(9));
    plan.home.floors = Some(2);
    let world = a_world().with_water(InundationRank::R3, at_home());
    checking(&plan, world).is_unknown(Vrt02);
}
