//! What a plan's page offers beside the plan, and the forms behind it: those who
//! help, requests for correction, disclosure, and the end.

use askama::Template;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    error::Message,
    head::{Head, Visit},
    show,
    taken::{Named, Sent},
    words::{self, rights},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::Permission,
        calendar::era,
        ending::{EndReason, Ending, LoanEndReason},
        id::CaseNumber,
        plan::document::Supporter,
        rights::{CorrectionField, CorrectionRequest, ToldHow},
        text::Text,
    },
    service::{
        corrections, disclosure, ends,
        hand::{Hand, Outcome},
        plan_rights::{self, PlanRights},
        supporters::{self, Letter},
    },
    store::CorrectionRow,
};

/// One who helps, with the keys of the forms about them.
pub(super) struct SupporterRow {
    pub ordinal: usize,
    pub supporter: Supporter,
    pub told: Option<String>,
    /// As whom they are known, for the forms; `None`: they have no name.
    pub person: Option<String>,
    pub keys: [Uuid; 2],
}

/// A request, with the key of the form that answers it.
pub(super) struct RequestRow {
    pub request: CorrectionRequest,
    pub asked: String,
    pub key: Uuid,
}

/// What the page of a plan offers beside it.
pub(super) struct Rights {
    pub supporters: Vec<SupporterRow>,
    pub corrections: Vec<RequestRow>,
    pub lent: bool,
    pub may_tell: bool,
    pub may_ask: bool,
    pub may_answer: bool,
    pub may_disclose: bool,
    pub may_end: bool,
    pub keys: [Uuid; 3],
    pub today: NaiveDate,
}

impl Rights {
    pub(super) fn of(app: &App, visit: &Visit, page: PlanRights) -> Self {
        let key = || app.ids.next();
        let may = |permission| visit.who.role().may(permission);
        Self {
            supporters: page
                .supporters
                .into_iter()
                .map(|line| SupporterRow {
                    ordinal: line.ordinal,
                    person: supporters::key_of(page.case, &line.supporter),
                    told: line
                        .state
                        .told
                        .map(|(on, how)| format!("{on} {}", how.name().get(visit.lang))),
                    supporter: line.supporter,
                    keys: [key(), key()],
                })
                .collect(),
            corrections: page
                .corrections
                .into_iter()
                .map(|request| RequestRow {
                    asked: day(request.asked),
                    request,
                    key: key(),
                })
                .collect(),
            lent: page.lent,
            may_tell: may(Permission::TellSupporters),
            may_ask: may(Permission::AskCorrection),
            may_answer: may(Permission::AnswerCorrection),
            may_disclose: may(Permission::Disclose),
            may_end: may(Permission::EndCase),
            keys: [key(), key(), key()],
            today: app.clock.today(),
        }
    }
}

fn day(at: chrono::DateTime<chrono::Utc>) -> String {
    in_tokyo(at).format("%Y-%m-%d").to_string()
}

/// Back to a page after what was sent was done, or a page that says why not.
fn answered(visit: &Visit, outcome: Outcome, back: &str) -> Result<Response, Error> {
    let (status, words) = match outcome {
        Outcome::Saved | Outcome::Repeated => return Ok(Redirect::to(back).into_response()),
        Outcome::NotThere => return Err(Error::NotFound),
        Outcome::OtherBody => (StatusCode::CONFLICT, rights::OTHER_FORM),
        Outcome::Told => (StatusCode::OK, super::words::loan_ends::TOLD),
        Outcome::UnitIsOut => (StatusCode::CONFLICT, super::words::loan_ends::UNIT_IS_OUT),
        Outcome::DoneBefore => (StatusCode::CONFLICT, rights::DONE_BEFORE),
        Outcome::DayToCome => (StatusCode::UNPROCESSABLE_ENTITY, rights::DAY_TO_COME),
        Outcome::DayTooEarly => (StatusCode::UNPROCESSABLE_ENTITY, rights::DAY_TOO_EARLY),
        Outcome::BadText => (StatusCode::UNPROCESSABLE_ENTITY, rights::BAD_TEXT),
    };
    refused(visit, status, &words)
}

fn refused(visit: &Visit, status: StatusCode, words: &Text) -> Result<Response, Error> {
    let page = show(&Message {
        head: Head::of(visit, "/"),
        title: if status.is_success() {
            super::words::loan_ends::WORD_SENT
                .get(visit.lang)
                .to_owned()
        } else {
            rights::NOT_DONE.get(visit.lang).to_owned()
        },
        lines: vec![words.get(visit.lang).to_owned()],
        back: None,
    })?;
    Ok((status, page).into_response())
}

