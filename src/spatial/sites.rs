//! The sites of a prefecture, in memory, found by reference, by address and by
//! distance.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use chrono::NaiveDate;
use rstar::{RTree, primitives::GeomWithData};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::position::{metres_between, on_ellipsoid};
use crate::domain::{
    id::SiteId,
    municipality::MunicipalityCode,
    position::Position,
    site::{Site, SiteKind},
    site_filter::JudgedSite,
    text::{address_form, key_form},
};

/// An address in the form in which lists are compared, under the municipality
/// that answers for it.
type AddressKey = (Option<MunicipalityCode>, String);

/// An emergency site at the same address speaks for a shelter only within this
/// many metres of it. A school ground or a park with its buildings is smaller, and
/// positions of lists are exact to a block (100 m) each; what lies further away is
/// another place, or an address or a position is wrong. Of the 921 shelters of the
/// published lists of Kumamoto (2026) that have an emergency site at their address
/// 7 lie further from it, up to 8 km. This project's own figure.
pub const SAME_PLACE_METRES: f64 = 300.0;

/// Everything that is known of a site, as one word (SHA-256): that of another state of it,
/// or of another site, is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SiteState([u8; 32]);

impl SiteState {
    fn of(site: &Site) -> Self {
        let text = serde_json::to_vec(site).expect("a site becomes JSON");
        Self(Sha256::digest(text).into())
    }
}

/// Every site that a plan may name.
#[derive(Debug, Clone, Default)]
pub struct SiteDirectory {
    sites: Vec<Arc<Site>>,
    by_id: HashMap<SiteId, usize>,
    by_reference: HashMap<SiteKind, HashMap<String, usize>>,
    /// Numbers of all emergency sites that share an address.
    emergency_by_address: HashMap<AddressKey, Vec<usize>>,
    /// Numbers of all sites that share an address.
    by_address: HashMap<AddressKey, Vec<usize>>,
    /// Of each site; `None` where its list gives no address.
    address_keys: Vec<Option<AddressKey>>,
    /// Of each site, once somebody has asked.
    states: Vec<OnceLock<SiteState>>,
    by_place: RTree<GeomWithData<[f64; 3], usize>>,
    planned: Option<HashMap<SiteId, u32>>,
    /// Rows of a list could not be read: what is not found may stand there.
    has_holes: bool,
}

impl SiteDirectory {
    /// Indexes sites. `planned` tells how many ventilator users plan to go to
    /// each; `None`: nobody has counted (a plan checked without a database).
    ///
    /// Of two sites under one reference the one that is not withdrawn counts.
    pub fn new(sites: Vec<Site>, planned: Option<HashMap<SiteId, u32>>) -> Self {
        let mut directory = Self {
            planned,
            ..Self::default()
        };
        let mut places = Vec::with_capacity(sites.len());
        for (number, site) in sites.into_iter().enumerate() {
            let kind = site.published.kind;
            let key = address_key(&site);
            if let (SiteKind::EmergencySite, false, Some(key)) = (kind, site.withdrawn, &key) {
                directory
                    .emergency_by_address
                    .entry(key.clone())
                    .or_default()
                    .push(number);
            }
            if let Some(key) = &key {
                let there = directory.by_address.entry(key.clone()).or_default();
                there.push(number);
            }
            let references = directory.by_reference.entry(kind).or_default();
            let known = references.get(&site.reference()).copied();
            if known.is_none_or(|known: usize| directory.sites[known].withdrawn) {
                references.insert(site.reference(), number);
            }
            directory.by_id.insert(site.id, number);
            places.push(GeomWithData::new(
                on_ellipsoid(site.published.position),
                number,
            ));
            directory.address_keys.push(key);
            directory.states.push(OnceLock::new());
            directory.sites.push(Arc::new(site));
        }
        directory.by_place = RTree::bulk_load(places);
        directory
    }

    /// Every site, in the order in which it was given.
    pub fn sites(&self) -> &[Arc<Site>] {
        &self.sites
    }

    /// The site of an id.
    pub fn get(&self, id: SiteId) -> Option<&Arc<Site>> {
        self.by_id.get(&id).map(|number| &self.sites[*number])
    }

    /// Everything that is known of one of the sites, as one word.
    pub fn state_of(&self, site: &Site) -> SiteState {
        match self.by_id.get(&site.id) {
            Some(number) => *self.states[*number].get_or_init(|| SiteState::of(site)),
            None => SiteState::of(site),
        }
    }

