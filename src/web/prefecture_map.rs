//! The map of the prefecture, and the list that says the same.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Html,
};

use super::{
    Error,
    head::{Head, Visit},
    plan::dial,
    show,
    words::{self, unit_places},
};
use crate::{
    app::App,
    domain::{
        hazard::{Hazard, LandslideZone, ZoneClass},
        loan::UnitState,
        position::PositionAccuracy,
        site::SiteKind,
        site_filter::{OpensAt, PowerState},
        text::{Lang, Text},
        warning::EvacuationLevel,
    },
    service::{
        map_units::{UnitOnMap, UnitsShown},
        prefecture_map::{self, HomeOnMap, LayerOnMap, MapFilter, PrefectureMap, SiteOnMap},
        view::ExposureState,
    },
};

/// A home in words.
struct HomeLine {
    href: String,
    name: String,
    facts: String,
    /// What it is in, and what nobody knows.
    inside: Vec<String>,
    unknown: String,
    place: Option<(f64, f64)>,
    /// How far the true place may be from it, where that is more than the ground
    /// of a house.
    rough: Option<String>,
    call: Option<(String, String, String)>,
    without_plan: bool,
}

/// A site in words.
struct SiteLine {
    href: String,
    name: String,
    kind: SiteKind,
    /// The digit of its level on the map; `?`: unknown.
    level: String,
    closed: bool,
    facts: String,
    place: (f64, f64),
}

/// A generator in words.
struct UnitLine {
    /// Its page, for whoever may open it.
    href: Option<String>,
    name: String,
    /// The word of its mark.
    kind: &'static str,
    facts: String,
    place: Option<(f64, f64)>,
}

/// A hazard layer of the legend.
struct LayerLine {
    code: &'static str,
    name: String,
    drawn: bool,
    /// Data sets with their dates; empty: none in force.
    sources: String,
    classes: Vec<(String, String)>,
    silent_on: Vec<String>,
}

/// An entry of a choice: its word, its name, and whether it is chosen.
type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "pages/map.html")]
struct Page {
    head: Head,
    /// Without a hazard asked for, all in the first.
    inside: Vec<HomeLine>,
    unknown: Vec<HomeLine>,
    asked: Option<String>,
    homes: usize,
    outside: usize,
    untold: usize,
    /// The municipality whose children the visitor may not see.
    others: Option<String>,
    /// The filter in words, for paper.
    conditions: Vec<String>,
    sites: Vec<(String, Vec<SiteLine>)>,
    site_count: usize,
    units: Vec<UnitLine>,
    /// Which generators are shown.
    unit_choices: Vec<Choice>,
    layers: Vec<LayerLine>,
    hazards: Vec<Choice>,
    towns: Vec<Choice>,
    kinds: Vec<Choice>,
    levels: Vec<Choice>,
    designations: Vec<Choice>,
    powers: Vec<Choice>,
    closed: bool,
    /// Sites are filtered by more than their municipality.
    site_filter: bool,
    /// The filter without its layers, for the form that chooses those.
    kept: Vec<(&'static str, String)>,
    bounds: String,
    tiles: String,
    /// Where the names of municipalities stand, as JSON.
    names: String,
    gsi: bool,
    on: String,
}

/// `GET /map`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    address: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Html<String>, Error> {
    // An address that makes no sense filters nothing.
    let Query(pairs) = address.unwrap_or_default();
    let pairs = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let map = prefecture_map::page(&app, &visit.who, MapFilter::parse(pairs)).await?;
    show(&Page::of(&visit, map, app.config.map.gsi_tiles))
}

