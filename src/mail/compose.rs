//! A mail as it goes over the wire: the same draft gives the same bytes, on every
//! machine and on every day, so that a resend is the same mail.

use std::time::SystemTime;

use chrono::{DateTime, FixedOffset};
use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Body, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use sha2::{Digest, Sha256};

use super::{MailError, hex};
use crate::domain::mail::{MailAddress, MessageId};

/// What a mail says, to whom, and when it was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// The one recipient.
    pub to: MailAddress,
    /// The sender's name; empty: none.
    pub from_name: String,
    /// The sender's address.
    pub from: MailAddress,
    /// Where answers go; none: to the sender.
    pub reply_to: Option<MailAddress>,
    /// The id, with or without angle brackets: [`MessageId`].
    pub message_id: String,
    /// When it was written; the header keeps the offset.
    pub date: DateTime<FixedOffset>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub plain: String,
    /// The same as simple HTML.
    pub html: Option<String>,
    /// Whether no person wrote it: automatic answers then stay away.
    pub auto: bool,
}

/// A draft is about somebody: only its id is shown.
impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Draft({})", self.message_id)
    }
}

/// The bytes of a mail: UTF-8 in quoted-printable or base64, plain text before HTML,
/// no header that names this machine.
///
/// # Errors
/// A line break or control character in what reaches a header; a message id that is
/// none.
pub fn compose(draft: &Draft) -> Result<Vec<u8>, MailError> {
    for (name, text) in [
        ("subject", &draft.subject),
        ("from_name", &draft.from_name),
        ("message_id", &draft.message_id),
    ] {
        if text
            .chars()
            .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
        {
            return Err(MailError::ControlCharacter(name));
        }
    }
    let id = MessageId::parse(&draft.message_id).ok_or(MailError::MessageId)?;
    let (to, from) = (wire_address(&draft.to)?, wire_address(&draft.from)?);
    let name = Some(one_spaced(&draft.from_name)).filter(|name| !name.is_empty());
    // The envelope is given, since an address with a quoted local part would not be
    // read back from its header.
    let envelope = Envelope::new(Some(from.clone()), vec![to.clone()]).map_err(build)?;
    let mut mail = Message::builder()
        .envelope(envelope)
        .date(SystemTime::UNIX_EPOCH)
        .from(Mailbox::new(name, from))
        .to(Mailbox::new(None, to));
    if let Some(reply_to) = &draft.reply_to {
        mail = mail.reply_to(Mailbox::new(None, wire_address(reply_to)?));
    }
    mail = mail
        .message_id(Some(id.to_string()))
        .subject(one_spaced(&draft.subject));
    if draft.auto {
        mail = mail.raw_header(header("Auto-Submitted", "auto-generated"));
    }
    let plain = part(ContentType::TEXT_PLAIN, &draft.plain)?;
    let mut mail = match &draft.html {
        None => mail.singlepart(plain),
        Some(html) => mail.multipart(
            MultiPart::alternative()
                .boundary(boundary(&id))
                .singlepart(plain)
                .singlepart(part(ContentType::TEXT_HTML, html)?),
        ),
    }
    .map_err(build)?;
    // lettre writes dates in UTC alone; an old phone shows the hour that stands there.
    let date = draft.date.format("%a, %d %b %Y %H:%M:%S %z").to_string();
    mail.headers_mut().insert_raw(header("Date", &date));
    Ok(mail.formatted())
}

/// The address as lettre holds it.
pub(super) fn wire_address(address: &MailAddress) -> Result<Address, MailError> {
    Address::new(address.local_on_the_wire(), address.domain()).map_err(build)
}

fn build(why: impl std::fmt::Display) -> MailError {
    MailError::Build(why.to_string())
}

