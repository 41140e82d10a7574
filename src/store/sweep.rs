//! What goes by its age alone, and files that do not hold what was erased.

use chrono::{DateTime, Utc};
use sqlx::Executor;
use uuid::Uuid;

use super::{Pools, Store, StoreError, Tx, from_millis, run, to_json, to_millis};

/// Rows that nothing but time decides about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swept {
    /// Reports of imports, of which the counts stay.
    Imports,
    /// Sessions that are over.
    Sessions,
    /// Sign-in links that are over.
    Links,
    /// Forms that were sent.
    Forms,
    /// Messages of mails that failed or are held.
    Mails,
}

impl Tx {
    /// How many rows are older than a moment, and the oldest of them.
    pub async fn to_sweep(
        &mut self,
        what: Swept,
        before: DateTime<Utc>,
    ) -> Result<(u64, Option<DateTime<Utc>>), StoreError> {
        let text = match what {
            Swept::Imports => {
                "select count(*), min(finished_at) from import_run
                 where finished_at < $1 and erased_at is null"
            }
            Swept::Sessions => {
                "select count(*), min(coalesce(ended_at, expires_at)) from session
                 where coalesce(ended_at, expires_at) < $1"
            }
            Swept::Links => {
                "select count(*), min(coalesce(used_at, expires_at)) from sign_in_link
                 where coalesce(used_at, expires_at) < $1"
            }
            Swept::Forms => "select count(*), min(at) from once where at < $1",
            Swept::Mails => {
                "select count(*), min(closed_at) from outbox
                 where state in ('failed', 'held') and message is not null and closed_at < $1"
            }
        };
        let (count, oldest): (i64, Option<i64>) = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(to_millis(before))
                .fetch_one(conn)
                .await?
        });
        let oldest = oldest
            .map(|at| from_millis(at, "import_run", "finished_at"))
            .transpose()?;
        Ok((count.cast_unsigned(), oldest))
    }

    /// Forgets rows that are older than a moment; answers how many. Of reports
    /// see [`Tx::blank_imports`].
    pub async fn sweep(&mut self, what: Swept, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let text = match what {
            Swept::Imports => return self.blank_imports(before, None, before).await,
            Swept::Sessions => "delete from session where coalesce(ended_at, expires_at) < $1",
            Swept::Links => "delete from sign_in_link where coalesce(used_at, expires_at) < $1",
            Swept::Forms => "delete from once where at < $1",
            // That there was a mail, and what became of it, stays.
            Swept::Mails => {
                "update outbox set message = null
                 where state in ('failed', 'held') and message is not null and closed_at < $1"
            }
        };
        Ok(run!(self, |conn| {
            sqlx::query(text)
                .bind(to_millis(before))
                .execute(conn)
                .await?
                .rows_affected()
        }))
    }

    /// Leaves of the reports of imports that finished before a moment their
    /// counts: what they quote of a row, and the names of files, are gone. `what`
    /// names one kind of import.
    pub async fn blank_imports(
        &mut self,
        before: DateTime<Utc>,
        what: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let rows: Vec<(Uuid, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select id, report from import_run
                 where finished_at < $1 and erased_at is null and ($2 is null or what = $2)",
            )
            .bind(to_millis(before))
            .bind(what)
            .fetch_all(conn)
            .await?
        });
        for (id, report) in &rows {
            let report = only_counts(report);
            run!(self, |conn| {
                sqlx::query(
                    "update import_run set report = $2, file = '', rows_of = null, erased_at = $3
                     where id = $1",
                )
                .bind(id)
                .bind(&report)
                .bind(to_millis(now))
                .execute(conn)
                .await?;
            });
        }
        // A row of a ledger that waits for an answer is a part of its report.
        if what != Some("families") {
            self.forget_ledger_questions(before).await?;
        }
        Ok(rows.len() as u64)
    }
}

/// The numbers of a report.
fn only_counts(report: &str) -> String {
    let tree: serde_json::Value = serde_json::from_str(report).unwrap_or_default();
    let counts: serde_json::Map<_, _> = tree
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| value.is_number())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    to_json(&counts)
}

/// The tables from which something is erased.
const ERASED_FROM: &str = "account, annual_check, calendar_feed, case_equipment, check_day, check_photo, child_case, consent_answer, correction_request, derived_basis, derived_check, drill_task, duty_suspension, \
    emergency_access, emergency_decision, family_answer, family_call, family_check, hand_message, home, home_position, import_run, ledger_child, link_request, loan, loan_duty, loan_extension, loan_file, loan_step, mail_contact, municipal_answer, night_answer, night_binder, night_facts, once, outbox, \
    plan_application, plan_confirmation, plan_course, plan_defect, plan_destination, plan_draft, plan_drill, plan_gap, plan_given, plan_override, plan_paper, plan_supporter, plan_version, proposed_move, recovery_code, session, \
    sign_in_link, staff_task, supporter_state, temporary_stay, unit_event";

impl Store {
    /// Makes the files of the database not hold what was erased. SQLite: the file
    /// is written anew and its log emptied. PostgreSQL: the tables are written
    /// anew; what its log and its backups hold is beyond us. `false`: somebody was
    /// using the database, and it is to be done again.
    pub async fn scrub(&self) -> Result<bool, StoreError> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => {
                let mut conn = writer.acquire().await?;
                conn.execute("vacuum").await?;
                let (busy, _, _): (i64, i64, i64) =
                    sqlx::query_as("pragma wal_checkpoint(truncate)")
                        .fetch_one(&mut *conn)
                        .await?;
                Ok(busy == 0)
            }
            Pools::Postgres(pool) => {
                let mut conn = pool.acquire().await?;
                conn.execute("set lock_timeout = '10s'").await?;
                let text = format!("vacuum (full) {ERASED_FROM}");
                let done = conn.execute(sqlx::AssertSqlSafe(text)).await;
                conn.execute("reset lock_timeout").await?;
                match done {
                    Ok(_) => Ok(true),
                    // 55P03: somebody holds a lock for longer than we wait.
                    Err(sqlx::Error::Database(error))
                        if error.code().as_deref() == Some("55P03") =>
                    {
                        Ok(false)
                    }
                    Err(error) => Err(error.into()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_report_its_numbers_stay() {
        let report = r#"{"file":"灯.csv","read":3,"rejected":[{"row":1,"reason":"灯"}],"added":2}"#;
        assert_eq!(only_counts(report), r#"{"added":2,"read":3}"#);
        assert_eq!(only_counts("no JSON"), "{}");
    }
}
