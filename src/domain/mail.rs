//! Mail addresses as people give them, ids of messages, and what an operator
//! sets of the mail.

use std::fmt;

use serde::{Deserialize, Serialize, de::Error as _};

use super::text::Text;

mod settings;

pub use settings::{MailSecurity, MailSettings, OnDoubt, Secret};

/// Domains whose old addresses break RFC 5321: `a..b@`, `abc.@`, `.abc@`. They have
/// not been given out since 2009 and are still in use. An operator may add others.
pub const LENIENT_DOMAINS: &[&str] = &["docomo.ne.jp", "ezweb.ne.jp", "au.com"];

/// The longest local part (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;
/// The longest domain (RFC 5321, 4.5.3.1.2).
const LONGEST_DOMAIN: usize = 255;
/// The longest address that fits between `<` and `>` (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;

/// A mail address that can be written to, メールアドレス.
///
/// It is ASCII, has neither space nor control character nor line break, and its
/// local part stands as it was given; the domain is in lower case.
///
/// ```
/// use tomoshibi::domain::mail::MailAddress;
///
/// let address = MailAddress::parse("Hana..Ko@DOCOMO.ne.jp").expect("an old address");
/// assert_eq!(address.to_string(), "Hana..Ko@docomo.ne.jp");
/// assert_eq!(address.on_the_wire(), "\"Hana..Ko\"@docomo.ne.jp");
/// assert!(MailAddress::parse("hana..ko@example.jp").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailAddress {
    local: String,
    domain: String,
}

impl MailAddress {
    /// Reads an address that somebody typed. Full-width letters, as a phone types
    /// them, become the half-width ones that they stand for; nothing else is mended.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn parse(text: &str) -> Result<Self, Text> {
        Self::parse_with(text, &[])
    }

    /// The same, with further domains whose old addresses are taken as they are.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn parse_with(text: &str, lenient: &[String]) -> Result<Self, Text> {
        let address = Self::spelt(text)?;
        let taken = LENIENT_DOMAINS.contains(&address.domain.as_str())
            || lenient
                .iter()
                .any(|domain| domain.trim().eq_ignore_ascii_case(&address.domain));
        if address.is_irregular() && !taken {
            return Err(Text::fixed(
                "「@」の前の「.」が先頭や末尾にあるか、続いています。もう一度確かめて入力してください。",
                "Before the @ a dot stands first, last, or next to another. Check the address and type it again.",
            ));
        }
        Ok(address)
    }

    /// Reads an address that was accepted before, under whatever list of domains.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn recorded(text: &str) -> Result<Self, Text> {
        Self::spelt(text)
    }

    /// Everything that holds for any domain.
    fn spelt(text: &str) -> Result<Self, Text> {
        let text: String = text
            .trim_matches([' ', '\t', '\u{3000}'])
            .chars()
            .map(half_width)
            .collect();
        if text.is_empty() {
            return Err(Text::fixed(
                "メールアドレスを入力してください。",
                "Type the mail address.",
            ));
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Text::fixed(
                "メールアドレスの中に空白や改行があります。一つのアドレスだけを、空白なしで入力してください。",
                "There is a space or a line break inside the address. Type one address alone, without spaces.",
            ));
        }
        let Some((local, domain)) = text.split_once('@').filter(|(_, rest)| !rest.contains('@'))
        else {
            return Err(Text::fixed(
                "メールアドレスには「@」が一つ必要です。例：hanako@example.jp",
                "An address has exactly one @, as in hanako@example.jp. Type it again.",
            ));
        };
        check_local(local)?;
        let domain = domain.to_ascii_lowercase();
        check_domain(&domain)?;
        let address = Self {
            local: local.to_owned(),
            domain,
        };
        if address.local_on_the_wire().len() > LONGEST_LOCAL
            || address.on_the_wire().len() > LONGEST
        {
            return Err(too_long());
        }
        Ok(address)
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// What stands behind the `@`, in lower case.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether it breaks RFC 5321, so that mail may not arrive from everywhere: show
    /// it, and ask for a second way to reach the person.
    pub fn is_irregular(&self) -> bool {
        self.local.starts_with('.') || self.local.ends_with('.') || self.local.contains("..")
    }

    /// The local part as SMTP and headers carry it: quoted where it is irregular.
    pub fn local_on_the_wire(&self) -> String {
        if self.is_irregular() {
            format!("\"{}\"", self.local)
        } else {
            self.local.clone()
        }
    }

    /// The address as SMTP and headers carry it: `"a..b"@docomo.ne.jp`.
    pub fn on_the_wire(&self) -> String {
        format!("{}@{}", self.local_on_the_wire(), self.domain)
    }
}

/// The half-width letter of a full-width one.
fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(c as u32 - 0xfee0).expect("full-width forms stand in the order of ASCII")
        }
        other => other,
    }
}

