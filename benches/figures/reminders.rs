//! A tick that plans 500 mails over 5,000 loans, and 1,000 mails on their way through a
//! mail server of this machine.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{Days, NaiveDate};
use futures_util::future::join_all;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};
use tomoshibi::{
    app::App,
    clock::ManualClock,
    config::Config,
    domain::{
        duty::{DutyKind, MailKind, Term},
        id::CaseId,
        mail::{MailAddress, MailSecurity},
    },
    mail::{Draft, Mailer, compose},
    service::reminders,
    store::{NewContact, NewMail, NewTerm, Tx},
};
use uuid::Uuid;

use crate::{desk, prefecture::Dice};

/// Every prefecture together, for years.
const LOANS: usize = 5_000;
/// Families to whom something is due on one day.
const DUE: usize = 500;
/// Days that are planned, for the same families; all their mail then leaves at once.
const DAYS: i64 = 2;

/// A look at how it runs divides all sizes by this (`TOMOSHIBI_FIGURES_SHARE=50`).
fn share() -> usize {
    std::env::var("TOMOSHIBI_FIGURES_SHARE").map_or(1, |word| word.parse().expect("a number"))
}

fn term(
    app: &App,
    case: CaseId,
    (kind, due_on, look): (DutyKind, NaiveDate, NaiveDate),
) -> NewTerm<'static> {
    NewTerm {
        id: app.ids.next(),
        case,
        kind,
        about: "figures",
        cycle: due_on - Days::new(180),
        term: Term {
            due_on,
            begun_on: due_on - Days::new(180),
            known_on: due_on - Days::new(180),
        },
        moved_from: None,
        next_on: Some(look),
    }
}

/// A family with its address and its open duties; of the first ones one is due today and
/// one tomorrow.
async fn family(app: &App, tx: &mut Tx, (place, case): (usize, CaseId), today: NaiveDate) {
    let address = format!("family{place}@example.jp");
    let contact = NewContact {
        id: app.ids.next(),
        case,
        address: &address,
        who: None,
        irregular: false,
        with_link: true,
    };
    let hand = (None, app.clock.now());
    tx.add_mail_contact(&contact, hand)
        .await
        .expect("an address");
    let later = today + Days::new(100 + place as u64 % 200);
    let mut terms = vec![
        (DutyKind::AnnualCheck, later + Days::new(60), later),
        (
            DutyKind::FullTime,
            later + Days::new(900),
            later + Days::new(720),
        ),
    ];
    if place < DUE / share() {
        let tomorrow = today + Days::new(1);
        terms.push((DutyKind::ApplyPlan, today, today));
        terms.push((DutyKind::TestRun, tomorrow, tomorrow));
    }
    for one in terms {
        let new = term(app, case, one);
        tx.begin_term(&new).await.expect("a term");
    }
}

/// Resident memory of this process, in megabytes.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1024.0
}

/// A mail server that reads everything, says yes, and keeps nothing but a count.
async fn sink(listener: TcpListener, taken: Arc<AtomicUsize>) {
    let mut talks = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let taken = Arc::clone(&taken);
        talks.spawn(async move {
            // How a talk ends is the client's to tell.
            let _ = talk(stream, &taken).await;
        });
    }
}

async fn talk(stream: TcpStream, taken: &AtomicUsize) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut line = BufReader::new(stream);
    line.write_all(b"220 localhost ESMTP\r\n").await?;
    let mut said = Vec::new();
    let mut content = false;
    loop {
        said.clear();
        if line.read_until(b'\n', &mut said).await? == 0 {
            return Ok(());
        }
        let answer: &[u8] = if content {
            if said != b".\r\n" {
                continue;
            }
            content = false;
            taken.fetch_add(1, Ordering::SeqCst);
            b"250 2.0.0 taken\r\n"
        } else if said.starts_with(b"EHLO") {
            b"250-localhost\r\n250 8BITMIME\r\n"
        } else if said.starts_with(b"DATA") {
            content = true;
            b"354 go ahead\r\n"
        } else {
            b"250 fine\r\n"
        };
        line.write_all(answer).await?;
    }
}

/// Plain inserts of as many mails, in one commit.
async fn inserts(app: &App, mails: usize) -> Duration {
    let begun = Instant::now();
    let mut tx = app.store.begin().await.expect("a unit of work");
    for place in 0..mails {
        let id = app.ids.next();
        let mail = NewMail {
            id,
            dedup_key: &format!("baseline {place}"),
            kind: MailKind::Reminder,
            case: None,
            contact: None,
            account: None,
            subject: "figures",
            message: &[7; 6_000],
            planned_on: app.clock.today(),
            now: app.clock.now(),
        };
        assert!(tx.enqueue_mail(&mail).await.expect("it is written"));
    }
    tx.commit().await.expect("it is kept");
    let took = begun.elapsed();
    let mut tx = app.store.begin().await.expect("a unit of work");
    for mail in tx.mails(None, i64::MAX).await.expect("mails") {
        tx.drop_mail(mail.id).await.expect("it is dropped");
    }
    tx.commit().await.expect("it is kept");
    took
}

