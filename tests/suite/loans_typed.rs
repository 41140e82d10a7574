//! What a new user types: figures in full width, marks that nobody sees, a number in
//! small letters, a child that is on record, a town of another prefecture; and what an
//! empty list says to whom.

use axum::http::StatusCode;
use tomoshibi::domain::access::Role;

use crate::{
    access::session,
    demo,
    loans::{Centre, KIT},
    loans_import::{cp932, import_ledger, page},
    support::engines::Database,
};

crate::on_every_engine!(
    figures_are_read_in_full_width_with_their_unit,
    marks_that_nobody_sees_are_refused_in_forms_and_taken_out_of_ledgers,
    an_emergency_loan_finds_a_number_in_any_case_and_width,
    a_child_that_is_on_record_is_named_with_its_number_and_a_link,
    a_town_is_shown_by_name_and_one_outside_the_prefecture_is_evidence,
    an_empty_list_leads_each_role_to_what_it_can_do,
    names_that_are_known_are_suggested,
);

const CHILD: &str = "name=【デモ】光&born=2026-06-01&on=2026-11-10";

async fn figures_are_read_in_full_width_with_their_unit(db: Database) {
    let centre = Centre::new(&db).await;
    let form = format!("{CHILD}&town=人吉市&minutes_off=99999");
    let (status, _, page) = centre.post("/loans/new", &form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("1日は1440分") && page.contains("value=\"99999\""),
        "{page}"
    );
    let form = format!("{CHILD}&town=人吉市&minutes_off=２０分");
    let (status, loan, page) = centre.post("/loans/new", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("外せるのは20分まで"), "{page}");
}

async fn marks_that_nobody_sees_are_refused_in_forms_and_taken_out_of_ledgers(db: Database) {
    let centre = Centre::new(&db).await;
    let turned = "name=【デモ】光%E2%80%AEりか&born=2026-06-01&on=2026-11-10";
    let (status, _, page) = centre.post("/loans/new", turned).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("目に見えない制御文字") && page.contains("打ち直してください"),
        "{page}"
    );
    // A form whose page does not say it itself is answered too.
    let (status, _, page) = centre.post("/children/search", "words=光%E2%80%8B").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("目に見えない文字が入っています"), "{page}");
    // A variant of a kanji stays.
    let variant = "name=【デモ】葛%F3%A0%84%80城&born=2026-06-01&on=2026-11-10";
    let (status, loan, page) = centre.post("/loans/new", variant).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("葛\u{e0100}城"), "{page}");

    let ledger = "氏名,生年月日,市町村,利用申請日\r\n【デモ】向\u{202e}き,R7.6.1,人吉市,R8.4.1\r\n";
    for _ in 0..2 {
        let report = import_ledger(&centre.app, ledger.as_bytes(), false).await;
        assert_eq!(report.refused(), 0, "{report:?}");
        let said = report.warnings.iter().any(|note| {
            note.row == 2
                && note.reason.contains("取り除いて")
                && note.reason_en.contains("taken out")
        });
        assert!(said, "{report:?}");
    }
    let clean = "氏名,生年月日,市町村,利用申請日\r\n【デモ】向き,R7.6.1,人吉市,R8.4.1\r\n";
    let report = import_ledger(&centre.app, &cp932(clean), false).await;
    assert_eq!(
        (report.unchanged, report.warnings.len()),
        (1, 0),
        "{report:?}"
    );
}

async fn an_emergency_loan_finds_a_number_in_any_case_and_width(db: Database) {
    let (app, _) = demo::filled(&db).await;
    let cookie = session(&app, Role::Centre, None, None).await;
    let centre = Centre { app, cookie };
    let unit = centre.unit("E-1").await;
    let path = format!("/units/{unit}/lend");
    let form = |number: &str| {
        format!("number={number}&on=2026-11-21&return_on=2026-12-01&{KIT}&co_explained=1")
    };
    for (number, said) in [
        ("D-9999", "整理番号 D-9999 の登録はありません"),
        ("光", "整理番号は、英数字と - と _ です"),
    ] {
        let (status, _, page) = centre.post(&path, &form(number)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains(said), "{said}: {page}");
    }
    let (status, _, page) = centre.post(&path, &form("ｄ－０００4")).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = centre.get(&format!("/units/{unit}")).await;
    assert!(page.contains("D-0004"), "{page}");
}

