//! Families that no mail reaches: whom to telephone, what to say, what was said; and a
//! letter of what the mail would have said.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{
    contacts::child,
    office, page,
    recipients::{files, telephones},
};
use crate::{
    app::App,
    domain::{
        access::{Moment, Reader},
        audit::Action,
        duty::{
            Audience, ContactState, GENERATOR, OUTDOORS, Phase, Task, TaskKind, Window, in_order,
            phrase_for_mail, reached,
        },
        hand_message::{CallWay, MessageFate, MessageState, Spoken},
        id::{CaseId, CaseNumber},
        text::Text,
    },
    print::{
        papers::letter::{Letter, letters},
        pdf::{Paper, PdfError},
    },
    service::{
        ServiceError, audit,
        loans::{Answer, Sheet, once},
        view::SignedIn,
    },
    store::{LoanFile, NewCall, StoredCall, Tx},
};

/// So many families are on the list, and so many letters in one file.
const MOST: usize = 300;

/// A call to come lies so many days ahead at most.
const FURTHEST: u64 = 183;

const DAY: Text = Text::fixed(
    "電話や訪問の日は、今日までの1年以内の日にしてください。",
    "The day of a call lies within the last year, and not ahead.",
);
const NEXT_DAY: Text = Text::fixed(
    "次の日は、今日から半年以内の日にしてください。",
    "The next day lies within half a year from today.",
);
const SAID_MISSING: Text = Text::fixed(
    "話したことを1行で書いてください。",
    "Write down in a line what was said.",
);
const WHOM_MISSING: Text = Text::fixed(
    "だれと話したかを選んでください（名前は書きません）。",
    "Choose who was spoken to (no name).",
);

/// What is to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Say {
    /// What it is about, with its day.
    pub heading: String,
    /// How near the day is, where there is one.
    pub phase: Option<Phase>,
    /// What the mail would have said, line by line.
    pub lines: Vec<String>,
}

/// A family to be telephoned.
#[derive(Debug, Clone)]
pub struct CallLine {
    /// The child.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// Since when somebody is to telephone.
    pub since: NaiveDate,
    /// Why.
    pub why: Vec<TaskKind>,
    /// Whose number, and the number.
    pub telephones: Vec<(Option<String>, String)>,
    /// What to say.
    pub say: Vec<Say>,
    /// The last call.
    pub last: Option<StoredCall>,
    /// How often nobody was reached since.
    pub tried: u64,
    /// When to call next, where that was agreed.
    pub next_on: Option<NaiveDate>,
}

/// Whom to telephone.
#[derive(Debug, Clone)]
pub struct CallLines {
    /// The families: those first whose day has come, then by how long they wait.
    pub lines: Vec<CallLine>,
    /// How many more there are.
    pub more: usize,
}

/// What became of a print of letters.
#[derive(Debug)]
pub enum Letters {
    /// The letters.
    Paper(Paper),
    /// There is no such child for this reader.
    NotThere,
    /// Nothing is to be said by letter.
    Nothing,
    /// No paper can be set.
    NoPaper(PdfError),
}

