//! Passwords, second factors and recovery codes, as far as the database holds
//! them: hashed, or sealed with a key outside of it.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, accounts::LinkKind, accounts::role, from_millis, run, to_millis};
use crate::{
    domain::{access::Role, id::UserId},
    seal::TokenHash,
};

/// What an account of staff signs in with.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The account.
    pub account: UserId,
    /// Its role.
    pub role: Role,
    /// Argon2id, as a PHC string.
    pub password: String,
    /// The secret of the second factor, sealed.
    pub totp: Vec<u8>,
}

/// A link and its account.
#[derive(Debug, Clone)]
pub struct WaitingLink {
    /// The account.
    pub account: UserId,
    /// Its address.
    pub email: String,
    /// Its role.
    pub role: Role,
    /// The password that was chosen with this link, hashed, and the secret that
    /// was shown with it, sealed; both wait to be confirmed by a code.
    pub chosen: Option<(String, Vec<u8>)>,
    /// What it is.
    pub kind: LinkKind,
    /// When it ends.
    pub expires: DateTime<Utc>,
}

#[derive(FromRow)]
struct WaitingRow {
    account_id: Uuid,
    email: String,
    role: String,
    password: Option<String>,
    totp: Option<Vec<u8>>,
    kind: String,
    expires_at: i64,
}

/// A sealed value and the row that it is bound to.
#[derive(Debug, Clone)]
pub enum Sealed {
    /// The second factor of an account.
    Totp(UserId, Vec<u8>),
    /// The second factor that waits on a link.
    LinkTotp(TokenHash, UserId, Vec<u8>),
    /// A recovery code: of which account, its number.
    Recovery(UserId, i64, Vec<u8>),
}

impl Tx {
    /// What the account with this address signs in with; `None` where there is
    /// none in use, it has not finished its invitation, or it is a family's, which
    /// has no password.
    pub async fn credentials(&mut self, email: &str) -> Result<Option<Credentials>, StoreError> {
        type Row = (Uuid, String, String, Vec<u8>);
        let row: Option<Row> = run!(self, |conn| {
            sqlx::query_as(
                "select id, role, password, totp from account
                 where email = $1 and role <> $2 and disabled_at is null
                   and ready_at is not null and password is not null and totp is not null",
            )
            .bind(email)
            .bind(Role::Family.code())
            .fetch_optional(conn)
            .await?
        });
        row.map(|(id, word, password, totp)| {
            Ok(Credentials {
                account: UserId(id),
                role: role(&word)?,
                password,
                totp,
            })
        })
        .transpose()
    }

