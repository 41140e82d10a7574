//! Drills: what is written down of one, what failed and is mended, who holds which
//! paper of a plan, and which plans nobody has practised.

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use super::{
    ServiceError, audit,
    care::case_to_act_for,
    check,
    loans::{Answer, Sheet, once},
    view::SignedIn,
    world,
};
use crate::{
    app::App,
    domain::{
        access::Permission,
        audit::Action,
        id::CaseNumber,
        plan::{
            PlanDocument,
            drill::{
                Drill, DrillTo, Failure, MOST_FAILURES, MOST_MINUTES, MOST_PEOPLE, Paper, PaperEnd,
                counts_from,
            },
        },
        print_number::PrintNumber,
        residence::AddressShown,
        text::{Text, is_hidden_mark},
    },
    planner::is_too_fast,
    seal::sha256_hex,
    store::{
        CaseForCheck, DrillTask, HeldPaper, NewPaper, StoredDrill, Tx, Unpractised, VersionDays,
    },
};

/// No drill is written down that is older than this, and no paper.
const OLDEST: TimeDelta = TimeDelta::days(10 * 366);

/// Until when something is mended: no later than so long from today.
const LATEST: TimeDelta = TimeDelta::days(2 * 366);

/// So long is a line, in characters.
pub const MOST_LINE: usize = 100;

/// So long is what failed, what else was tried, or a note.
pub const MOST_WORDS: usize = 200;

/// So many children stand on one page of the list.
pub const ON_A_PAGE: i64 = 200;

const NO_DAY: Text = Text::fixed("訓練の日を入れてください。", "Enter the day of the drill.");
const BAD_DAY: Text = Text::fixed(
    "訓練の日は、お子さんが生まれた日から今日まで（10年以内）です。日付を確かめてください。",
    "A drill lies between the child's birth and today, within ten years. Check the day.",
);
const NOBODY: Text = Text::fixed(
    "だれが来たかを、1行に1人（または1つの団体）で書いてください。",
    "Write who came, one person or body a line.",
);
const TOO_MANY_PEOPLE: Text = Text::fixed(
    "参加者は30行までです。団体ごとにまとめて書いてください。",
    "At most 30 lines say who came: write bodies instead of persons.",
);
const LONG_LINE: Text = Text::fixed(
    "1行は100文字までです。短く書いてください。",
    "A line has at most 100 characters: write less.",
);
const LONG_WORDS: Text = Text::fixed(
    "200文字までです。短く書いてください。",
    "At most 200 characters: write less.",
);
const HIDDEN_MARK: Text = Text::fixed(
    "目に見えない制御文字が入っています。コピーした文字を消して、キーボードで打ち直してください。",
    "It holds a mark that nobody sees: delete what was copied and type it anew.",
);
const BAD_MINUTES: Text = Text::fixed(
    "玄関から着くまでの時間は、1分から600分までの整数で入れてください。測っていないときは、空けておいてください。",
    "Minutes from door to door are a whole number from 1 to 600. Where nobody looked at a clock, leave it empty.",
);
const TOO_FAST: Text = Text::fixed(
    "地図の直線距離から見て、この分数では着きません。玄関から着くまでの分（時間ではなく分）と、行き先・移動手段を確かめてください。測っていないときは、空けておいてください。",
    "By the straight line on the map nobody gets there in so few minutes. Check the minutes from door to door, the place and how you went. Where nobody looked at a clock, leave it empty.",
);
const TOO_MANY_FAILURES: Text = Text::fixed(
    "うまくいかなかったことは10行までです。",
    "At most ten things that failed are taken.",
);
const NO_MENDER: Text = Text::fixed(
    "うまくいかなかったことの行に、だれが直すかを選ぶか、名前を書いてください。",
    "Beside what failed, choose who mends it, or write a name.",
);
const BAD_UNTIL: Text = Text::fixed(
    "うまくいかなかったことの行に、いつまでに直すかの日付（訓練の日から2年後まで）を入れてください。",
    "Beside what failed, give the day until which it is mended, between the drill and two years from now.",
);
const NO_WORDS: Text = Text::fixed(
    "だれが、またはいつまでに、だけが入っている行があります。何がうまくいかなかったかを書いてください。",
    "A line says who or until when, and not what failed: write it.",
);
const NO_HOLDER: Text = Text::fixed(
    "紙を持っている方の名前か団体を書いてください。",
    "Write the name or body that holds the paper.",
);
const BAD_GIVEN: Text = Text::fixed(
    "渡した日は、今日まで（10年以内）の日付で入れてください。",
    "The day on which it was given is today or before, within ten years.",
);
const BAD_PRINT: Text = Text::fixed(
    "紙の番号は、紙の下にある P-7F3K-2M9Q の形で入れてください。番号がなければ空けておいてください。",
    "The number stands at the foot of the paper, as P-7F3K-2M9Q. Where there is none, leave it empty.",
);
const NO_REASON: Text = Text::fixed(
    "取り消す理由を書いてください（例：別のお子さんの訓練だった）。",
    "Write why it is struck out, e.g. that it was another child's drill.",
);

