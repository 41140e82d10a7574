//! Which place of a plan is lost when sites close, and where the plan goes then.

use std::collections::BTreeSet;

use super::{
    super::{
        CaseFacts, Look, PlanState, World,
        facts::Listing,
        rules::{Check, There, destination::closed_beside},
    },
    WhatIf,
};
use crate::domain::{
    hazard::Hazard, id::SiteId, plan::document::DestinationKind, site::ConfirmedPower,
};

/// A place of a plan that is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Its name.
    pub name: String,
    /// It closes itself; `false`: another entry at its address does, and nobody knows
    /// whether the whole building is closed.
    pub sure: bool,
    /// For which hazards, of those that hit the home or may hit it.
    pub hazards: Vec<Hazard>,
    /// It is the place that the plan goes to; `false`: one that it would go to if the
    /// place before could not be used.
    pub first: bool,
    /// Where the plan goes then.
    pub next: Next,
}

/// Where a plan goes when a place is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// To this place, of which nothing says that it is closed.
    Place {
        /// Its name.
        name: String,
        /// The listed site.
        site: Option<SiteId>,
        /// Whether power is confirmed there, and the confirmation still counts.
        powered: bool,
    },
    /// Nowhere: it stays upstairs at home.
    Home,
    /// To this one, of which nobody knows whether it is open.
    Unsure {
        /// Its name.
        name: String,
        /// The listed site.
        site: Option<SiteId>,
    },
    /// Nowhere: the plan names no other place.
    Nowhere,
}

impl Lost {
    /// How bad it is, 0 first.
    pub(super) fn rank(&self) -> u8 {
        match (&self.next, self.first) {
            (Next::Nowhere, true) => 0,
            (Next::Unsure { .. }, true) => 1,
            (Next::Home, true) => 2,
            (Next::Place { powered: false, .. }, true) => 3,
            (Next::Place { powered: true, .. }, true) => 4,
            (_, false) => 5,
        }
    }
}

/// Whether one can go to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Home,
    Yes,
    Unsure,
    No,
}

fn open(check: &Check<'_>, there: There<'_>) -> Open {
    if there.destination.kind == DestinationKind::StayUpstairs {
        return Open::Home;
    }
    match (&there.facts.site, there.facts.listing) {
        (Some(site), _)
            if site.withdrawn || site.entry.is_closed_on(check.today) || site.entry.refuses() =>
        {
            Open::No
        }
        (Some(site), _) if closed_beside(check, site).is_some() => Open::Unsure,
        (Some(_), _) | (None, Listing::NotListed) => Open::Yes,
        // A hospital or a welfare shelter may stand in no list that was read; of places
        // of published lists that are not found there nobody knows anything.
        (None, Listing::NoReference) if !is_published(there.destination.kind) => Open::Yes,
        (None, _) => Open::Unsure,
    }
}

const fn is_published(kind: DestinationKind) -> bool {
    matches!(
        kind,
        DestinationKind::EmergencySite | DestinationKind::Shelter
    )
}

fn name(there: There<'_>) -> String {
    let listed = there.facts.site.as_ref();
    listed.map_or_else(
        || there.destination.label(),
        |site| site.published.name.clone(),
    )
}

fn is_powered(there: There<'_>, check: &Check<'_>) -> bool {
    let counts = |power: &ConfirmedPower| power.valid_until >= check.today;
    there.facts.power(there.destination).is_some_and(counts)
}

/// The places that are lost, for each hazard that hits the home or may hit it.
pub(super) fn lost(
    case: &CaseFacts<'_>,
    (before, after): (&Look, &Look),
    what_if: &WhatIf<'_>,
    closing: &BTreeSet<SiteId>,
) -> Vec<Lost> {
    let PlanState::Made(plan) = case.plan else {
        return Vec::new();
    };
    let of = |look: &'_ Look, world: &'_ World, judge: &mut dyn FnMut(&Check<'_>)| {
        let given = super::super::given(case, world, what_if.today);
        judge(&Check {
            case,
            plan,
            world,
            today: what_if.today,
            exposures: &look.exposures,
            places: &look.destinations,
            given: &given,
            budget: &look.power,
        });
    };
    let mut lost: Vec<Lost> = Vec::new();
    of(before, what_if.world, &mut |earlier| {
        of(after, &what_if.changed, &mut |later| {
            for (hazard, _) in earlier.hazards() {
                let choices: Vec<_> = earlier
                    .chosen_for(hazard)
                    .zip(later.chosen_for(hazard))
                    .collect();
                let usable = |at: usize| open(later, choices[at].1);
                for (at, (was, now)) in choices.iter().enumerate() {
                    let is = open(later, *now);
                    if open(earlier, *was) == is {
                        continue;
                    }
                    let first = choices[..at]
                        .iter()
                        .all(|(was, _)| matches!(open(earlier, *was), Open::No));
                    let others = || (0..choices.len()).filter(|other| *other != at);
                    let found = [Open::Yes, Open::Home, Open::Unsure]
                        .into_iter()
                        .filter_map(|wanted| others().find(|other| usable(*other) == wanted))
                        .collect::<Vec<_>>();
                    let sure = found.iter().filter(|at| usable(**at) != Open::Unsure).min();
                    let next = sure.or_else(|| found.first()).copied();
                    let next = next.map_or(Next::Nowhere, |at| next_of(choices[at].1, later));
                    let site = now.facts.site.as_ref().map(|site| site.id);
                    let one = Lost {
                        name: name(*now),
                        sure: site.is_some_and(|site| closing.contains(&site)),
                        hazards: vec![hazard],
                        first,
                        next,
                    };
                    add(&mut lost, one, hazard);
                }
            }
        });
    });
    lost.sort_by_key(Lost::rank);
    lost
}

fn next_of(there: There<'_>, check: &Check<'_>) -> Next {
    let site = there.facts.site.as_ref().map(|site| site.id);
    match open(check, there) {
        Open::Home => Next::Home,
        Open::Yes => Next::Place {
            name: name(there),
            site,
            powered: is_powered(there, check),
        },
        Open::Unsure | Open::No => Next::Unsure {
            name: name(there),
            site,
        },
    }
}

/// What is the same for several hazards stands once.
fn add(lost: &mut Vec<Lost>, one: Lost, hazard: Hazard) {
    let same = |known: &&mut Lost| {
        known.name == one.name
            && known.sure == one.sure
            && known.first == one.first
            && known.next == one.next
    };
    match lost.iter_mut().find(same) {
        Some(known) => known.hazards.push(hazard),
        None => lost.push(one),
    }
}
