//! `tomoshibi demo`.

use std::sync::Arc;

use super::{
    Context, Exit, Failure, holidays,
    serve::{bind, log, serve},
    user::link,
};
use crate::{
    app::App,
    clock::{SetForward, SystemClock, SystemIds},
    seal::Keys,
    service::demo,
    store::Store,
};

pub(super) async fn run(mut context: Context, (port, empty): (u16, bool)) -> Result<Exit, Failure> {
    log();
    let office = holidays::office_days(&context.config)?;
    let listener = bind(&format!("127.0.0.1:{port}")).await?;
    context.config.server.listen = listener.local_addr()?.to_string();
    context.config.server.public_url = String::new();
    // What papers say of the centre is invented, as all the rest.
    context.config.loans.programme = "【デモ】生命の応援事業".into();
    context.config.loans.centre_name = "【デモ】医療的ケア児支援センター".into();
    context.config.loans.centre_telephone = "096-000-0000".into();
    // Dropped, and with it the data, when the server stops.
    let folder = tempfile::Builder::new()
        .prefix("tomoshibi-demo-")
        .tempdir()?;
    context.config.database.url = format!("sqlite:{}", folder.path().join("demo.db").display());
    context.config.keys.file = folder.path().join("demo.keys");
    // Mail goes into a folder, where it can be read, and to nobody.
    context.config.mail.server = String::new();
    context.config.mail.maildir = folder.path().join("mail");
    let store = Store::open(&context.config.database.url).await?;
    let app = App::new(
        store,
        Arc::new(SystemClock),
        Arc::new(SystemIds),
        context.config.clone(),
        Arc::new(Keys::open(&context.config.keys.file)?),
    )
    .with_office_days(office)
    .with_clock_to_set(SetForward::default());
    let filled = if empty {
        demo::open(&app).await?
    } else {
        demo::fill(&app, folder.path()).await?
    };
    for (role, handed) in &filled.links {
        println!("{role}\t{}", link(&context, handed));
    }
    println!("staff-invitation\t{}", link(&context, &filled.invitation));
    serve(app.demonstrating(filled.direct), listener, true).await
}
