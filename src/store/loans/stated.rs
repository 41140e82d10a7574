//! Facts beside the chain of steps: yearly checks and days of the application for the
//! plan. Each is struck out by itself, and stays.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, from_day, from_json, run, to_millis},
    Hand,
    undo::{Undone, undone},
};
use crate::domain::{
    id::{CaseId, LoanId},
    loan::AnnualCheck,
};

/// A check, or an application for the plan, as the page lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated<T> {
    /// Its id.
    pub id: Uuid,
    /// What.
    pub what: T,
    /// Who wrote it down.
    pub by: Option<String>,
    /// That it was struck out.
    pub undone: Option<Undone>,
}

/// Its id, what, who wrote it down; when it was struck out, by whom and why.
type StatedRow = (
    Uuid,
    String,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<String>,
);

fn read<T>(
    rows: Vec<StatedRow>,
    table: &'static str,
    what: impl Fn(&str) -> Result<T, StoreError>,
) -> Result<Vec<Stated<T>>, StoreError> {
    rows.into_iter()
        .map(|(id, text, by, at, undone_by, why)| {
            Ok(Stated {
                id,
                what: what(&text)?,
                by,
                undone: undone((at, undone_by, why), table)?,
            })
        })
        .collect()
}

impl Tx {
    /// Every check of a loan that was read through its reader, also those that were
    /// struck out, the latest first.
    pub async fn stated_checks(
        &mut self,
        loan: LoanId,
    ) -> Result<Vec<Stated<AnnualCheck>>, StoreError> {
        let rows: Vec<StatedRow> = run!(self, |conn| {
            sqlx::query_as(
                "select k.id, k.body, a.name, k.undone_at, u.name, k.undone_why
                 from annual_check k left join account a on a.id = k.recorded_by
                 left join account u on u.id = k.undone_by
                 where k.loan_id = $1 order by k.held_on desc, k.recorded_at desc, k.id desc",
            )
            .bind(loan.0)
            .fetch_all(conn)
            .await?
        });
        read(rows, "annual_check", |body| {
            from_json(body, "annual_check", "body")
        })
    }

    /// Marks a row as a mistake, by a statement that binds its id, whose it is, when, by
    /// whom and why; `false`: there is none that stands.
    pub(super) async fn strike(
        &mut self,
        text: &'static str,
        (id, of): (Uuid, Uuid),
        why: &str,
        (by, now): Hand,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(text)
                .bind(id)
                .bind(of)
                .bind(to_millis(now))
                .bind(by.map(|by| by.0))
                .bind(why)
                .execute(conn)
                .await?
                .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Strikes out a check of a loan that was read through its reader; `false`: there
    /// is none that stands.
    pub async fn strike_check(
        &mut self,
        (id, loan): (Uuid, LoanId),
        why: &str,
        hand: Hand,
    ) -> Result<bool, StoreError> {
        let text = "update annual_check set undone_at = $3, undone_by = $4, undone_why = $5
             where id = $1 and loan_id = $2 and undone_at is null";
        self.strike(text, (id, loan.0), why, hand).await
    }

    /// Every application for the plan of a child that was read through its reader,
    /// also those that were struck out, the latest first.
    pub async fn stated_applications(
        &mut self,
        case: CaseId,
    ) -> Result<Vec<Stated<NaiveDate>>, StoreError> {
        let rows: Vec<StatedRow> = run!(self, |conn| {
            sqlx::query_as(
                "select p.id, p.applied_on, a.name, p.undone_at, u.name, p.undone_why
                 from plan_application p left join account a on a.id = p.recorded_by
                 left join account u on u.id = p.undone_by
                 where p.case_id = $1 order by p.applied_on desc, p.recorded_at desc, p.id desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let (table, column) = ("plan_application", "applied_on");
        read(rows, table, |on| {
            from_day(Some(on), table, column)?.ok_or(StoreError::Corrupt { table, column })
        })
    }

    /// Strikes out an application for the plan of a child that was read through its
    /// reader; `false`: there is none that stands.
    pub async fn strike_application(
        &mut self,
        (id, case): (Uuid, CaseId),
        why: &str,
        hand: Hand,
    ) -> Result<bool, StoreError> {
        let text = "update plan_application set undone_at = $3, undone_by = $4, undone_why = $5
             where id = $1 and case_id = $2 and undone_at is null";
        self.strike(text, (id, case.0), why, hand).await
    }

    /// Says that an application for the plan was filled in at the hand-over of a loan.
    pub async fn application_at_hand_over(
        &mut self,
        id: Uuid,
        loan: LoanId,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update plan_application set loan_id = $2 where id = $1")
                .bind(id)
                .bind(loan.0)
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Strikes out what was applied for at the hand-over of a loan.
    pub async fn strike_applications_of(
        &mut self,
        loan: LoanId,
        why: &str,
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update plan_application set undone_at = $2, undone_by = $3, undone_why = $4
                 where loan_id = $1 and undone_at is null",
            )
            .bind(loan.0)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .bind(why)
            .execute(conn)
            .await?;
        });
        Ok(())
    }
}
