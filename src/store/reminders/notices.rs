//! Reminders: one term, one stage, one recipient, once.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{StoreError, Tx, by_engine, from_day, run, to_json};
use crate::domain::{
    duty::{Audience, DutyKind, Stage},
    id::{CaseId, CaseNumber, UserId},
};

/// A reminder to be put on record.
#[derive(Debug, Clone)]
pub struct NewNotice {
    /// Its id.
    pub id: Uuid,
    /// Of which term.
    pub term: Uuid,
    /// At which stage.
    pub stage: Stage,
    /// For whom.
    pub audience: Audience,
    /// The contact's or the account's id; empty: there is nobody to be reached by
    /// mail.
    pub recipient: String,
    /// The day of the stage.
    pub stage_on: NaiveDate,
    /// Today.
    pub planned_on: NaiveDate,
    /// Whether it should have been sent on an earlier day.
    pub late: bool,
}

/// A reminder on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredNotice {
    /// Of which term.
    pub term: Uuid,
    /// At which stage.
    pub stage: Stage,
    /// For whom.
    pub audience: Audience,
    /// Who in particular: whose address it is, or the name of the account.
    pub to: Option<String>,
    /// When it was planned.
    pub planned_on: NaiveDate,
    /// Whether it was late.
    pub late: bool,
    /// `planned`; `voided` or, once it was counted, `void`.
    pub state: String,
    /// What became of its mail; `None`: there is no mail.
    pub mail: Option<String>,
    /// Whether its mail came back after it had left.
    pub came_back: bool,
    /// What the server or the staff said last.
    pub answer: Option<String>,
}

/// A reminder for staff that is in no mail yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsentNotice {
    /// The notice.
    pub id: Uuid,
    /// For whom.
    pub account: UserId,
    /// The mail address of that account.
    pub email: String,
    /// What it is for.
    pub audience: Audience,
    /// The child.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// What is owed.
    pub kind: DutyKind,
    /// By when.
    pub due_on: NaiveDate,
    /// At which stage.
    pub stage: Stage,
    /// Whether it is late.
    pub late: bool,
    /// Which day it was due before.
    pub moved_from: Option<NaiveDate>,
}

#[derive(FromRow)]
struct NoticeRow {
    term_id: Uuid,
    stage: String,
    audience: String,
    who: Option<String>,
    planned_on: String,
    late: bool,
    state: String,
    mail: Option<String>,
    came_back: bool,
    answer: Option<String>,
}

#[derive(FromRow)]
struct UnsentRow {
    id: Uuid,
    account_id: Uuid,
    email: String,
    audience: String,
    case_id: Uuid,
    number: String,
    duty: String,
    due_on: String,
    stage: String,
    late: bool,
    moved_from: Option<String>,
}

const fn corrupt(column: &'static str) -> StoreError {
    StoreError::Corrupt {
        table: "duty_notice",
        column,
    }
}

/// Ids as one parameter, which both engines take apart.
pub(in crate::store) fn id_list(ids: &[Uuid]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    to_json(&ids)
}

fn day(text: &str, column: &'static str) -> Result<NaiveDate, StoreError> {
    from_day(Some(text), "duty_notice", column)?.ok_or(corrupt(column))
}

macro_rules! unsent {
    ($account:literal) => {
        concat!(
            "select n.id, a.id as account_id, a.email, n.audience, t.case_id, c.number, t.duty,
                    t.due_on, n.stage, n.late, t.moved_from
             from duty_notice n join duty_term t on t.id = n.term_id
             join child_case c on c.id = t.case_id
             join account a on ",
            $account,
            " where n.state = 'planned' and n.outbox_id is null and n.audience <> 'family'
               and n.recipient <> '' and a.disabled_at is null
             order by a.id, t.due_on, c.number, t.duty"
        )
    };
}

