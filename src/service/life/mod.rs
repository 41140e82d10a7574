//! The life of a plan: it is written together, agreed to by the family, looked at by the
//! municipality, put in force and given out (decision 68).

mod acts;
mod approve;
mod consents;
mod draft;
mod give;
mod overrule;
mod page;
mod save;
mod stages;
mod versions;

pub use acts::{Agreed, agree, close_gap, discard, hand_in, mend, return_it, take_back};
pub use approve::{ForDecision, GapToSettle, approve, for_decision};
pub use consents::{
    ConsentNow, ConsentsPage, answer as answer_consent, consents_page, may_revoke,
    revoke as revoke_consent, strike_answer,
};
pub use draft::{DraftPage, StepPage, begin, draft_page, step_page};
pub(super) use give::recipients;
pub use give::{ToGive, give, strike};
pub use overrule::{Overruling, end as end_override, make as make_override};
pub use page::{CoursePage, InForce, May, course_page};
pub use save::{Conflict, conflict, save, site_to_add};
pub use stages::{Changed, StagesPage, stages};
pub use versions::{Compared, Version, compared, version};

use super::{ServiceError, care::case_to_act_for, check, view::SignedIn, world};
use crate::{
    app::{App, LoadedWorld},
    domain::{
        access::{Moment, Permission},
        finding::Finding,
        id::CaseNumber,
        plan::PlanDocument,
        residence::AddressShown,
    },
    service::check::CheckedCase,
    store::{CaseForCheck, Tx},
};

/// The case, for somebody who may write its plan: who acts for the child and sees where
/// it lives. Of a child that has died, or whose case is over, nobody writes.
async fn to_write(
    tx: &mut Tx,
    who: &SignedIn,
    at: Moment,
    number: &CaseNumber,
) -> Result<Option<CaseForCheck>, ServiceError> {
    if !who.role().may(Permission::WritePlan) {
        return Ok(None);
    }
    let case = case_to_act_for(tx, &who.reader, at, number).await?;
    let Some(case) = case.filter(|case| case.address != AddressShown::Hidden) else {
        return Ok(None);
    };
    Ok((!tx.is_silent(case.id).await?).then_some(case))
}

/// The case, for somebody who may read its draft: those who may write it, and the family.
pub(super) async fn to_read(
    tx: &mut Tx,
    who: &SignedIn,
    at: Moment,
    number: &CaseNumber,
) -> Result<Option<CaseForCheck>, ServiceError> {
    if who.reader.is_staff() {
        return to_write(tx, who, at, number).await;
    }
    let case = case_to_act_for(tx, &who.reader, at, number).await?;
    Ok(case.filter(|case| case.address != AddressShown::Hidden))
}

/// The case, for the municipality that decides on its plan.
async fn to_decide(
    tx: &mut Tx,
    who: &SignedIn,
    at: Moment,
    number: &CaseNumber,
) -> Result<Option<CaseForCheck>, ServiceError> {
    if !who.role().may(Permission::DecidePlan) {
        return Ok(None);
    }
    let Some(case) = to_write(tx, who, at, number).await? else {
        return Ok(None);
    };
    let decides = super::care::decides_on_home(tx, &case, &who.reader, at.today).await?;
    Ok(decides.then_some(case))
}

/// A draft as it would be judged if it were in force today. How fresh it is has no part
/// in that.
pub(super) async fn judged(
    tx: &mut Tx,
    loaded: &LoadedWorld,
    case: &CaseForCheck,
    draft: &PlanDocument,
    at: Moment,
) -> Result<CheckedCase, ServiceError> {
    let mut draft = draft.clone();
    draft.hear(&consents::that_count(&tx.consent_answers(case.id).await?));
    let mut case = case.clone();
    case.child = draft.child.clone();
    case.home.floors = draft.home.floors;
    case.home.room_floor = draft.home.room_floor;
    case.document = Some(draft);
    case.has_plan = Some(true);
    case.left_home_on = None;
    let mut checked = check::check_case(tx, &loaded.world, case, at.today).await?;
    let fresh = |finding: &Finding| finding.rule.is_about_freshness();
    checked.look.findings.retain(|finding| !fresh(finding));
    Ok(checked)
}

/// Whether somebody may write the plan of a child; where not, there is none for them.
pub async fn may_write(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
) -> Result<bool, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(to_write(&mut tx, who, app.moment(), number)
        .await?
        .is_some())
}

/// The world, read before a lock: a changed map takes its time.
async fn warm(app: &App) -> Result<(), ServiceError> {
    world::current(app).await?;
    Ok(())
}
