//! Invitations of staff: opened, finished once, typed as a code, and over.

use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use tomoshibi::{
    clock::Clock as _,
    seal::{Keys, Token},
    service::{
        authenticate::Answer,
        invitation::{self, Chosen, Confirmed},
        second_factor::Factor,
        sessions,
        sign_in::{self, Link},
    },
    web,
};

use crate::{
    access::{ask, words},
    sign_in::{
        OFFICE, PASSWORD, app, chosen, cookie_of, hidden, invited, is_open, member, right, tries,
        typed,
    },
    support::engines::Database,
};

crate::on_every_engine!(
    an_invitation_ends_with_a_session_and_whoever_comes_second_is_refused,
    an_invitation_that_two_finish_at_once_has_one_account_and_one_session,
    a_half_finished_invitation_is_opened_again_and_begins_anew,
    an_invitation_ends_after_seven_days_to_the_second,
    a_token_of_another_purpose_cut_or_padded_opens_nothing,
    a_new_link_ends_the_one_that_was_lost,
    whoever_is_signed_in_chooses_password_and_second_factor_anew,
    a_link_for_somebody_locked_out_ends_what_there_was,
    a_typed_code_leads_where_its_link_leads,
    staff_come_in_by_a_link_alone_nowhere_but_in_a_demonstration,
);

/// What an authenticator shows for the text of a secret.
fn code_of(secret: &str, now: chrono::DateTime<chrono::Utc>) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).expect("base32");
    let totp = totp_rs::Builder::new().with_secret(secret).build();
    let seconds = u64::try_from(now.timestamp()).expect("after 1970");
    totp.expect("an authenticator")
        .generate(seconds)
        .to_string()
}

async fn an_invitation_ends_with_a_session_and_whoever_comes_second_is_refused(db: Database) {
    let (app, _) = app(&db).await;
    let router = web::router(app.clone());
    let (_, link) = invited(&app, "new@example.jp").await;
    let token = link.token.reveal();
    // A mail scanner opens it as often as it likes.
    for _ in 0..3 {
        let page = ask(&router, "GET", &format!("/enter/{token}"), "", "").await;
        assert!(words(page).await.contains("登録を始める"));
    }
    let form = format!("token={token}");
    let page = words(ask(&router, "POST", "/enter", "", &form).await).await;
    assert!(page.contains("パスワードを決める") && page.contains("new@example.jp"));
    let send = async |password: &str, again: &str| {
        let form = format!("token={token}&password={password}&again={again}");
        let answer = ask(&router, "POST", "/invitation/password", "", &form).await;
        (answer.status(), words(answer).await)
    };
    for (password, again, told) in [
        (
            "kawa+no+mukou+ni+ie",
            "kawa+no+mukou+ni",
            "二つのパスワードが違います",
        ),
        ("kawa", "kawa", "12文字以上"),
        ("passwordpassword", "passwordpassword", "真っ先に試される"),
        (
            "kawa+no+mukou+tomoshibi",
            "kawa+no+mukou+tomoshibi",
            "このサービスの名前",
        ),
        (
            "kawa+no+mukou+%ff%fe",
            "kawa+no+mukou+%ff%fe",
            "打ち直してください",
        ),
        (&"x".repeat(10_000), &"x".repeat(10_000), "200文字まで"),
    ] {
        let (status, page) = send(password, again).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        assert!(page.contains(told), "{told}: {page}");
    }
    let (status, page) = send("kawa+no+mukou+ni+ie", "kawa+no+mukou+ni+ie").await;
    assert_eq!(status, StatusCode::OK);
    let secret = page
        .split("id=\"secret\">")
        .nth(1)
        .expect("the secret as text");
    let secret = secret.split('<').next().expect("an end").replace(' ', "");
    assert_eq!(secret.len(), 32);
    assert!(page.contains("<svg") && page.contains("otpauth://totp/Tomoshibi:new%40example.jp"));
    // A wrong code shows the same secret again.
    let form = format!("token={token}&code=000000");
    let wrong = ask(&router, "POST", "/invitation/confirm", "", &form).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(words(wrong).await.replace(' ', "").contains(&secret));
    let code = code_of(&secret, app.clock.now());
    let form = format!("token={token}&code={code}");
    let last = ask(&router, "POST", "/invitation/confirm", "", &form).await;
    let cookie = cookie_of(&last);
    let page = words(last).await;
    let codes: Vec<&str> = page.split("<li><code>").skip(1).collect();
    assert_eq!(codes.len(), 10);
    let children = ask(&router, "GET", "/children", &cookie, "").await;
    assert_eq!(children.status(), StatusCode::OK);
    let account = words(ask(&router, "GET", "/account", &cookie, "").await).await;
    assert!(account.contains("id=\"codes-left\">10<"), "{account}");
    // Whoever has the same invitation comes too late, at every step.
    for (path, form) in [
        ("/enter", format!("token={token}")),
        (
            "/invitation/password",
            format!("token={token}&password=x&again=x"),
        ),
        ("/invitation/confirm", format!("token={token}&code={code}")),
    ] {
        let answer = ask(&router, "POST", path, "", &form).await;
        assert!(answer.headers().get(header::SET_COOKIE).is_none(), "{path}");
        let page = words(answer).await;
        assert!(
            page.contains("このリンクは使えません") && page.contains("使った覚えがない"),
            "{path}"
        );
    }
}

