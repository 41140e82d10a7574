//! Due days of duties.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{StoreError, Tx, by_engine, from_day, run, to_millis};
use crate::domain::{
    duty::{DutyKind, Term},
    id::{CaseId, CaseNumber, UserId},
    municipality::MunicipalityCode,
};

/// A due day as it is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTerm {
    /// Its id.
    pub id: Uuid,
    /// The child.
    pub case: CaseId,
    /// What is owed.
    pub kind: DutyKind,
    /// Of which loan, battery, …
    pub about: String,
    /// The day that the period was counted from: another one is another duty, the
    /// same with another due day is one that moved.
    pub cycle: NaiveDate,
    /// Its days.
    pub term: Term,
    /// Which day it was due before.
    pub moved_from: Option<NaiveDate>,
    /// How often its day has moved, or it began anew: for calendars (RFC 5545, 3.8.7.4).
    pub sequence: i64,
    /// On which day it is to be looked at next.
    pub next_on: Option<NaiveDate>,
    /// Since when it is over, and why.
    pub ended: Option<(NaiveDate, String)>,
}

/// A due day to be put on record.
#[derive(Debug, Clone)]
pub struct NewTerm<'a> {
    /// Its id.
    pub id: Uuid,
    /// The child.
    pub case: CaseId,
    /// What is owed.
    pub kind: DutyKind,
    /// Of what.
    pub about: &'a str,
    /// Counted from which day.
    pub cycle: NaiveDate,
    /// Its days.
    pub term: Term,
    /// Which day it was due before.
    pub moved_from: Option<NaiveDate>,
    /// On which day it is to be looked at first.
    pub next_on: Option<NaiveDate>,
}

/// What is said of a child in a reminder: no name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueCase {
    /// The child.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// What was gone through at the hand-over, as it is kept.
    pub hand_over: Option<String>,
    /// The family's pass-phrase.
    pub pass_phrase: Option<String>,
    /// Its municipality.
    pub municipality: Option<MunicipalityCode>,
    /// The centre may know of the child.
    pub of_centre: bool,
}

/// A term that is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueTerm {
    /// The term.
    pub stored: StoredTerm,
    /// Of which child.
    pub case: DueCase,
    /// Whether a day was agreed for the check of the same loan.
    pub day_agreed: bool,
    /// Whether the family has written down its part of the check, and the centre has not
    /// dealt with it yet.
    pub answered: bool,
}

/// Somebody has suspended the reminders of a duty until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// Its id.
    pub id: Uuid,
    /// The child.
    pub case: CaseId,
    /// Which duty.
    pub kind: DutyKind,
    /// From which day.
    pub from: NaiveDate,
    /// To which day, itself in it.
    pub until: NaiveDate,
    /// Why.
    pub reason: Option<String>,
    /// Who.
    pub by: Option<String>,
}

#[derive(FromRow)]
struct TermRow {
    id: Uuid,
    case_id: Uuid,
    duty: String,
    about: String,
    cycle: String,
    due_on: String,
    begun_on: String,
    known_on: String,
    moved_from: Option<String>,
    sequence: i64,
    next_on: Option<String>,
    ended_on: Option<String>,
    ended_why: Option<String>,
}

#[derive(FromRow)]
struct DueRow {
    #[sqlx(flatten)]
    term: TermRow,
    number: String,
    hand_over: Option<String>,
    pass_phrase: Option<String>,
    municipality: Option<String>,
    of_centre: bool,
    day_agreed: bool,
    answered: bool,
}

#[derive(FromRow)]
struct SuspensionRow {
    id: Uuid,
    case_id: Uuid,
    duty: String,
    from_day: String,
    until_day: String,
    reason: Option<String>,
    name: Option<String>,
}

const fn corrupt(column: &'static str) -> StoreError {
    StoreError::Corrupt {
        table: "duty_term",
        column,
    }
}

fn day(text: &str, column: &'static str) -> Result<NaiveDate, StoreError> {
    from_day(Some(text), "duty_term", column)?.ok_or(corrupt(column))
}

