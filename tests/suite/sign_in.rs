//! Signing in: invitation, password, second factor, recovery codes, and how
//! often somebody may guess.

use std::sync::Arc;

use axum::{
    http::{StatusCode, header},
    response::Response,
};
use chrono::TimeDelta;
use tomoshibi::{
    app::App,
    clock::{Clock as _, ManualClock, SystemIds},
    config::Config,
    domain::{
        access::{Reader, Role},
        audit::Action,
        id::UserId,
        municipality::MunicipalityCode,
    },
    seal::{Code, Keys, RECOVERY_CODE, Token},
    service::{
        authenticate::{self, Answer, Typed},
        invitation::{self, Chosen, Confirmed},
        keys,
        second_factor::Factor,
        sessions,
        sign_in::{self, AccountRequest, Invited, Link},
    },
    store::{Store, TrailFilter},
    web,
};

use crate::{
    access::{ask, ask_as_it_is, words},
    support::engines::Database,
};

crate::on_every_engine!(
    whatever_is_wrong_the_answer_is_the_same,
    a_code_is_taken_once_however_often_it_is_sent,
    a_recovery_code_works_once_and_new_ones_end_the_old,
    a_clock_that_jumps_lets_no_code_in_twice,
    a_sign_in_ends_the_session_that_the_browser_had,
    an_account_taken_out_of_use_ends_with_the_next_request,
    a_new_key_seals_everything_anew,
    a_long_form_outlives_its_session_and_is_shown_to_its_account_alone,
    whatever_staff_typed_outlives_its_session,
    whatever_happens_to_an_account_is_in_the_trail,
);

pub(crate) const PASSWORD: &str = "kawa no mukou ni ie ga aru";
pub(crate) const OFFICE: &str = "192.0.2.10";
pub(crate) const HOME: &str = "198.51.100.7";

/// A new member of staff who has finished the invitation.
pub(crate) struct Member {
    pub(crate) id: UserId,
    pub(crate) email: String,
    pub(crate) factor: Factor,
    pub(crate) codes: Vec<Code>,
    pub(crate) session: Token,
}

