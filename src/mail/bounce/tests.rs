use proptest::prelude::*;

use super::{BounceKind::*, *};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/bounces/", $name)).as_slice()
    };
}

/// What was said of each: whom, meaning, code.
fn said(message: &[u8]) -> Vec<(String, BounceKind, Option<String>)> {
    read(message)
        .into_iter()
        .map(|bounce| {
            let who = bounce.recipient.map(|who| who.to_string());
            (who.unwrap_or_default(), bounce.kind, bounce.code)
        })
        .collect()
}

fn is(who: &str, kind: BounceKind, code: &str) -> (String, BounceKind, Option<String>) {
    let code = Some(code.to_owned()).filter(|code| !code.is_empty());
    (who.to_owned(), kind, code)
}

#[test]
fn a_status_notification_names_whom_which_mail_and_why() {
    let read = read(fixture!("postfix.eml"));
    assert_eq!(read.len(), 1);
    let bounce = &read[0];
    assert_eq!(
        bounce.recipient.as_ref().unwrap().to_string(),
        "hanako@example.jp"
    );
    assert_eq!(bounce.message_id.as_deref(), Some("<0193-a@example.org>"));
    assert_eq!(bounce.kind, Gone);
    assert_eq!(bounce.code.as_deref(), Some("5.1.1"));
    assert_eq!(
        bounce.text,
        "550 5.1.1 <***>: Recipient address rejected: User unknown in virtual mailbox table"
    );
}

#[test]
fn each_recipient_of_a_notification_is_told_apart() {
    assert_eq!(
        said(fixture!("several.eml")),
        [
            // Whom we wrote to, not whom it was forwarded to; the words are more exact
            // than the status.
            is("hanako+demo@example.jp", TemporaryFailure, "5.2.2"),
            // A filter that says "user unknown" says little of the address.
            is("taro@example.jp", Other, "5.7.1"),
            // An address of another kind: whom the mail that came back was for.
            is("somebody@example.jp", TemporaryFailure, "4.4.7"),
        ]
    );
}

#[test]
fn what_is_late_has_not_failed_and_what_arrived_did_not_come_back() {
    assert_eq!(
        said(fixture!("delayed.eml")),
        [is("hanako@example.jp", Delayed, "4.4.1")]
    );
    assert_eq!(
        said(fixture!("exim_delayed.eml")),
        [is("hanako@example.jp", Delayed, "")]
    );
    assert_eq!(said(fixture!("delivered.eml")), []);
}

#[test]
fn notifications_in_utf_8_and_of_old_addresses_are_read() {
    let read = read(fixture!("utf8.eml"));
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].kind, Gone);
    assert_eq!(read[0].text, "550 5.1.1 <***> 宛先不明");
    assert_eq!(
        read[0].recipient.as_ref().unwrap().to_string(),
        "hanako@example.jp"
    );
    assert_eq!(
        said(fixture!("old_address.eml")),
        [is("a..b@docomo.ne.jp", Gone, "5.0.0")]
    );
}

#[test]
fn carriers_in_their_own_words_are_read() {
    for (message, expected) in [
        (fixture!("ezweb.eml"), is("hanako@ezweb.ne.jp", Gone, "550")),
        (
            fixture!("ezweb_full.eml"),
            is(".hana..ko@au.com", TemporaryFailure, ""),
        ),
        (
            fixture!("kddi.eml"),
            is("hanako@example.jp", TemporaryFailure, ""),
        ),
        (
            fixture!("docomo.eml"),
            is("hana..ko@docomo.ne.jp", Gone, "550"),
        ),
    ] {
        assert_eq!(said(message), [expected]);
        let bounce = &read(message)[0];
        assert_eq!(bounce.message_id.as_deref(), Some("<0193-a@example.org>"));
        assert!(
            !bounce.text.is_empty() && !bounce.text.contains("hana"),
            "{}",
            bounce.text
        );
    }
}

#[test]
fn carriers_in_japanese_are_read_in_every_old_character_set() {
    let gone = is("hanako@softbank.example", Gone, "");
    let full = is("hanako@softbank.example", TemporaryFailure, "");
    for (message, expected) in [
        (
            include_str!("../../../tests/fixtures/bounces/softbank.txt"),
            gone,
        ),
        (
            include_str!("../../../tests/fixtures/bounces/softbank_full.txt"),
            full,
        ),
    ] {
        for (named, encoding) in [
            (
                "Content-Type: text/plain; charset=utf-8",
                encoding_rs::UTF_8,
            ),
            (
                "Content-Type: text/plain; charset=ISO-2022-JP",
                encoding_rs::ISO_2022_JP,
            ),
            (
                "Content-Type: text/plain; charset=Shift_JIS",
                encoding_rs::SHIFT_JIS,
            ),
            // Some name none at all.
            ("X-Mailer: old", encoding_rs::ISO_2022_JP),
            ("X-Mailer: old", encoding_rs::SHIFT_JIS),
            (
                "Content-Type: text/plain; charset=us-ascii",
                encoding_rs::SHIFT_JIS,
            ),
        ] {
            let text = message.replace("@@CHARSET@@", named);
            let (bytes, _, broken) = encoding.encode(&text);
            assert!(!broken);
            assert_eq!(
                said(&bytes),
                std::slice::from_ref(&expected),
                "{named} {}",
                encoding.name()
            );
            let bounce = &read(&bytes)[0];
            assert_eq!(bounce.message_id.as_deref(), Some("<0193-a@example.org>"));
            assert!(
                bounce.text.contains("宛先不明") || bounce.text.contains("いっぱい"),
                "{}",
                bounce.text
            );
        }
    }
}

