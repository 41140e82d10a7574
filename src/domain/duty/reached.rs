//! Which stage of a duty has been reached.

use chrono::{Days, NaiveDate};

use super::Stage;

/// One due day of a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// By when it is due.
    pub due_on: NaiveDate,
    /// From which day on it is owed.
    pub begun_on: NaiveDate,
    /// On which day the program came to know of this due day: what lay before
    /// could not be sent in time, and is not late.
    pub known_on: NaiveDate,
}

/// A stage that has been reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The stage.
    pub stage: Stage,
    /// Its day.
    pub on: NaiveDate,
    /// Whether it should have been sent on an earlier day.
    pub late: bool,
}

/// The latest stage that has been reached: of several that were missed the last
/// alone is sent. `None`: none has, yet.
pub fn reached(stages: &[Stage], term: &Term, today: NaiveDate) -> Option<Reached> {
    days(stages, term)
        .filter(|(_, on)| *on <= today)
        .max_by_key(|(stage, on)| (*on, *stage != Stage::Begin))
        .map(|(stage, on)| Reached {
            stage,
            on,
            late: is_late(on, term, today),
        })
}

/// The next stage after a day, and its day.
pub fn next_stage(stages: &[Stage], term: &Term, after: NaiveDate) -> Option<(Stage, NaiveDate)> {
    days(stages, term)
        .filter(|(_, on)| *on > after)
        .min_by_key(|(stage, on)| (*on, *stage != Stage::Begin))
}

/// The stages with their days. What would lie before the beginning of the duty is
/// none: a duty that begins late is not late (`RULES.md`, "Duties").
fn days(stages: &[Stage], term: &Term) -> impl Iterator<Item = (Stage, NaiveDate)> {
    let begun_on = term.begun_on;
    stages
        .iter()
        .filter_map(|stage| Some((*stage, stage.on(term)?)))
        .filter(move |(_, on)| *on >= begun_on)
}

/// A stage is late where a day has passed on which it could have been sent: what
/// became known on its own day, after the hour of the reminders, goes out the day
/// after and is not late.
fn is_late(on: NaiveDate, term: &Term, today: NaiveDate) -> bool {
    let in_time = if term.known_on < on {
        on
    } else {
        (term.known_on + Days::new(1)).max(on)
    };
    today > in_time && term.known_on <= on
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::duty::{Audience, DutyKind, Ladders};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn term() -> Term {
        Term {
            due_on: day("2026-04-30"),
            begun_on: day("2025-10-31"),
            known_on: day("2025-10-31"),
        }
    }

    fn family() -> Vec<Stage> {
        Ladders::default().apply_plan.family
    }

    #[test]
    fn each_stage_is_reached_on_its_day() {
        let stages = family();
        for (today, stage) in [
            ("2025-10-31", Stage::Begin),
            ("2026-01-29", Stage::Begin),
            ("2026-01-30", Stage::Days(-90)),
            ("2026-03-31", Stage::Days(-30)),
            ("2026-04-29", Stage::Days(-1)),
            ("2026-04-30", Stage::Days(0)),
            ("2026-05-07", Stage::Days(7)),
            ("2030-01-01", Stage::Days(7)),
        ] {
            let reached = reached(&stages, &term(), day(today)).unwrap();
            assert_eq!(reached.stage, stage, "{today}");
        }
        assert_eq!(reached(&stages, &term(), day("2025-10-30")), None);
    }

    #[test]
    fn after_days_of_silence_the_latest_stage_goes_out_marked_late() {
        let reached = |today| reached(&family(), &term(), day(today)).unwrap();
        let on_its_day = reached("2026-04-23");
        assert_eq!(
            (on_its_day.stage, on_its_day.late),
            (Stage::Days(-7), false)
        );
        let missed = reached("2026-04-26");
        assert_eq!((missed.stage, missed.late), (Stage::Days(-7), true));
    }

    #[test]
    fn a_duty_that_begins_late_is_not_late() {
        // A loan from the ledger, put in when its day was over: its last stage, once.
        let put_in = Term {
            known_on: day("2026-06-01"),
            ..term()
        };
        let first = reached(&family(), &put_in, day("2026-06-02")).unwrap();
        assert_eq!((first.stage, first.late), (Stage::Days(7), false));
        // A return that is set ten days ahead has no stage before it was set.
        let set = Term {
            due_on: day("2026-06-11"),
            begun_on: day("2026-06-01"),
            known_on: day("2026-06-01"),
        };
        let stages = Ladders::default().r#return.family;
        assert_eq!(
            reached(&stages, &set, day("2026-06-01")).unwrap().stage,
            Stage::Begin
        );
        assert_eq!(
            next_stage(&stages, &set, day("2026-06-01")),
            Some((Stage::Days(-3), day("2026-06-08")))
        );
        // It was written down in the afternoon: the mail of the next morning is in time.
        assert!(!reached(&stages, &set, day("2026-06-02")).unwrap().late);
        assert!(reached(&stages, &set, day("2026-06-03")).unwrap().late);
    }

    #[test]
    fn the_last_of_february_is_a_day_like_others() {
        let term = Term {
            due_on: day("2028-02-29"),
            begun_on: day("2027-08-29"),
            known_on: day("2027-08-29"),
        };
        let reached = |today| reached(&family(), &term, day(today)).unwrap().stage;
        assert_eq!(reached("2028-02-28"), Stage::Days(-1));
        assert_eq!(reached("2028-02-29"), Stage::Days(0));
        assert_eq!(reached("2028-03-07"), Stage::Days(7));
    }

    proptest! {
        #[test]
        fn a_later_day_never_goes_back_to_an_earlier_stage(
            due in 0_u64..2000, length in 0_u64..400, first in 0_u64..2500, later in 0_u64..400,
        ) {
            let base = day("2025-01-01");
            let due_on = base + Days::new(due + length);
            let term = Term { due_on, begun_on: base + Days::new(due), known_on: base };
            let ladders = Ladders::default();
            for kind in DutyKind::ALL {
                for audience in Audience::ALL {
                    let stages = ladders.of(*kind).of(*audience);
                    let one = reached(stages, &term, base + Days::new(first));
                    let two = reached(stages, &term, base + Days::new(first + later));
                    prop_assert!(one.map(|r| r.on) <= two.map(|r| r.on));
                    if let Some(next) = next_stage(stages, &term, base + Days::new(first)) {
                        prop_assert!(next.1 > base + Days::new(first));
                    }
                }
            }
        }
    }
}
