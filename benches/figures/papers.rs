//! The papers of plans: a sheet, and the night binder of 200 children while pages go on.
//! Generated, the same every time.

use std::{fmt::Write as _, sync::Arc, time::Duration, time::Instant};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use tomoshibi::{
    app::App,
    domain::{access::Role, hazard::LayerKind, municipality::MunicipalityCode},
    print::pdf::{Template, set},
    service::{
        binder,
        import::{self, Imported, Options, What},
    },
    web,
};
use tower::ServiceExt as _;

use crate::{
    desk::{session, took},
    prefecture::{Dice, zones},
};

/// Children of the municipality.
const CHILDREN: usize = 200;

/// So many of each sheet.
const SHEETS: usize = 40;

fn families() -> String {
    let mut dice = Dice(31);
    let mut sheet = "整理番号,市町村,氏名,ふりがな,生年月日,住所,緯度,経度,位置の精度,計画,計画日,バッテリー時間,避難先1_種別,避難先1_名称,避難先1_緯度,避難先1_経度\n".to_owned();
    for place in 0..CHILDREN {
        let at = dice.place();
        let (lat, lon) = (at.lat(), at.lon());
        let hours = dice.below(24);
        // One in ten has no plan.
        let plan = match dice.below(10) {
            0 => "なし,,,,,,".to_owned(),
            _ => format!(
                "あり,2026-04-10,{hours},親戚,【デモ】親戚宅,{:.4},{:.4}",
                lat + 0.01,
                lon + 0.01
            ),
        };
        writeln!(
            sheet,
            "P-{place:05},43203,【デモ】子{place},でもこ{place},2020-01-01,【デモ】町{place}番地,{lat:.5},{lon:.5},現地測位,{plan}"
        )
        .expect("a string takes any text");
    }
    sheet
}

/// The whole answer of a request, which is a PDF.
async fn pdf(app: &App, cookie: &str, path: &str) -> (Duration, usize) {
    let begun = Instant::now();
    let request = Request::get(path)
        .header(header::COOKIE, cookie)
        .body(Body::empty())
        .expect("a request");
    let answer = web::router(app.clone()).oneshot(request).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
    let bytes = bytes.expect("a body");
    assert!(bytes.starts_with(b"%PDF"), "{path}");
    (begun.elapsed(), bytes.len())
}

/// The flood zones of a whole prefecture, as they are published (A31a_205: 1 to 6).
fn floods() -> String {
    let (_, zones) = zones();
    let of_floods = zones.iter().filter(|zone| zone.kind == LayerKind::Flood);
    let features: Vec<serde_json::Value> = of_floods
        .enumerate()
        .map(|(number, zone)| {
            serde_json::json!({
                "type": "Feature",
                "properties": { "A31a_205": number % 6 + 1 },
                "geometry": geojson::Geometry::from(&zone.geometry),
            })
        })
        .collect();
    assert!(features.len() > 40_000, "{}", features.len());
    serde_json::json!({
        "type": "FeatureCollection", "name": "A31a_205【デモ】", "features": features,
    })
    .to_string()
}

/// Imports a file; answers how many rows were accepted.
async fn imported(app: &App, what: What, (name, text): (&str, &str), options: &Options) -> u64 {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("the file is written");
    let done = import::file(app, what, &path, options, "bench", Arc::new(|_| ()));
    match done.await.expect("an import") {
        Imported::Report(report) => report.accepted,
        Imported::Missing(path) => panic!("{}", path.display()),
    }
}

async fn filled(app: &App) -> String {
    let town = MunicipalityCode::parse("43203").expect("a code");
    let covers = Options {
        covers: Some([town].into()),
        ..Options::default()
    };
    let zones = ("A31a_205_demo.geojson", floods());
    let zones = (zones.0, zones.1.as_str());
    assert!(imported(app, What::Hazards, zones, &covers).await > 40_000);
    let families = families();
    let sheet = ("families.csv", families.as_str());
    let accepted = imported(app, What::Families, sheet, &Options::default()).await;
    assert_eq!(accepted, CHILDREN as u64);
    session(app, Role::Municipality, Some(town)).await
}

/// Median and the figure below which 95 of 100 lie, in milliseconds.
fn said(mut all: Vec<Duration>) -> String {
    all.sort();
    let at = |share: usize| all[(all.len() * share / 100).min(all.len() - 1)].as_millis();
    format!("{} / {} ms", at(50), at(95))
}

async fn measured(app: App, engine: &str) {
    let cookie = filled(&app).await;
    // Nothing of ours: an empty paper, which the typesetter makes all the same.
    let empty = serde_json::json!({
        "title": "", "made_at": "", "children": [],
    });
    let baseline = (0..SHEETS).map(|_| {
        let begun = Instant::now();
        set(Template::Binder, &empty).expect("it is set");
        begun.elapsed()
    });
    println!(
        "baseline, one page without a child: {}",
        said(baseline.collect())
    );
    let mut sheets = Vec::new();
    let mut size = 0;
    for place in 0..SHEETS {
        let path = format!("/plans/P-{place:05}/sheets/family");
        let (time, bytes) = pdf(&app, &cookie, &path).await;
        sheets.push(time);
        size = bytes;
    }
    println!("a family's sheet, {engine}: {}, {size} bytes", said(sheets));
    // The binder, and a page that is asked for again and again meanwhile.
    let (quiet, _) = took(&app, ("/tonight", SHEETS), &cookie).await;
    println!("/tonight, nothing else going on, {engine}: {quiet:?}");
    let town = MunicipalityCode::parse("43203").expect("a code");
    let begun = Instant::now();
    let maker = binder::begin(&app, town).await.expect("begun");
    let maker = maker.expect("nobody is at it");
    let making = {
        let app = app.clone();
        tokio::spawn(async move { binder::make(&app, maker, web::bind_night).await })
    };
    let mut beside = Vec::new();
    while !making.is_finished() {
        beside.push(took(&app, ("/tonight", 1), &cookie).await.0[0]);
    }
    making.await.expect("no panic").expect("made");
    let all = begun.elapsed();
    println!(
        "the binder of {CHILDREN} children, {engine}: {all:?}; /tonight meanwhile: {}",
        said(beside)
    );
    let (time, bytes) = pdf(&app, &cookie, "/binder.pdf").await;
    println!("the kept one opened, {engine}: {time:?}, {bytes} bytes");
}

/// Measures it on SQLite, and on PostgreSQL where `TOMOSHIBI_TEST_POSTGRES` names a server
/// on which nothing is kept.
pub fn papers(_: &mut criterion::Criterion) {
    let wanted = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    if wanted.is_some_and(|name| !"papers".contains(name.as_str())) {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("papers.db").display());
    runtime.block_on(async {
        measured(crate::app(&url).await, "SQLite").await;
        if let Ok(url) = std::env::var("TOMOSHIBI_TEST_POSTGRES") {
            measured(crate::app(&url).await, "PostgreSQL").await;
        }
    });
}
