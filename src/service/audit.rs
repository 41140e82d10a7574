//! The audit trail at work: what is seen is noted before it is shown, and one
//! process at a time seals what was noted.

use std::collections::HashSet;

use chrono::TimeDelta;
use uuid::Uuid;

use super::{ServiceError, view::SignedIn};
use crate::{
    app::App,
    domain::{
        audit::{Action, Actor, AuditEvent, AuditVerdict, Fault, Head},
        id::CaseId,
    },
    store::{Seal, TrailFilter, TrailRow, Tx},
};

/// How long a sealer is trusted to be alive without a word from it.
const LEASE: TimeDelta = TimeDelta::seconds(15);

/// The lease of the sealer.
const SEALER: &str = "audit-sealer";

/// What a seal's hash is signed for.
const PURPOSE: &str = "audit seal";

/// So many events go into a seal at most.
const SEAL_SIZE: i64 = 1_000;

/// An event of somebody who is signed in, now.
pub fn event(app: &App, who: &SignedIn, action: Action) -> AuditEvent {
    by(app, Actor::User(who.user), action).from_address(who.from)
}

/// An event of any actor, now.
pub fn by(app: &App, actor: Actor, action: Action) -> AuditEvent {
    AuditEvent::new(app.ids.next(), app.clock.now(), actor, action)
}

/// Notes that somebody sees children; what was read may be shown when this has
/// answered, and not before.
pub async fn saw(
    app: &App,
    who: &SignedIn,
    action: Action,
    cases: impl IntoIterator<Item = CaseId>,
) -> Result<(), ServiceError> {
    note(app, who, event(app, who, action).on(cases)).await
}

/// Notes a read that is about more than children; the number of a print of what
/// is shown leads back to it.
pub async fn note(app: &App, who: &SignedIn, event: AuditEvent) -> Result<(), ServiceError> {
    who.noted.note(event.id);
    Ok(app.store.note_read(event).await?)
}

/// Seals what waits, if no other process is at it; answers how many events were
/// sealed. `holder` names this process.
pub async fn seal(app: &App, holder: Uuid) -> Result<u64, ServiceError> {
    let mut sealed = 0;
    loop {
        let now = app.clock.now();
        let mut tx = app.store.append().await?;
        if !tx.lease(SEALER, holder, now, now + LEASE).await? {
            return Ok(sealed);
        }
        let sign = |hash: &str| app.keys.mac(PURPOSE, hash.as_bytes());
        let count = tx.seal_waiting(now, SEAL_SIZE, &sign).await?;
        tx.commit().await?;
        sealed += count;
        if count < SEAL_SIZE.cast_unsigned() {
            return Ok(sealed);
        }
    }
}

/// Seals what waits, once, and leaves the lease to whoever comes next: for a
/// process that ends.
pub async fn seal_and_leave(app: &App, holder: Uuid) -> Result<(), ServiceError> {
    seal(app, holder).await?;
    let mut tx = app.store.append().await?;
    tx.give_back(SEALER, holder).await?;
    Ok(tx.commit().await?)
}

/// The last seal.
pub async fn head(app: &App) -> Result<Option<Head>, ServiceError> {
    let mut tx = app.store.read().await?;
    let last = tx.last_seal().await?;
    Ok(last.map(|(number, hash)| Head { number, hash }))
}

/// Looks at the whole trail. `kept` is a seal that was written down elsewhere.
pub async fn verify(app: &App, kept: Option<&Head>) -> Result<AuditVerdict, ServiceError> {
    let mut tx = app.store.read().await?;
    let mut look = Look {
        whole_sets: tx.whole_sets().await?,
        ..Look::default()
    };
    loop {
        let after = look.verdict.head.as_ref().map_or(0, |head| head.number);
        let seals = tx.seals_after(after).await?;
        if seals.is_empty() {
            break;
        }
        for seal in seals {
            if !is_signed(app, &seal) {
                let seal = seal.number;
                look.verdict.faults.push(Fault::SealForged { seal });
            }
            look.at(&mut tx, &seal, kept).await?;
        }
    }
    look.for_strangers(&mut tx).await?;
    let mut verdict = look.verdict;
    verdict.waiting = tx.waiting_events().await?;
    if let Some(kept) = kept
        && !look.kept_found
    {
        verdict.faults.push(Fault::OtherHead { seal: kept.number });
    }
    Ok(verdict)
}

