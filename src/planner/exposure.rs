//! Whether a hazard hits a place (`RULES.md`, "What hits a home").
//!
//! - A mapped hazard hits when the point lies in, or on the edge of, a zone;
//!   the worst zone counts. Flood is shown by its depth layer and by the two
//!   layers of house collapse zones: any of them hits, and only all of them
//!   together say "outside".
//! - A zone nearer than the position is exact, or a layer that speaks for
//!   nobody there: unknown, with what is missing and who can answer.
//! - Earthquake and power cut hit every home. No layer is read for a large
//!   fire or a volcano: unknown.

use std::sync::Arc;

use serde::{Serialize, Serializer, ser::SerializeSeq};
use serde_json::{Value, json};

use crate::{
    domain::{
        child::Home,
        data_set::{DataSet, DataSetKind},
        finding::Owner,
        hazard::{Hazard, LandslideZone, LayerKind, ZoneClass},
        municipality::MunicipalityCode,
        position::{Position, PositionAccuracy},
        text::Text,
    },
    spatial::zones::{Exposure, Layers, Zone},
};

/// The zone that a map shows at a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ZoneHit {
    /// Its layer.
    pub layer: LayerKind,
    /// What it says about the ground.
    pub class: ZoneClass,
    /// The river's or the zone's name, where the file has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is published.
    #[serde(serialize_with = "cite_one")]
    pub data_set: Arc<DataSet>,
}

impl ZoneHit {
    pub(crate) fn of(zone: &Zone) -> Self {
        Self {
            layer: zone.kind,
            class: zone.class,
            name: zone.name.clone(),
            data_set: Arc::clone(&zone.data_set),
        }
    }

    /// What the map says, for people: `洪水浸水想定区域（0.5m以上3m未満）`.
    pub fn label(&self) -> Text {
        zone_label(self.layer, self.class)
    }
}

fn zone_label(layer: LayerKind, class: ZoneClass) -> Text {
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
    },
    /// No data set of this layer speaks for the municipality.
    NotCovered {
        /// The layer.
        layer: LayerKind,
    },
    /// The program reads no map of this hazard.
    NoLayerRead,
}

impl WhyUnknown {
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
            } => {
                let zone = zone_label(layer, class);
                say!(
                    "正確な位置（{}まで{metres:.0}m、位置の誤差は最大{within_metres:.0}m）",
                    "the exact position ({} is {metres:.0} m away, the position is exact to {within_metres:.0} m)"; zone)
            }
            Self::NotCovered { layer } => {
                let layer = layer.name();
                say!(
                    "この市町村を対象とする{}の地図",
                    "a map for this municipality: {}"; layer)
            }
            Self::NoLayerRead => Text::fixed("この災害の地図", "a map of this hazard"),
        }
    }

    /// Who can answer.
    pub const fn owner(self) -> Owner {
        match self {
            Self::NoPosition | Self::Inexact { .. } => Owner::Coordinator,
            Self::NoMunicipality | Self::NotCovered { .. } | Self::NoLayerRead => {
                Owner::Municipality
            }
        }
    }

    /// What they do next.
    pub fn next_step(self) -> Text {
        match self {
            Self::NoPosition => Text::fixed(
                "住所を地図で確かめ、建物の位置を登録する。",
                "Find the address on a map and record the position of the building.",
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
            Self::NoLayerRead => Text::fixed(
                "市町村のハザードマップで、自宅が危険な区域に入るかを確かめる。入るときは、その災害で使える行き先を計画に書く。",
                "Look at the municipality's hazard map; if the home is in danger, write a destination for this hazard into the plan.",
            ),
        }
    }
}

