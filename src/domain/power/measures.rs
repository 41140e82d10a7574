//! What saving measures gain: a second line beside the hours, never instead of
//! them.

use serde::Serialize;

use super::{budget::Given, draw::Draw, figure::Reach};
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
        }
    }

    const fn kinds(self) -> &'static [DeviceKind] {
        match self {
            Self::Hme => &[DeviceKind::Humidifier],
            Self::ManualSuction => &[DeviceKind::Suction],
            Self::HmeAndManualSuction => &[DeviceKind::Humidifier, DeviceKind::Suction],
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
    [
        (hme, Measure::Hme),
        (manual, Measure::ManualSuction),
        (hme && manual, Measure::HmeAndManualSuction),
    ]
    .into_iter()
    .filter(|(allowed, _)| *allowed)
    .filter_map(|(_, measure)| {
        let watts = draw.without(measure.kinds())?;
        let (sources, _) = given.sources(Some(watts), &|_| true);
        let hours: f64 = sources.iter().map(|source| source.hours).sum();
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
