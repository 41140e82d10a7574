//! Consents to a plan: answered at any time, revoked, asked again at 18.

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        audit::Action,
        finding::{Outcome, RuleCode},
    },
    web,
};

use crate::{
    access::{ask, session, words},
    freshness::filled,
    life::{At, between, done_to},
    support::engines::Database,
};

crate::on_every_engine!(
    a_revocation_counts_at_once_and_the_plan_stays_as_it_was_written,
    an_answer_about_somebody_whom_the_plan_does_not_name_lets_it_be_given,
    a_family_that_does_not_want_its_plan_any_more_is_heard,
    an_answer_that_cannot_be_is_refused_by_its_field,
    whoever_is_of_age_is_asked_again,
    the_centre_reads_what_the_family_lets_it_read,
    consents_are_for_those_who_write_the_plan,
    a_family_takes_a_consent_back_on_its_own_page_and_thinks_better_of_it,
    whoever_is_of_age_takes_back_in_its_own_name,
);

const FIRE: &str = "【デモ】消防署";

async fn approved<'a>(app: &'a App, case: &'a str) -> At<'a> {
    let town = At::town(app, case).await;
    town.done("/draft", &[]).await;
    town.write_all().await;
    town.agree_and_hand_in().await;
    town.approved().await;
    town
}

/// An answer as a form has it.
fn said<'a>(
    to: (&'a str, &'a str),
    given: &'a str,
    on: &'a str,
    capacity: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("recipient", to.0),
        ("recipient_name", to.1),
        ("given", given),
        ("answered_on", on),
        ("answered_by", "【デモ】母"),
        ("capacity", capacity),
        ("form", "spoken"),
        ("explained_on", on),
        ("explained_by", "【デモ】市の担当"),
    ]
}

fn of_parent<'a>(to: (&'a str, &'a str), given: &'a str) -> Vec<(&'a str, &'a str)> {
    said(to, given, "2026-11-20", "representative")
}

async fn give(town: &At<'_>, to: (&str, &str)) -> (StatusCode, String) {
    let fields = [
        ("recipient", to.0),
        ("name", to.1),
        ("given_on", "2026-11-20"),
    ];
    town.post("/give", &fields).await
}

async fn a_revocation_counts_at_once_and_the_plan_stays_as_it_was_written(db: Database) {
    let app = filled(&db).await;
    let town = approved(&app, "X-1003").await;
    assert_eq!(town.outcome(RuleCode::Leg10).await, Some(Outcome::Holds));
    assert_eq!(
        give(&town, ("fire_service", FIRE)).await.0,
        StatusCode::SEE_OTHER
    );
    let written = town.get("/versions/1").await;
    town.done("/consents", &of_parent(("fire_service", FIRE), "no"))
        .await;
    // The check knows it in the same commit, and the old version is what it was.
    assert_eq!(town.outcome(RuleCode::Leg10).await, Some(Outcome::Fails));
    assert_eq!(town.version().await, Some(1), "it is in force");
    let now = town.get("/versions/1").await;
    assert_eq!(now.contains("2026-11-02"), written.contains("2026-11-02"));
    let page = town.get("/consents").await;
    assert!(page.contains("同意していない"), "{page}");
    assert!(page.contains("返してもらうか"), "who holds it: {page}");
    let (status, page) = give(&town, ("fire_service", FIRE)).await;
    assert!(status.is_client_error());
    assert!(page.contains("提供に同意していません"), "{page}");
    // It came back to whoever follows the plans.
    let refreshed = tomoshibi::service::check::refresh(&app, &Reader::Operator).await;
    refreshed.expect("judged");
    let router = web::router(app.clone());
    let list = words(ask(&router, "GET", "/plans", &town.cookie, "").await).await;
    assert!(list.contains("X-1003"), "{list}");
    // Written down by mistake: struck out, it counts no more and is still to be seen.
    let page = town.get("/consents").await;
    let (_, form) = page.split_once("/consents/strike\">").expect("a form");
    let id = between(form, "name=\"id\" value=\"");
    town.done("/consents/strike", &[("id", &id)]).await;
    assert_eq!(town.outcome(RuleCode::Leg10).await, Some(Outcome::Holds));
    assert!(town.get("/consents").await.contains("<del>"));
    town.refused("/consents/strike", &[("id", &id)]).await;
    let done = done_to(&app, "X-1003").await;
    for action in [
        Action::RecordedConsent,
        Action::StruckConsent,
        Action::ReadConsents,
    ] {
        assert!(done.contains(&action), "{action:?}");
    }
}

async fn an_answer_about_somebody_whom_the_plan_does_not_name_lets_it_be_given(db: Database) {
    let app = filled(&db).await;
    let town = approved(&app, "X-1003").await;
    let nurses = ("hospital", "【デモ】ひかり病院");
    assert!(give(&town, nurses).await.0.is_client_error());
    town.done("/consents", &of_parent(nurses, "yes")).await;
    assert!(town.get("/course").await.contains("【デモ】ひかり病院"));
    let (status, page) = give(&town, nurses).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    // The next draft carries it on.
    town.done("/draft", &[]).await;
    let page = town.get("/draft/consents").await;
    assert!(page.contains("【デモ】ひかり病院"), "{page}");
}

