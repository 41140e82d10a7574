use chrono::Days;
use uuid::Uuid;

use super::*;
use crate::{
    domain::{
        hazard::{InundationRank, LandslideZone, LayerKind},
        id::SiteId,
        position::Position,
    },
    planner::testing::*,
};

fn level(number: u8) -> EvacuationLevel {
    number.try_into().unwrap()
}

/// The site of the world, as it is judged there.
fn judged(site: Site, world: WorldBuilder) -> DistrictSite {
    let world = world.listing([site]).build();
    let listed = &world.sites.as_ref().unwrap().sites()[0];
    DistrictSite::of(listed, &world, today()).unwrap()
}

fn leaving(row: &HazardRow) -> Places {
    *row.places()
}

fn row_of(rows: &[HazardRow], hazard: Hazard) -> &HazardRow {
    rows.iter().find(|row| row.hazard == hazard).unwrap()
}

/// One site alone, for a hazard.
fn counted(site: Site, world: WorldBuilder, hazard: Hazard) -> Places {
    let rows = diagnose(None, &[judged(site, world)]);
    leaving(row_of(&rows, hazard))
}

#[test]
fn a_site_that_has_everything_counts_in_every_part() {
    let places = counted(a_site(), a_world(), Hazard::Flood);
    let one = Places {
        listed: 1,
        usable: 1,
        powered: 1,
        direct: 1,
        room: 2,
        ..Places::default()
    };
    assert_eq!(places, one);
}

#[test]
fn a_site_in_the_zone_counts_only_with_a_storey_above_the_water() {
    // Rank 2: 0.5 m to 3 m; floor 2 is safe.
    let flooded = || a_world().with_water(InundationRank::R2, at_site());
    let floor = |highest| a_site_with(|site| site.entry.highest_floor = highest);
    let places = |highest| counted(floor(highest), flooded(), Hazard::Flood);
    assert_eq!(places(Some(2)).usable, 1);
    let low = places(Some(1));
    assert_eq!((low.usable, low.in_zone, low.to_ask), (0, 1, 0));
    let unknown = places(None);
    assert_eq!((unknown.usable, unknown.unsure, unknown.to_ask), (0, 1, 1));
    // No storey of any building is above 10 m of water.
    let deep = a_world().with_water(InundationRank::R5, at_site());
    assert_eq!(counted(a_site(), deep, Hazard::Flood).in_zone, 1);
    // The water of a river is nothing to a landslide.
    let places = counted(floor(Some(1)), flooded(), Hazard::Landslide);
    assert_eq!(places.usable, 1);
}

#[test]
fn where_no_house_is_safe_a_site_serves_for_a_power_cut_alone() {
    for world in [
        || a_world().with_collapse(at_site()),
        || a_world().with_a_slope(LandslideZone::SpecialWarning, at_site()),
    ] {
        let rows = diagnose(None, &[judged(a_site(), world())]);
        for row in &rows {
            let usable = usize::from(row.hazard == Hazard::PowerCut);
            assert_eq!(leaving(row).usable, usable, "{:?}", row.hazard);
        }
    }
    let yellow = a_world().with_a_slope(LandslideZone::Warning, at_site());
    let rows = diagnose(None, &[judged(a_site(), yellow)]);
    assert_eq!(leaving(row_of(&rows, Hazard::Landslide)).in_zone, 1);
    assert_eq!(leaving(row_of(&rows, Hazard::Flood)).usable, 1);
}

#[test]
fn ground_that_no_map_covers_is_unknown_while_it_rains_and_no_matter_in_an_earthquake() {
    let world = || a_world().without_a_map_of(LayerKind::FloodCollapseFlow);
    for hazard in [Hazard::Flood, Hazard::StormSurge] {
        let places = counted(a_site(), world(), hazard);
        assert_eq!((places.usable, places.unsure), (0, 1), "{hazard:?}");
    }
    assert_eq!(counted(a_site(), world(), Hazard::Earthquake).usable, 1);
}

