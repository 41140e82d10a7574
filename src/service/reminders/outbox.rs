//! The mail that waits, failed or is held, for the operator at the command line; and
//! whom of the staff no mail reaches, for whoever keeps the accounts.

use std::collections::HashSet;

use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        access::Permission,
        audit::{AboutKind, Action, Actor},
        duty::MailState,
    },
    in_tx,
    service::{ServiceError, audit, view::SignedIn},
    store::{StoredMail, UnreachedStaff},
};

/// So many mails are listed at most.
const MOST: i64 = 10_000;

/// The mails in a state; `None`: those that have neither left nor become void.
pub async fn mails(app: &App, state: Option<MailState>) -> Result<Vec<StoredMail>, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(tx.mails(state, MOST).await?)
}

/// Has a mail that failed or is held sent again; `false`: it is neither, or what it
/// tells of is done.
pub async fn retry_mail(app: &App, mail: Uuid) -> Result<bool, ServiceError> {
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        let done = tx.retry_mail(mail, now).await?;
        if done {
            tx.close_tasks_of_mail(mail, now).await?;
            let event = audit::by(app, Actor::Operator, Action::RetriedMail);
            tx.record(&event.about(AboutKind::Mail, mail)).await?;
        }
        Ok(done)
    })
}

/// Drops a mail that has not left; `false`: it has, or is being handed over.
pub async fn drop_mail(app: &App, mail: Uuid) -> Result<bool, ServiceError> {
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        let done = tx.drop_mail(mail).await?;
        if done {
            tx.close_tasks_of_mail(mail, now).await?;
            let event = audit::by(app, Actor::Operator, Action::DroppedMail);
            tx.record(&event.about(AboutKind::Mail, mail)).await?;
        }
        Ok(done)
    })
}

/// The members of staff whom mail does not reach, each once; of no child. Empty for
/// whoever may not keep accounts.
pub async fn unreached_staff(
    app: &App,
    who: &SignedIn,
) -> Result<Vec<UnreachedStaff>, ServiceError> {
    if !who.role().may(Permission::ManageAccounts) {
        return Ok(Vec::new());
    }
    let mut tx = app.store.read().await?;
    let mut staff = tx.unreached_staff().await?;
    let mut seen = HashSet::new();
    staff.retain(|one| seen.insert(one.account));
    Ok(staff)
}
