//! Identifiers, one type each, so that they cannot be mixed up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// One child's case (the row that everything about a child hangs on).
    CaseId
);
id!(
    /// One home of a child, at one time.
    HomeId
);
id!(
    /// One position of a home on record, at one time.
    PositionId
);
id!(
    /// One immutable version of a plan.
    PlanVersionId
);
id!(
    /// One evacuation site; stays the same over every import.
    SiteId
);
id!(
    /// One change of many sites at once.
    SiteBatchId
);
id!(
    /// One application for a loan, from the first enquiry to its end.
    LoanFileId
);
id!(
    /// One loan of a unit.
    LoanId
);
id!(
    /// One generator.
    UnitId
);
id!(
    /// One imported data set.
    DataSetId
);
id!(
    /// One try at importing a file.
    ImportRunId
);
id!(
    /// One person's account.
    UserId
);
id!(
    /// One opening of emergency access.
    EmergencyId
);
id!(
    /// One calendar feed of an account; no token.
    FeedId
);
id!(
    /// One session of an account; no token.
    SessionId
);

/// The number under which staff, families and papers speak of a child's case
/// (`K-0001`). It is no personal datum and may stand in a URL or a log.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$"))]
pub struct CaseNumber(String);

/// Why a text is no case number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a case number has 1 to 32 letters, digits, `-` or `_`, and starts with a letter or digit")]
pub struct BadCaseNumber;

impl CaseNumber {
    /// Reads a case number; full-width letters and digits are taken as
    /// half-width ones.
    pub fn parse(text: &str) -> Result<Self, BadCaseNumber> {
        let text = super::text::nfkc(text);
        let text = text.trim();
        let mut chars = text.chars();
        let starts_well = chars.next().is_some_and(|c| c.is_ascii_alphanumeric());
        if starts_well
            && text.len() <= 32
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadCaseNumber)
        }
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CaseNumber {
    type Error = BadCaseNumber;
    fn try_from(text: String) -> Result<Self, BadCaseNumber> {
        Self::parse(&text)
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> Self {
        number.0
    }
}

impl std::fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_number_in_full_width_is_the_same_number() {
        assert_eq!(
            CaseNumber::parse("Ｋ－０００１ "),
            CaseNumber::parse("K-0001")
        );
    }

    #[test]
    fn a_name_or_a_path_is_no_case_number() {
        for bad in ["", "灯太郎", "../K-1", "K 1", "-K1", &"K".repeat(33)] {
            assert_eq!(CaseNumber::parse(bad), Err(BadCaseNumber), "{bad}");
        }
    }
}
