//! Units that are lent for an emergency, outside the two stages.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{StoreError, Tx, access::visible, from_day, from_json, run, to_millis};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, LoanId, UnitId},
    loan::Applicant,
};

/// A unit that is lent for an emergency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmergencyLoan {
    /// The loan.
    pub id: LoanId,
    /// The child.
    pub case: CaseId,
    /// The child's number.
    pub number: CaseNumber,
    /// The child's name.
    pub name: Option<String>,
    /// The unit.
    pub unit: UnitId,
    /// Its model.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// Since when.
    pub started_on: NaiveDate,
    /// The day on which it is to come back.
    pub return_on: NaiveDate,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    case_id: Uuid,
    number: String,
    name: Option<String>,
    unit_id: Uuid,
    model: String,
    serial: String,
    started_on: String,
    return_on: String,
}

impl Row {
    fn read(self) -> Result<EmergencyLoan, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "loan",
            column,
        };
        let day = |text: &str, column| from_day(Some(text), "loan", column)?.ok_or(corrupt(column));
        Ok(EmergencyLoan {
            id: LoanId(self.id),
            case: CaseId(self.case_id),
            number: CaseNumber::parse(&self.number).map_err(|_| corrupt("number"))?,
            name: self.name,
            unit: UnitId(self.unit_id),
            model: self.model,
            serial: self.serial,
            started_on: day(&self.started_on, "started_on")?,
            return_on: day(&self.return_on, "return_on")?,
        })
    }
}

impl Tx {
    /// What is lent for an emergency to children whom the reader may see, the first
    /// day of return first.
    pub async fn emergency_loans(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<EmergencyLoan>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select l.id, l.case_id, c.number, c.name, l.unit_id, u.model, u.serial,
                     l.started_on, l.return_on
                 from loan l join child_case c on c.id = l.case_id
                 join generator_unit u on u.id = l.unit_id
                 where l.ended_on is null and l.kind = 'emergency' and l.return_on is not null
                   and ",
                visible!(),
                " order by l.return_on, c.number, l.id"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(Row::read).collect()
    }

    /// The loan of a unit that runs, and its child, whoever asks: for the commit
    /// that takes the unit back.
    pub async fn loan_of_unit(
        &mut self,
        unit: UnitId,
    ) -> Result<Option<(LoanId, CaseId, NaiveDate)>, StoreError> {
        let row: Option<(Uuid, Uuid, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select id, case_id, started_on from loan
                 where unit_id = $1 and ended_on is null",
            )
            .bind(unit.0)
            .fetch_optional(conn)
            .await?
        });
        let Some((loan, case, on)) = row else {
            return Ok(None);
        };
        let on = from_day(Some(&on), "loan", "started_on")?;
        let on = on.ok_or(StoreError::Corrupt {
            table: "loan",
            column: "started_on",
        })?;
        Ok(Some((LoanId(loan), CaseId(case), on)))
    }

    /// Who applied for a loan, and where: whom to ask for a unit that is to be fetched.
    pub async fn applicant_of(&mut self, loan: LoanId) -> Result<Option<Applicant>, StoreError> {
        let text: Option<String> = run!(self, |conn| {
            sqlx::query_scalar(
                "select f.applicant from loan l join loan_file f on f.id = l.file_id
                 where l.id = $1",
            )
            .bind(loan.0)
            .fetch_optional(conn)
            .await?
        });
        text.map(|text| from_json(&text, "loan_file", "applicant"))
            .transpose()
    }

    /// The last loan of a unit, its child's number, and the last day: for whoever
    /// keeps the stock and has to fetch it. A number, and nothing of the child.
    pub async fn last_loan_of_unit(
        &mut self,
        unit: UnitId,
    ) -> Result<Option<(LoanId, CaseNumber, NaiveDate)>, StoreError> {
        let row: Option<(Uuid, String, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select l.id, c.number, l.ended_on
                 from loan l join child_case c on c.id = l.case_id
                 where l.unit_id = $1 and l.ended_on is not null
                     and coalesce(l.ended_why, '') <> 'mistake'
                 order by l.ended_on desc, l.id desc limit 1",
            )
            .bind(unit.0)
            .fetch_optional(conn)
            .await?
        });
        let corrupt = |column| StoreError::Corrupt {
            table: "loan",
            column,
        };
        let Some((loan, number, on)) = row else {
            return Ok(None);
        };
        let number = CaseNumber::parse(&number).map_err(|_| corrupt("number"))?;
        let on = from_day(Some(&on), "loan", "ended_on")?.ok_or(corrupt("ended_on"))?;
        Ok(Some((LoanId(loan), number, on)))
    }
}
