//! Accounts in the hands of their administrator, and what goes over from one
//! to the next.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{StoreError, Tx, from_millis, run};
use crate::domain::{
    access::Reader,
    id::{CaseId, UserId},
};

impl Tx {
    /// When each account began its last session.
    pub async fn last_sign_ins(&mut self) -> Result<HashMap<UserId, DateTime<Utc>>, StoreError> {
        let rows: Vec<(Uuid, i64)> = run!(self, |conn| {
            sqlx::query_as("select account_id, max(created_at) from session group by account_id")
                .fetch_all(conn)
                .await?
        });
        rows.into_iter()
            .map(|(id, at)| Ok((UserId(id), from_millis(at, "session", "created_at")?)))
            .collect()
    }

    /// Gives the children of one coordinator to another: the first reads them no
    /// longer, the second does from `today` on. Answers which.
    pub async fn give_assignments(
        &mut self,
        from: UserId,
        to: Option<UserId>,
        today: NaiveDate,
    ) -> Result<Vec<CaseId>, StoreError> {
        let old = Reader::Coordinator(from).subject();
        let cases: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "select distinct case_id from case_access
                 where subject_kind = $1 and subject_id = $2 and until_day is null
                 order by case_id",
            )
            .bind(old.kind)
            .bind(&old.id)
            .fetch_all(conn)
            .await?
        });
        let last = today.pred_opt().unwrap_or(today);
        run!(self, |conn| {
            sqlx::query(
                "update case_access set until_day = $3
                 where subject_kind = $1 and subject_id = $2 and until_day is null",
            )
            .bind(old.kind)
            .bind(&old.id)
            .bind(last.to_string())
            .execute(conn)
            .await?;
        });
        let cases: Vec<CaseId> = cases.into_iter().map(CaseId).collect();
        if let Some(to) = to {
            let new = Reader::Coordinator(to).subject();
            for case in &cases {
                let ground = crate::domain::access::Ground::Assignment;
                self.grant(*case, &new, ground, today).await?;
            }
        }
        Ok(cases)
    }
}
