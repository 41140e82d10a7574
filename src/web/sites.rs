//! A site's page, and what the municipality enters on it.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    destination::floors,
    head::{Head, Visit},
    leads::Leads,
    places::confirmed,
    plan::{ExposureLine, lines},
    show,
    site_form::EntryForm,
    site_list::designated,
    taken::{Named, Sent},
    words::{self, places as pl, sites as own},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::Permission,
        id::{SiteBatchId, SiteId},
        site::{Reception, SiteEntry, SiteKind},
        site_entry::{WrongField, differences},
        text::Lang,
    },
    service::{
        sites::{self, Entered},
        view::SitePage,
    },
    store::OwnVersion,
};

/// One entry of the history, in words.
struct Entry {
    revision: i64,
    who: String,
    at: String,
    /// It is part of a change of many.
    batch: Option<SiteBatchId>,
    /// Field, before, after.
    fields: Vec<(String, String, String)>,
}

/// What a municipality said of a site of its own, in words.
struct Version {
    who: String,
    at: String,
    name: String,
    address: String,
    ended: bool,
}

#[derive(Template)]
#[template(path = "pages/site.html")]
struct SiteTemplate {
    head: Head,
    page: SitePage,
    designated: String,
    /// A shelter: it is judged by other sites.
    by_address: bool,
    /// Nobody can go there now, or soon: whose plans lead there comes first.
    unavailable: bool,
    closed_now: bool,
    entries: Vec<Entry>,
    versions: Vec<Version>,
    /// The version of a site of one's own that a change must name.
    own_revision: i64,
    exposures: Vec<ExposureLine>,
    users: Option<Leads>,
    entered: Option<String>,
    floors: Option<String>,
    reception: String,
    /// Where it is reached and whom one asks for, in words; for staff.
    contacts: Vec<(String, String)>,
    /// When the place was last asked, in words; for staff.
    confirmed: String,
    key: Uuid,
    form: EntryForm,
    said: Option<(bool, String)>,
    /// The field that is wrong.
    wrong: &'static str,
    staff: bool,
    /// Whether the visitor may ask what changes if it closes.
    may_suppose: bool,
    today: NaiveDate,
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
    answer(&app, &visit, SiteId(id), outcome, Some(form)).await
}

async fn answer(
    app: &App,
    visit: &Visit,
    id: SiteId,
    outcome: Entered,
    form: Option<EntryForm>,
) -> Result<Response, Error> {
    // What was typed stays to be seen beside what somebody else has saved.
    let (status, text, keep) = match outcome {
        Entered::Saved | Entered::Repeated => (StatusCode::OK, words::SAVED, None),
        Entered::Stale => (StatusCode::CONFLICT, words::STALE, form),
        Entered::OtherBody => (StatusCode::CONFLICT, words::OTHER_BODY, form),
        Entered::NotAllowed | Entered::Unknown => return Err(Error::NotFound),
    };
    let said = Said {
        text: Some((status.is_success(), text.get(visit.lang).to_owned())),
        form: keep,
        wrong: "",
    };
    let page = render(app, visit, id, said).await?;
    Ok((status, page).into_response())
}

#[derive(Deserialize)]
pub(super) struct Restore {
    revision: i64,
    of: i64,
    key: Uuid,
}

/// `POST /sites/{id}/entry/restore`
pub(super) async fn restore(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(form): Sent<Restore>,
) -> Result<Response, Error> {
    let (id, revisions) = (SiteId(id), (form.revision, form.of));
    let outcome = sites::restore(&app, &visit.who, id, revisions, form.key).await?;
    answer(&app, &visit, id, outcome, None).await
}

/// What a form was answered.
#[derive(Default)]
pub(super) struct Said {
    /// Whether it is good news, and the words.
    text: Option<(bool, String)>,
    /// What was typed, where it comes back.
    form: Option<EntryForm>,
    /// The field that is wrong.
    wrong: &'static str,
}

impl Said {
    /// Words, and whether they are good news.
    pub(super) fn text(good: bool, text: String) -> Self {
        Self {
            text: Some((good, text)),
            ..Self::default()
        }
    }

