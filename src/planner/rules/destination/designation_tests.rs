use RuleCode::Dst02;

use super::*;
use crate::{
    domain::{hazard::LayerKind, plan::PlanDocument, position::Position, site::SiteKind},
    planner::testing::*,
};

fn to_the_shelter() -> PlanDocument {
    a_plan_with(|plan| {
        plan.destinations[0].kind = DestinationKind::Shelter;
        plan.destinations[0].site = Some("H4320300009902".to_owned());
    })
}

#[test]
fn an_emergency_site_not_designated_for_the_flood_stops_approval() {
    let world = a_world()
        .flooding_the_home()
        .listing([a_site_for([Hazard::Earthquake])]);
    let checked = checking(&a_plan(), world);
    let finding = checked.fails(Dst02);
    assert_eq!(
        (finding.severity, finding.hazard, finding.site.as_deref()),
        (Severity::Blocker, Some(Hazard::Flood), Some(SITE))
    );
    assert_eq!(
        finding.evidence.0["designated_for"],
        serde_json::json!(["earthquake"])
    );
    assert_eq!(
        finding.evidence.0["list"],
        "【デモ】指定緊急避難場所 2026-10-01"
    );
    assert!(!checked.look.approvable());
}

#[test]
fn a_designated_emergency_site_holds() {
    checking(&a_plan(), a_world().flooding_the_home()).holds(Dst02);
}

#[test]
fn a_hazard_that_does_not_hit_the_home_asks_for_no_designation() {
    let world = a_world().listing([a_site_for([Hazard::Earthquake])]);
    checking(&a_plan(), world)
        .about(Hazard::Flood)
        .is_silent(Dst02);
}

#[test]
fn a_power_cut_is_never_designated() {
    let world = a_world().listing([a_site_for([])]);
    checking(&a_plan(), world)
        .about(Hazard::PowerCut)
        .is_silent(Dst02);
}

#[test]
fn where_nobody_knows_whether_the_hazard_hits_a_missing_designation_is_unknown() {
    let world = |site| a_world().without_a_map_of(LayerKind::Flood).listing([site]);
    let flood = Hazard::Flood;
    checking(&a_plan(), world(a_site_for([Hazard::Earthquake])))
        .about(flood)
        .is_unknown(Dst02);
    checking(&a_plan(), world(a_site()))
        .about(flood)
        .holds(Dst02);
}

#[test]
fn without_a_list_or_a_reference_the_designation_is_unknown() {
    checking(&a_plan(), a_world().without_lists()).is_unknown(Dst02);
    let no_reference = a_plan_with(|plan| plan.destinations[0].site = None);
    checking(&no_reference, a_world()).is_unknown(Dst02);
    let no_such_site = a_plan_with(|plan| plan.destinations[0].site = Some("E0".to_owned()));
    checking(&no_such_site, a_world()).is_unknown(Dst02);
    let unstated = a_site_with(|site| site.published.designations = None);
    checking(&a_plan(), a_world().listing([unstated])).is_unknown(Dst02);
}

#[test]
fn a_shelter_is_judged_by_every_emergency_site_at_its_address() {
    let second = |hazards: &[Hazard]| {
        let mut site = a_site_for(hazards.iter().copied());
        site.id = crate::domain::id::SiteId(uuid::Uuid::from_u128(3));
        site.published.published_id = Some("E4320300009903".to_owned());
        site.published.address = "人吉市【デモ】町５－５".to_owned();
        site
    };
    let world = |other| {
        a_world()
            .flooding_the_home()
            .listing([a_shelter(), a_site(), other])
    };
    let flood = Hazard::Flood;
    checking(&to_the_shelter(), world(second(&[Hazard::Earthquake])))
        .about(flood)
        .fails(Dst02);
    checking(&to_the_shelter(), world(second(&[flood])))
        .about(flood)
        .holds(Dst02);
}

#[test]
fn an_emergency_site_of_the_same_address_that_lies_elsewhere_is_not_taken_over() {
    let mut far = a_site_for([Hazard::Flood]);
    let at = far.published.position;
    far.published.position = Position::new(at.lat() + 0.01, at.lon()).unwrap();
    let world = a_world().flooding_the_home().listing([a_shelter(), far]);
    let checked = checking(&to_the_shelter(), world).about(Hazard::Flood);
    let finding = checked.is_unknown(Dst02);
    let said = &finding.message.ja;
    assert!(
        said.contains("離れた位置") && said.contains("住所か位置"),
        "{said}"
    );
}

#[test]
fn a_shelter_without_an_emergency_site_is_unknown_in_water_and_not_judged_otherwise() {
    let world = || a_world().flooding_the_home().listing([a_shelter()]);
    let on = |hazard| checking(&to_the_shelter(), world()).about(hazard);
    on(Hazard::Flood).is_unknown(Dst02);
    on(Hazard::Earthquake).is_silent(Dst02);
}

#[test]
fn a_list_of_emergency_sites_says_nothing_about_shelters() {
    checking(&to_the_shelter(), a_world()).is_unknown(Dst02);
    checking(&to_the_shelter(), a_world()).is_unknown(RuleCode::Dst08);
}

#[test]
fn hospitals_are_not_judged_by_designation() {
    let plan = a_plan_with(|plan| {
        plan.destinations.remove(0);
    });
    checking(&plan, a_world().flooding_the_home()).is_silent(Dst02);
    assert_eq!(
        DestinationKind::Hospital.site_kind(),
        Some(SiteKind::Hospital)
    );
}
