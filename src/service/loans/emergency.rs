//! A spare unit, lent for an emergency to any child that is on record, outside the
//! two stages: with its own short clock, and back at the unit's own page.

use chrono::{Days, NaiveDate};

use super::{
    Answer, Sheet,
    back::{KIT_BACK, kit_unsaid},
    leave, once,
    register::{NOT_SEEN, NOT_TOGETHER, centre, child_of, no_such_number},
    take::{KIT_INCOMPLETE, NOT_EXPLAINED, RETURN_TOO_EARLY, TO_COME, after},
};
use crate::{
    app::App,
    domain::{
        access::{Ground, Reader},
        audit::Action,
        id::{CaseNumber, LoanId, UnitId},
        loan::{Applicant, HandOver, KitItem, UnitEventKind, UnitState, days},
        text::Text,
    },
    service::{ServiceError, audit, view::SignedIn},
    store::{EmergencyLoan, Tx, UnitEvent},
};

const BEFORE_LOAN: Text = Text::fixed(
    "貸し出した日より前の日です。日付を確かめてください。",
    "That day lies before it was lent: check the day.",
);
const NOT_OUT: Text = Text::fixed(
    "この発電機は貸し出し中でも引取り待ちでもありません。画面を開き直してください。",
    "This unit is neither lent for an emergency nor to be fetched: open the page anew.",
);

/// What is written down when a unit is lent for an emergency.
#[derive(Debug, Clone, PartialEq)]
pub struct Spare {
    /// The child's number.
    pub number: CaseNumber,
    /// The child's name and day of birth, where the centre does not see the child
    /// yet: who knows all three has been told them.
    pub who: Option<(String, NaiveDate)>,
    /// The day of the hand-over.
    pub on: NaiveDate,
    /// The day on which it is to come back.
    pub return_on: NaiveDate,
    /// What of the kit is there.
    pub kit: Vec<KitItem>,
    /// What was said and done.
    pub done: HandOver,
}

/// The day of return that a form suggests.
pub fn usual_return(app: &App) -> NaiveDate {
    let days = u64::from(app.config.loans.emergency_days);
    app.clock.today() + Days::new(days)
}

/// Lends a unit for an emergency: from stock, once.
pub async fn lend(
    app: &App,
    sheet: Sheet<'_>,
    unit: UnitId,
    spare: &Spare,
) -> Result<Answer, ServiceError> {
    let kit: Vec<&str> = spare.kit.iter().map(|item| item.code()).collect();
    let request = serde_json::json!({
        "emergency": unit, "number": spare.number, "who": spare.who, "on": spare.on,
        "return_on": spare.return_on, "kit": kit, "done": spare.done,
    });
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        if let Some(wrong) = wrong(spare, at.today) {
            return Ok(wrong);
        }
        let Some(number) = tx.number_on_record(&spare.number).await? else {
            return Ok(Answer::Wrong("number", no_such_number(&spare.number)));
        };
        let named = spare.who.as_ref();
        let Some(case) = child_of(tx, at, sheet.who, (&number, named)).await? else {
            let why = if named.is_some() {
                NOT_TOGETHER
            } else {
                NOT_SEEN
            };
            return Ok(Answer::Wrong("number", why));
        };
        let child = tx.case(&Reader::Operator, at, &number).await?;
        let born = child.and_then(|case| case.child.born);
        let doubt = days::of_emergency((Some(spare.on), spare.return_on), born, at.today);
        if let Some(answer) = sheet.answer(doubt) {
            return Ok(answer);
        }
        let (ready, out) = (UnitState::Ready, UnitState::EmergencyLent);
        if !tx.move_unit(unit, ready, out).await? {
            return Ok(Answer::UnitGone);
        }
        let loan = LoanId(app.ids.next());
        let done = serde_json::to_value(&spare.done).expect("a hand-over becomes JSON");
        tx.begin_loan(loan, (case, None), unit, spare.on, &done)
            .await?;
        tx.judge_anew(case).await?;
        tx.set_return(loan, Some((spare.return_on, "emergency")))
            .await?;
        let event = UnitEvent {
            kind: UnitEventKind::LentForEmergency,
            loan: Some(loan),
            on: spare.on,
            kit: Some(spare.kit.clone()),
            note: spare.done.kit_note.clone(),
            by: None,
        };
        let hand = (Some(sheet.who.user), at.now);
        tx.add_unit_event(app.ids.next(), unit, &event, hand)
            .await?;
        tx.grant(case, &centre(), Ground::Loan, at.today).await?;
        tx.turn_case(case, at.now).await?;
        let event = audit::event(app, sheet.who, Action::LentForEmergency);
        tx.record(&event.on([case])).await?;
        Answer::Done(unit.to_string())
    })
}

