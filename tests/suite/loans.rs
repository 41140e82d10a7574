//! The loan programme, as the centre walks it: from a child still in hospital to
//! the return.

use axum::http::{StatusCode, header};
use chrono::NaiveDate;
use tomoshibi::{
    app::App,
    domain::{
        access::Role,
        id::{CaseNumber, LoanFileId, UnitId},
        loan::{Applicant, LoanFacts},
    },
    store::NewUnit,
    web,
};

use crate::{
    access::{ask, session, words},
    demo,
    support::engines::Database,
};

crate::on_every_engine!(
    a_loan_goes_from_the_enquiry_to_the_return,
    of_two_who_hand_out_the_last_unit_one_is_told,
    a_serial_number_is_on_record_once_however_it_is_written,
    a_child_that_is_on_record_is_found_by_number_name_and_birth_alone,
    a_decision_against_a_criterion_needs_a_reason,
    nobody_but_the_centre_reads_a_loan,
);

/// A unit in stock.
pub async fn a_unit(app: &App) -> String {
    let new = NewUnit {
        model: "【デモ】発電機".to_owned(),
        serial: "D-1".to_owned(),
        place: None,
        position: None,
        bought_on: None,
        note: None,
    };
    let id = UnitId(app.ids.next());
    let mut tx = app.store.begin().await.expect("a unit of work");
    assert!(
        tx.add_unit(id, &new, app.clock.now())
            .await
            .expect("it is added")
    );
    tx.commit().await.expect("it is kept");
    id.to_string()
}

/// An open file of a child that is on record.
pub async fn a_file(app: &App, case: &str) {
    let mut tx = app.store.begin().await.expect("a unit of work");
    let number = CaseNumber::parse(case).expect("a number");
    let case = tx.case_of_number(&number).await.expect("a look-up");
    let id = LoanFileId(app.ids.next());
    let known = (&Applicant::default(), &LoanFacts::default());
    let hand = (None, app.clock.now());
    let opened = tx
        .open_loan_file(id, case.expect("a case"), known, app.clock.today(), hand)
        .await;
    assert!(opened.expect("it is opened"));
    tx.commit().await.expect("it is kept");
}

