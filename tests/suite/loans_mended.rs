//! A child of the centre whose record is corrected, who waits for a unit, and whose
//! plan is no longer the centre's to follow.

use axum::http::StatusCode;
use tomoshibi::{domain::access::Role, web};

use crate::{
    access::{ask, session, words},
    loans::{Centre, KIT},
    support::engines::Database,
};

crate::on_every_engine!(
    a_child_of_the_centre_is_corrected_and_found_by_its_new_name,
    a_correction_that_makes_two_alike_or_lies_after_a_step_is_refused,
    a_child_that_its_municipality_keeps_is_corrected_there,
    who_waits_for_a_unit_stands_on_the_desk_the_longest_first,
    a_plan_is_not_followed_from_the_moment_that_the_loan_is_over,
    an_agreed_day_of_return_is_that_day_also_on_a_holiday,
    a_consent_that_is_taken_back_ends_what_the_municipality_sees,
    what_a_check_has_found_can_be_read_again,
    a_unit_to_be_fetched_says_whom_to_ask,
);

fn corrected(name: &str, born: &str) -> String {
    format!(
        "name={name}&kana=あかり&born={born}&guardian=【デモ】父&telephone=090-0000-0303\
         &address=【デモ】新しい住所&town=43203"
    )
}

async fn a_child_of_the_centre_is_corrected_and_found_by_its_new_name(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = centre.enquiry("【デモ】光").await;
    let path = format!("{loan}/correct");
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains(&path), "{page}");
    let (status, page) = centre.get(&path).await;
    assert_eq!(status, StatusCode::OK);
    for word in [
        "value=\"【デモ】光\"",
        "value=\"ひかり\"",
        "value=\"2026-06-01\"",
    ] {
        assert!(page.contains(word), "{word}: {page}");
    }
    centre
        .done(&loan, "correct", &corrected("【デモ】明", "2026-06-02"))
        .await;
    let (_, page) = centre.get(&path).await;
    for word in [
        "【デモ】明",
        "あかり",
        "2026-06-02",
        "090-0000-0303",
        "新しい住所",
    ] {
        assert!(page.contains(word), "{word}: {page}");
    }
    // What decides on eligibility stays as it was.
    let (_, page) = centre.get(&loan).await;
    assert!(
        page.contains("【デモ】病院") && !page.contains("【デモ】光"),
        "{page}"
    );
    // It sorts by its new reading, before one that it came after.
    let other = "name=【デモ】第三&kana=うみ&born=2026-05-01&on=2026-11-01";
    let (status, _, page) = centre.post("/loans/new", other).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = centre.get("/loans/running").await;
    let (first, second) = (page.find("【デモ】明"), page.find("【デモ】第三"));
    assert!(first.is_some() && first < second, "{page}");
    // A page that is out of date changes nothing.
    let form = format!("{}&revision=1", corrected("【デモ】古", "2026-06-02"));
    let (status, _, page) = centre.post(&path, &form).await;
    assert_eq!(status, StatusCode::CONFLICT, "{page}");
    // The trail says that it was corrected, and nothing of what was there.
    let auditor = session(&centre.app, Role::Auditor, None, None).await;
    let router = web::router(centre.app.clone());
    let trail = words(ask(&router, "GET", "/audit", &auditor, "").await).await;
    assert!(
        trail.contains("センターのお子さんの登録を直した"),
        "{trail}"
    );
    for word in ["【デモ】光", "【デモ】明", "2026-06-01"] {
        assert!(!trail.contains(word), "{word}: {trail}");
    }
}

