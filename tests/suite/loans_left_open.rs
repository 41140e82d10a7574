//! What a hand-over or a check has left open stays in sight until it is done.

use axum::http::StatusCode;

use crate::{
    loans::{Centre, KIT},
    loans_papers::pdf,
    support::engines::Database,
};

crate::on_every_engine!(
    a_check_that_failed_stays_on_the_desk_until_the_unit_is_exchanged,
    what_was_left_open_at_the_bedside_is_done_later,
    what_the_municipality_hears_of_the_loan_is_the_familys_to_say,
    an_application_from_before_the_enquiry_counts_and_one_from_before_the_birth_is_none,
    a_loan_is_not_ended_by_one_press,
    a_spare_unit_goes_to_a_child_whose_plan_the_centre_does_not_read,
    a_child_that_is_on_record_is_not_put_there_twice,
);

/// A child with a unit; the rest of the form of the hand-over is `bedside`.
async fn lent(centre: &Centre, serial: &str, bedside: &str) -> String {
    let unit = centre.unit(serial).await;
    let loan = centre.approved("【デモ】光").await;
    let form = format!("on=2026-11-03&unit={unit}&co_explained=1&{bedside}");
    centre.done(&loan, "hand-over", &form).await;
    loan
}

async fn a_check_that_failed_stays_on_the_desk_until_the_unit_is_exchanged(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = lent(&centre, "A-1", KIT).await;
    let check = "held_on=2026-11-12&way=visit&usage=fine&condition=fails&eligible=fine";
    centre.done(&loan, "check", check).await;
    let link = format!("{loan}?do=exchange#do-exchange");
    let (_, desk) = centre.get("/loans").await;
    assert!(
        desk.contains(&link) && desk.contains("確認で不合格"),
        "{desk}"
    );
    // Without a unit in stock nothing else is offered, and the line stays.
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("期限の一覧に残ります"), "{page}");
    let spare = centre.unit("A-2").await;
    let exchange = format!("on=2026-11-13&unit={spare}&{KIT}&note=【デモ】始動しない");
    centre.done(&loan, "exchange", &exchange).await;
    let (_, desk) = centre.get("/loans").await;
    assert!(!desk.contains(&link), "{desk}");
    // Of the other unit nobody has looked at the switch.
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("周波数（50/60Hz）の切替をまだ"), "{page}");
}

async fn what_was_left_open_at_the_bedside_is_done_later(db: Database) {
    let centre = Centre::new(&db).await;
    let some = "kit=cord&kit=oil&kit=co_alarm&kit=manual&kit_note=【デモ】燃料缶は後日";
    let loan = lent(&centre, "A-1", some).await;
    let (_, page) = centre.get(&loan).await;
    let open = [
        "まだ渡していない付属品",
        "燃料缶",
        "合言葉がまだ",
        "置き場所をまだ",
    ];
    for point in open {
        assert!(page.contains(point), "{point}: {page}");
    }
    // A frequency that the region does not have, and a name as the pass-phrase.
    for (wrong, why) in [
        ("frequency=50", "この地域は"),
        ("pass_phrase=【デモ】光の森", "名前・住所とは関係のない言葉"),
    ] {
        let (status, page) = centre.act(&loan, "complete", wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(page.contains(why) || page.contains("60 Hz"), "{page}");
    }
    let later =
        "kit=fuel_can&started=1&place=【デモ】軒下&frequency=60&pass_phrase=ひまわり&consent=no";
    centre.done(&loan, "complete", later).await;
    let (_, page) = centre.get(&loan).await;
    assert!(!page.contains("まだ渡していない付属品"), "{page}");
    assert!(
        !page.contains("引渡しで未了のこと"),
        "nothing is open: {page}"
    );
}

async fn what_the_municipality_hears_of_the_loan_is_the_familys_to_say(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = lent(&centre, "A-1", &format!("{KIT}&consent=no")).await;
    let paper = format!("{loan}/papers/application");
    let text = pdf(&centre, &paper).await;
    assert!(!text.contains("貸与を受けた日"), "{text}");
    centre.done(&loan, "complete", "consent=yes").await;
    let text = pdf(&centre, &paper).await;
    assert!(text.contains("貸与を受けた日"), "{text}");
    // What a doctor has to agree to is on no paper without it.
    let text = pdf(&centre, &format!("{loan}/papers/power-cut")).await;
    assert!(!text.contains("人工鼻"), "{text}");
}

async fn an_application_from_before_the_enquiry_counts_and_one_from_before_the_birth_is_none(
    db: Database,
) {
    let centre = Centre::new(&db).await;
    let loan = lent(&centre, "A-1", KIT).await;
    let (status, page) = centre.act(&loan, "plan", "on=2020-01-01").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("生まれる前の日"), "{page}");
    centre.done(&loan, "plan", "on=2026-10-20").await;
    let (_, page) = centre.get(&loan).await;
    assert!(
        page.contains("2026-10-20") && !page.contains("2027-04-30"),
        "{page}"
    );
}

async fn a_loan_is_not_ended_by_one_press(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = lent(&centre, "A-1", KIT).await;
    let (status, _) = centre.act(&loan, "step", "step=stop&on=2026-11-04").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, stuck) = centre.get("/loans/stuck").await;
    assert!(stuck.contains("【デモ】光"), "{stuck}");
    let said = "step=stop&on=2026-11-04&note=【デモ】ご家族から連絡";
    centre.done(&loan, "step", said).await;
    // Then everything is quiet, the list of plans too.
    let (_, stuck) = centre.get("/loans/stuck").await;
    assert!(!stuck.contains("【デモ】光"), "{stuck}");
}

async fn a_spare_unit_goes_to_a_child_whose_plan_the_centre_does_not_read(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let cookie =
        crate::access::session(&app, tomoshibi::domain::access::Role::Centre, None, None).await;
    let centre = Centre { app, cookie };
    let unit = centre.unit("E-1").await;
    // A child without a plan, of whom the centre knows that there is one.
    let form = format!("number=D-0004&on=2026-11-21&return_on=2026-12-01&{KIT}&co_explained=1");
    let (status, _, page) = centre.post(&format!("/units/{unit}/lend"), &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
}

async fn a_child_that_is_on_record_is_not_put_there_twice(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = centre.enquiry("【デモ】光").await;
    let withdrawn = "step=withdraw&on=2026-11-02&note=【デモ】";
    centre.done(&loan, "step", withdrawn).await;
    // A second enquiry goes by the number of the first.
    let again = "name=【デモ】 光&born=2026-06-01&on=2026-11-10";
    let (status, _, page) = centre.post("/loans/new", again).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("すでに登録されています"), "{page}");
    let number = loan.trim_start_matches("/loans/");
    let (status, to, page) = centre
        .post("/loans/new", &format!("{again}&number={number}"))
        .await;
    assert_eq!(
        (status, to.as_str()),
        (StatusCode::SEE_OTHER, loan.as_str()),
        "{page}"
    );
}
