//! Calls of the night.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{StoreError, Tx, access::visible, from_millis, run, to_millis};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, UserId},
    residence::{Called, Contact, ContactLine},
};

impl Tx {
    /// Writes down a call.
    pub async fn add_contact(
        &mut self,
        case: CaseId,
        id: Uuid,
        (outcome, called): (Contact, Called),
        by: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into contact_log (id, case_id, outcome, called, at, by_user)
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(id)
            .bind(case.0)
            .bind(outcome.code())
            .bind(called.code())
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The last ten calls about a case, the latest first.
    pub async fn contacts(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Vec<ContactLine>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<(i64, String, String, String)> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select l.at, l.outcome, l.called, a.name from contact_log l
                 join child_case c on c.id = l.case_id join account a on a.id = l.by_user
                 where c.number = $5 and ",
                visible!(content),
                " order by l.at desc, l.id desc limit 10"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(number.as_str())
            .fetch_all(conn)
            .await?
        });
        let corrupt = |column| StoreError::Corrupt {
            table: "contact_log",
            column,
        };
        rows.into_iter()
            .map(|(at, outcome, called, by)| {
                Ok(ContactLine {
                    at: from_millis(at, "contact_log", "at")?,
                    outcome: Contact::from_code(&outcome).ok_or(corrupt("outcome"))?,
                    called: Called::from_code(&called).ok_or(corrupt("called"))?,
                    by,
                })
            })
            .collect()
    }
}
