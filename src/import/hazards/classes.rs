//! Which layer a file is, and the class of a feature in it.

use std::{collections::BTreeSet, path::Path};

use super::{
    HazardOptions, depth,
    tables::{DepthCodes, TEXT_LAYERS, TextLayer},
};
use crate::{
    domain::{
        hazard::{DurationRank, LandslidePhenomenon, LandslideZone, LayerKind, ZoneClass},
        text::{Text, nfkc},
    },
    import::{geojson::Properties, source::ReadError},
    text,
};

/// Whose attributes a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// `A31a_x01` … `A31a_x05`: 2 depth at the largest assumed scale, 3
    /// duration, 4 and 5 collapse zones. Which of the two collapse zones it is
    /// the number does not say reliably; the folder does.
    A31a(u8),
    /// `A31_001`: flood depth of the planned scale, as of 2012.
    A31,
    /// `A33_001` … `A33_008`.
    A33,
    /// A40, A49, A51: a depth as a text band.
    Text(&'static TextLayer),
    /// Anything else.
    Other,
}

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    GeoJson,
    Shapefile,
}

impl Content {
    pub(super) const fn format(self, container: Container) -> &'static str {
        let [geojson, shapefile] = match self {
            Self::A31a(_) => ["ksj-a31a-geojson", "ksj-a31a-shapefile"],
            Self::A31 => ["ksj-a31-geojson", "ksj-a31-shapefile"],
            Self::A33 => ["ksj-a33-geojson", "ksj-a33-shapefile"],
            Self::Text(layer) => layer.formats,
            Self::Other => ["hazard-geojson", "hazard-shapefile"],
        };
        match container {
            Container::GeoJson => geojson,
            Container::Shapefile => shapefile,
        }
    }

    pub(super) const fn publisher(self) -> Option<&'static str> {
        match self {
            Self::Other => None,
            _ => Some("国土交通省 国土数値情報"),
        }
    }

    /// Whether its specification says in which coordinates it is: degrees of
    /// JGD2000 or JGD2011.
    pub(super) const fn is_in_degrees(self) -> bool {
        !matches!(self, Self::Other)
    }
}

/// Which layer a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) content: Content,
    pub(super) kind: LayerKind,
}

/// Which layer the file is, as its first telling feature says. `Ok(None)`: this
/// feature does not say.
pub(super) fn layer_of(
    properties: &Properties,
    path: &Path,
    options: &HazardOptions,
) -> Result<Option<Layer>, ReadError> {
    let layer = |content, kind| Some(Layer { content, kind });
    let said = match content_of(properties) {
        Some(Content::A31a(1)) => {
            return Err(ReadError::refused("planned_scale", &PLANNED_SCALE));
        }
        Some(content @ (Content::A31a(2) | Content::A31)) => layer(content, LayerKind::Flood),
        Some(content @ Content::A31a(3)) => layer(content, LayerKind::FloodDuration),
        Some(content @ Content::A31a(_)) => {
            let Some(kind) = collapse_kind(path, options.kind)? else {
                return Err(ReadError::refused("kind_unknown", &WHICH_COLLAPSE));
            };
            layer(content, kind)
        }
        Some(content @ Content::A33) => layer(content, LayerKind::Landslide),
        Some(content @ Content::Text(table)) => {
            known_layout(properties, table, options)?;
            layer(content, table.kind)
        }
        Some(Content::Other) | None => match options.kind {
            Some(LayerKind::Landslide) => {
                return Err(ReadError::refused("kind_unknown", &LANDSLIDE_NEEDS_A33));
            }
            Some(kind) if is_collapse(kind) => layer(Content::Other, kind),
            Some(kind) if options.depth_field.is_some() => {
                if kind != LayerKind::FloodDuration {
                    depth::known_codes(properties, options)?;
                }
                layer(Content::Other, kind)
            }
            Some(_) => return Err(needs_depth_field(properties)),
            None => None,
        },
    };
    match (said, options.kind) {
        (Some(layer), Some(kind)) if layer.kind != kind => Err(conflict(layer.kind, kind)),
        (said, _) => Ok(said),
    }
}

