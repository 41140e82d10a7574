//! A mail server that counts what it takes and misbehaves as it is told.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{
        AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _,
        BufReader,
    },
    net::{TcpListener, TcpSocket, TcpStream},
    sync::Notify,
    task::JoinHandle,
};
use tokio_rustls::{TlsAcceptor, rustls};

/// The points at which it can be told to do something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum At {
    /// Somebody has connected.
    Greeting,
    /// `EHLO`.
    Hello,
    /// `AUTH`.
    Auth,
    /// `MAIL FROM`.
    Mail,
    /// `RCPT TO`.
    Rcpt,
    /// `DATA`.
    Data,
    /// The first bytes of the content.
    Midway,
    /// The dot at the end of the content, before the answer.
    End,
}

/// What it does there instead of going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It says this.
    Say(&'static str),
    /// It says this and closes the connection.
    SayAndClose(&'static str),
    /// It says nothing, for ever.
    Hang,
    /// It closes the connection.
    Close,
}

/// How it speaks TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Not at all.
    None,
    /// When asked to.
    WhenAsked,
    /// From the first byte.
    AtOnce,
}

/// A mail that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What stood between the angle brackets of `MAIL FROM`.
    pub from: String,
    /// The same of each `RCPT TO`.
    pub to: Vec<String>,
    /// The content, without the dots that the protocol adds.
    pub bytes: Vec<u8>,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// Whether the sender had signed in.
    pub signed_in: bool,
}

#[derive(Default)]
struct Seen {
    once: HashMap<At, VecDeque<Act>>,
    always: HashMap<At, Act>,
    taken: Vec<Taken>,
    commands: Vec<String>,
    connections: usize,
    open: usize,
    most_open: usize,
    /// How often it has fallen silent.
    hangs: usize,
    /// For how many connections the first mail waits before it is answered.
    gather: usize,
}

struct Shared {
    seen: Mutex<Seen>,
    changed: Notify,
    tls: Tls,
    acceptor: TlsAcceptor,
    account: Option<(&'static str, &'static str)>,
}

/// A running server; it ends with this value.
pub struct MailServer {
    /// Its port on `localhost`.
    pub port: u16,
    /// Its certificate (PEM).
    pub certificate: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl MailServer {
    /// A server without TLS and accounts.
    pub fn start() -> Self {
        Self::start_with(Tls::None, None)
    }

    /// A server that speaks TLS in this way and, with an account, takes mail of those
    /// alone who sign in.
    pub fn start_with(tls: Tls, account: Option<(&'static str, &'static str)>) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])
            .expect("a certificate can be made");
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der())
            .expect("the key is one");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the versions are known")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("certificate and key belong together");
        // A small window: a large mail is still leaving when nobody reads it any more.
        let socket = TcpSocket::new_v4().expect("there are sockets");
        socket
            .set_recv_buffer_size(64 * 1024)
            .expect("a socket has a window");
        socket
            .bind("127.0.0.1:0".parse().expect("this is an address"))
            .expect("a port is free");
        let listener = socket.listen(1024).expect("a socket listens");
        let port = listener.local_addr().expect("it is bound").port();
        let shared = Arc::new(Shared {
            seen: Mutex::default(),
            changed: Notify::new(),
            tls,
            acceptor: TlsAcceptor::from(Arc::new(config)),
            account,
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self {
            port,
            certificate: made.cert.pem(),
            shared,
            task,
        }
    }

    /// Does this the next time that it comes there; told more often, in that order.
    pub fn once(&self, at: At, act: Act) {
        let mut seen = self.shared.seen.lock().unwrap();
        seen.once.entry(at).or_default().push_back(act);
    }

    /// Does this whenever it comes there.
    pub fn always(&self, at: At, act: Act) {
        self.shared.seen.lock().unwrap().always.insert(at, act);
    }

    /// Answers no mail before so many connections are open at once.
    pub fn gather(&self, connections: usize) {
        self.shared.seen.lock().unwrap().gather = connections;
    }

    /// What it has, in the order of the dots.
    pub fn taken(&self) -> Vec<Taken> {
        self.shared.seen.lock().unwrap().taken.clone()
    }

    /// Every line that it was told, but for content and secrets.
    pub fn commands(&self) -> Vec<String> {
        self.shared.seen.lock().unwrap().commands.clone()
    }

    /// How many have connected.
    pub fn connections(&self) -> usize {
        self.shared.seen.lock().unwrap().connections
    }

    /// Waits until it has fallen silent so often.
    pub async fn silent(&self, times: usize) {
        self.shared.until(|seen| seen.hangs >= times).await;
    }

    /// How often it has fallen silent.
    pub fn hangs(&self) -> usize {
        self.shared.seen.lock().unwrap().hangs
    }

    /// Behaves from now on.
    pub fn recover(&self) {
        let mut seen = self.shared.seen.lock().unwrap();
        seen.once.clear();
        seen.always.clear();
    }

    /// Waits until it has so many mails.
    pub async fn has(&self, mails: usize) {
        self.shared.until(|seen| seen.taken.len() >= mails).await;
    }
}

