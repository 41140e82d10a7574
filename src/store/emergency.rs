//! Emergency access: what is open, whom it covers, what was read under it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, from_json, from_millis, run, to_json, to_millis};
use crate::domain::{
    access::{Ground, Moment, Reader, Role, Subject},
    emergency::{Emergency, EventKind},
    id::{CaseId, EmergencyId, UserId},
    municipality::MunicipalityCode,
};

/// What was decided about an emergency access after it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It goes on for longer.
    Extended,
    /// It ends when it was said to end.
    LetEnd,
}

impl Decision {
    /// The word in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Extended => "extended",
            Self::LetEnd => "let_end",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Extended, Self::LetEnd]
            .into_iter()
            .find(|decision| decision.code() == code)
    }
}

/// A decision as it stands on record.
#[derive(Debug, Clone)]
pub struct DecisionRow {
    /// What.
    pub decision: Decision,
    /// Why; empty where nothing was to be said.
    pub reason: String,
    /// The name of whoever decided.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Until when it is open since.
    pub ends_at: DateTime<Utc>,
}

/// An emergency access with the names of those who opened and closed it.
#[derive(Debug, Clone)]
pub struct EmergencyRow {
    /// The access.
    pub emergency: Emergency,
    /// Who opened it.
    pub opened_by: String,
    /// Who closed it before its end.
    pub closed_by: Option<String>,
    /// How many children it covers, or covered.
    pub children: u64,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    municipality: String,
    kind: String,
    name: String,
    area: String,
    widens_to: String,
    reason: String,
    opened_by: Uuid,
    opened_at: i64,
    ends_at: i64,
    let_end_at: Option<i64>,
    closed_at: Option<i64>,
}

#[derive(FromRow)]
struct NamedRow {
    #[sqlx(flatten)]
    row: Row,
    opener: String,
    closer: Option<String>,
    children: i64,
}

const TABLE: &str = "emergency_access";
const DECISIONS: &str = "emergency_decision";

impl Row {
    fn read(self) -> Result<Emergency, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: TABLE,
            column,
        };
        let instant =
            |at: Option<i64>, column| at.map(|at| from_millis(at, TABLE, column)).transpose();
        Ok(Emergency {
            id: EmergencyId(self.id),
            municipality: MunicipalityCode::parse(&self.municipality)
                .map_err(|_| corrupt("municipality"))?,
            kind: EventKind::from_code(&self.kind).ok_or(corrupt("kind"))?,
            name: self.name,
            area: from_json(&self.area, TABLE, "area")?,
            widens_to: from_json(&self.widens_to, TABLE, "widens_to")?,
            reason: self.reason,
            opened_by: UserId(self.opened_by),
            opened_at: from_millis(self.opened_at, TABLE, "opened_at")?,
            ends_at: from_millis(self.ends_at, TABLE, "ends_at")?,
            let_end_at: instant(self.let_end_at, "let_end_at")?,
            closed_at: instant(self.closed_at, "closed_at")?,
        })
    }
}

macro_rules! columns {
    () => {
        "e.id, e.municipality, e.kind, e.name, e.area, e.widens_to, e.reason, e.opened_by, \
         e.opened_at, e.ends_at, e.let_end_at, e.closed_at"
    };
}

macro_rules! named_columns {
    () => {
        concat!(
            columns!(),
            ", o.name as opener, z.name as closer,
             (select count(distinct a.case_id) from case_access a
                 where a.emergency <> '' and a.emergency = $4) as children
             from emergency_access e join account o on o.id = e.opened_by
             left join account z on z.id = e.closed_by "
        )
    };
}

