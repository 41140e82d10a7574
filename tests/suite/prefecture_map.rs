//! The map of the prefecture shows whom its reader may see, leaves out nobody
//! of whom nothing is known, and its tiles are those of the data in force.

use std::collections::BTreeSet;

use axum::http::{StatusCode, header};
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        audit::Action,
        hazard::Hazard,
        id::UserId,
        municipality::MunicipalityCode,
    },
    service::check::{self, CheckedCase},
    store::TrailFilter,
    web,
};

use crate::{
    access::{ask, assign, session, session_and_account, words},
    emergency::night,
    moves::number,
    retention::import_text,
    support::engines::Database,
};

crate::on_every_engine!(
    a_reader_finds_the_children_they_may_see_and_nobody_else,
    homes_in_the_zones_come_with_those_of_whom_nobody_knows,
    sites_are_those_that_the_address_asks_for,
    a_child_without_a_position_is_in_the_list,
    a_tile_is_of_the_data_in_force,
    who_looks_under_emergency_access_is_on_record,
    of_a_town_of_others_the_map_says_that_its_children_are_not_shown,
);

const HOME: &str = "43203";

/// The cases to which a page leads.
fn linked(page: &str) -> BTreeSet<String> {
    page.split("href=\"/plans/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

async fn everybody(app: &App) -> Vec<CheckedCase> {
    check::batch(app, &Reader::Operator, "", app.clock.today())
        .await
        .expect("a check")
}

fn lives_in(case: &CheckedCase, town: &str) -> bool {
    let town = MunicipalityCode::parse(town).expect("a code");
    case.case
        .home
        .municipality
        .is_some_and(|own| own.same_as(town))
}

async fn a_reader_finds_the_children_they_may_see_and_nobody_else(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cases = everybody(&app).await;
    let one = cases
        .iter()
        .find(|c| lives_in(c, HOME) && c.case.home.position.is_some())
        .expect("a child of the town");
    let (coordinator, account) = session_and_account(&app, Role::Coordinator, None, None).await;
    assign(&app, one.case.number.as_str(), account).await;
    let readers = [
        session(&app, Role::Municipality, Some(HOME), None).await,
        session(&app, Role::NightDuty, Some(HOME), None).await,
        session(&app, Role::Centre, None, None).await,
        coordinator,
    ];
    for cookie in &readers {
        let page = words(ask(&router, "GET", "/map?municipality=all", cookie, "").await).await;
        let mut allowed = BTreeSet::new();
        for c in &cases {
            let path = format!("/plans/{}/map.json", c.case.number);
            if ask(&router, "GET", &path, cookie, "").await.status() == StatusCode::OK {
                allowed.insert(c.case.number.to_string());
            }
        }
        // Who has no position has no small map, but stands in the list.
        let without: BTreeSet<String> = cases
            .iter()
            .filter(|c| c.case.home.position.is_none())
            .map(|c| c.case.number.to_string())
            .collect();
        let shown: BTreeSet<String> = linked(&page).difference(&without).cloned().collect();
        assert!(!shown.is_empty());
        assert_eq!(shown, allowed);
        // The map reads what it draws from the list.
        let drawn = page.matches("data-role=\"home\" data-lat").count()
            + page
                .matches("data-role=\"home\" data-rough data-lat")
                .count();
        assert_eq!(drawn, shown.len());
    }
    // Whose address is protected is counted, and nothing else is told.
    let staff = words(ask(&router, "GET", "/map", &readers[0], "").await).await;
    assert!(
        cases
            .iter()
            .any(|c| c.case.number.as_str() == "D-0029" && lives_in(c, HOME))
    );
    assert!(!linked(&staff).contains("D-0029"));
    assert!(
        staff.contains("地図と一覧に場所を出せないお子さん: 1"),
        "{staff}"
    );
    for role in [
        Role::Family,
        Role::Prefecture,
        Role::Administrator,
        Role::Auditor,
    ] {
        let child = (role == Role::Family).then(|| one.case.number.to_string());
        let cookie = session(&app, role, None, child.as_deref()).await;
        let status = ask(&router, "GET", "/map", &cookie, "").await.status();
        assert_eq!(status, StatusCode::NOT_FOUND, "{role:?}");
    }
}

async fn homes_in_the_zones_come_with_those_of_whom_nobody_knows(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cases = everybody(&app).await;
    let cookie = session(&app, Role::Municipality, Some(HOME), None).await;
    let all = linked(&words(ask(&router, "GET", "/map", &cookie, "").await).await);
    for hazard in [Hazard::Flood, Hazard::Landslide, Hazard::Tsunami] {
        let path = format!("/map?inside={}", hazard.code());
        let page = words(ask(&router, "GET", &path, &cookie, "").await).await;
        let (inside, unknown) = page
            .split_once("まだ分からない ")
            .expect("a part for the unknown");
        let expected = |hits| -> BTreeSet<String> {
            cases
                .iter()
                .filter(|c| c.look.exposures[&hazard].hits() == hits)
                .map(|c| c.case.number.to_string())
                .filter(|number| all.contains(number))
                .collect()
        };
        assert_eq!(linked(inside), expected(Some(true)), "{hazard:?}");
        assert_eq!(linked(unknown), expected(None), "{hazard:?}");
        let left_out = expected(Some(false)).len();
        assert!(page.contains(&format!("区域の外の家（一覧に出していません）: {left_out}")));
    }
    assert!(
        cases
            .iter()
            .any(|c| lives_in(c, HOME) && c.look.exposures[&Hazard::Flood].hits() == Some(true))
    );
}

async fn sites_are_those_that_the_address_asks_for(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(HOME), None).await;
    let count = |page: &str| page.matches("data-role=\"site\"").count();
    let page = async |path: &str| words(ask(&router, "GET", path, &cookie, "").await).await;
    let own = page("/map").await;
    let everywhere = page("/map?municipality=all").await;
    assert!(count(&own) > 0 && count(&own) < count(&everywhere));
    let shelters = page("/map?kind=shelter").await;
    assert_eq!(
        count(&shelters),
        own.matches("data-kind=\"shelter\"").count()
    );
    assert!(count(&shelters) > 0);
    let surge = page("/map?municipality=all&level=3&hazard=storm_surge").await;
    assert!(count(&surge) > 0 && count(&surge) < count(&everywhere));
    for site in surge.split("data-role=\"site\"").skip(1) {
        assert!(site.contains("高潮"), "{site}");
        let level = site
            .split("data-level=\"")
            .nth(1)
            .and_then(|l| l.chars().next());
        assert!(level.is_some_and(|l| ('1'..='3').contains(&l)), "{site}");
    }
    // What is no word of ours filters nothing, and never breaks the page.
    let odd = page("/map?kind=castle&level=9&inside=love&layer=x&municipality=here").await;
    assert_eq!(count(&odd), count(&own));
    assert_eq!(linked(&odd), linked(&own));
}

async fn a_child_without_a_position_is_in_the_list(db: Database) {
    let app = crate::demo::app(&db).await;
    let sheet = "整理番号,市町村,氏名\nM-1,43203,【デモ】灯 いちばん\n";
    assert_eq!(import_text(&app, sheet).await.accepted, 1);
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(HOME), None).await;
    for path in ["/map", "/map?inside=flood"] {
        let page = words(ask(&router, "GET", path, &cookie, "").await).await;
        assert!(linked(&page).contains("M-1"), "{path}");
        assert!(page.contains("地図上の位置が未確認"), "{path}");
        // No map was imported, and the page says what that means.
        assert!(page.contains("まだ取り込まれていません"), "{path}");
    }
}

