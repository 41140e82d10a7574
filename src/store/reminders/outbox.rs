//! The mail that waits to be handed to the server.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, by_engine, from_millis, run, to_millis},
    notices::id_list,
};
use crate::domain::{
    duty::{MailKind, MailState},
    id::{CaseId, UserId},
};

/// Mail to be put into the outbox.
#[derive(Debug)]
pub struct NewMail<'a> {
    /// Its id; its `Message-ID` is made of it.
    pub id: Uuid,
    /// What makes it the same mail: a second one with this key is not written.
    pub dedup_key: &'a str,
    /// What it is.
    pub kind: MailKind,
    /// About which child.
    pub case: Option<CaseId>,
    /// To which address of a family.
    pub contact: Option<Uuid>,
    /// To which account.
    pub account: Option<UserId>,
    /// Its subject, which names nobody.
    pub subject: &'a str,
    /// Address and message, sealed.
    pub message: &'a [u8],
    /// On which day.
    pub planned_on: NaiveDate,
    /// When it was written.
    pub now: DateTime<Utc>,
}

/// Mail that this worker, and no other, may send until the lease runs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The mail.
    pub id: Uuid,
    /// Proof of the claim; every later step must show it.
    pub lease: Uuid,
    /// Address and message, sealed.
    pub message: Vec<u8>,
    /// About which child.
    pub case: Option<CaseId>,
    /// To which address of a family.
    pub contact: Option<Uuid>,
    /// A worker died between giving it to the mail server and noting so: it may
    /// have been sent already.
    pub in_doubt: bool,
    /// How often it was claimed in doubt, this time included.
    pub resends: i64,
    /// How often it was claimed, this time included.
    pub attempts: i64,
}

/// A mail as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMail {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: MailKind,
    /// Its subject; `None`: erased.
    pub subject: Option<String>,
    /// What became of it.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it is tried next.
    pub due_at: DateTime<Utc>,
    /// When the server took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// What the server said last.
    pub answer: Option<String>,
}

/// Another worker holds the mail now, or it is void.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lease ran out, or the mail is void")]
pub struct LeaseLost;

#[derive(FromRow)]
struct ClaimedRow {
    id: Uuid,
    lease_token: Uuid,
    message: Vec<u8>,
    case_id: Option<Uuid>,
    contact_id: Option<Uuid>,
    in_doubt: bool,
    doubts: i64,
    attempts: i64,
}

#[derive(FromRow)]
struct MailRow {
    id: Uuid,
    kind: String,
    subject: Option<String>,
    state: String,
    attempts: i64,
    created_at: i64,
    due_at: i64,
    sent_at: Option<i64>,
    answer: Option<String>,
}

const fn corrupt(column: &'static str) -> StoreError {
    StoreError::Corrupt {
        table: "outbox",
        column,
    }
}

impl MailRow {
    fn read(self) -> Result<StoredMail, StoreError> {
        let at = |millis, column| from_millis(millis, "outbox", column);
        Ok(StoredMail {
            id: self.id,
            kind: MailKind::from_code(&self.kind).ok_or(corrupt("kind"))?,
            subject: self.subject,
            state: MailState::from_code(&self.state).ok_or(corrupt("state"))?,
            attempts: self.attempts,
            created_at: at(self.created_at, "created_at")?,
            due_at: at(self.due_at, "due_at")?,
            sent_at: self.sent_at.map(|sent| at(sent, "sent_at")).transpose()?,
            answer: self.answer,
        })
    }
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "with picked as materialized (
                 select id from outbox
                 where state in ('ready', 'handing_over') and due_at <= $1 and lease_until <= $1
                 order by due_at, id limit $2 ",
            $lock,
            ")
             update outbox
             set lease_token = $3, lease_until = $4, attempts = attempts + 1,
                 doubts = doubts + case when state = 'handing_over' then 1 else 0 end
             where id in (select id from picked)
             returning id, lease_token, message, case_id, contact_id,
                       state = 'handing_over' as in_doubt, doubts, attempts"
        )
    };
}

macro_rules! of_month {
    ($contacts:literal) => {
        concat!(
            "select contact_id, count(*) from outbox where contact_id in (",
            $contacts,
            ") and kind = 'reminder' and substr(planned_on, 1, 7) = $2 and state <> 'void'
             group by contact_id"
        )
    };
}