    /// The site of a kind that a plan names: 共通ID, `publisher's code:id`, or
    /// its own id. Withdrawn ones are found too.
    pub fn find(&self, kind: SiteKind, reference: &str) -> Option<&Arc<Site>> {
        let known = self.by_reference.get(&kind)?;
        let number = known
            .get(reference.trim())
            .or_else(|| known.get(&key_form(reference).to_ascii_uppercase()))?;
        Some(&self.sites[*number])
    }

    /// The same of lists of which rows could not be read.
    #[must_use]
    pub fn with_holes(self) -> Self {
        Self {
            has_holes: true,
            ..self
        }
    }

    /// The same, where some sites are closed from a day on until further notice.
    #[must_use]
    pub fn closing(mut self, ids: impl IntoIterator<Item = SiteId>, from: NaiveDate) -> Self {
        for id in ids {
            if let Some(number) = self.by_id.get(&id) {
                let site = Arc::make_mut(&mut self.sites[*number]);
                site.entry.closed_from = Some(from);
                site.entry.closed_until = None;
                self.states[*number] = OnceLock::new();
            }
        }
        self
    }

    /// Whether a list of a kind was read, and every row of it. Otherwise a site
    /// that is not found is unknown, not absent.
    pub fn has_kind(&self, kind: SiteKind) -> bool {
        self.by_reference.contains_key(&kind) && !self.has_holes
    }

    /// The emergency sites in force of the same responsible municipality and
    /// the same address as `site` (itself included, where it is one): by them
    /// a shelter is judged.
    pub fn emergency_sites_at_address_of(&self, site: &Site) -> impl Iterator<Item = &Arc<Site>> {
        let numbers = match self.by_id.get(&site.id) {
            Some(number) => self.address_keys[*number]
                .as_ref()
                .and_then(|key| self.emergency_by_address.get(key)),
            None => address_key(site).and_then(|key| self.emergency_by_address.get(&key)),
        };
        numbers
            .into_iter()
            .flatten()
            .map(|number| &self.sites[*number])
    }

    /// The other sites in force of the same responsible municipality and the same
    /// address: other entries of one building, or its neighbours.
    pub fn others_at_address_of(&self, site: &Site) -> impl Iterator<Item = &Arc<Site>> {
        let id = site.id;
        let numbers = match self.by_id.get(&id) {
            Some(number) => self.address_keys[*number]
                .as_ref()
                .and_then(|key| self.by_address.get(key)),
            None => address_key(site).and_then(|key| self.by_address.get(&key)),
        };
        numbers
            .into_iter()
            .flatten()
            .map(|number| &self.sites[*number])
            .filter(move |other| other.id != id && !other.withdrawn)
    }

    /// An emergency site at the address of a shelter that lies too far from it to be
    /// the same place, and how far, in metres: address and position contradict each
    /// other, so that nobody knows what the shelter is designated for.
    pub fn judge_elsewhere(&self, site: &Site) -> Option<(&Arc<Site>, f64)> {
        let at = site.published.position;
        self.emergency_sites_at_address_of(site)
            .map(|other| (other, metres_between(at, other.published.position)))
            .filter(|(_, metres)| *metres > SAME_PLACE_METRES)
            .max_by(|(_, a), (_, b)| a.total_cmp(b))
    }

    /// The building of a site, by the first of its entries: that of the same responsible
    /// municipality and the same address that lies no farther than a building is wide
    /// ([`SAME_PLACE_METRES`]). Its own id where it stands alone.
    pub fn building_of(&self, site: &Site) -> SiteId {
        let at = site.published.position;
        let key = match self.by_id.get(&site.id) {
            Some(number) => self.address_keys[*number].clone(),
            None => address_key(site),
        };
        let there = key.and_then(|key| self.by_address.get(&key));
        there
            .into_iter()
            .flatten()
            .map(|number| &self.sites[*number])
            .find(|other| metres_between(at, other.published.position) <= SAME_PLACE_METRES)
            .map_or(site.id, |first| first.id)
    }

