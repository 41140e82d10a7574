//! What municipalities offer, as the centre keeps it: schemes with their days, and
//! the windows for the plan.

use axum::http::{StatusCode, header};
use tomoshibi::{app::App, domain::access::Role, service::loans, web};

use crate::{
    access::{ask, session, words},
    demo,
    support::engines::Database,
};

crate::on_every_engine!(
    the_first_rows_are_those_of_the_prefecture_and_no_edit_is_overwritten,
    a_scheme_is_added_ended_taken_off_and_put_back,
    a_scheme_that_cannot_be_used_is_an_accepted_answer,
    a_window_stands_on_the_page_of_the_loan,
);

struct Page {
    app: App,
    cookie: String,
}

impl Page {
    async fn new(db: &Database) -> Self {
        let app = demo::app(db).await;
        // Of which prefecture this is, is known by its accounts.
        session(&app, Role::Municipality, Some("43203"), None).await;
        let cookie = session(&app, Role::Centre, None, None).await;
        Self { app, cookie }
    }

    async fn get(&self, path: &str) -> String {
        let router = web::router(self.app.clone());
        words(ask(&router, "GET", path, &self.cookie, "").await).await
    }

    /// Sends a form; answers with the status, where it leads, and what it says.
    async fn post(&self, path: &str, form: &str) -> (StatusCode, String, String) {
        let router = web::router(self.app.clone());
        let form = format!("{form}&key={}", self.app.ids.next());
        let answer = ask(&router, "POST", path, &self.cookie, &form).await;
        let to = answer.headers().get(header::LOCATION);
        let to = to.and_then(|to| to.to_str().ok()).unwrap_or_default();
        let (status, to) = (answer.status(), to.to_owned());
        (status, to, words(answer).await)
    }

