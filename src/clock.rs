//! Time and new ids enter the program here and nowhere else.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

/// Tells the current time.
pub trait Clock: Send + Sync + 'static {
    /// The current time, cut to whole milliseconds so that it survives a trip
    /// through any database unchanged.
    fn now(&self) -> DateTime<Utc>;

    /// Today in Asia/Tokyo, whatever the zone of the machine.
    fn today(&self) -> NaiveDate {
        in_tokyo(self.now()).date_naive()
    }
}

/// An instant with the offset of Asia/Tokyo, which has had no summer time
/// since 1951.
pub fn in_tokyo(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    let tokyo = FixedOffset::east_opt(9 * 3600).expect("nine hours are an offset");
    at.with_timezone(&tokyo)
}

/// The clock on the wall.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "the one place that may ask")]
        let now = Utc::now();
        DateTime::from_timestamp_millis(now.timestamp_millis()).expect("the present is in range")
    }
}

/// A clock that stands still until told to move; clones share their hands.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<DateTime<Utc>>>);

impl ManualClock {
    /// Starts at `at`.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(at)))
    }

    /// Moves the hands forward.
    ///
    /// # Panics
    ///
    /// When `by` is negative.
    pub fn advance(&self, by: TimeDelta) {
        assert!(by >= TimeDelta::zero(), "time does not run backwards");
        *self
            .0
            .lock()
            .expect("nobody panics while holding the hands") += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self
            .0
            .lock()
            .expect("nobody panics while holding the hands")
    }
}

/// Makes new ids.
pub trait Ids: Send + Sync + 'static {
    /// An id that no row has yet; later ones sort after earlier ones.
    fn next(&self) -> Uuid;
}

/// UUIDs of version 7.
#[derive(Debug, Clone, Copy)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn next(&self) -> Uuid {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that may make them"
        )]
        Uuid::now_v7()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_tokyo() {
        let clock = ManualClock::new("2026-11-20T14:59:59Z".parse().unwrap());
        assert_eq!(clock.today().to_string(), "2026-11-20");
        clock.advance(TimeDelta::seconds(1));
        assert_eq!(clock.today().to_string(), "2026-11-21");
    }
}
