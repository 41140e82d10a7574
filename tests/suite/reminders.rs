//! Reminders: once, at their stage, to whom they are for, and never after a death.

use std::sync::Arc;

use chrono::NaiveDate;
use mail_parser::MessageParser;
use tomoshibi::{
    app::App,
    config::Config,
    domain::{
        duty::{Audience, DutyKind, MailState, TaskKind},
        id::{CaseId, CaseNumber},
    },
    service::reminders::{self, Delivered, Ticked},
    store::{StaffTask, StoredMail, StoredTerm},
};

use crate::{
    access::session,
    loans::{Centre, KIT},
    support::engines::Database,
};
use tomoshibi::domain::access::{Reader, Role};

crate::on_every_engine!(
    each_stage_of_the_application_goes_out_once,
    two_processes_that_tick_at_once_write_one_mail,
    after_days_of_silence_the_latest_stage_alone_goes_out_marked_late,
    doing_the_duty_voids_what_waits,
    what_became_void_by_a_mistake_is_told_after_all,
    a_day_that_moves_is_told_anew_and_says_so,
    after_a_death_nothing_leaves,
    a_family_without_an_address_is_telephoned,
    a_municipality_hears_of_a_loan_only_with_consent,
    what_is_due_on_one_day_is_one_mail,
    two_mails_a_month_are_enough_where_no_date_is_at_stake,
    five_checks_that_nobody_held_leave_the_sixth_on_the_list,
    the_day_is_the_day_in_tokyo,
    no_tick_for_26_hours_is_seen,
    mail_that_came_back_marks_the_address_and_opens_a_task,
    a_pause_needs_a_reason_and_ends_by_itself,
    the_page_says_what_was_sent_and_what_comes_next,
);

/// A centre whose family has a unit since 2026-11-03, and where its mail goes.
pub struct Lent {
    pub centre: Centre,
    pub loan: String,
    pub number: CaseNumber,
    pub case: CaseId,
    pub folder: tempfile::TempDir,
}

impl Lent {
    pub async fn new(db: &Database, name: &str, consent: &str) -> Self {
        Self::handed_over(db, name, consent, "").await
    }

    pub async fn handed_over(db: &Database, name: &str, consent: &str, mail: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut centre = Centre::new(db).await;
        let mut config = Config::clone(&centre.app.config);
        config.mail.maildir = folder.path().join("mail");
        config.loans.centre_name = "【デモ】支援センター".into();
        config.loans.centre_telephone = "096-000-0000".into();
        // The monthly run has tests of its own: see `with_runs`.
        config.reminders.ladders.test_run.family.clear();
        centre.app.config = Arc::new(config);
        let unit = centre.unit(&format!("A-{name}")).await;
        let loan = centre.approved(name).await;
        let bedside = format!(
            "on=2026-11-03&unit={unit}&{KIT}&co_explained=1&started=1&place=【デモ】軒下&frequency=60\
             &pass_phrase=【デモ】ひまわり&consent={consent}{mail}"
        );
        centre.done(&loan, "hand-over", &bedside).await;
        let number = CaseNumber::parse(loan.trim_start_matches("/loans/")).expect("a number");
        let mut tx = centre.app.store.read().await.expect("a unit of work");
        let case = tx.case_of_number(&number).await.expect("a look-up");
        drop(tx);
        Self {
            case: case.expect("a case"),
            centre,
            loan,
            number,
            folder,
        }
    }

    pub async fn with_address(db: &Database, name: &str) -> Self {
        let mail = "&mail=hikari@example.jp&mail_who=【デモ】母";
        Self::handed_over(db, name, "no", mail).await
    }

    /// Reminds of the monthly run, too, as the program does where nobody sets it.
    pub fn with_runs(mut self) -> Self {
        let mut config = Config::clone(&self.centre.app.config);
        config.reminders = Config::default().reminders;
        self.centre.app.config = Arc::new(config);
        self
    }

    pub fn app(&self, day: &str) -> App {
        self.centre.on(day).app
    }

    /// The centre at its pages on another day, signed in anew.
    pub async fn later(&self, day: &str) -> Centre {
        let app = self.app(day);
        let cookie = session(&app, Role::Centre, None, None).await;
        Centre { app, cookie }
    }

