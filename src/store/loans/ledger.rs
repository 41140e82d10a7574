//! What the import of a centre's ledger looks up and writes: who is on record, and
//! what was lent before.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, access::visible, from_day, from_json, run, to_json, to_millis},
    Hand,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, LoanFileId, LoanId, UnitId},
    loan::{Applicant, LoanFacts, LoanState, LoanStep},
    municipality::MunicipalityCode,
    plan::document::ChildItems,
};

/// A child on record, as far as a ledger could tell it from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownChild {
    /// The case.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// The child's name.
    pub name: Option<String>,
    /// How it is read.
    pub kana: Option<String>,
    /// The day of birth.
    pub born: Option<NaiveDate>,
    /// Where it lives; of a child that only the centre has, where its application
    /// says that it will.
    pub municipality: Option<MunicipalityCode>,
    /// The case has ended.
    pub over: bool,
}

/// A file of a child, with the steps that were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerFile {
    /// Its id.
    pub id: LoanFileId,
    /// Counts its changes.
    pub revision: i64,
    /// Where it stands.
    pub state: LoanState,
    /// Since which day.
    pub since: NaiveDate,
    /// It is closed.
    pub closed: bool,
    /// Its loan.
    pub loan: Option<LedgerLoan>,
    /// The steps, in their order.
    pub steps: Vec<(LoanStep, NaiveDate)>,
}

/// A loan, as a ledger knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerLoan {
    /// Its id.
    pub id: LoanId,
    /// The child.
    pub case: CaseId,
    /// The unit.
    pub unit: Option<UnitId>,
    /// Its first day.
    pub started_on: NaiveDate,
    /// Its last day.
    pub ended_on: Option<NaiveDate>,
    /// It is an emergency loan, outside the two stages.
    pub emergency: bool,
    /// The day of return that was set.
    pub return_on: Option<NaiveDate>,
}

/// A loan to be put on record as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastLoan {
    /// The unit; `None`: the ledger does not say.
    pub unit: Option<UnitId>,
    /// Its first day.
    pub started_on: NaiveDate,
    /// The day of return that was set, and why.
    pub return_on: Option<(NaiveDate, String)>,
    /// Its last day, and the word of the state in which it ended.
    pub ended: Option<(NaiveDate, &'static str)>,
}

#[derive(FromRow)]
struct ChildRow {
    id: Uuid,
    number: String,
    child: String,
    municipality: Option<String>,
    applicant: Option<String>,
    over: bool,
}

#[derive(FromRow)]
struct FileRow {
    id: Uuid,
    revision: i64,
    state: String,
    state_since: String,
    closed_on: Option<String>,
}

#[derive(FromRow)]
struct LoanRow {
    id: Uuid,
    case_id: Uuid,
    file_id: Option<Uuid>,
    unit_id: Option<Uuid>,
    kind: String,
    started_on: String,
    ended_on: Option<String>,
    return_on: Option<String>,
}

impl LoanRow {
    fn read(&self) -> Result<LedgerLoan, StoreError> {
        let corrupt = StoreError::Corrupt {
            table: "loan",
            column: "started_on",
        };
        Ok(LedgerLoan {
            id: LoanId(self.id),
            case: CaseId(self.case_id),
            unit: self.unit_id.map(UnitId),
            started_on: from_day(Some(&self.started_on), "loan", "started_on")?.ok_or(corrupt)?,
            ended_on: from_day(self.ended_on.as_deref(), "loan", "ended_on")?,
            emergency: self.kind == "emergency",
            return_on: from_day(self.return_on.as_deref(), "loan", "return_on")?,
        })
    }
}

const LOAN_COLUMNS: &str = "id, case_id, file_id, unit_id, kind, started_on, ended_on, return_on";

