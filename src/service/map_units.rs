//! Generators on the map of the prefecture: those in stock where they are kept, lent
//! ones at the homes that the reader sees.

use std::collections::BTreeMap;

use super::{ServiceError, prefecture_map::HomeOnMap, view::SignedIn};
use crate::{
    app::App,
    domain::{
        access::Permission,
        id::{CaseId, UnitId},
        loan::UnitState,
        position::{Position, PositionAccuracy},
    },
};

/// Which generators are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnitsShown {
    /// All that the reader may see.
    #[default]
    All,
    /// Those in stock alone.
    Ready,
    /// None.
    None,
}

impl UnitsShown {
    /// The word in the address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Ready => "ready",
            Self::None => "none",
        }
    }

    /// The one of a word; a word that is none of ours shows all.
    pub fn from_code(code: &str) -> Self {
        [Self::Ready, Self::None]
            .into_iter()
            .find(|one| one.code() == code)
            .unwrap_or_default()
    }
}

/// A generator on the map, and in the list beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitOnMap {
    /// Its id, for whoever may open its page.
    pub id: Option<UnitId>,
    /// Its model.
    pub model: String,
    /// Its serial number, for whoever may open its page.
    pub serial: Option<String>,
    /// Where it stands.
    pub state: UnitState,
    /// Where it is kept, in words.
    pub place: Option<String>,
    /// Where that is; `None`: not known.
    pub position: Option<Position>,
    /// How exactly that is known.
    pub accuracy: Option<PositionAccuracy>,
    /// The home at which it is, of a child that the reader sees: the place among
    /// the homes.
    pub at_home: Option<usize>,
}

/// The generators that a reader may see. Who keeps loans sees each that is not lent,
/// in every state; others those in stock, which can be asked for. A lent one is at
/// its child's home, and shown only to who sees that home here.
pub async fn units(
    app: &App,
    who: &SignedIn,
    shown: UnitsShown,
    homes: &[HomeOnMap],
) -> Result<Vec<UnitOnMap>, ServiceError> {
    if shown == UnitsShown::None {
        return Ok(Vec::new());
    }
    let keeps = who.role().may(Permission::KeepLoans);
    let (all, accuracies, lent) = {
        let mut tx = app.store.read().await?;
        (
            tx.units().await?,
            tx.unit_accuracies().await?,
            tx.lent_units(&who.reader, app.moment()).await?,
        )
    };
    let accuracies: BTreeMap<UnitId, PositionAccuracy> = accuracies.into_iter().collect();
    let lent: BTreeMap<UnitId, CaseId> =
        lent.into_iter().map(|(case, unit)| (unit, case)).collect();
    let place_of = |case: &CaseId| homes.iter().position(|home| home.child.id == *case);
    let units = all.into_iter().filter_map(|stored| {
        let at_home = lent.get(&stored.id).and_then(place_of);
        let is_lent = matches!(stored.state, UnitState::Lent | UnitState::EmergencyLent);
        let gone = matches!(stored.state, UnitState::Lost | UnitState::Retired);
        let seen = match (is_lent, shown) {
            (true, UnitsShown::All) => at_home.is_some(),
            (true, _) => false,
            (false, UnitsShown::All) => stored.state.is_free() || (keeps && !gone),
            (false, _) => stored.state.is_free(),
        };
        if !seen {
            return None;
        }
        let home = at_home.map(|place| &homes[place]);
        Some(UnitOnMap {
            id: keeps.then_some(stored.id),
            model: stored.unit.model,
            serial: keeps.then_some(stored.unit.serial),
            state: stored.state,
            // A lent one is not where it was kept.
            place: stored.unit.place.filter(|_| !is_lent),
            position: match home {
                Some(home) => home.position,
                None => stored.unit.position.filter(|_| !is_lent),
            },
            accuracy: match home {
                Some(home) => home.accuracy,
                None => accuracies.get(&stored.id).copied(),
            },
            at_home,
        })
    });
    Ok(units.collect())
}
