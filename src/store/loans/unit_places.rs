//! Where units are: in stock by their own place, lent ones with their child.

use uuid::Uuid;

use super::super::{StoreError, Tx, access::visible, from_json, run, to_json, to_millis};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, UnitId},
    position::{Position, PositionAccuracy},
};

impl Tx {
    /// Writes where a unit is kept, where nobody has changed it meanwhile; `false`:
    /// somebody has.
    pub async fn place_unit(
        &mut self,
        (id, revision): (UnitId, i64),
        place: Option<&str>,
        at: Option<(Position, PositionAccuracy)>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update generator_unit set place = $3, lat = $4, lon = $5, accuracy = $6,
                     revision = revision + 1
                 where id = $1 and revision = $2",
            )
            .bind(id.0)
            .bind(revision)
            .bind(place)
            .bind(at.map(|(position, _)| position.lat()))
            .bind(at.map(|(position, _)| position.lon()))
            .bind(at.map(|(_, accuracy)| to_json(&accuracy)))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// How exactly the places of units are known, of those that have one.
    pub async fn unit_accuracies(&mut self) -> Result<Vec<(UnitId, PositionAccuracy)>, StoreError> {
        let rows: Vec<(Uuid, String)> = run!(self, |conn| {
            sqlx::query_as("select id, accuracy from generator_unit where accuracy is not null")
                .fetch_all(conn)
                .await?
        });
        rows.into_iter()
            .map(|(id, text)| Ok((UnitId(id), from_json(&text, "generator_unit", "accuracy")?)))
            .collect()
    }

    /// Which unit is lent to which child, of those whom a reader may see.
    pub async fn lent_units(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<(CaseId, UnitId)>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<(Uuid, Uuid)> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, l.unit_id from loan l join child_case c on c.id = l.case_id
                 where l.ended_on is null and l.unit_id is not null and ",
                visible!(),
                " order by c.id, l.unit_id"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        let rows = rows.into_iter();
        Ok(rows
            .map(|(case, unit)| (CaseId(case), UnitId(unit)))
            .collect())
    }
}
