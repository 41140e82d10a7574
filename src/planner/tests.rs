//! What must hold of every look, whatever the rule.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;

use super::{exposure::Collapse, testing::*};
use crate::domain::{
    finding::{Finding, Outcome, Owner, RuleCode},
    hazard::{DurationRank, Hazard, InundationRank, LandslideZone, LayerKind, ZoneClass},
    plan::{
        PlanDocument,
        document::{DestinationKind, Item, Upstairs},
        review::{Baseline, Confirmation, Inputs, Review},
    },
    power::{Equipment, Reach},
};

#[test]
fn in_a_clean_plan_nothing_fails_and_nothing_is_unknown() {
    let checked = checking(&a_plan(), a_world().flooding_the_home());
    let failing: Vec<_> = checked.look.failing().map(|f| (f.rule, f.hazard)).collect();
    // The home stands in water, so every way out of it does.
    assert!(
        failing.iter().all(|(rule, _)| *rule == RuleCode::Dst12),
        "{failing:?}"
    );
    let dry = checking(&a_plan(), a_world());
    assert_eq!(dry.look.worst(), None);
    assert_eq!(
        dry.look.unknown().collect::<Vec<_>>(),
        Vec::<&Finding>::new()
    );
    assert!(dry.look.approvable() && dry.look.shareable());
}

#[test]
fn findings_come_in_the_order_of_the_catalogue_worst_first() {
    let look = checking(&an_empty_plan(), a_world()).look;
    assert!(look.findings.is_sorted_by(|a, b| a.order(b).is_le()));
    let worst = look.worst().unwrap();
    assert_eq!(worst.rule, RuleCode::Leg01);
    let counted: usize = look.failing_by_severity().values().sum();
    assert_eq!(counted, look.failing().count());
}

#[test]
fn the_home_is_judged_for_every_hazard_with_a_sentence() {
    let look = checking(&a_plan(), a_world().flooding_the_home()).look;
    let sentence = |hazard| look.exposures[&hazard].sentence().ja.into_owned();
    assert_eq!(look.exposures.len(), Hazard::ALL.len());
    assert_eq!(
        sentence(Hazard::Flood),
        "洪水浸水想定区域（0.5m以上3m未満）の中"
    );
    assert_eq!(
        sentence(Hazard::Landslide),
        "地図の区域の外です（安全という意味ではありません）"
    );
    assert_eq!(look.exposures[&Hazard::Volcano].hits(), None);
    assert_eq!(look.exposures[&Hazard::PowerCut].hits(), Some(true));
}

#[test]
fn a_zone_nearer_than_the_position_is_exact_makes_the_home_unknown() {
    let plan = a_plan_with(|plan| plan.home.accuracy = None);
    let near = crate::domain::position::Position::new(32.2180, 130.7500).unwrap();
    let look = checking(&plan, a_world().with_water(InundationRank::R3, near)).look;
    let exposure = &look.exposures[&Hazard::Flood];
    assert_eq!(exposure.hits(), None);
    let missing = exposure.missing().unwrap().ja;
    assert!(missing.contains("最大1000m"), "{missing}");
}

#[test]
fn a_home_outside_its_own_municipality_is_dry_by_no_map() {
    let town_elsewhere = crate::domain::position::Position::new(33.0, 131.5).unwrap();
    let look = checking(&a_plan(), a_world().with_the_town_around(town_elsewhere)).look;
    for hazard in [Hazard::Flood, Hazard::Landslide] {
        let exposure = &look.exposures[&hazard];
        assert_eq!(exposure.hits(), None);
        let missing = exposure.missing().unwrap().ja;
        assert!(missing.contains("正しい位置"), "{missing}");
    }
    // A zone there is told all the same.
    let wet = a_world()
        .flooding_the_home()
        .with_the_town_around(town_elsewhere);
    let look = checking(&a_plan(), wet).look;
    assert_eq!(look.exposures[&Hazard::Flood].hits(), Some(true));
    let look = checking(&a_plan(), a_world().with_the_town_around(at_home())).look;
    assert_eq!(look.exposures[&Hazard::Flood].hits(), Some(false));
}

#[test]
fn a_house_collapse_zone_alone_is_a_flood() {
    let look = checking(&a_plan(), a_world().with_collapse(at_home())).look;
    let exposure = &look.exposures[&Hazard::Flood];
    assert_eq!(
        (exposure.hits(), exposure.collapse()),
        (Some(true), Collapse::Inside)
    );
}

