//! The tick: plans, for a day, who is told of what. Any number of processes may
//! tick, late or twice: a reminder that is on record is not planned again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::letters::{To, post};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::{Reader, Role},
        audit::{Action, Actor},
        duty::{
            Audience, ContactState, DutyKind, MailKind, Reached, Task, TaskKind, Window, in_order,
            may_stand_in_a_mail, next_stage, reached,
        },
        id::{CaseId, UserId},
        loan::HandOver,
        mail::MailAddress,
        municipality::MunicipalityCode,
    },
    in_tx,
    print::mail::{Digest, DigestLine, FamilyMail, to_family, to_staff},
    seal::sha256_hex,
    service::{
        ServiceError, audit,
        family_links::FAMILY_NAME,
        sign_in::{AccountRequest, Invited, Link, address_of, invite_in},
    },
    store::{Account, DueTerm, MailContact, NewNotice, Suspension, Tx, UnsentNotice},
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

/// What is known of everybody who may be reminded.
struct Known {
    contacts: HashMap<CaseId, Vec<MailContact>>,
    suspensions: Vec<Suspension>,
    staff: Vec<Account>,
    coordinators: HashMap<CaseId, Vec<UserId>>,
    windows: HashMap<String, Window>,
}

impl Known {
    async fn read(tx: &mut Tx, on: NaiveDate) -> Result<Self, ServiceError> {
        let mut contacts: HashMap<CaseId, Vec<MailContact>> = HashMap::new();
        for contact in tx.contacts_to_remind(&on.to_string()).await? {
            contacts.entry(contact.case).or_default().push(contact);
        }
        let mut coordinators: HashMap<CaseId, Vec<UserId>> = HashMap::new();
        for (case, account) in tx.coordinators_to_remind(on).await? {
            coordinators.entry(case).or_default().push(account);
        }
        let windows = tx.windows().await?.into_iter().map(|window| {
            let telephone = window.telephone.as_deref();
            let of = window.municipality.to_string();
            (of, Window::new(&window.name, telephone))
        });
        Ok(Self {
            contacts,
            suspensions: tx.suspensions(None, on).await?,
            staff: tx.accounts_to_remind().await?,
            coordinators,
            windows: windows.collect(),
        })
    }

    /// The suspension of a duty on a day.
    fn suspended(&self, case: CaseId, kind: DutyKind, on: NaiveDate) -> Option<&Suspension> {
        self.suspensions
            .iter()
            .find(|s| s.case == case && s.kind == kind && s.from <= on && on <= s.until)
    }

    /// The accounts of an audience that may hear of a term.
    fn accounts(&self, audience: Audience, due: &DueTerm) -> Vec<UserId> {
        let case = due.case.case;
        let of_role = |role: Role| {
            let all = self.staff.iter();
            all.filter(move |account| account.reader.role() == Some(role))
        };
        match audience {
            Audience::Family => Vec::new(),
            Audience::Centre => of_role(Role::Centre).map(|account| account.id).collect(),
            Audience::Coordinator => {
                let own = self.coordinators.get(&case);
                of_role(Role::Coordinator)
                    .map(|account| account.id)
                    .filter(|id| own.is_some_and(|own| own.contains(id)))
                    .collect()
            }
            // Nothing of a loan reaches a municipality without the family's consent.
            Audience::Municipality if due.stored.kind.is_of_the_loan() && !exchanges(due) => {
                Vec::new()
            }
            Audience::Municipality => {
                let home = due.case.municipality.map(MunicipalityCode::responsible);
                of_role(Role::Municipality)
                    .filter(|account| match account.reader {
                        Reader::Municipality(_, code) => Some(code.responsible()) == home,
                        _ => false,
                    })
                    .map(|account| account.id)
                    .collect()
            }
        }
    }
}

/// What was gone through at the hand-over.
fn hand_over(due: &DueTerm) -> Option<HandOver> {
    let kept = due.case.hand_over.as_deref()?;
    serde_json::from_str(kept).ok()
}

/// Whether the family has agreed that loan data are exchanged with the municipality.
fn exchanges(due: &DueTerm) -> bool {
    hand_over(due).is_some_and(|done| done.exchange_consent == Some(true))
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
    Ok(Some(tick(app, None).await?))
}

