//! The consents that a plan document states.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::consent::{ConsentForm, OrdinanceMode, Recipient};

/// Consents and the explanation before them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consents {
    /// Consent to make the plan (第49条の14第1項).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<ConsentRecord>,
    /// The explanation of how the plan will be given to others (第2項).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained: Option<Explanation>,
    /// To whom the plan is to be given in peacetime, and what was answered
    /// (第49条の15第2項).
    #[serde(default)]
    pub provide: Vec<Provision>,
    /// The municipality's ordinance, where the document is checked without a
    /// database; absent: the law's default, consent needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinance: Option<OrdinanceMode>,
}

/// A consent, or a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentRecord {
    /// Whether it was given.
    pub given: bool,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// By whom (legal representative).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// In which form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<ConsentForm>,
}

/// That it was explained how the plan will be given to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// When.
    pub on: NaiveDate,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Which leaflet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// To whom the plan is to be given in peacetime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provision {
    /// To whom.
    pub recipient: Recipient,
    /// Its name, where the kind does not say enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the child's representative answered; absent: nothing yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentRecord>,
}