/// Lends a unit to a child that is on record, with its place in every text.
pub async fn lend_to(app: &App, case: &str, name: &str, place: &str) {
    let centre = Centre {
        cookie: session(app, Role::Centre, None, None).await,
        app: app.clone(),
    };
    let unit = a_unit(app).await;
    let form = format!("number={case}&name={name}&born=2020-01-01&on=2026-11-01&address={place}");
    let (status, loan, page) = centre.post("/loans/new", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    for step in [
        "apply_for_use",
        "approve_use",
        "apply_for_loan",
        "approve_loan",
    ] {
        let form = format!("step={step}&on=2026-11-02&note={place}");
        centre.done(&loan, "step", &form).await;
    }
    let bedside =
        format!("on=2026-11-03&unit={unit}&co_explained=1&place={place}&kit_note={place}");
    centre.done(&loan, "hand-over", &bedside).await;
    centre
        .done(&loan, "plan", &format!("on=2026-11-04&note={place}"))
        .await;
    let check = [
        ("held_on", "2026-11-05"),
        ("way", "visit"),
        ("sure", "1"),
        ("place", place),
    ];
    let photo = crate::loans_photos::jpeg(40, 30, [0, 90, 0]);
    let photos = [photo.clone(), photo];
    let path = format!("{loan}/check");
    let (status, _, page) = centre.upload(&path, &check, &photos).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    // One is taken out again, for a reason that says too much.
    let (_, page) = centre.get(&loan).await;
    let out = page.split("/remove\"").next().expect("a form");
    let out = out.rsplit('"').next().expect("its address");
    let (status, _, page) = centre
        .post(&format!("{out}/remove"), &format!("photo_why={place}"))
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let longer = format!("on=2026-11-06&until=2032-10-06&approver=【デモ】県&note={place}");
    centre.done(&loan, "extend", &longer).await;
    let agreed = "check_on=2026-11-30&way=visit";
    centre.done(&loan, "agree", agreed).await;
    let said = format!("said_on=2026-11-06&way=letter&answer=not_on_roster&said_words={place}");
    centre.done(&loan, "progress", &said).await;
    for form in [
        format!("act=add&address=kesie@example.jp&who={place}&link=1"),
        format!("act=suspend&duty=annual_check&pause_until=2026-12-31&reason={place}"),
        format!("act=call&call_way=telephone&call_on=2026-11-20&reached=no&call_said={place}"),
    ] {
        let (status, _, page) = centre.post(&format!("{loan}/reminders"), &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    }
    tomoshibi::service::reminders::tick(&centre.app, None)
        .await
        .expect("reminders are planned");
    let message = format!(
        "case={case}&message_subject=【デモ】研修会&message_body=【デモ】12月5日&urgent=1&urgent_why={place}"
    );
    let (_, _, page) = centre.post("/messages/preview", &message).await;
    let (_, seen) = page
        .split_once("name=\"seen\" value=\"")
        .expect("a preview");
    let (seen, _) = seen.split_once('"').expect("its end");
    let (status, _, page) = centre
        .post("/messages", &format!("{message}&seen={seen}"))
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    // What was taken back is on record, with its reason.
    centre
        .done(&loan, "plan", &format!("on=2026-11-05&note={place}"))
        .await;
    for strike in ["strike-check", "strike-plan"] {
        let (_, page) = centre.get(&loan).await;
        let (_, form) = page
            .split_once(&format!("{loan}/{strike}"))
            .expect("a form");
        let (_, id) = form.split_once("name=\"id\" value=\"").expect("its id");
        let (id, _) = id.split_once('"').expect("its end");
        let form = format!("id={id}&undo_why={place}");
        centre.done(&loan, strike, &form).await;
    }
    let (_, page) = centre.get(&format!("{loan}/undo")).await;
    let (_, ordinal) = page
        .split_once("name=\"ordinal\" value=\"")
        .expect("a step");
    let (ordinal, _) = ordinal.split_once('"').expect("its end");
    let form = format!("ordinal={ordinal}&undo_why={place}");
    centre.done(&loan, "undo", &form).await;
    centre.done(&loan, "extend", &longer).await;
}

/// The centre at its pages.
pub struct Centre {
    pub app: App,
    pub cookie: String,
}

impl Centre {
    /// The same centre on another day.
    pub fn on(&self, day: &str) -> Self {
        let now = format!("{day}T03:00:00Z").parse().expect("an instant");
        let mut app = self.app.clone();
        app.clock = std::sync::Arc::new(tomoshibi::clock::ManualClock::new(now));
        Self {
            app,
            cookie: self.cookie.clone(),
        }
    }

    pub async fn new(db: &Database) -> Self {
        let app = demo::app(db).await;
        let cookie = session(&app, Role::Centre, None, None).await;
        Self { app, cookie }
    }

    pub async fn get(&self, path: &str) -> (StatusCode, String) {
        let router = web::router(self.app.clone());
        let answer = ask(&router, "GET", path, &self.cookie, "").await;
        (answer.status(), words(answer).await)
    }

    /// Sends a form; answers with the status, where it leads, and what it says.
    pub async fn post(&self, path: &str, form: &str) -> (StatusCode, String, String) {
        let router = web::router(self.app.clone());
        let form = format!("{form}&key={}", self.app.ids.next());
        let answer = ask(&router, "POST", path, &self.cookie, &form).await;
        let to = answer.headers().get(header::LOCATION);
        let to = to.and_then(|to| to.to_str().ok()).unwrap_or_default();
        let (status, to) = (answer.status(), to.to_owned());
        (status, to, words(answer).await)
    }

    pub async fn unit(&self, serial: &str) -> String {
        let form = format!("model=【デモ】発電機&serial={serial}");
        let (status, to, page) = self.post("/units", &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        to.trim_start_matches("/units/").to_owned()
    }

    pub async fn enquiry(&self, name: &str) -> String {
        let form = format!(
            "name={name}&kana=ひかり&born=2026-06-01&on=2026-11-01&town=43203&hospital=【デモ】病院\
             &hospital_inside=yes&home_inside=yes&minutes_off=10&discharge_planned_on=2026-12-20&stay=gcu\
             &guardian=【デモ】母&telephone=090-0000-0202"
        );
        let (status, to, page) = self.post("/loans/new", &form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        to
    }

    pub async fn revision(&self, loan: &str) -> String {
        let (status, page) = self.get(loan).await;
        assert_eq!(status, StatusCode::OK);
        let rest = page.split_once("name=\"revision\" value=\"");
        let (revision, _) = rest
            .and_then(|(_, rest)| rest.split_once('"'))
            .expect("a form");
        revision.to_owned()
    }

    pub async fn act(&self, loan: &str, act: &str, form: &str) -> (StatusCode, String) {
        let revision = self.revision(loan).await;
        let form = format!("{form}&revision={revision}");
        let (status, _, page) = self.post(&format!("{loan}/{act}"), &form).await;
        (status, page)
    }

    /// A check outside its time is recorded by somebody who is sure of its day.
    pub async fn done(&self, loan: &str, act: &str, form: &str) {
        let sure = if act == "check" { "&sure=1" } else { "" };
        let (status, page) = self.act(loan, act, &format!("{form}{sure}")).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{act} {form}: {page}");
    }

    /// Both applications, approved.
    pub async fn approved(&self, name: &str) -> String {
        let loan = self.enquiry(name).await;
        for step in [
            "apply_for_use",
            "approve_use",
            "apply_for_loan",
            "approve_loan",
        ] {
            self.done(
                &loan,
                "step",
                &format!("step={step}&on=2026-11-02&note=【デモ】電話で確かめた"),
            )
            .await;
        }
        loan
    }
}

pub const KIT: &str = "kit=cord&kit=fuel_can&kit=oil&kit=co_alarm&kit=manual";

async fn a_loan_goes_from_the_enquiry_to_the_return(db: Database) {
    let centre = Centre::new(&db).await;
    let unit = centre.unit("A-1").await;
    let spare = centre.unit("A-2").await;
    let loan = centre.approved("【デモ】光").await;
    // Without the explanation nothing is handed over, and what was typed stays.
    let bedside = format!("on=2026-11-03&unit={unit}&{KIT}&place=【デモ】北の軒下&consent=yes");
    let (status, page) = centre.act(&loan, "hand-over", &bedside).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("必ず屋外で") && page.contains("北の軒下"),
        "{page}"
    );
    centre
        .done(&loan, "hand-over", &format!("{bedside}&co_explained=1"))
        .await;
    let (_, page) = centre.get(&loan).await;
    // 2027-05-03 by the Civil Code: a holiday, after a Saturday and a Sunday and
    // a holiday before them.
    assert!(
        page.contains("2027-05-03") && page.contains("2027-04-30"),
        "{page}"
    );
    assert!(page.contains("合言葉がまだ決まっていません"), "{page}");
    // The municipality sees the child, since the family has agreed.
    let town = session(&centre.app, Role::Municipality, Some("43203"), None).await;
    let router = web::router(centre.app.clone());
    let list = words(ask(&router, "GET", "/children", &town, "").await).await;
    assert!(list.contains("【デモ】光"), "{list}");
    assert!(list.contains("090-0000-0202"), "whom to telephone: {list}");

    // A step that is not allowed says what is.
    let (status, page) = centre
        .act(&loan, "step", "step=approve_loan&on=2026-11-04")
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("返却日を決めた"), "{page}");
    // The application stops the first clock.
    centre.done(&loan, "plan", "on=2026-11-10").await;
    let (_, page) = centre.get(&loan).await;
    assert!(!page.contains("2027-04-30"), "{page}");
    // A check that fails, and the exchange: the clocks stay.
    let check = "held_on=2026-11-12&way=visit&usage=fine&condition=fails&eligible=fine";
    centre.done(&loan, "check", check).await;
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("本体を交換する"), "{page}");
    centre
        .done(
            &loan,
            "exchange",
            &format!("on=2026-11-13&unit={spare}&note=始動しない&{KIT}"),
        )
        .await;
    let (_, page) = centre.get(&format!("/units/{unit}")).await;
    assert!(page.contains("点検・修理中"), "{page}");
    let (_, page) = centre.get(&loan).await;
    assert!(
        page.contains("A-2") && page.contains("2026-11-03"),
        "{page}"
    );
    // The return.
    centre
        .done(
            &loan,
            "return",
            "on=2026-11-14&return_on=2026-11-30&why=moved",
        )
        .await;
    centre
        .done(&loan, "back", &format!("on=2026-11-15&in_order=1&{KIT}"))
        .await;
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("期間の途中で終了"), "{page}");
    let (_, page) = centre.get(&format!("/units/{spare}")).await;
    assert!(page.contains("在庫"), "{page}");
    let (_, page) = centre.get("/loans").await;
    assert!(
        !page.contains("【デモ】光"),
        "a loan that is over is on no desk, and its plan is not followed: {page}"
    );
}

