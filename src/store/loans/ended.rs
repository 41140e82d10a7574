//! Files that are over.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    super::{StoreError, Tx, access::visible, from_day, run, to_millis},
    duties::number,
};
use crate::domain::{
    access::{Moment, Reader},
    ending::EndReason,
    id::{CaseId, CaseNumber, LoanFileId},
    loan::LoanState,
};

/// A file that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The child's number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// Where it stands.
    pub state: LoanState,
    /// Since when.
    pub on: NaiveDate,
}

type Row = (String, Option<String>, String, String);

fn closed(on: &str) -> Result<NaiveDate, StoreError> {
    let (table, column) = ("loan_file", "closed_on");
    from_day(Some(on), table, column)?.ok_or(StoreError::Corrupt { table, column })
}

fn read((text, name, state, on): Row) -> Result<Ended, StoreError> {
    let corrupt = StoreError::Corrupt {
        table: "loan_file",
        column: "state",
    };
    Ok(Ended {
        number: number(&text)?,
        name,
        state: LoanState::from_code(&state).ok_or(corrupt)?,
        on: closed(&on)?,
    })
}

/// A file that is over, to be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileToErase {
    /// Its id.
    pub id: LoanFileId,
    /// The child.
    pub case: CaseId,
    /// The child's number.
    pub number: CaseNumber,
    /// When it ended.
    pub on: NaiveDate,
}

/// What is blanked with a file: words and pictures. Days, decisions and counts stay.
const WORDS_OF_FILE: [&str; 10] = [
    "update loan_step set note = null, undone_why = null where file_id = $1",
    "update unit_event set note = null where loan_id in (select id from loan where file_id = $1)",
    // A check stays one that can be read: on which day, and nothing that was found.
    "update annual_check set body = '{\"held_on\":\"' || held_on || '\",\"way\":\"visit\",\"usage\":\"unknown\",\"condition\":\"unknown\",\"eligible\":\"unknown\"}',
         undone_why = null where loan_id in (select id from loan where file_id = $1)",
    "update check_photo set whole = null, small = null, removed_why = null
     where check_id in (select k.id from annual_check k
             join loan l on l.id = k.loan_id where l.file_id = $1)
         or report_id in (select r.id from family_check r
             join loan l on l.id = r.loan_id where l.file_id = $1)",
    "update staff_task set note = null, detail = null where id in (select r.task_id
         from family_check r join loan l on l.id = r.loan_id where l.file_id = $1)",
    "update family_check set body = null where loan_id in
         (select id from loan where file_id = $1)",
    "update loan set hand_over = null where file_id = $1",
    "update loan_extension set reason = null where loan_id in
         (select id from loan where file_id = $1)",
    "update plan_application set note = null, undone_why = null where loan_id in
         (select id from loan where file_id = $1)",
    "delete from check_day where loan_id in (select id from loan where file_id = $1)",
];

impl Tx {
    /// The files that were closed on a day or later and after which none was opened, the
    /// latest first, as far as the reader may read them.
    pub async fn files_ended(
        &mut self,
        reader: &Reader,
        at: Moment,
        from: NaiveDate,
    ) -> Result<Vec<Ended>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.number, c.name, f.state, f.closed_on from loan_file f
                 join child_case c on c.id = f.case_id
                 where f.closed_on >= $5 and f.id = (select o.id from loan_file o
                     where o.case_id = f.case_id
                     order by o.closed_on is null desc, o.opened_at desc, o.id desc limit 1)
                 and ",
                visible!(file),
                " order by f.closed_on desc, c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .bind(from.to_string())
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(read).collect()
    }

    /// The files that are over and not erased, in cases that go on, whoever asks: for
    /// the operator's erasure, which names them by their numbers.
    pub async fn files_to_erase(&mut self) -> Result<Vec<FileToErase>, StoreError> {
        let rows: Vec<(Uuid, Uuid, String, String)> = run!(self, |conn| {
            sqlx::query_as(
                "select f.id, f.case_id, c.number, f.closed_on from loan_file f
                 join child_case c on c.id = f.case_id
                 where f.closed_on is not null and c.ended_on is null and c.erased_at is null
                   and f.erased_at is null order by c.number, f.id",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(id, case, text, on)| {
                Ok(FileToErase {
                    id: LoanFileId(id),
                    case: CaseId(case),
                    number: number(&text)?,
                    on: closed(&on)?,
                })
            })
            .collect()
    }

    /// Blanks what the centre wrote down of a file that is over; `false`: it is open.
    pub async fn erase_loan_file(
        &mut self,
        file: LoanFileId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update loan_file set applicant = '{}', facts = '{}', granted_minutes = null,
                     erased_at = $2
                 where id = $1 and closed_on is not null and erased_at is null",
            )
            .bind(file.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        if rows == 0 {
            return Ok(false);
        }
        for text in WORDS_OF_FILE {
            run!(self, |conn| {
                sqlx::query(text).bind(file.0).execute(conn).await?;
            });
        }
        Ok(true)
    }

    /// Ends the case of a child whom the centre alone knew and whose every file is
    /// erased; `false`: somebody has it still.
    pub async fn end_forgotten(
        &mut self,
        case: CaseId,
        (on, why): (NaiveDate, EndReason),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update child_case set ended_on = $2, ended_why = $3, revision = revision + 1
                 where id = $1 and ended_on is null and erased_at is null
                   and not exists (select 1 from home h where h.case_id = $1)
                   and not exists (select 1 from plan_version v where v.case_id = $1)
                   and not exists (select 1 from loan l
                       where l.case_id = $1 and l.ended_on is null)
                   and not exists (select 1 from loan_file f
                       where f.case_id = $1 and f.erased_at is null)",
            )
            .bind(case.0)
            .bind(on.to_string())
            .bind(why.code())
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }
}
