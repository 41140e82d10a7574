//! A mail server that is away, slow or out of its mind: nothing is lost, nothing is
//! sent twice but what is in doubt, and nobody at the pages notices.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use mail_parser::MessageParser;
use tomoshibi::{
    app::App,
    clock::{Clock as _, Ids as _, ManualClock, SystemIds},
    config::Config,
    domain::{
        access::{Reader, Role},
        child::{PlanStep, Stuck},
        duty::{ContactState, DutyKind, MailState, TaskKind, Term},
        id::{CaseId, CaseNumber},
        mail::{MailAddress, MailSecurity},
        plan::document::ChildItems,
    },
    seal::Keys,
    service::{
        reminders::{self, Delivered},
        retention,
    },
    store::{CaseContent, NewContact, NewTerm, Store, StoredMail, Tx},
};

use crate::{
    access::{ask, session, words},
    support::{
        engines::Database,
        mail_server::{Act, At, MailServer},
    },
};

crate::on_every_engine!(
    three_days_without_a_mail_server_lose_nothing,
    whatever_the_server_does_each_mail_arrives_and_doubt_alone_doubles_it,
    what_stays_in_doubt_is_sent_four_times_and_no_more,
    pages_answer_while_the_mail_server_is_silent,
    who_keeps_the_accounts_sees_whom_of_the_staff_no_mail_reaches,
    the_message_of_a_mail_that_failed_goes_after_thirty_days,
    a_mail_that_failed_is_not_sent_again_for_what_is_done,
);

/// A child of which something has been owed for half a year and is due on a day, and
/// the addresses of its family, with a link in their mails or without.
pub(crate) async fn owed(
    tx: &mut Tx,
    number: &str,
    addresses: &[(String, bool)],
    (kind, due): (DutyKind, NaiveDate),
    now: DateTime<Utc>,
) -> CaseId {
    let case = CaseId(SystemIds.next());
    let content = CaseContent {
        number: CaseNumber::parse(number).expect("a number"),
        has_plan: Some(false),
        stuck: Some(Stuck {
            step: PlanStep::BeforeApplication,
            since: None,
        }),
        child: ChildItems {
            name: Some("【デモ】子".to_owned()),
            ..ChildItems::default()
        },
        battery_hours: None,
    };
    tx.write_case(case, &content, now).await.expect("a case");
    for (address, with_link) in addresses {
        let contact = NewContact {
            id: SystemIds.next(),
            case,
            address,
            who: Some("【デモ】母"),
            irregular: false,
            with_link: *with_link,
        };
        let added = tx.add_mail_contact(&contact, (None, now)).await;
        added.expect("an address");
    }
    let begun = due - Days::new(180);
    let term = NewTerm {
        id: SystemIds.next(),
        case,
        kind,
        about: "【デモ】",
        cycle: begun,
        term: Term {
            due_on: due,
            begun_on: begun,
            known_on: begun,
        },
        moved_from: None,
        next_on: Some(begun),
    };
    tx.begin_term(&term).await.expect("a term");
    case
}

/// A program whose time stands still, and its mail server.
struct Post {
    app: App,
    clock: ManualClock,
    server: MailServer,
}

impl Post {
    async fn new(db: &Database, now: &str) -> Self {
        let server = MailServer::start();
        let clock = ManualClock::new(now.parse().expect("an instant"));
        let mut config = Config::default();
        config.mail.server = "localhost".into();
        config.mail.port = Some(server.port);
        config.mail.security = MailSecurity::None;
        config.mail.from = Some(MailAddress::parse("desk@example.org").expect("an address"));
        config.mail.connect_seconds = 1;
        config.mail.command_seconds = 1;
        config.mail.content_seconds = 1;
        config.mail.per_second = 0;
        let app = App::new(
            Store::open(&db.url).await.expect("a database"),
            Arc::new(clock.clone()),
            Arc::new(SystemIds),
            config,
            Arc::new(Keys::random()),
        );
        Self { app, clock, server }
    }

    /// The same with other settings of the mail.
    fn with(&self, change: impl FnOnce(&mut Config)) -> App {
        let mut config = Config::clone(&self.app.config);
        change(&mut config);
        let mut app = self.app.clone();
        app.config = Arc::new(config);
        app
    }

    async fn owed(&self, number: &str, address: &str, due: &str) -> CaseId {
        let mut tx = self.app.store.begin().await.expect("a unit of work");
        let due = (DutyKind::ApplyPlan, due.parse().expect("a day"));
        let addresses = [(address.to_owned(), false)];
        let case = owed(&mut tx, number, &addresses, due, self.clock.now()).await;
        tx.commit().await.expect("it is kept");
        case
    }

