//! Hazard layers: read twice, once to judge the file and once to write it, in
//! batches that stay invisible until the last one is in.

use std::{collections::BTreeSet, path::Path};

use chrono::TimeDelta;
use tokio::sync::mpsc;

use super::{Done, Options, Progress, Stop, blocking, not_older, sha256_of_all, undated};
use crate::{
    app::App,
    domain::{
        data_set::{DataSet, DataSetKind, Unread, hull},
        id::DataSetId,
        municipality::MunicipalityCode,
        text::Text,
    },
    import::{
        hazards::{self, HazardFile, HazardOptions, HazardRecord},
        report::{FileReport, Row, RowNote},
        source::Source,
    },
    in_tx,
    seal::sha256_hex,
    service::geometry,
    store::{NewDataSet, StoreError, ZoneRow},
    text,
};

/// Names that are compared with those of the file before.
const RIVERS: usize = 10_000;

/// Zones of one write.
const BATCH: usize = 500;

/// A loader that has not written for this long is dead.
const LEASE_MINUTES: i64 = 15;

/// What the first reading found.
struct Judged {
    file: HazardFile,
    sha256: String,
    report: FileReport,
    hashes: Vec<String>,
    named: BTreeSet<MunicipalityCode>,
    /// The rivers or zones it names; of a file with very many, the first ones.
    rivers: BTreeSet<String>,
    /// The box around its zones.
    extent: Option<[f64; 4]>,
    /// The box around each: west, south, east, north.
    boxes: Vec<[f32; 4]>,
}

/// Imports a hazard layer.
pub(super) async fn import(
    app: &App,
    path: &Path,
    options: &Options,
    by: &str,
    progress: Progress,
) -> Result<Done, Stop> {
    let source = Source::open(path)?;
    let read_options = HazardOptions {
        kind: options.kind,
        depth_field: options.depth_field.clone(),
        depth_codes: options.depth_codes,
        crs: options.crs,
        path: None,
    };
    let judged = {
        let (source, read_options) = (source.clone(), read_options.clone());
        blocking(move || judge(&source, &read_options, &*progress)).await?
    };
    if judged.report.read == 0 && !options.force {
        return Err(Stop::refused("empty", &NO_ZONE));
    }
    let kind = DataSetKind::Hazard(judged.file.kind);
    let series = judged.file.series.clone();
    let (current, known, latest) = {
        let mut tx = app.store.read().await?;
        let latest = tx.latest_date(kind, &series).await?;
        let current = tx.current_data_set(kind, &series).await?;
        let known = match &current {
            Some(row) => tx.zone_hashes(row.set.id).await?,
            None => Vec::new(),
        };
        (current, known, latest)
    };
    not_older(latest, options.dated, options.force)?;
    if let Some(current) = &current
        && !options.force
    {
        same_place(app, current.set.id, &judged).await?;
        not_of_an_earlier_year(app, current.set.id, path, options).await?;
    }
    let here = lies_where_it_speaks(app, options, &judged).await?;
    let unchanged = in_both(&judged.hashes, &known);
    let mut report = judged.report;
    report.format = Some(judged.file.format.to_owned());
    report.encoding = Some(judged.file.encoding.to_owned());
    report.added = report.accepted - unchanged;
    report.unchanged = unchanged;
    report.withdrawn = known.len() as u64 - unchanged;
    remark(&mut report, &judged.file, here, known.len());
    if report.added + report.withdrawn > 0 {
        report.warn(undated(latest, options.dated));
    }
    let covers = options
        .covers
        .clone()
        .or_else(|| (!judged.named.is_empty()).then_some(judged.named))
        .filter(|_| judged.file.says_outside);
    let same_file = current
        .as_ref()
        .filter(|row| row.sha256 == judged.sha256)
        .map(|row| &row.set);
    let set = DataSet {
        id: DataSetId(app.ids.next()),
        kind,
        series,
        name: options
            .name
            .clone()
            .or(judged.file.name.clone())
            .unwrap_or_else(|| judged.file.kind.name().ja.into_owned()),
        publisher: judged.file.publisher.map(str::to_owned),
        // The very same file keeps what was said of it.
        dated: options
            .dated
            .or_else(|| same_file.and_then(|set| set.dated)),
        covers: covers.or_else(|| same_file.and_then(|set| set.covers.clone())),
        unread: judged.file.unread,
    };
    let same_words = current.as_ref().is_some_and(|row| {
        (options.covers.is_none() || row.set.covers == set.covers)
            && (options.dated.is_none() || row.set.dated == set.dated)
            && (options.name.is_none() || row.set.name == set.name)
            && row.set.unread == set.unread
    });
    let nothing_new = report.added == 0 && report.withdrawn == 0 && same_words;
    if options.dry_run || nothing_new {
        return Ok(Done { report, set: None });
    }
    let new = NewDataSet {
        source: options.source.clone(),
        sha256: judged.sha256,
        format: judged.file.format.to_owned(),
        encoding: judged.file.encoding.to_owned(),
        replaces: current.map(|row| row.set.id),
        set,
    };
    write(app, source, read_options, &new, report.accepted, by).await?;
    Ok(Done {
        report,
        set: Some(new.set.id),
    })
}

