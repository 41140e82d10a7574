//! What the yearly duties of plans and batteries are counted from.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::super::{StoreError, Tx, from_day, run, to_millis};
use crate::domain::{
    duty::CheckedBy,
    id::{CaseId, UserId},
};

/// What the duties of a plan and of batteries are counted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanDays {
    /// The child.
    pub case: CaseId,
    /// When the plan was confirmed last, or written; `None`: there is none, or nobody
    /// has dated it.
    pub confirmed_on: Option<NaiveDate>,
    /// A mark of what has changed since it was confirmed.
    pub changed: Option<String>,
    /// When the batteries were checked last.
    pub battery_on: Option<NaiveDate>,
}

/// A check of the batteries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBatteryCheck {
    /// Its id.
    pub id: Uuid,
    /// On which day.
    pub on: NaiveDate,
    /// By whom.
    pub by: CheckedBy,
    /// Who wrote it down.
    pub recorded_by: Option<String>,
}

#[derive(FromRow)]
struct DaysRow {
    id: Uuid,
    confirmed_on: Option<String>,
    changed: Option<String>,
    battery_on: Option<String>,
}

impl Tx {
    /// What these duties are counted from: of a child, or of all whose due days are not
    /// what they should be. Of whom nothing is to be told (the child has died, the case
    /// has ended) there is nothing.
    pub async fn plan_days(&mut self, case: Option<CaseId>) -> Result<Vec<PlanDays>, StoreError> {
        let rows: Vec<DaysRow> = run!(self, |conn| {
            sqlx::query_as(
                "with counted as (
                     select c.id,
                         (select max(x.on_day) from (
                             select k.confirmed_on as on_day from plan_confirmation k
                             where k.case_id = c.id
                             union all
                             select v.dated from plan_version v
                             where v.case_id = c.id and v.until_at is null
                         ) x) as confirmed_on,
                         (select d.changed from derived_check d where d.case_id = c.id) as changed,
                         (select max(b.checked_on) from battery_check b
                          where b.case_id = c.id and b.undone_at is null) as battery_on,
                         (select max(t.cycle) from duty_term t where t.case_id = c.id
                          and t.duty = 'confirm_plan' and t.ended_on is null) as confirm_cycle,
                         (select max(t.cycle) from duty_term t where t.case_id = c.id
                          and t.duty = 'battery_check' and t.ended_on is null) as battery_cycle,
                         (select max(t.about) from duty_term t where t.case_id = c.id
                          and t.duty = 'changed_finding' and t.ended_on is null) as told
                     from child_case c
                     where c.ended_on is null and ($1 is null or c.id = $1)
                       and not exists (select 1 from loan_file f
                           where f.case_id = c.id and f.state = 'stopped')
                       and not exists (select 1 from loan l
                           where l.case_id = c.id and l.ended_why = 'stopped')
                 )
                 select id, confirmed_on, changed, battery_on from counted
                 where $1 is not null
                    or coalesce(confirmed_on, '') <> coalesce(confirm_cycle, '')
                    or coalesce(battery_on, '') <> coalesce(battery_cycle, '')
                    or coalesce('changed ' || changed, '') <> coalesce(told, '')
                 order by id",
            )
            .bind(case.map(|case| case.0))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                let confirmed = row.confirmed_on.as_deref();
                let battery = row.battery_on.as_deref();
                Ok(PlanDays {
                    case: CaseId(row.id),
                    confirmed_on: from_day(confirmed, "plan_confirmation", "confirmed_on")?,
                    changed: row.changed,
                    battery_on: from_day(battery, "battery_check", "checked_on")?,
                })
            })
            .collect()
    }

    /// Puts a check of the batteries on record.
    pub async fn add_battery_check(
        &mut self,
        id: Uuid,
        case: CaseId,
        (on, whose): (NaiveDate, CheckedBy),
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into battery_check (id, case_id, checked_on, checked_by, recorded_at,
                     recorded_by) values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(id)
            .bind(case.0)
            .bind(on.to_string())
            .bind(whose.code())
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Strikes a check of the batteries out; `false`: it is none of this child's, or was
    /// struck out.
    pub async fn strike_battery_check(
        &mut self,
        (check, case): (Uuid, CaseId),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update battery_check set undone_at = $3
                 where id = $1 and case_id = $2 and undone_at is null",
            )
            .bind(check)
            .bind(case.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// The checks of the batteries of a child that count, the latest first.
    pub async fn battery_checks(
        &mut self,
        case: CaseId,
    ) -> Result<Vec<StoredBatteryCheck>, StoreError> {
        let rows: Vec<(Uuid, String, String, Option<String>)> = run!(self, |conn| {
            sqlx::query_as(
                "select b.id, b.checked_on, b.checked_by, a.name
                 from battery_check b left join account a on a.id = b.recorded_by
                 where b.case_id = $1 and b.undone_at is null
                 order by b.checked_on desc, b.recorded_at desc, b.id desc",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let corrupt = |column| StoreError::Corrupt {
            table: "battery_check",
            column,
        };
        rows.into_iter()
            .map(|(id, on, by, recorded_by)| {
                Ok(StoredBatteryCheck {
                    id,
                    on: on.parse().map_err(|_| corrupt("checked_on"))?,
                    by: CheckedBy::from_code(&by).ok_or(corrupt("checked_by"))?,
                    recorded_by,
                })
            })
            .collect()
    }
}
