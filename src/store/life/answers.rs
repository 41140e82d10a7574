//! What families have answered about their plans: consents, refusals, revocations
//! (災害対策基本法 第49条の14, 第49条の15).

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{StoreError, Tx, from_json, from_millis, run, to_json, to_millis};
use crate::domain::{
    id::{CaseId, UserId},
    plan::answers::ConsentAnswer,
};

/// An answer that is written down.
#[derive(Debug, Clone)]
pub struct NewConsent<'a> {
    /// Its id.
    pub id: Uuid,
    /// Of which child.
    pub case: CaseId,
    /// What was answered.
    pub answer: &'a ConsentAnswer,
    /// By whom it is written down.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// An answer on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConsent {
    /// Its id.
    pub id: Uuid,
    /// What was answered; `None`: it was erased.
    pub answer: Option<ConsentAnswer>,
    /// Who wrote it down.
    pub by: String,
    /// With which account.
    pub by_user: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was struck out: it was written down by mistake.
    pub undone: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct AnswerRow {
    id: Uuid,
    answer: Option<String>,
    by_name: String,
    recorded_by: Uuid,
    recorded_at: i64,
    undone_at: Option<i64>,
}

impl AnswerRow {
    fn read(self) -> Result<StoredConsent, StoreError> {
        let answer = self.answer.as_deref();
        let undone = self.undone_at;
        Ok(StoredConsent {
            id: self.id,
            answer: answer
                .map(|text| from_json(text, "consent_answer", "answer"))
                .transpose()?,
            by: self.by_name,
            by_user: UserId(self.recorded_by),
            at: from_millis(self.recorded_at, "consent_answer", "recorded_at")?,
            undone: undone
                .map(|at| from_millis(at, "consent_answer", "undone_at"))
                .transpose()?,
        })
    }
}

impl Tx {
    /// Writes an answer down.
    pub async fn add_consent_answer(&mut self, new: &NewConsent<'_>) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into consent_answer (id, case_id, answer, answered_on, recorded_at,
                     recorded_by) values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(new.id)
            .bind(new.case.0)
            .bind(to_json(new.answer))
            .bind(new.answer.on.to_string())
            .bind(to_millis(new.at))
            .bind(new.by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// What was answered about the plan of a case that was read through its reader, in the
    /// order in which it was written down, with what was struck out.
    pub async fn consent_answers(
        &mut self,
        case: CaseId,
    ) -> Result<Vec<StoredConsent>, StoreError> {
        let rows: Vec<AnswerRow> = run!(self, |conn| {
            sqlx::query_as(
                "select w.id, w.answer, a.name as by_name, w.recorded_by, w.recorded_at, w.undone_at
                 from consent_answer w join account a on a.id = w.recorded_by
                 where w.case_id = $1 order by w.recorded_at, w.id",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(AnswerRow::read).collect()
    }

    /// Strikes an answer out; `false`: there is no such answer.
    pub async fn strike_consent_answer(
        &mut self,
        (case, id): (CaseId, Uuid),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update consent_answer set undone_at = $3
                 where id = $2 and case_id = $1 and undone_at is null",
            )
            .bind(case.0)
            .bind(id)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }
}
