//! What a visitor sees when something is wrong.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};

use super::{head::Head, words};
use crate::{domain::text::Lang, service::ServiceError};

/// Why a request got no page.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in.
    #[error("sign-in needed")]
    SignInNeeded,
    /// Nobody is signed in, and a label was scanned: the unit comes after it.
    #[error("sign-in needed for a unit")]
    SignInForUnit(uuid::Uuid),
    /// Nobody is signed in any more, and something was sent: it is lost, and
    /// whoever sent it must know.
    #[error("the session is over")]
    SessionOver,
    /// Refused before it reached a page: sent from another site, in a way that
    /// the address does not take, too large.
    #[error("not accepted")]
    NotAccepted(StatusCode),
    /// A form without the token that a page of ours gives it.
    #[error("a form that no page of ours has given")]
    NotOurForm,
    /// It took too long.
    #[error("took too long")]
    TooSlow,
    /// There is nothing here, or nothing for this visitor: nobody learns which.
    #[error("not found")]
    NotFound,
    /// The form is not one of ours.
    #[error("a form that cannot be read")]
    BadForm,
    /// A line of a form holds a mark that nobody sees.
    #[error("a form with a hidden mark")]
    HiddenMark,
    /// A use case failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The program has a mistake.
    #[error("a request panicked")]
    Panicked,
    /// A page could not be rendered.
    #[error("could not render a page")]
    Render(#[from] askama::Error),
}

/// A page that says one thing.
#[derive(Template)]
#[template(path = "pages/message.html")]
pub(super) struct Message {
    pub head: Head,
    pub title: String,
    pub lines: Vec<String>,
    /// Where to go back to; `None`: to the first page alone.
    pub back: Option<String>,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, title, line) = match &self {
            Self::SignInNeeded => return Redirect::to("/").into_response(),
            Self::SignInForUnit(unit) => {
                return Redirect::to(&format!("/sign-in?unit={unit}")).into_response();
            }
            Self::SessionOver => (
                StatusCode::UNAUTHORIZED,
                words::SESSION_OVER,
                words::SESSION_OVER_HELP,
            ),
            Self::NotAccepted(StatusCode::PAYLOAD_TOO_LARGE) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                words::TOO_LARGE,
                words::TOO_LARGE_HELP,
            ),
            Self::NotAccepted(status) => {
                (*status, words::REFUSED_REQUEST, words::REFUSED_REQUEST_HELP)
            }
            Self::NotOurForm => (
                StatusCode::FORBIDDEN,
                words::NOT_OUR_FORM,
                words::NOT_OUR_FORM_HELP,
            ),
            Self::TooSlow => (
                StatusCode::SERVICE_UNAVAILABLE,
                words::FAILED,
                words::TOO_BUSY_HELP,
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                words::NOT_FOUND,
                words::NOT_FOUND_HELP,
            ),
            Self::BadForm => (
                StatusCode::UNPROCESSABLE_ENTITY,
                words::BAD_FORM,
                words::BAD_FORM_HELP,
            ),
            Self::HiddenMark => (
                StatusCode::UNPROCESSABLE_ENTITY,
                words::HIDDEN_MARK_TITLE,
                words::HIDDEN_MARK_BACK,
            ),
            Self::Service(_) | Self::Panicked | Self::Render(_) => {
                // The cause goes to the log, never to the visitor.
                tracing::error!(error = &self as &dyn std::error::Error, "request failed");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    words::FAILED,
                    words::FAILED_HELP,
                )
            }
        };
        // An error knows no visitor: it speaks both languages.
        let page = Message {
            head: Head::nobody(Lang::Ja),
            title: format!("{} / {}", title.ja, title.en),
            lines: vec![line.ja.into_owned(), line.en.into_owned()],
            back: None,
        };
        match page.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(_) => status.into_response(),
        }
    }
}
