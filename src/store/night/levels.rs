//! What is in force, by staff and by telegrams, and sites as they are reported.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{StoreError, Tx, from_millis, run, to_millis};
use crate::domain::{
    hazard::Hazard,
    id::{SiteId, UserId},
    municipality::MunicipalityCode,
    night::{NightLevel, SiteNow},
};

/// A level to be put on record.
#[derive(Debug, Clone)]
pub struct NewNightLevel {
    /// Its id.
    pub id: Uuid,
    /// Where.
    pub municipality: MunicipalityCode,
    /// Of which hazard.
    pub hazard: Option<Hazard>,
    /// The level.
    pub level: Option<u8>,
    /// As it is called.
    pub name: String,
    /// A part of the municipality.
    pub part: Option<String>,
    /// Since when it holds.
    pub since: DateTime<Utc>,
    /// The telegram that says so.
    pub telegram: Option<Uuid>,
    /// Who enters it.
    pub by: Option<UserId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A telegram to be put on record.
#[derive(Debug, Clone)]
pub struct NewTelegram {
    /// Its id.
    pub id: Uuid,
    /// Which telegrams it replaces: their kind and area.
    pub series: (String, String),
    /// Its title.
    pub title: String,
    /// Who issued it.
    pub office: String,
    /// Since when what it says holds.
    pub reported_at: DateTime<Utc>,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Who read it; `None`: the operator.
    pub by: Option<UserId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The last telegram of a series: when issued, when sent, and its hash.
pub type LastTelegram = (DateTime<Utc>, DateTime<Utc>, String);

/// What is known of a site tonight, and who has said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteReport {
    /// What.
    pub now: SiteNow,
    /// The name of who said it last.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Site, open, powered, when, by whom.
type ReportRow = (Uuid, Option<bool>, Option<bool>, i64, String);

#[derive(FromRow)]
struct LevelRow {
    id: Uuid,
    municipality: String,
    hazard: Option<String>,
    level: Option<i64>,
    name: String,
    part: Option<String>,
    since: i64,
    night_since: i64,
    entered_at: i64,
    office: Option<String>,
    by: Option<String>,
}

impl LevelRow {
    fn read(self) -> Result<NightLevel, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "night_level",
            column,
        };
        let level = |number: i64| {
            let number = u8::try_from(number).map_err(|_| corrupt("level"))?;
            number.try_into().map_err(|_| corrupt("level"))
        };
        Ok(NightLevel {
            id: self.id,
            municipality: MunicipalityCode::parse(&self.municipality)
                .map_err(|_| corrupt("municipality"))?,
            hazard: self.hazard.as_deref().map(hazard_of).transpose()?,
            level: self.level.map(level).transpose()?,
            name: self.name,
            part: self.part,
            since: from_millis(self.since, "night_level", "since")?,
            night_since: from_millis(self.night_since, "night_level", "night_since")?,
            entered_at: from_millis(self.entered_at, "night_level", "entered_at")?,
            by: match (self.office, self.by) {
                (Some(office), _) => Err(office),
                (None, by) => Ok(by.unwrap_or_default()),
            },
        })
    }
}

fn hazard_of(code: &str) -> Result<Hazard, StoreError> {
    let mut all = Hazard::ALL.into_iter();
    all.find(|hazard| hazard.code() == code)
        .ok_or(StoreError::Corrupt {
            table: "night_level",
            column: "hazard",
        })
}