async fn a_correction_that_makes_two_alike_or_lies_after_a_step_is_refused(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = centre.enquiry("【デモ】光").await;
    let other = "name=【デモ】 明&born=2026-06-02&on=2026-11-01";
    let (status, _, page) = centre.post("/loans/new", other).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    centre
        .done(&loan, "step", "step=apply_for_use&on=2026-11-02")
        .await;
    for (name, born, why) in [
        ("【デモ】明", "2026-06-02", "氏名・生年月日が同じになります"),
        ("【デモ】光", "2026-11-22", "まだ来ていません"),
        ("【デモ】光", "2026-11-03", "生まれる前の日"),
        ("", "2026-06-01", "お子さん"),
        ("【デモ】光", "2月30日", "生年月日"),
    ] {
        let (status, page) = centre.act(&loan, "correct", &corrected(name, born)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {born}");
        let said = page.split_once("id=\"said\"").expect("a word").1;
        let said = said.split_once("</p>").expect("its end").0;
        assert!(said.contains(why), "{why}: {said}");
        assert!(
            page.contains("090-0000-0303"),
            "what was typed stays: {page}"
        );
    }
    // Itself is no twin.
    centre
        .done(&loan, "correct", &corrected("【デモ】光", "2026-06-01"))
        .await;
}

async fn a_child_that_its_municipality_keeps_is_corrected_there(db: Database) {
    let centre = Centre::new(&db).await;
    let sheet = "整理番号,市町村,氏名,生年月日\nX-0001,43203,【デモ】光,2026-06-01\n";
    crate::retention::import_text(&centre.app, sheet).await;
    let form = "number=X-0001&name=【デモ】光&born=2026-06-01&on=2026-11-01";
    let (status, loan, page) = centre.post("/loans/new", form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains(&format!("{loan}/correct")), "{page}");
    let (_, page) = centre.get(&format!("{loan}/correct")).await;
    assert!(
        page.contains("人吉市") && page.contains("市町村が持っています"),
        "{page}"
    );
    assert!(!page.contains("name=\"born\""), "{page}");
    let revision = centre.revision(&loan).await;
    let form = format!(
        "{}&revision={revision}",
        corrected("【デモ】別", "2026-06-01")
    );
    let (status, _, page) = centre.post(&format!("{loan}/correct"), &form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("市町村に頼んでください"), "{page}");
    let (_, page) = centre.get(&loan).await;
    assert!(
        page.contains("【デモ】光") && !page.contains("【デモ】別"),
        "{page}"
    );
}

async fn who_waits_for_a_unit_stands_on_the_desk_the_longest_first(db: Database) {
    let centre = Centre::new(&db).await;
    let unit = centre.unit("A-1").await;
    let lent = centre.approved("【デモ】交換").await;
    let form = format!("on=2026-11-03&unit={unit}&{KIT}&co_explained=1");
    centre.done(&lent, "hand-over", &form).await;
    let late = centre.approved("【デモ】後から").await;
    let wait = "step=wait_for_stock&on=2026-11-13";
    centre.done(&late, "step", wait).await;
    let early = centre.approved("【デモ】先から").await;
    let wait = "step=wait_for_stock&on=2026-11-11";
    centre.done(&early, "step", wait).await;
    let (_, page) = centre.get(&lent).await;
    assert!(!page.contains("代わりの発電機を待っています"), "{page}");
    let check = "held_on=2026-11-12&way=visit&usage=fine&condition=fails&eligible=fine";
    centre.done(&lent, "check", check).await;
    // Its page says since when, and whose move it is.
    let (_, page) = centre.get(&lent).await;
    let (_, first) = page
        .split_once("代わりの発電機を待っています")
        .expect("it waits");
    let (first, _) = first.split_once("</section>").expect("its end");
    for word in ["2026-11-12", "センター", "在庫がありません"] {
        assert!(first.contains(word), "{word}: {first}");
    }
    let waits = async || {
        let (_, page) = centre.get("/loans").await;
        let part = page.split_once("発電機を待っているお子さん</h2>");
        let part = part.or_else(|| page.split_once("発電機を待っているお子さん <small>"));
        part.map(|(_, rest)| rest.split_once("</section>").expect("its end").0.to_owned())
    };
    let desk = waits().await.expect("who waits");
    let places = ["【デモ】先から", "【デモ】交換", "【デモ】後から"].map(|name| desk.find(name));
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{desk}"
    );
    assert!(
        desk.contains("在庫がありません") && !desk.contains("do=exchange"),
        "{desk}"
    );
    // A unit comes in: each line leads to what is to be done with it.
    let spare = centre.unit("A-2").await;
    let desk = waits().await.expect("who waits");
    assert!(
        desk.contains(&format!("{lent}?do=exchange#do-exchange"))
            && desk.contains(&format!("{early}/hand-over")),
        "{desk}"
    );
    let form = format!("on=2026-11-14&unit={spare}&{KIT}&co_explained=1");
    centre.done(&early, "hand-over", &form).await;
    let desk = waits().await.expect("who waits");
    assert!(
        !desk.contains("【デモ】先から") && desk.contains("【デモ】交換"),
        "{desk}"
    );
    // Nobody waits: there is no such list.
    for loan in [&late, &lent] {
        let serial = loan.replace('/', "");
        let unit = centre.unit(&serial).await;
        let form = format!("on=2026-11-15&unit={unit}&{KIT}&co_explained=1&note=x");
        let act = if loan == &lent {
            "exchange"
        } else {
            "hand-over"
        };
        centre.done(loan, act, &form).await;
    }
    assert_eq!(waits().await, None);
}

