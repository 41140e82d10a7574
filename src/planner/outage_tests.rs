use geo::polygon;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::{id::UserId, night::NightKind, power::SourceKind};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn code(text: &str) -> MunicipalityCode {
    MunicipalityCode::parse(text).unwrap()
}

fn begun() -> DateTime<Utc> {
    at("2026-09-01T13:00:00Z")
}

fn cut(hours: u32) -> Cut {
    Cut {
        since: begun(),
        hours,
    }
}

fn facts(internal: f64, external: f64) -> NightFacts {
    NightFacts {
        power: Carried {
            sources: vec![
                (SourceKind::Internal, internal),
                (SourceKind::External, external),
            ],
            batteries_known: true,
            all_known: true,
        },
        before_end: Some(75.0 + 30.0 + 60.0),
        ..NightFacts::default()
    }
}

fn answered(minutes_after: i64, hours: Option<f64>, power: Option<PowerNow>) -> NightAnswer {
    NightAnswer {
        id: Uuid::nil(),
        kind: NightKind::AtHome,
        whom: None,
        place: None,
        power,
        hours_left: hours,
        needs: Vec::new(),
        words: None,
        next_call_at: None,
        at: begun() + TimeDelta::minutes(minutes_after),
        by: (UserId(Uuid::nil()), "【デモ】職員".to_owned()),
        struck_at: None,
    }
}

#[test]
fn the_example_of_the_interface_is_answered_to_the_minute() {
    // 3.0 h inside and 6.5 h outside from 22:00 (13:00 UTC) end at 07:30.
    let left = left(&facts(3.0, 6.5), None, cut(72), begun());
    assert!((left.answer.hours_left - 9.5).abs() < 1e-9);
    assert_eq!(left.runs_out_at, Some(at("2026-09-01T22:30:00Z")));
    let sources = [(SourceKind::Internal, 3.0), (SourceKind::External, 6.5)];
    assert_eq!(left.answer.sources, sources);
    assert!(left.answer.known && !left.answer.lasts);
    // 9.5 h less 75 minutes, 30 minutes and an hour: 6 h 45 min after the cut.
    assert_eq!(left.leave_by, Some(at("2026-09-01T19:45:00Z")));
}

#[test]
fn three_hours_at_three_quarters_with_a_long_way_mean_at_once() {
    // 3 h at 75 % are 135 minutes; 75 + 30 + 60 = 165 are needed.
    let left = left(&facts(2.25, 0.0), None, cut(72), begun());
    assert_eq!(left.leave_by, Some(begun()));
}

#[test]
fn a_home_that_lasts_says_so_and_no_time() {
    let lasts = left(&facts(3.0, 6.5), None, cut(9), begun());
    assert!(lasts.answer.lasts);
    assert!((lasts.answer.hours_left - 9.0).abs() < 1e-9);
    assert_eq!(lasts.runs_out_at, None);
}

#[test]
fn hours_that_nobody_knows_give_no_time_and_come_first() {
    let nothing = left(&NightFacts::default(), None, cut(72), begun());
    assert!(!nothing.answer.known);
    assert_eq!((nothing.runs_out_at, nothing.leave_by), (None, None));
    let mut some = facts(3.0, 6.5);
    some.power.batteries_known = false;
    let some = left(&some, None, cut(72), begun());
    assert!(!some.answer.known);
    assert!((some.answer.hours_left - 9.5).abs() < 1e-9);
    assert_eq!(some.runs_out_at, None);
    // A lower bound makes them leave no later than they must.
    assert_eq!(some.leave_by, Some(at("2026-09-01T19:45:00Z")));
    let short = left(&facts(1.0, 0.0), None, cut(72), begun());
    let [a, b] = ["K-0002", "K-0001"].map(|number| CaseNumber::parse(number).unwrap());
    let first = order((State::ToCall, &some, &a), (State::ToCall, &short, &b));
    assert_eq!(first, Ordering::Less);
}