impl Tx {
    /// Everything that is in force, worst first.
    pub async fn night_levels(&mut self) -> Result<Vec<NightLevel>, StoreError> {
        let rows: Vec<LevelRow> = run!(self, |conn| {
            sqlx::query_as(
                "select l.id, l.municipality, l.hazard, l.level, l.name, l.part, l.since,
                     l.night_since, l.entered_at, t.office, a.name as by
                 from night_level l
                 left join night_telegram t on t.id = l.telegram_id
                 left join account a on a.id = l.entered_by
                 where l.ended_at is null
                 order by coalesce(l.level, 0) desc, l.municipality, l.hazard nulls first, l.id",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(LevelRow::read).collect()
    }

    /// Puts a level on record. The night goes on from what is in force there already.
    pub async fn add_night_level(&mut self, new: &NewNightLevel) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into night_level (id, municipality, hazard, level, name, part, since,
                     night_since, telegram_id, entered_at, entered_by)
                 values ($1, $2, $3, $4, $5, $6, $7,
                     coalesce((select min(o.night_since) from night_level o
                         where o.municipality = $2
                           and (o.ended_at is null or o.ended_at = $9)), $9),
                     $8, $9, $10)",
            )
            .bind(new.id)
            .bind(new.municipality.as_str())
            .bind(new.hazard.map(Hazard::code))
            .bind(new.level.map(i64::from))
            .bind(&new.name)
            .bind(&new.part)
            .bind(to_millis(new.since))
            .bind(new.telegram)
            .bind(to_millis(new.at))
            .bind(new.by.map(|user| user.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Ends a level; `false`: it is over already.
    pub async fn end_night_level(
        &mut self,
        id: Uuid,
        (by, now): (Option<UserId>, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update night_level set ended_at = $2, ended_by = $3
                 where id = $1 and ended_at is null",
            )
            .bind(id)
            .bind(to_millis(now))
            .bind(by.map(|user| user.0))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Ends what staff have entered of a hazard in a municipality: a new word of theirs
    /// takes its place.
    pub async fn end_entered_levels(
        &mut self,
        (municipality, hazard): (MunicipalityCode, Option<Hazard>),
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update night_level set ended_at = $3, ended_by = $4
                 where municipality = $1 and coalesce(hazard, '') = $2
                   and telegram_id is null and ended_at is null",
            )
            .bind(municipality.as_str())
            .bind(hazard.map_or("", Hazard::code))
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The newest telegram of a series that was read.
    pub async fn last_telegram(
        &mut self,
        (kind, area): (&str, &str),
    ) -> Result<Option<LastTelegram>, StoreError> {
        let row: Option<(i64, i64, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select reported_at, sent_at, sha256 from night_telegram
                 where kind = $1 and area = $2
                 order by reported_at desc, sent_at desc, id desc limit 1",
            )
            .bind(kind)
            .bind(area)
            .fetch_optional(conn)
            .await?
        });
        row.map(|(reported, sent, hash)| {
            Ok((
                from_millis(reported, "night_telegram", "reported_at")?,
                from_millis(sent, "night_telegram", "sent_at")?,
                hash,
            ))
        })
        .transpose()
    }

    /// Puts a telegram on record, and ends what earlier ones of its series said.
    pub async fn add_telegram(&mut self, new: &NewTelegram) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into night_telegram (id, kind, area, title, office, reported_at, sent_at,
                     sha256, read_at, read_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(new.id)
            .bind(&new.series.0)
            .bind(&new.series.1)
            .bind(&new.title)
            .bind(&new.office)
            .bind(to_millis(new.reported_at))
            .bind(to_millis(new.sent_at))
            .bind(&new.sha256)
            .bind(to_millis(new.at))
            .bind(new.by.map(|user| user.0))
            .execute(conn)
            .await?;
        });
        run!(self, |conn| {
            sqlx::query(
                "update night_level set ended_at = $3, ended_by = $4
                 where ended_at is null and telegram_id in
                     (select id from night_telegram where kind = $1 and area = $2)",
            )
            .bind(&new.series.0)
            .bind(&new.series.1)
            .bind(to_millis(new.at))
            .bind(new.by.map(|user| user.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Puts on record whether a site is open and has power; `None` says nothing of it.
    pub async fn report_site(
        &mut self,
        id: Uuid,
        (site, now): (SiteId, SiteNow),
        (by, at): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into night_site (id, site_id, is_open, powered, at, by_user)
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(id)
            .bind(site.0)
            .bind(now.open)
            .bind(now.powered)
            .bind(to_millis(at))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// What was reported of sites since an instant: the last that was said of each thing.
    pub async fn site_reports(
        &mut self,
        since: DateTime<Utc>,
    ) -> Result<HashMap<SiteId, SiteReport>, StoreError> {
        let rows: Vec<ReportRow> = run!(self, |conn| {
            sqlx::query_as(
                "select s.site_id, s.is_open, s.powered, s.at, a.name from night_site s
                 join account a on a.id = s.by_user where s.at >= $1 order by s.at, s.id",
            )
            .bind(to_millis(since))
            .fetch_all(conn)
            .await?
        });
        let mut reports: HashMap<SiteId, SiteReport> = HashMap::new();
        for (site, open, powered, at, by) in rows {
            let at = from_millis(at, "night_site", "at")?;
            let known = reports.entry(SiteId(site)).or_insert_with(|| SiteReport {
                now: SiteNow::default(),
                by: by.clone(),
                at,
            });
            known.now.open = open.or(known.now.open);
            known.now.powered = powered.or(known.now.powered);
            (known.by, known.at) = (by, at);
        }
        Ok(reports)
    }
}
