//! Where a child lives and stays: moves that wait for a word of staff, stays
//! that are no moves, addresses that only named persons may see, and who was
//! reached in the night.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{child::Home, municipality::MunicipalityCode, text::Text};

/// Another home than the one on record. What nobody has said of it is unknown;
/// nothing passes to it from the old one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewHome {
    /// Where it is, as far as anybody has said.
    pub home: Home,
    /// Its address; absent: unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$one:meta])* $variant:ident = $code:literal, $ja:literal, $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$one])* $variant,)* }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word in a form and in the database.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The one of a word.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }

            /// What people call it.
            pub const fn name(self) -> Text {
                match self { $(Self::$variant => Text::fixed($ja, $en),)* }
            }
        }
    };
}

coded! {
    /// Who says that a child has moved.
    MoveSource {
        /// A row of a families' sheet that was imported.
        Import = "import", "家族の様式の取り込み", "an imported sheet";
        /// Staff, on the page of the plan.
        Staff = "staff", "職員の入力", "staff";
    }
}

coded! {
    /// What became of a proposed move.
    MoveOutcome {
        /// Staff have confirmed it.
        Confirmed = "confirmed", "転居を確定した", "confirmed";
        /// It is no move: the child stays there for a while.
        Stay = "stay", "転居ではなく一時的な滞在", "a temporary stay";
        /// It is no move: somebody has made a mistake.
        Error = "error", "転居ではない（誤り）", "a mistake";
        /// A newer proposal has taken its place.
        Replaced = "replaced", "新しい届けに置き換わった", "replaced by a newer one";
    }
}

coded! {
    /// What came of a call in the night.
    Contact {
        /// Somebody answered.
        Reached = "reached", "連絡がついた", "reached";
        /// Nobody answered.
        NoAnswer = "no_answer", "応答なし", "no answer";
        /// They have left home.
        LeftHome = "left_home", "自宅を出た", "left home";
        /// They have arrived.
        Arrived = "arrived", "避難先に着いた", "arrived";
    }
}

coded! {
    /// Who was called.
    Called {
        /// The family.
        Family = "family", "ご家族", "family";
        /// The coordinator.
        Coordinator = "coordinator", "コーディネーター", "coordinator";
        /// Somebody else.
        Other = "other", "その他", "other";
    }
}

/// A move that waits for staff to confirm it.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedMove {
    /// Its id.
    pub id: Uuid,
    /// The new home, as somebody has said it.
    pub to: NewHome,
    /// Who says so.
    pub source: MoveSource,
    /// Since when it waits.
    pub at: DateTime<Utc>,
}

/// A stay away from home (里帰り, ショートステイ, an evacuation): residence and
/// plan stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemporaryStay {
    /// Its id.
    pub id: Uuid,
    /// The municipality that the child stays in, which may read its content for
    /// the days of the stay; `None`: the reader may not know.
    pub municipality: Option<MunicipalityCode>,
    /// The address there; `None`: unknown, or not for the reader.
    pub address: Option<String>,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day, or the day on which to ask again.
    pub until: NaiveDate,
    /// Nobody knows when it ends: on `until` somebody asks.
    pub is_open: bool,
}

/// One call that somebody wrote down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactLine {
    /// When it was written down.
    pub at: DateTime<Utc>,
    /// What came of it.
    pub outcome: Contact,
    /// Who was called.
    pub called: Called,
    /// The name of the account that wrote it.
    pub by: String,
}

/// How an address is shown to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressShown {
    /// It is not protected.
    Open,
    /// It is protected (DV), and the reader is one of the named persons.
    Named,
    /// It is protected, and not for this reader.
    Hidden,
}

/// Whether a protected address is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// It is not: nothing tells where the home is, not even to named persons.
    Usual,
    /// A named person has asked to see it.
    Revealed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_leads_back_to_what_it_stands_for() {
        for one in MoveSource::ALL {
            assert_eq!(MoveSource::from_code(one.code()), Some(*one));
        }
        for one in MoveOutcome::ALL {
            assert_eq!(MoveOutcome::from_code(one.code()), Some(*one));
        }
        for one in Contact::ALL {
            assert_eq!(Contact::from_code(one.code()), Some(*one));
        }
        for one in Called::ALL {
            assert_eq!(Called::from_code(one.code()), Some(*one));
        }
    }
}
