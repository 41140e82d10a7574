//! What the centre has decided stays its to read, and what is mistyped, unusual or
//! missing is asked about.

use axum::http::StatusCode;
use tomoshibi::{
    domain::{access::Role, id::CaseNumber},
    service::retention,
    web,
};

use crate::{
    access::{ask, session, words},
    loans::{Centre, KIT},
    support::engines::Database,
};

crate::on_every_engine!(
    a_refusal_is_found_and_printed_the_day_after_and_a_year_after_by_the_centre_alone,
    what_is_over_is_read_and_never_written,
    a_child_that_was_refused_is_enquired_for_again,
    a_death_leaves_nothing_to_read,
    what_is_over_is_erased_when_its_time_is_over,
    model_and_serial_number_are_corrected_with_a_reason_and_their_history,
    the_page_of_a_lent_unit_leads_to_its_loan,
    a_check_outside_its_time_and_a_late_appointment_are_asked_about,
    what_becomes_of_missing_parts_is_said_when_a_unit_comes_back,
    what_it_was_granted_in_spite_of_is_no_reason_to_end,
    the_reason_of_a_return_is_on_the_page,
    when_somebody_was_faster_no_other_unit_is_chosen,
    figures_that_cannot_be_are_refused,
    a_birthday_that_cannot_be_is_not_corrected_to,
);

async fn on(centre: &Centre, day: &str) -> Centre {
    let mut later = centre.on(day);
    later.cookie = session(&later.app, Role::Centre, None, None).await;
    later
}

async fn refused(centre: &Centre, name: &str) -> String {
    let loan = centre.enquiry(name).await;
    for form in [
        "step=apply_for_use&on=2026-11-02",
        "step=refuse_use&on=2026-11-20&note=【デモ】条件に合わない",
    ] {
        centre.done(&loan, "step", form).await;
    }
    loan
}

async fn lent(centre: &Centre, name: &str, serial: &str) -> (String, String) {
    let unit = centre.unit(serial).await;
    let loan = centre.approved(name).await;
    let form = format!("on=2026-11-03&unit={unit}&{KIT}&co_explained=1");
    centre.done(&loan, "hand-over", &form).await;
    (loan, unit)
}

async fn a_refusal_is_found_and_printed_the_day_after_and_a_year_after_by_the_centre_alone(
    db: Database,
) {
    let centre = Centre::new(&db).await;
    let loan = refused(&centre, "【デモ】光").await;
    let letter = format!("{loan}/papers/use-refusal");
    // To the last day of the five years after the day of the decision.
    for day in ["2026-11-22", "2027-11-22", "2031-11-20"] {
        let later = on(&centre, day).await;
        let (_, list) = later.get("/loans/ended").await;
        let line = format!("<a href=\"{loan}\">");
        assert!(
            list.contains("【デモ】光") && list.contains(&line),
            "{day}: {list}"
        );
        assert!(list.contains("利用を認めない決定"), "{list}");
        let (status, page) = later.get(&loan).await;
        assert_eq!(status, StatusCode::OK, "{day}");
        assert!(page.contains("条件に合わない"), "{page}");
        assert!(page.contains(&letter), "{page}");
        let (status, paper) = later.get(&letter).await;
        assert_eq!(status, StatusCode::OK, "{day}");
        assert!(paper.starts_with("%PDF"), "{day}");
        // It is on no list of what goes on.
        for path in ["/children", "/loans", "/loans/running", "/loans/stuck"] {
            let (_, page) = later.get(path).await;
            assert!(!page.contains("【デモ】光"), "{day} {path}: {page}");
        }
    }
    let router = web::router(centre.app.clone());
    for (role, town) in [
        (Role::Municipality, Some("43203")),
        (Role::Coordinator, None),
        (Role::Prefecture, None),
        (Role::Administrator, None),
    ] {
        let cookie = session(&centre.app, role, town, None).await;
        for path in [loan.as_str(), letter.as_str(), "/loans/ended"] {
            let answer = ask(&router, "GET", path, &cookie, "").await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{role:?} {path}");
        }
        if role == Role::Municipality {
            let plan = loan.replace("/loans/", "/plans/");
            let answer = ask(&router, "GET", &plan, &cookie, "").await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND);
            let list = words(ask(&router, "GET", "/children", &cookie, "").await).await;
            assert!(!list.contains("【デモ】光"), "{list}");
        }
    }
    // The day after that nobody reads it.
    let over = on(&centre, "2031-11-21").await;
    assert_eq!(over.get(&loan).await.0, StatusCode::NOT_FOUND);
    assert_eq!(over.get(&letter).await.0, StatusCode::NOT_FOUND);
    let (_, list) = over.get("/loans/ended").await;
    assert!(!list.contains("【デモ】光"), "{list}");
}

