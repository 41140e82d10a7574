//! Families, homes and plans, from a municipality's own sheet: one
//! transaction, and what each case changes is checked in the same commit.

use std::path::Path;

use chrono::NaiveDate;
use tokio::runtime::Handle;

use super::{Done, Options, Progress, Stop, blocking};
use crate::{
    app::App,
    clock::Clock,
    domain::{
        access::{Ground, Moment, Reader, Subject},
        audit::{Action, Actor},
        child::Home,
        id::{CaseId, CaseNumber, HomeId, PlanVersionId},
        plan::PlanDocument,
        position::PositionAccuracy,
        text::Text,
    },
    import::{
        families::{self, FamilyRecord, Known, Stored},
        report::{FileError, FileReport, Row, RowNote},
    },
    in_tx,
    planner::World,
    service::{
        ServiceError, audit, check, emergency,
        imports::RowsOf,
        moves,
        municipality::{grant_provision, ordinance_of},
        positions::{self, Finder, SettledHome},
        world,
    },
    spatial::boundaries::Boundaries,
    store::{CaseChange, CaseContent, CaseForCheck, Tx, person_key},
    text,
};

struct Judged {
    /// Each with its row.
    records: Vec<(u64, FamilyRecord)>,
    report: FileReport,
    /// Whose row each is.
    rows: RowsOf,
}

/// Imports families.
pub(super) async fn import(
    app: &App,
    path: &Path,
    options: &Options,
    by: &str,
    progress: Progress,
) -> (Result<Done, Stop>, RowsOf) {
    match read(app, path, progress).await {
        Ok(judged) => {
            let rows = judged.rows.clone();
            (write_all(app, &judged, options, by).await, rows)
        }
        Err(stop) => (Err(stop), RowsOf::default()),
    }
}

async fn read(app: &App, path: &Path, progress: Progress) -> Result<Judged, Stop> {
    {
        let (app, path) = (app.clone(), path.to_owned());
        let handle = Handle::current();
        blocking(move || {
            let at = app.moment();
            let stored = |number: &CaseNumber| {
                let known = handle.block_on(stored(&app, number, at));
                known.map_err(std::io::Error::other)
            };
            let over = |number: &CaseNumber| {
                let over = handle.block_on(over(&app, number));
                over.map_err(std::io::Error::other)
            };
            judge(&path, at.today, (&stored, &over), &*progress)
        })
        .await
    }
}

async fn write_all(app: &App, judged: &Judged, options: &Options, by: &str) -> Result<Done, Stop> {
    let loaded = world::current(app).await?;
    let report = if options.dry_run {
        // Written and given up: the report is the one that a real run gives.
        let mut tx = app.store.begin().await?;
        write(app, &mut tx, judged, &loaded.world, by).await?
    } else {
        let report = in_tx!(app.store, |tx| write(app, tx, judged, &loaded.world, by)
            .await)?;
        check::refresh(app, &Reader::Operator).await?;
        report
    };
    Ok(Done { report, set: None })
}

/// What is stored of a case.
async fn stored(app: &App, number: &CaseNumber, at: Moment) -> Result<Option<Known>, ServiceError> {
    let mut tx = app.store.read().await?;
    let case = tx.case(&Reader::Operator, at, number).await?;
    Ok(case.map(|case| Known {
        revision: case.revision,
        has_plan: case.has_plan,
        plan_dated: case.plan_dated,
        stuck: case.stuck,
        child: case.child,
        home: case.home,
        battery_hours: case
            .document
            .as_ref()
            .map_or(case.battery_hours, |d| d.battery_hours),
        document: case.document,
    }))
}

/// Whether a case has ended, and whether it was erased.
type Over<'a> = &'a dyn Fn(&CaseNumber) -> std::io::Result<Option<(bool, bool)>>;

async fn over(app: &App, number: &CaseNumber) -> Result<Option<(bool, bool)>, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(tx.is_over(number).await?)
}

/// A row about a case that has ended is refused: a sheet reopens nothing.
fn refused_if_over(row: Row<FamilyRecord>, over: Over<'_>) -> std::io::Result<Row<FamilyRecord>> {
    let Row::Accepted {
        row: number,
        record,
        ..
    } = &row
    else {
        return Ok(row);
    };
    let case = &record.case;
    let text = match over(case)? {
        Some((_, true)) => text!(
            "整理番号{case}は、終わって消去された登録の番号です。新しい番号を付けてください。",
            "{case} is the number of a case that has ended and was erased: give a new number"
        ),
        Some((true, _)) => text!(
            "整理番号{case}の登録は終わっています。続ける場合は、先に「終わった登録」の画面か tomoshibi case reopen で再開してください。",
            "{case} has ended: to go on, reopen it first (page of ended cases, or tomoshibi case reopen)"
        ),
        _ => return Ok(row),
    };
    Ok(Row::Rejected {
        row: *number,
        notes: vec![RowNote::new(*number, Some("整理番号"), text)],
        key: Some(format!("{} {case}", record.municipality)),
    })
}

