//! The steps of a loan, each once, in one commit with what it does to the unit.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{Answer, Sheet, ended::keep_file, judged, leave, once, photos};
use crate::{
    app::App,
    domain::{
        access::Reader,
        audit::Action,
        id::{CaseId, CaseNumber, UnitId, UserId},
        loan::{
            AnnualCheck, Criterion, Decider, HandOver, KitItem, LoanState, LoanStep, NotAllowed,
            Replaced, Standing, UnitEventKind, UnitState, days,
        },
        text::Text,
    },
    service::{ServiceError, audit, photo::Photo},
    store::{LoanFile, LoanHand, StepDecision, TakenStep, Tx, UnitEvent},
};

pub(super) const TO_COME: Text = Text::fixed(
    "その日はまだ来ていません。今日までの日を入れてください。",
    "That day has not come yet: enter a day up to today.",
);
const BEFORE_LAST: Text = Text::fixed(
    "一つ前の手続きの日より前の日です。日付を確かめてください。",
    "That day lies before the step before it: check the day.",
);
const NOTE_MISSING: Text = Text::fixed(
    "理由（直すところ）を書いてください。後から見る人と、ご家族への説明に必要です。",
    "Write down why, or what is to be corrected: whoever reads it later, and the family, need it.",
);
/// Nothing else stands between one press and the end of everything.
const SAID_BY: Text = Text::fixed(
    "どなたから連絡があったかを、ひとこと書いてください（押し間違いで止めてしまわないためです）。",
    "Write in a word who told you, so that nothing is stopped by a slip of the hand.",
);
const AGAINST: Text = Text::fixed(
    "満たさない、または未確認の条件があります。それでも決定する理由を書いてください。",
    "A criterion is not met or not known. Write down why it is decided so nevertheless.",
);
pub(super) const NOT_EXPLAINED: Text = Text::fixed(
    "「必ず屋外で使う」ことと一酸化炭素の危険を説明してから、引渡しを記録してください。",
    "Explain first that it runs outdoors alone, and the danger of carbon monoxide; then record the hand-over.",
);
pub(super) const KIT_INCOMPLETE: Text = Text::fixed(
    "そろっていない物があります。理由と、いつ渡すかを書いてください。",
    "Something of the kit is missing: write down why, and when it will be handed over.",
);
pub(super) const RETURN_TOO_EARLY: Text = Text::fixed(
    "返却日は今日以後の日にしてください。",
    "The day of return must be today or later.",
);
const DOCUMENT_MISSING: Text = Text::fixed(
    "この決定は県がします。県の決定通知の番号を入れてください（日付は決定の日です）。",
    "The prefecture decides this: enter the number of its decision (the day is that of the decision).",
);
pub(super) const BEFORE_BIRTH: Text = Text::fixed(
    "お子さんが生まれる前の日です。日付を確かめてください。",
    "That day lies before the child was born: check the day.",
);
const BEFORE_LOAN: Text = Text::fixed(
    "貸与が始まった日より前の日です。日付を確かめてください。",
    "That day lies before the loan began: check the day.",
);
const NOTHING_SEEN: Text = Text::fixed(
    "何も確認していないものは、年1回の確認として記録できません。使い方・状態・条件のどれかを確かめるか、見たもの（運転時間、オイル、置き場所など）を入れてください。会えなかった・電話がつながらなかったときは、あらためて日を約束してください。",
    "A check in which nothing was looked at is none. Find out one of use, condition and conditions, or enter what was seen (hours run, oil, where it stands). If nobody was met or reached, agree on another day.",
);

const REPORT_CHANGED: Text = Text::fixed(
    "この画面を開いたあとに、ご家族が記入を送った・書き直した・取り消したところです。いまの内容を見て、もう一度記録してください。",
    "Since this page was opened the family has sent its part, changed it or taken it back: look at it as it is now, and record the check once more.",
);

/// A step as it is written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The file's revision that the page showed.
    pub revision: i64,
    /// On which day.
    pub on: NaiveDate,
    /// The note.
    pub note: Option<String>,
}

/// The file that a step is about, or the answer why there is none.
pub(super) async fn opened(
    tx: &mut Tx,
    app: &App,
    sheet: &Sheet<'_>,
    (number, taken): (&CaseNumber, &Taken),
) -> Result<Result<LoanFile, Answer>, ServiceError> {
    let at = app.moment();
    let Some(file) = tx.loan_file(&sheet.who.reader, at, number).await? else {
        return Ok(Err(Answer::NotThere));
    };
    if file.revision != taken.revision {
        return Ok(Err(Answer::Changed));
    }
    if taken.on > at.today {
        return Ok(Err(Answer::Wrong("on", TO_COME)));
    }
    let last = tx.loan_steps(file.id).await?.first().map(|step| step.on);
    if taken.on < last.unwrap_or(file.state_since) {
        return Ok(Err(Answer::Wrong("on", BEFORE_LAST)));
    }
    Ok(Ok(file))
}

