//! The due days of duties: those of a loan are kept in the commit of what changes them,
//! those of a plan and its batteries besides at every tick (`plans`).

use chrono::{Days, NaiveDate};

use crate::{
    app::App,
    domain::{
        calendar::{Period, deadline},
        duty::{Audience, DutyKind, Term, next_stage, reached},
        id::{CaseId, LoanId},
        loan::{CHECK_MONTHS, Clocks},
    },
    service::ServiceError,
    store::{LoanFile, NewTerm, StoredTerm, Tx},
};

/// A due day as it should be on record.
pub(super) struct Wanted {
    pub(super) kind: DutyKind,
    /// Counted from which day.
    pub(super) cycle: NaiveDate,
    pub(super) due_on: NaiveDate,
    /// From which day it is owed; `None`: from the day on which it becomes known.
    pub(super) begun_on: Option<NaiveDate>,
}

/// What the due days of a loan are counted from.
#[derive(Default)]
pub(in crate::service) struct LoanDays {
    /// Its clocks; `None`: it is over.
    pub(in crate::service) clocks: Option<Clocks>,
    /// The day agreed for the next check.
    pub(in crate::service) agreed: Option<NaiveDate>,
    /// The day of the last check, where it asks for something that was not done yet.
    pub(in crate::service) failed: Option<NaiveDate>,
    /// When the gasoline was bought; `None`: nobody has said, or it burns gas.
    pub(in crate::service) fuelled: Option<NaiveDate>,
}

/// Gasoline is replaced so long after it was bought: it ages within three to six months
/// (`DOMAIN.md` C7; the six months are this project's).
const FUEL_KEEPS: Period = Period::months(6).expect("six months are a period");

/// So many days after its last run a family is reminded to run the generator
/// (`RULES.md`, "Duties": one mail when 62 days have passed).
const RUN_WITHIN: Days = Days::new(62);

/// Keeps the due days of the loan of a file, as its clocks say.
pub(in crate::service) async fn sync(
    tx: &mut Tx,
    app: &App,
    file: &LoanFile,
    days: LoanDays,
) -> Result<(), ServiceError> {
    let Some(loan) = &file.loan else {
        return Ok(());
    };
    let last_run = tx.last_run(file.case).await?;
    let wanted = days.clocks.map_or_else(Vec::new, |clocks| {
        let of_loan = loan.started_on;
        let checked = file.checked_on.unwrap_or(of_loan);
        let owed = |kind, cycle, due_on, begun_on| Wanted {
            kind,
            cycle,
            due_on,
            begun_on,
        };
        let (check, end) = (clocks.check.safe_by, clocks.end.safe_by);
        let mut all = Vec::new();
        if clocks.check_is_owed() {
            all.push(owed(DutyKind::AnnualCheck, checked, check, Some(checked)));
        }
        all.push(if loan.return_on.is_some() {
            owed(DutyKind::Return, of_loan, end, None)
        } else {
            owed(DutyKind::FullTime, of_loan, end, Some(of_loan))
        });
        let plan = clocks.plan.map(|plan| plan.safe_by);
        all.extend(plan.map(|due| owed(DutyKind::ApplyPlan, of_loan, due, Some(of_loan))));
        all.extend(
            days.agreed
                .map(|day| owed(DutyKind::CheckDay, checked, day, None)),
        );
        let failed = days.failed;
        all.extend(failed.map(|day| owed(DutyKind::FailedCheck, day, day, Some(day))));
        let renew = days.fuelled.map(|bought| {
            let by = deadline(bought, FUEL_KEEPS, false, &app.office).safe_by;
            owed(DutyKind::Fuel, bought, by, Some(bought))
        });
        all.extend(renew.filter(|renew| renew.due_on < end));
        // At the hand-over and at a check it was run.
        let ran = last_run.map_or(checked, |ran| ran.max(checked));
        let run_by = ran + RUN_WITHIN;
        if run_by < end {
            all.push(owed(DutyKind::TestRun, ran, run_by, Some(ran)));
        }
        all
    });
    let about = loan.id.to_string();
    keep(tx, app, (file.case, &about), &wanted).await
}

/// Ends what was due in a loan that is marked as never begun.
pub(in crate::service) async fn forget(
    tx: &mut Tx,
    app: &App,
    (loan, case): (LoanId, CaseId),
) -> Result<(), ServiceError> {
    keep(tx, app, (case, &loan.to_string()), &[]).await
}

