//! Signing in: invitation, password, second factor, recovery codes, and how
//! often somebody may guess.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
    response::Response,
};
use chrono::TimeDelta;
use tomoshibi::{
    app::App,
    clock::{Clock as _, ManualClock, SystemIds},
    config::Config,
    domain::{access::Role, id::UserId, municipality::MunicipalityCode},
    seal::{Code, Keys, LINK_CODE, RECOVERY_CODE, Token},
    service::{
        authenticate::{self, Answer, Typed},
        guesses,
        invitation::{self, Chosen, Confirmed},
        keys,
        second_factor::Factor,
        sessions,
        sign_in::{self, AccountRequest, Invited, Link},
    },
    store::Store,
    web,
};
use tower::ServiceExt as _;

use crate::{
    access::{ask, ask_as_it_is, words},
    support::engines::Database,
};

crate::on_every_engine!(
    an_invitation_ends_with_a_session_and_whoever_comes_second_is_refused,
    an_invitation_that_two_finish_at_once_has_one_account_and_one_session,
    a_half_finished_invitation_is_opened_again_and_begins_anew,
    an_invitation_ends_after_seven_days_to_the_second,
    a_token_of_another_purpose_cut_or_padded_opens_nothing,
    a_link_for_somebody_locked_out_ends_what_there_was,
    a_typed_code_leads_where_its_link_leads,
    typed_codes_are_guessed_ten_times_and_no_more,
    whatever_is_wrong_the_answer_is_the_same,
    a_code_is_taken_once_however_often_it_is_sent,
    a_recovery_code_works_once_and_new_ones_end_the_old,
    a_clock_that_jumps_lets_no_code_in_twice,
    five_wrong_tries_shut_out_the_same_for_known_and_unknown,
    nobody_is_shut_out_of_their_office_by_others,
    a_sign_in_ends_the_session_that_the_browser_had,
    an_account_taken_out_of_use_ends_with_the_next_request,
    a_new_key_seals_everything_anew,
    a_long_form_outlives_its_session_and_is_shown_to_its_account_alone,
    staff_come_in_by_a_link_alone_nowhere_but_in_a_demonstration,
);

const PASSWORD: &str = "kawa no mukou ni ie ga aru";
const OFFICE: &str = "192.0.2.10";
const HOME: &str = "198.51.100.7";

/// A new member of staff who has finished the invitation.
struct Member {
    id: UserId,
    email: String,
    factor: Factor,
    codes: Vec<Code>,
    session: Token,
}

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

async fn invited(app: &App, email: &str) -> (UserId, Link) {
    let request = AccountRequest {
        email: email.to_owned(),
        name: "【デモ】".to_owned(),
        role: Role::Municipality,
        municipality: Some(MunicipalityCode::parse("43203").expect("a code")),
        case: None,
    };
    match sign_in::invite(app, &request).await.expect("an answer") {
        Invited::Link(user, link) => (user, link),
        other => panic!("{other:?}"),
    }
}

async fn chosen(app: &App, link: &Link) -> Factor {
    let chosen = invitation::choose_password(app, &link.token.hash(), PASSWORD).await;
    match chosen.expect("an answer") {
        Chosen::Taken(factor, _) => factor,
        other => panic!("{other:?}"),
    }
}

async fn member(app: &App, email: &str) -> Member {
    let (id, link) = invited(app, email).await;
    finished(app, id, email, &link).await
}

async fn finished(app: &App, id: UserId, email: &str, link: &Link) -> Member {
    let factor = chosen(app, link).await;
    let code = factor.code_at(app.clock.now());
    let confirmed = invitation::confirm(app, &link.token.hash(), &code, "computer").await;
    let Confirmed::Begun(begun, codes) = confirmed.expect("an answer") else {
        panic!("the code confirms");
    };
    Member {
        id,
        email: email.to_owned(),
        factor,
        codes,
        session: begun.session,
    }
}

fn typed(email: &str, password: &str, code: &str, from: &str) -> Typed {
    Typed {
        email: email.to_owned(),
        password: password.to_owned(),
        code: code.to_owned(),
        from: Some(from.parse().expect("an address")),
    }
}

