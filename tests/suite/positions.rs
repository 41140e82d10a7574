//! Where homes are: found by their addresses and never guessed, set and confirmed by
//! those who act for the child, and told to nobody else.

use std::{collections::BTreeSet, sync::Arc};

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        audit::Action,
        municipality::MunicipalityCode,
        position::{PositionAccuracy, PositionOrigin},
    },
    import::report::FileReport,
    service::import::{self, Imported, Options, What},
    store::{PositionLine, TrailFilter},
    web,
};

use crate::{
    access::{ask, assign, session, session_and_account, words},
    moves::{a_child, look, number},
    retention::import_text,
    support::engines::Database,
};

crate::on_every_engine!(
    a_list_of_towns_finds_the_homes_that_have_no_position_and_overrides_none,
    rows_without_coordinates_are_found_by_lists_that_are_there_before,
    a_list_of_another_prefecture_or_place_is_refused_by_name,
    a_dry_run_of_a_list_changes_nothing_and_says_the_same,
    a_list_of_blocks_gives_the_accuracy_of_a_block,
    a_sheet_takes_away_nothing_that_staff_have_set,
    another_address_leaves_the_position_behind,
    staff_set_a_position_once_and_the_history_says_who_and_when,
    a_position_outside_the_municipality_is_asked_for_again,
    a_town_is_chosen_among_two_and_a_position_confirmed_as_it_is,
    whoever_may_not_act_for_the_child_sets_nothing,
    a_protected_address_is_told_by_no_page_of_positions,
);

const TOWN: &str = "43203";

const TOWNS: &str = r#"[
 {"town": "灯町【デモ】", "koaza": "", "lat": 32.21, "lng": 130.76},
 {"town": "白町【デモ】", "koaza": "", "lat": 32.22, "lng": 130.77},
 {"town": "白町【デモ】一丁目", "koaza": "", "lat": 32.215, "lng": 130.765}
]"#;

const SHEET: &str = "整理番号,市町村,氏名,住所,緯度,経度,位置の精度
P-1,43203,【デモ】灯 一子,熊本県人吉市灯町【デモ】18-5,,,
P-2,43203,【デモ】灯 二子,人吉市白町【デモ】1-2,,,
P-3,43203,【デモ】灯 三子,人吉市無町【デモ】3,,,
P-4,43203,【デモ】灯 四子,人吉市灯町【デモ】4,32.2011,130.7511,建物
P-5,43203,【デモ】灯 五子,,,,
";

async fn empty(db: &Database) -> App {
    let app = crate::demo::app(db).await;
    // Its staff tell which prefecture the database is of.
    session(&app, Role::Municipality, Some(TOWN), None).await;
    app
}

async fn towns(app: &App, name: &str, text: &str, options: Options) -> FileReport {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a list is written");
    let done = import::file(app, What::Towns, &path, &options, "test", Arc::new(|_| ())).await;
    match done.expect("an import") {
        Imported::Report(report) => *report,
        other @ Imported::Missing(_) => panic!("{other:?}"),
    }
}

async fn list(app: &App, text: &str) -> FileReport {
    towns(app, "人吉市.json", text, Options::default()).await
}

/// Position, accuracy, origin and confirmation of a home.
async fn home(app: &App, case: &str) -> Option<(f64, PositionAccuracy, PositionOrigin, bool)> {
    let case = look(app, case).await.case;
    let located = case.located?;
    Some((
        case.home.position?.lat(),
        case.home.accuracy?,
        located.origin,
        located.confirmed,
    ))
}

async fn history(app: &App, case: &str) -> Vec<PositionLine> {
    let mut tx = app.store.read().await.expect("a unit of work");
    let lines = tx
        .positions(&Reader::Operator, app.moment(), &number(case))
        .await;
    lines.expect("a history")
}

fn counts(report: &FileReport) -> [u64; 5] {
    [
        report.read,
        report.added,
        report.changed,
        report.unchanged,
        report.withdrawn,
    ]
}

use PositionAccuracy::{Block, Building, TownCentroid};
use PositionOrigin::{Address, Given, Map};

