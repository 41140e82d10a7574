//! The due days that no loan brings: the plan is confirmed once a year, somebody looks
//! at what has changed since, and the batteries are checked.

use chrono::NaiveDate;

use super::terms::{Wanted, keep};
use crate::{
    app::App,
    domain::{
        access::Reader,
        calendar::{Period, deadline},
        duty::DutyKind,
        id::CaseId,
        plan::review::counts_until,
    },
    in_tx,
    service::{ServiceError, check},
    store::{PlanDays, StoredTerm, Tx},
};

/// What these duties are about, in place of a loan.
const PLAN: &str = "plan";
const BATTERY: &str = "battery";
/// Before the mark of what has changed.
const CHANGED: &str = "changed ";

/// So many children are looked at in one commit.
const AT_ONCE: usize = 200;

/// A battery is checked a year after its last check (`RULES.md`, "Duties": last check
/// by the hospital's engineer or the maker + 12 months).
const BATTERY_CHECKED: Period = Period::months(12).expect("a year is a period");

/// Keeps these due days of everybody as what is on record says now: plans are written,
/// confirmed and judged anew in many places, and by the world alone.
pub(super) async fn keep_all(app: &App) -> Result<(), ServiceError> {
    // What could not be judged must not keep a reminder from anybody.
    if let Err(error) = check::refresh(app, &Reader::Operator).await {
        tracing::error!(%error, "plans could not be judged before the reminders");
    }
    let moved = {
        let mut tx = app.store.read().await?;
        tx.plan_days(None).await?
    };
    for some in moved.chunks(AT_ONCE) {
        in_tx!(app.store, |tx| {
            for days in some {
                keep_one(tx, app, days).await?;
            }
            Ok::<_, ServiceError>(())
        })?;
    }
    Ok(())
}

/// Keeps these due days of one child, in the commit of what changes them.
pub(in crate::service) async fn keep_plan(
    tx: &mut Tx,
    app: &App,
    case: CaseId,
) -> Result<(), ServiceError> {
    for days in tx.plan_days(Some(case)).await? {
        keep_one(tx, app, &days).await?;
    }
    Ok(())
}

async fn keep_one(tx: &mut Tx, app: &App, days: &PlanDays) -> Result<(), ServiceError> {
    let today = app.clock.today();
    let owed = |kind, cycle: NaiveDate, due_on, begun_on| Wanted {
        kind,
        cycle,
        due_on,
        begun_on,
    };
    let confirm = days.confirmed_on.and_then(|on| {
        let due = counts_until(on)?;
        Some(owed(DutyKind::ConfirmPlan, on, due, Some(on)))
    });
    let confirm: Vec<Wanted> = confirm.into_iter().collect();
    let confirmed = |term: &StoredTerm| days.confirmed_on.is_some_and(|on| on > term.cycle);
    keep(tx, app, (days.case, PLAN), &confirm, &confirmed).await?;
    let battery = days.battery_on.map(|on| {
        let due = deadline(on, BATTERY_CHECKED, false, &app.office).safe_by;
        owed(DutyKind::BatteryCheck, on, due, Some(on))
    });
    let battery: Vec<Wanted> = battery.into_iter().collect();
    let checked = |term: &StoredTerm| days.battery_on.is_some_and(|on| on > term.cycle);
    keep(tx, app, (days.case, BATTERY), &battery, &checked).await?;
    // What has changed is one duty; where more changes, it is another.
    let about = days.changed.as_ref().map(|mark| format!("{CHANGED}{mark}"));
    let open = tx
        .duty_terms(days.case)
        .await?
        .into_iter()
        .filter(|term| term.ended.is_none() && term.kind == DutyKind::ChangedFinding);
    let mut there = false;
    for term in open {
        if Some(&term.about) == about.as_ref() {
            there = true;
        } else {
            let why = if about.is_some() { "moved" } else { "done" };
            tx.end_term(term.id, (today, why)).await?;
        }
    }
    if let (Some(about), false) = (about, there) {
        let look = owed(DutyKind::ChangedFinding, today, today, Some(today));
        keep(tx, app, (days.case, &about), &[look], &|_| false).await?;
    }
    Ok(())
}
