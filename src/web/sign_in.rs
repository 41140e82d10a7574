//! Signing in with address, password and code, and with a typed code.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use time::Duration;
use uuid::Uuid;

use super::{
    Error,
    door::{Button, device},
    forms::over_tls,
    head::{Head, SESSION_COOKIE, Visit, Visitor},
    kept, show,
    taken::Sent,
    words,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::text::{Lang, Text},
    seal::Token,
    service::{
        authenticate::{self, Answer, Typed},
        invitation,
        sessions::{self, Begun},
    },
    text,
};

/// The page with the form.
#[derive(Template)]
#[template(path = "pages/sign_in.html")]
pub(super) struct SignIn {
    pub head: Head,
    /// As it was typed, where the form comes back.
    pub email: String,
    /// What waits to be sent again, sealed.
    pub kept: String,
    pub said: Option<String>,
    /// The unit whose page comes next: its label was scanned.
    pub unit: Option<Uuid>,
}

/// The page on which a code is typed.
#[derive(Template)]
#[template(path = "pages/code.html")]
struct CodePage {
    head: Head,
    said: Option<String>,
}

/// What comes after the sign-in: nothing but the page of a unit, so that no link
/// leads anybody anywhere else.
#[derive(Deserialize)]
pub(super) struct Next {
    unit: Option<String>,
}

/// `GET /sign-in`
pub(super) async fn page(
    visitor: Visitor,
    Query(next): Query<Next>,
) -> Result<Html<String>, Error> {
    show(&SignIn {
        unit: next.unit.and_then(|unit| Uuid::parse_str(&unit).ok()),
        head: Head::visitor(&visitor, "/sign-in"),
        email: String::new(),
        kept: String::new(),
        said: None,
    })
}

#[derive(Deserialize)]
pub(super) struct SignInForm {
    email: String,
    password: String,
    code: String,
    #[serde(default)]
    kept: String,
    #[serde(default)]
    unit: String,
}

/// `POST /sign-in`
pub(super) async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    jar: CookieJar,
    headers: HeaderMap,
    Sent(form): Sent<SignInForm>,
) -> Result<Response, Error> {
    let typed = Typed {
        email: form.email,
        password: form.password,
        code: form.code,
        from: visitor.from,
    };
    let previous = jar
        .get(SESSION_COOKIE)
        .and_then(|cookie| Token::from_text(cookie.value()));
    let answer = authenticate::sign_in(&app, &typed, &device(&headers), previous.as_ref()).await?;
    let begun = match answer {
        Answer::Right(begun) => begun,
        Answer::Wrong | Answer::Wait(_) => {
            let refusal = Refusal::of(&app, &answer, &words::SIGN_IN_WRONG, visitor.lang);
            let page = SignIn {
                head: Head::visitor(&visitor, "/sign-in"),
                // An address of 10,000 letters does not come back.
                email: typed.email.chars().take(254).collect(),
                kept: form.kept,
                said: Some(refusal.said),
                unit: Uuid::parse_str(&form.unit).ok(),
            };
            return Ok((refusal.status, refusal.retry, show(&page)?).into_response());
        }
    };
    let cookie = session_cookie(&app, &begun);
    if let Some(visit) = visit_of(&app, &visitor, &begun).await?
        && let Some(page) = kept::resume(&app, &visit, &form.kept)?
    {
        return Ok((jar.add(cookie), page).into_response());
    }
    let next = Uuid::parse_str(&form.unit);
    let next = next.map_or_else(|_| "/".to_owned(), |unit| format!("/units/{unit}"));
    Ok((jar.add(cookie), Redirect::to(&next)).into_response())
}

/// What somebody is told whose guess was wrong, or came too early; the same
/// whether or not there is such an account.
pub(super) struct Refusal {
    pub said: String,
    pub status: StatusCode,
    pub retry: Option<[(HeaderName, String); 1]>,
}

impl Refusal {
    pub(super) fn of<T>(app: &App, answer: &Answer<T>, wrong: &Text, lang: Lang) -> Self {
        let Answer::Wait(until) = answer else {
            return Self {
                said: wrong.get(lang).to_owned(),
                status: StatusCode::UNPROCESSABLE_ENTITY,
                retry: None,
            };
        };
        let seconds = (*until - app.clock.now()).num_seconds().max(1);
        Self {
            said: wait(*until).get(lang).to_owned(),
            status: StatusCode::TOO_MANY_REQUESTS,
            retry: Some([(header::RETRY_AFTER, seconds.to_string())]),
        }
    }
}

fn wait(until: DateTime<Utc>) -> Text {
    // The minute after, so that nobody comes back some seconds too early.
    let at = in_tokyo(until + chrono::TimeDelta::minutes(1)).format("%H:%M");
    text!(
        "間違いが続いたので、{at}まで受け付けません。そのあとでもう一度お試しください。お急ぎのときは管理者に電話してください。",
        "Too many wrong tries: try again after {at}. If it is urgent, telephone the administrator."
    )
}

/// The cookie of a session.
pub(super) fn session_cookie(app: &App, begun: &Begun) -> Cookie<'static> {
    Cookie::build((SESSION_COOKIE, begun.session.reveal().to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        // A telephone closes its browser often. Half a day longer than the
        // session: a form that is sent after its end still says whose it was.
        .max_age(Duration::hours(begun.hours + kept::HOURS))
        .secure(over_tls(app))
        .build()
}

/// The visit of somebody who has just come in, for the page that answers.
pub(super) async fn visit_of(
    app: &App,
    visitor: &Visitor,
    begun: &Begun,
) -> Result<Option<Visit>, Error> {
    let who = sessions::holder(app, &begun.session).await?;
    Ok(who.map(|mut who| {
        who.from = visitor.from;
        Visit {
            sets_clock: app.clock_to_set(who.user).is_some(),
            who,
            lang: visitor.lang,
            session: begun.session.clone(),
            at: app.clock.now(),
            notices: Vec::new(),
        }
    }))
}

/// `GET /code`
pub(super) async fn code_page(visitor: Visitor) -> Result<Html<String>, Error> {
    show(&CodePage {
        head: Head::visitor(&visitor, "/code"),
        said: None,
    })
}

#[derive(Deserialize)]
pub(super) struct CodeForm {
    code: String,
}

/// `POST /code`: the page of the link that the code stands for.
pub(super) async fn code(
    State(app): State<App>,
    visitor: Visitor,
    Sent(form): Sent<CodeForm>,
) -> Result<Response, Error> {
    let answer = invitation::ticket_of(&app, &form.code, visitor.from).await?;
    if let Answer::Right(ticket) = answer {
        let head = Head::visitor(&visitor, "/code");
        return Ok(match Button::of(&app, head, ticket).await? {
            Some(page) => show(&page)?.into_response(),
            None => super::door::link_over(&visitor)?.into_response(),
        });
    }
    let refusal = Refusal::of(&app, &answer, &words::CODE_WRONG, visitor.lang);
    let page = CodePage {
        head: Head::visitor(&visitor, "/code"),
        said: Some(refusal.said),
    };
    Ok((refusal.status, refusal.retry, show(&page)?).into_response())
}