#[test]
fn what_a_family_told_counts_from_when_it_was_told() {
    // An hour after the cut they had two hours: three from the cut on.
    let told = answered(60, Some(2.0), Some(PowerNow::Off));
    let left_now = left(
        &facts(3.0, 6.5),
        Some(&told),
        cut(72),
        begun() + TimeDelta::hours(2),
    );
    assert!(left_now.told && left_now.answer.known);
    assert_eq!(left_now.runs_out_at, Some(at("2026-09-01T16:00:00Z")));
    assert!((left_now.now - 1.0).abs() < 1e-9, "{}", left_now.now);
    // Said an hour before, with power: they were not used until the cut.
    let before = answered(-60, Some(2.0), Some(PowerNow::On));
    let kept = left(&facts(3.0, 6.5), Some(&before), cut(72), begun());
    assert!((kept.answer.hours_left - 2.0).abs() < 1e-9);
    // Said an hour before, without: one is gone.
    let before = answered(-60, Some(2.0), Some(PowerNow::Off));
    let gone = left(&facts(3.0, 6.5), Some(&before), cut(72), begun());
    assert!((gone.answer.hours_left - 1.0).abs() < 1e-9);
}

#[test]
fn whoever_has_power_is_called_after_those_who_have_none() {
    let [a, b] = ["K-0001", "K-0002"].map(|number| CaseNumber::parse(number).unwrap());
    let on = answered(10, None, Some(PowerNow::On));
    let powered = left(&facts(1.0, 0.0), Some(&on), cut(72), begun());
    let dark = left(&facts(9.0, 9.0), None, cut(72), begun());
    assert_eq!(powered.powered_at, Some(on.at));
    assert_eq!(
        order((State::AtHome, &powered, &a), (State::AtHome, &dark, &b)),
        Ordering::Greater
    );
    // Who needs help stands before everybody, with power or without.
    assert_eq!(
        order((State::NeedsHelp, &powered, &a), (State::ToCall, &dark, &b)),
        Ordering::Less
    );
    assert_eq!(
        order((State::Away, &powered, &a), (State::Arrived, &dark, &b)),
        Ordering::Greater
    );
}

fn position(lat: f64, lon: f64) -> (Position, PositionAccuracy) {
    let exact = PositionAccuracy::Surveyed;
    (Position::new(lat, lon).unwrap(), exact)
}

fn square() -> OutageArea {
    OutageArea {
        drawn: vec![vec![vec![
            [130.70, 32.20],
            [130.80, 32.20],
            [130.80, 32.30],
            [130.70, 32.30],
            [130.70, 32.20],
        ]]],
        ..OutageArea::default()
    }
}

#[test]
fn a_drawn_area_holds_what_lies_in_it_and_what_nobody_can_place() {
    let nowhere = Boundaries::default();
    let ground = Ground::new(&square(), None, &nowhere);
    let inside = Spot {
        town: Some(code("43203")),
        position: Some(position(32.25, 130.75)),
        ..Spot::default()
    };
    let outside = Spot {
        position: Some(position(32.35, 130.75)),
        ..inside
    };
    assert_eq!(ground.holds(&inside), Within::Inside);
    assert_eq!(ground.holds(&outside), Within::Outside);
    // Some 550 m from the edge, and known to a kilometre only.
    let rough = Spot {
        position: Some((
            Position::new(32.305, 130.75).unwrap(),
            PositionAccuracy::TownCentroid,
        )),
        ..inside
    };
    assert_eq!(ground.holds(&rough), Within::Perhaps(Doubt::NearEdge));
    let unplaced = Spot {
        position: None,
        ..inside
    };
    assert_eq!(ground.holds(&unplaced), Within::Perhaps(Doubt::NoPosition));
    // Whether a protected address lies inside is told by nothing.
    for spot in [inside, outside] {
        let hidden = Spot {
            hidden: true,
            ..spot
        };
        assert_eq!(ground.holds(&hidden), Within::Perhaps(Doubt::Protected));
    }
    // Of another municipality than the one it is limited to nothing is inside.
    let limited = Ground::new(&square(), Some(code("43202")), &nowhere);
    assert_eq!(limited.holds(&inside), Within::Outside);
}

