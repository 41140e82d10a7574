//! What became of sites: entries one by one and many at once, sites that no
//! list has, and what each import changed.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    SiteChange, StoreError, Tx, by_engine, from_day, from_json, from_millis, run, to_json,
    to_millis,
};
use crate::{
    domain::{
        id::{DataSetId, SiteBatchId, SiteId, UserId},
        municipality::MunicipalityCode,
        site::{PublishedSite, SiteEntry},
        site_entry::EntryChange,
    },
    seal::hex,
};

/// The publisher of sites that no list has: no list withdraws them.
const OWN: &str = "own";

/// One entry on a site, by whom and when.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryRow {
    /// Its number on that site.
    pub revision: i64,
    /// What it says.
    pub entry: SiteEntry,
    /// The name of whoever entered it; `None`: the place itself.
    pub who: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// It is part of a change of many.
    pub batch: Option<SiteBatchId>,
}

/// What a municipality said of a site of its own, by whom and when.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnVersion {
    /// Its number on that site.
    pub revision: i64,
    /// What it says.
    pub published: PublishedSite,
    /// The site was ended.
    pub ended: bool,
    /// The name of whoever said so.
    pub who: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A change of many sites to be proposed.
#[derive(Debug, Clone)]
pub struct NewSiteBatch {
    /// Its id.
    pub id: SiteBatchId,
    /// Whose sites.
    pub municipality: MunicipalityCode,
    /// Where it came from: `list` or `sheet`.
    pub source: String,
    /// What changes.
    pub changes: Vec<EntryChange>,
    /// Remarks on rows, as JSON of whoever made them.
    pub notes: String,
}

/// A change of many sites.
#[derive(Debug, Clone)]
pub struct SiteBatchRow {
    /// What was proposed.
    pub batch: NewSiteBatch,
    /// Who proposed it, and when.
    pub proposed: (String, DateTime<Utc>),
    /// Who did it, and when.
    pub done: Option<(String, DateTime<Utc>)>,
    /// Who undid it, and when.
    pub undone: Option<(String, DateTime<Utc>)>,
}

/// An import of sites, with how many it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteImport {
    /// The data set.
    pub id: DataSetId,
    /// Its name.
    pub name: String,
    /// Its date.
    pub dated: Option<NaiveDate>,
    /// When it was imported, and by whom.
    pub imported: (DateTime<Utc>, String),
    /// Sites that it added.
    pub added: i64,
    /// Sites that it changed.
    pub changed: i64,
    /// Sites that it withdrew.
    pub withdrawn: i64,
}

/// What an import made of one site.
#[derive(Debug, Clone)]
pub struct ImportedChange {
    /// Which.
    pub site: SiteId,
    /// What became of it.
    pub change: SiteChange,
    /// What the list says (of a withdrawn one: what it said last).
    pub after: PublishedSite,
    /// What the list before it said; `None`: none had it.
    pub before: Option<PublishedSite>,
    /// A list before it had it no more, and this one has it again.
    pub came_back: bool,
}

#[derive(FromRow)]
struct StoredEntry {
    revision: i64,
    entry: String,
    who: Option<String>,
    at: i64,
    batch_id: Option<Uuid>,
}

#[derive(FromRow)]
struct StoredOwn {
    revision: i64,
    published: String,
    ended: bool,
    who: String,
    at: i64,
}

#[derive(FromRow)]
struct StoredBatch {
    id: Uuid,
    municipality: String,
    source: String,
    changes: String,
    notes: String,
    proposer: String,
    proposed_at: i64,
    doer: Option<String>,
    done_at: Option<i64>,
    undoer: Option<String>,
    undone_at: Option<i64>,
}

/// Who and when, of two columns that are there together.
fn who_and_when(
    who: Option<String>,
    at: Option<i64>,
    column: &'static str,
) -> Result<Option<(String, DateTime<Utc>)>, StoreError> {
    let Some((who, at)) = who.zip(at) else {
        return Ok(None);
    };
    Ok(Some((who, from_millis(at, "site_batch", column)?)))
}

