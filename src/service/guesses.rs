//! How often somebody may guess. Counted in the database, so that several
//! processes count together, before anything is checked, so that many guesses at
//! once count too.
//!
//! Nobody is shut out of an address from which they have signed in before
//! because of what others do elsewhere or with other accounts: for them only
//! the wrong tries at their own account from that address count.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::ServiceError;
use crate::{
    app::App,
    in_tx,
    seal::Keys,
    store::{Guess, Tx},
};

/// So many wrong tries in so long; the next one waits until the first of them
/// is that old.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// The wrong tries.
    pub most: i64,
    /// The time.
    pub within: TimeDelta,
}

/// Of one account from one address.
pub const PAIR: Limit = Limit {
    most: 5,
    within: TimeDelta::minutes(15),
};
/// Of one account from all addresses from which it has not signed in before.
pub const ACCOUNT: Limit = Limit {
    most: 20,
    within: TimeDelta::hours(1),
};
/// From one address, whatever the account: an office has many.
pub const ADDRESS: Limit = Limit {
    most: 60,
    within: TimeDelta::minutes(15),
};
/// Of typed codes, from one address: an office types its invitations on the first
/// of April. What bounds guessing is [`ALL_CODES`].
pub const CODES: Limit = Limit {
    most: 60,
    within: TimeDelta::minutes(15),
};
/// Of typed codes, in all: with a thousand codes waiting, a year of guessing
/// finds one with a chance of one in a hundred thousand.
pub const ALL_CODES: Limit = Limit {
    most: 1000,
    within: TimeDelta::hours(1),
};

/// An address counts as known for so long after a sign-in from it.
pub const KNOWN: TimeDelta = TimeDelta::days(90);

/// Whether a guess may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leave {
    /// Yes; it counts as wrong until [`Tx::was_right`].
    Given(Uuid),
    /// Not before then.
    Wait(DateTime<Utc>),
}

/// Which account is guessed at, and from where, as the database knows them.
pub struct Marks {
    /// The account.
    pub account: Vec<u8>,
    /// The address.
    pub from: Vec<u8>,
}

/// What stands in the database for an address: of IPv6 the network of one
/// customer (64 bits). Unknown is an address like any other.
fn mark(keys: &Keys, from: Option<IpAddr>) -> Vec<u8> {
    let text = match from.map(|ip| ip.to_canonical()) {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(ip)) => ip.to_string(),
        Some(IpAddr::V6(ip)) => format!("{:x?}", &ip.segments()[..4]),
    };
    keys.mac("guess: address", text.as_bytes()).1.to_vec()
}

impl Marks {
    /// Of an account's address and where somebody is.
    pub fn of(keys: &Keys, email: &str, from: Option<IpAddr>) -> Self {
        Self {
            account: keys.mac("guess: account", email.as_bytes()).1.to_vec(),
            from: mark(keys, from),
        }
    }
}

/// Asks for leave to try a password.
pub async fn at_sign_in(app: &App, marks: &Marks) -> Result<Leave, ServiceError> {
    let (id, now) = (app.ids.next(), app.clock.now());
    in_tx!(app.store, |tx| {
        if let Some(until) = too_many(tx, marks, now).await? {
            return Ok(Leave::Wait(until));
        }
        let guess = Guess {
            id,
            kind: "sign_in",
            account: Some(marks.account.clone()),
            from: marks.from.clone(),
        };
        tx.add_guess(&guess, now).await?;
        Ok(Leave::Given(id))
    })
}

/// Until when the limits shut somebody out. Every one is asked for, whatever
/// the others say, so that it takes as long whoever asks.
async fn too_many(
    tx: &mut Tx,
    marks: &Marks,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, ServiceError> {
    let (account, from) = (Some(&*marks.account), Some(&*marks.from));
    let since = now - KNOWN;
    let known = tx.knows_address(&marks.account, &marks.from, since).await?;
    let pair = tx
        .guess_before("sign_in", account, from, PAIR.most, now, PAIR.within)
        .await?
        .map(|at| at + PAIR.within);
    let strangers = tx
        .guess_from_unknown_before(&marks.account, since, ACCOUNT.most, now, ACCOUNT.within)
        .await?
        .map(|at| at + ACCOUNT.within);
    let address = tx
        .guess_before("sign_in", None, from, ADDRESS.most, now, ADDRESS.within)
        .await?
        .map(|at| at + ADDRESS.within);
    let others = strangers.max(address).filter(|_| !known);
    Ok(pair.max(others))
}

/// Asks for leave to try a typed code.
pub async fn at_code(app: &App, from: Option<IpAddr>) -> Result<Leave, ServiceError> {
    by_kind(app, "code", from).await
}

/// Asks for leave to ask for a new link: as often as codes may be typed wrong.
pub async fn at_request(app: &App, from: Option<IpAddr>) -> Result<Leave, ServiceError> {
    by_kind(app, "link_request", from).await
}

async fn by_kind(
    app: &App,
    kind: &'static str,
    from: Option<IpAddr>,
) -> Result<Leave, ServiceError> {
    let (id, now) = (app.ids.next(), app.clock.now());
    let from = mark(&app.keys, from);
    in_tx!(app.store, |tx| {
        let here = tx
            .guess_before(kind, None, Some(&from), CODES.most, now, CODES.within)
            .await?
            .map(|at| at + CODES.within);
        let all = tx
            .guess_before(kind, None, None, ALL_CODES.most, now, ALL_CODES.within)
            .await?
            .map(|at| at + ALL_CODES.within);
        if let Some(until) = here.max(all) {
            return Ok(Leave::Wait(until));
        }
        let guess = Guess {
            id,
            kind,
            account: None,
            from: from.clone(),
        };
        tx.add_guess(&guess, now).await?;
        Ok(Leave::Given(id))
    })
}

/// Forgets what counts for nothing any more.
pub async fn sweep(app: &App) -> Result<(), ServiceError> {
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        Ok(tx
            .sweep_guesses(now - TimeDelta::days(1), now - KNOWN)
            .await?)
    })
}
