//! What is known of the reminders of one child, and what staff do about them.

use chrono::{Days, NaiveDate, TimeDelta};
use uuid::Uuid;

use super::{calls::untold, contacts::child, office, plans};
use crate::{
    app::App,
    domain::{
        access::{Permission, Reader},
        audit::Action,
        duty::{Audience, CheckedBy, DutyKind, PhraseFault, Stage, TaskKind, next_stage, reached},
        hand_message::MessageFate,
        id::{CaseId, CaseNumber},
        text::Text,
    },
    service::{
        ServiceError, audit,
        loans::{Answer, Sheet, once},
        view::SignedIn,
    },
    store::{
        FamilyAnswer, MailContact, MessageMail, StaffTask, StoredBatteryCheck, StoredCall,
        StoredMessage, StoredNotice, StoredTerm, Suspension, Tx,
    },
};

/// Reminders are suspended for so many days at most: nobody's silence switches a duty
/// off (`RULES.md`, "Duties"); half a year is ours.
const LONGEST_PAUSE: u64 = 183;

/// A check of the batteries is written down at most so long after: what is older says
/// nothing of them any more (the figure is ours).
const OLDEST_CHECK: TimeDelta = TimeDelta::days(10 * 366);

const BATTERY_DAY: Text = Text::fixed(
    "点検した日は、今日までの10年のうちの日にしてください。",
    "The day of the check lies within the last ten years, today at the latest.",
);
const PAUSE_DAY: Text = Text::fixed(
    "止める最後の日は、今日から半年以内の日にしてください。",
    "The last day of the pause must lie within half a year from today.",
);
const REASON_MISSING: Text = Text::fixed(
    "理由を書いてください。あとから見る人に必要です。",
    "Write down why: whoever reads it later needs it.",
);
const NOTE_MISSING: Text = Text::fixed(
    "電話で何を話したか、どうなったかを書いてください。",
    "Write down what was said, or what came of it.",
);

/// A due day, what was sent for it, and what comes next.
#[derive(Debug, Clone)]
pub struct TermPage {
    /// The due day.
    pub stored: StoredTerm,
    /// What was planned for it, the latest first.
    pub notices: Vec<StoredNotice>,
    /// What comes next: for whom, at which stage, when.
    pub next: Option<(Audience, Stage, NaiveDate)>,
    /// The suspension that holds.
    pub suspended: Option<Suspension>,
}

/// Everything that is known of the reminders of a child.
#[derive(Debug, Clone)]
pub struct ChildReminders {
    /// Its number.
    pub number: CaseNumber,
    /// Nothing is sent any more: its case has ended.
    pub silent: bool,
    /// Of a loan to it a families' sheet alone tells: nothing of that is due here.
    pub by_sheet: bool,
    /// Its family's pass-phrase.
    pub pass_phrase: Option<String>,
    /// Where its family is reached.
    pub contacts: Vec<MailContact>,
    /// Its due days, those that are open first.
    pub terms: Vec<TermPage>,
    /// What staff have to do, and how often nobody was reached since.
    pub tasks: Vec<(StaffTask, u64)>,
    /// What was said on the telephone and at visits, the latest first.
    pub calls: Vec<StoredCall>,
    /// Messages of the reader's office to the family, the latest first.
    pub messages: Vec<ToChild>,
    /// What the family has told on its page, the latest first.
    pub told: Vec<FamilyAnswer>,
    /// The checks of the batteries, the latest first.
    pub batteries: Vec<StoredBatteryCheck>,
    /// What the reader may do.
    pub may: May,
}

/// A message to a family, and what became of it.
#[derive(Debug, Clone)]
pub struct ToChild {
    /// The message.
    pub message: StoredMessage,
    /// What became of it there.
    pub fate: MessageFate,
    /// Its mails.
    pub mails: Vec<MessageMail>,
}

/// What a reader may do about the reminders of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct May {
    /// Suspend duties of the loan.
    pub suspend_loan: bool,
    /// Suspend other duties.
    pub suspend: bool,
    /// Write to the family.
    pub write: bool,
}

impl May {
    /// What somebody may do.
    pub fn of(reader: &Reader) -> Self {
        let may = |permission| reader.role().is_some_and(|role| role.may(permission));
        let suspend = may(Permission::SuspendReminders);
        Self {
            suspend_loan: suspend && matches!(reader, Reader::Centre(_)),
            suspend,
            write: may(Permission::WriteMessages),
        }
    }

