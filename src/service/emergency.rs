//! Emergency access: what it would open, its opening, and whom it covers.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    ServiceError, audit,
    check::{self, CheckedCase},
    once::{Came, Once},
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{
        access::{Moment, Reader},
        audit::{AboutKind, Action, Actor},
        emergency::{Area, Emergency, EventKind, NAME_LIMIT, REASON_LIMIT, WidensTo},
        id::{CaseId, CaseNumber, EmergencyId},
        municipality::{self, MunicipalityCode},
        names::{names_child, names_number},
    },
    in_tx,
    planner::{HazardExposure, World},
    store::Tx,
};

/// What somebody wants to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// For what kind of event.
    pub kind: EventKind,
    /// The event's name.
    pub name: String,
    /// Which children.
    pub area: Area,
    /// To whom.
    pub widens_to: BTreeSet<WidensTo>,
    /// Why.
    pub reason: String,
    /// For how many hours.
    pub hours: u32,
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// The event has no name, or one that is too long.
    Name,
    /// Nobody to whom it would be opened.
    Nobody,
    /// There is no reason, or one that is too long.
    Reason,
    /// No hours, or more than the setting allows.
    Hours,
    /// The event's name or the reason names a child that it covers.
    NamesChild,
    /// The area names no ward, or one of another municipality.
    Area,
    /// The municipality itself, or one of another prefecture.
    Neighbour,
}

/// What opening it would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// How many children it would cover.
    pub children: usize,
    /// Among them, of how many nobody knows whether the hazard hits the home.
    pub unknown: usize,
    /// When it would end.
    pub ends_at: DateTime<Utc>,
}

/// What became of an opening, or of a look at what it would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened<T> {
    /// It is done.
    Done(T),
    /// The account is not authorised.
    NotAuthorised,
    /// Something is wrong with what was entered.
    Wrong(Wrong),
    /// The same key came with another content.
    OtherBody,
}

impl Wanted {
    /// What is wrong with it, for a municipality and the hours that the
    /// settings allow.
    fn check(&self, own: MunicipalityCode, most_hours: u32) -> Result<(), Wrong> {
        let length = |text: &str| text.trim().chars().count();
        if !(1..=NAME_LIMIT).contains(&length(&self.name)) {
            return Err(Wrong::Name);
        }
        if !(1..=REASON_LIMIT).contains(&length(&self.reason)) {
            return Err(Wrong::Reason);
        }
        if !(1..=most_hours).contains(&self.hours) {
            return Err(Wrong::Hours);
        }
        if self.widens_to.is_empty() {
            return Err(Wrong::Nobody);
        }
        if let Area::Wards(wards) = &self.area
            && (wards.is_empty() || wards.iter().any(|ward| ward.responsible() != own))
        {
            return Err(Wrong::Area);
        }
        let near = neighbours(own);
        let strange = self
            .widens_to
            .iter()
            .any(|group| matches!(group, WidensTo::Neighbour(code) if !near.contains(code)));
        if strange {
            Err(Wrong::Neighbour)
        } else {
            Ok(())
        }
    }
}

impl Wanted {
    /// Whether what was written names a child: it stays on record for longer, and
    /// is read by more, than the child's plan.
    fn names_one_of(&self, covered: &[CheckedCase]) -> bool {
        let written = format!("{}\n{}", self.name, self.reason);
        covered.iter().any(|checked| {
            let child = &checked.case.child;
            let names = [child.name.as_deref(), child.kana.as_deref()];
            names_child(&written, names) || names_number(&written, checked.case.number.as_str())
        })
    }
}

/// The other municipalities of the prefecture, which may take people in.
pub fn neighbours(own: MunicipalityCode) -> Vec<MunicipalityCode> {
    let prefecture = own.row().map(|row| row.prefecture);
    municipality::all()
        .filter(|m| Some(m.prefecture) == prefecture && m.parent.is_none())
        .filter_map(|m| MunicipalityCode::parse(m.code).ok())
        .filter(|code| *code != own)
        .collect()
}

/// The wards of a designated city; none elsewhere.
pub fn wards(own: MunicipalityCode) -> Vec<MunicipalityCode> {
    municipality::all()
        .filter(|m| m.parent == Some(own.as_str()))
        .filter_map(|m| MunicipalityCode::parse(m.code).ok())
        .collect()
}

