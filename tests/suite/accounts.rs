//! Accounts in the hands of their administrator, and the first of April.

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        id::UserId,
    },
    seal::Token,
    service::{
        accounts::{self, HandedOver, Step, Successor},
        sessions,
        view::SignedIn,
    },
    web,
};

use crate::{
    access::{ask, assign, session_and_account, words},
    support::engines::Database,
};

crate::on_every_engine!(
    an_invitation_that_the_administrator_makes_opens_nothing_else,
    an_administrator_makes_no_way_into_a_family,
    half_an_office_is_handed_over_in_one_step,
    a_hand_over_with_one_mistake_changes_nothing,
    a_hand_over_is_done_once,
    there_is_always_somebody_who_keeps_accounts,
    a_municipality_sees_who_of_it_has_an_account,
    a_hand_over_gives_what_was_assigned_and_nothing_of_an_emergency,
    who_follows_is_named_for_protected_addresses_instead,
    an_account_that_comes_back_is_invited_anew_and_opens_no_emergency_access,
);

async fn administrator(app: &App) -> (String, SignedIn) {
    let (cookie, user) = session_and_account(app, Role::Administrator, None, None).await;
    let who = SignedIn {
        reader: Reader::Administrator(user),
        ..holder(app, &cookie).await.expect("it is signed in")
    };
    (cookie, who)
}

async fn holder(app: &App, cookie: &str) -> Option<SignedIn> {
    let token = cookie.split_once('=').expect("a cookie").1;
    let token = Token::from_text(token).expect("a token");
    sessions::holder(app, &token).await.expect("an answer")
}

fn step(leaving: UserId, successor: Successor) -> Step {
    Step { leaving, successor }
}

fn new(name: &str) -> Successor {
    Successor::New {
        name: format!("【デモ】{name}"),
        email: format!("{name}@example.jp"),
    }
}

/// How many children a coordinator sees.
async fn children(app: &App, user: UserId) -> usize {
    let mut tx = app.store.read().await.expect("a unit of work");
    let reader = Reader::Coordinator(user);
    let cases = tx.cases_after(&reader, app.moment(), "").await;
    cases.expect("a list").len()
}

async fn an_invitation_that_the_administrator_makes_opens_nothing_else(db: Database) {
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let (cookie, _) = administrator(&app).await;
    let form = "name=%E3%80%90%E3%83%87%E3%83%A2%E3%80%91&email=new@example.jp&role=municipality&municipality=43203";
    let made = ask(&router, "POST", "/accounts", &cookie, form).await;
    assert_eq!(made.status(), StatusCode::OK);
    let page = words(made).await;
    let link = page.split("/enter/").nth(1).expect("a link is shown");
    let path = format!("/enter/{}", &link[..32]);
    // Staff come in by the steps of an invitation: a link alone is no session.
    let opened = ask(&router, "GET", &path, "", "").await;
    assert_eq!(opened.status(), StatusCode::OK);
    let entered = ask(
        &router,
        "POST",
        "/enter",
        "",
        &format!("token={}", &link[..32]),
    )
    .await;
    let cookies = entered.headers().get_all("set-cookie");
    let session = cookies
        .iter()
        .any(|c| c.to_str().expect("text").starts_with("tomoshibi="));
    assert!(!session, "no session without password and second factor");
    // Shown once.
    let again = words(ask(&router, "GET", "/accounts", &cookie, "").await).await;
    assert!(!again.contains("/enter/"));
    assert!(again.contains("new@example.jp"));
    for (form, why) in [
        (form, "もうあります"),
        (
            "name=x&email=y@example.jp&role=municipality&municipality=",
            "市町村を選んでください",
        ),
        (
            "name=x&email=y&role=centre&municipality=",
            "メールアドレスの形",
        ),
        (
            "name=+&email=y@example.jp&role=centre&municipality=",
            "名前を",
        ),
    ] {
        let refused = ask(&router, "POST", "/accounts", &cookie, form).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(words(refused).await.contains(why), "{form}");
    }
}

