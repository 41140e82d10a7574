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
    /// Towns (町・大字・丁目) with their centres.
    Towns,
    /// Blocks and lots (街区・地番) with their centres.
    Blocks,
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
            Self::Towns => "towns",
            Self::Blocks => "blocks",
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
            "towns" => Some(Self::Towns),
            "blocks" => Some(Self::Blocks),
            other => LayerKind::from_code(other).map(Self::Hazard),
        }
    }
}

/// What a finding cites of a data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// Where it holds an area that could not be taken.
    pub unread: Unread,
}

/// Where a file holds areas that could not be taken (an unknown code, a broken
/// ring): there its data set is silent, and never says "outside".
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    /// Every area was taken.
    #[default]
    Nothing,
    /// In these boxes: west, south, east, north, in degrees.
    Boxes(Vec<[f64; 4]>),
    /// Somewhere: not even the place of an area could be read.
    Somewhere,
}

impl Unread {
    /// More boxes than this are kept as "somewhere".
    pub const BOXES: usize = 1000;

    /// Adds an area that was not taken, by its box, where that is known.
    pub fn add(&mut self, area: Option<[f64; 4]>) {
        let boxes = match (&mut *self, area) {
            (Self::Nothing, Some(area)) => return *self = Self::Boxes(vec![area]),
            (Self::Boxes(boxes), Some(_)) if boxes.len() < Self::BOXES => boxes,
            _ => return *self = Self::Somewhere,
        };
        boxes.extend(area);
    }

    /// Whether an area that was not taken may reach into a box.
    pub fn meets(&self, [west, south, east, north]: [f64; 4]) -> bool {
        match self {
            Self::Nothing => false,
            Self::Boxes(boxes) => boxes
                .iter()
                .any(|b| b[0] <= east && west <= b[2] && b[1] <= north && south <= b[3]),
            Self::Somewhere => true,
        }
    }
}

/// The smallest box around two: west, south, east, north.
pub fn hull(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [
        a[0].min(b[0]),
        a[1].min(b[1]),
        a[2].max(b[2]),
        a[3].max(b[3]),
    ]
}

impl DataSet {
    /// Whether it speaks for a municipality: it or its city is listed. A ward
    /// alone does not speak for the whole of its city.
    pub fn covers(&self, municipality: MunicipalityCode) -> bool {
        self.covers.as_ref().is_some_and(|codes| {
            codes
                .iter()
                .any(|code| *code == municipality || *code == municipality.responsible())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_that_was_not_taken_silences_its_box_alone() {
        let mut unread = Unread::default();
        assert!(!unread.meets([-180.0, -90.0, 180.0, 90.0]));
        unread.add(Some([130.0, 32.0, 130.5, 32.5]));
        unread.add(Some([131.0, 33.0, 131.5, 33.5]));
        assert!(unread.meets([130.5, 32.5, 130.6, 32.6]), "edges count");
        assert!(unread.meets([131.2, 33.2, 131.2, 33.2]));
        assert!(!unread.meets([130.6, 32.6, 130.9, 32.9]));
    }

    #[test]
    fn an_area_of_unknown_place_may_be_anywhere() {
        let mut unread = Unread::default();
        unread.add(Some([130.0, 32.0, 130.5, 32.5]));
        unread.add(None);
        unread.add(Some([130.0, 32.0, 130.5, 32.5]));
        assert_eq!(unread, Unread::Somewhere);
        assert!(unread.meets([140.0, 40.0, 140.0, 40.0]));
    }

    #[test]
    fn too_many_boxes_are_anywhere() {
        let mut unread = Unread::default();
        for _ in 0..Unread::BOXES {
            unread.add(Some([130.0, 32.0, 130.5, 32.5]));
        }
        assert!(matches!(&unread, Unread::Boxes(boxes) if boxes.len() == Unread::BOXES));
        unread.add(Some([130.0, 32.0, 130.5, 32.5]));
        assert_eq!(unread, Unread::Somewhere);
    }

    #[test]
    fn a_ward_alone_does_not_speak_for_its_city() {
        let code = |text| MunicipalityCode::parse(text).unwrap();
        let set = |codes: &[&'static str]| DataSet {
            id: DataSetId(uuid::Uuid::nil()),
            kind: DataSetKind::Hazard(LayerKind::Flood),
            series: "demo".to_owned(),
            name: "【デモ】".to_owned(),
            publisher: None,
            dated: None,
            covers: Some(codes.iter().map(|c| code(c)).collect()),
            unread: Unread::Nothing,
        };
        assert!(set(&["43100"]).covers(code("43101")));
        assert!(!set(&["43101"]).covers(code("43100")));
        assert!(!set(&["43101"]).covers(code("43102")));
    }
}
