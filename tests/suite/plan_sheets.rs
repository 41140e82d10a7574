//! The papers of a plan: what stands on them, for whom, and that everything prints whole.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::TimeDelta;
use tomoshibi::{
    app::App,
    clock::ManualClock,
    domain::{access::Role, audit::Action, municipality::MunicipalityCode},
    print::{pdf::PdfError, readings::readings},
    service::binder,
    web,
};

use crate::{
    access::{ask, session, session_and_account, words},
    freshness::filled,
    life::{At, STEPS},
    loans_papers::text_of,
    support::engines::Database,
};

crate::on_every_engine!(
    the_familys_sheet_says_what_to_do_and_nothing_in_our_words,
    a_sheet_for_others_has_no_more_than_they_may_know,
    a_sheet_of_a_draft_says_so_and_one_without_a_plan_what_is_known,
    everything_prints_whole,
    a_place_that_nobody_can_go_to_is_marked_where_it_is_named,
    the_binder_holds_every_child_also_without_a_plan,
    a_kept_binder_is_sealed_and_shut_when_somebody_in_it_is_gone,
    a_binder_is_made_by_one_and_a_failure_leaves_the_last,
    binders_are_made_at_eighteen_and_put_into_the_folder,
);

/// A text of ours as it is found in the file: the readings stand before what they are of.
fn printed(text: &str) -> String {
    let mut all = String::new();
    for (run, reading) in readings(text) {
        all.push_str(reading.unwrap_or_default());
        all.push_str(run);
    }
    all
}

/// A paper, as a reader of the file finds it, without white space.
async fn paper(at: &At<'_>, path: &str) -> String {
    let path = format!("/plans/{}{path}", at.case);
    let router = web::router(at.app.clone());
    let answer = ask(&router, "GET", &path, &at.cookie, "").await;
    text_of(answer, &path).await
}

async fn approved(app: &App) -> At<'_> {
    let town = At::town(app, "X-1003").await;
    town.done("/draft", &[]).await;
    town.write_all().await;
    town.agree_and_hand_in().await;
    town.approved().await;
    town
}

async fn the_familys_sheet_says_what_to_do_and_nothing_in_our_words(db: Database) {
    let app = filled(&db).await;
    let town = approved(&app).await;
    let page = town.get("/papers").await;
    assert!(page.contains("ご家族の紙"), "{page}");
    let sheet = paper(&town, "/sheets/family").await;
    for text in [
        "停電したら",
        "お子さんにつないだまま使い切らないでください",
        "警戒レベル3（高齢者等避難）が出たら",
        "【デモ】おばの家",
        "2階の寝室",
        "000-0000-0003",
        "【デモ】となり",
        "蘇生バッグ",
        "取扱注意",
        "救助を約束するものではありません",
        "版1承認（不足あり）",
        "紙の番号P-",
        "X-1003",
    ] {
        let said = sheet.contains(text) || sheet.contains(&printed(text));
        assert!(said, "{text}: {sheet}");
    }
    for text in ["PWR-", "LEG-", "SUP-", "承認不可", "ブロッカー"] {
        assert!(!sheet.contains(text), "{text}: {sheet}");
    }
    // Hours that nobody knows are said to be unknown.
    assert!(sheet.contains("分からない"), "{sheet}");
}

