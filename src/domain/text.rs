//! Words in both languages, and the forms in which text is compared.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Japanese; comes first everywhere.
    #[default]
    Ja,
    /// English.
    En,
}

impl Lang {
    /// The code of HTML's `lang` attribute.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }
}

impl std::str::FromStr for Lang {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "ja" => Ok(Self::Ja),
            "en" => Ok(Self::En),
            other => Err(format!("`{other}` is no language here: write ja or en")),
        }
    }
}

/// A sentence in both languages: one that lacks a translation does not
/// compile.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    /// Japanese.
    pub ja: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// A sentence that never varies.
    pub const fn fixed(ja: &'static str, en: &'static str) -> Self {
        Self {
            ja: Cow::Borrowed(ja),
            en: Cow::Borrowed(en),
        }
    }

    /// A sentence with something filled in.
    pub fn new(ja: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self {
            ja: ja.into(),
            en: en.into(),
        }
    }

    /// The sentence in one language.
    pub fn get(&self, lang: impl std::borrow::Borrow<Lang>) -> &str {
        match lang.borrow() {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }
}

/// Makes a [`Text`] from two format strings that name the same variables in
/// braces.
#[macro_export]
macro_rules! text {
    ($ja:literal, $en:literal $(,)?) => {
        $crate::domain::text::Text::new(format!($ja), format!($en))
    };
}

/// Unicode normalisation form KC: full-width letters and digits become
/// half-width, half-width kana become full-width.
pub fn nfkc(text: &str) -> String {
    text.nfkc().collect()
}

/// [`nfkc`] without any white space: the form in which names and addresses
/// identify a thing.
pub fn key_form(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

/// Whether a character shows nothing and yet changes how a line is read or compared:
/// the controls that turn the direction of writing (U+202A–U+202E, U+2066–U+2069), the
/// zero-width space (U+200B) and the byte order mark (U+FEFF). What belongs to a
/// kanji or a sign, as a variation selector or a joiner, is not among them.
pub const fn is_hidden_mark(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}')
}

/// A text without marks that nobody sees ([`is_hidden_mark`]); `None`: it has none.
pub fn without_hidden_marks(text: &str) -> Option<String> {
    text.contains(is_hidden_mark)
        .then(|| text.replace(is_hidden_mark, ""))
}

/// The serial number of a thing in the form in which two are compared: width, case,
/// spaces and marks aside, since a dash is written, left out, or typed as 「ー」.
pub fn serial_form(serial: &str) -> String {
    let whole = key_form(serial).to_uppercase();
    let plain: String = whole
        .chars()
        .filter(|c| c.is_alphanumeric() && *c != 'ー')
        .collect();
    if plain.is_empty() { whole } else { plain }
}

/// An address in the form in which two lists are compared: [`key_form`], all
/// dashes alike, without the prefecture in front.
pub fn address_form(address: &str) -> String {
    let text: String = key_form(address)
        .chars()
        .map(|c| match c {
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | 'ー' | '-' => '-',
            other => other,
        })
        .collect();
    for end in ["都", "道", "府", "県"] {
        // Names of prefectures are three or four characters long.
        if let Some((head, rest)) = text.split_once(end)
            && (2..=3).contains(&head.chars().count())
            && !rest.is_empty()
            && crate::domain::municipality::is_prefecture(&format!("{head}{end}"))
        {
            return rest.to_owned();
        }
    }
    text
}

/// The form in which people's names are searched: NFKC, no spaces, katakana
/// as hiragana, lower case.
pub fn search_form(text: &str) -> String {
    key_form(text)
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ァ'..='ヶ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_the_same_however_its_marks_are_written() {
        for same in [
            "EAAJ-1000123",
            "eaaj1000123",
            "ＥＡＡＪ－１０００１２３",
            "EAAJ ー 1000123",
            "EAAJ‐1000123",
        ] {
            assert_eq!(serial_form(same), "EAAJ1000123", "{same}");
        }
        assert_ne!(serial_form("EAAJ-1000124"), serial_form("EAAJ-1000123"));
        assert_ne!(
            serial_form("--"),
            serial_form("-"),
            "marks alone are what they are"
        );
    }

    #[test]
    fn marks_that_nobody_sees_are_taken_out_and_variants_of_kanji_stay() {
        for (given, clean) in [
            ("【デモ】灯\u{202e}り", "【デモ】灯り"),
            ("\u{feff}灯\u{200b}\u{2066}\u{2069}", "灯"),
            ("\u{202a}\u{202b}\u{202c}\u{202d}", ""),
        ] {
            assert_eq!(without_hidden_marks(given).as_deref(), Some(clean));
        }
        // 葛 and 辻 with their variants, and a sign joined of two.
        for whole in [
            "葛\u{e0100}城 辻\u{fe00}",
            "👩\u{200d}⚕\u{fe0f}",
            "灯　あかり",
        ] {
            assert_eq!(without_hidden_marks(whole), None, "{whole}");
        }
    }

    #[test]
    fn addresses_that_differ_in_width_and_dash_are_one() {
        assert_eq!(
            address_form("熊本県人吉市　下城本町１５７８－１"),
            address_form("人吉市下城本町1578ー1")
        );
    }

    #[test]
    fn a_city_that_ends_like_a_prefecture_keeps_its_name() {
        assert_eq!(address_form("京都府京都市左京区1"), "京都市左京区1");
        assert_eq!(address_form("甲府市丸の内1-1"), "甲府市丸の内1-1");
    }

    #[test]
    fn kana_of_either_kind_are_found() {
        assert_eq!(search_form("ｱｶﾘ サク"), search_form("あかり　さく"));
    }
}
