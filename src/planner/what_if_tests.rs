use chrono::TimeDelta;
use serde_json::json;

use RuleCode::{Dst08, Lvl05, Vrt01, Vrt02, Vrt03, Vrt04};

use super::*;
use crate::{
    domain::{
        child::Home,
        consent::OrdinanceMode,
        hazard::{DurationRank, InundationRank, LandslideZone, LayerKind, ZoneClass},
        id::CaseNumber,
        plan::{
            PlanDocument,
            document::{ChildItems, DestinationKind},
        },
        site::Site,
    },
    planner::testing::*,
};

fn tokyo(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("{text}:00+09:00"))
        .unwrap()
        .to_utc()
}

/// Noon of the day of every check.
fn noon() -> DateTime<Utc> {
    tokyo("2026-11-20T12:00")
}

fn at_two() -> DateTime<Utc> {
    tokyo("2026-11-21T02:00")
}

fn of<'a>(
    number: &'a CaseNumber,
    plan: PlanState<'a>,
    (child, home): (&'a ChildItems, &'a Home),
) -> CaseFacts<'a> {
    CaseFacts {
        case: number,
        plan,
        child,
        home,
        left_home_on: None,
        ordinance: OrdinanceMode::ConsentOptIn,
        review: None,
        drills: &[],
        equipment: None,
        battery_hours: None,
        overrides: &[],
    }
}

fn effect_at(
    plan: &PlanDocument,
    world: WorldBuilder,
    what: Supposition,
    now: DateTime<Utc>,
) -> Effect {
    let case = of(&plan.case, PlanState::Made(plan), (&plan.child, &plan.home));
    WhatIf::new(&world.build(), what, (now, today())).effect(&case)
}

fn closing(site: &Site) -> Supposition {
    Supposition::SitesClose(BTreeSet::from([site.id]))
}

fn closed(plan: &PlanDocument, world: WorldBuilder) -> Effect {
    effect_at(plan, world, closing(&a_site()), noon())
}

fn lost(effect: &Effect) -> &[Lost] {
    match &effect.practice {
        Practice::Places(lost) => lost,
        other => panic!("{other:?}"),
    }
}

fn has(effect: &Effect, how: How, rule: RuleCode) -> bool {
    let mut changes = effect.changes.iter();
    changes.any(|change| change.how == how && change.finding.rule == rule)
}

#[test]
fn a_plan_whose_first_place_closes_goes_to_the_next_one_that_stays_open() {
    let found = closed(&a_plan(), a_world().flooding_the_home());
    assert!(found.touches() && has(&found, How::New, Dst08), "{found:?}");
    let [one] = lost(&found) else {
        panic!("{found:?}")
    };
    assert!(one.first && one.sure, "{one:?}");
    assert_eq!(one.name, "【デモ】小学校");
    assert!(one.hazards.contains(&Hazard::Flood) && one.hazards.contains(&Hazard::PowerCut));
    let next = Next::Place {
        name: HOSPITAL.to_owned(),
        site: None,
        powered: true,
    };
    assert_eq!(one.next, next);
    // One more gap than before; nothing that held has become better.
    let gaps = |counts: &Counts| counts.failing.get(&Severity::Gap).copied().unwrap_or(0);
    assert_eq!(gaps(&found.counts[1]), gaps(&found.counts[0]) + 1);
    assert!(found.changes.iter().all(|change| change.how != How::Gone));
}

