//! The tiles of the map: cut from the world that is in force.

use std::sync::Arc;

use super::{ServiceError, world};
use crate::{
    app::{App, LoadedWorld},
    seal::sha256_hex,
    spatial::tiles::{Sheet, TileId},
};

/// The version of the tiles of a world: it changes with the data sets that they
/// are cut from, so that a browser may keep what it has.
pub fn version(loaded: &LoadedWorld) -> String {
    let sets: Vec<String> = loaded
        .hazard_sets
        .iter()
        .chain(&loaded.boundary_sets)
        .map(|set| format!("{} {set}", env!("CARGO_PKG_VERSION")))
        .collect();
    sha256_hex(sets.join("\n").as_bytes())[..16].to_owned()
}

/// A tile, and whether it is of the version that was asked for. A page that was
/// made before an import gets the zones that are in force now: one without them
/// would look dry.
pub async fn tile(
    app: &App,
    asked: &str,
    sheet: Sheet,
    tile: TileId,
) -> Result<(Arc<[u8]>, bool), ServiceError> {
    let loaded = world::current(app).await?;
    let same = version(&loaded) == asked;
    let bytes = tokio::task::spawn_blocking(move || loaded.tiles.tile(sheet, tile))
        .await
        .expect("cutting a tile does not panic");
    Ok((bytes, same))
}

/// Reads the world and makes its tiles ready, so that the first page and the
/// first tile are not slower than the others.
pub async fn prepare(app: &App) -> Result<(), ServiceError> {
    let loaded = world::current(app).await?;
    tokio::task::spawn_blocking(move || loaded.tiles.prepare())
        .await
        .expect("preparing tiles does not panic");
    Ok(())
}
