//! A plan that is written step by step, by several people at once; what they write saves
//! itself where scripts run, and by a button where they do not.

mod fields;
mod part;
mod shown;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Redirect, Response},
};
use serde_json::{Value, json};
use uuid::Uuid;

pub(super) use self::shown::{Difference, Lines, differences, part_lines};
use self::{part::Part, shown::CandidateView};
use super::{
    Error,
    by_field::{self, SectionView, Typed, Wrongs},
    evidence::{Shown, shown},
    head::{Head, Visit},
    loans::{Leads, fields::Fields, leads},
    plan::{ExposureLine, Open, lines, open},
    power::trigger_line,
    show,
    taken::{Named, Sent},
    words::{self, course as c, draft as w},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        finding::Outcome,
        id::{CaseNumber, SiteId},
        plan::{
            course::{Act, Step},
            document::DestinationKind,
            fill::{Filled, FilledList},
        },
        text::Lang,
    },
    service::{
        life::{self, Conflict, DraftPage, StepPage},
        loans::Answer,
    },
    store::StoredDefect,
};

/// The header of a request that a page makes by itself.
const SAVES_ITSELF: &str = "x-saves-itself";

/// A step in the list.
struct StepLine {
    name: String,
    href: String,
    fails: usize,
    unknown: usize,
    written: bool,
}

/// Something that is to be mended, as it is shown.
pub(super) struct DefectLine {
    pub id: Uuid,
    pub step: String,
    pub words: String,
    /// Who said that it is mended, and when.
    pub mended: Option<String>,
}

impl DefectLine {
    pub(super) fn of(one: &StoredDefect, lang: Lang) -> Option<Self> {
        let defect = one.defect.as_ref()?;
        let mended = one.mended.as_ref().map(|(at, by)| {
            let at = in_tokyo(*at).format("%Y-%m-%d");
            format!("{} {at} {by}", w::MENDED.get(lang))
        });
        Some(Self {
            id: one.id,
            step: defect.step.name().get(lang).to_owned(),
            words: defect.words.clone(),
            mended,
        })
    }
}

#[derive(Template)]
#[template(path = "pages/draft.html")]
struct Overview {
    head: Head,
    page: DraftPage,
    stage: String,
    steps: Vec<StepLine>,
    defects: Vec<DefectLine>,
    says: Vec<Lines>,
    staff: bool,
    agrees: bool,
    key: Uuid,
}

/// The places that no list has, which a button adds.
fn kinds(lang: Lang) -> Vec<(String, String)> {
    [
        DestinationKind::Hospital,
        DestinationKind::Relative,
        DestinationKind::ShortStay,
        DestinationKind::StayUpstairs,
    ]
    .into_iter()
    .map(|kind| {
        let code = json!(kind).as_str().unwrap_or_default().to_owned();
        (code, kind.name().get(lang).to_owned())
    })
    .collect()
}

fn numbered(case: &str) -> Result<CaseNumber, Error> {
    CaseNumber::parse(case).map_err(|_| Error::NotFound)
}

/// `GET /plans/{case}/draft`
pub(super) async fn overview(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let Some(page) = life::draft_page(&app, &visit.who, &number).await? else {
        // Perhaps there is none: its course says what to do.
        return match life::course_page(&app, &visit.who, &number).await? {
            Some(_) => Ok(Redirect::to(&format!("/plans/{number}/course")).into_response()),
            None => Err(Error::NotFound),
        };
    };
    let lang = visit.lang;
    let staff = visit.reader().is_staff();
    let steps = page.steps.iter();
    let steps = steps.map(|(step, fails, unknown, written)| StepLine {
        name: step.name().get(lang).to_owned(),
        href: format!("/plans/{number}/draft/{}", step.code()),
        fails: *fails,
        unknown: *unknown,
        written: *written,
    });
    let view = Overview {
        head: Head::of(&visit, format!("/plans/{number}/draft")),
        stage: page.draft.stage.name().get(lang).to_owned(),
        steps: steps.collect(),
        defects: page
            .defects
            .iter()
            .filter_map(|one| DefectLine::of(one, lang))
            .collect(),
        says: part_lines(&page.document),
        agrees: !staff && page.draft.stage.allows(Act::Agree),
        key: app.ids.next(),
        staff,
        page,
    };
    Ok(show(&view)?.into_response())
}