/// The text with single spaces: of several between two words in Japanese lettre makes
/// white space between encoded words, which every reader drops.
fn one_spaced(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// A header that needs no encoding.
fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// The line between the parts: of the id, so that it is the same each time; `=_`
/// occurs in neither of the encodings.
fn boundary(id: &MessageId) -> String {
    let hash = hex(&Sha256::digest(id.inner().as_bytes())[..12]);
    format!("=_{hash}")
}

fn part(kind: ContentType, text: &str) -> Result<SinglePart, MailError> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    // Base64 is the shorter one for Japanese.
    let encoding = if text.is_ascii() {
        ContentTransferEncoding::QuotedPrintable
    } else {
        ContentTransferEncoding::Base64
    };
    let body = Body::new_with_encoding(text.replace('\n', "\r\n"), encoding)
        .map_err(|_| build("the text cannot be encoded"))?;
    Ok(SinglePart::builder().header(kind).body(body))
}

#[cfg(test)]
mod tests {
    use mail_parser::{Address as Read, MessageParser, PartType};
    use proptest::prelude::*;

    use super::*;

    fn draft() -> Draft {
        Draft {
            to: MailAddress::parse("hanako@example.jp").unwrap(),
            from_name: "ともしび事務局".to_owned(),
            from: MailAddress::parse("desk@example.org").unwrap(),
            reply_to: Some(MailAddress::parse("answers@example.org").unwrap()),
            message_id: "<0193-a@example.org>".to_owned(),
            date: DateTime::parse_from_rfc3339("2026-11-22T09:00:05+09:00").unwrap(),
            subject: "【デモ】【もうすぐ】K-0001 市町村への申請（11月30日まで）".to_owned(),
            plain: "こんにちは。\n\nあと8日です。\n.\n必ず屋外で。\n".to_owned(),
            html: Some("<p>こんにちは。</p>".to_owned()),
            auto: true,
        }
    }

    fn only_address(read: Option<&Read<'_>>) -> String {
        let list = read.unwrap();
        assert_eq!(list.iter().count(), 1);
        list.first().unwrap().address().unwrap().to_owned()
    }

    #[test]
    fn a_mail_is_read_back_as_it_was_written() {
        let bytes = compose(&draft()).unwrap();
        let mail = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(only_address(mail.to()), "hanako@example.jp");
        assert_eq!(only_address(mail.from()), "desk@example.org");
        assert_eq!(only_address(mail.reply_to()), "answers@example.org");
        let from = mail.from().unwrap().first().unwrap();
        assert_eq!(from.name(), Some("ともしび事務局"));
        assert_eq!(mail.subject(), Some(draft().subject.as_str()));
        assert_eq!(mail.message_id(), Some("0193-a@example.org"));
        assert_eq!(
            mail.body_text(0).unwrap().replace("\r\n", "\n"),
            draft().plain
        );
        assert_eq!(mail.body_html(0).unwrap(), "<p>こんにちは。</p>");
        assert!(matches!(&mail.parts[1].body, PartType::Text(_)));
        assert!(matches!(&mail.parts[2].body, PartType::Html(_)));
    }

    #[test]
    fn the_bytes_are_what_an_old_phone_can_read() {
        let bytes = compose(&draft()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.is_ascii());
        assert!(
            text.starts_with("Date: Sun, 22 Nov 2026 09:00:05 +0900\r\n"),
            "{text}"
        );
        assert_eq!(text.matches("Date:").count(), 1);
        assert!(text.contains("\r\nAuto-Submitted: auto-generated\r\n"));
        assert!(text.contains("\r\nMessage-ID: <0193-a@example.org>\r\n"));
        assert!(text.contains("Content-Type: multipart/alternative;"));
        assert!(text.contains("Content-Transfer-Encoding: base64"));
        assert!(text.contains("=?utf-8?b?"));
        assert!(text.split("\r\n").all(|line| line.len() <= 78), "{text}");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    }

    #[test]
    fn the_same_draft_gives_the_same_bytes_and_another_id_other_ones() {
        assert_eq!(compose(&draft()).unwrap(), compose(&draft()).unwrap());
        let other = Draft {
            message_id: "0193-b@example.org".to_owned(),
            ..draft()
        };
        assert_ne!(compose(&other).unwrap(), compose(&draft()).unwrap());
    }

