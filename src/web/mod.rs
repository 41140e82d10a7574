//! Pages. A handler takes, calls and shows; it decides nothing.

mod account;
mod accounts;
mod assets;
mod binder;
mod by_field;
mod calendar;
mod care;
mod children;
mod consents;
mod course;
mod demo_clock;
mod destination;
mod devices;
mod diagnosis;
mod door;
mod draft;
mod drills;
mod emergency;
mod emergency_form;
mod error;
mod evidence;
mod family;
mod family_link;
mod figures;
mod forms;
mod fresh;
mod head;
mod imports;
mod invitation;
mod kept;
mod leads;
mod letters;
mod listen;
mod loans;
mod map;
mod municipality;
mod night;
mod outage;
mod own_site;
mod place_answer;
mod places;
mod plan;
mod positions;
mod power;
mod prefecture_map;
mod rights;
mod routes;
mod sheets;
mod sign_in;
mod site_batch;
mod site_form;
mod site_history;
mod site_list;
mod sites;
mod stages;
mod taken;
#[cfg(test)]
mod tests;
mod tiles;
mod together;
mod trail;
mod uploads;
mod versions;
mod what_if;
mod wire;
mod words;

pub use error::Error;
pub use listen::{Bounds, answer};
pub use routes::{Need, ROUTES};
pub use sheets::bind as bind_night;

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRequestParts, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::{Next, from_fn, from_fn_with_state, map_response},
    response::{Html, IntoResponse, Response},
};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer,
    limit::RequestBodyLimitLayer, set_header::SetResponseHeaderLayer, trace::TraceLayer,
};

use self::{
    forms::Posted,
    head::{Visit, Visitor},
};
use crate::{
    app::App,
    print::{pdf, qr},
    service::{self, reminders, sessions},
};

/// No form of ours is larger, in bytes.
const BODY_LIMIT: usize = 256 * 1024;

/// No file that a form brings is larger, in bytes, its form included.
const UPLOAD_LIMIT: usize = 2 * 1024 * 1024;

/// No page of ours takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the background tiles come from, when the operator allows them.
const GSI_TILES: &str = "https://cyberjapandata.gsi.go.jp";

/// Lets a request through to its page where the table does: the session is
/// looked up here, once, and the page finds it.
async fn by_the_table(State(app): State<App>, request: Request, next: Next) -> Response {
    let method = match request.method() {
        // What may be read may be asked for its head.
        &Method::HEAD => "GET",
        other => other.as_str(),
    };
    let template = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    let need = ROUTES
        .iter()
        .find(|(known, path, _)| *known == method && *path == template)
        .map(|(.., need)| *need);
    let permission = match need {
        Some(Need::Nothing) => return next.run(request).await,
        Some(Need::May(permission)) => permission,
        // The template is known with another method: the router says so.
        None if ROUTES.iter().any(|(_, path, _)| *path == template) => {
            return next.run(request).await;
        }
        None => return Error::NotFound.into_response(),
    };
    let (mut parts, body) = request.into_parts();
    match <Visit as FromRequestParts<App>>::from_request_parts(&mut parts, &app).await {
        Ok(mut visit) if visit.who.role().may(permission) => {
            visit.notices = match service::emergency_course::notices(&app, &visit.who).await {
                Ok(notices) => notices,
                // A page that may not say under which ground it shows what it
                // shows is not shown.
                Err(error) => return Error::from(error).into_response(),
            };
            parts.extensions.insert(visit);
            next.run(Request::from_parts(parts, body)).await
        }
        Ok(_) => Error::NotFound.into_response(),
        Err(Error::SignInNeeded) => match scanned(parts.uri.path()) {
            Some(unit) => Error::SignInForUnit(unit).into_response(),
            None => Error::SignInNeeded.into_response(),
        },
        Err(Error::SessionOver) => session_over(&app, &mut parts).await.into_response(),
        Err(error) => error.into_response(),
    }
}

/// The unit whose label was scanned.
fn scanned(path: &str) -> Option<uuid::Uuid> {
    uuid::Uuid::parse_str(path.strip_prefix("/units/")?).ok()
}

