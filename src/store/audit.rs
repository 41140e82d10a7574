//! The audit trail: events and their seals. Who reads them: `trail`.

use std::{collections::HashMap, collections::HashSet};

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, by_engine, from_json, from_millis, run, to_json, to_millis};
use crate::{
    domain::{
        audit::{About, AboutKind, Action, Actor, AuditEvent},
        id::{CaseId, UserId},
    },
    seal::sha256_hex,
};

/// A seal as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Counts from 1.
    pub number: u64,
    /// The hash of the seal before it; of the first one empty.
    pub previous: String,
    /// The hash of everything else here.
    pub hash: String,
    /// When.
    pub sealed_at: DateTime<Utc>,
    /// The events with their hashes, in order.
    pub events: Vec<(Uuid, String)>,
    /// The same as the text that is hashed.
    listed: String,
    /// The key under which the hash was signed, and the code of authentication.
    pub mac: (String, Vec<u8>),
}

/// Signs the hash of a seal with a key that is not in the database.
pub type Sign<'a> = &'a (dyn Fn(&str) -> (String, [u8; 32]) + Sync);

impl Seal {
    /// A seal over some events.
    fn over(
        number: u64,
        previous: String,
        sealed_at: DateTime<Utc>,
        events: Vec<(Uuid, String)>,
        sign: Sign<'_>,
    ) -> Self {
        let listed = to_json(&events);
        let mut seal = Self {
            number,
            previous,
            hash: String::new(),
            sealed_at,
            events,
            listed,
            mac: (String::new(), Vec::new()),
        };
        seal.hash = seal.content_hash();
        let (key, mac) = sign(&seal.hash);
        seal.mac = (key, mac.to_vec());
        seal
    }

    /// The hash that its content has now.
    pub fn content_hash(&self) -> String {
        let content = (
            self.number,
            &self.previous,
            to_millis(self.sealed_at),
            &self.listed,
        );
        sha256_hex(to_json(&content).as_bytes())
    }
}

/// An event as it stands in the trail, with its hash now and the seal that it
/// names.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    /// The hash of what is stored.
    pub hash: String,
    /// The hash of its set of children.
    pub case_set: Option<String>,
    /// The seal that it names.
    pub seal: Option<u64>,
}

#[derive(FromRow)]
pub(super) struct EventRow {
    id: Uuid,
    at: i64,
    actor_kind: String,
    actor_id: Option<Uuid>,
    from_address: Option<String>,
    action: String,
    pub(super) case_set: Option<String>,
    about_kind: Option<String>,
    about_id: Option<Uuid>,
    seal: Option<i64>,
}

impl EventRow {
    /// The hash of everything that the event says, but not of the seal that it
    /// was put into later.
    fn hash(&self) -> String {
        let said = (
            self.id,
            self.at,
            &self.actor_kind,
            self.actor_id,
            &self.from_address,
            &self.action,
            &self.case_set,
            &self.about_kind,
            self.about_id,
        );
        sha256_hex(to_json(&said).as_bytes())
    }

    fn of(event: &AuditEvent) -> Self {
        Self {
            id: event.id,
            at: to_millis(event.at),
            actor_kind: event.actor.kind().to_owned(),
            actor_id: event.actor.user().map(|user| user.0),
            from_address: event.from.map(|address| address.to_string()),
            action: event.action.code().to_owned(),
            case_set: (!event.cases.is_empty()).then(|| set_hash(&event.cases)),
            about_kind: event.about.map(|about| about.kind.code().to_owned()),
            about_id: event.about.map(|about| about.id),
            seal: None,
        }
    }

    /// The event, without its children.
    pub(super) fn event(self) -> Result<AuditEvent, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "audit_event",
            column,
        };
        let about = match (self.about_kind.as_deref(), self.about_id) {
            (Some(kind), Some(id)) => Some(About {
                kind: AboutKind::from_code(kind).ok_or(corrupt("about_kind"))?,
                id,
            }),
            _ => None,
        };
        Ok(AuditEvent {
            id: self.id,
            at: from_millis(self.at, "audit_event", "at")?,
            actor: Actor::from_parts(&self.actor_kind, self.actor_id.map(UserId))
                .ok_or(corrupt("actor_kind"))?,
            from: self
                .from_address
                .map(|text| text.parse().map_err(|_| corrupt("from_address")))
                .transpose()?,
            action: Action::from_code(&self.action).ok_or(corrupt("action"))?,
            cases: Vec::new(),
            about,
        })
    }
}

