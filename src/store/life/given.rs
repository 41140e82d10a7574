//! To whom a version of a plan was given (災害対策基本法 第49条の15).

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, from_day, from_millis, run, to_millis},
    drafts::number,
};
use crate::domain::{
    consent::Recipient,
    id::{CaseId, UserId},
    plan::giving::{Basis, Parts},
};

/// That a version is given to somebody.
#[derive(Debug, Clone)]
pub struct NewGiven<'a> {
    /// Its id.
    pub id: Uuid,
    /// Of which child.
    pub case: CaseId,
    /// Which version.
    pub version: u32,
    /// To whom.
    pub to: (Recipient, Option<&'a str>),
    /// On which basis.
    pub basis: Basis,
    /// What of it.
    pub parts: Parts,
    /// On which day.
    pub on: NaiveDate,
    /// By whom.
    pub by: UserId,
    /// When that was written down.
    pub at: DateTime<Utc>,
}

/// That a version was given to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenOut {
    /// Its id.
    pub id: Uuid,
    /// Which version.
    pub version: u32,
    /// To whom.
    pub to: Recipient,
    /// Their name.
    pub name: Option<String>,
    /// On which basis.
    pub basis: Basis,
    /// What of it.
    pub parts: Parts,
    /// On which day.
    pub on: NaiveDate,
    /// Who wrote it down.
    pub by: String,
    /// When it was struck out: it was written down by mistake.
    pub undone: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct GivenRow {
    id: Uuid,
    version: i64,
    recipient: String,
    name: Option<String>,
    basis: String,
    parts: String,
    given_on: String,
    by_name: String,
    undone_at: Option<i64>,
}

impl GivenRow {
    fn read(self) -> Result<GivenOut, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "plan_given",
            column,
        };
        Ok(GivenOut {
            id: self.id,
            version: number(self.version, "plan_given", "version")?,
            to: Recipient::from_code(&self.recipient).ok_or(corrupt("recipient"))?,
            name: self.name,
            basis: Basis::from_code(&self.basis).ok_or(corrupt("basis"))?,
            parts: Parts::from_code(&self.parts).ok_or(corrupt("parts"))?,
            on: from_day(Some(&self.given_on), "plan_given", "given_on")?
                .ok_or(corrupt("given_on"))?,
            by: self.by_name,
            undone: self
                .undone_at
                .map(|at| from_millis(at, "plan_given", "undone_at"))
                .transpose()?,
        })
    }
}

impl Tx {
    /// Writes down to whom a version is given.
    pub async fn add_given(&mut self, new: &NewGiven<'_>) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into plan_given (id, case_id, version, recipient, name, basis, parts,
                     given_on, done_at, done_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(new.id)
            .bind(new.case.0)
            .bind(i64::from(new.version))
            .bind(new.to.0.code())
            .bind(new.to.1)
            .bind(new.basis.code())
            .bind(new.parts.code())
            .bind(new.on.to_string())
            .bind(to_millis(new.at))
            .bind(new.by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// To whom the plans of a case that was read through its reader were given, the
    /// latest first, with what was struck out.
    pub async fn given_out(&mut self, case: CaseId) -> Result<Vec<GivenOut>, StoreError> {
        let rows: Vec<GivenRow> = run!(self, |conn| {
            sqlx::query_as(
                "select g.id, g.version, g.recipient, g.name, g.basis, g.parts, g.given_on,
                     a.name as by_name, g.undone_at
                 from plan_given g join account a on a.id = g.done_by
                 where g.case_id = $1 order by g.given_on desc, g.done_at desc, g.id desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(GivenRow::read).collect()
    }

    /// Strikes out that a version was given to somebody; `false`: there is no such line.
    pub async fn strike_given(
        &mut self,
        (case, id): (CaseId, Uuid),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update plan_given set undone_at = $3
                 where id = $2 and case_id = $1 and undone_at is null",
            )
            .bind(case.0)
            .bind(id)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }
}
