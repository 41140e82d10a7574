use RuleCode::{Lvl01, Lvl02, Lvl03, Lvl04, Lvl05, Lvl06};

use super::*;
use crate::{
    domain::{
        hazard::{InundationRank, LandslideZone, LayerKind},
        plan::PlanDocument,
        position::Position,
    },
    planner::testing::*,
};

fn starting(hazard: Hazard, level: Option<u8>, name: Option<&str>) -> PlanDocument {
    a_plan_with(|plan| {
        plan.triggers = vec![StartTrigger {
            hazard,
            level: level.map(|level| level.try_into().unwrap()),
            name: name.map(str::to_owned),
            lead_minutes: Some(300),
        }];
    })
}

fn for_the_flood(level: Option<u8>, name: Option<&str>) -> PlanDocument {
    starting(Hazard::Flood, level, name)
}

#[test]
fn leaving_at_level_four_stops_approval() {
    for plan in [
        for_the_flood(Some(4), None),
        for_the_flood(None, Some("避難指示")),
        // The name counts, not the level beside it.
        for_the_flood(Some(3), Some("氾濫危険警報")),
    ] {
        let checked = checking(&plan, a_world().flooding_the_home());
        let finding = checked.fails(Lvl01);
        assert_eq!(finding.severity, Severity::Blocker);
        assert_eq!(finding.evidence.0["level"], 4);
        assert!(!checked.look.approvable());
    }
}

#[test]
fn leaving_at_level_three_or_before_holds() {
    for plan in [
        for_the_flood(Some(2), None),
        for_the_flood(None, Some("警戒レベル３ 高齢者等避難")),
        for_the_flood(Some(4), Some("氾濫警報")),
    ] {
        checking(&plan, a_world().flooding_the_home())
            .about(Hazard::Flood)
            .holds(Lvl01);
    }
}

#[test]
fn the_first_of_two_triggers_starts_the_plan() {
    let mut plan = for_the_flood(Some(4), None);
    plan.triggers
        .extend(for_the_flood(None, Some("高齢者等避難")).triggers);
    checking(&plan, a_world().flooding_the_home()).holds(Lvl01);
}

#[test]
fn level_four_is_wrong_even_where_no_map_says_whether_the_flood_comes() {
    let world = a_world().without_a_map_of(LayerKind::Flood);
    checking(&for_the_flood(Some(4), None), world).fails(Lvl01);
}

#[test]
fn a_home_outside_the_zones_is_not_judged_by_its_trigger() {
    checking(&for_the_flood(Some(4), None), a_world()).is_silent(Lvl01);
}

#[test]
fn a_warning_is_judged_by_the_level_it_has_on_the_day() {
    let plan = starting(Hazard::StormSurge, None, Some("高潮警報"));
    let world = || {
        a_world().with_a_zone(
            LayerKind::StormSurge,
            crate::domain::hazard::ZoneClass::Depth(InundationRank::R2),
            at_home(),
        )
    };
    checking_on(&plan, world(), day("2026-05-28")).fails(Lvl01);
    let after = checking_on(&plan, world(), day("2026-05-29"));
    after.holds(Lvl01);
    // The day of the consents of the clean plan.
    assert_eq!(after.look.changes_on, Some(day("2026-06-02")));
    let before = checking_on(&plan, world(), day("2026-05-28"));
    assert_eq!(before.look.changes_on, Some(day("2026-05-29")));
}

#[test]
fn a_name_that_is_gone_or_never_was_makes_the_start_unknown() {
    for name in [
        "避難準備・高齢者等避難開始",
        "川があふれそうなとき",
        "記録的短時間大雨情報",
    ] {
        let plan = for_the_flood(None, Some(name));
        checking(&plan, a_world().flooding_the_home()).is_unknown(Lvl01);
    }
    // The level beside an unknown name counts, and so does a late one beside a
    // name that is gone.
    let told = for_the_flood(Some(3), Some("川があふれそうなとき"));
    checking(&told, a_world().flooding_the_home()).holds(Lvl01);
    let late = for_the_flood(Some(4), Some("避難準備・高齢者等避難開始"));
    checking(&late, a_world().flooding_the_home()).fails(Lvl01);
    // A name that is gone and meant level 4 is no better for being gone.
    for level in [None, Some(3)] {
        let gone = for_the_flood(level, Some("避難勧告"));
        let checked = checking(&gone, a_world().flooding_the_home());
        checked.fails(Lvl01);
        checked.about(Hazard::Flood).fails(Lvl03);
    }
}