fn judge(source: &Source, options: &HazardOptions, progress: &dyn Fn(u64)) -> Result<Judged, Stop> {
    let mut report = FileReport::default();
    let mut hashes = Vec::new();
    let mut named = BTreeSet::new();
    let mut rivers = BTreeSet::new();
    let mut extent: Option<[f64; 4]> = None;
    let mut boxes = Vec::new();
    let read = hazards::read(source, options, progress, &mut |row| {
        if let Ok((_, record)) = report.take(row) {
            named.extend(record.municipality);
            let row = zone_row(0, &record);
            let area = [row.west, row.south, row.east, row.north];
            extent = Some(extent.map_or(area, |known| hull(known, area)));
            boxes.push(area.map(|degrees| degrees as f32));
            hashes.push(row.hash);
            if rivers.len() < RIVERS {
                rivers.extend(record.name);
            }
        }
        Ok(())
    });
    let file = match read {
        Ok(file) => file,
        Err(error) => return Err(Stop::reading(report, error)),
    };
    hashes.sort_unstable();
    Ok(Judged {
        file,
        sha256: sha256_of_all(source)?,
        report,
        hashes,
        named,
        rivers,
        extent,
        boxes,
    })
}

/// More than this share of the names gone looks like the map of another river.
const GONE_SHARE: f64 = 0.2;

/// Two files of one name may be of two rivers or of two regions: the one must
/// not take the other's place in silence.
async fn same_place(app: &App, current: DataSetId, judged: &Judged) -> Result<(), Stop> {
    let (names, extent) = {
        let mut tx = app.store.read().await?;
        (
            tx.zone_names(current, RIVERS).await?,
            tx.zone_extent(current).await?,
        )
    };
    let gone: Vec<&String> = names
        .iter()
        .filter(|name| !judged.rivers.contains(*name))
        .collect();
    let apart = extent
        .zip(judged.extent)
        .is_some_and(|(old, new)| !Unread::Boxes(vec![old]).meets(new));
    if gone.len() as f64 <= names.len() as f64 * GONE_SHARE && !apart {
        return Ok(());
    }
    let name = gone.first().map(|name| format!("「{name}」など"));
    let (ja, en) = match (name, gone.first()) {
        (Some(ja), Some(en)) => (format!("（{ja}）"), format!(" ({en} …)")),
        _ => Default::default(),
    };
    Err(Stop::refused(
        "other_river",
        &text!(
            "同じ名前の前のファイルにあった区域{ja}が、このファイルにありません。別の川や地域なら、ファイル名を変えて取り込んでください。差し替えるときだけ --force を付けてください。",
            "zones of the earlier file of this name{en} are not in this file. For another river or region, give the file another name; add --force only to replace the zones."
        ),
    ))
}

/// The name of a file of the KSJ holds its year: without a date of its own it must
/// not be older than the file whose place it takes.
async fn not_of_an_earlier_year(
    app: &App,
    current: DataSetId,
    path: &Path,
    options: &Options,
) -> Result<(), Stop> {
    let Some(new) = hazards::year_of(path).filter(|_| options.dated.is_none()) else {
        return Ok(());
    };
    let known = app.store.read().await?.file_of(current).await?;
    match known
        .as_deref()
        .and_then(|file| hazards::year_of(Path::new(file)))
    {
        Some(old) if new < old => Err(Stop::refused(
            "older",
            &text!(
                "登録済みのファイルは {old} 年のもの、このファイルは {new} 年のものです（ファイル名の年）。新しいほうを残しました。古いほうに戻す場合だけ --force を付けてください。",
                "the file in force is of {old}, this one of {new} (by their names); the newer stays. Add --force only if you really want to go back."
            ),
        )),
        _ => Ok(()),
    }
}

