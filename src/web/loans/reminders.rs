//! The reminders of a child: where its family is reached, what was sent, what comes.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    super::{
        Error,
        head::{Head, Visit},
        show,
        taken::{Named, Sent},
        words::{self, loans as loan_words, messages as w, reminders as said},
    },
    Leads, Said,
    fields::{Fields, Wrong},
    leads,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        duty::{CheckedBy, ContactState, DutyKind, MailState},
        hand_message::{CallWay, MessageFate, MessageState, Spoken},
        id::CaseNumber,
        text::{Lang, Text},
    },
    service::reminders::{self, Act, Called, May, TermPage, ToChild, Typed},
    store::{
        FamilyAnswer, MailContact, MessageMail, StaffTask, StoredBatteryCheck, StoredCall,
        StoredNotice,
    },
};

/// A due day on the page.
struct Line {
    what: String,
    kind: DutyKind,
    due_on: NaiveDate,
    moved_from: Option<NaiveDate>,
    /// Since when it is over, and why.
    ended: Option<(NaiveDate, String)>,
    /// What comes next.
    next: Option<String>,
    sent: Vec<String>,
    /// Until when it is suspended, why, by whom, and which suspension that is.
    suspended: Option<(NaiveDate, String, Uuid)>,
    key: Uuid,
}