async fn a_child_that_is_on_record_is_named_with_its_number_and_a_link(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = centre.enquiry("【デモ】光").await;
    let number = loan.trim_start_matches("/loans/");
    let link = format!("href=\"{loan}\"");
    for form in [
        CHILD.to_owned(),
        format!("{CHILD}&number={}", number.to_lowercase()),
    ] {
        let (status, _, page) = centre.post("/loans/new", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let said = page.split("id=\"said\"").nth(1).expect("a word");
        let said = said.split("</p>").next().expect("its end");
        assert!(said.contains(&link), "{form}: {said}");
    }
    let (_, _, page) = centre.post("/loans/new", CHILD).await;
    assert!(
        page.contains(&format!("整理番号 {number} ですでに登録")),
        "{page}"
    );
    // Of a child whom the centre does not see neither number nor link is told: with
    // name and birthday the number opens the record.
    let sheet = "整理番号,市町村,氏名,生年月日\nX-0001,43203,【デモ】灯,2026-06-02\n";
    crate::retention::import_text(&centre.app, sheet).await;
    let form = "name=【デモ】灯&born=2026-06-02&on=2026-11-10";
    let (status, _, page) = centre.post("/loans/new", form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("すでに登録されています"), "{page}");
    assert!(!page.contains("X-0001"), "{page}");
}

async fn a_town_is_shown_by_name_and_one_outside_the_prefecture_is_evidence(db: Database) {
    let centre = Centre::new(&db).await;
    // An account of a municipality says whose prefecture this is.
    session(&centre.app, Role::Municipality, Some("43203"), None).await;
    let form = format!("{CHILD}&town=人吉市&hospital_inside=yes");
    let (status, loan, page) = centre.post("/loans/new", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = centre.get(&loan).await;
    assert!(
        page.contains(
            "name=\"town\" maxlength=\"200\" list=\"towns\" autocomplete=\"off\" value=\"人吉市\""
        ),
        "{page}"
    );
    assert!(page.contains("住まいが県内かどうかを"), "{page}");
    let outside = "town=高知市&hospital_inside=yes";
    centre.done(&loan, "facts", outside).await;
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("（高知県高知市）は県外です"), "{page}");
    let answered = "town=高知市&hospital_inside=yes&home_inside=yes";
    centre.done(&loan, "facts", answered).await;
    let (_, page) = centre.get(&loan).await;
    assert!(
        page.contains("住まいは県内になると答えがあります"),
        "{page}"
    );
}

async fn an_empty_list_leads_each_role_to_what_it_can_do(db: Database) {
    let app = demo::app(&db).await;
    for (role, town, said) in [
        (Role::Centre, None, "href=\"/loans/new\""),
        (
            Role::Municipality,
            Some("43203"),
            "管理者に取り込みを頼んで",
        ),
        (Role::Coordinator, None, "市町村におたずねください"),
    ] {
        let cookie = session(&app, role, town, None).await;
        let list = page(&app, &cookie, "/children").await;
        let empty = list.split("<p class=\"empty\">").nth(1).expect("a word");
        let empty = empty.split("</p>").next().expect("its end");
        assert!(empty.contains(said), "{role:?}: {empty}");
        assert!(!empty.contains("tomoshibi import"), "{role:?}: {empty}");
    }
}

async fn names_that_are_known_are_suggested(db: Database) {
    let centre = Centre::new(&db).await;
    session(&centre.app, Role::Municipality, Some("43203"), None).await;
    let (_, units) = centre.get("/units").await;
    assert!(
        units.contains("list=\"models\"") && units.contains("<option value=\"EU18i\">"),
        "{units}"
    );
    let (_, new) = centre.get("/loans/new").await;
    assert!(
        new.contains("<option value=\"人吉市\">") && !new.contains("<option value=\"高知市\">"),
        "{new}"
    );
}
