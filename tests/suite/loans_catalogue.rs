//! The catalogue of generators on its page, and what a family is told of its checks.

use axum::http::StatusCode;
use tomoshibi::{domain::access::Role, web};

use crate::{
    access::{ask, session, words},
    loans::{Centre, KIT},
    support::engines::Database,
};

crate::on_every_engine!(
    figures_are_added_corrected_and_compared_and_stand_before_the_file,
    figures_that_cannot_be_and_a_comparison_by_nobody_are_refused,
    two_who_correct_a_model_do_not_overwrite_each_other,
    checks_and_their_photos_are_in_the_file_of_the_family,
    a_message_calls_its_field_as_its_form_does,
);

const NEW: &str = "maker=【デモ】社&model=DX-16&rated_va=1600&sine=yes&fuel=gasoline&capacity=3.6\
                   &per_hour_rated=1.1&per_hour_quarter=0.4&source=【デモ】取扱説明書 62ページ&confidence=H";

/// What the page of the catalogue says of a model, with its form.
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

async fn figures_are_added_corrected_and_compared_and_stand_before_the_file(db: Database) {
    let centre = Centre::new(&db).await;
    let (status, to, page) = centre
        .post("/units/catalogue", &format!("{NEW}&before="))
        .await;
    assert_eq!(
        (status, to.as_str()),
        (StatusCode::SEE_OTHER, "/units/catalogue"),
        "{page}"
    );
    let (_, page) = centre.get("/units/catalogue").await;
    let new = of(&page, "【デモ】社 DX-16");
    assert!(
        new.contains("照合していません") && new.contains("62ページ"),
        "{new}"
    );
    // A unit of it says so, and of a model of the file what was corrected.
    let (status, unit, page) = centre.post("/units", "model=ＤＸ１６&serial=A-1").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = centre.get(&unit).await;
    assert!(page.contains("定格 1,600 VA ・ 正弦波"), "{page}");
    let (_, page) = centre.get("/units/catalogue").await;
    let known = of(&page, "Honda EU18i");
    assert!(known.contains("プログラムに付いてきた数値"), "{known}");
    let form = format!(
        "maker=Honda&model=EU18i&rated_va=1750&sine=yes&fuel=gasoline&capacity=3.6&per_hour_rated=1.1\
         &per_hour_quarter=0.4&source=【デモ】諸元表&confidence=M&verified_by=【デモ】点検係\
         &verified_on=2026-11-20&before={}",
        mark(known)
    );
    let (status, _, page) = centre.post("/units/catalogue", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = centre.get("/units/catalogue").await;
    let known = of(&page, "Honda EU18i");
    for said in ["1750", "2026-11-20 【デモ】点検係", "諸元表", "出典で確認"] {
        assert!(known.contains(said), "{said}: {known}");
    }
    assert!(!known.contains("プログラムに付いてきた数値"), "{known}");
    assert_eq!(page.matches("<h2>Honda EU18i ").count(), 1, "{page}");
    let (_, unit, _) = centre.post("/units", "model=ホンダ EU18i&serial=A-2").await;
    let (_, page) = centre.get(&unit).await;
    assert!(
        page.contains("定格 1,750 VA") && page.contains("メーカー資料と照合 2026-11-20"),
        "{page}"
    );
    // What was compared is compared again after a correction.
    let (_, page) = centre.get("/units/catalogue").await;
    let form = format!(
        "maker=Honda&model=EU18i&rated_va=1800&sine=yes&fuel=gasoline&source=【デモ】諸元表\
         &confidence=H&before={}",
        mark(of(&page, "Honda EU18i"))
    );
    let (status, _, page) = centre.post("/units/catalogue", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = centre.get("/units/catalogue").await;
    let known = of(&page, "Honda EU18i");
    assert!(known.contains("照合していません"), "{known}");
    assert!(known.contains("1750 VA"), "its history: {known}");
    let router = web::router(centre.app.clone());
    for role in [Role::Municipality, Role::Prefecture, Role::Administrator] {
        let town = role.is_municipal().then_some("43203");
        let cookie = session(&centre.app, role, town, None).await;
        let answer = ask(&router, "GET", "/units/catalogue", &cookie, "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{role:?}");
    }
}

async fn figures_that_cannot_be_and_a_comparison_by_nobody_are_refused(db: Database) {
    let centre = Centre::new(&db).await;
    for (from, to, why) in [
        ("rated_va=1600", "rated_va=1600000", "定格出力（VA）: "),
        ("capacity=3.6", "capacity=0", "より大きく100以下"),
        (
            "per_hour_quarter=0.4",
            "per_hour_quarter=2",
            "入れ替わっていないか",
        ),
        (
            "source=【デモ】取扱説明書 62ページ",
            "source=",
            "出典（何のどのページか）: ",
        ),
        (
            "confidence=H",
            "confidence=H&verified_by=【デモ】係",
            "両方入れるか、両方空けて",
        ),
        (
            "confidence=H",
            "confidence=H&verified_by=【デモ】係&verified_on=2026-11-22",
            "今日より後",
        ),
    ] {
        let form = format!("{}&before=", NEW.replace(from, to));
        let (status, _, page) = centre.post("/units/catalogue", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{to}: {page}");
        assert!(page.contains(why), "{to}: {page}");
        assert!(
            page.contains("value=\"DX-16\""),
            "what was typed stays: {page}"
        );
    }
    let (_, page) = centre.get("/units/catalogue").await;
    assert!(!page.contains("DX-16"), "{page}");
}

async fn two_who_correct_a_model_do_not_overwrite_each_other(db: Database) {
    let centre = Centre::new(&db).await;
    let (_, page) = centre.get("/units/catalogue").await;
    let before = mark(of(&page, "Honda EU18i")).to_owned();
    let form = |va: &str| {
        format!(
            "maker=Honda&model=EU18i&rated_va={va}&sine=yes&fuel=gasoline&source=【デモ】\
             &confidence=H&before={before}"
        )
    };
    let (status, _, page) = centre.post("/units/catalogue", &form("1700")).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (status, _, page) = centre.post("/units/catalogue", &form("1600")).await;
    assert_eq!(status, StatusCode::CONFLICT, "{page}");
    // Nor is a model added that is there, by another spelling.
    let again = form("1500")
        .replace("EU18i", "ｅｕ-18i")
        .replace(&before, "");
    let (status, _, page) = centre.post("/units/catalogue", &again).await;
    assert_eq!(status, StatusCode::CONFLICT, "{page}");
    let (_, page) = centre.get("/units/catalogue").await;
    assert!(of(&page, "Honda EU18i").contains("<dd>1700</dd>"), "{page}");
}

async fn checks_and_their_photos_are_in_the_file_of_the_family(db: Database) {
    let centre = Centre::new(&db).await;
    let unit = centre.unit("A-1").await;
    let loan = centre.approved("【デモ】光").await;
    let number = loan.trim_start_matches("/loans/").to_owned();
    let form = format!("on=2026-11-03&unit={unit}&{KIT}&co_explained=1&consent=yes");
    centre.done(&loan, "hand-over", &form).await;
    let check = [
        ("held_on", "2026-11-12"),
        ("way", "visit"),
        ("usage", "fine"),
        ("note", "【デモ】軒下で使えている"),
        ("sure", "1"),
    ];
    let photo = crate::loans_photos::jpeg(40, 30, [0, 90, 0]);
    let path = format!("{loan}/check");
    let (status, _, page) = centre.upload(&path, &check, &[photo]).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let router = web::router(centre.app.clone());
    let family = session(&centre.app, Role::Family, None, Some(&number)).await;
    let file = format!("/plans/{number}/disclosure.json");
    let json = words(ask(&router, "GET", &file, &family, "").await).await;
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    let part = |title: &str| {
        let parts = json["parts"].as_array().expect("parts");
        let found = parts.iter().find(|part| part["title"] == title);
        found.unwrap_or_else(|| panic!("{title}: {json}"))["content"].clone()
    };
    let checks = part("貸与した発電機の年1回の確認");
    assert_eq!(checks[0]["held_on"], "2026-11-12");
    assert_eq!(checks[0]["check_note"], "【デモ】軒下で使えている");
    assert_eq!(checks[0]["struck"], false);
    let photos = part("確認のときの写真");
    let photos = photos.as_array().expect("photos");
    assert_eq!(photos.len(), 1);
    let picture = photos[0]["picture"].as_str().expect("a picture");
    assert!(
        picture.starts_with("data:image/jpeg;base64,/9j/"),
        "{picture}"
    );
    let bytes = photos[0]["bytes"].as_u64().expect("its size");
    let letters = picture.len() - "data:image/jpeg;base64,".len();
    assert_eq!(letters as u64, bytes.div_ceil(3) * 4);
    // To look at, the picture is one.
    let page = format!("/plans/{number}/disclosure");
    let page = words(ask(&router, "GET", &page, &family, "").await).await;
    assert!(
        page.contains("<img src=\"data:image/jpeg;base64,/9j/"),
        "{page}"
    );
}

async fn a_message_calls_its_field_as_its_form_does(db: Database) {
    let centre = Centre::new(&db).await;
    let unit = centre.unit("A-1").await;
    let loan = centre.approved("【デモ】光").await;
    let form = format!("on=2026-11-03&unit={unit}&{KIT}&co_explained=1");
    centre.done(&loan, "hand-over", &form).await;
    let spare = centre.unit("A-2").await;
    let lend = format!("/units/{spare}/lend");
    let lent = |on: &str, number: &str, until: &str| {
        format!("number={number}&on={on}&return_on={until}&{KIT}&co_explained=1")
    };
    let own = loan.trim_start_matches("/loans/");
    for (path, form, said) in [
        (&lend, lent("2026-11-22", own, "2026-12-01"), "渡した日: "),
        (
            &lend,
            lent("2026-11-20", "X-9", "2026-12-01"),
            "お子さんの整理番号: ",
        ),
        (
            &lend,
            lent("2026-11-20", own, "2026-11-01"),
            "返してもらう日: ",
        ),
        (
            &format!("{loan}/plan"),
            "on=2026-11-22".to_owned(),
            "計画の申請日: ",
        ),
        (
            &format!("{loan}/progress"),
            "said_on=2026-11-06&way=letter&answer=other&said_words=".to_owned(),
            "市町村の言葉・担当者など: ",
        ),
    ] {
        let (status, _, page) = centre.post(path, &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}: {page}");
        let (_, alert) = page.split_once("role=\"alert\" id=\"said\">").expect("why");
        let (alert, _) = alert.split_once("</p>").expect("its end");
        assert!(alert.starts_with(said), "{said}: {alert}");
    }
}
