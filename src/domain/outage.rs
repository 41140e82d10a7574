//! A power cut (停電) as somebody has entered it: where, since when, and for how long it
//! is expected.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::municipality::MunicipalityCode;

/// The longest power cut that is reckoned, in hours: thirty days (the figure is ours).
pub const MOST_HOURS: u32 = 720;

/// How many places a list may name (the figure is ours).
pub const MOST_PLACES: usize = 200;

/// How many points a drawn area may have (the figure is ours).
pub const MOST_POINTS: usize = 2_000;

/// Where the power is cut: all that is named together. Nothing of it is about a person.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct OutageArea {
    /// Whole municipalities, or wards of one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub towns: Vec<MunicipalityCode>,
    /// Parts of towns, as they were announced: 「下城本町の一部」.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// Drawn on the map: polygons, each an exterior and its holes, as longitude and
    /// latitude in degrees.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drawn: Vec<Vec<Vec<[f64; 2]>>>,
}

impl OutageArea {
    /// Whether it names nothing.
    pub fn is_empty(&self) -> bool {
        self.towns.is_empty() && self.places.is_empty() && self.drawn.is_empty()
    }
}

/// When a power cut began, or is to begin, and for how long it is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Since when.
    pub since: DateTime<Utc>,
    /// For how many hours.
    pub hours: u32,
}

/// A power cut on record.
#[derive(Debug, Clone, PartialEq)]
pub struct Outage {
    /// Its id.
    pub id: Uuid,
    /// The municipality whose office entered it, and to whose homes it is limited;
    /// `None`: the centre has, for every home of the prefecture.
    pub town: Option<MunicipalityCode>,
    /// Where.
    pub area: OutageArea,
    /// Since when, for how long.
    pub cut: Cut,
    /// The name of whoever entered it.
    pub by: String,
    /// When it was entered.
    pub entered_at: DateTime<Utc>,
    /// When somebody said that it is over, and who.
    pub ended: Option<(DateTime<Utc>, String)>,
}