#[test]
fn a_look_can_be_stored() {
    let look = checking(&a_plan(), a_world().flooding_the_home()).look;
    let json = serde_json::to_value(&look).unwrap();
    assert_eq!(json["exposures"]["flood"]["state"], "hit");
    assert_eq!(
        json["exposures"]["flood"]["data_sets"][0]["dated"],
        "2026-03-31"
    );
    assert_eq!(json["destinations"][0]["listing"], "found");
}

#[test]
fn a_child_without_a_plan_has_hours_and_a_day_on_which_they_change() {
    use super::{CaseFacts, PlanState, look};
    let plan = a_plan();
    let equipment = an_equipment();
    let judged = |equipment, hours| {
        let facts = CaseFacts {
            case: &plan.case,
            plan: PlanState::None(None),
            child: &plan.child,
            home: &plan.home,
            left_home_on: None,
            ordinance: crate::domain::consent::OrdinanceMode::default(),
            review: None,
            drills: &[],
            equipment,
            battery_hours: hours,
            overrides: &[],
        };
        look(&facts, &a_world().build(), today())
    };
    let stated = judged(None, Some(8.0));
    assert_eq!(stated.power.batteries, Reach::known(8.0));
    assert_eq!((stated.changes_on, stated.outage), (None, None));
    let recorded = judged(Some(&equipment), Some(8.0));
    assert!(recorded.power.batteries.hours > 25.0 && recorded.power.batteries.known);
    // A month after the last test run.
    assert_eq!(recorded.changes_on, Some(day("2026-12-17")));
    let rules: Vec<_> = recorded.findings.iter().map(|f| f.rule).collect();
    assert_eq!(rules, [RuleCode::Leg00, RuleCode::Leg11]);
}

#[test]
fn what_is_on_record_counts_before_what_the_plan_says() {
    use super::{CaseFacts, PlanState, look};
    let plan = a_plan();
    let record = |json: Value| serde_json::from_value::<Equipment>(json).unwrap();
    let hours = |equipment: &Equipment| {
        let facts = CaseFacts {
            case: &plan.case,
            plan: PlanState::Made(&plan),
            child: &plan.child,
            home: &plan.home,
            left_home_on: None,
            ordinance: crate::domain::consent::OrdinanceMode::default(),
            review: None,
            drills: &[],
            equipment: Some(equipment),
            battery_hours: None,
            overrides: &[],
        };
        look(&facts, &a_world().build(), today())
            .power
            .batteries
            .tenths()
    };
    let own = record(serde_json::json!({
        "internal_batteries": [{"checked_hours": 2.0, "checked_on": "2026-09-10"}]
    }));
    assert!((hours(&own) - 2.0).abs() < 1e-9);
    // An empty record says nothing, and the plan goes on counting.
    assert!(hours(&Equipment::default()) > 25.0);
}

/// The emptiest document.
fn an_empty_plan() -> PlanDocument {
    serde_json::from_str(r#"{"schema_version": 1, "case": "K-0009"}"#).unwrap()
}

/// Every place in a JSON value, as a pointer.
fn places(value: &Value, at: &str, into: &mut Vec<String>) {
    let mut step = |key: &str, inner: &Value| {
        let path = format!("{at}/{key}");
        into.push(path.clone());
        places(inner, &path, into);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| step(key, inner)),
        Value::Array(list) => {
            for (number, inner) in list.iter().enumerate() {
                step(&number.to_string(), inner);
            }
        }
        _ => {}
    }
}

fn change(value: &mut Value, path: &str, to: Option<Value>) {
    let Some((parent, key)) = path.rsplit_once('/') else {
        return;
    };
    match (value.pointer_mut(parent), to) {
        (Some(Value::Object(map)), None) => {
            map.remove(key);
        }
        (Some(Value::Object(map)), Some(new)) => {
            map.insert(key.to_owned(), new);
        }
        (Some(Value::Array(list)), new) => {
            if let Some(at) = key.parse::<usize>().ok().filter(|at| *at < list.len()) {
                match new {
                    Some(new) => list[at] = new,
                    None => {
                        list.remove(at);
                    }
                }
            }
        }
        _ => {}
    }
}

fn as_json(plan: &PlanDocument) -> Value {
    serde_json::to_value(plan).unwrap()
}