#[test]
fn older_servers_are_read() {
    assert_eq!(
        said(fixture!("sendmail.eml")),
        [
            is("hanako@example.jp", Gone, "5.1.1"),
            is("taro@example.jp", TemporaryFailure, "4.2.2"),
        ]
    );
    assert_eq!(
        said(fixture!("qmail.eml")),
        [
            is("hanako@example.jp", Gone, "5.1.1"),
            is("taro@example.jp", Gone, "5.1.2"),
        ]
    );
    assert_eq!(
        said(fixture!("exim.eml")),
        [is("hanako@example.jp", Other, "5.7.1")]
    );
    assert_eq!(
        said(fixture!("postfix_old.eml")),
        [is("hanako@example.jp", Gone, "5.1.1")]
    );
}

#[test]
fn what_is_no_notification_says_nothing() {
    for message in [
        fixture!("absent.eml"),
        fixture!("receipt.eml"),
        fixture!("answer.eml"),
        fixture!("newsletter.eml"),
        b"",
        b"\0\xff\xfe",
        b"From: MAILER-DAEMON@example.net\n\nhello\n",
    ] {
        assert_eq!(read(message), []);
    }
}

#[test]
fn a_server_that_nobody_understands_is_left_to_a_person() {
    let message = "From: postmaster@example.net\nSubject: ?\n\nPour une raison inconnue.\n\n\
        Message-ID: <0193-a@example.org>\nTo: hanako@example.jp\n";
    let read = read(message.as_bytes());
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].kind, Other);
    assert_eq!(read[0].message_id.as_deref(), Some("<0193-a@example.org>"));
    assert_eq!(read[0].text, "Pour une raison inconnue.");
}

#[test]
fn a_code_is_no_address_of_a_machine_and_no_hour() {
    assert_eq!(
        code_in("host 4.1.2.3 said: 550 5.1.1 x").as_deref(),
        Some("5.1.1")
    );
    assert_eq!(code_in("(#5.1.2)").as_deref(), Some("5.1.2"));
    assert_eq!(code_in("said 550. Sorry").as_deref(), Some("550"));
    assert_eq!(code_in("192.0.2.5 on port 4500"), None);
    assert_eq!(code_in("2.0.0 fine"), None);
}

#[test]
fn fifty_megabytes_are_cut_off_and_still_say_what_they_say() {
    let mut message = fixture!("postfix.eml").to_vec();
    let end = message.len() - "--b1--\n".len();
    message.truncate(end);
    message.resize(50 * 1024 * 1024, b'x');
    assert_eq!(said(&message), [is("hanako@example.jp", Gone, "5.1.1")]);

    // As deep as bytes can nest, with and without a boundary.
    let parts = "--a\nContent-Type:message/rfc822\n\nContent-Type:multipart/x;boundary=a\n\n";
    for nested in [
        "Content-Type:message/rfc822\n\n".repeat(40_000),
        "Content-Type:multipart/x;boundary=a\n\n".to_owned() + &parts.repeat(20_000),
    ] {
        assert_eq!(read(nested.as_bytes()), []);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_fall(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(read(&bytes).len() <= MOST_RECIPIENTS);
        let mut from_a_server = b"From: mailer-daemon@example.net\n\n".to_vec();
        from_a_server.extend(&bytes);
        prop_assert!(read(&from_a_server).len() <= MOST_RECIPIENTS);
    }

    #[test]
    fn no_damage_to_a_notification_makes_it_fall_or_shows_an_address(
        which in 0..4_usize,
        cut in 0..2500_usize,
        places in proptest::collection::vec((0..2500_usize, any::<u8>()), 0..8),
    ) {
        let all = [
            fixture!("several.eml"),
            fixture!("sendmail.eml"),
            fixture!("utf8.eml"),
            include_bytes!("../../../tests/fixtures/bounces/softbank.txt").as_slice(),
        ];
        let mut message = all[which].to_vec();
        message.truncate(cut.max(100));
        for (place, byte) in places {
            if let Some(held) = message.get_mut(place) {
                *held = byte;
            }
        }
        for bounce in read(&message) {
            prop_assert!(!bounce.text.contains('@'));
        }
    }
}
