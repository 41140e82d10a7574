//! Ending cases and loans. An ended case is in no list, no search, no figure and
//! on no page but the list of those that have ended, until it is erased.

use chrono::{Months, NaiveDate};

use super::{
    ServiceError, audit,
    hand::{Hand, Outcome, once},
    once::{Came, DONE},
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{
        access::Ground,
        audit::Action,
        ending::{EndReason, Ending, LoanEndReason},
        id::CaseNumber,
        loan::LoanStep,
        retention::CaseDue,
    },
    store::{KeptCase, TakenStep, Tx},
};

/// A case that has ended, and when it will be erased.
#[derive(Debug, Clone)]
pub struct EndedCase {
    /// The case.
    pub case: KeptCase,
    /// When.
    pub due: CaseDue,
}

/// The cases that have ended, as far as the reader may read them.
pub async fn list(app: &App, who: &SignedIn) -> Result<Vec<EndedCase>, ServiceError> {
    let cases = {
        let mut tx = app.store.read().await?;
        tx.ended_cases(&who.reader, app.moment()).await?
    };
    let ids: Vec<_> = cases.iter().map(|case| case.id).collect();
    audit::saw(app, who, Action::ListedEnded, ids).await?;
    let settings = &app.config.retention;
    Ok(cases
        .into_iter()
        .map(|case| EndedCase {
            due: settings.case(&case.dates),
            case,
        })
        .collect())
}

/// A slip of the pen, and no day on which something ended: to come, or more than
/// a year ago.
fn no_such_day(on: NaiveDate, today: NaiveDate) -> Option<Outcome> {
    if on > today {
        Some(Outcome::DayToCome)
    } else if today
        .checked_sub_months(Months::new(12))
        .is_some_and(|first| on < first)
    {
        Some(Outcome::DayTooEarly)
    } else {
        None
    }
}

/// Ends a case: from the commit on it is in no list.
pub async fn end(
    app: &App,
    hand: Hand<'_>,
    number: &CaseNumber,
    ending: Ending,
) -> Result<Outcome, ServiceError> {
    let today = app.clock.today();
    if let Some(no) = no_such_day(ending.on, today) {
        return Ok(no);
    }
    let request = serde_json::json!({"end": number, "on": ending.on, "why": ending.why.code()});
    once!(app, hand, request, |tx| {
        let Some(kept) = tx.kept_case(&hand.reader(), app.moment(), number).await? else {
            return Ok(Outcome::NotThere);
        };
        if kept.ending.is_none() {
            let lent = tx.running_loans(kept.id).await?;
            let out = lent.iter().any(|loan| loan.unit.is_some());
            if ending.why == EndReason::Died {
                let step = TakenStep {
                    step: LoanStep::Stop,
                    on: ending.on,
                    note: None,
                    against: None,
                    by: None,
                };
                super::loans::stop(app, tx, (kept.id, &step), hand.user()).await?;
            } else if out {
                // The centre has a unit there: it hears of it, and ends its loan
                // with the family first.
                tell(app, tx, &hand, (&kept, ending.why.code(), ending.on)).await?;
                return Ok(Outcome::UnitIsOut);
            }
        }
        if !tx.end_case(kept.id, &ending).await? {
            return Ok(Outcome::DoneBefore);
        }
        super::reminders::stop(tx, app, kept.id).await?;
        // How many plan to go where is part of every plan's world.
        tx.turn_world().await?;
        let event = hand.event(app, Action::EndedCase);
        tx.record(&event.on([kept.id])).await?;
        Outcome::Saved
    })
}

/// Lets a case that had ended go on.
pub async fn reopen(
    app: &App,
    hand: Hand<'_>,
    number: &CaseNumber,
) -> Result<Outcome, ServiceError> {
    let request = serde_json::json!({"reopen": number});
    once!(app, hand, request, |tx| {
        let Some(kept) = tx.kept_case(&hand.reader(), app.moment(), number).await? else {
            return Ok(Outcome::NotThere);
        };
        if !tx.reopen_case(kept.id).await? {
            return Ok(Outcome::DoneBefore);
        }
        // What was due before is due again.
        super::loans::keep(tx, app, number).await?;
        if !tx.is_silent(kept.id).await? {
            super::reminders::go_on(tx, app, kept.id).await?;
        }
        tx.turn_world().await?;
        let event = hand.event(app, Action::ReopenedCase);
        tx.record(&event.on([kept.id])).await?;
        Outcome::Saved
    })
}

/// Tells the centre that a loan of its own is said to be over.
async fn tell(
    app: &App,
    tx: &mut Tx,
    hand: &Hand<'_>,
    (kept, why, on): (&KeptCase, &str, NaiveDate),
) -> Result<(), ServiceError> {
    let by = (hand.user(), app.clock.now());
    tx.tell_centre(app.ids.next(), (kept.id, why, on), by)
        .await?;
    let event = hand.event(app, Action::ToldCentre);
    tx.record(&event.on([kept.id])).await?;
    Ok(())
}

/// Ends the loan that runs; whoever could read because of it, can no longer. A loan
/// that the centre keeps (with a file or a unit of its own) it ends itself: it is
/// told.
pub async fn end_loan(
    app: &App,
    hand: Hand<'_>,
    number: &CaseNumber,
    on: NaiveDate,
    why: LoanEndReason,
) -> Result<Outcome, ServiceError> {
    let today = app.clock.today();
    if let Some(no) = no_such_day(on, today) {
        return Ok(no);
    }
    let now = app.clock.now();
    let request = serde_json::json!({"end_loan": number, "on": on, "why": why.code()});
    once!(app, hand, request, |tx| {
        let Some(kept) = tx.kept_case(&hand.reader(), app.moment(), number).await? else {
            return Ok(Outcome::NotThere);
        };
        let lent = tx.running_loans(kept.id).await?;
        let of_centre = lent.iter().any(|loan| loan.has_file || loan.unit.is_some());
        match tx.loan_began(kept.id).await? {
            None if !of_centre => return Ok(Outcome::DoneBefore),
            Some(began) if on < began => return Ok(Outcome::DayTooEarly),
            _ => {}
        }
        if tx.end_loan(kept.id, on, why).await? {
            let event = hand.event(app, Action::EndedLoan);
            tx.record(&event.on([kept.id])).await?;
            tx.turn_case(kept.id, now).await?;
        }
        if of_centre {
            tell(app, tx, &hand, (&kept, why.code(), on)).await?;
            Outcome::Told
        } else {
            for ground in [Ground::Loan, Ground::Provision] {
                tx.end_grants(kept.id, "centre", ground, None, today)
                    .await?;
            }
            Outcome::Saved
        }
    })
}

/// The reasons that a form offers: code and name.
pub const fn reasons() -> (&'static [EndReason], &'static [LoanEndReason]) {
    (EndReason::ALL, LoanEndReason::ALL)
}
