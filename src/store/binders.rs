//! The night binders (夜間綴り): of each municipality the last one, sealed, and how far the
//! next one is.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, from_json, from_millis, run, to_json, to_millis};
use crate::domain::{id::CaseId, municipality::MunicipalityCode, text::Text};

/// A child in a binder, and whether its address could be read when it was made.
pub type Holds = Vec<(CaseId, bool)>;

/// A binder that was made.
#[derive(Debug, Clone)]
pub struct MadeBinder {
    /// When.
    pub at: DateTime<Utc>,
    /// On how many pages.
    pub pages: usize,
    /// Who is in it.
    pub holds: Holds,
    /// Characters that the typeface lacks.
    pub unprintable: String,
}

/// What is known of a municipality's binder.
#[derive(Debug, Clone, Default)]
pub struct StoredBinder {
    /// The last one; `None`: there is none.
    pub made: Option<MadeBinder>,
    /// Until when somebody makes the next one, and how many of how many children are read.
    pub making: Option<(DateTime<Utc>, usize, usize)>,
    /// When the last try failed, and why.
    pub failed: Option<(DateTime<Utc>, Text)>,
}

#[derive(FromRow)]
struct BinderRow {
    made_at: Option<i64>,
    pages: i64,
    holds: String,
    unprintable: String,
    held_until: Option<i64>,
    done: i64,
    total: i64,
    failed_at: Option<i64>,
    why: Option<String>,
}

const TABLE: &str = "night_binder";

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

fn stored(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl BinderRow {
    fn read(self) -> Result<StoredBinder, StoreError> {
        let made = match self.made_at {
            None => None,
            Some(at) => Some(MadeBinder {
                at: from_millis(at, TABLE, "made_at")?,
                pages: count(self.pages),
                holds: from_json(&self.holds, TABLE, "holds")?,
                unprintable: self.unprintable,
            }),
        };
        let making = match self.held_until {
            None => None,
            Some(until) => Some((
                from_millis(until, TABLE, "held_until")?,
                count(self.done),
                count(self.total),
            )),
        };
        let failed = match (self.failed_at, self.why) {
            (Some(at), Some(why)) => {
                let (ja, en): (String, String) = from_json(&why, TABLE, "why")?;
                Some((from_millis(at, TABLE, "failed_at")?, Text::new(ja, en)))
            }
            _ => None,
        };
        Ok(StoredBinder {
            made,
            making,
            failed,
        })
    }
}

impl Tx {
    /// What is known of a municipality's binder, without the binder.
    pub async fn night_binder(
        &mut self,
        town: MunicipalityCode,
    ) -> Result<StoredBinder, StoreError> {
        let row: Option<BinderRow> = run!(self, |conn| {
            sqlx::query_as(
                "select made_at, pages, holds, unprintable, held_until, done, total, failed_at,
                     why
                 from night_binder where municipality = $1",
            )
            .bind(town.to_string())
            .fetch_optional(conn)
            .await?
        });
        row.map_or_else(|| Ok(StoredBinder::default()), BinderRow::read)
    }

    /// The last binder, as it was sealed.
    pub async fn sealed_binder(
        &mut self,
        town: MunicipalityCode,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Option<Vec<u8>>,)> = run!(self, |conn| {
            sqlx::query_as("select pdf from night_binder where municipality = $1")
                .bind(town.to_string())
                .fetch_optional(conn)
                .await?
        });
        Ok(row.and_then(|(pdf,)| pdf))
    }

    /// Begins the next binder, for `holder`, until an instant; `false`: somebody is at it.
    pub async fn begin_binder(
        &mut self,
        (town, holder): (MunicipalityCode, Uuid),
        (now, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into night_binder (municipality, holder, held_until)
                 values ($1, $2, $4)
                 on conflict (municipality) do update set holder = excluded.holder,
                     held_until = excluded.held_until, done = 0, total = 0
                 where night_binder.held_until is null or night_binder.held_until <= $3",
            )
            .bind(town.to_string())
            .bind(holder)
            .bind(to_millis(now))
            .bind(to_millis(until))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Tells how many children of how many are read; `false`: somebody else is at it now.
    pub async fn binder_goes_on(
        &mut self,
        (town, holder): (MunicipalityCode, Uuid),
        (done, total): (usize, usize),
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update night_binder set done = $3, total = $4, held_until = $5
                 where municipality = $1 and holder = $2",
            )
            .bind(town.to_string())
            .bind(holder)
            .bind(stored(done))
            .bind(stored(total))
            .bind(to_millis(until))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Keeps the binder that `holder` made, in the place of the last one; `false`: somebody
    /// else is at it now.
    pub async fn keep_binder(
        &mut self,
        (town, holder): (MunicipalityCode, Uuid),
        made: &MadeBinder,
        sealed: &[u8],
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update night_binder set made_at = $3, pages = $4, holds = $5, unprintable = $6,
                     pdf = $7, holder = null, held_until = null, failed_at = null, why = null
                 where municipality = $1 and holder = $2",
            )
            .bind(town.to_string())
            .bind(holder)
            .bind(to_millis(made.at))
            .bind(stored(made.pages))
            .bind(to_json(&made.holds))
            .bind(&made.unprintable)
            .bind(sealed)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Notes why a binder did not come about; the last one stays.
    pub async fn binder_failed(
        &mut self,
        (town, holder): (MunicipalityCode, Uuid),
        now: DateTime<Utc>,
        why: &Text,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update night_binder set failed_at = $3, why = $4, holder = null,
                     held_until = null
                 where municipality = $1 and holder = $2",
            )
            .bind(town.to_string())
            .bind(holder)
            .bind(to_millis(now))
            .bind(to_json(&(&why.ja, &why.en)))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Notes that a binder was made, and could not be put into the folder.
    pub async fn binder_not_put(
        &mut self,
        town: MunicipalityCode,
        now: DateTime<Utc>,
        why: &Text,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update night_binder set failed_at = $2, why = $3 where municipality = $1")
                .bind(town.to_string())
                .bind(to_millis(now))
                .bind(to_json(&(&why.ja, &why.en)))
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Forgets every binder that is kept, and whatever is made of one now comes to nothing:
    /// what it holds is to be erased, or its seal is old.
    pub async fn forget_binders(&mut self) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update night_binder set made_at = null, pages = 0, holds = '[]',
                     unprintable = '', pdf = null, holder = null, held_until = null",
            )
            .execute(conn)
            .await?;
        });
        Ok(())
    }
}
