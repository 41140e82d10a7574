//! What was recorded by mistake is taken back, and stays in the history, struck out.

use axum::http::StatusCode;
use tomoshibi::{
    domain::{
        access::{Reader, Role},
        id::CaseNumber,
        loan::LoanState,
    },
    store::LoanFile,
    web,
};

use crate::{
    access::{ask, session, words},
    loans::{Centre, KIT},
    support::engines::Database,
};

crate::on_every_engine!(
    every_step_of_an_application_is_taken_back_to_where_it_stood,
    a_step_that_was_taken_back_stays_in_sight_with_its_reason,
    the_last_step_alone_is_taken_back_once_and_with_a_reason,
    a_hand_over_that_never_was_counts_nowhere,
    a_hand_over_after_which_a_check_was_held_is_not_taken_back,
    an_exchange_is_taken_back_while_the_former_unit_is_there,
    an_exchange_whose_former_unit_went_elsewhere_stays,
    a_day_of_return_and_an_extension_are_taken_back,
    a_return_is_taken_back_and_not_once_the_unit_is_with_another_child,
    a_loss_is_taken_back_with_what_was_decided_on_it,
    a_death_that_was_recorded_by_mistake_is_taken_back,
    a_loan_that_ended_by_mistake_is_mended_for_thirty_days,
    a_check_and_a_day_of_application_are_struck_out_and_count_no_more,
    nobody_but_the_centre_takes_anything_back,
);

/// A loan that runs: its page, and its unit.
async fn lent(centre: &Centre, name: &str, serial: &str) -> (String, String) {
    let unit = centre.unit(serial).await;
    let loan = centre.approved(name).await;
    hand_over(centre, &loan, &unit).await;
    (loan, unit)
}

async fn hand_over(centre: &Centre, loan: &str, unit: &str) {
    let form =
        format!("on=2026-11-03&unit={unit}&{KIT}&co_explained=1&frequency=60&applied_here=1");
    centre.done(loan, "hand-over", &form).await;
}

/// A value that a page holds in a hidden field.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("{name}: {page}"));
    rest.split_once('"').expect("its end").0
}

/// Takes the last step back, as the page offers it.
async fn undo(centre: &Centre, loan: &str, why: &str) -> (StatusCode, String, String) {
    let path = format!("{loan}/undo");
    let (status, page) = centre.get(&path).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let (revision, ordinal) = (hidden(&page, "revision"), hidden(&page, "ordinal"));
    let form = format!("revision={revision}&ordinal={ordinal}&undo_why={why}");
    centre.post(&path, &form).await
}

pub(crate) async fn undone(centre: &Centre, loan: &str) {
    let (status, to, page) = undo(centre, loan, "【デモ】押し間違い").await;
    assert_eq!(
        (status, to.as_str()),
        (StatusCode::SEE_OTHER, loan),
        "{page}"
    );
}

async fn file(centre: &Centre, loan: &str) -> LoanFile {
    let number = CaseNumber::parse(loan.trim_start_matches("/loans/")).expect("a number");
    let mut tx = centre.app.store.read().await.expect("a reader");
    let file = tx
        .loan_file(&Reader::Operator, centre.app.moment(), &number)
        .await;
    file.expect("a look-up").expect("a file")
}

async fn unit_says(centre: &Centre, unit: &str, what: &str) {
    let (_, page) = centre.get(&format!("/units/{unit}")).await;
    let (_, state) = page.split_once("<h1>").expect("a title");
    assert!(state.contains(what), "{what}: {page}");
}

/// Whether something is due of a child.
async fn duties(centre: &Centre, loan: &str) -> Vec<&'static str> {
    let number = loan.trim_start_matches("/loans/");
    let mut tx = centre.app.store.read().await.expect("a reader");
    let far = "2099-12-31".parse().expect("a day");
    let lines = tx
        .duties(&Reader::Operator, centre.app.moment(), (far, 1_000))
        .await
        .expect("the duties");
    let own = lines.iter().filter(|line| line.number.as_str() == number);
    let mut own: Vec<_> = own.map(|line| line.due.duty.code()).collect();
    own.sort_unstable();
    own
}