/// A plan with as much wrong as fits into one.
fn a_bad_plan() -> PlanDocument {
    a_plan_with(|plan| {
        plan.child.on_roster = Some(false);
        plan.child.roster_wish = Some(false);
        plan.vehicle = None;
        plan.battery_hours = Some(2.0);
        plan.power = Some(Box::new(a_bad_equipment()));
        plan.early_trigger = None;
        plan.too_late.as_mut().unwrap().leaves_home = Some(true);
        plan.too_late.as_mut().unwrap().room = None;
        plan.consents.explained = None;
        plan.consents.provide[0].consent = None;
        plan.supporters.clear();
        for trigger in &mut plan.triggers {
            trigger.name = Some("避難勧告".to_owned());
            trigger.level = Some(4.try_into().unwrap());
            trigger.lead_minutes = Some(5);
        }
        plan.destinations[0].travel_by = Some(crate::domain::plan::document::TravelBy::Foot);
        plan.destinations[0].companions = Some(9);
        plan.destinations[0].power = None;
        plan.destinations[1].agreement.as_mut().unwrap().ward = None;
        plan.destinations[1].power = None;
    })
}

fn a_bad_world() -> WorldBuilder {
    let site = a_site_with(|site| {
        site.published.designations = Some(crate::domain::site::Designations::NONE);
        site.withdrawn = true;
        site.entry.power = None;
        site.entry.direct_allowed = Some(false);
    });
    a_world()
        .listing([site])
        .with_users(Some(9))
        .flooding_the_home()
        .with_collapse(at_site())
        .with_a_slope(LandslideZone::SpecialWarning, at_hospital())
        .with_a_slope(LandslideZone::Warning, at_home())
}

/// A flood of a known duration, in a collapse zone.
fn a_world_to_stay_in() -> WorldBuilder {
    let duration = ZoneClass::Duration(DurationRank::D1);
    a_world()
        .flooding_the_home()
        .with_collapse(at_home())
        .with_a_zone(LayerKind::FloodDuration, duration, at_home())
}

/// Plans that are clean, bad and empty, with everything unread, staying, with odd
/// batteries.
fn many_plans() -> Vec<PlanDocument> {
    let mut plans = vec![a_plan(), a_bad_plan(), an_empty_plan()];
    plans.extend(plans_with_odd_batteries());
    plans.extend([Some(2.0), Some(9.0), None].map(a_plan_stating));
    let unread = vec![
        Item::Supporters,
        Item::Destinations,
        Item::Route,
        Item::ConsentToMake,
        Item::ConsentToProvide,
        Item::Explanation,
        Item::Triggers,
        Item::TooLate,
        Item::EarlyTrigger,
        Item::Vehicle,
        Item::Agreement,
        Item::Name,
        Item::Born,
        Item::Sex,
        Item::Address,
        Item::Contact,
        Item::Reason,
    ];
    let mut illegible = an_empty_plan();
    illegible.unread.clone_from(&unread);
    plans.push(illegible);
    plans.push(a_plan_with(|plan| {
        plan.unread = unread;
        plan.destinations[1].agreement = None;
    }));
    plans.push(a_plan_with(|plan| {
        plan.destinations.truncate(1);
        plan.destinations[0].kind = DestinationKind::WelfareShelter;
        plan.destinations[0].site = None;
        plan.destinations[0].hazards = Some(vec![Hazard::Flood]);
    }));
    plans.push(a_plan_with(|plan| {
        plan.destinations.truncate(1);
        plan.destinations[0] = nowhere(DestinationKind::StayUpstairs);
        plan.home.accuracy = None;
        for trigger in &mut plan.triggers {
            trigger.name = Some("川があふれそうなとき".to_owned());
        }
    }));
    plans.push(a_plan_with(|plan| {
        plan.home.room_floor = Some(2);
        plan.power = None;
        plan.battery_hours = Some(500.0);
        plan.upstairs = Some(Box::new(Upstairs {
            without_lift: Some(true),
            how: None,
            food_hours: Some(500.0),
            water_hours: Some(500.0),
            medicine_hours: Some(500.0),
        }));
        plan.destinations
            .push(nowhere(DestinationKind::StayUpstairs));
    }));
    plans.push(a_plan_with(|plan| plan.supporters[0].agreed = Some(false)));
    plans.push(a_plan_with(|plan| {
        plan.home.room_floor = Some(1);
        plan.power = None;
        plan.upstairs = Some(Box::new(Upstairs {
            without_lift: Some(false),
            food_hours: Some(2.0),
            ..Upstairs::default()
        }));
        plan.destinations
            .push(nowhere(DestinationKind::StayUpstairs));
    }));
    plans
}

