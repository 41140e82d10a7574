//! Children, their homes and plans, as they are read.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use rayon::prelude::*;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    access::{address_shown, shown, visible},
    from_day, from_json, from_millis,
    rights::{answered, read_in_force, withdrawn},
    run, to_json, to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    child::{Home, PlanStep, Stuck},
    id::{CaseId, CaseNumber, EmergencyId},
    municipality::MunicipalityCode,
    plan::{PlanDocument, document::ChildItems, drill::HeldDrill, overriding::Override},
    position::{Position, PositionOrigin},
    power::Equipment,
    residence::AddressShown,
};

/// Everything about a case that a check needs.
#[derive(Debug, Clone)]
pub struct CaseForCheck {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Counts the changes of the case.
    pub revision: i64,
    /// Whether it has a plan; `None`: nobody has said.
    pub has_plan: Option<bool>,
    /// Where the making of a plan is stuck.
    pub stuck: Option<Stuck>,
    /// The child's items.
    pub child: ChildItems,
    /// The home as it is now.
    pub home: Home,
    /// Hours that all batteries last together, with a plan or without.
    pub battery_hours: Option<f64>,
    /// Its devices and sources of power, as they are on record; `None`: nobody has
    /// written them down.
    pub equipment: Option<Box<Equipment>>,
    /// The record as people have typed it, without a unit that is lent.
    pub typed_equipment: Option<Box<Equipment>>,
    /// The plan in force.
    pub document: Option<PlanDocument>,
    /// The plan's date.
    pub plan_dated: Option<NaiveDate>,
    /// Its number and since when it is in force.
    pub version: Option<(u32, DateTime<Utc>)>,
    /// The emergency accesses that alone let the reader see it; empty where
    /// it may see all of it.
    pub emergencies: Vec<EmergencyId>,
    /// The day on which the home that the plan was made for was left; `None`:
    /// it was made for this one.
    pub left_home_on: Option<NaiveDate>,
    /// Whether the home and what tells where it is are here for the reader.
    pub address: AddressShown,
    /// Where the home's position comes from; `None`: nobody has said.
    pub located: Option<Located>,
    /// What named persons have overridden; read beside it, by whoever judges.
    pub overrides: Vec<Override>,
    /// The drills that stand, the latest first.
    pub drills: Vec<HeldDrill>,
}

/// Where the position of a home comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// How it was found.
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
}

impl CaseForCheck {
    /// Takes out everything that tells where the home is; of its municipality
    /// `own` is left, which its staff know anyway.
    pub fn hide_home(&mut self, own: Option<MunicipalityCode>) {
        let town = self.home.municipality.map(MunicipalityCode::responsible);
        self.home = Home {
            municipality: town.filter(|town| own.is_some_and(|own| own.same_as(*town))),
            ..Home::default()
        };
        self.located = None;
        // The minutes of a way tell how far it is.
        for drill in &mut self.drills {
            drill.way = None;
        }
        hide_address(&mut self.child);
        if let Some(document) = &mut self.document {
            document.home = self.home.clone();
            hide_address(&mut document.child);
            for to in &mut document.destinations {
                to.address = None;
                to.position = None;
                to.route = None;
                to.route_line = None;
                to.drill_minutes = None;
                to.family_minutes = None;
            }
            for one in &mut document.supporters {
                one.address = None;
                one.position = None;
            }
            if let Some(beside) = &mut document.particulars {
                beside.usual_room = None;
                beside.building = None;
            }
            if let Some(line) = &mut document.too_late {
                line.room = None;
            }
        }
        self.address = AddressShown::Hidden;
    }
}

/// Takes the address out of a child's items, and contacts that are neither a
/// telephone nor a mail address.
pub(super) fn hide_address(child: &mut ChildItems) {
    child.address = None;
    let reached = |value: &str| value.contains('@');
    child
        .contacts
        .retain(|contact| contact.is_telephone() || reached(&contact.value));
}

