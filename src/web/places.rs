//! The list of places that receive a child on a ventilator.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{Html, Redirect},
};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    destination::floors,
    head::{Head, Visit},
    show,
    taken::Named,
    words::{self, places as pl, sites as own},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::Permission,
        municipality::MunicipalityCode,
        site::{Confirmation, Reception, SiteEntry, SiteKind},
        text::Lang,
    },
    service::{
        place_answers::{self, Standing},
        places::{self as service, PlaceQuery, PlaceRow},
    },
    store::PlaceInquiry,
};

/// A choice of the filter: its word, its name, whether it is chosen.
type Choice = (String, String, bool);

/// The word of the filter for places that nobody has asked.
const UNASKED: &str = "unknown";

/// What an address asks for; what makes no sense filters nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    kind: String,
    reception: String,
    municipality: String,
    due: String,
}

impl Address {
    fn query(&self) -> PlaceQuery {
        PlaceQuery {
            kind: SiteKind::from_code(&self.kind),
            reception: match self.reception.as_str() {
                UNASKED => Some(None),
                code => Reception::from_code(code).map(Some),
            },
            municipality: MunicipalityCode::parse(&self.municipality).ok(),
            due: self.due == "1",
        }
    }
}

/// One place, in words.
struct Line {
    id: String,
    name: String,
    kind: String,
    town: String,
    address: String,
    reception: String,
    refuses: bool,
    power: Vec<String>,
    direct: String,
    floors: String,
    room: String,
    phones: Vec<String>,
    contact: String,
    confirmed: String,
    due: bool,
    planned: Option<u32>,
    /// The agreement, and the children registered beforehand.
    agreed: Vec<String>,
    /// How far the yearly question is, and whether somebody has to do something.
    asked: Option<(String, bool)>,
    /// The reader may write down what it says.
    may_enter: bool,
    /// What the place says has changed, by whom and when, and the question's id.
    changed: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "pages/places.html")]
struct Page {
    head: Head,
    lines: Vec<Line>,
    total: usize,
    due: usize,
    waiting: (usize, usize),
    knows_plans: bool,
    kinds: Vec<Choice>,
    answers: Vec<Choice>,
    municipalities: Vec<Choice>,
    due_only: bool,
    filtered: bool,
    may_enter: bool,
}

/// When a place was last asked, with whom, and what to do where that is too long ago.
pub(super) fn confirmed(entry: &SiteEntry, today: NaiveDate, lang: Lang) -> String {
    let with = entry.asked_of.as_deref().unwrap_or_default();
    match entry.confirmation(today) {
        Confirmation::Never => pl::NEVER.get(lang).to_owned(),
        Confirmation::Counts(day) => format!("{day} {with}"),
        Confirmation::Over(day) => format!("{day} {with} — {}", pl::OVER.get(lang)),
    }
}

/// What is known of its power: sockets, a generator, for how long.
fn power(entry: &SiteEntry, lang: Lang) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(sockets) = entry.emergency_sockets {
        parts.push(format!("{} {sockets}", pl::SOCKETS_WORD.get(lang)));
    }
    if let Some(generator) = entry.generator {
        let word = if generator { words::YES } else { words::NO };
        let hours = match entry.generator_hours {
            Some(hours) => format!(" {hours} {}", pl::HOURS.get(lang)),
            None if generator => format!(" {}", pl::HOURS_UNKNOWN.get(lang)),
            None => String::new(),
        };
        parts.push(format!(
            "{} {}{hours}",
            pl::GENERATOR.get(lang),
            word.get(lang)
        ));
    }
    if parts.is_empty() {
        parts.push(words::NOT_ENTERED.get(lang).to_owned());
    }
    parts
}

fn line(row: &PlaceRow, today: NaiveDate, lang: Lang) -> Line {
    let entry = &row.site.entry;
    let published = &row.site.published;
    let unknown = || words::NOT_ENTERED.get(lang).to_owned();
    let phones = [
        (&pl::DAY, &entry.telephone_day),
        (&pl::NIGHT, &entry.telephone_night),
    ];
    let phones = phones.into_iter().map(|(name, number)| {
        let number = number.clone().unwrap_or_else(unknown);
        format!("{} {number}", name.get(lang))
    });
    let town = published.municipality.as_ref();
    Line {
        id: row.site.id.to_string(),
        name: published.name.clone(),
        kind: published.kind.name().get(lang).to_owned(),
        town: town.map_or("", MunicipalityCode::name).to_owned(),
        address: published.address.clone(),
        reception: entry.reception_in_words().get(lang).to_owned(),
        refuses: entry.refuses(),
        power: power(entry, lang),
        direct: match entry.direct_allowed {
            Some(true) => words::YES.get(lang).to_owned(),
            Some(false) => words::NO.get(lang).to_owned(),
            None => unknown(),
        },
        floors: floors(entry.lowest_floor, entry.highest_floor, lang).unwrap_or_else(unknown),
        room: entry
            .ventilator_places
            .map_or_else(unknown, |n| n.to_string()),
        phones: phones.collect(),
        contact: entry.contact.clone().unwrap_or_default(),
        confirmed: confirmed(entry, today, lang),
        due: !matches!(entry.confirmation(today), Confirmation::Counts(_)),
        planned: row.planned,
        agreed: agreed(entry, lang),
        asked: row.asked.as_ref().and_then(|asked| standing(asked, lang)),
        may_enter: row.may_enter,
        changed: match &row.asked {
            Some(Standing::Changed(inquiry)) => Some(changed(inquiry, lang)),
            _ => None,
        },
    }
}

