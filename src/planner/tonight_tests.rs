use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::{
    id::UserId,
    night::{NightPlace, Whereabouts},
};

fn now() -> DateTime<Utc> {
    "2026-09-14T08:00:00Z".parse().unwrap()
}

fn today() -> NaiveDate {
    "2026-09-14".parse().unwrap()
}

fn code(text: &str) -> MunicipalityCode {
    MunicipalityCode::parse(text).unwrap()
}

fn level(number: u8) -> EvacuationLevel {
    number.try_into().unwrap()
}

fn in_force(town: &str, hazard: Option<Hazard>, number: Option<u8>, mayor: bool) -> NightLevel {
    NightLevel {
        id: Uuid::nil(),
        municipality: code(town),
        hazard,
        level: number.map(level),
        name: "【デモ】".to_owned(),
        part: None,
        since: now(),
        night_since: now(),
        by: if mayor {
            Ok("【デモ】職員".to_owned())
        } else {
            Err("【デモ】気象台".to_owned())
        },
        entered_at: now(),
    }
}

fn mayors(number: u8) -> Vec<NightLevel> {
    vec![in_force("43203", None, Some(number), true)]
}

fn planned() -> NightFacts {
    NightFacts {
        has_plan: Some(true),
        hours: Some(8.0),
        places: vec![NightPlace {
            site: Some(SiteId(Uuid::from_u128(1))),
            name: "【デモ】灯小学校".to_owned(),
            hazards: None,
            stays: false,
            power_until: None,
            way: None,
        }],
        ..NightFacts::default()
    }
}

fn answer(kind: NightKind, minutes_ago: i64) -> NightAnswer {
    NightAnswer {
        id: Uuid::nil(),
        kind,
        whom: None,
        place: None,
        power: None,
        hours_left: None,
        needs: Vec::new(),
        words: None,
        next_call_at: None,
        at: now() - TimeDelta::minutes(minutes_ago),
        by: (UserId(Uuid::nil()), "【デモ】職員".to_owned()),
        struck_at: None,
    }
}

fn told(kind: AnswerKind, minutes_ago: i64) -> Told {
    Told {
        kind,
        at: now() - TimeDelta::minutes(minutes_ago),
    }
}

fn number() -> CaseNumber {
    CaseNumber::parse("K-0001").unwrap()
}

#[derive(Debug)]
struct Case {
    facts: NightFacts,
    answer: Option<NightAnswer>,
    told: Option<Told>,
    away: bool,
    home: Option<&'static str>,
}

fn a_case() -> Case {
    Case {
        facts: planned(),
        answer: None,
        told: None,
        away: false,
        home: Some("43203"),
    }
}

impl Case {
    fn judge(&self, levels: &[NightLevel]) -> Option<Judged> {
        self.judge_with(levels, &HashMap::new())
    }

    fn judge_with(
        &self,
        levels: &[NightLevel],
        sites: &HashMap<SiteId, SiteNow>,
    ) -> Option<Judged> {
        let number = number();
        let child = Child {
            number: &number,
            home: self.home.map(code),
            facts: &self.facts,
            answer: self.answer.as_ref(),
            told: self.told,
            stays_elsewhere: self.away,
            cut_since: None,
        };
        judge(&child, levels, sites, (now(), today()))
    }

    fn state(&self, levels: &[NightLevel]) -> Option<State> {
        self.judge(levels).map(|judged| judged.state)
    }
}

#[test]
fn level_three_reaches_whoever_has_no_trigger_and_level_two_does_not() {
    assert_eq!(a_case().state(&mayors(2)), None);
    assert_eq!(a_case().state(&mayors(3)), Some(State::ToCall));
    let early = Case {
        facts: NightFacts {
            triggers: [(Hazard::Flood, level(2))].into(),
            ..planned()
        },
        ..a_case()
    };
    assert_eq!(early.state(&mayors(2)), Some(State::ToCall));
    // A plan that waits for level 4 waits too long: it is called at level 3.
    let late = Case {
        facts: NightFacts {
            triggers: [(Hazard::Flood, level(4))].into(),
            ..planned()
        },
        ..a_case()
    };
    assert_eq!(late.state(&mayors(3)), Some(State::ToCall));
}

