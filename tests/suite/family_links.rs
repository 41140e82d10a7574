//! A family's link, the codes that staff tell over the telephone, and the wish
//! for a new link.

use std::sync::Arc;

use axum::{
    Router,
    http::{StatusCode, header},
};
use chrono::TimeDelta;
use tomoshibi::{
    app::App,
    clock::ManualClock,
    config::{Config, Server},
    domain::{
        access::{Reader, Role},
        audit::Action,
        id::CaseNumber,
    },
    seal::Token,
    service::{
        guesses, sessions,
        sign_in::{self, AccountRequest, Invited, LINK_DAYS_FAMILY, Link},
    },
    store::TrailFilter,
    web,
};

use crate::{
    access::{ask, session, words},
    support::engines::Database,
};

crate::on_every_engine!(
    a_family_opens_its_link_on_several_devices_and_no_session_outlives_it,
    a_new_link_ends_the_older_one_and_what_was_begun_with_it,
    a_code_is_told_only_by_staff_who_called_back_and_works_once_for_a_quarter_of_an_hour,
    whoever_has_no_link_reads_whom_to_telephone_now,
    who_asks_for_a_new_link_reads_the_same_whether_the_address_is_known_or_not,
    the_picture_on_paper_holds_the_public_address_and_nothing_of_anybody,
    staff_of_the_municipality_make_a_familys_account_once,
    staff_end_every_way_into_a_family,
    a_family_that_ends_its_other_devices_ends_its_link,
    a_familys_link_makes_no_password,
);

/// What the settings page says of families that ask.
const WAITING: &str = "新しいリンクを求めています";
const EMAIL: &str = "family@example.jp";

struct Home {
    app: App,
    clock: ManualClock,
    router: Router,
    /// The child, in 人吉市.
    case: String,
    link: Link,
}

async fn home(db: &Database) -> Home {
    let (mut app, _) = crate::demo::filled(db).await;
    let clock = ManualClock::new(app.clock.now());
    app.clock = Arc::new(clock.clone());
    let router = web::router(app.clone());
    let town = session(&app, Role::Municipality, Some("43203"), None).await;
    let list = words(ask(&router, "GET", "/children", &town, "").await).await;
    let case = list.split("/plans/").nth(1).expect("a child");
    let case = case.split('"').next().expect("a number").to_owned();
    let request = AccountRequest {
        email: EMAIL.to_owned(),
        name: "【デモ】ご家族".to_owned(),
        role: Role::Family,
        municipality: None,
        case: CaseNumber::parse(&case).ok(),
    };
    let invited = sign_in::invite(&app, &request).await.expect("an answer");
    let Invited::Link(_, link) = invited else {
        panic!("{invited:?}");
    };
    Home {
        app,
        clock,
        router,
        case,
        link,
    }
}

impl Home {
    /// What the button of a link gives: a session, or nothing.
    async fn enters(&self, token: &str) -> Option<Token> {
        let form = format!("token={token}");
        let answer = ask(&self.router, "POST", "/enter", "", &form).await;
        let cookies = answer.headers().get_all(header::SET_COOKIE);
        let text = cookies.iter().find_map(|cookie| {
            let cookie = cookie.to_str().ok()?.strip_prefix("tomoshibi=")?;
            cookie.split(';').next().map(str::to_owned)
        });
        Token::from_text(&text?)
    }

    async fn is_open(&self, session: &Token) -> bool {
        let holder = sessions::holder(&self.app, session).await;
        holder.expect("an answer").is_some()
    }

    async fn staff(&self) -> String {
        session(&self.app, Role::Municipality, Some("43203"), None).await
    }
}

async fn a_family_opens_its_link_on_several_devices_and_no_session_outlives_it(db: Database) {
    let home = home(&db).await;
    let token = home.link.token.reveal();
    // A scanner opens it first, as often as it likes.
    for _ in 0..3 {
        let page = ask(&home.router, "GET", &format!("/enter/{token}"), "", "").await;
        assert_eq!(page.status(), StatusCode::OK);
    }
    let mother = home.enters(token).await.expect("a session");
    home.clock
        .advance(TimeDelta::days(LINK_DAYS_FAMILY) - TimeDelta::seconds(1));
    let father = home.enters(token).await.expect("another session");
    assert!(home.is_open(&mother).await && home.is_open(&father).await);
    let cookie = format!("tomoshibi={}", mother.reveal());
    let page = words(ask(&home.router, "GET", "/account", &cookie, "").await).await;
    assert_eq!(page.matches("最後の利用").count(), 2, "both are listed");
    home.clock.advance(TimeDelta::seconds(1));
    assert!(!home.is_open(&mother).await && !home.is_open(&father).await);
    assert!(home.enters(token).await.is_none());
}

