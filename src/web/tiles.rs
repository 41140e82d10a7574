//! The tiles of the map.

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};

use super::Error;
use crate::{
    app::App,
    service::tiles,
    spatial::tiles::{Sheet, TileId},
};

/// `GET /tiles/{version}/{sheet}/{zoom}/{column}/{row}`
///
/// Only published data is in it: a browser may keep a tile of this version as
/// long as it likes, though nobody between may.
pub(super) async fn tile(
    State(app): State<App>,
    Path((version, sheet, zoom, column, row)): Path<(String, String, u8, u32, u32)>,
) -> Result<Response, Error> {
    let sheet = Sheet::from_code(&sheet).ok_or(Error::NotFound)?;
    let id = TileId::new(zoom, column, row).ok_or(Error::NotFound)?;
    let (bytes, same) = tiles::tile(&app, &version, sheet, id).await?;
    let keep = if same {
        "private, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    let head = [
        (header::CONTENT_TYPE, "application/vnd.mapbox-vector-tile"),
        (header::CACHE_CONTROL, keep),
    ];
    Ok((head, bytes.to_vec()).into_response())
}
