use super::*;
use crate::{
    domain::{
        consent::OrdinanceMode,
        device, generator,
        hazard::{InundationRank, LayerKind, ZoneClass},
        id::SiteId,
        plan::{PlanDocument, document::DeviceKind},
        power::{
            Equipment,
            equipment::{HomeGenerator, PoweredDevice},
        },
        site::{Site, SiteEntry, SiteKind},
    },
    planner::{
        look,
        testing::{
            WorldBuilder, a_plan, a_site, a_site_with, a_world, at_home, at_hospital, at_site,
            today,
        },
    },
};

fn facts(plan: &PlanDocument) -> CaseFacts<'_> {
    CaseFacts {
        case: &plan.case,
        plan: PlanState::Made(plan),
        child: &plan.child,
        home: &plan.home,
        left_home_on: None,
        ordinance: OrdinanceMode::default(),
        review: None,
        drills: &[],
        equipment: None,
        battery_hours: None,
        overrides: &[],
    }
}

fn inputs(world: WorldBuilder) -> WorldInputs {
    let plan = a_plan();
    WorldInputs::of(&Reach::of(&facts(&plan)), &world.build())
}

/// Far from every place of the plan.
fn far() -> Position {
    Position::new(32.9, 131.2).unwrap()
}

#[test]
fn a_site_that_changes_counts_where_the_plan_names_it_or_it_may_be_suggested() {
    let changed = |change: fn(&mut Site)| inputs(a_world().listing([a_site_with(change)]));
    let as_it_was = inputs(a_world().listing([a_site()]));
    assert_eq!(as_it_was, inputs(a_world().listing([a_site()])));
    let closed = changed(|site| {
        site.entry = SiteEntry {
            closed_from: Some(today()),
            ..site.entry.clone()
        };
    });
    assert_ne!(closed, as_it_was);
    assert_ne!(changed(|site| site.withdrawn = true), as_it_was);
    assert_ne!(
        inputs(a_world().listing([a_site()]).with_users(Some(7))),
        as_it_was
    );
}

/// A site near the home that no plan names, and a shelter at its address.
fn one_that_may_be_suggested(change: impl FnOnce(&mut Site)) -> [Site; 3] {
    let other = |number, address: &str| {
        let mut other = a_site();
        other.id = SiteId(uuid::Uuid::from_u128(number));
        other.published.published_id = Some(format!("E{number}"));
        other.published.address = address.to_owned();
        other
    };
    let mut beside = other(92, "熊本県人吉市【デモ】町92");
    beside.published.kind = SiteKind::Shelter;
    // Far beyond those that may be suggested by themselves, if there were more.
    beside.published.position = far();
    change(&mut beside);
    [a_site(), other(91, "熊本県人吉市【デモ】町92"), beside]
}

#[test]
fn what_closes_beside_a_site_that_may_be_suggested_counts_and_its_day_is_known() {
    let closing = |day: &str| {
        let day = day.parse().unwrap();
        a_world().listing(one_that_may_be_suggested(|site| {
            site.entry.closed_from = Some(day);
        }))
    };
    let plan = a_plan();
    let of = |world: WorldBuilder| WorldInputs::of(&Reach::of(&facts(&plan)), &world.build());
    assert_ne!(of(closing("2026-12-01")), of(closing("2026-12-02")));
    let look = look(&facts(&plan), &closing("2026-12-01").build(), today());
    assert_eq!(look.changes_on, "2026-12-01".parse().ok());
}

