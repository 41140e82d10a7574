//! What a generator can do: it charges batteries, and its running hours are
//! not the ventilator's.

use super::{
    budget::{Given, Missing},
    equipment::{FedKind, HomeGenerator},
    figure::{Figure, Measure, Origin, positive},
    parameters::PowerParameters,
};
use crate::domain::generator::{Fuel, GeneratorModel};

/// What so many hours of a draw take of a generator that charges in cycles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Need {
    /// Hours that it runs.
    pub running_hours: f64,
    /// Litres, or canisters in whole pairs.
    pub fuel: f64,
}

/// What `hours` of a draw (watts, with the margin) take of a model that charges
/// through chargers of so many watts: running time = energy / (charger watts ×
/// 0.8); fuel = running time × what an hour burns at that load. `None`: unknown,
/// or more than it can give.
pub fn need(
    model: &GeneratorModel,
    charger_watts: f64,
    draw_watts: f64,
    hours: f64,
    parameters: &PowerParameters,
) -> Option<Need> {
    let share = share_of(model.rated_va.map(f64::from)?, charger_watts, parameters)?;
    let running_hours = draw_watts * hours / (charger_watts * parameters.charger_share);
    let fuel = model.fuel_for(running_hours, share)?;
    Some(Need {
        running_hours,
        fuel,
    })
}

/// The share of rated load that chargers of so many watts are; their plates
/// state watts, so that their volt-amperes are more. `None`: nothing.
fn share_of(rated_va: f64, charger_watts: f64, parameters: &PowerParameters) -> Option<f64> {
    positive(Some(rated_va))?;
    positive(Some(charger_watts / parameters.power_factor / rated_va))
}

/// A generator that can charge, with what its fuel allows.
#[derive(Debug, Clone, PartialEq)]
pub struct Charging {
    /// Its model.
    pub model: String,
    /// What it burns.
    pub fuel: Fuel,
    /// Watts of its chargers.
    pub charger_watts: f64,
    /// Litres or canisters an hour at that load.
    pub per_hour: f64,
    /// Litres or canisters that are kept and may be counted on.
    pub kept: f64,
    /// Whether that is all that is kept.
    pub all_known: bool,
    /// Hours that it can run on them.
    pub running_hours: f64,
    /// What that rests on.
    pub figures: Vec<Figure>,
}

impl Charging {
    /// Hours that it adds to batteries, of which `store_hours` at the whole draw (watts)
    /// are known by what they hold. A charger that gives less than the devices draw
    /// cannot keep up: then that store ends while it runs, however much fuel there is.
    /// Without a battery (`has_battery`) there is nothing to charge.
    pub fn hours(
        &self,
        draw_watts: f64,
        (has_battery, store_hours): (bool, f64),
        parameters: &PowerParameters,
    ) -> f64 {
        if !has_battery || draw_watts <= 0.0 {
            return 0.0;
        }
        let gives = self.charger_watts * parameters.charger_share;
        let by_fuel = self.running_hours * gives / draw_watts;
        if self.keeps_up(draw_watts, parameters) {
            by_fuel
        } else {
            by_fuel.min(store_hours * gives / (draw_watts - gives))
        }
    }

    /// What of its fuel nobody has counted; `None`: all of it is known.
    pub fn may_have_more(&self) -> Option<Missing> {
        (!self.all_known).then_some(match self.fuel {
            Fuel::Gasoline => Missing::Gasoline,
            Fuel::Canisters => Missing::Canisters,
        })
    }

    /// Whether its chargers give as much as the devices draw.
    pub fn keeps_up(&self, draw_watts: f64, parameters: &PowerParameters) -> bool {
        self.charger_watts * parameters.charger_share >= draw_watts
    }

    /// Hours that it runs, and what it burns, for so many hours of a draw.
    pub fn need(&self, draw_watts: f64, hours: f64, parameters: &PowerParameters) -> Need {
        let running_hours = draw_watts * hours / (self.charger_watts * parameters.charger_share);
        let burnt = running_hours * self.per_hour;
        Need {
            running_hours,
            fuel: match self.fuel {
                Fuel::Gasoline => burnt,
                Fuel::Canisters => (burnt / 2.0).ceil() * 2.0,
            },
        }
    }
}