async fn an_invitation_that_two_finish_at_once_has_one_account_and_one_session(db: Database) {
    let (app, _) = app(&db).await;
    let (user, link) = invited(&app, "new@example.jp").await;
    let factor = chosen(&app, &link).await;
    let code = factor.code_at(app.clock.now());
    let mut both = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (app, hash, code) = (app.clone(), link.token.hash(), code.clone());
        both.spawn(async move { invitation::confirm(&app, &hash, &code, "computer", None).await });
    }
    let answers = both.join_all().await;
    let begun: Vec<Token> = answers
        .into_iter()
        .filter_map(|answer| match answer.expect("an answer") {
            Confirmed::Begun(begun, _) => Some(begun.session),
            Confirmed::Over => None,
            Confirmed::WrongCode(..) => panic!("the code is right"),
        })
        .collect();
    assert_eq!(begun.len(), 1);
    assert!(is_open(&app, &begun[0]).await);
    let open = sessions::list(&app, user, &begun[0]).await.expect("a list");
    assert_eq!(open.len(), 1);
}

async fn a_half_finished_invitation_is_opened_again_and_begins_anew(db: Database) {
    let (app, clock) = app(&db).await;
    let (_, link) = invited(&app, "new@example.jp").await;
    let first = chosen(&app, &link).await;
    clock.advance(TimeDelta::days(1));
    let second = chosen(&app, &link).await;
    let confirm = async |factor: &Factor| {
        let code = factor.code_at(app.clock.now());
        let answer = invitation::confirm(&app, &link.token.hash(), &code, "computer", None).await;
        answer.expect("an answer")
    };
    // What was shown first is of no use to whoever saw it.
    assert!(matches!(confirm(&first).await, Confirmed::WrongCode(..)));
    assert!(matches!(confirm(&second).await, Confirmed::Begun(..)));
    assert!(matches!(confirm(&second).await, Confirmed::Over));
}

async fn an_invitation_ends_after_seven_days_to_the_second(db: Database) {
    let (app, clock) = app(&db).await;
    let (_, link) = invited(&app, "new@example.jp").await;
    let (_, other) = invited(&app, "other@example.jp").await;
    chosen(&app, &link).await;
    clock.advance(TimeDelta::days(sign_in::LINK_DAYS) - TimeDelta::seconds(1));
    let waits = async |link: &Link| {
        let waiting = invitation::waiting(&app, &link.token.hash()).await;
        waiting.expect("an answer").is_some()
    };
    assert!(waits(&link).await && waits(&other).await);
    clock.advance(TimeDelta::seconds(1));
    assert!(!waits(&link).await);
    let late = invitation::choose_password(&app, &other.token.hash(), PASSWORD).await;
    assert!(matches!(late.expect("an answer"), Chosen::Over));
    let from = Some(OFFICE.parse().expect("an address"));
    let code = invitation::ticket_of(&app, &other.code.shown(), from).await;
    assert!(matches!(code.expect("an answer"), Answer::Wrong));
}

