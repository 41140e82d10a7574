//! Forms that bring photos: what they may weigh, how long they may take, and how
//! many come at once, so that photos of telephones fit and nobody fills the
//! memory with them.

use std::time::Duration;

use axum::{
    extract::{FromRequest, MatchedPath, Multipart, Request},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;

use super::{
    Error, PATIENCE,
    forms::{Posted, has_parts},
};
use crate::{app::App, seal::Token, service::sessions};

/// The paths that take photos.
const WITH_PHOTOS: [&str; 3] = [
    "/loans/{loan}/check",
    "/loans/{loan}/photos",
    "/family/check",
];

/// No form with photos is larger, in bytes: four of 8 MB, and room.
pub(super) const PHOTOS_LIMIT: usize = 40 * 1024 * 1024;

/// So long may photos take to come, from a telephone with two bars.
const PHOTOS_PATIENCE: Duration = Duration::from_mins(4);

/// So many forms with photos are in memory at once; the others wait.
static COMING: Semaphore = Semaphore::const_new(3);

/// Whether a path takes photos.
pub(super) fn takes_photos(template: Option<&MatchedPath>) -> bool {
    template.is_some_and(|path| WITH_PHOTOS.contains(&path.as_str()))
}

/// Whether a form brings photos, where it may.
pub(super) fn brings_photos(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    request.method() == Method::POST
        && takes_photos(request.extensions().get::<MatchedPath>())
        && kind.is_some_and(has_parts)
}

/// Whether a session is or was somebody's. Nobody else is given the memory.
pub(super) async fn of_somebody(app: &App, session: Option<&Token>) -> bool {
    match session {
        Some(session) => matches!(sessions::whose(app, session).await, Ok(Some(_))),
        None => false,
    }
}

/// A place for a form with photos, until it is answered.
pub(super) async fn a_place() -> tokio::sync::SemaphorePermit<'static> {
    COMING.acquire().await.expect("it is never closed")
}

/// Answers in time, or says that it could not.
pub(super) async fn in_time(request: Request, next: Next) -> Response {
    let photos = takes_photos(request.extensions().get::<MatchedPath>());
    let patience = if photos { PHOTOS_PATIENCE } else { PATIENCE };
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// A form with or without photos: its fields, and the files that were chosen, with the
/// names that they have on the sender's device.
pub(super) struct WithPhotos {
    pub fields: Vec<(String, String)>,
    pub photos: Vec<Vec<u8>>,
    pub names: Vec<String>,
}

impl<S: Send + Sync> FromRequest<S> for WithPhotos {
    type Rejection = Error;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Error> {
        // The guard has read them to see whose form it is.
        let posted = request.extensions_mut().remove::<Posted>();
        let Posted(fields) = posted.ok_or(Error::BadForm)?;
        let kind = request.headers().get(header::CONTENT_TYPE);
        let (mut photos, mut names) = (Vec::new(), Vec::new());
        if kind.is_some_and(has_parts) {
            let parts = Multipart::from_request(request, state).await;
            let mut parts = parts.map_err(|_| Error::BadForm)?;
            while let Some(part) = parts.next_field().await.map_err(|_| Error::BadForm)? {
                let name = part.file_name().unwrap_or_default().to_owned();
                if part.name() == Some("photos") && !name.is_empty() {
                    names.push(name);
                    let bytes = part.bytes().await.map_err(|_| Error::BadForm)?;
                    photos.push(bytes.to_vec());
                }
            }
        }
        Ok(Self {
            fields,
            photos,
            names,
        })
    }
}
