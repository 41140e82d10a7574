//! Drills: who came, how long the way took, what was tried and what failed; and
//! who holds the papers of a plan (`DOMAIN.md` A8: a drill has participants, tested
//! items, issues and improvements).

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{
    document::{Destination, DestinationKind, TravelBy},
    review::{REVIEW_MONTHS, counts_until},
};
use crate::domain::text::key_form;

/// A way takes between one minute and so many.
pub const MOST_MINUTES: u32 = 600;

/// So many things that failed are taken from one drill.
pub const MOST_FAILURES: usize = 10;

/// So many lines say who came.
pub const MOST_PEOPLE: usize = 30;

coded! {
    /// What was tried in a drill (`DOMAIN.md` A8).
    #[derive(PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Tried {
        /// From the bed to the buggy.
        Buggy = "buggy", "ベッドからバギーへ移す", "from bed to buggy";
        /// Down the stairs.
        Stairs = "stairs", "階段をおろす", "carrying down the stairs";
        /// The generator was started.
        Generator = "generator", "発電機を動かす（必ず屋外で）", "starting the generator (outdoors only)";
        /// Charging at the destination.
        Charging = "charging", "避難先で充電する", "charging at the destination";
        /// Breathing by hand.
        Resuscitator = "resuscitator", "蘇生バッグを使う", "using the manual resuscitator";
        /// One telephones the next.
        Telephones = "telephones", "電話の連絡網", "the telephone chain";
    }
}

coded! {
    /// Who mends what failed.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Mender {
        /// The family.
        Family = "family", "ご家族", "the family";
        /// The coordinator.
        Coordinator = "coordinator", "コーディネーター", "the coordinator";
        /// The municipality.
        Municipality = "municipality", "市町村", "the municipality";
        /// The support centre.
        Centre = "centre", "支援センター", "the support centre";
    }
}

coded! {
    /// A paper of a plan.
    Paper {
        /// The family's own.
        Family = "family", "ご家族の紙", "the family's sheet";
        /// Of those who come and help.
        Neighbours = "neighbours", "近所・支援者の紙", "the neighbours' sheet";
        /// Of the fire service or a hospital: everything.
        Rescue = "rescue", "消防・病院の紙（全部）", "the sheet for fire service or hospital";
        /// The plan as it is printed from its page.
        Plan = "plan", "計画の画面の印刷", "the plan as printed from its page";
    }
}

coded! {
    /// What became of a paper that somebody held.
    PaperEnd {
        /// They have the one of the version in force in its place.
        Replaced = "replaced", "新しい紙と取り替えた", "replaced by the new one";
        /// It was collected or destroyed.
        Collected = "collected", "回収した", "collected";
        /// Nobody ever held it.
        Mistake = "mistake", "記録のまちがい", "recorded by mistake";
    }
}

/// Where a drill led: what of a destination tells it from another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillTo {
    /// What it is.
    pub kind: DestinationKind,
    /// The listed site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl DrillTo {
    /// A destination of a plan.
    pub fn of(destination: &Destination) -> Self {
        Self {
            kind: destination.kind,
            site: destination.site.clone(),
            name: destination.name.clone(),
            address: destination.address.clone(),
        }
    }

    /// Whether it is this destination of a plan: the same listed site, or, where none
    /// is named, the same kind, name and address. Relatives who have moved are
    /// somewhere else.
    pub fn is(&self, destination: &Destination) -> bool {
        let key = |text: &Option<String>| {
            let text = text.as_deref().map(key_form);
            text.filter(|text| !text.is_empty())
        };
        let (site, there) = (key(&self.site), key(&destination.site));
        if site.is_some() || there.is_some() {
            return site == there;
        }
        self.kind == destination.kind
            && key(&self.name) == key(&destination.name)
            && key(&self.address) == key(&destination.address)
    }

    /// Its name for people.
    pub fn label(&self) -> String {
        let named = self.name.clone().or_else(|| self.site.clone());
        named.unwrap_or_else(|| self.kind.name().ja.into_owned())
    }
}

/// A way that was measured from door to door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeasuredWay {
    /// Where to.
    pub to: DrillTo,
    /// How one travelled; `None`: nobody has said.
    pub by: Option<TravelBy>,
    /// Minutes from door to door.
    pub minutes: u32,
}

/// A drill that stands, as verdicts rest on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldDrill {
    /// The day.
    pub on: NaiveDate,
    /// The way that was measured from the home of today; `None`: none was, or from
    /// another home.
    pub way: Option<MeasuredWay>,
}

