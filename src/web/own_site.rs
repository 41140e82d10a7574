//! Sites that no list has: the form that adds and corrects them.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit},
    show,
    sites::{self, Said},
    taken::{Named, Sent},
    words::{self, sites as said},
};
use crate::{
    app::App,
    domain::{
        hazard::Hazard,
        id::SiteId,
        municipality::MunicipalityCode,
        position::{BadPosition, Position},
        site::{Designations, PublishedSite, SiteKind},
        text::{Lang, Text, key_form},
    },
    service::{
        own_sites::{self, Change, Written},
        sites as service,
    },
};

/// A choice of the form: its word, its name, whether it is chosen.
type Choice = (String, String, bool);

/// The tick that a position outside the municipality is right.
const OUTSIDE: &str = "outside";

/// No name or address is longer, in characters; nor any other words.
const MOST_CHARACTERS: usize = 200;
const MOST_WORDS: usize = 1000;

/// What somebody typed.
#[derive(Debug, Clone, Default)]
struct Typed {
    kind: String,
    name: String,
    address: String,
    municipality: String,
    lat: String,
    lon: String,
    designated: Vec<String>,
    accepted: String,
    note: String,
    /// It lies outside the municipality, and somebody has said that this is right.
    outside: bool,
    revision: i64,
    key: Uuid,
}

/// Which field is wrong, and why.
struct Wrong {
    field: &'static str,
    why: Text,
}

impl Typed {
    fn of_form(pairs: Vec<(String, String)>) -> Result<Self, Error> {
        let mut typed = Self::default();
        let mut key = None;
        for (name, value) in pairs {
            match name.as_str() {
                "site_kind" => typed.kind = value,
                "site_name" => typed.name = value,
                "site_address" => typed.address = value,
                "municipality" => typed.municipality = value,
                "lat" => typed.lat = value,
                "lon" => typed.lon = value,
                "designated" => typed.designated.push(value),
                "accepted" => typed.accepted = value,
                "note" => typed.note = value,
                "outside" => typed.outside = value == "yes",
                "revision" => typed.revision = value.parse().map_err(|_| Error::BadForm)?,
                "key" => key = Uuid::parse_str(&value).ok(),
                _ => {}
            }
        }
        typed.key = key.ok_or(Error::BadForm)?;
        Ok(typed)
    }

    fn of_site(published: &PublishedSite, revision: i64) -> Self {
        let designated = published.designations.unwrap_or_default();
        Self {
            kind: published.kind.code().to_owned(),
            name: published.name.clone(),
            address: published.address.clone(),
            municipality: published
                .municipality
                .map(|code| code.to_string())
                .unwrap_or_default(),
            lat: published.position.lat().to_string(),
            lon: published.position.lon().to_string(),
            designated: designated.iter().map(|h| h.code().to_owned()).collect(),
            accepted: published.accepted_persons.clone().unwrap_or_default(),
            note: published.note.clone().unwrap_or_default(),
            outside: false,
            revision,
            key: Uuid::nil(),
        }
    }

    /// What it says of a site in one of these places.
    fn published(&self, places: &[MunicipalityCode]) -> Result<PublishedSite, Wrong> {
        let wrong = |field, why| Wrong { field, why };
        let Some(kind) = SiteKind::from_code(&self.kind) else {
            return Err(wrong("site_kind", said::KIND_MISSING));
        };
        let name = line_of(&self.name).ok_or_else(|| wrong("site_name", said::NAME_MISSING))?;
        let address =
            line_of(&self.address).ok_or_else(|| wrong("site_address", said::ADDRESS_MISSING))?;
        for (field, text, most) in [
            ("site_name", &name, MOST_CHARACTERS),
            ("site_address", &address, MOST_CHARACTERS),
            ("accepted", &self.accepted, MOST_WORDS),
            ("note", &self.note, MOST_WORDS),
        ] {
            if text.chars().count() > most {
                return Err(wrong(field, said::TOO_LONG));
            }
        }
        let municipality = MunicipalityCode::parse(&self.municipality)
            .ok()
            .filter(|code| places.contains(code))
            .ok_or_else(|| wrong("municipality", said::TOWN_MISSING))?;
        let degrees = |text: &str| key_form(text).parse::<f64>().ok();
        let position = degrees(&self.lat).zip(degrees(&self.lon));
        let position = position.ok_or_else(|| wrong("lat", said::POSITION_WRONG))?;
        let position = Position::new(position.0, position.1).map_err(|bad| match bad {
            BadPosition::Swapped { .. } => wrong("lat", said::POSITION_SWAPPED),
            BadPosition::OutsideJapan { .. } => wrong("lat", said::POSITION_WRONG),
        })?;
        // Only emergency sites are designated by hazard (災害対策基本法 第49条の4).
        let designations = (kind == SiteKind::EmergencySite).then(|| {
            let chosen = Hazard::DESIGNATED.into_iter();
            chosen
                .filter(|h| self.designated.iter().any(|code| code == h.code()))
                .collect::<Designations>()
        });
        if designations == Some(Designations::NONE) {
            return Err(wrong("designated", said::DESIGNATION_MISSING));
        }
        let words = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(PublishedSite {
            kind,
            published_id: None,
            municipality: Some(municipality),
            name,
            address,
            designations,
            accepted_persons: words(&self.accepted),
            note: words(&self.note),
            position,
        })
    }
}

