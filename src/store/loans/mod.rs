//! The loan programme: applications, loans, and what happened to them.

mod catalogue;
mod checks;
mod disclosed;
mod duties;
mod emergencies;
mod ended;
mod ends;
mod ledger;
mod lent;
mod photos;
mod progress;
mod report;
mod runs;
mod schemes;
mod stated;
mod undo;
mod unit_places;
mod units;
mod visits;
mod waits;
mod whose;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

pub use catalogue::ModelChange;
pub use checks::StoredCheck;
pub use disclosed::{CheckFacts, ChecksAbout, PhotoFacts};
pub use duties::{DutyCount, DutyLine, WaitingFile};
pub use emergencies::EmergencyLoan;
pub use ended::{Ended, FileToErase};
pub use ends::{Extension, LoanWord, Running, StepDecision};
pub use ledger::{KnownChild, LedgerFile, LedgerLoan, PastLoan};
pub use lent::UnitWith;
pub use photos::{PhotoSize, StoredPhoto};
pub use progress::{StoredAnswer, StuckChild};
pub use schemes::{SchemeTable, StoredScheme, Window};
pub use stated::Stated;
pub use undo::{PastStep, Stopped, Undone};
pub use units::{NewUnit, StoredUnit, UnitEvent};
pub use visits::VisitLine;
pub use waits::UnitWait;
pub use whose::{LedgerQuestion, RowIs};

use super::{StoreError, Tx, access::visible, from_day, from_json, run, to_json, to_millis};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, LoanFileId, LoanId, UnitId, UserId},
    loan::{Applicant, LoanFacts, LoanState, LoanStep},
};

/// A loan, as it was handed over.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredLoan {
    /// Its id.
    pub id: LoanId,
    /// The unit.
    pub unit: Option<UnitId>,
    /// `true`: lent for an emergency, outside the two stages.
    pub emergency: bool,
    /// Its first day.
    pub started_on: NaiveDate,
    /// The day of return that was set.
    pub return_on: Option<NaiveDate>,
    /// Why it is to be returned.
    pub return_why: Option<String>,
    /// Its last day.
    pub ended_on: Option<NaiveDate>,
    /// The last day after an extension; `None`: there is none.
    pub extended_until: Option<NaiveDate>,
}

impl StoredLoan {
    /// The end that was set, for the clocks: the day of return, or the last day
    /// after an extension; `None`: the full time counts.
    pub fn set_end(&self) -> Option<NaiveDate> {
        self.return_on.or(self.extended_until)
    }
}

/// An application, with the loan that came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LoanFile {
    /// Its id.
    pub id: LoanFileId,
    /// The child.
    pub case: CaseId,
    /// The child's number.
    pub number: CaseNumber,
    /// The child's name.
    pub name: Option<String>,
    /// Where it stands.
    pub state: LoanState,
    /// Since which day.
    pub state_since: NaiveDate,
    /// Counts its changes.
    pub revision: i64,
    /// Who applies.
    pub applicant: Applicant,
    /// What decides on eligibility.
    pub facts: LoanFacts,
    /// The day of the first application for use.
    pub applied_on: Option<NaiveDate>,
    /// When it was over.
    pub closed_on: Option<NaiveDate>,
    /// The loan that runs, or the last one.
    pub loan: Option<StoredLoan>,
    /// The minutes without the ventilator in spite of which it was granted.
    pub granted_minutes: Option<u32>,
    /// When the family applied for the plan.
    pub plan_applied_on: Option<NaiveDate>,
    /// When the last check was held.
    pub checked_on: Option<NaiveDate>,
}

#[derive(FromRow)]
struct FileRow {
    id: Uuid,
    case_id: Uuid,
    number: String,
    name: Option<String>,
    state: String,
    state_since: String,
    revision: i64,
    applicant: String,
    facts: String,
    applied_on: Option<String>,
    closed_on: Option<String>,
    loan_id: Option<Uuid>,
    unit_id: Option<Uuid>,
    started_on: Option<String>,
    return_on: Option<String>,
    return_why: Option<String>,
    ended_on: Option<String>,
    extended_until: Option<String>,
    granted_minutes: Option<i64>,
    plan_applied_on: Option<String>,
    checked_on: Option<String>,
}

