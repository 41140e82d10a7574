//! Tonight: the children, what is in force, and what is answered.

mod answers;
mod levels;
mod outages;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

pub use levels::{LastTelegram, NewNightLevel, NewTelegram, SiteReport};
pub use outages::NewOutage;

use super::{
    StoreError, Tx,
    access::{kept_from_lists, visible},
    by_engine,
    cases::{hide_address, read_home},
    from_json, run, to_json, to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, EmergencyId},
    municipality::MunicipalityCode,
    night::NightFacts,
    plan::document::ChildItems,
    position::{Position, PositionAccuracy},
};

/// A child of the night, cut to what the reader may see.
#[derive(Debug, Clone)]
pub struct NightCase {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Where it lives; `None`: unknown, or not for the reader.
    pub home: Option<MunicipalityCode>,
    /// Its address is protected.
    pub hidden: bool,
    /// Where its home is, and how exactly that is known; of a protected address nothing.
    pub position: Option<(Position, PositionAccuracy)>,
    /// What its plan and the maps say.
    pub facts: NightFacts,
    /// It stays elsewhere today.
    pub stays_elsewhere: bool,
    /// The reader knows it by its loan alone.
    pub by_loan: bool,
    /// The emergency accesses that alone let the reader see it.
    pub emergencies: Vec<EmergencyId>,
}

#[derive(FromRow)]
struct CaseRow {
    id: Uuid,
    number: String,
    municipality: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    accuracy: Option<String>,
    hidden: bool,
    whole: bool,
    told: bool,
    body: Option<String>,
    away: bool,
}

impl CaseRow {
    fn read(self, reader: &Reader) -> Result<(NightCase, bool), StoreError> {
        let corrupt = |table, column| StoreError::Corrupt { table, column };
        let placed = read_home(
            self.municipality.as_deref(),
            (self.lat, self.lon),
            self.accuracy.as_deref(),
            None,
            None,
        )?;
        let mut home = placed.municipality;
        // A position without a word on how it was found counts as the centre of a town.
        let rough = PositionAccuracy::TownCentroid;
        let position = placed.position;
        let position = position.map(|at| (at, placed.accuracy.unwrap_or(rough)));
        let mut facts: NightFacts = match &self.body {
            Some(body) => from_json(body, "night_facts", "body")?,
            None => NightFacts::default(),
        };
        if self.hidden {
            // What hits the home tells where it is, and so do the way and its minutes; of
            // its municipality its staff know.
            facts.exposed.clear();
            facts.standing.clear();
            facts.before_end = None;
            for place in &mut facts.places {
                place.way = None;
            }
            home = home
                .map(MunicipalityCode::responsible)
                .filter(|town| reader.municipality().is_some_and(|own| own.same_as(*town)));
        }
        let case = NightCase {
            id: CaseId(self.id),
            number: CaseNumber::parse(&self.number).map_err(|_| corrupt("child_case", "number"))?,
            home,
            hidden: self.hidden,
            position: position.filter(|_| !self.hidden),
            facts,
            stays_elsewhere: self.away,
            by_loan: !self.told,
            emergencies: Vec::new(),
        };
        Ok((case, self.whole))
    }
}

