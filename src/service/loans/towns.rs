//! What municipalities offer, as the centre keeps it.

use uuid::Uuid;

use super::{Answer, Sheet, once};
use crate::{
    app::App,
    domain::{audit::Action, loan::eligibility::Scheme, municipality::MunicipalityCode},
    service::{ServiceError, audit},
    store::{StoredScheme, Window},
};

/// The schemes on record.
pub async fn schemes(app: &App) -> Result<Vec<StoredScheme>, ServiceError> {
    Ok(app.store.read().await?.schemes().await?)
}

/// The windows of some municipalities, where they are on record.
pub async fn windows(app: &App, codes: &[MunicipalityCode]) -> Result<Vec<Window>, ServiceError> {
    let mut tx = app.store.read().await?;
    let mut known = Vec::new();
    for code in codes {
        known.extend(tx.window(*code).await?);
    }
    Ok(known)
}

/// Puts a scheme on record.
pub async fn add_scheme(
    app: &App,
    sheet: Sheet<'_>,
    scheme: &Scheme,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "scheme": scheme.municipality, "benefit": scheme.benefit, "from": scheme.from,
        "until": scheme.until, "source": scheme.source,
    });
    let (id, now) = (app.ids.next(), app.clock.now());
    once!(app, sheet, request, |tx| {
        tx.add_scheme(id, scheme, (Some(sheet.who.user), now))
            .await?;
        tx.record(&audit::event(app, sheet.who, Action::ChangedSchemes))
            .await?;
        Answer::Done(scheme.municipality.to_string())
    })
}

/// Takes a scheme off the table.
pub async fn remove_scheme(app: &App, sheet: Sheet<'_>, id: Uuid) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({ "remove_scheme": id });
    let now = app.clock.now();
    once!(app, sheet, request, |tx| {
        if !tx.remove_scheme(id, now).await? {
            return Ok(Answer::Changed);
        }
        tx.record(&audit::event(app, sheet.who, Action::ChangedSchemes))
            .await?;
        Answer::Done(id.to_string())
    })
}

/// Writes the window of a municipality.
pub async fn set_window(
    app: &App,
    sheet: Sheet<'_>,
    window: &Window,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "window": window.municipality, "name": window.name, "telephone": window.telephone,
        "form": window.form,
    });
    let now = app.clock.now();
    once!(app, sheet, request, |tx| {
        tx.write_window(window, (Some(sheet.who.user), now)).await?;
        tx.record(&audit::event(app, sheet.who, Action::ChangedSchemes))
            .await?;
        Answer::Done(window.municipality.to_string())
    })
}
