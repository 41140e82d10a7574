//! The papers that the centre prints for a loan, and the labels of its units.

use axum::{
    body::Body,
    http::{Response, StatusCode, header},
};
use tomoshibi::{
    domain::{access::Role, id::CaseNumber},
    web,
};

use crate::{
    access::{ask, session},
    loans::{Centre, KIT},
    support::engines::Database,
};

crate::on_every_engine!(
    a_hand_over_ends_with_its_three_papers,
    a_paper_fits_where_the_loan_stands_and_is_told_otherwise,
    a_protected_address_stands_on_no_paper,
    what_was_printed_for_whom_is_in_the_trail,
    borrowers_and_applicants_are_invited_as_one_and_others_are_not,
    a_character_without_a_glyph_is_told_before_it_prints,
    labels_are_of_the_chosen_units_and_lead_back_after_the_sign_in,
    what_hangs_on_a_unit_is_told_at_the_hand_over_and_on_its_paper,
);

/// What a request answers as a PDF: its text without white space.
pub async fn pdf(centre: &Centre, path: &str) -> String {
    let router = web::router(centre.app.clone());
    let answer = ask(&router, "GET", path, &centre.cookie, "").await;
    text_of(answer, path).await
}

/// The text of a PDF without white space.
pub async fn text_of(answer: Response<Body>, path: &str) -> String {
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    let kind = answer.headers().get(header::CONTENT_TYPE);
    assert_eq!(kind.expect("a type"), "application/pdf", "{path}");
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), bytes.expect("a body")).expect("it is written");
    let text = std::process::Command::new("pdftotext")
        .args(["-raw".as_ref(), file.path().as_os_str(), "-".as_ref()])
        .output()
        .expect("pdftotext is there: install Debian's package poppler-utils");
    let text = String::from_utf8(text.stdout).expect("UTF-8");
    let text = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{200b}');
    text.collect()
}

async fn lent(centre: &Centre, name: &str, serial: &str) -> String {
    let unit = centre.unit(serial).await;
    let loan = centre.approved(name).await;
    let form = format!(
        "on=2026-11-03&unit={unit}&{KIT}&co_explained=1&frequency=60&place=【デモ】北の軒下"
    );
    centre.done(&loan, "hand-over", &form).await;
    loan
}

async fn a_hand_over_ends_with_its_three_papers(db: Database) {
    let centre = Centre::new(&db).await;
    let unit = centre.unit("A-1").await;
    let loan = centre.approved("【デモ】光").await;
    let revision = centre.revision(&loan).await;
    let form = format!(
        "on=2026-11-03&unit={unit}&{KIT}&co_explained=1&place=【デモ】北の軒下&revision={revision}"
    );
    let (status, to, page) = centre.post(&format!("{loan}/hand-over"), &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert_eq!(to, format!("{loan}?handed=1#papers"));
    let (_, page) = centre.get(&format!("{loan}?handed=1")).await;
    let (papers, due) = (page.find("3枚をまとめて開く"), page.find("class=\"dues\""));
    assert!(
        papers.is_some() && papers < due,
        "the papers stand on top: {page}"
    );
    for paper in ["receipt", "application", "power-cut"] {
        assert!(
            page.contains(&format!("{loan}/papers/{paper}")),
            "{paper}: {page}"
        );
    }
    let all = pdf(&centre, &format!("{loan}/papers/hand-over")).await;
    // Each of the three, with what is on record.
    for found in [
        "借受書・貸与条件",
        "個別避難計画作成申請書",
        "人吉市長",
        "【デモ】光",
        "A-1",
        "令和8年11月3日",
        // The last open day of six months, and of five years: before holidays.
        "令和9年4月30日（金）",
        "令和13年10月31日",
        "【デモ】北の軒下",
    ] {
        assert!(all.contains(found), "{found}: {all}");
    }
    assert!(all.contains("保護者：【デモ】母"), "{all}");
}

async fn a_paper_fits_where_the_loan_stands_and_is_told_otherwise(db: Database) {
    let centre = Centre::new(&db).await;
    // Nobody has said who the guardian is: nothing is put in its place.
    let form = "name=【デモ】光&born=2026-06-01&on=2026-11-01";
    let (_, loan, _) = centre.post("/loans/new", form).await;
    let ask_for = |paper: &'static str| {
        let path = format!("{loan}/papers/{paper}");
        let centre = &centre;
        async move { centre.get(&path).await }
    };
    let (status, page) = ask_for("receipt").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("相談中"), "{page}");
    assert_eq!(ask_for("no-paper").await.0, StatusCode::NOT_FOUND);
    centre
        .done(&loan, "step", "step=apply_for_use&on=2026-11-02")
        .await;
    let refuse = "step=refuse_use&on=2026-11-04&note=【デモ】市の制度が使えるため";
    centre.done(&loan, "step", refuse).await;
    let text = pdf(&centre, &format!("{loan}/papers/use-refusal")).await;
    for found in [
        "【デモ】市の制度が使えるため",
        "令和8年11月2日",
        "令和8年11月4日",
        "＿＿＿＿＿＿＿＿様",
    ] {
        assert!(text.contains(found), "{found}: {text}");
    }
    assert_eq!(ask_for("use-decision").await.0, StatusCode::CONFLICT);

    let loan = lent(&centre, "【デモ】二", "B-1").await;
    let (status, _) = centre.get(&format!("{loan}/papers/return-request")).await;
    assert_eq!(status, StatusCode::CONFLICT, "no day of return is set");
    let set = "on=2026-11-14&return_on=2026-11-30&why=moved";
    centre.done(&loan, "return", set).await;
    let text = pdf(&centre, &format!("{loan}/papers/return-request")).await;
    for found in [
        "令和8年11月30日（月）",
        "県外へ転居",
        "B-1",
        "令和8年11月3日",
    ] {
        assert!(text.contains(found), "{found}: {text}");
    }
    // After a death nothing goes out.
    centre
        .done(&loan, "step", "step=stop&on=2026-11-20&note=【デモ】")
        .await;
    let (status, _) = centre.get(&format!("{loan}/papers/return-request")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (_, page) = centre.get(&loan).await;
    assert!(!page.contains("/papers/"), "{page}");
}

