//! Tonight's list over 10,000 homes: generated, the same every time.

use std::{fmt::Write as _, sync::Arc, time::Instant};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        municipality::MunicipalityCode,
    },
    seal::{Token, form_token},
    service::{
        check,
        import::{self, Imported, Options, What},
    },
    web,
};
use tower::ServiceExt as _;

use crate::{
    desk::{session, took},
    prefecture::Dice,
};

/// Homes, all of one municipality: more than any has.
const HOMES: usize = 10_000;

/// Sites, all of the same municipality: as many as a prefecture has.
const SITES: usize = 2_000;

/// Of each page.
const REQUESTS: usize = 100;

/// Calls that were answered.
const ANSWERED: usize = 300;

/// A sheet of families: nine in ten with a plan, half with known hours.
fn sheet() -> String {
    let mut dice = Dice(7);
    let mut sheet = "整理番号,市町村,氏名,生年月日,緯度,経度,位置の精度,計画,計画日,バッテリー時間,避難先1_種別,避難先1_名称,避難先1_緯度,避難先1_経度\n".to_owned();
    for place in 0..HOMES {
        let at = dice.place();
        let (lat, lon) = (at.lat(), at.lon());
        let hours = match dice.below(2) {
            0 => String::new(),
            _ => dice.below(24).to_string(),
        };
        let plan = match dice.below(10) {
            0 => "なし,,,,,,".to_owned(),
            _ => format!("あり,2026-04-10,{hours},親戚,【デモ】親戚宅,{lat:.4},{lon:.4}"),
        };
        writeln!(
            sheet,
            "N-{place:05},43203,【デモ】子{place},2020-01-01,{lat:.5},{lon:.5},現地測位,{plan}"
        )
        .expect("a string takes any text");
    }
    sheet
}

/// Sends a form; where it leads.
async fn post(app: &App, cookie: &str, path: &str, form: &str) -> String {
    let secret = Token::from_text(cookie.trim_start_matches("tomoshibi=")).expect("a session");
    let form = format!("{form}&key={}&csrf={}", app.ids.next(), form_token(&secret));
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .expect("a request");
    let answer = web::router(app.clone()).oneshot(request).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
    let to = answer.headers().get(header::LOCATION);
    to.expect("a path").to_str().expect("plain text").to_owned()
}

async fn filled(app: &App) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("families.csv");
    std::fs::write(&path, sheet()).expect("the sheet is written");
    let options = Options::default();
    let done = import::file(
        app,
        What::Families,
        &path,
        &options,
        "bench",
        Arc::new(|_| ()),
    );
    match done.await.expect("an import") {
        Imported::Report(report) => assert_eq!(report.accepted, HOMES as u64, "{report:?}"),
        Imported::Missing(path) => panic!("{}", path.display()),
    }
    let begun = Instant::now();
    check::refresh(app, &Reader::Operator)
        .await
        .expect("judged");
    eprintln!("{HOMES} homes judged in {:?}", begun.elapsed());
    let town = MunicipalityCode::parse("43203").expect("a code");
    let cookie = session(app, Role::Municipality, Some(town)).await;
    post(app, &cookie, "/tonight/level", "town=43203&hazard=&now=3").await;
    for place in 0..ANSWERED {
        let kind = ["no_answer", "at_home", "left", "arrived"][place % 4];
        let path = format!("/tonight/N-{:05}/answer", place * 7);
        post(app, &cookie, &path, &format!("came={kind}")).await;
    }
    cookie
}

async fn measured(app: App, engine: &str) {
    let cookie = filled(&app).await;
    // The power fails everywhere, and in an area that is drawn around about half.
    let whole = post(&app, &cookie, "/outage", "town=43203&hours=72").await;
    rows(
        &app,
        engine,
        &cookie,
        &[("a whole town without power", &whole)],
    )
    .await;
    let drawn = "drawn=31.0,129.0%0A31.0,132.0%0A32.5,132.0%0A32.5,129.0&hours=72";
    let drawn = post(&app, &cookie, "/outage", drawn).await;
    rows(&app, engine, &cookie, &[("an area without power", &drawn)]).await;
    let at = app.clock.now() + chrono::TimeDelta::hours(18);
    let five = format!("/what-if?what=level5&at={}", at.format("%Y-%m-%dT%H:%M"));
    let what_if = [
        ("/what-if", "/what-if"),
        ("/what-if, 24 h more", "/what-if?what=longer&hours=24"),
        ("/what-if, level 5", &five),
    ];
    rows(&app, engine, &cookie, &what_if).await;
    sites(&app).await;
    let quarter = "/diagnosis/43203?places=%E4%B8%8B%E5%9F%8E%E6%9C%AC%E7%94%BA";
    let diagnosis = [
        ("/diagnosis, a municipality", "/diagnosis/43203"),
        ("/diagnosis, a quarter", quarter),
        ("/diagnosis, XLSX", "/diagnosis/43203/sheet.xlsx"),
    ];
    rows(&app, engine, &cookie, &diagnosis).await;
}

/// A list of 2,000 emergency sites, all of the municipality.
async fn sites(app: &App) {
    let mut dice = Dice(11);
    let mut list = "NO,共通ID,都道府県名及び市町村名,施設・場所名,住所,洪水,崖崩れ、土石流及び地滑り,高潮,地震,津波,大規模な火事,内水氾濫,火山現象,指定避難所との住所同一,緯度,経度,備考\n".to_owned();
    for place in 0..SITES {
        let at = dice.place();
        let (lat, lon) = (at.lat(), at.lon());
        writeln!(
            list,
            "{place},E43203{place:08},熊本県人吉市,【デモ】{place},熊本県人吉市デモ町{place},1,1,,1,,,1,,,{lat:.5},{lon:.5},"
        )
        .expect("a string takes any text");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mergeFromCity_2.csv");
    std::fs::write(&path, list).expect("the list is written");
    let options = Options::default();
    let done = import::file(app, What::Sites, &path, &options, "bench", Arc::new(|_| ()));
    match done.await.expect("an import") {
        Imported::Report(report) => assert_eq!(report.accepted, SITES as u64, "{report:?}"),
        Imported::Missing(path) => panic!("{}", path.display()),
    }
    check::refresh(app, &Reader::Operator)
        .await
        .expect("judged");
}

async fn rows(app: &App, engine: &str, cookie: &str, more: &[(&str, &str)]) {
    let always = [
        ("baseline: /account", "/account"),
        ("/tonight", "/tonight"),
        ("/tonight/list", "/tonight/list"),
    ];
    for (what, path) in always.iter().chain(more) {
        let ([median, most, nearly_all], bytes) = took(app, (path, REQUESTS), cookie).await;
        println!(
            "night of {HOMES} homes, {engine}, {what}: median {median:.1?}, 95 % {most:.1?}, \
             99 % {nearly_all:.1?}, {bytes} bytes"
        );
    }
}

/// Measures the list on SQLite, and on PostgreSQL where `TOMOSHIBI_TEST_POSTGRES` names a
/// server on which nothing is kept.
pub fn night(_: &mut criterion::Criterion) {
    let wanted = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    if wanted.is_some_and(|name| !"night".contains(name.as_str())) {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("night.db").display());
    runtime.block_on(async {
        measured(crate::app(&url).await, "SQLite").await;
        if let Ok(url) = std::env::var("TOMOSHIBI_TEST_POSTGRES") {
            measured(crate::app(&url).await, "PostgreSQL").await;
        }
    });
}