impl StoredBatch {
    fn read(self) -> Result<SiteBatchRow, StoreError> {
        let corrupt = StoreError::Corrupt {
            table: "site_batch",
            column: "municipality",
        };
        Ok(SiteBatchRow {
            batch: NewSiteBatch {
                id: SiteBatchId(self.id),
                municipality: MunicipalityCode::parse(&self.municipality).map_err(|_| corrupt)?,
                source: self.source,
                changes: from_json(&self.changes, "site_batch", "changes")?,
                notes: self.notes,
            },
            proposed: (
                self.proposer,
                from_millis(self.proposed_at, "site_batch", "proposed_at")?,
            ),
            done: who_and_when(self.doer, self.done_at, "done_at")?,
            undone: who_and_when(self.undoer, self.undone_at, "undone_at")?,
        })
    }
}

macro_rules! batch_columns {
    () => {
        "select b.id, b.municipality, b.source, b.changes, b.notes, p.name as proposer, \
         b.proposed_at, d.name as doer, b.done_at, u.name as undoer, b.undone_at \
         from site_batch b join account p on p.id = b.proposed_by \
         left join account d on d.id = b.done_by left join account u on u.id = b.undone_by "
    };
}

fn parsed<T: DeserializeOwned>(text: &str, column: &'static str) -> Result<T, StoreError> {
    from_json(text, "site_version", column)
}

