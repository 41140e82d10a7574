//! The centre's desk over 5,000 loans: generated, the same every time.

use std::time::{Duration, Instant};

use axum::{
    body::Body,
    http::{Request, header},
};
use chrono::{Days, NaiveDate, TimeDelta};
use tomoshibi::{
    app::App,
    domain::{
        access::{Ground, Role, Subject},
        child::{PlanStep, Stuck},
        id::{CaseId, CaseNumber, LoanFileId, LoanId, SessionId, UnitId},
        loan::{
            AnnualCheck, Applicant, HandOver, LoanFacts, LoanState, LoanStep, PartVerdict,
            UnitState, check::CheckWay,
        },
        municipality::MunicipalityCode,
        plan::document::ChildItems,
    },
    seal::Token,
    service::{
        loans,
        sign_in::{self, AccountRequest, Invited},
    },
    store::{CaseContent, NewSession, NewUnit, TakenStep, Tx},
    web,
};
use tower::ServiceExt as _;

use crate::prefecture::Dice;

/// Every prefecture together, for years.
const LOANS: usize = 5_000;
/// Requests that are measured.
const REQUESTS: usize = 400;

fn check(on: NaiveDate) -> AnnualCheck {
    AnnualCheck {
        held_on: on,
        way: CheckWay::Visit.code().to_owned(),
        usage: PartVerdict::Fine,
        usage_note: None,
        condition: PartVerdict::Fine,
        hours_run: Some(12.0),
        load_watts: None,
        oil_fine: Some(true),
        fuel_on: None,
        outdoor_place: None,
        eligible: PartVerdict::Fine,
        note: None,
    }
}

/// A child that the centre sees, with a plan or without.
async fn child(
    app: &App,
    tx: &mut Tx,
    (place, begun, planned): (usize, NaiveDate, bool),
) -> CaseId {
    let now = app.clock.now();
    let case = CaseId(app.ids.next());
    let number = CaseNumber::parse(&format!("C-{place:05}")).expect("a number");
    let child = ChildItems {
        name: Some(format!("【デモ】子{place}")),
        kana: Some(format!("でもこ{}", char::from(b'a' + (place % 26) as u8))),
        ..ChildItems::default()
    };
    let content = CaseContent {
        number,
        has_plan: Some(planned),
        stuck: (!planned).then_some(Stuck {
            step: PlanStep::BeforeApplication,
            since: Some(begun),
        }),
        child,
        battery_hours: None,
    };
    tx.write_case(case, &content, now).await.expect("a case");
    let centre = Subject {
        kind: "centre",
        id: "centre".to_owned(),
    };
    tx.grant(case, &centre, Ground::Loan, begun)
        .await
        .expect("a grant");
    case
}

/// One loan: begun within the last five years, its checks held about every year,
/// nearly all plans applied for, one in ten over.
pub(crate) async fn one(app: &App, tx: &mut Tx, dice: &mut Dice, place: usize) -> CaseId {
    let now = app.clock.now();
    let today = app.clock.today();
    let begun = today - Days::new(10 + dice.below(1_800) as u64);
    let over = dice.below(10) == 0;
    let planned = dice.below(50) != 0;
    let case = child(app, tx, (place, begun, planned)).await;
    let file = LoanFileId(app.ids.next());
    let applicant = Applicant {
        municipality: MunicipalityCode::parse("43203").ok(),
        telephone: Some("0966-00-0000".to_owned()),
        ..Applicant::default()
    };
    let facts = LoanFacts::default();
    tx.open_loan_file(file, case, (&applicant, &facts), begun, (None, now))
        .await
        .expect("a file");
    let waits = dice.below(200) == 0;
    let to = if waits {
        LoanState::UseApplied
    } else if over {
        LoanState::Returned
    } else {
        LoanState::Lent
    };
    let step = TakenStep {
        step: if waits {
            LoanStep::ApplyForUse
        } else {
            LoanStep::HandOver
        },
        on: begun,
        note: None,
        against: None,
        by: None,
    };
    tx.take_loan_step((file, 1), (&step, to), (None, now))
        .await
        .expect("a step");
    if waits {
        return case;
    }
    let unit = UnitId(app.ids.next());
    let new = NewUnit {
        model: "【デモ】発電機".to_owned(),
        serial: format!("D-{place:05}"),
        place: None,
        position: None,
        bought_on: None,
        note: None,
    };
    tx.add_unit(unit, &new, now).await.expect("a unit");
    let loan = LoanId(app.ids.next());
    let done = serde_json::to_value(HandOver::default()).expect("JSON");
    tx.begin_loan(loan, (case, Some(file)), unit, begun, &done)
        .await
        .expect("a loan");
    let hand = (None, now);
    if dice.below(20) != 0 {
        let applied = (begun + Days::new(dice.below(150) as u64)).min(today);
        tx.add_plan_application(app.ids.next(), case, applied, None, hand)
            .await
            .expect("an application");
    }
    let mut last = begun;
    loop {
        last = last + Days::new(350 + dice.below(30) as u64);
        if last > today {
            break;
        }
        tx.add_check(app.ids.next(), (loan, Some(unit)), &check(last), hand)
            .await
            .expect("a check");
    }
    if over {
        tx.close_loan(loan, today, LoanState::Returned.code())
            .await
            .expect("it ends");
    } else {
        tx.move_unit(unit, UnitState::Ready, UnitState::Lent)
            .await
            .expect("it is lent");
    }
    case
}

