//! Requests for correction (個人情報の保護に関する法律 第90条): a family asks, the
//! municipality answers, and of a refusal it tells the reason (第93条第2項).

use uuid::Uuid;

use super::{
    ServiceError, audit,
    hand::{Hand, Outcome, once},
    once::{Came, DONE},
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{
        access::Reader,
        audit::Action,
        id::CaseNumber,
        rights::{CorrectionAnswer, CorrectionField, written},
    },
    store::CorrectionRow,
};

/// The requests that wait, about the children that the reader may read.
pub async fn open(app: &App, who: &SignedIn) -> Result<Vec<CorrectionRow>, ServiceError> {
    let rows = {
        let mut tx = app.store.read().await?;
        tx.open_corrections(&who.reader, app.moment()).await?
    };
    let ids: Vec<_> = rows.iter().map(|row| row.case).collect();
    audit::saw(app, who, Action::ListedCorrections, ids).await?;
    Ok(rows)
}

/// Puts a family's request on record.
pub async fn ask(
    app: &App,
    who: &SignedIn,
    key: Uuid,
    number: &CaseNumber,
    field: CorrectionField,
    proposed: &str,
) -> Result<Outcome, ServiceError> {
    let Some(proposed) = written(proposed) else {
        return Ok(Outcome::BadText);
    };
    let hand = Hand::Person(who, key);
    let (id, moment) = (app.ids.next(), app.moment());
    let request = serde_json::json!({"ask": number, "field": field.code(), "proposed": proposed});
    once!(app, hand, request, |tx| {
        let Some(case) = tx.case(&who.reader, moment, number).await? else {
            return Ok(Outcome::NotThere);
        };
        tx.ask_correction(id, case.id, field, &proposed, who.user, moment.now)
            .await?;
        let event = hand.event(app, Action::AskedCorrection);
        tx.record(&event.on([case.id])).await?;
        Outcome::Saved
    })
}

/// Answers a request: corrected, or not, and then why.
pub async fn answer(
    app: &App,
    who: &SignedIn,
    key: Uuid,
    number: &CaseNumber,
    id: Uuid,
    (corrected, words): (bool, &str),
) -> Result<Outcome, ServiceError> {
    let words = match (written(words), corrected) {
        (Some(words), _) => words,
        (None, true) if words.trim().is_empty() => String::new(),
        _ => return Ok(Outcome::BadText),
    };
    let hand = Hand::Person(who, key);
    let moment = app.moment();
    let request = serde_json::json!({"answer": id, "corrected": corrected, "words": words});
    let answer = CorrectionAnswer {
        corrected,
        words,
        at: app.clock.now(),
    };
    once!(app, hand, request, |tx| {
        let Some(kept) = tx.kept_case(&who.reader, moment, number).await? else {
            return Ok(Outcome::NotThere);
        };
        // What tells a protected address is read, and answered, by named persons.
        let protection = tx.protection(&Reader::Operator, moment, number).await?;
        if protection.is_some_and(|(_, named)| !named.contains(&who.user)) {
            return Ok(Outcome::NotThere);
        }
        if !tx.answer_correction(kept.id, id, &answer, who.user).await? {
            return Ok(Outcome::DoneBefore);
        }
        let event = hand.event(app, Action::AnsweredCorrection);
        tx.record(&event.on([kept.id])).await?;
        Outcome::Saved
    })
}
