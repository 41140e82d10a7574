//! `tomoshibi binder`: the night binder of a municipality, as a file.

use std::path::PathBuf;

use clap::Args;

use super::{Context, Exit, Failure, out, parse_code};
use crate::{
    domain::{municipality::MunicipalityCode, text::Lang},
    service::binder,
    text, web,
};

#[derive(Debug, Args)]
pub(super) struct BinderCall {
    /// Whose children: the code of a municipality.
    #[arg(long, value_name = "CODE", value_parser = parse_code)]
    municipality: MunicipalityCode,
    /// The PDF to write; one that is there is replaced when the new one is whole.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) async fn run(context: &Context, call: BinderCall) -> Result<Exit, Failure> {
    let app = context.known_app().await?;
    let town = call.municipality.responsible();
    let made = binder::of_now(&app, town, web::bind_night).await?;
    context.seal(&app).await?;
    let (paper, children) = made.map_err(|error| Failure::Call(error.text()))?;
    let path = call.out.display().to_string();
    binder::put(call.out, paper.bytes).await.map_err(|error| {
        Failure::Call(text!(
            "{path} に書けません（{error}）。--out のフォルダーと空き容量を確かめてください。",
            "cannot write {path} ({error}): check the folder of --out and the free space"
        ))
    })?;
    let (name, pages) = (town.name(), paper.pages);
    out(&match context.lang {
        Lang::Ja => format!("{path}：{name} {children}人、{pages}ページ"),
        Lang::En => format!("{path}: {name}, {children} children, {pages} pages"),
    });
    if !paper.unprintable.is_empty() {
        let rare: String = paper.unprintable.iter().collect();
        eprintln!(
            "{}",
            match context.lang {
                Lang::Ja => format!("書体にない文字は四角で出ます。手で書き入れてください：{rare}"),
                Lang::En => format!(
                    "characters that the typeface lacks stand as boxes, to be written in by hand: {rare}"
                ),
            }
        );
    }
    Ok(Exit::Done)
}