impl Page {
    fn of(visit: &Visit, map: PrefectureMap, gsi: bool) -> Self {
        let lang = visit.lang;
        let filter = &map.filter;
        let head = Head::of(visit, filter.address());
        let chosen = |code: &str, name: &str, here: bool| (code.to_owned(), name.to_owned(), here);
        let hazards = Hazard::ALL.into_iter().filter(|h| !h.layers().is_empty());
        let asked = filter.inside;
        let (inside, unknown) = map
            .homes
            .iter()
            .partition::<Vec<_>, _>(|home| asked.is_none_or(|hazard| hits(home, hazard)));
        let others = map.town.filter(|_| map.of_others && map.homes.is_empty());
        let in_words = |homes: Vec<&HomeOnMap>| homes.into_iter().map(|h| home(h, lang)).collect();
        let mut page = Self {
            others: others.map(|town| town.name().to_owned()),
            conditions: Vec::new(),
            asked: asked.map(|hazard| hazard.name().get(lang).to_owned()),
            homes: map.homes.len(),
            inside: in_words(inside),
            unknown: in_words(unknown),
            outside: map.outside,
            untold: map.untold,
            site_count: map.sites.len(),
            sites: by_town(&map.sites, lang),
            units: map
                .units
                .iter()
                .map(|one| unit(one, &map.homes, lang))
                .collect(),
            unit_choices: [
                (UnitsShown::All, unit_places::SHOW_ALL),
                (UnitsShown::Ready, unit_places::SHOW_READY),
                (UnitsShown::None, unit_places::SHOW_NONE),
            ]
            .map(|(one, name)| chosen(one.code(), name.get(lang), filter.units == one))
            .to_vec(),
            layers: map.layers.iter().map(|one| layer(one, lang)).collect(),
            hazards: hazards
                .map(|h| chosen(h.code(), h.name().get(lang), asked == Some(h)))
                .collect(),
            towns: map
                .towns
                .iter()
                .map(|t| (t.to_string(), t.name().to_owned(), map.town == Some(*t)))
                .collect(),
            kinds: SiteKind::ALL
                .into_iter()
                .map(|k| {
                    chosen(
                        k.code(),
                        k.name().get(lang),
                        filter.sites.kinds.contains(&k),
                    )
                })
                .collect(),
            levels: levels(filter, lang),
            designations: Hazard::DESIGNATED
                .into_iter()
                .map(|h| {
                    chosen(
                        h.code(),
                        h.name().get(lang),
                        filter.sites.hazards.contains(h),
                    )
                })
                .collect(),
            powers: PowerState::ALL
                .into_iter()
                .map(|p| chosen(p.code(), p.name().get(lang), filter.sites.power == Some(p)))
                .collect(),
            closed: filter.sites.closed,
            site_filter: filter.filters_sites(),
            kept: filter.pairs_but_layers(),
            bounds: map
                .bounds
                .map(|b| format!("{},{},{},{}", b[0], b[1], b[2], b[3]))
                .unwrap_or_default(),
            names: serde_json::to_string(&map.names).expect("names become JSON"),
            tiles: map.tiles,
            on: map.on.to_string(),
            gsi,
            head,
        };
        page.conditions = page.in_short(lang);
        page
    }

    /// What is asked for, in words.
    fn in_short(&self, lang: Lang) -> Vec<String> {
        use words::prefecture_map as w;
        let names = |choices: &[Choice]| -> Option<String> {
            let chosen: Vec<&str> = choices
                .iter()
                .filter(|(_, _, here)| *here)
                .map(|(_, name, _)| name.as_str())
                .collect();
            (!chosen.is_empty()).then(|| chosen.join(words::COMMA.get(lang)))
        };
        let everywhere = || Some(w::EVERYWHERE.get(lang).to_owned());
        let inside = self.asked.as_ref();
        let inside = inside.map(|hazard| format!("{hazard}{}", w::INSIDE_OF.get(lang)));
        let any = || Some(w::INSIDE_ANY.get(lang).to_owned());
        let closed = self.closed.then(|| w::CLOSED.get(lang).to_owned());
        [
            (words::MUNICIPALITY, names(&self.towns).or_else(everywhere)),
            (w::INSIDE, inside.or_else(any)),
            (w::KIND, names(&self.kinds)),
            (w::LEVEL, names(&self.levels)),
            (w::DESIGNATED, names(&self.designations)),
            (w::POWER, names(&self.powers)),
            (w::SITES, closed),
        ]
        .into_iter()
        .filter_map(|(head, said)| Some(format!("{}: {}", head.get(lang), said?)))
        .collect()
    }
}

