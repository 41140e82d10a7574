//! Numbers that this project chose (marked `D` in its rule catalogue): one
//! place, configurable as `[planner]`, never called law.

use serde::{Deserialize, Serialize};

use super::power::PowerParameters;

/// The planner's parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Parameters {
    /// Minutes from the decision to the door (bed to buggy, devices).
    pub preparation_minutes: f64,
    /// Metres a second on foot with a buggy (walking speed of people who walk
    /// with difficulty, used in tsunami evacuation guidelines).
    pub foot_metres_per_second: f64,
    /// Metres a second by car in an evacuation.
    pub car_metres_per_second: f64,
    /// Factor on both by night.
    pub night_factor: f64,
    /// Minutes of waiting on arrival.
    pub queue_minutes: f64,
    /// A way is this much longer than the straight line.
    pub detour_factor: f64,
    /// Metres beyond which a way on foot is too far.
    pub foot_limit_metres: f64,
    /// Hours of power that must be left on arrival where none is confirmed.
    pub hours_after_arrival: f64,
    /// Hours after the water has gone until the grid is back.
    pub hours_after_water: f64,
    /// Months after which an agreement must be renewed.
    pub agreement_months: u32,
    /// Metres of water that stop a car.
    pub car_water_metres: f64,
    /// The arithmetic of power.
    pub power: PowerParameters,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            preparation_minutes: 90.0,
            foot_metres_per_second: 0.5,
            car_metres_per_second: 3.0,
            night_factor: 0.8,
            queue_minutes: 30.0,
            detour_factor: 1.5,
            foot_limit_metres: 500.0,
            hours_after_arrival: 12.0,
            hours_after_water: 24.0,
            agreement_months: 12,
            car_water_metres: 0.3,
            power: PowerParameters::default(),
        }
    }
}
