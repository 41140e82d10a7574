//! `tomoshibi serve`.

use tokio::net::TcpListener;

use super::{Context, Exit, Failure};
use crate::{
    app::App,
    config::Server,
    domain::{access::Role, text::Text},
    in_tx, jobs, service,
    store::Account,
    web,
};

pub(super) async fn run(
    mut context: Context,
    listen: Option<String>,
    with_jobs: bool,
) -> Result<Exit, Failure> {
    if let Some(listen) = listen {
        context.config.server.listen = listen;
    }
    log();
    let listener = bind(&context.config.server.listen).await?;
    let app = context.app().await?;
    if !listener.local_addr()?.ip().is_loopback() {
        fit_for_others(&context.config.server, &app).await?;
    }
    let now = app.clock.now();
    in_tx!(app.store, |tx| tx.sweep_left_overs(now).await)?;
    // Another list of holidays moves days that were kept.
    service::loans::count_again(&app).await?;
    service::world::current(&app).await?;
    eprintln!("http://{}", listener.local_addr()?);
    serve(app, listener, with_jobs).await
}

/// Refuses to be reached from other machines without TLS in front, without an
/// administrator, and with the demonstration's data.
async fn fit_for_others(server: &Server, app: &App) -> Result<(), Failure> {
    if server.trusted_proxy.is_none() || !server.public_url.starts_with("https://") {
        return Err(Failure::Call(Text::fixed(
            "この機械の外から使うには、TLSを受け持つプロキシが要ります。設定の server.trusted_proxy にその番地、server.public_url に https:// で始まる公開の番地を書いてください。この機械だけで使うときは --listen 127.0.0.1:8080 にしてください。",
            "to be reached from other machines the server needs a proxy that speaks TLS: name it in server.trusted_proxy, and the public address (https://…) in server.public_url. For this machine alone use --listen 127.0.0.1:8080",
        )));
    }
    let mut tx = app.store.read().await?;
    let administers =
        |account: &Account| account.reader.role() == Some(Role::Administrator) && !account.disabled;
    if !tx.accounts().await?.iter().any(administers) {
        return Err(Failure::Call(Text::fixed(
            "アカウント管理者がいません。先に tomoshibi user add --role administrator で作ってください。",
            "there is no administrator: make one first (tomoshibi user add --role administrator)",
        )));
    }
    let sets = tx.current_data_sets().await?;
    if sets.iter().any(|row| row.set.name.contains("【デモ】")) {
        return Err(Failure::Call(Text::fixed(
            "このデータベースには架空のデモのデータが入っています。外から使うものには、新しいデータベースを指定してください（--database）。",
            "this database holds the invented data of the demonstration: name a new one (--database) for real use",
        )));
    }
    Ok(())
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
pub(super) async fn serve(
    app: App,
    listener: TcpListener,
    with_jobs: bool,
) -> Result<Exit, Failure> {
    service::loans::first_rows(&app).await?;
    let now = app.clock.now();
    in_tx!(app.store, |tx| tx.begin_ticks(now).await)?;
    let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
    let sealer = tokio::spawn(jobs::seal_audit(app.clone(), async {
        // Ends with a word or without one: both mean that the pages are over.
        let _ = stopping.await;
    }));
    let sweeper = tokio::spawn(jobs::sweep_guesses(app.clone()));
    tokio::spawn(jobs::prepare_tiles(app.clone()));
    let (no_more_mail, over) = tokio::sync::oneshot::channel::<()>();
    let mut reminders = tokio::task::JoinSet::new();
    let mut mail = tokio::task::JoinSet::new();
    if with_jobs {
        reminders.spawn(jobs::remind(app.clone()));
        reminders.spawn(jobs::bind_every_evening(app.clone(), web::bind_night));
        mail.spawn(jobs::deliver_mail(app.clone(), async {
            let _ = over.await;
        }));
    }
    let router = web::router(app);
    web::answer(router, listener, web::Bounds::default(), stopped()).await;
    sweeper.abort();
    reminders.shutdown().await;
    drop(no_more_mail);
    mail.join_all().await;
    drop(stop);
    // What it could not do, it has put into the log.
    let _ = sealer.await;
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

/// Log lines on standard error; `RUST_LOG` chooses them. Of the libraries
/// beneath nothing finer than `info` is written, whatever it says: some write
/// whole addresses of requests there, and an address may hold a token.
pub(super) fn log() {
    use tracing_subscriber::{EnvFilter, Layer as _, filter::filter_fn, fmt, prelude::*};
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let ours_or_coarse = filter_fn(|line| {
        line.target().starts_with("tomoshibi") || *line.level() <= tracing::Level::INFO
    });
    let lines = fmt::layer().with_writer(std::io::stderr);
    // A second call (in tests) finds one already there.
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(lines.with_filter(ours_or_coarse))
        .try_init();
}
