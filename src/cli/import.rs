//! `tomoshibi import`, `tomoshibi template`.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Context, Exit, Failure, out, parse_code, parse_day};
use crate::{
    domain::{
        hazard::LayerKind,
        municipality::MunicipalityCode,
        text::{Lang, Text},
    },
    import::{
        crs::Crs,
        hazards::DepthCodes,
        report::{FileError, FileReport, RowNote},
    },
    service::import::{self, Imported, Options, What},
    text,
};

/// Rows of a report that are printed in words; `--json` has them all.
const SHOWN_ROWS: usize = 20;

/// What the files hold.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum WhatArg {
    /// Emergency sites and shelters.
    Sites,
    /// Hazard layers.
    Hazards,
    /// Boundaries of municipalities.
    Boundaries,
    /// Families, homes and plans.
    Families,
    /// Towns or blocks with their centres, by which addresses are found.
    Towns,
    /// A centre's ledger of loans.
    Loans,
}

#[derive(Debug, Args)]
pub(super) struct ImportCall {
    /// What the files hold.
    #[arg(value_enum)]
    what: WhatArg,
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Read and compare, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// The list is complete: what it no longer has is withdrawn.
    #[arg(long)]
    complete: bool,
    /// Do it although it looks wrong (many withdrawn, older than the current).
    #[arg(long)]
    force: bool,
    /// Name of the data set.
    #[arg(long)]
    name: Option<String>,
    /// Where it was taken from.
    #[arg(long)]
    source: Option<String>,
    /// Its date.
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    dated: Option<NaiveDate>,
    /// The municipalities it speaks for, by code.
    #[arg(long, value_name = "CODE,…", value_delimiter = ',', value_parser = parse_code)]
    covers: Vec<MunicipalityCode>,
    /// Which hazard layer it is, when the content does not say.
    #[arg(long, value_name = "KIND", value_parser = parse_kind)]
    kind: Option<LayerKind>,
    /// The property that holds the depth, in metres or in words (0.5m以上3m未満).
    #[arg(long, value_name = "FIELD")]
    depth_field: Option<String>,
    /// What the numbers in that property mean, where they are ranks: a31a
    /// (1–6) or a31 (11–15, 21–27).
    #[arg(long, value_name = "TABLE", value_parser = parse_codes)]
    depth_codes: Option<DepthCodes>,
    /// The coordinate system of a shapefile without a .prj: EPSG:6668, …
    #[arg(long, value_name = "EPSG:CODE", value_parser = parse_crs)]
    crs: Option<Crs>,
    /// One JSON object a line, one a file.
    #[arg(long)]
    json: bool,
}

pub(super) fn parse_kind(text: &str) -> Result<LayerKind, String> {
    LayerKind::from_code(text).ok_or_else(|| {
        let known: Vec<&str> = LayerKind::ALL.iter().map(|k| k.code()).collect();
        format!("one of {}", known.join(", "))
    })
}

fn parse_codes(text: &str) -> Result<DepthCodes, String> {
    DepthCodes::from_code(text).ok_or_else(|| {
        format!(
            "one of {}",
            DepthCodes::ALL.map(DepthCodes::code).join(", ")
        )
    })
}

fn parse_crs(text: &str) -> Result<Crs, String> {
    let known = "EPSG:4326, 4612, 6668 (degrees), 2443–2461 or 6669–6687 (zones I–XIX)";
    let upper = text.to_ascii_uppercase();
    let code = upper.strip_prefix("EPSG:").unwrap_or(&upper);
    let code = code.parse().map_err(|_| known.to_owned())?;
    Crs::of_epsg(code).map_err(|_| known.to_owned())
}

