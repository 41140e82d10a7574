//! The rules, one file a family, in the order of the catalogue (`RULES.md`).
//!
//! A rule is a small function that looks at a [`Check`] and pushes verdicts:
//! `fails`, `unknown` with what is missing and who can answer, or `holds`.
//! Each has a sentence for staff and one for families; next steps are read by
//! both, so none of them has a code in it or a word about other users.

pub mod destination;
pub mod legal;
pub mod power;
pub mod review;
pub mod supporter;
pub mod timing;
pub mod vertical;
mod writing;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

pub(crate) use writing::{About, Says, about};

use super::{
    context::{CaseFacts, World},
    exposure::HazardExposure,
    facts::DestinationFacts,
    inputs::{suggestible, with_neighbours},
};
use crate::domain::{
    finding::Finding,
    hazard::Hazard,
    plan::{
        PlanDocument,
        document::{Destination, DestinationKind},
    },
    power::{Budget, Given},
    warning,
};

/// Everything a rule may look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Check<'a> {
    pub case: &'a CaseFacts<'a>,
    pub plan: &'a PlanDocument,
    pub world: &'a World,
    pub today: NaiveDate,
    pub exposures: &'a BTreeMap<Hazard, HazardExposure>,
    /// One for each destination of the plan, in its order.
    pub places: &'a [DestinationFacts],
    /// What power is reckoned from.
    pub given: &'a Given<'a>,
    /// How long it lasts.
    pub budget: &'a Budget,
}

/// One destination with what is known of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct There<'a> {
    pub destination: &'a Destination,
    pub facts: &'a DestinationFacts,
}

impl<'a> Check<'a> {
    /// Every destination, in the order of choice; none where they were chosen
    /// for a home that was left.
    pub fn destinations(&self) -> impl Iterator<Item = There<'a>> + use<'a> {
        let of_this_home = self.case.left_home_on.is_none();
        self.on_paper().filter(move |_| of_this_home)
    }

    /// Every destination that the plan names, for whichever home.
    pub fn on_paper(&self) -> impl Iterator<Item = There<'a>> + use<'a> {
        self.plan
            .destinations
            .iter()
            .zip(self.places)
            .map(|(destination, facts)| There { destination, facts })
    }

    /// The destinations away from home.
    pub fn away(&self) -> impl Iterator<Item = There<'a>> + use<'a> {
        self.destinations()
            .filter(|there| there.destination.kind != DestinationKind::StayUpstairs)
    }

    /// The first choice for a hazard. Staying at home is one for flood-like
    /// hazards, earthquakes and power cuts only.
    pub fn first_for(&self, hazard: Hazard) -> Option<There<'a>> {
        self.chosen_for(hazard).next()
    }

    /// The choices for a hazard, in order.
    pub fn chosen_for(&self, hazard: Hazard) -> impl Iterator<Item = There<'a>> + use<'a> {
        self.destinations()
            .filter(move |there| there.destination.is_for(hazard) && there.can_serve(hazard))
    }

    /// The hazards that hit the home or may hit it, with `true` where it is
    /// sure.
    pub fn hazards(&self) -> impl Iterator<Item = (Hazard, bool)> + use<'a> {
        self.exposures
            .iter()
            .filter_map(|(hazard, exposure)| match exposure.hits() {
                Some(true) => Some((*hazard, true)),
                Some(false) => None,
                None => Some((*hazard, false)),
            })
    }

    /// Minutes from the decision to the door.
    pub fn preparation_minutes(&self) -> f64 {
        let standard = self.world.parameters.preparation_minutes;
        self.plan.preparation_minutes.map_or(standard, f64::from)
    }

    /// The first choice away from home when the power fails.
    pub fn way_out(&self) -> Option<There<'a>> {
        self.chosen_for(Hazard::PowerCut)
            .find(|there| there.destination.kind != DestinationKind::StayUpstairs)
    }

    /// What the home is exposed to.
    pub fn home(&self, hazard: Hazard) -> &'a HazardExposure {
        &self.exposures[&hazard]
    }
}

impl There<'_> {
    fn can_serve(&self, hazard: Hazard) -> bool {
        self.destination.kind != DestinationKind::StayUpstairs || may_stay(hazard)
    }
}

/// Whether staying at home is an answer to a hazard.
pub(crate) fn may_stay(hazard: Hazard) -> bool {
    hazard.may_stay_upstairs() || matches!(hazard, Hazard::PowerCut | Hazard::Earthquake)
}

/// Whether a text is there: blank is missing.
pub(crate) fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Every rule on a plan, in the order of the catalogue.
pub(crate) fn check(check: &Check<'_>, findings: &mut Vec<Finding>) {
    legal::check(check, findings);
    destination::check(check, findings);
    timing::check(check, findings);
    vertical::check(check, findings);
    power::check(check, findings);
    supporter::check(check, findings);
}

/// The first day after the check on which a verdict on the plan could change
/// with the same data: a warning's name begins or ends, a confirmation of
/// power ends, an agreement begins or becomes too old, a site that is meant, that
/// may be suggested or that stands at the address of one closes or opens, the
/// date of a consent comes, a battery, fuel or a test run becomes too old.
pub(crate) fn changes_on(check: &Check<'_>) -> Option<NaiveDate> {
    let after = |last: NaiveDate| last.checked_add_days(Days::new(1));
    let names = check.plan.triggers.iter().flat_map(|trigger| {
        given(trigger.name.as_deref())
            .into_iter()
            .flat_map(|name| warning::changes_of(name, trigger.hazard))
    });
    let places = check.away().flat_map(|there| {
        let power = there.facts.power(there.destination);
        [
            power.and_then(|power| after(power.valid_until)),
            destination::agreement_ends(check, there.destination).and_then(after),
        ]
    });
    let entries = check.world.sites.iter().flat_map(|sites| {
        let meant = check.away().filter_map(|t| t.facts.site.as_ref());
        let home = check.case.home.position;
        let near = home
            .into_iter()
            .flat_map(move |home| suggestible(sites, home));
        meant
            .chain(near)
            .flat_map(move |site| with_neighbours(sites, site))
    });
    let entries = entries.flat_map(|site| {
        let entry = &site.entry;
        let power = entry.power.as_ref();
        [
            power.and_then(|power| after(power.valid_until)),
            entry.closed_from,
            entry.closed_until.and_then(after),
        ]
    });
    let consents = &check.plan.consents;
    let papers = consents
        .provide
        .iter()
        .filter_map(|provision| provision.consent.as_ref())
        .chain(&consents.make)
        .map(|consent| consent.on);
    let stays = check
        .away()
        .filter_map(|t| t.destination.agreement.as_ref());
    let stays = stays.flat_map(|agreement| [agreement.dated, agreement.tried_on]);
    let fresh = review::changes_on(check);
    names
        .chain(fresh)
        .chain(super::power::changes_on(check.given))
        .chain(places.chain(papers).chain(stays).flatten())
        .chain(entries.flatten())
        .filter(|day| *day > check.today)
        .min()
}
