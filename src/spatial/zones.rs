//! Hazard zones in memory, and what a point or a line is exposed to.

use std::sync::Arc;

use geo::MultiPolygon;

use crate::domain::{
    data_set::DataSet,
    hazard::{LayerKind, ZoneClass},
    municipality::MunicipalityCode,
    position::Position,
};

/// One polygon (or several) of a published layer.
#[derive(Debug, Clone)]
pub struct Zone {
    /// Which layer.
    pub kind: LayerKind,
    /// What it says about the ground inside.
    pub class: ZoneClass,
    /// The river's or the zone's name, where the file has one.
    pub name: Option<String>,
    /// The data set it comes from.
    pub data_set: Arc<DataSet>,
    /// Its area in degrees, as published.
    pub geometry: MultiPolygon<f64>,
}