fn hits(home: &HomeOnMap, hazard: Hazard) -> bool {
    home.exposures
        .iter()
        .any(|e| e.hazard == hazard && matches!(e.state, ExposureState::Hit(_)))
}

fn levels(filter: &MapFilter, lang: Lang) -> Vec<Choice> {
    let known = (1..=5).filter_map(|n| EvacuationLevel::try_from(n).ok());
    let known = known.map(|level| {
        let by = words::prefecture_map::LEVEL_BY;
        let word = by.get(lang);
        let name = match lang {
            Lang::Ja => format!("レベル{}{word}", level.number()),
            Lang::En => format!("level {} {word}", level.number()),
        };
        (OpensAt::ByLevel(level), name)
    });
    let unknown = words::prefecture_map::LEVEL_UNKNOWN.get(lang).to_owned();
    known
        .chain([(OpensAt::Unknown, unknown)])
        .map(|(opens, name)| (opens.code(), name, filter.sites.opens == Some(opens)))
        .collect()
}

fn home(home: &HomeOnMap, lang: Lang) -> HomeLine {
    use crate::service::view::PlanStanding;
    let child = &home.child;
    let of = |wanted: fn(&ExposureState) -> bool| {
        home.exposures.iter().filter(move |e| wanted(&e.state))
    };
    let inside = of(|state| matches!(state, ExposureState::Hit(_)))
        .map(|e| format!("{}: {}", e.hazard.name().get(lang), e.sentence.get(lang)))
        .collect();
    let unknown: Vec<String> = of(|state| matches!(state, ExposureState::Unknown))
        .map(|e| e.hazard.name().get(lang).to_owned())
        .collect();
    let town = child.municipality.map(|code| code.name().to_owned());
    HomeLine {
        href: format!("/plans/{}", child.case),
        name: child.name.clone().unwrap_or_else(|| child.case.to_string()),
        facts: [Some(child.case.to_string()), town]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ・ "),
        inside,
        unknown: unknown.join("、"),
        place: home.position.map(|at| (at.lat(), at.lon())),
        rough: home.position.and_then(|_| {
            let accuracy = home.accuracy.unwrap_or(PositionAccuracy::TownCentroid);
            let metres = accuracy.metres();
            (metres > PositionAccuracy::Building.metres()).then(|| {
                let rough = words::prefecture_map::ROUGH;
                format!("{} {metres:.0} m", rough.get(lang))
            })
        }),
        call: child
            .call
            .as_ref()
            .map(|(who, number)| (who.get(lang).to_owned(), number.clone(), dial(number))),
        without_plan: child.standing_told
            && matches!(
                child.standing,
                PlanStanding::None(_) | PlanStanding::Unknown
            ),
    }
}

fn by_town(sites: &[SiteOnMap], lang: Lang) -> Vec<(String, Vec<SiteLine>)> {
    let mut towns: Vec<(String, Vec<SiteLine>)> = Vec::new();
    for one in sites {
        let town = one.site.published.municipality;
        let town = match town {
            Some(code) => code.responsible().name().to_owned(),
            None => words::figures::UNKNOWN_PLACE.get(lang).to_owned(),
        };
        let line = site(one, lang);
        match towns.last_mut() {
            Some((last, lines)) if *last == town => lines.push(line),
            _ => towns.push((town, vec![line])),
        }
    }
    towns
}

