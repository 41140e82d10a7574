//! Dates with Japanese eras (令和), and every other usual spelling.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::{
    domain::text::{Text, key_form},
    text,
};

/// An era: its names, its first and its last day.
struct Era {
    kanji: &'static str,
    letter: char,
    first: (i32, u32, u32),
    last: Option<(i32, u32, u32)>,
}

/// The eras of everybody alive (元号を改める政令; 昭和 from 1926-12-25).
const ERAS: &[Era] = &[
    Era {
        kanji: "令和",
        letter: 'R',
        first: (2019, 5, 1),
        last: None,
    },
    Era {
        kanji: "平成",
        letter: 'H',
        first: (1989, 1, 8),
        last: Some((2019, 4, 30)),
    },
    Era {
        kanji: "昭和",
        letter: 'S',
        first: (1926, 12, 25),
        last: Some((1989, 1, 7)),
    },
];

const WEEKDAYS: [(char, Weekday); 7] = [
    ('月', Weekday::Mon),
    ('火', Weekday::Tue),
    ('水', Weekday::Wed),
    ('木', Weekday::Thu),
    ('金', Weekday::Fri),
    ('土', Weekday::Sat),
    ('日', Weekday::Sun),
];

/// Why a text is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} / {}", .0.ja, .0.en)]
pub struct BadDate(pub Text);

/// Reads `2025-10-31`, `2025/10/31`, `2025年10月31日`, `令和7年10月31日`, `R7.10.31`,
/// `令和元年5月1日`, in any width and with spaces; a western year or a weekday
/// in parentheses must agree.
///
/// # Errors
///
/// [`BadDate`] with the reason in both languages.
pub fn parse_date(text: &str) -> Result<NaiveDate, BadDate> {
    let whole = key_form(text);
    let (plain, asides) = without_parentheses(&whole);
    let date = parse_plain(&plain, text)?;
    for aside in asides {
        agrees(&aside, date, text)?;
    }
    Ok(date)
}

/// The text without what stands in parentheses, and that.
fn without_parentheses(text: &str) -> (String, Vec<String>) {
    let (mut plain, mut asides) = (String::new(), Vec::new());
    let mut inside: Option<String> = None;
    for c in text.chars() {
        match (c, &mut inside) {
            ('(', None) => inside = Some(String::new()),
            (')', Some(words)) => {
                asides.push(std::mem::take(words));
                inside = None;
            }
            (c, Some(words)) => words.push(c),
            (c, None) => plain.push(c),
        }
    }
    (plain, asides)
}

fn parse_plain(plain: &str, shown: &str) -> Result<NaiveDate, BadDate> {
    let no_date = || {
        BadDate(text!(
            "「{shown}」は日付として読めません（例 2025-10-31、令和7年10月31日）。",
            "“{shown}” is no date (like 2025-10-31 or 令和7年10月31日)."
        ))
    };
    let era = ERAS.iter().find_map(|era| {
        let rest = plain.strip_prefix(era.kanji).or_else(|| {
            let mut chars = plain.chars();
            (chars.next()?.to_ascii_uppercase() == era.letter).then(|| chars.as_str())
        })?;
        Some((era, rest))
    });
    let numbers = |rest: &str| -> Option<[u32; 3]> {
        let rest = rest.replacen('元', "1", 1);
        let rest = rest.strip_suffix('日').unwrap_or(&rest);
        let mut parts = rest.split(['年', '月', '-', '/', '.']);
        let mut next = || {
            let part = parts.next()?;
            (!part.is_empty() && part.len() <= 4).then(|| part.parse().ok())?
        };
        let found = [next()?, next()?, next()?];
        parts.next().is_none().then_some(found)
    };
    let day = |year: i32, month, day| {
        NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| {
            BadDate(text!(
                "「{shown}」という日はありません。",
                "there is no such day: “{shown}”."
            ))
        })
    };
    let Some((era, rest)) = era else {
        let [year, month, d] = numbers(plain).ok_or_else(no_date)?;
        let year = i32::try_from(year).map_err(|_| no_date())?;
        if !(1900..=2200).contains(&year) {
            return Err(no_date());
        }
        return day(year, month, d);
    };
    let [number, month, d] = numbers(rest).ok_or_else(no_date)?;
    let year = i32::try_from(number).map_err(|_| no_date())? + era.first.0 - 1;
    let date = day(year, month, d)?;
    let first = NaiveDate::from_ymd_opt(era.first.0, era.first.1, era.first.2);
    let last = era
        .last
        .and_then(|(y, m, d)| NaiveDate::from_ymd_opt(y, m, d));
    let name = era.kanji;
    if number == 0 || first.is_some_and(|first| date < first) {
        return Err(BadDate(text!(
            "「{shown}」は{name}が始まる前の日です。",
            "“{shown}” is before the first day of {name}."
        )));
    }
    if last.is_some_and(|last| date > last) {
        return Err(BadDate(text!(
            "「{shown}」は{name}が終わった後の日です。",
            "“{shown}” is after the last day of {name}."
        )));
    }
    Ok(date)
}