    /// The tick of a day.
    pub async fn tick(&self, day: &str) -> Ticked {
        reminders::tick(&self.app(day), None)
            .await
            .expect("reminders are planned")
    }

    /// Hands over what waits, and reads what has arrived since: subject and text.
    pub async fn mail(&self, day: &str) -> Vec<(String, String)> {
        let app = self.app(day);
        let new = self.folder.path().join("mail").join("new");
        let before = files(&new);
        let mailer = reminders::mailer(&app).expect("a folder for mail");
        let done = reminders::deliver(&app, &mailer)
            .await
            .expect("mail leaves");
        assert_eq!((done.failed, done.postponed, done.held), (0, 0, 0));
        let fresh = files(&new)
            .into_iter()
            .filter(|file| !before.contains(file));
        let mut mails: Vec<(String, String)> = fresh
            .map(|file| {
                let bytes = std::fs::read(new.join(file)).expect("a mail");
                let mail = MessageParser::default().parse(&bytes).expect("a message");
                let subject = mail.subject().expect("a subject").to_owned();
                let text = mail.body_text(0).expect("a text").into_owned();
                (subject, text)
            })
            .collect();
        mails.sort();
        mails
    }

    pub async fn terms(&self) -> Vec<StoredTerm> {
        let mut tx = self.centre.app.store.read().await.expect("a unit of work");
        tx.duty_terms(self.case).await.expect("terms")
    }

    pub async fn mails(&self, state: MailState) -> Vec<StoredMail> {
        let app = &self.centre.app;
        reminders::mails(app, Some(state)).await.expect("mails")
    }

    pub async fn tasks(&self) -> Vec<StaffTask> {
        let app = &self.centre.app;
        let mut tx = app.store.read().await.expect("a unit of work");
        let reader = Reader::Operator;
        tx.staff_tasks(&reader, app.moment(), 100)
            .await
            .expect("tasks")
    }
}

fn files(folder: &std::path::Path) -> Vec<std::ffi::OsString> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .map(|entry| entry.expect("an entry").file_name())
        .collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

async fn each_stage_of_the_application_goes_out_once(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let number = lent.number.to_string();
    assert_eq!(lent.tick("2026-11-21").await.queued, 1);
    assert_eq!(lent.tick("2026-11-21").await.queued, 0);
    assert_eq!(lent.tick("2026-11-22").await.queued, 0);
    let mail = lent.mail("2026-11-22").await;
    let [(subject, text)] = &mail[..] else {
        panic!("one mail: {mail:?}")
    };
    assert_eq!(
        *subject,
        format!("【お知らせ】避難の計画の申請（4月30日） 整理番号 {number}")
    );
    for part in [
        "合言葉：【デモ】ひまわり",
        "2027年4月30日（金）",
        "096-000-0000",
        "/enter/",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains('光') && !text.contains("ひかり"), "{text}");
    // What has left is in the database no more.
    assert_eq!(lent.mails(MailState::Sent).await.len(), 1);
    for (today, subject) in [
        ("2027-01-30", "【お知らせ】"),
        ("2027-03-31", "【お知らせ】"),
        ("2027-04-16", "【まもなく】"),
        ("2027-04-23", "【まもなく】"),
        ("2027-04-29", "【まもなく】"),
        ("2027-04-30", "【今日まで】"),
        ("2027-05-07", "【期限を過ぎています】"),
    ] {
        let before = NaiveDate::pred_opt(&day(today)).expect("a day").to_string();
        assert_eq!(lent.tick(&before).await.queued, 0, "{before}");
        let ticked = lent.tick(today).await;
        assert_eq!(ticked.late, 0, "{today}");
        let to_family: Vec<_> = lent
            .mail(today)
            .await
            .into_iter()
            .filter(|(subject, _)| subject.contains(&number))
            .collect();
        assert_eq!(to_family.len(), 1, "{today}: {to_family:?}");
        assert!(to_family[0].0.starts_with(subject), "{to_family:?}");
    }
    // To the family it is never sent again, and it is never forgotten: it stays open.
    lent.tick("2027-06-10").await;
    let more = lent.mail("2027-06-10").await;
    assert!(
        more.iter().all(|(subject, _)| !subject.contains(&number)),
        "{more:?}"
    );
    let plan = lent
        .terms()
        .await
        .into_iter()
        .find(|t| t.kind == DutyKind::ApplyPlan);
    assert_eq!(plan.and_then(|term| term.ended), None);
}