/// What is to be said to a family: what is due, and messages that did not reach it.
async fn to_say(
    app: &App,
    tx: &mut Tx,
    reader: &Reader,
    case: CaseId,
) -> Result<Vec<Say>, ServiceError> {
    let at = app.moment();
    let sees_loan = office::sees_loan(tx, reader, case).await?;
    let pauses = tx.suspensions(Some(case), at.today).await?;
    let town = tx.town_of(reader, at, case).await?;
    let window = match town {
        Some(town) => tx.window(town).await?,
        None => None,
    };
    let window = window.map(|window| Window::new(&window.name, window.telephone.as_deref()));
    let mut tasks: Vec<Task> = Vec::new();
    for stored in tx.duty_terms(case).await? {
        let paused = pauses.iter().any(|pause| pause.kind == stored.kind);
        let hidden = stored.kind.is_of_the_loan() && !sees_loan;
        if stored.ended.is_some() || paused || hidden {
            continue;
        }
        let ladder = app.config.reminders.ladders.of(stored.kind);
        if let Some(now) = reached(ladder.of(Audience::Family), &stored.term, at.today) {
            tasks.push(Task {
                kind: stored.kind,
                stage: now.stage,
                due_on: stored.term.due_on,
                told_on: at.today,
                late: false,
                moved_from: stored.moved_from,
                window: window.clone(),
            });
        }
    }
    in_order(&mut tasks);
    let mut say: Vec<Say> = tasks
        .iter()
        .map(|task| Say {
            heading: task.heading(),
            phase: Some(task.phase()),
            lines: task.lines(),
        })
        .collect();
    if sees_loan {
        let off = tx.said_by_tasks((case, TaskKind::DayOff)).await?;
        say.extend(off.into_iter().map(|day| Say {
            heading: format!("取りやめ：{day}"),
            phase: None,
            lines: vec![format!(
                "{day}は取りやめになりました。新しい日が決まりましたら、あらためてお知らせします。"
            )],
        }));
    }
    say.extend(untold(tx, (case, &office::word(reader))).await?);
    Ok(say)
}

/// Messages of an office that did not reach a family and that nobody has told it since.
pub(super) async fn untold(
    tx: &mut Tx,
    (case, office): (CaseId, &str),
) -> Result<Vec<Say>, ServiceError> {
    let mails = tx.message_mails_to(case).await?;
    let mut say = Vec::new();
    for (message, fate, told) in tx.messages_to(case, office).await? {
        let arrives = mails
            .iter()
            .any(|mail| mail.message == message.id && mail.arrives());
        let lost = match fate {
            MessageFate::Telephone => true,
            MessageFate::Mailed => !arrives,
            MessageFate::Waits | MessageFate::LeftOut => false,
        };
        if told || !lost || message.state != MessageState::Sent {
            continue;
        }
        let (Some(subject), Some(body)) = (message.subject, message.body) else {
            continue;
        };
        let mut lines: Vec<String> = body.lines().map(str::to_owned).collect();
        if body.contains(GENERATOR) && !body.contains("必ず屋外で") {
            lines.push(OUTDOORS.to_owned());
        }
        say.push(Say {
            heading: subject,
            phase: None,
            lines,
        });
    }
    Ok(say)
}

/// How often nobody was reached since a day.
fn tried(calls: &[StoredCall], since: NaiveDate) -> u64 {
    let missed = calls
        .iter()
        .filter(|call| !call.reached && call.on >= since);
    missed.count() as u64
}

/// Whom to telephone, for the reader's office.
pub async fn calls(app: &App, who: &SignedIn) -> Result<CallLines, ServiceError> {
    let list = {
        let mut tx = app.store.read().await?;
        list(app, &mut tx, &who.reader).await?
    };
    let cases = list.lines.iter().map(|line| line.case);
    audit::saw(app, who, Action::ListedCalls, cases).await?;
    Ok(list)
}

