//! Hazards, the published layers that show them, and their classes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// A hazard of a plan. The first eight are the kinds for which an emergency
/// site is designated (災害対策基本法 第49条の4, 施行令 第20条の4), in the order
/// of the published lists; a power cut is this program's own.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Hazard {
    /// 洪水
    Flood,
    /// 崖崩れ、土石流及び地滑り (土砂災害)
    Landslide,
    /// 高潮
    StormSurge,
    /// 地震
    Earthquake,
    /// 津波
    Tsunami,
    /// 大規模な火事
    Fire,
    /// 内水氾濫
    InlandFlood,
    /// 火山現象
    Volcano,
    /// 停電
    PowerCut,
}

impl Hazard {
    /// Every hazard, in the order of the published lists.
    pub const ALL: [Self; 9] = [
        Self::Flood,
        Self::Landslide,
        Self::StormSurge,
        Self::Earthquake,
        Self::Tsunami,
        Self::Fire,
        Self::InlandFlood,
        Self::Volcano,
        Self::PowerCut,
    ];

    /// The eight for which emergency sites are designated.
    pub const DESIGNATED: [Self; 8] = [
        Self::Flood,
        Self::Landslide,
        Self::StormSurge,
        Self::Earthquake,
        Self::Tsunami,
        Self::Fire,
        Self::InlandFlood,
        Self::Volcano,
    ];

    /// The name in JSON and in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Flood => "flood",
            Self::Landslide => "landslide",
            Self::StormSurge => "storm_surge",
            Self::Earthquake => "earthquake",
            Self::Tsunami => "tsunami",
            Self::Fire => "fire",
            Self::InlandFlood => "inland_flood",
            Self::Volcano => "volcano",
            Self::PowerCut => "power_cut",
        }
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Flood => Text::fixed("洪水", "flood"),
            Self::Landslide => Text::fixed("土砂災害", "landslide"),
            Self::StormSurge => Text::fixed("高潮", "storm surge"),
            Self::Earthquake => Text::fixed("地震", "earthquake"),
            Self::Tsunami => Text::fixed("津波", "tsunami"),
            Self::Fire => Text::fixed("大規模な火事", "large fire"),
            Self::InlandFlood => Text::fixed("内水氾濫", "inland flood"),
            Self::Volcano => Text::fixed("火山現象", "volcano"),
            Self::PowerCut => Text::fixed("停電", "power cut"),
        }
    }

    /// Water that stands or runs: the hazards for which a shelter must be judged
    /// by its emergency site.
    pub const fn is_flood_like(self) -> bool {
        matches!(
            self,
            Self::Flood | Self::StormSurge | Self::Tsunami | Self::InlandFlood
        )
    }

    /// Whether staying upstairs (屋内安全確保) is a way to live through it: floods
    /// and storm surges (避難情報に関するガイドライン, Cabinet Office 2021). A tsunami
    /// takes houses; everybody leaves.
    pub const fn may_stay_upstairs(self) -> bool {
        matches!(self, Self::Flood | Self::StormSurge | Self::InlandFlood)
    }

    /// Whether evacuation levels (警戒レベル) are issued for it. Tsunami and
    /// earthquake have none (避難情報に関するガイドライン, Cabinet Office 2021).
    pub const fn has_levels(self) -> bool {
        matches!(
            self,
            Self::Flood | Self::Landslide | Self::StormSurge | Self::InlandFlood
        )
    }

    /// Hits every home, whatever the map says.
    pub const fn hits_every_home(self) -> bool {
        matches!(self, Self::Earthquake | Self::PowerCut)
    }

    /// The published layers in which a point is exposed to it. Empty: no
    /// published layer is read for it.
    pub const fn layers(self) -> &'static [LayerKind] {
        match self {
            Self::Flood => &[
                LayerKind::Flood,
                LayerKind::FloodCollapseFlow,
                LayerKind::FloodCollapseBank,
            ],
            Self::Landslide => &[LayerKind::Landslide],
            Self::StormSurge => &[LayerKind::StormSurge],
            Self::Tsunami => &[LayerKind::Tsunami],
            Self::InlandFlood => &[LayerKind::InlandFlood],
            Self::Earthquake | Self::Fire | Self::Volcano | Self::PowerCut => &[],
        }
    }
}

/// The kind of a published hazard layer; the word of `--kind`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LayerKind {
    /// 洪水浸水想定区域 (想定最大規模): depth.
    Flood,
    /// 浸水継続時間.
    FloodDuration,
    /// 家屋倒壊等氾濫想定区域 (氾濫流).
    FloodCollapseFlow,
    /// 家屋倒壊等氾濫想定区域 (河岸侵食).
    FloodCollapseBank,
    /// 土砂災害警戒区域・特別警戒区域.
    Landslide,
    /// 高潮浸水想定区域.
    StormSurge,
    /// 津波浸水想定.
    Tsunami,
    /// 雨水出水 (内水) 浸水想定区域.
    InlandFlood,
}