async fn two_processes_that_tick_at_once_write_one_mail(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let (one, two) = tokio::join!(lent.tick("2026-11-21"), lent.tick("2026-11-21"));
    assert_eq!(one.queued + two.queued, 1);
    let (one, two) = (lent.app("2026-11-21"), lent.app("2026-11-21"));
    let mailer = reminders::mailer(&one).expect("a folder for mail");
    let (one, two) = tokio::join!(
        reminders::deliver(&one, &mailer),
        reminders::deliver(&two, &mailer)
    );
    let sent = |done: Result<Delivered, _>| done.map(|done| done.sent).unwrap_or_default();
    assert_eq!(sent(one) + sent(two), 1);
}

async fn after_days_of_silence_the_latest_stage_alone_goes_out_marked_late(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    lent.tick("2026-11-21").await;
    lent.mail("2026-11-21").await;
    // Down from January to the end of April: three stages have passed.
    let ticked = lent.tick("2027-04-25").await;
    assert_eq!(ticked.late, 1, "{ticked:?}");
    let mail = lent.mail("2027-04-25").await;
    assert_eq!(mail.len(), 1, "{mail:?}");
    assert!(mail[0].0.starts_with("【まもなく】"), "{mail:?}");
    assert!(mail[0].1.contains("遅れて"), "{mail:?}");
}

async fn doing_the_duty_voids_what_waits(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    assert_eq!(lent.tick("2026-11-21").await.queued, 1);
    lent.centre.done(&lent.loan, "plan", "on=2026-11-10").await;
    assert_eq!(lent.mails(MailState::Void).await.len(), 1);
    assert_eq!(lent.mail("2026-11-21").await, []);
    let ticked = lent.tick("2026-11-21").await;
    assert_eq!((ticked.queued, ticked.voided), (0, 1));
    assert_eq!(lent.tick("2026-11-21").await.voided, 0);
    assert_eq!(lent.tick("2027-04-30").await.queued, 0);
}

async fn what_became_void_by_a_mistake_is_told_after_all(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    assert_eq!(lent.tick("2026-11-21").await.queued, 1);
    // A pause voids what waits; it was a mistake, and ends at once.
    let page = format!("{}/reminders", lent.loan);
    let pause = "act=suspend&duty=apply_plan&pause_until=2026-12-28&reason=【デモ】押し間違い";
    lent.centre.post(&page, pause).await;
    assert_eq!(lent.mail("2026-11-21").await, []);
    let (_, said) = lent.centre.get(&page).await;
    let (_, rest) = said.split_once("name=\"pause\" value=\"").expect("a pause");
    let (id, _) = rest.split_once('"').expect("its id");
    let (status, _, said) = lent
        .centre
        .post(&page, &format!("act=resume&pause={id}"))
        .await;
    assert_eq!(status, axum::http::StatusCode::SEE_OTHER, "{said}");
    assert_eq!(lent.tick("2026-11-21").await.queued, 1);
    assert_eq!(lent.mail("2026-11-21").await.len(), 1);
    assert_eq!(lent.tick("2026-11-21").await.queued, 0);
}

async fn a_day_that_moves_is_told_anew_and_says_so(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    lent.centre.done(&lent.loan, "plan", "on=2026-11-10").await;
    let first = "on=2026-11-15&return_on=2027-03-31&why=moved";
    lent.centre.done(&lent.loan, "return", first).await;
    lent.tick("2026-11-21").await;
    let mail = lent.mail("2026-11-21").await;
    assert!(mail[0].1.contains("2027年3月31日"), "{mail:?}");
    lent.tick("2027-03-17").await;
    assert_eq!(lent.mail("2027-03-17").await.len(), 1);
    // Called off, and set again for another day.
    let later = lent.later("2027-03-18").await;
    let off = "step=cancel_return&on=2027-03-18&note=【デモ】延期";
    later.done(&lent.loan, "step", off).await;
    let again = "on=2027-03-18&return_on=2027-04-20&why=moved";
    later.done(&lent.loan, "return", again).await;
    lent.tick("2027-03-18").await;
    let mail = lent.mail("2027-03-18").await;
    let (_, text) = mail.first().expect("the new day is told");
    assert!(text.contains("2027年4月20日"), "{text}");
    // Of the old day nothing more, of the new one each stage.
    assert_eq!(lent.tick("2027-03-31").await.queued, 0);
    lent.tick("2027-04-06").await;
    assert_eq!(lent.mail("2027-04-06").await.len(), 1);
}

