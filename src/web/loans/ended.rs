//! Applications and loans that are over.

use askama::Template;
use axum::{extract::State, response::Html};
use chrono::NaiveDate;

use super::super::{
    Error,
    head::{Head, Visit},
    show,
    words::{self, loan_undo as w, loans as said},
};
use crate::{
    app::App,
    domain::{id::CaseNumber, text::Lang},
    service::loans,
};

struct Line {
    number: CaseNumber,
    name: String,
    state: String,
    on: NaiveDate,
    readable: bool,
    mended: bool,
}

#[derive(Template)]
#[template(path = "pages/loans_ended.html")]
struct Page {
    head: Head,
    ended: Vec<Line>,
    /// For how long they stay.
    kept: String,
}

/// For how many years the record stays.
fn kept(years: u32, lang: Lang) -> String {
    w::ENDED_KEPT.get(lang).replace("{}", &years.to_string())
}

/// `GET /loans/ended`
pub(in crate::web) async fn ended(
    State(app): State<App>,
    visit: Visit,
) -> Result<Html<String>, Error> {
    let ended = loans::ended(&app, &visit.who).await?.into_iter();
    let ended = ended.map(|one| Line {
        number: one.number,
        name: one.name.unwrap_or_default(),
        state: one.state.name().get(visit.lang).to_owned(),
        on: one.on,
        readable: one.readable,
        mended: one.mended,
    });
    show(&Page {
        ended: ended.collect(),
        kept: kept(app.config.retention.loan_file_years, visit.lang),
        head: Head::of(&visit, "/loans/ended"),
    })
}