async fn every_step_of_an_application_is_taken_back_to_where_it_stood(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = centre.enquiry("【デモ】光").await;
    let steps = [
        "apply_for_use",
        "return_use",
        "apply_for_use",
        "approve_use",
        "apply_for_loan",
        "return_loan",
        "apply_for_loan",
        "approve_loan",
        "wait_for_stock",
        "stock_came",
    ];
    let mut stood = Vec::new();
    for (day, step) in (2..).zip(steps) {
        let before = file(&centre, &loan).await;
        stood.push((before.state, before.state_since, before.applied_on));
        let form = format!("step={step}&on=2026-11-{day:02}&note=【デモ】電話");
        centre.done(&loan, "step", &form).await;
        // What closes the file beside it is taken back as well.
        if step == "apply_for_use" || step == "apply_for_loan" {
            let refuse = step.replace("apply_for", "refuse");
            for close in [refuse.as_str(), "withdraw"] {
                let open = file(&centre, &loan).await;
                let form = format!("step={close}&on=2026-11-{day:02}&note=【デモ】間違い");
                centre.done(&loan, "step", &form).await;
                assert!(file(&centre, &loan).await.closed_on.is_some());
                undone(&centre, &loan).await;
                let again = file(&centre, &loan).await;
                assert_eq!(
                    (again.state, again.closed_on),
                    (open.state, None),
                    "{close}"
                );
                assert_eq!(again.state_since, open.state_since, "{close}");
            }
        }
    }
    assert_eq!(file(&centre, &loan).await.state, LoanState::LoanApproved);
    while let Some(before) = stood.pop() {
        undone(&centre, &loan).await;
        let now = file(&centre, &loan).await;
        assert_eq!((now.state, now.state_since, now.applied_on), before);
    }
    // From there the ordinary way is open again.
    centre
        .done(&loan, "step", "step=apply_for_use&on=2026-11-02")
        .await;
}

