//! Telephone calls, visits and letters: what was said, and whether the family was
//! reached.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{StoreError, Tx, from_day, from_millis, run, to_millis};
use crate::domain::{
    hand_message::{CallWay, Spoken},
    id::{CaseId, UserId},
};

/// A call to be put on record.
#[derive(Debug, Clone)]
pub struct NewCall<'a> {
    /// Its id.
    pub id: Uuid,
    /// The child.
    pub case: CaseId,
    /// Of which office whoever called is.
    pub office: &'a str,
    /// How.
    pub way: CallWay,
    /// On which day.
    pub on: NaiveDate,
    /// With whom.
    pub whom: Option<Spoken>,
    /// Whether somebody was reached.
    pub reached: bool,
    /// What was said.
    pub said: Option<&'a str>,
    /// When to call next.
    pub next_on: Option<NaiveDate>,
}

/// A call on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCall {
    /// Of which office whoever called is.
    pub office: String,
    /// How.
    pub way: CallWay,
    /// On which day.
    pub on: NaiveDate,
    /// With whom.
    pub whom: Option<Spoken>,
    /// Whether somebody was reached.
    pub reached: bool,
    /// What was said.
    pub said: Option<String>,
    /// When to call next.
    pub next_on: Option<NaiveDate>,
    /// Who called.
    pub by: Option<String>,
    /// When it was written down.
    pub at: DateTime<Utc>,
}

#[derive(FromRow)]
struct CallRow {
    office: String,
    way: String,
    held_on: String,
    whom: Option<String>,
    reached: bool,
    said: Option<String>,
    next_on: Option<String>,
    name: Option<String>,
    recorded_at: i64,
}

const fn corrupt(column: &'static str) -> StoreError {
    StoreError::Corrupt {
        table: "family_call",
        column,
    }
}

impl CallRow {
    fn read(self) -> Result<StoredCall, StoreError> {
        let whom = self.whom.map(|code| Spoken::from_code(&code));
        let whom = whom.map(|whom| whom.ok_or(corrupt("whom"))).transpose()?;
        Ok(StoredCall {
            office: self.office,
            way: CallWay::from_code(&self.way).ok_or(corrupt("way"))?,
            on: from_day(Some(&self.held_on), "family_call", "held_on")?
                .ok_or(corrupt("held_on"))?,
            whom,
            reached: self.reached,
            said: self.said,
            next_on: from_day(self.next_on.as_deref(), "family_call", "next_on")?,
            by: self.name,
            at: from_millis(self.recorded_at, "family_call", "recorded_at")?,
        })
    }
}

impl Tx {
    /// Puts a call on record.
    pub async fn add_call(
        &mut self,
        call: &NewCall<'_>,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into family_call (id, case_id, office, way, held_on, whom, reached, said,
                     next_on, recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            )
            .bind(call.id)
            .bind(call.case.0)
            .bind(call.office)
            .bind(call.way.code())
            .bind(call.on.to_string())
            .bind(call.whom.map(Spoken::code))
            .bind(call.reached)
            .bind(call.said)
            .bind(call.next_on.map(|day| day.to_string()))
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The calls about a child, the latest first.
    pub async fn calls_of(&mut self, case: CaseId) -> Result<Vec<StoredCall>, StoreError> {
        let rows: Vec<CallRow> = run!(self, |conn| {
            sqlx::query_as(
                "select k.office, k.way, k.held_on, k.whom, k.reached, k.said, k.next_on, a.name,
                     k.recorded_at
                 from family_call k left join account a on a.id = k.recorded_by
                 where k.case_id = $1 order by k.held_on desc, k.recorded_at desc, k.id desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(CallRow::read).collect()
    }
}
