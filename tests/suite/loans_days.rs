//! Days that cannot be right, days that ask for a second look, and what else a
//! form of the programme is told before it is too late.

use axum::http::StatusCode;

use crate::{
    loans::{Centre, KIT},
    support::engines::Database,
};

crate::on_every_engine!(
    a_day_that_cannot_be_is_refused_and_an_unusual_one_asked_about,
    days_of_a_loan_that_runs_are_asked_about_and_not_refused,
    a_unit_is_on_record_once_whatever_its_marks,
    a_check_that_failed_is_due_on_its_own_page_too,
    what_the_catalogue_says_stands_where_a_unit_is_chosen,
);

const ENQUIRY: &str = "name=【デモ】光&town=43203";

async fn a_day_that_cannot_be_is_refused_and_an_unusual_one_asked_about(db: Database) {
    let centre = Centre::new(&db).await;
    for (days, why) in [
        (
            "born=2026-11-22&on=2026-11-21",
            "生年月日: その日はまだ来ていません",
        ),
        ("born=1900-01-01&on=2026-11-21", "生年月日: 100年以上前"),
        ("born=2026-06-01&on=2026-05-01", "生まれる前"),
        (
            "born=2026-06-01&on=2026-11-01&discharged_on=2026-05-01",
            "退院した日: お子さんが生まれる前",
        ),
        (
            "born=2026-06-01&on=2026-11-01&discharged_on=2026-12-01",
            "退院の予定日」に入れて",
        ),
        (
            "born=2026-06-01&on=2026-11-01&discharge_planned_on=2026-05-01",
            "退院の予定日: お子さんが生まれる前",
        ),
    ] {
        // It cannot be, and nobody can say that it is.
        let form = format!("{ENQUIRY}&{days}&sure=1");
        let (status, _, page) = centre.post("/loans/new", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{days}");
        assert!(page.contains(why), "{why}: {page}");
        assert!(!page.contains("name=\"sure\""), "{days}: {page}");
    }
    let form = format!("{ENQUIRY}&born=2026-06-01&on=2026-11-01&discharge_planned_on=2029-01-01");
    let (status, _, page) = centre.post("/loans/new", &form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("2年以上先"), "{page}");
    assert!(page.contains("name=\"sure\""), "it is asked: {page}");
    assert!(
        page.contains("value=\"2029-01-01\""),
        "what was typed stays"
    );
    let (status, loan, page) = centre.post("/loans/new", &format!("{form}&sure=1")).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    // The same where the facts are changed.
    let (status, page) = centre.act(&loan, "facts", "discharged_on=2026-05-01").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("生まれる前"), "{page}");
    let (status, page) = centre
        .act(&loan, "facts", "discharge_planned_on=2029-01-02")
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("name=\"sure\""), "{page}");
    let sure = "discharge_planned_on=2029-01-02&sure=1";
    centre.done(&loan, "facts", sure).await;

    let bought = |day: &str| format!("model=EU18i&serial=D-1&bought_on={day}");
    for (day, why) in [
        ("2026-11-22", "購入日: その日はまだ来ていません"),
        ("1900-01-01", "購入日: 100年以上前"),
        ("2000-01-01", "20年以上前"),
    ] {
        let (status, _, page) = centre.post("/units", &bought(day)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{day}");
        assert!(page.contains(why), "{page}");
    }
    let sure = format!("{}&sure=1", bought("2000-01-01"));
    let (status, _, page) = centre.post("/units", &sure).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
}

/// A loan of a unit that was handed over on the third of November.
async fn lent(centre: &Centre) -> String {
    lent_to(centre, "【デモ】光").await
}

async fn lent_to(centre: &Centre, name: &str) -> String {
    let unit = centre.unit("P-1").await;
    let loan = centre.approved(name).await;
    // Before the decision nothing is handed over.
    let bedside = |on: &str| format!("on={on}&unit={unit}&{KIT}&co_explained=1");
    let (status, page) = centre.act(&loan, "hand-over", &bedside("2026-11-01")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("一つ前の手続きの日より前"), "{page}");
    centre
        .done(&loan, "hand-over", &bedside("2026-11-03"))
        .await;
    loan
}