    async fn tick(&self) -> u64 {
        let ticked = reminders::tick(&self.app, None).await;
        ticked.expect("reminders are planned").queued
    }

    async fn mails(&self, state: MailState) -> Vec<StoredMail> {
        let mails = reminders::mails(&self.app, Some(state)).await;
        mails.expect("mails")
    }

    /// When something is to be done next.
    async fn next(&self) -> Option<DateTime<Utc>> {
        let mut tx = self.app.store.read().await.expect("a unit of work");
        tx.next_mail_at().await.expect("a look-up")
    }

    /// Moves the clock, never back.
    fn until(&self, at: DateTime<Utc>) {
        self.clock
            .advance((at - self.clock.now()).max(TimeDelta::zero()));
    }

    /// Tries until nothing waits, the clock set forward to each try.
    async fn through(&self) -> Delivered {
        let mailer = reminders::mailer(&self.app).expect("a way out");
        let mut all = Delivered::default();
        while let Some(at) = self.next().await {
            self.until(at);
            let done = reminders::deliver(&self.app, &mailer).await;
            let done = done.expect("the outbox is looked at");
            all.sent += done.sent;
            all.failed += done.failed;
            all.held += done.held;
            all.postponed += done.postponed;
        }
        all
    }

    /// What has arrived at an address.
    fn arrived(&self, address: &str) -> Vec<Vec<u8>> {
        let taken = self.server.taken().into_iter();
        let to_it = taken.filter(|mail| mail.to == [address]);
        to_it.map(|mail| mail.bytes).collect()
    }

    async fn tasks(&self, kind: TaskKind) -> Vec<CaseId> {
        let mut tx = self.app.store.read().await.expect("a unit of work");
        let tasks = tx.staff_tasks(&Reader::Operator, self.app.moment(), 1_000);
        let tasks = tasks.await.expect("tasks").into_iter();
        let of_kind = tasks.filter(|task| task.kind == kind);
        of_kind.map(|task| task.case).collect()
    }
}

fn subject(bytes: &[u8]) -> String {
    let mail = MessageParser::default().parse(bytes).expect("a message");
    mail.subject().expect("a subject").to_owned()
}

async fn three_days_without_a_mail_server_lose_nothing(db: Database) {
    let post = Post::new(&db, "2026-11-21T00:00:00Z").await;
    post.owed("T-1", "stays@example.jp", "2026-11-21").await;
    // Of this one a new stage is reached each day while the old one waits.
    post.owed("T-2", "moves@example.jp", "2026-11-24").await;
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let closed = nobody.local_addr().expect("its address").port();
    drop(nobody);
    let mut tries: Vec<(DateTime<Utc>, u64)> = Vec::new();
    for (day, app) in [
        // It is not there; then it says that it is leaving; then it is busy.
        (1, post.with(|config| config.mail.port = Some(closed))),
        (2, post.app.clone()),
        (3, post.app.clone()),
    ] {
        match day {
            2 => post
                .server
                .always(At::Greeting, Act::SayAndClose("421 busy")),
            3 => {
                post.server.recover();
                post.server.always(At::Rcpt, Act::Say("450 4.2.0 later"));
            }
            _ => {}
        }
        post.tick().await;
        let tomorrow = post.clock.now() + TimeDelta::days(1);
        let mailer = reminders::mailer(&app).expect("a way out");
        while let Some(at) = post.next().await.filter(|at| *at < tomorrow) {
            post.until(at);
            let done = reminders::deliver(&app, &mailer)
                .await
                .expect("it is tried");
            assert_eq!((done.sent, done.failed, done.held), (0, 0, 0), "day {day}");
            tries.push((post.clock.now(), done.postponed));
        }
        post.until(tomorrow);
        // Every due reminder waits: none is lost, none has failed.
        assert_eq!(post.mails(MailState::Ready).await.len(), 2, "day {day}");
    }
    let stays = &post.mails(MailState::Ready).await[0];
    assert!(
        (60..90).contains(&stays.attempts),
        "about every hour: {}",
        stays.attempts
    );
    for pair in tries.windows(2) {
        let pause = pair[1].0 - pair[0].0;
        assert!(pause <= TimeDelta::minutes(75), "{pair:?}");
    }
    // They do not come back in the same moment: that would be the server's next fall.
    let together = tries.iter().filter(|(_, mails)| *mails > 1).count();
    assert!(together < tries.len() / 4, "{together} of {}", tries.len());

    post.server.recover();
    post.tick().await;
    let done = post.through().await;
    assert_eq!((done.sent, done.failed, done.held), (2, 0, 0));
    let stays = post.arrived("stays@example.jp");
    assert_eq!(stays.len(), 1);
    assert!(subject(&stays[0]).starts_with("【今日まで】"));
    let moves = post.arrived("moves@example.jp");
    assert_eq!(moves.len(), 1, "the latest stage alone");
    assert!(subject(&moves[0]).starts_with("【今日まで】"));
    assert_eq!(post.server.taken().len(), 2);
    assert_eq!(post.tasks(TaskKind::Failed).await, []);
}

