//! A protected address is shown to named persons when they ask, and to nobody
//! else anywhere; the verdict is that on the true home.

use axum::http::StatusCode;
use tomoshibi::{
    domain::{
        access::{Ground, Reader, Role, Subject},
        audit::Action,
        consent::OrdinanceMode,
    },
    store::TrailFilter,
    web,
};

use crate::{
    access::{ask, assign, session, session_and_account, words},
    moves::{a_child, look, number, post},
    sign_in::cookie_of,
    support::engines::Database,
};

crate::on_every_engine!(
    a_protected_address_is_nowhere_for_anybody_who_is_not_named,
    who_is_named_sees_it_when_they_ask_and_never_on_paper,
    whoever_came_in_by_the_familys_link_before_is_out,
    what_a_family_asks_to_be_corrected_is_read_by_named_persons_alone,
    nobody_names_themselves_above_those_who_are_named,
    after_a_move_readers_and_named_persons_are_those_of_the_new_town,
);

const HOME: &str = "43203";

/// What tells where the home is, as pages write it.
fn telling(checked: &tomoshibi::service::check::CheckedCase) -> Vec<String> {
    let home = checked.case.home.position.expect("a position");
    let mut telling = vec![
        checked.case.child.address.clone().expect("an address"),
        home.lat().to_string(),
        home.lon().to_string(),
        "直線".to_owned(),
    ];
    for to in &checked.look.destinations {
        if let Some(metres) = to.straight_line_metres {
            telling.push(if metres < 1000.0 {
                format!("{metres:.0} m")
            } else {
                format!("{:.1} km", metres / 1000.0)
            });
        }
    }
    for set in checked
        .look
        .exposures
        .values()
        .flat_map(|e| e.data_sets().to_vec())
    {
        telling.push(set.name.clone());
    }
    telling
}

#[expect(
    clippy::too_many_lines,
    reason = "one walk over every page as every role"
)]
async fn a_protected_address_is_nowhere_for_anybody_who_is_not_named(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let case = a_child(&app).await;
    let before = look(&app, &case).await;
    let telling = telling(&before);
    assert!(telling.len() > 6, "{telling:?}");
    // The centre, too, may read this plan.
    {
        let mut tx = app.store.begin().await.expect("a unit of work");
        let centre = Subject {
            kind: "centre",
            id: "centre".to_owned(),
        };
        for ground in [Ground::Loan, Ground::Provision] {
            let day = app.clock.today();
            tx.grant(before.case.id, &centre, ground, day)
                .await
                .expect("a grant");
        }
        tx.commit().await.expect("it is kept");
    }
    let (named, _) = session_and_account(&app, Role::Municipality, Some(HOME), None).await;
    let (coordinator, account) = session_and_account(&app, Role::Coordinator, None, None).await;
    assign(&app, &case, account).await;
    let mut readers = [
        (
            "municipality",
            session(&app, Role::Municipality, Some(HOME), None).await,
        ),
        (
            "night duty",
            session(&app, Role::NightDuty, Some(HOME), None).await,
        ),
        ("coordinator", coordinator),
        ("centre", session(&app, Role::Centre, None, None).await),
        (
            "family",
            session(&app, Role::Family, None, Some(&case)).await,
        ),
    ];
    let path = format!("/plans/{case}");
    for (who, cookie) in &readers {
        let text = words(ask(&router, "GET", &path, cookie, "").await).await;
        assert!(
            text.contains(&telling[0]),
            "{who} reads it while it is not protected"
        );
    }
    let protect = format!("{path}/protection");
    assert_eq!(
        post(&router, &app, &protect, &named, "act=protect").await,
        StatusCode::SEE_OTHER
    );
    // The family comes in anew.
    readers[4].1 = session(&app, Role::Family, None, Some(&case)).await;

    let site = before
        .look
        .destinations
        .iter()
        .find_map(|d| d.site.clone())
        .expect("a site");
    let others = [
        "/children",
        "/children?municipality=43203",
        "/sites",
        "/history",
    ];
    for (who, cookie) in readers
        .iter()
        .chain([&("named, who has not asked", named.clone())])
    {
        let mut pages = vec![words(ask(&router, "GET", &path, cookie, "").await).await];
        assert!(pages[0].contains("保護"), "{who}: {}", pages[0]);
        let map = ask(&router, "GET", &format!("{path}/map.json"), cookie, "").await;
        if *who != "named, who has not asked" {
            assert_eq!(map.status(), StatusCode::NOT_FOUND, "{who}");
            let reveal = ask(&router, "POST", &format!("{path}/address"), cookie, "").await;
            assert!(!reveal.status().is_success(), "{who}");
            pages.push(words(reveal).await);
        }
        let form = format!("words={case}");
        pages.push(words(ask(&router, "POST", "/children/search", cookie, &form).await).await);
        let list = words(ask(&router, "GET", "/children", cookie, "").await).await;
        // The line of this child, since other children have their own places.
        if let Some(line) = list.split("<tr").find(|line| line.contains(&path)) {
            for told in &telling {
                assert!(!line.contains(told), "{who} reads {told} in the list");
            }
            let hazards = before.look.exposures.keys().map(|hazard| hazard.name().ja);
            for hazard in hazards {
                assert!(!line.contains(&*hazard), "{who} reads {hazard} in the list");
            }
        }
        let users =
            words(ask(&router, "GET", &format!("/sites/{}", site.id), cookie, "").await).await;
        assert!(!users.contains(&path), "{who} finds it at a site");
        for text in &pages {
            for told in &telling {
                assert!(!text.contains(told), "{who} reads {told} in {text}");
            }
        }
        for page in others {
            let text = words(ask(&router, "GET", page, cookie, "").await).await;
            assert!(!text.contains(&telling[0]), "{who} at {page}");
        }
        if *who == "centre" {
            // Its destinations keep their names, which name the town.
            let facts = pages[0]
                .lines()
                .find(|line| line.contains("class=\"facts\""));
            let facts = facts.expect("a line of facts");
            assert!(!facts.contains("人吉市"), "not even the town: {facts}");
            let text =
                words(ask(&router, "GET", "/children?municipality=43203", cookie, "").await).await;
            assert!(!text.contains(&path), "no filter finds it");
        }
    }
    // The verdict is the same.
    let after = look(&app, &case).await;
    assert_eq!(after.look, before.look);
    let today = app.clock.today();
    for (who, reader) in [
        ("operator", Reader::Operator),
        ("centre", Reader::Centre(account)),
    ] {
        let number = number(&case);
        let sight = tomoshibi::domain::residence::Sight::Revealed;
        let told = tomoshibi::service::check::one(&app, &reader, &number, today, sight).await;
        let told = told.expect("a check").expect("it is there");
        assert_eq!(told.look.approvable(), before.look.approvable(), "{who}");
        assert_eq!(told.look.shareable(), before.look.shareable(), "{who}");
        let worst = |look: &tomoshibi::planner::Look| look.worst().map(|f| f.severity);
        assert_eq!(worst(&told.look), worst(&before.look), "{who}");
    }
    assert_eq!(
        before.ordinance,
        OrdinanceMode::default(),
        "the town has no ordinance"
    );
}

