//! The versions of a plan.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;

use super::{
    super::{
        StoreError, Tx, access::visible, from_day, from_millis, rights::read_document,
        rights::withdrawn, run, to_millis,
    },
    drafts::number,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber},
    plan::{PlanDocument, course::Stage},
};

/// A version of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionLine {
    /// Its number.
    pub version: u32,
    /// What it says; without those who have asked to be taken out.
    pub document: PlanDocument,
    /// Its date.
    pub dated: Option<NaiveDate>,
    /// Since when it is in force, or was.
    pub from: DateTime<Utc>,
    /// Until when; `None`: it is in force.
    pub until: Option<DateTime<Utc>>,
    /// The stage of the draft that it was; `None`: it came in by an import.
    pub stage: Option<Stage>,
}

#[derive(FromRow)]
struct VersionRow {
    id: uuid::Uuid,
    version: i64,
    document: String,
    dated: Option<String>,
    created_at: i64,
    until_at: Option<i64>,
    withdrawn: Option<String>,
    stage: Option<String>,
}

impl Tx {
    /// Every version of a plan that is not erased, the latest first; for whoever may see
    /// all of its content.
    pub async fn versions(
        &mut self,
        reader: &Reader,
        at: Moment,
        number_of: &CaseNumber,
    ) -> Result<Vec<VersionLine>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<VersionRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, v.version, v.document, v.dated, v.created_at, v.until_at, ",
                withdrawn!(),
                ", (select d.stage from plan_draft d where d.case_id = c.id \
                 and d.version = v.version and d.closed_at is not null) as stage \
                 from child_case c join plan_version v on v.case_id = c.id \
                 where c.number = $5 and v.erased_at is null and ",
                visible!(whole),
                " order by v.version desc"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(number_of.as_str())
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                let time = |at| from_millis(at, "plan_version", "created_at");
                Ok(VersionLine {
                    version: number(row.version, "plan_version", "version")?,
                    document: read_document(
                        CaseId(row.id),
                        &row.document,
                        row.withdrawn.as_deref(),
                    )?,
                    dated: from_day(row.dated.as_deref(), "plan_version", "dated")?,
                    from: time(row.created_at)?,
                    until: row.until_at.map(time).transpose()?,
                    stage: row
                        .stage
                        .map(|word| super::drafts::stage(&word, "plan_draft"))
                        .transpose()?,
                })
            })
            .collect()
    }

    /// The number of the version of a case that is in force.
    pub async fn version_in_force(&mut self, case: CaseId) -> Result<Option<u32>, StoreError> {
        let version: Option<i64> = run!(self, |conn| {
            sqlx::query_scalar(
                "select version from plan_version where case_id = $1 and until_at is null",
            )
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        version
            .map(|version| number(version, "plan_version", "version"))
            .transpose()
    }
}
