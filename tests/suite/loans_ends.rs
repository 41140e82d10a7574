//! How loans go on and end, who decides them, and units lent for an emergency.

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    config::Config,
    domain::{
        access::{Reader, Role},
        id::UserId,
        loan::{Decider, LoanSettings, LoanStart},
    },
    service::{
        loans::emergency,
        view::{Noted, SignedIn},
    },
    web,
};

use crate::{
    access::{ask, session, session_and_account, words},
    loans::{Centre, KIT},
    support::engines::Database,
};

crate::on_every_engine!(
    a_unit_of_a_stopped_loan_is_fetched_and_checked,
    a_municipality_tells_the_centre_and_does_not_end_its_loan,
    a_death_stops_everything_quietly,
    a_case_with_a_unit_of_the_centre_ends_after_its_return,
    what_the_centre_reads_ends_with_its_last_loan,
    a_recorded_move_and_a_weaning_offer_the_return_with_its_reason,
    a_loss_says_whose_fault_it_was_and_what_it_costs,
    an_extension_needs_approver_reason_and_a_later_day,
    an_exchange_keeps_the_clocks,
    the_prefecture_decides_where_it_is_set_so,
    the_loan_starts_on_the_day_that_is_set,
    a_spare_unit_is_lent_for_an_emergency_and_comes_back,
    of_two_who_lend_the_last_unit_in_an_emergency_one_is_told,
);

/// A loan that runs: its page, and its unit.
async fn lent(centre: &Centre, name: &str, serial: &str) -> (String, String) {
    let unit = centre.unit(serial).await;
    let loan = centre.approved(name).await;
    let form = format!("on=2026-11-03&unit={unit}&{KIT}&co_explained=1&consent=yes");
    centre.done(&loan, "hand-over", &form).await;
    (loan, unit)
}

fn number(loan: &str) -> &str {
    loan.trim_start_matches("/loans/")
}

async fn as_town(centre: &Centre, path: &str, form: &str) -> (StatusCode, String) {
    let town = session(&centre.app, Role::Municipality, Some("43203"), None).await;
    let router = web::router(centre.app.clone());
    let form = format!("{form}&key={}", centre.app.ids.next());
    let answer = ask(&router, "POST", path, &town, &form).await;
    (answer.status(), words(answer).await)
}

async fn unit_says(centre: &Centre, unit: &str, what: &str) {
    let (_, page) = centre.get(&format!("/units/{unit}")).await;
    assert!(page.contains(what), "{what}: {page}");
}

async fn a_unit_of_a_stopped_loan_is_fetched_and_checked(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, unit) = lent(&centre, "【デモ】光", "A-1").await;
    centre
        .done(&loan, "step", "step=stop&on=2026-11-20&note=【デモ】")
        .await;
    unit_says(&centre, &unit, "引取り待ち").await;
    unit_says(&centre, &unit, "ご家族の了承を得て").await;
    unit_says(&centre, &unit, number(&loan)).await;
    // It cannot be lent, and comes back with its kit looked at.
    let path = format!("/units/{unit}/back");
    let (status, _, page) = centre.post(&path, "on=2026-11-19").await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "before the end: {page}"
    );
    let (status, _, page) = centre
        .post(&path, "on=2026-11-21&kit=cord&in_order=1")
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    unit_says(&centre, &unit, "在庫").await;
    unit_says(&centre, &unit, "延長コード").await;
    let (status, _, _) = centre.post(&path, "on=2026-11-21&kit=cord").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "it is in stock");
}

async fn a_municipality_tells_the_centre_and_does_not_end_its_loan(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, unit) = lent(&centre, "【デモ】光", "A-1").await;
    let path = format!("/plans/{}/loan/end", number(&loan));
    let (status, page) = as_town(&centre, &path, "on=2026-11-20&why=returned").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("センターに知らせました"), "{page}");
    unit_says(&centre, &unit, "貸与中").await;
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("市町村から連絡がありました"), "{page}");
    assert!(
        page.contains("2026-11-20") && page.contains("返却日を決める"),
        "{page}"
    );
    centre.done(&loan, "seen", "").await;
    let (_, page) = centre.get(&loan).await;
    assert!(!page.contains("市町村から連絡がありました"), "{page}");
}

