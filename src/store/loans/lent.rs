//! The unit that is with a child, for its record of power.

use std::collections::HashSet;

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::{StoreError, Tx, from_day, from_json, run};
use crate::domain::{
    id::{CaseId, LoanId, UnitId},
    loan::HandOver,
};

/// The unit of the latest loan of a child.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitWith {
    /// The loan.
    pub loan: LoanId,
    /// Whether it runs.
    pub runs: bool,
    /// The unit.
    pub unit: UnitId,
    /// Its model.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// The first day of the loan.
    pub started_on: NaiveDate,
    /// The day on which this unit was handed over within it.
    pub handed_on: Option<NaiveDate>,
    /// What was gone through at the hand-over.
    pub done: Option<HandOver>,
    /// The last check of this unit that stands and is complete, with where it stood.
    pub checked: Option<(NaiveDate, Option<String>)>,
}

type Row = (
    Uuid,
    Option<String>,
    Uuid,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
);

impl Tx {
    /// The unit that is with a child, or was with it last, whoever asks: who is told of
    /// it the caller decides. `None`: none ever was.
    pub async fn unit_with(&mut self, case: CaseId) -> Result<Option<UnitWith>, StoreError> {
        let row: Option<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select l.id, l.ended_on, u.id, u.model, u.serial, l.started_on,
                     (select max(e.on_day) from unit_event e
                         where e.loan_id = l.id and e.unit_id = u.id
                             and e.kind in ('handed_over', 'lent_for_emergency')) as handed_on,
                     l.hand_over
                 from loan l join generator_unit u on u.id = l.unit_id
                 where l.case_id = $1 and coalesce(l.ended_why, '') <> 'mistake'
                 order by case when l.ended_on is null then 0 else 1 end,
                     l.started_on desc, l.id desc limit 1",
            )
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        let Some((loan, ended, unit, model, serial, started, handed, done)) = row else {
            return Ok(None);
        };
        let day = |text: Option<&str>, column| from_day(text, "loan", column);
        let corrupt = StoreError::Corrupt {
            table: "loan",
            column: "started_on",
        };
        let done = done.map(|text| from_json(&text, "loan", "hand_over"));
        let checked = match ended {
            None => self.checked_unit(LoanId(loan), UnitId(unit)).await?,
            Some(_) => None,
        };
        Ok(Some(UnitWith {
            loan: LoanId(loan),
            runs: ended.is_none(),
            unit: UnitId(unit),
            model,
            serial,
            started_on: day(Some(&started), "started_on")?.ok_or(corrupt)?,
            handed_on: day(handed.as_deref(), "handed_on")?,
            done: done.transpose()?,
            checked,
        }))
    }

    /// The children with whom a unit is, or ever was, whoever asks.
    pub async fn ever_lent(&mut self) -> Result<HashSet<CaseId>, StoreError> {
        let rows: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "select distinct case_id from loan
                 where unit_id is not null and coalesce(ended_why, '') <> 'mistake'",
            )
            .fetch_all(conn)
            .await?
        });
        Ok(rows.into_iter().map(CaseId).collect())
    }

    async fn checked_unit(
        &mut self,
        loan: LoanId,
        unit: UnitId,
    ) -> Result<Option<(NaiveDate, Option<String>)>, StoreError> {
        let row: Option<(String, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select held_on, body from annual_check
                 where loan_id = $1 and unit_id = $2 and outcome <> 'open'
                     and undone_at is null
                 order by held_on desc, recorded_at desc, id desc limit 1",
            )
            .bind(loan.0)
            .bind(unit.0)
            .fetch_optional(conn)
            .await?
        });
        let Some((held_on, body)) = row else {
            return Ok(None);
        };
        let check: crate::domain::loan::AnnualCheck = from_json(&body, "annual_check", "body")?;
        let on = from_day(Some(&held_on), "annual_check", "held_on")?;
        Ok(on.map(|on| (on, check.outdoor_place)))
    }

    /// Says that the verdict on a child rests on something that has changed besides the
    /// child's record, so that it is judged anew when it is read next.
    pub async fn judge_anew(&mut self, case: CaseId) -> Result<(), StoreError> {
        run!(self, |conn| {
            // Each time another mark, so that whoever judges meanwhile does not take it away.
            sqlx::query(
                "update derived_basis set case_revision = case when case_revision > 0 then 0
                     else case_revision - 1 end where case_id = $1",
            )
            .bind(case.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }
}
