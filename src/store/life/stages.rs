//! Where the plans of an office's children stand.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;

use super::{
    super::{StoreError, Tx, access::visible, from_day, from_millis, run, to_millis},
    drafts::stage,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber},
    plan::course::Stage,
};

/// A child whose plan somebody works on, or has to look at again.
#[derive(Debug, Clone, PartialEq)]
pub struct StageLine {
    /// The child.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// Where its open draft stands, and since when.
    pub draft: Option<(Stage, DateTime<Utc>)>,
    /// Where the version in force stands and since when; `None`: it came in by an
    /// import, or there is none.
    pub version: Option<(Stage, DateTime<Utc>)>,
    /// Whether a version is in force.
    pub has_version: bool,
    /// Something has changed since it was confirmed (REV-02).
    pub changed: bool,
    /// The earliest day by which one of its open gaps is to be closed.
    pub gap_until: Option<NaiveDate>,
    /// How many of its gaps are open.
    pub gaps: u32,
}

/// The list.
pub type Stages = Vec<StageLine>;

#[derive(FromRow)]
struct StageRow {
    id: uuid::Uuid,
    number: String,
    name: Option<String>,
    draft_stage: Option<String>,
    draft_since: Option<i64>,
    version_stage: Option<String>,
    version_since: Option<i64>,
    has_version: bool,
    changed: bool,
    gap_until: Option<String>,
    gaps: i64,
}

impl Tx {
    /// The children whose plan is being written or looked at, lacks something, or rests on
    /// something that has changed, as far as the reader may see all of them; by name.
    pub async fn stages(&mut self, reader: &Reader, at: Moment) -> Result<Stages, StoreError> {
        let subject = reader.subject();
        let rows: Vec<StageRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, c.number, c.name, d.stage as draft_stage, \
                 d.stage_since as draft_since, l.stage as version_stage, \
                 l.stage_since as version_since, v.id is not null as has_version, \
                 k.changed is not null as changed, \
                 (select min(g.until_day) from plan_gap g where g.case_id = c.id \
                  and g.version = v.version and g.closed_at is null) as gap_until, \
                 (select count(*) from plan_gap g where g.case_id = c.id \
                  and g.version = v.version and g.closed_at is null) as gaps \
                 from child_case c \
                 left join plan_version v on v.case_id = c.id and v.until_at is null \
                 left join plan_draft d on d.case_id = c.id and d.closed_at is null \
                 left join plan_draft l on l.case_id = c.id and l.closed_at is not null \
                  and l.version = v.version \
                 left join derived_check k on k.case_id = c.id \
                 where (d.id is not null or k.changed is not null or l.id is not null) and ",
                visible!(whole),
                " order by c.sort_key is null, c.sort_key, c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                let pair = |word: Option<String>, since: Option<i64>| match word.zip(since) {
                    None => Ok(None),
                    Some((word, since)) => Ok::<_, StoreError>(Some((
                        stage(&word, "plan_draft")?,
                        from_millis(since, "plan_draft", "stage_since")?,
                    ))),
                };
                let corrupt = |_| StoreError::Corrupt {
                    table: "child_case",
                    column: "number",
                };
                Ok(StageLine {
                    id: CaseId(row.id),
                    number: CaseNumber::parse(&row.number).map_err(corrupt)?,
                    name: row.name,
                    draft: pair(row.draft_stage, row.draft_since)?,
                    version: pair(row.version_stage, row.version_since)?,
                    has_version: row.has_version,
                    changed: row.changed,
                    gap_until: from_day(row.gap_until.as_deref(), "plan_gap", "until_day")?,
                    gaps: u32::try_from(row.gaps).unwrap_or(u32::MAX),
                })
            })
            .collect()
    }
}
