//! A mail as it lies in the outbox: address and message, sealed, since the message
//! holds a link.

use uuid::Uuid;

use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        duty::MailKind,
        id::{CaseId, UserId},
        mail::MailAddress,
    },
    mail::{Draft, compose},
    print::mail::MailText,
    service::ServiceError,
    store::{NewMail, Tx},
};

/// For what the keys seal it.
const PURPOSE: &str = "outbox";

/// To whom a mail goes, and why.
#[derive(Debug)]
pub(in crate::service) struct To<'a> {
    /// The address.
    pub(in crate::service) address: &'a MailAddress,
    /// What it is.
    pub(in crate::service) kind: MailKind,
    /// About which child.
    pub(in crate::service) case: Option<CaseId>,
    /// Which address of a family that is.
    pub(in crate::service) contact: Option<Uuid>,
    /// Whose account.
    pub(in crate::service) account: Option<UserId>,
}

/// A mail as it leaves.
#[derive(Debug, Clone)]
pub struct Letter {
    /// To whom.
    pub to: MailAddress,
    /// The message, byte for byte.
    pub bytes: Vec<u8>,
}

/// Puts a mail into the outbox; its id. `dedup` makes it the same mail.
pub(in crate::service) async fn post(
    tx: &mut Tx,
    app: &App,
    to: To<'_>,
    (text, dedup): (&MailText, &str),
) -> Result<Option<Uuid>, ServiceError> {
    let at = app.moment();
    let (id, settings) = (app.ids.next(), &app.config.mail);
    let sender = settings.sender();
    let draft = Draft {
        to: to.address.clone(),
        from_name: settings.from_name.clone(),
        message_id: format!("{id}@{}", sender.domain()),
        from: sender,
        reply_to: settings.reply_to.clone(),
        date: in_tokyo(at.now),
        subject: text.subject.clone(),
        plain: text.plain.clone(),
        html: text.html.clone(),
        auto: true,
    };
    let bytes = compose(&draft)?;
    let mut letter = format!("{}\n", to.address).into_bytes();
    letter.extend(bytes);
    let sealed = app.keys.seal(PURPOSE, &id.to_string(), &letter);
    let mail = NewMail {
        id,
        dedup_key: dedup,
        kind: to.kind,
        case: to.case,
        contact: to.contact,
        account: to.account,
        subject: &text.subject,
        message: &sealed,
        planned_on: at.today,
        now: at.now,
    };
    Ok(tx.enqueue_mail(&mail).await?.then_some(id))
}

/// Opens a mail of the outbox.
///
/// # Errors
/// A key that is missing, or a message that is not ours.
pub fn open_letter(app: &App, id: Uuid, sealed: &[u8]) -> Result<Letter, ServiceError> {
    let letter = app.keys.open_sealed(PURPOSE, &id.to_string(), sealed)?;
    let end = letter.iter().position(|byte| *byte == b'\n');
    let corrupt = ServiceError::Corrupt("outbox.message");
    let Some(end) = end else {
        return Err(corrupt);
    };
    let address = std::str::from_utf8(&letter[..end]).ok();
    let to = address.and_then(|text| MailAddress::recorded(text).ok());
    Ok(Letter {
        to: to.ok_or(corrupt)?,
        bytes: letter[end + 1..].to_vec(),
    })
}
