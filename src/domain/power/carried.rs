//! The hours of a child's sources without what they rest on: small enough to be kept
//! for every home of a prefecture, and what is said of them in a power cut.

use serde::{Deserialize, Serialize};

use super::{figure::tenths_down, missing::SourceKind};

/// Hours by source. Nothing known is no source and nothing known of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Carried {
    /// Each kind of source that carries something with its hours, in the order of use.
    pub sources: Vec<(SourceKind, f64)>,
    /// Whether the hours by batteries are all; `false`: at least so many.
    pub batteries_known: bool,
    /// Whether the hours by all sources are.
    pub all_known: bool,
}

impl Carried {
    /// Hours that a family told, all sources together.
    pub fn told(hours: f64) -> Self {
        Self {
            sources: vec![(SourceKind::Told, hours.max(0.0))],
            batteries_known: true,
            all_known: true,
        }
    }

    /// Hours by batteries alone; a lower bound where they are not known.
    pub fn battery_hours(&self) -> f64 {
        let batteries = self.sources.iter().filter(|(kind, _)| kind.is_battery());
        batteries.map(|(_, hours)| hours).sum()
    }

    /// Hours by all sources; a lower bound where they are not known.
    pub fn total_hours(&self) -> f64 {
        self.sources.iter().map(|(_, hours)| hours).sum()
    }

    /// What is said of a home in a power cut of so many hours.
    pub fn answer(&self, horizon: f64) -> Answer {
        let total = self.total_hours();
        let lasts = total >= horizon;
        let mut left = horizon;
        let sources = self.sources.iter().filter_map(|(kind, hours)| {
            let here = hours.min(left);
            left -= here;
            (here > 0.0).then(|| (*kind, tenths_down(here)))
        });
        Answer {
            sources: sources.collect(),
            known: lasts || self.batteries_known,
            hours_left: tenths_down(total.min(horizon)),
            lasts,
            at_least: !lasts && !self.all_known,
        }
    }
}

/// What is said of a home in a power cut (`tomoshibi outage`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Whether the hours of its batteries are known; `false`: `hours_left` is a
    /// lower bound, and the home comes first.
    pub known: bool,
    /// Hours in tenths, rounded down, at most those that were asked for.
    pub hours_left: f64,
    /// Whether it lasts as long as was asked for.
    pub lasts: bool,
    /// Whether there may be more: a car or a generator of which something is
    /// unknown.
    pub at_least: bool,
    /// Each kind of source with its hours, in the order of use.
    pub sources: Vec<(SourceKind, f64)>,
}

impl Answer {
    /// The order of a list of homes: unknown first, then soonest.
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        let known = self.known.cmp(&other.known);
        known.then(self.hours_left.total_cmp(&other.hours_left))
    }
}
