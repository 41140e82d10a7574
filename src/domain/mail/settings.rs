//! What an operator sets of the mail (`[mail]`).

use std::{fmt, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{MailAddress, check_domain};
use crate::domain::text::Text;

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// STARTTLS, and no mail where the server does not offer it.
    #[default]
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None: for a server on this machine alone.
    None,
}

/// What is done with a mail of which nobody knows whether the server took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnDoubt {
    /// It is sent again, with the same id and the same bytes: rather twice than never.
    #[default]
    Resend,
    /// It waits until a person has decided: rather late than twice.
    Hold,
}

/// A word that is shown to nobody: as `***` in every output.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Keeps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The secret itself, for the one who has to say it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "" } else { "***" })
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.is_empty() { "" } else { "***" })
    }
}

/// What an operator sets of the mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailSettings {
    /// The mail server (the operator's relay); empty: mail goes into `maildir`.
    pub server: String,
    /// Its port; none: 587 with STARTTLS, 465 with TLS, 25 without either.
    pub port: Option<u16>,
    /// How the way to it is protected.
    pub security: MailSecurity,
    /// A file with the certificates (PEM) that vouch for the server, beside those
    /// that the machine trusts: for a relay with a certificate of its own house.
    pub ca_file: Option<PathBuf>,
    /// The account at the server; empty: nobody signs in.
    pub user: String,
    /// A file that holds the account's password and nothing else.
    pub password_file: Option<PathBuf>,
    /// What stood in that file. No key: nobody writes it into the configuration.
    #[serde(skip_deserializing, skip_serializing_if = "Secret::is_empty")]
    pub password: Secret,
    /// The name by which the program greets the server; empty: an address literal.
    /// Some servers want a name that exists.
    pub hello_name: String,
    /// The folder that takes the mail where there is no server.
    pub maildir: PathBuf,
    /// The sender's address. A server needs one.
    pub from: Option<MailAddress>,
    /// The sender's name, as families read it.
    pub from_name: String,
    /// Where answers go; none: to the sender.
    pub reply_to: Option<MailAddress>,
    /// For how long connecting, greeting and signing in may take.
    pub connect_seconds: u32,
    /// For how long the server may take to answer a command.
    pub command_seconds: u32,
    /// For how long it may take to read a mail and say whether it has it (RFC 5321
    /// asks for ten minutes; the shorter, the more often nobody knows).
    pub content_seconds: u32,
    /// How many mails leave in a second at most; 0: as many as can.
    pub per_second: u32,
    /// How many mails are on their way at once.
    pub workers: u32,
    /// What is done with a mail of which nobody knows whether the server took it.
    pub on_doubt: OnDoubt,
    /// Further domains whose old addresses (`a..b@`, `abc.@`) are taken as they are.
    pub lenient_domains: Vec<String>,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            server: String::new(),
            port: None,
            security: MailSecurity::default(),
            ca_file: None,
            user: String::new(),
            password_file: None,
            password: Secret::default(),
            hello_name: String::new(),
            maildir: PathBuf::from("mail"),
            from: None,
            from_name: "ともしび事務局".to_owned(),
            reply_to: None,
            connect_seconds: 30,
            command_seconds: 60,
            content_seconds: 600,
            per_second: 100,
            workers: 4,
            on_doubt: OnDoubt::default(),
            lenient_domains: Vec::new(),
        }
    }
}

impl MailSettings {
    /// Whether mail goes into the folder and reaches nobody: no server is set.
    pub const fn goes_into_folder(&self) -> bool {
        self.server.is_empty()
    }