fn number(case: &str) -> Result<CaseNumber, Error> {
    CaseNumber::parse(case).map_err(|_| Error::NotFound)
}

/// A day as a form sends it; what is none is told in words.
macro_rules! day_or_words {
    ($visit:expr, $text:expr) => {
        match era::parse_date($text) {
            Ok(day) => day,
            Err(_) => return refused($visit, StatusCode::UNPROCESSABLE_ENTITY, &rights::BAD_DAY),
        }
    };
}

#[derive(Deserialize)]
pub(super) struct EndForm {
    on: String,
    why: String,
    key: Uuid,
}

/// `POST /plans/{case}/end`
pub(super) async fn end(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(form): Sent<EndForm>,
) -> Result<Response, Error> {
    let why = EndReason::from_code(&form.why).ok_or(Error::BadForm)?;
    let on = day_or_words!(&visit, &form.on);
    let hand = Hand::Person(&visit.who, form.key);
    let outcome = ends::end(&app, hand, &number(&case)?, Ending { on, why }).await?;
    answered(&visit, outcome, "/children/ended")
}

/// `POST /plans/{case}/loan/end`
pub(super) async fn end_loan(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(form): Sent<EndForm>,
) -> Result<Response, Error> {
    let why = LoanEndReason::from_code(&form.why).ok_or(Error::BadForm)?;
    let on = day_or_words!(&visit, &form.on);
    let hand = Hand::Person(&visit.who, form.key);
    let case = number(&case)?;
    let outcome = ends::end_loan(&app, hand, &case, on, why).await?;
    // An ended case has no page of its own any more.
    let back = if plan_rights::is_open(&app, &visit.who, &case).await? {
        format!("/plans/{case}")
    } else {
        "/children/ended".to_owned()
    };
    answered(&visit, outcome, &back)
}

#[derive(Deserialize)]
pub(super) struct ReopenForm {
    key: Uuid,
}

/// `POST /plans/{case}/reopen`
pub(super) async fn reopen(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(form): Sent<ReopenForm>,
) -> Result<Response, Error> {
    let case = number(&case)?;
    let outcome = ends::reopen(&app, Hand::Person(&visit.who, form.key), &case).await?;
    answered(&visit, outcome, &format!("/plans/{case}"))
}

/// One line of the list of ended cases.
struct EndedLine {
    ended: ends::EndedCase,
    plans: Option<String>,
    whole: Option<String>,
    keys: [Uuid; 2],
}

#[derive(Template)]
#[template(path = "pages/ended.html")]
struct Ended {
    head: Head,
    lines: Vec<EndedLine>,
    today: NaiveDate,
}

/// `GET /children/ended`
pub(super) async fn ended(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    use crate::domain::retention::CaseDue;
    let ended = ends::list(&app, &visit.who).await?;
    let lines = ended
        .into_iter()
        .map(|ended| {
            let (plans, whole) = match ended.due {
                CaseDue::From { plans, whole } => {
                    (Some(plans.to_string()), Some(whole.to_string()))
                }
                CaseDue::Open | CaseDue::Lent => (None, None),
            };
            EndedLine {
                ended,
                plans,
                whole,
                keys: [app.ids.next(), app.ids.next()],
            }
        })
        .collect();
    show(&Ended {
        head: Head::of(&visit, "/children/ended"),
        lines,
        today: app.clock.today(),
    })
}

