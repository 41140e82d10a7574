//! Periods (期間) of months and years, as the Civil Code counts them (民法
//! 第138条–第143条, act 89 of 1896).
//!
//! Adding months with a library is not the same: six months from 2026-02-28
//! end on 2026-08-31, since they are counted from the first of March, and six
//! from 2025-08-30 on 2026-02-28, since there is no 31st of February.

use chrono::{Datelike, NaiveDate};

/// A period of whole months or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    /// A year has the same end as twelve months (第143条).
    months: u32,
}

impl Period {
    /// No longer period is counted: 1,000 years, ours, so that every end is a
    /// day of the calendar.
    pub const MOST_MONTHS: u32 = 12_000;

    /// So many months; `None`: fewer than one, or more than
    /// [`Period::MOST_MONTHS`].
    pub const fn months(months: u32) -> Option<Self> {
        if months == 0 || months > Self::MOST_MONTHS {
            return None;
        }
        Some(Self { months })
    }

    /// So many years; `None`: fewer than one, or more than a thousand.
    pub const fn years(years: u32) -> Option<Self> {
        match years.checked_mul(12) {
            Some(months) => Self::months(months),
            None => None,
        }
    }

    /// Its length in months.
    pub const fn in_months(self) -> u32 {
        self.months
    }
}

/// The last day of a period that an event sets going (第141条: it ends with the
/// end of that day).
///
/// - The day of the event does not count, unless the period starts with that
///   day at 00:00: `from_midnight` (第140条).
/// - A period that starts on the first of a month ends with the last day of a
///   month; any other on the day before the one that has the number of its
///   first (第143条第2項).
/// - Where the last month has no such day, it ends with that month (the same,
///   proviso).
///
/// Whether the office is open on that day is another question: see
/// [`super::deadline`].
pub fn legal_end(event: NaiveDate, period: Period, from_midnight: bool) -> NaiveDate {
    let start = if from_midnight {
        event
    } else {
        day_after(event)
    };
    let (year, month) = months_later(start, period.months);
    match NaiveDate::from_ymd_opt(year, month, start.day()) {
        // The day before the first of a month is the last of the one before, which
        // is how a period from the first of a month ends.
        Some(corresponding) => corresponding.pred_opt().expect("years are four digits"),
        None => last_of_month(year, month),
    }
}

fn months_later(start: NaiveDate, months: u32) -> (i32, u32) {
    let months = start.month0() + months;
    let years = (months / 12).cast_signed();
    (start.year() + years, months % 12 + 1)
}

fn day_after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().expect("years are four digits")
}

