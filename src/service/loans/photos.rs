//! The photos of a yearly check: added with it or afterwards, looked at, taken
//! out again with a reason.

use uuid::Uuid;

use super::{Answer, Sheet, once, take::noted};
use crate::{
    app::App,
    domain::{audit::Action, id::CaseNumber, text::Text},
    service::{ServiceError, audit, photo::Photo, view::SignedIn},
    store::{LoanHand, PhotoSize, StoredCheck, Tx},
};

/// A check has so many photos at most.
pub const MOST_PHOTOS: usize = 4;

pub(super) const TOO_MANY: Text = Text::fixed(
    "写真は1回の確認に4枚までです。選び直してください。いらない写真は、理由を書いて取り除けます。",
    "A check has four photos at most: choose again. One that is not needed can be taken out, with a reason.",
);
const NONE: Text = Text::fixed("写真を選んでください。", "Choose a photo.");
const WHY_MISSING: Text = Text::fixed(
    "取り除く理由を書いてください。",
    "Write down why it is taken out.",
);

/// How many photos of a check are there.
pub fn photos_there(check: &StoredCheck) -> usize {
    let there = check.photos.iter().filter(|photo| photo.removed.is_none());
    there.count()
}

/// Puts photos on record with their check.
pub(super) async fn keep_photos(
    tx: &mut Tx,
    app: &App,
    check: Uuid,
    (photos, hand): (&[Photo], LoanHand),
) -> Result<(), ServiceError> {
    for photo in photos {
        let bytes = (photo.whole.as_slice(), photo.small.as_slice());
        tx.add_photo(app.ids.next(), check, bytes, hand).await?;
    }
    Ok(())
}

/// By what photos are known when their form comes again.
pub(super) fn sent(photos: &[Photo]) -> Vec<&str> {
    photos.iter().map(|photo| photo.sent.as_str()).collect()
}

/// Adds photos to a check that was held.
pub async fn add_photos(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (check, photos): (Uuid, &[Photo]),
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "check_photos": number, "check": check, "photos": sent(photos),
    });
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(file) = tx.loan_file(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some(loan) = &file.loan else {
            return Ok(Answer::NotThere);
        };
        let checks = tx.checks(loan.id).await?;
        let Some(known) = checks.iter().find(|known| known.id == check) else {
            return Ok(Answer::NotThere);
        };
        if photos.is_empty() {
            return Ok(Answer::Wrong("photos", NONE));
        }
        if photos_there(known) + photos.len() > MOST_PHOTOS {
            return Ok(Answer::Wrong("photos", TOO_MANY));
        }
        let hand = (Some(sheet.who.user), at.now);
        keep_photos(tx, app, check, (photos, hand)).await?;
        noted(tx, app, &sheet, (&file, Action::AddedPhotos)).await?
    })
}

/// Takes a photo out again: its bytes are gone, that there was one and why it is
/// gone stays.
pub async fn remove_photo(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (photo, why): (Uuid, Option<&str>),
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({"photo_out": number, "photo": photo, "why": why});
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(file) = tx.loan_file(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some(why) = why else {
            return Ok(Answer::Wrong("photo_why", WHY_MISSING));
        };
        let hand = (Some(sheet.who.user), at.now);
        if !tx.remove_photo((file.case, photo), why, hand).await? {
            return Ok(Answer::NotThere);
        }
        noted(tx, app, &sheet, (&file, Action::RemovedPhoto)).await?
    })
}

/// A photo, if the reader may see its loan; that it was seen is noted.
pub async fn photo(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
    (photo, size): (Uuid, PhotoSize),
) -> Result<Option<Vec<u8>>, ServiceError> {
    let found = {
        let mut tx = app.store.read().await?;
        let Some(file) = tx.loan_file(&who.reader, app.moment(), number).await? else {
            return Ok(None);
        };
        let bytes = tx.photo(file.case, photo, size).await?;
        bytes.map(|bytes| (file.case, bytes))
    };
    let Some((case, bytes)) = found else {
        return Ok(None);
    };
    audit::saw(app, who, Action::SawPhoto, [case]).await?;
    Ok(Some(bytes))
}