async fn a_step_that_was_taken_back_stays_in_sight_with_its_reason(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = centre.enquiry("【デモ】光").await;
    centre
        .done(&loan, "step", "step=apply_for_use&on=2026-11-02")
        .await;
    let refuse = "step=refuse_use&on=2026-11-03&note=【デモ】別の子の書類";
    centre.done(&loan, "step", refuse).await;
    // What will be undone, and what is to be done by hand, is said before.
    let (_, page) = centre.get(&format!("{loan}/undo")).await;
    for word in ["利用申請の審査中", "手で行うこと", "通知を回収"] {
        assert!(page.contains(word), "{word}: {page}");
    }
    undone(&centre, &loan).await;
    let (_, page) = centre.get(&loan).await;
    let (_, history) = page
        .rsplit_once("利用を認めないと決定した")
        .expect("it stays");
    let (line, _) = history.split_once("</li>").expect("its end");
    for word in [
        "別の子の書類",
        "</s>",
        "取消し",
        "2026-11-21",
        "押し間違い",
        "通知を回収",
    ] {
        assert!(line.contains(word), "{word}: {line}");
    }
    // No paper goes by a decision that was taken back.
    let (status, _) = centre.get(&format!("{loan}/papers/use-refusal")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let english = session(&centre.app, Role::Centre, None, None).await;
    let router = web::router(centre.app.clone());
    let cookie = format!("{english}; language=en");
    let page = words(ask(&router, "GET", &loan, &cookie, "").await).await;
    assert!(page.contains("Take this step back"), "{page}");
    // The trail says what was done, and no reason.
    let auditor = session(&centre.app, Role::Auditor, None, None).await;
    let trail = words(ask(&router, "GET", "/audit", &auditor, "").await).await;
    assert!(
        trail.contains("貸与の手続きの記録を取り消した") && !trail.contains("押し間違い"),
        "{trail}"
    );
}

async fn the_last_step_alone_is_taken_back_once_and_with_a_reason(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = centre.enquiry("【デモ】光").await;
    let path = format!("{loan}/undo");
    let (status, page) = centre.get(&path).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("取り消せる手続きはありません"), "{page}");
    centre
        .done(&loan, "step", "step=apply_for_use&on=2026-11-02")
        .await;
    let (status, _, page) = undo(&centre, &loan, "%20").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("なぜ取り消すのか"), "{page}");
    // A page that is out of date takes nothing back.
    let (_, page) = centre.get(&path).await;
    let (revision, ordinal) = (hidden(&page, "revision"), hidden(&page, "ordinal"));
    let stale = format!("revision={revision}&ordinal={ordinal}&undo_why=x");
    let approve = "step=approve_use&on=2026-11-03&note=【デモ】電話";
    centre.done(&loan, "step", approve).await;
    let (status, _, page) = centre.post(&path, &stale).await;
    assert_eq!(status, StatusCode::CONFLICT, "{page}");
    assert_eq!(file(&centre, &loan).await.state, LoanState::UseApproved);
    // The same form twice takes one step back.
    let (_, page) = centre.get(&path).await;
    let (revision, ordinal) = (hidden(&page, "revision"), hidden(&page, "ordinal"));
    let form = format!(
        "revision={revision}&ordinal={ordinal}&undo_why=x&key={}",
        centre.app.ids.next()
    );
    for _ in 0..2 {
        let router = web::router(centre.app.clone());
        let answer = ask(&router, "POST", &path, &centre.cookie, &form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    }
    assert_eq!(file(&centre, &loan).await.state, LoanState::UseApplied);
    let other = form.replace("undo_why=x", "undo_why=y");
    let router = web::router(centre.app.clone());
    let answer = ask(&router, "POST", &path, &centre.cookie, &other).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
}

async fn report(centre: &Centre) -> String {
    let (status, csv) = centre.get("/loans/report.csv?from=2026&until=2026").await;
    assert_eq!(status, StatusCode::OK);
    let line = csv.lines().find(|line| line.contains("人吉市"));
    line.expect("the town").trim_end().to_owned()
}

async fn a_hand_over_that_never_was_counts_nowhere(db: Database) {
    let centre = Centre::new(&db).await;
    // Of which prefecture this is, is known by its accounts.
    session(&centre.app, Role::Municipality, Some("43203"), None).await;
    let unit = centre.unit("A-1").await;
    let loan = centre.approved("【デモ】光").await;
    let before = (file(&centre, &loan).await, report(&centre).await);
    hand_over(&centre, &loan, &unit).await;
    centre
        .done(&loan, "agree", "check_on=2027-10-20&way=visit")
        .await;
    assert_ne!(report(&centre).await, before.1, "a loan is counted");
    assert!(!duties(&centre, &loan).await.is_empty());
    undone(&centre, &loan).await;
    let now = file(&centre, &loan).await;
    assert_eq!(now.state, LoanState::LoanApproved);
    assert_eq!(now.state_since, before.0.state_since);
    assert_eq!((now.loan, now.plan_applied_on), (None, None));
    assert_eq!(report(&centre).await, before.1, "a mistake is no loan");
    assert!(duties(&centre, &loan).await.is_empty());
    unit_says(&centre, &unit, "在庫").await;
    unit_says(&centre, &unit, "渡していない").await;
    let later = centre.on("2027-04-30");
    let mut tx = later.app.store.read().await.expect("a reader");
    let counts = tx
        .duty_counts(
            &Reader::Operator,
            later.app.moment(),
            later.app.clock.today(),
        )
        .await;
    assert_eq!(counts.expect("counts"), []);
    drop(tx);
    // The right child gets it, and this one another.
    let (other, spare) = lent(&centre, "【デモ】正", "A-2").await;
    assert_ne!(other, loan);
    unit_says(&centre, &spare, "貸与中").await;
    hand_over(&centre, &loan, &unit).await;
    assert_eq!(duties(&centre, &loan).await, ["check", "end"]);
    unit_says(&centre, &unit, "貸与中").await;
}