async fn a_new_link_ends_the_one_that_was_lost(db: Database) {
    let (app, _) = app(&db).await;
    let router = web::router(app.clone());
    let (_, lost) = invited(&app, "new@example.jp").await;
    let (_, _, new) = sign_in::new_link(&app, "new@example.jp")
        .await
        .expect("an answer")
        .expect("the account is there");
    let invites = async |link: &Link| {
        let path = format!("/enter/{}", link.token.reveal());
        let page = words(ask(&router, "GET", &path, "", "").await).await;
        let from = Some(OFFICE.parse().expect("an address"));
        let typed = invitation::ticket_of(&app, &link.code.shown(), from).await;
        let typed = matches!(typed.expect("an answer"), Answer::Right(_));
        (page.contains("登録を始める"), typed)
    };
    assert_eq!(invites(&lost).await, (false, false));
    assert_eq!(invites(&new).await, (true, true));
}

async fn a_token_of_another_purpose_cut_or_padded_opens_nothing(db: Database) {
    let (app, _) = app(&db).await;
    let router = web::router(app.clone());
    let done = member(&app, "done@example.jp").await;
    let (_, link) = invited(&app, "new@example.jp").await;
    let token = link.token.reveal();
    let other = Keys::random().seal("link ticket", "", &link.token.hash().0);
    let misused = app.keys.seal("kept form", "", &link.token.hash().0);
    let hash = tomoshibi::seal::hex(&link.token.hash().0);
    for wrong in [
        token[..31].to_owned(),
        format!("{token}0"),
        format!("{token}%00"),
        "%ff%fe".to_owned(),
        String::new(),
        done.session.reveal().to_owned(),
        done.codes[0].shown(),
        link.code.shown(),
        hash,
        tomoshibi::seal::hex(&other),
        tomoshibi::seal::hex(&misused),
        "あ".repeat(300),
        "0".repeat(100_000),
    ] {
        let form = format!("token={wrong}");
        let page = words(ask(&router, "POST", "/enter", "", &form).await).await;
        assert!(page.contains("このリンクは使えません"), "{wrong}");
    }
    // A link is no session, and neither is a code.
    for wrong in [token.to_owned(), link.code.shown(), done.codes[0].shown()] {
        let cookie = format!("tomoshibi={wrong}");
        let answer = ask(&router, "GET", "/children", &cookie, "").await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{wrong}");
    }
    // A recovery code and a code of the second factor are no typed code.
    let from = Some(OFFICE.parse().expect("an address"));
    let now = app.clock.now();
    for wrong in [done.codes[0].shown(), done.factor.code_at(now)] {
        let answer = invitation::ticket_of(&app, &wrong, from).await;
        assert!(
            matches!(answer.expect("an answer"), Answer::Wrong),
            "{wrong}"
        );
    }
}

async fn a_link_for_somebody_locked_out_ends_what_there_was(db: Database) {
    let (app, clock) = app(&db).await;
    let before = member(&app, "a@example.jp").await;
    clock.advance(TimeDelta::minutes(1));
    let handed = sign_in::new_link(&app, "a@example.jp").await;
    let (id, _, link) = handed.expect("an answer").expect("it is in use");
    // Until the new one is finished, the old way in holds.
    let factor = chosen(&app, &link).await;
    assert!(is_open(&app, &before.session).await);
    assert_eq!(
        tries(&app, &right(&app, &before, OFFICE).await).await,
        "right"
    );
    clock.advance(TimeDelta::minutes(1));
    let code = factor.code_at(clock.now());
    let confirmed = invitation::confirm(&app, &link.token.hash(), &code, "computer", None).await;
    let Confirmed::Begun(begun, _) = confirmed.expect("an answer") else {
        panic!("the code confirms");
    };
    assert_eq!(begun.account, id);
    assert!(!is_open(&app, &before.session).await);
    clock.advance(TimeDelta::minutes(1));
    assert_eq!(
        tries(&app, &right(&app, &before, OFFICE).await).await,
        "wrong"
    );
    let old = typed("a@example.jp", PASSWORD, &before.codes[0].shown(), OFFICE);
    assert_eq!(
        tries(&app, &old).await,
        "wrong",
        "old recovery codes are over"
    );
    let new = typed(
        "a@example.jp",
        PASSWORD,
        &factor.code_at(clock.now()),
        OFFICE,
    );
    assert_eq!(tries(&app, &new).await, "right");
}

