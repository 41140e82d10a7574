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

use super::{
    Error,
    children::SEARCH_COOKIE,
    error::Message,
    head::{Head, LANGUAGE_COOKIE, SESSION_COOKIE, Visit, Visitor, menu},
    invitation::choose,
    show,
    sign_in::session_cookie,
    site_list,
    taken::{Named, Sent},
    words,
};
use crate::{
    app::App,
    domain::access::Role,
    service::{invitation, sessions, sign_in},
    store::LinkKind,
};

/// What a link shows: a button.
#[derive(Template)]
#[template(path = "pages/enter.html")]
pub(super) struct Button {
    head: Head,
    token: String,
    /// It invites to choose a password, instead of letting in.
    invites: bool,
    /// It is a code that was told: it lets in once.
    once: bool,
}

impl Button {
    /// The button of a link that waits.
    pub(super) async fn of(app: &App, head: Head, token: String) -> Result<Option<Self>, Error> {
        let waiting = match invitation::link_named(app, &token) {
            Some(link) => invitation::waiting(app, &link).await?,
            None => None,
        };
        Ok(waiting.map(|link| Self {
            head,
            token,
            invites: !sessions::lets_in(app, link.account, link.role),
            once: link.kind == LinkKind::Told,
        }))
    }
}

#[derive(Template)]
#[template(path = "pages/home.html")]
struct Home {
    head: Head,
}

/// `GET /`: to the reader's own first page.
pub(super) async fn home(
    State(app): State<App>,
    visitor: Visitor,
    visit: Option<Visit>,
) -> Result<Response, Error> {
    let Some(visit) = visit else {
        let head = Head::visitor(&visitor, "/");
        return Ok(show(&Home { head })?.into_response());
    };
    if visit.who.role() == Role::Family {
        if sign_in::own_case(&app, visit.reader()).await?.is_none() {
            let page = Message {
                head: Head::of(&visit, "/"),
                title: words::rights::CASE_OVER.get(visit.lang).to_owned(),
                lines: vec![words::rights::CASE_OVER_HELP.get(visit.lang).to_owned()],
                back: None,
            };
            return Ok(show(&page)?.into_response());
        }
        return Ok(Redirect::to("/family").into_response());
    }
    let first = menu(visit.who.role()).first().map_or("/account", |m| m.0);
    Ok(Redirect::to(first).into_response())
}

/// `GET /enter/{token}`: a button. Nothing happens here: mail scanners open
/// links.
pub(super) async fn button(
    State(app): State<App>,
    visitor: Visitor,
    Named(token): Named<String>,
) -> Result<Html<String>, Error> {
    // The page holds the token anyway: the switch of language keeps it.
    let head = Head::visitor(&visitor, format!("/enter/{token}"));
    match Button::of(&app, head, token).await? {
        Some(page) => show(&page),
        None => link_over(&visitor),
    }
}

pub(super) fn link_over(visitor: &Visitor) -> Result<Html<String>, Error> {
    show(&Message {
        head: Head::visitor(visitor, "/"),
        title: words::LINK_OVER.get(visitor.lang).to_owned(),
        lines: vec![words::LINK_OVER_HELP.get(visitor.lang).to_owned()],
        back: None,
    })
}

#[derive(Deserialize)]
pub(super) struct EnterForm {
    token: String,
}

/// `POST /enter`: trades the link of a family for a session; one of staff leads
/// to the choice of a password.
pub(super) async fn enter(
    State(app): State<App>,
    visitor: Visitor,
    jar: CookieJar,
    headers: HeaderMap,
    Sent(form): Sent<EnterForm>,
) -> Result<Response, Error> {
    let Some(link) = invitation::link_named(&app, &form.token) else {
        return Ok(link_over(&visitor)?.into_response());
    };
    if let Some(begun) = sessions::begin(&app, &link, &device(&headers), visitor.from).await? {
        let cookie = session_cookie(&app, &begun);
        return Ok((jar.add(cookie), Redirect::to("/")).into_response());
    }
    match invitation::waiting(&app, &link).await? {
        Some(link) => choose(&visitor, form.token, link.email, None),
        None => Ok(link_over(&visitor)?.into_response()),
    }
}

/// What kind of device a browser says it runs on, which system, and which browser
/// it is: enough for its owner to know it by, in words of ours and no more.
pub(super) fn device(headers: &HeaderMap) -> String {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let says = |word: &str| agent.contains(word);
    let kind = if says("Mobile") || says("Android") || says("iPhone") {
        "phone"
    } else if says("iPad") || says("Tablet") {
        "tablet"
    } else if says("Mozilla") {
        "computer"
    } else {
        "unknown"
    };
    // The first that is found: most browsers name others, too.
    let first = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(word, _)| says(word))
            .map(|(_, name)| *name)
    };
    let system = first(&[
        ("Windows", "Windows"),
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let parts = [Some(kind), system, browser];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// `POST /sign-out`
pub(super) async fn sign_out(
    State(app): State<App>,
    visit: Visit,
    jar: CookieJar,
) -> Result<Response, Error> {
    sessions::end(&app, &visit.who, &visit.session).await?;
    let gone = Cookie::build(SESSION_COOKIE).path("/");
    let mut jar = jar.remove(gone);
    for search in [SEARCH_COOKIE, site_list::SEARCH_COOKIE] {
        jar = jar.remove(Cookie::build(search).path("/"));
    }
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
