//! The audit trail: events, their seals, and who reads them.

use std::{collections::HashMap, collections::HashSet};

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    access::{kept_from_lists, visible},
    by_engine, from_json, from_millis, run, to_json, to_millis,
};
use crate::{
    domain::{
        access::{Moment, Reader, Role},
        audit::{About, AboutKind, Action, Actor, AuditEvent},
        id::{CaseId, CaseNumber, EmergencyId, UserId},
        municipality::MunicipalityCode,
        print_number::PrintNumber,
    },
    seal::sha256_hex,
};

/// So many events are on one page of the trail; the literal of the queries.
pub const TRAIL_PAGE: usize = 200;

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

/// Which events to show.
#[derive(Debug, Clone, Default)]
pub struct TrailFilter {
    /// Only about this child.
    pub case: Option<CaseNumber>,
    /// Only of this account.
    pub actor: Option<UserId>,
    /// Only what was done before the event of this id.
    pub before: Option<Uuid>,
    /// Only the events from whose ids this number of a print is made.
    pub print: Option<PrintNumber>,
}

/// One line of the trail as it is shown.
#[derive(Debug, Clone)]
pub struct TrailRow {
    /// The event, without its children.
    pub event: AuditEvent,
    /// Who: role, municipality and name of the account.
    pub who: Option<(Role, Option<MunicipalityCode>, String)>,
    /// The numbers of its children.
    pub cases: Vec<CaseNumber>,
    /// The name of the account that it is about.
    pub about: Option<String>,
}

#[derive(FromRow)]
struct EventRow {
    id: Uuid,
    at: i64,
    actor_kind: String,
    actor_id: Option<Uuid>,
    from_address: Option<String>,
    action: String,
    case_set: Option<String>,
    about_kind: Option<String>,
    about_id: Option<Uuid>,
    seal: Option<i64>,
}

#[derive(FromRow)]
struct ShownRow {
    #[sqlx(flatten)]
    event: EventRow,
    role: Option<String>,
    municipality: Option<String>,
    name: Option<String>,
    about_name: Option<String>,
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

    fn event(self) -> Result<AuditEvent, StoreError> {
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

/// The trail for the auditor, with the last bytes of an event's id as text.
macro_rules! trail_query {
    ($tail:literal) => {
        concat!(
            "select ",
            event_columns!(),
            ", a.role, a.municipality, a.name, b.name as about_name
             from audit_event e left join account a on a.id = e.actor_id
             left join account b on b.id = e.about_id and e.about_kind = 'account'
             where $1 in ('auditor', 'operator')
               and ($2 is null or e.id < $2)
               and ($3 is null or e.actor_id = $3)
               and ($4 is null or e.case_set in (select m.set_hash
                   from audit_set_member m join child_case n on n.id = m.case_id
                   where n.number = $4))
               and ($5 is null or ",
            $tail,
            " = $5)
             order by e.id desc limit 200"
        )
    };
}

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

    /// Up to 200 events, the latest first; for the auditor alone.
    pub async fn trail(
        &mut self,
        reader: &Reader,
        filter: &TrailFilter,
    ) -> Result<Vec<TrailRow>, StoreError> {
        let text = by_engine!(
            self,
            sqlite: trail_query!("lower(hex(substr(e.id, 12)))"),
            postgres: trail_query!("right(cast(e.id as text), 10)"),
        );
        let tail = filter.print.map(|number| crate::seal::hex(&number.0));
        let rows: Vec<ShownRow> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(reader.subject().kind)
                .bind(filter.before)
                .bind(filter.actor.map(|user| user.0))
                .bind(filter.case.as_ref().map(CaseNumber::as_str))
                .bind(&tail)
                .fetch_all(conn)
                .await?
        });
        self.shown(rows).await
    }