async fn a_death_stops_everything_quietly(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, unit) = lent(&centre, "【デモ】光", "A-1").await;
    let set = "on=2026-11-14&return_on=2026-11-30&why=moved";
    centre.done(&loan, "return", set).await;
    let spare = centre.unit("A-2").await;
    let form = format!(
        "number={}&on=2026-11-10&return_on=2026-11-30&{KIT}&co_explained=1",
        number(&loan)
    );
    let (status, _, page) = centre.post(&format!("/units/{spare}/lend"), &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let path = format!("/plans/{}/end", number(&loan));
    let (status, page) = as_town(&centre, &path, "on=2026-11-20&why=died").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    // Nothing is due, nothing can be printed, and nobody stands on the desk.
    let (_, desk) = centre.get("/loans").await;
    assert!(!desk.contains("【デモ】光"), "{desk}");
    let (status, _) = centre.get(&format!("{loan}/papers/return-request")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let cookie = of_centre(&centre).await;
    let due = emergency::running(&centre.app, &cookie)
        .await
        .expect("a list");
    assert_eq!(due, [], "what was lent for an emergency is not due either");
    for unit in [&unit, &spare] {
        unit_says(&centre, unit, "ご家族の了承を得て").await;
        let (_, page) = centre.get(&format!("/units/{unit}")).await;
        assert!(
            !page.contains("2026-11-30") && !page.contains("【デモ】光"),
            "{page}"
        );
    }
}

async fn a_case_with_a_unit_of_the_centre_ends_after_its_return(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, unit) = lent(&centre, "【デモ】光", "A-1").await;
    let path = format!("/plans/{}/end", number(&loan));
    let end = "on=2026-11-20&why=moved_away";
    let (status, page) = as_town(&centre, &path, end).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("センターに知らせました"), "{page}");
    let (_, page) = centre.get(&loan).await;
    assert!(
        page.contains("県外への転居"),
        "the centre hears why: {page}"
    );
    let set = "on=2026-11-14&return_on=2026-11-30&why=moved";
    centre.done(&loan, "return", set).await;
    let back = format!("on=2026-11-15&in_order=1&{KIT}");
    centre.done(&loan, "back", &back).await;
    unit_says(&centre, &unit, "在庫").await;
    let (status, page) = as_town(&centre, &path, end).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
}

