//! Numbers of the power arithmetic that this project chose (marked `D` in its
//! rule catalogue, 2026): configurable as `[planner.power]`, never called law.

use serde::{Deserialize, Serialize};

/// The parameters of power.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PowerParameters {
    /// Hertz of the region: 60 in Kumamoto (west of the Fuji and the
    /// Itoigawa-Shizuoka line).
    pub region_hertz: u8,
    /// Factor on every measured watt.
    pub draw_margin: f64,
    /// Watts of a ventilator of which nothing is known (pediatrics-ueda-imfc.jp,
    /// a clinic's guide, read 2026).
    pub ventilator_watts: f64,
    /// The same of an oxygen concentrator (same source).
    pub concentrator_watts: f64,
    /// The same of a heated humidifier (same source).
    pub humidifier_watts: f64,
    /// The same of a suction while it runs: the upper end of 25–70 W (from
    /// memory, low confidence).
    pub suction_watts: f64,
    /// Hours a day that a suction runs, where nobody has said.
    pub suction_hours_a_day: f64,
    /// The same of a monitor: a pulse oximeter draws less than 10 W (from
    /// memory, low confidence).
    pub monitor_watts: f64,
    /// Share of a portable battery's watt-hours that reaches a device: measured
    /// shares are 0.78 to 0.85 (icell-anji.com, read 2026).
    pub portable_share: f64,
    /// Share of a charger's watts that reaches the device in the end.
    pub charger_share: f64,
    /// Factor on the hours of a battery that was not checked within
    /// `check_months` (Breas calls 75 % of new the end of a battery's life).
    pub unchecked_factor: f64,
    /// Months for which a check of a battery counts.
    pub check_months: u32,
    /// Years after which a battery that was never checked is a gap (Breas,
    /// ResMed: replaced after two years).
    pub battery_life_years: u32,
    /// Hours that a home should last by itself: the national planning idea of
    /// three days.
    pub home_hours: f64,
    /// Battery hours below which a night is not safe.
    pub night_hours: f64,
    /// Battery hours below which a day is not.
    pub day_hours: f64,
    /// Hours that batteries must last beyond preparation and travel.
    pub reserve_hours: f64,
    /// Minutes before the batteries end at which one has arrived (PWR-15).
    pub trigger_reserve_minutes: f64,
    /// Hours of wind and rain in which no generator runs.
    pub storm_hours: f64,
    /// Litres of gasoline at which the fire ordinances' rules for small
    /// quantities begin (one fifth of the 200 L of 危険物の規制に関する政令).
    pub gasoline_limit_litres: f64,
    /// Litres of gasoline that a home should not exceed.
    pub gasoline_advice_litres: f64,
    /// Months after which gasoline is past its time.
    pub gasoline_months: u32,
    /// Months after which one thinks of renewing it.
    pub gasoline_advice_months: u32,
    /// Years from the date on a canister (日本ガス石油機器工業会).
    pub canister_years: u32,
    /// Days since a test run after which another is advised: monthly (Yamaha).
    pub run_advice_days: u32,
    /// Days since a test run after which a reviewer looks.
    pub run_days: u32,
    /// Share of a generator's rated volt-amperes that may hang on it.
    pub generator_share: f64,
    /// A motor (suction, concentrator) starts with so many times its
    /// volt-amperes.
    pub motor_start_factor: f64,
    /// Power factor where a plate states watts only.
    pub power_factor: f64,
    /// Share of a cylinder that is counted on.
    pub oxygen_share: f64,
}

impl Default for PowerParameters {
    fn default() -> Self {
        Self {
            region_hertz: 60,
            draw_margin: 1.2,
            ventilator_watts: 60.0,
            concentrator_watts: 120.0,
            humidifier_watts: 100.0,
            suction_watts: 70.0,
            suction_hours_a_day: 3.0,
            monitor_watts: 10.0,
            portable_share: 0.8,
            charger_share: 0.8,
            unchecked_factor: 0.75,
            check_months: 12,
            battery_life_years: 2,
            home_hours: 72.0,
            night_hours: 8.0,
            day_hours: 24.0,
            reserve_hours: 2.0,
            trigger_reserve_minutes: 60.0,
            storm_hours: 12.0,
            gasoline_limit_litres: 40.0,
            gasoline_advice_litres: 20.0,
            gasoline_months: 6,
            gasoline_advice_months: 3,
            canister_years: 7,
            run_advice_days: 31,
            run_days: 62,
            generator_share: 0.8,
            motor_start_factor: 3.0,
            power_factor: 0.8,
            oxygen_share: 0.8,
        }
    }
}
