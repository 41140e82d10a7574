//! Notifications in words: those of carriers, of qmail and Exim, of older sendmail and
//! Postfix, in Japanese or English.

use mail_parser::{Addr, HeaderValue, Message, MessagePart};

use super::{
    Bounce, BounceKind, MOST_RECIPIENTS, Returned, address, bounce, code_in, kind_of_failure,
};
use crate::domain::mail::{MailAddress, MessageId};

/// Words of servers that do not know the recipient, in lower case.
pub(super) const GONE: &[&str] = &[
    "user unknown",
    "unknown user",
    "unknown recipient",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "no mailbox here",
    "unknown local part",
    "unrouteable address",
    "unrouteable mail domain",
    "invalid recipient",
    "invalid mailbox",
    "recipient unknown",
    "mailbox unavailable",
    "mailbox not found",
    "does not exist",
    "doesn't exist",
    "doesnt exist",
    "not a valid mailbox",
    "account is disabled",
    "account has been disabled",
    "account is inactive",
    "address rejected: user",
    "host not found",
    "host unknown",
    "domain not found",
    "couldn't find any host named",
    "宛先不明",
    "あて先不明",
    "宛先が見つかりません",
    "宛先が存在しません",
    "存在しないアドレス",
    "存在しないメールアドレス",
    "アドレスが存在しません",
    "アドレスは存在しません",
    "ユーザーが存在しません",
    "受信者が見つかりません",
    "アドレスが見つかりません",
];

/// Words of a mailbox that takes no more.
pub(super) const FULL: &[&str] = &[
    "over quota",
    "quota exceeded",
    "exceeded storage",
    "mailbox is full",
    "mailbox full",
    "user is over",
    "too much mail data",
    "insufficient storage",
    "メールボックスがいっぱい",
    "メールボックスの容量",
    "受信ボックスがいっぱい",
    "容量を超え",
];

/// Words of what passes.
pub(super) const FOR_A_WHILE: &[&str] = &[
    "timed out",
    "timeout",
    "connection refused",
    "not responding",
    "temporarily",
    "try again later",
    "in the queue too long",
    "was not delivered within",
    "retry timeout exceeded",
    "一時的",
    "しばらくしてから",
];

/// Words of a server that keeps trying.
const DELAYED: &[&str] = &[
    "warning message only",
    "do not need to resend",
    "has been delayed",
    "delayed mail",
    "will be retried",
    "continue to be retried",
    "will keep trying",
    "配送が遅れ",
    "配送遅延",
    "配信が遅れ",
    "再送を試み",
    "再送信を試み",
];

/// Where the mail that came back begins.
const COPY_BEGINS: &[&str] = &[
    "--- below this line is a copy",
    "--- this is a copy of",
    "------ this is a copy",
    "----- original message",
    "----- unsent message",
    "----- message header",
    "----- returned message",
    "--------------------------------------------------",
    "content-type: message/rfc822",
    "----- 元のメッセージ",
    "-----元のメール",
];

/// Whether a mail server wrote this, rather than a person or somebody's note of absence.
pub(super) fn is_from_a_server(mail: &Message<'_>) -> bool {
    if header(mail, "X-Failed-Recipients").is_some() {
        return true;
    }
    let names = ["mailer-daemon", "mail-daemon", "postmaster", "maildaemon"];
    let sender = mail
        .from()
        .and_then(|from| from.first())
        .and_then(Addr::address)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let from_daemon = names
        .iter()
        .any(|name| sender == *name || sender.starts_with(&format!("{name}@")));
    // au writes as nobody.
    let subject = mail.subject().unwrap_or_default().to_lowercase();
    let from_nobody = sender.starts_with("no-reply@")
        && ["undeliver", "returned mail", "delivery"]
            .iter()
            .any(|word| subject.contains(word));
    from_daemon || from_nobody
}

/// What the words say of each recipient.
pub(super) fn read(mail: &Message<'_>, returned: &Returned) -> Vec<Bounce> {
    let text = text_of(mail);
    let (said, copy) = parted(&text);
    let returned = with_copy(returned, copy);
    let subject = mail.subject().unwrap_or_default();
    let mut blocks = blocks(said, &returned);
    if blocks.is_empty() {
        let named = header(mail, "X-Failed-Recipients");
        let named = named.iter().flat_map(|list| list.split(','));
        blocks = named
            .filter_map(address)
            .map(|recipient| (recipient, String::new()))
            .collect();
    }
    let low = format!("{subject}\n{said}").to_lowercase();
    let delayed = DELAYED.iter().any(|phrase| low.contains(phrase));
    if blocks.is_empty() {
        // A server's word on a mail of ours is for a person to read; on nothing that
        // we know, it is none of ours.
        if returned.message_id.is_none() {
            return Vec::new();
        }
        return vec![judged(returned.to.clone(), &returned, delayed, said)];
    }
    blocks
        .into_iter()
        .take(MOST_RECIPIENTS)
        .map(|(recipient, own)| {
            // A block without a reason of its own: it stands for all, above them.
            let all = format!("{own}\n{said}");
            let telling =
                code_in(&own).is_some() || kind_of_failure(None, &own) != BounceKind::Other;
            let words = if telling { own.as_str() } else { all.as_str() };
            judged(Some(recipient), &returned, delayed, words)
        })
        .collect()
}

fn judged(
    recipient: Option<MailAddress>,
    returned: &Returned,
    delayed: bool,
    words: &str,
) -> Bounce {
    let code = words
        .lines()
        .filter(|line| !is_date(line))
        .find_map(code_in);
    let kind = if delayed {
        BounceKind::Delayed
    } else {
        kind_of_failure(code.as_deref(), words)
    };
    bounce(recipient, returned, kind, code, telling_line(words))
}

