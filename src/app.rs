//! What every request handler and command shares.

use std::{collections::BTreeSet, sync::Arc};

use arc_swap::ArcSwapOption;

use crate::{
    clock::{Clock, Ids, SetForward, in_tokyo},
    config::Config,
    domain::{access::Moment, calendar::OfficeDays, id::UserId},
    planner::context::World,
    seal::Keys,
    spatial::tiles::Tiles,
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
    /// What seals and signs; it stands outside the database.
    pub keys: Arc<Keys>,
    /// The days on which offices are open: what every deadline is counted with.
    pub office: Arc<OfficeDays>,
    /// Accounts of staff that a link lets in without password and second
    /// factor. They stand in the memory of a demonstration and nowhere else, so
    /// that no database can let anybody in so, whoever serves it.
    direct: Arc<BTreeSet<UserId>>,
    /// The clock of a demonstration, which a page can set forward.
    demo_clock: Option<SetForward>,
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
    /// The tiles of its zones and boundaries.
    pub tiles: Arc<Tiles>,
}

impl App {
    /// The instant, and its day: as of when somebody reads.
    pub fn moment(&self) -> Moment {
        let now = self.clock.now();
        Moment {
            now,
            today: in_tokyo(now).date_naive(),
        }
    }

    /// Puts the parts together.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        config: Config,
        keys: Arc<Keys>,
    ) -> Self {
        Self {
            store,
            clock,
            ids,
            config: Arc::new(config),
            keys,
            office: Arc::default(),
            direct: Arc::default(),
            demo_clock: None,
            world: Arc::new(ArcSwapOption::empty()),
        }
    }

    /// The same with holidays as they were published.
    #[must_use]
    pub fn with_office_days(self, office: OfficeDays) -> Self {
        Self {
            office: Arc::new(office),
            ..self
        }
    }

    /// The same for a demonstration, in which these accounts come in by their
    /// link alone.
    #[must_use]
    pub fn demonstrating(self, direct: BTreeSet<UserId>) -> Self {
        Self {
            direct: Arc::new(direct),
            ..self
        }
    }

    /// The same with a clock that a page can set forward: nothing but a
    /// demonstration has one.
    #[must_use]
    pub fn with_clock_to_set(self, clock: SetForward) -> Self {
        Self {
            clock: Arc::new(clock.clone()),
            demo_clock: Some(clock),
            ..self
        }
    }

    /// The clock that this account may set forward: of a demonstration, those that
    /// come in by their link.
    pub fn clock_to_set(&self, account: UserId) -> Option<&SetForward> {
        let clock = self.demo_clock.as_ref();
        clock.filter(|_| self.comes_in_directly(account))
    }

    /// Whether a link lets an account of staff in by itself.
    pub fn comes_in_directly(&self, account: UserId) -> bool {
        self.direct.contains(&account)
    }
}