impl Tx {
    /// Counts what is entered for the night.
    pub async fn night_revision(&mut self) -> Result<i64, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar("select revision from night_mark where id = 1")
                .fetch_one(conn)
                .await?
        }))
    }

    /// Notes that something of the night has changed.
    pub async fn turn_night(&mut self) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update night_mark set revision = revision + 1 where id = 1")
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// A mark of what families have said of an emergency since an instant.
    pub async fn night_words_mark(&mut self, since: DateTime<Utc>) -> Result<String, StoreError> {
        let (said, last, back): (i64, Option<i64>, Option<i64>) = run!(self, |conn| {
            sqlx::query_as(
                "select count(*), max(said_at), max(taken_back_at) from family_answer
                 where said_at >= $1",
            )
            .bind(to_millis(since))
            .fetch_one(conn)
            .await?
        });
        Ok(format!(
            "{said}.{}.{}",
            last.unwrap_or(0),
            back.unwrap_or(0)
        ))
    }

    /// The id of a child that the reader calls in the night.
    pub async fn night_case(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Option<CaseId>, StoreError> {
        let subject = reader.subject();
        let id: Option<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(concat!(
                "select c.id from child_case c where c.number = $5 and ",
                visible!(night)
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(number.as_str())
            .fetch_optional(conn)
            .await?
        });
        Ok(id.map(CaseId))
    }

    /// Every child whom the reader calls in the night, as far as the night needs it.
    pub async fn night_cases(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<NightCase>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<CaseRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, c.number, h.municipality, h.lat, h.lon, h.accuracy, f.body, ",
                kept_from_lists!(),
                " as hidden, ",
                visible!(whole),
                " as whole, ",
                visible!(content),
                " as told, exists (select 1 from temporary_stay s where s.case_id = c.id
                     and s.from_day <= $3 and (s.until_day >= $3 or s.is_open)) as away
                 from child_case c
                 left join home h on h.case_id = c.id and h.until_day is null
                 left join night_facts f on f.case_id = c.id
                 where ",
                visible!(night),
                " order by c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        let mut under = if rows.iter().any(|row| !row.whole) {
            self.emergency_grounds(reader, at).await?
        } else {
            HashMap::new()
        };
        rows.into_iter()
            .map(|row| {
                let (mut case, whole) = row.read(reader)?;
                if !whole {
                    case.emergencies = under.remove(&case.id).unwrap_or_default();
                }
                Ok(case)
            })
            .collect()
    }

    /// Addresses in words of those children, by case; of a protected one nothing.
    pub async fn night_addresses(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<HashMap<CaseId, String>, StoreError> {
        let subject = reader.subject();
        let text = by_engine!(
            self,
            sqlite: concat!(
                "select c.id, c.child ->> '$.address' as address from child_case c
                 where not ", kept_from_lists!(), " and ", visible!(night)
            ),
            postgres: concat!(
                "select c.id, cast(c.child as json) ->> 'address' as address from child_case c
                 where not ", kept_from_lists!(), " and ", visible!(night)
            ),
        );
        let rows: Vec<(Uuid, Option<String>)> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(subject.kind)
                .bind(&subject.id)
                .bind(at.today.to_string())
                .bind(to_millis(at.now))
                .fetch_all(conn)
                .await?
        });
        let known = rows.into_iter().filter_map(|(case, address)| {
            let address = address.filter(|text| !text.trim().is_empty())?;
            Some((CaseId(case), address))
        });
        Ok(known.collect())
    }

    /// Names and telephones of some of those children, by number.
    pub async fn night_people(
        &mut self,
        reader: &Reader,
        at: Moment,
        numbers: &[&str],
    ) -> Result<BTreeMap<String, ChildItems>, StoreError> {
        let subject = reader.subject();
        let text = by_engine!(
            self,
            sqlite: concat!(
                "select c.number, c.child, ", kept_from_lists!(), " from child_case c
                 where c.number in (select value from json_each($5)) and ",
                visible!(night)
            ),
            postgres: concat!(
                "select c.number, c.child, ", kept_from_lists!(), " from child_case c
                 where c.number in (select json_array_elements_text(cast($5 as json))) and ",
                visible!(night)
            ),
        );
        let rows: Vec<(String, String, bool)> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(subject.kind)
                .bind(&subject.id)
                .bind(at.today.to_string())
                .bind(to_millis(at.now))
                .bind(to_json(&numbers))
                .fetch_all(conn)
                .await?
        });
        rows.into_iter()
            .map(|(number, child, hidden)| {
                let mut items: ChildItems = from_json(&child, "child_case", "child")?;
                if hidden {
                    hide_address(&mut items);
                }
                Ok((number, items))
            })
            .collect()
    }
}
