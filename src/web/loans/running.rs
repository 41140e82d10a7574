//! Every application and every loan that runs, by name.

use askama::Template;
use axum::{extract::State, response::Html};
use chrono::NaiveDate;

use super::super::{
    Error,
    head::{Head, Visit},
    show,
    words::{self, loan_desk as w, loans as said},
};
use crate::{
    app::App,
    domain::id::{CaseNumber, UnitId},
    service::loans,
};

/// One of them.
pub(super) struct Line {
    pub number: CaseNumber,
    pub name: String,
    pub town: String,
    pub state: String,
    pub since: NaiveDate,
    /// Since when a unit is lent.
    pub lent_on: Option<NaiveDate>,
    /// The unit, and how it is called.
    pub unit: Option<(UnitId, String)>,
    pub telephone: String,
}

/// All of them, as the page and the file show them.
pub(super) async fn lines(app: &App, visit: &Visit) -> Result<Vec<Line>, Error> {
    let files = loans::running(app, &visit.who).await?;
    let lines = files.into_iter().map(|(file, unit)| {
        let town = file.applicant.municipality;
        Line {
            name: file.name.unwrap_or_else(|| file.number.to_string()),
            town: town.map_or_else(String::new, |code| code.name().to_owned()),
            state: file.state.name().get(visit.lang).to_owned(),
            since: file.state_since,
            lent_on: file.loan.map(|loan| loan.started_on),
            unit: unit.map(|unit| {
                let name = format!("{} {}", unit.unit.model, unit.unit.serial);
                (unit.id, name)
            }),
            telephone: file.applicant.telephone.unwrap_or_default(),
            number: file.number,
        }
    });
    Ok(lines.collect())
}

#[derive(Template)]
#[template(path = "pages/loans_running.html")]
struct Page {
    head: Head,
    lines: Vec<Line>,
}

/// `GET /loans/running`
pub(in crate::web) async fn running(
    State(app): State<App>,
    visit: Visit,
) -> Result<Html<String>, Error> {
    let lines = lines(&app, &visit).await?;
    show(&Page {
        head: Head::of(&visit, "/loans/running"),
        lines,
    })
}