/// Looks at many plans in many worlds: those of [`many_plans`], each field of a
/// clean and of a bad plan taken away, no plan at all.
fn many_looks() -> Vec<Looked> {
    let mut plans = many_plans();
    let mut powered = Vec::new();
    for base in [as_json(&a_plan()), as_json(&a_bad_plan())] {
        let mut paths = Vec::new();
        places(&base, "", &mut paths);
        for path in paths {
            let mut json = base.clone();
            change(&mut json, &path, None);
            let plan = serde_json::from_value::<PlanDocument>(json);
            // What is known of power is the same in every world.
            if path.starts_with("/power/") {
                powered.extend(plan);
            } else {
                plans.extend(plan);
            }
        }
    }
    let mut looks: Vec<Looked> = plans
        .iter()
        .flat_map(|plan| {
            let unmapped = LayerKind::ALL
                .into_iter()
                .fold(a_world(), WorldBuilder::without_a_map_of);
            let yellow = a_world()
                .with_a_slope(LandslideZone::Warning, at_home())
                .with_a_slope(LandslideZone::Warning, at_site())
                .flooding_the_home()
                .with_water(InundationRank::R4, at_site());
            [
                checking(plan, a_world()),
                checking(plan, a_bad_world()),
                checking(plan, a_world_to_stay_in()),
                checking(plan, yellow),
                checking(plan, unmapped),
                checking(plan, a_world().without_lists().flooding_the_home()),
                checking(plan, a_world().listing([]).with_users(None)),
            ]
        })
        .collect();
    looks.extend(powered.iter().map(|plan| checking(plan, a_world())));
    for state in [super::PlanState::Unknown, super::PlanState::None(None)] {
        looks.push(checking_without_plan(state, &a_plan().child));
    }
    looks.extend(looks_at_freshness());
    for step in crate::domain::child::PlanStep::ALL {
        let stuck = crate::domain::child::Stuck { step, since: None };
        let child = a_bad_plan().child;
        looks.push(checking_without_plan(
            super::PlanState::None(Some(stuck)),
            &child,
        ));
    }
    looks
}

/// A clean plan of which nothing is on record, confirmed today, and confirmed
/// long ago in another world.
fn looks_at_freshness() -> [Looked; 3] {
    let never = Review::default();
    let then = checking_reviewed(&a_plan(), a_world(), today(), &never).look;
    let review = |on: &str| Review {
        drilled_on: Some(day(on)),
        confirmed: Some(Confirmation {
            on: day(on),
            baseline: Some(Baseline::of(&then.findings, Inputs::default())),
        }),
        ..Review::default()
    };
    let look = |world, review: &Review| checking_reviewed(&a_plan(), world, today(), review);
    [
        look(a_world(), &never),
        look(a_world(), &review("2026-11-20")),
        look(a_bad_world(), &review("2024-01-01")),
    ]
}

#[test]
fn every_rule_can_fire_hold_and_be_unknown() {
    let looks = many_looks();
    for outcome in [Outcome::Fails, Outcome::Holds, Outcome::Unknown] {
        let seen: BTreeSet<RuleCode> = looks
            .iter()
            .flat_map(|looked| &looked.look.findings)
            .filter(|finding| finding.outcome == outcome)
            .map(|finding| finding.rule)
            .collect();
        let never: Vec<_> = RuleCode::ALL.iter().filter(|r| !seen.contains(r)).collect();
        assert!(never.is_empty(), "never {outcome:?}: {never:?}");
    }
}

#[test]
fn families_never_read_codes_or_verdicts_or_anything_about_others() {
    const NEVER: [&str; 8] = [
        "承認",
        "ブロッカー",
        "blocker",
        "Blocker",
        "利用者",
        "other users",
        "ventilator user",
        "approv",
    ];
    for finding in many_looks().iter().flat_map(|looked| &looked.look.findings) {
        let read = [
            &finding.message_family.ja,
            &finding.message_family.en,
            &finding.next_step.ja,
            &finding.next_step.en,
        ];
        for text in read {
            let bad = NEVER
                .into_iter()
                .chain(RuleCode::ALL.iter().map(|rule| rule.code()))
                .find(|word| text.contains(word));
            assert_eq!(bad, None, "{}: {text}", finding.rule);
        }
    }
}

#[test]
fn every_finding_says_something_in_both_languages() {
    for finding in many_looks().iter().flat_map(|looked| &looked.look.findings) {
        let texts = [
            &finding.message,
            &finding.message_family,
            &finding.next_step,
            &finding.rule.title(),
        ];
        for text in texts {
            assert!(!text.ja.trim().is_empty() && !text.en.trim().is_empty());
            assert!(!text.ja.contains("{}") && !text.en.contains("{}"));
            assert!(
                text.en.is_ascii() || !text.en.contains('。'),
                "{}: {}",
                finding.rule,
                text.en
            );
        }
        assert!(!finding.rule.source().is_empty());
        if finding.outcome == Outcome::Unknown {
            let missing = &finding.evidence.0["missing"];
            assert!(missing["ja"].as_str().is_some_and(|text| !text.is_empty()));
        }
        assert_eq!(
            finding.blocks.is_some(),
            finding.severity == crate::domain::finding::Severity::Blocker
        );
        assert_ne!(finding.owner, Owner::Centre);
    }
}

