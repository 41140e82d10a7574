//! Calendar feeds: their tokens, and the dates that they hold.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Account, StoreError, Tx, access::visible, accounts::AccountRow, from_day, from_millis, run,
    to_millis,
};
use crate::{
    domain::{
        access::{Moment, Reader},
        id::{CaseId, CaseNumber, FeedId, UserId},
    },
    seal::TokenHash,
};

/// The dates of one case that a calendar holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseDates {
    /// The case's id, for the audit trail.
    pub id: CaseId,
    /// The case.
    pub number: CaseNumber,
    /// The plan's date.
    pub planned_on: Option<NaiveDate>,
    /// When the loan began.
    pub lent_on: Option<NaiveDate>,
}

#[derive(FromRow)]
struct DatesRow {
    id: Uuid,
    number: String,
    dated: Option<String>,
    started_on: Option<String>,
}

impl Tx {
    /// Puts a feed on record.
    pub async fn add_feed(
        &mut self,
        id: FeedId,
        account: UserId,
        hash: &TokenHash,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into calendar_feed (token_hash, id, account_id, created_at)
                 values ($1, $2, $3, $4)",
            )
            .bind(&hash.0)
            .bind(id.0)
            .bind(account.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The feeds of an account that are not revoked, the first made first.
    pub async fn feeds_of(
        &mut self,
        account: UserId,
    ) -> Result<Vec<(FeedId, DateTime<Utc>)>, StoreError> {
        let rows: Vec<(Uuid, i64)> = run!(self, |conn| {
            sqlx::query_as(
                "select id, created_at from calendar_feed
                 where account_id = $1 and ended_at is null order by id",
            )
            .bind(account.0)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(id, at)| Ok((FeedId(id), from_millis(at, "calendar_feed", "created_at")?)))
            .collect()
    }

    /// Revokes a feed of an account; `false`: it has none with this id.
    pub async fn end_feed(
        &mut self,
        account: UserId,
        id: FeedId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update calendar_feed set ended_at = $3
                 where account_id = $1 and id = $2 and ended_at is null",
            )
            .bind(account.0)
            .bind(id.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Ends every feed of an account.
    pub async fn end_feeds(
        &mut self,
        account: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update calendar_feed set ended_at = $2
                 where account_id = $1 and ended_at is null",
            )
            .bind(account.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The account in use whose feed has a token.
    pub async fn account_of_feed(
        &mut self,
        hash: &TokenHash,
    ) -> Result<Option<Account>, StoreError> {
        let row: Option<AccountRow> = run!(self, |conn| {
            sqlx::query_as(
                "select a.id, a.email, a.name, a.role, a.municipality, a.case_id,
                     null as case_number, a.disabled_at, a.ready_at, a.opens_emergency
                 from calendar_feed f join account a on a.id = f.account_id
                 where f.token_hash = $1 and f.ended_at is null and a.disabled_at is null",
            )
            .bind(&hash.0)
            .fetch_optional(conn)
            .await?
        });
        row.map(AccountRow::account).transpose()
    }

    /// The dates of the cases that a reader may see all of, by number.
    pub async fn case_dates(
        &mut self,
        reader: &Reader,
        at: Moment,
    ) -> Result<Vec<CaseDates>, StoreError> {
        let subject = reader.subject();
        let rows: Vec<DatesRow> = run!(self, |conn| {
            sqlx::query_as(concat!(
                "select c.id, c.number, v.dated, l.started_on from child_case c
                 left join plan_version v on v.case_id = c.id and v.until_at is null
                 left join loan l on l.case_id = c.id and l.ended_on is null
                 where ",
                visible!(whole),
                " order by c.number, l.started_on limit 500"
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
                Ok(CaseDates {
                    id: CaseId(row.id),
                    number: CaseNumber::parse(&row.number).map_err(|_| StoreError::Corrupt {
                        table: "child_case",
                        column: "number",
                    })?,
                    planned_on: from_day(row.dated.as_deref(), "plan_version", "dated")?,
                    lent_on: from_day(row.started_on.as_deref(), "loan", "started_on")?,
                })
            })
            .collect()
    }
}
