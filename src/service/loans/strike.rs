//! Striking out what was recorded by mistake beside the steps: a yearly check, the
//! day of the application for the plan.

use uuid::Uuid;

use super::{
    Answer, Sheet, once,
    take::noted,
    undo::{WHY_MISSING, given},
};
use crate::{
    app::App,
    domain::{audit::Action, id::CaseNumber},
    service::ServiceError,
};

/// What is struck out.
#[derive(Clone, Copy)]
enum Fact {
    Check,
    Application,
}

/// Strikes out a yearly check that was recorded by mistake.
pub async fn strike_check(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (id, why): (Uuid, &str),
) -> Result<Answer, ServiceError> {
    strike(app, sheet, number, (Fact::Check, id, why)).await
}

/// Strikes out a day of the application for the plan that was recorded by mistake.
pub async fn strike_application(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (id, why): (Uuid, &str),
) -> Result<Answer, ServiceError> {
    strike(app, sheet, number, (Fact::Application, id, why)).await
}

async fn strike(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (fact, id, why): (Fact, Uuid, &str),
) -> Result<Answer, ServiceError> {
    let request = match fact {
        Fact::Check => serde_json::json!({ "strike_check": number, "id": id, "why": why }),
        Fact::Application => {
            serde_json::json!({ "strike_application": number, "id": id, "why": why })
        }
    };
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some(file) = tx.loan_file(&sheet.who.reader, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some(why) = given(why) else {
            return Ok(Answer::Wrong("undo_why", WHY_MISSING));
        };
        let hand = (Some(sheet.who.user), at.now);
        let (struck, action) = match (fact, &file.loan) {
            (Fact::Check, None) => return Ok(Answer::Changed),
            (Fact::Check, Some(loan)) => {
                let struck = tx.strike_check((id, loan.id), why, hand).await?;
                if struck && loan.ended_on.is_none() {
                    // What the family wrote is to be judged once more.
                    tx.reopen_family_check(id).await?;
                }
                (struck, Action::StruckLoanCheck)
            }
            (Fact::Application, _) => {
                let struck = tx.strike_application((id, file.case), why, hand).await?;
                (struck, Action::StruckPlanApplication)
            }
        };
        if !struck {
            return Ok(Answer::Changed);
        }
        noted(tx, app, &sheet, (&file, action)).await?
    })
}
