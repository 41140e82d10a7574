//! What families write down for the yearly check, and its photos until a check has
//! them.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    LoanHand as Hand, PhotoSize, StoreError, Tx, from_json, from_millis, run, to_json, to_millis,
};
use crate::domain::{
    duty::TaskKind,
    family_check::FamilyCheck,
    id::{CaseId, LoanId, UnitId, UserId},
    loan::AnnualCheck,
};

/// A report of a family that is put on record.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFamilyCheck {
    /// Its id.
    pub id: Uuid,
    /// The child.
    pub case: CaseId,
    /// The loan, and the unit that is lent.
    pub loan: (LoanId, Option<UnitId>),
    /// What the centre has to do about it.
    pub task: Uuid,
    /// What was said.
    pub said: FamilyCheck,
}

/// A report of a family.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredFamilyCheck {
    /// Its id.
    pub id: Uuid,
    /// The loan.
    pub loan: LoanId,
    /// The unit that was lent when it was written.
    pub unit: Option<UnitId>,
    /// What was said last.
    pub said: FamilyCheck,
    /// How often it was written.
    pub revision: i64,
    /// What the centre has to do about it.
    pub task: Uuid,
    /// When it was written last.
    pub at: DateTime<Utc>,
    /// What became of it.
    pub became: Became,
    /// Its photos that are there, in the order in which they came.
    pub photos: Vec<Uuid>,
}

/// What became of a family's report.
#[derive(Debug, Clone, PartialEq)]
pub enum Became {
    /// The centre has not judged it yet: it can be written anew, and taken back.
    Open,
    /// The family took it back.
    TakenBack,
    /// The centre has recorded this check.
    Recorded(Box<AnnualCheck>),
    /// The centre set it aside: it telephones, or did.
    SetAside,
    /// There is nothing to be judged any more.
    Over,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    loan_id: Uuid,
    unit_id: Option<Uuid>,
    body: Option<String>,
    revision: i64,
    task_id: Uuid,
    said_at: i64,
    taken_back_at: Option<i64>,
    found: Option<String>,
    closed_at: Option<i64>,
    closed_by: Option<Uuid>,
}

impl Row {
    fn read(self) -> Result<StoredFamilyCheck, StoreError> {
        let became = match (self.taken_back_at, self.found, self.closed_at) {
            (Some(_), ..) => Became::TakenBack,
            (None, Some(found), _) => {
                Became::Recorded(Box::new(from_json(&found, "annual_check", "body")?))
            }
            (None, None, None) => Became::Open,
            (None, None, Some(_)) if self.closed_by.is_some() => Became::SetAside,
            (None, None, Some(_)) => Became::Over,
        };
        let said = self.body.as_deref();
        let said = said.map(|body| from_json(body, "family_check", "body"));
        Ok(StoredFamilyCheck {
            id: self.id,
            loan: LoanId(self.loan_id),
            unit: self.unit_id.map(UnitId),
            said: said.transpose()?.unwrap_or_default(),
            revision: self.revision,
            task: self.task_id,
            at: from_millis(self.said_at, "family_check", "said_at")?,
            became,
            photos: Vec::new(),
        })
    }
}