impl TermRow {
    fn read(self) -> Result<StoredTerm, StoreError> {
        let maybe = |text: Option<&str>, column| from_day(text, "duty_term", column);
        let ended_on = maybe(self.ended_on.as_deref(), "ended_on")?;
        Ok(StoredTerm {
            id: self.id,
            case: CaseId(self.case_id),
            kind: DutyKind::from_code(&self.duty).ok_or(corrupt("duty"))?,
            about: self.about,
            cycle: day(&self.cycle, "cycle")?,
            term: Term {
                due_on: day(&self.due_on, "due_on")?,
                begun_on: day(&self.begun_on, "begun_on")?,
                known_on: day(&self.known_on, "known_on")?,
            },
            moved_from: maybe(self.moved_from.as_deref(), "moved_from")?,
            sequence: self.sequence,
            next_on: maybe(self.next_on.as_deref(), "next_on")?,
            ended: ended_on.zip(self.ended_why),
        })
    }
}

impl SuspensionRow {
    fn read(self) -> Result<Suspension, StoreError> {
        Ok(Suspension {
            id: self.id,
            case: CaseId(self.case_id),
            kind: DutyKind::from_code(&self.duty).ok_or(corrupt("duty"))?,
            from: day(&self.from_day, "from_day")?,
            until: day(&self.until_day, "until_day")?,
            reason: self.reason,
            by: self.name,
        })
    }
}

macro_rules! term_columns {
    () => {
        "t.id, t.case_id, t.duty, t.about, t.cycle, t.due_on, t.begun_on, t.known_on, \
         t.moved_from, t.sequence, t.next_on, t.ended_on, t.ended_why"
    };
}

macro_rules! coordinators {
    ($account:literal) => {
        concat!(
            "select distinct g.case_id, a.id from case_access g join account a on ",
            $account,
            " where g.subject_kind = 'coordinator' and g.ground = 'assignment'
               and g.from_day <= $1 and (g.until_day is null or g.until_day >= $1)
               and a.disabled_at is null and a.role = 'coordinator'
               and g.case_id in (select t.case_id from duty_term t
                   where t.ended_on is null and t.next_on is not null and t.next_on <= $1)
             order by g.case_id, a.id"
        )
    };
}

