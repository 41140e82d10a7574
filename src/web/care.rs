//! What staff decide about a child on the page of its plan.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    drills::TaskShown,
    error::Message,
    head::{Head, Visit},
    plan::Plan,
    rights::Rights,
    show,
    taken::{Named, Sent},
    words,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        child::Home,
        id::{CaseNumber, UserId},
        municipality::MunicipalityCode,
        residence::{Called, Contact, NewHome, TemporaryStay},
        text::Lang,
    },
    service::{
        care::{Care, Choice, Decided, Form},
        contacts, coordinators,
        moves::{self, NoMove, StayDays, StayRequest},
        plan::{self, Revealed},
        protection,
        view::PlanPage,
    },
};

/// What staff decide, in the words of the page.
pub(super) struct Shown {
    pub care: Care,
    /// From, to, by whom and when a move was put forward.
    pub waiting: Option<[String; 3]>,
    pub assigned: Vec<Choice>,
    pub free: Vec<Choice>,
    /// When, what came of it, who was called, who wrote it.
    pub contacts: Vec<[String; 4]>,
    /// When, what was done for the plan's freshness, who wrote it.
    pub fresh: Vec<[String; 3]>,
    /// What failed in drills and is not mended.
    pub tasks: Vec<TaskShown>,
    pub outcomes: Vec<(&'static str, String)>,
    pub called: Vec<(&'static str, String)>,
    /// A key for each form.
    pub keys: Keys,
}

/// One key for each form of the page: sent twice it acts once.
pub(super) struct Keys(pub [Uuid; 11]);

impl Keys {
    /// New ones.
    pub(super) fn new(app: &App) -> Self {
        Self(std::array::from_fn(|_| app.ids.next()))
    }

    /// The key of the form at a place.
    pub(super) fn of(&self, place: usize) -> Uuid {
        self.0[place]
    }
}

impl Shown {
    pub(super) fn of(page: &PlanPage, lang: Lang, keys: Keys) -> Self {
        let care = page.care.clone();
        let waiting = care.waiting.as_ref().map(|waiting| {
            let child = page.document.as_ref().map(|d| &d.child);
            let address = child.and_then(|child| child.address.clone());
            let to = &waiting.to;
            [
                place(
                    page.municipality,
                    address,
                    page.home.position.is_some(),
                    lang,
                ),
                place(
                    to.home.municipality,
                    to.address.clone(),
                    to.home.position.is_some(),
                    lang,
                ),
                format!(
                    "{} {}",
                    waiting.source.name().get(lang),
                    in_tokyo(waiting.at).format("%Y-%m-%d")
                ),
            ]
        });
        let (assigned, free) = care.coordinators.iter().cloned().partition(|c| c.chosen);
        let contacts = care.contacts.iter().map(|line| {
            [
                in_tokyo(line.at).format("%m-%d %H:%M").to_string(),
                line.outcome.name().get(lang).to_owned(),
                line.called.name().get(lang).to_owned(),
                line.by.clone(),
            ]
        });
        let fresh = care.reviews.iter().map(|line| {
            let what = if line.confirmed {
                words::fresh::CONFIRMED
            } else {
                words::fresh::DRILLED
            };
            [
                line.on.to_string(),
                what.get(lang).to_owned(),
                line.by.clone(),
            ]
        });
        Self {
            fresh: fresh.collect(),
            tasks: care
                .tasks
                .iter()
                .map(|task| TaskShown::of(task, page.on, lang, Uuid::nil()))
                .collect(),
            waiting,
            assigned,
            free,
            contacts: contacts.collect(),
            outcomes: Contact::ALL
                .iter()
                .map(|one| (one.code(), one.name().get(lang).to_owned()))
                .collect(),
            called: Called::ALL
                .iter()
                .map(|one| (one.code(), one.name().get(lang).to_owned()))
                .collect(),
            keys,
            care,
        }
    }
}

fn place(
    town: Option<MunicipalityCode>,
    address: Option<String>,
    positioned: bool,
    lang: Lang,
) -> String {
    let town = town.map_or_else(
        || words::UNKNOWN.get(lang).to_owned(),
        |town| town.name().to_owned(),
    );
    let address = address.unwrap_or_else(|| words::care::ADDRESS_UNKNOWN.get(lang).to_owned());
    let position = if positioned {
        words::care::POSITION_KNOWN
    } else {
        words::care::POSITION_UNKNOWN
    };
    format!("{town} ・ {address} ・ {}", position.get(lang))
}

/// A stay in words: what it is, where and until when; and its id.
pub(super) fn stay(stay: &TemporaryStay, on: NaiveDate, lang: Lang) -> (String, Uuid) {
    let what = if stay.from > on {
        words::care::STAY_TO_COME
    } else if stay.until < on {
        words::care::STAY_OVER
    } else {
        words::care::STAY_NOW
    };
    let hidden = || words::care::STAY_PLACE_HIDDEN.get(lang).to_owned();
    let town = stay.municipality.map(|town| town.name().to_owned());
    let town = town.unwrap_or_else(hidden);
    let address = stay.address.as_ref().map(|text| format!(" {text}"));
    let until = match (stay.is_open, lang) {
        (true, _) => format!("{}（{}）", stay.until, words::care::STAY_OPEN.get(lang)),
        (false, Lang::Ja) => format!("{}{}", stay.until, words::care::STAY_UNTIL.get(lang)),
        (false, Lang::En) => format!("{} {}", words::care::STAY_UNTIL.get(lang), stay.until),
    };
    let text = format!(
        "{}：{town}{}（{} – {until}）。{}",
        what.get(lang),
        address.unwrap_or_default(),
        stay.from,
        words::care::STAY_PLAN.get(lang)
    );
    (text, stay.id)
}

/// Back to the plan, or why nothing was done.
pub(super) fn answer(
    visit: &Visit,
    number: &CaseNumber,
    decided: Decided,
) -> Result<Response, Error> {
    use words::care as w;
    let (status, title, line) = match decided {
        Decided::Done => return Ok(Redirect::to(&format!("/plans/{number}#care")).into_response()),
        Decided::NotThere => return Err(Error::NotFound),
        Decided::NotYours => (StatusCode::FORBIDDEN, w::NOT_YOURS, w::NOT_YOURS_HELP),
        Decided::Gone => (StatusCode::CONFLICT, w::GONE, w::GONE_HELP),
        Decided::OtherBody => (StatusCode::CONFLICT, w::SENT_TWICE, w::SENT_TWICE_HELP),
        Decided::BadDay => (
            StatusCode::UNPROCESSABLE_ENTITY,
            w::BAD_DAY,
            w::BAD_DAY_HELP,
        ),
        Decided::Overtaken => (
            StatusCode::CONFLICT,
            words::fresh::OVERTAKEN,
            words::fresh::OVERTAKEN_HELP,
        ),
        Decided::BadChoice => (
            StatusCode::UNPROCESSABLE_ENTITY,
            w::BAD_CHOICE,
            w::BAD_CHOICE_HELP,
        ),
    };
    let page = Message {
        head: Head::of(visit, "/"),
        title: title.get(visit.lang).to_owned(),
        lines: vec![line.get(visit.lang).to_owned()],
        back: Some(format!("/plans/{number}#care")),
    };
    Ok((status, show(&page)?).into_response())
}

fn said(
    visit: &Visit,
    status: StatusCode,
    title: &crate::domain::text::Text,
    line: &crate::domain::text::Text,
) -> Result<Response, Error> {
    let page = Message {
        head: Head::of(visit, "/"),
        title: title.get(visit.lang).to_owned(),
        lines: vec![line.get(visit.lang).to_owned()],
        back: None,
    };
    Ok((status, show(&page)?).into_response())
}

fn bad_town(visit: &Visit) -> Result<Response, Error> {
    use words::care as w;
    said(
        visit,
        StatusCode::UNPROCESSABLE_ENTITY,
        &w::BAD_TOWN,
        &w::BAD_TOWN_HELP,
    )
}

pub(super) fn numbered(case: &str) -> Result<CaseNumber, Error> {
    CaseNumber::parse(case).map_err(|_| Error::NotFound)
}

/// A municipality by its code or its name, which staff of a municipality may
/// write without their own prefecture.
fn town(visit: &Visit, text: &str) -> Option<MunicipalityCode> {
    let text = text.trim();
    let own = visit.reader().municipality();
    let prefecture = own
        .and_then(|own| own.row())
        .map_or("", |row| row.prefecture);
    MunicipalityCode::parse(text)
        .ok()
        .or_else(|| MunicipalityCode::of_name(text))
        .or_else(|| MunicipalityCode::of_name(&format!("{prefecture}{text}")))
        .filter(|code| code.row().is_some())
}

fn written(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[derive(Deserialize)]
pub(super) struct MoveForm {
    municipality: String,
    #[serde(default)]
    address: String,
    key: Uuid,
}

/// `POST /plans/{case}/move`
pub(super) async fn propose(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(sent): Sent<MoveForm>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let Some(there) = town(&visit, &sent.municipality) else {
        return bad_town(&visit);
    };
    let home = Home {
        municipality: Some(there),
        ..Home::default()
    };
    let to = NewHome {
        home,
        address: written(&sent.address),
    };
    let form = form(&visit, &number, sent.key);
    answer(&visit, &number, moves::propose(&app, form, to).await?)
}

pub(super) const fn form<'a>(visit: &'a Visit, number: &'a CaseNumber, key: Uuid) -> Form<'a> {
    Form {
        who: &visit.who,
        number,
        key,
    }
}

#[derive(Deserialize)]
pub(super) struct ConfirmForm {
    id: Uuid,
    day: NaiveDate,
    key: Uuid,
}

/// `POST /plans/{case}/move/confirm`
pub(super) async fn confirm(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(sent): Sent<ConfirmForm>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let form = form(&visit, &number, sent.key);
    let decided = moves::confirm(&app, form, sent.id, sent.day).await?;
    if decided == Decided::Done {
        // Whoever confirmed it may see the child no longer.
        return said(
            &visit,
            StatusCode::OK,
            &words::care::MOVED,
            &words::care::MOVED_HELP,
        );
    }
    answer(&visit, &number, decided)
}

#[derive(Deserialize)]
pub(super) struct CloseForm {
    id: Uuid,
    why: String,
    from: Option<NaiveDate>,
    until: Option<String>,
    open: Option<String>,
    key: Uuid,
}

/// `POST /plans/{case}/move/close`
pub(super) async fn close(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(sent): Sent<CloseForm>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let until = sent.until.as_deref().and_then(|day| day.parse().ok());
    let why = match (sent.why.as_str(), sent.from, until) {
        ("error", ..) => NoMove::Error,
        ("stay", Some(from), Some(until)) => NoMove::Stay(StayDays {
            from,
            until,
            is_open: sent.open.is_some(),
        }),
        _ => return Err(Error::BadForm),
    };
    let form = form(&visit, &number, sent.key);
    answer(
        &visit,
        &number,
        moves::close(&app, form, sent.id, why).await?,
    )
}

#[derive(Deserialize)]
pub(super) struct StayForm {
    municipality: String,
    #[serde(default)]
    address: String,
    from: NaiveDate,
    until: NaiveDate,
    open: Option<String>,
    key: Uuid,
}

/// `POST /plans/{case}/stay`
pub(super) async fn begin_stay(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(sent): Sent<StayForm>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let Some(municipality) = town(&visit, &sent.municipality) else {
        return bad_town(&visit);
    };
    let request = StayRequest {
        municipality,
        address: written(&sent.address),
        days: StayDays {
            from: sent.from,
            until: sent.until,
            is_open: sent.open.is_some(),
        },
    };
    let form = form(&visit, &number, sent.key);
    answer(&visit, &number, moves::stay(&app, form, &request).await?)
}

#[derive(Deserialize)]
pub(super) struct EndStayForm {
    id: Uuid,
    key: Uuid,
}

/// `POST /plans/{case}/stay/end`
pub(super) async fn end_stay(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(sent): Sent<EndStayForm>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let form = form(&visit, &number, sent.key);
    answer(&visit, &number, moves::end_stay(&app, form, sent.id).await?)
}

#[derive(Deserialize)]
pub(super) struct CoordinatorForm {
    account: Uuid,
    act: String,
    key: Uuid,
}

/// `POST /plans/{case}/coordinators`
pub(super) async fn assign(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(sent): Sent<CoordinatorForm>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let gives = match sent.act.as_str() {
        "assign" => true,
        "withdraw" => false,
        _ => return Err(Error::BadForm),
    };
    let form = form(&visit, &number, sent.key);
    let decided = coordinators::assign(&app, form, UserId(sent.account), gives).await?;
    answer(&visit, &number, decided)
}

#[derive(Deserialize)]
pub(super) struct ContactForm {
    outcome: String,
    called: String,
    key: Uuid,
}

/// `POST /plans/{case}/contacts`
pub(super) async fn contact(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(sent): Sent<ContactForm>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let outcome = Contact::from_code(&sent.outcome).ok_or(Error::BadForm)?;
    let called = Called::from_code(&sent.called).ok_or(Error::BadForm)?;
    let form = form(&visit, &number, sent.key);
    let decided = contacts::write(&app, form, outcome, called).await?;
    answer(&visit, &number, decided)
}

/// `POST /plans/{case}/protection`: the named accounts come as pairs `named`.
pub(super) async fn protect(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let field = |name: &str| {
        pairs
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    };
    let key = field("key").and_then(|key| key.parse().ok());
    let form = form(&visit, &number, key.ok_or(Error::BadForm)?);
    let named: Result<Vec<UserId>, _> = pairs
        .iter()
        .filter(|(name, _)| name == "named")
        .map(|(_, id)| id.parse().map(UserId))
        .collect();
    let named = named.map_err(|_| Error::BadForm)?;
    let decided = match field("act") {
        Some("protect") => protection::protect(&app, form, &named).await?,
        Some("end") => protection::end(&app, form).await?,
        _ => return Err(Error::BadForm),
    };
    answer(&visit, &number, decided)
}

/// `POST /plans/{case}/address`: the page with its protected address, for a
/// named person; never on paper.
pub(super) async fn reveal(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let mut page = match plan::revealed(&app, &visit.who, &number).await? {
        Revealed::Page(page) => *page,
        Revealed::NotThere => return Err(Error::NotFound),
        Revealed::NotNamed => return answer(&visit, &number, Decided::NotYours),
    };
    let head = Head::of(&visit, format!("/plans/{number}"));
    let staff = visit.reader().is_staff();
    // What a family asks to be corrected may tell the address: named persons read
    // and answer it here.
    let beside = page.rights.take();
    let page = Plan::of(head, staff, page, app.config.map.gsi_tiles, Keys::new(&app))
        .with(beside.map(|beside| Rights::of(&app, &visit, beside)));
    Ok(show(&page)?.into_response())
}
