//! The texts of the centre's letters, in the hands of the centre.

use axum::{Router, http::StatusCode};
use tomoshibi::{
    app::App,
    domain::{
        access::Role,
        letter::{LetterKind, Placeholder, Values},
    },
    service::letters,
    web,
};

use crate::{
    access::{ask, session, words},
    support::engines::Database,
};

crate::on_every_engine!(
    a_text_is_changed_kept_and_set_back,
    of_two_who_change_a_text_at_once_the_second_is_told,
    a_change_that_is_sent_twice_is_one_change,
    a_text_that_cannot_be_used_is_not_saved_and_stays_in_the_form,
    a_letter_is_made_from_the_text_in_force,
    a_preview_saves_nothing,
);

async fn centre(db: &Database) -> (App, Router, String) {
    let app = crate::demo::app(db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Centre, None, None).await;
    (app, router, cookie)
}

fn digit(value: u8) -> char {
    char::from_digit(value.into(), 16).expect("four bits")
}

fn percent(text: &str) -> String {
    text.bytes()
        .flat_map(|byte| ['%', digit(byte >> 4), digit(byte & 15)])
        .collect()
}

fn form(app: &App, subject: &str, body: &str, revision: i64) -> String {
    format!(
        "subject={}&body={}&revision={revision}&key={}",
        percent(subject),
        percent(body),
        app.ids.next()
    )
}

async fn versions(app: &App, kind: LetterKind) -> usize {
    let page = letters::page(app, kind).await.expect("a page");
    page.history.len()
}

async fn a_text_is_changed_kept_and_set_back(db: Database) {
    let (app, router, cookie) = centre(&db).await;
    let path = "/letters/training";
    let page = words(ask(&router, "GET", path, &cookie, "").await).await;
    assert!(page.contains("{{研修会の日時}}"), "{page}");
    assert!(
        !page.contains("/letters/training/default"),
        "nothing to set back"
    );
    let new = form(&app, "【デモ】件名", "一行目\r\n{{宛名}}　様\r\n", 0);
    let saved = ask(&router, "POST", path, &cookie, &new).await;
    assert_eq!(saved.status(), StatusCode::OK);
    let stored = letters::page(&app, LetterKind::Training)
        .await
        .expect("a page");
    assert_eq!(stored.text.body, "一行目\n{{宛名}}　様");
    assert_eq!((stored.revision, stored.is_default), (1, false));
    assert_eq!(stored.history[0].by, "【デモ】");
    // Back to the program's text: a version of its own, and the old one stays.
    let back = format!("revision=1&key={}", app.ids.next());
    let reset = ask(&router, "POST", "/letters/training/default", &cookie, &back).await;
    assert_eq!(reset.status(), StatusCode::OK);
    let stored = letters::page(&app, LetterKind::Training)
        .await
        .expect("a page");
    assert!(stored.is_default);
    assert_eq!(stored.text, LetterKind::Training.default_text());
    assert_eq!(stored.history.len(), 2);
    let earlier = ask(&router, "GET", "/letters/training?version=1", &cookie, "").await;
    assert!(words(earlier).await.contains("【デモ】件名"));
    let none = ask(&router, "GET", "/letters/training?version=9", &cookie, "").await;
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
    let unknown = ask(&router, "GET", "/letters/other", &cookie, "").await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    // Both are in the trail.
    let auditor = session(&app, Role::Auditor, None, None).await;
    let trail = words(ask(&router, "GET", "/audit", &auditor, "").await).await;
    assert!(
        trail.matches("文書のひな型を変えた").count() >= 2,
        "{trail}"
    );
}

async fn of_two_who_change_a_text_at_once_the_second_is_told(db: Database) {
    let (app, router, first) = centre(&db).await;
    let second = session(&app, Role::Centre, None, None).await;
    let path = "/letters/training";
    let saved = ask(&router, "POST", path, &first, &form(&app, "件名", "先", 0)).await;
    assert_eq!(saved.status(), StatusCode::OK);
    let late = ask(
        &router,
        "POST",
        path,
        &second,
        &form(&app, "件名", "あとの文", 0),
    )
    .await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    assert!(
        words(late).await.contains("あとの文"),
        "what was typed stays"
    );
    let stored = letters::page(&app, LetterKind::Training)
        .await
        .expect("a page");
    assert_eq!(stored.text.body, "先");
}

