//! Accounts in the hands of their administrator: who has one, in which state,
//! and the hand-over when half an office changes on the first of April.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    ServiceError, audit,
    once::{Came, DONE, Once},
    sign_in::{self, AccountRequest, Invited, Link},
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{
        access::{Permission, Role},
        audit::{AboutKind, Action},
        id::UserId,
        municipality::MunicipalityCode,
    },
    in_tx,
    store::{Account, Tx},
};

/// An account as its administrator sees it.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// The account.
    pub account: Account,
    /// When it signed in last; `None`: never.
    pub signed_in: Option<DateTime<Utc>>,
}

/// Every account, those in use first, then by municipality, role and name.
/// Empty for whoever may not keep accounts.
pub async fn list(app: &App, who: &SignedIn) -> Result<Vec<AccountRow>, ServiceError> {
    if !who.role().may(Permission::ManageAccounts) {
        return Ok(Vec::new());
    }
    let (accounts, mut last) = {
        let mut tx = app.store.read().await?;
        (tx.accounts().await?, tx.last_sign_ins().await?)
    };
    let event = audit::event(app, who, Action::ListedAccounts);
    audit::note(app, who, event).await?;
    let mut rows: Vec<AccountRow> = accounts
        .into_iter()
        .map(|account| AccountRow {
            signed_in: last.remove(&account.id),
            account,
        })
        .collect();
    rows.sort_by_key(|row| {
        let account = &row.account;
        (
            account.disabled,
            account.reader.municipality(),
            account.reader.role().map(Role::code),
            crate::store::sort_key(&account.name),
        )
    });
    Ok(rows)
}

/// The staff of a municipality that has an account in use, for its own eyes:
/// a stranger among them, or a link that nobody asked for, is noticed by those who
/// know each other. With each, when it was last given a link.
pub async fn colleagues(
    app: &App,
    who: &SignedIn,
    code: MunicipalityCode,
) -> Result<Vec<(Account, Option<DateTime<Utc>>)>, ServiceError> {
    let (accounts, mut links) = {
        let mut tx = app.store.read().await?;
        (tx.accounts().await?, tx.last_links().await?)
    };
    let event = audit::event(app, who, Action::ListedAccounts);
    audit::note(app, who, event).await?;
    Ok(accounts
        .into_iter()
        .filter(|a| !a.disabled && a.reader.municipality().is_some_and(|own| own.same_as(code)))
        .map(|a| {
            let link = links.remove(&a.id);
            (a, link)
        })
        .collect())
}

/// What became of a change of one account.
#[derive(Debug)]
pub enum Changed {
    /// It is done; with a new link, where one was asked for.
    Done(Option<Link>),
    /// There is no such account, or it is not in that state.
    Unknown,
    /// It is the last administrator in use: nobody could make accounts any more.
    LastAdministrator,
    /// It is the last that is named for a protected address.
    LastNamed,
}

/// Takes an account out of use.
pub async fn disable(app: &App, who: &SignedIn, id: UserId) -> Result<Changed, ServiceError> {
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        let accounts = tx.accounts().await?;
        let Some(account) = accounts.iter().find(|a| a.id == id && !a.disabled) else {
            return Ok(Changed::Unknown);
        };
        if is_last_administrator(&accounts, &[id]) {
            return Ok(Changed::LastAdministrator);
        }
        if tx.last_named(id).await? > 0 {
            return Ok(Changed::LastNamed);
        }
        let event = audit::event(app, who, Action::DisabledAccount);
        tx.disable_account(&account.email, now).await?;
        tx.record(&event.about(AboutKind::Account, id.0)).await?;
        Ok(Changed::Done(None))
    })
}

/// Takes an account into use again: of staff with a new link, as for somebody
/// new; a family's link is its municipality's to give.
pub async fn enable(app: &App, who: &SignedIn, id: UserId) -> Result<Changed, ServiceError> {
    let link = Link::random();
    in_tx!(app.store, |tx| {
        let accounts = tx.accounts().await?;
        let Some(account) = accounts.iter().find(|a| a.id == id && a.disabled) else {
            return Ok(Changed::Unknown);
        };
        tx.enable_account(&account.email).await?;
        let event = audit::event(app, who, Action::EnabledAccount);
        tx.record(&event.about(AboutKind::Account, id.0)).await?;
        let role = account.reader.role();
        let Some(role) = role.filter(|role| *role != Role::Family) else {
            return Ok(Changed::Done(None));
        };
        sign_in::put_link(app, tx, id, role, &link).await?;
        let event = audit::event(app, who, Action::MadeLink);
        tx.record(&event.about(AboutKind::Account, id.0)).await?;
        Ok(Changed::Done(Some(link.clone())))
    })
}

