//! Handing mail to a server, command by command, so that it is known how far a mail
//! had come when something broke.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::{Response, Severity},
    },
};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep_until, timeout},
};

use super::{Delivery, MailError, compose::wire_address, redact::redact};
use crate::domain::mail::{MailAddress, MailSecurity, MailSettings};

/// For how long an idle connection is kept; servers close theirs after minutes.
const KEPT: Duration = Duration::from_secs(30);

/// A mail server, and the connections to it that are open.
pub struct Smtp {
    server: String,
    port: u16,
    security: MailSecurity,
    tls: Option<TlsParameters>,
    hello: ClientId,
    credentials: Option<Credentials>,
    times: Times,
    idle: Mutex<Vec<Idle>>,
    turns: Semaphore,
    pace: Pace,
}

/// For how long what may take.
#[derive(Clone, Copy)]
struct Times {
    connect: Duration,
    command: Duration,
    content: Duration,
}

/// A connection that waits for the next mail.
struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

/// Why a step failed.
struct Failure {
    code: Option<u16>,
    text: String,
    permanent: bool,
}

impl Failure {
    fn of(error: &Error) -> Self {
        use std::error::Error as _;
        let code = error.status().map(u16::from);
        Self {
            code,
            text: match (code, error.source()) {
                (Some(code), Some(said)) => format!("{code} {said}"),
                _ => error.to_string(),
            },
            permanent: error.is_permanent(),
        }
    }

    fn of_words(text: impl Into<String>) -> Self {
        Self {
            code: None,
            text: text.into(),
            permanent: false,
        }
    }

    /// Whether the connection is of use afterwards: the server has answered, and not
    /// that it leaves (421).
    fn leaves_connection(&self) -> bool {
        self.code.is_some_and(|code| code != 421)
    }

    fn later(self, to: &MailAddress) -> Delivery {
        Delivery::Later {
            code: self.code,
            text: redact(&self.text, Some(to)),
        }
    }

    fn refused(self, to: &MailAddress) -> Delivery {
        Delivery::Refused {
            code: self.code,
            text: redact(&self.text, Some(to)),
        }
    }

    fn by_its_code(self, to: &MailAddress) -> Delivery {
        // 530, 535 and 538 are about our account, whatever they are the answer to.
        if self.permanent && !matches!(self.code, Some(530 | 535 | 538)) {
            self.refused(to)
        } else {
            self.later(to)
        }
    }
}

/// What became of an attempt over one connection.
enum Attempt {
    /// This.
    Done(Delivery),
    /// The connection was dead before the mail began: another one may do.
    Stale(Delivery),
}

impl Smtp {
    /// A server by its settings; nothing is connected yet.
    pub(super) fn new(settings: &MailSettings) -> Result<Self, MailError> {
        let seconds = |n: u32| Duration::from_secs(u64::from(n));
        Ok(Self {
            server: settings.server.clone(),
            port: settings.port(),
            security: settings.security,
            tls: match settings.security {
                MailSecurity::None => None,
                _ => Some(tls(settings)?),
            },
            hello: if settings.hello_name.is_empty() {
                ClientId::default()
            } else {
                ClientId::Domain(settings.hello_name.clone())
            },
            credentials: (!settings.user.is_empty()).then(|| {
                Credentials::new(settings.user.clone(), settings.password.expose().to_owned())
            }),
            times: Times {
                connect: seconds(settings.connect_seconds),
                command: seconds(settings.command_seconds),
                content: seconds(settings.content_seconds),
            },
            idle: Mutex::new(Vec::new()),
            turns: Semaphore::new(settings.workers as usize),
            pace: Pace::new(settings.per_second),
        })
    }

