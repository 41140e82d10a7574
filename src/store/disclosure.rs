//! Everything that is stored about one child, for a disclosure.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    access::visible,
    cases::read_home,
    from_json, from_millis,
    rights::{read_document, withdrawn},
    run, to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    child::Home,
    id::{CaseId, CaseNumber},
    plan::{PlanDocument, document::ChildItems},
};

/// So many events of the trail are read for one disclosure; the literal of the
/// query.
const VIEWS: usize = 50_000;

/// What is stored about a child, apart from requests and supporters.
#[derive(Debug, Clone)]
pub struct StoredCase {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// The child's items.
    pub child: ChildItems,
    /// Whether it has a plan.
    pub has_plan: Option<bool>,
    /// Where it is stuck, and since when.
    pub stuck: (Option<String>, Option<String>),
    /// Hours that all batteries last together.
    pub battery_hours: Option<f64>,
    /// Every state of the record of its devices and sources of power, the latest first.
    pub equipment: Vec<(DateTime<Utc>, serde_json::Value)>,
    /// The family's pass-phrase.
    pub pass_phrase: Option<String>,
    /// When it was put on record, and when last changed.
    pub dates: (DateTime<Utc>, DateTime<Utc>),
    /// When and why it ended.
    pub ended: (Option<String>, Option<String>),
    /// Its homes, the latest first.
    pub homes: Vec<HomeFacts>,
    /// All versions of its plan, the latest first.
    pub versions: Vec<VersionFacts>,
    /// Its loans, the latest first.
    pub loans: Vec<LoanFacts>,
    /// Their yearly checks, with photos.
    pub checks: super::ChecksAbout,
    /// Confirmations (`true`) and drills of its plan, with their days.
    pub reviews: Vec<(String, bool)>,
    /// The accounts of its family.
    pub accounts: Vec<AccountFacts>,
    /// Who may see it.
    pub access: Vec<AccessFacts>,
    /// What the last check found: the day and the verdict as JSON.
    pub verdict: Option<(String, String)>,
}

/// Who may see a case, and why.
#[derive(Debug, Clone)]
pub struct AccessFacts {
    /// The kind of reader.
    pub subject: String,
    /// The ground.
    pub ground: String,
    /// From which day on.
    pub from: String,
    /// Until which day.
    pub until: Option<String>,
    /// Until which moment, whatever the day says.
    pub until_at: Option<DateTime<Utc>>,
}

/// A home with its days.
#[derive(Debug, Clone)]
pub struct HomeFacts {
    /// The home.
    pub home: Home,
    /// From which day on.
    pub from: String,
    /// Until which day.
    pub until: Option<String>,
}

/// A version of a plan.
#[derive(Debug, Clone)]
pub struct VersionFacts {
    /// Its number.
    pub version: i64,
    /// Its content.
    pub document: PlanDocument,
    /// Its date.
    pub dated: Option<String>,
    /// From when to when it was in force.
    pub in_force: (DateTime<Utc>, Option<DateTime<Utc>>),
}

/// A loan.
#[derive(Debug, Clone, FromRow)]
pub struct LoanFacts {
    /// When it began.
    pub started_on: String,
    /// When it ended.
    pub ended_on: Option<String>,
    /// Why.
    pub ended_why: Option<String>,
}

/// An account of the family.
#[derive(Debug, Clone, FromRow)]
pub struct AccountFacts {
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// When it was made, as Unix milliseconds.
    pub created_at: i64,
    /// When it was taken out of use.
    pub disabled_at: Option<i64>,
    /// How many sessions of it are known.
    pub sessions: i64,
    /// How many sign-in links.
    pub links: i64,
}

/// Who looked at a child or changed something about it, by day: day in Japan,
/// role, municipality, action, and how often.
#[derive(Debug, Clone, Default)]
pub struct Views {
    /// How often, by day, role, municipality and action; the words are those of
    /// the database, empty where there is none.
    pub counts: BTreeMap<(NaiveDate, String, String, String), u64>,
    /// There are earlier ones that were not counted.
    pub cut: bool,
}

/// Number, document, date, and from when to when it was in force.
type VersionRow = (i64, String, Option<String>, i64, Option<i64>);

/// When, the kind of actor, its role and municipality, and what was done.
type ViewRow = (i64, String, Option<String>, Option<String>, String);

#[derive(FromRow)]
struct CaseRow {
    id: Uuid,
    number: String,
    child: String,
    has_plan: Option<bool>,
    stuck_step: Option<String>,
    stuck_since: Option<String>,
    battery_hours: Option<f64>,
    pass_phrase: Option<String>,
    created_at: i64,
    changed_at: i64,
    ended_on: Option<String>,
    ended_why: Option<String>,
    withdrawn: Option<String>,
}

#[derive(FromRow)]
struct HomeRow {
    municipality: String,
    lat: Option<f64>,
    lon: Option<f64>,
    accuracy: Option<String>,
    floors: Option<i64>,
    room_floor: Option<i64>,
    from_day: String,
    until_day: Option<String>,
}

