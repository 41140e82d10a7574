//! The course of a plan: who holds it, what was done, and what comes next.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    Error,
    draft::{DefectLine, Difference, Lines, differences, part_lines},
    evidence::{Shown, shown},
    head::{Head, Visit},
    loans::{Leads, fields::Fields, leads},
    plan::{Open, open},
    show,
    taken::{Named, Sent},
    words::{self, consents as k, course as c, draft as w, sheets as s},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        calendar::parse_date,
        consent::Recipient,
        finding::{Finding, Owner, RuleCode},
        hazard::Hazard,
        id::CaseNumber,
        plan::course::{Defect, Stage, Step},
        rights::{ToldHow, written},
        text::{Lang, Text},
    },
    service::{
        life::{self, Agreed, CoursePage, ForDecision, GapToSettle, Overruling, ToGive},
        loans::Answer,
    },
    store::{CourseLine, GivenOut, StoredGap, StoredOverride},
};

/// Who can close a gap.
const OWNERS: [Owner; 5] = [
    Owner::Family,
    Owner::Coordinator,
    Owner::Municipality,
    Owner::Centre,
    Owner::Site,
];

/// So many things that are to be mended are asked for on one page.
const DEFECTS: usize = 6;

fn numbered(case: &str) -> Result<CaseNumber, Error> {
    CaseNumber::parse(case).map_err(|_| Error::NotFound)
}

/// Something that was done.
struct Done {
    at: String,
    what: String,
    by: String,
    words: Option<String>,
}

impl Done {
    fn of(line: &CourseLine, lang: Lang) -> Self {
        let how = line.how.as_deref().and_then(ToldHow::from_code);
        let parts = [
            line.words.clone(),
            how.map(|how| how.name().get(lang).to_owned()),
            line.on.map(|day| day.to_string()),
        ];
        let words: Vec<String> = parts.into_iter().flatten().collect();
        Self {
            at: in_tokyo(line.at).format("%Y-%m-%d %H:%M").to_string(),
            what: line.act.name().get(lang).to_owned(),
            by: line.by.clone(),
            words: (!words.is_empty()).then(|| words.join(" ・ ")),
        }
    }
}

/// A gap of the version in force.
struct GapLine {
    id: Uuid,
    title: String,
    site: Option<String>,
    owner: String,
    until: String,
    interim: String,
    closed: Option<String>,
    late: bool,
}

impl GapLine {
    fn of(one: &StoredGap, today: NaiveDate, lang: Lang) -> Option<Self> {
        let settled = one.settled.as_ref()?;
        let owner = settled.owner.name();
        let who = settled.who.as_deref().unwrap_or_default();
        Some(Self {
            id: one.id,
            title: settled.gap.rule.title().get(lang).to_owned(),
            site: settled.gap.site.clone(),
            owner: format!("{} {who}", owner.get(lang)).trim().to_owned(),
            until: settled.until.to_string(),
            interim: settled.interim.clone(),
            closed: one.closed.as_ref().map(|(at, by)| {
                let at = in_tokyo(*at).format("%Y-%m-%d");
                format!("{} {at} {by}", c::GAP_CLOSED.get(lang))
            }),
            late: one.closed.is_none() && settled.until < today,
        })
    }
}

/// An override.
struct OverrideLine {
    id: Uuid,
    title: String,
    about: String,
    by: String,
    reason: String,
    until: String,
    runs: bool,
}

impl OverrideLine {
    fn of(one: &StoredOverride, today: NaiveDate, lang: Lang) -> Option<Self> {
        let over = one.over.as_ref()?;
        let hazard = over.hazard.map(|hazard| hazard.name().get(lang).to_owned());
        let about: Vec<String> = hazard.into_iter().chain(over.site.clone()).collect();
        Some(Self {
            id: one.id,
            title: over.rule.title().get(lang).to_owned(),
            about: about.join(" ・ "),
            by: over.by.clone(),
            reason: over.reason.clone(),
            until: over.until.to_string(),
            runs: one.ended.is_none() && over.until >= today,
        })
    }
}

