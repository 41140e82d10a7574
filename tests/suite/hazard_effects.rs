//! Whom an import of hazard zones touches, told on the page of the import.

use tomoshibi::{
    app::App,
    domain::{access::Role, municipality::MunicipalityCode},
    service::import,
    web,
};

use crate::{
    access::{ask, session, words},
    demo,
    moves::post,
    retention::import_text,
    support::engines::Database,
};

crate::on_every_engine!(an_import_of_zones_names_whom_it_touches_and_nobody_else,);

const SHEET: &str = "整理番号,市町村,氏名,緯度,経度,位置の精度,計画,計画日,避難先1_種別,避難先1_名称,避難先1_緯度,避難先1_経度,支援者1_氏名\n\
     Z-1001,43203,【デモ】中の家,32.2105,130.7505,現地測位,あり,2026-04-10,親戚,【デモ】親戚宅,32.2110,130.7510,【デモ】手伝い\n\
     Z-1002,43203,【デモ】行き先が中,32.2605,130.7605,現地測位,あり,2026-04-10,親戚,【デモ】親戚宅,32.2106,130.7506,【デモ】手伝い\n\
     Z-1003,43203,【デモ】遠い家,32.2905,130.8605,現地測位,あり,2026-04-10,親戚,【デモ】親戚宅,32.2915,130.8615,【デモ】手伝い\n\
     Z-1004,43203,【デモ】守る家,32.2105,130.7505,現地測位,なし,,,,,,\n\
     Z-1005,43202,【デモ】よその家,32.2105,130.7505,現地測位,なし,,,,,,\n";

/// A layer with one square a hundredth of a degree wide for each corner.
fn layer(corners: &[(f64, f64)]) -> String {
    let squares: Vec<String> = corners
        .iter()
        .map(|(west, south)| {
            let (east, north) = (west + 0.01, south + 0.01);
            format!(
                r#"{{"type":"Feature","properties":{{"A49_003":"3m以上5m未満"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#
            )
        })
        .collect();
    let squares = squares.join(",");
    format!(r#"{{"type":"FeatureCollection","features":[{squares}]}}"#)
}

async fn bring(app: &App, text: String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("A49-20_43.geojson");
    std::fs::write(&path, text).expect("a file");
    let options = import::Options {
        covers: MunicipalityCode::parse("43203")
            .ok()
            .map(|code| [code].into()),
        ..import::Options::default()
    };
    let progress: import::Progress = std::sync::Arc::new(|_| {});
    let done = import::file(
        app,
        import::What::Hazards,
        &path,
        &options,
        "test",
        progress,
    )
    .await
    .expect("it is read");
    assert!(matches!(done, import::Imported::Report(report) if report.error.is_none()));
}

async fn an_import_of_zones_names_whom_it_touches_and_nobody_else(db: Database) {
    let app = demo::app(&db).await;
    let report = import_text(&app, SHEET).await;
    assert_eq!(report.accepted, 5, "{report:?}");
    let router = web::router(app.clone());
    let staff = session(&app, Role::Municipality, Some("43203"), None).await;
    post(
        &router,
        &app,
        "/plans/Z-1004/protection",
        &staff,
        "act=protect",
    )
    .await;
    let latest = async |cookie: &str| {
        let list = words(ask(&router, "GET", "/imports", cookie, "").await).await;
        let href = list.split("href=\"/imports/").nth(1).expect("a try");
        let path = format!("/imports/{}", href.split('"').next().expect("an id"));
        words(ask(&router, "GET", &path, cookie, "").await).await
    };
    // The first map of a town speaks for everybody in it, wherever its zones are.
    let far = (130.90, 32.30);
    bring(&app, layer(&[far])).await;
    let page = latest(&staff).await;
    let touched = page.split("id=\"touched\"").nth(1).expect("the section");
    for case in ["Z-1001", "Z-1002", "Z-1003"] {
        assert!(touched.contains(case), "{case}");
    }
    // The next one only for whom its new zone comes near.
    bring(&app, layer(&[far, (130.745, 32.205)])).await;
    let page = latest(&staff).await;
    let touched = page.split("id=\"touched\"").nth(1).expect("the section");
    let touched = touched.split("</section>").next().expect("its end");
    let (inside, near) = touched.split_once("<details").expect("two parts");
    assert!(inside.contains("Z-1001") && inside.contains("変わった区域: 1"));
    assert!(near.contains("Z-1002") && !inside.contains("Z-1002"));
    for other in ["Z-1003", "Z-1004", "Z-1005"] {
        assert!(!touched.contains(other), "{other}");
    }
    assert!(touched.contains("住所を保護しているお子さん（お名前はここには出ません）: 1"));
    // What was read is noted.
    let trail = session(&app, Role::Auditor, None, None).await;
    let trail = words(ask(&router, "GET", "/audit", &trail, "").await).await;
    assert!(trail.contains("取り込みの結果を見た"), "{trail}");
    // Whoever sees no child sees none here.
    let keeper = session(&app, Role::Administrator, None, None).await;
    assert!(!latest(&keeper).await.contains("id=\"touched\""));
}
