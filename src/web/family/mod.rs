//! The family's own page.

mod check;
mod ruby;
mod tell;
mod tonight;

use std::borrow::Borrow;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use chrono::{Datelike as _, NaiveDate};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    head::{Head, Visit},
    loans::{Leads, Said, fields::Fields, leads},
    power::trigger_line,
    show,
    taken::{Named, Sent},
    words::{self, family as w, family_check},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        duty::{ContactState, DutyKind, day_ja, short_name},
        family::AnswerKind,
        loan::CheckOutcome,
        text::{Lang, Text},
    },
    service::{
        family::{self, FamilyPage, When, WhereTo},
        loans::Answer,
        reminders::Typed,
    },
    store::{Became, FamilyAnswer, MailContact, StoredFamilyCheck},
};

pub(super) use check::{
    form as check_form, photo as check_photo, send as check_send, take_back as check_take_back,
};
pub(super) use ruby::{Furigana, switch};
pub(super) use tell::{form, send};

/// Something to do, as the page says it.
struct Line {
    heading: String,
    lines: Vec<String>,
    held: Option<NaiveDate>,
    /// What can be told about it.
    tells: Option<AnswerKind>,
    /// It can be answered on the page of the yearly check.
    check: bool,
}

/// Something that was told.
struct ToldLine {
    /// Where it is taken back.
    take_back: String,
    what: String,
    at: String,
    became: String,
    /// It can be taken back.
    stands: bool,
    key: Uuid,
}

#[derive(Template)]
#[template(path = "pages/family.html")]
struct Page {
    head: Head,
    ruby: Furigana,
    page: FamilyPage,
    /// What is in force tonight, and what to do.
    tonight: Vec<String>,
    /// By when to leave or telephone.
    outage: String,
    hours: Option<String>,
    telephones: Vec<(String, String, String)>,
    emergency: Option<ToldLine>,
    to_do: Vec<Line>,
    next: Option<String>,
    later: Vec<String>,
    /// The yearly check, where nothing above leads to it: what is said of it, and the
    /// button.
    check: Option<(Text, Text)>,
    told: Vec<ToldLine>,
    contacts: Vec<(MailContact, Uuid)>,
    form: Fields,
    said: Option<Said>,
    /// What was just told.
    sent: Option<Text>,
    key: Uuid,
}

impl Page {
    /// A word of ours with its readings, where they are asked for.
    fn r(&self, text: impl Borrow<Text>) -> String {
        self.ruby
            .of(text.borrow().get(self.head.lang), self.head.lang)
    }

    /// The same of a sentence that was put together.
    fn s(&self, text: &str) -> String {
        self.ruby.of(text, self.head.lang)
    }

    fn emergencies(&self) -> Vec<AnswerKind> {
        let mut kinds = vec![
            AnswerKind::AtHome,
            AnswerKind::Evacuated,
            AnswerKind::NeedHelp,
        ];
        if self.emergency.is_some() {
            kinds.push(AnswerKind::AllWell);
        }
        kinds
    }

    /// What can be told at any time.
    fn tells(&self) -> Vec<AnswerKind> {
        let mut kinds = vec![AnswerKind::CallUs, AnswerKind::Moving];
        if self.page.borrows {
            kinds.extend([AnswerKind::RanGenerator, AnswerKind::RenewedFuel]);
        }
        if self.page.may_apply {
            kinds.push(AnswerKind::Applied);
        }
        kinds
    }

    fn came_back(contact: &MailContact) -> bool {
        contact.state == ContactState::Bounced
    }
}

/// What is told about a duty with one tap.
const fn tells_of(kind: DutyKind) -> Option<AnswerKind> {
    match kind {
        DutyKind::ApplyPlan => Some(AnswerKind::Applied),
        DutyKind::TestRun => Some(AnswerKind::RanGenerator),
        DutyKind::Fuel => Some(AnswerKind::RenewedFuel),
        DutyKind::AnnualCheck
        | DutyKind::CheckDay
        | DutyKind::FullTime
        | DutyKind::Return
        | DutyKind::ConfirmPlan => Some(AnswerKind::CallUs),
        DutyKind::FailedCheck | DutyKind::BatteryCheck | DutyKind::ChangedFinding => None,
    }
}

/// How a duty is called, for a family.
fn name_of(kind: DutyKind, lang: Lang) -> String {
    match lang {
        Lang::Ja => short_name(kind).to_owned(),
        Lang::En => kind.name().get(lang).to_owned(),
    }
}

