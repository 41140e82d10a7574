//! Sites: what lists say, and what municipalities have entered.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, by_engine, from_json, from_millis, run, to_json, to_millis};
use crate::{
    domain::{
        id::{DataSetId, SiteId, UserId},
        municipality::MunicipalityCode,
        site::{PublishedSite, Site, SiteEntry, SiteKind},
    },
    seal::hex,
};

/// What became of a site in an import; the word in `site_version.change`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteChange {
    /// New.
    Added,
    /// Known, and differs (or was withdrawn before).
    Changed,
    /// A complete newer list no longer has it.
    Withdrawn,
}

impl SiteChange {
    /// The change of a word.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        [Self::Added, Self::Changed, Self::Withdrawn]
            .into_iter()
            .find(|change| change.code() == code)
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A site to be written.
#[derive(Debug, Clone)]
pub struct SiteUpsert {
    /// Its id: a new one, or the one it had.
    pub id: SiteId,
    /// What identifies it over every import.
    pub key: String,
    /// Who publishes the list: `gsi`, or a municipality's code.
    pub publisher: String,
    /// What the list says.
    pub published: PublishedSite,
    /// What became of it.
    pub change: SiteChange,
}

/// A site as an import finds it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSite {
    /// Its id.
    pub id: SiteId,
    /// What identifies it.
    pub key: String,
    /// What the list in force says.
    pub published: PublishedSite,
    /// A complete newer list no longer has it.
    pub withdrawn: bool,
}

#[derive(FromRow)]
struct StoredRow {
    id: Uuid,
    key: String,
    published: String,
    withdrawn_at: Option<i64>,
}

impl StoredRow {
    fn read(self) -> Result<StoredSite, StoreError> {
        Ok(StoredSite {
            id: SiteId(self.id),
            key: self.key,
            published: from_json(&self.published, "site", "published")?,
            withdrawn: self.withdrawn_at.is_some(),
        })
    }
}

#[derive(FromRow)]
struct SiteRow {
    id: Uuid,
    published: String,
    withdrawn_at: Option<i64>,
    municipality: Option<String>,
    /// `None`: no list has it, its municipality has added it.
    set_name: Option<String>,
    set_dated: Option<String>,
    own_at: Option<i64>,
    entry: Option<String>,
}

impl SiteRow {
    fn read(self) -> Result<Site, StoreError> {
        let own = self.set_name.is_none();
        let source = match (self.set_name, self.set_dated) {
            (Some(name), Some(dated)) => format!("{name} ({dated})"),
            (Some(name), None) => name,
            (None, _) => own_source(self.municipality.as_deref(), self.own_at)?,
        };
        Ok(Site {
            id: SiteId(self.id),
            published: from_json(&self.published, "site", "published")?,
            source,
            withdrawn: self.withdrawn_at.is_some(),
            own,
            entry: self
                .entry
                .map(|e| from_json(&e, "site_entry", "entry"))
                .transpose()?
                .unwrap_or_default(),
        })
    }
}

/// What findings cite of a site that no list has: whose record it is, and of
/// which day.
fn own_source(municipality: Option<&str>, at: Option<i64>) -> Result<String, StoreError> {
    let code = municipality.and_then(|code| MunicipalityCode::parse(code).ok());
    let name = code.as_ref().map_or("市町村", MunicipalityCode::name);
    let at = at
        .map(|at| from_millis(at, "own_site_version", "entered_at"))
        .transpose()?;
    // A day in Asia/Tokyo, which is nine hours ahead all the year.
    let day = at.map(|at| format!(" ({})", (at + TimeDelta::hours(9)).date_naive()));
    Ok(format!("{name}に追加した避難先{}", day.unwrap_or_default()))
}

macro_rules! site_columns {
    () => {
        "select s.id, s.published, s.withdrawn_at, s.municipality, d.name as set_name, \
         d.dated as set_dated, \
         (select max(o.entered_at) from own_site_version o where o.site_id = s.id) as own_at, \
         (select e.entry from site_entry e where e.site_id = s.id \
          order by e.revision desc limit 1) as entry \
         from site s left join data_set d on d.id = s.data_set_id "
    };
}

