//! `tomoshibi retention`.

use chrono::NaiveDate;
use clap::Args;

use super::{Context, Exit, Failure, case::parse_case, out, parse_day};
use crate::{
    domain::{
        id::CaseNumber,
        retention::Kind,
        text::{Lang, Text},
    },
    service::retention::{self, DueLine, NotErased},
    text,
};

#[derive(Debug, Args)]
pub(super) struct RetentionCall {
    /// List what is due, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// As if it were that day; to erase, not after today.
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    on: Option<NaiveDate>,
    /// Only this case.
    #[arg(long, value_parser = parse_case, conflicts_with = "dry_run")]
    case: Option<CaseNumber>,
    /// Machine output.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &Context, call: RetentionCall) -> Result<Exit, Failure> {
    let app = context.known_app().await?;
    let today = app.clock.today();
    let on = call.on.unwrap_or(today);
    if call.dry_run {
        let list = retention::due(&app, on).await?;
        if call.json {
            out(&serde_json::to_string(&list).expect("a list becomes JSON"));
        } else {
            print(context.lang, &list.due);
            for case in &list.lent {
                out(&match context.lang {
                    Lang::Ja => format!("{case}\t貸与が続いているため、消去しません"),
                    Lang::En => format!("{case}\tnot erased: a loan runs"),
                });
            }
        }
        return Ok(Exit::Done);
    }
    if on > today {
        return Err(Failure::Call(Text::fixed(
            "消去は、今日より後の日では行いません（--dry-run なら一覧できます）。",
            "nothing is erased for a day to come (--dry-run lists it)",
        )));
    }
    let erased = match &call.case {
        None => retention::erase(&app, on).await?,
        Some(case) => match retention::erase_one(&app, case, on).await? {
            Ok(erased) => erased,
            Err(no) => return Err(Failure::Call(why_not(case, no))),
        },
    };
    context.seal(&app).await?;
    if call.json {
        out(&serde_json::to_string(&erased).expect("an answer becomes JSON"));
    } else {
        print(context.lang, &erased.erased);
    }
    if erased.scrubbed {
        return Ok(Exit::Done);
    }
    let words = Text::fixed(
        "消去しましたが、使用中のためデータベースのファイルを書き直せませんでした。空いているときにもう一度実行してください。",
        "Erased, but the database was in use and its files could not be written anew. Run it again when it is quiet.",
    );
    eprintln!("{}", words.get(context.lang));
    Ok(Exit::FellShort)
}

fn print(lang: Lang, lines: &[DueLine]) {
    for one in lines {
        let kind = Kind::from_code(one.kind).map(Kind::name);
        let kind = kind.as_ref().map_or(one.kind, |name| name.get(lang));
        let case = one.case.as_ref().map_or("-", CaseNumber::as_str);
        out(&format!("{case}\t{kind}\t{}\t{}", one.count, one.since));
    }
}

fn why_not(case: &CaseNumber, no: NotErased) -> Text {
    match no {
        NotErased::NotThere => text!(
            "整理番号 {case} の登録はないか、もう消去されています。",
            "there is no case {case}, or it is erased"
        ),
        NotErased::Open => text!(
            "{case} の登録は続いているので、消去しません。先に tomoshibi case end で終わらせてください。",
            "{case} goes on and is not erased: end it first (tomoshibi case end)"
        ),
        NotErased::Lent => text!(
            "{case} は貸与が続いているので、消去しません。先に tomoshibi case end-loan で終わらせてください。",
            "a loan to {case} runs, so it is not erased: end it first (tomoshibi case end-loan)"
        ),
        NotErased::NotBefore(day) => text!(
            "{case} の消去は {day} からです。",
            "{case} is to be erased from {day} on"
        ),
    }
}