impl LayerKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Flood,
        Self::FloodDuration,
        Self::FloodCollapseFlow,
        Self::FloodCollapseBank,
        Self::Landslide,
        Self::StormSurge,
        Self::Tsunami,
        Self::InlandFlood,
    ];

    /// The name in JSON, in the database and after `--kind`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Flood => "flood",
            Self::FloodDuration => "flood_duration",
            Self::FloodCollapseFlow => "flood_collapse_flow",
            Self::FloodCollapseBank => "flood_collapse_bank",
            Self::Landslide => "landslide",
            Self::StormSurge => "storm_surge",
            Self::Tsunami => "tsunami",
            Self::InlandFlood => "inland_flood",
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Flood => Text::fixed(
                "洪水浸水想定区域（想定最大規模）",
                "flood depth (largest assumed)",
            ),
            Self::FloodDuration => Text::fixed("浸水継続時間", "flood duration"),
            Self::FloodCollapseFlow => Text::fixed(
                "家屋倒壊等氾濫想定区域（氾濫流）",
                "house collapse zone (flood current)",
            ),
            Self::FloodCollapseBank => Text::fixed(
                "家屋倒壊等氾濫想定区域（河岸侵食）",
                "house collapse zone (bank erosion)",
            ),
            Self::Landslide => Text::fixed("土砂災害警戒区域等", "landslide zones"),
            Self::StormSurge => Text::fixed("高潮浸水想定区域", "storm surge depth"),
            Self::Tsunami => Text::fixed("津波浸水想定", "tsunami depth"),
            Self::InlandFlood => Text::fixed("内水浸水想定区域", "inland flood depth"),
        }
    }
}

/// Depth of inundation in the six ranks of the standard
/// (洪水浸水想定区域図作成マニュアル 第4版, MLIT; `A31a_205`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "u8", into = "u8")]
pub enum InundationRank {
    /// Under 0.5 m.
    R1 = 1,
    /// 0.5 m to under 3 m.
    R2 = 2,
    /// 3 m to under 5 m.
    R3 = 3,
    /// 5 m to under 10 m.
    R4 = 4,
    /// 10 m to under 20 m.
    R5 = 5,
    /// 20 m and more.
    R6 = 6,
}

/// A number that is no rank of its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a rank of the table")]
pub struct NoSuchRank(pub u8);

impl InundationRank {
    /// All ranks, shallow first.
    pub const ALL: [Self; 6] = [Self::R1, Self::R2, Self::R3, Self::R4, Self::R5, Self::R6];

    /// Depth in metres, lower bound inclusive; ranks have no gap between them.
    pub const fn lower_metres(self) -> f64 {
        match self {
            Self::R1 => 0.0,
            Self::R2 => 0.5,
            Self::R3 => 3.0,
            Self::R4 => 5.0,
            Self::R5 => 10.0,
            Self::R6 => 20.0,
        }
    }

    /// Depth in metres, upper bound exclusive; `None`: without one.
    pub const fn upper_metres(self) -> Option<f64> {
        match self {
            Self::R1 => Some(0.5),
            Self::R2 => Some(3.0),
            Self::R3 => Some(5.0),
            Self::R4 => Some(10.0),
            Self::R5 => Some(20.0),
            Self::R6 => None,
        }
    }

    /// The rank of a depth in metres, lower bound inclusive; `None` for a
    /// depth that is no positive number (dry, or unknown).
    pub fn of_metres(depth: f64) -> Option<Self> {
        if !depth.is_finite() || depth <= 0.0 {
            return None;
        }
        Self::ALL
            .into_iter()
            .rev()
            .find(|r| depth >= r.lower_metres())
    }

    /// The lowest storey (1 = ground floor) on which devices stay dry, from
    /// the storey table of `DOMAIN.md` D3 (municipal leaflets to 5 m; above
    /// that this project's choice). `None`: nowhere.
    pub const fn min_safe_floor(self) -> Option<i16> {
        match self {
            Self::R1 | Self::R2 => Some(2),
            Self::R3 => Some(3),
            Self::R4 => Some(4),
            Self::R5 | Self::R6 => None,
        }
    }

    /// The depth for people.
    pub const fn name(self) -> Text {
        match self {
            Self::R1 => Text::fixed("0.5m未満", "under 0.5 m"),
            Self::R2 => Text::fixed("0.5m以上3m未満", "0.5 m to under 3 m"),
            Self::R3 => Text::fixed("3m以上5m未満", "3 m to under 5 m"),
            Self::R4 => Text::fixed("5m以上10m未満", "5 m to under 10 m"),
            Self::R5 => Text::fixed("10m以上20m未満", "10 m to under 20 m"),
            Self::R6 => Text::fixed("20m以上", "20 m and more"),
        }
    }
}

impl TryFrom<u8> for InundationRank {
    type Error = NoSuchRank;
    fn try_from(number: u8) -> Result<Self, NoSuchRank> {
        Self::ALL
            .into_iter()
            .find(|rank| *rank as u8 == number)
            .ok_or(NoSuchRank(number))
    }
}

impl From<InundationRank> for u8 {
    fn from(rank: InundationRank) -> Self {
        rank as Self
    }
}

