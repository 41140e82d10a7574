//! Lists of towns and blocks: judged whole, then written in one transaction, with
//! the homes that they find.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{Done, Options, Progress, Stop, blocking, not_older, sha256_of, undated};
use crate::{
    app::App,
    domain::{
        address::TownKey,
        data_set::{DataSet, DataSetKind, Unread},
        id::DataSetId,
        municipality::{MunicipalityCode, is_prefecture, prefecture_of},
        position::PositionAccuracy,
        text::{Text, key_form},
    },
    import::{
        report::{FileError, FileReport, RowNote},
        source::Source,
        towns::{self, TownFile, TownRecord},
    },
    in_tx,
    planner::World,
    service::{
        ServiceError, check,
        positions::{FoundHomes, find_homes},
        world,
    },
    spatial::boundaries::Boundaries,
    store::{NewDataSet, TownPoint, Tx},
    text,
};

/// Places of one write.
const BATCH: usize = 1_000;

/// More than this share outside its municipality is the list of another one.
const ELSEWHERE_SHARE: f64 = 0.5;

/// A list, read.
struct Judged {
    file: TownFile,
    sha256: String,
    report: FileReport,
    /// Each with its row.
    records: Vec<(u64, TownRecord)>,
}

/// Imports a list of towns or blocks.
pub(super) async fn import(
    app: &App,
    path: &Path,
    options: &Options,
    by: &str,
    progress: Progress,
) -> Result<Done, Stop> {
    let ours = {
        let mut tx = app.store.read().await?;
        tx.prefectures().await?
    };
    let municipality = municipality_of(path, options, &ours);
    let judged = {
        let path = path.to_owned();
        blocking(move || judge(&path, municipality, &*progress)).await?
    };
    if judged.records.is_empty() {
        let error = FileError::new("all_rejected", &ALL_REJECTED);
        return Err(Stop::whole(judged.report, error));
    }
    let codes: BTreeSet<MunicipalityCode> = judged
        .records
        .iter()
        .map(|(_, record)| record.municipality)
        .collect();
    one_prefecture(&codes, &ours)?;
    let loaded = world::current(app).await?;
    let elsewhere = elsewhere(&judged.records, &loaded.world.boundaries)?;
    let new = data_set(app, &judged, options, codes);
    if options.dry_run {
        // Written and given up: the report is the one that a real run gives.
        let mut tx = app.store.begin().await?;
        let (report, _) = write(app, &mut tx, (&judged, new), options, (by, &loaded.world)).await?;
        return Ok(Done {
            report: with(report, elsewhere),
            set: None,
        });
    }
    let outcome = in_tx!(app.store, |tx| {
        let parts = (&judged, new.clone());
        match write(app, tx, parts, options, (by, &loaded.world)).await {
            Ok(done) => Ok(done),
            Err(Stop::Failed(error)) => Err(error),
            Err(Stop::Refused(report)) => Err(ServiceError::Refused(report)),
            Err(Stop::Missing(_)) => unreachable!("the file has been read"),
        }
    });
    let (report, set) = outcome?;
    check::refresh(app, &crate::domain::access::Reader::Operator).await?;
    Ok(Done {
        report: with(report, elsewhere),
        set,
    })
}

fn with(mut report: FileReport, notes: Vec<RowNote>) -> FileReport {
    report.warn(notes);
    report
}

/// The municipality of a list that does not name it: as the call says, else by the
/// published name of the file, in the folder of its prefecture where it lies in
/// one. A name that two prefectures know says nothing.
fn municipality_of(path: &Path, options: &Options, ours: &[String]) -> Option<MunicipalityCode> {
    if let Some(covers) = &options.covers {
        let mut codes = covers.iter();
        return codes.next().copied().filter(|_| codes.next().is_none());
    }
    let stem = path.file_stem()?.to_string_lossy().into_owned();
    let mut named = MunicipalityCode::named(&stem);
    let folder = path.parent().and_then(Path::file_name);
    let folder = folder.map(|name| key_form(&name.to_string_lossy()));
    if let Some(prefecture) = folder.filter(|name| is_prefecture(name)) {
        named.retain(|code| code.row().is_some_and(|m| m.prefecture == prefecture));
    } else if named.len() > 1 && !ours.is_empty() {
        // Of two of one name neither is ours for certain: the call must say it.
        return None;
    }
    (named.len() == 1).then(|| named[0])
}

fn judge(
    path: &Path,
    municipality: Option<MunicipalityCode>,
    progress: &dyn Fn(u64),
) -> Result<Judged, Stop> {
    let source = Source::open(path)?;
    let mut report = FileReport::default();
    let mut records = Vec::new();
    let read = towns::read(&source, municipality, progress, &mut |row| {
        records.extend(report.take(row));
    });
    match read {
        Ok(file) => Ok(Judged {
            file,
            sha256: sha256_of(source.path())?,
            report,
            records,
        }),
        Err(error) => Err(Stop::reading(report, error)),
    }
}

