//! The mail addresses of a family.

use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        access::{Ground, Moment, Reader},
        audit::Action,
        duty::ContactState,
        id::{CaseId, CaseNumber, UserId},
        mail::MailAddress,
        text::Text,
    },
    service::{
        ServiceError, audit,
        care::case_to_act_for,
        loans::{Answer, Sheet, once},
    },
    store::{NewContact, Tx},
};

use super::terms;

const TOO_MANY: Text = Text::fixed(
    "アドレスは4つまでです。使わないものを外してから追加してください。",
    "Four addresses at most: take one out first.",
);
const THERE_ALREADY: Text = Text::fixed(
    "このアドレスはもう登録されています。",
    "This address is on record already.",
);

/// A family has so many addresses at most.
const MOST: usize = 4;

/// An address, as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The address.
    pub address: String,
    /// Whose: mother, father, …
    pub who: Option<String>,
    /// Whether its mails carry a link.
    pub with_link: bool,
}

/// The child, for somebody who may act for it: the centre for those to whom it lends,
/// the municipality and the coordinator for theirs.
pub(in crate::service) async fn child(
    tx: &mut Tx,
    reader: &Reader,
    at: Moment,
    number: &CaseNumber,
) -> Result<Option<CaseId>, ServiceError> {
    // Who sees a child for the days of a stay, or in an emergency, follows nothing.
    if matches!(reader, Reader::Centre(_)) {
        if let Some(file) = tx.loan_file(reader, at, number).await? {
            return Ok(Some(file.case));
        }
        // Lent to by a families' sheet, of which there is no file.
        if let Some(case) = tx.seen_case(reader, at, number).await?
            && tx.has_ground(case, reader, at.today, Ground::Loan).await?
        {
            return Ok(Some(case));
        }
    }
    let case = case_to_act_for(tx, reader, at, number).await?;
    Ok(case.map(|case| case.id))
}

/// Puts an address on record.
pub async fn add_contact(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    typed: &Typed,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "contact": number, "address": typed.address, "who": typed.who, "link": typed.with_link,
    });
    let lenient = &app.config.mail.lenient_domains;
    let address = match MailAddress::parse_with(&typed.address, lenient) {
        Ok(address) => address,
        Err(why) => return Ok(Answer::Wrong("mail", why)),
    };
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(case) = child(tx, &sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        if tx.is_silent(case).await? {
            return Ok(Answer::Changed);
        }
        if let Some(no) = put(tx, app, (case, &address), typed, sheet.who.user).await? {
            return Ok(no);
        }
        let event = audit::event(app, sheet.who, Action::ChangedMailContacts);
        tx.record(&event.on([case])).await?;
        Answer::Done(number.to_string())
    })
}

/// Puts an address on record in the caller's commit; why not, where it cannot be. What the
/// family was to be told and nobody has told it goes to the new address with the next
/// reminders; that somebody is to telephone stays, until a person closes it.
pub(in crate::service) async fn put(
    tx: &mut Tx,
    app: &App,
    (case, address): (CaseId, &MailAddress),
    typed: &Typed,
    by: UserId,
) -> Result<Option<Answer>, ServiceError> {
    let (known, now) = (tx.mail_contacts(case).await?, app.clock.now());
    let text = address.to_string();
    match known.iter().find(|contact| contact.address == text) {
        // Mail to it came back; now it is said to arrive: it begins anew.
        Some(contact) if contact.state == ContactState::Bounced => {
            tx.end_contact(case, contact.id, now).await?;
        }
        Some(_) => return Ok(Some(Answer::Wrong("mail", THERE_ALREADY))),
        None if known.len() >= MOST => return Ok(Some(Answer::Wrong("mail", TOO_MANY))),
        None => {}
    }
    let contact = NewContact {
        id: app.ids.next(),
        case,
        address: &text,
        who: typed.who.as_deref(),
        irregular: address.is_irregular(),
        with_link: typed.with_link,
    };
    tx.add_mail_contact(&contact, (Some(by), now)).await?;
    terms::tell_untold(tx, app, case).await?;
    Ok(None)
}

/// Takes an address out of use.
pub async fn end_contact(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    contact: Uuid,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({"contact_ends": number, "contact": contact});
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(case) = child(tx, &sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        if !tx.end_contact(case, contact, at.now).await? {
            return Ok(Answer::Changed);
        }
        let event = audit::event(app, sheet.who, Action::ChangedMailContacts);
        tx.record(&event.on([case])).await?;
        Answer::Done(number.to_string())
    })
}