fn too_long() -> Text {
    Text::fixed(
        "メールアドレスが長すぎます。もう一度確かめて入力してください。",
        "The address is too long for mail. Check it and type it again.",
    )
}

fn check_local(local: &str) -> Result<(), Text> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    if local.chars().all(|c| c == '.') {
        return Err(Text::fixed(
            "「@」の前に文字がありません。もう一度確かめて入力してください。",
            "There is nothing before the @. Check the address and type it again.",
        ));
    }
    if let Some(wrong) = local.chars().find(|c| !allowed(*c)) {
        // A character alone is nobody's address; it says what to look for.
        return Err(Text::new(
            format!(
                "「@」の前に使えない文字「{wrong}」があります。半角の英数字と記号で入力してください。"
            ),
            format!(
                "Before the @ stands `{wrong}`, which no address has here. Type half-width letters, digits and signs."
            ),
        ));
    }
    if local.len() > LONGEST_LOCAL {
        return Err(too_long());
    }
    Ok(())
}

fn check_domain(domain: &str) -> Result<(), Text> {
    if !domain.is_ascii() {
        return Err(Text::fixed(
            "「@」の後ろに全角の文字や記号があります。日本語のドメインには送れません。半角の英数字で入力するか、別のアドレスを使ってください。",
            "Behind the @ stand letters that are not half-width. Mail cannot be sent to Japanese domain names: type half-width letters, or give another address.",
        ));
    }
    if domain.len() > LONGEST_DOMAIN {
        return Err(too_long());
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    if !domain.contains('.')
        || !domain.split('.').all(label)
        || last.chars().all(|c| c.is_ascii_digit())
    {
        return Err(Text::fixed(
            "「@」の後ろがメールアドレスの形ではありません。例：example.jp",
            "What stands behind the @ is no name of a mail service, as example.jp is. Check it and type it again.",
        ));
    }
    Ok(())
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

/// An address is personal data, and what is debugged ends in a log.
impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailAddress(…)")
    }
}

impl Serialize for MailAddress {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What was accepted once is read again, whatever the operator's list of domains
/// says by then: dots may stand anywhere.
impl<'de> Deserialize<'de> for MailAddress {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::recorded(&text).map_err(|why| D::Error::custom(format!("{} / {}", why.en, why.ja)))
    }
}

/// The id of a message (`Message-ID`): what a bounce names, and what makes a resend
/// the same mail.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(String);

impl MessageId {
    /// The id of a mail under the domain of its sender: no machine's name is in it.
    /// `None` where the text has something that no id can hold.
    pub fn new(unique: &str, from: &MailAddress) -> Option<Self> {
        Self::parse(&format!("{unique}@{}", from.domain()))
    }

    /// Reads an id with or without its angle brackets.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = text
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'))
            .unwrap_or(text);
        let (left, right) = inner.split_once('@')?;
        let fits = |part: &str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_ascii_graphic() && !"<>@\"\\()".contains(c))
        };
        (fits(left) && fits(right) && inner.len() <= LONGEST).then(|| Self(inner.to_owned()))
    }

    /// The id without its brackets.
    pub fn inner(&self) -> &str {
        &self.0
    }
}