async fn a_change_that_is_sent_twice_is_one_change(db: Database) {
    let (app, router, cookie) = centre(&db).await;
    let path = "/letters/training";
    let once = form(&app, "件名", "本文", 0);
    for _ in 0..2 {
        let answer = ask(&router, "POST", path, &cookie, &once).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
    assert_eq!(versions(&app, LetterKind::Training).await, 1);
    // The same text once more is no change.
    let same = form(&app, "件名", "本文", 1);
    ask(&router, "POST", path, &cookie, &same).await;
    assert_eq!(versions(&app, LetterKind::Training).await, 1);
    let other = once.replace(&percent("本文"), &percent("別の文"));
    let answer = ask(&router, "POST", path, &cookie, &other).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
}

async fn a_text_that_cannot_be_used_is_not_saved_and_stays_in_the_form(db: Database) {
    let (app, router, cookie) = centre(&db).await;
    let bad = form(&app, "件名", "一\n{{名前}}\n{{宛名", 0);
    let answer = ask(&router, "POST", "/letters/training", &cookie, &bad).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = words(answer).await;
    for part in ["本文の2行目", "本文の3行目", "{{名前}}"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // What goes out with a generator says where it is used.
    let silent = form(&app, "件名", "発電機をお貸しします。", 0);
    let answer = ask(&router, "POST", "/letters/receipt", &cookie, &silent).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(words(answer).await.contains("必ず屋外で"));
    for kind in LetterKind::ALL {
        assert_eq!(versions(&app, kind).await, 0);
    }
}

async fn a_letter_is_made_from_the_text_in_force(db: Database) {
    let (app, router, cookie) = centre(&db).await;
    let values = Values::from([(Placeholder::Recipient, "【デモ】𠮷田".to_owned())]);
    let mut tx = app.store.read().await.expect("a unit of work");
    let filled = letters::fill(&mut tx, LetterKind::Training, &values).await;
    drop(tx);
    assert!(
        filled
            .expect("a letter")
            .paragraphs
            .join("")
            .contains("研修会")
    );
    let new =
        form(&app, "{{宛名}}", "{{会場}}", 0).replace(&percent("会場"), &percent("研修会の会場"));
    ask(&router, "POST", "/letters/training", &cookie, &new).await;
    let mut tx = app.store.read().await.expect("a unit of work");
    let filled = letters::fill(&mut tx, LetterKind::Training, &values)
        .await
        .expect("a letter");
    assert_eq!(filled.subject, "【デモ】𠮷田");
    assert_eq!(filled.gaps, [Placeholder::EventPlace]);
}

async fn a_preview_saves_nothing(db: Database) {
    let (app, router, cookie) = centre(&db).await;
    for kind in LetterKind::ALL {
        let text = kind.default_text();
        let path = format!("/letters/{}/preview", kind.code());
        let sent = form(&app, &text.subject, &text.body, 0);
        let answer = ask(&router, "POST", &path, &cookie, &sent).await;
        if cfg!(feature = "pdf") {
            assert_eq!(answer.status(), StatusCode::OK, "{kind:?}");
            assert_eq!(answer.headers()["content-type"], "application/pdf");
            assert!(words(answer).await.starts_with("%PDF-"));
        } else {
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert!(words(answer).await.contains("PDFを作る機能なし"));
        }
        assert_eq!(versions(&app, kind).await, 0);
    }
    if cfg!(feature = "pdf") {
        let rare = form(&app, "件名", "𪚥", 0);
        let answer = ask(&router, "POST", "/letters/training/preview", &cookie, &rare).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(words(answer).await.contains("空の四角になります"));
    }
}