    #[test]
    fn headers_are_these_and_no_others() {
        let bytes = compose(&draft()).unwrap();
        let mail = MessageParser::default().parse(&bytes).unwrap();
        let mut names: Vec<&str> = mail.headers().iter().map(|h| h.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "Auto-Submitted",
                "Content-Type",
                "Date",
                "From",
                "MIME-Version",
                "Message-ID",
                "Reply-To",
                "Subject",
                "To"
            ]
        );
    }

    #[test]
    fn an_irregular_address_is_quoted() {
        let old = Draft {
            to: MailAddress::parse("a..b@docomo.ne.jp").unwrap(),
            ..draft()
        };
        let text = String::from_utf8(compose(&old).unwrap()).unwrap();
        assert!(text.contains("\r\nTo: \"a..b\"@docomo.ne.jp\r\n"), "{text}");
    }

    #[test]
    fn plain_text_alone_is_one_part_and_written_by_hand_is_not_automatic() {
        let by_hand = Draft {
            html: None,
            auto: false,
            plain: "Only ASCII, \u{3d} and a long line ".repeat(60),
            ..draft()
        };
        let text = String::from_utf8(compose(&by_hand).unwrap()).unwrap();
        assert!(!text.contains("Auto-Submitted") && !text.contains("multipart"));
        assert!(text.contains("quoted-printable"));
        assert!(text.split("\r\n").all(|line| line.len() <= 78));
    }

    #[test]
    fn a_line_break_reaches_no_header() {
        for (field, spoil) in [
            ("subject", (|d, s| d.subject = s) as fn(&mut Draft, String)),
            ("from_name", |d, s| d.from_name = s),
            ("message_id", |d, s| d.message_id = s),
        ] {
            for bad in [
                "a\r\nBcc: x@example.com",
                "a\nb",
                "a\rb",
                "a\0b",
                "a\u{2028}b",
            ] {
                let mut spoilt = draft();
                spoil(&mut spoilt, bad.to_owned());
                assert!(
                    matches!(compose(&spoilt), Err(MailError::ControlCharacter(f)) if f == field)
                );
            }
        }
        let spoilt = Draft {
            message_id: "no id".to_owned(),
            ..draft()
        };
        assert!(matches!(compose(&spoilt), Err(MailError::MessageId)));
    }

    #[test]
    fn words_stay_apart_however_many_spaces_are_between_them() {
        let spaced = Draft {
            subject: " 二つ  の   語 ".to_owned(),
            from_name: "窓口  一".to_owned(),
            ..draft()
        };
        let bytes = compose(&spaced).unwrap();
        let mail = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(mail.subject(), Some("二つ の 語"));
        assert_eq!(
            mail.from().unwrap().first().unwrap().name(),
            Some("窓口 一")
        );
    }

    #[test]
    fn debug_shows_nothing_but_the_id() {
        assert_eq!(format!("{:?}", draft()), "Draft(<0193-a@example.org>)");
    }

    proptest! {
        #[test]
        fn whatever_it_says_comes_back_and_no_header_is_added(
            subject in "[^\\p{C}\\p{Zl}\\p{Zp}]{0,120}",
            from_name in "[^\\p{C}\\p{Zl}\\p{Zp}]{0,40}",
            plain in "(\\PC|\n|\\.|=){0,300}",
        ) {
            let written = Draft { from_name, subject, plain, ..draft() };
            let bytes = compose(&written).unwrap();
            prop_assert!(bytes.is_ascii());
            prop_assert!(bytes.split(|b| *b == b'\n').all(|line| line.len() < 998));
            let mail = MessageParser::default().parse(&bytes).unwrap();
            prop_assert_eq!(mail.headers().len(), 9);
            prop_assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n"), written.plain);
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(words(mail.subject().unwrap_or_default()), words(&written.subject));
        }
    }
}
