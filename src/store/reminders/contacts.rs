//! Where a family is reached by mail.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{StoreError, Tx, from_millis, run, to_millis};
use crate::domain::{
    duty::ContactState,
    id::{CaseId, UserId},
};

/// An address of a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailContact {
    /// Its id, by which notices name it.
    pub id: Uuid,
    /// The child.
    pub case: CaseId,
    /// The address.
    pub address: String,
    /// Whose: mother, father, …
    pub who: Option<String>,
    /// Whether it breaks the standard, so that some servers refuse it.
    pub irregular: bool,
    /// Whether its mails carry a link.
    pub with_link: bool,
    /// Whether mail arrives.
    pub state: ContactState,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// An address to be put on record.
#[derive(Debug)]
pub struct NewContact<'a> {
    /// Its id.
    pub id: Uuid,
    /// The child.
    pub case: CaseId,
    /// The address.
    pub address: &'a str,
    /// Whose.
    pub who: Option<&'a str>,
    /// Whether it breaks the standard.
    pub irregular: bool,
    /// Whether its mails carry a link.
    pub with_link: bool,
}

#[derive(FromRow)]
pub(super) struct ContactRow {
    id: Uuid,
    case_id: Uuid,
    address: String,
    who: Option<String>,
    irregular: bool,
    with_link: bool,
    state: String,
    state_since: i64,
}

impl ContactRow {
    pub(super) fn read(self) -> Result<MailContact, StoreError> {
        Ok(MailContact {
            id: self.id,
            case: CaseId(self.case_id),
            address: self.address,
            who: self.who,
            irregular: self.irregular,
            with_link: self.with_link,
            state: ContactState::from_code(&self.state).ok_or(StoreError::Corrupt {
                table: "mail_contact",
                column: "state",
            })?,
            since: from_millis(self.state_since, "mail_contact", "state_since")?,
        })
    }
}

impl Tx {
    /// The addresses of a family, the oldest first.
    pub async fn mail_contacts(&mut self, case: CaseId) -> Result<Vec<MailContact>, StoreError> {
        let rows: Vec<ContactRow> = run!(self, |conn| {
            sqlx::query_as(
                "select id, case_id, address, who, irregular, with_link, state, state_since
                 from mail_contact where case_id = $1 and ended_at is null and address is not null
                 order by recorded_at, id",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(ContactRow::read).collect()
    }

    /// The addresses of the families of which something is to be looked at on a day.
    pub async fn contacts_to_remind(
        &mut self,
        today: &str,
    ) -> Result<Vec<MailContact>, StoreError> {
        let rows: Vec<ContactRow> = run!(self, |conn| {
            sqlx::query_as(
                "select m.id, m.case_id, m.address, m.who, m.irregular, m.with_link, m.state,
                        m.state_since
                 from mail_contact m where m.ended_at is null and m.address is not null
                   and m.case_id in (select t.case_id from duty_term t
                       where t.ended_on is null and t.next_on is not null and t.next_on <= $1)
                 order by m.recorded_at, m.id",
            )
            .bind(today)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(ContactRow::read).collect()
    }

    /// Puts an address on record.
    pub async fn add_mail_contact(
        &mut self,
        contact: &NewContact<'_>,
        (by, now): (Option<UserId>, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into mail_contact (id, case_id, address, who, irregular, with_link, state,
                     state_since, recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
            )
            .bind(contact.id)
            .bind(contact.case.0)
            .bind(contact.address)
            .bind(contact.who)
            .bind(contact.irregular)
            .bind(contact.with_link)
            .bind(ContactState::Works.code())
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Takes an address out of use; `false`: it was out already.
    pub async fn end_contact(
        &mut self,
        case: CaseId,
        contact: Uuid,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update mail_contact set ended_at = $3
                 where id = $1 and case_id = $2 and ended_at is null",
            )
            .bind(contact)
            .bind(case.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Says whether mail arrives at an address; `None`: it is not in use. The child
    /// that it belongs to.
    pub async fn mark_contact(
        &mut self,
        contact: Uuid,
        state: ContactState,
        now: DateTime<Utc>,
    ) -> Result<Option<CaseId>, StoreError> {
        let case: Option<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "update mail_contact set state = $2, state_since = $3
                 where id = $1 and ended_at is null returning case_id",
            )
            .bind(contact)
            .bind(state.code())
            .bind(to_millis(now))
            .fetch_optional(conn)
            .await?
        });
        Ok(case.map(CaseId))
    }

    /// The addresses that are written like this, of every family.
    pub async fn contacts_at(&mut self, address: &str) -> Result<Vec<Uuid>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar(
                "select id from mail_contact where address = $1 and ended_at is null order by id",
            )
            .bind(address)
            .fetch_all(conn)
            .await?
        }))
    }
}
