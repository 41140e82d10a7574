//! The duties that no loan brings: confirming a plan, looking at what has changed,
//! the check of the batteries.

use std::sync::Arc;

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    clock::ManualClock,
    domain::{
        access::Role,
        duty::{Audience, DutyKind, Stage},
        id::CaseId,
    },
    service::reminders,
    store::{StoredNotice, StoredTerm},
    web,
};

use crate::{
    access::{ask, session, words},
    freshness::{self, SHEET, confirm},
    moves::number,
    reminders::Lent,
    retention::import_text,
    support::engines::Database,
};

crate::on_every_engine!(
    a_plan_is_confirmed_once_a_year,
    what_has_changed_is_told_once_and_over_when_the_plan_is_confirmed,
    the_batteries_are_checked_a_year_after_their_last_check,
    nobody_hears_of_batteries_who_may_not_know_the_child,
    after_a_death_no_plan_is_to_be_confirmed,
    of_a_loan_that_a_sheet_alone_tells_of_nothing_is_due_and_that_is_said,
);

fn on(app: &App, day: &str) -> App {
    let mut app = app.clone();
    let noon = format!("{day}T03:00:00Z").parse().expect("an instant");
    app.clock = Arc::new(ManualClock::new(noon));
    app
}

async fn tick(app: &App, day: &str) {
    reminders::tick(&on(app, day), None)
        .await
        .expect("reminders are planned");
}

async fn case_of(app: &App, case: &str) -> CaseId {
    let mut tx = app.store.read().await.expect("a unit of work");
    let case = tx.case_of_number(&number(case)).await.expect("a look-up");
    case.expect("a case")
}

/// The open terms of a child of one kind, and what was planned of them.
async fn open(app: &App, case: &str, kind: DutyKind) -> Vec<(StoredTerm, Vec<StoredNotice>)> {
    let case = case_of(app, case).await;
    let mut tx = app.store.read().await.expect("a unit of work");
    let notices = tx.notices(case).await.expect("notices");
    let terms = tx.duty_terms(case).await.expect("terms").into_iter();
    terms
        .filter(|term| term.kind == kind && term.ended.is_none())
        .map(|term| {
            let of = notices.iter().filter(|notice| notice.term == term.id);
            let of = of.cloned().collect();
            (term, of)
        })
        .collect()
}

fn stages(notices: &[StoredNotice], audience: Audience) -> Vec<Stage> {
    let of = notices.iter().filter(|notice| notice.audience == audience);
    let mut stages: Vec<Stage> = of.map(|notice| notice.stage).collect();
    stages.sort_by_key(|stage| stage.code());
    stages
}

async fn a_plan_is_confirmed_once_a_year(db: Database) {
    let app = on(&freshness::filled(&db).await, "2026-11-20");
    session(&app, Role::Municipality, Some("43203"), None).await;
    tick(&app, "2026-11-20").await;
    let terms = open(&app, "X-1001", DutyKind::ConfirmPlan).await;
    let [(term, notices)] = &*terms else {
        panic!("one day: {terms:?}");
    };
    assert_eq!(term.cycle.to_string(), "2026-04-10", "the plan's own date");
    assert_eq!(term.term.due_on.to_string(), "2027-04-10");
    assert_eq!(notices, &[], "nothing yet");
    assert_eq!(open(&app, "X-1003", DutyKind::ConfirmPlan).await, []);
    // Its municipality hears sixty days before, nobody else.
    tick(&app, "2027-02-09").await;
    let heard = open(&app, "X-1001", DutyKind::ConfirmPlan).await;
    assert_eq!(
        stages(&heard[0].1, Audience::Municipality),
        [Stage::Days(-60)]
    );
    let other = open(&app, "X-1002", DutyKind::ConfirmPlan).await;
    assert_eq!(other[0].1, [], "another municipality's");
    // Confirmed: it is due a year later, at once.
    let later = on(&app, "2027-02-20");
    let staff = session(&later, Role::Municipality, Some("43203"), None).await;
    assert_eq!(
        confirm(&later, &staff, "X-1001").await,
        StatusCode::SEE_OTHER
    );
    let terms = open(&app, "X-1001", DutyKind::ConfirmPlan).await;
    assert_eq!(terms.len(), 1);
    assert_eq!(terms[0].0.term.due_on.to_string(), "2028-02-20");
    let case = case_of(&app, "X-1001").await;
    let mut tx = app.store.read().await.expect("a unit of work");
    let terms = tx.duty_terms(case).await.expect("terms");
    drop(tx);
    let over = terms
        .iter()
        .filter(|term| term.kind == DutyKind::ConfirmPlan)
        .find_map(|term| term.ended.clone());
    assert_eq!(over.expect("the first is over").1, "done");
    tick(&app, "2027-04-10").await;
    let terms = open(&app, "X-1001", DutyKind::ConfirmPlan).await;
    assert_eq!(terms[0].1, [], "nobody is reminded of what was done");
}

