//! Tonight (今夜): the list of whom to call, which several people work on at once.

mod act;
mod calls;
mod cut;
mod shown;

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use uuid::Uuid;

pub(super) use act::{answer, end_level, enter_level, report_site, strike, telegram};
pub(super) use calls::{of_outage as calls_of_outage, of_tonight as calls_of_tonight};
pub(super) use cut::OutageShown;
pub(in crate::web) use shown::calls;

use self::shown::{Card, Count, FiguresShown, LevelShown, SiteShown, Typed, figures_of};
use super::{
    Error,
    head::{Head, Visit},
    show,
    taken::Named,
    words::{self, night as w, outage as o},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::Permission,
        hazard::Hazard,
        id::CaseNumber,
        municipality::MunicipalityCode,
        night::{Need, NightKind, NightLevel, PowerNow, Whereabouts},
        residence::Called,
        text::{Lang, Text},
    },
    planner::tonight::State as Stands,
    service::{
        emergency,
        night::{self, NightFilter, NightPage},
    },
};

/// How often a page asks for news, in seconds.
const EVERY: u32 = 4;

/// Whoever works for no municipality sees so many of what is in force at once.
const LEVELS_SHOWN: usize = 12;

/// The levels of the form, the most usual first.
const LEVELS: [(u8, Text); 4] = [
    (3, w::LEVEL_3),
    (4, w::LEVEL_4),
    (5, w::LEVEL_5),
    (2, w::LEVEL_2),
];

/// When to call again, in minutes.
const NEXT: [u32; 5] = [15, 30, 60, 120, 240];

/// What stands in the address: no word of a name.
#[derive(Deserialize, Default)]
pub(super) struct Address {
    #[serde(default)]
    state: String,
    /// What was written down: the number of a child, or `1`.
    #[serde(default)]
    saved: String,
    /// The power cut whose children are looked at.
    #[serde(default)]
    outage: String,
}

impl Address {
    fn filter(&self) -> NightFilter {
        NightFilter {
            state: Stands::from_code(&self.state),
            outage: Uuid::parse_str(&self.outage).ok(),
            whole: false,
        }
    }

    /// The page of what is looked at.
    fn path(&self) -> String {
        match Uuid::parse_str(&self.outage) {
            Ok(id) => format!("/outage/{id}"),
            Err(_) => "/tonight".to_owned(),
        }
    }
}

/// What is said above the list.
pub(super) struct Said {
    good: bool,
    lines: Vec<String>,
    /// Of which child something was written down.
    case: Option<CaseNumber>,
}

impl Said {
    fn bad(text: &Text, lang: Lang) -> Self {
        Self {
            good: false,
            lines: vec![text.get(lang).to_owned()],
            case: None,
        }
    }
}

/// What changes while somebody looks: the levels, the counts, the list.
struct Live {
    /// Of the visitor's own municipality, or of all where they work for none.
    levels: Vec<LevelShown>,
    /// Of the other municipalities.
    elsewhere: Vec<LevelShown>,
    counts: Vec<Count>,
    cards: Vec<Card>,
    more: usize,
    children: usize,
    figures: Option<FiguresShown>,
    mark: String,
    now: String,
    state: &'static str,
    /// The power cut whose children are looked at.
    outage: Option<OutageShown>,
    /// Power cuts that are not over.
    outages: Vec<OutageShown>,
    /// Places of it in which no child was found.
    unmatched: Vec<String>,
    /// Where the telephone sheet is.
    sheet: String,
}

impl Live {
    /// The id of the power cut, as the forms of its children name it.
    fn outage_id(&self) -> String {
        let outage = self.outage.as_ref();
        outage
            .map(|outage| outage.id.to_string())
            .unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "pages/tonight.html")]
struct Page {
    head: Head,
    live: Live,
    sites: Vec<SiteShown>,
    /// Where a level may be entered: code, name.
    towns: Vec<(String, String)>,
    hazards: Vec<(&'static str, Text)>,
    levels: [(u8, Text); 4],
    may_enter: bool,
    may_outage: bool,
    may_read: bool,
    may_answer: bool,
    choices: Choices,
    said: Option<Said>,
    key: Uuid,
    every: u32,
}

#[derive(Template)]
#[template(path = "partials/tonight_live.html")]
struct Fragment {
    head: Head,
    live: Live,
    may_answer: bool,
    choices: Choices,
    every: u32,
}

/// What the form of an answer offers.
struct Choices {
    kinds: Vec<NightKind>,
    whom: &'static [Called],
    places: &'static [Whereabouts],
    powers: &'static [PowerNow],
    needs: &'static [Need],
    next: [u32; 5],
}

impl Choices {
    fn new() -> Self {
        let kinds = NightKind::ALL.iter().copied();
        Self {
            kinds: kinds.filter(|kind| *kind != NightKind::Calling).collect(),
            whom: Called::ALL,
            places: Whereabouts::ALL,
            powers: PowerNow::ALL,
            needs: Need::ALL,
            next: NEXT,
        }
    }
}

/// `GET /tonight`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let Query(address) = address.unwrap_or_default();
    let said = (!address.saved.is_empty()).then(|| Said {
        good: true,
        lines: vec![w::SAVED.get(visit.lang).to_owned()],
        case: CaseNumber::parse(&address.saved)
            .ok()
            .filter(|_| address.saved != "1"),
    });
    render(&app, &visit, &address, (said, None)).await
}

/// `GET /outage/{outage}`: the same list, of the children in a power cut.
pub(super) async fn outage(
    state: State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let Query(mut address) = address.unwrap_or_default();
    address.outage = id.to_string();
    page(state, visit, Ok(Query(address))).await
}

