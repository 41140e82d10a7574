//! Deadlines: the day on which a period ends by law, and the days on which an
//! office can be found open before and after it.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Serialize;

use super::{
    holiday::Holidays,
    period::{Period, legal_end},
};
use crate::{domain::text::Text, text};

/// The days on which a public office is open: not on Saturdays, Sundays and
/// holidays, nor from the 29th of December to the 3rd of January (地方自治法
/// 第4条の2第2項, as amended by act 94 of 1988; each municipality's ordinance
/// follows it).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfficeDays {
    holidays: Holidays,
}

impl OfficeDays {
    /// With these holidays.
    pub const fn new(holidays: Holidays) -> Self {
        Self { holidays }
    }

    /// The holidays by which it is closed.
    pub const fn holidays(&self) -> &Holidays {
        &self.holidays
    }

    /// Whether the office is open on a day.
    pub fn is_open(&self, day: NaiveDate) -> bool {
        self.closed(day).is_none()
    }

    /// Why it is closed on a day; `None`: it is open.
    pub fn closed(&self, day: NaiveDate) -> Option<Text> {
        if let Some(name) = self.holidays.name(day) {
            return Some(text!("祝日・休日（{name}）", "a holiday ({name})"));
        }
        let why = match (day.month(), day.day(), day.weekday()) {
            (12, 29.., _) | (1, ..=3, _) => Text::fixed("年末年始", "the turn of the year"),
            (.., Weekday::Sat) => Text::fixed("土曜日", "a Saturday"),
            (.., Weekday::Sun) => Text::fixed("日曜日", "a Sunday"),
            _ => return None,
        };
        Some(why)
    }

    /// The last day on which it is open, up to and with this one.
    pub fn last_open(&self, day: NaiveDate) -> NaiveDate {
        let mut days = std::iter::successors(Some(day), NaiveDate::pred_opt);
        days.find(|day| self.is_open(*day))
            .expect("the office was open before")
    }

    /// The first day on which it is open, from and with this one.
    pub fn next_open(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days()
            .find(|day| self.is_open(*day))
            .expect("the office opens again")
    }
}

/// A deadline. Families see one date, `safe_by`; staff see all three.
///
/// The loan's condition ("within six months") stands in a programme, not in a
/// law: whether a last day on a Sunday moves to the Monday (民法 第142条, 地方自治法
/// 第4条の2第4項) is not certain, so nobody is told to wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Deadline {
    /// The day that sets the period going.
    pub event: NaiveDate,
    /// The last day by the Civil Code.
    pub legal_end: NaiveDate,
    /// The last day up to it on which the office is open.
    pub safe_by: NaiveDate,
    /// The first day from it on which the office is open.
    pub next_open: NaiveDate,
}

impl Deadline {
    /// A deadline that is a day on which two have agreed: that day it is, a holiday
    /// or not.
    pub const fn agreed(event: NaiveDate, day: NaiveDate) -> Self {
        Self {
            event,
            legal_end: day,
            safe_by: day,
            next_open: day,
        }
    }

    /// A deadline whose last day is known already: that of an extension.
    pub fn ending(event: NaiveDate, legal_end: NaiveDate, office: &OfficeDays) -> Self {
        Self {
            event,
            legal_end,
            safe_by: office.last_open(legal_end),
            next_open: office.next_open(legal_end),
        }
    }
}

