//! What a family tells with one tap, each once and after a button: whoever only opens
//! links tells nothing.

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use super::{municipality_of, own};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::{Moment, Reader, Role},
        audit::Action,
        duty::MailKind,
        family::AnswerKind,
        id::{CaseId, CaseNumber},
        mail::MailAddress,
        municipality::MunicipalityCode,
        text::Text,
    },
    print::mail::{MailText, from_family},
    service::{
        ServiceError, audit,
        loans::{self, Answer, Sheet, once},
        reminders::{To, post},
    },
    store::{FamilyAnswer, Tx},
};

const TO_COME: Text = Text::fixed(
    "この日は、まだ来ていません。今日までの日を入れてください。",
    "That day has not come yet: enter a day up to today.",
);
const OLD_FUEL: Text = Text::fixed(
    "半年より前の日です。日付を確かめてください。その燃料は、もう入れ替える時期です。",
    "That is more than half a year ago: check the day. Fuel of that age is to be renewed.",
);
const LONG_AGO: Text = Text::fixed(
    "2か月より前の日です。日付を確かめるか、センターに電話してください。",
    "That is more than two months ago: check the day, or telephone the centre.",
);
const RAN_HOW: Text = Text::fixed(
    "動いたか、動かなかったかを選んでください。",
    "Choose whether it ran or not.",
);
const TOO_LATE: Text = Text::fixed(
    "職員がもう見ています。センターに電話してください。",
    "Staff have acted on it already: please telephone the centre.",
);

/// The same word of an emergency is not mailed to staff again within this time (the
/// figure is ours).
const SAID_FOR: TimeDelta = TimeDelta::minutes(30);

/// Why an application that a family took back was struck out.
const SLIP: &str = "ご家族がページで取り消しました";

/// A run or an application may be told so many days later (a run counts for two
/// months: `RULES.md`, "Duties", the mail after 62 days).
const RUN_COUNTS_DAYS: i64 = 62;

/// Fuel that was bought more days ago is not new (`DOMAIN.md` C7: three to six months).
const FUEL_COUNTS_DAYS: i64 = 183;

/// What a family tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What.
    pub kind: AnswerKind,
    /// The day of the application, or of the run.
    pub on: Option<NaiveDate>,
    /// Whether the generator ran as it should.
    pub ran: Option<bool>,
    /// What is said besides: where to, when, what.
    pub words: Option<String>,
}

/// Puts on record what a family tells, opens what staff have to do about it, and in
/// an emergency tells them at once.
pub async fn answer(app: &App, sheet: Sheet<'_>, told: &Told) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "family_tells": told.kind.code(), "on": told.on, "ran": told.ran, "words": told.words,
    });
    let at = app.moment();
    if let Some(wrong) = wrong(told, at.today) {
        return Ok(wrong);
    }
    once!(app, sheet, request, |tx| {
        let Some((case, number)) = own(tx, &sheet.who.reader, at).await? else {
            return Ok(Answer::NotThere);
        };
        let mut application = None;
        if let (AnswerKind::Applied, Some(on)) = (told.kind, told.on) {
            let by = sheet.who.user;
            match loans::family_applied(tx, app, (case, &number), (on, by)).await? {
                Ok(id) => application = Some(id),
                Err(no) => return Ok(no),
            }
        }
        let standing = standing(tx, case).await?;
        // Whoever was told of an emergency hears that it is over, too.
        let tells =
            told.kind.told_at_once() || told.kind == AnswerKind::AllWell && standing.is_some();
        let known = standing.is_some_and(|last| said_just_now(&last, told.kind, at));
        let id = app.ids.next();
        let task = open(tx, app, (case, told), (id, at)).await?;
        let kept = FamilyAnswer {
            id,
            kind: told.kind,
            on: told.on,
            ran: told.ran,
            words: told.words.clone(),
            application,
            task,
            at: at.now,
            seen_at: None,
            taken_back_at: None,
        };
        tx.add_family_answer(case, &kept, sheet.who.user).await?;
        if told.kind.moves_duties() {
            loans::keep(tx, app, &number).await?;
        }
        if tells && !known {
            let what = told.kind.name().ja.into_owned();
            tell_staff(tx, app, (case, &number), (id, &what)).await?;
        }
        let event = audit::event(app, sheet.who, Action::FamilyTold);
        tx.record(&event.on([case])).await?;
        Answer::Done(id.to_string())
    })
}

/// The last word of an emergency that was not taken back, unless all is well since.
async fn standing(tx: &mut Tx, case: CaseId) -> Result<Option<FamilyAnswer>, ServiceError> {
    let answers = tx.family_answers(case, 20).await?.into_iter();
    let mut said = answers.filter(|told| told.taken_back_at.is_none() && told.kind.of_emergency());
    Ok(said.next().filter(|last| last.kind != AnswerKind::AllWell))
}

/// Whether the same was told less than [`SAID_FOR`] ago and nobody has acted on it:
/// staff are not mailed once for every press.
fn said_just_now(last: &FamilyAnswer, kind: AnswerKind, at: Moment) -> bool {
    last.kind == kind && last.seen_at.is_none() && at.now - last.at < SAID_FOR
}

