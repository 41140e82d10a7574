//! The page of one plan.

use askama::Template;
use axum::{extract::State, response::Html};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    Error, care,
    destination::{Place, floor},
    evidence::{Shown, next_step, shown},
    family_link::ways_in,
    head::{Head, Visit},
    positions,
    power::{paper_table, trigger_line},
    qr,
    rights::Rights,
    show,
    taken::Named,
    together::{Together, names, together},
    words,
};
use crate::{
    app::App,
    domain::{
        access::Permission,
        ending::{EndReason, LoanEndReason},
        finding::{Blocks, Finding, Owner, Severity},
        id::CaseNumber,
        plan::document::{Contact, StartTrigger},
        rights::{CorrectionField, ToldHow},
        text::{Lang, Text, key_form},
        warning::{NameOnDay, name_on},
    },
    service::{
        children::age_on,
        loans::emergency,
        plan,
        view::{AddressOnPage, ExposureState, ExposureView, PlanPage, PlanStanding, SmallMap},
    },
    store::EmergencyLoan,
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
pub(super) struct Plan {
    head: Head,
    page: PlanPage,
    staff: bool,
    /// By when to leave or telephone in a power cut.
    outage: String,
    /// The table of it for paper: cut at, leave by, batteries end.
    outage_rows: Vec<[String; 3]>,
    /// Whether a code may be told to the family.
    tells: bool,
    /// The reader may make the family's account.
    makes_family: bool,
    /// By what the family comes in; `None`: it has no account.
    family: Option<String>,
    /// Where the pages are, for the paper: the address and its picture, without
    /// a token; `None` where no public address is set.
    address: Option<(String, String)>,
    title: String,
    /// The reader may see the course of the plan.
    follows: bool,
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
    /// What stands where nothing is told of the home.
    hidden_or_unknown: String,
    accuracy: String,
    /// Where the position comes from.
    source: Option<String>,
    /// The reader may set or confirm it.
    places: bool,
    room_floor: String,
    /// For each hazard: when to leave, and how long before it comes.
    triggers: Vec<(String, String, String)>,
    age: Option<u32>,
    /// Stays away from home, in words, with their ids.
    stays: Vec<(String, Uuid)>,
    care: care::Shown,
    /// Whether the map may fetch background tiles.
    tiles: bool,
    /// What the page offers beside the plan.
    rights: Option<Rights>,
    /// What is lent to the child for an emergency.
    emergency_lent: Vec<EmergencyLoan>,
    /// The reader keeps the stock: a unit is a link.
    keeps_units: bool,
}

/// What a place is exposed to, in words.
pub(super) struct ExposureLine {
    pub hazard: String,
    pub class: &'static str,
    /// A map shows a zone there.
    pub mapped: bool,
    pub sentence: String,
    pub source: String,
}

/// `GET /plans/{case}`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let mut page = plan::page(&app, &visit.who, &number)
        .await?
        .ok_or(Error::NotFound)?;
    let beside = page.rights.take();
    let head = Head::of(&visit, format!("/plans/{number}"));
    let staff = visit.reader().is_staff();
    let keys = care::Keys::new(&app);
    let tiles = app.config.map.gsi_tiles;
    let public = &app.config.server.public_url;
    let family = beside.as_ref().and_then(|beside| beside.family);
    let tells = visit.who.role().may(Permission::TellCode) && beside.is_some();
    let emergency_lent = emergency::of_child(&app, &visit.who, &number).await?;
    show(&Plan {
        emergency_lent,
        keeps_units: visit.who.role().may(Permission::KeepLoans),
        family: family.map(|ways| ways_in(ways, visit.lang)),
        makes_family: tells && family.is_none() && visit.who.role().may(Permission::MakeFamily),
        places: visit.who.role().may(Permission::PlaceHome)
            && beside.is_some()
            && page.address != AddressOnPage::Hidden { may_ask: false },
        tells,
        follows: visit.who.role().may(Permission::ReadCourse) && beside.is_some(),
        address: (!public.is_empty()).then(|| (public.clone(), qr::picture(public))),
        ..Plan::of(head, staff, page, tiles, keys)
            .with(beside.map(|beside| Rights::of(&app, &visit, beside)))
    })
}

