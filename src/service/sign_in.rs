//! Accounts and one-time links.

use chrono::TimeDelta;

use super::{ServiceError, audit, invitation::CODE_PURPOSE, view::SignedIn};
use crate::{
    app::App,
    domain::{
        access::{Ground, Reader, Role, Subject},
        audit::{AboutKind, Action, Actor, AuditEvent},
        id::{CaseNumber, UserId},
        municipality::MunicipalityCode,
    },
    in_tx,
    seal::{Code, LINK_CODE, Token},
    store::{LinkKind, NewAccount, NewLink, Tx},
};

/// A name has so many characters at most.
const NAME_LIMIT: usize = 100;

/// How long a one-time link waits to be used, in days.
pub const LINK_DAYS: i64 = 7;

/// How long a family's link opens its page, in days: a season of typhoons.
pub const LINK_DAYS_FAMILY: i64 = 90;

/// An account to be made, as somebody asked for it.
#[derive(Debug, Clone)]
pub struct AccountRequest {
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// For municipal staff.
    pub municipality: Option<MunicipalityCode>,
    /// For a family.
    pub case: Option<CaseNumber>,
}

/// A one-time link, as it is handed out: nobody can show it again.
#[derive(Debug, Clone)]
pub struct Link {
    /// What stands in the address.
    pub token: Token,
    /// What is typed where no link can be opened.
    pub code: Code,
}

impl Link {
    /// A new one.
    pub fn random() -> Self {
        Self {
            token: Token::random(),
            code: Code::random(LINK_CODE),
        }
    }

    /// What is kept of it. The code is short enough to be guessed by whoever has
    /// the database: it is kept as a code of authentication under a key that
    /// stands outside.
    pub fn kept(&self, app: &App, account: UserId, role: Role) -> NewLink {
        let days = match role {
            Role::Family => LINK_DAYS_FAMILY,
            _ => LINK_DAYS,
        };
        NewLink {
            account,
            hash: self.token.hash(),
            code: app.keys.mac(CODE_PURPOSE, self.code.as_bytes()),
            expires: app.clock.now() + TimeDelta::days(days),
            kind: LinkKind::Handed,
        }
    }
}

/// What became of it.
#[derive(Debug)]
pub enum Invited {
    /// The account is there; its link, to be shown once.
    Link(UserId, Link),
    /// The address has an account already.
    AddressTaken,
    /// Municipal staff need a municipality.
    NeedsMunicipality,
    /// A family needs a case.
    NeedsCase,
    /// A municipality is for municipal staff, a case for a family.
    NotOfThisRole,
    /// There is no such case.
    NoSuchCase,
    /// That is no mail address.
    BadAddress,
    /// The name is empty or too long.
    BadName,
}

/// The address that a person opens.
pub fn address_of(app: &App, link: &Link) -> String {
    let base = app.config.server.address();
    format!("{base}/enter/{}", link.token.reveal())
}

/// Makes an account and a one-time link for it, at the command line.
pub async fn invite(app: &App, request: &AccountRequest) -> Result<Invited, ServiceError> {
    in_tx!(app.store, |tx| {
        let event = audit::by(app, Actor::Operator, Action::AddedAccount);
        invite_in(app, tx, request, event).await
    })
}

/// Makes an account and a one-time link for it, by somebody who is signed in.
pub async fn invite_by(
    app: &App,
    who: &SignedIn,
    request: &AccountRequest,
) -> Result<Invited, ServiceError> {
    in_tx!(app.store, |tx| {
        let event = audit::event(app, who, Action::AddedAccount);
        invite_in(app, tx, request, event).await
    })
}