/// A step that may be taken, and where it leads; nothing is written yet.
pub(super) struct Next {
    pub(super) step: TakenStep,
    pub(super) to: LoanState,
}

/// Looks whether a step may be taken.
pub(super) async fn allowed(
    tx: &mut Tx,
    app: &App,
    (file, taken): (&LoanFile, &Taken),
    (step, early): (LoanStep, bool),
) -> Result<Result<Next, Answer>, ServiceError> {
    let to = match file.state.after(step, early) {
        Ok(to) => to,
        Err(no) => return Ok(Err(Answer::NotAllowed(no))),
    };
    let given = taken
        .note
        .as_deref()
        .map(str::trim)
        .filter(|n| !n.is_empty());
    if step.needs_note() && given.is_none() {
        let why = if step == LoanStep::Stop {
            SAID_BY
        } else {
            NOTE_MISSING
        };
        return Ok(Err(Answer::Wrong("note", why)));
    }
    let mut against = None;
    if matches!(step, LoanStep::ApproveUse | LoanStep::ApproveLoan) {
        let judged = judged(file, &tx.schemes().await?, app.clock.today());
        let off = judged.iter().filter(|one| one.standing != Standing::Met);
        let off: Vec<&str> = off.map(|one| one.criterion.code()).collect();
        if !off.is_empty() {
            if given.is_none() {
                return Ok(Err(Answer::Wrong("note", AGAINST)));
            }
            against = Some(off.join(","));
        }
    }
    let step = TakenStep {
        step,
        on: taken.on,
        note: given.map(ToOwned::to_owned),
        against,
        by: None,
    };
    Ok(Ok(Next { step, to }))
}

/// Writes down a step of a file that was read in the same unit of work.
pub(super) async fn write(
    tx: &mut Tx,
    app: &App,
    sheet: &Sheet<'_>,
    (file, next): (&LoanFile, &Next),
) -> Result<(), ServiceError> {
    let hand = (Some(sheet.who.user), app.clock.now());
    let file = (file.id, file.revision);
    if !tx.take_loan_step(file, (&next.step, next.to), hand).await? {
        return Err(ServiceError::Corrupt("loan_file"));
    }
    Ok(())
}

/// Puts into the trail what was done, and makes what rests on the case stale.
pub(super) async fn noted(
    tx: &mut Tx,
    app: &App,
    sheet: &Sheet<'_>,
    (file, action): (&LoanFile, Action),
) -> Result<Answer, ServiceError> {
    super::dues::keep(tx, app, &file.number).await?;
    tx.turn_case(file.case, app.clock.now()).await?;
    let event = audit::event(app, sheet.who, action);
    tx.record(&event.on([file.case])).await?;
    Ok(Answer::Done(file.number.to_string()))
}

macro_rules! or_answer {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(answer) => return Ok(answer),
        }
    };
}

pub(super) use or_answer;

/// A step that moves no unit.
pub async fn step(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    step: LoanStep,
    taken: &Taken,
) -> Result<Answer, ServiceError> {
    decide(app, sheet, number, (step, None), taken).await
}

/// A step that moves no unit, with the number of the document by which the
/// prefecture has decided it, where it does.
pub async fn decide(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (step, document): (LoanStep, Option<&str>),
    taken: &Taken,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "loan_step": number, "step": step.code(), "on": taken.on, "note": taken.note,
        "revision": taken.revision, "document": document,
    });
    let decider = app.config.loans.decides(step);
    once!(app, sheet, request, |tx| {
        let file = or_answer!(opened(tx, app, &sheet, (number, taken)).await?);
        if step.has_own_form() {
            return Ok(Answer::NotAllowed(NotAllowed {
                state: file.state,
                step,
                allowed: file.state.steps(),
            }));
        }
        let next = or_answer!(allowed(tx, app, (&file, taken), (step, false)).await?);
        if decider == Some(Decider::Prefecture) && document.is_none() {
            return Ok(Answer::Wrong("document", DOCUMENT_MISSING));
        }
        if step == LoanStep::Stop {
            let by = Some(sheet.who.user);
            leave::stop(app, tx, (file.case, &next.step), by).await?;
            // The case goes on for its municipality; the family's page, its links and
            // its calendar do not.
            tx.end_ways_in(file.case, app.clock.now()).await?;
        } else {
            write(tx, app, &sheet, (&file, &next)).await?;
        }
        if matches!(step, LoanStep::ApproveUse | LoanStep::ApproveLoan) {
            let code = Criterion::AlwaysVentilated.code();
            let against = next.step.against.as_deref().unwrap_or_default();
            let known = against.split(',').any(|off| off == code);
            let minutes = file.facts.minutes_off.filter(|_| known);
            tx.note_granted_minutes(file.id, minutes).await?;
        }
        if let Some(by) = decider {
            let number = document.map(ToOwned::to_owned);
            tx.note_decision(file.id, &StepDecision { by, number })
                .await?;
        }
        if let (LoanStep::CancelReturn, Some(loan)) = (step, &file.loan) {
            let replaced = Replaced {
                return_on: loan.return_on,
                return_why: loan.return_why.clone(),
                ..Replaced::default()
            };
            tx.note_replaced(file.id, &replaced).await?;
            tx.set_return(loan.id, None).await?;
        }
        if next.to.is_over() && step != LoanStep::Stop {
            leave::grants(tx, file.case, after(app.clock.today())).await?;
            keep_file(app, tx, file.case, next.step.on).await?;
        }
        noted(tx, app, &sheet, (&file, Action::TookLoanStep)).await?
    })
}

