//! The versions of a plan, and what differs between two of its states.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Html,
};
use serde::Deserialize;

use super::{
    Error,
    draft::{Difference, Lines, differences, part_lines},
    head::{Head, Visit},
    show,
    taken::Named,
    words::{self, course as c, draft as w},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{id::CaseNumber, plan::course::Stage, text::Lang},
    service::life::{self, Version},
    store::VersionLine,
};

#[derive(Deserialize, Default)]
pub(super) struct Asked {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// A version in the list.
struct Line {
    code: String,
    says: String,
}

fn line(one: &VersionLine, lang: Lang) -> String {
    let at = |at| in_tokyo(at).format("%Y-%m-%d").to_string();
    let until = one.until.map_or_else(String::new, at);
    let stage = one.stage.map_or(c::BY_IMPORT, Stage::name);
    format!(
        "{} {} ・ {}–{until} ・ {}",
        c::VERSION.get(lang),
        one.version,
        at(one.from),
        stage.get(lang)
    )
}

/// What a state is called.
fn called(version: Version, lang: Lang) -> String {
    match version {
        Version::Draft => c::DRAFT.get(lang).to_owned(),
        Version::Number(number) => format!("{} {number}", c::VERSION.get(lang)),
    }
}

#[derive(Template)]
#[template(path = "pages/versions.html")]
struct Versions {
    head: Head,
    number: CaseNumber,
    name: String,
    lines: Vec<Line>,
    /// Code, what it is called, chosen as the one before, chosen as the one after.
    states: Vec<(String, String, bool, bool)>,
    between: Option<(String, String)>,
    differs: Vec<Difference>,
}

/// `GET /plans/{case}/versions`
pub(super) async fn compare(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let wanted = (
        Version::from_code(&asked.from),
        Version::from_code(&asked.to),
    );
    let page = life::compared(&app, &visit.who, &number, wanted).await?;
    let page = page.ok_or(Error::NotFound)?;
    let lang = visit.lang;
    let draft = page.has_draft.then_some(Version::Draft);
    let all = page.versions.iter().map(|one| Version::Number(one.version));
    let states = draft.into_iter().chain(all).map(|state| {
        let chosen = |pick: fn(&(Version, Version)) -> Version| {
            page.between.as_ref().map(pick) == Some(state)
        };
        (
            state.code(),
            called(state, lang),
            chosen(|pair| pair.0),
            chosen(|pair| pair.1),
        )
    });
    show(&Versions {
        head: Head::of(&visit, format!("/plans/{number}/versions")),
        name: page.name.clone().unwrap_or_default(),
        lines: page
            .versions
            .iter()
            .map(|one| Line {
                code: one.version.to_string(),
                says: line(one, lang),
            })
            .collect(),
        states: states.collect(),
        between: page
            .between
            .map(|(from, to)| (called(from, lang), called(to, lang))),
        differs: differences(&page.changes),
        number,
    })
}

#[derive(Template)]
#[template(path = "pages/version.html")]
struct One {
    head: Head,
    number: CaseNumber,
    title: String,
    says: Vec<Lines>,
}

/// `GET /plans/{case}/versions/{version}`
pub(super) async fn one(
    State(app): State<App>,
    visit: Visit,
    Named((case, version)): Named<(String, String)>,
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let lang = visit.lang;
    let wanted = Version::from_code(&version);
    let found = match wanted {
        Some(wanted) => life::version(&app, &visit.who, &number, wanted).await?,
        None => None,
    };
    let Some((known, document)) = found else {
        // Whoever may read the child learns that there is no such version; nobody else
        // anything.
        let page = life::compared(&app, &visit.who, &number, (None, None)).await?;
        page.ok_or(Error::NotFound)?;
        return show(&One {
            head: Head::of(&visit, format!("/plans/{number}/versions")),
            title: c::NOT_READ.get(lang).to_owned(),
            says: Vec::new(),
            number,
        });
    };
    show(&One {
        head: Head::of(&visit, format!("/plans/{number}/versions/{version}")),
        title: known.map_or_else(|| c::DRAFT.get(lang).to_owned(), |one| line(&one, lang)),
        says: part_lines(&document),
        number,
    })
}