/// Plans the reminders of a day; `None`: of today.
pub async fn tick(app: &App, on: Option<NaiveDate>) -> Result<Ticked, ServiceError> {
    let on = on.unwrap_or_else(|| app.clock.today());
    let ladder = ladder_word(app);
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
            for terms in some {
                let mut plan = Plan::new(app, &known, on, terms);
                plan.child(tx).await?;
                planned.queued += plan.queued;
                planned.late += plan.late;
            }
            Ok::<_, ServiceError>(planned)
        })?;
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

/// What is planned for one child.
struct Plan<'p> {
    app: &'p App,
    known: &'p Known,
    on: NaiveDate,
    terms: &'p [DueTerm],
    queued: u64,
    late: u64,
}

impl<'p> Plan<'p> {
    fn new(app: &'p App, known: &'p Known, on: NaiveDate, terms: &'p [DueTerm]) -> Self {
        Self {
            app,
            known,
            on,
            terms,
            queued: 0,
            late: 0,
        }
    }

    /// Plans everything of the child, and says when each of its terms is to be looked
    /// at next.
    async fn child(&mut self, tx: &mut Tx) -> Result<(), ServiceError> {
        let held = self.family(tx).await?;
        for due in self.terms {
            for audience in Audience::ALL {
                if *audience != Audience::Family {
                    self.staff(tx, *audience, due).await?;
                }
            }
            let next = self.next(due, held.contains(&due.stored.id));
            tx.look_at_term(due.stored.id, next).await?;
        }
        Ok(())
    }

    /// The stage that is reached for an audience, unless somebody has suspended it.
    fn stage(&self, audience: Audience, due: &DueTerm) -> Option<Reached> {
        let (kind, term) = (due.stored.kind, &due.stored.term);
        if self.known.suspended(due.case.case, kind, self.on).is_some() {
            return None;
        }
        let for_family = audience == Audience::Family;
        // The family has agreed on a day: it is told of that. And a day that is over
        // needs no reminding.
        if for_family && kind == DutyKind::AnnualCheck && due.day_agreed {
            return None;
        }
        if for_family && kind == DutyKind::CheckDay && self.on > term.due_on {
            return None;
        }
        let stages = self.app.config.reminders.ladders.of(kind).of(audience);
        reached(stages, term, self.on)
    }

    /// The day on which a term is to be looked at next.
    fn next(&self, due: &DueTerm, held: bool) -> Option<NaiveDate> {
        let (kind, on) = (due.stored.kind, self.on);
        if let Some(suspension) = self.known.suspended(due.case.case, kind, on) {
            return Some(suspension.until + Days::new(1));
        }
        let ladder = self.app.config.reminders.ladders.of(kind);
        let stages = Audience::ALL.iter().map(|audience| ladder.of(*audience));
        let next = stages
            .filter_map(|stages| next_stage(stages, &due.stored.term, on))
            .map(|(_, day)| day)
            .min();
        let tomorrow = held.then(|| on + Days::new(1));
        next.into_iter().chain(tomorrow).min()
    }

    /// Plans what the family is told: one mail to each of its addresses. Returns the
    /// terms of which a mail is held, since two have gone this month.
    async fn family(&mut self, tx: &mut Tx) -> Result<BTreeSet<Uuid>, ServiceError> {
        let reached: Vec<(&DueTerm, Reached)> = self
            .terms
            .iter()
            .filter_map(|due| Some((due, self.stage(Audience::Family, due)?)))
            .collect();
        let mut held = BTreeSet::new();
        let Some((first, _)) = reached.first() else {
            return Ok(held);
        };
        let case = first.case.case;
        let contacts = self.known.contacts.get(&case);
        let works = |contact: &&MailContact| contact.state == ContactState::Works;
        let contacts: Vec<&MailContact> = contacts.into_iter().flatten().filter(works).collect();
        if contacts.is_empty() {
            self.telephone(tx, &reached).await?;
        }
        for contact in contacts {
            let recipient = contact.id.to_string();
            for (due, stage) in &reached {
                let known = (due.stored.id, stage.stage, recipient.as_str());
                if !tx.was_noticed(known).await? {
                    let older = (due.stored.id, Some(recipient.as_str()));
                    tx.void_notices(older, self.on).await?;
                }
            }
            // Only now: what a void mail held besides is to be told again.
            let mut fresh = Vec::new();
            for (due, stage) in &reached {
                let known = (due.stored.id, stage.stage, recipient.as_str());
                if !tx.was_noticed(known).await? {
                    fresh.push((*due, *stage));
                }
            }
            if fresh.is_empty() {
                continue;
            }
            let presses =
                |(due, stage): &(&DueTerm, Reached)| due.stored.kind.date_at_stake(stage.stage);
            let month = self.on.format("%Y-%m").to_string();
            let most = u64::from(self.app.config.reminders.most_a_month);
            if !fresh.iter().any(presses) && tx.mails_of_month(contact.id, &month).await? >= most {
                held.extend(fresh.iter().map(|(due, _)| due.stored.id));
                continue;
            }
            self.mail(tx, contact, &fresh).await?;
        }
        Ok(held)
    }