/// `POST /plans/{case}/draft`
pub(super) async fn begin(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let typed = Fields(pairs);
    let paper = typed.ticked("paper");
    let answer = life::begin(&app, typed.sheet(&visit)?, &number, paper).await?;
    let page = if paper { "draft/paper" } else { "draft" };
    match leads(answer, &visit, |number| format!("/plans/{number}/{page}"))? {
        Leads::On(response) => Ok(response),
        Leads::Back(status, said) => {
            let page = super::course::render(&app, &visit, &number, Some(said.text)).await?;
            Ok((status, page).into_response())
        }
    }
}

/// What stands beside the fields and is new after each save.
struct Beside {
    revision: i64,
    key: Uuid,
    /// What became of the last save; `true`: it is kept.
    said: Option<(bool, String)>,
    saved: String,
    others: Vec<String>,
    findings: Vec<Shown>,
    open: Vec<Open>,
    outage: Option<String>,
    /// What differs from what somebody else has saved.
    differs: Vec<Difference>,
}

#[derive(Template)]
#[template(path = "partials/draft_beside.html")]
struct BesideAlone {
    head: Head,
    beside: Beside,
}

#[derive(Template)]
#[template(path = "pages/draft_step.html")]
struct StepView {
    head: Head,
    number: CaseNumber,
    name: String,
    step: Step,
    /// The word of the part in its address, and its number among the steps.
    code: &'static str,
    place: Option<usize>,
    title: String,
    sections: Vec<SectionView>,
    items: Vec<(String, String)>,
    beside: Beside,
    wrong: Option<String>,
    defects: Vec<DefectLine>,
    exposures: Vec<ExposureLine>,
    candidates: Vec<CandidateView>,
    /// Places that no list has: code and name.
    kinds: Vec<(String, String)>,
    has_equipment: bool,
    before: Option<(String, String)>,
    after: Option<(String, String)>,
    writes: bool,
}

/// What was wrong with a form that came back.
#[derive(Default)]
struct Back {
    typed: Option<Fields>,
    wrongs: Wrongs,
    wrong: Option<String>,
    conflict: Option<Conflict>,
}

fn beside(
    page: &StepPage,
    (key, said): (Uuid, Option<(bool, String)>),
    conflict: Option<&Conflict>,
    lang: Lang,
) -> Beside {
    let at = in_tokyo(page.saved.0).format("%Y-%m-%d %H:%M");
    let failing = page.findings.iter();
    let failing = failing.filter(|found| found.outcome == Outcome::Fails);
    let unknown: Vec<_> = page
        .findings
        .iter()
        .filter(|found| found.outcome == Outcome::Unknown)
        .cloned()
        .collect();
    Beside {
        revision: conflict.map_or(page.revision, |conflict| conflict.revision),
        key,
        said,
        saved: format!("{at} {}", page.saved.1),
        others: page
            .others
            .iter()
            .map(|other| {
                let at = in_tokyo(other.at).format("%H:%M");
                format!("{}（{} {at}）", other.name, other.step.name().get(lang))
            })
            .collect(),
        findings: failing.map(|found| shown(found, lang, true)).collect(),
        open: open(&unknown, lang, true),
        outage: (page.step == Step::Power).then(|| trigger_line(page.outage, lang)),
        differs: conflict.map_or_else(Vec::new, |conflict| differences(&conflict.differs)),
    }
}

async fn render(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    part: Part,
    back: Back,
) -> Result<Html<String>, Error> {
    let step = part.judged_as();
    let page = life::step_page(app, &visit.who, number, step).await?;
    let page = page.ok_or(Error::NotFound)?;
    let lang = visit.lang;
    let fields = part.sections();
    let document = serde_json::to_value(&page.document).expect("a document becomes JSON");
    let items = items_of(&page, back.typed.as_ref());
    let typed = back
        .typed
        .unwrap_or_else(|| by_field::fields_of(fields, &document));
    let link = |step: Option<Step>| {
        step.map(|step| {
            let href = format!("/plans/{number}/draft/{}", step.code());
            (href, step.name().get(lang).to_owned())
        })
    };
    let (before, after) = part.neighbours();
    let mut beside = beside(&page, (app.ids.next(), None), back.conflict.as_ref(), lang);
    // A form that came back names what its page was made from, or what it now knows of.
    if back.conflict.is_none()
        && let Ok(was) = typed.get("revision").parse()
    {
        beside.revision = was;
    }
    show(&StepView {
        head: Head::of(visit, format!("/plans/{number}/draft/{}", part.code())),
        number: number.clone(),
        name: page.name.clone().unwrap_or_default(),
        code: part.code(),
        place: part.place(),
        title: part.name().get(lang).to_owned(),
        sections: by_field::sections(fields, &typed, &back.wrongs, lang),
        items: if step == Step::Home {
            items
        } else {
            Vec::new()
        },
        wrong: back.wrong,
        defects: page
            .defects
            .iter()
            .filter_map(|one| DefectLine::of(one, lang))
            .collect(),
        exposures: if step == Step::Threats {
            lines(&page.exposures, lang)
        } else {
            Vec::new()
        },
        candidates: page
            .candidates
            .iter()
            .map(|one| CandidateView::of(one, lang))
            .collect(),
        kinds: kinds(lang),
        has_equipment: page.has_equipment,
        before: link(before),
        after: link(after),
        writes: page.stage.allows(Act::Save),
        beside,
        step,
    })
}