async fn a_hand_over_after_which_a_check_was_held_is_not_taken_back(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, unit) = lent(&centre, "【デモ】光", "A-1").await;
    let check = "held_on=2026-11-12&way=visit&usage=fine&condition=fine&eligible=fine";
    centre.done(&loan, "check", check).await;
    let (status, _, page) = undo(&centre, &loan, "x").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("先に確認の記録を取り消して"), "{page}");
    unit_says(&centre, &unit, "貸与中").await;
    assert_eq!(file(&centre, &loan).await.state, LoanState::Lent);
    let (_, page) = centre.get(&loan).await;
    let strike = format!("id={}&undo_why=x", hidden(&page, "id"));
    centre.done(&loan, "strike-check", &strike).await;
    undone(&centre, &loan).await;
    unit_says(&centre, &unit, "在庫").await;
}

/// A loan whose unit was exchanged: its page, the former and the new unit.
async fn exchanged(centre: &Centre) -> (String, String, String) {
    let (loan, old) = lent(centre, "【デモ】光", "A-1").await;
    let new = centre.unit("A-2").await;
    let check = "held_on=2026-11-12&way=visit&usage=fine&condition=fails&eligible=fine";
    centre.done(&loan, "check", check).await;
    let exchange = format!("on=2026-11-13&unit={new}&{KIT}&note=【デモ】始動しない");
    centre.done(&loan, "exchange", &exchange).await;
    (loan, old, new)
}

async fn an_exchange_is_taken_back_while_the_former_unit_is_there(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, old, new) = exchanged(&centre).await;
    assert_eq!(duties(&centre, &loan).await, ["check", "end"]);
    undone(&centre, &loan).await;
    unit_says(&centre, &old, "貸与中").await;
    unit_says(&centre, &new, "在庫").await;
    let unit = file(&centre, &loan).await.loan.and_then(|loan| loan.unit);
    assert_eq!(unit.expect("a unit").to_string(), old);
    // The failed check asks for an exchange again, and the switch is known again.
    assert_eq!(duties(&centre, &loan).await, ["check", "end", "exchange"]);
    let (_, page) = centre.get(&loan).await;
    assert!(!page.contains("切替をまだ確かめていません"), "{page}");
    let exchange = format!("on=2026-11-14&unit={new}&{KIT}&note=【デモ】やはり交換");
    centre.done(&loan, "exchange", &exchange).await;
    // The other unit was looked at since: the exchange is no mistake.
    let check = "held_on=2026-11-15&way=visit&usage=fine&condition=fine&eligible=fine";
    centre.done(&loan, "check", check).await;
    let (status, _, page) = undo(&centre, &loan, "x").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("先に確認の記録を取り消して"), "{page}");
}

async fn an_exchange_whose_former_unit_went_elsewhere_stays(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, old, new) = exchanged(&centre).await;
    let repaired = "from=in_repair&to=ready&note=";
    let path = format!("/units/{old}/state");
    let (status, _, page) = centre.post(&path, repaired).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let other = centre.approved("【デモ】別").await;
    hand_over(&centre, &other, &old).await;
    for state in ["貸与中", "在庫"] {
        let (status, _, page) = undo(&centre, &loan, "x").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("ほかのお子さんに貸し出されたか"), "{page}");
        unit_says(&centre, &old, state).await;
        unit_says(&centre, &new, "貸与中").await;
        if state == "貸与中" {
            // Also once it is in stock again.
            let set = "on=2026-11-14&return_on=2026-11-30&why=moved";
            centre.done(&other, "return", set).await;
            let back = format!("on=2026-11-15&in_order=1&{KIT}");
            centre.done(&other, "back", &back).await;
        }
    }
    // A hand-over that never was is no other loan.
    for _ in 0..3 {
        undone(&centre, &other).await;
    }
    unit_says(&centre, &old, "在庫").await;
    undone(&centre, &loan).await;
    unit_says(&centre, &old, "貸与中").await;
}

