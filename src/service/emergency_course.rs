//! The course of an emergency access that was opened: on whose pages it stands, what
//! is decided about it, and its own page.

use chrono::{DateTime, TimeDelta, Utc};

use super::{ServiceError, audit, view::SignedIn};
use crate::{
    app::App,
    domain::{
        access::Reader,
        audit::{AboutKind, Action},
        emergency::{Emergency, REASON_LIMIT},
        id::EmergencyId,
        municipality::MunicipalityCode,
    },
    in_tx,
    store::{Decision, DecisionRow, EmergencyRow, TrailRow, Tx},
};

/// What became of a decision about one that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It is in force.
    Done,
    /// There is no such access of the reader's municipality.
    Unknown,
    /// The account is not authorised.
    NotAuthorised,
    /// It is over.
    Over,
    /// An extension needs a reason.
    NoReason,
    /// No hours, or more than the setting allows.
    BadHours,
    /// It is open for longer already.
    LongerAlready,
}

/// One that a reader is under, or that asks its municipality what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Which.
    pub id: EmergencyId,
    /// The event's name.
    pub name: String,
    /// The municipality that opened it.
    pub municipality: MunicipalityCode,
    /// Until when it is open.
    pub until: DateTime<Utc>,
    /// Whether the reader is among those for whom it widens what may be read.
    pub widens: bool,
    /// Whether it asks the reader's municipality to be extended or let end.
    pub asks: bool,
}

/// One, with everything that was decided about it.
#[derive(Debug, Clone)]
pub struct EmergencyPage {
    /// It.
    pub row: EmergencyRow,
    /// What was decided since.
    pub decisions: Vec<DecisionRow>,
    /// What was read under it, the first first.
    pub reads: Vec<TrailRow>,
    /// Whether it is open now.
    pub open: bool,
    /// Whether it asks to be extended or let end.
    pub asks: bool,
    /// Whether the reader's account may extend or close it.
    pub may_decide: bool,
}

/// Extends one: a new decision, with a reason, for as many hours from now as
/// one may be opened for.
pub async fn extend(
    app: &App,
    who: &SignedIn,
    id: EmergencyId,
    reason: &str,
    hours: u32,
) -> Result<Decided, ServiceError> {
    let reason = reason.trim();
    if !(1..=REASON_LIMIT).contains(&reason.chars().count()) {
        return Ok(Decided::NoReason);
    }
    if !(1..=app.config.emergency.hours).contains(&hours) {
        return Ok(Decided::BadHours);
    }
    let now = app.clock.now();
    let (record, ends_at) = (app.ids.next(), now + TimeDelta::hours(hours.into()));
    in_tx!(app.store, |tx| {
        let Some(found) = tx.emergency(&who.reader, id).await? else {
            return Ok(Decided::Unknown);
        };
        if !tx.may_open_emergency(who.user).await? {
            return Ok(Decided::NotAuthorised);
        }
        // An extension never shortens what was decided before.
        if ends_at <= found.emergency.ends_at {
            return Ok(Decided::LongerAlready);
        }
        let decided = tx
            .decide_emergency(
                record,
                id,
                Decision::Extended,
                reason,
                who.user,
                ends_at,
                now,
            )
            .await?;
        if !decided {
            return Ok(Decided::Over);
        }
        let event = audit::event(app, who, Action::ExtendedEmergency);
        tx.record(&event.about(AboutKind::Emergency, id.0)).await?;
        Ok(Decided::Done)
    })
}

/// Notes that somebody has decided to let it end: nobody is asked any more.
pub async fn let_end(app: &App, who: &SignedIn, id: EmergencyId) -> Result<Decided, ServiceError> {
    let (now, record) = (app.clock.now(), app.ids.next());
    in_tx!(app.store, |tx| {
        let Some(found) = own(tx, who, id).await? else {
            return Ok(Decided::Unknown);
        };
        let ends_at = found.emergency.ends_at;
        let decided = tx
            .decide_emergency(record, id, Decision::LetEnd, "", who.user, ends_at, now)
            .await?;
        if !decided {
            return Ok(Decided::Over);
        }
        let event = audit::event(app, who, Action::LetEmergencyEnd);
        tx.record(&event.about(AboutKind::Emergency, id.0)).await?;
        Ok(Decided::Done)
    })
}

/// Closes it at once. Any staff of the municipality may: it takes nothing away
/// that was theirs.
pub async fn close(app: &App, who: &SignedIn, id: EmergencyId) -> Result<Decided, ServiceError> {
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        if own(tx, who, id).await?.is_none() {
            return Ok(Decided::Unknown);
        }
        // To shut helpers out in the middle of an event is as grave as to let them in.
        if !tx.may_open_emergency(who.user).await? {
            return Ok(Decided::NotAuthorised);
        }
        if !tx.close_emergency(id, who.user, now).await? {
            return Ok(Decided::Over);
        }
        let event = audit::event(app, who, Action::ClosedEmergency);
        tx.record(&event.about(AboutKind::Emergency, id.0)).await?;
        Ok(Decided::Done)
    })
}

/// One of the reader's own municipality.
async fn own(
    tx: &mut Tx,
    who: &SignedIn,
    id: EmergencyId,
) -> Result<Option<EmergencyRow>, ServiceError> {
    let found = tx.emergency(&who.reader, id).await?;
    Ok(found.filter(|row| row.emergency.is_of(&who.reader)))
}

/// Every one that the reader may know of, the latest first.
pub async fn list(app: &App, who: &SignedIn) -> Result<Vec<Emergency>, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(tx.emergencies(&who.reader).await?)
}

/// One, with its decisions and what was read under it.
pub async fn page(
    app: &App,
    who: &SignedIn,
    id: EmergencyId,
) -> Result<Option<EmergencyPage>, ServiceError> {
    let now = app.clock.now();
    let found = {
        let mut tx = app.store.read().await?;
        let Some(row) = tx.emergency(&who.reader, id).await? else {
            return Ok(None);
        };
        EmergencyPage {
            decisions: tx.emergency_decisions(id).await?,
            reads: tx.emergency_reads(&who.reader, id).await?,
            open: row.emergency.is_open(now),
            asks: row.emergency.asks(now),
            may_decide: row.emergency.is_open(now) && tx.may_open_emergency(who.user).await?,
            row,
        }
    };
    let event = audit::event(app, who, Action::ListedEmergencyReads);
    audit::note(app, who, event.about(AboutKind::Emergency, id.0)).await?;
    Ok(Some(found))
}

/// The emergency accesses that concern somebody now: those under which they
/// read, and those that ask their municipality what to do.
pub async fn notices(app: &App, who: &SignedIn) -> Result<Vec<Notice>, ServiceError> {
    let reader = &who.reader;
    let may_concern = matches!(
        reader,
        Reader::Centre(_)
            | Reader::Coordinator(_)
            | Reader::Municipality(..)
            | Reader::NightDuty(..)
    );
    if !may_concern {
        return Ok(Vec::new());
    }
    let now = app.clock.now();
    let open = {
        let mut tx = app.store.read().await?;
        tx.open_emergencies(now).await?
    };
    let notices = open.into_iter().filter_map(|emergency| {
        let widens = emergency.widens_for(reader);
        let asks = matches!(reader, Reader::Municipality(..))
            && emergency.is_of(reader)
            && emergency.asks(now);
        (widens || asks).then(|| Notice {
            id: emergency.id,
            municipality: emergency.municipality,
            until: emergency.closes_at(),
            name: emergency.name,
            widens,
            asks,
        })
    });
    Ok(notices.collect())
}
