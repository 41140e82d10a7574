//! Diagnosis of a district (地域診断): of a municipality, of some places in it, or of an
//! area that is drawn.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{
    ServiceError, check,
    emergency::wards,
    night,
    prefecture_map::{self, LayerOnMap, MapFilter},
    view::SignedIn,
    world,
};
use crate::{
    app::{App, LoadedWorld},
    domain::{
        access::Permission,
        id::CaseId,
        municipality::MunicipalityCode,
        outage::{MOST_PLACES, OutageArea},
        position::PositionAccuracy,
        text::{Text, is_hidden_mark},
    },
    planner::{
        diagnosis::{DistrictChild, DistrictSite, HazardRow, diagnose, town_of},
        outage::{self, Ground, Spot, Within},
    },
    spatial::{drawn::sound, sites::SiteDirectory},
    store::{DistrictCase, DistrictCases},
};

/// How many corners an area may have that stands in an address (the figure is ours).
pub const MOST_CORNERS: usize = 60;

const TOO_MANY_PLACES: Text = Text::fixed(
    "地名は200までです。市町村全体の表を見るか、分けて見てください。",
    "A list has at most 200 places: look at the whole municipality, or in parts.",
);
const BAD_PLACE: Text = Text::fixed(
    "地名は1行に1つ、60文字までで書いてください（例：下城本町）。",
    "Write one place a line, up to 60 characters.",
);
const VAGUE_PLACE: Text = Text::fixed(
    "1文字や数字だけの地名では、町全体が入ってしまいます。町の名前を書いてください（例：下城本町）。",
    "A place of one letter or of figures alone takes in everything: write the name of the quarter.",
);

/// Which part of a municipality somebody asks about; of both empty: all of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct District {
    /// Names of places, as of a school district: 「下城本町」.
    pub places: Vec<String>,
    /// What is drawn: the corners of an area, as longitude and latitude in degrees.
    pub drawn: Vec<Vec<Vec<[f64; 2]>>>,
}

impl District {
    /// Whether it is the whole municipality.
    pub const fn is_whole(&self) -> bool {
        self.places.is_empty() && self.drawn.is_empty()
    }

    /// What is wrong with it: the field, and why.
    fn wrong(&self) -> Option<(&'static str, Text)> {
        if self.places.len() > MOST_PLACES {
            return Some(("places", TOO_MANY_PLACES));
        }
        let odd = |place: &String| {
            place.chars().count() > 60 || place.chars().any(|c| c.is_control() || is_hidden_mark(c))
        };
        if self.places.iter().any(odd) {
            return Some(("places", BAD_PLACE));
        }
        if self.places.iter().any(|place| outage::is_vague(place)) {
            return Some(("places", VAGUE_PLACE));
        }
        if self.drawn.is_empty() {
            return None;
        }
        let drawn = sound(&outage::polygons(&self.drawn), MOST_CORNERS);
        drawn.err().map(|why| ("drawn", why))
    }
}

/// The diagnosis of a district.
#[derive(Debug, Clone)]
pub struct Diagnosis {
    /// The municipality, with its wards.
    pub town: MunicipalityCode,
    /// The day.
    pub on: NaiveDate,
    /// One row a hazard.
    pub rows: Vec<HazardRow>,
    /// The places of the district, in the order of their names.
    pub sites: Vec<DistrictSite>,
    /// How many children are counted; `None`: the reader sees none of them.
    pub children: Option<usize>,
    /// Of them those of whom nobody can say whether they live in the part that was asked
    /// for: they count as there.
    pub unplaced: usize,
    /// Of them those whose address is protected: what hits them is not told.
    pub hidden: usize,
    /// Children of the municipality of whom the reader knows, and may not see more.
    pub untold: usize,
    /// Children whose municipality nobody knows: they are in no diagnosis.
    pub nowhere: usize,
    /// Places that were asked for in which neither a home nor a site was found.
    pub unmatched: Vec<String>,
    /// The maps that it rests on, and which are missing here.
    pub layers: Vec<LayerOnMap>,
}

