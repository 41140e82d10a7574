//! Plans, sites and worlds for tests. Everything is invented (【デモ】), placed
//! around a square in 人吉市 (43203) where nobody lives.

mod power;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use chrono::NaiveDate;
use geo::{MultiPolygon, polygon};
use uuid::Uuid;

use super::{CaseFacts, Look, PlanState, World, look};
use crate::{
    domain::{
        child::{Home, Sex},
        consent::{OrdinanceMode, Recipient},
        data_set::{DataSet, DataSetKind, Unread},
        finding::{Finding, Outcome, RuleCode},
        hazard::{
            Hazard, InundationRank, LandslidePhenomenon, LandslideZone, LayerKind, ZoneClass,
        },
        id::{CaseNumber, DataSetId, SiteId},
        municipality::MunicipalityCode,
        plan::{
            PlanDocument,
            document::{
                Agreement, ChildItems, ConsentRecord, Consents, Contact, Destination,
                DestinationKind, Explanation, Provision, StartTrigger, Supporter, SupporterKind,
                TooLate, TravelBy,
            },
            drill::HeldDrill,
            review::Review,
        },
        position::{Position, PositionAccuracy},
        site::{ConfirmedPower, Designations, PublishedSite, Site, SiteEntry, SiteKind},
    },
    spatial::{
        boundaries::Boundaries,
        sites::SiteDirectory,
        zones::{Layers, Zone},
    },
};

pub(crate) use power::*;

pub(crate) const SITE: &str = "E4320300009901";
pub(crate) const HOSPITAL: &str = "【デモ】あかり病院";

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The day of every check that says nothing else.
pub(crate) fn today() -> NaiveDate {
    day("2026-11-20")
}

pub(crate) fn town() -> MunicipalityCode {
    MunicipalityCode::parse("43203").unwrap()
}

pub(crate) fn at_home() -> Position {
    Position::new(32.2100, 130.7500).unwrap()
}

/// About 1.5 km north-east of the home.
pub(crate) fn at_site() -> Position {
    Position::new(32.2200, 130.7600).unwrap()
}

/// About 2 km north-west of the home.
pub(crate) fn at_hospital() -> Position {
    Position::new(32.2250, 130.7400).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "every text of a plan is optional")]
