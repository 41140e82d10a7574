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
        access::Moment,
        id::{CaseId, CaseNumber},
        residence::Sight,
        rights::CorrectionRequest,
    },
    store::{CaseForCheck, FamilyWays, Tx},
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
    /// By what the family comes in; `None`: it has no account.
    pub family: Option<FamilyWays>,
}

/// What the page of a plan says beside it; `None`: the reader may not act for
/// the child. The page's own read is the one that is noted.
pub(super) async fn of(
    tx: &mut Tx,
    who: &SignedIn,
    case: &CaseForCheck,
    at: Moment,
    sight: Sight,
) -> Result<Option<PlanRights>, ServiceError> {
    if !acts_for(tx, &who.reader, at, &case.number).await? {
        return Ok(None);
    }
    let requests = tx
        .corrections_of(&who.reader, at, &case.number, sight)
        .await?;
    Ok(Some(PlanRights {
        supporters: supporters::of_case(tx, case).await?,
        corrections: requests.into_iter().map(|row| row.request).collect(),
        lent: tx.has_loan(case.id).await?,
        family: tx.family_ways(case.id, at.now).await?,
        case: case.id,
    }))
}

/// Whether a case is open for its reader: whether it has a page.
pub async fn is_open(app: &App, who: &SignedIn, number: &CaseNumber) -> Result<bool, ServiceError> {
    let mut tx = app.store.read().await?;
    let case = tx.case(&who.reader, app.moment(), number).await?;
    Ok(case.is_some())
}