#[test]
fn a_zone_far_from_every_place_does_not_count_and_one_near_any_of_them_does() {
    let kind = LayerKind::Tsunami;
    let class = ZoneClass::Depth(InundationRank::R3);
    // One data set for each place, none of which covers a town.
    let matters = |at: Position| {
        let world = a_world()
            .without_a_map_of(kind)
            .with_a_zone(kind, class, at)
            .build();
        let plan = a_plan();
        let counted = WorldInputs::of(&Reach::of(&facts(&plan)), &world).hazard_sets;
        let set = world
            .layers
            .zones()
            .iter()
            .find(|zone| zone.kind == kind)
            .map(|zone| zone.data_set.id)
            .unwrap();
        counted.contains(&set)
    };
    assert!(matters(at_home()));
    assert!(matters(at_site()));
    assert!(matters(at_hospital()));
    assert!(!matters(far()));
}

/// What must never happen: the same inputs, and another verdict.
#[test]
fn worlds_with_the_same_inputs_give_the_same_verdict() {
    let plan = a_plan();
    let kind = LayerKind::Tsunami;
    let class = ZoneClass::Depth(InundationRank::R3);
    let without = || a_world().without_a_map_of(kind);
    for step in 0..60 {
        let at = Position::new(32.20 + f64::from(step) * 0.0012, 130.7500).unwrap();
        let (with, base) = (
            without().with_a_zone(kind, class, at).build(),
            without().build(),
        );
        let of = |world: &World| {
            let inputs = WorldInputs::of(&Reach::of(&facts(&plan)), world);
            (inputs, look(&facts(&plan), world, today()))
        };
        let ((inputs_a, look_a), (inputs_b, look_b)) = (of(&with), of(&base));
        if inputs_a == inputs_b {
            assert_eq!(look_a, look_b, "{at:?}");
        }
    }
}

#[test]
fn figures_of_a_model_count_only_for_the_children_who_have_it() {
    let plan = a_plan();
    let named = |model: &str| Equipment {
        devices: Some(vec![PoweredDevice {
            kind: DeviceKind::Ventilator,
            model: Some(model.to_owned()),
            measured_watts: None,
            rated_va: None,
            rated_watts: None,
            hours_a_day: None,
            oxygen_l_min: None,
        }]),
        generators: Some(vec![HomeGenerator {
            model: Some("EU18i".to_owned()),
            ..HomeGenerator::default()
        }]),
        ..Equipment::default()
    };
    let of = |equipment: &Equipment, world: &World| {
        let facts = CaseFacts {
            equipment: Some(equipment),
            ..facts(&plan)
        };
        WorldInputs::of(&Reach::of(&facts), world)
    };
    let as_it_was = a_world().build();
    let evo = as_it_was.devices.of_name("Trilogy Evo").unwrap().clone();
    let watts = World {
        devices: device::Catalogue::with(vec![DeviceModel {
            measured_watts: Some(25.0),
            ..evo
        }]),
        ..a_world().build()
    };
    let (touched, other) = (named("フィリップス trilogy evo"), named("Astral 150"));
    assert_ne!(of(&touched, &as_it_was), of(&touched, &watts));
    assert_eq!(of(&other, &as_it_was), of(&other, &watts));
    let eu18i = as_it_was.generators.of_name("EU18i").unwrap().clone();
    let burns = World {
        generators: generator::Catalogue::with(vec![GeneratorModel {
            per_hour_rated: Some(1.5),
            ..eu18i
        }]),
        ..a_world().build()
    };
    assert_ne!(of(&other, &as_it_was), of(&other, &burns));
    let without = Equipment {
        generators: Some(Vec::new()),
        ..other
    };
    assert_eq!(of(&without, &as_it_was), of(&without, &burns));
}

#[test]
fn what_is_kept_of_a_case_says_the_same_as_the_case() {
    let plan = a_plan();
    let reach = Reach::of(&facts(&plan));
    let kept = serde_json::to_string(&reach).unwrap();
    let again: Reach = serde_json::from_str(&kept).unwrap();
    assert_eq!(again, reach);
    let world = a_world().listing([a_site()]).build();
    let seen = WorldInputs::of(&again, &world);
    assert_eq!(seen, WorldInputs::of(&reach, &world));
    assert!(!seen.near.is_empty() && !seen.hazard_sets.is_empty());
}
