//! The report on the programme: counted in one pass, for the prefecture and the
//! centre.

use crate::{
    app::App,
    domain::{
        loan::eligibility::FIRST_APPLICATION,
        loan_report::{LoanReport, fiscal_year},
        municipality::{self, MunicipalityCode},
    },
    service::{ServiceError, view::SignedIn},
};

/// So many fiscal years stand in a report at most.
pub const MOST_YEARS: i32 = 10;

/// The fiscal years that a report may be about: from that of the first applications
/// to the one that runs.
pub fn years(app: &App) -> Vec<i32> {
    let (year, month, day) = FIRST_APPLICATION;
    let first = chrono::NaiveDate::from_ymd_opt(year, month, day).map_or(year, fiscal_year);
    (first..=fiscal_year(app.clock.today())).collect()
}

/// The report of the fiscal years from the first to the last one. Every
/// municipality of the prefecture has a line, also with nothing in it.
pub async fn report(
    app: &App,
    who: &SignedIn,
    (first, last): (i32, i32),
) -> Result<LoanReport, ServiceError> {
    let mut tx = app.store.read().await?;
    let prefectures = tx.prefectures().await?;
    let towns: Vec<MunicipalityCode> = municipality::all()
        .filter(|m| m.parent.is_none() && prefectures.iter().any(|p| m.code.starts_with(p)))
        .filter_map(|m| MunicipalityCode::parse(m.code).ok())
        .collect();
    let happened = tx.loan_events(&who.reader).await?;
    Ok(LoanReport::count(&towns, (first, last), &happened))
}
