//! Messages that staff write to families.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, access::visible, from_millis, run, to_millis},
    families::number,
};
use crate::domain::{
    access::{Moment, Reader},
    duty::MailState,
    hand_message::{MessageFate, MessageGroup, MessageState},
    id::{CaseId, CaseNumber, UserId},
    municipality::MunicipalityCode,
};

/// A message to be put on record.
#[derive(Debug)]
pub struct NewMessage<'a> {
    /// Its id.
    pub id: Uuid,
    /// Of which office.
    pub office: &'a str,
    /// To whom.
    pub group: MessageGroup,
    /// Of which municipality.
    pub town: Option<MunicipalityCode>,
    /// Whether it goes out at once.
    pub urgent: bool,
    /// What it is about.
    pub subject: &'a str,
    /// What it says.
    pub body: &'a str,
    /// Why it is urgent.
    pub reason: Option<&'a str>,
}

/// A message on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// Its id.
    pub id: Uuid,
    /// To whom.
    pub group: MessageGroup,
    /// Of which municipality.
    pub town: Option<MunicipalityCode>,
    /// Whether it went out at once.
    pub urgent: bool,
    /// What it is about; `None`: erased.
    pub subject: Option<String>,
    /// What it says; `None`: erased.
    pub body: Option<String>,
    /// Why it was urgent.
    pub reason: Option<String>,
    /// What became of it.
    pub state: MessageState,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// By which account.
    pub written_by: UserId,
    /// By whom.
    pub writer: Option<String>,
    /// When it was sent, returned or withdrawn, and by whom.
    pub decided: Option<(DateTime<Utc>, Option<String>)>,
    /// What was said when it was returned.
    pub note: Option<String>,
    /// To how many families.
    pub families: u64,
}

/// A family of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageFamily {
    /// The child.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// What became of the message.
    pub fate: MessageFate,
    /// Whether somebody has spoken to the family since.
    pub told: bool,
}

/// A mail of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageMail {
    /// Of which message.
    pub message: Uuid,
    /// The child.
    pub case: CaseId,
    /// Whose address it went to.
    pub who: Option<String>,
    /// What became of it.
    pub state: MailState,
    /// It came back after it had left.
    pub came_back: bool,
    /// What the server said last.
    pub answer: Option<String>,
}

impl MessageMail {
    /// Whether it has arrived, or may still.
    pub const fn arrives(&self) -> bool {
        !self.came_back
            && matches!(
                self.state,
                MailState::Ready | MailState::HandingOver | MailState::Sent
            )
    }
}

#[derive(FromRow)]
struct MessageRow {
    id: Uuid,
    audience: String,
    municipality: Option<String>,
    urgent: bool,
    subject: Option<String>,
    body: Option<String>,
    reason: Option<String>,
    state: String,
    written_at: i64,
    written_by: Uuid,
    writer: Option<String>,
    decided_at: Option<i64>,
    decider: Option<String>,
    note: Option<String>,
    families: i64,
}

#[derive(FromRow)]
struct MailRow {
    message_id: Uuid,
    case_id: Uuid,
    who: Option<String>,
    state: String,
    came_back: bool,
    answer: Option<String>,
}

const fn corrupt(column: &'static str) -> StoreError {
    StoreError::Corrupt {
        table: "hand_message",
        column,
    }
}

impl MessageRow {
    fn read(self) -> Result<StoredMessage, StoreError> {
        let at = |millis, column| from_millis(millis, "hand_message", column);
        let decided = self.decided_at.map(|millis| at(millis, "decided_at"));
        let town = self.municipality.as_deref().map(MunicipalityCode::parse);
        Ok(StoredMessage {
            id: self.id,
            group: MessageGroup::from_code(&self.audience).ok_or(corrupt("audience"))?,
            town: town.transpose().map_err(|_| corrupt("municipality"))?,
            urgent: self.urgent,
            subject: self.subject,
            body: self.body,
            reason: self.reason,
            state: MessageState::from_code(&self.state).ok_or(corrupt("state"))?,
            written_at: at(self.written_at, "written_at")?,
            written_by: UserId(self.written_by),
            writer: self.writer,
            decided: decided.transpose()?.map(|at| (at, self.decider)),
            note: self.note,
            families: self.families.unsigned_abs(),
        })
    }
}

