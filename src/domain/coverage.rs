//! Which municipality which hazard layer speaks for: where none does, nothing is ever
//! "outside".

use super::{
    data_set::{DataSet, DataSetKind},
    hazard::{Hazard, LayerKind},
    municipality::{self, MunicipalityCode},
    text::Text,
};

/// Whether a layer speaks for a municipality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coverage {
    /// A data set in force does.
    Covered,
    /// Data sets in force speak for some of its wards.
    Partly,
    /// None says that it does, and one at least does not say for whom it speaks.
    NotStated,
    /// None does.
    NotCovered,
}

impl Coverage {
    /// A sign that needs no colour.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Covered => "○",
            Self::Partly => "△",
            Self::NotStated => "？",
            Self::NotCovered => "×",
        }
    }

    /// In words.
    pub const fn name(self) -> Text {
        match self {
            Self::Covered => Text::fixed("対象", "covered"),
            Self::Partly => Text::fixed("一部の区だけ対象", "some wards only"),
            Self::NotStated => Text::fixed("対象が示されていない", "coverage not stated"),
            Self::NotCovered => Text::fixed("対象のデータなし", "not covered"),
        }
    }
}

/// Whether the data sets in force of a layer speak for a municipality.
pub fn of_layer(own: MunicipalityCode, layer: LayerKind, sets: &[DataSet]) -> Coverage {
    let mut sets = sets
        .iter()
        .filter(|set| set.kind == DataSetKind::Hazard(layer))
        .peekable();
    if sets.peek().is_none() {
        return Coverage::NotCovered;
    }
    let sets: Vec<&DataSet> = sets.collect();
    let covers = |code| sets.iter().any(|set| set.covers(code));
    if covers(own) {
        return Coverage::Covered;
    }
    let wards: Vec<MunicipalityCode> = municipality::all()
        .filter(|m| m.parent == Some(own.as_str()))
        .filter_map(|m| MunicipalityCode::parse(m.code).ok())
        .collect();
    let covered = wards.iter().filter(|ward| covers(**ward)).count();
    match covered {
        0 if sets.iter().any(|set| set.covers.is_none()) => Coverage::NotStated,
        0 => Coverage::NotCovered,
        some if some == wards.len() => Coverage::Covered,
        _ => Coverage::Partly,
    }
}

/// The same for a hazard: the worst of its layers, since only all of them together
/// can say "outside" (a flood has three).
pub fn of_hazard(own: MunicipalityCode, hazard: Hazard, sets: &[DataSet]) -> Coverage {
    let layers = hazard.layers().iter();
    layers
        .map(|layer| of_layer(own, *layer, sets))
        .max()
        .unwrap_or(Coverage::NotCovered)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{data_set::Unread, id::DataSetId};

    fn code(text: &str) -> MunicipalityCode {
        MunicipalityCode::parse(text).unwrap()
    }

    fn set(layer: LayerKind, covers: Option<&[&str]>) -> DataSet {
        DataSet {
            id: DataSetId(Uuid::nil()),
            kind: DataSetKind::Hazard(layer),
            series: "demo".to_owned(),
            name: "【デモ】".to_owned(),
            publisher: None,
            dated: None,
            covers: covers.map(|codes| codes.iter().map(|c| code(c)).collect()),
            unread: Unread::Nothing,
        }
    }

    #[test]
    fn what_is_not_stated_is_told_from_what_is_not_covered() {
        use LayerKind::{Landslide, Tsunami};
        let sets = [
            set(Landslide, Some(&["43203"])),
            set(Tsunami, None),
            set(Tsunami, Some(&["43202"])),
        ];
        assert_eq!(of_layer(code("43203"), Landslide, &sets), Coverage::Covered);
        assert_eq!(
            of_layer(code("43202"), Landslide, &sets),
            Coverage::NotCovered
        );
        assert_eq!(of_layer(code("43203"), Tsunami, &sets), Coverage::NotStated);
        assert_eq!(of_layer(code("43202"), Tsunami, &sets), Coverage::Covered);
        assert_eq!(
            of_layer(code("43202"), LayerKind::Flood, &sets),
            Coverage::NotCovered
        );
    }

    #[test]
    fn a_city_is_covered_by_all_of_its_wards_and_partly_by_some() {
        let wards = ["43101", "43102", "43103", "43104", "43105"];
        let all = [set(LayerKind::Flood, Some(&wards))];
        assert_eq!(
            of_layer(code("43100"), LayerKind::Flood, &all),
            Coverage::Covered
        );
        let some = [set(LayerKind::Flood, Some(&wards[..2]))];
        assert_eq!(
            of_layer(code("43100"), LayerKind::Flood, &some),
            Coverage::Partly
        );
    }

    #[test]
    fn a_flood_needs_its_three_layers() {
        use LayerKind::{Flood, FloodCollapseBank, FloodCollapseFlow};
        let town: Option<&[&str]> = Some(&["43203"]);
        let mut sets = vec![set(Flood, town), set(FloodCollapseFlow, town)];
        assert_eq!(
            of_hazard(code("43203"), Hazard::Flood, &sets),
            Coverage::NotCovered
        );
        sets.push(set(FloodCollapseBank, None));
        assert_eq!(
            of_hazard(code("43203"), Hazard::Flood, &sets),
            Coverage::NotStated
        );
        sets.push(set(FloodCollapseBank, town));
        assert_eq!(
            of_hazard(code("43203"), Hazard::Flood, &sets),
            Coverage::Covered
        );
    }
}
