//! What if (もしも): a supposition in the address, and what it would change.

mod shown;

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use chrono::{DateTime, Days, NaiveDateTime, NaiveTime, Utc};
use uuid::Uuid;

use self::shown::{Card, Counted, FigureShown, ThenShown};
use super::{
    Error,
    head::{Head, Visit},
    show,
    words::{self, what_if as w},
};
use crate::{
    app::App,
    clock::{in_tokyo, of_tokyo},
    domain::{
        id::SiteId,
        site::SiteKind,
        text::{Lang, Text},
    },
    planner::what_if::Supposition,
    service::what_if::{self, MOST_HOURS, NamedSite, Outcome, SHOWN, Wanted, WhatIfPage},
};

/// How a time stands in the address.
const TIME: &str = "%Y-%m-%dT%H:%M";

/// Hours that are offered.
const HOURS: &str = "24";

/// What stands in the address: a word, sites by their ids, a time, hours; no names.
#[derive(Default)]
struct Address(Vec<(String, String)>);

impl Address {
    fn get(&self, name: &str) -> &str {
        let mut fields = self.0.iter();
        let found = fields.find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value.trim())
    }

    fn number(&self, name: &str) -> usize {
        self.get(name).parse().unwrap_or(0)
    }

    fn sites(&self) -> Option<BTreeSet<SiteId>> {
        let fields = self.0.iter().filter(|(field, _)| field == "site");
        fields
            .map(|(_, value)| Uuid::parse_str(value.trim()).ok().map(SiteId))
            .collect()
    }

    /// What is supposed; `Ok(None)`: nothing yet.
    fn supposition(&self, now: DateTime<Utc>) -> Result<Option<Supposition>, Text> {
        Ok(Some(match self.get("what") {
            "site" => {
                let sites = self.sites().ok_or(w::SITE_GONE)?;
                if sites.is_empty() {
                    return Err(w::NO_SITE_CHOSEN);
                }
                Supposition::SitesClose(sites)
            }
            "level5" => {
                let at = NaiveDateTime::parse_from_str(self.get("at"), TIME);
                let at = at.map(of_tokyo).map_err(|_| w::BAD_TIME)?;
                if !what_if::may_suppose(at, now) {
                    return Err(w::BAD_TIME);
                }
                Supposition::LevelFive(at)
            }
            "longer" => {
                let hours = crate::domain::text::key_form(self.get("hours"));
                let hours: f64 = hours.parse().map_err(|_| w::BAD_HOURS)?;
                if !(1.0..=MOST_HOURS).contains(&hours) {
                    return Err(w::BAD_HOURS);
                }
                Supposition::Longer(hours)
            }
            _ => return Ok(None),
        }))
    }
}

/// The address of a supposition, without the page of it.
fn path_of(what: Option<&Supposition>) -> String {
    match what {
        None => "/what-if".to_owned(),
        Some(Supposition::SitesClose(sites)) => {
            let sites = sites.iter().map(|site| format!("&site={site}"));
            format!("/what-if?what=site{}", sites.collect::<String>())
        }
        Some(Supposition::LevelFive(at)) => {
            format!("/what-if?what=level5&at={}", in_tokyo(*at).format(TIME))
        }
        Some(Supposition::Longer(hours)) => format!("/what-if?what=longer&hours={hours}"),
    }
}

/// The next time at which clocks show 02:00, when nobody is awake.
fn next_two(now: DateTime<Utc>) -> String {
    let here = in_tokyo(now).naive_local();
    let two = NaiveTime::from_hms_opt(2, 0, 0).unwrap_or(NaiveTime::MIN);
    let mut day = here.date();
    if here.time() >= two {
        day = day + Days::new(1);
    }
    day.and_time(two).format(TIME).to_string()
}

/// A site and what it is: one building may stand in several lists.
fn named(site: &NamedSite, lang: Lang) -> String {
    let (name, kind) = (&site.name, site.kind.map(SiteKind::name));
    match (kind, lang) {
        (None, _) => name.clone(),
        (Some(kind), Lang::Ja) => format!("{name}（{}）", kind.ja),
        (Some(kind), Lang::En) => format!("{name} ({})", kind.en),
    }
}

/// A site of the form.
struct SiteChoice {
    id: String,
    name: String,
    children: String,
    chosen: bool,
}

impl SiteChoice {
    fn of(site: &NamedSite, chosen: bool, lang: Lang) -> Self {
        Self {
            id: site.id.to_string(),
            name: named(site, lang),
            children: words::counted(site.children, w::CHILDREN, lang),
            chosen,
        }
    }
}

/// What came of it, in words.
struct Found {
    /// What is supposed, in a line.
    title: String,
    at: String,
    /// Other entries at the addresses: name, and the address where they close too.
    beside: Vec<(String, String)>,
    counts: Vec<Counted>,
    at_home: bool,
    touched: String,
    judged: String,
    cards: Vec<Card>,
    more: Option<(String, usize)>,
    then: Vec<ThenShown>,
    by_name: Vec<String>,
    figures: Option<Vec<FigureShown>>,
    next: Option<String>,
    first: Option<String>,
    nobody: Text,
}

#[derive(Template)]
#[template(path = "pages/what_if.html")]
struct Page {
    head: Head,
    wrong: Option<Text>,
    what: String,
    sites: Vec<SiteChoice>,
    more_sites: usize,
    search: String,
    at: String,
    hours: String,
    children: usize,
    found: Option<Found>,
}