async fn a_protected_address_stands_on_no_paper(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = lent(&centre, "【デモ】光", "A-1").await;
    let revision = centre.revision(&loan).await;
    let facts = format!("address=【デモ】隠し町1-2&town=43203&revision={revision}");
    let (status, _, page) = centre.post(&format!("{loan}/facts"), &facts).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let paper = format!("{loan}/papers/hand-over");
    assert!(pdf(&centre, &paper).await.contains("隠し町"));
    let number = CaseNumber::parse(loan.trim_start_matches("/loans/")).expect("a number");
    let (_, by) =
        crate::access::session_and_account(&centre.app, Role::Municipality, Some("43203"), None)
            .await;
    let mut tx = centre.app.store.begin().await.expect("a unit of work");
    let case = tx.case_of_number(&number).await.expect("a look-up");
    let (id, now) = (centre.app.ids.next(), centre.app.clock.now());
    tx.protect_address(case.expect("a case"), id, by, now)
        .await
        .expect("it is protected");
    tx.commit().await.expect("it is kept");
    let text = pdf(&centre, &paper).await;
    assert!(
        !text.contains("隠し町") && text.contains("【デモ】光"),
        "{text}"
    );
}

async fn what_was_printed_for_whom_is_in_the_trail(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = lent(&centre, "【デモ】光", "A-1").await;
    pdf(&centre, &format!("{loan}/papers/receipt")).await;
    let auditor = session(&centre.app, Role::Auditor, None, None).await;
    let router = web::router(centre.app.clone());
    let page = crate::access::words(ask(&router, "GET", "/audit", &auditor, "").await).await;
    assert!(page.contains("借受書を印刷した"), "{page}");
    assert!(!page.contains("停電のときの紙を印刷した"), "{page}");
}

async fn borrowers_and_applicants_are_invited_as_one_and_others_are_not(db: Database) {
    let centre = Centre::new(&db).await;
    let (_, page) = centre.get("/loans/invitations").await;
    assert!(page.contains("案内はありません"), "{page}");
    for (name, guardian, applies) in [
        ("【デモ】一", "【デモ】親一", true),
        ("【デモ】二", "【デモ】親二", true),
        ("【デモ】三", "【デモ】親三", false),
    ] {
        let form = format!("name={name}&born=2026-06-01&on=2026-11-01&guardian={guardian}");
        let (_, loan, _) = centre.post("/loans/new", &form).await;
        if applies {
            centre
                .done(&loan, "step", "step=apply_for_use&on=2026-11-02")
                .await;
        }
    }
    let (_, page) = centre.get("/loans/invitations").await;
    assert!(page.contains("<b>2</b>"), "{page}");
    let path = "/loans/invitations.pdf?time=2027-01-28&place=&answer_by=";
    let text = pdf(&centre, path).await;
    assert!(
        text.contains("【デモ】親一様") && text.contains("【デモ】親二様"),
        "{text}"
    );
    assert!(
        !text.contains("【デモ】親三"),
        "who only asked is not invited: {text}"
    );
    assert_eq!(text.matches("2027-01-28").count(), 2, "{text}");
    // Where it is, nobody has said.
    assert!(text.contains("＿＿＿＿"), "{text}");
}