    /// Hands over one mail.
    pub(super) async fn deliver(
        &self,
        to: &MailAddress,
        from: &MailAddress,
        bytes: &[u8],
    ) -> Delivery {
        let (recipient, sender) = match (wire_address(to), wire_address(from)) {
            (Ok(recipient), Ok(sender)) => (recipient, sender),
            (Err(why), _) | (_, Err(why)) => {
                return Failure::of_words(why.to_string()).refused(to);
            }
        };
        let _turn = self.turns.acquire().await.expect("nobody closes the turns");
        self.pace.turn().await;
        if let Some(connection) = self.take_idle() {
            match self
                .attempt(connection, to, &recipient, &sender, bytes)
                .await
            {
                Attempt::Done(delivery) => return delivery,
                Attempt::Stale(_) => {
                    // What one server closed, it has closed for all that wait.
                    self.idle.lock().expect("no holder panics").clear();
                }
            }
        }
        let connection = match self.connect().await {
            Ok(connection) => connection,
            // Whatever the server has against us, the recipient is not to blame.
            Err(why) => return why.later(to),
        };
        match self
            .attempt(connection, to, &recipient, &sender, bytes)
            .await
        {
            Attempt::Done(delivery) | Attempt::Stale(delivery) => delivery,
        }
    }

    /// A connection that waits, if one is fresh enough.
    fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().expect("no holder panics");
        idle.retain(|one| one.since.elapsed() < KEPT);
        idle.pop().map(|one| one.connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        self.idle.lock().expect("no holder panics").push(Idle {
            connection,
            since: Instant::now(),
        });
    }

    /// A new connection: greeted, encrypted and signed in as the settings say.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let opening = async {
            let at_once = match self.security {
                MailSecurity::Tls => self.tls.clone(),
                MailSecurity::StartTls | MailSecurity::None => None,
            };
            let mut connection = AsyncSmtpConnection::connect_tokio1(
                (self.server.as_str(), self.port),
                Some(self.times.connect),
                &self.hello,
                at_once,
                None,
            )
            .await
            .map_err(|error| Failure::of(&error))?;
            if let (MailSecurity::StartTls, Some(tls)) = (self.security, self.tls.clone()) {
                if !connection.can_starttls() {
                    return Err(Failure::of_words("the server offers no STARTTLS"));
                }
                connection
                    .starttls(tls, &self.hello)
                    .await
                    .map_err(|error| Failure::of(&error))?;
            }
            if let Some(credentials) = &self.credentials {
                connection
                    .auth(DEFAULT_MECHANISMS, credentials)
                    .await
                    .map_err(|error| Failure::of(&error))?;
            }
            Ok(connection)
        };
        timeout(self.times.connect, opening)
            .await
            .unwrap_or_else(|_| {
                Err(Failure::of_words(
                    "the server did not answer while connecting",
                ))
            })
    }

    /// One mail over one connection.
    async fn attempt(
        &self,
        mut connection: AsyncSmtpConnection,
        to: &MailAddress,
        recipient: &Address,
        sender: &Address,
        bytes: &[u8],
    ) -> Attempt {
        let mut options = Vec::new();
        if !bytes.is_ascii()
            && connection
                .server_info()
                .supports_feature(Extension::EightBitMime)
        {
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let opened = self
            .command(&mut connection, Mail::new(Some(sender.clone()), options))
            .await;
        if let Err(why) = opened {
            let stale = !why.leaves_connection();
            if !stale {
                self.reset(connection).await;
            }
            // A sender that is refused is ours to mend.
            let delivery = why.later(to);
            return if stale {
                Attempt::Stale(delivery)
            } else {
                Attempt::Done(delivery)
            };
        }
        let rcpt = Rcpt::new(recipient.clone(), Vec::new());
        if let Err(why) = self.command(&mut connection, rcpt).await {
            return Attempt::Done(self.put_down(connection, why, to).await);
        }
        match self.command(&mut connection, Data).await {
            Ok(answer) if answer.has_code(354) => {}
            Ok(answer) => {
                let text = format!("the server answered DATA with {}", u16::from(answer.code()));
                return Attempt::Done(Failure::of_words(text).later(to));
            }
            Err(why) => return Attempt::Done(self.put_down(connection, why, to).await),
        }
        Attempt::Done(self.content(connection, to, bytes).await)
    }

    /// A mail that the server refused before its content, and what it means.
    async fn put_down(
        &self,
        connection: AsyncSmtpConnection,
        why: Failure,
        to: &MailAddress,
    ) -> Delivery {
        if why.leaves_connection() {
            self.reset(connection).await;
        }
        why.by_its_code(to)
    }

    /// The content, and the server's word on it.
    async fn content(
        &self,
        mut connection: AsyncSmtpConnection,
        to: &MailAddress,
        bytes: &[u8],
    ) -> Delivery {
        // The end that lettre writes brings its own line break.
        let body = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        // lettre asks for the next piece when the one before has left, and writes the
        // end when there is none: from then on the server may have the whole mail.
        let whole = AtomicBool::new(false);
        let pieces = std::iter::once(body).chain(std::iter::from_fn(|| {
            whole.store(true, Ordering::Relaxed);
            None
        }));
        let answered = timeout(self.times.content, connection.message_iter(pieces)).await;
        let why = match answered {
            Ok(Ok(answer)) if answer.code().severity == Severity::PositiveCompletion => {
                self.keep(connection);
                let words: Vec<&str> = answer.message().collect();
                return Delivery::Accepted(redact(&words.join(" "), Some(to)));
            }
            Ok(Ok(answer)) => {
                let code = u16::from(answer.code());
                Failure::of_words(format!("the server answered the content with {code}"))
            }
            Ok(Err(error)) => Failure::of(&error),
            Err(_) => Failure::of_words("the server did not answer the content"),
        };
        if why.code.is_some() {
            // A clear no: it has not taken the mail.
            if why.leaves_connection() {
                self.keep(connection);
            }
            return why.by_its_code(to);
        }
        if whole.load(Ordering::Relaxed) {
            Delivery::Doubt {
                text: redact(&why.text, Some(to)),
            }
        } else {
            why.later(to)
        }
    }

    async fn command(
        &self,
        connection: &mut AsyncSmtpConnection,
        command: impl std::fmt::Display,
    ) -> Result<Response, Failure> {
        match timeout(self.times.command, connection.command(command)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(Failure::of(&error)),
            Err(_) => Err(Failure::of_words("the server did not answer")),
        }
    }

    /// Forgets a mail that did not come to its content, and keeps the connection.
    async fn reset(&self, mut connection: AsyncSmtpConnection) {
        if self.command(&mut connection, Rset).await.is_ok() {
            self.keep(connection);
        }
    }
}

