//! The first word of a family.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::{Head, Visit},
        show,
        taken::Sent,
        words::{self, loans as said},
    },
    Leads, Said,
    fields::{Fields, Wrong},
    leads,
};
use crate::{
    app::App,
    domain::{
        id::CaseNumber,
        loan::{Near, Stay},
        text::Lang,
    },
    service::loans::{self, Enquiry},
};

/// How near a date is, for people, and the class of its badge.
pub(super) fn near(near: Near, lang: Lang) -> (String, &'static str) {
    let (text, class) = match near {
        Near::Overdue => (said::OVERDUE, "blocker"),
        Near::Today => (said::TODAY, "blocker"),
        Near::ThisMonth => (said::THIS_MONTH, "gap"),
        Near::Soon => (said::SOON, "warning"),
        Near::Later => return (String::new(), ""),
    };
    (text.get(lang).to_owned(), class)
}

/// A choice of a form: its word, its name, whether it is chosen.
pub(super) type Choice = (&'static str, String, bool);

/// The places where a child may be.
pub(super) fn stays(fields: &Fields, lang: Lang) -> Vec<Choice> {
    Stay::ALL
        .iter()
        .map(|stay| {
            let chosen = fields.get("stay") == stay.code();
            (stay.code(), stay.name().get(lang).to_owned(), chosen)
        })
        .collect()
}

#[derive(Template)]
#[template(path = "pages/loan_new.html")]
struct New {
    head: Head,
    fields: Fields,
    stays: Vec<Choice>,
    /// Municipalities to be suggested.
    towns: Vec<String>,
    said: Option<Said>,
    today: NaiveDate,
    key: Uuid,
}

async fn form(
    app: &App,
    visit: &Visit,
    fields: Fields,
    said: Option<Said>,
) -> Result<Html<String>, Error> {
    show(&New {
        head: Head::of(visit, "/loans/new"),
        stays: stays(&fields, visit.lang),
        towns: loans::town_names(app).await?,
        fields,
        said,
        today: app.clock.today(),
        key: app.ids.next(),
    })
}

/// What the link that leads to the form says.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct Asked {
    /// The child whose application is over, and for whom somebody asks again.
    #[serde(default)]
    again: String,
}

/// What was said in the application that is over. Days are asked for anew.
async fn former(app: &App, visit: &Visit, number: &CaseNumber) -> Result<Fields, Error> {
    let found = loans::correction(app, &visit.who, number).await?;
    let found = found.filter(|found| found.file.closed_on.is_some());
    let found = found.ok_or(Error::NotFound)?;
    let mut fields = Fields::of(&found.file.applicant, &found.file.facts);
    let born = found.born.map(|day| day.to_string()).unwrap_or_default();
    for (name, value) in [
        ("number", number.to_string()),
        ("name", found.file.name.unwrap_or_default()),
        ("kana", found.kana.unwrap_or_default()),
        ("born", born),
    ] {
        fields.0.push((name.to_owned(), value));
    }
    Ok(fields)
}

/// `GET /loans/new`
pub(in crate::web) async fn new(
    State(app): State<App>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Error> {
    let fields = match asked.again.as_str() {
        "" => Fields::default(),
        again => {
            let number = CaseNumber::parse(again).map_err(|_| Error::NotFound)?;
            former(&app, &visit, &number).await?
        }
    };
    form(&app, &visit, fields, None).await
}

fn enquiry(fields: &Fields) -> Result<Enquiry, Wrong> {
    let number = fields.line("number")?.map(|text| {
        CaseNumber::parse(&text).map_err(|_| Wrong {
            field: "number",
            why: said::BAD_CASE_NUMBER,
        })
    });
    Ok(Enquiry {
        number: number.transpose()?,
        name: fields.needed("name")?,
        kana: fields.line("kana")?,
        born: fields.needed_day("born")?,
        on: fields.needed_day("on")?,
        applicant: fields.applicant()?,
        facts: fields.facts()?,
    })
}

/// `POST /loans/new`
pub(in crate::web) async fn register(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let enquiry = match enquiry(&fields) {
        Ok(enquiry) => enquiry,
        Err(wrong) => {
            let said = Some(Said::wrong(&wrong, &visit));
            let page = form(&app, &visit, fields, said).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let answer = loans::register(&app, sheet, &enquiry).await?;
    match leads(answer, &visit, |number| format!("/loans/{number}"))? {
        Leads::On(response) => Ok(response),
        Leads::Back(status, said) => {
            let page = form(&app, &visit, fields, Some(said)).await?;
            Ok((status, page).into_response())
        }
    }
}
