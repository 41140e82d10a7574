//! What named persons have overridden.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{StoreError, Tx, from_day, from_json, from_millis, run, to_json, to_millis};
use crate::domain::{
    hazard::Hazard,
    id::{CaseId, UserId},
    plan::overriding::Override,
};

/// An override that is made.
#[derive(Debug, Clone)]
pub struct NewOverride<'a> {
    /// Its id.
    pub id: Uuid,
    /// Of which child.
    pub case: CaseId,
    /// What it says; whose name it carries is read from the account.
    pub over: &'a Override,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// An override that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOverride {
    /// Its id.
    pub id: Uuid,
    /// What it says; `None`: it was erased.
    pub over: Option<Override>,
    /// When it was made.
    pub made: DateTime<Utc>,
    /// When it was ended before its day, and by whom.
    pub ended: Option<(DateTime<Utc>, String)>,
}

#[derive(FromRow)]
struct OverrideRow {
    id: Uuid,
    rule: String,
    hazard: Option<String>,
    site: Option<String>,
    reason: Option<String>,
    from_day: String,
    until_day: String,
    made_at: i64,
    name: String,
    ended_at: Option<i64>,
    ended_name: Option<String>,
}

impl OverrideRow {
    fn read(self) -> Result<StoredOverride, StoreError> {
        let day = |text: &str| -> Result<NaiveDate, StoreError> {
            from_day(Some(text), "plan_override", "until_day")?.ok_or(StoreError::Corrupt {
                table: "plan_override",
                column: "until_day",
            })
        };
        let (from, until) = (day(&self.from_day)?, day(&self.until_day)?);
        let rule = from_json(&to_json(&self.rule), "plan_override", "rule")?;
        let hazard = match &self.hazard {
            None => None,
            Some(code) => {
                let mut all = Hazard::ALL.into_iter();
                let known = all.find(|hazard| hazard.code() == code);
                Some(known.ok_or(StoreError::Corrupt {
                    table: "plan_override",
                    column: "hazard",
                })?)
            }
        };
        let (site, by) = (self.site, self.name);
        let ended_at = self
            .ended_at
            .map(|at| from_millis(at, "plan_override", "ended_at"))
            .transpose()?;
        Ok(StoredOverride {
            id: self.id,
            over: self.reason.map(|reason| Override {
                rule,
                hazard,
                site,
                by,
                reason,
                from,
                until,
            }),
            made: from_millis(self.made_at, "plan_override", "made_at")?,
            ended: ended_at.zip(self.ended_name),
        })
    }
}

macro_rules! override_columns {
    () => {
        "select o.id, o.rule, o.hazard, o.site, o.reason, o.from_day, o.until_day, o.made_at, \
         m.name, o.ended_at, e.name as ended_name from plan_override o \
         join account m on m.id = o.made_by left join account e on e.id = o.ended_by "
    };
}

impl Tx {
    /// Writes an override down.
    pub async fn add_override(&mut self, new: &NewOverride<'_>) -> Result<(), StoreError> {
        let over = new.over;
        run!(self, |conn| {
            sqlx::query(
                "insert into plan_override (id, case_id, rule, hazard, site, reason, from_day,
                     until_day, made_at, made_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(new.id)
            .bind(new.case.0)
            .bind(over.rule.code())
            .bind(over.hazard.map(Hazard::code))
            .bind(&over.site)
            .bind(&over.reason)
            .bind(over.from.to_string())
            .bind(over.until.to_string())
            .bind(to_millis(new.at))
            .bind(new.by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// What of a case that was read through its reader is overridden on a day, or will
    /// be; the latest first, which counts.
    pub async fn overrides(
        &mut self,
        case: CaseId,
        today: NaiveDate,
    ) -> Result<Vec<Override>, StoreError> {
        let rows: Vec<OverrideRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                override_columns!(),
                "where o.case_id = $1 and o.ended_at is null and o.until_day >= $2 \
                 order by o.made_at desc, o.id desc"
            ))
            .bind(case.0)
            .bind(today.to_string())
            .fetch_all(conn)
            .await?
        });
        let all = rows.into_iter().map(OverrideRow::read);
        let all: Result<Vec<StoredOverride>, StoreError> = all.collect();
        Ok(all?.into_iter().filter_map(|one| one.over).collect())
    }

    /// The cases of which something is overridden on a day, or will be, whoever asks.
    pub async fn overridden(&mut self, today: NaiveDate) -> Result<HashSet<CaseId>, StoreError> {
        let rows: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "select distinct case_id from plan_override
                 where ended_at is null and until_day >= $1",
            )
            .bind(today.to_string())
            .fetch_all(conn)
            .await?
        });
        Ok(rows.into_iter().map(CaseId).collect())
    }

    /// Everything that was overridden in such a case, the latest first.
    pub async fn all_overrides(&mut self, case: CaseId) -> Result<Vec<StoredOverride>, StoreError> {
        let rows: Vec<OverrideRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                override_columns!(),
                "where o.case_id = $1 order by o.made_at desc, o.id desc"
            ))
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(OverrideRow::read).collect()
    }

    /// Ends an override before its day; `false`: there is none that runs.
    pub async fn end_override(
        &mut self,
        (case, id): (CaseId, Uuid),
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update plan_override set ended_at = $3, ended_by = $4
                 where id = $2 and case_id = $1 and ended_at is null",
            )
            .bind(case.0)
            .bind(id)
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }
}
