//! Pages. A handler takes, calls and shows; it decides nothing.

mod account;
mod accounts;
mod assets;
mod calendar;
mod children;
mod destination;
mod door;
mod emergency;
mod emergency_form;
mod error;
mod evidence;
mod family_link;
mod figures;
mod forms;
mod head;
mod invitation;
mod kept;
mod listen;
mod map;
mod municipality;
mod plan;
mod qr;
mod rights;
mod sign_in;
mod site_form;
mod sites;
mod taken;
#[cfg(test)]
mod tests;
mod together;
mod trail;
mod wire;
mod words;

pub use error::Error;
pub use listen::{Bounds, answer};

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::{Next, from_fn_with_state, map_response},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer,
    limit::RequestBodyLimitLayer, set_header::SetResponseHeaderLayer, timeout::TimeoutLayer,
    trace::TraceLayer,
};

use self::{
    forms::Posted,
    head::{Visit, Visitor},
};
use crate::{
    app::App,
    domain::access::Permission,
    service::{self, sessions},
};

/// No form of ours is larger, in bytes.
const BODY_LIMIT: usize = 256 * 1024;

/// No page of ours takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the background tiles come from, when the operator allows them.
const GSI_TILES: &str = "https://cyberjapandata.gsi.go.jp";

/// What a route asks of a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: it shows nothing of anybody.
    Nothing,
    /// A session of a role that may do this.
    May(Permission),
}

