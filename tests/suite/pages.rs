//! What every answer carries, whoever asks.

use axum::http::{StatusCode, header};
use tomoshibi::{
    domain::access::Role,
    seal::{Token, form_token},
    service::guesses,
    web,
};

use crate::{
    access::{ask, ask_as_it_is, session, words},
    support::engines,
};

#[tokio::test]
async fn every_page_is_closed_to_foreign_scripts_frames_and_caches() {
    let db = engines::sqlite();
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    for (path, cookie) in [
        ("/", ""),
        ("/children", &*cookie),
        ("/sites", &*cookie),
        ("/nothing-here", &*cookie),
        ("/healthz", ""),
    ] {
        let answer = ask(&router, "GET", path, cookie, "").await;
        let headers = answer.headers();
        let policy = headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .expect("a policy is text");
        assert!(policy.starts_with("default-src 'none';"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert!(
            !policy.contains("http"),
            "no tiles unless switched on: {path}"
        );
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{path}");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer", "{path}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        let page = words(answer).await;
        assert!(
            !page.contains(" style=") && !page.contains("<style"),
            "{path}"
        );
        assert!(!page.contains(" onclick="), "{path}");
    }
}

#[tokio::test]
async fn every_print_says_that_it_is_confidential_when_it_was_made_and_by_whom() {
    let db = engines::sqlite();
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    let name = {
        let mut tx = app.store.read().await.expect("a transaction");
        tx.accounts().await.expect("the accounts")[0].name.clone()
    };
    for (path, personal) in [
        ("/children", true),
        ("/municipality", true),
        ("/sites", false),
        ("/account", false),
    ] {
        let page = words(ask(&router, "GET", path, &cookie, "").await).await;
        let line = page.lines().find(|line| line.contains("print-only"));
        let line = line.expect("a line for paper");
        // Noon in Tokyo, as the clock of the test says.
        assert!(line.contains("2026-11-21 12:00"), "{line}");
        assert_eq!(line.contains("取扱注意"), personal, "{line}");
        assert_eq!(line.contains(">P-"), personal, "{line}");
        assert!(line.contains(&name) && line.contains("市町村"), "{line}");
    }
}

#[tokio::test]
async fn behind_tls_browsers_stay_on_it_and_nobody_comes_around_the_proxy() {
    use axum::{
        body::Body,
        extract::{ConnectInfo, Request},
    };
    use std::net::SocketAddr;
    use tower::ServiceExt as _;

    let db = engines::sqlite();
    let mut app = crate::demo::app(&db).await;
    let plain = web::router(app.clone());
    let answer = ask(&plain, "GET", "/", "", "").await;
    assert!(
        !answer
            .headers()
            .contains_key(header::STRICT_TRANSPORT_SECURITY)
    );

    let mut config = (*app.config).clone();
    config.server.public_url = "https://t.example.jp".to_owned();
    config.server.trusted_proxy = Some("10.0.0.4".parse().expect("an address"));
    app.config = config.into();
    let router = web::router(app);
    let from = async |peer: Option<&str>| {
        let mut request = Request::new(Body::empty());
        // What a sender may claim counts for nothing.
        let claimed = "10.0.0.4".parse().expect("a header");
        request.headers_mut().insert("x-forwarded-for", claimed);
        if let Some(peer) = peer {
            let peer: SocketAddr = peer.parse().expect("an address");
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let answer = router.clone().oneshot(request).await;
        answer.expect("an answer")
    };
    for peer in ["10.0.0.4:5000", "[::ffff:10.0.0.4]:5000", "127.0.0.1:5000"] {
        let answer = from(Some(peer)).await;
        assert_eq!(answer.status(), StatusCode::OK, "{peer}");
        let strict = &answer.headers()[header::STRICT_TRANSPORT_SECURITY];
        assert_eq!(strict, "max-age=31536000", "{peer}");
    }
    for peer in [Some("10.0.0.5:5000"), Some("[2001:db8::4]:5000"), None] {
        let answer = from(peer).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{peer:?}");
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_yours_read_alike() {
    let db = engines::sqlite();
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    let nowhere = ask(&router, "GET", "/nothing-here", &cookie, "").await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    let nowhere = words(nowhere).await;
    assert!(nowhere.contains("見つかりません") && nowhere.contains("Not found"));
    for path in [
        "/plans/K-0001",
        "/plans/%E3%81%82",
        "/plans/K-0001/map.json",
        "/plans/%FF",
        "/sites/none",
        "/sites/019a0000-0000-7000-8000-000000000000",
    ] {
        let answer = ask(&router, "GET", path, &cookie, "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(words(answer).await, nowhere, "{path}");
    }
}

#[tokio::test]
async fn files_of_a_page_may_be_kept_for_ever_and_others_do_not_exist() {
    let db = engines::sqlite();
    let router = web::router(crate::demo::app(&db).await);
    let page = words(ask(&router, "GET", "/", "", "").await).await;
    let sheet = page
        .split("href=\"")
        .filter_map(|part| part.split('"').next())
        .find(|href| href.ends_with("/site.css"))
        .expect("a page has a style sheet");
    let answer = ask(&router, "GET", sheet, "", "").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let kept = answer.headers()[header::CACHE_CONTROL].to_str();
    assert!(kept.is_ok_and(|k| k.contains("immutable")));
    let folder = sheet.trim_end_matches("/site.css");
    for gone in [
        format!("{folder}/../Cargo.toml"),
        format!("{folder}/none.js"),
        "/assets/0000000000000000/site.css".to_owned(),
    ] {
        let answer = ask(&router, "GET", &gone, "", "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{gone}");
    }
}

#[tokio::test]
async fn a_switch_of_language_stays_on_this_site() {
    let db = engines::sqlite();
    let router = web::router(crate::demo::app(&db).await);
    for (here, expected) in [
        ("%2Fchildren%3Fstanding%3Dgap", "/children?standing=gap"),
        ("%2F%2Fexample.jp", "/"),
        ("https%3A%2F%2Fexample.jp", "/"),
        ("%2F%5Cexample.jp", "/"),
        ("%2F%09%2Fexample.jp", "/"),
        ("", "/"),
    ] {
        let form = format!("language=en&here={here}");
        let answer = ask(&router, "POST", "/language", "", &form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()[header::LOCATION], expected, "{here}");
    }
}

#[tokio::test]
async fn the_words_of_a_search_never_stand_in_an_address() {
    let db = engines::sqlite();
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    let answer = ask(&router, "POST", "/children/search", &cookie, "words=akari").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[header::LOCATION], "/children?found=1");
    let kept = answer.headers()[header::SET_COOKIE]
        .to_str()
        .expect("a cookie is text")
        .split(';')
        .next()
        .expect("a cookie has a value")
        .to_owned();
    // The page can be asked for again, as the button "back" does.
    let both = format!("{cookie}; {kept}");
    let answer = ask(&router, "GET", "/children?found=1", &both, "").await;
    let page = words(answer).await;
    assert!(page.contains("value=\"akari\""));
    assert_eq!(page.matches("akari").count(), 1, "only in its own field");
    let answer = ask(&router, "GET", "/children", &both, "").await;
    assert!(!words(answer).await.contains("akari"), "the whole list");
}

#[tokio::test]
async fn what_is_sent_after_the_session_is_said_to_be_lost() {
    let db = engines::sqlite();
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let form = "ordinance=consent_opt_in&revision=0&key=00000000-0000-0000-0000-000000000000";
    let answer = ask(&router, "POST", "/municipality", "", form).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let page = words(answer).await;
    assert!(page.contains("保存されていません") && page.contains("NOT saved"));
}

#[tokio::test]
async fn what_a_layer_refuses_has_a_page_too() {
    let db = engines::sqlite();
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    let answer = ask(&router, "DELETE", "/children", &cookie, "").await;
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.headers()[header::ALLOW], "GET,HEAD");
    assert!(words(answer).await.contains("受け付けられません"));
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_answered_in_both_languages() {
    let db = engines::sqlite();
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    for (path, form) in [
        ("/enter", ""),
        ("/language", "language=en"),
        ("/municipality", "ordinance=consent_opt_in&revision=none"),
    ] {
        let answer = ask(&router, "POST", path, &cookie, form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let page = words(answer).await;
        assert!(page.contains("読み取れません") && page.contains("could not be read"));
    }
    let odd = ask(
        &router,
        "GET",
        "/children?standing=gap&standing=gap",
        &cookie,
        "",
    )
    .await;
    assert_eq!(odd.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_form_that_no_page_of_ours_has_given_is_refused_in_words() {
    let db = engines::sqlite();
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let officer = session(&app, Role::Municipality, Some("43203"), None).await;
    let other = session(&app, Role::Municipality, Some("43203"), None).await;
    let of = |cookie: &str| {
        let token = cookie.trim_start_matches("tomoshibi=");
        form_token(&Token::from_text(token).expect("a token"))
    };
    let mut walked = 0;
    for (method, template, _) in web::ROUTES {
        if *method != "POST" {
            continue;
        }
        let path = template
            .replace("{id}", &app.ids.next().to_string())
            .replace("{session}", &app.ids.next().to_string());
        for (cookie, form) in [
            (&*officer, String::new()),
            (&officer, "csrf=".to_owned()),
            (&officer, format!("csrf={}", of(&other))),
            (&officer, format!("csrf={}", &of(&officer)[1..])),
            (
                &officer,
                format!("csrf={}", officer.trim_start_matches("tomoshibi=")),
            ),
            ("", format!("csrf={}", of(&officer))),
            ("form=x", "csrf=x".to_owned()),
        ] {
            let answer = ask_as_it_is(&router, method, &path, cookie, &form).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} {form}");
            let page = words(answer).await;
            assert!(page.contains("何も保存していません") && page.contains("Nothing was saved"));
        }
        walked += 1;
    }
    assert!(walked >= 13, "{walked}");
    // What is no form carries no token either.
    let json = axum::http::Request::post("/sign-out")
        .header(header::COOKIE, &officer)
        .header(header::CONTENT_TYPE, "application/json")
        .body(axum::body::Body::from(format!(
            "{{\"csrf\":\"{}\"}}",
            of(&officer)
        )))
        .expect("a request");
    let answer = tower::ServiceExt::oneshot(router.clone(), json).await;
    assert_eq!(answer.expect("an answer").status(), StatusCode::FORBIDDEN);
    let page = ask(&router, "GET", "/account", &officer, "").await;
    assert_eq!(page.status(), StatusCode::OK, "nobody was signed out");
}

#[tokio::test]
async fn every_form_of_a_page_carries_the_token_of_its_browser() {
    let db = engines::sqlite();
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let cookie = session(&app, Role::Municipality, Some("43203"), None).await;
    let sites = words(ask(&router, "GET", "/sites", &cookie, "").await).await;
    let site = sites.split("href=\"/sites/").nth(1).expect("a site");
    let site = format!("/sites/{}", site.split('"').next().expect("an end"));
    for (path, cookie) in [
        ("/", ""),
        ("/sign-in", ""),
        ("/code", ""),
        ("/children", &*cookie),
        (&site, &*cookie),
        ("/municipality", &*cookie),
        ("/account", &*cookie),
    ] {
        let answer = ask(&router, "GET", path, cookie, "").await;
        let fresh = answer.headers().get(header::SET_COOKIE).cloned();
        let page = words(answer).await;
        let secret = match fresh.as_ref().and_then(|cookie| cookie.to_str().ok()) {
            Some(fresh) => {
                assert!(cookie.is_empty(), "{path}");
                assert!(fresh.contains("HttpOnly") && fresh.contains("SameSite=Strict"));
                fresh
                    .split(';')
                    .next()
                    .expect("a pair")
                    .trim_start_matches("form=")
            }
            None => cookie.trim_start_matches("tomoshibi="),
        };
        let token = form_token(&Token::from_text(secret).expect("a secret"));
        let field = format!("name=\"csrf\" value=\"{token}\"");
        let forms = page.matches("<form method=\"post\"").count();
        assert!(forms > 0, "{path}");
        assert_eq!(page.matches(&field).count(), forms, "{path}");
        // The secret itself stands on no page.
        assert!(!page.contains(secret), "{path}");
    }
}

#[tokio::test]
async fn where_a_request_comes_from_is_what_the_proxy_saw_and_nobody_else_says() {
    use axum::{
        body::Body,
        extract::{ConnectInfo, Request},
    };
    use std::net::SocketAddr;
    use tower::ServiceExt as _;

    let db = engines::sqlite();
    let mut app = crate::demo::app(&db).await;
    let mut config = (*app.config).clone();
    config.server.trusted_proxy = Some("10.0.0.4".parse().expect("an address"));
    app.config = config.into();
    let router = web::router(app.clone());
    let secret = Token::random();
    // Many wrong codes shut an address: which one, is seen from who waits.
    let send = async |peer: &str, forwarded: &[&str]| {
        let peer: SocketAddr = peer.parse().expect("an address");
        let mut request = Request::post("/code")
            .header(header::COOKIE, format!("form={}", secret.reveal()))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .extension(ConnectInfo(peer));
        for line in forwarded {
            request = request.header("x-forwarded-for", *line);
        }
        let form = format!("code=x&csrf={}", form_token(&secret));
        let request = request.body(Body::from(form)).expect("a request");
        let answer = router.clone().oneshot(request).await;
        answer.expect("an answer").status()
    };
    let (wrong, wait) = (
        StatusCode::UNPROCESSABLE_ENTITY,
        StatusCode::TOO_MANY_REQUESTS,
    );
    for n in 0..guesses::CODES.most {
        // Whatever the sender claims stands in front of what the proxy saw.
        let claimed = format!("198.51.100.{n}, 192.0.2.1");
        assert_eq!(send("10.0.0.4:1", &["192.0.2.9", &claimed]).await, wrong);
    }
    assert_eq!(send("10.0.0.4:1", &["192.0.2.1"]).await, wait);
    assert_eq!(
        send("[::ffff:10.0.0.4]:1", &["::ffff:192.0.2.1"]).await,
        wait
    );
    assert_eq!(send("10.0.0.4:1", &["192.0.2.1:5555"]).await, wait);
    assert_eq!(send("10.0.0.4:1", &["192.0.2.2"]).await, wrong);
    // One's own machine is no proxy: its header says nothing.
    assert_eq!(send("127.0.0.1:1", &["192.0.2.1"]).await, wrong);
    // A network of one customer is one address.
    for n in 0..guesses::CODES.most {
        let one = format!("2001:db8:0:1::{n}");
        assert_eq!(send("10.0.0.4:1", &[&one]).await, wrong);
    }
    assert_eq!(send("10.0.0.4:1", &["2001:db8:0:1:ffff::1"]).await, wait);
    assert_eq!(send("10.0.0.4:1", &["2001:db8:0:2::1"]).await, wrong);
    // What the proxy says in no language of ours is the proxy's own.
    assert_eq!(send("10.0.0.4:1", &["unknown"]).await, wrong);
}
