//! The family's pass-phrase (合言葉): a word that every mail carries, so that it does
//! not look like fraud.

use super::may_stand_in_a_mail;
use crate::domain::text::{Text, key_form};

/// Why a word cannot be the pass-phrase of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhraseFault {
    /// It holds a name.
    Names,
    /// It tells of an illness or a device.
    Tells,
}

impl PhraseFault {
    /// What is wrong with a pass-phrase, with the names that it may not hold; `None`:
    /// nothing.
    pub fn of<'n>(phrase: &str, names: impl IntoIterator<Item = &'n str>) -> Option<Self> {
        let form = key_form(phrase);
        let mut parts = names.into_iter().flat_map(str::split_whitespace);
        let named = parts.any(|part| {
            let part = key_form(part);
            part.chars().count() > 1 && form.contains(&part)
        });
        if named {
            Some(Self::Names)
        } else {
            (!may_stand_in_a_mail(phrase)).then_some(Self::Tells)
        }
    }

    /// What to do instead.
    pub const fn text(self) -> Text {
        match self {
            Self::Names => Text::fixed(
                "合言葉にお名前が入っています。名前・住所とは関係のない言葉にしてください。",
                "The pass-phrase holds a name: choose a word that has nothing to do with names or the address.",
            ),
            Self::Tells => Text::fixed(
                "合言葉に、病気や機器のことが分かる言葉が入っています。メールに入れられる別の言葉にしてください。",
                "The pass-phrase tells of an illness or a device: choose a word that may stand in a mail.",
            ),
        }
    }
}

/// The pass-phrase, where it may stand in a mail.
pub fn phrase_for_mail(phrase: Option<String>) -> Option<String> {
    phrase.filter(|phrase| may_stand_in_a_mail(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_phrase_names_nobody_and_tells_nothing() {
        let names = ["【デモ】灯 ひかり", "灯　母子"];
        let fault = |phrase| PhraseFault::of(phrase, names);
        assert_eq!(fault("ひまわり"), None);
        assert_eq!(fault("ひかりの朝"), Some(PhraseFault::Names));
        assert_eq!(fault("母子手帳"), Some(PhraseFault::Names));
        assert_eq!(fault("呼吸器の日"), Some(PhraseFault::Tells));
        // A single letter of a name may stand in any word.
        assert_eq!(fault("灯台"), None);
        assert_eq!(phrase_for_mail(Some("発電機".to_owned())), None);
        assert_eq!(
            phrase_for_mail(Some("ひまわり".to_owned())).as_deref(),
            Some("ひまわり")
        );
    }
}
