//! Rows of a ledger: whose they are, and those of which nobody could say it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, from_json, from_millis, run, to_json, to_millis},
    Hand,
};
use crate::domain::id::CaseId;

/// Whose a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowIs {
    /// Of this child.
    Of(CaseId),
    /// Of a child who is to be put on record.
    NewChild,
}

/// A row of which nobody has said yet whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerQuestion {
    /// Its id.
    pub id: Uuid,
    /// What the row says of the child, as JSON.
    pub said: serde_json::Value,
    /// The cases that it may be.
    pub candidates: Vec<CaseId>,
    /// When the ledger was imported.
    pub asked_at: DateTime<Utc>,
}

impl Tx {
    /// Whose a row is, if that was found out or said before.
    pub async fn ledger_answer(&mut self, who: &str) -> Result<Option<RowIs>, StoreError> {
        let row: Option<Option<Uuid>> = run!(self, |conn| {
            sqlx::query_scalar(
                "select case_id from ledger_child where who = $1 and answer is not null",
            )
            .bind(who)
            .fetch_optional(conn)
            .await?
        });
        Ok(row.map(|case| case.map_or(RowIs::NewChild, |case| RowIs::Of(CaseId(case)))))
    }

    /// Keeps whose a row is.
    pub async fn keep_ledger_child(
        &mut self,
        id: Uuid,
        who: &str,
        case: CaseId,
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into ledger_child (id, who, asked_at, answer, case_id, answered_at,
                     answered_by)
                 values ($1, $2, $4, 'found', $3, $4, $5)
                 on conflict (who) do update set said = null, candidates = null,
                     answer = coalesce(ledger_child.answer, 'found'), case_id = excluded.case_id",
            )
            .bind(id)
            .bind(who)
            .bind(case.0)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Asks whose a row is, until somebody says it.
    pub async fn ask_whose_row(
        &mut self,
        id: Uuid,
        who: &str,
        (said, candidates): (&serde_json::Value, &[CaseId]),
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let candidates: Vec<Uuid> = candidates.iter().map(|case| case.0).collect();
        run!(self, |conn| {
            sqlx::query(
                "insert into ledger_child (id, who, said, candidates, asked_at)
                 values ($1, $2, $3, $4, $5)
                 on conflict (who) do update set said = excluded.said,
                     candidates = excluded.candidates, asked_at = excluded.asked_at,
                     answer = null, case_id = null, answered_at = null, answered_by = null",
            )
            .bind(id)
            .bind(who)
            .bind(to_json(said))
            .bind(to_json(&candidates))
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The rows of which nobody has said yet whose they are, the oldest first.
    pub async fn ledger_questions(&mut self) -> Result<Vec<LedgerQuestion>, StoreError> {
        let rows: Vec<(Uuid, Option<String>, Option<String>, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select id, said, candidates, asked_at from ledger_child
                 where answer is null order by asked_at, id",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(id, said, candidates, asked_at)| {
                let candidates: Vec<Uuid> = from_json(
                    candidates.as_deref().unwrap_or("[]"),
                    "ledger_child",
                    "candidates",
                )?;
                Ok(LedgerQuestion {
                    id,
                    said: from_json(said.as_deref().unwrap_or("{}"), "ledger_child", "said")?,
                    candidates: candidates.into_iter().map(CaseId).collect(),
                    asked_at: from_millis(asked_at, "ledger_child", "asked_at")?,
                })
            })
            .collect()
    }

    /// Keeps what somebody said of whose a row is; `false`: it is not asked any
    /// more.
    pub async fn answer_whose_row(
        &mut self,
        id: Uuid,
        is: RowIs,
        (by, now): Hand,
    ) -> Result<bool, StoreError> {
        let (answer, case) = match is {
            RowIs::Of(case) => ("record", Some(case.0)),
            RowIs::NewChild => ("new", None),
        };
        let rows = run!(self, |conn| {
            sqlx::query(
                "update ledger_child set answer = $2, case_id = $3, answered_at = $4,
                     answered_by = $5, said = null, candidates = null
                 where id = $1 and answer is null",
            )
            .bind(id)
            .bind(answer)
            .bind(case)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Forgets the rows that were asked before a moment and that nobody answered:
    /// what they say of a child is asked again at the next import.
    pub async fn forget_ledger_questions(
        &mut self,
        before: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("delete from ledger_child where answer is null and asked_at < $1")
                .bind(to_millis(before))
                .execute(conn)
                .await?;
        });
        Ok(())
    }
}
