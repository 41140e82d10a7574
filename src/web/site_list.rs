//! The list of sites: its filter stands in the address, the words of a search
//! in a cookie.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::header,
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    forms::over_tls,
    head::{Head, Visit},
    show,
    taken::Sent,
    words::{self, sites as said},
};
use crate::{
    app::App,
    domain::{
        access::Permission,
        hazard::Hazard,
        id::SiteId,
        municipality::MunicipalityCode,
        site::{Designations, SiteKind},
        site_entry::EntryField,
        site_filter::{OpensAt, PowerState, SiteFilter, SiteSort},
        text::{Lang, Text},
        warning::EvacuationLevel,
    },
    seal::{hex, unhex},
    service::{
        site_list::{self, SiteQuery, SitesPage},
        site_sheets,
        view::SiteRow,
    },
};

/// So many sites are on one page.
const ON_A_PAGE: usize = 500;

/// The cookie of the last search.
pub(super) const SEARCH_COOKIE: &str = "site_search";

/// What an address asks for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub query: SiteQuery,
    /// From 0.
    page: usize,
}

impl Asked {
    /// Of the pairs of an address, with the words of the last search where the
    /// address says that they are in force.
    pub(super) fn of(pairs: &[(String, String)], jar: &CookieJar) -> Self {
        let value = |name: &str| {
            let found = pairs.iter().rfind(|(known, _)| known == name);
            found.map_or("", |(_, value)| value.as_str())
        };
        let words = jar
            .get(SEARCH_COOKIE)
            .filter(|_| value("found") == "1")
            .and_then(|cookie| String::from_utf8(unhex(cookie.value())?).ok());
        Self {
            query: SiteQuery {
                filter: SiteFilter::parse(pairs.iter().map(|(n, v)| (n.as_str(), v.as_str()))),
                words: words.unwrap_or_default(),
                sort: SiteSort::from_code(value("sort")).unwrap_or(SiteSort::Name),
            },
            page: value("page")
                .parse()
                .map_or(0, |n: usize| n.clamp(1, 1000) - 1),
        }
    }

    /// The address of a page with this filter, made of known words only.
    pub(super) fn address(&self, path: &str) -> String {
        let mut address = self.query.filter.address(path);
        let mut add = |pair: &str| {
            address.push(if address.contains('?') { '&' } else { '?' });
            address.push_str(pair);
        };
        if self.query.sort != SiteSort::Name {
            add(&format!("sort={}", self.query.sort.code()));
        }
        if !self.query.words.is_empty() {
            add("found=1");
        }
        address
    }

    fn at_page(&self, page: usize) -> String {
        let address = self.address("/sites");
        let sign = if address.contains('?') { '&' } else { '?' };
        format!("{address}{sign}page={}", page + 1)
    }
}

/// A choice of the filter: its word, its name, whether it is chosen.
type Choice = (String, String, bool);

/// One site as the page shows it.
struct Line {
    row: SiteRow,
    opens: String,
    designated: String,
    /// A shelter, judged by other sites.
    judged_by: bool,
    power: String,
    power_over: bool,
    direct: String,
    /// Whether it is closed today, and from when until when.
    closed: Option<(bool, String)>,
    town: String,
}

#[derive(Template)]
#[template(path = "pages/sites.html")]
struct Sites {
    head: Head,
    page: SitesPage,
    lines: Vec<Line>,
    matched: usize,
    filter: SiteFilter,
    search: String,
    kinds: Vec<Choice>,
    levels: Vec<Choice>,
    hazards: Vec<Choice>,
    municipalities: Vec<Choice>,
    powers: Vec<Choice>,
    sorts: Vec<Choice>,
    /// The address of this list: for the sheet, and for what is changed at once.
    here: String,
    sheet: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    may_enter: bool,
    may_batch: bool,
    said: Option<String>,
    /// What was chosen and typed in the form that changes many, where it comes back.
    kept: Chosen,
    key: Uuid,
}

