//! The family's own mail addresses: it puts one in and takes one out, and every
//! address that was there before is told, so that nobody turns the mails away unseen.

use uuid::Uuid;

use super::own;
use crate::{
    app::App,
    domain::{
        audit::Action,
        duty::MailKind,
        id::{CaseId, CaseNumber},
        mail::MailAddress,
        text::Text,
    },
    print::mail::address_changed,
    service::{
        ServiceError, audit,
        loans::{Answer, Sheet, once},
        reminders::{To, Typed, post, put_contact},
    },
    store::{MailContact, Tx},
};

const THE_LAST: Text = Text::fixed(
    "これを外すと、お知らせがどこにも届かなくなります。先に新しいアドレスを追加してください。",
    "Without it no reminder reaches you: add another address first.",
);

/// Adds an address.
pub async fn add_mail(app: &App, sheet: Sheet<'_>, typed: &Typed) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "family_mail": typed.address, "who": typed.who, "link": typed.with_link,
    });
    let lenient = &app.config.mail.lenient_domains;
    let address = match MailAddress::parse_with(&typed.address, lenient) {
        Ok(address) => address,
        Err(why) => return Ok(Answer::Wrong("mail", why)),
    };
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some((case, number)) = own(tx, &sheet.who.reader, at).await? else {
            return Ok(Answer::NotThere);
        };
        let by = sheet.who.user;
        if let Some(no) = put_contact(tx, app, (case, &address), typed, by).await? {
            return Ok(no);
        }
        // The new one, too: an address that was mistyped comes back at once.
        let all = tx.mail_contacts(case).await?;
        tell(tx, app, (case, &number), &all).await?;
        let event = audit::event(app, sheet.who, Action::ChangedMailContacts);
        tx.record(&event.on([case])).await?;
        Answer::Done(number.to_string())
    })
}

/// Takes an address out; the last that works stays.
pub async fn end_mail(app: &App, sheet: Sheet<'_>, contact: Uuid) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({"family_mail_ends": contact});
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some((case, number)) = own(tx, &sheet.who.reader, at).await? else {
            return Ok(Answer::NotThere);
        };
        let before = tx.mail_contacts(case).await?;
        if before.iter().all(|one| one.id == contact) {
            return Ok(Answer::Wrong("contact", THE_LAST));
        }
        if !tx.end_contact(case, contact, at.now).await? {
            return Ok(Answer::Changed);
        }
        tell(tx, app, (case, &number), &before).await?;
        let event = audit::event(app, sheet.who, Action::ChangedMailContacts);
        tx.record(&event.on([case])).await?;
        Answer::Done(number.to_string())
    })
}

/// Tells those addresses that something has changed.
async fn tell(
    tx: &mut Tx,
    app: &App,
    (case, number): (CaseId, &CaseNumber),
    contacts: &[MailContact],
) -> Result<(), ServiceError> {
    let telephone = app.config.loans.centre_telephone.trim();
    let text = address_changed(number, (!telephone.is_empty()).then_some(telephone));
    for contact in contacts {
        let Ok(address) = MailAddress::recorded(&contact.address) else {
            continue;
        };
        let dedup = format!("address {} {}", app.ids.next(), contact.id);
        let to = To {
            address: &address,
            kind: MailKind::Urgent,
            case: Some(case),
            contact: Some(contact.id),
            account: None,
        };
        post(tx, app, to, (&text, &dedup)).await?;
    }
    Ok(())
}
