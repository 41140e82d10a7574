//! Signing in with address, password and code. Whatever is wrong, the answer is
//! the same, and so is the work: somebody without an account is checked against
//! a password, a second factor and recovery codes that nobody has.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    ServiceError, audit,
    guesses::{self, Leave, Marks},
    passwords, second_factor as factor,
    sessions::{self, Begun},
    sign_in::Link,
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{
        audit::{AboutKind, Action, Actor, AuditEvent},
        id::{SessionId, UserId},
        password::Password,
    },
    in_tx,
    seal::{Code, Token},
    store::{Credentials, NewLink, NewSession, Tx},
};

/// How long somebody who is signed in has to choose password and second factor anew.
const RENEWAL: TimeDelta = TimeDelta::minutes(30);

/// What somebody typed, and where.
#[derive(Clone)]
pub struct Typed {
    /// The address of the account.
    pub email: String,
    /// The password.
    pub password: String,
    /// A code of the second factor, or a recovery code.
    pub code: String,
    /// From which address.
    pub from: Option<IpAddr>,
}

/// What became of it.
#[derive(Debug)]
pub enum Answer<T> {
    /// It is right.
    Right(T),
    /// Something of it is wrong: nobody is told what.
    Wrong,
    /// There were too many wrong ones: not before then.
    Wait(DateTime<Utc>),
}

/// Which code was right; it is used up with what it was typed for.
enum RightCode {
    Step(i64),
    Recovery(i64, Vec<u8>),
}

/// What is right, and not used up yet.
struct Right {
    known: Credentials,
    code: RightCode,
    guess: uuid::Uuid,
    marks: Marks,
}

async fn check(app: &App, typed: &Typed) -> Result<Answer<Right>, ServiceError> {
    // As an address is kept (`sign_in::invite`).
    let email = typed.email.trim().to_lowercase();
    let marks = Marks::of(&app.keys, &email, typed.from);
    let turn = passwords::turn().await;
    let guess = match guesses::at_sign_in(app, &marks).await? {
        Leave::Given(guess) => guess,
        Leave::Wait(until) => return Ok(Answer::Wait(until)),
    };
    let nobody = UserId(uuid::Uuid::nil());
    let (found, codes) = {
        let mut tx = app.store.read().await?;
        let found = tx.credentials(&email).await?;
        let account = found.as_ref().map_or(nobody, |known| known.account);
        let codes = tx.recovery_codes(account).await?;
        (found, codes)
    };
    let nobodys = Credentials {
        account: nobody,
        role: crate::domain::access::Role::Family,
        password: passwords::NOBODYS.to_owned(),
        totp: factor::Factor::nobodys().seal(&app.keys, nobody),
    };
    let exists = found.is_some();
    let known = found.unwrap_or(nobodys);
    let password = Password::typed(&typed.password);
    let password_right = passwords::is_right(&turn, password, known.password.clone()).await;
    let secret = factor::Factor::open(&app.keys, known.account, &known.totp)?;
    let step = secret.step_of(&typed.code, app.clock.now());
    let recovery = factor::recovery_code_of(&app.keys, known.account, &typed.code, &codes)?;
    let code = step
        .map(RightCode::Step)
        .or(recovery.map(|(number, sealed)| RightCode::Recovery(number, sealed)));
    Ok(match code {
        Some(code) if exists && password_right => Answer::Right(Right {
            known,
            code,
            guess,
            marks,
        }),
        _ => {
            let account = exists.then_some(known.account);
            note_failure(app, account, typed.from).await?;
            Answer::Wrong
        }
    })
}

/// Notes a wrong try, whether or not there is such an account.
async fn note_failure(
    app: &App,
    account: Option<UserId>,
    from: Option<IpAddr>,
) -> Result<(), ServiceError> {
    let event = audit::by(app, Actor::Nobody, Action::SignInFailed).from_address(from);
    let event = match account {
        Some(account) => event.about(AboutKind::Account, account.0),
        None => event,
    };
    in_tx!(app.store, |tx| Ok(tx.record(&event).await?))
}

impl Right {
    /// What is noted of it: that a recovery code was used, and what it was typed
    /// for.
    fn events(&self, app: &App, action: Action, from: Option<IpAddr>) -> Vec<AuditEvent> {
        let recovery = matches!(self.code, RightCode::Recovery(..));
        let first = recovery.then_some(Action::UsedRecoveryCode);
        let actor = Actor::User(self.known.account);
        first
            .into_iter()
            .chain([action])
            .map(|action| audit::by(app, actor, action).from_address(from))
            .collect()
    }

    /// Uses up the code, in the commit of what it was typed for; `false` when
    /// somebody else was faster, or the account changed meanwhile.
    async fn use_up(
        &self,
        tx: &mut Tx,
        from: Option<IpAddr>,
        now: DateTime<Utc>,
        events: &[AuditEvent],
    ) -> Result<bool, ServiceError> {
        let used = match &self.code {
            RightCode::Step(step) => tx.use_totp_step(&self.known, *step).await?,
            RightCode::Recovery(number, sealed) => {
                tx.use_recovery_code(&self.known, *number, sealed, now)
                    .await?
            }
        };
        if used {
            tx.was_right(self.guess).await?;
            for event in events {
                tx.record(event).await?;
            }
            if from.is_some() {
                let (account, from) = (&self.marks.account, &self.marks.from);
                tx.know_address(account, from, now).await?;
            }
        }
        Ok(used)
    }
}

