//! Sessions: how long they last, and who may end them.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::TimeDelta;
use tomoshibi::{
    app::App,
    clock::{Clock as _, ManualClock, SystemIds},
    config::Config,
    domain::{
        access::Role,
        id::{SessionId, UserId},
    },
    seal::{Keys, Token},
    service::{
        sessions,
        sign_in::{self, AccountRequest, Invited},
    },
    store::Store,
    web,
};

use crate::{
    access::{ask, session_of, words},
    support::engines::Database,
};

crate::on_every_engine!(
    a_session_of_staff_ends_when_nobody_uses_it_and_after_half_a_day,
    a_session_can_be_ended_from_another_device_and_by_nobody_else,
    one_link_asked_for_many_times_at_once_begins_one_session,
    a_clock_that_was_wrong_keeps_no_session_of_staff_open,
);

async fn app(db: &Database) -> (App, ManualClock) {
    let clock = ManualClock::new("2026-11-21T00:00:00Z".parse().expect("an instant"));
    let store = Store::open(&db.url).await.expect("the database opens");
    let app = App::new(
        store,
        Arc::new(clock.clone()),
        Arc::new(SystemIds),
        Config::default(),
        Arc::new(Keys::random()),
    );
    (app, clock)
}

async fn account(app: &App, email: &str) -> UserId {
    let request = AccountRequest {
        email: email.to_owned(),
        name: "【デモ】".to_owned(),
        role: Role::Centre,
        municipality: None,
        case: None,
    };
    match sign_in::invite(app, &request).await.expect("an answer") {
        Invited::Link(user, _) => user,
        other => panic!("{other:?}"),
    }
}

async fn begin(app: &App, user: UserId, device: &str) -> Token {
    session_of(app, user, Role::Centre, device).await
}

async fn is_open(app: &App, session: &Token) -> bool {
    let holder = sessions::holder(app, session).await.expect("an answer");
    holder.is_some()
}

async fn a_session_of_staff_ends_when_nobody_uses_it_and_after_half_a_day(db: Database) {
    let (app, clock) = app(&db).await;
    let user = account(&app, "staff@example.jp").await;
    let session = begin(&app, user, "computer").await;
    // Used within the hour it stays open, up to twelve hours.
    for _ in 0..12 {
        assert!(is_open(&app, &session).await);
        clock.advance(TimeDelta::minutes(59));
    }
    assert!(is_open(&app, &session).await, "11 h 48 min");
    clock.advance(TimeDelta::minutes(12));
    assert!(!is_open(&app, &session).await, "12 h to the second");
    // Unused it ends after an hour, to the second.
    let session = begin(&app, user, "computer").await;
    clock.advance(TimeDelta::minutes(60) - TimeDelta::seconds(1));
    assert!(is_open(&app, &session).await);
    clock.advance(TimeDelta::minutes(60));
    assert!(!is_open(&app, &session).await);
}

async fn one_link_asked_for_many_times_at_once_begins_one_session(db: Database) {
    let (app, filled) = crate::demo::filled(&db).await;
    let app = app.demonstrating(filled.direct);
    let staff = filled.links.iter().find(|(role, _)| *role == "centre");
    let link = staff.expect("a link of staff").1.token.hash();
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (app, link) = (app.clone(), link.clone());
        tries.spawn(async move { sessions::begin(&app, &link, "computer", None).await });
    }
    let tries = tries.join_all().await;
    let begun = tries.into_iter().filter_map(|one| one.expect("an answer"));
    let begun: Vec<Token> = begun.map(|begun| begun.session).collect();
    assert_eq!(begun.len(), 1);
    assert!(is_open(&app, &begun[0]).await);
}

async fn a_clock_that_was_wrong_keeps_no_session_of_staff_open(db: Database) {
    let (ahead, clock) = app(&db).await;
    let session = begin(
        &ahead,
        account(&ahead, "staff@example.jp").await,
        "computer",
    )
    .await;
    // Another server on the same database, some minutes behind: nobody notices.
    let behind = |minutes| {
        let clock = ManualClock::new(clock.now() - TimeDelta::minutes(minutes));
        App::new(
            ahead.store.clone(),
            Arc::new(clock),
            Arc::new(SystemIds),
            Config::default(),
            ahead.keys.clone(),
        )
    };
    assert!(is_open(&behind(59), &session).await);
    // The clock was wrong by more, and is put right: whoever is there signs in
    // again, instead of staying for as long as it was wrong.
    assert!(!is_open(&behind(60), &session).await);
    assert!(!is_open(&behind(60 * 24 * 365), &session).await);
    // Ahead again: half a day at most, whatever was in between.
    clock.advance(TimeDelta::hours(12));
    assert!(!is_open(&ahead, &session).await);
}

