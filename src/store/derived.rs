//! What was derived from a case: verdicts, kept with everything that says
//! whether they still hold. A stale row is recomputed, never trusted.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    access::{kept_from_lists, visible},
    by_engine,
    cases::hide_address,
    from_json, run, to_json, to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, EmergencyId},
    municipality::MunicipalityCode,
    night::NightFacts,
    plan::document::ChildItems,
};

/// A verdict to be kept.
#[derive(Debug, Clone)]
pub struct DerivedRow {
    /// Of which case.
    pub case: CaseId,
    /// The case's revision it was computed from.
    pub case_revision: i64,
    /// The world's revision it was computed from.
    pub world_revision: i64,
    /// The day it was computed for.
    pub on: NaiveDate,
    /// The first day after it on which it could change by itself.
    pub changes_on: Option<NaiveDate>,
    /// SHA-256 of its inputs.
    pub input_hash: String,
    /// The part of the list of children it belongs to.
    pub part: String,
    /// Its place in the order of that list: smaller is worse.
    pub rank: i64,
    /// The verdict as JSON.
    pub body: String,
    /// The verdict as JSON without anything that tells where the home is.
    pub body_hidden: String,
    /// A mark of what has changed since the plan was confirmed; `None`: nothing that
    /// is known.
    pub changed: Option<String>,
}

/// A case whose verdict is missing or stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleCase {
    /// Its number.
    pub number: CaseNumber,
    /// Of a verdict that still holds unless its inputs have changed: their
    /// hash. `None`: there is none, another version of the program made it, or
    /// a day has come on which it could be different.
    pub input_hash: Option<String>,
}

/// One line of the list of children.
#[derive(Debug, Clone)]
pub struct ListedCase {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Whether the reader may see more than where the plan stands.
    pub content: bool,
    /// Whether the reader may see where the plan stands.
    pub standing: bool,
    /// The emergency accesses that alone let the reader see it; empty where
    /// it may see all of it, or none.
    pub emergencies: Vec<EmergencyId>,
    /// The verdict as JSON.
    pub body: String,
    /// The child's items as JSON.
    pub child: String,
    /// The municipality of the home.
    pub municipality: Option<String>,
    /// The address is protected: verdict, items and municipality tell nothing
    /// of where the home is.
    pub hidden: bool,
}

#[derive(FromRow)]
struct ListedRow {
    id: Uuid,
    number: String,
    content: bool,
    standing: bool,
    whole: bool,
    body: String,
    child: String,
    municipality: Option<String>,
    hidden: bool,
}

impl ListedRow {
    /// The line, cut to what the reader may see of the home.
    fn read(self, reader: &Reader) -> Result<ListedCase, StoreError> {
        let (mut child, mut municipality) = (self.child, self.municipality);
        if self.hidden {
            let mut items: ChildItems = from_json(&child, "child_case", "child")?;
            hide_address(&mut items);
            child = to_json(&items);
            let town = municipality.as_deref().map(MunicipalityCode::parse);
            let town = town.and_then(Result::ok).map(MunicipalityCode::responsible);
            municipality = town
                .filter(|town| reader.municipality().is_some_and(|own| own.same_as(*town)))
                .map(|town| town.to_string());
        }
        Ok(ListedCase {
            id: CaseId(self.id),
            number: CaseNumber::parse(&self.number).map_err(|_| StoreError::Corrupt {
                table: "child_case",
                column: "number",
            })?,
            content: self.content,
            standing: self.standing,
            body: self.body,
            child,
            municipality,
            hidden: self.hidden,
            emergencies: Vec::new(),
        })
    }
}

/// How many children a municipality has in one part of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureRow {
    /// The municipality (or ward) of the home.
    pub municipality: Option<String>,
    /// The part of the list.
    pub part: String,
    /// Children.
    pub children: u64,
    /// Children to whom something is lent.
    pub lent: u64,
}

/// The version of the program whose verdicts these are: a new one trusts none
/// of an older one's. The number behind it is that of what is kept, counted up where it
/// changes between two versions.
pub const PROGRAM: &str = concat!(env!("CARGO_PKG_VERSION"), "+2");

/// So many rows are written in one statement.
const AT_ONCE: usize = 1_000;

macro_rules! derived_columns {
    () => {
        "insert into derived_check (case_id, case_revision, world_revision, on_day, changes_on, \
         input_hash, program, part, rank, body, body_hidden, changed) "
    };
}

macro_rules! derived_again {
    () => {
        "on conflict (case_id) do update set case_revision = excluded.case_revision, \
         world_revision = excluded.world_revision, on_day = excluded.on_day, \
         changes_on = excluded.changes_on, input_hash = excluded.input_hash, \
         program = excluded.program, part = excluded.part, rank = excluded.rank, \
         body = excluded.body, body_hidden = excluded.body_hidden, changed = excluded.changed"
    };
}