fn staying(room_floor: Option<i16>) -> PlanDocument {
    let mut plan = for_the_flood(Some(4), None);
    plan.home.room_floor = room_floor;
    let mut stay = nowhere(DestinationKind::StayUpstairs);
    stay.hazards = Some(vec![Hazard::Flood]);
    stay.route = Some("階段で2階へ".to_owned());
    plan.destinations.insert(0, stay);
    plan
}

#[test]
fn a_rightful_stay_upstairs_is_not_judged_by_its_trigger() {
    let checked = checking(&staying(Some(2)), a_world().flooding_the_home());
    checked.about(Hazard::Flood).is_silent(Lvl01);
}

#[test]
fn a_stay_too_low_or_in_a_collapse_or_landslide_zone_is_judged() {
    checking(&staying(Some(1)), a_world().flooding_the_home()).fails(Lvl01);
    let deep = a_world().with_water(InundationRank::R5, at_home());
    checking(&staying(Some(9)), deep).fails(Lvl01);
    let collapse = a_world().flooding_the_home().with_collapse(at_home());
    checking(&staying(Some(2)), collapse).fails(Lvl01);
    let slope = a_world()
        .flooding_the_home()
        .with_a_slope(LandslideZone::Warning, at_home());
    checking(&staying(Some(2)), slope)
        .about(Hazard::Flood)
        .fails(Lvl01);
}

#[test]
fn a_stay_where_the_water_may_be_deeper_than_the_zone_shows_is_unknown() {
    let unread = a_world()
        .flooding_the_home()
        .with_an_unread_area(LayerKind::Flood, at_home());
    checking(&staying(Some(2)), unread)
        .about(Hazard::Flood)
        .is_unknown(Lvl01);
    // About 450 m from the home, which is known to 1,000 m.
    let deeper = || {
        let near = Position::new(32.2060, 130.7500).unwrap();
        a_world()
            .flooding_the_home()
            .with_water(InundationRank::R4, near)
    };
    let mut vague = staying(Some(2));
    vague.home.accuracy = None;
    checking(&vague, deeper())
        .about(Hazard::Flood)
        .is_unknown(Lvl01);
    checking(&staying(Some(2)), deeper())
        .about(Hazard::Flood)
        .is_silent(Lvl01);
}

#[test]
fn a_stay_of_which_the_storey_is_unknown_is_unknown() {
    let checked = checking(&staying(None), a_world().flooding_the_home());
    checked.about(Hazard::Flood).is_unknown(Lvl01);
}

#[test]
fn a_hazard_with_levels_needs_a_start() {
    let plan = a_plan_with(|plan| plan.triggers.clear());
    let checked = checking(&plan, a_world().flooding_the_home());
    let finding = checked.fails(Lvl02);
    assert_eq!(
        (finding.severity, finding.hazard),
        (Severity::Gap, Some(Hazard::Flood))
    );
    // A trigger that says nothing is none.
    checking(
        &for_the_flood(None, Some(" ")),
        a_world().flooding_the_home(),
    )
    .fails(Lvl02);
    checking(&a_plan(), a_world().flooding_the_home()).holds(Lvl02);
}

#[test]
fn a_start_that_could_not_be_read_or_a_hazard_nobody_knows_is_unknown() {
    let unread = a_plan_with(|plan| {
        plan.triggers.clear();
        plan.unread = vec![Item::Triggers];
    });
    checking(&unread, a_world().flooding_the_home()).is_unknown(Lvl02);
    let none = a_plan_with(|plan| plan.triggers.clear());
    checking(&none, a_world().without_a_map_of(LayerKind::Flood)).is_unknown(Lvl02);
}

#[test]
fn a_name_that_is_gone_is_named_with_its_successor() {
    let plan = starting(Hazard::Landslide, None, Some("土砂災害警戒情報"));
    let checked = checking(&plan, a_world());
    let finding = checked.fails(Lvl03);
    assert_eq!(finding.evidence.0["in_force"], "土砂災害危険警報");
    assert!(finding.message.ja.contains("土砂災害危険警報"));
    assert_eq!(finding.severity, Severity::Warning);
    checking_on(&plan, a_world(), day("2026-05-28")).holds(Lvl03);
}

#[test]
fn a_name_in_use_holds_and_one_that_no_table_knows_is_unknown() {
    checking(&a_plan(), a_world()).holds(Lvl03);
    let plan = for_the_flood(None, Some("川があふれそうなとき"));
    checking(&plan, a_world()).is_unknown(Lvl03);
}

