//! `tomoshibi warnings`: telegrams of the weather agency, read into tonight's list.

use std::{io::ErrorKind, path::PathBuf};

use clap::Args;

use super::{Context, Exit, Failure, out};
use crate::{
    domain::text::Lang,
    service::night::{self, By, Taken, TelegramReport},
    text,
};

#[derive(Debug, Args)]
pub(super) struct WarningsCall {
    /// Telegrams (XML), in any order; of one kind and area the newest counts.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Read and compare, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// One JSON object a line, one a file.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &Context, call: WarningsCall) -> Result<Exit, Failure> {
    let app = context.known_app().await?;
    let mut exit = Exit::Done;
    for path in &call.files {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory) => {
                let path = path.display();
                return Err(Failure::Call(text!(
                    "ファイルがありません：{path}",
                    "no such file: {path}"
                )));
            }
            Err(error) => return Err(error.into()),
        };
        let name = path.display().to_string();
        let read = (name.as_str(), bytes.as_slice());
        let report = night::read_telegram(&app, By::Operator, read, call.dry_run).await?;
        if report.state == Taken::Refused {
            exit = exit.max(Exit::FellShort);
        }
        if call.json {
            out(&serde_json::to_string(&report).expect("a report becomes JSON"));
        } else {
            say(&report, context.lang);
        }
    }
    context.seal(&app).await?;
    Ok(exit)
}

/// One file in words.
fn say(report: &TelegramReport, lang: Lang) {
    let file = &report.file;
    if let Some(error) = &report.error {
        let why = match lang {
            Lang::Ja => &error.message_ja,
            Lang::En => &error.message_en,
        };
        out(&format!("{file}: {why}"));
        return;
    }
    let title = report.title.as_deref().unwrap_or_default();
    let state = match (report.state, lang) {
        (Taken::Known, Lang::Ja) => "先に読んでいます",
        (Taken::Known, Lang::En) => "read before",
        (Taken::LookedAt, Lang::Ja) => "確かめただけで、書いていません",
        (Taken::LookedAt, Lang::En) => "looked at, nothing written",
        (_, Lang::Ja) => "読み込みました",
        (_, Lang::En) => "read",
    };
    out(&format!("{file}: {title}: {state}"));
    for said in &report.in_force {
        let level = match (said.level, lang) {
            (Some(level), Lang::Ja) => format!("レベル{} ", level.number()),
            (Some(level), Lang::En) => format!("level {} ", level.number()),
            (None, _) => String::new(),
        };
        let part = said.part.as_ref().map(|part| format!(" ［{part}］"));
        let hazard = said.hazard.map(|hazard| hazard.name().get(lang).to_owned());
        let hazard = hazard.map(|hazard| format!(" ({hazard})"));
        out(&format!(
            "  {} {}: {level}{}{}{}",
            said.municipality,
            said.municipality.name(),
            said.name,
            hazard.unwrap_or_default(),
            part.unwrap_or_default()
        ));
    }
    for note in &report.warnings {
        let why = match lang {
            Lang::Ja => &note.reason,
            Lang::En => &note.reason_en,
        };
        eprintln!("{file}: {why}");
    }
}
