//! `tomoshibi bounce < MESSAGE`: a mail that came back.

use std::io::Read as _;

use super::{Context, Exit, Failure, out};
use crate::{
    domain::text::{Lang, Text},
    service::reminders,
};

/// No notification is read further, in bytes: what it says stands at its beginning.
const MOST: u64 = 1024 * 1024;

pub(super) async fn run(context: &Context) -> Result<Exit, Failure> {
    let app = context.known_app().await?;
    let message = tokio::task::spawn_blocking(|| {
        let mut message = Vec::new();
        std::io::stdin().take(MOST).read_to_end(&mut message)?;
        // The rest is taken, too, so that whoever pipes it sees no broken pipe.
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
        Ok::<_, std::io::Error>(message)
    });
    let message = message.await.expect("reading does not panic")?;
    if message.is_empty() {
        return Err(Failure::Call(Text::fixed(
            "戻ってきたメールを標準入力で渡してください（tomoshibi bounce < メール）。",
            "hand the message that came back over on standard input (tomoshibi bounce < MESSAGE)",
        )));
    }
    let done = reminders::came_back(&app, &message).await?;
    context.seal(&app).await?;
    let (gone, other, delayed, unknown) = (done.gone, done.other, done.delayed, done.unknown);
    out(&match context.lang {
        Lang::Ja => format!(
            "使われていないアドレス {gone}件、確かめる不達 {other}件、遅れの知らせ {delayed}件、このプログラムのメールではないもの {unknown}件"
        ),
        Lang::En => format!(
            "{gone} addresses gone, {other} failures to look at, {delayed} notes of delay, {unknown} about no mail of ours"
        ),
    });
    Ok(Exit::Done)
}
