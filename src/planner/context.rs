//! What a check is told: the world outside, and what is known of one child.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::{
    domain::{
        child::{Home, Stuck},
        consent::OrdinanceMode,
        device, generator,
        id::CaseNumber,
        parameters::Parameters,
        plan::{
            PlanDocument, document::ChildItems, drill::HeldDrill, overriding::Override,
            review::Review,
        },
        power::Equipment,
    },
    spatial::{boundaries::Boundaries, sites::SiteDirectory, zones::Layers},
};

/// The published world: hazard zones, sites, and the numbers that this project
/// chose. The same for every child.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// The hazard zones of the current data sets.
    pub layers: Arc<Layers>,
    /// The listed sites; `None`: no list of sites was given, so that nothing
    /// is known about any of them.
    pub sites: Option<SiteDirectory>,
    /// The boundaries of municipalities, as far as they are known.
    pub boundaries: Arc<Boundaries>,
    /// The planner's parameters.
    pub parameters: Parameters,
    /// The catalogue of devices.
    pub devices: device::Catalogue,
    /// The catalogue of generators.
    pub generators: generator::Catalogue,
}

/// Whether a child has a plan.
#[derive(Debug, Clone, Copy)]
pub enum PlanState<'a> {
    /// Nobody has said.
    Unknown,
    /// It has none; where that is stuck, where somebody has said so.
    None(Option<Stuck>),
    /// It has this one.
    Made(&'a PlanDocument),
}

/// What is known of one child on the day of the check.
#[derive(Debug, Clone, Copy)]
pub struct CaseFacts<'a> {
    /// The case.
    pub case: &'a CaseNumber,
    /// Its plan.
    pub plan: PlanState<'a>,
    /// The law's items about the child, as they are now.
    pub child: &'a ChildItems,
    /// The home as it is now.
    pub home: &'a Home,
    /// The day on which the home that the plan was made for was left; `None`:
    /// it was made for this one.
    pub left_home_on: Option<NaiveDate>,
    /// How the municipality's ordinance treats giving plans to others. Where a
    /// document is checked without a database, the caller takes it from
    /// `consents.ordinance`.
    pub ordinance: OrdinanceMode,
    /// How fresh the plan is; `None`: the check has no record of it (a plan
    /// document alone), and says nothing on freshness.
    pub review: Option<&'a Review>,
    /// The drills that stand, the latest first: the minutes of one come before what the
    /// plan says of its way.
    pub drills: &'a [HeldDrill],
    /// The child's devices and sources of power on record, which count before
    /// what its plan says of them; `None`: nobody has recorded any.
    pub equipment: Option<&'a Equipment>,
    /// Battery hours on record of a child without a plan.
    pub battery_hours: Option<f64>,
    /// What named persons have overridden.
    pub overrides: &'a [Override],
}