/// What the municipality asks for, with what the plan says of it; what the plan says of
/// items that are asked for no more stays.
fn items_of(page: &StepPage, typed: Option<&Fields>) -> Vec<(String, String)> {
    if let Some(typed) = typed {
        return typed_items(typed);
    }
    let said = page.document.particulars.as_deref();
    let said = said.map_or(&[][..], |beside| beside.municipal.as_slice());
    let asked = page.items.iter().map(|item| {
        let known = said.iter().find(|one| one.item == *item);
        let says = known.map_or_else(String::new, |one| one.says.clone());
        (item.clone(), says)
    });
    let others = said.iter().filter(|one| !page.items.contains(&one.item));
    asked
        .chain(others.map(|one| (one.item.clone(), one.says.clone())))
        .collect()
}

fn typed_items(typed: &Fields) -> Vec<(String, String)> {
    let of = |wanted: &'static str| {
        let pairs = typed.0.iter().filter(move |(name, _)| name == wanted);
        pairs.map(|(_, value)| value.trim().to_owned())
    };
    of("municipal_item").zip(of("municipal_says")).collect()
}

/// `GET /plans/{case}/draft/{step}`
pub(super) async fn step(
    State(app): State<App>,
    visit: Visit,
    Named((case, step)): Named<(String, String)>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    if !life::may_write(&app, &visit.who, &number).await? {
        return Err(Error::NotFound);
    }
    let Some(part) = Part::from_code(&step) else {
        return Ok(Redirect::to(&format!("/plans/{number}/draft")).into_response());
    };
    match render(&app, &visit, &number, part, Back::default()).await {
        // It was handed in, approved or given up meanwhile.
        Err(Error::NotFound) => {
            Ok(Redirect::to(&format!("/plans/{number}/course")).into_response())
        }
        other => Ok(other?.into_response()),
    }
}

/// What was typed as the items of the step.
fn filled(part: Part, typed: Typed, form: &Fields) -> Filled {
    let mut items = typed.items;
    if part == Part::Step(Step::Home) {
        let said: Vec<Value> = typed_items(form)
            .into_iter()
            .filter(|(item, says)| !item.is_empty() && !says.is_empty())
            .map(|(item, says)| json!({ "item": item, "says": says }))
            .collect();
        let said = (!said.is_empty()).then_some(Value::Array(said));
        items.push(("particulars.municipal", said));
    }
    let sections = part.sections().iter();
    let lists = typed.lists.into_iter().map(|list| {
        let mut known = sections.clone();
        let section = known.find(|section| section.at == list.at);
        let keys = section.map_or(&[][..], |section| section.fields);
        FilledList {
            at: list.at,
            keys: keys.iter().map(|field| field.at).collect(),
            rows: list.rows,
        }
    });
    let lists = lists.collect();
    Filled { items, lists }
}

/// The row that a button adds: a listed site, or a place of a kind.
async fn to_add(app: &App, then: &str) -> Result<Option<Value>, Error> {
    if let Some(site) = then.strip_prefix("site:") {
        let site = Uuid::parse_str(site).map_err(|_| Error::BadForm)?;
        let found = life::site_to_add(app, SiteId(site)).await?;
        return Ok(found.map(|to| serde_json::to_value(to).expect("a destination becomes JSON")));
    }
    let kind = then.strip_prefix("kind:").map(|code| json!(code));
    let kind = kind.filter(|code| serde_json::from_value::<DestinationKind>(code.clone()).is_ok());
    Ok(kind.map(|kind| json!({ "kind": kind })))
}