fn told(app: &App, answer: &FamilyAnswer, counts: bool, lang: Lang) -> ToldLine {
    let day = in_tokyo(answer.at);
    let ran = answer
        .ran
        .map(|ran| if ran { w::RAN } else { w::DID_NOT_RUN });
    let parts = [
        Some(answer.kind.name().get(lang).to_owned()),
        ran.map(|ran| ran.get(lang).to_owned()),
        answer.on.map(|on| on.to_string()),
        answer.words.clone(),
    ];
    let what: Vec<String> = parts.into_iter().flatten().collect();
    let seen = |at: chrono::DateTime<chrono::Utc>| {
        let at = in_tokyo(at).format("%m-%d %H:%M");
        format!("{} {at}", w::SEEN.get(lang))
    };
    let became = match (answer.taken_back_at, answer.seen_at, answer.task) {
        (Some(_), ..) => w::TAKEN_BACK.get(lang).to_owned(),
        (None, Some(at), _) => seen(at),
        (None, None, Some(_)) if counts && answer.kind.told_at_once() => {
            w::NOT_SEEN.get(lang).to_owned()
        }
        _ => String::new(),
    };
    ToldLine {
        take_back: format!("/family/answers/{}/take-back", answer.id),
        what: what.join(" ・ "),
        at: day.format("%Y-%m-%d %H:%M").to_string(),
        became,
        stands: answer.taken_back_at.is_none() && answer.seen_at.is_none(),
        key: app.ids.next(),
    }
}

/// What was filled in for a yearly check, and what became of it.
fn filled(app: &App, report: &StoredFamilyCheck, lang: Lang) -> ToldLine {
    let became = match &report.became {
        Became::Open => family_check::GOT.get(lang).to_owned(),
        Became::TakenBack => w::TAKEN_BACK.get(lang).to_owned(),
        Became::Recorded(check) if check.outcome() == CheckOutcome::Passed => {
            words::with_day(check.held_on, family_check::DONE, lang)
        }
        Became::Recorded(_) | Became::SetAside => family_check::CALLS.get(lang).to_owned(),
        Became::Over => String::new(),
    };
    ToldLine {
        take_back: format!("/family/check/{}/take-back", report.id),
        what: family_check::FILLED.get(lang).to_owned(),
        at: in_tokyo(report.at).format("%Y-%m-%d %H:%M").to_string(),
        became,
        stands: report.became == Became::Open,
        key: app.ids.next(),
    }
}

/// Everything that was told, the latest first.
fn all_told(app: &App, page: &FamilyPage, lang: Lang) -> Vec<ToldLine> {
    let last = page.emergency().map(|last| last.id);
    let answers = page.answers.iter();
    let answers = answers.map(|one| (one.at, told(app, one, last == Some(one.id), lang)));
    let reports = page.reports.iter();
    let reports = reports.map(|one| (one.at, filled(app, one, lang)));
    let mut lines: Vec<_> = answers.chain(reports).collect();
    lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    lines.into_iter().map(|(_, line)| line).collect()
}

/// The yearly check, where nothing that is to be done leads to it.
fn check_box(page: &FamilyPage) -> Option<(Text, Text)> {
    let leads = |kind| matches!(kind, DutyKind::AnnualCheck | DutyKind::CheckDay);
    if page.check.open.is_some() {
        return Some((family_check::GOT, family_check::SEE));
    }
    let led = page.to_do.iter().any(|one| leads(one.task.kind));
    let now = matches!(page.check.when, When::Now { .. });
    (now && !led).then_some((family_check::CAN_FILL, family_check::FILL))
}

/// 「今することはありません。次は10月の点検です。」
fn next(later: &[(DutyKind, NaiveDate)], today: NaiveDate, lang: Lang) -> Option<String> {
    let (kind, on) = later.first()?;
    let name = name_of(*kind, lang);
    Some(match lang {
        Lang::Ja if on.year() != today.year() => {
            format!("次は{}年{}月の{name}です。", on.year(), on.month())
        }
        Lang::Ja => format!("次は{}月の{name}です。", on.month()),
        Lang::En => format!("Next: {name}, {}.", on.format("%B %Y")),
    })
}