/// The column of depths by its usual name, where the call says which hazard it
/// is and not which column: `浸水深` and the like, metres before ranks.
pub(super) fn usual_field(properties: &Properties, options: &HazardOptions) -> Option<String> {
    let wanted = |kind| {
        !is_collapse(kind) && !matches!(kind, LayerKind::Landslide | LayerKind::FloodDuration)
    };
    let asked = options.depth_field.is_none() && options.kind.is_some_and(wanted);
    if !asked || content_of(properties).is_some() {
        return None;
    }
    let there = |names: &[&str]| -> BTreeSet<String> {
        let found = names.iter().filter_map(|name| properties.key_like(name));
        found.map(str::to_owned).collect()
    };
    let metres = there(&USUAL_METRES);
    let found = if metres.is_empty() {
        there(&USUAL_RANKS)
    } else {
        metres
    };
    // Of two depths nobody has said which is meant.
    let mut found = found.into_iter();
    found.next().filter(|_| found.next().is_none())
}

/// Refuses a column that no record of a table can have.
pub(super) fn has_the_field(
    columns: &Properties,
    options: &HazardOptions,
) -> Result<(), ReadError> {
    match &options.depth_field {
        Some(field) if columns.key_like(field).is_none() => Err(needs_depth_field(columns)),
        _ => Ok(()),
    }
}

/// The prefecture that a feature names, by its two digits (JIS X 0401).
pub(super) fn prefecture_of(properties: &Properties, content: Content) -> Option<String> {
    let written = match content {
        Content::Text(table) => properties.written(&format!("{}_002", table.id)),
        Content::A33 => properties.written("A33_003"),
        Content::A31a(_) | Content::A31 | Content::Other => None,
    }?;
    let number: u8 = nfkc(&written).trim().parse().ok()?;
    (1..=47).contains(&number).then(|| format!("{number:02}"))
}

/// What published layers call the depth of water in metres.
const USUAL_METRES: [&str; 5] = [
    "浸水深",
    "最大浸水深",
    "浸水深(m)",
    "最大浸水深(m)",
    "浸水深m",
];

/// What they call its rank, or its band in words.
const USUAL_RANKS: [&str; 3] = ["浸水深ランク", "浸水ランク", "浸水深区分"];

fn content_of(properties: &Properties) -> Option<Content> {
    properties.keys().find_map(|key| {
        if key.starts_with("A33_00") {
            return Some(Content::A33);
        }
        if key == "A31_001" {
            return Some(Content::A31);
        }
        if let Some(layer) = TEXT_LAYERS.iter().find(|layer| {
            key.strip_prefix(layer.id)
                .is_some_and(|rest| rest.starts_with('_'))
        }) {
            return Some(Content::Text(layer));
        }
        let number = key.strip_prefix("A31a_")?.bytes().next()?;
        (b'1'..=b'5')
            .contains(&number)
            .then(|| Content::A31a(number - b'0'))
    })
}

/// Refuses attributes that the table of a layer does not know, unless the call
/// says which of them is the depth.
fn known_layout(
    properties: &Properties,
    table: &TextLayer,
    options: &HazardOptions,
) -> Result<(), ReadError> {
    if options.depth_field.is_some() {
        return Ok(());
    }
    let own = |key: &&str| key.starts_with(table.id);
    let unknown: Vec<&str> = properties
        .keys()
        .filter(own)
        .filter(|key| !table.known.contains(key))
        .collect();
    if unknown.is_empty() && properties.has(table.depth) {
        return Ok(());
    }
    let found = properties.keys().filter(own).collect::<Vec<_>>().join("、");
    let (id, depth) = (table.id, table.depth);
    Err(ReadError::refused(
        "unknown_layout",
        &text!(
            "国土数値情報 {id} ですが、属性（{found}）が知っている並び（浸水深の区分は {depth}）と違います。製品仕様書で浸水深の属性を確かめ、--depth-field で指定してください。",
            "This is KSJ {id}, but its attributes ({found}) are not those that are known (the depth is {depth}). Please look up the attribute of the depth in its specification and name it with --depth-field."
        ),
    ))
}

