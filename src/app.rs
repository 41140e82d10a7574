//! What every request handler and command shares.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use crate::{
    clock::{Clock, Ids},
    config::Config,
    planner::context::World,
    store::Store,
};

/// Handles to the outside world; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// Durable state.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// What the operator has set.
    pub config: Arc<Config>,
    /// Sites and zones as last read from the store.
    pub world: Arc<ArcSwapOption<LoadedWorld>>,
}

/// Sites and zones in memory, with the revision they were read at.
pub struct LoadedWorld {
    /// `world.revision` of the store.
    pub revision: i64,
    /// The ids of the hazard data sets in it: while they stay, the zones need
    /// not be read again.
    pub hazard_sets: Vec<crate::domain::id::DataSetId>,
    /// The same of the boundaries.
    pub boundary_sets: Vec<crate::domain::id::DataSetId>,
    /// What the planner reads.
    pub world: Arc<World>,
}

impl App {
    /// Puts the parts together.
    pub fn new(store: Store, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, config: Config) -> Self {
        Self {
            store,
            clock,
            ids,
            config: Arc::new(config),
            world: Arc::new(ArcSwapOption::empty()),
        }
    }
}