    /// Puts on record that nobody can be reached by mail, and that somebody has to
    /// telephone.
    async fn telephone(
        &mut self,
        tx: &mut Tx,
        reached: &[(&DueTerm, Reached)],
    ) -> Result<(), ServiceError> {
        for (due, stage) in reached {
            if self
                .notice(tx, (Audience::Family, ""), (due, stage))
                .await?
                .is_some()
            {
                let case = due.case.case;
                let about = (Some(case), TaskKind::Telephone, &*case.to_string());
                tx.open_task(self.app.ids.next(), about, self.app.moment())
                    .await?;
            }
        }
        Ok(())
    }

    /// Puts a reminder on record; its id, where it is new. What waits of the same
    /// duty for the same recipient is void: the latest stage alone goes out.
    async fn notice(
        &mut self,
        tx: &mut Tx,
        (audience, recipient): (Audience, &str),
        (due, stage): (&DueTerm, &Reached),
    ) -> Result<Option<Uuid>, ServiceError> {
        let new = NewNotice {
            id: self.app.ids.next(),
            term: due.stored.id,
            stage: stage.stage,
            audience,
            recipient: recipient.to_owned(),
            stage_on: stage.on,
            planned_on: self.on,
            late: stage.late,
        };
        let before = (due.stored.id, stage.stage, recipient);
        if tx.was_noticed(before).await? {
            return Ok(None);
        }
        tx.void_notices((due.stored.id, Some(recipient)), self.on)
            .await?;
        if !tx.plan_notice(&new).await? {
            return Ok(None);
        }
        self.late += u64::from(stage.late);
        Ok(Some(new.id))
    }

    /// Writes one mail to one address, about all that is due.
    async fn mail(
        &mut self,
        tx: &mut Tx,
        contact: &MailContact,
        fresh: &[(&DueTerm, Reached)],
    ) -> Result<(), ServiceError> {
        let recipient = contact.id.to_string();
        let (mut notices, mut tasks) = (Vec::new(), Vec::new());
        for (due, stage) in fresh {
            let notice = self.notice(tx, (Audience::Family, &recipient), (due, stage));
            if let Some(notice) = notice.await? {
                notices.push(notice);
                tasks.push(self.task(due, stage));
            }
        }
        let address = MailAddress::recorded(&contact.address);
        let (Some((due, _)), Ok(address)) = (fresh.first(), address) else {
            return Ok(());
        };
        if tasks.is_empty() {
            return Ok(());
        }
        in_order(&mut tasks);
        let link = if contact.with_link {
            Some(self.link(tx, due, &contact.address).await?)
        } else {
            None
        };
        let loans = &self.app.config.loans;
        let phrase = hand_over(due).and_then(|done| done.pass_phrase);
        let centre = if may_stand_in_a_mail(&loans.centre_name) {
            loans.centre_name.clone()
        } else {
            self.app.config.mail.from_name.clone()
        };
        let telephone = loans.centre_telephone.trim();
        let text = to_family(&FamilyMail {
            number: due.case.number.clone(),
            pass_phrase: phrase.filter(|phrase| may_stand_in_a_mail(phrase)),
            tasks,
            link,
            centre,
            telephone: (!telephone.is_empty()).then(|| telephone.to_owned()),
        });
        let to = To {
            address: &address,
            kind: MailKind::Reminder,
            case: Some(due.case.case),
            contact: Some(contact.id),
            account: None,
        };
        let dedup = format!("notice {}", notices[0]);
        if let Some(mail) = post(tx, self.app, to, (&text, &dedup)).await? {
            tx.put_into_mail(&notices, mail).await?;
            self.queued += 1;
        }
        Ok(())
    }