async fn of_two_who_hand_out_the_last_unit_one_is_told(db: Database) {
    let centre = Centre::new(&db).await;
    let unit = centre.unit("A-1").await;
    let (one, two) = (
        centre.approved("【デモ】一").await,
        centre.approved("【デモ】二").await,
    );
    let form = format!("on=2026-11-03&unit={unit}&{KIT}&co_explained=1");
    let (first, second) = tokio::join!(
        centre.act(&one, "hand-over", &form),
        centre.act(&two, "hand-over", &form)
    );
    let mut answers = [first, second];
    answers.sort_by_key(|(status, _)| *status);
    assert_eq!(answers[0].0, StatusCode::SEE_OTHER);
    assert_eq!(answers[1].0, StatusCode::CONFLICT);
    assert!(
        answers[1].1.contains("ほかの人が引き渡しました"),
        "{}",
        answers[1].1
    );
    // Nothing of the second is written.
    let mut states = Vec::new();
    for loan in [&one, &two] {
        let (_, page) = centre.get(loan).await;
        states.push(page.contains("引渡し待ち"));
    }
    states.sort_unstable();
    assert_eq!(states, [false, true]);
}

async fn a_serial_number_is_on_record_once_however_it_is_written(db: Database) {
    let centre = Centre::new(&db).await;
    centre.unit("Ab-1").await;
    let (status, _, page) = centre.post("/units", "model=x&serial=ＡＢ－１").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("すでに登録"), "{page}");
}

