//! Who may see which case: the one literal that every query on cases holds.

use uuid::Uuid;

use super::{StoreError, Tx, run, to_millis};
use crate::domain::{
    access::{Ground, Moment, Reader, Subject},
    id::{CaseId, UserId},
    residence::AddressShown,
};

/// The condition under which a reader sees the case `c`, for queries whose
/// first four parameters are the subject's kind, its id, today, and now.
///
/// `visible!()`: that the case exists and where its plan stands.
/// `visible!(content)`: its content; a loan alone is no ground for that
/// (災害対策基本法 第49条の15第2項).
/// `visible!(night)`: the same, and on the ground of a loan a child of whose home nothing
/// is on record: nobody else would call it in the night, and what is on record of it the
/// centre has written down itself.
/// `visible!(whole)`: all of its content, and not only what evacuation support
/// needs, for which emergency access is a ground (第3項). That one ends at an
/// instant, whether or not anything else happens then.
/// None of them shows a case that has ended.
/// `visible!(standing)`: where its plan stands, as part of everything or by itself;
/// of which emergency access tells only whether there is a plan.
/// `visible!(kept)`: everything, whether it has ended or not, until it is erased;
/// for those who may act for the child, which a stay is no ground for either.
/// `visible!(file)`: the file of an application or a loan, open or over. Of one that is
/// over nothing else is seen on that ground (`decided`): no other form counts it.
macro_rules! visible {
    () => {
        crate::store::access::visible!(@on "c.ended_on is null", " and a.ground <> 'decided'")
    };
    (file) => {
        crate::store::access::visible!(@on "c.ended_on is null", "")
    };
    (content) => {
        crate::store::access::visible!(
            @on "c.ended_on is null", " and a.ground not in ('loan', 'decided')"
        )
    };
    (night) => {
        crate::store::access::visible!(
            @on "c.ended_on is null",
            " and (a.ground not in ('loan', 'decided') or (a.ground = 'loan' and not exists \
             (select 1 from home h0 where h0.case_id = c.id and h0.until_day is null)))"
        )
    };
    (standing) => {
        crate::store::access::visible!(
            @on "c.ended_on is null", " and a.ground not in ('emergency', 'decided')"
        )
    };
    (whole) => {
        crate::store::access::visible!(
            @on "c.ended_on is null", " and a.ground not in ('loan', 'emergency', 'decided')"
        )
    };
    (kept) => {
        crate::store::access::visible!(
            @on "c.erased_at is null",
            " and a.ground not in ('loan', 'emergency', 'stay', 'decided')"
        )
    };
    (@on $case:literal, $grounds:literal) => {
        concat!(
            "(",
            $case,
            " and ($1 = 'operator' or exists (select 1 from case_access a where a.case_id = c.id \
             and a.subject_kind = $1 and a.subject_id = $2",
            $grounds,
            " and a.from_day <= $3 and (a.until_day is null or a.until_day >= $3) \
             and (a.until_at is null or a.until_at > $4))))"
        )
    };
}

/// How the address of the case `c` is shown to a reader, whose account is the
/// sixth parameter: `open`, `named` or `hidden`. Nobody but a municipality and a
/// coordinator is ever named.
macro_rules! address_shown {
    () => {
        "case when $1 = 'operator' or not exists (select 1 from protected_address p \
         where p.case_id = c.id and p.ended_at is null) then 'open' \
         when $1 in ('municipality', 'coordinator') and exists (select 1 \
         from protected_address p join address_named n on n.protection_id = p.id \
         where p.case_id = c.id and p.ended_at is null and n.ended_at is null \
         and n.account_id = $6) then 'named' else 'hidden' end"
    };
}

/// Whether a list must not tell where the home of the case `c` is: named
/// persons, too, see it on the plan's page alone.
macro_rules! kept_from_lists {
    () => {
        "($1 <> 'operator' and exists (select 1 from protected_address p \
         where p.case_id = c.id and p.ended_at is null))"
    };
}

pub(super) use {address_shown, kept_from_lists, visible};

