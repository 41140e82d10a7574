//! Boundaries of municipalities, in one transaction.

use std::{collections::BTreeMap, path::Path};

use super::{Done, Options, Progress, Stop, blocking, not_older, sha256_of};
use crate::{
    app::App,
    domain::{
        data_set::{DataSet, DataSetKind, Unread},
        id::DataSetId,
    },
    import::{boundaries, report::FileReport, source::Source},
    in_tx,
    service::geometry,
    store::{BoundaryRow, NewDataSet},
};

/// Imports boundaries.
pub(super) async fn import(
    app: &App,
    path: &Path,
    options: &Options,
    by: &str,
    progress: Progress,
) -> Result<Done, Stop> {
    let source = Source::open(path)?;
    let (file, mut report, sha256) = blocking(move || {
        let mut report = FileReport::default();
        let read = boundaries::read(&source, &*progress, &mut |row| {
            let _ = report.take(row);
        });
        match read {
            Ok(file) => Ok((file, report, sha256_of(source.path())?)),
            Err(error) => Err(Stop::reading(report, error)),
        }
    })
    .await?;
    let rows: Vec<(BoundaryRow, u64)> = file
        .boundaries
        .iter()
        .map(|b| {
            let row = BoundaryRow {
                code: b.municipality,
                name: b.name.clone(),
                geometry: geometry::geojson_text(&b.geometry),
                bounds: geometry::bounds(&b.geometry).unwrap_or_default(),
            };
            (row, b.features)
        })
        .collect();
    // One series a prefecture: a newer file of the same one replaces it.
    let mut prefectures: Vec<&str> = rows
        .iter()
        .map(|(row, _)| &row.code.as_str()[..2])
        .collect();
    prefectures.dedup();
    let series = format!("N03_{}", prefectures.join("_"));
    let (latest, current, known) = {
        let mut tx = app.store.read().await?;
        (
            tx.latest_date(DataSetKind::Boundaries, &series).await?,
            tx.current_data_set(DataSetKind::Boundaries, &series)
                .await?,
            tx.boundaries().await?,
        )
    };
    not_older(latest, options.dated, options.force)?;
    let known: BTreeMap<_, _> = known
        .into_iter()
        .filter(|row| prefectures.contains(&&row.code.as_str()[..2]))
        .map(|row| (row.code, row))
        .collect();
    report.format = Some(file.format.to_owned());
    report.encoding = Some(file.encoding.to_owned());
    for (row, features) in &rows {
        match known.get(&row.code) {
            None => report.added += features,
            Some(old) if old == row => report.unchanged += features,
            Some(_) => report.changed += features,
        }
    }
    report.withdrawn = known
        .keys()
        .filter(|code| !rows.iter().any(|(row, _)| row.code == **code))
        .count() as u64;
    let nothing_new = report.added + report.changed + report.withdrawn == 0;
    if options.dry_run || nothing_new {
        return Ok(Done { report, set: None });
    }
    let new = NewDataSet {
        set: DataSet {
            id: DataSetId(app.ids.next()),
            kind: DataSetKind::Boundaries,
            series,
            name: options
                .name
                .clone()
                .unwrap_or_else(|| "国土数値情報 行政区域".to_owned()),
            publisher: Some(file.publisher.to_owned()),
            dated: options.dated,
            covers: Some(rows.iter().map(|(row, _)| row.code).collect()),
            unread: Unread::Nothing,
        },
        source: options.source.clone(),
        sha256,
        format: file.format.to_owned(),
        encoding: file.encoding.to_owned(),
        replaces: current.map(|row| row.set.id),
    };
    let rows: Vec<BoundaryRow> = rows.into_iter().map(|(row, _)| row).collect();
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        tx.add_data_set(&new, by, now, now).await?;
        tx.add_boundaries(new.set.id, &rows).await?;
        tx.make_current(new.set.id, rows.len() as u64).await?;
        // Where a home lies outside its municipality, nothing is dry.
        tx.turn_world().await
    })?;
    Ok(Done {
        report,
        set: Some(new.set.id),
    })
}
