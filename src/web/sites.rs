//! Sites: the list, a page, and what the municipality enters.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    Error,
    children::{Line, line},
    destination::floors,
    head::{Head, Visit},
    plan::{ExposureLine, lines},
    show,
    site_form::{EntryForm, Wrong},
    taken::{Named, Sent},
    words,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{id::SiteId, text::Lang},
    service::{
        sites::{self, Entered},
        view::{SitePage, SiteRow},
    },
};

#[derive(Template)]
#[template(path = "pages/sites.html")]
struct Sites {
    head: Head,
    rows: Vec<SiteRow>,
    today: NaiveDate,
}

#[derive(Template)]
#[template(path = "pages/site.html")]
struct SiteTemplate {
    head: Head,
    page: SitePage,
    designated: Option<String>,
    exposures: Vec<ExposureLine>,
    users: Option<Vec<Line>>,
    entered: Option<String>,
    floors: Option<String>,
    key: Uuid,
    form: EntryForm,
    said: Option<(bool, String)>,
    /// The field that is wrong.
    wrong: &'static str,
    staff: bool,
    today: NaiveDate,
}

/// `GET /sites`
pub(super) async fn list(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    show(&Sites {
        head: Head::of(&visit, "/sites"),
        rows: sites::list(&app, visit.reader()).await?,
        today: app.clock.today(),
    })
}

/// `GET /sites/{id}`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Html<String>, Error> {
    render(&app, &visit, SiteId(id), Said::default()).await
}

/// `POST /sites/{id}/entry`
pub(super) async fn enter(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(form): Sent<EntryForm>,
) -> Result<Response, Error> {
    let entry = match form.entry() {
        Ok(entry) => entry,
        Err(wrong) => {
            let page = render(
                &app,
                &visit,
                SiteId(id),
                Said::wrong(&wrong, form, visit.lang),
            )
            .await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let outcome =
        sites::enter(&app, &visit.who, SiteId(id), form.revision, entry, form.key).await?;
    // What was typed stays to be seen beside what somebody else has saved.
    let (status, text, keep) = match outcome {
        Entered::Saved | Entered::Repeated => (StatusCode::OK, words::SAVED, None),
        Entered::Stale => (StatusCode::CONFLICT, words::STALE, Some(form)),
        Entered::OtherBody => (StatusCode::CONFLICT, words::OTHER_BODY, Some(form)),
        Entered::NotAllowed | Entered::Unknown => return Err(Error::NotFound),
    };
    let said = Said {
        text: Some((status.is_success(), text.get(visit.lang).to_owned())),
        form: keep,
        wrong: "",
    };
    let page = render(&app, &visit, SiteId(id), said).await?;
    Ok((status, page).into_response())
}

/// What a form was answered.
#[derive(Default)]
struct Said {
    /// Whether it is good news, and the words.
    text: Option<(bool, String)>,
    /// What was typed, where it comes back.
    form: Option<EntryForm>,
    /// The field that is wrong.
    wrong: &'static str,
}

impl Said {
    fn wrong(wrong: &Wrong, form: EntryForm, lang: Lang) -> Self {
        Self {
            text: Some((false, wrong.why.get(lang).to_owned())),
            form: Some(form),
            wrong: wrong.field,
        }
    }
}

async fn render(app: &App, visit: &Visit, id: SiteId, said: Said) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let page = sites::page(app, &visit.who, id)
        .await?
        .ok_or(Error::NotFound)?;
    let key = app.ids.next();
    let names = |set: crate::domain::site::Designations| {
        let list: Vec<String> = set.iter().map(|h| h.name().get(lang).to_owned()).collect();
        if list.is_empty() {
            words::NONE_DESIGNATED.get(lang).to_owned()
        } else {
            list.join("、")
        }
    };
    let entry = &page.site.entry;
    let floors = floors(entry.lowest_floor, entry.highest_floor, lang);
    show(&SiteTemplate {
        head: Head::of(visit, format!("/sites/{id}")),
        designated: page.site.published.designations.map(names),
        exposures: lines(&page.exposures, lang),
        users: page
            .users
            .clone()
            .map(|rows| rows.into_iter().map(|row| line(row, lang)).collect()),
        entered: page
            .entered
            .as_ref()
            .map(|(who, at)| format!("{who} {}", in_tokyo(*at).format("%Y-%m-%d %H:%M"))),
        floors,
        key,
        form: said.form.unwrap_or_else(|| EntryForm::of(&page, key)),
        wrong: said.wrong,
        said: said.text,
        staff: visit.reader().is_staff(),
        today: app.clock.today(),
        page,
    })
}
