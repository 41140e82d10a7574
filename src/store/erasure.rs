//! Erasure: personal columns and documents are blanked; ids, numbers, dates and
//! counts stay, with the moment of the erasure. Sessions, links and forms, which
//! nothing else names, go whole.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, from_day, from_millis, run, to_json, to_millis};
use crate::{
    domain::{
        id::{CaseId, CaseNumber, EmergencyId, HomeId, PlanVersionId, UserId},
        plan::document::{ChildItems, SCHEMA_VERSION},
        retention::CaseDates,
        text::search_form,
    },
    seal::sha256_hex,
};

/// A case that has ended and holds something that can be erased.
#[derive(Debug, Clone)]
pub struct CaseToErase {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// What decides when it is erased.
    pub dates: CaseDates,
    /// Versions of its plan that are not erased.
    pub versions: i64,
    /// Homes that are not erased.
    pub homes: i64,
    /// Requests for correction; they go with the plans.
    pub requests: i64,
}

/// Something of a case that goes on that can be erased.
#[derive(Debug, Clone)]
pub struct Left<T> {
    /// Its id.
    pub id: T,
    /// Of which case.
    pub case: CaseId,
    /// The case's number.
    pub number: CaseNumber,
    /// The day on which it was replaced or left.
    pub until: NaiveDate,
}

#[derive(FromRow)]
struct DueRow {
    id: Uuid,
    number: String,
    ended_on: Option<String>,
    lent: bool,
    lent_until: Option<String>,
    versions: i64,
    homes: i64,
    requests: i64,
}

fn number(text: &str) -> Result<CaseNumber, StoreError> {
    CaseNumber::parse(text).map_err(|_| StoreError::Corrupt {
        table: "child_case",
        column: "number",
    })
}

/// What stays of a plan's document: that there was one, of which case.
fn blank_document(number: &CaseNumber) -> String {
    to_json(&serde_json::json!({ "schema_version": SCHEMA_VERSION, "case": number }))
}

