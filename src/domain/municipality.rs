//! Municipalities and their codes (全国地方公共団体コード, JIS X 0402).

use std::{collections::BTreeMap, sync::LazyLock};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

static TABLE: LazyLock<BTreeMap<&'static str, Municipality>> = LazyLock::new(|| {
    include_str!("../../data/municipalities.csv")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.starts_with("code,"))
        .map(|line| {
            let mut cells = line.split(',');
            let mut cell = || cells.next().expect("every row of the table has four cells");
            let municipality = Municipality {
                code: cell(),
                prefecture: cell(),
                name: cell(),
                parent: Some(cell()).filter(|p| !p.is_empty()),
            };
            (municipality.code, municipality)
        })
        .collect()
});

/// A row of the table of municipalities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Municipality {
    /// Five digits.
    pub code: &'static str,
    /// `熊本県`
    pub prefecture: &'static str,
    /// `人吉市`, `熊本市中央区`; without the county (郡) for cities, with it for
    /// towns and villages, as the standard writes them.
    pub name: &'static str,
    /// The designated city of a ward.
    pub parent: Option<&'static str>,
}

impl Municipality {
    /// The names that it goes by: as the standard writes it, and without its
    /// county (郡).
    pub fn names(&self) -> Vec<&'static str> {
        let short = self.name.split_once('郡').map(|(_, town)| town);
        std::iter::once(self.name)
            .chain(short.filter(|town| !town.is_empty()))
            .collect()
    }
}

/// The name of the prefecture of two digits.
pub fn prefecture_of(digits: &str) -> Option<&'static str> {
    let first = TABLE.values().find(|m| m.code.starts_with(digits));
    first.map(|m| m.prefecture)
}

/// Whether a text is the name of a prefecture.
pub fn is_prefecture(text: &str) -> bool {
    TABLE.values().any(|m| m.prefecture == text)
}

/// Every municipality and ward, by code.
pub fn all() -> impl Iterator<Item = &'static Municipality> {
    TABLE.values()
}

/// The code of a municipality, or of a ward of a designated city: five
/// digits, without the check digit.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9]{5,6}$"))]
pub struct MunicipalityCode([u8; 5]);

/// Why a text is no code of a municipality.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMunicipalityCode {
    /// Neither five nor six digits.
    #[error("`{0}` is not five or six digits")]
    NotDigits(String),
    /// The sixth digit does not fit the first five.
    #[error("`{0}` has a wrong check digit")]
    CheckDigit(String),
}

impl MunicipalityCode {
    /// Reads five digits, or six of which the last is the right check digit
    /// (JIS X 0402, annex). The code need not be in the table: municipalities
    /// merge and new ones appear.
    pub fn parse(text: &str) -> Result<Self, BadMunicipalityCode> {
        let text = super::text::key_form(text);
        let digits: Vec<u8> = text.bytes().collect();
        if !(digits.len() == 5 || digits.len() == 6) || !digits.iter().all(u8::is_ascii_digit) {
            return Err(BadMunicipalityCode::NotDigits(text));
        }
        let five: [u8; 5] = digits[..5].try_into().expect("five digits were counted");
        if let Some(check) = digits.get(5) {
            let sum: u32 = five
                .iter()
                .zip([6, 5, 4, 3, 2])
                .map(|(digit, weight)| u32::from(digit - b'0') * weight)
                .sum();
            let right = (11 - sum % 11) % 10;
            if u32::from(check - b'0') != right {
                return Err(BadMunicipalityCode::CheckDigit(text));
            }
        }
        Ok(Self(five))
    }

    /// The code of a municipality by its name as published lists write it:
    /// `熊本県熊本市`, `熊本県益城町` (with or without its county).
    pub fn of_name(text: &str) -> Option<Self> {
        let text = super::text::key_form(text);
        let mut found = TABLE.values().filter(|m| {
            text.strip_prefix(m.prefecture).is_some_and(|rest| {
                rest == m.name
                    || m.name
                        .split_once('郡')
                        .is_some_and(|(_, town)| !town.is_empty() && rest == town)
            })
        });
        let first = found.next()?;
        found
            .next()
            .is_none()
            .then(|| Self::parse(first.code).expect("the table holds codes"))
    }