/// The name of a set of children: the hash of their ids, in order.
fn set_hash(cases: &[CaseId]) -> String {
    sha256_hex(to_json(&cases).as_bytes())
}

macro_rules! event_columns {
    () => {
        "e.id, e.at, e.actor_kind, e.actor_id, e.from_address, e.action, e.case_set, \
         e.about_kind, e.about_id, e.seal "
    };
}

pub(super) use event_columns;

impl Tx {
    /// Writes an event, in the commit of what it is about; the same event
    /// twice is one.
    pub async fn record(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        let row = EventRow::of(event);
        if let Some(set) = &row.case_set {
            self.record_set(set, &event.cases).await?;
        }
        run!(self, |conn| {
            sqlx::query(
                "insert into audit_event (id, at, actor_kind, actor_id, from_address, action,
                     case_set, about_kind, about_id)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing",
            )
            .bind(row.id)
            .bind(row.at)
            .bind(&row.actor_kind)
            .bind(row.actor_id)
            .bind(&row.from_address)
            .bind(&row.action)
            .bind(&row.case_set)
            .bind(&row.about_kind)
            .bind(row.about_id)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Keeps which children a set names, unless it is known: a set is written
    /// whole.
    async fn record_set(&mut self, set: &str, cases: &[CaseId]) -> Result<(), StoreError> {
        let known: bool = run!(self, |conn| {
            sqlx::query_scalar("select exists (select 1 from audit_set_member where set_hash = $1)")
                .bind(set)
                .fetch_one(conn)
                .await?
        });
        if known {
            return Ok(());
        }
        let text = by_engine!(
            self,
            sqlite: "insert into audit_set_member (set_hash, case_id)
                     select $1, unhex(replace(value, '-', '')) from json_each($2) where true
                     on conflict (set_hash, case_id) do nothing",
            postgres: "insert into audit_set_member (set_hash, case_id)
                       select $1, cast(value as uuid)
                       from json_array_elements_text(cast($2 as json)) as t (value)
                       on conflict (set_hash, case_id) do nothing",
        );
        run!(self, |conn| {
            sqlx::query(text)
                .bind(set)
                .bind(to_json(&cases))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Takes a lease, or holds one for longer; `false` while somebody else has
    /// it.
    pub async fn lease(
        &mut self,
        name: &str,
        holder: Uuid,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into lease (name, holder, until_at) values ($1, $2, $4)
                 on conflict (name) do update set holder = excluded.holder,
                     until_at = excluded.until_at
                 where lease.holder = $2 or lease.until_at <= $3",
            )
            .bind(name)
            .bind(holder)
            .bind(to_millis(now))
            .bind(to_millis(until))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Gives a lease back.
    pub async fn give_back(&mut self, name: &str, holder: Uuid) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("delete from lease where name = $1 and holder = $2")
                .bind(name)
                .bind(holder)
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Puts up to `most` waiting events into a new seal at the end of the
    /// chain; answers how many.
    pub async fn seal_waiting(
        &mut self,
        now: DateTime<Utc>,
        most: i64,
        sign: Sign<'_>,
    ) -> Result<u64, StoreError> {
        let rows: Vec<EventRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select ",
                event_columns!(),
                "from audit_event e where e.seal is null order by e.id limit $1"
            ))
            .bind(most)
            .fetch_all(conn)
            .await?
        });
        if rows.is_empty() {
            return Ok(0);
        }
        let (number, previous) = self.last_seal().await?.unwrap_or_default();
        let events = rows.iter().map(|row| (row.id, row.hash())).collect();
        let seal = Seal::over(number + 1, previous, now, events, sign);
        // A second sealer, whose lease ran out meanwhile, finds the number taken
        // and fails; what it read stays waiting.
        run!(self, |conn| {
            sqlx::query(
                "insert into audit_seal (number, previous, hash, sealed_at, events, mac_key, mac)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(seal.number.cast_signed())
            .bind(&seal.previous)
            .bind(&seal.hash)
            .bind(to_millis(seal.sealed_at))
            .bind(&seal.listed)
            .bind(&seal.mac.0)
            .bind(&seal.mac.1)
            .execute(conn)
            .await?;
        });
        let text = by_engine!(
            self,
            sqlite: "update audit_event set seal = $1 where id in
                     (select unhex(replace(value, '-', '')) from json_each($2))",
            postgres: "update audit_event set seal = $1 where id in
                       (select cast(value as uuid)
                        from json_array_elements_text(cast($2 as json)) as t (value))",
        );
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        run!(self, |conn| {
            sqlx::query(text)
                .bind(seal.number.cast_signed())
                .bind(to_json(&ids))
                .execute(conn)
                .await?;
        });
        Ok(ids.len() as u64)
    }

    /// Number and hash of the last seal.
    pub async fn last_seal(&mut self) -> Result<Option<(u64, String)>, StoreError> {
        let last: Option<(i64, String)> = run!(self, |conn| {
            sqlx::query_as("select number, hash from audit_seal order by number desc limit 1")
                .fetch_optional(conn)
                .await?
        });
        Ok(last.map(|(number, hash)| (number.cast_unsigned(), hash)))
    }

    /// The hash of one seal.
    pub async fn seal_hash(&mut self, number: u64) -> Result<Option<String>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar("select hash from audit_seal where number = $1")
                .bind(number.cast_signed())
                .fetch_optional(conn)
                .await?
        }))
    }

    /// Up to 50 seals after a number, in their order.
    pub async fn seals_after(&mut self, number: u64) -> Result<Vec<Seal>, StoreError> {
        type Row = (i64, String, String, i64, String, String, Vec<u8>);
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select number, previous, hash, sealed_at, events, mac_key, mac from audit_seal
                 where number > $1 order by number limit 50",
            )
            .bind(number.cast_signed())
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(number, previous, hash, sealed_at, listed, key, mac)| {
                Ok(Seal {
                    number: number.cast_unsigned(),
                    previous,
                    hash,
                    sealed_at: from_millis(sealed_at, "audit_seal", "sealed_at")?,
                    // A list that was spoilt names no event; its hash tells.
                    events: from_json(&listed, "audit_seal", "events").unwrap_or_default(),
                    listed,
                    mac: (key, mac),
                })
            })
            .collect()
    }

    /// The events of some ids that are still there.
    pub async fn stored_events(
        &mut self,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, StoredEvent>, StoreError> {
        let text = by_engine!(
            self,
            sqlite: concat!("select ", event_columns!(), "from audit_event e where e.id in
                     (select unhex(replace(value, '-', '')) from json_each($1))"),
            postgres: concat!("select ", event_columns!(), "from audit_event e where e.id in
                       (select cast(value as uuid)
                        from json_array_elements_text(cast($1 as json)) as t (value))"),
        );
        let rows: Vec<EventRow> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(to_json(&ids))
                .fetch_all(conn)
                .await?
        });
        Ok(rows
            .into_iter()
            .map(|row| {
                let stored = StoredEvent {
                    hash: row.hash(),
                    case_set: row.case_set,
                    seal: row.seal.map(i64::cast_unsigned),
                };
                (row.id, stored)
            })
            .collect())
    }

    /// Up to 5,000 events after an id that name a seal, and which.
    pub async fn sealed_after(&mut self, id: Uuid) -> Result<Vec<(Uuid, u64)>, StoreError> {
        let rows: Vec<(Uuid, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select id, seal from audit_event where seal is not null and id > $1
                 order by id limit 5000",
            )
            .bind(id)
            .fetch_all(conn)
            .await?
        });
        Ok(rows
            .into_iter()
            .map(|(id, seal)| (id, seal.cast_unsigned()))
            .collect())
    }

    /// How many events wait for the sealer.
    pub async fn waiting_events(&mut self) -> Result<u64, StoreError> {
        let count: i64 = run!(self, |conn| {
            sqlx::query_scalar("select count(*) from audit_event where seal is null")
                .fetch_one(conn)
                .await?
        });
        Ok(count.cast_unsigned())
    }

    /// The names of the sets whose members are those that the name was made
    /// from.
    pub async fn whole_sets(&mut self) -> Result<HashSet<String>, StoreError> {
        let mut whole = HashSet::new();
        let mut after = String::new();
        loop {
            let rows: Vec<(String, Uuid)> = run!(self, |conn| {
                sqlx::query_as(
                    "select set_hash, case_id from audit_set_member where set_hash in
                         (select distinct set_hash from audit_set_member where set_hash > $1
                          order by set_hash limit 500)
                     order by set_hash, case_id",
                )
                .bind(&after)
                .fetch_all(conn)
                .await?
            });
            let Some((last, _)) = rows.last() else {
                return Ok(whole);
            };
            after.clone_from(last);
            for members in rows.chunk_by(|a, b| a.0 == b.0) {
                let cases: Vec<CaseId> = members.iter().map(|(_, id)| CaseId(*id)).collect();
                if set_hash(&cases) == members[0].0 {
                    whole.insert(members[0].0.clone());
                }
            }
        }
    }
}