/// The day after, so that whoever closed a file still sees it that day.
pub(super) fn after(today: NaiveDate) -> NaiveDate {
    today + Days::new(1)
}

/// What is gone through when a unit is exchanged: the one that comes back and the one
/// that stays.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The unit that stays.
    pub unit: UnitId,
    /// What of its kit the family has now.
    pub kit: Vec<KitItem>,
    /// What came back with the other one.
    pub kit_back: Vec<KitItem>,
    /// The frequency that was set on it, in hertz; `None`: nobody has looked.
    pub frequency_hz: Option<u32>,
    /// The family has started it themselves.
    pub started: bool,
    /// It was said again that it runs outdoors alone, and why.
    pub co_explained: bool,
}

/// Exchanges a unit: the clocks stay as they are.
pub async fn exchange(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (taken, new): (&Taken, &Exchange),
) -> Result<Answer, ServiceError> {
    let codes = |kit: &[KitItem]| kit.iter().map(|item| item.code()).collect::<Vec<_>>();
    let request = serde_json::json!({
        "exchange": number, "on": taken.on, "revision": taken.revision, "unit": new.unit,
        "note": taken.note, "kit": codes(&new.kit), "back": codes(&new.kit_back),
        "frequency": new.frequency_hz, "started": new.started, "explained": new.co_explained,
    });
    let now = app.clock.now();
    once!(app, sheet, request, |tx| {
        let file = or_answer!(opened(tx, app, &sheet, (number, taken)).await?);
        let Some(loan) = file.loan.clone().filter(|loan| loan.ended_on.is_none()) else {
            let no = file.state.after(LoanStep::Exchange, false);
            return Ok(no.err().map_or(Answer::Changed, Answer::NotAllowed));
        };
        let step = (LoanStep::Exchange, false);
        let next = or_answer!(allowed(tx, app, (&file, taken), step).await?);
        if !tx
            .move_unit(new.unit, UnitState::Ready, UnitState::Lent)
            .await?
        {
            return Ok(Answer::UnitGone);
        }
        write(tx, app, &sheet, (&file, &next)).await?;
        let hand = (Some(sheet.who.user), now);
        let event = |kind, kit| UnitEvent {
            kind,
            loan: Some(loan.id),
            on: taken.on,
            kit,
            note: None,
            by: None,
        };
        if let Some(old) = loan.unit {
            tx.move_unit(old, UnitState::Lent, UnitState::InRepair)
                .await?;
            let back = event(UnitEventKind::CameBack, Some(new.kit_back.clone()));
            tx.add_unit_event(app.ids.next(), old, &back, hand).await?;
        }
        let done = tx.hand_over(loan.id).await?;
        let replaced = Replaced {
            unit: loan.unit,
            frequency_hz: done.as_ref().and_then(|done| done.frequency_hz),
            kit_missing: done
                .as_ref()
                .map_or_else(Vec::new, |d| d.kit_missing.clone()),
            started_by_family: done.as_ref().is_some_and(|done| done.started_by_family),
            co_explained: done.as_ref().is_some_and(|done| done.co_explained),
            ..Replaced::default()
        };
        tx.note_replaced(file.id, &replaced).await?;
        tx.exchange_unit(loan.id, Some(new.unit)).await?;
        // What was seen and done with the unit before says nothing of this one.
        if let Some(done) = done {
            let missing = KitItem::ALL.iter().filter(|item| !new.kit.contains(item));
            let done = HandOver {
                frequency_hz: new.frequency_hz,
                started_by_family: new.started,
                co_explained: done.co_explained || new.co_explained,
                kit_missing: missing.map(|item| item.code().to_owned()).collect(),
                ..done
            };
            tx.write_hand_over(loan.id, &done).await?;
        }
        let out = event(UnitEventKind::HandedOver, Some(new.kit.clone()));
        tx.add_unit_event(app.ids.next(), new.unit, &out, hand)
            .await?;
        noted(tx, app, &sheet, (&file, Action::ExchangedUnit)).await?
    })
}

