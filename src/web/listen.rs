//! The connections of the server: who sends nothing, too slowly or too much
//! before a page even begins is shown out.

use std::{convert::Infallible, future::Future, net::SocketAddr, pin::pin, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

/// What a connection may cost before its request is whole.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The time for the line of the request and its headers; a connection on
    /// which nothing is asked is closed after it, too.
    pub head_patience: Duration,
    /// Bytes of the line of the request and its headers.
    pub head_bytes: usize,
    /// How many headers.
    pub headers: usize,
    /// How long answers under way may take once the server is asked to stop.
    pub farewell: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            head_patience: Duration::from_secs(15),
            head_bytes: 16 * 1024,
            headers: 64,
            farewell: super::PATIENCE,
        }
    }
}

/// After a connection that could not be taken (no file is left, say).
const BREATH: Duration = Duration::from_millis(200);

/// Answers requests until `stop` comes, and then finishes those under way.
pub async fn answer(
    router: Router,
    listener: TcpListener,
    bounds: Bounds,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(bounds.head_patience)
        .max_buf_size(bounds.head_bytes)
        .max_headers(bounds.headers);
    let open = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "a connection was not taken");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        // Pages are written whole; there is nothing to wait for.
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            page(router.clone(), request, peer)
        });
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(bounds.farewell, open.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some answers were not finished before the end");
    }
}

async fn page(
    router: Router,
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response, Infallible> {
    let mut request: Request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request).await
}
