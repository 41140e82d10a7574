//! What of the world a verdict on one child can rest on: everything that a rule
//! could read, and as little else as can be told without asking a map.
//!
//! Where it stays the same, and the case and the day's dates too, the verdict
//! stays the same: it need not be computed again. Too much of it costs a
//! computation; too little would leave a wrong verdict standing, so that a data
//! set counts as soon as its box or its municipalities come near.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    CaseFacts, Listing, PlanState, World,
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
    spatial::sites::{SiteDirectory, SiteState},
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

/// What of a case says on which part of the world its verdict can rest. It is kept beside the
/// verdict: after a change of the world this little says whether the case is to be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// Where the home is; `None`: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    home: Option<Position>,
    /// How far the true home may be from it, in metres.
    within_metres: f64,
    /// The municipality of the home; `None`: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<MunicipalityCode>,
    /// There is a plan, to which sites may be suggested.
    made: bool,
    /// Where the plan leads, those who stay upstairs aside, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    destinations: Vec<Aim>,
    /// Where its supporters are, and within how many metres.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    supporters: Vec<(Position, f64)>,
    /// In which municipalities their addresses lie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    supporters_in: Vec<MunicipalityCode>,
    /// The models of its devices and batteries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    devices: Vec<String>,
    /// The models of its generators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    generators: Vec<String>,
}

/// A destination, as far as it says where to look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Aim {
    kind: DestinationKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    site: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    way: Vec<Position>,
    /// In which municipality its address lies, as the plan writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address_in: Option<MunicipalityCode>,
}

impl Reach {
    /// Collects it. Nothing of the world is asked for.
    pub fn of(case: &CaseFacts<'_>) -> Self {
        let accuracy = |known: Option<PositionAccuracy>| {
            known.unwrap_or(PositionAccuracy::TownCentroid).metres()
        };
        let plan = match case.plan {
            PlanState::Made(plan) => Some(plan),
            PlanState::None(_) | PlanState::Unknown => None,
        };
        let to = plan.into_iter().flat_map(|plan| &plan.destinations);
        let supporters = || plan.into_iter().flat_map(|plan| &plan.supporters);
        let (devices, generators) = models(case);
        Self {
            home: case.home.position,
            within_metres: accuracy(case.home.accuracy),
            municipality: case.home.municipality,
            made: plan.is_some(),
            destinations: to
                .filter(|to| to.kind != DestinationKind::StayUpstairs)
                .map(|to| Aim {
                    kind: to.kind,
                    site: to.site.clone(),
                    position: to.position,
                    way: to.route_line.clone().unwrap_or_default(),
                    address_in: to.address.as_deref().and_then(municipality_of),
                })
                .collect(),
            supporters: supporters()
                .filter_map(|one| Some((one.position?, accuracy(one.accuracy))))
                .collect(),
            supporters_in: supporters()
                .filter_map(|one| municipality_of(one.address.as_deref()?))
                .collect(),
            devices,
            generators,
        }
    }
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
    pub near: Vec<SiteState>,
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
    pub site: Option<SiteState>,
    /// How many plan to go there.
    pub planned: Option<u32>,
    /// The other sites at its address: by emergency sites it is judged, and one
    /// that is closed leaves open whether it is.
    pub at_address: Vec<SiteState>,
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
    pub fn of(reach: &Reach, world: &World) -> Self {
        places(reach, world).0
    }
}

/// The places of a case, and what the lists say of its destinations.
fn places(reach: &Reach, world: &World) -> (Places, Vec<ListedInputs>) {
    let mut lines: Vec<(Vec<Position>, f64)> = Vec::new();
    let mut towns: Vec<MunicipalityCode> = reach.municipality.into_iter().collect();
    lines.extend(reach.home.map(|at| (vec![at], reach.within_metres)));
    let sites = world.sites.as_ref();
    let mut listed = Vec::with_capacity(reach.destinations.len());
    for aim in &reach.destinations {
        let (listing, site) = look_up((aim.kind, aim.site.as_deref()), sites);
        let published = site.as_ref().map(|site| &site.published);
        let there = published.map(|p| p.position).or(aim.position);
        towns.extend(published.and_then(|p| p.municipality));
        towns.extend(published.map_or(aim.address_in, |p| municipality_of(&p.address)));
        let home = reach.home.into_iter();
        lines.push((
            home.chain(aim.way.iter().copied()).chain(there).collect(),
            0.0,
        ));
        let known = sites.zip(site.as_deref());
        listed.push(ListedInputs {
            listing,
            planned: known.and_then(|(all, site)| all.planned_at(site.id)),
            site: known.map(|(all, site)| all.state_of(site)),
            at_address: known.map_or_else(Vec::new, |(all, site)| {
                let others = all.others_at_address_of(site);
                others.map(|other| all.state_of(other)).collect()
            }),
        });
    }
    (Places { lines, towns }, listed)
}

impl WorldInputs {
    /// Collects them. No zone is asked for.
    pub fn of(reach: &Reach, world: &World) -> Self {
        let (
            Places {
                mut lines,
                mut towns,
            },
            destinations,
        ) = places(reach, world);
        let mut near = Vec::new();
        if let (Some(sites), Some(home), true) = (&world.sites, reach.home, reach.made) {
            let around = suggestible(sites, home).flat_map(|site| with_neighbours(sites, site));
            for site in around {
                lines.push((vec![site.published.position], 0.0));
                towns.extend(site.published.municipality);
                near.push(sites.state_of(site));
            }
        }
        lines.extend(
            reach
                .supporters
                .iter()
                .map(|(at, within)| (vec![*at], *within)),
        );
        towns.extend(&reach.supporters_in);
        towns.sort_unstable();
        towns.dedup();
        let sets = world.layers.sets_that_matter(&lines, &towns);
        let devices = reach.devices.iter();
        let generators = reach.generators.iter();
        Self {
            devices: devices
                .filter_map(|name| world.devices.of_name(name))
                .cloned()
                .collect(),
            generators: generators
                .filter_map(|name| world.generators.of_name(name))
                .cloned()
                .collect(),
            hazard_sets: sets.map(|set| set.id).collect(),
            destinations,
            near,
        }
    }
}

#[cfg(test)]
#[path = "inputs_tests.rs"]
mod tests;
