//! Mail on its way out: what leaves, what a server may do to it, and what is then
//! known of it.

use std::sync::Arc;

use chrono::DateTime;
use mail_parser::MessageParser;
use tempfile::TempDir;
use tomoshibi::{
    domain::mail::{MailAddress, MailSecurity, MailSettings, Secret},
    mail::{Delivery, Draft, MailError, Mailer, compose},
};

use crate::support::mail_server::{Act, At, MailServer, Tls};

fn to() -> MailAddress {
    MailAddress::parse("hanako@example.jp").unwrap()
}

fn from() -> MailAddress {
    MailAddress::parse("desk@example.org").unwrap()
}

fn draft(to: &MailAddress, number: usize) -> Draft {
    Draft {
        to: to.clone(),
        from_name: "ともしび事務局".to_owned(),
        from: from(),
        reply_to: None,
        message_id: format!("{number}@example.org"),
        date: DateTime::parse_from_rfc3339("2026-11-22T09:00:05+09:00").unwrap(),
        subject: "【デモ】K-0001".to_owned(),
        plain: "一行目\n.\n..二行目\n".to_owned(),
        html: None,
        auto: true,
    }
}

fn mail() -> Vec<u8> {
    compose(&draft(&to(), 1)).unwrap()
}

/// More than any socket holds: it is still leaving when the server stops reading.
fn huge_mail() -> Vec<u8> {
    let mut mail = mail();
    mail.extend(
        b"0123456789012345678901234567890123456789012345678901234567890\r\n".repeat(250_000),
    );
    mail
}

fn settings(server: &MailServer, security: MailSecurity) -> (MailSettings, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, &server.certificate).unwrap();
    let settings = MailSettings {
        server: "localhost".to_owned(),
        port: Some(server.port),
        security,
        ca_file: Some(ca),
        from: Some(from()),
        command_seconds: 1,
        content_seconds: 1,
        connect_seconds: 3,
        per_second: 0,
        ..MailSettings::default()
    };
    (settings, folder)
}

fn plain_mailer(server: &MailServer) -> Mailer {
    Mailer::new(&settings(server, MailSecurity::None).0).unwrap()
}

async fn deliver(server: &MailServer) -> Delivery {
    plain_mailer(server).deliver(&to(), &from(), &mail()).await
}

/// What became of it, and the code.
fn kind(delivery: &Delivery) -> (&'static str, Option<u16>) {
    match delivery {
        Delivery::Accepted(_) => ("accepted", None),
        Delivery::Later { code, .. } => ("later", *code),
        Delivery::Refused { code, .. } => ("refused", *code),
        Delivery::Doubt { .. } => ("doubt", None),
    }
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_composed() {
    let server = MailServer::start();
    let delivery = deliver(&server).await;
    assert_eq!(
        delivery,
        Delivery::Accepted("2.0.0 taken as 4F1A2".to_owned())
    );
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].from, "desk@example.org");
    assert_eq!(taken[0].to, ["hanako@example.jp"]);
    assert!(!taken[0].encrypted && !taken[0].signed_in);
    assert_eq!(
        String::from_utf8_lossy(&taken[0].bytes),
        String::from_utf8_lossy(&mail())
    );
    let read = MessageParser::default().parse(&taken[0].bytes).unwrap();
    assert_eq!(
        read.body_text(0).unwrap().replace("\r\n", "\n"),
        "一行目\n.\n..二行目\n"
    );
}

#[tokio::test]
async fn lines_that_begin_with_a_dot_arrive_whole() {
    let server = MailServer::start();
    let bytes = b"Subject: dots\r\n\r\n.\r\n..two\r\n.three\r\n";
    let delivery = plain_mailer(&server).deliver(&to(), &from(), bytes).await;
    assert_eq!(kind(&delivery).0, "accepted");
    assert_eq!(server.taken()[0].bytes, bytes);
}