/// A version of the plan, with what was mended while it was in force.
#[derive(Debug, Clone)]
pub struct VersionDone {
    /// The version.
    pub days: VersionDays,
    /// What failed in drills and was done since, until the next version.
    pub done: Vec<DrillTask>,
}

/// Everything that the page of a child's drills says.
#[derive(Debug, Clone)]
pub struct DrillsPage {
    /// The case.
    pub number: CaseNumber,
    /// The child's name.
    pub name: Option<String>,
    /// The address is protected and the reader is not named: days alone are told.
    pub hidden: bool,
    /// Minutes and ways are told: they say how far it is.
    pub told: bool,
    /// There is a plan.
    pub has_plan: bool,
    /// What failed and is not done.
    pub open: Vec<DrillTask>,
    /// Every drill, the latest first.
    pub drills: Vec<StoredDrill>,
    /// The versions of the plan, the latest first.
    pub versions: Vec<VersionDone>,
    /// The papers: those that somebody holds first.
    pub papers: Vec<HeldPaper>,
    /// The places that a drill may lead to: the key of each, and its name.
    pub places: Vec<(String, String)>,
    /// Those who help by the plan: who came, and who holds a paper, may be one of them.
    pub known: Vec<String>,
    /// The reader writes here.
    pub may_write: bool,
}

impl DrillsPage {
    /// The version in force.
    pub fn in_force(&self) -> Option<&VersionDays> {
        let mut versions = self.versions.iter().map(|version| &version.days);
        versions.find(|days| days.until.is_none())
    }

    /// Whether the paper of the version in force is owed to whoever holds this one.
    pub fn owes(&self, paper: &HeldPaper) -> bool {
        let newer = |days: &VersionDays| days.version > paper.version;
        paper.ended.is_none() && self.in_force().is_some_and(newer)
    }
}

/// What tells a destination in a form.
fn place_key(to: &DrillTo) -> String {
    let text = serde_json::to_string(to).expect("a place becomes JSON");
    sha256_hex(text.as_bytes())[..16].to_owned()
}

fn places(document: &PlanDocument) -> impl Iterator<Item = DrillTo> {
    document.destinations.iter().map(DrillTo::of)
}