    /// The port in force.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            MailSecurity::StartTls => 587,
            MailSecurity::Tls => 465,
            MailSecurity::None => 25,
        })
    }

    /// The sender's address. Without one, and so without a server, an address that
    /// nobody can ever have (RFC 2606).
    pub fn sender(&self) -> MailAddress {
        self.from.clone().unwrap_or_else(|| {
            MailAddress::parse("no-reply@tomoshibi.invalid").expect("this is an address")
        })
    }

    /// The longest that handing over one mail may take, for whoever holds a lease
    /// meanwhile: a connection that turns out to be dead, a new one, each command,
    /// the content. Waiting for a turn (`workers`, `per_second`) is not in it.
    pub fn longest_delivery(&self) -> std::time::Duration {
        let seconds = 2 * u64::from(self.connect_seconds)
            + 6 * u64::from(self.command_seconds)
            + u64::from(self.content_seconds);
        std::time::Duration::from_secs(seconds)
    }

    /// Whether the server is this machine.
    fn is_here(&self) -> bool {
        let host = self.server.trim_matches(['[', ']']);
        host.eq_ignore_ascii_case("localhost")
            || host
                .parse::<core::net::IpAddr>()
                .is_ok_and(|ip| ip.is_loopback())
    }

    /// What cannot be, or contradicts itself.
    ///
    /// # Errors
    /// The key, and what to write there.
    pub fn check(&self) -> Result<(), Text> {
        self.check_server()?;
        self.check_words()?;
        for (key, value, most) in [
            ("connect_seconds", self.connect_seconds, 600),
            ("command_seconds", self.command_seconds, 600),
            ("content_seconds", self.content_seconds, 3600),
            ("workers", self.workers, 100),
        ] {
            if !(1..=most).contains(&value) {
                return Err(Text::new(
                    format!("mail.{key} は 1 から {most} までの数にしてください"),
                    format!("mail.{key} is a number from 1 to {most}"),
                ));
            }
        }
        Ok(())
    }

    fn check_server(&self) -> Result<(), Text> {
        let server = self.server.as_str();
        if server.is_empty() {
            return Ok(());
        }
        let is_ip = server.parse::<core::net::IpAddr>().is_ok();
        if !is_ip && !server.eq_ignore_ascii_case("localhost") && !is_host_name(server) {
            return Err(Text::fixed(
                "mail.server には、ポート番号などを付けずにサーバーの名前だけを書いてください（ポートは mail.port）",
                "mail.server is the name of the server alone, without a port (that is mail.port)",
            ));
        }
        if self.security == MailSecurity::None && !self.is_here() {
            return Err(Text::fixed(
                "mail.security = \"none\" は、このサーバー自身（localhost）で動くメールサーバーにだけ使えます。starttls か tls にしてください",
                "mail.security = \"none\" is for a mail server on this machine (localhost) alone; write starttls or tls",
            ));
        }
        if self.from.is_none() {
            return Err(Text::fixed(
                "mail.server があるときは mail.from（差出人のアドレス）が必要です",
                "with mail.server there has to be mail.from, the sender's address",
            ));
        }
        if self.user.is_empty() != self.password.is_empty() {
            return Err(Text::fixed(
                "mail.user と mail.password_file は両方書くか、両方書かないかにしてください",
                "mail.user and mail.password_file go together: give both or neither",
            ));
        }
        Ok(())
    }

    fn check_words(&self) -> Result<(), Text> {
        for (key, text) in [
            ("user", self.user.as_str()),
            ("from_name", &self.from_name),
            ("hello_name", &self.hello_name),
        ] {
            if text.chars().any(char::is_control) {
                return Err(Text::new(
                    format!("mail.{key} は改行や制御文字なしの一行にしてください"),
                    format!("mail.{key} is one line without control characters"),
                ));
            }
        }
        if !self.hello_name.is_empty() && !is_host_name(&self.hello_name) {
            return Err(Text::fixed(
                "mail.hello_name はこのサーバーの名前（例：app.example.jp）にしてください",
                "mail.hello_name is the name of this machine, as app.example.jp",
            ));
        }
        for (key, address) in [("from", &self.from), ("reply_to", &self.reply_to)] {
            if address.as_ref().is_some_and(MailAddress::is_irregular) {
                return Err(Text::new(
                    format!("mail.{key} は「.」が先頭・末尾・連続のないアドレスにしてください"),
                    format!("mail.{key} is an address without a dot first, last or doubled"),
                ));
            }
        }
        for domain in &self.lenient_domains {
            check_domain(&domain.trim().to_ascii_lowercase()).map_err(|_| {
                Text::fixed(
                    "mail.lenient_domains には「@」の後ろの部分だけを並べてください（例：[\"disney.ne.jp\"]）",
                    "mail.lenient_domains lists what stands behind the @ alone, as [\"disney.ne.jp\"]",
                )
            })?;
        }
        Ok(())
    }
}