impl HomeGenerator {
    /// Whether it gives a sine wave of 100 V; `None`: nobody has looked.
    pub fn is_fit(&self, row: Option<&GeneratorModel>) -> Option<bool> {
        if self.volts.is_some_and(|volts| volts != 100) {
            return Some(false);
        }
        self.sine_wave.or_else(|| row?.sine_wave)
    }

    /// Rated volt-amperes: its own, else the catalogue's.
    pub fn rated(&self, row: Option<&GeneratorModel>) -> Option<f64> {
        positive(self.rated_va).or_else(|| row?.rated_va.map(f64::from))
    }

    /// How many hours one filling lasts while its chargers charge; `None`: the tank, what it
    /// burns at that load, or the chargers are unknown.
    pub fn hours_a_filling(
        &self,
        row: Option<&GeneratorModel>,
        parameters: &PowerParameters,
    ) -> Option<f64> {
        let model = row?;
        let share = share_of(self.rated(row)?, self.chargers()?, parameters)?;
        let an_hour = positive(model.per_hour_at(share))?;
        Some(positive(model.capacity)? / an_hour)
    }

    /// Whether it feeds the ventilator itself; `None`: nobody has said what
    /// hangs on it.
    pub fn feeds_ventilator(&self) -> Option<bool> {
        let feeds = self.feeds.as_ref()?;
        Some(feeds.iter().any(|fed| fed.what == FedKind::Ventilator))
    }

    /// Whether a place is on record where it can run in a flood: outdoors, above
    /// the water, away from openings.
    pub fn has_a_dry_place(&self) -> bool {
        self.place.as_ref().is_some_and(|place| {
            place.available
                && place.above_water == Some(true)
                && place.away_from_openings == Some(true)
        })
    }

    /// The watts of its chargers: as stated, else of the chargers that hang on
    /// it, where each is known.
    pub fn chargers(&self) -> Option<f64> {
        positive(self.charger_watts).or_else(|| {
            let feeds = self.feeds.as_ref()?;
            let chargers = feeds.iter().filter(|fed| fed.what == FedKind::Charger);
            let watts: Option<f64> = chargers.map(|fed| positive(fed.rated_watts)).sum();
            positive(watts)
        })
    }
}

impl Given<'_> {
    /// The row of the catalogue that a generator is.
    pub fn row_of(&self, generator: &HomeGenerator) -> Option<&GeneratorModel> {
        self.generators.of_name(generator.model.as_deref()?)
    }

    /// What a generator can do, or what is not known of it; `Ok(None)`: it
    /// cannot be counted on (no place to run, or no sine wave).
    pub fn charging(&self, generator: &HomeGenerator) -> Result<Option<Charging>, Missing> {
        let no_place = generator
            .place
            .as_ref()
            .is_some_and(|place| !place.available);
        let row = self.row_of(generator);
        match generator.is_fit(row) {
            _ if no_place => return Ok(None),
            Some(false) => return Ok(None),
            None => return Err(Missing::GeneratorWave),
            Some(true) => {}
        }
        let row = row.ok_or(Missing::GeneratorModel)?;
        let charger_watts = generator.chargers().ok_or(Missing::Charger)?;
        let rated = generator.rated(Some(row)).ok_or(Missing::GeneratorModel)?;
        let share = share_of(rated, charger_watts, self.parameters).ok_or(Missing::Charger)?;
        let per_hour = positive(row.per_hour_at(share)).ok_or(Missing::Consumption)?;
        let (kept, all_known) = self.kept(row.fuel)?;
        let origin = Origin::Catalogue(row.confidence);
        let measure = match row.fuel {
            Fuel::Gasoline => Measure::Litres,
            Fuel::Canisters => Measure::Canisters,
        };
        Ok(Some(Charging {
            model: row.model.clone(),
            fuel: row.fuel,
            charger_watts,
            per_hour,
            kept,
            all_known,
            running_hours: kept / per_hour,
            figures: vec![
                Figure::new(Measure::SupplyWatts, charger_watts, Origin::Stated),
                Figure::new(measure, kept, Origin::Stated),
                Figure::new(Measure::PerHour, per_hour, origin),
            ],
        }))
    }
}
