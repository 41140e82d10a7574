//! Where homes are: the list of those to be confirmed, and the page on which one is
//! set or confirmed.

use askama::Template;
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit},
    show,
    taken::{Named, Sent},
    words::{self, positions as w},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        id::CaseNumber,
        position::{BadPosition, Position, PositionAccuracy},
        residence::Sight,
        text::{Lang, Text, nfkc},
    },
    service::{
        care::Form,
        positions::{self, Act, Candidate, Lookup, Outcome, PositionPage, Request, ToConfirm, Why},
        view::{AddressOnPage, SmallMap},
    },
    store::{Located, PositionLine},
};

/// One home of the list.
struct Line {
    home: ToConfirm,
    why: String,
    /// The places that its address may mean.
    candidates: Vec<String>,
}

#[derive(Template)]
#[template(path = "pages/positions.html")]
struct Positions {
    head: Head,
    lines: Vec<Line>,
}

/// `GET /positions`
pub(super) async fn list(State(app): State<App>, visit: Visit) -> Result<Html<String>, Error> {
    let homes = positions::list(&app, &visit.who).await?;
    show(&Positions {
        head: Head::of(&visit, "/positions"),
        lines: homes
            .into_iter()
            .map(|home| Line::of(home, visit.lang))
            .collect(),
    })
}

impl Line {
    fn of(home: ToConfirm, lang: Lang) -> Self {
        let (why, candidates) = match &home.why {
            Why::Protected => (w::PROTECTED.get(lang).to_owned(), Vec::new()),
            Why::Rough(accuracy) => (rough(*accuracy, lang), Vec::new()),
            Why::NoPosition(lookup) => reason(lookup, lang),
        };
        Self {
            candidates: candidates.iter().map(|one| one.name.clone()).collect(),
            home,
            why,
        }
    }
}

fn rough(accuracy: Option<PositionAccuracy>, lang: Lang) -> String {
    accuracy.map_or_else(
        || w::NO_ACCURACY.get(lang).to_owned(),
        |accuracy| format!("{} {}", w::ONLY.get(lang), exactness(accuracy, lang)),
    )
}

/// How exact a position is, in words and metres.
pub(super) fn exactness(accuracy: PositionAccuracy, lang: Lang) -> String {
    let (name, exact, metres) = (accuracy.name(), w::EXACT, accuracy.metres());
    let (name, exact) = (name.get(lang), exact.get(lang));
    match lang {
        Lang::Ja => format!("{name}（{exact}{metres:.0}m）"),
        Lang::En => format!("{name} ({exact} {metres:.0} m)"),
    }
}

/// What an address leads to, in words, and the places to choose from.
fn reason(lookup: &Lookup, lang: Lang) -> (String, Vec<Candidate>) {
    match lookup {
        Lookup::Found(one) => (w::FOUND.get(lang).to_owned(), vec![one.clone()]),
        Lookup::Several(all) => (w::SEVERAL.get(lang).to_owned(), all.clone()),
        Lookup::Nothing(why, alike) => {
            let why = why.text().get(lang).to_owned();
            if alike.is_empty() {
                (why, Vec::new())
            } else {
                (format!("{why} {}", w::ALIKE.get(lang)), alike.clone())
            }
        }
    }
}

/// Where a position comes from, in words.
pub(super) fn source(located: &Located, lang: Lang) -> String {
    let mut parts = vec![located.origin.name().get(lang).to_owned()];
    parts.extend(list_name(located.list.as_ref()));
    parts.extend(located.place.clone());
    let by = located.by.clone();
    let by = by.unwrap_or_else(|| w::BY_IMPORT.get(lang).to_owned());
    parts.push(format!(
        "{by} {}",
        in_tokyo(located.at).format("%Y-%m-%d %H:%M")
    ));
    parts.push(confirmed(located.confirmed, lang));
    parts.join(" ・ ")
}

fn list_name(list: Option<&(String, Option<chrono::NaiveDate>)>) -> Option<String> {
    list.map(|(name, dated)| match dated {
        Some(day) => format!("{name} ({day})"),
        None => name.clone(),
    })
}

fn confirmed(yes: bool, lang: Lang) -> String {
    let word = if yes { w::CONFIRMED } else { w::NOT_CONFIRMED };
    word.get(lang).to_owned()
}

/// A position of the history.
struct Past {
    at: String,
    by: String,
    what: String,
    place: String,
    /// Its numbers, for the form that sets it again.
    numbers: Option<(f64, f64)>,
    accuracy: Option<&'static str>,
    in_force: bool,
    key: Uuid,
}