/// `GET /sites`
pub(super) async fn list(
    State(app): State<App>,
    visit: Visit,
    jar: CookieJar,
    address: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Html<String>, Error> {
    // An address that makes no sense filters nothing.
    let pairs = address.map(|Query(pairs)| pairs).unwrap_or_default();
    render(&app, &visit, &Asked::of(&pairs, &jar), None, None).await
}

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    words: String,
    /// The filter that the search is to be within.
    #[serde(default)]
    within: String,
}

/// `POST /sites/search`: the words stay out of the address.
pub(super) async fn search(
    State(app): State<App>,
    jar: CookieJar,
    Sent(form): Sent<Search>,
) -> Result<(CookieJar, Redirect), Error> {
    let words: String = form.words.trim().chars().take(100).collect();
    let mut asked = Asked::of(&pairs_of(&form.within), &jar);
    asked.query.words.clone_from(&words);
    let to = Redirect::to(&asked.address("/sites"));
    if words.is_empty() {
        return Ok((jar, to));
    }
    let cookie = Cookie::build((SEARCH_COOKIE, hex(words.as_bytes())))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(over_tls(&app));
    Ok((jar.add(cookie), to))
}

/// The pairs of an address that a page of ours has made: known words, which need
/// no unescaping.
pub(super) fn pairs_of(address: &str) -> Vec<(String, String)> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// `GET /sites/sheet.xlsx`
pub(super) async fn sheet(
    State(app): State<App>,
    visit: Visit,
    jar: CookieJar,
    address: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Response, Error> {
    let pairs = address.map(|Query(pairs)| pairs).unwrap_or_default();
    let asked = Asked::of(&pairs, &jar);
    let file = site_sheets::sheet(&app, visit.reader(), &asked.query).await?;
    let name = format!("attachment; filename=\"sites-{}.xlsx\"", app.clock.today());
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, file).into_response())
}

/// The list, with what is to be said above it.
pub(super) async fn render(
    app: &App,
    visit: &Visit,
    asked: &Asked,
    problem: Option<Text>,
    kept: Option<Chosen>,
) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let mut page = site_list::list(app, visit.reader(), &asked.query).await?;
    let matched = page.rows.len();
    let last = matched.saturating_sub(1) / ON_A_PAGE;
    let here = asked.page.min(last);
    let lines = std::mem::take(&mut page.rows)
        .into_iter()
        .skip(here * ON_A_PAGE)
        .take(ON_A_PAGE)
        .map(|row| line(row, &page, lang))
        .collect();
    let filter = asked.query.filter.clone();
    let may = |permission| visit.who.role().may(permission);
    show(&Sites {
        head: Head::of(visit, asked.address("/sites")),
        lines,
        matched,
        search: asked.query.words.clone(),
        kinds: kinds(&filter, lang),
        levels: levels(&filter, lang),
        hazards: hazards(&filter, lang),
        municipalities: municipalities(&page, &filter),
        powers: powers(&filter, lang),
        sorts: sorts(asked.query.sort, page.knows_plans, lang),
        here: asked.address("/sites"),
        sheet: may(Permission::FollowSites).then(|| asked.address("/sites/sheet.xlsx")),
        previous: (here > 0).then(|| asked.at_page(here - 1)),
        next: (here < last).then(|| asked.at_page(here + 1)),
        may_enter: may(Permission::EnterOnSite),
        may_batch: may(Permission::EnterOnSites),
        said: problem.map(|text| text.get(lang).to_owned()),
        kept: kept.unwrap_or_default(),
        key: app.ids.next(),
        filter,
        page,
    })
}

fn kinds(filter: &SiteFilter, lang: Lang) -> Vec<Choice> {
    let choice = |kind: SiteKind| {
        let name = kind.name().get(lang).to_owned();
        (kind.code().to_owned(), name, filter.kinds.contains(&kind))
    };
    SiteKind::ALL.into_iter().map(choice).collect()
}