async fn who_is_named_sees_it_when_they_ask_and_never_on_paper(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let case = a_child(&app).await;
    let telling = telling(&look(&app, &case).await);
    let (staff, user) = session_and_account(&app, Role::Municipality, Some(HOME), None).await;
    let (night, duty) = session_and_account(&app, Role::NightDuty, Some(HOME), None).await;
    let (coordinator, account) = session_and_account(&app, Role::Coordinator, None, None).await;
    assign(&app, &case, account).await;
    let path = format!("/plans/{case}");
    let form = format!("named={duty}&named={account}&act=protect");
    let protect = format!("{path}/protection");
    assert_eq!(
        post(&router, &app, &protect, &staff, &form).await,
        StatusCode::SEE_OTHER
    );
    for cookie in [&staff, &night, &coordinator] {
        // The page as it is printed does not hold it.
        let text = words(ask(&router, "GET", &path, cookie, "").await).await;
        assert!(text.contains("住所を表示"), "{text}");
        for told in &telling {
            assert!(!text.contains(told), "{told}");
        }
        let answer = ask(&router, "POST", &format!("{path}/address"), cookie, "").await;
        assert_eq!(answer.status(), StatusCode::OK);
        let text = words(answer).await;
        assert!(
            text.contains(&telling[0]) && text.contains("class=\"no-print\""),
            "{text}"
        );
        assert!(text.contains("印刷できません"));
        let map = ask(&router, "GET", &format!("{path}/map.json"), cookie, "").await;
        assert_eq!(map.status(), StatusCode::OK);
    }
    let mut tx = app.store.read().await.expect("a unit of work");
    let filter = TrailFilter {
        case: Some(number(&case)),
        actor: Some(user),
        ..TrailFilter::default()
    };
    let trail = tx
        .trail(&Reader::Operator, &filter)
        .await
        .expect("the trail");
    let actions: Vec<Action> = trail.iter().map(|row| row.event.action).collect();
    assert!(actions.contains(&Action::ProtectedAddress), "{actions:?}");
    assert!(
        actions.contains(&Action::ReadProtectedAddress),
        "{actions:?}"
    );
    drop(tx);
    // Whoever is taken from the list sees it no more; at the end everybody does.
    assert_eq!(
        post(&router, &app, &protect, &staff, "act=protect").await,
        StatusCode::SEE_OTHER
    );
    let answer = ask(&router, "POST", &format!("{path}/address"), &night, "").await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        post(&router, &app, &protect, &staff, "act=end").await,
        StatusCode::SEE_OTHER
    );
    let text = words(ask(&router, "GET", &path, &night, "").await).await;
    assert!(text.contains(&telling[0]));
}