async fn a_child_that_is_on_record_is_found_by_number_name_and_birth_alone(db: Database) {
    let centre = Centre::new(&db).await;
    let sheet = "整理番号,市町村,氏名,生年月日\nX-0001,43203,【デモ】光,2026-06-01\n";
    crate::retention::import_text(&centre.app, sheet).await;
    let form =
        |name: &str, born: &str| format!("number=X-0001&name={name}&born={born}&on=2026-11-01");
    for wrong in [
        form("【デモ】別", "2026-06-01"),
        form("【デモ】光", "2026-06-02"),
    ] {
        let (status, _, page) = centre.post("/loans/new", &wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    }
    let right = form("【デモ】光", "2026-06-01");
    let (status, to, page) = centre.post("/loans/new", &right).await;
    assert_eq!(
        (status, to.as_str()),
        (StatusCode::SEE_OTHER, "/loans/X-0001"),
        "{page}"
    );
    let (status, _, page) = centre.post("/loans/new", &right).await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "one file is open: {page}"
    );
}

async fn a_decision_against_a_criterion_needs_a_reason(db: Database) {
    let centre = Centre::new(&db).await;
    let form = "name=【デモ】光&born=2026-06-01&on=2026-11-01&minutes_off=45&town=人吉市";
    let (_, loan, _) = centre.post("/loans/new", form).await;
    centre
        .done(&loan, "step", "step=apply_for_use&on=2026-11-02")
        .await;
    let approve = "step=approve_use&on=2026-11-02";
    let (status, page) = centre.act(&loan, "step", approve).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("それでも決定する理由"), "{page}");
    centre
        .done(&loan, "step", &format!("{approve}&note=主治医の意見による"))
        .await;
    let (_, page) = centre.get(&loan).await;
    assert!(
        page.contains("概ね30分以内") && page.contains("主治医の意見"),
        "{page}"
    );
    // A step before the one before it, and one to come, are refused.
    for on in ["2026-11-01", "2026-11-22"] {
        let (status, page) = centre
            .act(&loan, "step", &format!("step=apply_for_loan&on={on}"))
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{on}: {page}");
    }
}

async fn nobody_but_the_centre_reads_a_loan(db: Database) {
    let centre = Centre::new(&db).await;
    let loan = centre.enquiry("【デモ】光").await;
    let number = CaseNumber::parse(loan.trim_start_matches("/loans/")).expect("a number");
    assert!(number.as_str().starts_with("C2026-"), "{number}");
    let router = web::router(centre.app.clone());
    // The family has not agreed to anything yet: its municipality sees nobody.
    let town = session(&centre.app, Role::Municipality, Some("43203"), None).await;
    let list = words(ask(&router, "GET", "/children", &town, "").await).await;
    assert!(!list.contains("【デモ】光"), "{list}");
    for role in [Role::Municipality, Role::Coordinator, Role::Prefecture] {
        let code = (role == Role::Municipality).then_some("43203");
        let cookie = session(&centre.app, role, code, None).await;
        let status = ask(&router, "GET", &loan, &cookie, "").await.status();
        assert_ne!(status, StatusCode::OK, "{role:?}");
    }
    let day: NaiveDate = "2026-11-01".parse().expect("a day");
    let (_, page) = centre.get("/loans").await;
    assert!(
        page.contains("相談中") && page.contains(&day.to_string()),
        "{page}"
    );
}