async fn a_plan_is_not_followed_from_the_moment_that_the_loan_is_over(db: Database) {
    let centre = Centre::new(&db).await;
    let unit = centre.unit("A-1").await;
    let loan = centre.approved("【デモ】光").await;
    let withdrawn = centre.enquiry("【デモ】取下げ").await;
    let form = format!("on=2026-11-03&unit={unit}&{KIT}&co_explained=1");
    centre.done(&loan, "hand-over", &form).await;
    let stuck = async || centre.get("/loans/stuck").await.1;
    let page = stuck().await;
    assert!(
        page.contains("【デモ】光") && page.contains("【デモ】取下げ"),
        "{page}"
    );
    let set = "on=2026-11-14&return_on=2026-11-30&why=moved";
    centre.done(&loan, "return", set).await;
    assert!(stuck().await.contains("【デモ】光"));
    centre
        .done(&loan, "back", &format!("on=2026-11-15&in_order=1&{KIT}"))
        .await;
    let form = "step=withdraw&on=2026-11-15";
    centre.done(&withdrawn, "step", form).await;
    let page = stuck().await;
    assert!(
        !page.contains("【デモ】光") && !page.contains("【デモ】取下げ"),
        "{page}"
    );
    // Its own page still says how far the plan is, on that day.
    let (_, page) = centre.get(&format!("{loan}/progress")).await;
    assert!(page.contains("申請前"), "{page}");
}

/// A child to whom a unit was handed over on 2026-11-03, and the unit.
async fn handed_over(centre: &Centre, consent: &str) -> (String, String) {
    let unit = centre.unit("A-1").await;
    let loan = centre.approved("【デモ】光").await;
    let bedside = format!(
        "on=2026-11-03&unit={unit}&{KIT}&co_explained=1&started=1&place=【デモ】軒下&frequency=60\
         &pass_phrase=【デモ】ひまわり&consent={consent}"
    );
    centre.done(&loan, "hand-over", &bedside).await;
    (loan, unit)
}

async fn an_agreed_day_of_return_is_that_day_also_on_a_holiday(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, _) = handed_over(&centre, "no").await;
    centre.done(&loan, "plan", "on=2026-11-10").await;
    // 憲法記念日: the family has agreed on it, and it is the day.
    let set = "on=2026-11-15&return_on=2027-05-03&why=moved";
    centre.done(&loan, "return", set).await;
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("2027-05-03"), "{page}");
    assert!(!page.contains("2027-04-30"), "{page}");
    let (_, page) = centre.get(&format!("{loan}/reminders")).await;
    assert!(
        page.contains("返却の日 <span class=\"nowrap\">期限 2027-05-03"),
        "{page}"
    );
}

async fn a_consent_that_is_taken_back_ends_what_the_municipality_sees(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, _) = handed_over(&centre, "yes").await;
    let town = session(&centre.app, Role::Municipality, Some("43203"), None).await;
    let sees = async || {
        let router = web::router(centre.app.clone());
        let list = words(ask(&router, "GET", "/children", &town, "").await).await;
        list.contains("【デモ】光")
    };
    assert!(sees().await);
    // The page says what was agreed, and takes another answer.
    let (_, page) = centre.get(&loan).await;
    assert!(
        page.contains("【デモ】ひまわり") && page.contains("do-complete"),
        "{page}"
    );
    centre.done(&loan, "complete", "consent=no").await;
    assert!(!sees().await);
    centre.done(&loan, "complete", "consent=yes").await;
    assert!(sees().await);
    // A hand-over that never was has told nobody anything.
    crate::loans_undo::undone(&centre, &loan).await;
    assert!(!sees().await);
}

async fn what_a_check_has_found_can_be_read_again(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, _) = handed_over(&centre, "no").await;
    let check = "held_on=2026-11-12&way=visit&usage=fine&condition=fine&eligible=fine\
                 &hours_run=12.5&load=350&oil=yes&fuel_on=2026-11-01&place=【デモ】物置の前";
    centre.done(&loan, "check", check).await;
    let (_, page) = centre.get(&loan).await;
    for found in [
        "<b>12.5</b>",
        "<b>350</b>",
        "<b>2026-11-01</b>",
        "【デモ】物置の前",
    ] {
        assert!(page.contains(found), "{found}: {page}");
    }
}

async fn a_unit_to_be_fetched_says_whom_to_ask(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, unit) = handed_over(&centre, "no").await;
    let (status, page) = centre.act(&loan, "step", "step=stop&on=2026-11-04").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("どなたから連絡があったか"), "{page}");
    let stop = "step=stop&on=2026-11-04&note=【デモ】病院から";
    centre.done(&loan, "step", stop).await;
    let path = format!("/units/{unit}");
    let (_, page) = centre.get(&path).await;
    assert!(
        page.contains("090-0000-0202") && page.contains("【デモ】母"),
        "{page}"
    );
    // Once it is back, nobody is asked any more.
    let (status, _, said) = centre
        .post(
            &format!("{path}/back"),
            &format!("on=2026-11-10&in_order=1&{KIT}"),
        )
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    let (_, page) = centre.get(&path).await;
    assert!(!page.contains("090-0000-0202"), "{page}");
}
