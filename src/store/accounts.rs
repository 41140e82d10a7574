//! Accounts, one-time links, and forms that were sent twice.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{StoreError, Tx, run, to_millis};
use crate::{
    domain::{
        access::{Reader, Role},
        id::{CaseId, CaseNumber, UserId},
        municipality::MunicipalityCode,
    },
    seal::TokenHash,
};

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its id.
    pub id: UserId,
    /// Address; one account each.
    pub email: String,
    /// Name for the head of the page.
    pub name: String,
    /// Role.
    pub role: Role,
    /// For municipal staff.
    pub municipality: Option<MunicipalityCode>,
    /// For a family.
    pub case: Option<CaseId>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: UserId,
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// What it may read.
    pub reader: Reader,
    /// The case number of a family's child, for the operator's list of
    /// accounts alone.
    pub case: Option<CaseNumber>,
    /// No longer in use.
    pub disabled: bool,
    /// Staff: the invitation is finished, there is a password and a second
    /// factor.
    pub ready: bool,
    /// Authorised to open emergency access.
    pub opens_emergency: bool,
}

/// What a link is, and how often it lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// It was handed out: a family's lets in as often as it is opened in time,
    /// one of staff once.
    Handed,
    /// Its code was told to a family over the telephone: it lets in once.
    Told,
}

impl LinkKind {
    /// The word in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Handed => "handed",
            Self::Told => "told",
        }
    }

    /// The kind of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Handed, Self::Told]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// A link to be put on record.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Whose.
    pub account: UserId,
    /// What is kept of its token.
    pub hash: TokenHash,
    /// What is kept of the code that stands for it: the key's id and the code of
    /// authentication under it.
    pub code: (String, [u8; 32]),
    /// When it ends.
    pub expires: DateTime<Utc>,
    /// What it is.
    pub kind: LinkKind,
}

#[derive(FromRow)]
pub(super) struct AccountRow {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    municipality: Option<String>,
    case_id: Option<Uuid>,
    case_number: Option<String>,
    disabled_at: Option<i64>,
    ready_at: Option<i64>,
    opens_emergency: bool,
}

/// The role of a stored word.
pub(super) fn role(word: &str) -> Result<Role, StoreError> {
    Role::from_code(word).ok_or(StoreError::Corrupt {
        table: "account",
        column: "role",
    })
}

impl AccountRow {
    pub(super) fn account(self) -> Result<Account, StoreError> {
        let corrupt = |column| StoreError::Corrupt {
            table: "account",
            column,
        };
        let id = UserId(self.id);
        let municipality = || {
            let code = self.municipality.as_deref();
            MunicipalityCode::parse(code.unwrap_or_default()).map_err(|_| corrupt("municipality"))
        };
        let reader = match role(&self.role)? {
            Role::Prefecture => Reader::Prefecture(id),
            Role::Centre => Reader::Centre(id),
            Role::Municipality => Reader::Municipality(id, municipality()?),
            Role::NightDuty => Reader::NightDuty(id, municipality()?),
            Role::Coordinator => Reader::Coordinator(id),
            Role::Administrator => Reader::Administrator(id),
            Role::Auditor => Reader::Auditor(id),
            Role::Family => Reader::Family(id, CaseId(self.case_id.ok_or(corrupt("case_id"))?)),
        };
        let case = self
            .case_number
            .as_deref()
            .map(CaseNumber::parse)
            .transpose();
        Ok(Account {
            id,
            case: case.map_err(|_| corrupt("case_number"))?,
            email: self.email,
            name: self.name,
            reader,
            disabled: self.disabled_at.is_some(),
            ready: self.ready_at.is_some(),
            opens_emergency: self.opens_emergency,
        })
    }
}

impl Tx {
    /// Makes an account; `false` when the address has one already.
    pub async fn add_account(
        &mut self,
        account: &NewAccount,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let rows = run!(self, |conn| {
            sqlx::query(
                "insert into account (id, email, name, role, municipality, case_id, created_at)
                 values ($1, $2, $3, $4, $5, $6, $7) on conflict (email) do nothing",
            )
            .bind(account.id.0)
            .bind(&account.email)
            .bind(&account.name)
            .bind(account.role.code())
            .bind(account.municipality.map(|m| m.to_string()))
            .bind(account.case.map(|c| c.0))
            .bind(to_millis(now))
            .execute(conn)
            .await?
            .rows_affected()
        });
        Ok(rows == 1)
    }

