//! The audit trail at work: what is seen is noted before it is shown, and one
//! process at a time seals what was noted.

use std::{
    collections::HashSet,
    io::Write as _,
    path::{Path, PathBuf},
};

use chrono::TimeDelta;
use uuid::Uuid;

use super::{ServiceError, view::SignedIn};
use crate::{
    app::App,
    domain::{
        audit::{Action, Actor, AuditEvent, AuditVerdict, Fault, Head},
        id::CaseId,
    },
    seal::sha256_hex,
    store::{Seal, TrailFilter, TrailRow, Tx},
};

/// How long a sealer is trusted to be alive without a word from it.
const LEASE: TimeDelta = TimeDelta::seconds(15);

/// The lease of the sealer.
const SEALER: &str = "audit-sealer";

/// What a seal's hash is signed for.
const PURPOSE: &str = "audit seal";

/// The folder beside the key file that holds the last seal of each database.
const HEADS: &str = "seals";

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

/// Keeps the last seal in a file beside the key file, outside the database, so that
/// a trail whose end was cut off, or all of it, is told from a whole one. Where the
/// trail does not hold the seal that was kept before, that one stays, and is the
/// error: somebody cut the trail off, or put back an older copy of the database.
pub async fn keep_head(app: &App) -> Result<(), ServiceError> {
    let Some(file) = head_file(app).await? else {
        return Ok(());
    };
    let kept = kept_head(&file)?;
    let last = {
        let mut tx = app.store.read().await?;
        if let Some(kept) = &kept
            && tx.seal_hash(kept.number).await?.as_ref() != Some(&kept.hash)
        {
            return Err(ServiceError::HeadLost { seal: kept.number });
        }
        tx.last_seal().await?
    };
    let Some((number, hash)) = last else {
        return Ok(());
    };
    // Another process may have kept a later one meanwhile.
    if kept.is_none_or(|kept| kept.number < number) {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let new = file.with_added_extension("new");
        let mut out = std::fs::File::create(&new)?;
        writeln!(out, "{}", Head { number, hash })?;
        // After a power cut the file is the old one or the new one.
        out.sync_all()?;
        std::fs::rename(&new, &file)?;
    }
    Ok(())
}

/// Where the last seal of this database is kept; `None`: no file holds the keys.
pub async fn head_file(app: &App) -> Result<Option<PathBuf>, ServiceError> {
    let Some(folder) = app.keys.beside(HEADS) else {
        return Ok(None);
    };
    let identity = sha256_hex(app.store.identity().await?.as_bytes());
    Ok(Some(folder.join(&identity[..16])))
}

/// The seal that a file holds.
fn kept_head(file: &Path) -> Result<Option<Head>, ServiceError> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(
            Head::parse(&text).ok_or(ServiceError::Corrupt("the file of the last seal"))?,
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The last seal.
pub async fn head(app: &App) -> Result<Option<Head>, ServiceError> {
    let mut tx = app.store.read().await?;
    let last = tx.last_seal().await?;
    Ok(last.map(|(number, hash)| Head { number, hash }))
}

/// Looks at the whole trail. `kept` are seals that were written down elsewhere; the
/// one beside the key file is one of them.
pub async fn verify(app: &App, kept: &[Head]) -> Result<AuditVerdict, ServiceError> {
    // Before the trail is read: one that is kept meanwhile is not in what is read.
    let mut kept = kept.to_vec();
    if let Some(file) = head_file(app).await? {
        kept.extend(kept_head(&file)?);
    }
    let mut tx = app.store.read().await?;
    let mut look = Look {
        whole_sets: tx.whole_sets().await?,
        kept,
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
            look.at(&mut tx, &seal).await?;
        }
    }
    look.for_strangers(&mut tx).await?;
    let mut verdict = look.verdict;
    verdict.waiting = tx.waiting_events().await?;
    // Every account was made by an event.
    if verdict.seals == 0 && verdict.waiting == 0 && !tx.accounts().await?.is_empty() {
        verdict.faults.push(Fault::TrailGone);
    }
    let lost = look.kept.into_iter();
    let lost = lost.map(|kept| Fault::OtherHead { seal: kept.number });
    verdict.faults.extend(lost);
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
    /// The seals that were written down and not found yet.
    kept: Vec<Head>,
}

impl Look {
    async fn at(&mut self, tx: &mut Tx, seal: &Seal) -> Result<(), ServiceError> {
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
        self.kept
            .retain(|kept| kept.number != number || kept.hash != seal.hash);
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
    let rows = {
        let mut tx = app.store.read().await?;
        tx.trail(&who.reader, filter).await?
    };
    note(app, who, event(app, who, Action::ReadTrail)).await?;
    Ok(rows)
}

/// Up to 200 events about a family's own child, the latest first.
pub async fn trail_of_own(
    app: &App,
    who: &SignedIn,
    before: Option<Uuid>,
) -> Result<Vec<TrailRow>, ServiceError> {
    let rows = {
        let mut tx = app.store.read().await?;
        tx.trail_of_own(&who.reader, app.moment(), before).await?
    };
    note(app, who, event(app, who, Action::ReadTrail)).await?;
    Ok(rows)
}
