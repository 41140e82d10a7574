//! The diagnosis of a district: hazard by evacuation level, as page and as XLSX.

mod file;
mod shown;

use std::fmt::Write as _;

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use self::shown::{RowShown, SiteShown, SourceShown};
use super::{
    Error,
    head::{Head, Visit},
    outage::{Bad, lines, places, ring},
    show,
    taken::Named,
    words::{self, diagnosis as w},
};
use crate::{
    app::App,
    domain::{access::Permission, municipality::MunicipalityCode},
    planner::diagnosis::HazardRow,
    service::{
        ServiceError,
        diagnosis::{self, Asked, Diagnosis, District},
    },
};

/// What an address asks for.
#[derive(Deserialize, Default, Clone)]
pub(super) struct Address {
    #[serde(default)]
    places: String,
    #[serde(default)]
    drawn: String,
}

impl Address {
    fn district(&self) -> Result<District, Bad> {
        let ring = ring(&lines(&self.drawn))?;
        Ok(District {
            places: places(&lines(&self.places)),
            drawn: ring.into_iter().map(|ring| vec![ring]).collect(),
        })
    }

    /// The pairs of the address behind its path; empty: the whole municipality.
    fn query(&self) -> String {
        let pairs = [("places", &self.places), ("drawn", &self.drawn)];
        let pairs = pairs.iter().filter(|(_, text)| !text.trim().is_empty());
        let pairs: Vec<String> = pairs
            .map(|(name, text)| format!("{name}={}", encoded(text.trim())))
            .collect();
        match pairs.as_slice() {
            [] => String::new(),
            pairs => format!("?{}", pairs.join("&")),
        }
    }
}

/// A text as it may stand in an address.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                encoded.push(char::from(byte));
            }
            _ => write!(encoded, "%{byte:02X}").expect("a string takes any text"),
        }
    }
    encoded
}

#[derive(Template)]
#[template(path = "pages/diagnosis_choose.html")]
struct Choose {
    head: Head,
    towns: Vec<(String, String)>,
}

/// `GET /diagnosis`
pub(super) async fn choose(State(app): State<App>, visit: Visit) -> Result<Response, Error> {
    let towns = diagnosis::towns(&app, &visit.who).await?;
    if let [only] = towns.as_slice() {
        return Ok(Redirect::to(&format!("/diagnosis/{only}")).into_response());
    }
    let towns = towns.iter();
    let page = show(&Choose {
        head: Head::of(&visit, "/diagnosis"),
        towns: towns
            .map(|town| (town.to_string(), town.name().to_owned()))
            .collect(),
    })?;
    Ok(page.into_response())
}

/// The table and what belongs to it.
struct Shown {
    alarms: Vec<String>,
    rows: Vec<RowShown>,
    sites: Vec<SiteShown>,
    /// Sentences on who is counted: what, how many.
    counts: Vec<(String, usize)>,
    /// The children counted; `None`: the visitor sees none.
    children: Option<usize>,
    unmatched: String,
    sources: Vec<SourceShown>,
    /// The table as XLSX.
    xlsx: String,
    map: Option<String>,
    on: String,
}

#[derive(Template)]
#[template(path = "pages/diagnosis.html")]
struct Page {
    head: Head,
    town: MunicipalityCode,
    address: Address,
    /// How the part is given, in words; empty: the whole municipality.
    part: String,
    /// What is wrong with it: the field, and why.
    wrong: &'static str,
    why: String,
    shown: Option<Shown>,
    others: bool,
}

/// `GET /diagnosis/{municipality}`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(code): Named<String>,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Response, Error> {
    let Query(address) = address.unwrap_or_default();
    let town = town(&code)?;
    let asked = match address.district() {
        Ok(district) => {
            let asked = diagnosis::page(&app, &visit.who, town, &district).await?;
            asked.ok_or(Error::NotFound)?
        }
        Err((field, why)) => {
            // Whether one may ask at all is said first.
            let whole = District::default();
            let may = diagnosis::page(&app, &visit.who, town, &whole).await?;
            may.ok_or(Error::NotFound)?;
            Asked::Wrong(field, why)
        }
    };
    let here = format!("/diagnosis/{}{}", town.responsible(), address.query());
    let (status, wrong, why, shown) = match asked {
        Asked::Told(told) => {
            let shown = of(&told, &visit, &address);
            (StatusCode::OK, "", String::new(), Some(shown))
        }
        Asked::Wrong(field, why) => {
            let why = why.get(visit.lang).to_owned();
            (StatusCode::UNPROCESSABLE_ENTITY, field, why, None)
        }
    };
    let page = show(&Page {
        head: Head::of(&visit, here),
        town: town.responsible(),
        part: part(&address, &visit),
        wrong,
        why,
        shown,
        others: visit.reader().municipality().is_none(),
        address,
    })?;
    Ok((status, page).into_response())
}