impl FileRow {
    fn read(self) -> Result<LoanFile, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "loan_file",
            column,
        };
        let day = |text: Option<&str>, column| from_day(text, "loan_file", column);
        let started = day(self.started_on.as_deref(), "started_on")?;
        let loan = match self.loan_id.zip(started) {
            None => None,
            Some((id, started_on)) => Some(StoredLoan {
                id: LoanId(id),
                unit: self.unit_id.map(UnitId),
                emergency: false,
                started_on,
                return_on: day(self.return_on.as_deref(), "return_on")?,
                return_why: self.return_why,
                ended_on: day(self.ended_on.as_deref(), "ended_on")?,
                extended_until: day(self.extended_until.as_deref(), "extended_until")?,
            }),
        };
        Ok(LoanFile {
            id: LoanFileId(self.id),
            case: CaseId(self.case_id),
            number: CaseNumber::parse(&self.number).map_err(|_| corrupt("number"))?,
            name: self.name,
            state: LoanState::from_code(&self.state).ok_or(corrupt("state"))?,
            state_since: day(Some(&self.state_since), "state_since")?
                .ok_or(corrupt("state_since"))?,
            revision: self.revision,
            applicant: from_json(&self.applicant, "loan_file", "applicant")?,
            facts: from_json(&self.facts, "loan_file", "facts")?,
            applied_on: day(self.applied_on.as_deref(), "applied_on")?,
            closed_on: day(self.closed_on.as_deref(), "closed_on")?,
            loan,
            granted_minutes: self
                .granted_minutes
                .map(|minutes| minutes.try_into().map_err(|_| corrupt("granted_minutes")))
                .transpose()?,
            plan_applied_on: day(self.plan_applied_on.as_deref(), "plan_applied_on")?,
            checked_on: day(self.checked_on.as_deref(), "checked_on")?,
        })
    }
}