impl Tx {
    /// Every term of a child, those that are open first, the nearest first.
    pub async fn duty_terms(&mut self, case: CaseId) -> Result<Vec<StoredTerm>, StoreError> {
        let rows: Vec<TermRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select ",
                term_columns!(),
                " from duty_term t where t.case_id = $1
                 order by t.ended_on desc nulls first, t.due_on, t.duty, t.about"
            ))
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TermRow::read).collect()
    }

    /// Puts a due day on record. One that was over is open again, so that what was sent for
    /// it is not sent a second time; where the day had moved away meanwhile, and comes back,
    /// it is a term of its own, and told anew.
    pub async fn begin_term(&mut self, new: &NewTerm<'_>) -> Result<(), StoreError> {
        let moved_from = new.moved_from.map(|day| day.to_string());
        let next_on = new.next_on.map(|day| day.to_string());
        let again = run!(self, |conn| {
            sqlx::query(
                "update duty_term set ended_on = null, ended_why = null, cycle = $5,
                     moved_from = $6, next_on = $7,
                     sequence = (select coalesce(max(t.sequence) + 1, 0) from duty_term t
                         where t.case_id = $1 and t.duty = $2 and t.about = $3 and t.cycle = $5)
                 where id = (select t.id from duty_term t where t.case_id = $1 and t.duty = $2
                     and t.about = $3 and t.due_on = $4 and (t.ended_on is null or $6 is null)
                     order by case when t.ended_on is null then 0 else 1 end, t.sequence desc, t.id
                     limit 1)",
            )
            .bind(new.case.0)
            .bind(new.kind.code())
            .bind(new.about)
            .bind(new.term.due_on.to_string())
            .bind(new.cycle.to_string())
            .bind(&moved_from)
            .bind(&next_on)
            .execute(conn)
            .await?
            .rows_affected()
        });
        if again > 0 {
            return Ok(());
        }
        run!(self, |conn| {
            sqlx::query(
                "insert into duty_term (id, case_id, duty, about, cycle, due_on, begun_on, known_on,
                     moved_from, next_on, sequence)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                     (select coalesce(max(t.sequence) + 1, 0) from duty_term t
                      where t.case_id = $2 and t.duty = $3 and t.about = $4 and t.cycle = $5))
                 on conflict (case_id, duty, about, due_on) where ended_on is null do nothing",
            )
            .bind(new.id)
            .bind(new.case.0)
            .bind(new.kind.code())
            .bind(new.about)
            .bind(new.cycle.to_string())
            .bind(new.term.due_on.to_string())
            .bind(new.term.begun_on.to_string())
            .bind(new.term.known_on.to_string())
            .bind(moved_from)
            .bind(next_on)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Ends a term: what waits of it is void, and a mail that holds it with others
    /// is planned anew without it.
    pub async fn end_term(
        &mut self,
        term: Uuid,
        (on, why): (NaiveDate, &str),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update duty_term set ended_on = $2, ended_why = $3, next_on = null
                 where id = $1 and ended_on is null",
            )
            .bind(term)
            .bind(on.to_string())
            .bind(why)
            .execute(conn)
            .await?;
        });
        self.void_notices((term, None), on).await
    }

    /// Whether a mail that told a family of a term has left, or may have.
    pub async fn family_was_reminded(&mut self, term: Uuid) -> Result<bool, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar(
                "select exists (select 1 from duty_notice n join outbox o on o.id = n.outbox_id
                 where n.term_id = $1 and n.audience = 'family' and n.state = 'planned'
                   and o.state in ('handing_over', 'sent', 'held'))",
            )
            .bind(term)
            .fetch_one(conn)
            .await?
        }))
    }

    /// How many open terms have reached a stage.
    pub async fn terms_that_reached(&mut self) -> Result<u64, StoreError> {
        let count: i64 = run!(self, |conn| {
            sqlx::query_scalar(
                "select count(*) from duty_term t where t.ended_on is null
                   and exists (select 1 from duty_notice n where n.term_id = t.id)",
            )
            .fetch_one(conn)
            .await?
        });
        Ok(count.unsigned_abs())
    }

    /// The coordinators of the children of whom something is to be looked at on a
    /// day: child and account.
    pub async fn coordinators_to_remind(
        &mut self,
        today: NaiveDate,
    ) -> Result<Vec<(CaseId, UserId)>, StoreError> {
        let text = by_engine!(
            self,
            sqlite: coordinators!("a.id = unhex(replace(g.subject_id, '-', ''))"),
            postgres: coordinators!("cast(a.id as text) = g.subject_id")
        );
        let rows: Vec<(Uuid, Uuid)> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(today.to_string())
                .fetch_all(conn)
                .await?
        });
        let pairs = rows.into_iter();
        Ok(pairs
            .map(|(case, account)| (CaseId(case), UserId(account)))
            .collect())
    }

    /// Says when a term is to be looked at next.
    pub async fn look_at_term(
        &mut self,
        term: Uuid,
        next: Option<NaiveDate>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update duty_term set next_on = $2 where id = $1 and ended_on is null")
                .bind(term)
                .bind(next.map(|day| day.to_string()))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Has every open term looked at on a day: the ladders have changed.
    pub async fn look_at_every_term(&mut self, on: NaiveDate) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update duty_term set next_on = $1 where ended_on is null")
                .bind(on.to_string())
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// The terms that are to be looked at on a day, child by child. A case that has
    /// ended has none.
    pub async fn terms_to_look_at(&mut self, today: NaiveDate) -> Result<Vec<DueTerm>, StoreError> {
        let rows: Vec<DueRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select ",
                term_columns!(),
                ", c.number, c.pass_phrase,
                   (select l.hand_over from loan l where l.case_id = c.id and l.ended_on is null
                    order by l.started_on desc, l.id desc limit 1) as hand_over,
                   (select h.municipality from home h where h.case_id = c.id
                    and h.until_day is null and h.erased_at is null
                    order by h.from_day desc limit 1) as municipality,
                   exists (select 1 from case_access g where g.case_id = c.id
                    and g.subject_kind = 'centre' and g.from_day <= $1
                    and (g.until_day is null or g.until_day >= $1)) as of_centre,
                   exists (select 1 from duty_term d where d.case_id = t.case_id
                    and d.about = t.about and d.duty = 'check_day' and d.ended_on is null)
                   as day_agreed,
                   exists (select 1 from family_check r join staff_task s on s.id = r.task_id
                    where r.case_id = t.case_id and s.closed_at is null) as answered
                 from duty_term t join child_case c on c.id = t.case_id
                 where t.ended_on is null and t.next_on is not null and t.next_on <= $1
                   and c.ended_on is null
                 order by c.number, t.due_on, t.duty, t.about"
            ))
            .bind(today.to_string())
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                let number = CaseNumber::parse(&row.number).map_err(|_| StoreError::Corrupt {
                    table: "child_case",
                    column: "number",
                })?;
                let municipality = row.municipality.as_deref();
                let stored = row.term.read()?;
                Ok(DueTerm {
                    day_agreed: row.day_agreed,
                    answered: row.answered,
                    case: DueCase {
                        case: stored.case,
                        number,
                        hand_over: row.hand_over,
                        pass_phrase: row.pass_phrase,
                        municipality: municipality
                            .and_then(|code| MunicipalityCode::parse(code).ok()),
                        of_centre: row.of_centre,
                    },
                    stored,
                })
            })
            .collect()
    }

    /// Suspends the reminders of a duty until a day; what waits of it is void.
    pub async fn suspend_duty(
        &mut self,
        new: &Suspension,
        (by, now, today): (UserId, DateTime<Utc>, NaiveDate),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into duty_suspension (id, case_id, duty, from_day, until_day, reason,
                     recorded_at, recorded_by) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(new.id)
            .bind(new.case.0)
            .bind(new.kind.code())
            .bind(new.from.to_string())
            .bind(new.until.to_string())
            .bind(&new.reason)
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        let terms: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "select id from duty_term where case_id = $1 and duty = $2 and ended_on is null",
            )
            .bind(new.case.0)
            .bind(new.kind.code())
            .fetch_all(conn)
            .await?
        });
        for term in terms {
            self.void_notices((term, None), today).await?;
        }
        Ok(())
    }

    /// Ends a suspension before its day; `false`: it is over. What it held is looked
    /// at on the day.
    pub async fn resume_duty(
        &mut self,
        (suspension, case): (Uuid, CaseId),
        (by, now, today): (UserId, DateTime<Utc>, NaiveDate),
    ) -> Result<bool, StoreError> {
        let kind: Option<String> = run!(self, |conn| {
            sqlx::query_scalar(
                "update duty_suspension set ended_at = $3, ended_by = $4
                 where id = $1 and case_id = $2 and ended_at is null returning duty",
            )
            .bind(suspension)
            .bind(case.0)
            .bind(to_millis(now))
            .bind(by.0)
            .fetch_optional(conn)
            .await?
        });
        let Some(kind) = kind else {
            return Ok(false);
        };
        run!(self, |conn| {
            sqlx::query(
                "update duty_term set next_on = $3
                 where case_id = $1 and duty = $2 and ended_on is null",
            )
            .bind(case.0)
            .bind(&kind)
            .bind(today.to_string())
            .execute(conn)
            .await?;
        });
        Ok(true)
    }

    /// The suspensions that hold on a day or later: of a child, or of all.
    pub async fn suspensions(
        &mut self,
        case: Option<CaseId>,
        today: NaiveDate,
    ) -> Result<Vec<Suspension>, StoreError> {
        let rows: Vec<SuspensionRow> = run!(self, |conn| {
            sqlx::query_as(
                "select s.id, s.case_id, s.duty, s.from_day, s.until_day, s.reason, a.name
                 from duty_suspension s left join account a on a.id = s.recorded_by
                 where s.ended_at is null and s.until_day >= $1
                   and ($2 is null or s.case_id = $2)
                 order by s.until_day, s.id",
            )
            .bind(today.to_string())
            .bind(case.map(|case| case.0))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(SuspensionRow::read).collect()
    }
}
