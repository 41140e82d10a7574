//! Telegrams of the weather agency, read into the night.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use tomoshibi::{
    app::App,
    domain::{access::Role, warning::EvacuationLevel},
    seal::{Token, form_token},
    service::night::{self, By, Taken, TelegramReport},
    web,
};
use tower::ServiceExt as _;

use crate::{
    access::{ask, session, words},
    freshness::filled,
    support::{
        engines::{self, Database},
        process,
    },
};

crate::on_every_engine!(
    a_telegram_brings_levels_and_a_newer_one_takes_their_place,
    what_is_older_or_was_read_before_changes_nothing,
    looking_alone_writes_nothing,
    a_river_and_slopes_end_each_for_itself_and_the_higher_level_counts,
    the_page_takes_a_telegram_and_says_why_it_does_not,
    only_offices_read_telegrams,
);

fn bytes(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/telegrams/");
    std::fs::read(format!("{folder}{name}")).expect("a telegram")
}

async fn read(app: &App, name: &str, dry_run: bool) -> TelegramReport {
    let file = bytes(name);
    night::read_telegram(app, By::Operator, (name, &file), dry_run)
        .await
        .expect("a report")
}

/// Municipality, level and name of what is in force.
async fn in_force(app: &App) -> Vec<(String, u8, String)> {
    let mut tx = app.store.read().await.expect("a unit of work");
    let levels = tx.night_levels().await.expect("levels");
    levels
        .into_iter()
        .map(|level| {
            let number = level.level.map_or(0, EvacuationLevel::number);
            (level.municipality.to_string(), number, level.name)
        })
        .collect()
}

async fn a_telegram_brings_levels_and_a_newer_one_takes_their_place(db: Database) {
    let app = filled(&db).await;
    let taken = read(&app, "landslide_new.xml", false).await;
    assert_eq!(
        (taken.state, taken.read, taken.in_force.len()),
        (Taken::Taken, 6, 5)
    );
    assert_eq!(
        taken.reported_at.as_deref(),
        Some("2026-09-14T16:40:00+09:00")
    );
    let levels = in_force(&app).await;
    assert_eq!(levels.len(), 5);
    assert_eq!(
        levels[0],
        ("43203".to_owned(), 4, "土砂災害危険警報".to_owned())
    );
    assert!(levels.contains(&(
        "43443".to_owned(),
        0,
        "コード77（コードなし警報）".to_owned()
    )));
    // Its children are called.
    let officer = session(&app, Role::Municipality, Some("43203"), None).await;
    let router = web::router(app.clone());
    let page = words(ask(&router, "GET", "/tonight", &officer, "").await).await;
    assert!(
        page.contains("id=\"c-X-1001\"") && page.contains("【デモ】気象台"),
        "{page}"
    );
    let later = read(&app, "landslide_new_lifted.xml", false).await;
    assert_eq!(later.state, Taken::Taken);
    let levels = in_force(&app).await;
    assert_eq!(levels, [("43513".to_owned(), 3, "土砂災害警報".to_owned())]);
}

async fn what_is_older_or_was_read_before_changes_nothing(db: Database) {
    let app = filled(&db).await;
    read(&app, "landslide_new_lifted.xml", false).await;
    let after = in_force(&app).await;
    let again = read(&app, "landslide_new_lifted.xml", false).await;
    assert_eq!(again.state, Taken::Known);
    let older = read(&app, "landslide_new.xml", false).await;
    let error = older.error.expect("it is refused");
    assert_eq!(
        (older.state, error.code.as_str()),
        (Taken::Refused, "older")
    );
    assert!(
        error.message_ja.contains("新しい電文を選んでください"),
        "{error:?}"
    );
    for name in ["training.xml", "cancelled.xml", "other_prefecture.xml"] {
        let refused = read(&app, name, false).await;
        assert_eq!(refused.state, Taken::Refused, "{name}");
    }
    assert_eq!(in_force(&app).await, after);
}

async fn looking_alone_writes_nothing(db: Database) {
    let app = filled(&db).await;
    let looked = read(&app, "landslide_new.xml", true).await;
    assert_eq!((looked.state, looked.in_force.len()), (Taken::LookedAt, 5));
    assert!(in_force(&app).await.is_empty());
    read(&app, "landslide_new.xml", false).await;
    assert_eq!(
        read(&app, "landslide_new.xml", true).await.state,
        Taken::Known
    );
}