async fn whatever_the_server_does_each_mail_arrives_and_doubt_alone_doubles_it(db: Database) {
    let post = Post::new(&db, "2026-11-21T00:00:00Z").await;
    for (place, (at, act, arrives)) in [
        (At::Greeting, Act::Say("421 busy"), 1),
        (At::Greeting, Act::Hang, 1),
        (At::Hello, Act::Close, 1),
        (At::Mail, Act::Say("lovely"), 1),
        (At::Rcpt, Act::Say("450 4.2.0 greylisted"), 1),
        (At::Rcpt, Act::Say("\u{fffd}\u{fffd}"), 1),
        (At::Rcpt, Act::Hang, 1),
        (At::Data, Act::Say("451 wait"), 1),
        (At::Midway, Act::Close, 1),
        (At::Midway, Act::Hang, 1),
        (At::End, Act::Say("452 full"), 1),
        // It has the mail, and nobody heard so.
        (At::End, Act::Say("lovely"), 2),
        (At::End, Act::Close, 2),
        (At::End, Act::Hang, 2),
    ]
    .into_iter()
    .enumerate()
    {
        let address = format!("family{place}@example.jp");
        post.owed(&format!("W-{place}"), &address, "2026-11-21")
            .await;
        assert_eq!(post.tick().await, 1, "{at:?} {act:?}");
        post.server.once(at, act);
        let done = post.through().await;
        post.server.recover();
        assert_eq!(
            (done.sent, done.postponed, done.failed, done.held),
            (1, 1, 0, 0),
            "{at:?} {act:?}"
        );
        let mails = post.arrived(&address);
        assert_eq!(mails.len(), arrives, "{at:?} {act:?}");
        assert!(mails.iter().all(|mail| *mail == mails[0]), "{at:?} {act:?}");
    }
    // What is refused for good has failed at once, marks the address and is told.
    let gone = post.owed("W-gone", "gone@example.jp", "2026-11-21").await;
    post.tick().await;
    post.server.once(At::Rcpt, Act::Say("550 5.1.1 unknown"));
    let done = post.through().await;
    assert_eq!((done.sent, done.failed, done.postponed), (0, 1, 0));
    assert_eq!(post.tasks(TaskKind::Bounced).await, [gone]);
    let mut tx = post.app.store.read().await.expect("a unit of work");
    let contacts = tx.mail_contacts(gone).await.expect("addresses");
    assert_eq!(contacts[0].state, ContactState::Bounced);
}

async fn what_stays_in_doubt_is_sent_four_times_and_no_more(db: Database) {
    let post = Post::new(&db, "2026-11-21T00:00:00Z").await;
    let case = post.owed("D-1", "doubt@example.jp", "2026-11-21").await;
    post.tick().await;
    // It takes every mail and never says so.
    post.server.always(At::End, Act::Close);
    let done = post.through().await;
    assert_eq!((done.sent, done.postponed, done.held), (0, 3, 1));
    let mails = post.arrived("doubt@example.jp");
    assert_eq!(mails.len(), 4);
    assert!(mails.iter().all(|mail| *mail == mails[0]));
    assert_eq!(post.tasks(TaskKind::InDoubt).await, [case]);
    // A person decides that it is to go out.
    post.server.recover();
    let held = &post.mails(MailState::Held).await[0];
    let again = reminders::retry_mail(&post.app, held.id).await;
    assert!(again.expect("it is asked for"));
    assert_eq!(post.through().await.sent, 1);
}