    fn task(&self, due: &DueTerm, stage: &Reached) -> Task {
        let home = due.case.municipality.map(|code| code.to_string());
        let window = home.and_then(|home| self.known.windows.get(&home).cloned());
        Task {
            kind: due.stored.kind,
            stage: stage.stage,
            due_on: due.stored.term.due_on,
            late: stage.late,
            moved_from: due.stored.moved_from,
            window,
        }
    }

    /// A new link to the family's page, for an account that is made where there is
    /// none.
    async fn link(
        &self,
        tx: &mut Tx,
        due: &DueTerm,
        address: &str,
    ) -> Result<String, ServiceError> {
        let app = self.app;
        let link = match tx.family_of(due.case.case).await? {
            Some(account) => {
                let link = Link::random();
                let kept = link.kept(app, account, Role::Family);
                tx.add_link(&kept, app.clock.now()).await?;
                link
            }
            None => family_account(tx, app, due, address).await?,
        };
        Ok(address_of(app, &link))
    }

    /// Plans what members of staff are told; a digest tells it.
    async fn staff(
        &mut self,
        tx: &mut Tx,
        audience: Audience,
        due: &DueTerm,
    ) -> Result<(), ServiceError> {
        let Some(stage) = self.stage(audience, due) else {
            return Ok(());
        };
        for account in self.known.accounts(audience, due) {
            let recipient = account.to_string();
            self.notice(tx, (audience, &recipient), (due, &stage))
                .await?;
        }
        Ok(())
    }
}

/// Makes the account of a family, so that a link can lead to its page; its link.
async fn family_account(
    tx: &mut Tx,
    app: &App,
    due: &DueTerm,
    address: &str,
) -> Result<Link, ServiceError> {
    // Brothers and sisters have one address: an account is found by its link.
    let own = format!("{}@family.invalid", due.case.number);
    for email in [address, &own] {
        let request = AccountRequest {
            email: email.to_owned(),
            name: FAMILY_NAME.to_owned(),
            role: Role::Family,
            municipality: None,
            case: Some(due.case.number.clone()),
        };
        let event = audit::by(app, Actor::Operator, Action::AddedAccount);
        if let Invited::Link(_, link) = invite_in(app, tx, &request, event).await? {
            return Ok(link);
        }
    }
    Err(ServiceError::Corrupt("account.email"))
}

/// Writes one mail to each member of staff of whom reminders are planned.
async fn digests(tx: &mut Tx, app: &App, on: NaiveDate) -> Result<u64, ServiceError> {
    let mut queued = 0;
    let mut by_account: BTreeMap<UserId, Vec<UnsentNotice>> = BTreeMap::new();
    for notice in tx.unsent_notices().await? {
        by_account.entry(notice.account).or_default().push(notice);
    }
    for (account, notices) in by_account {
        let email = notices.first().map_or("", |notice| &notice.email);
        let Ok(address) = MailAddress::recorded(email) else {
            continue;
        };
        let lines = notices.iter().map(|notice| {
            let what = (notice.kind, notice.stage);
            DigestLine::new(notice.number.clone(), what, notice.due_on, notice.late)
        });
        let text = to_staff(&Digest {
            lines: lines.collect(),
            link: Some(format!("{}/", app.config.server.address())),
        });
        let to = To {
            address: &address,
            kind: MailKind::Digest,
            case: None,
            contact: None,
            account: Some(account),
        };
        let ids: Vec<Uuid> = notices.iter().map(|notice| notice.id).collect();
        let dedup = format!("digest {}", ids[0]);
        if let Some(mail) = post(tx, app, to, (&text, &dedup)).await? {
            tx.put_into_mail(&ids, mail).await?;
            queued += 1;
        }
    }
    tracing::debug!(day = %on, digests = queued, "digests planned");
    Ok(queued)
}
