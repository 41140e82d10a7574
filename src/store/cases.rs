//! Children, their homes, plans and loans.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx, access::visible, from_day, from_json, from_millis, run, to_json, to_millis,
};
use crate::{
    domain::{
        access::Reader,
        child::{Home, PlanStep, Stuck},
        id::{CaseId, CaseNumber, HomeId, PlanVersionId},
        municipality::MunicipalityCode,
        plan::{PlanDocument, document::ChildItems},
        position::Position,
        text::search_form,
    },
    seal::sha256_hex,
};

/// Everything about a case that a check needs.
#[derive(Debug, Clone)]
pub struct CaseForCheck {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Counts the changes of the case.
    pub revision: i64,
    /// Whether it has a plan; `None`: nobody has said.
    pub has_plan: Option<bool>,
    /// Where the making of a plan is stuck.
    pub stuck: Option<Stuck>,
    /// The child's items.
    pub child: ChildItems,
    /// The home as it is now.
    pub home: Home,
    /// The plan in force.
    pub document: Option<PlanDocument>,
    /// Its number and since when it is in force.
    pub version: Option<(u32, DateTime<Utc>)>,
}

/// A home with its place in history.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredHome {
    /// Its id.
    pub id: HomeId,
    /// What is known of it.
    pub home: Home,
}

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

/// Items, whether there is a plan, where it is stuck and since when.
type KnownCase = (String, Option<bool>, Option<String>, Option<String>);

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

#[derive(FromRow)]
struct CaseRow {
    id: Uuid,
    number: String,
    revision: i64,
    has_plan: Option<bool>,
    stuck_step: Option<String>,
    stuck_since: Option<String>,
    child: String,
    municipality: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    accuracy: Option<String>,
    floors: Option<i64>,
    room_floor: Option<i64>,
    document: Option<String>,
    version: Option<i64>,
    version_at: Option<i64>,
}

fn read_home(
    municipality: Option<&str>,
    position: (Option<f64>, Option<f64>),
    accuracy: Option<&str>,
    floors: Option<i64>,
    room_floor: Option<i64>,
) -> Result<Home, StoreError> {
    let corrupt = |column| StoreError::Corrupt {
        table: "home",
        column,
    };
    Ok(Home {
        municipality: municipality
            .map(|m| MunicipalityCode::parse(m).map_err(|_| corrupt("municipality")))
            .transpose()?,
        position: match position {
            (Some(lat), Some(lon)) => Some(Position::new(lat, lon).map_err(|_| corrupt("lat"))?),
            _ => None,
        },
        accuracy: accuracy
            .map(|a| from_json(a, "home", "accuracy"))
            .transpose()?,
        floors: floors
            .map(|f| i16::try_from(f).map_err(|_| corrupt("floors")))
            .transpose()?,
        room_floor: room_floor
            .map(|f| i16::try_from(f).map_err(|_| corrupt("room_floor")))
            .transpose()?,
    })
}

impl CaseRow {
    fn read(self) -> Result<CaseForCheck, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "child_case",
            column,
        };
        Ok(CaseForCheck {
            id: CaseId(self.id),
            number: CaseNumber::parse(&self.number).map_err(|_| corrupt("number"))?,
            revision: self.revision,
            has_plan: self.has_plan,
            stuck: match self.stuck_step {
                None => None,
                Some(step) => Some(Stuck {
                    step: PlanStep::from_code(&step).ok_or(corrupt("stuck_step"))?,
                    since: from_day(self.stuck_since.as_deref(), "child_case", "stuck_since")?,
                }),
            },
            child: from_json(&self.child, "child_case", "child")?,
            home: read_home(
                self.municipality.as_deref(),
                (self.lat, self.lon),
                self.accuracy.as_deref(),
                self.floors,
                self.room_floor,
            )?,
            document: self
                .document
                .map(|d| from_json(&d, "plan_version", "document"))
                .transpose()?,
            version: match (self.version, self.version_at) {
                (Some(version), Some(at)) => Some((
                    u32::try_from(version).map_err(|_| corrupt("version"))?,
                    from_millis(at, "plan_version", "created_at")?,
                )),
                _ => None,
            },
        })
    }
}

macro_rules! case_columns {
    () => {
        "select c.id, c.number, c.revision, c.has_plan, c.stuck_step, c.stuck_since, c.child, \
         h.municipality, h.lat, h.lon, h.accuracy, h.floors, h.room_floor, \
         v.document, v.version, v.created_at as version_at \
         from child_case c \
         left join home h on h.case_id = c.id and h.until_day is null \
         left join plan_version v on v.case_id = c.id and v.until_at is null "
    };
}