async fn what_the_centre_reads_ends_with_its_last_loan(db: Database) {
    let centre = Centre::new(&db).await;
    let sheet = "整理番号,市町村,氏名,生年月日\nX-0001,43203,【デモ】光,2026-06-01\n";
    crate::retention::import_text(&centre.app, sheet).await;
    let spare = centre.unit("A-1").await;
    let form = format!(
        "number=X-0001&name=【デモ】光&born=2026-06-01&on=2026-11-10&return_on=2026-11-30&{KIT}\
         &co_explained=1"
    );
    let (status, _, page) = centre.post(&format!("/units/{spare}/lend"), &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    // A file that is withdrawn, while another loan runs.
    let form = "number=X-0001&name=【デモ】光&born=2026-06-01&on=2026-11-01";
    let (_, loan, _) = centre.post("/loans/new", form).await;
    centre
        .done(&loan, "step", "step=withdraw&on=2026-11-20")
        .await;
    assert_eq!(open_grants(&centre.app, "X-0001").await, 1);
    let back = format!("on=2026-11-21&in_order=1&{KIT}");
    let (status, _, page) = centre.post(&format!("/units/{spare}/back"), &back).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert_eq!(open_grants(&centre.app, "X-0001").await, 0);
}

/// Somebody of the centre.
async fn of_centre(centre: &Centre) -> SignedIn {
    let (_, user) = session_and_account(&centre.app, Role::Centre, None, None).await;
    SignedIn {
        user,
        name: "【デモ】センター".to_owned(),
        reader: Reader::Centre(user),
        from: None,
        noted: Noted::default(),
    }
}

/// On how many grounds the centre may read a case without an end.
async fn open_grants(app: &App, case: &str) -> usize {
    let number = tomoshibi::domain::id::CaseNumber::parse(case).expect("a number");
    let mut later = app.moment();
    later.today = later.today + chrono::Days::new(30);
    let reader = Reader::Centre(UserId(app.ids.next()));
    let mut tx = app.store.read().await.expect("a view");
    let file = tx
        .loan_file(&reader, later, &number)
        .await
        .expect("a look-up");
    usize::from(file.is_some())
}

async fn a_recorded_move_and_a_weaning_offer_the_return_with_its_reason(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, _) = lent(&centre, "【デモ】光", "A-1").await;
    let (_, page) = centre.get(&loan).await;
    assert!(!page.contains("?why="), "nothing speaks for an end: {page}");
    let facts = "town=43203&home_inside=no&minutes_off=120";
    centre.done(&loan, "facts", facts).await;
    let (_, page) = centre.get(&loan).await;
    assert!(
        page.contains(&format!("{loan}?why=moved#do-return")),
        "{page}"
    );
    assert!(
        page.contains(&format!("{loan}?why=weaned#do-return")),
        "{page}"
    );
    let (_, page) = centre.get(&format!("{loan}?why=weaned")).await;
    assert!(page.contains("value=\"weaned\" selected"), "{page}");
    assert!(page.contains("<details id=\"do-return\" open>"), "{page}");
    // Another reason is none without words.
    let other = "on=2026-11-14&return_on=2026-11-30&why=other";
    let (status, _) = centre.act(&loan, "return", other).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let set = "on=2026-11-14&return_on=2026-11-30&why=weaned";
    centre.done(&loan, "return", set).await;
    let (_, page) = centre.get(&loan).await;
    assert!(!page.contains("?why="), "the day is set: {page}");
}

async fn a_loss_says_whose_fault_it_was_and_what_it_costs(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, unit) = lent(&centre, "【デモ】光", "A-1").await;
    let loss = "on=2026-11-14&note=【デモ】水没";
    let (status, page) = centre.act(&loan, "lost", loss).await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "nobody said whose fault"
    );
    assert!(page.contains("だれの責任か"), "{page}");
    let dear = format!("{loss}&fault=nobody&cost=10000001");
    let (status, _) = centre.act(&loan, "lost", &dear).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let loss = format!("{loss}&fault=nobody&cost=１３２０００");
    centre.done(&loan, "lost", &loss).await;
    let (_, page) = centre.get(&loan).await;
    assert!(
        page.contains("だれの責任でもない") && page.contains("132000"),
        "{page}"
    );
    unit_says(&centre, &unit, "紛失").await;
    // What it costs may be unknown, and is shown so.
    let (loan, _) = lent(&centre, "【デモ】二", "A-2").await;
    let loss = "on=2026-11-14&note=【デモ】盗難&fault=others&cost=";
    centre.done(&loan, "lost", loss).await;
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("<dt>費用</dt><dd>未確認</dd>"), "{page}");
}

async fn an_extension_needs_approver_reason_and_a_later_day(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, _) = lent(&centre, "【デモ】光", "A-1").await;
    for (wrong, says) in [
        (
            "until=2031-11-03&approver=県&note=x",
            "いまの最後の日より後",
        ),
        ("until=2032-11-03&approver=&note=x", "認めた人"),
        ("until=2032-11-03&approver=県&note=", "理由"),
    ] {
        let form = format!("on=2026-11-21&{wrong}");
        let (status, page) = centre.act(&loan, "extend", &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(page.contains(says), "{wrong}: {page}");
    }
    let right = "on=2026-11-21&until=2032-05-31&approver=【デモ】県の課長&note=【デモ】転院待ち";
    centre.done(&loan, "extend", right).await;
    let (_, page) = centre.get(&loan).await;
    for found in [
        "2032-05-31",
        "【デモ】県の課長",
        "【デモ】転院待ち",
        "貸与の終わり（延長）",
        // In the history, which begins with the consultation.
        "2032-05-31 まで（承認：【デモ】県の課長） 【デモ】転院待ち",
        "2026-11-01 相談中",
    ] {
        assert!(page.contains(found), "{found}: {page}");
    }
    // The other clocks stay.
    assert!(page.contains("2027-05-03"), "{page}");
}

