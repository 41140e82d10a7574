//! What a disclosure tells of yearly checks: for a case that was read through its reader.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::super::{StoreError, Tx, from_day, from_json, from_millis, run};
use crate::domain::{
    id::CaseId,
    loan::{AnnualCheck, HandOver},
};

/// A yearly check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckFacts {
    /// What was found.
    pub check: AnnualCheck,
    /// It was struck out, since it was recorded by mistake.
    pub struck: bool,
}

/// A photo of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoFacts {
    /// The day of the check.
    pub held_on: NaiveDate,
    /// When it was added.
    pub added_at: DateTime<Utc>,
    /// The picture; `None`: it was taken out again.
    pub picture: Option<Vec<u8>>,
}

/// What is stored of the yearly checks of a child.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChecksAbout {
    /// The checks, the latest first.
    pub checks: Vec<CheckFacts>,
    /// Their photos, likewise.
    pub photos: Vec<PhotoFacts>,
    /// The family has agreed that centre and municipality exchange what they know of a
    /// loan.
    pub exchanged: bool,
}

impl Tx {
    pub(in crate::store) async fn checks_about(
        &mut self,
        case: CaseId,
    ) -> Result<ChecksAbout, StoreError> {
        let checks: Vec<(String, Option<i64>)> = run!(self, |conn| {
            sqlx::query_as(
                "select k.body, k.undone_at from annual_check k join loan l on l.id = k.loan_id
                 where l.case_id = $1 order by k.held_on desc, k.recorded_at desc, k.id desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let photos: Vec<(String, i64, Option<Vec<u8>>)> = run!(self, |conn| {
            sqlx::query_as(
                "select k.held_on, p.added_at, p.whole from check_photo p
                 join annual_check k on k.id = p.check_id join loan l on l.id = k.loan_id
                 where l.case_id = $1 order by k.held_on desc, p.added_at, p.id",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let agreed: Vec<(Uuid, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select id, hand_over from loan where case_id = $1 and hand_over is not null
                     and coalesce(ended_why, '') <> 'mistake'",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let mut about = ChecksAbout::default();
        for (body, undone) in checks {
            about.checks.push(CheckFacts {
                check: from_json(&body, "annual_check", "body")?,
                struck: undone.is_some(),
            });
        }
        let corrupt = StoreError::Corrupt {
            table: "annual_check",
            column: "held_on",
        };
        for (held_on, added_at, picture) in photos {
            let Some(held_on) = from_day(Some(&held_on), "annual_check", "held_on")? else {
                return Err(corrupt);
            };
            about.photos.push(PhotoFacts {
                held_on,
                added_at: from_millis(added_at, "check_photo", "added_at")?,
                picture,
            });
        }
        for (_, text) in agreed {
            let done: HandOver = from_json(&text, "loan", "hand_over")?;
            about.exchanged |= done.exchange_consent == Some(true);
        }
        Ok(about)
    }

    /// Every confirmation (`true`) and drill of a case that stands, with its day, the latest first.
    pub(in crate::store) async fn reviews_about(
        &mut self,
        case: CaseId,
    ) -> Result<Vec<(String, bool)>, StoreError> {
        let rows: Vec<(String, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select r.on_day, r.confirmed from (
                     select case_id, confirmed_on as on_day, cast(1 as bigint) as confirmed
                     from plan_confirmation
                     union all
                     select case_id, held_on, cast(0 as bigint) from plan_drill
                     where undone_at is null
                 ) r where r.case_id = $1 order by r.on_day desc, r.confirmed",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let rows = rows.into_iter();
        Ok(rows.map(|(on, confirmed)| (on, confirmed == 1)).collect())
    }
}