async fn an_administrator_makes_no_way_into_a_family(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let (cookie, who) = administrator(&app).await;
    let form = "name=x&email=y@example.jp&role=family&municipality=";
    let refused = ask(&router, "POST", "/accounts", &cookie, form).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let rows = accounts::list(&app, &who).await.expect("a list");
    let family = rows
        .iter()
        .find(|row| row.account.reader.role() == Some(Role::Family))
        .expect("the demonstration has a family");
    let path = format!("/accounts/{}/link", family.account.id);
    let refused = ask(&router, "POST", &path, &cookie, "").await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert!(!words(refused).await.contains("/enter/"));
    // Nor does the list say whose family it is.
    let page = words(ask(&router, "GET", "/accounts", &cookie, "").await).await;
    let case = family.account.case.as_ref().expect("a case");
    assert!(!page.contains(case.as_str()));
}

async fn half_an_office_is_handed_over_in_one_step(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let (_, who) = administrator(&app).await;
    let town = Some("43203");
    let (leaving, officer) = session_and_account(&app, Role::Municipality, town, None).await;
    let (staying, _) = session_and_account(&app, Role::Municipality, town, None).await;
    let (old, coordinator) = session_and_account(&app, Role::Coordinator, None, None).await;
    let (_, colleague) = session_and_account(&app, Role::Coordinator, None, None).await;
    assign(&app, "D-0001", coordinator).await;
    assign(&app, "D-0002", coordinator).await;
    assert_eq!(
        (
            children(&app, coordinator).await,
            children(&app, colleague).await
        ),
        (2, 0)
    );
    let steps = [
        step(officer, new("follows")),
        step(coordinator, Successor::Colleague(colleague)),
    ];
    let outcome = accounts::hand_over(&app, &who, &steps, app.ids.next()).await;
    let HandedOver::Done(taken) = outcome.expect("an answer") else {
        panic!("it is refused");
    };
    assert!(taken[0].link.is_some(), "somebody new is invited");
    assert_eq!(taken[1].children, 2);
    assert!(holder(&app, &leaving).await.is_none(), "out at once");
    assert!(holder(&app, &old).await.is_none(), "out at once");
    assert!(holder(&app, &staying).await.is_some());
    assert_eq!(
        (
            children(&app, coordinator).await,
            children(&app, colleague).await
        ),
        (0, 2)
    );
}

async fn a_hand_over_with_one_mistake_changes_nothing(db: Database) {
    let app = crate::demo::app(&db).await;
    let (_, who) = administrator(&app).await;
    let town = Some("43203");
    let (first_cookie, first) = session_and_account(&app, Role::Municipality, town, None).await;
    let (_, second) = session_and_account(&app, Role::Centre, None, None).await;
    let before = accounts::list(&app, &who).await.expect("a list").len();
    for (steps, what) in [
        (
            [
                step(first, new("follows")),
                step(second, Successor::Colleague(first)),
            ],
            "another role",
        ),
        (
            [step(first, new("follows")), step(second, new("follows"))],
            "one address for two",
        ),
        (
            [
                step(first, new("follows")),
                step(UserId(app.ids.next()), Successor::Nobody),
            ],
            "an account that is not there",
        ),
        (
            [
                step(first, new("follows")),
                step(
                    second,
                    Successor::New {
                        name: String::new(),
                        email: "n@example.jp".to_owned(),
                    },
                ),
            ],
            "no name",
        ),
    ] {
        let outcome = accounts::hand_over(&app, &who, &steps, app.ids.next()).await;
        let outcome = outcome.expect("an answer");
        assert!(!matches!(outcome, HandedOver::Done(_)), "{what}");
        let after = accounts::list(&app, &who).await.expect("a list").len();
        assert_eq!(after, before, "{what}");
        assert!(holder(&app, &first_cookie).await.is_some(), "{what}");
    }
}

