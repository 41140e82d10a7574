//! Loans that wait for a unit: the first one, or another for one that failed its
//! check.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, access::visible, from_day, run, to_millis},
    duties::number,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber},
};

/// A child for whom a unit is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitWait {
    /// The child.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// `true`: it has one, which is to be exchanged; `false`: it has none yet.
    pub replacement: bool,
    /// Since which day.
    pub since: NaiveDate,
}

impl Tx {
    /// Those who wait for a unit, the longest first: whose loan is approved and waits
    /// for stock, and whose unit is to be exchanged after a check.
    pub async fn unit_waits(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<UnitWait>, StoreError> {
        type Row = (Uuid, String, Option<String>, i64, String);
        let subject = reader.subject();
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select w.case_id, w.number, w.name, w.kind, w.since from (
                 select f.case_id, c.number, c.name, cast(0 as bigint) as kind,
                     f.state_since as since
                 from loan_file f join child_case c on c.id = f.case_id
                 where f.closed_on is null and f.state = 'waiting_for_stock' and ",
                visible!(),
                " union all
                 select d.case_id, c.number, c.name, cast(1 as bigint), d.due_on
                 from loan_duty d join loan l on l.id = d.loan_id and l.ended_on is null
                 join child_case c on c.id = d.case_id where d.duty = 'exchange' and ",
                visible!(),
                ") w order by w.since, w.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(case, text, name, kind, since)| {
                Ok(UnitWait {
                    case: CaseId(case),
                    number: number(&text)?,
                    name,
                    replacement: kind == 1,
                    since: from_day(Some(&since), "loan_duty", "due_on")?.ok_or(
                        StoreError::Corrupt {
                            table: "loan_duty",
                            column: "due_on",
                        },
                    )?,
                })
            })
            .collect()
    }
}