async fn a_session_can_be_ended_from_another_device_and_by_nobody_else(db: Database) {
    let (app, clock) = app(&db).await;
    let user = account(&app, "a@example.jp").await;
    let first = begin(&app, user, "phone").await;
    clock.advance(TimeDelta::minutes(1));
    let second = begin(&app, user, "computer").await;
    let third = begin(&app, user, "tablet").await;
    let other = account(&app, "b@example.jp").await;
    let stranger = begin(&app, other, "computer").await;
    let router = web::router(app.clone());
    let cookie = |session: &Token| format!("tomoshibi={}", session.reveal());
    let page = words(ask(&router, "GET", "/account", &cookie(&second), "").await).await;
    assert!(page.contains("スマートフォン") && page.contains("タブレット"));
    assert_eq!(page.matches("この端末</span>").count(), 1);
    let who = sessions::holder(&app, &second).await.expect("an answer");
    let who = who.expect("it is open").user;
    let listed = sessions::list(&app, who, &second).await.expect("a list");
    let id_of = |device: &str| -> SessionId {
        let mut rows = listed.iter().map(|(row, _)| row);
        rows.find(|row| row.device == device)
            .expect("it is listed")
            .id
    };
    let end = async |by: &Token, id: SessionId| {
        let path = format!("/account/sessions/{id}/end");
        let answer = ask(&router, "POST", &path, &cookie(by), "").await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    };
    // Another account knows the id and can do nothing with it.
    end(&stranger, id_of("phone")).await;
    assert!(is_open(&app, &first).await);
    end(&second, id_of("phone")).await;
    assert!(!is_open(&app, &first).await);
    assert!(is_open(&app, &third).await);
    // Everything but the one that asks.
    let path = "/account/sessions/end";
    ask(&router, "POST", path, &cookie(&second), "").await;
    assert!(is_open(&app, &second).await && is_open(&app, &stranger).await);
    assert!(!is_open(&app, &third).await);
    let gone = ask(&router, "GET", "/account", &cookie(&third), "").await;
    assert_eq!(gone.status(), StatusCode::SEE_OTHER);
}

#[test]
fn the_server_is_reached_from_outside_only_behind_tls() {
    let db = crate::support::engines::sqlite();
    let refused = |settings: &str| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("tomoshibi.toml");
        std::fs::write(&file, settings).expect("a file is written");
        let path = file.display().to_string();
        let args = ["--config", &path, "serve", "--listen", "0.0.0.0:0"];
        let output = crate::support::process::run(&db.url, &args);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refused("").contains("trusted_proxy"));
    let plain = "[server]\ntrusted_proxy = \"10.0.0.1\"\npublic_url = \"http://a.example.jp\"\n";
    assert!(refused(plain).contains("https://"));
    let tls = plain.replace("http:", "https:");
    assert!(
        refused(&tls).contains("administrator"),
        "nobody keeps accounts"
    );
}

#[test]
fn accounts_links_codes_and_keys_are_handled_at_the_command_line() {
    use std::os::unix::fs::PermissionsExt as _;

    let db = crate::support::engines::sqlite();
    let said = |args: &[&str]| {
        let output = crate::support::process::run(&db.url, args);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    };
    let email = "keeper@example.jp";
    let add = [
        "user",
        "add",
        "--email",
        email,
        "--name",
        "【デモ】",
        "--role",
    ];
    let (_, printed, _) = said(&[&add[..], &["administrator", "--json"]].concat());
    let answer: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    assert!(answer["link"].as_str().expect("a link").contains("/enter/"));
    let code = answer["code"].as_str().expect("a code");
    assert_eq!((code.len(), &code[5..6]), (11, "-"));
    let (_, printed, _) = said(&["user", "link", "--email", email]);
    let lines: Vec<&str> = printed.lines().collect();
    assert!(lines[0].contains("/enter/"), "{printed}");
    assert_ne!(lines[1], code);
    let (_, list, _) = said(&["user", "list"]);
    assert!(list.contains("招待中"), "{list}");
    let (done, ..) = said(&["user", "disable", "--email", "Keeper@example.jp"]);
    assert_eq!(done, Some(0));
    let (no, _, why) = said(&["user", "link", "--email", email]);
    assert_eq!(no, Some(2));
    assert!(why.contains("user enable"), "{why}");
    let (done, ..) = said(&["user", "enable", "--email", email]);
    assert_eq!(done, Some(0));
    let (done, rotated, advice) = said(&["keys", "rotate"]);
    assert_eq!(done, Some(0));
    assert!(
        rotated.contains("新しい鍵") && advice.contains("控え"),
        "{rotated} {advice}"
    );
    // A key file that others may read lets no command begin.
    let file = db.url.trim_start_matches("sqlite:").to_owned() + ".keys";
    let public = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(&file, public).expect("its mode is set");
    let (no, _, why) = said(&["user", "list"]);
    assert_eq!(no, Some(2));
    assert!(
        why.contains("chmod 600") && why.contains("keys.file"),
        "{why}"
    );
}