/// `GET /plans/{case}/disclosure`
pub(super) async fn disclosed(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Response, Error> {
    let case = number(&case)?;
    let all = disclosure::of(&app, Some(&visit.who), &case).await?;
    let all = all.ok_or(Error::NotFound)?;
    Ok(as_file(
        all.html(),
        "text/html; charset=utf-8",
        &format!("{case}.html"),
    ))
}

/// `GET /plans/{case}/disclosure.json`
pub(super) async fn disclosed_to_machines(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Response, Error> {
    let case = number(&case)?;
    let all = disclosure::of(&app, Some(&visit.who), &case).await?;
    let all = all.ok_or(Error::NotFound)?;
    Ok(as_file(
        all.json(),
        "application/json",
        &format!("{case}.json"),
    ))
}

/// A file that is kept, not a page that is shown: its style stands in it.
fn as_file(content: String, kind: &'static str, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, content).into_response()
}

#[derive(Deserialize)]
pub(super) struct AskForm {
    field: String,
    proposed: String,
    key: Uuid,
}

/// `POST /plans/{case}/correction`
pub(super) async fn ask(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(form): Sent<AskForm>,
) -> Result<Response, Error> {
    let field = CorrectionField::from_code(&form.field).ok_or(Error::BadForm)?;
    let case = number(&case)?;
    let outcome =
        corrections::ask(&app, &visit.who, form.key, &case, field, &form.proposed).await?;
    answered(&visit, outcome, &format!("/plans/{case}#corrections"))
}

#[derive(Deserialize)]
pub(super) struct AnswerForm {
    id: Uuid,
    corrected: String,
    #[serde(default)]
    words: String,
    key: Uuid,
}

/// `POST /plans/{case}/correction/answer`
pub(super) async fn answer(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(form): Sent<AnswerForm>,
) -> Result<Response, Error> {
    let corrected = match form.corrected.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(Error::BadForm),
    };
    let case = number(&case)?;
    let says = (corrected, form.words.as_str());
    let outcome = corrections::answer(&app, &visit.who, form.key, &case, form.id, says).await?;
    answered(&visit, outcome, &format!("/plans/{case}#corrections"))
}

#[derive(Template)]
#[template(path = "pages/corrections.html")]
struct Corrections {
    head: Head,
    lines: Vec<(CorrectionRow, String)>,
}

/// `GET /corrections`
pub(super) async fn waiting(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    let rows = corrections::open(&app, &visit.who).await?;
    let lines = rows
        .into_iter()
        .map(|row| {
            let asked = day(row.request.asked);
            (row, asked)
        })
        .collect();
    show(&Corrections {
        head: Head::of(&visit, "/corrections"),
        lines,
    })
}

#[derive(Deserialize)]
pub(super) struct ToldForm {
    ordinal: usize,
    person: String,
    on: String,
    how: String,
    key: Uuid,
}

/// `POST /plans/{case}/supporters/told`
pub(super) async fn told(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(form): Sent<ToldForm>,
) -> Result<Response, Error> {
    let how = ToldHow::from_code(&form.how).ok_or(Error::BadForm)?;
    let on = day_or_words!(&visit, &form.on);
    let case = number(&case)?;
    let one = (form.ordinal, form.person.as_str());
    let outcome = supporters::told(&app, &visit.who, form.key, &case, one, (on, how)).await?;
    answered(&visit, outcome, &format!("/plans/{case}#supporters"))
}

#[derive(Deserialize)]
pub(super) struct WithdrawnForm {
    ordinal: usize,
    person: String,
    key: Uuid,
}

/// `POST /plans/{case}/supporters/withdrawn`
pub(super) async fn withdrawn(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(form): Sent<WithdrawnForm>,
) -> Result<Response, Error> {
    let case = number(&case)?;
    let one = (form.ordinal, form.person.as_str());
    let outcome = supporters::withdraw(&app, &visit.who, form.key, &case, one).await?;
    answered(&visit, outcome, &format!("/plans/{case}#supporters"))
}

#[derive(Template)]
#[template(path = "pages/letter.html")]
struct LetterPage {
    head: Head,
    letter: Letter,
    office: String,
    recipients: String,
}

/// `GET /plans/{case}/supporters/{ordinal}/letter`
pub(super) async fn letter(
    State(app): State<App>,
    visit: Visit,
    Named((case, ordinal)): Named<(String, usize)>,
) -> Result<Html<String>, Error> {
    let case = number(&case)?;
    let letter = supporters::letter(&app, &visit.who, &case, ordinal).await?;
    let letter = letter.ok_or(Error::NotFound)?;
    let office = letter.municipality.map_or_else(String::new, |code| {
        format!(
            "{} {}",
            code.responsible().name(),
            rights::DISASTER_OFFICE.get(visit.lang)
        )
    });
    let recipients = match letter.recipients.join(words::COMMA.get(visit.lang)) {
        none if none.is_empty() => rights::LETTER_NONE.get(visit.lang).to_owned(),
        some => some,
    };
    show(&LetterPage {
        head: Head::of(&visit, format!("/plans/{case}/supporters/{ordinal}/letter")),
        letter,
        office,
        recipients,
    })
}
