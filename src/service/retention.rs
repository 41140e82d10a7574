//! Erasure of what is due: listed first, then done in small commits, each with
//! its event. Doing it twice is doing it once, and a restored backup is erased
//! again by running it.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::Serialize;

use super::{ServiceError, audit};
use crate::{
    app::App,
    domain::{
        audit::{AboutKind, Action, Actor},
        ending::EndReason,
        id::{CaseId, CaseNumber, EmergencyId, HomeId, PlanVersionId, UserId},
        retention::{CaseDue, Kind, due_after_days, due_after_years},
    },
    in_tx,
    store::{CaseToErase, FileToErase, Left, Swept, Tx},
};

/// Something that is due, or was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DueLine {
    /// What kind of thing: a word of ours.
    pub kind: &'static str,
    /// Of which case, where it is of one.
    pub case: Option<CaseNumber>,
    /// How many.
    pub count: u64,
    /// Since which day it is due; of several the first.
    pub since: NaiveDate,
}

/// What is due on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DueList {
    /// The day.
    pub on: NaiveDate,
    /// What is due.
    pub due: Vec<DueLine>,
    /// Cases that have ended but whose loan runs: they wait for its end.
    pub lent: Vec<CaseNumber>,
}

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// The day.
    pub on: NaiveDate,
    /// What was erased.
    pub erased: Vec<DueLine>,
    /// Whether the files of the database were written anew; `false`: somebody was
    /// using it, and the command is to be run again.
    pub scrubbed: bool,
}

/// Why one case is not erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotErased {
    /// There is no such case, or it is erased.
    NotThere,
    /// It goes on.
    Open,
    /// A loan runs.
    Lent,
    /// It is due from a later day on.
    NotBefore(NaiveDate),
}

/// One unit of erasure.
enum Unit {
    Whole(CaseId),
    Plans(CaseId),
    Version(Left<PlanVersionId>),
    Home(Left<HomeId>),
    Account(UserId),
    Emergency(EmergencyId),
    LoanFile(FileToErase),
    Sweep(Swept, DateTime<Utc>),
}

/// What is due, and what does it.
struct Look {
    list: DueList,
    units: Vec<(Unit, DueLine)>,
}

fn line(kind: Kind, case: Option<&CaseNumber>, count: u64, since: NaiveDate) -> DueLine {
    DueLine {
        kind: kind.code(),
        case: case.cloned(),
        count,
        since,
    }
}

/// What of an ended case is due on a day.
fn of_case(
    app: &App,
    case: &CaseToErase,
    on: NaiveDate,
) -> Result<Option<(Kind, NaiveDate)>, NotErased> {
    match app.config.retention.case(&case.dates) {
        CaseDue::Open => Err(NotErased::Open),
        CaseDue::Lent => Err(NotErased::Lent),
        CaseDue::From { whole, .. } if whole <= on => Ok(Some((Kind::Case, whole))),
        CaseDue::From { plans, .. } if plans <= on => {
            let left = case.versions + case.homes + case.requests > 0;
            Ok(left.then_some((Kind::Plans, plans)))
        }
        CaseDue::From { plans, .. } => Err(NotErased::NotBefore(plans)),
    }
}

