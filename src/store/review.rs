//! Confirmations of plans and drills: what says how fresh a plan is.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    StoreError, Tx, access::visible, by_engine, from_json, reminders::id_list, run, to_json,
    to_millis,
};
use crate::domain::{
    access::{Moment, Reader},
    id::{CaseId, CaseNumber, UserId},
    plan::review::{Baseline, Confirmation},
};

/// What was done for a plan's freshness, for its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewLine {
    /// `true`: the plan was confirmed; `false`: a drill was held.
    pub confirmed: bool,
    /// On which day.
    pub on: NaiveDate,
    /// Who wrote it down.
    pub by: String,
}

impl Tx {
    /// The last confirmation of the plan of a case that was read through its reader.
    pub async fn last_confirmation(
        &mut self,
        case: CaseId,
    ) -> Result<Option<Confirmation>, StoreError> {
        Ok(self.last_confirmations(&[case]).await?.remove(&case))
    }

    /// The last confirmations of the plans of such cases.
    pub async fn last_confirmations(
        &mut self,
        cases: &[CaseId],
    ) -> Result<HashMap<CaseId, Confirmation>, StoreError> {
        macro_rules! last {
            ($ids:literal) => {
                concat!(
                    "select p.case_id, p.confirmed_on, p.baseline from (select case_id, \
                     confirmed_on, baseline, row_number() over (partition by case_id order by \
                     confirmed_on desc, recorded_at desc, id desc) as place \
                     from plan_confirmation where case_id in (",
                    $ids,
                    ")) as p where p.place = 1"
                )
            };
        }
        let text = by_engine!(
            self,
            sqlite: last!("select unhex(value) from json_each($1)"),
            postgres: last!("select cast(v.value as uuid)
                from json_array_elements_text(cast($1 as json)) as v")
        );
        let ids: Vec<Uuid> = cases.iter().map(|case| case.0).collect();
        let rows: Vec<(Uuid, String, Option<String>)> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(id_list(&ids))
                .fetch_all(conn)
                .await?
        });
        rows.into_iter()
            .map(|(case, on, baseline)| {
                let baseline = baseline
                    .map(|text| from_json::<Baseline>(&text, "plan_confirmation", "baseline"))
                    .transpose()?;
                let on = day(&on)?;
                Ok((CaseId(case), Confirmation { on, baseline }))
            })
            .collect()
    }

    /// Puts a confirmation on record. What earlier ones were compared with is
    /// of no more use and goes.
    pub async fn add_confirmation(
        &mut self,
        id: Uuid,
        (case, version): (CaseId, u32),
        on: NaiveDate,
        baseline: &Baseline,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update plan_confirmation set baseline = null where case_id = $1")
                .bind(case.0)
                .execute(conn)
                .await?;
        });
        run!(self, |conn| {
            sqlx::query(
                "insert into plan_confirmation (id, case_id, version, confirmed_on, baseline,
                     recorded_at, recorded_by)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(id)
            .bind(case.0)
            .bind(i64::from(version))
            .bind(on.to_string())
            .bind(to_json(baseline))
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The last ten confirmations and drills of a case that stand, the latest first.
    pub async fn reviews(
        &mut self,
        reader: &Reader,
        at: Moment,
        number: &CaseNumber,
    ) -> Result<Vec<ReviewLine>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<(String, i64, String)> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select r.on_day, r.confirmed, a.name from (
                     select case_id, confirmed_on as on_day, recorded_at, recorded_by,
                         cast(1 as bigint) as confirmed from plan_confirmation
                     union all
                     select case_id, held_on, recorded_at, recorded_by,
                         cast(0 as bigint) from plan_drill where undone_at is null
                 ) r join child_case c on c.id = r.case_id join account a on a.id = r.recorded_by
                 where c.number = $5 and ",
                visible!(content),
                " order by r.on_day desc, r.recorded_at desc, r.confirmed limit 10"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(number.as_str())
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(on, confirmed, by)| {
                Ok(ReviewLine {
                    confirmed: confirmed == 1,
                    on: day(&on)?,
                    by,
                })
            })
            .collect()
    }
}

fn day(text: &str) -> Result<NaiveDate, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt {
        table: "plan_confirmation",
        column: "confirmed_on",
    })
}