impl MailRow {
    fn read(self) -> Result<MessageMail, StoreError> {
        Ok(MessageMail {
            message: self.message_id,
            case: CaseId(self.case_id),
            who: self.who,
            state: MailState::from_code(&self.state).ok_or(StoreError::Corrupt {
                table: "outbox",
                column: "state",
            })?,
            came_back: self.came_back,
            answer: self.answer,
        })
    }
}

macro_rules! message_columns {
    () => {
        "select m.id, m.audience, m.municipality, m.urgent, m.subject, m.body, m.reason, m.state,
             m.written_at, m.written_by, w.name as writer, m.decided_at, d.name as decider, m.note,
             (select count(*) from hand_message_to t where t.message_id = m.id) as families
         from hand_message m left join account w on w.id = m.written_by
         left join account d on d.id = m.decided_by "
    };
}

macro_rules! message_mails {
    () => {
        "select x.message_id, x.case_id, k.who, o.state, o.came_back_at is not null as came_back,
             o.answer
         from hand_message_mail x join outbox o on o.id = x.outbox_id
         left join mail_contact k on k.id = o.contact_id "
    };
}

impl Tx {
    /// Puts a message on record, with the families that it is for.
    pub async fn add_message(
        &mut self,
        message: &NewMessage<'_>,
        families: &[CaseId],
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into hand_message (id, office, audience, municipality, urgent, subject,
                     body, reason, state, written_at, written_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            )
            .bind(message.id)
            .bind(message.office)
            .bind(message.group.code())
            .bind(message.town.map(|code| code.to_string()))
            .bind(message.urgent)
            .bind(message.subject)
            .bind(message.body)
            .bind(message.reason)
            .bind(MessageState::Waits.code())
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        for case in families {
            run!(self, |conn| {
                sqlx::query(
                    "insert into hand_message_to (message_id, case_id, fate) values ($1, $2, $3)",
                )
                .bind(message.id)
                .bind(case.0)
                .bind(MessageFate::Waits.code())
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    /// A message of an office.
    pub async fn message(
        &mut self,
        id: Uuid,
        office: &str,
    ) -> Result<Option<StoredMessage>, StoreError> {
        let row: Option<MessageRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                message_columns!(),
                "where m.id = $1 and m.office = $2"
            ))
            .bind(id)
            .bind(office)
            .fetch_optional(conn)
            .await?
        });
        row.map(MessageRow::read).transpose()
    }