async fn a_list_of_towns_finds_the_homes_that_have_no_position_and_overrides_none(db: Database) {
    let app = empty(&db).await;
    let report = import_text(&app, SHEET).await;
    assert_eq!(report.added, 5, "{report:?}");
    let rows: Vec<u64> = report.warnings.iter().map(|note| note.row).collect();
    assert!(
        [1, 2, 3, 5].iter().all(|row| rows.contains(row)),
        "{report:?}"
    );
    assert_eq!(home(&app, "P-1").await, None);

    let report = list(&app, TOWNS).await;
    assert_eq!(counts(&report), [3, 3, 0, 0, 0], "{report:?}");
    let said = &report.warnings.last().expect("a remark").reason;
    assert!(
        said.contains("4件を調べました") && said.contains("町の代表点1件"),
        "{said}"
    );
    assert!(
        said.contains("2つ以上1件") && said.contains("該当なし2件"),
        "{said}"
    );
    assert_eq!(
        home(&app, "P-1").await,
        Some((32.21, TownCentroid, Address, false))
    );
    assert_eq!(home(&app, "P-2").await, None, "it fits two towns");
    assert_eq!(home(&app, "P-3").await, None);
    assert_eq!(
        home(&app, "P-4").await,
        Some((32.2011, Building, Given, false))
    );
    let case = look(&app, "P-1").await.case;
    let place = case.located.expect("a source").place.expect("a place");
    assert_eq!(place, "人吉市灯町【デモ】");

    // The same once more changes nothing; a newer list moves what a list has found.
    let again = list(&app, TOWNS).await;
    assert_eq!(counts(&again), [3, 0, 0, 3, 0]);
    let moved = TOWNS.replace("32.21,", "32.209,");
    let newer = list(&app, &moved).await;
    assert_eq!(counts(&newer), [3, 0, 1, 2, 0], "{newer:?}");
    assert_eq!(
        home(&app, "P-1").await,
        Some((32.209, TownCentroid, Address, false))
    );
    assert_eq!(history(&app, "P-1").await.len(), 2);
    assert_eq!(
        home(&app, "P-4").await,
        Some((32.2011, Building, Given, false))
    );
}

async fn rows_without_coordinates_are_found_by_lists_that_are_there_before(db: Database) {
    let app = empty(&db).await;
    list(&app, TOWNS).await;
    let report = import_text(&app, SHEET).await;
    let of = |row| {
        let note = report.warnings.iter().find(|note| note.row == row);
        note.expect("a remark").reason.clone()
    };
    assert!(of(1).contains("人吉市灯町【デモ】"), "{report:?}");
    assert!(of(2).contains("白町【デモ】一丁目"), "{report:?}");
    assert!(of(3).contains("位置の確認が必要"), "{report:?}");
    assert_eq!(
        home(&app, "P-1").await,
        Some((32.21, TownCentroid, Address, false))
    );
    // The same sheet once more, with its empty cells, takes nothing away.
    let again = import_text(&app, SHEET).await;
    assert_eq!((again.changed, again.unchanged), (0, 5), "{again:?}");
    assert_eq!(
        home(&app, "P-1").await,
        Some((32.21, TownCentroid, Address, false))
    );
}

async fn a_list_of_another_prefecture_or_place_is_refused_by_name(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let refused = |report: FileReport| {
        assert_eq!((report.accepted, report.added), (0, 0), "{report:?}");
        report.error.expect("it is refused")
    };
    let chikugo = towns(&app, "筑後市.json", TOWNS, Options::default()).await;
    let error = refused(chikugo);
    assert_eq!(error.code, "other_prefecture");
    assert!(error.message_ja.contains("福岡県") && error.message_ja.contains("熊本県"));
    for name in ["towns.json", "府中市.json"] {
        let error = refused(towns(&app, name, TOWNS, Options::default()).await);
        assert_eq!(error.code, "no_municipality", "{name}");
        assert!(error.message_ja.contains("--covers"), "{name}");
    }
    let error = refused(towns(&app, "八代市.json", TOWNS, Options::default()).await);
    assert_eq!(
        error.code, "elsewhere",
        "towns of Hitoyoshi are not in Yatsushiro"
    );
    let code = MunicipalityCode::parse(TOWN).expect("a code");
    let named = Options {
        covers: Some(BTreeSet::from([code])),
        dated: "2020-01-01".parse().ok(),
        ..Options::default()
    };
    let error = refused(towns(&app, "towns.json", TOWNS, named).await);
    assert_eq!(error.code, "older", "the demonstration's own list is newer");
}