#[test]
fn a_shelter_is_judged_by_the_emergency_sites_at_its_address() {
    let directory = |site: Site| {
        let shelter = a_shelter();
        let world = a_world().listing([site, shelter.clone()]).build();
        DistrictSite::of(&shelter, &world, today()).unwrap()
    };
    let for_earthquakes = directory(a_site_for([Hazard::Earthquake]));
    assert_eq!(
        for_earthquakes.standing(Hazard::Flood),
        SiteStanding::NotFor
    );
    assert_eq!(
        for_earthquakes.standing(Hazard::Earthquake),
        SiteStanding::Outside
    );
    // Nobody speaks for it: unknown for water, and not asked for otherwise.
    let mut elsewhere = a_site();
    elsewhere.published.address = "熊本県人吉市【デモ】町8-8".to_owned();
    let alone = directory(elsewhere);
    assert_eq!(alone.standing(Hazard::Flood), SiteStanding::Unknown);
    assert_eq!(alone.standing(Hazard::Earthquake), SiteStanding::Outside);
}

#[test]
fn a_closed_site_is_listed_and_not_usable_and_a_withdrawn_one_is_not_there() {
    let closed = a_site_with(|site| site.entry.closed_from = Some(today()));
    let places = counted(closed.clone(), a_world(), Hazard::Flood);
    assert_eq!((places.listed, places.closed, places.usable), (1, 1, 0));
    let withdrawn = a_site_with(|site| site.withdrawn = true);
    let world = a_world().listing([withdrawn.clone()]).build();
    assert!(DistrictSite::of(&withdrawn, &world, today()).is_none());
    // Another entry of the building is closed: nobody knows of this one.
    let open = a_site_with(|site| {
        site.id = SiteId(Uuid::from_u128(7));
        site.published.published_id = Some("E4320300009907".to_owned());
    });
    let world = a_world().listing([closed, open.clone()]).build();
    let open = DistrictSite::of(&open, &world, today()).unwrap();
    assert_eq!(open.standing(Hazard::Flood), SiteStanding::Unknown);
}

/// Two sites of one list, counted for floods.
fn both(first: &Site, second: &Site) -> Places {
    let world = a_world().listing([first.clone(), second.clone()]).build();
    let sites = [first, second].map(|site| DistrictSite::of(site, &world, today()).unwrap());
    leaving(row_of(&diagnose(None, &sites), Hazard::Flood))
}

#[test]
fn a_building_with_two_entries_is_one_place_and_has_its_outlets_once() {
    let silent = a_site_with(|site| {
        site.id = SiteId(Uuid::from_u128(7));
        site.published.published_id = Some("E4320300009907".to_owned());
        site.entry.power = None;
        site.entry.ventilator_places = None;
    });
    let one = counted(a_site(), a_world(), Hazard::Flood);
    assert_eq!((one.usable, one.direct, one.room), (1, 1, 2));
    assert_eq!(both(&a_site(), &silent), one);
    assert_eq!(both(&silent, &a_site()), one);
    // At another address, and at one address but a kilometre away, it is another place.
    let mut elsewhere = silent.clone();
    elsewhere.published.address = "熊本県人吉市【デモ】町8-8".to_owned();
    let mut far = silent;
    far.published.position = Position::new(32.22, 130.77).unwrap();
    for other in [elsewhere, far] {
        let two = both(&a_site(), &other);
        assert_eq!((two.usable, two.direct, two.room), (2, 1, 2));
    }
}

#[test]
fn a_site_is_there_only_by_the_level_at_which_it_opens() {
    let opening = |at: Option<u8>, kind| {
        let site = a_site_with(|site| {
            site.entry.opens_at_level = at;
            site.published.kind = kind;
        });
        let rows = diagnose(None, &[judged(site, a_world())]);
        match &row_of(&rows, Hazard::Flood).columns {
            Columns::Levels { leave, there, .. } => (*leave, *there),
            Columns::One(_) => panic!("floods have levels"),
        }
    };
    let (leave, there) = opening(Some(4), SiteKind::EmergencySite);
    assert_eq!((leave.usable, leave.too_late, there.usable), (0, 1, 1));
    let (leave, there) = opening(None, SiteKind::EmergencySite);
    assert_eq!((leave.usable, leave.unsure), (0, 1));
    assert_eq!((there.usable, there.unsure), (0, 1));
    let (leave, _) = opening(None, SiteKind::Hospital);
    assert_eq!(leave.usable, 1, "a hospital is always open");
    // Earthquakes have no levels.
    let late = a_site_with(|site| site.entry.opens_at_level = Some(4));
    assert_eq!(counted(late, a_world(), Hazard::Earthquake).usable, 1);
}