/// Puts the due days on record that are wanted of something, and ends those that are not.
pub(super) async fn keep(
    tx: &mut Tx,
    app: &App,
    (case, about): (CaseId, &str),
    wanted: &[Wanted],
) -> Result<(), ServiceError> {
    let today = app.clock.today();
    let terms = tx.duty_terms(case).await?;
    let open: Vec<&StoredTerm> = terms
        .iter()
        .filter(|term| term.about == about && term.ended.is_none())
        .collect();
    let is_wanted = |term: &StoredTerm| {
        wanted
            .iter()
            .any(|w| w.kind == term.kind && w.due_on == term.term.due_on && w.cycle == term.cycle)
    };
    // The checks of further years are owed as long as the first is.
    let goes_on = |term: &StoredTerm| {
        let first = |w: &Wanted| w.cycle == term.cycle && w.due_on < term.term.due_on;
        term.kind == DutyKind::AnnualCheck && wanted.iter().any(|w| w.kind == term.kind && first(w))
    };
    let stays = |term: &StoredTerm| is_wanted(term) || goes_on(term);
    for term in open.iter().filter(|term| !stays(term)) {
        let moved = wanted
            .iter()
            .any(|w| w.kind == term.kind && w.cycle == term.cycle);
        let returns = wanted.iter().any(|w| w.kind == DutyKind::Return);
        let why = match term.kind {
            _ if moved => "moved",
            // The loan is over, or never was; or its day of return is set.
            _ if wanted.is_empty() => "over",
            DutyKind::FullTime if returns => "over",
            _ => "done",
        };
        tx.end_term(term.id, (today, why)).await?;
    }
    for want in wanted {
        let same = |term: &&&StoredTerm| term.kind == want.kind;
        if open.iter().filter(same).any(|term| is_wanted(term)) {
            continue;
        }
        // Also one that was called off before it was set anew.
        let same_duty = |term: &&StoredTerm| {
            let same = (term.kind, term.cycle) == (want.kind, want.cycle) && term.about == about;
            same && term.term.due_on != want.due_on
        };
        let called_off = terms.iter().filter(same_duty).filter(|term| {
            term.ended
                .as_ref()
                .is_some_and(|(_, why)| why == "over" || why == "done")
        });
        let before = open.iter().copied().find(same_duty);
        let before = before.or(called_off.max_by_key(|term| term.ended.as_ref().map(|end| end.0)));
        // Nobody was told of the day before: there is nothing to take back.
        let moved_from = match before {
            Some(term) if tx.family_was_reminded(term.id).await? => Some(term.term.due_on),
            _ => None,
        };
        let term = Term {
            due_on: want.due_on,
            begun_on: want.begun_on.unwrap_or(today),
            known_on: today,
        };
        let new = NewTerm {
            id: app.ids.next(),
            case,
            kind: want.kind,
            about,
            cycle: want.cycle,
            next_on: first_look(app, want.kind, &term, today),
            term,
            moved_from,
        };
        tx.begin_term(&new).await?;
    }
    Ok(())
}

/// Owes a check that nobody has held once more, a year later: its reminders end a month
/// after its day, and silence is no answer. Where the next one's first stage has not come
/// yet, its day, on which to look again. Of years that nobody planned the last alone is
/// owed anew.
pub(super) async fn owe_again(
    tx: &mut Tx,
    app: &App,
    stored: &StoredTerm,
    on: NaiveDate,
) -> Result<Option<NaiveDate>, ServiceError> {
    if stored.kind != DutyKind::AnnualCheck {
        return Ok(None);
    }
    let ladder = app.config.reminders.ladders.of(stored.kind);
    // The period is counted from the last check that was held, not from one deadline to
    // the next: so the 29th of February comes back.
    let year = |years: u32| {
        let period = Period::months(CHECK_MONTHS.checked_mul(years)?)?;
        Some(deadline(stored.cycle, period, false, &app.office).safe_by)
    };
    let first_stage = |term: &Term| {
        let stages = Audience::ALL.iter().flat_map(|whom| ladder.of(*whom));
        stages.filter_map(|stage| stage.on(term)).min()
    };
    let mut before = stored.term.due_on;
    let mut last = None;
    for due_on in (2..)
        .map_while(year)
        .filter(|due| *due > stored.term.due_on)
    {
        let term = Term {
            due_on,
            begun_on: before,
            known_on: before,
        };
        match first_stage(&term) {
            Some(day) if day <= on => last = Some(term),
            day if last.is_none() => return Ok(day),
            _ => break,
        }
        before = due_on;
    }
    if let Some(term) = last {
        let new = NewTerm {
            id: app.ids.next(),
            case: stored.case,
            kind: stored.kind,
            about: &stored.about,
            cycle: stored.cycle,
            next_on: Some(on),
            term,
            moved_from: None,
        };
        tx.begin_term(&new).await?;
    }
    Ok(None)
}

/// The first day on which a term is to be looked at: today, where a stage is there
/// already.
fn first_look(app: &App, kind: DutyKind, term: &Term, today: NaiveDate) -> Option<NaiveDate> {
    let ladder = app.config.reminders.ladders.of(kind);
    let stages = Audience::ALL.iter().map(|audience| ladder.of(*audience));
    let there = stages
        .clone()
        .any(|stages| reached(stages, term, today).is_some());
    if there {
        return Some(today);
    }
    stages
        .filter_map(|stages| next_stage(stages, term, today))
        .map(|(_, on)| on)
        .min()
}

/// Stops everything that would tell a family anything: its child has died, or its
/// case has ended. Nothing leaves after this commit.
pub(in crate::service) async fn stop(
    tx: &mut Tx,
    app: &App,
    case: CaseId,
) -> Result<(), ServiceError> {
    let at = app.moment();
    for term in tx.duty_terms(case).await? {
        if term.ended.is_none() {
            tx.end_term(term.id, (at.today, "stopped")).await?;
        }
    }
    tx.void_mails_of(case).await?;
    tx.drop_tasks(case, at.now).await?;
    Ok(())
}