/// Makes an account and a one-time link for it, in the caller's commit; `event`
/// says who does it.
pub async fn invite_in(
    app: &App,
    tx: &mut Tx,
    request: &AccountRequest,
    event: AuditEvent,
) -> Result<Invited, ServiceError> {
    let name = request.name.trim();
    if name.is_empty() || name.chars().count() > NAME_LIMIT {
        return Ok(Invited::BadName);
    }
    let email = request.email.trim().to_lowercase();
    let well_formed = email.len() <= 254
        && !email.chars().any(|c| c.is_control() || c.is_whitespace())
        && email
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
    if !well_formed {
        return Ok(Invited::BadAddress);
    }
    if request.role.is_municipal() && request.municipality.is_none() {
        return Ok(Invited::NeedsMunicipality);
    }
    if request.role == Role::Family && request.case.is_none() {
        return Ok(Invited::NeedsCase);
    }
    if (request.municipality.is_some() && !request.role.is_municipal())
        || (request.case.is_some() && request.role != Role::Family)
    {
        return Ok(Invited::NotOfThisRole);
    }
    let now = app.clock.now();
    let id = UserId(app.ids.next());
    let link = Link::random();
    let case = match (&request.case, request.role) {
        (Some(number), Role::Family) => match tx.case_of_number(number).await? {
            Some(case) => Some(case),
            None => return Ok(Invited::NoSuchCase),
        },
        _ => None,
    };
    let account = NewAccount {
        id,
        email,
        name: name.to_owned(),
        role: request.role,
        municipality: request.municipality.map(MunicipalityCode::responsible),
        case,
    };
    if !tx.add_account(&account, now).await? {
        return Ok(Invited::AddressTaken);
    }
    if let Some(case) = case {
        let family = Subject {
            kind: "family",
            id: case.to_string(),
        };
        tx.grant(case, &family, Ground::Own, app.clock.today())
            .await?;
    }
    tx.add_link(&link.kept(app, id, request.role), now).await?;
    let event = event.on(case).about(AboutKind::Account, id.0);
    let made = AuditEvent {
        id: app.ids.next(),
        action: Action::MadeLink,
        ..event.clone()
    };
    tx.record(&event).await?;
    tx.record(&made).await?;
    Ok(Invited::Link(id, link))
}

/// A new one-time link for an account that is there already; `None`: there is
/// none with this address, or it is disabled.
pub async fn new_link(
    app: &App,
    email: &str,
) -> Result<Option<(UserId, Role, Link)>, ServiceError> {
    let email = email.trim().to_lowercase();
    let link = Link::random();
    in_tx!(app.store, |tx| {
        let Some((id, role)) = tx.active_account(&email).await? else {
            return Ok(None);
        };
        put_link(app, tx, id, role, &link).await?;
        tx.record(&of_account(app, id, Action::MadeLink)).await?;
        Ok(Some((id, role, link.clone())))
    })
}

/// Puts a new link on record, which ends the older ones: one that was lost is in
/// other hands. Of a family it ends every session, too, so that who was forwarded
/// one is out.
pub async fn put_link(
    app: &App,
    tx: &mut Tx,
    account: UserId,
    role: Role,
    link: &Link,
) -> Result<(), ServiceError> {
    let now = app.clock.now();
    if role == Role::Family {
        tx.revoke_links(account, now).await?;
        tx.answer_link_requests(account, now).await?;
    } else {
        tx.end_links(account, now).await?;
    }
    Ok(tx.add_link(&link.kept(app, account, role), now).await?)
}

/// What the operator did with an account.
fn of_account(app: &App, account: UserId, action: Action) -> AuditEvent {
    audit::by(app, Actor::Operator, action).about(AboutKind::Account, account.0)
}

/// Takes an account out of use, with its sessions and links; `false` when none
/// in use has this address. A request that has begun is finished; the next one
/// finds no session.
pub async fn disable(app: &App, email: &str) -> Result<bool, ServiceError> {
    let (email, now) = (email.trim().to_lowercase(), app.clock.now());
    in_tx!(app.store, |tx| {
        let Some(id) = tx.disable_account(&email, now).await? else {
            return Ok(false);
        };
        tx.record(&of_account(app, id, Action::DisabledAccount))
            .await?;
        Ok(true)
    })
}

/// Takes an account into use again; `false` when none out of use has this
/// address. It needs a new link.
pub async fn enable(app: &App, email: &str) -> Result<bool, ServiceError> {
    let email = email.trim().to_lowercase();
    in_tx!(app.store, |tx| {
        let Some(id) = tx.enable_account(&email).await? else {
            return Ok(false);
        };
        tx.record(&of_account(app, id, Action::EnabledAccount))
            .await?;
        Ok(true)
    })
}

/// Authorises an account of a municipality's staff to open emergency access, or
/// takes that back; `None`: there is no such account in use.
pub async fn allow_emergency(
    app: &App,
    email: &str,
    allowed: bool,
) -> Result<Option<UserId>, ServiceError> {
    let email = email.trim().to_lowercase();
    let action = Action::allowing_emergency(allowed);
    in_tx!(app.store, |tx| {
        let Some(id) = tx.allow_emergency(&email, allowed).await? else {
            return Ok(None);
        };
        tx.record(&of_account(app, id, action)).await?;
        Ok(Some(id))
    })
}

/// The case number of a family's own child.
pub async fn own_case(app: &App, reader: &Reader) -> Result<Option<CaseNumber>, ServiceError> {
    let mut tx = app.store.read().await?;
    let cases = tx.cases_after(reader, app.moment(), "").await?;
    Ok(cases.into_iter().next().map(|case| case.number))
}