#[test]
fn power_that_was_confirmed_until_yesterday_is_to_be_asked_for() {
    let until = |days| {
        a_site_with(|site| {
            let power = site.entry.power.as_mut().unwrap();
            power.valid_until = today() - Days::new(days);
        })
    };
    let places = counted(until(0), a_world(), Hazard::PowerCut);
    assert_eq!((places.powered, places.direct), (1, 1));
    let places = counted(until(1), a_world(), Hazard::PowerCut);
    assert_eq!((places.usable, places.powered, places.to_ask), (1, 0, 1));
}

#[test]
fn nowhere_is_told_apart_from_nowhere_known() {
    let alarm = |sites: &[DistrictSite]| {
        let rows = diagnose(None, sites);
        row_of(&rows, Hazard::Flood).alarm().map(|text| text.ja)
    };
    let none = alarm(&[]).unwrap();
    assert_eq!(none, "洪水のとき、使える避難先が1か所もありません。");
    let refusing = a_site_with(|site| site.entry.direct_allowed = Some(false));
    let none = alarm(&[judged(refusing, a_world())]).unwrap();
    assert_eq!(
        none,
        "洪水のとき、電源があって直接入れる避難先が1か所もありません。"
    );
    let silent = a_site_with(|site| site.entry.power = None);
    let none = alarm(&[judged(silent, a_world())]).unwrap();
    assert!(none.contains("確かめる所 1"), "{none}");
    assert_eq!(alarm(&[judged(a_site(), a_world())]), None);
}

/// A child whom each hazard hits as it is said here.
fn child(hits: Option<bool>, way: PlannedWay) -> BTreeMap<Hazard, HazardStanding> {
    let standing = HazardStanding {
        hits,
        way,
        upstairs: hits.map(|_| true),
    };
    HAZARDS.iter().map(|hazard| (*hazard, standing)).collect()
}

#[test]
fn unknown_homes_are_counted_apart_and_shortage_is_told_with_and_without_them() {
    let hit = child(Some(true), PlannedWay::Usable);
    let stuck = child(Some(true), PlannedWay::Unusable);
    let dry = child(Some(false), PlannedWay::Nowhere);
    let unknown = child(None, PlannedWay::Nowhere);
    let hidden = BTreeMap::new();
    let at_3 = BTreeMap::from([(Hazard::Flood, level(3))]);
    let at_4 = BTreeMap::from([(Hazard::Flood, level(4))]);
    let none = BTreeMap::new();
    let children: Vec<DistrictChild<'_>> = [
        (&hit, &at_3),
        (&hit, &at_4),
        (&stuck, &at_3),
        (&dry, &none),
        (&unknown, &none),
        (&hidden, &at_3),
    ]
    .map(|(standing, triggers)| DistrictChild { standing, triggers })
    .to_vec();
    let rows = diagnose(Some(&children), &[judged(a_site(), a_world())]);
    let flood = row_of(&rows, Hazard::Flood);
    let homes = Homes {
        hit: 3,
        outside: 1,
        unknown: 2,
    };
    assert_eq!(flood.homes, Some(homes));
    // The dry one needs none; of the hidden one nobody knows.
    let ways = Ways {
        nowhere: 1,
        unusable: 1,
        unknown: 1,
        usable: 2,
    };
    assert_eq!(flood.ways, Some(ways));
    // The site has two places.
    assert_eq!(flood.shortage(), Some((1, 3)));
    let Columns::Levels { too_late, late, .. } = &flood.columns else {
        panic!("floods have levels");
    };
    let upstairs = Upstairs {
        may: 3,
        may_not: 0,
        unknown: 2,
    };
    assert_eq!(*too_late, Some(upstairs));
    // One leaves at level 4, and of the unknown one no level is settled.
    assert_eq!(*late, Some(2));
    // Everybody is hit by a power cut, whatever is kept.
    let cut = row_of(&rows, Hazard::PowerCut);
    assert_eq!(cut.homes.unwrap().hit, 6);
    let only_hidden = [DistrictChild {
        standing: &hidden,
        triggers: &none,
    }];
    let rows = diagnose(Some(&only_hidden), &[]);
    let hits = |hazard| row_of(&rows, hazard).homes.unwrap().hit;
    assert_eq!((hits(Hazard::PowerCut), hits(Hazard::Flood)), (1, 0));
}