fn wrong(spare: &Spare, today: NaiveDate) -> Option<Answer> {
    if spare.on > today {
        return Some(Answer::Wrong("on", TO_COME));
    }
    if spare.return_on < today || spare.return_on < spare.on {
        return Some(Answer::Wrong("return_on", RETURN_TOO_EARLY));
    }
    if !spare.done.co_explained {
        return Some(Answer::Wrong("co_explained", NOT_EXPLAINED));
    }
    let complete = KitItem::ALL.iter().all(|item| spare.kit.contains(item));
    let note = spare.done.kit_note.as_deref().map(str::trim);
    let unsaid = !complete && note.is_none_or(str::is_empty);
    unsaid.then_some(Answer::Wrong("kit_note", KIT_INCOMPLETE))
}

/// Sets another day of return for a unit that is lent for an emergency.
pub async fn put_off(
    app: &App,
    sheet: Sheet<'_>,
    unit: UnitId,
    return_on: NaiveDate,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({ "emergency_until": unit, "return_on": return_on });
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let lent = tx.emergency_loans(&sheet.who.reader, at).await?;
        let Some(loan) = lent.into_iter().find(|loan| loan.unit == unit) else {
            return Ok(Answer::Changed);
        };
        if return_on < at.today {
            return Ok(Answer::Wrong("return_on", RETURN_TOO_EARLY));
        }
        let doubt = days::of_emergency((None, return_on), None, at.today);
        if let Some(answer) = sheet.answer(doubt) {
            return Ok(answer);
        }
        tx.set_return(loan.id, Some((return_on, "emergency")))
            .await?;
        let event = audit::event(app, sheet.who, Action::LentForEmergency);
        tx.record(&event.on([loan.case])).await?;
        Answer::Done(unit.to_string())
    })
}

/// A unit as it comes back at its own page.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// On which day.
    pub on: NaiveDate,
    /// What of the kit came with it.
    pub kit: Vec<KitItem>,
    /// Whether it can be lent again at once.
    pub in_order: bool,
    /// A note.
    pub note: Option<String>,
}

/// Takes back a unit that was lent for an emergency, or that was to be fetched
/// after its loan had stopped.
pub async fn fetched(
    app: &App,
    sheet: Sheet<'_>,
    unit: UnitId,
    fetched: &Fetched,
) -> Result<Answer, ServiceError> {
    let codes: Vec<&str> = fetched.kit.iter().map(|item| item.code()).collect();
    let request = serde_json::json!({
        "fetched": unit, "on": fetched.on, "kit": codes, "in_order": fetched.in_order,
        "note": fetched.note,
    });
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        if fetched.on > at.today {
            return Ok(Answer::Wrong("on", TO_COME));
        }
        let Some(stored) = tx.unit(unit).await? else {
            return Ok(Answer::NotThere);
        };
        // A family that has lost its child is not asked for a cord.
        let quiet = stored.state == UnitState::ToFetchQuietly;
        if !quiet && kit_unsaid(&fetched.kit, fetched.note.as_deref()) {
            return Ok(Answer::Wrong("note", KIT_BACK));
        }
        let loan = match back_from(tx, (unit, stored.state), (fetched.on, at.today)).await? {
            Ok(loan) => loan,
            Err(answer) => return Ok(answer),
        };
        let to = if fetched.in_order {
            UnitState::Ready
        } else {
            UnitState::InRepair
        };
        if !tx.move_unit(unit, stored.state, to).await? {
            return Ok(Answer::Changed);
        }
        let event = UnitEvent {
            kind: UnitEventKind::CameBack,
            loan: Some(loan),
            on: fetched.on,
            kit: Some(fetched.kit.clone()),
            note: fetched.note.clone(),
            by: None,
        };
        let hand = (Some(sheet.who.user), at.now);
        tx.add_unit_event(app.ids.next(), unit, &event, hand)
            .await?;
        tx.record(&audit::event(app, sheet.who, Action::TookUnitBack))
            .await?;
        Answer::Done(unit.to_string())
    })
}