#[test]
fn what_is_drawn_far_from_a_town_holds_nobody_of_it() {
    let far = polygon![
        (x: 130.0, y: 33.0), (x: 130.1, y: 33.0), (x: 130.1, y: 33.1), (x: 130.0, y: 33.1),
    ];
    let known = Boundaries::new(vec![(code("43203"), MultiPolygon(vec![far]))]);
    let ground = Ground::new(&square(), None, &known);
    let unplaced = |town| Spot {
        town: Some(code(town)),
        ..Spot::default()
    };
    assert_eq!(ground.holds(&unplaced("43203")), Within::Outside);
    // Of a town whose boundary nobody knows it may be.
    assert!(ground.holds(&unplaced("43202")).counts());
}

#[test]
fn towns_and_places_hold_what_they_name() {
    let nowhere = Boundaries::default();
    let area = OutageArea {
        towns: vec![code("43202")],
        places: vec!["熊本県人吉市下城本町の一部".to_owned(), "麓町".to_owned()],
        ..OutageArea::default()
    };
    let ground = Ground::new(&area, None, &nowhere);
    assert!(ground.asks_addresses());
    let of = |town: Option<&str>, address| {
        ground.holds(&Spot {
            town: town.map(code),
            address,
            ..Spot::default()
        })
    };
    assert_eq!(of(Some("43202"), None), Within::Inside);
    assert_eq!(
        of(Some("43203"), Some("人吉市大字下城本町1578-1")),
        Within::Inside
    );
    assert_eq!(of(Some("43203"), Some("人吉市宝来町1")), Within::Outside);
    assert_eq!(of(Some("43203"), None), Within::Perhaps(Doubt::NoAddress));
    // A place without its municipality may lie in any.
    assert_eq!(
        of(Some("43204"), Some("【デモ】荒尾市麓町3")),
        Within::Inside
    );
    assert_eq!(
        of(Some("43204"), Some("【デモ】荒尾市下城本町3")),
        Within::Outside
    );
    assert_eq!(of(None, Some("下城本町3")), Within::Inside);
    assert_eq!(of(None, Some("緑町3")), Within::Perhaps(Doubt::NoTown));
    let hidden = Spot {
        town: Some(code("43203")),
        address: Some("人吉市宝来町1"),
        hidden: true,
        ..Spot::default()
    };
    assert_eq!(ground.holds(&hidden), Within::Perhaps(Doubt::Protected));
    let nothing = Ground::new(&OutageArea::default(), None, &nowhere);
    assert_eq!(nothing.holds(&hidden), Within::Outside);
}

#[test]
fn a_list_may_name_a_whole_municipality() {
    let nowhere = Boundaries::default();
    let area = OutageArea {
        places: vec!["人吉市全域".to_owned()],
        ..OutageArea::default()
    };
    let ground = Ground::new(&area, None, &nowhere);
    let of = |town| {
        ground.holds(&Spot {
            town,
            ..Spot::default()
        })
    };
    assert_eq!(of(Some(code("43203"))), Within::Inside);
    assert_eq!(of(Some(code("43202"))), Within::Outside);
    assert_eq!(of(None), Within::Perhaps(Doubt::NoTown));
}

#[test]
fn the_nearest_place_is_the_nearest_on_the_ground() {
    let from = Position::new(32.2, 130.7).unwrap();
    let places = [
        (Position::new(32.3, 130.7).unwrap(), "遠い"),
        (Position::new(32.21, 130.7).unwrap(), "近い"),
    ];
    let found = nearest(from, places.iter().map(|(at, name)| (*at, name)));
    let (metres, name) = found.unwrap();
    assert_eq!(*name, "近い");
    assert!((1_000.0..1_200.0).contains(&metres), "{metres}");
    assert!(nearest::<&str>(from, std::iter::empty()).is_none());
}

