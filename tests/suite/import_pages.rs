//! What was imported stands on a page: every try, every data set, and the
//! municipalities that no map covers; rows about children only for those who may read
//! them.

use std::sync::Arc;

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        audit::Action,
    },
    service::import::{self, Imported, Options, What},
    store::TrailFilter,
    web,
};

use crate::{
    access::{ask, session, session_and_account, words},
    retention::import_text,
    support::engines::Database,
};

crate::on_every_engine!(
    every_try_and_every_data_set_stands_on_the_page,
    rows_about_children_are_for_those_who_may_read_them,
    what_was_erased_says_so_and_keeps_its_counts,
    without_an_import_the_page_says_what_to_type,
    older_tries_are_reached_page_by_page,
    a_list_that_a_newer_one_replaced_in_part_is_still_in_force_for_the_rest,
);

async fn import_as(app: &App, what: What, name: &str, text: &str, options: Options) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a file is written");
    let done = import::file(app, what, &path, &options, "operator", Arc::new(|_| ())).await;
    assert!(matches!(done.expect("an import"), Imported::Report(_)));
}

/// The address of the latest try on the page.
fn latest(page: &str) -> String {
    let rest = page.split("href=\"/imports/").nth(1).expect("a try");
    format!("/imports/{}", rest.split('"').next().expect("an address"))
}

async fn every_try_and_every_data_set_stands_on_the_page(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    let read = async |path: &str| words(ask(&router, "GET", path, &cookie, "").await).await;
    let page = read("/imports").await;
    for said in [
        "【デモ】指定緊急避難場所",
        "【デモ】洪水浸水想定区域",
        "【デモ】町の一覧",
        "2026-05-01",
        "geolonia-towns-json",
        "使用中",
        "sites.csv",
        "tomoshibi import families",
    ] {
        assert!(page.contains(said), "{said}");
    }
    // Where nobody has said anything, the table says so, and so do the sentences.
    let line = page
        .split("<dt>土砂災害警戒区域等</dt><dd>")
        .nth(1)
        .expect("a layer");
    let said = line.split("</dd>").next().expect("its words");
    assert!(
        said.contains("荒尾市") && !said.contains("人吉市"),
        "{said}"
    );
    assert!(
        said.contains("一部の区だけ対象の市町村（1）：熊本市"),
        "{said}"
    );

    assert!(
        page.contains("人吉市：どの地図の対象にもなっています"),
        "{page}"
    );

    // A file that is refused whole, and one that is only tried.
    import_as(
        &app,
        What::Sites,
        "壊れ.csv",
        "a,b\n1,2\n",
        Options::default(),
    )
    .await;
    let page = read("/imports").await;
    assert!(
        page.contains("壊れ.csv") && page.contains("断った"),
        "{page}"
    );
    let one = read(&latest(&page)).await;
    assert!(one.contains("■") && one.contains("壊れ.csv"), "{one}");
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    let list = include_str!("../../data/demo/sites.csv");
    import_as(&app, What::Sites, "試し.csv", list, dry).await;
    assert!(read("/imports").await.contains("試行（保存なし）"));
    // A changed list: the row that is wrong is named, and what changed is a page.
    let site = list.lines().nth(1).expect("a site");
    let broken = list.replace(site, &site.replace(",1,", ",x,"));
    import_as(&app, What::Sites, "sites.csv", &broken, Options::default()).await;
    let path = latest(&read("/imports").await);
    let one = read(&path).await;
    assert!(one.contains("1件目") && one.contains("不採用"), "{one}");
    let file = ask(&router, "GET", &format!("{path}/rows.csv"), &cookie, "").await;
    assert_eq!(file.status(), StatusCode::OK);
    let file = words(file).await;
    assert!(
        file.starts_with('\u{feff}') && file.contains("不採用 / rejected,1,"),
        "{file}"
    );
    let english = ask(&router, "GET", &path, &format!("{cookie}; language=en"), "").await;
    assert!(words(english).await.contains("rejected"));
    let unknown = format!("/imports/{}", app.ids.next());
    assert_eq!(
        ask(&router, "GET", &unknown, &cookie, "").await.status(),
        StatusCode::NOT_FOUND
    );
}

const SHEET: &str = "整理番号,市町村,氏名,住所,緯度,経度,生年月日
I-1,43203,【デモ】人吉 一子,人吉市秘町1,,,
I-2,43202,【デモ】八代 二子,八代市内緒町2,,,
I-3,43203,【デモ】人吉 三子,人吉市秘町3,,,人吉三子の誕生日
I-4,43202,【デモ】八代 四子,八代市内緒町4,,,八代四子の誕生日
I-5,,【デモ】不明 五子,,,,不明五子の誕生日
";

