//! The clocks of a loan: six months to apply for the plan, a check about every
//! year, five years in all (conditions of 熊本県生命の応援事業, leaflet of
//! 2026-03-13), each counted after the Civil Code.

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::calendar::{Deadline, OfficeDays, Period, deadline};

/// Months within which the family applies to its municipality for the plan.
pub const PLAN_MONTHS: u32 = 6;
/// Months from one check to the next (「年に1回程度」).
pub const CHECK_MONTHS: u32 = 12;
/// Months around that day within which a check is still in time (`RULES.md`,
/// "Duties": window ± 1 month).
pub const CHECK_WINDOW_MONTHS: u32 = 1;
/// Years that a loan lasts at most.
pub const LOAN_YEARS: u32 = 5;

/// What is due in a loan that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// By when the family applies for the plan; `None`: it has.
    pub plan: Option<Deadline>,
    /// By when the centre holds the next check.
    pub check: Deadline,
    /// From when to when that check may be held: a month around its day.
    pub check_window: (NaiveDate, NaiveDate),
    /// When the loan is over; the day of return, where one is set.
    pub end: Deadline,
}

impl Clocks {
    /// The clocks of a loan: since when, the last check, whether the plan was
    /// applied for, and the day of return, where one is set.
    pub fn of(
        started_on: NaiveDate,
        checked_on: Option<NaiveDate>,
        plan_applied: bool,
        return_on: Option<NaiveDate>,
        office: &OfficeDays,
    ) -> Self {
        let of = |event, period| deadline(event, period, false, office);
        let months = |n| Period::months(n).expect("a period of some months");
        let years = |n| Period::years(n).expect("a period of some years");
        let last = checked_on.unwrap_or(started_on);
        Self {
            plan: (!plan_applied).then(|| of(started_on, months(PLAN_MONTHS))),
            check: of(last, months(CHECK_MONTHS)),
            check_window: (
                of(last, months(CHECK_MONTHS - CHECK_WINDOW_MONTHS)).legal_end,
                of(last, months(CHECK_MONTHS + CHECK_WINDOW_MONTHS)).legal_end,
            ),
            end: match return_on {
                Some(day) => Deadline::ending(started_on, day, office),
                None => of(started_on, years(LOAN_YEARS)),
            },
        }
    }

    /// Whether the next check is owed: none is once the unit is to be back.
    pub fn check_is_owed(&self) -> bool {
        self.check.safe_by < self.end.safe_by
    }

    /// The next of the dates by which something is due.
    pub fn next(&self) -> NaiveDate {
        let check = Some(self.check.safe_by).filter(|_| self.check_is_owed());
        let dates = [
            self.plan.map(|plan| plan.safe_by),
            check,
            Some(self.end.safe_by),
        ];
        dates
            .into_iter()
            .flatten()
            .min()
            .expect("a loan that runs has an end")
    }
}

/// How near a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Near {
    /// It is over.
    Overdue,
    /// It is today.
    Today,
    /// Within this calendar month.
    ThisMonth,
    /// Within ninety days, as the first reminder.
    Soon,
    /// Later.
    Later,
}

impl Near {
    /// How near a date is on a day.
    pub fn of(date: NaiveDate, today: NaiveDate) -> Self {
        if date < today {
            Self::Overdue
        } else if date == today {
            Self::Today
        } else if (date.year(), date.month()) == (today.year(), today.month()) {
            Self::ThisMonth
        } else if date <= today + Days::new(90) {
            Self::Soon
        } else {
            Self::Later
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_clocks_of_a_loan_are_those_of_the_table() {
        let office = OfficeDays::default();
        let clocks = Clocks::of(day("2025-10-31"), None, false, None, &office);
        assert_eq!(clocks.plan.unwrap().legal_end, day("2026-04-30"));
        assert_eq!(clocks.check.legal_end, day("2026-10-31"));
        assert_eq!(clocks.end.legal_end, day("2030-10-31"));
        assert_eq!(clocks.next(), clocks.plan.unwrap().safe_by);
    }

    #[test]
    fn an_application_stops_the_first_clock_and_a_check_moves_the_second() {
        let office = OfficeDays::default();
        let (begun, checked) = (day("2025-10-31"), Some(day("2026-10-20")));
        let clocks = Clocks::of(begun, checked, true, Some(day("2027-03-01")), &office);
        assert_eq!(clocks.plan, None);
        assert_eq!(clocks.check.legal_end, day("2027-10-20"));
        assert_eq!(clocks.end.legal_end, day("2027-03-01"));
        assert_eq!(clocks.next(), clocks.end.safe_by);
    }

    #[test]
    fn a_date_is_overdue_from_the_day_after() {
        let today = day("2026-11-21");
        for (date, near) in [
            ("2026-11-20", Near::Overdue),
            ("2026-11-21", Near::Today),
            ("2026-11-30", Near::ThisMonth),
            ("2026-12-01", Near::Soon),
            ("2027-02-19", Near::Soon),
            ("2027-02-20", Near::Later),
        ] {
            assert_eq!(Near::of(day(date), today), near, "{date}");
        }
    }
}