async fn after_a_death_nothing_leaves(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    assert_eq!(lent.tick("2026-11-21").await.queued, 1);
    let stop = "step=stop&on=2026-11-20&note=【デモ】";
    lent.centre.done(&lent.loan, "step", stop).await;
    assert_eq!(lent.mail("2026-11-21").await, []);
    assert_eq!(lent.mails(MailState::Ready).await, []);
    for today in ["2026-11-22", "2027-01-30", "2027-04-30", "2031-11-03"] {
        assert_eq!(lent.tick(today).await.queued, 0, "{today}");
        assert_eq!(lent.mail(today).await, [], "{today}");
    }
    assert!(lent.terms().await.iter().all(|term| term.ended.is_some()));
    assert_eq!(lent.tasks().await, []);
}

async fn a_family_without_an_address_is_telephoned(db: Database) {
    let lent = Lent::new(&db, "【デモ】光", "no").await;
    assert_eq!(lent.tick("2026-11-21").await.queued, 0);
    let tasks = lent.tasks().await;
    assert_eq!(tasks.len(), 1);
    assert_eq!(
        (tasks[0].kind, &tasks[0].number),
        (TaskKind::Telephone, &lent.number)
    );
    // Once for all that is due.
    lent.tick("2026-11-22").await;
    assert_eq!(lent.tasks().await.len(), 1);
}

async fn a_municipality_hears_of_a_loan_only_with_consent(db: Database) {
    for (consent, hears) in [("no", false), ("yes", true)] {
        let name = format!("【デモ】光{consent}");
        let lent = Lent::new(&db, &name, consent).await;
        session(&lent.centre.app, Role::Municipality, Some("43203"), None).await;
        lent.tick("2027-04-30").await;
        let mut tx = lent.centre.app.store.read().await.expect("a unit of work");
        let notices = tx.notices(lent.case).await.expect("notices");
        drop(tx);
        let heard = |audience| notices.iter().any(|notice| notice.audience == audience);
        assert_eq!(
            heard(Audience::Municipality),
            hears,
            "{consent}: {notices:?}"
        );
        assert!(heard(Audience::Centre), "{notices:?}");
        return_to_nothing(&lent).await;
    }
}

/// Ends the loan, so that the next one of the same test stands alone.
async fn return_to_nothing(lent: &Lent) {
    lent.centre
        .done(&lent.loan, "step", "step=stop&on=2026-11-20&note=【デモ】")
        .await;
}

async fn what_is_due_on_one_day_is_one_mail(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    lent.tick("2026-11-21").await;
    lent.mail("2026-11-21").await;
    // A check that was agreed for the week after the last day of the application.
    let agreed = "check_on=2027-05-06&way=visit";
    lent.centre.done(&lent.loan, "agree", agreed).await;
    lent.tick("2027-04-29").await;
    let mail = lent.mail("2027-04-29").await;
    let of_family: Vec<_> = mail
        .iter()
        .filter(|(s, _)| s.contains(lent.number.as_str()))
        .collect();
    assert_eq!(of_family.len(), 1, "{mail:?}");
    let (subject, text) = of_family[0];
    assert!(subject.contains("ほか1件"), "{subject}");
    assert!(
        text.contains("避難の計画の申請：2027年4月30日")
            && text.contains("確認の約束の日：2027年5月6日"),
        "{text}"
    );
}

async fn two_mails_a_month_are_enough_where_no_date_is_at_stake(db: Database) {
    let mut lent = Lent::with_address(&db, "【デモ】光").await;
    let mut config = Config::clone(&lent.centre.app.config);
    config.reminders.most_a_month = 0;
    lent.centre.app.config = Arc::new(config);
    // The first notice can wait …
    assert_eq!(lent.tick("2026-11-21").await.queued, 0);
    assert_eq!(lent.tick("2026-11-22").await.queued, 0);
    // … a day two weeks ahead cannot.
    lent.tick("2027-04-16").await;
    assert_eq!(lent.mail("2027-04-16").await.len(), 1);
}

