//! The map of the prefecture: homes that the reader may see, sites, and hazard
//! layers, with a list that says the same.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::NaiveDate;

use super::{
    ServiceError, check,
    children::row,
    emergency_reads,
    map_units::{self, UnitOnMap, UnitsShown},
    plan::exposures,
    tiles,
    view::{ChildRow, ExposureState, ExposureView, SignedIn},
    world,
};
use crate::{
    app::{App, LoadedWorld},
    domain::{
        access::Reader,
        audit::Action,
        child::Home,
        data_set::{DataSet, DataSetKind, hull},
        hazard::{Hazard, LayerKind, ZoneClass},
        id::CaseId,
        municipality::MunicipalityCode,
        position::{Position, PositionAccuracy},
        site::{Designations, Site},
        site_filter::SiteFilter,
    },
    planner::Place,
    spatial::{sites::SiteDirectory, tiles::class_word},
};

/// What somebody wants to see on the map. Nothing here is a name: it stands in
/// the address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MapFilter {
    /// Which sites; its municipality counts for homes, too.
    pub sites: SiteFilter,
    /// The whole prefecture, also for who answers for one municipality.
    pub everywhere: bool,
    /// Only homes in the zones of this hazard, and those of which nobody knows.
    pub inside: Option<Hazard>,
    /// Which hazard layers are drawn; `None`: all that show where water or earth
    /// comes.
    pub layers: Option<BTreeSet<LayerKind>>,
    /// Which generators are shown.
    pub units: UnitsShown,
}

impl MapFilter {
    /// The filter of an address, from its pairs. What is no word of ours filters
    /// nothing.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)> + Clone) -> Self {
        let mut filter = Self {
            sites: SiteFilter::parse(pairs.clone()),
            ..Self::default()
        };
        for (name, value) in pairs {
            match (name, value) {
                ("municipality", "all") => filter.everywhere = true,
                ("units", word) => filter.units = UnitsShown::from_code(word),
                ("inside", word) => {
                    filter.inside = Hazard::ALL
                        .into_iter()
                        .find(|h| h.code() == word && !h.layers().is_empty());
                }
                // A form with every box empty says so.
                ("layer", "none") => {
                    filter.layers.get_or_insert_default();
                }
                ("layer", word) => {
                    if let Some(kind) = LayerKind::from_code(word) {
                        filter.layers.get_or_insert_default().insert(kind);
                    }
                }
                _ => {}
            }
        }
        filter
    }

    /// The pairs of its address, those of the layers aside.
    pub fn pairs_but_layers(&self) -> Vec<(&'static str, String)> {
        let mut pairs = self.sites.pairs();
        if self.everywhere && self.sites.municipality.is_none() {
            pairs.push(("municipality", "all".to_owned()));
        }
        pairs.extend(self.inside.map(|h| ("inside", h.code().to_owned())));
        if self.units != UnitsShown::All {
            pairs.push(("units", self.units.code().to_owned()));
        }
        pairs
    }

    /// The address of the map with this filter, made of known words only.
    pub fn address(&self) -> String {
        let mut pairs = self.pairs_but_layers();
        match &self.layers {
            Some(layers) if layers.is_empty() => pairs.push(("layer", "none".to_owned())),
            Some(layers) => pairs.extend(layers.iter().map(|l| ("layer", l.code().to_owned()))),
            None => {}
        }
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        match pairs.as_slice() {
            [] => "/map".to_owned(),
            pairs => format!("/map?{}", pairs.join("&")),
        }
    }

    /// Whether sites are filtered by more than their municipality.
    pub fn filters_sites(&self) -> bool {
        let rest = SiteFilter {
            municipality: None,
            ..self.sites.clone()
        };
        !rest.is_empty()
    }

    /// Whether a layer is drawn. How long water stays is drawn when it is asked
    /// for: its zones are those of the depth.
    pub fn draws(&self, kind: LayerKind) -> bool {
        match &self.layers {
            Some(layers) => layers.contains(&kind),
            None => match self.inside {
                Some(hazard) => hazard.layers().contains(&kind),
                None => kind != LayerKind::FloodDuration,
            },
        }
    }
}

/// A home on the map, and in the list beside it.
#[derive(Debug, Clone)]
pub struct HomeOnMap {
    /// The child, as in the list of children.
    pub child: ChildRow,
    /// Where; `None`: not known, so that it is in the list alone.
    pub position: Option<Position>,
    /// How exactly that is known; absent: as inexact as the centre of a town.
    pub accuracy: Option<PositionAccuracy>,
    /// What hits it, and what nobody knows, for each hazard that has a map.
    pub exposures: Vec<ExposureView>,
}

impl HomeOnMap {
    fn state(&self, hazard: Hazard) -> Option<&ExposureState> {
        let view = self.exposures.iter().find(|e| e.hazard == hazard)?;
        Some(&view.state)
    }
}

/// A site on the map, and in the list beside it.
#[derive(Debug, Clone)]
pub struct SiteOnMap {
    /// The site.
    pub site: Site,
    /// For which hazards it counts as designated.
    pub designations: Option<Designations>,
    /// It is closed today, as the municipality has entered.
    pub closed: bool,
    /// How many children plan to go there; `None`: nobody has counted.
    pub planned: Option<u32>,
}