/// A database with its loans, and a session of the centre.
async fn filled(app: &App) -> String {
    let mut dice = Dice(6);
    for part in 0..LOANS / 500 {
        let mut tx = app.store.begin().await.expect("a unit of work");
        for place in 0..500 {
            one(app, &mut tx, &mut dice, part * 500 + place).await;
        }
        tx.commit().await.expect("it is kept");
    }
    let begun = Instant::now();
    let counted = loans::count_new(app).await.expect("the days are counted");
    eprintln!("{counted} loans counted in {:?}", begun.elapsed());
    session(app, Role::Centre, None).await
}

/// A session of somebody in a role.
pub(crate) async fn session(app: &App, role: Role, town: Option<MunicipalityCode>) -> String {
    let request = AccountRequest {
        email: format!("{}@example.jp", role.code()),
        name: "【デモ】職員".to_owned(),
        role,
        municipality: town,
        case: None,
    };
    let Ok(Invited::Link(account, _)) = sign_in::invite(app, &request).await else {
        panic!("the account is refused");
    };
    let (session, now) = (Token::random(), app.clock.now());
    let new = NewSession {
        id: SessionId(app.ids.next()),
        account,
        device: "computer".to_owned(),
        expires: now + TimeDelta::hours(8),
    };
    let mut tx = app.store.begin().await.expect("a unit of work");
    tx.begin_session(&new, &session.hash(), now)
        .await
        .expect("a session");
    tx.commit().await.expect("it is kept");
    format!("tomoshibi={}", session.reveal())
}

/// How long requests take, whole answers read: the median, and the 95th and 99th
/// percentile.
pub(crate) async fn took(
    app: &App,
    (path, requests): (&str, usize),
    cookie: &str,
) -> ([Duration; 3], usize) {
    let router = web::router(app.clone());
    let (mut times, mut bytes) = (Vec::new(), 0);
    for _ in 0..requests {
        let request = Request::builder()
            .uri(path)
            .header(header::COOKIE, cookie)
            .body(Body::empty())
            .expect("a request");
        let begun = Instant::now();
        let answer = router.clone().oneshot(request).await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX);
        bytes = body.await.expect("a page").len();
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    ([at(50), at(95), at(99)], bytes)
}

/// The desk on one engine, beside a page that reads nothing of loans.
async fn measured(app: App, engine: &str) {
    let cookie = filled(&app).await;
    for (what, path) in [
        ("baseline: /account", "/account"),
        ("/loans", "/loans"),
        ("/loans/visits", "/loans/visits"),
        ("/loans?all=1", "/loans?all=1"),
    ] {
        let ([median, most, nearly_all], bytes) = took(&app, (path, REQUESTS), &cookie).await;
        println!(
            "desk of {LOANS} loans, {engine}, {what}: median {median:.1?}, 95 % {most:.1?}, \
             99 % {nearly_all:.1?}, {bytes} bytes"
        );
    }
}

/// Measures the desk on SQLite, and on PostgreSQL where `TOMOSHIBI_TEST_POSTGRES`
/// names a server on which nothing is kept.
pub fn desk(_: &mut criterion::Criterion) {
    let wanted = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    if wanted.is_some_and(|name| !"desk".contains(name.as_str())) {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("desk.db").display());
    runtime.block_on(async {
        measured(crate::app(&url).await, "SQLite").await;
        if let Ok(url) = std::env::var("TOMOSHIBI_TEST_POSTGRES") {
            measured(crate::app(&url).await, "PostgreSQL").await;
        }
    });
}
