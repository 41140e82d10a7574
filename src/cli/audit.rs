//! `tomoshibi audit verify|print`.

use clap::Subcommand;

use super::{Context, Exit, Failure, out};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::Reader,
        audit::{Fault, Head},
        id::CaseNumber,
        print_number::PrintNumber,
        text::{Lang, Text},
    },
    service::audit,
    store::TrailFilter,
    text,
};

#[derive(Debug, Subcommand)]
pub(super) enum AuditCall {
    /// Look at the whole trail: name what was changed, removed or re-ordered.
    Verify {
        /// A seal that was written down elsewhere, as this command or the log
        /// printed it: the trail must hold it.
        #[arg(long, value_name = "NUMBER:HASH", value_parser = parse_head)]
        kept: Option<Head>,
        /// Machine output.
        #[arg(long)]
        json: bool,
    },
    /// Who printed a sheet, when and from where: the event behind its number.
    Print {
        /// The number on the sheet: P-7F3K-2M9Q.
        #[arg(value_parser = parse_print)]
        number: PrintNumber,
    },
}

fn parse_print(text: &str) -> Result<PrintNumber, String> {
    PrintNumber::parse(text).ok_or_else(|| {
        "P-7F3K-2M9Q のように書いてください / write a number like P-7F3K-2M9Q".to_owned()
    })
}

fn parse_head(text: &str) -> Result<Head, String> {
    Head::parse(text).ok_or_else(|| {
        "封の番号、コロン、64桁のハッシュを書いてください / give number, colon, and a hash of 64 digits"
            .to_owned()
    })
}

pub(super) async fn run(context: &Context, call: AuditCall) -> Result<Exit, Failure> {
    let app = context.known_app().await?;
    let (kept, json) = match call {
        AuditCall::Verify { kept, json } => (kept, json),
        AuditCall::Print { number } => return print(context, &app, number).await,
    };
    let verdict = audit::verify(&app, kept.as_slice()).await?;
    if json {
        out(&serde_json::to_string(&verdict).expect("a verdict becomes JSON"));
    } else {
        for fault in &verdict.faults {
            out(fault.words().get(context.lang));
        }
        let (sealed, seals, waiting) = (verdict.sealed, verdict.seals, verdict.waiting);
        let faults = verdict.faults.len();
        out(&match context.lang {
            Lang::Ja => format!(
                "封 {seals} 個、封じた記録 {sealed} 件を確かめました。異常 {faults} 件、封を待つ記録 {waiting} 件。"
            ),
            Lang::En => format!(
                "{seals} seals with {sealed} sound events; {faults} faults; {waiting} events wait to be sealed."
            ),
        });
        let lost = verdict.faults.iter();
        let mut lost = lost.filter(|fault| matches!(fault, Fault::OtherHead { .. }));
        if let (Some(_), Some(file)) = (lost.next(), audit::head_file(&app).await?) {
            let file = file.display();
            let told = text!(
                "最後の封の控えは {file} にあります。データベースの古い写しを戻したのでなければ、記録が切り取られています。",
                "The last seal is kept in {file}. Unless an older copy of the database was put back, the trail was cut off."
            );
            eprintln!("{}", told.get(context.lang));
        }
        let kept_beside = audit::head_file(&app)
            .await?
            .is_some_and(|file| file.exists());
        if kept.is_none() && !kept_beside {
            eprintln!(
                "{}",
                match context.lang {
                    Lang::Ja =>
                        "このデータベースの最後の封の控えがありません。末尾が切り取られていても、これだけでは分かりません。",
                    Lang::En =>
                        "No last seal of this database is kept: this alone does not tell whether the trail was cut off.",
                }
            );
        }
        if let Some(head) = &verdict.head {
            out(&head.to_string());
            eprintln!(
                "{}",
                match context.lang {
                    Lang::Ja =>
                        "上の行を、このデータベースの外（紙、別の機械）に控えてください。次に --kept で渡すと、末尾の切り取りや書き直しも分かります。",
                    Lang::En =>
                        "Keep the line above outside this database (paper, another machine). Given with --kept next time, it shows a trail that was cut off or written anew.",
                }
            );
        }
    }
    Ok(if verdict.faults.is_empty() {
        Exit::Done
    } else {
        Exit::FellShort
    })
}

/// Prints the events behind the number of a sheet: one, unless chance made two.
async fn print(context: &Context, app: &App, number: PrintNumber) -> Result<Exit, Failure> {
    let filter = TrailFilter {
        print: Some(number),
        ..TrailFilter::default()
    };
    let mut tx = app.store.read().await?;
    let rows = tx.trail(&Reader::Operator, &filter).await?;
    if rows.is_empty() {
        return Err(Failure::Call(Text::fixed(
            "その番号の印刷物の記録はありません。番号を読み直してください。",
            "no event belongs to this number: read the sheet again",
        )));
    }
    for row in rows {
        let event = &row.event;
        let who = row.who.as_ref().map_or_else(
            || event.actor.kind().to_owned(),
            |(role, _, name)| format!("{}\t{name}", role.name().get(context.lang)),
        );
        let cases: Vec<&str> = row.cases.iter().map(CaseNumber::as_str).collect();
        let from = event.from.map(|address| address.to_string());
        out(&format!(
            "{}\t{who}\t{}\t{}\t{}\t{}",
            in_tokyo(event.at).format("%Y-%m-%d %H:%M:%S"),
            event.action.name().get(context.lang),
            cases.join(","),
            from.unwrap_or_default(),
            event.id
        ));
    }
    Ok(Exit::Done)
}