impl Past {
    fn of(app: &App, line: &PositionLine, lang: Lang) -> Self {
        let accuracy = line.accuracy.map(|accuracy| exactness(accuracy, lang));
        let origin = line.origin.name().get(lang).to_owned();
        let parts = [
            Some(origin),
            accuracy,
            list_name(line.list.as_ref()),
            line.place.clone(),
            line.confirmed.then(|| confirmed(true, lang)),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let by = line.by.clone();
        Self {
            at: in_tokyo(line.at).format("%Y-%m-%d %H:%M").to_string(),
            by: by.unwrap_or_else(|| w::BY_IMPORT.get(lang).to_owned()),
            what: parts.join(" ・ "),
            place: line.position.map(numbers).unwrap_or_default(),
            numbers: line.position.map(|at| (at.lat(), at.lon())),
            accuracy: line.accuracy.map(PositionAccuracy::code),
            in_force: line.in_force,
            key: app.ids.next(),
        }
    }
}

fn numbers(at: Position) -> String {
    format!("{:.6}, {:.6}", at.lat(), at.lon())
}

/// A place to choose, with the key of its form.
struct Choice {
    name: String,
    /// What the form says of it.
    code: String,
    exact: String,
    lat: f64,
    lon: f64,
    key: Uuid,
}

#[derive(Template)]
#[template(path = "pages/position.html")]
struct PositionTemplate {
    head: Head,
    page: PositionPage,
    /// What became of the form before, and whether that is good.
    said: Option<(bool, String)>,
    /// What was entered, or what is on record.
    entered: (String, String),
    /// The ways of finding a position: code, words, chosen.
    accuracies: Vec<(&'static str, String, bool)>,
    ask_outside: bool,
    now: Option<String>,
    exact: String,
    source: Option<String>,
    /// How far outside its municipality it lies.
    off: Option<String>,
    reason: Option<String>,
    choices: Vec<Choice>,
    /// What the form says of each town, and its name.
    towns: Vec<(String, String)>,
    history: Vec<Past>,
    keys: [Uuid; 3],
    tiles: bool,
    may_ask: bool,
    revealed: bool,
}

/// What was entered and could not be taken.
struct Entered {
    lat: String,
    lon: String,
    accuracy: Option<PositionAccuracy>,
    outside: bool,
}

fn template(
    app: &App,
    visit: &Visit,
    page: PositionPage,
    said: Option<(bool, String)>,
    entered: Option<Entered>,
) -> PositionTemplate {
    let lang = visit.lang;
    let (reason, candidates) = reason(&page.lookup, lang);
    let on_record = page.now;
    let chosen = entered.as_ref().and_then(|e| e.accuracy);
    let number = |degrees: f64| format!("{degrees:.6}");
    let recorded = on_record.map(|(at, _)| (number(at.lat()), number(at.lon())));
    let ask_outside = entered.as_ref().is_some_and(|e| e.outside);
    PositionTemplate {
        head: Head::of(visit, format!("/plans/{}/position", page.case)),
        said,
        entered: entered
            .map(|e| (e.lat, e.lon))
            .or(recorded)
            .unwrap_or_default(),
        accuracies: PositionAccuracy::ALL
            .into_iter()
            .map(|one| (one.code(), exactness(one, lang), chosen == Some(one)))
            .collect(),
        ask_outside,
        now: on_record.map(|(at, _)| numbers(at)),
        exact: on_record
            .map(|(_, accuracy)| {
                accuracy.map_or_else(
                    || w::NO_ACCURACY.get(lang).to_owned(),
                    |accuracy| exactness(accuracy, lang),
                )
            })
            .unwrap_or_default(),
        source: page.located.as_ref().map(|located| source(located, lang)),
        off: page.metres_off.map(|metres| {
            let km = metres / 1000.0;
            format!("{} {} {km:.1} km", w::OFF.get(lang), w::OFF_BY.get(lang))
        }),
        reason: on_record.is_none().then_some(reason),
        choices: candidates
            .into_iter()
            .map(|one| Choice {
                exact: format!(
                    "{} {}",
                    exactness(one.accuracy, lang),
                    numbers(one.position)
                ),
                code: one.code(),
                lat: one.position.lat(),
                lon: one.position.lon(),
                name: one.name,
                key: app.ids.next(),
            })
            .collect(),
        towns: page
            .towns
            .iter()
            .map(|town| (town.code(), town.name.clone()))
            .collect(),
        history: page
            .history
            .iter()
            .map(|line| Past::of(app, line, lang))
            .collect(),
        keys: std::array::from_fn(|_| app.ids.next()),
        tiles: app.config.map.gsi_tiles,
        may_ask: page.shown == AddressOnPage::Hidden { may_ask: true },
        revealed: page.shown == AddressOnPage::Revealed,
        page,
    }
}

fn number(case: &str) -> Result<CaseNumber, Error> {
    CaseNumber::parse(case).map_err(|_| Error::NotFound)
}

/// `GET /plans/{case}/position`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    let page = positions::page(&app, &visit.who, &number(&case)?, Sight::Usual).await?;
    let page = page.ok_or(Error::NotFound)?;
    show(&template(&app, &visit, page, None, None))
}

/// `POST /plans/{case}/position/show`: the page with a protected address, for a
/// named person; never on paper.
pub(super) async fn reveal(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    let page = positions::page(&app, &visit.who, &number(&case)?, Sight::Revealed).await?;
    let page = page.ok_or(Error::NotFound)?;
    show(&template(&app, &visit, page, None, None))
}

/// `GET /plans/{case}/position.json`
pub(super) async fn map(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Json<SmallMap>, Error> {
    let found = positions::map(&app, &visit.who, &number(&case)?).await?;
    found.map(Json).ok_or(Error::NotFound)
}

#[derive(Deserialize)]
pub(super) struct PositionForm {
    act: String,
    #[serde(default)]
    lat: String,
    #[serde(default)]
    lon: String,
    #[serde(default)]
    accuracy: String,
    #[serde(default)]
    place: String,
    outside: Option<String>,
    revision: i64,
    key: Uuid,
}

impl PositionForm {
    /// What is asked for, or what is wrong with it.
    fn act(&self) -> Result<Act, Text> {
        match self.act.as_str() {
            "confirm" => Ok(Act::Confirm),
            "choose" => Ok(Act::Choose(self.place.clone())),
            _ => Ok(Act::Set {
                position: self.position()?,
                accuracy: PositionAccuracy::from_code(&self.accuracy).ok_or(w::BAD_ACCURACY)?,
                outside: self.outside.is_some(),
            }),
        }
    }

    fn position(&self) -> Result<Position, Text> {
        let degrees = |text: &str| nfkc(text).trim().parse::<f64>().ok();
        let numbers = degrees(&self.lat).zip(degrees(&self.lon));
        let (lat, lon) = numbers.ok_or(w::BAD_NUMBERS)?;
        Position::new(lat, lon).map_err(|bad| match bad {
            BadPosition::Swapped { .. } => w::SWAPPED,
            BadPosition::OutsideJapan { .. } => w::BAD_NUMBERS,
        })
    }
}

/// `POST /plans/{case}/position`
pub(super) async fn set(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(sent): Sent<PositionForm>,
) -> Result<Response, Error> {
    let number = number(&case)?;
    let (status, text) = match sent.act() {
        Err(text) => (StatusCode::UNPROCESSABLE_ENTITY, text),
        Ok(act) => {
            let form = Form {
                who: &visit.who,
                number: &number,
                key: sent.key,
            };
            let revision = sent.revision;
            match positions::set(&app, form, &Request { act, revision }).await? {
                Outcome::Done => (StatusCode::OK, w::SAVED),
                Outcome::NotThere => return Err(Error::NotFound),
                Outcome::OtherBody => (StatusCode::CONFLICT, words::OTHER_BODY),
                Outcome::Stale => (StatusCode::CONFLICT, w::STALE),
                Outcome::Outside { .. } => (StatusCode::UNPROCESSABLE_ENTITY, w::ASK_OUTSIDE),
                Outcome::NoPosition => (StatusCode::CONFLICT, w::NOTHING_TO_CONFIRM),
                Outcome::NotListed => (StatusCode::CONFLICT, w::NOT_LISTED),
            }
        }
    };
    let good = status == StatusCode::OK;
    let asks = text == w::ASK_OUTSIDE;
    let entered = (!good && sent.act == "set").then(|| Entered {
        accuracy: PositionAccuracy::from_code(&sent.accuracy),
        outside: asks,
        lat: sent.lat,
        lon: sent.lon,
    });
    // A named person who has just sent it has seen the address, and sees it again.
    let page = positions::page(&app, &visit.who, &number, Sight::Revealed).await?;
    let page = page.ok_or(Error::NotFound)?;
    let said = (good, text.get(visit.lang).to_owned());
    let page = show(&template(&app, &visit, page, Some(said), entered))?;
    Ok((status, page).into_response())
}
