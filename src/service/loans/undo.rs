//! Taking back what was recorded by mistake: the last step of a file, a yearly check,
//! the day of the application for the plan. Nothing is deleted.

use super::{
    Answer, Sheet,
    bedside::provision_follows,
    dues,
    ended::forget_file,
    once,
    register::centre,
    take::{noted, or_answer},
    tell,
};
use crate::{
    app::App,
    domain::{
        access::{Ground, Reader},
        audit::Action,
        id::{CaseNumber, LoanId, UnitId},
        loan::{HandOver, LoanState, LoanStep, UnitEventKind, UnitState, undo::MENDED_FOR_DAYS},
        text::Text,
    },
    service::{ServiceError, audit, reminders, view::SignedIn},
    store::{LoanFile, PastStep, StoredLoan, Tx, UnitEvent},
};
use chrono::{Days, NaiveDate};

pub(super) const WHY_MISSING: Text = Text::fixed(
    "なぜ取り消すのかを書いてください。記録は線を引いて残り、理由と一緒に読まれます。",
    "Write down why: the record stays, struck out, and is read with its reason.",
);
const CHECK_FOLLOWED: Text = Text::fixed(
    "このあとに年1回の確認が記録されています。先に確認の記録を取り消してください（貸与の画面の「年1回の確認」）。確認が正しいときは、この手続きは取り消せません。交換か返却を記録してください。",
    "A yearly check was recorded after it: strike that out first (on the page of the loan). If the check is right this step cannot be taken back: record an exchange or a return.",
);
const UNIT_ELSEWHERE: Text = Text::fixed(
    "前の発電機は、そのあとほかのお子さんに貸し出されたか、廃棄・紛失になっています。取り消せません。いまの状態のまま、必要なら新しい引渡し・交換を記録してください。",
    "The former unit was lent to another child since, or is retired or lost. This cannot be taken back: leave it as it stands, and record a new hand-over or an exchange where one is needed.",
);
const UNIT_NOT_OUT: Text = Text::fixed(
    "渡した発電機が「貸与中」ではなくなっています。発電機の画面で状態を確かめてください。",
    "The unit that was handed over is not lent any more: look at the page of the unit.",
);

/// The last step of a file, as it can be taken back.
#[derive(Debug, Clone)]
pub struct Undoing {
    /// The child's number.
    pub number: CaseNumber,
    /// The child's name, where the centre still reads it.
    pub name: Option<String>,
    /// The file's revision.
    pub revision: i64,
    /// Where it stands.
    pub state: LoanState,
    /// The step; `None`: nothing was recorded.
    pub last: Option<PastStep>,
}

/// The first day on which a file may have ended to be mended still.
pub(super) fn mended_from(app: &App) -> NaiveDate {
    app.clock.today() - Days::new(MENDED_FOR_DAYS)
}

/// The file that is to be mended: one that the reader sees, or one that the centre
/// closed lately. `true`: the reader sees the child's name.
async fn found(
    tx: &mut Tx,
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<(LoanFile, bool)>, ServiceError> {
    let at = app.moment();
    if let Some(file) = tx.loan_file(&who.reader, at, number).await? {
        return Ok(Some((file, true)));
    }
    if !matches!(who.reader, Reader::Centre(_)) {
        return Ok(None);
    }
    if let Some(file) = tx.ended_loan_file(&who.reader, at, number).await? {
        let lately = file.closed_on.is_some_and(|on| on >= mended_from(app));
        return Ok(lately.then_some((file, true)));
    }
    let file = tx.loan_file(&Reader::Operator, at, number).await?;
    let lately = file.filter(|file| file.closed_on.is_some_and(|on| on >= mended_from(app)));
    Ok(lately.map(|file| (file, false)))
}

/// The last step of a file, and what is known of it.
pub async fn undoing(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<Undoing>, ServiceError> {
    let (case, undoing) = {
        let mut tx = app.store.read().await?;
        let Some((file, seen)) = found(&mut tx, app, who, number).await? else {
            return Ok(None);
        };
        let history = tx.loan_history(file.id).await?.into_iter();
        let mut last = history.into_iter().find(|past| past.undone.is_none());
        if let (Some(last), false) = (&mut last, seen) {
            // A number, and nothing of the child.
            last.step.note = None;
        }
        let undoing = Undoing {
            number: file.number,
            name: file.name.filter(|_| seen),
            revision: file.revision,
            state: file.state,
            last,
        };
        (file.case, undoing)
    };
    audit::saw(app, who, Action::ReadLoan, [case]).await?;
    Ok(Some(undoing))
}

/// A reason, where one was given.
pub(super) fn given(why: &str) -> Option<&str> {
    Some(why.trim()).filter(|why| !why.is_empty())
}

/// Takes back the last step of a file, and what it did, in one commit.
pub async fn undo(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (revision, ordinal, why): (i64, i64, &str),
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "undo_loan_step": number, "revision": revision, "ordinal": ordinal, "why": why,
    });
    once!(app, sheet, request, |tx| {
        let Some((file, _)) = found(tx, app, sheet.who, number).await? else {
            return Ok(Answer::NotThere);
        };
        let history = tx.loan_history(file.id).await?.into_iter();
        let last = history.into_iter().find(|past| past.undone.is_none());
        let Some(past) = last.filter(|past| past.ordinal == ordinal) else {
            return Ok(Answer::Changed);
        };
        if file.revision != revision {
            return Ok(Answer::Changed);
        }
        let Some(why) = given(why) else {
            return Ok(Answer::Wrong("undo_why", WHY_MISSING));
        };
        or_answer!(effects(tx, app, &sheet, (&file, &past, why)).await?);
        let hand = (Some(sheet.who.user), app.clock.now());
        let of = (file.id, file.revision);
        if !tx.undo_loan_step(of, &past, why, hand).await? {
            return Err(ServiceError::Corrupt("loan_file"));
        }
        if past.step.step == LoanStep::Stop || file.closed_on.is_some() {
            sees_again(app, tx, &file).await?;
        }
        if past.step.step == LoanStep::Stop && !tx.is_silent(file.case).await? {
            reminders::go_on(tx, app, file.case).await?;
        }
        noted(tx, app, &sheet, (&file, Action::TookBackLoanStep)).await?
    })
}