proptest! {
    // A longer cut never makes anybody last shorter, and nobody lasts longer than the cut.
    #[test]
    fn hours_are_capped_and_never_shrink_with_the_cut(
        internal in 0.0..60.0_f64, external in 0.0..60.0_f64,
        hours in 1..200_u32, more in 0..200_u32,
    ) {
        let facts = facts(internal, external);
        let short = left(&facts, None, cut(hours), begun());
        let long = left(&facts, None, cut(hours + more), begun());
        prop_assert!(short.answer.hours_left <= f64::from(hours));
        prop_assert!(short.answer.hours_left <= long.answer.hours_left);
        prop_assert_eq!(short.answer.lasts, short.runs_out_at.is_none());
        let sum: f64 = short.answer.sources.iter().map(|(_, hours)| hours).sum();
        prop_assert!(sum <= short.answer.hours_left + 1e-9, "{sum}");
    }

    // One leaves before the power ends, and never before it is cut.
    #[test]
    fn one_leaves_between_the_cut_and_the_end(
        internal in 0.0..60.0_f64, before in 0.0..600.0_f64,
    ) {
        let mut facts = facts(internal, 0.0);
        facts.before_end = Some(before);
        let left = left(&facts, None, cut(72), begun());
        let by = left.leave_by.unwrap();
        prop_assert!(by >= begun());
        if let Some(ends) = left.runs_out_at {
            prop_assert!(by <= ends + TimeDelta::minutes(6) || before < 6.0, "{by} {ends}");
        }
    }
}

#[test]
fn hours_that_are_over_come_before_hours_that_nobody_knows() {
    let now = begun() + TimeDelta::hours(3);
    let over = left(&facts(1.0, 1.0), None, cut(72), now);
    let unknown = left(&NightFacts::default(), None, cut(72), now);
    let more = left(&facts(8.0, 0.0), None, cut(72), now);
    let number = CaseNumber::parse("K-0001").unwrap();
    let at = |left| (State::ToCall, left, &number);
    assert!(over.is_over() && !unknown.is_over() && !more.is_over());
    assert_eq!(order(at(&over), at(&unknown)), Ordering::Less);
    assert_eq!(order(at(&unknown), at(&more)), Ordering::Less);
    // Somebody who has power now is not in a hurry.
    let powered = answered(170, None, Some(PowerNow::On));
    let powered = left(&facts(1.0, 1.0), Some(&powered), cut(72), now);
    assert_eq!(order(at(&more), at(&powered)), Ordering::Less);
}

#[test]
fn oxygen_that_ends_before_the_batteries_sets_the_time() {
    let facts = NightFacts {
        hours: Some(2.0),
        oxygen_first: true,
        before_end: Some(60.0),
        ..facts(8.0, 0.0)
    };
    let by = |facts: &NightFacts| left(facts, None, cut(72), begun()).leave_by;
    // 2.0 h less 60 min.
    assert_eq!(by(&facts), Some(begun() + TimeDelta::minutes(60)));
    // Nobody has counted the cylinders: at once.
    let uncounted = NightFacts {
        hours: None,
        ..facts.clone()
    };
    assert_eq!(by(&uncounted), Some(begun()));
    let by_batteries = NightFacts {
        oxygen_first: false,
        hours: Some(8.0),
        ..facts
    };
    assert_eq!(by(&by_batteries), Some(begun() + TimeDelta::minutes(420)));
}

#[test]
fn a_place_of_one_letter_is_no_place() {
    for vague in ["市", "町", "1", "１-２", "*", "%", "区"] {
        assert!(is_vague(vague), "{vague}");
    }
    for place in ["下城本町", "麓町", "人吉市", "人吉市麓町", "中神町1丁目"] {
        assert!(!is_vague(place), "{place}");
    }
}

#[test]
fn of_each_place_it_is_known_whether_a_home_surely_lies_there() {
    let boundaries = Boundaries::default();
    let area = OutageArea {
        places: vec!["麓町".to_owned(), "どこにもない町".to_owned()],
        ..OutageArea::default()
    };
    let ground = Ground::new(&area, Some(code("43203")), &boundaries);
    let spot = |hidden| Spot {
        town: Some(code("43203")),
        address: Some("【デモ】人吉市麓町1-1"),
        position: None,
        hidden,
    };
    let around = |hidden| ground.places_around(&spot(hidden)).collect::<Vec<_>>();
    assert_eq!(around(false), [true, false]);
    // Nothing tells where a protected address is.
    assert_eq!(around(true), [false, false]);
}
