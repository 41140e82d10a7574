use RuleCode::{Sup01, Sup02, Sup03};

use super::*;
use crate::{domain::plan::PlanDocument, planner::testing::*};

fn one(relation: &str) -> Supporter {
    Supporter {
        name: words("【デモ】手伝う人"),
        relation: words(relation),
        agreed: Some(true),
        ..Supporter::default()
    }
}

fn helped_by(supporters: Vec<Supporter>) -> PlanDocument {
    a_plan_with(|plan| plan.supporters = supporters)
}

fn carries(relation: &str, can: Option<bool>) -> Supporter {
    Supporter {
        can_carry: can,
        ..one(relation)
    }
}

#[test]
fn one_parent_alone_is_not_enough() {
    let of = |supporters| checking(&helped_by(supporters), a_world());
    for alone in ["母", "お母さん", "Father", "保護者"] {
        let checked = of(vec![one(alone)]);
        let found = checked.fails(Sup01);
        assert_eq!(found.severity, Severity::Gap, "{alone}");
        assert!(found.interim().is_some());
    }
    assert_eq!(of(Vec::new()).fails(Sup01).severity, Severity::Gap);
    // A grandmother is no parent, though her word holds one.
    assert_eq!(
        of(vec![one("祖母")]).fails(Sup01).severity,
        Severity::Warning
    );
    let nobody_said = Supporter {
        relation: None,
        ..one("")
    };
    assert_eq!(
        of(vec![nobody_said]).is_unknown(Sup01).severity,
        Severity::Gap
    );
    let unread = a_plan_with(|plan| {
        plan.supporters = Vec::new();
        plan.unread = vec![Item::Supporters];
    });
    checking(&unread, a_world()).is_unknown(Sup01);
    // Somebody who was taken out does not count.
    assert_eq!(
        of(vec![one("母"), Supporter::left()]).fails(Sup01).severity,
        Severity::Gap
    );
}

#[test]
fn two_people_can_carry_or_push() {
    let of = |supporters| checking(&helped_by(supporters), a_world());
    of(vec![carries("母", Some(true)), carries("近所", Some(true))]).holds(Sup01);
    let body = |people| Supporter {
        kind: Some(SupporterKind::Body),
        people,
        ..carries("自治会", Some(true))
    };
    of(vec![body(Some(3))]).holds(Sup01);
    of(vec![body(None)]).is_unknown(Sup01);
    of(vec![carries("母", Some(true)), carries("近所", None)]).is_unknown(Sup01);
    let weak = of(vec![
        carries("母", Some(true)),
        carries("近所", Some(false)),
    ]);
    assert_eq!(weak.fails(Sup01).severity, Severity::Warning);
}

#[test]
fn somebody_comes_from_outside_the_zone() {
    let lives = |with_child, position| Supporter {
        lives_with_child: with_child,
        position,
        accuracy: Some(crate::domain::position::PositionAccuracy::Building),
        address: words("熊本県人吉市【デモ】町9-9"),
        ..carries("近所", Some(true))
    };
    let of = |supporters| {
        checking(&helped_by(supporters), a_world().flooding_the_home()).about(Hazard::Flood)
    };
    let inside = || lives(None, Some(at_home()));
    let outside = || lives(None, Some(at_site()));
    assert_eq!(
        of(vec![lives(Some(true), None), inside()])
            .fails(Sup02)
            .severity,
        Severity::Warning
    );
    of(vec![inside(), outside()]).holds(Sup02);
    of(vec![inside(), lives(None, None)]).is_unknown(Sup02);
    // Without anybody SUP-01 says so.
    of(Vec::new()).is_silent(Sup02);
    // An earthquake keeps nobody in particular away.
    checking(&helped_by(vec![inside()]), a_world())
        .about(Hazard::Earthquake)
        .is_silent(Sup02);
    // What hits the home is not known.
    let plan = helped_by(vec![lives(Some(true), None)]);
    let unmapped = crate::domain::hazard::LayerKind::ALL
        .into_iter()
        .fold(a_world(), WorldBuilder::without_a_map_of);
    checking(&plan, unmapped)
        .about(Hazard::Flood)
        .is_unknown(Sup02);
    // Of a volcano no map is read: it would be asked of every plan.
    checking(&plan, a_world())
        .about(Hazard::Volcano)
        .is_silent(Sup02);
}

#[test]
fn nobody_is_named_who_has_not_agreed() {
    let of = |agreed| {
        let supporter = Supporter {
            agreed,
            ..one("近所")
        };
        checking(&helped_by(vec![supporter]), a_world())
    };
    of(Some(true)).holds(Sup03);
    of(None).is_unknown(Sup03);
    let refused = of(Some(false));
    let found = refused.fails(Sup03);
    assert!(!found.blocks_approval() && found.blocks_sharing());
    assert!(!Sup03.may_be_overridden());
}
