//! The unit that a support programme has lent, as a source in a child's record: what the
//! loan knows comes from the loan, and only what the home alone knows is typed.

use chrono::NaiveDate;

use super::{
    Equipment,
    equipment::{HomeGenerator, OutdoorPlace},
};

/// A unit that is with a family, as its loan knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct LentUnit {
    /// Its model.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// The day on which it was handed over.
    pub handed_on: NaiveDate,
    /// Hertz that it was set to at the hand-over.
    pub frequency_hz: Option<u8>,
    /// Whether a carbon monoxide alarm was handed over with it; `None`: not, or nobody
    /// has said.
    pub co_alarm: Option<bool>,
    /// Where it would stand outdoors, as the hand-over or the last check says.
    pub place: Option<String>,
    /// The last day on which it ran: told by the family, or seen at a check.
    pub last_run_on: Option<NaiveDate>,
}

fn is_lent(generator: &HomeGenerator) -> bool {
    generator.loaned == Some(true)
}

impl LentUnit {
    /// The source that it is, with what is typed of it.
    fn source(&self, typed: HomeGenerator) -> HomeGenerator {
        // What was typed before it came is of another unit.
        let ran = typed.last_run_on.filter(|on| *on >= self.handed_on);
        let place = self.place.as_ref().map(|what| OutdoorPlace {
            available: true,
            what: Some(what.clone()),
            ..OutdoorPlace::default()
        });
        HomeGenerator {
            loaned: Some(true),
            model: Some(self.model.clone()),
            rated_va: None,
            sine_wave: None,
            volts: None,
            frequency_hz: self.frequency_hz.or(typed.frequency_hz),
            co_alarm: self.co_alarm.or(typed.co_alarm),
            place: typed.place.or(place),
            last_run_on: ran.max(self.last_run_on),
            ..typed
        }
    }
}

impl Equipment {
    /// The record with a unit that is lent, first among its generators, in the place of
    /// whatever is typed as lent.
    #[must_use]
    pub fn with_lent(mut self, unit: &LentUnit) -> Self {
        let typed = self.generators.take().unwrap_or_default();
        let (lent, own): (Vec<_>, Vec<_>) = typed.into_iter().partition(is_lent);
        let lent = lent.into_iter().next().unwrap_or_default();
        let all = std::iter::once(unit.source(lent)).chain(own);
        self.generators = Some(all.collect());
        self
    }

    /// The record without whatever is typed as lent. Where nothing else is listed nobody
    /// has said whether there is something else.
    #[must_use]
    pub fn without_lent(mut self) -> Self {
        if let Some(typed) = &mut self.generators
            && typed.iter().any(is_lent)
        {
            typed.retain(|generator| !is_lent(generator));
            if typed.is_empty() {
                self.generators = None;
            }
        }
        self
    }

    /// What is typed as lent.
    pub fn typed_as_lent(&self) -> Vec<HomeGenerator> {
        let typed = self.generators.iter().flatten();
        typed.filter(|one| is_lent(one)).cloned().collect()
    }

    /// The record as it is kept while a unit is lent: of the unit, what the home alone
    /// knows. The rest is the loan's.
    #[must_use]
    pub fn of_the_home(mut self) -> Self {
        for generator in self.generators.iter_mut().flatten() {
            if is_lent(generator) {
                generator.model = None;
                generator.rated_va = None;
                generator.sine_wave = None;
                generator.volts = None;
            }
        }
        self
    }

    /// The record that somebody typed who was not told of the loan: what they call lent
    /// is a generator like any other, and what others typed of the unit stays.
    #[must_use]
    pub fn typed_untold(mut self, before: Option<&Self>) -> Self {
        for generator in self.generators.iter_mut().flatten() {
            if is_lent(generator) {
                generator.loaned = None;
            }
        }
        let kept = before.map(Self::typed_as_lent).unwrap_or_default();
        if !kept.is_empty() {
            let own = self.generators.take().unwrap_or_default();
            self.generators = Some(kept.into_iter().chain(own).collect());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn unit() -> LentUnit {
        LentUnit {
            model: "EU18i".to_owned(),
            serial: "A-1".to_owned(),
            handed_on: day("2026-11-03"),
            frequency_hz: Some(60),
            co_alarm: Some(true),
            place: Some("【デモ】軒下".to_owned()),
            last_run_on: Some(day("2026-11-10")),
        }
    }

    fn record(generators: &serde_json::Value) -> Equipment {
        serde_json::from_value(serde_json::json!({ "generators": generators })).unwrap()
    }

    #[test]
    fn the_loan_says_what_the_unit_is_and_the_home_where_it_runs() {
        let typed = record(&serde_json::json!([
            { "model": "EU9iGB" },
            { "loaned": true, "model": "EU55is", "rated_va": 5500.0, "sine_wave": false,
              "charger_watts": 300.0, "cord_metres": 12.0, "owner_leave": "given",
              "last_run_on": "2026-11-15" },
        ]));
        let made = typed.clone().with_lent(&unit());
        let all = made.generators.unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].model.as_deref(), Some("EU9iGB"));
        let lent = &all[0];
        assert_eq!(lent.model.as_deref(), Some("EU18i"));
        assert_eq!((lent.rated_va, lent.sine_wave), (None, None));
        assert_eq!(
            (lent.charger_watts, lent.cord_metres),
            (Some(300.0), Some(12.0))
        );
        assert_eq!((lent.frequency_hz, lent.co_alarm), (Some(60), Some(true)));
        assert!(lent.place.as_ref().unwrap().available);
        assert_eq!(
            lent.last_run_on,
            Some(day("2026-11-15")),
            "the later of both"
        );
        // Nothing of it stays when it has gone back.
        let gone = typed.without_lent().generators.unwrap();
        assert_eq!(gone.len(), 1);
    }

    #[test]
    fn what_ran_before_the_unit_came_was_another_one() {
        let typed = record(&serde_json::json!([{ "loaned": true, "last_run_on": "2026-10-01" }]));
        let bare = LentUnit {
            last_run_on: None,
            ..unit()
        };
        let lent = typed.with_lent(&bare).generators.unwrap();
        assert_eq!(lent[0].last_run_on, None);
    }

    #[test]
    fn nobody_has_said_that_there_is_nothing_besides_what_was_lent() {
        let typed = record(&serde_json::json!([{ "loaned": true }]));
        assert_eq!(typed.without_lent().generators, None);
        let none = record(&serde_json::json!([]));
        assert_eq!(none.without_lent().generators, Some(Vec::new()));
    }

    #[test]
    fn whoever_was_not_told_of_the_loan_takes_nothing_of_it_away() {
        let before = record(&serde_json::json!([{ "loaned": true, "cord_metres": 12.0 }]));
        let typed = record(&serde_json::json!([{ "loaned": true, "model": "EU9iGB" }]));
        let all = typed.typed_untold(Some(&before)).generators.unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(
            (all[0].loaned, all[0].cord_metres),
            (Some(true), Some(12.0))
        );
        assert_eq!(
            (all[1].loaned, all[1].model.as_deref()),
            (None, Some("EU9iGB"))
        );
    }
}
