//! Changes of many sites at once, from the list or from a sheet: proposed,
//! looked at, done, undone.

use askama::Template;
use axum::{
    extract::{Multipart, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit},
    leads::Leads,
    show,
    site_list::{self, Asked, Chosen, pairs_of},
    taken::{Named, Sent},
    words::{self, sites as said},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        id::{SiteBatchId, SiteId},
        site::SiteKind,
        site_entry::{EntryPatch, differences},
        text::{Lang, Text},
    },
    import::report::FileError,
    service::{
        site_batches::{self, BatchLine, Done, Note, Proposed},
        site_list::list,
        site_sheets::{self, Uploaded},
        view::Beside,
    },
};

/// One site of a change, in words.
struct Shown {
    id: SiteId,
    name: String,
    stale: bool,
    /// Field, before, after.
    fields: Vec<(String, String, String)>,
    kind: Option<SiteKind>,
    leads: Leads,
    /// What to do for those who go there.
    help: Text,
    /// Other entries at the address, which stay open.
    left_open: Vec<Beside>,
}

#[derive(Template)]
#[template(path = "pages/site_batch.html")]
struct Batch {
    head: Head,
    id: SiteBatchId,
    lines: Vec<Shown>,
    refused: Vec<Note>,
    remarks: Vec<Note>,
    same: u64,
    proposed: String,
    done: Option<String>,
    undone: Option<String>,
    sheet: bool,
    said: Option<(bool, String)>,
    key: Uuid,
}

impl Batch {
    /// Some site was changed since: the whole can no longer be undone as one.
    fn overtaken(&self) -> bool {
        self.lines.iter().any(|line| line.stale)
    }
}

#[derive(Template)]
#[template(path = "pages/site_sheet.html")]
struct Sheet {
    head: Head,
    said: Option<String>,
    key: Uuid,
}

/// `POST /sites/bulk`
pub(super) async fn bulk(
    State(app): State<App>,
    visit: Visit,
    jar: CookieJar,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let chosen = Chosen::of(&pairs);
    let key = chosen.key.ok_or(Error::BadForm)?;
    let asked = Asked::of(&pairs_of(&chosen.within), &jar);
    let sites = match &chosen.all {
        Some(_) => {
            let page = list(&app, visit.reader(), &asked.query).await?;
            page.rows.iter().map(|row| row.site.id).collect()
        }
        None => chosen.sites.clone(),
    };
    let problem = match (sites.is_empty(), chosen.fields.is_empty()) {
        (true, _) => Some(said::BULK_NONE),
        (_, true) => Some(said::BULK_NO_FIELD),
        _ => None,
    };
    if let Some(problem) = problem {
        let page = site_list::render(&app, &visit, &asked, Some(problem), Some(chosen)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let patch = EntryPatch(chosen.fields.clone());
    match site_batches::of_list(&app, &visit.who, &sites, &patch, key).await? {
        Proposed::Waits(id) => Ok(to_batch(id)),
        Proposed::OtherBody => {
            let said = Some(words::OTHER_BODY);
            let page = site_list::render(&app, &visit, &asked, said, Some(chosen)).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Proposed::NotAllowed => Err(Error::NotFound),
    }
}

fn to_batch(id: SiteBatchId) -> Response {
    Redirect::to(&format!("/sites/batches/{id}")).into_response()
}

/// `GET /sites/sheet`
pub(super) async fn sheet(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    ask_for_sheet(&app, &visit, None)
}

fn ask_for_sheet(app: &App, visit: &Visit, said: Option<&Text>) -> Result<Html<String>, Error> {
    show(&Sheet {
        head: Head::of(visit, "/sites/sheet"),
        said: said.map(|text| text.get(visit.lang).to_owned()),
        key: app.ids.next(),
    })
}

/// `POST /sites/sheet`
pub(super) async fn upload(
    State(app): State<App>,
    visit: Visit,
    mut parts: Multipart,
) -> Result<Response, Error> {
    let (mut key, mut file) = (None, Vec::new());
    while let Some(part) = parts.next_field().await.map_err(|_| Error::BadForm)? {
        match part.name() {
            Some("key") => {
                let text = part.text().await.map_err(|_| Error::BadForm)?;
                key = Uuid::parse_str(&text).ok();
            }
            Some("file") => file = part.bytes().await.map_err(|_| Error::BadForm)?.to_vec(),
            _ => {}
        }
    }
    let key = key.ok_or(Error::BadForm)?;
    let refused = |status, text: &Text| -> Result<Response, Error> {
        Ok((status, ask_for_sheet(&app, &visit, Some(text))?).into_response())
    };
    if file.is_empty() {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, &said::SHEET_MISSING);
    }
    match site_sheets::upload(&app, &visit.who, file, key).await? {
        Uploaded::Proposed(Proposed::Waits(id)) => Ok(to_batch(id)),
        Uploaded::Proposed(Proposed::OtherBody) => {
            refused(StatusCode::CONFLICT, &words::OTHER_BODY)
        }
        Uploaded::Proposed(Proposed::NotAllowed) => Err(Error::NotFound),
        Uploaded::Refused(FileError {
            message_ja,
            message_en,
            ..
        }) => refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            &Text::new(message_ja, message_en),
        ),
    }
}

/// `GET /sites/batches/{batch}`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Html<String>, Error> {
    render(&app, &visit, SiteBatchId(id), None).await
}