impl Plan {
    /// The page with what it offers beside the plan.
    pub(super) fn with(mut self, rights: Option<Rights>) -> Self {
        self.rights = rights;
        self
    }

    /// The page in words, for staff or for a family.
    pub(super) fn of(
        head: Head,
        staff: bool,
        mut page: PlanPage,
        tiles: bool,
        keys: care::Keys,
    ) -> Self {
        let lang = head.lang;
        let small_map = page.map.take();
        let places = Places::of(&page);
        let failing = together(&page.failing);
        let worst = failing
            .iter()
            // A family's first thing is never about papers for others.
            .filter(|t| staff || t.finding.blocks != Some(Blocks::Sharing))
            .min_by_key(|t| t.finding.urgency())
            .filter(|t| t.finding.severity < Severity::Advice);
        let (standing, standing_class) = standing(&page, lang);
        let child = page.document.as_ref().map(|d| &d.child);
        let name = child.and_then(|c| c.name.clone());
        let age = child
            .and_then(|c| c.born)
            .and_then(|born| age_on(born, page.on));
        let accuracy = page.home.accuracy.map(|a| positions::exactness(a, lang));
        Self {
            title: name.unwrap_or_else(|| page.case.to_string()),
            standing,
            standing_class,
            first: worst.map(|t| in_words(t, &places, lang, staff)),
            calls: calls(&page, worst.map(|t| t.finding.owner), staff),
            groups: groups(&failing, &places, lang, staff),
            open: open(&page.unknown, lang, staff),
            holding: together(&page.holding)
                .iter()
                .map(|t| in_words(t, &places, lang, staff))
                .collect(),
            destinations: (1..)
                .zip(page.destinations.iter().cloned())
                .map(|(number, view)| Place::of(number, view, &page, lang))
                .collect(),
            exposures: lines(&page.exposures, lang),
            zones: zones(small_map.as_ref(), lang),
            small_map,
            outage: trigger_line(page.outage, lang),
            outage_rows: page
                .outage
                .as_ref()
                .map_or_else(Vec::new, |by| paper_table(by, lang)),
            hidden_or_unknown: match page.address {
                AddressOnPage::Hidden { .. } => words::care::NOT_SHOWN,
                AddressOnPage::Open | AddressOnPage::Revealed => words::UNKNOWN,
            }
            .get(lang)
            .to_owned(),
            accuracy: accuracy.unwrap_or_default(),
            source: page
                .located
                .as_ref()
                .filter(|_| staff)
                .map(|located| positions::source(located, lang)),
            places: false,
            follows: false,
            room_floor: page
                .home
                .room_floor
                .map(|n| floor(&n.to_string(), lang))
                .unwrap_or_default(),
            age,
            triggers: page
                .document
                .iter()
                .flat_map(|d| &d.triggers)
                .map(|trigger| trigger_in_words(trigger, page.on, lang))
                .collect(),
            tiles,
            rights: None,
            emergency_lent: Vec::new(),
            keeps_units: false,
            care: care::Shown::of(&page, lang, keys),
            stays: page
                .stays
                .iter()
                .map(|one| care::stay(one, page.on, lang))
                .collect(),
            staff,
            tells: false,
            makes_family: false,
            family: None,
            address: None,
            head,
            page,
        }
    }
}