/// As many conversations with the server, without an outbox.
async fn bare(app: &App, mails: usize) -> Duration {
    let mailer = Mailer::new(&app.config.mail).expect("a way out");
    let from = app.config.mail.sender();
    let to = MailAddress::parse("family@example.jp").expect("an address");
    let draft = Draft {
        to: to.clone(),
        from_name: app.config.mail.from_name.clone(),
        from: from.clone(),
        reply_to: None,
        message_id: format!("{}@example.org", Uuid::nil()),
        date: tomoshibi::clock::in_tokyo(app.clock.now()),
        subject: "figures".to_owned(),
        plain: "一行\n".repeat(100),
        html: None,
        auto: true,
    };
    let bytes = compose(&draft).expect("a mail");
    let begun = Instant::now();
    join_all((0..mails).map(|_| mailer.deliver(&to, &from, &bytes))).await;
    begun.elapsed()
}

/// A database of its own on a server.
async fn fresh(url: &str) -> String {
    let admin = sqlx::PgPool::connect(url).await.expect("a server");
    for text in [
        "drop database if exists figures_reminders",
        "create database figures_reminders",
    ] {
        sqlx::query(text).execute(&admin).await.expect("a database");
    }
    admin.close().await;
    let (server, _) = url.rsplit_once('/').expect("an address with a database");
    format!("{server}/figures_reminders")
}

async fn measured(app: App, engine: &str) {
    let share = share();
    let (loans, due) = (LOANS / share, DUE / share);
    let today = app.clock.today();
    let mut dice = Dice(6);
    for some in (0..loans).collect::<Vec<_>>().chunks(500) {
        let mut tx = app.store.begin().await.expect("a unit of work");
        for place in some {
            let case = desk::one(&app, &mut tx, &mut dice, *place).await;
            family(&app, &mut tx, (*place, case), today).await;
        }
        tx.commit().await.expect("it is kept");
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mut config = Config::clone(&app.config);
    config.mail.server = "127.0.0.1".into();
    config.mail.port = Some(listener.local_addr().expect("its address").port());
    config.mail.security = MailSecurity::None;
    config.mail.from = Some(MailAddress::parse("desk@example.org").expect("an address"));
    config.mail.per_second = 0;
    let taken = Arc::new(AtomicUsize::new(0));
    let server = tokio::spawn(sink(listener, Arc::clone(&taken)));
    let mut app = app;
    app.config = Arc::new(config);

    let plain = inserts(&app, due).await;
    println!("{loans} loans, {engine}, baseline: {due} plain inserts in one commit: {plain:.1?}");
    // Nobody has looked at these children yet: the first tick judges them all.
    let begun = Instant::now();
    let mut before = app.clone();
    let yesterday = app.clock.now() - chrono::TimeDelta::days(1);
    before.clock = Arc::new(ManualClock::new(yesterday));
    let ticked = reminders::tick(&before, None).await.expect("a tick");
    println!(
        "{loans} loans, {engine}: the first tick of all, which judges every child: {:.1?}",
        begun.elapsed()
    );
    assert_eq!(ticked.queued, 0);
    for day in 0..DAYS {
        // The first day makes the families' accounts, the second finds them.
        let now = app.clock.now() + chrono::TimeDelta::days(day);
        let mut on_day = app.clone();
        on_day.clock = Arc::new(ManualClock::new(now));
        let begun = Instant::now();
        let ticked = reminders::tick(&on_day, None).await.expect("a tick");
        let took = begun.elapsed();
        println!(
            "{loans} loans, {engine}: a tick that plans {} mails: {took:.1?}",
            ticked.queued
        );
        assert_eq!(ticked.queued, due as u64);
        let begun = Instant::now();
        let again = reminders::tick(&on_day, None).await.expect("a tick");
        println!(
            "{loans} loans, {engine}: the same tick again: {:.1?}",
            begun.elapsed()
        );
        assert_eq!(again.queued, 0);
    }
    let mut late = app.clone();
    late.clock = Arc::new(ManualClock::new(
        app.clock.now() + chrono::TimeDelta::days(DAYS),
    ));
    let mails = due * DAYS as usize;
    let rate = |took: Duration| mails as f64 / took.as_secs_f64();
    let alone = bare(&late, mails).await;
    println!(
        "{engine}, baseline: {mails} bare conversations with the mail server: {alone:.1?}, {:.0} a second",
        rate(alone)
    );
    taken.store(0, Ordering::SeqCst);
    let mailer = reminders::mailer(&late).expect("a way out");
    let before = resident();
    let mut middle = f64::NAN;
    let begun = Instant::now();
    while let Some(done) = reminders::deliver_some(&late, &mailer)
        .await
        .expect("mail leaves")
    {
        assert_eq!(done.sent, done.all());
        if middle.is_nan() && taken.load(Ordering::SeqCst) >= mails / 2 {
            middle = resident();
        }
    }
    let took = begun.elapsed();
    assert_eq!(taken.load(Ordering::SeqCst), mails);
    println!(
        "{engine}: {mails} mails leave in {took:.1?}, {:.0} a second; resident {before:.1} MB before, \
         {middle:.1} MB in the middle, {:.1} MB after",
        rate(took),
        resident()
    );
    server.abort();
}

/// Measures on SQLite, and on PostgreSQL where `TOMOSHIBI_TEST_POSTGRES` names a server
/// on which nothing is kept.
pub fn reminders(_: &mut criterion::Criterion) {
    let wanted = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    if wanted.is_some_and(|name| !"reminders".contains(name.as_str())) {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("reminders.db").display());
    runtime.block_on(async {
        measured(crate::app(&url).await, "SQLite").await;
        if let Ok(url) = std::env::var("TOMOSHIBI_TEST_POSTGRES") {
            measured(crate::app(&fresh(&url).await).await, "PostgreSQL").await;
        }
    });
}
