//! Sites: what is published, what the municipality has entered, who plans to
//! go there.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    ServiceError, audit,
    once::{Came, DONE, Once},
    plan::exposures,
    site_list::{judged_by, knows_plans},
    site_users::leading,
    view::{Beside, SignedIn, SitePage},
    world,
};
use crate::{
    app::App,
    domain::{
        access::Reader,
        audit::{AboutKind, Action},
        hazard::Hazard,
        id::SiteId,
        municipality::MunicipalityCode,
        position::PositionAccuracy,
        site::{Site, SiteEntry, SiteKind},
    },
    in_tx,
    planner::Place,
    spatial::sites::SiteDirectory,
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
/// municipality; the centre where several municipalities send their children to one place
/// (decision 76).
pub(super) fn may_enter(reader: &Reader, site: &Site) -> bool {
    may_keep(reader, (site.published.kind, site.published.municipality))
}

/// The same of a place of a kind in a municipality.
pub(super) fn may_keep(
    reader: &Reader,
    (kind, town): (SiteKind, Option<MunicipalityCode>),
) -> bool {
    match (reader, town) {
        (Reader::Municipality(_, own), Some(code)) => own.same_as(code),
        (Reader::Centre(..), _) => OF_SEVERAL_TOWNS.contains(&kind),
        _ => false,
    }
}

/// Kinds of places that take children of several municipalities.
pub const OF_SEVERAL_TOWNS: [SiteKind; 2] = [SiteKind::Hospital, SiteKind::ShortStay];

/// The other entries at a site's address.
pub(super) fn beside(
    all: &SiteDirectory,
    site: &Site,
    today: NaiveDate,
    reader: &Reader,
) -> Vec<Beside> {
    let knows = knows_plans(reader);
    let others = all.others_at_address_of(site);
    others
        .map(|other| Beside {
            id: other.id,
            kind: other.published.kind,
            name: other.published.name.clone(),
            closed: other.entry.is_closed_on(today),
            planned: all.planned_at(other.id).filter(|_| knows),
        })
        .collect()
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
    let knows = knows_plans(reader);
    let today = app.clock.today();
    let same_address = directory.map_or_else(Vec::new, |all| beside(all, &site, today, reader));
    let users = if knows {
        let mut leading = leading(app, who, (AboutKind::Site, id.0), directory, &[&site]).await?;
        Some(leading.remove(&id).unwrap_or_default())
    } else {
        None
    };
    let mut tx = app.store.read().await?;
    let (revision, entered) = tx.site_entry_state(id).await?;
    let (entries, own_versions) = if reader.is_staff() {
        (tx.site_entries(id).await?, tx.own_site_versions(id).await?)
    } else {
        Default::default()
    };
    Ok(Some(SitePage {
        revision,
        entered: entered.filter(|_| reader.is_staff()),
        exposures: exposures(found.iter().map(|(hazard, exposure)| (hazard, exposure))),
        same_address,
        users_total: directory
            .and_then(|d| d.planned_at(id))
            .filter(|_| knows)
            .map(|n| n as usize),
        users,
        may_enter: may_enter(reader, &site),
        judged: directory.and_then(|d| d.judged(&site).designations),
        judged_by: directory.map(|d| judged_by(d, &site)).unwrap_or_default(),
        judge_elsewhere: directory
            .filter(|_| {
                let kind = site.published.kind;
                matches!(kind, SiteKind::Shelter | SiteKind::WelfareShelter)
            })
            .and_then(|d| d.judge_elsewhere(&site))
            .map(|(other, metres)| (other.published.name.clone(), metres.round() as u32)),
        entries,
        own_versions,
        likely_same: directory
            .map(|d| {
                d.likely_same(&site)
                    .map(|other| (other.id, other.published.name.clone()))
                    .collect()
            })
            .unwrap_or_default(),
        site: (*site).clone(),
    }))
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
            .enter_on_site(id, revision, &entry, Some(who.user), now)
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

/// Says again what was entered before, as a new entry on top of revision
/// `revision`: nothing is taken away.
pub async fn restore(
    app: &App,
    who: &SignedIn,
    id: SiteId,
    (revision, of): (i64, i64),
    key: Uuid,
) -> Result<Entered, ServiceError> {
    let earlier = {
        let mut tx = app.store.read().await?;
        tx.site_entries(id).await?
    };
    // Before the first entry there was none.
    let entry = match earlier.into_iter().find(|row| row.revision == of) {
        Some(row) => row.entry,
        None if of == 0 => SiteEntry::default(),
        None => return Ok(Entered::Unknown),
    };
    enter(app, who, id, revision, entry, key).await
}
