//! Families, homes and plans, from a municipality's own sheet: one
//! transaction, and what each case changes is checked in the same commit.

use std::path::Path;

use super::{Done, Options, Progress, Stop, blocking, distinct_rows};
use crate::{
    app::App,
    clock::Clock,
    domain::{
        access::{Ground, Subject},
        id::{CaseId, HomeId, PlanVersionId},
    },
    import::{
        families::{self, FamilyFile, FamilyRecord},
        report::{FileReport, Row, RowNote},
    },
    in_tx,
    service::{
        ServiceError, check,
        municipality::{grant_provision, ordinance_of},
    },
    store::{CaseChange, CaseContent, Tx},
};

struct Judged {
    file: FamilyFile,
    records: Vec<FamilyRecord>,
    rejected: Vec<RowNote>,
    warnings: Vec<RowNote>,
}

/// Imports families.
pub(super) async fn import(
    app: &App,
    path: &Path,
    options: &Options,
    by: &str,
    progress: Progress,
) -> Result<Done, Stop> {
    let judged = {
        let path = path.to_owned();
        blocking(move || judge(&path, &*progress)).await?
    };
    let report = if options.dry_run {
        // Written and given up: the report is the one that a real run gives.
        let mut tx = app.store.begin().await?;
        write(app, &mut tx, &judged, by).await?
    } else {
        let report = in_tx!(app.store, |tx| write(app, tx, &judged, by).await)?;
        check::refresh(app, &crate::domain::access::Reader::Operator).await?;
        report
    };
    Ok(Done { report, set: None })
}

fn judge(path: &Path, progress: &dyn Fn(u64)) -> Result<Judged, Stop> {
    let mut records = Vec::new();
    let (mut rejected, mut warnings) = (Vec::new(), Vec::new());
    let file = families::read(path, progress, &mut |row| {
        match row {
            Row::Accepted {
                record,
                warnings: mut notes,
                ..
            } => {
                warnings.append(&mut notes);
                records.push(record);
            }
            Row::Rejected { mut notes, .. } => rejected.append(&mut notes),
        }
        Ok(())
    })?;
    warnings.extend(file.warnings.iter().cloned());
    Ok(Judged {
        file,
        records,
        rejected,
        warnings,
    })
}

async fn write(
    app: &App,
    tx: &mut Tx,
    judged: &Judged,
    by: &str,
) -> Result<FileReport, ServiceError> {
    let mut report = FileReport {
        format: Some(judged.file.format.to_owned()),
        encoding: Some(judged.file.encoding.to_owned()),
        rejected: judged.rejected.clone(),
        warnings: judged.warnings.clone(),
        ..FileReport::default()
    };
    for record in &judged.records {
        match write_one(app, tx, record, by).await? {
            CaseChange::Added => report.added += 1,
            CaseChange::Changed => report.changed += 1,
            CaseChange::Unchanged => report.unchanged += 1,
        }
    }
    report.accepted = report.added + report.changed + report.unchanged;
    report.read = report.accepted + distinct_rows(&report.rejected);
    if report.added + report.changed > 0 {
        // How many plan to go where is part of every plan's world.
        tx.turn_world().await?;
    }
    Ok(report)
}

async fn write_one(
    app: &App,
    tx: &mut Tx,
    record: &FamilyRecord,
    by: &str,
) -> Result<CaseChange, ServiceError> {
    let clock: &dyn Clock = &*app.clock;
    let (now, today) = (clock.now(), clock.today());
    let known = tx.case_of_number(&record.case).await?;
    let case = known.unwrap_or_else(|| CaseId(app.ids.next()));
    let content = CaseContent {
        number: record.case.clone(),
        has_plan: record.has_plan,
        stuck: record.stuck,
        child: record.document.child.clone(),
    };
    let change = tx.write_case(case, &content, now).await?;
    let moved = tx
        .write_home(
            case,
            HomeId(app.ids.next()),
            &record.document.home,
            today,
            now,
        )
        .await?;
    let replanned = if record.has_plan == Some(true) {
        let basis = serde_json::json!({
            "home": record.document.home,
            "world_revision": tx.world_revision().await?,
        });
        let id = PlanVersionId(app.ids.next());
        tx.write_plan(
            case,
            id,
            &record.document,
            &basis,
            record.plan_dated,
            by,
            now,
        )
        .await?
    } else {
        tx.end_plan(case, now).await?
    };
    let lent = match record.loan_started_on {
        Some(day) => tx.write_loan(case, app.ids.next(), day).await?,
        None => false,
    };
    if change == CaseChange::Unchanged && !moved && !replanned && !lent {
        return Ok(CaseChange::Unchanged);
    }
    let municipality = Subject {
        kind: "municipality",
        id: record.municipality.responsible().to_string(),
    };
    tx.end_grants(
        case,
        "municipality",
        Ground::Residence,
        Some(&municipality.id),
        today,
    )
    .await?;
    tx.grant(case, &municipality, Ground::Residence, today)
        .await?;
    if tx.has_loan(case).await? {
        let centre = Subject {
            kind: "centre",
            id: "centre".to_owned(),
        };
        tx.grant(case, &centre, Ground::Loan, today).await?;
    }
    let mode = ordinance_of(tx, Some(record.municipality)).await?;
    let document = (record.has_plan == Some(true)).then_some(&record.document);
    grant_provision(tx, case, document, mode, today).await?;
    tx.turn_case(case, now).await?;
    Ok(if known.is_none() {
        CaseChange::Added
    } else {
        CaseChange::Changed
    })
}
