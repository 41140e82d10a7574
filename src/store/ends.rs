//! Cases and loans that end, and cases that have ended.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, access::visible, from_day, run, to_millis};
use crate::domain::{
    access::{Moment, Reader},
    ending::{EndReason, Ending, LoanEndReason},
    id::{CaseId, CaseNumber},
    retention::CaseDates,
};

/// A case, whether it has ended or not, until it is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCase {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// The child's name.
    pub name: Option<String>,
    /// That it has ended.
    pub ending: Option<Ending>,
    /// What decides when it is erased.
    pub dates: CaseDates,
}

#[derive(FromRow)]
struct KeptRow {
    id: Uuid,
    number: String,
    name: Option<String>,
    ended_on: Option<String>,
    ended_why: Option<String>,
    lent: bool,
    lent_until: Option<String>,
}

impl KeptRow {
    fn read(self) -> Result<KeptCase, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "child_case",
            column,
        };
        let ended_on = from_day(self.ended_on.as_deref(), "child_case", "ended_on")?;
        let why = self.ended_why.as_deref().and_then(EndReason::from_code);
        Ok(KeptCase {
            id: CaseId(self.id),
            number: CaseNumber::parse(&self.number).map_err(|_| corrupt("number"))?,
            name: self.name,
            ending: ended_on
                .map(|on| {
                    let why = why.ok_or(corrupt("ended_why"))?;
                    Ok::<_, StoreError>(Ending { on, why })
                })
                .transpose()?,
            dates: CaseDates {
                ended_on,
                loan_runs: self.lent,
                loan_ended_on: from_day(self.lent_until.as_deref(), "loan", "ended_on")?,
            },
        })
    }
}

macro_rules! kept_columns {
    () => {
        "select c.id, c.number, c.name, c.ended_on, c.ended_why, \
         exists (select 1 from loan l where l.case_id = c.id and l.ended_on is null) as lent, \
         (select max(l.ended_on) from loan l where l.case_id = c.id \
         and coalesce(l.ended_why, '') <> 'mistake') as lent_until \
         from child_case c where "
    };
}

impl Tx {
    /// A case that has not been erased, whether it has ended or not, if the
    /// reader may see its content.
    pub async fn kept_case(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Option<KeptCase>, StoreError> {
        let subject = reader.subject();
        let row: Option<KeptRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                kept_columns!(),
                "c.number = $5 and ",
                visible!(kept)
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(number.as_str())
            .fetch_optional(conn)
            .await?
        });
        row.map(KeptRow::read).transpose()
    }

    /// The cases that have ended and are not erased, the latest end first.
    pub async fn ended_cases(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<KeptCase>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<KeptRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                kept_columns!(),
                "c.ended_on is not null and ",
                visible!(kept),
                " order by c.ended_on desc, c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(KeptRow::read).collect()
    }

    /// Whether a case has ended, and whether it was erased; whoever asks: for the
    /// writer of a family's sheet. `None`: there is no such case.
    pub async fn is_over(
        &mut self,
        number: &CaseNumber,
    ) -> Result<Option<(bool, bool)>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_as(
                "select ended_on is not null, erased_at is not null from child_case
                 where number = $1",
            )
            .bind(number.as_str())
            .fetch_optional(conn)
            .await?
        }))
    }

    /// Ends a case, and forgets what was derived from it; `false`: it had ended.
    pub async fn end_case(&mut self, case: CaseId, ending: &Ending) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update child_case set ended_on = $2, ended_why = $3, revision = revision + 1
                 where id = $1 and ended_on is null",
            )
            .bind(case.0)
            .bind(ending.on.to_string())
            .bind(ending.why.code())
            .execute(conn)
            .await?
            .rows_affected()
        });
        for text in [
            "delete from derived_check where case_id = $1",
            "delete from derived_basis where case_id = $1",
            "delete from night_facts where case_id = $1",
        ] {
            run!(self, |conn| {
                sqlx::query(text).bind(case.0).execute(conn).await?;
            });
        }
        Ok(rows == 1)
    }

    /// Lets a case that had ended go on; `false`: it goes on already, or it or
    /// its plans were erased.
    pub async fn reopen_case(&mut self, case: CaseId) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update child_case set ended_on = null, ended_why = null, revision = revision + 1
                 where id = $1 and ended_on is not null and erased_at is null
                   and not exists (select 1 from plan_version v
                       where v.case_id = $1 and v.until_at is null and v.erased_at is not null)",
            )
            .bind(case.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// When the loan that runs began, of those of which the centre has no file and no
    /// unit.
    pub async fn loan_began(&mut self, case: CaseId) -> Result<Option<NaiveDate>, StoreError> {
        let began: Option<String> = run!(self, |conn| {
            sqlx::query_scalar(
                "select min(started_on) from loan where case_id = $1 and ended_on is null
                     and file_id is null and unit_id is null",
            )
            .bind(case.0)
            .fetch_one(conn)
            .await?
        });
        from_day(began.as_deref(), "loan", "started_on")
    }

    /// Ends the loan that runs and of which the centre has no file and no unit;
    /// `false`: none does.
    pub async fn end_loan(
        &mut self,
        case: CaseId,
        on: NaiveDate,
        why: LoanEndReason,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update loan set ended_on = $2, ended_why = $3
                 where case_id = $1 and ended_on is null
                   and file_id is null and unit_id is null",
            )
            .bind(case.0)
            .bind(on.to_string())
            .bind(why.code())
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows > 0)
    }
}
