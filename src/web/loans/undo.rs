//! Taking back what was recorded by mistake, and how it is shown.

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
    fields::Fields,
    leads, page,
    photos::CheckPhotos,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        id::CaseNumber,
        loan::{AnnualCheck, LoanState, LoanStep, PartVerdict, check::CheckWay},
        text::Lang,
    },
    service::loans::{self, LoanPage},
    store::{PastStep, Stated, Undone},
};

/// Who struck something out: day, who, why.
pub(super) struct Struck {
    pub on: NaiveDate,
    pub by: String,
    pub why: String,
}

fn struck(undone: Option<&Undone>) -> Option<Struck> {
    undone.map(|undone| Struck {
        on: in_tokyo(undone.at).date_naive(),
        by: undone.by.clone().unwrap_or_default(),
        why: undone.why.clone().unwrap_or_default(),
    })
}

/// A step in the history of a loan.
pub(super) struct Past {
    pub on: NaiveDate,
    pub step: String,
    pub note: String,
    pub against: String,
    pub by: String,
    pub decided: String,
    pub struck: Option<Struck>,
    /// What is to be done by hand, of a step that was taken back.
    pub by_hand: Option<String>,
    /// It is the one that can be taken back.
    pub last: bool,
}

/// The history of a loan, the latest first.
pub(super) fn history(page: &LoanPage, lang: Lang) -> Vec<Past> {
    let last = page.history.iter().find(|past| past.undone.is_none());
    let last = last.map(|past| past.ordinal);
    // Each extension in its place: until when, and who approved it.
    let mut extensions = page.extensions.iter();
    let mut longer = move |past: &PastStep| {
        let stands = past.step.step == LoanStep::Extend && past.undone.is_none();
        let extension = stands.then(|| extensions.next()).flatten()?;
        let (until, approver) = (extension.until, &extension.approver);
        Some(match lang {
            Lang::Ja => format!("{until} まで（承認：{approver}）"),
            Lang::En => format!("until {until} (approved by {approver})"),
        })
    };
    let past = page.history.iter().map(|past| {
        let step = &past.step;
        let note = step.note.clone();
        let by_hand = step.step.by_hand().filter(|_| past.undone.is_some());
        Past {
            on: step.on,
            step: step.step.name().get(lang).to_owned(),
            note: longer(past)
                .into_iter()
                .chain(note)
                .collect::<Vec<_>>()
                .join(" "),
            against: page::against(step.against.as_deref().unwrap_or_default(), lang),
            by: step.by.clone().unwrap_or_default(),
            decided: page::decided(page, past.ordinal, lang),
            struck: struck(past.undone.as_ref()),
            by_hand: by_hand.map(|text| text.get(lang).to_owned()),
            last: last == Some(past.ordinal),
        }
    });
    let (on, by) = page.consulted.clone();
    let began = Past {
        on,
        step: LoanState::Consulted.name().get(lang).to_owned(),
        note: String::new(),
        against: String::new(),
        by: by.unwrap_or_default(),
        decided: String::new(),
        struck: None,
        by_hand: None,
        last: false,
    };
    past.chain([began]).collect()
}

/// A check, or a day of application, as it is listed, with the form that strikes it
/// out.
pub(super) struct Line {
    pub id: Uuid,
    pub on: NaiveDate,
    pub what: String,
    pub note: String,
    pub by: String,
    pub struck: Option<Struck>,
    pub key: Uuid,
    /// What was found at a check.
    pub found: Vec<(String, String)>,
    /// The photos of a check that stands.
    pub photos: Option<CheckPhotos>,
}

fn line<T>(app: &App, stated: &Stated<T>, on: NaiveDate) -> Line {
    Line {
        id: stated.id,
        on,
        what: String::new(),
        note: String::new(),
        by: stated.by.clone().unwrap_or_default(),
        struck: struck(stated.undone.as_ref()),
        key: app.ids.next(),
        photos: None,
        found: Vec::new(),
    }
}

