//! From whom the server takes requests, and what it asks of browsers behind
//! TLS.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Error;
use crate::app::App;

/// For a year, browsers reach this host over TLS alone.
const TLS_FOR_A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Takes requests from the proxy that the configuration names and from this
/// machine, and from nobody who comes around the proxy. Without a named proxy
/// `serve` listens on this machine alone.
pub(super) async fn by_the_proxy(State(app): State<App>, request: Request, next: Next) -> Response {
    if let Some(proxy) = app.config.server.trusted_proxy {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let comes_from = peer.map(|ConnectInfo(address)| address.ip().to_canonical());
        // A peer that nobody knows is nobody's proxy.
        if !comes_from.is_some_and(|ip| ip.is_loopback() || ip == proxy.to_canonical()) {
            return Error::NotAccepted(StatusCode::FORBIDDEN).into_response();
        }
    }
    next.run(request).await
}

/// The network address that a request came from: the peer's, or, where the peer
/// is the trusted proxy, the one that the proxy added last. What stands before
/// it in the header, anybody may have written.
pub(super) fn came_from(app: &App, parts: &Parts) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    let peer = peer.ip().to_canonical();
    let proxy = app.config.server.trusted_proxy.map(|ip| ip.to_canonical());
    if proxy != Some(peer) {
        return Some(peer);
    }
    let said = parts
        .headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()?;
    let last = said.to_str().ok()?.rsplit(',').next()?.trim();
    // Some proxies add the port.
    let with_port = || Some(last.parse::<SocketAddr>().ok()?.ip());
    let address = last.parse::<IpAddr>().ok().or_else(with_port)?;
    Some(address.to_canonical())
}

/// The header that keeps browsers on TLS; none without a public https address.
pub(super) fn strict_transport(app: &App) -> Option<(HeaderName, HeaderValue)> {
    app.config
        .server
        .public_url
        .starts_with("https://")
        .then_some((header::STRICT_TRANSPORT_SECURITY, TLS_FOR_A_YEAR))
}
