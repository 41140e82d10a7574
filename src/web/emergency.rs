//! Emergency access: what is open, opening in two steps, one with everything
//! that was read under it.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use uuid::Uuid;

use super::{
    Error,
    emergency_form::Typed,
    head::{Head, Visit},
    show,
    taken::{Named, Sent},
    words::{self, emergency as said},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        emergency::{Area, Emergency, EventKind, WidensTo},
        hazard::Hazard,
        id::{CaseNumber, EmergencyId},
        municipality::MunicipalityCode,
        text::{Lang, Text},
    },
    service::{
        emergency::{self, Opened, Preview, Wanted},
        emergency_course::{self, Decided, EmergencyPage},
        emergency_reads,
    },
    store::{Decision, TrailRow},
    text,
};

/// One of the list.
struct Line {
    id: EmergencyId,
    name: String,
    open: bool,
    opened: String,
    ends: String,
}

/// Something to choose: the word, its name, whether it is chosen.
type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "pages/emergencies.html")]
struct List {
    head: Head,
    lines: Vec<Line>,
    /// The form, for an account that is authorised.
    form: Option<Form>,
    /// The municipality's staff, who may be authorised; not the auditor.
    staff: bool,
    said: Option<String>,
}

struct Form {
    typed: Typed,
    kinds: Vec<Choice>,
    hazards: Vec<Choice>,
    wards: Vec<Choice>,
    neighbours: Vec<Choice>,
    /// The most hours.
    most: u32,
    key: Uuid,
}

#[derive(Template)]
#[template(path = "pages/emergency_confirm.html")]
struct Confirm {
    head: Head,
    wanted: Wanted,
    kind: String,
    area: String,
    to_whom: Vec<String>,
    preview: Preview,
    ends: String,
    /// What was typed, to be sent again.
    fields: Vec<(String, String)>,
}

/// Somebody who read something.
struct Read {
    at: String,
    who: String,
    cases: Vec<CaseNumber>,
}

#[derive(Template)]
#[template(path = "pages/emergency.html")]
struct One {
    head: Head,
    page: EmergencyPage,
    kind: String,
    area: String,
    to_whom: Vec<String>,
    opened: String,
    ends: String,
    closed: Option<String>,
    /// What, why, by whom, when, until when.
    decisions: Vec<(String, String, String, String, String)>,
    reads: Vec<Read>,
    most: u32,
    said: Option<String>,
}

fn at(instant: chrono::DateTime<chrono::Utc>) -> String {
    in_tokyo(instant).format("%Y-%m-%d %H:%M").to_string()
}

/// `GET /emergency`
pub(super) async fn list(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    render(&app, &visit, None, None).await
}

async fn render(
    app: &App,
    visit: &Visit,
    typed: Option<Typed>,
    said: Option<String>,
) -> Result<Html<String>, Error> {
    let now = app.clock.now();
    let known = emergency_course::list(app, &visit.who).await?;
    let lines = known.into_iter().map(|one| Line {
        id: one.id,
        open: one.is_open(now),
        opened: at(one.opened_at),
        ends: at(one.closes_at()),
        name: one.name,
    });
    let authorised = emergency::is_authorised(app, &visit.who).await?;
    let own = visit.reader().municipality().filter(|_| authorised);
    let form = own.map(|own| Form::of(app, visit.lang, own, typed));
    show(&List {
        head: Head::of(visit, "/emergency"),
        lines: lines.collect(),
        form,
        staff: visit.reader().municipality().is_some(),
        said,
    })
}

impl Form {
    fn of(app: &App, lang: Lang, own: MunicipalityCode, typed: Option<Typed>) -> Self {
        let most = app.config.emergency.hours;
        let typed = typed.unwrap_or_else(|| Typed::blank(most));
        let place = |field: &str, code: MunicipalityCode| {
            let chosen = typed.all(field).any(|value| value == code.as_str());
            (code.to_string(), code.name().to_owned(), chosen)
        };
        Self {
            kinds: EventKind::ALL
                .into_iter()
                .map(|kind| {
                    let name = kind.name().get(lang).to_owned();
                    (kind.code().to_owned(), name, typed.has("kind", kind.code()))
                })
                .collect(),
            hazards: Hazard::ALL
                .into_iter()
                .filter(|hazard| !hazard.layers().is_empty())
                .map(|hazard| {
                    let name = hazard.name().get(lang).to_owned();
                    let chosen = typed.has("hazard", hazard.code());
                    (hazard.code().to_owned(), name, chosen)
                })
                .collect(),
            wards: emergency::wards(own)
                .into_iter()
                .map(|code| place("ward", code))
                .collect(),
            neighbours: emergency::neighbours(own)
                .into_iter()
                .map(|code| place("neighbour", code))
                .collect(),
            most,
            key: app.ids.next(),
            typed,
        }
    }
}

