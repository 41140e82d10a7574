//! What the pages say, rendered from invented data.

use askama::Template;
use serde_json::json;
use uuid::Uuid;

use super::{care::Keys, head::Head, plan::Plan, words};
use crate::{
    domain::{
        child::Home,
        consent::OrdinanceMode,
        finding::{Blocks, Evidence, Finding, Outcome, Owner, RuleCode, Severity},
        id::CaseNumber,
        text::{Lang, Text},
    },
    service::{
        care::Care,
        view::{AddressOnPage, PlanPage, PlanStanding},
    },
};

/// A failing blocker of nobody in particular.
pub(super) fn a_finding() -> Finding {
    Finding {
        rule: RuleCode::Leg07,
        severity: Severity::Blocker,
        blocks: Some(Blocks::Approval),
        outcome: Outcome::Fails,
        hazard: None,
        site: None,
        evidence: Evidence::default(),
        owner: Owner::Coordinator,
        next_step: Text::fixed("ご家族に電話する。", "Telephone the family."),
        message: Text::fixed("支援者がいません。", "There is no supporter."),
        message_family: Text::fixed(
            "手伝う人がまだ決まっていません。",
            "Nobody who helps is named yet.",
        ),
        staff_only: false,
        overridden: None,
    }
}

fn a_page(name: &str, failing: Vec<Finding>, unknown: Vec<Finding>) -> PlanPage {
    let document = json!({
        "schema_version": crate::domain::plan::document::SCHEMA_VERSION,
        "case": "D-0001",
        "child": {
            "name": name, "born": "2020-11-21",
            "contacts": [
                {"who": "母", "value": "090-0000-0001"},
                {"who": "コーディネーター", "value": "０９６－０００－０００２"},
            ],
        },
    });
    PlanPage {
        outage: None,
        case: CaseNumber::parse("D-0001").unwrap(),
        on: "2026-11-21".parse().unwrap(),
        municipality: None,
        standing: PlanStanding::Made {
            approvable: failing.is_empty(),
            shareable: failing.is_empty(),
        },
        standing_told: true,
        document: Some(serde_json::from_value(document).unwrap()),
        home: Home::default(),
        located: None,
        version: None,
        failing,
        unknown,
        holding: Vec::new(),
        exposures: Vec::new(),
        destinations: Vec::new(),
        ordinance: OrdinanceMode::default(),
        emergency: false,
        left_home_on: None,
        stays: Vec::new(),
        address: AddressOnPage::Open,
        care: Care::default(),
        map: None,
        rights: None,
    }
}

fn rendered(page: PlanPage, staff: bool, lang: Lang) -> String {
    let head = Head::nobody(lang);
    Plan::of(head, staff, page, false, Keys([Uuid::nil(); 11]))
        .render()
        .unwrap()
}

#[test]
fn a_name_is_text_and_never_markup() {
    let html = rendered(
        a_page("<script>alert(1)</script>", vec![a_finding()], Vec::new()),
        true,
        Lang::Ja,
    );
    assert!(!html.contains("<script>alert"), "{html}");
    assert!(html.contains("alert(1)"));
}

#[test]
fn a_family_reads_neither_codes_nor_severities_nor_what_is_for_staff() {
    let unknown = Finding {
        outcome: Outcome::Unknown,
        rule: RuleCode::Leg11,
        severity: Severity::Gap,
        blocks: None,
        ..a_finding()
    };
    for lang in [Lang::Ja, Lang::En] {
        let html = rendered(
            a_page("【デモ】灯", vec![a_finding()], vec![unknown.clone()]),
            false,
            lang,
        );
        for rule in RuleCode::ALL {
            assert!(!html.contains(rule.code()), "{}", rule.code());
        }
        for word in ["承認", "共有不可", "locker", "approved", "支援者がいません"] {
            assert!(!html.contains(word), "{word}");
        }
        for severity in Severity::ALL {
            assert!(!html.contains(severity.name().get(Lang::Ja)));
            assert!(!html.contains(&format!("badge {}", severity.code())));
        }
        assert!(html.contains(words::FAMILY_FINDINGS.get(lang)));
        assert!(html.contains(a_finding().message_family.get(lang)));
    }
}

#[test]
fn a_family_is_never_told_that_there_is_nothing_to_do_while_something_is_unknown() {
    let unknown = Finding {
        outcome: Outcome::Unknown,
        ..a_finding()
    };
    let html = rendered(
        a_page("【デモ】灯", Vec::new(), vec![unknown]),
        false,
        Lang::Ja,
    );
    assert!(!html.contains(words::FAMILY_NOTHING.get(Lang::Ja)));
    assert!(html.contains(words::UNKNOWN_FIRST.get(Lang::Ja)));
    let html = rendered(
        a_page("【デモ】灯", Vec::new(), Vec::new()),
        false,
        Lang::Ja,
    );
    assert!(html.contains(words::FAMILY_NOTHING.get(Lang::Ja)));
}

#[test]
fn who_can_take_the_next_step_is_telephoned_first() {
    let html = rendered(
        a_page("【デモ】灯", vec![a_finding()], Vec::new()),
        true,
        Lang::Ja,
    );
    let at = |dial: &str| html.find(&format!("tel:{dial}")).expect(dial);
    assert!(at("0960000002") < at("09000000001"));
}

#[test]
fn a_family_is_given_the_coordinators_number_and_not_its_own() {
    let html = rendered(
        a_page("【デモ】灯", vec![a_finding()], Vec::new()),
        false,
        Lang::Ja,
    );
    assert!(html.contains("tel:0960000002"));
    assert!(!html.contains("tel:09000000001"));
}

#[test]
fn the_head_of_a_plan_says_how_old_the_child_is() {
    let html = rendered(a_page("【デモ】灯", Vec::new(), Vec::new()), true, Lang::Ja);
    assert!(html.contains("6歳"));
}

#[test]
fn advice_alone_is_not_urgent_and_not_nothing() {
    let advice = Finding {
        severity: Severity::Advice,
        blocks: None,
        ..a_finding()
    };
    let html = rendered(
        a_page("【デモ】灯", vec![advice], Vec::new()),
        false,
        Lang::Ja,
    );
    assert!(!html.contains(words::FAMILY_NOTHING.get(Lang::Ja)));
    assert!(!html.contains(words::FAMILY_FINDINGS.get(Lang::Ja)));
    assert!(html.contains(words::FAMILY_ADVICE.get(Lang::Ja)));
}
