//! The catalogue of devices: what is corrected there stands before the file, and the
//! hours of the children with that model are computed anew.

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        residence::Sight,
    },
    service::{check, devices},
    web,
};

use crate::{
    access::{ask, session, words},
    freshness,
    loans::Centre,
    moves::number,
    support::engines::Database,
};

crate::on_every_engine!(
    figures_are_added_corrected_and_taken_back,
    figures_of_devices_that_cannot_be_are_refused,
    two_who_correct_a_device_do_not_overwrite_each_other,
    corrected_figures_change_the_hours_of_a_child_and_are_marked_while_unconfirmed,
    corrected_figures_of_a_generator_change_the_hours_of_a_child,
);

const NEW: &str = "kind=ventilator&maker=【デモ】社&model=V-9&rated_watts=150&measured_watts=22\
                   &watts_confidence=H&internal_hours=6&hours_confidence=M\
                   &source=【デモ】取扱説明書 62ページ";

/// What the page of the catalogue says of a model, with its forms.
fn of<'a>(page: &'a str, model: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!("<h2>{model} "))
        .unwrap_or_else(|| panic!("{model}: {page}"));
    rest.split_once("</section>").expect("its end").0
}

fn mark(part: &str) -> &str {
    let (_, rest) = part
        .split_once("name=\"before\" value=\"")
        .expect("its mark");
    rest.split_once('"').expect("its end").0
}

const EVO: &str = "Philips Trilogy Evo";

/// The form that corrects the watts of the file's Trilogy Evo (18 W).
fn evo(watts: &str, before: &str) -> String {
    format!(
        "kind=ventilator&maker=Philips&model=Trilogy Evo&rated_watts=210&measured_watts={watts}\
         &watts_confidence=L&internal_hours=7.5&external_hours=7.5&hours_confidence=M\
         &source=【デモ】病院の実測&before={before}"
    )
}

