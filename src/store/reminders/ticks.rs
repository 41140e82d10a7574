//! That reminders were planned, and when.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;

use super::super::{StoreError, Tx, from_day, from_millis, run, to_millis};

/// When reminders were planned last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// Since when this database is there.
    pub made_at: DateTime<Utc>,
    /// The last day for which they were planned.
    pub last_on: Option<NaiveDate>,
    /// When.
    pub last_at: Option<DateTime<Utc>>,
    /// By which ladders, as a word.
    pub ladder: Option<String>,
}

#[derive(FromRow)]
struct TickRow {
    made_at: i64,
    last_on: Option<String>,
    last_at: Option<i64>,
    ladder: Option<String>,
}

impl Tx {
    /// Notes since when this database is there, once.
    pub async fn begin_ticks(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into tick (id, made_at) values (1, $1) on conflict (id) do nothing",
            )
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// When reminders were planned last; `None`: no server has run on this database.
    pub async fn tick(&mut self) -> Result<Option<Tick>, StoreError> {
        let row: Option<TickRow> = run!(self, |conn| {
            sqlx::query_as("select made_at, last_on, last_at, ladder from tick where id = 1")
                .fetch_optional(conn)
                .await?
        });
        row.map(|row| {
            Ok(Tick {
                made_at: from_millis(row.made_at, "tick", "made_at")?,
                last_on: from_day(row.last_on.as_deref(), "tick", "last_on")?,
                last_at: row
                    .last_at
                    .map(|at| from_millis(at, "tick", "last_at"))
                    .transpose()?,
                ladder: row.ladder,
            })
        })
        .transpose()
    }

    /// Notes that reminders were planned for a day, by these ladders.
    pub async fn ticked(
        &mut self,
        (on, now): (NaiveDate, DateTime<Utc>),
        ladder: &str,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update tick set last_on = $1, last_at = $2, ladder = $3
                 where id = 1 and (last_at is null or last_at <= $2)",
            )
            .bind(on.to_string())
            .bind(to_millis(now))
            .bind(ladder)
            .execute(conn)
            .await?;
        });
        Ok(())
    }
}
