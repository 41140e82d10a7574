//! What saving measures gain: a second line beside the hours, never instead of
//! them.

use serde::Serialize;

use super::{
    budget::{Given, Source, SourceKind},
    draw::Draw,
    figure::Reach,
};
use crate::domain::{plan::document::DeviceKind, text::Text};

/// A measure that saves power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// 人工鼻 in place of the heated humidifier: only where the physician has
    /// agreed to it for this child, and one is at home.
    Hme,
    /// Manual or foot-driven suction in place of the electric one.
    ManualSuction,
    /// Both.
    HmeAndManualSuction,
    /// The oxygen concentrator is switched off while cylinders give the oxygen: only where
    /// the physician has agreed to it for this child, and only for as long as they last.
    Cylinders,
    /// The same together with every other measure that is allowed.
    Everything,
}

impl Measure {
    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Hme => Text::fixed(
                "加温加湿器を人工鼻に替える（主治医の了承あり）",
                "a heat and moisture exchanger in place of the humidifier (the physician has agreed)",
            ),
            Self::ManualSuction => Text::fixed(
                "吸引を手動・足踏みの吸引器にする",
                "a manual or foot-driven suction in place of the electric one",
            ),
            Self::HmeAndManualSuction => Text::fixed(
                "人工鼻（主治医の了承あり）と、手動・足踏みの吸引器の両方",
                "both: a heat and moisture exchanger (the physician has agreed) and a manual suction",
            ),
            Self::Cylinders => Text::fixed(
                "酸素ボンベがもつ間だけ、酸素濃縮器を止める（主治医の了承あり。移動中の酸素は別に要る）",
                "the concentrator switched off while the cylinders last (the physician has agreed; oxygen for the way is needed besides)",
            ),
            Self::Everything => Text::fixed(
                "上の節約をすべて（酸素濃縮器は、ボンベがもつ間だけ止める）",
                "all of these (the concentrator is off only while the cylinders last)",
            ),
        }
    }

    /// What is replaced for as long as the power is out.
    const fn kinds(self) -> &'static [DeviceKind] {
        match self {
            Self::Hme => &[DeviceKind::Humidifier],
            Self::ManualSuction => &[DeviceKind::Suction],
            Self::HmeAndManualSuction => &[DeviceKind::Humidifier, DeviceKind::Suction],
            Self::Cylinders | Self::Everything => &[],
        }
    }
}

/// What a measure gains.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Saving {
    /// Which.
    pub measure: Measure,
    /// Hours by all sources with it.
    pub total: Reach,
    /// Hours more than without.
    pub gain: f64,
}

/// Every measure that is allowed for this child and gains something. Measures
/// are for the draw alone: the ventilator's own batteries carry nothing else,
/// and gain nothing.
pub(super) fn of(given: &Given<'_>, draw: &Draw, total: Reach) -> Vec<Saving> {
    let Some(equipment) = given.equipment else {
        return Vec::new();
    };
    let has = |kind| draw.loads.iter().any(|load| load.kind == kind);
    let hme = equipment.hme.as_ref().is_some_and(|hme| {
        hme.agreed() == Some(true) && hme.at_home.is_some_and(|count| count > 0)
    }) && has(DeviceKind::Humidifier);
    let manual = equipment.manual_suction == Some(true) && has(DeviceKind::Suction);
    let cylinders = cylinder_hours(given);
    let others: Vec<DeviceKind> = [(hme, DeviceKind::Humidifier), (manual, DeviceKind::Suction)]
        .into_iter()
        .filter_map(|(allowed, kind)| allowed.then_some(kind))
        .collect();
    [
        (hme, Measure::Hme),
        (manual, Measure::ManualSuction),
        (hme && manual, Measure::HmeAndManualSuction),
        (cylinders.is_some(), Measure::Cylinders),
        (
            cylinders.is_some() && !others.is_empty(),
            Measure::Everything,
        ),
    ]
    .into_iter()
    .filter(|(allowed, _)| *allowed)
    .filter_map(|(_, measure)| {
        let hours = match (measure, cylinders) {
            (Measure::Cylinders, Some(last)) => while_they_last(given, draw, &[], last)?,
            (Measure::Everything, Some(last)) => while_they_last(given, draw, &others, last)?,
            _ => {
                let watts = draw.without(measure.kinds())?;
                given.hours_at(watts).iter().sum()
            }
        };
        let gain = hours - total.hours;
        (gain > 0.0).then_some(Saving {
            measure,
            total: Reach {
                hours,
                known: total.known,
            },
            gain,
        })
    })
    .collect()
}

/// How long cylinders stand in for the concentrator: where the physician has agreed to
/// it, and both flow and contents are known.
fn cylinder_hours(given: &Given<'_>) -> Option<f64> {
    let agreed = given.equipment?.oxygen_by_cylinder.as_ref()?.given;
    let reach = given.oxygen()?.reach;
    (agreed && reach.known && reach.hours > 0.0).then_some(reach.hours)
}

/// Hours by all sources where the concentrator is off for so many hours from the cut,
/// and some other devices are replaced for good. While the ventilator's own batteries
/// carry it the cylinders give the oxygen already, so that these hours are theirs too.
///
/// Each source first runs at the smaller draw, until the cylinders are empty, and what is
/// left of it then at the larger one.
fn while_they_last(
    given: &Given<'_>,
    draw: &Draw,
    others: &[DeviceKind],
    last: f64,
) -> Option<f64> {
    let mut off = others.to_vec();
    off.push(DeviceKind::Concentrator);
    let with = given.hours_at(draw.without(others)?);
    let without = given.hours_at(draw.without(&off)?);
    let mut so_far = 0.0;
    for (with, without) in with.into_iter().zip(without) {
        let without = without.max(with);
        let window = (last - so_far).max(0.0);
        so_far += if without <= window {
            without
        } else {
            window + (1.0 - window / without) * with
        };
    }
    Some(so_far)
}

impl Given<'_> {
    /// Hours of each source at a draw, in the order of use. Of the generators the best one
    /// of each fuel counts, and which one that is depends on the draw: they are one.
    fn hours_at(&self, watts: f64) -> Vec<f64> {
        let (sources, _) = self.sources(Some(watts), &|_| true);
        let (generators, others): (Vec<Source>, Vec<Source>) = sources
            .into_iter()
            .partition(|source| source.kind == SourceKind::Generator);
        let generators = generators.iter().map(|source| source.hours).sum();
        let others = others.iter().map(|source| source.hours);
        others.chain([generators]).collect()
    }
}

#[cfg(test)]
#[path = "measures_tests.rs"]
mod tests;