fn judge(
    path: &Path,
    today: NaiveDate,
    (stored, over): (Stored<'_>, Over<'_>),
    progress: &dyn Fn(u64),
) -> Result<Judged, Stop> {
    let mut records = Vec::new();
    let mut report = FileReport::default();
    let mut rows = RowsOf::default();
    let read = families::read(path, today, stored, progress, &mut |row| {
        let row = refused_if_over(row, over)?;
        match &row {
            Row::Accepted { row, record, .. } => {
                rows.add(*row, Some(record.municipality), Some(record.case.clone()));
            }
            Row::Rejected { row, key, .. } => rows.add_key(*row, key.as_deref()),
        }
        records.extend(report.take(row));
        Ok(())
    });
    let file = match read {
        Ok(file) => file,
        Err(error) => return Err(Stop::reading(report, error)),
    };
    report.warn(file.warnings);
    report.format = Some(file.format.to_owned());
    report.encoding = Some(file.encoding.to_owned());
    Ok(Judged {
        records,
        report,
        rows,
    })
}

async fn write(
    app: &App,
    tx: &mut Tx,
    judged: &Judged,
    world: &World,
    by: &str,
) -> Result<FileReport, ServiceError> {
    let mut report = judged.report.clone();
    let boundaries = world::read_boundaries(tx).await?;
    let mut finder = Finder::default();
    for (row, record) in &judged.records {
        report.warn(misplaced(*row, record, &boundaries));
        let (record, report) = ((*row, record), &mut report);
        match write_one(app, tx, record, (world, &mut finder), by, report).await? {
            CaseChange::Added => report.added += 1,
            CaseChange::Changed => report.changed += 1,
            CaseChange::Unchanged => report.unchanged += 1,
        }
    }
    if report.added + report.changed > 0 {
        // How many plan to go where is part of every plan's world.
        tx.turn_world().await?;
    }
    Ok(report)
}

const CHANGED_MEANWHILE: Text = Text::fixed(
    "取り込みの途中で、登録済みの内容をほかの人が変えました。何も変更していません。もう一度取り込んでください。",
    "Somebody changed a case while the sheet was read. Nothing was changed. Import it again.",
);

const KEPT_PLAN: Text = Text::fixed(
    "この方の計画は画面で作成・承認されているため、計画の内容は取り込みませんでした。直すときは、計画の画面で新しい案を書いてください。",
    "the plan of this child is written and approved on the pages, so the plan in this row was not taken: write a new draft there",
);

/// A remark on a home whose position contradicts its municipality.
fn misplaced(row: u64, record: &FamilyRecord, boundaries: &Boundaries) -> Option<RowNote> {
    let home = &record.document.home;
    let accuracy = home.accuracy.unwrap_or(PositionAccuracy::TownCentroid);
    let own = record.municipality;
    let metres = boundaries.metres_off(own, home.position?, accuracy.metres())?;
    let (name, km) = (own.name(), metres / 1000.0);
    let text = text!(
        "自宅の位置が{name}の境界から{km:.1}km離れています。緯度・経度か市町村を確かめてください（それまで、危険区域の外とは判定しません）。",
        "the home lies {km:.1} km outside the boundary of {name}: check position and municipality. Until then it is judged outside no zone."
    );
    Some(RowNote::new(row, Some("緯度"), text))
}