/// `POST /plans/{case}/draft/{step}`
pub(super) async fn keep(
    State(app): State<App>,
    visit: Visit,
    Named((case, step)): Named<(String, String)>,
    headers: HeaderMap,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    if !life::may_write(&app, &visit.who, &number).await? {
        return Err(Error::NotFound);
    }
    let part = Part::from_code(&step).ok_or(Error::BadForm)?;
    let by_itself = headers.contains_key(SAVES_ITSELF);
    let (typed, lang) = (Fields(pairs), visit.lang);
    let sheet = typed.sheet(&visit)?;
    let was: i64 = typed.get("revision").parse().map_err(|_| Error::BadForm)?;
    let then = typed.get("then").to_owned();
    let read = match by_field::read(part.sections(), part.decides(), &typed, lang) {
        Ok(read) => read,
        Err(wrongs) => {
            let said = if by_itself { w::NOT_SAVED } else { w::WRONG };
            let back = Back {
                wrongs,
                wrong: Some(said.get(lang).to_owned()),
                typed: Some(typed),
                conflict: None,
            };
            let at = (&visit, &number, part);
            return came_back(&app, at, StatusCode::UNPROCESSABLE_ENTITY, back, by_itself).await;
        }
    };
    let mut filled = filled(part, read, &typed);
    if let Some(row) = to_add(&app, &then).await?
        && let (Value::Object(row), Some(list)) = (row, filled.lists.first_mut())
    {
        list.rows.push((usize::MAX, row));
    }
    let answer = life::save(&app, sheet, &number, (part.steps(), was), &filled).await?;
    let here = format!("/plans/{number}/draft/{}", part.code());
    match answer {
        Answer::Done(_) if by_itself => {
            saved_by_itself(&app, (&visit, &number, part), w::SAVED_AT.get(lang)).await
        }
        Answer::Done(_) => {
            let on = match (then.as_str(), part.neighbours().1) {
                ("next", Some(next)) => format!("/plans/{number}/draft/{}", next.code()),
                ("next", None) => format!("/plans/{number}/draft"),
                _ => here,
            };
            Ok(Redirect::to(&on).into_response())
        }
        Answer::Changed => {
            let was = (part.steps(), was);
            let conflict = life::conflict(&app, &visit.who, &number, was, &filled).await?;
            let back = Back {
                wrong: Some(
                    conflict
                        .as_ref()
                        .map_or(words::STALE, |_| w::CONFLICT)
                        .get(lang)
                        .to_owned(),
                ),
                typed: Some(typed),
                wrongs: Wrongs::new(),
                conflict,
            };
            let at = (&visit, &number, part);
            came_back(&app, at, StatusCode::CONFLICT, back, by_itself).await
        }
        other => match leads(other, &visit, |_| here.clone())? {
            Leads::On(response) => Ok(response),
            Leads::Back(status, said) => {
                let back = Back {
                    wrong: Some(said.text),
                    typed: Some(typed),
                    ..Back::default()
                };
                came_back(&app, (&visit, &number, part), status, back, by_itself).await
            }
        },
    }
}

/// The whole page again, or what stands beside the fields where a page has asked by
/// itself: what somebody is typing is never taken from under their hands.
async fn came_back(
    app: &App,
    (visit, number, part): (&Visit, &CaseNumber, Part),
    status: StatusCode,
    back: Back,
    by_itself: bool,
) -> Result<Response, Error> {
    if !by_itself {
        let page = render(app, visit, number, part, back).await;
        return match page {
            Err(Error::NotFound) => {
                Ok(Redirect::to(&format!("/plans/{number}/course")).into_response())
            }
            other => Ok((status, other?).into_response()),
        };
    }
    let page = life::step_page(app, &visit.who, number, part.judged_as()).await?;
    let page = page.ok_or(Error::NotFound)?;
    let said = back.wrong.map(|wrong| (false, wrong));
    let mut beside = beside(
        &page,
        (app.ids.next(), said),
        back.conflict.as_ref(),
        visit.lang,
    );
    // The next save names what its fields were made from, until somebody has seen what
    // differs.
    if let Some(was) = back
        .typed
        .and_then(|typed| typed.get("revision").parse().ok())
    {
        beside.revision = was;
    }
    let alone = BesideAlone {
        head: Head::of(visit, format!("/plans/{number}/draft/{}", part.code())),
        beside,
    };
    Ok((status, show(&alone)?).into_response())
}

async fn saved_by_itself(
    app: &App,
    (visit, number, part): (&Visit, &CaseNumber, Part),
    said: &str,
) -> Result<Response, Error> {
    let page = life::step_page(app, &visit.who, number, part.judged_as()).await?;
    let page = page.ok_or(Error::NotFound)?;
    let at = in_tokyo(app.clock.now()).format("%H:%M:%S");
    let said = Some((true, format!("{said} {at}")));
    let alone = BesideAlone {
        head: Head::of(visit, format!("/plans/{number}/draft/{}", part.code())),
        beside: beside(&page, (app.ids.next(), said), None, visit.lang),
    };
    Ok(show(&alone)?.into_response())
}
