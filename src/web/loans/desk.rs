//! The desk: what is due, what waits for whom, and the first word of a family.

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
        taken::Sent,
        words::{self, loan_ends as ends, loans as said},
    },
    Leads, Said,
    fields::{Fields, Wrong},
    leads,
};
use crate::{
    app::App,
    domain::{
        id::CaseNumber,
        loan::{Clocks, Near, Stay},
        text::Lang,
    },
    service::loans::{self, Enquiry, Sheet},
    store::LoanFile,
};

/// One line of the desk.
struct Line {
    number: CaseNumber,
    name: String,
    state: String,
    since: NaiveDate,
    waits: String,
    /// What is due next, by when, how near that is, and its class.
    due: Option<(String, NaiveDate, String, &'static str)>,
    near: Near,
}

#[derive(Template)]
#[template(path = "pages/loans.html")]
struct Desk {
    head: Head,
    lines: Vec<Line>,
    free: usize,
}

/// The clocks of a file whose loan runs.
pub(super) fn clocks(app: &App, file: &LoanFile) -> Option<Clocks> {
    let loan = file.loan.as_ref().filter(|loan| loan.ended_on.is_none())?;
    Some(Clocks::of(
        loan.started_on,
        file.checked_on,
        file.plan_applied_on.is_some(),
        loan.set_end(),
        &app.office,
    ))
}

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

fn line(app: &App, file: &LoanFile, today: NaiveDate, lang: Lang) -> Line {
    let due = clocks(app, file).map(|clocks| {
        let next = clocks.next();
        let what = if clocks.plan.is_some_and(|plan| plan.safe_by == next) {
            said::DUE_PLAN
        } else if clocks.check.safe_by == next {
            said::DUE_CHECK
        } else {
            said::DUE_END
        };
        let extended = file.loan.as_ref().and_then(|loan| loan.extended_until);
        let longer = what == said::DUE_END && extended == Some(clocks.end.legal_end);
        let what = if longer {
            format!("{}（{}）", what.get(lang), ends::EXTENDED.get(lang))
        } else {
            what.get(lang).to_owned()
        };
        let nearness = Near::of(next, today);
        let (text, class) = near(nearness, lang);
        ((what, next, text, class), nearness)
    });
    Line {
        number: file.number.clone(),
        name: file.name.clone().unwrap_or_else(|| file.number.to_string()),
        state: file.state.name().get(lang).to_owned(),
        since: file.state_since,
        waits: file
            .state
            .waits_for()
            .map(|text| text.get(lang).to_owned())
            .unwrap_or_default(),
        near: due.as_ref().map_or(Near::Later, |(_, near)| *near),
        due: due.map(|(due, _)| due),
    }
}

/// `GET /loans`
pub(in crate::web) async fn desk(
    State(app): State<App>,
    visit: Visit,
) -> Result<Html<String>, Error> {
    let today = app.clock.today();
    let files = loans::open(&app, &visit.who).await?;
    let units = loans::units(&app).await?;
    let mut lines: Vec<Line> = files
        .iter()
        .map(|file| line(&app, file, today, visit.lang))
        .collect();
    // What is due comes first, then what has waited longest.
    lines.sort_by(|a, b| {
        let due = |line: &Line| line.due.as_ref().map(|(_, date, ..)| *date);
        let urgent = |line: &Line| (line.near < Near::Later).then_some(line.near);
        (
            urgent(a).is_none(),
            urgent(a),
            due(a).filter(|_| urgent(a).is_some()),
            a.since,
        )
            .cmp(&(
                urgent(b).is_none(),
                urgent(b),
                due(b).filter(|_| urgent(b).is_some()),
                b.since,
            ))
    });
    show(&Desk {
        head: Head::of(&visit, "/loans"),
        lines,
        free: units.iter().filter(|unit| unit.state.is_free()).count(),
    })
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
    said: Option<Said>,
    today: NaiveDate,
    key: Uuid,
}

fn form(
    app: &App,
    visit: &Visit,
    fields: Fields,
    said: Option<Said>,
) -> Result<Html<String>, Error> {
    show(&New {
        head: Head::of(visit, "/loans/new"),
        stays: stays(&fields, visit.lang),
        fields,
        said,
        today: app.clock.today(),
        key: app.ids.next(),
    })
}

/// `GET /loans/new`
pub(in crate::web) async fn new(
    State(app): State<App>,
    visit: Visit,
) -> Result<Html<String>, Error> {
    form(&app, &visit, Fields::default(), None)
}

fn enquiry(fields: &Fields) -> Result<Enquiry, Wrong> {
    let number = fields.line("number")?.map(|text| {
        CaseNumber::parse(&text).map_err(|_| Wrong {
            field: "number",
            why: said::BAD_NUMBER,
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
    let sheet = Sheet {
        who: &visit.who,
        key: fields.key()?,
    };
    let enquiry = match enquiry(&fields) {
        Ok(enquiry) => enquiry,
        Err(wrong) => {
            let said = Some(Said::wrong(&wrong, &visit));
            let page = form(&app, &visit, fields, said)?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let answer = loans::register(&app, sheet, &enquiry).await?;
    match leads(answer, &visit, |number| format!("/loans/{number}"))? {
        Leads::On(response) => Ok(response),
        Leads::Back(status, said) => {
            let page = form(&app, &visit, fields, Some(said))?;
            Ok((status, page).into_response())
        }
    }
}
