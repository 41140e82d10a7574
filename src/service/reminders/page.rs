//! What is known of the reminders of one child, and what staff do about them.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::contacts::child;
use crate::{
    app::App,
    domain::{
        audit::Action,
        duty::{Audience, DutyKind, Stage, next_stage, reached},
        id::CaseNumber,
        text::Text,
    },
    service::{
        ServiceError, audit,
        loans::{Answer, Sheet, once},
        view::SignedIn,
    },
    store::{MailContact, StaffTask, StoredNotice, StoredTerm, Suspension},
};

/// Reminders are suspended for so many days at most: nobody's silence switches a duty
/// off (`RULES.md`, "Duties"); half a year is ours.
const LONGEST_PAUSE: u64 = 183;

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
    /// Where its family is reached.
    pub contacts: Vec<MailContact>,
    /// Its due days, those that are open first.
    pub terms: Vec<TermPage>,
    /// What staff have to do.
    pub tasks: Vec<StaffTask>,
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
        let notices = tx.notices(case).await?;
        let pauses = tx.suspensions(Some(case), at.today).await?;
        let ladders = &app.config.reminders.ladders;
        let mut terms = Vec::new();
        for stored in tx.duty_terms(case).await? {
            let of_term = notices.iter().filter(|notice| notice.term == stored.id);
            let next = Audience::ALL.iter().filter_map(|audience| {
                let stages = ladders.of(stored.kind).of(*audience);
                let waits = reached(stages, &stored.term, at.today).filter(|now| {
                    let same = |n: &&StoredNotice| n.term == stored.id && n.stage == now.stage;
                    *audience == Audience::Family && !notices.iter().any(|n| same(&n))
                });
                if let Some(now) = waits {
                    return Some((*audience, now.stage, at.today));
                }
                let (stage, on) = next_stage(stages, &stored.term, at.today)?;
                Some((*audience, stage, on))
            });
            let next = next.min_by_key(|(_, _, on)| *on);
            terms.push(TermPage {
                notices: of_term.cloned().collect(),
                next: next.filter(|_| stored.ended.is_none()),
                suspended: pauses.iter().find(|p| p.kind == stored.kind).cloned(),
                stored,
            });
        }
        let mut tasks = tx.staff_tasks(&who.reader, at, 1000).await?;
        tasks.retain(|task| task.case == case);
        let page = ChildReminders {
            number: number.clone(),
            contacts: tx.mail_contacts(case).await?,
            terms,
            tasks,
        };
        (case, page)
    };
    audit::saw(app, who, Action::ReadLoan, [case]).await?;
    Ok(Some(page))
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
        _ => {}
    }
    once!(app, sheet, request, |tx| {
        let Some(case) = child(tx, &sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let hand = (sheet.who.user, at.now, at.today);
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
        };
        if !done {
            return Ok(Answer::Changed);
        }
        tx.record(&audit::event(app, sheet.who, action).on([case]))
            .await?;
        Answer::Done(number.to_string())
    })
}

/// What staff have to do for the children whom a reader may see, and whether reminders
/// are planned at all.
pub async fn tasks(app: &App, who: &SignedIn) -> Result<Vec<StaffTask>, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(tx.staff_tasks(&who.reader, app.moment(), 100).await?)
}
