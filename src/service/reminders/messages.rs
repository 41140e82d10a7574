//! Messages that staff write to families: previewed, released by a second person where
//! many are written to, one mail to each address.

use std::collections::HashSet;

use uuid::Uuid;

use super::{
    letters::{To, post},
    office::{self, needs_second},
    recipients::{self, Recipient, Recipients, Unreached},
};
use crate::{
    app::App,
    domain::{
        access::Moment,
        audit::{AboutKind, Action},
        duty::{MailKind, TaskKind},
        hand_message::{
            LONGEST_BODY, LONGEST_SUBJECT, MessageFate, MessageGroup, MessageState, check_body,
            check_subject,
        },
        id::{CaseId, CaseNumber},
        mail::MailAddress,
        municipality::MunicipalityCode,
        text::Text,
    },
    print::mail::{HandMail, MailText, by_hand},
    seal::sha256_hex,
    service::{
        ServiceError, audit,
        family_links::{account_for_mail, link_for_mail},
        loans::{Answer, Sheet, once},
        sign_in::address_of,
        view::SignedIn,
    },
    store::{NewMessage, StoredMessage, Tx},
};

const SUBJECT_MISSING: Text = Text::fixed("件名を書いてください。", "Write a subject.");
const BODY_MISSING: Text = Text::fixed("本文を書いてください。", "Write a text.");
const TOO_LONG: Text = Text::fixed(
    "長すぎます。件名は60文字、本文は2,000文字までにしてください。古い電話でも読めるよう、短く書いてください。",
    "Too long: 60 characters for the subject, 2,000 for the text. Keep it short: it is read on old telephones.",
);
const REASON_MISSING: Text = Text::fixed(
    "至急にする理由を書いてください。あとから見る人に必要です。",
    "Write down why it is urgent: whoever reads it later needs it.",
);
const TOWN_MISSING: Text = Text::fixed(
    "宛先の市町村を選んでください。",
    "Choose the municipality whose families it is for.",
);
const NOBODY: Text = Text::fixed(
    "この宛先に当てはまるご家族がいません。別の宛先を選んでください。",
    "There is no family in this group. Choose another one.",
);
const OWN: Text = Text::fixed(
    "ご自分で書いた連絡は、ほかの職員が確かめて送ります。",
    "What you have written yourself is released by somebody else.",
);
const NOTE_MISSING: Text = Text::fixed(
    "戻す理由を書いてください。書いた人に見えます。",
    "Write down why it is returned: its writer reads it.",
);

/// How a link is shown in a preview: each family has its own.
const LINK: &str = "（ご家族ごとのリンクが入ります）";

/// A message, as somebody writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// To whom.
    pub group: MessageGroup,
    /// To the family of which child, where it is one.
    pub case: Option<CaseNumber>,
    /// Of which municipality, where the group is one of those.
    pub town: Option<MunicipalityCode>,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// Whether it goes out at once.
    pub urgent: bool,
    /// Why.
    pub reason: Option<String>,
}

/// What will be sent, before it is.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The mail, as one family gets it.
    pub mail: MailText,
    /// The same for families that wish no link, where there are any.
    pub without_link: Option<MailText>,
    /// How many families it is for.
    pub families: usize,
    /// How many mails go out.
    pub mails: usize,
    /// Those whom no mail reaches.
    pub unreached: Vec<Unreached>,
    /// A second person is to release it.
    pub needs_second: bool,
    /// What was seen, as a word: with another one it is shown again.
    pub seen: String,
}

/// What a look at a draft shows.
#[derive(Debug)]
pub enum Looked {
    /// What will be sent.
    Preview(Box<Preview>),
    /// A field is wrong, and why.
    Wrong(&'static str, Text),
    /// There is no such group, or no such child.
    NotThere,
}

/// What becomes of a message that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is sent; with what was seen of it.
    Release(String),
    /// It goes back to its writer, with a note.
    Return(Option<String>),
    /// Its writer takes it back.
    Withdraw,
}

fn fits(draft: &Draft, to: &Recipients) -> Result<(), (&'static str, Text)> {
    if draft.group == MessageGroup::Town && draft.town.is_none() {
        return Err(("town", TOWN_MISSING));
    }
    if draft.subject.trim().is_empty() {
        return Err(("message_subject", SUBJECT_MISSING));
    }
    if draft.body.trim().is_empty() {
        return Err(("message_body", BODY_MISSING));
    }
    if draft.subject.chars().count() > LONGEST_SUBJECT {
        return Err(("message_subject", TOO_LONG));
    }
    if draft.body.chars().count() > LONGEST_BODY {
        return Err(("message_body", TOO_LONG));
    }
    if draft.urgent && draft.reason.is_none() {
        return Err(("urgent_why", REASON_MISSING));
    }
    check_subject(&draft.subject, &to.names).map_err(|no| ("message_subject", no.text()))?;
    check_body(&draft.body, &to.names).map_err(|no| ("message_body", no.text()))?;
    if to.families.is_empty() {
        return Err(("group", NOBODY));
    }
    Ok(())
}

