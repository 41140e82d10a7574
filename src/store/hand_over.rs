//! Accounts in the hands of their administrator, and what goes over from one
//! to the next.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{StoreError, Tx, from_millis, run, to_millis};
use crate::domain::{
    access::{Ground, Reader, Role},
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

    /// When each account was last given a link.
    pub async fn last_links(&mut self) -> Result<HashMap<UserId, DateTime<Utc>>, StoreError> {
        let rows: Vec<(Uuid, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select account_id, max(created_at) from sign_in_link group by account_id",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(id, at)| Ok((UserId(id), from_millis(at, "sign_in_link", "created_at")?)))
            .collect()
    }

    /// Gives the children of one coordinator to another: the first reads them no
    /// longer, the second does from `today` on. Answers which. What was open to the
    /// first in an emergency is nobody's to give.
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
                 where subject_kind = $1 and subject_id = $2 and ground = $3
                   and until_day is null
                 order by case_id",
            )
            .bind(old.kind)
            .bind(&old.id)
            .bind(Ground::Assignment.code())
            .fetch_all(conn)
            .await?
        });
        let last = today.pred_opt().unwrap_or(today);
        run!(self, |conn| {
            sqlx::query(
                "update case_access set until_day = $3
                 where subject_kind = $1 and subject_id = $2 and ground = $4
                   and until_day is null",
            )
            .bind(old.kind)
            .bind(&old.id)
            .bind(last.to_string())
            .bind(Ground::Assignment.code())
            .execute(conn)
            .await?;
        });
        let cases: Vec<CaseId> = cases.into_iter().map(CaseId).collect();
        if let Some(to) = to {
            let new = Reader::Coordinator(to).subject();
            for case in &cases {
                self.grant(*case, &new, Ground::Assignment, today).await?;
            }
        }
        Ok(cases)
    }

    /// Names another account for every protected address for which one is named,
    /// in its place; without another, nobody takes the place. Answers of which
    /// children.
    pub async fn give_names(
        &mut self,
        from: UserId,
        to: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<Vec<CaseId>, StoreError> {
        let named: Vec<(Uuid, Uuid)> = run!(self, |conn| {
            sqlx::query_as(
                "select p.id, p.case_id from address_named n
                 join protected_address p on p.id = n.protection_id
                 where n.account_id = $1 and n.ended_at is null and p.ended_at is null
                 order by p.id",
            )
            .bind(from.0)
            .fetch_all(conn)
            .await?
        });
        for (protection, _) in &named {
            run!(self, |conn| {
                sqlx::query(
                    "update address_named set ended_at = $3
                     where protection_id = $1 and account_id = $2",
                )
                .bind(protection)
                .bind(from.0)
                .bind(to_millis(now))
                .execute(conn)
                .await?;
            });
            if let Some(to) = to {
                self.name_one(*protection, to, now).await?;
            }
        }
        Ok(named.into_iter().map(|(_, case)| CaseId(case)).collect())
    }

    /// For how many protected addresses an account is the last that is named and
    /// could name others: without it they would fall open to a whole office.
    pub async fn last_named(&mut self, account: UserId) -> Result<u64, StoreError> {
        let count: i64 = run!(self, |conn| {
            sqlx::query_scalar(
                "select count(*) from address_named n
                 join protected_address p on p.id = n.protection_id
                 join account x on x.id = n.account_id
                 where n.account_id = $1 and x.role = $2 and n.ended_at is null
                   and p.ended_at is null and not exists (
                       select 1 from address_named o join account a on a.id = o.account_id
                       where o.protection_id = p.id and o.ended_at is null
                         and o.account_id <> $1 and a.disabled_at is null and a.role = $2)",
            )
            .bind(account.0)
            .bind(Role::Municipality.code())
            .fetch_one(conn)
            .await?
        });
        Ok(count.cast_unsigned())
    }
}