#[derive(Template)]
#[template(path = "pages/reminders.html")]
struct Page {
    head: Head,
    number: CaseNumber,
    /// Nothing is sent any more.
    silent: bool,
    /// Nothing of its loan is reminded of.
    by_sheet: bool,
    phrase: Option<String>,
    contacts: Vec<(MailContact, Uuid)>,
    open: Vec<Line>,
    over: Vec<Line>,
    /// What staff have to do, and how often nobody was reached.
    tasks: Vec<(StaffTask, String, Uuid, u64)>,
    /// What was said, and what was written.
    history: Vec<Entry>,
    /// Checks of the batteries: the day, by whom, who wrote it down.
    batteries: Vec<(StoredBatteryCheck, String, Uuid)>,
    checkers: Vec<(&'static str, String)>,
    ways: Vec<(&'static str, String)>,
    parts: Vec<(&'static str, String)>,
    may: May,
    /// Where the page is, and where it leads back to.
    here: String,
    back: (String, String),
    form: Fields,
    said: Option<Said>,
    today: NaiveDate,
    key: Uuid,
}

/// A call or a message.
struct Entry {
    on: NaiveDate,
    what: String,
    /// Nobody was reached, or it did not arrive.
    missed: bool,
    lines: Vec<String>,
    /// The message.
    to: Option<Uuid>,
}

impl Page {
    fn came_back(contact: &MailContact) -> bool {
        contact.state == ContactState::Bounced
    }

    /// What has changed of a plan: the family hears of it when the municipality says so.
    fn is_change(line: &Line) -> bool {
        line.kind == DutyKind::ChangedFinding
    }

    const fn may_suspend(&self, line: &Line) -> bool {
        self.may.suspend(line.kind)
    }
}

fn sent(notice: &StoredNotice, (kind, due_on): (DutyKind, NaiveDate), lang: Lang) -> String {
    let stage = kind.phase(notice.stage, due_on, notice.planned_on).name();
    let state = notice.mail.as_deref().and_then(MailState::from_code);
    let became = match (&notice.to, state) {
        _ if notice.state != "planned" => said::VOID.get(lang).to_owned(),
        _ if notice.came_back => w::CAME_BACK.get(lang).to_owned(),
        (_, Some(state)) => state.name().get(lang).to_owned(),
        (None, None) if notice.audience.code() == "family" => {
            said::BY_TELEPHONE.get(lang).to_owned()
        }
        (_, None) => said::IN_DIGEST.get(lang).to_owned(),
    };
    let to = notice.to.clone().unwrap_or_default();
    let late = notice.late.then(|| said::LATE.get(lang).to_owned());
    let late = late.unwrap_or_default();
    let audience = notice.audience.name();
    let answer = notice.answer.clone().unwrap_or_default();
    let parts = [
        &notice.planned_on.to_string(),
        audience.get(lang),
        &to,
        stage.get(lang),
        &late,
        &became,
        &answer,
    ];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

fn line(app: &App, term: TermPage, lang: Lang) -> Line {
    let (kind, due_on) = (term.stored.kind, term.stored.term.due_on);
    let next = term.next.map(|(audience, stage, on)| {
        let (audience, phase) = (audience.name(), kind.phase(stage, due_on, on).name());
        format!("{on} {} {}", audience.get(lang), phase.get(lang))
    });
    let ended = term.stored.ended.map(|(on, why)| {
        let why = match why.as_str() {
            "moved" => said::ENDED_WHY_MOVED,
            "stopped" | "over" => said::ENDED_WHY_STOPPED,
            _ => said::ENDED_WHY_DONE,
        };
        (on, why.get(lang).to_owned())
    });
    let suspended = term.suspended.map(|pause| {
        let why = [
            pause.reason.unwrap_or_default(),
            pause.by.unwrap_or_default(),
        ];
        (pause.until, why.join(" "), pause.id)
    });
    Line {
        what: kind.name().get(lang).to_owned(),
        kind,
        due_on,
        moved_from: term.stored.moved_from,
        ended,
        next,
        sent: term
            .notices
            .iter()
            .map(|notice| sent(notice, (kind, due_on), lang))
            .collect(),
        suspended,
        key: app.ids.next(),
    }
}

fn call(call: StoredCall, lang: Lang) -> Entry {
    let result = match (call.way, call.reached) {
        (CallWay::Letter, _) => None,
        (_, true) => Some(w::REACHED),
        (_, false) => Some(w::NOT_REACHED),
    };
    let whom = call.whom.map(|whom| whom.name().get(lang).to_owned());
    let parts = [
        Some(call.way.name().get(lang).to_owned()),
        result.map(|word| word.get(lang).to_owned()),
        whom,
        call.by,
    ];
    let next = call.next_on;
    let next = next.map(|day| format!("{}: {day}", w::NEXT.get(lang)));
    Entry {
        on: call.on,
        what: parts.into_iter().flatten().collect::<Vec<_>>().join(" "),
        missed: !call.reached && call.way != CallWay::Letter,
        lines: call.said.into_iter().chain(next).collect(),
        to: None,
    }
}

/// What a family has told on its page.
fn told(one: FamilyAnswer, lang: Lang) -> Entry {
    let at = in_tokyo(one.at);
    let time = at.format("%H:%M").to_string();
    let mut what = format!(
        "{} {} {time}",
        w::FAMILY_TOLD.get(lang),
        one.kind.name().get(lang)
    );
    if one.taken_back_at.is_some() {
        what.push_str(w::TAKEN_BACK.get(lang));
    }
    Entry {
        on: at.date_naive(),
        what,
        missed: false,
        lines: one.words.into_iter().collect(),
        to: None,
    }
}

fn message(one: ToChild, lang: Lang) -> Entry {
    let mails = one.mails.iter().map(|mail| mail_line(mail, lang));
    let urgent = one.message.urgent.then_some(w::MARK_URGENT);
    let urgent = urgent.as_ref().map_or("", |word| word.get(lang));
    let state = match one.message.state {
        MessageState::Sent => one.fate.name(),
        state => state.name(),
    };
    let writer = one.message.writer.unwrap_or_default();
    let parts = [urgent, state.get(lang), &writer];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let lost = one.fate == MessageFate::Mailed && !one.mails.iter().any(MessageMail::arrives);
    Entry {
        on: in_tokyo(one.message.written_at).date_naive(),
        what: parts.join(" "),
        missed: one.fate == MessageFate::Telephone || lost,
        lines: one.message.subject.into_iter().chain(mails).collect(),
        to: Some(one.message.id),
    }
}

/// What became of a mail, for whom.
pub(super) fn mail_line(mail: &MessageMail, lang: Lang) -> String {
    let state = if mail.came_back {
        w::CAME_BACK
    } else {
        mail.state.name()
    };
    let answer = mail.answer.as_deref().filter(|_| !mail.arrives());
    let parts = [mail.who.as_deref(), Some(state.get(lang)), answer];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Where the page stands: with the loan, or with the plan.
#[derive(Clone, Copy)]
enum Place {
    Loan,
    Plan,
}

impl Place {
    fn of(self, number: &str) -> String {
        match self {
            Self::Loan => format!("/loans/{number}/reminders"),
            Self::Plan => format!("/plans/{number}/reminders"),
        }
    }

    fn back(self, number: &CaseNumber, lang: Lang) -> (String, String) {
        match self {
            Self::Loan => {
                let menu = words::loans::MENU;
                let name = format!("{} {number}", menu.get(lang));
                (format!("/loans/{number}"), name)
            }
            Self::Plan => {
                let name = w::TO_PLAN.get(lang).to_owned();
                (format!("/plans/{number}"), name)
            }
        }
    }
}

async fn render(
    app: &App,
    visit: &Visit,
    (place, number): (Place, &CaseNumber),
    (form, said): (Fields, Option<Said>),
) -> Result<Html<String>, Error> {
    let page = reminders::page(app, &visit.who, number).await?;
    let page = page.ok_or(Error::NotFound)?;
    let lang = visit.lang;
    let lines = page.terms.into_iter().map(|term| line(app, term, lang));
    let (open, over) = lines.partition(|line| line.ended.is_none());
    let contacts = page.contacts.into_iter();
    let tasks = page.tasks.into_iter().map(|(task, tried)| {
        let what = task.kind.name().get(lang).to_owned();
        (task, what, app.ids.next(), tried)
    });
    let calls = page.calls.into_iter().map(|one| call(one, lang));
    let messages = page.messages.into_iter().map(|one| message(one, lang));
    let said_so = page.told.into_iter().map(|one| told(one, lang));
    let mut history: Vec<Entry> = calls.chain(messages).chain(said_so).collect();
    history.sort_by_key(|entry| std::cmp::Reverse(entry.on));
    let named = |code, name: Text| (code, name.get(lang).to_owned());
    show(&Page {
        head: Head::of(visit, place.of(number.as_str())),
        number: number.clone(),
        silent: page.silent,
        by_sheet: page.by_sheet,
        phrase: page.pass_phrase,
        contacts: contacts.map(|contact| (contact, app.ids.next())).collect(),
        open,
        over,
        tasks: tasks.collect(),
        history,
        batteries: page
            .batteries
            .into_iter()
            .map(|check| {
                let by = Some(check.by.name().get(lang).to_owned());
                let who = [by, check.recorded_by.clone()];
                let who: Vec<String> = who.into_iter().flatten().collect();
                (check, who.join(" "), app.ids.next())
            })
            .collect(),
        checkers: CheckedBy::ALL
            .iter()
            .map(|by| named(by.code(), by.name()))
            .collect(),
        ways: CallWay::ALL
            .iter()
            .map(|way| named(way.code(), way.name()))
            .collect(),
        parts: Spoken::ALL
            .iter()
            .map(|part| named(part.code(), part.name()))
            .collect(),
        may: page.may,
        here: place.of(number.as_str()),
        back: place.back(number, lang),
        form,
        said,
        today: app.clock.today(),
        key: app.ids.next(),
    })
}

/// `GET /loans/{loan}/reminders`
pub(in crate::web) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    shown(&app, &visit, (Place::Loan, &case)).await
}

/// `GET /plans/{case}/reminders`
pub(in crate::web) async fn plan_page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    shown(&app, &visit, (Place::Plan, &case)).await
}

async fn shown(
    app: &App,
    visit: &Visit,
    (place, case): (Place, &str),
) -> Result<Html<String>, Error> {
    let number = CaseNumber::parse(case).map_err(|_| Error::NotFound)?;
    render(app, visit, (place, &number), (Fields::default(), None)).await
}

/// What a form asks for.
enum Asked {
    Add(Typed),
    End(Uuid),
    Call(Called),
    Act(Act),
}

fn called(fields: &Fields) -> Result<Called, Wrong> {
    let chosen = |field, why: Text| Wrong { field, why };
    let way = CallWay::from_code(fields.get("call_way"));
    let settled = fields.0.iter().filter(|(name, _)| name == "settled");
    let reached = fields.answer("reached");
    let way = way.ok_or_else(|| chosen("call_way", loan_words::MISSING))?;
    if reached.is_none() && way != CallWay::Letter {
        return Err(chosen("reached", loan_words::MISSING));
    }
    Ok(Called {
        way,
        on: fields.needed_day("call_on")?,
        whom: Spoken::from_code(fields.get("call_whom")),
        reached: reached == Some(true),
        said: fields.line("call_said")?,
        next_on: fields.day("call_next")?,
        settled: settled
            .filter_map(|(_, id)| Uuid::parse_str(id).ok())
            .collect(),
    })
}

fn read(fields: &Fields) -> Result<Asked, Wrong> {
    let missing = |field, why: Text| Wrong { field, why };
    let id = |field: &'static str| {
        let id = Uuid::parse_str(fields.get(field)).ok();
        id.ok_or_else(|| missing(field, loan_words::MISSING))
    };
    Ok(match fields.get("act") {
        "add" => Asked::Add(Typed {
            address: fields.get("address").to_owned(),
            who: fields.line("who")?,
            with_link: fields.ticked("link"),
        }),
        "end" => Asked::End(id("contact")?),
        "call" => Asked::Call(called(fields)?),
        "suspend" => {
            let kind = DutyKind::from_code(fields.get("duty"));
            let kind = kind.ok_or_else(|| missing("duty", loan_words::MISSING))?;
            let until = fields.needed_day("pause_until")?;
            Asked::Act(Act::Suspend(kind, until, fields.note("reason")?))
        }
        "battery" => {
            let by = CheckedBy::from_code(fields.get("battery_by"));
            let by = by.ok_or_else(|| missing("battery_by", loan_words::MISSING))?;
            Asked::Act(Act::Battery(fields.needed_day("battery_on")?, by))
        }
        "phrase" => Asked::Act(Act::PassPhrase(fields.line("pass_phrase")?)),
        "strike_battery" => Asked::Act(Act::StrikeBattery(id("check")?)),
        "resume" => Asked::Act(Act::Resume(id("pause")?)),
        _ => Asked::Act(Act::Done(id("task")?, fields.note("note")?)),
    })
}

/// `POST /loans/{loan}/reminders`
pub(in crate::web) async fn act(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    acted(&app, &visit, (Place::Loan, &case), Fields(pairs)).await
}

/// `POST /plans/{case}/reminders`
pub(in crate::web) async fn plan_act(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    acted(&app, &visit, (Place::Plan, &case), Fields(pairs)).await
}

async fn acted(
    app: &App,
    visit: &Visit,
    (place, case): (Place, &str),
    fields: Fields,
) -> Result<Response, Error> {
    let number = CaseNumber::parse(case).map_err(|_| Error::NotFound)?;
    let sheet = fields.sheet(visit)?;
    let (status, back) = match read(&fields) {
        Ok(asked) => {
            let done = match asked {
                Asked::Add(typed) => reminders::add_contact(app, sheet, &number, &typed).await?,
                Asked::End(contact) => reminders::end_contact(app, sheet, &number, contact).await?,
                Asked::Call(call) => reminders::note_call(app, sheet, &number, &call).await?,
                Asked::Act(act) => reminders::act(app, sheet, &number, &act).await?,
            };
            match leads(done, visit, |number| place.of(number))? {
                Leads::On(response) => return Ok(response),
                Leads::Back(status, said) => (status, said),
            }
        }
        Err(wrong) => (StatusCode::UNPROCESSABLE_ENTITY, Said::wrong(&wrong, visit)),
    };
    let page = render(app, visit, (place, &number), (fields, Some(back))).await?;
    Ok((status, page).into_response())
}
