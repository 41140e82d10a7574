//! Power cuts that somebody has entered.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{StoreError, Tx, from_json, from_millis, run, to_json, to_millis};
use crate::domain::{
    id::UserId,
    municipality::MunicipalityCode,
    outage::{Cut, Outage, OutageArea},
};

/// A power cut to be put on record.
#[derive(Debug, Clone)]
pub struct NewOutage {
    /// Its id.
    pub id: Uuid,
    /// To the homes of which municipality it is limited.
    pub town: Option<MunicipalityCode>,
    /// Where.
    pub area: OutageArea,
    /// Since when, for how long.
    pub cut: Cut,
    /// Who enters it.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

#[derive(FromRow)]
struct OutageRow {
    id: Uuid,
    town: Option<String>,
    area: String,
    starts_at: i64,
    hours: i64,
    entered_at: i64,
    by: String,
    ended_at: Option<i64>,
    ended: Option<String>,
}

impl OutageRow {
    fn read(self) -> Result<Outage, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "outage",
            column,
        };
        let town = self.town.as_deref().map(MunicipalityCode::parse);
        let ended_at = self.ended_at;
        let ended_at = ended_at.map(|at| from_millis(at, "outage", "ended_at"));
        Ok(Outage {
            id: self.id,
            town: town.transpose().map_err(|_| corrupt("town"))?,
            area: from_json(&self.area, "outage", "area")?,
            cut: Cut {
                since: from_millis(self.starts_at, "outage", "starts_at")?,
                hours: u32::try_from(self.hours).map_err(|_| corrupt("hours"))?,
            },
            by: self.by,
            entered_at: from_millis(self.entered_at, "outage", "entered_at")?,
            ended: ended_at
                .transpose()?
                .map(|at| (at, self.ended.unwrap_or_default())),
        })
    }
}

impl Tx {
    /// Puts a power cut on record.
    pub async fn add_outage(&mut self, new: &NewOutage) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into outage (id, town, area, starts_at, hours, entered_at, entered_by)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(new.id)
            .bind(new.town.as_ref().map(MunicipalityCode::as_str))
            .bind(to_json(&new.area))
            .bind(to_millis(new.cut.since))
            .bind(i64::from(new.cut.hours))
            .bind(to_millis(new.at))
            .bind(new.by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Power cuts that are not over, or were not at an instant; the latest first.
    pub async fn outages(&mut self, since: DateTime<Utc>) -> Result<Vec<Outage>, StoreError> {
        let rows: Vec<OutageRow> = run!(self, |conn| {
            sqlx::query_as(
                "select o.id, o.town, o.area, o.starts_at, o.hours, o.entered_at, a.name as by,
                     o.ended_at, e.name as ended
                 from outage o join account a on a.id = o.entered_by
                 left join account e on e.id = o.ended_by
                 where o.ended_at is null or o.ended_at >= $1
                 order by o.starts_at desc, o.id",
            )
            .bind(to_millis(since))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(OutageRow::read).collect()
    }

    /// One power cut, also one that is over.
    pub async fn outage(&mut self, id: Uuid) -> Result<Option<Outage>, StoreError> {
        let row: Option<OutageRow> = run!(self, |conn| {
            sqlx::query_as(
                "select o.id, o.town, o.area, o.starts_at, o.hours, o.entered_at, a.name as by,
                     o.ended_at, e.name as ended
                 from outage o join account a on a.id = o.entered_by
                 left join account e on e.id = o.ended_by where o.id = $1",
            )
            .bind(id)
            .fetch_optional(conn)
            .await?
        });
        row.map(OutageRow::read).transpose()
    }

    /// Says of a power cut for how long it is expected now; `false`: it is over.
    pub async fn expect_outage(&mut self, id: Uuid, hours: u32) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query("update outage set hours = $2 where id = $1 and ended_at is null")
                .bind(id)
                .bind(i64::from(hours))
                .execute(conn)
                .await?
                .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Ends a power cut, or lets it go on again (`None`); `false`: it is so already.
    pub async fn end_outage(
        &mut self,
        id: Uuid,
        ended: Option<(UserId, DateTime<Utc>)>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update outage set ended_at = $2, ended_by = $3
                 where id = $1 and (ended_at is null) <> (cast($2 as bigint) is null)",
            )
            .bind(id)
            .bind(ended.map(|(_, at)| to_millis(at)))
            .bind(ended.map(|(by, _)| by.0))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }
}
