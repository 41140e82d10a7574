//! The night binder: the last one, the next one, and a button.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::Uri,
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::TimeDelta;

use super::{
    Error,
    head::{Head, Visit},
    loans::papers::{Asked, again, answer},
    sheets::bind,
    show,
    words::{self, binder as w},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::text::Lang,
    service::{
        binder::{self, Holding},
        loans::papers::Print,
    },
};

/// The last binder.
struct Made {
    at: String,
    children: usize,
    pages: usize,
    /// Children who have come since.
    more: usize,
    /// It may not be opened.
    shut: bool,
    /// It is more than a day old.
    old: bool,
}

#[derive(Template)]
#[template(path = "pages/binder.html")]
struct Page {
    head: Head,
    town: String,
    made: Option<Made>,
    making: Option<(usize, usize)>,
    failed: Option<(String, String)>,
    in_folder: bool,
}

fn told(at: chrono::DateTime<chrono::Utc>) -> String {
    in_tokyo(at).format("%Y-%m-%d %H:%M").to_string()
}

/// `GET /binder`
pub(super) async fn page(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    let binder = binder::binder(&app, &visit.who).await?;
    let binder = binder.ok_or(Error::NotFound)?;
    let lang = visit.lang;
    let now = binder.now;
    let failed = binder.failed;
    show(&Page {
        head: Head::of(&visit, "/binder"),
        town: binder.town.name().to_string(),
        made: binder.made.map(|(made, holding)| Made {
            at: told(made.at),
            children: made.holds.len(),
            pages: made.pages,
            more: match holding {
                Holding::Without(more) => more,
                Holding::All | Holding::Shut => 0,
            },
            shut: holding == Holding::Shut,
            old: now - made.at > TimeDelta::days(1),
        }),
        making: binder.making,
        failed: failed.map(|(at, why)| (told(at), why.get(lang).to_owned())),
        in_folder: binder.in_folder,
    })
}

/// `POST /binder`
pub(super) async fn make(State(app): State<App>, visit: Visit) -> Result<Redirect, Error> {
    let town = visit.who.reader.municipality().ok_or(Error::NotFound)?;
    // Whoever asks while it is made sees how far it is.
    if let Some(maker) = binder::begin(&app, town.responsible()).await? {
        tokio::spawn(async move {
            if let Err(error) = binder::make(&app, maker, bind).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the night binder was not kept");
            }
        });
    }
    Ok(Redirect::to("/binder"))
}

/// `GET /binder.pdf`
pub(super) async fn open(
    State(app): State<App>,
    visit: Visit,
    uri: Uri,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    match binder::open(&app, &visit.who).await? {
        Some(paper) => answer(
            &visit,
            Print::Paper(paper),
            ("binder.pdf", !asked.anyway.is_empty()),
            (again(&uri), "/binder", &w::TITLE),
        ),
        // The page says what to do.
        None => Ok(Redirect::to("/binder").into_response()),
    }
}
