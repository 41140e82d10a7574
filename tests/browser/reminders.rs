//! A mail that reaches a family, what it answers with one thumb, its calendar; and
//! what the centre does about a mail that came back.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use chrono::Days;
use fantoccini::Client;
use mail_parser::MessageParser;
use serde_json::{Value, json};

use super::{
    browser::Browser,
    click,
    demonstration::Demo,
    fits,
    loans::{paper, send, set, today},
    seen, sign_in, text,
};

/// What Thunderbird reads calendars with.
const ICAL: &str = "maps/node_modules/ical.js/dist/ical.es5.min.cjs";

/// The metronome looks once a minute, and the mail leaves a moment later.
const A_TICK: Duration = Duration::from_mins(2);

/// A mail as it lies in the folder.
struct Arrived {
    id: String,
    to: String,
    subject: String,
    text: String,
}

/// The folder that a demonstration below a folder has made.
fn own_folder(folder: &Path) -> PathBuf {
    let mut inside = std::fs::read_dir(folder).expect("a folder");
    let found = inside.find_map(|entry| {
        let path = entry.expect("an entry").path();
        path.join("demo.db").exists().then_some(path)
    });
    found.expect("a demonstration")
}

fn arrived(folder: &Path) -> Vec<Arrived> {
    let Ok(files) = std::fs::read_dir(folder.join("mail/new")) else {
        return Vec::new();
    };
    let read = |file: std::io::Result<std::fs::DirEntry>| {
        let bytes = std::fs::read(file.expect("an entry").path()).expect("a mail");
        let mail = MessageParser::default().parse(&bytes).expect("a message");
        let to = mail.to().and_then(|to| to.first()).expect("somebody");
        Arrived {
            id: mail.message_id().expect("an id").to_owned(),
            to: to.address().expect("an address").to_owned(),
            subject: mail.subject().expect("a subject").to_owned(),
            text: mail.body_text(0).expect("a text").into_owned(),
        }
    };
    files.map(read).collect()
}

/// The first mail that is wanted, as soon as it lies there.
async fn mail(folder: &Path, wanted: impl Fn(&Arrived) -> bool) -> Arrived {
    let looking = async {
        let mut beat = tokio::time::interval(Duration::from_millis(200));
        loop {
            beat.tick().await;
            if let Some(found) = arrived(folder).into_iter().find(&wanted) {
                return found;
            }
        }
    };
    let found = tokio::time::timeout(A_TICK, looking).await;
    found.unwrap_or_else(|_| {
        let all = arrived(folder).into_iter();
        let subjects: Vec<String> = all.map(|mail| mail.subject).collect();
        panic!("only {subjects:?}")
    })
}

/// What a mail server sends back of a mail.
fn came_back(mail: &Arrived) -> String {
    format!(
        "From: mailer@example.jp\r\nTo: no-reply@tomoshibi.invalid\r\nSubject: failed\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; example.jp\r\n\r\n\
         Final-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{}>\r\n\r\n--b--\r\n",
        mail.to, mail.id
    )
}

/// The number of the child that a mail is about.
fn number(mail: &Arrived) -> &str {
    let (_, number) = mail.subject.rsplit_once(' ').expect("a number");
    number
}

/// What a calendar program reads from the feed whose address the page shows.
async fn calendar(client: &Client) -> Vec<Value> {
    // The page is there before the parser comes into it.
    let address = text(client, "#address").await;
    let script = std::fs::read_to_string(ICAL).expect("ical.js is there: run `make test`");
    client.execute(&script, vec![]).await.expect("a parser");
    let (_, path) = address.split_once("/calendar/").expect("an address");
    let script = "const done = arguments[arguments.length - 1];
        fetch(arguments[0]).then(async (answer) => {
          const calendar = new ICAL.Component(ICAL.parse(await answer.text()));
          done(calendar.getAllSubcomponents('vevent').map((one) => {
            const event = new ICAL.Event(one);
            return { uid: event.uid, summary: event.summary, sequence: event.sequence,
              date: event.startDate.isDate, on: event.startDate.toString(),
              days: event.duration.toSeconds() / 86400 };
          }));
        }).catch((error) => done(String(error)));";
    let path = json!(format!("/calendar/{path}"));
    let events = client.execute_async(script, vec![path]).await;
    let events = events.expect("an answer");
    let events = events.as_array().unwrap_or_else(|| panic!("{events}"));
    events.clone()
}

