//! How loans are decided, go on and end.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, access::visible, from_day, run, to_millis},
    Hand,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, LoanFileId, LoanId, UnitId},
    loan::{Decider, LoanState, ends::Fault, ends::Loss},
};

/// Whose decision a step was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDecision {
    /// Whose.
    pub by: Decider,
    /// The number of its document.
    pub number: Option<String>,
}

/// An extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The new last day.
    pub until: NaiveDate,
    /// Who approved it.
    pub approver: String,
    /// Why; `None`: it was erased.
    pub reason: Option<String>,
    /// Who wrote it down.
    pub by: Option<String>,
}

/// What a municipality has told the centre of a loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanWord {
    /// Its id.
    pub id: Uuid,
    /// The child's number.
    pub number: CaseNumber,
    /// Why the loan is over: the word of a `LoanEndReason` or an `EndReason`.
    pub why: String,
    /// Since when.
    pub on: NaiveDate,
    /// Who said so.
    pub by: Option<String>,
}

/// A loan that runs, whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// Its id.
    pub id: LoanId,
    /// Its unit.
    pub unit: Option<UnitId>,
    /// It came of an application to the centre.
    pub has_file: bool,
}

impl Tx {
    /// Writes down whose decision the last step of a file was.
    pub async fn note_decision(
        &mut self,
        file: LoanFileId,
        decision: &StepDecision,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into loan_decision (file_id, ordinal, decided_by, document)
                 select $1, max(ordinal), $2, $3 from loan_step where file_id = $1",
            )
            .bind(file.0)
            .bind(decision.by.code())
            .bind(&decision.number)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Whose decisions the steps of a file were: by the ordinal of the step, from 1.
    pub async fn loan_decisions(
        &mut self,
        file: LoanFileId,
    ) -> Result<Vec<(i64, StepDecision)>, StoreError> {
        let rows: Vec<(i64, String, Option<String>)> = run!(self, |conn| {
            sqlx::query_as(
                "select ordinal, decided_by, document from loan_decision
                 where file_id = $1 order by ordinal",
            )
            .bind(file.0)
            .fetch_all(conn)
            .await?
        });
        let corrupt = StoreError::Corrupt {
            table: "loan_decision",
            column: "decided_by",
        };
        let mut decisions = Vec::new();
        for (ordinal, by, number) in rows {
            let Some(by) = Decider::from_code(&by) else {
                return Err(corrupt);
            };
            decisions.push((ordinal, StepDecision { by, number }));
        }
        Ok(decisions)
    }

