//! Data sets, tries at importing them, hazard zones and boundaries.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, by_engine, from_day, from_json, run, to_json, to_millis};
use crate::domain::{
    data_set::{DataSet, DataSetKind, Unread},
    hazard::ZoneClass,
    id::DataSetId,
    municipality::MunicipalityCode,
};

/// A data set to be written.
#[derive(Debug, Clone)]
pub struct NewDataSet {
    /// What findings cite of it.
    pub set: DataSet,
    /// Where it was taken from (a URL, a person), as the operator says.
    pub source: Option<String>,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Format that was found.
    pub format: String,
    /// Encoding that was found.
    pub encoding: String,
    /// The set it replaces.
    pub replaces: Option<DataSetId>,
}

/// A data set in force, with what an import compares.
#[derive(Debug, Clone)]
pub struct DataSetRow {
    /// What findings cite.
    pub set: DataSet,
    /// SHA-256 of its file.
    pub sha256: String,
    /// Records in it.
    pub records: i64,
}

/// A hazard zone to be written; `geometry` is GeoJSON text.
#[derive(Debug, Clone, Serialize)]
pub struct ZoneRow {
    /// Its place in the file.
    pub ordinal: i64,
    /// JSON of [`ZoneClass`].
    pub class: String,
    /// River or zone.
    pub name: Option<String>,
    /// GeoJSON geometry.
    pub geometry: String,
    /// SHA-256 over class, name and geometry.
    pub hash: String,
    /// Western edge in degrees.
    pub west: f64,
    /// Southern edge.
    pub south: f64,
    /// Eastern edge.
    pub east: f64,
    /// Northern edge.
    pub north: f64,
}

/// Zones read back: class, name, GeoJSON text, and the ordinal to go on from.
#[derive(Debug, Clone)]
pub struct ZoneBatch {
    /// Class, name, geometry.
    pub zones: Vec<(ZoneClass, Option<String>, String)>,
    /// The last ordinal of the batch.
    pub last: i64,
}

/// A municipality's boundary; `geometry` is GeoJSON text.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundaryRow {
    /// Municipality or ward.
    pub code: MunicipalityCode,
    /// Its name in the file.
    pub name: String,
    /// GeoJSON geometry.
    pub geometry: String,
    /// West, south, east, north.
    pub bounds: [f64; 4],
}

#[derive(FromRow)]
struct SetRow {
    id: Uuid,
    kind: String,
    series: String,
    name: String,
    publisher: Option<String>,
    dated: Option<String>,
    covers: Option<String>,
    unread: Option<String>,
    sha256: String,
    records: i64,
}

impl SetRow {
    fn read(self) -> Result<DataSetRow, StoreError> {
        Ok(DataSetRow {
            set: DataSet {
                id: DataSetId(self.id),
                kind: DataSetKind::from_code(&self.kind).ok_or(StoreError::Corrupt {
                    table: "data_set",
                    column: "kind",
                })?,
                series: self.series,
                name: self.name,
                publisher: self.publisher,
                dated: from_day(self.dated.as_deref(), "data_set", "dated")?,
                covers: self
                    .covers
                    .map(|c| from_json::<BTreeSet<MunicipalityCode>>(&c, "data_set", "covers"))
                    .transpose()?,
                unread: match self.unread {
                    Some(unread) => from_json(&unread, "data_set", "unread")?,
                    None => Unread::Nothing,
                },
            },
            sha256: self.sha256,
            records: self.records,
        })
    }
}

