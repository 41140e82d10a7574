//! The page of one plan.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Html,
};

use super::{
    Error,
    evidence::{Shown, next_step, shown},
    head::{Head, Visit},
    show, words,
};
use crate::{
    app::App,
    domain::{
        finding::{Finding, Severity},
        id::CaseNumber,
        text::{Lang, Text},
    },
    service::{
        map, plan,
        view::{DestinationView, ExposureState, ExposureView, PlanPage, PlanStanding, SmallMap},
    },
};

/// Findings of one severity.
struct Group {
    title: String,
    class: &'static str,
    findings: Vec<Shown>,
}

/// Unknown things that one answer settles.
pub(super) struct Open {
    pub missing: String,
    pub owner: String,
    pub next_step: String,
    pub about: Vec<String>,
}

#[derive(Template)]
#[template(path = "pages/plan.html")]
struct Plan {
    head: Head,
    page: PlanPage,
    staff: bool,
    title: String,
    standing: String,
    standing_class: &'static str,
    first: Option<Shown>,
    calls: Vec<(String, String, String)>,
    groups: Vec<Group>,
    open: Vec<Open>,
    holding: Vec<Shown>,
    destinations: Vec<Place>,
    exposures: Vec<ExposureLine>,
    small_map: Option<SmallMap>,
    zones: Vec<(String, String)>,
    accuracy: String,
    /// Background tiles are allowed.
    tiles: bool,
}

/// A destination as the page shows it.
struct Place {
    number: usize,
    view: DestinationView,
    href: Option<String>,
    hazards: String,
    metres: Option<String>,
    travel: Option<String>,
    exposures: Vec<ExposureLine>,
}

/// What a place is exposed to, in words.
pub(super) struct ExposureLine {
    pub hazard: String,
    pub class: &'static str,
    pub sentence: String,
    pub source: String,
}

/// `GET /plans/{case}`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    Path(case): Path<String>,
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let page = plan::page(&app, visit.reader(), &number)
        .await?
        .ok_or(Error::NotFound)?;
    let small_map = map::of_plan(&app, visit.reader(), &number).await?;
    let (lang, staff) = (visit.lang, visit.reader().is_staff());
    let first = page
        .failing
        .iter()
        .find(|f| f.blocks_approval())
        .or_else(|| page.failing.first())
        .filter(|f| f.severity < Severity::Advice)
        .map(|f| shown(f, lang, staff));
    let (standing, standing_class) = standing(&page, lang);
    let document = page.document.as_ref();
    let name = document.and_then(|d| d.child.name.clone());
    let accuracy = page
        .home
        .accuracy
        .map(|a| format!("±{} m", a.metres()))
        .unwrap_or_default();
    show(&Plan {
        head: Head::of(&visit, format!("/plans/{number}")),
        title: name.unwrap_or_else(|| number.to_string()),
        standing,
        standing_class,
        first,
        calls: calls(&page),
        groups: groups(&page.failing, lang, staff),
        open: open(&page.unknown, lang, staff),
        holding: page.holding.iter().map(|f| shown(f, lang, staff)).collect(),
        destinations: (1..)
            .zip(page.destinations.iter().cloned())
            .map(|(number, view)| place(number, view, lang))
            .collect(),
        exposures: lines(&page.exposures, lang),
        zones: zones(small_map.as_ref(), lang),
        small_map,
        accuracy,
        tiles: app.config.map.gsi_tiles,
        staff,
        page,
    })
}

fn standing(page: &PlanPage, lang: Lang) -> (String, &'static str) {
    let (text, class) = match &page.standing {
        PlanStanding::Unknown => (words::UNKNOWN_PLAN, "no_plan"),
        PlanStanding::None(_) => (words::NO_PLAN, "no_plan"),
        PlanStanding::Made {
            approvable: false, ..
        } => (words::NOT_APPROVABLE, "blocker"),
        PlanStanding::Made {
            shareable: false, ..
        } => {
            let both = format!(
                "{} / {}",
                words::APPROVABLE.get(lang),
                words::NOT_SHAREABLE.get(lang)
            );
            return (both, "gap");
        }
        PlanStanding::Made { .. } => (words::APPROVABLE, "clean"),
    };
    (text.get(lang).to_owned(), class)
}

