//! `tomoshibi demo`.

use std::sync::Arc;

use super::{
    Context, Exit, Failure,
    serve::{bind, log, serve},
    user::link,
};
use crate::{
    app::App,
    clock::{SystemClock, SystemIds},
    service::demo,
    store::Store,
};

pub(super) async fn run(mut context: Context, port: u16) -> Result<Exit, Failure> {
    log();
    let listener = bind(&format!("127.0.0.1:{port}")).await?;
    context.config.server.listen = listener.local_addr()?.to_string();
    context.config.server.public_url = String::new();
    // Dropped, and with it the data, when the server stops.
    let folder = tempfile::Builder::new()
        .prefix("tomoshibi-demo-")
        .tempdir()?;
    context.config.database.url = format!("sqlite:{}", folder.path().join("demo.db").display());
    let store = Store::open(&context.config.database.url).await?;
    let app = App::new(
        store,
        Arc::new(SystemClock),
        Arc::new(SystemIds),
        context.config.clone(),
    );
    let links = demo::fill(&app, folder.path()).await?;
    for (role, token) in links {
        println!("{role}\t{}", link(&context, token.reveal()));
    }
    serve(app, listener).await
}
