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

/// What a verdict was computed from. It stands in a small table of its own: where the world
/// has changed elsewhere, it alone is written anew.
#[derive(Debug, Clone)]
pub struct Basis {
    /// The case's revision.
    pub case_revision: i64,
    /// The world's revision.
    pub world_revision: i64,
    /// Which part of the world it rests on, as JSON.
    pub reach: String,
    /// SHA-256 of that part.
    pub world_hash: String,
    /// The mark of the basis on record when it was read; `None`: there was none. Where that is
    /// another one now, somebody has said meanwhile that the case is to be judged anew.
    pub instead_of: Option<i64>,
}

/// A verdict that still holds.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// Of which case.
    pub case: CaseId,
    /// The case's revision.
    pub revision: i64,
    /// The mark of its basis on record.
    pub mark: i64,
    /// The hash of the part of the world that it rests on.
    pub world_hash: String,
}

/// A verdict to be kept.
#[derive(Debug, Clone)]
pub struct DerivedRow {
    /// Of which case.
    pub case: CaseId,
    /// What it was computed from.
    pub basis: Basis,
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
#[derive(Debug, Clone)]
pub struct StaleCase {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// The mark of the basis on record.
    pub mark: Option<i64>,
    /// Of a verdict that still holds unless its inputs have changed: their
    /// hash. `None`: there is none, another version of the program made it, or
    /// a day has come on which it could be different.
    pub input_hash: Option<String>,
    /// Of a verdict that nothing but the world can have changed: which part of it, and the
    /// hash of that part.
    pub basis: Option<(String, String)>,
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
pub const PROGRAM: &str = concat!(env!("CARGO_PKG_VERSION"), "+3");

/// So many rows are written in one statement.
const AT_ONCE: usize = 1_000;

macro_rules! derived_columns {
    () => {
        "insert into derived_check (case_id, on_day, changes_on, input_hash, program, part, rank, \
         body, body_hidden, changed) "
    };
}

macro_rules! derived_again {
    () => {
        "on conflict (case_id) do update set on_day = excluded.on_day, \
         changes_on = excluded.changes_on, input_hash = excluded.input_hash, \
         program = excluded.program, part = excluded.part, rank = excluded.rank, \
         body = excluded.body, body_hidden = excluded.body_hidden, changed = excluded.changed"
    };
}

macro_rules! basis_columns {
    () => {
        "insert into derived_basis (case_id, case_revision, world_revision, reach, world_hash) "
    };
}

/// Unless somebody has said meanwhile that the case is to be judged anew.
macro_rules! basis_again {
    () => {
        "not exists (select 1 from derived_basis b where b.case_id = r.id \
         and b.case_revision <> r.mark) \
         on conflict (case_id) do update set case_revision = excluded.case_revision, \
         world_revision = excluded.world_revision, reach = excluded.reach, \
         world_hash = excluded.world_hash"
    };
}

#[derive(FromRow)]
struct StaleRow {
    id: Uuid,
    number: String,
    mark: Option<i64>,
    input_hash: Option<String>,
    reach: Option<String>,
    world_hash: Option<String>,
}

impl StaleRow {
    fn read(self) -> Result<StaleCase, StoreError> {
        Ok(StaleCase {
            id: CaseId(self.id),
            number: CaseNumber::parse(&self.number).map_err(|_| StoreError::Corrupt {
                table: "child_case",
                column: "number",
            })?,
            mark: self.mark,
            input_hash: self.input_hash,
            basis: self.reach.zip(self.world_hash),
        })
    }
}

impl DerivedRow {
    /// Its basis, as it goes to the database, with others.
    fn basis_as_json(&self) -> serde_json::Value {
        let basis = &self.basis;
        json!({
            "id": self.case.0.simple().to_string(), "case_revision": basis.case_revision,
            "world_revision": basis.world_revision, "reach": basis.reach,
            "world_hash": basis.world_hash, "mark": basis.instead_of,
        })
    }