#[tokio::test]
async fn an_old_address_is_quoted_on_the_wire() {
    let server = MailServer::start();
    let old = MailAddress::parse("a..b@docomo.ne.jp").unwrap();
    let bytes = compose(&draft(&old, 1)).unwrap();
    let delivery = plain_mailer(&server).deliver(&old, &from(), &bytes).await;
    assert_eq!(kind(&delivery).0, "accepted");
    assert!(
        server
            .commands()
            .contains(&"RCPT TO:<\"a..b\"@docomo.ne.jp>".to_owned()),
        "{:?}",
        server.commands()
    );
    let text = String::from_utf8(server.taken()[0].bytes.clone()).unwrap();
    assert!(text.contains("To: \"a..b\"@docomo.ne.jp\r\n"));
}

#[tokio::test]
async fn what_the_server_answers_decides_what_became_of_the_mail() {
    for (at, word, expected) in [
        (At::Greeting, "421 busy", ("later", Some(421))),
        (At::Greeting, "554 no", ("later", Some(554))),
        (At::Hello, "550 no", ("later", Some(550))),
        (At::Mail, "451 wait", ("later", Some(451))),
        // The sender is ours: no recipient is to blame.
        (At::Mail, "550 5.7.1 sender refused", ("later", Some(550))),
        (At::Rcpt, "421 leaving", ("later", Some(421))),
        (At::Rcpt, "450 4.2.0 greylisted", ("later", Some(450))),
        (At::Rcpt, "550 5.1.1 unknown", ("refused", Some(550))),
        (At::Rcpt, "530 5.7.0 sign in", ("later", Some(530))),
        (At::Data, "451 wait", ("later", Some(451))),
        (At::Data, "554 no recipients", ("refused", Some(554))),
        (At::Data, "250 what", ("later", None)),
        (At::End, "421 leaving", ("later", Some(421))),
        (At::End, "452 full", ("later", Some(452))),
        (At::End, "550 5.7.1 spam", ("refused", Some(550))),
        (At::Greeting, "hello?", ("later", None)),
        (At::Mail, "lovely", ("later", None)),
        (At::Rcpt, "\u{fffd}\u{fffd}", ("later", None)),
        // It has the whole mail, and nobody knows what it says of it.
        (At::End, "lovely", ("doubt", None)),
        (At::End, "354 more", ("doubt", None)),
    ] {
        let server = MailServer::start();
        server.once(at, Act::Say(word));
        let delivery = deliver(&server).await;
        assert_eq!(kind(&delivery), expected, "{at:?} {word}: {delivery:?}");
        // What has not failed for good goes through the next time.
        if kind(&delivery).0 == "later" {
            assert!(server.taken().is_empty(), "{at:?} {word}");
            assert_eq!(kind(&deliver(&server).await).0, "accepted", "{at:?} {word}");
        }
    }
}

/// Until the last byte has left, a break loses nothing; from then on nobody knows.
#[tokio::test]
async fn a_server_that_breaks_off_or_hangs_leaves_doubt_only_after_the_end() {
    let mut tries = tokio::task::JoinSet::new();
    for act in [Act::Close, Act::Hang] {
        for at in [
            At::Greeting,
            At::Hello,
            At::Mail,
            At::Rcpt,
            At::Data,
            At::Midway,
            At::End,
        ] {
            tries.spawn(async move {
                let server = MailServer::start();
                server.always(at, act);
                let bytes = if at == At::Midway {
                    huge_mail()
                } else {
                    mail()
                };
                let delivery = plain_mailer(&server).deliver(&to(), &from(), &bytes).await;
                let expected = if at == At::End { "doubt" } else { "later" };
                assert_eq!(
                    kind(&delivery),
                    (expected, None),
                    "{at:?} {act:?}: {delivery:?}"
                );
                assert_eq!(
                    server.taken().len(),
                    usize::from(at == At::End),
                    "{at:?} {act:?}"
                );
            });
        }
    }
    while let Some(ended) = tries.join_next().await {
        ended.unwrap();
    }
}

