//! Where the plans of an office's children stand: whose turn it is, what waits how long,
//! and which plans came back because the world has changed.

use chrono::NaiveDate;
use serde_json::Value;

use crate::{
    app::App,
    domain::{
        access::{Permission, Reader},
        audit::Action,
        finding::RuleCode,
        id::CaseNumber,
        residence::Sight,
        text::Text,
    },
    service::{ServiceError, audit, check, view::SignedIn},
    store::StageLine,
};

/// So many plans that came back are shown with what has changed; of the others the page
/// says how many they are.
const TOLD: usize = 50;

/// A plan that rests on something that has changed.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The child.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// What has changed, before and after.
    pub what: Vec<Text>,
    /// The day since which it is so, as far as that is on record: that of the
    /// confirmation.
    pub since: Option<NaiveDate>,
}

/// The list.
#[derive(Debug, Clone)]
pub struct StagesPage {
    /// The day.
    pub on: NaiveDate,
    /// Children whose plan somebody works on.
    pub lines: Vec<StageLine>,
    /// Plans that came back, with what has changed.
    pub changed: Vec<Changed>,
    /// How many came back.
    pub changed_total: usize,
    /// The reader decides on plans.
    pub decides: bool,
}

/// Where the plans of the reader's children stand.
pub async fn stages(app: &App, who: &SignedIn) -> Result<StagesPage, ServiceError> {
    check::refresh(app, &who.reader).await?;
    let at = app.moment();
    let lines = {
        let mut tx = app.store.read().await?;
        tx.stages(&who.reader, at).await?
    };
    let back: Vec<&StageLine> = lines.iter().filter(|line| line.changed).collect();
    let mut changed = Vec::new();
    for line in back.iter().take(TOLD) {
        changed.extend(what_changed(app, &who.reader, line).await?);
    }
    let page = StagesPage {
        on: at.today,
        changed_total: back.len(),
        decides: who.role().may(Permission::DecidePlan),
        changed,
        lines,
    };
    let seen: Vec<_> = page.lines.iter().map(|line| line.id).collect();
    audit::saw(app, who, Action::ListedPlans, seen).await?;
    Ok(page)
}

async fn what_changed(
    app: &App,
    reader: &Reader,
    line: &StageLine,
) -> Result<Option<Changed>, ServiceError> {
    let today = app.moment().today;
    let checked = check::one(app, reader, &line.number, today, Sight::Usual).await?;
    let Some(checked) = checked else {
        return Ok(None);
    };
    let found = checked.look.failing().find(|f| f.rule == RuleCode::Rev02);
    let changes = found.and_then(|f| f.evidence.0.get("changes")?.as_array().cloned());
    let said = changes.unwrap_or_default();
    let said = said
        .iter()
        .filter_map(|one: &Value| serde_json::from_value::<Text>(one.get("said")?.clone()).ok());
    let confirmed = checked.review.confirmed.as_ref();
    Ok(Some(Changed {
        number: line.number.clone(),
        name: line.name.clone(),
        what: said.collect(),
        since: confirmed.map(|one| one.on),
    }))
}