async fn figures_are_added_corrected_and_taken_back(db: Database) {
    let centre = Centre::new(&db).await;
    let (status, to, page) = centre.post("/devices", &format!("{NEW}&before=")).await;
    assert_eq!(
        (status, to.as_str()),
        (StatusCode::SEE_OTHER, "/devices"),
        "{page}"
    );
    let (_, page) = centre.get("/devices").await;
    let new = of(&page, "【デモ】社 V-9");
    for said in ["22 W", "62ページ", "ここで加えた機種", "照合していません"] {
        assert!(new.contains(said), "{said}: {new}");
    }
    let known = of(&page, EVO);
    assert!(
        known.contains("プログラムに付いてきた数値") && !known.contains("/devices/back"),
        "{known}"
    );
    let form = format!(
        "{}&verified_by=【デモ】点検係&verified_on=2026-11-20",
        evo("25", mark(known))
    );
    let (status, _, page) = centre.post("/devices", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = centre.get("/devices").await;
    let known = of(&page, EVO);
    for said in [
        "25 W",
        "2026-11-20 【デモ】点検係",
        "ここで直した数値",
        "未確認の数字",
    ] {
        assert!(known.contains(said), "{said}: {known}");
    }
    assert_eq!(page.matches(&format!("<h2>{EVO} ")).count(), 1, "{page}");
    // Taken back, the file counts again; what was written stays in the history.
    let back = format!("name_key=TRILOGYEVO&before={}", mark(known));
    let (status, _, page) = centre.post("/devices/back", &back).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = centre.get("/devices").await;
    let known = of(&page, EVO);
    for said in [
        "<dd>18 W</dd>",
        "プログラムに付いてきた数値",
        "元に戻した",
        "病院の実測",
    ] {
        assert!(known.contains(said), "{said}: {known}");
    }
    let (status, _, page) = centre.post("/devices/back", &back).await;
    assert_eq!(
        status,
        StatusCode::CONFLICT,
        "nothing is to be taken back: {page}"
    );
    // One that had been added is none any more.
    let back = format!("name_key=V9&before={}", mark(of(&page, "【デモ】社 V-9")));
    let (status, _, page) = centre.post("/devices/back", &back).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (catalogue, _) = devices::catalogue(&centre.app).await.expect("it is read");
    assert_eq!(catalogue.of_name("V-9"), None);
    let router = web::router(centre.app.clone());
    for (role, may) in [
        (Role::Administrator, true),
        (Role::Municipality, false),
        (Role::Prefecture, false),
    ] {
        let town = role.is_municipal().then_some("43203");
        let cookie = session(&centre.app, role, town, None).await;
        let answer = ask(&router, "GET", "/devices", &cookie, "").await;
        assert_eq!(answer.status() == StatusCode::OK, may, "{role:?}");
    }
}

async fn figures_of_devices_that_cannot_be_are_refused(db: Database) {
    let centre = Centre::new(&db).await;
    for (from, to, why) in [
        (
            "measured_watts=22",
            "measured_watts=0",
            "実測の消費電力（W）: ",
        ),
        (
            "measured_watts=22",
            "measured_watts=-5",
            "実測の消費電力（W）: ",
        ),
        (
            "measured_watts=22",
            "measured_watts=151",
            "銘板の定格より大きく",
        ),
        ("rated_watts=150", "rated_watts=150000", "1〜2,000"),
        (
            "rated_watts=150",
            "rated_watts=150&rated_va=90",
            "入れ替わって",
        ),
        ("internal_hours=6", "internal_hours=0", "0.1〜48"),
        ("internal_hours=6", "internal_hours=600", "0.1〜48"),
        (
            "&rated_watts=150&measured_watts=22&watts_confidence=H&internal_hours=6",
            "&watts_confidence=H",
            "数値が一つもありません",
        ),
        ("source=【デモ】取扱説明書 62ページ", "source=", "出典（"),
        ("kind=ventilator", "kind=toaster", "種類: "),
        (
            "hours_confidence=M",
            "hours_confidence=M&verified_by=【デモ】係",
            "両方入れるか、両方空けて",
        ),
        (
            "hours_confidence=M",
            "hours_confidence=M&verified_by=【デモ】係&verified_on=2026-11-22",
            "今日より後",
        ),
    ] {
        assert!(NEW.contains(from), "{from}");
        let form = format!("{}&before=", NEW.replace(from, to));
        let (status, _, page) = centre.post("/devices", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{to}: {page}");
        assert!(page.contains(why), "{to}: {page}");
        assert!(
            page.contains("value=\"V-9\""),
            "what was typed stays: {page}"
        );
    }
    let (_, changes) = devices::catalogue(&centre.app).await.expect("it is read");
    assert_eq!(changes, Vec::new());
}

async fn two_who_correct_a_device_do_not_overwrite_each_other(db: Database) {
    let centre = Centre::new(&db).await;
    let (_, page) = centre.get("/devices").await;
    let before = mark(of(&page, EVO)).to_owned();
    let (status, _, page) = centre.post("/devices", &evo("25", &before)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    for late in [
        evo("26", &before),
        // Nor is a model added that is there, by another spelling.
        evo("27", "").replace("Trilogy Evo", "ｔｒｉｌｏｇｙ－ＥＶＯ"),
    ] {
        let (status, _, page) = centre.post("/devices", &late).await;
        assert_eq!(status, StatusCode::CONFLICT, "{page}");
    }
    let (catalogue, _) = devices::catalogue(&centre.app).await.expect("it is read");
    let watts = catalogue
        .of_name("Trilogy Evo")
        .and_then(|row| row.measured_watts);
    assert_eq!(watts, Some(25.0));
}

/// Writes the record of a child of the tests, with everything else in it unknown.
pub(crate) async fn record(app: &App, case: &str, equipment: serde_json::Value) {
    let number = number(case);
    let mut tx = app.store.begin().await.expect("a unit of work");
    let case = tx.case_of_number(&number).await;
    let case = case.expect("a look-up").expect("a case");
    let was = tx.equipment(case).await.expect("a look-up");
    let was = was.map_or(0, |stored| stored.revision);
    let equipment = serde_json::from_value(equipment).expect("a record");
    let place = (app.ids.next(), case);
    let written = (None, app.moment().now);
    let kept = tx.write_equipment(place, was, &equipment, written).await;
    assert!(kept.expect("it is written"));
    tx.commit().await.expect("it is kept");
}

/// Hours by batteries, and by everything.
async fn hours(app: &App, case: &str) -> (f64, f64) {
    let today = app.moment().today;
    let checked = check::one(app, &Reader::Operator, &number(case), today, Sight::Usual).await;
    let checked = checked.expect("it is read").expect("it is there");
    let power = &checked.look.power;
    (power.batteries.hours, power.total.hours)
}

async fn corrected_figures_change_the_hours_of_a_child_and_are_marked_while_unconfirmed(
    db: Database,
) {
    let app = freshness::filled(&db).await;
    let staff = session(&app, Role::Municipality, Some("43203"), None).await;
    let centre = session(&app, Role::Centre, None, None).await;
    let family = session(&app, Role::Family, None, Some("X-1001")).await;
    let router = web::router(app.clone());
    let evo_only = serde_json::json!({
        "devices": [{ "kind": "ventilator", "model": "Trilogy Evo" }],
        "internal_batteries": [], "external_batteries": [],
        "portable_batteries": [{ "nominal_wh": 280.0, "output": "dc" }],
        "cars": [], "generators": []
    });
    record(&app, "X-1001", evo_only).await;
    let judged = check::refresh(&app, &Reader::Operator).await;
    judged.expect("judged");
    // 280 Wh × 0.8 / (18 W × 1.2) = 10.37 h.
    assert!((hours(&app, "X-1001").await.0 - 280.0 * 0.8 / 21.6).abs() < 1e-6);
    let low = "未確認の数字";
    let paths = ["/plans/X-1001/power", "/children"];
    for path in paths {
        let page = words(ask(&router, "GET", path, &staff, "").await).await;
        assert!(
            page.contains("10.3") && !page.contains("10.37") && !page.contains(low),
            "{path}: {page}"
        );
    }
    let (catalogue, _) = devices::catalogue(&app).await.expect("it is read");
    let before = devices::mark(catalogue.of_name("Trilogy Evo"));
    let form = format!("{}&key={}", evo("36", &before), app.ids.next());
    let answer = ask(&router, "POST", "/devices", &centre, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    // Twice the watts, half the hours; and only the child with that model is judged.
    assert!((hours(&app, "X-1001").await.0 - 280.0 * 0.8 / 43.2).abs() < 1e-6);
    let judged = check::refresh(&app, &Reader::Operator).await;
    assert_eq!(judged.expect("judged"), 1);
    for path in paths {
        let page = words(ask(&router, "GET", path, &staff, "").await).await;
        assert!(page.contains(low), "{path}: {page}");
    }
    let page = words(ask(&router, "GET", "/plans/X-1001/power", &staff, "").await).await;
    assert!(page.contains("<b>5.1時間</b>"), "{page}");
    let page = words(ask(&router, "GET", "/family", &family, "").await).await;
    assert!(
        page.contains("5.1時間") && page.contains("これより短いかもしれません"),
        "{page}"
    );
}

async fn corrected_figures_of_a_generator_change_the_hours_of_a_child(db: Database) {
    let app = freshness::filled(&db).await;
    let centre = session(&app, Role::Centre, None, None).await;
    let router = web::router(app.clone());
    let with_generator = serde_json::json!({
        "devices": [{ "kind": "ventilator", "model": "Trilogy Evo" }],
        "internal_batteries": [{ "nominal_hours": 8.0, "charge_percent": 100.0 }],
        "external_batteries": [], "portable_batteries": [], "cars": [],
        "generators": [{ "model": "EU18i", "charger_watts": 300.0 }],
        "gasoline": [{ "litres": 5.0 }]
    });
    record(&app, "X-1001", with_generator).await;
    let before = hours(&app, "X-1001").await;
    assert!(before.1 > before.0, "the generator counts: {before:?}");
    let page = words(ask(&router, "GET", "/units/catalogue", &centre, "").await).await;
    // It burns twice as much at a quarter of the load.
    let form = format!(
        "maker=Honda&model=EU18i&rated_va=1800&sine=yes&fuel=gasoline&capacity=3.6\
         &per_hour_rated=1.125&per_hour_quarter=0.888&source=【デモ】実測&confidence=M\
         &before={}&key={}",
        mark(of(&page, "Honda EU18i")),
        app.ids.next()
    );
    let answer = ask(&router, "POST", "/units/catalogue", &centre, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let after = hours(&app, "X-1001").await;
    assert!((after.0 - before.0).abs() < 1e-9);
    let (was, is) = (before.1 - before.0, after.1 - after.0);
    assert!((is - was / 2.0).abs() < was * 0.05, "{was} h, then {is} h");
}
