//! What was recorded by mistake: taken back, struck out, and kept with who did it,
//! when and why.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, from_day, from_json, from_millis, run, to_json, to_millis},
    Hand, TakenStep,
};
use crate::domain::{
    id::{CaseId, LoanFileId, LoanId, UnitId},
    loan::{LoanState, LoanStep, Replaced},
};

/// Who took something back, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Option<String>,
    /// Why; `None`: it was erased.
    pub why: Option<String>,
}

/// A step in the history of a file, whether it stands or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastStep {
    /// Its place, from 1.
    pub ordinal: i64,
    /// The step.
    pub step: TakenStep,
    /// Where the file stood before, and since when.
    pub from: (LoanState, NaiveDate),
    /// When it was written down.
    pub recorded_at: DateTime<Utc>,
    /// That it was taken back.
    pub undone: Option<Undone>,
}

/// A loan that a death has stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// The loan.
    pub loan: LoanId,
    /// Its unit.
    pub unit: Option<UnitId>,
    /// It was lent for an emergency.
    pub emergency: bool,
}

#[derive(FromRow)]
struct StepRow {
    ordinal: i64,
    step: String,
    on_day: String,
    note: Option<String>,
    against: Option<String>,
    by_name: Option<String>,
    from_state: String,
    from_since: String,
    recorded_at: i64,
    undone_at: Option<i64>,
    undone_by: Option<String>,
    undone_why: Option<String>,
}

pub(super) fn undone(
    (at, by, why): (Option<i64>, Option<String>, Option<String>),
    table: &'static str,
) -> Result<Option<Undone>, StoreError> {
    at.map(|at| {
        Ok(Undone {
            at: from_millis(at, table, "undone_at")?,
            by,
            why,
        })
    })
    .transpose()
}

impl StepRow {
    fn read(self) -> Result<PastStep, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "loan_step",
            column,
        };
        let day =
            |text: &str, column| from_day(Some(text), "loan_step", column)?.ok_or(corrupt(column));
        Ok(PastStep {
            ordinal: self.ordinal,
            from: (
                LoanState::from_code(&self.from_state).ok_or(corrupt("from_state"))?,
                day(&self.from_since, "from_since")?,
            ),
            recorded_at: from_millis(self.recorded_at, "loan_step", "recorded_at")?,
            undone: undone(
                (self.undone_at, self.undone_by, self.undone_why),
                "loan_step",
            )?,
            step: TakenStep {
                step: LoanStep::from_code(&self.step).ok_or(corrupt("step"))?,
                on: day(&self.on_day, "on_day")?,
                note: self.note,
                against: self.against,
                by: self.by_name,
            },
        })
    }
}