/// Whether a hazard hits a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum HazardExposure {
    /// It does.
    Hit {
        /// The worst zone, where a map shows it: depth before collapse, which
        /// has its own field. `None` for earthquake and power cut.
        zone: Option<ZoneHit>,
        /// Whether the place lies in a house collapse zone (flood only; else
        /// `Some(false)`); `None`: unknown.
        collapse: Option<bool>,
        /// Every data set that shows it.
        #[serde(serialize_with = "cite_all")]
        data_sets: Vec<Arc<DataSet>>,
    },
    /// The place lies outside every zone of maps that cover it. Not "safe".
    OutsideZones {
        /// Those maps.
        #[serde(serialize_with = "cite_all")]
        data_sets: Vec<Arc<DataSet>>,
    },
    /// Nobody knows.
    Unknown {
        /// Why.
        #[serde(flatten)]
        why: WhyUnknown,
        /// As in `Hit`.
        collapse: Option<bool>,
    },
}

impl HazardExposure {
    const fn everywhere() -> Self {
        Self::Hit {
            zone: None,
            collapse: Some(false),
            data_sets: Vec::new(),
        }
    }

    const fn unknown(why: WhyUnknown) -> Self {
        Self::Unknown {
            why,
            collapse: None,
        }
    }

    /// Whether it hits; `None`: unknown.
    pub const fn hits(&self) -> Option<bool> {
        match self {
            Self::Hit { .. } => Some(true),
            Self::OutsideZones { .. } => Some(false),
            Self::Unknown { .. } => None,
        }
    }

    /// The worst zone, where a map shows one.
    pub const fn zone(&self) -> Option<&ZoneHit> {
        match self {
            Self::Hit { zone, .. } => zone.as_ref(),
            Self::OutsideZones { .. } | Self::Unknown { .. } => None,
        }
    }

    /// Whether the place lies in a house collapse zone; `None`: unknown.
    pub const fn collapse(&self) -> Option<bool> {
        match self {
            Self::Hit { collapse, .. } | Self::Unknown { collapse, .. } => *collapse,
            Self::OutsideZones { .. } => Some(false),
        }
    }

    /// Whether the place lies in a red landslide zone; `None`: unknown.
    pub fn red_landslide(&self) -> Option<bool> {
        self.hits().map(|_| {
            matches!(
                self.zone().map(|zone| zone.class),
                Some(ZoneClass::Landslide(LandslideZone::SpecialWarning, _))
            )
        })
    }

    /// The data sets behind the verdict.
    pub fn data_sets(&self) -> &[Arc<DataSet>] {
        match self {
            Self::Hit { data_sets, .. } | Self::OutsideZones { data_sets } => data_sets,
            Self::Unknown { .. } => &[],
        }
    }

    /// What nobody has said yet, where that is why it is unknown.
    pub fn missing(&self) -> Option<Text> {
        match self {
            Self::Unknown { why, .. } => Some(why.missing()),
            Self::Hit { .. } | Self::OutsideZones { .. } => None,
        }
    }

    /// The sentence for people.
    pub fn sentence(&self) -> Text {
        match self {
            Self::Hit { zone: None, .. } => {
                Text::fixed("どの家でも起こりえます", "can happen to every home")
            }
            Self::Hit {
                zone: Some(zone),
                collapse,
                ..
            } => {
                let label = zone.label();
                if *collapse == Some(true) && zone.class != ZoneClass::Collapse {
                    say!(
                        "{}の中。家屋倒壊等氾濫想定区域の中",
                        "inside: {}; also inside a house collapse zone"; label)
                } else {
                    say!("{}の中", "inside: {}"; label)
                }
            }
            Self::OutsideZones { .. } => Text::fixed(
                "地図の区域の外です（安全という意味ではありません）",
                "outside the zones of the map (this does not mean safe)",
            ),
            Self::Unknown { why, .. } => {
                let missing = why.missing();
                say!(
                    "まだ分かりません：{}",
                    "not known yet: {}"; missing)
            }
        }
    }
}

/// A place on the map, as exactly as it is known.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Where; `None`: unknown.
    pub position: Option<Position>,
    /// How far the true place may be from it, in metres.
    pub within_metres: f64,
    /// In which municipality; `None`: unknown, so that no map covers it.
    pub municipality: Option<MunicipalityCode>,
}