impl Shared {
    /// Waits until something holds.
    async fn until(&self, holds: impl Fn(&Seen) -> bool) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if holds(&self.seen.lock().unwrap()) {
                return;
            }
            changed.await;
        }
    }

    fn change(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap());
        self.changed.notify_waiters();
    }

    fn act(&self, at: At) -> Option<Act> {
        let mut seen = self.seen.lock().unwrap();
        seen.once
            .get_mut(&at)
            .and_then(VecDeque::pop_front)
            .or_else(|| seen.always.get(&at).copied())
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}
type Line = BufReader<Box<dyn Stream>>;

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut talks = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let shared = Arc::clone(&shared);
        talks.spawn(async move {
            shared.change(|seen| {
                seen.connections += 1;
                seen.open += 1;
                seen.most_open = seen.most_open.max(seen.open);
            });
            // How a talk ends is the client's to tell.
            let _ = talk(stream, &shared).await;
            shared.change(|seen| seen.open -= 1);
        });
    }
}

/// What one connection has said so far.
#[derive(Default)]
struct Talk {
    encrypted: bool,
    signed_in: bool,
    from: String,
    to: Vec<String>,
}

/// The end of a talk.
struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

async fn talk(stream: TcpStream, shared: &Shared) -> Result<(), Over> {
    let mut talk = Talk::default();
    let stream: Box<dyn Stream> = if shared.tls == Tls::AtOnce {
        talk.encrypted = true;
        Box::new(shared.acceptor.accept(stream).await?)
    } else {
        Box::new(stream)
    };
    let mut line: Line = BufReader::new(stream);
    answer(&mut line, shared, At::Greeting, "220 localhost ESMTP").await?;
    loop {
        let mut said = String::new();
        if line.read_line(&mut said).await? == 0 {
            return Ok(());
        }
        let said = said.trim_end().to_owned();
        let word = said
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_uppercase();
        let shown = if word == "AUTH" { "AUTH" } else { &said };
        shared.change(|seen| seen.commands.push(shown.to_owned()));
        match word.as_str() {
            "EHLO" => {
                let mut hello = "250-localhost\r\n250-8BITMIME\r\n".to_owned();
                if shared.tls == Tls::WhenAsked && !talk.encrypted {
                    hello += "250-STARTTLS\r\n";
                }
                if shared.account.is_some() {
                    hello += "250-AUTH PLAIN LOGIN\r\n";
                }
                answer(&mut line, shared, At::Hello, &(hello + "250 HELP")).await?;
            }
            "STARTTLS" => {
                say(&mut line, "220 go ahead").await?;
                let inner = line.into_inner();
                line = BufReader::new(Box::new(shared.acceptor.accept(inner).await?));
                talk.encrypted = true;
            }
            "AUTH" => {
                talk.signed_in = knows(shared, &said);
                let word = if talk.signed_in {
                    "235 welcome"
                } else {
                    "535 5.7.8 wrong"
                };
                answer(&mut line, shared, At::Auth, word).await?;
            }
            "MAIL" if shared.account.is_some() && !talk.signed_in => {
                say(&mut line, "530 5.7.0 Authentication required").await?;
            }
            "MAIL" => {
                talk.from = path(&said);
                talk.to.clear();
                answer(&mut line, shared, At::Mail, "250 2.1.0 fine").await?;
            }
            "RCPT" => {
                if answer(&mut line, shared, At::Rcpt, "250 2.1.5 fine").await? {
                    talk.to.push(path(&said));
                }
            }
            "DATA" => {
                if answer(&mut line, shared, At::Data, "354 go ahead").await? {
                    content(&mut line, shared, &mut talk).await?;
                }
            }
            "RSET" => {
                talk.to.clear();
                say(&mut line, "250 forgotten").await?;
            }
            "NOOP" => say(&mut line, "250 yes").await?,
            "QUIT" => {
                say(&mut line, "221 bye").await?;
                return Ok(());
            }
            _ => say(&mut line, "500 what").await?,
        }
    }
}

