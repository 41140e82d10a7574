//! The unit that is lent to a child is a source in its record of power: nobody types it,
//! and nobody learns of the loan by it who was not told.

use axum::http::StatusCode;
use tomoshibi::{
    app::App,
    domain::{
        access::{Reader, Role},
        id::LoanId,
        power::Equipment,
        residence::Sight,
    },
    service::check,
    web,
};

use crate::{
    access::{ask, session, words},
    devices::record,
    freshness,
    loans::{Centre, KIT},
    moves::number,
    support::engines::Database,
};

crate::on_every_engine!(
    a_unit_that_is_lent_is_a_source_without_anybody_typing_it,
    what_the_home_alone_knows_is_typed_and_nothing_else,
    whoever_is_not_told_of_the_loan_does_not_learn_of_it,
);

async fn unit(centre: &Centre, model: &str, serial: &str) -> String {
    let form = format!("model={model}&serial={serial}");
    let (status, to, page) = centre.post("/units", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    to.trim_start_matches("/units/").to_owned()
}

/// The record of a child as its hours are reckoned from it, for somebody.
async fn seen(app: &App, reader: &Reader, case: &str) -> Option<Equipment> {
    let today = app.moment().today;
    let checked = check::one(app, reader, &number(case), today, Sight::Usual).await;
    let checked = checked.expect("it is read").expect("it is there");
    checked.case.equipment.map(|equipment| *equipment)
}

/// A generator: whether it is lent, its model, its last run.
type Generator = (Option<bool>, Option<String>, Option<String>);

/// The first generator of a record.
fn first(record: Option<Equipment>) -> Option<Generator> {
    let one = record?.generators?.into_iter().next()?;
    let ran = one.last_run_on.map(|on| on.to_string());
    Some((one.loaned, one.model, ran))
}

fn lent(model: &str, ran: &str) -> Generator {
    (Some(true), Some(model.to_owned()), Some(ran.to_owned()))
}

async fn a_unit_that_is_lent_is_a_source_without_anybody_typing_it(db: Database) {
    let centre = Centre::new(&db).await;
    let first_unit = unit(&centre, "EU18i", "A-1").await;
    let spare = unit(&centre, "EU9iGB", "A-2").await;
    let loan = centre.approved("【デモ】光").await;
    let case = loan.trim_start_matches("/loans/").to_owned();
    let page = format!("/plans/{case}/power");
    let bedside = format!(
        "on=2026-11-03&unit={first_unit}&{KIT}&place=【デモ】北の軒下&frequency=60&consent=yes\
         &co_explained=1&started=1"
    );
    centre.done(&loan, "hand-over", &bedside).await;
    let router = web::router(centre.app.clone());
    let town = session(&centre.app, Role::Municipality, Some("43203"), None).await;
    let family = session(&centre.app, Role::Family, None, Some(&case)).await;
    // The family has agreed, so that its municipality reads it too.
    for cookie in [&town, &family] {
        let page = words(ask(&router, "GET", &page, cookie, "").await).await;
        for said in [
            "貸与中（支援センター）",
            "EU18i A-1",
            "60 Hz",
            "一酸化炭素警報器",
            "2026-11-03",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
    }
    let app = &centre.app;
    let operator = Reader::Operator;
    assert_eq!(
        first(seen(app, &operator, &case).await),
        Some(lent("EU18i", "2026-11-03"))
    );
    // The kept verdict follows what happens to the loan.
    check::refresh(app, &operator).await.expect("judged");
    let told = format!("on=2026-11-15&ran=yes&key={}", app.ids.next());
    let answer = ask(
        &router,
        "POST",
        "/family/tell/ran_generator",
        &family,
        &told,
    )
    .await;
    assert_eq!(
        answer.status(),
        StatusCode::SEE_OTHER,
        "{}",
        words(answer).await
    );
    assert_eq!(check::refresh(app, &operator).await.expect("judged"), 1);
    assert_eq!(
        first(seen(app, &operator, &case).await),
        Some(lent("EU18i", "2026-11-15"))
    );
    // Another unit: what the first one did says nothing of it.
    let check =
        "held_on=2026-11-16&way=visit&usage=fine&condition=fails&eligible=fine&note=【デモ】";
    centre.done(&loan, "check", check).await;
    let exchange = format!("on=2026-11-17&unit={spare}&note=【デモ】始動しない&{KIT}");
    centre.done(&loan, "exchange", &exchange).await;
    let after = first(seen(app, &operator, &case).await).expect("it is lent");
    assert_eq!(after.1.as_deref(), Some("EU9iGB"));
    assert_ne!(after.2.as_deref(), Some("2026-11-15"));
    let back = format!("on=2026-11-20&in_order=1&{KIT}");
    let set = "on=2026-11-18&return_on=2026-11-30&why=moved";
    centre.done(&loan, "return", set).await;
    centre.done(&loan, "back", &back).await;
    let today = app.moment().today;
    let gone = check::one(app, &operator, &number(&case), today, Sight::Usual).await;
    let gone = gone
        .expect("it is read")
        .map(|checked| checked.case.equipment);
    assert_eq!(gone.flatten(), None, "nothing of it is left");
}

async fn what_the_home_alone_knows_is_typed_and_nothing_else(db: Database) {
    let centre = Centre::new(&db).await;
    let unit = unit(&centre, "EU18i", "A-1").await;
    let loan = centre.approved("【デモ】光").await;
    let case = loan.trim_start_matches("/loans/").to_owned();
    let bedside = format!("on=2026-11-03&unit={unit}&{KIT}&consent=yes&co_explained=1");
    centre.done(&loan, "hand-over", &bedside).await;
    // Whoever reads the child's plan writes it.
    let centre = Centre {
        cookie: session(&centre.app, Role::Municipality, Some("43203"), None).await,
        ..centre
    };
    let edit = format!("/plans/{case}/power/edit");
    let (_, page) = centre.get(&edit).await;
    assert!(page.contains("貸与中（支援センター）"), "{page}");
    assert!(
        page.contains("name=\"/generators/0/loaned\" value=\"yes\""),
        "{page}"
    );
    assert!(!page.contains("name=\"/generators/0/model\""), "{page}");
    assert!(
        page.contains("name=\"/generators/0/charger_watts\""),
        "{page}"
    );
    // What somebody sends all the same is not kept.
    let form = "revision=0&/generators/0/loaned=yes&/generators/0/model=EU55is\
                &/generators/0/charger_watts=300&/generators/0/cord_metres=12\
                &/generators/0/last_run_on=2026-11-10";
    let (status, _, page) = centre.post(&edit, form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let record = seen(&centre.app, &Reader::Operator, &case).await;
    let generators = record
        .and_then(|record| record.generators)
        .expect("it is there");
    assert_eq!(generators.len(), 1);
    assert_eq!(generators[0].model.as_deref(), Some("EU18i"));
    assert_eq!(generators[0].charger_watts, Some(300.0));
    assert_eq!(generators[0].cord_metres, Some(12.0));
    let ran = generators[0].last_run_on.map(|on| on.to_string());
    assert_eq!(ran.as_deref(), Some("2026-11-10"));
}

/// A child whom its municipality knows, and whose family has not agreed that loan data
/// is exchanged with it.
async fn whoever_is_not_told_of_the_loan_does_not_learn_of_it(db: Database) {
    let app = freshness::filled(&db).await;
    let centre = session(&app, Role::Centre, None, None).await;
    let router = web::router(app.clone());
    let form = format!("model=EU18i&serial=A-1&key={}", app.ids.next());
    let answer = ask(&router, "POST", "/units", &centre, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    // What the centre or the family has typed of it stays unseen as well.
    let typed = serde_json::json!({
        "cars": [], "generators": [{ "loaned": true, "charger_watts": 300.0, "cord_metres": 12.0 }]
    });
    record(&app, "X-1001", typed).await;
    let mut tx = app.store.begin().await.expect("a unit of work");
    let case = tx.case_of_number(&number("X-1001")).await;
    let case = case.expect("a look-up").expect("a case");
    let unit = tx
        .unit_of_serial("A-1")
        .await
        .expect("a look-up")
        .expect("a unit");
    let day = "2026-11-03".parse().expect("a day");
    let done = serde_json::json!({ "co_explained": true, "exchange_consent": false });
    let loan = LoanId(app.ids.next());
    let begun = tx.begin_loan(loan, (case, None), unit.id, day, &done).await;
    begun.expect("it begins");
    tx.commit().await.expect("it is kept");
    let town = session(&app, Role::Municipality, Some("43203"), None).await;
    let family = session(&app, Role::Family, None, Some("X-1001")).await;
    let path = "/plans/X-1001/power";
    let own = words(ask(&router, "GET", path, &family, "").await).await;
    assert!(own.contains("EU18i A-1"), "it is the family's: {own}");
    let edit = format!("{path}/edit");
    for path in [path, edit.as_str(), "/plans/X-1001"] {
        let page = words(ask(&router, "GET", path, &town, "").await).await;
        for hidden in ["貸与中（支援センター）", "EU18i", "value=\"12\""] {
            assert!(!page.contains(hidden), "{path} {hidden}: {page}");
        }
    }
    // Nor do the verdicts that are kept for everybody rest on it.
    check::refresh(&app, &Reader::Operator)
        .await
        .expect("judged");
    // What the municipality writes takes nothing away of what it does not see.
    let fields = format!("revision=1&/cars/none=1&key={}", app.ids.next());
    let answer = ask(&router, "POST", &edit, &town, &fields).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let whole = seen(&app, &Reader::Operator, "X-1001")
        .await
        .expect("a record");
    let generators = whole.generators.expect("the unit");
    assert_eq!(generators.len(), 1);
    assert_eq!(generators[0].model.as_deref(), Some("EU18i"));
    assert_eq!(generators[0].cord_metres, Some(12.0));
}
