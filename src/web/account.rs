//! One's own account: where it is signed in, and how to end that.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, Redirect},
};
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit},
    show,
    taken::Named,
    words,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{id::SessionId, text::Text},
    service::sessions,
};

/// A session as the page shows it.
struct Line {
    id: SessionId,
    device: String,
    began: String,
    last_seen: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "pages/account.html")]
struct Account {
    head: Head,
    lines: Vec<Line>,
    /// There are others than this one.
    others: bool,
}

/// `GET /account`
pub(super) async fn page(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    let known = sessions::list(&app, visit.who.user, &visit.session).await?;
    let at = |instant| in_tokyo(instant).format("%Y-%m-%d %H:%M").to_string();
    let lines: Vec<Line> = known
        .into_iter()
        .map(|(session, here)| Line {
            id: session.id,
            device: word_of(&session.device).get(visit.lang).to_owned(),
            began: at(session.began),
            last_seen: at(session.last_seen),
            here,
        })
        .collect();
    show(&Account {
        head: Head::of(&visit, "/account"),
        others: lines.iter().any(|line| !line.here),
        lines,
    })
}

fn word_of(device: &str) -> Text {
    match device {
        "phone" => words::PHONE,
        "tablet" => words::TABLET,
        "computer" => words::COMPUTER,
        _ => words::UNKNOWN_DEVICE,
    }
}

/// `POST /account/sessions/{session}/end`
pub(super) async fn end_one(
    State(app): State<App>,
    visit: Visit,
    Named(session): Named<Uuid>,
) -> Result<Redirect, Error> {
    let named = Some(SessionId(session));
    sessions::end_others(&app, visit.who.user, &visit.session, named).await?;
    Ok(Redirect::to("/account"))
}

/// `POST /account/sessions/end`
pub(super) async fn end_all(State(app): State<App>, visit: Visit) -> Result<Redirect, Error> {
    sessions::end_others(&app, visit.who.user, &visit.session, None).await?;
    Ok(Redirect::to("/account"))
}
