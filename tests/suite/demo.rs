//! The demonstration is what its README promises.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tomoshibi::{
    app::App,
    clock::{ManualClock, SystemIds},
    config::Config,
    domain::{
        access::Reader,
        finding::{Outcome, RuleCode, Severity},
    },
    service::{check, demo},
    store::Store,
};

use crate::support::engines::{self, Database};

/// An app on a database, on a day that does not move.
pub async fn app(db: &Database) -> App {
    let clock = ManualClock::new("2026-11-21T03:00:00Z".parse().expect("an instant"));
    let store = Store::open(&db.url).await.expect("the database opens");
    App::new(
        store,
        Arc::new(clock),
        Arc::new(SystemIds),
        Config::default(),
    )
}

#[tokio::test]
async fn every_rule_has_somebody_to_help_and_ten_plans_are_clean() {
    let db = engines::sqlite();
    let app = app(&db).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    demo::fill(&app, folder.path())
        .await
        .expect("the demonstration fills");
    let today = app.clock.today();
    let cases = check::batch(&app, &Reader::Operator, "", today)
        .await
        .expect("a check");
    assert!((38..=60).contains(&cases.len()), "{} children", cases.len());
    let mut fires: BTreeMap<RuleCode, usize> = BTreeMap::new();
    let (mut clean, mut without, mut towns) = (0, 0, BTreeSet::new());
    for c in &cases {
        towns.insert(
            c.case
                .home
                .municipality
                .expect("every home is somewhere")
                .responsible(),
        );
        let failing: Vec<_> = c
            .look
            .findings
            .iter()
            .filter(|f| f.outcome == Outcome::Fails)
            .collect();
        for f in &failing {
            *fires.entry(f.rule).or_default() += 1;
        }
        if c.case.has_plan == Some(false) {
            without += 1;
        } else if c.case.document.is_some()
            && failing.iter().all(|f| f.severity == Severity::Advice)
        {
            clean += 1;
        }
        let named = c
            .case
            .child
            .name
            .as_deref()
            .is_none_or(|n| n.contains("【デモ】"));
        assert!(named, "{} is not marked as invented", c.case.number);
    }
    let silent: Vec<_> = RuleCode::ALL
        .iter()
        .filter(|r| !fires.contains_key(r))
        .collect();
    assert!(silent.is_empty(), "no child shows {silent:?}: {fires:?}");
    assert!(clean >= 10, "{clean} clean plans");
    assert_eq!(without, 5);
    assert!(towns.len() >= 8, "{towns:?}");
}

#[test]
fn every_site_of_the_demonstration_says_that_it_is_invented() {
    for list in [
        include_str!("../../data/demo/sites.csv"),
        include_str!("../../data/demo/shelters.csv"),
        include_str!("../../data/demo/families.csv"),
    ] {
        let rows = list.lines().skip(1).filter(|l| !l.trim().is_empty());
        assert!(rows.clone().count() >= 10);
        for row in rows {
            assert!(row.contains("【デモ】"), "{row}");
        }
    }
}
