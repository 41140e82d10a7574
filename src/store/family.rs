//! What families tell on their page.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, from_day, from_millis, run, to_millis};
use crate::domain::{
    family::AnswerKind,
    id::{CaseId, UserId},
};

/// Something that a family has told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyAnswer {
    /// Its id.
    pub id: Uuid,
    /// What.
    pub kind: AnswerKind,
    /// The day of the application, or of the run.
    pub on: Option<NaiveDate>,
    /// Whether the generator ran as it should; `None`: not asked.
    pub ran: Option<bool>,
    /// What was said besides.
    pub words: Option<String>,
    /// The application for the plan that it put on record.
    pub application: Option<Uuid>,
    /// What staff have to do about it.
    pub task: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
    /// When somebody of the staff has done what it asks for; `None`: not yet, or
    /// there is nothing to do, or a later word of the family stands in its place.
    pub seen_at: Option<DateTime<Utc>>,
    /// When the family took it back.
    pub taken_back_at: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    on_day: Option<String>,
    ran: Option<bool>,
    words: Option<String>,
    application: Option<Uuid>,
    task_id: Option<Uuid>,
    said_at: i64,
    closed_at: Option<i64>,
    taken_back_at: Option<i64>,
}

impl Row {
    fn read(self) -> Result<FamilyAnswer, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "family_answer",
            column,
        };
        let at = |at: Option<i64>, column| {
            at.map(|at| from_millis(at, "family_answer", column))
                .transpose()
        };
        Ok(FamilyAnswer {
            id: self.id,
            kind: AnswerKind::from_code(&self.kind).ok_or(corrupt("kind"))?,
            on: from_day(self.on_day.as_deref(), "family_answer", "on_day")?,
            ran: self.ran,
            words: self.words,
            application: self.application,
            task: self.task_id,
            at: from_millis(self.said_at, "family_answer", "said_at")?,
            seen_at: at(self.closed_at, "closed_at")?,
            taken_back_at: at(self.taken_back_at, "taken_back_at")?,
        })
    }
}

impl Tx {
    /// Puts on record what a family tells.
    pub async fn add_family_answer(
        &mut self,
        case: CaseId,
        answer: &FamilyAnswer,
        by: UserId,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into family_answer (id, case_id, kind, on_day, ran, words, application,
                     task_id, said_at, said_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(answer.id)
            .bind(case.0)
            .bind(answer.kind.code())
            .bind(answer.on.map(|on| on.to_string()))
            .bind(answer.ran)
            .bind(answer.words.as_deref())
            .bind(answer.application)
            .bind(answer.task)
            .bind(to_millis(answer.at))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// What the family of a child that was read through its reader has told, the
    /// latest first.
    pub async fn family_answers(
        &mut self,
        case: CaseId,
        most: i64,
    ) -> Result<Vec<FamilyAnswer>, StoreError> {
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select f.id, f.kind, f.on_day, f.ran, f.words, f.application, f.task_id,
                     f.said_at,
                     case when s.closed_by is not null then s.closed_at end as closed_at,
                     f.taken_back_at
                 from family_answer f left join staff_task s on s.id = f.task_id
                 where f.case_id = $1 order by f.said_at desc, f.id desc limit $2",
            )
            .bind(case.0)
            .bind(most)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(Row::read).collect()
    }

    /// Takes back what a family has told; `false`: there is none that stands.
    pub async fn take_back_answer(
        &mut self,
        (id, case): (Uuid, CaseId),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update family_answer set taken_back_at = $3
                 where id = $1 and case_id = $2 and taken_back_at is null",
            )
            .bind(id)
            .bind(case.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// The last day on which fuel was bought, as the family has told.
    pub async fn last_fuel(&mut self, case: CaseId) -> Result<Option<NaiveDate>, StoreError> {
        let day: Option<String> = run!(self, |conn| {
            sqlx::query_scalar(
                "select max(on_day) from family_answer
                 where case_id = $1 and kind = $2 and taken_back_at is null",
            )
            .bind(case.0)
            .bind(AnswerKind::RenewedFuel.code())
            .fetch_one(conn)
            .await?
        });
        from_day(day.as_deref(), "family_answer", "on_day")
    }

    /// The last day on which the generator ran as it should, as its family has told.
    pub async fn last_run(&mut self, case: CaseId) -> Result<Option<NaiveDate>, StoreError> {
        let day: Option<String> = run!(self, |conn| {
            sqlx::query_scalar(
                "select max(on_day) from family_answer
                 where case_id = $1 and kind = $2 and ran and taken_back_at is null",
            )
            .bind(case.0)
            .bind(AnswerKind::RanGenerator.code())
            .fetch_one(conn)
            .await?
        });
        from_day(day.as_deref(), "family_answer", "on_day")
    }
}
