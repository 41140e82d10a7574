//! What a municipality asks for in a plan besides the law's items.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::{StoreError, Tx, run, to_millis};
use crate::domain::{id::UserId, municipality::MunicipalityCode};

impl Tx {
    /// The items of a municipality, in their order.
    pub async fn municipal_items(
        &mut self,
        code: MunicipalityCode,
    ) -> Result<Vec<String>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar(
                "select item from municipal_item where municipality = $1 and ended_at is null
                 order by ordinal, id",
            )
            .bind(code.responsible().as_str())
            .fetch_all(conn)
            .await?
        }))
    }

    /// Puts other items in their place; what plans say of the old ones stays in them.
    pub async fn set_municipal_items(
        &mut self,
        code: MunicipalityCode,
        items: &[(Uuid, String)],
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update municipal_item set ended_at = $2
                 where municipality = $1 and ended_at is null",
            )
            .bind(code.responsible().as_str())
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        for (ordinal, (id, item)) in (1_i64..).zip(items) {
            run!(self, |conn| {
                sqlx::query(
                    "insert into municipal_item (id, municipality, ordinal, item, added_at,
                         added_by)
                     values ($1, $2, $3, $4, $5, $6)",
                )
                .bind(id)
                .bind(code.responsible().as_str())
                .bind(ordinal)
                .bind(item)
                .bind(to_millis(now))
                .bind(by.0)
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }
}