impl Tx {
    /// Every entry on a site, the latest first.
    pub async fn site_entries(&mut self, id: SiteId) -> Result<Vec<EntryRow>, StoreError> {
        let rows: Vec<StoredEntry> = run!(self, |conn| {
            sqlx::query_as(
                "select e.revision, e.entry, a.name as who, e.entered_at as at, e.batch_id
                 from site_entry e left join account a on a.id = e.entered_by
                 where e.site_id = $1 order by e.revision desc",
            )
            .bind(id.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(EntryRow {
                    revision: row.revision,
                    entry: from_json(&row.entry, "site_entry", "entry")?,
                    who: row.who,
                    at: from_millis(row.at, "site_entry", "entered_at")?,
                    batch: row.batch_id.map(SiteBatchId),
                })
            })
            .collect()
    }

    /// The revision and the entry in force of each of these sites; one that
    /// nobody has entered anything on is not among them.
    pub async fn site_entry_states(
        &mut self,
        ids: &[SiteId],
    ) -> Result<HashMap<SiteId, (i64, SiteEntry)>, StoreError> {
        let ids: Vec<String> = ids.iter().map(|id| id.0.simple().to_string()).collect();
        let text = by_engine!(
            self,
            sqlite: "select e.site_id, e.revision, e.entry from site_entry e
                     where e.site_id in (select unhex(value) from json_each($1))
                       and e.revision = (select max(revision) from site_entry
                           where site_id = e.site_id)",
            postgres: "select e.site_id, e.revision, e.entry from site_entry e
                       where e.site_id in (select cast(v as uuid)
                           from json_array_elements_text(cast($1 as json)) as v)
                         and e.revision = (select max(revision) from site_entry
                             where site_id = e.site_id)",
        );
        let rows: Vec<(Uuid, i64, String)> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(to_json(&ids))
                .fetch_all(conn)
                .await?
        });
        rows.into_iter()
            .map(|(id, revision, entry)| {
                let entry = from_json(&entry, "site_entry", "entry")?;
                Ok((SiteId(id), (revision, entry)))
            })
            .collect()
    }

    /// Puts new entries on top of the revisions that they name, as part of a
    /// change of many; whoever calls has looked, in the same unit of work, that
    /// these are the revisions in force.
    pub async fn enter_on_sites(
        &mut self,
        changes: &[EntryChange],
        batch: SiteBatchId,
        by: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        #[derive(Serialize)]
        struct Row {
            id: String,
            revision: i64,
            entry: String,
        }
        let rows: Vec<Row> = changes
            .iter()
            .map(|change| Row {
                id: change.site.0.simple().to_string(),
                revision: change.revision + 1,
                entry: to_json(&change.after),
            })
            .collect();
        let text = by_engine!(
            self,
            sqlite: "insert into site_entry (site_id, revision, entry, entered_by, entered_at, batch_id)
                     select unhex(value ->> 'id'), value ->> 'revision', value ->> 'entry', $2, $3, $4
                     from json_each($1)",
            postgres: "insert into site_entry (site_id, revision, entry, entered_by, entered_at, batch_id)
                       select cast(r.id as uuid), r.revision, r.entry, $2, $3, $4
                       from json_to_recordset(cast($1 as json)) as r (id text, revision bigint,
                           entry text)",
        );
        run!(self, |conn| {
            sqlx::query(text)
                .bind(to_json(&rows))
                .bind(by.0)
                .bind(to_millis(now))
                .bind(batch.0)
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Proposes a change of many sites.
    pub async fn propose_site_batch(
        &mut self,
        new: &NewSiteBatch,
        by: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into site_batch (id, municipality, source, changes, notes, proposed_by,
                     proposed_at)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(new.id.0)
            .bind(new.municipality.as_str())
            .bind(&new.source)
            .bind(to_json(&new.changes))
            .bind(&new.notes)
            .bind(by.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// A change of many sites.
    pub async fn site_batch(
        &mut self,
        id: SiteBatchId,
    ) -> Result<Option<SiteBatchRow>, StoreError> {
        let row: Option<StoredBatch> = run!(self, |conn| {
            sqlx::query_as(concat!(batch_columns!(), "where b.id = $1"))
                .bind(id.0)
                .fetch_optional(conn)
                .await?
        });
        row.map(StoredBatch::read).transpose()
    }

    /// The changes of many sites that were done, the latest first, up to 50; of
    /// one municipality, or of all.
    pub async fn site_batches(
        &mut self,
        municipality: Option<MunicipalityCode>,
    ) -> Result<Vec<SiteBatchRow>, StoreError> {
        let code = municipality.map(|code| code.to_string());
        let rows: Vec<StoredBatch> = run!(self, |conn| {
            sqlx::query_as(concat!(
                batch_columns!(),
                "where b.done_at is not null and ($1 is null or b.municipality = $1)
                 order by b.done_at desc, b.id desc limit 50"
            ))
            .bind(&code)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(StoredBatch::read).collect()
    }

    /// Puts on record that a proposed change was done; `false`: it was before.
    pub async fn site_batch_done(
        &mut self,
        id: SiteBatchId,
        by: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update site_batch set done_by = $2, done_at = $3
                 where id = $1 and done_at is null",
            )
            .bind(id.0)
            .bind(by.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Puts on record that a change was undone; `false`: it was before, or was
    /// never done.
    pub async fn site_batch_undone(
        &mut self,
        id: SiteBatchId,
        by: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update site_batch set undone_by = $2, undone_at = $3
                 where id = $1 and done_at is not null and undone_at is null",
            )
            .bind(id.0)
            .bind(by.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Writes what a municipality says of a site of its own, on top of version
    /// `after` (0: it is new); `false` when somebody else did so first.
    pub async fn write_own_site(
        &mut self,
        id: SiteId,
        after: i64,
        published: &PublishedSite,
        ended: bool,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let text = by_engine!(
            self,
            sqlite: "insert into site (id, kind, key, publisher, municipality, name, sort_key,
                         published, withdrawn_at)
                     values ($1, $2, $3, $4, $5, $6, unhex($7), $8, $9)
                     on conflict (id) do update set municipality = excluded.municipality,
                         name = excluded.name, sort_key = excluded.sort_key,
                         published = excluded.published, withdrawn_at = excluded.withdrawn_at
                     where site.data_set_id is null",
            postgres: "insert into site (id, kind, key, publisher, municipality, name, sort_key,
                           published, withdrawn_at)
                       values ($1, $2, $3, $4, $5, $6, decode($7, 'hex'), $8, $9)
                       on conflict (id) do update set municipality = excluded.municipality,
                           name = excluded.name, sort_key = excluded.sort_key,
                           published = excluded.published, withdrawn_at = excluded.withdrawn_at
                       where site.data_set_id is null",
        );
        let versions = run!(self, |conn| {
            sqlx::query_scalar::<_, i64>(
                "select coalesce(max(revision), 0) from own_site_version where site_id = $1",
            )
            .bind(id.0)
            .fetch_one(conn)
            .await?
        });
        if versions != after {
            return Ok(false);
        }
        let written = run!(self, |conn| {
            sqlx::query(text)
                .bind(id.0)
                .bind(published.kind.code())
                .bind(format!("{OWN}:{id}"))
                .bind(OWN)
                .bind(published.municipality.map(|m| m.to_string()))
                .bind(&published.name)
                .bind(hex(&super::sort_key(&published.name)))
                .bind(to_json(published))
                .bind(ended.then(|| to_millis(now)))
                .execute(conn)
                .await?
                .rows_affected()
        });
        if written == 0 {
            return Ok(false);
        }
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into own_site_version (site_id, revision, published, ended, entered_by,
                     entered_at)
                 values ($1, $2, $3, $4, $5, $6) on conflict (site_id, revision) do nothing",
            )
            .bind(id.0)
            .bind(after + 1)
            .bind(to_json(published))
            .bind(ended)
            .bind(by.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// What a municipality has said of a site of its own, the latest first;
    /// empty for a site of a list.
    pub async fn own_site_versions(&mut self, id: SiteId) -> Result<Vec<OwnVersion>, StoreError> {
        let rows: Vec<StoredOwn> = run!(self, |conn| {
            sqlx::query_as(
                "select v.revision, v.published, v.ended, a.name as who, v.entered_at as at
                 from own_site_version v join account a on a.id = v.entered_by
                 where v.site_id = $1 order by v.revision desc",
            )
            .bind(id.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(OwnVersion {
                    revision: row.revision,
                    published: from_json(&row.published, "own_site_version", "published")?,
                    ended: row.ended,
                    who: row.who,
                    at: from_millis(row.at, "own_site_version", "entered_at")?,
                })
            })
            .collect()
    }

    /// The imports of sites, the latest first, with how many sites each added,
    /// changed and withdrew.
    pub async fn site_imports(&mut self) -> Result<Vec<SiteImport>, StoreError> {
        #[derive(FromRow)]
        struct Row {
            id: Uuid,
            name: String,
            dated: Option<String>,
            imported_at: i64,
            imported_by: String,
            added: i64,
            changed: i64,
            withdrawn: i64,
        }
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select d.id, d.name, d.dated, d.imported_at, d.imported_by,
                     count(case when v.change = 'added' then 1 end) as added,
                     count(case when v.change = 'changed' then 1 end) as changed,
                     count(case when v.change = 'withdrawn' then 1 end) as withdrawn
                 from data_set d left join site_version v on v.data_set_id = d.id
                 where d.kind in ('emergency_sites', 'shelters')
                 group by d.id, d.name, d.dated, d.imported_at, d.imported_by
                 order by d.imported_at desc, d.id desc",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(SiteImport {
                    id: DataSetId(row.id),
                    name: row.name,
                    dated: from_day(row.dated.as_deref(), "data_set", "dated")?,
                    imported: (
                        from_millis(row.imported_at, "data_set", "imported_at")?,
                        row.imported_by,
                    ),
                    added: row.added,
                    changed: row.changed,
                    withdrawn: row.withdrawn,
                })
            })
            .collect()
    }

    /// What an import made of each site that it touched, by name.
    pub async fn changes_of_import(
        &mut self,
        set: DataSetId,
    ) -> Result<Vec<ImportedChange>, StoreError> {
        #[derive(FromRow)]
        struct Row {
            site_id: Uuid,
            change: String,
            after: String,
            before: Option<String>,
            before_change: Option<String>,
        }
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select v.site_id, v.change,
                     (select w.change from site_version w
                      where w.site_id = v.site_id
                        and (w.recorded_at, w.data_set_id) < (v.recorded_at, v.data_set_id)
                      order by w.recorded_at desc, w.data_set_id desc limit 1) as before_change, v.published as after,
                     (select w.published from site_version w
                      where w.site_id = v.site_id
                        and (w.recorded_at, w.data_set_id) < (v.recorded_at, v.data_set_id)
                      order by w.recorded_at desc, w.data_set_id desc limit 1) as before
                 from site_version v join site s on s.id = v.site_id
                 where v.data_set_id = $1 order by s.sort_key, s.id",
            )
            .bind(set.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(ImportedChange {
                    site: SiteId(row.site_id),
                    change: SiteChange::from_code(&row.change).ok_or(StoreError::Corrupt {
                        table: "site_version",
                        column: "change",
                    })?,
                    after: parsed(&row.after, "published")?,
                    came_back: row.before_change.as_deref() == Some("withdrawn")
                        && row.change != "withdrawn",
                    before: row.before.map(|b| parsed(&b, "published")).transpose()?,
                })
            })
            .collect()
    }
}
