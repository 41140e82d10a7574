//! Lists of towns and blocks, with which the position of an address is found.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, by_engine, from_day, run, to_json};
use crate::domain::{
    address::TownKey, id::DataSetId, municipality::MunicipalityCode, position::Position,
};

/// A place of a list, to be written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TownPoint {
    /// Its place in the file.
    pub ordinal: i64,
    /// Municipality or ward.
    pub municipality: MunicipalityCode,
    /// The town as the list writes it, koaza and all, without the block.
    pub name: String,
    /// The key of the town.
    pub town: String,
    /// The key of the koaza (小字); empty: none.
    pub koaza: String,
    /// The number of the block or lot; empty: the town itself.
    pub block: String,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// It is the point that stands for its block.
    pub represents: bool,
}

/// The list that says where a place is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownSource {
    /// Its id.
    pub id: DataSetId,
    /// Its name.
    pub name: String,
    /// Its date.
    pub dated: Option<NaiveDate>,
}

/// A town of the lists in force.
#[derive(Debug, Clone, PartialEq)]
pub struct TownRow {
    /// Municipality or ward.
    pub municipality: MunicipalityCode,
    /// As the list writes it.
    pub name: String,
    /// Town and koaza.
    pub key: (TownKey, TownKey),
    /// Its centre; `None`: only its blocks are listed.
    pub position: Option<Position>,
    /// The list.
    pub source: TownSource,
}

/// A block or lot of the lists in force.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockRow {
    /// Its centre.
    pub position: Position,
    /// The list.
    pub source: TownSource,
}

#[derive(FromRow)]
struct PointRow {
    municipality: String,
    name: String,
    town: String,
    koaza: String,
    lat: Option<f64>,
    lon: Option<f64>,
    set_id: Uuid,
    set_name: String,
    dated: Option<String>,
}

impl PointRow {
    fn position(&self) -> Result<Option<Position>, StoreError> {
        let corrupt = StoreError::Corrupt {
            table: "town_point",
            column: "lat",
        };
        self.lat
            .zip(self.lon)
            .map(|(lat, lon)| Position::new(lat, lon).map_err(|_| corrupt))
            .transpose()
    }

    fn source(&self) -> Result<TownSource, StoreError> {
        Ok(TownSource {
            id: DataSetId(self.set_id),
            name: self.set_name.clone(),
            dated: from_day(self.dated.as_deref(), "data_set", "dated")?,
        })
    }

    fn municipality(&self) -> Result<MunicipalityCode, StoreError> {
        MunicipalityCode::parse(&self.municipality).map_err(|_| StoreError::Corrupt {
            table: "town_point",
            column: "municipality",
        })
    }
}

/// Of each municipality the rows of the list that was imported last: two lists of
/// one town do not make two towns of it. Rows come in the order of imports.
fn of_last_import(rows: Vec<PointRow>) -> Vec<PointRow> {
    let mut last: BTreeMap<String, Uuid> = BTreeMap::new();
    for row in &rows {
        last.insert(row.municipality.clone(), row.set_id);
    }
    rows.into_iter()
        .filter(|row| last.get(&row.municipality) == Some(&row.set_id))
        .collect()
}

