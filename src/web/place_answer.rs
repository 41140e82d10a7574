//! The page on which a place answers the yearly question, by the link of its mail.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    Error,
    error::Message,
    head::{Head, Visitor},
    show,
    taken::{Named, Sent},
    words::{self, place_answer as w},
};
use crate::{
    app::App,
    domain::{
        place_answer::{ASKED, PlaceAnswer},
        site_entry::EntryText,
        text::{Lang, Text},
    },
    service::place_answers::{self, Asked, MOST_NAME, MOST_WORDS, Outcome},
};

#[derive(Template)]
#[template(path = "pages/place_answer.html")]
struct Page {
    head: Head,
    token: String,
    name: String,
    town: String,
    /// What is on record, in words.
    record: Vec<(String, String)>,
    /// What is to be read instead of the form, under which title.
    done: Option<Vec<String>>,
    title: String,
    wrong: Option<String>,
    /// What has changed is missing.
    missing: bool,
    who: String,
    words_typed: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    answer: String,
    words: String,
    who: String,
}

fn record(asked: &Asked, lang: Lang) -> Vec<(String, String)> {
    let text = EntryText::of(&asked.site.entry);
    let rows = ASKED.iter().map(|field| {
        let shown = field.shown(text.get(*field), lang);
        (field.name().get(lang).to_owned(), shown)
    });
    rows.collect()
}

fn page(visitor: &Visitor, token: String, asked: &Asked) -> Page {
    let lang = visitor.lang;
    Page {
        head: Head::visitor(visitor, format!("/place/{token}")),
        token,
        name: asked.site.published.name.clone(),
        town: asked.town.clone(),
        record: record(asked, lang),
        done: None,
        title: String::new(),
        wrong: None,
        missing: false,
        who: String::new(),
        words_typed: String::new(),
    }
}

/// What to do after a mistake.
fn mistake(asked: &Asked, lang: Lang) -> String {
    match &asked.telephone {
        Some(number) => format!("{} {} {number}", w::MISTAKE.get(lang), asked.town),
        None => w::MISTAKE_NO_NUMBER.get(lang).to_owned(),
    }
}

fn said(answer: PlaceAnswer) -> Text {
    match answer {
        PlaceAnswer::Same => w::KEPT_SAME,
        PlaceAnswer::Changed => w::KEPT_CHANGED,
        PlaceAnswer::No => w::KEPT_NO,
    }
}

/// The page of a question that was answered, now or before.
fn done(
    visitor: &Visitor,
    token: String,
    (asked, title): (&Asked, &Text),
) -> Result<Html<String>, Error> {
    let lang = visitor.lang;
    let told = asked.inquiry.answered.map(|(_, answer)| said(answer));
    let lines = told.map(|text| text.get(lang).to_owned());
    show(&Page {
        done: Some(lines.into_iter().chain([mistake(asked, lang)]).collect()),
        title: title.get(lang).to_owned(),
        ..page(visitor, token, asked)
    })
}

fn over(visitor: &Visitor) -> Result<Response, Error> {
    let page = show(&Message {
        head: Head::visitor(visitor, "/"),
        title: w::OVER.get(visitor.lang).to_owned(),
        lines: vec![w::OVER_HELP.get(visitor.lang).to_owned()],
        back: None,
    })?;
    Ok((StatusCode::NOT_FOUND, page).into_response())
}

/// `GET /place/{token}`: nothing happens here, since mail scanners open links.
pub(super) async fn look(
    State(app): State<App>,
    visitor: Visitor,
    Named(token): Named<String>,
) -> Result<Response, Error> {
    match place_answers::look(&app, &token).await? {
        None => over(&visitor),
        Some(asked) if asked.inquiry.answered.is_some() || asked.inquiry.closed => {
            Ok(done(&visitor, token, (&asked, &w::BEFORE))?.into_response())
        }
        Some(asked) => Ok(show(&page(&visitor, token, &asked))?.into_response()),
    }
}

/// What is wrong with a form, and whether it is that what has changed is missing.
fn wrong(form: &Form) -> Result<PlaceAnswer, (Text, bool)> {
    let long = |text: &str, most| text.trim().chars().count() > most;
    if long(&form.words, MOST_WORDS) || long(&form.who, MOST_NAME) {
        return Err((w::TOO_LONG, false));
    }
    match PlaceAnswer::from_code(&form.answer) {
        None => Err((w::NO_ANSWER, false)),
        Some(PlaceAnswer::Changed) if form.words.trim().is_empty() => Err((w::WORDS_MISSING, true)),
        Some(answer) => Ok(answer),
    }
}

/// `POST /place/{token}`
pub(super) async fn answer(
    State(app): State<App>,
    visitor: Visitor,
    Named(token): Named<String>,
    Sent(form): Sent<Form>,
) -> Result<Response, Error> {
    let said = match wrong(&form) {
        Ok(answer) => answer,
        Err((why, missing)) => {
            let Some(asked) = place_answers::look(&app, &token).await? else {
                return over(&visitor);
            };
            let page = Page {
                wrong: Some(why.get(visitor.lang).to_owned()),
                missing,
                who: form.who,
                words_typed: form.words,
                ..page(&visitor, token, &asked)
            };
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&page)?).into_response());
        }
    };
    let outcome = place_answers::answer(&app, &token, (said, &form.words, &form.who)).await?;
    match outcome {
        Outcome::Kept(asked) => Ok(done(&visitor, token, (&asked, &w::THANKS))?.into_response()),
        Outcome::Before(asked) => Ok(done(&visitor, token, (&asked, &w::BEFORE))?.into_response()),
        Outcome::Over => over(&visitor),
    }
}