/// A hazard layer, for the legend.
#[derive(Debug, Clone)]
pub struct LayerOnMap {
    /// Which.
    pub kind: LayerKind,
    /// Whether it is drawn.
    pub drawn: bool,
    /// The data sets in force.
    pub data_sets: Vec<DataSet>,
    /// What its zones say, the least bad first, with the word that colours them.
    pub classes: Vec<(ZoneClass, String)>,
    /// The municipalities of which it says nothing: there it is unknown, never
    /// dry. Of those that the page is about.
    pub silent_on: Vec<MunicipalityCode>,
}

/// The map of the prefecture.
#[derive(Debug, Clone)]
pub struct PrefectureMap {
    /// The day.
    pub on: NaiveDate,
    /// The filter that is in force.
    pub filter: MapFilter,
    /// The municipality whose sites are shown; `None`: all of them.
    pub town: Option<MunicipalityCode>,
    /// Homes that pass the filter: in zones first, then unknown ones.
    pub homes: Vec<HomeOnMap>,
    /// Homes that are outside the zones of the hazard that is asked for.
    pub outside: usize,
    /// Children whose address is protected or whose place the reader may not
    /// see: on no map and in no list that tells where they are.
    pub untold: usize,
    /// The municipality that is asked for is not the reader's: that none of its
    /// children is shown does not mean that there is none.
    pub of_others: bool,
    /// Sites that pass the filter, by municipality and name.
    pub sites: Vec<SiteOnMap>,
    /// Generators that the reader may see.
    pub units: Vec<UnitOnMap>,
    /// The layers.
    pub layers: Vec<LayerOnMap>,
    /// Every municipality that can be chosen.
    pub towns: Vec<MunicipalityCode>,
    /// Where the names of municipalities stand: name, longitude, latitude.
    pub names: Vec<(String, [f64; 2])>,
    /// The version of the tiles.
    pub tiles: String,
    /// Beyond this the map does not open, and here where it shows neither home nor
    /// site: west, south, east, north.
    pub bounds: Option<[f64; 4]>,
}

/// The map for a reader.
pub async fn page(
    app: &App,
    who: &SignedIn,
    filter: MapFilter,
) -> Result<PrefectureMap, ServiceError> {
    let reader = &who.reader;
    check::refresh(app, reader).await?;
    let at = app.moment();
    let (listed, homes, loaded) = {
        let mut tx = app.store.read().await?;
        let loaded = world::current_in(app, &mut tx).await?;
        let homes = tx.homes_for_map(reader, at).await?;
        (tx.listed_cases(reader, at).await?, homes, loaded)
    };
    // The page asks for tiles next: after an import they are made ready while it
    // is put together.
    let ahead = Arc::clone(&loaded.tiles);
    tokio::task::spawn_blocking(move || ahead.prepare());
    let mut homes: BTreeMap<CaseId, Home> = homes.into_iter().collect();
    let (mut shown, mut outside, mut untold) = (Vec::new(), 0, 0);
    for listed in listed {
        let child = row(listed, at.today)?;
        let wanted = filter.sites.municipality;
        let Some(home) = homes.remove(&child.id) else {
            // Of whom not even the municipality may be told, it may be this one.
            let elsewhere = wanted
                .zip(child.municipality)
                .is_some_and(|(town, own)| !own.same_as(town));
            untold += usize::from(!elsewhere);
            continue;
        };
        if wanted.is_some_and(|town| !home.municipality.is_some_and(|own| own.same_as(town))) {
            continue;
        }
        let one = on_map(child, &home, &loaded);
        match filter.inside.and_then(|hazard| one.state(hazard)) {
            Some(ExposureState::OutsideZones) => outside += 1,
            _ => shown.push(one),
        }
    }
    if let Some(hazard) = filter.inside {
        // Whom it hits worst first, then those of whom nobody knows; among
        // equals the order of the list of children.
        shown.sort_by_key(|home| match home.state(hazard) {
            Some(ExposureState::Hit(class)) => (0, Reverse(*class)),
            _ => (1, Reverse(None)),
        });
    }
    let grounds = shown.iter().map(|home| home.child.grounds());
    emergency_reads::saw(app, who, Action::ReadPrefectureMap, grounds).await?;
    let town = filter
        .sites
        .municipality
        .or_else(|| reader.municipality().filter(|_| !filter.everywhere));
    let towns = towns(&loaded, &shown);
    let units = map_units::units(app, who, filter.units, &shown).await?;
    Ok(PrefectureMap {
        units,
        on: at.today,
        sites: sites(&loaded, reader, &filter, town, at.today),
        layers: layers(&loaded, &filter, town, &towns),
        bounds: bounds(&loaded, town),
        of_others: filter
            .sites
            .municipality
            .is_some_and(|town| !reader.municipality().is_some_and(|own| own.same_as(town))),
        names: names(&loaded),
        tiles: tiles::version(&loaded),
        homes: shown,
        outside,
        untold,
        town,
        towns,
        filter,
    })
}