/// The child's case, where somebody writes down drills of it: they may act for it, there
/// is a plan, and they may know where it lives.
async fn case_to_write(
    app: &App,
    tx: &mut Tx,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<CaseForCheck>, ServiceError> {
    if !who.role().may(Permission::KeepDrills) {
        return Ok(None);
    }
    let case = case_to_act_for(tx, &who.reader, app.moment(), number).await?;
    Ok(case.filter(|case| case.document.is_some() && case.address != AddressShown::Hidden))
}

/// The drills of a child and the papers of its plan; `None`: there is no such child for
/// the reader, or it is read in an emergency alone.
pub async fn page(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<DrillsPage>, ServiceError> {
    let (case, page) = {
        let mut tx = app.store.read().await?;
        let case = tx.case(&who.reader, app.moment(), number).await?;
        let Some(case) = case.filter(|case| case.emergencies.is_empty()) else {
            return Ok(None);
        };
        let may_write = case_to_write(app, &mut tx, who, number).await?.is_some();
        let id = case.id;
        (id, read(&mut tx, case, may_write).await?)
    };
    audit::saw(app, who, Action::ReadDrills, [case]).await?;
    Ok(Some(page))
}

async fn read(
    tx: &mut Tx,
    case: CaseForCheck,
    may_write: bool,
) -> Result<DrillsPage, ServiceError> {
    let hidden = case.address == AddressShown::Hidden;
    let mut drills = tx.drills_of(case.id).await?;
    let mut versions = Vec::new();
    let (mut open, mut papers) = (Vec::new(), Vec::new());
    if hidden {
        for one in &mut drills {
            // What people write may tell where the home is.
            one.drill = Drill {
                on: one.drill.on,
                people: Vec::new(),
                minutes: None,
                by: None,
                to: None,
                tried: Vec::new(),
                tried_other: None,
                failures: Vec::new(),
            };
            one.tasks.clear();
            one.undone = one.undone.take().map(|(at, by, _)| (at, by, None));
        }
    } else {
        open = tx.open_tasks(case.id).await?;
        papers = tx.papers_of(case.id).await?;
        for days in tx.version_days(case.id).await? {
            let done = tx
                .tasks_done_between(case.id, days.from, days.until)
                .await?;
            versions.push(VersionDone { days, done });
        }
    }
    let told = case.address == AddressShown::Open;
    if !told {
        for one in &mut drills {
            (one.drill.minutes, one.drill.by) = (None, None);
        }
    }
    let document = case.document.as_ref();
    let places = document.into_iter().flat_map(places);
    let known = document
        .into_iter()
        .flat_map(|document| &document.supporters);
    Ok(DrillsPage {
        number: case.number.clone(),
        name: case.child.name.clone(),
        hidden,
        told,
        has_plan: document.is_some(),
        open,
        drills,
        versions,
        papers,
        places: places.map(|to| (place_key(&to), to.label())).collect(),
        known: known.filter_map(|one| one.name.clone()).collect(),
        may_write,
    })
}

type Wrong = (&'static str, Text);

/// A line that may be too long, or hold a mark that nobody sees.
fn line(field: &'static str, text: &str, most: usize) -> Option<Wrong> {
    if text.chars().any(|c| is_hidden_mark(c) || c.is_control()) {
        return Some((field, HIDDEN_MARK));
    }
    let long = if most == MOST_LINE {
        LONG_LINE
    } else {
        LONG_WORDS
    };
    (text.chars().count() > most).then_some((field, long))
}

fn of_failure(failure: &Failure, (on, today): (NaiveDate, NaiveDate)) -> Option<Wrong> {
    if failure.what.is_empty() {
        return Some(("failed", NO_WORDS));
    }
    if failure.part.is_none() && failure.person.is_none() {
        return Some(("failed", NO_MENDER));
    }
    if failure.until < on || failure.until - today > LATEST {
        return Some(("failed", BAD_UNTIL));
    }
    let name = failure.person.as_deref();
    line("failed", &failure.what, MOST_WORDS)
        .or_else(|| name.and_then(|name| line("failed", name, MOST_LINE)))
}

/// What is wrong with a drill: the field, and why.
fn wrong(drill: &Drill, today: NaiveDate, born: Option<NaiveDate>) -> Option<Wrong> {
    let on = drill.on;
    if on > today || today - on > OLDEST || born.is_some_and(|born| on < born) {
        return Some(("held_on", BAD_DAY));
    }
    if drill.people.is_empty() {
        return Some(("people", NOBODY));
    }
    if drill.people.len() > MOST_PEOPLE {
        return Some(("people", TOO_MANY_PEOPLE));
    }
    let people = drill.people.iter();
    let other = drill.tried_other.iter();
    if let Some(wrong) = people
        .filter_map(|one| line("people", one, MOST_LINE))
        .chain(other.filter_map(|text| line("tried_other", text, MOST_WORDS)))
        .next()
    {
        return Some(wrong);
    }
    if drill
        .minutes
        .is_some_and(|minutes| !(1..=MOST_MINUTES).contains(&minutes))
    {
        return Some(("minutes", BAD_MINUTES));
    }
    if drill.failures.len() > MOST_FAILURES {
        return Some(("failed", TOO_MANY_FAILURES));
    }
    let mut failures = drill.failures.iter();
    failures.find_map(|one| of_failure(one, (on, today)))
}

/// What is said where a field of the form cannot be read.
pub fn unread(field: &'static str) -> Wrong {
    let why = match field {
        "held_on" => NO_DAY,
        "minutes" => BAD_MINUTES,
        "given_on" => BAD_GIVEN,
        _ => BAD_UNTIL,
    };
    (field, why)
}

/// Puts a drill on record, with what failed as tasks of the plan, and judges the case
/// anew. `place`: the key of the destination; empty: to no place of the plan.
pub async fn record(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (drill, place): (&Drill, &str),
) -> Result<Answer, ServiceError> {
    let at = app.moment();
    if let Some((field, why)) = wrong(drill, at.today, None) {
        return Ok(Answer::Wrong(field, why));
    }
    let request = serde_json::json!({ "drill": drill, "case": number, "place": place });
    let id = app.ids.next();
    let failures = drill.failures.iter().cloned();
    let tasks: Vec<(Uuid, Failure)> = failures.map(|one| (app.ids.next(), one)).collect();
    // Read before the lock: a changed map takes its time.
    world::current(app).await?;
    once!(app, sheet, request, |tx| {
        let Some(case) = case_to_write(app, tx, sheet.who, number).await? else {
            return Ok(Answer::NotThere);
        };
        if let Some((field, why)) = wrong(drill, at.today, case.child.born) {
            return Ok(Answer::Wrong(field, why));
        }
        let destinations = case.document.iter().flat_map(|plan| &plan.destinations);
        let mut there = destinations.map(|to| (to, DrillTo::of(to)));
        let there = there.find(|(_, to)| place_key(to) == place);
        if there.is_none() && !place.is_empty() {
            return Ok(Answer::Changed);
        }
        let loaded = world::current_in(app, tx).await?;
        if let Some((minutes, (destination, _))) = drill.minutes.zip(there.as_ref()) {
            let way = (&case.home, *destination);
            if is_too_fast(minutes, drill.by, way, loaded.world.sites.as_ref()) {
                return Ok(Answer::Wrong("minutes", TOO_FAST));
            }
        }
        let to = there.map(|(_, to)| to);
        let drill = Drill {
            to,
            ..drill.clone()
        };
        tx.add_drill((id, case.id), &drill, &tasks, (sheet.who.user, at.now))
            .await?;
        let event = audit::event(app, sheet.who, Action::RecordedDrill);
        tx.record(&event.on([case.id])).await?;
        check::keep(tx, &loaded, number, at).await?;
        Answer::Done(id.to_string())
    })
}

/// Strikes out a drill that was recorded by mistake, and judges the case anew; what
/// failed in it is no task any more.
pub async fn strike(
    app: &App,
    sheet: Sheet<'_>,
    (number, drill): (&CaseNumber, Uuid),
    why: &str,
) -> Result<Answer, ServiceError> {
    if why.is_empty() {
        return Ok(Answer::Wrong("why", NO_REASON));
    }
    if let Some((field, wrong)) = line("why", why, MOST_WORDS) {
        return Ok(Answer::Wrong(field, wrong));
    }
    let at = app.moment();
    let request = serde_json::json!({ "strike": drill, "case": number, "why": why });
    world::current(app).await?;
    once!(app, sheet, request, |tx| {
        let Some(case) = case_to_write(app, tx, sheet.who, number).await? else {
            return Ok(Answer::NotThere);
        };
        let by = (sheet.who.user, at.now);
        if !tx.strike_drill((drill, case.id), Some(why), by).await? {
            return Ok(Answer::Changed);
        }
        let event = audit::event(app, sheet.who, Action::StruckDrill);
        tx.record(&event.on([case.id])).await?;
        let loaded = world::current_in(app, tx).await?;
        check::keep(tx, &loaded, number, at).await?;
        Answer::Done(drill.to_string())
    })
}

/// Says that what failed is done (with a note), or is not done after all (`None`).
pub async fn mark(
    app: &App,
    sheet: Sheet<'_>,
    (number, task): (&CaseNumber, Uuid),
    done: Option<&str>,
) -> Result<Answer, ServiceError> {
    if let Some((field, wrong)) = done.and_then(|note| line("note", note, MOST_WORDS)) {
        return Ok(Answer::Wrong(field, wrong));
    }
    let request = serde_json::json!({ "task": task, "case": number, "done": done });
    let by = (sheet.who.user, app.clock.now());
    once!(app, sheet, request, |tx| {
        let Some(case) = case_to_write(app, tx, sheet.who, number).await? else {
            return Ok(Answer::NotThere);
        };
        let (changed, action) = match done {
            Some(note) => {
                let note = Some(note).filter(|note| !note.is_empty());
                let done = tx.finish_drill_task((task, case.id), note, by).await?;
                (done, Action::FinishedDrillTask)
            }
            None => (
                tx.reopen_drill_task(task, case.id).await?,
                Action::ReopenedDrillTask,
            ),
        };
        if !changed {
            return Ok(Answer::Changed);
        }
        tx.record(&audit::event(app, sheet.who, action).on([case.id]))
            .await?;
        Answer::Done(task.to_string())
    })
}

/// A paper that somebody was given.
#[derive(Debug, Clone)]
pub struct Given<'a> {
    /// Which.
    pub paper: Paper,
    /// Who.
    pub holder: &'a str,
    /// On which day.
    pub on: NaiveDate,
    /// Of which version.
    pub version: u32,
    /// The number printed on it, as it was typed; empty: none.
    pub number: &'a str,
}

/// Puts on record that somebody was given a paper of the plan.
pub async fn give(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    given: &Given<'_>,
) -> Result<Answer, ServiceError> {
    let at = app.moment();
    if given.holder.is_empty() {
        return Ok(Answer::Wrong("holder", NO_HOLDER));
    }
    if let Some((field, why)) = line("holder", given.holder, MOST_LINE) {
        return Ok(Answer::Wrong(field, why));
    }
    if given.on > at.today || at.today - given.on > OLDEST {
        return Ok(Answer::Wrong("given_on", BAD_GIVEN));
    }
    let printed = PrintNumber::parse(given.number);
    if printed.is_none() && !given.number.is_empty() {
        return Ok(Answer::Wrong("print_number", BAD_PRINT));
    }
    let request = serde_json::json!({
        "paper": given.paper.code(), "holder": given.holder, "on": given.on,
        "version": given.version, "number": given.number, "case": number,
    });
    let new = NewPaper {
        id: app.ids.next(),
        paper: given.paper,
        holder: given.holder.to_owned(),
        given_on: given.on,
        version: given.version,
        print_number: printed.map(|number| number.to_string()),
    };
    once!(app, sheet, request, |tx| {
        let Some(case) = case_to_write(app, tx, sheet.who, number).await? else {
            return Ok(Answer::NotThere);
        };
        let versions = tx.version_days(case.id).await?;
        if !versions.iter().any(|days| days.version == given.version) {
            return Ok(Answer::Changed);
        }
        tx.add_paper(case.id, &new, (sheet.who.user, at.now))
            .await?;
        let event = audit::event(app, sheet.who, Action::GavePaper);
        tx.record(&event.on([case.id])).await?;
        Answer::Done(new.id.to_string())
    })
}

/// Says what became of a paper. Whoever has the new one in its place holds that of the
/// version in force from today on.
pub async fn end_paper(
    app: &App,
    sheet: Sheet<'_>,
    (number, paper): (&CaseNumber, Uuid),
    how: PaperEnd,
) -> Result<Answer, ServiceError> {
    let at = app.moment();
    let request = serde_json::json!({ "paper": paper, "case": number, "ends": how.code() });
    let (new, by) = (app.ids.next(), (sheet.who.user, at.now));
    once!(app, sheet, request, |tx| {
        let Some(case) = case_to_write(app, tx, sheet.who, number).await? else {
            return Ok(Answer::NotThere);
        };
        let papers = tx.papers_of(case.id).await?;
        let held = papers.into_iter().find(|held| held.id == paper);
        let ends = (at.today, how);
        let ended = tx.end_paper((paper, case.id), ends, by).await?;
        let Some(held) = held.filter(|_| ended) else {
            return Ok(Answer::Changed);
        };
        let version = case.version.as_ref().map(|(version, _)| *version);
        if let (PaperEnd::Replaced, Some(version)) = (how, version) {
            let new = NewPaper {
                id: new,
                paper: held.paper,
                holder: held.holder,
                given_on: at.today,
                version,
                print_number: None,
            };
            tx.add_paper(case.id, &new, by).await?;
        }
        let event = audit::event(app, sheet.who, Action::EndedPaper);
        tx.record(&event.on([case.id])).await?;
        Answer::Done(paper.to_string())
    })
}

/// A page of the plans that nobody has practised for twelve months.
#[derive(Debug, Clone)]
pub struct UnpractisedPage {
    /// The children: those never practised first, then the longest ago.
    pub lines: Vec<Unpractised>,
    /// How many there are in all.
    pub total: i64,
    /// The first day of which a drill still counts.
    pub since: NaiveDate,
}

/// A page of the list, from 0 on.
pub async fn unpractised(
    app: &App,
    who: &SignedIn,
    page: i64,
) -> Result<UnpractisedPage, ServiceError> {
    let at = app.moment();
    let since = counts_from(at.today);
    let from = page.clamp(0, 10_000) * ON_A_PAGE;
    let lines = {
        let mut tx = app.store.read().await?;
        tx.unpractised(&who.reader, at, since, (ON_A_PAGE, from))
            .await?
    };
    let seen = lines.iter().map(|line| line.id);
    audit::saw(app, who, Action::ListedDrills, seen).await?;
    Ok(UnpractisedPage {
        total: lines.first().map_or(0, |line| line.total),
        lines,
        since,
    })
}
