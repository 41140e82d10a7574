//! How a loan ends, and what speaks for it.

use chrono::{Days, NaiveDate};

use super::{AnnualCheck, LoanFacts, PartVerdict};
use crate::domain::{municipality::MunicipalityCode, text::Text};
use crate::text;

coded! {
    /// Why a unit is to be returned.
    ReturnWhy {
        /// The full time is over.
        FullTime = "full_time", "貸与の期間が終わる", "the time of the loan is over";
        /// 県外への転居
        Moved = "moved", "県外へ転居", "moved out of the prefecture";
        /// 人工呼吸器からの離脱
        Weaned = "weaned", "人工呼吸器が要らなくなった", "no ventilator any more";
        /// Another condition of the loan does not hold any more.
        NotEligible = "not_eligible", "貸与の条件に合わなくなった", "a condition of the loan does not hold any more";
        /// Anything else: the note says what.
        Other = "other", "その他（メモに記入）", "other (see the note)";
    }
}

coded! {
    /// Whose fault a loss or a damage was, as the centre has decided.
    Fault {
        /// The child's side: then it may be charged (leaflet of 2026-03-13).
        Family = "family", "お子さんの側（利用者）", "the child's side";
        /// Nobody: wear, a disaster.
        Nobody = "nobody", "だれの責任でもない（老朽・災害など）", "nobody (wear, a disaster)";
        /// Somebody else.
        Others = "others", "ほかの人", "somebody else";
        /// It is not known.
        Unknown = "unknown", "分からない", "not known";
    }
}

/// What was decided on a loss or a damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// Whose fault.
    pub fault: Fault,
    /// What it costs, in yen; `None`: not known.
    pub cost_yen: Option<u32>,
}

/// The most that a generator of the programme could cost, in yen: beyond it
/// somebody mistyped. Ours.
pub const MOST_YEN: u32 = 10_000_000;

/// Days before the end of the full time from which its return is offered: the
/// first stage of the ladder of reminders.
const FULL_TIME_DAYS: u64 = 180;
/// Minutes without the ventilator beyond which a child is not ほぼ24時間装着
/// (leaflet of 2026-03-13).
const MOST_MINUTES_OFF: u32 = 30;

/// Something on record that speaks for the end of a loan that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// The reason that fits.
    pub why: ReturnWhy,
    /// What is on record.
    pub because: Text,
}

/// What is on record of a loan that runs.
#[derive(Debug, Clone, Copy)]
pub struct Record<'r> {
    /// Where the family lived when it applied.
    pub applied_from: Option<MunicipalityCode>,
    /// Where it lives now.
    pub lives_in: Option<MunicipalityCode>,
    /// What decides on eligibility.
    pub facts: &'r LoanFacts,
    /// The minutes without the ventilator in spite of which the loan was granted.
    pub granted_minutes: Option<u32>,
    /// The last check.
    pub checked: Option<&'r AnnualCheck>,
    /// The last day of the loan.
    pub last_day: NaiveDate,
}