/// Whether a seal was signed with a key that the program holds: whoever has the
/// database alone cannot write a trail anew.
fn is_signed(app: &App, seal: &Seal) -> bool {
    let (key, mac) = &seal.mac;
    let due = app.keys.mac_under(key, PURPOSE, seal.hash.as_bytes());
    due.is_ok_and(|due| due.as_slice() == mac)
}

/// A look at the trail under way.
#[derive(Default)]
struct Look {
    verdict: AuditVerdict,
    whole_sets: HashSet<String>,
    /// Every event that a seal has named.
    named: HashSet<Uuid>,
    kept_found: bool,
}

impl Look {
    async fn at(
        &mut self,
        tx: &mut Tx,
        seal: &Seal,
        kept: Option<&Head>,
    ) -> Result<(), ServiceError> {
        let number = seal.number;
        let faults = &mut self.verdict.faults;
        let (expected, previous) = match &self.verdict.head {
            Some(head) => (head.number + 1, head.hash.as_str()),
            None => (1, ""),
        };
        if number != expected {
            faults.push(Fault::SealRemoved { seal: expected });
        } else if seal.previous != previous {
            faults.push(Fault::SealUnchained { seal: number });
        }
        if seal.content_hash() != seal.hash {
            faults.push(Fault::SealChanged { seal: number });
        }
        let ids: Vec<Uuid> = seal.events.iter().map(|(id, _)| *id).collect();
        let stored = tx.stored_events(&ids).await?;
        for (event, hash) in &seal.events {
            let (event, seal) = (*event, number);
            if !self.named.insert(event) {
                faults.push(Fault::EventTwice { event, seal });
                continue;
            }
            match stored.get(&event) {
                None => faults.push(Fault::EventRemoved { event, seal }),
                Some(now)
                    if now.hash != *hash
                        || now.seal != Some(number)
                        || now
                            .case_set
                            .as_ref()
                            .is_some_and(|set| !self.whole_sets.contains(set)) =>
                {
                    faults.push(Fault::EventChanged { event, seal });
                }
                Some(_) => self.verdict.sealed += 1,
            }
        }
        self.kept_found |= kept.is_some_and(|kept| kept.number == number && kept.hash == seal.hash);
        self.verdict.seals += 1;
        self.verdict.head = Some(Head {
            number,
            hash: seal.hash.clone(),
        });
        Ok(())
    }

    /// Events that claim a seal which does not name them.
    async fn for_strangers(&mut self, tx: &mut Tx) -> Result<(), ServiceError> {
        let mut after = Uuid::nil();
        loop {
            let page = tx.sealed_after(after).await?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            after = *last;
            let strangers = page.iter().filter(|(id, _)| !self.named.contains(id));
            self.verdict
                .faults
                .extend(strangers.map(|(event, seal)| Fault::EventAdded {
                    event: *event,
                    seal: *seal,
                }));
        }
    }
}

/// Up to 200 events, the latest first, for the auditor.
pub async fn trail(
    app: &App,
    who: &SignedIn,
    filter: &TrailFilter,
) -> Result<Vec<TrailRow>, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(tx.trail(&who.reader, filter).await?)
}

/// Up to 200 events about a family's own child, the latest first.
pub async fn trail_of_own(
    app: &App,
    who: &SignedIn,
    before: Option<Uuid>,
) -> Result<Vec<TrailRow>, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(tx.trail_of_own(&who.reader, app.moment(), before).await?)
}