/// A file with its latest loan. Days are written so that they compare as texts.
macro_rules! file_columns {
    () => {
        "select f.id, f.case_id, c.number, c.name, f.state, f.state_since, f.revision, \
         f.applicant, f.facts, f.applied_on, f.closed_on, f.granted_minutes, l.id as loan_id, l.unit_id, \
         l.started_on, l.return_on, l.return_why, l.ended_on, \
         (select e.until_day from loan_extension e where e.loan_id = l.id and e.undone_at is null \
             order by e.recorded_at desc, e.id desc limit 1) as extended_until, \
         (select max(p.applied_on) from plan_application p where p.case_id = c.id \
             and p.undone_at is null) as plan_applied_on, \
         (select max(k.held_on) from annual_check k where k.loan_id = l.id \
             and k.outcome <> 'open' and k.undone_at is null) as checked_on \
         from loan_file f join child_case c on c.id = f.case_id \
         left join loan l on l.file_id = f.id and l.id = (select x.id from loan x \
             where x.file_id = f.id and coalesce(x.ended_why, '') <> 'mistake' \
             order by x.started_on desc, x.id desc limit 1) where "
    };
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenStep {
    /// Which.
    pub step: LoanStep,
    /// On which day.
    pub on: NaiveDate,
    /// The note.
    pub note: Option<String>,
    /// Criteria that were not met or not known when it was decided.
    pub against: Option<String>,
    /// Who wrote it down.
    pub by: Option<String>,
}

/// Who writes, and when.
pub type Hand = (Option<UserId>, DateTime<Utc>);

impl Tx {
    /// Opens a file for a child; `false`: one is open.
    pub async fn open_loan_file(
        &mut self,
        id: LoanFileId,
        case: CaseId,
        (applicant, facts): (&Applicant, &LoanFacts),
        on: NaiveDate,
        (by, now): Hand,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into loan_file (id, case_id, state, state_since, revision, applicant,
                     facts, consulted_on, opened_at, opened_by)
                 select $1, $2, $3, $4, 1, $5, $6, $4, $7, $8 where not exists
                     (select 1 from loan_file where case_id = $2 and closed_on is null)",
            )
            .bind(id.0)
            .bind(case.0)
            .bind(LoanState::Consulted.code())
            .bind(on.to_string())
            .bind(to_json(applicant))
            .bind(to_json(facts))
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// On which day a file began with a consultation, and who wrote it down; of a file
    /// that was read through its reader.
    pub async fn consulted(
        &mut self,
        file: LoanFileId,
    ) -> Result<(NaiveDate, Option<String>), StoreError> {
        let (on, by): (String, Option<String>) = run!(self, |conn| {
            sqlx::query_as(
                "select f.consulted_on, a.name from loan_file f
                 left join account a on a.id = f.opened_by where f.id = $1",
            )
            .bind(file.0)
            .fetch_one(conn)
            .await?
        });
        let on = on.parse().map_err(|_| StoreError::Corrupt {
            table: "loan_file",
            column: "consulted_on",
        })?;
        Ok((on, by))
    }

    /// The latest file of a child.
    pub async fn loan_file(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Option<LoanFile>, StoreError> {
        let text = concat!(
            file_columns!(),
            "c.number = $5 and ",
            visible!(),
            " order by f.opened_at desc, f.id desc limit 1"
        );
        self.file_by(text, reader, at, number).await
    }

    /// The latest file of a child where it is over, for whoever has decided on it: to
    /// read. Whatever writes asks for [`Tx::loan_file`].
    pub async fn ended_loan_file(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Option<LoanFile>, StoreError> {
        let text = concat!(
            file_columns!(),
            "c.number = $5 and f.closed_on is not null and not exists
                 (select 1 from loan_file o where o.case_id = c.id and o.closed_on is null)
             and ",
            visible!(file),
            " order by f.opened_at desc, f.id desc limit 1"
        );
        self.file_by(text, reader, at, number).await
    }

    async fn file_by(
        &mut self,
        text: &'static str,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Option<LoanFile>, StoreError> {
        let subject = reader.subject();
        let row: Option<FileRow> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(subject.kind)
                .bind(&subject.id)
                .bind(at.today.to_string())
                .bind(to_millis(at.now))
                .bind(number.as_str())
                .fetch_optional(conn)
                .await?
        });
        row.map(FileRow::read).transpose()
    }

    /// Every file that is open, by the reading of the names.
    pub async fn open_loan_files(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<LoanFile>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<FileRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                file_columns!(),
                "f.closed_on is null and ",
                visible!(),
                " order by c.sort_key, c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(FileRow::read).collect()
    }

    /// What is known of applicant and eligibility, where nobody has changed it
    /// meanwhile; `false`: somebody has.
    pub async fn write_loan_facts(
        &mut self,
        (id, revision): (LoanFileId, i64),
        (applicant, facts): (&Applicant, &LoanFacts),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update loan_file set applicant = $3, facts = $4, revision = revision + 1
                 where id = $1 and revision = $2",
            )
            .bind(id.0)
            .bind(revision)
            .bind(to_json(applicant))
            .bind(to_json(facts))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Takes a step, where nobody has changed the file meanwhile; `false`:
    /// somebody has.
    pub async fn take_loan_step(
        &mut self,
        (id, revision): (LoanFileId, i64),
        (taken, to): (&TakenStep, LoanState),
        (by, now): Hand,
    ) -> Result<bool, StoreError> {
        let on = taken.on.to_string();
        let closed = to.is_over().then(|| on.clone());
        let applied = (taken.step == LoanStep::ApplyForUse).then(|| on.clone());
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into loan_step (file_id, ordinal, step, to_state, on_day, note, against,
                     recorded_at, recorded_by, from_state, from_since)
                 select f.id, (select coalesce(max(s.ordinal), 0) + 1 from loan_step s
                     where s.file_id = f.id), $3, $4, $5, $6, $7, $8, $9, f.state, f.state_since
                 from loan_file f where f.id = $1 and f.revision = $2",
            )
            .bind(id.0)
            .bind(revision)
            .bind(taken.step.code())
            .bind(to.code())
            .bind(&on)
            .bind(&taken.note)
            .bind(&taken.against)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?
            .rows_affected()
        });
        if rows == 0 {
            return Ok(false);
        }
        run!(self, |conn| {
            sqlx::query(
                "update loan_file set state = $3,
                     state_since = case when state = $3 then state_since else $4 end,
                     closed_on = $5, applied_on = coalesce(applied_on, $6),
                     revision = revision + 1
                 where id = $1 and revision = $2",
            )
            .bind(id.0)
            .bind(revision)
            .bind(to.code())
            .bind(&on)
            .bind(&closed)
            .bind(&applied)
            .execute(conn)
            .await?;
        });
        Ok(true)
    }

    /// Keeps the minutes without the ventilator in spite of which a file was granted;
    /// `None`: they were no reason against it.
    pub async fn note_granted_minutes(
        &mut self,
        file: LoanFileId,
        minutes: Option<u32>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update loan_file set granted_minutes = $2 where id = $1")
                .bind(file.0)
                .bind(minutes.map(i64::from))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// The steps of a file that was read through its reader and that stand, the latest
    /// first.
    pub async fn loan_steps(&mut self, file: LoanFileId) -> Result<Vec<TakenStep>, StoreError> {
        let past = self.loan_history(file).await?.into_iter();
        let stand = past.filter(|past| past.undone.is_none());
        Ok(stand.map(|past| past.step).collect())
    }
}
