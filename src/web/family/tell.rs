//! What a family tells: a page with a button, which nothing but a person presses,
//! since scanners of mail open every link.

use std::borrow::Borrow;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::{Head, Visit},
        loans::{
            Leads, Said,
            fields::{Fields, Wrong},
        },
        show,
        taken::{Named, Sent},
        words::{self, family as w},
    },
    Furigana, led,
};
use crate::{
    app::App,
    domain::{family::AnswerKind, text::Text},
    service::{
        family::{self, Told},
        loans::Answer,
    },
};

#[derive(Template)]
#[template(path = "pages/family_tell.html")]
struct Page {
    head: Head,
    ruby: Furigana,
    kind: AnswerKind,
    form: Fields,
    said: Option<Said>,
    today: NaiveDate,
    key: Uuid,
}

impl Page {
    fn r(&self, text: impl Borrow<Text>) -> String {
        self.ruby
            .of(text.borrow().get(self.head.lang), self.head.lang)
    }

    fn help(&self) -> Option<Text> {
        match self.kind {
            AnswerKind::Applied => Some(w::APPLIED_HELP),
            AnswerKind::RanGenerator => Some(w::RAN_HELP),
            AnswerKind::RenewedFuel => Some(w::FUEL_HELP),
            AnswerKind::Moving => Some(w::MOVING_HELP),
            AnswerKind::CallUs => Some(w::CALL_HELP),
            AnswerKind::AllWell => Some(w::WELL_HELP),
            AnswerKind::AtHome | AnswerKind::Evacuated | AnswerKind::NeedHelp => None,
        }
    }

    /// What the line of one's own is asked for.
    fn words_label(&self) -> Text {
        match self.kind {
            AnswerKind::AtHome => w::HOURS_LEFT,
            AnswerKind::Evacuated => w::WHERE_TO,
            AnswerKind::NeedHelp => w::HELP_WHAT,
            AnswerKind::Moving => w::MOVE_WHEN,
            AnswerKind::RanGenerator => w::RAN_NOTE,
            AnswerKind::CallUs
            | AnswerKind::Applied
            | AnswerKind::RenewedFuel
            | AnswerKind::AllWell => w::CALL_WHEN,
        }
    }

    fn day_label(&self) -> Text {
        match self.kind {
            AnswerKind::Applied => w::DAY_APPLIED,
            AnswerKind::RenewedFuel => w::DAY_FUEL,
            _ => w::DAY_RAN,
        }
    }

    fn day(&self) -> String {
        match self.form.get("on") {
            "" => self.today.to_string(),
            typed => typed.to_owned(),
        }
    }
}

fn page(
    app: &App,
    visit: &Visit,
    (kind, ruby): (AnswerKind, Furigana),
    (form, said): (Fields, Option<Said>),
) -> Result<Response, Error> {
    let page = Page {
        head: Head::of(visit, format!("/family/tell/{}", kind.code())),
        ruby,
        kind,
        form,
        said,
        today: app.clock.today(),
        key: app.ids.next(),
    };
    Ok(show(&page)?.into_response())
}

/// `GET /family/tell/{answer}`: nothing is told by looking at it.
pub(in crate::web) async fn form(
    State(app): State<App>,
    visit: Visit,
    ruby: Furigana,
    Named(answer): Named<String>,
) -> Result<Response, Error> {
    let kind = AnswerKind::from_code(&answer).ok_or(Error::NotFound)?;
    page(&app, &visit, (kind, ruby), (Fields::default(), None))
}

fn read(kind: AnswerKind, fields: &Fields) -> Result<Told, Wrong> {
    Ok(Told {
        kind,
        on: if kind.has_day() {
            Some(fields.needed_day("on")?)
        } else {
            None
        },
        ran: match kind {
            AnswerKind::RanGenerator => fields.answer("ran"),
            _ => None,
        },
        words: if kind.has_words() {
            fields.line("words")?
        } else {
            None
        },
    })
}

/// `POST /family/tell/{answer}`
pub(in crate::web) async fn send(
    State(app): State<App>,
    visit: Visit,
    ruby: Furigana,
    Named(answer): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let kind = AnswerKind::from_code(&answer).ok_or(Error::NotFound)?;
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let done = match read(kind, &fields) {
        Ok(told) => family::answer(&app, sheet, &told).await?,
        Err(wrong) => Answer::Wrong(wrong.field, wrong.why),
    };
    match led(done, &visit, |_| format!("/family?sent={}", kind.code()))? {
        Leads::On(response) => Ok(response),
        Leads::Back(status, said) => {
            let page = page(&app, &visit, (kind, ruby), (fields, Some(said)))?;
            Ok((status, page).into_response())
        }
    }
}