    /// Whether the reminders of a duty may be suspended: those of a loan by the centre.
    pub const fn suspend(self, kind: DutyKind) -> bool {
        if kind.is_of_the_loan() {
            self.suspend_loan
        } else {
            self.suspend
        }
    }
}

/// Whether a task is of those that a reader hears of: some are the centre's alone.
fn concerns(reader: &Reader, kind: TaskKind) -> bool {
    !kind.is_for_the_centre() || matches!(reader, Reader::Centre(_))
}

/// Whether a reader may close a task of a child: not one that it does not hear of.
pub(super) async fn may_close(
    tx: &mut Tx,
    reader: &Reader,
    task: (Uuid, CaseId),
) -> Result<bool, ServiceError> {
    let kind = tx.task_kind(task).await?;
    Ok(kind.is_none_or(|kind| concerns(reader, kind)))
}

/// The open tasks of a child that a reader may know of, each with how often nobody was
/// reached since it was opened.
async fn tasks_of(
    tx: &mut Tx,
    (reader, at): (&Reader, crate::domain::access::Moment),
    (case, sees_loan): (CaseId, bool),
    calls: &[StoredCall],
) -> Result<Vec<(StaffTask, u64)>, ServiceError> {
    // A message of one's own that did not arrive is no matter of the loan.
    let hears = sees_loan || !untold(tx, (case, &office::word(reader))).await?.is_empty();
    let mut tasks = tx.staff_tasks(reader, at, i64::MAX).await?;
    tasks.retain(|task| {
        let of_loan = task.kind.is_about_mail() || task.kind.is_of_the_loan();
        task.case == case && (hears || !of_loan) && concerns(reader, task.kind)
    });
    let tried = |task: &StaffTask| {
        let calls = calls.iter();
        let missed = calls.filter(|call| !call.reached && call.on >= task.opened_on);
        missed.count() as u64
    };
    Ok(tasks
        .into_iter()
        .map(|task| {
            let tried = if task.kind.wants_a_call() {
                tried(&task)
            } else {
                0
            };
            (task, tried)
        })
        .collect())
}