impl Tx {
    /// Writes the places of a list, all in one statement.
    pub async fn add_town_points(
        &mut self,
        set: DataSetId,
        points: &[TownPoint],
    ) -> Result<(), StoreError> {
        let text = by_engine!(
            self,
            sqlite: "insert into town_point (data_set_id, ordinal, municipality, name, town, koaza,
                         block, lat, lon, represents)
                     select $1, value ->> 'ordinal', value ->> 'municipality', value ->> 'name',
                         value ->> 'town', value ->> 'koaza', value ->> 'block',
                         cast(value ->> 'lat' as real), cast(value ->> 'lon' as real),
                         value ->> 'represents'
                     from json_each($2)",
            postgres: "insert into town_point (data_set_id, ordinal, municipality, name, town, koaza,
                           block, lat, lon, represents)
                       select $1, p.ordinal, p.municipality, p.name, p.town, p.koaza, p.block,
                           p.lat, p.lon, p.represents
                       from json_to_recordset(cast($2 as json)) as p (ordinal bigint,
                           municipality text, name text, town text, koaza text, block text,
                           lat double precision, lon double precision, represents boolean)",
        );
        run!(self, |conn| {
            sqlx::query(text)
                .bind(set.0)
                .bind(to_json(&points))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Every place of a data set: municipality, town, koaza, block, latitude and
    /// longitude; what an import compares.
    pub async fn town_points(
        &mut self,
        set: DataSetId,
    ) -> Result<Vec<(String, String, String, String, f64, f64)>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_as(
                "select municipality, town, koaza, block, lat, lon from town_point
                 where data_set_id = $1 order by ordinal",
            )
            .bind(set.0)
            .fetch_all(conn)
            .await?
        }))
    }

    /// The towns of some municipalities, from the lists in force.
    pub async fn towns_of(&mut self, codes: &[String]) -> Result<Vec<TownRow>, StoreError> {
        let towns = by_engine!(
            self,
            sqlite: "select t.municipality, t.name, t.town, t.koaza, t.lat, t.lon,
                         d.id as set_id, d.name as set_name, d.dated
                     from town_point t join data_set d on d.id = t.data_set_id
                     where d.state = 'current' and t.block = ''
                       and t.municipality in (select value from json_each($1))
                     order by d.imported_at, d.id, t.ordinal",
            postgres: "select t.municipality, t.name, t.town, t.koaza, t.lat, t.lon,
                           d.id as set_id, d.name as set_name, d.dated
                       from town_point t join data_set d on d.id = t.data_set_id
                       where d.state = 'current' and t.block = ''
                         and t.municipality in
                             (select json_array_elements_text(cast($1 as json)))
                       order by d.imported_at, d.id, t.ordinal",
        );
        let of_blocks = by_engine!(
            self,
            sqlite: "select t.municipality, min(t.name) as name, t.town, t.koaza,
                         cast(null as real) as lat, cast(null as real) as lon,
                         d.id as set_id, d.name as set_name, d.dated
                     from town_point t join data_set d on d.id = t.data_set_id
                     where d.state = 'current' and t.block <> ''
                       and t.municipality in (select value from json_each($1))
                     group by t.municipality, t.town, t.koaza, d.id, d.name, d.dated, d.imported_at
                     order by d.imported_at, d.id, t.town, t.koaza",
            postgres: "select t.municipality, min(t.name) as name, t.town, t.koaza,
                           cast(null as double precision) as lat,
                           cast(null as double precision) as lon,
                           d.id as set_id, d.name as set_name, d.dated
                       from town_point t join data_set d on d.id = t.data_set_id
                       where d.state = 'current' and t.block <> ''
                         and t.municipality in
                             (select json_array_elements_text(cast($1 as json)))
                       group by t.municipality, t.town, t.koaza, d.id, d.name, d.dated,
                           d.imported_at
                       order by d.imported_at, d.id, t.town, t.koaza",
        );
        let mut found = Vec::new();
        for text in [towns, of_blocks] {
            let rows: Vec<PointRow> = run!(self, |conn| {
                sqlx::query_as(text)
                    .bind(to_json(&codes))
                    .fetch_all(conn)
                    .await?
            });
            for row in of_last_import(rows) {
                let (position, source) = (row.position()?, row.source()?);
                let town = TownRow {
                    municipality: row.municipality()?,
                    position,
                    source,
                    name: row.name,
                    key: (TownKey::stored(row.town), TownKey::stored(row.koaza)),
                };
                let is_known = |known: &TownRow| {
                    known.municipality == town.municipality && known.key == town.key
                };
                // A list of towns says more of a town than one of its blocks.
                if position.is_some() || !found.iter().any(is_known) {
                    found.push(town);
                }
            }
        }
        Ok(found)
    }

    /// The blocks or lots of a number in a town, from the list in force; the point
    /// that stands for one comes first.
    pub async fn blocks_of(
        &mut self,
        town: &TownRow,
        block: &str,
    ) -> Result<Vec<BlockRow>, StoreError> {
        let rows: Vec<PointRow> = run!(self, |conn| {
            sqlx::query_as(
                "select t.municipality, t.name, t.town, t.koaza, t.lat, t.lon,
                     d.id as set_id, d.name as set_name, d.dated
                 from town_point t join data_set d on d.id = t.data_set_id
                 where d.state = 'current' and t.municipality = $1 and t.town = $2
                   and ($3 = '' or t.koaza = $3) and t.block = $4
                 order by d.imported_at, d.id, t.represents desc, t.ordinal",
            )
            .bind(town.municipality.as_str())
            .bind(town.key.0.as_str())
            .bind(town.key.1.as_str())
            .bind(block)
            .fetch_all(conn)
            .await?
        });
        of_last_import(rows)
            .into_iter()
            .map(|row| {
                let position = row.position()?.ok_or(StoreError::Corrupt {
                    table: "town_point",
                    column: "lat",
                })?;
                Ok(BlockRow {
                    position,
                    source: row.source()?,
                })
            })
            .collect()
    }
}
