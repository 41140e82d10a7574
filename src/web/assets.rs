//! Files that browsers fetch, under a path that changes with their content.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/assets.rs"));
}

/// The folder of all files: it changes when one of them does.
pub const HASH: &str = embedded::HASH;

/// `GET /assets/{hash}/{file}`
pub(super) async fn file(Path((hash, name)): Path<(String, String)>) -> Response {
    let found = embedded::FILES
        .iter()
        .find(|(known, ..)| hash == HASH && *known == name);
    match found {
        Some((_, mime, bytes)) => (
            [
                (header::CONTENT_TYPE, *mime),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            *bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