macro_rules! mail_columns {
    () => {
        "o.id, o.kind, o.subject, o.state, o.attempts, o.created_at, o.due_at, o.sent_at, o.answer"
    };
}

impl Tx {
    /// Puts mail into the outbox, in the same unit of work as what causes it.
    /// Returns whether it was new.
    pub async fn enqueue_mail(&mut self, mail: &NewMail<'_>) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into outbox (id, dedup_key, kind, case_id, contact_id, account_id, subject,
                     message, state, planned_on, created_at, due_at, lease_until, attempts, doubts)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, 'ready', $9, $10, $10, 0, 0, 0)
                 on conflict (dedup_key) do nothing",
            )
            .bind(mail.id)
            .bind(mail.dedup_key)
            .bind(mail.kind.code())
            .bind(mail.case.map(|case| case.0))
            .bind(mail.contact)
            .bind(mail.account.map(|account| account.0))
            .bind(mail.subject)
            .bind(mail.message)
            .bind(mail.planned_on.to_string())
            .bind(to_millis(mail.now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// How many mails of reminders went, or will go, to each of some addresses in the
    /// month of a day (`2026-11`); an address without any is not among them.
    pub async fn mails_of_month(
        &mut self,
        contacts: &[Uuid],
        month: &str,
    ) -> Result<HashMap<Uuid, u64>, StoreError> {
        let text = by_engine!(
            self,
            sqlite: of_month!("select unhex(value) from json_each($1)"),
            postgres: of_month!("select cast(v as uuid)
                from json_array_elements_text(cast($1 as json)) as v")
        );
        let rows: Vec<(Uuid, i64)> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(id_list(contacts))
                .bind(month)
                .fetch_all(conn)
                .await?
        });
        let counts = rows.into_iter();
        Ok(counts
            .map(|(contact, count)| (contact, count.unsigned_abs()))
            .collect())
    }

    /// Takes up to `limit` mails that are due and that nobody holds.
    pub async fn claim_mail(
        &mut self,
        (now, until): (DateTime<Utc>, DateTime<Utc>),
        lease: Uuid,
        limit: i64,
    ) -> Result<Vec<Claimed>, StoreError> {
        let text = by_engine!(self, sqlite: claim!(""), postgres: claim!("for update skip locked"));
        let rows: Vec<ClaimedRow> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(to_millis(now))
                .bind(limit)
                .bind(lease)
                .bind(to_millis(until))
                .fetch_all(conn)
                .await?
        });
        let claimed = rows.into_iter().map(|row| Claimed {
            id: row.id,
            lease: row.lease_token,
            message: row.message,
            case: row.case_id.map(CaseId),
            contact: row.contact_id,
            in_doubt: row.in_doubt,
            resends: row.doubts,
            attempts: row.attempts,
        });
        Ok(claimed.collect())
    }

    /// Notes, before the mail server sees it, that mail is being handed over. Mail
    /// about a case that has ended is not.
    pub async fn start_handover(
        &mut self,
        mail: &Claimed,
        now: DateTime<Utc>,
    ) -> Result<Result<(), LeaseLost>, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update outbox set state = 'handing_over'
                 where id = $1 and lease_token = $2 and lease_until > $3
                   and state in ('ready', 'handing_over')
                   and not exists (select 1 from child_case c
                       where c.id = outbox.case_id and c.ended_on is not null)",
            )
            .bind(mail.id)
            .bind(mail.lease)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(if rows == 1 { Ok(()) } else { Err(LeaseLost) })
    }

    /// Notes that the mail server took it; the message goes.
    pub async fn finish_handover(
        &mut self,
        mail: &Claimed,
        (now, answer): (DateTime<Utc>, &str),
    ) -> Result<Result<(), LeaseLost>, StoreError> {
        self.close_mail(mail, MailState::Sent, (now, answer)).await
    }

    /// Closes a mail that this worker holds: it is sent, failed or held. What is held
    /// keeps its message, to be sent or dropped by a person.
    pub async fn close_mail(
        &mut self,
        mail: &Claimed,
        state: MailState,
        (now, answer): (DateTime<Utc>, &str),
    ) -> Result<Result<(), LeaseLost>, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update outbox set state = $3, lease_token = null, answer = $4, closed_at = $5,
                     sent_at = case when $3 = 'sent' then $5 else null end,
                     message = case when $3 = 'sent' then null else message end
                 where id = $1 and lease_token = $2 and state = 'handing_over'",
            )
            .bind(mail.id)
            .bind(mail.lease)
            .bind(state.code())
            .bind(answer)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(if rows == 1 { Ok(()) } else { Err(LeaseLost) })
    }

    /// Puts a mail back, to be tried again later: the server did not take it, or
    /// (`doubt`) may have.
    pub async fn postpone_mail(
        &mut self,
        mail: &Claimed,
        (due, answer): (DateTime<Utc>, &str),
        doubt: bool,
    ) -> Result<Result<(), LeaseLost>, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update outbox set state = case when $5 then 'handing_over' else 'ready' end,
                     lease_token = null, lease_until = 0, due_at = $3, answer = $4
                 where id = $1 and lease_token = $2 and state = 'handing_over'",
            )
            .bind(mail.id)
            .bind(mail.lease)
            .bind(to_millis(due))
            .bind(answer)
            .bind(doubt)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(if rows == 1 { Ok(()) } else { Err(LeaseLost) })
    }

    /// Makes a mail void that waits, its message with it.
    pub async fn void_mail(&mut self, mail: Uuid) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update outbox set state = 'void', message = null, lease_token = null
                 where id = $1 and state = 'ready'",
            )
            .bind(mail)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Makes void every mail about a child that has not left: it has died, or its
    /// case has ended.
    pub async fn void_mails_of(&mut self, case: CaseId) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update outbox set state = 'void', message = null, lease_token = null
                 where case_id = $1 and state in ('ready', 'handing_over', 'held', 'failed')",
            )
            .bind(case.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The mails in a state, the oldest first.
    pub async fn mails(
        &mut self,
        state: Option<MailState>,
        most: i64,
    ) -> Result<Vec<StoredMail>, StoreError> {
        let rows: Vec<MailRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select ",
                mail_columns!(),
                " from outbox o where ($1 is null and o.state not in ('sent', 'void'))
                     or o.state = $1 order by o.created_at, o.id limit $2"
            ))
            .bind(state.map(MailState::code))
            .bind(most)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(MailRow::read).collect()
    }

    /// Has a mail that failed or is held tried again; `false`: it is neither, its message
    /// is gone, or what it tells of is done.
    pub async fn retry_mail(&mut self, mail: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update outbox set state = 'ready', due_at = $2, lease_until = 0, attempts = 0,
                     doubts = 0, closed_at = null
                 where id = $1 and state in ('failed', 'held') and message is not null
                   and (not exists (select 1 from duty_notice n where n.outbox_id = $1)
                       or exists (select 1 from duty_notice n join duty_term t on t.id = n.term_id
                           where n.outbox_id = $1 and t.ended_on is null))",
            )
            .bind(mail)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Drops a mail that waits, failed or is held; `false`: it is none of them.
    pub async fn drop_mail(&mut self, mail: Uuid) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update outbox set state = 'void', message = null, lease_token = null
                 where id = $1 and state in ('ready', 'failed', 'held')",
            )
            .bind(mail)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// When the next mail is due; `None`: none waits.
    pub async fn next_mail_at(&mut self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at: Option<i64> = run!(self, |conn| {
            sqlx::query_scalar(
                "select min(case when due_at > lease_until then due_at else lease_until end)
                 from outbox where state in ('ready', 'handing_over')",
            )
            .fetch_one(conn)
            .await?
        });
        at.map(|at| from_millis(at, "outbox", "due_at")).transpose()
    }

    /// To whom a mail went, and about which child; for what came back.
    pub async fn mail_went_to(
        &mut self,
        mail: Uuid,
    ) -> Result<Option<(Option<CaseId>, Option<Uuid>)>, StoreError> {
        let row: Option<(Option<Uuid>, Option<Uuid>)> = run!(self, |conn| {
            sqlx::query_as("select case_id, contact_id from outbox where id = $1")
                .bind(mail)
                .fetch_optional(conn)
                .await?
        });
        Ok(row.map(|(case, contact)| (case.map(CaseId), contact)))
    }

    /// Notes that a mail that was sent came back.
    pub async fn mail_came_back(
        &mut self,
        mail: Uuid,
        (answer, now): (&str, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update outbox set answer = $2, came_back_at = $3 where id = $1")
                .bind(mail)
                .bind(answer)
                .bind(to_millis(now))
                .execute(conn)
                .await?;
        });
        Ok(())
    }
}
