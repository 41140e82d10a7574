//! What a code and a name of the weather agency mean: the level of each hazard, no
//! level, or nothing that this program knows. Nothing is guessed.

use chrono::NaiveDate;

use crate::domain::{
    hazard::Hazard,
    text::nfkc,
    warning::{EvacuationLevel, NameOnDay, name_on},
};

/// Codes of warnings and advisories for municipalities, and the names that each goes
/// with (`DOMAIN.md` B2, 別表3; 04 and 18 in old telegrams alone).
const OF_TOWNS: &[(&str, &str)] = &[
    ("33", "大雨特別警報"),
    ("43", "大雨危険警報"),
    ("03", "大雨警報"),
    ("10", "大雨注意報"),
    ("39", "土砂災害特別警報"),
    ("49", "土砂災害危険警報"),
    ("09", "土砂災害警報"),
    ("29", "土砂災害注意報"),
    ("38", "高潮特別警報"),
    ("48", "高潮危険警報"),
    ("08", "高潮警報"),
    ("19", "高潮注意報"),
    ("04", "洪水警報"),
    ("18", "洪水注意報"),
    ("35", "暴風特別警報"),
    ("05", "暴風警報"),
    ("15", "強風注意報"),
    ("32", "暴風雪特別警報"),
    ("02", "暴風雪警報"),
    ("13", "風雪注意報"),
    ("36", "大雪特別警報"),
    ("06", "大雪警報"),
    ("12", "大雪注意報"),
    ("37", "波浪特別警報"),
    ("07", "波浪警報"),
    ("16", "波浪注意報"),
    ("14", "雷注意報"),
    ("17", "融雪注意報"),
    ("20", "濃霧注意報"),
    ("21", "乾燥注意報"),
    ("22", "なだれ注意報"),
    ("23", "低温注意報"),
    ("24", "霜注意報"),
    ("25", "着氷注意報"),
    ("26", "着雪注意報"),
];

/// Codes of forecasts of rivers (指定河川洪水予報), and the names that each goes with.
const OF_RIVERS: &[(&str, &[&str])] = &[
    ("20", &["氾濫注意情報", "氾濫注意報"]),
    ("21", &["氾濫注意情報", "氾濫注意報"]),
    ("22", &["氾濫注意情報", "氾濫注意報"]),
    ("30", &["氾濫警戒情報", "氾濫警報"]),
    ("31", &["氾濫警戒情報", "氾濫警報"]),
    ("40", &["氾濫危険情報", "氾濫危険警報"]),
    ("41", &["氾濫危険情報", "氾濫危険警報"]),
    ("51", &["氾濫発生情報", "氾濫特別警報"]),
    ("53", &["氾濫発生情報", "氾濫特別警報"]),
];

/// The hazards of which the agency tells levels.
const WITH_LEVELS: [Hazard; 4] = [
    Hazard::Flood,
    Hazard::Landslide,
    Hazard::StormSurge,
    Hazard::InlandFlood,
];

/// What a kind of warning says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// These levels.
    Levels(Vec<(Hazard, EvacuationLevel)>),
    /// It has no level.
    NoLevel,
    /// Nobody has told this program what it means.
    Unknown,
}

/// The last day of the names and codes before the change (`DOMAIN.md` B2).
const OLD_UNTIL: NaiveDate = NaiveDate::from_ymd_opt(2026, 5, 28).expect("a day of the calendar");

/// By which names a telegram is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scheme {
    /// A day on which those names are in force.
    day: NaiveDate,
    /// Names and codes since 2026-05-29.
    pub(super) new: bool,
}

impl Scheme {
    /// The scheme of a telegram of a day, whose names say `レベルN` or whose title says
    /// that it is a new one.
    pub(super) fn of(day: NaiveDate, says_new: bool) -> Self {
        let new = says_new || day > OLD_UNTIL;
        let first = OLD_UNTIL.succ_opt().unwrap_or(OLD_UNTIL);
        Self {
            day: if new {
                day.max(first)
            } else {
                day.min(OLD_UNTIL)
            },
            new,
        }
    }
}