#[derive(Deserialize)]
pub(super) struct Key {
    key: Uuid,
}

/// `POST /sites/batches/{batch}/confirm`
pub(super) async fn confirm(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(Key { key }): Sent<Key>,
) -> Result<Response, Error> {
    let id = SiteBatchId(id);
    let done = site_batches::confirm(&app, &visit.who, id, key).await?;
    answer(&app, &visit, id, done, &said::BATCH_DONE).await
}

/// `POST /sites/batches/{batch}/undo`
pub(super) async fn undo(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    Sent(Key { key }): Sent<Key>,
) -> Result<Response, Error> {
    let id = SiteBatchId(id);
    let done = site_batches::undo(&app, &visit.who, id, key).await?;
    answer(&app, &visit, id, done, &said::BATCH_UNDONE).await
}

async fn answer(
    app: &App,
    visit: &Visit,
    id: SiteBatchId,
    done: Done,
    word: &Text,
) -> Result<Response, Error> {
    let (status, text) = match done {
        Done::Done => (StatusCode::OK, word),
        Done::Before => (StatusCode::OK, &said::BATCH_BEFORE),
        Done::Stale => (StatusCode::CONFLICT, &said::BATCH_STALE),
        Done::NotAllowed => return Err(Error::NotFound),
    };
    let said = (status.is_success(), text.get(visit.lang).to_owned());
    let page = render(app, visit, id, Some(said)).await?;
    Ok((status, page).into_response())
}

async fn render(
    app: &App,
    visit: &Visit,
    id: SiteBatchId,
    said: Option<(bool, String)>,
) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let page = site_batches::page(app, &visit.who, id)
        .await?
        .ok_or(Error::NotFound)?;
    let by = |(who, at): &(String, chrono::DateTime<chrono::Utc>)| {
        format!("{who} {}", in_tokyo(*at).format("%Y-%m-%d %H:%M"))
    };
    let (refused, remarks) = page.notes.into_iter().partition(|note| note.refused);
    show(&Batch {
        head: Head::of(visit, format!("/sites/batches/{id}")),
        id,
        lines: page.lines.into_iter().map(|l| shown(l, lang)).collect(),
        refused,
        remarks,
        same: page.same,
        proposed: by(&page.row.proposed),
        done: page.row.done.as_ref().map(by),
        undone: page.row.undone.as_ref().map(by),
        sheet: page.row.batch.source == "sheet",
        said,
        key: app.ids.next(),
    })
}

fn shown(of: BatchLine, lang: Lang) -> Shown {
    let fields = differences(&of.change.before, &of.change.after)
        .into_iter()
        .map(|(field, before, after)| {
            let name = field.name().get(lang).to_owned();
            (name, field.shown(&before, lang), field.shown(&after, lang))
        })
        .collect();
    Shown {
        id: of.change.site,
        name: of.name,
        stale: of.stale,
        fields,
        kind: of.kind,
        help: if of.shuts {
            said::TOUCHED_HELP
        } else {
            said::CHANGED_HELP
        },
        leads: Leads::of(of.leading, lang),
        left_open: of.left_open,
    }
}