/// Authorises an account of a municipality's staff to open emergency access, or
/// takes that back.
pub async fn allow_emergency(
    app: &App,
    who: &SignedIn,
    id: UserId,
    allowed: bool,
) -> Result<Changed, ServiceError> {
    in_tx!(app.store, |tx| {
        let accounts = tx.accounts().await?;
        let Some(account) = accounts.iter().find(|a| a.id == id) else {
            return Ok(Changed::Unknown);
        };
        let Some(id) = tx.allow_emergency(&account.email, allowed).await? else {
            return Ok(Changed::Unknown);
        };
        let event = audit::event(app, who, Action::allowing_emergency(allowed));
        tx.record(&event.about(AboutKind::Account, id.0)).await?;
        Ok(Changed::Done(None))
    })
}

/// Makes a new link for an account: for somebody who is locked out.
pub async fn renew(app: &App, who: &SignedIn, id: UserId) -> Result<Changed, ServiceError> {
    let link = Link::random();
    in_tx!(app.store, |tx| {
        let accounts = tx.accounts().await?;
        let known = accounts.iter().find(|a| a.id == id && !a.disabled);
        // A family's link is its municipality's to give: whoever holds it reads
        // a plan, and an administrator must not.
        let role = known.and_then(|a| a.reader.role());
        let Some(role) = role.filter(|role| *role != Role::Family) else {
            return Ok(Changed::Unknown);
        };
        sign_in::put_link(app, tx, id, role, &link).await?;
        let event = audit::event(app, who, Action::MadeLink);
        tx.record(&event.about(AboutKind::Account, id.0)).await?;
        Ok(Changed::Done(Some(link.clone())))
    })
}

/// Whether nobody would administer accounts once these are gone.
fn is_last_administrator(accounts: &[Account], gone: &[UserId]) -> bool {
    let administers = |a: &&Account| !a.disabled && a.reader.role() == Some(Role::Administrator);
    let mut all = accounts.iter().filter(administers).peekable();
    all.peek().is_some() && all.all(|a| gone.contains(&a.id))
}

/// Who follows somebody.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub enum Successor {
    /// Somebody new.
    New {
        /// Name.
        name: String,
        /// Mail address.
        email: String,
    },
    /// A colleague who has an account of the same role and place.
    Colleague(UserId),
    /// Nobody: the account ends, and its open work is without a person.
    Nobody,
}

/// One step of a hand-over.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Step {
    /// Who leaves.
    pub leaving: UserId,
    /// Who follows.
    pub successor: Successor,
}

/// One step that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The name of who left.
    pub left: String,
    /// Who follows.
    pub follows: Option<String>,
    /// The invitation of somebody new.
    pub link: Option<Link>,
    /// How many children were given over.
    pub children: usize,
    /// For how many protected addresses who left was named; who follows is named
    /// instead.
    pub named: usize,
    /// Whether who left could open emergency access: nobody inherits that.
    pub opened_emergency: bool,
}

/// What became of a hand-over: all of it, or nothing.
#[derive(Debug)]
pub enum HandedOver {
    /// All is done.
    Done(Vec<Taken>),
    /// The same form came twice: it was done the first time, and its links were
    /// shown then.
    Repeated,
    /// The same key came with another content.
    OtherBody,
    /// Nobody leaves.
    Nothing,
    /// The account is not in use any more, or is a family's.
    Unknown(UserId),
    /// The successor of this account is refused.
    Refused(UserId, Invited),
    /// The colleague has another role or place, or leaves too.
    NotAColleague(UserId),
    /// Nobody would administer accounts any more.
    LastAdministrator,
    /// Nobody follows the last that is named for a protected address.
    LastNamed(UserId),
}

