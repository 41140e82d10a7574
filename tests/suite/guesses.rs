//! How often somebody may guess, and whom that shuts out.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
    response::Response,
};
use chrono::TimeDelta;
use tomoshibi::{
    clock::Clock as _,
    seal::{Code, LINK_CODE, Token},
    service::{
        authenticate::Answer,
        guesses,
        invitation::{self},
    },
    web,
};
use tower::ServiceExt as _;

use crate::{
    access::words,
    sign_in::{HOME, OFFICE, app, invited, member, right, tries, typed},
    support::engines::Database,
};

crate::on_every_engine!(
    typed_codes_are_guessed_so_often_and_no_more,
    five_wrong_tries_shut_out_the_same_for_known_and_unknown,
    nobody_is_shut_out_of_their_office_by_others,
);

/// A form of somebody at an address.
async fn ask_from(router: &Router, from: &str, path: &str, form: &str) -> Response {
    let secret = Token::random();
    let csrf = tomoshibi::seal::form_token(&secret);
    let peer: SocketAddr = format!("{from}:4000").parse().expect("an address");
    let request = Request::post(path)
        .header(header::COOKIE, format!("form={}", secret.reveal()))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .extension(ConnectInfo(peer))
        .body(Body::from(format!("{form}&csrf={csrf}")))
        .expect("a request");
    router.clone().oneshot(request).await.expect("an answer")
}

async fn typed_codes_are_guessed_so_often_and_no_more(db: Database) {
    let (app, clock) = app(&db).await;
    let (_, link) = invited(&app, "new@example.jp").await;
    let office = Some(OFFICE.parse().expect("an address"));
    for _ in 0..guesses::CODES.most {
        let wrong = Code::random(LINK_CODE).shown();
        let answer = invitation::ticket_of(&app, &wrong, office).await;
        assert!(matches!(answer.expect("an answer"), Answer::Wrong));
    }
    let code = link.code.shown();
    let shut = invitation::ticket_of(&app, &code, office).await;
    let Answer::Wait(until) = shut.expect("an answer") else {
        panic!("too many guesses");
    };
    assert_eq!(until, clock.now() + guesses::CODES.within);
    let elsewhere = Some(HOME.parse().expect("an address"));
    let open = invitation::ticket_of(&app, &code, elsewhere).await;
    assert!(matches!(open.expect("an answer"), Answer::Right(_)));
    clock.advance(guesses::CODES.within);
    let later = invitation::ticket_of(&app, &code, office).await;
    assert!(matches!(later.expect("an answer"), Answer::Right(_)));
}

async fn five_wrong_tries_shut_out_the_same_for_known_and_unknown(db: Database) {
    let (app, clock) = app(&db).await;
    let member = member(&app, "known@example.jp").await;
    let router = web::router(app.clone());
    clock.advance(TimeDelta::minutes(1));
    let mut told = Vec::new();
    for (email, from) in [("known@example.jp", OFFICE), ("nobody@example.jp", HOME)] {
        for _ in 0..guesses::PAIR.most {
            assert_eq!(
                tries(&app, &typed(email, "x", "000000", from)).await,
                "wrong"
            );
        }
        let form = format!("email={email}&password=x&code=000000");
        let answer = ask_from(&router, from, "/sign-in", &form).await;
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        let retry = answer.headers()[header::RETRY_AFTER].clone();
        let page = words(answer).await;
        let said = page.split("id=\"said\">").nth(1).expect("words");
        told.push((retry, said.split('<').next().expect("an end").to_owned()));
    }
    assert_eq!(told[0], told[1]);
    assert!(told[0].1.contains("09:17"), "{told:?}");
    // What is right waits too, from there; elsewhere and later it does not.
    assert_eq!(
        tries(&app, &right(&app, &member, OFFICE).await).await,
        "wait"
    );
    assert_eq!(
        tries(&app, &right(&app, &member, HOME).await).await,
        "right"
    );
    clock.advance(guesses::PAIR.within);
    assert_eq!(
        tries(&app, &right(&app, &member, OFFICE).await).await,
        "right"
    );
    // Many guesses at once are counted before they are looked at.
    let mut at_once = tokio::task::JoinSet::new();
    for n in 0..10 {
        let (app, typed) = (
            app.clone(),
            typed("b@example.jp", &n.to_string(), "0", OFFICE),
        );
        at_once.spawn(async move { tries(&app, &typed).await });
    }
    let answers = at_once.join_all().await;
    assert_eq!(
        answers.iter().filter(|one| **one == "wrong").count(),
        5,
        "{answers:?}"
    );
}

async fn nobody_is_shut_out_of_their_office_by_others(db: Database) {
    let (app, clock) = app(&db).await;
    let officer = member(&app, "officer@example.jp").await;
    let colleague = member(&app, "colleague@example.jp").await;
    clock.advance(TimeDelta::minutes(1));
    for one in [&officer, &colleague] {
        assert_eq!(tries(&app, &right(&app, one, OFFICE).await).await, "right");
    }
    clock.advance(TimeDelta::days(80));
    // Attackers elsewhere go on until the account is shut to strangers.
    for n in 0..=guesses::ACCOUNT.most {
        let from = format!("203.0.113.{n}");
        let word = tries(&app, &typed("officer@example.jp", "x", "0", &from)).await;
        let expected = if n < guesses::ACCOUNT.most {
            "wrong"
        } else {
            "wait"
        };
        assert_eq!(word, expected, "{n}");
    }
    // Somebody in the office tries every name until the address is shut.
    for n in 0..=guesses::ADDRESS.most {
        let word = tries(&app, &typed(&format!("n{n}@example.jp"), "x", "0", OFFICE)).await;
        let expected = if n < guesses::ADDRESS.most {
            "wrong"
        } else {
            "wait"
        };
        assert_eq!(word, expected, "{n}");
    }
    assert_eq!(
        tries(&app, &right(&app, &officer, HOME).await).await,
        "wait"
    );
    assert_eq!(
        tries(&app, &right(&app, &officer, OFFICE).await).await,
        "right"
    );
    // Their own wrong tries there do shut an account out, and it alone.
    for _ in 0..guesses::PAIR.most {
        assert_eq!(
            tries(&app, &typed("officer@example.jp", "x", "0", OFFICE)).await,
            "wrong"
        );
    }
    clock.advance(TimeDelta::minutes(1));
    assert_eq!(
        tries(&app, &right(&app, &officer, OFFICE).await).await,
        "wait"
    );
    assert_eq!(
        tries(&app, &right(&app, &colleague, OFFICE).await).await,
        "right"
    );
    // What counts no more is forgotten.
    clock.advance(TimeDelta::days(91));
    guesses::sweep(&app).await.expect("it is swept");
    let mut tx = app.store.read().await.expect("a transaction");
    let marks = guesses::Marks::of(&app.keys, "officer@example.jp", OFFICE.parse().ok());
    let long_ago = clock.now() - TimeDelta::days(9999);
    let known = tx
        .knows_address(&marks.account, &marks.from, long_ago)
        .await;
    assert!(!known.expect("an answer"));
}
