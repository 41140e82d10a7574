//! Children, their homes, plans and loans, as they are written.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{StoreError, Tx, cases::read_home, run, to_json, to_millis};
use crate::{
    domain::{
        child::{Home, PlanStep, Stuck},
        id::{CaseId, CaseNumber, HomeId, PlanVersionId},
        plan::{PlanDocument, document::ChildItems},
        position::Position,
        text::search_form,
    },
    seal::sha256_hex,
};

/// What a case is to become.
#[derive(Debug, Clone)]
pub struct CaseContent {
    /// Its number.
    pub number: CaseNumber,
    /// Whether it has a plan.
    pub has_plan: Option<bool>,
    /// Where it is stuck.
    pub stuck: Option<Stuck>,
    /// The child's items.
    pub child: ChildItems,
    /// Hours that all batteries last together.
    pub battery_hours: Option<f64>,
}

/// What a write did to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseChange {
    /// It is new.
    Added,
    /// It differs.
    Changed,
    /// Nothing differs.
    Unchanged,
}

/// Items, whether there is a plan, where it is stuck and since when, battery
/// hours.
type KnownCase = (
    String,
    Option<bool>,
    Option<String>,
    Option<String>,
    Option<f64>,
);

/// Id, municipality, latitude, longitude, accuracy, storeys, the room's storey.
type KnownHome = (
    Uuid,
    String,
    Option<f64>,
    Option<f64>,
    Option<String>,
    Option<i64>,
    Option<i64>,
);

impl Tx {
    /// Writes the child's items and standing.
    pub async fn write_case(
        &mut self,
        id: CaseId,
        content: &CaseContent,
        now: DateTime<Utc>,
    ) -> Result<CaseChange, StoreError> {
        let child = to_json(&content.child);
        let step = content.stuck.map(|s| s.step.code());
        let since = content.stuck.and_then(|s| s.since).map(|d| d.to_string());
        let known: Option<KnownCase> = run!(self, |conn| {
            sqlx::query_as(
                "select child, has_plan, stuck_step, stuck_since, battery_hours
                 from child_case where id = $1",
            )
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        let change = match &known {
            None => CaseChange::Added,
            Some((c, h, st, si, b))
                if *c == child
                    && *b == content.battery_hours
                    && *h == content.has_plan
                    && st.as_deref() == step
                    && *si == since =>
            {
                return Ok(CaseChange::Unchanged);
            }
            Some(_) => CaseChange::Changed,
        };
        let reading = content
            .child
            .kana
            .as_deref()
            .filter(|k| !k.trim().is_empty());
        let search = search_form(&format!(
            "{}\u{1}{}\u{1}{}",
            content.number,
            content.child.name.as_deref().unwrap_or_default(),
            reading.unwrap_or_default()
        ));
        run!(self, |conn| {
            sqlx::query(
                "insert into child_case (id, number, revision, has_plan, stuck_step, stuck_since,
                     child, name, sort_key, search_key, created_at, changed_at, battery_hours)
                 values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)
                 on conflict (id) do update set has_plan = excluded.has_plan,
                     stuck_step = excluded.stuck_step, stuck_since = excluded.stuck_since,
                     child = excluded.child, name = excluded.name, sort_key = excluded.sort_key,
                     search_key = excluded.search_key, changed_at = excluded.changed_at,
                     battery_hours = excluded.battery_hours",
            )
            .bind(id.0)
            .bind(content.number.as_str())
            .bind(content.has_plan)
            .bind(step)
            .bind(&since)
            .bind(&child)
            .bind(&content.child.name)
            .bind(reading.map(super::sort_key))
            .bind(&search)
            .bind(to_millis(now))
            .bind(content.battery_hours)
            .execute(conn)
            .await?;
        });
        Ok(change)
    }