pub(crate) async fn app(db: &Database) -> (App, ManualClock) {
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

pub(crate) async fn invited(app: &App, email: &str) -> (UserId, Link) {
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

pub(crate) async fn chosen(app: &App, link: &Link) -> Factor {
    let chosen = invitation::choose_password(app, &link.token.hash(), PASSWORD).await;
    match chosen.expect("an answer") {
        Chosen::Taken(factor, _) => factor,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn member(app: &App, email: &str) -> Member {
    let (id, link) = invited(app, email).await;
    finished(app, id, email, &link).await
}

pub(crate) async fn finished(app: &App, id: UserId, email: &str, link: &Link) -> Member {
    let factor = chosen(app, link).await;
    let code = factor.code_at(app.clock.now());
    let confirmed = invitation::confirm(app, &link.token.hash(), &code, "computer", None).await;
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

pub(crate) fn typed(email: &str, password: &str, code: &str, from: &str) -> Typed {
    Typed {
        email: email.to_owned(),
        password: password.to_owned(),
        code: code.to_owned(),
        from: Some(from.parse().expect("an address")),
    }
}

/// What became of a try, in a word.
pub(crate) async fn tries(app: &App, typed: &Typed) -> &'static str {
    match authenticate::sign_in(app, typed, "computer", None).await {
        Ok(Answer::Right(_)) => "right",
        Ok(Answer::Wrong) => "wrong",
        Ok(Answer::Wait(_)) => "wait",
        Err(error) => panic!("{error}"),
    }
}

pub(crate) async fn right(app: &App, member: &Member, from: &str) -> Typed {
    let code = member.factor.code_at(app.clock.now());
    typed(&member.email, PASSWORD, &code, from)
}

pub(crate) async fn is_open(app: &App, session: &Token) -> bool {
    let holder = sessions::holder(app, session).await.expect("an answer");
    holder.is_some()
}

/// The value of a hidden field on a page.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let field = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    let value = field.and_then(|rest| rest.split('"').next());
    value.unwrap_or_else(|| panic!("{name}: {page}")).to_owned()
}

pub(crate) fn cookie_of(response: &Response) -> String {
    let cookies = response.headers().get_all(header::SET_COOKIE);
    let session = cookies
        .iter()
        .filter_map(|cookie| cookie.to_str().ok())
        .find(|cookie| cookie.starts_with("tomoshibi="))
        .expect("a session begins");
    session.split(';').next().expect("a pair").to_owned()
}

async fn whatever_is_wrong_the_answer_is_the_same(db: Database) {
    let (app, clock) = app(&db).await;
    let router = web::router(app.clone());
    let known = member(&app, "known@example.jp").await;
    let gone = member(&app, "gone@example.jp").await;
    invited(&app, "invited@example.jp").await;
    let disabled = sign_in::disable(&app, "Gone@example.jp").await;
    assert!(disabled.expect("an answer"));
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
    let disabled = sign_in::disable(&app, "a@example.jp").await;
    assert!(disabled.expect("an answer"));
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
    let back = sign_in::enable(&app, "a@example.jp").await;
    assert!(back.expect("an answer"));
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
    let confirmed = invitation::confirm(&new, &half.token.hash(), &code, "computer", None).await;
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

async fn whatever_staff_typed_outlives_its_session(db: Database) {
    let (app, clock) = app(&db).await;
    let router = web::router(app.clone());
    let officer = member(&app, "officer@example.jp").await;
    let mut cookie = format!("tomoshibi={}", officer.session.reveal());
    for (path, form, typed) in [
        (
            "/plans/X-1/move",
            "municipality=43202&address=typed-it",
            "typed-it",
        ),
        (
            "/plans/X-1/stay",
            "municipality=43202&address=typed-it",
            "八代市",
        ),
        (
            "/plans/X-1/correction/answer",
            "corrected=no&words=typed-it",
            "typed-it",
        ),
        ("/emergency/confirm", "kind=typhoon&reason=typed-it", "台風"),
        (
            "/emergency/01a1fe99-6806-7541-8695-df2f17930e86/extend",
            "reason=typed-it",
            "typed-it",
        ),
        (
            "/plans/X-1/contacts",
            "called=family&outcome=reached&key=typed-it",
            "連絡がついた",
        ),
        (
            "/plans/X-1/family",
            "email=typed-it",
            "ご家族のアカウントを作る",
        ),
        (
            "/plans/X-1/supporters/told",
            "how=letter&on=2026-11-20&person=typed-it",
            "2026-11-20",
        ),
        (
            "/plans/X-1/protection",
            "act=protect&named=typed-it",
            "整理番号 X-1",
        ),
        ("/emergency", "kind=typhoon&reason=typed-it", "台風"),
        ("/accounts", "name=typed-it&role=centre", "支援センター"),
        (
            "/accounts/hand-over",
            "name-01a1fe99-6806-7541-8695-df2f17930e86=typed-it",
            "typed-it",
        ),
    ] {
        clock.advance(TimeDelta::minutes(61));
        let answer = ask(&router, "POST", path, &cookie, form).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
        let kept = hidden(&words(answer).await, "kept");
        let code = officer.factor.code_at(clock.now());
        let password = PASSWORD.replace(' ', "+");
        let form = format!("email=officer@example.jp&password={password}&code={code}&kept={kept}");
        let answer = ask(&router, "POST", "/sign-in", &cookie, &form).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        cookie = cookie_of(&answer);
        let page = words(answer).await;
        assert!(page.contains(&format!("action=\"{path}\"")), "{path}");
        assert!(page.contains(typed) && page.contains("typed-it"), "{page}");
    }
}

async fn whatever_happens_to_an_account_is_in_the_trail(db: Database) {
    let (app, clock) = app(&db).await;
    let member = member(&app, "a@example.jp").await;
    clock.advance(TimeDelta::minutes(1));
    tries(&app, &typed("a@example.jp", "x", "0", OFFICE)).await;
    tries(&app, &typed("nobody@example.jp", "x", "0", HOME)).await;
    let paper = typed("a@example.jp", PASSWORD, &member.codes[0].shown(), OFFICE);
    assert_eq!(tries(&app, &paper).await, "right");
    let who = sessions::holder(&app, &member.session).await;
    let who = who.expect("an answer").expect("it is open");
    let others = sessions::end_others(&app, &who, &member.session, None).await;
    assert_eq!(others.expect("an answer"), 1);
    let out = sessions::end(&app, &who, &member.session).await;
    out.expect("an answer");
    sign_in::disable(&app, "a@example.jp")
        .await
        .expect("an answer");
    let filter = TrailFilter {
        ..TrailFilter::default()
    };
    let mut tx = app.store.read().await.expect("a unit of work");
    let rows = tx
        .trail(&Reader::Operator, &filter)
        .await
        .expect("the trail");
    let mut events: Vec<_> = rows.iter().map(|row| &row.event).collect();
    events.reverse();
    let codes: Vec<&str> = events.iter().map(|event| event.action.code()).collect();
    assert_eq!(
        codes,
        [
            "added_account",
            "made_link",
            "set_password",
            "set_second_factor",
            "signed_in",
            "sign_in_failed",
            "sign_in_failed",
            "used_recovery_code",
            "signed_in",
            "ended_sessions",
            "signed_out",
            "disabled_account",
        ]
    );
    // A failure names the account that there is, and where it came from.
    let failed: Vec<_> = events
        .iter()
        .filter(|e| e.action == Action::SignInFailed)
        .collect();
    assert_eq!(failed[0].about.map(|about| about.id), Some(member.id.0));
    assert_eq!((failed[1].about, failed[1].from), (None, HOME.parse().ok()));
}