/// What became of a try, in a word.
async fn tries(app: &App, typed: &Typed) -> &'static str {
    match authenticate::sign_in(app, typed, "computer", None).await {
        Ok(Answer::Right(_)) => "right",
        Ok(Answer::Wrong) => "wrong",
        Ok(Answer::Wait(_)) => "wait",
        Err(error) => panic!("{error}"),
    }
}

async fn right(app: &App, member: &Member, from: &str) -> Typed {
    let code = member.factor.code_at(app.clock.now());
    typed(&member.email, PASSWORD, &code, from)
}

async fn is_open(app: &App, session: &Token) -> bool {
    let holder = sessions::holder(app, session).await.expect("an answer");
    holder.is_some()
}

/// The value of a hidden field on a page.
fn hidden(page: &str, name: &str) -> String {
    let field = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    let value = field.and_then(|rest| rest.split('"').next());
    value.unwrap_or_else(|| panic!("{name}: {page}")).to_owned()
}

fn cookie_of(response: &Response) -> String {
    let cookies = response.headers().get_all(header::SET_COOKIE);
    let session = cookies
        .iter()
        .filter_map(|cookie| cookie.to_str().ok())
        .find(|cookie| cookie.starts_with("tomoshibi="))
        .expect("a session begins");
    session.split(';').next().expect("a pair").to_owned()
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

/// What an authenticator shows for the text of a secret.
fn code_of(secret: &str, now: chrono::DateTime<chrono::Utc>) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).expect("base32");
    let totp = totp_rs::Builder::new().with_secret(secret).build();
    let seconds = u64::try_from(now.timestamp()).expect("after 1970");
    totp.expect("an authenticator")
        .generate(seconds)
        .to_string()
}

