//! Rules, pure: what is wrong with a plan, why, and what to do next.
//!
//! [`look`] is the one question. It takes what is known of a child, the
//! published world and a day, and answers with every finding and with what it
//! compared. The same arguments always give the same answer.

/// Makes a [`Text`](crate::domain::text::Text) from two format strings and
/// further texts, each of which is filled in in its own language.
macro_rules! say {
    ($ja:literal, $en:literal; $($text:expr),+ $(,)?) => {
        $crate::domain::text::Text::new(
            format!($ja, $($text.ja),+),
            format!($en, $($text.en),+),
        )
    };
}

pub mod candidates;
pub mod context;
pub mod diagnosis;
pub mod exposure;
pub mod facts;
pub mod inputs;
pub mod outage;
pub mod power;
pub mod rules;
#[cfg(test)]
pub(crate) mod testing;
pub mod tonight;
pub mod what_if;
pub mod why_unknown;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

pub use context::{CaseFacts, PlanState, World};
pub use exposure::{HazardExposure, Place, WhyUnknown, ZoneHit};
pub use facts::{CrossedZone, DestinationFacts, Listing, Travel, TravelBasis, is_too_fast};
pub use power::given;
pub use rules::power::{OnUnit, on_unit};

use crate::domain::{
    finding::{Finding, Outcome, Severity},
    hazard::Hazard,
    plan::overriding::Override,
    power::{self as reckoning, Budget, Trigger},
};
use rules::Check;

/// What a check says about one child on one day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Look {
    /// Every verdict: what fails, what is unknown and what holds, in
    /// [`Finding::order`].
    pub findings: Vec<Finding>,
    /// What the home is exposed to, for each of the nine hazards.
    pub exposures: BTreeMap<Hazard, HazardExposure>,
    /// What is known of each destination, in the order of the plan.
    pub destinations: Vec<DestinationFacts>,
    /// Whether the child has a plan.
    pub has_plan: bool,
    /// How long its power lasts.
    pub power: Box<Budget>,
    /// By when one leaves or telephones after the power has failed (PWR-15);
    /// `None`: hours, or the way, are not known.
    pub outage: Option<Trigger>,
    /// The first day after the check on which a verdict could change with the
    /// same data; `None`: never by time alone.
    pub changes_on: Option<NaiveDate>,
}

impl Look {
    /// Whether the plan may be approved: there is one, and no failing blocker
    /// stops it.
    pub fn approvable(&self) -> bool {
        self.has_plan && !self.findings.iter().any(Finding::blocks_approval)
    }

    /// Whether the plan may be given to others: there is one, and no blocker
    /// fails at all.
    pub fn shareable(&self) -> bool {
        self.has_plan && !self.findings.iter().any(Finding::blocks_sharing)
    }

    /// The look without anything that tells where the home is. Whether the plan
    /// may be approved or shared, and how bad the worst is, stays.
    #[must_use]
    pub fn without_place(mut self) -> Self {
        let mut told: Vec<Finding> = Vec::with_capacity(self.findings.len());
        for finding in &self.findings {
            let finding = finding.without_place();
            if !told.contains(&finding) {
                told.push(finding);
            }
        }
        self.findings = told;
        self.exposures.clear();
        // The way is told by its minutes.
        self.outage = None;
        for facts in &mut self.destinations {
            facts.position = None;
            facts.municipality = None;
            facts.straight_line_metres = None;
            facts.travel = None;
            facts.exposures.clear();
            facts.way = None;
        }
        self
    }

    /// What fails, worst first.
    pub fn failing(&self) -> impl Iterator<Item = &Finding> {
        self.of(Outcome::Fails)
    }

    /// What nobody knows yet: one list (まだ分からないこと).
    pub fn unknown(&self) -> impl Iterator<Item = &Finding> {
        self.of(Outcome::Unknown)
    }

    /// What was looked at and holds.
    pub fn holding(&self) -> impl Iterator<Item = &Finding> {
        self.of(Outcome::Holds)
    }

    fn of(&self, outcome: Outcome) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |f| f.outcome == outcome)
    }

    /// The worst failing finding: what stops approval before what stops sharing
    /// only; `None`: nothing fails.
    pub fn worst(&self) -> Option<&Finding> {
        self.failing().min_by_key(|finding| finding.urgency())
    }

    /// How many fail, by severity.
    pub fn failing_by_severity(&self) -> BTreeMap<Severity, usize> {
        self.failing().fold(BTreeMap::new(), |mut counts, finding| {
            *counts.entry(finding.severity).or_default() += 1;
            counts
        })
    }
}

/// Checks what is known of one child against the world, on a day.
///
/// A child without a plan (or of whom nobody has said whether it has one) gets
/// LEG-00 and LEG-11 only.
pub fn look(case: &CaseFacts<'_>, world: &World, today: NaiveDate) -> Look {
    judge(case, world, today, Ground::of(case, world))
}

/// What maps and lists say of a home and of where its plan goes.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    exposures: BTreeMap<Hazard, HazardExposure>,
    destinations: Vec<DestinationFacts>,
}

impl Ground {
    fn of(case: &CaseFacts<'_>, world: &World) -> Self {
        let place = Place::of_home(case.home, world);
        let exposures: BTreeMap<Hazard, HazardExposure> = Hazard::ALL
            .into_iter()
            .map(|hazard| (hazard, place.exposure(hazard, &world.layers)))
            .collect();
        let destinations = match case.plan {
            PlanState::Made(plan) => {
                facts::gather((plan, case.drills), case.home, &exposures, world)
            }
            PlanState::None(_) | PlanState::Unknown => Vec::new(),
        };
        Self {
            exposures,
            destinations,
        }
    }
}

fn judge(case: &CaseFacts<'_>, world: &World, today: NaiveDate, ground: Ground) -> Look {
    let Ground {
        exposures,
        destinations,
    } = ground;
    let given = given(case, world, today);
    let budget = reckoning::reckon(&given);
    let mut findings = Vec::with_capacity(96);
    rules::legal::check_without_plan(case, today, &mut findings);
    let PlanState::Made(plan) = case.plan else {
        findings.sort_by(Finding::order);
        return Look {
            findings,
            exposures,
            destinations,
            has_plan: false,
            changes_on: power::changes_on(&given),
            power: Box::new(budget),
            outage: None,
        };
    };
    let check = Check {
        case,
        plan,
        world,
        today,
        exposures: &exposures,
        places: &destinations,
        given: &given,
        budget: &budget,
    };
    rules::check(&check, &mut findings);
    rules::review::check(&check, &mut findings);
    for finding in &mut findings {
        let over = case.overrides.iter().find(|one| one.covers(finding, today));
        finding.overridden = over.map(Override::told);
    }
    findings.sort_by(Finding::order);
    let ends = case
        .overrides
        .iter()
        .flat_map(|one| [Some(one.from), one.until.succ_opt()]);
    let ends = ends.flatten().filter(|day| *day > today);
    let changes_on = rules::changes_on(&check).into_iter().chain(ends).min();
    let outage = power::outage(&check);
    Look {
        findings,
        exposures,
        destinations,
        has_plan: true,
        power: Box::new(budget),
        outage,
        changes_on,
    }
}

#[cfg(test)]
mod tests;