/// The last day of a month.
fn last_of_month(year: i32, month: u32) -> NaiveDate {
    (28..=31)
        .rev()
        .find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
        .expect("every month has a last day")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    const fn months(months: u32) -> Period {
        Period::months(months).unwrap()
    }

    const fn years(years: u32) -> Period {
        Period::years(years).unwrap()
    }

    /// Event, and its end after 6 months, 12 months and 5 years.
    type Worked = (&'static str, &'static str, &'static str, &'static str);

    /// The tables of RULES.md ("Deadlines") and DOMAIN.md E1.
    const WORKED: [Worked; 12] = [
        ("2025-10-31", "2026-04-30", "2026-10-31", "2030-10-31"),
        ("2025-11-20", "2026-05-20", "2026-11-20", "2030-11-20"),
        ("2025-08-29", "2026-02-28", "2026-08-29", "2030-08-29"),
        ("2025-08-30", "2026-02-28", "2026-08-30", "2030-08-30"),
        ("2025-08-31", "2026-02-28", "2026-08-31", "2030-08-31"),
        ("2025-12-31", "2026-06-30", "2026-12-31", "2030-12-31"),
        ("2026-02-28", "2026-08-31", "2027-02-28", "2031-02-28"),
        ("2026-03-31", "2026-09-30", "2027-03-31", "2031-03-31"),
        ("2027-08-30", "2028-02-29", "2028-08-30", "2032-08-30"),
        ("2027-08-31", "2028-02-29", "2028-08-31", "2032-08-31"),
        ("2024-02-29", "2024-08-31", "2025-02-28", "2029-02-28"),
        ("2026-11-02", "2027-05-02", "2027-11-02", "2031-11-02"),
    ];

    #[test]
    fn every_worked_example_ends_on_its_day() {
        for (event, six_months, twelve_months, five_years) in WORKED {
            let end = |period| legal_end(day(event), period, false);
            assert_eq!(end(months(6)), day(six_months), "{event} + 6 months");
            assert_eq!(end(months(12)), day(twelve_months), "{event} + 12 months");
            assert_eq!(end(years(1)), day(twelve_months), "{event} + 1 year");
            assert_eq!(end(years(5)), day(five_years), "{event} + 5 years");
        }
    }

    #[test]
    fn a_period_from_midnight_counts_its_first_day() {
        let end = |period| legal_end(day("2025-12-01"), period, true);
        assert_eq!(end(months(6)), day("2026-05-31"));
        assert_eq!(end(months(12)), day("2026-11-30"));
        assert_eq!(end(years(5)), day("2030-11-30"));
        // A loan from the first of January at midnight lasts the year.
        let end = legal_end(day("2026-01-01"), years(1), true);
        assert_eq!(end, day("2026-12-31"));
    }

    #[test]
    fn the_last_of_february_is_right_in_leap_and_in_common_years() {
        for (event, period, end) in [
            // Counted from the first of March, leap or not.
            ("2023-02-28", months(12), "2024-02-29"),
            ("2024-02-29", months(12), "2025-02-28"),
            ("2024-02-29", years(4), "2028-02-29"),
            ("2027-02-28", years(5), "2032-02-29"),
            // Counted from the 29th of February.
            ("2024-02-28", months(12), "2025-02-28"),
            ("2024-02-28", years(4), "2028-02-28"),
            ("2024-02-28", months(1), "2024-03-28"),
            // From the end of August into February: no 29th, 30th, 31st.
            ("2027-08-28", months(6), "2028-02-28"),
            ("2027-08-29", months(6), "2028-02-29"),
            ("2026-08-28", months(6), "2027-02-28"),
            // 2100 is no leap year.
            ("2099-08-31", months(6), "2100-02-28"),
            ("2000-01-31", months(1), "2000-02-29"),
        ] {
            let found = legal_end(day(event), period, false);
            assert_eq!(found, day(end), "{event} + {}", period.in_months());
        }
    }

    #[test]
    fn a_period_of_nothing_or_of_ages_is_none() {
        assert_eq!(Period::months(0), None);
        assert_eq!(Period::years(0), None);
        assert_eq!(Period::months(12_001), None);
        assert_eq!(Period::years(u32::MAX), None);
        assert_eq!(Period::years(1000), Period::months(12_000));
    }

    proptest! {
        #[test]
        fn a_later_event_never_ends_earlier(
            event in 0..100_000_i64,
            later in 0..800_i64,
            length in 1..=240_u32,
            from_midnight: bool,
        ) {
            let event = day("1950-01-01") + chrono::TimeDelta::days(event);
            let then = event + chrono::TimeDelta::days(later);
            let end = |of| legal_end(of, months(length), from_midnight);
            prop_assert!(end(event) <= end(then));
        }

        #[test]
        fn a_longer_period_ends_later_and_after_its_event(
            event in 0..100_000_i64,
            length in 1..=240_u32,
            from_midnight: bool,
        ) {
            let event = day("1950-01-01") + chrono::TimeDelta::days(event);
            let end = |length| legal_end(event, months(length), from_midnight);
            prop_assert!(event < end(length));
            prop_assert!(end(length) < end(length + 1));
        }

        /// The definition of the Code, read the other way round: the day after the
        /// end has the number of the first day, or is the first of a month.
        #[test]
        fn the_day_after_the_end_corresponds_to_the_first_day(
            event in 0..100_000_i64,
            length in 1..=240_u32,
        ) {
            let event = day("1950-01-01") + chrono::TimeDelta::days(event);
            let start = day_after(event);
            let after = day_after(legal_end(event, months(length), false));
            let (year, month) = months_later(start, length);
            if after.day() == start.day() {
                prop_assert_eq!((after.year(), after.month()), (year, month));
            } else {
                prop_assert_eq!(after.day(), 1);
                prop_assert!(NaiveDate::from_ymd_opt(year, month, start.day()).is_none());
                prop_assert_eq!(after.pred_opt().map(|last| last.month()), Some(month));
            }
        }
    }
}
