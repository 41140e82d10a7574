//! Moves that wait for staff, and stays that are no moves.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    access::{address_shown, shown, visible},
    from_json, from_millis, run, to_json, to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, UserId},
    municipality::MunicipalityCode,
    residence::{AddressShown, MoveOutcome, MoveSource, NewHome, ProposedMove, TemporaryStay},
};

#[derive(FromRow)]
struct MoveRow {
    id: Uuid,
    home: String,
    source: String,
    proposed_at: i64,
    shown: String,
}

#[derive(FromRow)]
struct StayRow {
    id: Uuid,
    municipality: String,
    address: Option<String>,
    from_day: String,
    until_day: String,
    is_open: bool,
    shown: String,
}

impl StayRow {
    fn read(self, reader: &Reader) -> Result<TemporaryStay, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "temporary_stay",
            column,
        };
        let there =
            MunicipalityCode::parse(&self.municipality).map_err(|_| corrupt("municipality"))?;
        let hidden = shown(&self.shown)? == AddressShown::Hidden;
        let own =
            |code: &MunicipalityCode| reader.municipality().is_some_and(|own| own.same_as(*code));
        Ok(TemporaryStay {
            id: self.id,
            municipality: Some(there).filter(|there| !hidden || own(there)),
            address: self.address.filter(|_| !hidden),
            from: self.from_day.parse().map_err(|_| corrupt("from_day"))?,
            until: self.until_day.parse().map_err(|_| corrupt("until_day"))?,
            is_open: self.is_open,
        })
    }
}

/// A stay to be put on record.
#[derive(Debug, Clone)]
pub struct NewStay {
    /// Its id.
    pub id: Uuid,
    /// Where.
    pub municipality: MunicipalityCode,
    /// The address there.
    pub address: Option<String>,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day, or the day on which to ask again.
    pub until: NaiveDate,
    /// Nobody knows when it ends.
    pub is_open: bool,
    /// Who writes it down.
    pub by: UserId,
}

impl Tx {
    /// Puts a move forward, in the place of one that waits; `false`: the very
    /// same waits already.
    pub async fn propose_move(
        &mut self,
        case: CaseId,
        id: Uuid,
        to: &NewHome,
        source: MoveSource,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let home = to_json(to);
        let waiting: Option<String> = run!(self, |conn| {
            sqlx::query_scalar(
                "select home from proposed_move where case_id = $1 and closed_at is null",
            )
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        if waiting.as_deref() == Some(home.as_str()) {
            return Ok(false);
        }
        run!(self, |conn| {
            sqlx::query(
                "update proposed_move set outcome = $2, closed_at = $3, closed_by = $4
                 where case_id = $1 and closed_at is null",
            )
            .bind(case.0)
            .bind(MoveOutcome::Replaced.code())
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        run!(self, |conn| {
            sqlx::query(
                "insert into proposed_move (id, case_id, home, source, proposed_at, proposed_by)
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(id)
            .bind(case.0)
            .bind(&home)
            .bind(source.code())
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(true)
    }

    /// The move of a case that waits, if the reader may see where it leads.
    pub async fn waiting_move(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Option<ProposedMove>, StoreError> {
        let subject = reader.subject();
        let row: Option<MoveRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select m.id, m.home, m.source, m.proposed_at, ",
                address_shown!(),
                " as shown from proposed_move m join child_case c on c.id = m.case_id
                 where m.closed_at is null and c.number = $5 and ",
                visible!(content)
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(number.as_str())
            .bind(reader.user().map(|user| user.0))
            .fetch_optional(conn)
            .await?
        });
        let Some(row) = row else {
            return Ok(None);
        };
        if shown(&row.shown)? == AddressShown::Hidden {
            return Ok(None);
        }
        Ok(Some(ProposedMove {
            id: row.id,
            to: from_json(&row.home, "proposed_move", "home")?,
            source: MoveSource::from_code(&row.source).ok_or(StoreError::Corrupt {
                table: "proposed_move",
                column: "source",
            })?,
            at: from_millis(row.proposed_at, "proposed_move", "proposed_at")?,
        }))
    }

    /// Closes a move that waits; `false`: it waits no longer.
    pub async fn close_move(
        &mut self,
        id: Uuid,
        outcome: MoveOutcome,
        by: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update proposed_move set outcome = $2, closed_at = $3, closed_by = $4
                 where id = $1 and closed_at is null",
            )
            .bind(id)
            .bind(outcome.code())
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// The first day of the home on record, whoever asks: for the commit of a
    /// move.
    pub async fn home_since(&mut self, case: CaseId) -> Result<Option<NaiveDate>, StoreError> {
        let day: Option<String> = run!(self, |conn| {
            sqlx::query_scalar("select from_day from home where case_id = $1 and until_day is null")
                .bind(case.0)
                .fetch_optional(conn)
                .await?
        });
        super::from_day(day.as_deref(), "home", "from_day")
    }

    /// Says that the plan in force was made for a home that was left.
    pub async fn leave_home_of_plan(
        &mut self,
        case: CaseId,
        left_on: NaiveDate,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update plan_version set home_left_on = $2
                 where case_id = $1 and until_at is null",
            )
            .bind(case.0)
            .bind(left_on.to_string())
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Puts a stay on record.
    pub async fn add_stay(
        &mut self,
        case: CaseId,
        stay: &NewStay,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into temporary_stay (id, case_id, municipality, address, from_day,
                     until_day, is_open, recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(stay.id)
            .bind(case.0)
            .bind(stay.municipality.as_str())
            .bind(&stay.address)
            .bind(stay.from.to_string())
            .bind(stay.until.to_string())
            .bind(stay.is_open)
            .bind(to_millis(now))
            .bind(stay.by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The stays of a case that are not over: those to come, those that run,
    /// and those without an end about which somebody should have asked.
    pub async fn stays(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Vec<TemporaryStay>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<StayRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select s.id, s.municipality, s.address, s.from_day, s.until_day, s.is_open, ",
                address_shown!(),
                " as shown from temporary_stay s join child_case c on c.id = s.case_id
                 where (s.until_day >= $3 or s.is_open) and c.number = $5 and ",
                visible!(content),
                " order by s.from_day, s.id"
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
        rows.into_iter().map(|row| row.read(reader)).collect()
    }

    /// Gives a stay its last day: what was open is no longer.
    pub async fn end_stay(&mut self, id: Uuid, last: NaiveDate) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update temporary_stay set until_day = $2, is_open = $3 where id = $1")
                .bind(id)
                .bind(last.to_string())
                .bind(false)
                .execute(conn)
                .await?;
        });
        Ok(())
    }
}