async fn a_dry_run_of_a_list_changes_nothing_and_says_the_same(db: Database) {
    let app = empty(&db).await;
    import_text(&app, SHEET).await;
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    let tried = towns(&app, "人吉市.json", TOWNS, dry).await;
    assert_eq!(home(&app, "P-1").await, None);
    let mut done = list(&app, TOWNS).await;
    done.file.clone_from(&tried.file);
    assert_eq!(tried, done);
    assert!(home(&app, "P-1").await.is_some());
}

const BLOCKS: &str = "都道府県名,市区町村名,大字・丁目名,小字・通称名,街区符号・地番,座標系番号,Ｘ座標,Ｙ座標,緯度,経度,住居表示フラグ,代表フラグ,更新前履歴フラグ,更新後履歴フラグ
熊本県,人吉市,灯町【デモ】,,18,2,1,1,32.2101,130.7601,1,0,0,0
熊本県,人吉市,灯町【デモ】,,18,2,1,1,32.2102,130.7602,1,1,0,0
熊本県,人吉市,無町【デモ】,,9,2,1,1,32.2202,130.7602,1,1,0,0
";

async fn a_list_of_blocks_gives_the_accuracy_of_a_block(db: Database) {
    let app = empty(&db).await;
    import_text(&app, SHEET).await;
    list(&app, TOWNS).await;
    let report = towns(&app, "43_2025.csv", BLOCKS, Options::default()).await;
    assert_eq!(
        report.format.as_deref(),
        Some("isj-blocks-csv"),
        "{report:?}"
    );
    assert_eq!(counts(&report), [3, 3, 0, 0, 0]);
    // The point that stands for the block, whatever the order of the file.
    assert_eq!(
        home(&app, "P-1").await,
        Some((32.2102, Block, Address, false))
    );
    assert_eq!(
        home(&app, "P-3").await,
        None,
        "of its town another block is known"
    );
    let again = towns(&app, "43_2025.csv", BLOCKS, Options::default()).await;
    assert_eq!(counts(&again), [3, 0, 0, 3, 0], "{again:?}");
}

/// A child of the town, its page of positions, and the number that a save names.
async fn opened(app: &App, cookie: &str, case: &str) -> (StatusCode, String, i64) {
    let router = web::router(app.clone());
    let path = format!("/plans/{case}/position");
    let answer = ask(&router, "GET", &path, cookie, "").await;
    let status = answer.status();
    let page = words(answer).await;
    let revision = look(app, case).await.case.revision;
    (status, page, revision)
}

async fn send(app: &App, cookie: &str, case: &str, form: &str) -> (StatusCode, String) {
    let router = web::router(app.clone());
    let path = format!("/plans/{case}/position");
    let answer = ask(&router, "POST", &path, cookie, form).await;
    (answer.status(), words(answer).await)
}

fn here(lat: f64, lon: f64, revision: i64, key: impl std::fmt::Display) -> String {
    format!("act=set&lat={lat}&lon={lon}&accuracy=building&revision={revision}&key={key}")
}

async fn a_sheet_takes_away_nothing_that_staff_have_set(db: Database) {
    let app = empty(&db).await;
    list(&app, TOWNS).await;
    import_text(&app, SHEET).await;
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    for case in ["P-1", "P-4"] {
        let (_, _, revision) = opened(&app, &cookie, case).await;
        let form = here(32.2055, 130.7555, revision, app.ids.next());
        assert_eq!(send(&app, &cookie, case, &form).await.0, StatusCode::OK);
    }
    let set = Some((32.2055, Building, Map, true));
    let report = import_text(&app, SHEET).await;
    assert_eq!(home(&app, "P-1").await, set, "the cells were empty");
    assert_eq!(
        home(&app, "P-4").await,
        set,
        "the cells say what they said before"
    );
    assert_eq!((report.changed, report.unchanged), (0, 5), "{report:?}");
    let note = report.warnings.iter().find(|note| note.row == 4);
    assert!(note.is_some_and(|n| n.reason.contains("地図で設定した位置を残しました")));
    // A list finds what has no position, and a new position in the sheet counts.
    list(&app, &TOWNS.replace("32.21,", "32.209,")).await;
    assert_eq!(home(&app, "P-1").await, set);
    import_text(&app, &SHEET.replace("32.2011", "32.2044")).await;
    assert_eq!(
        home(&app, "P-4").await,
        Some((32.2044, Building, Given, false))
    );
    let origins: Vec<PositionOrigin> = history(&app, "P-4")
        .await
        .iter()
        .map(|l| l.origin)
        .collect();
    assert_eq!(origins, [Given, Map, Given]);
}

