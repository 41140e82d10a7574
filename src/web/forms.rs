//! Forms: each carries a token that only a page of ours can have given it, and
//! what was typed is not lost when the session ends before it is sent.

use axum::{
    Form,
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest as _, MatchedPath, Multipart, Request, State},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};

use super::{BODY_LIMIT, Error, UPLOAD_LIMIT, head::SESSION_COOKIE, uploads};
use crate::{
    app::App,
    domain::text::is_hidden_mark,
    seal::{Token, form_token, same},
};

/// The field of the token.
const FIELD: &str = "csrf";

/// Paths that have no form and set no cookie.
const WITHOUT_FORMS: [&str; 4] = [
    "/assets/{hash}/{file}",
    "/calendar/{token}",
    "/healthz",
    "/readyz",
];

/// The paths that take a file.
const WITH_A_FILE: [&str; 4] = [
    "/sites/sheet",
    "/loans/import",
    "/loans/import/confirm",
    "/tonight/telegram",
];

/// Forms below these say on their own page which line holds a mark that nobody sees.
const SAY_IT_THEMSELVES: [&str; 4] = ["/loans", "/units", "/messages", "/calls"];

/// Whether a line of a form holds a mark that nobody sees. A password may hold
/// anything.
fn holds_hidden_marks(fields: &[(String, String)]) -> bool {
    let shown = fields.iter().filter(|(name, _)| !name.contains("password"));
    shown
        .into_iter()
        .any(|(_, text)| text.contains(is_hidden_mark))
}

/// What the forms of this browser's pages are derived from: its session, or for
/// want of one a secret of its own.
#[derive(Debug, Clone)]
pub(super) struct FormSecret(pub Token);

/// What was posted, for the page that keeps it when the session is over.
#[derive(Debug, Clone)]
pub(super) struct Posted(pub Vec<(String, String)>);

/// The name of the cookie that holds the secret where there is no session. Over
/// TLS no other host of the domain can set it.
fn cookie_name(app: &App) -> &'static str {
    if over_tls(app) { "__Host-form" } else { "form" }
}

/// Whether people reach the server over TLS.
pub(super) fn over_tls(app: &App) -> bool {
    app.config.server.public_url.starts_with("https:")
}

fn secret_in(jar: &CookieJar, name: &str) -> Option<Token> {
    Token::from_text(jar.get(name)?.value())
}

/// Refuses what is sent without a token of ours, and gives each browser
/// something to derive tokens from.
pub(super) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let jar = CookieJar::from_headers(request.headers());
    let session = secret_in(&jar, SESSION_COOKIE);
    let own = secret_in(&jar, cookie_name(&app));
    let template = request.extensions().get::<MatchedPath>();
    let has_forms = !template.is_some_and(|path| WITHOUT_FORMS.contains(&path.as_str()));
    let photos = uploads::brings_photos(&request);
    let photos = photos && uploads::of_somebody(&app, session.as_ref()).await;
    let limit = match template.map(MatchedPath::as_str) {
        _ if photos => uploads::PHOTOS_LIMIT,
        Some(path) if WITH_A_FILE.contains(&path) => UPLOAD_LIMIT,
        _ => BODY_LIMIT,
    };
    let _place = if photos {
        Some(uploads::a_place().await)
    } else {
        None
    };
    let known = session.clone().or(own.clone());
    let fresh = known.is_none() && has_forms;
    let secret = known.unwrap_or_else(Token::random);
    let mut request = if request.method() == Method::POST {
        match taken(request, limit, [session, own]).await {
            Ok(request) => request,
            Err(error) => return error.into_response(),
        }
    } else {
        request
    };
    request.extensions_mut().insert(FormSecret(secret.clone()));
    let response = next.run(request).await;
    if !fresh {
        return response;
    }
    let cookie = Cookie::build((cookie_name(&app), secret.reveal().to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(over_tls(&app));
    (CookieJar::new().add(cookie), response).into_response()
}

/// The request, if it carries the token of one of these secrets.
async fn taken(
    request: Request,
    limit: usize,
    secrets: [Option<Token>; 2],
) -> Result<Request, Error> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, limit)
        .await
        .map_err(|_| Error::NotAccepted(StatusCode::PAYLOAD_TOO_LARGE))?;
    let fields = fields(&parts, body.clone()).await;
    let shown = fields.iter().find(|(name, _)| name == FIELD);
    let ours = shown.is_some_and(|(_, shown)| {
        let mut secrets = secrets.iter().flatten();
        secrets.any(|secret| same(form_token(secret).as_bytes(), shown.as_bytes()))
    });
    if !ours {
        return Err(Error::NotOurForm);
    }
    let path = parts.uri.path();
    if !SAY_IT_THEMSELVES.iter().any(|own| path.starts_with(own)) && holds_hidden_marks(&fields) {
        return Err(Error::HiddenMark);
    }
    let mut request = Request::from_parts(parts, Body::from(body));
    let rest = fields.into_iter().filter(|(name, _)| name != FIELD);
    request.extensions_mut().insert(Posted(rest.collect()));
    Ok(request)
}

/// The fields of a form; none where it is no form.
async fn fields(parts: &Parts, body: Bytes) -> Vec<(String, String)> {
    let mut copy = Request::new(Body::from(body));
    *copy.method_mut() = Method::POST;
    // What it may weigh was looked at; the readers of forms need not do it again.
    *copy.extensions_mut() = parts.extensions.clone();
    let kind = parts.headers.get(header::CONTENT_TYPE);
    if let Some(kind) = kind {
        copy.headers_mut()
            .insert(header::CONTENT_TYPE, kind.clone());
    }
    if kind.is_some_and(has_parts) {
        return text_parts(copy).await;
    }
    let read = Form::<Vec<(String, String)>>::from_request(copy, &()).await;
    read.map(|Form(fields)| fields).unwrap_or_default()
}

/// Whether a form comes in parts, as one with a file does.
pub(super) fn has_parts(kind: &HeaderValue) -> bool {
    let kind = kind.to_str().unwrap_or_default();
    kind.to_ascii_lowercase().starts_with("multipart/form-data")
}

/// The fields of a form in parts, its files aside; those before a part that
/// cannot be read.
async fn text_parts(request: Request) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let Ok(mut parts) = Multipart::from_request(request, &()).await else {
        return fields;
    };
    while let Ok(Some(part)) = parts.next_field().await {
        let (name, file) = (part.name().map(str::to_owned), part.file_name().is_some());
        if let (Some(name), false, Ok(text)) = (name, file, part.text().await) {
            fields.push((name, text));
        }
    }
    fields
}
