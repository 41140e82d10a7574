//! Generators in stock.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, access::visible, from_day, from_json, run, to_json, to_millis},
    Hand,
    duties::number,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, LoanId, UnitId},
    loan::{KitItem, UnitEventKind, UnitState},
    position::Position,
    text::serial_form,
};

/// A unit as somebody enters it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewUnit {
    /// Its model, as the catalogue names it or as it is written on it.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// Where it is kept.
    pub place: Option<String>,
    /// Where that is.
    pub position: Option<Position>,
    /// When it was bought.
    pub bought_on: Option<NaiveDate>,
    /// A note.
    pub note: Option<String>,
}

/// A unit.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredUnit {
    /// Its id.
    pub id: UnitId,
    /// What was entered.
    pub unit: NewUnit,
    /// Where it stands.
    pub state: UnitState,
    /// Counts its changes.
    pub revision: i64,
}

#[derive(FromRow)]
struct UnitRow {
    id: Uuid,
    model: String,
    serial: String,
    state: String,
    place: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    bought_on: Option<String>,
    note: Option<String>,
    revision: i64,
}

impl UnitRow {
    fn read(self) -> Result<StoredUnit, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "generator_unit",
            column,
        };
        let position = self
            .lat
            .zip(self.lon)
            .map(|(lat, lon)| Position::new(lat, lon).map_err(|_| corrupt("lat")))
            .transpose()?;
        Ok(StoredUnit {
            id: UnitId(self.id),
            state: UnitState::from_code(&self.state).ok_or(corrupt("state"))?,
            revision: self.revision,
            unit: NewUnit {
                model: self.model,
                serial: self.serial,
                place: self.place,
                position,
                bought_on: from_day(self.bought_on.as_deref(), "generator_unit", "bought_on")?,
                note: self.note,
            },
        })
    }
}

/// Something that happened to a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitEvent {
    /// What.
    pub kind: UnitEventKind,
    /// Within which loan.
    pub loan: Option<LoanId>,
    /// On which day.
    pub on: NaiveDate,
    /// What of the kit was there; `None`: nobody looked.
    pub kit: Option<Vec<KitItem>>,
    /// A note.
    pub note: Option<String>,
    /// Who wrote it down.
    pub by: Option<String>,
}

/// The columns of a unit.
macro_rules! unit_columns {
    () => {
        "select id, model, serial, state, place, lat, lon, bought_on, note, revision \
         from generator_unit "
    };
}

impl Tx {
    /// Puts a unit on record; `false`: its serial number is known.
    pub async fn add_unit(
        &mut self,
        id: UnitId,
        unit: &NewUnit,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into generator_unit (id, model, serial, serial_key, state, place, lat, lon,
                     bought_on, note, revision, recorded_at)
                 values ($1, $2, $3, $4, 'ready', $5, $6, $7, $8, $9, 1, $10)
                 on conflict (serial_key) do nothing",
            )
            .bind(id.0)
            .bind(&unit.model)
            .bind(&unit.serial)
            .bind(serial_form(&unit.serial))
            .bind(&unit.place)
            .bind(unit.position.map(Position::lat))
            .bind(unit.position.map(Position::lon))
            .bind(unit.bought_on.map(|day| day.to_string()))
            .bind(&unit.note)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Every unit, by model and serial number.
    pub async fn units(&mut self) -> Result<Vec<StoredUnit>, StoreError> {
        let rows: Vec<UnitRow> = run!(self, |conn| {
            sqlx::query_as(concat!(unit_columns!(), "order by model, serial_key, id"))
                .fetch_all(conn)
                .await?
        });
        rows.into_iter().map(UnitRow::read).collect()
    }

    /// One unit.
    pub async fn unit(&mut self, id: UnitId) -> Result<Option<StoredUnit>, StoreError> {
        let row: Option<UnitRow> = run!(self, |conn| {
            sqlx::query_as(concat!(unit_columns!(), "where id = $1"))
                .bind(id.0)
                .fetch_optional(conn)
                .await?
        });
        row.map(UnitRow::read).transpose()
    }

    /// The unit of a serial number, however it is written.
    pub async fn unit_of_serial(&mut self, serial: &str) -> Result<Option<StoredUnit>, StoreError> {
        let row: Option<UnitRow> = run!(self, |conn| {
            sqlx::query_as(concat!(unit_columns!(), "where serial_key = $1"))
                .bind(serial_form(serial))
                .fetch_optional(conn)
                .await?
        });
        row.map(UnitRow::read).transpose()
    }

