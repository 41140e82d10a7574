//! Coming in and going out.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use serde::Deserialize;
use time::Duration;

use super::{
    Error,
    children::SEARCH_COOKIE,
    error::Message,
    head::{Head, LANGUAGE_COOKIE, Language, SESSION_COOKIE, Visit, menu},
    show,
    taken::{Named, Sent},
    words,
};
use crate::{
    app::App,
    domain::{access::Role, text::Lang},
    seal::Token,
    service::{sessions, sign_in},
};

#[derive(Template)]
#[template(path = "pages/enter.html")]
struct Button {
    head: Head,
    token: String,
}

/// `GET /`: to the reader's own first page.
pub(super) async fn home(
    State(app): State<App>,
    Language(lang): Language,
    visit: Option<Visit>,
) -> Result<Response, Error> {
    let Some(visit) = visit else {
        let page = Message {
            head: Head::nobody(lang),
            title: words::WELCOME.get(lang).to_owned(),
            lines: vec![
                words::WHAT_IT_IS.get(lang).to_owned(),
                words::HOW_TO_ENTER.get(lang).to_owned(),
            ],
        };
        return Ok(show(&page)?.into_response());
    };
    if visit.who.role() == Role::Family {
        let case = sign_in::own_case(&app, visit.reader()).await?;
        let case = case.ok_or(Error::NotFound)?;
        return Ok(Redirect::to(&format!("/plans/{case}")).into_response());
    }
    let first = menu(visit.who.role()).first().map_or("/account", |m| m.0);
    Ok(Redirect::to(first).into_response())
}

/// `GET /enter/{token}`: a button. Nothing happens here: mail scanners open
/// links.
pub(super) async fn button(
    State(app): State<App>,
    Language(lang): Language,
    Named(token): Named<String>,
) -> Result<Html<String>, Error> {
    let waits = match Token::from_text(&token) {
        Some(link) => sign_in::waits(&app, &link).await?,
        None => false,
    };
    if !waits {
        return link_over(lang);
    }
    // The page holds the token anyway: the switch of language keeps it.
    let head = Head {
        here: format!("/enter/{token}"),
        ..Head::nobody(lang)
    };
    show(&Button { head, token })
}

fn link_over(lang: Lang) -> Result<Html<String>, Error> {
    show(&Message {
        head: Head::nobody(lang),
        title: words::LINK_OVER.get(lang).to_owned(),
        lines: vec![words::LINK_OVER_HELP.get(lang).to_owned()],
    })
}

#[derive(Deserialize)]
pub(super) struct EnterForm {
    token: String,
}

/// `POST /enter`: trades the link for a session.
pub(super) async fn enter(
    State(app): State<App>,
    Language(lang): Language,
    jar: CookieJar,
    headers: HeaderMap,
    Sent(form): Sent<EnterForm>,
) -> Result<Response, Error> {
    let session = match Token::from_text(&form.token) {
        Some(link) => sessions::begin(&app, &link, device(&headers)).await?,
        None => None,
    };
    let Some((session, hours)) = session else {
        return Ok(link_over(lang)?.into_response());
    };
    let cookie = Cookie::build((SESSION_COOKIE, session.reveal().to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        // As long as the session itself: a telephone closes its browser often.
        .max_age(Duration::hours(hours))
        .secure(app.config.server.public_url.starts_with("https:"));
    Ok((jar.add(cookie), Redirect::to("/")).into_response())
}

/// What kind of device a browser says it runs on: enough for its owner to know
/// it by, and no more.
fn device(headers: &HeaderMap) -> &'static str {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let says = |word: &str| agent.contains(word);
    if says("Mobile") || says("Android") || says("iPhone") {
        "phone"
    } else if says("iPad") || says("Tablet") {
        "tablet"
    } else if says("Mozilla") {
        "computer"
    } else {
        "unknown"
    }
}

/// `POST /sign-out`
pub(super) async fn sign_out(
    State(app): State<App>,
    visit: Visit,
    jar: CookieJar,
) -> Result<Response, Error> {
    sessions::end(&app, &visit.session).await?;
    let gone = Cookie::build(SESSION_COOKIE).path("/");
    let forgotten = Cookie::build(SEARCH_COOKIE).path("/");
    let jar = jar.remove(gone).remove(forgotten);
    let clear = HeaderName::from_static("clear-site-data");
    Ok(([(clear, "\"cache\"")], jar, Redirect::to("/")).into_response())
}

#[derive(Deserialize)]
pub(super) struct LanguageForm {
    language: String,
    here: String,
}

/// `POST /language`: remembers the language and goes back.
pub(super) async fn language(jar: CookieJar, Sent(form): Sent<LanguageForm>) -> Response {
    let cookie = Cookie::build((
        LANGUAGE_COOKIE,
        if form.language == "en" { "en" } else { "ja" },
    ))
    .path("/")
    .http_only(true)
    .same_site(SameSite::Lax);
    // Only a path of this site: neither another host nor a scheme.
    let own = form.here.starts_with('/')
        && !form.here.starts_with("//")
        && !form.here.contains('\\')
        && !form.here.contains(char::is_control);
    let here = if own { form.here.as_str() } else { "/" };
    (jar.add(cookie), Redirect::to(here)).into_response()
}
