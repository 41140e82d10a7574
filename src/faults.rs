//! Places at which a test stops a process, in order to kill it there: what a mail
//! has survived by then is to be the same at each of them.
//!
//! They are in debug builds alone (`cfg(debug_assertions)`), which is what tests run:
//! a feature would build everything a second time for the tests, and could be left
//! switched on. A release build has neither the names nor the variables;
//! `make release` looks.

use std::sync::Arc;

use crate::clock::{Clock, SystemClock};

/// A place on the way of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Reminders and their mails are written, and not committed.
    Planning,
    /// They are committed.
    Planned,
    /// Nobody holds the mail.
    BeforeClaim,
    /// It is held under a lease.
    AfterClaim,
    /// It is on record that it is being handed over; the server has not seen it.
    HandingOver,
    /// The server has said 250, and nothing of it is on record.
    Accepted,
    /// What it said is written, and not committed.
    BeforeCommit,
}

/// Stops for ever where `TOMOSHIBI_STOP_AT` names the place, with one line on standard
/// error: `handing_over`, or `handing_over:3` for the third time. Whatever else the
/// process does goes on, until somebody kills it.
#[cfg(debug_assertions)]
pub async fn at(point: Point) {
    use std::sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    };
    static STOP: OnceLock<Option<(String, AtomicU32)>> = OnceLock::new();
    let stop = STOP.get_or_init(|| {
        let word = std::env::var("TOMOSHIBI_STOP_AT").ok()?;
        let (name, time) = word.split_once(':').unwrap_or((&word, "1"));
        let time = time
            .parse()
            .expect("TOMOSHIBI_STOP_AT is NAME or NAME:TIME");
        Some((name.to_owned(), AtomicU32::new(time)))
    });
    let Some((name, times)) = stop else {
        return;
    };
    let here = match point {
        Point::Planning => "planning",
        Point::Planned => "planned",
        Point::BeforeClaim => "before_claim",
        Point::AfterClaim => "after_claim",
        Point::HandingOver => "handing_over",
        Point::Accepted => "accepted",
        Point::BeforeCommit => "before_commit",
    };
    if name == here && times.fetch_sub(1, Ordering::SeqCst) == 1 {
        eprintln!("stopped at {here}");
        std::future::pending::<()>().await;
    }
}

/// Nothing.
#[cfg(not(debug_assertions))]
#[expect(clippy::unused_async, reason = "in debug builds it waits")]
pub async fn at(_: Point) {}

/// The clock of a process: the one on the wall, set forward by as many seconds as
/// `TOMOSHIBI_CLOCK_AHEAD` says, so that no test waits for the end of a lease.
#[cfg(debug_assertions)]
pub fn clock() -> Arc<dyn Clock> {
    let Ok(ahead) = std::env::var("TOMOSHIBI_CLOCK_AHEAD") else {
        return Arc::new(SystemClock);
    };
    let seconds = ahead
        .parse()
        .expect("TOMOSHIBI_CLOCK_AHEAD is a number of seconds");
    let clock = crate::clock::SetForward::default();
    clock.until(SystemClock.now() + chrono::TimeDelta::seconds(seconds));
    Arc::new(clock)
}

/// The clock of a process: the one on the wall.
#[cfg(not(debug_assertions))]
pub fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}