async fn a_tile_is_of_the_data_in_force(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some(HOME), None).await;
    let page = words(ask(&router, "GET", "/map", &cookie, "").await).await;
    let version = page
        .split("data-version=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a version");
    let path = |version: &str, rest: &str| format!("/tiles/{version}/{rest}");
    let tile = ask(
        &router,
        "GET",
        &path(version, "flood/10/883/415"),
        &cookie,
        "",
    )
    .await;
    assert_eq!(tile.status(), StatusCode::OK);
    let headers = tile.headers().clone();
    assert_eq!(
        headers[header::CONTENT_TYPE],
        "application/vnd.mapbox-vector-tile"
    );
    assert!(
        headers[header::CACHE_CONTROL]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    let bytes = axum::body::to_bytes(tile.into_body(), 1 << 20)
        .await
        .unwrap();
    assert!(bytes.len() > 100, "zones of the demonstration");
    // An older page gets what is in force, and keeps nothing of it.
    let older = ask(&router, "GET", &path("0", "flood/10/883/415"), &cookie, "").await;
    assert_eq!(older.headers()[header::CACHE_CONTROL], "no-store");
    let same = axum::body::to_bytes(older.into_body(), 1 << 20)
        .await
        .unwrap();
    assert_eq!(same, bytes);
    for wrong in ["flood/15/0/0", "flood/3/8/0", "lava/10/883/415"] {
        let status = ask(&router, "GET", &path(version, wrong), &cookie, "")
            .await
            .status();
        assert_eq!(status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let nobody = ask(&router, "GET", &path(version, "flood/10/883/415"), "", "").await;
    assert_ne!(nobody.status(), StatusCode::OK);
}

async fn who_looks_under_emergency_access_is_on_record(db: Database) {
    let night = night(db).await;
    let officer = night.officer().await;
    let centre = session(&night.app, Role::Centre, None, None).await;
    let before = night.page("/map?municipality=all", &centre).await;
    assert!(!linked(&before).contains(&night.case()));
    night.opens(&officer, "centre=yes").await;
    let page = night.page("/map?municipality=all", &centre).await;
    assert!(linked(&page).contains(&night.case()));
    let mut tx = night.app.store.read().await.expect("a unit of work");
    let filter = TrailFilter {
        case: Some(number(&night.case())),
        ..TrailFilter::default()
    };
    let auditor = Reader::Auditor(UserId(night.app.ids.next()));
    let trail = tx.trail(&auditor, &filter).await.expect("the trail");
    for action in [Action::ReadPrefectureMap, Action::EmergencyRead] {
        assert!(
            trail.iter().any(|row| row.event.action == action),
            "{action:?}"
        );
    }
}

async fn of_a_town_of_others_the_map_says_that_its_children_are_not_shown(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let staff = session(&app, Role::Municipality, Some(HOME), None).await;
    crate::moves::post(
        &router,
        &app,
        &format!("/plans/{}/protection", crate::moves::a_child(&app).await),
        &staff,
        "act=protect",
    )
    .await;
    let ask = async |path: &str| words(ask(&router, "GET", path, &staff, "").await).await;
    let theirs = ask("/map?municipality=43202&level=3&kind=shelter").await;
    assert!(theirs.contains("この市町村のお子さんは、ここには出ません"));
    assert!(!theirs.contains("お子さんを登録するには"));
    assert!(
        !theirs.contains("場所を出せないお子さん"),
        "none of that town"
    );
    assert!(ask("/map").await.contains("場所を出せないお子さん"));
    let paper = theirs.split("この紙の条件").nth(1).expect("the conditions");
    let paper = paper.split("</p>").next().expect("their end");
    for said in ["八代市", "レベル3", "指定避難所"] {
        assert!(paper.contains(said), "{said}: {paper}");
    }
}