/// As it stands in a header, in angle brackets.
impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_ordinary_address_keeps_its_local_part_and_lowers_its_domain() {
        for (typed, kept) in [
            ("Hanako.Yamada+a@Example.JP", "Hanako.Yamada+a@example.jp"),
            (" hanako@example.jp ", "hanako@example.jp"),
            ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp"),
            ("a_b-c/d@i.softbank.jp", "a_b-c/d@i.softbank.jp"),
            ("a@xn--eckwd4c7c.example", "a@xn--eckwd4c7c.example"),
        ] {
            let address = MailAddress::parse(typed).unwrap();
            assert_eq!(address.to_string(), kept);
            assert_eq!(address.on_the_wire(), kept);
            assert!(!address.is_irregular());
        }
    }

    #[test]
    fn old_carrier_addresses_are_taken_for_their_domains_alone_and_quoted() {
        for local in ["a..b", "abc.", ".abc", "a...b."] {
            for domain in LENIENT_DOMAINS {
                let address = MailAddress::parse(&format!("{local}@{domain}")).unwrap();
                assert!(address.is_irregular());
                assert_eq!(address.on_the_wire(), format!("\"{local}\"@{domain}"));
                assert_eq!(address.to_string(), format!("{local}@{domain}"));
            }
            for domain in ["example.jp", "softbank.ne.jp", "mail.docomo.ne.jp"] {
                let typed = format!("{local}@{domain}");
                assert!(MailAddress::parse(&typed).is_err(), "{typed}");
            }
            let added = ["Disney.ne.jp".to_owned()];
            let typed = format!("{local}@disney.ne.jp");
            assert!(MailAddress::parse(&typed).is_err());
            assert!(MailAddress::parse_with(&typed, &added).is_ok());
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_to_do() {
        let long_local = format!("{}@example.jp", "a".repeat(65));
        let long_domain = format!("a@{}.jp", "a.".repeat(130).trim_end_matches('.'));
        let long = format!("{}@{}.jp", "a".repeat(64), "abcdefg.".repeat(24) + "a");
        for (typed, word) in [
            ("", "入力してください"),
            ("jiro", "「@」が一つ"),
            ("a@b@example.jp", "「@」が一つ"),
            ("@example.jp", "文字がありません"),
            ("..@docomo.ne.jp", "文字がありません"),
            ("ji ro@example.jp", "空白や改行"),
            ("jiro@example.jp\r\nBcc: x@example.com", "空白や改行"),
            ("jiro@example.jp\n", "空白や改行"),
            ("jiro\u{0}@example.jp", "空白や改行"),
            ("jiro\u{2028}@example.jp", "空白や改行"),
            ("\"jiro\"@example.jp", "使えない文字"),
            ("<jiro@example.jp>", "使えない文字"),
            ("はなこ@example.jp", "使えない文字"),
            ("jiro@例え.jp", "日本語のドメイン"),
            ("jiro@example。jp", "日本語のドメイン"),
            ("jiro@localhost", "形ではありません"),
            ("jiro@example.jp.", "形ではありません"),
            ("jiro@192.0.2.1", "形ではありません"),
            ("jiro@[192.0.2.1]", "形ではありません"),
            ("jiro@-a.jp", "形ではありません"),
            (&long_local, "長すぎます"),
            (&long_domain, "長すぎます"),
            (&long, "長すぎます"),
        ] {
            let why = MailAddress::parse(typed).unwrap_err();
            assert!(why.ja.contains(word), "{typed:?}: {}", why.ja);
            assert!(!why.en.is_empty() && !why.en.contains("jiro"));
        }
    }

    #[test]
    fn debug_shows_no_address() {
        let address = MailAddress::parse("hanako@example.jp").unwrap();
        assert_eq!(format!("{address:?}"), "MailAddress(…)");
    }

    #[test]
    fn an_address_is_a_string_in_json_and_comes_back_with_its_dots() {
        let added = ["disney.ne.jp".to_owned()];
        let address = MailAddress::parse_with("a..b@disney.ne.jp", &added).unwrap();
        let json = serde_json::to_string(&address).unwrap();
        assert_eq!(json, "\"a..b@disney.ne.jp\"");
        assert_eq!(serde_json::from_str::<MailAddress>(&json).unwrap(), address);
        let error = serde_json::from_str::<MailAddress>("\"hana ko@example.jp\"").unwrap_err();
        assert!(!error.to_string().contains("hana"), "{error}");
    }

    #[test]
    fn a_message_id_stands_in_brackets_and_holds_nothing_that_breaks_a_header() {
        let from = MailAddress::parse("desk@example.jp").unwrap();
        let id = MessageId::new("01-a", &from).unwrap();
        assert_eq!(id.to_string(), "<01-a@example.jp>");
        assert_eq!(MessageId::parse("<01-a@example.jp>"), Some(id.clone()));
        assert_eq!(MessageId::parse(" 01-a@example.jp\n"), Some(id));
        for wrong in ["", "a", "<a@b", "a@b@c", "a b@c", "a\r\n@b", "ä@b", "@b"] {
            assert_eq!(MessageId::parse(wrong), None, "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_has_no_break_and_comes_back(
            text in prop_oneof![
                any::<String>(),
                "[a-zA-Z0-9.!#$%+_ \r\n\"ａ－ｚ]{0,12}[@＠][a-zA-Z0-9.\r\n -]{0,12}",
                "[a-z.]{1,10}@(docomo\\.ne\\.jp|ezweb\\.ne\\.jp|au\\.com|Example\\.JP)",
            ],
        ) {
            if let Ok(address) = MailAddress::parse(&text) {
                let shown = address.to_string();
                prop_assert!(shown.is_ascii());
                prop_assert!(!shown.chars().any(|c| c.is_control() || c.is_whitespace()));
                prop_assert_eq!(shown.matches('@').count(), 1);
                prop_assert_eq!(&MailAddress::parse(&shown).unwrap(), &address);
                let json = serde_json::to_string(&address).unwrap();
                prop_assert_eq!(&serde_json::from_str::<MailAddress>(&json).unwrap(), &address);
                prop_assert!(address.on_the_wire().len() <= LONGEST);
                prop_assert_eq!(address.on_the_wire().starts_with('"'), address.is_irregular());
            }
        }

        #[test]
        fn a_message_id_that_is_accepted_comes_back(text in "[<a-z@. >\r\n]{0,20}") {
            if let Some(id) = MessageId::parse(&text) {
                let shown = id.to_string();
                prop_assert!(!shown.chars().any(|c| c.is_control() || c.is_whitespace()));
                prop_assert_eq!(MessageId::parse(&shown), Some(id));
            }
        }
    }
}
