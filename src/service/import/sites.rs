//! Sites: read into a spool, judged whole, then compared and written in one
//! transaction, so that no write lock is held while a file is parsed.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fs::File,
    io::{BufRead, BufReader, BufWriter, Seek, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{Done, Options, Progress, Stop, blocking, not_older, sha256_of, undated};
use crate::{
    app::App,
    domain::{
        data_set::{DataSet, DataSetKind, Unread},
        id::{DataSetId, SiteId},
        municipality::MunicipalityCode,
        site::{PublishedSite, SiteKind},
        text::Text,
    },
    import::{
        report::{FileError, FileReport, RowNote},
        sites::{self, Columns, SiteFile},
    },
    in_tx,
    service::{ServiceError, world},
    spatial::boundaries::{Boundaries, Outside},
    store::{NewDataSet, SiteChange, SiteUpsert, StoredSite, Tx},
    text,
};

/// Sites of one comparison and write.
const BATCH: usize = 1000;

/// More than this share withdrawn at once looks like half a file.
const WITHDRAWN_SHARE: f64 = 0.2;

/// A record on its way from the reader to the writer.
#[derive(Serialize, Deserialize)]
struct Spooled {
    row: u64,
    key: String,
    published: PublishedSite,
}

struct Judged {
    file: SiteFile,
    sha256: String,
    spool: File,
    report: FileReport,
    columns: Columns,
    /// Keys of refused rows: they are present, if not understood.
    refused_keys: BTreeSet<String>,
}

/// Imports a list of sites.
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
    if judged.report.accepted == 0 {
        let error = FileError::new("all_rejected", &ALL_REJECTED);
        return Err(Stop::whole(judged.report, error));
    }
    let boundaries = {
        let mut tx = app.store.read().await?;
        world::read_boundaries(&mut tx).await?
    };
    let kind = judged.file.kind;
    let new = NewDataSet {
        set: DataSet {
            id: DataSetId(app.ids.next()),
            kind,
            series: format!("{}_{}", judged.file.publisher, kind.code()),
            name: options
                .name
                .clone()
                .unwrap_or_else(|| judged.file.name.clone()),
            publisher: Some(judged.file.publisher.clone()),
            dated: options.dated,
            covers: options.covers.clone(),
            unread: Unread::Nothing,
        },
        source: options.source.clone(),
        sha256: judged.sha256.clone(),
        format: judged.file.format.to_owned(),
        encoding: judged.file.encoding.to_owned(),
        replaces: None,
    };
    if options.dry_run {
        let mut tx = app.store.begin().await?;
        let (report, _) = write(app, &mut tx, &judged, &new, &boundaries, options, by).await?;
        return Ok(Done { report, set: None });
    }
    let outcome = in_tx!(app.store, |tx| {
        match write(app, tx, &judged, &new, &boundaries, options, by).await {
            Ok(done) => Ok(done),
            Err(Stop::Failed(error)) => Err(error),
            // A refusal leaves no trace: the transaction is given up.
            Err(Stop::Refused(report)) => Err(ServiceError::Refused(report)),
            Err(Stop::Missing(_)) => unreachable!("the file has been read"),
        }
    });
    let (report, written) = outcome?;
    Ok(Done {
        report,
        set: written.then_some(new.set.id),
    })
}

fn judge(path: &Path, progress: &dyn Fn(u64)) -> Result<Judged, Stop> {
    let mut spool = BufWriter::new(tempfile::tempfile().map_err(ServiceError::from)?);
    let mut report = FileReport::default();
    let mut refused_keys = BTreeSet::new();
    let mut columns = Columns::default();
    let read = sites::read(path, progress, &mut |row| {
        match report.take(row) {
            Ok((row, record)) => {
                columns = record.columns;
                let spooled = Spooled {
                    row,
                    key: record.key,
                    published: record.published,
                };
                serde_json::to_writer(&mut spool, &spooled)?;
                spool.write_all(b"\n")?;
            }
            Err(key) => refused_keys.extend(key),
        }
        Ok(())
    });
    let file = match read {
        Ok(file) => file,
        Err(error) => return Err(Stop::reading(report, error)),
    };
    report.warn(file.warnings.iter().cloned());
    report.format = Some(file.format.to_owned());
    report.encoding = Some(file.encoding.to_owned());
    let spool = spool
        .into_inner()
        .map_err(|e| ServiceError::from(e.into_error()))?;
    Ok(Judged {
        file,
        sha256: sha256_of(path).map_err(ServiceError::from)?,
        spool,
        report,
        columns,
        refused_keys,
    })
}