/// One line of text, trimmed; `None` where there is nothing.
fn line_of(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    Some(parts.join(" ")).filter(|line| !line.is_empty())
}

#[derive(Template)]
#[template(path = "pages/own_site.html")]
struct Form {
    head: Head,
    /// The site that is corrected; `None`: a new one.
    site: Option<SiteId>,
    typed: Typed,
    kinds: Vec<Choice>,
    places: Vec<Choice>,
    hazards: Vec<Choice>,
    /// The ground of the small map, as JSON that may stand in a page.
    ground: String,
    tiles: bool,
    said: Option<String>,
    wrong: &'static str,
    key: Uuid,
}

/// `GET /sites/new`
pub(super) async fn new(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    let mut typed = Typed::default();
    if let [only] = own_sites::places(&app, &visit.who).await?.as_slice() {
        typed.municipality = only.to_string();
    }
    render(&app, &visit, None, typed, None).await
}

/// `POST /sites/new`
pub(super) async fn add(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let typed = Typed::of_form(pairs)?;
    let places = own_sites::places(&app, &visit.who).await?;
    let published = match typed.published(&places) {
        Ok(published) => published,
        Err(wrong) => return refused(&app, &visit, None, typed, wrong).await,
    };
    if let Some(wrong) = lies_outside(&app, &typed, &published).await? {
        return refused(&app, &visit, None, typed, wrong).await;
    }
    let written = own_sites::add(&app, &visit.who, &published, typed.key).await?;
    answer(&app, &visit, written, None, Some((typed, published))).await
}

/// The site with its form, if it is one that the visitor may correct.
async fn correctable(app: &App, visit: &Visit, id: SiteId) -> Result<(PublishedSite, i64), Error> {
    let page = service::page(app, &visit.who, id).await?;
    let page = page.filter(|page| page.may_enter && page.site.own);
    let page = page.ok_or(Error::NotFound)?;
    let revision = page.own_versions.first().map_or(0, |v| v.revision);
    Ok((page.site.published, revision))
}

