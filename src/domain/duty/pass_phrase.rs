//! The family's pass-phrase (合言葉): a word that every mail carries, so that it does
//! not look like fraud.

use super::may_stand_in_a_mail;
use crate::domain::{
    hand_message::{Names, Unfit, check_subject},
    text::{Text, key_form},
};

/// No pass-phrase is longer, in characters: it is read at a glance (ours).
const LONGEST: usize = 20;

/// So many figures look like a telephone number or a birthday (ours).
const MOST_FIGURES: usize = 5;

/// Why a word cannot be the pass-phrase of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhraseFault {
    /// It holds a name.
    Names,
    /// It tells of an illness or a device.
    Tells,
    /// It is long, a number or an address.
    Shape,
}

impl PhraseFault {
    /// What is wrong with a pass-phrase, with the names and readings that it may not
    /// hold; `None`: nothing.
    pub fn of(phrase: &str, names: &[String]) -> Option<Self> {
        let phrase = phrase.trim();
        let mut known = Names::default();
        for name in names {
            known.add(name);
        }
        let form = key_form(phrase);
        let mut parts = names.iter().flat_map(|name| name.split_whitespace());
        let stands = parts.any(|part| {
            let part = key_form(part);
            part.chars().count() > 1 && form.contains(&part)
        });
        if phrase.is_empty() {
            return None;
        }
        if stands || known.has_part(phrase) {
            return Some(Self::Names);
        }
        match check_subject(phrase, &known) {
            Err(Unfit::Name(_)) => return Some(Self::Names),
            Err(_) => return Some(Self::Tells),
            Ok(()) => {}
        }
        let figures = form.chars().filter(char::is_ascii_digit).count();
        let is_address = form.contains("://") || form.contains('@') || form.contains("www.");
        let long = phrase.chars().count() > LONGEST;
        (long || is_address || figures > MOST_FIGURES).then_some(Self::Shape)
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
            Self::Shape => Text::fixed(
                "合言葉は、20文字までの言葉にしてください。電話番号や生年月日、リンクは使えません。",
                "A pass-phrase is a word of 20 characters at most: no telephone number, no birthday, no link.",
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

    const LONG: &str = "あさがおのはながさいたらまたあいましょうね";

    #[test]
    fn a_pass_phrase_names_nobody_and_tells_nothing() {
        let names =
            ["【デモ】灯 ひかり", "灯　母子", "山田太郎", "トモリ ヒカリ"].map(String::from);
        let fault = |phrase| PhraseFault::of(phrase, &names);
        for fine in [
            "ひまわり",
            "灯台",
            "朝のバス",
            "【デモ】ひまわり",
            "こまつな3",
            "",
        ] {
            assert_eq!(fault(fine), None, "{fine}");
        }
        for named in [
            "ひかりの朝",
            "ひかり",
            "ヒカリさん",
            "母子手帳",
            "太郎",
            "ともり",
        ] {
            assert_eq!(fault(named), Some(PhraseFault::Names), "{named}");
        }
        for telling in [
            "呼吸器の日",
            "人工呼吸",
            "てんかん",
            "ＡＬＳ",
            "SMA",
            "Ventilator",
            "発電機",
        ] {
            assert_eq!(fault(telling), Some(PhraseFault::Tells), "{telling}");
        }
        for shape in ["090-0000-0101", "https://example.jp", LONG] {
            assert_eq!(fault(shape), Some(PhraseFault::Shape), "{shape}");
        }
        assert_eq!(fault("salsa"), None, "part of another word");
        assert_eq!(phrase_for_mail(Some("発電機".to_owned())), None);
        assert_eq!(
            phrase_for_mail(Some("ひまわり".to_owned())).as_deref(),
            Some("ひまわり")
        );
    }
}