const ALL_REJECTED: Text = Text::fixed(
    "読み取れる行が一つもありません。行ごとの理由を確かめてください。",
    "Not one row could be read: see the reason of each.",
);

/// Compares the spooled records with the store and writes what differs.
async fn write(
    app: &App,
    tx: &mut Tx,
    judged: &Judged,
    new: &NewDataSet,
    boundaries: &Boundaries,
    options: &Options,
    by: &str,
) -> Result<(FileReport, bool), Stop> {
    let now = app.clock.now();
    let current = tx.current_data_set(new.set.kind, &new.set.series).await?;
    let known = current.as_ref().map(|row| &row.set);
    let latest = tx.latest_date(new.set.kind, &new.set.series).await?;
    not_older(latest, new.set.dated, options.force)?;
    let new = &NewDataSet {
        replaces: known.map(|set| set.id),
        ..new.clone()
    };
    tx.add_data_set(new, by, now, now).await?;
    let mut report = judged.report.clone();
    let mut present: HashSet<String> = HashSet::new();
    let mut towns: BTreeSet<MunicipalityCode> = options.covers.clone().unwrap_or_default();
    let mut spool = judged.spool.try_clone().map_err(ServiceError::from)?;
    spool.rewind().map_err(ServiceError::from)?;
    let mut lines = BufReader::new(spool).lines();
    loop {
        let mut batch: Vec<Spooled> = Vec::with_capacity(BATCH);
        for line in lines.by_ref().take(BATCH) {
            let line = line.map_err(ServiceError::from)?;
            batch.push(serde_json::from_str(&line).expect("the spool holds what was written"));
        }
        if batch.is_empty() {
            break;
        }
        for record in &batch {
            towns.extend(
                record
                    .published
                    .municipality
                    .map(MunicipalityCode::responsible),
            );
            report.warn(misplaced(record, boundaries));
        }
        write_batch(app, tx, judged, new, batch, &mut present, &mut report).await?;
    }
    if options.complete {
        withdraw(tx, judged, new, &present, &towns, options, now, &mut report).await?;
    }
    let differs = report.added + report.changed + report.withdrawn > 0;
    if report.changed + report.withdrawn > 0 {
        report.warn(undated(latest, new.set.dated));
    }
    tx.make_current(new.set.id, report.accepted).await?;
    if differs {
        tx.turn_world().await?;
    }
    Ok((report, true))
}

async fn write_batch(
    app: &App,
    tx: &mut Tx,
    judged: &Judged,
    new: &NewDataSet,
    batch: Vec<Spooled>,
    present: &mut HashSet<String>,
    report: &mut FileReport,
) -> Result<(), Stop> {
    let keys: Vec<&str> = batch.iter().map(|r| r.key.as_str()).collect();
    let known: HashMap<String, StoredSite> = tx
        .sites_of_keys(&keys)
        .await?
        .into_iter()
        .map(|site| (site.key.clone(), site))
        .collect();
    let (mut writes, mut confirmed) = (Vec::new(), Vec::new());
    for record in batch {
        // A row that repeats an earlier one says nothing new.
        if !present.insert(record.key.clone()) {
            report.unchanged += 1;
            continue;
        }
        let mut published = record.published;
        let change = match known.get(&record.key) {
            None => SiteChange::Added,
            Some(old) => {
                judged.columns.keep_missing(&mut published, &old.published);
                if same(&published, &old.published) && !old.withdrawn {
                    report.unchanged += 1;
                    confirmed.push(old.id);
                    continue;
                }
                SiteChange::Changed
            }
        };
        match change {
            SiteChange::Added => report.added += 1,
            _ => report.changed += 1,
        }
        let id = known
            .get(&record.key)
            .map_or_else(|| SiteId(app.ids.next()), |old| old.id);
        writes.push(SiteUpsert {
            id,
            key: record.key,
            publisher: judged.file.publisher.clone(),
            published,
            change,
        });
    }
    if !writes.is_empty() {
        tx.write_sites(new.set.id, &writes, app.clock.now()).await?;
    }
    if !confirmed.is_empty() {
        tx.confirm_sites(new.set.id, &confirmed).await?;
    }
    Ok(())
}