async fn what_is_over_is_read_and_never_written(db: Database) {
    let centre = Centre::new(&db).await;
    let (lost, _) = lent(&centre, "【デモ】月", "A-1").await;
    let form = "on=2026-11-20&fault=nobody&cost=1000&note=【デモ】水に浸かった";
    centre.done(&lost, "lost", form).await;
    let withdrawn = centre.enquiry("【デモ】星").await;
    let form = "step=withdraw&on=2026-11-20&note=【デモ】";
    centre.done(&withdrawn, "step", form).await;
    let later = on(&centre, "2027-02-01").await;
    let (_, list) = later.get("/loans/ended").await;
    for (loan, outcome) in [(&lost, "紛失・使用不能"), (&withdrawn, "取下げ")] {
        assert!(list.contains(loan.as_str()) && list.contains(outcome));
        let (status, page) = later.get(loan).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("控えとして"), "{page}");
        for act in ["step", "facts", "plan", "strike-plan", "seen"] {
            let form = "revision=3&step=stop&on=2027-02-01&note=x&id=\
                        00000000-0000-0000-0000-000000000000&undo_why=x";
            let (status, _, said) = later.post(&format!("{loan}/{act}"), form).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{act}: {said}");
            assert!(!page.contains(&format!("action=\"{loan}/{act}\"")) || act == "facts");
        }
        for other in ["reminders", "progress"] {
            let (status, _) = later.get(&format!("{loan}/{other}")).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{other}");
            assert!(!page.contains(&format!("{loan}/{other}")), "{page}");
        }
    }
    let (_, page) = later.get(&lost).await;
    assert!(
        page.contains("1000 円") && page.contains("水に浸かった"),
        "{page}"
    );
}

