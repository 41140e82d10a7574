//! What was done with a draft, and what is to be mended.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    super::{
        StoreError, Tx, from_day, from_millis,
        rights::{read_document, withdrawn},
        run, to_json, to_millis,
    },
    drafts::{stage, step},
};
use crate::domain::{
    id::{CaseId, UserId},
    plan::{
        PlanDocument,
        course::{Act, Defect, Stage},
    },
};

/// Something that is done with a draft.
#[derive(Debug, Clone)]
pub struct NewCourse<'a> {
    /// Its id.
    pub id: Uuid,
    /// With which draft.
    pub draft: Uuid,
    /// What.
    pub act: Act,
    /// Where it stands then.
    pub stage: Stage,
    /// In words.
    pub words: Option<&'a str>,
    /// How the family said so.
    pub how: Option<&'a str>,
    /// On which day.
    pub on: Option<NaiveDate>,
    /// What the draft said.
    pub document: Option<&'a PlanDocument>,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Something that was done with a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseLine {
    /// Its id.
    pub id: Uuid,
    /// With which draft.
    pub draft: Uuid,
    /// What.
    pub act: Act,
    /// Where it stood then.
    pub stage: Stage,
    /// In words.
    pub words: Option<String>,
    /// How the family said so.
    pub how: Option<String>,
    /// On which day.
    pub on: Option<NaiveDate>,
    /// What the draft said, of what was handed in.
    pub document: Option<PlanDocument>,
    /// By whom.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is to be mended.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDefect {
    /// Its id.
    pub id: Uuid,
    /// Of which return.
    pub course: Uuid,
    /// What; `None`: it was erased.
    pub defect: Option<Defect>,
    /// When somebody said that it is mended, and who.
    pub mended: Option<(DateTime<Utc>, String)>,
}

#[derive(FromRow)]
struct CourseRow {
    id: Uuid,
    draft_id: Uuid,
    act: String,
    stage: String,
    words: Option<String>,
    said_how: Option<String>,
    said_on: Option<String>,
    document: Option<String>,
    withdrawn: Option<String>,
    name: String,
    done_at: i64,
}

/// Its id, its return, its step, its words, when it was mended, and by whom.
type DefectRow = (
    Uuid,
    Uuid,
    String,
    Option<String>,
    Option<i64>,
    Option<String>,
);

impl Tx {
    /// Writes down what is done with a draft.
    pub async fn add_course(&mut self, line: &NewCourse<'_>) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into plan_course (id, draft_id, ordinal, act, stage, done_at, done_by,
                     words, said_how, said_on, document)
                 select $1, $2, (select coalesce(max(ordinal), 0) + 1 from plan_course
                     where draft_id = $2), $3, $4, $5, $6, $7, $8, $9, $10",
            )
            .bind(line.id)
            .bind(line.draft)
            .bind(line.act.code())
            .bind(line.stage.code())
            .bind(to_millis(line.at))
            .bind(line.by.0)
            .bind(line.words)
            .bind(line.how)
            .bind(line.on.map(|day| day.to_string()))
            .bind(line.document.map(to_json))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Everything that was done with the drafts of a case that was read through its
    /// reader, the latest first.
    pub async fn course(&mut self, case: CaseId) -> Result<Vec<CourseLine>, StoreError> {
        let rows: Vec<CourseRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select p.id, p.draft_id, p.act, p.stage, p.words, p.said_how, p.said_on, \
                 p.document, a.name, p.done_at, ",
                withdrawn!(),
                " from plan_course p join plan_draft d on d.id = p.draft_id \
                 join child_case c on c.id = d.case_id join account a on a.id = p.done_by \
                 where d.case_id = $1 order by d.began_at desc, d.id desc, p.ordinal desc"
            ))
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(CourseLine {
                    id: row.id,
                    draft: row.draft_id,
                    act: Act::from_code(&row.act).ok_or(StoreError::Corrupt {
                        table: "plan_course",
                        column: "act",
                    })?,
                    stage: stage(&row.stage, "plan_course")?,
                    words: row.words,
                    how: row.said_how,
                    on: from_day(row.said_on.as_deref(), "plan_course", "said_on")?,
                    document: row
                        .document
                        .map(|text| read_document(case, &text, row.withdrawn.as_deref()))
                        .transpose()?,
                    by: row.name,
                    at: from_millis(row.done_at, "plan_course", "done_at")?,
                })
            })
            .collect()
    }

    /// Names what is to be mended.
    pub async fn add_defects(
        &mut self,
        (course, draft): (Uuid, Uuid),
        defects: &[(Uuid, Defect)],
    ) -> Result<(), StoreError> {
        for (ordinal, (id, defect)) in (1_i64..).zip(defects) {
            run!(self, |conn| {
                sqlx::query(
                    "insert into plan_defect (id, course_id, draft_id, ordinal, step, words)
                     values ($1, $2, $3, $4, $5, $6)",
                )
                .bind(id)
                .bind(course)
                .bind(draft)
                .bind(ordinal)
                .bind(defect.step.code())
                .bind(&defect.words)
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    /// What was to be mended in a draft, the latest return first.
    pub async fn defects(&mut self, draft: Uuid) -> Result<Vec<StoredDefect>, StoreError> {
        let rows: Vec<DefectRow> = run!(self, |conn| {
            sqlx::query_as(
                "select f.id, f.course_id, f.step, f.words, f.mended_at, a.name
                     from plan_defect f join plan_course p on p.id = f.course_id
                     left join account a on a.id = f.mended_by
                     where f.draft_id = $1 order by p.ordinal desc, f.ordinal",
            )
            .bind(draft)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(id, course, word, words, mended_at, by)| {
                let step = step(&word, "plan_defect")?;
                let mended_at = mended_at
                    .map(|at| from_millis(at, "plan_defect", "mended_at"))
                    .transpose()?;
                Ok(StoredDefect {
                    id,
                    course,
                    defect: words.map(|words| Defect { step, words }),
                    mended: mended_at.zip(by),
                })
            })
            .collect()
    }

    /// Writes down that something is mended, or is not after all; `false`: there is no
    /// such thing in this draft.
    pub async fn mend(
        &mut self,
        (draft, defect): (Uuid, Uuid),
        mended: bool,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update plan_defect set mended_at = $3, mended_by = $4
                 where id = $2 and draft_id = $1",
            )
            .bind(draft)
            .bind(defect)
            .bind(mended.then(|| to_millis(now)))
            .bind(mended.then_some(by.0))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }
}