/// Whether two lists say the same of a site: name, address, flags, accepted
/// persons, note, and a position within 0.000001° on each axis.
fn same(new: &PublishedSite, old: &PublishedSite) -> bool {
    const STEP: f64 = 0.000_001;
    new.name == old.name
        && new.address == old.address
        && new.designations == old.designations
        && new.accepted_persons == old.accepted_persons
        && new.note == old.note
        && (new.position.lat() - old.position.lat()).abs() <= STEP
        && (new.position.lon() - old.position.lon()).abs() <= STEP
}

fn misplaced(record: &Spooled, boundaries: &Boundaries) -> Option<RowNote> {
    let code = record.published.municipality?;
    let Outside { metres, inside } = boundaries.outside(code, record.published.position)?;
    let (own, other, metres) = (code.name(), inside.name(), metres.round());
    Some(RowNote::new(
        record.row,
        Some("緯度"),
        text!(
            "{own}の境界から約{metres}m離れた{other}にあります。位置を確かめてください。",
            "lies in {other}, about {metres} m outside the boundary of {own}: check its position."
        ),
    ))
}

/// Withdraws what a complete list no longer has: sites of its kind and
/// publisher in the municipalities that it speaks for.
#[expect(
    clippy::too_many_arguments,
    reason = "everything a withdrawal is judged by"
)]
async fn withdraw(
    tx: &mut Tx,
    judged: &Judged,
    new: &NewDataSet,
    present: &HashSet<String>,
    towns: &BTreeSet<MunicipalityCode>,
    options: &Options,
    now: chrono::DateTime<chrono::Utc>,
    report: &mut FileReport,
) -> Result<(), Stop> {
    let kind = match judged.file.kind {
        DataSetKind::Shelters => SiteKind::Shelter,
        _ => SiteKind::EmergencySite,
    };
    let listed: Vec<StoredSite> = tx
        .listed_sites(kind, &judged.file.publisher)
        .await?
        .into_iter()
        .filter(|site| {
            site.published
                .municipality
                .is_some_and(|m| towns.iter().any(|town| town.same_as(m)))
        })
        .collect();
    let gone: Vec<SiteUpsert> = listed
        .iter()
        .filter(|site| !present.contains(&site.key) && !judged.refused_keys.contains(&site.key))
        .map(|site| SiteUpsert {
            id: site.id,
            key: site.key.clone(),
            publisher: judged.file.publisher.clone(),
            published: site.published.clone(),
            change: SiteChange::Withdrawn,
        })
        .collect();
    let share = gone.len() as f64 / listed.len().max(1) as f64;
    if share > WITHDRAWN_SHARE && !options.force {
        let (gone, listed) = (gone.len(), listed.len());
        return Err(Stop::refused(
            "too_many_withdrawn",
            &text!(
                "登録済みの{listed}件のうち{gone}件がこのファイルにありません。一部だけのファイルではありませんか。正しければ --force を付けてください。",
                "{gone} of {listed} known sites are not in this file. Is it only a part of the list? If it is right, add --force."
            ),
        ));
    }
    for chunk in gone.chunks(BATCH) {
        tx.write_sites(new.set.id, chunk, now).await?;
    }
    report.withdrawn = gone.len() as u64;
    Ok(())
}
