//! A child moves only when staff confirm it, a stay is no move, a coordinator
//! sees the children assigned to them, and the night writes down who was
//! reached.

use std::sync::Arc;

use axum::{
    Router,
    http::{StatusCode, header},
};
use chrono::Days;
use tomoshibi::{
    app::App,
    domain::{
        access::{Moment, Reader, Role},
        finding::RuleCode,
        id::{CaseNumber, UserId},
        municipality::MunicipalityCode,
    },
    import::report::FileReport,
    service::{
        check::{self, CheckedCase},
        import::{self, Imported, Options, What},
    },
    web,
};

use crate::{
    access::{ask, session, session_and_account, words},
    support::engines::Database,
};

crate::on_every_engine!(
    a_sheet_that_names_another_municipality_moves_nobody,
    a_confirmed_move_changes_readers_and_makes_old_destinations_unusable,
    a_plan_of_the_former_home_stays_unusable_until_it_is_made_anew,
    a_move_cannot_be_confirmed_for_a_day_that_cannot_be,
    a_stay_is_no_move_and_lets_its_municipality_read_for_its_days_only,
    a_coordinator_sees_a_child_while_it_is_assigned,
    the_night_writes_down_who_was_reached_once,
);

const HOME: &str = "43203";
const THERE: &str = "43202";

pub(crate) fn number(case: &str) -> CaseNumber {
    CaseNumber::parse(case).expect("a case")
}

pub(crate) async fn look(app: &App, case: &str) -> CheckedCase {
    let on = app.clock.today();
    let one = check::one(
        app,
        &Reader::Operator,
        &number(case),
        on,
        tomoshibi::domain::residence::Sight::Usual,
    )
    .await;
    one.expect("a check").expect("the case is there")
}

/// A child of the town whose plan may be approved and goes to a listed site.
pub(crate) async fn a_child(app: &App) -> String {
    let town = MunicipalityCode::parse(HOME).expect("a code");
    let on = app.clock.today();
    let cases = check::batch(app, &Reader::Operator, "", on).await;
    let found = cases.expect("a check").into_iter().find(|c| {
        c.case
            .home
            .municipality
            .is_some_and(|own| own.same_as(town))
            && c.look.approvable()
            && c.look.destinations.iter().any(|d| d.site.is_some())
            && c.look
                .destinations
                .iter()
                .any(|d| d.straight_line_metres.is_some())
    });
    found.expect("a child").case.number.to_string()
}

/// Reads a sheet of families.
/// Now, on another day.
fn on(app: &App, today: chrono::NaiveDate) -> Moment {
    Moment {
        today,
        ..app.moment()
    }
}

async fn sheet(app: &App, text: &str) -> FileReport {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("families.csv");
    std::fs::write(&path, text).expect("a sheet is written");
    let options = Options::default();
    let done = import::file(
        app,
        What::Families,
        &path,
        &options,
        "test",
        Arc::new(|_| ()),
    )
    .await;
    match done.expect("an import") {
        Imported::Report(report) => *report,
        other @ Imported::Missing(_) => panic!("{other:?}"),
    }
}

/// What the import of a sheet says of a child that lives somewhere else now.
async fn told_to_move(app: &App, case: &str) -> FileReport {
    let text =
        format!("整理番号,市町村,住所,バッテリー時間\n{case},{THERE},【デモ】新しい町99番地,5.5\n");
    sheet(app, &text).await
}

async fn page(router: &Router, case: &str, cookie: &str) -> (StatusCode, String) {
    let answer = ask(router, "GET", &format!("/plans/{case}"), cookie, "").await;
    (answer.status(), words(answer).await)
}

/// The id of the form field `id` after a word of the page.
fn id_after(page: &str, word: &str) -> String {
    let rest = page.split(word).nth(1).expect(word);
    let rest = rest.split("name=\"id\" value=\"").nth(1).expect("an id");
    rest.split('"').next().expect("a value").to_owned()
}

pub(crate) async fn post(
    router: &Router,
    app: &App,
    path: &str,
    cookie: &str,
    form: &str,
) -> StatusCode {
    let form = format!("{form}&key={}", app.ids.next());
    ask(router, "POST", path, cookie, &form).await.status()
}

