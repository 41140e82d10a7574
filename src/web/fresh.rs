//! Confirming a plan with the family, and the day of a drill.

use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Error,
    care::{answer, form, numbered},
    head::Visit,
    taken::{Named, Sent},
};
use crate::{app::App, service::review};

#[derive(Deserialize)]
pub(super) struct ConfirmForm {
    seen: String,
    key: Uuid,
}

/// `POST /plans/{case}/confirmed`
pub(super) async fn confirm(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(sent): Sent<ConfirmForm>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let form = form(&visit, &number, sent.key);
    answer(
        &visit,
        &number,
        review::confirm(&app, form, &sent.seen).await?,
    )
}

#[derive(Deserialize)]
pub(super) struct DrillForm {
    held_on: NaiveDate,
    key: Uuid,
}

/// `POST /plans/{case}/drill`
pub(super) async fn drill(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
    Sent(sent): Sent<DrillForm>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let form = form(&visit, &number, sent.key);
    answer(
        &visit,
        &number,
        review::drill(&app, form, sent.held_on).await?,
    )
}