/// What is answered to a form whose session is over: of the long ones nothing
/// is lost, of the others its sender is told that it is.
async fn session_over(app: &App, parts: &mut Parts) -> Result<Response, Error> {
    let template = parts.extensions.get::<MatchedPath>();
    let posted = parts.extensions.get::<Posted>().cloned();
    if let Some(posted) = posted
        && template.is_some_and(|path| kept::is_kept(path.as_str()))
    {
        let Ok(visitor) = Visitor::from_request_parts(parts, app).await;
        if let Some(account) = sessions::whose(app, &visitor.secret).await?
            && let Some(page) =
                kept::ask_to_sign_in(app, &visitor, account, parts.uri.path(), &posted)?
        {
            return Ok(page);
        }
    }
    Err(Error::SessionOver)
}

/// Every route of the site.
pub fn router(app: App) -> Router {
    // In the log before somebody needs a paper; the pages work without.
    if let Err(missing) = pdf::ready() {
        tracing::error!(
            error = &missing as &dyn std::error::Error,
            "no papers can be set"
        );
    }
    let tiles = app.config.map.gsi_tiles;
    let strict = wire::strict_transport(&app);
    let routes = routes::all()
        .route_layer(from_fn_with_state(app.clone(), by_the_table))
        .route_layer(from_fn_with_state(app.clone(), forms::guard))
        .fallback(|| async { Error::NotFound })
        // Innermost, so that its page has the headers of every other.
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CsrfLayer::new())
        // The guard of the forms knows what each may weigh.
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(uploads::PHOTOS_LIMIT))
        .layer(from_fn(uploads::in_time))
        .layer(from_fn_with_state(app.clone(), wire::by_the_proxy))
        .layer(map_response(in_words))
        .layer(CompressionLayer::new())
        .layer(secured(header::CONTENT_SECURITY_POLICY, policy(tiles)))
        .layer(secured(
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ))
        .layer(secured(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(secured(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_response(answered),
        );
    match strict {
        Some((name, value)) => routes.layer(secured(name, value)),
        None => routes,
    }
    .with_state(app)
}

/// A page of ours where a layer refused a request with an empty answer.
async fn in_words(response: Response) -> Response {
    let status = response.status();
    let has_words = response.headers().contains_key(header::CONTENT_TYPE);
    let page = match status {
        StatusCode::PAYLOAD_TOO_LARGE => Error::NotAccepted(status),
        _ if has_words => return response,
        StatusCode::SERVICE_UNAVAILABLE => Error::TooSlow,
        StatusCode::FORBIDDEN | StatusCode::METHOD_NOT_ALLOWED => Error::NotAccepted(status),
        _ => return response,
    };
    let mut page = page.into_response();
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        page.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    page
}

/// What a visitor sees of a panic; the hook has logged where it happened.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    Error::Panicked.into_response()
}

/// A header that a response has unless it says otherwise itself.
fn secured(name: HeaderName, value: HeaderValue) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, value)
}

/// What a page may load: its own files and nothing else, but tiles when the
/// operator allows them.
fn policy(tiles: bool) -> HeaderValue {
    let tiles = if tiles { GSI_TILES } else { "" };
    let text = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: {tiles}; \
         connect-src 'self' {tiles}; worker-src 'self' blob:; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::from_str(&text).expect("a policy is plain text")
}

/// Log lines carry the route's template, never the path: it may hold a token.
fn span(request: &Request) -> tracing::Span {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unknown", MatchedPath::as_str);
    tracing::info_span!("request", method = %request.method(), route)
}

/// A log line an answer: status and time, beside the span's method and route.
fn answered(response: &Response, took: Duration, _: &tracing::Span) {
    let (status, ms) = (response.status().as_u16(), took.as_millis());
    tracing::debug!(status, ms, "answered");
}

/// `GET /readyz`: the database answers, and some process has planned the reminders of
/// the last day.
async fn ready(State(app): State<App>) -> Response {
    match reminders::pulse(&app).await {
        Ok(pulse) if pulse.stopped => {
            tracing::error!("no reminders were planned for 26 hours");
            let said = "not ready: no reminders were planned for 26 hours";
            (StatusCode::SERVICE_UNAVAILABLE, said).into_response()
        }
        Ok(_) => "ready".into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready").into_response()
        }
    }
}

/// A rendered page.
fn show(page: &impl askama::Template) -> Result<Html<String>, Error> {
    Ok(Html(page.render()?))
}