/// Reads the content up to its dot and answers it.
async fn content(line: &mut Line, shared: &Shared, talk: &mut Talk) -> Result<(), Over> {
    let mut bytes = Vec::new();
    if let Some(act) = shared.act(At::Midway) {
        let mut first = [0; 64];
        line.read_exact(&mut first[..1]).await?;
        return perform(line, shared, act).await;
    }
    loop {
        let start = bytes.len();
        if line.read_until(b'\n', &mut bytes).await? == 0 {
            return Err(Over);
        }
        if &bytes[start..] == b".\r\n" {
            bytes.truncate(start);
            break;
        }
        if bytes[start] == b'.' {
            bytes.remove(start);
        }
    }
    let act = shared.act(At::End);
    // Who says no has not taken it; who breaks off or talks nonsense may have.
    let refused = matches!(act, Some(Act::Say(word) | Act::SayAndClose(word))
        if word.starts_with(['4', '5']));
    if !refused {
        shared.change(|seen| {
            seen.taken.push(Taken {
                from: talk.from.clone(),
                to: std::mem::take(&mut talk.to),
                bytes,
                encrypted: talk.encrypted,
                signed_in: talk.signed_in,
            });
        });
        shared.until(|seen| seen.most_open >= seen.gather).await;
    }
    match act {
        None => say(line, "250 2.0.0 taken as 4F1A2").await,
        Some(act) => perform(line, shared, act).await,
    }
}

/// What stands between angle brackets.
fn path(said: &str) -> String {
    let inner = said.split_once('<').map_or("", |(_, rest)| rest);
    inner
        .rsplit_once('>')
        .map_or("", |(path, _)| path)
        .to_owned()
}

/// Whether `AUTH PLAIN` names the account.
fn knows(shared: &Shared, said: &str) -> bool {
    let Some((user, password)) = shared.account else {
        return false;
    };
    let given = said.split(' ').nth(2).unwrap_or_default();
    given == base64(format!("\0{user}\0{password}").as_bytes())
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = three
            .iter()
            .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * place)) as usize & 63];
            text.push(if place > three.len() {
                '='
            } else {
                char::from(letter)
            });
        }
    }
    text
}

/// Says what belongs here, unless it was told otherwise; whether it did.
async fn answer(line: &mut Line, shared: &Shared, at: At, word: &str) -> Result<bool, Over> {
    match shared.act(at) {
        None => say(line, word).await.map(|()| true),
        Some(act) => perform(line, shared, act).await.map(|()| false),
    }
}

async fn perform(line: &mut Line, shared: &Shared, act: Act) -> Result<(), Over> {
    match act {
        Act::Say(word) => say(line, word).await,
        Act::SayAndClose(word) => {
            say(line, word).await?;
            line.shutdown().await?;
            Err(Over)
        }
        Act::Hang => {
            shared.change(|seen| seen.hangs += 1);
            std::future::pending().await
        }
        Act::Close => Err(Over),
    }
}

async fn say(line: &mut Line, word: &str) -> Result<(), Over> {
    line.write_all(format!("{word}\r\n").as_bytes()).await?;
    line.flush().await?;
    Ok(())
}