async fn a_day_of_return_and_an_extension_are_taken_back(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, _) = lent(&centre, "【デモ】光", "A-1").await;
    let lent = file(&centre, &loan).await;
    let set = "on=2026-11-14&return_on=2026-11-30&why=moved";
    centre.done(&loan, "return", set).await;
    // No check is owed once it is to be back.
    assert_eq!(duties(&centre, &loan).await, ["return"]);
    undone(&centre, &loan).await;
    assert_eq!(duties(&centre, &loan).await, ["check", "end"]);
    let now = file(&centre, &loan).await;
    assert_eq!((now.state, &now.loan), (LoanState::Lent, &lent.loan));
    // Called off by mistake: day and reason are there again.
    centre.done(&loan, "return", set).await;
    let was = file(&centre, &loan).await.loan;
    let off = "step=cancel_return&on=2026-11-15&note=【デモ】";
    centre.done(&loan, "step", off).await;
    undone(&centre, &loan).await;
    let now = file(&centre, &loan).await;
    assert_eq!((now.state, now.loan), (LoanState::ReturnSet, was));
    undone(&centre, &loan).await;
    // Two extensions: the later one goes, the former counts.
    for until in ["2032-11-06", "2033-11-06"] {
        let form = format!("on=2026-11-16&until={until}&approver=【デモ】県&note=【デモ】&sure=1");
        centre.done(&loan, "extend", &form).await;
    }
    let until = async || {
        let loan = file(&centre, &loan).await.loan.expect("a loan");
        loan.extended_until.map(|day| day.to_string())
    };
    undone(&centre, &loan).await;
    assert_eq!(until().await.as_deref(), Some("2032-11-06"));
    let (_, page) = centre.get(&loan).await;
    assert!(!page.contains("2033-11-06"), "{page}");
    undone(&centre, &loan).await;
    assert_eq!(until().await, None);
    assert_eq!(file(&centre, &loan).await.loan, lent.loan);
}

async fn a_return_is_taken_back_and_not_once_the_unit_is_with_another_child(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, unit) = lent(&centre, "【デモ】光", "A-1").await;
    let set = "on=2026-11-14&return_on=2026-11-30&why=moved";
    centre.done(&loan, "return", set).await;
    let was = file(&centre, &loan).await;
    let back = format!("on=2026-11-15&in_order=1&{KIT}");
    centre.done(&loan, "back", &back).await;
    assert!(duties(&centre, &loan).await.is_empty());
    undone(&centre, &loan).await;
    let now = file(&centre, &loan).await;
    assert_eq!((now.state, now.state_since), (was.state, was.state_since));
    assert_eq!((now.loan, now.closed_on), (was.loan, None));
    assert_eq!(duties(&centre, &loan).await, ["return"]);
    unit_says(&centre, &unit, "貸与中").await;
    // The centre reads it also on the days after.
    let mut later = centre.on("2026-11-25");
    later.cookie = session(&later.app, Role::Centre, None, None).await;
    assert_eq!(later.get(&loan).await.0, StatusCode::OK);
    // It comes back for good, and goes to another child.
    centre.done(&loan, "back", &back).await;
    let other = centre.approved("【デモ】別").await;
    hand_over(&centre, &other, &unit).await;
    let (status, _, page) = undo(&centre, &loan, "x").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("ほかのお子さんに貸し出されたか"), "{page}");
    assert_eq!(file(&centre, &loan).await.state, LoanState::EndedEarly);
    unit_says(&centre, &unit, "貸与中").await;
}