async fn pages_answer_while_the_mail_server_is_silent(db: Database) {
    let post = Post::new(&db, "2026-11-21T00:00:00Z").await;
    post.owed("S-1", "silent@example.jp", "2026-11-21").await;
    post.tick().await;
    post.server.always(At::Rcpt, Act::Hang);
    // Nothing but the test ends this delivery.
    let app = post.with(|config| config.mail.command_seconds = 600);
    let delivery = tokio::spawn(async move {
        let mailer = reminders::mailer(&app).expect("a way out");
        reminders::deliver(&app, &mailer).await
    });
    post.server.silent(1).await;
    // Reading and writing: a session is made, the reading is put into the trail.
    let cookie = session(&post.app, Role::Centre, None, None).await;
    let router = tomoshibi::web::router(post.app.clone());
    for page in ["/healthz", "/readyz", "/loans"] {
        let answer = ask(&router, "GET", page, &cookie, "").await;
        assert!(answer.status().is_success(), "{page}: {}", answer.status());
    }
    post.owed("S-2", "next@example.jp", "2026-11-21").await;
    assert!(post.tick().await >= 1, "reminders are planned meanwhile");
    assert!(!delivery.is_finished());
    delivery.abort();
    assert_eq!(post.arrived("silent@example.jp").len(), 0);
}

async fn who_keeps_the_accounts_sees_whom_of_the_staff_no_mail_reaches(db: Database) {
    let post = Post::new(&db, "2026-11-21T00:00:00Z").await;
    session(&post.app, Role::Centre, None, None).await;
    let mut tx = post.app.store.begin().await.expect("a unit of work");
    let due = (DutyKind::ApplyPlan, post.clock.today());
    owed(&mut tx, "A-1", &[], due, post.clock.now()).await;
    tx.commit().await.expect("it is kept");
    assert_eq!(post.tick().await, 1, "what the centre is told");
    post.server.once(At::Rcpt, Act::Say("550 5.1.1 unknown"));
    assert_eq!(post.through().await.failed, 1);
    let accounts = async || {
        let cookie = session(&post.app, Role::Administrator, None, None).await;
        let router = tomoshibi::web::router(post.app.clone());
        words(ask(&router, "GET", "/accounts", &cookie, "").await).await
    };
    let page = accounts().await;
    let (_, list) = page.split_once("id=\"unreached\"").expect("it is shown");
    assert!(
        list.contains("2026-11-21") && list.contains("550"),
        "{list}"
    );
    // A week later a mail arrives.
    post.clock.advance(TimeDelta::days(7));
    assert_eq!(post.tick().await, 1);
    assert_eq!(post.through().await.sent, 1);
    assert!(!accounts().await.contains("id=\"unreached\""));
}

async fn the_message_of_a_mail_that_failed_goes_after_thirty_days(db: Database) {
    let post = Post::new(&db, "2026-11-21T00:00:00Z").await;
    post.owed("M-1", "refused@example.jp", "2026-11-21").await;
    post.tick().await;
    post.server.once(At::End, Act::Say("550 5.7.1 spam"));
    assert_eq!(post.through().await.failed, 1);
    let due = async |on: &str| {
        let list = retention::due(&post.app, on.parse().expect("a day")).await;
        let due = list.expect("a list").due;
        due.iter().any(|line| line.kind == "mail")
    };
    assert!(!due("2026-12-21").await && due("2026-12-22").await);
    post.clock.advance(TimeDelta::days(31));
    let erased = retention::erase(&post.app, post.clock.today()).await;
    let erased = erased.expect("it is erased").erased;
    assert!(erased.iter().any(|line| line.kind == "mail"), "{erased:?}");
    assert!(!due("2026-12-22").await);
    // It is on record that it failed; nobody can send it any more.
    let failed = &post.mails(MailState::Failed).await[..];
    let [mail] = failed else { panic!("{failed:?}") };
    assert_eq!(mail.answer.as_deref(), Some("550 5.7.1 spam"));
    let again = reminders::retry_mail(&post.app, mail.id).await;
    assert!(!again.expect("it is asked for"));
}

async fn a_mail_that_failed_is_not_sent_again_for_what_is_done(db: Database) {
    let post = Post::new(&db, "2026-11-21T00:00:00Z").await;
    let case = post.owed("M-1", "refused@example.jp", "2026-11-21").await;
    post.tick().await;
    post.server.once(At::End, Act::Say("550 5.7.1 spam"));
    assert_eq!(post.through().await.failed, 1);
    let failed = &post.mails(MailState::Failed).await[..];
    let [mail] = failed else { panic!("{failed:?}") };
    let mut tx = post.app.store.begin().await.expect("a unit of work");
    let term = tx.duty_terms(case).await.expect("terms").remove(0).id;
    let today = post.clock.today();
    tx.end_term(term, (today, "done"))
        .await
        .expect("it is done");
    tx.commit().await.expect("it is kept");
    let again = reminders::retry_mail(&post.app, mail.id).await;
    assert!(!again.expect("it is asked for"), "the family has done it");
}