impl Tx {
    /// Every child that a reader may see and that is not erased, by number.
    pub async fn known_children(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<KnownChild>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<ChildRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, c.number, c.child, h.municipality, c.ended_on is not null as over,
                     (select f.applicant from loan_file f where f.case_id = c.id
                         order by f.opened_at desc, f.id desc limit 1) as applicant
                 from child_case c left join home h on h.case_id = c.id and h.until_day is null
                 where ",
                visible!(kept),
                " order by c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        let corrupt = |table, column| StoreError::Corrupt { table, column };
        rows.into_iter()
            .map(|row| {
                let child: ChildItems = from_json(&row.child, "child_case", "child")?;
                let applicant = row.applicant.as_deref();
                let applicant: Option<Applicant> = applicant
                    .map(|text| from_json(text, "loan_file", "applicant"))
                    .transpose()?;
                let home = row.municipality.as_deref().map(MunicipalityCode::parse);
                let home = home
                    .transpose()
                    .map_err(|_| corrupt("home", "municipality"))?;
                Ok(KnownChild {
                    case: CaseId(row.id),
                    number: CaseNumber::parse(&row.number)
                        .map_err(|_| corrupt("child_case", "number"))?,
                    name: child.name,
                    kana: child.kana,
                    born: child.born,
                    municipality: home.or(applicant.and_then(|one| one.municipality)),
                    over: row.over,
                })
            })
            .collect()
    }

    /// The files of a child, the oldest first, and its loans that have none.
    pub async fn ledger_files(
        &mut self,
        case: CaseId,
    ) -> Result<(Vec<LedgerFile>, Vec<LedgerLoan>), StoreError> {
        let files: Vec<FileRow> = run!(self, |conn| {
            sqlx::query_as(
                "select id, revision, state, state_since, closed_on from loan_file
                 where case_id = $1 order by opened_at, id",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let loans: Vec<LoanRow> = run!(self, |conn| {
            sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "select {LOAN_COLUMNS} from loan where case_id = $1
                     and coalesce(ended_why, '') <> 'mistake' order by started_on, id"
            )))
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let corrupt = |table, column| StoreError::Corrupt { table, column };
        let mut all = Vec::new();
        for file in files {
            let mut steps = self.loan_steps(LoanFileId(file.id)).await?;
            steps.reverse();
            let loan = loans.iter().find(|loan| loan.file_id == Some(file.id));
            all.push(LedgerFile {
                id: LoanFileId(file.id),
                revision: file.revision,
                state: LoanState::from_code(&file.state).ok_or(corrupt("loan_file", "state"))?,
                since: from_day(Some(&file.state_since), "loan_file", "state_since")?
                    .ok_or(corrupt("loan_file", "state_since"))?,
                closed: file.closed_on.is_some(),
                loan: loan.map(LoanRow::read).transpose()?,
                steps: steps.iter().map(|step| (step.step, step.on)).collect(),
            });
        }
        let alone = loans.iter().filter(|loan| loan.file_id.is_none());
        Ok((all, alone.map(LoanRow::read).collect::<Result<_, _>>()?))
    }

