//! Whether reminders are planned at all.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{app::App, service::ServiceError, store::Tick};

/// After so many hours without a tick something is wrong (`RULES.md`: a tick a day,
/// and two hours of patience).
pub const OVERDUE_HOURS: i64 = 26;

/// When reminders were planned last, and whether that is too long ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    /// When; `None`: never.
    pub last_at: Option<DateTime<Utc>>,
    /// Whether no process has planned them for too long.
    pub stopped: bool,
}

/// When reminders were planned last.
pub async fn pulse(app: &App) -> Result<Pulse, ServiceError> {
    let tick = {
        let mut tx = app.store.read().await?;
        tx.tick().await?
    };
    Ok(of(tick.as_ref(), app.clock.now()))
}

fn of(tick: Option<&Tick>, now: DateTime<Utc>) -> Pulse {
    let last_at = tick.and_then(|tick| tick.last_at);
    let since = last_at.or(tick.map(|tick| tick.made_at));
    let limit = TimeDelta::hours(OVERDUE_HOURS);
    Pulse {
        last_at,
        // No server has run on this database: nothing is late yet.
        stopped: since.is_some_and(|since| now - since > limit),
    }
}
