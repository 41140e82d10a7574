//! How far the plan of a child is: whose move it is, and what its municipality
//! answered.

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
        words::{self, loan_desk as w, loans as said},
    },
    Leads, Said,
    desk::Choice,
    due::{Answered, Stuck, answered, stuck},
    fields::{Fields, Wrong},
    leads,
};
use crate::{
    app::App,
    domain::{
        id::CaseNumber,
        loan::{MunicipalAnswer, progress::AnswerWay},
    },
    service::loans,
    store::StoredAnswer,
};

#[derive(Template)]
#[template(path = "pages/loan_progress.html")]
struct Page {
    head: Head,
    number: CaseNumber,
    name: String,
    stuck: Option<Stuck>,
    answer: Option<Answered>,
    answers: Vec<Answered>,
    choices: Vec<Choice>,
    ways: Vec<Choice>,
    form: Fields,
    said: Option<Said>,
    today: NaiveDate,
    key: Uuid,
}

impl Page {
    /// Nothing is stuck, so there is a plan.
    #[expect(
        clippy::unused_self,
        reason = "the part of a page that two pages have asks it"
    )]
    const fn has_plan(&self) -> bool {
        true
    }
}

async fn render(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    (form, said): (Fields, Option<Said>),
) -> Result<Html<String>, Error> {
    let progress = loans::progress(app, &visit.who, number).await?;
    let progress = progress.ok_or(Error::NotFound)?;
    let (lang, today) = (visit.lang, app.clock.today());
    let stuck = progress.stuck.map(|child| stuck(child, today, lang));
    let choice = |field: &str, code: &'static str, name: &crate::domain::text::Text| {
        (code, name.get(lang).to_owned(), form.get(field) == code)
    };
    show(&Page {
        head: Head::of(visit, format!("/loans/{number}/progress")),
        name: stuck
            .as_ref()
            .map_or_else(|| number.to_string(), |child| child.name.clone()),
        stuck,
        answer: progress.answers.first().map(|one| answered(one, lang)),
        answers: progress
            .answers
            .iter()
            .map(|one| answered(one, lang))
            .collect(),
        choices: MunicipalAnswer::ALL
            .iter()
            .map(|one| choice("answer", one.code(), &one.name()))
            .collect(),
        ways: AnswerWay::ALL
            .iter()
            .map(|one| choice("way", one.code(), &one.name()))
            .collect(),
        number: number.clone(),
        form,
        said,
        today,
        key: app.ids.next(),
    })
}

/// `GET /loans/{loan}/progress`
pub(in crate::web) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    render(&app, &visit, &number, (Fields::default(), None)).await
}

fn read(fields: &Fields) -> Result<StoredAnswer, Wrong> {
    let missing = |field| Wrong {
        field,
        why: said::MISSING,
    };
    Ok(StoredAnswer {
        said_on: fields.needed_day("said_on")?,
        way: AnswerWay::from_code(fields.get("way")).ok_or_else(|| missing("way"))?,
        answer: MunicipalAnswer::from_code(fields.get("answer"))
            .ok_or_else(|| missing("answer"))?,
        words: fields.note("said_words")?,
        by: None,
    })
}

/// `POST /loans/{loan}/progress`
pub(in crate::web) async fn note(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let (status, back) = match read(&fields) {
        Ok(answer) => {
            let done = loans::note_answer(&app, sheet, &number, &answer).await?;
            match leads(done, &visit, |number| format!("/loans/{number}/progress"))? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong(&wrong, &visit),
        ),
    };
    let page = render(&app, &visit, &number, (fields, Some(back))).await?;
    Ok((status, page).into_response())
}
