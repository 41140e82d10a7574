//! Drills, what failed in them, and who holds which paper of a plan.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    CaseForCheck, StoreError, Tx, access::visible, by_engine, from_day, from_json, from_millis,
    run, to_json, to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, UserId},
    plan::drill::{Drill, DrillTo, Failure, HeldDrill, MeasuredWay, Mender, Paper, PaperEnd},
    residence::AddressShown,
};

/// A drill as it is on record.
#[derive(Debug, Clone)]
pub struct StoredDrill {
    /// Its id.
    pub id: Uuid,
    /// What was written down, apart from what failed.
    pub drill: Drill,
    /// What failed, in the order in which it was written down.
    pub tasks: Vec<DrillTask>,
    /// Who wrote it down.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// When, by whom and why it was struck out.
    pub undone: Option<(DateTime<Utc>, String, Option<String>)>,
}

/// Something that failed and is to be mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillTask {
    /// Its id.
    pub id: Uuid,
    /// In which drill.
    pub drill: Uuid,
    /// The day of that drill.
    pub failed_on: NaiveDate,
    /// What failed, who mends it, until when.
    pub failure: Failure,
    /// When and by whom it was found to be done, with a note.
    pub done: Option<(DateTime<Utc>, String, Option<String>)>,
}

/// A paper that somebody holds, or held.
#[derive(Debug, Clone)]
pub struct HeldPaper {
    /// Its id.
    pub id: Uuid,
    /// Which paper.
    pub paper: Paper,
    /// Who holds it.
    pub holder: String,
    /// On which day it was given.
    pub given_on: NaiveDate,
    /// Of which version of the plan.
    pub version: u32,
    /// The number printed on it.
    pub print_number: Option<String>,
    /// Who wrote it down.
    pub by: String,
    /// On which day and how it ended.
    pub ended: Option<(NaiveDate, PaperEnd)>,
}

/// A paper to be put on record.
#[derive(Debug, Clone)]
pub struct NewPaper {
    /// Its id.
    pub id: Uuid,
    /// Which paper.
    pub paper: Paper,
    /// Who holds it.
    pub holder: String,
    /// On which day it was given.
    pub given_on: NaiveDate,
    /// Of which version of the plan.
    pub version: u32,
    /// The number printed on it.
    pub print_number: Option<String>,
}

/// From when to when a version of a plan was in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionDays {
    /// Its number.
    pub version: u32,
    /// Its own date.
    pub dated: Option<NaiveDate>,
    /// From when on.
    pub from: DateTime<Utc>,
    /// Until when; `None`: it is in force.
    pub until: Option<DateTime<Utc>>,
}

/// A child whose plan was not practised for long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpractised {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// The day of its last drill; `None`: never.
    pub drilled_on: Option<NaiveDate>,
    /// What failed in drills and is not done.
    pub open: i64,
    /// Of these the ones whose day has passed.
    pub overdue: i64,
    /// How many children are on the whole list.
    pub total: i64,
}

#[derive(FromRow)]
struct DrillRow {
    id: Uuid,
    held_on: String,
    people: String,
    minutes: Option<i64>,
    travel_by: Option<String>,
    destination: Option<String>,
    tried: String,
    tried_other: Option<String>,
    recorded_at: i64,
    by: String,
    undone_at: Option<i64>,
    undone: Option<String>,
    undone_why: Option<String>,
}

#[derive(FromRow)]
struct TaskRow {
    id: Uuid,
    drill_id: Uuid,
    held_on: String,
    what: String,
    part: Option<String>,
    person: Option<String>,
    until_day: String,
    done_at: Option<i64>,
    done: Option<String>,
    done_note: Option<String>,
}

#[derive(FromRow)]
struct PaperRow {
    id: Uuid,
    paper: String,
    holder: String,
    given_on: String,
    version: i64,
    print_number: Option<String>,
    by: String,
    ended_on: Option<String>,
    ended_how: Option<String>,
}

const fn corrupt(table: &'static str, column: &'static str) -> StoreError {
    StoreError::Corrupt { table, column }
}