impl Tx {
    /// Writes a data set. In state `loading` it is invisible until
    /// [`Tx::make_current`]; `loading_until` is when its loader counts as dead.
    pub async fn add_data_set(
        &mut self,
        new: &NewDataSet,
        by: &str,
        now: DateTime<Utc>,
        loading_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into data_set (id, kind, series, name, publisher, source, dated,
                     imported_at, imported_by, sha256, format, encoding, covers, unread,
                     replaces, state, loading_until, records)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
                     $15, 'loading', $16, 0)",
            )
            .bind(new.set.id.0)
            .bind(new.set.kind.code())
            .bind(&new.set.series)
            .bind(&new.set.name)
            .bind(&new.set.publisher)
            .bind(&new.source)
            .bind(new.set.dated.map(|d: NaiveDate| d.to_string()))
            .bind(to_millis(now))
            .bind(by)
            .bind(&new.sha256)
            .bind(&new.format)
            .bind(&new.encoding)
            .bind(new.set.covers.as_ref().map(to_json))
            .bind((new.set.unread != Unread::Nothing).then(|| to_json(&new.set.unread)))
            .bind(new.replaces.map(|r| r.0))
            .bind(to_millis(loading_until))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Makes a data set in state `loading` the current one of its kind and
    /// series; the one before it is replaced. `false`: it is in another state
    /// (its loader was taken for dead), or the current one is not the one that
    /// it was compared with (another import was faster); nothing changed.
    pub async fn make_current(&mut self, id: DataSetId, records: u64) -> Result<bool, StoreError> {
        let overtaken: i64 = run!(self, |conn| {
            sqlx::query_scalar(
                "select count(*) from data_set c join data_set n
                     on n.kind = c.kind and n.series = c.series
                 where n.id = $1 and c.state = 'current'
                   and (n.replaces is null or n.replaces <> c.id)",
            )
            .bind(id.0)
            .fetch_one(conn)
            .await?
        });
        if overtaken > 0 {
            return Ok(false);
        }
        run!(self, |conn| {
            sqlx::query(
                "update data_set set state = 'replaced' where state = 'current'
                   and (kind, series) = (select kind, series from data_set
                                         where id = $1 and state = 'loading')",
            )
            .bind(id.0)
            .execute(conn)
            .await?;
        });
        let made = run!(self, |conn| {
            sqlx::query(
                "update data_set set state = 'current', records = $2
                 where id = $1 and state = 'loading'",
            )
            .bind(id.0)
            .bind(i64::try_from(records).unwrap_or(i64::MAX))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(made == 1)
    }

    /// Every current data set.
    pub async fn current_data_sets(&mut self) -> Result<Vec<DataSetRow>, StoreError> {
        let rows: Vec<SetRow> = run!(self, |conn| {
            sqlx::query_as(
                "select id, kind, series, name, publisher, dated, covers, unread, sha256, records
                 from data_set where state = 'current' order by kind, series, id",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(SetRow::read).collect()
    }

    /// The current data set of a kind and series.
    pub async fn current_data_set(
        &mut self,
        kind: DataSetKind,
        series: &str,
    ) -> Result<Option<DataSetRow>, StoreError> {
        let row: Option<SetRow> = run!(self, |conn| {
            sqlx::query_as(
                "select id, kind, series, name, publisher, dated, covers, unread, sha256, records
                 from data_set where state = 'current' and kind = $1 and series = $2",
            )
            .bind(kind.code())
            .bind(series)
            .fetch_optional(conn)
            .await?
        });
        row.map(SetRow::read).transpose()
    }

    /// The newest date of a kind and series, of the set in force and of those
    /// that it replaced.
    pub async fn latest_date(
        &mut self,
        kind: DataSetKind,
        series: &str,
    ) -> Result<Option<NaiveDate>, StoreError> {
        let day: Option<String> = run!(self, |conn| {
            sqlx::query_scalar(
                "select max(dated) from data_set
                 where kind = $1 and series = $2 and state in ('current', 'replaced')",
            )
            .bind(kind.code())
            .bind(series)
            .fetch_one(conn)
            .await?
        });
        from_day(day.as_deref(), "data_set", "dated")
    }

    /// The box around the zones of a data set.
    pub async fn zone_extent(&mut self, set: DataSetId) -> Result<Option<[f64; 4]>, StoreError> {
        type Sides = (Option<f64>, Option<f64>, Option<f64>, Option<f64>);
        let (west, south, east, north): Sides = run!(self, |conn| {
            sqlx::query_as(
                "select min(west), min(south), max(east), max(north)
                 from hazard_zone where data_set_id = $1",
            )
            .bind(set.0)
            .fetch_one(conn)
            .await?
        });
        Ok(match (west, south, east, north) {
            (Some(west), Some(south), Some(east), Some(north)) => Some([west, south, east, north]),
            _ => None,
        })
    }

    /// Writes zones, all in one statement, and keeps their loader alive.
    pub async fn add_zones(
        &mut self,
        set: DataSetId,
        zones: &[ZoneRow],
        loading_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let text = by_engine!(
            self,
            sqlite: "insert into hazard_zone (data_set_id, ordinal, class, name, geometry, hash,
                         west, south, east, north)
                     select $1, value ->> 'ordinal', value ->> 'class', value ->> 'name',
                         value ->> 'geometry', value ->> 'hash',
                         cast(value ->> 'west' as real), cast(value ->> 'south' as real),
                         cast(value ->> 'east' as real), cast(value ->> 'north' as real)
                     from json_each($2)",
            postgres: "insert into hazard_zone (data_set_id, ordinal, class, name, geometry, hash,
                           west, south, east, north)
                       select $1, z.ordinal, z.class, z.name, z.geometry, z.hash,
                           z.west, z.south, z.east, z.north
                       from json_to_recordset(cast($2 as json)) as z (ordinal bigint, class text,
                           name text, geometry text, hash text, west double precision,
                           south double precision, east double precision, north double precision)",
        );
        run!(self, |conn| {
            sqlx::query(text)
                .bind(set.0)
                .bind(to_json(&zones))
                .execute(conn)
                .await?;
        });
        run!(self, |conn| {
            sqlx::query("update data_set set loading_until = $2 where id = $1")
                .bind(set.0)
                .bind(to_millis(loading_until))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Up to 1,000 zones of a data set, after an ordinal.
    pub async fn zones_after(
        &mut self,
        set: DataSetId,
        after: i64,
    ) -> Result<Option<ZoneBatch>, StoreError> {
        let rows: Vec<(i64, String, Option<String>, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select ordinal, class, name, geometry from hazard_zone
                 where data_set_id = $1 and ordinal > $2 order by ordinal limit 1000",
            )
            .bind(set.0)
            .bind(after)
            .fetch_all(conn)
            .await?
        });
        let Some(last) = rows.last().map(|row| row.0) else {
            return Ok(None);
        };
        let zones = rows
            .into_iter()
            .map(|(_, class, name, geometry)| {
                Ok((from_json(&class, "hazard_zone", "class")?, name, geometry))
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(Some(ZoneBatch { zones, last }))
    }

    /// The hashes of all zones of a data set, sorted.
    pub async fn zone_hashes(&mut self, set: DataSetId) -> Result<Vec<String>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar("select hash from hazard_zone where data_set_id = $1 order by hash")
                .bind(set.0)
                .fetch_all(conn)
                .await?
        }))
    }

    /// The boxes around the zones that one of two data sets has and the other has
    /// not: west, south, east, north. Without an earlier one, of all its zones.
    pub async fn changed_zone_boxes(
        &mut self,
        set: DataSetId,
        before: Option<DataSetId>,
    ) -> Result<Vec<[f64; 4]>, StoreError> {
        let rows: Vec<(f64, f64, f64, f64)> = run!(self, |conn| {
            sqlx::query_as(
                "select west, south, east, north from hazard_zone
                 where data_set_id = $1 and hash not in
                     (select hash from hazard_zone where data_set_id = $2)
                 union all
                 select west, south, east, north from hazard_zone
                 where data_set_id = $2 and hash not in
                     (select hash from hazard_zone where data_set_id = $1)",
            )
            .bind(set.0)
            // No data set has the id of none.
            .bind(before.map_or(Uuid::nil(), |id| id.0))
            .fetch_all(conn)
            .await?
        });
        Ok(rows.into_iter().map(|(w, s, e, n)| [w, s, e, n]).collect())
    }

    /// The different names of the zones of a data set, up to a number of them.
    pub async fn zone_names(
        &mut self,
        set: DataSetId,
        most: usize,
    ) -> Result<Vec<String>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar(
                "select distinct name from hazard_zone
                 where data_set_id = $1 and name is not null order by name limit $2",
            )
            .bind(set.0)
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(conn)
            .await?
        }))
    }

    /// Removes what loaders left behind that died before they were done.
    pub async fn sweep_left_overs(&mut self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "delete from hazard_zone where data_set_id in
                     (select id from data_set where state = 'loading' and loading_until < $1)",
            )
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(run!(self, |conn| {
            sqlx::query(
                "update data_set set state = 'abandoned'
                 where state = 'loading' and loading_until < $1",
            )
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        }))
    }

    /// Writes the boundaries of a data set.
    pub async fn add_boundaries(
        &mut self,
        set: DataSetId,
        rows: &[BoundaryRow],
    ) -> Result<(), StoreError> {
        for row in rows {
            run!(self, |conn| {
                sqlx::query(
                    "insert into boundary (data_set_id, code, name, geometry, west, south, east, north)
                     values ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind(set.0)
                .bind(row.code.as_str())
                .bind(&row.name)
                .bind(&row.geometry)
                .bind(row.bounds[0])
                .bind(row.bounds[1])
                .bind(row.bounds[2])
                .bind(row.bounds[3])
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    /// The boxes around the boundaries in force: west, south, east, north.
    pub async fn boundary_boxes(
        &mut self,
    ) -> Result<Vec<(MunicipalityCode, [f64; 4])>, StoreError> {
        let rows: Vec<(String, f64, f64, f64, f64)> = run!(self, |conn| {
            sqlx::query_as(
                "select b.code, b.west, b.south, b.east, b.north
                 from boundary b join data_set d on d.id = b.data_set_id
                 where d.state = 'current' order by b.code, d.id",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(code, west, south, east, north)| {
                let code = MunicipalityCode::parse(&code).map_err(|_| StoreError::Corrupt {
                    table: "boundary",
                    column: "code",
                })?;
                Ok((code, [west, south, east, north]))
            })
            .collect()
    }

    /// Every current boundary; of a municipality that stands in several data
    /// sets, that of the last import.
    pub async fn boundaries(&mut self) -> Result<Vec<BoundaryRow>, StoreError> {
        let rows: Vec<(String, String, String, f64, f64, f64, f64)> = run!(self, |conn| {
            sqlx::query_as(
                "select b.code, b.name, b.geometry, b.west, b.south, b.east, b.north
                 from boundary b join data_set d on d.id = b.data_set_id
                 where d.state = 'current' order by d.imported_at, d.id",
            )
            .fetch_all(conn)
            .await?
        });
        let mut latest = BTreeMap::new();
        for (code, name, geometry, west, south, east, north) in rows {
            let code = MunicipalityCode::parse(&code).map_err(|_| StoreError::Corrupt {
                table: "boundary",
                column: "code",
            })?;
            latest.insert(
                code,
                BoundaryRow {
                    code,
                    name,
                    geometry,
                    bounds: [west, south, east, north],
                },
            );
        }
        Ok(latest.into_values().collect())
    }
}
