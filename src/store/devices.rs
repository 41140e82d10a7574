//! Figures of devices that people have added, corrected or taken back.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{StoreError, Tx, from_json, from_millis, run, to_json, to_millis};
use crate::domain::{device::DeviceModel, id::UserId};

/// What somebody wrote down of a model of devices.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceChange {
    /// The form of its name.
    pub key: String,
    /// The figures; `None`: what was written before is taken back.
    pub model: Option<DeviceModel>,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Option<String>,
}

impl Tx {
    /// Everything that was written down of models of devices, the latest first.
    pub async fn device_changes(&mut self) -> Result<Vec<DeviceChange>, StoreError> {
        let rows: Vec<(String, Option<String>, i64, Option<String>)> = run!(self, |conn| {
            sqlx::query_as(
                "select m.name_key, m.body, m.recorded_at, a.name from device_model m
                 left join account a on a.id = m.recorded_by
                 order by m.recorded_at desc, m.id desc",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(key, body, at, by)| {
                let model = body.map(|body| from_json(&body, "device_model", "body"));
                Ok(DeviceChange {
                    key,
                    model: model.transpose()?,
                    at: from_millis(at, "device_model", "recorded_at")?,
                    by,
                })
            })
            .collect()
    }

    /// Writes down the figures of a model of devices, or takes back what was written of
    /// it.
    pub async fn add_device_change(
        &mut self,
        id: Uuid,
        (key, model): (&str, Option<&DeviceModel>),
        (by, now): (Option<UserId>, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into device_model (id, name_key, body, recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5)",
            )
            .bind(id)
            .bind(key)
            .bind(model.map(to_json))
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }
}