#[test]
fn the_higher_of_mayor_and_agency_counts_for_each_hazard() {
    let mut levels = mayors(3);
    levels.push(in_force("43203", Some(Hazard::Landslide), Some(4), false));
    let judged = a_case().judge(&levels).unwrap();
    assert_eq!(
        (judged.level, &judged.hazards),
        (Some(level(4)), &vec![Hazard::Landslide])
    );
    assert_eq!(judged.named, [Hazard::Landslide]);
    // Of a level of all hazards those are named that hit the home.
    let hit = Case {
        facts: NightFacts {
            exposed: [(Hazard::Flood, true)].into(),
            ..planned()
        },
        ..a_case()
    };
    let judged = hit.judge(&mayors(3)).unwrap();
    assert_eq!(
        (judged.named, judged.hazards.len()),
        (vec![Hazard::Flood], 4)
    );
    // What the agency says of slopes is no level of rivers.
    let rivers = Case {
        facts: NightFacts {
            exposed: [(Hazard::Landslide, false)].into(),
            ..planned()
        },
        ..a_case()
    };
    let judged = rivers.judge(&levels).unwrap();
    assert_eq!(judged.level, Some(level(3)));
    assert!(!judged.hazards.contains(&Hazard::Landslide));
}

#[test]
fn outside_on_every_map_is_set_apart_and_unknown_is_not() {
    let slopes = vec![in_force("43203", Some(Hazard::Landslide), Some(4), false)];
    let exposed = |hit: Option<bool>| Case {
        facts: NightFacts {
            exposed: hit
                .map(|hit| (Hazard::Landslide, hit))
                .into_iter()
                .collect(),
            ..planned()
        },
        ..a_case()
    };
    assert_eq!(exposed(None).state(&slopes), Some(State::ToCall));
    assert_eq!(exposed(Some(true)).state(&slopes), Some(State::ToCall));
    let outside = exposed(Some(false)).judge(&slopes).unwrap();
    assert_eq!(
        (outside.state, outside.level),
        (State::Outside, Some(level(4)))
    );
    assert!(outside.ask.ja.contains("安全とは限りません"));
}

#[test]
fn a_level_is_of_its_municipality_and_of_its_wards() {
    let of = |town, home| {
        let case = Case { home, ..a_case() };
        case.state(&[in_force(town, None, Some(3), true)]).is_some()
    };
    assert!(of("43203", Some("43203")) && !of("43203", Some("43202")));
    assert!(of("43100", Some("43102")) && of("43101", Some("43101")));
    assert!(!of("43101", Some("43102")));
    // Nobody knows which ward, or which municipality: it may be that one.
    assert!(of("43101", Some("43100")) && of("43203", None));
}

#[test]
fn every_answer_and_every_word_of_a_family_has_its_state() {
    use {AnswerKind as Tells, NightKind as Says, State as S};
    // What staff wrote down a minute ago, or longer; what the family told five minutes ago.
    for (answered, word, away, wanted) in [
        (None, None, false, S::ToCall),
        (None, None, true, S::Away),
        (Some((Says::Calling, 1)), None, false, S::ToCall),
        (Some((Says::NoAnswer, 1)), None, false, S::CallAgain),
        (Some((Says::AtHome, 1)), None, false, S::AtHome),
        (Some((Says::AtHome, 1)), None, true, S::AtHome),
        (Some((Says::Left, 1)), None, false, S::Left),
        (Some((Says::Arrived, 1)), None, false, S::Arrived),
        (Some((Says::NeedHelp, 1)), None, false, S::NeedsHelp),
        (None, Some(Tells::AtHome), false, S::AtHome),
        (None, Some(Tells::Evacuated), false, S::Arrived),
        (None, Some(Tells::NeedHelp), true, S::NeedsHelp),
        (None, Some(Tells::AllWell), false, S::ToCall),
        // The later word counts, whoever said it.
        (
            Some((Says::Arrived, 9)),
            Some(Tells::NeedHelp),
            false,
            S::NeedsHelp,
        ),
        (
            Some((Says::AtHome, 1)),
            Some(Tells::NeedHelp),
            false,
            S::AtHome,
        ),
        // That nobody answers ends no call for help.
        (
            Some((Says::NoAnswer, 1)),
            Some(Tells::NeedHelp),
            false,
            S::NeedsHelp,
        ),
    ] {
        let case = Case {
            answer: answered.map(|(kind, ago)| answer(kind, ago)),
            told: word.map(|kind| told(kind, 5)),
            away,
            ..a_case()
        };
        let state = case.state(&mayors(3));
        assert_eq!(state, Some(wanted), "{answered:?} {word:?}");
    }
    let in_hospital = Case {
        answer: Some(NightAnswer {
            place: Some(Whereabouts::Hospital),
            ..answer(NightKind::AtHome, 1)
        }),
        ..a_case()
    };
    assert_eq!(in_hospital.state(&mayors(3)), Some(State::Away));
    let due = Case {
        answer: Some(NightAnswer {
            next_call_at: Some(now()),
            ..answer(NightKind::AtHome, 30)
        }),
        ..a_case()
    };
    assert_eq!(due.state(&mayors(3)), Some(State::CallAgain));
}

