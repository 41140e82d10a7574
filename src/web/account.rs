//! One's own account: where it is signed in, and how to end that.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit, Visitor},
    invitation::{RecoveryCodes, choose},
    show,
    sign_in::Refusal,
    taken::{Named, Sent},
    words,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::Permission,
        id::{FeedId, SessionId},
        text::Lang,
    },
    service::{
        authenticate::{self, Answer},
        calendar, sessions,
    },
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
    /// How many recovery codes are left; `None` without a second factor.
    codes_left: Option<usize>,
    /// The calendar feeds, and when each was made; `None` for whom there are
    /// none.
    feeds: Option<Vec<(FeedId, String)>>,
    said: Option<String>,
}

/// `GET /account`
pub(super) async fn page(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    render(&app, &visit, None).await
}

async fn render(app: &App, visit: &Visit, said: Option<String>) -> Result<Html<String>, Error> {
    let known = sessions::list(app, visit.who.user, &visit.session).await?;
    let at = |instant| in_tokyo(instant).format("%Y-%m-%d %H:%M").to_string();
    let lines: Vec<Line> = known
        .into_iter()
        .map(|(session, here)| Line {
            id: session.id,
            device: in_words(&session.device, visit.lang),
            began: at(session.began),
            last_seen: at(session.last_seen),
            here,
        })
        .collect();
    let feeds = if visit.who.role().may(Permission::HaveCalendar) {
        let made = calendar::list(app, &visit.who).await?;
        Some(made.into_iter().map(|(id, made)| (id, at(made))).collect())
    } else {
        None
    };
    show(&Account {
        head: Head::of(visit, "/account"),
        feeds,
        codes_left: authenticate::recovery_codes_left(app, visit.who.user).await?,
        said,
        others: lines.iter().any(|line| !line.here),
        lines,
    })
}

/// A device in words: its kind, its system and its browser.
fn in_words(device: &str, lang: Lang) -> String {
    let (kind, rest) = device.split_once(' ').unwrap_or((device, ""));
    let kind = match kind {
        "phone" => words::PHONE,
        "tablet" => words::TABLET,
        "computer" => words::COMPUTER,
        _ => words::UNKNOWN_DEVICE,
    };
    let kind = kind.get(lang);
    if rest.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind} {rest}")
    }
}

/// `POST /account/password`: a password and a second factor anew. The old ones hold
/// until the new ones are finished.
pub(super) async fn renew(
    State(app): State<App>,
    visit: Visit,
    visitor: Visitor,
    Sent(form): Sent<NewCodesForm>,
) -> Result<Response, Error> {
    let answer = authenticate::renew_own(&app, &visit.who, &form.password, &form.code).await?;
    if let Answer::Right((email, link)) = answer {
        return choose(&visitor, link.token.reveal().to_owned(), email, None);
    }
    let refusal = Refusal::of(&app, &answer, &words::SIGN_IN_WRONG, visit.lang);
    let page = render(&app, &visit, Some(refusal.said)).await?;
    Ok((refusal.status, refusal.retry, page).into_response())
}

/// `POST /account/sessions/{session}/end`
pub(super) async fn end_one(
    State(app): State<App>,
    visit: Visit,
    Named(session): Named<Uuid>,
) -> Result<Redirect, Error> {
    let named = Some(SessionId(session));
    sessions::end_others(&app, &visit.who, &visit.session, named).await?;
    Ok(Redirect::to("/account"))
}

/// `POST /account/sessions/end`
pub(super) async fn end_all(State(app): State<App>, visit: Visit) -> Result<Redirect, Error> {
    sessions::end_others(&app, &visit.who, &visit.session, None).await?;
    Ok(Redirect::to("/account"))
}

#[derive(Deserialize)]
pub(super) struct NewCodesForm {
    password: String,
    code: String,
}

/// `POST /account/recovery-codes`: new ones in the place of all that are left.
pub(super) async fn new_codes(
    State(app): State<App>,
    visit: Visit,
    Sent(form): Sent<NewCodesForm>,
) -> Result<Response, Error> {
    let who = &visit.who;
    let answer =
        authenticate::new_recovery_codes(&app, who.user, &form.password, &form.code, who.from)
            .await?;
    if let Answer::Right(codes) = &answer {
        let head = Head::of(&visit, "/account");
        return Ok(show(&RecoveryCodes::of(head, codes))?.into_response());
    }
    let refusal = Refusal::of(&app, &answer, &words::SIGN_IN_WRONG, visit.lang);
    let page = render(&app, &visit, Some(refusal.said)).await?;
    Ok((refusal.status, refusal.retry, page).into_response())
}