/// Whom to telephone: who, the number, and the number for the link.
fn calls(page: &PlanPage) -> Vec<(String, String, String)> {
    let contacts = page.document.iter().flat_map(|d| &d.child.contacts);
    contacts
        .filter(|c| c.value.chars().filter(char::is_ascii_digit).count() >= 9)
        .map(|c| {
            let dial = c
                .value
                .chars()
                .filter(|x| x.is_ascii_digit() || *x == '+')
                .collect();
            (c.who.clone().unwrap_or_default(), c.value.clone(), dial)
        })
        .collect()
}

fn groups(failing: &[Finding], lang: Lang, staff: bool) -> Vec<Group> {
    Severity::ALL
        .into_iter()
        .map(|severity| Group {
            title: match severity {
                Severity::Blocker => words::PART_BLOCKERS.get(lang).to_owned(),
                other => other.name().get(lang).to_owned(),
            },
            class: severity.code(),
            findings: failing
                .iter()
                .filter(|f| f.severity == severity)
                .map(|f| shown(f, lang, staff))
                .collect(),
        })
        .filter(|group| !group.findings.is_empty())
        .collect()
}

/// Unknown findings as one list: what one answer settles stands once.
pub(super) fn open(unknown: &[Finding], lang: Lang, staff: bool) -> Vec<Open> {
    let mut open: Vec<Open> = Vec::new();
    for finding in unknown {
        let missing = finding
            .evidence
            .0
            .get("missing")
            .and_then(|value| serde_json::from_value::<Text>(value.clone()).ok());
        let message = if staff {
            &finding.message
        } else {
            &finding.message_family
        };
        let missing = missing.as_ref().unwrap_or(message).get(lang).to_owned();
        let about = match finding.hazard {
            Some(hazard) => format!(
                "{}（{}）",
                finding.rule.title().get(lang),
                hazard.name().get(lang)
            ),
            None => finding.rule.title().get(lang).to_owned(),
        };
        let about = match &finding.site {
            Some(site) if staff => format!("{about} {site}"),
            _ => about,
        };
        match open.iter_mut().find(|o| o.missing == missing) {
            Some(known) => {
                if !known.about.contains(&about) {
                    known.about.push(about);
                }
            }
            None => open.push(Open {
                missing,
                owner: finding.owner.name().get(lang).to_owned(),
                next_step: next_step(finding, lang, staff),
                about: vec![about],
            }),
        }
    }
    open
}

fn place(number: usize, view: DestinationView, lang: Lang) -> Place {
    let hazards = match &view.destination.hazards {
        None => words::ALL_HAZARDS.get(lang).to_owned(),
        Some(list) => list
            .iter()
            .map(|h| h.name().get(lang).to_owned())
            .collect::<Vec<_>>()
            .join("、"),
    };
    Place {
        number,
        href: view.site.as_ref().map(|site| format!("/sites/{}", site.id)),
        hazards,
        metres: view.straight_line_metres.map(|m| {
            if m < 1000.0 {
                format!("{m:.0} m")
            } else {
                format!("{:.1} km", m / 1000.0)
            }
        }),
        travel: view.travel.as_ref().map(|(minutes, basis)| {
            format!(
                "{minutes:.0} {}（{}）",
                words::MINUTES.get(lang),
                basis.get(lang)
            )
        }),
        exposures: lines(&view.exposures, lang),
        view,
    }
}

/// Exposures in words, each with its data set and date.
pub(super) fn lines(exposures: &[ExposureView], lang: Lang) -> Vec<ExposureLine> {
    exposures
        .iter()
        .map(|e| ExposureLine {
            hazard: e.hazard.name().get(lang).to_owned(),
            class: match e.state {
                ExposureState::Hit(_) => "hit",
                ExposureState::OutsideZones => "outside",
                ExposureState::Unknown => "unknown",
            },
            sentence: e.sentence.get(lang).to_owned(),
            source: e
                .data_sets
                .iter()
                .map(|set| match set.dated {
                    Some(dated) => format!("{} ({dated})", set.name),
                    None => set.name.clone(),
                })
                .collect::<Vec<_>>()
                .join("、"),
        })
        .collect()
}

/// The zones on the map, each kind once, for the list beside it.
fn zones(small_map: Option<&SmallMap>, lang: Lang) -> Vec<(String, String)> {
    let mut labels: Vec<(String, String)> = small_map
        .iter()
        .flat_map(|m| &m.features)
        .filter(|f| f.role == "zone")
        .map(|f| {
            (
                f.class.clone().unwrap_or_default(),
                f.label.get(lang).to_owned(),
            )
        })
        .collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}