/// Who writes and what: what every mail of a message has in common.
struct Common<'d> {
    draft: &'d Draft,
    office: String,
    telephone: Option<String>,
}

impl Common<'_> {
    fn mail(&self, to: &Recipient, link: Option<String>) -> MailText {
        by_hand(&HandMail {
            number: to.family.number.clone(),
            pass_phrase: to.pass_phrase.clone(),
            urgent: self.draft.urgent,
            subject: self.draft.subject.trim().to_owned(),
            body: self.draft.body.trim().to_owned(),
            link,
            office: self.office.clone(),
            telephone: self.telephone.clone(),
        })
    }
}

/// What was seen: other words, families or addresses are to be seen again.
fn seen(draft: &Draft, to: &Recipients) -> String {
    let addresses = to.families.iter().map(|one| {
        let contacts = one.contacts.iter().map(|contact| contact.id.to_string());
        (one.family.case.to_string(), contacts.collect::<Vec<_>>())
    });
    let all = serde_json::json!([
        draft.subject,
        draft.body,
        draft.urgent,
        addresses.collect::<Vec<_>>()
    ]);
    sha256_hex(all.to_string().as_bytes())
}

pub(super) async fn look(
    app: &App,
    tx: &mut Tx,
    who: &SignedIn,
    (draft, to): (&Draft, &Recipients),
) -> Result<Preview, ServiceError> {
    let (office, telephone) = office::named(app, tx, &who.reader).await?;
    let common = Common {
        draft,
        office,
        telephone,
    };
    let reached = |link: bool| {
        let mut families = to.families.iter();
        families.find(|one| one.contacts.iter().any(|c| c.with_link == link))
    };
    let with_link = reached(true).or_else(|| to.families.first().filter(|_| to.mails() == 0));
    let bare = reached(false).map(|one| common.mail(one, None));
    let (mail, without_link) = match (with_link, bare) {
        (Some(one), bare) => (common.mail(one, Some(LINK.to_owned())), bare),
        (None, Some(bare)) => (bare, None),
        (None, None) => return Err(ServiceError::Corrupt("mail_contact.with_link")),
    };
    Ok(Preview {
        mail,
        without_link,
        families: to.families.len(),
        mails: to.mails(),
        unreached: to.unreached(app, tx, &who.reader).await?,
        needs_second: needs_second(draft.urgent, to.families.len()),
        seen: seen(draft, to),
    })
}

/// Shows what a draft will send, and to how many.
pub async fn preview(app: &App, who: &SignedIn, draft: &Draft) -> Result<Looked, ServiceError> {
    let (looked, cases) = {
        let mut tx = app.store.read().await?;
        let reader = (&who.reader, app.moment());
        if draft.group == MessageGroup::Town && draft.town.is_none() {
            return Ok(Looked::Wrong("town", TOWN_MISSING));
        }
        let Some(to) = recipients::of_draft(&mut tx, reader, draft).await? else {
            return Ok(Looked::NotThere);
        };
        if let Err((field, why)) = fits(draft, &to) {
            return Ok(Looked::Wrong(field, why));
        }
        let preview = look(app, &mut tx, who, (draft, &to)).await?;
        let cases: Vec<CaseId> = to.families.iter().map(|one| one.family.case).collect();
        (Looked::Preview(Box::new(preview)), cases)
    };
    audit::saw(app, who, Action::PreviewedMessage, cases).await?;
    Ok(looked)
}

/// Sends a message as it was seen, or has it wait for a second person; once.
pub async fn send(
    app: &App,
    sheet: Sheet<'_>,
    draft: &Draft,
    as_seen: &str,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({"message": format!("{draft:?}")});
    let (at, reader) = (app.moment(), &sheet.who.reader);
    once!(app, sheet, request, |tx| {
        let Some(to) = recipients::of_draft(tx, (reader, at), draft).await? else {
            return Ok(Answer::NotThere);
        };
        if let Err((field, why)) = fits(draft, &to) {
            return Ok(Answer::Wrong(field, why));
        }
        if seen(draft, &to) != as_seen {
            return Ok(Answer::Changed);
        }
        let (id, office) = (app.ids.next(), office::word(reader));
        let cases: Vec<CaseId> = to.families.iter().map(|one| one.family.case).collect();
        let new = NewMessage {
            id,
            office: &office,
            group: draft.group,
            town: draft.town,
            urgent: draft.urgent,
            subject: draft.subject.trim(),
            body: draft.body.trim(),
            reason: draft.reason.as_deref(),
        };
        let hand = (sheet.who.user, at.now);
        tx.add_message(&new, &cases, hand).await?;
        let action = if needs_second(draft.urgent, cases.len()) {
            Action::WroteMessage
        } else {
            tx.decide_message((id, MessageState::Sent), None, hand)
                .await?;
            go(app, tx, sheet.who, (id, draft, &to)).await?;
            if draft.urgent {
                Action::SentUrgentMessage
            } else {
                Action::SentMessage
            }
        };
        let event = audit::event(app, sheet.who, action).on(cases);
        tx.record(&event.about(AboutKind::Message, id)).await?;
        Answer::Done(id.to_string())
    })
}

