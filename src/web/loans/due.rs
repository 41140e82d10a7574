//! The desk: what is due, what waits for whom, what is in stock, and where plans
//! are stuck, each with the one thing to do about it.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Html,
};
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::super::{
    Error,
    head::{Head, Visit},
    show,
    words::{self, loan_desk as w, loans as said},
};
use crate::{
    app::App,
    domain::{
        id::CaseNumber,
        loan::{DueDay, Duty, LoanState, Mover, UnitState},
        text::Lang,
    },
    service::{
        loans::{self, Desk, Most},
        reminders,
    },
    store::{
        DutyCount, DutyLine, EmergencyLoan, LoanWord, StaffTask, StoredAnswer, StoredMessage,
        StuckChild, UnitWait, WaitingFile,
    },
};

/// Where the one thing to do about a duty is.
pub(super) fn to_do(duty: Duty, number: &CaseNumber) -> String {
    match duty {
        Duty::Plan => format!("/loans/{number}?do=plan#do-plan"),
        Duty::Check => format!("/loans/{number}/check"),
        Duty::Exchange => format!("/loans/{number}?do=exchange#do-exchange"),
        Duty::Agree | Duty::End => format!("/loans/{number}?do=return#do-return"),
        Duty::Return => format!("/loans/{number}?do=back#do-back"),
    }
}

/// Where the next step of an application is.
fn next_step(state: LoanState, number: &CaseNumber) -> String {
    match state {
        LoanState::LoanApproved => format!("/loans/{number}/hand-over"),
        _ => format!("/loans/{number}?do=step#do-step"),
    }
}

/// One line of what is due.
pub(super) struct Line {
    pub number: CaseNumber,
    pub name: String,
    pub due: DueDay,
    pub what: String,
    pub owes: String,
    /// How it will be held, where a day was agreed.
    pub agreed: Option<String>,
    pub to: String,
    pub act: String,
}

pub(super) fn line(line: DutyLine, lang: Lang) -> Line {
    let duty = line.due.duty;
    Line {
        name: line.name.unwrap_or_else(|| line.number.to_string()),
        what: duty.name().get(lang).to_owned(),
        owes: duty.owed_by().name().get(lang).to_owned(),
        agreed: line.agreed.map(|way| way.name().get(lang).to_owned()),
        to: to_do(duty, &line.number),
        act: duty.to_do().get(lang).to_owned(),
        due: line.due,
        number: line.number,
    }
}

/// Lines under one heading, with the class of its badge.
struct Group {
    title: String,
    class: &'static str,
    lines: Vec<Line>,
}

/// How a month is called: as `2026-11`, or `past`.
fn month_name(month: &str, lang: Lang) -> String {
    match (month.split_once('-'), lang) {
        (Some((year, month)), Lang::Ja) => {
            format!("{year}年{}月", month.trim_start_matches('0'))
        }
        (Some(_), Lang::En) => month.to_owned(),
        (None, _) => w::PAST.get(lang).to_owned(),
    }
}

/// The lines by how near they are: overdue, today, this month, then by month.
fn groups(lines: Vec<DutyLine>, today: NaiveDate, lang: Lang) -> Vec<Group> {
    let mut groups: BTreeMap<(u8, String), Group> = BTreeMap::new();
    for one in lines {
        let due = one.due;
        let month = due.due_on.format("%Y-%m").to_string();
        let this_month = (due.due_on.year(), due.due_on.month()) == (today.year(), today.month());
        let (key, title, class) = if due.late_after < today {
            (
                (0, String::new()),
                w::OVERDUE.get(lang).to_owned(),
                "blocker",
            )
        } else if due.due_on <= today {
            ((1, String::new()), w::TODAY.get(lang).to_owned(), "blocker")
        } else if this_month {
            (
                (2, String::new()),
                w::THIS_MONTH.get(lang).to_owned(),
                "gap",
            )
        } else {
            let title = month_name(&month, lang);
            ((3, month), title, "warning")
        };
        let group = groups.entry(key).or_insert_with(|| Group {
            title,
            class,
            lines: Vec::new(),
        });
        group.lines.push(line(one, lang));
    }
    groups.into_values().collect()
}

/// A row of the look-ahead: the month, how many of each duty, how many in all.
struct Month {
    name: String,
    counts: Vec<u64>,
    in_all: u64,
    past: bool,
}

