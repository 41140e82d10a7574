//! Delivery status notifications: a part that machines read.

use mail_parser::Message;

use super::{
    Bounce, BounceKind, MOST_RECIPIENTS, Returned, address, bounce, code_in, is_type,
    kind_of_failure,
};
use crate::domain::mail::MailAddress;

/// The part of a notification that machines read, if the message is one.
pub(super) fn of(mail: &Message<'_>) -> Option<String> {
    mail.parts
        .iter()
        .find(|part| {
            is_type(part, "message", "delivery-status")
                || is_type(part, "message", "global-delivery-status")
        })
        .map(|part| String::from_utf8_lossy(part.contents()).into_owned())
}

/// The fields between two blank lines, by their names in lower case.
type Fields = Vec<(String, String)>;

/// What it says of each recipient.
pub(super) fn read(report: &str, returned: &Returned) -> Vec<Bounce> {
    groups(report)
        .iter()
        .filter(|fields| get(fields, "action").is_some() || get(fields, "status").is_some())
        .take(MOST_RECIPIENTS)
        .filter_map(|fields| one(fields, returned))
        .collect()
}

fn groups(report: &str) -> Vec<Fields> {
    let mut groups: Vec<Fields> = vec![Vec::new()];
    for line in report.lines() {
        let fields = groups.last_mut().expect("there is one from the start");
        if line.trim().is_empty() {
            if !fields.is_empty() {
                groups.push(Vec::new());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    groups
}

fn get<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|(held, _)| held == name)
        .map(|(_, value)| value.as_str())
}

fn one(fields: &Fields, returned: &Returned) -> Option<Bounce> {
    let said = get(fields, "diagnostic-code").map_or("", |value| {
        value
            .split_once(';')
            .map_or(value, |(_, words)| words)
            .trim()
    });
    // A status that says nothing (5.0.0) is worth less than what the server said.
    let status = get(fields, "status").and_then(code_in);
    let in_words = code_in(said);
    let vague = |code: &String| code.ends_with(".0.0") || code.len() == 3;
    let code = match (status, in_words) {
        (Some(status), Some(words)) if vague(&status) && !vague(&words) => Some(words),
        (status, words) => status.or(words),
    };
    let action = get(fields, "action").unwrap_or("failed");
    let action = action.split_whitespace().next().unwrap_or_default();
    let kind = match action.to_ascii_lowercase().as_str() {
        "delayed" => BounceKind::Delayed,
        "failed" => kind_of_failure(code.as_deref(), said),
        // It arrived, or went on: nothing came back.
        "delivered" | "relayed" | "expanded" => return None,
        _ if code.as_ref().is_some_and(|code| code.starts_with('2')) => return None,
        _ => kind_of_failure(code.as_deref(), said),
    };
    // Whom we wrote to comes before whom a forwarding made of it.
    let recipient = ["original-recipient", "final-recipient"]
        .iter()
        .filter_map(|name| get(fields, name))
        .find_map(recipient)
        .or_else(|| returned.to.clone());
    Some(bounce(recipient, returned, kind, code, said))
}

/// `rfc822; "a..b"@docomo.ne.jp`, `utf-8; …`; RFC 3461 writes a plus sign and whatever
/// is no letter as `+XX`.
fn recipient(value: &str) -> Option<MailAddress> {
    let (kind, text) = value.split_once(';').unwrap_or(("rfc822", value));
    let kind = kind.trim().to_ascii_lowercase();
    if !["rfc822", "utf-8", "utf8"].contains(&kind.as_str()) {
        return None;
    }
    address(&without_xtext(text))
}

fn without_xtext(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('+') {
        let (before, behind) = rest.split_at(at);
        plain.push_str(before);
        let code = behind
            .get(1..3)
            .filter(|hex| {
                hex.bytes()
                    .all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b))
            })
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
            .filter(|byte| matches!(byte, b'+' | b'=' | b'"' | b' '));
        if let Some(byte) = code {
            plain.push(char::from(byte));
            rest = &behind[3..];
        } else {
            plain.push('+');
            rest = &behind[1..];
        }
    }
    plain + rest
}