impl Tx {
    /// Whether an account in use is authorised to open emergency access.
    pub async fn may_open_emergency(&mut self, account: UserId) -> Result<bool, StoreError> {
        let found: Option<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "select id from account where id = $1 and role = $2 and opens_emergency = $3
                   and disabled_at is null",
            )
            .bind(account.0)
            .bind(Role::Municipality.code())
            .bind(true)
            .fetch_optional(conn)
            .await?
        });
        Ok(found.is_some())
    }

    /// Authorises an account of a municipality's staff, or takes it back;
    /// `None`: there is no such account in use.
    pub async fn allow_emergency(
        &mut self,
        email: &str,
        allowed: bool,
    ) -> Result<Option<UserId>, StoreError> {
        let id: Option<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "update account set opens_emergency = $2
                 where email = $1 and role = $3 and disabled_at is null returning id",
            )
            .bind(email)
            .bind(allowed)
            .bind(Role::Municipality.code())
            .fetch_optional(conn)
            .await?
        });
        Ok(id.map(UserId))
    }

    /// The coordinators with an account in use.
    pub async fn coordinators(&mut self) -> Result<Vec<UserId>, StoreError> {
        let ids: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "select id from account where role = $1 and disabled_at is null order by id",
            )
            .bind(Role::Coordinator.code())
            .fetch_all(conn)
            .await?
        });
        Ok(ids.into_iter().map(UserId).collect())
    }

    /// Puts an opening on record; whom it lets read what is
    /// [`Tx::grant_emergency`]'s.
    pub async fn open_emergency(&mut self, emergency: &Emergency) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into emergency_access (id, municipality, kind, name, area, widens_to,
                     reason, opened_by, opened_at, ends_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(emergency.id.0)
            .bind(emergency.municipality.as_str())
            .bind(emergency.kind.code())
            .bind(&emergency.name)
            .bind(to_json(&emergency.area))
            .bind(to_json(&emergency.widens_to))
            .bind(&emergency.reason)
            .bind(emergency.opened_by.0)
            .bind(to_millis(emergency.opened_at))
            .bind(to_millis(emergency.ends_at))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Lets a subject read a case under an emergency access until it ends;
    /// answers whether it did not do so already.
    pub async fn grant_emergency(
        &mut self,
        case: CaseId,
        subject: &Subject,
        emergency: &Emergency,
        today: NaiveDate,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into case_access (case_id, subject_kind, subject_id, ground, from_day,
                     until_at, emergency)
                 select $1, $2, $3, $4, $5, $6, $7
                 where not exists (select 1 from case_access where case_id = $1
                     and subject_kind = $2 and subject_id = $3 and emergency = $7
                     and until_at = $6)
                 on conflict (case_id, subject_kind, subject_id, ground, from_day, emergency)
                 do update set until_at = excluded.until_at",
            )
            .bind(case.0)
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(Ground::Emergency.code())
            .bind(today.to_string())
            .bind(to_millis(emergency.ends_at))
            .bind(emergency.id.to_string())
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows > 0)
    }

    /// Ends what emergency accesses of other municipalities than this one let
    /// anybody read of a case, whoever asks: for the commit that writes its
    /// home. Answers whether there was any.
    pub async fn end_foreign_emergencies(
        &mut self,
        case: CaseId,
        home: MunicipalityCode,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let open = self.open_emergencies(now).await?;
        let mut ended = 0;
        for emergency in open {
            if emergency.municipality == home.responsible() {
                continue;
            }
            ended += run!(self, |conn| {
                sqlx::query(
                    "update case_access set until_at = $3
                     where case_id = $1 and emergency = $2 and until_at > $3",
                )
                .bind(case.0)
                .bind(emergency.id.to_string())
                .bind(to_millis(now))
                .execute(conn)
                .await?
                .rows_affected()
            });
        }
        Ok(ended > 0)
    }

    /// What is open at an instant, the first opened first.
    pub async fn open_emergencies(
        &mut self,
        now: DateTime<Utc>,
    ) -> Result<Vec<Emergency>, StoreError> {
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select ",
                columns!(),
                " from emergency_access e
                 where e.ends_at > $1 and (e.closed_at is null or e.closed_at > $1)
                 order by e.id"
            ))
            .bind(to_millis(now))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(Row::read).collect()
    }

    /// Every emergency access that a reader may know of, the latest first: its
    /// own municipality's, all of them for the auditor.
    pub async fn emergencies(&mut self, reader: &Reader) -> Result<Vec<Emergency>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select ",
                columns!(),
                " from emergency_access e
                 where $1 in ('auditor', 'operator')
                    or ($1 = 'municipality' and e.municipality = $2)
                 order by e.id desc limit 200"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(Row::read).collect()
    }

    /// One of them.
    pub async fn emergency(
        &mut self,
        reader: &Reader,
        id: EmergencyId,
    ) -> Result<Option<EmergencyRow>, StoreError> {
        let subject = reader.subject();
        let row: Option<NamedRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select ",
                named_columns!(),
                "where e.id = $3 and ($1 in ('auditor', 'operator')
                     or ($1 = 'municipality' and e.municipality = $2))"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(id.0)
            .bind(id.to_string())
            .fetch_optional(conn)
            .await?
        });
        row.map(|found| {
            Ok(EmergencyRow {
                emergency: found.row.read()?,
                opened_by: found.opener,
                closed_by: found.closer,
                children: found.children.cast_unsigned(),
            })
        })
        .transpose()
    }

    /// What was decided about one since it was opened, in order.
    pub async fn emergency_decisions(
        &mut self,
        id: EmergencyId,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        let rows: Vec<(String, String, String, i64, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select d.decision, d.reason, a.name, d.decided_at, d.ends_at
                 from emergency_decision d join account a on a.id = d.decided_by
                 where d.emergency_id = $1 order by d.id",
            )
            .bind(id.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(decision, reason, by, at, ends_at)| {
                Ok(DecisionRow {
                    decision: Decision::from_code(&decision).ok_or(StoreError::Corrupt {
                        table: DECISIONS,
                        column: "decision",
                    })?,
                    reason,
                    by,
                    at: from_millis(at, DECISIONS, "decided_at")?,
                    ends_at: from_millis(ends_at, DECISIONS, "ends_at")?,
                })
            })
            .collect()
    }

    /// Puts a decision on record, and into force; `false`: it is no longer
    /// open.
    #[expect(clippy::too_many_arguments, reason = "one decision, part by part")]
    pub async fn decide_emergency(
        &mut self,
        record: Uuid,
        id: EmergencyId,
        decision: Decision,
        reason: &str,
        by: UserId,
        ends_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let let_end = (decision == Decision::LetEnd).then(|| to_millis(now));
        let rows = run!(self, |conn| {
            sqlx::query(
                "update emergency_access set ends_at = $2, let_end_at = $3
                 where id = $1 and closed_at is null and ends_at > $4",
            )
            .bind(id.0)
            .bind(to_millis(ends_at))
            .bind(let_end)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        if rows == 0 {
            return Ok(false);
        }
        run!(self, |conn| {
            sqlx::query(
                "insert into emergency_decision (id, emergency_id, decision, reason, decided_by,
                     decided_at, ends_at)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(record)
            .bind(id.0)
            .bind(decision.code())
            .bind(reason)
            .bind(by.0)
            .bind(to_millis(now))
            .bind(to_millis(ends_at))
            .execute(conn)
            .await?;
        });
        self.move_emergency_end(id, ends_at, now).await?;
        Ok(true)
    }

    /// Closes one at once; `false`: it was over already.
    pub async fn close_emergency(
        &mut self,
        id: EmergencyId,
        by: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update emergency_access set closed_at = $3, closed_by = $2
                 where id = $1 and closed_at is null and ends_at > $3",
            )
            .bind(id.0)
            .bind(by.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        if rows == 0 {
            return Ok(false);
        }
        self.move_emergency_end(id, now, now).await?;
        Ok(true)
    }

    /// Moves the end of everything that is still open under one.
    async fn move_emergency_end(
        &mut self,
        id: EmergencyId,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update case_access set until_at = $2 where emergency = $1 and until_at > $3",
            )
            .bind(id.to_string())
            .bind(to_millis(until))
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Under which emergency accesses a reader may see which cases now.
    pub async fn emergency_grounds(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<HashMap<CaseId, Vec<EmergencyId>>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<(Uuid, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select a.case_id, a.emergency from case_access a
                 where a.subject_kind = $1 and a.subject_id = $2 and a.emergency <> ''
                   and a.from_day <= $3 and a.until_at > $4
                 order by a.emergency",
            )
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        let mut grounds: HashMap<CaseId, Vec<EmergencyId>> = HashMap::new();
        for (case, id) in rows {
            let id = Uuid::parse_str(&id).map_err(|_| StoreError::Corrupt {
                table: "case_access",
                column: "emergency",
            })?;
            grounds
                .entry(CaseId(case))
                .or_default()
                .push(EmergencyId(id));
        }
        Ok(grounds)
    }
}
