//! Why nobody can say whether a hazard hits a place, who can, and how.

use serde::Serialize;

use crate::{
    domain::{
        finding::Owner,
        hazard::{LayerKind, ZoneClass},
        position::PositionOrigin,
        text::Text,
    },
    text,
};

/// Why nobody can say whether a hazard hits a place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum WhyUnknown {
    /// The place has no position.
    NoPosition,
    /// The place's municipality is unknown, so that no map can be said to
    /// cover it.
    NoMunicipality,
    /// A zone is nearer than the position is exact.
    Inexact {
        /// Its layer.
        layer: LayerKind,
        /// What it says about the ground.
        class: ZoneClass,
        /// From the position to its edge.
        metres: f64,
        /// How far the true place may be from the position.
        within_metres: f64,
        /// Where the position comes from, as far as that is on record.
        #[serde(skip_serializing_if = "Option::is_none")]
        origin: Option<PositionOrigin>,
    },
    /// No data set of this layer speaks for the municipality.
    NotCovered {
        /// The layer.
        layer: LayerKind,
    },
    /// The position lies outside the municipality: one of them is wrong.
    Elsewhere {
        /// How far from its boundary.
        metres: f64,
    },
    /// The map holds an area here that could not be read.
    Unread {
        /// The layer.
        layer: LayerKind,
    },
    /// The program reads no map of this hazard.
    NoLayerRead,
}

impl WhyUnknown {
    /// Which of two reasons is told: a zone that is near before everything,
    /// and a layer that is missing only when nothing else is known.
    pub(super) fn before(self, first: Option<Self>) -> Self {
        match (first, self) {
            (Some(first @ Self::Inexact { .. }), _) | (Some(first), Self::NotCovered { .. }) => {
                first
            }
            (_, this) => this,
        }
    }

    /// What nobody has said yet.
    pub fn missing(self) -> Text {
        match self {
            Self::NoPosition => Text::fixed("地図上の位置", "the position on the map"),
            Self::NoMunicipality => {
                Text::fixed("その場所の市町村", "the municipality of the place")
            }
            Self::Inexact {
                layer,
                class,
                metres,
                within_metres,
                origin,
            } => {
                let zone = zone_label(layer, class);
                let missing = say!(
                    "正確な位置（{}まで{metres:.0}m、位置の誤差は最大{within_metres:.0}m）",
                    "the exact position ({} is {metres:.0} m away, the position is exact to {within_metres:.0} m)"; zone);
                match origin {
                    Some(PositionOrigin::Address) => say!(
                        "{}。今の位置は住所から求めた代表点です",
                        "{}; the position on record is a centre found by the address"; missing),
                    _ => missing,
                }
            }
            Self::NotCovered { layer } => {
                let layer = layer.name();
                say!(
                    "この市町村を対象とする{}の地図",
                    "a map for this municipality: {}"; layer)
            }
            Self::Elsewhere { metres } => {
                let km = metres / 1000.0;
                text!(
                    "正しい位置（登録の位置は、市町村の境界から{km:.1}km離れた場所にあります）",
                    "the right position (the one on record lies {km:.1} km outside the municipality)"
                )
            }
            Self::Unread { layer } => {
                let layer = layer.name();
                say!(
                    "{}の地図のうち、取り込めなかった区域",
                    "an area of the map that could not be read: {}"; layer)
            }
            Self::NoLayerRead => Text::fixed("この災害の地図", "a map of this hazard"),
        }
    }

    /// That the ground may be worse than the zone shows in which a position lies,
    /// where a worse zone is nearer than the position is exact.
    pub fn maybe_worse(self) -> Option<Text> {
        let Self::Inexact {
            layer,
            class,
            metres,
            within_metres,
            ..
        } = self
        else {
            return None;
        };
        let zone = zone_label(layer, class);
        Some(say!(
            "位置の誤差が最大{within_metres:.0}mあり、もっと危ない区域（{}、{metres:.0}m先）の中かもしれません",
            "the position is exact to {within_metres:.0} m only: it may lie in a worse zone ({}, {metres:.0} m away)"; zone))
    }

    /// Who can answer.
    pub const fn owner(self) -> Owner {
        match self {
            Self::NoPosition | Self::Inexact { .. } | Self::Elsewhere { .. } => Owner::Coordinator,
            Self::NoMunicipality
            | Self::NotCovered { .. }
            | Self::Unread { .. }
            | Self::NoLayerRead => Owner::Municipality,
        }
    }

    /// What they do next.
    pub fn next_step(self) -> Text {
        match self {
            Self::NoPosition => Text::fixed(
                "住所を地図で確かめ、建物の位置を登録する。",
                "Find the address on a map and record the position of the building.",
            ),
            Self::Elsewhere { .. } => Text::fixed(
                "住所と地図の位置を見比べ、間違っているほう（位置か市町村）を直す。緯度・経度の数字の打ち間違いに注意する。",
                "Compare the address with the position on a map and correct what is wrong, position or municipality; look for a mistyped digit.",
            ),
            Self::Inexact { .. } => Text::fixed(
                "地図か現地で建物の位置を確かめ、位置と確かめ方を登録し直す。",
                "Confirm the position of the building on a map or on site, and record it with how it was found.",
            ),
            Self::NoMunicipality => Text::fixed(
                "その場所の市町村を確かめて登録する。",
                "Find out in which municipality the place is, and record it.",
            ),
            Self::NotCovered { layer } => {
                let layer = layer.name();
                say!(
                    "{}のデータを、対象の市町村を指定して取り込む。公表されていない場合は、市町村の防災担当に確かめる。",
                    "Import a data set ({}) and state the municipalities it covers; if none is published, ask the municipality's disaster staff."; layer)
            }
            Self::Unread { layer } => {
                let layer = layer.name();
                say!(
                    "取り込みの報告で、取り込めなかった{}の区域を確かめる。公表元に正しいデータを求めて取り込み直し、それまでは公表されている地図で確かめる。",
                    "See in the report of the import which area could not be read ({}). Ask the publisher for a correct file and import it; until then look at the published map."; layer)
            }
            Self::NoLayerRead => Text::fixed(
                "市町村のハザードマップで、自宅が危険な区域に入るかを確かめる。入るときは、その災害で使える行き先を計画に書く。",
                "Look at the municipality's hazard map; if the home is in danger, write a destination for this hazard into the plan.",
            ),
        }
    }
}

/// What a map says of a zone, for people.
pub(super) fn zone_label(layer: LayerKind, class: ZoneClass) -> Text {
    let depth = class.name();
    let (ja, en) = match layer {
        LayerKind::Flood => ("洪水浸水想定区域", "flood zone"),
        LayerKind::StormSurge => ("高潮浸水想定区域", "storm surge zone"),
        LayerKind::Tsunami => ("津波浸水想定区域", "tsunami zone"),
        LayerKind::InlandFlood => ("内水浸水想定区域", "inland flood zone"),
        LayerKind::FloodDuration
        | LayerKind::FloodCollapseFlow
        | LayerKind::FloodCollapseBank
        | LayerKind::Landslide => return depth,
    };
    say!("{ja}（{}）", "{en} ({})"; depth)
}