/// `GET /what-if`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    address: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Response, Error> {
    let address = Address(address.map(|Query(fields)| fields).unwrap_or_default());
    let (what, wrong) = match address.supposition(app.clock.now()) {
        Ok(what) => (what, None),
        Err(wrong) => (None, Some(wrong)),
    };
    // The search narrows the list and supposes nothing.
    let searches = !address.get("search").is_empty();
    let what = what.filter(|_| !searches);
    let wrong = wrong.filter(|_| !searches);
    let wanted = Wanted {
        what: what.clone(),
        from: address.number("from"),
        shown: address.number("shown"),
        search: address.get("q").to_owned(),
    };
    let page = what_if::page(&app, &visit.who, wanted).await?;
    let gone = matches!(&what, Some(Supposition::SitesClose(_))) && page.closing.is_empty();
    let wrong = wrong.or_else(|| gone.then_some(w::SITE_GONE));
    let status = if wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let shown = render(
        &visit,
        &address,
        what.as_ref().filter(|_| !gone),
        (page, wrong),
    )?;
    Ok((status, shown).into_response())
}

fn render(
    visit: &Visit,
    address: &Address,
    what: Option<&Supposition>,
    (mut page, wrong): (WhatIfPage, Option<Text>),
) -> Result<Html<String>, Error> {
    let lang = visit.lang;
    let path = path_of(what);
    let typed = |name: &str, otherwise: &str| match address.get(name) {
        "" => otherwise.to_owned(),
        typed => typed.to_owned(),
    };
    let kept = address.sites().unwrap_or_default();
    let chosen = page.closing.iter();
    let mut sites: Vec<SiteChoice> = chosen
        .map(|site| SiteChoice::of(site, true, lang))
        .collect();
    let offered = page.sites.iter();
    sites.extend(offered.map(|site| SiteChoice::of(site, kept.contains(&site.id), lang)));
    let outcome = page.outcome.take();
    let found = what
        .zip(outcome)
        .map(|(what, outcome)| found(what, &path, (&page, outcome), lang));
    show(&Page {
        head: Head::of(visit, path),
        wrong,
        what: address.get("what").to_owned(),
        sites,
        more_sites: page.more_sites,
        search: address.get("q").to_owned(),
        at: typed("at", &next_two(page.now)),
        hours: typed("hours", HOURS),
        children: page.children,
        found,
    })
}

fn found(
    what: &Supposition,
    path: &str,
    (page, outcome): (&WhatIfPage, Outcome),
    lang: Lang,
) -> Found {
    let at_home = matches!(what, Supposition::LevelFive(_));
    let until = outcome.from + outcome.judged;
    let number = |from: usize| format!("{} – {}", from + 1, until);
    let judged = match outcome.judged {
        judged if judged == outcome.may_touch => judged.to_string(),
        0 => format!("0 / {}", outcome.may_touch),
        _ => format!("{} / {}", number(outcome.from), outcome.may_touch),
    };
    let next =
        (until < outcome.may_touch && outcome.judged > 0).then(|| format!("{path}&from={until}"));
    let left = outcome.touched.saturating_sub(outcome.lines.len());
    let more = (left > 0 && outcome.figures.is_none()).then(|| {
        let shown = outcome.lines.len() + SHOWN * 2;
        let path = format!("{path}&from={}&shown={shown}", outcome.from);
        (path, left)
    });
    let beside = page.beside.iter().map(|site| {
        let path = format!("{path}&site={}", site.id);
        (named(site, lang), path)
    });
    Found {
        title: title(what, page, lang),
        at: in_tokyo(page.now).format("%Y-%m-%d %H:%M").to_string(),
        beside: beside.collect(),
        counts: Counted::all(&outcome.counts, lang),
        at_home,
        touched: words::counted(outcome.touched, w::CHILDREN, lang),
        judged,
        then: outcome
            .then
            .iter()
            .map(|then| ThenShown::of(then, lang))
            .collect(),
        by_name: outcome.by_name.iter().map(ToString::to_string).collect(),
        figures: outcome.figures.as_ref().map(|figures| {
            let figures = figures.iter();
            figures.map(|one| FigureShown::of(one, lang)).collect()
        }),
        cards: outcome
            .lines
            .iter()
            .map(|line| Card::of(line, lang))
            .collect(),
        more,
        next,
        first: (outcome.from > 0).then(|| path.to_owned()),
        nobody: match what {
            Supposition::SitesClose(_) => w::NOBODY_SITE,
            Supposition::LevelFive(_) | Supposition::Longer(_) => w::NOBODY,
        },
    }
}

/// What is supposed, in a line.
fn title(what: &Supposition, page: &WhatIfPage, lang: Lang) -> String {
    let (word, what) = match what {
        Supposition::SitesClose(_) => {
            let closing = page.closing.iter();
            let names: Vec<String> = closing.map(|site| named(site, lang)).collect();
            (
                w::IF_CLOSED,
                names.join(match lang {
                    Lang::Ja => "、",
                    Lang::En => ", ",
                }),
            )
        }
        Supposition::LevelFive(at) => (
            w::IF_FIVE,
            in_tokyo(*at).format("%Y-%m-%d %H:%M").to_string(),
        ),
        Supposition::Longer(hours) => (
            w::IF_LONGER,
            words::counted(hours, Text::fixed("時間", "h"), lang),
        ),
    };
    format!("{} {what}", word.get(lang))
}
