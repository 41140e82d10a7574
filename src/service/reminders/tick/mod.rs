//! The tick: plans, for a day, who is told of what. Any number of processes may
//! tick, late or twice: a reminder that is on record is not planned again.

mod child;
mod digests;
mod known;

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use self::{child::Plan, digests::digests, known::Known};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        duty::Stage,
        id::{CaseId, UserId},
    },
    faults::{self, Point},
    in_tx,
    seal::sha256_hex,
    service::{ServiceError, place_answers, reminders::plans},
    store::{DueTerm, Tx},
};

/// So many children are planned in one commit.
const AT_ONCE: usize = 50;

/// What a tick has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ticked {
    /// For which day.
    pub on: NaiveDate,
    /// Open duties of which a stage was reached.
    pub duties: u64,
    /// New mails.
    pub queued: u64,
    /// New reminders that should have been sent on an earlier day.
    pub late: u64,
    /// Reminders that have become void since the tick before.
    pub voided: u64,
}

/// Plans the reminders of today, where the hour for it has come and no process has
/// done so; `None`: nothing was to be done.
pub async fn tick_if_due(app: &App) -> Result<Option<Ticked>, ServiceError> {
    let now = in_tokyo(app.clock.now());
    if now.time() < app.config.reminders.hour() {
        return Ok(None);
    }
    let last_on = {
        let mut tx = app.store.read().await?;
        tx.tick().await?.and_then(|tick| tick.last_on)
    };
    if last_on.is_some_and(|last| last >= now.date_naive()) {
        return Ok(None);
    }
    // The day that was looked at: another may begin before it is planned.
    Ok(Some(tick(app, Some(now.date_naive())).await?))
}

/// Plans the reminders of a day; `None`: of today.
pub async fn tick(app: &App, on: Option<NaiveDate>) -> Result<Ticked, ServiceError> {
    let on = on.unwrap_or_else(|| app.clock.today());
    let ladder = ladder_word(app);
    plans::keep_all(app).await?;
    in_tx!(app.store, |tx| {
        tx.begin_ticks(app.clock.now()).await?;
        let before = tx.tick().await?.and_then(|tick| tick.ladder);
        if before.is_some_and(|before| before != ladder) {
            tx.look_at_every_term(on).await?;
        }
        Ok::<_, ServiceError>(())
    })?;
    let mut done = Ticked {
        on,
        ..Ticked::default()
    };
    // A mail that is made void has what it held besides planned anew: another round.
    while plan_round(app, &mut done).await? {}
    let (digests, duties, voided) = in_tx!(app.store, |tx| {
        let digests = digests(tx, app, on).await?;
        // A day to come that somebody planned by hand does not stand for those before it.
        let planned = on.min(app.clock.today());
        tx.ticked((planned, app.clock.now()), &ladder).await?;
        let duties = tx.terms_that_reached().await?;
        Ok::<_, ServiceError>((digests, duties, tx.count_voided().await?))
    })?;
    done.queued += digests;
    // Places are asked today, whatever day is planned by hand.
    done.queued += place_answers::ask(app).await?;
    Ok(Ticked {
        duties,
        voided,
        ..done
    })
}

/// Plans what is to be looked at; whether there was anything.
async fn plan_round(app: &App, done: &mut Ticked) -> Result<bool, ServiceError> {
    let on = done.on;
    let (due, known) = {
        let mut tx = app.store.read().await?;
        let known = Known::read(&mut tx, on).await?;
        (tx.terms_to_look_at(on).await?, known)
    };
    let children: Vec<&[DueTerm]> = due.chunk_by(|a, b| a.case.case == b.case.case).collect();
    for some in children.chunks(AT_ONCE) {
        let planned = in_tx!(app.store, |tx| {
            let mut planned = Ticked::default();
            let mut record = Record::read(tx, &known, some, on).await?;
            for terms in some {
                let mut plan = Plan::new(app, &known, on, terms);
                plan.child(tx, &mut record).await?;
                planned.queued += plan.queued;
                planned.late += plan.late;
            }
            faults::at(Point::Planning).await;
            Ok::<_, ServiceError>(planned)
        })?;
        faults::at(Point::Planned).await;
        done.queued += planned.queued;
        done.late += planned.late;
    }
    Ok(!due.is_empty())
}

/// The ladders in force, as a word: with others every term is looked at anew.
fn ladder_word(app: &App) -> String {
    let settings = serde_json::to_vec(&app.config.reminders.ladders);
    sha256_hex(&settings.expect("ladders become JSON"))
}

/// What is on record of the children of one commit, read for all of them at once and
/// kept in step with what is planned.
struct Record {
    terms: Vec<Uuid>,
    contacts: Vec<Uuid>,
    month: String,
    notices: HashMap<Uuid, Vec<Noticed>>,
    /// Mails of this month, by address.
    mails: HashMap<Uuid, u64>,
    /// The account of each family that has one.
    families: HashMap<CaseId, UserId>,
}

/// A reminder that is planned.
struct Noticed {
    stage: Stage,
    recipient: String,
    /// Nobody has begun to hand over its mail.
    waits: bool,
}

impl Record {
    async fn read(
        tx: &mut Tx,
        known: &Known,
        children: &[&[DueTerm]],
        on: NaiveDate,
    ) -> Result<Self, ServiceError> {
        let terms = children.iter().copied().flatten();
        let first = children.iter().filter_map(|terms| terms.first());
        let cases: Vec<CaseId> = first.map(|due| due.case.case).collect();
        let contacts = cases.iter().flat_map(|case| known.contacts(*case));
        let mut record = Self {
            terms: terms.map(|due| due.stored.id).collect(),
            contacts: contacts.map(|contact| contact.id).collect(),
            month: on.format("%Y-%m").to_string(),
            notices: HashMap::new(),
            mails: HashMap::new(),
            families: tx.families_of(&cases).await?,
        };
        record.again(tx).await?;
        Ok(record)
    }

    /// Reads anew what is planned: a mail was made void, which may have held reminders
    /// of any child, to a member of staff.
    async fn again(&mut self, tx: &mut Tx) -> Result<(), ServiceError> {
        self.notices.clear();
        for (term, stage, recipient, waits) in tx.planned_notices(&self.terms).await? {
            let noticed = Noticed {
                stage,
                recipient,
                waits,
            };
            self.notices.entry(term).or_default().push(noticed);
        }
        self.mails = tx.mails_of_month(&self.contacts, &self.month).await?;
        Ok(())
    }

    fn of(&self, term: Uuid) -> impl Iterator<Item = &Noticed> {
        self.notices.get(&term).into_iter().flatten()
    }

    /// Whether somebody was told, or is about to be.
    fn was_noticed(&self, term: Uuid, stage: Stage, recipient: &str) -> bool {
        self.of(term)
            .any(|one| one.stage == stage && one.recipient == recipient)
    }

    /// Whether something waits for somebody that can still be made void.
    fn waits(&self, term: Uuid, recipient: &str) -> bool {
        self.of(term)
            .any(|one| one.waits && one.recipient == recipient)
    }

    /// How many mails went, or will go, to an address this month.
    fn mails_to(&self, contact: Uuid) -> u64 {
        self.mails.get(&contact).copied().unwrap_or_default()
    }
}