const fn is_collapse(kind: LayerKind) -> bool {
    matches!(
        kind,
        LayerKind::FloodCollapseFlow | LayerKind::FloodCollapseBank
    )
}

/// The kind of a collapse zone by the folders of its path, the innermost
/// first, else by `--kind`.
fn collapse_kind(path: &Path, kind: Option<LayerKind>) -> Result<Option<LayerKind>, ReadError> {
    let by_folder = path.iter().rev().find_map(|part| {
        let part = nfkc(&part.to_string_lossy());
        let flow = part.starts_with("41_") || part.contains("氾濫流");
        let bank =
            part.starts_with("42_") || part.contains("河岸侵食") || part.contains("河岸浸食");
        match (flow, bank) {
            (true, false) => Some(LayerKind::FloodCollapseFlow),
            (false, true) => Some(LayerKind::FloodCollapseBank),
            _ => None,
        }
    });
    match (by_folder, kind) {
        (_, Some(kind)) if !is_collapse(kind) => Err(ReadError::refused(
            "kind_conflict",
            &COLLAPSE_IS_NO_OTHER_KIND,
        )),
        (Some(folder), Some(kind)) if folder != kind => Err(conflict(folder, kind)),
        (Some(kind), _) | (None, Some(kind)) => Ok(Some(kind)),
        (None, None) => Ok(None),
    }
}

/// The class of a feature; else the property at fault, and why.
pub(super) fn class_of(
    properties: &Properties,
    layer: Layer,
    options: &HazardOptions,
) -> Result<ZoneClass, (String, Text)> {
    match layer.content {
        Content::A31a(2) => rank(properties, "A31a_205").map(ZoneClass::Depth),
        Content::A31a(3) => rank(properties, "A31a_305").map(ZoneClass::Duration),
        Content::A31a(number) => {
            let prefix = format!("A31a_{number}");
            if properties.keys().any(|key| key.starts_with(&prefix)) {
                Ok(ZoneClass::Collapse)
            } else {
                Err((format!("{prefix}01"), MISSING))
            }
        }
        Content::A33 => {
            let phenomenon = match code(properties, "A33_001")? {
                1 => LandslidePhenomenon::SlopeFailure,
                2 => LandslidePhenomenon::DebrisFlow,
                3 => LandslidePhenomenon::SlowSlide,
                other => return Err(("A33_001".to_owned(), not_in_table(other))),
            };
            let zone = match code(properties, "A33_002")? {
                1 | 3 => LandslideZone::Warning,
                2 | 4 => LandslideZone::SpecialWarning,
                other => return Err(("A33_002".to_owned(), not_in_table(other))),
            };
            Ok(ZoneClass::Landslide(zone, phenomenon))
        }
        Content::A31 => {
            let code = code(properties, "A31_001")?;
            DepthCodes::A31
                .rank(code)
                .map(ZoneClass::Depth)
                .ok_or_else(|| ("A31_001".to_owned(), not_in_table(code)))
        }
        Content::Text(table) => match &options.depth_field {
            None => depth::band(properties, table.depth).map(ZoneClass::Depth),
            Some(field) => depth::stated(properties, field, options).map(ZoneClass::Depth),
        },
        Content::Other if is_collapse(layer.kind) => Ok(ZoneClass::Collapse),
        Content::Other => {
            let field = options.depth_field.as_deref().unwrap_or_default();
            if layer.kind == LayerKind::FloodDuration {
                let field = properties.key_like(field).unwrap_or(field);
                rank::<DurationRank>(properties, field).map(ZoneClass::Duration)
            } else {
                depth::stated(properties, field, options).map(ZoneClass::Depth)
            }
        }
    }
}

