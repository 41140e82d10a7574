//! Sites that no list has: a municipality adds, corrects and ends its own.

use geo::Simplify;
use serde::Serialize;
use uuid::Uuid;

use super::{
    ServiceError, audit, geometry, night,
    once::{Came, DONE, Once},
    sites::{OF_SEVERAL_TOWNS, may_enter, may_keep},
    view::SignedIn,
    world,
};
use crate::{
    app::App,
    domain::{
        access::Reader,
        audit::{AboutKind, Action},
        data_set::hull,
        id::SiteId,
        municipality::{self, MunicipalityCode},
        position::{Position, PositionAccuracy},
        site::{PublishedSite, Site, SiteKind},
    },
    in_tx,
    spatial::{boundaries::Outside, sites::SiteDirectory},
};

/// What became of a site of one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is written, or was when the same form came before.
    Saved(SiteId),
    /// Somebody else changed it first.
    Stale,
    /// The same key came with another content.
    OtherBody,
    /// It is not the reader's to change, or no site of its own.
    NotAllowed,
}

/// What is done to a site that is there.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Its facts are corrected.
    Correct(PublishedSite),
    /// It is ended: plans that name it say so (DST-08).
    End,
    /// It is taken into use again.
    Reopen,
}

/// Where the reader may add a site: its municipality, or the wards of that; the centre in
/// every one of its prefecture.
pub async fn places(app: &App, who: &SignedIn) -> Result<Vec<MunicipalityCode>, ServiceError> {
    let mut towns = night::towns(app, who).await?;
    // A city with wards stands by them.
    let parents: Vec<&str> = municipality::all().filter_map(|row| row.parent).collect();
    towns.retain(|town| !parents.contains(&town.as_str()));
    Ok(towns)
}

/// The kinds of sites that the reader may add.
pub fn kinds(reader: &Reader) -> Vec<SiteKind> {
    let all = SiteKind::ALL.into_iter();
    all.filter(|kind| matches!(reader, Reader::Municipality(..)) || OF_SEVERAL_TOWNS.contains(kind))
        .collect()
}

/// What a small map shows around the place that is to be chosen.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Ground {
    /// West, south, east, north of the municipality, in degrees.
    pub bounds: Option<[f64; 4]>,
    /// Its boundary, simplified to what can be seen.
    pub outline: Vec<geojson::Geometry>,
    /// Its sites: name, longitude, latitude.
    pub sites: Vec<(String, f64, f64)>,
}

/// Corners of a boundary that change a picture of a whole town by less than
/// this are left out, in degrees (about fifty metres).
const DETAIL_DEGREES: f64 = 0.000_5;

/// All of Japan: west, south, east, north, in degrees.
const JAPAN: [f64; 4] = [122.0, 20.0, 154.0, 46.0];

/// The ground around the sites of the reader's municipality; whoever is of none sees the
/// whole prefecture.
pub async fn ground(app: &App, reader: &Reader) -> Result<Ground, ServiceError> {
    let Reader::Municipality(_, own) = reader else {
        return prefecture_ground(app).await;
    };
    let loaded = world::current(app).await?;
    let mut ground = Ground::default();
    for (code, shape) in loaded.world.boundaries.in_box(JAPAN) {
        if own.same_as(code) {
            ground.add(geometry::bounds(shape));
            let drawn = shape.simplify(DETAIL_DEGREES);
            ground.outline.push(geometry::geojson_of(&drawn));
        }
    }
    // One site that is entered far away must not move the map away from the town.
    let bounded = ground.bounds;
    for site in loaded.world.sites.iter().flat_map(SiteDirectory::sites) {
        let town = site.published.municipality;
        if !site.withdrawn && town.is_some_and(|town| own.same_as(town)) {
            let (lat, lon) = (site.published.position.lat(), site.published.position.lon());
            if bounded.is_none() {
                ground.add(Some([lon, lat, lon, lat]));
            }
            ground.sites.push((site.published.name.clone(), lon, lat));
        }
    }
    Ok(ground)
}

/// Corners of the boundaries of a whole prefecture that are left out, in degrees
/// (about two hundred metres).
const ROUGH_DEGREES: f64 = 0.002;

/// The ground of the whole prefecture, without its sites.
pub async fn prefecture_ground(app: &App) -> Result<Ground, ServiceError> {
    let loaded = world::current(app).await?;
    let mut ground = Ground::default();
    for (_, shape) in loaded.world.boundaries.in_box(JAPAN) {
        ground.add(geometry::bounds(shape));
        let drawn = shape.simplify(ROUGH_DEGREES);
        ground.outline.push(geometry::geojson_of(&drawn));
    }
    Ok(ground)
}