async fn an_exchange_keeps_the_clocks(db: Database) {
    let centre = Centre::new(&db).await;
    let (loan, _) = lent(&centre, "【デモ】光", "A-1").await;
    let dues = |page: &str| {
        let rest = page
            .split_once("<ul class=\"dues\">")
            .expect("what is due")
            .1;
        rest.split_once("</ul>").expect("its end").0.to_owned()
    };
    let (_, before) = centre.get(&loan).await;
    let spare = centre.unit("A-2").await;
    // What was looked at and said with the new unit is asked for, as at a hand-over; the
    // papers name it.
    let form = format!(
        "on=2026-11-13&unit={spare}&note=始動しない&{KIT}&kit_back=cord&frequency=60&started=1"
    );
    let (_, form_page) = centre.get(&format!("{loan}?do=exchange")).await;
    for field in ["kit_back", "frequency", "started", "co_explained"] {
        assert!(form_page.contains(&format!("name=\"{field}\"")), "{field}");
    }
    let form = format!("{form}&revision={}", centre.revision(&loan).await);
    let (status, to, page) = centre.post(&format!("{loan}/exchange"), &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert_eq!(to, format!("{loan}?handed=1#papers"));
    let (_, after) = centre.get(&loan).await;
    assert!(after.contains("A-2"), "{after}");
    assert!(!after.contains("切替をまだ確かめていません"), "{after}");
    assert!(!after.contains("まだ自分で始動していません"), "{after}");
    assert_eq!(dues(&before), dues(&after));
}

/// A centre whose settings are not the usual ones.
async fn set(db: &Database, settings: LoanSettings) -> Centre {
    let centre = Centre::new(db).await;
    let config = Config {
        loans: settings,
        ..Config::default()
    };
    let mut centre = centre;
    centre.app.config = std::sync::Arc::new(config);
    centre
}

async fn the_prefecture_decides_where_it_is_set_so(db: Database) {
    let settings = LoanSettings {
        decides_use: Decider::Prefecture,
        ..LoanSettings::default()
    };
    let centre = set(&db, settings).await;
    let loan = centre.enquiry("【デモ】光").await;
    centre
        .done(&loan, "step", "step=apply_for_use&on=2026-11-02")
        .await;
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("この段階は県が決定します"), "{page}");
    let approve = "step=approve_use&on=2026-11-05&note=【デモ】";
    let (status, page) = centre.act(&loan, "step", approve).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("県の決定通知の番号"), "{page}");
    let right = format!("{approve}&document=【デモ】障支第12号");
    centre.done(&loan, "step", &right).await;
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("決定: 県 【デモ】障支第12号"), "{page}");
    // The second stage is the centre's.
    assert!(!page.contains("この段階は県が決定します"), "{page}");
    for step in ["apply_for_loan", "approve_loan"] {
        let form = format!("step={step}&on=2026-11-06&note=【デモ】");
        centre.done(&loan, "step", &form).await;
    }
    let (_, page) = centre.get(&loan).await;
    assert!(page.contains("決定: センター"), "{page}");
}

async fn the_loan_starts_on_the_day_that_is_set(db: Database) {
    let settings = LoanSettings {
        starts: LoanStart::LoanApproved,
        ..LoanSettings::default()
    };
    let centre = set(&db, settings).await;
    let (loan, _) = lent(&centre, "【デモ】光", "A-1").await;
    let (_, page) = centre.get(&loan).await;
    // Approved on the 2nd, handed over on the 3rd.
    assert!(page.contains("法律上の末日 2027-05-02"), "{page}");
    assert!(
        page.contains("<dt>貸与の開始</dt><dd>2026-11-02</dd>"),
        "{page}"
    );
}