pub(super) fn code(properties: &Properties, key: &str) -> Result<u8, (String, Text)> {
    match properties.code(key) {
        Ok(Some(code)) => Ok(code),
        Ok(None) => Err((key.to_owned(), MISSING)),
        Err(written) => Err((key.to_owned(), not_in_table(written))),
    }
}

fn rank<R: TryFrom<u8>>(properties: &Properties, key: &str) -> Result<R, (String, Text)> {
    let code = code(properties, key)?;
    R::try_from(code).map_err(|_| (key.to_owned(), not_in_table(code)))
}

pub(super) fn not_in_table(code: impl std::fmt::Display) -> Text {
    text!(
        "コード「{code}」は表にありません。0とはみなしません。",
        "The code `{code}` is not in the table; it is not taken as 0."
    )
}

fn conflict(said: LayerKind, given: LayerKind) -> ReadError {
    let (said, given) = (said.code(), given.code());
    ReadError::refused(
        "kind_conflict",
        &text!(
            "ファイルの内容は {said} ですが、--kind は {given} です。",
            "The file says that it is {said}, but --kind says {given}."
        ),
    )
}

/// The refusal of a file of which nobody has said where its depth stands, with
/// the names to choose from.
fn needs_depth_field(properties: &Properties) -> ReadError {
    let names = properties.keys().take(30).collect::<Vec<_>>().join("、");
    ReadError::refused(
        "kind_unknown",
        &text!(
            "水深の属性が分かりません。--depth-field で属性の名前を指定してください（このファイルの属性：{names}）。",
            "Which property holds the depth is not known. Please name it with --depth-field (properties of this file: {names})."
        ),
    )
}

/// The refusal of a file that does not say what it is.
pub(super) fn kind_unknown() -> ReadError {
    let kinds = LayerKind::ALL.map(LayerKind::code).join(", ");
    ReadError::refused(
        "kind_unknown",
        &text!(
            "何のハザードか、内容から分かりません。--kind で指定してください（{kinds}）。",
            "The content does not say which hazard it is. Please name it with --kind ({kinds})."
        ),
    )
}

pub(super) const MISSING: Text = Text::fixed(
    "値がありません。0とはみなしません。",
    "There is no value; it is not taken as 0.",
);
const PLANNED_SCALE: Text = Text::fixed(
    "計画規模の浸水想定です。避難の計画には想定最大規模（20_想定最大規模、A31a_205）のファイルを使ってください。",
    "This is the flood of the planned scale. For evacuation plans please use the largest assumed scale (20_想定最大規模, A31a_205).",
);
const WHICH_COLLAPSE: Text = Text::fixed(
    "家屋倒壊等氾濫想定区域ですが、氾濫流か河岸侵食か分かりません。41_ または 42_ のフォルダのまま指定するか、--kind flood_collapse_flow または --kind flood_collapse_bank を付けてください。",
    "This is a house collapse zone, but of which kind is not known. Please keep its folder (41_ or 42_), or give --kind flood_collapse_flow or --kind flood_collapse_bank.",
);
const COLLAPSE_IS_NO_OTHER_KIND: Text = Text::fixed(
    "家屋倒壊等氾濫想定区域のファイルです。--kind は flood_collapse_flow か flood_collapse_bank にしてください。",
    "This is a file of house collapse zones: --kind must be flood_collapse_flow or flood_collapse_bank.",
);
const LANDSLIDE_NEEDS_A33: Text = Text::fixed(
    "土砂災害の区域は、A33_001 と A33_002 の属性がある国土数値情報（A33）のGeoJSONで指定してください。",
    "Landslide zones are read from KSJ A33, with its properties A33_001 and A33_002.",
);