async fn a_child_that_was_refused_is_enquired_for_again(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = refused(&centre, "【デモ】光").await;
    let number = loan.trim_start_matches("/loans/");
    let later = on(&centre, "2027-03-01").await;
    let (_, page) = later.get(&loan).await;
    let again = format!("/loans/new?again={number}");
    assert!(page.contains(&again), "{page}");
    let (status, form) = later.get(&again).await;
    assert_eq!(status, StatusCode::OK);
    for known in [
        "【デモ】光",
        number,
        "2026-06-01",
        "【デモ】母",
        "【デモ】病院",
    ] {
        assert!(
            form.contains(&format!("value=\"{known}\"")),
            "{known}: {form}"
        );
    }
    let sent = format!(
        "name=【デモ】光&number={number}&born=2026-06-01&on=2027-03-01&town=43203&minutes_off=10"
    );
    let (status, to, page) = later.post("/loans/new", &sent).await;
    assert_eq!(
        (status, to),
        (StatusCode::SEE_OTHER, loan.clone()),
        "{page}"
    );
    let (_, page) = later.get(&loan).await;
    assert!(
        page.contains("相談中") && !page.contains("控えとして"),
        "{page}"
    );
    let (_, list) = later.get("/loans/ended").await;
    assert!(!list.contains(number), "{list}");
    // Somebody else's child is not asked about so.
    let (status, _) = later.get("/loans/new?again=K-0001").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

async fn a_death_leaves_nothing_to_read(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = refused(&centre, "【デモ】光").await;
    let number = loan.trim_start_matches("/loans/");
    let again =
        format!("name=【デモ】光&number={number}&born=2026-06-01&on=2026-11-21&minutes_off=10");
    let (status, _, page) = centre.post("/loans/new", &again).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let stop = "step=stop&on=2026-11-21&note=【デモ】病院から";
    centre.done(&loan, "step", stop).await;
    let later = on(&centre, "2026-11-22").await;
    assert_eq!(later.get(&loan).await.0, StatusCode::NOT_FOUND);
    let again = format!("/loans/new?again={number}");
    assert_eq!(later.get(&again).await.0, StatusCode::NOT_FOUND);
    let (_, list) = later.get("/loans/ended").await;
    assert!(
        list.contains(number) && !list.contains("【デモ】光"),
        "{list}"
    );
    let much_later = on(&centre, "2027-01-22").await;
    let (_, list) = much_later.get("/loans/ended").await;
    assert!(!list.contains(number), "{list}");
}

async fn what_is_over_is_erased_when_its_time_is_over(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = refused(&centre, "【デモ】光").await;
    let number = CaseNumber::parse(loan.trim_start_matches("/loans/")).expect("a number");
    let due = |list: &[retention::DueLine]| {
        let mut of_it = list
            .iter()
            .filter(|line| line.case.as_ref() == Some(&number));
        of_it.any(|line| line.kind == "loan_file")
    };
    let day = |text: &str| text.parse().expect("a day");
    let early = retention::due(&centre.app, day("2031-11-20")).await;
    assert!(!due(&early.expect("a list").due));
    let later = on(&centre, "2031-11-21").await;
    let erased = retention::erase(&later.app, day("2031-11-21")).await;
    assert!(due(&erased.expect("it is done").erased));
    let mut tx = later.app.store.read().await.expect("a reader");
    let whole = tomoshibi::domain::access::Reader::Operator;
    let at = later.app.moment();
    // Nobody else had the child: nothing of it is left but its number.
    assert!(
        tx.case(&whole, at, &number)
            .await
            .expect("a look-up")
            .is_none(),
        "the case has ended"
    );
    let known = tx.known_children(&whole, at).await.expect("a list");
    assert!(known.iter().all(|child| child.number != number));
    drop(tx);
    let again = retention::erase(&later.app, day("2031-11-21")).await;
    assert!(!due(&again.expect("it is done").erased));
}

async fn model_and_serial_number_are_corrected_with_a_reason_and_their_history(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, unit) = lent(&centre, "【デモ】光", "A-l").await;
    centre.unit("B-1").await;
    let path = format!("/units/{unit}");
    let revision = |page: &str| {
        let (_, form) = page.split_once(&format!("{path}/correct")).expect("a form");
        let (_, rest) = form
            .split_once("name=\"revision\" value=\"")
            .expect("a field");
        rest.split_once('"').expect("its end").0.to_owned()
    };
    let (_, page) = centre.get(&path).await;
    let now = revision(&page);
    let correct = format!("{path}/correct");
    for (form, why) in [
        (
            "model=【デモ】発電機&serial=b1&correct_why=x",
            "ほかの発電機のもの",
        ),
        (
            "model=【デモ】発電機&serial=A-1&correct_why=",
            "型式・製造番号を直す",
        ),
        (
            "model=【デモ】発電機&serial=A-l&correct_why=x",
            "前と同じです",
        ),
        (
            "model=【デモ】発電機&serial=A-1&correct_why=【デモ】光さんの銘板",
            "氏名か読み",
        ),
    ] {
        let form = format!("{form}&revision={now}");
        let (status, _, page) = centre.post(&correct, &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}: {page}");
        assert!(page.contains(why), "{why}: {page}");
    }
    let form =
        format!("model=【デモ】型&serial=A-1&correct_why=【デモ】銘板の読み違い&revision={now}");
    let (status, to, page) = centre.post(&correct, &form).await;
    assert_eq!(
        (status, to),
        (StatusCode::SEE_OTHER, path.clone()),
        "{page}"
    );
    let (_, page) = centre.get(&path).await;
    for said in [
        "【デモ】発電機 A-l → 【デモ】型 A-1",
        "銘板の読み違い",
        "印刷した書類とラベルには、前のもの",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("【デモ】型 A-1"), "{page}");
    // What was on the page before it was corrected is not written over it.
    let (status, _, _) = centre.post(&correct, &form.replace("A-1", "A-9")).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

async fn the_page_of_a_lent_unit_leads_to_its_loan(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, unit) = lent(&centre, "【デモ】光", "A-1").await;
    let path = format!("/units/{unit}");
    let (_, page) = centre.get(&path).await;
    for link in [
        loan.clone(),
        format!("{loan}/check"),
        format!("{loan}?do=return#do-return"),
    ] {
        assert!(page.contains(&format!("href=\"{link}\"")), "{link}: {page}");
    }
    assert!(page.contains("【デモ】光"), "{page}");
    let set = "on=2026-11-20&return_on=2026-11-30&why=moved";
    centre.done(&loan, "return", set).await;
    let back = format!("on=2026-11-21&in_order=1&{KIT}");
    centre.done(&loan, "back", &back).await;
    let (_, page) = centre.get(&path).await;
    assert!(
        !page.contains("【デモ】光") && !page.contains(&loan),
        "{page}"
    );
}

