//! How a mail leaves, and what became of it.

use super::{MailError, Maildir, Smtp};
use crate::domain::mail::{MailAddress, MailSettings};

/// What became of a mail that was handed over. The words are the server's, without
/// any address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The server has it, with what it said.
    Accepted(String),
    /// It was not taken and may be tried again: the server was busy or not there, the
    /// connection broke before the mail was whole, or the server refused us (our
    /// account, our sender), for which the recipient's address is not to blame.
    Later {
        /// The server's code, if it gave one.
        code: Option<u16>,
        /// Why.
        text: String,
    },
    /// The server will never take this mail for this recipient.
    Refused {
        /// The server's code, if it gave one.
        code: Option<u16>,
        /// Why.
        text: String,
    },
    /// The whole mail had left when the connection broke: the server may have it.
    Doubt {
        /// What broke.
        text: String,
    },
}

/// A way out.
pub enum Mailer {
    /// A mail server.
    Smtp(Box<Smtp>),
    /// A folder.
    Maildir(Maildir),
}

impl Mailer {
    /// The way that the settings name: the server, or without one the folder, which
    /// is made.
    ///
    /// # Errors
    /// Settings that cannot be, certificates that cannot be read, a folder that
    /// cannot be made.
    pub fn new(settings: &MailSettings) -> Result<Self, MailError> {
        settings.check().map_err(MailError::Settings)?;
        if settings.goes_into_folder() {
            Maildir::open(&settings.maildir).map(Self::Maildir)
        } else {
            Smtp::new(settings).map(|server| Self::Smtp(Box::new(server)))
        }
    }

    /// Hands over one mail, and waits for its turn before. Any number may be on their
    /// way at once.
    pub async fn deliver(&self, to: &MailAddress, from: &MailAddress, bytes: &[u8]) -> Delivery {
        match self {
            Self::Smtp(server) => server.deliver(to, from, bytes).await,
            Self::Maildir(folder) => folder.deliver(to, bytes).await,
        }
    }
}