/// Hands accounts and their open work over, all in one commit.
pub async fn hand_over(
    app: &App,
    who: &SignedIn,
    steps: &[Step],
    key: Uuid,
) -> Result<HandedOver, ServiceError> {
    if steps.is_empty() {
        return Ok(HandedOver::Nothing);
    }
    let once = Once::new(who.user, key, &serde_json::json!({ "hand_over": steps }));
    let outcome = in_tx!(app.store, |tx| {
        match once.came(tx).await? {
            Came::First => {}
            Came::Again(_) => return Ok(HandedOver::Repeated),
            Came::Otherwise => return Ok(HandedOver::OtherBody),
        }
        let accounts = tx.accounts().await?;
        let mut taken = Vec::new();
        let mut added_administrator = false;
        for step in steps {
            match take(app, tx, who, &accounts, steps, step).await? {
                Ok((done, role)) => {
                    added_administrator |= done.link.is_some() && role == Role::Administrator;
                    taken.push(done);
                }
                Err(refused) => return Err(ServiceError::HandOver(Box::new(refused))),
            }
        }
        let gone: Vec<UserId> = steps.iter().map(|step| step.leaving).collect();
        if !added_administrator && is_last_administrator(&accounts, &gone) {
            let refused = HandedOver::LastAdministrator;
            return Err(ServiceError::HandOver(Box::new(refused)));
        }
        once.keep(app, tx, DONE).await?;
        Ok(HandedOver::Done(taken))
    });
    match outcome {
        // Given up with the whole unit of work: nothing is half handed over.
        Err(ServiceError::HandOver(refused)) => Ok(*refused),
        other => other,
    }
}

async fn take(
    app: &App,
    tx: &mut Tx,
    who: &SignedIn,
    accounts: &[Account],
    steps: &[Step],
    step: &Step,
) -> Result<Result<(Taken, Role), HandedOver>, ServiceError> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let in_use = |id: UserId| accounts.iter().find(|a| a.id == id && !a.disabled);
    let Some(leaving) = in_use(step.leaving) else {
        return Ok(Err(HandedOver::Unknown(step.leaving)));
    };
    let role = match leaving.reader.role() {
        Some(role) if role != Role::Family => role,
        _ => return Ok(Err(HandedOver::Unknown(step.leaving))),
    };
    let place = leaving.reader.municipality();
    let (successor, follows, link) = match &step.successor {
        Successor::Nobody => (None, None, None),
        Successor::Colleague(id) => {
            let leaves_too = steps.iter().any(|other| other.leaving == *id);
            match in_use(*id) {
                Some(colleague)
                    if !leaves_too
                        && colleague.reader.role() == Some(role)
                        && colleague.reader.municipality() == place =>
                {
                    (Some(*id), Some(colleague.name.clone()), None)
                }
                _ => return Ok(Err(HandedOver::NotAColleague(step.leaving))),
            }
        }
        Successor::New { name, email } => {
            let request = AccountRequest {
                email: email.clone(),
                name: name.clone(),
                role,
                municipality: place,
                case: None,
            };
            let by = audit::event(app, who, Action::AddedAccount);
            match sign_in::invite_in(app, tx, &request, by).await? {
                Invited::Link(id, link) => (Some(id), Some(name.clone()), Some(link)),
                refused => return Ok(Err(HandedOver::Refused(step.leaving, refused))),
            }
        }
    };
    let children = tx.give_assignments(leaving.id, successor, today).await?;
    if successor.is_none() && tx.last_named(leaving.id).await? > 0 {
        return Ok(Err(HandedOver::LastNamed(leaving.id)));
    }
    let named = tx.give_names(leaving.id, successor, now).await?;
    if !named.is_empty() {
        let event = audit::event(app, who, Action::ChangedProtection).on(named.iter().copied());
        tx.record(&event).await?;
    }
    tx.disable_account(&leaving.email, now).await?;
    let event = audit::event(app, who, Action::HandedOver)
        .on(children.iter().copied())
        .about(AboutKind::Account, leaving.id.0);
    tx.record(&event).await?;
    let done = Taken {
        left: leaving.name.clone(),
        follows,
        link,
        children: children.len(),
        named: named.len(),
        opened_emergency: leaving.opens_emergency,
    };
    Ok(Ok((done, role)))
}
