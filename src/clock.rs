//! Time and new ids enter the program here and nowhere else.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta, Utc};
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

/// The instant at which clocks in Asia/Tokyo show this.
pub fn of_tokyo(local: NaiveDateTime) -> DateTime<Utc> {
    (local - TimeDelta::hours(9)).and_utc()
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

/// The clock on the wall, set forward: of a demonstration. Clones share their hands.
#[derive(Debug, Clone, Default)]
pub struct SetForward(Arc<AtomicI64>);

impl SetForward {
    /// Sets it forward until it shows at least `at`; it is never set back.
    pub fn until(&self, at: DateTime<Utc>) {
        let ahead = (at - SystemClock.now()).num_milliseconds();
        self.0.fetch_max(ahead, Ordering::SeqCst);
    }
}

impl Clock for SetForward {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::milliseconds(self.0.load(Ordering::SeqCst))
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