async fn a_hand_over_is_done_once(db: Database) {
    let app = crate::demo::app(&db).await;
    let (_, who) = administrator(&app).await;
    let (_, leaving) = session_and_account(&app, Role::Centre, None, None).await;
    let steps = [step(leaving, new("follows"))];
    let key = app.ids.next();
    let again = || accounts::hand_over(&app, &who, &steps, key);
    assert!(matches!(
        again().await.expect("an answer"),
        HandedOver::Done(_)
    ));
    assert!(matches!(
        again().await.expect("an answer"),
        HandedOver::Repeated
    ));
    let other = [step(leaving, Successor::Nobody)];
    let other = accounts::hand_over(&app, &who, &other, key).await;
    assert!(matches!(other.expect("an answer"), HandedOver::OtherBody));
    let nothing = accounts::hand_over(&app, &who, &[], app.ids.next()).await;
    assert!(matches!(nothing.expect("an answer"), HandedOver::Nothing));
}

async fn there_is_always_somebody_who_keeps_accounts(db: Database) {
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let (cookie, who) = administrator(&app).await;
    let path = format!("/accounts/{}/disable", who.user);
    let refused = ask(&router, "POST", &path, &cookie, "").await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let steps = [step(who.user, Successor::Nobody)];
    let refused = accounts::hand_over(&app, &who, &steps, app.ids.next()).await;
    assert!(matches!(
        refused.expect("an answer"),
        HandedOver::LastAdministrator
    ));
    assert!(holder(&app, &cookie).await.is_some());
    // With somebody who follows it may go.
    let steps = [step(who.user, new("follows"))];
    let done = accounts::hand_over(&app, &who, &steps, app.ids.next()).await;
    assert!(matches!(done.expect("an answer"), HandedOver::Done(_)));
    assert!(holder(&app, &cookie).await.is_none());
}

async fn a_municipality_sees_who_of_it_has_an_account(db: Database) {
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let (administrator, _) = administrator(&app).await;
    for (email, code) in [("own@example.jp", "43203"), ("other@example.jp", "43202")] {
        let name = email.split('@').next().expect("a name");
        let form = format!("name=DEMO-{name}&email={email}&role=night_duty&municipality={code}");
        ask(&router, "POST", "/accounts", &administrator, &form).await;
    }
    let (cookie, _) = session_and_account(&app, Role::Municipality, Some("43203"), None).await;
    let page = words(ask(&router, "GET", "/municipality", &cookie, "").await).await;
    assert!(page.contains("DEMO-own"));
    assert!(!page.contains("DEMO-other"));
}

async fn an_account_that_comes_back_is_invited_anew_and_opens_no_emergency_access(db: Database) {
    let app = crate::demo::app(&db).await;
    let router = web::router(app.clone());
    let (keeper, _) = administrator(&app).await;
    let town = Some("43203");
    let (officer, id) = session_and_account(&app, Role::Municipality, town, None).await;
    let (_, coordinator) = session_and_account(&app, Role::Coordinator, None, None).await;
    let change = async |id: UserId, what: &str, form: &str| {
        let path = format!("/accounts/{id}/{what}");
        let answer = ask(&router, "POST", &path, &keeper, form).await;
        (answer.status(), words(answer).await)
    };
    let opens = async || {
        let mut tx = app.store.read().await.expect("a unit of work");
        tx.may_open_emergency(id).await.expect("an answer")
    };
    assert!(!opens().await);
    let (status, page) = change(id, "emergency", "allowed=yes").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("緊急アクセスを開けます") && opens().await);
    // Nobody but municipal staff; and no word that is none.
    let (status, _) = change(coordinator, "emergency", "allowed=yes").await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (status, _) = change(id, "emergency", "allowed=perhaps").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(opens().await);
    // In use, there is nothing to take into use again.
    let (status, _) = change(id, "enable", "").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(holder(&app, &officer).await.is_some());
    let (status, page) = change(id, "disable", "").await;
    assert!(status == StatusCode::OK && page.contains("/enable\""));
    assert!(holder(&app, &officer).await.is_none() && !opens().await);
    let (status, page) = change(id, "enable", "").await;
    assert!(
        status == StatusCode::OK && page.contains("/enter/"),
        "{page}"
    );
    assert!(holder(&app, &officer).await.is_none() && !opens().await);
    let mut tx = app.store.read().await.expect("a unit of work");
    let accounts = tx.accounts().await.expect("a list");
    let back = accounts.iter().find(|a| a.id == id).expect("it is there");
    assert!(!back.disabled && !back.ready && !back.opens_emergency);
}