async fn a_family_that_does_not_want_its_plan_any_more_is_heard(db: Database) {
    let app = filled(&db).await;
    let town = approved(&app, "X-1003").await;
    town.done("/consents", &of_parent(("", ""), "no")).await;
    assert_eq!(town.outcome(RuleCode::Leg09).await, Some(Outcome::Fails));
    let (status, page) = give(&town, ("fire_service", FIRE)).await;
    assert!(status.is_client_error());
    assert!(page.contains("だれにも渡せません"), "{page}");
    // A draft that says otherwise, from before, is judged with it.
    town.done("/draft", &[]).await;
    let consents = crate::life::STEPS[5].1;
    town.act("/draft/consents", consents).await;
    let take = [("/particulars/take_along", "吸引器")];
    town.act("/draft/take", &take).await;
    town.agree_and_hand_in().await;
    let (status, page) = town.approve().await;
    assert!(status.is_client_error(), "{page}");
    assert_eq!(town.version().await, Some(1));
    // Asked again and answered: it goes on.
    town.done("/consents", &of_parent(("", ""), "yes")).await;
    town.approved().await;
    assert_eq!(town.version().await, Some(2));
    assert_eq!(town.outcome(RuleCode::Leg09).await, Some(Outcome::Holds));
}

async fn an_answer_that_cannot_be_is_refused_by_its_field(db: Database) {
    let app = filled(&db).await;
    let town = approved(&app, "X-1003").await;
    let fire = ("fire_service", FIRE);
    let with = |field: &'static str, value: &'static str| {
        let mut fields = of_parent(fire, "no");
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        fields
    };
    for (fields, why) in [
        (with("answered_on", "2026-12-24"), "きょうまでの日"),
        (with("answered_on", "2019-12-31"), "誕生日より前"),
        (with("answered_on", "きのう"), "日付を読めません"),
        (with("explained_on", "2026-11-21"), "答えた日までの日"),
        (with("given", ""), "選んでください"),
        (with("answered_by", ""), "答えた人"),
        (with("capacity", "self"), "だれとして"),
        (with("form", "dance"), "方法"),
        (with("recipient", "neighbour"), "だれに渡すこと"),
    ] {
        let page = town.refused("/consents", &fields).await;
        assert!(page.contains(why), "{why}: {page}");
    }
    assert!(
        town.get("/consents")
            .await
            .contains("この画面での記録はまだありません")
    );
    assert_eq!(town.outcome(RuleCode::Leg10).await, Some(Outcome::Holds));
    // One form acts once.
    let key = app.ids.next().to_string();
    let mut fields = of_parent(fire, "no");
    fields.push(("key", &key));
    let form = crate::power::form_urlencoded(&fields);
    let router = web::router(app.clone());
    for _ in 0..2 {
        let path = "/plans/X-1003/consents";
        let answer = ask(&router, "POST", path, &town.cookie, &form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    }
    let page = town.get("/consents").await;
    assert_eq!(page.matches("/consents/strike\"").count(), 1, "{page}");
}

async fn whoever_is_of_age_is_asked_again(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    town.done("/draft", &[]).await;
    town.write_all().await;
    // Eighteen at the end of 2026-11-19: the answers of the plan are the parents'.
    let mut home = crate::life::STEPS[0].1.to_vec();
    home.retain(|(name, _)| *name != "/child/born");
    home.push(("/child/born", "2008-11-20"));
    town.act("/draft/home", &home).await;
    town.agree_and_hand_in().await;
    town.approved().await;
    let page = town.get("/consents").await;
    assert!(page.contains("2026-11-19"), "{page}");
    assert!(page.contains("ご本人に聞き直してください"), "{page}");
    let fire = ("fire_service", FIRE);
    let parent = of_parent(fire, "yes");
    assert!(town.refused("/consents", &parent).await.contains("ご本人"));
    for to in [fire, ("", "")] {
        town.done("/consents", &said(to, "yes", "2026-11-20", "self"))
            .await;
    }
    let page = town.get("/consents").await;
    assert!(!page.contains("ご本人に聞き直してください"), "{page}");
}

async fn the_centre_reads_what_the_family_lets_it_read(db: Database) {
    let app = filled(&db).await;
    let town = approved(&app, "X-1003").await;
    crate::loans::lend_to(&app, "X-1003", "【デモ】三", "【デモ】町3-3").await;
    let centre = session(&app, Role::Centre, None, None).await;
    let router = web::router(app.clone());
    let status = || async {
        let path = "/plans/X-1003";
        let page = ask(&router, "GET", path, &centre, "").await;
        words(page).await.contains("【デモ】おばの家")
    };
    assert!(!status().await, "nobody has asked");
    let to = ("support_centre", "");
    town.done("/consents", &of_parent(to, "yes")).await;
    assert!(status().await, "from that commit on");
    town.done("/consents", &of_parent(to, "no")).await;
    assert!(!status().await, "and no longer");
}

async fn consents_are_for_those_who_write_the_plan(db: Database) {
    let app = filled(&db).await;
    let town = approved(&app, "X-1003").await;
    let router = web::router(app.clone());
    let elsewhere = session(&app, Role::Municipality, Some("43202"), None).await;
    let form = crate::power::form_urlencoded(&of_parent(("", ""), "no"));
    let form = format!("{form}&key={}", app.ids.next());
    let path = "/plans/X-1003/consents";
    for (method, body) in [("GET", ""), ("POST", form.as_str()), ("POST", "key=x")] {
        let answer = ask(&router, method, path, &elsewhere, body).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{method} {body}");
    }
    assert_eq!(town.outcome(RuleCode::Leg09).await, Some(Outcome::Holds));
    // The disclosure holds what was answered.
    town.done("/consents", &of_parent(("police", ""), "no"))
        .await;
    let page = town.get("/disclosure.json").await;
    assert!(
        page.contains("\"consented\":false") || page.contains("\"consented\": false"),
        "{page}"
    );
}

async fn a_family_takes_a_consent_back_on_its_own_page_and_thinks_better_of_it(db: Database) {
    let app = filled(&db).await;
    let town = approved(&app, "X-1003").await;
    let family = At {
        cookie: session(&app, Role::Family, None, Some("X-1003")).await,
        ..At::town(&app, "X-1003").await
    };
    let page = family.get("/consents").await;
    assert!(page.contains("渡すのをやめる"), "{page}");
    assert!(!town.get("/consents").await.contains("渡すのをやめる"));
    let what = [
        ("recipient", "fire_service"),
        ("recipient_name", FIRE),
        ("answered_by", "【デモ】母"),
    ];
    let nobody = family.refused("/consents/revoke", &what[..2]).await;
    assert!(nobody.contains("答えた人を書いてください"), "{nobody}");
    family.done("/consents/revoke", &what).await;
    assert_eq!(town.outcome(RuleCode::Leg10).await, Some(Outcome::Fails));
    let (status, _) = give(&town, ("fire_service", FIRE)).await;
    assert!(status.is_client_error());
    let seen = town.get("/consents").await;
    for said in [
        "同意していない",
        "電子（メール・画面）",
        "親権者・未成年後見人",
    ] {
        assert!(seen.contains(said), "{said}: {seen}");
    }
    // What is not given cannot be taken back, nor by anybody else.
    family.refused("/consents/revoke", &what).await;
    let other = At {
        cookie: session(&app, Role::Family, None, Some("X-1001")).await,
        ..At::town(&app, "X-1003").await
    };
    for whose in [&other, &town] {
        let (status, _) = whose.post("/consents/revoke", &what).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    // It may think better of what it said itself, and of nothing that staff wrote down.
    let id_on = |page: &str| {
        let (_, form) = page.split_once("/consents/strike\">").expect("a form");
        between(form, "name=\"id\" value=\"")
    };
    let own = id_on(&family.get("/consents").await);
    let (status, _) = other.post("/consents/strike", &[("id", &own)]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    family.done("/consents/strike", &[("id", &own)]).await;
    assert_eq!(town.outcome(RuleCode::Leg10).await, Some(Outcome::Holds));
    let fire = ("fire_service", FIRE);
    town.done("/consents", &of_parent(fire, "yes")).await;
    let theirs = id_on(&town.get("/consents").await);
    family.refused("/consents/strike", &[("id", &theirs)]).await;
    assert_eq!(town.outcome(RuleCode::Leg10).await, Some(Outcome::Holds));
    assert!(!family.get("/consents").await.contains("/consents/strike"));
}

async fn whoever_is_of_age_takes_back_in_its_own_name(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    town.done("/draft", &[]).await;
    town.write_all().await;
    let mut home = crate::life::STEPS[0].1.to_vec();
    home.retain(|(name, _)| *name != "/child/born");
    home.push(("/child/born", "2008-11-20"));
    town.act("/draft/home", &home).await;
    town.agree_and_hand_in().await;
    town.approved().await;
    let family = At {
        cookie: session(&app, Role::Family, None, Some("X-1003")).await,
        ..At::town(&app, "X-1003").await
    };
    assert!(family.get("/consents").await.contains("本人（18歳から）"));
    let what = |capacity: &'static str| {
        [
            ("recipient", "fire_service"),
            ("recipient_name", FIRE),
            ("answered_by", "【デモ】本人"),
            ("capacity", capacity),
        ]
    };
    for parent in ["representative", ""] {
        let said = family.refused("/consents/revoke", &what(parent)).await;
        assert!(said.contains("ご本人か成年後見人"), "{said}");
    }
    family.done("/consents/revoke", &what("self")).await;
    let seen = town.get("/consents").await;
    assert!(seen.contains("【デモ】本人 ・ 本人（18歳から）"), "{seen}");
}