async fn what_has_changed_is_told_once_and_over_when_the_plan_is_confirmed(db: Database) {
    let app = on(&freshness::filled(&db).await, "2026-11-24");
    let staff = session(&app, Role::Municipality, Some("43203"), None).await;
    assert_eq!(confirm(&app, &staff, "X-1001").await, StatusCode::SEE_OTHER);
    tick(&app, "2026-11-24").await;
    assert_eq!(open(&app, "X-1001", DutyKind::ChangedFinding).await, []);
    let another = SHEET.replacen("【デモ】手伝い", "【デモ】別の人", 1);
    import_text(&app, &another).await;
    tick(&app, "2026-11-25").await;
    let terms = open(&app, "X-1001", DutyKind::ChangedFinding).await;
    let [(first, notices)] = &*terms else {
        panic!("one duty: {terms:?}");
    };
    assert_eq!(stages(notices, Audience::Municipality), [Stage::Begin]);
    assert!(
        notices
            .iter()
            .all(|notice| notice.audience == Audience::Municipality),
        "{notices:?}"
    );
    // A day later nothing is said again; nothing is noise.
    tick(&app, "2026-11-26").await;
    let again = open(&app, "X-1001", DutyKind::ChangedFinding).await;
    assert_eq!(&again, &terms);
    assert_eq!(open(&app, "X-1002", DutyKind::ChangedFinding).await, []);
    // More has changed: that is told once more, in place of the first.
    import_text(&app, &another.replacen("32.2150", "32.2160", 1)).await;
    tick(&app, "2026-11-27").await;
    let more = open(&app, "X-1001", DutyKind::ChangedFinding).await;
    assert_eq!(more.len(), 1);
    assert_ne!(more[0].0.id, first.id);
    assert_eq!(stages(&more[0].1, Audience::Municipality), [Stage::Begin]);
    // Its page leads to what has changed, and to a message to the family.
    let day = on(&app, "2026-11-27");
    let staff = session(&day, Role::Municipality, Some("43203"), None).await;
    let router = web::router(day.clone());
    let page = words(ask(&router, "GET", "/plans/X-1001/reminders", &staff, "").await).await;
    assert!(page.contains("変わったことの確認"), "{page}");
    assert!(page.contains("/messages/new?case=X-1001"), "{page}");
    assert_eq!(confirm(&day, &staff, "X-1001").await, StatusCode::SEE_OTHER);
    assert_eq!(open(&app, "X-1001", DutyKind::ChangedFinding).await, []);
    tick(&app, "2026-11-28").await;
    assert_eq!(open(&app, "X-1001", DutyKind::ChangedFinding).await, []);
}

async fn the_batteries_are_checked_a_year_after_their_last_check(db: Database) {
    let app = on(&freshness::filled(&db).await, "2026-11-24");
    let staff = session(&app, Role::Municipality, Some("43203"), None).await;
    let router = web::router(app.clone());
    let here = "/plans/X-1001/reminders";
    let send = async |form: &str| {
        let form = format!("{form}&key={}", app.ids.next());
        ask(&router, "POST", here, &staff, &form).await.status()
    };
    let page = words(ask(&router, "GET", here, &staff, "").await).await;
    assert!(page.contains("点検の記録がありません"), "unknown: {page}");
    for (on, status) in [
        ("2026-11-25", StatusCode::UNPROCESSABLE_ENTITY),
        ("2015-01-01", StatusCode::UNPROCESSABLE_ENTITY),
        ("2026-06-15", StatusCode::SEE_OTHER),
    ] {
        let form = format!("act=battery&battery_on={on}&battery_by=engineer");
        assert_eq!(send(&form).await, status, "{on}");
    }
    let terms = open(&app, "X-1001", DutyKind::BatteryCheck).await;
    assert_eq!(terms.len(), 1);
    assert_eq!(terms[0].0.term.due_on.to_string(), "2027-06-15");
    tick(&app, "2026-11-24").await;
    let same = open(&app, "X-1001", DutyKind::BatteryCheck).await;
    assert_eq!(same, terms, "counted the same by the tick");
    // Another one puts it off; struck out, the one before counts again.
    let form = "act=battery&battery_on=2026-11-23&battery_by=maker";
    assert_eq!(send(form).await, StatusCode::SEE_OTHER);
    let due = async || {
        let terms = open(&app, "X-1001", DutyKind::BatteryCheck).await;
        assert_eq!(terms.len(), 1, "{terms:?}");
        terms[0].0.term.due_on.to_string()
    };
    assert_eq!(due().await, "2027-11-22");
    let page = words(ask(&router, "GET", here, &staff, "").await).await;
    assert!(page.contains("メーカー・取扱業者"), "{page}");
    let (_, rest) = page
        .split_once("name=\"check\" value=\"")
        .expect("a record to strike out");
    let id = rest.split('"').next().expect("an id");
    let strike = format!("act=strike_battery&check={id}");
    assert_eq!(send(&strike).await, StatusCode::SEE_OTHER);
    assert_eq!(due().await, "2027-06-15");
    let of_another = format!("act=strike_battery&check={}", app.ids.next());
    assert_eq!(send(&of_another).await, StatusCode::CONFLICT);
}