/// The family's way: the mail's link, the answer, the calendar.
async fn answers(phone: &Browser, asked: &Arrived) {
    assert!(!asked.subject.contains("【デモ】"), "{}", asked.subject);
    let link = asked.text.lines().find(|line| line.contains("/enter/"));
    let link = link.expect("a link").trim();
    let family = &phone.client;
    family.goto(link).await.expect("the link opens");
    click(family, "#enter").await;
    let apply = "#to-do ~ article a[href='/family/tell/applied']";
    seen(family, apply).await;
    fits(family).await;
    phone.picture("reminded-320").await;
    click(family, apply).await;
    phone.picture("tell-applied-320").await;
    click(family, "form[action='/family/tell/applied'] button").await;
    seen(family, "#said").await;
    let page = text(family, "main").await;
    assert!(page.contains("市町村に申請しました"), "{page}");
    let gone = family.find(fantoccini::Locator::Css(apply)).await;
    assert!(gone.is_err(), "it is done: {page}");

    // Its calendar, as a calendar program reads it.
    click(family, "a[href='/account']").await;
    click(family, "form[action='/account/calendar'] button").await;
    let events = calendar(family).await;
    let check = events.iter().find(|event| {
        let uid = event["uid"].as_str().expect("an id");
        uid.starts_with(&format!("{}-annual-check-", number(asked)))
    });
    let check = check.unwrap_or_else(|| panic!("{events:?}"));
    assert_eq!((&check["date"], &check["days"]), (&json!(true), &json!(1)));
    assert!(check["sequence"].is_u64(), "{check}");
    let runs = events.iter().filter(|event| {
        let uid = event["uid"].as_str().expect("an id");
        uid.contains("-test-run-")
    });
    assert_eq!(runs.count(), 12, "{events:?}");
    let uids: std::collections::BTreeSet<&str> = events
        .iter()
        .map(|event| event["uid"].as_str().expect("an id"))
        .collect();
    assert_eq!(uids.len(), events.len(), "each once: {events:?}");
}

/// A mail comes back: the task, the page, the letter, the call.
async fn telephones(desk: &Browser, demo: &Demo, (folder, lost): (&Path, &Arrived)) {
    let centre = &desk.client;
    let database = format!("sqlite:{}", folder.join("demo.db").display());
    let mut bounce = Command::new(env!("CARGO_BIN_EXE_tomoshibi"))
        .args(["--database", &database])
        .env("TOMOSHIBI_KEYS__FILE", folder.join("demo.keys"))
        .arg("bounce")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut pipe = bounce.stdin.take().expect("its input");
    pipe.write_all(came_back(lost).as_bytes()).expect("read");
    drop(pipe);
    assert!(bounce.wait().expect("it ends").success());
    let lost = number(lost);
    centre.goto(&demo.page("/loans")).await.expect("the desk");
    let reminders = format!("a[href$='/{lost}/reminders']");
    seen(centre, &reminders).await;
    desk.picture("desk-bounced-1280").await;
    click(centre, &reminders).await;
    let page = text(centre, "main").await;
    assert!(page.contains("届きませんでした"), "{page}");
    fits(centre).await;
    desk.picture("bounced-1280").await;
    let letter = format!("/calls/{lost}/letter.pdf");
    paper(centre, &letter, "reminder-letter").await;
    let call = [
        ("call_way", "telephone"),
        ("reached", "yes"),
        ("call_whom", "mother"),
        ("call_said", "【デモ】新しいアドレスを教わった"),
    ];
    send(centre, "form:has([name=act][value=call])", &call).await;
    let page = text(centre, "main").await;
    assert!(page.contains("【デモ】新しいアドレスを教わった"), "{page}");
}

/// A typhoon: a message leaves at once, by one person, with a reason.
async fn warns(desk: &Browser, demo: &Demo) {
    let centre = &desk.client;
    let write = demo.page("/messages/new");
    centre.goto(&write).await.expect("a form");
    let storm = [
        ("group", "borrowers"),
        ("message_subject", "台風が近づいています"),
        ("message_body", "早めに連絡してください。"),
        ("urgent", "1"),
        ("urgent_why", "【デモ】今夜に近づく"),
    ];
    send(centre, "form[action='/messages/preview']", &storm).await;
    seen(centre, "#preview").await;
    fits(centre).await;
    desk.picture("urgent-1280").await;
    click(centre, "#preview button.main").await;
    seen(centre, "dl.items").await;
    let page = text(centre, "main").await;
    assert!(
        page.contains("至急") && page.contains("【デモ】今夜に近づく"),
        "{page}"
    );
}

#[tokio::test]
async fn a_mail_is_answered_with_one_thumb_and_one_that_comes_back_by_telephone() {
    let (Some(desk), Some(phone)) = (
        Browser::start(1280, 1600).await,
        Browser::start(320, 2400).await,
    ) else {
        return;
    };
    let below = tempfile::tempdir().expect("a folder");
    let demo = Demo::start_in(below.path());
    let folder = own_folder(below.path());
    let centre = &desk.client;
    sign_in(centre, demo.link("centre")).await;
    // Tomorrow at nine, whatever hour it is on the wall.
    let tomorrow = today(centre).await + Days::new(1);
    set(centre, &demo, tomorrow).await;

    let asked = mail(&folder, |mail| mail.subject.contains("避難の計画の申請")).await;
    answers(&phone, &asked).await;
    let lost = mail(&folder, |mail| {
        mail.subject.contains("整理番号") && number(mail) != number(&asked)
    })
    .await;
    telephones(&desk, &demo, (&folder, &lost)).await;
    warns(&desk, &demo).await;
    mail(&folder, |mail| {
        mail.subject.contains("台風が近づいています") && mail.to == asked.to
    })
    .await;
    for browser in [&desk, &phone] {
        let client = browser.client.clone();
        client.close().await.expect("the session ends");
    }
}