pub(crate) fn words(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn power() -> ConfirmedPower {
    ConfirmedPower {
        socket: "【デモ】1階事務室の壁、非常用電源".to_owned(),
        confirmed_by: "【デモ】施設長".to_owned(),
        valid_until: day("2027-03-31"),
    }
}

/// A plan in which nothing fails, nor is anything unknown that the plan could
/// say.
pub(crate) fn a_plan() -> PlanDocument {
    PlanDocument {
        schema_version: 1,
        case: CaseNumber::parse("K-0001").unwrap(),
        child: ChildItems {
            name: words("【デモ】灯 あかり"),
            kana: words("ともしび あかり"),
            born: Some(day("2022-04-01")),
            sex: Some(Sex::NotAnswered),
            address: words("熊本県人吉市【デモ】町1-1"),
            contacts: vec![Contact {
                who: words("母"),
                value: "000-0000-0000".to_owned(),
            }],
            reason: words("医療機器を使っている"),
            on_roster: Some(true),
            roster_wish: None,
        },
        home: Home {
            municipality: Some(town()),
            position: Some(at_home()),
            accuracy: Some(PositionAccuracy::Surveyed),
            origin: None,
            floors: Some(2),
            room_floor: Some(2),
        },
        devices: Vec::new(),
        battery_hours: Some(24.0),
        power: Some(Box::new(an_equipment())),
        upstairs: None,
        preparation_minutes: Some(60),
        vehicle: words("【デモ】自家用車"),
        destinations: vec![to_the_site(), to_the_hospital()],
        triggers: Hazard::ALL
            .into_iter()
            .filter(|hazard| hazard.has_levels())
            .map(|hazard| StartTrigger {
                hazard,
                level: None,
                name: words("高齢者等避難"),
                lead_minutes: Some(300),
            })
            .collect(),
        early_trigger: words("台風の前日の昼に電話し、暗くなる前に出る"),
        too_late: Some(TooLate {
            room: words("2階の寝室"),
            take: words("予備の電源、蘇生バッグ"),
            call: words("119"),
            leaves_home: Some(false),
        }),
        supporters: vec![Supporter {
            name: words("【デモ】となりさん"),
            address: words("熊本県人吉市【デモ】町1-2"),
            contact: words("000-0000-0001"),
            relation: words("近所"),
            // Three of them come, and live outside the zones around the home.
            kind: Some(SupporterKind::Body),
            people: Some(3),
            can_carry: Some(true),
            position: Some(at_site()),
            accuracy: Some(PositionAccuracy::Surveyed),
            agreed: Some(true),
            ..Supporter::default()
        }],
        particulars: None,
        consents: Consents {
            make: Some(ConsentRecord {
                given: true,
                on: Some(day("2026-06-02")),
                by: words("母"),
                form: None,
            }),
            explained: Some(Explanation {
                on: day("2026-06-01"),
                by: words("市の担当"),
                version: words("1"),
            }),
            provide: vec![Provision {
                recipient: Recipient::FireService,
                name: None,
                consent: Some(ConsentRecord {
                    given: true,
                    on: Some(day("2026-06-02")),
                    by: words("母"),
                    form: None,
                }),
            }],
            ordinance: None,
        },
        unread: Vec::new(),
    }
}

/// A plan with something changed.
pub(crate) fn a_plan_with(change: impl FnOnce(&mut PlanDocument)) -> PlanDocument {
    let mut plan = a_plan();
    change(&mut plan);
    plan
}

pub(crate) fn to_the_site() -> Destination {
    Destination {
        site: words(SITE),
        name: words("【デモ】小学校"),
        route: words("県道を通って正門から入る"),
        travel_by: Some(TravelBy::Car),
        drill_minutes: Some(20),
        companions: Some(2),
        ..nowhere(DestinationKind::EmergencySite)
    }
}

pub(crate) fn to_the_hospital() -> Destination {
    Destination {
        name: words(HOSPITAL),
        address: words("熊本県人吉市【デモ】町9-9"),
        position: Some(at_hospital()),
        route: words("国道を通る"),
        travel_by: Some(TravelBy::Car),
        family_minutes: Some(30),
        power: Some(power()),
        agreement: Some(Agreement {
            with_whom: words("【デモ】地域連携室"),
            ward: words("3階東"),
            from_trigger: words("高齢者等避難"),
            subject_to_free_bed: Some(true),
            telephone: words("000-0000-0002"),
            dated: Some(day("2026-04-01")),
            tried_on: Some(day("2026-05-10")),
        }),
        ..nowhere(DestinationKind::Hospital)
    }
}

/// A destination of which nothing is known.
pub(crate) fn nowhere(kind: DestinationKind) -> Destination {
    Destination {
        kind,
        site: None,
        name: None,
        address: None,
        position: None,
        hazards: None,
        route: None,
        route_line: None,
        travel_by: None,
        drill_minutes: None,
        family_minutes: None,
        companions: None,
        lowest_floor: None,
        highest_floor: None,
        power: None,
        direct_allowed: None,
        oxygen: None,
        agreement: None,
    }
}

/// An emergency site for every hazard, about which the municipality has
/// entered everything.
pub(crate) fn a_site() -> Site {
    Site {
        id: SiteId(Uuid::from_u128(1)),
        published: PublishedSite {
            kind: SiteKind::EmergencySite,
            published_id: words(SITE),
            municipality: Some(town()),
            name: "【デモ】小学校".to_owned(),
            address: "熊本県人吉市【デモ】町5-5".to_owned(),
            designations: Some(Hazard::DESIGNATED.into_iter().collect()),
            accepted_persons: None,
            note: None,
            position: at_site(),
        },
        source: "【デモ】指定緊急避難場所 2026-10-01".to_owned(),
        withdrawn: false,
        own: false,
        entry: SiteEntry {
            opens_at_level: Some(3),
            power: Some(power()),
            direct_allowed: Some(true),
            lowest_floor: Some(1),
            highest_floor: Some(3),
            companions_max: Some(4),
            ventilator_places: Some(2),
            closed_from: None,
            closed_until: None,
            ..SiteEntry::default()
        },
    }
}

/// A site with something changed.
pub(crate) fn a_site_with(change: impl FnOnce(&mut Site)) -> Site {
    let mut site = a_site();
    change(&mut site);
    site
}

/// The same place, designated for these hazards only.
pub(crate) fn a_site_for(hazards: impl IntoIterator<Item = Hazard>) -> Site {
    let set: Designations = hazards.into_iter().collect();
    a_site_with(|site| site.published.designations = Some(set))
}

/// A shelter at the address of [`a_site`].
pub(crate) fn a_shelter() -> Site {
    a_site_with(|site| {
        site.id = SiteId(Uuid::from_u128(2));
        site.published.kind = SiteKind::Shelter;
        site.published.published_id = words("H4320300009902");
        site.published.designations = None;
    })
}

/// A world being made: maps of every layer that cover the town and show
/// nothing, and one list with [`a_site`], to which one user plans to go.
pub(crate) struct WorldBuilder {
    covered: Vec<LayerKind>,
    zones: Vec<(LayerKind, ZoneClass, Position)>,
    unread: Vec<(LayerKind, Position)>,
    sites: Option<Vec<Site>>,
    planned: Option<u32>,
    boundaries: Boundaries,
}

pub(crate) fn a_world() -> WorldBuilder {
    WorldBuilder {
        covered: LayerKind::ALL.to_vec(),
        zones: Vec::new(),
        unread: Vec::new(),
        sites: Some(vec![a_site()]),
        planned: Some(1),
        boundaries: Boundaries::default(),
    }
}

impl WorldBuilder {
    /// No map of a layer covers the town.
    pub fn without_a_map_of(mut self, kind: LayerKind) -> Self {
        self.covered.retain(|covered| *covered != kind);
        self
    }

    /// A zone of about 200 m around a place.
    pub fn with_a_zone(mut self, kind: LayerKind, class: ZoneClass, at: Position) -> Self {
        self.zones.push((kind, class, at));
        self
    }

    /// The town lies in a box of 0.1 degrees around a place.
    pub fn with_the_town_around(mut self, at: Position) -> Self {
        let (x, y) = (at.lon(), at.lat());
        let rect = geo::Rect::new((x - 0.1, y - 0.1), (x + 0.1, y + 0.1));
        let shape = geo::MultiPolygon(vec![rect.to_polygon()]);
        self.boundaries = Boundaries::new(vec![(town(), shape)]);
        self
    }

    /// The map of a layer holds an area at a place that could not be read.
    pub fn with_an_unread_area(mut self, kind: LayerKind, at: Position) -> Self {
        self.unread.push((kind, at));
        self
    }

    fn unread_around(&self, layer: LayerKind) -> Unread {
        let mut unread = Unread::Nothing;
        for (_, at) in self.unread.iter().filter(|(kind, _)| *kind == layer) {
            let (x, y) = (at.lon(), at.lat());
            unread.add(Some([x - 0.001, y - 0.001, x + 0.001, y + 0.001]));
        }
        unread
    }

    pub fn with_water(self, rank: InundationRank, at: Position) -> Self {
        self.with_a_zone(LayerKind::Flood, ZoneClass::Depth(rank), at)
    }

    /// The home stands in 0.5 m to 3 m of water.
    pub fn flooding_the_home(self) -> Self {
        self.with_water(InundationRank::R2, at_home())
    }

    pub fn with_a_slope(self, zone: LandslideZone, at: Position) -> Self {
        let class = ZoneClass::Landslide(zone, LandslidePhenomenon::DebrisFlow);
        self.with_a_zone(LayerKind::Landslide, class, at)
    }

    pub fn with_collapse(self, at: Position) -> Self {
        self.with_a_zone(LayerKind::FloodCollapseBank, ZoneClass::Collapse, at)
    }

    /// Only these sites are listed.
    pub fn listing(mut self, sites: impl IntoIterator<Item = Site>) -> Self {
        self.sites = Some(sites.into_iter().collect());
        self
    }

    pub fn without_lists(mut self) -> Self {
        self.sites = None;
        self
    }

    /// So many users plan to go to each site; `None`: nobody has counted.
    pub fn with_users(mut self, planned: Option<u32>) -> Self {
        self.planned = planned;
        self
    }

    pub fn build(self) -> World {
        let sets: Vec<Arc<DataSet>> = LayerKind::ALL
            .into_iter()
            .map(|kind| {
                Arc::new(DataSet {
                    id: DataSetId(Uuid::from_u128(kind as u128)),
                    kind: DataSetKind::Hazard(kind),
                    series: kind.code().to_owned(),
                    name: format!("【デモ】{}", kind.name().ja),
                    publisher: words("【デモ】県"),
                    dated: Some(day("2026-03-31")),
                    covers: self
                        .covered
                        .contains(&kind)
                        .then(|| BTreeSet::from([town()])),
                    unread: self.unread_around(kind),
                })
            })
            .collect();
        let zones = self
            .zones
            .iter()
            .map(|(kind, class, at)| Zone {
                kind: *kind,
                class: *class,
                name: words("【デモ】川"),
                data_set: Arc::clone(&sets[*kind as usize]),
                geometry: around(*at),
            })
            .collect();
        let planned = self.planned;
        World {
            boundaries: Arc::new(self.boundaries),
            layers: Arc::new(Layers::build(sets, zones)),
            sites: self.sites.map(|sites| {
                let counts = planned.map(|count| {
                    sites
                        .iter()
                        .map(|site| (site.id, count))
                        .collect::<HashMap<_, _>>()
                });
                SiteDirectory::new(sites, counts)
            }),
            ..World::default()
        }
    }
}

fn around(at: Position) -> MultiPolygon<f64> {
    let (x, y, d) = (at.lon(), at.lat(), 0.001);
    MultiPolygon::new(vec![polygon![
        (x: x - d, y: y - d), (x: x + d, y: y - d), (x: x + d, y: y + d), (x: x - d, y: y + d),
    ]])
}

/// A look whose verdicts can be asked for.
pub(crate) struct Looked {
    pub look: Look,
    hazard: Option<Hazard>,
}

/// Checks a plan in a world, today, under an ordinance that changes nothing.
pub(crate) fn checking(plan: &PlanDocument, world: WorldBuilder) -> Looked {
    checking_on(plan, world, today())
}

pub(crate) fn checking_on(plan: &PlanDocument, world: WorldBuilder, today: NaiveDate) -> Looked {
    checking_under(plan, world, today, OrdinanceMode::ConsentOptIn)
}

pub(crate) fn checking_under(
    plan: &PlanDocument,
    world: WorldBuilder,
    today: NaiveDate,
    ordinance: OrdinanceMode,
) -> Looked {
    let facts = CaseFacts {
        case: &plan.case,
        plan: PlanState::Made(plan),
        child: &plan.child,
        home: &plan.home,
        left_home_on: None,
        ordinance,
        review: None,
        drills: &[],
        equipment: None,
        battery_hours: None,
        overrides: &[],
    };
    Looked {
        look: look(&facts, &world.build(), today),
        hazard: None,
    }
}

/// Checks a plan of whose freshness something is on record.
pub(crate) fn checking_reviewed(
    plan: &PlanDocument,
    world: WorldBuilder,
    today: NaiveDate,
    review: &Review,
) -> Looked {
    let facts = CaseFacts {
        case: &plan.case,
        plan: PlanState::Made(plan),
        child: &plan.child,
        home: &plan.home,
        left_home_on: None,
        ordinance: OrdinanceMode::ConsentOptIn,
        review: Some(review),
        drills: &[],
        equipment: None,
        battery_hours: None,
        overrides: &[],
    };
    Looked {
        look: look(&facts, &world.build(), today),
        hazard: None,
    }
}

/// Checks a plan of which drills are on record, the latest first.
pub(crate) fn checking_drilled(
    plan: &PlanDocument,
    world: WorldBuilder,
    drills: &[HeldDrill],
    today: NaiveDate,
) -> Looked {
    let facts = CaseFacts {
        case: &plan.case,
        plan: PlanState::Made(plan),
        child: &plan.child,
        home: &plan.home,
        left_home_on: None,
        ordinance: OrdinanceMode::ConsentOptIn,
        review: None,
        drills,
        equipment: None,
        battery_hours: None,
        overrides: &[],
    };
    Looked {
        look: look(&facts, &world.build(), today),
        hazard: None,
    }
}

/// Checks a child that has no plan.
pub(crate) fn checking_without_plan(state: PlanState<'_>, child: &ChildItems) -> Looked {
    let (case, home) = (CaseNumber::parse("K-0002").unwrap(), Home::default());
    let facts = CaseFacts {
        case: &case,
        plan: state,
        child,
        home: &home,
        left_home_on: None,
        ordinance: OrdinanceMode::ConsentOptIn,
        review: None,
        drills: &[],
        equipment: None,
        battery_hours: None,
        overrides: &[],
    };
    Looked {
        look: look(&facts, &a_world().build(), today()),
        hazard: None,
    }
}

impl Looked {
    /// Only what is said about a hazard.
    pub fn about(mut self, hazard: Hazard) -> Self {
        self.hazard = Some(hazard);
        self
    }

    fn of(&self, rule: RuleCode) -> Vec<&Finding> {
        let findings = self.look.findings.iter();
        findings
            .filter(|f| f.rule == rule && (self.hazard.is_none() || f.hazard == self.hazard))
            .collect()
    }

    /// The rule fires; the first finding in which it does.
    #[track_caller]
    pub fn fails(&self, rule: RuleCode) -> &Finding {
        let found = self.of(rule);
        let failing = found.iter().find(|f| f.outcome == Outcome::Fails);
        failing.unwrap_or_else(|| panic!("{rule} does not fail: {found:#?}"))
    }

    /// The rule was looked at and holds everywhere.
    #[track_caller]
    pub fn holds(&self, rule: RuleCode) {
        let found = self.of(rule);
        assert!(
            !found.is_empty() && found.iter().all(|f| f.outcome == Outcome::Holds),
            "{rule} does not hold: {found:#?}"
        );
    }

    /// The rule fires nowhere, and something it needs is unknown.
    #[track_caller]
    pub fn is_unknown(&self, rule: RuleCode) -> &Finding {
        let found = self.of(rule);
        assert!(
            found.iter().all(|f| f.outcome != Outcome::Fails),
            "{rule} fails: {found:#?}"
        );
        let unknown = found.iter().find(|f| f.outcome == Outcome::Unknown);
        unknown.unwrap_or_else(|| panic!("{rule} is not unknown: {found:#?}"))
    }

    /// The rule says nothing.
    #[track_caller]
    pub fn is_silent(&self, rule: RuleCode) {
        let found = self.of(rule);
        assert!(found.is_empty(), "{rule} speaks: {found:#?}");
    }
}
