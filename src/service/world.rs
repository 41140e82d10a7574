//! The published world in memory: sites, hazard zones and catalogues, read once and again
//! only when an import or an entry has changed them.

use std::{collections::HashMap, sync::Arc};

use super::{ServiceError, devices, geometry, loans};
use crate::{
    app::{App, LoadedWorld},
    domain::{
        data_set::{DataSet, DataSetKind},
        id::DataSetId,
    },
    planner::context::World,
    spatial::{
        boundaries::Boundaries,
        sites::SiteDirectory,
        tiles::Tiles,
        zones::{Layers, Zone},
    },
    store::Tx,
};

/// The world as it is in the store now, with its revision.
pub async fn current(app: &App) -> Result<Arc<LoadedWorld>, ServiceError> {
    let mut tx = app.store.read().await?;
    current_in(app, &mut tx).await
}

/// The world as a unit of work sees it.
pub async fn current_in(app: &App, tx: &mut Tx) -> Result<Arc<LoadedWorld>, ServiceError> {
    let revision = tx.world_revision().await?;
    let known = app.world.load_full();
    if let Some(known) = &known
        && known.revision == revision
    {
        return Ok(Arc::clone(known));
    }
    let rows = tx.current_data_sets().await?;
    let boundary_sets: Vec<DataSetId> = rows
        .iter()
        .filter(|row| row.set.kind == DataSetKind::Boundaries)
        .map(|row| row.set.id)
        .collect();
    let sets: Vec<Arc<DataSet>> = rows
        .into_iter()
        .filter(|row| matches!(row.set.kind, DataSetKind::Hazard(_)))
        .map(|row| Arc::new(row.set))
        .collect();
    let hazard_sets: Vec<DataSetId> = sets.iter().map(|set| set.id).collect();
    let layers = match &known {
        Some(known) if known.hazard_sets == hazard_sets => Arc::clone(&known.world.layers),
        _ => Arc::new(read_layers(tx, sets).await?),
    };
    let boundaries = match &known {
        Some(known) if known.boundary_sets == boundary_sets => Arc::clone(&known.world.boundaries),
        _ => Arc::new(read_boundaries(tx).await?),
    };
    let tiles = match &known {
        Some(known) if known.hazard_sets == hazard_sets && known.boundary_sets == boundary_sets => {
            Arc::clone(&known.tiles)
        }
        _ => Arc::new(Tiles::new(Arc::clone(&layers), Arc::clone(&boundaries))),
    };
    let loaded = Arc::new(LoadedWorld {
        revision,
        tiles,
        hazard_sets,
        boundary_sets,
        world: Arc::new(World {
            layers,
            boundaries,
            sites: Some(read_sites(tx).await?),
            parameters: app.config.planner.clone(),
            devices: devices::of_store(tx).await?.0,
            generators: loans::generators_of_store(tx).await?.0,
        }),
    });
    app.world.store(Some(Arc::clone(&loaded)));
    Ok(loaded)
}

/// The boundaries that are in force.
pub async fn read_boundaries(tx: &mut Tx) -> Result<Boundaries, ServiceError> {
    let mut known = Vec::new();
    for row in tx.boundaries().await? {
        known.push((row.code, geometry::multi_polygon(&row.geometry)?));
    }
    Ok(Boundaries::new(known))
}

async fn read_layers(tx: &mut Tx, sets: Vec<Arc<DataSet>>) -> Result<Layers, ServiceError> {
    let mut zones = Vec::new();
    for set in &sets {
        let DataSetKind::Hazard(kind) = set.kind else {
            continue;
        };
        let mut after = -1;
        while let Some(batch) = tx.zones_after(set.id, after).await? {
            for (class, name, text) in batch.zones {
                zones.push(Zone {
                    kind,
                    class,
                    name,
                    data_set: Arc::clone(set),
                    geometry: geometry::multi_polygon(&text)?,
                });
            }
            after = batch.last;
        }
    }
    Ok(Layers::build(sets, zones))
}

async fn read_sites(tx: &mut Tx) -> Result<SiteDirectory, ServiceError> {
    let sites = tx.sites().await?;
    let counts: HashMap<(String, String), u32> = tx
        .planned_counts()
        .await?
        .into_iter()
        .map(|(kind, reference, count)| {
            ((kind, reference), u32::try_from(count).unwrap_or(u32::MAX))
        })
        .collect();
    let planned = sites
        .iter()
        .map(|site| {
            let key = (site.published.kind.code().to_owned(), site.reference());
            (site.id, counts.get(&key).copied().unwrap_or(0))
        })
        .collect();
    Ok(SiteDirectory::new(sites, Some(planned)))
}