impl Tx {
    /// The sites of these keys, in no order.
    pub async fn sites_of_keys(&mut self, keys: &[&str]) -> Result<Vec<StoredSite>, StoreError> {
        let text = by_engine!(
            self,
            sqlite: "select id, key, published, withdrawn_at from site
                     where key in (select value from json_each($1))",
            postgres: "select id, key, published, withdrawn_at from site
                       where key in (select json_array_elements_text(cast($1 as json)))",
        );
        let rows: Vec<StoredRow> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(to_json(&keys))
                .fetch_all(conn)
                .await?
        });
        rows.into_iter().map(StoredRow::read).collect()
    }

    /// The sites of one kind and publisher that are not withdrawn.
    pub async fn listed_sites(
        &mut self,
        kind: SiteKind,
        publisher: &str,
    ) -> Result<Vec<StoredSite>, StoreError> {
        let rows: Vec<StoredRow> = run!(self, |conn| {
            sqlx::query_as(
                "select id, key, published, withdrawn_at from site
                 where kind = $1 and publisher = $2 and withdrawn_at is null order by key",
            )
            .bind(kind.code())
            .bind(publisher)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(StoredRow::read).collect()
    }

    /// Writes sites, and what became of them, in two statements.
    pub async fn write_sites(
        &mut self,
        set: DataSetId,
        sites: &[SiteUpsert],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        #[derive(Serialize)]
        struct Row<'a> {
            id: String,
            kind: &'static str,
            key: &'a str,
            publisher: &'a str,
            municipality: Option<MunicipalityCode>,
            name: &'a str,
            sort_key: String,
            published: String,
            withdrawn_at: Option<i64>,
            change: &'static str,
        }
        let rows: Vec<Row> = sites
            .iter()
            .map(|s| Row {
                id: s.id.0.simple().to_string(),
                kind: s.published.kind.code(),
                key: &s.key,
                publisher: &s.publisher,
                municipality: s.published.municipality,
                name: &s.published.name,
                sort_key: hex(&super::sort_key(&s.published.name)),
                published: to_json(&s.published),
                withdrawn_at: (s.change == SiteChange::Withdrawn).then(|| to_millis(now)),
                change: s.change.code(),
            })
            .collect();
        let rows = to_json(&rows);
        let text = by_engine!(
            self,
            sqlite: "insert into site (id, kind, key, publisher, municipality, name, sort_key,
                         published, data_set_id, withdrawn_at)
                     select unhex(value ->> 'id'), value ->> 'kind', value ->> 'key',
                         value ->> 'publisher', value ->> 'municipality', value ->> 'name',
                         unhex(value ->> 'sort_key'), value ->> 'published', $2,
                         value ->> 'withdrawn_at'
                     from json_each($1) where true
                     on conflict (id) do update set publisher = excluded.publisher,
                         municipality = excluded.municipality, name = excluded.name,
                         sort_key = excluded.sort_key, published = excluded.published,
                         data_set_id = excluded.data_set_id, withdrawn_at = excluded.withdrawn_at",
            postgres: "insert into site (id, kind, key, publisher, municipality, name, sort_key,
                           published, data_set_id, withdrawn_at)
                       select cast(r.id as uuid), r.kind, r.key, r.publisher, r.municipality, r.name,
                           decode(r.sort_key, 'hex'), r.published, $2, r.withdrawn_at
                       from json_to_recordset(cast($1 as json)) as r (id text, kind text, key text,
                           publisher text, municipality text, name text, sort_key text,
                           published text, withdrawn_at bigint)
                       on conflict (id) do update set publisher = excluded.publisher,
                           municipality = excluded.municipality, name = excluded.name,
                           sort_key = excluded.sort_key, published = excluded.published,
                           data_set_id = excluded.data_set_id, withdrawn_at = excluded.withdrawn_at",
        );
        run!(self, |conn| {
            sqlx::query(text)
                .bind(&rows)
                .bind(set.0)
                .execute(conn)
                .await?;
        });
        let text = by_engine!(
            self,
            sqlite: "insert into site_version (site_id, data_set_id, change, published, recorded_at)
                     select unhex(value ->> 'id'), $2, value ->> 'change', value ->> 'published', $3
                     from json_each($1)",
            postgres: "insert into site_version (site_id, data_set_id, change, published, recorded_at)
                       select cast(r.id as uuid), $2, r.change, r.published, $3
                       from json_to_recordset(cast($1 as json)) as r (id text, change text,
                           published text)",
        );
        run!(self, |conn| {
            sqlx::query(text)
                .bind(&rows)
                .bind(set.0)
                .bind(to_millis(now))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Says that a newer list still has these sites, unchanged, so that
    /// findings cite the newer list.
    pub async fn confirm_sites(
        &mut self,
        set: DataSetId,
        ids: &[SiteId],
    ) -> Result<(), StoreError> {
        let ids: Vec<String> = ids.iter().map(|id| id.0.simple().to_string()).collect();
        let text = by_engine!(
            self,
            sqlite: "update site set data_set_id = $1
                     where id in (select unhex(value) from json_each($2))",
            postgres: "update site set data_set_id = $1
                       where id in (select cast(v as uuid)
                           from json_array_elements_text(cast($2 as json)) as v)",
        );
        run!(self, |conn| {
            sqlx::query(text)
                .bind(set.0)
                .bind(to_json(&ids))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Every site with everything that is known about it.
    pub async fn sites(&mut self) -> Result<Vec<Site>, StoreError> {
        let rows: Vec<SiteRow> = run!(self, |conn| {
            sqlx::query_as(concat!(site_columns!(), "order by s.sort_key, s.id"))
                .fetch_all(conn)
                .await?
        });
        rows.into_iter().map(SiteRow::read).collect()
    }

    /// One site.
    pub async fn site(&mut self, id: SiteId) -> Result<Option<Site>, StoreError> {
        let row: Option<SiteRow> = run!(self, |conn| {
            sqlx::query_as(concat!(site_columns!(), "where s.id = $1"))
                .bind(id.0)
                .fetch_optional(conn)
                .await?
        });
        row.map(SiteRow::read).transpose()
    }

    /// The revision of what has been entered on a site (0: nothing yet), by
    /// whom (`None`: by the place itself) and when.
    pub async fn site_entry_state(
        &mut self,
        id: SiteId,
    ) -> Result<(i64, Option<(Option<String>, DateTime<Utc>)>), StoreError> {
        let row: Option<(i64, Option<String>, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select e.revision, a.name, e.entered_at
                 from site_entry e left join account a on a.id = e.entered_by
                 where e.site_id = $1 order by e.revision desc limit 1",
            )
            .bind(id.0)
            .fetch_optional(conn)
            .await?
        });
        match row {
            None => Ok((0, None)),
            Some((revision, who, at)) => Ok((
                revision,
                Some((who, from_millis(at, "site_entry", "entered_at")?)),
            )),
        }
    }

    /// Puts a new entry on top of revision `after`; `false` when somebody else
    /// did so first.
    pub async fn enter_on_site(
        &mut self,
        id: SiteId,
        after: i64,
        entry: &SiteEntry,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into site_entry (site_id, revision, entry, entered_by, entered_at)
                 select $1, $2, $3, $4, $5
                 where $6 = (select coalesce(max(revision), 0) from site_entry where site_id = $1)
                 on conflict (site_id, revision) do nothing",
            )
            .bind(id.0)
            .bind(after + 1)
            .bind(to_json(entry))
            .bind(by.map(|by| by.0))
            .bind(to_millis(now))
            .bind(after)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// How many plans in force name each site, by the site's reference and the
    /// kind of the destination.
    pub async fn planned_counts(&mut self) -> Result<Vec<(String, String, i64)>, StoreError> {
        // Counts only, of no particular child: no reader is needed.
        Ok(run!(self, |conn| {
            sqlx::query_as(
                "select p.kind, p.site_ref, count(distinct v.case_id)
                 from plan_destination p join plan_version v on v.id = p.version_id
                 join child_case c on c.id = v.case_id
                 where v.until_at is null and p.site_ref is not null and c.ended_on is null
                   and v.home_left_on is null
                 group by p.kind, p.site_ref order by p.kind, p.site_ref",
            )
            .fetch_all(conn)
            .await?
        }))
    }
}
