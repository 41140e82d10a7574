//! What a municipality sets for itself.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit},
    plan::dial,
    show,
    taken::Sent,
    words,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{access::Role, consent::OrdinanceMode, id::CaseNumber},
    service::{
        accounts, family_links,
        municipality::{self, MunicipalityPage, SetOutcome},
    },
    store::LinkRequest,
};

/// A family that asks for a new link.
struct Waiting {
    case: CaseNumber,
    name: String,
    at: String,
    /// Whose number, the number, and as a telephone dials it.
    calls: Vec<(String, String, String)>,
}

impl Waiting {
    fn of(request: LinkRequest) -> Self {
        let contacts = request.child.contacts.into_iter();
        Self {
            case: request.number,
            name: request.child.name.unwrap_or_default(),
            at: in_tokyo(request.at).format("%Y-%m-%d %H:%M").to_string(),
            calls: contacts
                .filter(|contact| contact.is_telephone() && !contact.is_coordinator())
                .map(|contact| {
                    let number = dial(&contact.value);
                    (contact.who.unwrap_or_default(), contact.value, number)
                })
                .collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/municipality.html")]
struct Settings {
    head: Head,
    page: MunicipalityPage,
    modes: Vec<(&'static str, String, bool)>,
    changed: Option<String>,
    said: Option<(bool, String)>,
    /// Families that ask for a new link.
    waiting: Vec<Waiting>,
    key: Uuid,
    items_key: Uuid,
    /// Who of the municipality has an account: name and role.
    colleagues: Vec<(String, String, Option<String>)>,
}

/// `GET /municipality`
pub(super) async fn page(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    render(&app, &visit, None).await
}

#[derive(Deserialize)]
pub(super) struct OrdinanceForm {
    ordinance: String,
    revision: i64,
    key: Uuid,
}

/// `POST /municipality`
pub(super) async fn set(
    State(app): State<App>,
    visit: Visit,
    Sent(form): Sent<OrdinanceForm>,
) -> Result<Response, Error> {
    let mode = OrdinanceMode::from_code(&form.ordinance).ok_or(Error::BadForm)?;
    let outcome =
        municipality::set_ordinance(&app, &visit.who, mode, form.revision, form.key).await?;
    let (status, text) = match outcome {
        SetOutcome::Saved => (StatusCode::OK, words::SAVED),
        SetOutcome::Stale => (StatusCode::CONFLICT, words::STALE),
        SetOutcome::OtherBody => (StatusCode::CONFLICT, words::OTHER_BODY),
        SetOutcome::NotAllowed => return Err(Error::NotFound),
    };
    let said = (status.is_success(), text.get(visit.lang).to_owned());
    let page = render(&app, &visit, Some(said)).await?;
    Ok((status, page).into_response())
}

#[derive(Deserialize)]
pub(super) struct ItemsForm {
    items: String,
    key: Uuid,
}

/// `POST /municipality/items`
pub(super) async fn set_items(
    State(app): State<App>,
    visit: Visit,
    Sent(form): Sent<ItemsForm>,
) -> Result<Response, Error> {
    let items: Vec<String> = form
        .items
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    let outcome = municipality::set_items(&app, &visit.who, &items, form.key).await?;
    let (status, text) = match outcome {
        SetOutcome::Saved => (StatusCode::OK, words::course::ITEMS_SAVED),
        SetOutcome::Stale => (
            StatusCode::UNPROCESSABLE_ENTITY,
            words::course::ITEMS_TOO_MANY,
        ),
        SetOutcome::OtherBody => (StatusCode::CONFLICT, words::OTHER_BODY),
        SetOutcome::NotAllowed => return Err(Error::NotFound),
    };
    let said = (status.is_success(), text.get(visit.lang).to_owned());
    let page = render(&app, &visit, Some(said)).await?;
    Ok((status, page).into_response())
}

async fn render(
    app: &App,
    visit: &Visit,
    said: Option<(bool, String)>,
) -> Result<Html<String>, Error> {
    let page = municipality::page(app, visit.reader())
        .await?
        .ok_or(Error::NotFound)?;
    let modes = OrdinanceMode::ALL
        .into_iter()
        .map(|mode| {
            (
                mode.code(),
                mode.name().get(visit.lang).to_owned(),
                mode == page.ordinance,
            )
        })
        .collect();
    let changed = page
        .changed
        .as_ref()
        .map(|(who, at)| format!("{who} {}", in_tokyo(*at).format("%Y-%m-%d %H:%M")));
    let colleagues = accounts::colleagues(app, &visit.who, page.code)
        .await?
        .into_iter()
        .map(|(a, link)| {
            let role = a.reader.role().map(Role::name);
            let role = role.map_or_else(String::new, |name| name.get(visit.lang).to_owned());
            let link = link.map(|at| in_tokyo(at).format("%Y-%m-%d %H:%M").to_string());
            (a.name, role, link)
        })
        .collect();
    let waiting = family_links::requests(app, &visit.who).await?;
    show(&Settings {
        waiting: waiting.into_iter().map(Waiting::of).collect(),
        colleagues,
        head: Head::of(visit, "/municipality"),
        modes,
        changed,
        said,
        key: app.ids.next(),
        items_key: app.ids.next(),
        page,
    })
}
