//! What municipalities offer: schemes of their own, and the window for plans.

use uuid::Uuid;

use super::{
    super::{StoreError, Tx, from_day, run, to_millis},
    Hand,
};
use crate::domain::{loan::eligibility::Scheme, municipality::MunicipalityCode};

/// A scheme on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredScheme {
    /// Its id.
    pub id: Uuid,
    /// The scheme.
    pub scheme: Scheme,
}

/// The schemes on record, and whose they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeTable {
    /// The schemes, by municipality.
    pub rows: Vec<StoredScheme>,
    /// The two digits of the prefecture of this database; `None`: not known.
    pub prefecture: Option<String>,
}

/// Where a family applies for the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Of which municipality.
    pub municipality: MunicipalityCode,
    /// Its name (課・係).
    pub name: String,
    /// Its telephone number.
    pub telephone: Option<String>,
    /// Which form it takes, or where it is.
    pub form: Option<String>,
}

/// Id, municipality, benefit, first and last day, source.
type Row = (Uuid, String, String, Option<String>, Option<String>, String);

fn read((id, code, benefit, from, until, source): Row) -> Result<StoredScheme, StoreError> {
    let corrupt = StoreError::Corrupt {
        table: "municipal_scheme",
        column: "municipality",
    };
    Ok(StoredScheme {
        id,
        scheme: Scheme {
            municipality: MunicipalityCode::parse(&code).map_err(|_| corrupt)?,
            benefit,
            from: from_day(from.as_deref(), "municipal_scheme", "from_day")?,
            until: from_day(until.as_deref(), "municipal_scheme", "until_day")?,
            source,
        },
    })
}

impl Tx {
    /// The schemes on record, by municipality.
    pub async fn schemes(&mut self) -> Result<SchemeTable, StoreError> {
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select id, municipality, benefit, from_day, until_day, source
                 from municipal_scheme where removed_at is null
                 order by municipality, from_day nulls last, id",
            )
            .fetch_all(conn)
            .await?
        });
        let mut prefectures = self.prefectures().await?;
        Ok(SchemeTable {
            rows: rows.into_iter().map(read).collect::<Result<_, _>>()?,
            prefecture: prefectures.pop().filter(|_| prefectures.is_empty()),
        })
    }

    /// The schemes that were taken off the table, the latest first.
    pub async fn removed_schemes(&mut self) -> Result<Vec<StoredScheme>, StoreError> {
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select id, municipality, benefit, from_day, until_day, source
                 from municipal_scheme where removed_at is not null
                 order by removed_at desc, id",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(read).collect()
    }

    /// Changes a scheme; `false`: it is not there.
    pub async fn change_scheme(
        &mut self,
        id: Uuid,
        scheme: &Scheme,
        (by, now): Hand,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update municipal_scheme set benefit = $2, from_day = $3, until_day = $4,
                     source = $5, recorded_at = $6, recorded_by = $7
                 where id = $1 and removed_at is null",
            )
            .bind(id)
            .bind(&scheme.benefit)
            .bind(scheme.from.map(|day| day.to_string()))
            .bind(scheme.until.map(|day| day.to_string()))
            .bind(&scheme.source)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Puts a scheme back on the table; `false`: it is there, or never was.
    pub async fn restore_scheme(&mut self, id: Uuid) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update municipal_scheme set removed_at = null
                 where id = $1 and removed_at is not null",
            )
            .bind(id)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// The windows on record, by municipality.
    pub async fn windows(&mut self) -> Result<Vec<Window>, StoreError> {
        type Row = (String, String, Option<String>, Option<String>);
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select municipality, name, telephone, form from municipal_window
                 order by municipality",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(code, name, telephone, form)| {
                let corrupt = StoreError::Corrupt {
                    table: "municipal_window",
                    column: "municipality",
                };
                Ok(Window {
                    municipality: MunicipalityCode::parse(&code).map_err(|_| corrupt)?,
                    name,
                    telephone,
                    form,
                })
            })
            .collect()
    }

    /// Puts a scheme on record.
    pub async fn add_scheme(
        &mut self,
        id: Uuid,
        scheme: &Scheme,
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into municipal_scheme (id, municipality, benefit, from_day, until_day,
                     source, recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(id)
            .bind(scheme.municipality.as_str())
            .bind(&scheme.benefit)
            .bind(scheme.from.map(|day| day.to_string()))
            .bind(scheme.until.map(|day| day.to_string()))
            .bind(&scheme.source)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Takes a scheme off the table; `false`: it is not there.
    pub async fn remove_scheme(
        &mut self,
        id: Uuid,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update municipal_scheme set removed_at = $2
                 where id = $1 and removed_at is null",
            )
            .bind(id)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// The window of a municipality.
    pub async fn window(
        &mut self,
        municipality: MunicipalityCode,
    ) -> Result<Option<Window>, StoreError> {
        let row: Option<(String, Option<String>, Option<String>)> = run!(self, |conn| {
            sqlx::query_as(
                "select name, telephone, form from municipal_window where municipality = $1",
            )
            .bind(municipality.responsible().as_str())
            .fetch_optional(conn)
            .await?
        });
        Ok(row.map(|(name, telephone, form)| Window {
            municipality,
            name,
            telephone,
            form,
        }))
    }

    /// Writes the window of a municipality.
    pub async fn write_window(
        &mut self,
        window: &Window,
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into municipal_window (municipality, name, telephone, form, changed_at,
                     changed_by)
                 values ($1, $2, $3, $4, $5, $6)
                 on conflict (municipality) do update set name = excluded.name,
                     telephone = excluded.telephone, form = excluded.form,
                     changed_at = excluded.changed_at, changed_by = excluded.changed_by",
            )
            .bind(window.municipality.responsible().as_str())
            .bind(&window.name)
            .bind(&window.telephone)
            .bind(&window.form)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }
}