#[test]
fn without_a_second_place_a_child_has_nowhere_to_go_and_comes_first() {
    let only = a_plan_with(|plan| {
        plan.destinations.pop();
    });
    let nowhere = closed(&only, a_world());
    assert_eq!(lost(&nowhere)[0].next, Next::Nowhere);
    let home = a_plan_with(|plan| {
        plan.destinations = vec![
            to_the_site(),
            super::super::testing::nowhere(DestinationKind::StayUpstairs),
        ];
    });
    let home = closed(&home, a_world().flooding_the_home());
    assert!(
        lost(&home).iter().any(|lost| lost.next == Next::Home),
        "{home:?}"
    );
    let spare = closed(&a_plan(), a_world());
    assert!(nowhere.order() < spare.order());
    // Of a hazard for which nobody may stay the stay is no place to go to.
    let slope = home.practice.clone();
    let Practice::Places(lost) = slope else {
        panic!("{slope:?}")
    };
    let on_a_slope = lost
        .iter()
        .find(|lost| lost.hazards.contains(&Hazard::Landslide));
    assert!(on_a_slope.is_none(), "the home is on none: {lost:?}");
}

#[test]
fn that_the_second_place_closes_is_told_and_comes_after() {
    let second = a_plan_with(|plan| plan.destinations.reverse());
    let found = closed(&second, a_world());
    let [one] = lost(&found) else {
        panic!("{found:?}")
    };
    assert!(!one.first, "{one:?}");
    assert!(matches!(&one.next, Next::Place { name, .. } if name == HOSPITAL));
    assert!(closed(&a_plan(), a_world()).order() < found.order());
}

#[test]
fn another_entry_at_the_address_is_unknown_and_never_the_next_place() {
    let plan = a_plan_with(|plan| {
        plan.destinations[1] = to_the_site();
        plan.destinations[1].kind = DestinationKind::Shelter;
        plan.destinations[1].site = a_shelter().published.published_id;
    });
    let world = || a_world().listing([a_site(), a_shelter()]);
    let found = closed(&plan, world());
    let first = lost(&found).iter().find(|lost| lost.first).unwrap();
    assert!(matches!(first.next, Next::Unsure { .. }), "{first:?}");
    let beside = lost(&found).iter().find(|lost| !lost.sure).unwrap();
    assert!(!beside.first, "{beside:?}");
    // Both close: nothing is left.
    let both = Supposition::SitesClose(BTreeSet::from([a_site().id, a_shelter().id]));
    let both = effect_at(&plan, world(), both, noon());
    assert!(lost(&both).iter().all(|lost| lost.next == Next::Nowhere));
}

#[test]
fn a_plan_that_does_not_go_there_is_not_touched() {
    let other = a_plan_with(|plan| {
        plan.destinations.remove(0);
    });
    let found = closed(&other, a_world());
    assert!(!found.touches(), "{found:?}");
    // Nor by a site that is closed already.
    let shut = a_site_with(|site| site.entry.closed_from = Some(today()));
    let found = closed(&a_plan(), a_world().listing([shut]));
    assert!(!found.touches(), "{found:?}");
    // Nor are places that were chosen for a former home.
    let plan = a_plan();
    let case = CaseFacts {
        left_home_on: Some(today()),
        ..of(
            &plan.case,
            PlanState::Made(&plan),
            (&plan.child, &plan.home),
        )
    };
    let world = a_world().build();
    let what = WhatIf::new(&world, closing(&a_site()), (noon(), today()));
    assert!(lost(&what.effect(&case)).is_empty());
}

fn night(plan: &PlanDocument, world: WorldBuilder, now: DateTime<Utc>) -> Effect {
    effect_at(plan, world, Supposition::LevelFive(at_two()), now)
}

fn leave(effect: &Effect) -> &Leave {
    match &effect.practice {
        Practice::Night { leave, .. } => leave,
        other => panic!("{other:?}"),
    }
}

