//! Names in free text that others than the centre read, or that stays where no child is
//! erased from.

use crate::{
    domain::{
        access::{Moment, Reader},
        names::names_child,
        text::Text,
    },
    service::ServiceError,
    store::Tx,
};

pub(in crate::service) const NAMES_SOMEBODY: Text = Text::fixed(
    "お子さんの氏名か読みが入っています。ここに書いたことは、お子さんの登録が消えた後も残ります。お名前を除いて書き直してください。",
    "A child's name or its reading stands in it. What is written here stays after the child's record is erased: write it without the name.",
);

/// Whether a text names a child on record.
pub(in crate::service) async fn somebody(
    tx: &mut Tx,
    at: Moment,
    text: &str,
) -> Result<bool, ServiceError> {
    let known = tx.known_children(&Reader::Operator, at).await?;
    Ok(known.iter().any(|child| {
        let names = [child.name.as_deref(), child.kana.as_deref()];
        names_child(text, names)
    }))
}
