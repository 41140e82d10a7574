//! A calendar feed has a token of its own, which opens dates and nothing else.

use axum::http::{StatusCode, header};
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        audit::Action,
    },
    seal::Token,
    service::check::{self, CheckedCase},
    store::TrailFilter,
    web,
};

use crate::{
    access::{ask, ask_as_it_is, session, session_and_account, words},
    support::engines::Database,
};

crate::on_every_engine!(
    a_feed_opens_dates_and_nothing_else,
    a_feed_says_nothing_of_who_the_child_is,
    a_feed_is_revoked_by_its_family_and_by_nobody_else,
    a_day_that_moves_stays_the_same_entry_in_a_calendar,
);

/// A child with a plan that bears a date, and a loan.
async fn a_child(app: &App) -> CheckedCase {
    let centre = session(app, Role::Centre, None, None).await;
    let router = web::router(app.clone());
    let lent = words(ask(&router, "GET", "/children", &centre, "").await).await;
    let cases = check::batch(app, &Reader::Operator, "", app.clock.today()).await;
    let mut cases = cases.expect("a check").into_iter();
    let found = cases.find(|c| {
        let link = format!("/plans/{}\"", c.case.number);
        c.case.plan_dated.is_some() && lent.contains(&link)
    });
    found.expect("a child with a dated plan and a loan")
}

/// The address of a new feed, without the host.
async fn made(app: &App, cookie: &str) -> String {
    let router = web::router(app.clone());
    let answer = ask(&router, "POST", "/account/calendar", cookie, "x=1").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    let page = words(answer).await;
    let token = page.split("/calendar/").nth(1).expect("an address");
    format!("/calendar/{}", &token[..32])
}

async fn a_feed_opens_dates_and_nothing_else(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let child = a_child(&app).await;
    let case = child.case.number.to_string();
    let (cookie, user) = session_and_account(&app, Role::Family, None, Some(&case)).await;
    let feed = made(&app, &cookie).await;
    // Without a session, and no cookie is given.
    let answer = ask_as_it_is(&router, "GET", &feed, "", "").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let kind = answer.headers()[header::CONTENT_TYPE]
        .to_str()
        .expect("text");
    assert_eq!(kind, "text/calendar; charset=utf-8");
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    assert!(answer.headers().get(header::SET_COOKIE).is_none());
    // That it was read is in the trail.
    let filter = TrailFilter {
        case: Some(child.case.number.clone()),
        actor: Some(user),
        ..TrailFilter::default()
    };
    let mut tx = app.store.read().await.expect("a unit of work");
    let trail = tx
        .trail(&Reader::Operator, &filter)
        .await
        .expect("the trail");
    assert_eq!(trail[0].event.action, Action::ReadCalendarFeed);
    drop(tx);
    // The token opens nothing else, and no other token opens it.
    let token = feed.trim_start_matches("/calendar/");
    let as_session = format!("tomoshibi={token}");
    let refused = ask(&router, "GET", &format!("/plans/{case}"), &as_session, "").await;
    assert_eq!(refused.status(), StatusCode::SEE_OTHER, "to the first page");
    let entered = ask(&router, "POST", "/enter", "", &format!("token={token}")).await;
    let cookies = entered.headers().get_all(header::SET_COOKIE).iter();
    assert!(
        cookies
            .into_iter()
            .all(|c| !c.as_bytes().starts_with(b"tomoshibi=")),
        "no session begins"
    );
    let session = cookie.trim_start_matches("tomoshibi=");
    let link = Token::random();
    for other in [
        session,
        link.reveal(),
        &token[..31],
        "x",
        &format!("{token}0"),
    ] {
        let path = format!("/calendar/{other}");
        let answer = ask_as_it_is(&router, "GET", &path, "", "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{other}");
    }
    // The store holds no token.
    let held = words(ask(&router, "GET", "/account", &cookie, "").await).await;
    assert!(!held.contains(token), "it is shown once");
}