fn months(counts: &[DutyCount], lang: Lang) -> Vec<Month> {
    let mut by_month: BTreeMap<(bool, &str), BTreeMap<&'static str, u64>> = BTreeMap::new();
    for one in counts {
        // What is over comes first.
        let key = (one.month != "past", one.month.as_str());
        let of = by_month.entry(key).or_default();
        *of.entry(one.duty.code()).or_default() += one.count;
    }
    by_month
        .into_iter()
        .map(|((ahead, month), of)| {
            let of_duty = |duty: &Duty| of.get(duty.code()).copied().unwrap_or_default();
            Month {
                name: month_name(month, lang),
                counts: Duty::ALL.iter().map(of_duty).collect(),
                in_all: of.values().sum(),
                past: !ahead,
            }
        })
        .collect()
}

/// An application that waits.
pub(super) struct Waits {
    pub number: CaseNumber,
    pub name: String,
    pub state: String,
    pub since: NaiveDate,
    pub days: i64,
    pub mover: String,
    pub to: String,
    pub act: String,
}

pub(super) fn waits(app: &App, file: WaitingFile, today: NaiveDate, lang: Lang) -> Waits {
    let mover = file.state.mover(loans::decides(app, file.state));
    let act = match (file.state, file.state.usual_step()) {
        (LoanState::LoanApproved, _) => w::BEDSIDE.get(lang).to_owned(),
        (_, Some(step)) => format!("{}: {}", said::RECORD.get(lang), step.name().get(lang)),
        (_, None) => String::new(),
    };
    Waits {
        name: file.name.unwrap_or_else(|| file.number.to_string()),
        state: file.state.name().get(lang).to_owned(),
        since: file.since,
        days: (today - file.since).num_days(),
        mover: mover.map_or_else(String::new, |mover| word(mover, lang)),
        to: next_step(file.state, &file.number),
        act,
        number: file.number,
    }
}

fn word(mover: Mover, lang: Lang) -> String {
    mover.name().get(lang).to_owned()
}

/// A child whose plan waits.
pub(super) struct Stuck {
    pub number: CaseNumber,
    pub name: String,
    pub step: String,
    pub mover: String,
    pub since: Option<NaiveDate>,
    pub ask: bool,
    pub answer: Option<(String, NaiveDate)>,
    pub plan_due: Option<NaiveDate>,
    pub loan: Option<String>,
}

pub(super) fn stuck(child: StuckChild, today: NaiveDate, lang: Lang) -> Stuck {
    let stands = child.stands;
    let mut mover = word(stands.mover, lang);
    if let (Mover::Municipality, Some(town)) = (stands.mover, child.municipality) {
        town.responsible().name().clone_into(&mut mover);
    }
    let step = stands
        .step
        .map_or(w::STEP_UNKNOWN, crate::domain::child::PlanStep::name);
    Stuck {
        name: child.name.unwrap_or_else(|| child.number.to_string()),
        step: step.get(lang).to_owned(),
        mover,
        since: stands.since,
        ask: stands.wants_asking(today),
        answer: child
            .answer
            .map(|(answer, on)| (answer.name().get(lang).to_owned(), on)),
        plan_due: child.plan_due,
        loan: child
            .loan
            .map(|(state, _)| state.name().get(lang).to_owned()),
        number: child.number,
    }
}

#[derive(Template)]
#[template(path = "pages/loans.html")]
struct Page {
    head: Head,
    /// Nothing is on record at all.
    empty: bool,
    duties: Vec<String>,
    months: Vec<Month>,
    groups: Vec<Group>,
    today: NaiveDate,
    due_shown: u64,
    due_in_all: u64,
    waiting: Vec<Waits>,
    waiting_in_all: u64,
    stuck: Vec<Stuck>,
    more_stuck: bool,
    stock: Vec<(String, u64)>,
    /// Who waits for a unit, and whether one is ready.
    unit_waits: Vec<UnitWait>,
    ready: bool,
    centre: String,
    /// Lent for an emergency, and whether its day is over.
    emergencies: Vec<(EmergencyLoan, bool)>,
    words: Vec<LoanWord>,
    /// What staff have to do about reminders.
    tasks: Vec<(StaffTask, String)>,
    /// Where a task is done.
    tasks_at: &'static str,
    /// Messages that wait for a second person.
    messages: Vec<StoredMessage>,
    /// Reminders are not planned.
    stopped: bool,
    /// Mail goes into a folder of the server, and to nobody.
    kept_back: bool,
}

impl Page {
    const fn more_due(&self) -> bool {
        self.due_shown < self.due_in_all
    }

    const fn more_waiting(&self) -> bool {
        (self.waiting.len() as u64) < self.waiting_in_all
    }