async fn a_loss_is_taken_back_with_what_was_decided_on_it(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, unit) = lent(&centre, "【デモ】光", "A-1").await;
    for cost in ["120000", "90000"] {
        let lost = format!("on=2026-11-15&fault=nobody&cost={cost}&note=【デモ】");
        centre.done(&loan, "lost", &lost).await;
        unit_says(&centre, &unit, "紛失").await;
        let (_, page) = centre.get(&loan).await;
        assert!(page.contains(&format!("{cost} 円")), "{page}");
        undone(&centre, &loan).await;
        let (_, page) = centre.get(&loan).await;
        assert!(!page.contains(&format!("{cost} 円")), "{page}");
        unit_says(&centre, &unit, "貸与中").await;
        assert_eq!(duties(&centre, &loan).await, ["check", "end"]);
    }
}

async fn a_death_that_was_recorded_by_mistake_is_taken_back(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, unit) = lent(&centre, "【デモ】光", "A-1").await;
    let spare = centre.unit("A-2").await;
    let number = loan.trim_start_matches("/loans/");
    let form = format!("number={number}&on=2026-11-10&return_on=2026-11-30&{KIT}&co_explained=1");
    let (status, _, page) = centre.post(&format!("/units/{spare}/lend"), &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let was = file(&centre, &loan).await;
    let stop = "step=stop&on=2026-11-20&note=【デモ】間違い";
    centre.done(&loan, "step", stop).await;
    for unit in [&unit, &spare] {
        unit_says(&centre, unit, "引取り待ち").await;
    }
    assert!(duties(&centre, &loan).await.is_empty());
    let (_, page) = centre.get(&format!("{loan}/undo")).await;
    assert!(page.contains("引取りの手配を止めて"), "{page}");
    undone(&centre, &loan).await;
    let now = file(&centre, &loan).await;
    assert_eq!(
        (now.state, now.loan, now.closed_on),
        (was.state, was.loan, None)
    );
    assert_eq!(duties(&centre, &loan).await, ["check", "end"]);
    unit_says(&centre, &unit, "貸与中").await;
    unit_says(&centre, &spare, "緊急貸出中").await;
    let (_, desk) = centre.get("/loans").await;
    assert!(desk.contains("緊急に貸し出している発電機"), "{desk}");
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("引取りの手配を止めて"), "{page}");
    let mut later = centre.on("2026-11-25");
    later.cookie = session(&later.app, Role::Centre, None, None).await;
    assert_eq!(later.get(&loan).await.0, StatusCode::OK);
    // One of its units is with another child: then none of it is taken back.
    centre.done(&loan, "step", stop).await;
    let back = format!("on=2026-11-20&in_order=1&{KIT}");
    let (status, _, page) = centre.post(&format!("/units/{spare}/back"), &back).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let other = centre.approved("【デモ】別").await;
    hand_over(&centre, &other, &spare).await;
    let (status, _, page) = undo(&centre, &loan, "x").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    unit_says(&centre, &unit, "引取り待ち").await;
    assert_eq!(file(&centre, &loan).await.state, LoanState::Stopped);
}

async fn a_loan_that_ended_by_mistake_is_mended_for_thirty_days(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, _) = lent(&centre, "【デモ】光", "A-1").await;
    let set = "on=2026-11-14&return_on=2026-11-30&why=moved";
    centre.done(&loan, "return", set).await;
    let back = format!("on=2026-11-15&in_order=1&note=【デモ】秘密のメモ&{KIT}");
    centre.done(&loan, "back", &back).await;
    let mut later = centre.on("2026-12-10");
    later.cookie = session(&later.app, Role::Centre, None, None).await;
    let number = loan.trim_start_matches("/loans/");
    let undo = format!("{loan}/undo");
    for path in ["/loans/ended", undo.as_str(), loan.as_str()] {
        let (status, page) = later.get(path).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains(number) && page.contains(&undo), "{page}");
    }
    let mut too_late = centre.on("2026-12-16");
    too_late.cookie = session(&too_late.app, Role::Centre, None, None).await;
    assert_eq!(
        too_late.get(&format!("{loan}/undo")).await.0,
        StatusCode::NOT_FOUND
    );
    for path in ["/loans/ended", loan.as_str()] {
        let (status, page) = too_late.get(path).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains(number) && !page.contains(&undo), "{page}");
    }
    undone(&later, &loan).await;
    let (status, page) = later.get(&loan).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("【デモ】光"), "{page}");
    let (_, page) = later.get("/loans/ended").await;
    assert!(!page.contains(number), "{page}");
}

