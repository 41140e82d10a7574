//! Mail of one kind to one person, in the caller's commit.

use uuid::Uuid;

use super::letters::{To, post};
use crate::{
    app::App,
    domain::{
        duty::MailKind,
        id::{CaseId, UserId},
        mail::MailAddress,
    },
    print::mail::MailText,
    service::ServiceError,
    store::Tx,
};

/// Puts a mail to a member of staff, about a child, into the outbox.
pub(in crate::service) async fn post_to_staff(
    tx: &mut Tx,
    app: &App,
    (address, kind): (&MailAddress, MailKind),
    (case, account): (CaseId, UserId),
    text: (&MailText, &str),
) -> Result<Option<Uuid>, ServiceError> {
    let to = To {
        address,
        kind,
        case: Some(case),
        contact: None,
        account: Some(account),
    };
    post(tx, app, to, text).await
}

/// Puts a mail to an address of a family into the outbox.
pub(in crate::service) async fn post_to_family(
    tx: &mut Tx,
    app: &App,
    (address, kind): (&MailAddress, MailKind),
    (case, contact): (CaseId, Uuid),
    text: (&MailText, &str),
) -> Result<Option<Uuid>, ServiceError> {
    let to = To {
        address,
        kind,
        case: Some(case),
        contact: Some(contact),
        account: None,
    };
    post(tx, app, to, text).await
}