async fn a_hand_over_gives_what_was_assigned_and_nothing_of_an_emergency(db: Database) {
    let night = crate::emergency::night(db).await;
    let app = &night.app;
    let (_, who) = administrator(app).await;
    let (_, leaving) = session_and_account(app, Role::Coordinator, None, None).await;
    let (_, colleague) = session_and_account(app, Role::Coordinator, None, None).await;
    assign(app, "D-0001", leaving).await;
    let officer = night.officer().await;
    let opened = night.opens(&officer, "coordinators=yes").await;
    let during = children(app, leaving).await;
    assert!(during > 1, "{during}");
    let closed = night
        .post(&format!("{opened}/close"), &officer, "x=1")
        .await;
    assert_eq!(closed, StatusCode::SEE_OTHER);
    assert_eq!(children(app, leaving).await, 1);
    for (from, to) in [
        (leaving, Successor::Colleague(colleague)),
        (colleague, new("x")),
    ] {
        let steps = [step(from, to)];
        let outcome = accounts::hand_over(app, &who, &steps, app.ids.next()).await;
        let HandedOver::Done(taken) = outcome.expect("an answer") else {
            panic!("it is refused");
        };
        assert_eq!(taken[0].children, 1, "the one that was assigned");
        assert_eq!(children(app, from).await, 0);
    }
    assert_eq!(children(app, colleague).await, 0);
}

async fn who_follows_is_named_for_protected_addresses_instead(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let (_, who) = administrator(&app).await;
    let town = Some("43203");
    let (named, leaving) = session_and_account(&app, Role::Municipality, town, None).await;
    let (next, follows) = session_and_account(&app, Role::Municipality, town, None).await;
    let (other, _) = session_and_account(&app, Role::Municipality, town, None).await;
    let case = crate::moves::a_child(&app).await;
    let protect = format!("/plans/{case}/protection");
    crate::moves::post(&router, &app, &protect, &named, "act=protect").await;
    let shows = async |cookie: &str| {
        let path = format!("/plans/{case}/address");
        ask(&router, "POST", &path, cookie, "").await.status()
    };
    assert_eq!(shows(&named).await, StatusCode::OK);
    assert_ne!(shows(&next).await, StatusCode::OK);
    let steps = [step(leaving, Successor::Colleague(follows))];
    let outcome = accounts::hand_over(&app, &who, &steps, app.ids.next()).await;
    let HandedOver::Done(taken) = outcome.expect("an answer") else {
        panic!("it is refused");
    };
    assert_eq!(taken[0].named, 1);
    assert_eq!(shows(&next).await, StatusCode::OK);
    assert_ne!(shows(&other).await, StatusCode::OK);
    // Who is the last does not go without somebody who follows.
    let steps = [step(follows, Successor::Nobody)];
    let refused = accounts::hand_over(&app, &who, &steps, app.ids.next()).await;
    let refused = refused.expect("an answer");
    assert!(matches!(refused, HandedOver::LastNamed(id) if id == follows));
    let refused = accounts::disable(&app, &who, follows).await;
    assert!(matches!(
        refused.expect("an answer"),
        accounts::Changed::LastNamed
    ));
    assert_eq!(shows(&next).await, StatusCode::OK);
    // Nor does it fall open to the office.
    let ends = crate::moves::post(&router, &app, &protect, &other, "act=end").await;
    assert_eq!(ends, StatusCode::FORBIDDEN);
}
