//! What a centre sets of its own loan programme.

use serde::{Deserialize, Serialize};

use super::LoanStep;
use crate::domain::text::Text;

/// Who decides on an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decider {
    /// The support centre.
    #[default]
    Centre,
    /// The prefecture; the centre writes its decision down.
    Prefecture,
}

impl Decider {
    /// The word in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Centre => "centre",
            Self::Prefecture => "prefecture",
        }
    }

    /// The one of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Centre, Self::Prefecture]
            .into_iter()
            .find(|decider| decider.code() == code)
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Centre => Text::fixed("センター", "the centre"),
            Self::Prefecture => Text::fixed("県", "the prefecture"),
        }
    }
}

/// Which day counts as the start of the loan (貸与開始), from which six months and
/// five years run. The leaflet (熊本県, 2026-03-13) says 「貸与開始から」 and does not
/// define it. An application is no start of a loan: it cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoanStart {
    /// The day on which the unit is handed over.
    #[default]
    HandOver,
    /// The day of the decision on the loan.
    LoanApproved,
}

/// What a centre sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LoanSettings {
    /// What the programme is called on papers.
    pub programme: String,
    /// The centre's name on papers.
    pub centre_name: String,
    /// Its telephone; empty: a line to write on.
    pub centre_telephone: String,
    /// Its address; empty: none is printed.
    pub centre_address: String,
    /// Who signs its letters (office and name); empty: the centre's name alone.
    pub signed_by: String,
    /// Who decides on the first application, for the use of the programme.
    pub decides_use: Decider,
    /// Who decides on the second one, for the loan.
    pub decides_loan: Decider,
    /// Which day starts the loan.
    pub starts: LoanStart,
    /// For how many days a spare unit is lent in an emergency, where nobody says
    /// otherwise; two weeks are ours.
    pub emergency_days: u16,
    /// An extension by more months than this is asked about once more. The leaflet
    /// says 「最長で5年間」 and nothing of extensions: each goes beyond it, whoever
    /// approved it, and none is refused. A year is ours: until then the yearly check
    /// has looked again whether the conditions hold.
    pub extension_months: u16,
}

impl Default for LoanSettings {
    fn default() -> Self {
        Self {
            programme: "非常用電源装置の貸与事業".to_owned(),
            centre_name: "医療的ケア児支援センター".to_owned(),
            centre_telephone: String::new(),
            centre_address: String::new(),
            signed_by: String::new(),
            decides_use: Decider::default(),
            decides_loan: Decider::default(),
            starts: LoanStart::default(),
            emergency_days: 14,
            extension_months: 12,
        }
    }
}

impl LoanSettings {
    /// Who takes a decision; `None`: the step decides nothing.
    pub const fn decides(&self, step: LoanStep) -> Option<Decider> {
        match step {
            LoanStep::ApproveUse | LoanStep::RefuseUse => Some(self.decides_use),
            LoanStep::ApproveLoan | LoanStep::RefuseLoan => Some(self.decides_loan),
            _ => None,
        }
    }
}