async fn write_one(
    app: &App,
    tx: &mut Tx,
    (row, record): (u64, &FamilyRecord),
    (world, finder): (&World, &mut Finder),
    by: &str,
    report: &mut FileReport,
) -> Result<CaseChange, ServiceError> {
    let clock: &dyn Clock = &*app.clock;
    let (now, today) = (clock.now(), clock.today());
    let known = tx.case_of_number(&record.case).await?;
    let stored = tx
        .case(&Reader::Operator, app.moment(), &record.case)
        .await?;
    let over = matches!(tx.is_over(&record.case).await?, Some((true, _)));
    if over || stored.as_ref().map(|case| case.revision) != record.base_revision {
        let error = FileError::new("changed_meanwhile", &CHANGED_MEANWHILE);
        let report = FileReport::default().refused_whole(error);
        return Err(ServiceError::Refused(Box::new(report)));
    }
    let case = known.unwrap_or_else(|| CaseId(app.ids.next()));
    let (mut document, notes) = without_withdrawn(tx, case, row, &record.document).await?;
    report.warn(notes);
    let sheet = (
        row,
        document.home.clone(),
        document.child.address.as_deref(),
    );
    let mut settled = positions::from_a_sheet(app, tx, finder, sheet, stored.as_ref()).await?;
    report.warn(std::mem::take(&mut settled.notes));
    document.home = of_the_plan(&settled, stored.as_ref());
    // What the municipality has approved, or is being written, no sheet writes over.
    let kept = match known {
        Some(case) => tx.has_draft(case).await?,
        None => false,
    };
    if kept {
        report.warn([RowNote::new(row, Some("計画の有無"), KEPT_PLAN)]);
    }
    let plan = stored.as_ref().filter(|_| kept);
    let content = CaseContent {
        number: record.case.clone(),
        has_plan: plan.map_or(record.has_plan, |stored| stored.has_plan),
        stuck: plan.map_or(record.stuck, |stored| stored.stuck),
        child: document.child.clone(),
        battery_hours: document.battery_hours,
    };
    let change = tx.write_case(case, &content, now).await?;
    let moved = tx
        .write_home(case, HomeId(app.ids.next()), &settled.home, today, now)
        .await?;
    positions::write(app, tx, case, &settled).await?;
    let replanned = if kept {
        false
    } else if record.has_plan == Some(true) {
        let basis = serde_json::json!({
            "home": settled.home,
            "world_revision": tx.world_revision().await?,
        });
        let id = PlanVersionId(app.ids.next());
        tx.write_plan(case, id, &document, &basis, record.plan_dated, by, now)
            .await?
    } else {
        tx.end_plan(case, now).await?
    };
    let lent = match record.loan_started_on {
        Some(day) => tx.write_loan(case, app.ids.next(), day).await?,
        None => false,
    };
    let proposed = match &record.moves_to {
        Some(to) => moves::from_a_sheet(app, tx, (case, &record.case), to).await?,
        None => false,
    };
    if change == CaseChange::Unchanged && !moved && !replanned && !lent && !proposed {
        return Ok(CaseChange::Unchanged);
    }
    grant_residence(tx, case, record, today).await?;
    let mode = ordinance_of(tx, Some(record.municipality)).await?;
    let document = match plan {
        Some(stored) => stored.document.as_ref(),
        None => (record.has_plan == Some(true)).then_some(&document),
    };
    grant_provision(tx, case, document, mode, today).await?;
    tx.turn_case(case, now).await?;
    emergency::follow_home(tx, app, world, &record.case, Actor::Operator).await?;
    let (change, action) = match known {
        None => (CaseChange::Added, Action::ImportedCase),
        Some(_) => (CaseChange::Changed, Action::ChangedCase),
    };
    let event = audit::by(app, Actor::Operator, action).on([case]);
    tx.record(&event).await?;
    Ok(change)
}

/// The municipality of the home reads the child, and the centre that lends something
/// knows of it.
async fn grant_residence(
    tx: &mut Tx,
    case: CaseId,
    record: &FamilyRecord,
    today: chrono::NaiveDate,
) -> Result<(), ServiceError> {
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
    Ok(())
}

/// The home as a plan's document has it. A version is never rewritten for a
/// position that staff or a list have set since: it keeps the home that it was
/// made for.
fn of_the_plan(settled: &SettledHome, stored: Option<&CaseForCheck>) -> Home {
    let new = Home {
        origin: None,
        ..settled.home.clone()
    };
    let unchanged = stored.filter(|stored| {
        new == Home {
            origin: None,
            ..stored.home.clone()
        }
    });
    let document = unchanged.and_then(|stored| stored.document.as_ref());
    document.map_or(new, |document| document.home.clone())
}

/// The plan without those who have asked to be taken out of it, and a remark on
/// each whom the sheet names again.
async fn without_withdrawn(
    tx: &mut Tx,
    case: CaseId,
    row: u64,
    document: &PlanDocument,
) -> Result<(PlanDocument, Vec<RowNote>), ServiceError> {
    let states = tx.supporter_states(case).await?;
    let mut document = document.clone();
    let mut notes = Vec::new();
    let mut place = 0;
    document.supporters.retain(|one| {
        place += 1;
        if one.withdrawn {
            return false;
        }
        let key = one.name.as_deref().map(|name| person_key(case, name));
        let state = key.and_then(|key| states.get(&key));
        if state.is_none_or(|state| state.withdrawn.is_none()) {
            return true;
        }
        let field = format!("支援者{place}の氏名");
        let text = Text::fixed(
            "この方は計画から外れることを希望したので、載せませんでした。代わりに手伝う方を書いてください。",
            "this person has asked to be taken out of the plan and was left out: name somebody else",
        );
        notes.push(RowNote::new(row, Some(&field), text));
        false
    });
    Ok((document, notes))
}
