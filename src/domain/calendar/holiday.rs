//! Holidays (国民の祝日・休日) by the Act on National Holidays (国民の祝日に関する法律,
//! act 178 of 1948), computed for any year, and corrected by the list that the
//! Cabinet Office publishes.
//!
//! Days of the equinoxes are official only once they stand in the gazette of
//! February the year before (暦要項); until then the formula is an estimate.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use chrono::{Datelike, NaiveDate, Weekday};

/// When in a year a holiday is.
#[derive(Clone, Copy)]
enum When {
    /// Month and day.
    On(u32, u32),
    /// Month, and which of its Mondays (ハッピーマンデー, acts 141 of 1998 and 59
    /// of 2001).
    Monday(u32, u8),
    /// 春分日
    SpringEquinox,
    /// 秋分日
    AutumnEquinox,
}

use When::{AutumnEquinox, Monday, On, SpringEquinox};

/// The Act as amended: name, day, first year, last year. The days of ceremonies
/// have acts of their own (1959, 1989, 1990, 1993, 2018), and so have the
/// changes for the Olympic games of 2020 and 2021.
const NATIONAL: [(&str, When, i32, i32); 38] = [
    ("元日", On(1, 1), 1949, LASTS),
    ("成人の日", On(1, 15), 1949, 1999),
    ("成人の日", Monday(1, 2), 2000, LASTS),
    ("建国記念の日", On(2, 11), 1967, LASTS),
    ("天皇誕生日", On(2, 23), 2020, LASTS),
    ("大喪の礼", On(2, 24), 1989, 1989),
    ("春分の日", SpringEquinox, 1949, LASTS),
    ("結婚の儀", On(4, 10), 1959, 1959),
    ("天皇誕生日", On(4, 29), 1949, 1988),
    ("みどりの日", On(4, 29), 1989, 2006),
    ("昭和の日", On(4, 29), 2007, LASTS),
    ("即位の日", On(5, 1), 2019, 2019),
    ("憲法記念日", On(5, 3), 1949, LASTS),
    ("みどりの日", On(5, 4), 2007, LASTS),
    ("こどもの日", On(5, 5), 1949, LASTS),
    ("結婚の儀", On(6, 9), 1993, 1993),
    ("海の日", On(7, 20), 1996, 2002),
    ("海の日", Monday(7, 3), 2003, 2019),
    ("海の日", On(7, 23), 2020, 2020),
    ("海の日", On(7, 22), 2021, 2021),
    ("海の日", Monday(7, 3), 2022, LASTS),
    ("スポーツの日", On(7, 24), 2020, 2020),
    ("スポーツの日", On(7, 23), 2021, 2021),
    ("山の日", On(8, 11), 2016, 2019),
    ("山の日", On(8, 10), 2020, 2020),
    ("山の日", On(8, 8), 2021, 2021),
    ("山の日", On(8, 11), 2022, LASTS),
    ("敬老の日", On(9, 15), 1966, 2002),
    ("敬老の日", Monday(9, 3), 2003, LASTS),
    ("秋分の日", AutumnEquinox, 1948, LASTS),
    ("体育の日", On(10, 10), 1966, 1999),
    ("体育の日", Monday(10, 2), 2000, 2019),
    ("スポーツの日", Monday(10, 2), 2022, LASTS),
    ("即位礼正殿の儀", On(10, 22), 2019, 2019),
    ("文化の日", On(11, 3), 1948, LASTS),
    ("即位礼正殿の儀", On(11, 12), 1990, 1990),
    ("勤労感謝の日", On(11, 23), 1948, LASTS),
    ("天皇誕生日", On(12, 23), 1989, 2018),
];

/// The last year of what is still in force.
const LASTS: i32 = i32::MAX;

/// From this day a holiday on a Sunday is made up for on the Monday after it
/// (act 10 of 1973).
const MADE_UP_FROM: (i32, u32, u32) = (1973, 4, 12);

/// From this year a day between two holidays is one (act 103 of 1985, in force
/// on 1985-12-27).
const BETWEEN_FROM: i32 = 1986;

/// From this year it is made up for on the next day that is no holiday itself,
/// whatever day of the week (act 43 of 2005).
const NEXT_FREE_DAY_FROM: i32 = 2007;

impl When {
    fn is(self, day: NaiveDate) -> bool {
        match self {
            On(month, number) => (day.month(), day.day()) == (month, number),
            Monday(month, which) => {
                day.month() == month
                    && day.weekday() == Weekday::Mon
                    && day.day().div_ceil(7) == u32::from(which)
            }
            SpringEquinox => day.month() == 3 && day.day() == spring_equinox(day.year()),
            AutumnEquinox => day.month() == 9 && day.day() == autumn_equinox(day.year()),
        }
    }
}

/// The day of March on which spring begins in Japan: the usual formula
/// (海上保安庁水路部, 暦計算研究会編「新こよみ便利帳」, 1991).
fn spring_equinox(year: i32) -> u32 {
    equinox(year, [20.8357, 20.8431, 21.8510])
}

/// The day of September on which autumn begins in Japan, by the same formula.
fn autumn_equinox(year: i32) -> u32 {
    equinox(year, [23.2588, 23.2488, 24.2488])
}