    /// Every account, by address; for the operator.
    pub async fn accounts(&mut self) -> Result<Vec<Account>, StoreError> {
        let rows: Vec<AccountRow> = run!(self, |conn| {
            sqlx::query_as(
                "select a.id, a.email, a.name, a.role, a.municipality, a.case_id,
                     c.number as case_number, a.disabled_at, a.ready_at, a.opens_emergency
                 from account a left join child_case c on c.id = a.case_id order by a.email",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(AccountRow::account).collect()
    }

    /// Accounts in use of municipal staff, night duty and coordinators, by name:
    /// those whom a page may offer to be assigned or named.
    pub async fn colleagues(&mut self) -> Result<Vec<Account>, StoreError> {
        let rows: Vec<AccountRow> = run!(self, |conn| {
            sqlx::query_as(
                "select id, email, name, role, municipality, case_id,
                     cast(null as text) as case_number, disabled_at, ready_at, opens_emergency
                 from account where disabled_at is null
                   and role in ('municipality', 'night_duty', 'coordinator')
                 order by name, id",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(AccountRow::account).collect()
    }

    /// The accounts in use of those who are reminded of what is due: the centre, the
    /// municipalities and the coordinators.
    pub async fn accounts_to_remind(&mut self) -> Result<Vec<Account>, StoreError> {
        let rows: Vec<AccountRow> = run!(self, |conn| {
            sqlx::query_as(
                "select id, email, name, role, municipality, case_id,
                     cast(null as text) as case_number, disabled_at, ready_at, opens_emergency
                 from account where disabled_at is null
                   and role in ('centre', 'municipality', 'coordinator') order by id",
            )
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(AccountRow::account).collect()
    }

    /// Takes an account out of use, with its sessions, links and calendar feeds; `None` when
    /// there is none in use.
    pub async fn disable_account(
        &mut self,
        email: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<UserId>, StoreError> {
        let Some((account, _)) = self.active_account(email).await? else {
            return Ok(None);
        };
        run!(self, |conn| {
            sqlx::query("update account set disabled_at = $2 where id = $1")
                .bind(account.0)
                .bind(to_millis(now))
                .execute(conn)
                .await?;
        });
        self.end_every_session(account, now).await?;
        self.end_links(account, now).await?;
        self.end_feeds(account, now).await?;
        Ok(Some(account))
    }

    /// Takes an account into use again: it needs a new link, begins with a new
    /// password, and opens no emergency access. `None` when none with this address is out of use.
    pub async fn enable_account(&mut self, email: &str) -> Result<Option<UserId>, StoreError> {
        let id: Option<Uuid> = run!(self, |conn| {
            sqlx::query_scalar(
                "update account set disabled_at = null, ready_at = null, password = null,
                     totp = null, opens_emergency = $2
                 where email = $1 and disabled_at is not null returning id",
            )
            .bind(email)
            .bind(false)
            .fetch_optional(conn)
            .await?
        });
        Ok(id.map(UserId))
    }

    /// Puts a one-time link on record.
    pub async fn add_link(&mut self, link: &NewLink, now: DateTime<Utc>) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into sign_in_link
                     (token_hash, account_id, created_at, expires_at, code_key, code_mac, kind)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(&link.hash.0)
            .bind(link.account.0)
            .bind(to_millis(now))
            .bind(to_millis(link.expires))
            .bind(&link.code.0)
            .bind(link.code.1.as_slice())
            .bind(link.kind.code())
            .execute(conn)
            .await?;
        });
        Ok(())
    }

    /// The address of an account.
    pub async fn email_of(&mut self, account: UserId) -> Result<Option<String>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_scalar("select email from account where id = $1")
                .bind(account.0)
                .fetch_optional(conn)
                .await?
        }))
    }

    /// The account in use that has an address, and its role.
    pub async fn active_account(
        &mut self,
        email: &str,
    ) -> Result<Option<(UserId, Role)>, StoreError> {
        let row: Option<(Uuid, String)> = run!(self, |conn| {
            sqlx::query_as("select id, role from account where email = $1 and disabled_at is null")
                .bind(email)
                .fetch_optional(conn)
                .await?
        });
        row.map(|(id, word)| Ok((UserId(id), role(&word)?)))
            .transpose()
    }

    /// Uses up a one-time link; `None` when it is unknown, used, expired, or
    /// of an account out of use.
    pub async fn use_link(
        &mut self,
        hash: &TokenHash,
        now: DateTime<Utc>,
    ) -> Result<Option<(UserId, Role)>, StoreError> {
        let used: Option<(Uuid, String)> = run!(self, |conn| {
            sqlx::query_as(
                "update sign_in_link set used_at = $2
                 where token_hash = $1 and used_at is null and expires_at > $2
                   and exists (select 1 from account a
                       where a.id = sign_in_link.account_id and a.disabled_at is null)
                 returning account_id, (select a.role from account a
                     where a.id = sign_in_link.account_id)",
            )
            .bind(&hash.0)
            .bind(to_millis(now))
            .fetch_optional(conn)
            .await?
        });
        used.map(|(id, word)| Ok((UserId(id), role(&word)?)))
            .transpose()
    }

    /// What a form with this key answered before: its request's hash and its
    /// outcome.
    pub async fn answered(
        &mut self,
        actor: &str,
        key: Uuid,
    ) -> Result<Option<(String, String)>, StoreError> {
        Ok(run!(self, |conn| {
            sqlx::query_as("select request_hash, outcome from once where actor = $1 and key = $2")
                .bind(actor)
                .bind(key)
                .fetch_optional(conn)
                .await?
        }))
    }

    /// Puts the outcome of a form on record, in the commit of what it did.
    pub async fn answer_once(
        &mut self,
        actor: &str,
        key: Uuid,
        request_hash: &str,
        outcome: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, |conn| {
            sqlx::query(
                "insert into once (actor, key, request_hash, outcome, at)
                 values ($1, $2, $3, $4, $5)",
            )
            .bind(actor)
            .bind(key)
            .bind(request_hash)
            .bind(outcome)
            .bind(to_millis(now))
            .execute(conn)
            .await?;
        });
        Ok(())
    }
}