async fn a_check_outside_its_time_and_a_late_appointment_are_asked_about(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, _) = lent(&centre, "【デモ】光", "A-1").await;
    // In time from 2027-10-03 to 2027-12-03.
    let fine = "way=visit&usage=fine&condition=fine&eligible=fine";
    let early = format!("held_on=2026-11-20&{fine}");
    let path = format!("{loan}/check");
    let (status, _, page) = centre.post(&path, &early).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("期間（予定日の前後1か月）の外"), "{page}");
    assert_eq!(page.matches("name=\"sure\"").count(), 1, "{page}");
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("まだ確認の記録はありません"), "{page}");
    for (day, asked) in [("2027-12-04", true), ("2027-12-03", false)] {
        let form = format!("check_on={day}&way=visit");
        let (status, page) = centre.act(&loan, "agree", &form).await;
        if asked {
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{day}: {page}");
            assert!(page.contains("最後の日より後"), "{page}");
            assert_eq!(page.matches("name=\"sure\"").count(), 1, "{page}");
            centre.done(&loan, "agree", &format!("{form}&sure=1")).await;
        } else {
            assert_eq!(status, StatusCode::SEE_OTHER, "{day}: {page}");
        }
    }
    let (status, page) = centre
        .act(&loan, "agree", "check_on=2026-11-20&way=visit&sure=1")
        .await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a day that is over"
    );
    assert!(page.contains("今日以後の日"), "{page}");
    // In its time nothing is asked.
    let autumn = on(&centre, "2027-11-05").await;
    let (status, to, page) = autumn
        .post(&path, &format!("held_on=2027-11-04&{fine}"))
        .await;
    assert_eq!(
        (status, to),
        (StatusCode::SEE_OTHER, loan.clone()),
        "{page}"
    );
    // One that is too early is taken from somebody who is sure.
    let early = format!("held_on=2027-11-05&{fine}&sure=1");
    let (status, _, page) = autumn.post(&path, &early).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
}

async fn what_becomes_of_missing_parts_is_said_when_a_unit_comes_back(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, unit) = lent(&centre, "【デモ】光", "A-1").await;
    let set = "on=2026-11-20&return_on=2026-11-30&why=moved";
    centre.done(&loan, "return", set).await;
    let back = "on=2026-11-21&in_order=1&kit=cord&kit=oil";
    let (status, page) = centre.act(&loan, "back", back).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("そろっていない物があります"), "{page}");
    // What was ticked stays, and so does the unit.
    let ticked = page.matches(" checked>").count();
    assert!(ticked >= 3, "{ticked}: {page}");
    let (_, page) = centre.get(&format!("/units/{unit}")).await;
    assert!(page.contains("貸与中"), "{page}");
    let said = format!("{back}&note=【デモ】残りは来週届く");
    centre.done(&loan, "back", &said).await;
    for path in [loan, format!("/units/{unit}")] {
        let (_, page) = centre.get(&path).await;
        assert!(page.contains("残りは来週届く"), "{path}: {page}");
    }
}

async fn what_it_was_granted_in_spite_of_is_no_reason_to_end(db: Database) {
    let centre = Centre::new(&db).await;
    let unit = centre.unit("A-1").await;
    let loan = centre.enquiry("【デモ】光").await;
    let facts = |minutes: u32| {
        format!(
            "town=43203&hospital=【デモ】病院&hospital_inside=yes&home_inside=yes&stay=gcu\
             &discharge_planned_on=2026-12-20&minutes_off={minutes}"
        )
    };
    centre.done(&loan, "facts", &facts(45)).await;
    for step in [
        "apply_for_use",
        "approve_use",
        "apply_for_loan",
        "approve_loan",
    ] {
        let form = format!("step={step}&on=2026-11-02&note=【デモ】主治医の意見による");
        centre.done(&loan, "step", &form).await;
    }
    let form = format!("on=2026-11-03&unit={unit}&{KIT}&co_explained=1");
    centre.done(&loan, "hand-over", &form).await;
    let suggested = "外せる時間が";
    let (_, page) = centre.get(&loan).await;
    assert!(!page.contains(suggested), "{page}");
    // More than it was granted in spite of is said.
    centre.done(&loan, "facts", &facts(46)).await;
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains(suggested), "{page}");
}

