//! What a plan says beside the law's items: the form of the Cabinet Office's guideline
//! (避難行動要支援者の避難行動支援に関する取組指針, 2021, 様式例; `DOMAIN.md` A5), the annex
//! that cities add for children on ventilators, and what a municipality asks for
//! besides (第49条の14第3項第3号).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

coded! {
    /// What is to be minded while the child is moved.
    #[derive(PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    Consideration {
        /// Cannot stand or walk.
        Walking = "walking", "立つこと・歩くことができない", "cannot stand or walk";
        /// Does not hear well.
        Hearing = "hearing", "音が聞こえない・聞き取りにくい", "does not hear well";
        /// Does not see well.
        Sight = "sight", "物が見えない・見えにくい", "does not see well";
        /// Does not understand words or writing well.
        Language = "language", "言葉や文字の理解が難しい", "words and writing are hard to understand";
        /// Cannot judge danger.
        Danger = "danger", "危険を判断できない", "cannot judge danger";
        /// Does not tell faces apart.
        Faces = "faces", "顔を見ても知人や家族と分からない", "does not recognise faces";
    }
}

/// What a plan says beside the law's items; absent: nobody has said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Particulars {
    /// Who lives in the household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<String>,
    /// The room in which the child usually is, and where it sleeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_room: Option<String>,
    /// How the building is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub building: Option<String>,
    /// When it was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<String>,
    /// What is to be minded while the child is moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub considerations: Vec<Consideration>,
    /// The same in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consideration_words: Option<String>,
    /// The physician and the hospital.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doctor: Option<String>,
    /// Medicines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medicines: Option<String>,
    /// Services that come to the home, or to which the child goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub services: Option<String>,
    /// Who plans those services (相談支援専門員).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_planner: Option<String>,
    /// How one finds out whether the child is safe (安否確認).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety_check: Option<String>,
    /// What is kept for staying at home (在宅避難の備え).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_at_home: Option<String>,
    /// What is taken along, one thing a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub take_along: Vec<String>,
    /// What is to be minded at the destination.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_destination: Option<String>,
    /// What the municipality asks for besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub municipal: Vec<MunicipalItem>,
}

/// An item that a municipality finds necessary (第49条の14第3項第3号).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MunicipalItem {
    /// What it is called there.
    pub item: String,
    /// What the plan says of it.
    pub says: String,
}

impl Particulars {
    /// Cut to what evacuation support needs: how the child is moved, what comes along,
    /// what is minded on arrival; without household, physician, medicines and services.
    #[must_use]
    pub fn for_evacuation_support(self) -> Self {
        let Self {
            household: _,
            usual_room,
            building,
            built: _,
            considerations,
            consideration_words,
            doctor: _,
            medicines: _,
            services: _,
            service_planner: _,
            safety_check,
            kept_at_home: _,
            take_along,
            at_destination,
            municipal: _,
        } = self;
        Self {
            usual_room,
            building,
            considerations,
            consideration_words,
            safety_check,
            take_along,
            at_destination,
            ..Self::default()
        }
    }
}