    fn wrong(wrong: &WrongField, form: EntryForm, lang: Lang) -> Self {
        Self {
            text: Some((false, wrong.in_words().get(lang).to_owned())),
            form: Some(form),
            wrong: wrong.field.code(),
        }
    }
}

pub(super) async fn render(
    app: &App,
    visit: &Visit,
    id: SiteId,
    said: Said,
) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let page = sites::page(app, &visit.who, id)
        .await?
        .ok_or(Error::NotFound)?;
    let key = app.ids.next();
    let entry = &page.site.entry;
    let today = app.clock.today();
    let by_address = matches!(
        page.site.published.kind,
        SiteKind::Shelter | SiteKind::WelfareShelter
    );
    show(&SiteTemplate {
        head: Head::of(visit, format!("/sites/{id}")),
        designated: designated(page.judged, by_address, lang),
        by_address,
        unavailable: page.site.withdrawn
            || entry.refuses()
            || (entry.closed_from.is_some() && entry.closed_until.is_none_or(|d| d >= today)),
        closed_now: entry.is_closed_on(today),
        entries: entries(&page, visit.who.role().may(Permission::EnterOnSites), lang),
        versions: versions(&page),
        own_revision: page.own_versions.first().map_or(0, |v| v.revision),
        exposures: lines(&page.exposures, lang),
        users: page.users.clone().map(|leading| Leads::of(leading, lang)),
        entered: page.entered.as_ref().map(|(who, at)| {
            let who = entered_by(who.as_deref(), lang);
            format!("{who} {}", in_tokyo(*at).format("%Y-%m-%d %H:%M"))
        }),
        floors: floors(entry.lowest_floor, entry.highest_floor, lang),
        reception: entry.reception_in_words().get(lang).to_owned(),
        contacts: contacts(entry, lang),
        confirmed: confirmed(entry, today, lang),
        key,
        form: said.form.unwrap_or_else(|| EntryForm::of(&page, key)),
        wrong: said.wrong,
        said: said.text,
        staff: visit.reader().is_staff(),
        may_suppose: visit.who.role().may(Permission::FollowNight),
        today,
        page,
    })
}

fn contacts(entry: &SiteEntry, lang: Lang) -> Vec<(String, String)> {
    let parts = [
        (pl::PHONE_DAY, &entry.telephone_day),
        (pl::PHONE_NIGHT, &entry.telephone_night),
        (pl::CONTACT, &entry.contact),
        (pl::MAIL_WORD, &entry.mail),
    ];
    let said = |value: &Option<String>| match value {
        Some(value) => value.clone(),
        None => words::NOT_ENTERED.get(lang).to_owned(),
    };
    parts
        .into_iter()
        .map(|(name, value)| (name.get(lang).to_owned(), said(value)))
        .collect()
}

/// Who has entered something: a member of staff, or the place itself.
fn entered_by(who: Option<&str>, lang: Lang) -> String {
    who.map_or_else(|| pl::BY_PLACE.get(lang).to_owned(), str::to_owned)
}

/// The history, the latest first: what each entry changed.
fn entries(page: &SitePage, may_batch: bool, lang: Lang) -> Vec<Entry> {
    let earlier = page.entries.iter().skip(1).map(|row| row.entry.clone());
    let earlier = earlier.chain([SiteEntry::default()]);
    page.entries
        .iter()
        .zip(earlier)
        .map(|(row, before)| Entry {
            revision: row.revision,
            who: entered_by(row.who.as_deref(), lang),
            at: in_tokyo(row.at).format("%Y-%m-%d %H:%M").to_string(),
            batch: row.batch.filter(|_| page.may_enter && may_batch),
            fields: differences(&before, &row.entry)
                .into_iter()
                .map(|(field, before, after)| {
                    let name = field.name().get(lang).to_owned();
                    (name, field.shown(&before, lang), field.shown(&after, lang))
                })
                .collect(),
        })
        .collect()
}

fn versions(page: &SitePage) -> Vec<Version> {
    let version = |row: &OwnVersion| Version {
        who: row.who.clone(),
        at: in_tokyo(row.at).format("%Y-%m-%d %H:%M").to_string(),
        name: row.published.name.clone(),
        address: row.published.address.clone(),
        ended: row.ended,
    };
    page.own_versions.iter().map(version).collect()
}