/// What cannot be.
fn wrong(told: &Told, today: NaiveDate) -> Option<Answer> {
    if told.on.is_some_and(|on| on > today) {
        return Some(Answer::Wrong("on", TO_COME));
    }
    let older = |days: i64| told.on.is_some_and(|on| (today - on).num_days() > days);
    match told.kind {
        AnswerKind::RenewedFuel => older(FUEL_COUNTS_DAYS).then_some(Answer::Wrong("on", OLD_FUEL)),
        AnswerKind::RanGenerator if older(RUN_COUNTS_DAYS) => Some(Answer::Wrong("on", LONG_AGO)),
        AnswerKind::RanGenerator => told.ran.is_none().then_some(Answer::Wrong("ran", RAN_HOW)),
        _ => None,
    }
}

/// Opens what staff have to do; what was told of an emergency before is over with it.
async fn open(
    tx: &mut Tx,
    app: &App,
    (case, told): (CaseId, &Told),
    (answer, at): (Uuid, Moment),
) -> Result<Option<Uuid>, ServiceError> {
    if told.kind.of_emergency() {
        for before in tx.family_answers(case, 20).await? {
            // A call for help is over when a person has looked, not with a milder word.
            let over = before.kind.gives_way() || before.kind == told.kind;
            if let (true, Some(task)) = (over, before.task) {
                tx.drop_task(task, at.now).await?;
            }
        }
    }
    let Some(kind) = told.kind.task(told.ran) else {
        return Ok(None);
    };
    let id = app.ids.next();
    let about = (Some(case), kind, &*answer.to_string());
    tx.open_task_saying(id, about, told.words.as_deref(), at)
        .await?;
    Ok(Some(id))
}

/// Mails those of the staff who may see the child: at once, and nothing that says who
/// the child is.
async fn tell_staff(
    tx: &mut Tx,
    app: &App,
    (case, number): (CaseId, &CaseNumber),
    (answer, said): (Uuid, &str),
) -> Result<(), ServiceError> {
    let at = app.moment();
    let whole = tx.case(&Reader::Operator, at, number).await?;
    let file = tx.loan_file(&Reader::Operator, at, number).await?;
    let lives = whole.and_then(|seen| seen.home.municipality);
    let home = municipality_of(lives, file.as_ref());
    let time = in_tokyo(at.now).format("%-m月%-d日%H:%M").to_string();
    let link = format!("{}/", app.config.server.address());
    let text: MailText = from_family(number, said, &time, &link);
    for account in tx.accounts_to_remind().await? {
        let near = match account.reader {
            Reader::Municipality(_, code) => Some(MunicipalityCode::responsible(code)) == home,
            Reader::Centre(_) | Reader::Coordinator(_) => true,
            _ => false,
        };
        let sees = near && tx.seen_case(&account.reader, at, number).await?.is_some();
        let Ok(address) = MailAddress::recorded(&account.email) else {
            continue;
        };
        if sees && account.reader.role() != Some(Role::Family) {
            let dedup = format!("family {answer} {}", account.id);
            let to = To {
                address: &address,
                kind: MailKind::Urgent,
                case: Some(case),
                contact: None,
                account: Some(account.id),
            };
            post(tx, app, to, (&text, &dedup)).await?;
        }
    }
    Ok(())
}

/// Takes back what was told by a slip of the thumb.
pub async fn take_back(app: &App, sheet: Sheet<'_>, id: Uuid) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({"family_takes_back": id});
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some((case, number)) = own(tx, &sheet.who.reader, at).await? else {
            return Ok(Answer::NotThere);
        };
        let answers = tx.family_answers(case, 200).await?;
        let Some(told) = answers.iter().find(|told| told.id == id) else {
            return Ok(Answer::NotThere);
        };
        if told.seen_at.is_some() {
            return Ok(Answer::Wrong("answer", TOO_LATE));
        }
        if !tx.take_back_answer((id, case), at.now).await? {
            return Ok(Answer::Changed);
        }
        let was_open = match told.task {
            Some(task) => tx.drop_task(task, at.now).await?,
            None => false,
        };
        // The word before counts again: somebody may still need help.
        let stands = |one: &&FamilyAnswer| one.kind.of_emergency() && one.taken_back_at.is_none();
        let mut standing = answers.iter().filter(stands);
        let mut counts = standing.next();
        let was_last = counts.is_some_and(|last| last.id == id);
        if was_last {
            counts = standing.next();
            if let Some((Some(task), None)) = counts.map(|before| (before.task, before.seen_at)) {
                tx.reopen_task(task).await?;
            }
        }
        // One that the same word has replaced says nothing any more: who hears that it was
        // taken back would think that help is not needed.
        if told.kind.of_emergency() && (was_last || was_open) {
            let name = told.kind.name().ja;
            let counts = counts.filter(|word| word.kind != AnswerKind::AllWell);
            let what = match counts {
                Some(word) => format!(
                    "{name}（取り消しました。今は「{}」です）",
                    word.kind.name().ja
                ),
                None => format!("{name}（取り消しました）"),
            };
            tell_staff(tx, app, (case, &number), (app.ids.next(), &what)).await?;
        }
        if let Some(application) = told.application {
            let hand = (Some(sheet.who.user), at.now);
            tx.strike_application((application, case), SLIP, hand)
                .await?;
        }
        if told.kind.moves_duties() {
            loans::keep(tx, app, &number).await?;
            tx.turn_case(case, at.now).await?;
        }
        let event = audit::event(app, sheet.who, Action::FamilyTookBack);
        tx.record(&event.on([case])).await?;
        Answer::Done(id.to_string())
    })
}
