//! Figures for the prefecture.

use askama::Template;
use axum::{extract::State, response::Html};

use super::{
    Error,
    children::word_of,
    head::{Head, Visit},
    show,
    words::{self, figures as said},
};
use crate::{
    app::App,
    service::{
        figures::{self, Figures},
        view::StandingFilter,
    },
};

/// One line: whose figures, and the counts in the order of the columns.
struct Line {
    place: String,
    total: u64,
    counts: Vec<u64>,
    lent: u64,
}

impl Line {
    fn of(place: String, figures: &Figures) -> Self {
        Self {
            place,
            total: figures.total(),
            counts: StandingFilter::ALL.map(|part| figures.of(part)).to_vec(),
            lent: figures.lent,
        }
    }
}

#[derive(Template)]
#[template(path = "pages/figures.html")]
struct Page {
    head: Head,
    columns: Vec<String>,
    lines: Vec<Line>,
    all: Line,
}

/// `GET /figures`
pub(super) async fn page(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    let (places, all) = figures::figures(&app, &visit.who).await?;
    let lang = visit.lang;
    let lines = places
        .iter()
        .map(|(place, figures)| {
            let place = place.map_or_else(
                || said::UNKNOWN_PLACE.get(lang).to_owned(),
                |code| code.name().to_owned(),
            );
            Line::of(place, figures)
        })
        .collect();
    show(&Page {
        head: Head::of(&visit, "/figures"),
        columns: StandingFilter::ALL
            .map(|part| word_of(part).get(lang).to_owned())
            .to_vec(),
        lines,
        all: Line::of(said::TOTAL.get(lang).to_owned(), &all),
    })
}