/// A map whose zones lie elsewhere says nothing of the municipalities that it is
/// said to cover: its coordinates are not what they are called, or it is another
/// prefecture's. Their homes would all count as outside.
async fn lies_where_it_speaks(
    app: &App,
    options: &Options,
    judged: &Judged,
) -> Result<Option<RowNote>, Stop> {
    let Some(covers) = options.covers.as_ref().filter(|_| !options.force) else {
        return Ok(None);
    };
    let named = &judged.file.prefectures;
    let of_a_named = |code: &MunicipalityCode| named.contains(&code.as_str()[..2]);
    if !named.is_empty() && !covers.iter().any(of_a_named) {
        let named: Vec<&str> = named.iter().map(String::as_str).collect();
        let named = named.join("、");
        return Err(Stop::refused(
            "elsewhere",
            &text!(
                "このファイルは都道府県コード {named} のものですが、--covers の市町村はほかの県です。どちらかを確かめてください。",
                "this file is of the prefecture with the code {named}, but --covers names municipalities of another. Please check both."
            ),
        ));
    }
    let boundaries = app.store.read().await?.boundary_boxes().await?;
    let near = |wanted: &dyn Fn(MunicipalityCode) -> bool| {
        let own = boundaries.iter().filter(|(code, _)| wanted(*code));
        let own = Unread::Boxes(own.map(|(_, area)| *area).collect());
        let meets = |area: &&[f32; 4]| own.meets(area.map(f64::from));
        judged.boxes.iter().filter(meets).count()
    };
    let covered = |code: MunicipalityCode| {
        covers
            .iter()
            .any(|known| *known == code || *known == code.responsible())
    };
    let all = judged.boxes.len();
    if all == 0 || !boundaries.iter().any(|(code, _)| covered(*code)) {
        return Ok(None);
    }
    if near(&covered) == 0 {
        return Err(Stop::refused(
            "elsewhere",
            &text!(
                "区域 {all} 件のどれも、--covers の市町村の近くにありません。座標系（.prj、--crs）か市町村を確かめてください。このまま取り込むと、その市町村の家がすべて「区域の外」になります。正しいときだけ --force を付けてください。",
                "none of the {all} zones lies near the municipalities of --covers. Please check the coordinates (.prj, --crs) and the municipalities: as it is, all their homes would count as outside. Add --force only if it is right."
            ),
        ));
    }
    let in_sight = near(&|_| true);
    Ok((in_sight * 2 < all).then(|| {
        let text = text!(
            "区域 {all} 件のうち、登録された行政区域の近くにあるのは {in_sight} 件だけです。座標系が正しいか、地図で確かめてください。",
            "of the {all} zones only {in_sight} lie near a boundary on record: please look at the map whether its coordinates are right"
        );
        RowNote::new(0, None, text)
    }))
}

/// What is to be said of the file as a whole.
fn remark(report: &mut FileReport, file: &HazardFile, here: Option<RowNote>, known: usize) {
    let remarks = file.remarks.iter().cloned();
    report.warn(remarks.map(|text| RowNote::new(0, None, text)));
    report.warn(here);
    let accepted = report.accepted;
    if accepted * 2 < known as u64 {
        let text = text!(
            "前のファイルの区域は {known} 件でしたが、このファイルは {accepted} 件です。一部だけのファイルではないか確かめてください。ない区域は「区域の外」になります。",
            "the file before had {known} zones, this one has {accepted}: check that it is whole; where a zone is missing homes count as outside"
        );
        report.warn([RowNote::new(0, None, text)]);
    }
    if report.refused() > 0 {
        report.warn(silence(&file.unread));
    }
}

/// What areas that were not taken do to the verdicts.
fn silence(unread: &Unread) -> Option<RowNote> {
    let text = match unread {
        Unread::Nothing => return None,
        Unread::Boxes(boxes) => {
            let count = boxes.len();
            text!(
                "取り込めなかった区域が{count}か所あります。そのあたりの家や避難先は「区域の外」と判定せず「未確認」とします。公表元に確かめ、直ったファイルを取り込み直してください。",
                "{count} areas could not be taken. Homes and destinations near them are judged unknown, not \"outside\". Ask the publisher, and import the corrected file."
            )
        }
        Unread::Somewhere => text!(
            "場所の分からない区域が取り込めなかったため、この地図では、どこも「区域の外」と判定せず「未確認」とします。公表元に確かめ、直ったファイルを取り込み直してください。",
            "Areas of unknown place could not be taken: by this map no place is judged \"outside\", but unknown. Ask the publisher, and import the corrected file."
        ),
    };
    Some(RowNote::new(0, None, text))
}