macro_rules! planned {
    ($terms:literal) => {
        concat!(
            "select n.term_id, n.stage, n.recipient,
                    o.id is null or o.state = 'ready' as waits
             from duty_notice n left join outbox o on o.id = n.outbox_id
             where n.state = 'planned' and n.term_id in (",
            $terms,
            ")"
        )
    };
}

impl NoticeRow {
    fn read(self) -> Result<StoredNotice, StoreError> {
        Ok(StoredNotice {
            term: self.term_id,
            stage: Stage::from_code(&self.stage).ok_or(corrupt("stage"))?,
            audience: Audience::from_code(&self.audience).ok_or(corrupt("audience"))?,
            to: self.who,
            planned_on: day(&self.planned_on, "planned_on")?,
            late: self.late,
            state: self.state,
            mail: self.mail,
            came_back: self.came_back,
            answer: self.answer,
        })
    }
}

impl UnsentRow {
    fn read(self) -> Result<UnsentNotice, StoreError> {
        Ok(UnsentNotice {
            id: self.id,
            account: UserId(self.account_id),
            email: self.email,
            audience: Audience::from_code(&self.audience).ok_or(corrupt("audience"))?,
            case: CaseId(self.case_id),
            number: CaseNumber::parse(&self.number).map_err(|_| corrupt("number"))?,
            kind: DutyKind::from_code(&self.duty).ok_or(corrupt("duty"))?,
            due_on: day(&self.due_on, "due_on")?,
            stage: Stage::from_code(&self.stage).ok_or(corrupt("stage"))?,
            late: self.late,
            moved_from: from_day(self.moved_from.as_deref(), "duty_term", "moved_from")?,
        })
    }
}

impl Tx {
    /// Puts a reminder on record, unless it is there already or its term is over. One
    /// that became void never left, and is planned again. Returns whether it is new.
    pub async fn plan_notice(&mut self, new: &NewNotice) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into duty_notice (id, term_id, stage, audience, recipient, stage_on,
                     planned_on, late, state)
                 select $1, t.id, $3, $4, $5, $6, $7, $8, 'planned'
                 from duty_term t where t.id = $2 and t.ended_on is null
                 on conflict (term_id, stage, recipient) do update
                 set id = excluded.id, planned_on = excluded.planned_on, late = excluded.late,
                     state = 'planned', outbox_id = null
                 where duty_notice.state <> 'planned'",
            )
            .bind(new.id)
            .bind(new.term)
            .bind(new.stage.code())
            .bind(new.audience.code())
            .bind(&new.recipient)
            .bind(new.stage_on.to_string())
            .bind(new.planned_on.to_string())
            .bind(new.late)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// The reminders of some terms that are on record and not void: term, stage and
    /// recipient, and whether nobody has begun to hand over their mail.
    pub async fn planned_notices(
        &mut self,
        terms: &[Uuid],
    ) -> Result<Vec<(Uuid, Stage, String, bool)>, StoreError> {
        let text = by_engine!(
            self,
            sqlite: planned!("select unhex(value) from json_each($1)"),
            postgres: planned!("select cast(v as uuid)
                from json_array_elements_text(cast($1 as json)) as v")
        );
        let rows: Vec<(Uuid, String, String, bool)> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(id_list(terms))
                .fetch_all(conn)
                .await?
        });
        rows.into_iter()
            .map(|(term, stage, recipient, waits)| {
                let stage = Stage::from_code(&stage).ok_or(corrupt("stage"))?;
                Ok((term, stage, recipient, waits))
            })
            .collect()
    }

    /// Puts reminders into a mail.
    pub async fn put_into_mail(&mut self, notices: &[Uuid], mail: Uuid) -> Result<(), StoreError> {
        let text = by_engine!(
            self,
            sqlite: "update duty_notice set outbox_id = $2
                     where id in (select unhex(value) from json_each($1))",
            postgres: "update duty_notice set outbox_id = $2
                       where id in (select cast(v as uuid)
                           from json_array_elements_text(cast($1 as json)) as v)"
        );
        run!(self, |conn| {
            sqlx::query(text)
                .bind(id_list(notices))
                .bind(mail)
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Makes void what waits of a term: its reminders (to one recipient, or to all),
    /// and mails that hold one. What such a mail held besides is forgotten, to be
    /// planned anew.
    pub async fn void_notices(
        &mut self,
        (term, recipient): (Uuid, Option<&str>),
        on: NaiveDate,
    ) -> Result<(), StoreError> {
        let mails: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "select o.id from outbox o where o.state = 'ready' and o.id in
                     (select n.outbox_id from duty_notice n where n.term_id = $1
                      and n.state = 'planned' and ($2 is null or n.recipient = $2))",
            )
            .bind(term)
            .bind(recipient)
            .fetch_all(conn)
            .await?
        });
        run!(self, |conn| {
            sqlx::query(
                "update duty_notice set state = 'voided' where term_id = $1 and state = 'planned'
                   and ($2 is null or recipient = $2)
                   and (outbox_id is null or exists (select 1 from outbox o
                        where o.id = duty_notice.outbox_id and o.state = 'ready'))",
            )
            .bind(term)
            .bind(recipient)
            .execute(conn)
            .await?;
        });
        for mail in mails {
            self.plan_anew(mail, on).await?;
            self.void_mail(mail).await?;
        }
        Ok(())
    }

    /// Forgets the reminders that a mail still holds, so that they are planned anew.
    async fn plan_anew(&mut self, mail: Uuid, on: NaiveDate) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update duty_term set next_on = $2 where ended_on is null and id in
                     (select n.term_id from duty_notice n where n.outbox_id = $1
                      and n.state = 'planned')",
            )
            .bind(mail)
            .bind(on.to_string())
            .execute(conn)
            .await?;
        });
        run!(self, |conn| {
            sqlx::query("delete from duty_notice where outbox_id = $1 and state = 'planned'")
                .bind(mail)
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Counts the reminders that have become void since they were counted last.
    pub async fn count_voided(&mut self) -> Result<u64, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query("update duty_notice set state = 'void' where state = 'voided'")
                .execute(conn)
                .await?
                .rows_affected()
        }))
    }

    /// The reminders of a child, the latest first.
    pub async fn notices(&mut self, case: CaseId) -> Result<Vec<StoredNotice>, StoreError> {
        let rows: Vec<NoticeRow> = run!(self, |conn| {
            sqlx::query_as(
                "select n.term_id, n.stage, n.audience, coalesce(
                     (select m.who from mail_contact m where m.id = o.contact_id),
                     (select a.name from account a where a.id = o.account_id)) as who,
                     n.planned_on, n.late, n.state, o.state as mail,
                     o.came_back_at is not null as came_back, o.answer
                 from duty_notice n join duty_term t on t.id = n.term_id
                 left join outbox o on o.id = n.outbox_id
                 where t.case_id = $1 order by n.planned_on desc, n.id desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(NoticeRow::read).collect()
    }

    /// Whether a family was told of a term at a stage: a mail has left, or waits, and did
    /// not come back, or somebody has spoken to the family since.
    pub async fn family_was_told(
        &mut self,
        (term, stage): (Uuid, Stage),
    ) -> Result<bool, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar(
                "select exists (select 1 from duty_notice n join duty_term t on t.id = n.term_id
                     left join outbox o on o.id = n.outbox_id
                     left join mail_contact m on m.id = o.contact_id
                 where n.term_id = $1 and n.stage = $2 and n.audience = 'family'
                   and n.state = 'planned'
                   and (exists (select 1 from family_call k where k.case_id = t.case_id
                            and k.reached and k.held_on >= n.planned_on)
                        or (o.state in ('ready', 'handing_over', 'sent', 'held')
                            and not (m.state = 'bounced' and o.sent_at is not null
                                and m.state_since >= o.sent_at))))",
            )
            .bind(term)
            .bind(stage.code())
            .fetch_one(conn)
            .await?
        }))
    }

    /// The reminders for staff that are in no mail yet, person by person.
    pub async fn unsent_notices(&mut self) -> Result<Vec<UnsentNotice>, StoreError> {
        let text = by_engine!(
            self,
            sqlite: unsent!("a.id = unhex(replace(n.recipient, '-', ''))"),
            postgres: unsent!("a.id = cast(n.recipient as uuid)")
        );
        let rows: Vec<UnsentRow> = run!(self, |conn| sqlx::query_as(text).fetch_all(conn).await?);
        rows.into_iter().map(UnsentRow::read).collect()
    }
}