/// `POST /emergency/confirm`: what opening would do. Nothing is opened.
pub(super) async fn confirm(
    State(app): State<App>,
    visit: Visit,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let typed = Typed(fields);
    let lang = visit.lang;
    let wanted = match typed.wanted() {
        Ok(wanted) => wanted,
        Err(wrong) => return again(&app, &visit, typed, words_of(&app, wrong, lang)).await,
    };
    match emergency::preview(&app, &visit.who, &wanted).await? {
        Opened::Done(preview) => {
            let page = Confirm {
                head: Head::of(&visit, "/emergency"),
                kind: wanted.kind.name().get(lang).to_owned(),
                area: area(&wanted.area, lang),
                to_whom: to_whom(&wanted.widens_to, lang),
                ends: at(preview.ends_at),
                preview,
                fields: typed.again(),
                wanted,
            };
            Ok(show(&page)?.into_response())
        }
        refused => refusal(&app, &visit, typed, refused).await,
    }
}

/// `POST /emergency`: opens it.
pub(super) async fn open(
    State(app): State<App>,
    visit: Visit,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let typed = Typed(fields);
    let key = typed.key().ok_or(Error::BadForm)?;
    let wanted = match typed.wanted() {
        Ok(wanted) => wanted,
        Err(wrong) => {
            let words = words_of(&app, wrong, visit.lang);
            return again(&app, &visit, typed, words).await;
        }
    };
    match emergency::open(&app, &visit.who, &wanted, key).await? {
        Opened::Done(id) => Ok(Redirect::to(&format!("/emergency/{id}")).into_response()),
        refused => refusal(&app, &visit, typed, refused).await,
    }
}