#[derive(FromRow)]
struct CaseRow {
    id: Uuid,
    number: String,
    revision: i64,
    has_plan: Option<bool>,
    stuck_step: Option<String>,
    stuck_since: Option<String>,
    child: String,
    municipality: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    accuracy: Option<String>,
    floors: Option<i64>,
    room_floor: Option<i64>,
    battery_hours: Option<f64>,
    equipment: Option<String>,
    document: Option<String>,
    plan_dated: Option<String>,
    version: Option<i64>,
    version_at: Option<i64>,
    whole: bool,
    withdrawn: Option<String>,
    answered: Option<String>,
    home_left_on: Option<String>,
    shown: String,
    origin: Option<String>,
    list: Option<String>,
    list_dated: Option<String>,
    place: Option<String>,
    confirmed: Option<bool>,
    set_by: Option<String>,
    set_at: Option<i64>,
}

pub(super) fn read_home(
    municipality: Option<&str>,
    position: (Option<f64>, Option<f64>),
    accuracy: Option<&str>,
    floors: Option<i64>,
    room_floor: Option<i64>,
) -> Result<Home, StoreError> {
    let corrupt = |column| StoreError::Corrupt {
        table: "home",
        column,
    };
    Ok(Home {
        municipality: municipality
            .map(|m| MunicipalityCode::parse(m).map_err(|_| corrupt("municipality")))
            .transpose()?,
        position: match position {
            (Some(lat), Some(lon)) => Some(Position::new(lat, lon).map_err(|_| corrupt("lat"))?),
            _ => None,
        },
        accuracy: accuracy
            .map(|a| from_json(a, "home", "accuracy"))
            .transpose()?,
        floors: floors
            .map(|f| i16::try_from(f).map_err(|_| corrupt("floors")))
            .transpose()?,
        room_floor: room_floor
            .map(|f| i16::try_from(f).map_err(|_| corrupt("room_floor")))
            .transpose()?,
        origin: None,
    })
}

impl CaseRow {
    /// Where the position comes from.
    fn located(&self) -> Result<Option<Located>, StoreError> {
        let (Some(word), Some(at)) = (&self.origin, self.set_at) else {
            return Ok(None);
        };
        let dated = from_day(self.list_dated.as_deref(), "data_set", "dated")?;
        Ok(Some(Located {
            origin: super::positions::origin(word)?,
            list: self.list.clone().map(|name| (name, dated)),
            place: self.place.clone(),
            confirmed: self.confirmed.unwrap_or(false),
            by: self.set_by.clone(),
            at: from_millis(at, "home_position", "set_at")?,
        }))
    }

    /// The case, cut to what the reader may see of its home.
    fn read(self, reader: &Reader) -> Result<CaseForCheck, StoreError> {
        let mut case = self.whole()?;
        if case.address == AddressShown::Hidden {
            case.hide_home(reader.municipality());
        }
        Ok(case)
    }

    fn whole(self) -> Result<CaseForCheck, StoreError> {
        let equipment: Option<Box<Equipment>> = self
            .equipment
            .as_deref()
            .map(|kept| from_json(kept, "case_equipment", "document"))
            .transpose()?;
        let corrupt = |column| StoreError::Corrupt {
            table: "child_case",
            column,
        };
        let located = self.located()?;
        let mut home = read_home(
            self.municipality.as_deref(),
            (self.lat, self.lon),
            self.accuracy.as_deref(),
            self.floors,
            self.room_floor,
        )?;
        home.origin = located.as_ref().map(|located| located.origin);
        Ok(CaseForCheck {
            located,
            drills: Vec::new(),
            address: shown(&self.shown)?,
            left_home_on: from_day(self.home_left_on.as_deref(), "plan_version", "home_left_on")?,
            id: CaseId(self.id),
            number: CaseNumber::parse(&self.number).map_err(|_| corrupt("number"))?,
            revision: self.revision,
            has_plan: self.has_plan,
            stuck: match self.stuck_step {
                None => None,
                Some(step) => Some(Stuck {
                    step: PlanStep::from_code(&step).ok_or(corrupt("stuck_step"))?,
                    since: from_day(self.stuck_since.as_deref(), "child_case", "stuck_since")?,
                }),
            },
            child: from_json(&self.child, "child_case", "child")?,
            home,
            battery_hours: self.battery_hours,
            typed_equipment: equipment.clone(),
            equipment,
            emergencies: Vec::new(),
            overrides: Vec::new(),
            plan_dated: from_day(self.plan_dated.as_deref(), "plan_version", "dated")?,
            document: self
                .document
                .map(|text| {
                    let beside = (self.withdrawn.as_deref(), self.answered.as_deref());
                    read_in_force(CaseId(self.id), &text, beside)
                })
                .transpose()?,
            version: match (self.version, self.version_at) {
                (Some(version), Some(at)) => Some((
                    u32::try_from(version).map_err(|_| corrupt("version"))?,
                    from_millis(at, "plan_version", "created_at")?,
                )),
                _ => None,
            },
        })
    }
}

