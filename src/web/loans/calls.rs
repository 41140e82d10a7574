//! Families that no mail reaches: whom to telephone, and their letters.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::Uri,
    response::{Html, Response},
};

use super::{
    super::{
        Error,
        head::{Head, Visit},
        plan, show,
        taken::Named,
        words::{self, messages as w},
    },
    papers::{self, Asked},
};
use crate::{
    app::App,
    domain::{duty::Phase, id::CaseNumber},
    service::{
        loans::papers::Print,
        reminders::{self, CallLine, Letters},
    },
};

#[derive(Template)]
#[template(path = "pages/calls.html")]
struct Page {
    head: Head,
    lines: Vec<CallLine>,
    more: usize,
    letters: bool,
}

impl Page {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "a template hands its arguments over by reference"
    )]
    const fn class(phase: &Phase) -> &'static str {
        match phase {
            Phase::Overdue | Phase::Today => "blocker",
            Phase::Soon => "warning",
            Phase::First => "advice",
        }
    }
}

/// `GET /calls`
pub(in crate::web) async fn list(
    State(app): State<App>,
    visit: Visit,
) -> Result<Html<String>, Error> {
    let list = reminders::calls(&app, &visit.who).await?;
    show(&Page {
        head: Head::of(&visit, "/calls"),
        letters: list.lines.iter().any(|line| !line.say.is_empty()),
        lines: list.lines,
        more: list.more,
    })
}

/// `GET /calls/letters.pdf`
pub(in crate::web) async fn all_letters(
    State(app): State<App>,
    visit: Visit,
    uri: Uri,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let print = reminders::letter(&app, &visit.who, None).await?;
    answer(&visit, print, ("letters.pdf", "/calls"), (&uri, &asked))
}

/// `GET /calls/{case}/letter.pdf`
pub(in crate::web) async fn letter(
    State(app): State<App>,
    visit: Visit,
    uri: Uri,
    Named(case): Named<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let print = reminders::letter(&app, &visit.who, Some(&number)).await?;
    let (name, back) = (
        format!("{number}-letter.pdf"),
        format!("/plans/{number}/reminders"),
    );
    answer(&visit, print, (&name, &back), (&uri, &asked))
}

fn answer(
    visit: &Visit,
    letters: Letters,
    (name, back): (&str, &str),
    (uri, asked): (&Uri, &Asked),
) -> Result<Response, Error> {
    let print = match letters {
        Letters::Paper(paper) => Print::Paper(paper),
        Letters::NotThere => Print::NotThere,
        Letters::NoPaper(error) => Print::NoPaper(error),
        Letters::Nothing => {
            let said = (&w::LETTER_TITLE, &w::LETTER_NOTHING);
            return papers::none(visit, said, ("/calls", &w::CALLS));
        }
    };
    let told = !asked.anyway.is_empty();
    let again = papers::again(uri);
    papers::answer(visit, print, (name, told), (again, back, &w::CALLS))
}