/// A name without the level before it and the words in brackets behind it; and both.
pub(super) fn parts(name: &str) -> (String, Option<u8>, Vec<String>) {
    let name: String = nfkc(name).chars().filter(|c| !c.is_whitespace()).collect();
    let rest = name
        .strip_prefix("警戒レベル")
        .or_else(|| name.strip_prefix("レベル"));
    let (level, rest) = match rest {
        Some(rest) => match rest.chars().next().and_then(|c| c.to_digit(10)) {
            Some(digit) => (
                u8::try_from(digit).ok(),
                rest[1..].trim_start_matches("相当"),
            ),
            None => (None, name.as_str()),
        },
        None => (None, name.as_str()),
    };
    let (base, within) = match rest.split_once('(') {
        Some((base, within)) => (base, within.trim_end_matches(')')),
        None => (rest, ""),
    };
    let within = within.split(['、', ',', '・']);
    let within = within.filter(|part| !part.is_empty()).map(str::to_owned);
    (base.to_owned(), level, within.collect())
}

/// What a warning for a municipality says; `condition` is what an old telegram writes
/// beside it (土砂災害、浸水害).
pub(super) fn of_towns(name: &str, code: &str, condition: &str, scheme: Scheme) -> Meaning {
    let (base, written, mut about) = parts(name);
    if !OF_TOWNS
        .iter()
        .any(|(known, called)| *known == code && *called == base)
    {
        return Meaning::Unknown;
    }
    about.extend(parts(&format!("({condition})")).2);
    let rain = matches!(base.as_str(), "大雨警報" | "大雨特別警報");
    let names: Vec<String> = if rain && !scheme.new && !about.is_empty() {
        about.iter().map(|what| format!("{base}({what})")).collect()
    } else {
        vec![base.clone()]
    };
    judge(&names, written, scheme)
}

/// What the forecast of a river says.
pub(super) fn of_rivers(name: &str, code: &str, scheme: Scheme) -> Meaning {
    let (base, written, _) = parts(name);
    let known = |(known, called): &(&str, &[&str])| *known == code && called.contains(&&*base);
    if OF_RIVERS.iter().any(known) {
        judge(&[base], written, scheme)
    } else {
        Meaning::Unknown
    }
}

/// What names mean on the scheme's day; where a level is written before one, it must be
/// the same.
pub(super) fn judge(names: &[String], written: Option<u8>, scheme: Scheme) -> Meaning {
    let mut levels: Vec<(Hazard, EvacuationLevel)> = Vec::new();
    let mut known = false;
    for name in names {
        for hazard in WITH_LEVELS {
            match name_on(name, hazard, scheme.day) {
                NameOnDay::InForce(level) => levels.push((hazard, level)),
                NameOnDay::NoLevel => known = true,
                NameOnDay::NotInForce { .. } | NameOnDay::Unknown => {}
            }
        }
    }
    let agrees = |(_, level): &(Hazard, EvacuationLevel)| {
        written.is_none_or(|written| written == level.number())
    };
    if !levels.is_empty() {
        if levels.iter().all(agrees) {
            return Meaning::Levels(levels);
        }
    } else if written.is_none() && (known || names.iter().all(|name| has_no_level(name))) {
        return Meaning::NoLevel;
    }
    Meaning::Unknown
}

/// Whether the table of codes knows a name, and it is about nothing with levels.
fn has_no_level(name: &str) -> bool {
    let about = ["大雨", "土砂", "高潮", "洪水", "氾濫"];
    OF_TOWNS.iter().any(|(_, called)| *called == name)
        && !about.iter().any(|about| name.contains(about))
}

/// What the status of a warning says of it (`<Status>`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// It is in force.
    InForce,
    /// It is over, or there is none.
    Over,
    /// Nobody has told this program what that means.
    Unknown,
}

