//! The texts of the centre's letters.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit},
    show,
    taken::{Named, Sent},
    words,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        letter::{LetterKind, LetterText, Mistake},
        text::Lang,
    },
    print::pdf::Paper,
    service::letters::{self, LetterOutcome, LetterPage, Preview},
};

/// One change, for the page.
struct Change {
    version: i64,
    at: String,
    by: String,
    /// The subject; `None`: back to the program's own text.
    subject: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/letters.html")]
struct List {
    head: Head,
    /// Each letter with its last change.
    lines: Vec<(LetterPage, Option<Change>)>,
}

#[derive(Template)]
#[template(path = "pages/letter_text.html")]
struct Edit {
    head: Head,
    kind: LetterKind,
    /// What stands in the form.
    text: LetterText,
    revision: i64,
    is_default: bool,
    changes: Vec<Change>,
    /// Word between braces, what comes in its place, an example.
    places: Vec<(String, String, &'static str)>,
    /// Good or bad, and what.
    said: Option<(bool, String)>,
    /// What is wrong, line by line.
    mistakes: Vec<String>,
    key: Uuid,
}

fn changes(page: &LetterPage) -> Vec<Change> {
    let line = |version: &crate::store::LetterVersion| Change {
        version: version.version,
        at: in_tokyo(version.at).format("%Y-%m-%d %H:%M").to_string(),
        by: version.by.clone(),
        subject: version.text.as_ref().map(|text| text.subject.clone()),
    };
    page.history.iter().map(line).collect()
}

/// `GET /letters`
pub(super) async fn list(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    let pages = letters::list(&app).await?;
    let lines = pages.into_iter().map(|page| {
        let last = changes(&page).into_iter().next();
        (page, last)
    });
    show(&List {
        lines: lines.collect(),
        head: Head::of(&visit, "/letters"),
    })
}

#[derive(Deserialize)]
pub(super) struct Which {
    /// An earlier version to be taken into the form.
    version: Option<i64>,
}

/// `GET /letters/{kind}`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(kind): Named<String>,
    Query(which): Query<Which>,
) -> Result<Response, Error> {
    let kind = LetterKind::from_code(&kind).ok_or(Error::NotFound)?;
    let stored = letters::page(&app, kind).await?;
    let Some(version) = which.version else {
        return edit(&app, &visit, stored, Said::nothing());
    };
    let earlier = stored.history.iter().find(|v| v.version == version);
    let text = earlier
        .ok_or(Error::NotFound)?
        .text
        .clone()
        .unwrap_or_else(|| kind.default_text());
    let said = Said {
        text: Some(text),
        line: Some((true, words::letters::LOADED.get(visit.lang).to_owned())),
        ..Said::nothing()
    };
    edit(&app, &visit, stored, said)
}

#[derive(Deserialize)]
pub(super) struct TextForm {
    subject: String,
    body: String,
    revision: i64,
    key: Uuid,
}

impl TextForm {
    fn text(&self) -> LetterText {
        LetterText {
            subject: self.subject.clone(),
            body: self.body.clone(),
        }
    }
}

/// `POST /letters/{kind}`
pub(super) async fn change(
    State(app): State<App>,
    visit: Visit,
    Named(kind): Named<String>,
    Sent(form): Sent<TextForm>,
) -> Result<Response, Error> {
    let kind = LetterKind::from_code(&kind).ok_or(Error::NotFound)?;
    let (revision, key) = (form.revision, form.key);
    let outcome = letters::change(&app, &visit.who, kind, form.text(), revision, key).await?;
    let stored = letters::page(&app, kind).await?;
    let said = Said::of(outcome, Some(&form), visit.lang, &words::SAVED);
    edit(&app, &visit, stored, said)
}

#[derive(Deserialize)]
pub(super) struct ResetForm {
    revision: i64,
    key: Uuid,
}

/// `POST /letters/{kind}/default`
pub(super) async fn reset(
    State(app): State<App>,
    visit: Visit,
    Named(kind): Named<String>,
    Sent(form): Sent<ResetForm>,
) -> Result<Response, Error> {
    let kind = LetterKind::from_code(&kind).ok_or(Error::NotFound)?;
    let outcome = letters::reset(&app, &visit.who, kind, form.revision, form.key).await?;
    let stored = letters::page(&app, kind).await?;
    let said = Said::of(outcome, None, visit.lang, &words::letters::BACK_DONE);
    edit(&app, &visit, stored, said)
}

/// `POST /letters/{kind}/preview`: the text as it was typed, as a PDF.
pub(super) async fn preview(
    State(app): State<App>,
    visit: Visit,
    Named(kind): Named<String>,
    Sent(form): Sent<TextForm>,
) -> Result<Response, Error> {
    let kind = LetterKind::from_code(&kind).ok_or(Error::NotFound)?;
    let lang = visit.lang;
    let (status, line, mistakes) = match letters::preview(&app, kind, form.text()).await? {
        Preview::Paper(paper) if paper.unprintable.is_empty() => {
            return Ok(as_file(
                paper,
                &format!("letter-{}-preview.pdf", kind.code()),
            ));
        }
        Preview::Paper(paper) => {
            let rare: String = paper.unprintable.into_iter().collect();
            let line = format!("{} {rare}", words::letters::UNPRINTABLE.get(lang));
            (StatusCode::UNPROCESSABLE_ENTITY, line, Vec::new())
        }
        Preview::Refused(mistakes) => {
            let line = words::letters::REFUSED.get(lang).to_owned();
            (StatusCode::UNPROCESSABLE_ENTITY, line, mistakes)
        }
        Preview::NoPaper(error) => {
            let line = error.text().get(lang).to_owned();
            (StatusCode::SERVICE_UNAVAILABLE, line, Vec::new())
        }
    };
    let said = Said {
        status,
        text: Some(form.text()),
        revision: Some(form.revision),
        line: Some((false, line)),
        mistakes: in_words(&mistakes, lang),
    };
    let stored = letters::page(&app, kind).await?;
    edit(&app, &visit, stored, said)
}

/// A paper as an answer: shown by the browser, under a name without a word of
/// anybody.
pub(super) fn as_file(paper: Paper, name: &str) -> Response {
    let headers: [(HeaderName, String); 2] = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{name}\""),
        ),
    ];
    (headers, paper.bytes).into_response()
}

