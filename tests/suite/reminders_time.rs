//! Reminders and the calendar: midnight, the leap day, and checks that nobody holds
//! for years.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use mail_parser::MessageParser;
use tomoshibi::{
    app::App,
    clock::{Clock, ManualClock, SystemIds},
    config::Config,
    domain::{
        access::{Ground, Reader, Role},
        duty::{Audience, DutyKind, Stage, Term},
        id::CaseId,
    },
    seal::Keys,
    service::reminders::{self, Ticked},
    store::{NewTerm, Store, StoredNotice, StoredTerm},
};

use crate::{access::session_and_account, mail_faults::owed, support::engines::Database};

crate::on_every_engine!(
    a_tick_that_runs_over_midnight_loses_and_doubles_nothing,
    each_stage_falls_on_its_day_around_the_29th_of_february,
    a_check_that_nobody_holds_is_reminded_of_every_year,
);

/// Midnight in Tokyo comes after so many looks at this clock.
struct NearMidnight {
    looks: AtomicU32,
    after: u32,
    midnight: DateTime<Utc>,
}

impl Clock for NearMidnight {
    fn now(&self) -> DateTime<Utc> {
        let before = self.looks.fetch_add(1, Ordering::SeqCst) < self.after;
        let second = TimeDelta::seconds(1);
        if before {
            self.midnight - second
        } else {
            self.midnight + second
        }
    }
}

struct Place {
    app: App,
    _folder: tempfile::TempDir,
    mail: std::path::PathBuf,
}

