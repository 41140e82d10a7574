//! What the centre is told when a loan is applied for.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::municipality::MunicipalityCode;

coded! {
    /// Where the child is.
    Stay {
        /// 新生児集中治療室
        Nicu = "nicu", "NICU", "NICU";
        /// 継続保育室
        Gcu = "gcu", "GCU", "GCU";
        /// 小児病棟など
        Ward = "ward", "病棟", "ward";
        /// 自宅
        Home = "home", "自宅", "at home";
    }
}

/// Who applies, as the centre writes it down. What nobody said is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    /// The guardian who applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian: Option<String>,
    /// A telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// Where the child lives, or will.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// In which municipality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<MunicipalityCode>,
}

/// What decides on eligibility, as far as somebody has said it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoanFacts {
    /// The hospital whose NICU cared for the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nicu_hospital: Option<String>,
    /// Whether that hospital is in the prefecture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nicu_in_prefecture: Option<bool>,
    /// Where the child is now: the word of a [`Stay`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay: Option<String>,
    /// Whether the home is, or will be, in the prefecture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_in_prefecture: Option<bool>,
    /// Minutes that the child can do without the ventilator at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_off: Option<u32>,
    /// The day of discharge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discharged_on: Option<NaiveDate>,
    /// The day on which discharge is planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discharge_planned_on: Option<NaiveDate>,
    /// Why a scheme of the municipality cannot be used, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme_unusable_because: Option<String>,
}