    /// The recovery codes of an account that were not used yet: number, sealed.
    pub async fn recovery_codes(
        &mut self,
        account: UserId,
    ) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_as(
                "select number, sealed from recovery_code
                 where account_id = $1 and used_at is null order by number",
            )
            .bind(account.0)
            .fetch_all(conn)
            .await?
        }))
    }

    /// Uses up a step of the second factor; `false` when this step or a later
    /// one was used already, or the account changed meanwhile.
    pub async fn use_totp_step(
        &mut self,
        known: &Credentials,
        step: i64,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update account set totp_step = $3
                 where id = $1 and password = $2 and disabled_at is null
                   and (totp_step is null or totp_step < $3)",
            )
            .bind(known.account.0)
            .bind(&known.password)
            .bind(step)
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Uses up a recovery code; `false` when it was used already, or the account
    /// changed meanwhile.
    pub async fn use_recovery_code(
        &mut self,
        known: &Credentials,
        number: i64,
        sealed: &[u8],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update recovery_code set used_at = $5
                 where account_id = $1 and number = $3 and sealed = $4 and used_at is null
                   and exists (select 1 from account a where a.id = $1 and a.password = $2
                       and a.disabled_at is null)",
            )
            .bind(known.account.0)
            .bind(&known.password)
            .bind(number)
            .bind(sealed)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Puts new recovery codes in the place of all that an account had.
    pub async fn set_recovery_codes(
        &mut self,
        account: UserId,
        sealed: &[Vec<u8>],
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query("delete from recovery_code where account_id = $1")
                .bind(account.0)
                .execute(conn)
                .await?;
        });
        for (number, sealed) in (1_i64..).zip(sealed) {
            run!(self, |conn| {
                sqlx::query(
                    "insert into recovery_code (account_id, number, sealed) values ($1, $2, $3)",
                )
                .bind(account.0)
                .bind(number)
                .bind(sealed)
                .execute(conn)
                .await?;
            });
        }
        Ok(())
    }

    /// A link that waits: known, unused, in time, of an account in use.
    pub async fn waiting_link(
        &mut self,
        hash: &TokenHash,
        now: DateTime<Utc>,
    ) -> Result<Option<WaitingLink>, StoreError> {
        let row: Option<WaitingRow> = run!(self, |conn| {
            sqlx::query_as(
                "select l.account_id, a.email, a.role, l.password, l.totp, l.kind, l.expires_at
                 from sign_in_link l join account a on a.id = l.account_id
                 where l.token_hash = $1 and l.used_at is null and l.expires_at > $2
                   and a.disabled_at is null",
            )
            .bind(&hash.0)
            .bind(to_millis(now))
            .fetch_optional(conn)
            .await?
        });
        row.map(|row| {
            Ok(WaitingLink {
                account: UserId(row.account_id),
                email: row.email,
                role: role(&row.role)?,
                chosen: row.password.zip(row.totp),
                kind: LinkKind::from_code(&row.kind).ok_or(StoreError::Corrupt {
                    table: "sign_in_link",
                    column: "kind",
                })?,
                expires: from_millis(row.expires_at, "sign_in_link", "expires_at")?,
            })
        })
        .transpose()
    }

    /// The link that waits behind a typed code.
    pub async fn link_of_code(
        &mut self,
        key: &str,
        mac: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Option<TokenHash>, StoreError> {
        let hash: Option<Vec<u8>> = run!(self, |conn| {
            sqlx::query_scalar(
                "select l.token_hash from sign_in_link l join account a on a.id = l.account_id
                 where l.code_mac = $2 and l.code_key = $1 and l.used_at is null
                   and l.expires_at > $3 and a.disabled_at is null",
            )
            .bind(key)
            .bind(mac)
            .bind(to_millis(now))
            .fetch_optional(conn)
            .await?
        });
        Ok(hash.map(TokenHash))
    }

    /// Keeps on a link what was chosen with it, until a code confirms it;
    /// `false` when the link waits no longer.
    pub async fn choose_with_link(
        &mut self,
        hash: &TokenHash,
        password: &str,
        totp: &[u8],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "update sign_in_link set password = $2, totp = $3
                 where token_hash = $1 and used_at is null and expires_at > $4",
            )
            .bind(&hash.0)
            .bind(password)
            .bind(totp)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Gives an account the password and the second factor that were chosen with
    /// a link; what it had before is over, its sessions with it.
    pub async fn take_over(
        &mut self,
        account: UserId,
        (password, totp): (&str, &[u8]),
        step: i64,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "update account set password = $2, totp = $3, totp_step = $4, ready_at = $5
                 where id = $1",
            )
            .bind(account.0)
            .bind(password)
            .bind(totp)
            .bind(step)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        self.end_every_session(account, now).await?;
        // Other links that wait would undo what was just chosen.
        run!(self, |conn| {
            sqlx::query(
                "update sign_in_link set used_at = $2, password = null, totp = null
                 where account_id = $1 and (used_at is null or password is not null)",
            )
            .bind(account.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// Every value that is sealed with a key of the key file.
    pub async fn sealed_values(&mut self) -> Result<Vec<Sealed>, StoreError> {
        let totp: Vec<(Uuid, Vec<u8>)> = run!(self, |conn| {
            sqlx::query_as("select id, totp from account where totp is not null order by id")
                .fetch_all(conn)
                .await?
        });
        let links: Vec<(Vec<u8>, Uuid, Vec<u8>)> = run!(self, |conn| {
            sqlx::query_as(
                "select token_hash, account_id, totp from sign_in_link
                 where totp is not null and used_at is null order by token_hash",
            )
            .fetch_all(conn)
            .await?
        });
        let codes: Vec<(Uuid, i64, Vec<u8>)> = run!(self, |conn| {
            sqlx::query_as(
                "select account_id, number, sealed from recovery_code
                 where used_at is null order by account_id, number",
            )
            .fetch_all(conn)
            .await?
        });
        let totp = totp.into_iter().map(|(id, v)| Sealed::Totp(UserId(id), v));
        let links = links
            .into_iter()
            .map(|(hash, id, v)| Sealed::LinkTotp(TokenHash(hash), UserId(id), v));
        let codes = codes
            .into_iter()
            .map(|(id, number, v)| Sealed::Recovery(UserId(id), number, v));
        Ok(totp.chain(links).chain(codes).collect())
    }

    /// Puts a value that is sealed anew into the place of the old one.
    pub async fn reseal(&mut self, old: &Sealed, new: &[u8]) -> Result<(), StoreError> {
        run!(self, |conn| {
            match old {
                Sealed::Totp(account, old) => {
                    sqlx::query("update account set totp = $3 where id = $1 and totp = $2")
                        .bind(account.0)
                        .bind(old)
                        .bind(new)
                        .execute(conn)
                        .await?
                }
                Sealed::LinkTotp(hash, _, old) => {
                    sqlx::query(
                        "update sign_in_link set totp = $3 where token_hash = $1 and totp = $2",
                    )
                    .bind(&hash.0)
                    .bind(old)
                    .bind(new)
                    .execute(conn)
                    .await?
                }
                Sealed::Recovery(account, number, old) => {
                    sqlx::query(
                        "update recovery_code set sealed = $3
                         where account_id = $1 and sealed = $2 and number = $4",
                    )
                    .bind(account.0)
                    .bind(old)
                    .bind(new)
                    .bind(number)
                    .execute(conn)
                    .await?
                }
            };
        });
        Ok(())
    }

    /// How many typed codes still wait under another key than this one.
    pub async fn codes_under_other_keys(
        &mut self,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar(
                "select count(*) from sign_in_link
                 where code_key <> $1 and used_at is null and expires_at > $2",
            )
            .bind(key)
            .bind(to_millis(now))
            .fetch_one(conn)
            .await?
        }))
    }

    /// The account of a session, open or over.
    pub async fn account_of_any_session(
        &mut self,
        hash: &TokenHash,
    ) -> Result<Option<UserId>, StoreError> {
        let id: Option<Uuid> = run!(self, |conn| {
            sqlx::query_scalar("select account_id from session where token_hash = $1")
                .bind(&hash.0)
                .fetch_optional(conn)
                .await?
        });
        Ok(id.map(UserId))
    }

    /// Ends every session of an account.
    pub async fn end_every_session(
        &mut self,
        account: UserId,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query(
                "update session set ended_at = $2 where account_id = $1 and ended_at is null",
            )
            .bind(account.0)
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        }))
    }
}
