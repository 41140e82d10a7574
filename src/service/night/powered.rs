//! Where the nearest power is that somebody has confirmed: sites, hospitals, and spare
//! generators of the centre.

use super::list::Night;
use crate::{
    domain::{
        access::Moment,
        hazard::Hazard,
        id::SiteId,
        position::Position,
        site::{Site, SiteKind},
        warning::EvacuationLevel,
    },
    planner::{Place, World, outage::nearest, tonight::covers},
    service::ServiceError,
    spatial::sites::SiteDirectory,
    store::Tx,
};

/// A place with power that is confirmed, or a spare generator.
#[derive(Debug, Clone, PartialEq)]
pub struct NearPower {
    /// The listed site; `None`: a spare generator.
    pub site: Option<SiteId>,
    /// Of which kind the site is.
    pub kind: Option<SiteKind>,
    /// Its name; of a generator its model and where it is kept.
    pub name: String,
    /// How far it is in a straight line, in metres.
    pub metres: f64,
    /// It was said tonight that it has power.
    pub said_tonight: bool,
    /// It was said tonight that it is open; else somebody has to ask before anybody goes.
    pub said_open: bool,
    /// Hazards in whose zones it lies.
    pub hit_by: Vec<Hazard>,
}

/// Every such place that can be asked for.
#[derive(Debug, Default)]
pub(super) struct Powered {
    sites: Vec<(Position, NearPower)>,
    units: Vec<(Position, NearPower)>,
}

impl Powered {
    /// Sites whose power is confirmed and still counts, or was reported tonight, and that
    /// nobody has said are closed or dark; none that lies in a zone of a hazard while a
    /// level of it is in force there.
    pub(super) async fn find(
        tx: &mut Tx,
        world: &World,
        night: &Night,
        at: Moment,
    ) -> Result<Self, ServiceError> {
        // Where another entry of the building is closed, nobody knows whether this one is
        // open, unless somebody has said so tonight.
        let shut = |site: &Site| {
            let all = world.sites.iter();
            let mut others = all.flat_map(|all| all.others_at_address_of(site));
            others.any(|other| other.entry.is_closed_on(at.today))
        };
        let all = world.sites.iter().flat_map(SiteDirectory::sites);
        let sites = all.filter_map(|site| {
            let now = night.now.get(&site.id).copied().unwrap_or_default();
            let confirmed = site.entry.power.as_ref();
            let confirmed = confirmed.is_some_and(|power| power.valid_until >= at.today);
            let usable = !site.withdrawn
                && !site.entry.is_closed_on(at.today)
                && !site.entry.refuses()
                && now.open != Some(false)
                && now.powered != Some(false)
                && (confirmed || now.powered == Some(true));
            if !usable || (now.open != Some(true) && shut(site)) {
                return None;
            }
            let hit_by = hit_by(site, world);
            if hit_by
                .iter()
                .any(|hazard| is_in_force(*hazard, site, night))
            {
                return None;
            }
            let near = NearPower {
                site: Some(site.id),
                kind: Some(site.published.kind),
                name: site.published.name.clone(),
                metres: 0.0,
                said_tonight: now.powered == Some(true),
                said_open: now.open == Some(true),
                hit_by,
            };
            Some((site.published.position, near))
        });
        let sites = sites.collect();
        let units = tx.units().await?.into_iter();
        let units = units
            .filter(|unit| unit.state.is_free())
            .filter_map(|unit| {
                let position = unit.unit.position?;
                let place = unit.unit.place.unwrap_or_default();
                let near = NearPower {
                    site: None,
                    kind: None,
                    name: format!("{} {place}", unit.unit.model).trim().to_owned(),
                    metres: 0.0,
                    said_tonight: false,
                    said_open: false,
                    hit_by: Vec::new(),
                };
                Some((position, near))
            });
        Ok(Self {
            units: units.collect(),
            sites,
        })
    }

    /// The nearest site or hospital, and the nearest spare generator.
    pub(super) fn near(&self, from: Position) -> Vec<NearPower> {
        let of = |places: &[(Position, NearPower)]| {
            let places = places.iter().map(|(at, place)| (*at, place));
            nearest(from, places).map(|(metres, place)| NearPower {
                metres,
                ..place.clone()
            })
        };
        of(&self.sites).into_iter().chain(of(&self.units)).collect()
    }
}

/// Hazards that have levels and in whose zones a site lies.
fn hit_by(site: &Site, world: &World) -> Vec<Hazard> {
    let published = &site.published;
    let place = Place::new(Some(published.position), 0.0, published.municipality, world);
    Hazard::ALL
        .into_iter()
        .filter(|hazard| hazard.has_levels())
        .filter(|hazard| place.exposure(*hazard, &world.layers).hits() == Some(true))
        .collect()
}

/// Whether a level of a hazard that moves people is in force where a site is.
fn is_in_force(hazard: Hazard, site: &Site, night: &Night) -> bool {
    night.levels.iter().any(|row| {
        covers(row.municipality, site.published.municipality)
            && row.hazard.is_none_or(|of| of == hazard)
            && row.level >= Some(EvacuationLevel::ELDERLY_EVACUATE)
    })
}