/// Every route of a page: method, template, and what it asks. A route that is
/// not in this table answers nobody.
pub const ROUTES: &[(&str, &str, Need)] = {
    use Permission as P;
    &[
        ("GET", "/", Need::Nothing),
        ("GET", "/enter/{token}", Need::Nothing),
        ("POST", "/enter", Need::Nothing),
        ("GET", "/code", Need::Nothing),
        ("POST", "/code", Need::Nothing),
        ("POST", "/invitation/password", Need::Nothing),
        ("POST", "/invitation/confirm", Need::Nothing),
        ("GET", "/sign-in", Need::Nothing),
        ("POST", "/sign-in", Need::Nothing),
        ("POST", "/sign-out", Need::May(P::OwnAccount)),
        ("POST", "/language", Need::Nothing),
        ("GET", "/figures", Need::May(P::ReadFigures)),
        ("GET", "/children", Need::May(P::ListChildren)),
        ("POST", "/children/search", Need::May(P::ListChildren)),
        ("GET", "/plans/{case}", Need::May(P::ReadPlan)),
        ("GET", "/plans/{case}/map.json", Need::May(P::ReadPlan)),
        ("POST", "/plans/{case}/code", Need::May(P::TellCode)),
        ("GET", "/lost-link", Need::Nothing),
        ("POST", "/lost-link", Need::Nothing),
        ("GET", "/children/ended", Need::May(P::EndCase)),
        ("POST", "/plans/{case}/end", Need::May(P::EndCase)),
        ("POST", "/plans/{case}/reopen", Need::May(P::EndCase)),
        ("POST", "/plans/{case}/loan/end", Need::May(P::EndCase)),
        ("GET", "/plans/{case}/disclosure", Need::May(P::Disclose)),
        (
            "GET",
            "/plans/{case}/disclosure.json",
            Need::May(P::Disclose),
        ),
        (
            "POST",
            "/plans/{case}/correction",
            Need::May(P::AskCorrection),
        ),
        (
            "POST",
            "/plans/{case}/correction/answer",
            Need::May(P::AnswerCorrection),
        ),
        ("GET", "/corrections", Need::May(P::AnswerCorrection)),
        (
            "POST",
            "/plans/{case}/supporters/told",
            Need::May(P::TellSupporters),
        ),
        (
            "POST",
            "/plans/{case}/supporters/withdrawn",
            Need::May(P::TellSupporters),
        ),
        (
            "GET",
            "/plans/{case}/supporters/{ordinal}/letter",
            Need::May(P::TellSupporters),
        ),
        ("GET", "/sites", Need::May(P::ReadSites)),
        ("GET", "/sites/{id}", Need::May(P::ReadSites)),
        ("POST", "/sites/{id}/entry", Need::May(P::EnterOnSite)),
        ("GET", "/municipality", Need::May(P::SetMunicipality)),
        ("POST", "/municipality", Need::May(P::SetMunicipality)),
        ("GET", "/accounts", Need::May(P::ManageAccounts)),
        ("POST", "/accounts", Need::May(P::ManageAccounts)),
        ("POST", "/accounts/{id}/link", Need::May(P::ManageAccounts)),
        (
            "POST",
            "/accounts/{id}/disable",
            Need::May(P::ManageAccounts),
        ),
        ("GET", "/accounts/hand-over", Need::May(P::ManageAccounts)),
        ("POST", "/accounts/hand-over", Need::May(P::ManageAccounts)),
        ("GET", "/audit", Need::May(P::ReadTrail)),
        ("GET", "/history", Need::May(P::ReadOwnTrail)),
        ("GET", "/emergency", Need::May(P::ReadEmergency)),
        ("POST", "/emergency", Need::May(P::OpenEmergency)),
        ("POST", "/emergency/confirm", Need::May(P::OpenEmergency)),
        ("GET", "/emergency/{emergency}", Need::May(P::ReadEmergency)),
        (
            "GET",
            "/emergency/{emergency}/reads.csv",
            Need::May(P::ReadEmergency),
        ),
        (
            "POST",
            "/emergency/{emergency}/extend",
            Need::May(P::OpenEmergency),
        ),
        (
            "POST",
            "/emergency/{emergency}/let-end",
            Need::May(P::OpenEmergency),
        ),
        (
            "POST",
            "/emergency/{emergency}/close",
            Need::May(P::OpenEmergency),
        ),
        ("GET", "/account", Need::May(P::OwnAccount)),
        ("POST", "/account/sessions/end", Need::May(P::OwnAccount)),
        (
            "POST",
            "/account/sessions/{session}/end",
            Need::May(P::OwnAccount),
        ),
        ("POST", "/account/recovery-codes", Need::May(P::OwnAccount)),
        ("POST", "/account/calendar", Need::May(P::HaveCalendar)),
        (
            "POST",
            "/account/calendar/{feed}/end",
            Need::May(P::HaveCalendar),
        ),
        ("GET", "/calendar/{token}", Need::Nothing),
        ("GET", "/assets/{hash}/{file}", Need::Nothing),
        ("GET", "/healthz", Need::Nothing),
        ("GET", "/readyz", Need::Nothing),
    ]
};

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
            visit.notices = match service::emergency::notices(&app, &visit.who).await {
                Ok(notices) => notices,
                // A page that may not say under which ground it shows what it
                // shows is not shown.
                Err(error) => return Error::from(error).into_response(),
            };
            parts.extensions.insert(visit);
            next.run(Request::from_parts(parts, body)).await
        }
        Ok(_) => Error::NotFound.into_response(),
        Err(Error::SessionOver) => session_over(&app, &mut parts).await.into_response(),
        Err(error) => error.into_response(),
    }
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
    let tiles = app.config.map.gsi_tiles;
    let strict = wire::strict_transport(&app);
    let routes = Router::new()
        .route("/", get(door::home))
        .route("/enter/{token}", get(door::button))
        .route("/enter", post(door::enter))
        .route("/code", get(sign_in::code_page).post(sign_in::code))
        .route("/invitation/password", post(invitation::password))
        .route("/invitation/confirm", post(invitation::confirm))
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(door::sign_out))
        .route("/language", post(door::language))
        .route("/figures", get(figures::page))
        .route("/children", get(children::list))
        .route("/children/search", post(children::search))
        .route("/plans/{case}", get(plan::page))
        .route("/plans/{case}/map.json", get(map::data))
        .route("/plans/{case}/code", post(family_link::tell))
        .route("/lost-link", get(family_link::page).post(family_link::ask))
        .route("/children/ended", get(rights::ended))
        .route("/plans/{case}/end", post(rights::end))
        .route("/plans/{case}/reopen", post(rights::reopen))
        .route("/plans/{case}/loan/end", post(rights::end_loan))
        .route("/plans/{case}/disclosure", get(rights::disclosed))
        .route(
            "/plans/{case}/disclosure.json",
            get(rights::disclosed_to_machines),
        )
        .route("/plans/{case}/correction", post(rights::ask))
        .route("/plans/{case}/correction/answer", post(rights::answer))
        .route("/corrections", get(rights::waiting))
        .route("/plans/{case}/supporters/told", post(rights::told))
        .route(
            "/plans/{case}/supporters/withdrawn",
            post(rights::withdrawn),
        )
        .route(
            "/plans/{case}/supporters/{ordinal}/letter",
            get(rights::letter),
        )
        .route("/sites", get(sites::list))
        .route("/sites/{id}", get(sites::page))
        .route("/sites/{id}/entry", post(sites::enter))
        .route(
            "/municipality",
            get(municipality::page).post(municipality::set),
        )
        .route("/accounts", get(accounts::list).post(accounts::add))
        .route("/accounts/{id}/link", post(accounts::renew))
        .route("/accounts/{id}/disable", post(accounts::disable))
        .route(
            "/accounts/hand-over",
            get(accounts::hand_over_page).post(accounts::hand_over),
        )
        .route("/audit", get(trail::for_the_auditor))
        .route("/history", get(trail::for_the_family))
        .route("/emergency", get(emergency::list).post(emergency::open))
        .route("/emergency/confirm", post(emergency::confirm))
        .route("/emergency/{emergency}", get(emergency::page))
        .route("/emergency/{emergency}/reads.csv", get(emergency::reads))
        .route("/emergency/{emergency}/extend", post(emergency::extend))
        .route("/emergency/{emergency}/let-end", post(emergency::let_end))
        .route("/emergency/{emergency}/close", post(emergency::close))
        .route("/account", get(account::page))
        .route("/account/sessions/end", post(account::end_all))
        .route("/account/sessions/{session}/end", post(account::end_one))
        .route("/account/recovery-codes", post(account::new_codes))
        .route("/account/calendar", post(calendar::make))
        .route("/account/calendar/{feed}/end", post(calendar::revoke))
        .route("/calendar/{token}", get(calendar::feed))
        .route("/assets/{hash}/{file}", get(assets::file))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route_layer(from_fn_with_state(app.clone(), by_the_table))
        .route_layer(from_fn_with_state(app.clone(), forms::guard))
        .fallback(|| async { Error::NotFound })
        // Innermost, so that its page has the headers of every other.
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CsrfLayer::new())
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ))
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

/// `GET /readyz`: the database answers.
async fn ready(State(app): State<App>) -> Response {
    let answer = async {
        let mut tx = app.store.read().await?;
        tx.world_revision().await
    };
    match answer.await {
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