async fn a_sheet_for_others_has_no_more_than_they_may_know(db: Database) {
    let app = filled(&db).await;
    let town = approved(&app).await;
    // The fire service is given all of it, as the plan's consents say.
    let whole = paper(&town, "/sheets/0").await;
    assert!(whole.contains("人工呼吸器を24時間使用"), "{whole}");
    assert!(whole.contains("消防"), "{whole}");
    // A neighbour's association that the family has agreed to: who, where, how.
    let agreed = [
        ("recipient", "community_group"),
        ("recipient_name", "【デモ】自治会"),
        ("given", "yes"),
        ("answered_on", "2026-11-20"),
        ("answered_by", "【デモ】母"),
        ("capacity", "representative"),
        ("form", "spoken"),
    ];
    town.done("/consents", &agreed).await;
    let sheet = paper(&town, "/sheets/1").await;
    for text in [
        "機械とお子さんを離さない",
        "管を引かない",
        "バッグは赤い袋",
        "【デモ】自治会",
        "【デモ】三",
        "【デモ】町3-3",
    ] {
        assert!(sheet.contains(text), "{text}: {sheet}");
    }
    // Neither the reason for support, nor the birthday, nor who agreed to what.
    for text in ["人工呼吸器を24時間使用", "令和2年1月1日", "同意"] {
        assert!(!sheet.contains(text), "{text}: {sheet}");
    }
    // The family takes it back: there is no paper any more, and the page says why.
    let mut no = agreed.to_vec();
    no.retain(|(name, _)| *name != "given");
    no.push(("given", "no"));
    town.done("/consents", &no).await;
    let path = "/plans/X-1003/sheets/1";
    let router = web::router(app.clone());
    let answer = ask(&router, "GET", path, &town.cookie, "").await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    assert!(words(answer).await.contains("提供に同意していません"));
    assert!(town.get("/papers").await.contains("渡せません"));
    // Another municipality reads nothing.
    let elsewhere = session(&app, Role::Municipality, Some("43202"), None).await;
    for path in ["/plans/X-1003/papers", "/plans/X-1003/sheets/family", path] {
        let answer = ask(&router, "GET", path, &elsewhere, "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

async fn a_sheet_of_a_draft_says_so_and_one_without_a_plan_what_is_known(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    let sheet = paper(&town, "/sheets/family").await;
    assert!(sheet.contains("計画なし"), "{sheet}");
    let nowhere = printed("行き先がまだ決まっていません");
    assert!(sheet.contains(&nowhere), "{sheet}");
    town.done("/draft", &[]).await;
    town.write_all().await;
    let sheet = paper(&town, "/sheets/family").await;
    assert!(sheet.contains("まだ有効な計画ではありません"), "{sheet}");
    assert!(sheet.contains("【デモ】おばの家"), "{sheet}");
    // Nothing of a draft is given to others.
    let router = web::router(app.clone());
    let path = "/plans/X-1003/sheets/0";
    let answer = ask(&router, "GET", path, &town.cookie, "").await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
}

/// Who helps, nine of them.
fn nine() -> Vec<(String, String)> {
    (0..9)
        .flat_map(|place| {
            [
                (
                    format!("/supporters/{place}/name"),
                    format!("【デモ】手伝い{place}郎"),
                ),
                (
                    format!("/supporters/{place}/contact"),
                    format!("000-0000-10{place}0"),
                ),
                (
                    format!("/supporters/{place}/address"),
                    "【デモ】町3-3".to_owned(),
                ),
                (format!("/supporters/{place}/agreed"), "yes".to_owned()),
                (format!("/supporters/{place}/can_carry"), "yes".to_owned()),
            ]
        })
        .collect()
}

async fn everything_prints_whole(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    town.done("/draft", &[]).await;
    town.write_all().await;
    // Sixty characters, with the rarest of names; an address as long as four lines.
    let name = format!("【デモ】𠮷髙﨑{}終", "灯".repeat(52));
    assert_eq!(name.chars().count(), 60);
    let address = format!(
        "【デモ】県【デモ】市{}番地の末尾",
        "長い町の名前".repeat(20)
    );
    let mut home = STEPS[0].1.to_vec();
    home.retain(|(key, _)| !["/child/name", "/child/address"].contains(key));
    home.push(("/child/name", &name));
    home.push(("/child/address", &address));
    town.act("/draft/home", &home).await;
    let nine = nine();
    let who: Vec<(&str, &str)> = nine
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    town.act("/draft/who", &who).await;
    let sheet = paper(&town, "/sheets/family").await;
    assert!(sheet.contains(&name), "{sheet}");
    assert!(sheet.contains(&address), "{sheet}");
    for place in 0..9 {
        assert!(
            sheet.contains(&format!("【デモ】手伝い{place}郎")),
            "{place}: {sheet}"
        );
        assert!(
            sheet.contains(&format!("000-0000-10{place}0")),
            "{place}: {sheet}"
        );
    }
}

/// A page, as text.
async fn seen(app: &App, cookie: &str, path: &str) -> String {
    words(ask(&web::router(app.clone()), "GET", path, cookie, "").await).await
}

/// The same program later.
fn later(app: &App, by: TimeDelta) -> App {
    let mut later = app.clone();
    later.clock = Arc::new(ManualClock::new(app.clock.now() + by));
    later
}

/// Makes the binder of 人吉市, as the button does, and waits until it is made.
async fn bound(app: &App) {
    let town = MunicipalityCode::parse("43203").expect("a code");
    let maker = binder::begin(app, town).await.expect("begun");
    let maker = maker.expect("nobody is at it");
    binder::make(app, maker, web::bind_night)
        .await
        .expect("made");
}

async fn the_binder_holds_every_child_also_without_a_plan(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    town.done("/draft", &[]).await;
    town.write_all().await;
    let router = web::router(app.clone());
    // There is none yet: the page says what to do, and the file leads there.
    let page = seen(&app, &town.cookie, "/binder").await;
    assert!(page.contains("まだ作られていません"), "{page}");
    let none = ask(&router, "GET", "/binder.pdf", &town.cookie, "").await;
    assert_eq!(none.status(), StatusCode::SEE_OTHER);
    bound(&app).await;
    let page = seen(&app, &town.cookie, "/binder").await;
    assert!(page.contains("/binder.pdf"), "{page}");
    let answer = ask(&router, "GET", "/binder.pdf", &town.cookie, "").await;
    let file = text_of(answer, "/binder.pdf").await;
    // One with a plan, one with a draft; of another municipality nobody.
    for text in [
        "夜間綴り人吉市",
        "X-1001",
        "X-1003",
        "版1取り込んだ計画",
        "案作成中",
        "【デモ】おばの家",
    ] {
        assert!(file.contains(text), "{text}: {file}");
    }
    assert!(!file.contains("X-1002"), "{file}");
    let other = MunicipalityCode::parse("43202").expect("a code");
    let (paper, children) = binder::of_now(&app, other, web::bind_night)
        .await
        .expect("read")
        .expect("set");
    assert_eq!(children, 1);
    assert!(paper.bytes.starts_with(b"%PDF"));
    // Those of another municipality do not get this one.
    let night = session(&app, Role::NightDuty, Some("43202"), None).await;
    let none = ask(&router, "GET", "/binder.pdf", &night, "").await;
    assert_eq!(none.status(), StatusCode::SEE_OTHER);
    // It is in the trail, with everybody who is in it.
    assert!(
        crate::life::done_to(&app, "X-1003")
            .await
            .contains(&Action::PrintedBinder)
    );
    for role in [Role::Centre, Role::Coordinator, Role::Family] {
        let case = (role == Role::Family).then_some("X-1001");
        let other = session(&app, role, None, case).await;
        for path in ["/binder", "/binder.pdf"] {
            let answer = ask(&router, "GET", path, &other, "").await;
            assert!(answer.status().is_client_error(), "{role:?} {path}");
        }
    }
}

async fn a_kept_binder_is_sealed_and_shut_when_somebody_in_it_is_gone(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    let router = web::router(app.clone());
    bound(&app).await;
    let of = MunicipalityCode::parse("43203").expect("a code");
    let mut tx = app.store.read().await.expect("a unit of work");
    let sealed = tx.sealed_binder(of).await.expect("read");
    let holds = tx.night_binder(of).await.expect("read").made.expect("made");
    drop(tx);
    let sealed = sealed.expect("it is kept");
    assert!(!sealed.windows(5).any(|at| at == b"%PDF-"), "not sealed");
    // An address that is protected from now on stood open in it.
    let path = "/plans/X-1003/protection";
    let (named, officer) = session_and_account(&app, Role::Municipality, Some("43203"), None).await;
    let form = format!("named={officer}&act=protect&key={}", app.ids.next());
    let done = ask(&router, "POST", path, &named, &form).await;
    let status = done.status();
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", words(done).await);
    let page = seen(&app, &town.cookie, "/binder").await;
    assert!(page.contains("この綴りは開けません"), "{page}");
    let shut = ask(&router, "GET", "/binder.pdf", &town.cookie, "").await;
    assert_eq!(shut.status(), StatusCode::SEE_OTHER);
    // Made again it opens, without that address.
    bound(&app).await;
    let answer = ask(&router, "GET", "/binder.pdf", &town.cookie, "").await;
    let file = text_of(answer, "/binder.pdf").await;
    assert!(file.contains("X-1003"), "{file}");
    assert_eq!(holds.holds.len(), 2);
}

async fn a_binder_is_made_by_one_and_a_failure_leaves_the_last(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    let router = web::router(app.clone());
    bound(&app).await;
    let of = MunicipalityCode::parse("43203").expect("a code");
    let maker = binder::begin(&app, of).await.expect("begun").expect("free");
    assert!(binder::begin(&app, of).await.expect("asked").is_none());
    let page = seen(&app, &town.cookie, "/binder").await;
    assert!(page.contains("data-making=\"1\""), "{page}");
    assert!(page.contains("<progress"), "{page}");
    // The last one can be opened meanwhile.
    assert!(page.contains("/binder.pdf"), "{page}");
    let no_face: binder::Bind = |_, _| Err(PdfError::NoFonts { file: "デモ.ttc" });
    binder::make(&app, maker, no_face).await.expect("noted");
    let page = seen(&app, &town.cookie, "/binder").await;
    assert!(page.contains("前回は作り終えられませんでした"), "{page}");
    assert!(page.contains("fonts-noto-cjk"), "{page}");
    let answer = ask(&router, "GET", "/binder.pdf", &town.cookie, "").await;
    assert!(text_of(answer, "/binder.pdf").await.contains("X-1003"));
    // What was begun before a child was erased is not kept.
    let maker = binder::begin(&app, of).await.expect("begun").expect("free");
    let mut tx = app.store.begin().await.expect("a unit of work");
    tx.forget_binders().await.expect("forgotten");
    tx.commit().await.expect("committed");
    binder::make(&app, maker, web::bind_night)
        .await
        .expect("over");
    let page = seen(&app, &town.cookie, "/binder").await;
    assert!(page.contains("まだ作られていません"), "{page}");
    // Whoever was at it and came too late writes over nobody.
    let first = binder::begin(&app, of).await.expect("begun").expect("free");
    let after = later(&app, TimeDelta::minutes(6));
    let second = binder::begin(&after, of)
        .await
        .expect("begun")
        .expect("free");
    binder::make(&after, second, web::bind_night)
        .await
        .expect("made");
    let made = |app: App| async move {
        let mut tx = app.store.read().await.expect("a unit of work");
        tx.night_binder(of)
            .await
            .expect("read")
            .made
            .expect("made")
            .at
    };
    let at = made(app.clone()).await;
    binder::make(&app, first, web::bind_night)
        .await
        .expect("over");
    assert_eq!(made(app.clone()).await, at);
}

async fn binders_are_made_at_eighteen_and_put_into_the_folder(db: Database) {
    let app = filled(&db).await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = (*app.config).clone();
    config.binder.folder = Some(folder.path().to_owned());
    let mut app = app;
    app.config = Arc::new(config);
    let _town = At::town(&app, "X-1003").await;
    let now = app.clock.now();
    let mut tx = app.store.begin().await.expect("a unit of work");
    tx.begin_ticks(now).await.expect("begun");
    tx.commit().await.expect("committed");
    // Nothing is due before the first 18:00.
    let due = |app: App| async move {
        binder::make_due(&app, web::bind_night)
            .await
            .expect("asked")
    };
    assert_eq!(due(app.clone()).await, 0);
    let next = later(&app, TimeDelta::hours(6));
    assert_eq!(due(next.clone()).await, 1);
    assert_eq!(due(next).await, 0);
    let path = folder.path().join("night-binder-43203.pdf");
    let bytes = std::fs::read(&path).expect("it is there");
    assert!(bytes.starts_with(b"%PDF"));
    let mode = std::fs::metadata(&path).expect("it is there").permissions();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
        0o600
    );
    // A folder that is gone is told on the page, and the binder is kept all the same.
    drop(folder);
    let app = later(&app, TimeDelta::hours(30));
    assert_eq!(due(app.clone()).await, 1);
    let night = session(&app, Role::NightDuty, Some("43203"), None).await;
    let page = seen(&app, &night, "/binder").await;
    assert!(
        page.contains("フォルダーには入れられませんでした"),
        "{page}"
    );
    assert!(page.contains("/binder.pdf"), "{page}");
}

async fn a_place_that_nobody_can_go_to_is_marked_where_it_is_named(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    // Upstairs in a house that the flood tears down: the first page says what to do instead.
    let town = At::town(&app, "D-0049").await;
    let sheet = paper(&town, "/sheets/family").await;
    let (_, after) = sheet.split_once("自宅の2階").expect("it is named");
    let (before, _) = after
        .split_once("決め直すまで")
        .expect("what to do meanwhile");
    assert!(before.contains("■"), "{sheet}");
    assert!(sheet.contains("家と行き先の地図"), "{sheet}");
    // Where no map shows a zone, the plan's own places stand there, and nobody is called safe.
    let town = At::town(&app, "D-0017").await;
    let sheet = paper(&town, "/sheets/family").await;
    for text in ["安全という意味ではありません", "計画の行き先"] {
        assert!(sheet.contains(&printed(text)), "{text}: {sheet}");
    }
}