    async fn done(&self, path: &str, form: &str) {
        let (status, _, page) = self.post(path, form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{path} {form}: {page}");
    }

    /// A field of the form that changes the scheme of a town.
    async fn field(&self, town: &str, name: &str) -> String {
        let page = self.get("/loans/towns").await;
        let line = page.split("<tr>").find(|line| line.contains(town));
        let line = line.unwrap_or_else(|| panic!("{town}: {page}"));
        let mark = format!("name=\"{name}\" value=\"");
        let rest = line.split_once(&mark).expect("a field").1;
        rest.split('"').next().expect("a value").to_owned()
    }
}

async fn the_first_rows_are_those_of_the_prefecture_and_no_edit_is_overwritten(db: Database) {
    let page = Page::new(&db).await;
    let empty = page.get("/loans/towns").await;
    assert!(empty.contains("助成制度が一つも載っていません"), "{empty}");
    assert_eq!(loans::first_rows(&page.app).await.expect("it is done"), 8);
    assert_eq!(loans::first_rows(&page.app).await.expect("it is done"), 0);
    let full = page.get("/loans/towns").await;
    for town in [
        "熊本市",
        "八代市",
        "水俣市",
        "上天草市",
        "天草市",
        "宇土市",
        "玉東町",
        "南関町",
    ] {
        assert!(full.contains(&format!("{town}</th>")), "{town}: {full}");
    }
    assert!(
        full.contains("2025-10時点") && !full.contains("田布施"),
        "{full}"
    );
    // One that was taken off, and one that was changed, stay so.
    let (gone, was) = (
        page.field("水俣市", "scheme").await,
        page.field("宇土市", "was").await,
    );
    page.done("/loans/towns/remove", &format!("scheme={gone}"))
        .await;
    let id = page.field("宇土市", "scheme").await;
    let form = format!("scheme={id}&was={was}&benefit=【デモ】半額&source=【デモ】市に電話");
    page.done("/loans/towns/change", &form).await;
    assert_eq!(loans::first_rows(&page.app).await.expect("it is done"), 0);
    page.done("/loans/towns/first", "").await;
    let after = page.get("/loans/towns").await;
    assert!(
        after.contains("【デモ】半額") && !after.contains("水俣市</th>"),
        "{after}"
    );
}

async fn a_scheme_is_added_ended_taken_off_and_put_back(db: Database) {
    let page = Page::new(&db).await;
    let form = "town=43203&benefit=【デモ】発電機の購入費&from=令和5年9月19日&source=【デモ】広報";
    page.done("/loans/towns/scheme", form).await;
    let shown = page.get("/loans/towns").await;
    assert!(
        shown.contains("【デモ】発電機の購入費") && shown.contains("2023-09-19から"),
        "{shown}"
    );
    // What is wrong is said, and what was typed stays.
    for (wrong, said) in [
        (
            "town=43203&benefit=【デモ】x&source=y&from=2026-04-01&until=2026-03-31",
            "最後の日が最初の日より前",
        ),
        ("town=&benefit=【デモ】x&source=y", "市町村"),
        ("town=43203&benefit=【デモ】x&source=", "どこで"),
    ] {
        let (status, _, text) = page.post("/loans/towns/scheme", wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            text.contains(said) && text.contains("value=\"【デモ】x\""),
            "{said}: {text}"
        );
    }
    let (id, was) = (
        page.field("人吉市", "scheme").await,
        page.field("人吉市", "was").await,
    );
    let form = format!(
        "scheme={id}&was={was}&benefit=【デモ】発電機の購入費&from=2023-09-19&until=2026-03-31&source=【デモ】広報"
    );
    page.done("/loans/towns/change", &form).await;
    let shown = page.get("/loans/towns").await;
    assert!(
        shown.contains("2026-03-31まで") && shown.contains("終わった"),
        "{shown}"
    );
    // Whoever looked before that is told.
    let late = form.replace("購入費", "貸出");
    let (status, _, text) = page.post("/loans/towns/change", &late).await;
    assert_eq!(status, StatusCode::CONFLICT, "{text}");
    page.done("/loans/towns/remove", &format!("scheme={id}"))
        .await;
    let (status, ..) = page
        .post("/loans/towns/remove", &format!("scheme={id}"))
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    let shown = page.get("/loans/towns").await;
    assert!(
        shown.contains("取り除いた制度") && shown.contains("元に戻す"),
        "{shown}"
    );
    page.done("/loans/towns/restore", &format!("scheme={id}"))
        .await;
    assert!(page.get("/loans/towns").await.contains("人吉市</th>"));
}

async fn a_scheme_that_cannot_be_used_is_an_accepted_answer(db: Database) {
    let page = Page::new(&db).await;
    loans::first_rows(&page.app).await.expect("it is done");
    let form = "name=【デモ】制度 あり&born=2026-06-01&on=2026-11-01&town=八代市&hospital=【デモ】病院\
                &hospital_inside=yes&home_inside=yes&minutes_off=10&discharge_planned_on=2026-12-20";
    let (status, loan, text) = page.post("/loans/new", form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    let revision = async || {
        let shown = page.get(&loan).await;
        let rest = shown.split_once("name=\"revision\" value=\"");
        let rest = rest.expect("a form").1.to_owned();
        rest.split('"').next().expect("a revision").to_owned()
    };
    let step = async |step: &str| {
        let form = format!("step={step}&on=2026-11-02&revision={}", revision().await);
        page.post(&format!("{loan}/step"), &form).await
    };
    assert_eq!(step("apply_for_use").await.0, StatusCode::SEE_OTHER);
    let shown = page.get(&loan).await;
    assert!(
        shown.contains("八代市の制度") && shown.contains("優先します"),
        "{shown}"
    );
    let (status, _, text) = step("approve_use").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
    // It exists, but cannot be used.
    let facts = format!(
        "town=43202&hospital=【デモ】病院&hospital_inside=yes&home_inside=yes&minutes_off=10\
         &discharge_planned_on=2026-12-20&scheme_why=【デモ】手帳の対象にならない&revision={}",
        revision().await
    );
    page.done(&format!("{loan}/facts"), &facts).await;
    let shown = page.get(&loan).await;
    assert!(
        shown.contains("使えません：【デモ】手帳の対象にならない"),
        "{shown}"
    );
    assert_eq!(step("approve_use").await.0, StatusCode::SEE_OTHER);
}

async fn a_window_stands_on_the_page_of_the_loan(db: Database) {
    let page = Page::new(&db).await;
    let (status, _, text) = page.post("/loans/towns/window", "town=43203&window=").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("窓口の名前"), "{text}");
    let form = "town=43203&window=【デモ】防災課&telephone=0966-00-0000&form=【デモ】様式第1号";
    page.done("/loans/towns/window", form).await;
    let change = page.get("/loans/towns?town=43203").await;
    assert!(change.contains("value=\"【デモ】様式第1号\""), "{change}");
    // Of a ward the city's window counts.
    page.done(
        "/loans/towns/window",
        "town=43101&window=【デモ】市の福祉課",
    )
    .await;
    let shown = page.get("/loans/towns").await;
    assert!(shown.contains("熊本市 <a"), "{shown}");
    page.done("/units", "model=【デモ】発電機&serial=W-1").await;
    let form = "name=【デモ】窓口&born=2026-06-01&on=2026-11-01&town=人吉市";
    let (_, loan, _) = page.post("/loans/new", form).await;
    for step in [
        "apply_for_use",
        "approve_use",
        "apply_for_loan",
        "approve_loan",
    ] {
        let shown = page.get(&loan).await;
        let rest = shown
            .split_once("name=\"revision\" value=\"")
            .expect("a form")
            .1;
        let revision = rest.split('"').next().expect("a revision");
        let form = format!("step={step}&on=2026-11-02&note=x&revision={revision}");
        page.done(&format!("{loan}/step"), &form).await;
    }
    let shown = page.get(&format!("{loan}/hand-over")).await;
    assert!(
        shown.contains("【デモ】防災課") && shown.contains("0966-00-0000"),
        "{shown}"
    );
}