async fn refusal<T>(
    app: &App,
    visit: &Visit,
    typed: Typed,
    refused: Opened<T>,
) -> Result<Response, Error> {
    match refused {
        Opened::Wrong(wrong) => {
            let words = words_of(app, wrong, visit.lang);
            again(app, visit, typed, words).await
        }
        Opened::OtherBody => {
            let words = words::OTHER_BODY.get(visit.lang).to_owned();
            let page = render(app, visit, Some(typed), Some(words)).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Opened::NotAuthorised | Opened::Done(_) => {
            let words = said::NOT_AUTHORISED.get(visit.lang).to_owned();
            let page = render(app, visit, None, Some(words)).await?;
            Ok((StatusCode::FORBIDDEN, page).into_response())
        }
    }
}

async fn again(app: &App, visit: &Visit, typed: Typed, words: String) -> Result<Response, Error> {
    let page = render(app, visit, Some(typed), Some(words)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn words_of(app: &App, wrong: emergency::Wrong, lang: Lang) -> String {
    use emergency::Wrong;
    let text: &Text = match wrong {
        Wrong::Name => &said::WRONG_NAME,
        Wrong::Nobody => &said::WRONG_NOBODY,
        Wrong::Reason => &said::WRONG_REASON,
        Wrong::Hours => &wrong_hours(app),
        Wrong::NamesChild => &said::WRONG_NAMES_CHILD,
        Wrong::Area => &said::WRONG_AREA,
        Wrong::Neighbour => &said::WRONG_NEIGHBOUR,
    };
    text.get(lang).to_owned()
}

fn wrong_hours(app: &App) -> Text {
    let most = app.config.emergency.hours;
    text!(
        "時間数は、1から{most}までの整数で入力してください。",
        "Give a whole number of hours from 1 to {most}."
    )
}

fn area(area: &Area, lang: Lang) -> String {
    match area {
        Area::Whole => said::AREA_WHOLE.get(lang).to_owned(),
        Area::HitBy(hazard) => {
            let (who, hazard) = (said::AREA_HIT, hazard.name());
            format!("{}: {}", who.get(lang), hazard.get(lang))
        }
        Area::Wards(wards) => {
            let names: Vec<&str> = wards.iter().map(MunicipalityCode::name).collect();
            names.join(words::COMMA.get(lang))
        }
    }
}

fn to_whom(groups: &BTreeSet<WidensTo>, lang: Lang) -> Vec<String> {
    let names = groups.iter().map(|group| group.name());
    names.map(|name| name.get(lang).to_owned()).collect()
}

/// `GET /emergency/{emergency}`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Html<String>, Error> {
    one(&app, &visit, EmergencyId(id), None).await
}

async fn one(
    app: &App,
    visit: &Visit,
    id: EmergencyId,
    said: Option<String>,
) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let page = emergency_course::page(app, &visit.who, id)
        .await?
        .ok_or(Error::NotFound)?;
    let it: &Emergency = &page.row.emergency;
    let decisions = page.decisions.iter().map(|decision| {
        let what = match decision.decision {
            Decision::Extended => said::EXTENDED,
            Decision::LetEnd => said::LET_END_DONE,
        };
        (
            what.get(lang).to_owned(),
            decision.reason.clone(),
            decision.by.clone(),
            at(decision.at),
            at(decision.ends_at),
        )
    });
    let closed = it.closed_at.map(|instant| {
        let by = page.row.closed_by.as_deref().unwrap_or_default();
        format!("{by} {}", at(instant))
    });
    show(&One {
        head: Head::of(visit, format!("/emergency/{id}")),
        kind: it.kind.name().get(lang).to_owned(),
        area: area(&it.area, lang),
        to_whom: to_whom(&it.widens_to, lang),
        opened: format!("{} {}", page.row.opened_by, at(it.opened_at)),
        ends: at(it.ends_at),
        closed,
        decisions: decisions.collect(),
        reads: page.reads.iter().map(|row| read(row, lang)).collect(),
        most: app.config.emergency.hours,
        said,
        page,
    })
}

fn read(row: &TrailRow, lang: Lang) -> Read {
    let who = row.who.as_ref().map(|(role, place, name)| {
        let place = place.map(|code| code.name().to_owned()).unwrap_or_default();
        format!("{place} {} {name}", role.name().get(lang))
    });
    Read {
        at: in_tokyo(row.event.at)
            .format("%Y-%m-%d %H:%M:%S")
            .to_string(),
        who: who.unwrap_or_default().trim().to_owned(),
        cases: row.cases.clone(),
    }
}

/// `GET /emergency/{emergency}/reads.csv`
pub(super) async fn reads(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Response, Error> {
    let page = emergency_course::page(&app, &visit.who, EmergencyId(id))
        .await?
        .ok_or(Error::NotFound)?;
    let file = emergency_reads::reads_as_csv(&page.reads)?;
    let headers: [(HeaderName, String); 2] = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"emergency-{id}.csv\""),
        ),
    ];
    Ok((headers, file).into_response())
}

/// `POST /emergency/{emergency}/extend`
pub(super) async fn extend(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let (typed, id) = (Typed(fields), EmergencyId(id));
    // What is no number is no hours.
    let hours = typed.hours().unwrap_or_default();
    let reason = typed.first("reason");
    let decided = emergency_course::extend(&app, &visit.who, id, reason, hours).await?;
    answer(&app, &visit, id, decided).await
}

/// `POST /emergency/{emergency}/let-end`
pub(super) async fn let_end(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Response, Error> {
    let id = EmergencyId(id);
    let decided = emergency_course::let_end(&app, &visit.who, id).await?;
    answer(&app, &visit, id, decided).await
}

/// `POST /emergency/{emergency}/close`
pub(super) async fn close(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Response, Error> {
    let id = EmergencyId(id);
    let decided = emergency_course::close(&app, &visit.who, id).await?;
    answer(&app, &visit, id, decided).await
}

async fn answer(
    app: &App,
    visit: &Visit,
    id: EmergencyId,
    decided: Decided,
) -> Result<Response, Error> {
    let (status, words) = match decided {
        Decided::Done => return Ok(Redirect::to(&format!("/emergency/{id}")).into_response()),
        Decided::Unknown => return Err(Error::NotFound),
        Decided::NotAuthorised => (StatusCode::FORBIDDEN, said::NOT_AUTHORISED),
        Decided::Over => (StatusCode::CONFLICT, said::ALREADY_OVER),
        Decided::LongerAlready => (StatusCode::CONFLICT, said::LONGER_ALREADY),
        Decided::NoReason => (StatusCode::UNPROCESSABLE_ENTITY, said::WRONG_REASON),
        Decided::BadHours => (StatusCode::UNPROCESSABLE_ENTITY, wrong_hours(app)),
    };
    let words = words.get(visit.lang).to_owned();
    let page = one(app, visit, id, Some(words)).await?;
    Ok((status, page).into_response())
}