async fn rows_about_children_are_for_those_who_may_read_them(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let (hitoyoshi, user) =
        session_and_account(&app, Role::Municipality, Some("43203"), None).await;
    let yatsushiro = session(&app, Role::Municipality, Some("43202"), None).await;
    let minamata = session(&app, Role::Municipality, Some("43205"), None).await;
    let centre = session(&app, Role::Centre, None, None).await;
    let administrator = session(&app, Role::Administrator, None, None).await;
    let report = import_text(&app, SHEET).await;
    assert_eq!((report.accepted, report.refused()), (2, 3), "{report:?}");
    let list = words(ask(&router, "GET", "/imports", &hitoyoshi, "").await).await;
    let path = latest(&list);
    let read = async |cookie: &str| {
        let page = words(ask(&router, "GET", &path, cookie, "").await).await;
        let csv = format!("{path}/rows.csv");
        page + &words(ask(&router, "GET", &csv, cookie, "").await).await
    };
    let own = read(&hitoyoshi).await;
    assert!(
        own.contains("人吉三子の誕生日") && own.contains("1件目"),
        "{own}"
    );
    assert!(
        !own.contains("八代四子") && !own.contains("不明五子"),
        "{own}"
    );
    assert!(own.contains("見せられない行があります"), "{own}");
    let theirs = read(&yatsushiro).await;
    assert!(
        theirs.contains("八代四子の誕生日") && !theirs.contains("人吉三子"),
        "{theirs}"
    );
    for cookie in [&minamata, &centre, &administrator] {
        let page = read(cookie).await;
        for secret in ["三子", "四子", "五子", "秘町", "内緒町", "消江さん"] {
            assert!(!page.contains(secret), "{secret}: {page}");
        }
        assert!(page.contains("不採用 3"), "the counts are for all: {page}");
        let list = words(ask(&router, "GET", "/imports", cookie, "").await).await;
        assert!(list.contains("ファイル名は示しません"), "{list}");
    }
    // Which child was read about is on record.
    let filter = TrailFilter {
        actor: Some(user),
        ..TrailFilter::default()
    };
    let mut tx = app.store.read().await.expect("a unit of work");
    let trail = tx.trail(&Reader::Operator, &filter).await.expect("a trail");
    let reads: Vec<usize> = trail
        .iter()
        .filter(|row| row.event.action == Action::ReadImport)
        .map(|row| row.cases.len())
        .collect();
    assert_eq!(reads, [1, 1], "I-1, on the page and in the table");
    drop(tx);
    // Once its address is protected, no report tells it, not even to those named.
    assert!(own.contains("I-1") || own.contains("1件目"));
    let form = format!("act=protect&key={}", app.ids.next());
    let protect = ask(&router, "POST", "/plans/I-1/protection", &hitoyoshi, &form).await;
    assert!(protect.status().is_redirection());
    let own = read(&hitoyoshi).await;
    assert!(!own.contains(">1件目<") && own.contains(">3件目<"), "{own}");
    // Who has no business here is not let in.
    for role in [Role::Coordinator, Role::Auditor, Role::Prefecture] {
        let cookie = session(&app, role, None, None).await;
        let status = ask(&router, "GET", "/imports", &cookie, "").await.status();
        assert_eq!(status, StatusCode::NOT_FOUND, "{role:?}");
    }
}

async fn what_was_erased_says_so_and_keeps_its_counts(db: Database) {
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    import_text(&app, SHEET).await;
    let path = latest(&words(ask(&router, "GET", "/imports", &cookie, "").await).await);
    let before = words(ask(&router, "GET", &path, &cookie, "").await).await;
    assert!(
        before.contains("人吉三子の誕生日") && before.contains("消江さん"),
        "{before}"
    );
    let now = app.clock.now() + chrono::TimeDelta::days(1);
    let mut tx = app.store.begin().await.expect("a unit of work");
    let blanked = tx.blank_imports(now, None, now).await.expect("it is done");
    assert_eq!(blanked, 1);
    tx.commit().await.expect("it lasts");
    let after = words(ask(&router, "GET", &path, &cookie, "").await).await;
    assert!(
        after.contains("消去されました") && after.contains("読込 5"),
        "{after}"
    );
    assert!(
        !after.contains("三子") && !after.contains("消江さん"),
        "{after}"
    );
}

async fn without_an_import_the_page_says_what_to_type(db: Database) {
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Administrator, None, None).await;
    let page = words(ask(&router, "GET", "/imports", &cookie, "").await).await;
    assert!(page.contains("まだ何も取り込まれていません"), "{page}");
    assert!(page.contains("tomoshibi import boundaries"), "{page}");
}

async fn older_tries_are_reached_page_by_page(db: Database) {
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Administrator, None, None).await;
    for number in 0..53 {
        let name = format!("第{number}回.csv");
        import_as(&app, What::Sites, &name, "a,b\n1,2\n", Options::default()).await;
    }
    let first = words(ask(&router, "GET", "/imports", &cookie, "").await).await;
    assert!(first.contains("第52回") && first.contains("第3回") && !first.contains("第2回"));
    let rest = first
        .split("href=\"/imports?before=")
        .nth(1)
        .expect("a link");
    let id = rest.split('"').next().expect("an id");
    let path = format!("/imports?before={id}");
    let second = words(ask(&router, "GET", &path, &cookie, "").await).await;
    assert!(second.contains("第2回") && second.contains("第0回") && !second.contains("第3回"));
    assert!(!second.contains("?before="), "{second}");
}

async fn a_list_that_a_newer_one_replaced_in_part_is_still_in_force_for_the_rest(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    let list = include_str!("../../data/demo/sites.csv");
    let part: Vec<&str> = list
        .lines()
        .filter(|line| line.contains("人吉市") || line.contains("施設・場所名"))
        .collect();
    let rest = list.lines().count() - part.len();
    assert!(part.len() > 1 && rest > 0);
    let options = Options {
        force: true,
        complete: false,
        ..Options::default()
    };
    let text = part.join("\n").replace("小学校", "義務教育学校") + "\n";
    import_as(&app, What::Sites, "sites.csv", &text, options).await;
    let page = words(ask(&router, "GET", "/imports", &cookie, "").await).await;
    let still = page.split("まだ使用中：").nth(1);
    let still = still.unwrap_or_else(|| panic!("{page}"));
    assert!(still.trim_start().starts_with(&rest.to_string()), "{rest}");
    assert!(still.contains("廃止と決めつけず"));
}