async fn render(
    app: &App,
    visit: &Visit,
    (ruby, sent): (Furigana, Option<Text>),
    (form, said): (Fields, Option<Said>),
) -> Result<Response, Error> {
    let Some(page) = family::page(app, &visit.who).await? else {
        return Ok(Redirect::to("/").into_response());
    };
    let lang = visit.lang;
    let emergency = page.emergency().map(|last| told(app, last, true, lang));
    let now = page.check.when.is_now() && page.check.open.is_none();
    let to_do = page.to_do.iter().map(|one| Line {
        check: now && matches!(one.task.kind, DutyKind::AnnualCheck | DutyKind::CheckDay),
        heading: match lang {
            Lang::Ja => one.task.heading(),
            Lang::En => name_of(one.task.kind, lang),
        },
        lines: match lang {
            Lang::Ja => one.task.lines(),
            Lang::En => vec![one.task.english()],
        },
        held: one.held_until,
        tells: tells_of(one.task.kind).filter(|_| !now || one.task.kind != DutyKind::AnnualCheck),
    });
    let later = page.later.iter().map(|(kind, on)| match lang {
        Lang::Ja => format!("{}　{}", day_ja(*on), name_of(*kind, lang)),
        Lang::En => format!("{} {}", on.format("%-d %B %Y"), name_of(*kind, lang)),
    });
    let dial = |number: &str| number.chars().filter(char::is_ascii_digit).collect();
    let telephones = page.power_cut.telephones.iter();
    let telephones = telephones
        .map(|(who, number)| (who.clone(), number.clone(), dial(number)))
        .collect();
    let contacts = page.contacts.iter();
    let now = app.clock.now();
    let tonight = page.tonight.as_ref();
    let tonight = tonight.map(|(night, to)| tonight::lines(night, to, now, lang));
    let html = show(&Page {
        head: Head::of(visit, "/family"),
        ruby,
        tonight: tonight.unwrap_or_default(),
        outage: trigger_line(page.power_cut.outage, lang),
        hours: page.power_cut.battery_hours.map(|hours| match lang {
            Lang::Ja => format!("{hours}時間"),
            Lang::En => format!("{hours} hours"),
        }),
        telephones,
        emergency,
        to_do: to_do.collect(),
        next: next(&page.later, app.clock.today(), lang),
        later: later.collect(),
        check: check_box(&page),
        told: all_told(app, &page, lang),
        contacts: contacts
            .map(|contact| (contact.clone(), app.ids.next()))
            .collect(),
        form,
        said,
        sent,
        key: app.ids.next(),
        page,
    })?;
    Ok(html.into_response())
}

/// Where an answer leads; what is wrong is said without the name of its field.
fn led(answer: Answer, visit: &Visit, on: impl Fn(&str) -> String) -> Result<Leads, Error> {
    let answer = match answer {
        Answer::Wrong(_, why) => Answer::Wrong("", why),
        other => other,
    };
    leads(answer, visit, on)
}

/// What was just told, for the line above the page.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sends {
    #[serde(default)]
    sent: String,
}

/// `GET /family`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    ruby: Furigana,
    Query(sends): Query<Sends>,
) -> Result<Response, Error> {
    let sent = match AnswerKind::from_code(&sends.sent) {
        Some(kind) if kind.told_at_once() => Some(w::SENT_EMERGENCY),
        Some(_) => Some(w::SENT),
        None => (sends.sent == "check").then_some(family_check::GOT),
    };
    render(&app, &visit, (ruby, sent), (Fields::default(), None)).await
}

/// `POST /family/mail`: puts an address in, or takes one out.
pub(super) async fn mail(
    State(app): State<App>,
    visit: Visit,
    ruby: Furigana,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let done = if let Ok(contact) = Uuid::parse_str(fields.get("contact")) {
        family::end_mail(&app, sheet, contact).await?
    } else {
        match fields.line("who") {
            Ok(who) => {
                let typed = Typed {
                    address: fields.get("address").to_owned(),
                    who,
                    with_link: fields.ticked("link"),
                };
                family::add_mail(&app, sheet, &typed).await?
            }
            Err(wrong) => Answer::Wrong(wrong.field, wrong.why),
        }
    };
    match led(done, &visit, |_| "/family#mail".to_owned())? {
        Leads::On(response) => Ok(response),
        Leads::Back(status, said) => {
            let page = render(&app, &visit, (ruby, None), (fields, Some(said))).await?;
            Ok((status, page).into_response())
        }
    }
}

/// `POST /family/answers/{answer}/take-back`
pub(super) async fn take_back(
    State(app): State<App>,
    visit: Visit,
    ruby: Furigana,
    Named(answer): Named<Uuid>,
    Sent(pairs): Sent<Vec<(String, String)>>,
) -> Result<Response, Error> {
    let fields = Fields(pairs);
    let sheet = fields.sheet(&visit)?;
    let done = family::take_back(&app, sheet, answer).await?;
    match led(done, &visit, |_| "/family".to_owned())? {
        Leads::On(response) => Ok(response),
        Leads::Back(status, said) => {
            let page = render(&app, &visit, (ruby, None), (fields, Some(said))).await?;
            Ok((status, page).into_response())
        }
    }
}
