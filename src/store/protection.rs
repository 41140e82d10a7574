//! Protected addresses, and the persons named to see them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{StoreError, Tx, access::visible, run, to_millis};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, UserId},
};

impl Tx {
    /// The protection of a case's address that is in force, with the accounts
    /// named: those in use.
    pub async fn protection(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Option<(Uuid, Vec<UserId>)>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<(Uuid, Option<Uuid>)> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select p.id, a.id from protected_address p
                 join child_case c on c.id = p.case_id
                 left join address_named n on n.protection_id = p.id and n.ended_at is null
                 left join account a on a.id = n.account_id and a.disabled_at is null
                 where p.ended_at is null and c.number = $5 and ",
                visible!(kept),
                " order by a.id"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(number.as_str())
            .fetch_all(conn)
            .await?
        });
        let named = rows.iter().filter_map(|(_, user)| user.map(UserId));
        let named = named.collect();
        Ok(rows.first().map(|(id, _)| (*id, named)))
    }

    /// Protects the address of a case.
    pub async fn protect_address(
        &mut self,
        case: CaseId,
        id: Uuid,
        by: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into protected_address (id, case_id, set_at, set_by)
                 values ($1, $2, $3, $4)",
            )
            .bind(id)
            .bind(case.0)
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Names the persons of a protection: these and nobody else from now on.
    pub async fn name_for_address(
        &mut self,
        protection: Uuid,
        named: &[UserId],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update address_named set ended_at = $2
                 where protection_id = $1 and ended_at is null",
            )
            .bind(protection)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        for user in named {
            self.name_one(protection, *user, now).await?;
        }
        Ok(())
    }

    /// Names one person of a protection, beside those who are named.
    pub(super) async fn name_one(
        &mut self,
        protection: Uuid,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into address_named (protection_id, account_id, named_at)
                 values ($1, $2, $3)
                 on conflict (protection_id, account_id)
                 do update set named_at = excluded.named_at, ended_at = null",
            )
            .bind(protection)
            .bind(user.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Ends a protection.
    pub async fn end_protection(
        &mut self,
        protection: Uuid,
        by: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update protected_address set ended_at = $2, ended_by = $3 where id = $1")
                .bind(protection)
                .bind(to_millis(now))
                .bind(by.0)
                .execute(conn)
                .await?;
        });
        Ok(())
    }
}
