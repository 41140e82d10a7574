//! Messages that were written, and what became of each.

use uuid::Uuid;

use super::{
    messages::{Preview, draft_of, look, still},
    office,
    recipients::{self, Unreached},
};
use crate::{
    app::App,
    domain::{
        audit::{AboutKind, Action},
        hand_message::{MessageFate, MessageState},
        id::CaseId,
    },
    service::{ServiceError, audit, view::SignedIn},
    store::{MessageFamily, MessageMail, StoredMessage},
};

/// A message, and what became of it.
#[derive(Debug, Clone)]
pub struct MessagePage {
    /// The message.
    pub message: StoredMessage,
    /// Its families whom the reader still sees.
    pub families: Vec<MessageFamily>,
    /// Its mails.
    pub mails: Vec<MessageMail>,
    /// While it waits: what will be sent.
    pub preview: Option<Preview>,
    /// Whether the reader has written it.
    pub own: bool,
    /// Those who are to be telephoned, and have not been.
    pub to_call: Vec<Unreached>,
}

/// A message of the reader's office, and what became of it.
pub async fn message_page(
    app: &App,
    who: &SignedIn,
    id: Uuid,
) -> Result<Option<MessagePage>, ServiceError> {
    let at = app.moment();
    let page = {
        let mut tx = app.store.read().await?;
        let office = office::word(&who.reader);
        let Some(message) = tx.message(id, &office).await? else {
            return Ok(None);
        };
        let families = tx.message_families(&who.reader, at, id).await?;
        let mails = tx.message_mails(id).await?;
        let mut preview = None;
        if message.state == MessageState::Waits {
            let (to, _) = still(&mut tx, who, at, id).await?;
            let draft = draft_of(&message);
            if !to.families.is_empty() {
                preview = Some(look(app, &mut tx, who, (&draft, &to)).await?);
            }
        }
        let mut to_call = Vec::new();
        let arrives = |case: CaseId| {
            let mut of_case = mails.iter().filter(|mail| mail.case == case);
            of_case.any(MessageMail::arrives)
        };
        for family in &families {
            let called = match family.fate {
                MessageFate::Telephone => true,
                MessageFate::Mailed => !arrives(family.case),
                MessageFate::Waits | MessageFate::LeftOut => false,
            };
            if called && !family.told {
                let number = &family.number;
                to_call.push(Unreached {
                    number: number.clone(),
                    name: family.name.clone(),
                    telephones: recipients::telephones(app, &mut tx, &who.reader, number).await?,
                });
            }
        }
        MessagePage {
            own: message.written_by == who.user,
            message,
            families,
            mails,
            preview,
            to_call,
        }
    };
    let seen = audit::event(app, who, Action::ReadMessage);
    let seen = seen.on(page.families.iter().map(|family| family.case));
    audit::note(app, who, seen.about(AboutKind::Message, id)).await?;
    Ok(Some(page))
}

/// The messages of the reader's office, the latest first.
pub async fn messages(app: &App, who: &SignedIn) -> Result<Vec<StoredMessage>, ServiceError> {
    let office = office::word(&who.reader);
    Ok(app.store.read().await?.messages(&office, None, 100).await?)
}

/// The messages of the reader's office that wait for a second person.
pub async fn waiting(app: &App, who: &SignedIn) -> Result<Vec<StoredMessage>, ServiceError> {
    let (office, state) = (office::word(&who.reader), Some(MessageState::Waits));
    Ok(app
        .store
        .read()
        .await?
        .messages(&office, state, 100)
        .await?)
}
