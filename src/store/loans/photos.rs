//! Photos of yearly checks. Those that a family sends are kept by `family_check`, and
//! given to the check that is recorded from its report.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, from_millis, run, to_millis},
    Hand,
};
use crate::domain::id::{CaseId, LoanId};

/// A photo, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPhoto {
    /// Its id.
    pub id: Uuid,
    /// Who added it.
    pub by: Option<String>,
    /// When it was taken out again, by whom and why; `None`: it is there.
    pub removed: Option<(DateTime<Utc>, Option<String>, String)>,
}

/// As which picture a photo is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoSize {
    /// As it is kept.
    Whole,
    /// Small, beside others on a page.
    Small,
}

type Row = (
    Uuid,
    Uuid,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<String>,
);

impl Tx {
    /// Adds a photo, whole and small, to a check.
    pub async fn add_photo(
        &mut self,
        id: Uuid,
        check: Uuid,
        (whole, small): (&[u8], &[u8]),
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into check_photo (id, check_id, whole, small, added_at, added_by)
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(id)
            .bind(check)
            .bind(whole)
            .bind(small)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The photos of the checks of a loan that was read through its reader, each
    /// with its check, in the order in which they came.
    pub(super) async fn photos(
        &mut self,
        loan: LoanId,
    ) -> Result<Vec<(Uuid, StoredPhoto)>, StoreError> {
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select p.check_id, p.id, a.name, p.removed_at, r.name, p.removed_why
                 from check_photo p join annual_check k on k.id = p.check_id
                 left join account a on a.id = p.added_by
                 left join account r on r.id = p.removed_by
                 where k.loan_id = $1 order by p.added_at, p.id",
            )
            .bind(loan.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(check, id, by, removed_at, removed_by, why)| {
                let at = removed_at.map(|at| from_millis(at, "check_photo", "removed_at"));
                let removed = at
                    .transpose()?
                    .map(|at| (at, removed_by, why.unwrap_or_default()));
                Ok((check, StoredPhoto { id, by, removed }))
            })
            .collect()
    }

    /// The bytes of a photo of a case that was read through its reader; `None`: it
    /// is not there, or not there any more.
    pub async fn photo(
        &mut self,
        case: CaseId,
        id: Uuid,
        size: PhotoSize,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let text = match size {
            PhotoSize::Whole => {
                "select p.whole from check_photo p where p.id = $1
                     and (exists (select 1 from annual_check k join loan l on l.id = k.loan_id
                             where k.id = p.check_id and l.case_id = $2)
                         or exists (select 1 from family_check f
                             where f.id = p.report_id and f.case_id = $2))"
            }
            PhotoSize::Small => {
                "select p.small from check_photo p where p.id = $1
                     and (exists (select 1 from annual_check k join loan l on l.id = k.loan_id
                             where k.id = p.check_id and l.case_id = $2)
                         or exists (select 1 from family_check f
                             where f.id = p.report_id and f.case_id = $2))"
            }
        };
        let found: Option<Option<Vec<u8>>> = run!(self, |conn| {
            sqlx::query_scalar(text)
                .bind(id)
                .bind(case.0)
                .fetch_optional(conn)
                .await?
        });
        Ok(found.flatten())
    }

    /// Blanks a photo of a case that was read through its reader, and keeps why;
    /// `false`: there is none, or it was taken out before.
    pub async fn remove_photo(
        &mut self,
        (case, id): (CaseId, Uuid),
        why: &str,
        hand: Hand,
    ) -> Result<bool, StoreError> {
        let text = "update check_photo set whole = null, small = null, removed_at = $3,
                     removed_by = $4, removed_why = $5
                 where id = $1 and removed_at is null
                   and check_id in (select k.id from annual_check k
                       join loan l on l.id = k.loan_id where l.case_id = $2)";
        self.strike(text, (id, case.0), why, hand).await
    }
}