    /// The code of the municipality (or ward) that an address begins with,
    /// prefecture included: the longest name that fits.
    pub fn of_address(text: &str) -> Option<Self> {
        let text = super::text::key_form(text);
        TABLE
            .values()
            .filter(|m| {
                text.strip_prefix(m.prefecture)
                    .is_some_and(|rest| rest.starts_with(m.name))
            })
            .max_by_key(|m| m.name.len())
            .map(|m| Self::parse(m.code).expect("the table holds codes"))
    }

    /// The municipalities of a name without its prefecture, with or without its
    /// county: `益城町`, `上益城郡益城町`; of 府中市 there are two.
    pub fn named(text: &str) -> Vec<Self> {
        let text = super::text::key_form(text);
        TABLE
            .values()
            .filter(|m| m.names().contains(&text.as_str()))
            .map(|m| Self::parse(m.code).expect("the table holds codes"))
            .collect()
    }

    /// The two digits of its prefecture.
    pub fn prefecture_digits(&self) -> &str {
        &self.as_str()[..2]
    }

    /// Five digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("five ASCII digits")
    }

    /// The municipality that answers for it: a ward's city, else itself.
    #[must_use]
    pub fn responsible(self) -> Self {
        self.row().and_then(|m| m.parent).map_or(self, |parent| {
            Self::parse(parent).expect("the table holds codes")
        })
    }

    /// Whether both are the same municipality; a ward equals its city.
    pub fn same_as(self, other: Self) -> bool {
        self.responsible() == other.responsible()
    }

    /// Its row in the table.
    pub fn row(&self) -> Option<&'static Municipality> {
        TABLE.get(self.as_str())
    }

    /// Its name with its prefecture, or its digits where the table does not know it.
    pub fn full_name(&self) -> String {
        self.row().map_or_else(
            || self.as_str().to_owned(),
            |m| format!("{}{}", m.prefecture, m.name),
        )
    }

    /// Its name as somebody would type it: without its prefecture where no other
    /// municipality is called so, or its digits where the table does not know it.
    pub fn short_name(&self) -> String {
        if Self::named(self.name()).len() == 1 {
            self.name().to_owned()
        } else {
            self.full_name()
        }
    }

    /// Its name, or its digits where the table does not know it.
    pub fn name(&self) -> &str {
        self.row().map_or_else(|| self.as_str(), |m| m.name)
    }
}

impl TryFrom<String> for MunicipalityCode {
    type Error = BadMunicipalityCode;
    fn try_from(text: String) -> Result<Self, BadMunicipalityCode> {
        Self::parse(&text)
    }
}

impl From<MunicipalityCode> for String {
    fn from(code: MunicipalityCode) -> Self {
        code.as_str().to_owned()
    }
}

impl std::fmt::Display for MunicipalityCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> MunicipalityCode {
        MunicipalityCode::parse(text).unwrap()
    }

    #[test]
    fn the_sixth_digit_must_fit() {
        assert_eq!(code("431001"), code("43100"));
        assert_eq!(code("172014"), code("17201"));
        assert!(matches!(
            MunicipalityCode::parse("431002"),
            Err(BadMunicipalityCode::CheckDigit(_))
        ));
        assert!(MunicipalityCode::parse("4310").is_err());
    }

    #[test]
    fn a_ward_is_its_city() {
        assert!(code("43101").same_as(code("43100")));
        assert!(code("43101").same_as(code("43105")));
        assert!(!code("43101").same_as(code("43202")));
    }

    #[test]
    fn a_town_is_found_with_and_without_its_county() {
        assert_eq!(
            MunicipalityCode::of_name("熊本県益城町"),
            Some(code("43443"))
        );
        assert_eq!(
            MunicipalityCode::of_name("熊本県上益城郡益城町"),
            Some(code("43443"))
        );
        assert_eq!(
            MunicipalityCode::of_name("熊本県熊本市"),
            Some(code("43100"))
        );
        assert_eq!(MunicipalityCode::of_name("熊本県"), None);
    }
}