async fn nobody_hears_of_batteries_who_may_not_know_the_child(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    import_text(&lent.centre.app, SHEET).await;
    let app = &lent.centre.app;
    let by = "act=battery&battery_on=2026-11-10&battery_by=engineer";
    lent.centre.done(&lent.loan, "reminders", by).await;
    let staff = session(app, Role::Municipality, Some("43203"), None).await;
    let form = format!("{by}&key={}", app.ids.next());
    let router = web::router(app.clone());
    let answer = ask(&router, "POST", "/plans/X-1001/reminders", &staff, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    tick(app, "2027-11-10").await;
    // Nobody coordinates either of them: the centre hears of the child to whom it lends,
    // the municipality of its own.
    let mails = lent.mail("2027-11-10").await;
    let about = |number: &str| {
        let of = mails.iter().filter(|(_, text)| text.contains(number));
        of.filter(|(_, text)| text.contains("年1回の点検")).count()
    };
    assert!(
        about(lent.number.as_str()) > 0 && about("X-1001") > 0,
        "{mails:?}"
    );
    let both = |text: &str| text.contains(lent.number.as_str()) && text.contains("X-1001");
    assert!(mails.iter().all(|(_, text)| !both(text)), "{mails:?}");
}

async fn after_a_death_no_plan_is_to_be_confirmed(db: Database) {
    let lent = Lent::with_address(&db, "【デモ】光").await;
    let app = &lent.centre.app;
    let by = "act=battery&battery_on=2026-11-10&battery_by=engineer";
    lent.centre.done(&lent.loan, "reminders", by).await;
    let number = lent.number.as_str();
    assert_eq!(open(app, number, DutyKind::BatteryCheck).await.len(), 1);
    let stop = "step=stop&on=2026-11-20&note=【デモ】";
    lent.centre.done(&lent.loan, "step", stop).await;
    for day in ["2026-11-22", "2027-10-11", "2027-11-10"] {
        tick(app, day).await;
        assert_eq!(open(app, number, DutyKind::BatteryCheck).await, [], "{day}");
    }
    // What was sent is there to be read; nothing asks for more.
    let here = format!("{}/reminders", lent.loan);
    let (_, page) = lent.centre.get(&here).await;
    assert!(page.contains("お知らせはもう送られません"), "{page}");
    for form in ["add", "phrase", "battery", "suspend"] {
        let asked = format!("name=\"act\" value=\"{form}\"");
        assert!(!page.contains(&asked), "{form}: {page}");
    }
    for form in [
        by,
        "act=phrase&pass_phrase=【デモ】朝",
        "act=add&address=n@example.jp",
    ] {
        let (status, ..) = lent.centre.post(&here, form).await;
        assert_eq!(status, StatusCode::CONFLICT, "{form}");
    }
}

async fn of_a_loan_that_a_sheet_alone_tells_of_nothing_is_due_and_that_is_said(db: Database) {
    let app = crate::retention::with_the_child(&db).await;
    let router = web::router(app.clone());
    let page = async |role, town| {
        let who = session(&app, role, town, None).await;
        let answer = ask(&router, "GET", "/plans/X-0001/reminders", &who, "").await;
        assert_eq!(answer.status(), StatusCode::OK);
        words(answer).await
    };
    let seen = page(Role::Centre, None).await;
    assert!(seen.contains("台帳から取り込むと"), "{seen}");
    // Nothing of a loan reaches a municipality unasked.
    let seen = page(Role::Municipality, Some("43203")).await;
    assert!(!seen.contains("貸与"), "{seen}");
}