/// Lets the centre read again what it could before its file was closed.
async fn sees_again(app: &App, tx: &mut Tx, file: &LoanFile) -> Result<(), ServiceError> {
    let today = app.clock.today();
    tx.grant(file.case, &centre(), Ground::Loan, today).await?;
    forget_file(app, tx, file.case).await?;
    if tx.has_loan(file.case).await? {
        provision_follows(app, tx, file).await?;
    }
    Ok(())
}

/// Undoes what a step did besides; everything is looked at before anything is written.
async fn effects(
    tx: &mut Tx,
    app: &App,
    sheet: &Sheet<'_>,
    (file, past, why): (&LoanFile, &PastStep, &str),
) -> Result<Result<(), Answer>, ServiceError> {
    let Some(loan) = file.loan.clone() else {
        return Ok(Ok(()));
    };
    match past.step.step {
        LoanStep::HandOver => never_began(tx, app, sheet, (file, &loan, why)).await,
        LoanStep::Exchange => exchanged_back(tx, app, sheet, (file, past, &loan)).await,
        LoanStep::SetReturn => {
            tx.set_return(loan.id, None).await?;
            Ok(Ok(()))
        }
        LoanStep::CancelReturn => {
            let was = tx
                .replaced(file.id, past.ordinal)
                .await?
                .unwrap_or_default();
            let set = was.return_on.zip(was.return_why.as_deref());
            tx.set_return(loan.id, set).await?;
            Ok(Ok(()))
        }
        LoanStep::Extend => {
            tx.undo_extension(loan.id, app.clock.now()).await?;
            Ok(Ok(()))
        }
        LoanStep::TakeBack | LoanStep::ReportLoss => {
            let back = Back {
                loan: loan.id,
                unit: loan.unit,
                to: UnitState::Lent,
            };
            goes_on(tx, app, sheet, &[back]).await
        }
        LoanStep::Stop => {
            let stopped = tx.stopped_loans(file.case).await?.into_iter();
            let back: Vec<Back> = stopped
                .map(|stopped| Back {
                    loan: stopped.loan,
                    unit: stopped.unit,
                    to: if stopped.emergency {
                        UnitState::EmergencyLent
                    } else {
                        UnitState::Lent
                    },
                })
                .collect();
            let went_on = goes_on(tx, app, sheet, &back).await?;
            if went_on.is_ok() {
                tx.unsee_loan_words(file.case, past.recorded_at).await?;
            }
            Ok(went_on)
        }
        _ => Ok(Ok(())),
    }
}

/// A hand-over that never was.
async fn never_began(
    tx: &mut Tx,
    app: &App,
    sheet: &Sheet<'_>,
    (file, loan, why): (&LoanFile, &StoredLoan, &str),
) -> Result<Result<(), Answer>, ServiceError> {
    let hand = (Some(sheet.who.user), app.clock.now());
    if !tx.checks(loan.id).await?.is_empty() {
        return Ok(Err(Answer::Wrong("undo", CHECK_FOLLOWED)));
    }
    if let Some(unit) = loan.unit {
        let (lent, ready) = (UnitState::Lent, UnitState::Ready);
        if !tx.move_unit(unit, lent, ready).await? {
            return Ok(Err(Answer::Wrong("undo", UNIT_NOT_OUT)));
        }
        event(tx, app, sheet, (unit, loan.id), UnitEventKind::NeverOut).await?;
    }
    let done = tx.hand_over(loan.id).await?;
    if done.is_some_and(|done| done.exchange_consent == Some(true)) {
        tell::no_longer(app, tx, (file, loan)).await?;
    }
    tx.void_loan(loan.id).await?;
    tx.set_check_day(loan.id, None, hand).await?;
    tx.strike_applications_of(loan.id, why, hand).await?;
    dues::forget(tx, app, (loan.id, file.case)).await?;
    if !tx.has_loan(file.case).await? {
        let today = app.clock.today();
        tx.end_grants(file.case, "centre", Ground::Provision, None, today)
            .await?;
    }
    Ok(Ok(()))
}

