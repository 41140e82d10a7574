//! The invitation of staff: a link (or its typed code), a password, a second
//! factor that a code confirms, recovery codes, a session. The link waits until
//! all of it is done, and is used up by the one commit at the end; whoever
//! begins again chooses both anew.

use std::net::IpAddr;

use chrono::TimeDelta;

use super::{
    ServiceError, audit,
    authenticate::Answer,
    guesses::{self, Leave},
    passwords, second_factor as factor,
    sessions::{self, Begun},
};
use crate::{
    app::App,
    domain::{
        access::Role,
        audit::{Action, Actor},
        id::SessionId,
        password::{BadPassword, Password},
    },
    in_tx,
    seal::{Code, LINK_CODE, Token, TokenHash, hex, unhex},
    store::{NewSession, WaitingLink},
};

/// What a ticket is sealed for.
const TICKET: &str = "link ticket";

/// What a typed code is made a code of authentication for.
pub const CODE_PURPOSE: &str = "link code";

/// The link that a form names: by its token, or by a ticket that was given for
/// its typed code. A ticket is the link's hash, sealed: it holds as long as the
/// link does.
pub fn link_named(app: &App, text: &str) -> Option<TokenHash> {
    if let Some(token) = Token::from_text(text) {
        return Some(token.hash());
    }
    // Longer than a sealed hash is none.
    let sealed = unhex(text.get(..text.len().min(400))?)?;
    let hash = app.keys.open_sealed(TICKET, "", &sealed).ok()?;
    Some(TokenHash(hash))
}

/// The ticket of a typed code.
pub async fn ticket_of(
    app: &App,
    typed: &str,
    from: Option<IpAddr>,
) -> Result<Answer<String>, ServiceError> {
    let guess = match guesses::at_code(app, from).await? {
        Leave::Given(guess) => guess,
        Leave::Wait(until) => return Ok(Answer::Wait(until)),
    };
    let now = app.clock.now();
    let failed = audit::by(app, Actor::Nobody, Action::SignInFailed).from_address(from);
    let macs = Code::read(typed, LINK_CODE)
        .map(|code| app.keys.macs(CODE_PURPOSE, code.as_bytes()))
        .unwrap_or_default();
    let found = in_tx!(app.store, |tx| {
        for (key, mac) in &macs {
            if let Some(hash) = tx.link_of_code(key, mac, now).await? {
                tx.was_right(guess).await?;
                return Ok::<_, ServiceError>(Some(hash));
            }
        }
        tx.record(&failed).await?;
        Ok(None)
    })?;
    Ok(found.map_or(Answer::Wrong, |hash| {
        Answer::Right(hex(&app.keys.seal(TICKET, "", &hash.0)))
    }))
}

/// The link, if it waits and invites: a family's lets in, and makes no password.
async fn inviting(app: &App, link: &TokenHash) -> Result<Option<WaitingLink>, ServiceError> {
    let found = waiting(app, link).await?;
    Ok(found.filter(|link| link.role != Role::Family))
}

/// The link, if it waits.
pub async fn waiting(app: &App, link: &TokenHash) -> Result<Option<WaitingLink>, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(tx.waiting_link(link, app.clock.now()).await?)
}

/// What became of a password that was chosen.
#[derive(Debug)]
pub enum Chosen {
    /// It is taken; this is the second factor to be confirmed, and the address
    /// it is for.
    Taken(factor::Factor, String),
    /// It is not taken.
    Bad(BadPassword),
    /// The link waits no longer.
    Over,
}

/// Takes a password, and makes a second factor. Both wait on the link.
pub async fn choose_password(
    app: &App,
    link: &TokenHash,
    text: &str,
) -> Result<Chosen, ServiceError> {
    let Some(waiting) = inviting(app, link).await? else {
        return Ok(Chosen::Over);
    };
    let password = match Password::new(text, &waiting.email) {
        Ok(password) => password,
        Err(bad) => return Ok(Chosen::Bad(bad)),
    };
    let hash = {
        let turn = passwords::turn().await;
        passwords::hash(&turn, password).await
    };
    let secret = factor::Factor::new();
    let sealed = secret.seal(&app.keys, waiting.account);
    let now = app.clock.now();
    let kept = in_tx!(app.store, |tx| {
        Ok::<_, ServiceError>(tx.choose_with_link(link, &hash, &sealed, now).await?)
    })?;
    Ok(if kept {
        Chosen::Taken(secret, waiting.email)
    } else {
        Chosen::Over
    })
}

/// What became of the code that confirms.
#[derive(Debug)]
pub enum Confirmed {
    /// The account is ready; a session, and the recovery codes to be printed.
    Begun(Begun, Vec<Code>),
    /// The code is wrong; the second factor once more.
    WrongCode(factor::Factor, String),
    /// The link waits no longer, or nothing was chosen with it.
    Over,
}

/// Confirms the second factor, and finishes the invitation.
pub async fn confirm(
    app: &App,
    link: &TokenHash,
    typed: &str,
    device: &str,
    from: Option<IpAddr>,
) -> Result<Confirmed, ServiceError> {
    let Some(waiting) = inviting(app, link).await? else {
        return Ok(Confirmed::Over);
    };
    let Some((password, totp)) = waiting.chosen else {
        return Ok(Confirmed::Over);
    };
    let account = waiting.account;
    let now = app.clock.now();
    let secret = factor::Factor::open(&app.keys, account, &totp)?;
    let Some(step) = secret.step_of(typed, now) else {
        return Ok(Confirmed::WrongCode(secret, waiting.email));
    };
    let codes = factor::new_recovery_codes();
    let sealed: Vec<Vec<u8>> = codes
        .iter()
        .map(|code| factor::seal_recovery_code(&app.keys, account, code))
        .collect();
    let hours = sessions::hours(waiting.role);
    let (token, id) = (Token::random(), SessionId(app.ids.next()));
    let events = [
        Action::SetPassword,
        Action::SetSecondFactor,
        Action::SignedIn,
    ]
    .map(|action| audit::by(app, Actor::User(account), action).from_address(from));
    let done = in_tx!(app.store, |tx| {
        // What is confirmed is what still waits there; and it is used up.
        let still = tx.waiting_link(link, now).await?;
        let same = still.and_then(|link| link.chosen) == Some((password.clone(), totp.clone()));
        if !same || tx.use_link(link, now).await?.is_none() {
            return Ok::<_, ServiceError>(false);
        }
        tx.take_over(account, (&password, &totp), step, now).await?;
        tx.set_recovery_codes(account, &sealed).await?;
        let new = NewSession {
            id,
            account,
            device: device.to_owned(),
            expires: now + TimeDelta::hours(hours),
        };
        tx.begin_session(&new, &token.hash(), now).await?;
        for event in &events {
            tx.record(event).await?;
        }
        Ok(true)
    })?;
    if !done {
        return Ok(Confirmed::Over);
    }
    let begun = Begun {
        account,
        session: token,
        hours,
    };
    Ok(Confirmed::Begun(begun, codes))
}
