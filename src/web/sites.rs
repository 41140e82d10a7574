//! Sites: the list, a page, and what the municipality enters.

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
    children::{Line, line},
    head::{Head, Visit},
    plan::{ExposureLine, lines},
    show,
    taken::{Named, Sent},
    words,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        calendar::era,
        id::SiteId,
        site::{ConfirmedPower, SiteEntry},
        text::{Text, key_form},
    },
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
    render(&app, &visit, SiteId(id), None, None).await
}

/// What a municipality enters, as the form sends it: text, so that a wrong
/// number comes back to who wrote it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct EntryForm {
    level: String,
    socket: String,
    confirmed_by: String,
    valid_until: String,
    direct: String,
    lowest: String,
    highest: String,
    companions: String,
    places: String,
    closed_from: String,
    closed_until: String,
    revision: i64,
    key: Uuid,
}

impl EntryForm {
    fn of(page: &SitePage, key: Uuid) -> Self {
        let e = &page.site.entry;
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        let day = |d: Option<NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
        let power = e.power.as_ref();
        Self {
            level: number(e.opens_at_level.map(i64::from)),
            socket: power.map(|p| p.socket.clone()).unwrap_or_default(),
            confirmed_by: power.map(|p| p.confirmed_by.clone()).unwrap_or_default(),
            valid_until: day(power.map(|p| p.valid_until)),
            direct: match e.direct_allowed {
                Some(true) => "yes".to_owned(),
                Some(false) => "no".to_owned(),
                None => String::new(),
            },
            lowest: number(e.lowest_floor.map(i64::from)),
            highest: number(e.highest_floor.map(i64::from)),
            companions: number(e.companions_max.map(i64::from)),
            places: number(e.ventilator_places.map(i64::from)),
            closed_from: day(e.closed_from),
            closed_until: day(e.closed_until),
            revision: page.revision,
            key,
        }
    }

    /// What it says; an empty field is unknown.
    fn entry(&self) -> Result<SiteEntry, Text> {
        fn number<T: TryFrom<i64>>(text: &str, least: i64, most: i64) -> Result<Option<T>, Text> {
            let text = key_form(text);
            if text.is_empty() {
                return Ok(None);
            }
            text.parse()
                .ok()
                .filter(|n| (least..=most).contains(n))
                .and_then(|n| T::try_from(n).ok())
                .map(Some)
                .ok_or(words::BAD_NUMBERS)
        }
        let day = |text: &str| match text.trim() {
            "" => Ok(None),
            text => era::parse_date(text).map(Some).map_err(|bad| bad.text()),
        };
        let words_of = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        let power = match (
            words_of(&self.socket),
            words_of(&self.confirmed_by),
            day(&self.valid_until)?,
        ) {
            (Some(socket), Some(confirmed_by), Some(valid_until)) => Some(ConfirmedPower {
                socket,
                confirmed_by,
                valid_until,
            }),
            (None, None, None) => None,
            _ => return Err(words::POWER_PARTS),
        };
        Ok(SiteEntry {
            opens_at_level: number(&self.level, 1, 5)?,
            power,
            direct_allowed: match self.direct.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            lowest_floor: number(&self.lowest, -5, 100)?,
            highest_floor: number(&self.highest, -5, 100)?,
            companions_max: number(&self.companions, 0, 1000)?,
            ventilator_places: number(&self.places, 0, 1000)?,
            closed_from: day(&self.closed_from)?,
            closed_until: day(&self.closed_until)?,
        })
    }
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
        Err(why) => {
            let said = Some((false, why.get(visit.lang).to_owned()));
            let page = render(&app, &visit, SiteId(id), said, Some(form)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let outcome =
        sites::enter(&app, &visit.who, SiteId(id), form.revision, entry, form.key).await?;
    let (status, text, keep) = match outcome {
        Entered::Saved | Entered::Repeated => (StatusCode::OK, words::SAVED, None),
        Entered::Stale => (StatusCode::CONFLICT, words::STALE, None),
        Entered::OtherBody => (StatusCode::CONFLICT, words::OTHER_BODY, Some(form)),
        Entered::NotAllowed | Entered::Unknown => return Err(Error::NotFound),
    };
    let said = (status.is_success(), text.get(visit.lang).to_owned());
    let page = render(&app, &visit, SiteId(id), Some(said), keep).await?;
    Ok((status, page).into_response())
}

async fn render(
    app: &App,
    visit: &Visit,
    id: SiteId,
    said: Option<(bool, String)>,
    form: Option<EntryForm>,
) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let page = sites::page(app, visit.reader(), id)
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
    let floors = match (page.site.entry.lowest_floor, page.site.entry.highest_floor) {
        (None, None) => None,
        (Some(low), Some(high)) if low == high => Some(format!("{low} {}", words::FLOOR.get(lang))),
        (low, high) => {
            let word = |n: Option<i16>| n.map_or("?".to_owned(), |n| n.to_string());
            Some(format!(
                "{}–{} {}",
                word(low),
                word(high),
                words::FLOOR.get(lang)
            ))
        }
    };
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
        form: form.unwrap_or_else(|| EntryForm::of(&page, key)),
        said,
        staff: visit.reader().is_staff(),
        today: app.clock.today(),
        page,
    })
}
