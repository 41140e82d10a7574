//! Papers of a loan and labels of units, as PDF.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{StatusCode, Uri},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::super::{
    Error,
    head::{Head, Visit},
    letters::as_file,
    show,
    taken::Named,
    words::{self, loan_papers as said},
};
use crate::{
    app::App,
    domain::{
        id::{CaseNumber, UnitId},
        loan::{LoanPaper, LoanState},
        text::{Lang, Text},
    },
    print::papers::labels::LabelPlace,
    service::loans::papers::{self, Print, Training},
};

/// A paper that the page of a loan offers.
pub(super) struct Offer {
    pub code: &'static str,
    pub name: String,
    pub help: String,
}

/// The papers that fit, of which the first three of a hand-over stand together.
pub(super) struct Offers {
    /// The hand-over was recorded just now.
    pub handed: bool,
    /// Those of the hand-over; empty: none was held.
    pub three: Vec<Offer>,
    /// Letters.
    pub letters: Vec<Offer>,
}

impl Offers {
    pub(super) fn of(state: LoanState, handed: bool, lang: Lang) -> Self {
        let mut offers = Self {
            handed,
            three: Vec::new(),
            letters: Vec::new(),
        };
        for paper in LoanPaper::fitting(state) {
            let help = match paper {
                LoanPaper::HandOver => continue,
                LoanPaper::Receipt => Some(said::RECEIPT_HELP),
                LoanPaper::Application => Some(said::APPLICATION_HELP),
                LoanPaper::PowerCut => Some(said::POWER_CUT_HELP),
                _ => None,
            };
            let offer = Offer {
                code: paper.code(),
                name: paper.name().get(lang).to_owned(),
                help: help.as_ref().map_or("", |help| help.get(lang)).to_owned(),
            };
            if help.is_some() {
                offers.three.push(offer);
            } else {
                offers.letters.push(offer);
            }
        }
        offers
    }

    pub(super) fn is_empty(&self) -> bool {
        self.three.is_empty() && self.letters.is_empty()
    }
}

/// Where a hand-over ends: at the page of the loan, with its three papers on top.
pub(in crate::web) fn after_hand_over(number: &str) -> String {
    format!("/loans/{number}?handed=1#papers")
}

/// What a link to a paper may say besides.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct Asked {
    /// Whoever asks has been told which characters cannot be printed.
    #[serde(default)]
    pub(in crate::web) anyway: String,
    #[serde(default)]
    time: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    answer_by: String,
}

/// No line of a letter is longer, in characters.
const MOST: usize = 100;

impl Asked {
    fn training(&self) -> Training {
        let line = |text: &str| {
            let text: String = text.trim().chars().take(MOST).collect();
            Some(text).filter(|text| !text.is_empty())
        };
        Training {
            time: line(&self.time),
            place: line(&self.place),
            answer_by: line(&self.answer_by),
        }
    }
}

/// The same question, of somebody who has been told.
pub(in crate::web) fn again(uri: &Uri) -> String {
    let mark = if uri.query().is_some() { '&' } else { '?' };
    format!("{uri}{mark}anyway=1")
}

#[derive(Template)]
#[template(path = "pages/paper_said.html")]
struct Said {
    head: Head,
    title: String,
    lines: Vec<String>,
    /// Where the paper is, for somebody who has been told.
    anyway: Option<String>,
    back: String,
    back_name: String,
}

