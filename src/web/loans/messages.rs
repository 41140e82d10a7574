//! Messages to families: written, previewed, released, and what became of them.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::{Head, Visit},
        plan, show,
        taken::{Named, Sent},
        words::{self, messages as w},
    },
    Leads, Said,
    fields::{Fields, Wrong},
    leads,
    reminders::mail_line,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::Reader,
        duty::MailState,
        hand_message::{LONGEST_BODY, LONGEST_SUBJECT, MessageFate, MessageGroup, MessageState},
        id::CaseNumber,
    },
    service::reminders::{self, Decision, Draft, Looked, MessagePage, Preview},
    store::StoredMessage,
};

#[derive(Template)]
#[template(path = "pages/messages.html")]
struct List {
    head: Head,
    waiting: Vec<StoredMessage>,
    past: Vec<(StoredMessage, String)>,
    /// Mail goes into a folder of the server, and to nobody.
    kept_back: bool,
}

/// `GET /messages`
pub(in crate::web) async fn list(
    State(app): State<App>,
    visit: Visit,
) -> Result<Html<String>, Error> {
    let all = reminders::messages(&app, &visit.who).await?;
    let (waiting, past): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|message| message.state == MessageState::Waits);
    let past = past.into_iter().map(|message| {
        let at = in_tokyo(message.written_at).format("%Y-%m-%d %H:%M");
        (message, at.to_string())
    });
    show(&List {
        past: past.collect(),
        waiting,
        kept_back: app.config.mail.goes_into_folder(),
        head: Head::of(&visit, "/messages"),
    })
}

#[derive(Template)]
#[template(path = "pages/message_new.html")]
struct New {
    head: Head,
    form: Fields,
    groups: Vec<(&'static str, String)>,
    centre: bool,
    preview: Option<Box<Preview>>,
    said: Option<Said>,
    key: Uuid,
}

impl New {
    const SUBJECT: usize = LONGEST_SUBJECT;
    const BODY: usize = LONGEST_BODY;