    /// The units that a loan has had, those before an exchange too.
    pub async fn units_of_loan(&mut self, loan: LoanId) -> Result<Vec<StoredUnit>, StoreError> {
        let rows: Vec<UnitRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                unit_columns!(),
                "where id in (select unit_id from unit_event where loan_id = $1)
                     or id in (select unit_id from loan where id = $1)
                 order by serial_key, id"
            ))
            .bind(loan.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(UnitRow::read).collect()
    }

    /// The child to whom a unit is lent by a file that runs, if the reader may see the
    /// child: its case, its number, its name.
    pub async fn lent_by_unit(
        &mut self,
        reader: &Reader,
        at: Moment,
        unit: UnitId,
    ) -> Result<Option<(CaseId, CaseNumber, Option<String>)>, StoreError> {
        let subject = reader.subject();
        let row: Option<(Uuid, String, Option<String>)> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, c.number, c.name from loan l
                 join child_case c on c.id = l.case_id
                 where l.unit_id = $5 and l.ended_on is null and l.file_id is not null and ",
                visible!()
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(unit.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(|(id, text, name)| Ok((CaseId(id), number(&text)?, name)))
            .transpose()
    }

    /// Corrects model and serial number of a unit; `false`: somebody has changed it
    /// meanwhile, or the serial number is another unit's.
    pub async fn rename_unit(
        &mut self,
        (id, revision): (UnitId, i64),
        (model, serial): (&str, &str),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update generator_unit set model = $3, serial = $4, serial_key = $5,
                     revision = revision + 1
                 where id = $1 and revision = $2 and not exists (select 1 from generator_unit o
                     where o.serial_key = $5 and o.id <> $1)",
            )
            .bind(id.0)
            .bind(revision)
            .bind(model)
            .bind(serial)
            .bind(serial_form(serial))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Moves a unit from one state to another; `false`: it is not in that state
    /// any more, since somebody was faster.
    pub async fn move_unit(
        &mut self,
        id: UnitId,
        from: UnitState,
        to: UnitState,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update generator_unit set state = $3, revision = revision + 1
                 where id = $1 and state = $2",
            )
            .bind(id.0)
            .bind(from.code())
            .bind(to.code())
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Writes down what happened to a unit.
    pub async fn add_unit_event(
        &mut self,
        id: Uuid,
        unit: UnitId,
        event: &UnitEvent,
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        let kit = event.kit.as_ref().map(|kit| {
            let codes: Vec<&str> = kit.iter().map(|item| item.code()).collect();
            to_json(&codes)
        });
        run!(self, |conn| {
            sqlx::query(
                "insert into unit_event (id, unit_id, kind, loan_id, on_day, kit, note,
                     recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(id)
            .bind(unit.0)
            .bind(event.kind.code())
            .bind(event.loan.map(|loan| loan.0))
            .bind(event.on.to_string())
            .bind(&kit)
            .bind(&event.note)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// What happened to a unit, the latest first.
    pub async fn unit_events(&mut self, unit: UnitId) -> Result<Vec<UnitEvent>, StoreError> {
        type Row = (
            String,
            Option<Uuid>,
            String,
            Option<String>,
            Option<String>,
            Option<String>,
        );
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select e.kind, e.loan_id, e.on_day, e.kit, e.note, a.name
                 from unit_event e left join account a on a.id = e.recorded_by
                 where e.unit_id = $1 order by e.recorded_at desc, e.id desc",
            )
            .bind(unit.0)
            .fetch_all(conn)
            .await?
        });
        let corrupt = |column| StoreError::Corrupt {
            table: "unit_event",
            column,
        };
        rows.into_iter()
            .map(|(kind, loan, on, kit, note, by)| {
                let kit = kit
                    .map(|text| from_json::<Vec<String>>(&text, "unit_event", "kit"))
                    .transpose()?;
                let items = |codes: Vec<String>| {
                    let item = |code: &String| KitItem::from_code(code).ok_or(corrupt("kit"));
                    codes.iter().map(item).collect::<Result<Vec<_>, _>>()
                };
                Ok(UnitEvent {
                    kind: UnitEventKind::from_code(&kind).ok_or(corrupt("kind"))?,
                    loan: loan.map(LoanId),
                    on: from_day(Some(&on), "unit_event", "on_day")?.ok_or(corrupt("on_day"))?,
                    kit: kit.map(items).transpose()?,
                    note,
                    by,
                })
            })
            .collect()
    }
}
