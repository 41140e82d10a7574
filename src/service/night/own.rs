//! What a family's own page says of the night: what is in force where its child is, and
//! what it does now.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::list::night;
use crate::{
    domain::{
        access::{Moment, Reader},
        hazard::Hazard,
        id::{CaseId, SiteId},
        night::SiteNow,
    },
    planner::{
        World,
        outage::Left,
        tonight::{Judged, covers},
    },
    service::ServiceError,
    store::Tx,
};

/// What reaches a child tonight.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnNight {
    /// How it stands.
    pub judged: Judged,
    /// The name of the information that is in force, as it was issued; the worst.
    pub name: Option<String>,
    /// Since when its power is off, and how long it lasts.
    pub cut: Option<(DateTime<Utc>, Left)>,
    /// What was said of sites tonight.
    pub sites: HashMap<SiteId, SiteNow>,
}

/// What reaches the child of a family tonight; `None`: nothing that is in force.
pub(in crate::service) async fn of_family(
    tx: &mut Tx,
    (reader, case): (&Reader, CaseId),
    world: &World,
    at: Moment,
) -> Result<Option<OwnNight>, ServiceError> {
    let night = night(tx, (reader, at), world, None).await?;
    let Some(own) = night.listed.into_iter().find(|one| one.case.id == case) else {
        return Ok(None);
    };
    let judged = own.judged;
    if judged.level.is_none() && !judged.power_cut {
        return Ok(None);
    }
    let named = night.levels.iter().filter(|row| {
        covers(row.municipality, own.case.home)
            && row.level == judged.level
            && row.hazard.is_none_or(|hazard| {
                hazard != Hazard::PowerCut && (judged.outside || judged.hazards.contains(&hazard))
            })
    });
    let since = own.cut_since;
    Ok(Some(OwnNight {
        name: named.map(|row| row.name.clone()).next(),
        cut: since.zip(own.cut.map(|cut| cut.left)),
        sites: night.now,
        judged,
    }))
}