/// The answer of [`address_shown`].
pub(super) fn shown(word: &str) -> Result<AddressShown, StoreError> {
    match word {
        "open" => Ok(AddressShown::Open),
        "named" => Ok(AddressShown::Named),
        "hidden" => Ok(AddressShown::Hidden),
        _ => Err(StoreError::Corrupt {
            table: "protected_address",
            column: "id",
        }),
    }
}

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
                 on conflict (case_id, subject_kind, subject_id, ground, from_day, emergency)
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

    /// Since when a municipality sees a child because it lives there; `None`: none does.
    pub async fn residence_since(
        &mut self,
        case: CaseId,
    ) -> Result<Option<chrono::NaiveDate>, StoreError> {
        let day: Option<String> = run!(self, |conn| {
            sqlx::query_scalar(
                "select min(from_day) from case_access where case_id = $1
                   and subject_kind = 'municipality' and ground = 'residence'",
            )
            .bind(case.0)
            .fetch_one(conn)
            .await?
        });
        super::from_day(day.as_deref(), "case_access", "from_day")
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

    /// Ends the grant on a ground to one subject: the last day is the one before
    /// `today`. Answers whether there was one.
    pub async fn end_grant(
        &mut self,
        case: CaseId,
        subject: &Subject,
        ground: Ground,
        today: chrono::NaiveDate,
    ) -> Result<bool, StoreError> {
        let last = today.pred_opt().unwrap_or(today);
        let rows = run!(self, |conn| {
            sqlx::query(
                "update case_access set until_day = $5
                 where case_id = $1 and subject_kind = $2 and subject_id = $3 and ground = $4
                   and (until_day is null or until_day > $5)",
            )
            .bind(case.0)
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(ground.code())
            .bind(last.to_string())
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows > 0)
    }

    /// Lets a subject see a case from one day to another, both included.
    pub async fn grant_between(
        &mut self,
        case: CaseId,
        subject: &Subject,
        ground: Ground,
        (from, until): (chrono::NaiveDate, chrono::NaiveDate),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into case_access (case_id, subject_kind, subject_id, ground, from_day,
                     until_day)
                 values ($1, $2, $3, $4, $5, $6)
                 on conflict (case_id, subject_kind, subject_id, ground, from_day, emergency)
                 do update set until_day = excluded.until_day",
            )
            .bind(case.0)
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(ground.code())
            .bind(from.to_string())
            .bind(until.to_string())
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Whether one of some grounds lets the reader see a case today: what a
    /// reader may decide depends on why it may read.
    pub async fn has_ground(
        &mut self,
        case: CaseId,
        reader: &Reader,
        today: chrono::NaiveDate,
        ground: Ground,
    ) -> Result<bool, StoreError> {
        let subject = reader.subject();
        Ok(run!(self, |conn| {
            sqlx::query_scalar(
                "select exists (select 1 from case_access where case_id = $1
                     and subject_kind = $2 and subject_id = $3 and ground = $4
                     and from_day <= $5 and (until_day is null or until_day >= $5))",
            )
            .bind(case.0)
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(ground.code())
            .bind(today.to_string())
            .fetch_one(conn)
            .await?
        }))
    }

    /// The coordinators to whom a case is assigned, for the page of a reader
    /// who may see its content.
    pub async fn coordinators_of(
        &mut self,
        case: CaseId,
        today: chrono::NaiveDate,
    ) -> Result<Vec<UserId>, StoreError> {
        let ids: Vec<String> = run!(self, |conn| {
            sqlx::query_scalar(
                "select distinct subject_id from case_access where case_id = $1
                     and subject_kind = 'coordinator' and ground = 'assignment'
                     and from_day <= $2 and (until_day is null or until_day >= $2)
                 order by subject_id",
            )
            .bind(case.0)
            .bind(today.to_string())
            .fetch_all(conn)
            .await?
        });
        ids.iter()
            .map(|id| {
                let corrupt = StoreError::Corrupt {
                    table: "case_access",
                    column: "subject_id",
                };
                Ok(UserId(id.parse().map_err(|_| corrupt)?))
            })
            .collect()
    }

    /// The case of a number, if the reader may see that it exists.
    pub async fn find_case(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &crate::domain::id::CaseNumber,
    ) -> Result<Option<CaseId>, StoreError> {
        let subject = reader.subject();
        let id: Option<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(concat!(
                "select c.id from child_case c where c.number = $5 and ",
                visible!()
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(number.as_str())
            .fetch_optional(conn)
            .await?
        });
        Ok(id.map(CaseId))
    }

    /// Whether a reader may know where the plan of a case stands, emergency access
    /// aside.
    pub async fn knows_standing(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &crate::domain::id::CaseNumber,
    ) -> Result<bool, StoreError> {
        let subject = reader.subject();
        Ok(run!(self, |conn| {
            sqlx::query_scalar(concat!(
                "select exists (select 1 from child_case c where c.number = $5 and ",
                visible!(standing),
                ")"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(number.as_str())
            .fetch_one(conn)
            .await?
        }))
    }
}
