//! PWR: power. Hours come from the budget ([`crate::domain::power`]); what
//! nobody has recorded is unknown, and one list of it is asked for.
//!
//! Nobody ever asks a family to run a battery down: every text on hours says
//! 「お子さんにつないだまま使い切らない」.

mod battery;
mod care;
mod fuel;
mod generator;
mod hours;
mod sizing;

pub use sizing::{OnUnit, on_unit};

use super::{Check, Says, about, writing::About};
use crate::domain::{
    finding::{Finding, Owner, RuleCode, Severity},
    power::{Missing, SourceKind},
    text::Text,
};

/// PWR-01 to PWR-17. Where nothing at all is on record, the rules on hours are
/// judged on the hours that the plan states, and one unknown asks for the
/// rest.
pub(crate) fn check(check: &Check<'_>, to: &mut Vec<Finding>) {
    to.push(hours::batteries_outlast_the_way(check));
    to.push(hours::lasts_three_days(check));
    to.push(hours::outage_trigger(check));
    let Some(equipment) = check.given.equipment else {
        to.push(nothing_recorded());
        return;
    };
    to.extend(hours::storm(check));
    generator::check(check, equipment, to);
    fuel::check(check, equipment, to);
    to.extend(battery::is_checked(check, equipment));
    care::check(check, equipment, to);
}

/// What nobody has recorded yet, in the same words wherever it is missing, so
/// that it stands once.
pub(super) fn the_record() -> Text {
    Text::fixed(
        "機器と電源の記録（呼吸器などの機種、バッテリー、車・発電機・燃料、酸素、蘇生バッグ、手動の吸引器、連絡先）",
        "the record of devices and sources (models, batteries, car, generator, fuel, oxygen, manual resuscitator, manual suction, numbers to call)",
    )
}

fn make_the_record() -> Text {
    Text::fixed(
        "ご家族・訪問看護・機器会社に聞き、機器と電源の記録を作る。まず蘇生バッグ、次にバッテリーの時間（お子さんにつないだまま使い切らない）。",
        "Ask the family, the visiting nurses and the maker, and make the record: first the manual resuscitator, then the battery hours (never run one down on the child).",
    )
}

/// PWR-10, which concerns every child, asks for everything where nothing is on
/// record.
fn nothing_recorded() -> Finding {
    about(RuleCode::Pwr10, Severity::Gap).unknown(
        Owner::Coordinator,
        &the_record(),
        make_the_record(),
    )
}

/// Hours of batteries that are not known: what of them is missing, and who
/// can say it.
pub(super) fn unknown_hours(check: &Check<'_>, about: About) -> Finding {
    let batteries: Vec<Text> = missing(check, |missing| !is_beyond_batteries(missing));
    let what = if batteries.is_empty() {
        Missing::AnyHours.name()
    } else {
        joined(&batteries)
    };
    about.unknown(Owner::Family, &what, ask_for_hours())
}

fn ask_for_hours() -> Text {
    Text::fixed(
        "機器会社か病院の臨床工学技士にバッテリーの時間を聞き、記録する（お子さんにつないだまま使い切らない）。",
        "Ask the maker or the hospital's engineer for the battery hours and record them (never run a battery down on your child).",
    )
}

/// What is missing of the budget.
fn missing(check: &Check<'_>, wanted: impl Fn(Missing) -> bool) -> Vec<Text> {
    let missing = check.budget.missing.iter().copied();
    missing
        .filter(|one| wanted(*one))
        .map(Missing::name)
        .collect()
}

/// Whether something is about a car or a generator alone.
const fn is_beyond_batteries(missing: Missing) -> bool {
    matches!(
        missing,
        Missing::Cars
            | Missing::CarFigures
            | Missing::Generators
            | Missing::GeneratorModel
            | Missing::GeneratorWave
            | Missing::Charger
            | Missing::Consumption
            | Missing::Gasoline
            | Missing::Canisters
            | Missing::Hours(SourceKind::Car | SourceKind::Generator)
    )
}

/// Texts in one line.
pub(super) fn joined(texts: &[Text]) -> Text {
    let list = |pick: fn(&Text) -> &str, between: &str| {
        let names: Vec<&str> = texts.iter().map(pick).collect();
        names.join(between)
    };
    Text::new(list(|t| &t.ja, "、"), list(|t| &t.en, ", "))
}

/// How one thing of several stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stand {
    /// As it should be.
    Fine,
    /// Nobody has said.
    Unknown,
    /// Not so, and how bad that is; worst last.
    Bad(Worse),
}

/// [`Severity`], worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worse {
    /// 助言
    Advice,
    /// 要確認
    Warning,
    /// 重大な不足
    Gap,
    /// 承認不可
    Blocker,
}

impl Worse {
    pub const fn severity(self) -> Severity {
        match self {
            Self::Advice => Severity::Advice,
            Self::Warning => Severity::Warning,
            Self::Gap => Severity::Gap,
            Self::Blocker => Severity::Blocker,
        }
    }
}

/// A sentence for staff and for families, and the next step.
pub(super) fn says(staff: Text, family: Text, next: Text) -> Says {
    Says {
        staff,
        family,
        next,
    }
}