async fn look(app: &App, on: NaiveDate) -> Result<Look, ServiceError> {
    let settings = &app.config.retention;
    let mut tx = app.store.read().await?;
    let mut look = Look {
        list: DueList {
            on,
            due: Vec::new(),
            lent: Vec::new(),
        },
        units: Vec::new(),
    };
    for case in tx.cases_to_erase().await? {
        match of_case(app, &case, on) {
            Ok(Some((Kind::Case, since))) => {
                let said = line(Kind::Case, Some(&case.number), 1, since);
                look.units.push((Unit::Whole(case.id), said));
            }
            Ok(Some((kind, since))) => {
                let count = case.versions.max(1).cast_unsigned();
                let said = line(kind, Some(&case.number), count, since);
                look.units.push((Unit::Plans(case.id), said));
            }
            Err(NotErased::Lent) => look.list.lent.push(case.number),
            _ => {}
        }
    }
    let years = settings.superseded_plan_years;
    for version in tx.replaced_versions().await? {
        if let Some(since) = due_after_years(version.until, years).filter(|day| *day <= on) {
            let said = line(Kind::OldVersion, Some(&version.number), 1, since);
            look.units.push((Unit::Version(version), said));
        }
    }
    for home in tx.left_homes().await? {
        if let Some(since) = due_after_years(home.until, years).filter(|day| *day <= on) {
            let said = line(Kind::OldHome, Some(&home.number), 1, since);
            look.units.push((Unit::Home(home), said));
        }
    }
    for file in tx.files_to_erase().await? {
        let due = due_after_years(file.on, settings.loan_file_years);
        if let Some(since) = due.filter(|day| *day <= on) {
            let said = line(Kind::LoanFile, Some(&file.number), 1, since);
            look.units.push((Unit::LoanFile(file), said));
        }
    }
    for (account, since) in tx.accounts_out_of_use().await? {
        let due = due_after_years(since, settings.account_years);
        if let Some(since) = due.filter(|day| *day <= on) {
            look.units
                .push((Unit::Account(account), line(Kind::Account, None, 1, since)));
        }
    }
    for (emergency, since) in tx.emergencies_to_erase(app.clock.now()).await? {
        let due = due_after_years(since, settings.emergency_years);
        if let Some(since) = due.filter(|day| *day <= on) {
            let said = line(Kind::Emergency, None, 1, since);
            look.units.push((Unit::Emergency(emergency), said));
        }
    }
    for (what, kind, days) in [
        (Swept::Imports, Kind::Import, settings.import_days),
        (Swept::Sessions, Kind::Session, settings.session_days),
        (Swept::Links, Kind::Link, settings.sign_in_days),
        (Swept::Forms, Kind::Form, settings.form_days),
        (Swept::Mails, Kind::Mail, settings.mail_days),
    ] {
        let Some(before) = before(on, days) else {
            continue;
        };
        let (count, oldest) = tx.to_sweep(what, before).await?;
        if let Some(oldest) = oldest {
            let ended = crate::clock::in_tokyo(oldest).date_naive();
            let since = due_after_days(ended, days).unwrap_or(on);
            look.units
                .push((Unit::Sweep(what, before), line(kind, None, count, since)));
        }
    }
    look.list.due = look.units.iter().map(|(_, said)| said.clone()).collect();
    Ok(look)
}

/// The moment before which something ended that is due on a day: the beginning,
/// in Japan, of the day so many days before it.
fn before(on: NaiveDate, days: u32) -> Option<DateTime<Utc>> {
    let day = on.checked_sub_days(chrono::Days::new(u64::from(days)))?;
    Some(day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(9))
}

/// What is due on a day; nothing is changed.
pub async fn due(app: &App, on: NaiveDate) -> Result<DueList, ServiceError> {
    Ok(look(app, on).await?.list)
}

/// Erases what is due on a day.
pub async fn erase(app: &App, on: NaiveDate) -> Result<Erased, ServiceError> {
    let look = look(app, on).await?;
    let mut erased = Vec::new();
    for (unit, said) in look.units {
        if do_one(app, &unit, on).await? {
            erased.push(said);
        }
    }
    finish(app, on, erased).await
}