/// What speaks for the end of a loan, on a day. Nothing ends by itself: the centre
/// sets the day with the family.
pub fn grounds(record: &Record<'_>, today: NaiveDate) -> Vec<Ground> {
    let mut found = Vec::new();
    let mut add = |why, because| found.push(Ground { why, because });
    let moved = record
        .lives_in
        .zip(record.applied_from)
        .filter(|(now, then)| now.prefecture_digits() != then.prefecture_digits());
    if let Some((now, _)) = moved {
        let town = now.name();
        add(
            ReturnWhy::Moved,
            text!(
                "県外（{town}）への転居が記録されています。",
                "A move out of the prefecture ({town}) is on record."
            ),
        );
    } else if record.facts.home_in_prefecture == Some(false) {
        add(
            ReturnWhy::Moved,
            Text::fixed(
                "「住まいは県内か」が「いいえ」です。",
                "The home is on record as outside the prefecture.",
            ),
        );
    }
    // What it was granted in spite of speaks for no end; more than that does.
    let most = record.granted_minutes.unwrap_or(0).max(MOST_MINUTES_OFF);
    if let Some(minutes) = record.facts.minutes_off.filter(|m| *m > most) {
        add(
            ReturnWhy::Weaned,
            text!(
                "呼吸器を外せる時間が{minutes}分と記録されています（条件は概ね30分以内）。",
                "The child can do without the ventilator for {minutes} minutes (the condition: about 30)."
            ),
        );
    }
    if let Some(check) = record.checked.filter(|c| c.eligible == PartVerdict::Fails) {
        let on = check.held_on;
        add(
            ReturnWhy::NotEligible,
            text!(
                "{on}の確認で「貸与の条件に合わない」とされました。",
                "The check of {on} found that a condition does not hold any more."
            ),
        );
    }
    if record.last_day <= today + Days::new(FULL_TIME_DAYS) {
        let last = record.last_day;
        add(
            ReturnWhy::FullTime,
            text!(
                "貸与の最後の日は{last}です。",
                "The last day of the loan is {last}."
            ),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn code(text: &str) -> Option<MunicipalityCode> {
        MunicipalityCode::parse(text).ok()
    }

    fn record(facts: &LoanFacts) -> Record<'_> {
        Record {
            applied_from: code("43203"),
            lives_in: code("43203"),
            facts,
            granted_minutes: None,
            checked: None,
            last_day: day("2031-11-03"),
        }
    }

    fn whys(record: &Record<'_>, today: &str) -> Vec<ReturnWhy> {
        let grounds = grounds(record, day(today)).into_iter();
        grounds.map(|ground| ground.why).collect()
    }

    #[test]
    fn a_move_to_another_prefecture_speaks_for_the_end_and_one_within_does_not() {
        let facts = LoanFacts::default();
        let within = Record {
            lives_in: code("43202"),
            ..record(&facts)
        };
        assert_eq!(whys(&within, "2026-11-21"), []);
        let beyond = Record {
            lives_in: code("40130"),
            ..record(&facts)
        };
        assert_eq!(whys(&beyond, "2026-11-21"), [ReturnWhy::Moved]);
        // Nobody knows where the family lives: nothing is guessed.
        let unknown = Record {
            lives_in: None,
            ..record(&facts)
        };
        assert_eq!(whys(&unknown, "2026-11-21"), []);
    }

    #[test]
    fn weaning_is_more_than_thirty_minutes_and_unknown_is_none() {
        for (minutes, found) in [
            (None, vec![]),
            (Some(30), vec![]),
            (Some(31), vec![ReturnWhy::Weaned]),
        ] {
            let facts = LoanFacts {
                minutes_off: minutes,
                ..LoanFacts::default()
            };
            assert_eq!(whys(&record(&facts), "2026-11-21"), found, "{minutes:?}");
        }
    }

    #[test]
    fn what_it_was_granted_in_spite_of_is_no_weaning_and_more_than_that_is() {
        for (granted, minutes, found) in [
            (Some(45), 45, vec![]),
            (Some(45), 46, vec![ReturnWhy::Weaned]),
            // It was granted in spite of something that no minutes were.
            (Some(10), 31, vec![ReturnWhy::Weaned]),
            (None, 45, vec![ReturnWhy::Weaned]),
        ] {
            let facts = LoanFacts {
                minutes_off: Some(minutes),
                ..LoanFacts::default()
            };
            let record = Record {
                granted_minutes: granted,
                ..record(&facts)
            };
            assert_eq!(whys(&record, "2026-11-21"), found, "{granted:?} {minutes}");
        }
    }

    #[test]
    fn the_end_of_the_full_time_is_offered_half_a_year_before() {
        let facts = LoanFacts::default();
        assert_eq!(whys(&record(&facts), "2031-05-06"), []);
        assert_eq!(whys(&record(&facts), "2031-05-07"), [ReturnWhy::FullTime]);
    }
}
