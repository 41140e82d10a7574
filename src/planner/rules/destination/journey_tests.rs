use RuleCode::{Dst06, Dst07, Dst12};

use super::*;
use crate::{
    domain::{
        hazard::{InundationRank, LandslideZone, LayerKind, ZoneClass},
        plan::{
            PlanDocument,
            drill::{DrillTo, HeldDrill, MeasuredWay},
        },
        position::Position,
    },
    planner::facts::TravelBasis::{Drill, Family, StraightLine},
    planner::testing::*,
};

fn with_lead(minutes: Option<u32>) -> PlanDocument {
    a_plan_with(|plan| {
        for trigger in &mut plan.triggers {
            trigger.lead_minutes = minutes;
        }
    })
}

#[test]
fn a_way_longer_than_the_lead_is_a_warning() {
    let checked = checking(&with_lead(Some(19)), a_world().flooding_the_home());
    let finding = checked.fails(Dst06);
    assert_eq!(
        (finding.hazard, finding.site.as_deref()),
        (Some(Hazard::Flood), Some(SITE))
    );
    assert_eq!(finding.evidence.0["travel_basis"], "drill");
    checking(&with_lead(Some(20)), a_world().flooding_the_home())
        .about(Hazard::Flood)
        .holds(Dst06);
}

#[test]
fn batteries_that_end_on_the_way_are_a_warning_too() {
    // 60 min of preparation, 20 of travel, 30 of queue: 1 h 50 min.
    let of = |hours| {
        let mut plan = a_plan_stating(hours);
        for trigger in &mut plan.triggers {
            trigger.lead_minutes = Some(300);
        }
        checking(&plan, a_world().flooding_the_home()).about(Hazard::Flood)
    };
    let short = of(Some(1.8));
    let finding = short.fails(Dst06);
    assert!(
        finding.message.ja.contains("1.8時間"),
        "{}",
        finding.message.ja
    );
    of(Some(1.9)).holds(Dst06);
    // Unknown hours are asked for elsewhere, and say nothing on the way.
    of(None).holds(Dst06);
}

#[test]
fn minutes_come_from_a_drill_then_the_family_then_the_straight_line() {
    let told = |drill, family| {
        let plan = a_plan_with(|plan| {
            plan.destinations[0].drill_minutes = drill;
            plan.destinations[0].family_minutes = family;
        });
        let looked = checking(&plan, a_world());
        looked.look.destinations[0].travel.unwrap()
    };
    assert_eq!(told(Some(7), Some(9)).basis, Drill);
    assert_eq!(told(None, Some(9)).basis, Family);
    let reckoned = told(None, None);
    assert_eq!(reckoned.basis, StraightLine);
    // 1,455 m × 1.5 at 3 m/s by car, and at 0.8 of that by night.
    assert!((reckoned.minutes - 12.1).abs() < 0.1, "{reckoned:?}");
    let night = reckoned.minutes_by_night.unwrap();
    assert!((night - reckoned.minutes / 0.8).abs() < 1e-9);
}

#[test]
fn without_a_lead_or_a_way_to_travel_it_is_unknown() {
    let world = || a_world().flooding_the_home();
    checking(&with_lead(None), world()).is_unknown(Dst06);
    let aimless = a_plan_with(|plan| {
        plan.vehicle = None;
        plan.destinations[0].travel_by = None;
        plan.destinations[0].drill_minutes = None;
    });
    checking(&aimless, world()).is_unknown(Dst06);
    let no_map = a_world().without_a_map_of(LayerKind::Flood);
    checking(&with_lead(Some(1)), no_map)
        .about(Hazard::Flood)
        .is_unknown(Dst06);
}

#[test]
fn a_tsunami_is_judged_where_its_lead_is_given() {
    let mut plan = with_lead(Some(300));
    let world = || {
        a_world().with_a_zone(
            LayerKind::Tsunami,
            ZoneClass::Depth(InundationRank::R2),
            at_home(),
        )
    };
    let tsunami = Hazard::Tsunami;
    checking(&plan, world()).about(tsunami).is_silent(Dst06);
    plan.triggers[0].hazard = tsunami;
    plan.triggers[0].lead_minutes = Some(10);
    checking(&plan, world()).about(tsunami).fails(Dst06);
}

fn on_foot() -> PlanDocument {
    a_plan_with(|plan| {
        plan.vehicle = None;
        plan.destinations.truncate(1);
        plan.destinations[0].travel_by = Some(TravelBy::Foot);
    })
}

#[test]
fn further_than_five_hundred_metres_on_foot_without_a_vehicle_is_a_warning() {
    let checked = checking(&on_foot(), a_world());
    let finding = checked.fails(Dst07);
    assert_eq!(finding.evidence.0["straight_line_metres"], 1455.0);
}

#[test]
fn a_near_place_or_a_vehicle_holds() {
    let near = a_site_with(|site| {
        site.published.position = Position::new(32.2140, 130.7500).unwrap();
    });
    checking(&on_foot(), a_world().listing([near])).holds(Dst07);
    checking(&a_plan(), a_world()).holds(Dst07);
}

#[test]
fn nobody_having_said_how_one_travels_is_unknown() {
    let silent = a_plan_with(|plan| {
        plan.vehicle = None;
        plan.destinations[0].travel_by = None;
    });
    checking(&silent, a_world()).is_unknown(Dst07);
    let mut unread = on_foot();
    unread.unread = vec![Item::Vehicle];
    checking(&unread, a_world()).is_unknown(Dst07);
    let mut nowhere = on_foot();
    nowhere.home.position = None;
    checking(&nowhere, a_world()).is_unknown(Dst07);
}

fn half_way() -> Position {
    Position::new(32.2150, 130.7550).unwrap()
}

