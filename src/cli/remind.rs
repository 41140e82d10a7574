//! `tomoshibi remind`: one tick, by hand.

use chrono::NaiveDate;
use clap::Args;

use super::{Context, Exit, Failure, out, parse_day};
use crate::{
    domain::text::Lang,
    service::reminders::{self, Delivered},
};

#[derive(Debug, Args)]
pub(super) struct RemindCall {
    /// The day for which reminders are planned; today, where none is given.
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    on: Option<NaiveDate>,
    /// Hand over the mail that waits, too.
    #[arg(long)]
    deliver: bool,
    /// Machine output.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &Context, call: &RemindCall) -> Result<Exit, Failure> {
    let app = context.known_app().await?;
    // Loans that came in by another way are counted first.
    crate::service::loans::count_new(&app).await?;
    let ticked = reminders::tick(&app, call.on).await?;
    let delivered = if call.deliver {
        reminders::deliver(&app, &reminders::mailer(&app)?).await?
    } else {
        Delivered::default()
    };
    context.seal(&app).await?;
    let failed = delivered.failed + delivered.held + delivered.postponed;
    if call.json {
        let answer = serde_json::json!({
            "on": ticked.on, "duties": ticked.duties, "queued": ticked.queued,
            "late": ticked.late, "voided": ticked.voided, "sent": delivered.sent,
            "failed": failed,
        });
        out(&answer.to_string());
    } else {
        let (on, duties, queued) = (ticked.on, ticked.duties, ticked.queued);
        let (late, voided, sent) = (ticked.late, ticked.voided, delivered.sent);
        out(&match context.lang {
            Lang::Ja => format!(
                "{on}：段階に達した期限 {duties}件、新しいメール {queued}通（遅れたお知らせ {late}件、取り消したお知らせ {voided}件）、送信 {sent}通、送れなかったもの {failed}通"
            ),
            Lang::En => format!(
                "{on}: {duties} duties with a stage reached, {queued} new mails ({late} late and {voided} void reminders), {sent} sent, {failed} not sent"
            ),
        });
        if !call.deliver && queued > 0 {
            eprintln!(
                "{}",
                match context.lang {
                    Lang::Ja =>
                        "メールは送信待ちです。動いているサーバーが送ります。ここで送るには --deliver を付けてください。",
                    Lang::En =>
                        "The mails wait: a server that runs sends them. To send them here, add --deliver.",
                }
            );
        }
    }
    Ok(match failed {
        0 => Exit::Done,
        _ => Exit::FellShort,
    })
}
