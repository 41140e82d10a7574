use std::collections::BTreeMap;

use super::*;
use crate::{
    domain::{
        finding::Finding,
        hazard::Hazard,
        plan::{
            PlanDocument,
            review::{InputKind, Inputs},
        },
    },
    planner::{
        Look,
        testing::{WorldBuilder, a_plan, a_world, checking_reviewed, day, today},
    },
};

fn looked(plan: &PlanDocument, world: WorldBuilder, on: NaiveDate, review: &Review) -> Look {
    checking_reviewed(plan, world, on, review).look
}

fn finding(look: &Look, rule: RuleCode) -> &Finding {
    let mut of = look.findings.iter().filter(|f| f.rule == rule);
    let first = of.next().unwrap();
    assert!(of.next().is_none());
    first
}

fn inputs(supporters: &str) -> Inputs {
    BTreeMap::from([
        (InputKind::Home, "home".to_owned()),
        (InputKind::Supporters, supporters.to_owned()),
    ])
}

/// A review with everything found on a day as its baseline.
fn confirmed(plan: &PlanDocument, world: WorldBuilder, on: NaiveDate) -> Review {
    let then = looked(plan, world, on, &Review::default());
    Review {
        confirmed: Some(Confirmation {
            on,
            baseline: Some(Baseline::of(&then.findings, inputs("a"))),
        }),
        inputs: inputs("a"),
        ..Review::default()
    }
}

#[test]
fn a_document_alone_is_not_asked_how_fresh_it_is() {
    let plan = a_plan();
    let look = crate::planner::testing::checking(&plan, a_world().flooding_the_home()).look;
    assert!(look.findings.iter().all(|f| !f.rule.is_about_freshness()));
}

#[test]
fn a_confirmation_counts_for_twelve_months_to_the_day() {
    let plan = a_plan();
    let outcome = |on: &str, at: &str| {
        let review = Review {
            plan_dated: Some(day(on)),
            ..Review::default()
        };
        let look = looked(&plan, a_world().flooding_the_home(), day(at), &review);
        let found = finding(&look, RuleCode::Rev01).clone();
        (found.outcome, look.changes_on)
    };
    let (last, changes) = outcome("2025-11-20", "2026-11-20");
    assert_eq!(last, Outcome::Holds);
    assert_eq!(
        changes,
        Some(day("2026-11-21")),
        "the day on which it fires"
    );
    assert_eq!(outcome("2025-11-19", "2026-11-20").0, Outcome::Fails);
    // A confirmation counts from its own day, whatever the paper's date.
    let review = Review {
        plan_dated: Some(day("2020-01-01")),
        confirmed: Some(Confirmation {
            on: day("2026-06-01"),
            baseline: None,
        }),
        ..Review::default()
    };
    let look = looked(&plan, a_world().flooding_the_home(), today(), &review);
    assert_eq!(finding(&look, RuleCode::Rev01).outcome, Outcome::Holds);
    // A plan that was written anew later counts from its date.
    let newer = Review {
        plan_dated: Some(day("2026-11-01")),
        ..review
    };
    let look = looked(&plan, a_world().flooding_the_home(), today(), &newer);
    let evidence = &finding(&look, RuleCode::Rev01).evidence.0;
    assert_eq!(evidence["basis"], "plan_dated");
}

#[test]
fn without_any_date_nobody_knows_and_the_next_step_is_to_confirm() {
    let look = looked(
        &a_plan(),
        a_world().flooding_the_home(),
        today(),
        &Review::default(),
    );
    for rule in [RuleCode::Rev01, RuleCode::Rev02, RuleCode::Rev03] {
        let found = finding(&look, rule);
        assert_eq!(found.outcome, Outcome::Unknown, "{rule}");
        assert!(
            found.next_step.ja.contains("記録"),
            "{}",
            found.next_step.ja
        );
    }
    assert!(look.approvable(), "freshness stops no approval");
}

#[test]
fn nothing_changed_holds() {
    let plan = a_plan();
    let review = confirmed(&plan, a_world().flooding_the_home(), today());
    let look = looked(&plan, a_world().flooding_the_home(), today(), &review);
    let found = finding(&look, RuleCode::Rev02);
    assert_eq!(found.outcome, Outcome::Holds, "{:?}", found.message);
}

