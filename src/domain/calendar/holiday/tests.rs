use super::*;

/// The official lists: 内閣府「国民の祝日について」 for 2025 and 2026, 暦要項 of
/// February 2026 for 2027 (DOMAIN.md E2).
const OFFICIAL: [(i32, &[(u32, u32)]); 3] = [
    (
        2025,
        &[
            (1, 1),
            (1, 13),
            (2, 11),
            (2, 23),
            (2, 24),
            (3, 20),
            (4, 29),
            (5, 3),
            (5, 4),
            (5, 5),
            (5, 6),
            (7, 21),
            (8, 11),
            (9, 15),
            (9, 23),
            (10, 13),
            (11, 3),
            (11, 23),
            (11, 24),
        ],
    ),
    (
        2026,
        &[
            (1, 1),
            (1, 12),
            (2, 11),
            (2, 23),
            (3, 20),
            (4, 29),
            (5, 3),
            (5, 4),
            (5, 5),
            (5, 6),
            (7, 20),
            (8, 11),
            (9, 21),
            (9, 22),
            (9, 23),
            (10, 12),
            (11, 3),
            (11, 23),
        ],
    ),
    (
        2027,
        &[
            (1, 1),
            (1, 11),
            (2, 11),
            (2, 23),
            (3, 21),
            (3, 22),
            (4, 29),
            (5, 3),
            (5, 4),
            (5, 5),
            (7, 19),
            (8, 11),
            (9, 20),
            (9, 23),
            (10, 11),
            (11, 3),
            (11, 23),
        ],
    ),
];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn computed(text: &str) -> Option<String> {
    Holidays::by_law().name(day(text)).map(Cow::into_owned)
}

fn list(days: &[(&str, &str)]) -> Holidays {
    let days = days.iter().map(|(on, name)| (day(on), (*name).to_owned()));
    Holidays::published(days.collect())
}

#[test]
fn the_computed_holidays_are_the_official_ones_of_2025_to_2027() {
    for (year, official) in OFFICIAL {
        let found: Vec<(u32, u32)> = Holidays::by_law()
            .of_year(year)
            .iter()
            .map(|(day, _)| (day.month(), day.day()))
            .collect();
        assert_eq!(found, official, "{year}");
    }
}

#[test]
fn days_that_make_up_and_days_between_are_told_apart() {
    for (on, name) in [
        ("2026-05-06", Some("振替休日")),
        ("2026-09-22", Some("国民の休日")),
        ("2027-03-22", Some("振替休日")),
        ("2025-11-24", Some("振替休日")),
        ("2026-05-07", None),
        // Before 2007 the day between two on a Sunday was none, and only the Monday made up.
        ("1986-05-04", None),
        ("1988-05-04", Some("国民の休日")),
        ("1973-04-30", Some("振替休日")),
        ("1973-02-12", None),
        // The change of the throne: ten days in a row.
        ("2019-04-30", Some("国民の休日")),
        ("2019-05-02", Some("国民の休日")),
        ("2019-05-06", Some("振替休日")),
        // The Olympic games.
        ("2021-07-19", None),
        ("2021-07-22", Some("海の日")),
        ("2021-08-09", Some("振替休日")),
        // The next September with a day between.
        ("2032-09-21", Some("国民の休日")),
    ] {
        assert_eq!(computed(on).as_deref(), name, "{on}");
    }
}

#[test]
fn equinoxes_fall_on_the_days_of_the_almanacs_and_never_far_from_them() {
    for (year, spring, autumn) in [
        (1955, 21, 24),
        (1960, 20, 23),
        (1979, 21, 24),
        (1980, 20, 23),
        (2012, 20, 22),
        (2024, 20, 22),
        (2026, 20, 23),
        (2027, 21, 23),
        (2092, 19, 22),
        (2099, 20, 23),
        (2100, 20, 23),
        (2150, 21, 23),
    ] {
        assert_eq!(
            (spring_equinox(year), autumn_equinox(year)),
            (spring, autumn),
            "{year}"
        );
    }
    for year in 1948..3000 {
        assert!((19..=22).contains(&spring_equinox(year)), "{year}");
        assert!((21..=25).contains(&autumn_equinox(year)), "{year}");
    }
}

#[test]
fn a_published_year_replaces_the_computed_one() {
    let (_, official) = OFFICIAL[1];
    // As if the Act were changed: the third of November moves to the fourth.
    let moved = official.iter().map(|(month, number)| {
        let number = if *month == 11 && *number == 3 {
            4
        } else {
            *number
        };
        let day = NaiveDate::from_ymd_opt(2026, *month, number).unwrap();
        (day, "【デモ】祝日".to_owned())
    });
    let holidays = Holidays::published(moved.collect());
    assert_eq!(holidays.name(day("2026-11-03")), None);
    assert_eq!(
        holidays.name(day("2026-11-04")).as_deref(),
        Some("【デモ】祝日")
    );
    assert_eq!(holidays.incomplete_years(), BTreeSet::new());
    assert_eq!(holidays.published_years(), Some((2026, 2026)));
    // Years that the list does not have are computed.
    assert_eq!(
        holidays.name(day("2027-11-03")).as_deref(),
        Some("文化の日")
    );
}

#[test]
fn a_list_that_was_cut_off_makes_no_holiday_a_working_day() {
    let holidays = list(&[("2028-01-01", "元日"), ("2028-06-01", "【デモ】臨時の休日")]);
    assert_eq!(
        holidays.name(day("2028-06-01")).as_deref(),
        Some("【デモ】臨時の休日")
    );
    assert_eq!(
        holidays.name(day("2028-11-03")).as_deref(),
        Some("文化の日")
    );
    assert_eq!(holidays.incomplete_years(), BTreeSet::from([2028]));
}