impl Tx {
    /// Everything that is stored about a case, whether it has ended or not, if
    /// the reader may see its content.
    pub async fn stored_about(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Option<StoredCase>, StoreError> {
        let subject = reader.subject();
        let row: Option<CaseRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, c.number, c.child, c.has_plan, c.stuck_step, c.stuck_since,
                     c.battery_hours, c.pass_phrase, c.created_at, c.changed_at, c.ended_on, c.ended_why, ",
                withdrawn!(),
                " from child_case c where c.number = $5 and ",
                visible!(kept)
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(number.as_str())
            .fetch_optional(conn)
            .await?
        });
        let Some(row) = row else {
            return Ok(None);
        };
        let case = CaseId(row.id);
        Ok(Some(StoredCase {
            id: case,
            number: CaseNumber::parse(&row.number).map_err(|_| StoreError::Corrupt {
                table: "child_case",
                column: "number",
            })?,
            child: from_json(&row.child, "child_case", "child")?,
            has_plan: row.has_plan,
            stuck: (row.stuck_step, row.stuck_since),
            battery_hours: row.battery_hours,
            pass_phrase: row.pass_phrase,
            dates: (
                from_millis(row.created_at, "child_case", "created_at")?,
                from_millis(row.changed_at, "child_case", "changed_at")?,
            ),
            ended: (row.ended_on, row.ended_why),
            equipment: self.equipment_history(case).await?,
            homes: self.homes_of(case).await?,
            versions: self.versions_of(case, row.withdrawn.as_deref()).await?,
            loans: self.loans_of(case).await?,
            checks: self.checks_about(case).await?,
            reviews: self.reviews_about(case).await?,
            accounts: self.accounts_of_family(case).await?,
            access: self.access_to(case).await?,
            verdict: self.verdict_on(case).await?,
        }))
    }

    async fn homes_of(&mut self, case: CaseId) -> Result<Vec<HomeFacts>, StoreError> {
        let rows: Vec<HomeRow> = run!(self, |conn| {
            sqlx::query_as(
                "select municipality, lat, lon, accuracy, floors, room_floor, from_day, until_day
                 from home where case_id = $1 order by from_day desc, id desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(HomeFacts {
                    home: read_home(
                        Some(&row.municipality),
                        (row.lat, row.lon),
                        row.accuracy.as_deref(),
                        row.floors,
                        row.room_floor,
                    )?,
                    from: row.from_day,
                    until: row.until_day,
                })
            })
            .collect()
    }

    async fn versions_of(
        &mut self,
        case: CaseId,
        withdrawn: Option<&str>,
    ) -> Result<Vec<VersionFacts>, StoreError> {
        let rows: Vec<VersionRow> = run!(self, |conn| {
            sqlx::query_as(
                "select version, document, dated, created_at, until_at from plan_version
                 where case_id = $1 order by version desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(version, text, dated, from, until)| {
                let at = |millis| from_millis(millis, "plan_version", "created_at");
                Ok(VersionFacts {
                    version,
                    document: read_document(case, &text, withdrawn)?,
                    dated,
                    in_force: (at(from)?, until.map(at).transpose()?),
                })
            })
            .collect()
    }

    async fn loans_of(&mut self, case: CaseId) -> Result<Vec<LoanFacts>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_as(
                "select started_on, ended_on, ended_why from loan
                 where case_id = $1 order by started_on desc, id desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        }))
    }

    async fn accounts_of_family(&mut self, case: CaseId) -> Result<Vec<AccountFacts>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_as(
                "select a.email, a.name, a.created_at, a.disabled_at,
                     (select count(*) from session s where s.account_id = a.id) as sessions,
                     (select count(*) from sign_in_link l where l.account_id = a.id) as links
                 from account a where a.case_id = $1 and a.erased_at is null order by a.id",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        }))
    }

    async fn access_to(&mut self, case: CaseId) -> Result<Vec<AccessFacts>, StoreError> {
        type Row = (String, String, String, Option<String>, Option<i64>);
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select subject_kind, ground, from_day, until_day, until_at from case_access
                 where case_id = $1 order by from_day desc, subject_kind, ground",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(subject, ground, from, until, until_at)| {
                Ok(AccessFacts {
                    subject,
                    ground,
                    from,
                    until,
                    until_at: until_at
                        .map(|at| from_millis(at, "case_access", "until_at"))
                        .transpose()?,
                })
            })
            .collect()
    }

    async fn verdict_on(&mut self, case: CaseId) -> Result<Option<(String, String)>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_as("select on_day, body from derived_check where case_id = $1")
                .bind(case.0)
                .fetch_optional(conn)
                .await?
        }))
    }

    /// Who looked at a case or changed it, by role and day; of its latest 50,000
    /// events.
    pub async fn views_of(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Views, StoreError> {
        let subject = reader.subject();
        let rows: Vec<ViewRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select e.at, e.actor_kind, a.role, a.municipality, e.action
                 from audit_event e left join account a on a.id = e.actor_id
                 where e.case_set in (select m.set_hash from child_case c
                     join audit_set_member m on m.case_id = c.id
                     where c.number = $5 and ",
                visible!(kept),
                ") order by e.id desc limit 50000"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(number.as_str())
            .fetch_all(conn)
            .await?
        });
        let mut views = Views {
            cut: rows.len() == VIEWS,
            ..Views::default()
        };
        for (when, kind, role, municipality, action) in rows {
            let at = from_millis(when, "audit_event", "at")?;
            let day = (at + chrono::TimeDelta::hours(9)).date_naive();
            let role = role.unwrap_or(kind);
            let key = (day, role, municipality.unwrap_or_default(), action);
            *views.counts.entry(key).or_default() += 1;
        }
        Ok(views)
    }
}
