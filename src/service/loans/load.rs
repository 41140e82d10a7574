//! What would hang on the units that are free, and how long they run (PWR-05).

use crate::{
    app::App,
    domain::{id::CaseNumber, power::Given},
    planner::{self, OnUnit, on_unit},
    service::{ServiceError, check, view::SignedIn, world},
    store::Tx,
};

/// What would hang on a unit of each model.
#[derive(Debug, Clone)]
pub struct Loads {
    /// Whether the reader may see the child's devices; where not, nothing of them is
    /// known.
    pub readable: bool,
    /// Of each model.
    pub each: Vec<(String, OnUnit)>,
}

/// What would hang on a unit of each model, as far as the reader may see the child's
/// devices.
pub async fn loads(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
    models: &[&str],
) -> Result<Loads, ServiceError> {
    let mut tx = app.store.read().await?;
    loads_in(app, &mut tx, who, number, models).await
}

/// The same in a unit of work of the caller.
pub(super) async fn loads_in(
    app: &App,
    tx: &mut Tx,
    who: &SignedIn,
    number: &CaseNumber,
    models: &[&str],
) -> Result<Loads, ServiceError> {
    let at = app.moment();
    let loaded = world::current_in(app, tx).await?;
    let case = tx.case(&who.reader, at, number).await?;
    let facts = case.as_ref().map(check::facts_alone);
    let nothing = Given {
        equipment: None,
        stated_hours: None,
        plan_devices: &[],
        devices: &loaded.world.devices,
        generators: &loaded.world.generators,
        parameters: &loaded.world.parameters.power,
        today: at.today,
    };
    let given = match &facts {
        None => nothing,
        Some(facts) => planner::given(facts, &loaded.world, at.today),
    };
    let each = models.iter();
    let each = each.map(|model| ((*model).to_owned(), on_unit(&given, model)));
    Ok(Loads {
        readable: facts.is_some(),
        each: each.collect(),
    })
}
