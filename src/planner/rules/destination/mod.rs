//! DST: where to go, for each hazard that hits the home.
//!
//! Staying upstairs at home is a choice too (it counts in DST-01 and DST-11
//! for flood-like hazards and power cuts), and is judged by the rules on
//! staying, not as a place.

use chrono::{Months, NaiveDate};

use super::Check;
use crate::domain::{finding::Finding, plan::document::Destination};

pub(crate) fn check(_check: &Check<'_>, _to: &mut Vec<Finding>) {}

/// The last day on which an agreement counts: 12 months after its date.
pub(crate) fn agreement_ends(check: &Check<'_>, destination: &Destination) -> Option<NaiveDate> {
    let dated = destination.agreement.as_ref()?.dated?;
    dated.checked_add_months(Months::new(check.world.parameters.agreement_months))
}