fn agreed(entry: &SiteEntry, lang: Lang) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some((what, on)) = entry.agreement.as_ref().zip(entry.agreed_on) {
        parts.push(format!("{} {on} {what}", pl::AGREED_WORD.get(lang)));
    }
    if let Some(count) = entry.registered {
        parts.push(format!("{} {count}", pl::REGISTERED_WORD.get(lang)));
    }
    parts
}

/// How far a question is that waits, and whether somebody has to telephone.
fn standing(asked: &Standing, lang: Lang) -> Option<(String, bool)> {
    let (inquiry, late) = match asked {
        Standing::Waits(inquiry) => (inquiry, false),
        Standing::Telephone(inquiry) => (inquiry, true),
        Standing::Changed(_) => return None,
    };
    let on = in_tokyo(inquiry.asked_at).date_naive();
    let mut line = format!("{} {on}", pl::ASKED_BY_MAIL.get(lang));
    if let Some(at) = inquiry.reminded_at {
        let on = in_tokyo(at).date_naive();
        line = format!("{line} {} {on}", pl::REMINDED.get(lang));
    }
    if late {
        line = format!("{line} {}", pl::TELEPHONE.get(lang));
    }
    Some((line, late))
}

fn changed(inquiry: &PlaceInquiry, lang: Lang) -> (String, String) {
    let words = inquiry.words.as_deref().unwrap_or_default();
    let who = inquiry.who.as_deref().unwrap_or_default();
    let on = inquiry.answered.map(|(at, _)| in_tokyo(at).date_naive());
    let on = on.map(|on| on.to_string()).unwrap_or_default();
    let by = format!("{on} {who}");
    let head = pl::ANSWERED_CHANGED;
    let line = format!("{}（{}）：{words}", head.get(lang), by.trim());
    (line, inquiry.id.to_string())
}

/// `POST /places/{inquiry}/read`
pub(super) async fn put_away(
    State(app): State<App>,
    visit: Visit,
    Named(id): Named<Uuid>,
) -> Result<Redirect, Error> {
    if place_answers::put_away(&app, &visit.who, id).await? {
        Ok(Redirect::to("/places"))
    } else {
        Err(Error::NotFound)
    }
}

/// `GET /places`
pub(super) async fn list(
    State(app): State<App>,
    visit: Visit,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let Query(address) = address.unwrap_or_default();
    let query = address.query();
    let lang = visit.lang;
    let page = service::list(&app, visit.reader(), &query).await?;
    let kinds = SiteKind::ALL.into_iter().map(|kind| {
        let name = kind.name().get(lang).to_owned();
        (kind.code().to_owned(), name, query.kind == Some(kind))
    });
    let mut answers: Vec<Choice> = Reception::ALL
        .into_iter()
        .map(|answer| {
            let name = answer.name().get(lang).to_owned();
            let chosen = query.reception == Some(Some(answer));
            (answer.code().to_owned(), name, chosen)
        })
        .collect();
    let unasked = query.reception == Some(None);
    answers.push((
        UNASKED.to_owned(),
        pl::UNKNOWN.get(lang).to_owned(),
        unasked,
    ));
    let municipalities = page.municipalities.iter().map(|code| {
        let chosen = query.municipality == Some(*code);
        (code.to_string(), code.name().to_owned(), chosen)
    });
    show(&Page {
        head: Head::of(&visit, "/places"),
        kinds: kinds.collect(),
        municipalities: municipalities.collect(),
        answers,
        lines: page
            .rows
            .iter()
            .map(|row| line(row, page.today, lang))
            .collect(),
        total: page.total,
        due: page.due,
        waiting: page.answers,
        knows_plans: page.knows_plans,
        due_only: query.due,
        filtered: query != PlaceQuery::default(),
        may_enter: visit.who.role().may(Permission::EnterOnSite),
    })
}
