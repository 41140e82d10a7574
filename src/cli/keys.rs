//! `tomoshibi keys rotate`.

use super::{Context, Exit, Failure, out};
use crate::{domain::text::Text, service::keys, text};

pub(super) async fn rotate(context: &Context) -> Result<Exit, Failure> {
    let app = context.known_app().await?;
    let done = keys::rotate(&app).await?;
    let (id, factors, codes) = (&done.id, done.factors, done.recovery_codes);
    let words: Text = text!(
        "新しい鍵 {id}。封をし直したもの：認証アプリの鍵 {factors}件、回復コード {codes}件。",
        "new key {id}; sealed anew: {factors} second factors, {codes} recovery codes"
    );
    out(words.get(context.lang));
    let (file, waiting) = (context.config.keys.file.display(), done.waiting_codes);
    let older = done.older.join(", ");
    let words: Text = text!(
        "{file} の控えを取ってください。古い鍵（{older}）の行は、それより前のデータベースの控えを使うあいだと、入力を待つコード（いま{waiting}件、長くて7日）があるあいだは残してください。",
        "Make a new copy of {file}. Keep the lines of older keys ({older}) as long as copies of the database from before may be used, and as long as typed codes wait under them (now {waiting}, for 7 days at most)."
    );
    eprintln!("{}", words.get(context.lang));
    context.seal(&app).await?;
    Ok(Exit::Done)
}