/// All of a short mail has left when the server breaks off while reading it: that is
/// not told apart from a break after its end.
#[tokio::test]
async fn a_short_mail_that_a_server_stopped_reading_is_in_doubt() {
    let server = MailServer::start();
    server.once(At::Midway, Act::Hang);
    assert_eq!(kind(&deliver(&server).await).0, "doubt");
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_later() {
    let server = MailServer::start();
    let mailer = plain_mailer(&server);
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (mut settings, _folder) = settings(&server, MailSecurity::None);
    settings.port = Some(port.local_addr().unwrap().port());
    drop(port);
    let nobody = Mailer::new(&settings).unwrap();
    let delivery = nobody.deliver(&to(), &from(), &mail()).await;
    assert_eq!(kind(&delivery), ("later", None));
    assert_eq!(
        kind(&mailer.deliver(&to(), &from(), &mail()).await).0,
        "accepted"
    );
}

#[tokio::test]
async fn a_mail_in_doubt_that_is_sent_again_is_the_same_mail() {
    let server = MailServer::start();
    server.once(At::End, Act::Close);
    let mailer = plain_mailer(&server);
    let first = mailer.deliver(&to(), &from(), &mail()).await;
    assert_eq!(kind(&first).0, "doubt");
    let again = mailer.deliver(&to(), &from(), &mail()).await;
    assert_eq!(kind(&again).0, "accepted");
    let taken = server.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0].bytes, taken[1].bytes);
}

#[tokio::test]
async fn connections_are_used_again_and_a_dead_one_costs_nothing() {
    let server = MailServer::start();
    let mailer = plain_mailer(&server);
    let send = async || kind(&mailer.deliver(&to(), &from(), &mail()).await).0;
    for _ in 0..3 {
        assert_eq!(send().await, "accepted");
    }
    assert_eq!(server.connections(), 1);
    // A recipient that is refused does not cost the connection either.
    server.once(At::Rcpt, Act::Say("550 unknown"));
    assert_eq!(send().await, "refused");
    server.once(At::End, Act::Say("552 too large"));
    assert_eq!(send().await, "refused");
    assert_eq!(send().await, "accepted");
    assert_eq!(server.connections(), 1);
    for farewell in [Act::Close, Act::SayAndClose("421 idle for too long")] {
        let before = server.connections();
        server.once(At::Mail, farewell);
        assert_eq!(send().await, "accepted", "{farewell:?}");
        assert_eq!(server.connections(), before + 1);
    }
    assert_eq!(server.taken().len(), 6);
    // A new connection that is dead as well is not tried for ever.
    server.always(At::Mail, Act::Close);
    let before = server.connections();
    assert_eq!(send().await, "later");
    assert_eq!(server.connections(), before + 1);
}

#[tokio::test]
async fn several_mails_are_on_their_way_at_once_and_no_more_than_were_set() {
    let server = MailServer::start();
    // Nobody is answered before four are there.
    server.gather(4);
    let (settings, _folder) = settings(&server, MailSecurity::None);
    let mailer = Arc::new(
        Mailer::new(&MailSettings {
            workers: 4,
            content_seconds: 30,
            ..settings
        })
        .unwrap(),
    );
    let mut all = tokio::task::JoinSet::new();
    for number in 0..40 {
        let mailer = Arc::clone(&mailer);
        all.spawn(async move {
            let bytes = compose(&draft(&to(), number)).unwrap();
            mailer.deliver(&to(), &from(), &bytes).await
        });
    }
    server.has(40).await;
    while let Some(delivery) = all.join_next().await {
        assert_eq!(kind(&delivery.unwrap()).0, "accepted");
    }
    assert_eq!(server.connections(), 4);
    let mut ids: Vec<String> = server
        .taken()
        .iter()
        .map(|taken| {
            let mail = MessageParser::default().parse(&taken.bytes).unwrap();
            mail.message_id().unwrap().to_owned()
        })
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40);
}