/// What may be taken out of a document without taking out the thing that is
/// wrong: what is left may be unknown, never right.
const OPTIONAL: [&str; 29] = [
    "/power/devices",
    "/power/devices/3/oxygen_l_min",
    "/power/cars",
    "/power/generators",
    "/power/generators/0/model",
    "/power/generators/0/feeds",
    "/power/generators/0/frequency_hz",
    "/power/generators/0/last_run_on",
    "/power/generators/0/place",
    "/power/gasoline/0/litres",
    "/power/gasoline/0/bought_on",
    "/power/cylinders",
    "/power/resuscitator",
    "/power/manual_suction",
    "/power/registered_with_operator",
    "/home/municipality",
    "/home/position",
    "/home/accuracy",
    "/home/room_floor",
    "/battery_hours",
    "/child/on_roster",
    "/child/roster_wish",
    "/consents/make/on",
    "/triggers/0/lead_minutes",
    "/destinations/0/travel_by",
    "/destinations/0/drill_minutes",
    "/destinations/0/companions",
    "/destinations/1/position",
    "/destinations/1/address",
];

/// Which verdict a finding is, so that two looks can be compared.
fn which(finding: &Finding) -> (RuleCode, Option<Hazard>, Option<&str>) {
    (finding.rule, finding.hazard, finding.site.as_deref())
}

proptest! {
    #[test]
    fn what_vanishes_never_turns_a_failure_into_a_pass(
        gone in proptest::sample::subsequence(OPTIONAL.to_vec(), 1..=OPTIONAL.len()),
    ) {
        let before = checking(&a_bad_plan(), a_bad_world());
        let mut json = as_json(&a_bad_plan());
        for path in &gone {
            change(&mut json, path, None);
        }
        let after = checking(&serde_json::from_value(json).unwrap(), a_bad_world());
        for failed in before.look.failing() {
            let passes = after
                .look
                .findings
                .iter()
                .filter(|f| which(f) == which(failed) && f.severity == failed.severity)
                .any(|f| f.outcome == Outcome::Holds);
            prop_assert!(!passes, "{:?} holds without {gone:?}", which(failed));
        }
    }

    #[test]
    fn a_missing_map_never_turns_a_failure_into_a_pass(
        gone in proptest::sample::subsequence(LayerKind::ALL.to_vec(), 1..=LayerKind::ALL.len()),
    ) {
        let before = checking(&a_bad_plan(), a_bad_world());
        let world = gone.iter().fold(a_bad_world(), |world, layer| {
            world.without_a_map_of(*layer)
        });
        let after = checking(&a_bad_plan(), world);
        for failed in before.look.failing() {
            let passes = after.look.holding().any(|f| which(f) == which(failed) && f.severity == failed.severity);
            prop_assert!(!passes, "{:?}", which(failed));
        }
    }

    #[test]
    fn a_look_never_panics_and_always_says_the_same(
        bad in any::<bool>(),
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), 0_usize..12), 0..12),
        on in 0_i64..8000,
    ) {
        let pool = [
            None,
            Some(Value::Null),
            Some(Value::from(0)),
            Some(Value::from(-1)),
            Some(Value::from(1_000_000_000)),
            Some(Value::from(1e300)),
            Some(Value::from("")),
            Some(Value::from("　")),
            Some(Value::from("9999-12-31")),
            Some(Value::from(true)),
            Some(Value::Array(Vec::new())),
            Some(serde_json::json!({"lat": 45.9, "lon": 153.9})),
        ];
        let mut json = as_json(&if bad { a_bad_plan() } else { a_plan() });
        for (at, value) in edits {
            let mut paths = Vec::new();
            places(&json, "", &mut paths);
            let mut next = json.clone();
            change(&mut next, at.get(&paths).as_str(), pool[value].clone());
            if serde_json::from_value::<PlanDocument>(next.clone()).is_ok() {
                json = next;
            }
        }
        let plan: PlanDocument = serde_json::from_value(json).unwrap();
        let today = day("2010-01-01") + chrono::TimeDelta::days(on);
        let first = checking_on(&plan, a_bad_world(), today).look;
        let second = checking_on(&plan, a_bad_world(), today).look;
        prop_assert_eq!(&first, &second);
        prop_assert!(first.changes_on.is_none_or(|day| day > today));
    }
}