/// Whether it may be the name of a machine; one without a dot may be, in a house's
/// own network.
fn is_host_name(name: &str) -> bool {
    let dotted = if name.contains('.') {
        name.to_owned()
    } else {
        format!("{name}.internal")
    };
    check_domain(&dotted.to_ascii_lowercase()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_server() -> MailSettings {
        MailSettings {
            server: "relay.example.jp".to_owned(),
            from: Some(MailAddress::parse("desk@example.jp").unwrap()),
            ..MailSettings::default()
        }
    }

    #[test]
    fn without_a_line_mail_goes_into_a_folder_and_nothing_is_wrong() {
        assert_eq!(MailSettings::default().check(), Ok(()));
        assert_eq!(
            MailSettings::default().sender().to_string(),
            "no-reply@tomoshibi.invalid"
        );
    }

    #[test]
    fn the_port_follows_the_security() {
        let port = |security| {
            MailSettings {
                security,
                ..a_server()
            }
            .port()
        };
        assert_eq!(port(MailSecurity::StartTls), 587);
        assert_eq!(port(MailSecurity::Tls), 465);
        assert_eq!(port(MailSecurity::None), 25);
    }

    #[test]
    fn a_way_without_tls_leads_to_this_machine_alone() {
        for (server, may) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("relay.example.jp", false),
            ("10.0.0.5", false),
            ("localhost.example.jp", false),
        ] {
            let settings = MailSettings {
                server: server.to_owned(),
                security: MailSecurity::None,
                ..a_server()
            };
            assert_eq!(settings.check().is_ok(), may, "{server}");
        }
    }

    type Spoil = fn(&mut MailSettings);

    #[test]
    fn what_cannot_be_is_refused_with_its_key() {
        let wrong: [(&str, Spoil); 10] = [
            ("mail.server", |s| {
                s.server = "relay.example.jp:587".to_owned();
            }),
            ("mail.from", |s| s.from = None),
            ("mail.password_file", |s| s.user = "desk".to_owned()),
            ("mail.user", |s| s.password = Secret::new("x")),
            ("mail.from_name", |s| s.from_name = "a\r\nBcc: b".to_owned()),
            ("mail.hello_name", |s| s.hello_name = "a b".to_owned()),
            ("mail.workers", |s| s.workers = 0),
            ("mail.content_seconds", |s| s.content_seconds = 0),
            ("mail.lenient_domains", |s| {
                s.lenient_domains = vec!["@disney.ne.jp".to_owned()];
            }),
            ("mail.from", |s| {
                s.from = Some(MailAddress::parse("a..b@docomo.ne.jp").unwrap());
            }),
        ];
        for (key, spoil) in wrong {
            let mut settings = a_server();
            assert_eq!(settings.check(), Ok(()));
            spoil(&mut settings);
            let why = settings.check().unwrap_err();
            assert!(why.en.contains(key) && why.ja.contains(key), "{}", why.en);
        }
    }

    #[test]
    fn a_secret_is_shown_to_nobody() {
        let settings = MailSettings {
            password: Secret::new("geheim"),
            ..a_server()
        };
        assert!(!format!("{settings:?}").contains("geheim"));
        let json = serde_json::to_string(&settings).unwrap();
        assert!(
            !json.contains("geheim") && json.contains("\"***\""),
            "{json}"
        );
    }
}
