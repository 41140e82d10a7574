//! Accounts and one-time links.

use chrono::TimeDelta;

use super::ServiceError;
use crate::{
    app::App,
    domain::{
        access::{Ground, Reader, Role, Subject},
        id::{CaseNumber, UserId},
        municipality::MunicipalityCode,
    },
    in_tx,
    seal::Token,
    store::NewAccount,
};

/// How long a one-time link waits to be used, in days.
pub const LINK_DAYS: i64 = 7;

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

/// What became of it.
#[derive(Debug)]
pub enum Invited {
    /// The account is there; its link, to be shown once.
    Link(UserId, Token),
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
}

/// Makes an account and a one-time link for it.
pub async fn invite(app: &App, request: &AccountRequest) -> Result<Invited, ServiceError> {
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
    let token = Token::random();
    in_tx!(app.store, |tx| {
        let case = match (&request.case, request.role) {
            (Some(number), Role::Family) => match tx.case_of_number(number).await? {
                Some(case) => Some(case),
                None => return Ok(Invited::NoSuchCase),
            },
            _ => None,
        };
        let account = NewAccount {
            id,
            email: email.clone(),
            name: request.name.trim().to_owned(),
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
        let expires = now + TimeDelta::days(LINK_DAYS);
        tx.add_link(id, &token.hash(), now, expires).await?;
        Ok(Invited::Link(id, token.clone()))
    })
}

/// Whether a one-time link waits to be used. Nothing happens to it.
pub async fn waits(app: &App, link: &Token) -> Result<bool, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(tx.link_waits(&link.hash(), app.clock.now()).await?)
}

/// A new one-time link for an account that is there already; `None`: there is
/// none with this address, or it is disabled.
pub async fn new_link(app: &App, email: &str) -> Result<Option<(UserId, Token)>, ServiceError> {
    let email = email.trim().to_lowercase();
    let now = app.clock.now();
    let token = Token::random();
    in_tx!(app.store, |tx| {
        let Some(id) = tx.active_account(&email).await? else {
            return Ok(None);
        };
        let expires = now + TimeDelta::days(LINK_DAYS);
        tx.add_link(id, &token.hash(), now, expires).await?;
        Ok(Some((id, token.clone())))
    })
}

/// The case number of a family's own child.
pub async fn own_case(app: &App, reader: &Reader) -> Result<Option<CaseNumber>, ServiceError> {
    let mut tx = app.store.read().await?;
    let cases = tx.cases_after(reader, app.clock.today(), "").await?;
    Ok(cases.into_iter().next().map(|case| case.number))
}