fn hits(checked: &CheckedCase, hazard: crate::domain::hazard::Hazard) -> Option<bool> {
    checked
        .look
        .exposures
        .get(&hazard)
        .and_then(HazardExposure::hits)
}

fn covers(area: &Area, checked: &CheckedCase) -> bool {
    area.covers(checked.case.home.municipality, |h| hits(checked, h))
}

/// The municipality's own children (with what is known of their homes) that an
/// area covers. Children who are only read under another emergency access are
/// not the municipality's to open.
async fn covered(
    app: &App,
    reader: &Reader,
    own: MunicipalityCode,
    area: &Area,
) -> Result<Vec<CheckedCase>, ServiceError> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = check::batch(app, reader, &after, app.clock.today()).await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        last.case.number.as_str().clone_into(&mut after);
        found.extend(page.into_iter().filter(|checked| {
            let lives_here = checked
                .case
                .home
                .municipality
                .is_some_and(|m| m.same_as(own));
            lives_here && checked.case.emergencies.is_empty() && covers(area, checked)
        }));
    }
}

/// Whether an account may open emergency access.
pub async fn is_authorised(app: &App, who: &SignedIn) -> Result<bool, ServiceError> {
    let mut tx = app.store.read().await?;
    Ok(tx.may_open_emergency(who.user).await?)
}

/// What opening would do: whom it would cover and until when. Nothing is
/// written.
pub async fn preview(
    app: &App,
    who: &SignedIn,
    wanted: &Wanted,
) -> Result<Opened<Preview>, ServiceError> {
    let Reader::Municipality(_, own) = who.reader else {
        return Ok(Opened::NotAuthorised);
    };
    if !is_authorised(app, who).await? {
        return Ok(Opened::NotAuthorised);
    }
    if let Err(wrong) = wanted.check(own, app.config.emergency.hours) {
        return Ok(Opened::Wrong(wrong));
    }
    let covered = covered(app, &who.reader, own, &wanted.area).await?;
    if wanted.names_one_of(&covered) {
        return Ok(Opened::Wrong(Wrong::NamesChild));
    }
    let unknown = match wanted.area {
        Area::HitBy(hazard) => covered.iter().filter(|c| hits(c, hazard).is_none()).count(),
        _ => 0,
    };
    Ok(Opened::Done(Preview {
        children: covered.len(),
        unknown,
        ends_at: app.clock.now() + TimeDelta::hours(wanted.hours.into()),
    }))
}

/// Opens emergency access: from this commit on, and until its end, those it
/// names read what evacuation support needs.
pub async fn open(
    app: &App,
    who: &SignedIn,
    wanted: &Wanted,
    key: Uuid,
) -> Result<Opened<EmergencyId>, ServiceError> {
    let Reader::Municipality(_, own) = who.reader else {
        return Ok(Opened::NotAuthorised);
    };
    if let Err(wrong) = wanted.check(own, app.config.emergency.hours) {
        return Ok(Opened::Wrong(wrong));
    }
    let covered = covered(app, &who.reader, own, &wanted.area).await?;
    if wanted.names_one_of(&covered) {
        return Ok(Opened::Wrong(Wrong::NamesChild));
    }
    let cases: Vec<CaseId> = covered.iter().map(|checked| checked.case.id).collect();
    let Moment { now, today } = app.moment();
    let emergency = Emergency {
        id: EmergencyId(app.ids.next()),
        municipality: own.responsible(),
        kind: wanted.kind,
        name: wanted.name.trim().to_owned(),
        area: wanted.area.clone(),
        widens_to: wanted.widens_to.clone(),
        reason: wanted.reason.trim().to_owned(),
        opened_by: who.user,
        opened_at: now,
        ends_at: now + TimeDelta::hours(wanted.hours.into()),
        let_end_at: None,
        closed_at: None,
    };
    let request = serde_json::json!({
        "kind": wanted.kind, "name": wanted.name, "area": wanted.area,
        "widens_to": wanted.widens_to, "reason": wanted.reason, "hours": wanted.hours,
    });
    let once = Once::new(who.user, key, &request);
    in_tx!(app.store, |tx| {
        match once.came(tx).await? {
            Came::First => {}
            Came::Again(id) => {
                let id = id.parse().map(EmergencyId);
                return Ok(id.map_or(Opened::OtherBody, Opened::Done));
            }
            Came::Otherwise => return Ok(Opened::OtherBody),
        }
        if !tx.may_open_emergency(who.user).await? {
            return Ok(Opened::NotAuthorised);
        }
        tx.open_emergency(&emergency).await?;
        for case in &cases {
            grant(tx, *case, &emergency, today).await?;
        }
        let event = audit::event(app, who, Action::OpenedEmergency).on(cases.iter().copied());
        tx.record(&event.about(AboutKind::Emergency, emergency.id.0))
            .await?;
        once.keep(app, tx, &emergency.id.to_string()).await?;
        Ok(Opened::Done(emergency.id))
    })
}