fn levels(filter: &SiteFilter, lang: Lang) -> Vec<Choice> {
    let by_level = (1..=5)
        .filter_map(|n| EvacuationLevel::try_from(n).ok())
        .map(OpensAt::ByLevel);
    by_level
        .chain([OpensAt::Unknown])
        .map(|opens| {
            let name = match (opens, lang) {
                (OpensAt::Unknown, _) => said::LEVEL_UNKNOWN.get(lang).to_owned(),
                (OpensAt::ByLevel(level), Lang::Ja) => format!(
                    "{}{}{}",
                    said::BY_LEVEL.ja,
                    level.number(),
                    said::BY_LEVEL_END.ja
                ),
                (OpensAt::ByLevel(level), Lang::En) => format!(
                    "{} {} {}",
                    said::BY_LEVEL.en,
                    level.number(),
                    said::BY_LEVEL_END.en
                ),
            };
            (opens.code(), name, filter.opens == Some(opens))
        })
        .collect()
}

fn hazards(filter: &SiteFilter, lang: Lang) -> Vec<Choice> {
    let choice = |hazard: Hazard| {
        let name = hazard.name().get(lang).to_owned();
        let chosen = filter.hazards.contains(hazard);
        (hazard.code().to_owned(), name, chosen)
    };
    Hazard::DESIGNATED.into_iter().map(choice).collect()
}

fn municipalities(page: &SitesPage, filter: &SiteFilter) -> Vec<Choice> {
    let choice = |code: &MunicipalityCode| {
        let chosen = filter.municipality.is_some_and(|m| m.same_as(*code));
        (code.to_string(), code.name().to_owned(), chosen)
    };
    page.municipalities.iter().map(choice).collect()
}

fn powers(filter: &SiteFilter, lang: Lang) -> Vec<Choice> {
    let choice = |state: PowerState| {
        let name = state.name().get(lang).to_owned();
        (state.code().to_owned(), name, filter.power == Some(state))
    };
    PowerState::ALL.into_iter().map(choice).collect()
}

fn sorts(sort: SiteSort, knows_plans: bool, lang: Lang) -> Vec<Choice> {
    SiteSort::ALL
        .iter()
        .filter(|one| knows_plans || **one != SiteSort::Plans)
        .map(|one| {
            let name = one.name().get(lang).to_owned();
            (one.code().to_owned(), name, *one == sort)
        })
        .collect()
}

fn line(row: SiteRow, page: &SitesPage, lang: Lang) -> Line {
    let published = &row.site.published;
    let entry = &row.site.entry;
    let judged_by = matches!(published.kind, SiteKind::Shelter | SiteKind::WelfareShelter);
    let not_entered = || words::NOT_ENTERED.get(lang).to_owned();
    let power = entry.power.as_ref().map(|p| {
        format!(
            "{} — {} {}",
            p.socket,
            p.valid_until,
            words::UNTIL.get(lang)
        )
    });
    Line {
        opens: entry
            .opens_at_level
            .map_or_else(not_entered, |level| level.to_string()),
        designated: designated(row.judged, judged_by, lang),
        judged_by: judged_by && row.judged.is_some(),
        power_over: PowerState::of(entry, page.today) == PowerState::Expired,
        power: power.unwrap_or_else(not_entered),
        direct: match entry.direct_allowed {
            Some(true) => words::YES.get(lang).to_owned(),
            Some(false) => words::NO.get(lang).to_owned(),
            None => not_entered(),
        },
        closed: entry
            .closed_from
            .filter(|_| entry.closed_until.is_none_or(|until| until >= page.today))
            .map(|from| {
                let until = entry.closed_until.map(|d| d.to_string());
                let days = format!("{from} – {}", until.unwrap_or_default());
                (entry.is_closed_on(page.today), days)
            }),
        town: published
            .municipality
            .as_ref()
            .map(|code| code.name().to_owned())
            .unwrap_or_default(),
        row,
    }
}

