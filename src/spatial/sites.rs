//! The sites of a prefecture, in memory, found by reference, by address and by
//! distance.

use std::collections::HashMap;

use crate::domain::{
    hazard::Hazard,
    id::SiteId,
    municipality::MunicipalityCode,
    position::Position,
    site::{Site, SiteKind},
};

/// Every site that a plan may name.
#[derive(Debug, Default)]
pub struct SiteDirectory {
    sites: Vec<Site>,
    by_reference: HashMap<(SiteKind, String), usize>,
    by_address: HashMap<(MunicipalityCode, String), Vec<usize>>,
    planned: HashMap<SiteId, u32>,
}
