//! A prefecture that was never anywhere: 85,000 zones with 1.4 million corners,
//! 1,761 sites, homes and plans. The same numbers every time.

use std::{
    collections::{BTreeSet, HashMap},
    f64::consts::TAU,
    fmt::Write,
    sync::Arc,
};

use geo::{Coord, LineString, MultiPolygon, Polygon};
use tomoshibi::{
    domain::{
        child::Home,
        data_set::{DataSet, DataSetKind, Unread},
        hazard::{
            DurationRank, InundationRank, LandslidePhenomenon, LandslideZone, LayerKind, ZoneClass,
        },
        id::{DataSetId, SiteId},
        municipality::MunicipalityCode,
        plan::PlanDocument,
        position::{Position, PositionAccuracy},
        site::{Designations, PublishedSite, Site, SiteEntry, SiteKind},
    },
    planner::World,
    spatial::{
        sites::SiteDirectory,
        zones::{Layers, Zone},
    },
};
use uuid::Uuid;

/// Zones of the generated prefecture.
pub const ZONES: usize = 85_000;

/// Sites, as many as 熊本県 publishes.
pub const SITES: usize = 1_761;

/// splitmix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
pub struct Dice(pub u64);

impl Dice {
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.throw() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.throw() % bound as u64) as usize
    }

    /// Somewhere in the prefecture.
    pub fn place(&mut self) -> Position {
        Position::new(self.between(32.1, 33.2), self.between(130.1, 131.3)).expect("in Japan")
    }
}

fn town() -> MunicipalityCode {
    MunicipalityCode::parse("43203").expect("a code")
}

/// A zone around a place: four fifths are small, one in twenty is a long bank.
fn area(dice: &mut Dice) -> Polygon<f64> {
    let at = dice.place();
    let (corners, reach) = match dice.below(20) {
        0 => (112, 0.02),
        1..=3 => (30, 0.006),
        _ => (8, 0.001_5),
    };
    let ring: Vec<Coord<f64>> = (0..corners)
        .map(|corner| {
            let turn = TAU * f64::from(corner) / f64::from(corners);
            let away = reach * dice.between(0.5, 1.0);
            Coord {
                x: at.lon() + away * turn.cos(),
                y: at.lat() + away * turn.sin(),
            }
        })
        .collect();
    Polygon::new(LineString(ring), Vec::new())
}

/// Data sets and zones, not indexed yet.
pub fn zones() -> (Vec<Arc<DataSet>>, Vec<Zone>) {
    let mut dice = Dice(1);
    let sets: Vec<Arc<DataSet>> = LayerKind::ALL
        .into_iter()
        .map(|kind| {
            Arc::new(DataSet {
                id: DataSetId(Uuid::from_u128(kind as u128 + 1)),
                kind: DataSetKind::Hazard(kind),
                series: kind.code().to_owned(),
                name: "【デモ】".to_owned(),
                publisher: None,
                dated: None,
                covers: Some(BTreeSet::from([town()])),
                unread: Unread::Nothing,
            })
        })
        .collect();
    let zones = (0..ZONES)
        .map(|number| {
            let kind = match dice.below(20) {
                0..=10 => LayerKind::Flood,
                11..=15 => LayerKind::Landslide,
                _ => LayerKind::ALL[dice.below(LayerKind::ALL.len())],
            };
            let rank = InundationRank::ALL[dice.below(InundationRank::ALL.len())];
            let class = match kind {
                LayerKind::Landslide if number % 3 == 0 => ZoneClass::Landslide(
                    LandslideZone::SpecialWarning,
                    LandslidePhenomenon::SlopeFailure,
                ),
                LayerKind::Landslide => {
                    ZoneClass::Landslide(LandslideZone::Warning, LandslidePhenomenon::DebrisFlow)
                }
                LayerKind::FloodDuration => ZoneClass::Duration(DurationRank::ALL[number % 7]),
                LayerKind::FloodCollapseFlow | LayerKind::FloodCollapseBank => ZoneClass::Collapse,
                _ => ZoneClass::Depth(rank),
            };
            Zone {
                kind,
                class,
                name: None,
                data_set: Arc::clone(&sets[kind as usize]),
                geometry: MultiPolygon(vec![area(&mut dice)]),
            }
        })
        .collect();
    (sets, zones)
}

/// The zones, indexed.
pub fn layers() -> Layers {
    let (sets, zones) = zones();
    Layers::build(sets, zones)
}

fn reference(number: usize) -> String {
    format!("E43203{number:08}")
}

/// Layers and sites.
pub fn world() -> World {
    let mut dice = Dice(2);
    let sites = (0..SITES)
        .map(|number| Site {
            id: SiteId(Uuid::from_u128(number as u128 + 1)),
            published: PublishedSite {
                kind: SiteKind::EmergencySite,
                published_id: Some(reference(number)),
                municipality: Some(town()),
                name: format!("【デモ】小学校{number}"),
                address: format!("熊本県人吉市【デモ】町{number}"),
                designations: Some(Designations::from_bits((dice.throw() & 0xff) as u8)),
                accepted_persons: None,
                note: None,
                position: dice.place(),
            },
            source: "【デモ】".to_owned(),
            own: false,
            withdrawn: false,
            entry: SiteEntry::default(),
        })
        .collect();
    World {
        layers: Arc::new(layers()),
        sites: Some(SiteDirectory::new(sites, Some(HashMap::new()))),
        ..World::default()
    }
}

/// A home that was found on a map.
pub fn home(dice: &mut Dice) -> Home {
    Home {
        municipality: Some(town()),
        position: Some(dice.place()),
        accuracy: Some(PositionAccuracy::Building),
        origin: None,
        floors: Some(2),
        room_floor: Some(1),
    }
}

/// A plan of such a home, to one of the nearest sites and to a hospital some
/// kilometres away.
pub fn plan(dice: &mut Dice, world: &World) -> PlanDocument {
    let mut plan: PlanDocument =
        serde_json::from_str(include_str!("plan.json")).expect("the plan is one");
    plan.home = home(dice);
    let at = plan.home.position.expect("a home of a bench has a place");
    let sites = world.sites.as_ref().expect("the world has sites");
    let site = sites
        .nearest(at)
        .nth(dice.below(10))
        .expect("ten sites are listed");
    plan.destinations[0]
        .site
        .clone_from(&site.published.published_id);
    let away = |dice: &mut Dice, from: f64| from + dice.between(-0.05, 0.05);
    let hospital = Position::new(away(dice, at.lat()), away(dice, at.lon()));
    plan.destinations[1].position = Some(hospital.expect("in Japan"));
    plan
}

/// A published list of sites, in the format of the GSI.
pub fn list_of_sites() -> String {
    let mut dice = Dice(3);
    let mut list = "NO,共通ID,都道府県名及び市町村名,施設・場所名,住所,洪水,崖崩れ、土石流及び地滑り,高潮,地震,津波,大規模な火事,内水氾濫,火山現象,指定避難所との住所同一,緯度,経度,備考\n".to_owned();
    for number in 0..SITES {
        let at = dice.place();
        let (lat, lon, id) = (at.lat(), at.lon(), reference(number));
        writeln!(
            list,
            "{number},{id},熊本県人吉市,【デモ】小学校{number},熊本県人吉市【デモ】町{number},1,1,,1,,,1,,,{lat},{lon},"
        )
        .expect("a string takes any text");
    }
    list
}