#[tokio::test]
async fn mail_leaves_over_tls_alone() {
    for (tls, security) in [
        (Tls::WhenAsked, MailSecurity::StartTls),
        (Tls::AtOnce, MailSecurity::Tls),
    ] {
        let server = MailServer::start_with(tls, None);
        let (settings, _folder) = settings(&server, security);
        let mailer = Mailer::new(&settings).unwrap();
        let delivery = mailer.deliver(&to(), &from(), &mail()).await;
        assert_eq!(kind(&delivery).0, "accepted", "{delivery:?}");
        assert!(server.taken()[0].encrypted);
        assert_eq!(server.taken()[0].bytes, mail());

        // Without its certificate nobody vouches for it.
        let unknown = Mailer::new(&MailSettings {
            ca_file: None,
            ..settings
        })
        .unwrap();
        let delivery = unknown.deliver(&to(), &from(), &mail()).await;
        assert_eq!(kind(&delivery), ("later", None), "{delivery:?}");
        assert_eq!(server.taken().len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_offers_no_starttls_is_told_nothing() {
    let server = MailServer::start();
    let (settings, _folder) = settings(&server, MailSecurity::StartTls);
    let mailer = Mailer::new(&settings).unwrap();
    let delivery = mailer.deliver(&to(), &from(), &mail()).await;
    assert_eq!(kind(&delivery), ("later", None));
    assert!(
        server
            .commands()
            .iter()
            .all(|said| said.starts_with("EHLO")),
        "{:?}",
        server.commands()
    );
}

#[tokio::test]
async fn the_program_signs_in_and_a_wrong_password_is_no_recipients_fault() {
    let server = MailServer::start_with(Tls::WhenAsked, Some(("desk", "geheim")));
    let (settings, _folder) = settings(&server, MailSecurity::StartTls);
    let send = async |user: &str, password: &str| {
        let mailer = Mailer::new(&MailSettings {
            user: user.to_owned(),
            password: Secret::new(password),
            ..settings.clone()
        })
        .unwrap();
        kind(&mailer.deliver(&to(), &from(), &mail()).await)
    };
    assert_eq!(send("desk", "wrong").await, ("later", Some(535)));
    assert_eq!(send("", "").await, ("later", Some(530)));
    assert!(server.taken().is_empty());
    assert_eq!(send("desk", "geheim").await.0, "accepted");
    assert!(server.taken()[0].signed_in && server.taken()[0].encrypted);
    server.once(At::Auth, Act::Hang);
    assert_eq!(send("desk", "geheim").await, ("later", None));
}

#[tokio::test]
async fn what_a_server_says_is_kept_without_the_recipient() {
    for (at, word) in [
        (
            At::Rcpt,
            "550 5.1.1 <Hanako@EXAMPLE.jp>: hanako is unknown here",
        ),
        (
            At::End,
            "250 queued for hanako@example.jp, see postmaster@example.net",
        ),
        (At::End, "451 hanako@example.jp: try again"),
    ] {
        let server = MailServer::start();
        server.once(at, Act::Say(word));
        let delivery = deliver(&server).await;
        let (Delivery::Accepted(text)
        | Delivery::Later { text, .. }
        | Delivery::Refused { text, .. }
        | Delivery::Doubt { text }) = &delivery;
        assert!(text.contains("***"), "{text}");
        assert!(
            !text.to_lowercase().contains("hanako") && !text.contains('@'),
            "{text}"
        );
    }
}

#[tokio::test]
async fn without_a_server_mail_goes_into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mailer = Mailer::new(&MailSettings {
        maildir: folder.path().join("mail"),
        ..MailSettings::default()
    })
    .unwrap();
    assert!(matches!(mailer, Mailer::Maildir(_)));
    for _ in 0..2 {
        let delivery = mailer.deliver(&to(), &from(), &mail()).await;
        assert_eq!(kind(&delivery).0, "accepted");
    }
    let files: Vec<_> = std::fs::read_dir(folder.path().join("mail/new"))
        .unwrap()
        .collect();
    assert_eq!(files.len(), 1);
}

#[tokio::test]
async fn settings_that_cannot_be_make_no_way_out() {
    let server = MailServer::start();
    let (settings, _folder) = settings(&server, MailSecurity::None);
    let wrong = Mailer::new(&MailSettings {
        server: "relay.example.org".to_owned(),
        ..settings
    });
    assert!(matches!(wrong, Err(MailError::Settings(_))));
}
