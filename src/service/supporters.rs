//! Those who help are told that they are in a plan, and can ask to be taken out.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    ServiceError, audit,
    care::case_to_act_for,
    check,
    hand::{Hand, Outcome, once},
    municipality::{grant_provision, ordinance_of},
    once::{Came, DONE},
    view::SignedIn,
    world,
};
use crate::{
    app::App,
    domain::{
        access::Moment,
        audit::Action,
        id::{CaseId, CaseNumber},
        municipality::MunicipalityCode,
        plan::document::{Contact, Supporter},
        rights::{SupporterState, ToldHow},
    },
    store::{CaseForCheck, Tx, person_key},
};

/// One who helps, with what was said to them.
#[derive(Debug, Clone)]
pub struct SupporterLine {
    /// Place in the plan, from 1.
    pub ordinal: usize,
    /// As the plan names them; of somebody who was taken out nothing.
    pub supporter: Supporter,
    /// What was said to them.
    pub state: SupporterState,
}

/// What a letter to somebody who helps says.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The case number, to be named on the telephone.
    pub case: CaseNumber,
    /// To whom, and what is held about them.
    pub supporter: Supporter,
    /// The municipality that keeps the plan.
    pub municipality: Option<MunicipalityCode>,
    /// The coordinator, where the plan names one.
    pub coordinator: Option<Contact>,
    /// To whom the plan may be given.
    pub recipients: Vec<String>,
    /// The day.
    pub on: NaiveDate,
}

/// Those who help, as the plan in force names them, in its order.
pub(super) async fn of_case(
    tx: &mut Tx,
    case: &CaseForCheck,
) -> Result<Vec<SupporterLine>, ServiceError> {
    let states = tx.supporter_states(case.id).await?;
    let supporters = case.document.iter().flat_map(|d| &d.supporters);
    Ok((1..)
        .zip(supporters)
        .map(|(ordinal, supporter)| {
            let name = supporter.name.as_deref();
            let state = name.and_then(|name| states.get(&person_key(case.id, name)));
            SupporterLine {
                ordinal,
                supporter: supporter.clone(),
                state: state.copied().unwrap_or_default(),
            }
        })
        .collect())
}

/// The case, and as whom the one at a place of its plan is known, if that is
/// still the one of this name.
async fn person(
    tx: &mut Tx,
    who: &SignedIn,
    at: Moment,
    number: &CaseNumber,
    (ordinal, key): (usize, &str),
) -> Result<Option<(CaseForCheck, String)>, ServiceError> {
    let Some(case) = case_to_act_for(tx, &who.reader, at, number).await? else {
        return Ok(None);
    };
    let name = ordinal
        .checked_sub(1)
        .and_then(|place| case.document.as_ref()?.supporters.get(place))
        .and_then(|one| one.name.clone());
    let known = name.map(|name| person_key(case.id, &name));
    Ok(known
        .filter(|known| known == key)
        .map(|known| (case, known)))
}

/// As whom the supporters of a page are known: what their forms name, so that a
/// form filled in for one person is never taken for the next.
pub fn key_of(case: CaseId, supporter: &Supporter) -> Option<String> {
    let name = supporter.name.as_deref()?;
    Some(person_key(case, name))
}

/// Notes that somebody was told.
pub async fn told(
    app: &App,
    who: &SignedIn,
    key: Uuid,
    number: &CaseNumber,
    one: (usize, &str),
    told: (NaiveDate, ToldHow),
) -> Result<Outcome, ServiceError> {
    let today = app.clock.today();
    if told.0 > today {
        return Ok(Outcome::DayToCome);
    }
    let hand = Hand::Person(who, key);
    let request =
        serde_json::json!({"told": number, "one": one, "on": told.0, "how": told.1.code()});
    once!(app, hand, request, |tx| {
        let Some((case, person)) = person(tx, who, app.moment(), number, one).await? else {
            return Ok(Outcome::NotThere);
        };
        tx.note_told(case.id, &person, told, who.user).await?;
        let event = hand.event(app, Action::ToldSupporter);
        tx.record(&event.on([case.id])).await?;
        Outcome::Saved
    })
}

/// Takes somebody out who has asked for it: from the commit on nobody reads their
/// name, and the plan says that a place is to be filled.
pub async fn withdraw(
    app: &App,
    who: &SignedIn,
    key: Uuid,
    number: &CaseNumber,
    one: (usize, &str),
) -> Result<Outcome, ServiceError> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let loaded = world::current(app).await?;
    let hand = Hand::Person(who, key);
    let request = serde_json::json!({"withdraw": number, "one": one});
    once!(app, hand, request, |tx| {
        let Some((case, person)) = person(tx, who, app.moment(), number, one).await? else {
            return Ok(Outcome::NotThere);
        };
        tx.withdraw_supporter(case.id, &person, today, who.user)
            .await?;
        tx.turn_case(case.id, now).await?;
        let mode = ordinance_of(tx, case.home.municipality).await?;
        let document = tx.document_in_force(case.id).await?;
        grant_provision(tx, case.id, document.as_ref(), mode, today).await?;
        check::keep(tx, &loaded, number, app.moment()).await?;
        let event = hand.event(app, Action::WithdrewSupporter);
        tx.record(&event.on([case.id])).await?;
        Outcome::Saved
    })
}

/// The letter to the one at a place of the plan.
pub async fn letter(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
    ordinal: usize,
) -> Result<Option<Letter>, ServiceError> {
    let on = app.clock.today();
    let case = {
        let (mut tx, at) = (app.store.read().await?, app.moment());
        case_to_act_for(&mut tx, &who.reader, at, number).await?
    };
    let Some((case, document)) = case.and_then(|mut case| {
        let document = case.document.take()?;
        Some((case, document))
    }) else {
        return Ok(None);
    };
    let supporter = ordinal
        .checked_sub(1)
        .and_then(|place| document.supporters.get(place))
        .filter(|one| one.name.is_some());
    let Some(supporter) = supporter.cloned() else {
        return Ok(None);
    };
    audit::saw(app, who, Action::WroteToSupporter, [case.id]).await?;
    let given = |p: &&crate::domain::plan::document::Provision| {
        p.consent.as_ref().is_some_and(|consent| consent.given)
    };
    Ok(Some(Letter {
        case: case.number,
        supporter,
        municipality: case.home.municipality,
        coordinator: document
            .child
            .contacts
            .iter()
            .find(|contact| contact.is_coordinator())
            .cloned(),
        recipients: document
            .consents
            .provide
            .iter()
            .filter(given)
            .map(|p| {
                p.name
                    .clone()
                    .unwrap_or_else(|| p.recipient.name().ja.into_owned())
            })
            .collect(),
        on,
    }))
}