    /// Sites that are probably the same as `site`: one of a list and one that a
    /// municipality has added, of the same kind, municipality, name and address.
    /// They stay two until somebody ends one.
    pub fn likely_same(&self, site: &Site) -> impl Iterator<Item = &Arc<Site>> {
        let key = address_key(site);
        let (id, own, kind) = (site.id, site.own, site.published.kind);
        let name = key_form(&site.published.name);
        let numbers =
            if site.withdrawn { None } else { key }.and_then(|key| self.by_address.get(&key));
        numbers
            .into_iter()
            .flatten()
            .map(|number| &self.sites[*number])
            .filter(move |other| {
                other.id != id
                    && other.own != own
                    && !other.withdrawn
                    && other.published.kind == kind
                    && key_form(&other.published.name) == name
            })
    }

    /// A site with what it is judged by. A shelter counts as designated for what
    /// every emergency site at its address is designated for (`RULES.md`,
    /// DST-02); where there is none, one says nothing, or one lies elsewhere, nobody
    /// knows.
    pub fn judged<'a>(&self, site: &'a Site) -> JudgedSite<'a> {
        let designations = match site.published.kind {
            SiteKind::EmergencySite | SiteKind::Hospital | SiteKind::ShortStay => {
                site.published.designations
            }
            SiteKind::Shelter | SiteKind::WelfareShelter
                if self.judge_elsewhere(site).is_some() =>
            {
                None
            }
            SiteKind::Shelter | SiteKind::WelfareShelter => self
                .emergency_sites_at_address_of(site)
                .map(|other| other.published.designations)
                .reduce(|all, one| all.zip(one).map(|(all, one)| all.and(one)))
                .flatten(),
        };
        JudgedSite {
            site,
            designations,
            planned: self.planned_at(site.id),
        }
    }

    /// The sites around a position, nearest first, withdrawn ones aside. How far
    /// each is, [`metres_between`](super::position::metres_between) says: never a
    /// way.
    pub fn nearest(&self, position: Position) -> impl Iterator<Item = &Arc<Site>> {
        self.by_place
            .nearest_neighbor_iter(&on_ellipsoid(position))
            .map(|place| &self.sites[place.data])
            .filter(|site| !site.withdrawn)
    }

    /// How many ventilator users plan to go to a site; `None`: nobody has
    /// counted.
    pub fn planned_at(&self, id: SiteId) -> Option<u32> {
        let planned = self.planned.as_ref()?;
        Some(planned.get(&id).copied().unwrap_or(0))
    }
}