pub(super) async fn run(context: &Context, call: ImportCall) -> Result<Exit, Failure> {
    let what = match call.what {
        WhatArg::Sites => What::Sites,
        WhatArg::Hazards => What::Hazards,
        WhatArg::Boundaries => What::Boundaries,
        WhatArg::Families => What::Families,
        WhatArg::Towns => What::Towns,
        WhatArg::Loans => What::Loans,
    };
    let options = Options {
        dry_run: call.dry_run,
        complete: call.complete,
        force: call.force,
        name: call.name,
        source: call.source,
        dated: call.dated,
        covers: (!call.covers.is_empty())
            .then(|| call.covers.iter().copied().collect::<BTreeSet<_>>()),
        kind: call.kind,
        depth_field: call.depth_field,
        depth_codes: call.depth_codes,
        crs: call.crs,
    };
    let app = context.app().await?;
    let mut exit = Exit::Done;
    for file in &call.files {
        let bar = bar(file);
        let shown = bar.clone();
        let progress: import::Progress = Arc::new(move |bytes| shown.set_position(bytes));
        let outcome = import::file(&app, what, file, &options, "operator", progress).await;
        bar.finish_and_clear();
        match outcome? {
            Imported::Missing(path) => {
                let is_folder = path.is_dir();
                let path = path.display();
                let words: Text = if is_folder {
                    text!(
                        "フォルダーです：{path}。中のファイルを指定してください。",
                        "this is a folder: {path}. Name the files in it."
                    )
                } else {
                    text!(
                        "ファイルがありません：{path}。名前と場所を確かめてください。",
                        "no such file: {path}. Check its name and folder."
                    )
                };
                eprintln!("{}", words.get(context.lang));
                if call.json {
                    let report = FileReport {
                        file: path.to_string(),
                        error: Some(FileError::new("missing", &words)),
                        ..FileReport::default()
                    };
                    print_json(&report);
                }
                exit = exit.max(Exit::WrongCall);
            }
            Imported::Report(report) => {
                if report.error.is_some() || !report.rejected.is_empty() {
                    exit = exit.max(Exit::FellShort);
                }
                if call.json {
                    print_json(&report);
                } else {
                    out(&words(&report, context.lang, call.dry_run));
                }
            }
        }
    }
    if what == What::Families && !import::knows_boundaries(&app).await? {
        let words: Text = Text::fixed(
            "行政区域が取り込まれていないので、自宅の位置が市町村の中にあるかを確かめられません。tomoshibi import boundaries で N03 を取り込んでください。",
            "no boundaries are imported, so nobody can tell whether a home lies in its municipality: import N03 (tomoshibi import boundaries)",
        );
        eprintln!("{}", words.get(context.lang));
    }
    context.seal(&app).await?;
    Ok(exit)
}

fn print_json(report: &FileReport) {
    let line = serde_json::to_string(report).expect("a report becomes JSON");
    out(&line);
}

/// A bar over the bytes of a file, on standard error.
fn bar(file: &std::path::Path) -> ProgressBar {
    let bytes = std::fs::metadata(file).map_or(0, |m| m.len());
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned());
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}")
        .expect("the template is well formed");
    ProgressBar::new(bytes)
        .with_style(style)
        .with_message(name.unwrap_or_default())
}

/// A report in words.
fn words(report: &FileReport, lang: Lang, dry_run: bool) -> String {
    let mut lines = vec![report.file.clone()];
    if let Some(error) = &report.error {
        lines.push(match lang {
            Lang::Ja => format!(
                "  取り込みませんでした（{}）：{}",
                error.code, error.message_ja
            ),
            Lang::En => format!("  refused ({}): {}", error.code, error.message_en),
        });
    } else {
        lines.push(counts(report, lang, dry_run));
    }
    for (head, notes, unlisted) in [
        (
            Text::fixed("不採用", "rejected"),
            &report.rejected,
            report.rejected_unlisted,
        ),
        (
            Text::fixed("注意", "warning"),
            &report.warnings,
            report.warnings_unlisted,
        ),
    ] {
        lines.extend(notes.iter().take(SHOWN_ROWS).map(|n| note(&head, n, lang)));
        let all = notes.len() as u64 + unlisted;
        if all > SHOWN_ROWS as u64 {
            let more = all - SHOWN_ROWS as u64;
            let words = text!(
                "  …ほか{more}件（--json を付けると、最初の10万件まで1件ずつ出ます）",
                "  … and {more} more (--json lists the first 100,000 one by one)"
            );
            lines.push(words.get(lang).to_owned());
        }
    }
    if !report.undecided.is_empty() {
        let (waiting, rows) = (report.undecided.len(), report.undecided.iter());
        let rows: Vec<String> = rows.map(u64::to_string).collect();
        let rows = rows.join(", ");
        let words = if dry_run {
            text!(
                "  どのお子さんか人が決める行が{waiting}件あります（{rows}行目）。まず取り込むと、「台帳の取り込み」のページ（/loans/import）に並びます。センターの職員がそこで選んでから、もう一度取り込んでください。",
                "  {waiting} row(s) wait for a person to say which child they are about (row {rows}): import first; then they are listed on the centre's page for importing a ledger (/loans/import). Choose there, and import the file again"
            )
        } else {
            text!(
                "  どのお子さんか人が決める行が{waiting}件あります（{rows}行目）。センターの職員が「台帳の取り込み」のページ（/loans/import）で選んでから、もう一度取り込んでください。",
                "  {waiting} row(s) wait for a person to say which child they are about (row {rows}): the centre chooses on its page for importing a ledger (/loans/import); then import the file again"
            )
        };
        lines.push(words.get(lang).to_owned());
    }
    if !report.differing.is_empty() {
        let (count, rows) = (report.differing.len(), report.differing.iter());
        let rows: Vec<String> = rows.map(u64::to_string).collect();
        let rows = rows.join(", ");
        let words = text!(
            "  登録と食い違うので、人が確かめる行が{count}件あります（{rows}行目）。何が違うかは、上の理由を見てください。",
            "  {count} row(s) contradict the record, for a person to look at (row {rows}): what differs stands above"
        );
        lines.push(words.get(lang).to_owned());
    }
    lines.join("\n")
}

