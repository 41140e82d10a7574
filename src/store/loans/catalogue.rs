//! Figures of generators that people have added or corrected.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, from_json, from_millis, run, to_json, to_millis},
    Hand,
};
use crate::domain::generator::GeneratorModel;

/// What somebody wrote down of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelChange {
    /// The figures.
    pub model: GeneratorModel,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Option<String>,
}

impl Tx {
    /// Everything that was written down of models, the latest first.
    pub async fn model_changes(&mut self) -> Result<Vec<ModelChange>, StoreError> {
        let rows: Vec<(String, i64, Option<String>)> = run!(self, |conn| {
            sqlx::query_as(
                "select m.body, m.recorded_at, a.name from generator_model m
                 left join account a on a.id = m.recorded_by
                 order by m.recorded_at desc, m.id desc",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(body, at, by)| {
                Ok(ModelChange {
                    model: from_json(&body, "generator_model", "body")?,
                    at: from_millis(at, "generator_model", "recorded_at")?,
                    by,
                })
            })
            .collect()
    }

    /// Writes down the figures of a model.
    pub async fn add_model(
        &mut self,
        id: Uuid,
        model: &GeneratorModel,
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into generator_model (id, name_key, body, recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5)",
            )
            .bind(id)
            .bind(model.key())
            .bind(to_json(model))
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }
}
