//! `tomoshibi outbox`: the mail that waits, failed or is held.

use clap::Subcommand;
use uuid::Uuid;

use super::{Context, Exit, Failure, out};
use crate::{
    clock::in_tokyo,
    domain::{
        duty::MailState,
        text::{Lang, Text},
    },
    service::reminders,
};

#[derive(Debug, Subcommand)]
pub(super) enum OutboxCall {
    /// List mail: what has not left, or what is in a state.
    List {
        /// `ready`, `handing_over`, `failed`, `held`, `sent`, `void`.
        #[arg(long, value_name = "STATE", value_parser = parse_state)]
        state: Option<MailState>,
        /// Machine output: one object a line.
        #[arg(long)]
        json: bool,
    },
    /// Send a mail again that failed or is held.
    Retry {
        /// The mail's id, as the list shows it.
        id: Uuid,
    },
    /// Drop a mail that has not left.
    Drop {
        /// The mail's id, as the list shows it.
        id: Uuid,
    },
}

fn parse_state(text: &str) -> Result<MailState, String> {
    MailState::from_code(text).ok_or_else(|| {
        let known: Vec<&str> = MailState::ALL.iter().map(|state| state.code()).collect();
        format!(
            "状態は次のどれかです / a state is one of: {}",
            known.join(", ")
        )
    })
}

pub(super) async fn run(context: &Context, call: OutboxCall) -> Result<Exit, Failure> {
    let app = context.known_app().await?;
    match call {
        OutboxCall::List { state, json } => {
            let mails = reminders::mails(&app, state).await?;
            if mails.is_empty() && !json {
                eprintln!(
                    "{}",
                    match context.lang {
                        Lang::Ja => "該当するメールはありません。",
                        Lang::En => "There is no such mail.",
                    }
                );
            }
            for mail in mails {
                let at = |at| in_tokyo(at).format("%Y-%m-%dT%H:%M:%S%:z").to_string();
                let waits = matches!(mail.state, MailState::Ready | MailState::HandingOver);
                if json {
                    let line = serde_json::json!({
                        "id": mail.id, "kind": mail.kind.code(), "state": mail.state.code(),
                        "subject": mail.subject, "attempts": mail.attempts,
                        "created_at": at(mail.created_at),
                        "due_at": waits.then(|| at(mail.due_at)),
                        "sent_at": mail.sent_at.map(at), "answer": mail.answer,
                    });
                    out(&line.to_string());
                } else {
                    let state = mail.state.name();
                    let subject = mail.subject.unwrap_or_default();
                    let answer = mail.answer.unwrap_or_default();
                    let made = at(mail.created_at);
                    let state = state.get(context.lang);
                    out(&format!(
                        "{}\t{made}\t{state}\t{}\t{subject}\t{answer}",
                        mail.id, mail.attempts
                    ));
                }
            }
            Ok(Exit::Done)
        }
        OutboxCall::Retry { id } => {
            let done = reminders::retry_mail(&app, id).await?;
            context.seal(&app).await?;
            if done {
                return Ok(Exit::Done);
            }
            Err(Failure::Call(Text::fixed(
                "そのメールは送り直せません。もう送ったか、取り消したか、送っている最中か、知らせる用件が済んでいます。tomoshibi outbox list で確かめてください。",
                "that mail cannot be sent again: it has left, is void, is being handed over, or what it tells of is done. Look with tomoshibi outbox list",
            )))
        }
        OutboxCall::Drop { id } => {
            let done = reminders::drop_mail(&app, id).await?;
            context.seal(&app).await?;
            said(done)
        }
    }
}

fn said(done: bool) -> Result<Exit, Failure> {
    if done {
        return Ok(Exit::Done);
    }
    Err(Failure::Call(Text::fixed(
        "そのメールは、もう送ったか、取り消したか、送っている最中です。tomoshibi outbox list で確かめてください。",
        "that mail has left, is void, or is being handed over: look with tomoshibi outbox list",
    )))
}
