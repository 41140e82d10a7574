//! Units in stock.

use super::{Answer, Sheet, names, once};
use crate::{
    app::App,
    domain::{
        audit::Action,
        id::UnitId,
        loan::{UnitEventKind, UnitState, days},
        position::{Position, PositionAccuracy},
        text::Text,
    },
    service::{ServiceError, audit},
    store::{NewUnit, StoredUnit, UnitEvent},
};

const SERIAL_KNOWN: Text = Text::fixed(
    "その製造番号はすでに登録されています。番号を確かめてください（全角・半角、大文字・小文字、空白、ハイフンの有無は区別しません）。",
    "That serial number is on record already: check it (width, case, spaces and dashes make no difference).",
);

const SERIAL_OF_ANOTHER: Text = Text::fixed(
    "その製造番号はほかの発電機のものです。銘板の番号を確かめてください。同じ発電機を二重に登録していたときは、もう一方を「廃棄」にしてください。",
    "That serial number is another unit's: look at its plate. If one unit was put on record twice, set the other one to retired.",
);
const NOTHING_CORRECTED: Text = Text::fixed(
    "型式も製造番号も前と同じです。直すところを書き換えてください。",
    "Model and serial number are what they were: change what is to be corrected.",
);

/// Every unit.
pub async fn units(app: &App) -> Result<Vec<StoredUnit>, ServiceError> {
    Ok(app.store.read().await?.units().await?)
}

/// One unit, and what happened to it, the latest first.
pub async fn unit(
    app: &App,
    id: UnitId,
) -> Result<Option<(StoredUnit, Vec<UnitEvent>)>, ServiceError> {
    let mut tx = app.store.read().await?;
    let Some(unit) = tx.unit(id).await? else {
        return Ok(None);
    };
    let events = tx.unit_events(id).await?;
    Ok(Some((unit, events)))
}

/// Puts a unit on record.
pub async fn add(app: &App, sheet: Sheet<'_>, unit: &NewUnit) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "add_unit": unit.serial, "model": unit.model, "place": unit.place,
        "position": unit.position, "bought_on": unit.bought_on, "note": unit.note,
    });
    let (id, at) = (UnitId(app.ids.next()), app.moment());
    once!(app, sheet, request, |tx| {
        if let Some(answer) = sheet.answer(days::of_purchase(unit.bought_on, at.today)) {
            return Ok(answer);
        }
        if names::somebody(tx, at, unit.note.as_deref().unwrap_or_default()).await? {
            return Ok(Answer::Wrong("note", names::NAMES_SOMEBODY));
        }
        if !tx.add_unit(id, unit, at.now).await? {
            return Ok(Answer::Wrong("serial", SERIAL_KNOWN));
        }
        let event = UnitEvent {
            kind: UnitEventKind::Registered,
            loan: None,
            on: at.today,
            kit: None,
            note: None,
            by: None,
        };
        let hand = (Some(sheet.who.user), at.now);
        tx.add_unit_event(app.ids.next(), id, &event, hand).await?;
        tx.record(&audit::event(app, sheet.who, Action::ChangedUnit))
            .await?;
        Answer::Done(id.to_string())
    })
}

/// Corrects model and serial number of a unit that were mistyped. What was there stays
/// in its history.
pub async fn correct(
    app: &App,
    sheet: Sheet<'_>,
    (id, revision): (UnitId, i64),
    (model, serial, why): (&str, &str, &str),
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "correct_unit": id, "revision": revision, "model": model, "serial": serial, "why": why,
    });
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(unit) = tx.unit(id).await? else {
            return Ok(Answer::NotThere);
        };
        if unit.revision != revision {
            return Ok(Answer::Changed);
        }
        if unit.unit.model == model && unit.unit.serial == serial {
            return Ok(Answer::Wrong("serial", NOTHING_CORRECTED));
        }
        let other = tx.unit_of_serial(serial).await?;
        if other.is_some_and(|other| other.id != id) {
            return Ok(Answer::Wrong("serial", SERIAL_OF_ANOTHER));
        }
        if names::somebody(tx, at, why).await? {
            return Ok(Answer::Wrong("correct_why", names::NAMES_SOMEBODY));
        }
        if !tx.rename_unit((id, revision), (model, serial)).await? {
            return Ok(Answer::Changed);
        }
        let (was, is) = (&unit.unit, (model, serial));
        let event = UnitEvent {
            kind: UnitEventKind::Corrected,
            loan: None,
            on: at.today,
            kit: None,
            note: Some(format!(
                "{} {} → {} {}　{why}",
                was.model, was.serial, is.0, is.1
            )),
            by: None,
        };
        let hand = (Some(sheet.who.user), at.now);
        tx.add_unit_event(app.ids.next(), id, &event, hand).await?;
        tx.record(&audit::event(app, sheet.who, Action::ChangedUnit))
            .await?;
        Answer::Done(id.to_string())
    })
}

/// Sets the state of a unit that is not lent.
pub async fn set_state(
    app: &App,
    sheet: Sheet<'_>,
    (id, from, to): (UnitId, UnitState, UnitState),
    note: Option<&str>,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "unit_state": id, "from": from.code(), "to": to.code(), "note": note,
    });
    let at = app.moment();
    let settable = UnitState::settable();
    once!(app, sheet, request, |tx| {
        if !settable.contains(&from) || !settable.contains(&to) {
            return Ok(Answer::Changed);
        }
        if names::somebody(tx, at, note.unwrap_or_default()).await? {
            return Ok(Answer::Wrong("note", names::NAMES_SOMEBODY));
        }
        if !tx.move_unit(id, from, to).await? {
            return Ok(Answer::Changed);
        }
        let event = UnitEvent {
            kind: UnitEventKind::StateSet,
            loan: None,
            on: at.today,
            kit: None,
            note: note.map(ToOwned::to_owned),
            by: None,
        };
        let hand = (Some(sheet.who.user), at.now);
        tx.add_unit_event(app.ids.next(), id, &event, hand).await?;
        tx.record(&audit::event(app, sheet.who, Action::ChangedUnit))
            .await?;
        Answer::Done(id.to_string())
    })
}

/// How exactly the places of units are known, of those that have one.
pub async fn unit_accuracies(app: &App) -> Result<Vec<(UnitId, PositionAccuracy)>, ServiceError> {
    Ok(app.store.read().await?.unit_accuracies().await?)
}

/// Writes where a unit is kept, in words and on the map.
pub async fn place(
    app: &App,
    sheet: Sheet<'_>,
    (id, revision): (UnitId, i64),
    (words, position): (Option<String>, Option<(Position, PositionAccuracy)>),
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "place_unit": id, "revision": revision, "place": words, "position": position,
    });
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        if tx.unit(id).await?.is_none() {
            return Ok(Answer::NotThere);
        }
        let changed = tx.place_unit((id, revision), words.as_deref(), position);
        if !changed.await? {
            return Ok(Answer::Changed);
        }
        let event = UnitEvent {
            kind: UnitEventKind::Changed,
            loan: None,
            on: at.today,
            kit: None,
            note: None,
            by: None,
        };
        let hand = (Some(sheet.who.user), at.now);
        tx.add_unit_event(app.ids.next(), id, &event, hand).await?;
        tx.record(&audit::event(app, sheet.who, Action::ChangedUnit))
            .await?;
        Answer::Done(id.to_string())
    })
}
