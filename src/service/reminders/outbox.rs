//! The mail that waits, failed or is held, for the operator at the command line.

use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        audit::{AboutKind, Action, Actor},
        duty::MailState,
    },
    in_tx,
    service::{ServiceError, audit},
    store::StoredMail,
};

/// So many mails are listed at most.
const MOST: i64 = 10_000;

/// The mails in a state; `None`: those that have neither left nor become void.
pub async fn mails(app: &App, state: Option<MailState>) -> Result<Vec<StoredMail>, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(tx.mails(state, MOST).await?)
}

/// Has a mail that failed or is held sent again; `false`: it is neither.
pub async fn retry_mail(app: &App, mail: Uuid) -> Result<bool, ServiceError> {
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        let done = tx.retry_mail(mail, now).await?;
        if done {
            let event = audit::by(app, Actor::Operator, Action::RetriedMail);
            tx.record(&event.about(AboutKind::Mail, mail)).await?;
        }
        Ok(done)
    })
}

/// Drops a mail that has not left; `false`: it has, or is being handed over.
pub async fn drop_mail(app: &App, mail: Uuid) -> Result<bool, ServiceError> {
    in_tx!(app.store, |tx| {
        let done = tx.drop_mail(mail).await?;
        if done {
            let event = audit::by(app, Actor::Operator, Action::DroppedMail);
            tx.record(&event.about(AboutKind::Mail, mail)).await?;
        }
        Ok(done)
    })
}
