//! Who may see which case: the one literal that every query on cases holds.

use uuid::Uuid;

use super::{StoreError, Tx, run};
use crate::domain::{
    access::{Ground, Reader, Subject},
    id::CaseId,
};

/// The condition under which a reader sees the case `c`, for queries whose
/// first three parameters are the subject's kind, its id, and today.
///
/// `visible!()`: that the case exists and where its plan stands.
/// `visible!(content)`: everything; a loan alone is no ground for that
/// (災害対策基本法 第49条の15第2項).
macro_rules! visible {
    () => {
        "($1 = 'operator' or exists (select 1 from case_access a where a.case_id = c.id \
         and a.subject_kind = $1 and a.subject_id = $2 \
         and a.from_day <= $3 and (a.until_day is null or a.until_day >= $3)))"
    };
    (content) => {
        "($1 = 'operator' or exists (select 1 from case_access a where a.case_id = c.id \
         and a.subject_kind = $1 and a.subject_id = $2 and a.ground <> 'loan' \
         and a.from_day <= $3 and (a.until_day is null or a.until_day >= $3)))"
    };
}

pub(super) use visible;

impl Tx {
    /// Lets a subject see a case from a day on; doing so twice is the same as
    /// doing it once.
    pub async fn grant(
        &mut self,
        case: CaseId,
        subject: &Subject,
        ground: Ground,
        from_day: chrono::NaiveDate,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into case_access (case_id, subject_kind, subject_id, ground, from_day)
                 select $1, $2, $3, $4, $5
                 where not exists (select 1 from case_access where case_id = $1
                     and subject_kind = $2 and subject_id = $3 and ground = $4
                     and until_day is null)
                 on conflict (case_id, subject_kind, subject_id, ground, from_day)
                 do update set until_day = null",
            )
            .bind(case.0)
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(ground.code())
            .bind(from_day.to_string())
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Ends every grant on a ground to subjects of a kind, except to the named
    /// one: the last day is the one before `today`.
    pub async fn end_grants(
        &mut self,
        case: CaseId,
        kind: &str,
        ground: Ground,
        except: Option<&str>,
        today: chrono::NaiveDate,
    ) -> Result<(), StoreError> {
        let last = today.pred_opt().unwrap_or(today);
        run!(self, |conn| {
            sqlx::query(
                "update case_access set until_day = $5
                 where case_id = $1 and subject_kind = $2 and ground = $3
                   and until_day is null and subject_id <> $4",
            )
            .bind(case.0)
            .bind(kind)
            .bind(ground.code())
            .bind(except.unwrap_or(""))
            .bind(last.to_string())
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The case of a number, if the reader may see that it exists.
    pub async fn find_case(
        &mut self,
        reader: &Reader,
        today: chrono::NaiveDate,
        number: &crate::domain::id::CaseNumber,
    ) -> Result<Option<CaseId>, StoreError> {
        let subject = reader.subject();
        let id: Option<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(concat!(
                "select c.id from child_case c where c.number = $4 and ",
                visible!()
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(today.to_string())
            .bind(number.as_str())
            .fetch_optional(conn)
            .await?
        });
        Ok(id.map(CaseId))
    }
}