async fn a_river_and_slopes_end_each_for_itself_and_the_higher_level_counts(db: Database) {
    let app = filled(&db).await;
    read(&app, "landslide_new.xml", false).await;
    read(&app, "river_new.xml", false).await;
    let of = |levels: &[(String, u8, String)], name: &str| {
        levels.iter().filter(|level| level.2 == name).count()
    };
    let levels = in_force(&app).await;
    assert_eq!(
        (of(&levels, "氾濫危険警報"), of(&levels, "土砂災害危険警報")),
        (3, 2)
    );
    read(&app, "landslide_new_lifted.xml", false).await;
    let levels = in_force(&app).await;
    assert_eq!(
        (of(&levels, "氾濫危険警報"), of(&levels, "土砂災害危険警報")),
        (3, 0)
    );
    let lifted = read(&app, "river_lifted.xml", false).await;
    assert_eq!(lifted.state, Taken::Taken, "{lifted:?}");
    assert_eq!(of(&in_force(&app).await, "氾濫危険警報"), 0);
}

/// Sends a file to the page of the night.
async fn send(app: &App, cookie: &str, file: &[u8]) -> (StatusCode, String) {
    let secret = Token::from_text(cookie.trim_start_matches("tomoshibi=")).expect("a session");
    let mut body = format!(
        "--xyz\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n\
         --xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.xml\"\r\n\
         Content-Type: text/xml\r\n\r\n",
        form_token(&secret)
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--xyz--\r\n");
    let request = Request::post("/tonight/telegram")
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=xyz")
        .body(Body::from(body))
        .expect("a request");
    let router = web::router(app.clone());
    let answer = router.oneshot(request).await.expect("an answer");
    (answer.status(), words(answer).await)
}

async fn the_page_takes_a_telegram_and_says_why_it_does_not(db: Database) {
    let app = filled(&db).await;
    let officer = session(&app, Role::NightDuty, Some("43203"), None).await;
    let (status, page) = send(&app, &officer, &bytes("landslide_new.xml")).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("読み込みました：熊本県土砂災害警報・注意報（5件のレベル・警報）"));
    assert!(
        page.contains("コード77（コードなし警報）の意味を"),
        "{page}"
    );
    let (status, page) = send(&app, &officer, &bytes("landslide_new.xml")).await;
    assert!(
        status == StatusCode::OK && page.contains("同じ電文を先に読んでいます"),
        "{page}"
    );
    for (file, why) in [
        (bytes("training.xml"), "本物ではないので、取り込みません"),
        (bytes("cancelled.xml"), "取消の電文です"),
        (bytes("other_prefecture.xml"), "ほかの都道府県の電文です"),
        (Vec::new(), "ファイルが選ばれていません"),
        (
            bytes("landslide_new.xml")[..900].to_vec(),
            "途中で切れています",
        ),
        (b"<html>".to_vec(), "途中で切れています"),
    ] {
        let (status, page) = send(&app, &officer, &file).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
        assert!(page.contains(why), "{why}: {page}");
    }
    assert_eq!(in_force(&app).await.len(), 5);
}

async fn only_offices_read_telegrams(db: Database) {
    let app = filled(&db).await;
    for role in [Role::Coordinator, Role::Prefecture, Role::Auditor] {
        let cookie = session(&app, role, None, None).await;
        let (status, _) = send(&app, &cookie, &bytes("landslide_new.xml")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{role:?}");
    }
    assert!(in_force(&app).await.is_empty());
    let centre = session(&app, Role::Centre, None, None).await;
    let (status, _) = send(&app, &centre, &bytes("landslide_new.xml")).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn the_command_reads_files_and_answers_in_json() {
    let db = engines::sqlite();
    drop(filled(&db).await);
    let fixture = |name: &str| {
        format!(
            "{}/tests/fixtures/telegrams/{name}",
            env!("CARGO_MANIFEST_DIR")
        )
    };
    let (taken, training) = (fixture("landslide_new.xml"), fixture("training.xml"));
    let run = |args: &[&str]| {
        let done = process::run(&db.url, args);
        let said = String::from_utf8(done.stdout).expect("text");
        let lines: Vec<serde_json::Value> = said
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        (done.status.code(), lines, said)
    };
    let (code, lines, _) = run(&["warnings", "--json", "--dry-run", &taken]);
    assert_eq!(
        (code, lines[0]["state"].as_str()),
        (Some(0), Some("looked_at"))
    );
    // One that is refused is told in its line, and by the code of the exit.
    let (code, lines, _) = run(&["warnings", "--json", &taken, &training]);
    assert_eq!(code, Some(1), "{lines:?}");
    assert_eq!(lines[0]["state"], "taken");
    let first = &lines[0]["in_force"][0];
    assert_eq!(
        (&first["municipality"], &first["level"]),
        (&"43100".into(), &3.into())
    );
    assert_eq!(lines[1]["error"]["code"], "training");
    let (code, _, said) = run(&["--lang", "en", "warnings", &taken]);
    assert!(code == Some(0) && said.contains("read before"), "{said}");
    let (code, ..) = run(&["warnings", "/nowhere/at/all.xml"]);
    assert_eq!(code, Some(2));
}