/// A zone as it is stored.
fn zone_row(ordinal: i64, record: &HazardRecord) -> ZoneRow {
    let class = serde_json::to_string(&record.class).expect("a class becomes JSON");
    let text = geometry::geojson_text(&record.geometry);
    let bounds = geometry::bounds(&record.geometry).unwrap_or_default();
    let name = record.name.as_deref().unwrap_or_default();
    ZoneRow {
        ordinal,
        hash: sha256_hex(format!("{class}\u{1}{name}\u{1}{text}").as_bytes()),
        class,
        name: record.name.clone(),
        geometry: text,
        west: bounds[0],
        south: bounds[1],
        east: bounds[2],
        north: bounds[3],
    }
}

/// How many hashes two sorted lists share, each counted as often as it occurs
/// in both.
fn in_both(a: &[String], b: &[String]) -> u64 {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, shared) = (i + 1, j + 1, shared + 1),
        }
    }
    shared
}

/// Reads the file a second time and writes it; no write lock is held while it
/// is parsed.
async fn write(
    app: &App,
    source: Source,
    options: HazardOptions,
    new: &NewDataSet,
    records: u64,
    by: &str,
) -> Result<(), Stop> {
    let lease = || app.clock.now() + TimeDelta::minutes(LEASE_MINUTES);
    in_tx!(app.store, |tx| tx
        .add_data_set(new, by, app.clock.now(), lease())
        .await)?;
    let (send, mut batches) = mpsc::channel::<Vec<ZoneRow>>(2);
    let judged = new.sha256.clone();
    let reading = tokio::task::spawn_blocking(move || -> Result<(), Stop> {
        let mut batch = Vec::with_capacity(BATCH);
        let mut ordinal = 0;
        hazards::read(&source, &options, &|_| (), &mut |row| {
            if let Row::Accepted { record, .. } = row {
                batch.push(zone_row(ordinal, &record));
                ordinal += 1;
                if batch.len() == BATCH {
                    send.blocking_send(std::mem::take(&mut batch))
                        .map_err(|_| std::io::Error::other("the writer has stopped"))?;
                }
            }
            Ok(())
        })?;
        if !batch.is_empty() {
            send.blocking_send(batch)
                .map_err(|_| std::io::Error::other("the writer has stopped"))?;
        }
        if sha256_of_all(&source)? != judged {
            return Err(Stop::refused("changed_meanwhile", &CHANGED_MEANWHILE));
        }
        Ok(())
    });
    while let Some(batch) = batches.recv().await {
        in_tx!(app.store, |tx| tx
            .add_zones(new.set.id, &batch, lease())
            .await)?;
    }
    reading.await.expect("a reader of files does not panic")?;
    let made = in_tx!(app.store, |tx| {
        let made = tx.make_current(new.set.id, records).await?;
        if made {
            tx.turn_world().await?;
        }
        Ok::<_, StoreError>(made)
    })?;
    if made {
        Ok(())
    } else {
        Err(Stop::refused("overtaken", &OVERTAKEN))
    }
}

const NO_ZONE: Text = Text::fixed(
    "区域が一つもありません。書き出しや絞り込みの間違いではありませんか。区域がないことが確かな場合だけ --force を付けてください（対象の市町村のどこも「区域の外」になります）。",
    "There is not one zone in it: has an export or a filter gone wrong? Add --force only if it is certain that there is none: every place it covers is then outside.",
);
const CHANGED_MEANWHILE: Text = Text::fixed(
    "取り込みの途中でファイルが書き換えられました。何も変更していません。ファイルがそろってから、もう一度取り込んでください。",
    "The file was changed while it was being read. Nothing was changed. Import it again once it is complete.",
);
const OVERTAKEN: Text = Text::fixed(
    "取り込みが途中で長く止まったか、同じデータの別の取り込みが先に終わったため、取り消しました。何も変更していません。もう一度取り込んでください。",
    "The import stood still for too long, or another import of the same data was faster. Nothing was changed. Import the file again.",
);
