//! How families come in: their links, the codes that are told over the
//! telephone, and their wishes for a new link.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    LinkKind, StoreError, Tx, access::visible, by_engine, from_json, from_millis, run, to_json,
    to_millis,
};
use crate::domain::{
    access::{Moment, Reader, Role},
    id::{CaseId, CaseNumber, UserId},
    plan::document::ChildItems,
};

/// A family that waits for a new link.
#[derive(Debug, Clone)]
pub struct LinkRequest {
    /// The case's id, for the audit trail.
    pub id: CaseId,
    /// The case.
    pub number: CaseNumber,
    /// The child's items, for its name and the telephone numbers on record.
    pub child: ChildItems,
    /// When the family last asked.
    pub at: DateTime<Utc>,
}

#[derive(FromRow)]
struct RequestRow {
    id: Uuid,
    number: String,
    child: String,
    at: i64,
}

/// By what a family comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FamilyWays {
    /// Until when its link lets in; `None`: there is none that does.
    pub link_until: Option<DateTime<Utc>>,
    /// Devices that are signed in.
    pub sessions: u64,
    /// Calendars that it fills.
    pub feeds: u64,
}

impl Tx {
    /// Ends every link of a family's account and every session, all of which
    /// were begun with a link or with a code that was told.
    pub async fn revoke_links(
        &mut self,
        account: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.end_links(account, now).await?;
        run!(self, |conn| {
            sqlx::query(
                "update session set ended_at = $2
                 where account_id = $1 and ended_at is null",
            )
            .bind(account.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Ends every link and code of an account that waits, with what was chosen with
    /// it.
    pub async fn end_links(
        &mut self,
        account: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update sign_in_link set used_at = $2, password = null, totp = null
                 where account_id = $1 and used_at is null",
            )
            .bind(account.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// By what a family comes in now; `None`: it has no account in use.
    pub async fn family_ways(
        &mut self,
        case: CaseId,
        now: DateTime<Utc>,
    ) -> Result<Option<FamilyWays>, StoreError> {
        type Row = (i64, Option<i64>, i64, i64);
        let (accounts, link, sessions, feeds): Row = run!(self, |conn| {
            sqlx::query_as(
                "select count(*),
                     (select max(l.expires_at) from sign_in_link l join account b on b.id = l.account_id
                         where b.case_id = $1 and l.kind = $4 and l.used_at is null
                           and l.expires_at > $2),
                     (select count(*) from session s join account b on b.id = s.account_id
                         where b.case_id = $1 and s.ended_at is null and s.expires_at > $2),
                     (select count(*) from calendar_feed f join account b on b.id = f.account_id
                         where b.case_id = $1 and f.ended_at is null)
                 from account a where a.case_id = $1 and a.role = $3 and a.disabled_at is null",
            )
            .bind(case.0)
            .bind(to_millis(now))
            .bind(Role::Family.code())
            .bind(LinkKind::Handed.code())
            .fetch_one(conn)
            .await?
        });
        if accounts == 0 {
            return Ok(None);
        }
        Ok(Some(FamilyWays {
            link_until: link
                .map(|at| from_millis(at, "sign_in_link", "expires_at"))
                .transpose()?,
            sessions: sessions.cast_unsigned(),
            feeds: feeds.cast_unsigned(),
        }))
    }

    /// Ends the codes that were told to a family before: the last one counts.
    pub async fn end_told_codes(
        &mut self,
        account: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update sign_in_link set used_at = $2
                 where account_id = $1 and kind = $3 and used_at is null",
            )
            .bind(account.0)
            .bind(to_millis(now))
            .bind(LinkKind::Told.code())
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Ends every link, session and calendar feed of a family: whoever came by one
    /// of them is out.
    pub async fn end_ways_in(
        &mut self,
        case: CaseId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let accounts: Vec<Uuid> = run!(self, |conn| {
            sqlx::query_scalar("select id from account where case_id = $1 order by id")
                .bind(case.0)
                .fetch_all(conn)
                .await?
        });
        for account in accounts {
            self.revoke_links(UserId(account), now).await?;
            self.end_feeds(UserId(account), now).await?;
        }
        Ok(())
    }

    /// The family's account of a case, the one that was made first, if it is in
    /// use; for the commit that makes a code for it.
    pub async fn family_of(&mut self, case: CaseId) -> Result<Option<UserId>, StoreError> {
        let id: Option<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "select id from account where case_id = $1 and role = $2 and disabled_at is null
                 order by id limit 1",
            )
            .bind(case.0)
            .bind(Role::Family.code())
            .fetch_optional(conn)
            .await?
        });
        Ok(id.map(UserId))
    }

    /// The account of the family of each of some children; one without is not among
    /// them.
    pub async fn families_of(
        &mut self,
        cases: &[CaseId],
    ) -> Result<HashMap<CaseId, UserId>, StoreError> {
        let ids: Vec<String> = cases
            .iter()
            .map(|case| case.0.simple().to_string())
            .collect();
        let text = by_engine!(
            self,
            sqlite: "select case_id, id from account where role = $2 and disabled_at is null
                       and case_id in (select unhex(value) from json_each($1))
                     order by id desc",
            postgres: "select case_id, id from account where role = $2 and disabled_at is null
                         and case_id in (select cast(v as uuid)
                             from json_array_elements_text(cast($1 as json)) as v)
                       order by id desc"
        );
        let rows: Vec<(Uuid, Uuid)> = run!(self, |conn| {
            sqlx::query_as(text)
                .bind(to_json(&ids))
                .bind(Role::Family.code())
                .fetch_all(conn)
                .await?
        });
        // Of several the first, as above.
        let pairs = rows.into_iter();
        Ok(pairs
            .map(|(case, account)| (CaseId(case), UserId(account)))
            .collect())
    }

    /// Notes that a family with this address asks for a new link; one that is
    /// nobody's leaves nothing. One statement, whoever's it is.
    pub async fn ask_for_link(
        &mut self,
        id: Uuid,
        email: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into link_request (id, account_id, case_id, requested_at)
                 select $1, a.id, a.case_id, $3 from account a
                 where a.email = $2 and a.role = $4 and a.disabled_at is null
                   and a.case_id is not null",
            )
            .bind(id)
            .bind(email)
            .bind(to_millis(now))
            .bind(Role::Family.code())
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Notes that whoever asked for a new link has one.
    pub async fn answer_link_requests(
        &mut self,
        account: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update link_request set answered_at = $2
                 where account_id = $1 and answered_at is null",
            )
            .bind(account.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The families that wait for a new link, among the cases that the reader
    /// may act for; whoever has waited longest first.
    pub async fn link_requests(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<LinkRequest>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<RequestRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, c.number, c.child, max(r.requested_at) as at
                 from child_case c join link_request r on r.case_id = c.id
                 where r.answered_at is null and c.ended_on is null and ",
                visible!(kept),
                " group by c.id, c.number, c.child order by min(r.requested_at), c.number"
            ))
            .bind(subject.kind)
            .bind(&subject.id)
            .bind(at.today.to_string())
            .bind(to_millis(at.now))
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|row| {
                Ok(LinkRequest {
                    id: CaseId(row.id),
                    number: CaseNumber::parse(&row.number).map_err(|_| StoreError::Corrupt {
                        table: "child_case",
                        column: "number",
                    })?,
                    child: from_json(&row.child, "child_case", "child")?,
                    at: from_millis(row.at, "link_request", "requested_at")?,
                })
            })
            .collect()
    }
}
