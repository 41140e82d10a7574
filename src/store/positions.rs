//! Where the position of a home comes from, and every position it has had.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    access::{address_shown, kept_from_lists, shown, visible},
    by_engine, from_day, from_json, from_millis, run, to_json, to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, DataSetId, PositionId, UserId},
    municipality::MunicipalityCode,
    plan::document::ChildItems,
    position::{Position, PositionAccuracy, PositionOrigin},
    residence::AddressShown,
};

/// A position to be put on record.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPosition {
    /// Its id.
    pub id: PositionId,
    /// Where.
    pub position: Position,
    /// How exactly.
    pub accuracy: Option<PositionAccuracy>,
    /// Where it comes from.
    pub origin: PositionOrigin,
    /// The list it was found in.
    pub data_set: Option<DataSetId>,
    /// The place of that list.
    pub place: Option<String>,
    /// Somebody has looked at it and says that it is right.
    pub confirmed: bool,
    /// Who put it on record; `None`: an import.
    pub by: Option<UserId>,
}

/// A position on record, or one that was.
#[derive(Debug, Clone, PartialEq)]
pub struct PositionLine {
    /// Its id.
    pub id: PositionId,
    /// Where; `None`: it was erased.
    pub position: Option<Position>,
    /// How exactly.
    pub accuracy: Option<PositionAccuracy>,
    /// Where it comes from.
    pub origin: PositionOrigin,
    /// The list it was found in: its name and date.
    pub list: Option<(String, Option<NaiveDate>)>,
    /// The place of that list.
    pub place: Option<String>,
    /// Somebody says that it is right.
    pub confirmed: bool,
    /// The name of who put it on record; `None`: an import.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// It is the one on record.
    pub in_force: bool,
}

/// A home whose position somebody should confirm.
#[derive(Debug, Clone, PartialEq)]
pub struct HomeToConfirm {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// The child's name.
    pub name: Option<String>,
    /// Its reading.
    pub kana: Option<String>,
    /// The municipality of the home.
    pub municipality: Option<MunicipalityCode>,
    /// Its address; `None`: unknown, or protected.
    pub address: Option<String>,
    /// The accuracy of its position; `None` with [`HomeToConfirm::placed`]: nobody
    /// has said.
    pub accuracy: Option<PositionAccuracy>,
    /// It has a position.
    pub placed: bool,
    /// Whether the address is shown to the reader.
    pub shown: AddressShown,
}

/// A home whose position an import of a list may find.
#[derive(Debug, Clone, PartialEq)]
pub struct HomeToFind {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// The municipality of the home.
    pub municipality: MunicipalityCode,
    /// Its address.
    pub address: Option<String>,
    /// Where it is now, and how exactly.
    pub now: Option<(Position, Option<PositionAccuracy>)>,
}

#[derive(FromRow)]
struct LineRow {
    id: Uuid,
    lat: Option<f64>,
    lon: Option<f64>,
    accuracy: Option<String>,
    origin: String,
    list: Option<String>,
    dated: Option<String>,
    place: Option<String>,
    confirmed: bool,
    set_by: Option<String>,
    set_at: i64,
    in_force: bool,
    shown: String,
}

fn position(lat: Option<f64>, lon: Option<f64>) -> Result<Option<Position>, StoreError> {
    let corrupt = StoreError::Corrupt {
        table: "home_position",
        column: "lat",
    };
    lat.zip(lon)
        .map(|(lat, lon)| Position::new(lat, lon).map_err(|_| corrupt))
        .transpose()
}

pub(super) fn origin(word: &str) -> Result<PositionOrigin, StoreError> {
    PositionOrigin::from_code(word).ok_or(StoreError::Corrupt {
        table: "home_position",
        column: "origin",
    })
}

impl LineRow {
    fn read(self) -> Result<PositionLine, StoreError> {
        Ok(PositionLine {
            id: PositionId(self.id),
            position: position(self.lat, self.lon)?,
            accuracy: self
                .accuracy
                .map(|a| from_json(&a, "home_position", "accuracy"))
                .transpose()?,
            origin: origin(&self.origin)?,
            list: match self.list {
                Some(name) => Some((name, from_day(self.dated.as_deref(), "data_set", "dated")?)),
                None => None,
            },
            place: self.place,
            confirmed: self.confirmed,
            by: self.set_by,
            at: from_millis(self.set_at, "home_position", "set_at")?,
            in_force: self.in_force,
        })
    }
}

#[derive(FromRow)]
struct ConfirmRow {
    id: Uuid,
    number: String,
    child: String,
    municipality: Option<String>,
    lat: Option<f64>,
    accuracy: Option<String>,
    shown: String,
}

#[derive(FromRow)]
struct FindRow {
    id: Uuid,
    number: String,
    child: String,
    municipality: String,
    lat: Option<f64>,
    lon: Option<f64>,
    accuracy: Option<String>,
}

