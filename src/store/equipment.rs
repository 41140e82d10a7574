//! The record of a child's devices and sources of power.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{StoreError, Tx, from_json, from_millis, run, to_millis};
use crate::domain::{
    id::{CaseId, UserId},
    power::Equipment,
};

/// The record of a child as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEquipment {
    /// The number that a save must name; the first is 1.
    pub revision: i64,
    /// The record.
    pub equipment: Equipment,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Option<String>,
}

impl Tx {
    /// The record of a child as it is now; `None`: nobody has written one.
    pub async fn equipment(&mut self, case: CaseId) -> Result<Option<StoredEquipment>, StoreError> {
        let row: Option<(i64, String, i64, Option<String>)> = run!(self, |conn| {
            sqlx::query_as(
                "select e.revision, e.document, e.recorded_at, a.name from case_equipment e
                 left join account a on a.id = e.recorded_by
                 where e.case_id = $1 and e.until_at is null and e.document is not null",
            )
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(|(revision, document, at, by)| {
            Ok(StoredEquipment {
                revision,
                equipment: from_json(&document, "case_equipment", "document")?,
                at: from_millis(at, "case_equipment", "recorded_at")?,
                by,
            })
        })
        .transpose()
    }

    /// Writes the record of a child in the place of revision `was` (0: there is none),
    /// and has its verdict judged anew; `false`: it is another one by now.
    pub async fn write_equipment(
        &mut self,
        (id, case): (Uuid, CaseId),
        was: i64,
        equipment: &Equipment,
        (by, now): (Option<UserId>, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let document = serde_json::to_string(equipment).expect("a record becomes JSON");
        let now = to_millis(now);
        let in_place = run!(self, |conn| {
            sqlx::query(
                "update case_equipment set until_at = $3
                 where case_id = $1 and revision = $2 and until_at is null",
            )
            .bind(case.0)
            .bind(was)
            .bind(now)
            .execute(conn)
            .await?
            .rows_affected()
        });
        if was > 0 && in_place == 0 {
            return Ok(false);
        }
        let written = run!(self, |conn| {
            sqlx::query(
                "insert into case_equipment
                     (id, case_id, revision, document, recorded_at, recorded_by)
                 select $1, $2, $3, $4, $5, $6 where not exists (
                     select 1 from case_equipment where case_id = $2 and until_at is null)",
            )
            .bind(id)
            .bind(case.0)
            .bind(was + 1)
            .bind(document)
            .bind(now)
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?
            .rows_affected()
        });
        if written == 0 {
            return Ok(false);
        }
        run!(self, |conn| {
            sqlx::query(
                "update child_case set revision = revision + 1, changed_at = $2 where id = $1",
            )
            .bind(case.0)
            .bind(now)
            .execute(conn)
            .await?;
        });
        Ok(true)
    }

    /// Every state of the record of a child, the latest first: when it was written, and
    /// the document.
    pub async fn equipment_history(
        &mut self,
        case: CaseId,
    ) -> Result<Vec<(DateTime<Utc>, serde_json::Value)>, StoreError> {
        let rows: Vec<(i64, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select recorded_at, document from case_equipment
                 where case_id = $1 and document is not null order by revision desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(at, document)| {
                let at = from_millis(at, "case_equipment", "recorded_at")?;
                Ok((at, from_json(&document, "case_equipment", "document")?))
            })
            .collect()
    }
}