async fn render(
    app: &App,
    visit: &Visit,
    address: &Address,
    (said, typed): (Option<Said>, Option<Typed>),
) -> Result<Html<String>, Error> {
    let filter = address.filter();
    let page = night::page(app, &visit.who, filter).await?;
    let page = page.ok_or(Error::NotFound)?;
    let cheap = night::mark(app).await?;
    let may = |permission| visit.who.role().may(permission);
    let may_enter = may(Permission::EnterLevel);
    let lang = visit.lang;
    show(&Page {
        head: Head::of(visit, address.path()),
        may_outage: may(Permission::EnterOutage),
        sites: page
            .sites
            .iter()
            .map(|site| SiteShown::of(site, app.ids.next(), lang))
            .collect(),
        towns: towns(visit),
        hazards: Hazard::ALL
            .into_iter()
            .filter(|hazard| hazard.has_levels())
            .map(|hazard| (hazard.code(), hazard.name()))
            .collect(),
        levels: LEVELS,
        may_enter,
        may_read: may(Permission::ReadTelegram),
        may_answer: may(Permission::AnswerNight),
        choices: Choices::new(),
        live: live(app, visit, (page, &cheap), (filter, typed)),
        said,
        key: app.ids.next(),
        every: EVERY,
    })
}

/// The municipality of the visitor, and its wards.
fn towns(visit: &Visit) -> Vec<(String, String)> {
    let own = visit.reader().municipality();
    let wards = own.map(emergency::wards).unwrap_or_default();
    own.into_iter()
        .chain(wards)
        .map(|code: MunicipalityCode| (code.to_string(), code.name().to_owned()))
        .collect()
}

fn live(
    app: &App,
    visit: &Visit,
    (page, cheap): (NightPage, &str),
    (filter, typed): (NightFilter, Option<Typed>),
) -> Live {
    let lang = visit.lang;
    let mark = etag(cheap, &page.mark, visit);
    let own = visit.reader().municipality();
    let near = |level: &NightLevel| own.is_none_or(|own| own.same_as(level.municipality));
    let shown = |level: &NightLevel| {
        let may_end = night::may_end(&visit.who, level);
        LevelShown::of(level, page.now, may_end.then(|| app.ids.next()), lang)
    };
    let (mut here, mut elsewhere): (Vec<_>, Vec<_>) = page.levels.iter().partition(|one| near(one));
    if own.is_none() && here.len() > LEVELS_SHOWN {
        // The worst stand first.
        elsewhere = here.split_off(LEVELS_SHOWN);
    }
    let outage = page.outage.as_ref();
    let outage = outage.map(|line| OutageShown::of(line, app, lang));
    let outages = page.outages.iter();
    let outages = outages
        .map(|line| OutageShown::of(line, app, lang))
        .collect();
    let path = outage
        .as_ref()
        .map_or_else(|| "/tonight".to_owned(), |one| one.href.clone());
    let mut typed = typed;
    let cards = page.lines.into_iter().map(|line| {
        let own = typed.take_if(|typed| typed.case == line.number);
        let keys = [app.ids.next(), app.ids.next(), app.ids.next()];
        Card::of(line, (visit, page.now), keys, own)
    });
    Live {
        levels: here.into_iter().map(shown).collect(),
        elsewhere: elsewhere.into_iter().map(shown).collect(),
        cards: cards.collect(),
        counts: Count::all(&path, (&page.counts, filter.state), lang),
        sheet: format!("{path}/calls.pdf"),
        outage,
        outages,
        unmatched: page.unmatched,
        more: page.more,
        children: page.children,
        figures: page.figures.map(|figures| figures_of(&figures, lang)),
        mark,
        now: in_tokyo(page.now).to_rfc3339(),
        state: filter.state.map_or("", Stands::code),
    }
}

/// A word for the list as this visitor sees it.
fn etag(cheap: &str, whole: &str, visit: &Visit) -> String {
    format!("\"{cheap}-{whole}-{}\"", visit.lang.code())
}

/// `GET /tonight/list`: what has changed, for a page that is open. Who has the newest
/// already is told so in a moment.
pub(super) async fn list(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Response, Error> {
    let Query(address) = address.unwrap_or_default();
    let known = headers.get(header::IF_NONE_MATCH);
    let known = known.and_then(|value| value.to_str().ok()).unwrap_or("");
    let known = known.trim_start_matches("W/").trim_matches('"');
    let (known_cheap, known_rest) = known.split_once('-').unwrap_or(("", ""));
    let cheap = night::mark(&app).await?;
    if known_cheap == cheap {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let filter = address.filter();
    let page = night::look(&app, &visit.who, filter).await?;
    let page = page.ok_or(Error::NotFound)?;
    let same = known_rest == format!("{}-{}", page.mark, visit.lang.code());
    let mark = etag(&cheap, &page.mark, &visit);
    let value = HeaderValue::from_str(&mark).expect("a mark is plain text");
    if same {
        // Nothing else is shown than before, and nothing is to be noted.
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, value)]).into_response());
    }
    night::saw(&app, &visit.who, &page).await?;
    let fragment = Fragment {
        head: Head::of(&visit, address.path()),
        may_answer: visit.who.role().may(Permission::AnswerNight),
        choices: Choices::new(),
        live: live(&app, &visit, (page, &cheap), (filter, None)),
        every: EVERY,
    };
    Ok(([(header::ETAG, value)], show(&fragment)?).into_response())
}
