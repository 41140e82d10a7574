//! What an import of sites costs afterwards: 10,000 plans of a prefecture are looked at, and
//! those near a change are judged anew. Generated, the same every time.

use std::{fmt::Write as _, sync::Arc, time::Instant};

use tomoshibi::{
    app::App,
    domain::access::Reader,
    service::{
        check,
        import::{self, Imported, Options, What},
    },
};

use crate::prefecture::Dice;

const PLANS: usize = 10_000;

/// As many emergency sites as a large prefecture has, and so many of them are changed.
const SITES: usize = 6_000;
const CHANGED: usize = 2_000;

fn families() -> String {
    let mut dice = Dice(21);
    let mut sheet = "整理番号,市町村,氏名,生年月日,緯度,経度,位置の精度,計画,計画日,バッテリー時間,避難先1_種別,避難先1_名称,避難先1_緯度,避難先1_経度\n".to_owned();
    for place in 0..PLANS {
        let at = dice.place();
        let (lat, lon) = (at.lat(), at.lon());
        let hours = dice.below(24);
        writeln!(
            sheet,
            "R-{place:05},43203,【デモ】子{place},2020-01-01,{lat:.5},{lon:.5},現地測位,\
             あり,2026-04-10,{hours},親戚,【デモ】親戚宅,{lat:.4},{lon:.4}"
        )
        .expect("a string takes any text");
    }
    sheet
}

/// The sites from west to east; of the first `changed` another remark.
fn sites(changed: usize) -> String {
    let mut dice = Dice(22);
    let mut places: Vec<(f64, f64)> = (0..SITES)
        .map(|_| {
            let at = dice.place();
            (at.lon(), at.lat())
        })
        .collect();
    places.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut list = "NO,共通ID,都道府県名及び市町村名,施設・場所名,住所,洪水,崖崩れ、土石流及び地滑り,高潮,地震,津波,大規模な火事,内水氾濫,火山現象,指定避難所との住所同一,緯度,経度,備考\n".to_owned();
    for (place, (lon, lat)) in places.into_iter().enumerate() {
        // What floods may change from one list to the next.
        let flood = if place < changed { "" } else { "1" };
        writeln!(
            list,
            "{place},E43203{place:08},熊本県人吉市,【デモ】{place},熊本県人吉市デモ町{place},{flood},1,,1,,,1,,,{lat:.5},{lon:.5},"
        )
        .expect("a string takes any text");
    }
    list
}

async fn imported(app: &App, what: What, name: &str, text: &str) -> u64 {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("it is written");
    let options = Options::default();
    let done = import::file(app, what, &path, &options, "bench", Arc::new(|_| ()));
    match done.await.expect("an import") {
        Imported::Report(report) => report.added + report.changed,
        Imported::Missing(path) => panic!("{}", path.display()),
    }
}

async fn refreshed(app: &App, engine: &str, what: &str) -> usize {
    let begun = Instant::now();
    let judged = check::refresh(app, &Reader::Operator).await;
    let judged = judged.expect("judged");
    println!(
        "{what}, {engine}: {judged} of {PLANS} plans judged anew in {:?}",
        begun.elapsed()
    );
    judged
}

async fn measured(app: App, engine: &str) {
    assert_eq!(
        imported(&app, What::Families, "families.csv", &families()).await,
        PLANS as u64
    );
    let name = "mergeFromCity_2.csv";
    assert_eq!(
        imported(&app, What::Sites, name, &sites(0)).await,
        SITES as u64
    );
    refreshed(&app, engine, "baseline: everything for the first time").await;
    // The same list once more: nothing is read, and nothing judged.
    imported(&app, What::Sites, name, &sites(0)).await;
    refreshed(&app, engine, "the same list again").await;
    let begun = Instant::now();
    let changed = imported(&app, What::Sites, name, &sites(CHANGED)).await;
    assert_eq!(changed, CHANGED as u64);
    println!(
        "{CHANGED} of {SITES} sites changed, {engine}: imported in {:?}",
        begun.elapsed()
    );
    let near = refreshed(&app, engine, "2,000 of 6,000 sites changed").await;
    assert!(near < PLANS, "only those near a change");
    assert_eq!(refreshed(&app, engine, "again, with no import").await, 0);
}

/// Measures it on SQLite, and on PostgreSQL where `TOMOSHIBI_TEST_POSTGRES` names a server
/// on which nothing is kept.
pub fn recheck(_: &mut criterion::Criterion) {
    let wanted = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    if wanted.is_some_and(|name| !"recheck".contains(name.as_str())) {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("recheck.db").display());
    runtime.block_on(async {
        measured(crate::app(&url).await, "SQLite").await;
        if let Ok(url) = std::env::var("TOMOSHIBI_TEST_POSTGRES") {
            measured(crate::app(&url).await, "PostgreSQL").await;
        }
    });
}