/// The line that says why.
fn telling_line(words: &str) -> &str {
    let phrases = || GONE.iter().chain(FULL).chain(FOR_A_WHILE).chain(DELAYED);
    let lines = || words.lines().map(str::trim).filter(|line| !line.is_empty());
    lines()
        .find(|line| {
            let low = line.to_lowercase();
            phrases().any(|phrase| low.contains(phrase))
        })
        .or_else(|| lines().find(|line| !is_date(line) && code_in(line).is_some()))
        .or_else(|| lines().next())
        .unwrap_or_default()
}

/// A line with a date or an id holds numbers that are no codes.
fn is_date(line: &str) -> bool {
    let low = line.trim_start().to_lowercase();
    [
        "date:",
        "received:",
        "message-id:",
        "the original message was received",
        "your mail sent on",
    ]
    .iter()
    .any(|start| low.starts_with(start))
}

/// The server's words, and the mail that follows them.
fn parted(text: &str) -> (&str, &str) {
    let mut place = 0;
    for line in text.split_inclusive('\n') {
        let low = line.trim_start().to_lowercase();
        if COPY_BEGINS.iter().any(|start| low.starts_with(start)) {
            return (&text[..place], &text[place + line.len()..]);
        }
        place += line.len();
    }
    // Without a line between them the copy begins with its headers.
    let begins = [
        "\nReturn-Path:",
        "\nReceived:",
        "\nMessage-ID:",
        "\nMessage-Id:",
    ];
    match begins.iter().filter_map(|start| text.find(start)).min() {
        Some(place) => (&text[..place], &text[place + 1..]),
        None => (text, ""),
    }
}

/// What the copy in the text says of the mail.
fn with_copy(known: &Returned, copy: &str) -> Returned {
    let read = Returned::of_text(copy.trim_start().as_bytes()).unwrap_or_default();
    let in_line = copy.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("message-id")
            .then(|| MessageId::parse(value))?
            .map(|id| id.to_string())
    });
    Returned {
        message_id: known.message_id.clone().or(read.message_id).or(in_line),
        to: known.to.clone().or(read.to),
        from: known.from.clone().or(read.from),
    }
}

/// Each recipient with the lines that follow: `<a@example.jp>`, `<a@example.jp>: why`,
/// `Recipient: <a@example.jp>`, an address by itself.
fn blocks(said: &str, returned: &Returned) -> Vec<(MailAddress, String)> {
    let mut blocks: Vec<(MailAddress, String)> = Vec::new();
    for line in said.lines() {
        match recipient_line(line).filter(|(who, _)| Some(who) != returned.from.as_ref()) {
            Some((who, rest)) => {
                // The list above, and the talk with the server below, name one twice.
                if let Some(at) = blocks.iter().position(|(held, _)| *held == who) {
                    let mut again = blocks.remove(at);
                    again.1.push('\n');
                    again.1.push_str(rest);
                    blocks.push(again);
                } else {
                    blocks.push((who, rest.to_owned()));
                }
            }
            None => {
                if let Some((_, words)) = blocks.last_mut() {
                    words.push('\n');
                    words.push_str(line);
                }
            }
        }
        if blocks.len() > MOST_RECIPIENTS {
            break;
        }
    }
    blocks
}

/// The recipient that a line names, and what the line says besides.
fn recipient_line(line: &str) -> Option<(MailAddress, &str)> {
    let line = line.trim();
    let labels = [
        "recipient:",
        "could not be delivered to:",
        "to:",
        "宛先：",
        "宛先:",
        "あて先：",
        "送信先：",
    ];
    let low = line.to_lowercase();
    let label = labels.iter().find(|label| low.starts_with(*label));
    // Lower case may change a length, but not that of these labels.
    let rest = label.map_or(line, |label| {
        line.get(label.len()..).unwrap_or_default().trim()
    });
    if let Some(inner) = rest.strip_prefix('<') {
        let (who, behind) = inner.split_once('>')?;
        return Some((address(who)?, behind.trim_start_matches([':', ' '])));
    }
    let (who, behind) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
    let alone = behind.is_empty() || label.is_some() || behind.trim_start().starts_with('(');
    address(who.trim_end_matches(':'))
        .filter(|_| alone)
        .map(|who| (who, behind))
}

fn header(mail: &Message<'_>, name: &str) -> Option<String> {
    match mail.header(name.to_owned())? {
        HeaderValue::Text(text) => Some(text.to_string()),
        HeaderValue::TextList(list) => Some(list.join(",")),
        _ => mail.header_raw(name.to_owned()).map(str::to_owned),
    }
}

/// The text of a message; where it does not say in which character set it is, in the
/// one that old phones wrote.
fn text_of(mail: &Message<'_>) -> String {
    let text = mail
        .body_text(0)
        .map(std::borrow::Cow::into_owned)
        .unwrap_or_default();
    let raw = mail
        .text_body
        .first()
        .and_then(|place| mail.parts.get(*place as usize))
        .map(MessagePart::raw_body_offset)
        .zip(
            mail.text_body
                .first()
                .and_then(|place| mail.parts.get(*place as usize))
                .map(MessagePart::raw_end_offset),
        )
        .and_then(|(start, end)| mail.raw_message.get(start as usize..end as usize))
        .unwrap_or_default();
    if text.contains("\u{1b}$") {
        return encoding_rs::ISO_2022_JP.decode(raw).0.into_owned();
    }
    if text.contains('\u{fffd}') {
        let (japanese, _, broken) = encoding_rs::SHIFT_JIS.decode(raw);
        if !broken {
            return japanese.into_owned();
        }
    }
    text
}
