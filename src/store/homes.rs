//! Where the homes are that a reader may see, for maps.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    access::{kept_from_lists, visible},
    cases::read_home,
    run, to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    child::Home,
    id::CaseId,
};

#[derive(FromRow)]
struct HomeRow {
    case_id: Uuid,
    municipality: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    accuracy: Option<String>,
    floors: Option<i64>,
    room_floor: Option<i64>,
}

impl Tx {
    /// The homes of the children whose content a reader may see; those whose
    /// address is protected are not among them, whoever asks.
    pub async fn homes_for_map(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<(CaseId, Home)>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<HomeRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id as case_id, h.municipality, h.lat, h.lon, h.accuracy, h.floors,
                     h.room_floor
                 from child_case c join home h on h.case_id = c.id and h.until_day is null
                 where ",
                visible!(content),
                " and not ",
                kept_from_lists!(),
                " order by c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                let home = read_home(
                    row.municipality.as_deref(),
                    (row.lat, row.lon),
                    row.accuracy.as_deref(),
                    row.floors,
                    row.room_floor,
                )?;
                Ok((CaseId(row.case_id), home))
            })
            .collect()
    }
}
