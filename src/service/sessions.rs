//! Sessions: begun with a one-time link, listed and ended by their owner.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use super::{ServiceError, audit, view::SignedIn};
use crate::{
    app::App,
    domain::{
        access::Role,
        audit::{Action, Actor, AuditEvent},
        id::{SessionId, UserId},
    },
    in_tx,
    seal::{Token, TokenHash},
    store::{LinkKind, NewSession, SessionRow},
};

/// A session of staff that nobody used for so many minutes is over. A family's
/// is not: its page must be at hand in the night of the typhoon.
pub const IDLE: TimeDelta = TimeDelta::minutes(60);

/// A session is noted as seen once in so many seconds.
const SEEN_SECONDS: i64 = 60;

/// How long a session lasts at most, in hours: of staff a working day, of a
/// family a season of typhoons.
pub const fn hours(role: Role) -> i64 {
    match role {
        Role::Family => 24 * 90,
        _ => 12,
    }
}

/// A session that has just begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Whose.
    pub account: UserId,
    /// What the browser holds.
    pub session: Token,
    /// The hours that it lasts.
    pub hours: i64,
}

/// Whether a link lets its account in by itself: a family's does; one of staff
/// invites to choose a password and a second factor.
pub fn lets_in(app: &App, account: UserId, role: Role) -> bool {
    role == Role::Family || app.comes_in_directly(account)
}

/// Trades a link for a new session; `None` when the link is unknown, used up or
/// over, or does not let anybody in by itself. A family's link opens on every
/// device of the family, until it ends or a newer one takes its place. `device` is what its
/// owner will know the session by.
pub async fn begin(
    app: &App,
    link: &TokenHash,
    device: &str,
    from: Option<IpAddr>,
) -> Result<Option<Begun>, ServiceError> {
    let now = app.clock.now();
    let (session, id, event) = (Token::random(), app.ids.next(), app.ids.next());
    in_tx!(app.store, |tx| {
        let waiting = tx.waiting_link(link, now).await?;
        let Some(waiting) = waiting.filter(|link| lets_in(app, link.account, link.role)) else {
            return Ok(None);
        };
        let (account, longest) = (waiting.account, now + TimeDelta::hours(hours(waiting.role)));
        let expires = if waiting.role == Role::Family && waiting.kind == LinkKind::Handed {
            // A forwarded link gives no more than the link itself has.
            longest.min(waiting.expires)
        } else if tx.use_link(link, now).await?.is_some() {
            longest
        } else {
            return Ok(None);
        };
        let new = NewSession {
            id: SessionId(id),
            account,
            device: device.to_owned(),
            expires,
        };
        tx.begin_session(&new, &session.hash(), now).await?;
        let event = AuditEvent::new(event, now, Actor::User(account), Action::SignedIn);
        tx.record(&event.from_address(from)).await?;
        Ok(Some(Begun {
            account,
            session: session.clone(),
            hours: (expires - now).num_hours(),
        }))
    })
}

/// The account of a session that is open or over: whose form it was.
pub async fn whose(app: &App, session: &Token) -> Result<Option<UserId>, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(tx.account_of_any_session(&session.hash()).await?)
}

/// Who holds a session; that it was used is noted.
pub async fn holder(app: &App, session: &Token) -> Result<Option<SignedIn>, ServiceError> {
    let (hash, now) = (session.hash(), app.clock.now());
    let found = {
        let mut tx = app.store.read().await?;
        tx.account_of_session(&hash, now, IDLE).await?
    };
    let Some((account, last_seen)) = found else {
        return Ok(None);
    };
    if now - last_seen >= TimeDelta::seconds(SEEN_SECONDS) {
        seen(app, session, now).await?;
    }
    Ok(Some(SignedIn {
        user: account.id,
        name: account.name,
        reader: account.reader,
        from: None,
        noted: super::view::Noted::default(),
    }))
}

async fn seen(app: &App, session: &Token, now: DateTime<Utc>) -> Result<(), ServiceError> {
    let hash = session.hash();
    in_tx!(app.store, |tx| Ok(tx.see_session(&hash, now).await?))
}

/// The open sessions of an account, and which of them is this one.
pub async fn list(
    app: &App,
    account: UserId,
    own: &Token,
) -> Result<Vec<(SessionRow, bool)>, ServiceError> {
    let now = app.clock.now();
    let mut tx = app.store.read().await?;
    Ok(tx.sessions_of(account, &own.hash(), now, IDLE).await?)
}

/// Ends this session.
pub async fn end(app: &App, who: &SignedIn, session: &Token) -> Result<(), ServiceError> {
    let now = app.clock.now();
    let event = audit::event(app, who, Action::SignedOut);
    in_tx!(app.store, |tx| {
        tx.end_session(&session.hash(), now).await?;
        Ok(tx.record(&event).await?)
    })
}

/// Ends one other session of an account, or every other one. A family that ends all
/// others ends its link and its calendars, too: whoever has them would come in, or
/// read on.
pub async fn end_others(
    app: &App,
    who: &SignedIn,
    own: &Token,
    named: Option<SessionId>,
) -> Result<u64, ServiceError> {
    let (hash, now) = (own.hash(), app.clock.now());
    let event = audit::event(app, who, Action::EndedSessions);
    in_tx!(app.store, |tx| {
        let ended = tx.end_other_sessions(who.user, &hash, named, now).await?;
        // A link of staff that waits may be of whoever is thrown out.
        let family = who.role() == Role::Family;
        let links = named.is_none() || !family;
        if links {
            tx.end_links(who.user, now).await?;
        }
        if family && named.is_none() {
            tx.end_feeds(who.user, now).await?;
        }
        if ended > 0 || links {
            tx.record(&event).await?;
        }
        Ok(ended)
    })
}
