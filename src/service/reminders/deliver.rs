//! Handing mail over to the server: under a lease, and never within a unit of work.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use uuid::Uuid;

use super::letters::open_letter;
use crate::{
    app::App,
    domain::{
        duty::{ContactState, MailState, TaskKind},
        mail::OnDoubt,
    },
    faults::{self, Point},
    in_tx,
    mail::{Delivery, Mailer},
    service::ServiceError,
    store::{Claimed, LeaseLost},
};

/// So often a mail is tried, an hour apart in the end: five days, as mail servers do
/// (RFC 5321, 4.5.4.1).
const MOST_ATTEMPTS: i64 = 130;

/// So often a mail in doubt is sent again before a person decides: a server that takes
/// every mail and breaks off before it says so would send it every hour, for days.
const MOST_RESENDS: i64 = 3;

/// The longest pause between two tries.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);

/// Seconds that a lease holds beyond the longest that a delivery may take.
const SPARE: i64 = 30;

/// What became of the mails of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    /// The server took them.
    pub sent: u64,
    /// It refused them, or they were tried too often.
    pub failed: u64,
    /// They are tried again later.
    pub postponed: u64,
    /// Nobody knows, and a person decides.
    pub held: u64,
}

impl Delivered {
    fn add(&mut self, became: &Became) {
        match became {
            Became::Sent => self.sent += 1,
            Became::Failed => self.failed += 1,
            Became::Postponed => self.postponed += 1,
            Became::Held => self.held += 1,
            Became::NotOurs => {}
        }
    }

    /// How many mails were looked at.
    pub const fn all(&self) -> u64 {
        self.sent + self.failed + self.postponed + self.held
    }
}

enum Became {
    Sent,
    Failed,
    Postponed,
    Held,
    /// Another worker has it, or it is void.
    NotOurs,
}

/// The way to the mail server, or into the folder, as the operator has set it.
///
/// # Errors
/// What is set cannot be: certificates, the folder.
pub fn mailer(app: &App) -> Result<Mailer, ServiceError> {
    Ok(Mailer::new(&app.config.mail)?)
}

/// Hands over what is due, until nothing is.
pub async fn deliver(app: &App, mailer: &Mailer) -> Result<Delivered, ServiceError> {
    let mut done = Delivered::default();
    while let Some(round) = deliver_some(app, mailer).await? {
        done.sent += round.sent;
        done.failed += round.failed;
        done.postponed += round.postponed;
        done.held += round.held;
    }
    Ok(done)
}

/// Hands over as many mails as can be under way at once; `None`: none is due.
pub async fn deliver_some(app: &App, mailer: &Mailer) -> Result<Option<Delivered>, ServiceError> {
    faults::at(Point::BeforeClaim).await;
    let claimed = claim(app).await?;
    if claimed.is_empty() {
        return Ok(None);
    }
    faults::at(Point::AfterClaim).await;
    // No more are claimed than may be under way at once.
    let under_way = claimed.into_iter().map(|mail| hand_over(app, mailer, mail));
    let became = join_all(under_way).await;
    let mut done = Delivered::default();
    for one in became {
        done.add(&one?);
    }
    Ok(Some(done))
}

/// Takes some mails that are due: as many as can be under way at once, so that no
/// lease runs out in a queue.
async fn claim(app: &App) -> Result<Vec<Claimed>, ServiceError> {
    let (now, settings) = (app.clock.now(), &app.config.mail);
    let longest = i64::try_from(settings.longest_delivery().as_secs()).unwrap_or(i64::MAX);
    // The last of them waits until the pace lets it go.
    let queue = settings.workers.checked_div(settings.per_second);
    let queue = i64::from(queue.unwrap_or(0));
    let until = now + TimeDelta::seconds(longest.saturating_add(SPARE + queue));
    let lease = app.ids.next();
    let most = i64::from(settings.workers);
    let mut tx = app.store.append().await?;
    let claimed = tx.claim_mail((now, until), lease, most).await?;
    tx.commit().await?;
    Ok(claimed)
}