#[test]
fn words_for_an_earthquake_are_nobodys_warning() {
    let plan = starting(Hazard::Earthquake, None, Some("震度5強"));
    checking(&plan, a_world()).is_silent(Lvl03);
}

#[test]
fn nobody_travels_at_level_five() {
    let plan = for_the_flood(None, Some("緊急安全確保"));
    let checked = checking(&plan, a_world());
    assert_eq!(checked.fails(Lvl04).severity, Severity::Blocker);
    let too_late = a_plan_with(|plan| {
        plan.too_late.as_mut().unwrap().leaves_home = Some(true);
    });
    checking(&too_late, a_world()).fails(Lvl04);
    checking(&a_plan(), a_world()).holds(Lvl04);
}

#[test]
fn level_five_without_anywhere_to_travel_to_is_no_travel() {
    let mut plan = staying(Some(2));
    plan.destinations.truncate(1);
    plan.triggers[0].level = Some(EvacuationLevel::EMERGENCY_SAFETY);
    checking(&plan, a_world()).holds(Lvl04);
}

#[test]
fn words_that_mean_no_level_leave_travel_at_level_five_open() {
    let plan = for_the_flood(None, Some("川があふれそうなとき"));
    checking(&plan, a_world()).is_unknown(Lvl04);
}

#[test]
fn too_late_to_leave_needs_a_room_things_and_a_number() {
    let plan = a_plan_with(|plan| {
        let line = plan.too_late.as_mut().unwrap();
        line.take = None;
        line.call = Some(" ".to_owned());
    });
    let checked = checking(&plan, a_world());
    let finding = checked.fails(Lvl05);
    assert_eq!(
        finding.evidence.0["lacking"],
        serde_json::json!(["take", "call"])
    );
    let none = a_plan_with(|plan| plan.too_late = None);
    checking(&none, a_world()).fails(Lvl05);
    checking(&a_plan(), a_world()).holds(Lvl05);
}

#[test]
fn the_line_for_being_too_late_tells_how_long_power_and_water_last() {
    use crate::domain::hazard::{DurationRank, LayerKind, ZoneClass};
    let duration = ZoneClass::Duration(DurationRank::D2);
    let world =
        a_world()
            .flooding_the_home()
            .with_a_zone(LayerKind::FloodDuration, duration, at_home());
    let checked = checking(&a_plan_stating(Some(9.5)), world);
    checked.holds(Lvl05);
    let held = checked.look.holding().find(|f| f.rule == Lvl05).unwrap();
    assert_eq!(held.evidence.0["battery_hours"], 9.5);
    // Up to 24 h, and 24 more.
    assert_eq!(held.evidence.0["water_and_grid_hours"], 48.0);
    assert!(held.message.ja.contains("9.5時間"), "{}", held.message.ja);
}

#[test]
fn without_an_early_start_the_hours_of_a_storm_are_told() {
    let mut plan = a_plan_powered(&[
        (
            "/internal_batteries",
            Some(serde_json::json!([{"checked_hours": 5.0, "checked_on": "2026-09-10"}])),
        ),
        ("/external_batteries", Some(serde_json::json!([]))),
        ("/portable_batteries", Some(serde_json::json!([]))),
        (
            "/generators/0/charger_watts",
            Some(serde_json::json!(900.0)),
        ),
    ]);
    plan.early_trigger = None;
    let checked = checking(&plan, a_world());
    let finding = checked.fails(Lvl06);
    // The generator would add hours, and not in the storm.
    assert!(checked.look.power.total.hours > 5.0);
    assert_eq!(finding.evidence.0["storm_hours"], 5.0);
    assert!(
        finding.message.ja.contains("5.0時間"),
        "{}",
        finding.message.ja
    );
}

#[test]
fn a_line_that_could_not_be_read_is_unknown() {
    let plan = a_plan_with(|plan| {
        plan.too_late = None;
        plan.unread = vec![Item::TooLate];
    });
    let checked = checking(&plan, a_world());
    checked.is_unknown(Lvl05);
    checked.is_unknown(Lvl04);
}

#[test]
fn a_typhoon_needs_an_early_start() {
    let none = a_plan_with(|plan| plan.early_trigger = Some("　".to_owned()));
    let checked = checking(&none, a_world());
    assert_eq!(checked.fails(Lvl06).severity, Severity::Warning);
    checking(&a_plan(), a_world()).holds(Lvl06);
    let unread = a_plan_with(|plan| {
        plan.early_trigger = None;
        plan.unread = vec![Item::EarlyTrigger];
    });
    checking(&unread, a_world()).is_unknown(Lvl06);
}