/// Whether what stands in parentheses (a year, a weekday) fits the date.
fn agrees(aside: &str, date: NaiveDate, shown: &str) -> Result<(), BadDate> {
    let year = aside.trim_end_matches('年').parse::<i32>().ok();
    if let Some(year) = year
        && year != date.year()
    {
        let right = date.year();
        return Err(BadDate(text!(
            "「{shown}」の西暦が合いません（{right}年のはずです）。",
            "the western year in “{shown}” does not fit: it would be {right}."
        )));
    }
    let first = aside.trim_end_matches("曜日").trim_end_matches('曜');
    let weekday = WEEKDAYS.iter().find(|(name, _)| first == name.to_string());
    if let Some((_, weekday)) = weekday
        && *weekday != date.weekday()
    {
        let right = WEEKDAYS.iter().find(|(_, w)| *w == date.weekday());
        let right = right.map_or(' ', |(name, _)| *name);
        return Err(BadDate(text!(
            "「{shown}」の曜日が合いません（{right}曜日のはずです）。",
            "the weekday in “{shown}” does not fit: it would be {right}."
        )));
    }
    Ok(())
}

/// A date as Japanese papers write it: 令和8年11月20日.
pub fn format_ja(date: NaiveDate) -> String {
    for era in ERAS {
        let first = NaiveDate::from_ymd_opt(era.first.0, era.first.1, era.first.2);
        if first.is_some_and(|first| date >= first) {
            let year = match date.year() - era.first.0 + 1 {
                1 => "元".to_owned(),
                n => n.to_string(),
            };
            return format!("{}{year}年{}月{}日", era.kanji, date.month(), date.day());
        }
    }
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_usual_spelling_is_the_same_day() {
        for text in [
            "2025-10-31",
            "2025/10/31",
            "2025年10月31日",
            "令和7年10月31日",
            "令和 7 年 10 月 31 日",
            "R7.10.31",
            "Ｒ７．１０．３１",
            "令和7年(2025年)10月31日",
            "2025年10月31日（金）",
        ] {
            assert_eq!(parse_date(text), Ok(day("2025-10-31")), "{text}");
        }
        assert_eq!(parse_date("令和元年5月1日"), Ok(day("2019-05-01")));
        assert_eq!(parse_date("H31.4.30"), Ok(day("2019-04-30")));
        assert_eq!(parse_date("昭和64年1月7日"), Ok(day("1989-01-07")));
    }

    #[test]
    fn a_day_that_cannot_be_is_refused_with_the_reason() {
        for (text, reason) in [
            ("令和7年2月30日", "ありません"),
            ("令和元年4月30日", "始まる前"),
            ("平成31年5月1日", "終わった後"),
            ("令和7年(2024年)10月31日", "西暦"),
            ("2025年8月1日（月）", "曜日"),
            ("来年", "読めません"),
            ("R0.1.1", "始まる前"),
            ("7/10/31", "読めません"),
        ] {
            let error = parse_date(text).unwrap_err();
            assert!(error.0.ja.contains(reason), "{text}: {}", error.0.ja);
        }
    }

    #[test]
    fn papers_write_the_era() {
        assert_eq!(format_ja(day("2026-11-20")), "令和8年11月20日");
        assert_eq!(format_ja(day("2019-05-01")), "令和元年5月1日");
        assert_eq!(format_ja(day("2019-04-30")), "平成31年4月30日");
    }
}
