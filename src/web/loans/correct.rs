//! Correcting a child that the centre keeps.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::{Head, Visit},
        show,
        taken::{Named, Sent},
        words::{self, loan_undo as w, loans as said},
    },
    Leads, Said,
    fields::{Fields, Wrong},
    leads,
};
use crate::{
    app::App,
    domain::id::CaseNumber,
    service::loans::{self, Corrected},
};

#[derive(Template)]
#[template(path = "pages/loan_correct.html")]
struct Page {
    head: Head,
    /// Municipalities to be suggested.
    towns: Vec<String>,
    number: CaseNumber,
    title: String,
    revision: i64,
    /// The municipality that keeps the child.
    kept_by: Option<String>,
    /// The file is closed.
    over: bool,
    form: Fields,
    said: Option<Said>,
    today: NaiveDate,
    key: Uuid,
}

async fn render(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    (form, said): (Option<Fields>, Option<Said>),
) -> Result<Html<String>, Error> {
    let found = loans::correction(app, &visit.who, number).await?;
    let found = found.ok_or(Error::NotFound)?;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let form = form.unwrap_or_else(|| {
        let mut fields = Fields::of(&found.file.applicant, &found.file.facts);
        let born = found.born.map(|day| day.to_string()).unwrap_or_default();
        for (name, value) in [
            ("name", text(&found.file.name)),
            ("kana", text(&found.kana)),
            ("born", born),
        ] {
            fields.0.push((name.to_owned(), value));
        }
        fields
    });
    show(&Page {
        towns: loans::town_names(app).await?,
        head: Head::of(visit, format!("/loans/{number}/correct")),
        title: found
            .file
            .name
            .clone()
            .unwrap_or_else(|| number.to_string()),
        number: number.clone(),
        revision: found.file.revision,
        kept_by: found
            .kept_by
            .map(|code| code.responsible().name().to_owned()),
        over: found.file.closed_on.is_some(),
        form,
        said,
        today: app.clock.today(),
        key: app.ids.next(),
    })
}

/// `GET /loans/{loan}/correct`
pub(in crate::web) async fn correct_page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    render(&app, &visit, &number, (None, None)).await
}

fn read(fields: &Fields) -> Result<Corrected, Wrong> {
    Ok(Corrected {
        name: fields.needed("name")?,
        kana: fields.line("kana")?,
        born: fields.needed_day("born")?,
        applicant: fields.applicant()?,
    })
}

/// `POST /loans/{loan}/correct`
pub(in crate::web) async fn correct(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let revision = fields.revision()?;
    let (status, said) = match read(&fields) {
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong(&wrong, &visit),
        ),
        Ok(corrected) => {
            let answer = loans::correct(&app, sheet, (&number, revision), &corrected).await?;
            match leads(answer, &visit, |number| format!("/loans/{number}"))? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
    };
    let page = render(&app, &visit, &number, (Some(fields), Some(said))).await?;
    Ok((status, page).into_response())
}