async fn grant(
    tx: &mut Tx,
    case: CaseId,
    emergency: &Emergency,
    today: chrono::NaiveDate,
) -> Result<bool, ServiceError> {
    let coordinators = tx.coordinators().await?;
    let mut anything = false;
    for group in &emergency.widens_to {
        for subject in group.subjects(&coordinators) {
            anything |= tx.grant_emergency(case, &subject, emergency, today).await?;
        }
    }
    Ok(anything)
}

/// Brings what is open in line with a case that was just written, in the same
/// commit: a child that lives in the area now is covered, one that lives in
/// another municipality no longer is.
pub async fn follow_home(
    tx: &mut Tx,
    app: &App,
    world: &World,
    number: &CaseNumber,
    by: Actor,
) -> Result<(), ServiceError> {
    let moment = app.moment();
    let open = tx.open_emergencies(moment.now).await?;
    if open.is_empty() {
        return Ok(());
    }
    let Some(case) = tx.case(&Reader::Operator, moment, number).await? else {
        return Ok(());
    };
    let Some(home) = case.home.municipality else {
        return Ok(());
    };
    let id = case.id;
    if tx.end_foreign_emergencies(id, home, moment.now).await? {
        let event = audit::by(app, by, Action::ChangedEmergencyArea);
        tx.record(&event.on([id])).await?;
    }
    let checked = check::check_case(tx, world, case, moment.today).await?;
    for emergency in open {
        if emergency.municipality == home.responsible()
            && covers(&emergency.area, &checked)
            && grant(tx, id, &emergency, moment.today).await?
        {
            let event = audit::by(app, by, Action::ChangedEmergencyArea).on([id]);
            tx.record(&event.about(AboutKind::Emergency, emergency.id.0))
                .await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_names_its_event_its_reason_and_to_whom() {
        let own = MunicipalityCode::parse("43203").unwrap();
        let good = Wanted {
            kind: EventKind::Typhoon,
            name: "令和8年台風第14号".to_owned(),
            area: Area::Whole,
            widens_to: [WidensTo::Centre].into(),
            reason: "【デモ】".to_owned(),
            hours: 24,
        };
        let check = |change: &dyn Fn(&mut Wanted)| {
            let mut wanted = good.clone();
            change(&mut wanted);
            wanted.check(own, 24)
        };
        assert_eq!(check(&|_| ()), Ok(()));
        assert_eq!(check(&|w| w.name = " ".to_owned()), Err(Wrong::Name));
        assert_eq!(check(&|w| w.name = "あ".repeat(61)), Err(Wrong::Name));
        assert_eq!(check(&|w| w.reason = String::new()), Err(Wrong::Reason));
        assert_eq!(check(&|w| w.hours = 0), Err(Wrong::Hours));
        assert_eq!(check(&|w| w.hours = 25), Err(Wrong::Hours));
        assert_eq!(check(&|w| w.widens_to.clear()), Err(Wrong::Nobody));
        let ward = MunicipalityCode::parse("43101").unwrap();
        assert_eq!(
            check(&|w| w.area = Area::Wards([ward].into())),
            Err(Wrong::Area)
        );
        for strange in ["43203", "40100"] {
            let code = MunicipalityCode::parse(strange).unwrap();
            let widens_to: BTreeSet<_> = [WidensTo::Neighbour(code)].into();
            assert_eq!(
                check(&|w| w.widens_to.clone_from(&widens_to)),
                Err(Wrong::Neighbour)
            );
        }
    }
}