impl Tx {
    /// Puts a family's report on record.
    pub async fn add_family_check(
        &mut self,
        new: &NewFamilyCheck,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into family_check (id, case_id, loan_id, unit_id, body, revision, task_id,
                     said_at, said_by)
                 values ($1, $2, $3, $4, $5, 1, $6, $7, $8)",
            )
            .bind(new.id)
            .bind(new.case.0)
            .bind(new.loan.0.0)
            .bind(new.loan.1.map(|unit| unit.0))
            .bind(to_json(&new.said))
            .bind(new.task)
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Writes a family's report anew, and what its task says of it; `false`: it is not
    /// there, or was written anew meanwhile.
    pub async fn rewrite_family_check(
        &mut self,
        former: &StoredFamilyCheck,
        (unit, said): (Option<UnitId>, &FamilyCheck),
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update family_check set unit_id = $3, body = $4, revision = revision + 1,
                     said_at = $5, said_by = $6
                 where id = $1 and revision = $2 and taken_back_at is null and check_id is null",
            )
            .bind(former.id)
            .bind(former.revision)
            .bind(unit.map(|unit| unit.0))
            .bind(to_json(said))
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?
            .rows_affected()
        });
        if rows == 1 {
            run!(self, |conn| {
                sqlx::query("update staff_task set detail = $2 where id = $1")
                    .bind(former.task)
                    .bind(said.stands_out())
                    .execute(conn)
                    .await?;
            });
        }
        Ok(rows == 1)
    }

    /// The reports of the family of a child that was read through its reader, the
    /// latest first.
    pub async fn family_checks(
        &mut self,
        case: CaseId,
        most: i64,
    ) -> Result<Vec<StoredFamilyCheck>, StoreError> {
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select f.id, f.loan_id, f.unit_id, f.body, f.revision, f.task_id, f.said_at,
                     f.taken_back_at, k.body as found, s.closed_at, s.closed_by
                 from family_check f join staff_task s on s.id = f.task_id
                 left join annual_check k on k.id = f.check_id and k.undone_at is null
                 where f.case_id = $1 order by f.said_at desc, f.id desc limit $2",
            )
            .bind(case.0)
            .bind(most)
            .fetch_all(conn)
            .await?
        });
        let photos: Vec<(Uuid, Uuid)> = run!(self, |conn| {
            sqlx::query_as(
                "select p.report_id, p.id from check_photo p
                 join family_check f on f.id = p.report_id
                 where f.case_id = $1 and p.removed_at is null order by p.added_at, p.id",
            )
            .bind(case.0)
            .fetch_all(conn)
            .await?
        });
        let rows = rows.into_iter().map(|row| {
            let mut stored = row.read()?;
            let own = photos.iter().filter(|(report, _)| *report == stored.id);
            stored.photos = own.map(|(_, photo)| *photo).collect();
            Ok(stored)
        });
        rows.collect()
    }

    /// The report on a loan that the centre has not judged yet, of a child that was
    /// read through its reader.
    pub async fn open_family_check(
        &mut self,
        (case, loan): (CaseId, LoanId),
    ) -> Result<Option<StoredFamilyCheck>, StoreError> {
        let all = self.family_checks(case, 100).await?.into_iter();
        let mut open = all.filter(|one| one.loan == loan && one.became == Became::Open);
        Ok(open.next())
    }

    /// Blanks a report that its family takes back, with its photos, and closes its task.
    pub async fn take_back_family_check(
        &mut self,
        report: &StoredFamilyCheck,
        why: &str,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update family_check set body = null, taken_back_at = $2 where id = $1")
                .bind(report.id)
                .bind(to_millis(now))
                .execute(conn)
                .await?;
        });
        run!(self, |conn| {
            sqlx::query(
                "update staff_task set detail = null, closed_at = $2
                 where id = $1 and closed_at is null",
            )
            .bind(report.task)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        let photos = (report.id, report.photos.as_slice());
        self.remove_report_photos(photos, why, (by, now)).await
    }

    /// Adds a photo, whole and small, to a report.
    pub async fn add_report_photo(
        &mut self,
        (id, report): (Uuid, Uuid),
        (whole, small): (&[u8], &[u8]),
        (by, now): Hand,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into check_photo (id, report_id, whole, small, added_at, added_by)
                 values ($1, $2, $3, $4, $5, $6)",
            )
            .bind(id)
            .bind(report)
            .bind(whole)
            .bind(small)
            .bind(to_millis(now))
            .bind(by.map(|by| by.0))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Blanks photos of a report that no check has.
    pub async fn remove_report_photos(
        &mut self,
        (report, photos): (Uuid, &[Uuid]),
        why: &str,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        for photo in photos {
            run!(self, |conn| {
                sqlx::query(
                    "update check_photo set whole = null, small = null, removed_at = $3,
                         removed_by = $4, removed_why = $5
                     where id = $1 and report_id = $2 and check_id is null
                       and removed_at is null",
                )
                .bind(photo)
                .bind(report)
                .bind(to_millis(now))
                .bind(by.0)
                .bind(why)
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    /// The bytes of a photo of a report of a child that was read through its reader,
    /// as long as no check has it.
    pub async fn report_photo(
        &mut self,
        (case, photo): (CaseId, Uuid),
        size: PhotoSize,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let text = match size {
            PhotoSize::Whole => {
                "select p.whole from check_photo p join family_check f on f.id = p.report_id
                 where p.id = $1 and f.case_id = $2 and p.check_id is null"
            }
            PhotoSize::Small => {
                "select p.small from check_photo p join family_check f on f.id = p.report_id
                 where p.id = $1 and f.case_id = $2 and p.check_id is null"
            }
        };
        let found: Option<Option<Vec<u8>>> = run!(self, |conn| {
            sqlx::query_scalar(text)
                .bind(photo)
                .bind(case.0)
                .fetch_optional(conn)
                .await?
        });
        Ok(found.flatten())
    }

    /// Closes a report with the check that was recorded from it: its photos are those
    /// of the check, and its task is done.
    pub async fn record_family_check(
        &mut self,
        report: &StoredFamilyCheck,
        check: Uuid,
        (by, now): (UserId, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("update family_check set check_id = $2 where id = $1")
                .bind(report.id)
                .bind(check)
                .execute(conn)
                .await?;
        });
        run!(self, |conn| {
            sqlx::query(
                "update check_photo set check_id = $2
                 where report_id = $1 and check_id is null and removed_at is null",
            )
            .bind(report.id)
            .bind(check)
            .execute(conn)
            .await?;
        });
        run!(self, |conn| {
            sqlx::query(
                "update staff_task set closed_at = $2, closed_by = $3
                 where id = $1 and closed_at is null",
            )
            .bind(report.task)
            .bind(to_millis(now))
            .bind(by.0)
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Opens the report again from which a check was recorded that is struck out, with
    /// its photos and its task; where the family has written another one meanwhile, it
    /// stays with the check.
    pub async fn reopen_family_check(&mut self, check: Uuid) -> Result<(), StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update staff_task set closed_at = null, closed_by = null, note = null
                 where id = (select f.task_id from family_check f where f.check_id = $1)
                   and not exists (select 1 from staff_task o where o.closed_at is null
                       and o.kind = staff_task.kind and o.about = staff_task.about)",
            )
            .bind(check)
            .execute(conn)
            .await?
            .rows_affected()
        });
        if rows == 0 {
            return Ok(());
        }
        for text in [
            "update check_photo set check_id = null where check_id = $1 and report_id is not null",
            "update family_check set check_id = null where check_id = $1",
        ] {
            run!(self, |conn| {
                sqlx::query(text).bind(check).execute(conn).await?;
            });
        }
        Ok(())
    }

    /// Whether a family has written down its part of a check with which the centre has not
    /// dealt yet.
    pub async fn check_is_answered(&mut self, case: CaseId) -> Result<bool, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar(
                "select exists (select 1 from family_check r join staff_task s on s.id = r.task_id
                 where r.case_id = $1 and s.closed_at is null)",
            )
            .bind(case.0)
            .fetch_one(conn)
            .await?
        }))
    }

    /// Closes what the centre has to do about the report on a loan that is over.
    pub async fn drop_family_check(
        &mut self,
        loan: LoanId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update staff_task set closed_at = $3
                 where kind = $1 and about = $2 and closed_at is null",
            )
            .bind(TaskKind::FamilyCheck.code())
            .bind(loan.to_string())
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }
}