fn home(effect: &Effect, rule: RuleCode) -> Option<Verdict> {
    match &effect.practice {
        Practice::Night { home, .. } => home
            .iter()
            .find(|(of, _)| *of == rule)
            .map(|(_, verdict)| *verdict),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_leaves_before_dark_less_travel_and_preparation() {
    // The sun sets there at 17:14 on 2026-11-20 (熊本 at 17:13). The drill took 20
    // minutes and getting ready takes 60: on the way by 16:54, getting ready by 15:54.
    let found = night(&a_plan(), a_world().flooding_the_home(), noon());
    let Leave::By {
        prepare,
        leave,
        arrive,
        by_daylight: true,
        at_once: false,
        to,
    } = leave(&found)
    else {
        panic!("{found:?}")
    };
    assert_eq!(to, "【デモ】小学校");
    let off = |at: &DateTime<Utc>, wanted: &str| (*at - tokyo(wanted)).num_seconds().abs();
    assert!(off(arrive, "2026-11-20T17:14") <= 180, "{arrive}");
    assert_eq!(*arrive - *leave, TimeDelta::minutes(20));
    assert_eq!(*leave - *prepare, TimeDelta::minutes(60));
}

#[test]
fn after_dark_one_leaves_at_once_and_later_nobody_does() {
    let at = |now| night(&a_plan(), a_world().flooding_the_home(), tokyo(now));
    // Dark: 02:00 less 20 and 60 minutes is 00:40, and every minute before it counts.
    let evening = at("2026-11-20T18:00");
    let Leave::By {
        prepare,
        by_daylight: false,
        at_once: true,
        ..
    } = leave(&evening)
    else {
        panic!("{evening:?}")
    };
    assert_eq!(*prepare, tokyo("2026-11-21T00:40"));
    assert!(matches!(leave(&at("2026-11-21T00:40")), Leave::By { .. }));
    let late = at("2026-11-21T00:41");
    assert!(matches!(leave(&late), Leave::TooLate { .. }), "{late:?}");
    assert!(late.order() < evening.order());
}

#[test]
fn by_the_straight_line_the_way_is_longer_in_the_dark() {
    let slow = a_plan_with(|plan| plan.destinations[0].drill_minutes = None);
    let noon = night(&slow, a_world().flooding_the_home(), noon());
    let dark = night(
        &slow,
        a_world().flooding_the_home(),
        tokyo("2026-11-20T20:00"),
    );
    let minutes = |effect: &Effect| match leave(effect) {
        Leave::By { leave, arrive, .. } => (*arrive - *leave).num_minutes(),
        other => panic!("{other:?}"),
    };
    assert!(minutes(&dark) > minutes(&noon), "{dark:?}");
}

#[test]
fn what_nobody_knows_of_the_way_is_said_and_comes_before_who_has_time() {
    let unknown = a_plan_with(|plan| {
        plan.destinations[0].drill_minutes = None;
        plan.destinations[0].travel_by = None;
        plan.vehicle = None;
    });
    let unknown = night(&unknown, a_world().flooding_the_home(), noon());
    assert_eq!(*leave(&unknown), Leave::Unknown(WhyNot::NoTravel));
    let placeless = a_plan_with(|plan| plan.destinations.clear());
    let placeless = night(&placeless, a_world().flooding_the_home(), noon());
    assert_eq!(*leave(&placeless), Leave::Unknown(WhyNot::NoPlace));
    let known = night(&a_plan(), a_world().flooding_the_home(), noon());
    assert!(unknown.order() < known.order());
}

#[test]
fn only_a_home_that_maps_show_outside_of_everything_is_not_touched() {
    let dry = night(&a_plan(), a_world(), noon());
    assert_eq!(*leave(&dry), Leave::NotHit);
    assert!(!dry.touches(), "{dry:?}");
    let unmapped = a_world().without_a_map_of(LayerKind::Flood);
    let unmapped = night(&a_plan(), unmapped, noon());
    assert!(unmapped.touches(), "{unmapped:?}");
    assert_eq!(home(&unmapped, Vrt02), Some(Verdict::Unknown));
}

#[test]
fn for_whoever_cannot_leave_the_room_the_slope_and_the_power_are_told() {
    let deep = || a_world().with_water(InundationRank::R3, at_home());
    let low = night(&a_plan(), deep(), noon());
    assert_eq!(home(&low, Vrt02), Some(Verdict::Fails));
    assert!(has(&low, How::New, Vrt02), "{low:?}");
    assert_eq!(
        home(&low, Vrt03),
        Some(Verdict::Unknown),
        "no map of durations"
    );
    assert_eq!(home(&low, Lvl05), Some(Verdict::Holds));
    let high = a_plan_with(|plan| {
        plan.home.floors = Some(3);
        plan.home.room_floor = Some(3);
    });
    let high = night(&high, deep(), noon());
    assert_eq!(home(&high, Vrt02), Some(Verdict::Holds));
    assert_eq!(home(&high, Vrt01), Some(Verdict::Holds));
    // Without a line for when it is too late that is said.
    let silent = a_plan_with(|plan| plan.too_late = None);
    assert_eq!(
        home(&night(&silent, deep(), noon()), Lvl05),
        Some(Verdict::Fails)
    );
    // A slope alone, without water: nobody stays there.
    let slope = a_world().with_a_slope(LandslideZone::Warning, at_home());
    let slope = night(&a_plan(), slope, noon());
    assert_eq!(home(&slope, Vrt04), Some(Verdict::Fails));
    assert_eq!(home(&slope, Vrt02), None);
    assert!(slope.touches());
}

#[test]
fn a_child_without_a_plan_is_judged_where_it_lives() {
    let plan = a_plan();
    let case = of(&plan.case, PlanState::None(None), (&plan.child, &plan.home));
    let world = a_world().with_water(InundationRank::R3, at_home()).build();
    let what = Supposition::LevelFive(at_two());
    let found = WhatIf::new(&world, what, (noon(), today())).effect(&case);
    assert_eq!(*leave(&found), Leave::Unknown(WhyNot::NoPlan));
    assert!(!found.has_plan && has(&found, How::New, Vrt02), "{found:?}");
    assert_eq!(home(&found, Lvl05), Some(Verdict::Fails));
}

fn longer(plan: &PlanDocument, world: WorldBuilder, hours: f64) -> Effect {
    effect_at(plan, world, Supposition::Longer(hours), noon())
}

fn needs(effect: &Effect) -> &[Need] {
    match &effect.practice {
        Practice::Hours(needs) => needs,
        other => panic!("{other:?}"),
    }
}

/// Everything is known, and it lasts 80 hours.
fn lasting_eighty() -> PlanDocument {
    a_plan_powered(&[
        (
            "/internal_batteries",
            Some(json!([{"nominal_hours": 80.0,
            "checked_hours": 80.0, "checked_on": "2026-09-10", "checked_by": "maker"}])),
        ),
        ("/external_batteries", Some(json!([]))),
        ("/portable_batteries", Some(json!([]))),
        ("/generators", Some(json!([]))),
    ])
}

#[test]
fn who_lasts_three_days_may_not_last_four() {
    // 80 h: more than 72 h, and 16 h short of 72 + 24 = 96 h.
    let found = longer(&lasting_eighty(), a_world(), 24.0);
    let [grid] = needs(&found) else {
        panic!("{found:?}")
    };
    assert_eq!(
        (grid.until, grid.usual, grid.supposed),
        (NeedFor::Grid, Some(72.0), Some(96.0))
    );
    assert_eq!(grid.lasts_usually(), Some(true));
    assert_eq!(grid.lasts(), Some(false));
    assert_eq!(grid.short(), Some(16.0));
    assert!(found.touches());
    // Eight hours more it does last.
    let found = longer(&lasting_eighty(), a_world(), 8.0);
    assert!(!needs(&found)[0].runs_out(), "{found:?}");
}

#[test]
fn an_unknown_is_a_lower_bound_and_comes_first() {
    // Nobody has recorded cars and generators: at least 80 h, at most 16 h short.
    let stated = longer(&a_plan_stating(Some(80.0)), a_world(), 24.0);
    let [grid] = needs(&stated) else {
        panic!("{stated:?}")
    };
    assert!(!grid.reach.known);
    assert_eq!(grid.lasts(), None);
    assert_eq!(grid.short(), Some(16.0));
    let nothing = longer(&a_plan_stating(None), a_world(), 24.0);
    assert!(needs(&nothing)[0].reach.is_unknown());
    let short = longer(&lasting_eighty(), a_world(), 24.0);
    assert!(nothing.order() < short.order());
    assert!(short.order() < stated.order());
}

#[test]
fn whoever_stays_upstairs_needs_power_until_the_longer_water_has_gone() {
    // Up to 12 h of water and 24 h until the grid is back: 36 h, and 24 more are 60 h.
    let staying = |hours| {
        a_plan_with(|plan| {
            plan.power = None;
            plan.battery_hours = Some(hours);
            plan.destinations = vec![nowhere(DestinationKind::StayUpstairs)];
        })
    };
    let wet = || {
        let half_a_day = ZoneClass::Duration(DurationRank::D1);
        a_world()
            .flooding_the_home()
            .with_a_zone(LayerKind::FloodDuration, half_a_day, at_home())
    };
    let found = longer(&staying(36.0), wet(), 24.0);
    let water = needs(&found)[1];
    assert_eq!(
        (water.until, water.usual, water.supposed),
        (NeedFor::Water, Some(36.0), Some(60.0))
    );
    assert_eq!(water.short(), Some(24.0));
    assert!(has(&found, How::New, Vrt03), "{found:?}");
    // It failed before, and is worse.
    assert!(has(&longer(&staying(20.0), wet(), 24.0), How::Worse, Vrt03));
    // Without a map of durations nobody knows.
    let unmapped = longer(&staying(36.0), a_world().flooding_the_home(), 24.0);
    let water = needs(&unmapped)[1];
    assert_eq!((water.supposed, water.lasts()), (None, None));
    // Whoever leaves needs none in the water.
    let leaves = longer(&a_plan(), wet(), 24.0);
    assert_eq!(needs(&leaves).len(), 1);
    // What stays for weeks is outlasted by nothing.
    let weeks = DurationRank::ALL
        .into_iter()
        .find(|rank| rank.upper_hours().is_none())
        .unwrap();
    let weeks = a_world().flooding_the_home().with_a_zone(
        LayerKind::FloodDuration,
        ZoneClass::Duration(weeks),
        at_home(),
    );
    let weeks = longer(&staying(36.0), weeks, 24.0);
    let water = needs(&weeks)[1];
    assert!(water.runs_out() && water.short().is_none(), "{water:?}");
}

#[test]
fn no_supposition_makes_anything_better_and_none_changes_nothing() {
    let plans = plans_with_odd_batteries().into_iter().chain([
        a_plan(),
        a_plan_stating(None),
        lasting_eighty(),
    ]);
    for plan in plans {
        let worlds = [
            || a_world(),
            || a_world().flooding_the_home(),
            || a_world().without_a_map_of(LayerKind::Flood),
            || a_world().without_lists(),
        ];
        for world in worlds {
            for what in [closing(&a_site()), Supposition::Longer(24.0)] {
                let found = effect_at(&plan, world(), what, noon());
                let better = found.changes.iter().find(|change| change.how == How::Gone);
                assert!(better.is_none(), "{better:?}");
            }
            let mut last = -1.0;
            for hours in [0.0, 6.0, 24.0, 72.0] {
                let found = longer(&plan, world(), hours);
                if hours == 0.0 {
                    assert!(found.changes.is_empty(), "{found:?}");
                }
                let short: f64 = needs(&found).iter().filter_map(Need::short).sum();
                assert!(short >= last, "{hours} h more: {short} after {last}");
                last = short;
            }
            let nobody = Supposition::SitesClose(BTreeSet::new());
            assert!(!effect_at(&plan, world(), nobody, noon()).touches());
        }
    }
}
