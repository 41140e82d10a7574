//! What a municipality sets for itself: its ordinance on giving plans to
//! others (災害対策基本法 第49条の15第2項).

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    ServiceError, audit,
    once::{Came, DONE, Once},
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{
        access::{Ground, Reader, Subject},
        audit::Action,
        consent::OrdinanceMode,
        id::CaseId,
        municipality::{self, MunicipalityCode},
        plan::PlanDocument,
    },
    in_tx,
    store::Tx,
};

/// A municipality's settings.
#[derive(Debug, Clone)]
pub struct MunicipalityPage {
    /// Whose.
    pub code: MunicipalityCode,
    /// Its ordinance; the law's default where nothing is on record.
    pub ordinance: OrdinanceMode,
    /// The number that a save must name; 0: nothing is on record.
    pub revision: i64,
    /// Who set it, and when.
    pub changed: Option<(String, DateTime<Utc>)>,
    /// What it asks for in a plan besides the law's items.
    pub items: Vec<String>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetOutcome {
    /// It is set.
    Saved,
    /// Somebody else changed it first.
    Stale,
    /// The same key came with another content.
    OtherBody,
    /// The reader is not of a municipality.
    NotAllowed,
}

/// The mode in force for a municipality.
pub async fn ordinance_of(
    tx: &mut Tx,
    code: Option<MunicipalityCode>,
) -> Result<OrdinanceMode, ServiceError> {
    let Some(code) = code else {
        return Ok(OrdinanceMode::default());
    };
    match tx.ordinance(code).await? {
        None => Ok(OrdinanceMode::default()),
        Some((mode, ..)) => OrdinanceMode::from_code(&mode)
            .ok_or(ServiceError::Corrupt("municipality_setting.ordinance")),
    }
}

/// The settings of the reader's municipality.
pub async fn page(app: &App, reader: &Reader) -> Result<Option<MunicipalityPage>, ServiceError> {
    let Reader::Municipality(_, code) = reader else {
        return Ok(None);
    };
    let mut tx = app.store.read().await?;
    let (revision, changed) = match tx.ordinance(*code).await? {
        None => (0, None),
        Some((_, revision, by, at)) => (revision, Some((by, at))),
    };
    Ok(Some(MunicipalityPage {
        code: *code,
        ordinance: ordinance_of(&mut tx, Some(*code)).await?,
        revision,
        changed,
        items: tx.municipal_items(*code).await?,
    }))
}

/// A municipality asks for so many items at most, each of so many characters.
const MOST_ITEMS: usize = 20;
const LONGEST_ITEM: usize = 60;

/// Sets what a municipality asks for in a plan besides the law's items (第49条の14第3項
/// 第3号). [`SetOutcome::Stale`]: they are too many or too long.
pub async fn set_items(
    app: &App,
    who: &SignedIn,
    items: &[String],
    key: Uuid,
) -> Result<SetOutcome, ServiceError> {
    let Reader::Municipality(_, code) = who.reader else {
        return Ok(SetOutcome::NotAllowed);
    };
    let long = items.iter().any(|item| item.chars().count() > LONGEST_ITEM);
    if items.len() > MOST_ITEMS || long {
        return Ok(SetOutcome::Stale);
    }
    let once = Once::new(who.user, key, &serde_json::json!({ "items": items }));
    in_tx!(app.store, |tx| {
        match once.came(tx).await? {
            Came::First => {}
            Came::Again(_) => return Ok(SetOutcome::Saved),
            Came::Otherwise => return Ok(SetOutcome::OtherBody),
        }
        let new: Vec<(Uuid, String)> = items
            .iter()
            .map(|item| (app.ids.next(), item.clone()))
            .collect();
        let by = (who.user, app.clock.now());
        tx.set_municipal_items(code, &new, by).await?;
        tx.record(&audit::event(app, who, Action::SetMunicipalItems))
            .await?;
        once.keep(app, tx, DONE).await?;
        Ok::<_, ServiceError>(SetOutcome::Saved)
    })
}

/// Sets the ordinance; from then on the centre reads what it allows, in the
/// same commit.
pub async fn set_ordinance(
    app: &App,
    who: &SignedIn,
    mode: OrdinanceMode,
    revision: i64,
    key: Uuid,
) -> Result<SetOutcome, ServiceError> {
    let Reader::Municipality(_, code) = who.reader else {
        return Ok(SetOutcome::NotAllowed);
    };
    let codes: Vec<String> = municipality::all()
        .filter(|m| m.code == code.as_str() || m.parent == Some(code.as_str()))
        .map(|m| m.code.to_owned())
        .collect();
    let (now, today) = (app.clock.now(), app.clock.today());
    let request = serde_json::json!({"ordinance": mode, "revision": revision});
    let once = Once::new(who.user, key, &request);
    in_tx!(app.store, |tx| {
        match once.came(tx).await? {
            Came::First => {}
            Came::Again(_) => return Ok(SetOutcome::Saved),
            Came::Otherwise => return Ok(SetOutcome::OtherBody),
        }
        if !tx
            .set_ordinance(code, mode.code(), revision, &who.name, now)
            .await?
        {
            return Ok(SetOutcome::Stale);
        }
        for case in tx.case_ids_in(&codes).await? {
            let document = tx.document_in_force(case).await?;
            grant_provision(tx, case, document.as_ref(), mode, today).await?;
        }
        tx.turn_world().await?;
        tx.record(&audit::event(app, who, Action::SetOrdinance))
            .await?;
        once.keep(app, tx, DONE).await?;
        Ok(SetOutcome::Saved)
    })
}

/// Brings the centre's ground to read a plan's content in line with consent
/// and ordinance. Only for a child to whom it lends something: for another
/// child nothing is given.
pub async fn grant_provision(
    tx: &mut Tx,
    case: CaseId,
    document: Option<&PlanDocument>,
    mode: OrdinanceMode,
    today: NaiveDate,
) -> Result<(), ServiceError> {
    let centre = Subject {
        kind: "centre",
        id: "centre".to_owned(),
    };
    let allowed =
        document.is_some_and(|d| d.centre_may_read(mode, today)) && tx.has_loan(case).await?;
    if allowed {
        tx.grant(case, &centre, Ground::Provision, today).await?;
    } else {
        tx.end_grants(case, "centre", Ground::Provision, None, today)
            .await?;
    }
    Ok(())
}