fn site(one: &SiteOnMap, lang: Lang) -> SiteLine {
    use words::prefecture_map as w;
    let published = &one.site.published;
    let level = one.site.entry.opens_at_level;
    let opens = match (level, lang) {
        (Some(level), Lang::Ja) => format!("レベル{level}で開設"),
        (Some(level), Lang::En) => format!("opens at level {level}"),
        (None, _) => w::OPENS_UNKNOWN.get(lang).to_owned(),
    };
    let designated = match one.designations {
        None => w::UNJUDGED.get(lang).to_owned(),
        Some(set) if set.iter().next().is_none() => w::FOR_NOTHING.get(lang).to_owned(),
        Some(set) => {
            let names: Vec<String> = set.iter().map(|h| h.name().get(lang).to_owned()).collect();
            names.join("・")
        }
    };
    let planned = one.planned.filter(|n| *n > 0);
    let planned = planned.map(|n| format!("{} {n}", w::PLANNED.get(lang)));
    let closed = one.closed.then(|| w::CLOSED_TODAY.get(lang).to_owned());
    let kind = published.kind.name().get(lang).to_owned();
    SiteLine {
        href: format!("/sites/{}", one.site.id),
        name: published.name.clone(),
        kind: published.kind,
        level: level.map_or_else(|| "?".to_owned(), |level| level.to_string()),
        closed: one.closed,
        facts: [Some(kind), Some(opens), Some(designated), planned, closed]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ・ "),
        place: (published.position.lat(), published.position.lon()),
    }
}

fn unit(one: &UnitOnMap, homes: &[HomeOnMap], lang: Lang) -> UnitLine {
    let home = one.at_home.and_then(|place| homes.get(place));
    let at_home = home.map(|home| {
        let child = &home.child;
        let name = child.name.clone().unwrap_or_else(|| child.case.to_string());
        format!("{}：{name}", unit_places::AT_HOME.get(lang))
    });
    let rough = one.position.and(one.accuracy).map(|accuracy| {
        let rough = words::prefecture_map::ROUGH;
        (accuracy.metres(), rough)
    });
    let rough = rough
        .filter(|(metres, _)| *metres > PositionAccuracy::Building.metres())
        .map(|(metres, rough)| format!("{} {metres:.0} m", rough.get(lang)));
    let state = one.state.name().get(lang).to_owned();
    UnitLine {
        href: one.id.map(|id| format!("/units/{id}")),
        name: match &one.serial {
            Some(serial) => format!("{} {serial}", one.model),
            None => one.model.clone(),
        },
        kind: match one.state {
            UnitState::Ready => "ready",
            UnitState::Lent | UnitState::EmergencyLent => "lent",
            _ => "other",
        },
        facts: [Some(state), one.place.clone(), at_home, rough]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ・ "),
        place: one.position.map(|at| (at.lat(), at.lon())),
    }
}

/// What the legend says of a class: zones of three phenomena have one colour.
fn class_name(class: ZoneClass) -> Text {
    match class {
        ZoneClass::Landslide(LandslideZone::Warning, _) => words::prefecture_map::YELLOW,
        ZoneClass::Landslide(LandslideZone::SpecialWarning, _) => words::prefecture_map::RED,
        other => other.name(),
    }
}

fn layer(one: &LayerOnMap, lang: Lang) -> LayerLine {
    let sources: Vec<String> = one
        .data_sets
        .iter()
        .map(|set| match set.dated {
            Some(dated) => format!("{} ({dated})", set.name),
            None => set.name.clone(),
        })
        .collect();
    LayerLine {
        code: one.kind.code(),
        name: one.kind.name().get(lang).to_owned(),
        drawn: one.drawn && !one.data_sets.is_empty(),
        sources: sources.join("、"),
        classes: one
            .classes
            .iter()
            .map(|(class, word)| (word.clone(), class_name(*class).get(lang).to_owned()))
            .collect(),
        silent_on: one
            .silent_on
            .iter()
            .map(|code| code.name().to_owned())
            .collect(),
    }
}
