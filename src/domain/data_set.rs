//! What was published by whom, and which part of it is in force.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{hazard::LayerKind, id::DataSetId, municipality::MunicipalityCode};

/// What a data set holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataSetKind {
    /// Emergency sites (指定緊急避難場所).
    EmergencySites,
    /// Shelters (指定避難所).
    Shelters,
    /// Boundaries of municipalities (行政区域).
    Boundaries,
    /// Families, homes and plans, from a municipality's own sheet.
    Families,
    /// A hazard layer.
    #[serde(untagged)]
    Hazard(LayerKind),
}

impl DataSetKind {
    /// The word in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EmergencySites => "emergency_sites",
            Self::Shelters => "shelters",
            Self::Boundaries => "boundaries",
            Self::Families => "families",
            Self::Hazard(kind) => kind.code(),
        }
    }

    /// The kind of a word of the database.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "emergency_sites" => Some(Self::EmergencySites),
            "shelters" => Some(Self::Shelters),
            "boundaries" => Some(Self::Boundaries),
            "families" => Some(Self::Families),
            other => LayerKind::from_code(other).map(Self::Hazard),
        }
    }
}

/// What a finding cites of a data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSet {
    /// Its id.
    pub id: DataSetId,
    /// What it holds.
    pub kind: DataSetKind,
    /// What it replaces when it is imported again: KSJ id, area and river
    /// without the year, else the file's stem.
    pub series: String,
    /// Its name for people.
    pub name: String,
    /// Who published it, where that is known.
    pub publisher: Option<String>,
    /// Its date, where that is known.
    pub dated: Option<NaiveDate>,
    /// The municipalities it speaks for; `None`: not stated, so that a place
    /// outside its zones is unknown, never dry.
    pub covers: Option<BTreeSet<MunicipalityCode>>,
}

impl DataSet {
    /// Whether it speaks for a municipality: it, its city, or one of its wards
    /// is listed.
    pub fn covers(&self, municipality: MunicipalityCode) -> bool {
        self.covers.as_ref().is_some_and(|codes| {
            codes
                .iter()
                .any(|code| *code == municipality || *code == municipality.responsible())
        })
    }
}