async fn a_character_without_a_glyph_is_told_before_it_prints(db: Database) {
    let centre = Centre::new(&db).await;
    // A letter of Linear B, which no Japanese typeface has.
    let form = "name=【デモ】𐀀&born=2026-06-01&on=2026-11-01";
    let (_, loan, _) = centre.post("/loans/new", form).await;
    for step in ["apply_for_use", "approve_use"] {
        let form = format!("step={step}&on=2026-11-02&note=x");
        centre.done(&loan, "step", &form).await;
    }
    let path = format!("{loan}/papers/use-decision");
    let (status, page) = centre.get(&path).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains('𐀀') && page.contains("手で書き入れ"),
        "{page}"
    );
    assert!(page.contains(&format!("{path}?anyway=1")), "{page}");
    pdf(&centre, &format!("{path}?anyway=1")).await;
}

async fn labels_are_of_the_chosen_units_and_lead_back_after_the_sign_in(db: Database) {
    let centre = Centre::new(&db).await;
    let (_, page) = centre.get("/units/labels").await;
    assert!(page.contains("印刷する発電機がありません"), "{page}");
    let one = centre.unit("AAA-111").await;
    centre.unit("BBB-222").await;
    let text = pdf(&centre, &format!("/units/labels?unit={one}&start=3")).await;
    assert!(
        text.contains("AAA-111") && !text.contains("BBB-222"),
        "{text}"
    );
    let text = pdf(&centre, "/units/labels").await;
    assert!(
        text.contains("AAA-111") && text.contains("BBB-222"),
        "{text}"
    );
    let (status, page) = centre.get("/units/labels?start=25").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("1から24"), "{page}");
    let (_, page) = centre.get(&format!("/units/{one}")).await;
    assert!(
        page.contains(&format!("/units/labels?unit={one}")),
        "{page}"
    );

    // Scanned by somebody who is signed out: to the sign-in, and then there.
    let router = web::router(centre.app.clone());
    let answer = ask(&router, "GET", &format!("/units/{one}"), "", "").await;
    let to = answer.headers().get(header::LOCATION).expect("a way");
    assert_eq!(to, format!("/sign-in?unit={one}").as_str());
    let page = ask(&router, "GET", &format!("/sign-in?unit={one}"), "", "").await;
    let page = crate::access::words(page).await;
    assert!(
        page.contains(&format!("name=\"unit\" value=\"{one}\"")),
        "{page}"
    );
    let page = ask(&router, "GET", "/sign-in?unit=//example.org", "", "").await;
    let page = crate::access::words(page).await;
    assert!(
        !page.contains("example.org"),
        "no link leads anywhere else: {page}"
    );
}

/// PWR-05 on the unit: of the 1,800 VA of an EU18i 1,440 VA may hang on it. What does is
/// not known to whoever may not read the child's devices, and stays a line to write on.
async fn what_hangs_on_a_unit_is_told_at_the_hand_over_and_on_its_paper(db: Database) {
    let centre = Centre::new(&db).await;
    let form = "model=EU18i&serial=B-1";
    let (status, to, page) = centre.post("/units", form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let unit = to.trim_start_matches("/units/").to_owned();
    let loan = centre.approved("【デモ】光").await;
    let case = loan.trim_start_matches("/loans/");
    let record = "revision=0&%2Fgenerators%2F0%2Floaned=yes&%2Fgenerators%2F0%2Fcharger_watts=300\
         &%2Fgenerators%2F0%2Ffeeds%2Fcharger=1";
    let (status, _, page) = centre
        .post(&format!("/plans/{case}/power/edit"), record)
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let (_, page) = centre.get(&format!("{loan}/hand-over")).await;
    assert!(page.contains("PWR-05 まだ分かりません"), "{page}");
    assert!(
        page.contains("定格の8割 1440 VA") && !page.contains("375 VA"),
        "{page}"
    );
    assert!(page.contains("銘板を見て"), "what to do: {page}");
    let form = format!("on=2026-11-03&unit={unit}&{KIT}&co_explained=1&frequency=60");
    centre.done(&loan, "hand-over", &form).await;
    let paper = pdf(&centre, &format!("{loan}/papers/power-cut")).await;
    assert!(paper.contains("1440VAまで"), "{paper}");
    assert!(paper.contains("停電から時間たっても"), "{paper}");
}
