//! What happened in the programme, for its report: what, when and where, and
//! nobody in particular.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::super::{StoreError, Tx, from_day, from_json, run};
use crate::domain::{
    access::Reader,
    loan::Applicant,
    loan_report::{Happened, Measure},
    municipality::MunicipalityCode,
};

/// What, whose, when.
type Event = (String, Uuid, String);

/// A home: whose, where, from when, until when.
type Home = (Uuid, String, String, Option<String>);

impl Tx {
    /// Everything that the report counts, each with the municipality where the child
    /// lived on that day. For the centre and the prefecture alone.
    ///
    /// A file counts once as an application, on its first day; a loan by the day of
    /// its hand-over, emergency loans aside; a plan by the day of its first version,
    /// of children of the programme; a check when it is not open any more; a return
    /// when the unit came back at its end (an exchange is none). What was taken back
    /// as a mistake counts nowhere.
    pub async fn loan_events(&mut self, reader: &Reader) -> Result<Vec<Happened>, StoreError> {
        let subject = reader.subject();
        let events: Vec<Event> = run!(self, |conn| {
            sqlx::query_as(
                "select * from (
                 select 'applications' as what, case_id, applied_on as on_day from loan_file
                     where applied_on is not null
                 union all
                 select 'loans', case_id, started_on from loan where kind = 'programme'
                     and coalesce(ended_why, '') <> 'mistake'
                 union all
                 select distinct 'plans_applied_for', case_id, applied_on from plan_application
                     where undone_at is null
                        and (exists (select 1 from loan l
                                where l.case_id = plan_application.case_id)
                            or exists (select 1 from loan_file f
                                where f.case_id = plan_application.case_id))
                 union all
                 select 'plans_made', v.case_id, coalesce(v.dated, 'at:' || v.created_at)
                     from plan_version v
                     where v.version = 1 and (exists (select 1 from loan l
                             where l.case_id = v.case_id and l.kind = 'programme'
                                 and coalesce(l.ended_why, '') <> 'mistake')
                         or exists (select 1 from loan_file f where f.case_id = v.case_id))
                 union all
                 select 'checks', l.case_id, k.held_on from annual_check k
                     join loan l on l.id = k.loan_id
                     where k.outcome <> 'open' and k.undone_at is null
                 union all
                 select 'checks_failed', l.case_id, k.held_on from annual_check k
                     join loan l on l.id = k.loan_id
                     where k.outcome in ('exchange', 'return') and k.undone_at is null
                 union all
                 select 'returns', case_id, ended_on from loan
                     where kind = 'programme' and ended_on is not null
                         and ended_why in ('returned', 'ended_early')
                 ) e where $1 in ('centre', 'prefecture', 'operator')",
            )
            .bind(subject.kind)
            .fetch_all(conn)
            .await?
        });
        let homes: Vec<Home> = run!(self, |conn| {
            sqlx::query_as(
                "select h.case_id, h.municipality, h.from_day, h.until_day from home h
                 where exists (select 1 from loan l where l.case_id = h.case_id)
                    or exists (select 1 from loan_file f where f.case_id = h.case_id)
                 order by h.case_id, h.from_day, h.recorded_at",
            )
            .fetch_all(conn)
            .await?
        });
        let applicants: Vec<(Uuid, String)> = run!(self, |conn| {
            sqlx::query_as("select case_id, applicant from loan_file order by opened_at, id")
                .fetch_all(conn)
                .await?
        });
        let mut of_case: BTreeMap<Uuid, Vec<&Home>> = BTreeMap::new();
        for home in &homes {
            of_case.entry(home.0).or_default().push(home);
        }
        let mut applied = BTreeMap::new();
        for (case, text) in &applicants {
            let applicant: Applicant = from_json(text, "loan_file", "applicant")?;
            if let Some(code) = applicant.municipality {
                applied.insert(*case, code.responsible());
            }
        }
        events
            .iter()
            .map(|(what, case, day)| {
                let on = on_day(day)?;
                let homes = of_case.get(case).map_or(&[][..], Vec::as_slice);
                Ok(Happened {
                    what: Measure::from_code(what).ok_or(CORRUPT)?,
                    municipality: lived(homes, on)?.or_else(|| applied.get(case).copied()),
                    on,
                })
            })
            .collect()
    }
}

const CORRUPT: StoreError = StoreError::Corrupt {
    table: "loan",
    column: "started_on",
};

/// A day, or the instant of a plan that has no date, in Japan.
fn on_day(text: &str) -> Result<NaiveDate, StoreError> {
    let Some(millis) = text.strip_prefix("at:") else {
        return from_day(Some(text), "loan", "started_on")?.ok_or(CORRUPT);
    };
    let millis = millis.parse().map_err(|_| CORRUPT)?;
    let at = super::super::from_millis(millis, "plan_version", "created_at")?;
    Ok((at + chrono::TimeDelta::hours(9)).date_naive())
}

/// Where a child lived on a day: the home of that day; of a day before the first
/// one on record, that first one. Days are written so that they compare as texts.
fn lived(homes: &[&Home], on: NaiveDate) -> Result<Option<MunicipalityCode>, StoreError> {
    let day = on.to_string();
    let then = homes.iter().rev().find(|(_, _, from, until)| {
        *from <= day && until.as_ref().is_none_or(|until| *until >= day)
    });
    let home = then.or_else(|| homes.first().filter(|(_, _, from, _)| *from > day));
    home.map(|(_, code, ..)| MunicipalityCode::parse(code).map(MunicipalityCode::responsible))
        .transpose()
        .map_err(|_| StoreError::Corrupt {
            table: "home",
            column: "municipality",
        })
}
