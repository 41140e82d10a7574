//! Tries at importing files, and every data set that they made.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    access::{kept_from_lists, visible},
    by_engine, from_day, from_json, from_millis, run, to_json, to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    data_set::DataSetKind,
    id::{CaseId, CaseNumber, DataSetId, ImportRunId},
    municipality::MunicipalityCode,
};

/// A try to be put on record.
#[derive(Debug, Clone)]
pub struct NewImportRun<'a> {
    /// Its id.
    pub id: ImportRunId,
    /// What the file held, as the call said.
    pub what: &'a str,
    /// The file's name, without its folder.
    pub file: &'a str,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it ended.
    pub finished: DateTime<Utc>,
    /// Nothing was written.
    pub dry_run: bool,
    /// What it made.
    pub set: Option<DataSetId>,
    /// Who imported.
    pub by: &'a str,
    /// The report, as JSON.
    pub report: &'a str,
    /// Whose rows it remarks on, as JSON; `None`: nobody's.
    pub rows_of: Option<&'a str>,
}

/// A try, as it is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRun {
    /// Its id.
    pub id: ImportRunId,
    /// What the file held, as the call said.
    pub what: String,
    /// The file's name; empty: it was erased.
    pub file: String,
    /// When it ended.
    pub finished: DateTime<Utc>,
    /// Nothing was written.
    pub dry_run: bool,
    /// What it made.
    pub set: Option<DataSetId>,
    /// Who imported; `None`: nobody has said.
    pub by: Option<String>,
    /// The report, as JSON; of one that was erased its counts.
    pub report: String,
    /// Whose rows it remarks on, as JSON.
    pub rows_of: Option<String>,
    /// Its rows were erased.
    pub erased: bool,
}

/// A data set with everything that is on record about it.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSetFacts {
    /// Its id.
    pub id: DataSetId,
    /// What it holds.
    pub kind: DataSetKind,
    /// Its name.
    pub name: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// Where it was taken from.
    pub source: Option<String>,
    /// Its date.
    pub dated: Option<NaiveDate>,
    /// When it was imported.
    pub imported_at: DateTime<Utc>,
    /// By whom.
    pub imported_by: String,
    /// SHA-256 of its file.
    pub sha256: String,
    /// Its format.
    pub format: String,
    /// The municipalities it speaks for; `None`: not stated.
    pub covers: Option<std::collections::BTreeSet<MunicipalityCode>>,
    /// The one it took the place of.
    pub replaces: Option<DataSetId>,
    /// It is in force.
    pub current: bool,
    /// Records in it.
    pub records: i64,
    /// Sites in force that this list speaks for: one that another replaced goes on
    /// speaking for the sites that the other does not have.
    pub sites: i64,
}

/// What a reader may know of a case that a report names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCase {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// The reader may read all of it, and its address is not protected.
    pub open: bool,
}

#[derive(FromRow)]
struct RunRow {
    id: Uuid,
    what: String,
    file: String,
    finished_at: i64,
    dry_run: bool,
    data_set_id: Option<Uuid>,
    imported_by: Option<String>,
    report: String,
    rows_of: Option<String>,
    erased_at: Option<i64>,
}

impl RunRow {
    fn read(self) -> Result<ImportRun, StoreError> {
        Ok(ImportRun {
            id: ImportRunId(self.id),
            what: self.what,
            file: self.file,
            finished: from_millis(self.finished_at, "import_run", "finished_at")?,
            dry_run: self.dry_run,
            set: self.data_set_id.map(DataSetId),
            by: self.imported_by,
            report: self.report,
            rows_of: self.rows_of,
            erased: self.erased_at.is_some(),
        })
    }
}

#[derive(FromRow)]
struct FactsRow {
    id: Uuid,
    kind: String,
    name: String,
    publisher: Option<String>,
    source: Option<String>,
    dated: Option<String>,
    imported_at: i64,
    imported_by: String,
    sha256: String,
    format: String,
    covers: Option<String>,
    replaces: Option<Uuid>,
    state: String,
    records: i64,
    sites: i64,
}

impl FactsRow {
    fn read(self) -> Result<DataSetFacts, StoreError> {
        let corrupt = StoreError::Corrupt {
            table: "data_set",
            column: "kind",
        };
        Ok(DataSetFacts {
            id: DataSetId(self.id),
            kind: DataSetKind::from_code(&self.kind).ok_or(corrupt)?,
            name: self.name,
            publisher: self.publisher,
            source: self.source,
            dated: from_day(self.dated.as_deref(), "data_set", "dated")?,
            imported_at: from_millis(self.imported_at, "data_set", "imported_at")?,
            imported_by: self.imported_by,
            sha256: self.sha256,
            format: self.format,
            covers: self
                .covers
                .map(|c| from_json(&c, "data_set", "covers"))
                .transpose()?,
            replaces: self.replaces.map(DataSetId),
            current: self.state == "current",
            records: self.records,
            sites: self.sites,
        })
    }
}

