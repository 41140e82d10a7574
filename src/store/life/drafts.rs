//! Drafts of plans, as they are written.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{
    StoreError, Tx, from_millis,
    rights::{read_document, withdrawn},
    run, to_json, to_millis,
};
use crate::domain::{
    id::{CaseId, UserId},
    plan::{
        PlanDocument,
        course::{Stage, Step},
    },
};

/// A draft.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDraft {
    /// Its id.
    pub id: Uuid,
    /// Counts its saves.
    pub revision: i64,
    /// What it says; `None`: it was erased.
    pub document: Option<PlanDocument>,
    /// Where it stands.
    pub stage: Stage,
    /// Since when.
    pub since: DateTime<Utc>,
    /// It is a plan on paper that is entered.
    pub from_paper: bool,
    /// The version that it goes out from.
    pub from_version: Option<u32>,
    /// The version that it has become.
    pub version: Option<u32>,
    /// When it was begun, and by whom.
    pub began: (DateTime<Utc>, String),
    /// When it was last written on, and by whom.
    pub saved: (DateTime<Utc>, String),
    /// Whether it is open.
    pub is_open: bool,
}

/// A draft that is begun.
#[derive(Debug, Clone)]
pub struct NewDraft<'a> {
    /// Its id.
    pub id: Uuid,
    /// Of which child.
    pub case: CaseId,
    /// What it says at first.
    pub document: &'a PlanDocument,
    /// It is a plan on paper that is entered.
    pub from_paper: bool,
    /// The version that it goes out from.
    pub from_version: Option<u32>,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Who saved a step last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedStep {
    /// Under which revision.
    pub revision: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Which account.
    pub account: UserId,
    /// Its name.
    pub by: String,
}

/// Who has a step of a draft open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookingOn {
    /// Their name.
    pub name: String,
    /// Which step.
    pub step: Step,
    /// Since when.
    pub at: DateTime<Utc>,
}

#[derive(FromRow)]
struct DraftRow {
    id: Uuid,
    case_id: Uuid,
    revision: i64,
    document: Option<String>,
    withdrawn: Option<String>,
    stage: String,
    stage_since: i64,
    from_paper: bool,
    from_version: Option<i64>,
    version: Option<i64>,
    began_at: i64,
    began_name: String,
    saved_at: i64,
    saved_name: String,
    closed_at: Option<i64>,
}

pub(super) fn stage(word: &str, table: &'static str) -> Result<Stage, StoreError> {
    Stage::from_code(word).ok_or(StoreError::Corrupt {
        table,
        column: "stage",
    })
}

pub(super) fn step(word: &str, table: &'static str) -> Result<Step, StoreError> {
    Step::from_code(word).ok_or(StoreError::Corrupt {
        table,
        column: "step",
    })
}

pub(super) fn number(
    value: i64,
    table: &'static str,
    column: &'static str,
) -> Result<u32, StoreError> {
    u32::try_from(value).map_err(|_| StoreError::Corrupt { table, column })
}

impl DraftRow {
    fn read(self) -> Result<StoredDraft, StoreError> {
        let at = |millis| from_millis(millis, "plan_draft", "began_at");
        let version = |value: Option<i64>| {
            value
                .map(|value| number(value, "plan_draft", "version"))
                .transpose()
        };
        Ok(StoredDraft {
            id: self.id,
            revision: self.revision,
            document: self
                .document
                .map(|text| read_document(CaseId(self.case_id), &text, self.withdrawn.as_deref()))
                .transpose()?,
            stage: stage(&self.stage, "plan_draft")?,
            since: at(self.stage_since)?,
            from_paper: self.from_paper,
            from_version: version(self.from_version)?,
            version: version(self.version)?,
            began: (at(self.began_at)?, self.began_name),
            saved: (at(self.saved_at)?, self.saved_name),
            is_open: self.closed_at.is_none(),
        })
    }
}

macro_rules! draft_columns {
    () => {
        concat!(
            "select d.id, d.case_id, d.revision, d.document, d.stage, d.stage_since, \
             d.from_paper, d.from_version, d.version, d.began_at, b.name as began_name, \
             d.saved_at, w.name as saved_name, d.closed_at, ",
            withdrawn!(),
            " from plan_draft d join child_case c on c.id = d.case_id \
             join account b on b.id = d.began_by join account w on w.id = d.saved_by "
        )
    };
}

