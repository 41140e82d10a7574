//! Places that a plan could go to: the listed sites near the home, each judged by the
//! rules as if it were the first destination of this plan.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;

use super::{CaseFacts, PlanState, World, inputs::suggestible, look};
use crate::{
    domain::{
        finding::{Finding, Outcome, RuleCode, Severity},
        hazard::Hazard,
        plan::{
            PlanDocument,
            document::{Destination, DestinationKind},
        },
        site::{Site, SiteKind},
    },
    spatial::position::metres_between,
};

/// So many of the nearest sites are judged.
const JUDGED: usize = 24;

/// A site that the plan could go to.
#[derive(Debug, Clone, Serialize)]
pub struct Candidate {
    /// The site.
    pub site: Arc<Site>,
    /// Straight line from the home in metres: never a route.
    pub straight_line_metres: f64,
    /// The hazards that hit the home and for which nothing stops it.
    pub serves: Vec<Hazard>,
    /// What speaks against it, worst first.
    pub against: Vec<Finding>,
    /// What nobody knows of it.
    pub unknown: Vec<Finding>,
}

/// What a site is as a destination.
pub const fn destination_kind(kind: SiteKind) -> DestinationKind {
    match kind {
        SiteKind::EmergencySite => DestinationKind::EmergencySite,
        SiteKind::Shelter => DestinationKind::Shelter,
        SiteKind::WelfareShelter => DestinationKind::WelfareShelter,
        SiteKind::Hospital => DestinationKind::Hospital,
        SiteKind::ShortStay => DestinationKind::ShortStay,
    }
}

/// Rules that judge a place, and not how the plan speaks of it.
const ABOUT_PLACES: [RuleCode; 6] = [
    RuleCode::Dst02,
    RuleCode::Dst03,
    RuleCode::Dst04,
    RuleCode::Dst05,
    RuleCode::Dst08,
    RuleCode::Dst12,
];

/// A destination that names a site and nothing else.
pub fn destination(site: &Site) -> Destination {
    let named: Destination = serde_json::from_value(serde_json::json!({
        "kind": destination_kind(site.published.kind),
    }))
    .expect("a kind is enough for a destination");
    Destination {
        site: Some(site.reference()),
        name: Some(site.published.name.clone()),
        address: Some(site.published.address.clone()),
        ..named
    }
}

/// The sites near a home that its plan does not name yet: those against which least
/// speaks first, of these the nearest. None where the home's position is unknown.
pub fn candidates(
    case: &CaseFacts<'_>,
    plan: &PlanDocument,
    world: &World,
    today: NaiveDate,
) -> Vec<Candidate> {
    let (Some(sites), Some(home)) = (&world.sites, case.home.position) else {
        return Vec::new();
    };
    let named = |site: &Site| {
        let reference = site.reference();
        let mut all = plan.destinations.iter();
        all.any(|to| to.site.as_ref() == Some(&reference))
    };
    let near = suggestible(sites, home).filter(|site| !named(site));
    let mut found: Vec<Candidate> = near
        .take(JUDGED)
        .map(|site| {
            let alone = PlanDocument {
                destinations: vec![destination(site)],
                ..plan.clone()
            };
            judged(case, &alone, (site, home), world, today)
        })
        .collect();
    found.sort_by(|a, b| {
        let rank = |one: &Candidate| {
            let count = |severity| {
                let all = one.against.iter();
                all.filter(|finding| finding.severity == severity).count()
            };
            (
                // A place that does not take this child comes last.
                one.site.entry.refuses(),
                count(Severity::Blocker),
                count(Severity::Gap),
                count(Severity::Warning),
                one.unknown.len(),
            )
        };
        rank(a)
            .cmp(&rank(b))
            .then(a.straight_line_metres.total_cmp(&b.straight_line_metres))
    });
    found
}

fn judged(
    case: &CaseFacts<'_>,
    alone: &PlanDocument,
    (site, home): (&Arc<Site>, crate::domain::position::Position),
    world: &World,
    today: NaiveDate,
) -> Candidate {
    let facts = CaseFacts {
        plan: PlanState::Made(alone),
        left_home_on: None,
        review: None,
        overrides: &[],
        ..*case
    };
    let looked = look(&facts, world, today);
    let reference = site.reference();
    let of = |outcome| -> Vec<Finding> {
        let all = looked.findings.iter();
        all.filter(|finding| {
            finding.outcome == outcome
                && finding.site.as_ref() == Some(&reference)
                && ABOUT_PLACES.contains(&finding.rule)
        })
        .cloned()
        .collect()
    };
    let against = of(Outcome::Fails);
    let stopped = |hazard: Hazard| {
        against.iter().any(|finding| {
            finding.severity == Severity::Blocker
                && finding.hazard.is_none_or(|about| about == hazard)
        })
    };
    let hits = looked
        .exposures
        .iter()
        .filter(|(hazard, exposure)| !hazard.hits_every_home() && exposure.hits() == Some(true));
    Candidate {
        serves: hits
            .map(|(hazard, _)| *hazard)
            .filter(|hazard| !stopped(*hazard) && !site.entry.refuses())
            .collect(),
        straight_line_metres: metres_between(home, site.published.position),
        unknown: of(Outcome::Unknown),
        site: Arc::clone(site),
        against,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{hazard::Hazard, site::Reception},
        planner::testing::*,
    };

    #[test]
    fn what_speaks_least_against_comes_first_and_what_is_named_is_left_out() {
        let plan = a_plan_with(|plan| plan.destinations.clear());
        let world = a_world().flooding_the_home().build();
        let facts = CaseFacts {
            case: &plan.case,
            plan: PlanState::Made(&plan),
            child: &plan.child,
            home: &plan.home,
            left_home_on: None,
            ordinance: crate::domain::consent::OrdinanceMode::ConsentOptIn,
            review: None,
            equipment: None,
            battery_hours: None,
            overrides: &[],
            drills: &[],
        };
        let found = candidates(&facts, &plan, &world, today());
        assert!(!found.is_empty(), "the world has sites");
        let blockers = |one: &Candidate| {
            let all = one.against.iter();
            all.filter(|f| f.severity == Severity::Blocker).count()
        };
        assert!(found.is_sorted_by_key(blockers));
        for one in &found {
            let flood = one.serves.contains(&Hazard::Flood);
            let stopped = one.against.iter().any(|f| {
                f.severity == Severity::Blocker && f.hazard.is_none_or(|h| h == Hazard::Flood)
            });
            assert_eq!(flood, !stopped, "{one:#?}");
        }
        let first = found[0].site.clone();
        let named = PlanDocument {
            destinations: vec![destination(&first)],
            ..plan.clone()
        };
        let again = candidates(&facts, &named, &world, today());
        assert!(again.iter().all(|one| one.site.id != first.id));
        // A place that refuses comes last, serves for nothing, and says so.
        let refusing = a_site_with(|site| site.entry.reception = Some(Reception::No));
        let world = a_world().flooding_the_home().listing([refusing]).build();
        let found = candidates(&facts, &plan, &world, today());
        assert_eq!(found.len(), 1);
        assert!(found[0].serves.is_empty());
        assert!(found[0].against.iter().any(|f| f.rule == RuleCode::Dst08));
        // Without a position nobody can say what is near.
        let nowhere = crate::domain::child::Home::default();
        let facts = CaseFacts {
            home: &nowhere,
            ..facts
        };
        assert!(candidates(&facts, &plan, &world, today()).is_empty());
    }
}