#[test]
fn a_call_for_help_is_on_the_list_where_nothing_is_in_force() {
    let case = Case {
        told: Some(told(AnswerKind::NeedHelp, 1)),
        ..a_case()
    };
    assert_eq!(case.state(&[]), Some(State::NeedsHelp));
    let fine = Case {
        told: Some(told(AnswerKind::Evacuated, 1)),
        ..a_case()
    };
    assert_eq!(fine.state(&[]), None);
}

#[test]
fn at_level_five_nobody_is_told_to_travel() {
    for answered in [
        None,
        Some(NightKind::NoAnswer),
        Some(NightKind::AtHome),
        Some(NightKind::Left),
    ] {
        for has_plan in [None, Some(true)] {
            let case = Case {
                answer: answered.map(|kind| answer(kind, 1)),
                facts: NightFacts {
                    has_plan,
                    ..planned()
                },
                ..a_case()
            };
            let ask = case.judge(&mayors(5)).unwrap().ask;
            assert!(
                ask.ja.contains("119") && !ask.ja.contains("いま出られるか"),
                "{ask:?}"
            );
            assert!(
                ask.ja.contains("出ないで") || ask.ja.contains("動かず"),
                "{ask:?}"
            );
        }
    }
    let three = a_case().judge(&mayors(3)).unwrap().ask;
    assert!(three.ja.contains("いま出られるか"));
}

#[test]
fn where_the_power_is_cut_hours_lead_and_unknown_ones_come_first() {
    let cut = vec![in_force("43203", Some(Hazard::PowerCut), None, true)];
    let with = |hours, has_plan| {
        let case = Case {
            facts: NightFacts {
                has_plan,
                hours,
                ..planned()
            },
            ..a_case()
        };
        case.judge(&cut).unwrap()
    };
    let number = number();
    let (unknown, short, long) = (
        with(None, Some(true)),
        with(Some(1.5), Some(true)),
        with(Some(9.0), Some(false)),
    );
    assert!(unknown.order(&number) < short.order(&number));
    assert!(short.order(&number) < long.order(&number));
    assert!(unknown.power_cut && unknown.level.is_none() && unknown.state == State::ToCall);
}

#[test]
fn hours_that_were_told_run_down_unless_there_is_power() {
    let told = |power, minutes_ago| {
        let case = Case {
            answer: Some(NightAnswer {
                hours_left: Some(3.0),
                power,
                ..answer(NightKind::AtHome, minutes_ago)
            }),
            ..a_case()
        };
        let judged = case.judge(&mayors(3)).unwrap();
        assert!(judged.hours_told);
        judged.hours.unwrap()
    };
    assert!((told(Some(PowerNow::Off), 60) - 2.0).abs() < 1e-9);
    assert!((told(None, 60) - 2.0).abs() < 1e-9);
    assert!((told(Some(PowerNow::On), 60) - 3.0).abs() < 1e-9);
    assert!(told(Some(PowerNow::Off), 600).abs() < 1e-9);
}

