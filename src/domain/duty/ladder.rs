//! On which days who is reminded of what: the table of `RULES.md`, "Duties and
//! their ladder", as defaults that an operator can set otherwise.

use chrono::{Days, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize, de::Error as _};

use super::{Audience, DutyKind, Term};
use crate::domain::text::Text;

/// A day on which somebody is reminded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The day on which the duty begins (the hand-over; the day on which a return
    /// was set).
    Begin,
    /// So many days after the due day; before it, where it is negative.
    Days(i16),
}

impl Stage {
    /// The word in the database and in the configuration.
    pub fn code(self) -> String {
        match self {
            Self::Begin => "begin".to_owned(),
            Self::Days(days) => days.to_string(),
        }
    }

    /// The stage of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        if code == "begin" {
            return Some(Self::Begin);
        }
        let days: i16 = code.parse().ok()?;
        (-MOST_DAYS..=MOST_DAYS)
            .contains(&days)
            .then_some(Self::Days(days))
    }

    /// The day of the stage in a term; `None`: beyond the calendar.
    pub fn on(self, term: &Term) -> Option<NaiveDate> {
        match self {
            Self::Begin => Some(term.begun_on),
            Self::Days(days) if days < 0 => term
                .due_on
                .checked_sub_days(Days::new(u64::from(days.unsigned_abs()))),
            Self::Days(days) => term
                .due_on
                .checked_add_days(Days::new(days.unsigned_abs().into())),
        }
    }
}

/// A stage lies at most so many days from its due day: five years, the time of a
/// loan.
const MOST_DAYS: i16 = 1827;

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Word {
    Days(i16),
    Name(String),
}

impl Serialize for Stage {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Begin => Word::Name(self.code()),
            Self::Days(days) => Word::Days(*days),
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for Stage {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let word = match Word::deserialize(from)? {
            Word::Days(days) => days.to_string(),
            Word::Name(name) => name,
        };
        Self::from_code(&word).ok_or_else(|| {
            D::Error::custom(format!(
                "a stage is \"begin\" or days around the due day (-30, 0, 7), not {word:?} / \
                 段階は begin か期限からの日数（-30、0、7 など）で書きます"
            ))
        })
    }
}

/// On which days of one duty each audience is reminded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ladder {
    /// The family.
    pub family: Vec<Stage>,
    /// Its coordinator.
    pub coordinator: Vec<Stage>,
    /// The centre.
    pub centre: Vec<Stage>,
    /// The municipality.
    pub municipality: Vec<Stage>,
}

impl Ladder {
    /// The stages of an audience.
    pub fn of(&self, audience: Audience) -> &[Stage] {
        match audience {
            Audience::Family => &self.family,
            Audience::Coordinator => &self.coordinator,
            Audience::Centre => &self.centre,
            Audience::Municipality => &self.municipality,
        }
    }

    fn new(stages: [(Audience, &[i16]); 4], begins: &[Audience]) -> Self {
        let of = |audience| {
            let first = begins.contains(&audience).then_some(Stage::Begin);
            let days = stages.iter().find(|(whose, _)| *whose == audience);
            let days = days.map_or(&[][..], |(_, days)| days);
            first
                .into_iter()
                .chain(days.iter().map(|day| Stage::Days(*day)))
                .collect()
        };
        Self {
            family: of(Audience::Family),
            coordinator: of(Audience::Coordinator),
            centre: of(Audience::Centre),
            municipality: of(Audience::Municipality),
        }
    }
}

macro_rules! ladders {
    ($($field:ident: $kind:ident = $ladder:expr;)*) => {
        /// The ladder of each duty.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Ladders {
            $(
                #[doc = concat!("Of `", stringify!($field), "`.")]
                pub $field: Ladder,
            )*
        }

        impl Default for Ladders {
            fn default() -> Self {
                use Audience::{Centre, Coordinator, Family, Municipality};
                Self { $($field: {
                    let (stages, begins): ([(Audience, &[i16]); 4], &[Audience]) = $ladder;
                    Ladder::new(stages, begins)
                },)* }
            }
        }

        impl Ladders {
            /// The ladder of a duty.
            pub const fn of(&self, kind: DutyKind) -> &Ladder {
                match kind { $(DutyKind::$kind => &self.$field,)* }
            }
        }
    };
}

