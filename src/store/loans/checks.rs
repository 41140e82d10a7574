//! Yearly checks. Their photos are in `photos`.

use uuid::Uuid;

use super::{
    super::{StoreError, Tx, from_json, run, to_json, to_millis},
    Hand, StoredPhoto,
};
use crate::domain::{
    id::{LoanId, UnitId},
    loan::AnnualCheck,
};

/// A check that was held.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCheck {
    /// Its id.
    pub id: Uuid,
    /// What was found.
    pub check: AnnualCheck,
    /// The unit that was looked at.
    pub unit: Option<UnitId>,
    /// Who wrote it down.
    pub by: Option<String>,
    /// Its photos, in the order in which they came.
    pub photos: Vec<StoredPhoto>,
}

impl Tx {
    /// Puts a check on record.
    pub async fn add_check(
        &mut self,
        id: Uuid,
        (loan, unit): (LoanId, Option<UnitId>),
        check: &AnnualCheck,
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into annual_check (id, loan_id, unit_id, held_on, outcome, body,
                     recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(id)
            .bind(loan.0)
            .bind(unit.map(|unit| unit.0))
            .bind(check.held_on.to_string())
            .bind(check.outcome().code())
            .bind(to_json(check))
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The checks of a loan that was read through its reader and that stand, the
    /// latest first.
    pub async fn checks(&mut self, loan: LoanId) -> Result<Vec<StoredCheck>, StoreError> {
        let rows: Vec<(Uuid, String, Option<Uuid>, Option<String>)> = run!(self, |conn| {
            sqlx::query_as(
                "select k.id, k.body, k.unit_id, a.name from annual_check k
                 left join account a on a.id = k.recorded_by
                 where k.loan_id = $1 and k.undone_at is null
                 order by k.held_on desc, k.recorded_at desc, k.id desc",
            )
            .bind(loan.0)
            .fetch_all(conn)
            .await?
        });
        let mut photos = self.photos(loan).await?;
        rows.into_iter()
            .map(|(id, body, unit, by)| {
                let (own, others) = photos.drain(..).partition(|(check, _)| *check == id);
                photos = others;
                let own: Vec<(Uuid, StoredPhoto)> = own;
                Ok(StoredCheck {
                    id,
                    check: from_json(&body, "annual_check", "body")?,
                    unit: unit.map(UnitId),
                    by,
                    photos: own.into_iter().map(|(_, photo)| photo).collect(),
                })
            })
            .collect()
    }
}
