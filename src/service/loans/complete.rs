//! What a hand-over has left open, done later.

use super::{Answer, Sheet, once, take::noted, tell};
use crate::{
    app::App,
    domain::{
        audit::Action,
        duty::PhraseFault,
        id::{CaseId, CaseNumber},
        loan::{HandOver, KitItem, UnitEventKind, hand_over::frequency_of},
    },
    service::ServiceError,
    store::{LoanFile, Tx, UnitEvent},
};

/// What is wrong with what was noted at the bedside, whatever else is missing.
pub(super) fn wrong(file: &LoanFile, done: &HandOver) -> Option<Answer> {
    let town = file.applicant.municipality;
    let region = town.and_then(|town| frequency_of(town.prefecture_digits()));
    if let (Some(set), Some(region)) = (done.frequency_hz, region)
        && set != region
    {
        let why = crate::text!(
            "お住まいの地域は{region} Hzです。発電機の切替スイッチを{region} Hzに合わせてから記録してください。",
            "The region has {region} Hz: set the unit's switch to {region} Hz, then record it."
        );
        return Some(Answer::Wrong("frequency", why));
    }
    let names = [&file.name, &file.applicant.guardian];
    let names: Vec<String> = names.into_iter().flatten().cloned().collect();
    let fault = PhraseFault::of(done.pass_phrase.as_deref()?, &names)?;
    Some(Answer::Wrong("pass_phrase", fault.text()))
}

/// Keeps the pass-phrase that was chosen, if one was: from then on every mail to the
/// family carries it.
pub(super) async fn keep_phrase(
    tx: &mut Tx,
    case: CaseId,
    done: &HandOver,
) -> Result<(), ServiceError> {
    if let Some(phrase) = &done.pass_phrase {
        tx.set_pass_phrase(case, Some(phrase)).await?;
    }
    Ok(())
}

/// Writes down what was done after the hand-over: only what is given here is
/// changed.
pub async fn complete(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (done, kit): (&HandOver, &[KitItem]),
) -> Result<Answer, ServiceError> {
    let codes: Vec<&str> = kit.iter().map(|item| item.code()).collect();
    let request = serde_json::json!({ "complete": number, "done": done, "kit": codes });
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(file) = tx.loan_file(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some(loan) = file.loan.clone().filter(|loan| loan.ended_on.is_none()) else {
            return Ok(Answer::Changed);
        };
        if let Some(wrong) = wrong(&file, done) {
            return Ok(wrong);
        }
        let was = tx.hand_over(loan.id).await?.unwrap_or_default();
        let mut missing = was.kit_missing.clone();
        missing.retain(|code| !codes.contains(&code.as_str()));
        let given = missing.len() < was.kit_missing.len();
        let refused = done.exchange_consent == Some(false) && was.exchange_consent == Some(true);
        let agreed = done.exchange_consent == Some(true) && was.exchange_consent != Some(true);
        let now = HandOver {
            started_by_family: was.started_by_family || done.started_by_family,
            co_explained: was.co_explained,
            outdoor_place: done.outdoor_place.clone().or(was.outdoor_place),
            frequency_hz: done.frequency_hz.or(was.frequency_hz),
            pass_phrase: done.pass_phrase.clone().or(was.pass_phrase),
            exchange_consent: done.exchange_consent.or(was.exchange_consent),
            kit_missing: missing,
            kit_note: was.kit_note,
        };
        tx.write_hand_over(loan.id, &now).await?;
        keep_phrase(tx, file.case, done).await?;
        let hand = (Some(sheet.who.user), at.now);
        if let (true, Some(unit)) = (given, loan.unit) {
            let event = UnitEvent {
                kind: UnitEventKind::HandedOver,
                loan: Some(loan.id),
                on: at.today,
                kit: Some(kit.to_vec()),
                note: None,
                by: None,
            };
            tx.add_unit_event(app.ids.next(), unit, &event, hand)
                .await?;
        }
        if agreed {
            tell::municipality(app, tx, &file).await?;
        }
        if refused {
            tell::no_longer(app, tx, (&file, &loan)).await?;
        }
        noted(tx, app, &sheet, (&file, Action::LentUnit)).await?
    })
}