async fn the_reason_of_a_return_is_on_the_page(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, _) = lent(&centre, "【デモ】光", "A-1").await;
    let set = "on=2026-11-20&return_on=2026-11-30&why=other&note=【デモ】ご自宅に2台目がある";
    centre.done(&loan, "return", set).await;
    let (_, page) = centre.get(&loan).await;
    let (loaned, _) = page.split_once("id=\"checks\"").expect("the checks");
    let (_, facts) = loaned.split_once("<dt>返却の理由").expect("the reason");
    let (facts, _) = facts.split_once("</dl>").expect("the end of the list");
    assert!(
        facts.contains("その他") && facts.contains("2台目がある"),
        "{facts}"
    );
}

async fn when_somebody_was_faster_no_other_unit_is_chosen(db: Database) {
    let centre = Centre::new(&db).await;
    let (first, second) = (centre.unit("A-1").await, centre.unit("A-2").await);
    let loan = centre.approved("【デモ】光").await;
    let other = centre.approved("【デモ】月").await;
    let form = format!("on=2026-11-03&unit={first}&{KIT}&co_explained=1");
    centre.done(&loan, "hand-over", &form).await;
    let (status, page) = centre.act(&other, "hand-over", &form).await;
    assert_eq!(status, StatusCode::CONFLICT, "{page}");
    let chosen = format!("value=\"{second}\" selected");
    let empty = "<select name=\"unit\" required><option value=\"\"></option>";
    assert!(page.contains(empty) && !page.contains(&chosen), "{page}");
    // The same of an exchange.
    let third = centre.unit("A-3").await;
    let taken = format!("on=2026-11-04&unit={second}&{KIT}&co_explained=1");
    centre.done(&other, "hand-over", &taken).await;
    let form = format!("on=2026-11-05&unit={second}&note=【デモ】始動しない&{KIT}");
    let (status, page) = centre.act(&loan, "exchange", &form).await;
    assert_eq!(status, StatusCode::CONFLICT, "{page}");
    let chosen = format!("value=\"{third}\" selected");
    assert!(page.contains(empty) && !page.contains(&chosen), "{page}");
}

async fn figures_that_cannot_be_are_refused(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, _) = lent(&centre, "【デモ】光", "A-1").await;
    let path = format!("{loan}/check");
    let check =
        |watts: &str| format!("held_on=2026-11-20&way=visit&usage=fine&load={watts}&sure=1");
    let (status, _, page) = centre.post(&path, &check("9000000")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("20,000Wを超えています"), "{page}");
    let (status, _, page) = centre.post(&path, &check("300")).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
}

async fn a_birthday_that_cannot_be_is_not_corrected_to(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = centre.enquiry("【デモ】光").await;
    let correct = |born: &str| format!("name=【デモ】光&kana=ひかり&born={born}&town=43203");
    for (born, status, why, asked) in [
        (
            "1900-01-01",
            StatusCode::UNPROCESSABLE_ENTITY,
            "100年以上前",
            0,
        ),
        (
            "2027-01-01",
            StatusCode::UNPROCESSABLE_ENTITY,
            "まだ来ていません",
            0,
        ),
        (
            "2005-06-01",
            StatusCode::UNPROCESSABLE_ENTITY,
            "18年以上前",
            1,
        ),
    ] {
        let (is, page) = centre.act(&loan, "correct", &correct(born)).await;
        assert_eq!(is, status, "{born}");
        assert!(page.contains(why), "{born}: {page}");
        assert_eq!(
            page.matches("name=\"sure\"").count(),
            asked,
            "{born}: {page}"
        );
    }
    let sure = format!("{}&sure=1", correct("2005-06-01"));
    centre.done(&loan, "correct", &sure).await;
    let (_, page) = centre.get(&format!("{loan}/correct")).await;
    assert!(page.contains("2005-06-01"), "{page}");
}
