//! The due days of duties: those of a loan are kept in the commit of what changes them,
//! those of a plan and its batteries besides at every tick (`plans`).

use chrono::{Days, NaiveDate};

use super::calls::untold;
use crate::{
    app::App,
    domain::{
        calendar::{Period, deadline},
        duty::{
            Audience, DutyKind, MailState, TaskKind, Term, day_ja, next_stage, reached, short_name,
        },
        id::{CaseId, LoanId},
        loan::{CHECK_MONTHS, Clocks, LoanState},
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

/// Two days of the yearly check that lie nearer to each other are of the same check.
const SAME_CHECK: i64 = 183;

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
    let of_loan = loan.started_on;
    let checked = file.checked_on.unwrap_or(of_loan);
    // At the hand-over and at a check it was run.
    let ran = last_run.map_or(checked, |ran| ran.max(checked));
    let bought = days.fuelled;
    let wanted = days.clocks.map_or_else(Vec::new, |clocks| {
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
        let run_by = ran + RUN_WITHIN;
        if run_by < end {
            all.push(owed(DutyKind::TestRun, ran, run_by, Some(ran)));
        }
        all
    });
    let about = loan.id.to_string();
    let is_done = |term: &StoredTerm| match term.kind {
        DutyKind::AnnualCheck | DutyKind::CheckDay => checked > term.cycle,
        // It is mended as long as the check itself stands.
        DutyKind::FailedCheck => checked >= term.cycle,
        DutyKind::ApplyPlan => file.plan_applied_on.is_some(),
        DutyKind::Return => file.state == LoanState::Returned,
        DutyKind::TestRun => ran > term.cycle,
        DutyKind::Fuel => bought.is_some_and(|bought| bought > term.cycle),
        _ => false,
    };
    keep(tx, app, (file.case, &about), &wanted, &is_done).await
}

/// Ends what was due in a loan that is marked as never begun.
pub(in crate::service) async fn forget(
    tx: &mut Tx,
    app: &App,
    (loan, case): (LoanId, CaseId),
) -> Result<(), ServiceError> {
    keep(tx, app, (case, &loan.to_string()), &[], &|_| false).await
}

/// Puts the due days on record that are wanted of something, and ends those that are not.
/// `is_done`: whether what a term asked for was done; otherwise it is owed no more.
pub(super) async fn keep(
    tx: &mut Tx,
    app: &App,
    (case, about): (CaseId, &str),
    wanted: &[Wanted],
    is_done: &(dyn Fn(&StoredTerm) -> bool + Sync),
) -> Result<(), ServiceError> {
    let today = app.clock.today();
    let mut terms = tx.duty_terms(case).await?;
    terms.retain(|term| term.about == about);
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
    let open = |term: &&StoredTerm| term.ended.is_none();
    let stays = |term: &StoredTerm| is_wanted(term) || goes_on(term);
    for term in terms.iter().filter(open).filter(|term| !stays(term)) {
        let moved = wanted
            .iter()
            .any(|w| w.kind == term.kind && w.cycle == term.cycle);
        let why = if moved {
            "moved"
        } else if is_done(term) {
            "done"
        } else {
            "over"
        };
        tx.end_term(term.id, (today, why)).await?;
        // Without another day no mail says so.
        let is_off = why == "over" && !wanted.is_empty() && term.term.due_on >= today;
        if is_off && is_a_day(term.kind) && tx.family_was_reminded(term.id).await? {
            let about = day_off(about, term.kind);
            let task = (Some(case), TaskKind::DayOff, &*about);
            let day = format!("{}（{}）", short_name(term.kind), day_ja(term.term.due_on));
            tx.open_task_saying(app.ids.next(), task, Some(&day), app.moment())
                .await?;
        }
    }
    // The latest day first: what the family was told last counts.
    terms.sort_by_key(|term| std::cmp::Reverse(term.sequence));
    for want in wanted {
        let mut same = terms.iter().filter(|term| term.kind == want.kind);
        if same.any(|term| term.ended.is_none() && is_wanted(term)) {
            continue;
        }
        let before = last_told(tx, &terms, want, &stays).await?;
        let moved_from = before.filter(|day| *day != want.due_on);
        if before == Some(want.due_on) && is_a_day(want.kind) {
            // It stands after all, as the family was told.
            let about = day_off(about, want.kind);
            tx.drop_tasks_about((TaskKind::DayOff, &about), app.clock.now())
                .await?;
        }
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

/// Whether a duty is a day that was agreed with the family.
const fn is_a_day(kind: DutyKind) -> bool {
    matches!(kind, DutyKind::CheckDay | DutyKind::Return)
}

/// What the task is about that tells a family that such a day is off.
pub(super) fn day_off(about: &str, kind: DutyKind) -> String {
    format!("{about} {}", kind.code())
}

/// Which day of the same duty the family was told last, of those that hold no more;
/// `None`: none, so that there is nothing to take back.
async fn last_told(
    tx: &mut Tx,
    latest_first: &[StoredTerm],
    want: &Wanted,
    stays: &(dyn Fn(&StoredTerm) -> bool + Sync),
) -> Result<Option<NaiveDate>, ServiceError> {
    for term in latest_first {
        let same = (term.kind, term.cycle) == (want.kind, want.cycle);
        let holds = term.ended.is_none() && stays(term);
        // A check is owed once more each year: that of another year is another one.
        let other_year = want.kind == DutyKind::AnnualCheck
            && (term.term.due_on - want.due_on).num_days().abs() > SAME_CHECK;
        if same && !holds && !other_year && tx.family_was_reminded(term.id).await? {
            return Ok(Some(term.term.due_on));
        }
    }
    Ok(None)
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

/// Has those duties of a child looked at by the next tick of which its family was not told
/// at the stage that they have reached: no mail has arrived, and nobody has spoken to it.
pub(super) async fn tell_untold(tx: &mut Tx, app: &App, case: CaseId) -> Result<(), ServiceError> {
    let today = app.clock.today();
    for stored in tx.duty_terms(case).await? {
        let waits = stored.next_on.is_some_and(|day| day <= today);
        if stored.ended.is_some() || waits {
            continue;
        }
        let ladder = app.config.reminders.ladders.of(stored.kind);
        let now = reached(ladder.of(Audience::Family), &stored.term, today);
        if let Some(now) = now
            && !tx.family_was_told((stored.id, now.stage)).await?
        {
            tx.look_at_term(stored.id, Some(today)).await?;
        }
    }
    Ok(())
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

/// Lets staff go on with a child whose end was a mistake: what the end closed is open
/// again, and where it took a message back that nobody has told since, somebody telephones.
/// What is due is planned anew besides, with the loan.
pub(in crate::service) async fn go_on(
    tx: &mut Tx,
    app: &App,
    case: CaseId,
) -> Result<(), ServiceError> {
    tx.reopen_dropped_tasks(case).await?;
    let mails = tx.message_mails_to(case).await?;
    if !mails.iter().any(|mail| mail.state == MailState::Void) {
        return Ok(());
    }
    for office in tx.offices_that_wrote(case).await? {
        if !untold(tx, (case, &office)).await?.is_empty() {
            let about = (Some(case), TaskKind::Telephone, &*case.to_string());
            tx.open_task(app.ids.next(), about, app.moment()).await?;
        }
    }
    Ok(())
}