fn day(text: &str, table: &'static str, column: &'static str) -> Result<NaiveDate, StoreError> {
    text.parse().map_err(|_| corrupt(table, column))
}

/// A word that serde gives to an enum without content.
fn word<T: serde::Serialize>(value: &T) -> String {
    let word = serde_json::to_value(value).ok();
    let word = word.and_then(|word| word.as_str().map(str::to_owned));
    word.expect("an enum without content is a word")
}

fn of_word<T: serde::de::DeserializeOwned>(
    text: Option<String>,
    table: &'static str,
    column: &'static str,
) -> Result<Option<T>, StoreError> {
    let read = text.map(|text| serde_json::from_value(serde_json::Value::String(text)));
    read.transpose().map_err(|_| corrupt(table, column))
}

fn minutes(read: Option<i64>) -> Result<Option<u32>, StoreError> {
    let read = read.map(u32::try_from);
    read.transpose()
        .map_err(|_| corrupt("plan_drill", "minutes"))
}

impl DrillRow {
    fn read(self) -> Result<StoredDrill, StoreError> {
        let undone_at = self.undone_at;
        let undone_at = undone_at.map(|at| from_millis(at, "plan_drill", "undone_at"));
        let to: Option<DrillTo> = self
            .destination
            .as_deref()
            .map(|text| from_json(text, "plan_drill", "destination"))
            .transpose()?;
        Ok(StoredDrill {
            id: self.id,
            drill: Drill {
                on: day(&self.held_on, "plan_drill", "held_on")?,
                people: from_json(&self.people, "plan_drill", "people")?,
                minutes: minutes(self.minutes)?,
                by: of_word(self.travel_by, "plan_drill", "travel_by")?,
                to,
                tried: from_json(&self.tried, "plan_drill", "tried")?,
                tried_other: self.tried_other,
                failures: Vec::new(),
            },
            tasks: Vec::new(),
            by: self.by,
            at: from_millis(self.recorded_at, "plan_drill", "recorded_at")?,
            undone: undone_at
                .transpose()?
                .map(|at| (at, self.undone.unwrap_or_default(), self.undone_why)),
        })
    }
}

impl TaskRow {
    fn read(self) -> Result<DrillTask, StoreError> {
        let done_at = self.done_at;
        let done_at = done_at.map(|at| from_millis(at, "drill_task", "done_at"));
        let part = self.part.as_deref().map(Mender::from_code);
        if part == Some(None) {
            return Err(corrupt("drill_task", "part"));
        }
        Ok(DrillTask {
            id: self.id,
            drill: self.drill_id,
            failed_on: day(&self.held_on, "plan_drill", "held_on")?,
            failure: Failure {
                what: self.what,
                part: part.flatten(),
                person: self.person,
                until: day(&self.until_day, "drill_task", "until_day")?,
            },
            done: done_at
                .transpose()?
                .map(|at| (at, self.done.unwrap_or_default(), self.done_note)),
        })
    }
}

impl PaperRow {
    fn read(self) -> Result<HeldPaper, StoreError> {
        let ended_on = from_day(self.ended_on.as_deref(), "plan_paper", "ended_on")?;
        let how = self.ended_how.as_deref().and_then(PaperEnd::from_code);
        Ok(HeldPaper {
            id: self.id,
            paper: Paper::from_code(&self.paper).ok_or(corrupt("plan_paper", "paper"))?,
            holder: self.holder,
            given_on: day(&self.given_on, "plan_paper", "given_on")?,
            version: u32::try_from(self.version).map_err(|_| corrupt("plan_paper", "version"))?,
            print_number: self.print_number,
            by: self.by,
            ended: match (ended_on, how) {
                (None, _) => None,
                (Some(on), Some(how)) => Some((on, how)),
                (Some(_), None) => return Err(corrupt("plan_paper", "ended_how")),
            },
        })
    }
}