/// What the page says of what was sent, and what it keeps of it.
struct Said {
    status: StatusCode,
    /// What stands in the form, instead of the text in force.
    text: Option<LetterText>,
    /// The version on which that text was begun.
    revision: Option<i64>,
    line: Option<(bool, String)>,
    mistakes: Vec<String>,
}

impl Said {
    fn nothing() -> Self {
        Self {
            status: StatusCode::OK,
            text: None,
            revision: None,
            line: None,
            mistakes: Vec::new(),
        }
    }

    /// What is refused stays in the form; what was overtaken does too, on top
    /// of the version that overtook it, once somebody has read what that says.
    fn of(
        outcome: LetterOutcome,
        form: Option<&TextForm>,
        lang: Lang,
        done: &crate::domain::text::Text,
    ) -> Self {
        let (status, text, mistakes) = match outcome {
            LetterOutcome::Saved => (StatusCode::OK, done, Vec::new()),
            LetterOutcome::Unchanged => (StatusCode::OK, &words::letters::UNCHANGED, Vec::new()),
            LetterOutcome::Stale => (StatusCode::CONFLICT, &words::STALE, Vec::new()),
            LetterOutcome::OtherBody => (StatusCode::CONFLICT, &words::OTHER_BODY, Vec::new()),
            LetterOutcome::Refused(mistakes) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                &words::letters::REFUSED,
                mistakes,
            ),
        };
        let kept = form.filter(|_| !status.is_success());
        Self {
            status,
            text: kept.map(TextForm::text),
            revision: kept
                .filter(|_| status == StatusCode::UNPROCESSABLE_ENTITY)
                .map(|form| form.revision),
            line: Some((status.is_success(), text.get(lang).to_owned())),
            mistakes: in_words(&mistakes, lang),
        }
    }
}

fn in_words(mistakes: &[Mistake], lang: Lang) -> Vec<String> {
    mistakes
        .iter()
        .map(|mistake| mistake.text().get(lang).to_owned())
        .collect()
}

fn edit(app: &App, visit: &Visit, stored: LetterPage, said: Said) -> Result<Response, Error> {
    let kind = stored.kind;
    let places = kind.placeholders().iter().map(|place| {
        (
            format!("{{{{{}}}}}", place.word()),
            place.meaning().get(visit.lang).to_owned(),
            place.example(),
        )
    });
    let page = show(&Edit {
        head: Head::of(visit, format!("/letters/{}", kind.code())),
        kind,
        places: places.collect(),
        changes: changes(&stored),
        revision: said.revision.unwrap_or(stored.revision),
        is_default: stored.is_default,
        text: said.text.unwrap_or(stored.text),
        said: said.line,
        mistakes: said.mistakes,
        key: app.ids.next(),
    })?;
    Ok((said.status, page).into_response())
}