/// One database is one prefecture (docs/decisions): the list of another one is
/// refused by name.
fn one_prefecture(codes: &BTreeSet<MunicipalityCode>, ours: &[String]) -> Result<(), Stop> {
    let theirs: BTreeSet<&str> = codes
        .iter()
        .map(MunicipalityCode::prefecture_digits)
        .collect();
    let names = |digits: &mut dyn Iterator<Item = &str>| {
        let names: Vec<&str> = digits.map(|d| prefecture_of(d).unwrap_or(d)).collect();
        names.join("、")
    };
    let foreign: Vec<&str> = theirs
        .iter()
        .copied()
        .filter(|digits| !ours.iter().any(|own| own == digits))
        .collect();
    if ours.is_empty() && theirs.len() > 1 {
        let names = names(&mut theirs.iter().copied());
        return Err(Stop::refused(
            "many_prefectures",
            &text!(
                "{names}の一覧が1つのファイルに入っています。データベースは1つの県のものです。県ごとのファイルを指定してください。",
                "the file lists towns of {names}; a database is for one prefecture: name the file of yours"
            ),
        ));
    }
    if ours.is_empty() || foreign.is_empty() {
        return Ok(());
    }
    let (ours, theirs) = (
        names(&mut ours.iter().map(String::as_str)),
        names(&mut foreign.into_iter()),
    );
    Err(Stop::refused(
        "other_prefecture",
        &text!(
            "{theirs}の町の一覧です。このデータベースは{ours}のものなので取り込みません。ファイルを取り違えていないか確かめてください。",
            "this lists towns of {theirs}, and the database is that of {ours}: nothing was taken. Is it the wrong file?"
        ),
    ))
}

/// Remarks on towns outside their municipality; where most are, the list is that
/// of another one.
fn elsewhere(records: &[(u64, TownRecord)], boundaries: &Boundaries) -> Result<Vec<RowNote>, Stop> {
    let mut towns: BTreeSet<(MunicipalityCode, &TownKey)> = BTreeSet::new();
    let mut notes = Vec::new();
    let mut looked_at = 0_usize;
    for (row, record) in records {
        // One of the blocks of a town stands for all of them.
        if !towns.insert((record.municipality, &record.town)) {
            continue;
        }
        looked_at += 1;
        let within = PositionAccuracy::TownCentroid.metres();
        let own = record.municipality;
        let Some(metres) = boundaries.metres_off(own, record.position, within) else {
            continue;
        };
        let (own, name, km) = (own.name(), &record.name, metres / 1000.0);
        notes.push(RowNote::new(
            *row,
            None,
            text!(
                "「{name}」の位置が{own}の境界から{km:.1}km離れています。",
                "{name} lies {km:.1} km outside the boundary of {own}."
            ),
        ));
    }
    if notes.len() as f64 > looked_at as f64 * ELSEWHERE_SHARE {
        let (count, codes) = (notes.len(), towns.iter().map(|(code, _)| code.name()));
        let names: BTreeSet<&str> = codes.collect();
        let name = names.into_iter().take(3).collect::<Vec<_>>().join("、");
        return Err(Stop::refused(
            "elsewhere",
            &text!(
                "{looked_at}の町のうち{count}が{name}の外にあります。別の市町村の一覧です。ファイル名か --covers を確かめてください。",
                "{count} of {looked_at} towns lie outside {name}: it is the list of another municipality. Check the name of the file, or --covers."
            ),
        ));
    }
    Ok(notes)
}

fn data_set(
    app: &App,
    judged: &Judged,
    options: &Options,
    codes: BTreeSet<MunicipalityCode>,
) -> NewDataSet {
    let cities: BTreeSet<MunicipalityCode> = codes.iter().map(|c| c.responsible()).collect();
    let of = match (codes.len(), cities.len()) {
        (1, _) => codes.iter().next().map_or("", MunicipalityCode::as_str),
        (_, 1) => cities.iter().next().map_or("", MunicipalityCode::as_str),
        _ => codes
            .iter()
            .next()
            .map_or("", MunicipalityCode::prefecture_digits),
    };
    NewDataSet {
        set: DataSet {
            id: DataSetId(app.ids.next()),
            kind: judged.file.kind,
            series: format!("{}_{of}", judged.file.format),
            name: options
                .name
                .clone()
                .unwrap_or_else(|| judged.file.name.to_owned()),
            publisher: Some(judged.file.publisher.to_owned()),
            dated: options.dated,
            covers: Some(codes),
            unread: Unread::Nothing,
        },
        source: options.source.clone(),
        sha256: judged.sha256.clone(),
        format: judged.file.format.to_owned(),
        encoding: judged.file.encoding.to_owned(),
        replaces: None,
    }
}

/// What names a place, and where it is.
type Key = (String, String, String, String);

