//! `tomoshibi outage`: who runs out of power when.

use std::path::PathBuf;

use chrono::{DateTime, FixedOffset, Utc};
use clap::Args;
use serde::Serialize;

use super::{Context, Exit, Failure, out};
use crate::{
    clock::in_tokyo,
    domain::{
        municipality::MunicipalityCode,
        outage::{Cut, MOST_HOURS, OutageArea},
        power::SourceKind,
        text::{Lang, Text},
    },
    import::{area::read_area, source::ReadError},
    service::night::{self, HomeInCut},
    text,
};

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("where").required(true).multiple(true))]
pub(super) struct OutageCall {
    /// A municipality (or ward) without power; may be given again.
    #[arg(long, value_name = "CODE", group = "where", value_parser = parse_town)]
    municipality: Vec<MunicipalityCode>,
    /// The area without power: a GeoJSON of polygons.
    #[arg(long, value_name = "FILE", group = "where")]
    area: Option<PathBuf>,
    /// When the power fails: 2026-09-01T22:00:00+09:00.
    #[arg(long, value_name = "INSTANT", value_parser = parse_instant)]
    from: DateTime<Utc>,
    /// For how many hours it is expected.
    #[arg(long, value_name = "H", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_HOURS)), allow_negative_numbers = true)]
    hours: u32,
    /// Machine output.
    #[arg(long)]
    json: bool,
}

fn parse_town(text: &str) -> Result<MunicipalityCode, String> {
    let bad = || {
        format!(
            "{text}: 市町村コード（5桁）ではありません / no code of a municipality (five digits)"
        )
    };
    let code = MunicipalityCode::parse(text).map_err(|_| bad())?;
    code.row().map(|_| code).ok_or_else(bad)
}

fn parse_instant(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .map_err(|_| {
            format!(
                "{text}: 2026-09-01T22:00:00+09:00 のように、時差を付けて書いてください / write it with its offset, like 2026-09-01T22:00:00+09:00"
            )
        })
}

/// The answer in JSON.
#[derive(Serialize)]
struct Json {
    from: DateTime<FixedOffset>,
    hours: u32,
    homes: Vec<HomeJson>,
}

#[derive(Serialize)]
struct HomeJson {
    case: String,
    known: bool,
    hours_left: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    runs_out_at: Option<DateTime<FixedOffset>>,
    lasts: bool,
    sources: Vec<SourceJson>,
}

#[derive(Serialize)]
struct SourceJson {
    kind: SourceKind,
    hours: f64,
}

impl HomeJson {
    fn of(home: &HomeInCut) -> Self {
        let answer = &home.left.answer;
        let sources = home.sources().iter();
        Self {
            case: home.case.to_string(),
            known: answer.known,
            hours_left: answer.hours_left,
            runs_out_at: home.left.runs_out_at.map(in_tokyo),
            lasts: answer.lasts,
            sources: sources
                .map(|(kind, hours)| SourceJson {
                    kind: *kind,
                    hours: *hours,
                })
                .collect(),
        }
    }
}

pub(super) async fn run(context: &Context, call: OutageCall) -> Result<Exit, Failure> {
    let drawn = match &call.area {
        None => Vec::new(),
        Some(path) => match read_area(path) {
            Ok(rings) => rings,
            Err(ReadError::Missing(path)) => {
                let path = path.display();
                return Err(Failure::Call(text!(
                    "ファイルがありません：{path}",
                    "no such file: {path}"
                )));
            }
            Err(ReadError::File(error)) => {
                let path = path.display();
                let why = Text::new(
                    format!("{path}：{}", error.message_ja),
                    format!("{path}: {}", error.message_en),
                );
                eprintln!("{}", why.get(context.lang));
                if call.json {
                    out(&serde_json::json!({ "error": error }).to_string());
                }
                return Ok(Exit::FellShort);
            }
            Err(ReadError::Machine(error)) => return Err(error.into()),
        },
    };
    let app = context.known_app().await?;
    let area = OutageArea {
        towns: call.municipality,
        places: Vec::new(),
        drawn,
    };
    let cut = Cut {
        since: call.from,
        hours: call.hours,
    };
    let homes = night::homes_in_cut(&app, &area, cut).await?;
    context.seal(&app).await?;
    if call.json {
        let answer = Json {
            from: in_tokyo(call.from),
            hours: call.hours,
            homes: homes.iter().map(HomeJson::of).collect(),
        };
        out(&serde_json::to_string(&answer).expect("an answer becomes JSON"));
    } else {
        for home in &homes {
            say(home, context.lang);
        }
        if homes.is_empty() {
            eprintln!("{}", NOBODY.get(context.lang));
        }
    }
    Ok(Exit::Done)
}

const NOBODY: Text = Text::fixed(
    "この区域に、登録されたお子さんの家はありません。",
    "No home on record lies in this area.",
);

/// One home in words.
fn say(home: &HomeInCut, lang: Lang) {
    let answer = &home.left.answer;
    let hours = answer.hours_left;
    let more = Text::fixed("（分かっている分だけ）", " (at least)");
    let more = if answer.at_least || !answer.known {
        more
    } else {
        Text::fixed("", "")
    };
    let ends = home
        .left
        .runs_out_at
        .map(|at| in_tokyo(at).format("%m-%d %H:%M"));
    let words = match (answer.known, answer.lasts, ends) {
        (_, true, _) => text!("{hours}時間もつ", "lasts {hours} h"),
        (true, false, Some(ends)) => text!("残り{hours}時間 {ends}まで", "{hours} h, until {ends}"),
        _ => text!("不明：少なくとも{hours}時間", "unknown: at least {hours} h"),
    };
    let mut line = format!("{}\t{}{}", home.case, words.get(lang), more.get(lang));
    if home.away {
        let away = Text::fixed("家にいない", "not at home");
        line = format!("{line}\t{}", away.get(lang));
    }
    if let Some(doubt) = home.doubt {
        line = format!("{line}\t{}", doubt.name().get(lang));
    }
    out(&line);
}
