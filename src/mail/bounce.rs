//! What comes back: delivery status notifications (RFC 3464, RFC 6533), and the plain
//! words of carriers and older servers.
//!
//! Anybody can write such a mail. A caller believes a bounce where its `message_id` is
//! one that was given out.

mod report;
mod words;

use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders as _, PartType};

use super::redact::redact;
use crate::domain::mail::{MailAddress, MessageId};

/// How much of a message is read; a notification that carries a large mail back says
/// what it has to say before that.
const MOST: usize = 256 * 1024;

/// Messages in messages in messages come apart one inside the other: as deep as `MOST`
/// bytes can be nested, and no deeper than this.
const STACK: usize = 256 * 1024 * 1024;

/// How many recipients are taken from one message.
const MOST_RECIPIENTS: usize = 100;

/// What one notification says of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Whom the mail was for, as the notification names them.
    pub recipient: Option<MailAddress>,
    /// The id of the mail, in angle brackets as [`MessageId`] shows it.
    pub message_id: Option<String>,
    /// What it means.
    pub kind: BounceKind,
    /// The code: `5.1.1`, else `550`.
    pub code: Option<String>,
    /// The server's words, without any address.
    pub text: String,
}

/// What a notification means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BounceKind {
    /// The mail did not arrive, and none will: the address is gone.
    Gone,
    /// The mail did not arrive, a later one may: the mailbox is full, the server was
    /// away too long.
    TemporaryFailure,
    /// Not a failure yet: the server keeps trying.
    Delayed,
    /// The mail did not arrive for another reason: refused as spam, by a list of
    /// allowed senders (指定受信), by policy; or for a reason that nobody here can read.
    Other,
}

/// Reads what a notification says; nothing where a message is none: an answer of a
/// person or of an absent one, a receipt, a newsletter, anything else.
pub fn read(message: &[u8]) -> Vec<Bounce> {
    let message = &message[..message.len().min(MOST)];
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || read_whole(message))
            .expect("the machine has a thread left")
            .join()
            .expect("reading panics on nothing")
    })
}

fn read_whole(message: &[u8]) -> Vec<Bounce> {
    let Some(mail) = MessageParser::default().parse(message) else {
        return Vec::new();
    };
    let returned = Returned::of(&mail);
    if let Some(report) = report::of(&mail) {
        return report::read(&report, &returned);
    }
    if words::is_from_a_server(&mail) {
        words::read(&mail, &returned)
    } else {
        Vec::new()
    }
}

/// What is known of the mail that came back.
#[derive(Default)]
struct Returned {
    message_id: Option<String>,
    to: Option<MailAddress>,
    from: Option<MailAddress>,
}

impl Returned {
    fn of(mail: &Message<'_>) -> Self {
        let mut found = mail
            .parts
            .iter()
            .skip(1)
            .find_map(|part| match &part.body {
                PartType::Message(inner) => Some(Self::of_headers(inner)),
                _ if is_type(part, "message", "global")
                    || is_type(part, "message", "rfc822")
                    || is_type(part, "message", "global-headers")
                    || is_type(part, "text", "rfc822-headers") =>
                {
                    Self::of_text(part.contents())
                }
                _ => None,
            })
            .unwrap_or_default();
        if found.message_id.is_none() {
            found.message_id = [mail.in_reply_to(), mail.references()]
                .into_iter()
                .find_map(last_id);
        }
        found
    }

    /// Headers that stand in a text.
    fn of_text(text: &[u8]) -> Option<Self> {
        MessageParser::default()
            .parse_headers(text)
            .map(|inner| Self::of_headers(&inner))
    }

    fn of_headers(inner: &Message<'_>) -> Self {
        let one = |list: Option<&Address<'_>>| {
            let mut all = list?.iter().filter_map(mail_parser::Addr::address);
            let only = all.next().and_then(address)?;
            all.next().is_none().then_some(only)
        };
        Self {
            message_id: inner
                .message_id()
                .and_then(MessageId::parse)
                .map(|id| id.to_string()),
            to: one(inner.to()),
            from: one(inner.from()),
        }
    }
}

fn last_id(value: &HeaderValue<'_>) -> Option<String> {
    let text = match value {
        HeaderValue::Text(text) => text,
        HeaderValue::TextList(list) => list.last()?,
        _ => return None,
    };
    MessageId::parse(text).map(|id| id.to_string())
}

fn is_type(part: &mail_parser::MessagePart<'_>, kind: &str, sub: &str) -> bool {
    part.content_type().is_some_and(|held| {
        held.ctype().eq_ignore_ascii_case(kind)
            && held
                .subtype()
                .is_some_and(|held| held.eq_ignore_ascii_case(sub))
    })
}

/// An address as servers write it: in angle brackets, with a quoted local part.
fn address(text: &str) -> Option<MailAddress> {
    let text = text.trim().trim_matches(['<', '>']);
    let (local, domain) = text.rsplit_once('@')?;
    let local = match local.strip_prefix('"').and_then(|l| l.strip_suffix('"')) {
        Some(quoted) => quoted.replace('\\', ""),
        None => local.to_owned(),
    };
    MailAddress::recorded(&format!("{local}@{domain}")).ok()
}

/// A bounce with words that name nobody.
fn bounce(
    recipient: Option<MailAddress>,
    returned: &Returned,
    kind: BounceKind,
    code: Option<String>,
    said: &str,
) -> Bounce {
    Bounce {
        text: redact(said, recipient.as_ref().or(returned.to.as_ref())),
        recipient,
        message_id: returned.message_id.clone(),
        kind,
        code,
    }
}

/// What a failure means, by its code and the server's words.
fn kind_of_failure(code: Option<&str>, said: &str) -> BounceKind {
    let low = said.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| low.contains(phrase));
    match code.unwrap_or_default() {
        // The standard's own words (RFC 3463): mailbox, system or place does not exist,
        // the mailbox is disabled.
        "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1" => BounceKind::Gone,
        "5.2.2" | "5.4.7" => BounceKind::TemporaryFailure,
        code if code.starts_with('4') => BounceKind::TemporaryFailure,
        _ if says(words::FULL) => BounceKind::TemporaryFailure,
        // A filter says "user unknown" too, but then it gives itself away.
        code if code.starts_with("5.7") => BounceKind::Other,
        _ if says(words::GONE) => BounceKind::Gone,
        _ if says(words::FOR_A_WHILE) => BounceKind::TemporaryFailure,
        _ => BounceKind::Other,
    }
}

/// The code in a server's words: the enhanced one (`5.1.1`) before the plain one.
fn code_in(said: &str) -> Option<String> {
    let mut plain = None;
    let ends = |c: char| !(c.is_ascii_digit() || c == '.');
    for word in said.split(ends).filter(|word| !word.is_empty()) {
        let word = word.trim_end_matches('.');
        let parts: Vec<&str> = word.split('.').collect();
        let digits = |part: &&str| (1..=3).contains(&part.len());
        match parts.as_slice() {
            ["4" | "5", _, _] if parts.iter().all(digits) => return Some(word.to_owned()),
            [one] if one.len() == 3 && one.starts_with(['4', '5']) && plain.is_none() => {
                plain = Some((*one).to_owned());
            }
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests;