/// Puts the mails of a message into the outbox, each to one address.
async fn go(
    app: &App,
    tx: &mut Tx,
    who: &SignedIn,
    (id, draft, to): (Uuid, &Draft, &Recipients),
) -> Result<(), ServiceError> {
    let (office, telephone) = office::named(app, tx, &who.reader).await?;
    let common = Common {
        draft,
        office,
        telephone,
    };
    for one in &to.families {
        let case = one.family.case;
        let mut mailed = false;
        for contact in &one.contacts {
            let Ok(address) = MailAddress::recorded(&contact.address) else {
                continue;
            };
            let link = if contact.with_link {
                Some(family_link(app, tx, one, &contact.address).await?)
            } else {
                None
            };
            let to = To {
                address: &address,
                kind: if draft.urgent {
                    MailKind::Urgent
                } else {
                    MailKind::Hand
                },
                case: Some(case),
                contact: Some(contact.id),
                account: None,
            };
            let dedup = format!("hand {id} {}", contact.id);
            let text = common.mail(one, link);
            if let Some(mail) = post(tx, app, to, (&text, &dedup)).await? {
                tx.add_message_mail((id, case), mail).await?;
                if draft.urgent {
                    tx.hurry_mail(mail).await?;
                }
                mailed = true;
            }
        }
        let fate = if mailed {
            MessageFate::Mailed
        } else {
            let about = (Some(case), TaskKind::Telephone, &*case.to_string());
            tx.open_task(app.ids.next(), about, app.moment()).await?;
            MessageFate::Telephone
        };
        tx.set_message_fate((id, case), fate).await?;
    }
    Ok(())
}

/// A new link to the page of a family, whose account is made where there is none.
async fn family_link(
    app: &App,
    tx: &mut Tx,
    to: &Recipient,
    address: &str,
) -> Result<String, ServiceError> {
    let link = match tx.family_of(to.family.case).await? {
        Some(account) => link_for_mail(tx, app, account).await?,
        None => {
            account_for_mail(tx, app, &to.family.number, address)
                .await?
                .1
        }
    };
    Ok(address_of(app, &link))
}

/// The draft that a message was.
pub(super) fn draft_of(message: &StoredMessage) -> Draft {
    Draft {
        group: message.group,
        case: None,
        town: message.town,
        subject: message.subject.clone().unwrap_or_default(),
        body: message.body.clone().unwrap_or_default(),
        urgent: message.urgent,
        reason: message.reason.clone(),
    }
}

/// The families of a message to whom it may still go.
pub(super) async fn still(
    tx: &mut Tx,
    who: &SignedIn,
    at: Moment,
    message: Uuid,
) -> Result<(Recipients, HashSet<CaseId>), ServiceError> {
    let cases: HashSet<CaseId> = tx.message_cases(message).await?.into_iter().collect();
    let to = recipients::of_cases(tx, (&who.reader, at), &cases).await?;
    Ok((to, cases))
}

/// Decides on a message that waits, once.
pub async fn decide(
    app: &App,
    sheet: Sheet<'_>,
    id: Uuid,
    decision: &Decision,
) -> Result<Answer, ServiceError> {
    if *decision == Decision::Return(None) {
        return Ok(Answer::Wrong("note", NOTE_MISSING));
    }
    let request = serde_json::json!({"message": id, "decides": format!("{decision:?}")});
    let (at, who) = (app.moment(), sheet.who);
    let hand = (who.user, at.now);
    once!(app, sheet, request, |tx| {
        let office = office::word(&who.reader);
        let Some(message) = tx.message(id, &office).await? else {
            return Ok(Answer::NotThere);
        };
        let own = message.written_by == who.user;
        if message.state != MessageState::Waits || own != (*decision == Decision::Withdraw) {
            let changed = message.state != MessageState::Waits || !own;
            return Ok(if changed {
                Answer::Changed
            } else {
                Answer::Wrong("decision", OWN)
            });
        }
        let (to, cases) = still(tx, who, at, id).await?;
        let (state, note, action) = match decision {
            Decision::Release(as_seen) => {
                let draft = draft_of(&message);
                if seen(&draft, &to) != *as_seen {
                    return Ok(Answer::Changed);
                }
                if let Err((field, why)) = fits(&draft, &to) {
                    return Ok(Answer::Wrong(field, why));
                }
                (MessageState::Sent, None, Action::SentMessage)
            }
            Decision::Return(note) => (
                MessageState::Returned,
                note.as_deref(),
                Action::StoppedMessage,
            ),
            Decision::Withdraw => (MessageState::Withdrawn, None, Action::StoppedMessage),
        };
        if !tx.decide_message((id, state), note, hand).await? {
            return Ok(Answer::Changed);
        }
        if state == MessageState::Sent {
            for case in &cases {
                tx.set_message_fate((id, *case), MessageFate::LeftOut)
                    .await?;
            }
            go(app, tx, who, (id, &draft_of(&message), &to)).await?;
        }
        let event = audit::event(app, who, action).on(cases);
        tx.record(&event.about(AboutKind::Message, id)).await?;
        Answer::Done(id.to_string())
    })
}