fn address_key(site: &Site) -> Option<AddressKey> {
    let address = address_form(&site.published.address);
    (!address.is_empty()).then(|| {
        (
            site.published
                .municipality
                .map(MunicipalityCode::responsible),
            address,
        )
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        hazard::Hazard,
        site::{Designations, PublishedSite, SiteEntry},
    };

    fn site(number: u128, kind: SiteKind, reference: &str, address: &str) -> Site {
        Site {
            id: SiteId(Uuid::from_u128(number)),
            published: PublishedSite {
                kind,
                published_id: Some(reference.to_owned()),
                municipality: MunicipalityCode::parse("43203").ok(),
                name: "【デモ】小学校".to_owned(),
                address: address.to_owned(),
                designations: None,
                accepted_persons: None,
                note: None,
                position: Position::new(32.2 + number as f64 / 10_000.0, 130.75).unwrap(),
            },
            source: "【デモ】避難所一覧 2026-10-01".to_owned(),
            withdrawn: false,
            own: false,
            entry: SiteEntry::default(),
        }
    }

    #[test]
    fn a_shelter_finds_the_emergency_site_at_its_address_however_it_is_written() {
        let mut ward = site(3, SiteKind::EmergencySite, "E3", "熊本県人吉市デモ町１－１");
        ward.published.municipality = MunicipalityCode::parse("43202").ok();
        let directory = SiteDirectory::new(
            vec![
                site(1, SiteKind::Shelter, "H1", "人吉市デモ町1-1"),
                site(2, SiteKind::EmergencySite, "E2", "熊本県人吉市デモ町１－１"),
                ward,
            ],
            None,
        );
        let shelter = directory.find(SiteKind::Shelter, "H1").unwrap();
        let found: Vec<_> = directory
            .emergency_sites_at_address_of(shelter)
            .map(|s| s.reference())
            .collect();
        assert_eq!(found, ["E2"]);
        assert!(directory.find(SiteKind::EmergencySite, "H1").is_none());
        assert!(!directory.has_kind(SiteKind::Hospital));
    }

    #[test]
    fn a_shelter_counts_as_designated_for_what_all_emergency_sites_at_its_address_are() {
        let designated = |number, hazards: &[Hazard]| {
            let mut site = site(
                number,
                SiteKind::EmergencySite,
                &format!("E{number}"),
                "人吉市1",
            );
            site.published.designations = Some(hazards.iter().copied().collect());
            site
        };
        let shelter = site(1, SiteKind::Shelter, "H1", "人吉市１");
        let lone = site(2, SiteKind::Shelter, "H2", "人吉市2");
        let mut silent = designated(5, &[]);
        silent.published.address = "人吉市3".to_owned();
        silent.published.designations = None;
        let beside = site(6, SiteKind::Shelter, "H6", "人吉市3");
        let directory = SiteDirectory::new(
            vec![
                shelter.clone(),
                lone.clone(),
                designated(3, &[Hazard::Flood, Hazard::Earthquake]),
                designated(4, &[Hazard::Earthquake, Hazard::Fire]),
                silent,
                beside.clone(),
            ],
            None,
        );
        let set = |site| directory.judged(site).designations;
        assert_eq!(
            set(&shelter),
            Some(Designations::from_iter([Hazard::Earthquake]))
        );
        assert_eq!(set(&lone), None);
        assert_eq!(set(&beside), None);
        let own = designated(3, &[Hazard::Flood]);
        assert_eq!(set(&own), own.published.designations);
    }

    #[test]
    fn an_emergency_site_that_lies_elsewhere_does_not_speak_for_a_shelter() {
        let mut near = site(2, SiteKind::EmergencySite, "E2", "人吉市1");
        near.published.designations = Some([Hazard::Flood].into_iter().collect());
        let shelter = site(1, SiteKind::Shelter, "H1", "人吉市１");
        let mut far = near.clone();
        far.id = SiteId(Uuid::from_u128(3));
        far.published.published_id = Some("E3".to_owned());
        far.published.position = Position::new(32.204, 130.75).unwrap();
        let one = SiteDirectory::new(vec![shelter.clone(), near.clone()], None);
        assert!(one.judged(&shelter).designations.is_some());
        assert!(one.judge_elsewhere(&shelter).is_none());
        let two = SiteDirectory::new(vec![shelter.clone(), near, far.clone()], None);
        assert_eq!(two.judged(&shelter).designations, None);
        let (other, metres) = two.judge_elsewhere(&shelter).unwrap();
        assert_eq!(other.id, far.id);
        assert!(metres > SAME_PLACE_METRES && metres < 500.0, "{metres}");
        assert!(two.judged(&far).designations.is_some(), "its own stays");
    }

    #[test]
    fn sites_without_an_address_are_not_at_one_place() {
        let directory = SiteDirectory::new(
            vec![
                site(1, SiteKind::Shelter, "H1", ""),
                site(2, SiteKind::EmergencySite, "E2", " "),
            ],
            None,
        );
        let shelter = directory.find(SiteKind::Shelter, "H1").unwrap();
        assert_eq!(directory.emergency_sites_at_address_of(shelter).count(), 0);
    }

    #[test]
    fn a_site_in_force_counts_before_a_withdrawn_one_of_the_same_reference() {
        let mut old = site(1, SiteKind::Shelter, "H1", "人吉市1");
        old.withdrawn = true;
        let new = site(2, SiteKind::Shelter, "H1", "人吉市1");
        for pair in [vec![old.clone(), new.clone()], vec![new, old]] {
            let directory = SiteDirectory::new(pair, None);
            assert!(!directory.find(SiteKind::Shelter, "H1").unwrap().withdrawn);
        }
    }

    #[test]
    fn the_nearest_sites_come_nearest_first() {
        let sites = (1..30)
            .map(|n| site(n, SiteKind::Shelter, &format!("H{n}"), ""))
            .collect();
        let directory = SiteDirectory::new(sites, None);
        let near = directory.nearest(Position::new(32.201_01, 130.75).unwrap());
        let found: Vec<_> = near.take(3).map(|site| site.reference()).collect();
        assert_eq!(found, ["H10", "H11", "H9"]);
    }

    #[test]
    fn a_site_nobody_plans_to_go_to_counts_none_and_an_uncounted_one_is_unknown() {
        let one = || vec![site(1, SiteKind::Shelter, "H1", "")];
        let id = SiteId(Uuid::from_u128(1));
        assert_eq!(SiteDirectory::new(one(), None).planned_at(id), None);
        let counted = SiteDirectory::new(one(), Some(HashMap::new()));
        assert_eq!(counted.planned_at(id), Some(0));
    }
}