/// Somebody to whom the plan is to be given.
struct GiveLine {
    code: String,
    name: String,
    title: String,
    /// The basis, or why not.
    says: String,
    may: bool,
    parts: String,
}

impl GiveLine {
    fn of(one: &ToGive, lang: Lang) -> Self {
        let recipient = one.provision.recipient;
        let name = one.provision.name.clone().unwrap_or_default();
        Self {
            code: recipient.code().to_owned(),
            title: format!("{} {name}", recipient.name().get(lang))
                .trim()
                .to_owned(),
            may: one.basis.is_ok(),
            says: match one.basis {
                Ok(basis) => basis.name(),
                Err(why) => why.text(),
            }
            .get(lang)
            .to_owned(),
            parts: one.parts.name().get(lang).to_owned(),
            name,
        }
    }
}

struct GivenLine {
    id: Uuid,
    says: String,
    struck: bool,
}

impl GivenLine {
    fn of(one: &GivenOut, lang: Lang) -> Self {
        let name = one.name.as_deref().unwrap_or_default();
        Self {
            id: one.id,
            struck: one.undone.is_some(),
            says: format!(
                "{} {} {name} ・ {} {} ・ {} ・ {} ・ {}",
                one.on,
                one.to.name().get(lang),
                c::VERSION.get(lang),
                one.version,
                one.basis.name().get(lang),
                one.parts.name().get(lang),
                one.by
            ),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/course.html")]
struct Course {
    head: Head,
    page: CoursePage,
    said: Option<String>,
    stage: String,
    since: String,
    holder: String,
    next: Option<String>,
    in_force: Option<String>,
    done: Vec<Done>,
    defects: Vec<DefectLine>,
    gaps: Vec<GapLine>,
    overrides: Vec<OverrideLine>,
    to_give: Vec<GiveLine>,
    given: Vec<GivenLine>,
    ways: Vec<(&'static str, String)>,
    today: NaiveDate,
    revision: i64,
    /// A key for each form of the page.
    keys: Keys,
}

/// Keys of forms: sent twice each acts once.
struct Keys(App);

impl Keys {
    fn next(&self) -> Uuid {
        self.0.ids.next()
    }
}

/// Since when, and how many days that is.
fn since(at: DateTime<Utc>, today: NaiveDate, lang: Lang) -> String {
    let day = in_tokyo(at).date_naive();
    let days = (today - day).num_days();
    let counted = words::counted(days, c::DAYS, lang);
    format!("{}（{counted}）", words::with_day(day, c::SINCE, lang))
}

fn next(page: &CoursePage) -> Option<Text> {
    Some(match page.draft.as_ref()?.stage {
        Stage::Draft => c::WAITS_FOR_FAMILY,
        Stage::Agreed => c::WAITS_FOR_WRITER,
        Stage::Submitted => c::WAITS_FOR_TOWN,
        Stage::Returned => c::WAITS_FOR_MENDING,
        _ => return None,
    })
}

/// The page, with what is to be said on it.
pub(super) async fn render(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    said: Option<String>,
) -> Result<Html<String>, Error> {
    let page = life::course_page(app, &visit.who, number).await?;
    let page = page.ok_or(Error::NotFound)?;
    let (lang, today) = (visit.lang, app.moment().today);
    let standing = page.draft.as_ref().map(|draft| (draft.stage, draft.since));
    let version = page.in_force.as_ref();
    let standing = standing.or_else(|| version.and_then(|v| Some((v.stage?, v.since))));
    let in_force = version.map(|version| {
        let stage = version.stage.map_or(c::BY_IMPORT, Stage::name);
        format!(
            "{} {} ・ {} ・ {}",
            c::VERSION.get(lang),
            version.version,
            stage.get(lang),
            since(version.since, today, lang)
        )
    });
    show(&Course {
        head: Head::of(visit, format!("/plans/{number}/course")),
        stage: standing.map_or_else(String::new, |(stage, _)| stage.name().get(lang).to_owned()),
        since: standing.map_or_else(String::new, |(_, at)| since(at, today, lang)),
        holder: page
            .holder
            .map_or(c::NOBODY, Owner::name)
            .get(lang)
            .to_owned(),
        next: next(&page).map(|text| text.get(lang).to_owned()),
        done: page.lines.iter().map(|line| Done::of(line, lang)).collect(),
        defects: page
            .defects
            .iter()
            .filter_map(|one| DefectLine::of(one, lang))
            .collect(),
        gaps: page
            .gaps
            .iter()
            .filter_map(|one| GapLine::of(one, today, lang))
            .collect(),
        overrides: page
            .overrides
            .iter()
            .filter_map(|one| OverrideLine::of(one, today, lang))
            .collect(),
        to_give: page
            .to_give
            .iter()
            .map(|one| GiveLine::of(one, lang))
            .collect(),
        given: page
            .given
            .iter()
            .map(|one| GivenLine::of(one, lang))
            .collect(),
        ways: ToldHow::ALL
            .iter()
            .map(|how| (how.code(), how.name().get(lang).to_owned()))
            .collect(),
        revision: page.draft.as_ref().map_or(0, |draft| draft.revision),
        keys: Keys(app.clone()),
        said,
        in_force,
        today,
        page,
    })
}

/// `GET /plans/{case}/course`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    render(&app, &visit, &numbered(&case)?, None).await
}

/// What an act leads to: on to the course, or back to it with a word.
async fn after(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    answer: Answer,
) -> Result<Response, Error> {
    match leads(answer, visit, |number| format!("/plans/{number}/course"))? {
        Leads::On(response) => Ok(response),
        Leads::Back(status, said) => {
            let page = render(app, visit, number, Some(said.text)).await?;
            Ok((status, page).into_response())
        }
    }
}

/// A form of this page, as it was sent.
struct Act {
    number: CaseNumber,
    typed: Fields,
}

impl Act {
    fn of(case: &str, pairs: Vec<(String, String)>) -> Result<Self, Error> {
        Ok(Self {
            number: numbered(case)?,
            typed: Fields(pairs),
        })
    }

    /// The revision that the page showed; of a form without one none that ever was.
    fn revision(&self) -> i64 {
        self.typed.get("revision").parse().unwrap_or(0)
    }

    /// What the form is about; of a form that names nothing, nothing that is there.
    fn id(&self) -> Uuid {
        Uuid::parse_str(self.typed.get("id")).unwrap_or_default()
    }

    fn words(&self, name: &str) -> Option<String> {
        written(self.typed.get(name))
    }

    fn day(&self, name: &str) -> Option<NaiveDate> {
        parse_date(self.typed.get(name)).ok()
    }
}

type Pairs = Sent<Vec<(String, String)>>;

pub(super) const DAY: Text = Text::fixed(
    "日付を読めません。例のように入れてください（2026-11-20、令和8年11月20日）。",
    "That is no day: enter it like 2026-11-20.",
);

/// `POST /plans/{case}/agree`
pub(super) async fn agree(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Pairs,
) -> Result<Response, Error> {
    let act = Act::of(&case, pairs)?;
    let staff = visit.reader().is_staff();
    let on = if staff {
        act.day("agreed_on")
    } else {
        Some(app.moment().today)
    };
    let answer = match on {
        None => Answer::Wrong("agreed_on", DAY),
        Some(on) => {
            let agreed = Agreed {
                by: act.words("agreed_by").filter(|_| staff),
                how: ToldHow::from_code(act.typed.get("how")).filter(|_| staff),
                on,
            };
            let sheet = act.typed.sheet(&visit)?;
            life::agree(&app, sheet, &act.number, (act.revision(), &agreed)).await?
        }
    };
    after(&app, &visit, &act.number, answer).await
}

/// `POST /plans/{case}/hand-in`
pub(super) async fn hand_in(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Pairs,
) -> Result<Response, Error> {
    let act = Act::of(&case, pairs)?;
    let sheet = act.typed.sheet(&visit)?;
    let answer = life::hand_in(&app, sheet, &act.number, act.revision()).await?;
    after(&app, &visit, &act.number, answer).await
}

/// `POST /plans/{case}/take-back`
pub(super) async fn take_back(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Pairs,
) -> Result<Response, Error> {
    let act = Act::of(&case, pairs)?;
    let sheet = act.typed.sheet(&visit)?;
    let answer = life::take_back(&app, sheet, &act.number, act.revision()).await?;
    after(&app, &visit, &act.number, answer).await
}

/// `POST /plans/{case}/give-up`
pub(super) async fn give_up(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Pairs,
) -> Result<Response, Error> {
    let act = Act::of(&case, pairs)?;
    let sheet = act.typed.sheet(&visit)?;
    let why = act.words("words");
    let asked = (act.revision(), why.as_deref());
    let answer = life::discard(&app, sheet, &act.number, asked).await?;
    after(&app, &visit, &act.number, answer).await
}

/// `POST /plans/{case}/mend`
pub(super) async fn mend(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Pairs,
) -> Result<Response, Error> {
    let act = Act::of(&case, pairs)?;
    let sheet = act.typed.sheet(&visit)?;
    let asked = (act.id(), act.typed.get("mended") == "yes");
    let answer = life::mend(&app, sheet, &act.number, asked).await?;
    after(&app, &visit, &act.number, answer).await
}

/// `POST /plans/{case}/gap`
pub(super) async fn gap(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Pairs,
) -> Result<Response, Error> {
    let act = Act::of(&case, pairs)?;
    let sheet = act.typed.sheet(&visit)?;
    let asked = (act.id(), act.typed.get("closed") == "yes");
    let answer = life::close_gap(&app, sheet, &act.number, asked).await?;
    after(&app, &visit, &act.number, answer).await
}

/// `POST /plans/{case}/give`
pub(super) async fn give(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Pairs,
) -> Result<Response, Error> {
    let act = Act::of(&case, pairs)?;
    let sheet = act.typed.sheet(&visit)?;
    // Whoever may not write here learns nothing of what is wrong with a form.
    if !life::may_write(&app, &visit.who, &act.number).await? {
        return Err(Error::NotFound);
    }
    let to = Recipient::from_code(act.typed.get("recipient")).ok_or(Error::BadForm)?;
    let name = act.words("name");
    let answer = match act.day("given_on") {
        None => Answer::Wrong("given_on", DAY),
        Some(on) => life::give(&app, sheet, &act.number, (to, name.as_deref(), on)).await?,
    };
    after(&app, &visit, &act.number, answer).await
}

/// `POST /plans/{case}/give/strike`
pub(super) async fn strike(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Pairs,
) -> Result<Response, Error> {
    let act = Act::of(&case, pairs)?;
    let sheet = act.typed.sheet(&visit)?;
    let answer = life::strike(&app, sheet, &act.number, act.id()).await?;
    after(&app, &visit, &act.number, answer).await
}

/// `POST /plans/{case}/override/end`
pub(super) async fn end_override(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Pairs,
) -> Result<Response, Error> {
    let act = Act::of(&case, pairs)?;
    let sheet = act.typed.sheet(&visit)?;
    let answer = life::end_override(&app, sheet, &act.number, act.id()).await?;
    after(&app, &visit, &act.number, answer).await
}

/// A gap in the form of an approval.
struct GapForm {
    code: String,
    shown: Shown,
    owner: String,
    who: String,
    until: String,
    interim: String,
}

/// A finding that somebody may override.
struct Overridable {
    shown: Shown,
    /// `None`: nobody may.
    form: Option<OverrideForm>,
    /// Who has, why and until when.
    told: Option<String>,
}

struct OverrideForm {
    rule: String,
    hazard: String,
    site: String,
}

impl Overridable {
    fn of(finding: &Finding, lang: Lang) -> Self {
        let told = finding.overridden.as_ref().map(|over| {
            let until = words::with_day(over.until, c::UNTIL, lang);
            format!("{} ・ {} ・ {until}", over.by, over.reason)
        });
        let may = finding.rule.may_be_overridden() && told.is_none();
        Self {
            shown: shown(finding, lang, true),
            form: may.then(|| OverrideForm {
                rule: finding.rule.code().to_owned(),
                hazard: finding
                    .hazard
                    .map_or_else(String::new, |hazard| hazard.code().to_owned()),
                site: finding.site.clone().unwrap_or_default(),
            }),
            told,
        }
    }
}

#[derive(Template)]
#[template(path = "pages/decide.html")]
struct Decide {
    head: Head,
    page: ForDecision,
    said: Option<String>,
    blockers: Vec<Overridable>,
    gaps: Vec<GapForm>,
    others: Vec<Shown>,
    overridden: Vec<Overridable>,
    open: Vec<Open>,
    accepts: bool,
    since_version: Option<(u32, Vec<Difference>)>,
    since_return: Option<Vec<Difference>>,
    defects: Vec<DefectLine>,
    agreed: Option<String>,
    says: Vec<Lines>,
    owners: Vec<(&'static str, String)>,
    steps: Vec<(&'static str, String)>,
    rows: Vec<(String, String)>,
    words_typed: String,
    today: NaiveDate,
    latest: NaiveDate,
    keys: Keys,
}

async fn decide_page(
    app: &App,
    visit: &Visit,
    number: &CaseNumber,
    (typed, said): (&Fields, Option<String>),
) -> Result<Option<Html<String>>, Error> {
    let Some(page) = life::for_decision(app, &visit.who, number).await? else {
        return Ok(None);
    };
    let (lang, today) = (visit.lang, app.moment().today);
    let overridable = |all: &[Finding]| -> Vec<Overridable> {
        all.iter().map(|one| Overridable::of(one, lang)).collect()
    };
    let gaps = page.gaps.iter().map(|(gap, finding)| {
        let code = gap.code();
        let field = |part: &str| typed.get(&format!("gap/{code}/{part}")).to_owned();
        let or = |text: String, other: &str| {
            if text.is_empty() {
                other.to_owned()
            } else {
                text
            }
        };
        let interim = finding.interim();
        let interim = interim.as_ref().map_or("", |text| text.get(Lang::Ja));
        GapForm {
            shown: shown(finding, lang, true),
            owner: or(field("owner"), finding.owner.code()),
            who: field("who"),
            until: field("until"),
            interim: or(field("interim"), interim),
            code,
        }
    });
    let rows = (0..DEFECTS).map(|row| {
        let field = |part: &str| typed.get(&format!("defect/{row}/{part}")).to_owned();
        (field("step"), field("words"))
    });
    let differ = |all: &[crate::domain::plan::changes::Change]| differences(all);
    Ok(Some(show(&Decide {
        head: Head::of(visit, format!("/plans/{number}/decide")),
        blockers: overridable(&page.blockers),
        gaps: gaps.collect(),
        others: page
            .others
            .iter()
            .map(|one| shown(one, lang, true))
            .collect(),
        overridden: overridable(&page.overridden),
        open: open(&page.unknown, lang, true),
        accepts: typed.ticked("accepts"),
        since_version: page
            .since_version
            .as_ref()
            .map(|(version, all)| (*version, differ(all))),
        since_return: page.since_return.as_deref().map(differ),
        defects: page
            .defects
            .iter()
            .filter_map(|one| DefectLine::of(one, lang))
            .collect(),
        agreed: page.agreed.as_ref().map(|line| {
            let done = Done::of(line, lang);
            format!("{} {}", done.at, done.words.unwrap_or_default())
        }),
        says: part_lines(&page.document),
        owners: OWNERS
            .iter()
            .map(|owner| (owner.code(), owner.name().get(lang).to_owned()))
            .collect(),
        steps: Step::ALL
            .iter()
            .map(|step| (step.code(), step.name().get(lang).to_owned()))
            .collect(),
        rows: rows.collect(),
        words_typed: typed.get("words").to_owned(),
        latest: crate::domain::plan::overriding::latest_end(today),
        keys: Keys(app.clone()),
        today,
        said,
        page,
    })?))
}

/// `GET /plans/{case}/decide`
pub(super) async fn decide(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    match decide_page(&app, &visit, &number, (&Fields::default(), None)).await? {
        Some(page) => Ok(page.into_response()),
        // Nothing is handed in: its course says where it stands.
        None => Ok(render(&app, &visit, &number, None).await?.into_response()),
    }
}

/// Back to the page of the decision with a word, or on to the course.
async fn decided(
    app: &App,
    visit: &Visit,
    (number, typed): (&CaseNumber, &Fields),
    answer: Answer,
    on: &str,
) -> Result<Response, Error> {
    match leads(answer, visit, |number| format!("/plans/{number}/{on}"))? {
        Leads::On(response) => Ok(response),
        Leads::Back(status, said) => {
            let text = Some(said.text);
            let page = decide_page(app, visit, number, (typed, text.clone())).await?;
            Ok(match page {
                Some(page) => (status, page).into_response(),
                None => (status, render(app, visit, number, text).await?).into_response(),
            })
        }
    }
}

/// `POST /plans/{case}/return`
pub(super) async fn return_it(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Pairs,
) -> Result<Response, Error> {
    let act = Act::of(&case, pairs)?;
    let sheet = act.typed.sheet(&visit)?;
    let defects = (0..DEFECTS).filter_map(|row| {
        let words = act.words(&format!("defect/{row}/words"))?;
        let step = Step::from_code(act.typed.get(&format!("defect/{row}/step")));
        Some(Defect {
            step: step.unwrap_or(Step::Check),
            words,
        })
    });
    let defects: Vec<Defect> = defects.collect();
    let words = act.words("words");
    let asked = (act.revision(), defects.as_slice(), words.as_deref());
    let answer = life::return_it(&app, sheet, &act.number, asked).await?;
    decided(&app, &visit, (&act.number, &act.typed), answer, "course").await
}

/// `POST /plans/{case}/approve`
pub(super) async fn approve(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Pairs,
) -> Result<Response, Error> {
    let act = Act::of(&case, pairs)?;
    let sheet = act.typed.sheet(&visit)?;
    let gaps = act.typed.0.iter().filter(|(name, _)| name == "gap");
    let gaps: BTreeMap<String, GapToSettle> = gaps
        .map(|(_, code)| {
            let field = |part: &str| format!("gap/{code}/{part}");
            let owner = serde_json::from_value(act.typed.get(&field("owner")).into());
            let settle = GapToSettle {
                owner: owner.ok(),
                who: act.words(&field("who")),
                until: act.day(&field("until")),
                interim: act.words(&field("interim")),
            };
            (code.clone(), settle)
        })
        .collect();
    let seen = act.typed.get("seen");
    let asked = (seen, &gaps, act.typed.ticked("accepts"));
    let answer = life::approve(&app, sheet, &act.number, asked).await?;
    decided(&app, &visit, (&act.number, &act.typed), answer, "course").await
}

/// `POST /plans/{case}/override`
pub(super) async fn make_override(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Pairs,
) -> Result<Response, Error> {
    let act = Act::of(&case, pairs)?;
    let sheet = act.typed.sheet(&visit)?;
    if !life::may_write(&app, &visit.who, &act.number).await? {
        return Err(Error::NotFound);
    }
    let rule: RuleCode =
        serde_json::from_value(act.typed.get("rule").into()).map_err(|_| Error::BadForm)?;
    let hazard = act.typed.get("hazard");
    let known = Hazard::ALL.into_iter().find(|one| one.code() == hazard);
    if known.is_none() && !hazard.is_empty() {
        return Err(Error::BadForm);
    }
    let site = act.typed.get("site");
    let wanted = Overruling {
        rule,
        hazard: known,
        site: (!site.is_empty()).then(|| site.to_owned()),
        reason: act.words("reason"),
        until: act.day("until"),
    };
    let answer = life::make_override(&app, sheet, &act.number, &wanted).await?;
    decided(&app, &visit, (&act.number, &act.typed), answer, "decide").await
}