    /// Puts an extension on record.
    pub async fn extend_loan(
        &mut self,
        (id, loan): (Uuid, LoanId),
        (until, approver, reason): (NaiveDate, &str, &str),
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into loan_extension (id, loan_id, until_day, approver, reason,
                     recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(id)
            .bind(loan.0)
            .bind(until.to_string())
            .bind(approver)
            .bind(reason)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The extensions of a loan that was read through its reader, the latest first.
    pub async fn extensions(&mut self, loan: LoanId) -> Result<Vec<Extension>, StoreError> {
        type Row = (String, String, Option<String>, Option<String>);
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select e.until_day, e.approver, e.reason, a.name from loan_extension e
                 left join account a on a.id = e.recorded_by
                 where e.loan_id = $1 and e.undone_at is null
                 order by e.recorded_at desc, e.id desc",
            )
            .bind(loan.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(until, approver, reason, by)| {
                Ok(Extension {
                    until: needed_day(&until, "loan_extension", "until_day")?,
                    approver,
                    reason,
                    by,
                })
            })
            .collect()
    }

    /// Puts on record whose fault a loss was, and what it costs.
    pub async fn note_loss(
        &mut self,
        (id, loan): (Uuid, LoanId),
        loss: Loss,
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into loan_loss (id, loan_id, fault, cost_yen, recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(id)
            .bind(loan.0)
            .bind(loss.fault.code())
            .bind(loss.cost_yen.map(i64::from))
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// What was decided on the loss of a loan that was read through its reader.
    pub async fn loss(&mut self, loan: LoanId) -> Result<Option<Loss>, StoreError> {
        let row: Option<(String, Option<i64>)> = run!(self, |conn| {
            sqlx::query_as(
                "select fault, cost_yen from loan_loss
                 where loan_id = $1 and undone_at is null",
            )
            .bind(loan.0)
            .fetch_optional(conn)
            .await?
        });
        let corrupt = |column| StoreError::Corrupt {
            table: "loan_loss",
            column,
        };
        let Some((fault, cost)) = row else {
            return Ok(None);
        };
        Ok(Some(Loss {
            fault: Fault::from_code(&fault).ok_or(corrupt("fault"))?,
            cost_yen: cost
                .map(|yen| yen.try_into().map_err(|_| corrupt("cost_yen")))
                .transpose()?,
        }))
    }

    /// The loans of a child that run, whoever asks: for commits that end them.
    pub async fn running_loans(&mut self, case: CaseId) -> Result<Vec<Running>, StoreError> {
        let rows: Vec<(Uuid, Option<Uuid>, bool)> = run!(self, |conn| {
            sqlx::query_as(
                "select id, unit_id, file_id is not null from loan
                 where case_id = $1 and ended_on is null order by started_on, id",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let running = rows.into_iter().map(|(id, unit, has_file)| Running {
            id: LoanId(id),
            unit: unit.map(UnitId),
            has_file,
        });
        Ok(running.collect())
    }

    /// The open file of a child, whoever asks: for the commit that stops it.
    pub async fn open_file_of(
        &mut self,
        case: CaseId,
    ) -> Result<Option<(LoanFileId, i64, LoanState)>, StoreError> {
        let row: Option<(Uuid, i64, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select id, revision, state from loan_file
                 where case_id = $1 and closed_on is null",
            )
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        let Some((id, revision, state)) = row else {
            return Ok(None);
        };
        let state = LoanState::from_code(&state).ok_or(StoreError::Corrupt {
            table: "loan_file",
            column: "state",
        })?;
        Ok(Some((LoanFileId(id), revision, state)))
    }

    /// Tells the centre that a loan of its own is over; the same word twice is one.
    pub async fn tell_centre(
        &mut self,
        id: Uuid,
        (case, why, on): (CaseId, &str, NaiveDate),
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into loan_word (id, case_id, why, on_day, recorded_at, recorded_by)
                 select $1, $2, $3, $4, $5, $6 where not exists (select 1 from loan_word
                     where case_id = $2 and why = $3 and on_day = $4 and seen_at is null)",
            )
            .bind(id)
            .bind(case.0)
            .bind(why)
            .bind(on.to_string())
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// What the centre was told and has not looked into yet, the oldest first.
    pub async fn loan_words(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<LoanWord>, StoreError> {
        type Row = (Uuid, String, String, String, Option<String>);
        let subject = reader.subject();
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select w.id, c.number, w.why, w.on_day, a.name from loan_word w
                 join child_case c on c.id = w.case_id
                 left join account a on a.id = w.recorded_by
                 where w.seen_at is null and ",
                visible!(),
                " order by w.recorded_at, w.id"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(id, number, why, on, by)| {
                let corrupt = StoreError::Corrupt {
                    table: "child_case",
                    column: "number",
                };
                Ok(LoanWord {
                    id,
                    number: CaseNumber::parse(&number).map_err(|_| corrupt)?,
                    why,
                    on: needed_day(&on, "loan_word", "on_day")?,
                    by,
                })
            })
            .collect()
    }

    /// Writes down that the centre has looked into what it was told of a child.
    pub async fn see_loan_words(
        &mut self,
        case: CaseId,
        (by, now): Hand,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update loan_word set seen_at = $2, seen_by = $3
                 where case_id = $1 and seen_at is null",
            )
            .bind(case.0)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows > 0)
    }
}

fn needed_day(
    text: &str,
    table: &'static str,
    column: &'static str,
) -> Result<NaiveDate, StoreError> {
    from_day(Some(text), table, column)?.ok_or(StoreError::Corrupt { table, column })
}