/// A trigger with the level that its name has on the day, so that nobody has to
/// know which level a warning is.
fn trigger_in_words(trigger: &StartTrigger, on: NaiveDate, lang: Lang) -> (String, String, String) {
    let named = trigger
        .name
        .as_deref()
        .map(|name| name_on(name, trigger.hazard, on));
    let level = match named {
        Some(NameOnDay::InForce(level)) => Some(level),
        _ => trigger.level,
    };
    let level = level.map(|level| format!("{} {}", words::LEVEL.get(lang), level.number()));
    let when: Vec<String> = level.into_iter().chain(trigger.name.clone()).collect();
    let unknown = || words::UNKNOWN.get(lang).to_owned();
    let lead = trigger
        .lead_minutes
        .map(|minutes| format!("{minutes} {}", words::MINUTES.get(lang)));
    (
        trigger.hazard.name().get(lang).to_owned(),
        Some(when.join(" "))
            .filter(|when| !when.is_empty())
            .unwrap_or_else(unknown),
        lead.unwrap_or_else(unknown),
    )
}

/// The pages of the places that findings speak of, by the word they use.
struct Places(Vec<(String, String)>);

impl Places {
    fn of(page: &PlanPage) -> Self {
        let linked = page.destinations.iter().filter_map(|view| {
            let reference = view.destination.site.clone()?;
            Some((reference, format!("/sites/{}", view.site.as_ref()?.id)))
        });
        Self(linked.collect())
    }

    fn href(&self, site: Option<&str>) -> Option<String> {
        let (_, href) = self
            .0
            .iter()
            .find(|(known, _)| Some(known.as_str()) == site)?;
        Some(href.clone())
    }
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
        PlanStanding::Made { .. }
            if page.unknown.iter().any(|f| f.severity == Severity::Blocker) =>
        {
            (words::NOT_KNOWN_YET, "gap")
        }
        PlanStanding::Made { .. } if page.failing.iter().any(|f| f.severity == Severity::Gap) => {
            (words::APPROVABLE_WITH_GAPS, "gap")
        }
        PlanStanding::Made { .. } => (words::APPROVABLE, "clean"),
    };
    (text.get(lang).to_owned(), class)
}

/// Whom to telephone: who, the number, and the number for the link; first who
/// can take the next step. A family needs no link to itself.
fn calls(page: &PlanPage, owner: Option<Owner>, staff: bool) -> Vec<(String, String, String)> {
    let contacts = page.document.iter().flat_map(|d| &d.child.contacts);
    let mut numbers: Vec<&Contact> = contacts
        .filter(|c| c.is_telephone() && (staff || c.is_coordinator()))
        .collect();
    numbers.sort_by_key(|c| {
        c.is_coordinator() != matches!(owner, Some(Owner::Coordinator | Owner::Site))
    });
    numbers
        .into_iter()
        .map(|c| {
            (
                c.who.clone().unwrap_or_default(),
                c.value.clone(),
                dial(&c.value),
            )
        })
        .collect()
}

/// A number as a telephone dials it.
pub(super) fn dial(number: &str) -> String {
    key_form(number)
        .chars()
        .filter(|x| x.is_ascii_digit() || *x == '+')
        .collect()
}

/// A finding in words, with its hazards and the page of its place.
fn in_words(said: &Together, places: &Places, lang: Lang, staff: bool) -> Shown {
    Shown {
        hazard: Some(names(&said.hazards, lang)).filter(|n| !n.is_empty()),
        href: places.href(said.finding.site.as_deref()),
        ..shown(&said.finding, lang, staff)
    }
}

fn groups(failing: &[Together], places: &Places, lang: Lang, staff: bool) -> Vec<Group> {
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
                .filter(|t| t.finding.severity == severity)
                .map(|t| in_words(t, places, lang, staff))
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
        let missing = match &missing {
            _ if !staff && finding.rule.is_about_staying() => &words::STAY_UNKNOWN,
            Some(missing) => missing,
            None => message,
        };
        let missing = missing.get(lang).to_owned();
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
                next_step: if staff || finding.owner == Owner::Family {
                    next_step(finding, lang, staff)
                } else {
                    String::new()
                },
                about: vec![about],
            }),
        }
    }
    open
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
            mapped: matches!(e.state, ExposureState::Hit(Some(_))),
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
