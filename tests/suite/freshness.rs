//! How fresh plans are, and what is judged anew after a change of the world.

use axum::http::StatusCode;
use serde_json::Value;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        finding::{Outcome, RuleCode},
        id::CaseNumber,
        residence::Sight,
    },
    service::{ServiceError, check, import, world},
    store::Confirmed,
    web,
};

use crate::{
    access::{ask, session, words},
    demo,
    moves::number,
    retention::import_text,
    support::engines::Database,
};

crate::on_every_engine!(
    a_confirmation_is_kept_with_what_was_found_and_compared_with_what_is,
    a_drill_is_written_down_and_asks_for_a_look,
    only_staff_of_the_home_confirm_and_nobody_without_a_plan,
    what_cannot_have_changed_is_not_judged_again,
    what_changed_while_the_page_was_open_is_not_confirmed,
    what_is_said_while_a_verdict_is_judged_is_not_lost,
);

/// Three children: two with plans, in two municipalities, and one without.
pub const SHEET: &str = "整理番号,市町村,氏名,生年月日,緯度,経度,位置の精度,計画,計画日,避難先1_種別,避難先1_名称,避難先1_緯度,避難先1_経度,支援者1_氏名\n\
     X-1001,43203,【デモ】一,2020-01-01,32.2105,130.7505,現地測位,あり,2026-04-10,親戚,【デモ】親戚宅,32.2150,130.7550,【デモ】手伝い\n\
     X-1002,43202,【デモ】二,2020-01-01,32.5070,130.6010,現地測位,あり,2026-04-10,親戚,【デモ】親戚宅,32.5100,130.6050,【デモ】手伝い\n\
     X-1003,43203,【デモ】三,2020-01-01,32.2205,130.7605,現地測位,なし,,,,,,\n";

/// They are on record, and judged.
pub async fn filled(db: &Database) -> App {
    let app = demo::app(db).await;
    let report = import_text(&app, SHEET).await;
    assert_eq!(report.accepted, 3, "{report:?}");
    check::refresh(&app, &Reader::Operator)
        .await
        .expect("judged");
    app
}

async fn verdict(app: &App, case: &str, rule: RuleCode) -> (Outcome, Value) {
    let today = app.moment().today;
    let checked = check::one(app, &Reader::Operator, &number(case), today, Sight::Usual)
        .await
        .expect("it is read")
        .expect("there is one");
    let mut of = checked.look.findings.iter().filter(|f| f.rule == rule);
    let found = of.next().expect("it is judged");
    (found.outcome, Value::Object(found.evidence.0.clone()))
}

/// What the page of a plan shows, as a confirmation names it.
pub async fn shown(app: &App, cookie: &str, case: &str) -> String {
    let path = format!("/plans/{case}");
    let page = ask(&web::router(app.clone()), "GET", &path, cookie, "").await;
    let page = words(page).await;
    let rest = page.split_once("name=\"seen\" value=\"");
    let (seen, _) = rest
        .and_then(|(_, rest)| rest.split_once('"'))
        .expect("a form");
    seen.to_owned()
}

async fn confirm_as_shown(app: &App, cookie: &str, case: &str, seen: &str) -> StatusCode {
    let path = format!("/plans/{case}/confirmed");
    let form = format!("seen={seen}&key={}", app.ids.next());
    ask(&web::router(app.clone()), "POST", &path, cookie, &form)
        .await
        .status()
}

/// Confirms what the municipality's page shows.
pub async fn confirm(app: &App, cookie: &str, case: &str) -> StatusCode {
    let seen = shown(app, cookie, case).await;
    confirm_as_shown(app, cookie, case, &seen).await
}