async fn another_address_leaves_the_position_behind(db: Database) {
    let app = empty(&db).await;
    list(&app, TOWNS).await;
    import_text(&app, SHEET).await;
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let (_, _, revision) = opened(&app, &cookie, "P-1").await;
    let form = here(32.2055, 130.7555, revision, app.ids.next());
    assert_eq!(send(&app, &cookie, "P-1", &form).await.0, StatusCode::OK);
    import_text(
        &app,
        &SHEET.replace("灯町【デモ】18-5", "白町【デモ】一丁目3"),
    )
    .await;
    assert_eq!(
        home(&app, "P-1").await,
        Some((32.215, TownCentroid, Address, false))
    );
    assert_eq!(
        history(&app, "P-1").await.len(),
        1,
        "nothing of the former address"
    );
    let (_, page, _) = opened(&app, &cookie, "P-1").await;
    assert!(!page.contains("32.2055"), "it cannot be set again");
}

async fn staff_set_a_position_once_and_the_history_says_who_and_when(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let (cookie, user) = session_and_account(&app, Role::Municipality, Some(TOWN), None).await;
    let router = web::router(app.clone());
    let listed = words(ask(&router, "GET", "/positions", &cookie, "").await).await;
    assert!(listed.contains("/plans/D-0001/position"), "{listed}");
    let (status, page, revision) = opened(&app, &cookie, "D-0001").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("町の代表点") && page.contains("【デモ】町の一覧 (2026-04-01)"));
    let unknown = async || {
        let checked = look(&app, "D-0006").await;
        let all = checked.look.exposures.into_values();
        all.filter(|exposure| exposure.hits().is_none()).count()
    };
    let before = unknown().await;

    let key = app.ids.next();
    let form = here(32.2079, 130.7724, revision, key);
    let (status, page) = send(&app, &cookie, "D-0001", &form).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("位置を登録し"), "{page}");
    // The same form once more, and its key with another place.
    assert_eq!(send(&app, &cookie, "D-0001", &form).await.0, StatusCode::OK);
    let other = here(32.2, 130.76, revision, key);
    assert_eq!(
        send(&app, &cookie, "D-0001", &other).await.0,
        StatusCode::CONFLICT
    );
    // A page that was open before the change.
    let stale = here(32.2, 130.76, revision, app.ids.next());
    let (status, page) = send(&app, &cookie, "D-0001", &stale).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        page.contains("ほかの人が") && page.contains("value=\"32.2\""),
        "what was typed stays"
    );

    assert_eq!(
        home(&app, "D-0001").await,
        Some((32.2079, Building, Map, true))
    );
    let lines = history(&app, "D-0001").await;
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].by.as_deref(), Some("【デモ】"));
    assert_eq!((lines[1].origin, lines[1].in_force), (Address, false));
    let (_, _, revision) = opened(&app, &cookie, "D-0006").await;
    let form = here(32.2079, 130.7724, revision, app.ids.next());
    assert_eq!(send(&app, &cookie, "D-0006", &form).await.0, StatusCode::OK);
    assert!(unknown().await < before, "more is known than before");
    let derived = words(ask(&router, "GET", "/children", &cookie, "").await).await;
    assert!(derived.contains("D-0001"));
    let after = words(ask(&router, "GET", "/positions", &cookie, "").await).await;
    assert!(!after.contains("/plans/D-0001/position"), "{after}");
    let plan = words(ask(&router, "GET", "/plans/D-0001", &cookie, "").await).await;
    assert!(
        plan.contains("地図で設定") && plan.contains("確認済み"),
        "the plan says so"
    );
    let filter = TrailFilter {
        case: Some(number("D-0001")),
        actor: Some(user),
        ..TrailFilter::default()
    };
    let mut tx = app.store.read().await.expect("a unit of work");
    let trail = tx.trail(&Reader::Operator, &filter).await.expect("a trail");
    let sets = trail
        .iter()
        .filter(|row| row.event.action == Action::SetPosition);
    assert_eq!(sets.count(), 1, "once");
    drop(tx);
    // Back to what it was before: from the history.
    let (_, _, revision) = opened(&app, &cookie, "D-0001").await;
    let back = lines[1].position.expect("a position");
    let form = format!(
        "act=set&lat={}&lon={}&accuracy=town_centroid&revision={revision}&key={}",
        back.lat(),
        back.lon(),
        app.ids.next()
    );
    assert_eq!(send(&app, &cookie, "D-0001", &form).await.0, StatusCode::OK);
    assert_eq!(look(&app, "D-0001").await.case.home.position, Some(back));
}