async fn a_check_and_a_day_of_application_are_struck_out_and_count_no_more(db: Database) {
    let centre = Centre::new(&db).await;
    session(&centre.app, Role::Municipality, Some("43203"), None).await;
    let unit = centre.unit("A-1").await;
    let loan = centre.approved("【デモ】光").await;
    let form = format!("on=2026-11-03&unit={unit}&{KIT}&co_explained=1");
    centre.done(&loan, "hand-over", &form).await;
    let before = (report(&centre).await, file(&centre, &loan).await);
    assert_eq!(duties(&centre, &loan).await, ["check", "end", "plan"]);
    let fails = "held_on=2026-11-12&way=visit&usage=fine&condition=fails&eligible=fine";
    for (act, form, strike, due) in [
        (
            "check",
            fails,
            "strike-check",
            vec!["check", "end", "exchange", "plan"],
        ),
        ("plan", "on=2026-11-10", "strike-plan", vec!["check", "end"]),
    ] {
        centre.done(&loan, act, form).await;
        assert_ne!(report(&centre).await, before.0, "{act} is counted");
        assert_eq!(duties(&centre, &loan).await, due, "{act}");
        let (_, page) = centre.get(&loan).await;
        let (_, part) = page
            .split_once(&format!("{loan}/{strike}"))
            .expect("a form that strikes it out");
        let id = hidden(part, "id");
        let (status, page) = centre
            .act(&loan, strike, &format!("id={id}&undo_why="))
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        let why = format!("id={id}&undo_why=【デモ】別の日");
        centre.done(&loan, strike, &why).await;
        assert_eq!(report(&centre).await, before.0, "{act} counts no more");
        assert_eq!(duties(&centre, &loan).await, ["check", "end", "plan"]);
        let (_, page) = centre.get(&loan).await;
        assert!(
            page.contains("<s><b>") && page.contains("別の日"),
            "{strike}: {page}"
        );
        let (status, page) = centre.act(&loan, strike, &why).await;
        assert_eq!(status, StatusCode::CONFLICT, "it is struck out: {page}");
    }
    let now = file(&centre, &loan).await;
    assert_eq!(
        (now.checked_on, now.plan_applied_on),
        (before.1.checked_on, before.1.plan_applied_on)
    );
    // The right day counts.
    centre.done(&loan, "plan", "on=2026-11-09").await;
    assert_eq!(duties(&centre, &loan).await, ["check", "end"]);
}

async fn nobody_but_the_centre_takes_anything_back(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, _) = lent(&centre, "【デモ】光", "A-1").await;
    let before = file(&centre, &loan).await;
    let router = web::router(centre.app.clone());
    for role in [Role::Municipality, Role::Coordinator, Role::Prefecture] {
        let town = role.is_municipal().then_some("43203");
        let cookie = session(&centre.app, role, town, None).await;
        let form = format!(
            "revision={}&ordinal=5&undo_why=x&key={}",
            before.revision,
            centre.app.ids.next()
        );
        for (method, path, form) in [
            ("GET", format!("{loan}/undo"), ""),
            ("POST", format!("{loan}/undo"), form.as_str()),
            ("GET", "/loans/ended".to_owned(), ""),
        ] {
            let answer = ask(&router, method, &path, &cookie, form).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{role:?} {path}");
        }
    }
    assert_eq!(file(&centre, &loan).await, before);
}