/// What was found at a check, in words; what nobody looked at is left out.
fn found(check: &AnnualCheck, lang: Lang) -> Vec<(String, String)> {
    let verdict = |verdict: PartVerdict| match verdict {
        PartVerdict::Fine => Some(said::FINE.get(lang).to_owned()),
        PartVerdict::Fails => Some(said::FAILS.get(lang).to_owned()),
        PartVerdict::Unknown => None,
    };
    let yes = |yes: bool| {
        let word = if yes { said::FINE } else { said::FAILS };
        word.get(lang).to_owned()
    };
    let way = CheckWay::from_code(&check.way).map(|way| way.name().get(lang).to_owned());
    let parts = [
        (said::CHECK_WAY, way),
        (said::CHECK_USAGE, verdict(check.usage)),
        (words::loan_desk::USAGE_NOTE, check.usage_note.clone()),
        (said::CHECK_CONDITION, verdict(check.condition)),
        (said::CHECK_ELIGIBLE, verdict(check.eligible)),
        (
            said::HOURS_RUN,
            check.hours_run.map(|hours| hours.to_string()),
        ),
        (said::LOAD, check.load_watts.map(|watts| watts.to_string())),
        (said::OIL_FINE, check.oil_fine.map(yes)),
        (said::FUEL_ON, check.fuel_on.map(|day| day.to_string())),
        (said::PLACE, check.outdoor_place.clone()),
    ];
    let known = parts
        .into_iter()
        .filter_map(|(what, value)| Some((what, value?)));
    known
        .map(|(what, value)| (what.get(lang).to_owned(), value))
        .collect()
}

/// The checks of a loan, the latest first.
pub(super) fn checks(app: &App, page: &LoanPage, lang: Lang) -> Vec<Line> {
    let checks = page.stated_checks.iter().map(|stated| {
        let check = &stated.what;
        let stands = page.checks.iter().find(|stored| stored.id == stated.id);
        Line {
            photos: stands
                .filter(|_| !page.kept)
                .map(|stored| CheckPhotos::of(app, stored, lang)),
            what: check.outcome().name().get(lang).to_owned(),
            note: check.note.clone().unwrap_or_default(),
            found: found(check, lang),
            ..line(app, stated, check.held_on)
        }
    });
    checks.collect()
}

/// The days on which the plan was applied for, the latest first.
pub(super) fn applications(app: &App, page: &LoanPage) -> Vec<Line> {
    let days = page.applications.iter();
    days.map(|stated| line(app, stated, stated.what)).collect()
}

#[derive(Template)]
#[template(path = "pages/loan_undo.html")]
struct Page {
    head: Head,
    number: CaseNumber,
    title: String,
    revision: i64,
    state: String,
    /// The step: its ordinal, its day, what, note, by whom, when it was recorded.
    last: Option<LastStep>,
    why: String,
    said: Option<Said>,
    key: Uuid,
}

struct LastStep {
    ordinal: i64,
    on: NaiveDate,
    step: String,
    note: String,
    by: String,
    recorded: NaiveDate,
    to: String,
    since: NaiveDate,
    undoes: String,
    by_hand: String,
}

async fn render(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    (why, said): (String, Option<Said>),
) -> Result<Html<String>, Error> {
    let undoing = loans::undoing(app, &visit.who, number).await?;
    let undoing = undoing.ok_or(Error::NotFound)?;
    let lang = visit.lang;
    let text = |text: Option<crate::domain::text::Text>| {
        text.map_or_else(String::new, |text| text.get(lang).to_owned())
    };
    let last = undoing.last.map(|past| LastStep {
        ordinal: past.ordinal,
        on: past.step.on,
        step: past.step.step.name().get(lang).to_owned(),
        undoes: text(past.step.step.undoes()),
        by_hand: text(past.step.step.by_hand()),
        note: past.step.note.unwrap_or_default(),
        by: past.step.by.unwrap_or_default(),
        recorded: in_tokyo(past.recorded_at).date_naive(),
        to: past.from.0.name().get(lang).to_owned(),
        since: past.from.1,
    });
    show(&Page {
        head: Head::of(visit, format!("/loans/{number}/undo")),
        title: undoing.name.unwrap_or_else(|| undoing.number.to_string()),
        number: undoing.number,
        revision: undoing.revision,
        state: undoing.state.name().get(lang).to_owned(),
        last,
        why,
        said,
        key: app.ids.next(),
    })
}

/// `GET /loans/{loan}/undo`
pub(in crate::web) async fn undo_page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    render(&app, &visit, &number, (String::new(), None)).await
}

/// `POST /loans/{loan}/undo`
pub(in crate::web) async fn undo(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let ordinal = fields.get("ordinal").parse().map_err(|_| Error::BadForm)?;
    let revision = fields.revision()?;
    let (status, said) = match fields.note("undo_why") {
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong(&wrong, &visit),
        ),
        Ok(why) => {
            let why = why.unwrap_or_default();
            let answer = loans::undo(&app, sheet, &number, (revision, ordinal, &why)).await?;
            match leads(answer, &visit, |number| format!("/loans/{number}"))? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
    };
    let why = fields.get("undo_why").to_owned();
    let page = render(&app, &visit, &number, (why, Some(said))).await?;
    Ok((status, page).into_response())
}
