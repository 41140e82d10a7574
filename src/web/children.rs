//! The list of children.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{Html, Redirect},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use serde::Deserialize;

use super::{
    Error,
    evidence::{Shown, mark, shown},
    head::{Head, Visit},
    plan::dial,
    show,
    taken::Sent,
    words,
};
use crate::{
    app::App,
    domain::{
        access::{Permission, Role},
        finding::Severity,
        hazard::Hazard,
        municipality::MunicipalityCode,
        text::{Lang, Text},
    },
    seal::{hex, unhex},
    service::{
        children, reminders,
        view::{ChildFilter, ChildRow, ChildrenPage, PlanStanding, StandingFilter},
    },
    store::{StaffTask, StoredMessage},
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
    /// The words of the last search are in force; they are in a cookie.
    #[serde(default)]
    found: String,
}

impl Address {
    /// The address of the list with this filter, made of known words only.
    fn path(&self) -> String {
        let filter = self.filter();
        let standing = filter.standing.map(|s| format!("standing={}", s.code()));
        let municipality = filter.municipality.map(|m| format!("municipality={m}"));
        let hazard = filter.hazard.map(|h| format!("hazard={}", h.code()));
        let found = (!self.found.is_empty()).then(|| "found=1".to_owned());
        let parts: Vec<String> = [standing, municipality, hazard, found]
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
            standing: StandingFilter::from_code(&self.standing),
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
    /// The word of its part of the list.
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
    /// What to say where no child is on record.
    empty: Text,
    /// The reader puts children on record by an enquiry.
    to_enquiry: bool,
    /// The reader keeps drills.
    keeps_drills: bool,
    /// What staff have to do about reminders; the centre's stands on its desk.
    tasks: Vec<(StaffTask, String)>,
    /// Where a task is done.
    tasks_at: &'static str,
    /// Messages that wait for a second person.
    messages: Vec<StoredMessage>,
}

/// `GET /children`
pub(super) async fn list(
    State(app): State<App>,
    visit: Visit,
    jar: CookieJar,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Html<String>, Error> {
    // An address that makes no sense filters nothing.
    let Query(address) = address.unwrap_or_default();
    let words = jar.get(SEARCH_COOKIE).filter(|_| !address.found.is_empty());
    let words = words.and_then(|cookie| String::from_utf8(unhex(cookie.value())?).ok());
    render(&app, &visit, &address, words.unwrap_or_default()).await
}

/// The cookie of the last search. Names stay out of addresses, and a page that
/// was found is found again with the button "back".
pub(super) const SEARCH_COOKIE: &str = "search";

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    words: String,
}

/// `POST /children/search`: words of a name stay out of addresses and logs.
pub(super) async fn search(
    State(app): State<App>,
    jar: CookieJar,
    Sent(form): Sent<Search>,
) -> Result<(CookieJar, Redirect), Error> {
    let words: String = form.words.trim().chars().take(100).collect();
    if words.is_empty() {
        return Ok((jar, Redirect::to("/children")));
    }
    let cookie = Cookie::build((SEARCH_COOKIE, hex(words.as_bytes())))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(app.config.server.public_url.starts_with("https:"));
    Ok((jar.add(cookie), Redirect::to("/children?found=1")))
}

async fn render(
    app: &App,
    visit: &Visit,
    address: &Address,
    search: String,
) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let mut filter = address.filter();
    filter.search = Some(search.clone()).filter(|s| !s.trim().is_empty());
    let page = children::list(app, &visit.who, &filter).await?;
    let everybody = Part {
        href: "/children".to_owned(),
        label: words::ALL_CHILDREN.get(lang).to_owned(),
        count: page.total,
        here: search.is_empty() && filter.standing.is_none(),
    };
    let parts = StandingFilter::ALL.into_iter().map(|part| Part {
        href: format!("/children?standing={}", part.code()),
        label: word_of(part).get(lang).to_owned(),
        count: page.counts.get(&part).copied().unwrap_or(0),
        here: search.is_empty() && filter.standing == Some(part),
    });
    let parts = [everybody].into_iter().chain(parts).collect();
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
    let role = visit.who.role();
    let (mut tasks, mut messages) = (Vec::new(), Vec::new());
    if role.may(Permission::FollowReminders) && !role.may(Permission::KeepLoans) {
        tasks = reminders::tasks(app, &visit.who).await?;
    }
    if role.may(Permission::WriteMessages) && !role.may(Permission::KeepLoans) {
        messages = reminders::waiting(app, &visit.who).await?;
    }
    let named = |task: StaffTask| {
        let what = task.kind.name().get(lang).to_owned();
        (task, what)
    };
    show(&Children {
        empty: empty(role),
        to_enquiry: role.may(Permission::KeepLoans),
        keeps_drills: role.may(Permission::KeepDrills),
        tasks: tasks.into_iter().map(named).collect(),
        tasks_at: "/plans",
        messages,
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

/// What somebody reads where no child is on record: what to do is another thing for
/// each role.
const fn empty(role: Role) -> Text {
    match role {
        Role::Centre => words::EMPTY_CHILDREN_CENTRE,
        Role::Municipality => words::EMPTY_CHILDREN_TOWN,
        Role::Administrator => words::EMPTY_CHILDREN,
        _ => words::EMPTY_CHILDREN_OTHER,
    }
}

/// The name of a part of the list.
pub(super) const fn word_of(part: StandingFilter) -> Text {
    match part {
        StandingFilter::NoPlan => words::NO_PLAN,
        StandingFilter::Blocker => words::PART_BLOCKER,
        StandingFilter::Gap => words::PART_GAP,
        StandingFilter::Sharing => words::PART_NOT_SHAREABLE,
        StandingFilter::Warning => words::PART_WARNING,
        StandingFilter::Clean => words::PART_CLEAN,
        StandingFilter::Unknown => words::PART_UNKNOWN,
    }
}

/// A mark for a part, so that nobody needs its colour.
const fn mark_of(part: StandingFilter) -> &'static str {
    match part {
        StandingFilter::NoPlan => "◆",
        StandingFilter::Blocker | StandingFilter::Sharing => mark(Severity::Blocker),
        StandingFilter::Gap => mark(Severity::Gap),
        StandingFilter::Warning => mark(Severity::Warning),
        StandingFilter::Clean => "✓",
        StandingFilter::Unknown => "？",
    }
}

/// One child in words.
pub(super) fn line(row: ChildRow, lang: Lang) -> Line {
    let part = StandingFilter::of(&row.standing, &row.failing, row.unknowns);
    let word = word_of(part);
    let emergency = !row.emergencies.is_empty();
    let state = match &row.standing {
        _ if !row.standing_told => words::emergency::ROW.get(lang).to_owned(),
        PlanStanding::None(Some(stuck)) => {
            let since = stuck.since.map(|d| format!(" {d}")).unwrap_or_default();
            let (word, step) = (word.get(lang), stuck.step.name());
            match lang {
                Lang::Ja => format!("{word}（{}{since}）", step.ja),
                Lang::En => format!("{word} ({}{since})", step.en),
            }
        }
        PlanStanding::Unknown => words::UNKNOWN_PLAN.get(lang).to_owned(),
        PlanStanding::None(None) | PlanStanding::Made { .. } => word.get(lang).to_owned(),
    };
    Line {
        href: format!("/plans/{}", row.case),
        class: if emergency {
            "emergency_row"
        } else {
            part.code()
        },
        mark: if row.standing_told {
            mark_of(part)
        } else {
            "■"
        },
        state: if emergency && row.standing_told {
            format!("{state} ■ {}", words::emergency::ROW.get(lang))
        } else {
            state
        },
        worst: row.worst.as_ref().map(|f| shown(f, lang, true)),
        dial: row.call.as_ref().map(|(_, n)| dial(n)).unwrap_or_default(),
        row,
    }
}