#[test]
fn a_place_that_is_closed_gives_way_to_the_next_one() {
    let mut case = a_case();
    let second = SiteId(Uuid::from_u128(2));
    case.facts.places.push(NightPlace {
        site: Some(second),
        name: "【デモ】二の丸会館".to_owned(),
        hazards: None,
        stays: false,
        power_until: Some(today()),
        way: None,
    });
    let first = SiteId(Uuid::from_u128(1));
    let closed = SiteNow {
        open: Some(false),
        powered: None,
    };
    let mut sites = HashMap::from([(first, closed)]);
    let place = case.judge_with(&mayors(3), &sites).unwrap().place.unwrap();
    assert!(place.site == Some(second) && place.power_confirmed);
    sites.insert(second, closed);
    let judged = case.judge_with(&mayors(3), &sites).unwrap();
    assert_eq!(judged.place.unwrap().site, Some(first));
    assert!(judged.ask.ja.contains("閉まっています"));
}

fn any_case() -> impl Strategy<Value = Case> {
    let kinds = prop::option::of(prop::sample::select(NightKind::ALL));
    let words = prop::option::of(prop::sample::select(AnswerKind::ALL));
    let plan = prop::sample::select(vec![None, Some(false), Some(true)]);
    let hours = prop::option::of(0.0..20.0_f64);
    let homes = prop::sample::select(vec![None, Some("43203"), Some("43202")]);
    (
        kinds,
        words,
        plan,
        hours,
        any::<bool>(),
        homes,
        0..120_i64,
        any::<bool>(),
    )
        .prop_map(|(kind, word, has_plan, hours, away, home, ago, hit)| Case {
            facts: NightFacts {
                has_plan,
                hours,
                exposed: [(Hazard::Landslide, hit)].into(),
                ..planned()
            },
            answer: kind.map(|kind| answer(kind, ago)),
            told: word.map(|kind| told(kind, 60)),
            away,
            home,
        })
}

proptest! {
    #[test]
    fn the_order_is_total_and_does_not_depend_on_the_order_of_reading(
        cases in prop::collection::vec(any_case(), 1..24),
        turn in 0..24_usize,
        number in 1..=5_u8,
        cut in any::<bool>(),
    ) {
        let mut levels = mayors(number);
        levels.push(in_force("43202", Some(Hazard::Landslide), Some(number), false));
        if cut {
            levels.push(in_force("43202", Some(Hazard::PowerCut), None, true));
        }
        let listed: Vec<(CaseNumber, Judged)> = cases
            .iter()
            .enumerate()
            .filter_map(|(i, case)| {
                let number = CaseNumber::parse(&format!("K-{i:04}")).unwrap();
                Some((number, case.judge(&levels)?))
            })
            .collect();
        let sorted = |mut list: Vec<(CaseNumber, Judged)>| {
            list.sort_by(|a, b| a.1.order(&a.0).cmp(&b.1.order(&b.0)));
            list
        };
        let once = sorted(listed.clone());
        let mut turned = listed.clone();
        turned.rotate_left(turn % listed.len().max(1));
        turned.reverse();
        prop_assert_eq!(&sorted(turned), &once);
        for pair in once.windows(2) {
            let (a, b) = (&pair[0].1, &pair[1].1);
            prop_assert!(a.order(&pair[0].0) < b.order(&pair[1].0), "no two are alike");
            // A call for help is above everything.
            prop_assert!(b.state != State::NeedsHelp || a.state == State::NeedsHelp);
            // Hours that run down come before everybody else, the fewest first.
            if b.runs_down && a.state != State::NeedsHelp {
                prop_assert!(a.runs_down);
                let tenths = |hours: f64| (hours * 10.0) as i64;
                prop_assert!(a.hours.map(tenths) <= b.hours.map(tenths));
            }
            // Within a state, and where none run down, those without a plan come first.
            if a.state == b.state && !a.runs_down && !b.runs_down {
                prop_assert!(a.no_plan || !b.no_plan);
            }
        }
    }

    #[test]
    fn a_higher_level_never_takes_a_child_off_the_list(case in any_case(), number in 1..5_u8) {
        let low = case.judge(&mayors(number));
        let high = case.judge(&mayors(number + 1));
        prop_assert!(low.is_none() || high.is_some());
        if let (Some(low), Some(high)) = (low, high) {
            prop_assert!(low.level <= high.level);
        }
    }
}

fn cut_here() -> Vec<NightLevel> {
    vec![in_force("43203", Some(Hazard::PowerCut), None, true)]
}