/// The formula, with its constants before 1980, to 2099, and from 2100. It is
/// published up to 2150; beyond, the leap days that centuries leave out are
/// counted, and the answer may be a day off.
fn equinox(year: i32, constants: [f64; 3]) -> u32 {
    let constant = constants[usize::from(year >= 1980) + usize::from(year >= 2100)];
    let leap_days = match year {
        // Rounded towards zero.
        ..1980 => (year - 1983) / 4,
        1980..2100 => (year - 1980) / 4,
        _ => (year - 1980) / 4 - (year / 100 - year / 400 - (21 - 5)),
    };
    let since = f64::from(year - 1980);
    (0.242_194_f64.mul_add(since, constant) - f64::from(leap_days)).floor() as u32
}

/// The holiday of the Act itself (国民の祝日) that a day is.
fn national(day: NaiveDate) -> Option<&'static str> {
    let year = day.year();
    NATIONAL
        .iter()
        .find(|(_, when, first, last)| (*first..=*last).contains(&year) && when.is(day))
        .map(|(name, ..)| *name)
}

/// What a day is by the Act: a holiday, the day that makes up for one on a
/// Sunday (振替休日, 第3条第2項), or one between two (国民の休日, 第3条第3項).
fn by_law(day: NaiveDate) -> Option<&'static str> {
    if let Some(name) = national(day) {
        return Some(name);
    }
    let before = day.pred_opt()?;
    if makes_up_for_sunday(day, before) {
        return Some("振替休日");
    }
    let between = day.year() >= BETWEEN_FROM
        && (day.year() >= NEXT_FREE_DAY_FROM || day.weekday() != Weekday::Sun)
        && national(before).is_some()
        && national(day.succ_opt()?).is_some();
    between.then_some("国民の休日")
}

fn makes_up_for_sunday(day: NaiveDate, before: NaiveDate) -> bool {
    if (day.year(), day.month(), day.day()) < MADE_UP_FROM {
        return false;
    }
    let mut holidays = std::iter::successors(Some(before), NaiveDate::pred_opt)
        .take_while(|day| national(*day).is_some());
    if day.year() < NEXT_FREE_DAY_FROM {
        return day.weekday() == Weekday::Mon && holidays.next().is_some();
    }
    holidays.any(|holiday| holiday.weekday() == Weekday::Sun)
}

/// How many holidays of the Act a year has, those that make up not counted.
fn national_in(year: i32) -> usize {
    NATIONAL
        .iter()
        .filter(|(_, _, first, last)| (*first..=*last).contains(&year))
        .count()
}

/// The holidays: computed by the Act, corrected by a published list where one
/// is at hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays {
    published: BTreeMap<NaiveDate, String>,
    /// Years that the list has as a whole: nothing is computed for them.
    whole: BTreeSet<i32>,
}

impl Holidays {
    /// As the Act has them, with no list.
    pub fn by_law() -> Self {
        Self::default()
    }

    /// With a published list (day and name).
    ///
    /// A year of which the list has as many days as the Act has holidays is taken
    /// from the list alone: what is not in it is no holiday. Of a year with fewer
    /// both count, the list's days and the computed ones: a list that was cut off
    /// turns no holiday into a working day ([`Holidays::incomplete_years`]).
    pub fn published(list: BTreeMap<NaiveDate, String>) -> Self {
        let mut days: BTreeMap<i32, usize> = BTreeMap::new();
        for day in list.keys() {
            *days.entry(day.year()).or_default() += 1;
        }
        let whole = |(year, count): (i32, usize)| (count >= national_in(year)).then_some(year);
        Self {
            whole: days.into_iter().filter_map(whole).collect(),
            published: list,
        }
    }

    /// The name of the holiday that a day is; `None`: it is none. Sundays are no
    /// holidays of the Act.
    pub fn name(&self, day: NaiveDate) -> Option<Cow<'_, str>> {
        if let Some(name) = self.published.get(&day) {
            return Some(Cow::Borrowed(name));
        }
        if self.whole.contains(&day.year()) {
            return None;
        }
        by_law(day).map(Cow::Borrowed)
    }

    /// The holidays of a year, in order.
    pub fn of_year(&self, year: i32) -> Vec<(NaiveDate, Cow<'_, str>)> {
        NaiveDate::from_yo_opt(year, 1)
            .into_iter()
            .flat_map(|first| first.iter_days())
            .take_while(|day| day.year() == year)
            .filter_map(|day| Some((day, self.name(day)?)))
            .collect()
    }

    /// The first and the last year of the published list.
    pub fn published_years(&self) -> Option<(i32, i32)> {
        let first = self.published.keys().next()?;
        let last = self.published.keys().next_back()?;
        Some((first.year(), last.year()))
    }

    /// How many days the published list has.
    pub fn published_days(&self) -> usize {
        self.published.len()
    }

    /// Years of which the list has fewer days than the Act has holidays: for
    /// them the computed ones count too.
    pub fn incomplete_years(&self) -> BTreeSet<i32> {
        let years = self.published.keys().map(NaiveDate::year);
        years.filter(|year| !self.whole.contains(year)).collect()
    }
}

#[cfg(test)]
mod tests;