async fn a_spare_unit_is_lent_for_an_emergency_and_comes_back(db: Database) {
    let centre = Centre::new(&db).await;
    let sheet = "整理番号,市町村,氏名,生年月日\nX-0001,43203,【デモ】光,2026-06-01\n";
    crate::retention::import_text(&centre.app, sheet).await;
    let unit = centre.unit("A-1").await;
    unit_says(&centre, &unit, "value=\"2026-12-05\"").await;
    let path = format!("/units/{unit}/lend");
    let form = |who: &str, rest: &str| format!("number=X-0001{who}&on=2026-11-20{rest}");
    let named = "&name=【デモ】光&born=2026-06-01";
    let whole = format!("&return_on=2026-11-25&{KIT}&co_explained=1");
    for (wrong, says) in [
        (form("", &whole), "氏名と生年月日も入れてください"),
        (
            form("", &whole).replace("X-0001", "X-9999"),
            "整理番号 X-9999 の登録はありません",
        ),
        (
            form("&name=【デモ】別&born=2026-06-01", &whole),
            "一致しません",
        ),
        (
            form(named, &format!("&{KIT}&co_explained=1")),
            "返してもらう日",
        ),
        (
            form(
                named,
                &format!("&return_on=2026-11-20&{KIT}&co_explained=1"),
            ),
            "今日以後",
        ),
        (
            form(named, &format!("&return_on=2026-11-25&{KIT}")),
            "必ず屋外で",
        ),
    ] {
        let (status, _, page) = centre.post(&path, &wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(page.contains(says), "{wrong}: {page}");
    }
    let (status, _, page) = centre.post(&path, &form(named, &whole)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    unit_says(&centre, &unit, "緊急貸出中").await;
    unit_says(&centre, &unit, "2026-11-25").await;
    let who = of_centre(&centre).await;
    let due = emergency::running(&centre.app, &who).await.expect("a list");
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].return_on.to_string(), "2026-11-25");
    // The child's page says so, also to whoever has no list of units.
    let town = session(&centre.app, Role::Municipality, Some("43203"), None).await;
    let router = web::router(centre.app.clone());
    let page = words(ask(&router, "GET", "/plans/X-0001", &town, "").await).await;
    assert!(page.contains("緊急に貸し出している発電機"), "{page}");
    assert!(
        page.contains("2026-11-25") && !page.contains("/units/"),
        "{page}"
    );
    // It can be put off, and comes back to the stock.
    let until = format!("/units/{unit}/until");
    let (status, _, page) = centre.post(&until, "return_on=2026-12-01").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    unit_says(&centre, &unit, "2026-12-01").await;
    let back = format!("on=2026-11-21&in_order=1&{KIT}");
    let (status, _, page) = centre.post(&format!("/units/{unit}/back"), &back).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    unit_says(&centre, &unit, "在庫").await;
    let due = emergency::running(&centre.app, &who).await.expect("a list");
    assert_eq!(due, []);
}

async fn of_two_who_lend_the_last_unit_in_an_emergency_one_is_told(db: Database) {
    let centre = Centre::new(&db).await;
    let sheet = "整理番号,市町村,氏名,生年月日\nX-0001,43203,【デモ】一,2026-06-01\nX-0002,43203,【デモ】二,2026-06-02\n";
    crate::retention::import_text(&centre.app, sheet).await;
    let unit = centre.unit("A-1").await;
    let path = format!("/units/{unit}/lend");
    let form = |number: &str, name: &str, born: &str| {
        format!(
            "number={number}&name={name}&born={born}&on=2026-11-20&return_on=2026-11-25&{KIT}\
             &co_explained=1"
        )
    };
    let (one, two) = (
        form("X-0001", "【デモ】一", "2026-06-01"),
        form("X-0002", "【デモ】二", "2026-06-02"),
    );
    let (first, second) = tokio::join!(centre.post(&path, &one), centre.post(&path, &two));
    let mut answers = [first, second];
    answers.sort_by_key(|(status, ..)| *status);
    assert_eq!(answers[0].0, StatusCode::SEE_OTHER);
    assert_eq!(answers[1].0, StatusCode::CONFLICT);
    assert!(
        answers[1].2.contains("ほかの人が引き渡しました"),
        "{}",
        answers[1].2
    );
    let who = of_centre(&centre).await;
    let due = emergency::running(&centre.app, &who).await.expect("a list");
    assert_eq!(due.len(), 1);
}