macro_rules! tasks {
    ($where:literal) => {
        concat!(
            "select t.id, t.drill_id, d.held_on, t.what, t.part, t.person, t.until_day, t.done_at,
                 a.name as done, t.done_note
             from drill_task t join plan_drill d on d.id = t.drill_id
             left join account a on a.id = t.done_by where t.case_id = $1 and ",
            $where
        )
    };
}

impl Tx {
    /// Puts a drill on record, with what failed as tasks of the plan.
    pub async fn add_drill(
        &mut self,
        (id, case): (Uuid, CaseId),
        drill: &Drill,
        tasks: &[(Uuid, Failure)],
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into plan_drill (id, case_id, held_on, people, minutes, travel_by,
                     destination, tried, tried_other, recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            )
            .bind(id)
            .bind(case.0)
            .bind(drill.on.to_string())
            .bind(to_json(&drill.people))
            .bind(drill.minutes.map(i64::from))
            .bind(drill.by.as_ref().map(word))
            .bind(drill.to.as_ref().map(to_json))
            .bind(to_json(&drill.tried))
            .bind(&drill.tried_other)
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        for (place, (task, failure)) in (1_i64..).zip(tasks) {
            run!(self, |conn| {
                sqlx::query(
                    "insert into drill_task (id, drill_id, case_id, place, what, part, person,
                         until_day)
                     values ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind(*task)
                .bind(id)
                .bind(case.0)
                .bind(place)
                .bind(&failure.what)
                .bind(failure.part.map(Mender::code))
                .bind(&failure.person)
                .bind(failure.until.to_string())
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    /// Every drill of a case that was read through its reader, the latest first; those
    /// that were struck out among them.
    pub async fn drills_of(&mut self, case: CaseId) -> Result<Vec<StoredDrill>, StoreError> {
        let rows: Vec<DrillRow> = run!(self, |conn| {
            sqlx::query_as(
                "select d.id, d.held_on, d.people, d.minutes, d.travel_by, d.destination, d.tried,
                     d.tried_other, d.recorded_at, a.name as by, d.undone_at, u.name as undone,
                     d.undone_why
                 from plan_drill d join account a on a.id = d.recorded_by
                 left join account u on u.id = d.undone_by
                 where d.case_id = $1 order by d.held_on desc, d.recorded_at desc, d.id desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let mut drills: Vec<StoredDrill> = rows
            .into_iter()
            .map(DrillRow::read)
            .collect::<Result<_, _>>()?;
        let rows: Vec<TaskRow> = run!(self, |conn| {
            sqlx::query_as(tasks!("0 = 0 order by t.drill_id, t.place"))
                .bind(case.0)
                .fetch_all(conn)
                .await?
        });
        for row in rows {
            let task = row.read()?;
            if let Some(of) = drills.iter_mut().find(|drill| drill.id == task.drill) {
                of.drill.failures.push(task.failure.clone());
                of.tasks.push(task);
            }
        }
        Ok(drills)
    }

    /// What failed in drills of a case and is not done, what is due first first; of
    /// drills that stand.
    pub async fn open_tasks(&mut self, case: CaseId) -> Result<Vec<DrillTask>, StoreError> {
        let rows: Vec<TaskRow> = run!(self, |conn| {
            sqlx::query_as(tasks!(
                "t.done_at is null and d.undone_at is null
                 order by t.until_day, d.held_on, t.drill_id, t.place"
            ))
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TaskRow::read).collect()
    }

    /// What failed in drills of a case and was done from one instant on, until before
    /// another; in the order in which it was done. The seam for whatever names what a
    /// version of the plan has mended.
    pub async fn tasks_done_between(
        &mut self,
        case: CaseId,
        from: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
    ) -> Result<Vec<DrillTask>, StoreError> {
        let rows: Vec<TaskRow> = run!(self, |conn| {
            sqlx::query_as(tasks!(
                "d.undone_at is null and t.done_at >= $2 and t.done_at < $3
                 order by t.done_at, t.drill_id, t.place"
            ))
            .bind(case.0)
            .bind(to_millis(from))
            .bind(until.map_or(i64::MAX, to_millis))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TaskRow::read).collect()
    }

    /// Strikes out a drill that was recorded by mistake; `false`: there is none of the
    /// case that stands.
    pub async fn strike_drill(
        &mut self,
        (id, case): (Uuid, CaseId),
        why: Option<&str>,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update plan_drill set undone_at = $3, undone_by = $4, undone_why = $5
                 where id = $1 and case_id = $2 and undone_at is null",
            )
            .bind(id)
            .bind(case.0)
            .bind(to_millis(now))
            .bind(by.0)
            .bind(why)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows > 0)
    }

    /// Says that what failed is done; `false`: there is none of the case that is open,
    /// in a drill that stands.
    pub async fn finish_drill_task(
        &mut self,
        (id, case): (Uuid, CaseId),
        note: Option<&str>,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update drill_task set done_at = $3, done_by = $4, done_note = $5
                 where id = $1 and case_id = $2 and done_at is null
                   and exists (select 1 from plan_drill d
                       where d.id = drill_task.drill_id and d.undone_at is null)",
            )
            .bind(id)
            .bind(case.0)
            .bind(to_millis(now))
            .bind(by.0)
            .bind(note)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows > 0)
    }

    /// Says that what failed is not done after all; `false`: there is none of the case
    /// that is done, in a drill that stands.
    pub async fn reopen_drill_task(&mut self, id: Uuid, case: CaseId) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update drill_task set done_at = null, done_by = null, done_note = null
                 where id = $1 and case_id = $2 and done_at is not null
                   and exists (select 1 from plan_drill d
                       where d.id = drill_task.drill_id and d.undone_at is null)",
            )
            .bind(id)
            .bind(case.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows > 0)
    }

    /// The papers of a case that was read through its reader: those that somebody holds
    /// first, in the order in which they were given.
    pub async fn papers_of(&mut self, case: CaseId) -> Result<Vec<HeldPaper>, StoreError> {
        let rows: Vec<PaperRow> = run!(self, |conn| {
            sqlx::query_as(
                "select p.id, p.paper, p.holder, p.given_on, p.version, p.print_number,
                     a.name as by, p.ended_on, p.ended_how
                 from plan_paper p join account a on a.id = p.recorded_by
                 where p.case_id = $1
                 order by case when p.ended_at is null then 0 else 1 end, p.given_on, p.id",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(PaperRow::read).collect()
    }

    /// Puts on record that somebody was given a paper.
    pub async fn add_paper(
        &mut self,
        case: CaseId,
        new: &NewPaper,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into plan_paper (id, case_id, paper, holder, given_on, version,
                     print_number, recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(new.id)
            .bind(case.0)
            .bind(new.paper.code())
            .bind(&new.holder)
            .bind(new.given_on.to_string())
            .bind(i64::from(new.version))
            .bind(&new.print_number)
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Says that nobody holds a paper any more; `false`: there is none of the case that
    /// somebody holds.
    pub async fn end_paper(
        &mut self,
        (id, case): (Uuid, CaseId),
        (on, how): (NaiveDate, PaperEnd),
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update plan_paper set ended_on = $3, ended_how = $4, ended_at = $5, ended_by = $6
                 where id = $1 and case_id = $2 and ended_at is null",
            )
            .bind(id)
            .bind(case.0)
            .bind(on.to_string())
            .bind(how.code())
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows > 0)
    }

    /// From when to when each version of a plan was in force, the latest first; of a case
    /// that was read through its reader.
    pub async fn version_days(&mut self, case: CaseId) -> Result<Vec<VersionDays>, StoreError> {
        type Row = (i64, Option<String>, i64, Option<i64>);
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select version, dated, created_at, until_at from plan_version
                 where case_id = $1 order by version desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(version, dated, from, until)| {
                let at = |millis| from_millis(millis, "plan_version", "created_at");
                Ok(VersionDays {
                    version: u32::try_from(version)
                        .map_err(|_| corrupt("plan_version", "version"))?,
                    dated: from_day(dated.as_deref(), "plan_version", "dated")?,
                    from: at(from)?,
                    until: until.map(at).transpose()?,
                })
            })
            .collect()
    }

    /// Children with a plan that was never practised, or not since a day: those never
    /// practised first, then the longest ago, then by name; so many of the list from a
    /// place on.
    pub async fn unpractised(
        &mut self,
        reader: &Reader,
        at: Moment,
        since: NaiveDate,
        (most, from): (i64, i64),
    ) -> Result<Vec<Unpractised>, StoreError> {
        type Row = (Uuid, String, Option<String>, Option<String>, i64, i64, i64);
        let subject = reader.subject();
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, c.number, c.name, h.drilled_on, coalesce(o.open, 0) as open,
                     coalesce(o.overdue, 0) as overdue, count(*) over () as total
                 from child_case c
                 join plan_version v on v.case_id = c.id and v.until_at is null
                 left join (select case_id, max(held_on) as drilled_on from plan_drill
                     where undone_at is null group by case_id) h on h.case_id = c.id
                 left join (select t.case_id, count(*) as open,
                         count(case when t.until_day < $3 then 1 end) as overdue
                     from drill_task t join plan_drill d on d.id = t.drill_id
                     where t.done_at is null and d.undone_at is null
                     group by t.case_id) o on o.case_id = c.id
                 where (h.drilled_on is null or h.drilled_on < $5) and ",
                visible!(whole),
                " order by case when h.drilled_on is null then 0 else 1 end, h.drilled_on,
                     case when c.sort_key is null then 1 else 0 end, c.sort_key, c.number
                 limit $6 offset $7"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(since.to_string())
            .bind(most)
            .bind(from)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(id, number, name, drilled, open, overdue, total)| {
                Ok(Unpractised {
                    id: CaseId(id),
                    number: CaseNumber::parse(&number)
                        .map_err(|_| corrupt("child_case", "number"))?,
                    name,
                    drilled_on: from_day(drilled.as_deref(), "plan_drill", "held_on")?,
                    open,
                    overdue,
                    total,
                })
            })
            .collect()
    }

    /// Puts the drills that stand into cases that were read, the latest first. The way of
    /// one counts from the home of today: where a home was left since, it is none.
    pub(in crate::store) async fn put_drills(
        &mut self,
        cases: &mut [CaseForCheck],
    ) -> Result<(), StoreError> {
        type Row = (
            Uuid,
            String,
            Option<i64>,
            Option<String>,
            Option<String>,
            bool,
        );
        let numbers: Vec<&str> = cases.iter().map(|case| case.number.as_str()).collect();
        if numbers.is_empty() {
            return Ok(());
        }
        macro_rules! held {
            ($numbers:literal) => {
                concat!(
                    "select d.case_id, d.held_on, d.minutes, d.travel_by, d.destination,
                         exists (select 1 from home o where o.case_id = d.case_id
                             and o.until_day is not null and o.until_day >= d.held_on)
                     from plan_drill d where d.undone_at is null and d.case_id in
                         (select c.id from child_case c where c.number in ",
                    $numbers,
                    ") order by d.held_on desc, d.recorded_at desc, d.id desc"
                )
            };
        }
        let text = by_engine!(
            self,
            sqlite: held!("(select value from json_each($1))"),
            postgres: held!("(select json_array_elements_text(cast($1 as json)))"),
        );
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(to_json(&numbers))
                .fetch_all(conn)
                .await?
        });
        for (case, on, length, by, to, has_moved) in rows {
            let Some(of) = cases.iter_mut().find(|of| of.id.0 == case) else {
                continue;
            };
            let to: Option<DrillTo> = to
                .map(|text| from_json(&text, "plan_drill", "destination"))
                .transpose()?;
            let by = of_word(by, "plan_drill", "travel_by")?;
            // The minutes of a way tell how far it is.
            let told = !has_moved && of.address != AddressShown::Hidden;
            let way = minutes(length)?.zip(to).filter(|_| told);
            of.drills.push(HeldDrill {
                on: day(&on, "plan_drill", "held_on")?,
                way: way.map(|(minutes, to)| MeasuredWay { to, by, minutes }),
            });
        }
        Ok(())
    }
}
