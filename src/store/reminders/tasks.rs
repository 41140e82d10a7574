//! What staff must do, since the program cannot.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{
    StoreError, Tx, access::visible, by_engine, from_day, from_millis, run, to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    duty::TaskKind,
    id::{CaseId, CaseNumber, UserId},
};

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffTask {
    /// Its id.
    pub id: Uuid,
    /// The child.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// What is to be done.
    pub kind: TaskKind,
    /// Since when.
    pub opened_on: NaiveDate,
    /// At which instant it was opened.
    pub opened_at: DateTime<Utc>,
    /// What was said, where a family has told something.
    pub detail: Option<String>,
}

/// A member of staff whom mail does not reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreachedStaff {
    /// The account.
    pub account: UserId,
    /// Its name.
    pub name: String,
    /// What is to be done.
    pub kind: TaskKind,
    /// Since when.
    pub since: NaiveDate,
    /// What the mail server said last, without any address.
    pub answer: Option<String>,
}

#[derive(FromRow)]
struct UnreachedRow {
    account_id: Uuid,
    name: String,
    kind: String,
    opened_on: String,
    answer: Option<String>,
}

#[derive(FromRow)]
struct TaskRow {
    id: Uuid,
    case_id: Uuid,
    number: String,
    name: Option<String>,
    kind: String,
    opened_on: String,
    opened_at: i64,
    detail: Option<String>,
}

macro_rules! unreached {
    ($mail:literal) => {
        concat!(
            "select o.account_id, a.name, s.kind, s.opened_on, o.answer
             from staff_task s join outbox o on ",
            $mail,
            " join account a on a.id = o.account_id
             where s.closed_at is null and s.case_id is null and a.disabled_at is null
               and not exists (select 1 from outbox later
                   where later.account_id = o.account_id and later.state = 'sent'
                     and later.sent_at > s.opened_at)
             order by s.opened_at desc, s.id desc"
        )
    };
}

const fn corrupt(column: &'static str) -> StoreError {
    StoreError::Corrupt {
        table: "staff_task",
        column,
    }
}

impl TaskRow {
    fn read(self) -> Result<StaffTask, StoreError> {
        Ok(StaffTask {
            id: self.id,
            case: CaseId(self.case_id),
            number: CaseNumber::parse(&self.number).map_err(|_| corrupt("number"))?,
            name: self.name,
            kind: TaskKind::from_code(&self.kind).ok_or(corrupt("kind"))?,
            opened_on: from_day(Some(&self.opened_on), "staff_task", "opened_on")?
                .ok_or(corrupt("opened_on"))?,
            opened_at: from_millis(self.opened_at, "staff_task", "opened_at")?,
            detail: self.detail,
        })
    }
}

impl Tx {
    /// Opens a task, unless one of its kind is open for the same thing.
    pub async fn open_task(
        &mut self,
        id: Uuid,
        task: (Option<CaseId>, TaskKind, &str),
        at: Moment,
    ) -> Result<bool, StoreError> {
        self.open_task_saying(id, task, None, at).await
    }

