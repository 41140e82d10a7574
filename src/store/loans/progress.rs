//! Where plans are stuck, what municipalities have answered, and days agreed for
//! a check.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    super::{
        StoreError, Tx,
        access::{kept_from_lists, visible},
        from_day, run, to_millis,
    },
    Hand,
    duties::number,
};
use crate::domain::{
    access::{Moment, Reader},
    child::PlanStep,
    id::{CaseId, CaseNumber, LoanId},
    loan::{LoanState, MunicipalAnswer, Standstill, check::CheckWay, progress::AnswerWay},
    municipality::MunicipalityCode,
};

/// What a municipality has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// On which day.
    pub said_on: NaiveDate,
    /// How it came.
    pub way: AnswerWay,
    /// What it said.
    pub answer: MunicipalAnswer,
    /// In which words, or what else was said.
    pub words: Option<String>,
    /// Who wrote it down.
    pub by: Option<String>,
}

/// A child without a plan, and where that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct StuckChild {
    /// The child.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// Its municipality, where a list may tell it.
    pub municipality: Option<MunicipalityCode>,
    /// Where its plan waits.
    pub stands: Standstill,
    /// Where its loan stands, if a file is open.
    pub loan: Option<(LoanState, NaiveDate)>,
    /// By when the family applies for the plan, where a loan runs.
    pub plan_due: Option<NaiveDate>,
    /// What the municipality answered last, and when.
    pub answer: Option<(MunicipalAnswer, NaiveDate)>,
}

#[derive(FromRow)]
struct StuckRow {
    id: Uuid,
    number: String,
    name: Option<String>,
    stuck_step: Option<String>,
    stuck_since: Option<String>,
    town: Option<String>,
    applied_on: Option<String>,
    state: Option<String>,
    state_since: Option<String>,
    plan_due: Option<String>,
    answer: Option<String>,
    said_on: Option<String>,
}

impl StuckRow {
    fn read(self) -> Result<StuckChild, StoreError> {
        let day = |text: Option<&str>, column| from_day(text, "child_case", column);
        let step = self.stuck_step.as_deref().and_then(PlanStep::from_code);
        let since = day(self.stuck_since.as_deref(), "stuck_since")?;
        let applied = day(self.applied_on.as_deref(), "applied_on")?;
        let state = self.state.as_deref().and_then(LoanState::from_code);
        let said_on = day(self.said_on.as_deref(), "said_on")?;
        let answer = self.answer.as_deref().and_then(MunicipalAnswer::from_code);
        Ok(StuckChild {
            case: CaseId(self.id),
            number: number(&self.number)?,
            name: self.name,
            municipality: self
                .town
                .as_deref()
                .and_then(|code| MunicipalityCode::parse(code).ok()),
            stands: Standstill::of(step, since, applied),
            loan: state.zip(day(self.state_since.as_deref(), "state_since")?),
            plan_due: day(self.plan_due.as_deref(), "plan_due")?,
            answer: answer.zip(said_on),
        })
    }
}

/// Children without a plan, with what is known of why.
macro_rules! stuck_columns {
    () => {
        concat!(
            "select c.id, c.number, c.name, c.stuck_step, c.stuck_since, case when ",
            kept_from_lists!(),
            " then null else (select h.municipality from home h where h.case_id = c.id \
             and h.until_day is null and h.erased_at is null order by h.from_day desc limit 1) \
             end as town, \
             (select max(p.applied_on) from plan_application p where p.case_id = c.id \
             and p.undone_at is null) as applied_on, f.state, f.state_since, \
             (select min(d.due_on) from loan_duty d join loan l on l.id = d.loan_id \
             where d.case_id = c.id and d.duty = 'plan' and l.ended_on is null) as plan_due, \
             (select m.answer from municipal_answer m where m.case_id = c.id \
             order by m.said_on desc, m.recorded_at desc, m.id desc limit 1) as answer, \
             (select max(m.said_on) from municipal_answer m where m.case_id = c.id) as said_on \
             from child_case c left join loan_file f on f.case_id = c.id and f.closed_on is null \
             where c.has_plan is not true and not exists (select 1 from loan_file s \
             where s.case_id = c.id and s.state = 'stopped') and "
        )
    };
}

