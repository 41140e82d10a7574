//! Overrides: a named person says that a finding does not stop the plan.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{draft::said, judged, to_decide};
use crate::{
    app::App,
    domain::{
        audit::Action,
        finding::{Outcome, RuleCode},
        hazard::Hazard,
        id::CaseNumber,
        plan::overriding::{Override, latest_end},
        text::Text,
    },
    service::{
        ServiceError, audit, check,
        loans::{Answer, Sheet, once},
        world,
    },
    store::NewOverride,
};

/// What somebody wants to override.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overruling {
    /// Which rule.
    pub rule: RuleCode,
    /// About which hazard.
    pub hazard: Option<Hazard>,
    /// About which destination.
    pub site: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Until which day.
    pub until: Option<NaiveDate>,
}

const NEVER: Text = Text::fixed(
    "法律が求める項目と同意は、例外を認められません。計画に書き足すか、同意を確かめてください。",
    "What the law asks for, and consents, cannot be overridden: write it into the plan, or ask for the consent.",
);
const REASON: Text = Text::fixed(
    "例外を認める理由を、あとから読む人に分かるように書いてください。",
    "Say why, for whoever reads it later.",
);
const UNTIL: Text = Text::fixed(
    "期限は、きょうから12か月以内の日にしてください。",
    "The last day must be within twelve months from today.",
);

/// Overrides a finding that fails now, in the version in force or in the open draft.
pub async fn make(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    wanted: &Overruling,
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let request = serde_json::json!({
        "override": number, "rule": wanted.rule, "hazard": wanted.hazard, "site": wanted.site,
        "reason": wanted.reason, "until": wanted.until,
    });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_decide(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        if !wanted.rule.may_be_overridden() {
            return Ok(Answer::Wrong("rule", NEVER));
        }
        let Some(reason) = wanted.reason.clone() else {
            return Ok(Answer::Wrong("reason", REASON));
        };
        let until = wanted
            .until
            .filter(|day| *day >= at.today && *day <= latest_end(at.today));
        let Some(until) = until else {
            return Ok(Answer::Wrong("until", UNTIL));
        };
        let loaded = world::current_in(app, tx).await?;
        let draft = tx.open_draft(case.id).await?;
        let draft = draft.as_ref().map(said).transpose()?;
        let mut fails = false;
        for document in case.document.iter().chain(draft.as_ref()) {
            let checked = judged(tx, &loaded, &case, document, at).await?;
            fails |= checked.look.findings.iter().any(|found| {
                found.outcome == Outcome::Fails
                    && (found.rule, found.hazard, &found.site)
                        == (wanted.rule, wanted.hazard, &wanted.site)
            });
        }
        if !fails {
            return Ok(Answer::Changed);
        }
        let over = Override {
            rule: wanted.rule,
            hazard: wanted.hazard,
            site: wanted.site.clone(),
            by: sheet.who.name.clone(),
            reason,
            from: at.today,
            until,
        };
        let new = NewOverride {
            id: app.ids.next(),
            case: case.id,
            over: &over,
            by: sheet.who.user,
            at: at.now,
        };
        tx.add_override(&new).await?;
        tx.turn_case(case.id, at.now).await?;
        check::keep(tx, &loaded, number, at).await?;
        tx.record(&audit::event(app, sheet.who, Action::OverrodeFinding).on([case.id]))
            .await?;
        Answer::Done(number.to_string())
    })
}

/// Ends an override before its day.
pub async fn end(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    id: Uuid,
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let request = serde_json::json!({ "end_override": number, "id": id });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_decide(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let by = (sheet.who.user, at.now);
        if !tx.end_override((case.id, id), by).await? {
            return Ok(Answer::Changed);
        }
        let loaded = world::current_in(app, tx).await?;
        tx.turn_case(case.id, at.now).await?;
        check::keep(tx, &loaded, number, at).await?;
        tx.record(&audit::event(app, sheet.who, Action::EndedOverride).on([case.id]))
            .await?;
        Answer::Done(number.to_string())
    })
}
