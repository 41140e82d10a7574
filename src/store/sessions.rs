//! Sessions: begun with a link, seen, listed, ended.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Account, StoreError, Tx, accounts::AccountRow, from_millis, run, to_millis};
use crate::{
    domain::id::{SessionId, UserId},
    seal::TokenHash,
};

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id: no token, and of no use to anybody else.
    pub id: SessionId,
    /// What kind of device it was begun on.
    pub device: String,
    /// When it began.
    pub began: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen: DateTime<Utc>,
}

/// A session to be begun.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub account: UserId,
    /// What kind of device it is begun on.
    pub device: String,
    /// When it ends at the latest.
    pub expires: DateTime<Utc>,
}

#[derive(FromRow)]
struct Seen {
    #[sqlx(flatten)]
    account: AccountRow,
    last_seen_at: i64,
}

impl Tx {
    /// Begins a session.
    pub async fn begin_session(
        &mut self,
        new: &NewSession,
        hash: &TokenHash,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into session (token_hash, id, account_id, device, created_at,
                     last_seen_at, expires_at)
                 values ($1, $2, $3, $4, $5, $5, $6)",
            )
            .bind(&hash.0)
            .bind(new.id.0)
            .bind(new.account.0)
            .bind(&new.device)
            .bind(to_millis(now))
            .bind(to_millis(new.expires))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The account of a session that is open, and when it was last seen. A
    /// session of staff that was not seen for as long as `idle` is over; one seen
    /// as long after now is too, for then a clock was wrong.
    pub async fn account_of_session(
        &mut self,
        hash: &TokenHash,
        now: DateTime<Utc>,
        idle: TimeDelta,
    ) -> Result<Option<(Account, DateTime<Utc>)>, StoreError> {
        let row: Option<Seen> = run!(self, |conn| {
            sqlx::query_as(
                "select a.id, a.email, a.name, a.role, a.municipality, a.case_id,
                     null as case_number, a.disabled_at, a.ready_at, a.opens_emergency, s.last_seen_at
                 from session s join account a on a.id = s.account_id
                 where s.token_hash = $1 and s.ended_at is null and s.expires_at > $2
                   and (a.role = 'family' or abs(s.last_seen_at - $2) < $3)
                   and a.disabled_at is null",
            )
            .bind(&hash.0)
            .bind(to_millis(now))
            .bind(idle.num_milliseconds())
            .fetch_optional(conn)
            .await?
        });
        row.map(|row| {
            let last_seen = from_millis(row.last_seen_at, "session", "last_seen_at")?;
            Ok((row.account.account()?, last_seen))
        })
        .transpose()
    }

    /// Notes that a session was used.
    pub async fn see_session(
        &mut self,
        hash: &TokenHash,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update session set last_seen_at = $2
                 where token_hash = $1 and ended_at is null and last_seen_at < $2",
            )
            .bind(&hash.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The open sessions of an account, the last seen first, and which of them
    /// has this token.
    pub async fn sessions_of(
        &mut self,
        account: UserId,
        own: &TokenHash,
        now: DateTime<Utc>,
        idle: TimeDelta,
    ) -> Result<Vec<(SessionRow, bool)>, StoreError> {
        type Row = (Uuid, String, i64, i64, Vec<u8>);
        let rows: Vec<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select s.id, s.device, s.created_at, s.last_seen_at, s.token_hash
                 from session s join account a on a.id = s.account_id
                 where s.account_id = $1 and s.ended_at is null and s.expires_at > $2
                   and (a.role = 'family' or abs(s.last_seen_at - $2) < $3)
                 order by s.last_seen_at desc, s.id",
            )
            .bind(account.0)
            .bind(to_millis(now))
            .bind(idle.num_milliseconds())
            .fetch_all(conn)
            .await?
        });
        rows.into_iter()
            .map(|(id, device, began, last_seen, hash)| {
                let row = SessionRow {
                    id: SessionId(id),
                    device,
                    began: from_millis(began, "session", "created_at")?,
                    last_seen: from_millis(last_seen, "session", "last_seen_at")?,
                };
                Ok((row, hash == own.0))
            })
            .collect()
    }

    /// Ends a session.
    pub async fn end_session(
        &mut self,
        hash: &TokenHash,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update session set ended_at = $2 where token_hash = $1 and ended_at is null",
            )
            .bind(&hash.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Ends sessions of an account but the one with this token: the named one,
    /// or all of them. Answers how many.
    pub async fn end_other_sessions(
        &mut self,
        account: UserId,
        own: &TokenHash,
        named: Option<SessionId>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query(
                "update session set ended_at = $4
                 where account_id = $1 and token_hash <> $2 and ended_at is null
                   and ($3 is null or id = $3)",
            )
            .bind(account.0)
            .bind(&own.0)
            .bind(named.map(|id| id.0))
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        }))
    }
}