impl Ground {
    fn add(&mut self, area: Option<[f64; 4]>) {
        self.bounds = match (self.bounds, area) {
            (Some(known), Some(more)) => Some(hull(known, more)),
            (known, more) => known.or(more),
        };
    }
}

/// How far a position lies outside the boundary of its municipality, in metres,
/// where that is more than a boundary is exact to; `None`: inside, or nobody
/// knows.
pub async fn metres_off(
    app: &App,
    code: MunicipalityCode,
    position: Position,
) -> Result<Option<f64>, ServiceError> {
    let loaded = world::current(app).await?;
    let within = PositionAccuracy::Building.metres();
    Ok(loaded.world.boundaries.metres_off(code, position, within))
}

/// How far outside the boundary of its municipality a position lies, in whole
/// metres, and in which one; `None`: inside, or nobody knows.
pub async fn outside(
    app: &App,
    code: MunicipalityCode,
    position: Position,
) -> Result<Option<(f64, MunicipalityCode)>, ServiceError> {
    let loaded = world::current(app).await?;
    let outside = loaded.world.boundaries.outside(code, position);
    Ok(outside.map(|Outside { metres, inside }| (metres.round(), inside)))
}

/// Adds a site that no list has.
pub async fn add(
    app: &App,
    who: &SignedIn,
    published: &PublishedSite,
    key: Uuid,
) -> Result<Written, ServiceError> {
    if !may_keep(&who.reader, (published.kind, published.municipality)) {
        return Ok(Written::NotAllowed);
    }
    let request = serde_json::json!({"add": published});
    let once = Once::new(who.user, key, &request);
    let now = app.clock.now();
    let id = SiteId(app.ids.next());
    in_tx!(app.store, |tx| {
        match once.came(tx).await? {
            Came::First => {}
            Came::Again(site) => {
                let known = Uuid::parse_str(&site).map_err(|_| ServiceError::Corrupt("once"))?;
                return Ok(Written::Saved(SiteId(known)));
            }
            Came::Otherwise => return Ok(Written::OtherBody),
        }
        tx.write_own_site(id, 0, published, false, (who.user, now))
            .await?;
        tx.turn_world().await?;
        let event = audit::event(app, who, Action::AddedSite);
        tx.record(&event.about(AboutKind::Site, id.0)).await?;
        once.keep(app, tx, &id.to_string()).await?;
        Ok(Written::Saved(id))
    })
}

/// Corrects, ends or takes up again a site of one's own; `after` is the version
/// that was looked at. Nothing is deleted.
pub async fn change(
    app: &App,
    who: &SignedIn,
    id: SiteId,
    after: i64,
    change: &Change,
    key: Uuid,
) -> Result<Written, ServiceError> {
    let (what, action) = match change {
        Change::Correct(published) => (serde_json::json!(published), Action::CorrectedSite),
        Change::End => (serde_json::json!("end"), Action::EndedSite),
        Change::Reopen => (serde_json::json!("reopen"), Action::ReopenedSite),
    };
    let request = serde_json::json!({"site": id, "after": after, "change": what});
    let once = Once::new(who.user, key, &request);
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        match once.came(tx).await? {
            Came::First => {}
            Came::Again(_) => return Ok(Written::Saved(id)),
            Came::Otherwise => return Ok(Written::OtherBody),
        }
        let Some(site) = tx.site(id).await?.filter(|site| site.own) else {
            return Ok(Written::NotAllowed);
        };
        let Some(published) = changed(&who.reader, &site, change) else {
            return Ok(Written::NotAllowed);
        };
        let ended = match change {
            Change::Correct(_) => site.withdrawn,
            Change::End => true,
            Change::Reopen => false,
        };
        if !tx
            .write_own_site(id, after, &published, ended, (who.user, now))
            .await?
        {
            return Ok(Written::Stale);
        }
        tx.turn_world().await?;
        let event = audit::event(app, who, action);
        tx.record(&event.about(AboutKind::Site, id.0)).await?;
        once.keep(app, tx, DONE).await?;
        Ok(Written::Saved(id))
    })
}

/// What is said of the site after a change; `None`: the reader may not change it
/// so. Its kind stays: plans name it by kind and id.
fn changed(reader: &Reader, site: &Site, change: &Change) -> Option<PublishedSite> {
    if !may_enter(reader, site) {
        return None;
    }
    match change {
        Change::Correct(new) => {
            let keeps = may_keep(reader, (new.kind, new.municipality));
            let fits = keeps && new.kind == site.published.kind;
            fits.then(|| new.clone())
        }
        Change::End | Change::Reopen => Some(site.published.clone()),
    }
}