fn on_map(child: ChildRow, home: &Home, loaded: &LoadedWorld) -> HomeOnMap {
    let place = Place::of_home(home, &loaded.world);
    let found: Vec<(Hazard, _)> = Hazard::ALL
        .into_iter()
        .filter(|hazard| !hazard.layers().is_empty())
        .map(|hazard| (hazard, place.exposure(hazard, &loaded.world.layers)))
        .collect();
    HomeOnMap {
        child,
        position: home.position,
        accuracy: home.accuracy,
        exposures: exposures(found.iter().map(|(hazard, exposure)| (hazard, exposure))),
    }
}

fn sites(
    loaded: &LoadedWorld,
    reader: &Reader,
    filter: &MapFilter,
    town: Option<MunicipalityCode>,
    today: NaiveDate,
) -> Vec<SiteOnMap> {
    let Some(directory) = &loaded.world.sites else {
        return Vec::new();
    };
    let mut wanted = filter.sites.clone();
    wanted.municipality = town;
    let mut shown: Vec<SiteOnMap> = directory
        .sites()
        .iter()
        .map(|site| directory.judged(site))
        .filter(|judged| wanted.matches(*judged, today))
        .map(|judged| SiteOnMap {
            site: judged.site.clone(),
            designations: judged.designations,
            closed: judged.site.entry.is_closed_on(today),
            planned: judged.planned.filter(|_| reader.is_staff()),
        })
        .collect();
    // The directory keeps the order of the store: by name, as Japanese sorts.
    shown.sort_by_key(|one| {
        let town = one.site.published.municipality;
        (town.is_none(), town.map(MunicipalityCode::responsible))
    });
    shown
}

pub(super) fn layers(
    loaded: &LoadedWorld,
    filter: &MapFilter,
    town: Option<MunicipalityCode>,
    towns: &[MunicipalityCode],
) -> Vec<LayerOnMap> {
    let known = &loaded.world.layers;
    // A ward's own map says nothing of the rest of its city: by wards, where
    // their boundaries are known.
    let wards = |town: &MunicipalityCode| {
        let all = loaded.tiles.towns().iter().map(|known| known.code);
        let own: Vec<_> = all.filter(|code| code.responsible() == *town).collect();
        if own.is_empty() { vec![*town] } else { own }
    };
    let about: Vec<MunicipalityCode> = match town {
        Some(town) => wards(&town.responsible()),
        None => towns.iter().flat_map(wards).collect(),
    };
    LayerKind::ALL
        .into_iter()
        .map(|kind| {
            let classes: BTreeSet<ZoneClass> = known.classes(kind).collect();
            let mut words: Vec<(ZoneClass, String)> = Vec::new();
            for class in classes {
                let word = class_word(kind, class);
                // Yellow zones of three phenomena look alike.
                if words.last().is_none_or(|(_, last)| *last != word) {
                    words.push((class, word));
                }
            }
            LayerOnMap {
                kind,
                drawn: filter.draws(kind),
                data_sets: known
                    .data_sets()
                    .iter()
                    .filter(|set| set.kind == DataSetKind::Hazard(kind))
                    .map(|set| (**set).clone())
                    .collect(),
                classes: words,
                silent_on: about
                    .iter()
                    .copied()
                    .filter(|code| !known.covers(kind, *code))
                    .collect(),
            }
        })
        .collect()
}

fn listed(loaded: &LoadedWorld) -> impl Iterator<Item = &Arc<Site>> {
    let directory = loaded.world.sites.iter();
    directory.flat_map(SiteDirectory::sites)
}

/// Every municipality that has a boundary, a site or one of these homes.
fn towns(loaded: &LoadedWorld, homes: &[HomeOnMap]) -> Vec<MunicipalityCode> {
    let bounded = loaded.tiles.towns().iter().map(|town| town.code);
    let sited = listed(loaded).filter_map(|site| site.published.municipality);
    let homely = homes.iter().filter_map(|home| home.child.municipality);
    let codes: BTreeSet<MunicipalityCode> = bounded
        .chain(sited)
        .chain(homely)
        .map(MunicipalityCode::responsible)
        .collect();
    codes.into_iter().collect()
}

fn names(loaded: &LoadedWorld) -> Vec<(String, [f64; 2])> {
    let towns = loaded.tiles.towns().iter();
    towns
        .map(|town| (town.code.name().to_owned(), town.label))
        .collect()
}

/// The box around the boundary of the municipality that is shown, else around every
/// boundary, else around every site.
fn bounds(loaded: &LoadedWorld, town: Option<MunicipalityCode>) -> Option<[f64; 4]> {
    let towns = loaded.tiles.towns().iter();
    let shown = towns.filter(|known| town.is_some_and(|town| known.code.same_as(town)));
    if let Some(area) = shown.map(|known| known.bounds).reduce(hull) {
        return Some(area);
    }
    let places = listed(loaded).map(|site| {
        let at = site.published.position;
        [at.lon(), at.lat(), at.lon(), at.lat()]
    });
    loaded.tiles.bounds().or_else(|| places.reduce(hull))
}