/// The loan that a unit comes back from; one for an emergency ends with it.
async fn back_from(
    tx: &mut Tx,
    (unit, state): (UnitId, UnitState),
    (on, today): (NaiveDate, NaiveDate),
) -> Result<Result<LoanId, Answer>, ServiceError> {
    if state.is_to_fetch() {
        let Some((loan, _, ended)) = tx.last_loan_of_unit(unit).await? else {
            return Err(ServiceError::Corrupt("loan"));
        };
        return Ok(if on < ended {
            Err(Answer::Wrong("on", BEFORE_LOAN))
        } else {
            Ok(loan)
        });
    }
    if state != UnitState::EmergencyLent {
        return Ok(Err(Answer::Wrong("unit", NOT_OUT)));
    }
    let Some((loan, case, started)) = tx.loan_of_unit(unit).await? else {
        return Err(ServiceError::Corrupt("loan"));
    };
    if on < started {
        return Ok(Err(Answer::Wrong("on", BEFORE_LOAN)));
    }
    tx.close_loan(loan, on, "returned").await?;
    tx.judge_anew(case).await?;
    leave::grants(tx, case, after(today)).await?;
    Ok(Ok(loan))
}

/// What is lent for an emergency to children whom the reader may see, with its due
/// day, the first due first. Noted as a read of the list of loans.
pub async fn running(app: &App, who: &SignedIn) -> Result<Vec<EmergencyLoan>, ServiceError> {
    let lent = {
        let mut tx = app.store.read().await?;
        tx.emergency_loans(&who.reader, app.moment()).await?
    };
    let cases: Vec<_> = lent.iter().map(|loan| loan.case).collect();
    if !cases.is_empty() {
        audit::saw(app, who, Action::ListedLoans, cases).await?;
    }
    Ok(lent)
}

/// What is lent for an emergency to one child, for a page that has noted the read.
pub async fn of_child(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Vec<EmergencyLoan>, ServiceError> {
    let mut tx = app.store.read().await?;
    let mut lent = tx.emergency_loans(&who.reader, app.moment()).await?;
    lent.retain(|loan| loan.number == *number);
    Ok(lent)
}

/// What the page of a unit says of where it is, beyond its state.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Whereabouts {
    /// The child to whom it is lent for an emergency, if the reader may see it.
    pub lent: Option<EmergencyLoan>,
    /// The child to whom it is lent by an application, if the reader may see it.
    pub loan: Option<(CaseNumber, Option<String>)>,
    /// The number of the case from which it is to be fetched.
    pub fetch_from: Option<CaseNumber>,
    /// Whom to ask for it, and where it is, as the application said: until it is back.
    pub fetch_at: Option<Applicant>,
}

/// Where a unit is.
pub async fn whereabouts(
    app: &App,
    who: &SignedIn,
    (unit, state): (UnitId, UnitState),
) -> Result<Whereabouts, ServiceError> {
    let mut at = Whereabouts::default();
    if state == UnitState::EmergencyLent {
        let lent = running(app, who).await?;
        at.lent = lent.into_iter().find(|loan| loan.unit == unit);
    } else if state == UnitState::Lent {
        let found = {
            let mut tx = app.store.read().await?;
            tx.lent_by_unit(&who.reader, app.moment(), unit).await?
        };
        if let Some((case, number, name)) = found {
            audit::saw(app, who, Action::ListedLoans, [case]).await?;
            at.loan = Some((number, name));
        }
    } else if state.is_to_fetch() {
        let mut tx = app.store.read().await?;
        let last = tx.last_loan_of_unit(unit).await?;
        if let Some((loan, number, _)) = last {
            at.fetch_at = tx.applicant_of(loan).await?;
            at.fetch_from = Some(number);
        }
    }
    Ok(at)
}
