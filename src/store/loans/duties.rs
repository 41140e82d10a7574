//! What is due in the loans that run, as it was derived from their clocks when
//! they were written, and what waits without a clock.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{StoreError, Tx, access::visible, from_day, run, to_millis};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, LoanId},
    loan::{DueDay, Duty, LoanState, UnitState, check::CheckWay},
};

/// Something that is due.
#[derive(Debug, Clone, PartialEq)]
pub struct DutyLine {
    /// The child.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// What is due, and when.
    pub due: DueDay,
    /// How the check will be held, where a day was agreed.
    pub agreed: Option<CheckWay>,
}

/// How much is due of a kind within a month; `month`: as `2026-11`, or `past`
/// for days that are over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyCount {
    /// Which month.
    pub month: String,
    /// What.
    pub duty: Duty,
    /// How many.
    pub count: u64,
    /// How many of them are overdue.
    pub late: u64,
}

/// An application that waits for somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitingFile {
    /// The child.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// Where it stands.
    pub state: LoanState,
    /// Since when.
    pub since: NaiveDate,
}

#[derive(FromRow)]
struct DutyRow {
    case_id: Uuid,
    number: String,
    name: Option<String>,
    duty: String,
    due_on: String,
    late_after: String,
    legal_end: String,
    way: Option<String>,
}

const fn corrupt(column: &'static str) -> StoreError {
    StoreError::Corrupt {
        table: "loan_duty",
        column,
    }
}

pub(super) fn number(text: &str) -> Result<CaseNumber, StoreError> {
    CaseNumber::parse(text).map_err(|_| StoreError::Corrupt {
        table: "child_case",
        column: "number",
    })
}

impl DutyRow {
    fn read(self) -> Result<DutyLine, StoreError> {
        let day =
            |text: &str, column| from_day(Some(text), "loan_duty", column)?.ok_or(corrupt(column));
        Ok(DutyLine {
            case: CaseId(self.case_id),
            number: number(&self.number)?,
            name: self.name,
            due: DueDay {
                duty: Duty::from_code(&self.duty).ok_or(corrupt("duty"))?,
                due_on: day(&self.due_on, "due_on")?,
                late_after: day(&self.late_after, "late_after")?,
                legal_end: day(&self.legal_end, "legal_end")?,
            },
            agreed: self.way.as_deref().and_then(CheckWay::from_code),
        })
    }
}