async fn a_position_outside_the_municipality_is_asked_for_again(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let (_, _, revision) = opened(&app, &cookie, "D-0001").await;
    let far = here(32.5, 130.6, revision, app.ids.next());
    let (status, page) = send(&app, &cookie, "D-0001", &far).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("市町村の外です") && page.contains("name=\"outside\""),
        "{page}"
    );
    assert_eq!(history(&app, "D-0001").await.len(), 1, "nothing was set");
    let sure = here(32.5, 130.6, revision, app.ids.next()) + "&outside=yes";
    assert_eq!(send(&app, &cookie, "D-0001", &sure).await.0, StatusCode::OK);
    let (_, page, revision) = opened(&app, &cookie, "D-0001").await;
    assert!(
        page.contains("市町村の外にあります"),
        "the page goes on saying so"
    );
    for (form, words) in [
        ("lat=130.76&lon=32.21&accuracy=building", "逆"),
        ("lat=abc&lon=130.76&accuracy=building", "読み取れません"),
        ("lat=51.5&lon=0.1&accuracy=building", "読み取れません"),
        ("lat=32.21&lon=130.76&accuracy=", "選んでください"),
    ] {
        let form = format!("act=set&{form}&revision={revision}&key={}", app.ids.next());
        let (status, page) = send(&app, &cookie, "D-0001", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(page.contains(words), "{form}");
    }
}

async fn a_town_is_chosen_among_two_and_a_position_confirmed_as_it_is(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let cookie = session(&app, Role::Municipality, Some(TOWN), None).await;
    let router = web::router(app.clone());
    let (_, page, revision) = opened(&app, &cookie, "D-0003").await;
    assert!(page.contains("2つ以上"), "{page}");
    let code = page
        .split("name=\"place\" value=\"")
        .find(|rest| rest.starts_with("人吉市白町【デモ】一丁目"))
        .and_then(|rest| rest.split('"').next())
        .expect("a candidate")
        .to_owned();
    let confirm = |revision: i64, key| format!("act=confirm&revision={revision}&key={key}");
    let nothing = send(&app, &cookie, "D-0003", &confirm(revision, app.ids.next())).await;
    assert_eq!(
        nothing.0,
        StatusCode::CONFLICT,
        "there is nothing to confirm"
    );
    let choose = |place: &str, revision: i64, key| {
        format!("act=choose&place={place}&revision={revision}&key={key}")
    };
    let form = choose("人吉市どこか町", revision, app.ids.next());
    assert_eq!(
        send(&app, &cookie, "D-0003", &form).await.0,
        StatusCode::CONFLICT
    );
    let form = choose(&code, revision, app.ids.next());
    assert_eq!(send(&app, &cookie, "D-0003", &form).await.0, StatusCode::OK);
    assert_eq!(
        home(&app, "D-0003").await,
        Some((32.2085, TownCentroid, Address, false))
    );
    let waits = words(ask(&router, "GET", "/positions", &cookie, "").await).await;
    assert!(
        waits.contains("/plans/D-0003/position"),
        "a choice confirms nothing"
    );
    let (_, _, revision) = opened(&app, &cookie, "D-0003").await;
    let form = confirm(revision, app.ids.next());
    assert_eq!(send(&app, &cookie, "D-0003", &form).await.0, StatusCode::OK);
    assert_eq!(
        home(&app, "D-0003").await,
        Some((32.2085, TownCentroid, Address, true))
    );
    let waits = words(ask(&router, "GET", "/positions", &cookie, "").await).await;
    assert!(!waits.contains("/plans/D-0003/position"));
    // A list that is brought in later leaves it alone.
    let code = MunicipalityCode::parse(TOWN).expect("a code");
    let options = Options {
        covers: Some(BTreeSet::from([code])),
        ..Options::default()
    };
    let other = TOWNS.replace("白町", "黒町").replace("灯町", "白町");
    towns(&app, "towns.json", &other, options).await;
    assert_eq!(
        home(&app, "D-0003").await,
        Some((32.2085, TownCentroid, Address, true))
    );
}

