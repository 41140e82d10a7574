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

pub use super::why_unknown::WhyUnknown;
use super::why_unknown::zone_label;
use crate::{
    domain::{
        child::Home,
        data_set::{DataSet, DataSetKind},
        hazard::{Hazard, LayerKind, ZoneClass},
        municipality::MunicipalityCode,
        position::{Position, PositionAccuracy, PositionOrigin},
        text::Text,
    },
    planner::context::World,
    spatial::zones::{Doubt, Exposure, Layers, Zone},
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

/// Whether a place lies in a house collapse zone, which only a flood has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Collapse {
    /// It does.
    Inside,
    /// Maps that cover it show none there.
    Outside,
    /// Nobody knows.
    Unknown(WhyUnknown),
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
        /// Whether the place lies in a house collapse zone.
        collapse: Collapse,
        /// Why the ground may be worse than the zone shows.
        #[serde(skip_serializing_if = "Option::is_none")]
        doubt: Option<WhyUnknown>,
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
        collapse: Collapse,
    },
}

impl HazardExposure {
    const fn everywhere() -> Self {
        Self::Hit {
            zone: None,
            collapse: Collapse::Outside,
            doubt: None,
            data_sets: Vec::new(),
        }
    }

    const fn unknown(why: WhyUnknown) -> Self {
        Self::Unknown {
            why,
            collapse: Collapse::Unknown(why),
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

    /// Whether the place lies in a house collapse zone.
    pub const fn collapse(&self) -> Collapse {
        match self {
            Self::Hit { collapse, .. } | Self::Unknown { collapse, .. } => *collapse,
            Self::OutsideZones { .. } => Collapse::Outside,
        }
    }

    /// Why the ground may be worse than the zone shows that hits.
    pub const fn doubt(&self) -> Option<WhyUnknown> {
        match self {
            Self::Hit { doubt, .. } => *doubt,
            Self::OutsideZones { .. } | Self::Unknown { .. } => None,
        }
    }

    /// The data sets behind the verdict.
    pub fn data_sets(&self) -> &[Arc<DataSet>] {
        match self {
            Self::Hit { data_sets, .. } | Self::OutsideZones { data_sets } => data_sets,
            Self::Unknown { .. } => &[],
        }
    }

    /// Why nobody knows.
    pub const fn why_unknown(&self) -> Option<WhyUnknown> {
        match self {
            Self::Unknown { why, .. } => Some(*why),
            Self::Hit { .. } | Self::OutsideZones { .. } => None,
        }
    }

    /// What nobody has said yet, where that is why it is unknown.
    pub fn missing(&self) -> Option<Text> {
        self.why_unknown().map(WhyUnknown::missing)
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
                doubt,
                ..
            } => {
                let label = zone.label();
                let said = if *collapse == Collapse::Inside && zone.class != ZoneClass::Collapse {
                    say!(
                        "{}の中。家屋倒壊等氾濫想定区域の中",
                        "inside: {}; also inside a house collapse zone"; label)
                } else {
                    say!("{}の中", "inside: {}"; label)
                };
                let near_collapse = match collapse {
                    Collapse::Unknown(why) => why.maybe_worse(),
                    Collapse::Inside | Collapse::Outside => None,
                };
                let worse = doubt.and_then(WhyUnknown::maybe_worse);
                match near_collapse.or(worse) {
                    Some(worse) => say!("{}。{}", "{}; {}"; said, worse),
                    None => said,
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
    /// How far the position lies outside that municipality, in metres: one of
    /// the two is wrong, and no map says that the place is dry.
    pub metres_off: Option<f64>,
    /// Where the position comes from, as far as that is on record.
    pub origin: Option<PositionOrigin>,
}

impl Place {
    /// A place in a world.
    pub fn new(
        position: Option<Position>,
        within_metres: f64,
        municipality: Option<MunicipalityCode>,
        world: &World,
    ) -> Self {
        let metres_off = municipality
            .zip(position)
            .and_then(|(own, at)| world.boundaries.metres_off(own, at, within_metres));
        Self {
            position,
            within_metres,
            municipality,
            metres_off,
            origin: None,
        }
    }

    /// Where a home is. A position without a word on how it was found counts
    /// as the centre of a town (1,000 m).
    pub fn of_home(home: &Home, world: &World) -> Self {
        let accuracy = home.accuracy.unwrap_or(PositionAccuracy::TownCentroid);
        Self {
            origin: home.origin,
            ..Self::new(home.position, accuracy.metres(), home.municipality, world)
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
        let mut doubt: Option<WhyUnknown> = None;
        let mut collapse = Collapse::Outside;
        let mut data_sets: Vec<Arc<DataSet>> = Vec::new();
        for &layer in hazard.layers() {
            let about_collapse = matches!(
                layer,
                LayerKind::FloodCollapseFlow | LayerKind::FloodCollapseBank
            );
            match layers.at(layer, position, self.within_metres, self.municipality) {
                Exposure::Inside {
                    worst, doubt: more, ..
                } => {
                    if about_collapse {
                        collapse = Collapse::Inside;
                    }
                    data_sets.push(Arc::clone(&worst.data_set));
                    zone.get_or_insert_with(|| ZoneHit::of(worst));
                    doubt = doubt.or(more.map(|doubt| self.why_worse(layer, doubt)));
                }
                Exposure::Outside { .. } if self.metres_off.is_none() => {}
                not_known => {
                    let this = self.why(layer, &not_known);
                    why = Some(this.before(why));
                    collapse = match collapse {
                        _ if !about_collapse => collapse,
                        Collapse::Inside => Collapse::Inside,
                        Collapse::Outside => Collapse::Unknown(this),
                        Collapse::Unknown(first) => Collapse::Unknown(this.before(Some(first))),
                    };
                }
            }
        }
        if zone.is_some() {
            data_sets.dedup_by_key(|set| set.id);
            return HazardExposure::Hit {
                zone,
                collapse,
                doubt,
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

    fn why_worse(&self, layer: LayerKind, doubt: Doubt<'_>) -> WhyUnknown {
        match doubt {
            Doubt::Near { nearest, metres } => WhyUnknown::Inexact {
                layer,
                class: nearest.class,
                metres,
                within_metres: self.within_metres,
                origin: self.origin,
            },
            Doubt::Unread => WhyUnknown::Unread { layer },
        }
    }

    fn why(&self, layer: LayerKind, exposure: &Exposure<'_>) -> WhyUnknown {
        match exposure {
            Exposure::Near { nearest, metres } => {
                let (nearest, metres) = (*nearest, *metres);
                self.why_worse(layer, Doubt::Near { nearest, metres })
            }
            Exposure::Unread => WhyUnknown::Unread { layer },
            _ if self.metres_off.is_some() => WhyUnknown::Elsewhere {
                metres: self.metres_off.unwrap_or_default(),
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