/// More rows than these are read on all processors.
const MANY: usize = 100;

macro_rules! case_columns {
    () => {
        concat!(
            "select c.id, c.number, c.revision, c.has_plan, c.stuck_step, c.stuck_since, c.child, \
             h.municipality, h.lat, h.lon, h.accuracy, h.floors, h.room_floor, \
             c.battery_hours, ce.document as equipment, v.document, v.dated as plan_dated, v.version, \
             v.created_at as version_at, ",
            withdrawn!(),
            ", ",
            answered!(),
            ", ",
            visible!(whole),
            " as whole, v.home_left_on, ",
            address_shown!(),
            " as shown, hp.origin, hd.name as list, hd.dated as list_dated, hp.place, \
             hp.confirmed, ha.name as set_by, hp.set_at from child_case c \
             left join home h on h.case_id = c.id and h.until_day is null \
             left join home_position hp on hp.case_id = c.id and hp.until_at is null \
             left join data_set hd on hd.id = hp.data_set_id \
             left join account ha on ha.id = hp.set_by \
             left join case_equipment ce on ce.case_id = c.id and ce.until_at is null \
             left join plan_version v on v.case_id = c.id and v.until_at is null "
        )
    };
}

impl Tx {
    /// The content of one case, if the reader may see it.
    pub async fn case(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Option<CaseForCheck>, StoreError> {
        let subject = reader.subject();
        let row: Option<CaseRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                case_columns!(),
                "where c.number = $5 and ",
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
        Ok(self.under(reader, at, vec![row]).await?.pop())
    }

    /// The content of up to 500 cases after a number, in the order of numbers,
    /// that the reader may see.
    pub async fn cases_after(
        &mut self,
        reader: &Reader,
        at: Moment,
        after: &str,
    ) -> Result<Vec<CaseForCheck>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<CaseRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                case_columns!(),
                "where c.number > $5 and ",
                visible!(content),
                " order by c.number limit 500"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(after)
            .bind(reader.user().map(|user| user.0))
            .fetch_all(conn)
            .await?
        });
        self.under(reader, at, rows).await
    }

    /// The content of those of some cases that the reader may see, by number.
    pub async fn cases_numbered(
        &mut self,
        reader: &Reader,
        at: Moment,
        numbers: &[&str],
    ) -> Result<Vec<CaseForCheck>, StoreError> {
        let subject = reader.subject();
        let text = super::by_engine!(
            self,
            sqlite: concat!(
                case_columns!(),
                "where c.number in (select value from json_each($5)) and ",
                visible!(content)
            ),
            postgres: concat!(
                case_columns!(),
                "where c.number in (select json_array_elements_text(cast($5 as json))) and ",
                visible!(content)
            ),
        );
        let rows: Vec<CaseRow> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(subject.kind)
                .bind(&subject.id)
                .bind(at.today.to_string())
                .bind(to_millis(at.now))
                .bind(super::to_json(&numbers))
                .bind(reader.user().map(|user| user.0))
                .fetch_all(conn)
                .await?
        });
        self.under(reader, at, rows).await
    }

    /// Cases with the emergency accesses under which they are read, if it is
    /// those alone.
    async fn under(
        &mut self,
        reader: &Reader,
        at: Moment,
        rows: Vec<CaseRow>,
    ) -> Result<Vec<CaseForCheck>, StoreError> {
        let mut under = if rows.iter().any(|row| !row.whole) {
            self.emergency_grounds(reader, at).await?
        } else {
            HashMap::new()
        };
        let read = |row: CaseRow| {
            let whole = row.whole;
            Ok((whole, row.read(reader)?))
        };
        let read: Result<Vec<_>, StoreError> = if rows.len() > MANY {
            rows.into_par_iter().map(read).collect()
        } else {
            rows.into_iter().map(read).collect()
        };
        let mut cases = Vec::new();
        for (whole, mut case) in read? {
            if !whole {
                case.emergencies = under.remove(&case.id).unwrap_or_default();
            }
            cases.push(case);
        }
        self.put_drills(&mut cases).await?;
        Ok(cases)
    }

    /// The id of a number, whoever asks: for the writer of a family's sheet,
    /// which runs at the command line.
    pub async fn case_of_number(
        &mut self,
        number: &CaseNumber,
    ) -> Result<Option<CaseId>, StoreError> {
        let id: Option<Uuid> = run!(self, |conn| {
            sqlx::query_scalar("select id from child_case where number = $1")
                .bind(number.as_str())
                .fetch_optional(conn)
                .await?
        });
        Ok(id.map(CaseId))
    }

    /// The number as it is on record, however its letters are typed; where two differ
    /// by their case alone, only the one that is typed so.
    pub async fn number_on_record(
        &mut self,
        number: &CaseNumber,
    ) -> Result<Option<CaseNumber>, StoreError> {
        let found: Vec<String> = run!(self, |conn| {
            sqlx::query_scalar(
                "select number from child_case where upper(number) = upper($1) order by number",
            )
            .bind(number.as_str())
            .fetch_all(conn)
            .await?
        });
        let same = found.iter().find(|text| *text == number.as_str());
        let only = found.first().filter(|_| found.len() == 1);
        let corrupt = StoreError::Corrupt {
            table: "child_case",
            column: "number",
        };
        let text = same.or(only);
        text.map(|text| CaseNumber::parse(text).map_err(|_| corrupt))
            .transpose()
    }

    /// Whether a loan runs, whoever asks: for the commit that decides what the
    /// centre may read.
    pub async fn has_loan(&mut self, case: CaseId) -> Result<bool, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar(
                "select exists (select 1 from loan where case_id = $1 and ended_on is null)",
            )
            .bind(case.0)
            .fetch_one(conn)
            .await?
        }))
    }

    /// The plan in force of a case, whoever asks: for commits that decide who
    /// may read it.
    pub async fn document_in_force(
        &mut self,
        case: CaseId,
    ) -> Result<Option<PlanDocument>, StoreError> {
        let row: Option<(String, Option<String>, Option<String>)> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select v.document, ",
                withdrawn!(),
                ", ",
                answered!(),
                " from plan_version v join child_case c on c.id = v.case_id
                 where v.case_id = $1 and v.until_at is null"
            ))
            .bind(case.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(|(text, withdrawn, answered)| {
            read_in_force(case, &text, (withdrawn.as_deref(), answered.as_deref()))
        })
        .transpose()
    }

    /// The ids of all cases whose home is in a municipality or one of its
    /// wards, whoever asks: for the commit that changes its ordinance.
    pub async fn case_ids_in(&mut self, codes: &[String]) -> Result<Vec<CaseId>, StoreError> {
        let text = super::by_engine!(
            self,
            sqlite: "select case_id from home where until_day is null
                     and municipality in (select value from json_each($1)) order by case_id",
            postgres: "select case_id from home where until_day is null
                       and municipality in (select json_array_elements_text(cast($1 as json)))
                       order by case_id",
        );
        let ids: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(text)
                .bind(to_json(&codes))
                .fetch_all(conn)
                .await?
        });
        Ok(ids.into_iter().map(CaseId).collect())
    }
}