impl DerivedRow {
    /// As it goes to the database, with others.
    fn as_json(&self) -> serde_json::Value {
        json!({
            "id": self.case.0.simple().to_string(), "case_revision": self.case_revision,
            "world_revision": self.world_revision, "on_day": self.on.to_string(),
            "changes_on": self.changes_on.map(|day| day.to_string()),
            "input_hash": self.input_hash, "part": self.part, "rank": self.rank,
            "body": self.body, "body_hidden": self.body_hidden, "changed": self.changed,
        })
    }
}

impl Tx {
    /// Up to 2,000 cases after a number, in the order of numbers, among those that the
    /// reader may know of, whose verdict is missing, or was computed from something else or for another day on
    /// which it could have been different.
    pub async fn stale_cases(
        &mut self,
        reader: &Reader,
        at: Moment,
        (world, after): (i64, &str),
    ) -> Result<Vec<StaleCase>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<(String, Option<String>)> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.number, case when d.program = $6 and d.on_day <= $3
                     and (d.changes_on is null or d.changes_on > $3)
                     and n.case_id is not null then d.input_hash end
                 from child_case c
                 left join derived_check d on d.case_id = c.id
                 left join night_facts n on n.case_id = c.id
                 where c.number > $7 and (d.case_id is null or n.case_id is null or d.case_revision <> c.revision
                     or d.world_revision <> $5 or d.program <> $6 or d.on_day > $3
                     or (d.changes_on is not null and d.changes_on <= $3)) and ",
                visible!(),
                " order by c.number limit 2000"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(world)
            .bind(PROGRAM)
            .bind(after)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(number, input_hash)| {
                Ok(StaleCase {
                    input_hash,
                    number: CaseNumber::parse(&number).map_err(|_| StoreError::Corrupt {
                        table: "child_case",
                        column: "number",
                    })?,
                })
            })
            .collect()
    }

    /// Keeps the verdicts on some cases, each of a revision, as they are for a world that
    /// has changed in nothing on which they rest.
    pub async fn confirm_derived(
        &mut self,
        cases: &[(CaseId, i64)],
        world_revision: i64,
    ) -> Result<(), StoreError> {
        let text = by_engine!(
            self,
            sqlite: "update derived_check set world_revision = $2, case_revision = r.revision
                     from (select unhex(value ->> 'id') as id, value ->> 'revision' as revision
                           from json_each($1)) as r where case_id = r.id",
            postgres: "update derived_check set world_revision = $2, case_revision = r.revision
                       from json_to_recordset(cast($1 as json)) as r (id text, revision bigint)
                       where case_id = cast(r.id as uuid)",
        );
        for some in cases.chunks(AT_ONCE) {
            let rows: Vec<serde_json::Value> = some
                .iter()
                .map(|(case, revision)| json!({ "id": case.0.simple().to_string(), "revision": revision }))
                .collect();
            run!(self, |conn| {
                sqlx::query(text)
                    .bind(to_json(&rows))
                    .bind(world_revision)
                    .execute(conn)
                    .await?;
            });
        }
        Ok(())
    }

    /// Keeps verdicts, each with what the night reads of it.
    pub async fn keep_derived(
        &mut self,
        verdicts: &[(DerivedRow, NightFacts)],
    ) -> Result<(), StoreError> {
        let derived = by_engine!(
            self,
            sqlite: concat!(
                derived_columns!(),
                "select unhex(value ->> 'id'), value ->> 'case_revision', \
                 value ->> 'world_revision', value ->> 'on_day', value ->> 'changes_on', \
                 value ->> 'input_hash', $2, value ->> 'part', value ->> 'rank', \
                 value ->> 'body', value ->> 'body_hidden', value ->> 'changed' \
                 from json_each($1) where true ",
                derived_again!()
            ),
            postgres: concat!(
                derived_columns!(),
                "select cast(r.id as uuid), r.case_revision, r.world_revision, r.on_day, \
                 r.changes_on, r.input_hash, $2, r.part, r.rank, r.body, r.body_hidden, \
                 r.changed from json_to_recordset(cast($1 as json)) as r (id text, \
                 case_revision bigint, world_revision bigint, on_day text, changes_on text, \
                 input_hash text, part text, rank bigint, body text, body_hidden text, \
                 changed text) ",
                derived_again!()
            ),
        );
        let night = by_engine!(
            self,
            sqlite: "insert into night_facts (case_id, body)
                     select unhex(value ->> 'id'), value ->> 'body' from json_each($1) where true
                     on conflict (case_id) do update set body = excluded.body",
            postgres: "insert into night_facts (case_id, body)
                       select cast(r.id as uuid), r.body
                       from json_to_recordset(cast($1 as json)) as r (id text, body text)
                       on conflict (case_id) do update set body = excluded.body",
        );
        for some in verdicts.chunks(AT_ONCE) {
            let rows: Vec<serde_json::Value> = some.iter().map(|(row, _)| row.as_json()).collect();
            let facts: Vec<serde_json::Value> = some
                .iter()
                .map(|(row, facts)| json!({ "id": row.case.0.simple().to_string(), "body": to_json(facts) }))
                .collect();
            run!(self, |conn| {
                sqlx::query(derived)
                    .bind(to_json(&rows))
                    .bind(PROGRAM)
                    .execute(conn)
                    .await?;
            });
            run!(self, |conn| {
                sqlx::query(night)
                    .bind(to_json(&facts))
                    .execute(conn)
                    .await?;
            });
        }
        Ok(())
    }

    /// How many children stand where; for the prefecture alone, which sees
    /// nobody in particular.
    pub async fn figures(&mut self, reader: &Reader) -> Result<Vec<FigureRow>, StoreError> {
        let rows: Vec<(Option<String>, String, i64, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select h.municipality, d.part, count(*),
                     cast(sum(case when exists (select 1 from loan l
                         where l.case_id = d.case_id and l.ended_on is null)
                         then 1 else 0 end) as bigint)
                 from derived_check d
                 left join home h on h.case_id = d.case_id and h.until_day is null
                 where $1 = 'prefecture'
                 group by h.municipality, d.part",
            )
            .bind(reader.subject().kind)
            .fetch_all(conn)
            .await?
        });
        Ok(rows
            .into_iter()
            .map(|(municipality, part, children, lent)| FigureRow {
                municipality,
                part,
                children: children.cast_unsigned(),
                lent: lent.cast_unsigned(),
            })
            .collect())
    }

    /// The children that a reader may know of, worst first: part by rank, then
    /// the reading of the name (those without one last), then the number.
    pub async fn listed_cases(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<ListedCase>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<ListedRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, c.number, ",
                visible!(content),
                " as content, ",
                visible!(standing),
                " as standing, ",
                visible!(whole),
                " as whole, ",
                kept_from_lists!(),
                " as hidden, case when ",
                kept_from_lists!(),
                " then d.body_hidden else d.body end as body, c.child, h.municipality
                 from child_case c join derived_check d on d.case_id = c.id
                 left join home h on h.case_id = c.id and h.until_day is null
                 where ",
                visible!(),
                " order by d.rank, c.sort_key nulls last, c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        let mut under = if rows.iter().any(|r| r.content && !r.whole) {
            self.emergency_grounds(reader, at).await?
        } else {
            HashMap::new()
        };
        rows.into_iter()
            .map(|row| {
                let whole = row.whole;
                let mut listed = row.read(reader)?;
                if !whole {
                    listed.emergencies = under.remove(&listed.id).unwrap_or_default();
                }
                Ok(listed)
            })
            .collect()
    }

    /// The numbers of the cases whose plan in force, made for the home as it is,
    /// names a site, among those that the reader may know of. Those whose address
    /// is protected are not among them: how many they are is the second answer, and
    /// counts only those whose content the reader may see.
    pub async fn cases_planning_for(
        &mut self,
        reader: &Reader,
        at: Moment,
        kind: &str,
        site_ref: &str,
    ) -> Result<(Vec<CaseNumber>, u32), StoreError> {
        let subject = reader.subject();
        let rows: Vec<(String, bool, bool)> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select distinct c.number, ",
                kept_from_lists!(),
                ", ",
                visible!(content),
                " from child_case c
                 join plan_version v on v.case_id = c.id and v.until_at is null
                 join plan_destination p on p.version_id = v.id
                 where p.kind = $5 and p.site_ref = $6 and v.home_left_on is null and ",
                visible!(),
                " order by c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(kind)
            .bind(site_ref)
            .fetch_all(conn)
            .await?
        });
        let hidden = rows
            .iter()
            .filter(|(_, hidden, content)| *hidden && *content);
        let protected = u32::try_from(hidden.count()).unwrap_or(u32::MAX);
        let open = rows.into_iter().filter(|(_, hidden, _)| !hidden);
        let numbers: Result<_, _> = open
            .map(|(number, ..)| {
                CaseNumber::parse(&number).map_err(|_| StoreError::Corrupt {
                    table: "child_case",
                    column: "number",
                })
            })
            .collect();
        Ok((numbers?, protected))
    }
}