async fn a_sheet_that_names_another_municipality_moves_nobody(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let case = a_child(&app).await;
    let before = look(&app, &case).await;
    let report = told_to_move(&app, &case).await;
    assert_eq!(
        (report.changed, report.rejected.len()),
        (1, 0),
        "{report:?}"
    );
    let warned = report.warnings.iter().find(|note| note.row == 1);
    let warned = warned.expect("the row is named");
    assert!(
        warned.reason.contains("転居") && warned.reason_en.contains("must confirm"),
        "{warned:?}"
    );
    let after = look(&app, &case).await;
    assert_eq!(after.case.home, before.case.home, "home and residence stay");
    assert_eq!(after.case.child.address, before.case.child.address);
    assert_eq!(
        after.case.battery_hours,
        Some(5.5),
        "everything else is taken"
    );
    assert!(after.look.destinations.len() == before.look.destinations.len());
    // The town where it lives is asked, and nobody else sees the child.
    let home = session(&app, Role::Municipality, Some(HOME), None).await;
    let there = session(&app, Role::Municipality, Some(THERE), None).await;
    let (_, text) = page(&router, &case, &home).await;
    assert!(
        text.contains("転居の届けがあります") && text.contains("八代市"),
        "{text}"
    );
    assert!(text.contains("新しい町99番地") && text.contains("位置は不明"));
    assert_eq!(page(&router, &case, &there).await.0, StatusCode::NOT_FOUND);
    // The same row again changes nothing; another one takes its place.
    assert_eq!(told_to_move(&app, &case).await.unchanged, 1);
    let text = format!("整理番号,市町村,住所\n{case},43205,【デモ】別の町1番地\n");
    assert_eq!(sheet(&app, &text).await.changed, 1);
    let (_, text) = page(&router, &case, &home).await;
    assert!(text.contains("水俣市") && !text.contains("新しい町99番地"));
}

async fn a_confirmed_move_changes_readers_and_makes_old_destinations_unusable(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let case = a_child(&app).await;
    let before = look(&app, &case).await;
    let site = before.look.destinations.iter().find_map(|d| d.site.clone());
    let site = site.expect("a listed destination");
    told_to_move(&app, &case).await;
    let home = session(&app, Role::Municipality, Some(HOME), None).await;
    let there = session(&app, Role::Municipality, Some(THERE), None).await;
    let (coordinator, account) = session_and_account(&app, Role::Coordinator, None, None).await;
    crate::access::assign(&app, &case, account).await;
    let stranger = session(&app, Role::Coordinator, None, None).await;
    let users = |page: &str| page.contains(&format!("/plans/{case}"));
    let site_page = format!("/sites/{}", site.id);
    assert!(users(
        &words(ask(&router, "GET", &site_page, &home, "").await).await
    ));

    let (_, text) = page(&router, &case, &home).await;
    let id = id_after(&text, "転居の届けがあります");
    let path = format!("/plans/{case}/move/confirm");
    let form = format!("id={id}&day=2026-11-21");
    // The other town, a coordinator and a family decide nothing.
    for cookie in [&there, &coordinator, &stranger] {
        assert_eq!(
            post(&router, &app, &path, cookie, &form).await,
            StatusCode::NOT_FOUND
        );
    }
    assert_eq!(
        post(&router, &app, &path, &home, &form).await,
        StatusCode::OK
    );

    assert_eq!(page(&router, &case, &home).await.0, StatusCode::NOT_FOUND);
    let list = words(ask(&router, "GET", "/children", &home, "").await).await;
    assert!(!users(&list), "the former town lists it no longer");
    let (status, text) = page(&router, &case, &there).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        text.contains("使えません：前の家のために選んだ避難先です"),
        "{text}"
    );
    assert!(
        text.contains("新しい町99番地"),
        "the address is the new one"
    );
    assert_eq!(page(&router, &case, &coordinator).await.0, StatusCode::OK);
    assert_eq!(
        page(&router, &case, &stranger).await.0,
        StatusCode::NOT_FOUND
    );
    let family = session(&app, Role::Family, None, Some(&case)).await;
    assert!(
        page(&router, &case, &family)
            .await
            .1
            .contains("前の家のために選んだ場所です")
    );

    let after = look(&app, &case).await;
    assert!(!after.look.approvable() && !after.look.shareable());
    let of_former = after
        .look
        .failing()
        .filter(|f| f.rule == RuleCode::Dst08 && f.evidence.0.contains_key("former_home_left_on"));
    assert_eq!(of_former.count(), after.look.destinations.len());
    assert_eq!(
        after.case.home.position, None,
        "nothing is imputed for the new home"
    );
    assert_eq!(after.case.home.room_floor, None);
    // In the list among those that cannot be approved, at the site among nobody.
    let list = words(ask(&router, "GET", "/children?standing=blocker", &there, "").await).await;
    assert!(users(&list), "{list}");
    for cookie in [&home, &there, &coordinator] {
        let text = words(ask(&router, "GET", &site_page, cookie, "").await).await;
        assert!(!users(&text), "nobody plans to go there for a former home");
    }
    // The form sent twice acts once, and a decided move is decided.
    assert_eq!(
        post(&router, &app, &path, &there, &form).await,
        StatusCode::CONFLICT
    );
}

