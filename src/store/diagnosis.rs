//! The children of one municipality, as far as a diagnosis of a district counts them.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    access::{kept_from_lists, visible},
    by_engine,
    cases::read_home,
    from_json, run, to_json, to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    id::CaseId,
    municipality::MunicipalityCode,
    night::NightFacts,
    position::{Position, PositionAccuracy},
};

/// A child of a district.
#[derive(Debug, Clone)]
pub struct DistrictCase {
    /// The case.
    pub id: CaseId,
    /// Its municipality, or ward.
    pub town: Option<MunicipalityCode>,
    /// Its address is protected: what hits the home is not told.
    pub hidden: bool,
    /// Where its home is, and how exactly; of a protected address nothing.
    pub position: Option<(Position, PositionAccuracy)>,
    /// What is kept of its verdict.
    pub facts: NightFacts,
}

/// The children of a municipality.
#[derive(Debug, Clone, Default)]
pub struct DistrictCases {
    /// Those of whom the reader may see everything.
    pub cases: Vec<DistrictCase>,
    /// How many more the reader knows of, but may not see where they live and what their
    /// plans say.
    pub untold: usize,
    /// How many the reader knows of whose municipality nobody knows.
    pub nowhere: usize,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    municipality: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    accuracy: Option<String>,
    hidden: bool,
    whole: bool,
    body: Option<String>,
}

impl Row {
    fn read(self) -> Result<DistrictCase, StoreError> {
        let home = read_home(
            self.municipality.as_deref(),
            (self.lat, self.lon),
            self.accuracy.as_deref(),
            None,
            None,
        )?;
        let mut facts: NightFacts = match &self.body {
            Some(body) => from_json(body, "night_facts", "body")?,
            None => NightFacts::default(),
        };
        if self.hidden {
            // What hits the home, and where its plan leads, tell where it is.
            facts.standing.clear();
        }
        // A position without a word on how it was found counts as the centre of a town.
        let rough = home.accuracy.unwrap_or(PositionAccuracy::TownCentroid);
        Ok(DistrictCase {
            id: CaseId(self.id),
            town: home.municipality,
            hidden: self.hidden,
            position: home.position.filter(|_| !self.hidden).map(|at| (at, rough)),
            facts,
        })
    }
}

impl Tx {
    /// The children whose home is in one of these municipalities or wards. Emergency
    /// access is no ground: a diagnosis is made in peacetime. Of a protected address only
    /// its own municipality may know that it is there.
    pub async fn district_cases(
        &mut self,
        reader: &Reader,
        at: Moment,
        codes: &[String],
    ) -> Result<DistrictCases, StoreError> {
        let subject = reader.subject();
        let text = by_engine!(
            self,
            sqlite: concat!(
                "select c.id, h.municipality, h.lat, h.lon, h.accuracy, f.body, ",
                kept_from_lists!(), " as hidden, ", visible!(whole), " as whole
                 from child_case c
                 left join home h on h.case_id = c.id and h.until_day is null
                 left join night_facts f on f.case_id = c.id
                 where (h.municipality is null
                     or h.municipality in (select value from json_each($5))) and ",
                visible!(), " order by c.number"
            ),
            postgres: concat!(
                "select c.id, h.municipality, h.lat, h.lon, h.accuracy, f.body, ",
                kept_from_lists!(), " as hidden, ", visible!(whole), " as whole
                 from child_case c
                 left join home h on h.case_id = c.id and h.until_day is null
                 left join night_facts f on f.case_id = c.id
                 where (h.municipality is null
                     or h.municipality in (select json_array_elements_text(cast($5 as json)))) and ",
                visible!(), " order by c.number"
            ),
        );
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(subject.kind)
                .bind(&subject.id)
                .bind(at.today.to_string())
                .bind(to_millis(at.now))
                .bind(to_json(&codes))
                .fetch_all(conn)
                .await?
        });
        let own = |row: &Row| {
            let town = row.municipality.as_deref().map(MunicipalityCode::parse);
            let town = town.and_then(Result::ok);
            town.is_some_and(|town| reader.municipality().is_some_and(|own| own.same_as(town)))
        };
        let mut found = DistrictCases::default();
        for row in rows {
            // That a protected address is here is told to nobody else.
            let told = !row.hidden || own(&row);
            if row.municipality.is_none() {
                found.nowhere += 1;
            } else if told && row.whole {
                found.cases.push(row.read()?);
            } else if told {
                found.untold += 1;
            }
        }
        Ok(found)
    }
}
