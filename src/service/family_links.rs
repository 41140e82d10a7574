//! How families come in: a link each, codes that staff tell over the
//! telephone, and the wish for a new link.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    ServiceError, audit,
    care::case_to_act_for,
    guesses::{self, Leave},
    sign_in::{self, AccountRequest, Invited, Link},
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{
        access::Role,
        audit::{Action, Actor},
        id::{CaseNumber, UserId},
    },
    in_tx,
    seal::Code,
    store::{LinkKind, LinkRequest, NewLink, Tx},
};

/// How long a code that is told over the telephone waits to be typed, in
/// minutes.
pub const CODE_MINUTES: i64 = 15;

/// How a family's account is called at the head of its page.
const FAMILY_NAME: &str = "ご家族";

/// What became of a code that was asked for.
#[derive(Debug)]
pub enum Told {
    /// The code, to be read aloud, and until when it holds.
    Code(Code, DateTime<Utc>),
    /// There is no such case for this reader, or not all of it.
    Unknown,
    /// The family has not been called back at the number on record.
    NotCalledBack,
    /// No family has an account for this case.
    NoAccount,
}

/// Makes a code for a family, which staff have called back. It adds a device
/// and takes nothing away: who never types it is not shut out.
pub async fn tell_code(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
    called_back: bool,
) -> Result<Told, ServiceError> {
    let (at, link) = (app.moment(), Link::random());
    let until = at.now + TimeDelta::minutes(CODE_MINUTES);
    in_tx!(app.store, |tx| {
        let case = case_to_act_for(tx, &who.reader, at, number).await?;
        let Some(case) = case else {
            return Ok(Told::Unknown);
        };
        if !called_back {
            return Ok(Told::NotCalledBack);
        }
        let Some(family) = tx.family_of(case.id).await? else {
            return Ok(Told::NoAccount);
        };
        let told = NewLink {
            kind: LinkKind::Told,
            expires: until,
            ..link.kept(app, family, Role::Family)
        };
        tx.end_told_codes(family, at.now).await?;
        tx.add_link(&told, at.now).await?;
        tx.answer_link_requests(family, at.now).await?;
        let event = audit::event(app, who, Action::ToldCode);
        tx.record(&event.on([case.id])).await?;
        Ok(Told::Code(link.code.clone(), until))
    })
}

/// Ends every link, session and calendar of a family; `false`: there is no such
/// case for this reader, or not all of it.
pub async fn end_ways(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<bool, ServiceError> {
    let at = app.moment();
    in_tx!(app.store, |tx| {
        let case = case_to_act_for(tx, &who.reader, at, number).await?;
        let Some(case) = case else {
            return Ok(false);
        };
        tx.end_ways_in(case.id, at.now).await?;
        let event = audit::event(app, who, Action::EndedFamilyWays);
        tx.record(&event.on([case.id])).await?;
        Ok(true)
    })
}

/// What became of an account for a family.
#[derive(Debug)]
pub enum FamilyMade {
    /// It is there; its link, to be shown once.
    Made(Link),
    /// There is no such case for this reader, or not all of it.
    Unknown,
    /// The family has an account already.
    HasOne,
    /// The address is refused.
    Refused(Invited),
}

/// Makes the account of a family, by staff who may read the plan: whoever holds
/// its link does.
pub async fn make_account(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
    email: &str,
) -> Result<FamilyMade, ServiceError> {
    let request = AccountRequest {
        email: email.to_owned(),
        name: FAMILY_NAME.to_owned(),
        role: Role::Family,
        municipality: None,
        case: Some(number.clone()),
    };
    in_tx!(app.store, |tx| {
        let case = case_to_act_for(tx, &who.reader, app.moment(), number).await?;
        let Some(case) = case else {
            return Ok(FamilyMade::Unknown);
        };
        if tx.family_of(case.id).await?.is_some() {
            return Ok(FamilyMade::HasOne);
        }
        let event = audit::event(app, who, Action::AddedAccount);
        Ok(match sign_in::invite_in(app, tx, &request, event).await? {
            Invited::Link(_, link) => FamilyMade::Made(link),
            refused => FamilyMade::Refused(refused),
        })
    })
}

/// A new link for a mail to a family that has an account: beside those that are there,
/// so that an old mail still opens its page.
pub(super) async fn link_for_mail(
    tx: &mut Tx,
    app: &App,
    account: UserId,
) -> Result<Link, ServiceError> {
    let link = Link::random();
    let kept = link.kept(app, account, Role::Family);
    tx.add_link(&kept, app.clock.now()).await?;
    Ok(link)
}

/// Makes the account of a family that has none, so that the link of a mail can lead to
/// its page; and its link.
pub(super) async fn account_for_mail(
    tx: &mut Tx,
    app: &App,
    number: &CaseNumber,
    address: &str,
) -> Result<(UserId, Link), ServiceError> {
    // Brothers and sisters have one address: an account is found by its link.
    let own = format!("{number}@family.invalid");
    for email in [address, &own] {
        let request = AccountRequest {
            email: email.to_owned(),
            name: FAMILY_NAME.to_owned(),
            role: Role::Family,
            municipality: None,
            case: Some(number.clone()),
        };
        let event = audit::by(app, Actor::Operator, Action::AddedAccount);
        if let Invited::Link(account, link) = sign_in::invite_in(app, tx, &request, event).await? {
            return Ok((account, link));
        }
    }
    Err(ServiceError::Corrupt("account.email"))
}

/// Notes that a family asks for a new link; until when to wait, where too many
/// were asked for. The answer and the work are the same, whoever's the address
/// is.
pub async fn ask_for_link(
    app: &App,
    email: &str,
    from: Option<IpAddr>,
) -> Result<Option<DateTime<Utc>>, ServiceError> {
    if let Leave::Wait(until) = guesses::at_request(app, from).await? {
        return Ok(Some(until));
    }
    // Longer than an address can be is nobody's.
    let email: String = email.trim().to_lowercase().chars().take(255).collect();
    let (id, now) = (app.ids.next(), app.clock.now());
    in_tx!(app.store, |tx| {
        tx.ask_for_link(id, &email, now).await?;
        Ok::<_, ServiceError>(())
    })?;
    Ok(None)
}

/// The families that wait for a new link, among those that are the reader's.
pub async fn requests(app: &App, who: &SignedIn) -> Result<Vec<LinkRequest>, ServiceError> {
    let found = {
        let mut tx = app.store.read().await?;
        tx.link_requests(&who.reader, app.moment()).await?
    };
    if !found.is_empty() {
        audit::saw(app, who, Action::ListedChildren, found.iter().map(|r| r.id)).await?;
    }
    Ok(found)
}
