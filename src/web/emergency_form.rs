//! The form that opens emergency access, as it was typed.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::{
    domain::{
        emergency::{Area, EventKind, WidensTo},
        hazard::Hazard,
        municipality::MunicipalityCode,
        text::key_form,
    },
    service::emergency::{Wanted, Wrong},
};

/// The fields that are sent on from the first step to the second.
const FIELDS: [&str; 11] = [
    "kind",
    "name",
    "area",
    "hazard",
    "ward",
    "centre",
    "coordinators",
    "neighbour",
    "reason",
    "hours",
    "key",
];

/// What was typed: names and values, of choices with several as often as
/// chosen.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed(pub Vec<(String, String)>);

impl Typed {
    /// A form that nobody has typed in: as long as the settings allow.
    pub(super) fn blank(hours: u32) -> Self {
        Self(vec![
            ("area".to_owned(), "whole".to_owned()),
            ("hours".to_owned(), hours.to_string()),
        ])
    }

    /// Every value of a field.
    pub(super) fn all<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(name, _)| name == field)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a field; empty where there is none.
    pub(super) fn first(&self, field: &str) -> &str {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map_or("", |(_, value)| value)
    }

    /// Whether a field has a value.
    pub(super) fn has(&self, field: &str, value: &str) -> bool {
        self.all(field).any(|own| own == value)
    }

    /// The key of the form.
    pub(super) fn key(&self) -> Option<Uuid> {
        self.first("key").parse().ok()
    }

    /// The hours, in figures of any width.
    pub(super) fn hours(&self) -> Option<u32> {
        key_form(self.first("hours")).trim().parse().ok()
    }

    /// The fields for the second step.
    pub(super) fn again(&self) -> Vec<(String, String)> {
        let known = |(name, _): &&(String, String)| FIELDS.contains(&name.as_str());
        self.0.iter().filter(known).cloned().collect()
    }

    /// What is wanted, or what in it cannot be read.
    pub(super) fn wanted(&self) -> Result<Wanted, Wrong> {
        let codes = |field, wrong| -> Result<BTreeSet<MunicipalityCode>, Wrong> {
            self.all(field)
                .map(|code| MunicipalityCode::parse(code).map_err(|_| wrong))
                .collect()
        };
        let hazard = self.first("hazard");
        let area = match self.first("area") {
            "whole" => Area::Whole,
            "hit" => Hazard::ALL
                .into_iter()
                .find(|known| known.code() == hazard && !known.layers().is_empty())
                .map(Area::HitBy)
                .ok_or(Wrong::Area)?,
            "wards" => Area::Wards(codes("ward", Wrong::Area)?),
            _ => return Err(Wrong::Area),
        };
        let mut widens_to: BTreeSet<WidensTo> = codes("neighbour", Wrong::Neighbour)?
            .into_iter()
            .map(WidensTo::Neighbour)
            .collect();
        if self.has("centre", "yes") {
            widens_to.insert(WidensTo::Centre);
        }
        if self.has("coordinators", "yes") {
            widens_to.insert(WidensTo::Coordinators);
        }
        Ok(Wanted {
            kind: EventKind::from_code(self.first("kind")).ok_or(Wrong::Name)?,
            name: self.first("name").to_owned(),
            area,
            widens_to,
            reason: self.first("reason").to_owned(),
            hours: self.hours().ok_or(Wrong::Hours)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(fields: &[(&str, &str)]) -> Typed {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Typed(fields.iter().map(own).collect())
    }

    #[test]
    fn what_was_typed_is_read_with_all_that_was_chosen() {
        let form = typed(&[
            ("csrf", "x"),
            ("kind", "typhoon"),
            ("name", "令和8年台風第14号"),
            ("area", "hit"),
            ("hazard", "flood"),
            ("centre", "yes"),
            ("neighbour", "43202"),
            ("neighbour", "43205"),
            ("reason", "【デモ】"),
            ("hours", "１２"),
        ]);
        let wanted = form.wanted().unwrap();
        assert_eq!(wanted.area, Area::HitBy(Hazard::Flood));
        assert_eq!((wanted.widens_to.len(), wanted.hours), (3, 12));
        assert!(form.again().iter().all(|(name, _)| name != "csrf"));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert_eq!(typed(&[]).wanted(), Err(Wrong::Area));
        let hit = typed(&[("area", "hit"), ("hazard", "earthquake")]);
        assert_eq!(hit.wanted(), Err(Wrong::Area));
        let no_code = typed(&[("area", "whole"), ("neighbour", "x")]);
        assert_eq!(no_code.wanted(), Err(Wrong::Neighbour));
        let no_kind = typed(&[("area", "whole"), ("kind", "meteor")]);
        assert_eq!(no_kind.wanted(), Err(Wrong::Name));
        let no_hours = typed(&[("area", "whole"), ("kind", "other"), ("hours", "many")]);
        assert_eq!(no_hours.wanted(), Err(Wrong::Hours));
    }
}
