//! What an approved plan lacks.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, from_day, from_json, from_millis, run, to_json, to_millis},
    drafts::number,
};
use crate::domain::{
    id::{CaseId, UserId},
    plan::gap::{GapKey, GapSettled},
};

/// A gap of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGap {
    /// Its id.
    pub id: Uuid,
    /// Of which version.
    pub version: u32,
    /// What is settled about it; `None`: it was erased.
    pub settled: Option<GapSettled>,
    /// When somebody closed it, and who.
    pub closed: Option<(DateTime<Utc>, String)>,
}

#[derive(FromRow)]
struct GapRow {
    id: Uuid,
    version: i64,
    rule: String,
    site: Option<String>,
    owner: String,
    who: Option<String>,
    until_day: String,
    interim: Option<String>,
    closed_at: Option<i64>,
    closed_name: Option<String>,
}

impl GapRow {
    fn read(self) -> Result<StoredGap, StoreError> {
        let quoted = |word: &str| to_json(&word);
        let until = from_day(Some(&self.until_day), "plan_gap", "until_day")?;
        let until = until.ok_or(StoreError::Corrupt {
            table: "plan_gap",
            column: "until_day",
        })?;
        let (rule, owner) = (quoted(&self.rule), quoted(&self.owner));
        let gap = GapKey {
            rule: from_json(&rule, "plan_gap", "rule")?,
            site: self.site,
        };
        let owner = from_json(&owner, "plan_gap", "owner")?;
        let who = self.who;
        let closed_at = self
            .closed_at
            .map(|at| from_millis(at, "plan_gap", "closed_at"))
            .transpose()?;
        Ok(StoredGap {
            id: self.id,
            version: number(self.version, "plan_gap", "version")?,
            settled: self.interim.map(|interim| GapSettled {
                gap,
                owner,
                who,
                until,
                interim,
            }),
            closed: closed_at.zip(self.closed_name),
        })
    }
}

impl Tx {
    /// Writes down what a version lacks.
    pub async fn add_gaps(
        &mut self,
        (case, version): (CaseId, u32),
        gaps: &[(Uuid, GapSettled)],
    ) -> Result<(), StoreError> {
        for (id, settled) in gaps {
            run!(self, |conn| {
                sqlx::query(
                    "insert into plan_gap (id, case_id, version, rule, site, owner, who,
                         until_day, interim)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(id)
                .bind(case.0)
                .bind(i64::from(version))
                .bind(settled.gap.rule.code())
                .bind(&settled.gap.site)
                .bind(settled.owner.code())
                .bind(&settled.who)
                .bind(settled.until.to_string())
                .bind(&settled.interim)
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    /// What the versions of a case that was read through its reader lacked, the latest
    /// version first.
    pub async fn gaps_of(&mut self, case: CaseId) -> Result<Vec<StoredGap>, StoreError> {
        let rows: Vec<GapRow> = run!(self, |conn| {
            sqlx::query_as(
                "select g.id, g.version, g.rule, g.site, g.owner, g.who, g.until_day, g.interim,
                     g.closed_at, a.name as closed_name
                 from plan_gap g left join account a on a.id = g.closed_by
                 where g.case_id = $1 order by g.version desc, g.until_day, g.rule, g.id",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(GapRow::read).collect()
    }

    /// Writes down that a gap is closed, or is not after all; `false`: there is none.
    pub async fn close_gap(
        &mut self,
        (case, gap): (CaseId, Uuid),
        closed: bool,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update plan_gap set closed_at = $3, closed_by = $4
                 where id = $2 and case_id = $1",
            )
            .bind(case.0)
            .bind(gap)
            .bind(closed.then(|| to_millis(now)))
            .bind(closed.then_some(by.0))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }
}