async fn a_confirmation_is_kept_with_what_was_found_and_compared_with_what_is(db: Database) {
    let app = filled(&db).await;
    assert_eq!(
        verdict(&app, "X-1001", RuleCode::Rev01).await.0,
        Outcome::Holds
    );
    assert_eq!(
        verdict(&app, "X-1001", RuleCode::Rev02).await.0,
        Outcome::Unknown
    );
    let staff = session(&app, Role::Municipality, Some("43203"), None).await;
    assert_eq!(confirm(&app, &staff, "X-1001").await, StatusCode::SEE_OTHER);
    let (outcome, evidence) = verdict(&app, "X-1001", RuleCode::Rev02).await;
    assert_eq!(outcome, Outcome::Holds, "{evidence}");
    let (_, evidence) = verdict(&app, "X-1001", RuleCode::Rev01).await;
    assert_eq!(evidence["basis"], "record");
    // The kept verdict is that of after the confirmation.
    assert_eq!(
        check::refresh(&app, &Reader::Operator)
            .await
            .expect("judged"),
        0
    );
    // Another supporter: seen, and said before and after.
    import_text(
        &app,
        &SHEET
            .replace("【デモ】手伝い\n     X-1002", "【デモ】別の人\n     X-1002")
            .replacen("【デモ】手伝い", "【デモ】別の人", 1),
    )
    .await;
    let (outcome, evidence) = verdict(&app, "X-1001", RuleCode::Rev02).await;
    assert_eq!(outcome, Outcome::Fails);
    assert_eq!(evidence["changes"][0]["input"], "supporters", "{evidence}");
    let page = words(
        ask(
            &web::router(app.clone()),
            "GET",
            "/plans/X-1001",
            &staff,
            "",
        )
        .await,
    )
    .await;
    assert!(page.contains("支援者が変わった"), "on the page");
    assert!(page.contains("ご家族と確認した"), "the history");
    // A new confirmation settles it.
    assert_eq!(confirm(&app, &staff, "X-1001").await, StatusCode::SEE_OTHER);
    assert_eq!(
        verdict(&app, "X-1001", RuleCode::Rev02).await.0,
        Outcome::Holds
    );
}

async fn what_changed_while_the_page_was_open_is_not_confirmed(db: Database) {
    let app = filled(&db).await;
    let staff = session(&app, Role::Municipality, Some("43203"), None).await;
    let seen = shown(&app, &staff, "X-1001").await;
    import_text(&app, &SHEET.replacen("【デモ】手伝い", "【デモ】別の人", 1)).await;
    assert_eq!(
        confirm_as_shown(&app, &staff, "X-1001", &seen).await,
        StatusCode::CONFLICT
    );
    assert_eq!(
        verdict(&app, "X-1001", RuleCode::Rev02).await.0,
        Outcome::Unknown,
        "nothing was recorded"
    );
    assert_eq!(confirm(&app, &staff, "X-1001").await, StatusCode::SEE_OTHER);
}

async fn a_drill_is_written_down_and_asks_for_a_look(db: Database) {
    let app = filled(&db).await;
    let staff = session(&app, Role::Municipality, Some("43203"), None).await;
    let router = web::router(app.clone());
    let today = app.moment().today;
    let drill = async |on: String| {
        let form = format!("held_on={on}&people=x&key={}", app.ids.next());
        ask(&router, "POST", "/plans/X-1001/drills", &staff, &form)
            .await
            .status()
    };
    assert_eq!(
        verdict(&app, "X-1001", RuleCode::Rev03).await.0,
        Outcome::Unknown
    );
    let to_come = today.succ_opt().expect("a day");
    assert_eq!(
        drill(to_come.to_string()).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        drill("2019-12-31".to_owned()).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "before the birth"
    );
    assert_eq!(drill("2024-01-01".to_owned()).await, StatusCode::SEE_OTHER);
    assert_eq!(
        verdict(&app, "X-1001", RuleCode::Rev03).await.0,
        Outcome::Fails
    );
    assert_eq!(drill(today.to_string()).await, StatusCode::SEE_OTHER);
    assert_eq!(
        verdict(&app, "X-1001", RuleCode::Rev03).await.0,
        Outcome::Holds
    );
    // The list of children has the same verdict without judging again.
    assert_eq!(
        check::refresh(&app, &Reader::Operator)
            .await
            .expect("judged"),
        0
    );
}

async fn only_staff_of_the_home_confirm_and_nobody_without_a_plan(db: Database) {
    let app = filled(&db).await;
    let own = session(&app, Role::Municipality, Some("43203"), None).await;
    let other = session(&app, Role::Municipality, Some("43202"), None).await;
    let seen = shown(&app, &own, "X-1001").await;
    let confirm = async |who: &str, case| confirm_as_shown(&app, who, case, &seen).await;
    assert_eq!(confirm(&other, "X-1001").await, StatusCode::NOT_FOUND);
    assert_eq!(confirm(&own, "X-1003").await, StatusCode::CONFLICT);
    let night = session(&app, Role::NightDuty, Some("43203"), None).await;
    assert_eq!(confirm(&night, "X-1001").await, StatusCode::NOT_FOUND);
    assert_eq!(
        verdict(&app, "X-1001", RuleCode::Rev02).await.0,
        Outcome::Unknown
    );
}

/// A layer with one square.
fn layer(west: f64, south: f64) -> String {
    let (east, north) = (west + 0.01, south + 0.01);
    format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"A49_003":"3m以上5m未満"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}]}}"#
    )
}

