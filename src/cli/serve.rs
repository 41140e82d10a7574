//! `tomoshibi serve`.

use tokio::net::TcpListener;

use super::{Context, Exit, Failure};
use crate::{app::App, domain::text::Text, in_tx, service, web};

pub(super) async fn run(mut context: Context, listen: Option<String>) -> Result<Exit, Failure> {
    if let Some(listen) = listen {
        context.config.server.listen = listen;
    }
    log();
    let listener = bind(&context.config.server.listen).await?;
    let app = context.app().await?;
    let now = app.clock.now();
    in_tx!(app.store, |tx| tx.sweep_left_overs(now).await)?;
    service::world::current(&app).await?;
    eprintln!("http://{}", listener.local_addr()?);
    serve(app, listener).await
}

/// Takes the port, or says what to do.
pub(super) async fn bind(address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|_| {
        Failure::Call(Text::new(
            format!("{address} で待ち受けられません。別のポートを指定してください（例 --port 8081、--listen 127.0.0.1:8081）。"),
            format!("cannot listen on {address}: choose another port (--port 8081, --listen 127.0.0.1:8081)"),
        ))
    })
}

/// Answers requests until the process is asked to stop.
pub(super) async fn serve(app: App, listener: TcpListener) -> Result<Exit, Failure> {
    axum::serve(listener, web::router(app))
        .with_graceful_shutdown(stopped())
        .await?;
    Ok(Exit::Done)
}

async fn stopped() {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .expect("a process may hear its signals");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Log lines on standard error; `RUST_LOG` chooses them.
pub(super) fn log() {
    use tracing_subscriber::EnvFilter;
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    // A second call (in tests) finds one already there.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}
