//! From whom the server takes requests, and what it asks of browsers behind
//! TLS.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
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

/// The header that keeps browsers on TLS; none without a public https address.
pub(super) fn strict_transport(app: &App) -> Option<(HeaderName, HeaderValue)> {
    app.config
        .server
        .public_url
        .starts_with("https://")
        .then_some((header::STRICT_TRANSPORT_SECURITY, TLS_FOR_A_YEAR))
}