#[test]
fn hours_that_run_down_lead_whoever_was_called() {
    let hours = |hours| NightFacts {
        hours: Some(hours),
        ..planned()
    };
    let uncalled = Case {
        facts: hours(7.9),
        ..a_case()
    };
    let mut ended = answer(NightKind::AtHome, 10);
    ended.power = Some(PowerNow::Off);
    ended.hours_left = Some(0.0);
    let ended = Case {
        answer: Some(ended),
        ..a_case()
    };
    let mut dark = answer(NightKind::Arrived, 10);
    dark.power = Some(PowerNow::Off);
    dark.hours_left = Some(1.0);
    let arrived_without_power = Case {
        answer: Some(dark),
        ..a_case()
    };
    let mut bright = answer(NightKind::AtHome, 10);
    bright.power = Some(PowerNow::On);
    let powered = Case {
        answer: Some(bright),
        ..a_case()
    };
    let number = number();
    let levels = cut_here();
    let judged = [ended, arrived_without_power, uncalled, powered].map(|case| {
        let judged = case.judge(&levels).unwrap();
        assert!(judged.power_cut);
        judged
    });
    let runs = judged.each_ref().map(|one| one.runs_down);
    assert_eq!(runs, [true, true, true, false]);
    for pair in judged.windows(2) {
        assert!(pair[0].order(&number) < pair[1].order(&number));
    }
    // Breath is asked for first, and 119 is named.
    for ending in &judged[..2] {
        assert!(
            ending.ask.ja.contains("呼吸器が動いているか"),
            "{}",
            ending.ask.ja
        );
        assert!(ending.ask.ja.contains("119"));
    }
    assert!(!judged[2].ask.ja.contains("呼吸器が動いているか"));
}

#[test]
fn whoever_is_at_a_hospital_is_set_apart_however_they_got_there() {
    for kind in [NightKind::AtHome, NightKind::Left, NightKind::Arrived] {
        let mut said = answer(kind, 5);
        said.place = Some(Whereabouts::Hospital);
        let case = Case {
            answer: Some(said),
            ..a_case()
        };
        assert_eq!(case.state(&mayors(3)), Some(State::Away), "{kind:?}");
    }
}

#[test]
fn the_call_asks_where_to_where_nothing_is_settled_and_sends_nobody_from_upstairs() {
    let ask = |facts: NightFacts, answer: Option<NightAnswer>| {
        let case = Case {
            facts,
            answer,
            ..a_case()
        };
        case.judge(&mayors(3)).unwrap().ask.ja
    };
    let nowhere = || NightFacts {
        places: Vec::new(),
        ..planned()
    };
    let upstairs = || {
        let mut facts = planned();
        facts.places[0].stays = true;
        facts
    };
    let at_home = || Some(answer(NightKind::AtHome, 5));
    assert!(ask(nowhere(), None).contains("行き先が決まっていません"));
    assert!(ask(nowhere(), at_home()).contains("行き先が決まっていません"));
    assert!(ask(upstairs(), None).contains("上の階にとどまります"));
    assert!(ask(upstairs(), at_home()).contains("上の階にいるか"));
    assert!(ask(planned(), None).contains("いま出られるか"));
}

#[test]
fn nobody_is_asked_to_leave_a_home_that_is_outside_on_the_maps() {
    let spared = NightFacts {
        exposed: Hazard::ALL.map(|hazard| (hazard, false)).into(),
        ..planned()
    };
    let ask = |answer: Option<NightAnswer>, levels: &[NightLevel]| {
        let case = Case {
            facts: spared.clone(),
            answer,
            ..a_case()
        };
        let judged = case.judge(levels).unwrap();
        assert!(judged.outside && !judged.is_reached());
        assert_eq!(judged.level, Some(level(4)), "what is in force is said");
        judged.ask.ja
    };
    let at_home = ask(Some(answer(NightKind::AtHome, 5)), &mayors(4));
    assert!(at_home.contains("バッテリーの残り"), "{at_home}");
    assert!(!at_home.contains("いつ出るか"), "{at_home}");
    let mut both = mayors(4);
    both.extend(cut_here());
    let in_the_dark = ask(None, &both);
    assert!(in_the_dark.contains("電気が来ているか"), "{in_the_dark}");
    assert!(!in_the_dark.contains("出られるか"), "{in_the_dark}");
    // The same home of which nobody knows is asked.
    let unknown = a_case().judge(&mayors(4)).unwrap();
    assert!(unknown.is_reached() && unknown.ask.ja.contains("いま出られるか"));
}