impl Place {
    /// Where a home is. A position without a word on how it was found counts
    /// as the centre of a town (1,000 m).
    pub fn of_home(home: &Home) -> Self {
        Self {
            position: home.position,
            within_metres: home
                .accuracy
                .unwrap_or(PositionAccuracy::TownCentroid)
                .metres(),
            municipality: home.municipality,
        }
    }

    /// Whether a hazard hits the place.
    pub fn exposure(&self, hazard: Hazard, layers: &Layers) -> HazardExposure {
        if hazard.hits_every_home() {
            return HazardExposure::everywhere();
        }
        if hazard.layers().is_empty() {
            return HazardExposure::unknown(WhyUnknown::NoLayerRead);
        }
        let Some(position) = self.position else {
            return HazardExposure::unknown(WhyUnknown::NoPosition);
        };
        let mut zone: Option<ZoneHit> = None;
        let mut why: Option<WhyUnknown> = None;
        let mut collapse = Some(false);
        let mut data_sets: Vec<Arc<DataSet>> = Vec::new();
        for &layer in hazard.layers() {
            let about_collapse = matches!(
                layer,
                LayerKind::FloodCollapseFlow | LayerKind::FloodCollapseBank
            );
            match layers.at(layer, position, self.within_metres, self.municipality) {
                Exposure::Inside { worst, .. } => {
                    if about_collapse {
                        collapse = Some(true);
                    }
                    data_sets.push(Arc::clone(&worst.data_set));
                    zone.get_or_insert_with(|| ZoneHit::of(worst));
                }
                Exposure::Outside { .. } => {}
                not_known => {
                    if about_collapse && collapse == Some(false) {
                        collapse = None;
                    }
                    let this = self.why(layer, &not_known);
                    if !matches!(why, Some(WhyUnknown::Inexact { .. })) {
                        why = Some(match (why, this) {
                            (Some(first), WhyUnknown::NotCovered { .. }) => first,
                            (_, this) => this,
                        });
                    }
                }
            }
        }
        if zone.is_some() {
            data_sets.dedup_by_key(|set| set.id);
            return HazardExposure::Hit {
                zone,
                collapse,
                data_sets,
            };
        }
        match why {
            Some(why) => HazardExposure::Unknown { why, collapse },
            None => HazardExposure::OutsideZones {
                data_sets: self.covering(hazard, layers),
            },
        }
    }

    fn why(&self, layer: LayerKind, exposure: &Exposure<'_>) -> WhyUnknown {
        match exposure {
            Exposure::Near { nearest, metres } => WhyUnknown::Inexact {
                layer,
                class: nearest.class,
                metres: *metres,
                within_metres: self.within_metres,
            },
            _ if self.municipality.is_none() => WhyUnknown::NoMunicipality,
            _ => WhyUnknown::NotCovered { layer },
        }
    }

    fn covering(&self, hazard: Hazard, layers: &Layers) -> Vec<Arc<DataSet>> {
        layers
            .data_sets()
            .iter()
            .filter(|set| {
                matches!(set.kind, DataSetKind::Hazard(kind) if hazard.layers().contains(&kind))
                    && self.municipality.is_some_and(|code| set.covers(code))
            })
            .cloned()
            .collect()
    }
}

/// A data set as findings cite it: name, date, publisher.
pub(crate) fn citation(set: &DataSet) -> Value {
    let mut cited = json!({ "name": set.name });
    if let Some(dated) = set.dated {
        cited["dated"] = json!(dated);
    }
    if let Some(publisher) = &set.publisher {
        cited["publisher"] = json!(publisher);
    }
    cited
}

fn cite_one<S: Serializer>(set: &Arc<DataSet>, serializer: S) -> Result<S::Ok, S::Error> {
    citation(set).serialize(serializer)
}

fn cite_all<S: Serializer>(sets: &[Arc<DataSet>], serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(sets.len()))?;
    for set in sets {
        list.serialize_element(&citation(set))?;
    }
    list.end()
}
