//! A number with where it comes from, and hours that may be a lower bound.

use serde::{Serialize, Serializer};

use crate::domain::{generator::Confidence, text::Text};

/// Where a number comes from, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Measured or checked on this child's own device.
    Measured,
    /// Stated by the family or the plan, or read from a plate.
    Stated,
    /// Of the catalogue, and how well it is known there.
    Catalogue(Confidence),
    /// This project's default where nothing is known.
    PlanningDefault,
}

impl Origin {
    /// The word in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Stated => "stated",
            Self::Catalogue(Confidence::High) => "catalogue_high",
            Self::Catalogue(Confidence::Medium) => "catalogue_medium",
            Self::Catalogue(Confidence::Low) => "catalogue_low",
            Self::PlanningDefault => "planning_default",
        }
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Measured => {
                Text::fixed("お子さんの機器での実測", "measured on this child's device")
            }
            Self::Stated => {
                Text::fixed("ご家族・計画・銘板の値", "stated by family, plan or plate")
            }
            Self::Catalogue(Confidence::High) => {
                Text::fixed("機種の一覧（出典で確認）", "catalogue (read in the source)")
            }
            Self::Catalogue(Confidence::Medium) => Text::fixed(
                "機種の一覧（同系機種などから）",
                "catalogue (of a twin model, or partly from memory)",
            ),
            Self::Catalogue(Confidence::Low) => Text::fixed(
                "機種の一覧（未確認：メーカーに確認してください）",
                "catalogue (not confirmed: ask the maker)",
            ),
            Self::PlanningDefault => Text::fixed("計画用の標準値", "planning default"),
        }
    }

    /// Whether the number deserves a warning wherever it is used.
    pub const fn is_low(self) -> bool {
        matches!(self, Self::Catalogue(Confidence::Low))
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Hours that the plan states together.
    StatedHours,
    /// Nominal hours of a battery.
    NominalHours,
    /// Hours at its last check.
    CheckedHours,
    /// Watt-hours of a portable battery.
    WattHours,
    /// Litres of fuel.
    Litres,
    /// Canisters.
    Canisters,
    /// Litres or canisters an hour.
    PerHour,
    /// Watts of chargers or of an inverter.
    SupplyWatts,
}

impl Measure {
    /// The name for people, with its unit.
    pub const fn name(self) -> Text {
        match self {
            Self::StatedHours => Text::fixed(
                "計画に書かれた合計（時間）",
                "hours as the plan states them together",
            ),
            Self::NominalHours => Text::fixed("公称（時間）", "nominal hours"),
            Self::CheckedHours => Text::fixed("点検のとき（時間）", "hours at the check"),
            Self::WattHours => Text::fixed("容量（Wh）", "watt-hours"),
            Self::Litres => Text::fixed("燃料（L）", "litres of fuel"),
            Self::Canisters => Text::fixed("ボンベ（本）", "canisters"),
            Self::PerHour => Text::fixed(
                "1時間の消費（L・本）",
                "burnt an hour (litres or canisters)",
            ),
            Self::SupplyWatts => {
                Text::fixed("充電器・インバーター（W）", "charger or inverter watts")
            }
        }
    }
}

/// A number that hours rest on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// What it is.
    pub measure: Measure,
    /// The number.
    pub value: f64,
    /// Where it comes from.
    pub origin: Origin,
}

impl Figure {
    /// A number with where it comes from.
    pub const fn new(measure: Measure, value: f64, origin: Origin) -> Self {
        Self {
            measure,
            value,
            origin,
        }
    }
}

/// Hours that something lasts: known, or a lower bound where something that
/// carries it is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reach {
    /// The hours: for sure so many.
    pub hours: f64,
    /// Whether that is all; `false`: at least so many.
    pub known: bool,
}

impl Reach {
    /// So many hours, and no more.
    pub const fn known(hours: f64) -> Self {
        Self { hours, known: true }
    }

    /// At least so many hours.
    pub const fn at_least(hours: f64) -> Self {
        Self {
            hours,
            known: false,
        }
    }

    /// Nothing is known.
    pub const UNKNOWN: Self = Self::at_least(0.0);

    /// Whether it lasts so long; `None`: that is not known.
    pub fn lasts(self, hours: f64) -> Option<bool> {
        if self.hours >= hours {
            Some(true)
        } else {
            self.known.then_some(false)
        }
    }

    /// Whether nothing at all is known of it.
    pub fn is_unknown(self) -> bool {
        !self.known && self.hours <= 0.0
    }

    /// The hours in tenths, rounded down.
    pub fn tenths(self) -> f64 {
        tenths_down(self.hours)
    }

    /// `9.5時間`, `少なくとも9.5時間`, `分かりません`.
    pub fn text(self) -> Text {
        let hours = self.tenths();
        if self.is_unknown() {
            Text::fixed("分かりません", "not known")
        } else if self.known {
            crate::text!("{hours:.1}時間", "{hours:.1} h")
        } else {
            crate::text!("少なくとも{hours:.1}時間", "at least {hours:.1} h")
        }
    }
}

/// A number in tenths, rounded down; what arithmetic has lost in its last digit
/// is not taken away again.
pub fn tenths_down(number: f64) -> f64 {
    (number * 10.0 + 1e-6).floor() / 10.0
}

/// A number that can be: there, finite and not below zero.
pub fn sane(number: Option<f64>) -> Option<f64> {
    number.filter(|number| number.is_finite() && *number >= 0.0)
}

/// A number that can be, and is more than nothing.
pub fn positive(number: Option<f64>) -> Option<f64> {
    sane(number).filter(|number| *number > 0.0)
}
