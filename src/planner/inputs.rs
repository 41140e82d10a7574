//! What of the world a verdict on one child can rest on: everything that a rule
//! could read, and as little else as can be told without asking a map.
//!
//! Where it stays the same, and the case and the day's dates too, the verdict
//! stays the same: it need not be computed again. Too much of it costs a
//! computation; too little would leave a wrong verdict standing, so that a data
//! set counts as soon as its box or its municipalities come near.

use std::sync::Arc;

use serde::Serialize;

use super::{
    CaseFacts, Listing, PlanState, World,
    exposure::Place,
    facts::{look_up, municipality_of},
    power::models,
};
use crate::{
    domain::{
        device::DeviceModel,
        generator::GeneratorModel,
        id::DataSetId,
        municipality::MunicipalityCode,
        plan::document::DestinationKind,
        position::{Position, PositionAccuracy},
        site::Site,
    },
    spatial::sites::SiteDirectory,
};

/// How many sites near the home a rule may suggest from.
const NEAR_SITES: usize = 40;

/// The sites that a rule may suggest to a home, nearest first.
pub(crate) fn suggestible(
    sites: &SiteDirectory,
    home: Position,
) -> impl Iterator<Item = &Arc<Site>> {
    sites.nearest(home).take(NEAR_SITES)
}

/// A site with the others at its address: one that is closed says something of
/// all of them.
pub(crate) fn with_neighbours<'a>(
    sites: &'a SiteDirectory,
    site: &'a Arc<Site>,
) -> impl Iterator<Item = &'a Arc<Site>> {
    std::iter::once(site).chain(sites.others_at_address_of(site))
}

/// What of the world a verdict on one child can rest on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorldInputs {
    /// Hazard data sets that come near one of its places, or speak for one.
    pub hazard_sets: Vec<DataSetId>,
    /// The destinations, in the order of the plan.
    pub destinations: Vec<ListedInputs>,
    /// The sites that may be suggested, nearest first, each with the others at its
    /// address.
    pub near: Vec<Shared>,
    /// What the catalogue says of its devices and batteries.
    pub devices: Vec<DeviceModel>,
    /// What the catalogue says of its generators.
    pub generators: Vec<GeneratorModel>,
}

/// What the lists say of a destination.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedInputs {
    /// How it stands to the lists.
    pub listing: Listing,
    /// The site.
    pub site: Option<Shared>,
    /// How many plan to go there.
    pub planned: Option<u32>,
    /// The other sites at its address: by emergency sites it is judged, and one
    /// that is closed leaves open whether it is.
    pub at_address: Vec<Shared>,
}

/// A site as it stands in the directory.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared(pub Arc<Site>);

impl Serialize for Shared {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.as_ref().serialize(to)
    }
}

/// Where a verdict on one child rests on maps, sites that might be suggested aside.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The home, within so many metres, and the ways from it to each destination.
    pub lines: Vec<(Vec<Position>, f64)>,
    /// The municipalities of the home and of the destinations.
    pub towns: Vec<MunicipalityCode>,
}

impl Places {
    /// Collects them.
    pub fn of(case: &CaseFacts<'_>, world: &World) -> Self {
        places(case, world).0
    }
}

/// The places of a case, and what the lists say of its destinations.
fn places(case: &CaseFacts<'_>, world: &World) -> (Places, Vec<ListedInputs>) {
    let home = Place::of_home(case.home, world);
    let mut lines: Vec<(Vec<Position>, f64)> = Vec::new();
    let mut towns: Vec<MunicipalityCode> = home.municipality.into_iter().collect();
    lines.extend(home.position.map(|at| (vec![at], home.within_metres)));
    let destinations = match case.plan {
        PlanState::Made(plan) => plan.destinations.as_slice(),
        PlanState::None(_) | PlanState::Unknown => &[],
    };
    let sites = world.sites.as_ref();
    let mut listed = Vec::with_capacity(destinations.len());
    for destination in destinations {
        if destination.kind == DestinationKind::StayUpstairs {
            continue;
        }
        let (listing, site) = look_up(destination, sites);
        let published = site.as_ref().map(|site| &site.published);
        let there = published.map(|p| p.position).or(destination.position);
        let address = published.map(|p| p.address.as_str());
        let named = address.or(destination.address.as_deref());
        towns.extend(published.and_then(|p| p.municipality));
        towns.extend(named.and_then(municipality_of));
        let way: Vec<Position> = home
            .position
            .into_iter()
            .chain(destination.route_line.iter().flatten().copied())
            .chain(there)
            .collect();
        lines.push((way, 0.0));
        let at_address = sites
            .zip(site.as_deref())
            .map_or_else(Vec::new, |(all, site)| {
                let others = all.others_at_address_of(site);
                others.map(|site| Shared(Arc::clone(site))).collect()
            });
        listed.push(ListedInputs {
            listing,
            planned: sites
                .zip(site.as_deref())
                .and_then(|(all, site)| all.planned_at(site.id)),
            site: site.map(Shared),
            at_address,
        });
    }
    (Places { lines, towns }, listed)
}

impl WorldInputs {
    /// Collects them. No zone is asked for.
    pub fn of(case: &CaseFacts<'_>, world: &World) -> Self {
        let (
            Places {
                mut lines,
                mut towns,
            },
            destinations,
        ) = places(case, world);
        let near: Vec<Shared> = match (&world.sites, case.home.position, case.plan) {
            (Some(sites), Some(at), PlanState::Made(_)) => suggestible(sites, at)
                .flat_map(|site| with_neighbours(sites, site))
                .map(|site| Shared(Arc::clone(site)))
                .collect(),
            _ => Vec::new(),
        };
        if let PlanState::Made(plan) = case.plan {
            for one in &plan.supporters {
                lines.extend(one.position.map(|at| {
                    let accuracy = one.accuracy.unwrap_or(PositionAccuracy::TownCentroid);
                    (vec![at], accuracy.metres())
                }));
                towns.extend(one.address.as_deref().and_then(municipality_of));
            }
        }
        for Shared(site) in &near {
            lines.push((vec![site.published.position], 0.0));
            towns.extend(site.published.municipality);
        }
        let sets = world.layers.sets_that_matter(&lines, &towns);
        let (devices, generators) = models(case, world);
        Self {
            devices,
            generators,
            hazard_sets: sets.map(|set| set.id).collect(),
            destinations,
            near,
        }
    }
}

#[cfg(test)]
#[path = "inputs_tests.rs"]
mod tests;