/// Erases one case, if it is due on a day.
pub async fn erase_one(
    app: &App,
    number: &CaseNumber,
    on: NaiveDate,
) -> Result<Result<Erased, NotErased>, ServiceError> {
    let over = {
        let mut tx = app.store.read().await?;
        tx.is_over(number).await?
    };
    match over {
        None | Some((_, true)) => return Ok(Err(NotErased::NotThere)),
        Some((false, _)) => return Ok(Err(NotErased::Open)),
        Some((true, false)) => {}
    }
    let case = {
        let mut tx = app.store.read().await?;
        let cases = tx.cases_to_erase().await?;
        cases.into_iter().find(|case| case.number == *number)
    };
    let Some(case) = case else {
        return Ok(Err(NotErased::NotThere));
    };
    let mut erased = Vec::new();
    match of_case(app, &case, on) {
        Err(no) => return Ok(Err(no)),
        Ok(None) => {}
        Ok(Some((kind, since))) => {
            let unit = match kind {
                Kind::Case => Unit::Whole(case.id),
                _ => Unit::Plans(case.id),
            };
            if do_one(app, &unit, on).await? {
                erased.push(line(kind, Some(number), 1, since));
            }
        }
    }
    Ok(Ok(finish(app, on, erased).await?))
}

async fn finish(app: &App, on: NaiveDate, erased: Vec<DueLine>) -> Result<Erased, ServiceError> {
    // Also where nothing was due: the run before may have been stopped here.
    let scrubbed = app.store.scrub().await?;
    Ok(Erased {
        on,
        erased,
        scrubbed,
    })
}

/// Erases what the centre wrote down of an application or a loan; of a child whom nobody
/// else has, and of whom nothing else is left, everything.
async fn erase_file(app: &App, tx: &mut Tx, file: &FileToErase) -> Result<bool, ServiceError> {
    let (now, today) = (app.clock.now(), app.clock.today());
    if !tx.erase_loan_file(file.id, now).await? {
        return Ok(false);
    }
    let why = EndReason::NoLongerNeeded;
    if tx.end_forgotten(file.case, (file.on, why)).await?
        && tx.erase_plans(file.case, &file.number, now).await?
    {
        tx.erase_case(file.case, &file.number, now, today).await?;
    }
    // A report may quote a row of any child's.
    tx.blank_imports(now, Some("loans"), now).await?;
    Ok(true)
}

/// Does one unit in one commit, with its event; `false`: it is not due any more.
async fn do_one(app: &App, unit: &Unit, on: NaiveDate) -> Result<bool, ServiceError> {
    let now = app.clock.now();
    let event = audit::by(app, Actor::Operator, Action::Erased);
    in_tx!(app.store, |tx| {
        let event = event.clone();
        let event = match unit {
            Unit::Whole(id) | Unit::Plans(id) => {
                // It may have been reopened since it was listed.
                let cases = tx.cases_to_erase().await?;
                let case = cases.into_iter().find(|case| case.id == *id);
                let due = case.map(|case| (of_case(app, &case, on), case));
                let Some((Ok(Some((kind, _))), case)) = due else {
                    return Ok(false);
                };
                if !tx.erase_plans(*id, &case.number, now).await? {
                    return Ok(false);
                }
                if kind == Kind::Case {
                    tx.erase_case(*id, &case.number, now, app.clock.today())
                        .await?;
                }
                // A report may quote a row of any child's.
                for what in ["families", "loans"] {
                    tx.blank_imports(now, Some(what), now).await?;
                }
                event.on([*id])
            }
            Unit::Version(version) => {
                tx.erase_version(version.id, &version.number, now).await?;
                event.on([version.case])
            }
            Unit::Home(home) => {
                tx.erase_home(home.id, now).await?;
                event.on([home.case])
            }
            Unit::LoanFile(file) => {
                if !erase_file(app, tx, file).await? {
                    return Ok(false);
                }
                event.on([file.case])
            }
            Unit::Account(id) => {
                tx.erase_account(*id, now).await?;
                event.about(AboutKind::Account, id.0)
            }
            Unit::Emergency(id) => {
                tx.erase_emergency(*id).await?;
                event.about(AboutKind::Emergency, id.0)
            }
            Unit::Sweep(what, before) => {
                if tx.sweep(*what, *before).await? == 0 {
                    return Ok(false);
                }
                event
            }
        };
        tx.record(&event).await?;
        Ok::<_, ServiceError>(true)
    })
}