async fn nobody_names_themselves_above_those_who_are_named(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let case = a_child(&app).await;
    let staff = session(&app, Role::Municipality, Some(HOME), None).await;
    let colleague = session(&app, Role::Municipality, Some(HOME), None).await;
    let (_, centre) = session_and_account(&app, Role::Centre, None, None).await;
    let (_, other) = session_and_account(&app, Role::Municipality, Some("43202"), None).await;
    let protect = format!("/plans/{case}/protection");
    for stranger in [centre, other] {
        let form = format!("named={stranger}&act=protect");
        let status = post(&router, &app, &protect, &staff, &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(
        post(&router, &app, &protect, &staff, "act=protect").await,
        StatusCode::SEE_OTHER
    );
    for form in ["act=protect", "act=end"] {
        let status = post(&router, &app, &protect, &colleague, form).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{form}");
    }
    // Who may not see where it lives does not decide where it moves.
    let by_hand = format!("/plans/{case}/move");
    let status = post(&router, &app, &by_hand, &colleague, "municipality=43202").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(
        post(&router, &app, &by_hand, &staff, "municipality=43202").await,
        StatusCode::SEE_OTHER
    );
    let page = words(ask(&router, "GET", &format!("/plans/{case}"), &colleague, "").await).await;
    assert!(!page.contains("八代市"), "{page}");
}

async fn after_a_move_readers_and_named_persons_are_those_of_the_new_town(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    // It has a loan, and consent to the fire brigade alone: the centre reads
    // its plan under the ordinance of the new town, not of the old one.
    let case = "D-0043";
    let id = look(&app, case).await.case.id;
    let (staff, user) = session_and_account(&app, Role::Municipality, Some(HOME), None).await;
    let there = session(&app, Role::Municipality, Some("43202"), None).await;
    let (coordinator, account) = session_and_account(&app, Role::Coordinator, None, None).await;
    assign(&app, case, account).await;
    let path = format!("/plans/{case}");
    let form = format!("named={account}&act=protect");
    let protect = format!("{path}/protection");
    let done = StatusCode::SEE_OTHER;
    let today = app.clock.today();
    let centre = Reader::Centre(user);
    let provided = async || {
        let mut tx = app.store.read().await.expect("a unit of work");
        let ground = tx.has_ground(id, &centre, today, Ground::Provision).await;
        ground.expect("a look-up")
    };
    assert!(!provided().await);
    assert_eq!(post(&router, &app, &protect, &staff, &form).await, done);
    let by_hand = format!("{path}/move");
    let form = "municipality=43202&address=%E6%9D%B1%E7%94%BA1";
    assert_eq!(post(&router, &app, &by_hand, &staff, form).await, done);
    let waiting = {
        let mut tx = app.store.read().await.expect("a unit of work");
        let waiting = tx
            .waiting_move(&Reader::Operator, app.moment(), &number(case))
            .await;
        waiting.expect("a look-up").expect("a move waits")
    };
    let form = format!("id={}&day={today}", waiting.id);
    let confirm = format!("{path}/move/confirm");
    let moved = post(&router, &app, &confirm, &staff, &form).await;
    assert_eq!(moved, StatusCode::OK);
    assert!(provided().await);
    // The new town's staff read the plan, and nobody of them is named yet; the
    // coordinator stays with the child.
    let reveal = format!("{path}/address");
    let asked = async |cookie: &str| ask(&router, "POST", &reveal, cookie, "").await.status();
    assert_eq!(asked(&staff).await, StatusCode::NOT_FOUND);
    assert_eq!(asked(&there).await, StatusCode::FORBIDDEN);
    assert_eq!(asked(&coordinator).await, StatusCode::OK);
    // None is left who could name anybody: they begin anew.
    let form = format!("named={account}&act=protect");
    assert_eq!(post(&router, &app, &protect, &there, &form).await, done);
    assert_eq!(asked(&there).await, StatusCode::OK);
    assert_eq!(asked(&coordinator).await, StatusCode::OK);
}

async fn whoever_came_in_by_the_familys_link_before_is_out(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let case = a_child(&app).await;
    let staff = session(&app, Role::Municipality, Some(HOME), None).await;
    let form = "email=family-of-it@example.jp";
    let path = format!("/plans/{case}/family");
    let made = words(ask(&router, "POST", &path, &staff, form).await).await;
    let link = made.split("/enter/").nth(1).expect("a link is shown");
    let token = format!("token={}", &link[..32]);
    let family = cookie_of(&ask(&router, "POST", "/enter", "", &token).await);
    let calendar = ask(&router, "POST", "/account/calendar", &family, "x=1").await;
    let calendar = words(calendar).await;
    let feed = calendar.split("/calendar/").nth(1).expect("an address");
    let feed = format!("/calendar/{}", &feed[..32]);
    let plan = format!("/plans/{case}");
    let opens = async || {
        let page = ask(&router, "GET", &plan, &family, "").await.status();
        let feed = ask(&router, "GET", &feed, "", "").await.status();
        let entered = ask(&router, "POST", "/enter", "", &token).await;
        let comes_in = entered.headers().get_all("set-cookie").iter();
        let mut comes_in = comes_in.filter_map(|c| c.to_str().ok());
        (page, feed, comes_in.any(|c| c.starts_with("tomoshibi=")))
    };
    let ok = StatusCode::OK;
    assert_eq!(opens().await, (ok, ok, true));
    let protect = format!("{plan}/protection");
    post(&router, &app, &protect, &staff, "act=protect").await;
    let (page, feed, comes_in) = opens().await;
    assert_eq!((page, comes_in), (StatusCode::SEE_OTHER, false));
    assert_eq!(feed, StatusCode::NOT_FOUND);
    // To change who is named ends nothing.
    let anew = session(&app, Role::Family, None, Some(&case)).await;
    let (_, other) = session_and_account(&app, Role::Coordinator, None, None).await;
    let form = format!("act=protect&named={other}");
    let done = post(&router, &app, &protect, &staff, &form).await;
    assert_eq!(done, StatusCode::SEE_OTHER);
    assert_eq!(ask(&router, "GET", &plan, &anew, "").await.status(), ok);
}

async fn what_a_family_asks_to_be_corrected_is_read_by_named_persons_alone(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let router = web::router(app.clone());
    let case = a_child(&app).await;
    let plan = format!("/plans/{case}");
    let ask_for = async |cookie: &str, words: &str| {
        let form = format!("field=address&proposed={words}");
        let path = format!("{plan}/correction");
        post(&router, &app, &path, cookie, &form).await
    };
    let family = session(&app, Role::Family, None, Some(&case)).await;
    let done = ask_for(&family, "before-it-was-protected").await;
    assert_eq!(done, StatusCode::SEE_OTHER);
    let staff = session(&app, Role::Municipality, Some(HOME), None).await;
    let (coordinator, account) = session_and_account(&app, Role::Coordinator, None, None).await;
    assign(&app, &case, account).await;
    let page =
        async |path: &str, cookie: &str| words(ask(&router, "GET", path, cookie, "").await).await;
    for cookie in [&family, &staff] {
        assert!(
            page(&plan, cookie)
                .await
                .contains("before-it-was-protected")
        );
    }
    assert!(
        page("/corrections", &staff)
            .await
            .contains("before-it-was-protected")
    );
    let named = session(&app, Role::Municipality, Some(HOME), None).await;
    post(
        &router,
        &app,
        &format!("{plan}/protection"),
        &named,
        "act=protect",
    )
    .await;
    let family = session(&app, Role::Family, None, Some(&case)).await;
    let done = ask_for(&family, "after-it-was-protected").await;
    assert_eq!(done, StatusCode::SEE_OTHER);
    for cookie in [&family, &staff, &coordinator, &named] {
        for path in [plan.as_str(), "/corrections"] {
            let text = page(path, cookie).await;
            assert!(!text.contains("it-was-protected"), "{path}: {text}");
        }
    }
    assert!(
        page("/corrections", &staff).await.contains(&plan),
        "it waits"
    );
    // Named persons read and answer it on the page that shows the address.
    let shown = ask(&router, "POST", &format!("{plan}/address"), &named, "").await;
    let shown = words(shown).await;
    assert!(shown.contains("before-it-was-protected") && shown.contains("after-it-was-protected"));
    let answer = shown.split("/correction/answer").nth(1).expect("a form");
    let id = crate::sign_in::hidden(answer, "id");
    let path = format!("{plan}/correction/answer");
    let form = format!("id={id}&corrected=no&words=because-of-it");
    let refused = post(&router, &app, &path, &staff, &form).await;
    assert_eq!(refused, StatusCode::NOT_FOUND, "nor answered by others");
    let done = post(&router, &app, &path, &named, &form).await;
    assert_eq!(done, StatusCode::SEE_OTHER);
    for cookie in [&family, &staff] {
        let text = page(&plan, cookie).await;
        assert!(
            !text.contains("because-of-it") && text.contains("理由は、電話で"),
            "{text}"
        );
    }
}