fn number(text: &str) -> Result<CaseNumber, StoreError> {
    CaseNumber::parse(text).map_err(|_| StoreError::Corrupt {
        table: "child_case",
        column: "number",
    })
}

fn municipality(text: &str) -> Result<MunicipalityCode, StoreError> {
    MunicipalityCode::parse(text).map_err(|_| StoreError::Corrupt {
        table: "home",
        column: "municipality",
    })
}

impl Tx {
    /// Puts a position of the home on record in the place of the one before, which
    /// stays in its history; `false`: the case has no home.
    pub async fn set_position(
        &mut self,
        case: CaseId,
        new: &NewPosition,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.end_position(case, now).await?;
        let accuracy = new.accuracy.as_ref().map(to_json);
        run!(self, |conn| {
            sqlx::query(
                "update home set lat = $2, lon = $3, accuracy = $4
                 where case_id = $1 and until_day is null",
            )
            .bind(case.0)
            .bind(new.position.lat())
            .bind(new.position.lon())
            .bind(&accuracy)
            .execute(conn)
            .await?;
        });
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into home_position (id, case_id, home_id, lat, lon, accuracy, origin,
                     data_set_id, place, confirmed, set_by, set_at)
                 select $1, $2, h.id, h.lat, h.lon, h.accuracy, $3, $4, $5, $6, $7, $8
                 from home h where h.case_id = $2 and h.until_day is null",
            )
            .bind(new.id.0)
            .bind(case.0)
            .bind(new.origin.code())
            .bind(new.data_set.map(|set| set.0))
            .bind(&new.place)
            .bind(new.confirmed)
            .bind(new.by.map(|user| user.0))
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Ends the position on record; the home itself is left as it is.
    pub async fn end_position(
        &mut self,
        case: CaseId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update home_position set until_at = $2 where case_id = $1 and until_at is null",
            )
            .bind(case.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Ends the position on record with the address that it belonged to: none of
    /// those before may be set again.
    pub async fn leave_positions(
        &mut self,
        case: CaseId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.end_position(case, now).await?;
        run!(self, |conn| {
            sqlx::query(
                "update home_position set left_at = $2 where case_id = $1 and left_at is null",
            )
            .bind(case.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Lets the position on record be that of the home as it is written now.
    pub async fn carry_position(&mut self, case: CaseId) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update home_position set home_id =
                     (select h.id from home h where h.case_id = $1 and h.until_day is null)
                 where case_id = $1 and until_at is null",
            )
            .bind(case.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The position that a sheet gave last for the address on record, whoever
    /// asks: for the import that tells a new one from one that staff have corrected
    /// since.
    pub async fn last_given_position(
        &mut self,
        case: CaseId,
    ) -> Result<Option<Position>, StoreError> {
        let row: Option<(Option<f64>, Option<f64>)> = run!(self, |conn| {
            sqlx::query_as(
                "select lat, lon from home_position
                 where case_id = $1 and origin = 'given' and left_at is null
                 order by set_at desc, id desc limit 1",
            )
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        match row {
            Some((lat, lon)) => position(lat, lon),
            None => Ok(None),
        }
    }

    /// The list in which the position on record was found, if it was.
    pub async fn position_list(&mut self, case: CaseId) -> Result<Option<DataSetId>, StoreError> {
        let id: Option<Option<Uuid>> = run!(self, |conn| {
            sqlx::query_scalar(
                "select data_set_id from home_position where case_id = $1 and until_at is null",
            )
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        Ok(id.flatten().map(DataSetId))
    }

    /// How many homes [`Tx::homes_to_confirm`] lists, those aside whose address is
    /// protected.
    pub async fn count_to_confirm(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<usize, StoreError> {
        let subject = reader.subject();
        let count: i64 = run!(self, |conn| {
            sqlx::query_scalar(concat!(
                "select count(*)
                 from child_case c
                 left join home h on h.case_id = c.id and h.until_day is null
                 left join home_position p on p.case_id = c.id and p.until_at is null
                 where c.ended_on is null and (h.lat is null
                     or (not coalesce(p.confirmed, false)
                         and coalesce(h.accuracy, $5) in ($5, $6))) and not ",
                kept_from_lists!(),
                " and ",
                visible!(kept),
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(to_json(&PositionAccuracy::TownCentroid))
            .bind(to_json(&PositionAccuracy::Block))
            .fetch_one(conn)
            .await?
        });
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// Every position that the home on record has had at its address, the latest
    /// first; nothing where the address is protected from the reader.
    pub async fn positions(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Vec<PositionLine>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<LineRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select p.id, p.lat, p.lon, p.accuracy, p.origin, d.name as list, d.dated, p.place,
                     p.confirmed, a.name as set_by, p.set_at, (p.until_at is null) as in_force, ",
                address_shown!(),
                " as shown
                 from home_position p join child_case c on c.id = p.case_id
                 left join data_set d on d.id = p.data_set_id
                 left join account a on a.id = p.set_by
                 where c.number = $5 and p.left_at is null and p.erased_at is null and ",
                visible!(content),
                " order by p.set_at desc, p.id desc"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(number.as_str())
            .bind(reader.user().map(|user| user.0))
            .fetch_all(conn)
            .await?
        });
        let mut lines = Vec::new();
        for row in rows {
            if shown(&row.shown)? != AddressShown::Hidden {
                lines.push(row.read()?);
            }
        }
        Ok(lines)
    }

    /// The homes without a position, or with one that may be 100 m off and more
    /// and that nobody has confirmed, among the children whom the reader may act
    /// for; in the order of names.
    pub async fn homes_to_confirm(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<HomeToConfirm>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<ConfirmRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, c.number, c.child, h.municipality, h.lat, h.accuracy, ",
                address_shown!(),
                " as shown
                 from child_case c
                 left join home h on h.case_id = c.id and h.until_day is null
                 left join home_position p on p.case_id = c.id and p.until_at is null
                 where c.ended_on is null and (h.lat is null
                     or (not coalesce(p.confirmed, false)
                         and coalesce(h.accuracy, $5) in ($5, $7))) and ",
                visible!(kept),
                " order by c.sort_key nulls last, c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(to_json(&PositionAccuracy::TownCentroid))
            .bind(reader.user().map(|user| user.0))
            .bind(to_json(&PositionAccuracy::Block))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                let shown = shown(&row.shown)?;
                let child: ChildItems = from_json(&row.child, "child_case", "child")?;
                let open = shown == AddressShown::Open;
                Ok(HomeToConfirm {
                    id: CaseId(row.id),
                    number: number(&row.number)?,
                    name: child.name,
                    kana: child.kana,
                    municipality: row
                        .municipality
                        .as_deref()
                        .filter(|_| open)
                        .map(municipality)
                        .transpose()?,
                    address: child.address.filter(|_| open),
                    accuracy: row
                        .accuracy
                        .filter(|_| open)
                        .map(|a| from_json(&a, "home", "accuracy"))
                        .transpose()?,
                    placed: row.lat.is_some(),
                    shown,
                })
            })
            .collect()
    }

    /// The homes in some municipalities whose position a list may find: those
    /// without one, and those that were found by a list and that nobody has touched
    /// since. Whoever asks: for the commit that brings in a list.
    pub async fn homes_to_find(&mut self, codes: &[String]) -> Result<Vec<HomeToFind>, StoreError> {
        let text = by_engine!(
            self,
            sqlite: "select c.id, c.number, c.child, h.municipality, h.lat, h.lon, h.accuracy
                     from child_case c
                     join home h on h.case_id = c.id and h.until_day is null
                     left join home_position p on p.case_id = c.id and p.until_at is null
                     where c.ended_on is null
                       and h.municipality in (select value from json_each($1))
                       and (h.lat is null or (p.origin = 'address' and not p.confirmed
                           and p.set_by is null))
                     order by c.number",
            postgres: "select c.id, c.number, c.child, h.municipality, h.lat, h.lon, h.accuracy
                       from child_case c
                       join home h on h.case_id = c.id and h.until_day is null
                       left join home_position p on p.case_id = c.id and p.until_at is null
                       where c.ended_on is null
                         and h.municipality in
                             (select json_array_elements_text(cast($1 as json)))
                         and (h.lat is null or (p.origin = 'address' and not p.confirmed
                             and p.set_by is null))
                       order by c.number",
        );
        let rows: Vec<FindRow> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(to_json(&codes))
                .fetch_all(conn)
                .await?
        });
        rows.into_iter()
            .map(|row| {
                let child: ChildItems = from_json(&row.child, "child_case", "child")?;
                let accuracy = row
                    .accuracy
                    .map(|a| from_json(&a, "home", "accuracy"))
                    .transpose()?;
                Ok(HomeToFind {
                    id: CaseId(row.id),
                    number: number(&row.number)?,
                    municipality: municipality(&row.municipality)?,
                    address: child.address,
                    now: position(row.lat, row.lon)?.map(|at| (at, accuracy)),
                })
            })
            .collect()
    }

    /// The prefectures, by their two digits, of the boundaries in force; else of
    /// the municipalities whose staff have accounts; else of the homes on record.
    /// One database is one prefecture: more than one is a mistake that somebody has
    /// made before.
    pub async fn prefectures(&mut self) -> Result<Vec<String>, StoreError> {
        for text in [
            "select distinct substr(b.code, 1, 2) from boundary b
             join data_set d on d.id = b.data_set_id where d.state = 'current' order by 1",
            "select distinct substr(municipality, 1, 2) from account
             where municipality is not null and disabled_at is null order by 1",
            "select distinct substr(municipality, 1, 2) from home
             where until_day is null and erased_at is null order by 1",
        ] {
            let found: Vec<String> = run!(self, |conn| {
                sqlx::query_scalar(text).fetch_all(conn).await?
            });
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }
}
