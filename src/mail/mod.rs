//! Everything between the program and a mail server: how a mail is built, handed
//! over, and what comes back. The only user of lettre.

pub mod bounce;
mod compose;
mod maildir;
mod redact;
mod smtp;
mod transport;

use std::path::PathBuf;

pub use compose::{Draft, compose};
pub use maildir::Maildir;
pub use smtp::Smtp;
pub use transport::{Delivery, Mailer};

use crate::domain::text::Text;

/// Bytes as a name can hold them.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes what is written");
        text
    })
}

/// Why a mail cannot be built, or no mail can leave at all. No address is in it.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// A line break or another control character in a field that reaches a header:
    /// whoever could put it there could write headers of his own.
    #[error("a line break or control character in {0} / {0} に改行や制御文字があります")]
    ControlCharacter(&'static str),
    /// What should be the id of a message is none.
    #[error("the message id is not of the form local@domain / Message-ID の形が違います")]
    MessageId,
    /// The message cannot be put together.
    #[error("the message cannot be built: {0} / メールを組み立てられません")]
    Build(String),
    /// What the operator has set cannot be.
    #[error("{} / {}", .0.en, .0.ja)]
    Settings(Text),
    /// The certificates cannot be read.
    #[error(
        "TLS cannot be prepared: {0}; see mail.ca_file / TLS を準備できません。mail.ca_file を確かめてください"
    )]
    Tls(String),
    /// The folder for mail cannot be made or written.
    #[error("the folder {folder} cannot be used for mail: {why}; see mail.maildir / {folder} にメールを書き込めません。mail.maildir を確かめてください", folder = folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the machine says.
        why: std::io::Error,
    },
}