/// Whom to trust: whom the machine trusts, and who vouches for the operator's own
/// relay.
fn tls(settings: &MailSettings) -> Result<TlsParameters, MailError> {
    let wrong = |why: &dyn std::fmt::Display| MailError::Tls(why.to_string());
    let mut builder = TlsParameters::builder(settings.server.clone());
    if let Some(file) = &settings.ca_file {
        let pem =
            std::fs::read(file).map_err(|why| wrong(&format_args!("{}: {why}", file.display())))?;
        if !pem.windows(11).any(|piece| piece == b"-----BEGIN ") {
            return Err(wrong(&format_args!("{} is no PEM", file.display())));
        }
        builder =
            builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|why| wrong(&why))?);
    }
    builder.build().map_err(|why| wrong(&why))
}

/// How fast mails may leave: each has a place in time.
struct Pace {
    gap: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    fn new(per_second: u32) -> Self {
        Self {
            gap: Duration::from_secs(1)
                .checked_div(per_second)
                .unwrap_or_default(),
            next: Mutex::new(None),
        }
    }

    async fn turn(&self) {
        if !self.gap.is_zero() {
            sleep_until(self.place(Instant::now())).await;
        }
    }

    /// The next place from now on; the one behind it is the next one's.
    fn place(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().expect("no holder panics");
        let place = next.map_or(now, |next| next.max(now));
        *next = Some(place + self.gap);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_leave_one_after_another_and_a_pause_earns_nothing() {
        let pace = Pace::new(50);
        let start = Instant::now();
        let gap = Duration::from_millis(20);
        assert_eq!(pace.place(start), start);
        assert_eq!(pace.place(start), start + gap);
        assert_eq!(pace.place(start), start + 2 * gap);
        let later = start + Duration::from_secs(10);
        assert_eq!(pace.place(later), later);
        assert_eq!(pace.place(later), later + gap);
        assert!(Pace::new(0).gap.is_zero());
    }

    #[test]
    fn a_file_without_certificates_is_refused_with_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, "no certificate").unwrap();
        let settings = MailSettings {
            server: "relay.example.jp".to_owned(),
            from: Some(MailAddress::parse("desk@example.jp").unwrap()),
            ca_file: Some(file),
            ..MailSettings::default()
        };
        let why = Smtp::new(&settings).err().unwrap().to_string();
        assert!(why.contains("mail.ca_file"), "{why}");
    }
}
