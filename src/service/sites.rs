//! Sites: what is published, what the municipality has entered, who plans to
//! go there.

use uuid::Uuid;

use super::{
    ServiceError, audit, check,
    children::row,
    emergency_reads,
    once::{Came, DONE, Once},
    plan::exposures,
    view::{ChildRow, SignedIn, SitePage, SiteRow},
    world,
};
use crate::{
    app::App,
    domain::{
        access::{Reader, Role},
        audit::{AboutKind, Action},
        hazard::Hazard,
        id::SiteId,
        position::PositionAccuracy,
        site::{Site, SiteEntry, SiteKind},
    },
    in_tx,
    planner::Place,
};

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// It is saved.
    Saved,
    /// The same form came twice; it was saved the first time.
    Repeated,
    /// Somebody else saved first: look at what they wrote.
    Stale,
    /// The same key came with another content.
    OtherBody,
    /// The reader is not of the municipality that the site belongs to.
    NotAllowed,
    /// There is no such site.
    Unknown,
}

/// Whether a reader may enter what no list holds of a site: staff of its own
/// municipality.
fn may_enter(reader: &Reader, site: &Site) -> bool {
    match (reader, site.published.municipality) {
        (Reader::Municipality(_, own), Some(code)) => own.same_as(code),
        _ => false,
    }
}

/// A site's page.
pub async fn page(app: &App, who: &SignedIn, id: SiteId) -> Result<Option<SitePage>, ServiceError> {
    let reader = &who.reader;
    let loaded = world::current(app).await?;
    let directory = loaded.world.sites.as_ref();
    let Some(site) = directory.and_then(|d| d.get(id)).cloned() else {
        return Ok(None);
    };
    let place = Place::new(
        Some(site.published.position),
        PositionAccuracy::Building.metres(),
        site.published.municipality,
        &loaded.world,
    );
    let found: Vec<(Hazard, _)> = Hazard::ALL
        .into_iter()
        .filter(|hazard| !hazard.layers().is_empty())
        .map(|hazard| (hazard, place.exposure(hazard, &loaded.world.layers)))
        .collect();
    let same_address = directory
        .map(|d| {
            d.sites()
                .iter()
                .filter(|other| {
                    other.id != site.id
                        && other.published.municipality == site.published.municipality
                        && crate::domain::text::address_form(&other.published.address)
                            == crate::domain::text::address_form(&site.published.address)
                })
                .map(|o| (o.id, o.published.kind, o.published.name.clone()))
                .collect()
        })
        .unwrap_or_default();
    let users = if reader.is_staff() {
        let users = users_of(app, reader, &site).await?;
        let seen = audit::event(app, who, Action::ReadSiteUsers)
            .on(users.iter().map(|user| user.id))
            .about(AboutKind::Site, id.0);
        audit::note(app, who, seen).await?;
        emergency_reads::saw_under(app, who, users.iter().map(ChildRow::grounds)).await?;
        Some(users)
    } else {
        None
    };
    let mut tx = app.store.read().await?;
    let (revision, entered) = tx.site_entry_state(id).await?;
    Ok(Some(SitePage {
        revision,
        entered: entered.filter(|_| reader.is_staff()),
        exposures: exposures(found.iter().map(|(hazard, exposure)| (hazard, exposure))),
        same_address,
        users_total: directory
            .and_then(|d| d.planned_at(id))
            .filter(|_| reader.is_staff())
            .map(|n| n as usize),
        users,
        may_enter: may_enter(reader, &site),
        site: (*site).clone(),
    }))
}

async fn users_of(
    app: &App,
    reader: &Reader,
    site: &Site,
) -> Result<Vec<super::view::ChildRow>, ServiceError> {
    check::refresh(app, reader).await?;
    let at = app.moment();
    let mut tx = app.store.read().await?;
    let numbers = tx
        .cases_planning_for(reader, at, site.published.kind.code(), &site.reference())
        .await?;
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    tx.listed_cases(reader, at)
        .await?
        .into_iter()
        // Where a child goes is content: a reader of the standing does not see it.
        .filter(|listed| listed.content && numbers.contains(&listed.number))
        .map(|listed| row(listed, at.today))
        .collect()
}

/// The sites of the reader's municipality; every site for the centre; for a
/// family those of its plan's municipality.
pub async fn list(app: &App, reader: &Reader) -> Result<Vec<SiteRow>, ServiceError> {
    let loaded = world::current(app).await?;
    let Some(directory) = &loaded.world.sites else {
        return Ok(Vec::new());
    };
    let own = match reader {
        Reader::Municipality(_, code) | Reader::NightDuty(_, code) => Some(*code),
        Reader::Family(..) => {
            let mut tx = app.store.read().await?;
            let cases = tx.cases_after(reader, app.moment(), "").await?;
            cases.first().and_then(|c| c.home.municipality)
        }
        _ => None,
    };
    Ok(directory
        .sites()
        .iter()
        .filter(|site| match own {
            Some(own) => site.published.municipality.is_some_and(|m| m.same_as(own)),
            None => reader.role() != Some(Role::Family),
        })
        .map(|site| SiteRow {
            users: directory.planned_at(site.id).filter(|_| reader.is_staff()),
            site: (**site).clone(),
        })
        .collect())
}

/// The id of a site by its reference.
pub async fn find(
    app: &App,
    kind: SiteKind,
    reference: &str,
) -> Result<Option<SiteId>, ServiceError> {
    let loaded = world::current(app).await?;
    let directory = loaded.world.sites.as_ref();
    Ok(directory
        .and_then(|d| d.find(kind, reference))
        .map(|site| site.id))
}

/// Saves what a municipality enters on one of its sites.
pub async fn enter(
    app: &App,
    who: &SignedIn,
    id: SiteId,
    revision: i64,
    entry: SiteEntry,
    key: Uuid,
) -> Result<Entered, ServiceError> {
    let request = serde_json::json!({"site": id, "revision": revision, "entry": entry});
    let once = Once::new(who.user, key, &request);
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        match once.came(tx).await? {
            Came::First => {}
            Came::Again(_) => return Ok(Entered::Repeated),
            Came::Otherwise => return Ok(Entered::OtherBody),
        }
        let Some(site) = tx.site(id).await? else {
            return Ok(Entered::Unknown);
        };
        if !may_enter(&who.reader, &site) {
            return Ok(Entered::NotAllowed);
        }
        if !tx
            .enter_on_site(id, revision, &entry, who.user, now)
            .await?
        {
            return Ok(Entered::Stale);
        }
        tx.turn_world().await?;
        let event = audit::event(app, who, Action::EnteredOnSite);
        tx.record(&event.about(AboutKind::Site, id.0)).await?;
        once.keep(app, tx, DONE).await?;
        Ok(Entered::Saved)
    })
}