impl Tx {
    /// The cases that have ended and are not erased, whoever asks: for the
    /// operator's erasure, which names them by their numbers.
    pub async fn cases_to_erase(&mut self) -> Result<Vec<CaseToErase>, StoreError> {
        let rows: Vec<DueRow> = run!(self, |conn| {
            sqlx::query_as(
                "select c.id, c.number, c.ended_on,
                     exists (select 1 from loan l
                         where l.case_id = c.id and l.ended_on is null) as lent,
                     (select max(l.ended_on) from loan l where l.case_id = c.id
                         and coalesce(l.ended_why, '') <> 'mistake') as lent_until,
                     (select count(*) from plan_version v
                         where v.case_id = c.id and v.erased_at is null) as versions,
                     (select count(*) from home h
                         where h.case_id = c.id and h.erased_at is null) as homes,
                     (select count(*) from correction_request r
                         where r.case_id = c.id and r.proposed <> '') as requests
                 from child_case c where c.ended_on is not null and c.erased_at is null
                 order by c.number",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(CaseToErase {
                    id: CaseId(row.id),
                    number: number(&row.number)?,
                    dates: CaseDates {
                        ended_on: from_day(row.ended_on.as_deref(), "child_case", "ended_on")?,
                        loan_runs: row.lent,
                        loan_ended_on: from_day(row.lent_until.as_deref(), "loan", "ended_on")?,
                    },
                    versions: row.versions,
                    homes: row.homes,
                    requests: row.requests,
                })
            })
            .collect()
    }

    /// Versions that were replaced and are not erased, in cases that go on.
    pub async fn replaced_versions(&mut self) -> Result<Vec<Left<PlanVersionId>>, StoreError> {
        let rows: Vec<(Uuid, Uuid, String, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select v.id, c.id, c.number, v.until_at
                 from plan_version v join child_case c on c.id = v.case_id
                 where v.until_at is not null and v.erased_at is null and c.ended_on is null
                 order by c.number, v.version",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(id, case, text, until)| {
                Ok(Left {
                    id: PlanVersionId(id),
                    case: CaseId(case),
                    number: number(&text)?,
                    until: day_in_tokyo(until)?,
                })
            })
            .collect()
    }

    /// Homes that were left and are not erased, in cases that go on.
    pub async fn left_homes(&mut self) -> Result<Vec<Left<HomeId>>, StoreError> {
        let rows: Vec<(Uuid, Uuid, String, Option<String>)> = run!(self, |conn| {
            sqlx::query_as(
                "select h.id, c.id, c.number, h.until_day
                 from home h join child_case c on c.id = h.case_id
                 where h.until_day is not null and h.erased_at is null and c.ended_on is null
                 order by c.number, h.from_day",
            )
            .fetch_all(conn)
            .await?
        });
        let mut left = Vec::new();
        for (id, case, text, until) in rows {
            if let Some(until) = from_day(until.as_deref(), "home", "until_day")? {
                left.push(Left {
                    id: HomeId(id),
                    case: CaseId(case),
                    number: number(&text)?,
                    until,
                });
            }
        }
        Ok(left)
    }

    /// Accounts out of use whose name and address are still there, and since
    /// when.
    pub async fn accounts_out_of_use(&mut self) -> Result<Vec<(UserId, NaiveDate)>, StoreError> {
        let rows: Vec<(Uuid, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select id, disabled_at from account
                 where disabled_at is not null and erased_at is null order by id",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(id, at)| Ok((UserId(id), day_in_tokyo(at)?)))
            .collect()
    }

    /// Blanks one version of a plan and the rows beside it.
    pub async fn erase_version(
        &mut self,
        id: PlanVersionId,
        number: &CaseNumber,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let blank = blank_document(number);
        run!(self, |conn| {
            sqlx::query(
                "update plan_version set document = $2, sha256 = $3, basis = '{}', created_by = '',
                     until_at = coalesce(until_at, $4), erased_at = $4 where id = $1",
            )
            .bind(id.0)
            .bind(&blank)
            .bind(sha256_hex(blank.as_bytes()))
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        for text in [
            "update plan_destination set site_ref = null, name = null, hazards = null
             where version_id = $1",
            "update plan_supporter set name = null, contact = null where version_id = $1",
            "update plan_confirmation set baseline = null
             where (case_id, version) = (select v.case_id, v.version from plan_version v
                                         where v.id = $1)",
        ] {
            run!(self, |conn| {
                sqlx::query(text).bind(id.0).execute(conn).await?;
            });
        }
        Ok(())
    }

    /// Blanks where one home was; its municipality and its days stay.
    pub async fn erase_home(&mut self, id: HomeId, now: DateTime<Utc>) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update home set lat = null, lon = null, accuracy = null, floors = null,
                     room_floor = null, erased_at = $2 where id = $1",
            )
            .bind(id.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        run!(self, |conn| {
            sqlx::query(
                "update home_position set lat = null, lon = null, accuracy = null, place = null,
                     erased_at = $2 where home_id = $1",
            )
            .bind(id.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Blanks the plans, homes, supporters and requests of a case that has ended
    /// and has no loan that runs; `false`: it goes on, or something is lent.
    pub async fn erase_plans(
        &mut self,
        case: CaseId,
        number: &CaseNumber,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update child_case set has_plan = null, stuck_step = null, stuck_since = null,
                     battery_hours = null, pass_phrase = null, revision = revision + 1
                 where id = $1 and ended_on is not null and erased_at is null
                   and not exists (select 1 from loan l
                       where l.case_id = $1 and l.ended_on is null)",
            )
            .bind(case.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        if rows == 0 {
            return Ok(false);
        }
        let versions: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "select id from plan_version where case_id = $1 and erased_at is null",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        for id in versions {
            self.erase_version(PlanVersionId(id), number, now).await?;
        }
        let homes: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar("select id from home where case_id = $1 and erased_at is null")
                .bind(case.0)
                .fetch_all(conn)
                .await?
        });
        for id in homes {
            self.erase_home(HomeId(id), now).await?;
        }
        for text in [
            "update correction_request set proposed = '', answer = null where case_id = $1",
            "update proposed_move set home = '{}' where case_id = $1",
            "update temporary_stay set address = null where case_id = $1",
            "delete from supporter_state where case_id = $1",
            "update plan_confirmation set baseline = null where case_id = $1",
            "delete from derived_check where case_id = $1",
            "delete from derived_basis where case_id = $1",
            "update case_equipment set document = null where case_id = $1",
            "delete from night_facts where case_id = $1",
            "update plan_course set words = null, document = null where draft_id in
                 (select id from plan_draft where case_id = $1)",
            "update plan_defect set words = null where draft_id in
                 (select id from plan_draft where case_id = $1)",
            "update plan_draft set document = null where case_id = $1",
            "update plan_gap set who = null, interim = null, site = null where case_id = $1",
            "update plan_override set reason = null, site = null where case_id = $1",
            "update plan_given set name = null where case_id = $1",
            "update consent_answer set answer = null where case_id = $1",
            "update plan_drill set people = '[]', minutes = null, travel_by = null,
                 destination = null, tried = '[]', tried_other = null, undone_why = null
             where case_id = $1",
            "update drill_task set what = '', person = null, done_note = null where case_id = $1",
            "update plan_paper set holder = '', print_number = null where case_id = $1",
        ] {
            run!(self, |conn| {
                sqlx::query(text).bind(case.0).execute(conn).await?;
            });
        }
        Ok(true)
    }

    /// Blanks what is left of a case after [`Tx::erase_plans`]: the child's items
    /// and the accounts of its family; and who could see it, can no longer.
    pub async fn erase_case(
        &mut self,
        case: CaseId,
        number: &CaseNumber,
        now: DateTime<Utc>,
        today: NaiveDate,
    ) -> Result<(), StoreError> {
        // One of them may hold the child.
        self.forget_binders().await?;
        run!(self, |conn| {
            sqlx::query(
                "update child_case set child = $2, name = null, sort_key = null, search_key = $3,
                     revision = revision + 1, erased_at = $4
                 where id = $1",
            )
            .bind(case.0)
            .bind(to_json(&ChildItems::default()))
            .bind(search_form(number.as_str()))
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        run!(self, |conn| {
            sqlx::query(
                "update case_access set until_day = $2 where case_id = $1 and until_day is null",
            )
            .bind(case.0)
            .bind(today.to_string())
            .execute(conn)
            .await?;
        });
        for text in [
            "update loan_file set applicant = '{}', facts = '{}', granted_minutes = null
             where case_id = $1",
            "update loan_step set note = null, undone_why = null where file_id in
                 (select id from loan_file where case_id = $1)",
            "update unit_event set note = null where loan_id in
                 (select id from loan where case_id = $1)",
            "update annual_check set body = '{}', undone_why = null where loan_id in
                 (select id from loan where case_id = $1)",
            "update check_photo set whole = null, small = null, removed_why = null
             where check_id in (select k.id from annual_check k
                     join loan l on l.id = k.loan_id where l.case_id = $1)
                 or report_id in (select r.id from family_check r where r.case_id = $1)",
            "update family_check set body = null where case_id = $1",
            "update loan set hand_over = null where case_id = $1",
            "update loan_extension set reason = null where loan_id in
                 (select id from loan where case_id = $1)",
            "update plan_application set note = null, undone_why = null where case_id = $1",
            "update municipal_answer set words = null where case_id = $1",
            "delete from check_day where loan_id in (select id from loan where case_id = $1)",
            "delete from loan_duty where case_id = $1",
            "delete from ledger_child where case_id = $1",
            "update mail_contact set address = null, who = null where case_id = $1",
            "update outbox set subject = null, message = null, answer = null,
                 state = case when state in ('sent', 'void') then state else 'void' end
             where case_id = $1",
            "update staff_task set note = null, detail = null where case_id = $1",
            "update family_answer set words = null where case_id = $1",
            "update night_answer set words = null, whom = null, place = null, power = null,
                 hours_left = null, needs = '[]' where case_id = $1",
            "update duty_suspension set reason = null where case_id = $1",
            "update family_call set said = null where case_id = $1",
            // Of a message to several the text goes with the last of them.
            "update hand_message set subject = null, body = null, reason = null, note = null
             where id in (select t.message_id from hand_message_to t where t.case_id = $1)
               and not exists (select 1 from hand_message_to o join child_case c
                   on c.id = o.case_id
                   where o.message_id = hand_message.id and c.erased_at is null)",
        ] {
            run!(self, |conn| {
                sqlx::query(text).bind(case.0).execute(conn).await?;
            });
        }
        let family: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar("select id from account where case_id = $1 and erased_at is null")
                .bind(case.0)
                .fetch_all(conn)
                .await?
        });
        for id in family {
            self.erase_account(UserId(id), now).await?;
        }
        Ok(())
    }

    /// The emergency accesses that were over at a moment and whose reasons are not
    /// erased, with the day on which each was over in Japan.
    pub async fn emergencies_to_erase(
        &mut self,
        now: DateTime<Utc>,
    ) -> Result<Vec<(EmergencyId, NaiveDate)>, StoreError> {
        let rows: Vec<(Uuid, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select id, coalesce(closed_at, ends_at) from emergency_access
                 where coalesce(closed_at, ends_at) <= $1 and reason <> '' order by id",
            )
            .bind(to_millis(now))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(id, over)| Ok((EmergencyId(id), day_in_tokyo(over)?)))
            .collect()
    }

    /// Blanks why an emergency access was opened and extended; its event, its area
    /// and what was read under it stay.
    pub async fn erase_emergency(&mut self, id: EmergencyId) -> Result<(), StoreError> {
        for text in [
            "update emergency_access set reason = '' where id = $1",
            "update emergency_decision set reason = '' where emergency_id = $1",
        ] {
            run!(self, |conn| {
                sqlx::query(text).bind(id.0).execute(conn).await?;
            });
        }
        Ok(())
    }

    /// Takes an account out of use for good: its name and address are blank, its
    /// sessions and links are gone.
    pub async fn erase_account(
        &mut self,
        id: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update account set email = $2, name = '', password = null, totp = null,
                     totp_step = null, disabled_at = coalesce(disabled_at, $3), erased_at = $3 where id = $1",
            )
            .bind(id.0)
            .bind(format!("erased:{id}"))
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        for text in [
            "delete from session where account_id = $1",
            "delete from sign_in_link where account_id = $1",
            "delete from recovery_code where account_id = $1",
            "delete from calendar_feed where account_id = $1",
            "delete from link_request where account_id = $1",
        ] {
            run!(self, |conn| {
                sqlx::query(text).bind(id.0).execute(conn).await?;
            });
        }
        Ok(())
    }
}

/// The day of an instant in Japan, which is nine hours ahead all year.
fn day_in_tokyo(millis: i64) -> Result<NaiveDate, StoreError> {
    let at = from_millis(millis, "plan_version", "until_at")?;
    Ok((at + chrono::TimeDelta::hours(9)).date_naive())
}