async fn list(app: &App, tx: &mut Tx, reader: &Reader) -> Result<CallLines, ServiceError> {
    let tasks = page::own_tasks(tx, app, reader, &TaskKind::wants_a_call).await?;
    let mut families: Vec<CallLine> = Vec::new();
    let mut known: BTreeMap<Uuid, usize> = BTreeMap::new();
    for task in tasks {
        // The tasks come the oldest first.
        let place = *known.entry(task.case.0).or_insert(families.len());
        match families.get_mut(place) {
            Some(line) if line.why.contains(&task.kind) => {}
            Some(line) => line.why.push(task.kind),
            None => families.push(CallLine {
                case: task.case,
                number: task.number,
                name: task.name,
                since: task.opened_on,
                why: vec![task.kind],
                telephones: Vec::new(),
                say: Vec::new(),
                last: None,
                tried: 0,
                next_on: None,
            }),
        }
    }
    // Where mail reaches another address, nobody needs to telephone for that alone.
    let mut unreached = Vec::new();
    for line in families {
        let of_one_mail = line.why.iter().all(|kind| *kind == TaskKind::Bounced);
        let contacts = tx.mail_contacts(line.case).await?;
        let works = contacts.iter().any(|one| one.state == ContactState::Works);
        if !(of_one_mail && works) {
            unreached.push(line);
        }
    }
    let mut families = unreached;
    let more = families.len().saturating_sub(MOST);
    families.truncate(MOST);
    for line in &mut families {
        let calls = tx.calls_of(line.case).await?;
        line.telephones = telephones(app, tx, reader, &line.number).await?;
        line.say = to_say(app, tx, reader, line.case).await?;
        line.tried = tried(&calls, line.since);
        line.last = calls.into_iter().next();
        line.next_on = line.last.as_ref().and_then(|call| call.next_on);
    }
    let today = app.clock.today();
    families.sort_by_key(|line| (line.next_on.is_some_and(|day| day > today), line.since));
    Ok(CallLines {
        lines: families,
        more,
    })
}

/// A call, as somebody writes it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// How.
    pub way: CallWay,
    /// On which day.
    pub on: NaiveDate,
    /// With whom.
    pub whom: Option<Spoken>,
    /// Whether somebody was reached.
    pub reached: bool,
    /// What was said.
    pub said: Option<String>,
    /// When to call next.
    pub next_on: Option<NaiveDate>,
    /// Tasks that it has settled besides.
    pub settled: Vec<Uuid>,
}

fn fits(called: &Called, at: Moment) -> Result<(), (&'static str, Text)> {
    if called.on > at.today || called.on + Days::new(366) < at.today {
        return Err(("call_on", DAY));
    }
    let ahead = |day: NaiveDate| at.today < day && day <= at.today + Days::new(FURTHEST);
    if called.next_on.is_some_and(|day| !ahead(day)) {
        return Err(("call_next", NEXT_DAY));
    }
    if called.reached && called.said.is_none() {
        return Err(("call_said", SAID_MISSING));
    }
    if called.reached && called.whom.is_none() {
        return Err(("call_whom", WHOM_MISSING));
    }
    Ok(())
}

