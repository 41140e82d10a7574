//! How often somebody guessed wrong, and from where an account has signed in.
//! Accounts and addresses are kept as codes of authentication: what was typed
//! by mistake is not kept.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{StoreError, Tx, from_millis, run, to_millis};

/// A try that counts as wrong until it turns out right.
#[derive(Debug, Clone)]
pub struct Guess {
    /// Its id.
    pub id: Uuid,
    /// What was guessed at: `sign_in` or `code`.
    pub kind: &'static str,
    /// Which account, of a sign-in.
    pub account: Option<Vec<u8>>,
    /// From which address.
    pub from: Vec<u8>,
}

impl Tx {
    /// The instant of the `most`-th newest wrong guess within `window`, of an
    /// account and an address as far as they are given; `None`: there are
    /// fewer. What lies in the future, because a clock was wrong, counts for
    /// nothing.
    pub async fn guess_before(
        &mut self,
        kind: &str,
        account: Option<&[u8]>,
        from: Option<&[u8]>,
        most: i64,
        now: DateTime<Utc>,
        window: TimeDelta,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at: Option<i64> = run!(self, |conn| {
            sqlx::query_scalar(
                "select at from guess
                 where kind = $1 and ($2 is null or account_mac = $2)
                   and ($3 is null or from_mac = $3) and at > $4 and at <= $5
                 order by at desc, id limit 1 offset $6",
            )
            .bind(kind)
            .bind(account)
            .bind(from)
            .bind(to_millis(now - window))
            .bind(to_millis(now))
            .bind(most - 1)
            .fetch_optional(conn)
            .await?
        });
        at.map(|at| from_millis(at, "guess", "at")).transpose()
    }

    /// The same, of one account, from addresses that it has not signed in from
    /// since `known_since`.
    pub async fn guess_from_unknown_before(
        &mut self,
        account: &[u8],
        known_since: DateTime<Utc>,
        most: i64,
        now: DateTime<Utc>,
        window: TimeDelta,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at: Option<i64> = run!(self, |conn| {
            sqlx::query_scalar(
                "select g.at from guess g
                 where g.kind = 'sign_in' and g.account_mac = $1 and g.at > $2 and g.at <= $3
                   and not exists (select 1 from known_address k
                       where k.account_mac = g.account_mac and k.from_mac = g.from_mac
                         and k.last_at > $4)
                 order by g.at desc, g.id limit 1 offset $5",
            )
            .bind(account)
            .bind(to_millis(now - window))
            .bind(to_millis(now))
            .bind(to_millis(known_since))
            .bind(most - 1)
            .fetch_optional(conn)
            .await?
        });
        at.map(|at| from_millis(at, "guess", "at")).transpose()
    }

    /// Puts a guess on record.
    pub async fn add_guess(&mut self, guess: &Guess, now: DateTime<Utc>) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into guess (id, kind, account_mac, from_mac, at)
                 values ($1, $2, $3, $4, $5)",
            )
            .bind(guess.id)
            .bind(guess.kind)
            .bind(guess.account.as_deref())
            .bind(&guess.from)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Takes a guess off the record: it was right.
    pub async fn was_right(&mut self, guess: Uuid) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("delete from guess where id = $1")
                .bind(guess)
                .execute(conn)
                .await?;
        });
        Ok(())
    }

    /// Whether an account has signed in from an address since then.
    pub async fn knows_address(
        &mut self,
        account: &[u8],
        from: &[u8],
        since: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let found: Option<i64> = run!(self, |conn| {
            sqlx::query_scalar(
                "select last_at from known_address
                 where account_mac = $1 and from_mac = $2 and last_at > $3",
            )
            .bind(account)
            .bind(from)
            .bind(to_millis(since))
            .fetch_optional(conn)
            .await?
        });
        Ok(found.is_some())
    }

    /// Notes that an account has signed in from an address.
    pub async fn know_address(
        &mut self,
        account: &[u8],
        from: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into known_address (account_mac, from_mac, last_at) values ($1, $2, $3)
                 on conflict (account_mac, from_mac) do update set last_at = $3",
            )
            .bind(account)
            .bind(from)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Forgets guesses and addresses that count for nothing any more.
    pub async fn sweep_guesses(
        &mut self,
        guesses_before: DateTime<Utc>,
        addresses_before: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("delete from guess where at < $1")
                .bind(to_millis(guesses_before))
                .execute(conn)
                .await?;
        });
        run!(self, |conn| {
            sqlx::query("delete from known_address where last_at < $1")
                .bind(to_millis(addresses_before))
                .execute(conn)
                .await?;
        });
        Ok(())
    }
}