fn counts(r: &FileReport, lang: Lang, dry_run: bool) -> String {
    let format = r.format.as_deref().unwrap_or("?");
    let encoding = r.encoding.as_deref().unwrap_or("?");
    let warnings = r.warnings.len() as u64 + r.warnings_unlisted;
    let refused = r.refused();
    match lang {
        Lang::Ja => format!(
            "  {format}（{encoding}）：読込 {}、採用 {}（追加 {}、変更 {}、同じ {}）、廃止 {}、不採用 {refused}、注意 {warnings}{}",
            r.read,
            r.accepted,
            r.added,
            r.changed,
            r.unchanged,
            r.withdrawn,
            if dry_run {
                "　※試行のため保存していません"
            } else {
                ""
            }
        ),
        Lang::En => format!(
            "  {format} ({encoding}): read {}, accepted {} (added {}, changed {}, unchanged {}), withdrawn {}, rejected {refused}, warnings {warnings}{}",
            r.read,
            r.accepted,
            r.added,
            r.changed,
            r.unchanged,
            r.withdrawn,
            if dry_run {
                " (dry run: nothing was saved)"
            } else {
                ""
            }
        ),
    }
}

fn note(head: &Text, note: &RowNote, lang: Lang) -> String {
    let field = note
        .field
        .as_deref()
        .map(|f| format!(" [{f}]"))
        .unwrap_or_default();
    let reason = match lang {
        Lang::Ja => &note.reason,
        Lang::En => &note.reason_en,
    };
    let row = match (note.row, lang) {
        (0, _) => String::new(),
        (row, Lang::Ja) => format!(" {row}件目"),
        (row, Lang::En) => format!(" row {row}"),
    };
    format!("  {}{row}{field}: {reason}", head.get(lang))
}

/// Writes the empty sheet for families.
pub(super) fn template(file: &std::path::Path) -> Result<Exit, Failure> {
    use crate::import::families;
    let bytes = match file.extension().and_then(|e| e.to_str()) {
        Some("csv") => families::template_csv(),
        Some("xlsx") => families::template_xlsx(),
        _ => {
            return Err(Failure::Call(Text::fixed(
                "ファイル名の終わりを .csv か .xlsx にしてください。",
                "let the name of the file end in .csv or .xlsx",
            )));
        }
    };
    // A sheet that somebody has filled in is not lost to a slip.
    if std::fs::metadata(file).is_ok_and(|there| there.len() > 0) {
        return Err(Failure::Call(Text::fixed(
            "その名前のファイルがもうあります。別の名前を指定してください。",
            "there is a file of that name already: give another name",
        )));
    }
    std::fs::write(file, bytes)?;
    eprintln!("{}", file.display());
    Ok(Exit::Done)
}
