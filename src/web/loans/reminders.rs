//! The reminders of a child: where its family is reached, what was sent, what comes.

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
        words::{self, loans as loan_words, reminders as said},
    },
    Leads, Said,
    fields::{Fields, Wrong},
    leads,
};
use crate::{
    app::App,
    domain::{
        duty::{ContactState, DutyKind, MailState, Phase},
        id::CaseNumber,
        text::{Lang, Text},
    },
    service::reminders::{self, Act, TermPage, Typed},
    store::{MailContact, StaffTask, StoredNotice},
};

/// A due day on the page.
struct Line {
    what: String,
    kind: &'static str,
    due_on: NaiveDate,
    moved_from: Option<NaiveDate>,
    /// Since when it is over, and why.
    ended: Option<(NaiveDate, String)>,
    /// What comes next.
    next: Option<String>,
    sent: Vec<String>,
    /// Until when it is suspended, why, by whom, and which suspension that is.
    suspended: Option<(NaiveDate, String, Uuid)>,
    key: Uuid,
}

#[derive(Template)]
#[template(path = "pages/reminders.html")]
struct Page {
    head: Head,
    number: CaseNumber,
    contacts: Vec<(MailContact, Uuid)>,
    open: Vec<Line>,
    over: Vec<Line>,
    tasks: Vec<(StaffTask, String, Uuid)>,
    form: Fields,
    said: Option<Said>,
    today: NaiveDate,
    key: Uuid,
}

impl Page {
    fn came_back(contact: &MailContact) -> bool {
        contact.state == ContactState::Bounced
    }
}

fn sent(notice: &StoredNotice, lang: Lang) -> String {
    let stage = Phase::of(notice.stage).name();
    let state = notice.mail.as_deref().and_then(MailState::from_code);
    let became = match (&notice.to, state) {
        _ if notice.state != "planned" => said::VOID.get(lang).to_owned(),
        (_, Some(state)) => state.name().get(lang).to_owned(),
        (None, None) if notice.audience.code() == "family" => {
            said::BY_TELEPHONE.get(lang).to_owned()
        }
        (_, None) => said::IN_DIGEST.get(lang).to_owned(),
    };
    let to = notice.to.clone().unwrap_or_default();
    let late = notice.late.then(|| said::LATE.get(lang).to_owned());
    let late = late.unwrap_or_default();
    let audience = notice.audience.name();
    let answer = notice.answer.clone().unwrap_or_default();
    let parts = [
        &notice.planned_on.to_string(),
        audience.get(lang),
        &to,
        stage.get(lang),
        &late,
        &became,
        &answer,
    ];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

fn line(app: &App, term: TermPage, lang: Lang) -> Line {
    let kind = term.stored.kind;
    let next = term.next.map(|(audience, stage, on)| {
        let (audience, phase) = (audience.name(), Phase::of(stage).name());
        format!("{on} {} {}", audience.get(lang), phase.get(lang))
    });
    let ended = term.stored.ended.map(|(on, why)| {
        let why = match why.as_str() {
            "moved" => said::ENDED_WHY_MOVED,
            "stopped" | "over" => said::ENDED_WHY_STOPPED,
            _ => said::ENDED_WHY_DONE,
        };
        (on, why.get(lang).to_owned())
    });
    let suspended = term.suspended.map(|pause| {
        let why = [
            pause.reason.unwrap_or_default(),
            pause.by.unwrap_or_default(),
        ];
        (pause.until, why.join(" "), pause.id)
    });
    Line {
        what: kind.name().get(lang).to_owned(),
        kind: kind.code(),
        due_on: term.stored.term.due_on,
        moved_from: term.stored.moved_from,
        ended,
        next,
        sent: term
            .notices
            .iter()
            .map(|notice| sent(notice, lang))
            .collect(),
        suspended,
        key: app.ids.next(),
    }
}

async fn render(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    (form, said): (Fields, Option<Said>),
) -> Result<Html<String>, Error> {
    let page = reminders::page(app, &visit.who, number).await?;
    let page = page.ok_or(Error::NotFound)?;
    let lang = visit.lang;
    let lines = page.terms.into_iter().map(|term| line(app, term, lang));
    let (open, over) = lines.partition(|line| line.ended.is_none());
    let contacts = page.contacts.into_iter();
    let tasks = page.tasks.into_iter().map(|task| {
        let what = task.kind.name().get(lang).to_owned();
        (task, what, app.ids.next())
    });
    show(&Page {
        head: Head::of(visit, format!("/loans/{number}/reminders")),
        number: number.clone(),
        contacts: contacts.map(|contact| (contact, app.ids.next())).collect(),
        open,
        over,
        tasks: tasks.collect(),
        form,
        said,
        today: app.clock.today(),
        key: app.ids.next(),
    })
}

/// `GET /loans/{loan}/reminders`
pub(in crate::web) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    render(&app, &visit, &number, (Fields::default(), None)).await
}

/// What a form asks for.
enum Asked {
    Add(Typed),
    End(Uuid),
    Act(Act),
}

fn read(fields: &Fields) -> Result<Asked, Wrong> {
    let missing = |field, why: Text| Wrong { field, why };
    let id = |field: &'static str| {
        let id = Uuid::parse_str(fields.get(field)).ok();
        id.ok_or_else(|| missing(field, loan_words::MISSING))
    };
    Ok(match fields.get("act") {
        "add" => Asked::Add(Typed {
            address: fields.get("address").to_owned(),
            who: fields.line("who")?,
            with_link: fields.ticked("link"),
        }),
        "end" => Asked::End(id("contact")?),
        "suspend" => {
            let kind = DutyKind::from_code(fields.get("duty"));
            let kind = kind.ok_or_else(|| missing("duty", loan_words::MISSING))?;
            let until = fields.needed_day("pause_until")?;
            Asked::Act(Act::Suspend(kind, until, fields.note("reason")?))
        }
        "resume" => Asked::Act(Act::Resume(id("pause")?)),
        _ => Asked::Act(Act::Done(id("task")?, fields.note("note")?)),
    })
}

/// `POST /loans/{loan}/reminders`
pub(in crate::web) async fn act(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let (status, back) = match read(&fields) {
        Ok(asked) => {
            let done = match asked {
                Asked::Add(typed) => reminders::add_contact(&app, sheet, &number, &typed).await?,
                Asked::End(contact) => {
                    reminders::end_contact(&app, sheet, &number, contact).await?
                }
                Asked::Act(act) => reminders::act(&app, sheet, &number, &act).await?,
            };
            match leads(done, &visit, |number| format!("/loans/{number}/reminders"))? {
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