impl Tx {
    /// Children without a plan, those first of whom nobody knows since when, then
    /// those that have waited longest. A child whose application or loan is over, and
    /// for whom no other runs, is not among them from that commit on: its plan is no
    /// longer the centre's to follow.
    pub async fn stuck_children(
        &mut self,
        reader: &Reader,
        at: Moment,
        most: i64,
    ) -> Result<Vec<StuckChild>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<StuckRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                stuck_columns!(),
                "(f.id is not null or not exists (select 1 from loan_file s \
                 where s.case_id = c.id) or exists (select 1 from loan l \
                 where l.case_id = c.id and l.ended_on is null)) and ",
                visible!(),
                " order by c.stuck_since nulls first, c.sort_key, c.number limit $5"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(most)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(StuckRow::read).collect()
    }

    /// One of them; `None`: it has a plan, or is not there for the reader.
    pub async fn stuck_child(
        &mut self,
        reader: &Reader,
        at: Moment,
        case: &CaseNumber,
    ) -> Result<Option<StuckChild>, StoreError> {
        let subject = reader.subject();
        let row: Option<StuckRow> = run!(self, |conn| {
            sqlx::query_as(concat!(stuck_columns!(), "c.number = $5 and ", visible!()))
                .bind(subject.kind)
                .bind(&subject.id)
                .bind(at.today.to_string())
                .bind(to_millis(at.now))
                .bind(case.as_str())
                .fetch_optional(conn)
                .await?
        });
        row.map(StuckRow::read).transpose()
    }

    /// A child, if the reader sees that it exists.
    pub async fn seen_case(
        &mut self,
        reader: &Reader,
        at: Moment,
        case: &CaseNumber,
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
            .bind(case.as_str())
            .fetch_optional(conn)
            .await?
        });
        Ok(id.map(CaseId))
    }

    /// Puts an answer on record.
    pub async fn add_answer(
        &mut self,
        (id, case): (Uuid, CaseId),
        said: &StoredAnswer,
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into municipal_answer (id, case_id, said_on, way, answer, words,
                     recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(id)
            .bind(case.0)
            .bind(said.said_on.to_string())
            .bind(said.way.code())
            .bind(said.answer.code())
            .bind(&said.words)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The answers about a child that was read through its reader, the latest
    /// first.
    pub async fn answers(&mut self, case: CaseId) -> Result<Vec<StoredAnswer>, StoreError> {
        type Row = (String, String, String, Option<String>, Option<String>);
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select m.said_on, m.way, m.answer, m.words, a.name from municipal_answer m
                 left join account a on a.id = m.recorded_by
                 where m.case_id = $1 order by m.said_on desc, m.recorded_at desc, m.id desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let corrupt = |column| StoreError::Corrupt {
            table: "municipal_answer",
            column,
        };
        rows.into_iter()
            .map(|(said_on, way, answer, words, by)| {
                Ok(StoredAnswer {
                    said_on: from_day(Some(&said_on), "municipal_answer", "said_on")?
                        .ok_or(corrupt("said_on"))?,
                    way: AnswerWay::from_code(&way).ok_or(corrupt("way"))?,
                    answer: MunicipalAnswer::from_code(&answer).ok_or(corrupt("answer"))?,
                    words,
                    by,
                })
            })
            .collect()
    }

    /// Keeps the day agreed for the next check of a loan, or forgets it.
    pub async fn set_check_day(
        &mut self,
        loan: LoanId,
        day: Option<(NaiveDate, CheckWay)>,
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("delete from check_day where loan_id = $1")
                .bind(loan.0)
                .execute(conn)
                .await?;
        });
        let Some((day, way)) = day else {
            return Ok(());
        };
        run!(self, |conn| {
            sqlx::query(
                "insert into check_day (loan_id, on_day, way, recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5)",
            )
            .bind(loan.0)
            .bind(day.to_string())
            .bind(way.code())
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The day agreed for the next check of a loan.
    pub async fn check_day(
        &mut self,
        loan: LoanId,
    ) -> Result<Option<(NaiveDate, CheckWay)>, StoreError> {
        let row: Option<(String, String)> = run!(self, |conn| {
            sqlx::query_as("select on_day, way from check_day where loan_id = $1")
                .bind(loan.0)
                .fetch_optional(conn)
                .await?
        });
        let corrupt = |column| StoreError::Corrupt {
            table: "check_day",
            column,
        };
        row.map(|(day, way)| {
            Ok((
                from_day(Some(&day), "check_day", "on_day")?.ok_or(corrupt("on_day"))?,
                CheckWay::from_code(&way).ok_or(corrupt("way"))?,
            ))
        })
        .transpose()
    }
}