fn sloped_home() -> WorldBuilder {
    a_world().with_a_slope(LandslideZone::Warning, at_home())
}

#[test]
fn water_on_the_straight_line_is_a_warning_that_says_it_is_no_route() {
    let world = sloped_home().with_water(InundationRank::R1, half_way());
    let checked = checking(&a_plan(), world).about(Hazard::Flood);
    let finding = checked.fails(Dst12);
    assert_eq!(finding.evidence.0["judged_on"], "straight_line");
    assert!(finding.message.ja.contains("実際の道ではありません"));
    assert_eq!(finding.evidence.0["zones"], 1);
}

#[test]
fn a_drawn_route_counts_before_the_straight_line() {
    let around = Position::new(32.2200, 130.7500).unwrap();
    let plan = a_plan_with(|plan| {
        plan.destinations.truncate(1);
        plan.destinations[0].route_line = Some(vec![at_home(), around, at_site()]);
    });
    let world = |at| sloped_home().with_collapse(at);
    checking(&plan, world(half_way()))
        .about(Hazard::Flood)
        .holds(Dst12);
    let checked = checking(&plan, world(around)).about(Hazard::Flood);
    assert_eq!(checked.fails(Dst12).evidence.0["judged_on"], "route");
}

#[test]
fn a_way_is_judged_only_where_the_weather_hits_the_home() {
    let world = a_world().with_water(InundationRank::R3, half_way());
    checking(&a_plan(), world).is_silent(Dst12);
}

#[test]
fn a_way_without_maps_or_positions_is_unknown() {
    let world = || sloped_home().without_a_map_of(LayerKind::FloodCollapseFlow);
    checking(&a_plan(), world())
        .about(Hazard::Flood)
        .is_unknown(Dst12);
    let nowhere = a_plan_with(|plan| plan.destinations[1].position = None);
    checking(&nowhere, sloped_home())
        .about(Hazard::Flood)
        .is_unknown(Dst12);
    let vague = a_plan_with(|plan| plan.home.accuracy = None);
    let near = Position::new(32.2060, 130.7500).unwrap();
    let world = a_world()
        .with_water(InundationRank::R2, near)
        .with_water(InundationRank::R2, half_way());
    checking(&vague, world).is_unknown(Dst12);
}

#[test]
fn a_way_near_an_area_that_could_not_be_read_is_unknown() {
    let world = sloped_home().with_an_unread_area(LayerKind::Flood, half_way());
    checking(&a_plan(), world)
        .about(Hazard::Flood)
        .is_unknown(Dst12);
}

/// A drill to a destination of a plan.
fn held(plan: &PlanDocument, place: usize, minutes: u32) -> HeldDrill {
    HeldDrill {
        on: "2026-11-01".parse().unwrap(),
        way: Some(MeasuredWay {
            to: DrillTo::of(&plan.destinations[place]),
            by: Some(TravelBy::Car),
            minutes,
        }),
    }
}

#[test]
fn a_drill_on_record_stands_before_what_the_plan_states_and_its_straight_line() {
    for (stated, family) in [(Some(7), Some(9)), (None, Some(9)), (None, None)] {
        let plan = a_plan_with(|plan| {
            plan.destinations[0].drill_minutes = stated;
            plan.destinations[0].family_minutes = family;
        });
        let drills = [held(&plan, 0, 33)];
        let looked = checking_drilled(&plan, a_world(), &drills, today());
        let travel = looked.look.destinations[0].travel.unwrap();
        assert_eq!((travel.basis, travel.minutes.round()), (Drill, 33.0));
        assert_eq!(travel.drilled_on, Some(drills[0].on));
        assert!(travel.told().en.contains("2026-11-01"));
    }
}

#[test]
fn a_drill_to_another_destination_or_one_that_was_struck_out_counts_for_nothing() {
    let plan = a_plan_with(|plan| {
        plan.destinations[0].drill_minutes = None;
        plan.destinations[0].family_minutes = Some(9);
    });
    // Struck out it is not handed to the rules at all.
    for drills in [vec![held(&plan, 1, 33)], Vec::new()] {
        let looked = checking_drilled(&plan, a_world(), &drills, today());
        let travel = looked.look.destinations[0].travel.unwrap();
        assert_eq!((travel.basis, travel.drilled_on), (Family, None));
    }
    // On foot it says nothing of a way by car.
    let mut on_foot = held(&plan, 0, 33);
    on_foot.way.as_mut().unwrap().by = Some(TravelBy::Foot);
    let looked = checking_drilled(&plan, a_world(), &[on_foot], today());
    assert_eq!(looked.look.destinations[0].travel.unwrap().basis, Family);
}

#[test]
fn the_minutes_of_a_drill_decide_on_the_way_and_on_power_and_say_of_which_day() {
    let plan = with_lead(Some(20));
    let of = |minutes| {
        let drills = [held(&plan, 0, minutes)];
        checking_drilled(&plan, a_world().flooding_the_home(), &drills, today())
    };
    let looked = of(21);
    let finding = looked.fails(Dst06);
    assert_eq!(finding.evidence.0["drilled_on"], "2026-11-01");
    assert_eq!(finding.evidence.0["travel_basis"], "drill");
    assert!(
        finding.message.ja.contains("2026-11-01の訓練"),
        "{}",
        finding.message.ja
    );
    of(20).about(Hazard::Flood).holds(Dst06);
    let power = |minutes| {
        let looked = of(minutes);
        let mut found = looked.look.findings.iter();
        let found = found.find(|f| f.rule == RuleCode::Pwr15).unwrap();
        found.evidence.0["travel_minutes"].as_f64().unwrap()
    };
    assert!((power(60) - power(20) - 40.0).abs() < 1e-9);
}