async fn five_checks_that_nobody_held_leave_the_sixth_on_the_list(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    lent.centre.done(&lent.loan, "plan", "on=2026-11-10").await;
    let long = "on=2026-11-15&until=2034-11-02&approver=【デモ】県&note=【デモ】続ける&sure=1";
    lent.centre.done(&lent.loan, "extend", long).await;
    for year in 2027..=2033 {
        lent.tick(&format!("{year}-12-20")).await;
    }
    // Nobody's silence ends it: it is open, reminded of, and on the list.
    let check = lent
        .terms()
        .await
        .into_iter()
        .find(|term| term.kind == DutyKind::AnnualCheck);
    let check = check.expect("the check is owed");
    assert_eq!((check.term.due_on, check.ended), (day("2027-11-02"), None));
    let (_, desk) = lent.later("2033-12-20").await.get("/loans").await;
    assert!(desk.contains(lent.number.as_str()), "{desk}");
    let digests = lent.mail("2033-12-20").await;
    assert!(
        digests.iter().any(|(_, text)| text.contains("年1回の確認")),
        "{digests:?}"
    );
}

async fn the_day_is_the_day_in_tokyo(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let at = |instant: &str| {
        let mut app = lent.centre.app.clone();
        let now = instant.parse().expect("an instant");
        app.clock = Arc::new(tomoshibi::clock::ManualClock::new(now));
        app
    };
    // 23:59 of the 29th in Tokyo, and two minutes later, on a server in UTC.
    let before = reminders::tick(&at("2027-01-29T14:59:00Z"), None)
        .await
        .expect("a tick");
    assert_eq!((before.on, before.queued), (day("2027-01-29"), 1));
    let after = reminders::tick(&at("2027-01-29T15:01:00Z"), None)
        .await
        .expect("a tick");
    assert_eq!((after.on, after.queued), (day("2027-01-30"), 1));
    // Before nine nothing is planned by itself; from nine on once.
    let due = |instant| {
        let app = at(instant);
        async move {
            reminders::tick_if_due(&app)
                .await
                .expect("a tick")
                .map(|t| t.on)
        }
    };
    assert_eq!(due("2027-01-30T23:59:00Z").await, None);
    assert_eq!(due("2027-01-31T00:00:00Z").await, Some(day("2027-01-31")));
    assert_eq!(due("2027-01-31T00:01:00Z").await, None);
}

async fn no_tick_for_26_hours_is_seen(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    lent.tick("2026-11-21").await;
    let at = |instant: &str| {
        let mut app = lent.centre.app.clone();
        let now = instant.parse().expect("an instant");
        app.clock = Arc::new(tomoshibi::clock::ManualClock::new(now));
        app
    };
    // The tick was at 03:00 (UTC).
    for (now, stopped) in [
        ("2026-11-22T05:00:00Z", false),
        ("2026-11-22T05:00:01Z", true),
    ] {
        let pulse = reminders::pulse(&at(now)).await.expect("a pulse");
        assert_eq!(pulse.stopped, stopped, "{now}");
        let router = tomoshibi::web::router(at(now));
        let answer = crate::access::ask(&router, "GET", "/readyz", "", "").await;
        assert_eq!(answer.status().is_success(), !stopped, "{now}");
    }
}