async fn a_plan_of_the_former_home_stays_unusable_until_it_is_made_anew(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let case = a_child(&app).await;
    told_to_move(&app, &case).await;
    let home = session(&app, Role::Municipality, Some(HOME), None).await;
    let id = id_after(&page(&router, &case, &home).await.1, "転居の届けがあります");
    let path = format!("/plans/{case}/move/confirm");
    let form = format!("id={id}&day=2026-11-21");
    assert_eq!(
        post(&router, &app, &path, &home, &form).await,
        StatusCode::OK
    );
    // The same sheet again, with a correction, is no new plan.
    let text = format!("整理番号,市町村,バッテリー時間\n{case},{THERE},6\n");
    assert_eq!(sheet(&app, &text).await.changed, 1);
    assert!(look(&app, &case).await.case.left_home_on.is_some());
    // One dated after the move is.
    let text = format!("整理番号,市町村,計画日\n{case},{THERE},2026-11-21\n");
    let report = sheet(&app, &text).await;
    assert_eq!(report.changed, 1, "{report:?}");
    assert_eq!(look(&app, &case).await.case.left_home_on, None);
}

async fn a_move_cannot_be_confirmed_for_a_day_that_cannot_be(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let case = a_child(&app).await;
    let home = session(&app, Role::Municipality, Some(HOME), None).await;
    let by_hand = format!("/plans/{case}/move");
    let bad = post(&router, &app, &by_hand, &home, "municipality=no-such-town").await;
    assert_eq!(bad, StatusCode::UNPROCESSABLE_ENTITY);
    let form = "municipality=%E5%85%AB%E4%BB%A3%E5%B8%82";
    assert_eq!(
        post(&router, &app, &by_hand, &home, form).await,
        StatusCode::SEE_OTHER
    );
    let id = id_after(&page(&router, &case, &home).await.1, "転居の届けがあります");
    let path = format!("/plans/{case}/move/confirm");
    // The home is on record since today, and tomorrow has not come.
    for day in ["2026-11-22", "2026-11-20"] {
        let form = format!("id={id}&day={day}");
        let status = post(&router, &app, &path, &home, &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{day}");
    }
    // A night duty sees it and decides nothing: the table says so.
    let night = session(&app, Role::NightDuty, Some(HOME), None).await;
    let form = format!("id={id}&why=error");
    let close = format!("/plans/{case}/move/close");
    assert_eq!(
        post(&router, &app, &close, &night, &form).await,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        post(&router, &app, &close, &home, &form).await,
        StatusCode::SEE_OTHER
    );
    assert!(
        !page(&router, &case, &home)
            .await
            .1
            .contains("転居の届けがあります")
    );
    assert_eq!(
        post(&router, &app, &close, &home, &form).await,
        StatusCode::CONFLICT
    );
}

/// Who reads a child for a stay does nothing for it: no end, no file, no way in,
/// nothing to those who help; its page offers none of what the home's does.
async fn acts_for_nobody(
    app: &App,
    router: &axum::Router,
    case: &str,
    (home, there): (&str, &str),
) {
    let offered = page(router, case, home).await.1;
    let text = page(router, case, there).await.1;
    for last in ["end\"", "family\"", "disclosure", "supporters/told\""] {
        let path = format!("/plans/{case}/{last}");
        assert!(offered.contains(&path), "{path} is offered at home");
        assert!(!text.contains(&path), "{path} is offered");
    }
    for (last, form) in [
        ("end", "on=2026-11-20&why=other"),
        ("code", "called_back=yes"),
        ("family", "email=host@example.jp"),
        (
            "supporters/told",
            "ordinal=1&person=x&how=letter&on=2026-11-20",
        ),
    ] {
        let path = format!("/plans/{case}/{last}");
        let status = post(router, app, &path, there, form).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    for last in ["disclosure", "disclosure.json", "supporters/1/letter"] {
        let path = format!("/plans/{case}/{last}");
        let status = ask(router, "GET", &path, there, "").await.status();
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

async fn a_stay_is_no_move_and_lets_its_municipality_read_for_its_days_only(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let case = a_child(&app).await;
    let before = look(&app, &case).await;
    told_to_move(&app, &case).await;
    let home = session(&app, Role::Municipality, Some(HOME), None).await;
    let there = session(&app, Role::Municipality, Some(THERE), None).await;
    let id = id_after(&page(&router, &case, &home).await.1, "転居の届けがあります");
    let close = format!("/plans/{case}/move/close");
    let over = format!("id={id}&why=stay&from=2026-11-01&until=2026-11-20");
    let bad = post(&router, &app, &close, &home, &over).await;
    assert_eq!(
        bad,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a stay that is over is none"
    );
    let form = format!("id={id}&why=stay&from=2026-11-21&until=2026-11-25");
    assert_eq!(
        post(&router, &app, &close, &home, &form).await,
        StatusCode::SEE_OTHER
    );
    let after = look(&app, &case).await;
    assert_eq!(after.case.home, before.case.home);
    assert_eq!(after.case.left_home_on, None);
    for cookie in [&home, &there] {
        let (status, text) = page(&router, &case, cookie).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            text.contains("いま滞在中：八代市") && text.contains("2026-11-25まで"),
            "{text}"
        );
    }
    // Who reads it for a stay decides nothing about the home.
    let by_hand = format!("/plans/{case}/move");
    let form = "municipality=43205";
    assert_eq!(
        post(&router, &app, &by_hand, &there, form).await,
        StatusCode::FORBIDDEN
    );
    acts_for_nobody(&app, &router, &case, (&home, &there)).await;
    // A sheet that names the town of the stay again proposes no move.
    assert_eq!(told_to_move(&app, &case).await.unchanged, 1);
    // Its last day, and the day after.
    let host = Reader::Municipality(
        UserId(app.ids.next()),
        MunicipalityCode::parse(THERE).expect("a code"),
    );
    let today = app.clock.today();
    for (days, seen) in [(0, true), (4, true), (5, false)] {
        let day = today + Days::new(days);
        let mut tx = app.store.read().await.expect("a unit of work");
        let found = tx
            .case(&host, on(&app, day), &number(&case))
            .await
            .expect("a look-up");
        assert_eq!(found.is_some(), seen, "{day}");
    }
    // And not when it ended early.
    let text = page(&router, &case, &home).await.1;
    let id = id_after(&text, "いま滞在中");
    let end = format!("/plans/{case}/stay/end");
    assert_eq!(
        post(&router, &app, &end, &home, &format!("id={id}")).await,
        StatusCode::SEE_OTHER
    );
    assert_eq!(page(&router, &case, &there).await.0, StatusCode::NOT_FOUND);
    // An open one ends for its readers on the day on which somebody asks.
    let open = "municipality=43202&from=2026-11-21&until=2026-11-30&open=yes";
    let stay = format!("/plans/{case}/stay");
    assert_eq!(
        post(&router, &app, &stay, &home, open).await,
        StatusCode::SEE_OTHER
    );
    let mut tx = app.store.read().await.expect("a unit of work");
    let late = today + Days::new(20);
    assert!(
        tx.case(&host, on(&app, late), &number(&case))
            .await
            .expect("a look-up")
            .is_none()
    );
    let stays = tx
        .stays(&Reader::Operator, on(&app, late), &number(&case))
        .await
        .expect("stays");
    assert_eq!(
        stays.len(),
        1,
        "the town where it lives is still told to ask"
    );
}

async fn a_coordinator_sees_a_child_while_it_is_assigned(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let case = a_child(&app).await;
    let home = session(&app, Role::Municipality, Some(HOME), None).await;
    let (cookie, account) = session_and_account(&app, Role::Coordinator, None, None).await;
    let stranger = session(&app, Role::Coordinator, None, None).await;
    let path = format!("/plans/{case}/coordinators");
    assert_eq!(page(&router, &case, &cookie).await.0, StatusCode::NOT_FOUND);
    let assign = format!("account={account}&act=assign");
    assert_eq!(
        post(&router, &app, &path, &home, &assign).await,
        StatusCode::SEE_OTHER
    );
    assert_eq!(page(&router, &case, &cookie).await.0, StatusCode::OK);
    assert_eq!(
        page(&router, &case, &stranger).await.0,
        StatusCode::NOT_FOUND
    );
    let (_, text) = page(&router, &case, &home).await;
    assert!(
        text.contains("担当を外す"),
        "the page names the coordinator"
    );
    // Only accounts of that role that are in use.
    let (_, staff) = session_and_account(&app, Role::Municipality, Some(HOME), None).await;
    let other = format!("account={staff}&act=assign");
    let refused = post(&router, &app, &path, &home, &other).await;
    assert_eq!(refused, StatusCode::UNPROCESSABLE_ENTITY);
    let withdraw = format!("account={account}&act=withdraw");
    assert_eq!(
        post(&router, &app, &path, &home, &withdraw).await,
        StatusCode::SEE_OTHER
    );
    assert_eq!(page(&router, &case, &cookie).await.0, StatusCode::NOT_FOUND);
    // Given back on the same day.
    assert_eq!(
        post(&router, &app, &path, &home, &assign).await,
        StatusCode::SEE_OTHER
    );
    assert_eq!(page(&router, &case, &cookie).await.0, StatusCode::OK);
}

async fn the_night_writes_down_who_was_reached_once(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let case = a_child(&app).await;
    let night = session(&app, Role::NightDuty, Some(HOME), None).await;
    let path = format!("/plans/{case}/contacts");
    let key = app.ids.next();
    let form = format!("outcome=no_answer&called=family&key={key}");
    for _ in 0..2 {
        let answer = ask(&router, "POST", &path, &night, &form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let back = answer.headers()[header::LOCATION]
            .to_str()
            .expect("an address");
        assert!(back.ends_with("#care"), "{back}");
    }
    let other = format!("outcome=arrived&called=family&key={key}");
    let answer = ask(&router, "POST", &path, &night, &other).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let (_, text) = page(&router, &case, &night).await;
    assert_eq!(text.matches("<b>応答なし</b>").count(), 1, "{text}");
    for _ in 0..11 {
        post(
            &router,
            &app,
            &path,
            &night,
            "outcome=reached&called=coordinator",
        )
        .await;
    }
    let home = session(&app, Role::Municipality, Some(HOME), None).await;
    let (_, text) = page(&router, &case, &home).await;
    assert_eq!(
        text.matches("<b>連絡がついた</b>").count(),
        10,
        "the last ten"
    );
    let family = session(&app, Role::Family, None, Some(&case)).await;
    assert!(
        !page(&router, &case, &family)
            .await
            .1
            .contains("連絡がついた")
    );
    let there = session(&app, Role::NightDuty, Some(THERE), None).await;
    let form = "outcome=reached&called=family";
    assert_eq!(
        post(&router, &app, &path, &there, form).await,
        StatusCode::NOT_FOUND
    );
}