    /// Counts a change of a case, so that what was derived from it is stale.
    pub async fn turn_case(&mut self, id: CaseId, now: DateTime<Utc>) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update child_case set revision = revision + 1, changed_at = $2 where id = $1",
            )
            .bind(id.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Writes down where the making of a first plan stands; a case with a plan in force is
    /// left as it is.
    pub async fn set_plan_step(
        &mut self,
        id: CaseId,
        step: PlanStep,
        since: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update child_case set has_plan = $5, stuck_since = case
                         when stuck_step = $2 then stuck_since else $3 end,
                     stuck_step = $2, revision = revision + 1, changed_at = $4
                 where id = $1 and not exists (select 1 from plan_version v
                     where v.case_id = $1 and v.until_at is null)",
            )
            .bind(id.0)
            .bind(step.code())
            .bind(since.to_string())
            .bind(to_millis(now))
            .bind(false)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Writes the storeys of the home that a case has now, and that of the child's room.
    pub async fn set_rooms(
        &mut self,
        case: CaseId,
        (floors, room): (Option<i16>, Option<i16>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update home set floors = $2, room_floor = $3
                 where case_id = $1 and until_day is null",
            )
            .bind(case.0)
            .bind(floors.map(i64::from))
            .bind(room.map(i64::from))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Writes the home of a case: the one before it ends the day before, and
    /// stays in the history. Answers whether anything differs.
    pub async fn write_home(
        &mut self,
        case: CaseId,
        id: HomeId,
        home: &Home,
        today: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let known: Option<KnownHome> = run!(self, |conn| {
            sqlx::query_as(
                "select id, municipality, lat, lon, accuracy, floors, room_floor
                 from home where case_id = $1 and until_day is null",
            )
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        if let Some((old, municipality, lat, lon, accuracy, floors, room)) = known {
            let same = read_home(
                Some(&municipality),
                (lat, lon),
                accuracy.as_deref(),
                floors,
                room,
            )?;
            if same
                == (Home {
                    origin: None,
                    ..home.clone()
                })
            {
                return Ok(false);
            }
            run!(self, |conn| {
                sqlx::query("update home set until_day = $2 where id = $1")
                    .bind(old)
                    .bind(today.pred_opt().unwrap_or(today).to_string())
                    .execute(conn)
                    .await?;
            });
        }
        let municipality = home.municipality.ok_or(StoreError::Corrupt {
            table: "home",
            column: "municipality",
        })?;
        run!(self, |conn| {
            sqlx::query(
                "insert into home (id, case_id, municipality, lat, lon, accuracy, floors,
                     room_floor, from_day, recorded_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(id.0)
            .bind(case.0)
            .bind(municipality.as_str())
            .bind(home.position.map(Position::lat))
            .bind(home.position.map(Position::lon))
            .bind(home.accuracy.as_ref().map(to_json))
            .bind(home.floors.map(i64::from))
            .bind(home.room_floor.map(i64::from))
            .bind(today.to_string())
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(true)
    }

    /// Puts a version of a plan in force, if it differs from the one that is.
    /// Where that one was made for a home that was left, so is a new version
    /// that still goes to one of its places and is not dated after the move.
    #[expect(clippy::too_many_arguments, reason = "one version, part by part")]
    pub async fn write_plan(
        &mut self,
        case: CaseId,
        id: PlanVersionId,
        document: &PlanDocument,
        basis: &serde_json::Value,
        dated: Option<NaiveDate>,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let text = to_json(document);
        let sha = sha256_hex(text.as_bytes());
        let known: Option<(String, Option<String>, Option<String>, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select sha256, dated, home_left_on, document from plan_version
                 where case_id = $1 and until_at is null",
            )
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        let dated = dated.map(|day| day.to_string());
        let mut left_on = None;
        if let Some((old, old_dated, left, old_document)) = known {
            if old == sha && old_dated == dated {
                return Ok(false);
            }
            let old = super::from_json(&old_document, "plan_version", "document")?;
            // Days are written so that they compare as texts.
            left_on = left.filter(|left| {
                dated.as_ref().is_none_or(|dated| dated < left) && document.goes_where(&old)
            });
        }
        self.end_plan(case, now).await?;
        run!(self, |conn| {
            sqlx::query(
                "insert into plan_version (id, case_id, version, document, sha256, basis, dated,
                     created_at, created_by, home_left_on)
                 select $1, $2, (select coalesce(max(version), 0) + 1 from plan_version
                     where case_id = $2), $3, $4, $5, $6, $7, $8, $9",
            )
            .bind(id.0)
            .bind(case.0)
            .bind(&text)
            .bind(&sha)
            .bind(to_json(basis))
            .bind(&dated)
            .bind(to_millis(now))
            .bind(by)
            .bind(&left_on)
            .execute(conn)
            .await?;
        });
        for (ordinal, d) in (1_i64..).zip(&document.destinations) {
            run!(self, |conn| {
                sqlx::query(
                    "insert into plan_destination (version_id, ordinal, kind, site_ref, name, hazards)
                     values ($1, $2, $3, $4, $5, $6)",
                )
                .bind(id.0)
                .bind(ordinal)
                .bind(to_json(&d.kind).trim_matches('"'))
                .bind(&d.site)
                .bind(&d.name)
                .bind(d.hazards.as_ref().map(to_json))
                .execute(conn)
                .await?;
            });
        }
        for (ordinal, s) in (1_i64..).zip(&document.supporters) {
            run!(self, |conn| {
                sqlx::query(
                    "insert into plan_supporter (version_id, ordinal, name, contact, agreed)
                     values ($1, $2, $3, $4, $5)",
                )
                .bind(id.0)
                .bind(ordinal)
                .bind(&s.name)
                .bind(&s.contact)
                .bind(s.agreed)
                .execute(conn)
                .await?;
            });
        }
        for (ordinal, p) in (1_i64..).zip(&document.consents.provide) {
            run!(self, |conn| {
                sqlx::query(
                    "insert into plan_consent (version_id, ordinal, recipient, given, dated)
                     values ($1, $2, $3, $4, $5)",
                )
                .bind(id.0)
                .bind(ordinal)
                .bind(to_json(&p.recipient).trim_matches('"'))
                .bind(p.consent.as_ref().map(|c| c.given))
                .bind(p.consent.as_ref().and_then(|c| c.on).map(|d| d.to_string()))
                .execute(conn)
                .await?;
            });
        }
        Ok(true)
    }

    /// Ends the plan in force; answers whether there was one.
    pub async fn end_plan(&mut self, case: CaseId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update plan_version set until_at = $2 where case_id = $1 and until_at is null",
            )
            .bind(case.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows > 0)
    }

    /// Puts the start of a loan on record; answers whether it is new.
    pub async fn write_loan(
        &mut self,
        case: CaseId,
        id: Uuid,
        started_on: NaiveDate,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into loan (id, case_id, kind, started_on) select $1, $2, 'programme', $3
                 where not exists (select 1 from loan where case_id = $2 and ended_on is null)",
            )
            .bind(id)
            .bind(case.0)
            .bind(started_on.to_string())
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }
}