fn town(code: &str) -> Result<MunicipalityCode, Error> {
    MunicipalityCode::parse(code).map_err(|_| Error::NotFound)
}

/// How a part is given, in words.
fn part(address: &Address, visit: &Visit) -> String {
    let named = places(&lines(&address.places)).join("、");
    let drawn = !address.drawn.trim().is_empty();
    let lang = visit.lang;
    match (named.is_empty(), drawn) {
        (true, false) => String::new(),
        (true, true) => w::OF_DRAWN.get(lang).to_owned(),
        (false, false) => format!("{}: {named}", w::OF_PLACES.get(lang)),
        (false, true) => format!(
            "{}: {named} ・ {}",
            w::OF_PLACES.get(lang),
            w::OF_DRAWN.get(lang)
        ),
    }
}

fn of(told: &Diagnosis, visit: &Visit, address: &Address) -> Shown {
    let lang = visit.lang;
    let may = |permission| visit.who.role().may(permission);
    let links = shown::Links {
        town: told.town,
        homes: told.children.is_some(),
        sites: may(Permission::ReadSites),
    };
    let alarms = told.rows.iter().filter(|row| row.concerns());
    let alarms = alarms.filter_map(HazardRow::alarm);
    Shown {
        alarms: alarms.map(|text| text.get(lang).to_owned()).collect(),
        rows: told
            .rows
            .iter()
            .map(|row| RowShown::of(row, links, lang))
            .collect(),
        sites: told
            .sites
            .iter()
            .map(|site| SiteShown::of(site, links, lang))
            .collect(),
        counts: shown::counts(told, lang),
        children: told.children,
        unmatched: told.unmatched.join("、"),
        sources: told
            .layers
            .iter()
            .map(|layer| SourceShown::of(layer, told.town, lang))
            .collect(),
        xlsx: format!("/diagnosis/{}/sheet.xlsx{}", told.town, address.query()),
        map: links.map(None),
        on: told.on.to_string(),
    }
}

/// `GET /diagnosis/{municipality}/sheet.xlsx`
pub(super) async fn sheet(
    State(app): State<App>,
    visit: Visit,
    Named(code): Named<String>,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Response, Error> {
    let Query(address) = address.unwrap_or_default();
    let town = town(&code)?;
    let Ok(district) = address.district() else {
        return Ok(back(town, &address));
    };
    let asked = diagnosis::page(&app, &visit.who, town, &district).await?;
    let told = match asked.ok_or(Error::NotFound)? {
        Asked::Told(told) => told,
        Asked::Wrong(..) => return Ok(back(town, &address)),
    };
    let (lang, part) = (visit.lang, part(&address, &visit));
    let (name, day) = (told.town, told.on);
    let made = tokio::task::spawn_blocking(move || file::book(&told, &part, lang));
    let book = made
        .await
        .expect("a sheet is written without panic")
        .map_err(|error| ServiceError::Io(std::io::Error::other(error)))?;
    let disposition = format!("attachment; filename=\"diagnosis-{name}-{day}.xlsx\"");
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, book).into_response())
}

/// To the page, which says what is wrong.
fn back(town: MunicipalityCode, address: &Address) -> Response {
    Redirect::to(&format!("/diagnosis/{town}{}", address.query())).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_the_trip_through_its_query() {
        let address = Address {
            places: "下城本町\n麓町 & 1=2".to_owned(),
            drawn: "32.2,130.7\n32.3,130.7\n32.3,130.8".to_owned(),
        };
        let uri = format!("http://example.jp/diagnosis/43203{}", address.query());
        let uri: axum::http::Uri = uri.parse().unwrap();
        let Query(again) = Query::<Address>::try_from_uri(&uri).unwrap();
        assert_eq!(again.places, address.places);
        assert_eq!(again.drawn, address.drawn);
        assert_eq!(Address::default().query(), "");
        let district = again.district().ok().unwrap();
        assert_eq!(district.places, ["下城本町", "麓町 & 1=2"]);
        assert_eq!(district.drawn[0][0].len(), 4);
    }
}
