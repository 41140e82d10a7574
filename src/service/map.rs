//! The small map of a plan: the home, where it goes, and the zones within a
//! few kilometres.

use geo::{BoundingRect, Coord, LineString, MapCoords, MultiPolygon, Simplify};

use super::{
    ServiceError, audit,
    check::{self, CheckedCase},
    emergency_reads, geometry,
    view::{MapFeature, SignedIn, SmallMap},
    world,
};
use crate::{
    app::{App, LoadedWorld},
    domain::{
        audit::Action,
        hazard::{LayerKind, ZoneClass},
        id::CaseNumber,
        municipality::MunicipalityCode,
        position::Position,
        residence::{AddressShown, Sight},
        text::Text,
    },
    spatial::tiles::class_word,
    text,
};

/// How far around the home and its destinations zones are shown, in degrees
/// (about three kilometres).
const MARGIN_DEGREES: f64 = 0.03;

/// Corners that change a picture by less than this are left out, in degrees
/// (about three metres, below a pixel of a map of a few kilometres). Verdicts
/// are never taken from the picture.
const DETAIL_DEGREES: f64 = 0.000_03;

/// The map of a plan by itself; `None`: the reader may not see its content or its
/// protected address, or the home has no position.
pub async fn of_plan(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<SmallMap>, ServiceError> {
    let at = app.moment();
    let (checked, drawn) = {
        let mut tx = app.store.read().await?;
        let loaded = world::current_in(app, &mut tx).await?;
        let on = (at.today, at);
        let checked =
            check::one_in(&mut tx, &loaded, &who.reader, number, on, Sight::Revealed).await?;
        let Some(checked) = checked.filter(|c| c.case.address != AddressShown::Hidden) else {
            return Ok(None);
        };
        let drawn = of_checked(&loaded, &checked);
        (checked, drawn)
    };
    let grounds = (checked.case.id, checked.case.emergencies.as_slice());
    emergency_reads::saw(app, who, Action::ReadMap, [grounds]).await?;
    if checked.case.address == AddressShown::Named {
        audit::saw(app, who, Action::ReadProtectedAddress, [checked.case.id]).await?;
    }
    Ok(drawn)
}

/// The map of a plan that was checked, and whose reading its caller notes; `None`:
/// there is nothing to show it around.
pub(super) fn of_checked(loaded: &LoadedWorld, checked: &CheckedCase) -> Option<SmallMap> {
    let home = checked.case.home.position;
    let mut points: Vec<Position> = home.into_iter().collect();
    points.extend(checked.look.destinations.iter().filter_map(|d| d.position));
    let bounds = around(&points)?;
    let mut features = Vec::new();
    let mut attribution: Vec<String> = Vec::new();
    surroundings(loaded, bounds, &mut features, &mut attribution);
    if let Some(home) = home {
        features.push(feature(
            "home",
            Text::fixed("自宅", "home"),
            None,
            None,
            point(home),
        ));
    }
    features.extend(destinations(checked));
    Some(SmallMap {
        bounds,
        features,
        attribution,
    })
}

/// The map on which a home's position is set: what its address may mean, the towns
/// around, and the zones. Without any of the first two it shows the whole
/// municipality, and no zones: nobody can say which of them are near.
pub(super) fn around_home(
    loaded: &LoadedWorld,
    home: Option<Position>,
    candidates: &[(String, Position)],
    towns: &[(String, Position)],
    municipality: Option<MunicipalityCode>,
) -> Option<SmallMap> {
    let mut points: Vec<Position> = home.into_iter().collect();
    points.extend(candidates.iter().map(|(_, at)| *at));
    let (mut features, mut attribution) = (Vec::new(), Vec::new());
    let bounds = if let Some(bounds) = around(&points) {
        surroundings(loaded, bounds, &mut features, &mut attribution);
        bounds
    } else {
        let own = municipality.and_then(|own| loaded.world.boundaries.around(own));
        let centres: Vec<Position> = towns.iter().map(|(_, at)| *at).collect();
        let bounds = own.or_else(|| around(&centres))?;
        outlines(loaded, bounds, &mut features);
        bounds
    };
    let [west, south, east, north] = bounds;
    let inside =
        |at: &Position| (west..=east).contains(&at.lon()) && (south..=north).contains(&at.lat());
    let labelled =
        |role, name: &String, at| feature(role, text!("{name}", "{name}"), None, None, point(at));
    let near = towns.iter().filter(|(_, at)| inside(at)).take(TOWNS_SHOWN);
    features.extend(near.map(|(name, at)| labelled("town", name, *at)));
    features.extend(
        candidates
            .iter()
            .map(|(name, at)| labelled("candidate", name, *at)),
    );
    if let Some(home) = home {
        let label = Text::fixed("自宅", "home");
        features.push(feature("home", label, None, None, point(home)));
    }
    Some(SmallMap {
        bounds,
        features,
        attribution,
    })
}

/// So many towns are named on a map at most.
const TOWNS_SHOWN: usize = 400;

fn outlines(loaded: &LoadedWorld, bounds: [f64; 4], features: &mut Vec<MapFeature>) {
    for (code, shape) in loaded.world.boundaries.in_box(bounds) {
        let name = code.name();
        features.push(feature(
            "outline",
            text!("{name}", "{name}"),
            None,
            None,
            drawn(shape, bounds),
        ));
    }
}

/// Boundaries and zones within a box, and where they are published.
fn surroundings(
    loaded: &LoadedWorld,
    bounds: [f64; 4],
    features: &mut Vec<MapFeature>,
    attribution: &mut Vec<String>,
) {
    let [west, south, east, north] = bounds;
    outlines(loaded, bounds, features);
    for kind in LayerKind::ALL
        .into_iter()
        .filter(|k| *k != LayerKind::FloodDuration)
    {
        for zone in loaded.world.layers.in_box(kind, west, south, east, north) {
            let source = match zone.data_set.dated {
                Some(dated) => format!("{} ({dated})", zone.data_set.name),
                None => zone.data_set.name.clone(),
            };
            if !attribution.contains(&source) {
                attribution.push(source);
            }
            let (layer, class) = (kind.name(), zone.class.name());
            let label = match zone.class {
                // The layer's name says it all.
                ZoneClass::Collapse => layer,
                _ => Text::new(
                    format!("{}：{}", layer.ja, class.ja),
                    format!("{}: {}", layer.en, class.en),
                ),
            };
            features.push(feature(
                "zone",
                label,
                Some(class_word(kind, zone.class)),
                None,
                drawn(&zone.geometry, bounds),
            ));
        }
    }
}

/// A shape as the map draws it: its parts that reach into the box, in no more
/// detail than can be seen, to the fifth place (one metre).
fn drawn(shape: &MultiPolygon<f64>, [west, south, east, north]: [f64; 4]) -> geojson::Geometry {
    let reaches = |part: &&geo::Polygon<f64>| {
        part.bounding_rect().is_some_and(|rect| {
            rect.min().x <= east
                && rect.max().x >= west
                && rect.min().y <= north
                && rect.max().y >= south
        })
    };
    let round = |degrees: f64| (degrees * 1e5).round() / 1e5;
    let parts = shape.iter().filter(reaches).map(|part| {
        part.simplify(DETAIL_DEGREES).map_coords(|at| Coord {
            x: round(at.x),
            y: round(at.y),
        })
    });
    geometry::geojson_of(&MultiPolygon(parts.collect()))
}

/// The destinations of a plan, and the ways to them.
fn destinations(checked: &CheckedCase) -> Vec<MapFeature> {
    let home = checked.case.home.position;
    let mut features = Vec::new();
    let document = checked.case.document.as_ref();
    let planned = document
        .map(|d| d.destinations.as_slice())
        .unwrap_or_default();
    for (index, (destination, facts)) in planned.iter().zip(&checked.look.destinations).enumerate()
    {
        let number = index + 1;
        let name = destination.label();
        if let (Some(from), Some(to)) = (home, facts.position) {
            let drawn = destination.route_line.clone();
            let label = if drawn.is_some() {
                text!(
                    "{number}. {name}への経路（計画に記入されたもの）",
                    "{number}. way to {name} (as drawn in the plan)"
                )
            } else {
                text!(
                    "{number}. {name}への直線（道のりではありません）",
                    "{number}. straight line to {name} (not a route)"
                )
            };
            let line = drawn.unwrap_or_else(|| vec![from, to]);
            features.push(feature("way", label, None, None, line_of(&line)));
        }
        if let Some(at) = facts.position {
            let href = facts
                .site
                .as_ref()
                .map(|site| format!("/sites/{}", site.id));
            features.push(feature(
                "destination",
                text!("{number}. {name}", "{number}. {name}"),
                None,
                href,
                point(at),
            ));
        }
    }
    features
}

fn feature(
    role: &'static str,
    label: Text,
    class: Option<String>,
    href: Option<String>,
    geometry: geojson::Geometry,
) -> MapFeature {
    MapFeature {
        role,
        label,
        class,
        href,
        geometry,
    }
}

fn point(at: Position) -> geojson::Geometry {
    geojson::Geometry::from(&geo::Point::new(at.lon(), at.lat()))
}

fn line_of(line: &[Position]) -> geojson::Geometry {
    let line: LineString<f64> = line
        .iter()
        .map(|p| Coord {
            x: p.lon(),
            y: p.lat(),
        })
        .collect();
    geojson::Geometry::from(&line)
}

/// The box around some points, with a margin.
fn around(points: &[Position]) -> Option<[f64; 4]> {
    let first = points.first()?;
    let mut bounds = [first.lon(), first.lat(), first.lon(), first.lat()];
    for p in points {
        bounds[0] = bounds[0].min(p.lon());
        bounds[1] = bounds[1].min(p.lat());
        bounds[2] = bounds[2].max(p.lon());
        bounds[3] = bounds[3].max(p.lat());
    }
    Some([
        bounds[0] - MARGIN_DEGREES,
        bounds[1] - MARGIN_DEGREES,
        bounds[2] + MARGIN_DEGREES,
        bounds[3] + MARGIN_DEGREES,
    ])
}

#[cfg(test)]
mod tests {
    use geo::polygon;

    use super::*;
    use crate::domain::hazard::{InundationRank, LandslidePhenomenon, LandslideZone};

    #[test]
    fn every_zone_that_a_map_draws_has_a_pattern_of_its_own() {
        let script = include_str!("../../maps/patterns.js");
        let depths = InundationRank::ALL.map(|rank| (LayerKind::Flood, ZoneClass::Depth(rank)));
        let slides = [LandslideZone::Warning, LandslideZone::SpecialWarning].map(|zone| {
            let class = ZoneClass::Landslide(zone, LandslidePhenomenon::DebrisFlow);
            (LayerKind::Landslide, class)
        });
        let collapse = [LayerKind::FloodCollapseFlow, LayerKind::FloodCollapseBank]
            .map(|kind| (kind, ZoneClass::Collapse));
        for (kind, class) in depths.into_iter().chain(slides).chain(collapse) {
            let word = class_word(kind, class);
            assert!(script.contains(&format!("  \"{word}\": {{")), "{word}");
        }
    }

    #[test]
    fn a_map_draws_what_can_be_seen_of_a_shape() {
        let near = polygon![
            (x: 130.7, y: 32.2), (x: 130.705, y: 32.200_001), (x: 130.71, y: 32.2),
            (x: 130.71, y: 32.21), (x: 130.7, y: 32.21),
        ];
        let far = polygon![(x: 131.7, y: 32.2), (x: 131.71, y: 32.2), (x: 131.71, y: 32.21)];
        let shape = MultiPolygon(vec![near, far]);
        let text = drawn(&shape, [130.6, 32.1, 130.8, 32.3]).to_string();
        assert!(!text.contains("131.7"), "{text}");
        assert!(!text.contains("130.705"), "{text}");
        assert!(text.contains("[130.71,32.21]"), "{text}");
    }
}
