//! The list of children.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Html,
};
use serde::Deserialize;

use super::{
    Error,
    evidence::{Shown, shown},
    head::{Head, Visit},
    plan::dial,
    show,
    taken::Sent,
    words,
};
use crate::{
    app::App,
    domain::{finding::Severity, hazard::Hazard, municipality::MunicipalityCode, text::Lang},
    service::{
        children,
        view::{ChildFilter, ChildRow, ChildrenPage, PlanStanding, StandingFilter},
    },
};

/// The filter as it stands in the address. No word of a name is in it.
#[derive(Deserialize, Default)]
pub(super) struct Address {
    #[serde(default)]
    standing: String,
    #[serde(default)]
    municipality: String,
    #[serde(default)]
    hazard: String,
}

const STANDINGS: &[(&str, StandingFilter)] = &[
    ("no_plan", StandingFilter::NoPlan),
    ("blocker", StandingFilter::Blocker),
    ("gap", StandingFilter::Gap),
    ("warning", StandingFilter::Warning),
    ("unknown", StandingFilter::Unknown),
    ("clean", StandingFilter::Clean),
];

impl Address {
    /// The address of the list with this filter, made of known words only.
    fn path(&self) -> String {
        let filter = self.filter();
        let standing = STANDINGS
            .iter()
            .find(|(_, part)| Some(*part) == filter.standing)
            .map(|(word, _)| format!("standing={word}"));
        let municipality = filter.municipality.map(|m| format!("municipality={m}"));
        let hazard = filter.hazard.map(|h| format!("hazard={}", h.code()));
        let parts: Vec<String> = [standing, municipality, hazard]
            .into_iter()
            .flatten()
            .collect();
        if parts.is_empty() {
            "/children".to_owned()
        } else {
            format!("/children?{}", parts.join("&"))
        }
    }

    fn filter(&self) -> ChildFilter {
        ChildFilter {
            standing: STANDINGS
                .iter()
                .find(|(word, _)| *word == self.standing)
                .map(|(_, part)| *part),
            municipality: MunicipalityCode::parse(&self.municipality).ok(),
            hazard: Hazard::ALL.into_iter().find(|h| h.code() == self.hazard),
            search: None,
        }
    }
}

/// A part of the list, as a link with its count.
struct Part {
    href: String,
    label: String,
    count: usize,
    here: bool,
}

/// One child as the page shows it.
pub(super) struct Line {
    pub row: ChildRow,
    pub href: String,
    /// `no_plan`, `unknown`, `clean`, or the worst severity's word.
    pub class: &'static str,
    pub mark: &'static str,
    pub state: String,
    pub worst: Option<Shown>,
    /// The number as a telephone dials it.
    pub dial: String,
}

#[derive(Template)]
#[template(path = "pages/children.html")]
struct Children {
    head: Head,
    page: ChildrenPage,
    lines: Vec<Line>,
    parts: Vec<Part>,
    municipalities: Vec<(String, String, bool)>,
    hazards: Vec<(&'static str, String, bool)>,
    standing: String,
    search: String,
    some_hidden: bool,
}

/// `GET /children`
pub(super) async fn list(
    State(app): State<App>,
    visit: Visit,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Html<String>, Error> {
    // An address that makes no sense filters nothing.
    let Query(address) = address.unwrap_or_default();
    render(&app, &visit, &address, String::new()).await
}

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    words: String,
}

/// `POST /children/search`: words of a name stay out of addresses and logs.
pub(super) async fn search(
    State(app): State<App>,
    visit: Visit,
    Sent(form): Sent<Search>,
) -> Result<Html<String>, Error> {
    render(&app, &visit, &Address::default(), form.words).await
}

async fn render(
    app: &App,
    visit: &Visit,
    address: &Address,
    search: String,
) -> Result<Html<String>, Error> {
    if !visit.reader().is_staff() {
        return Err(Error::NotFound);
    }
    let lang = visit.lang;
    let mut filter = address.filter();
    filter.search = Some(search.clone()).filter(|s| !s.trim().is_empty());
    let page = children::list(app, visit.reader(), &filter).await?;
    let c = page.counts;
    let parts = [
        ("", words::ALL_CHILDREN, page.total),
        ("no_plan", words::NO_PLAN, c.no_plan),
        ("blocker", words::PART_BLOCKER, c.blocker),
        ("gap", words::PART_GAP, c.gap),
        ("warning", words::PART_WARNING, c.warning),
        ("clean", words::PART_CLEAN, c.clean),
        ("unknown", words::PART_UNKNOWN, c.unknown),
    ]
    .into_iter()
    .map(|(word, label, count)| Part {
        href: if word.is_empty() {
            "/children".to_owned()
        } else {
            format!("/children?standing={word}")
        },
        label: label.get(lang).to_owned(),
        count,
        here: search.is_empty() && address.standing == word,
    })
    .collect();
    let municipalities = page
        .municipalities
        .iter()
        .map(|m| {
            (
                m.to_string(),
                m.name().to_owned(),
                filter.municipality == Some(*m),
            )
        })
        .collect();
    let hazards = Hazard::ALL
        .into_iter()
        .filter(|h| !h.layers().is_empty())
        .map(|h| {
            (
                h.code(),
                h.name().get(lang).to_owned(),
                filter.hazard == Some(h),
            )
        })
        .collect();
    show(&Children {
        head: Head::of(visit, address.path()),
        some_hidden: page.rows.iter().any(|r| !r.content_visible),
        lines: page
            .rows
            .iter()
            .cloned()
            .map(|row| line(row, lang))
            .collect(),
        parts,
        municipalities,
        hazards,
        standing: address.standing.clone(),
        search,
        page,
    })
}

/// One child in words.
pub(super) fn line(row: ChildRow, lang: Lang) -> Line {
    let worst = row.worst.as_ref().map(|f| shown(f, lang, true));
    let severity = row
        .worst
        .as_ref()
        .map(|f| f.severity)
        .or_else(|| row.failing.iter().find(|(_, n)| **n > 0).map(|(s, _)| *s));
    let (class, mark, state) = match (&row.standing, severity) {
        (PlanStanding::None(stuck), _) => {
            let step = stuck.map(|s| {
                let since = s.since.map(|d| format!(" {d}")).unwrap_or_default();
                let step = s.step.name();
                match lang {
                    Lang::Ja => format!("（{}{since}）", step.ja),
                    Lang::En => format!(" ({}{since})", step.en),
                }
            });
            let words = format!("{}{}", words::NO_PLAN.get(lang), step.unwrap_or_default());
            ("no_plan", "◆", words)
        }
        (PlanStanding::Unknown, _) => ("no_plan", "◇", words::UNKNOWN_PLAN.get(lang).to_owned()),
        (PlanStanding::Made { .. }, Some(severity)) if severity < Severity::Advice => (
            severity.code(),
            super::evidence::mark(severity),
            severity.name().get(lang).to_owned(),
        ),
        // What is unknown is no pass.
        (PlanStanding::Made { .. }, _) if row.unknowns > 0 => {
            ("unknown", "？", words::PART_UNKNOWN.get(lang).to_owned())
        }
        (PlanStanding::Made { .. }, _) => ("clean", "✓", words::PART_CLEAN.get(lang).to_owned()),
    };
    Line {
        href: format!("/plans/{}", row.case),
        class,
        mark,
        state,
        worst,
        dial: row.call.as_ref().map(|(_, n)| dial(n)).unwrap_or_default(),
        row,
    }
}
