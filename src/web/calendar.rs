//! A family's calendar feed: made and revoked on its account page, read by a
//! calendar without a session.

use askama::Template;
use axum::{
    extract::State,
    http::header,
    response::{Html, IntoResponse, Redirect, Response},
};
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit, Visitor},
    show,
    taken::Named,
    words,
};
use crate::{app::App, domain::id::FeedId, seal::Token, service::calendar};

#[derive(Template)]
#[template(path = "pages/calendar.html")]
struct Made {
    head: Head,
    address: String,
}

/// `GET /calendar/{token}`
pub(super) async fn feed(
    State(app): State<App>,
    visitor: Visitor,
    Named(token): Named<String>,
) -> Result<Response, Error> {
    let token = Token::from_text(&token).ok_or(Error::NotFound)?;
    let file = calendar::read(&app, &token, visitor.from)
        .await?
        .ok_or(Error::NotFound)?;
    let kind = [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")];
    Ok((kind, file).into_response())
}

/// `POST /account/calendar`: makes a feed, and shows its address this once.
pub(super) async fn make(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    let token = calendar::make(&app, &visit.who).await?;
    let base = app.config.server.address();
    show(&Made {
        head: Head::of(&visit, "/account"),
        address: format!("{base}/calendar/{}", token.reveal()),
    })
}

/// `POST /account/calendar/{feed}/end`
pub(super) async fn revoke(
    State(app): State<App>,
    visit: Visit,
    Named(feed): Named<Uuid>,
) -> Result<Redirect, Error> {
    calendar::revoke(&app, &visit.who, FeedId(feed)).await?;
    Ok(Redirect::to("/account"))
}
