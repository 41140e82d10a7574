//! The page that sets the clock of a demonstration forward.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::{
    Error,
    door::device,
    head::{Head, Visit, Visitor},
    show,
    sign_in::{session_cookie, visit_of},
    taken::Sent,
    words::{self, demo_clock as said},
};
use crate::{
    app::App,
    service::{
        demo_clock::{self, Set},
        sign_in,
    },
};

#[derive(Template)]
#[template(path = "pages/demo_clock.html")]
struct Page {
    head: Head,
    outcome: Option<(bool, String)>,
    /// The first day that can be chosen.
    first: NaiveDate,
    /// The day that was chosen, where the form comes back.
    day: String,
    /// Role and link.
    links: Vec<(String, String)>,
}

impl Page {
    fn of(app: &App, visit: &Visit, outcome: Option<(bool, String)>) -> Self {
        Self {
            head: Head::of(visit, "/demo/clock"),
            outcome,
            first: app.clock.today() + Days::new(1),
            day: String::new(),
            links: Vec::new(),
        }
    }
}

/// `GET /demo/clock`
pub(super) async fn page(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    if app.clock_to_set(visit.who.user).is_none() {
        return Err(Error::NotFound);
    }
    show(&Page::of(&app, &visit, None))
}

#[derive(Deserialize)]
pub(super) struct ClockForm {
    day: NaiveDate,
}

/// `POST /demo/clock`
pub(super) async fn set(
    State(app): State<App>,
    (visit, visitor): (Visit, Visitor),
    jar: CookieJar,
    headers: HeaderMap,
    Sent(form): Sent<ClockForm>,
) -> Result<Response, Error> {
    let at = (&*device(&headers), visit.who.from);
    let set = demo_clock::set(&app, &visit.who, form.day, at).await?;
    let lang = visit.lang;
    let refused = |text: String| {
        let page = Page {
            day: form.day.to_string(),
            ..Page::of(&app, &visit, Some((false, text)))
        };
        Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&page)?).into_response())
    };
    let (begun, links) = match set.ok_or(Error::NotFound)? {
        Set::Done(begun, links) => (begun, links),
        Set::NotLater => return refused(said::NOT_LATER.get(lang).to_owned()),
        Set::TooFar(last) => return refused(format!("{}{last}", said::TOO_FAR.get(lang))),
    };
    let now = visit_of(&app, &visitor, &begun).await?;
    let now = now.ok_or(Error::SignInNeeded)?;
    let links = links.iter().map(|(role, link)| {
        let role = role.name().get(lang).to_owned();
        (role, sign_in::address_of(&app, link))
    });
    let page = Page {
        links: links.collect(),
        ..Page::of(&app, &now, Some((true, said::DONE.get(lang).to_owned())))
    };
    Ok((jar.add(session_cookie(&app, &begun)), show(&page)?).into_response())
}