    /// Opens a task with what was said, unless one of its kind is open for the same
    /// thing.
    pub async fn open_task_saying(
        &mut self,
        id: Uuid,
        (case, kind, about): (Option<CaseId>, TaskKind, &str),
        detail: Option<&str>,
        at: Moment,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into staff_task (id, case_id, kind, about, opened_on, opened_at, detail)
                 values ($1, $2, $3, $4, $5, $6, $7)
                 on conflict (kind, about) where closed_at is null do nothing",
            )
            .bind(id)
            .bind(case.map(|case| case.0))
            .bind(kind.code())
            .bind(about)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(detail)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// The open tasks about children whom a reader may see: those of families who are
    /// in an emergency, then the oldest first.
    pub async fn staff_tasks(
        &mut self,
        reader: &Reader,
        at: Moment,
        most: i64,
    ) -> Result<Vec<StaffTask>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<TaskRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select s.id, s.case_id, c.number, c.name, s.kind, s.opened_on, s.opened_at, s.detail
                 from staff_task s join child_case c on c.id = s.case_id
                 where s.closed_at is null and ",
                visible!(standing),
                " order by case s.kind when 'needs_help' then 0 when 'power_cut' then 1
                     when 'evacuated' then 1 else 2 end, s.opened_at, s.id limit $5"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(most)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TaskRow::read).collect()
    }

    /// The tasks about mail to members of staff, the latest first, as long as no later
    /// mail to the same account has left.
    pub async fn unreached_staff(&mut self) -> Result<Vec<UnreachedStaff>, StoreError> {
        let text = by_engine!(
            self,
            sqlite: unreached!("o.id = unhex(replace(s.about, '-', ''))"),
            postgres: unreached!("cast(o.id as text) = s.about")
        );
        let rows: Vec<UnreachedRow> =
            run!(self, |conn| sqlx::query_as(text).fetch_all(conn).await?);
        rows.into_iter()
            .map(|row| {
                let since = from_day(Some(&row.opened_on), "staff_task", "opened_on")?;
                Ok(UnreachedStaff {
                    account: UserId(row.account_id),
                    name: row.name,
                    kind: TaskKind::from_code(&row.kind).ok_or(corrupt("kind"))?,
                    since: since.ok_or(corrupt("opened_on"))?,
                    answer: row.answer,
                })
            })
            .collect()
    }

    /// Closes the open tasks about a mail: the operator has decided about it.
    pub async fn close_tasks_of_mail(
        &mut self,
        mail: Uuid,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update staff_task set closed_at = $2
                 where about = $1 and kind in ('failed', 'in_doubt') and closed_at is null",
            )
            .bind(mail.to_string())
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// What a task of a child asks for; `None`: there is none.
    pub async fn task_kind(
        &mut self,
        (task, case): (Uuid, CaseId),
    ) -> Result<Option<TaskKind>, StoreError> {
        let kind: Option<String> = run!(self, |conn| {
            sqlx::query_scalar("select kind from staff_task where id = $1 and case_id = $2")
                .bind(task)
                .bind(case.0)
                .fetch_optional(conn)
                .await?
        });
        kind.map(|kind| TaskKind::from_code(&kind).ok_or(corrupt("kind")))
            .transpose()
    }

    /// Closes a task with what was done; `false`: it is closed, or there is none.
    pub async fn close_task(
        &mut self,
        (task, case): (Uuid, CaseId),
        note: &str,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update staff_task set closed_at = $3, closed_by = $4, note = $5
                 where id = $1 and case_id = $2 and closed_at is null",
            )
            .bind(task)
            .bind(case.0)
            .bind(to_millis(now))
            .bind(by.0)
            .bind(note)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Closes the open tasks of a kind about the same thing: what they asked for was
    /// done by another way.
    pub async fn close_tasks_about(
        &mut self,
        (kind, about): (TaskKind, &str),
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update staff_task set closed_at = $3, closed_by = $4
                 where kind = $1 and about = $2 and closed_at is null",
            )
            .bind(kind.code())
            .bind(about)
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Closes the open tasks of a kind about the same thing, which nobody needs to do any
    /// more.
    pub async fn drop_tasks_about(
        &mut self,
        (kind, about): (TaskKind, &str),
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update staff_task set closed_at = $3
                 where kind = $1 and about = $2 and closed_at is null",
            )
            .bind(kind.code())
            .bind(about)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// What the open tasks of a kind say about a child, the oldest first.
    pub async fn said_by_tasks(
        &mut self,
        (case, kind): (CaseId, TaskKind),
    ) -> Result<Vec<String>, StoreError> {
        let said: Vec<Option<String>> = run!(self, |conn| {
            sqlx::query_scalar(
                "select detail from staff_task where case_id = $1 and kind = $2
                   and closed_at is null order by opened_at, id",
            )
            .bind(case.0)
            .bind(kind.code())
            .fetch_all(conn)
            .await?
        });
        Ok(said.into_iter().flatten().collect())
    }

    /// Closes a task that its family has taken back; `false`: it was closed before.
    pub async fn drop_task(&mut self, task: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query("update staff_task set closed_at = $2 where id = $1 and closed_at is null")
                .bind(task)
                .bind(to_millis(now))
                .execute(conn)
                .await?
                .rows_affected()
        });
        Ok(rows > 0)
    }

    /// Opens a task again that the family had closed by a later word, which it has taken
    /// back.
    pub async fn reopen_task(&mut self, task: Uuid) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update staff_task set closed_at = null where id = $1 and closed_by is null",
            )
            .bind(task)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Closes every open task of a child, and marks why: it has died, or its case has ended.
    pub async fn drop_tasks(&mut self, case: CaseId, now: DateTime<Utc>) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update staff_task set closed_at = $2, closed_why = 'stopped'
                 where case_id = $1 and closed_at is null",
            )
            .bind(case.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Opens the tasks of a child again that an end has closed which was a mistake, unless
    /// another of its kind is open by now.
    pub async fn reopen_dropped_tasks(&mut self, case: CaseId) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update staff_task set closed_at = null, closed_why = null
                 where case_id = $1 and closed_why = 'stopped'
                   and not exists (select 1 from staff_task other
                       where other.kind = staff_task.kind and other.about = staff_task.about
                         and other.closed_at is null)
                   and not exists (select 1 from staff_task later
                       where later.kind = staff_task.kind and later.about = staff_task.about
                         and later.closed_why = 'stopped'
                         and (later.opened_at > staff_task.opened_at
                              or (later.opened_at = staff_task.opened_at
                                  and later.id > staff_task.id)))",
            )
            .bind(case.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }
}