impl Place {
    async fn new(db: &Database) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = Config::default();
        config.mail.maildir = folder.path().join("mail");
        let mail = config.mail.maildir.join("new");
        let app = App::new(
            Store::open(&db.url).await.expect("a database"),
            Arc::new(ManualClock::new(at("2026-11-21", 9))),
            Arc::new(SystemIds),
            config,
            Arc::new(Keys::random()),
        );
        Self {
            app,
            _folder: folder,
            mail,
        }
    }

    /// The same at another hour (of Tokyo).
    fn at(&self, day: &str, hour: i64) -> App {
        self.with(Arc::new(ManualClock::new(at(day, hour))))
    }

    fn with(&self, clock: Arc<dyn Clock>) -> App {
        let mut app = self.app.clone();
        app.clock = clock;
        app
    }

    async fn owed(&self, number: &str, kind: DutyKind, due: &str) -> CaseId {
        let mut tx = self.app.store.begin().await.expect("a unit of work");
        let addresses = [(format!("{}@example.jp", number.to_lowercase()), true)];
        let now = self.app.clock.now();
        let case = owed(&mut tx, number, &addresses, (kind, day(due)), now).await;
        tx.commit().await.expect("it is kept");
        case
    }

    async fn terms(&self, case: CaseId) -> Vec<StoredTerm> {
        let mut tx = self.app.store.read().await.expect("a unit of work");
        tx.duty_terms(case).await.expect("terms")
    }

    async fn notices(&self, case: CaseId) -> Vec<StoredNotice> {
        let mut tx = self.app.store.read().await.expect("a unit of work");
        tx.notices(case).await.expect("notices")
    }

    /// The mails that leave on a day: to whom, and the text.
    async fn leaves(&self, day: &str) -> Vec<(String, String)> {
        let app = self.at(day, 10);
        // What has left before is of no interest.
        let files = || std::fs::read_dir(&self.mail).into_iter().flatten();
        for file in files() {
            std::fs::remove_file(file.expect("a mail").path()).expect("it can be removed");
        }
        let mailer = reminders::mailer(&app).expect("a folder for mail");
        let done = reminders::deliver(&app, &mailer)
            .await
            .expect("mail leaves");
        assert_eq!((done.failed, done.postponed, done.held), (0, 0, 0));
        let read = files().map(|file| {
            let bytes = std::fs::read(file.expect("a mail").path()).expect("a mail");
            let mail = MessageParser::default().parse(&bytes).expect("a message");
            let to = mail.to().and_then(|to| to.first()).expect("a recipient");
            let to = to.address().expect("an address").to_owned();
            (to, mail.body_text(0).expect("a text").into_owned())
        });
        read.collect()
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// An hour of a day in Tokyo.
fn at(text: &str, hour: i64) -> DateTime<Utc> {
    let midnight = day(text).and_hms_opt(0, 0, 0).expect("midnight");
    midnight.and_utc() + TimeDelta::hours(hour - 9)
}

async fn tick(app: &App) -> Ticked {
    let ticked = reminders::tick(app, None).await;
    ticked.expect("reminders are planned")
}

/// What is planned for the family, and when.
fn to_family(notices: &[StoredNotice]) -> Vec<(Stage, NaiveDate, &str)> {
    let mut told: Vec<_> = notices
        .iter()
        .filter(|notice| notice.audience == Audience::Family)
        .map(|notice| (notice.stage, notice.planned_on, notice.state.as_str()))
        .collect();
    told.sort_by_key(|(_, on, _)| *on);
    told
}

async fn a_tick_that_runs_over_midnight_loses_and_doubles_nothing(db: Database) {
    let mut place = Place::new(&db).await;
    let mut config = Config::clone(&place.app.config);
    config.reminders.ladders.apply_plan.family = vec![Stage::Days(-1), Stage::Days(0)];
    place.app.config = Arc::new(config);
    let mut evening = day("2026-12-01");
    // However far the tick has come when the day changes.
    for after in [1, 2, 3, 4, 6, 9, 14, 40] {
        let morning = evening.succ_opt().expect("a day");
        let today = place
            .owed(
                &format!("T-{after}"),
                DutyKind::ApplyPlan,
                &evening.to_string(),
            )
            .await;
        let tomorrow = place
            .owed(
                &format!("M-{after}"),
                DutyKind::ApplyPlan,
                &morning.to_string(),
            )
            .await;
        let night = place.with(Arc::new(NearMidnight {
            looks: AtomicU32::new(0),
            after,
            midnight: at(&morning.to_string(), 0),
        }));
        let ticked = reminders::tick_if_due(&night).await.expect("a tick");
        assert_eq!(ticked.map(|done| done.on), Some(evening), "{after}");
        // In the morning, once.
        let day_after = place.at(&morning.to_string(), 9);
        for planned in [Some(morning), None] {
            let ticked = reminders::tick_if_due(&day_after).await.expect("a tick");
            assert_eq!(ticked.map(|done| done.on), planned, "{after}");
        }
        let told = place.notices(today).await;
        assert_eq!(
            to_family(&told),
            [(Stage::Days(0), evening, "planned")],
            "{after}"
        );
        // The stage of the evening gave way to the one of the morning.
        let told = place.notices(tomorrow).await;
        assert_eq!(
            to_family(&told),
            [
                (Stage::Days(-1), evening, "void"),
                (Stage::Days(0), morning, "planned")
            ],
            "{after}"
        );
        assert!(told.iter().all(|notice| !notice.late), "{after}: {told:?}");
        let left = place.leaves(&morning.to_string()).await;
        assert_eq!(left.len(), 2, "{after}: {left:?}");
        evening = evening + Days::new(30);
    }
}

async fn each_stage_falls_on_its_day_around_the_29th_of_february(db: Database) {
    let place = Place::new(&db).await;
    let case = place.owed("L-1", DutyKind::ApplyPlan, "2028-02-29").await;
    // Since the end of August: the first notice.
    assert_eq!(tick(&place.at("2027-09-02", 9)).await.queued, 1);
    for (today, stage) in [
        ("2027-12-01", -90),
        ("2028-01-30", -30),
        ("2028-02-15", -14),
        ("2028-02-22", -7),
        ("2028-02-28", -1),
        ("2028-02-29", 0),
        ("2028-03-07", 7),
    ] {
        let before = day(today).pred_opt().expect("a day").to_string();
        assert_eq!(tick(&place.at(&before, 9)).await.queued, 0, "{before}");
        let ticked = tick(&place.at(today, 9)).await;
        assert_eq!((ticked.queued, ticked.late), (1, 0), "{today}");
        assert_eq!(place.leaves(today).await.len(), 1, "{today}");
        let last = place.notices(case).await;
        let last = last.iter().max_by_key(|notice| notice.planned_on);
        assert_eq!(last.map(|n| n.stage), Some(Stage::Days(stage)), "{today}");
    }
}

async fn a_check_that_nobody_holds_is_reminded_of_every_year(db: Database) {
    let place = Place::new(&db).await;
    let (_, centre) = session_and_account(&place.app, Role::Centre, None, None).await;
    let (_, coordinator) = session_and_account(&place.app, Role::Coordinator, None, None).await;
    // Of the family nothing else is due; its one mail is of 2026.
    let case = place.owed("C-1", DutyKind::Fuel, "2026-12-15").await;
    tick(&place.at("2026-12-01", 9)).await;
    assert_eq!(place.leaves("2026-12-01").await.len(), 1);
    let mut tx = place.app.store.begin().await.expect("a unit of work");
    let subject = Reader::Coordinator(coordinator).subject();
    let since = day("2026-11-21");
    let granted = tx.grant(case, &subject, Ground::Assignment, since).await;
    granted.expect("a grant");
    let cycle = day("2028-02-29");
    let term = NewTerm {
        id: place.app.ids.next(),
        case,
        kind: DutyKind::AnnualCheck,
        about: "【デモ】",
        cycle,
        term: Term {
            due_on: day("2029-02-28"),
            begun_on: cycle,
            known_on: cycle,
        },
        moved_from: None,
        next_on: Some(cycle),
    };
    tx.begin_term(&term).await.expect("a term");
    let accounts = tx.accounts().await.expect("accounts");
    tx.commit().await.expect("it is kept");
    let email = |id| {
        let found = accounts.iter().find(|account| account.id == id);
        found
            .map(|account| account.email.clone())
            .expect("an account")
    };
    let (centre, coordinator) = (email(centre), email(coordinator));
    // Counted from the check that was held; the 29th of February 2032 is a Sunday.
    let years = [
        "2029-02-28",
        "2030-02-28",
        "2031-02-28",
        "2032-02-27",
        "2033-02-28",
        "2034-02-28",
    ];
    for (held, due) in (1..).zip(years) {
        let due = day(due);
        let mut told: Vec<(i64, String)> = Vec::new();
        for days in [-61, -60, -59, -31, -30, -29, -8, -7, -1, 0, 1, 29, 30, 31] {
            let today = (due + TimeDelta::days(days)).to_string();
            assert_eq!(tick(&place.at(&today, 9)).await.late, 0, "{today}");
            let left = place.leaves(&today).await;
            told.extend(left.into_iter().map(|(to, _)| (days, to)));
        }
        // Nobody's silence ends any of them.
        let terms = place.terms(case).await;
        let open = terms
            .iter()
            .filter(|term| term.kind == DutyKind::AnnualCheck && term.ended.is_none());
        let open: Vec<NaiveDate> = open.map(|term| term.term.due_on).collect();
        assert_eq!(
            open,
            years[..held]
                .iter()
                .map(|text| day(text))
                .collect::<Vec<_>>()
        );
        let days = |whom: &str| -> Vec<i64> {
            let of = told.iter().filter(|(_, to)| to == whom);
            of.map(|(days, _)| *days).collect()
        };
        assert_eq!(days("c-1@example.jp"), [-30, -7], "{due}");
        assert_eq!(days(&centre), [-60, -30, 0, 30], "{due}");
        // It has gone up: who accompanies the family hears of it too.
        assert_eq!(days(&coordinator), [0, 30], "{due}");
    }
    // After years without a server the last of them alone is told.
    tick(&place.at("2038-03-01", 9)).await;
    let left = place.leaves("2038-03-01").await;
    assert_eq!(left.len(), 3, "{left:?}");
    let terms = place.terms(case).await;
    let last = terms.iter().map(|term| term.term.due_on).max();
    assert_eq!(last, Some(day("2038-02-26")));
}
