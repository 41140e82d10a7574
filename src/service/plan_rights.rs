//! What a plan's page says and offers beside the plan: those who help and whether
//! they were told, requests for correction, and the end.

use super::{
    ServiceError,
    care::acts_for,
    supporters::{self, SupporterLine},
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{
        id::{CaseId, CaseNumber},
        rights::CorrectionRequest,
    },
};

/// It.
#[derive(Debug, Clone)]
pub struct PlanRights {
    /// The case.
    pub case: CaseId,
    /// Those who help, in the order of the plan.
    pub supporters: Vec<SupporterLine>,
    /// Requests for correction, the latest first.
    pub corrections: Vec<CorrectionRequest>,
    /// Whether a loan runs.
    pub lent: bool,
}

/// What the page of a plan says beside it; `None`: the reader may not act for
/// the child. The page's own read is the one that is noted.
pub async fn of(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<Option<PlanRights>, ServiceError> {
    let at = app.moment();
    let mut tx = app.store.read().await?;
    if !acts_for(&mut tx, &who.reader, at, number).await? {
        return Ok(None);
    }
    let Some(case) = tx.case(&who.reader, at, number).await? else {
        return Ok(None);
    };
    let requests = tx.corrections_of(&who.reader, at, number).await?;
    Ok(Some(PlanRights {
        supporters: supporters::of_case(&mut tx, &case).await?,
        corrections: requests.into_iter().map(|row| row.request).collect(),
        lent: tx.has_loan(case.id).await?,
        case: case.id,
    }))
}