// `RULES.md`, "Duties and their ladder". What that table leaves to us: the centre
// hears of an application again a month after its day, and the municipality of a
// finding that has changed, so that silence is not taken for an answer.
ladders! {
    apply_plan: ApplyPlan = ([
        (Family, &[-90, -30, -14, -7, -1, 0, 7]), (Coordinator, &[-30, -14, -7, -1, 0, 7]),
        (Centre, &[0, 7, 30]), (Municipality, &[0, 7]),
    ], &[Family]);
    annual_check: AnnualCheck = ([
        (Centre, &[-60, -30, 0, 30]), (Family, &[-30, -7]), (Coordinator, &[0, 30]),
        (Municipality, &[]),
    ], &[]);
    check_day: CheckDay = ([
        (Family, &[-7, -1]), (Centre, &[-1]), (Coordinator, &[]), (Municipality, &[]),
    ], &[]);
    failed_check: FailedCheck = ([
        (Centre, &[7, 30]), (Coordinator, &[7]), (Family, &[]), (Municipality, &[]),
    ], &[Centre, Coordinator]);
    full_time: FullTime = ([
        (Family, &[-180, -90, -30, -7, 0, 7]), (Centre, &[-180, -90, -30, -7, 0, 7]),
        (Coordinator, &[]), (Municipality, &[]),
    ], &[]);
    r#return: Return = ([
        (Family, &[-14, -3, 0, 7]), (Centre, &[-3, 0, 7, 30]), (Coordinator, &[]),
        (Municipality, &[]),
    ], &[Family]);
    battery_check: BatteryCheck = ([
        (Coordinator, &[-30, 0, 30]), (Centre, &[0, 30]), (Family, &[]), (Municipality, &[]),
    ], &[]);
    test_run: TestRun = ([
        (Family, &[0]), (Coordinator, &[0, 30]), (Centre, &[]), (Municipality, &[]),
    ], &[]);
    fuel: Fuel = ([
        (Family, &[-30]), (Coordinator, &[]), (Centre, &[]), (Municipality, &[]),
    ], &[]);
    confirm_plan: ConfirmPlan = ([
        (Municipality, &[-60, -30, 0, 30]), (Family, &[-30, 0]), (Coordinator, &[]),
        (Centre, &[]),
    ], &[]);
    changed_finding: ChangedFinding = ([
        (Municipality, &[30]), (Family, &[]), (Coordinator, &[]), (Centre, &[]),
    ], &[Municipality]);
}

/// What an operator sets of reminders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReminderSettings {
    /// At which time of the day in Tokyo reminders are planned (`HH:MM`).
    pub at: String,
    /// So many mails a month a family gets at most where no date is at stake
    /// (`RULES.md`, "Duties": two).
    pub most_a_month: u16,
    /// The ladders.
    pub ladders: Ladders,
}

impl ReminderSettings {
    /// The hour at which reminders are planned; nine where it cannot be read, which
    /// [`Self::check`] refuses before.
    pub fn hour(&self) -> NaiveTime {
        let nine = NaiveTime::from_hms_opt(9, 0, 0).expect("nine is an hour");
        NaiveTime::parse_from_str(&self.at, "%H:%M").unwrap_or(nine)
    }

    /// What cannot be.
    ///
    /// # Errors
    /// The key, and what to write there.
    pub fn check(&self) -> Result<(), Text> {
        NaiveTime::parse_from_str(&self.at, "%H:%M").map_err(|_| {
            Text::fixed(
                "reminders.at は 09:00 のような時刻にしてください",
                "reminders.at is an hour, as 09:00",
            )
        })?;
        Ok(())
    }
}

impl Default for ReminderSettings {
    fn default() -> Self {
        Self {
            at: "09:00".to_owned(),
            most_a_month: 2,
            ladders: Ladders::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duty_reaches_somebody_who_can_act() {
        let ladders = Ladders::default();
        for kind in DutyKind::ALL {
            let owed_by = ladders.of(*kind).of(kind.owed_by());
            assert!(!owed_by.is_empty(), "{kind:?} reminds nobody who owes it");
        }
    }

    #[test]
    fn the_stages_of_the_application_are_those_of_the_table() {
        let ladder = Ladders::default().apply_plan;
        let family: Vec<String> = ladder.family.iter().map(|stage| stage.code()).collect();
        assert_eq!(family, ["begin", "-90", "-30", "-14", "-7", "-1", "0", "7"]);
        assert_eq!(ladder.coordinator[0], Stage::Days(-30));
        assert_eq!(ladder.centre[0], Stage::Days(0));
    }

    #[test]
    fn a_ladder_is_read_from_words_and_numbers_and_nothing_else() {
        let ladder: Ladder = serde_json::from_str(r#"{"family": ["begin", -30, "7"]}"#).unwrap();
        let stages = [Stage::Begin, Stage::Days(-30), Stage::Days(7)];
        assert_eq!(ladder.family, stages);
        let back = serde_json::to_value(&ladder).unwrap();
        assert_eq!(back["family"], serde_json::json!(["begin", -30, 7]));
        for wrong in [r#"{"family": ["soon"]}"#, r#"{"family": [4000]}"#] {
            let error = serde_json::from_str::<Ladder>(wrong)
                .unwrap_err()
                .to_string();
            assert!(error.contains("begin"), "{error}");
        }
    }
}