impl Tx {
    /// The open draft of a case that was read through its reader; `None`: nobody writes
    /// one.
    pub async fn open_draft(&mut self, case: CaseId) -> Result<Option<StoredDraft>, StoreError> {
        let row: Option<DraftRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                draft_columns!(),
                "where d.case_id = $1 and d.closed_at is null"
            ))
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(DraftRow::read).transpose()
    }

    /// Every draft of such a case, the latest first.
    pub async fn drafts(&mut self, case: CaseId) -> Result<Vec<StoredDraft>, StoreError> {
        let rows: Vec<DraftRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                draft_columns!(),
                "where d.case_id = $1 order by d.began_at desc, d.id desc"
            ))
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(DraftRow::read).collect()
    }

    /// Begins a draft; `false`: one is open.
    pub async fn begin_draft(&mut self, draft: &NewDraft<'_>) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into plan_draft (id, case_id, revision, document, stage, stage_since,
                     from_paper, from_version, began_at, began_by, saved_at, saved_by)
                 select $1, $2, 1, $3, $4, $5, $6, $7, $5, $8, $5, $8
                 where not exists (select 1 from plan_draft
                     where case_id = $2 and closed_at is null)",
            )
            .bind(draft.id)
            .bind(draft.case.0)
            .bind(to_json(draft.document))
            .bind(Stage::Draft.code())
            .bind(to_millis(draft.at))
            .bind(draft.from_paper)
            .bind(draft.from_version.map(i64::from))
            .bind(draft.by.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Writes a step of a draft on top of a revision; `None`: the draft has gone on.
    pub async fn save_draft(
        &mut self,
        (draft, was): (Uuid, i64),
        steps: &[Step],
        document: &PlanDocument,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<Option<i64>, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update plan_draft set document = $3, revision = revision + 1, saved_at = $4,
                     saved_by = $5
                 where id = $1 and revision = $2 and closed_at is null",
            )
            .bind(draft)
            .bind(was)
            .bind(to_json(document))
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        if rows == 0 {
            return Ok(None);
        }
        for step in steps {
            run!(self, |conn| {
                sqlx::query(
                    "insert into draft_save (draft_id, step, revision, saved_at, saved_by)
                     values ($1, $2, $3, $4, $5)
                     on conflict (draft_id, step) do update set revision = excluded.revision,
                         saved_at = excluded.saved_at, saved_by = excluded.saved_by",
                )
                .bind(draft)
                .bind(step.code())
                .bind(was + 1)
                .bind(to_millis(now))
                .bind(by.0)
                .execute(conn)
                .await?;
            });
        }
        Ok(Some(was + 1))
    }

    /// Who saved a step of a draft last; `None`: nobody has.
    pub async fn step_saved(
        &mut self,
        draft: Uuid,
        step: Step,
    ) -> Result<Option<SavedStep>, StoreError> {
        let row: Option<(i64, i64, Uuid, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select s.revision, s.saved_at, s.saved_by, a.name from draft_save s
                 join account a on a.id = s.saved_by where s.draft_id = $1 and s.step = $2",
            )
            .bind(draft)
            .bind(step.code())
            .fetch_optional(conn)
            .await?
        });
        row.map(|(revision, at, account, by)| {
            Ok(SavedStep {
                revision,
                at: from_millis(at, "draft_save", "saved_at")?,
                account: UserId(account),
                by,
            })
        })
        .transpose()
    }

    /// The steps of a draft that somebody has saved.
    pub async fn steps_saved(&mut self, draft: Uuid) -> Result<Vec<Step>, StoreError> {
        let rows: Vec<String> = run!(self, |conn| {
            sqlx::query_scalar("select step from draft_save where draft_id = $1")
                .bind(draft)
                .fetch_all(conn)
                .await?
        });
        rows.iter().map(|word| step(word, "draft_save")).collect()
    }

    /// The accounts that have written in a draft.
    pub async fn writers(&mut self, draft: Uuid) -> Result<HashSet<UserId>, StoreError> {
        let rows: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "select began_by from plan_draft where id = $1
                 union select saved_by from plan_draft where id = $1
                 union select saved_by from draft_save where draft_id = $1",
            )
            .bind(draft)
            .fetch_all(conn)
            .await?
        });
        Ok(rows.into_iter().map(UserId).collect())
    }

    /// Notes that somebody has a step open.
    pub async fn look_at_draft(
        &mut self,
        draft: Uuid,
        step: Step,
        (who, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into draft_look (draft_id, account_id, step, looked_at)
                 values ($1, $2, $3, $4)
                 on conflict (draft_id, account_id) do update set step = excluded.step,
                     looked_at = excluded.looked_at",
            )
            .bind(draft)
            .bind(who.0)
            .bind(step.code())
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Who else has had a draft open since a moment, the latest first.
    pub async fn looking_on(
        &mut self,
        draft: Uuid,
        but: UserId,
        since: DateTime<Utc>,
    ) -> Result<Vec<LookingOn>, StoreError> {
        let rows: Vec<(String, String, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select a.name, l.step, l.looked_at from draft_look l
                 join account a on a.id = l.account_id
                 where l.draft_id = $1 and l.account_id <> $2 and l.looked_at >= $3
                 order by l.looked_at desc, a.id",
            )
            .bind(draft)
            .bind(but.0)
            .bind(to_millis(since))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(name, word, at)| {
                Ok(LookingOn {
                    name,
                    step: step(&word, "draft_look")?,
                    at: from_millis(at, "draft_look", "looked_at")?,
                })
            })
            .collect()
    }

    /// Whether plans of a case go the way of drafts: an import writes none of its own.
    pub async fn has_draft(&mut self, case: CaseId) -> Result<bool, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar(
                "select exists (select 1 from plan_draft where case_id = $1 and stage <> $2)",
            )
            .bind(case.0)
            .bind(Stage::Discarded.code())
            .fetch_one(conn)
            .await?
        }))
    }

    /// Moves a draft from one stage to another; `false`: it does not stand there any
    /// more. One that is in force or given up is closed, with the version that it has
    /// become.
    pub async fn move_draft(
        &mut self,
        draft: Uuid,
        (from, to): (Stage, Stage),
        version: Option<u32>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update plan_draft set stage = $3, version = coalesce($4, version),
                     stage_since = case when $2 = $3 then stage_since else $5 end,
                     closed_at = case when $6 then closed_at else coalesce(closed_at, $5) end
                 where id = $1 and stage = $2",
            )
            .bind(draft)
            .bind(from.code())
            .bind(to.code())
            .bind(version.map(i64::from))
            .bind(to_millis(now))
            .bind(to.is_open())
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }
}