/// `GET /sites/{id}/edit`
pub(super) async fn edit(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Html<String>, Error> {
    let (published, revision) = correctable(&app, &visit, SiteId(id)).await?;
    let typed = Typed::of_site(&published, revision);
    render(&app, &visit, Some(SiteId(id)), typed, None).await
}

/// `POST /sites/{id}/edit`
pub(super) async fn correct(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let id = SiteId(id);
    let (known, _) = correctable(&app, &visit, id).await?;
    let mut typed = Typed::of_form(pairs)?;
    known.kind.code().clone_into(&mut typed.kind);
    let places = own_sites::places(&app, &visit.who).await?;
    let published = match typed.published(&places) {
        Ok(published) => published,
        Err(wrong) => return refused(&app, &visit, Some(id), typed, wrong).await,
    };
    let moved =
        (known.position, known.municipality) != (published.position, published.municipality);
    if moved && let Some(wrong) = lies_outside(&app, &typed, &published).await? {
        return refused(&app, &visit, Some(id), typed, wrong).await;
    }
    let change = Change::Correct(published.clone());
    let (after, key) = (typed.revision, typed.key);
    let written = own_sites::change(&app, &visit.who, id, after, &change, key).await?;
    answer(&app, &visit, written, Some(id), Some((typed, published))).await
}

/// A position outside the municipality is asked about once more before it is saved.
async fn lies_outside(
    app: &App,
    typed: &Typed,
    published: &PublishedSite,
) -> Result<Option<Wrong>, Error> {
    let Some(code) = published.municipality.filter(|_| !typed.outside) else {
        return Ok(None);
    };
    let off = own_sites::metres_off(app, code, published.position).await?;
    Ok(off.map(|metres| Wrong {
        field: OUTSIDE,
        why: said::ask_outside(metres),
    }))
}

#[derive(Deserialize)]
pub(super) struct Version {
    revision: i64,
    key: Uuid,
}

/// `POST /sites/{id}/end`
pub(super) async fn end(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(form): Sent<Version>,
) -> Result<Response, Error> {
    turn(&app, &visit, SiteId(id), &form, &Change::End).await
}

/// `POST /sites/{id}/reopen`
pub(super) async fn reopen(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(form): Sent<Version>,
) -> Result<Response, Error> {
    turn(&app, &visit, SiteId(id), &form, &Change::Reopen).await
}

async fn turn(
    app: &App,
    visit: &Visit,
    id: SiteId,
    form: &Version,
    change: &Change,
) -> Result<Response, Error> {
    let (after, key) = (form.revision, form.key);
    let written = own_sites::change(app, &visit.who, id, after, change, key).await?;
    answer(app, visit, written, Some(id), None).await
}

async fn refused(
    app: &App,
    visit: &Visit,
    site: Option<SiteId>,
    typed: Typed,
    wrong: Wrong,
) -> Result<Response, Error> {
    let page = render(app, visit, site, typed, Some(wrong)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn answer(
    app: &App,
    visit: &Visit,
    written: Written,
    site: Option<SiteId>,
    form: Option<(Typed, PublishedSite)>,
) -> Result<Response, Error> {
    let lang = visit.lang;
    let stays = |typed: Typed, why| {
        let wrong = Wrong { field: "", why };
        async move {
            let page = render(app, visit, site, typed, Some(wrong)).await?;
            Ok::<_, Error>((StatusCode::CONFLICT, page).into_response())
        }
    };
    match (written, form, site) {
        (Written::Saved(id), Some((_, published)), _) => {
            let code = published.municipality.ok_or(Error::NotFound)?;
            match own_sites::outside(app, code, published.position).await? {
                None => Ok(Redirect::to(&format!("/sites/{id}")).into_response()),
                Some((metres, inside)) => {
                    let text = outside(metres, inside, lang);
                    let page = sites::render(app, visit, id, Said::text(false, text)).await?;
                    Ok(page.into_response())
                }
            }
        }
        (Written::Saved(id), None, _) => Ok(Redirect::to(&format!("/sites/{id}")).into_response()),
        (Written::Stale, Some((mut typed, _)), Some(id)) => {
            // What was typed stays, on top of what somebody else has saved.
            let (_, revision) = correctable(app, visit, id).await?;
            typed.revision = revision;
            stays(typed, words::STALE).await
        }
        (Written::OtherBody, Some((typed, _)), _) => stays(typed, words::OTHER_BODY).await,
        (Written::Stale | Written::OtherBody, None, Some(id)) => {
            let said = Said::text(false, words::STALE.get(lang).to_owned());
            let page = sites::render(app, visit, id, said).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        _ => Err(Error::NotFound),
    }
}

fn outside(metres: f64, inside: MunicipalityCode, lang: Lang) -> String {
    let (name, words) = (inside.name(), said::OUTSIDE);
    format!("{} {name} ({metres} m)", words.get(lang))
}

async fn render(
    app: &App,
    visit: &Visit,
    site: Option<SiteId>,
    typed: Typed,
    wrong: Option<Wrong>,
) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let places = own_sites::places(app, &visit.who).await?;
    let ground = own_sites::ground(app, visit.reader()).await?;
    let ground = serde_json::to_string(&ground).expect("shapes and names become JSON");
    let kinds = own_sites::kinds(visit.reader());
    let here = site.map_or_else(|| "/sites/new".to_owned(), |id| format!("/sites/{id}/edit"));
    show(&Form {
        head: Head::of(visit, here),
        site,
        kinds: kinds
            .iter()
            .map(|kind| {
                let name = kind.name().get(lang).to_owned();
                (kind.code().to_owned(), name, kind.code() == typed.kind)
            })
            .collect(),
        places: places
            .iter()
            .map(|code| {
                let chosen = code.as_str() == typed.municipality;
                (code.to_string(), code.name().to_owned(), chosen)
            })
            .collect(),
        hazards: Hazard::DESIGNATED
            .into_iter()
            .filter(|_| kinds.contains(&SiteKind::EmergencySite))
            .map(|hazard| {
                let chosen = typed.designated.iter().any(|code| code == hazard.code());
                let name = hazard.name().get(lang).to_owned();
                (hazard.code().to_owned(), name, chosen)
            })
            .collect(),
        // Inside a page nothing of it can end the element that it stands in.
        ground: ground.replace('<', "\\u003c"),
        tiles: app.config.map.gsi_tiles,
        wrong: wrong.as_ref().map_or("", |wrong| wrong.field),
        said: wrong.map(|wrong| wrong.why.get(lang).to_owned()),
        key: app.ids.next(),
        typed,
    })
}