#[test]
fn who_sees_no_children_reads_no_zero() {
    let rows = diagnose(None, &[]);
    for row in &rows {
        assert_eq!((row.homes, row.ways, row.shortage()), (None, None, None));
        assert!(row.concerns(), "{:?}", row.hazard);
    }
}

/// How a plan stands to a hazard in a world.
fn stands(
    change: impl FnOnce(&mut PlanDocument),
    world: WorldBuilder,
    hazard: Hazard,
) -> HazardStanding {
    let plan = a_plan_with(change);
    let looked = checking(&plan, world);
    standing(&looked.look, Some(&plan), plan.home.room_floor)[&hazard]
}

#[test]
fn a_plan_leads_somewhere_as_its_own_verdicts_say() {
    let flooding = || a_world().flooding_the_home();
    let only_site = |plan: &mut PlanDocument| plan.destinations = vec![to_the_site()];
    let whole = stands(|_| (), flooding(), Hazard::Flood);
    assert_eq!((whole.hits, whole.way), (Some(true), PlannedWay::Usable));
    let way = |world| stands(only_site, world, Hazard::Flood).way;
    assert_eq!(way(flooding()), PlannedWay::Usable);
    let other = a_site_for([Hazard::Earthquake]);
    assert_eq!(way(flooding().listing([other])), PlannedWay::Unusable);
    let closed = a_site_with(|site| site.entry.closed_from = Some(today()));
    assert_eq!(way(flooding().listing([closed])), PlannedWay::Unusable);
    let refusing = a_site_with(|site| site.entry.direct_allowed = Some(false));
    assert_eq!(way(flooding().listing([refusing])), PlannedWay::Unusable);
    let wet = flooding().with_water(InundationRank::R5, at_site());
    assert_eq!(way(wet), PlannedWay::Unusable);
    assert_eq!(way(flooding().without_lists()), PlannedWay::Unknown);
    let none = stands(|plan| plan.destinations.clear(), flooding(), Hazard::Flood);
    assert_eq!(none.way, PlannedWay::Nowhere);
}

#[test]
fn staying_upstairs_counts_where_home_and_room_are_above_the_water() {
    let stay = |floor| {
        move |plan: &mut PlanDocument| {
            plan.home.room_floor = floor;
            plan.destinations = vec![nowhere(DestinationKind::StayUpstairs)];
        }
    };
    let flood = |floor| stands(stay(floor), a_world().flooding_the_home(), Hazard::Flood);
    let high = flood(Some(2));
    assert_eq!((high.upstairs, high.way), (Some(true), PlannedWay::Usable));
    let low = flood(Some(1));
    assert_eq!((low.upstairs, low.way), (Some(false), PlannedWay::Unusable));
    let unknown = flood(None);
    assert_eq!((unknown.upstairs, unknown.way), (None, PlannedWay::Unknown));
    let swept = a_world().flooding_the_home().with_collapse(at_home());
    let swept = stands(stay(Some(3)), swept, Hazard::Flood);
    assert_eq!(swept.upstairs, Some(false));
    // Nobody stays in a landslide or a tsunami.
    let slope = a_world().with_a_slope(LandslideZone::Warning, at_home());
    let slope = stands(stay(Some(3)), slope, Hazard::Landslide);
    assert_eq!(
        (slope.upstairs, slope.way),
        (Some(false), PlannedWay::Nowhere)
    );
}