async fn hand_over(app: &App, mailer: &Mailer, mail: Claimed) -> Result<Became, ServiceError> {
    let mail = &mail;
    let on_doubt = app.config.mail.on_doubt;
    let enough = on_doubt == OnDoubt::Hold || mail.resends >= MOST_RESENDS;
    if mail.in_doubt && (on_doubt == OnDoubt::Hold || mail.resends > MOST_RESENDS) {
        let why = "a worker stopped while it was handed over";
        return close(app, mail, (MailState::Held, TaskKind::InDoubt), why).await;
    }
    let letter = open_letter(app, mail.id, &mail.message);
    let started = {
        let mut tx = app.store.append().await?;
        let started = tx.start_handover(mail, app.clock.now()).await?;
        tx.commit().await?;
        started
    };
    if let Err(LeaseLost) = started {
        return Ok(Became::NotOurs);
    }
    faults::at(Point::HandingOver).await;
    let letter = match letter {
        Ok(letter) => letter,
        Err(error) => {
            tracing::error!(mail = %mail.id, %error, "a mail of the outbox cannot be opened");
            let failed = (MailState::Failed, TaskKind::Failed);
            return close(app, mail, failed, "the message cannot be opened").await;
        }
    };
    let sender = app.config.mail.sender();
    match mailer.deliver(&letter.to, &sender, &letter.bytes).await {
        Delivery::Accepted(answer) => {
            faults::at(Point::Accepted).await;
            let mut tx = app.store.append().await?;
            let done = tx.finish_handover(mail, (app.clock.now(), &answer)).await?;
            faults::at(Point::BeforeCommit).await;
            tx.commit().await?;
            Ok(done.map_or(Became::NotOurs, |()| Became::Sent))
        }
        Delivery::Later { text, .. } if mail.attempts >= MOST_ATTEMPTS => {
            close(app, mail, (MailState::Failed, TaskKind::Failed), &text).await
        }
        Delivery::Later { text, .. } => postpone(app, mail, &text, false).await,
        Delivery::Refused { code, text } => refused(app, mail, (code, &text)).await,
        Delivery::Doubt { text } if enough => {
            close(app, mail, (MailState::Held, TaskKind::InDoubt), &text).await
        }
        Delivery::Doubt { text } => postpone(app, mail, &text, true).await,
    }
}

/// A mail is not tried again, and somebody has to look at it.
async fn close(
    app: &App,
    mail: &Claimed,
    (state, task): (MailState, TaskKind),
    why: &str,
) -> Result<Became, ServiceError> {
    let closed = in_tx!(app.store, |tx| {
        let at = app.moment();
        let closed = tx.close_mail(mail, state, (at.now, why)).await?;
        if closed.is_ok() {
            let about = (mail.case, task, &*mail.id.to_string());
            tx.open_task(app.ids.next(), about, at).await?;
        }
        Ok::<_, ServiceError>(closed)
    })?;
    Ok(match (closed, state) {
        (Err(LeaseLost), _) => Became::NotOurs,
        (Ok(()), MailState::Held) => Became::Held,
        (Ok(()), _) => Became::Failed,
    })
}

/// The server has refused a mail for good. Where it says that the address is not
/// there, the address is marked.
async fn refused(
    app: &App,
    mail: &Claimed,
    (code, text): (Option<u16>, &str),
) -> Result<Became, ServiceError> {
    let no_such_address = matches!(code, Some(550 | 551 | 553));
    if let (true, Some(contact)) = (no_such_address, mail.contact) {
        in_tx!(app.store, |tx| {
            tx.mark_contact(contact, ContactState::Bounced, app.clock.now())
                .await?;
            Ok::<_, ServiceError>(())
        })?;
    }
    let task = if no_such_address {
        TaskKind::Bounced
    } else {
        TaskKind::Failed
    };
    close(app, mail, (MailState::Failed, task), text).await
}

async fn postpone(
    app: &App,
    mail: &Claimed,
    why: &str,
    doubt: bool,
) -> Result<Became, ServiceError> {
    let due = next_try(app.clock.now(), mail.attempts, mail.id);
    let mut tx = app.store.append().await?;
    let done = tx.postpone_mail(mail, (due, why), doubt).await?;
    tx.commit().await?;
    Ok(done.map_or(Became::NotOurs, |()| Became::Postponed))
}

/// When a mail is tried again: a minute after the first try, twice as long after each
/// further one, an hour at most; up to a quarter more, another share each time, so that
/// a thousand mails do not come back in the same second.
fn next_try(now: DateTime<Utc>, attempts: i64, mail: Uuid) -> DateTime<Utc> {
    let doublings = u32::try_from(attempts.clamp(1, 7) - 1).unwrap_or(0);
    let pause = TimeDelta::minutes(1 << doublings).min(LONGEST_PAUSE);
    let drawn = mail.as_u128() >> attempts.clamp(0, 40);
    let share = i32::try_from(drawn % 250).unwrap_or(0);
    now + pause + pause * share / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_grow_apart_up_to_an_hour_and_a_quarter() {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let pause = |attempts| next_try(now, attempts, Uuid::nil()) - now;
        assert_eq!(pause(1), TimeDelta::minutes(1));
        assert_eq!(pause(2), TimeDelta::minutes(2));
        assert_eq!(pause(6), TimeDelta::minutes(32));
        assert_eq!(pause(7), TimeDelta::hours(1));
        assert_eq!(pause(129), TimeDelta::hours(1));
        let most = next_try(now, 7, Uuid::from_u128(249 << 7)) - now;
        assert!(
            most > TimeDelta::hours(1) && most <= TimeDelta::minutes(75),
            "{most}"
        );
        // Five days and more pass before a mail is given up.
        let all: TimeDelta = (1..MOST_ATTEMPTS).map(pause).sum();
        assert!(all > TimeDelta::days(5), "{all}");
    }
}
