//! Where something is, and how exactly that is known.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// A point in degrees of latitude and longitude (JGD2011, EPSG:6668; WGS 84
/// and JGD2000 differ by less than the accuracy of any home here).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "RawPosition")]
pub struct Position {
    lat: f64,
    lon: f64,
}

/// Degrees of latitude and longitude.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawPosition {
    /// Degrees north.
    #[schemars(range(min = 20.0, max = 46.0))]
    lat: f64,
    /// Degrees east.
    #[schemars(range(min = 122.0, max = 154.0))]
    lon: f64,
}

impl TryFrom<RawPosition> for Position {
    type Error = BadPosition;
    fn try_from(raw: RawPosition) -> Result<Self, BadPosition> {
        Self::new(raw.lat, raw.lon)
    }
}

/// Why two numbers are no position.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum BadPosition {
    /// They would be a place in Japan the other way round.
    #[error("latitude and longitude are swapped: {lat}, {lon}")]
    Swapped {
        /// What was given as latitude.
        lat: f64,
        /// What was given as longitude.
        lon: f64,
    },
    /// Not within 20–46° N, 122–154° E.
    #[error("outside Japan: {lat}, {lon}")]
    OutsideJapan {
        /// Degrees north.
        lat: f64,
        /// Degrees east.
        lon: f64,
    },
}

impl Position {
    /// A position in Japan.
    pub fn new(lat: f64, lon: f64) -> Result<Self, BadPosition> {
        let inside =
            |lat: f64, lon: f64| (20.0..=46.0).contains(&lat) && (122.0..=154.0).contains(&lon);
        if inside(lat, lon) {
            Ok(Self { lat, lon })
        } else if inside(lon, lat) {
            Err(BadPosition::Swapped { lat, lon })
        } else {
            Err(BadPosition::OutsideJapan { lat, lon })
        }
    }

    /// Degrees north.
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// Degrees east.
    pub const fn lon(self) -> f64 {
        self.lon
    }
}

/// How a position was found, which says how exact it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PositionAccuracy {
    /// Surveyed on site (現地測位).
    Surveyed,
    /// The building on a map (建物).
    Building,
    /// The block of the address (街区).
    Block,
    /// The centre of the town (町字代表点).
    TownCentroid,
}

impl PositionAccuracy {
    /// How far the true place may be from the point, in metres. Parameters
    /// of this project (`RULES.md`, "What hits a home"), no law's.
    pub const fn metres(self) -> f64 {
        match self {
            Self::Surveyed => 10.0,
            Self::Building => 30.0,
            Self::Block => 100.0,
            Self::TownCentroid => 1_000.0,
        }
    }
}

/// Where the position of a home comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionOrigin {
    /// Somebody gave it, with the sheet or with the plan.
    Given,
    /// It was looked up by the address in a list of towns or blocks.
    Address,
    /// Staff set it on the map.
    Map,
}

impl PositionOrigin {
    /// The word in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Address => "address",
            Self::Map => "map",
        }
    }

    /// The origin of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Given, Self::Address, Self::Map]
            .into_iter()
            .find(|one| one.code() == code)
    }

    /// What people call it.
    pub const fn name(self) -> Text {
        match self {
            Self::Given => Text::fixed(
                "様式・計画に書かれた緯度・経度",
                "given in the sheet or plan",
            ),
            Self::Address => Text::fixed(
                "住所から（町・街区の一覧）",
                "from the address, by a list of towns or blocks",
            ),
            Self::Map => Text::fixed("地図で設定", "set on the map"),
        }
    }
}

impl PositionAccuracy {
    /// Every one, the most exact first.
    pub const ALL: [Self; 4] = [
        Self::Surveyed,
        Self::Building,
        Self::Block,
        Self::TownCentroid,
    ];

    /// The word in a form.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Surveyed => "surveyed",
            Self::Building => "building",
            Self::Block => "block",
            Self::TownCentroid => "town_centroid",
        }
    }

    /// The accuracy of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// How the position was found, in plain words.
    pub const fn name(self) -> Text {
        match self {
            Self::Surveyed => Text::fixed("現地で測った", "measured on site"),
            Self::Building => {
                Text::fixed("地図で建物を確かめた", "the building was found on a map")
            }
            Self::Block => Text::fixed("街区（番地）まで分かる", "the block is known"),
            Self::TownCentroid => Text::fixed("町の代表点", "the centre of the town"),
        }
    }

    /// Whether somebody should look for a better one: the house may be
    /// anywhere within 100 m or more.
    pub const fn is_rough(self) -> bool {
        matches!(self, Self::Block | Self::TownCentroid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_numbers_are_told_from_a_far_country() {
        assert!(matches!(
            Position::new(130.7, 32.8),
            Err(BadPosition::Swapped { .. })
        ));
        assert!(matches!(
            Position::new(51.5, 0.1),
            Err(BadPosition::OutsideJapan { .. })
        ));
        assert!(matches!(
            Position::new(f64::NAN, 130.0),
            Err(BadPosition::OutsideJapan { .. })
        ));
    }
}