/// How long water stands 0.5 m or deeper (浸水継続時間, `A31a_305`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "u8", into = "u8")]
pub enum DurationRank {
    /// Under 12 hours.
    D1 = 1,
    /// 12 hours to under a day.
    D2 = 2,
    /// 1 to under 3 days.
    D3 = 3,
    /// 3 days to under a week.
    D4 = 4,
    /// 1 to under 2 weeks.
    D5 = 5,
    /// 2 to under 4 weeks.
    D6 = 6,
    /// 4 weeks and more.
    D7 = 7,
}

impl DurationRank {
    /// All ranks, short first.
    pub const ALL: [Self; 7] = [
        Self::D1,
        Self::D2,
        Self::D3,
        Self::D4,
        Self::D5,
        Self::D6,
        Self::D7,
    ];

    /// The upper bound in hours; `None`: without one.
    pub const fn upper_hours(self) -> Option<u32> {
        match self {
            Self::D1 => Some(12),
            Self::D2 => Some(24),
            Self::D3 => Some(72),
            Self::D4 => Some(168),
            Self::D5 => Some(336),
            Self::D6 => Some(672),
            Self::D7 => None,
        }
    }
}

impl TryFrom<u8> for DurationRank {
    type Error = NoSuchRank;
    fn try_from(number: u8) -> Result<Self, NoSuchRank> {
        Self::ALL
            .into_iter()
            .find(|rank| *rank as u8 == number)
            .ok_or(NoSuchRank(number))
    }
}

impl From<DurationRank> for u8 {
    fn from(rank: DurationRank) -> Self {
        rank as Self
    }
}

/// What a landslide zone is about (`A33_001`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LandslidePhenomenon {
    /// 急傾斜地の崩壊 (1)
    SlopeFailure,
    /// 土石流 (2)
    DebrisFlow,
    /// 地滑り (3)
    SlowSlide,
}

/// A landslide zone (`A33_002`; 土砂災害防止法 第7条, 第9条).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LandslideZone {
    /// 土砂災害警戒区域 (yellow): codes 1 and 3.
    Warning,
    /// 土砂災害特別警戒区域 (red): codes 2 and 4.
    SpecialWarning,
}

/// What a polygon of a layer says about the ground inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneClass {
    /// Depth of water.
    Depth(InundationRank),
    /// How long the water stays.
    Duration(DurationRank),
    /// Houses are swept away or lose their ground.
    Collapse,
    /// Landslide; the zone orders before the phenomenon, so that red is worst.
    Landslide(LandslideZone, LandslidePhenomenon),
}

impl ZoneClass {
    /// The class for people.
    pub fn name(self) -> Text {
        match self {
            Self::Depth(rank) => rank.name(),
            Self::Duration(rank) => match rank.upper_hours() {
                Some(hours) => crate::text!("{hours}時間以内", "up to {hours} h"),
                None => Text::fixed("4週間以上", "4 weeks and more"),
            },
            Self::Collapse => Text::fixed("家屋倒壊等氾濫想定区域", "house collapse zone"),
            Self::Landslide(zone, phenomenon) => {
                let (ja, en) = match phenomenon {
                    LandslidePhenomenon::SlopeFailure => ("急傾斜地の崩壊", "slope failure"),
                    LandslidePhenomenon::DebrisFlow => ("土石流", "debris flow"),
                    LandslidePhenomenon::SlowSlide => ("地滑り", "slow slide"),
                };
                match zone {
                    LandslideZone::Warning => Text::new(
                        format!("土砂災害警戒区域（{ja}）"),
                        format!("landslide warning zone ({en})"),
                    ),
                    LandslideZone::SpecialWarning => Text::new(
                        format!("土砂災害特別警戒区域（{ja}）"),
                        format!("special landslide warning zone ({en})"),
                    ),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_depth_on_a_bound_belongs_to_the_deeper_rank() {
        for (metres, rank) in [
            (0.01, InundationRank::R1),
            (0.5, InundationRank::R2),
            (3.0, InundationRank::R3),
            (5.0, InundationRank::R4),
            (10.0, InundationRank::R5),
            (20.0, InundationRank::R6),
        ] {
            assert_eq!(InundationRank::of_metres(metres), Some(rank));
        }
        assert_eq!(InundationRank::of_metres(0.0), None);
        assert_eq!(InundationRank::of_metres(f64::NAN), None);
    }

    #[test]
    fn a_red_zone_of_any_kind_is_worse_than_a_yellow_one() {
        use {LandslidePhenomenon as P, LandslideZone as Z};
        assert!(
            ZoneClass::Landslide(Z::SpecialWarning, P::SlopeFailure)
                > ZoneClass::Landslide(Z::Warning, P::SlowSlide)
        );
    }

    #[test]
    fn ten_metres_of_water_leave_no_safe_floor() {
        assert_eq!(InundationRank::R1.min_safe_floor(), Some(2));
        assert_eq!(InundationRank::R4.min_safe_floor(), Some(4));
        assert_eq!(InundationRank::R5.min_safe_floor(), None);
    }
}
