//! What comes back: a notification is believed where it names a mail that left.

use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        audit::{AboutKind, Action, Actor},
        duty::{ContactState, TaskKind},
        mail::MessageId,
    },
    in_tx,
    mail::bounce::{self, Bounce, BounceKind},
    service::{ServiceError, audit},
};

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CameBack {
    /// Addresses that are not there any more.
    pub gone: u64,
    /// Other failures, for a person to look at.
    pub other: u64,
    /// Notes that a mail is late, which are no failures.
    pub delayed: u64,
    /// Reports about mails that are none of ours, or that name none.
    pub unknown: u64,
}

/// Reads a message that came back, marks addresses and opens tasks.
pub async fn came_back(app: &App, message: &[u8]) -> Result<CameBack, ServiceError> {
    let mut done = CameBack::default();
    for report in bounce::read(message) {
        let kind = match report.kind {
            BounceKind::Delayed => {
                done.delayed += 1;
                continue;
            }
            BounceKind::Gone => TaskKind::Bounced,
            BounceKind::TemporaryFailure | BounceKind::Other => TaskKind::Failed,
        };
        let Some(mail) = mail_of(&report) else {
            done.unknown += 1;
            continue;
        };
        if !one(app, mail, kind, &report).await? {
            done.unknown += 1;
        } else if kind == TaskKind::Bounced {
            done.gone += 1;
        } else {
            done.other += 1;
        }
    }
    Ok(done)
}

/// The mail that a report is about, by the `Message-ID` that we gave it.
fn mail_of(report: &Bounce) -> Option<Uuid> {
    let id = MessageId::parse(report.message_id.as_deref()?)?;
    let (unique, _) = id.inner().split_once('@')?;
    Uuid::parse_str(unique).ok()
}

/// Puts a report on record; `false`: the mail is none of ours.
async fn one(app: &App, mail: Uuid, kind: TaskKind, report: &Bounce) -> Result<bool, ServiceError> {
    let at = app.moment();
    in_tx!(app.store, |tx| {
        let Some((case, contact)) = tx.mail_went_to(mail).await? else {
            return Ok(false);
        };
        let code = report.code.as_deref().unwrap_or_default();
        let answer = format!("{code} {}", report.text);
        tx.mail_came_back(mail, (answer.trim(), at.now)).await?;
        // The address is the one that the mail went to, whatever the report says.
        if let (TaskKind::Bounced, Some(contact)) = (kind, contact) {
            tx.mark_contact(contact, ContactState::Bounced, at.now)
                .await?;
        }
        let about = contact.unwrap_or(mail).to_string();
        tx.open_task(app.ids.next(), (case, kind, &about), at)
            .await?;
        let event = audit::by(app, Actor::Operator, Action::MailCameBack).on(case);
        tx.record(&event.about(AboutKind::Mail, mail)).await?;
        Ok::<_, ServiceError>(true)
    })
}