    /// Whether a line is over its day, and still within the month around it.
    fn in_window(&self, line: &Line) -> bool {
        line.due.due_on < self.today && line.due.late_after >= self.today
    }
}

/// What the address may ask for.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    /// Everything, not only what is due first.
    all: Option<String>,
}

/// `GET /loans`
pub(in crate::web) async fn desk(
    State(app): State<App>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, Error> {
    let most = if asked.all.is_some() {
        Most::ALL
    } else {
        Most::PAGE
    };
    let desk = loans::desk(&app, &visit.who, most).await?;
    let tasks = reminders::tasks(&app, &visit.who).await?.into_iter();
    let tasks = tasks.map(|task| {
        let what = task.kind.name().get(visit.lang).to_owned();
        (task, what)
    });
    show(&Page {
        tasks: tasks.collect(),
        messages: reminders::waiting(&app, &visit.who).await?,
        stopped: reminders::pulse(&app).await?.stopped,
        kept_back: app.config.mail.goes_into_folder(),
        ..page(&app, desk, &visit)
    })
}

fn page(app: &App, desk: Desk, visit: &Visit) -> Page {
    let (lang, today) = (visit.lang, desk.today);
    let due_in_all: u64 = desk.counts.iter().map(|one| one.count).sum();
    let mut stock: Vec<(String, u64)> = desk
        .stock
        .iter()
        .filter(|(state, count)| *count > 0 || *state == UnitState::Ready)
        .map(|(state, count)| (state.name().get(lang).to_owned(), *count))
        .collect();
    if desk.to_fetch > 0 {
        stock.push((w::TO_FETCH.get(lang).to_owned(), desk.to_fetch));
    }
    Page {
        head: Head::of(visit, "/loans"),
        empty: desk.due.is_empty()
            && desk.waiting.is_empty()
            && desk.stuck.is_empty()
            && desk.emergencies.is_empty(),
        duties: Duty::ALL
            .iter()
            .map(|duty| duty.name().get(lang).to_owned())
            .collect(),
        months: months(&desk.counts, lang),
        due_shown: desk.due.len() as u64,
        due_in_all,
        groups: groups(desk.due, today, lang),
        today,
        waiting: desk
            .waiting
            .into_iter()
            .map(|file| waits(app, file, today, lang))
            .collect(),
        waiting_in_all: desk.waiting_in_all,
        stuck: desk
            .stuck
            .into_iter()
            .map(|child| stuck(child, today, lang))
            .collect(),
        more_stuck: desk.more_stuck,
        stock,
        ready: desk
            .stock
            .iter()
            .any(|(state, count)| *state == UnitState::Ready && *count > 0),
        unit_waits: desk.unit_waits,
        centre: word(Mover::Centre, lang),
        emergencies: desk
            .emergencies
            .into_iter()
            .map(|loan| {
                let late = loan.return_on < today;
                (loan, late)
            })
            .collect(),
        words: desk.words,
        tasks: Vec::new(),
        tasks_at: "/loans",
        messages: Vec::new(),
        stopped: false,
        kept_back: false,
    }
}

#[derive(Template)]
#[template(path = "pages/loans_stuck.html")]
struct StuckPage {
    head: Head,
    stuck: Vec<Stuck>,
}

/// `GET /loans/stuck`
pub(in crate::web) async fn stuck_list(
    State(app): State<App>,
    visit: Visit,
) -> Result<Html<String>, Error> {
    let today = app.clock.today();
    let children = loans::stuck(&app, &visit.who).await?;
    let stuck = children
        .into_iter()
        .map(|child| self::stuck(child, today, visit.lang));
    show(&StuckPage {
        stuck: stuck.collect(),
        head: Head::of(&visit, "/loans/stuck"),
    })
}

/// What a municipality answered, and what to answer.
pub(super) struct Answered {
    pub on: NaiveDate,
    pub way: String,
    pub answer: String,
    pub words: String,
    pub by: String,
    /// What to say, the words of the law, their source.
    pub reply: Option<[String; 3]>,
}

pub(super) fn answered(said: &StoredAnswer, lang: Lang) -> Answered {
    Answered {
        on: said.said_on,
        way: said.way.name().get(lang).to_owned(),
        answer: said.answer.name().get(lang).to_owned(),
        words: said.words.clone().unwrap_or_default(),
        by: said.by.clone().unwrap_or_default(),
        reply: said.answer.reply().map(|reply| {
            [
                reply.say.get(lang).to_owned(),
                reply.law.to_owned(),
                reply.source.get(lang).to_owned(),
            ]
        }),
    }
}