/// An exchange that never was.
async fn exchanged_back(
    tx: &mut Tx,
    app: &App,
    sheet: &Sheet<'_>,
    (file, past, loan): (&LoanFile, &PastStep, &StoredLoan),
) -> Result<Result<(), Answer>, ServiceError> {
    let was = tx
        .replaced(file.id, past.ordinal)
        .await?
        .unwrap_or_default();
    let checks = tx.checks(loan.id).await?;
    if checks.iter().any(|stored| stored.unit == loan.unit) {
        return Ok(Err(Answer::Wrong("undo", CHECK_FOLLOWED)));
    }
    if let Some(old) = was.unit
        && !comes_back(tx, (old, loan.id), UnitState::Lent).await?
    {
        return Ok(Err(Answer::Wrong("undo", UNIT_ELSEWHERE)));
    }
    if let Some(new) = loan.unit {
        let (lent, ready) = (UnitState::Lent, UnitState::Ready);
        if !tx.move_unit(new, lent, ready).await? {
            // The unit of a loan that runs is lent.
            return Err(ServiceError::Corrupt("generator_unit"));
        }
        event(tx, app, sheet, (new, loan.id), UnitEventKind::NeverOut).await?;
    }
    tx.exchange_unit(loan.id, was.unit).await?;
    if let Some(done) = tx.hand_over(loan.id).await? {
        let done = HandOver {
            frequency_hz: was.frequency_hz,
            started_by_family: was.started_by_family,
            co_explained: was.co_explained,
            kit_missing: was.kit_missing,
            ..done
        };
        tx.write_hand_over(loan.id, &done).await?;
    }
    if let Some(old) = was.unit {
        event(tx, app, sheet, (old, loan.id), UnitEventKind::StillOut).await?;
    }
    Ok(Ok(()))
}

/// A loan that goes on, and the state that its unit has then.
#[derive(Clone, Copy)]
struct Back {
    loan: LoanId,
    unit: Option<UnitId>,
    to: UnitState,
}

/// Lets loans go on that were ended by mistake.
async fn goes_on(
    tx: &mut Tx,
    app: &App,
    sheet: &Sheet<'_>,
    loans: &[Back],
) -> Result<Result<(), Answer>, ServiceError> {
    // Everything is looked at first: an answer in the middle would keep the rest.
    for back in loans {
        if let Some(unit) = back.unit
            && !can_come_back(tx, (unit, back.loan)).await?
        {
            return Ok(Err(Answer::Wrong("undo", UNIT_ELSEWHERE)));
        }
    }
    for back in loans {
        if let Some(unit) = back.unit {
            if !comes_back(tx, (unit, back.loan), back.to).await? {
                return Err(ServiceError::Corrupt("generator_unit"));
            }
            event(tx, app, sheet, (unit, back.loan), UnitEventKind::StillOut).await?;
        }
        tx.reopen_loan(back.loan, app.clock.now()).await?;
    }
    Ok(Ok(()))
}

/// The states in which a unit is that can be with its family after all.
const AT_HAND: [UnitState; 5] = [
    UnitState::Ready,
    UnitState::InRepair,
    UnitState::Lost,
    UnitState::ToFetch,
    UnitState::ToFetchQuietly,
];

/// Whether a unit can be with a family again as if it had stayed there.
async fn can_come_back(tx: &mut Tx, (unit, loan): (UnitId, LoanId)) -> Result<bool, ServiceError> {
    let Some(stored) = tx.unit(unit).await? else {
        return Ok(false);
    };
    Ok(AT_HAND.contains(&stored.state) && !tx.went_elsewhere(unit, loan).await?)
}

/// Moves such a unit; `false`: it cannot.
async fn comes_back(
    tx: &mut Tx,
    (unit, loan): (UnitId, LoanId),
    to: UnitState,
) -> Result<bool, ServiceError> {
    if !can_come_back(tx, (unit, loan)).await? {
        return Ok(false);
    }
    let Some(stored) = tx.unit(unit).await? else {
        return Ok(false);
    };
    Ok(tx.move_unit(unit, stored.state, to).await?)
}

async fn event(
    tx: &mut Tx,
    app: &App,
    sheet: &Sheet<'_>,
    (unit, loan): (UnitId, LoanId),
    kind: UnitEventKind,
) -> Result<(), ServiceError> {
    let at = app.moment();
    let event = UnitEvent {
        kind,
        loan: Some(loan),
        on: at.today,
        kit: None,
        note: None,
        by: None,
    };
    let hand = (Some(sheet.who.user), at.now);
    tx.add_unit_event(app.ids.next(), unit, &event, hand)
        .await?;
    Ok(())
}