async fn what_cannot_have_changed_is_not_judged_again(db: Database) {
    let app = filled(&db).await;
    let folder = tempfile::tempdir().expect("a folder");
    let bring = async |name: &str, text: String, covers: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        let options = import::Options {
            covers: Some(std::iter::once(covers.parse_code()).collect()),
            ..import::Options::default()
        };
        let progress: import::Progress = std::sync::Arc::new(|_| {});
        let done = import::file(
            &app,
            import::What::Hazards,
            &path,
            &options,
            "test",
            progress,
        )
        .await
        .expect("it is read");
        assert!(matches!(done, import::Imported::Report(report) if report.accepted == 1));
    };
    let judged = async || {
        check::refresh(&app, &Reader::Operator)
            .await
            .expect("judged")
    };
    assert_eq!(judged().await, 0);
    // A layer of the one town: its child alone, not the two of the other.
    bring("A49-20_43.geojson", layer(130.60, 32.50), "43202").await;
    assert_eq!(judged().await, 1);
    // One that comes near a home, whatever it covers.
    bring("A49-20_99.geojson", layer(130.745, 32.205), "43202").await;
    assert_eq!(
        judged().await,
        2,
        "the home it touches, and the town it covers"
    );
    // One far from everybody.
    bring("A49-20_98.geojson", layer(131.40, 33.10), "43211").await;
    assert_eq!(judged().await, 0);
    // What is kept is what would be found.
    let kept = rows(&app).await;
    let mut tx = app.store.read().await.expect("it is read");
    let at = app.moment();
    let stale = tx
        .stale_cases(&Reader::Operator, at, (i64::MAX, ""))
        .await
        .expect("read");
    drop(tx);
    assert_eq!(stale.len(), 3);
    assert!(stale.iter().all(|case| case.input_hash.is_some()));
    for case in stale {
        judge_anew(&app, &case.number).await.expect("judged");
    }
    assert_eq!(rows(&app).await, kept);
}

async fn what_is_said_while_a_verdict_is_judged_is_not_lost(db: Database) {
    let app = filled(&db).await;
    let one = number("X-1001");
    let stale = || async {
        let loaded = world::current(&app).await.expect("a world");
        let mut tx = app.store.read().await.expect("it is read");
        let after = (loaded.revision, "");
        let found = tx.stale_cases(&Reader::Operator, app.moment(), after).await;
        (found.expect("a look-up"), loaded.revision)
    };
    assert!(stale().await.0.is_empty());
    let say = || async {
        let mut tx = app.store.begin().await.expect("a unit of work");
        let case = tx.case(&Reader::Operator, app.moment(), &one).await;
        let case = case.expect("a look-up").expect("a case");
        tx.judge_anew(case.id).await.expect("said");
        tx.commit().await.expect("committed");
    };
    say().await;
    // Somebody reads it, and before what is judged is written it is said once more.
    let (read, revision) = stale().await;
    assert_eq!(read.len(), 1);
    let known = Confirmed {
        case: read[0].id,
        revision: 7,
        mark: read[0].mark.expect("a basis"),
        world_hash: "x".to_owned(),
    };
    say().await;
    let mut tx = app.store.begin().await.expect("a unit of work");
    let written = tx.confirm_derived(&[known], revision).await;
    written.expect("written");
    tx.commit().await.expect("committed");
    let (again, _) = stale().await;
    assert_eq!(again.len(), 1, "it was said after it was read");
    assert_ne!(again[0].mark, read[0].mark);
    // Nothing that it rests on has changed: it is looked at, and holds.
    assert_eq!(
        check::refresh(&app, &Reader::Operator)
            .await
            .expect("judged"),
        0
    );
    assert!(stale().await.0.is_empty());
}

async fn judge_anew(app: &App, case: &CaseNumber) -> Result<(), ServiceError> {
    let (loaded, at) = (world::current(app).await?, app.moment());
    tomoshibi::in_tx!(app.store, |tx| check::keep(tx, &loaded, case, at).await)
}

/// The verdicts that are kept.
async fn rows(app: &App) -> Vec<(String, String)> {
    let mut tx = app.store.read().await.expect("it is read");
    let listed = tx
        .listed_cases(&Reader::Operator, app.moment())
        .await
        .expect("a list");
    listed
        .into_iter()
        .map(|line| (line.number.to_string(), line.body))
        .collect()
}

trait ParseCode {
    fn parse_code(&self) -> tomoshibi::domain::municipality::MunicipalityCode;
}

impl ParseCode for str {
    fn parse_code(&self) -> tomoshibi::domain::municipality::MunicipalityCode {
        tomoshibi::domain::municipality::MunicipalityCode::parse(self).expect("a code")
    }
}
