//! What a family writes down for the yearly check of what it borrows. It reports, and
//! the centre judges: nothing here passes or fails.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

coded! {
    /// Whether it starts.
    Started {
        /// It did.
        Yes = "yes", "動いた", "It started";
        /// It did not.
        No = "no", "動かなかった", "It did not start";
        /// Nobody has tried lately.
        NotTried = "not_tried", "最近は動かしていない", "Not run lately";
    }
}

coded! {
    /// What was seen of the oil.
    OilSeen {
        /// Right.
        Right = "right", "ちょうどよい", "It is right";
        /// Too little, too much, or dirty.
        Wrong = "wrong", "少ない・多い・よごれている", "Too little, too much, or dirty";
        /// Nobody has looked.
        NotLooked = "not_looked", "見ていない", "We did not look";
    }
}

coded! {
    /// Whether something is as it was at the hand-over.
    Still {
        /// It is.
        Yes = "yes", "はい", "Yes";
        /// It is not.
        No = "no", "いいえ", "No";
        /// The family would rather talk about it.
        Talk = "talk", "話したい", "We want to talk";
    }
}

macro_rules! as_word {
    ($($kind:ty),*) => {$(
        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.code())
            }
        }

        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let word = String::deserialize(from)?;
                Self::from_code(&word).ok_or_else(|| D::Error::custom("no word of ours"))
            }
        }
    )*};
}

as_word!(Started, OilSeen, Still);

/// What a family says. Whatever it does not know, or does not say, is unknown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FamilyCheck {
    /// Whether it starts.
    pub started: Option<Started>,
    /// When it was tried last.
    pub tried_on: Option<NaiveDate>,
    /// Hours on its counter.
    pub hours_run: Option<f64>,
    /// How it is used, and what is difficult.
    pub usage: Option<String>,
    /// What was seen of the oil.
    pub oil: Option<OilSeen>,
    /// When the fuel was bought.
    pub fuel_on: Option<NaiveDate>,
    /// Where it stands outdoors.
    pub outdoor_place: Option<String>,
    /// Whether the child is still ventilated all the time.
    pub ventilated: Option<Still>,
    /// Whether the child still lives there.
    pub same_home: Option<Still>,
    /// What the family says besides.
    pub words: Option<String>,
}

impl FamilyCheck {
    /// Whether the oil is right, as a check asks it; `None`: nobody has looked.
    pub fn oil_fine(&self) -> Option<bool> {
        match self.oil {
            Some(OilSeen::Right) => Some(true),
            Some(OilSeen::Wrong) => Some(false),
            Some(OilSeen::NotLooked) | None => None,
        }
    }

    /// What the centre should look at before it judges, in the words of its task;
    /// `None`: nothing of what was asked stands out. The family's own words are not in it.
    pub fn stands_out(&self) -> Option<String> {
        let started = self.started.filter(|one| *one == Started::No);
        let oil = self.oil.filter(|one| *one == OilSeen::Wrong);
        let still = |still: Option<Still>, no: &str, talk: &str| match still {
            Some(Still::No) => Some(no.to_owned()),
            Some(Still::Talk) => Some(talk.to_owned()),
            Some(Still::Yes) | None => None,
        };
        let parts = [
            started.map(|one| one.name().ja.into_owned()),
            oil.map(|one| format!("オイル：{}", one.name().ja)),
            still(
                self.ventilated,
                "いつも使っているわけではない",
                "使い方について話したい",
            ),
            still(self.same_home, "家が変わった", "住まいについて話したい"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join("・"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_read_back_as_it_was_said() {
        let said = FamilyCheck {
            started: Some(Started::NotTried),
            tried_on: Some("2027-10-01".parse().unwrap()),
            hours_run: Some(12.3),
            oil: Some(OilSeen::Wrong),
            ventilated: Some(Still::Talk),
            words: Some("【デモ】".to_owned()),
            ..FamilyCheck::default()
        };
        let text = serde_json::to_string(&said).unwrap();
        assert_eq!(serde_json::from_str::<FamilyCheck>(&text).unwrap(), said);
        assert!(serde_json::from_str::<FamilyCheck>(r#"{"started":"perhaps"}"#).is_err());
    }

    #[test]
    fn what_nobody_knows_stands_out_nowhere() {
        assert_eq!(FamilyCheck::default().stands_out(), None);
        assert_eq!(FamilyCheck::default().oil_fine(), None);
        let fine = FamilyCheck {
            started: Some(Started::Yes),
            oil: Some(OilSeen::Right),
            ventilated: Some(Still::Yes),
            same_home: Some(Still::Yes),
            words: Some("【デモ】".to_owned()),
            ..FamilyCheck::default()
        };
        assert_eq!(fine.stands_out(), None, "words stand with the answers");
        let not = FamilyCheck {
            started: Some(Started::No),
            same_home: Some(Still::Talk),
            ..fine
        };
        let said = not.stands_out().unwrap();
        assert!(
            said.contains("動かなかった") && said.contains("話したい"),
            "{said}"
        );
    }
}
