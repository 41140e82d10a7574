//! The data of a small map.

use axum::{Json, extract::State};

use super::{Error, head::Visit, taken::Named};
use crate::{
    app::App,
    domain::id::CaseNumber,
    service::{map, view::SmallMap},
};

/// `GET /plans/{case}/map.json`
pub(super) async fn data(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Json<SmallMap>, Error> {
    let number = CaseNumber::parse(&case).map_err(|_| Error::NotFound)?;
    let found = map::of_plan(&app, &visit.who, &number).await?;
    found.map(Json).ok_or(Error::NotFound)
}