async fn an_invitation_that_two_finish_at_once_has_one_account_and_one_session(db: Database) {
    let (app, _) = app(&db).await;
    let (user, link) = invited(&app, "new@example.jp").await;
    let factor = chosen(&app, &link).await;
    let code = factor.code_at(app.clock.now());
    let mut both = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (app, hash, code) = (app.clone(), link.token.hash(), code.clone());
        both.spawn(async move { invitation::confirm(&app, &hash, &code, "computer").await });
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
        let answer = invitation::confirm(&app, &link.token.hash(), &code, "computer").await;
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
    let confirmed = invitation::confirm(&app, &link.token.hash(), &code, "computer").await;
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

async fn typed_codes_are_guessed_ten_times_and_no_more(db: Database) {
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

async fn whatever_is_wrong_the_answer_is_the_same(db: Database) {
    let (app, clock) = app(&db).await;
    let router = web::router(app.clone());
    let known = member(&app, "known@example.jp").await;
    let gone = member(&app, "gone@example.jp").await;
    invited(&app, "invited@example.jp").await;
    let mut tx = app.store.begin().await.expect("a unit of work");
    let disabled = tx.disable_account("gone@example.jp", clock.now()).await;
    assert!(disabled.expect("an answer"));
    tx.commit().await.expect("it lasts");
    clock.advance(TimeDelta::minutes(1));
    let code = known.factor.code_at(clock.now());
    let gone_code = gone.factor.code_at(clock.now());
    let long = "x".repeat(10_000);
    let mut answers = Vec::new();
    for (email, password, code) in [
        ("nobody@example.jp", PASSWORD, &*code),
        ("known@example.jp", "kawa no mukou ni ie ga nai", &*code),
        ("known@example.jp", PASSWORD, "000000"),
        (
            "known@example.jp",
            PASSWORD,
            &*known.codes[0].shown().replace('-', "x"),
        ),
        ("gone@example.jp", PASSWORD, &*gone_code),
        ("invited@example.jp", PASSWORD, &*code),
        ("known@example.jp", &*long, &*code),
        (&*long, PASSWORD, &*code),
        ("%ff%fe", "%ff%fe", "%ff%fe"),
        ("", "", ""),
    ] {
        let form = format!(
            "email={email}&password={}&code={code}",
            password.replace(' ', "+")
        );
        let answer = ask(&router, "POST", "/sign-in", "", &form).await;
        let status = answer.status();
        assert!(answer.headers().get(header::SET_COOKIE).is_none());
        let page = words(answer).await;
        assert!(
            page.len() < 10_000,
            "what was typed does not come back at length"
        );
        let said = page.split("id=\"said\">").nth(1).expect("words");
        let said = said.split('<').next().expect("an end").to_owned();
        answers.push((status, said));
    }
    assert_eq!(answers[0].0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answers.iter().all(|one| *one == answers[0]), "{answers:?}");
}

async fn a_code_is_taken_once_however_often_it_is_sent(db: Database) {
    let (app, clock) = app(&db).await;
    let member = member(&app, "a@example.jp").await;
    // The code that confirmed the invitation is used up with it.
    let again = right(&app, &member, OFFICE).await;
    assert_eq!(tries(&app, &again).await, "wrong");
    clock.advance(TimeDelta::seconds(30));
    let next = right(&app, &member, OFFICE).await;
    let mut at_once = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let (app, next) = (app.clone(), next.clone());
        at_once.spawn(async move { tries(&app, &next).await });
    }
    let mut answers = at_once.join_all().await;
    answers.sort_unstable();
    assert_eq!(answers, ["right", "wrong", "wrong"]);
    // Different people sign in at once, and nobody waits for anybody.
    clock.advance(TimeDelta::minutes(1));
    let mut members = Vec::new();
    for n in 0..6 {
        members.push(self::member(&app, &format!("m{n}@example.jp")).await);
    }
    clock.advance(TimeDelta::minutes(1));
    let mut at_once = tokio::task::JoinSet::new();
    for member in members {
        let (app, typed) = (app.clone(), right(&app, &member, OFFICE).await);
        at_once.spawn(async move { tries(&app, &typed).await });
    }
    assert!(at_once.join_all().await.iter().all(|one| *one == "right"));
}

async fn a_recovery_code_works_once_and_new_ones_end_the_old(db: Database) {
    let (app, clock) = app(&db).await;
    let member = member(&app, "a@example.jp").await;
    let with = |code: &Code| {
        typed(
            "a@example.jp",
            PASSWORD,
            &code.shown().to_lowercase(),
            OFFICE,
        )
    };
    assert_eq!(tries(&app, &with(&member.codes[3])).await, "right");
    assert_eq!(tries(&app, &with(&member.codes[3])).await, "wrong");
    let left = authenticate::recovery_codes_left(&app, member.id).await;
    assert_eq!(left.expect("an answer"), Some(9));
    clock.advance(TimeDelta::minutes(1));
    let from = Some(OFFICE.parse().expect("an address"));
    let code = member.factor.code_at(clock.now());
    let no = authenticate::new_recovery_codes(&app, member.id, "kawa", &code, from).await;
    assert!(matches!(no.expect("an answer"), Answer::Wrong));
    let yes = authenticate::new_recovery_codes(&app, member.id, PASSWORD, &code, from).await;
    let Answer::Right(new) = yes.expect("an answer") else {
        panic!("password and code are right");
    };
    assert_eq!(new.len(), 10);
    assert_eq!(tries(&app, &with(&member.codes[4])).await, "wrong");
    assert_eq!(tries(&app, &with(&new[4])).await, "right");
    assert_eq!(
        Code::read(&new[0].shown(), RECOVERY_CODE),
        Some(new[0].clone())
    );
}

async fn a_clock_that_jumps_lets_no_code_in_twice(db: Database) {
    let (app, clock) = app(&db).await;
    let member = member(&app, "a@example.jp").await;
    // A server whose clock is an hour ahead lets somebody in.
    let ahead = App::new(
        app.store.clone(),
        Arc::new(ManualClock::new(clock.now() + TimeDelta::hours(1))),
        Arc::new(SystemIds),
        Config::default(),
        app.keys.clone(),
    );
    let early = right(&ahead, &member, OFFICE).await;
    assert_eq!(tries(&ahead, &early).await, "right");
    // Put right, no code is taken until that hour is over; a recovery code is.
    clock.advance(TimeDelta::minutes(30));
    assert_eq!(
        tries(&app, &right(&app, &member, OFFICE).await).await,
        "wrong"
    );
    let paper = typed("a@example.jp", PASSWORD, &member.codes[0].shown(), OFFICE);
    assert_eq!(tries(&app, &paper).await, "right");
    clock.advance(TimeDelta::minutes(30));
    assert_eq!(
        tries(&app, &early).await,
        "wrong",
        "it was used an hour ago"
    );
    clock.advance(TimeDelta::seconds(30));
    assert_eq!(
        tries(&app, &right(&app, &member, OFFICE).await).await,
        "right"
    );
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

async fn a_sign_in_ends_the_session_that_the_browser_had(db: Database) {
    let (app, clock) = app(&db).await;
    let member = member(&app, "a@example.jp").await;
    let router = web::router(app.clone());
    clock.advance(TimeDelta::minutes(1));
    let form = format!(
        "email=A%40Example.jp&password={}&code={}",
        PASSWORD.replace(' ', "+"),
        member.factor.code_at(clock.now())
    );
    let cookie = format!("tomoshibi={}", member.session.reveal());
    let answer = ask(&router, "POST", "/sign-in", &cookie, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let new = cookie_of(&answer);
    assert_ne!(new, cookie);
    assert!(!is_open(&app, &member.session).await);
    let page = ask(&router, "GET", "/children", &new, "").await;
    assert_eq!(page.status(), StatusCode::OK);
}

async fn an_account_taken_out_of_use_ends_with_the_next_request(db: Database) {
    let (app, clock) = app(&db).await;
    let member = member(&app, "a@example.jp").await;
    let who = sessions::holder(&app, &member.session).await;
    let who = who.expect("an answer").expect("it is open");
    let mut tx = app.store.begin().await.expect("a unit of work");
    let disabled = tx.disable_account("a@example.jp", clock.now()).await;
    assert!(disabled.expect("an answer"));
    tx.commit().await.expect("it lasts");
    // A request that had begun is finished as it had begun…
    let mode = tomoshibi::domain::consent::OrdinanceMode::default();
    let key = app.ids.next();
    let done = tomoshibi::service::municipality::set_ordinance(&app, &who, mode, 0, key).await;
    assert_eq!(
        done.expect("an answer"),
        tomoshibi::service::municipality::SetOutcome::Saved
    );
    // …and the next one finds no session, now or after the account is back.
    assert!(!is_open(&app, &member.session).await);
    let mut tx = app.store.begin().await.expect("a unit of work");
    assert!(tx.enable_account("a@example.jp").await.expect("an answer"));
    tx.commit().await.expect("it lasts");
    assert!(!is_open(&app, &member.session).await);
    clock.advance(TimeDelta::minutes(1));
    assert_eq!(
        tries(&app, &right(&app, &member, OFFICE).await).await,
        "wrong"
    );
}

async fn a_new_key_seals_everything_anew(db: Database) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("t.keys");
    let (mut app, clock) = app(&db).await;
    app.keys = Arc::new(Keys::open(&file).expect("a key file"));
    // A server that runs meanwhile, with the file as it was.
    let mut running = app.clone();
    running.keys = Arc::new(Keys::open(&file).expect("the key file"));
    let done = member(&app, "done@example.jp").await;
    let (_, half) = invited(&app, "half@example.jp").await;
    let factor = chosen(&app, &half).await;
    let old = app.keys.ids();
    let rotated = keys::rotate(&app).await.expect("a rotation");
    assert_eq!((rotated.factors, rotated.recovery_codes), (2, 10));
    assert_eq!((rotated.waiting_codes, &rotated.older), (1, &old));
    // With the line of the old key gone, all but the waiting code still works.
    let text = std::fs::read_to_string(&file).expect("the key file");
    let first = text.lines().next().expect("a line");
    let only = folder.path().join("new.keys");
    std::fs::copy(&file, &only).expect("a copy, as readable as the file");
    std::fs::write(&only, format!("{first}\n")).expect("one line");
    let mut new = app.clone();
    new.keys = Arc::new(Keys::open(&only).expect("a key file"));
    clock.advance(TimeDelta::minutes(1));
    assert_eq!(
        tries(&new, &right(&new, &done, OFFICE).await).await,
        "right"
    );
    let paper = typed("done@example.jp", PASSWORD, &done.codes[0].shown(), OFFICE);
    assert_eq!(
        tries(&running, &paper).await,
        "right",
        "it read the file again"
    );
    let code = factor.code_at(clock.now());
    let confirmed = invitation::confirm(&new, &half.token.hash(), &code, "computer").await;
    assert!(matches!(
        confirmed.expect("an answer"),
        Confirmed::Begun(..)
    ));
}

async fn a_long_form_outlives_its_session_and_is_shown_to_its_account_alone(db: Database) {
    let (app, clock) = app(&db).await;
    let router = web::router(app.clone());
    let officer = member(&app, "officer@example.jp").await;
    let other = member(&app, "other@example.jp").await;
    let cookie = format!("tomoshibi={}", officer.session.reveal());
    let page = words(ask(&router, "GET", "/municipality", &cookie, "").await).await;
    let key = hidden(&page, "key");
    // Over an hour later: nothing is saved, and nothing lost.
    clock.advance(TimeDelta::minutes(61));
    let form = format!("ordinance=ordinance_no_consent&revision=0&key={key}&note=%22%3E%3Cb%3E");
    let answer = ask(&router, "POST", "/municipality", &cookie, &form).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let page = words(answer).await;
    assert!(
        page.contains("入力した内容は残してあります") && !page.contains("ordinance_no_consent")
    );
    let kept = hidden(&page, "kept");
    let sign_in = async |member: &Member, kept: &str| {
        clock.advance(TimeDelta::minutes(1));
        let code = member.factor.code_at(clock.now());
        let password = PASSWORD.replace(' ', "+");
        let form = format!(
            "email={}&password={password}&code={code}&kept={kept}",
            member.email
        );
        ask(&router, "POST", "/sign-in", &cookie, &form).await
    };
    // A wrong try keeps it.
    let form = format!("email=officer@example.jp&password=x&code=0&kept={kept}");
    let wrong = words(ask(&router, "POST", "/sign-in", &cookie, &form).await).await;
    assert_eq!(hidden(&wrong, "kept"), kept);
    // Another account, and what somebody changed, bring nothing back.
    let answer = sign_in(&other, &kept).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let answer = sign_in(&officer, &kept.replace('a', "b")).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    // Its own account reads it, and sends it.
    let answer = sign_in(&officer, &kept).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let cookie = cookie_of(&answer);
    let page = words(answer).await;
    assert!(page.contains("action=\"/municipality\"") && page.contains("平時の提供についての条例"));
    assert!(
        page.contains("&#34;&#62;&#60;b&#62;") && !page.contains("\"><b>"),
        "{page}"
    );
    let csrf = page
        .split("action=\"/municipality\"")
        .nth(1)
        .expect("the form");
    let form = format!(
        "ordinance={}&revision={}&key={}&csrf={}",
        hidden(csrf, "ordinance"),
        hidden(csrf, "revision"),
        hidden(csrf, "key"),
        hidden(csrf, "csrf")
    );
    let saved = ask_as_it_is(&router, "POST", "/municipality", &cookie, &form).await;
    assert_eq!(saved.status(), StatusCode::OK);
    assert!(words(saved).await.contains("保存しました"));
}

async fn staff_come_in_by_a_link_alone_nowhere_but_in_a_demonstration(db: Database) {
    let (app, filled) = crate::demo::filled(&db).await;
    let demonstrated = app.clone().demonstrating(filled.direct);
    for (role, link) in &filled.links {
        let hash = link.token.hash();
        // The same database, served: the link invites, it does not let in.
        let served = sessions::begin(&app, &hash, "computer").await;
        let served = served.expect("an answer").is_some();
        assert_eq!(served, *role == "family", "{role}");
        if !served {
            let shown = sessions::begin(&demonstrated, &hash, "computer").await;
            assert!(shown.expect("an answer").is_some(), "{role}");
        }
    }
    let real = filled.invitation.token.hash();
    let begun = sessions::begin(&demonstrated, &real, "computer").await;
    assert!(begun.expect("an answer").is_none());
    let waiting = invitation::waiting(&demonstrated, &real).await;
    assert!(waiting.expect("an answer").is_some());
}