/// For what a site counts as designated, in words.
pub(super) fn designated(set: Option<Designations>, by_address: bool, lang: Lang) -> String {
    match set {
        Some(set) => {
            let names: Vec<String> = set.iter().map(|h| h.name().get(lang).to_owned()).collect();
            if names.is_empty() {
                words::NONE_DESIGNATED.get(lang).to_owned()
            } else {
                names.join(words::COMMA.get(lang))
            }
        }
        None if by_address => said::JUDGED_UNKNOWN.get(lang).to_owned(),
        None => words::NOT_BY_HAZARD.get(lang).to_owned(),
    }
}

/// The sites and the fields of a form that changes many at once.
#[derive(Debug, Clone, Default)]
pub(super) struct Chosen {
    /// Those that were ticked; empty: see `all`.
    pub sites: Vec<SiteId>,
    /// All that the filter of this address finds.
    pub all: Option<String>,
    /// Everything as it was sent.
    pairs: Vec<(String, String)>,
    /// What is changed.
    pub fields: Vec<(EntryField, String)>,
    /// The address to come back to.
    pub within: String,
    /// The key of the form.
    pub key: Option<Uuid>,
}

impl Chosen {
    /// Whether a site was ticked.
    fn has_site(&self, id: &SiteId) -> bool {
        self.sites.contains(id)
    }

    /// Whether a part of the form was ticked to be changed.
    fn sets(&self, part: &str) -> bool {
        let mut pairs = self.pairs.iter();
        pairs.any(|(name, value)| name == "set" && value == part)
    }

    /// What was typed into a field.
    fn typed(&self, field: &str) -> &str {
        let mut pairs = self.pairs.iter();
        let found = pairs.find(|(name, _)| name == field);
        found.map_or("", |(_, value)| value.as_str())
    }

    pub(super) fn of(pairs: &[(String, String)]) -> Self {
        let all = |name: &str| -> Vec<&str> {
            let found = pairs.iter().filter(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str()).collect()
        };
        let first = |name: &str| all(name).first().copied().unwrap_or_default().to_owned();
        let within = first("within");
        let set = all("set");
        let fields = EntryField::ALL
            .iter()
            .copied()
            .filter(|field| set.contains(&part_of(*field)))
            .map(|field| (field, first(field.code())))
            .collect();
        Self {
            sites: all("site")
                .into_iter()
                .filter_map(|id| Uuid::parse_str(id).ok())
                .map(SiteId)
                .collect(),
            all: (first("all") == "1").then(|| within.clone()),
            fields,
            pairs: pairs.to_vec(),
            key: Uuid::parse_str(&first("key")).ok(),
            within,
        }
    }
}

/// Which tick of the form a field belongs to: power and a closure are given
/// whole.
const fn part_of(field: EntryField) -> &'static str {
    match field {
        EntryField::Level => "level",
        EntryField::Socket | EntryField::ConfirmedBy | EntryField::ValidUntil => "power",
        EntryField::Direct => "direct",
        EntryField::Companions => "companions",
        EntryField::ClosedFrom | EntryField::ClosedUntil => "closed",
        // Storeys and places are of one building, and what a place has said of itself is
        // asked place by place: nobody sets them for many.
        EntryField::Lowest
        | EntryField::Highest
        | EntryField::Places
        | EntryField::Reception
        | EntryField::Conditions
        | EntryField::Sockets
        | EntryField::Generator
        | EntryField::GeneratorHours
        | EntryField::PhoneDay
        | EntryField::PhoneNight
        | EntryField::Contact
        | EntryField::Registered
        | EntryField::Agreement
        | EntryField::AgreedOn
        | EntryField::Mail
        | EntryField::AskedOn
        | EntryField::AskedOf => "",
    }
}