/// 発表 and 継続 are in force, and so is what a stronger warning was changed to in an old
/// telegram (特別警報から警報): the name beside it is the one that holds from then on.
pub(super) fn status(text: &str) -> Status {
    let text = nfkc(text.trim());
    match text.as_str() {
        "発表" | "継続" => Status::InForce,
        "解除" | "なし" | "発表警報・注意報はなし" => Status::Over,
        _ => match text.split_once("から") {
            Some((_, to)) if to.ends_with("警報") || to.ends_with("注意報") => Status::InForce,
            _ => Status::Unknown,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn old() -> Scheme {
        Scheme::of("2026-05-28".parse().unwrap(), false)
    }

    fn new() -> Scheme {
        Scheme::of("2026-05-29".parse().unwrap(), false)
    }

    fn levels(meaning: &Meaning) -> Vec<(&'static str, u8)> {
        match meaning {
            Meaning::Levels(levels) => levels
                .iter()
                .map(|(hazard, level)| (hazard.code(), level.number()))
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_code_of_the_new_scheme_says_its_level() {
        for (what, codes, hazards) in [
            (
                "大雨",
                ["10", "03", "43", "33"],
                &["flood", "inland_flood"][..],
            ),
            ("土砂災害", ["29", "09", "49", "39"], &["landslide"]),
            ("高潮", ["19", "08", "48", "38"], &["storm_surge"]),
        ] {
            let kinds = ["注意報", "警報", "危険警報", "特別警報"];
            for ((code, kind), level) in codes.into_iter().zip(kinds).zip(2..) {
                // As the agency writes it: full-width figures.
                let wide = ["０", "１", "２", "３", "４", "５"][usize::from(level)];
                for name in [format!("レベル{wide}{what}{kind}"), format!("{what}{kind}")] {
                    let found = levels(&of_towns(&name, code, "", new()));
                    let wanted: Vec<_> = hazards.iter().map(|h| (*h, level)).collect();
                    assert_eq!(found, wanted, "{name}");
                }
            }
        }
    }

    #[test]
    fn the_storm_surge_warning_means_what_it_meant_on_its_day() {
        assert_eq!(
            levels(&of_towns("高潮警報", "08", "", old())),
            [("storm_surge", 4)]
        );
        assert_eq!(
            levels(&of_towns("高潮警報", "08", "", new())),
            [("storm_surge", 3)]
        );
        // A telegram that writes levels is of the new scheme, whatever its date.
        let sample = Scheme::of("2020-06-22".parse().unwrap(), true);
        assert_eq!(
            levels(&of_towns("レベル３高潮警報", "08", "", sample)),
            [("storm_surge", 3)]
        );
    }

    #[test]
    fn old_warnings_of_rain_say_of_what() {
        let both = of_towns("大雨特別警報", "33", "土砂災害、浸水害", old());
        assert_eq!(
            levels(&both),
            [("landslide", 5), ("flood", 5), ("inland_flood", 5)]
        );
        let water = of_towns("大雨警報", "03", "浸水害", old());
        assert_eq!(water, Meaning::NoLevel);
        let slopes = of_towns("大雨警報（土砂災害）", "03", "", old());
        assert_eq!(levels(&slopes), [("landslide", 3)]);
        assert_eq!(
            levels(&of_towns("大雨警報", "03", "", old())),
            [("landslide", 3)]
        );
    }

    #[test]
    fn rivers_are_read_by_code_and_name_of_both_schemes() {
        for (code, before, since, level) in [
            ("20", "氾濫注意情報", "レベル２氾濫注意報", 2),
            ("30", "氾濫警戒情報", "レベル３氾濫警報", 3),
            ("41", "氾濫危険情報", "レベル４氾濫危険警報", 4),
            ("51", "氾濫発生情報", "レベル５氾濫特別警報", 5),
        ] {
            assert_eq!(levels(&of_rivers(before, code, old())), [("flood", level)]);
            assert_eq!(levels(&of_rivers(since, code, new())), [("flood", level)]);
        }
        let lifted = of_rivers("氾濫注意情報（警戒情報解除）", "22", old());
        assert_eq!(levels(&lifted), [("flood", 2)]);
    }

    #[test]
    fn what_does_not_fit_together_is_unknown() {
        for (name, code) in [
            // A code that no table has, a name of another code, a level that is not its own.
            ("大雨警報", "99"),
            ("大雨警報", "33"),
            ("レベル５土砂災害危険警報", "49"),
            ("レベル３暴風警報", "05"),
            ("大雨大警報", "03"),
        ] {
            assert_eq!(
                of_towns(name, code, "", new()),
                Meaning::Unknown,
                "{name} {code}"
            );
        }
        assert_eq!(of_rivers("氾濫発生情報", "50", old()), Meaning::Unknown);
        // Names that ended with the old scheme mean nothing in the new one.
        assert_eq!(of_towns("洪水警報", "04", "", new()), Meaning::Unknown);
        assert_eq!(of_towns("暴風警報", "05", "", new()), Meaning::NoLevel);
        assert_eq!(of_towns("雷注意報", "14", "", old()), Meaning::NoLevel);
    }

    #[test]
    fn only_what_is_issued_or_goes_on_is_in_force() {
        for (text, wanted) in [
            ("発表", Status::InForce),
            ("継続", Status::InForce),
            ("特別警報から警報", Status::InForce),
            ("警報から注意報", Status::InForce),
            ("解除", Status::Over),
            ("なし", Status::Over),
            ("発表警報・注意報はなし", Status::Over),
            ("", Status::Unknown),
            ("発表状況", Status::Unknown),
        ] {
            assert_eq!(status(text), wanted, "{text}");
        }
    }
}