async fn mail_that_came_back_marks_the_address_and_opens_a_task(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    lent.tick("2026-11-21").await;
    lent.mail("2026-11-21").await;
    let sent = &lent.mails(MailState::Sent).await[0];
    let report = |id: &str| {
        format!(
            "From: mailer@example.jp\r\nTo: no-reply@tomoshibi.invalid\r\nSubject: failed\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; example.jp\r\n\r\n\
             Final-Recipient: rfc822; hikari@example.jp\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
             --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}@tomoshibi.invalid>\r\n\r\n--b--\r\n"
        )
    };
    let app = &lent.centre.app;
    // One that anybody could have written marks nothing.
    let forged = report(&app.ids.next().to_string());
    let done = reminders::came_back(app, forged.as_bytes())
        .await
        .expect("it is read");
    assert_eq!((done.gone, done.unknown), (0, 1));
    assert_eq!(lent.tasks().await, []);
    let true_one = report(&sent.id.to_string());
    for _ in 0..2 {
        let done = reminders::came_back(app, true_one.as_bytes())
            .await
            .expect("it is read");
        assert_eq!((done.gone, done.unknown), (1, 0));
    }
    let tasks = lent.tasks().await;
    assert_eq!(tasks.len(), 1, "{tasks:?}");
    assert_eq!(tasks[0].kind, TaskKind::Bounced);
    let (_, page) = lent.centre.get(&format!("{}/reminders", lent.loan)).await;
    assert!(page.contains("届きませんでした"), "{page}");
    // From now on somebody telephones.
    lent.tick("2027-01-30").await;
    assert!(
        lent.tasks()
            .await
            .iter()
            .any(|task| task.kind == TaskKind::Telephone)
    );
}

async fn a_pause_needs_a_reason_and_ends_by_itself(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let page = format!("{}/reminders", lent.loan);
    for wrong in [
        "act=suspend&duty=apply_plan&pause_until=2027-02-28&reason=",
        "act=suspend&duty=apply_plan&pause_until=2026-11-01&reason=【デモ】入院",
        "act=suspend&duty=apply_plan&pause_until=2028-01-01&reason=【デモ】入院",
    ] {
        let (status, _, said) = lent.centre.post(&page, wrong).await;
        assert_eq!(
            status,
            axum::http::StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}: {said}"
        );
    }
    let pause = "act=suspend&duty=apply_plan&pause_until=2027-02-28&reason=【デモ】入院";
    let (status, _, said) = lent.centre.post(&page, pause).await;
    assert_eq!(status, axum::http::StatusCode::SEE_OTHER, "{said}");
    assert_eq!(lent.tick("2026-11-22").await.queued, 0);
    assert_eq!(lent.tick("2027-01-30").await.queued, 0);
    let (_, said) = lent.centre.get(&page).await;
    assert!(
        said.contains("お知らせを止めています") && said.contains("【デモ】入院"),
        "{said}"
    );
    // A day planned ahead by hand stops no other.
    let ahead = reminders::tick(&lent.app("2027-01-30"), Some(day("2027-02-20"))).await;
    assert_eq!(ahead.expect("a tick").queued, 0);
    let mut pulse = lent.centre.app.store.read().await.expect("a unit of work");
    let last = pulse
        .tick()
        .await
        .expect("a look-up")
        .and_then(|tick| tick.last_on);
    assert_eq!(last, Some(day("2027-01-30")));
    drop(pulse);
    // The day after, what was held is told: once, the latest stage.
    lent.tick("2027-03-01").await;
    assert_eq!(lent.mail("2027-03-01").await.len(), 1);
}

async fn the_page_says_what_was_sent_and_what_comes_next(db: Database) {
    let lent = Lent::new(&db, "【デモ】光", "no").await;
    let page = format!("{}/reminders", lent.loan);
    let (_, said) = lent.centre.get(&page).await;
    assert!(said.contains("まだありません"), "{said}");
    for (address, status) in [
        ("hikari", 422),
        ("hi..kari@example.jp", 422),
        ("hikari%0D%0ABcc:@example.jp", 422),
        ("hi..kari@docomo.ne.jp", 303),
        ("hi..kari@docomo.ne.jp", 422),
    ] {
        let form = format!("act=add&address={address}&who=【デモ】母&link=1");
        let (answer, _, said) = lent.centre.post(&page, &form).await;
        assert_eq!(answer.as_u16(), status, "{address}: {said}");
    }
    lent.tick("2026-11-21").await;
    lent.mail("2026-11-21").await;
    let (_, said) = lent.centre.get(&page).await;
    for part in [
        "古い形のアドレス",
        "【デモ】母",
        "送信済み",
        "2027-01-30 ご家族 お知らせ",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    // Nobody else reads it.
    let town = session(&lent.centre.app, Role::Municipality, Some("43202"), None).await;
    let router = tomoshibi::web::router(lent.centre.app.clone());
    let answer = crate::access::ask(&router, "GET", &page, &town, "").await;
    assert!(!answer.status().is_success());
}