    /// Whether a box is ticked.
    fn urgent(&self) -> bool {
        self.form.ticked("urgent")
    }
}

fn form(
    app: &App,
    visit: &Visit,
    (form, preview): (Fields, Option<Box<Preview>>),
    said: Option<Said>,
) -> Result<Html<String>, Error> {
    let centre = matches!(visit.reader(), Reader::Centre(_));
    let one = !form.get("case").is_empty();
    let groups = MessageGroup::ALL.iter().filter(|group| {
        let of_one = **group == MessageGroup::Family;
        of_one == one && (centre || !group.is_of_the_centre())
    });
    show(&New {
        head: Head::of(visit, "/messages/new"),
        groups: groups
            .map(|group| (group.code(), group.name().get(visit.lang).to_owned()))
            .collect(),
        centre,
        form,
        preview,
        said,
        key: app.ids.next(),
    })
}

/// What the address may ask for.
#[derive(Default, Deserialize)]
pub(in crate::web) struct Asked {
    /// The child whose family it is for.
    #[serde(default)]
    case: String,
}

/// `GET /messages/new`
pub(in crate::web) async fn new(
    State(app): State<App>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Error> {
    let case = CaseNumber::parse(&asked.case).ok();
    let fields = case.map(|case| ("case".to_owned(), case.to_string()));
    let fields = Fields(fields.into_iter().collect());
    form(&app, &visit, (fields, None), None)
}

fn draft(fields: &Fields) -> Result<Draft, Wrong> {
    let case = CaseNumber::parse(fields.get("case")).ok();
    let group = match &case {
        Some(_) => Some(MessageGroup::Family),
        None => MessageGroup::from_code(fields.get("group")),
    };
    Ok(Draft {
        group: group.ok_or(Wrong {
            field: "group",
            why: words::loans::MISSING,
        })?,
        case,
        town: fields.town("town")?,
        subject: fields.get("message_subject").to_owned(),
        body: fields.get("message_body").replace("\r\n", "\n"),
        urgent: fields.ticked("urgent"),
        reason: fields.note("urgent_why")?,
    })
}

/// The form again, with what will be sent where nothing is wrong.
async fn looked(
    app: &App,
    visit: &Visit,
    fields: Fields,
    said: Option<(StatusCode, Said)>,
) -> Result<Response, Error> {
    let looked = match draft(&fields) {
        Ok(draft) => reminders::preview(app, &visit.who, &draft).await?,
        Err(wrong) => Looked::Wrong(wrong.field, wrong.why),
    };
    let (status, preview, said) = match looked {
        Looked::NotThere => return Err(Error::NotFound),
        Looked::Wrong(field, why) => {
            let wrong = Said::wrong(&Wrong { field, why }, visit);
            (StatusCode::UNPROCESSABLE_ENTITY, None, Some(wrong))
        }
        Looked::Preview(preview) => {
            let (status, said) = said.unzip();
            (status.unwrap_or(StatusCode::OK), Some(preview), said)
        }
    };
    let page = form(app, visit, (fields, preview), said)?;
    Ok((status, page).into_response())
}

/// `POST /messages/preview`
pub(in crate::web) async fn preview(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    looked(&app, &visit, Fields(pairs), None).await
}

/// A conflict in the words of a message: what was seen is no longer so.
fn changed(status: StatusCode, said: Said, visit: &Visit) -> (StatusCode, Said) {
    if status != StatusCode::CONFLICT {
        return (status, said);
    }
    let text = w::CHANGED.get(visit.lang).to_owned();
    (status, Said { text, ..said })
}

/// `POST /messages`
pub(in crate::web) async fn send(
    State(app): State<App>,
    visit: Visit,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let Ok(draft) = draft(&fields) else {
        return looked(&app, &visit, fields, None).await;
    };
    let answer = reminders::send(&app, sheet, &draft, fields.get("seen")).await?;
    match leads(answer, &visit, |id| format!("/messages/{id}"))? {
        Leads::On(response) => Ok(response),
        Leads::Back(status, said) => {
            let said = changed(status, said, &visit);
            looked(&app, &visit, fields, Some(said)).await
        }
    }
}

/// How many mails of a message are where.
#[derive(Default)]
struct Went {
    all: usize,
    waits: usize,
    sent: usize,
    lost: usize,
    void: usize,
}

impl Went {
    fn of(page: &MessagePage) -> Self {
        let mut went = Self {
            all: page.mails.len(),
            ..Self::default()
        };
        for mail in &page.mails {
            let part = match mail.state {
                _ if mail.came_back => &mut went.lost,
                MailState::Ready | MailState::HandingOver => &mut went.waits,
                MailState::Sent => &mut went.sent,
                MailState::Failed | MailState::Held => &mut went.lost,
                MailState::Void => &mut went.void,
            };
            *part += 1;
        }
        went
    }
}

/// A family of a message on its page.
struct Family {
    number: CaseNumber,
    name: String,
    fate: String,
    mails: Vec<String>,
    told: bool,
}

#[derive(Template)]
#[template(path = "pages/message_one.html")]
struct One {
    head: Head,
    page: MessagePage,
    group: String,
    state: String,
    waits: bool,
    written: String,
    decided: Option<(String, String)>,
    went: Went,
    families: Vec<Family>,
    /// Families whom the reader no longer sees.
    gone: u64,
    said: Option<Said>,
    key: Uuid,
}

async fn show_one(
    app: &App,
    visit: &Visit,
    id: Uuid,
    said: Option<Said>,
) -> Result<Html<String>, Error> {
    let page = reminders::message_page(app, &visit.who, id).await?;
    let page = page.ok_or(Error::NotFound)?;
    let lang = visit.lang;
    let minute = |at| in_tokyo(at).format("%Y-%m-%d %H:%M").to_string();
    let families = page.families.iter().map(|family| {
        let mails = page.mails.iter().filter(|mail| mail.case == family.case);
        let mails: Vec<String> = mails.map(|mail| mail_line(mail, lang)).collect();
        Family {
            number: family.number.clone(),
            name: family.name.clone().unwrap_or_default(),
            fate: if family.fate == MessageFate::Mailed && !mails.is_empty() {
                String::new()
            } else {
                family.fate.name().get(lang).to_owned()
            },
            mails,
            told: family.told && family.fate != MessageFate::LeftOut,
        }
    });
    let message = &page.message;
    let mut group = message.group.name().get(lang).to_owned();
    if let Some(town) = message.town {
        group = format!("{group} {}", town.name());
    }
    let decided = message.decided.as_ref();
    show(&One {
        head: Head::of(visit, format!("/messages/{id}")),
        group,
        state: message.state.name().get(lang).to_owned(),
        waits: message.state == MessageState::Waits,
        written: minute(message.written_at),
        decided: decided.map(|(at, by)| (minute(*at), by.clone().unwrap_or_default())),
        went: Went::of(&page),
        gone: message.families.saturating_sub(page.families.len() as u64),
        families: families.collect(),
        page,
        said,
        key: app.ids.next(),
    })
}

/// `GET /messages/{message}`
pub(in crate::web) async fn one(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Html<String>, Error> {
    show_one(&app, &visit, id, None).await
}

/// `POST /messages/{message}`
pub(in crate::web) async fn decide(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let decision = match fields.get("act") {
        "return" => fields.note("note").map(Decision::Return),
        "withdraw" => Ok(Decision::Withdraw),
        _ => Ok(Decision::Release(fields.get("seen").to_owned())),
    };
    let (status, said) = match decision {
        Ok(decision) => {
            let answer = reminders::decide(&app, sheet, id, &decision).await?;
            match leads(answer, &visit, |id| format!("/messages/{id}"))? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => changed(status, said, &visit),
            }
        }
        Err(wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::wrong(&wrong, &visit),
        ),
    };
    let page = show_one(&app, &visit, id, Some(said)).await?;
    Ok((status, page).into_response())
}