/// What becomes of a question.
#[derive(Debug, Clone)]
pub enum Asked {
    /// The diagnosis.
    Told(Box<Diagnosis>),
    /// The district cannot be read: the field, and why.
    Wrong(&'static str, Text),
}

/// The municipalities of which the reader may ask: at the centre and for administrators
/// every one of the prefecture, else its own.
pub async fn towns(app: &App, who: &SignedIn) -> Result<Vec<MunicipalityCode>, ServiceError> {
    let mut towns = night::towns(app, who).await?;
    towns.retain(|town| town.responsible() == *town);
    Ok(towns)
}

/// Whether the reader may see children at all: an administrator keeps accounts and reads
/// no plan.
fn sees_children(who: &SignedIn) -> bool {
    who.role().may(Permission::ListChildren)
}

/// The diagnosis of a municipality, or of a part of it; a ward stands for its city.
/// `None`: the reader may not ask about it, or there is none of this code.
pub async fn page(
    app: &App,
    who: &SignedIn,
    town: MunicipalityCode,
    district: &District,
) -> Result<Option<Asked>, ServiceError> {
    let town = town.responsible();
    if town.row().is_none() || !towns(app, who).await?.contains(&town) {
        return Ok(None);
    }
    if let Some((field, why)) = district.wrong() {
        return Ok(Some(Asked::Wrong(field, why)));
    }
    let reader = &who.reader;
    let seen = sees_children(who);
    if seen {
        check::refresh(app, reader).await?;
    }
    let at = app.moment();
    let (loaded, children, addresses) = {
        let mut tx = app.store.read().await?;
        let loaded = world::current_in(app, &mut tx).await?;
        let codes = std::iter::once(town).chain(wards(town));
        let codes: Vec<String> = codes.map(|code| code.to_string()).collect();
        let children = if seen {
            Some(tx.district_cases(reader, at, &codes).await?)
        } else {
            None
        };
        let addresses = if seen && !district.places.is_empty() {
            tx.night_addresses(reader, at).await?
        } else {
            HashMap::new()
        };
        (loaded, children, addresses)
    };
    let area = area(town, district, &loaded);
    let known = (children, &addresses);
    let told = reckon((town, at.today), area.as_ref(), known, &loaded);
    Ok(Some(Asked::Told(Box::new(told))))
}

/// The part of the municipality that is asked for; `None`: all of it.
struct Part<'b> {
    ground: Ground<'b>,
    places: Vec<String>,
}

impl Part<'_> {
    /// How a home or a place stands to it; the names of places that were found.
    fn holds(&self, spot: &Spot<'_>, found: &mut [bool]) -> Within {
        for (found, here) in found.iter_mut().zip(self.ground.places_around(spot)) {
            *found |= here;
        }
        self.ground.holds(spot)
    }
}

fn area<'b>(
    town: MunicipalityCode,
    district: &District,
    loaded: &'b LoadedWorld,
) -> Option<Part<'b>> {
    if district.is_whole() {
        return None;
    }
    let area = OutageArea {
        towns: Vec::new(),
        places: district.places.clone(),
        drawn: district.drawn.clone(),
    };
    Some(Part {
        ground: Ground::new(&area, Some(town), &loaded.world.boundaries),
        places: district.places.clone(),
    })
}

fn reckon(
    (town, on): (MunicipalityCode, NaiveDate),
    part: Option<&Part<'_>>,
    (children, addresses): (Option<DistrictCases>, &HashMap<CaseId, String>),
    loaded: &LoadedWorld,
) -> Diagnosis {
    let mut found = vec![false; part.map_or(0, |part| part.places.len())];
    let mut unplaced = 0;
    let (untold, nowhere) = match &children {
        Some(known) => (known.untold, known.nowhere),
        None => (0, 0),
    };
    let counted: Option<Vec<DistrictCase>> = children.map(|known| {
        let mut cases = known.cases;
        cases.retain(|case| {
            let Some(part) = part else {
                return true;
            };
            let spot = Spot {
                town: case.town,
                address: addresses.get(&case.id).map(String::as_str),
                position: case.position,
                hidden: case.hidden,
            };
            let within = part.holds(&spot, &mut found);
            unplaced += usize::from(within.doubt().is_some());
            within.counts()
        });
        cases
    });
    let all = loaded.world.sites.iter().flat_map(SiteDirectory::sites);
    let here = all.filter(|site| {
        let at = town_of(site);
        let inside = at.is_some_and(|at| at.same_as(town));
        inside
            && part.is_none_or(|part| {
                let spot = Spot {
                    town: at,
                    address: Some(&site.published.address),
                    position: Some((site.published.position, PositionAccuracy::Building)),
                    hidden: false,
                };
                part.holds(&spot, &mut found).counts()
            })
    });
    let sites: Vec<DistrictSite> = here
        .filter_map(|site| DistrictSite::of(site, &loaded.world, on))
        .collect();
    let standing: Option<Vec<DistrictChild<'_>>> = counted.as_ref().map(|cases| {
        let children = cases.iter().map(|case| DistrictChild {
            standing: &case.facts.standing,
            triggers: &case.facts.triggers,
        });
        children.collect()
    });
    let names = part.iter().flat_map(|part| &part.places);
    Diagnosis {
        town,
        on,
        rows: diagnose(standing.as_deref(), &sites),
        children: counted.as_ref().map(Vec::len),
        unplaced,
        hidden: counted.iter().flatten().filter(|case| case.hidden).count(),
        untold,
        nowhere,
        unmatched: names
            .zip(&found)
            .filter(|(_, found)| !**found)
            .map(|(name, _)| name.clone())
            .collect(),
        layers: prefecture_map::layers(loaded, &MapFilter::default(), Some(town), &[]),
        sites,
    }
}