async fn a_new_link_ends_the_older_one_and_what_was_begun_with_it(db: Database) {
    let home = home(&db).await;
    let old = home.link.token.reveal();
    let forwarded = home.enters(old).await.expect("a session");
    let (_, _, new) = sign_in::new_link(&home.app, EMAIL)
        .await
        .expect("an answer")
        .expect("the account is there");
    assert!(!home.is_open(&forwarded).await);
    assert!(home.enters(old).await.is_none());
    assert!(home.enters(new.token.reveal()).await.is_some());
    // Of staff nothing is ended: their sessions are not their link's.
    let staff = home.staff().await;
    let page = ask(&home.router, "GET", "/children", &staff, "").await;
    assert_eq!(page.status(), StatusCode::OK);
}

async fn a_code_is_told_only_by_staff_who_called_back_and_works_once_for_a_quarter_of_an_hour(
    db: Database,
) {
    let home = home(&db).await;
    let path = format!("/plans/{}/code", home.case);
    let staff = home.staff().await;
    let plan = words(
        ask(
            &home.router,
            "GET",
            &format!("/plans/{}", home.case),
            &staff,
            "",
        )
        .await,
    )
    .await;
    assert!(plan.contains(&format!("action=\"{path}\"")));
    let refused = ask(&home.router, "POST", &path, &staff, "x=1").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let foreign = session(&home.app, Role::Municipality, Some("43202"), None).await;
    let night = session(&home.app, Role::NightDuty, Some("43203"), None).await;
    for other in [&foreign, &night] {
        let answer = ask(&home.router, "POST", &path, other, "called_back=yes").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
    let told = async || {
        let answer = ask(&home.router, "POST", &path, &staff, "called_back=yes").await;
        assert_eq!(answer.status(), StatusCode::OK);
        let page = words(answer).await;
        let code = page.split("id=\"code\">").nth(1).expect("a code");
        let code = code.split("</p>").next().expect("its end");
        code.replace("<span>", "").replace("</span>", "")
    };
    let typed = async |code: &str| {
        let form = format!("code={}", code.trim().replace(' ', "+"));
        let page = words(ask(&home.router, "POST", "/code", "", &form).await).await;
        let ticket = page.split("name=\"token\" value=\"").nth(1);
        ticket
            .and_then(|rest| rest.split('"').next())
            .map(str::to_owned)
    };
    let first = told().await;
    let ticket = typed(&first).await.expect("a button");
    let by_code = home.enters(&ticket).await.expect("a session");
    assert!(home.enters(&ticket).await.is_none(), "it works once");
    assert_eq!(typed(&first).await, None);
    // The link that the family holds goes on, and the session outlives the code.
    let by_link = home
        .enters(home.link.token.reveal())
        .await
        .expect("a session");
    let replaced = told().await;
    let last = told().await;
    assert_eq!(typed(&replaced).await, None, "a newer code ends it");
    home.clock
        .advance(TimeDelta::minutes(15) - TimeDelta::seconds(1));
    assert!(typed(&last).await.is_some());
    home.clock.advance(TimeDelta::seconds(1));
    assert_eq!(typed(&last).await, None);
    assert!(home.is_open(&by_code).await && home.is_open(&by_link).await);
    // A new link ends what was begun with a code, too.
    sign_in::new_link(&home.app, EMAIL)
        .await
        .expect("an answer");
    assert!(!home.is_open(&by_code).await);
    let filter = TrailFilter {
        case: CaseNumber::parse(&home.case).ok(),
        ..TrailFilter::default()
    };
    let mut tx = home.app.store.read().await.expect("a unit of work");
    let trail = tx
        .trail(&Reader::Operator, &filter)
        .await
        .expect("the trail");
    let told = trail
        .iter()
        .filter(|row| row.event.action == Action::ToldCode);
    assert_eq!(told.count(), 3);
}

async fn whoever_has_no_link_reads_whom_to_telephone_now(db: Database) {
    let mut app = crate::demo::app(&db).await;
    let mut config = Config::clone(&app.config);
    config.loans.centre_telephone = "096-000-0000".into();
    app.config = Arc::new(config);
    let router = web::router(app);
    for (method, form) in [("GET", ""), ("POST", "email=x")] {
        let page = words(ask(&router, method, "/lost-link", "", form).await).await;
        for number in ["tel:119", "tel:0960000000"] {
            assert!(page.contains(number), "{method}: {page}");
        }
    }
}

async fn who_asks_for_a_new_link_reads_the_same_whether_the_address_is_known_or_not(db: Database) {
    let home = home(&db).await;
    let staff = home.staff().await;
    let asks = async |email: &str| {
        let form = format!("email={email}");
        let answer = ask(&home.router, "POST", "/lost-link", "", &form).await;
        assert_eq!(answer.status(), StatusCode::OK);
        words(answer).await
    };
    let settings = async |cookie: &str| {
        words(ask(&home.router, "GET", "/municipality", cookie, "").await).await
    };
    assert!(!settings(&staff).await.contains(WAITING));
    let known = asks(" Family@Example.jp").await;
    for unknown in ["nobody@example.jp", "x", &"x".repeat(10_000)] {
        assert_eq!(asks(unknown).await, known, "{}", unknown.len());
    }
    let page = settings(&staff).await;
    assert!(page.contains(WAITING) && page.contains(&format!("/plans/{}\"", home.case)));
    assert!(page.contains("href=\"tel:"), "with the number to call");
    let foreign = session(&home.app, Role::Municipality, Some("43202"), None).await;
    assert!(!settings(&foreign).await.contains(WAITING));
    // Told a code, the family no longer waits.
    let path = format!("/plans/{}/code", home.case);
    ask(&home.router, "POST", &path, &staff, "called_back=yes").await;
    assert!(!settings(&staff).await.contains(WAITING));
    // Whoever asks too often waits.
    let mut asked = 4;
    let waits = loop {
        let answer = ask(&home.router, "POST", "/lost-link", "", "email=x").await;
        if answer.status() != StatusCode::OK {
            break answer.status();
        }
        asked += 1;
        assert!(asked <= guesses::CODES.most, "so many and no more");
    };
    assert_eq!(waits, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(asked, guesses::CODES.most);
}

async fn the_picture_on_paper_holds_the_public_address_and_nothing_of_anybody(db: Database) {
    let mut home = home(&db).await;
    let plan = format!("/plans/{}", home.case);
    let family = home
        .enters(home.link.token.reveal())
        .await
        .expect("a session");
    let cookies = [format!("tomoshibi={}", family.reveal()), home.staff().await];
    let server = Server {
        public_url: "https://tomoshibi.example.jp".to_owned(),
        ..Server::default()
    };
    home.app.config = Arc::new(Config {
        server,
        ..Config::default()
    });
    let router = web::router(home.app.clone());
    let mut pictures = Vec::new();
    for cookie in &cookies {
        let page = words(ask(&router, "GET", &plan, cookie, "").await).await;
        let paper = page.split("print-only qr\">").nth(1).expect("a picture");
        let (picture, beside) = paper.split_once("</svg>").expect("its end");
        assert!(beside.contains(&format!("example.jp ・ 整理番号 {}", home.case)));
        for token in [family.reveal(), home.link.token.reveal()] {
            assert!(!page.contains(token));
        }
        pictures.push(picture.to_owned());
    }
    // A picture with something of somebody in it would differ.
    assert_eq!(pictures[0], pictures[1]);
}

async fn staff_of_the_municipality_make_a_familys_account_once(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let town = session(&app, Role::Municipality, Some("43203"), None).await;
    let neighbour = session(&app, Role::Municipality, Some("43202"), None).await;
    let path = "/plans/D-0007/family";
    let form = "email=new-family@example.jp";
    let foreign = ask(&router, "POST", path, &neighbour, form).await;
    assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
    let refused = ask(&router, "POST", path, &town, "email=x").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let made = ask(&router, "POST", path, &town, form).await;
    assert_eq!(made.status(), StatusCode::OK);
    let page = words(made).await;
    let link = page.split("/enter/").nth(1).expect("a link is shown");
    let token = format!("token={}", &link[..32]);
    let entered = ask(&router, "POST", "/enter", "", &token).await;
    let cookie = crate::sign_in::cookie_of(&entered);
    let own = ask(&router, "GET", "/plans/D-0007", &cookie, "").await;
    assert_eq!(own.status(), StatusCode::OK);
    let again = ask(&router, "POST", path, &town, "email=second@example.jp").await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
}

async fn staff_end_every_way_into_a_family(db: Database) {
    let home = home(&db).await;
    let staff = home.staff().await;
    let plan = format!("/plans/{}", home.case);
    let page = async || words(ask(&home.router, "GET", &plan, &staff, "").await).await;
    let session = home.enters(home.link.token.reveal()).await;
    let session = session.expect("a session");
    let before = page().await;
    assert!(before.contains("まで有効") && before.contains("サインイン中の端末：1"));
    let end = format!("{plan}/family/end");
    let foreign = crate::access::session(&home.app, Role::Municipality, Some("43202"), None).await;
    let refused = ask(&home.router, "POST", &end, &foreign, "x=1").await;
    assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    assert!(home.is_open(&session).await);
    let done = ask(&home.router, "POST", &end, &staff, "x=1").await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    assert!(!home.is_open(&session).await);
    assert!(home.enters(home.link.token.reveal()).await.is_none());
    let after = page().await;
    assert!(after.contains("有効なリンクなし") && after.contains("サインイン中の端末：0"));
}

async fn a_family_that_ends_its_other_devices_ends_its_link(db: Database) {
    let home = home(&db).await;
    let token = home.link.token.reveal();
    let mother = home.enters(token).await.expect("a session");
    let cookie = format!("tomoshibi={}", mother.reveal());
    let end = async || {
        ask(
            &home.router,
            "POST",
            "/account/sessions/end",
            &cookie,
            "x=1",
        )
        .await
    };
    let stranger = home.enters(token).await.expect("another session");
    let theirs = format!("tomoshibi={}", stranger.reveal());
    let made = ask(&home.router, "POST", "/account/calendar", &theirs, "x=1").await;
    let made = words(made).await;
    let feed = made.split("/calendar/").nth(1).expect("an address");
    let feed = format!("/calendar/{}", &feed[..32]);
    let reads = async || ask(&home.router, "GET", &feed, "", "").await.status();
    assert_eq!(reads().await, StatusCode::OK);
    assert_eq!(end().await.status(), StatusCode::SEE_OTHER);
    assert!(home.is_open(&mother).await && !home.is_open(&stranger).await);
    assert!(home.enters(token).await.is_none(), "it opens nothing again");
    assert_eq!(reads().await, StatusCode::NOT_FOUND);
}

/// Whoever was forwarded the link must not make it a way in of their own.
async fn a_familys_link_makes_no_password(db: Database) {
    let home = home(&db).await;
    let token = home.link.token.reveal();
    let password = "kawa+no+mukou+ni+ie";
    let form = format!("token={token}&password={password}&again={password}");
    let path = "/invitation/password";
    let answer = ask(&home.router, "POST", path, "", &form).await;
    let page = words(answer).await;
    assert!(page.contains("このリンクは使えません") && !page.contains("id=\"secret\""));
    let form = format!("token={token}&code=000000");
    let answer = ask(&home.router, "POST", "/invitation/confirm", "", &form).await;
    assert!(words(answer).await.contains("このリンクは使えません"));
    // Nor when the database says that one was chosen.
    let hash = home.link.token.hash();
    let mut tx = home.app.store.begin().await.expect("a unit of work");
    let now = home.app.clock.now();
    let chosen = tx.choose_with_link(&hash, "x", b"x", now).await;
    assert!(
        chosen.expect("an answer"),
        "it is a link like any other there"
    );
    tx.commit().await.expect("it is kept");
    let answer = ask(&home.router, "POST", "/invitation/confirm", "", &form).await;
    assert!(words(answer).await.contains("このリンクは使えません"));
    assert!(home.enters(token).await.is_some(), "the family comes in");
}