/// Writes down a call, a visit or a letter, once. Whoever was reached need not be
/// telephoned any more; who was not, stays on the list.
pub async fn note_call(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    called: &Called,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({"call": number, "was": format!("{called:?}")});
    let (at, who) = (app.moment(), sheet.who);
    if let Err((field, why)) = fits(called, at) {
        return Ok(Answer::Wrong(field, why));
    }
    once!(app, sheet, request, |tx| {
        let Some(case) = child(tx, &who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let reached = called.reached && called.way != CallWay::Letter;
        let new = NewCall {
            id: app.ids.next(),
            case,
            office: &office::word(&who.reader),
            way: called.way,
            on: called.on,
            whom: called.whom.filter(|_| reached),
            reached,
            said: called.said.as_deref(),
            next_on: called.next_on,
        };
        let by = (who.user, at.now);
        tx.add_call(&new, by).await?;
        if reached {
            let about = (TaskKind::Telephone, &*case.to_string());
            tx.close_tasks_about(about, by).await?;
            let note = called.said.as_deref().unwrap_or_default();
            for task in &called.settled {
                if page::may_close(tx, &who.reader, (*task, case)).await? {
                    tx.close_task((*task, case), note, by).await?;
                }
            }
        }
        tx.record(&audit::event(app, who, Action::WroteCall).on([case]))
            .await?;
        Answer::Done(number.to_string())
    })
}

/// The letter to one family. Its address stands there where it is not protected.
async fn letter_to(
    tx: &mut Tx,
    (reader, at): (&Reader, Moment),
    (case, number, file): (CaseId, &CaseNumber, Option<&LoanFile>),
    ((office, telephone), say): (&(String, Option<String>), &[Say]),
) -> Result<Letter, ServiceError> {
    // Of whoever applied for a loan the centre knows; a municipality, of the child.
    let applicant = file.filter(|_| matches!(reader, Reader::Centre(_)));
    let applicant = applicant.map(|file| &file.applicant);
    let protected = tx.protection(&Reader::Operator, at, number).await?;
    let mut address = applicant.and_then(|applicant| applicant.address.clone());
    if address.is_none() {
        let known = tx.case(reader, at, number).await?;
        address = known.and_then(|case| case.child.address);
    }
    let guardian = applicant.and_then(|applicant| applicant.guardian.clone());
    let guardian = guardian.map_or_else(|| "ご家族".to_owned(), |name| format!("{name}　様"));
    let phrase = phrase_for_mail(tx.pass_phrase(case).await?);
    let mut paragraphs: Vec<String> = phrase
        .map(|phrase| format!("合言葉：{phrase}"))
        .into_iter()
        .collect();
    paragraphs.push("メールでお知らせが届かないため、お手紙でお送りします。".to_owned());
    for one in say {
        paragraphs.push(String::new());
        paragraphs.push(format!("■ {}", one.heading));
        paragraphs.extend(one.lines.iter().cloned());
    }
    paragraphs.extend([
        String::new(),
        "メールアドレスを登録するときや、変わったときは、下の電話番号へお知らせください。命にかかわるときは、ためらわず119番へ。".to_owned(),
    ]);
    let subject = match say {
        [one] => one.heading.clone(),
        several => format!("お知らせ（{}件）", several.len()),
    };
    let telephone = telephone.as_deref().unwrap_or("＿＿＿＿＿＿＿＿");
    let address = address.filter(|_| protected.is_none());
    Ok(Letter {
        number: Some(format!("整理番号 {number}")),
        day: Some(at.today),
        recipient: address.into_iter().chain([guardian]).collect(),
        sender: vec![office.clone()],
        subject,
        paragraphs,
        signature: vec![
            "（問合せ先）".to_owned(),
            office.clone(),
            format!("電話 {telephone}"),
        ],
        confidential: true,
    })
}

/// The letter to the family of a child, or to every family on the list.
pub async fn letter(
    app: &App,
    who: &SignedIn,
    number: Option<&CaseNumber>,
) -> Result<Letters, ServiceError> {
    let at = app.moment();
    let (all, cases) = {
        let mut tx = app.store.read().await?;
        let reader = &who.reader;
        let mut to = Vec::new();
        if let Some(number) = number {
            let Some(case) = child(&mut tx, reader, at, number).await? else {
                return Ok(Letters::NotThere);
            };
            let say = to_say(app, &mut tx, reader, case).await?;
            to.push((case, number.clone(), say));
        } else {
            let lines = list(app, &mut tx, reader).await?.lines.into_iter();
            to.extend(lines.map(|line| (line.case, line.number, line.say)));
        }
        to.retain(|(.., say)| !say.is_empty());
        let (mut all, mut cases) = (Vec::new(), Vec::new());
        let office = office::named(app, &mut tx, reader).await?;
        let files = files(&mut tx, reader, at).await?;
        for (case, number, say) in to {
            let known = (case, &number, files.get(&case));
            all.push(letter_to(&mut tx, (reader, at), known, (&office, &say)).await?);
            cases.push(case);
        }
        (all, cases)
    };
    if all.is_empty() {
        return Ok(Letters::Nothing);
    }
    let set = tokio::task::spawn_blocking(move || letters(&all));
    match set.await.map_err(std::io::Error::from)? {
        Ok(paper) => {
            audit::saw(app, who, Action::PrintedNotice, cases).await?;
            Ok(Letters::Paper(paper))
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "no paper");
            Ok(Letters::NoPaper(error))
        }
    }
}