async fn a_typed_code_leads_where_its_link_leads(db: Database) {
    let (app, _) = app(&db).await;
    let router = web::router(app.clone());
    let (_, link) = invited(&app, "new@example.jp").await;
    let shown = link.code.shown();
    assert_eq!(shown.len(), 11);
    let typed = shown
        .to_lowercase()
        .replace('-', "+")
        .replace('0', "o")
        .replace('1', "I");
    let answer = ask(&router, "POST", "/code", "", &format!("code={typed}")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = words(answer).await;
    assert!(page.contains("登録を始める"));
    let ticket = hidden(&page, "token");
    assert!(!ticket.contains(link.token.reveal()));
    let form = format!("token={ticket}&password=kawa+no+mukou+ni+ie&again=kawa+no+mukou+ni+ie");
    let page = words(ask(&router, "POST", "/invitation/password", "", &form).await).await;
    assert!(page.contains("認証アプリを登録する"));
    // Typed once more it still leads there: the invitation is not finished.
    let again = ask(&router, "POST", "/code", "", &format!("code={shown}")).await;
    assert_eq!(again.status(), StatusCode::OK);
}

async fn staff_come_in_by_a_link_alone_nowhere_but_in_a_demonstration(db: Database) {
    let (app, filled) = crate::demo::filled(&db).await;
    let demonstrated = app.clone().demonstrating(filled.direct);
    for (role, link) in &filled.links {
        let hash = link.token.hash();
        // The same database, served: the link invites, it does not let in.
        let served = sessions::begin(&app, &hash, "computer", None).await;
        let served = served.expect("an answer").is_some();
        assert_eq!(served, *role == "family", "{role}");
        if !served {
            let shown = sessions::begin(&demonstrated, &hash, "computer", None).await;
            assert!(shown.expect("an answer").is_some(), "{role}");
        }
    }
    let real = filled.invitation.token.hash();
    let begun = sessions::begin(&demonstrated, &real, "computer", None).await;
    assert!(begun.expect("an answer").is_none());
    let waiting = invitation::waiting(&demonstrated, &real).await;
    assert!(waiting.expect("an answer").is_some());
}

async fn whoever_is_signed_in_chooses_password_and_second_factor_anew(db: Database) {
    let (app, clock) = app(&db).await;
    let router = web::router(app.clone());
    let member = member(&app, "a@example.jp").await;
    let cookie = format!("tomoshibi={}", member.session.reveal());
    clock.advance(TimeDelta::minutes(1));
    let code = member.factor.code_at(clock.now());
    let again = async |password: &str, code: &str| {
        let form = format!("password={}&code={code}", password.replace(' ', "+"));
        ask(&router, "POST", "/account/password", &cookie, &form).await
    };
    for (password, code) in [("x", code.as_str()), (PASSWORD, "000000")] {
        let refused = again(password, code).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    // It ends with every other device, and after half an hour.
    for ends_itself in [true, false] {
        let code = member.factor.code_at(clock.now());
        let token = hidden(&words(again(PASSWORD, &code).await).await, "token");
        if ends_itself {
            clock.advance(TimeDelta::minutes(30));
        } else {
            ask(&router, "POST", "/account/sessions/end", &cookie, "x=1").await;
        }
        let path = format!("/enter/{token}");
        let page = words(ask(&router, "GET", &path, "", "").await).await;
        assert!(page.contains("このリンクは使えません"), "{page}");
        clock.advance(TimeDelta::minutes(1));
    }
    let code = member.factor.code_at(clock.now());
    let page = words(again(PASSWORD, &code).await).await;
    assert!(page.contains("パスワードを決める"), "{page}");
    let token = hidden(&page, "token");
    // A code lets do so once.
    let twice = again(PASSWORD, &code).await;
    assert_eq!(twice.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let password = "yama+no+ue+ni+aru+ie";
    let form = format!("token={token}&password={password}&again={password}");
    let page = words(ask(&router, "POST", "/invitation/password", &cookie, &form).await).await;
    assert!(is_open(&app, &member.session).await, "the old one holds");
    let secret = page.split("id=\"secret\">").nth(1).expect("a secret");
    let secret: String = secret
        .chars()
        .take_while(|c| *c != '<')
        .filter(|c| !c.is_whitespace())
        .collect();
    let form = format!("token={token}&code={}", code_of(&secret, clock.now()));
    let done = ask(&router, "POST", "/invitation/confirm", &cookie, &form).await;
    assert_eq!(done.status(), StatusCode::OK);
    assert!(cookie_of(&done) != cookie && !is_open(&app, &member.session).await);
}
