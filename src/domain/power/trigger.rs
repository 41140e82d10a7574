//! The outage trigger (PWR-15): by when a family leaves or telephones after the
//! power has failed, and the table of it that works on paper.

use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone, Timelike};

use serde::Serialize;

use super::parameters::PowerParameters;

/// By when one leaves or telephones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Trigger {
    /// Hours that the batteries last; of a child with an oxygen concentrator those
    /// that its oxygen does, where that ends first.
    pub battery_hours: f64,
    /// It is the oxygen that ends first.
    pub by_oxygen: bool,
    /// Minutes from the decision to the door.
    pub preparation_minutes: f64,
    /// Minutes of travel.
    pub travel_minutes: f64,
    /// Minutes that are kept back.
    pub reserve_minutes: f64,
}

/// A row of the paper table: wall-clock times, and how many days later each is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The power failed at.
    pub cut: NaiveTime,
    /// Leave or telephone by.
    pub leave_by: (NaiveTime, i64),
    /// The batteries end at.
    pub ends: (NaiveTime, i64),
}

impl Trigger {
    /// For batteries of so many hours, with the reserve of the parameters.
    pub fn new(
        battery_hours: f64,
        preparation_minutes: f64,
        travel_minutes: f64,
        parameters: &PowerParameters,
    ) -> Self {
        Self {
            battery_hours,
            by_oxygen: false,
            preparation_minutes,
            travel_minutes,
            reserve_minutes: parameters.trigger_reserve_minutes,
        }
    }

    /// Time from the cut until one leaves or telephones: `max(0, hours −
    /// preparation − travel − 60 min)`, in whole minutes, rounded down.
    pub fn allowance(&self) -> TimeDelta {
        let minutes = self.battery_hours * 60.0 - self.before_end_minutes();
        whole_minutes(minutes)
    }

    /// So many minutes before the batteries end one leaves or telephones.
    pub fn before_end_minutes(&self) -> f64 {
        self.preparation_minutes + self.travel_minutes + self.reserve_minutes
    }

    /// Whether one leaves or telephones at once.
    pub fn at_once(&self) -> bool {
        self.allowance().is_zero()
    }

    /// When one leaves or telephones after a cut.
    pub fn leave_or_call_by<Tz: TimeZone>(&self, cut: DateTime<Tz>) -> DateTime<Tz> {
        cut.clone()
            .checked_add_signed(self.allowance())
            .unwrap_or(cut)
    }

    /// When the batteries end after a cut.
    pub fn ends<Tz: TimeZone>(&self, cut: DateTime<Tz>) -> DateTime<Tz> {
        let lasts = whole_minutes(self.battery_hours * 60.0);
        cut.clone().checked_add_signed(lasts).unwrap_or(cut)
    }

    /// The paper table: a row for every so many hours of a day.
    pub fn table(&self, every_hours: u32) -> Vec<Row> {
        let lasts = whole_minutes(self.battery_hours * 60.0);
        (0..24)
            .step_by(every_hours.clamp(1, 24) as usize)
            .filter_map(|hour| {
                let cut = NaiveTime::from_hms_opt(hour, 0, 0)?;
                Some(Row {
                    cut,
                    leave_by: later(cut, self.allowance()),
                    ends: later(cut, lasts),
                })
            })
            .collect()
    }
}

/// No more than a year: nobody counts longer.
const MOST_MINUTES: f64 = 366.0 * 24.0 * 60.0;

fn whole_minutes(minutes: f64) -> TimeDelta {
    // What arithmetic has lost in its last digit is not taken away again.
    let whole = (minutes + 1e-6).floor().clamp(0.0, MOST_MINUTES);
    TimeDelta::minutes(if whole.is_nan() { 0 } else { whole as i64 })
}

fn later(from: NaiveTime, by: TimeDelta) -> (NaiveTime, i64) {
    let minutes = i64::from(from.hour() * 60 + from.minute()) + by.num_minutes();
    let (days, rest) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
    let rest = u32::try_from(rest * 60).unwrap_or(0);
    let time = NaiveTime::from_num_seconds_from_midnight_opt(rest, 0).unwrap_or(from);
    (time, days)
}