/// The deadline of a period that an event sets going; `from_midnight` as in
/// [`legal_end`].
pub fn deadline(
    event: NaiveDate,
    period: Period,
    from_midnight: bool,
    office: &OfficeDays,
) -> Deadline {
    Deadline::ending(event, legal_end(event, period, from_midnight), office)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn after_months(event: &str, months: u32) -> [String; 3] {
        let period = Period::months(months).unwrap();
        let found = deadline(day(event), period, false, &OfficeDays::default());
        [found.legal_end, found.safe_by, found.next_open].map(|day| day.to_string())
    }

    #[test]
    fn an_end_on_a_closed_day_has_open_days_on_both_sides() {
        for (event, months, expected) in [
            ("2026-02-28", 6, ["2026-08-31", "2026-08-31", "2026-08-31"]),
            // A Saturday.
            ("2025-08-29", 6, ["2026-02-28", "2026-02-27", "2026-03-02"]),
            // A Sunday before three holidays.
            ("2026-11-02", 6, ["2027-05-02", "2027-04-30", "2027-05-06"]),
            // The turn of the year: 2026-12-29 to 2027-01-03, a Sunday.
            ("2026-06-30", 6, ["2026-12-31", "2026-12-28", "2027-01-04"]),
            // A day that makes up, and a day between two holidays.
            ("2025-11-06", 6, ["2026-05-06", "2026-05-01", "2026-05-07"]),
            ("2026-03-22", 6, ["2026-09-22", "2026-09-18", "2026-09-24"]),
        ] {
            assert_eq!(after_months(event, months), expected, "{event}");
        }
    }

    #[test]
    fn the_office_is_closed_from_the_29th_of_december_to_the_3rd_of_january() {
        let office = OfficeDays::default();
        for open in ["2026-12-28", "2027-01-04", "2026-08-13"] {
            assert!(office.is_open(day(open)), "{open}");
        }
        // A Tuesday to a Thursday, and a Friday.
        for closed in [
            "2026-12-29",
            "2026-12-30",
            "2026-12-31",
            "2027-01-01",
            "2025-01-03",
        ] {
            assert!(!office.is_open(day(closed)), "{closed}");
        }
    }

    #[test]
    fn a_published_holiday_closes_the_office() {
        let extra = BTreeMap::from([(day("2028-06-01"), "【デモ】臨時の休日".to_owned())]);
        let office = OfficeDays::new(Holidays::published(extra));
        assert!(OfficeDays::default().is_open(day("2028-06-01")));
        assert!(!office.is_open(day("2028-06-01")));
        assert_eq!(office.next_open(day("2028-06-01")), day("2028-06-02"));
        let why = office.closed(day("2028-06-01")).unwrap();
        assert!(why.ja.contains("臨時の休日"), "{why:?}");
    }

    #[test]
    fn a_deadline_becomes_the_json_that_other_programs_read() {
        let period = Period::months(6).unwrap();
        let found = deadline(day("2026-02-28"), period, false, &OfficeDays::default());
        assert_eq!(
            serde_json::to_string(&found).unwrap(),
            r#"{"event":"2026-02-28","legal_end":"2026-08-31","safe_by":"2026-08-31","next_open":"2026-08-31"}"#
        );
    }

    proptest! {
        #[test]
        fn open_days_stand_around_the_legal_end_and_none_between(
            event in 0..60_000_i64,
            length in 1..=60_u32,
            from_midnight: bool,
        ) {
            let office = OfficeDays::default();
            let event = day("1990-01-01") + chrono::TimeDelta::days(event);
            let period = Period::months(length).unwrap();
            let found = deadline(event, period, from_midnight, &office);
            prop_assert!(found.safe_by <= found.legal_end);
            prop_assert!(found.legal_end <= found.next_open);
            prop_assert!(office.is_open(found.safe_by) && office.is_open(found.next_open));
            let mut between = found.safe_by.iter_days().skip(1);
            prop_assert!(
                between
                    .by_ref()
                    .take_while(|day| *day < found.next_open)
                    .all(|day| !office.is_open(day))
            );
            prop_assert_eq!(found.safe_by == found.next_open, office.is_open(found.legal_end));
        }

        #[test]
        fn a_later_event_is_never_due_earlier(
            event in 0..60_000_i64,
            later in 0..400_i64,
            length in 1..=60_u32,
            from_midnight: bool,
        ) {
            let office = OfficeDays::default();
            let first = day("1990-01-01") + chrono::TimeDelta::days(event);
            let period = Period::months(length).unwrap();
            let one = deadline(first, period, from_midnight, &office);
            let other = deadline(
                first + chrono::TimeDelta::days(later),
                period,
                from_midnight,
                &office,
            );
            prop_assert!(one.legal_end <= other.legal_end);
            prop_assert!(one.safe_by <= other.safe_by);
            prop_assert!(one.next_open <= other.next_open);
        }
    }
}
