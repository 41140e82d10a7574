//! How each municipality's ordinance treats giving plans to others.

use chrono::{DateTime, Utc};

use super::{StoreError, Tx, from_millis, run, to_millis};
use crate::domain::municipality::MunicipalityCode;

impl Tx {
    /// A municipality's ordinance on giving plans to others, its revision (0:
    /// nothing on record), who set it and when.
    pub async fn ordinance(
        &mut self,
        code: MunicipalityCode,
    ) -> Result<Option<(String, i64, String, DateTime<Utc>)>, StoreError> {
        let row: Option<(String, i64, String, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select ordinance, revision, changed_by, changed_at
                 from municipality_setting where code = $1",
            )
            .bind(code.responsible().as_str())
            .fetch_optional(conn)
            .await?
        });
        row.map(|(mode, revision, by, at)| {
            Ok((
                mode,
                revision,
                by,
                from_millis(at, "municipality_setting", "changed_at")?,
            ))
        })
        .transpose()
    }

    /// Sets a municipality's ordinance on top of revision `after`; `false`
    /// when somebody else did so first.
    pub async fn set_ordinance(
        &mut self,
        code: MunicipalityCode,
        mode: &str,
        after: i64,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into municipality_setting (code, ordinance, revision, changed_at, changed_by)
                 select $1, $2, 1, $4, $3 where $5 = 0
                    or exists (select 1 from municipality_setting where code = $1)
                 on conflict (code) do update set ordinance = excluded.ordinance,
                     revision = municipality_setting.revision + 1,
                     changed_at = excluded.changed_at, changed_by = excluded.changed_by
                 where municipality_setting.revision = $5",
            )
            .bind(code.responsible().as_str())
            .bind(mode)
            .bind(by)
            .bind(to_millis(now))
            .bind(after)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }
}