async fn days_of_a_loan_that_runs_are_asked_about_and_not_refused(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = lent(&centre).await;
    // The five years end on 2031-11-03.
    for (act, form, why) in [
        (
            "return",
            "on=2026-11-21&return_on=2032-03-01&why=moved",
            "貸与の終わりより後",
        ),
        (
            "extend",
            "on=2026-11-21&until=2032-11-04&approver=【デモ】県&note=【デモ】",
            "12か月を超える延長",
        ),
        (
            "check",
            "held_on=2026-11-12&way=visit&usage=fine&fuel_on=2010-01-01",
            "8年以上前",
        ),
    ] {
        let (status, page) = centre.act(&loan, act, form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
        assert!(page.contains(why), "{act}: {page}");
        assert_eq!(page.matches("name=\"sure\"").count(), 1, "{act}: {page}");
        let form = format!("{form}&sure=1");
        centre.done(&loan, act, &form).await;
        if act == "return" {
            let back = "step=cancel_return&on=2026-11-21&note=【デモ】";
            centre.done(&loan, "step", back).await;
        }
    }
    // Up to a year nothing is asked, and before what there is nothing can be.
    let longer = |until: &str| format!("on=2026-11-21&until={until}&approver=【デモ】県&note=x");
    let (status, page) = centre.act(&loan, "extend", &longer("2032-11-04")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.contains("name=\"sure\""), "{page}");
    centre.done(&loan, "extend", &longer("2033-11-04")).await;
    for (form, why) in [
        ("fuel_on=2026-11-13", "確認した日より後"),
        ("fuel_on=2026-11-22", "まだ来ていません"),
        ("fuel_on=1900-01-01", "100年以上前"),
    ] {
        let form = format!("held_on=2026-11-12&way=visit&usage=fine&sure=1&{form}");
        let (status, page) = centre.act(&loan, "check", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(page.contains(why), "{why}: {page}");
    }
    // An emergency that is long ago, or long.
    let number = loan.trim_start_matches("/loans/");
    let spare = centre.unit("P-2").await;
    let path = format!("/units/{spare}/lend");
    let lend = |on: &str, until: &str| {
        format!("number={number}&on={on}&return_on={until}&{KIT}&co_explained=1")
    };
    for (on, until, why) in [
        ("2026-05-31", "2026-12-01", "生まれる前"),
        ("2026-10-01", "2026-12-01", "1か月以上前"),
        ("2026-11-20", "2027-06-01", "3か月以上先"),
    ] {
        let (status, _, page) = centre.post(&path, &lend(on, until)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{on} {until}");
        assert!(page.contains(why), "{why}: {page}");
    }
    let long = format!("{}&sure=1", lend("2026-11-20", "2027-06-01"));
    let (status, _, page) = centre.post(&path, &long).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let said = format!("{loan}/progress");
    let early = "said_on=2026-05-31&way=letter&answer=not_on_roster";
    let (status, _, page) = centre.post(&said, early).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("生まれる前"), "{page}");
}

async fn a_unit_is_on_record_once_whatever_its_marks(db: Database) {
    let centre = Centre::new(&db).await;
    centre.unit("EAAJ-1000123").await;
    for same in [
        "EAAJ1000123",
        "eaaj-1000123",
        "ＥＡＡＪ　１０００１２３",
        "EAAJー1000123",
    ] {
        let form = format!("model=EU18i&serial={same}");
        let (status, _, page) = centre.post("/units", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{same}");
        assert!(page.contains("すでに登録されています"), "{page}");
    }
    centre.unit("EAAJ-1000124").await;
}

async fn a_check_that_failed_is_due_on_its_own_page_too(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = lent(&centre).await;
    let link = format!("{loan}?do=exchange#do-exchange");
    let (_, page) = centre.get(&loan).await;
    assert!(!page.contains(&link), "nothing has failed: {page}");
    let fails = "held_on=2026-11-12&way=visit&usage=fine&condition=fails&eligible=fine";
    centre.done(&loan, "check", fails).await;
    let (_, page) = centre.get(&loan).await;
    let due = page
        .split_once("<ul class=\"dues\">")
        .expect("what is due")
        .1;
    let first = due.split_once("</li>").expect("a line").0;
    for said in ["確認で不合格（交換する）", "2026-11-12", "期限切れ", &link] {
        assert!(first.contains(said), "{said}: {first}");
    }
    let (_, desk) = centre.get("/loans").await;
    assert!(desk.contains(&link), "as on the desk: {desk}");
    // It goes when something is done about it.
    let spare = centre.unit("P-2").await;
    let form = format!("on=2026-11-13&unit={spare}&note=始動しない&{KIT}");
    centre.done(&loan, "exchange", &form).await;
    let (_, page) = centre.get(&loan).await;
    assert!(!page.contains(&link), "{page}");
}

async fn what_the_catalogue_says_stands_where_a_unit_is_chosen(db: Database) {
    let centre = Centre::new(&db).await;
    let unit = async |model: &str, serial: &str| {
        let form = format!("model={model}&serial={serial}");
        let (status, to, page) = centre.post("/units", &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        to
    };
    unit("EU18i", "A-1").await;
    unit("900 W class", "A-2").await;
    let odd = unit("謎の発電機", "A-3").await;
    let loan = centre.approved("【デモ】光").await;
    let hand_over = format!("{loan}/hand-over");
    for path in [hand_over.as_str(), "/units"] {
        let (status, page) = centre.get(path).await;
        assert_eq!(status, StatusCode::OK);
        for said in [
            "（定格 1,800 VA・正弦波）",
            "（カタログにない機種）",
            "定格 1,800 VA ・ 正弦波 ・ ガソリン",
            "メーカー資料との照合は未確認",
            "正弦波かどうか未確認です",
            "カタログにない機種です。定格・正弦波・燃料は未確認です",
        ] {
            assert!(page.contains(said), "{path} {said}: {page}");
        }
    }
    // Where a unit is lent for an emergency, and where one is exchanged.
    let (_, page) = centre.get(&odd).await;
    assert!(page.contains("PWR-04"), "{page}");
    let lent = lent_to(&centre, "【デモ】陽").await;
    let (_, page) = centre.get(&lent).await;
    assert!(page.contains("（定格 1,800 VA・正弦波）"), "{page}");
}