    /// Up to 200 events about a child, the latest first, for its family: who
    /// they were is told by role and municipality.
    pub async fn trail_of_own(
        &mut self,
        reader: &Reader,
        at: Moment,
        before: Option<Uuid>,
    ) -> Result<Vec<TrailRow>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<ShownRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select ",
                event_columns!(),
                ", a.role, a.municipality, null as name, null as about_name
                 from audit_event e left join account a on a.id = e.actor_id
                 where $1 = 'family' and ($5 is null or e.id < $5)
                   and e.case_set in (select m.set_hash from child_case c
                       join audit_set_member m on m.case_id = c.id where ",
                visible!(content),
                ") order by e.id desc limit 200"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(before)
            .fetch_all(conn)
            .await?
        });
        // Where an address is protected, nobody who finds the page open learns
        // which municipality looks after the child.
        let is_protected: bool = run!(self, |conn| {
            sqlx::query_scalar(concat!(
                "select exists (select 1 from child_case c where ",
                visible!(content),
                " and ",
                kept_from_lists!(),
                ")"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_one(conn)
            .await?
        });
        // On a list of many children a family sees its own and no other.
        let rows = self.shown(rows).await?;
        Ok(rows
            .into_iter()
            .map(|row| TrailRow {
                cases: Vec::new(),
                who: row
                    .who
                    .map(|(role, town, name)| (role, town.filter(|_| !is_protected), name)),
                ..row
            })
            .collect())
    }

    /// Everything that was read under an emergency access, the first first;
    /// for its municipality and for the auditor.
    pub async fn emergency_reads(
        &mut self,
        reader: &Reader,
        id: EmergencyId,
    ) -> Result<Vec<TrailRow>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<ShownRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select ",
                event_columns!(),
                ", a.role, a.municipality, a.name, null as about_name
                 from audit_event e left join account a on a.id = e.actor_id
                 where e.about_id = $3 and e.action = $4
                   and ($1 in ('auditor', 'operator')
                        or exists (select 1 from emergency_access x where x.id = $3
                            and $1 = 'municipality' and x.municipality = $2))
                 order by e.id"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(id.0)
            .bind(Action::EmergencyRead.code())
            .fetch_all(conn)
            .await?
        });
        self.shown(rows).await
    }

    async fn shown(&mut self, rows: Vec<ShownRow>) -> Result<Vec<TrailRow>, StoreError> {
        let sets: HashSet<&str> = rows
            .iter()
            .filter_map(|row| row.event.case_set.as_deref())
            .collect();
        let text = by_engine!(
            self,
            sqlite: "select m.set_hash, n.number from audit_set_member m
                     join child_case n on n.id = m.case_id
                     where m.set_hash in (select value from json_each($1)) order by n.number",
            postgres: "select m.set_hash, n.number from audit_set_member m
                       join child_case n on n.id = m.case_id
                       where m.set_hash in
                           (select json_array_elements_text(cast($1 as json))) order by n.number",
        );
        let members: Vec<(String, String)> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(to_json(&sets))
                .fetch_all(conn)
                .await?
        });
        let mut named: HashMap<String, Vec<CaseNumber>> = HashMap::new();
        for (set, number) in members {
            let number = CaseNumber::parse(&number).map_err(|_| StoreError::Corrupt {
                table: "child_case",
                column: "number",
            })?;
            named.entry(set).or_default().push(number);
        }
        rows.into_iter()
            .map(|row| {
                let corrupt = |column| StoreError::Corrupt {
                    table: "account",
                    column,
                };
                let who = match row.role {
                    None => None,
                    Some(role) => Some((
                        Role::from_code(&role).ok_or(corrupt("role"))?,
                        row.municipality
                            .map(|code| {
                                MunicipalityCode::parse(&code).map_err(|_| corrupt("municipality"))
                            })
                            .transpose()?,
                        row.name.unwrap_or_default(),
                    )),
                };
                let set = row.event.case_set.clone();
                Ok(TrailRow {
                    cases: set
                        .and_then(|set| named.get(&set).cloned())
                        .unwrap_or_default(),
                    event: row.event.event()?,
                    about: row.about_name,
                    who,
                })
            })
            .collect()
    }
}
