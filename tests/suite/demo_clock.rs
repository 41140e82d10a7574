//! The clock of a demonstration, which a page sets forward.

use axum::http::{StatusCode, header};
use chrono::{Days, Months};
use tomoshibi::{
    app::App,
    clock::{SetForward, SystemIds},
    config::Config,
    domain::access::Role,
    seal::Keys,
    service::demo,
    store::Store,
    web,
};

use crate::{
    access::{ask, session, words},
    support::engines::Database,
};

crate::on_every_engine!(
    a_demonstration_is_set_forward_and_lets_everybody_in_again,
    nothing_but_a_demonstration_has_a_clock_to_set,
);

/// Sends the form of a link, as the button of its page does; the cookie.
async fn come_in(app: &App, token: &str) -> String {
    let router = web::router(app.clone());
    let answer = ask(&router, "POST", "/enter", "", &format!("token={token}")).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    cookie_of(&answer)
}

fn cookie_of(answer: &axum::response::Response) -> String {
    let set = answer.headers().get_all(header::SET_COOKIE).iter();
    let mut set = set.filter_map(|value| value.to_str().ok());
    let cookie = set.find(|value| value.starts_with("tomoshibi="));
    let cookie = cookie.expect("a session").split(';').next();
    cookie.expect("a value").to_owned()
}

async fn a_demonstration_is_set_forward_and_lets_everybody_in_again(db: Database) {
    let clock = SetForward::default();
    let store = Store::open(&db.url).await.expect("the database opens");
    let app = App::new(
        store,
        std::sync::Arc::new(clock.clone()),
        std::sync::Arc::new(SystemIds),
        Config::default(),
        std::sync::Arc::new(Keys::random()),
    )
    .with_clock_to_set(clock);
    let filled = demo::open(&app).await.expect("it is open");
    let app = app.demonstrating(filled.direct);
    // An installation that has just begun has no family to let in.
    let roles: Vec<&str> = filled.links.iter().map(|(role, _)| *role).collect();
    assert!(roles.contains(&"centre") && !roles.contains(&"family"));
    let (_, link) = &filled.links[0];
    let cookie = come_in(&app, link.token.reveal()).await;
    let router = web::router(app.clone());
    let today = app.clock.today();

    let page = words(ask(&router, "GET", "/loans", &cookie, "").await).await;
    assert!(page.contains("/demo/clock") && page.contains(&today.to_string()));
    // Not back, and not beyond what holidays are known for.
    for day in [today, today - Days::new(1), today + Months::new(12 * 9)] {
        let form = format!("day={day}");
        let answer = ask(&router, "POST", "/demo/clock", &cookie, &form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{day}");
        assert_eq!(app.clock.today(), today);
    }
    let later = today + Months::new(5);
    let form = format!("day={later}");
    let answer = ask(&router, "POST", "/demo/clock", &cookie, &form).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let fresh = cookie_of(&answer);
    let page = words(answer).await;
    assert_eq!(app.clock.today(), later);
    // The old session is over, the new one is of the same person.
    let answer = ask(&router, "GET", "/loans", &cookie, "").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let answer = ask(&router, "GET", "/loans", &fresh, "").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(words(answer).await.contains(&later.to_string()));
    // Others come in by the links that the page gives.
    let (_, rest) = page.split_once("/enter/").expect("a link");
    let token = rest.split('"').next().expect("a token");
    let other = come_in(&app, token).await;
    let answer = ask(&router, "GET", "/demo/clock", &other, "").await;
    assert_eq!(answer.status(), StatusCode::OK);
}

async fn nothing_but_a_demonstration_has_a_clock_to_set(db: Database) {
    let app = crate::demo::app(&db).await;
    let cookie = session(&app, Role::Centre, None, None).await;
    let router = web::router(app.clone());
    let today = app.clock.today();
    let page = words(ask(&router, "GET", "/loans", &cookie, "").await).await;
    assert!(!page.contains("/demo/clock"), "{page}");
    let answer = ask(&router, "GET", "/demo/clock", &cookie, "").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let form = format!("day={}", today + Days::new(30));
    let answer = ask(&router, "POST", "/demo/clock", &cookie, &form).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(app.clock.today(), today);
}