/// A page that says why there is no paper.
pub(in crate::web) fn none(
    visit: &Visit,
    (title, line): (&Text, &Text),
    (back, back_name): (&str, &Text),
) -> Result<Response, Error> {
    let page = show(&Said {
        head: Head::of(visit, back),
        title: title.get(visit.lang).to_owned(),
        lines: vec![line.get(visit.lang).to_owned()],
        anyway: None,
        back: back.to_owned(),
        back_name: back_name.get(visit.lang).to_owned(),
    })?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// The paper, or a page that says why there is none, or which of its characters are
/// boxes.
pub(in crate::web) fn answer(
    visit: &Visit,
    print: Print,
    (name, told): (&str, bool),
    (again, back, back_name): (String, &str, &Text),
) -> Result<Response, Error> {
    let lang = visit.lang;
    let say = |status, title: &Text, lines, anyway| {
        let page = show(&Said {
            head: Head::of(visit, back),
            title: title.get(lang).to_owned(),
            lines,
            anyway,
            back: back.to_owned(),
            back_name: back_name.get(lang).to_owned(),
        })?;
        Ok((status, page).into_response())
    };
    match print {
        Print::Paper(paper) if told || paper.unprintable.is_empty() => Ok(as_file(paper, name)),
        Print::Paper(paper) => {
            let rare: Vec<String> = paper.unprintable.iter().map(char::to_string).collect();
            let lines = vec![said::UNPRINTABLE.get(lang).to_owned(), rare.join(" ")];
            say(StatusCode::OK, &said::UNPRINTABLE_TITLE, lines, Some(again))
        }
        Print::NotThere => Err(Error::NotFound),
        Print::NotNow(state) => {
            let line = format!("{}{}", said::NOT_NOW.get(lang), state.name().get(lang));
            say(StatusCode::CONFLICT, &said::NOT_NOW_TITLE, vec![line], None)
        }
        Print::NoPaper(error) => {
            let line = error.text().get(lang).to_owned();
            let status = StatusCode::SERVICE_UNAVAILABLE;
            say(status, &said::NO_PAPER_TITLE, vec![line], None)
        }
    }
}

/// `GET /loans/{loan}/papers/{paper}`
pub(in crate::web) async fn paper(
    State(app): State<App>,
    visit: Visit,
    uri: Uri,
    Named((case, paper)): Named<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let paper = LoanPaper::from_code(&paper).ok_or(Error::NotFound)?;
    let training = asked.training();
    let print = papers::print(&app, &visit.who, &number, (paper, &training)).await?;
    let code = paper.code();
    let name = format!("{number}-{code}.pdf");
    let back = format!("/loans/{number}");
    let told = !asked.anyway.is_empty();
    answer(
        &visit,
        print,
        (&name, told),
        (again(&uri), &back, &said::TO_LOAN),
    )
}

#[derive(Template)]
#[template(path = "pages/invitations.html")]
struct Invitations {
    head: Head,
    count: usize,
}

/// `GET /loans/invitations`
pub(in crate::web) async fn invitations(
    State(app): State<App>,
    visit: Visit,
) -> Result<Html<String>, Error> {
    show(&Invitations {
        count: papers::invited(&app, &visit.who).await?.len(),
        head: Head::of(&visit, "/loans/invitations"),
    })
}

/// `GET /loans/invitations.pdf`
pub(in crate::web) async fn all_invitations(
    State(app): State<App>,
    visit: Visit,
    uri: Uri,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let print = papers::invitations(&app, &visit.who, &asked.training()).await?;
    let Some(print) = print else {
        return Ok(invitations(State(app), visit).await?.into_response());
    };
    let path = "/loans/invitations";
    let told = !asked.anyway.is_empty();
    let name = "invitations.pdf";
    answer(
        &visit,
        print,
        (name, told),
        (again(&uri), path, &said::GROUP),
    )
}

/// `GET /units/labels`: of the units that are named, or of all.
pub(in crate::web) async fn labels(
    State(app): State<App>,
    visit: Visit,
    uri: Uri,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let mut units = Vec::new();
    let (mut start, mut told) = (LabelPlace::FIRST, false);
    for (name, value) in &pairs {
        match name.as_str() {
            "unit" => units.push(
                Uuid::parse_str(value)
                    .map(UnitId)
                    .map_err(|_| Error::NotFound)?,
            ),
            "anyway" => told = true,
            "start" if !value.trim().is_empty() => {
                let place = crate::domain::text::key_form(value).parse().ok();
                match place.and_then(LabelPlace::new) {
                    Some(place) => start = place,
                    None => return bad_place(&visit),
                }
            }
            _ => {}
        }
    }
    let print = papers::label_sheet(&app, &units, start).await?;
    let back = ("/units", &words::loans::UNITS);
    if matches!(print, Print::NotThere) && units.is_empty() {
        let page = Said {
            head: Head::of(&visit, "/units"),
            title: said::LABELS.get(visit.lang).to_owned(),
            lines: vec![said::LABELS_NONE.get(visit.lang).to_owned()],
            anyway: None,
            back: back.0.to_owned(),
            back_name: back.1.get(visit.lang).to_owned(),
        };
        return Ok(show(&page)?.into_response());
    }
    answer(
        &visit,
        print,
        ("labels.pdf", told),
        (again(&uri), back.0, back.1),
    )
}

fn bad_place(visit: &Visit) -> Result<Response, Error> {
    let page = show(&Said {
        head: Head::of(visit, "/units"),
        title: said::LABELS.get(visit.lang).to_owned(),
        lines: vec![said::BAD_PLACE.get(visit.lang).to_owned()],
        anyway: None,
        back: "/units".to_owned(),
        back_name: words::loans::UNITS.get(visit.lang).to_owned(),
    })?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
