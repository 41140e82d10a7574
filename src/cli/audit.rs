//! `tomoshibi audit verify`.

use clap::Subcommand;

use super::{Context, Exit, Failure, out};
use crate::{
    domain::{audit::Head, text::Lang},
    service::audit,
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
}

fn parse_head(text: &str) -> Result<Head, String> {
    let head = text.split_once(':').and_then(|(number, hash)| {
        let whole = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        Some(Head {
            number: number.parse().ok().filter(|_| whole)?,
            hash: hash.to_ascii_lowercase(),
        })
    });
    head.ok_or_else(|| {
        "封の番号、コロン、64桁のハッシュを書いてください / give number, colon, and a hash of 64 digits"
            .to_owned()
    })
}

pub(super) async fn run(context: &Context, call: AuditCall) -> Result<Exit, Failure> {
    let AuditCall::Verify { kept, json } = call;
    let app = context.known_app().await?;
    let verdict = audit::verify(&app, kept.as_ref()).await?;
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
        if let Some(head) = &verdict.head {
            out(&format!("{}:{}", head.number, head.hash));
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