async fn whoever_may_not_act_for_the_child_sets_nothing(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let (coordinator, user) = session_and_account(&app, Role::Coordinator, None, None).await;
    let other = session(&app, Role::Municipality, Some("43202"), None).await;
    let night = session(&app, Role::NightDuty, Some(TOWN), None).await;
    let family = session(&app, Role::Family, None, Some("D-0001")).await;
    let revision = look(&app, "D-0001").await.case.revision;
    for cookie in [&coordinator, &other, &night, &family] {
        let (status, page, _) = opened(&app, cookie, "D-0001").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{page}");
        let form = here(32.2079, 130.7724, revision, app.ids.next());
        assert_eq!(
            send(&app, cookie, "D-0001", &form).await.0,
            StatusCode::NOT_FOUND
        );
    }
    assign(&app, "D-0001", user).await;
    let form = here(32.2079, 130.7724, revision, app.ids.next());
    assert_eq!(
        send(&app, &coordinator, "D-0001", &form).await.0,
        StatusCode::OK
    );
    assert_eq!(history(&app, "D-0001").await.len(), 2);
}

async fn a_protected_address_is_told_by_no_page_of_positions(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let case = a_child(&app).await;
    let (named, _) = session_and_account(&app, Role::Municipality, Some(TOWN), None).await;
    let colleague = session(&app, Role::Municipality, Some(TOWN), None).await;
    // Its position is rough, so that it would be on the list.
    let revision = look(&app, &case).await.case.revision;
    let at = look(&app, &case)
        .await
        .case
        .home
        .position
        .expect("a position");
    let form = format!("act=protect&key={}", app.ids.next());
    let path = format!("/plans/{case}/protection");
    assert!(
        ask(&router, "POST", &path, &named, &form)
            .await
            .status()
            .is_redirection()
    );
    let mut tx = app.store.begin().await.expect("a unit of work");
    let id = tx.case_of_number(&number(&case)).await.expect("a look-up");
    let rough = tomoshibi::store::NewPosition {
        id: tomoshibi::domain::id::PositionId(app.ids.next()),
        position: at,
        accuracy: Some(TownCentroid),
        origin: Address,
        data_set: None,
        place: Some("人吉市隠町【デモ】".to_owned()),
        confirmed: false,
        by: None,
    };
    let set = tx
        .set_position(id.expect("a case"), &rough, app.clock.now())
        .await;
    assert!(set.expect("it is set"));
    tx.commit().await.expect("it is kept");
    let address = look(&app, &case)
        .await
        .case
        .child
        .address
        .expect("an address");
    let telling = [address, "隠町".to_owned(), format!("{:.6}", at.lat())];
    let tells = |page: &str| telling.iter().any(|text| page.contains(text.as_str()));

    let listed = words(ask(&router, "GET", "/positions", &named, "").await).await;
    assert!(
        listed.contains(&case) && !tells(&listed),
        "the list names no place"
    );
    let listed = words(ask(&router, "GET", "/positions", &colleague, "").await).await;
    assert!(
        !listed.contains(&format!("/plans/{case}/position")),
        "not for others"
    );
    let path = format!("/plans/{case}/position");
    for (method, path) in [
        ("GET", path.clone()),
        ("POST", format!("{path}/show")),
        ("GET", format!("{path}.json")),
    ] {
        let answer = ask(&router, method, &path, &colleague, "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{method} {path}");
    }
    let form = here(32.2079, 130.7724, revision, app.ids.next());
    assert_eq!(
        send(&app, &colleague, &case, &form).await.0,
        StatusCode::NOT_FOUND
    );
    let (status, page, revision) = opened(&app, &named, &case).await;
    assert!(status == StatusCode::OK && !tells(&page), "{page}");
    let shown = words(ask(&router, "POST", &format!("{path}/show"), &named, "").await).await;
    assert!(tells(&shown) && shown.contains("no-print"), "{shown}");
    let form = here(at.lat(), at.lon(), revision, app.ids.next());
    assert_eq!(send(&app, &named, &case, &form).await.0, StatusCode::OK);
}
