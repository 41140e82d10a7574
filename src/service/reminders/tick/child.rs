//! What is planned for one child.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{Noticed, Record, known::Known};
use crate::{
    app::App,
    domain::{
        duty::{
            Audience, ContactState, DutyKind, MailKind, Reached, Task, TaskKind, Window, in_order,
            may_stand_in_a_mail, next_stage, phrase_for_mail, reached,
        },
        mail::MailAddress,
    },
    print::mail::{FamilyMail, to_family},
    service::{
        ServiceError,
        family_links::{account_for_mail, link_for_mail},
        reminders::{
            letters::{To, post},
            terms,
        },
        sign_in::address_of,
    },
    store::{DueTerm, MailContact, NewNotice, Tx},
};

/// An office whose own name a mail does not carry.
const OFFICE: &str = "お住まいの市町村の担当窓口";

/// Whether the family has nothing more to do for its check: it has agreed on a day, of
/// which it is told, or has written down its part.
fn settled(due: &DueTerm) -> bool {
    due.stored.kind == DutyKind::AnnualCheck && (due.day_agreed || due.answered)
}

/// What is planned for one child.
pub(super) struct Plan<'p> {
    app: &'p App,
    known: &'p Known,
    on: NaiveDate,
    terms: &'p [DueTerm],
    /// New mails.
    pub(super) queued: u64,
    /// New reminders that are late.
    pub(super) late: u64,
}