/// The report of the family that a check is recorded from: which, and how often it was
/// written when the page showed it; `None`: there was none.
pub type Reported = Option<(Uuid, i64)>;

/// Writes a yearly check down, with its photos, and closes the report of the family.
pub async fn check(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (check, photos, reported): (&AnnualCheck, &[Photo], Reported),
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "annual_check": number, "check": check, "photos": photos::sent(photos),
        "report": reported,
    });
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(file) = tx.loan_file(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some(loan) = file.loan.as_ref().filter(|loan| loan.ended_on.is_none()) else {
            return Ok(Answer::Changed);
        };
        if check.held_on > at.today {
            return Ok(Answer::Wrong("held_on", TO_COME));
        }
        if check.held_on < loan.started_on {
            return Ok(Answer::Wrong("held_on", BEFORE_LOAN));
        }
        let report = tx.open_family_check((file.case, loan.id)).await?;
        if report.as_ref().map(|report| (report.id, report.revision)) != reported {
            return Ok(Answer::Wrong("report", REPORT_CHANGED));
        }
        let of_family = report.as_ref().is_some_and(|one| !one.photos.is_empty());
        if !check.found_something() && photos.is_empty() && !of_family {
            return Ok(Answer::Wrong("usage", NOTHING_SEEN));
        }
        if photos.len() > photos::MOST_PHOTOS {
            return Ok(Answer::Wrong("photos", photos::TOO_MANY));
        }
        let window = super::clocks(app, &file).map(|clocks| clocks.check_window);
        let doubts = [
            days::of_load(check.load_watts),
            days::of_fuel(check.fuel_on, (check.held_on, at.today)),
            window.and_then(|window| days::of_check(check.held_on, window)),
        ];
        if let Some(answer) = sheet.answers(doubts) {
            return Ok(answer);
        }
        let hand = (Some(sheet.who.user), at.now);
        let id = app.ids.next();
        tx.add_check(id, (loan.id, loan.unit), check, hand).await?;
        photos::keep_photos(tx, app, id, (photos, hand)).await?;
        if let Some(report) = &report {
            let by = (sheet.who.user, at.now);
            tx.record_family_check(report, id, by).await?;
        }
        // The day that was agreed for it is over.
        tx.set_check_day(loan.id, None, hand).await?;
        noted(tx, app, &sheet, (&file, Action::CheckedLoan)).await?
    })
}

/// Writes down on which day the family applied for the plan.
pub async fn applied_for_plan(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (on, note): (NaiveDate, Option<&str>),
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({"plan_applied": number, "on": on, "note": note});
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(file) = tx.loan_file(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let about = (file.case, number);
        let hand = (Some(sheet.who.user), at.now);
        or_answer!(put_application(tx, app, about, (on, note), hand).await?);
        noted(tx, app, &sheet, (&file, Action::NotedPlanApplication)).await?
    })
}

/// Puts on record on which day a family applied for the plan; its id, or why not.
async fn put_application(
    tx: &mut Tx,
    app: &App,
    (case, number): (CaseId, &CaseNumber),
    (on, note): (NaiveDate, Option<&str>),
    hand: LoanHand,
) -> Result<Result<Uuid, Answer>, ServiceError> {
    let at = app.moment();
    if on > at.today {
        return Ok(Err(Answer::Wrong("on", TO_COME)));
    }
    let seen = tx.case(&Reader::Operator, at, number).await?;
    let born = seen.and_then(|seen| seen.child.born);
    if born.is_some_and(|born| on < born) {
        return Ok(Err(Answer::Wrong("on", BEFORE_BIRTH)));
    }
    let id = app.ids.next();
    tx.add_plan_application(id, case, on, note, hand).await?;
    Ok(Ok(id))
}

/// Puts on record, in the caller's commit, what a family tells on its page: that it
/// has applied for the plan.
pub(in crate::service) async fn family_applied(
    tx: &mut Tx,
    app: &App,
    about: (CaseId, &CaseNumber),
    (on, by): (NaiveDate, UserId),
) -> Result<Result<Uuid, Answer>, ServiceError> {
    let now = app.clock.now();
    let put = put_application(tx, app, about, (on, None), (Some(by), now)).await?;
    if put.is_ok() {
        tx.turn_case(about.0, now).await?;
    }
    Ok(put)
}