impl Tx {
    /// The content of one case, if the reader may see it.
    pub async fn case(
        &mut self,
        reader: &Reader,
        today: NaiveDate,
        number: &CaseNumber,
    ) -> Result<Option<CaseForCheck>, StoreError> {
        let subject = reader.subject();
        let row: Option<CaseRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                case_columns!(),
                "where c.number = $4 and ",
                visible!(content)
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(today.to_string())
            .bind(number.as_str())
            .fetch_optional(conn)
            .await?
        });
        row.map(CaseRow::read).transpose()
    }

    /// The content of up to 500 cases after a number, in the order of numbers,
    /// that the reader may see.
    pub async fn cases_after(
        &mut self,
        reader: &Reader,
        today: NaiveDate,
        after: &str,
    ) -> Result<Vec<CaseForCheck>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<CaseRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                case_columns!(),
                "where c.number > $4 and ",
                visible!(content),
                " order by c.number limit 500"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(today.to_string())
            .bind(after)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(CaseRow::read).collect()
    }

    /// The id of a number, whoever asks: for the writer of a family's sheet,
    /// which runs at the command line.
    pub async fn case_of_number(
        &mut self,
        number: &CaseNumber,
    ) -> Result<Option<CaseId>, StoreError> {
        let id: Option<Uuid> = run!(self, |conn| {
            sqlx::query_scalar("select id from child_case where number = $1")
                .bind(number.as_str())
                .fetch_optional(conn)
                .await?
        });
        Ok(id.map(CaseId))
    }

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
                "select child, has_plan, stuck_step, stuck_since from child_case where id = $1",
            )
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        let change = match &known {
            None => CaseChange::Added,
            Some((c, h, st, si))
                if *c == child
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
                     child, name, sort_key, search_key, created_at, changed_at)
                 values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $10)
                 on conflict (id) do update set has_plan = excluded.has_plan,
                     stuck_step = excluded.stuck_step, stuck_since = excluded.stuck_since,
                     child = excluded.child, name = excluded.name, sort_key = excluded.sort_key,
                     search_key = excluded.search_key, changed_at = excluded.changed_at",
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
            if same == *home {
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
        let known: Option<(Uuid, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select id, sha256 from plan_version where case_id = $1 and until_at is null",
            )
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        if known.as_ref().is_some_and(|(_, old)| *old == sha) {
            return Ok(false);
        }
        self.end_plan(case, now).await?;
        run!(self, |conn| {
            sqlx::query(
                "insert into plan_version (id, case_id, version, document, sha256, basis, dated,
                     created_at, created_by)
                 select $1, $2, (select coalesce(max(version), 0) + 1 from plan_version
                     where case_id = $2), $3, $4, $5, $6, $7, $8",
            )
            .bind(id.0)
            .bind(case.0)
            .bind(&text)
            .bind(&sha)
            .bind(to_json(basis))
            .bind(dated.map(|d| d.to_string()))
            .bind(to_millis(now))
            .bind(by)
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
                "insert into loan (id, case_id, started_on) select $1, $2, $3
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

    /// Whether a loan runs, whoever asks: for the commit that decides what the
    /// centre may read.
    pub async fn has_loan(&mut self, case: CaseId) -> Result<bool, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar(
                "select exists (select 1 from loan where case_id = $1 and ended_on is null)",
            )
            .bind(case.0)
            .fetch_one(conn)
            .await?
        }))
    }

    /// The plan in force of a case, whoever asks: for commits that decide who
    /// may read it.
    pub async fn document_in_force(
        &mut self,
        case: CaseId,
    ) -> Result<Option<PlanDocument>, StoreError> {
        let text: Option<String> = run!(self, |conn| {
            sqlx::query_scalar(
                "select document from plan_version where case_id = $1 and until_at is null",
            )
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        text.map(|t| from_json(&t, "plan_version", "document"))
            .transpose()
    }

    /// The ids of all cases whose home is in a municipality or one of its
    /// wards, whoever asks: for the commit that changes its ordinance.
    pub async fn case_ids_in(&mut self, codes: &[String]) -> Result<Vec<CaseId>, StoreError> {
        let text = super::by_engine!(
            self,
            sqlite: "select case_id from home where until_day is null
                     and municipality in (select value from json_each($1)) order by case_id",
            postgres: "select case_id from home where until_day is null
                       and municipality in (select json_array_elements_text(cast($1 as json)))
                       order by case_id",
        );
        let ids: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(text)
                .bind(to_json(&codes))
                .fetch_all(conn)
                .await?
        });
        Ok(ids.into_iter().map(CaseId).collect())
    }

    /// A municipality's ordinance on giving plans to others, its revision (0:
    /// nothing on record), who set it and when.
    pub async fn ordinance(
        &mut self,
        code: MunicipalityCode,
    ) -> Result<Option<(String, i64, String, DateTime<Utc>)>, StoreError> {
        let row: Option<(String, i64, String, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select ordinance, revision, changed_by, changed_at
                 from municipality_setting where code = $1",
            )
            .bind(code.responsible().as_str())
            .fetch_optional(conn)
            .await?
        });
        row.map(|(mode, revision, by, at)| {
            Ok((
                mode,
                revision,
                by,
                from_millis(at, "municipality_setting", "changed_at")?,
            ))
        })
        .transpose()
    }

    /// Sets a municipality's ordinance on top of revision `after`; `false`
    /// when somebody else did so first.
    pub async fn set_ordinance(
        &mut self,
        code: MunicipalityCode,
        mode: &str,
        after: i64,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into municipality_setting (code, ordinance, revision, changed_at, changed_by)
                 select $1, $2, 1, $4, $3 where $5 = 0
                    or exists (select 1 from municipality_setting where code = $1)
                 on conflict (code) do update set ordinance = excluded.ordinance,
                     revision = municipality_setting.revision + 1,
                     changed_at = excluded.changed_at, changed_by = excluded.changed_by
                 where municipality_setting.revision = $5",
            )
            .bind(code.responsible().as_str())
            .bind(mode)
            .bind(by)
            .bind(to_millis(now))
            .bind(after)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }
}