/// The minutes of the latest drill to a destination, with their day. Drills come the
/// latest first. One in which they travelled otherwise than the plan does says nothing
/// on how long the plan's way takes.
pub fn measured(drills: &[HeldDrill], destination: &Destination) -> Option<(u32, NaiveDate)> {
    let fits = |way: &&MeasuredWay| {
        let other = way.by.zip(destination.travel_by);
        way.to.is(destination) && other.is_none_or(|(drilled, planned)| drilled == planned)
    };
    drills.iter().find_map(|drill| {
        let way = drill.way.as_ref().filter(fits)?;
        Some((way.minutes, drill.on))
    })
}

/// Something that failed, and who mends it until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// What.
    pub what: String,
    /// Which part mends it.
    pub part: Option<Mender>,
    /// Who by name.
    pub person: Option<String>,
    /// Until which day.
    pub until: NaiveDate,
}

/// A drill as somebody writes it down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drill {
    /// The day.
    pub on: NaiveDate,
    /// Who came: a name or a body, and in which part.
    pub people: Vec<String>,
    /// Minutes from door to door; `None`: nobody looked.
    pub minutes: Option<u32>,
    /// How one travelled.
    pub by: Option<TravelBy>,
    /// Where to; `None`: nowhere, or to no place of the plan.
    pub to: Option<DrillTo>,
    /// What was tried.
    pub tried: Vec<Tried>,
    /// What else was tried.
    pub tried_other: Option<String>,
    /// What failed.
    pub failures: Vec<Failure>,
}

/// The first day of which a drill still counts (REV-03).
pub fn counts_from(today: NaiveDate) -> NaiveDate {
    let mut first = today
        .checked_sub_months(Months::new(REVIEW_MONTHS))
        .unwrap_or(today);
    while counts_until(first).is_some_and(|last| last < today)
        && let Some(next) = first.checked_add_days(Days::new(1))
    {
        first = next;
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn place(kind: &str, site: Option<&str>, name: Option<&str>, at: Option<&str>) -> Destination {
        serde_json::from_value(serde_json::json!({
            "kind": kind, "site": site, "name": name, "address": at,
        }))
        .unwrap()
    }

    #[test]
    fn a_listed_site_is_known_by_its_reference_and_any_other_place_by_all_that_is_said() {
        let school = place("shelter", Some("43203:1"), Some("【デモ】小学校"), None);
        let drilled = DrillTo::of(&school);
        assert!(drilled.is(&place("shelter", Some("43203:1"), Some("小学校"), None)));
        assert!(!drilled.is(&place(
            "shelter",
            Some("43203:2"),
            Some("【デモ】小学校"),
            None
        )));
        assert!(!drilled.is(&place("shelter", None, Some("【デモ】小学校"), None)));
        let aunt = place("relative", None, Some("おば"), Some("消町1-1"));
        let drilled = DrillTo::of(&aunt);
        assert!(drilled.is(&place("relative", None, Some("おば"), Some("消町１-１"))));
        assert!(!drilled.is(&place("relative", None, Some("おば"), Some("灯町9"))));
        assert!(!drilled.is(&place("hotel", None, Some("おば"), Some("消町1-1"))));
    }

    #[test]
    fn the_latest_drill_by_the_way_of_the_plan_counts() {
        let mut there = place("relative", None, Some("おば"), None);
        let held = |on: &str, by: Option<TravelBy>, minutes| HeldDrill {
            on: day(on),
            way: Some(MeasuredWay {
                to: DrillTo::of(&there),
                by,
                minutes,
            }),
        };
        let drills = [
            HeldDrill {
                on: day("2026-11-01"),
                way: None,
            },
            held("2026-10-01", Some(TravelBy::Car), 5),
            held("2026-09-01", Some(TravelBy::Foot), 40),
        ];
        assert_eq!(measured(&drills, &there), Some((5, day("2026-10-01"))));
        there.travel_by = Some(TravelBy::Foot);
        assert_eq!(measured(&drills, &there), Some((40, day("2026-09-01"))));
        assert_eq!(measured(&drills[..1], &there), None);
    }

    #[test]
    fn a_drill_counts_from_its_day_a_year_ago() {
        for today in ["2026-11-23", "2024-02-29", "2025-02-28", "2025-03-01"] {
            let today = day(today);
            let first = counts_from(today);
            assert!(counts_until(first).unwrap() >= today, "{today}");
            let before = first.pred_opt().unwrap();
            assert!(counts_until(before).unwrap() < today, "{today}");
        }
    }
}