/// Signs somebody in: a new session, in the place of the one that the browser
/// had.
pub async fn sign_in(
    app: &App,
    typed: &Typed,
    device: &str,
    previous: Option<&Token>,
) -> Result<Answer<Begun>, ServiceError> {
    let right = match check(app, typed).await? {
        Answer::Right(right) => right,
        Answer::Wrong => return Ok(Answer::Wrong),
        Answer::Wait(until) => return Ok(Answer::Wait(until)),
    };
    let now = app.clock.now();
    let hours = sessions::hours(right.known.role);
    let (token, id) = (Token::random(), SessionId(app.ids.next()));
    let events = right.events(app, Action::SignedIn, typed.from);
    let begun = in_tx!(app.store, |tx| {
        if !right.use_up(tx, typed.from, now, &events).await? {
            return Ok::<_, ServiceError>(None);
        }
        if let Some(previous) = previous {
            tx.end_session(&previous.hash(), now).await?;
        }
        let new = NewSession {
            id,
            account: right.known.account,
            device: device.to_owned(),
            expires: now + TimeDelta::hours(hours),
        };
        tx.begin_session(&new, &token.hash(), now).await?;
        Ok(Some(Begun {
            account: new.account,
            session: token.clone(),
            hours,
        }))
    })?;
    Ok(begun.map_or(Answer::Wrong, Answer::Right))
}

/// Checks the password and a code of somebody who is signed in once more, and
/// answers the address, too.
async fn once_more(
    app: &App,
    account: UserId,
    password: &str,
    code: &str,
    from: Option<IpAddr>,
) -> Result<Answer<(String, Right)>, ServiceError> {
    let email = {
        let mut tx = app.store.read().await?;
        tx.email_of(account).await?.unwrap_or_default()
    };
    let typed = Typed {
        email: email.clone(),
        password: password.to_owned(),
        code: code.to_owned(),
        from,
    };
    Ok(match check(app, &typed).await? {
        Answer::Right(right) => Answer::Right((email, right)),
        Answer::Wrong => Answer::Wrong,
        Answer::Wait(until) => Answer::Wait(until),
    })
}

/// A link with which somebody who is signed in, types the password once more, and a
/// code, chooses both anew. Answers the address, too.
pub async fn renew_own(
    app: &App,
    who: &SignedIn,
    password: &str,
    code: &str,
) -> Result<Answer<(String, Link)>, ServiceError> {
    let (email, right) = match once_more(app, who.user, password, code, who.from).await? {
        Answer::Right(right) => right,
        Answer::Wrong => return Ok(Answer::Wrong),
        Answer::Wait(until) => return Ok(Answer::Wait(until)),
    };
    let (now, link) = (app.clock.now(), Link::random());
    let events = right.events(app, Action::MadeLink, who.from);
    let done = in_tx!(app.store, |tx| {
        if !right.use_up(tx, who.from, now, &events).await? {
            return Ok::<_, ServiceError>(false);
        }
        // Not for later, and not for another device.
        let soon = NewLink {
            expires: now + RENEWAL,
            ..link.kept(app, who.user, who.role())
        };
        tx.end_links(who.user, now).await?;
        tx.add_link(&soon, now).await?;
        Ok(true)
    })?;
    Ok(if done {
        Answer::Right((email, link))
    } else {
        Answer::Wrong
    })
}

/// New recovery codes for somebody who is signed in, types the password once
/// more, and a code.
pub async fn new_recovery_codes(
    app: &App,
    account: UserId,
    password: &str,
    code: &str,
    from: Option<IpAddr>,
) -> Result<Answer<Vec<Code>>, ServiceError> {
    let (_, right) = match once_more(app, account, password, code, from).await? {
        Answer::Right(right) => right,
        Answer::Wrong => return Ok(Answer::Wrong),
        Answer::Wait(until) => return Ok(Answer::Wait(until)),
    };
    let codes = factor::new_recovery_codes();
    let sealed: Vec<Vec<u8>> = codes
        .iter()
        .map(|code| factor::seal_recovery_code(&app.keys, account, code))
        .collect();
    let now = app.clock.now();
    let events = right.events(app, Action::MadeRecoveryCodes, from);
    let done = in_tx!(app.store, |tx| {
        if !right.use_up(tx, from, now, &events).await? {
            return Ok::<_, ServiceError>(false);
        }
        tx.set_recovery_codes(account, &sealed).await?;
        Ok(true)
    })?;
    Ok(if done {
        Answer::Right(codes)
    } else {
        Answer::Wrong
    })
}

/// How many recovery codes of an account are left; `None`: it has no second
/// factor, as a family has none.
pub async fn recovery_codes_left(
    app: &App,
    account: UserId,
) -> Result<Option<usize>, ServiceError> {
    let mut tx = app.store.read().await?;
    let email = tx.email_of(account).await?.unwrap_or_default();
    if tx.credentials(&email).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(tx.recovery_codes(account).await?.len()))
}