#[test]
fn a_changed_verdict_is_named_with_what_it_was_and_is() {
    let plan = a_plan();
    let review = confirmed(&plan, a_world().flooding_the_home(), today());
    let mut worse = plan.clone();
    worse.triggers.retain(|t| t.hazard != Hazard::Flood);
    let look = looked(&worse, a_world().flooding_the_home(), today(), &review);
    let found = finding(&look, RuleCode::Rev02);
    assert_eq!(found.outcome, Outcome::Fails);
    assert_eq!(found.severity, Severity::Warning);
    let changes = found.evidence.0["changes"].as_array().unwrap();
    assert_eq!(changes[0]["rule"], "LVL-02", "what fails now comes first");
    assert_eq!(changes[0]["before"]["outcome"], "holds");
    assert_eq!(changes[0]["after"]["outcome"], "fails");
    let ja = &found.message.ja;
    assert!(
        ja.contains("洪水") && ja.contains("問題なし → 問題あり"),
        "{ja}"
    );
    assert!(!found.message_family.ja.contains("LVL"));
}

#[test]
fn a_change_is_told_with_the_name_of_the_site_and_without_double_negatives() {
    let plan = a_plan();
    let review = confirmed(&plan, a_world(), today());
    let look = looked(&plan, a_world().flooding_the_home(), today(), &review);
    let found = finding(&look, RuleCode::Rev02);
    assert_eq!(found.outcome, Outcome::Fails);
    let changes = found.evidence.0["changes"].as_array().unwrap();
    let said: Vec<&str> = changes
        .iter()
        .map(|change| change["said"]["ja"].as_str().unwrap())
        .collect();
    let site = look.destinations[0].site.as_ref().unwrap();
    let (id, name) = (site.reference(), &site.published.name);
    assert!(
        changes.iter().any(|change| change["site"] == id.as_str()),
        "the evidence keeps the id"
    );
    assert!(
        said.iter().any(|said| said.contains(name.as_str())),
        "{said:?}"
    );
    for said in said {
        assert!(!said.contains(&id), "{said}");
        assert!(
            !said.contains("ない」") && !said.contains("対象外"),
            "{said}"
        );
    }
}

#[test]
fn the_same_verdict_on_other_evidence_is_a_change_too() {
    let plan = a_plan();
    let review = confirmed(&plan, a_world().flooding_the_home(), today());
    let mut other = plan.clone();
    for to in &mut other.destinations {
        to.drill_minutes = to.drill_minutes.map(|m| m + 3).or(Some(33));
    }
    let look = looked(&other, a_world().flooding_the_home(), today(), &review);
    let found = finding(&look, RuleCode::Rev02);
    assert_eq!(found.outcome, Outcome::Fails);
    assert!(
        found.message.ja.contains("比べたものが変わった"),
        "{:?}",
        found.message
    );
}

#[test]
fn what_no_rule_sees_is_seen_by_its_hash() {
    let plan = a_plan();
    let review = Review {
        inputs: inputs("b"),
        ..confirmed(&plan, a_world().flooding_the_home(), today())
    };
    let look = looked(&plan, a_world().flooding_the_home(), today(), &review);
    let found = finding(&look, RuleCode::Rev02);
    assert_eq!(found.outcome, Outcome::Fails);
    assert!(
        found.message.ja.contains("支援者が変わった"),
        "{:?}",
        found.message
    );
}

#[test]
fn a_drill_and_coming_of_age_ask_for_a_new_confirmation() {
    let mut plan = a_plan();
    plan.child.born = Some(day("2008-11-21"));
    let before = day("2026-11-19");
    let mut review = confirmed(&plan, a_world().flooding_the_home(), before);
    let look = looked(&plan, a_world().flooding_the_home(), before, &review);
    assert_eq!(finding(&look, RuleCode::Rev02).outcome, Outcome::Holds);
    assert_eq!(
        look.changes_on,
        Some(day("2026-11-20")),
        "eighteen at its end"
    );
    let look = looked(
        &plan,
        a_world().flooding_the_home(),
        day("2026-11-20"),
        &review,
    );
    let found = finding(&look, RuleCode::Rev02);
    assert!(found.message.ja.contains("18歳"), "{:?}", found.message);
    review.drilled_on = Some(day("2026-11-20"));
    let look = looked(
        &plan,
        a_world().flooding_the_home(),
        day("2026-11-20"),
        &review,
    );
    let found = finding(&look, RuleCode::Rev02);
    assert!(
        found.message.ja.contains("訓練をした"),
        "{:?}",
        found.message
    );
}

#[test]
fn a_drill_counts_for_twelve_months_and_none_is_unknown() {
    let outcome = |drilled: Option<&str>| {
        let review = Review {
            drilled_on: drilled.map(day),
            ..Review::default()
        };
        let look = looked(&a_plan(), a_world().flooding_the_home(), today(), &review);
        finding(&look, RuleCode::Rev03).outcome
    };
    assert_eq!(outcome(Some("2025-11-20")), Outcome::Holds);
    assert_eq!(outcome(Some("2025-11-19")), Outcome::Fails);
    assert_eq!(outcome(None), Outcome::Unknown);
}
