//! Dates with Japanese eras (令和), read as people write them and checked
//! against themselves: a date that contradicts itself is refused, never
//! guessed at.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::{
    domain::text::{Text, key_form},
    text,
};

/// An era (元号法, 1979; 元号を改める政令 of 1989 and 2019; 昭和 by the decree of
/// 1926).
struct Era {
    name: &'static str,
    letter: char,
    /// The western year before its first.
    before: i32,
    /// Its first day: year, month, day.
    first: (i32, u32, u32),
    /// Its last day; `None`: it lasts.
    last: Option<(i32, u32, u32)>,
}

const ERAS: [Era; 3] = [
    Era {
        name: "令和",
        letter: 'R',
        before: 2018,
        first: (2019, 5, 1),
        last: None,
    },
    Era {
        name: "平成",
        letter: 'H',
        before: 1988,
        first: (1989, 1, 8),
        last: Some((2019, 4, 30)),
    },
    Era {
        name: "昭和",
        letter: 'S',
        before: 1925,
        first: (1926, 12, 25),
        last: Some((1989, 1, 7)),
    },
];

impl Era {
    fn holds(&self, date: NaiveDate) -> bool {
        let day = (date.year(), date.month(), date.day());
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }
}

/// Why a text is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} / {}", self.text().ja, self.text().en)]
pub enum BadDate {
    /// Not written in any of the forms that are read.
    Unreadable(String),
    /// The calendar has no such day.
    NoSuchDay(String),
    /// The era had not begun, or was over.
    OutsideEra {
        /// The era's name.
        era: &'static str,
        /// The day, in the era it belongs to.
        right: String,
    },
    /// The era's year and the western year are different years.
    YearsDisagree {
        /// The western year that the era's year is.
        era: i32,
        /// The western year that stands beside it.
        western: i32,
    },
    /// The day is another day of the week.
    WeekdayDisagrees {
        /// What is written, as one character: 月.
        written: char,
        /// What it is.
        right: char,
    },
}

impl BadDate {
    /// The reason for people, with what to write instead.
    pub fn text(&self) -> Text {
        match self {
            Self::Unreadable(given) => text!(
                "「{given}」は日付として読めません。2025-10-31、令和7年10月31日、R7.10.31 のように書いてください。",
                "`{given}` cannot be read as a date: write 2025-10-31, 令和7年10月31日 or R7.10.31"
            ),
            Self::NoSuchDay(given) => text!(
                "「{given}」という日は暦にありません。",
                "there is no such day as `{given}`"
            ),
            Self::OutsideEra { era, right } => text!(
                "その日は{era}ではなく、{right}です。元号か年を確かめてください。",
                "that day is not in the era {era}: it is {right}. Check the era or the year"
            ),
            Self::YearsDisagree { era, western } => text!(
                "元号の年は{era}年、併記の西暦は{western}年で、食い違っています。",
                "the era's year is {era}, but {western} is written beside it"
            ),
            Self::WeekdayDisagrees { written, right } => text!(
                "曜日が食い違っています。「{written}」とありますが、その日は{right}曜日です。",
                "the day of the week is wrong: {written} is written, but that day is {right}"
            ),
        }
    }
}

/// Reads a date as people write it: `2025-10-31`, `2025/10/31`,
/// `2025年10月31日`, `令和7年10月31日`, `R7.10.31`, with spaces and full-width
/// digits, a second year in brackets (`令和8年(2026年)3月13日`) and a day of
/// the week at the end; both are checked.
pub fn parse_date(text: &str) -> Result<NaiveDate, BadDate> {
    let form = key_form(text);
    let unreadable = || BadDate::Unreadable(text.trim().to_owned());
    let mut rest = Scanner(&form);
    let written = rest.written().ok_or_else(unreadable)?;
    let western = match (written.year, written.beside) {
        (Year::Western(year), _) => year,
        (Year::Era(era, year), _) => ERAS[era].before + year,
    };
    let beside = match written.beside {
        Some(Year::Western(year)) => Some((western, year)),
        Some(Year::Era(era, year)) => Some((ERAS[era].before + year, western)),
        None => None,
    };
    if let Some((era, western)) = beside
        && era != western
    {
        return Err(BadDate::YearsDisagree { era, western });
    }
    let date = NaiveDate::from_ymd_opt(western, written.month, written.day)
        .ok_or_else(|| BadDate::NoSuchDay(text.trim().to_owned()))?;
    for year in [Some(written.year), written.beside].into_iter().flatten() {
        if let Year::Era(era, _) = year
            && !ERAS[era].holds(date)
        {
            return Err(BadDate::OutsideEra {
                era: ERAS[era].name,
                right: format_ja(date),
            });
        }
    }
    let right = weekday_ja(date.weekday());
    match written.weekday {
        Some(written) if written != right => Err(BadDate::WeekdayDisagrees { written, right }),
        _ => Ok(date),
    }
}