    /// The messages of an office, in one state or in any, the latest first.
    pub async fn messages(
        &mut self,
        office: &str,
        state: Option<MessageState>,
        most: i64,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        let rows: Vec<MessageRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                message_columns!(),
                "where m.office = $1 and ($2 is null or m.state = $2)
                 order by m.written_at desc, m.id desc limit $3"
            ))
            .bind(office)
            .bind(state.map(MessageState::code))
            .bind(most)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(MessageRow::read).collect()
    }

    /// The messages of an office to one child, the latest first, with what became of
    /// each there.
    pub async fn messages_to(
        &mut self,
        case: CaseId,
        office: &str,
    ) -> Result<Vec<(StoredMessage, MessageFate, bool)>, StoreError> {
        #[derive(FromRow)]
        struct ToRow {
            #[sqlx(flatten)]
            message: MessageRow,
            fate: String,
            told: bool,
        }
        let rows: Vec<ToRow> = run!(self, |conn| {
            sqlx::query_as(
                "select m.id, m.audience, m.municipality, m.urgent, m.subject, m.body, m.reason,
                     m.state, m.written_at, m.written_by, w.name as writer, m.decided_at,
                     d.name as decider, m.note, cast(0 as bigint) as families, t.fate,
                     exists (select 1 from family_call k where k.case_id = t.case_id and k.reached
                         and k.recorded_at >= m.decided_at) as told
                 from hand_message m join hand_message_to t on t.message_id = m.id
                 left join account w on w.id = m.written_by
                 left join account d on d.id = m.decided_by
                 where t.case_id = $1 and m.office = $2
                 order by m.written_at desc, m.id desc",
            )
            .bind(case.0)
            .bind(office)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                let fate = MessageFate::from_code(&row.fate).ok_or(corrupt("fate"))?;
                Ok((row.message.read()?, fate, row.told))
            })
            .collect()
    }

    /// The offices that have written to a family.
    pub async fn offices_that_wrote(&mut self, case: CaseId) -> Result<Vec<String>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar(
                "select distinct m.office from hand_message m
                 join hand_message_to t on t.message_id = m.id
                 where t.case_id = $1 order by m.office",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        }))
    }

    /// The families of a message whom a reader still sees, by their children's names.
    pub async fn message_families(
        &mut self,
        reader: &Reader,
        at: Moment,
        message: Uuid,
    ) -> Result<Vec<MessageFamily>, StoreError> {
        type Row = (Uuid, String, Option<String>, String, bool);
        let subject = reader.subject();
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, c.number, c.name, t.fate, exists (select 1 from family_call k
                     where k.case_id = c.id and k.reached and k.recorded_at >= m.decided_at)
                 from hand_message_to t join hand_message m on m.id = t.message_id
                 join child_case c on c.id = t.case_id
                 where t.message_id = $5 and ",
                visible!(standing),
                " order by c.sort_key, c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(message)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(case, text, name, fate, told)| {
                Ok(MessageFamily {
                    case: CaseId(case),
                    number: number(&text)?,
                    name,
                    fate: MessageFate::from_code(&fate).ok_or(corrupt("fate"))?,
                    told,
                })
            })
            .collect()
    }

    /// The children of a message, whoever sees them.
    pub async fn message_cases(&mut self, message: Uuid) -> Result<Vec<CaseId>, StoreError> {
        let rows: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "select case_id from hand_message_to where message_id = $1 order by case_id",
            )
            .bind(message)
            .fetch_all(conn)
            .await?
        });
        Ok(rows.into_iter().map(CaseId).collect())
    }

    /// Decides on a message that waits; `false`: somebody has decided already.
    pub async fn decide_message(
        &mut self,
        (id, state): (Uuid, MessageState),
        note: Option<&str>,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update hand_message set state = $2, note = $3, decided_at = $4, decided_by = $5
                 where id = $1 and state = 'waits'",
            )
            .bind(id)
            .bind(state.code())
            .bind(note)
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Says what became of a message with one family.
    pub async fn set_message_fate(
        &mut self,
        (message, case): (Uuid, CaseId),
        fate: MessageFate,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update hand_message_to set fate = $3 where message_id = $1 and case_id = $2",
            )
            .bind(message)
            .bind(case.0)
            .bind(fate.code())
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Notes that a mail carries a message.
    pub async fn add_message_mail(
        &mut self,
        (message, case): (Uuid, CaseId),
        mail: Uuid,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into hand_message_mail (outbox_id, message_id, case_id)
                 values ($1, $2, $3)",
            )
            .bind(mail)
            .bind(message)
            .bind(case.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Puts a mail that waits before every other: it is due since before all of them.
    pub async fn hurry_mail(&mut self, mail: Uuid) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update outbox set due_at = 0 where id = $1 and state = 'ready'")
                .bind(mail)
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// The mails of a message, family by family.
    pub async fn message_mails(&mut self, message: Uuid) -> Result<Vec<MessageMail>, StoreError> {
        let rows: Vec<MailRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                message_mails!(),
                "where x.message_id = $1 order by x.case_id, o.created_at, o.id"
            ))
            .bind(message)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(MailRow::read).collect()
    }

    /// The mails of all messages to one child.
    pub async fn message_mails_to(&mut self, case: CaseId) -> Result<Vec<MessageMail>, StoreError> {
        let rows: Vec<MailRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                message_mails!(),
                "where x.case_id = $1 order by o.created_at, o.id"
            ))
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(MailRow::read).collect()
    }
}