async fn write(
    app: &App,
    tx: &mut Tx,
    (judged, mut new): (&Judged, NewDataSet),
    options: &Options,
    (by, world): (&str, &World),
) -> Result<(FileReport, Option<DataSetId>), Stop> {
    let (kind, series) = (new.set.kind, new.set.series.clone());
    let latest = tx.latest_date(kind, &series).await?;
    not_older(latest, options.dated, options.force)?;
    let current = tx.current_data_set(kind, &series).await?;
    new.replaces = current.as_ref().map(|row| row.set.id);
    if let Some(row) = current.as_ref().filter(|row| row.sha256 == new.sha256) {
        // The very same file keeps what was said of it.
        new.set.dated = new.set.dated.or(row.set.dated);
    }
    let mut known: BTreeMap<Key, Vec<(f64, f64)>> = BTreeMap::new();
    if let Some(row) = &current {
        for (code, town, koaza, block, lat, lon) in tx.town_points(row.set.id).await? {
            known
                .entry((code, town, koaza, block))
                .or_default()
                .push((lat, lon));
        }
    }
    let mut report = judged.report.clone();
    report.format = Some(judged.file.format.to_owned());
    report.encoding = Some(judged.file.encoding.to_owned());
    let points = compare(judged, &mut known, &mut report);
    if report.withdrawn as f64 > known.len() as f64 * WITHDRAWN_SHARE && !options.force {
        let (gone, listed) = (report.withdrawn, known.len());
        return Err(Stop::refused(
            "too_many_withdrawn",
            &text!(
                "登録済みの{listed}件のうち{gone}件がこのファイルにありません。一部だけの一覧ではありませんか。正しければ --force を付けてください。",
                "{gone} of {listed} known towns are not in this file. Is it only a part of the list? If it is right, add --force."
            ),
        ));
    }
    let same_words = current.as_ref().is_some_and(|row| {
        (options.name.is_none() || row.set.name == new.set.name)
            && (options.dated.is_none() || row.set.dated == new.set.dated)
    });
    let codes: Vec<String> = new
        .set
        .covers
        .iter()
        .flatten()
        .copied()
        .flat_map(whose)
        .collect();
    let nothing_new = report.added + report.changed + report.withdrawn == 0 && same_words;
    if !nothing_new {
        report.warn(undated(latest, options.dated));
        let now = app.clock.now();
        tx.add_data_set(&new, by, now, now).await?;
        for batch in points.chunks(BATCH) {
            tx.add_town_points(new.set.id, batch).await?;
        }
        tx.make_current(new.set.id, points.len() as u64).await?;
    }
    let found = find_homes(app, tx, &codes, world).await?;
    report.warn(said(found, kind));
    Ok((report, (!nothing_new).then_some(new.set.id)))
}

/// A municipality and, of a ward, its city, by which a home may be known.
fn whose(code: MunicipalityCode) -> BTreeSet<String> {
    [code, code.responsible()]
        .map(|code| code.as_str().to_owned())
        .into()
}

fn compare(
    judged: &Judged,
    known: &mut BTreeMap<Key, Vec<(f64, f64)>>,
    report: &mut FileReport,
) -> Vec<TownPoint> {
    let mut points = Vec::new();
    let mut seen: BTreeSet<Key> = BTreeSet::new();
    for (row, record) in &judged.records {
        if record.repeats {
            report.unchanged += 1;
            continue;
        }
        let point = TownPoint {
            ordinal: i64::try_from(*row).unwrap_or(i64::MAX),
            municipality: record.municipality,
            name: record.name.clone(),
            town: record.town.as_str().to_owned(),
            koaza: record.koaza.as_str().to_owned(),
            block: record.block.clone(),
            lat: record.position.lat(),
            lon: record.position.lon(),
            represents: record.represents,
        };
        let key = (
            point.municipality.as_str().to_owned(),
            point.town.clone(),
            point.koaza.clone(),
            point.block.clone(),
        );
        let at = (point.lat, point.lon);
        match known.get(&key) {
            None => report.added += 1,
            Some(places) if places.contains(&at) => report.unchanged += 1,
            Some(_) => report.changed += 1,
        }
        seen.insert(key);
        points.push(point);
    }
    let gone = known.iter().filter(|(key, _)| !seen.contains(*key));
    report.withdrawn = gone.map(|(_, places)| places.len() as u64).sum();
    points
}

/// More than this share gone at once looks like a part of a list.
const WITHDRAWN_SHARE: f64 = 0.2;

/// How many homes were found, for people.
fn said(found: FoundHomes, kind: DataSetKind) -> Option<RowNote> {
    if found.looked_at == 0 {
        return None;
    }
    let FoundHomes {
        looked_at,
        blocks,
        towns,
        several,
        nothing,
        unchanged,
    } = found;
    let list = if kind == DataSetKind::Blocks {
        Text::fixed("街区", "blocks")
    } else {
        Text::fixed("町", "towns")
    };
    let (ja, en) = (list.ja, list.en);
    Some(RowNote::new(
        0,
        None,
        text!(
            "{ja}の一覧で、位置のない自宅など{looked_at}件を調べました：街区が分かった{blocks}件、町の代表点{towns}件、候補が2つ以上{several}件、該当なし{nothing}件、前と同じ{unchanged}件。残りは「位置の確認」の画面にあります。",
            "looked up {looked_at} homes in the list of {en}: {blocks} by block, {towns} by town, {several} fit more than one, {nothing} fit none, {unchanged} as before. What is left stands on the page of positions."
        ),
    ))
}

const ALL_REJECTED: Text = Text::fixed(
    "取り込める行が1つもありません。",
    "not one row could be taken.",
);
