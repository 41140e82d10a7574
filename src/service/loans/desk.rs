//! The centre's desk: what is due, what waits for whom, what is in stock, and
//! where plans are stuck. It reads what is due, not what is stored.

use std::collections::HashMap;

use chrono::{Datelike, Months, NaiveDate};

use super::{super::ServiceError, dues};
use crate::{
    app::App,
    domain::{
        audit::Action,
        loan::{Decider, LoanState, Mover, UnitState},
    },
    service::{audit, view::SignedIn},
    store::{
        DutyCount, DutyLine, EmergencyLoan, LoanFile, LoanWord, StoredUnit, StuckChild, UnitWait,
        VisitLine, WaitingFile,
    },
};

/// Months behind this one that the desk looks ahead.
const AHEAD: u32 = 3;

/// How much of each list is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// What is due.
    pub due: i64,
    /// What waits.
    pub waiting: i64,
    /// Where plans are stuck.
    pub stuck: i64,
}

impl Most {
    /// What fits on a page.
    pub const PAGE: Self = Self {
        due: 60,
        waiting: 40,
        stuck: 10,
    };
    /// Everything, as far as a page or a sheet carries it.
    pub const ALL: Self = Self {
        due: 10_000,
        waiting: 10_000,
        stuck: 10_000,
    };
}

/// The desk.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The day it is of.
    pub today: NaiveDate,
    /// The last day that it looks ahead to.
    pub until: NaiveDate,
    /// What is due, the earliest first.
    pub due: Vec<DutyLine>,
    /// How much is due by month and kind.
    pub counts: Vec<DutyCount>,
    /// What waits, the longest first.
    pub waiting: Vec<WaitingFile>,
    /// How many wait in all.
    pub waiting_in_all: u64,
    /// Children without a plan.
    pub stuck: Vec<StuckChild>,
    /// Whether there are more of them.
    pub more_stuck: bool,
    /// Units by state: those that are not with a family.
    pub stock: Vec<(UnitState, u64)>,
    /// Units whose day of return is set.
    pub to_fetch: u64,
    /// Who waits for a unit, the longest first.
    pub unit_waits: Vec<UnitWait>,
    /// What is lent for an emergency, the first due first.
    pub emergencies: Vec<EmergencyLoan>,
    /// What municipalities have told the centre and nobody has looked into yet.
    pub words: Vec<LoanWord>,
}

/// The last day of the third month behind a day's.
pub fn looks_ahead_to(today: NaiveDate) -> NaiveDate {
    let first = today.with_day(1).expect("every month has a first");
    let after = first + Months::new(AHEAD + 1);
    after.pred_opt().expect("years are four digits")
}

/// Who decides on an application that stands there.
pub fn decides(app: &App, state: LoanState) -> Mover {
    let mut steps = state.steps().into_iter();
    match steps.find_map(|step| app.config.loans.decides(step)) {
        Some(Decider::Prefecture) => Mover::Prefecture,
        Some(Decider::Centre) | None => Mover::Centre,
    }
}

/// The desk, with so much of each list.
pub async fn desk(app: &App, who: &SignedIn, most: Most) -> Result<Desk, ServiceError> {
    // Loans that came some other way than by a form have no days yet.
    dues::count_new(app).await?;
    let at = app.moment();
    let until = looks_ahead_to(at.today);
    let desk = {
        let mut tx = app.store.read().await?;
        let reader = &who.reader;
        let due = tx.duties(reader, at, (until, most.due)).await?;
        let counts = tx.duty_counts(reader, at, until).await?;
        let waiting = tx.waiting_files(reader, at, most.waiting).await?;
        let short = i64::try_from(waiting.len()).is_ok_and(|read| read < most.waiting);
        let waiting_in_all = if short {
            waiting.len() as u64
        } else {
            tx.count_waiting_files(reader, at).await?
        };
        let mut stuck = tx.stuck_children(reader, at, most.stuck + 1).await?;
        let page = usize::try_from(most.stuck).unwrap_or(usize::MAX);
        let more_stuck = stuck.len() > page;
        stuck.truncate(page);
        let mut stock = Vec::new();
        let kept = UnitState::ALL.iter().filter(|state| {
            !matches!(
                state,
                UnitState::Lent | UnitState::Lost | UnitState::Retired
            )
        });
        for state in kept {
            stock.push((*state, tx.count_units(*state).await?));
        }
        let to_fetch = tx.count_to_fetch(reader, at).await?;
        let unit_waits = tx.unit_waits(reader, at).await?;
        let emergencies = tx.emergency_loans(reader, at).await?;
        let words = tx.loan_words(reader, at).await?;
        Desk {
            today: at.today,
            until,
            due,
            counts,
            waiting,
            waiting_in_all,
            stuck,
            more_stuck,
            stock,
            to_fetch,
            unit_waits,
            emergencies,
            words,
        }
    };
    let cases = desk.due.iter().map(|line| line.case);
    let cases = cases.chain(desk.waiting.iter().map(|file| file.case));
    let cases = cases.chain(desk.stuck.iter().map(|child| child.case));
    let cases = cases.chain(desk.unit_waits.iter().map(|wait| wait.case));
    let cases = cases.chain(desk.emergencies.iter().map(|loan| loan.case));
    let seen: std::collections::BTreeSet<_> = cases.collect();
    audit::saw(app, who, Action::ListedLoans, seen).await?;
    Ok(desk)
}

/// Children without a plan, and where each waits.
pub async fn stuck(app: &App, who: &SignedIn) -> Result<Vec<StuckChild>, ServiceError> {
    let stuck = {
        let mut tx = app.store.read().await?;
        tx.stuck_children(&who.reader, app.moment(), Most::ALL.stuck)
            .await?
    };
    audit::saw(app, who, Action::ListedLoans, stuck.iter().map(|c| c.case)).await?;
    Ok(stuck)
}

/// Every application and every loan that runs, by the children's names, each with its
/// unit where it has one.
pub async fn running(
    app: &App,
    who: &SignedIn,
) -> Result<Vec<(LoanFile, Option<StoredUnit>)>, ServiceError> {
    let (files, units) = {
        let mut tx = app.store.read().await?;
        let files = tx.open_loan_files(&who.reader, app.moment()).await?;
        (files, tx.units().await?)
    };
    audit::saw(app, who, Action::ListedLoans, files.iter().map(|f| f.case)).await?;
    let mut units: HashMap<_, _> = units.into_iter().map(|unit| (unit.id, unit)).collect();
    let files = files.into_iter().map(|file| {
        let unit = file.loan.as_ref().and_then(|loan| loan.unit);
        let unit = unit.and_then(|unit| units.remove(&unit));
        (file, unit)
    });
    Ok(files.collect())
}

/// Families whose yearly check is due up to the day that the desk looks ahead to.
pub async fn visits(app: &App, who: &SignedIn) -> Result<Vec<VisitLine>, ServiceError> {
    dues::count_new(app).await?;
    let at = app.moment();
    let visits = {
        let mut tx = app.store.read().await?;
        tx.visits(&who.reader, at, looks_ahead_to(at.today)).await?
    };
    audit::saw(app, who, Action::ListedLoans, visits.iter().map(|v| v.case)).await?;
    Ok(visits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_march_the_desk_sees_the_end_of_june() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (today, until) in [
            ("2027-03-01", "2027-06-30"),
            ("2027-03-31", "2027-06-30"),
            ("2026-11-21", "2027-02-28"),
        ] {
            assert_eq!(looks_ahead_to(day(today)), day(until), "{today}");
        }
    }
}