/// A date as official papers write it: `令和8年11月20日`, `令和元年5月1日`; before
/// 昭和 with the western year.
pub fn format_ja(date: NaiveDate) -> String {
    let (month, day) = (date.month(), date.day());
    match ERAS.iter().find(|era| era.holds(date)) {
        Some(era) => match date.year() - era.before {
            1 => format!("{}元年{month}月{day}日", era.name),
            year => format!("{}{year}年{month}月{day}日", era.name),
        },
        None => format!("{}年{month}月{day}日", date.year()),
    }
}

const fn weekday_ja(day: Weekday) -> char {
    match day {
        Weekday::Mon => '月',
        Weekday::Tue => '火',
        Weekday::Wed => '水',
        Weekday::Thu => '木',
        Weekday::Fri => '金',
        Weekday::Sat => '土',
        Weekday::Sun => '日',
    }
}

#[derive(Clone, Copy)]
enum Year {
    Western(i32),
    /// The era's place in [`ERAS`], and its year.
    Era(usize, i32),
}

struct Written {
    year: Year,
    beside: Option<Year>,
    month: u32,
    day: u32,
    weekday: Option<char>,
}

/// What is left of a date without spaces, in NFKC.
struct Scanner<'a>(&'a str);

impl Scanner<'_> {
    fn written(&mut self) -> Option<Written> {
        let year = self.year()?;
        let (mut beside, ends) = if self.eat('年') {
            (self.in_brackets(), ('月', Some('日')))
        } else {
            let mark = ['-', '/', '.'].into_iter().find(|mark| self.eat(*mark))?;
            (None, (mark, None))
        };
        let month = self.number(2)?;
        self.eat(ends.0).then_some(())?;
        let day = self.number(2)?;
        if let Some(end) = ends.1 {
            self.eat(end).then_some(())?;
        }
        if beside.is_none() {
            beside = self.in_brackets();
        }
        let weekday = self.weekday();
        self.0.is_empty().then_some(Written {
            year,
            beside,
            month,
            day,
            weekday,
        })
    }

    fn year(&mut self) -> Option<Year> {
        for (place, era) in ERAS.iter().enumerate() {
            let rest = self.0.strip_prefix(era.name).or_else(|| {
                let letters = [era.letter, era.letter.to_ascii_lowercase()];
                self.0.strip_prefix(letters.as_slice())
            });
            if let Some(rest) = rest {
                self.0 = rest;
                let year = if self.eat('元') { 1 } else { self.number(2)? };
                return (year > 0).then_some(Year::Era(place, year.cast_signed()));
            }
        }
        let four = self.0.bytes().take_while(u8::is_ascii_digit).count() == 4;
        let year = four.then(|| self.number(4))??.cast_signed();
        (1868..=2199).contains(&year).then_some(Year::Western(year))
    }

    /// `(2026年)` or `(令和8年)`; leaves anything else in brackets alone.
    fn in_brackets(&mut self) -> Option<Year> {
        let mut inner = Scanner(self.0.strip_prefix('(')?);
        let year = inner.year()?;
        inner.eat('年');
        inner.eat(')').then(|| {
            self.0 = inner.0;
            year
        })
    }

    /// `(金)`, `(金曜日)`, `金曜日`, `(金・祝)`.
    fn weekday(&mut self) -> Option<char> {
        let bare = self.0.trim_matches(['(', ')']);
        let mut chars = bare.chars();
        let day = chars.next().filter(|c| "月火水木金土日".contains(*c))?;
        let rest = chars.as_str();
        if ["", "曜", "曜日", "・祝", "祝", "・休", "休"].contains(&rest) {
            self.0 = "";
        }
        Some(day)
    }

    fn number(&mut self, most: usize) -> Option<u32> {
        let digits = self.0.bytes().take(most).take_while(u8::is_ascii_digit);
        let (number, rest) = self.0.split_at(digits.count());
        self.0 = rest;
        number.parse().ok()
    }

    fn eat(&mut self, wanted: char) -> bool {
        match self.0.strip_prefix(wanted) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
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
    fn a_date_is_read_in_every_form_that_people_use() {
        for form in [
            "2025-10-31",
            "2025/10/31",
            "2025年10月31日",
            "令和7年10月31日",
            "R7.10.31",
            "r7/10/31",
            "Ｒ７．１０．３１",
            "令和７年１０月３１日",
            " 令和 7 年 10 月 31 日 ",
            "令和7年(2025年)10月31日",
            "2025年（令和7年）10月31日（金）",
            "2025-10-31(金)",
            "令和7年10月31日金曜日",
            "㋿7年10月31日",
        ] {
            assert_eq!(parse_date(form), Ok(day("2025-10-31")), "{form}");
        }
        assert_eq!(parse_date("令和元年5月1日"), Ok(day("2019-05-01")));
        assert_eq!(parse_date("令和 6 年 7 月 4 日"), Ok(day("2024-07-04")));
        assert_eq!(parse_date("H31.4.30"), Ok(day("2019-04-30")));
        assert_eq!(parse_date("昭和64年1月7日"), Ok(day("1989-01-07")));
        assert_eq!(parse_date("R8.2.23(月・祝)"), Ok(day("2026-02-23")));
        assert_eq!(parse_date("令和8年(2026年)3月13日"), Ok(day("2026-03-13")));
    }

    #[test]
    fn what_is_no_date_is_refused_and_quoted() {
        for bad in [
            "",
            "不明",
            "25/10/31",
            "2025-10",
            "2025-10/31",
            "令和7年10月",
            "R0.1.1",
            "大正3年1月1日",
            "20251031",
            "2025-10-31頃",
            "0025-10-31",
            "2025-10-311",
        ] {
            let Err(BadDate::Unreadable(given)) = parse_date(bad) else {
                panic!("{bad} was read");
            };
            assert_eq!(given, bad);
        }
        assert!(matches!(
            parse_date("令和7年2月30日"),
            Err(BadDate::NoSuchDay(_))
        ));
        assert!(matches!(
            parse_date("2025-02-29"),
            Err(BadDate::NoSuchDay(_))
        ));
    }

    #[test]
    fn a_day_before_or_after_its_era_is_refused_with_the_right_era() {
        for (bad, right) in [
            ("平成31年5月1日", "令和元年5月1日"),
            ("令和元年4月30日", "平成31年4月30日"),
            ("昭和64年1月8日", "平成元年1月8日"),
            ("昭和元年12月24日", "1926年12月24日"),
        ] {
            let Err(BadDate::OutsideEra { right: named, .. }) = parse_date(bad) else {
                panic!("{bad} was read");
            };
            assert_eq!(named, right);
        }
    }

    #[test]
    fn a_date_that_contradicts_itself_is_refused() {
        assert_eq!(
            parse_date("令和8年(2025年)3月13日"),
            Err(BadDate::YearsDisagree {
                era: 2026,
                western: 2025
            })
        );
        assert_eq!(
            parse_date("2025年(令和8年)3月13日"),
            Err(BadDate::YearsDisagree {
                era: 2026,
                western: 2025
            })
        );
        let error = parse_date("2025年8月1日(月)").unwrap_err();
        assert_eq!(
            error,
            BadDate::WeekdayDisagrees {
                written: '月',
                right: '金'
            }
        );
        assert!(error.text().ja.contains("金曜日"));
    }

    #[test]
    fn a_date_is_written_in_its_era_and_read_back() {
        assert_eq!(format_ja(day("2026-11-20")), "令和8年11月20日");
        assert_eq!(format_ja(day("2019-05-01")), "令和元年5月1日");
        assert_eq!(format_ja(day("2019-04-30")), "平成31年4月30日");
        let mut date = day("1926-12-25");
        while date < day("2040-01-01") {
            assert_eq!(parse_date(&format_ja(date)), Ok(date));
            date += chrono::TimeDelta::days(13);
        }
    }
}