macro_rules! run_columns {
    () => {
        "select id, what, file, finished_at, dry_run, data_set_id, imported_by, report, rows_of, \
         erased_at from import_run "
    };
}

impl Tx {
    /// Puts a try at an import on record, with its report.
    pub async fn add_import_run(&mut self, new: &NewImportRun<'_>) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into import_run (id, what, file, started_at, finished_at, dry_run,
                     data_set_id, report, imported_by, rows_of)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(new.id.0)
            .bind(new.what)
            .bind(new.file)
            .bind(to_millis(new.started))
            .bind(to_millis(new.finished))
            .bind(new.dry_run)
            .bind(new.set.map(|s| s.0))
            .bind(new.report)
            .bind(new.by)
            .bind(new.rows_of)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The name of the file from which a data set was written.
    pub async fn file_of(&mut self, set: DataSetId) -> Result<Option<String>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar(
                "select file from import_run where data_set_id = $1 order by finished_at limit 1",
            )
            .bind(set.0)
            .fetch_optional(conn)
            .await?
        }))
    }

    /// Up to `most` tries that ended before a try, the latest first; of `None` the
    /// latest of all.
    pub async fn import_runs(
        &mut self,
        before: Option<ImportRunId>,
        most: i64,
    ) -> Result<Vec<ImportRun>, StoreError> {
        let rows: Vec<RunRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                run_columns!(),
                "where $1 is null or (finished_at, id) <
                     (select b.finished_at, b.id from import_run b where b.id = $1)
                 order by finished_at desc, id desc limit $2"
            ))
            .bind(before.map(|id| id.0))
            .bind(most)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(RunRow::read).collect()
    }

    /// One try.
    pub async fn import_run(&mut self, id: ImportRunId) -> Result<Option<ImportRun>, StoreError> {
        let row: Option<RunRow> = run!(self, |conn| {
            sqlx::query_as(concat!(run_columns!(), "where id = $1"))
                .bind(id.0)
                .fetch_optional(conn)
                .await?
        });
        row.map(RunRow::read).transpose()
    }

    /// Every data set that is or was in force, by what it holds, those in force and
    /// the latest first.
    pub async fn data_set_facts(&mut self) -> Result<Vec<DataSetFacts>, StoreError> {
        let rows: Vec<FactsRow> = run!(self, |conn| {
            sqlx::query_as(
                "select id, kind, name, publisher, source, dated, imported_at, imported_by, sha256,
                     format, covers, replaces, state, records,
                     (select count(*) from site s where s.data_set_id = data_set.id
                         and s.withdrawn_at is null) as sites
                 from data_set where state in ('current', 'replaced')
                 order by kind, state, imported_at desc, id desc",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(FactsRow::read).collect()
    }

    /// Those of some case numbers that are on record, and whether the reader may
    /// read all of them; of the others the reader learns nothing here.
    pub async fn named_cases(
        &mut self,
        reader: &Reader,
        at: Moment,
        numbers: &[CaseNumber],
    ) -> Result<Vec<NamedCase>, StoreError> {
        let subject = reader.subject();
        let text = by_engine!(
            self,
            sqlite: concat!(
                "select c.id, c.number, (", visible!(whole), " and not ", kept_from_lists!(),
                ") as open from child_case c
                 where c.number in (select value from json_each($5))"
            ),
            postgres: concat!(
                "select c.id, c.number, (", visible!(whole), " and not ", kept_from_lists!(),
                ") as open from child_case c
                 where c.number in (select json_array_elements_text(cast($5 as json)))"
            ),
        );
        let rows: Vec<(Uuid, String, bool)> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(subject.kind)
                .bind(&subject.id)
                .bind(at.today.to_string())
                .bind(to_millis(at.now))
                .bind(to_json(&numbers))
                .fetch_all(conn)
                .await?
        });
        rows.into_iter()
            .map(|(id, number, open)| {
                let corrupt = StoreError::Corrupt {
                    table: "child_case",
                    column: "number",
                };
                Ok(NamedCase {
                    id: CaseId(id),
                    number: CaseNumber::parse(&number).map_err(|_| corrupt)?,
                    open,
                })
            })
            .collect()
    }
}