impl<'p> Plan<'p> {
    pub(super) fn new(app: &'p App, known: &'p Known, on: NaiveDate, terms: &'p [DueTerm]) -> Self {
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
    pub(super) async fn child(
        &mut self,
        tx: &mut Tx,
        record: &mut Record,
    ) -> Result<(), ServiceError> {
        let held = self.family(tx, record).await?;
        for due in self.terms {
            for audience in Audience::ALL {
                if *audience != Audience::Family {
                    self.staff(tx, record, *audience, due).await?;
                }
            }
            let next = self.next(due, held.contains(&due.stored.id));
            let (kind, case) = (due.stored.kind, due.case.case);
            let again = if self.known.suspended(case, kind, self.on).is_none() {
                terms::owe_again(tx, self.app, &due.stored, self.on).await?
            } else {
                None
            };
            let next = next.into_iter().chain(again).min();
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
        // And a day that is over needs no reminding.
        if for_family && settled(due) {
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
        // What settles it may be taken back.
        let again = held || settled(due);
        let tomorrow = again.then(|| on + Days::new(1));
        next.into_iter().chain(tomorrow).min()
    }

    /// Plans what the family is told: one mail to each of its addresses. Returns the
    /// terms of which a mail is held, since two have gone this month.
    async fn family(
        &mut self,
        tx: &mut Tx,
        record: &mut Record,
    ) -> Result<BTreeSet<Uuid>, ServiceError> {
        let reached: Vec<(&DueTerm, Reached)> = self
            .terms
            .iter()
            .filter_map(|due| Some((due, self.stage(Audience::Family, due)?)))
            .collect();
        let mut held = BTreeSet::new();
        let Some((first, _)) = reached.first() else {
            return Ok(held);
        };
        let contacts: Vec<&MailContact> = self
            .known
            .contacts(first.case.case)
            .filter(|contact| contact.state == ContactState::Works)
            .collect();
        if contacts.is_empty() {
            self.telephone(tx, record, &reached).await?;
        }
        for contact in contacts {
            let recipient = contact.id.to_string();
            let mut voided = false;
            for (due, stage) in &reached {
                let term = due.stored.id;
                if !record.was_noticed(term, stage.stage, &recipient)
                    && record.waits(term, &recipient)
                {
                    tx.void_notices((term, Some(&recipient)), self.on).await?;
                    voided = true;
                }
            }
            // Only now: what a void mail held besides is to be told again.
            if voided {
                record.again(tx).await?;
            }
            let fresh: Vec<(&DueTerm, Reached)> = reached
                .iter()
                .filter(|(due, stage)| !record.was_noticed(due.stored.id, stage.stage, &recipient))
                .copied()
                .collect();
            if fresh.is_empty() {
                continue;
            }
            let presses =
                |(due, stage): &(&DueTerm, Reached)| due.stored.kind.date_at_stake(stage.stage);
            let most = u64::from(self.app.config.reminders.most_a_month);
            if !fresh.iter().any(presses) && record.mails_to(contact.id) >= most {
                held.extend(fresh.iter().map(|(due, _)| due.stored.id));
                continue;
            }
            self.mail(tx, record, contact, &fresh).await?;
        }
        Ok(held)
    }

    /// Puts on record that nobody can be reached by mail, and that somebody has to
    /// telephone.
    async fn telephone(
        &mut self,
        tx: &mut Tx,
        record: &mut Record,
        reached: &[(&DueTerm, Reached)],
    ) -> Result<(), ServiceError> {
        for (due, stage) in reached {
            if self
                .notice(tx, record, (Audience::Family, ""), (due, stage))
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
        record: &mut Record,
        (audience, recipient): (Audience, &str),
        (due, stage): (&DueTerm, &Reached),
    ) -> Result<Option<Uuid>, ServiceError> {
        let term = due.stored.id;
        if record.was_noticed(term, stage.stage, recipient) {
            return Ok(None);
        }
        if record.waits(term, recipient) {
            tx.void_notices((term, Some(recipient)), self.on).await?;
            record.again(tx).await?;
        }
        let new = NewNotice {
            id: self.app.ids.next(),
            term,
            stage: stage.stage,
            audience,
            recipient: recipient.to_owned(),
            stage_on: stage.on,
            planned_on: self.on,
            late: stage.late,
        };
        if !tx.plan_notice(&new).await? {
            return Ok(None);
        }
        let noticed = Noticed {
            stage: stage.stage,
            recipient: recipient.to_owned(),
            waits: true,
        };
        record.notices.entry(term).or_default().push(noticed);
        self.late += u64::from(stage.late);
        Ok(Some(new.id))
    }

    /// Writes one mail to one address, about all that is due.
    async fn mail(
        &mut self,
        tx: &mut Tx,
        record: &mut Record,
        contact: &MailContact,
        fresh: &[(&DueTerm, Reached)],
    ) -> Result<(), ServiceError> {
        let recipient = contact.id.to_string();
        let (mut notices, mut tasks) = (Vec::new(), Vec::new());
        for (due, stage) in fresh {
            let notice = self.notice(tx, record, (Audience::Family, &recipient), (due, stage));
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
            Some(self.link(tx, record, due, &contact.address).await?)
        } else {
            None
        };
        let loans = &self.app.config.loans;
        // A family to whom nothing is lent asks its municipality: the centre knows nothing
        // of it.
        let window = (!due.case.of_centre).then(|| self.window(due)).flatten();
        let (centre, telephone) = match window {
            Some(Window {
                name,
                telephone: Some(telephone),
            }) => (name.unwrap_or_else(|| OFFICE.to_owned()), telephone),
            _ if may_stand_in_a_mail(&loans.centre_name) => {
                (loans.centre_name.clone(), loans.centre_telephone.clone())
            }
            _ => {
                let name = self.app.config.mail.from_name.clone();
                (name, loans.centre_telephone.clone())
            }
        };
        let telephone = telephone.trim();
        let text = to_family(&FamilyMail {
            number: due.case.number.clone(),
            pass_phrase: phrase_for_mail(due.case.pass_phrase.clone()),
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
            for (due, _) in fresh {
                let stored = &due.stored;
                if stored.moved_from.is_some() {
                    // The mail says that the day before holds no more.
                    let about = terms::day_off(&stored.about, stored.kind);
                    let now = self.app.clock.now();
                    tx.drop_tasks_about((TaskKind::DayOff, &about), now).await?;
                }
            }
            *record.mails.entry(contact.id).or_default() += 1;
            self.queued += 1;
        }
        Ok(())
    }

    /// The office of the municipality of a child.
    fn window(&self, due: &DueTerm) -> Option<Window> {
        let home = due.case.municipality?;
        self.known.window(home).cloned()
    }

    fn task(&self, due: &DueTerm, stage: &Reached) -> Task {
        let window = self.window(due);
        Task {
            kind: due.stored.kind,
            stage: stage.stage,
            due_on: due.stored.term.due_on,
            told_on: self.on,
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
        record: &mut Record,
        due: &DueTerm,
        address: &str,
    ) -> Result<String, ServiceError> {
        let app = self.app;
        let link = if let Some(account) = record.families.get(&due.case.case).copied() {
            link_for_mail(tx, app, account).await?
        } else {
            let (account, link) = account_for_mail(tx, app, &due.case.number, address).await?;
            record.families.insert(due.case.case, account);
            link
        };
        Ok(address_of(app, &link))
    }

    /// Plans what members of staff are told; a digest tells it.
    async fn staff(
        &mut self,
        tx: &mut Tx,
        record: &mut Record,
        audience: Audience,
        due: &DueTerm,
    ) -> Result<(), ServiceError> {
        let Some(stage) = self.stage(audience, due) else {
            return Ok(());
        };
        for account in self.known.accounts(audience, due) {
            let recipient = account.to_string();
            self.notice(tx, record, (audience, &recipient), (due, &stage))
                .await?;
        }
        Ok(())
    }
}
