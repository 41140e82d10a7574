//! What a diagnosis of a district (地域診断) needs of one child, for each hazard: kept
//! with its verdict.

use serde::{Deserialize, Serialize};

/// Whether the plan leads to a place that serves for a hazard, by the verdicts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlannedWay {
    /// The plan names none for it, or there is no plan.
    Nowhere,
    /// None of those that it names may be used (not designated, in a zone, takes nobody
    /// directly, closed).
    Unusable,
    /// Nobody knows of any of them whether it may be used.
    Unknown,
    /// One of them may.
    Usable,
}

/// How a child stands to a hazard. As text one letter each, so that keeping it for every
/// hazard costs next to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct HazardStanding {
    /// Whether it hits the home; `None`: unknown, which is never dry.
    pub hits: Option<bool>,
    /// Where the plan leads.
    pub way: PlannedWay,
    /// Whether the child may stay upstairs at home, as far as the place and the room say
    /// (its power aside); `None`: unknown.
    pub upstairs: Option<bool>,
}

impl HazardStanding {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        hits: None,
        way: PlannedWay::Unknown,
        upstairs: None,
    };
}

const fn letter(known: Option<bool>) -> char {
    match known {
        Some(true) => 'y',
        Some(false) => 'n',
        None => '?',
    }
}

const ODD: &str = "a standing is three letters";

const fn known(letter: Option<char>) -> Result<Option<bool>, &'static str> {
    match letter {
        Some('y') => Ok(Some(true)),
        Some('n') => Ok(Some(false)),
        Some('?') => Ok(None),
        _ => Err(ODD),
    }
}

impl From<HazardStanding> for String {
    fn from(standing: HazardStanding) -> Self {
        let way = match standing.way {
            PlannedWay::Nowhere => '-',
            PlannedWay::Unusable => 'n',
            PlannedWay::Unknown => '?',
            PlannedWay::Usable => 'y',
        };
        Self::from_iter([letter(standing.hits), way, letter(standing.upstairs)])
    }
}

impl TryFrom<String> for HazardStanding {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut letters = text.chars();
        let standing = Self {
            hits: known(letters.next())?,
            way: match letters.next() {
                Some('-') => PlannedWay::Nowhere,
                Some('n') => PlannedWay::Unusable,
                Some('?') => PlannedWay::Unknown,
                Some('y') => PlannedWay::Usable,
                _ => return Err(ODD),
            },
            upstairs: known(letters.next())?,
        };
        match letters.next() {
            None => Ok(standing),
            Some(_) => Err(ODD),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_survives_the_trip_through_its_letters() {
        let all = [Some(true), Some(false), None];
        let ways = [
            PlannedWay::Nowhere,
            PlannedWay::Unusable,
            PlannedWay::Unknown,
            PlannedWay::Usable,
        ];
        for hits in all {
            for way in ways {
                for upstairs in all {
                    let one = HazardStanding {
                        hits,
                        way,
                        upstairs,
                    };
                    let text = serde_json::to_string(&one).unwrap();
                    assert_eq!(serde_json::from_str::<HazardStanding>(&text).unwrap(), one);
                }
            }
        }
        for wrong in ["", "y", "yy", "yyyy", "x??", "?x?", "??x"] {
            assert!(
                HazardStanding::try_from(wrong.to_owned()).is_err(),
                "{wrong}"
            );
        }
    }
}
