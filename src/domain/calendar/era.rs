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
    /// Its name in short, as lists and forms have it: 令7.10.31.
    short: char,
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
        short: '令',
        letter: 'R',
        before: 2018,
        first: (2019, 5, 1),
        last: None,
    },
    Era {
        name: "平成",
        short: '平',
        letter: 'H',
        before: 1988,
        first: (1989, 1, 8),
        last: Some((2019, 4, 30)),
    },
    Era {
        name: "昭和",
        short: '昭',
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
    /// No serial number of a spreadsheet: below 1, or behind the year 9999.
    NoSerial(String),
    /// The serial number 60, which spreadsheets take for 1900-02-29.
    SerialOfNoDay,
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
            Self::NoSerial(given) => text!(
                "「{given}」は表計算ソフトの日付の番号（1から2958465まで）ではありません。2025-10-31 のように書いてください。",
                "`{given}` is no serial number of a date (1 to 2958465): write 2025-10-31"
            ),
            Self::SerialOfNoDay => Text::fixed(
                "「60」は表計算ソフトが1900年2月29日とする番号ですが、その日は暦にありません。",
                "60 is what spreadsheets take for 29 February 1900: there is no such day",
            ),
        }
    }
}

/// A text with its 漢数字 in figures: 三十一 is 31, 二〇二五 is 2025.
fn in_figures(text: &str) -> String {
    const DIGITS: &str = "〇一二三四五六七八九";
    let digit = |c: char| DIGITS.chars().position(|digit| digit == c);
    let mut figures = String::new();
    // Of a number with tens: what is counted so far, and the digit before a ten.
    let mut run: Option<(usize, Option<usize>)> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (digit(c), c) {
            (_, '十') => {
                let (tens, one) = run.unwrap_or_default();
                run = Some((tens + 10 * one.unwrap_or(1), None));
            }
            (Some(value), _) => {
                let ten_follows = chars.peek() == Some(&'十');
                match run {
                    Some((tens, _)) => run = Some((tens, Some(value))),
                    None if ten_follows => run = Some((0, Some(value))),
                    None => figures.push_str(&value.to_string()),
                }
            }
            _ => {}
        }
        let goes_on = chars
            .peek()
            .is_some_and(|&next| next == '十' || digit(next).is_some());
        if !goes_on && let Some((tens, one)) = run.take() {
            figures.push_str(&(tens + one.unwrap_or_default()).to_string());
        }
        if digit(c).is_none() && c != '十' {
            figures.push(c);
        }
    }
    figures
}

/// Reads a date as people write it: `2025-10-31`, `2025/10/31`,
/// `2025年10月31日`, `令和7年10月31日`, `R7.10.31`, `令7.10.31`, with spaces,
/// full-width digits or those of 漢数字 (`令和七年十月三十一日`) and any dash, a second year in brackets
/// (`令和8年(2026年)3月13日`, `令和8(2026)年3月13日`) and a day of the week at the end; both are checked.
pub fn parse_date(text: &str) -> Result<NaiveDate, BadDate> {
    // The minus of a Japanese keyboard is another sign than that of the others.
    let form = key_form(text).replace(['‐', '‑', '‒', '–', '—', '―', '−', 'ー'], "-");
    let form = in_figures(&form);
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

/// The last serial number of a spreadsheet: 9999-12-31.
const LAST_SERIAL: f64 = 2_958_465.0;

/// The day of a serial number, as spreadsheets keep dates (Excel's 1900 system,
/// the default of every program but old ones for Macintosh): 1 is 1900-01-01.
/// A time of day behind the point is left out. Since that system has a
/// 1900-02-29, which never was, 60 is refused and later numbers are one ahead.
pub fn from_excel_serial(serial: f64) -> Result<NaiveDate, BadDate> {
    let whole = serial.floor();
    if !(1.0..=LAST_SERIAL).contains(&whole) {
        return Err(BadDate::NoSerial(serial.to_string()));
    }
    let number = whole as i64;
    let ahead = match number {
        60 => return Err(BadDate::SerialOfNoDay),
        ..60 => 0,
        _ => 1,
    };
    let day_zero = NaiveDate::from_ymd_opt(1899, 12, 31).expect("a day of the calendar");
    Ok(day_zero + chrono::TimeDelta::days(number - ahead))
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

/// The day of the week in one character: 月.
pub const fn weekday_ja(day: Weekday) -> char {
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
        // Some write it before the word for year: 令和7(2025)年.
        let mut beside = self.in_brackets();
        let ends = if self.eat('年') {
            if beside.is_none() {
                beside = self.in_brackets();
            }
            ('月', Some('日'))
        } else if beside.is_some() {
            return None;
        } else {
            let mark = ['-', '/', '.'].into_iter().find(|mark| self.eat(*mark))?;
            (mark, None)
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
                let letters = [era.letter, era.letter.to_ascii_lowercase(), era.short];
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
mod tests;