/// The reminders of a child, for somebody who may act for it.
pub async fn page(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<ChildReminders>, ServiceError> {
    let at = app.moment();
    let (case, page) = {
        let mut tx = app.store.read().await?;
        let Some(case) = child(&mut tx, &who.reader, at, number).await? else {
            return Ok(None);
        };
        let sees_loan = office::sees_loan(&mut tx, &who.reader, case).await?;
        let notices = tx.notices(case).await?;
        let pauses = tx.suspensions(Some(case), at.today).await?;
        let ladders = &app.config.reminders.ladders;
        let (mut terms, all) = (Vec::new(), tx.duty_terms(case).await?);
        let agreed: Vec<String> = all
            .iter()
            .filter(|term| term.kind == DutyKind::CheckDay && term.ended.is_none())
            .map(|term| term.about.clone())
            .collect();
        let answered = tx.check_is_answered(case).await?;
        for stored in all {
            if stored.kind.is_of_the_loan() && !sees_loan {
                continue;
            }
            let of_term: Vec<StoredNotice> = notices
                .iter()
                .filter(|notice| notice.term == stored.id)
                .cloned()
                .collect();
            let settled = (stored.kind == DutyKind::AnnualCheck
                && (answered || agreed.contains(&stored.about)))
                || (stored.kind == DutyKind::CheckDay && at.today > stored.term.due_on);
            let ladder = ladders.of(stored.kind);
            let next = Audience::ALL
                .iter()
                .filter(|audience| **audience != Audience::Family || !settled)
                .filter_map(|audience| {
                    next_of(
                        *audience,
                        ladder.of(*audience),
                        (&stored, &of_term),
                        at.today,
                    )
                })
                .min_by_key(|(_, _, on)| *on);
            terms.push(TermPage {
                notices: of_term,
                next: next.filter(|_| stored.ended.is_none()),
                suspended: pauses.iter().find(|p| p.kind == stored.kind).cloned(),
                stored,
            });
        }
        let word = office::word(&who.reader);
        let mut calls = tx.calls_of(case).await?;
        let mut told = tx.family_answers(case, 100).await?;
        told.retain(|one| sees_loan || !one.kind.is_of_the_loan());
        // What the centre said is about its loan.
        calls.retain(|call| sees_loan || call.office == word);
        let page = ChildReminders {
            number: number.clone(),
            silent: tx.is_silent(case).await?,
            by_sheet: sees_loan && tx.loan_began(case).await?.is_some(),
            pass_phrase: tx.pass_phrase(case).await?,
            contacts: tx.mail_contacts(case).await?,
            terms,
            tasks: tasks_of(&mut tx, (&who.reader, at), (case, sees_loan), &calls).await?,
            calls,
            messages: messages_to(&mut tx, (case, &word)).await?,
            told,
            batteries: tx.battery_checks(case).await?,
            may: May::of(&who.reader),
        };
        (case, page)
    };
    audit::saw(app, who, Action::ReadReminders, [case]).await?;
    Ok(Some(page))
}

/// What comes next of a term for somebody: what the family waits for goes out with the
/// next reminders.
fn next_of(
    audience: Audience,
    stages: &[Stage],
    (stored, notices): (&StoredTerm, &[StoredNotice]),
    today: NaiveDate,
) -> Option<(Audience, Stage, NaiveDate)> {
    let told = |stage| {
        let mut of_family = notices.iter().filter(|n| n.audience == Audience::Family);
        of_family.any(|n| n.stage == stage && n.state == "planned")
    };
    let waits = reached(stages, &stored.term, today)
        .filter(|now| audience == Audience::Family && !told(now.stage));
    if let Some(now) = waits {
        return Some((audience, now.stage, today));
    }
    let (stage, on) = next_stage(stages, &stored.term, today)?;
    Some((audience, stage, on))
}

/// The messages of an office to a child, with their mails.
async fn messages_to(
    tx: &mut Tx,
    (case, office): (CaseId, &str),
) -> Result<Vec<ToChild>, ServiceError> {
    let mails = tx.message_mails_to(case).await?;
    let messages = tx.messages_to(case, office).await?.into_iter();
    let with_mails = messages.map(|(message, fate, _)| ToChild {
        mails: mails
            .iter()
            .filter(|mail| mail.message == message.id)
            .cloned()
            .collect(),
        message,
        fate,
    });
    Ok(with_mails.collect())
}

/// What staff do about the reminders of a child.
#[derive(Debug, Clone)]
pub enum Act {
    /// The reminders of a duty are suspended until a day, for a reason.
    Suspend(DutyKind, NaiveDate, Option<String>),
    /// A suspension ends before its day.
    Resume(Uuid),
    /// A task was done, and what came of it.
    Done(Uuid, Option<String>),
    /// The batteries were checked.
    Battery(NaiveDate, CheckedBy),
    /// The record of a check of the batteries was a mistake.
    StrikeBattery(Uuid),
    /// The pass-phrase that its mails carry; `None`: none.
    PassPhrase(Option<String>),
}

/// Does something about the reminders of a child, once.
pub async fn act(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    act: &Act,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({"reminders": number, "act": format!("{act:?}")});
    let at = app.moment();
    match act {
        Act::Suspend(_, until, _)
            if *until < at.today || *until > at.today + Days::new(LONGEST_PAUSE) =>
        {
            return Ok(Answer::Wrong("pause_until", PAUSE_DAY));
        }
        Act::Suspend(_, _, None) => return Ok(Answer::Wrong("reason", REASON_MISSING)),
        Act::Done(_, None) => return Ok(Answer::Wrong("note", NOTE_MISSING)),
        Act::Battery(on, _) if *on > at.today || *on < at.today - OLDEST_CHECK => {
            return Ok(Answer::Wrong("battery_on", BATTERY_DAY));
        }
        _ => {}
    }
    once!(app, sheet, request, |tx| {
        let Some(case) = child(tx, &sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        // After an end a task may be closed, and what was written by mistake struck out.
        let follows = !matches!(act, Act::Done(..) | Act::StrikeBattery(_));
        if follows && tx.is_silent(case).await? {
            return Ok(Answer::Changed);
        }
        let hand = (sheet.who.user, at.now, at.today);
        let may = May::of(&sheet.who.reader);
        let allowed = match act {
            Act::Suspend(kind, ..) => may.suspend(*kind),
            Act::Resume(id) => {
                let mut pauses = tx.suspensions(Some(case), at.today).await?.into_iter();
                pauses.any(|pause| pause.id == *id && may.suspend(pause.kind))
            }
            Act::Done(id, _) => may_close(tx, &sheet.who.reader, (*id, case)).await?,
            Act::Battery(..) | Act::StrikeBattery(_) | Act::PassPhrase(_) => true,
        };
        if !allowed {
            return Ok(Answer::Changed);
        }
        let (done, action) = match act {
            Act::Suspend(kind, until, reason) => {
                let new = Suspension {
                    id: app.ids.next(),
                    case,
                    kind: *kind,
                    from: at.today,
                    until: *until,
                    reason: reason.clone(),
                    by: None,
                };
                tx.suspend_duty(&new, hand).await?;
                (true, Action::SuspendedDuty)
            }
            Act::Resume(id) => {
                let done = tx.resume_duty((*id, case), hand).await?;
                (done, Action::SuspendedDuty)
            }
            Act::Done(id, note) => {
                let note = note.as_deref().unwrap_or_default();
                let by = (sheet.who.user, at.now);
                let done = tx.close_task((*id, case), note, by).await?;
                (done, Action::DidTask)
            }
            Act::Battery(on, whose) => {
                let by = (sheet.who.user, at.now);
                tx.add_battery_check(app.ids.next(), case, (*on, *whose), by)
                    .await?;
                (true, Action::NotedBatteryCheck)
            }
            Act::PassPhrase(phrase) => {
                let spoken = phrase.as_deref().unwrap_or_default();
                let names = tx.names_of(case).await?;
                if let Some(fault) = PhraseFault::of(spoken, &names) {
                    return Ok(Answer::Wrong("pass_phrase", fault.text()));
                }
                tx.set_pass_phrase(case, phrase.as_deref()).await?;
                (true, Action::ChosePassPhrase)
            }
            Act::StrikeBattery(id) => {
                let done = tx.strike_battery_check((*id, case), at.now).await?;
                (done, Action::NotedBatteryCheck)
            }
        };
        if !done {
            return Ok(Answer::Changed);
        }
        if action == Action::NotedBatteryCheck {
            plans::keep_plan(tx, app, case).await?;
        }
        tx.record(&audit::event(app, sheet.who, action).on([case]))
            .await?;
        Answer::Done(number.to_string())
    })
}

/// What staff have to do for the children whom a reader may act for.
pub async fn tasks(app: &App, who: &SignedIn) -> Result<Vec<StaffTask>, ServiceError> {
    let mut tx = app.store.read().await?;
    let tasks = own_tasks(&mut tx, app, &who.reader, &|_| true).await?;
    Ok(tasks.into_iter().take(100).collect())
}

/// The open tasks of some kinds about children whom a reader acts for; a municipality
/// hears of mail about a loan with the family's consent alone, and of its own messages.
pub(super) async fn own_tasks(
    tx: &mut Tx,
    app: &App,
    reader: &Reader,
    of_kind: &(dyn Fn(TaskKind) -> bool + Sync),
) -> Result<Vec<StaffTask>, ServiceError> {
    let at = app.moment();
    let mut tasks = tx.staff_tasks(reader, at, i64::MAX).await?;
    tasks.retain(|task| of_kind(task.kind) && concerns(reader, task.kind));
    if matches!(reader, Reader::Centre(_)) || tasks.is_empty() {
        return Ok(tasks);
    }
    let families = tx.own_families(reader, at).await?.into_iter();
    let own: std::collections::HashSet<CaseId> = families.map(|family| family.case).collect();
    let agreed = office::hand_overs(tx, reader, None).await?;
    let (town, word) = (reader.municipality().is_some(), office::word(reader));
    let mut heard = Vec::new();
    for task in tasks {
        if !own.contains(&task.case) {
            continue;
        }
        let unheard = town && !agreed.contains_key(&task.case);
        if unheard && task.kind.is_of_the_loan() {
            continue;
        }
        let of_loan = unheard && task.kind.is_about_mail();
        if !of_loan || !untold(tx, (task.case, &word)).await?.is_empty() {
            heard.push(task);
        }
    }
    Ok(heard)
}
