//! Whom to see for the yearly check.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, access::visible, from_day, from_json, run, to_millis},
    duties::number,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber},
    loan::{Applicant, check::CheckWay},
};
use chrono::NaiveDate;

/// A family whose yearly check is due.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitLine {
    /// The child.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// Who has applied, with telephone and town.
    pub applicant: Applicant,
    /// By when, or the day that was agreed.
    pub due_on: NaiveDate,
    /// After which day it is overdue.
    pub late_after: NaiveDate,
    /// How it will be held, where a day was agreed.
    pub agreed: Option<CheckWay>,
}

#[derive(FromRow)]
struct VisitRow {
    case_id: Uuid,
    number: String,
    name: Option<String>,
    applicant: String,
    due_on: String,
    late_after: String,
    way: Option<String>,
}

impl Tx {
    /// The checks that are due up to a day, the earliest first.
    pub async fn visits(
        &mut self,
        reader: &Reader,
        at: Moment,
        until: NaiveDate,
    ) -> Result<Vec<VisitLine>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<VisitRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select d.case_id, c.number, c.name, f.applicant, d.due_on, d.late_after, k.way \
                 from loan_duty d join loan l on l.id = d.loan_id and l.ended_on is null \
                 join loan_file f on f.id = l.file_id join child_case c on c.id = d.case_id \
                 left join check_day k on k.loan_id = d.loan_id \
                 where d.duty = 'check' and d.due_on <= $5 and ",
                visible!(),
                " order by d.due_on, c.sort_key, c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(until.to_string())
            .fetch_all(conn)
            .await?
        });
        let corrupt = |column| StoreError::Corrupt {
            table: "loan_duty",
            column,
        };
        let day =
            |text: &str, column| from_day(Some(text), "loan_duty", column)?.ok_or(corrupt(column));
        rows.into_iter()
            .map(|row| {
                Ok(VisitLine {
                    case: CaseId(row.case_id),
                    number: number(&row.number)?,
                    name: row.name,
                    applicant: from_json(&row.applicant, "loan_file", "applicant")?,
                    due_on: day(&row.due_on, "due_on")?,
                    late_after: day(&row.late_after, "late_after")?,
                    agreed: row.way.as_deref().and_then(CheckWay::from_code),
                })
            })
            .collect()
    }
}