    /// As it goes to the database, with others.
    fn as_json(&self) -> serde_json::Value {
        json!({
            "id": self.case.0.simple().to_string(), "on_day": self.on.to_string(),
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
        let rows: Vec<StaleRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select s.id, s.number, s.mark, case when s.holds then s.input_hash end as input_hash,
                     case when s.holds and s.mark = s.revision then s.reach end as reach,
                     s.world_hash
                 from (select c.id, c.number, c.revision, b.case_revision as mark, d.input_hash,
                         b.world_revision, b.reach, b.world_hash,
                         b.case_id is not null and n.case_id is not null
                             and d.program = $6 and d.on_day <= $3
                             and (d.changes_on is null or d.changes_on > $3) as holds
                     from child_case c
                     left join derived_basis b on b.case_id = c.id
                     left join derived_check d on d.case_id = c.id
                     left join night_facts n on n.case_id = c.id
                     where c.number > $7 and ",
                visible!(),
                ") as s
                 where s.holds is not true or s.mark <> s.revision or s.world_revision <> $5
                 order by s.number limit 2000"
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
        rows.into_iter().map(StaleRow::read).collect()
    }

    /// Keeps the verdicts on some cases, each of a revision and instead of a mark, as they
    /// are for a world that has changed in nothing on which they rest.
    pub async fn confirm_derived(
        &mut self,
        cases: &[Confirmed],
        world_revision: i64,
    ) -> Result<(), StoreError> {
        let text = by_engine!(
            self,
            sqlite: "update derived_basis
                     set world_revision = $2, case_revision = r.revision, world_hash = r.hash
                     from (select unhex(value ->> 'id') as id, value ->> 'revision' as revision,
                               value ->> 'mark' as mark, value ->> 'hash' as hash
                           from json_each($1)) as r where case_id = r.id and case_revision = r.mark",
            postgres: "update derived_basis
                       set world_revision = $2, case_revision = r.revision, world_hash = r.hash
                       from json_to_recordset(cast($1 as json))
                           as r (id text, revision bigint, mark bigint, hash text)
                       where case_id = cast(r.id as uuid) and case_revision = r.mark",
        );
        for some in cases.chunks(AT_ONCE) {
            let rows: Vec<serde_json::Value> = some
                .iter()
                .map(|one| {
                    json!({
                        "id": one.case.0.simple().to_string(), "revision": one.revision,
                        "mark": one.mark, "hash": one.world_hash,
                    })
                })
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
                "select unhex(value ->> 'id'), value ->> 'on_day', value ->> 'changes_on', \
                 value ->> 'input_hash', $2, value ->> 'part', value ->> 'rank', \
                 value ->> 'body', value ->> 'body_hidden', value ->> 'changed' \
                 from json_each($1) where true ",
                derived_again!()
            ),
            postgres: concat!(
                derived_columns!(),
                "select cast(r.id as uuid), r.on_day, r.changes_on, r.input_hash, $2, r.part, \
                 r.rank, r.body, r.body_hidden, r.changed \
                 from json_to_recordset(cast($1 as json)) as r (id text, on_day text, \
                 changes_on text, input_hash text, part text, rank bigint, body text, body_hidden text, \
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
        let basis = by_engine!(
            self,
            sqlite: concat!(
                basis_columns!(),
                "select r.id, r.case_revision, r.world_revision, r.reach, r.world_hash
                 from (select unhex(value ->> 'id') as id, value ->> 'case_revision' as case_revision,
                     value ->> 'world_revision' as world_revision, value ->> 'reach' as reach,
                     value ->> 'world_hash' as world_hash, value ->> 'mark' as mark
                 from json_each($1)) as r where ",
                basis_again!()
            ),
            postgres: concat!(
                basis_columns!(),
                "select r.id, r.case_revision, r.world_revision, r.reach, r.world_hash
                 from (select cast(id as uuid) as id, case_revision, world_revision, reach,
                     world_hash, mark from json_to_recordset(cast($1 as json)) as t (id text,
                     case_revision bigint, world_revision bigint, reach text, world_hash text,
                     mark bigint)) as r where ",
                basis_again!()
            ),
        );
        for some in verdicts.chunks(AT_ONCE) {
            let bases: Vec<serde_json::Value> =
                some.iter().map(|(row, _)| row.basis_as_json()).collect();
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
                sqlx::query(basis)
                    .bind(to_json(&bases))
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