async fn a_feed_says_nothing_of_who_the_child_is(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let child = a_child(&app).await;
    let case = child.case.number.to_string();
    let cookie = session(&app, Role::Family, None, Some(&case)).await;
    let feed = made(&app, &cookie).await;
    let file = words(ask_as_it_is(&router, "GET", &feed, "", "").await).await;
    let file = file.replace("\r\n ", "");
    // A year after it was confirmed last, or written.
    let mut tx = app.store.read().await.expect("a unit of work");
    let confirmed = tx
        .last_confirmation(child.case.id)
        .await
        .expect("a look-up");
    drop(tx);
    let last = confirmed
        .map(|confirmed| confirmed.on)
        .max(child.case.plan_dated);
    let due = last
        .expect("a date")
        .checked_add_months(chrono::Months::new(12))
        .expect("a day")
        .format("%Y%m%d")
        .to_string();
    assert!(
        file.contains(&format!("DTSTART;VALUE=DATE:{due}\r\n")),
        "{file}"
    );
    assert!(file.contains(&format!("計画の確認（整理番号 {case}）")));
    assert!(file.contains("避難の計画の申請") && file.matches("BEGIN:VEVENT").count() == 2);
    let items = &child.case.child;
    let name = items.name.as_deref().expect("a name");
    let address = items.address.as_deref().expect("an address");
    let reason = items.reason.as_deref().expect("a reason");
    for withheld in [
        name,
        address,
        reason,
        "人工呼吸器",
        "呼吸器",
        "手帳",
        "デモ",
    ] {
        assert!(!file.contains(withheld), "{withheld}");
    }
    for contact in &items.contacts {
        assert!(!file.contains(&contact.value));
    }
}

async fn a_feed_is_revoked_by_its_family_and_by_nobody_else(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let child = a_child(&app).await;
    let case = child.case.number.to_string();
    let cookie = session(&app, Role::Family, None, Some(&case)).await;
    let stranger = session(&app, Role::Family, None, Some(&case)).await;
    let (first, second) = (made(&app, &cookie).await, made(&app, &cookie).await);
    let page = words(ask(&router, "GET", "/account", &cookie, "").await).await;
    let end = page
        .split("action=\"")
        .find(|rest| rest.starts_with("/account/calendar/"));
    let end = end.expect("a button").split('"').next().expect("its end");
    let status = async |path: &str| ask_as_it_is(&router, "GET", path, "", "").await.status();
    ask(&router, "POST", end, &stranger, "x=1").await;
    assert_eq!(
        status(&first).await,
        StatusCode::OK,
        "another account's is not ended"
    );
    ask(&router, "POST", end, &cookie, "x=1").await;
    assert_eq!(status(&first).await, StatusCode::NOT_FOUND);
    assert_eq!(status(&second).await, StatusCode::OK);
}

/// The properties of each event of a calendar file, its folded lines joined.
fn events(file: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let file = file.replace("\r\n ", "");
    let events = file.split("BEGIN:VEVENT\r\n").skip(1);
    events
        .map(|event| {
            let event = event.split("END:VEVENT").next().expect("an end");
            let lines = event.split("\r\n").filter_map(|line| line.split_once(':'));
            lines
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect()
        })
        .collect()
}

async fn a_day_that_moves_stays_the_same_entry_in_a_calendar(db: Database) {
    let lent = crate::reminders::Lent::with_address(&db, "【デモ】光")
        .await
        .with_runs();
    let app = lent.app("2026-11-20");
    let number = lent.number.to_string();
    let cookie = session(&app, Role::Family, None, Some(&number)).await;
    let feed = made(&app, &cookie).await;
    let read = async || {
        let router = web::router(app.clone());
        events(&words(ask_as_it_is(&router, "GET", &feed, "", "").await).await)
    };
    let of = |events: &[std::collections::BTreeMap<String, String>], what: &str| {
        let found = events.iter().find(|event| event["SUMMARY"].contains(what));
        found
            .unwrap_or_else(|| panic!("{what} in {events:?}"))
            .clone()
    };
    let before = read().await;
    let first = of(&before, "お貸しする期間の終わり");
    assert_eq!(first["SEQUENCE"], "0");
    let apply = of(&before, "避難の計画の申請");
    assert_eq!(apply["DTSTART;VALUE=DATE"], "20270430");
    let runs = before
        .iter()
        .filter(|event| event["SUMMARY"].contains("試運転"));
    let runs: Vec<&str> = runs.map(|event| &*event["DTSTART;VALUE=DATE"]).collect();
    assert_eq!(runs.len(), 12);
    assert_eq!((runs[0], runs[11]), ("20261203", "20271103"));
    // Extended by half a year, and the plan applied for.
    let longer = "on=2026-11-20&until=2032-04-30&approver=【デモ】県&note=【デモ】理由";
    lent.centre.done(&lent.loan, "extend", longer).await;
    lent.centre.done(&lent.loan, "plan", "on=2026-11-19").await;
    let after = read().await;
    let moved = of(&after, "お貸しする期間の終わり");
    assert_eq!(moved["UID"], first["UID"]);
    assert_eq!(moved["SEQUENCE"], "1");
    assert_ne!(moved["DTSTART;VALUE=DATE"], first["DTSTART;VALUE=DATE"]);
    assert!(
        !after
            .iter()
            .any(|event| event["SUMMARY"].contains("計画の申請"))
    );
    let mut uids: Vec<&String> = after.iter().map(|event| &event["UID"]).collect();
    uids.sort();
    uids.dedup();
    assert_eq!(uids.len(), after.len(), "every entry has its own UID");
}