impl Tx {
    /// Keeps what is due in a loan, as its clocks say by the office days `by`.
    pub async fn keep_duties(
        &mut self,
        (loan, case): (LoanId, CaseId),
        dues: &[DueDay],
        by: &str,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("delete from loan_duty where loan_id = $1")
                .bind(loan.0)
                .execute(conn)
                .await?;
        });
        for due in dues {
            run!(self, |conn| {
                sqlx::query(
                    "insert into loan_duty (loan_id, case_id, duty, due_on, late_after, legal_end)
                     values ($1, $2, $3, $4, $5, $6)",
                )
                .bind(loan.0)
                .bind(case.0)
                .bind(due.duty.code())
                .bind(due.due_on.to_string())
                .bind(due.late_after.to_string())
                .bind(due.legal_end.to_string())
                .execute(conn)
                .await?;
            });
        }
        run!(self, |conn| {
            sqlx::query("update loan set dues_for = $2 where case_id = $1")
                .bind(case.0)
                .bind(by)
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Children with a loan of the programme that runs and whose duties are to be
    /// counted: nobody has yet, or (`by` given) by other office days.
    pub async fn loans_to_count(
        &mut self,
        reader: &Reader,
        at: Moment,
        (by, most): (Option<&str>, i64),
    ) -> Result<Vec<CaseNumber>, StoreError> {
        let subject = reader.subject();
        let text = if by.is_some() {
            concat!(
                "select c.number from loan l join child_case c on c.id = l.case_id \
                 where l.ended_on is null and l.file_id is not null \
                 and (l.dues_for is null or l.dues_for <> $5) and ",
                visible!(),
                " order by c.number limit $6"
            )
        } else {
            concat!(
                "select c.number from loan l join child_case c on c.id = l.case_id \
                 where l.ended_on is null and l.dues_for is null and l.file_id is not null \
                 and (cast($5 as text) is null) and ",
                visible!(),
                " order by c.number limit $6"
            )
        };
        let rows: Vec<String> = run!(self, |conn| {
            sqlx::query_scalar(text)
                .bind(subject.kind)
                .bind(&subject.id)
                .bind(at.today.to_string())
                .bind(to_millis(at.now))
                .bind(by)
                .bind(most)
                .fetch_all(conn)
                .await?
        });
        rows.iter().map(|text| number(text)).collect()
    }

    /// What is due up to a day, the earliest first, then by reading.
    pub async fn duties(
        &mut self,
        reader: &Reader,
        at: Moment,
        (until, most): (NaiveDate, i64),
    ) -> Result<Vec<DutyLine>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<DutyRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select d.case_id, c.number, c.name, d.duty, d.due_on, d.late_after, d.legal_end, \
                 k.way from loan_duty d join loan l on l.id = d.loan_id and l.ended_on is null \
                 join child_case c on c.id = d.case_id \
                 left join check_day k on k.loan_id = d.loan_id and d.duty = 'check' \
                 where d.due_on <= $5 and ",
                visible!(),
                " order by d.due_on, c.sort_key, c.number, d.duty limit $6"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(until.to_string())
            .bind(most)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(DutyRow::read).collect()
    }

    /// How much is due up to a day, by month and kind.
    pub async fn duty_counts(
        &mut self,
        reader: &Reader,
        at: Moment,
        until: NaiveDate,
    ) -> Result<Vec<DutyCount>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<(String, String, i64, i64)> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select case when d.due_on < $3 then 'past' else substr(d.due_on, 1, 7) end, \
                 d.duty, count(*), sum(case when d.late_after < $3 then 1 else 0 end) \
                 from loan_duty d join loan l on l.id = d.loan_id and l.ended_on is null \
                 join child_case c on c.id = d.case_id where d.due_on <= $5 and ",
                visible!(),
                " group by 1, 2 order by 1, 2"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(until.to_string())
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(month, duty, count, late)| {
                Ok(DutyCount {
                    month,
                    duty: Duty::from_code(&duty).ok_or(corrupt("duty"))?,
                    count: count.cast_unsigned(),
                    late: late.cast_unsigned(),
                })
            })
            .collect()
    }

    /// Applications that wait for somebody, longest first, then by reading.
    pub async fn waiting_files(
        &mut self,
        reader: &Reader,
        at: Moment,
        most: i64,
    ) -> Result<Vec<WaitingFile>, StoreError> {
        type Row = (Uuid, String, Option<String>, String, String);
        let subject = reader.subject();
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select f.case_id, c.number, c.name, f.state, f.state_since \
                 from loan_file f join child_case c on c.id = f.case_id \
                 where f.closed_on is null and f.state not in ('lent', 'return_set') and ",
                visible!(),
                " order by f.state_since, c.sort_key, c.number limit $5"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(most)
            .fetch_all(conn)
            .await?
        });
        let corrupt = |column| StoreError::Corrupt {
            table: "loan_file",
            column,
        };
        rows.into_iter()
            .map(|(case, text, name, state, since)| {
                Ok(WaitingFile {
                    case: CaseId(case),
                    number: number(&text)?,
                    name,
                    state: LoanState::from_code(&state).ok_or(corrupt("state"))?,
                    since: from_day(Some(&since), "loan_file", "state_since")?
                        .ok_or(corrupt("state_since"))?,
                })
            })
            .collect()
    }

    /// How many units are in a state.
    pub async fn count_units(&mut self, state: UnitState) -> Result<u64, StoreError> {
        let count: i64 = run!(self, |conn| {
            sqlx::query_scalar("select count(*) from generator_unit where state = $1")
                .bind(state.code())
                .fetch_one(conn)
                .await?
        });
        Ok(count.cast_unsigned())
    }

    /// How many units are to come back on a day that was set.
    pub async fn count_to_fetch(&mut self, reader: &Reader, at: Moment) -> Result<u64, StoreError> {
        let subject = reader.subject();
        let count: i64 = run!(self, |conn| {
            sqlx::query_scalar(concat!(
                "select count(*) from loan_file f join child_case c on c.id = f.case_id \
                 where f.state = 'return_set' and f.closed_on is null and ",
                visible!(),
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_one(conn)
            .await?
        });
        Ok(count.cast_unsigned())
    }

    /// How many applications that wait a reader sees.
    pub async fn count_waiting_files(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<u64, StoreError> {
        let subject = reader.subject();
        let count: i64 = run!(self, |conn| {
            sqlx::query_scalar(concat!(
                "select count(*) from loan_file f join child_case c on c.id = f.case_id \
                 where f.closed_on is null and f.state not in ('lent', 'return_set') and ",
                visible!(),
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_one(conn)
            .await?
        });
        Ok(count.cast_unsigned())
    }
}
