//! Confirming a plan with the family.

use axum::{extract::State, response::Response};
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
