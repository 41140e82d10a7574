//! A loan that runs: its unit, its hand-over, its day of return, its end.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, from_json, run, to_json, to_millis},
    Hand,
};
use crate::domain::{
    id::{CaseId, LoanFileId, LoanId, UnitId},
    loan::HandOver,
};

impl Tx {
    /// Begins the loan of a unit that was taken from stock in the same commit.
    pub async fn begin_loan(
        &mut self,
        id: LoanId,
        (case, file): (CaseId, Option<LoanFileId>),
        unit: UnitId,
        started_on: NaiveDate,
        hand_over: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let kind = if file.is_some() {
            "programme"
        } else {
            "emergency"
        };
        run!(self, |conn| {
            sqlx::query(
                "insert into loan (id, case_id, file_id, unit_id, kind, started_on, hand_over)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(id.0)
            .bind(case.0)
            .bind(file.map(|file| file.0))
            .bind(unit.0)
            .bind(kind)
            .bind(started_on.to_string())
            .bind(to_json(hand_over))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// What was gone through when a unit was handed over, for a loan that was read
    /// through its reader; `None`: nobody wrote it down.
    pub async fn hand_over(&mut self, loan: LoanId) -> Result<Option<HandOver>, StoreError> {
        let text: Option<Option<String>> = run!(self, |conn| {
            sqlx::query_scalar("select hand_over from loan where id = $1")
                .bind(loan.0)
                .fetch_optional(conn)
                .await?
        });
        text.flatten()
            .map(|text| from_json(&text, "loan", "hand_over"))
            .transpose()
    }

    /// Writes anew what was gone through.
    pub async fn write_hand_over(
        &mut self,
        loan: LoanId,
        done: &HandOver,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update loan set hand_over = $2 where id = $1")
                .bind(loan.0)
                .bind(to_json(done))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Sets the unit of a loan that runs: its days stay as they are.
    pub async fn exchange_unit(
        &mut self,
        loan: LoanId,
        unit: Option<UnitId>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update loan set unit_id = $2 where id = $1 and ended_on is null")
                .bind(loan.0)
                .bind(unit.map(|unit| unit.0))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Sets the day of return, or takes it away.
    pub async fn set_return(
        &mut self,
        loan: LoanId,
        set: Option<(NaiveDate, &str)>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update loan set return_on = $2, return_why = $3
                 where id = $1 and ended_on is null",
            )
            .bind(loan.0)
            .bind(set.map(|(on, _)| on.to_string()))
            .bind(set.map(|(_, why)| why))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Ends a loan of the programme that runs.
    pub async fn close_loan(
        &mut self,
        loan: LoanId,
        on: NaiveDate,
        why: &str,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update loan set ended_on = $2, ended_why = $3
                 where id = $1 and ended_on is null",
            )
            .bind(loan.0)
            .bind(on.to_string())
            .bind(why)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Puts on record that the family applied for the plan.
    pub async fn add_plan_application(
        &mut self,
        id: Uuid,
        case: CaseId,
        on: NaiveDate,
        note: Option<&str>,
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into plan_application (id, case_id, applied_on, note, recorded_at,
                     recorded_by)
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(id)
            .bind(case.0)
            .bind(on.to_string())
            .bind(note)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }
}