    /// The loans of a unit, the first one first.
    pub async fn loans_of_unit(&mut self, unit: UnitId) -> Result<Vec<LedgerLoan>, StoreError> {
        let rows: Vec<LoanRow> = run!(self, |conn| {
            sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "select {LOAN_COLUMNS} from loan where unit_id = $1
                     and coalesce(ended_why, '') <> 'mistake' order by started_on, id"
            )))
            .bind(unit.0)
            .fetch_all(conn)
            .await?
        });
        rows.iter().map(LoanRow::read).collect()
    }

    /// Writes the municipality into the newest file of a child, where it has none;
    /// `false`: it has one, or there is no file.
    pub async fn fill_municipality(
        &mut self,
        case: CaseId,
        municipality: MunicipalityCode,
    ) -> Result<bool, StoreError> {
        let newest: Option<(Uuid, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select id, applicant from loan_file where case_id = $1
                 order by opened_at desc, id desc limit 1",
            )
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        let Some((file, applicant)) = newest else {
            return Ok(false);
        };
        let mut applicant: Applicant = from_json(&applicant, "loan_file", "applicant")?;
        if applicant.municipality.is_some() {
            return Ok(false);
        }
        applicant.municipality = Some(municipality);
        run!(self, |conn| {
            sqlx::query(
                "update loan_file set applicant = $2, revision = revision + 1 where id = $1",
            )
            .bind(file)
            .bind(to_json(&applicant))
            .execute(conn)
            .await?;
        });
        Ok(true)
    }

    /// The days on which a family applied for the plan.
    pub async fn plan_applications(&mut self, case: CaseId) -> Result<Vec<NaiveDate>, StoreError> {
        let rows: Vec<String> = run!(self, |conn| {
            sqlx::query_scalar(
                "select applied_on from plan_application
                 where case_id = $1 and undone_at is null",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let corrupt = StoreError::Corrupt {
            table: "plan_application",
            column: "applied_on",
        };
        let days = rows
            .iter()
            .map(|day| from_day(Some(day), "plan_application", "applied_on"));
        let days = days.collect::<Result<Option<Vec<_>>, _>>()?;
        days.ok_or(corrupt)
    }

    /// Puts a file on record as the ledger has it, with where it stands.
    pub async fn add_ledger_file(
        &mut self,
        id: LoanFileId,
        (case, applicant): (CaseId, &Applicant),
        steps: &[(LoanStep, LoanState, NaiveDate, Option<String>)],
        opened: (NaiveDate, DateTime<Utc>),
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        let last = steps.last();
        let state = last.map_or(LoanState::Consulted, |(_, to, ..)| *to);
        let since = last.map_or(opened.0, |(_, _, on, _)| *on);
        let applied = steps
            .iter()
            .find(|(step, ..)| *step == LoanStep::ApplyForUse)
            .map(|(_, _, on, _)| on.to_string());
        run!(self, |conn| {
            sqlx::query(
                "insert into loan_file (id, case_id, state, state_since, revision, applicant,
                     facts, applied_on, opened_at, opened_by, closed_on, consulted_on)
                 values ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11)",
            )
            .bind(id.0)
            .bind(case.0)
            .bind(state.code())
            .bind(since.to_string())
            .bind(to_json(applicant))
            .bind(to_json(&LoanFacts::default()))
            .bind(&applied)
            .bind(to_millis(opened.1))
            .bind(by.map(|by| by.0))
            .bind(state.is_over().then(|| since.to_string()))
            .bind(opened.0.to_string())
            .execute(conn)
            .await?;
        });
        let (mut from, mut from_since) = (LoanState::Consulted, opened.0);
        for (ordinal, (step, to, on, note)) in (1_i64..).zip(steps) {
            run!(self, |conn| {
                sqlx::query(
                    "insert into loan_step (file_id, ordinal, step, to_state, on_day, note,
                         recorded_at, recorded_by, from_state, from_since)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                )
                .bind(id.0)
                .bind(ordinal)
                .bind(step.code())
                .bind(to.code())
                .bind(on.to_string())
                .bind(note)
                .bind(to_millis(now))
                .bind(by.map(|by| by.0))
                .bind(from.code())
                .bind(from_since.to_string())
                .execute(conn)
                .await?;
            });
            if *to != from {
                (from, from_since) = (*to, *on);
            }
        }
        Ok(())
    }

    /// Puts a loan on record as the ledger has it; nobody wrote down there what was
    /// gone through at the hand-over.
    pub async fn add_ledger_loan(
        &mut self,
        id: LoanId,
        (case, file): (CaseId, LoanFileId),
        loan: &PastLoan,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into loan (id, case_id, file_id, unit_id, kind, started_on, return_on,
                     return_why, ended_on, ended_why)
                 values ($1, $2, $3, $4, 'programme', $5, $6, $7, $8, $9)",
            )
            .bind(id.0)
            .bind(case.0)
            .bind(file.0)
            .bind(loan.unit.map(|unit| unit.0))
            .bind(loan.started_on.to_string())
            .bind(loan.return_on.as_ref().map(|(on, _)| on.to_string()))
            .bind(loan.return_on.as_ref().map(|(_, why)| why))
            .bind(loan.ended.map(|(on, _)| on.to_string()))
            .bind(loan.ended.map(|(_, why)| why))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Gives a loan that the families' sheet put on record its file and its unit.
    pub async fn adopt_loan(
        &mut self,
        loan: LoanId,
        file: LoanFileId,
        unit: Option<UnitId>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update loan set file_id = $2, unit_id = $3 where id = $1")
                .bind(loan.0)
                .bind(file.0)
                .bind(unit.map(|unit| unit.0))
                .execute(conn)
                .await?;
        });
        Ok(())
    }
}
