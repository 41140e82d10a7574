//! The page of a child's drills and of the papers of its plan, and the list of plans
//! that nobody has practised.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    care::numbered,
    head::{Head, Visit},
    loans::fields::Fields,
    show,
    taken::{Named, Sent},
    words::{self, drills as w},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        id::CaseNumber,
        plan::{
            document::TravelBy,
            drill::{Drill, DrillTo, Failure, MOST_FAILURES, Mender, Paper, PaperEnd, Tried},
        },
        text::{Lang, Text, nfkc},
    },
    service::{
        drills::{self, DrillsPage, Given, ON_A_PAGE},
        loans::Answer,
    },
    store::{DrillTask, HeldPaper, StoredDrill},
};

type Pairs = Vec<(String, String)>;
type Bad = (&'static str, Text);

/// So many lines for what failed stand open.
const OPEN_ROWS: usize = 3;

/// What failed is to be mended within so many days, where nobody says otherwise.
const MENDED_IN_DAYS: u64 = 30;

/// A task, in words.
pub(in crate::web) struct TaskShown {
    id: Uuid,
    pub(in crate::web) what: String,
    pub(in crate::web) who: String,
    pub(in crate::web) until: String,
    pub(in crate::web) overdue: bool,
    pub(in crate::web) failed_on: String,
    /// When it was done, by whom, and the note.
    done: Option<(String, String, String)>,
    key: Uuid,
}

impl TaskShown {
    pub(in crate::web) fn of(task: &DrillTask, today: NaiveDate, lang: Lang, key: Uuid) -> Self {
        let part = task
            .failure
            .part
            .map(|part| part.name().get(lang).to_owned());
        let who: Vec<String> = part
            .into_iter()
            .chain(task.failure.person.clone())
            .collect();
        Self {
            id: task.id,
            what: task.failure.what.clone(),
            who: who.join(" "),
            until: words::with_day(task.failure.until, w::UNTIL, lang),
            overdue: task.done.is_none() && task.failure.until < today,
            failed_on: words::with_day(task.failed_on, w::FAILED_ON, lang),
            done: task.done.as_ref().map(|(at, by, note)| {
                let on = in_tokyo(*at).format("%Y-%m-%d").to_string();
                (on, by.clone(), note.clone().unwrap_or_default())
            }),
            key,
        }
    }
}

/// A drill, in words.
struct DrillShown {
    id: Uuid,
    on: String,
    people: Vec<String>,
    /// Where to, how, and how long.
    way: String,
    tried: Vec<String>,
    tasks: Vec<TaskShown>,
    by: String,
    /// When, by whom and why it was struck out.
    struck: Option<String>,
    key: Uuid,
}

fn way(drill: &Drill, page: &DrillsPage, lang: Lang) -> String {
    let to = drill.to.as_ref();
    let to = to.map_or_else(|| w::TO_NONE.get(lang).to_owned(), DrillTo::label);
    if !page.told {
        return to;
    }
    let by = match drill.by {
        None => None,
        Some(TravelBy::Foot) => Some(w::FOOT),
        Some(TravelBy::Car) => Some(w::CAR),
    };
    let long = drill.minutes.map_or_else(
        || w::NOT_MEASURED.get(lang).to_owned(),
        |minutes| {
            let minutes = words::counted(minutes, w::MINUTES_WORD, lang);
            format!("{} {minutes}", w::DOOR_TO_DOOR.get(lang))
        },
    );
    let by = by.map(|by| by.get(lang).to_owned());
    let parts: Vec<String> = [Some(to), by, Some(long)].into_iter().flatten().collect();
    parts.join(" ・ ")
}

impl DrillShown {
    fn of(one: &StoredDrill, page: &DrillsPage, today: NaiveDate, of: (&App, Lang)) -> Self {
        let (app, lang) = of;
        let drill = &one.drill;
        let tried = drill
            .tried
            .iter()
            .map(|one| one.name().get(lang).to_owned());
        let tasks = one.tasks.iter();
        Self {
            id: one.id,
            on: drill.on.to_string(),
            people: drill.people.clone(),
            way: way(drill, page, lang),
            tried: tried.chain(drill.tried_other.clone()).collect(),
            tasks: tasks
                .map(|task| TaskShown::of(task, today, lang, app.ids.next()))
                .collect(),
            by: one.by.clone(),
            struck: one.undone.as_ref().map(|(at, by, why)| {
                let on = in_tokyo(*at).format("%Y-%m-%d");
                let why = why.as_ref().map(|why| format!("：{why}"));
                format!("{on} {by}{}", why.unwrap_or_default())
            }),
            key: app.ids.next(),
        }
    }
}

/// A version, and what was done while it was in force.
struct VersionShown {
    name: String,
    done: Vec<TaskShown>,
}

fn version_name(version: u32, dated: Option<NaiveDate>, lang: Lang) -> String {
    let dated = dated.map(|on| format!("（{on}）")).unwrap_or_default();
    match lang {
        Lang::Ja => format!("第{version}版{dated}"),
        Lang::En => format!(
            "version {version}{}",
            dated.replace("（", " (").replace("）", ")")
        ),
    }
}

/// A paper, in words.
struct PaperShown {
    id: Uuid,
    holder: String,
    what: String,
    given: String,
    version: String,
    number: String,
    owed: bool,
    /// When and how it ended.
    ended: Option<String>,
    by: String,
    key: Uuid,
}

impl PaperShown {
    fn of(paper: &HeldPaper, page: &DrillsPage, (app, lang): (&App, Lang)) -> Self {
        let versions = page.versions.iter();
        let dated = versions
            .filter(|one| one.days.version == paper.version)
            .find_map(|one| one.days.dated);
        Self {
            id: paper.id,
            holder: paper.holder.clone(),
            what: paper.paper.name().get(lang).to_owned(),
            given: words::with_day(paper.given_on, w::GIVEN, lang),
            version: version_name(paper.version, dated, lang),
            number: paper.print_number.clone().unwrap_or_default(),
            owed: page.owes(paper),
            ended: paper
                .ended
                .map(|(on, how)| words::with_day(on, how.name(), lang)),
            by: paper.by.clone(),
            key: app.ids.next(),
        }
    }
}

/// A line of the form for what failed.
struct Row {
    place: usize,
    what: String,
    part: String,
    person: String,
    until: String,
}

/// What was typed, and which of it is wrong.
#[derive(Default)]
struct Typed {
    fields: Fields,
    wrong: &'static str,
    why: String,
}

#[derive(Template)]
#[template(path = "pages/drills.html")]
struct Page {
    head: Head,
    page: DrillsPage,
    name: String,
    today: NaiveDate,
    open: Vec<TaskShown>,
    drills: Vec<DrillShown>,
    versions: Vec<VersionShown>,
    held: Vec<PaperShown>,
    over: Vec<PaperShown>,
    rows: Vec<Row>,
    more: bool,
    /// Code, name, whether it is chosen.
    tried: Vec<(&'static str, String, bool)>,
    menders: Vec<(&'static str, String)>,
    kinds: Vec<(&'static str, String, bool)>,
    /// Number, name, whether it is chosen.
    of_versions: Vec<(u32, String, bool)>,
    typed: Typed,
    saved: bool,
    key: Uuid,
    paper_key: Uuid,
}

impl Page {
    /// What stands in a field, else what stands there at first.
    fn typed_or(&self, name: &str, otherwise: &str) -> String {
        match self.typed.fields.get(name) {
            "" => otherwise.to_owned(),
            typed => typed.to_owned(),
        }
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.typed.fields.get(name) == value
    }
}

fn rows(fields: &Fields, today: NaiveDate) -> Vec<Row> {
    let until = today.checked_add_days(Days::new(MENDED_IN_DAYS));
    let until = until.unwrap_or(today).to_string();
    (0..MOST_FAILURES)
        .map(|place| {
            let of = |name: &str| fields.get(&format!("{name}-{place}")).to_owned();
            let typed = of("mend_by");
            Row {
                place,
                what: of("failed"),
                part: of("part"),
                person: of("person"),
                until: if typed.is_empty() {
                    until.clone()
                } else {
                    typed
                },
            }
        })
        .collect()
}

async fn render(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    (typed, saved): (Typed, bool),
) -> Result<Html<String>, Error> {
    let page = drills::page(app, &visit.who, number).await?;
    let page = page.ok_or(Error::NotFound)?;
    let (lang, today) = (visit.lang, app.clock.today());
    let task = |task: &DrillTask| TaskShown::of(task, today, lang, app.ids.next());
    let fields = &typed.fields;
    let shown = page
        .papers
        .iter()
        .map(|paper| PaperShown::of(paper, &page, (app, lang)));
    let (over, held): (Vec<_>, Vec<_>) = shown.partition(|paper| paper.ended.is_some());
    let rows = rows(fields, today);
    let chosen = fields.get("version");
    let versions = page.versions.iter();
    show(&Page {
        head: Head::of(visit, format!("/plans/{number}/drills")),
        name: page.name.clone().unwrap_or_default(),
        today,
        open: page.open.iter().map(task).collect(),
        drills: page
            .drills
            .iter()
            .map(|one| DrillShown::of(one, &page, today, (app, lang)))
            .collect(),
        versions: versions
            .clone()
            .map(|one| VersionShown {
                name: version_name(one.days.version, one.days.dated, lang),
                done: one.done.iter().map(task).collect(),
            })
            .collect(),
        held,
        over,
        more: rows.iter().skip(OPEN_ROWS).any(|row| !row.what.is_empty()),
        rows,
        tried: Tried::ALL
            .iter()
            .map(|one| {
                let name = one.name().get(lang).to_owned();
                (one.code(), name, fields.has("tried", one.code()))
            })
            .collect(),
        menders: Mender::ALL
            .iter()
            .map(|one| (one.code(), one.name().get(lang).to_owned()))
            .collect(),
        kinds: Paper::ALL
            .iter()
            .map(|one| {
                let name = one.name().get(lang).to_owned();
                (one.code(), name, fields.get("paper") == one.code())
            })
            .collect(),
        of_versions: versions
            .map(|one| {
                let version = one.days.version;
                let name = version_name(version, one.days.dated, lang);
                (version, name, chosen == version.to_string())
            })
            .collect(),
        page,
        typed,
        saved,
        key: app.ids.next(),
        paper_key: app.ids.next(),
    })
}

#[derive(Deserialize, Default)]
pub(super) struct Address {
    #[serde(default)]
    saved: String,
    #[serde(default)]
    page: i64,
}

/// `GET /plans/{case}/drills`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let number = numbered(&case)?;
    let Query(address) = address.unwrap_or_default();
    let saved = !address.saved.is_empty();
    render(&app, &visit, &number, (Typed::default(), saved)).await
}

/// Back to the page, or to the form with what was typed.
async fn led(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    (answer, fields): (Answer, Fields),
) -> Result<Response, Error> {
    let (status, (wrong, why)) = match answer {
        Answer::Done(_) => {
            let to = format!("/plans/{number}/drills?saved=1");
            return Ok(Redirect::to(&to).into_response());
        }
        Answer::NotThere => return Err(Error::NotFound),
        Answer::OtherBody => (StatusCode::CONFLICT, ("", words::OTHER_BODY)),
        Answer::Wrong(field, why) | Answer::Elsewhere(field, why, _) | Answer::Ask(field, why) => {
            (StatusCode::UNPROCESSABLE_ENTITY, (field, why))
        }
        Answer::Changed | Answer::UnitGone | Answer::NotAllowed(_) => {
            (StatusCode::CONFLICT, ("", w::CHANGED))
        }
    };
    let typed = Typed {
        fields,
        wrong,
        why: why.get(visit.lang).to_owned(),
    };
    let page = render(app, visit, number, (typed, false)).await?;
    Ok((status, page).into_response())
}

/// A day that must be there.
fn day(fields: &Fields, name: &'static str) -> Result<NaiveDate, Bad> {
    match fields.day(name) {
        Ok(Some(day)) => Ok(day),
        Ok(None) => Err(drills::unread(name)),
        Err(wrong) => Err((wrong.field, wrong.why)),
    }
}

/// What failed: of each line with anything in it but the day that stood there.
fn failures(fields: &Fields) -> Result<Vec<Failure>, Bad> {
    let text = |name: &str, place: usize| {
        let text = fields.get(&format!("{name}-{place}")).to_owned();
        Some(text).filter(|text| !text.is_empty())
    };
    let mut failures = Vec::new();
    for place in 0..MOST_FAILURES {
        let (what, person) = (text("failed", place), text("person", place));
        let part = text("part", place);
        if what.is_none() && person.is_none() && part.is_none() {
            continue;
        }
        let until = text("mend_by", place).and_then(|day| day.parse().ok());
        failures.push(Failure {
            what: what.unwrap_or_default(),
            part: part.as_deref().and_then(Mender::from_code),
            person,
            until: until.ok_or_else(|| drills::unread("failed"))?,
        });
    }
    Ok(failures)
}

/// A drill as it was typed.
fn wanted(fields: &Fields) -> Result<Drill, Bad> {
    let people = fields.get("people").lines().map(str::trim);
    let minutes = nfkc(fields.get("minutes"));
    let minutes = minutes.trim().trim_end_matches('分').trim();
    let minutes = match minutes {
        "" => None,
        typed => Some(typed.parse().map_err(|_| drills::unread("minutes"))?),
    };
    let other = fields.get("tried_other").to_owned();
    Ok(Drill {
        on: day(fields, "held_on")?,
        people: people
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
        minutes,
        by: match fields.get("by") {
            "foot" => Some(TravelBy::Foot),
            "car" => Some(TravelBy::Car),
            _ => None,
        },
        to: None,
        tried: Tried::ALL
            .iter()
            .copied()
            .filter(|one| fields.has("tried", one.code()))
            .collect(),
        tried_other: Some(other).filter(|text| !text.is_empty()),
        failures: failures(fields)?,
    })
}

/// `POST /plans/{case}/drills`
pub(super) async fn record(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Pairs>,
) -> Result<Response, Error> {
    let (number, fields) = (numbered(&case)?, Fields(pairs));
    let sheet = fields.sheet(&visit)?;
    let answer = match wanted(&fields) {
        Ok(drill) => drills::record(&app, sheet, &number, (&drill, fields.get("to"))).await?,
        Err((field, why)) => Answer::Wrong(field, why),
    };
    led(&app, &visit, &number, (answer, fields)).await
}

/// `POST /plans/{case}/drills/{drill}/strike`
pub(super) async fn strike(
    State(app): State<App>,
    visit: Visit,
    Named((case, drill)): Named<(String, Uuid)>,
    Sent(pairs): Sent<Pairs>,
) -> Result<Response, Error> {
    let (number, fields) = (numbered(&case)?, Fields(pairs));
    let sheet = fields.sheet(&visit)?;
    let answer = drills::strike(&app, sheet, (&number, drill), fields.get("why")).await?;
    led(&app, &visit, &number, (answer, fields)).await
}

/// `POST /plans/{case}/tasks/{task}`
pub(super) async fn mark(
    State(app): State<App>,
    visit: Visit,
    Named((case, task)): Named<(String, Uuid)>,
    Sent(pairs): Sent<Pairs>,
) -> Result<Response, Error> {
    let (number, fields) = (numbered(&case)?, Fields(pairs));
    let sheet = fields.sheet(&visit)?;
    let done = match fields.get("act") {
        "done" => Some(fields.get("note")),
        "undone" => None,
        _ => return Err(Error::BadForm),
    };
    let answer = drills::mark(&app, sheet, (&number, task), done).await?;
    led(&app, &visit, &number, (answer, fields)).await
}

/// `POST /plans/{case}/papers`
pub(super) async fn give(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Pairs>,
) -> Result<Response, Error> {
    let (number, fields) = (numbered(&case)?, Fields(pairs));
    let sheet = fields.sheet(&visit)?;
    let paper = Paper::from_code(fields.get("paper")).ok_or(Error::BadForm)?;
    let version = fields.get("version").parse().map_err(|_| Error::BadForm)?;
    let answer = match day(&fields, "given_on") {
        Ok(on) => {
            let given = Given {
                paper,
                holder: fields.get("holder"),
                on,
                version,
                number: fields.get("print_number"),
            };
            drills::give(&app, sheet, &number, &given).await?
        }
        Err((field, why)) => Answer::Wrong(field, why),
    };
    led(&app, &visit, &number, (answer, fields)).await
}

/// `POST /plans/{case}/papers/{held}`
pub(super) async fn end_paper(
    State(app): State<App>,
    visit: Visit,
    Named((case, paper)): Named<(String, Uuid)>,
    Sent(pairs): Sent<Pairs>,
) -> Result<Response, Error> {
    let (number, fields) = (numbered(&case)?, Fields(pairs));
    let sheet = fields.sheet(&visit)?;
    let how = PaperEnd::from_code(fields.get("act")).ok_or(Error::BadForm)?;
    let answer = drills::end_paper(&app, sheet, (&number, paper), how).await?;
    led(&app, &visit, &number, (answer, fields)).await
}

/// A child on the list, in words.
struct Unpractised {
    number: CaseNumber,
    name: String,
    last: String,
    open: i64,
    overdue: i64,
}

#[derive(Template)]
#[template(path = "pages/unpractised.html")]
struct ListPage {
    head: Head,
    lines: Vec<Unpractised>,
    total: i64,
    former: Option<i64>,
    next: Option<i64>,
}

/// `GET /drills`
pub(super) async fn list(
    State(app): State<App>,
    visit: Visit,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Html<String>, Error> {
    let Query(address) = address.unwrap_or_default();
    let at = address.page.clamp(0, 10_000);
    let page = drills::unpractised(&app, &visit.who, at).await?;
    let lines = page.lines.into_iter().map(|line| Unpractised {
        number: line.number,
        name: line.name.unwrap_or_default(),
        last: line
            .drilled_on
            .map_or_else(|| w::NEVER.get(visit.lang).to_owned(), |on| on.to_string()),
        open: line.open,
        overdue: line.overdue,
    });
    show(&ListPage {
        head: Head::of(&visit, "/drills"),
        lines: lines.collect(),
        total: page.total,
        former: (at > 0).then_some(at - 1),
        next: ((at + 1) * ON_A_PAGE < page.total).then_some(at + 1),
    })
}