impl Tx {
    /// Every step of a file that was read through its reader, also those that were
    /// taken back, the latest first.
    pub async fn loan_history(&mut self, file: LoanFileId) -> Result<Vec<PastStep>, StoreError> {
        let rows: Vec<StepRow> = run!(self, |conn| {
            sqlx::query_as(
                "select s.ordinal, s.step, s.on_day, s.note, s.against, a.name as by_name,
                     s.from_state, s.from_since, s.recorded_at, s.undone_at,
                     u.name as undone_by, s.undone_why
                 from loan_step s left join account a on a.id = s.recorded_by
                 left join account u on u.id = s.undone_by
                 where s.file_id = $1 order by s.ordinal desc",
            )
            .bind(file.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(StepRow::read).collect()
    }

    /// Keeps what the last step of a file has replaced.
    pub async fn note_replaced(
        &mut self,
        file: LoanFileId,
        replaced: &Replaced,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update loan_step set replaced = $2 where file_id = $1 and ordinal =
                     (select max(s.ordinal) from loan_step s where s.file_id = $1)",
            )
            .bind(file.0)
            .bind(to_json(replaced))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// What a step has replaced.
    pub async fn replaced(
        &mut self,
        file: LoanFileId,
        ordinal: i64,
    ) -> Result<Option<Replaced>, StoreError> {
        let text: Option<Option<String>> = run!(self, |conn| {
            sqlx::query_scalar("select replaced from loan_step where file_id = $1 and ordinal = $2")
                .bind(file.0)
                .bind(ordinal)
                .fetch_optional(conn)
                .await?
        });
        text.flatten()
            .map(|text| from_json(&text, "loan_step", "replaced"))
            .transpose()
    }

    /// Takes a step of a file back: the file stands where it stood before, and is open.
    /// `false`: somebody has changed the file meanwhile.
    pub async fn undo_loan_step(
        &mut self,
        (file, revision): (LoanFileId, i64),
        past: &PastStep,
        why: &str,
        (by, now): Hand,
    ) -> Result<bool, StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update loan_step set undone_at = $3, undone_by = $4, undone_why = $5
                 where file_id = $1 and ordinal = $2 and undone_at is null",
            )
            .bind(file.0)
            .bind(past.ordinal)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .bind(why)
            .execute(conn)
            .await?;
        });
        let rows = run!(self, |conn| {
            sqlx::query(
                "update loan_file set state = $3, state_since = $4, closed_on = null,
                     applied_on = (select min(s.on_day) from loan_step s where s.file_id = $1
                         and s.step = 'apply_for_use' and s.undone_at is null),
                     revision = revision + 1
                 where id = $1 and revision = $2",
            )
            .bind(file.0)
            .bind(revision)
            .bind(past.from.0.code())
            .bind(past.from.1.to_string())
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Marks a loan as never begun: it counts nowhere and nothing of it is due.
    pub async fn void_loan(&mut self, loan: LoanId) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update loan set ended_on = started_on, ended_why = 'mistake',
                     return_on = null, return_why = null
                 where id = $1 and ended_on is null",
            )
            .bind(loan.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Lets a loan go on that was ended by mistake, and strikes out what was decided
    /// on its loss.
    pub async fn reopen_loan(
        &mut self,
        loan: LoanId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update loan set ended_on = null, ended_why = null where id = $1")
                .bind(loan.0)
                .execute(conn)
                .await?;
        });
        run!(self, |conn| {
            sqlx::query(
                "update loan_loss set undone_at = $2 where loan_id = $1 and undone_at is null",
            )
            .bind(loan.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Strikes out the last extension of a loan.
    pub async fn undo_extension(
        &mut self,
        loan: LoanId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update loan_extension set undone_at = $2 where id = (select e.id
                     from loan_extension e where e.loan_id = $1 and e.undone_at is null
                     order by e.recorded_at desc, e.id desc limit 1)",
            )
            .bind(loan.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The loans of a child that a death has stopped.
    pub async fn stopped_loans(&mut self, case: CaseId) -> Result<Vec<Stopped>, StoreError> {
        let rows: Vec<(Uuid, Option<Uuid>, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select id, unit_id, kind from loan
                 where case_id = $1 and ended_why = 'stopped' order by started_on, id",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let stopped = rows.into_iter().map(|(loan, unit, kind)| Stopped {
            loan: LoanId(loan),
            unit: unit.map(UnitId),
            emergency: kind == "emergency",
        });
        Ok(stopped.collect())
    }

    /// Whether a unit went out within another loan after it was last out within this
    /// one. What was taken back does not count.
    pub async fn went_elsewhere(&mut self, unit: UnitId, loan: LoanId) -> Result<bool, StoreError> {
        let last: Option<Option<Uuid>> = run!(self, |conn| {
            sqlx::query_scalar(
                "select e.loan_id from unit_event e where e.unit_id = $1
                     and e.kind in ('handed_over', 'lent_for_emergency', 'still_out')
                     and not exists (select 1 from unit_event n where n.unit_id = e.unit_id
                         and n.loan_id = e.loan_id and n.kind = 'never_out'
                         and (n.recorded_at > e.recorded_at
                             or (n.recorded_at = e.recorded_at and n.id > e.id)))
                 order by e.recorded_at desc, e.id desc limit 1",
            )
            .bind(unit.0)
            .fetch_optional(conn)
            .await?
        });
        // Of a unit that came with a ledger nobody wrote down when it went out.
        Ok(last.flatten().is_some_and(|last| last != loan.0))
    }

    /// What of a municipality's words was looked into at an instant is to be looked
    /// into again.
    pub async fn unsee_loan_words(
        &mut self,
        case: CaseId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update loan_word set seen_at = null, seen_by = null
                 where case_id = $1 and seen_at = $2",
            )
            .bind(case.0)
            .bind(to_millis(at))
            .execute(conn)
            .await?;
        });
        Ok(())
    }
}
